package checks

import (
	"time"

	"uplinkcheck/drivers/capture"
	"uplinkcheck/drivers/state"
	"uplinkcheck/verify"
	"uplinkcheck/verify/standard"
	"uplinkcheck/verify/topology"
)

// LAG013: LACPDUs flow both ways.
var LAG013 = add(&verify.Check{
	ID:    "LAG-013",
	Title: "LACPDUs flow both ways",
	Doc: `A fibre that is broken in one direction, or a port that no longer receives, keeps its light and for up to 90 s its place in the LAG. Between two samples
the counters of LACPDUs sent and received must rise; it fails when those sent do and those received do not, and when the host says that
it hears nothing. Where a switch reports no counters, a receive machine that is current at both ends proves as much once the samples are further
apart than its timeout: 3 s at the fast rate and 90 s at the slow. Counters that went back were cleared.
It takes two samples at least 31 s apart, as a partner at the slow rate sends every 30 s: run with ` + howToMeasure + `. Without them it is
n/a: nobody asked for the measurement. LACPDUs say nothing about other frames.`,
	Cites: []standard.Clause{standard.Dot1AX("7.3.3.1.2"), standard.Dot1AX("7.3.3.1.7"), standard.STIG("JUEX-L2-000180"),
		standard.STIG("ARST-L2-000150")},
	Severity: verify.High,
	Run: verify.Each((*topology.Fabric).AllLAGs, func(l *topology.LAG) (v verify.Verdict) {
		if skipLAG(&v, l) || allStatic(&v, l) {
			return v
		}
		measuring(&v, lacpLanes(l), judgeFlow)
		return v
	}),
})

// allStatic says n/a for a LAG whose legs are all known to be static.
func allStatic(v *verify.Verdict, l *topology.LAG) bool {
	if len(lacpLanes(l)) > 0 {
		return false
	}
	v.NotApplicable("%s is a static aggregator: see LAG-008", l.Name)
	return true
}

func judgeFlow(v *verify.Verdict, p *topology.Port) (measured bool) {
	switch {
	case p.Oper() == state.No:
		v.NotApplicable("%s is down", p)
		return true
	case linkUnknown(v, p):
		return true
	case p.Member == nil || p.Before == nil:
		v.Unknown("%s: its LACP state was not reported in both samples", p).Missing("LACP state of %s", p)
		return true
	}
	before, now := p.Before, p.Member
	rx, tx := moved(before.RX, now.RX), moved(before.TX, now.TX)
	d, timed := topology.Apart(before.TX.From, now.TX.From)
	switch {
	case rx == rose && deaf(p):
		heard := p.Link.Uplink.Member
		v.Fail(now.TX.From, "%s receives LACPDUs, but %s says that it hears none", p, p.Link.Uplink).Also(heard.Actor.State.From, heard.Partner.System.From).
			Fix("look at the fibre or transceiver from %s to %s", p, p.Link.Uplink)
	case rx == rose && tx == rose:
		v.Pass(now.RX.From, "%s: LACPDUs flow both ways", p).Also(now.TX.From, before.RX.From, before.TX.From)
	case rx == unseen || tx == unseen:
		return judgeCurrent(v, p)
	case rx == fell || tx == fell:
		v.Unknown("%s: its LACPDU counters went back between the samples: they were cleared", p).
			Missing("two samples between which nobody clears the counters of %s", p)
	case !timed:
		v.Unknown("%s: when its counters were read is not known", p).Missing("collect %s again", p.Switch.Name)
	case d < slowest:
		return tooNear(v, p, d)
	case rx == still && tx == rose:
		v.Fail(now.RX.From, "%s sent %d LACPDUs in %s and received none", p, now.TX.Value-before.TX.Value, d.Round(time.Second)).
			Also(now.TX.From, before.RX.From, before.TX.From).Fix("look at the receive direction of %s: fibre, transceiver, and whether the far end runs LACP", p)
	default:
		v.Unknown("%s counted no LACPDU sent in %s", p, d.Round(time.Second)).Missing("whether %s sends LACPDUs: look at its LACP mode, or at the far end", p)
	}
	return true
}

// deaf reports whether the host at the far end says that it hears no LACPDUs.
func deaf(p *topology.Port) bool {
	return p.Link != nil && p.Link.Confidence() > topology.Inferred && p.Link.Uplink.Member != nil && p.Link.Uplink.Member.Heard() == state.No
}

// judgeCurrent decides without counters: an end that has neither defaulted nor expired heard the other within its timeout.
func judgeCurrent(v *verify.Verdict, p *topology.Port) (measured bool) {
	d, timed := topology.Apart(p.Before.Actor.State.From, p.Member.Actor.State.From)
	actor, partner := p.Member.Actor.State, p.Member.Partner.State
	lasts := max(timeout(actor), timeout(partner)) + time.Second
	switch {
	case timed && d < slowest:
		return tooNear(v, p, d)
	case current(actor) && current(partner) && timed && d >= lasts:
		v.Pass(actor.From, "%s and its partner have both heard each other since the first sample, %s ago", p, d.Round(time.Second)).
			Also(partner.From, p.Before.Actor.State.From)
	case current(actor) && current(partner) && timed:
		v.Unknown("%s: LACPDU counters not reported, and its state would be the same for 90 s after the last one", p).
			Missing("two samples further apart: --samples 2 --interval 95s")
	default:
		v.Unknown("%s: LACPDU counters not reported", p).Missing("the LACPDU counters of %s", p)
	}
	return true
}

// timeout is how long an end takes its partner for current after the last LACPDU (IEEE Std 802.1AX-2020, 6.4.2.3).
func timeout(s capture.Fact[state.LACPState]) time.Duration {
	if s.Known() && s.Value.Has(state.ShortTimeout) == state.Yes {
		return 3 * time.Second
	}
	return 90 * time.Second
}

func current(s capture.Fact[state.LACPState]) bool {
	return s.Known() && s.Value.Has(state.Defaulted) == state.No && s.Value.Has(state.Expired) == state.No
}
