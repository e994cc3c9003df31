package checks

import (
	"time"

	"uplinkcheck/drivers/capture"
	"uplinkcheck/drivers/state"
	"uplinkcheck/verify"
	"uplinkcheck/verify/standard"
	"uplinkcheck/verify/topology"
)

// LAG018: members are stable.
var LAG018 = add(&verify.Check{
	ID:    "LAG-018",
	Title: "members are stable",
	Doc: `A link that comes and goes costs frames each time, and one day stays away; a LAG hides it, as traffic moves to the other members. Between two samples the
changes of each member's link, and the times that its partner's LACPDUs stopped, are counted. One change is somebody at work and passes; more
than that warns (policy: {max_transitions: …} sets another number). Counters that went back were cleared, or the switch began anew.
It takes two samples at least 31 s apart (` + howToMeasure + `); without them it is n/a: nobody asked for the measurement. Replace the
cable or the transceiver, or look at the far end.`,
	Cites:    []standard.Clause{standard.Grundschutz("NET.1.2.A25", "S")},
	Severity: verify.Medium,
	Run: verify.Each((*topology.Fabric).AllLAGs, func(l *topology.LAG) (v verify.Verdict) {
		if skipLAG(&v, l) {
			return v
		}
		measuring(&v, l.Lanes(), judgeStable)
		return v
	}),
})

func judgeStable(v *verify.Verdict, p *topology.Port) (measured bool) {
	if p.Interface == nil || p.Earlier == nil {
		v.Unknown("%s: its link was not reported in both samples", p).Missing("interfaces of %s", p.Switch.Name)
		return true
	}
	before, now := p.Earlier, p.Interface
	d, timed := topology.Apart(before.From, now.From)
	limit := uint64(p.Switch.Fabric.Inventory.Policy.MaxTransitions)
	if limit == 0 {
		limit = 1
	}
	changes, m := now.Transitions.Value-before.Transitions.Value, moved(before.Transitions, now.Transitions)
	switch {
	case m == rose && changes > limit:
		v.Warn(now.Transitions.From, "the link of %s changed %d times in %s", p, changes, d.Round(time.Second)).Also(before.Transitions.From)
	case timed && d < slowest:
		return steadySoFar(v, p, d)
	case !timed:
		v.Unknown("%s: when its link was looked at is not known", p).Missing("collect %s again", p.Switch.Name)
	case m == fell:
		v.Unknown("%s: its count of link changes went back between the samples: it was cleared", p).
			Missing("two samples between which nobody clears the counters of %s", p)
	case m != unseen:
		v.Pass(now.Transitions.From, "the link of %s changed %d times in %s", p, changes, d.Round(time.Second)).Also(before.Transitions.From)
	default:
		judgeUnchanged(v, p, d)
	}
	judgeExpirations(v, p, limit)
	if v.Outcome() == verify.Warn {
		v.Fix("look at cable and transceiver of %s, and at what the far end logs", p)
	}
	return true
}

// steadySoFar: two samples that are near each other hide nothing of a link that is up in both; of others they leave it open.
func steadySoFar(v *verify.Verdict, p *topology.Port, d time.Duration) (measured bool) {
	if capture.Is(p.Earlier.Oper, state.Up) && capture.Is(p.Interface.Oper, state.Up) {
		return false
	}
	return tooNear(v, p, d)
}

// judgeUnchanged decides by how long ago the link last changed, where changes are not counted: a link that is up in both samples and
// changed in between went down and came back.
func judgeUnchanged(v *verify.Verdict, p *topology.Port, d time.Duration) {
	since := p.Interface.Unchanged
	same, known := capture.Same(p.Earlier.Oper, p.Interface.Oper)
	switch {
	case !since.Known():
		v.Unknown("%s: changes of its link not reported", p).Missing("how often the link of %s changed, or when it last did", p)
	case since.Value >= d:
		v.Pass(since.From, "the link of %s did not change in %s", p, d.Round(time.Second))
	case !known:
		v.Unknown("%s: its link changed %s ago, and whether it was up in both samples was not reported", p, since.Value).Missing("the state of the link of %s", p)
	case same:
		v.Warn(since.From, "the link of %s is as it was, and changed %s ago: it went and came back within %s", p, since.Value, d.Round(time.Second)).
			Also(p.Earlier.Oper.From)
	default:
		v.Pass(since.From, "the link of %s changed once in %s", p, d.Round(time.Second))
	}
}

// judgeExpirations counts how often the partner's LACPDUs stopped, where the switch counts that.
func judgeExpirations(v *verify.Verdict, p *topology.Port, limit uint64) {
	if p.Member == nil || p.Before == nil {
		return
	}
	before, now := p.Before.Expirations, p.Member.Expirations
	if moved(before, now) == rose && now.Value-before.Value > limit {
		v.Warn(now.From, "the LACPDUs that %s hears stopped %d times between the samples", p, now.Value-before.Value).Also(before.From)
	}
}
