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

// RED004: each network of each host survives the loss of any one NIC.
var RED004 = add(&verify.Check{
	ID:    "RED-004",
	Title: "each network of each host survives the loss of any one NIC",
	Doc: `Two ports of one card fail together: with its driver, its firmware, its slot. Each PCI device of the host is taken away in turn, with all uplinks that are
ports of it. Which they are the host says by PCI addresses (Linux: ip -d link show, iproute2 5.12 and later), or the inventory by pci: of an uplink. Virtual
links have no card.`,
	Cites:    []standard.Clause{standard.M5153, standard.Grundschutz("SYS.1.1.A28", "E"), standard.NIST("800-125B", "path redundancy")},
	Severity: verify.Medium,
	Run: verify.Each((*topology.Fabric).Roles, func(r *topology.Role) (v verify.Verdict) {
		if exempt(&v, r.Host) || lostNow(&v, r) {
			return v
		}
		judgeCards(&v, r)
		return v
	}),
})

// lostNow says what there is to say of a network that does not work as things are: RED-002 judges that.
func lostNow(v *verify.Verdict, r *topology.Role) bool {
	failures := r.Host.Fabric.Failures()
	switch failures.Works(r) {
	case state.No:
		v.NotApplicable("%s: %s has no working path even now: see RED-002", r.Host.Name, r.Network.Name)
	case state.Unknown:
		now := failures.Now(r)
		v.Unknown("%s: %s: %s", r.Host.Name, r.Network.Name, now.Why).Missing("%s", now.Missing)
	default:
		return false
	}
	return true
}

func judgeCards(v *verify.Verdict, r *topology.Role) {
	cards := map[string]bool{}
	var unclear, where []string
	var spans []capture.Span
	virtual := 0
	uplinks := slices.Clone(r.Uplinks)
	for _, other := range r.Alternatives { // the storage path that stands in needs a card of its own
		uplinks = append(uplinks, other.Uplinks...)
	}
	for _, u := range uplinks {
		switch card, from := u.Card(); {
		case !from.Known():
			unclear = append(unclear, u.NIC.Name)
		case card == "":
			virtual++
		default:
			cards[card] = true
			where = append(where, u.NIC.Name+" on "+card)
			spans = append(spans, from)
		}
	}
	name := r.Host.Name + ": " + r.Network.Name
	for _, s := range r.Host.Fabric.Failures().Of(r, topology.NICLoss) {
		if !ofHost(s.Scenario, r.Host) {
			continue
		}
		if s.Answer == state.Unknown {
			v.Unknown("%s if %s is lost: %s", name, s.Scenario, s.Why).Missing("%s", s.Missing)
			continue
		}
		_, from := s.Scenario.Uplinks[0].Card()
		v.Fail(from, "%s is lost with %s: %s", name, s.Scenario, strings.Join(where, ", ")).Also(spans...).Also(s.From...).
			Fix("give %s an uplink for %s on another card", r.Host.Name, r.Network.Name)
	}
	switch {
	case v.Outcome() != verify.NotApplicable:
	case len(cards) > 1:
		v.Pass(spans[0], "%s keeps a working path whichever card is lost: %s", name, strings.Join(where, ", ")).Also(spans...)
	case len(unclear) > 0:
		slices.Sort(unclear)
		v.Unknown("%s: not known of which card these are ports: %s", name, strings.Join(unclear, ", ")).
			Missing("PCI addresses: iproute2 5.12 or later on %s, or pci: for its uplinks in the inventory", r.Host.Name)
	case len(cards) == 0:
		v.NotApplicable("%s: its uplinks are no hardware", name)
	default:
		v.Unknown("%s: %s, beside %d virtual links", name, strings.Join(where, ", "), virtual).Missing("what carries the virtual links of %s", r.Host.Name)
	}
}

// ofHost reports whether a scenario takes nothing but what is the host's own, or what is no host's: that a host hangs on the NIC of
// another is the finding of that other.
func ofHost(s *topology.Scenario, h *topology.Host) bool {
	return !slices.ContainsFunc(s.Uplinks, func(u *topology.Uplink) bool { return u.Host != h })
}
