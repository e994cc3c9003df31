package checks

import (
	"slices"
	"strings"

	"uplinkcheck/drivers/state"
	"uplinkcheck/verify"
	"uplinkcheck/verify/standard"
	"uplinkcheck/verify/topology"
)

// RED010: the switches of a host reach the rest of a network over more than one device and cable.
var RED010 = add(&verify.Check{
	ID:    "RED-010",
	Title: "the switches of a host reach the rest of a network over more than one device and cable",
	Doc: `Two access switches are no redundancy where both reach the gateway, or the other hosts, over one and the same device or cable. Every other switch and every
cable between switches is taken away in turn, with the VLANs that each really carries. A host on one switch only is a matter of RED-001.`,
	Cites:    []standard.Clause{standard.Grundschutz("NET.1.1.A28", "E"), standard.Grundschutz("NET.1.1.A29", "E")},
	Severity: verify.High,
	Run: verify.Each((*topology.Fabric).Roles, func(r *topology.Role) (v verify.Verdict) {
		if exempt(&v, r.Host) || lostNow(&v, r) {
			return v
		}
		judgeUpstream(&v, r)
		return v
	}),
})

func judgeUpstream(v *verify.Verdict, r *topology.Role) {
	own, unmapped := map[*topology.Switch]bool{}, []string{}
	for _, u := range r.Uplinks {
		if p := u.Mapped(); p != nil && u.Confidence() > topology.Inferred {
			own[p.Switch] = true
		} else {
			unmapped = append(unmapped, u.NIC.Name)
		}
	}
	name := r.Host.Name + ": " + r.Network.Name
	switch {
	case len(own) < 2 && (len(unmapped) > 0 || !r.Host.ListsNICs()):
		v.Unknown("%s: not known on which switches all its uplinks end: %s", name, strings.Join(unmapped, ", ")).Missing("a mapping of the uplinks of %s: see RED-009", r.Host.Name)
		return
	case len(own) < 2:
		v.NotApplicable("%s ends on one switch: see RED-001", name)
		return
	}
	var names []string
	for s := range own {
		names = append(names, s.Name)
	}
	slices.SortFunc(names, state.NaturalCompare)
	switches := strings.Join(names, " and ")
	failures := r.Host.Fabric.Failures()
	for lost, answer := range failures.Lost(r, topology.SwitchLoss, topology.ControlPlaneLoss, topology.TrunkLoss) {
		if slices.ContainsFunc(lost.Switches, func(x *topology.Switch) bool { return own[x] }) {
			continue
		}
		s := failures.Without(r, lost)
		if answer == state.Unknown {
			v.Unknown("%s if %s is lost: %s", name, s.Scenario, s.Why).Missing("%s", s.Missing)
			continue
		}
		v.Fail(first(s.From), "%s: %s reach the rest of it over %s only: %s", name, switches, s.Scenario, s.Why).Also(s.From...).Also(r.From).
			Fix("give %s a second way to the rest of %s that does not depend on %s", switches, r.Network.Name, s.Scenario)
	}
	if proof := failures.Proof(r); v.Outcome() == verify.NotApplicable && len(proof) > 0 && !hangsOnChoice(v, r) {
		v.PassBy(proof, "%s: %s reach the rest of it whichever other switch or cable is lost", name, switches)
	}
}
