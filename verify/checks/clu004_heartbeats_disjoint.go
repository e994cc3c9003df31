package checks

import (
	"cmp"
	"maps"
	"slices"
	"strings"

	"uplinkcheck/drivers/capture"
	"uplinkcheck/drivers/state"
	"uplinkcheck/inventory"
	"uplinkcheck/verify"
	"uplinkcheck/verify/standard"
	"uplinkcheck/verify/topology"
)

// CLU004: the heartbeat networks of a host share nothing whose loss takes them all.
var CLU004 = add(&verify.Check{
	ID:    "CLU-004",
	Title: "the heartbeat networks of a host share nothing whose loss takes them all",
	Doc: `A cluster has a second heartbeat network so that hosts do not take each other for dead when the first one fails. On one bond, one NIC or one switch both fail
together. Each switch and chassis, each cable and each network card of the host is taken away in turn, and a heartbeat network must remain. One bond over two
switches is redundant against a switch, but it is one bond: what goes wrong in it takes all networks on it. A network that does not work now remains
after no loss. With fewer than two networks of role cluster-heartbeat there is nothing to keep apart.`,
	Cites:    []standard.Clause{standard.Grundschutz("SYS.1.5.A20", "E")},
	Severity: verify.High,
	Run: verify.Each(hosts, func(h *topology.Host) (v verify.Verdict) {
		var beats []*topology.Role
		for _, r := range h.Required {
			if r.Network.Role == inventory.ClusterHeartbeat {
				beats = append(beats, r)
			}
		}
		switch {
		case idle(&v, h):
		case len(beats) < 2:
			v.NotApplicable("%s needs fewer than two networks with role %s", h.Name, inventory.ClusterHeartbeat)
		default:
			judgeHeartbeats(&v, h, beats)
		}
		return v
	}),
})

// heartbeatLosses are what no two heartbeat networks should have in common.
var heartbeatLosses = append(slices.Clip(switchLosses), topology.LinkLoss, topology.TrunkLoss, topology.NICLoss)

func judgeHeartbeats(v *verify.Verdict, h *topology.Host, beats []*topology.Role) {
	var working []*topology.Role
	var proof, out []capture.Span
	var gone []string
	for _, r := range beats {
		switch now := h.Fabric.Failures().Now(r); now.Answer {
		case state.Yes:
			working, proof = append(working, r), append(proof, now.From...)
		case state.No:
			gone, out = append(gone, r.Network.Name+": "+now.Why), append(append(out, now.From...), r.From)
		default:
			v.Unknown("%s: %s: %s", h.Name, r.Network.Name, now.Why).Missing("%s", now.Missing)
		}
	}
	switch {
	case v.Outcome() == verify.Unknown:
	case len(working) < 2:
		v.Fail(first(out), "%s: of %d heartbeat networks %d work: %s", h.Name, len(beats), len(working), strings.Join(gone, "; ")).Also(out...).
			Fix("bring %s of %s into service: see RED-002", strings.Join(networkNames(beats), " and "), h.Name)
	default:
		judgeOneRide(v, h, working)
		judgeSharedLosses(v, h, working)
		if v.Outcome() == verify.NotApplicable {
			v.Pass(first(proof), "%s: no one switch, cable or card takes all of %s: %s", h.Name, strings.Join(networkNames(working), ", "), ridesOf(working)).Also(proof...)
		}
	}
}

func networkNames(roles []*topology.Role) (out []string) {
	for _, r := range roles {
		out = append(out, r.Network.Name)
	}
	return out
}

// rides returns over which bonds and lone NICs a network may run: those that may carry it now.
func rides(r *topology.Role) map[string]bool {
	out := map[string]bool{}
	for _, u := range ridden(r) {
		if u.Team != nil {
			out["bond "+u.Team.Name] = true
		} else {
			out["NIC "+u.NIC.Name] = true
		}
	}
	return out
}

// ridden returns the uplinks over which a network may run now.
func ridden(r *topology.Role) (out []*topology.Uplink) {
	for _, u := range r.Uplinks {
		if u.CarriesAll(r.Network.VLANs).Answer != state.No {
			out = append(out, u)
		}
	}
	return out
}

func ridesOf(roles []*topology.Role) string {
	var out []string
	for _, r := range roles {
		out = append(out, r.Network.Name+" over "+strings.Join(keys(rides(r)), " or "))
	}
	return strings.Join(out, ", ")
}

