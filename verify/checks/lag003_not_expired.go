package checks

import (
	"uplinkcheck/drivers/state"
	"uplinkcheck/verify"
	"uplinkcheck/verify/standard"
	"uplinkcheck/verify/topology"
)

// LAG003: no partner has expired.
var LAG003 = add(&verify.Check{
	ID:    "LAG-003",
	Title: "no partner has expired",
	Doc: `Expired means that LACPDUs came and then stopped: three periods have passed without one, 3 s at the fast rate and 90 s at the slow.
The member is about to leave the LAG or has just left it. It fails when two samples show it and warns when only one does. Where a platform
prints no such bit, a member that distributes frames is proof enough: once its partner has expired it stops.`,
	Cites:    []standard.Clause{standard.Dot1AX("6.4.2.3")},
	Severity: verify.High,
	Run: verify.Each((*topology.Fabric).AllLAGs, func(l *topology.LAG) (v verify.Verdict) {
		if skipLAG(&v, l) {
			return v
		}
		if runsNoLACP(&v, l) {
			return v
		}
		distributes := func(m *state.AggregationPort) bool { return m.Actor.State.Value.Has(state.Distributing) == state.Yes }
		expired := func(m *state.AggregationPort) bool { return m.Actor.State.Value.Has(state.Expired) == state.Yes }
		for _, p := range lacpLanes(l) {
			switch {
			case p.Oper() == state.No:
				v.NotApplicable("%s is down", p)
			case linkUnknown(&v, p):
			case p.Member != nil && !expired(p.Member) && p.Member.Heard() == state.No:
				v.NotApplicable("%s hears no partner: see LAG-002", p)
			case p.Member != nil && p.Member.Actor.State.Value.Has(state.Expired) == state.Unknown && p.Member.Heard() == state.Yes && distributes(p.Member):
				v.Pass(p.Member.Actor.State.From, "%s: it distributes, which a port whose partner has expired does not", p)
			case p.Member == nil || p.Member.Actor.State.Value.Has(state.Expired) == state.Unknown:
				v.Unknown("%s: whether the partner has expired was not reported", p).Missing("LACP actor state of %s", p)
			case !expired(p.Member):
				v.Pass(p.Member.Actor.State.From, "%s: its partner is current", p)
			default:
				steady(&v, p, expired, p.Member.Actor.State.From, "the partner's LACPDUs have stopped")
				v.Fix("check the receive direction of %s and the host's bond", p)
			}
		}
		return v
	}),
})
