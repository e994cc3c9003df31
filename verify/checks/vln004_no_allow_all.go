package checks

import (
	"uplinkcheck/drivers/capture"
	"uplinkcheck/drivers/state"
	"uplinkcheck/verify"
	"uplinkcheck/verify/standard"
	"uplinkcheck/verify/topology"
)

// VLN004: no trunk to a hypervisor allows all VLANs.
var VLN004 = add(&verify.Check{
	ID:    "VLN-004",
	Title: "no trunk to a hypervisor allows all VLANs",
	Doc: `A trunk without a list, or with the list 1-4094, gives the host every VLAN there is and every VLAN there will ever be: the next one somebody creates for
another purpose is there at once. It fails where the inventory says which networks the host needs, and warns where it does not.`,
	Cites:    []standard.Clause{standard.STIG("ESXI-06-000068"), standard.Grundschutz("NET.3.1.A1", "B"), standard.Grundschutz("NET.1.1.A24", "S"), standard.PCI("1.2.7")},
	Severity: verify.Medium,
	Run: verify.Each((*topology.Fabric).Uplinks, func(u *topology.Uplink) (v verify.Verdict) {
		p := portOf(&v, u)
		if p == nil || vlanSettings(&v, p) == nil {
			return v
		}
		switch {
		case !p.Bridge.Configured.Known():
			v.Unknown("%s: allowed VLANs not reported", p).Missing("the VLAN settings of %s", p)
		case p.Bridge.Configured.Value != state.AllVIDs:
			v.Pass(p.Bridge.Configured.From, "%s allows %s", p, p.Bridge.Configured.Value)
		default:
			how, says := verify.Warn, "allows all VLANs"
			if len(u.Host.Required) > 0 {
				how = verify.Fail
			}
			if capture.Is(p.Bridge.Explicit, false) {
				says = "has no list of allowed VLANs and so allows all"
			}
			v.Note(how, p.Bridge.Configured.From, "%s, towards %s, %s", p, u, says).
				Fix("write the list of VLANs that %s needs on %s", u.Host.Name, p)
		}
		return v
	}),
})
