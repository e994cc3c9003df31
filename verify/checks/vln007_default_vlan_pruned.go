package checks

import (
	"uplinkcheck/drivers/state"
	"uplinkcheck/verify"
	"uplinkcheck/verify/standard"
	"uplinkcheck/verify/topology"
)

// VLN007: the default VLAN is not on trunks.
var VLN007 = add(&verify.Check{
	ID:    "VLN-007",
	Title: "the default VLAN is not on trunks",
	Doc: `VLAN 1 is on every port that nobody has configured. On a trunk it joins all of them, through every switch. Take it off the trunks, unless a declared
network uses it. Control protocols on VLAN 1 go on without it.`,
	Cites:    []standard.Clause{standard.STIG("SRG-NET-000512-L2S-000009"), standard.STIG("CISC-L2-000230"), standard.STIG("ARST-L2-000190"), standard.STIG("JUEX-L2-000210")},
	Severity: verify.Medium,
	Run: verify.Each((*topology.Fabric).Uplinks, func(u *topology.Uplink) (v verify.Verdict) {
		p := portOf(&v, u)
		if p == nil || down(&v, p) || vlanSettings(&v, p) == nil {
			return v
		}
		switch {
		case !p.Bridge.Mode.Known():
			v.Unknown("%s: VLAN mode not reported", p).Missing("the VLAN settings of %s", p)
		case p.Bridge.Mode.Value == state.Access:
			v.NotApplicable("%s is an access port", p)
		case len(u.Host.Fabric.NetworksOf(1)) > 0:
			v.NotApplicable("VLAN 1 is declared as network %s", u.Host.Fabric.NetworksOf(1)[0].Name)
		default:
			switch c := p.HasVLAN(1); c.Answer {
			case state.Yes:
				v.Fail(c.Evidence(), "%s forwards VLAN 1, which no declared network uses", p).Fix("remove VLAN 1 from %s", p)
			case state.No:
				v.Pass(c.Evidence(), "%s: %s", u, c.Why)
			default:
				v.Unknown("%s: %s", u, c.Why).Missing("%s", c.Why)
			}
		}
		return v
	}),
})
