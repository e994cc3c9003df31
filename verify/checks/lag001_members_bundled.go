package checks

import (
	"uplinkcheck/drivers/capture"
	"uplinkcheck/drivers/state"
	"uplinkcheck/verify"
	"uplinkcheck/verify/standard"
	"uplinkcheck/verify/topology"
)

// LAG001: every expected member is bundled.
var LAG001 = add(&verify.Check{
	ID:    "LAG-001",
	Title: "every expected member is bundled",
	Doc: `A member that is up but not bundled looks redundant and is not: the LAG runs on its other leg alone, and nobody notices until
that one goes. The state bits of both ends must say aggregation, synchronization, collecting and distributing, and neither defaulted nor
expired; what a platform does not tell of its partner, the partner must say of itself. Put it right at the end whose bits are missing: the same
key for all members, LACP on, the same speed. Hot standbys, ports that are shut down and members that wait without a cable are left out; one
member on each switch of a pair is a whole LAG.
This says nothing about frames getting through: a port can drop frames and stay bundled.`,
	Cites:    []standard.Clause{standard.M5153, standard.Dot1AX("6.4.1"), standard.Dot1AX("6.4.2.3"), standard.Dot1AX("7.3.2.1.21"), standard.Dot1AX("7.3.2.1.23")},
	Severity: verify.High,
	Run: verify.Each((*topology.Fabric).AllLAGs, func(l *topology.LAG) (v verify.Verdict) {
		if skipLAG(&v, l) {
			return v
		}
		if runsNoLACP(&v, l) {
			return v
		}
		for _, p := range lacpLanes(l) {
			judgeMember(&v, p)
		}
		return v
	}),
})

func judgeMember(v *verify.Verdict, p *topology.Port) {
	if p.Oper() == state.No {
		v.Warn(p.Interface.Oper.From, "%s is down and so carries nothing for %s", p, p.Aggregator.Name).
			Fix("plug the cable of %s in at both ends, or shut the port down when it is not meant to be used", p)
		return
	}
	if linkUnknown(v, p) {
		return
	}
	if p.Member == nil {
		v.Unknown("%s: its state in %s was not reported", p, p.Aggregator.Name).Missing("LACP state of %s", p)
		return
	}
	if p.Member.Heard() == state.No && capture.Is(p.Aggregator.FallbackActive, true) {
		v.NotApplicable("%s forwards by fallback: see LAG-012", p)
		return
	}
	bad, from, why := memberNow(p)
	switch {
	case !bad && why == "" && !p.Member.Partner.State.Known() && p.PartnerState().Known():
		v.Pass(from, "%s is bundled, and what it leads to says so of itself", p).Also(p.PartnerState().From)
	case !bad && why == "":
		v.Pass(from, "%s is bundled", p)
	case !bad:
		v.Unknown("%s: %s", p, why).Missing("LACP state bits of %s", p)
	default:
		holds := func(m *state.AggregationPort) bool { b, _, _ := memberFault(m); return b }
		steady(v, p, holds, from, why)
		v.Fix("compare LACP mode, key and speed of %s with the other members of %s and with the host", p, p.Aggregator.Name)
	}
}

// linkUnknown says unknown for a port of which nobody reported whether its link is up: LACP state of a port that is down means nothing.
func linkUnknown(v *verify.Verdict, p *topology.Port) bool {
	if p.Oper() != state.Unknown {
		return false
	}
	v.Unknown("%s: link state not reported", p).Missing("link state of %s", p)
	return true
}

// notWhole says unknown for a LAG of which another switch may have members that nobody reported.
func notWhole(v *verify.Verdict, l *topology.LAG) {
	if whole := l.Whole(); whole.Answer != state.Yes {
		v.Unknown("%s", whole.Why).Missing("LAGs and LACP state of every switch of the pair: %s", whole.Why)
	}
}

