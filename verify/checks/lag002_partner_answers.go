package checks

import (
	"uplinkcheck/drivers/capture"
	"uplinkcheck/drivers/state"
	"uplinkcheck/verify"
	"uplinkcheck/verify/standard"
	"uplinkcheck/verify/topology"
)

// LAG002: a partner answers on every member.
var LAG002 = add(&verify.Check{
	ID:    "LAG-002",
	Title: "a partner answers on every member",
	Doc: `A member with LACP on that hears no partner is not in the LAG. The host's end may be off, static, plugged into something else, or
the frames are lost on the way in. The switch says so by the bit defaulted, or by a partner system of zero. A host in maintenance is
left out; a host that boots from the network needs fallback on the port, which LAG-012 reports. Look at the host's bond first, then at the cable.`,
	Cites:    []standard.Clause{standard.Dot1AX("6.4.2.3"), standard.Dot1AX("7.3.2.1.9"), standard.M5153},
	Severity: verify.High,
	Run: verify.Each((*topology.Fabric).AllLAGs, func(l *topology.LAG) (v verify.Verdict) {
		if skipLAG(&v, l) {
			return v
		}
		if runsNoLACP(&v, l) {
			return v
		}
		for _, p := range lacpLanes(l) {
			switch {
			case p.Oper() == state.No:
				v.NotApplicable("%s is down", p)
			case linkUnknown(&v, p):
			case p.Member == nil || p.Member.Heard() == state.Unknown:
				v.Unknown("%s: partner not reported", p).Missing("LACP partner of %s", p)
			case p.Member.Heard() == state.Yes:
				v.Pass(p.Member.Partner.System.From, "%s hears %s", p, p.Member.Partner.System.Value)
			case capture.Is(p.Aggregator.FallbackActive, true):
				v.NotApplicable("%s forwards by fallback: see LAG-012", p)
			default:
				from := p.Member.Actor.State.From
				if !from.Known() {
					from = p.Member.Partner.System.From
				}
				v.Fail(from, "%s hears no LACP partner", p).
					Fix("check that LACP runs on the far end of %s and that its frames arrive", p)
			}
		}
		return v
	}),
})
