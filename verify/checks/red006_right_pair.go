package checks

import (
	"uplinkcheck/drivers/state"
	"uplinkcheck/verify"
	"uplinkcheck/verify/standard"
	"uplinkcheck/verify/topology"
)

// RED006: the cables of one bond go to switches that are peers.
var RED006 = add(&verify.Check{
	ID:    "RED-006",
	Title: "the cables of one bond go to switches that are peers",
	Doc: `A bond that needs a LAG works only when its links end on one switch or on multi-chassis peers. On two independent switches half of its links
stay idle. Teams that need no LAG may end on any switches that share their VLANs: not applicable.`,
	Cites:    []standard.Clause{standard.M5153, standard.Grundschutz("NET.1.1.A15", "B")},
	Severity: verify.Critical,
	Run: verify.Each((*topology.Fabric).Teams, func(t *topology.Team) (v verify.Verdict) {
		switch {
		case t.Mode.Value.NeedsAggregator() == state.No:
			v.NotApplicable("%s is %s: it may end on any switches", t.Subject().Name, t.Mode.Value)
			return v
		case !t.Mode.Known():
			v.Unknown("%s: mode not reported", t.Subject().Name).Missing("the mode of %s", t.Subject().Name)
			return v
		}
		var one *topology.Uplink
		for _, u := range t.Uplinks {
			if notInService(&v, u) {
				continue
			}
			p := u.Mapped()
			if sure(&v, u) == nil && u.Confidence() != topology.Contradicted {
				continue
			}
			switch {
			case p == nil:
			case one == nil:
				one = u
				v.Pass(first(u.Link.Evidence()), "%s ends on %s", u, p)
			case peers(one.Mapped(), p):
				v.Pass(first(u.Link.Evidence()), "%s ends on %s", u, p)
			default:
				v.Fail(first(u.Link.Evidence()), "%s ends on %s and %s on %s, which are no multi-chassis peers", one, one.Mapped(), u, p).
					Also(one.Link.Evidence()...).Fix("move one of them to the other switch of the pair, or declare the two as a pair if they are one")
			}
			wrongPair(&v, u, p)
		}
		return v
	}),
})

func peers(a, b *topology.Port) bool {
	return a.Switch == b.Switch || a.Switch.Pair != nil && a.Switch.Pair == b.Switch.Pair || a.LAG != nil && a.LAG == b.LAG
}

// wrongPair compares where an uplink ends with where the operator meant it to end.
func wrongPair(v *verify.Verdict, u *topology.Uplink, p *topology.Port) {
	if p == nil {
		return
	}
	for _, c := range u.Link.Claims {
		if c.By == topology.OperatorDeclared && !peers(c.Port, p) {
			v.Fail(first(u.Link.Evidence()), "%s ends on %s, but it is meant to be on %s, of another pair", u, p, c.Port).Also(c.From).
				Fix("move %s to %s", u, c.Port)
		}
	}
}
