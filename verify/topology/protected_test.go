package topology_test

import (
	"slices"
	"strings"
	"testing"
)

// A protected port has its VLANs, and whom it reaches in them nobody knows: nothing that needs that passes.
func TestProtectedPorts(t *testing.T) {
	for _, c := range []struct{ ports, want string }{
		{"", "pass RED-002 esx1/management, pass RED-010 esx1/storage, pass CLU-002 prod, pass VLN-001 esx1/eno1, pass RED-012 leaf1"},
		{"leaf1/Port-Channel1 leaf1/Port-Channel2", "unknown RED-002 esx1/management, unknown CLU-002 prod, unknown VLN-001 esx1/eno1, pass VLN-001 esx1/eno2, unknown RED-012 leaf2"},
		{"leaf1/Port-Channel1 leaf2/Port-Channel1", "unknown RED-002 esx1/management, pass RED-002 kvm1/management, unknown CLU-002 prod"},
	} {
		in := gather(t, "protected", "base: mlag-pair").input(t)
		for _, s := range in.Switches {
			for i := range s.BridgePorts {
				if b := &s.BridgePorts[i]; slices.Contains(strings.Fields(c.ports), s.Name+"/"+b.Interface) {
					b.Protected = is(true)
				}
			}
		}
		verdictsAre(t, "protected ports on "+c.ports, in, c.want)
	}
}
