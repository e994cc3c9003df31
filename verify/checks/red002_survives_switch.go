package checks

import (
	"uplinkcheck/drivers/capture"
	"uplinkcheck/drivers/state"
	"uplinkcheck/inventory"
	"uplinkcheck/verify"
	"uplinkcheck/verify/topology"
)

// RED002: each network of each host survives the loss of any one switch.
var RED002 = add(&verify.Check{
	ID:    "RED-002",
	Title: "each network of each host survives the loss of any one switch",
	Doc: `For each network that a host must offer, each switch, each member of a stack and each fabric extender is taken away in turn. An uplink that may carry the
network must remain, forward its VLANs, and lead on to the network's gateway, or, where none is declared, to the cluster's other hosts. A host with four
uplinks is not redundant if its management sits on one of them. The loss of a whole stack warns, as in RED-001. Networks with path: a and path: b replace
each other: one of them must remain. Where a host did not say which of its links it uses, and the network works over some of them only, it is unknown.`,
	Cites:    RED001.Cites,
	Severity: verify.High,
	Run: verify.Each((*topology.Fabric).Roles, func(r *topology.Role) (v verify.Verdict) {
		judgeSwitchLosses(&v, r)
		return v
	}),
})

// judgeSwitchLosses judges what the loss of each switch, and of each chassis and control plane of a stack, leaves of one network of
// one host.
func judgeSwitchLosses(v *verify.Verdict, r *topology.Role) {
	losses := 0
	for _, k := range switchLosses {
		losses += len(r.Host.Fabric.Scenarios(k))
	}
	judgeSurvival(v, r, losses, switchLosses...)
}

var switchLosses = []topology.ScenarioKind{topology.SwitchLoss, topology.ControlPlaneLoss, topology.MemberLoss}

// judgeSurvival judges what the scenarios of the kinds leave of one network of one host; losses says how many there are.
func judgeSurvival(v *verify.Verdict, r *topology.Role, losses int, kinds ...topology.ScenarioKind) {
	if severe(r.Network.Role) {
		v.As(verify.Critical)
	}
	if exempt(v, r.Host) {
		return
	}
	failures := r.Host.Fabric.Failures()
	if failures.Works(r) != state.Yes {
		judgeBroken(v, r, failures.Now(r))
		return
	}
	for s, answer := range failures.Lost(r, kinds...) {
		judgeLoss(v, r, s, answer)
	}
	if proof := failures.Proof(r); v.Outcome() == verify.NotApplicable && losses > 0 && len(proof) > 0 && !hangsOnChoice(v, r) {
		v.PassBy(proof, "%s: %s keeps a working path whichever of %d is lost", r.Host.Name, r.Network.Name, losses)
	}
}

// hangsOnChoice notes that a network works over some of the links of its host and not over others, where the host did not say which it uses.
func hangsOnChoice(v *verify.Verdict, r *topology.Role) bool {
	failures := r.Host.Fabric.Failures()
	if !failures.Apart(r) {
		return false
	}
	now := failures.Whichever(r)
	if now.Answer == state.Yes {
		return false
	}
	judgeBroken(v, r, now)
	return true
}

// judgeBroken notes a network that does not work as things are, or of which that is not known.
func judgeBroken(v *verify.Verdict, r *topology.Role, now topology.Survival) {
	if now.Answer == state.Unknown {
		v.Unknown("%s: %s: %s", r.Host.Name, r.Network.Name, now.Why).Missing("%s", now.Missing)
		return
	}
	v.Fail(first(now.From), "%s: %s does not work as it should even now: %s", r.Host.Name, r.Network.Name, now.Why).Also(now.From...).
		Fix("bring an uplink of %s into service that carries %s: see RED-007 and VLN-001", r.Host.Name, r.Network.Name)
}

// judgeLoss notes what one scenario costs.
func judgeLoss(v *verify.Verdict, r *topology.Role, lost *topology.Scenario, answer state.Tri) {
	name := r.Host.Name + ": " + r.Network.Name
	if l := lost.Link; l != nil && l.Uplink.Host != r.Host {
		return // another host's own cable: that host's finding
	}
	if unclear := members(lost); unclear != "" {
		v.Unknown("%s if %s is lost: %s", name, lost, unclear).
			Missing("the chassis of %s, and which of them owns each port", lost)
		return
	}
	if answer == state.No && lost.Kind == topology.ControlPlaneLoss && r.Host.Fabric.Inventory.Policy.StackIsRedundant {
		return
	}
	s := r.Host.Fabric.Failures().Without(r, lost)
	if answer == state.Unknown {
		v.Unknown("%s if %s is lost: %s", name, s.Scenario, s.Why).Missing("%s", s.Missing)
		return
	}
	how := verify.Fail
	if lost.Kind == topology.ControlPlaneLoss {
		how = verify.Warn // the members are several chassis: only what they share takes them all
	}
	v.Note(how, first(s.From), "%s is lost with %s: %s", name, s.Scenario, s.Why).Also(s.From...).Also(r.From).
		Fix("give %s a working uplink for %s that does not depend on %s", r.Host.Name, r.Network.Name, s.Scenario)
}

// members says what nobody reported about the chassis that a switch is made of, "" when that is known.
func members(s *topology.Scenario) string {
	if s.Kind != topology.SwitchLoss && s.Kind != topology.ControlPlaneLoss {
		return ""
	}
	switch sw := s.Switches[0]; {
	case !sw.Device.Stacked.Known():
		return "not reported whether " + sw.Name + " is one chassis or a stack"
	case sw.Device.Stacked.Value && len(sw.Members) == 0:
		return "the chassis of the stack " + sw.Name + " were not reported"
	}
	return ""
}

// severe reports whether the loss of a network of that role is critical.
func severe(r inventory.Role) bool {
	return r == inventory.Management || r == inventory.Storage || r == inventory.ClusterHeartbeat
}

func first(spans []capture.Span) capture.Span {
	for _, s := range spans {
		if s.Known() {
			return s
		}
	}
	return capture.Span{}
}
