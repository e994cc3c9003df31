package checks_test

import (
	"testing"

	"uplinkcheck/drivers/capture"
	"uplinkcheck/drivers/state"
	"uplinkcheck/inventory"
	"uplinkcheck/verify"
	"uplinkcheck/verify/checks"
	"uplinkcheck/verify/topology"
)

// A neighbour that did not say who it is may be a host or a switch of which it is not known where its cables end. Where all of that is known
// it is a stranger, and so is one that says a name of nobody.
func TestWhoMayBeAtAPort(t *testing.T) {
	id := func(s string) capture.Fact[state.Identifier] { return is(state.Identifier{ID: s}) }
	heard := func(on, name, chassis, port string) state.RemoteSystem {
		r := state.RemoteSystem{Interface: on, From: said}
		if name != "" {
			r.SystemName = is(name)
		}
		if chassis != "" {
			r.ChassisID = id(chassis)
		}
		if port != "" {
			r.PortID = id(port)
		}
		return r
	}
	leaf := func(name string, chassis byte, remotes ...state.RemoteSystem) *state.Switch {
		s := &state.Switch{Name: name, Platform: "test", Remotes: remotes, Listed: state.Listed{Interfaces: said, BridgePorts: said, STP: said, Remotes: said}}
		s.Device.Hostname = is(name)
		if chassis != 0 {
			s.Device.ChassisMAC = is(state.MAC{2, 0, 0, 0, 0, chassis})
		}
		done := map[string]bool{}
		for _, r := range remotes {
			if done[r.Interface] {
				continue
			}
			done[r.Interface] = true
			vids := is(state.VIDs(10))
			s.Interfaces = append(s.Interfaces, state.Interface{Name: r.Interface, From: said, Kind: state.Physical, Oper: is(state.Up)})
			s.BridgePorts = append(s.BridgePorts, state.BridgePort{Interface: r.Interface, From: said, Mode: is(state.Trunk), Configured: vids, Members: vids, PVID: is(state.VID(0))})
		}
		return s
	}
	silent := func(s *state.Switch, port string) *state.Switch { // a port at which nothing is heard
		for i := range s.Remotes {
			if s.Remotes[i].Interface == port {
				s.Remotes = append(s.Remotes[:i:i], s.Remotes[i+1:]...)
				break
			}
		}
		return s
	}
	describe := func(s *state.Switch, port, words string) *state.Switch {
		s.Interface(port).Description = is(words)
		return s
	}
	const there, stranger = "02:00:00:00:00:01", "02:00:00:00:00:99"
	eno1, eno2, back := heard("p1", "kvm1", "", "eno1"), heard("p2", "kvm1", "", "eno2"), heard("q1", "leaf1", there, "p8")
	over := heard("p8", "leaf2", "", "q1")
	for _, c := range []struct {
		name         string
		leaf1, leaf2 *state.Switch
		undeclared   bool // there is another host, of which nobody said what it needs
		want         verify.Outcome
	}{
		{"hosts and switches alone", leaf("leaf1", 1, eno1, eno2, over), leaf("leaf2", 2, back), false, verify.Pass},
		{"a name of nobody", leaf("leaf1", 1, eno1, eno2, over, heard("p3", "camera", stranger, "")), leaf("leaf2", 2, back), false, verify.Fail},
		{"a name of nobody, and one uplink is not mapped", leaf("leaf1", 1, eno1, over, heard("p3", "camera", stranger, "")), leaf("leaf2", 2, back), false, verify.Fail},
		{"no name", leaf("leaf1", 1, eno1, eno2, over, heard("p3", "", stranger, "")), leaf("leaf2", 2, back), false, verify.Fail},
		{"no name, and one uplink is not mapped", leaf("leaf1", 1, eno1, over, heard("p3", "", stranger, "")), leaf("leaf2", 2, back), false, verify.Unknown},
		{"no name, and a switch does not tell its address", leaf("leaf1", 1, eno1, eno2, over, heard("p3", "", stranger, "")), leaf("leaf2", 0, back), false, verify.Unknown},
		{"neither name nor chassis", leaf("leaf1", 1, eno1, eno2, over, heard("p3", "", "", "eth0")), leaf("leaf2", 2, back), false, verify.Unknown},
		{"the host, at a NIC that is not told", leaf("leaf1", 1, eno1, heard("p2", "kvm1", "", ""), over), leaf("leaf2", 2, back), false, verify.Pass},
		{"the same, where a description guesses", describe(leaf("leaf1", 1, eno1, heard("p2", "kvm1", "", ""), over), "p2", "kvm1 eno2"), leaf("leaf2", 2, back), false, verify.Pass},
		{"the host, and another that does not say its name", leaf("leaf1", 1, eno1, heard("p2", "kvm1", "", ""), heard("p2", "", stranger, ""), over), leaf("leaf2", 2, back), false, verify.Unknown},
		{"nothing is heard", silent(leaf("leaf1", 1, eno1, eno2, over, heard("p3", "", "", "")), "p3"), leaf("leaf2", 2, back), false, verify.Fail},
		{"nothing is heard, and a cable ends nobody knows where", silent(leaf("leaf1", 1, eno1, eno2, over), "p8"), leaf("leaf2", 2, heard("q1", "leaf1", there, "?")), false, verify.Unknown},
		{"nothing is heard, and a cable's two ends do not tell each other's port", silent(leaf("leaf1", 1, eno1, eno2, heard("p8", "leaf2", "", "?"), heard("p3", "", "", "")), "p3"), leaf("leaf2", 2, heard("q1", "leaf1", there, "?")), false, verify.Fail},
		{"nothing is heard, and a host of which nobody said what it needs is not mapped", silent(leaf("leaf1", 1, eno1, eno2, over, heard("p3", "", "", "")), "p3"), leaf("leaf2", 2, back), true, verify.Unknown},
	} {
		var hosts []*inventory.Host
		names := []string{"kvm1"}
		if c.undeclared {
			names = append(names, "kvm2")
		}
		for _, name := range names {
			h := &inventory.Host{Name: name, Source: "test", From: said, Hostname: is(name)}
			h.Listed.NICs, h.Listed.Uses = said, said
			for _, n := range []string{"eno1", "eno2"} {
				h.NICs = append(h.NICs, inventory.NIC{Name: n, From: said, Team: "bond0", Oper: is(state.Up)})
			}
			h.Teams = []inventory.Team{{Name: "bond0", From: said, Mode: is(inventory.TeamIndependent)}}
			hosts = append(hosts, h)
		}
		inv := &inventory.Inventory{Networks: []inventory.Network{{Name: "management", From: said, VLANs: state.VIDs(10), Role: inventory.Management}},
			Clusters: []inventory.Cluster{{Name: "c", From: said, Hosts: []string{"kvm1"}, Networks: []string{"management"}}}}
		findings := checks.MGT002.Run(topology.Build(topology.Input{Switches: []*state.Switch{c.leaf1, c.leaf2}, Hosts: hosts, Inventory: inv}))
		if len(findings) != 1 || findings[0].Outcome != c.want {
			t.Errorf("%s: got %s %q, want %s", c.name, findings[0].Outcome, findings[0].Reason, c.want)
		}
	}
}
