package checks_test

import (
	"testing"

	"uplinkcheck/drivers/state"
	"uplinkcheck/inventory"
	"uplinkcheck/verify"
	"uplinkcheck/verify/checks"
	"uplinkcheck/verify/topology"
)

// Two legs on a fabric extender that two switches share end on one box, whichever switch names each; without its serial number nobody can tell.
// Two extenders of two switches are two boxes, and so are two that both switches share.
func TestChassisOfFabricExtenders(t *testing.T) {
	type fex struct{ id, serial, shared string }
	leaf := func(name, port, nic string, fexes ...fex) *state.Switch {
		s := &state.Switch{Name: name, Platform: "test", Listed: state.Listed{Interfaces: said, BridgePorts: said, STP: said, Remotes: said}}
		s.Device.Hostname, s.Device.Stacked = is(name), is(false)
		s.Interfaces = []state.Interface{{Name: port, From: said, Kind: state.Physical, Oper: is(state.Up), Extender: is(port[8:11])}}
		vids := is(state.VIDs(10))
		s.BridgePorts = []state.BridgePort{{Interface: port, From: said, Mode: is(state.Trunk), Configured: vids, Members: vids, PVID: is(state.VID(0))}}
		s.Remotes = []state.RemoteSystem{{Interface: port, From: said, SystemName: is("kvm1"), PortID: is(state.Identifier{Subtype: state.InterfaceName, ID: nic})}}
		for _, x := range fexes {
			e := state.Extender{ID: x.id, From: said}
			if x.serial != "" {
				e.Serial = is(x.serial)
			}
			if x.shared != "" {
				e.Shared = is(x.shared == "yes")
			}
			s.Extenders = append(s.Extenders, e)
		}
		return s
	}
	const a1, a2, b1 = "Ethernet101/1/1", "Ethernet101/1/2", "Ethernet102/1/1"
	for _, c := range []struct {
		name         string
		leaf1, leaf2 *state.Switch
		want         verify.Outcome
	}{
		{"one that both share", leaf("leaf1", a1, "eno1", fex{"101", "f1", "yes"}), leaf("leaf2", a2, "eno2", fex{"101", "f1", "yes"}), verify.Fail},
		{"two that both share", leaf("leaf1", a1, "eno1", fex{"101", "f1", "yes"}, fex{"102", "f2", "yes"}), leaf("leaf2", b1, "eno2", fex{"101", "f1", "yes"}, fex{"102", "f2", "yes"}), verify.Pass},
		{"one of each", leaf("leaf1", a1, "eno1", fex{"101", "f1", "no"}), leaf("leaf2", a1, "eno2", fex{"101", "f2", "no"}), verify.Pass},
		{"nobody told the serial number", leaf("leaf1", a1, "eno1", fex{"101", "", "yes"}), leaf("leaf2", a2, "eno2", fex{"101", "f1", "yes"}), verify.Unknown},
		{"nobody told whether it is shared", leaf("leaf1", a1, "eno1", fex{"101", "", ""}), leaf("leaf2", b1, "eno2", fex{"102", "f2", "no"}), verify.Unknown},
	} {
		h := &inventory.Host{Name: "kvm1", Source: "test", From: said, Hostname: is("kvm1")}
		h.Listed.NICs = said
		entry := inventory.HostEntry{Name: "kvm1", From: said}
		for i, p := range []string{c.leaf1.Interfaces[0].Name, c.leaf2.Interfaces[0].Name} {
			nic := []string{"eno1", "eno2"}[i]
			h.NICs = append(h.NICs, inventory.NIC{Name: nic, From: said, Oper: is(state.Up)})
			entry.Uplinks = append(entry.Uplinks, inventory.DeclaredUplink{NIC: nic, From: said, Port: inventory.CableEnd{Device: []string{"leaf1", "leaf2"}[i], Port: p}})
		}
		f := topology.Build(topology.Input{Switches: []*state.Switch{c.leaf1, c.leaf2}, Hosts: []*inventory.Host{h}, Inventory: &inventory.Inventory{Hosts: []inventory.HostEntry{entry}}})
		findings := checks.RED001.Run(f)
		if len(findings) != 1 || findings[0].Outcome != c.want {
			t.Errorf("%s: got %+v, want %s", c.name, findings, c.want)
		}
	}
}

