package checks

import (
	"maps"
	"slices"
	"strings"

	"uplinkcheck/drivers/capture"
	"uplinkcheck/drivers/state"
	"uplinkcheck/verify"
	"uplinkcheck/verify/standard"
	"uplinkcheck/verify/topology"
)

// RED011: the switches of a host share no declared fate.
var RED011 = add(&verify.Check{
	ID:    "RED-011",
	Title: "the switches of a host share no declared fate",
	Doc: `Two switches in one rack, on one power feed or in one enclosure are two chassis and one accident. Compared is what the inventory says: rack: and power: of the
switches, and domains:. Where nothing of the kind is declared nobody can tell, and the check does not apply. Two switches at one site are no shared fate unless a domain says so.`,
	Cites:    []standard.Clause{standard.Grundschutz("NET.1.1.A29", "E")},
	Severity: verify.Medium,
	Run: verify.Each(hosts, func(h *topology.Host) (v verify.Verdict) {
		if exempt(&v, h) {
			return v
		}
		judgeFate(&v, h)
		return v
	}),
})

func judgeFate(v *verify.Verdict, h *topology.Host) {
	var switches []*topology.Switch
	var unmapped []string
	var spans []capture.Span
	for _, u := range h.Uplinks {
		p := u.Mapped()
		if p == nil || u.Confidence() <= topology.Inferred {
			unmapped = append(unmapped, u.NIC.Name)
			continue
		}
		spans = append(spans, u.Link.Evidence()...)
		if !slices.Contains(switches, p.Switch) {
			switches = append(switches, p.Switch)
		}
	}
	slices.SortFunc(switches, func(a, b *topology.Switch) int { return state.NaturalCompare(a.Name, b.Name) })
	declared := false
	for _, s := range switches {
		declared = declared || s.Entry != nil && (s.Entry.Rack != "" || s.Entry.Power != "")
	}
	switch {
	case !declared && len(h.Fabric.Inventory.Domains) == 0:
		v.NotApplicable("neither rack: nor power: of the switches of %s nor domains: are declared: declare them to have this judged", h.Name)
	case len(unmapped) > 0 || len(switches) < 2 && !h.ListsNICs():
		v.Unknown("%s: not known on which switches all its uplinks end: %s", h.Name, strings.Join(unmapped, ", ")).Missing("a mapping of the uplinks of %s: see RED-009", h.Name)
	case len(switches) < 2:
		v.NotApplicable("%s ends on one switch: see RED-001", h.Name)
	default:
		judgePlaces(v, h, switches, spans)
	}
}

// judgePlaces compares what is declared of the switches.
func judgePlaces(v *verify.Verdict, h *topology.Host, switches []*topology.Switch, spans []capture.Span) {
	var names, apart []string
	for _, s := range switches {
		names = append(names, s.Name)
	}
	all := strings.Join(names, " and ")
	from := switches[0].Entry
	for _, attribute := range []struct {
		what string
		of   func(*topology.Switch) string
	}{
		{"rack", func(s *topology.Switch) string { return s.Entry.Rack }},
		{"power feed", func(s *topology.Switch) string { return s.Entry.Power }},
	} {
		what, of := attribute.what, attribute.of
		places, silent := map[string]bool{}, []string{}
		for _, s := range switches {
			if s.Entry == nil || of(s) == "" {
				silent = append(silent, s.Name)
			} else {
				places[of(s)] = true
				from = s.Entry
			}
		}
		switch {
		case len(places) == 0:
		case len(silent) > 0 && len(places) == 1:
			v.Unknown("%s: the %s of %s is not declared", h.Name, what, strings.Join(silent, ", ")).Missing("the %s of %s in the inventory", what, strings.Join(silent, ", "))
		case len(places) == 1:
			v.Warn(from.From, "%s: %s share %s %s", h.Name, all, what, keys(places)[0]).Also(spans...).
				Fix("put %s on different %ss, or connect %s to a switch elsewhere", all, what, h.Name)
		default:
			apart = append(apart, what+"s "+strings.Join(keys(places), ", "))
		}
	}
	for _, d := range h.Fabric.Inventory.Domains {
		if !slices.ContainsFunc(names, func(n string) bool { return !slices.Contains(d.Members, n) }) {
			v.Warn(d.From, "%s: %s share domain %s", h.Name, all, d.Name).Also(spans...).
				Fix("connect %s to a switch that is not in domain %s", h.Name, d.Name)
		}
	}
	if v.Outcome() != verify.NotApplicable {
		return
	}
	proof := first(spans)
	if from != nil {
		proof = from.From
	}
	slices.Sort(apart)
	v.Pass(proof, "%s: %s share nothing that is declared to be lost together (%s)", h.Name, all, strings.Join(append(apart, "domains"), "; ")).Also(spans...)
}

// keys returns the members of a set in order.
func keys(set map[string]bool) []string {
	return slices.SortedFunc(maps.Keys(set), state.NaturalCompare)
}
