package checks

import (
	"uplinkcheck/drivers/capture"
	"uplinkcheck/drivers/state"
	"uplinkcheck/verify"
	"uplinkcheck/verify/standard"
	"uplinkcheck/verify/topology"
)

// LAG015: no member is in churn.
var LAG015 = add(&verify.Check{
	ID:    "LAG-015",
	Title: "no member is in churn",
	Doc: `Churn means that an end has tried for a minute to bring a member into the LAG and has not: two ends that want different things, as after a key was
changed on one of them. It warns when a member is not bundled and churn is reported in two samples. Of a member that is bundled, what is
reported about churn is history: Linux keeps it long after recovery, and some stacks stay at monitoring for ever. Correct the key, the speed
or the mode of the end that LAG-001 names.`,
	Cites:    []standard.Clause{standard.Dot1AX("")},
	Severity: verify.Low,
	Run: verify.Each((*topology.Fabric).AllLAGs, func(l *topology.LAG) (v verify.Verdict) {
		if skipLAG(&v, l) || runsNoLACP(&v, l) {
			return v
		}
		for _, p := range lacpLanes(l) {
			judgeChurn(&v, p)
		}
		return v
	}),
})

func judgeChurn(v *verify.Verdict, p *topology.Port) {
	switch {
	case p.Oper() == state.No:
		v.NotApplicable("%s is down", p)
		return
	case linkUnknown(v, p):
		return
	case p.Member == nil:
		v.Unknown("%s: its state in %s was not reported", p, p.Aggregator.Name).Missing("LACP state of %s", p)
		return
	}
	bad, from, why := memberNow(p)
	was, is := churn(p)
	switch {
	case !bad && why == "":
		v.Pass(from, "%s is bundled, so no churn is in effect", p)
	case !bad:
		v.Unknown("%s: %s", p, why).Missing("LACP state bits of %s", p)
	case !is.Known():
		v.Unknown("%s is not bundled, and whether it churns was not reported", p).Missing("the churn state of %s or of its partner", p)
	case !is.Value:
		v.Pass(is.From, "%s is not bundled, and does not churn: see LAG-001", p)
	case !was.Known():
		v.Unknown("%s churns, in the only sample that says so", p).Missing("a second sample of %s: %s", p.Switch.Name, howToMeasure)
	case was.Value:
		v.Warn(is.From, "%s is not bundled and churns in both samples", p).Also(was.From, from).
			Fix("compare LACP mode, key and speed of %s with its partner: see LAG-001", p)
	default:
		v.Pass(is.From, "%s churns in the second of two samples only", p).Also(was.From)
	}
}

// churn returns what both samples say of churn: the switch's word, and where it has none the host's.
func churn(p *topology.Port) (was, is capture.Fact[bool]) {
	if p.Before != nil {
		was = p.Before.Churn
	}
	is = p.Member.Churn
	if p.Link == nil || p.Link.Confidence() <= topology.Inferred || p.Link.Uplink.Member == nil || is.Known() {
		return was, is
	}
	if u := p.Link.Uplink; u.Before != nil {
		was = u.Before.Churn
	}
	return was, p.Link.Uplink.Member.Churn
}
