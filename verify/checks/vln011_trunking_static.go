package checks

import (
	"uplinkcheck/drivers/state"
	"uplinkcheck/verify"
	"uplinkcheck/verify/standard"
	"uplinkcheck/verify/topology"
)

// VLN011: no protocol decides what the port of a hypervisor is.
var VLN011 = add(&verify.Check{
	ID:    "VLN-011",
	Title: "no protocol decides whether the port of a hypervisor is a trunk",
	Doc: `A port that negotiates trunking (DTP) becomes what its neighbour asks for: a guest or a wrong cable can make it a trunk with all VLANs, and a hypervisor that does not
answer can lose its own. Set the mode by configuration. A port whose mode is fixed, and to which a protocol or a manager adds VLANs (MVRP, VM tracing),
warns: what it carries is not what was written. Platforms that negotiate nothing pass by the mode that they report.`,
	Cites:    []standard.Clause{standard.STIG("ESXI-67-000066"), standard.STIG("ARST-L2-000160")},
	Severity: verify.Medium,
	Run: verify.Each((*topology.Fabric).Uplinks, func(u *topology.Uplink) (v verify.Verdict) {
		p := portOf(&v, u)
		if p == nil || vlanSettings(&v, p) == nil {
			return v
		}
		switch by := p.Bridge.Trunking; {
		case !by.Known():
			v.Unknown("%s: not reported who decides whether it is a trunk", p).Missing("the VLAN mode of %s", p)
		case by.Value == state.NegotiatedTrunking:
			v.Fail(by.From, "%s, towards %s, negotiates with its neighbour whether it is a trunk", p, u).
				Fix("set %s to trunk or access, and switch the negotiation off", p)
		case by.Value == state.DynamicVLANs:
			v.Warn(by.From, "%s, towards %s, is given VLANs by a protocol or a manager beside its configuration", p, u).
				Fix("write the VLANs of %s into its configuration, and switch off what adds or takes them", p)
		default:
			v.Pass(by.From, "%s is %s by configuration", p, modeOf(p))
		}
		return v
	}),
})

func modeOf(p *topology.Port) string {
	if p.Bridge.Mode.Known() {
		return p.Bridge.Mode.Value.String()
	}
	return "set"
}
