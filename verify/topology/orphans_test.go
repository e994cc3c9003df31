package topology_test

import (
	"testing"

	"uplinkcheck/drivers/capture"
	"uplinkcheck/drivers/state"
	"uplinkcheck/inventory"
	"uplinkcheck/verify/topology"
)

// What becomes of hosts in no multi-chassis LAG when the peer-link is lost: a port of which the secondary says that it takes it out of
// service goes, one of which it says that it stays leads on where its switch has a way of its own, and of any other nobody knows.
func TestOrphansWithoutThePeerLink(t *testing.T) {
	cable := func(a, ap, z, zp string) inventory.Cable {
		return inventory.Cable{From: said, A: inventory.CableEnd{Device: a, Port: ap}, Z: inventory.CableEnd{Device: z, Port: zp}}
	}
	peers := func(role state.MLAGRole) func(*state.Switch) {
		return func(s *state.Switch) {
			s.MLAG.Protocol, s.MLAG.Role, s.MLAG.Keepalive = is(state.PeerLinkMLAG), is(role), is(state.Up)
			s.MLAG.PeerLink, s.Listed.MLAG, s.Listed.MLAGPorts = is("pl"), said, said
		}
	}
	multi := func(s *state.Switch) { s.Aggregators[0].MLAGID = is("1") }
	orphan := func(name string, suspends bool) func(*state.Switch) {
		return func(s *state.Switch) {
			s.MLAG.Orphans = append(s.MLAG.Orphans, state.Orphan{Interface: name, From: said, Suspends: is(suspends)})
		}
	}
	nobody := func(*state.Switch) {}
	vpc := []func(*state.Switch){lag("up", mac(0xaa), 1, mac(3), "u1"), multi}
	own := []func(*state.Switch){port("u1")}
	for _, c := range []struct {
		name     string
		uplink   []func(*state.Switch) // of the secondary
		says     func(*state.Switch)   // the secondary
		gateway  string
		two, one state.Tri // what remains of a host with a leg on each switch, and of one on the secondary alone
	}{
		{"it does not say", vpc, nobody, "core/g1", state.Unknown, state.Unknown},
		{"they are taken out of service", vpc, func(s *state.Switch) { orphan("h1", true)(s); orphan("h2", true)(s) }, "core/g1", state.Yes, state.No},
		{"they stay and lead nowhere", vpc, func(s *state.Switch) { orphan("h1", false)(s); orphan("h2", false)(s) }, "core/g1", state.Unknown, state.No},
		{"they stay, as does the way on", own, func(s *state.Switch) { orphan("h1", false)(s); orphan("h2", false)(s); orphan("u1", false)(s) }, "core/g1", state.Yes, state.Yes},
		{"they stay, and nobody knows of the way on", own, func(s *state.Switch) { orphan("h1", false)(s); orphan("h2", false)(s) }, "core/g1", state.Unknown, state.Unknown},
		{"they stay, and the way on goes", own, func(s *state.Switch) { orphan("h1", false)(s); orphan("h2", false)(s); orphan("u1", true)(s) }, "core/g1", state.Unknown, state.No},
		{"they stay with a gateway on the switch, whose routing may go", vpc, func(s *state.Switch) { orphan("h1", false)(s); orphan("h2", false)(s) }, "leaf2", state.Unknown, state.Unknown},
		{"they are of an extender that the primary has too", vpc, func(s *state.Switch) {
			orphan("h1", true)(s)
			orphan("h2", true)(s)
			s.Extenders = []state.Extender{{ID: "101", From: said, Shared: is(true)}}
			for i := range s.Interfaces {
				if n := &s.Interfaces[i]; n.Name == "h1" || n.Name == "h2" {
					n.Extender = is("101")
				}
			}
		}, "core/g1", state.Unknown, state.Unknown},
		{"which switch is the secondary is not known", vpc, func(s *state.Switch) {
			orphan("h1", true)(s)
			orphan("h2", true)(s)
			s.MLAG.Role = capture.Fact[state.MLAGRole]{}
			s.MLAG.Keepalive = capture.Fact[state.Status]{}
		}, "core/g1", state.Unknown, state.Unknown},
	} {
		t.Run(c.name, func(t *testing.T) {
			inv := &inventory.Inventory{
				Pairs:    []inventory.Pair{{Name: "p1", From: said, Switches: []string{"leaf1", "leaf2"}}},
				Links:    []inventory.Cable{cable("leaf1", "pl", "leaf2", "pl"), cable("leaf1", "u1", "core", "d1"), cable("leaf2", "u1", "core", "d2")},
				Networks: []inventory.Network{{Name: "management", From: said, VLANs: state.VIDs(10), Role: inventory.Management, Gateway: []string{c.gateway}}},
				Clusters: []inventory.Cluster{{Name: "c1", From: said, Hosts: []string{"kvm1", "kvm2"}, Networks: []string{"management"}}},
				Hosts:    []inventory.HostEntry{{Name: "kvm1", From: said}, {Name: "kvm2", From: said}},
			}
			one, two := peers(state.Primary), peers(state.Secondary)
			if c.name == "which switch is the secondary is not known" {
				one = func(s *state.Switch) { peers(state.Primary)(s); s.MLAG.Role = capture.Fact[state.MLAGRole]{} }
			}
			f := build(topology.Input{Inventory: inv, Hosts: []*inventory.Host{
				listed(host("kvm1", inventory.TeamActiveBackup, nic("eno1", 0x51), nic("eno2", 0x52))),
				listed(host("kvm2", inventory.TeamActiveBackup, nic("eno1", 0x61))),
			}},
				sw("leaf1", 1, append(vpc, port("pl"), port("h1"), hears("h1", "kvm1", "eno1"), one)...),
				sw("leaf2", 2, append(c.uplink, port("pl"), port("h1"), port("h2"), hears("h1", "kvm1", "eno2"), hears("h2", "kvm2", "eno1"), two, c.says)...),
				sw("core", 3, port("d1"), port("d2"), port("g1")))
			lost := f.Scenarios(topology.PeerLinkLoss)
			if len(lost) != 1 {
				t.Fatalf("%d peer-links", len(lost))
			}
			if len(f.Roles()) != 2 {
				t.Fatalf("%d networks of hosts", len(f.Roles()))
			}
			for _, r := range f.Roles() {
				want := map[string]state.Tri{"kvm1": c.two, "kvm2": c.one}[r.Host.Name]
				got := r.Survives(lost[0])
				if got.Answer != want {
					t.Errorf("%s: %s (%s), want %s", r.Host.Name, got.Answer, got.Why, want)
				}
				if plain := f.Failures().Worst(r, topology.PeerLinkLoss); plain != want && f.Failures().Works(r) == state.Yes {
					t.Errorf("%s: the engine says %s, want %s", r.Host.Name, plain, want)
				}
			}
		})
	}
}

func listed(h *inventory.Host) *inventory.Host {
	h.Listed.NICs = said
	return h
}
