package checks

import (
	"slices"
	"strings"

	"uplinkcheck/drivers/capture"
	"uplinkcheck/drivers/state"
	"uplinkcheck/verify"
	"uplinkcheck/verify/standard"
	"uplinkcheck/verify/topology"
)

// RED015: no host hangs on one switch of a pair without intent.
var RED015 = add(&verify.Check{
	ID:    "RED-015",
	Title: "no host hangs on one switch of a pair without intent",
	Doc: `A host with all its links on one peer of a pair is an orphan: it is lost with that peer, and on many platforms also when the peer-link fails and
the secondary shuts its ports. Where a switch says what becomes of the port then, so does the finding: it goes out of service, or it stays up and
reaches only what its switch reaches by itself. Move a link to the other peer, or declare single_homed: true.`,
	Cites:    []standard.Clause{standard.M5153},
	Severity: verify.High,
	Run: verify.Each(hosts, func(h *topology.Host) (v verify.Verdict) {
		if h.Entry != nil && h.Entry.SingleHomed && !h.Entry.Maintenance {
			if on := endsOn(h); len(on) > 1 {
				v.Warn(h.Entry.From, "%s is declared single-homed, but its uplinks end on %s: what it loses with one of them is not judged", h.Name, strings.Join(on, " and ")).
					Fix("remove single_homed: of %s to have it judged", h.Name)
				return v
			}
			v.Warn(h.Entry.From, "%s is declared single-homed: it is lost with its switch", h.Name).
				Fix("give %s an uplink on the other switch of the pair, or accept it by a waiver", h.Name)
			return v
		}
		if exempt(&v, h) {
			return v
		}
		judgeOrphan(&v, h)
		return v
	}),
})

func judgeOrphan(v *verify.Verdict, h *topology.Host) {
	peer := map[*topology.Pair]*topology.Uplink{}
	both, paired := false, 0
	var unclear []*topology.Uplink
	for _, u := range h.Uplinks {
		p := sure(v, u)
		if p == nil {
			continue
		}
		pair := p.Switch.Pair
		if pair == nil {
			continue
		}
		paired++
		c, ok := p.Chassis()
		switch x := p.Extender; {
		case x == nil || x.Shared() == state.No:
		case !ok:
			unclear = append(unclear, u)
		case c.Switch == x.String():
			both = true
			v.Pass(first(x.Lines), "%s ends on %s, which both switches of pair %s have", u, x, pair.Name).Also(x.Lines...).Also(u.Link.Evidence()...)
		}
		if o := peer[pair]; o != nil && o.Mapped().Switch != p.Switch {
			both = true
			v.Pass(first(u.Link.Evidence()), "%s ends on %s and %s on %s", o, o.Mapped(), u, p).Also(o.Link.Evidence()...)
		} else if o == nil {
			peer[pair] = u
		}
	}
	switch {
	case both || v.Outcome() == verify.Unknown:
	case len(unclear) > 0:
		u := unclear[0]
		v.Unknown("%s ends on %s, and whether the other switch of the pair has that too was not reported", u, u.Mapped().Extender).
			Missing("the fabric extenders of both switches of pair %s, with their serial numbers", u.Mapped().Switch.Pair.Name)
	case len(h.Uplinks) == 0 && !h.ListsNICs():
		v.Unknown("%s: no uplink of it is known", h.Name).Missing("the uplinks of %s: collect it, or write them down under uplinks: of it", h.Name)
	case !h.ListsNICs():
		v.Unknown("%s did not list all its NICs; those that are known end on one switch", h.Name).Missing("the whole list of NICs of %s", h.Name)
	case paired == 0:
		v.NotApplicable("%s is on no multi-chassis pair", h.Name)
	case len(h.Uplinks) == 1:
		u := h.Uplinks[0]
		then, lines := withoutPeerLink(h.Uplinks)
		v.Warn(first(u.Link.Evidence()), "%s has one uplink, on %s, and is not declared single-homed%s", h.Name, u.Mapped(), then).Also(lines...).
			Fix("add an uplink on the other switch of pair %s, or declare single_homed: true", u.Mapped().Switch.Pair.Name)
	case len(peer) == 1 && paired == len(h.Uplinks):
		u := h.Uplinks[0]
		then, lines := withoutPeerLink(h.Uplinks)
		v.Fail(first(u.Link.Evidence()), "all %d uplinks of %s end on %s, one switch of pair %s%s", len(h.Uplinks), h.Name, u.Mapped().Switch.Name, u.Mapped().Switch.Pair.Name, then).
			Also(lines...).Fix("move one uplink of %s to the other switch of pair %s", h.Name, u.Mapped().Switch.Pair.Name)
	default:
		v.NotApplicable("%s ends on several pairs or on switches of none: see RED-006", h.Name)
	}
}

// endsOn names the switches on which the host's uplinks surely end.
func endsOn(h *topology.Host) (names []string) {
	for _, u := range h.Uplinks {
		if p := u.Mapped(); p != nil && u.Confidence() > topology.Inferred && !slices.Contains(names, p.Switch.Name) {
			names = append(names, p.Switch.Name)
		}
	}
	return names
}

// withoutPeerLink tells what the switch says of the uplinks' ports for the case that it is the secondary and loses the peer-link; "" where
// it does not say it of all, or they differ.
func withoutPeerLink(uplinks []*topology.Uplink) (then string, from []capture.Span) {
	for i, u := range uplinks {
		p := u.Mapped()
		says := p.Suspends()
		if !says.Known() || i > 0 && says.Value != uplinks[0].Mapped().Suspends().Value {
			return "", nil
		}
		from = append(append(from, says.From), p.ListedOrphan()...)
		then = "; as the secondary without the peer-link, " + p.Switch.Name + " leaves its port up, which then reaches only what " + p.Switch.Name + " reaches by itself"
		if says.Value {
			then = "; as the secondary without the peer-link, " + p.Switch.Name + " takes its port out of service"
		}
	}
	return then, from
}
