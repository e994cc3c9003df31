package checks

import (
	"strings"

	"uplinkcheck/drivers/capture"
	"uplinkcheck/drivers/state"
	"uplinkcheck/verify"
	"uplinkcheck/verify/standard"
	"uplinkcheck/verify/topology"
)

// MLG010: an Ethernet segment is the same on all its leaves.
var MLG010 = add(&verify.Check{
	ID:    "MLG-010",
	Title: "an Ethernet segment is the same on all its leaves",
	Doc: `EVPN takes ports of different leaves for one LAG of a host when they have the same Ethernet segment identifier. The leaves must agree on it, on the LACP
system and key that they show, and on the redundancy mode. If not, the host sees two partners, frames come twice or are dropped. An
identifier of zero means a port on its own, which is no error by itself; one that is derived from LACP follows the host's identity and changes with
it. Whether the leaves see each other for the segment is not asked of any platform yet: see MLG-011.`,
	Cites:    []standard.Clause{standard.RFC("7432")},
	Severity: verify.Critical,
	Run: verify.Each((*topology.Fabric).AllLAGs, func(l *topology.LAG) (v verify.Verdict) {
		if skipLAG(&v, l) {
			return v
		}
		switch isSegment(l) {
		case state.No:
			v.NotApplicable("%s is no Ethernet segment", l.Name)
			return v
		case state.Unknown:
			v.Unknown("%s: not reported whether it is an Ethernet segment", l.Name).Missing("Ethernet segments of the switches of %s", l.Name)
			return v
		}
		if notWhole(&v, l); len(l.Legs) < 2 {
			return v
		}
		for _, leg := range l.Legs[1:] {
			judgeSegment(&v, l.Legs[0], leg)
		}
		return v
	}),
})

// isSegment answers whether any leg has an identifier other than zero. A leg of which none was reported has none where its switch runs
// another multi-chassis scheme, or none.
func isSegment(l *topology.LAG) state.Tri {
	answer := state.No
	for _, leg := range l.Legs {
		scheme := leg.Switch.MLAG.Protocol
		switch esi := leg.Aggregator.ESI; {
		case segment(esi) != "":
			return state.Yes
		case !esi.Known() && (!scheme.Known() || scheme.Value == state.EVPNESI):
			answer = state.Unknown
		}
	}
	return answer
}

// segment is a leg's identifier, "" when it has none or zero.
func segment(esi capture.Fact[string]) string {
	if strings.Trim(esi.Value, "0:") == "" {
		return ""
	}
	return esi.Value
}

func judgeSegment(v *verify.Verdict, a, b *topology.Leg) {
	x, y := a.Aggregator, b.Aggregator
	here, there := a.Switch.Name+"/"+x.Name, b.Switch.Name+"/"+y.Name
	switch {
	case !x.ESI.Known() || !y.ESI.Known():
		v.Unknown("%s and %s: not both identifiers were reported", here, there).Missing("the Ethernet segment of %s and of %s", here, there)
		return
	case segment(x.ESI) != segment(y.ESI):
		v.Fail(y.ESI.From, "%s is in segment %s, but %s in %s", there, orNone(y.ESI), here, orNone(x.ESI)).Also(x.ESI.From).
			Fix("give both legs of the LAG the same Ethernet segment identifier")
		return
	}
	judgeSegmentMode(v, here, there, x, y)
	for _, p := range b.Ports {
		judgeSegmentIdentity(v, a, p)
	}
}

func orNone(esi capture.Fact[string]) string {
	if segment(esi) == "" {
		return "none"
	}
	return esi.Value
}

func judgeSegmentMode(v *verify.Verdict, here, there string, x, y *state.Aggregator) {
	switch same, known := capture.Same(x.ESIMode, y.ESIMode); {
	case !known:
		v.Unknown("%s and %s: not both redundancy modes were reported", here, there).Missing("the redundancy mode of the segment on %s and %s", here, there)
	case !same:
		v.Fail(y.ESIMode.From, "%s is %s, but %s is %s", there, y.ESIMode.Value, here, x.ESIMode.Value).Also(x.ESIMode.From).
			Fix("give the segment %s the same redundancy mode on all leaves", x.ESI.Value)
	default:
		v.Pass(y.ESI.From, "%s and %s are in segment %s, %s", here, there, x.ESI.Value, x.ESIMode.Value).Also(x.ESI.From, x.ESIMode.From, y.ESIMode.From)
	}
}

// judgeSegmentIdentity compares the LACP identity that a port shows with that of the first port of the other leg.
func judgeSegmentIdentity(v *verify.Verdict, a *topology.Leg, p *topology.Port) {
	if len(a.Ports) == 0 || capture.Is(a.Aggregator.Protocol, state.Static) && capture.Is(p.Aggregator.Protocol, state.Static) {
		return
	}
	q := a.Ports[0]
	if q.Member == nil || p.Member == nil {
		v.Unknown("%s and %s: LACP state not reported", q, p).Missing("LACP state of %s and %s", q, p)
		return
	}
	x, y := shown(q), shown(p)
	same, known := capture.Same(x.System, y.System)
	sameKey, keys := capture.Same(x.Key, y.Key)
	switch {
	case !known || !keys:
		v.Unknown("%s and %s: not both LACP systems and keys were reported", q, p).Missing("the LACP system and key that %s and %s show", q, p)
	case !same || !sameKey:
		v.Fail(y.System.From, "%s shows system %s, key %d, but %s shows %s, key %d", p, system(y), y.Key.Value, q, system(x), x.Key.Value).
			Also(x.System.From, y.Key.From, x.Key.From).Fix("configure the same LACP system id and key for the segment on all leaves")
	default:
		v.Pass(y.System.From, "%s and %s show system %s, key %d", q, p, system(x), x.Key.Value).Also(x.System.From, y.Key.From, x.Key.From)
	}
}
