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

// MLG002: the peer-link is up and itself redundant.
var MLG002 = add(&verify.Check{
	ID:    "MLG-002",
	Title: "the peer-link is up and itself redundant",
	Doc: `When the peer-link fails, most platforms let the secondary shut its multi-chassis ports: half the uplinks of every host go at once, and orphans are
cut off: they are named where the switch lists them. It needs at least two members in service, as each of the two switches sees it, and of a
modular switch not all on one line card. Pairs without a peer-link (EVPN, static configuration) are left out.`,
	Cites:    []standard.Clause{standard.Grundschutz("NET.3.1.A26", "E"), standard.Grundschutz("NET.1.1.A28", "E")},
	Severity: verify.High,
	Run: verify.Each(pairs, func(p *topology.Pair) (v verify.Verdict) {
		if noPeering(&v, p) {
			return v
		}
		for _, s := range p.Switches {
			judgePeerLink(&v, s)
		}
		return v
	}),
})

func judgePeerLink(v *verify.Verdict, s *topology.Switch) {
	link := s.MLAG.PeerLink
	switch oper := s.MLAG.PeerLinkOper; {
	case oper.Known() && oper.Value != state.Up:
		then, lines := hangAlone(s)
		v.Fail(oper.From, "%s: the peer-link is down%s", s.Name, then).Also(lines...).Fix("bring the peer-link of %s up", s.Name)
		return
	case !oper.Known():
		v.Unknown("%s: state of the peer-link not reported", s.Name).Missing("the peer-link state of %s: its login must be allowed to show it", s.Name)
		return
	case !link.Known():
		v.Unknown("%s: the peer-link is up, but which port it is was not reported", s.Name).Missing("the peer-link's port on %s: its login must be allowed to show it", s.Name)
		return
	}
	working, unclear := 0, 0
	var spans []capture.Span
	var cards []string
	for _, p := range s.Ports {
		if p.Name != link.Value && (p.Aggregator == nil || p.Aggregator.Name != link.Value) {
			continue
		}
		c := p.InService()
		switch c.Answer {
		case state.Yes:
			working++
			if card := p.LineCard(); !slices.Contains(cards, card) {
				cards = append(cards, card)
			}
			spans = append(spans, c.From...)
		case state.Unknown:
			unclear++
		}
	}
	switch {
	case working >= 2 && len(cards) == 1 && cards[0] != "" && unclear == 0:
		v.Warn(first(spans), "%s: all members of peer-link %s in service are on line card %s", s.Name, link.Value, cards[0]).Also(spans...).
			Fix("move a member of %s to another line card of %s", link.Value, s.Name)
	case working >= 2:
		v.Pass(s.MLAG.PeerLinkOper.From, "%s: peer-link %s has %d members in service", s.Name, link.Value, working).Also(spans...)
	case unclear > 0 || working == 0:
		v.Unknown("%s: the members of peer-link %s were not reported", s.Name, link.Value).Missing("the members of %s on %s", link.Value, s.Name)
	default:
		then, lines := hangAlone(s)
		v.Fail(first(append(spans, link.From)), "%s: peer-link %s has a single member in service%s", s.Name, link.Value, then).Also(link.From).Also(lines...).
			Fix("add a second member to %s on both switches of the pair", link.Value)
	}
}

// hangAlone names the ports that the switch lists as its orphans: they carry VLANs of the peer-link, and end on it alone.
func hangAlone(s *topology.Switch) (then string, from []capture.Span) {
	var names []string
	for _, o := range s.MLAG.Orphans {
		if len(o.ListedIn) > 0 {
			names, from = append(names, o.Interface), append(from, o.ListedIn[0].From)
		}
	}
	if names == nil {
		return "", nil
	}
	return "; its orphans are " + strings.Join(names, ", "), from
}
