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
	Doc: `For each network that a host must offer, each switch and each member of a stack is taken away in turn. An uplink that may carry the network must
remain, forward its VLANs, and lead on to the network's gateway, or, where none is declared, to the cluster's other hosts. A host with four
uplinks is not redundant if its management sits on one of them. The loss of a whole stack warns, as in RED-001. Networks with path: a and path: b replace each other: one of them must remain.`,
	Cites:    RED001.Cites,
	Severity: verify.High,
	Run: verify.Each((*topology.Fabric).Roles, func(r *topology.Role) (v verify.Verdict) {
		judgeSurvival(&v, r, r.Host.Fabric.SwitchLosses())
		return v
	}),
})

// judgeSurvival runs the scenarios for one network of one host.
func judgeSurvival(v *verify.Verdict, r *topology.Role, losses []topology.Loss) {
	if severe(r.Network.Role) {
		v.As(verify.Critical)
	}
	if exempt(v, r.Host) {
		return
	}
	name := r.Host.Name + ": " + r.Network.Name
	if now := r.Survives(topology.Loss{}); now.Answer != state.Yes {
		if now.Answer == state.No {
			v.Fail(first(now.From), "%s has no working path even now: %s", name, now.Why).Also(now.From...).
				Fix("bring an uplink of %s into service that carries %s: see RED-007 and VLN-001", r.Host.Name, r.Network.Name)
			return
		}
		v.Unknown("%s: %s", name, now.Why).Missing("%s", now.Missing)
		return
	}
	var proof []capture.Span
	for _, l := range losses {
		s := r.Survives(l)
		if unclear := members(l); unclear != "" && s.Answer != state.Yes {
			v.Unknown("%s if %s is lost: %s", name, l, unclear).Missing("the chassis of %s, and which of them owns each port", l.Switch.Name)
			continue
		}
		switch s.Answer {
		case state.No:
			note := v.Fail
			if stack(l) {
				if r.Host.Fabric.Inventory.Policy.StackIsRedundant {
					continue
				}
				note = v.Warn // the members are several chassis: only what they share takes them all
			}
			note(first(s.From), "%s is lost with %s: %s", name, l, s.Why).Also(s.From...).Also(r.From).
				Fix("give %s a working uplink for %s that does not depend on %s", r.Host.Name, r.Network.Name, l)
		case state.Unknown:
			v.Unknown("%s if %s is lost: %s", name, l, s.Why).Missing("%s", s.Missing)
		default:
			proof = append(proof, s.From...)
		}
	}
	if v.Outcome() == verify.NotApplicable && len(proof) > 0 {
		v.Pass(proof[0], "%s keeps a working path whichever of %d is lost", name, len(losses)).Also(proof...)
	}
}

// members says what nobody reported about the chassis that a switch is made of, "" when that is known.
func members(l topology.Loss) string {
	switch {
	case l.Switch == nil || l.Member != "":
	case !l.Switch.Device.Stacked.Known():
		return "not reported whether " + l.Switch.Name + " is one chassis or a stack"
	case l.Switch.Device.Stacked.Value && len(l.Switch.Members) == 0:
		return "the chassis of the stack " + l.Switch.Name + " were not reported"
	}
	return ""
}

// stack reports whether the loss is that of a whole stack: what its chassis share, the control plane.
func stack(l topology.Loss) bool {
	return l.Switch != nil && l.Member == "" && capture.Is(l.Switch.Device.Stacked, true)
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
