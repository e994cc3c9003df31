package checks

import (
	"uplinkcheck/drivers/capture"
	"uplinkcheck/drivers/state"
	"uplinkcheck/verify"
	"uplinkcheck/verify/standard"
	"uplinkcheck/verify/topology"
)

// LAG016: hot standbys are intended.
var LAG016 = add(&verify.Check{
	ID:    "LAG-016",
	Title: "hot standbys are intended",
	Doc: `A LAG with more members than it may use, or whose port priorities say so, holds some in reserve: they are cabled, lit, and carry nothing until another
member goes. Where nobody meant that, half of the bandwidth is missing. Say under hosts: bonds: {bond0: {mode: lacp, standby: 1}} how many a
host's bond keeps in reserve; more than that warns. A standby is no failure of LAG-001, and what it would carry after a loss is
judged by the RED checks. Raise the LAG's maximum of members, or give its ports equal priorities.`,
	Cites:    []standard.Clause{standard.Dot1AX("7.3.2.1.15")},
	Severity: verify.Medium,
	Run: verify.Each((*topology.Fabric).AllLAGs, func(l *topology.LAG) (v verify.Verdict) {
		if skipLAG(&v, l) || allStatic(&v, l) {
			return v
		}
		declared, line := declaredStandby(l)
		var held []*topology.Port
		for _, p := range l.Ports() {
			switch {
			case capture.Is(p.Aggregator.Protocol, state.Static), p.Oper() == state.No, linkUnknown(&v, p):
			case !p.Aggregator.Protocol.Known():
				v.Unknown("%s: not reported whether it runs LACP", p).Missing("aggregation protocol of %s/%s", p.Switch.Name, p.Aggregator.Name)
			case p.Member == nil || !p.Member.Selected.Known():
				v.Unknown("%s: not reported whether it is held in reserve", p).Missing("what %s does with %s in %s", p.Switch.Name, p, p.Aggregator.Name)
			case p.Member.Selected.Value == state.Standby:
				held = append(held, p)
			default:
				v.Pass(p.Member.Selected.From, "%s is not held in reserve", p)
			}
		}
		for i, p := range held {
			if i < declared {
				v.Pass(p.Member.Selected.From, "%s is held in reserve, as declared", p).Also(line)
				continue
			}
			v.Warn(p.Member.Selected.From, "%s is held in reserve%s, and %d are declared to be", p, reason(p.Member), declared).
				Fix("let %s use all its members, or declare the reserve under bonds: of the host", p.Aggregator.Name)
		}
		return v
	}),
})

// declaredStandby returns how many members of the host's bond the operator keeps in reserve.
func declaredStandby(l *topology.LAG) (n int, line capture.Span) {
	if l.Team == nil || l.Team.Host.Entry == nil {
		return 0, line
	}
	for _, b := range l.Team.Host.Entry.Bonds {
		if b.Name == l.Team.Name {
			return b.Standby, b.From
		}
	}
	return 0, line
}
