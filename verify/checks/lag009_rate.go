package checks

import (
	"uplinkcheck/drivers/capture"
	"uplinkcheck/drivers/state"
	"uplinkcheck/verify"
	"uplinkcheck/verify/standard"
	"uplinkcheck/verify/topology"
)

// LAG009: a dead partner is noticed as fast as intended.
var LAG009 = add(&verify.Check{
	ID:    "LAG-009",
	Title: "a dead partner is noticed as fast as intended",
	Doc: `Each end asks the other for an LACPDU every second or every 30 seconds, and gives it up after three of them: after 3 s or after 90 s. Different rates
are lawful, as each end sends as fast as the other asks, but a fault that only one direction sees is then noticed late: that warns.
policy: {lacp_rate: fast} or slow says what is meant; an end that asks for another rate then fails, and so do different rates where
a partner has expired (LAG-003).`,
	Cites:    []standard.Clause{standard.Dot1AX("6.4.2.3")},
	Severity: verify.Low,
	Run: verify.Each((*topology.Fabric).AllLAGs, func(l *topology.LAG) (v verify.Verdict) {
		if skipLAG(&v, l) || runsNoLACP(&v, l) {
			return v
		}
		for _, p := range lacpLanes(l) {
			judgeRate(&v, p)
		}
		return v
	}),
})

func judgeRate(v *verify.Verdict, p *topology.Port) {
	switch {
	case p.Oper() == state.No:
		v.NotApplicable("%s is down", p)
		return
	case linkUnknown(v, p):
		return
	case p.Member != nil && p.Member.Heard() == state.No:
		v.NotApplicable("%s hears no partner: see LAG-002", p)
		return
	}
	var own, far capture.Fact[state.LACPState]
	if p.Member != nil {
		own, far = p.Member.Actor.State, p.Member.Partner.State
	}
	x, y := own.Value.Has(state.ShortTimeout), far.Value.Has(state.ShortTimeout)
	if x == state.Unknown || y == state.Unknown {
		v.Unknown("%s: the LACP rates of both ends were not reported", p).Missing("LACP state bits of %s and of its partner", p)
		return
	}
	expired := func(m *state.AggregationPort) bool { return m.Actor.State.Value.Has(state.Expired) == state.Yes }
	ends := []capture.Span{own.From, far.From}
	switch want := p.Switch.Fabric.Inventory.Policy.LACPRate; {
	case want != "" && (rate(x) != want || rate(y) != want):
		v.Fail(own.From, "%s asks for the %s rate and its partner for the %s: the policy says %s", p, rate(x), rate(y), want).Also(ends...).
			Fix("set the LACP rate %s at both ends of %s", want, p)
	case x != y && p.Steady(expired) == state.Yes:
		v.Fail(own.From, "%s has lost its partner, and the ends notice that at different times: after %s here, after %s there", p, timeout(own), timeout(far)).
			Also(ends...).Fix("set the same LACP rate at both ends of %s", p)
	case x != y:
		v.Warn(own.From, "%s notices a dead partner after %s, its partner after %s", p, timeout(own), timeout(far)).Also(ends...).
			Fix("set the same LACP rate at both ends of %s", p)
	default:
		v.Pass(own.From, "both ends of %s notice a dead partner after %s", p, timeout(own)).Also(ends...)
	}
}

// rate is the word of configurations for a timeout bit.
func rate(short state.Tri) string {
	if short == state.Yes {
		return "fast"
	}
	return "slow"
}
