package checks

import (
	"time"

	"uplinkcheck/drivers/capture"
	"uplinkcheck/drivers/state"
	"uplinkcheck/verify"
	"uplinkcheck/verify/topology"
)

// slowest is the longest time that two samples must be apart so that each LACP partner has sent in between: the slow period is 30 s
// (IEEE Std 802.1AX-2020, 6.4.2.3).
const slowest = 31 * time.Second

const howToMeasure = "--samples 2 --interval 31s"

// measuring runs a judge of what happens between two samples over the ports of a LAG. Two samples are taken on demand only, so a
// switch of which there is one is no gap: the LAG is n/a, unless a port that was measured has something to report.
func measuring(v *verify.Verdict, ports []*topology.Port, judge func(v *verify.Verdict, p *topology.Port) (measured bool)) {
	var waits *topology.Port
	for _, p := range ports {
		if (p.Switch.Before == nil || !judge(v, p)) && waits == nil {
			waits = p
		}
	}
	if waits != nil && v.Outcome() <= verify.Pass {
		*v = verify.Verdict{}
		v.NotApplicable("%s was not measured: that needs two samples at least 31 s apart (%s)", waits, howToMeasure)
	}
}

// settled reports whether the port's LACP state is known and in order at both ends: that a second sample came too early hides nothing.
func settled(p *topology.Port) bool {
	if p.Member == nil || p.Oper() != state.Yes {
		return false
	}
	bad, _, why := memberNow(p)
	return !bad && why == ""
}

// tooNear says what two samples that are less than slowest apart prove of a port in which nothing was seen to move: nothing. Of a port
// in doubt that is unknown.
func tooNear(v *verify.Verdict, p *topology.Port, d time.Duration) (measured bool) {
	if settled(p) {
		return false
	}
	v.Unknown("%s: its two samples are %s apart, which proves nothing where LACPDUs come every 30 s", p, d.Round(time.Second)).
		Missing("two samples of %s at least 31 s apart: %s", p.Switch.Name, howToMeasure)
	return true
}

// A movement is what a counter did between two samples.
type movement uint8

const (
	unseen movement = iota // not reported in both samples
	still
	rose
	fell // it was cleared, or the device or the port began anew
)

func moved(before, after capture.Fact[uint64]) movement {
	switch {
	case !before.Known() || !after.Known():
		return unseen
	case after.Value < before.Value:
		return fell
	case after.Value > before.Value:
		return rose
	}
	return still
}
