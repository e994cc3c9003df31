package checks

import (
	"slices"

	"uplinkcheck/drivers/capture"
	"uplinkcheck/inventory"
	"uplinkcheck/verify"
	"uplinkcheck/verify/topology"
)

// byVLANs are the checks whose pass rests on VLANs keeping networks apart. Those about redundancy, routing and physical separation
// are not among them.
var byVLANs = []string{"MGT-001", "MGT-002", "MGT-003", "MGT-007", "MGT-008", "MGT-011",
	"SEP-001", "SEP-002", "SEP-003", "SEP-004", "SEP-005", "SEP-006", "SEP-008", "SEP-013"}

// withoutVLANs turns each pass about a network of very high protection into a warn: there VLANs separate nothing (BSI
// IT-Grundschutz-Kompendium 2023, NET.1.1.A36). A network that is declared physical is held to that by MGT-012 and SEP-007 instead.
func withoutVLANs(run func(*topology.Fabric) []verify.Finding) func(*topology.Fabric) []verify.Finding {
	return func(f *topology.Fabric) []verify.Finding {
		found := run(f)
		strict := veryHigh(f)
		for i := range found {
			x := &found[i]
			n := concerned(f, strict, x.Subject)
			if n == nil || x.Outcome != verify.Pass {
				continue
			}
			x.Outcome = verify.Warn
			x.Reason = n.Name + " is declared very-high, for which VLANs alone are no separation (NET.1.1.A36); otherwise this passes: " + x.Reason
			x.Fix = "give " + n.Name + " switches, uplinks and host NICs of its own and declare it physical: true, or lower its protection:"
			x.Evidence = append([]capture.Span{n.From}, x.Evidence...)
		}
		return found
	}
}

func veryHigh(f *topology.Fabric) (out []*topology.Network) {
	for _, n := range f.Networks {
		if n.Protection == inventory.VeryHighProtection && !n.Physical {
			out = append(out, n)
		}
	}
	return out
}

// concerned returns the first of the networks that a finding is about, nil when it is about none of them: the network itself, those
// that a host must offer, and for any other subject all of them.
func concerned(f *topology.Fabric, strict []*topology.Network, about topology.Subject) *topology.Network {
	for _, n := range strict {
		h := f.HostNamed(about.Name)
		switch {
		case about.Kind == "network" && n.Name != about.Name:
		case about.Kind == "host" && (h == nil || !slices.ContainsFunc(h.Required, func(r *topology.Role) bool { return r.Network == n })):
		default:
			return n
		}
	}
	return nil
}
