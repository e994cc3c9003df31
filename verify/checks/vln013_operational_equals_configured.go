package checks

import (
	"uplinkcheck/drivers/capture"
	"uplinkcheck/drivers/state"
	"uplinkcheck/verify"
	"uplinkcheck/verify/standard"
	"uplinkcheck/verify/topology"
)

// VLN013: configured VLANs are operational.
var VLN013 = add(&verify.Check{
	ID:    "VLN-013",
	Title: "configured VLANs are operational",
	Doc: `A VLAN that was written into a port's list and does not work there, because it was never created, is suspended, pruned or held back by the multi-chassis
protocol, shows that plan and state have drifted apart. Judged are lists that somebody wrote; "all" promises nothing.`,
	Cites:    []standard.Clause{standard.Grundschutz("NET.1.1.A15", "B"), standard.PCI("1.2.8")},
	Severity: verify.High,
	Run: verify.Each((*topology.Fabric).Uplinks, func(u *topology.Uplink) (v verify.Verdict) {
		p := portOf(&v, u)
		if p == nil || down(&v, p) {
			return v
		}
		b := vlanSettings(&v, p)
		switch {
		case b == nil:
			return v
		case !b.Configured.Known() || !b.Members.Known():
			v.Unknown("%s: configured or operational VLANs not reported", p).Missing("the VLAN settings and the VLAN table of %s", p.Switch.Name)
			return v
		case b.Configured.Value == state.AllVIDs || capture.Is(b.Explicit, false):
			v.NotApplicable("%s: nobody wrote a list", p)
			return v
		}
		if dead := b.Configured.Value.Minus(b.Members.Value); !dead.Empty() {
			v.Fail(b.Members.From, "%s allows VLAN %s, but does not forward it (it forwards %s)", p, dead, b.Members.Value).Also(b.Configured.From).
				Fix("create and activate VLAN %s on %s, or take it off the list of %s", dead, p.Switch.Name, p)
			return v
		}
		v.Pass(b.Members.From, "%s forwards all it allows: %s", p, b.Configured.Value).Also(b.Configured.From)
		return v
	}),
})