// judgeOneRide notes a bond or NIC that all the networks run over, or may.
func judgeOneRide(v *verify.Verdict, h *topology.Host, roles []*topology.Role) {
	var lines []capture.Span
	common, only := rides(roles[0]), true
	for _, r := range roles {
		mine := rides(r)
		only = only && len(mine) == 1 && (r.Assigned || h.ListsNICs())
		maps.DeleteFunc(common, func(name string, _ bool) bool { return !mine[name] })
		for _, u := range ridden(r) {
			lines = append(lines, u.NIC.From)
			if u.Team != nil {
				lines = append(lines, u.Team.From)
			}
		}
		lines = append(lines, r.From)
	}
	names := strings.Join(networkNames(roles), " and ")
	switch {
	case len(common) == 0:
	case only:
		v.Fail(first(lines), "%s: %s ride on one %s", h.Name, names, keys(common)[0]).Also(lines...).
			Fix("give one of %s a bond or NIC of its own on %s", names, h.Name)
	case !h.ListsNICs():
		v.Unknown("%s did not list all its NICs: not known over which %s run", h.Name, names).Missing("the whole list of NICs of %s", h.Name)
	default:
		v.Unknown("%s: %s may all ride on %s: nobody says over which bond or NIC each runs", h.Name, names, strings.Join(keys(common), ", or all on ")).
			Missing("networks: under the uplinks: of %s in the inventory, for %s", h.Name, names)
	}
}

// judgeSharedLosses notes each loss that leaves none of the networks.
func judgeSharedLosses(v *verify.Verdict, h *topology.Host, roles []*topology.Role) {
	lost, maybe := map[*topology.Scenario]int{}, map[*topology.Scenario]int{}
	for _, r := range roles {
		for s, answer := range h.Fabric.Failures().Lost(r, heartbeatLosses...) {
			switch {
			case s.Link != nil && s.Link.Uplink.Host != h: // another host's own cable: that host's finding
			case answer == state.No:
				lost[s]++
			default:
				maybe[s]++
			}
		}
	}
	names := strings.Join(networkNames(roles), " and ")
	for _, s := range inOrder(lost, maybe) {
		switch {
		case lost[s]+maybe[s] < len(roles):
		case members(s) != "":
			v.Unknown("%s if %s is lost: %s", h.Name, s, members(s)).Missing("the chassis of %s, and which of them owns each port", s)
		case lost[s] < len(roles):
			v.Unknown("%s: not known whether one of %s remains if %s is lost", h.Name, names, s).Missing("see RED-002 and RED-003 for %s", h.Name)
		case s.Kind == topology.ControlPlaneLoss && h.Fabric.Inventory.Policy.StackIsRedundant:
		case s.Kind == topology.ControlPlaneLoss:
			v.Warn(roles[0].From, "%s: %s are all lost with the stack %s", h.Name, names, s).Also(whereOf(roles)...).
				Fix("give one of %s an uplink of %s outside the stack, or declare policy: stack_is_redundant", names, h.Name)
		default:
			v.Fail(first(append(whereOf(roles), roles[0].From)), "%s: %s are all lost with %s", h.Name, names, s).Also(whereOf(roles)...).Also(roles[0].From).
				Fix("give one of %s an uplink of %s that does not depend on %s", names, h.Name, s)
		}
	}
	judgeSharedCard(v, h, roles)
}

// inOrder returns the scenarios of several sets, each once.
func inOrder(sets ...map[*topology.Scenario]int) (out []*topology.Scenario) {
	for _, set := range sets {
		out = slices.AppendSeq(out, maps.Keys(set))
	}
	slices.SortFunc(out, func(a, b *topology.Scenario) int { return cmp.Compare(a.Order(), b.Order()) })
	return slices.Compact(out)
}

// whereOf returns the lines that say where the uplinks end.
func whereOf(roles []*topology.Role) (out []capture.Span) {
	for _, r := range roles {
		for _, u := range ridden(r) {
			if u.Link != nil {
				out = append(out, u.Link.Evidence()...)
			}
		}
	}
	return out
}

// judgeSharedCard notes that all the networks may run over the ports of one card: a loss that is not simulated where nobody says so.
func judgeSharedCard(v *verify.Verdict, h *topology.Host, roles []*topology.Role) {
	cards, nics := map[string]bool{}, map[string]bool{}
	var unclear []string
	for _, r := range roles {
		for _, u := range ridden(r) {
			nics[u.NIC.Name] = true
			switch card, from := u.Card(); {
			case !from.Known():
				unclear = append(unclear, u.NIC.Name)
			case card == "":
				cards["no hardware: "+u.NIC.Name] = true
			default:
				cards[card] = true
			}
		}
	}
	if len(cards) < 2 && len(unclear) > 0 && len(nics) > 1 {
		slices.SortFunc(unclear, state.NaturalCompare)
		v.Unknown("%s: not known of which card %s are ports: it may be one for all heartbeat networks", h.Name, strings.Join(slices.Compact(unclear), ", ")).
			Missing("pci: of %s under the uplinks: of %s in the inventory, or a source that reports it", strings.Join(slices.Compact(unclear), ", "), h.Name)
	}
}
