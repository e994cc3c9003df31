package checks

import (
	"slices"

	"uplinkcheck/drivers/capture"
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
			if sure(&v, u) == nil && !misplaced(u) {
				continue
			}
			if one == nil {
				one = u
			}
			switch peers(one.Mapped(), p) {
			case state.Yes:
				v.Pass(first(u.Link.Evidence()), "%s ends on %s", u, p)
			case state.Unknown:
				v.Unknown("%s ends on %s and %s on %s: not reported whether these are multi-chassis peers", one, one.Mapped(), u, p).
					Missing("multi-chassis state of %s and %s, or the two under pairs: in the inventory", one.Mapped().Switch.Name, p.Switch.Name)
			default:
				v.Fail(first(u.Link.Evidence()), "%s ends on %s and %s on %s, which are no multi-chassis peers", one, one.Mapped(), u, p).
					Also(one.Link.Evidence()...).Fix("move one of them to the other switch of the pair, or declare the two as a pair if they are one")
			}
			wrongPair(&v, u, p)
		}
		return v
	}),
})

// misplaced reports whether devices agree on where an uplink ends and only the operator says otherwise.
func misplaced(u *topology.Uplink) bool {
	return u.Mapped() != nil && slices.ContainsFunc(u.Link.Claims, func(c topology.Claim) bool { return c.Port != u.Mapped() })
}

// peers answers whether a LAG may have both ports: one switch, one pair, or one LAG already.
func peers(a, b *topology.Port) state.Tri {
	if a.LAG != nil && a.LAG == b.LAG {
		return state.Yes
	}
	return onePair(a.Switch, b.Switch)
}

// onePair answers whether two switches are one, or multi-chassis peers. Two that are in no pair are strangers only when one of them says that
// it runs no multi-chassis protocol, or that its peer is another: what would name the peer may be what was not reported.
func onePair(x, y *topology.Switch) state.Tri {
	switch {
	case x == y, x.Pair != nil && x.Pair == y.Pair:
		return state.Yes
	case x.Pair != nil || y.Pair != nil:
		return state.No
	case capture.Is(x.MLAG.Protocol, state.NoMLAG), capture.Is(y.MLAG.Protocol, state.NoMLAG), namesAnother(x, y), namesAnother(y, x):
		return state.No
	}
	return state.Unknown
}

// namesAnother reports whether x says that its peer has an address that is none of y's.
func namesAnother(x, y *topology.Switch) bool {
	peer := x.MLAG.PeerMAC
	same, known := capture.Same(peer, y.Device.ChassisMAC)
	return known && !same && !peer.Value.IsZero() &&
		!slices.ContainsFunc(y.Members, func(m state.Member) bool { return !m.MAC.Known() || m.MAC.Value == peer.Value })
}

// wrongPair compares where an uplink ends with where the operator meant it to end.
func wrongPair(v *verify.Verdict, u *topology.Uplink, p *topology.Port) {
	for _, c := range u.Link.Claims {
		if c.By == topology.OperatorDeclared && peers(c.Port, p) == state.No {
			v.Fail(first(u.Link.Evidence()), "%s ends on %s, but it is meant to be on %s, of another pair", u, p, c.Port).Also(c.From).
				Fix("move %s to %s", u, c.Port)
		}
	}
}
