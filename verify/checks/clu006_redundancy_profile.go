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

// CLU006: each host survives every loss that its cluster declares.
var CLU006 = add(&verify.Check{
	ID:    "CLU-006",
	Title: "each host survives every loss that its cluster declares",
	Doc: `A cluster's survive: is a class of redundancy: what any of its hosts must be able to lose, one at a time, without losing a network. One host below it makes the
whole cluster's promise void the day its guests move there. Each class is simulated for each network of the host, and the reason is the host's profile.`,
	Cites:    []standard.Clause{standard.Grundschutz("SYS.1.5.A19", "S"), standard.Grundschutz("NET.1.1.A15", "B")},
	Severity: verify.High,
	Run: verify.Each(hosts, func(h *topology.Host) (v verify.Verdict) {
		classes := declaredClasses(h)
		switch {
		case exempt(&v, h):
		case len(h.Clusters) == 0:
			v.NotApplicable("%s is in no cluster", h.Name)
		case len(classes) == 0:
			v.NotApplicable("the cluster of %s declares no survive: class", h.Name)
		case len(h.Required) == 0:
			v.NotApplicable("%s needs no declared network", h.Name)
		default:
			judgeProfile(&v, h, classes)
		}
		return v
	}),
})

// classKinds are the scenarios of each class that survive: may name.
var classKinds = map[string][]topology.ScenarioKind{
	"switch": switchLosses, "link": {topology.LinkLoss, topology.TrunkLoss}, "nic": {topology.NICLoss}, "linecard": {topology.LineCardLoss},
	"lag": {topology.LAGLoss}, "peer-link": {topology.PeerLinkLoss}, "rack": {topology.RackLoss}, "power": {topology.PowerLoss}, "site": {topology.SiteLoss},
	"domain": {topology.DomainLoss}, "switch+switch": {topology.PairLoss},
}

// declaredClasses are those of all clusters of the host, in the order of the inventory.
func declaredClasses(h *topology.Host) (out []string) {
	for _, c := range h.Clusters {
		for _, class := range c.Survive {
			if !slices.Contains(out, class) {
				out = append(out, class)
			}
		}
	}
	return out
}

func judgeProfile(v *verify.Verdict, h *topology.Host, classes []string) {
	var proof []capture.Span
	for _, r := range h.Required {
		failures := h.Fabric.Failures()
		if failures.Works(r) == state.Yes {
			proof = failures.Proof(r)
			for _, class := range classes {
				judgeClass(v, r, class)
			}
			continue
		}
		switch now := failures.Now(r); now.Answer {
		case state.No:
			v.Fail(first(now.From), "%s: %s does not work even now: %s", h.Name, r.Network.Name, now.Why).Fix("see RED-002 for %s/%s", h.Name, r.Network.Name)
		default:
			v.Unknown("%s: %s: %s", h.Name, r.Network.Name, now.Why).Missing("%s", now.Missing)
		}
	}
	for _, class := range classes {
		if missing := unsaid(h, class); missing != "" {
			v.Unknown("%s: class %s: not declared or reported: %s", h.Name, class, missing).Missing("%s", missing)
		}
	}
	if v.Outcome() == verify.NotApplicable && len(proof) > 0 {
		v.PassBy(proof, "%s keeps each of its %d networks whatever one of these is lost: %s", h.Name, len(h.Required), strings.Join(classes, ", "))
	}
}

// judgeClass notes which scenarios of a class the network does not survive.
func judgeClass(v *verify.Verdict, r *topology.Role, class string) {
	failures := r.Host.Fabric.Failures()
	for lost, answer := range failures.Lost(r, classKinds[class]...) {
		if k := lost.Kind; (k == topology.LinkLoss || k == topology.NICLoss) && !ofHost(lost, r.Host) {
			continue
		}
		unclear := members(lost)
		if unclear == "" && answer == state.No && lost.Kind == topology.ControlPlaneLoss && r.Host.Fabric.Inventory.Policy.StackIsRedundant {
			continue
		}
		s := failures.Without(r, lost)
		switch {
		case unclear != "":
			v.Unknown("%s: class %s: %s", r.Host.Name, class, unclear).Missing("the chassis of %s, and which of them owns each port", s.Scenario)
		case s.Answer == state.Unknown:
			v.Unknown("%s: %s, class %s, without %s: %s", r.Host.Name, r.Network.Name, class, s.Scenario, s.Why).Missing("%s", s.Missing)
		case s.Scenario.Kind == topology.ControlPlaneLoss:
			v.Warn(first(s.From), "%s: %s is lost with the stack %s, class %s", r.Host.Name, r.Network.Name, s.Scenario, class).Also(s.From...).
				Fix("give %s an uplink for %s outside the stack", r.Host.Name, r.Network.Name)
		default:
			v.Fail(first(s.From), "%s: %s is lost with %s, class %s", r.Host.Name, r.Network.Name, s.Scenario, class).Also(s.From...).
				Fix("give %s a working uplink for %s that does not depend on %s", r.Host.Name, r.Network.Name, s.Scenario)
		}
	}
}

// unsaid says what is missing to know what belongs to a class, "" when nothing is.
func unsaid(h *topology.Host, class string) string {
	var silent []string
	for _, u := range h.Uplinks {
		p := u.Mapped()
		name := ""
		switch {
		case class == "nic":
			if _, from := u.Card(); !from.Known() {
				name = u.NIC.Name
			}
		case p == nil || p.Switch.Entry == nil:
		case class == "rack" && p.Switch.Entry.Rack == "", class == "power" && p.Switch.Entry.Power == "", class == "site" && p.Switch.Entry.Site == "",
			class == "linecard" && !p.Switch.Modular():
			name = p.Switch.Name
		}
		if name != "" && !slices.Contains(silent, name) {
			silent = append(silent, name)
		}
	}
	switch {
	case class == "domain" && len(h.Fabric.Inventory.Domains) == 0:
		return "domains: in the inventory"
	case len(silent) == 0:
		return ""
	case class == "nic":
		return "of which card these NICs are ports: " + strings.Join(silent, ", ")
	case class == "linecard":
		return "which ports share a line card of " + strings.Join(silent, ", ")
	}
	return "the " + class + " of " + strings.Join(silent, ", ") + " in the inventory"
}
