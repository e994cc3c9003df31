package topology_test

import (
	"strings"
	"testing"

	"uplinkcheck/drivers/state"
	"uplinkcheck/inventory"
	"uplinkcheck/verify/topology"
)

// A switch with tunnels has a routed port towards a spine, and an edge port at which the host is heard.
func tunnelling(name string, own byte, host, nic string, change ...func(*state.Switch)) *state.Switch {
	return sw(name, own, append(change, port("h"), hears("h", host, nic), func(s *state.Switch) {
		s.Interfaces = append(s.Interfaces, state.Interface{Name: "up", From: said, Kind: state.Physical, Oper: is(state.Up), Bridged: is(false)})
	})...)
}

func vxlan(s *state.Switch) {
	s.Interfaces = append(s.Interfaces, state.Interface{Name: "Vxlan1", From: said, Kind: state.Logical, Oper: is(state.Up)})
}

func segments(s *state.Switch) { s.MLAG.Protocol = is(state.EVPNESI) }

// What switches carry in tunnels over routed ports is not read: it may join them in any VLAN.
func TestTunnelsMayJoin(t *testing.T) {
	networks := []inventory.Network{{Name: "management", From: said, VLANs: state.VIDs(10), Role: inventory.Management}}
	for _, c := range []struct {
		name string
		has  []func(*state.Switch)
		want state.Tri
	}{
		{"routed ports alone", nil, state.No},
		{"VXLAN", []func(*state.Switch){vxlan}, state.Unknown},
		{"Ethernet segments", []func(*state.Switch){segments}, state.Unknown},
	} {
		t.Run(c.name, func(t *testing.T) {
			clusters := []inventory.Cluster{{Name: "c", From: said, Hosts: []string{"kvm1", "kvm2"}, Networks: []string{"management"}}}
			f := build(topology.Input{Inventory: &inventory.Inventory{Networks: networks, Clusters: clusters},
				Hosts: []*inventory.Host{host("kvm1", inventory.TeamIndependent, nic("eno1", 0x51)), host("kvm2", inventory.TeamIndependent, nic("eno1", 0x61))}},
				tunnelling("leaf1", 1, "kvm1", "eno1", c.has...), tunnelling("leaf2", 2, "kvm2", "eno1", c.has...))
			got := f.HostNamed("kvm1").Required[0].Survives()
			if got.Answer != c.want || c.want == state.Unknown && !strings.Contains(got.Missing, "leaf1 carries in tunnels") {
				t.Errorf("kvm1 reaches kvm2: %s (%s), missing %q; want %s", got.Answer, got.Why, got.Missing, c.want)
			}
			f = build(topology.Input{Inventory: &inventory.Inventory{Networks: networks,
				Clusters: []inventory.Cluster{{Name: "c", From: said, Hosts: []string{"kvm1"}, Networks: []string{"management"}}}},
				Hosts: []*inventory.Host{host("kvm1", inventory.TeamIndependent, nic("eno1", 0x51))}},
				tunnelling("leaf1", 1, "kvm1", "eno1", c.has...), tunnelling("leaf2", 2, "guest", "eth0", c.has...))
			if got := f.Networks[0].Bridged(f.SwitchNamed("leaf2"), 10); got != c.want {
				t.Errorf("the network comes out on leaf2: %s, want %s", got, c.want)
			}
		})
	}
}

// A trunk behind which nothing is known may lead to a switch that is silent: that LLDP is off is no failure.
func TestSilentTrunksMayJoin(t *testing.T) {
	access := func(s *state.Switch) {
		for i := range s.BridgePorts {
			if s.BridgePorts[i].Interface == "up" {
				s.BridgePorts[i].Mode = is(state.Access)
			}
		}
	}
	for _, c := range []struct {
		name         string
		leaf1, leaf2 []func(*state.Switch)
		want         state.Tri
	}{
		{"on both", []func(*state.Switch){port("up")}, []func(*state.Switch){port("up")}, state.Unknown},
		{"to a neighbour that nobody declared", []func(*state.Switch){port("up"), hears("up", "core", "1")}, []func(*state.Switch){port("up"), hears("up", "core", "2")}, state.Unknown},
		{"on one", []func(*state.Switch){port("up")}, nil, state.No},
		{"access ports", []func(*state.Switch){port("up"), access}, []func(*state.Switch){port("up"), access}, state.No},
	} {
		t.Run(c.name, func(t *testing.T) {
			inv := &inventory.Inventory{Networks: []inventory.Network{{Name: "management", From: said, VLANs: state.VIDs(10), Role: inventory.Management}},
				Clusters: []inventory.Cluster{{Name: "c", From: said, Hosts: []string{"kvm1", "kvm2"}, Networks: []string{"management"}}}}
			f := build(topology.Input{Inventory: inv, Hosts: []*inventory.Host{host("kvm1", inventory.TeamIndependent, nic("eno1", 0x51)), host("kvm2", inventory.TeamIndependent, nic("eno1", 0x61))}},
				sw("leaf1", 1, append(c.leaf1, port("h"), hears("h", "kvm1", "eno1"))...), sw("leaf2", 2, append(c.leaf2, port("h"), hears("h", "kvm2", "eno1"))...))
			if got := f.HostNamed("kvm1").Required[0].Survives(); got.Answer != c.want {
				t.Errorf("got %s (%s), want %s", got.Answer, got.Why, c.want)
			}
		})
	}
}