// runsNoLACP says n/a for a static LAG, and unknown where nobody reported how a leg is joined.
func runsNoLACP(v *verify.Verdict, l *topology.LAG) bool {
	static := 0
	for _, leg := range l.Legs {
		name := leg.Switch.Name + "/" + leg.Aggregator.Name
		if proto := leg.Aggregator.Protocol; !proto.Known() {
			v.Unknown("%s: not reported whether it runs LACP", name).Missing("aggregation protocol of %s", name)
		} else if proto.Value == state.Static {
			static++
		}
	}
	if static == len(l.Legs) {
		v.NotApplicable("%s is a static aggregator: see LAG-008", l.Name)
		return true
	}
	return false
}

// lacpLanes returns the ports that are meant to carry frames on the legs that are not static.
func lacpLanes(l *topology.LAG) (out []*topology.Port) {
	for _, p := range l.Lanes() {
		if !capture.Is(p.Aggregator.Protocol, state.Static) {
			out = append(out, p)
		}
	}
	return out
}

// steady turns a condition into fail when two samples show it, into warn when it has just come, and into unknown when
// there is one sample only: LACP passes through such states.
func steady(v *verify.Verdict, p *topology.Port, holds func(*state.AggregationPort) bool, from capture.Span, why string) {
	switch p.Steady(holds) {
	case state.Yes:
		v.Fail(from, "%s: %s", p, why)
	case state.Unknown:
		v.Unknown("%s: %s, in the only sample taken", p, why).
			Missing("a second sample of %s, at least three seconds later (audit takes one by itself; --samples 1 forbids it)", p.Switch.Name)
	default:
		v.Warn(from, "%s: %s, in the second of two samples only", p, why)
	}
}

// memberNow judges the last report of a port, as memberFault does. Where the platform tells nothing of its partner's state, what the partner says of
// itself can put it in order, and no more: that it is not has no second sample here, and is found at its own end.
func memberNow(p *topology.Port) (bad bool, from capture.Span, why string) {
	own := p.PartnerState()
	if p.Member.Partner.State.Known() || own.Value.Has(bundled) != state.Yes {
		return memberFault(p.Member)
	}
	m := *p.Member
	m.Partner.State = own
	return memberFault(&m)
}

const bundled = state.Aggregation | state.Synchronization | state.Collecting | state.Distributing

// memberFault judges one report of an LACP port. bad with a reason; not bad without one is good; not bad with a
// reason is unknown.
func memberFault(m *state.AggregationPort) (bad bool, from capture.Span, why string) {
	actor, partner := m.Actor.State, m.Partner.State
	switch {
	case m.Selected.Known() && m.Selected.Value != state.Selected:
		return true, m.Selected.From, "not bundled, but " + m.Selected.Value.String() + reason(m)
	case actor.Known() && actor.Value.Has(bundled) == state.No:
		return true, actor.From, "its own LACP state is " + actor.Value.String()
	case actor.Known() && (actor.Value.Has(state.Defaulted) == state.Yes || actor.Value.Has(state.Expired) == state.Yes):
		return true, actor.From, "its own LACP state is " + actor.Value.String()
	case m.Heard() != state.No && partner.Known() && partner.Value.Has(bundled) == state.No:
		return true, partner.From, "the partner's LACP state is " + partner.Value.String()
	case m.Heard() != state.No && (!partner.Known() || partner.Value.Has(bundled) == state.Unknown):
		return false, capture.Span{}, "the partner's state bits were not reported"
	case actor.Value.Has(bundled) == state.Yes:
		return false, actor.From, ""
	}
	return false, capture.Span{}, "the state bits were not reported in full"
}

func reason(m *state.AggregationPort) string {
	if m.Reason.Known() && m.Reason.Value != "" {
		return " (" + m.Reason.Value + ")"
	}
	return ""
}

// skipLAG says why a LAG is not judged: its host is out of service, or it has no member that is meant to work.
func skipLAG(v *verify.Verdict, l *topology.LAG) bool {
	if l.Team != nil && l.Team.Host.Entry != nil && l.Team.Host.Entry.Maintenance {
		v.NotApplicable("%s is declared out of service", l.Team.Host.Name)
		return true
	}
	if len(l.Lanes()) == 0 {
		v.NotApplicable("%s has no member that is meant to carry frames", l.Name)
		return true
	}
	return false
}
