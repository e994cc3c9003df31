package checks

import (
	"uplinkcheck/drivers/capture"
	"uplinkcheck/drivers/state"
	"uplinkcheck/verify"
	"uplinkcheck/verify/standard"
	"uplinkcheck/verify/topology"
)

// LAG007: no member runs alone.
var LAG007 = add(&verify.Check{
	ID:    "LAG-007",
	Title: "no member runs alone",
	Doc: `A port whose aggregation bit is clear, or that the switch calls individual or suspended, is not in the LAG. An individual port may even forward
on its own, with its own VLAN settings, beside the LAG. It fails when the host expects a LAG there and warns when nobody says what
the host expects. Usual causes: LACP off on the NIC, other speed or duplex than the rest, a limit on the number of members.`,
	Cites:    []standard.Clause{standard.Dot1AX("7.3.1.1.6"), standard.Dot1AX("7.3.2.1.24")},
	Severity: verify.High,
	Run: verify.Each((*topology.Fabric).AllLAGs, func(l *topology.LAG) (v verify.Verdict) {
		if skipLAG(&v, l) {
			return v
		}
		if runsNoLACP(&v, l) {
			return v
		}
		for _, p := range lacpLanes(l) {
			judgeIndividual(&v, l, p)
		}
		return v
	}),
})

func judgeIndividual(v *verify.Verdict, l *topology.LAG, p *topology.Port) {
	if p.Oper() == state.No {
		v.NotApplicable("%s is down", p)
		return
	}
	if linkUnknown(v, p) {
		return
	}
	if p.Member == nil {
		v.Unknown("%s: LACP state not reported", p).Missing("LACP state of %s", p)
		return
	}
	m := p.Member
	how := verify.Warn
	if l.Inter || l.Team != nil && l.Team.Mode.Value.NeedsAggregator() == state.Yes {
		how = verify.Fail
	}
	switch {
	case capture.Is(m.Selected, state.Individual):
		v.Note(how, m.Selected.From, "%s runs alone, outside %s%s", p, p.Aggregator.Name, reason(m))
	case m.Actor.State.Value.Has(state.Aggregation) == state.No:
		v.Note(how, m.Actor.State.From, "%s calls itself individual", p)
	case m.Heard() == state.Yes && m.Partner.State.Value.Has(state.Aggregation) == state.No:
		v.Note(how, m.Partner.State.From, "%s: the partner calls itself individual", p)
	case m.Actor.State.Value.Has(state.Aggregation) == state.Yes && !m.Selected.Known() && m.Actor.State.Value.Has(bundled) != state.Yes:
		v.Unknown("%s is aggregatable, and whether it is in %s was not reported", p, p.Aggregator.Name).
			Missing("what %s does with %s in %s", p.Switch.Name, p, p.Aggregator.Name)
		return
	case m.Actor.State.Value.Has(state.Aggregation) == state.Yes:
		v.Pass(m.Actor.State.From, "%s is aggregatable", p)
		return
	case capture.Is(m.Selected, state.Selected):
		v.Pass(m.Selected.From, "%s is selected in %s", p, p.Aggregator.Name)
		return
	case m.Heard() == state.No:
		v.NotApplicable("%s hears no partner: see LAG-002", p)
		return
	default:
		v.Unknown("%s: aggregation bit not reported", p).Missing("LACP state bits of %s", p)
		return
	}
	v.Fix("make speed, duplex and LACP mode of %s equal to the other members, at both ends", p)
}