// A host whose links are listed by one switch of a pair is on both where they are on an extender that both have.
func TestOrphansOnFabricExtenders(t *testing.T) {
	for _, c := range []struct {
		name           string
		shared         string
		serial1, other string
		up             bool // at the other switch
		want           verify.Outcome
	}{
		{"of one switch", "no", "f1", "f2", true, verify.Fail},
		{"of both", "yes", "f1", "f1", true, verify.Pass},
		{"of both, at work on one", "yes", "f1", "f1", false, verify.Fail},
		{"of both, which the other one does not tell", "yes", "f1", "", true, verify.Unknown},
		{"nobody tells whether of both", "", "f1", "f2", true, verify.Unknown},
	} {
		leaf := func(name, serial string, up bool) *state.Switch {
			s := &state.Switch{Name: name, Platform: "test", Listed: state.Listed{Interfaces: said, BridgePorts: said, STP: said, Remotes: said}}
			s.Device.Hostname, s.Device.Stacked = is(name), is(false)
			for _, p := range []string{"Ethernet101/1/1", "Ethernet101/1/2"} {
				s.Interfaces = append(s.Interfaces, state.Interface{Name: p, From: said, Kind: state.Physical, Oper: is(state.Up), Extender: is("101")})
			}
			x := state.Extender{ID: "101", From: said, Up: is(up)}
			if serial != "" {
				x.Serial = is(serial)
			}
			if c.shared != "" {
				x.Shared = is(c.shared == "yes")
			}
			s.Extenders = []state.Extender{x}
			return s
		}
		h := &inventory.Host{Name: "kvm1", Source: "test", From: said, Hostname: is("kvm1")}
		h.Listed.NICs = said
		entry := inventory.HostEntry{Name: "kvm1", From: said}
		one := leaf("leaf1", c.serial1, true)
		for i, nic := range []string{"eno1", "eno2"} {
			port := one.Interfaces[i].Name
			one.Remotes = append(one.Remotes, state.RemoteSystem{Interface: port, From: said, SystemName: is("kvm1"), PortID: is(state.Identifier{Subtype: state.InterfaceName, ID: nic})})
			h.NICs = append(h.NICs, inventory.NIC{Name: nic, From: said, Oper: is(state.Up)})
			entry.Uplinks = append(entry.Uplinks, inventory.DeclaredUplink{NIC: nic, From: said, Port: inventory.CableEnd{Device: "leaf1", Port: port}})
		}
		f := topology.Build(topology.Input{Switches: []*state.Switch{one, leaf("leaf2", c.other, c.up)}, Hosts: []*inventory.Host{h}, Inventory: &inventory.Inventory{
			Hosts: []inventory.HostEntry{entry}, Pairs: []inventory.Pair{{Name: "p1", From: said, Switches: []string{"leaf1", "leaf2"}}}}})
		findings := checks.RED015.Run(f)
		if len(findings) != 1 || findings[0].Outcome != c.want {
			t.Errorf("%s: got %+v, want %s", c.name, findings, c.want)
		}
	}
}

// What nobody knows of a host on an extender that two switches have is known of neither switch.
func TestReloadBelowSharedExtenders(t *testing.T) {
	for shared, want := range map[string]verify.Outcome{"yes": verify.Unknown, "": verify.Unknown, "no": verify.Pass} {
		leaf := func(name, serial string) *state.Switch {
			s := &state.Switch{Name: name, Platform: "test", Listed: state.Listed{Interfaces: said, STP: said, Remotes: said}}
			s.Device.Hostname, s.Device.Stacked = is(name), is(false)
			s.Interfaces = []state.Interface{{Name: "Ethernet101/1/1", From: said, Kind: state.Physical, Oper: is(state.Up), Extender: is("101")}}
			s.Extenders = []state.Extender{{ID: "101", From: said, Serial: is(serial)}}
			if shared != "" {
				s.Extenders[0].Shared = is(shared == "yes")
			}
			return s
		}
		one, two := leaf("leaf1", "f1"), leaf("leaf2", map[string]string{"yes": "f1", "": "f2", "no": "f2"}[shared])
		one.Remotes = []state.RemoteSystem{{Interface: "Ethernet101/1/1", From: said, SystemName: is("kvm1"), PortID: is(state.Identifier{Subtype: state.InterfaceName, ID: "eno1"})}}
		for _, networks := range [][]string{nil, {"management"}} { // nobody says what the host needs, or whether its VLAN arrives
			h := &inventory.Host{Name: "kvm1", Source: "test", From: said, Hostname: is("kvm1"), NICs: []inventory.NIC{{Name: "eno1", From: said, Oper: is(state.Up)}}}
			h.Listed.NICs = said
			f := topology.Build(topology.Input{Switches: []*state.Switch{one, two}, Hosts: []*inventory.Host{h}, Inventory: &inventory.Inventory{
				Hosts:    []inventory.HostEntry{{Name: "kvm1", From: said, Networks: networks, Uplinks: []inventory.DeclaredUplink{{NIC: "eno1", From: said, Port: inventory.CableEnd{Device: "leaf1", Port: "Ethernet101/1/1"}}}}},
				Pairs:    []inventory.Pair{{Name: "p1", From: said, Switches: []string{"leaf1", "leaf2"}}},
				Networks: []inventory.Network{{Name: "management", From: said, VLANs: state.VIDs(10), Role: inventory.Management}},
			}})
			for _, got := range checks.RED012.Run(f) {
				if got.Subject.Name == "leaf2" && got.Outcome != want {
					t.Errorf("shared %q, networks %q: got %+v, want %s", shared, networks, got, want)
				}
			}
		}
	}
}
