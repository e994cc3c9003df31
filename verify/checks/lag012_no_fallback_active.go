package checks

import (
	"uplinkcheck/drivers/capture"
	"uplinkcheck/drivers/state"
	"uplinkcheck/verify"
	"uplinkcheck/verify/standard"
	"uplinkcheck/verify/topology"
)

// LAG012: no LACP fallback is in effect.
var LAG012 = add(&verify.Check{
	ID:    "LAG-012",
	Title: "no LACP fallback is in effect",
	Doc: `Fallback lets a port forward although no LACP partner answers, so that a server can boot from the network. In operation it hides that LACP is
broken: one link works, no link is protected, and a wrong cable is not noticed. It is fine while a host is being installed: declare such a
host with maintenance: true. Configured but not in effect is no finding.`,
	Cites:    []standard.Clause{standard.Dot1AX("7.3.2.1.22")},
	Severity: verify.Medium,
	Run: verify.Each((*topology.Fabric).HostLAGs, func(l *topology.LAG) (v verify.Verdict) {
		if skipLAG(&v, l) {
			return v
		}
		if runsNoLACP(&v, l) {
			return v
		}
		for _, leg := range l.Legs {
			a := leg.Aggregator
			name := leg.Switch.Name + "/" + a.Name
			switch {
			case capture.Is(a.FallbackActive, true):
				v.Fail(a.FallbackActive.From, "%s forwards without a partner (fallback %s)", name, a.Fallback.Value).
					Fix("start LACP on the host's bond, or take the fallback off %s", name)
			case capture.Is(a.FallbackActive, false):
				v.Pass(a.FallbackActive.From, "%s: fallback is not in effect", name)
			case capture.Is(a.Fallback, state.NoFallback):
				v.Pass(a.Fallback.From, "%s has no fallback", name)
			default:
				judgeFallbackBits(&v, leg, name)
			}
		}
		if v.Outcome() == verify.NotApplicable {
			v.NotApplicable("%s: no member is up", l.Name)
		}
		return v
	}),
})

// judgeFallbackBits decides where the device does not speak of fallback: a LAG whose members all hear their partner does not
// need it.
func judgeFallbackBits(v *verify.Verdict, leg *topology.Leg, name string) {
	for _, p := range leg.Ports {
		switch {
		case p.Oper() == state.No || p.Member == nil:
		case p.Member.Heard() == state.Yes:
			v.Pass(p.Member.Partner.System.From, "%s: %s hears its partner", name, p.Name)
		case p.Member.Heard() == state.Unknown:
			v.Unknown("%s: neither a partner of %s nor fallback was reported", name, p.Name).Missing("the LACP partner and the fallback state of %s", name)
		default:
			v.Unknown("%s: %s hears no partner, and fallback was not reported", name, p.Name).Missing("the fallback state of %s", name)
		}
	}
}
