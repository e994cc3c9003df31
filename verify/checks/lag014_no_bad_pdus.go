package checks

import (
	"time"

	"uplinkcheck/drivers/capture"
	"uplinkcheck/drivers/state"
	"uplinkcheck/verify"
	"uplinkcheck/verify/standard"
	"uplinkcheck/verify/topology"
)

// LAG014: no illegal or unknown slow-protocol PDUs arrive.
var LAG014 = add(&verify.Check{
	ID:    "LAG-014",
	Title: "no illegal or unknown slow-protocol PDUs arrive",
	Doc: `Malformed LACPDUs, and slow-protocol PDUs of a kind that the switch does not know, come from a broken driver or port, or from something that is no
LACP partner at all. It fails when their number rises between two samples; what was counted before says nothing about now.
It takes two samples at least 31 s apart (` + howToMeasure + `); without them it is n/a: nobody asked for the measurement. A switch that
reports no such counter leaves it unknown then; --skip LAG-014 is the way out.`,
	Cites:    []standard.Clause{standard.Dot1AX("7.3.3.1.5"), standard.Dot1AX("7.3.3.1.6")},
	Severity: verify.Low,
	Run: verify.Each((*topology.Fabric).AllLAGs, func(l *topology.LAG) (v verify.Verdict) {
		if skipLAG(&v, l) || allStatic(&v, l) {
			return v
		}
		measuring(&v, lacpLanes(l), judgeBadPDUs)
		return v
	}),
})

func judgeBadPDUs(v *verify.Verdict, p *topology.Port) (measured bool) {
	switch {
	case p.Oper() == state.No:
		v.NotApplicable("%s is down", p)
		return true
	case linkUnknown(v, p):
		return true
	case p.Member == nil || p.Before == nil:
		v.Unknown("%s: its LACP counters were not reported in both samples", p).Missing("LACPDU counters of %s", p)
		return true
	}
	before, now := p.Before, p.Member
	kind, was, is := "illegal", before.IllegalRX, now.IllegalRX
	if moved(was, is) != rose && moved(before.UnknownRX, now.UnknownRX) != still {
		kind, was, is = "unknown", before.UnknownRX, now.UnknownRX // the one of the two that says more
	}
	return judgeBad(v, p, kind, was, is)
}

func judgeBad(v *verify.Verdict, p *topology.Port, kind string, before, now capture.Fact[uint64]) (measured bool) {
	d, timed := topology.Apart(p.Before.Actor.State.From, p.Member.Actor.State.From)
	if before.Known() && now.Known() {
		d, timed = topology.Apart(before.From, now.From)
	}
	switch m := moved(before, now); {
	case m == rose:
		v.Fail(now.From, "%s received %d %s slow-protocol PDUs between the samples, %d in all", p, now.Value-before.Value, kind, now.Value).
			Also(before.From).Fix("find out what sends to %s: a capture of frames to 01:80:c2:00:00:02 shows it", p)
	case timed && d < slowest:
		return tooNear(v, p, d)
	case m == unseen:
		v.Unknown("%s: no counter of %s PDUs was reported", p, kind).Missing("the counters of illegal and unknown LACPDUs of %s", p)
	case m == fell:
		v.Unknown("%s: its counter of %s PDUs went back between the samples: it was cleared", p, kind).
			Missing("two samples between which nobody clears the counters of %s", p)
	case !timed:
		v.Unknown("%s: when its counters were read is not known", p).Missing("collect %s again", p.Switch.Name)
	default:
		v.Pass(now.From, "%s received no bad PDU in %s (%d before that)", p, d.Round(time.Second), now.Value).Also(before.From)
	}
	return true
}
