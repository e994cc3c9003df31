package topology_test

import (
	"fmt"
	"net/netip"
	"slices"
	"strings"
	"testing"

	"uplinkcheck/drivers/capture"
	"uplinkcheck/drivers/state"
	"uplinkcheck/inventory"
	"uplinkcheck/verify/topology"
)

// said is the reply that every hand-made fact of these tests rests on.
var said = (&capture.Reply{Device: "test", Command: "show all", Data: []byte("said"), Complete: true}).Whole()

func is[T any](v T) capture.Fact[T] { return capture.Of(v, said) }

func mac(last byte) state.MAC { return state.MAC{0x02, 0, 0, 0, 0, last} }

// sw makes a switch that listed everything it has.
func sw(name string, chassis byte, change ...func(*state.Switch)) *state.Switch {
	s := &state.Switch{Name: name, Platform: "test"}
	s.Device.ChassisMAC, s.Device.Hostname, s.Device.Stacked = is(mac(chassis)), is(name), is(false)
	s.Listed = state.Listed{Interfaces: said, Aggregators: said, LACP: said, VLANs: said, BridgePorts: said, STP: said, Remotes: said, MACs: said}
	for _, c := range change {
		c(s)
	}
	s.Sort()
	return s
}

// port adds a trunk port of VLAN 10 that is up.
func port(name string) func(*state.Switch) {
	return func(s *state.Switch) {
		s.Interfaces = append(s.Interfaces, state.Interface{Name: name, From: said, Kind: state.Physical, Admin: is(state.Up), Oper: is(state.Up)})
		s.BridgePorts = append(s.BridgePorts, bridge(name))
	}
}

func bridge(name string) state.BridgePort {
	vids := is(state.VIDs(10))
	return state.BridgePort{Interface: name, From: said, Mode: is(state.Trunk), Configured: vids, Members: vids, PVID: is(state.VID(0))}
}

// lag adds an aggregator with LACP, whose members show the system and key and hear the partner on its ports 1, 2, ….
func lag(name string, system state.MAC, key uint16, partner state.MAC, members ...string) func(*state.Switch) {
	return func(s *state.Switch) {
		a := state.Aggregator{Name: name, From: said, Protocol: is(state.LACP)}
		for i, m := range members {
			port(m)(s)
			s.BridgePorts = s.BridgePorts[:len(s.BridgePorts)-1]
			all := is(state.WholeLACPState(0x3f))
			a.Ports = append(a.Ports, state.AggregationPort{Name: m, From: said, Selected: is(state.Selected),
				Actor:   state.Endpoint{System: is(system), Key: is(key), Port: is(uint16(i + 1)), State: all},
				Partner: state.Endpoint{System: is(partner), Key: is(uint16(7)), Port: is(uint16(i + 1)), State: all}})
		}
		s.Aggregators = append(s.Aggregators, a)
		s.Interfaces = append(s.Interfaces, state.Interface{Name: name, From: said, Kind: state.Aggregate, Oper: is(state.Up)})
		s.BridgePorts = append(s.BridgePorts, bridge(name))
	}
}

// hears adds an LLDP neighbour.
func hears(iface, system, portID string) func(*state.Switch) {
	return func(s *state.Switch) {
		s.Remotes = append(s.Remotes, state.RemoteSystem{Interface: iface, From: said, SystemName: is(system),
			PortID: is(state.Identifier{Subtype: state.InterfaceName, ID: portID})})
	}
}

// host makes a hypervisor with one team of its NICs.
func host(name string, mode inventory.TeamMode, nics ...inventory.NIC) *inventory.Host {
	h := &inventory.Host{Name: name, Source: "test", From: said, Hostname: is(name)}
	t := inventory.Team{Name: "bond0", From: said, Mode: is(mode)}
	for _, n := range nics {
		n.From, n.Team, n.Oper = said, t.Name, is(state.Up)
		h.NICs = append(h.NICs, n)
		t.Members = append(t.Members, inventory.TeamMember{AggregationPort: state.AggregationPort{Name: n.Name, From: said}})
	}
	h.Teams = []inventory.Team{t}
	return h
}

func nic(name string, address byte) inventory.NIC {
	return inventory.NIC{Name: name, MAC: is(mac(address))}
}

func build(in topology.Input, switches ...*state.Switch) *topology.Fabric {
	in.Switches = switches
	return topology.Build(in)
}

func TestConfidence(t *testing.T) {
	f := build(topology.Input{}, sw("leaf1", 1, port("p1"), port("p2")))
	p1, p2 := f.SwitchNamed("leaf1").Port("p1"), f.SwitchNamed("leaf1").Port("p2")
	for _, c := range []struct {
		name string
		by   []topology.Method
		at   []*topology.Port // p1 where it is left out
		want topology.Confidence
	}{
		{"nothing", nil, nil, topology.NoMapping},
		{"the MAC table", []topology.Method{topology.MACTable}, nil, topology.Inferred},
		{"a description and the MAC table", []topology.Method{topology.MACTable, topology.DescriptionText}, nil, topology.Inferred},
		{"the operator", []topology.Method{topology.OperatorDeclared}, nil, topology.Single},
		{"LLDP of the switch", []topology.Method{topology.LLDPBySwitch}, nil, topology.Single},
		{"LACP of the host", []topology.Method{topology.LACPByHost}, nil, topology.Single},
		{"LLDP both ways", []topology.Method{topology.LLDPBySwitch, topology.LLDPByHost}, nil, topology.Strong},
		{"LACP both ways", []topology.Method{topology.LACPBySwitch, topology.LACPByHost}, nil, topology.Strong},
		{"LLDP and LACP", []topology.Method{topology.LLDPByHost, topology.LACPBySwitch}, nil, topology.Proven},
		{"LLDP and the operator", []topology.Method{topology.LLDPBySwitch, topology.OperatorDeclared}, nil, topology.Proven},
		{"a hint adds nothing", []topology.Method{topology.LLDPBySwitch, topology.MACTable}, nil, topology.Single},
		{"LLDP against LACP", []topology.Method{topology.LLDPBySwitch, topology.LACPBySwitch}, []*topology.Port{p1, p2}, topology.Contradicted},
		{"LLDP against the operator", []topology.Method{topology.LLDPBySwitch, topology.OperatorDeclared}, []*topology.Port{p1, p2}, topology.Contradicted},
		{"two neighbours on two ports", []topology.Method{topology.LLDPBySwitch, topology.LLDPBySwitch}, []*topology.Port{p1, p2}, topology.Contradicted},
	} {
		t.Run(c.name, func(t *testing.T) {
			var l topology.Link
			for i, m := range c.by {
				at := p1
				if i < len(c.at) {
					at = c.at[i]
				}
				l.Claims = append(l.Claims, topology.Claim{By: m, From: said, Port: at})
			}
			if got := l.Weigh(); got != c.want {
				t.Errorf("got %s, want %s", got, c.want)
			}
		})
	}
}

// A description that guesses where an uplink ends is enough where nothing flows: the NIC and that port are both down.
func TestAHintPlacesOnlyWhatIsDown(t *testing.T) {
	up, down := is(state.Up), is(state.Down)
	for _, c := range []struct {
		name      string
		nic, port capture.Fact[state.Status]
		unplaced  string
	}{
		{"both are down", down, down, ""},
		{"the NIC is up", up, down, "kvm1"},
		{"the port is up: something else is there", down, up, "kvm1"},
		{"the port does not say", down, capture.Fact[state.Status]{}, "kvm1"},
	} {
		leaf := sw("leaf1", 1, port("p1"), port("p2"), hears("p2", "kvm1", "eno2"))
		leaf.Interface("p1").Oper, leaf.Interface("p1").Description = c.port, is("kvm1 eno1")
		h := host("kvm1", inventory.TeamIndependent, nic("eno1", 0x51), nic("eno2", 0x52))
		h.NICs[0].Oper = c.nic
		f := build(topology.Input{Hosts: []*inventory.Host{h}, Inventory: &inventory.Inventory{
			Networks: []inventory.Network{{Name: "management", From: said, VLANs: state.VIDs(10), Role: inventory.Management}},
			Clusters: []inventory.Cluster{{Name: "c", From: said, Hosts: []string{"kvm1"}, Networks: []string{"management"}}}}}, leaf)
		if got := f.Networks[0].Unplaced(); got != c.unplaced {
			t.Errorf("%s: %q is not placed, want %q", c.name, got, c.unplaced)
		}
	}
}

// Each family of claims maps an uplink by itself.
func TestClaims(t *testing.T) {
	leaf := func(change ...func(*state.Switch)) *state.Switch {
		return sw("leaf1", 1, append([]func(*state.Switch){port("p1"), port("p2")}, change...)...)
	}
	lacp := sw("leaf1", 1, lag("lag1", mac(1), 1, mac(0x51), "p1", "p2"))
	for _, c := range []struct {
		name   string
		leaf   *state.Switch
		host   func(*inventory.Host)
		inv    inventory.Inventory
		want   string
		strong topology.Confidence
	}{
		{"the switch hears the host by name", leaf(hears("p1", "KVM1.example.net", "eno1")), nil, inventory.Inventory{}, "LLDP seen by switch: leaf1/p1", topology.Single},
		{"the switch hears the address of the NIC", leaf(hears("p2", "no such name", "02:00:00:00:00:51")), nil, inventory.Inventory{}, "LLDP seen by switch: leaf1/p2", topology.Single},
		{"address of one host and name of another", leaf(hears("p2", "kvm2", "02:00:00:00:00:51")), nil, inventory.Inventory{}, "", topology.NoMapping},
		{"the host hears the switch", leaf(), func(h *inventory.Host) {
			h.Remotes = []state.RemoteSystem{{Interface: "eno1", From: said, SystemName: is("leaf1"), PortID: is(state.Identifier{ID: "p2"})}}
		}, inventory.Inventory{}, "LLDP seen by host: leaf1/p2", topology.Single},
		{"the switch's partner is the host", lacp, func(h *inventory.Host) {
			h.Teams[0].Members[0].Actor = state.Endpoint{System: is(mac(0x51)), Key: is(uint16(7)), Port: is(uint16(2))}
		}, inventory.Inventory{}, "LACP partner seen by switch: leaf1/p2", topology.Single},
		{"the host's partner is the switch", lacp, func(h *inventory.Host) {
			h.NICs[0].MAC = capture.Fact[state.MAC]{}
			h.Teams[0].Members[0].Partner = state.Endpoint{System: is(mac(1)), Key: is(uint16(1)), Port: is(uint16(2))}
		}, inventory.Inventory{}, "LACP partner seen by host: leaf1/p2", topology.Single},
		{"the operator", leaf(), nil, inventory.Inventory{Links: []inventory.Cable{{From: said, A: inventory.CableEnd{Device: "kvm1", Port: "eno1"}, Z: inventory.CableEnd{Device: "leaf1", Port: "p2"}}}}, "declared: leaf1/p2", topology.Single},
		{"a learned address", leaf(func(s *state.Switch) {
			s.MACs = []state.MACEntry{{VID: 10, MAC: mac(0x51), Interface: "p1", From: said, Kind: is(state.Dynamic)}}
		}), nil, inventory.Inventory{}, "MAC table: leaf1/p1", topology.Inferred},
		{"a description", leaf(func(s *state.Switch) { s.Interfaces[1].Description = is("to KVM1 eno1 (rack 3)") }), nil, inventory.Inventory{}, "port description: leaf1/p2", topology.Inferred},
		{"a hint is not asked where a device spoke", leaf(hears("p1", "kvm1", "eno1"), func(s *state.Switch) { s.Interfaces[1].Description = is("kvm1 eno1") }), nil, inventory.Inventory{}, "LLDP seen by switch: leaf1/p1", topology.Single},
		{"nothing", leaf(), nil, inventory.Inventory{}, "", topology.NoMapping},
	} {
		t.Run(c.name, func(t *testing.T) {
			h := host("kvm1", inventory.TeamLACP, nic("eno1", 0x51))
			if c.host != nil {
				c.host(h)
			}
			f := build(topology.Input{Inventory: &c.inv, Hosts: []*inventory.Host{h, host("kvm2", inventory.TeamLACP, nic("eno1", 0x61))}}, c.leaf)
			u, got := f.HostNamed("kvm1").Uplinks[0], ""
			if u.Link != nil {
				got = u.Link.Says()
			}
			if got != c.want || u.Confidence() != c.strong {
				t.Errorf("got %q (%s), want %q (%s)", got, u.Confidence(), c.want, c.strong)
			}
		})
	}
}

// Sources that disagree are all kept; a port is named only where no device contradicts another.
func TestContradictionsAreKept(t *testing.T) {
	declared := &inventory.Inventory{Links: []inventory.Cable{{From: said, A: inventory.CableEnd{Device: "kvm1", Port: "eno1"}, Z: inventory.CableEnd{Device: "leaf1", Port: "p2"}}}}
	leaf := sw("leaf1", 1, port("p1"), port("p2"), hears("p1", "kvm1", "eno1"))
	u := build(topology.Input{Inventory: declared, Hosts: []*inventory.Host{host("kvm1", inventory.TeamLACP, nic("eno1", 0x51))}}, leaf).HostNamed("kvm1").Uplinks[0]
	if u.Confidence() != topology.Contradicted || u.Mapped() == nil || u.Mapped().Name != "p1" || len(u.Link.Claims) != 2 {
		t.Errorf("operator against LLDP: %s at %v: %s", u.Confidence(), u.Mapped(), u.Link.Says())
	}
	if c := u.Carries(10); c.Answer != state.Unknown {
		t.Errorf("a contradicted uplink carries: %s (%s)", c.Answer, c.Why)
	}
	// A bridge that forwards LLDP makes one NIC heard at two ports.
	leaf = sw("leaf1", 1, port("p1"), port("p2"), hears("p1", "kvm1", "eno1"), hears("p2", "kvm1", "eno1"))
	u = build(topology.Input{Hosts: []*inventory.Host{host("kvm1", inventory.TeamLACP, nic("eno1", 0x51))}}, leaf).HostNamed("kvm1").Uplinks[0]
	if u.Confidence() != topology.Contradicted || u.Mapped() != nil || len(u.Link.Claims) != 2 {
		t.Errorf("heard at two ports: %s at %v", u.Confidence(), u.Mapped())
	}
}

// What two things have in common names neither.
func TestAmbiguousNamesNameNobody(t *testing.T) {
	identity := state.Endpoint{System: is(mac(0x51)), Key: is(uint16(7)), Port: is(uint16(1))}
	clone := func(name string) *inventory.Host {
		h := host(name, inventory.TeamLACP, inventory.NIC{Name: "eno1"})
		h.Teams[0].Members[0].Actor = identity
		return h
	}
	two := []*inventory.Host{clone("kvm1"), clone("kvm2")}
	for _, c := range []struct {
		name     string
		hosts    []*inventory.Host
		switches []*state.Switch
	}{
		{"one LACP identity of two hosts", two, []*state.Switch{sw("leaf1", 1, lag("lag1", mac(1), 1, mac(0x51), "p1"))}},
		{"one LACP identity at two ports", two[:1], []*state.Switch{sw("leaf1", 1, lag("lag1", mac(1), 1, mac(0x51), "p1"), lag("lag2", mac(1), 2, mac(0x51), "p2"))}},
		{"one NIC address of two hosts", []*inventory.Host{host("kvm1", inventory.TeamLACP, nic("eno1", 0x51)), host("kvm2", inventory.TeamLACP, nic("eno1", 0x51))},
			[]*state.Switch{sw("leaf1", 1, port("p1"), hears("p1", "", "02:00:00:00:00:51"))}},
	} {
		t.Run(c.name, func(t *testing.T) {
			f := build(topology.Input{Hosts: c.hosts}, c.switches...)
			for _, l := range f.Links {
				if l.Port != nil && l.Confidence() > topology.Inferred {
					t.Errorf("%s is %s on %s: %s", l.Uplink, l.Confidence(), l.Port, l.Says())
				}
			}
		})
	}
	// Virtual images are often born with one chassis address, and every pair of a product may show one system.
	h := host("kvm1", inventory.TeamLACP, nic("eno1", 0x51))
	h.Remotes = []state.RemoteSystem{{Interface: "eno1", From: said, ChassisID: is(state.Identifier{Subtype: state.MACAddress, ID: mac(1).String()}), PortID: is(state.Identifier{ID: "p1"})}}
	if f := build(topology.Input{Hosts: []*inventory.Host{h}}, sw("leaf1", 1, port("p1")), sw("leaf2", 1, port("p1"))); len(f.Links) != 0 {
		t.Errorf("two switches of one address: %s", f.Links[0].Says())
	}
}

func TestLAGsOfPeersAreMerged(t *testing.T) {
	pair := &inventory.Inventory{Pairs: []inventory.Pair{{Name: "p1", From: said, Switches: []string{"leaf1", "leaf2"}}}}
	shared, host := mac(0xaa), mac(0x51)
	mlag := func(id, local string) func(*state.Switch) {
		return func(s *state.Switch) {
			s.Listed.MLAGPorts = said
			s.MLAG.Ports = append(s.MLAG.Ports, state.MLAGPort{ID: id, From: said, Local: is(local)})
		}
	}
	segment := func(esi string) func(*state.Switch) {
		return func(s *state.Switch) { s.Aggregators[0].ESI = is(esi) }
	}
	for _, c := range []struct {
		name string
		inv  *inventory.Inventory
		a, b *state.Switch
		want string
	}{
		{"one multi-chassis id, other numbers", pair, sw("leaf1", 1, lag("lag1", mac(1), 1, host, "p1"), mlag("5", "lag1")), sw("leaf2", 2, lag("lag9", mac(2), 9, host, "p1"), mlag("5", "lag9")), "leaf1/lag1+leaf2/lag9"},
		{"equal numbers, other ids", pair, sw("leaf1", 1, lag("lag1", mac(1), 1, host, "p1"), mlag("5", "lag1")), sw("leaf2", 2, lag("lag1", mac(2), 1, host, "p1"), mlag("6", "lag1")), "leaf1/lag1, leaf2/lag1"},
		{"one Ethernet segment, no pair", nil, sw("leaf1", 1, lag("lag1", shared, 1, host, "p1"), segment("00:01:02")), sw("leaf2", 2, lag("lag1", shared, 1, host, "p1"), segment("00:01:02")), "leaf1+leaf2/lag1"},
		{"segment zero is none", nil, sw("leaf1", 1, lag("lag1", mac(1), 1, host, "p1"), segment("00:00:00")), sw("leaf2", 2, lag("lag1", mac(2), 1, host, "p1"), segment("00:00:00")), "leaf1/lag1, leaf2/lag1"},
		{"one LACP identity that is neither's own", pair, sw("leaf1", 1, lag("lag1", shared, 1, host, "p1")), sw("leaf2", 2, lag("lag1", shared, 1, host, "p1")), "leaf1+leaf2/lag1"},
		{"one identity, other keys", pair, sw("leaf1", 1, lag("lag1", shared, 1, host, "p1")), sw("leaf2", 2, lag("lag1", shared, 2, host, "p1")), "leaf1/lag1, leaf2/lag1"},
		{"each its own identity", pair, sw("leaf1", 1, lag("lag1", mac(1), 1, host, "p1")), sw("leaf2", 2, lag("lag1", mac(2), 1, host, "p1")), "leaf1/lag1, leaf2/lag1"},
		{"one identity and no pair", nil, sw("leaf1", 1, lag("lag1", shared, 1, host, "p1")), sw("leaf2", 2, lag("lag1", shared, 1, host, "p1")), "leaf1/lag1, leaf2/lag1"},
		{"never two of one switch", pair, sw("leaf1", 1, lag("lag1", shared, 1, host, "p1"), lag("lag2", shared, 1, host, "p2")), sw("leaf2", 2, lag("lag1", shared, 1, host, "p1")), "leaf1+leaf2/lag1, leaf1/lag2"},
	} {
		t.Run(c.name, func(t *testing.T) {
			inv := inventory.Inventory{Hosts: []inventory.HostEntry{{Name: "kvm1", From: said}}} // so that none is inferred
			if c.inv != nil {
				inv.Pairs = c.inv.Pairs
			}
			if got := names(build(topology.Input{Inventory: &inv}, c.a, c.b).LAGs); got != c.want {
				t.Errorf("got %s, want %s", got, c.want)
			}
		})
	}
}

func names(lags []*topology.LAG) string {
	var out []string
	for _, l := range lags {
		out = append(out, l.Name)
	}
	return strings.Join(out, ", ")
}

// Where nothing says that legs belong together, that they lead to one team does; but not where it was merely not reported.
func TestLegsToOneTeamAreMerged(t *testing.T) {
	pair := &inventory.Inventory{Pairs: []inventory.Pair{{Name: "p1", From: said, Switches: []string{"leaf1", "leaf2"}}}}
	make := func(system state.MAC, change func(*state.Switch)) *topology.Fabric {
		two := sw("leaf2", 2, lag("lag1", mac(2), 1, mac(0x51), "p1"), hears("p1", "kvm1", "eno2"))
		change(two)
		return build(topology.Input{Inventory: pair, Hosts: []*inventory.Host{host("kvm1", inventory.TeamLACP, nic("eno1", 0x51), nic("eno2", 0x52))}},
			sw("leaf1", 1, lag("lag1", system, 1, mac(0x51), "p1"), hears("p1", "kvm1", "eno1")), two)
	}
	if got := names(make(mac(1), func(*state.Switch) {}).LAGs); got != "leaf1+leaf2/lag1" {
		t.Errorf("legs with identities of their own: %s", got)
	}
	f := make(mac(0xaa), func(s *state.Switch) { s.Aggregators[0].Ports[0].Actor = state.Endpoint{} })
	if got := names(f.LAGs); got != "leaf1/lag1, leaf2/lag1" {
		t.Errorf("a leg without a reported identity: %s", got)
	}
	for _, l := range f.LAGs {
		if c := l.Whole(); c.Answer != state.Unknown || c.Why == "" {
			t.Errorf("%s is whole: %s (%s)", l.Name, c.Answer, c.Why)
		}
	}
	if got := names(make(mac(1), func(s *state.Switch) { s.Aggregators[0].MLAGID = is("7") }).LAGs); got != "leaf1/lag1, leaf2/lag1" {
		t.Errorf("a leg with a multi-chassis id of its own: %s", got)
	}
}

func TestWholeLAGs(t *testing.T) {
	pair := &inventory.Inventory{Pairs: []inventory.Pair{{Name: "p1", From: said, Switches: []string{"leaf1", "leaf2"}}}}
	shared, own := lag("lag1", mac(0xaa), 1, mac(0x51), "p1"), lag("lag1", mac(1), 1, mac(0x51), "p1")
	for _, c := range []struct {
		name     string
		inv      *inventory.Inventory
		switches []*state.Switch
		want     state.Tri
	}{
		{"both legs", pair, []*state.Switch{sw("leaf1", 1, shared), sw("leaf2", 2, shared)}, state.Yes},
		{"the peer gave no state", pair, []*state.Switch{sw("leaf1", 1, shared)}, state.Unknown},
		{"the peer gave no state, and the LAG is its switch's own", pair, []*state.Switch{sw("leaf1", 1, own)}, state.Yes},
		{"the peer has no such LAG", pair, []*state.Switch{sw("leaf1", 1, shared), sw("leaf2", 2)}, state.Yes},
		{"the peer's LAGs were not reported", pair, []*state.Switch{sw("leaf1", 1, shared), sw("leaf2", 2, func(s *state.Switch) { s.Listed.Aggregators = capture.Span{} })}, state.Unknown},
		{"no pair", nil, []*state.Switch{sw("leaf1", 1, shared)}, state.Yes},
		{"multi-chassis by its number, and no peer", nil, []*state.Switch{sw("leaf1", 1, own, func(s *state.Switch) { s.Aggregators[0].MLAGID = is("1") })}, state.Unknown},
		{"an Ethernet segment of one leaf", nil, []*state.Switch{sw("leaf1", 1, own, func(s *state.Switch) { s.Aggregators[0].ESI = is("00:01") })}, state.Unknown},
	} {
		t.Run(c.name, func(t *testing.T) {
			if got := build(topology.Input{Inventory: c.inv}, c.switches...).LAGs[0].Whole(); got.Answer != c.want {
				t.Errorf("got %s (%s), want %s", got.Answer, got.Why, c.want)
			}
		})
	}
}

// Hot standbys and ports that were shut down wait on purpose; a port without carrier does not.
func TestLanes(t *testing.T) {
	leaf := sw("leaf1", 1, lag("lag1", mac(1), 1, mac(0x51), "p1", "p2", "p3", "p4"))
	leaf.Aggregators[0].Ports[1].Selected = is(state.Standby)
	leaf.Interface("p3").Admin, leaf.Interface("p3").Oper = is(state.Down), is(state.Down)
	leaf.Interface("p4").Oper = is(state.Down)
	var got []string
	for _, p := range build(topology.Input{}, leaf).LAGs[0].Lanes() {
		got = append(got, p.Name)
	}
	if !slices.Equal(got, []string{"p1", "p4"}) {
		t.Errorf("got %v, want p1 and p4", got)
	}
}

// Carries is Kleene's conjunction of link, bundle, VLAN and spanning tree.
func TestCarries(t *testing.T) {
	answers := []state.Tri{state.Unknown, state.No, state.Yes}
	for _, link := range answers {
		for _, bundle := range answers {
			for _, vlan := range answers {
				for _, stp := range answers {
					leaf := sw("leaf1", 1, lag("lag1", mac(1), 1, mac(0x51), "p1"), func(s *state.Switch) { s.Listed.STP = capture.Span{} })
					leaf.Interface("p1").Oper = map[state.Tri]capture.Fact[state.Status]{state.Yes: is(state.Up), state.No: is(state.Down)}[link]
					leaf.Aggregators[0].Ports[0].Actor.State = map[state.Tri]capture.Fact[state.LACPState]{
						state.Yes: is(state.WholeLACPState(0x3f)), state.No: is(state.WholeLACPState(0x07))}[bundle]
					leaf.BridgePorts[0].Configured = capture.Fact[state.VIDSet]{}
					leaf.BridgePorts[0].Members = map[state.Tri]capture.Fact[state.VIDSet]{state.Yes: is(state.VIDs(10)), state.No: is(state.VIDs(20))}[vlan]
					if stp != state.Unknown {
						s := map[state.Tri]state.STPState{state.Yes: state.Forwarding, state.No: state.Blocking}[stp]
						leaf.STP = []state.STPPort{{Interface: "lag1", VIDs: state.VIDs(10), State: is(s)}}
					}
					p := build(topology.Input{}, leaf).SwitchNamed("leaf1").Port("p1")
					c, want := p.Carries(10), link.And(bundle).And(vlan).And(stp)
					if c.Answer != want || c.Why == "" || (c.Answer != state.Unknown) != c.Evidence().Known() {
						t.Errorf("link %s, bundle %s, vlan %s, spanning tree %s: got %s (%s), want %s", link, bundle, vlan, stp, c.Answer, c.Why, want)
					}
				}
			}
		}
	}
}

// An entry of the spanning tree that does not say its state leaves its VLANs open, whatever other entries say, and CarriesAll answers of a
// VLAN what Carries does.
func TestAnEntryWithoutStateIsOpen(t *testing.T) {
	for _, c := range []struct {
		name   string
		first  capture.Fact[state.STPState]
		second capture.Fact[state.STPState]
		esi    state.ESIMode
		want   state.Tri // VLAN 10 carried
		lets   state.Tri // any VLAN let through
	}{
		{"forwarding", is(state.Forwarding), is(state.Blocking), 0, state.Yes, state.Yes},
		{"blocking", is(state.Blocking), is(state.Forwarding), 0, state.No, state.Yes},
		{"unsaid, the other forwards", capture.Fact[state.STPState]{}, is(state.Forwarding), 0, state.Unknown, state.Yes},
		{"unsaid, the other blocks", capture.Fact[state.STPState]{}, is(state.Blocking), 0, state.Unknown, state.Unknown},
		{"neither said", capture.Fact[state.STPState]{}, capture.Fact[state.STPState]{}, 0, state.Unknown, state.Unknown},
		{"forwarding, and another leg may be the one in use", is(state.Forwarding), is(state.Forwarding), state.SingleActive, state.Unknown, state.Yes},
	} {
		t.Run(c.name, func(t *testing.T) {
			leaf := sw("leaf1", 1, lag("lag1", mac(1), 1, mac(0x51), "p1"))
			leaf.BridgePorts[0].Members = is(state.VIDs(10, 20))
			leaf.STP = []state.STPPort{{Interface: "lag1", VIDs: state.VIDs(10), State: c.first}, {Interface: "lag1", VIDs: state.VIDs(10, 20), State: c.second}}
			if c.esi != 0 {
				leaf.Aggregators[0].ESI, leaf.Aggregators[0].ESIMode = is("00:01"), is(c.esi)
			}
			p := build(topology.Input{}, leaf).SwitchNamed("leaf1").Port("p1")
			if got, all := p.Carries(10), p.CarriesAll(state.VIDs(10)); got.Answer != c.want || all.Answer != c.want {
				t.Errorf("VLAN 10: Carries %s (%s), CarriesAll %s (%s), want %s", got.Answer, got.Why, all.Answer, all.Why, c.want)
			}
			if got := p.Unblocked(); got.Answer != c.lets {
				t.Errorf("any VLAN: %s (%s), want %s", got.Answer, got.Why, c.lets)
			}
		})
	}
}

// A partner that does not take frames, or of which nobody says whether it does, is no working path.
func TestPartnerBitsCount(t *testing.T) {
	for _, c := range []struct {
		partner capture.Fact[state.LACPState]
		want    state.Tri
	}{{is(state.WholeLACPState(0x3f)), state.Yes}, {is(state.WholeLACPState(0x0f)), state.No}, {capture.Fact[state.LACPState]{}, state.Unknown}} {
		leaf := sw("leaf1", 1, lag("lag1", mac(1), 1, mac(0x51), "p1"))
		leaf.Aggregators[0].Ports[0].Partner.State = c.partner
		if got := build(topology.Input{}, leaf).SwitchNamed("leaf1").Port("p1").Bundled(); got.Answer != c.want {
			t.Errorf("partner %v: got %s (%s), want %s", c.partner.Value, got.Answer, got.Why, c.want)
		}
	}
}

// Where a switch tells nothing of what its partner says, the partner's own word counts, if both ends say that it is the one at the cable.
func TestThePartnersOwnWordStandsInForItsBits(t *testing.T) {
	for _, c := range []struct {
		says      state.LACPBits
		confirmed bool
		want      state.Tri
	}{{0x3f, true, state.Yes}, {0x0f, true, state.No}, {0x3f, false, state.Unknown}} {
		leaf := sw("leaf1", 1, lag("lag1", mac(1), 1, mac(0x51), "p1"), hears("p1", "spine1", "p9"))
		spine := sw("spine1", 2, lag("lag9", mac(0x51), 7, mac(1), "p9"))
		if c.confirmed {
			hears("p9", "leaf1", "p1")(spine)
		}
		leaf.Aggregators[0].Ports[0].Partner.State = capture.Fact[state.LACPState]{}
		spine.Aggregators[0].Ports[0].Actor.State = is(state.WholeLACPState(uint8(c.says)))
		if got := build(topology.Input{}, leaf, spine).SwitchNamed("leaf1").Port("p1").Bundled(); got.Answer != c.want {
			t.Errorf("the other switch says %#x: got %s (%s), want %s", c.says, got.Answer, got.Why, c.want)
		}
		kvm := host("kvm1", inventory.TeamLACP, nic("eno1", 0x51))
		kvm.Teams[0].Members[0].Actor.State = is(state.WholeLACPState(uint8(c.says)))
		leaf = sw("leaf1", 1, lag("lag1", mac(1), 1, mac(0x51), "p1"))
		if c.confirmed {
			hears("p1", "kvm1", "eno1")(leaf)
		}
		leaf.Aggregators[0].Ports[0].Partner.State = capture.Fact[state.LACPState]{}
		if got := build(topology.Input{Hosts: []*inventory.Host{kvm}}, leaf).SwitchNamed("leaf1").Port("p1").Bundled(); got.Answer != c.want {
			t.Errorf("the host says %#x: got %s (%s), want %s", c.says, got.Answer, got.Why, c.want)
		}
	}
}

// Nor does the word of one that is not the one that is heard: another system, key or port number.
func TestAnotherPartnersWordStandsForNothing(t *testing.T) {
	for name, change := range map[string]func(*state.Endpoint){
		"system": func(e *state.Endpoint) { e.System = is(mac(0x77)) },
		"key":    func(e *state.Endpoint) { e.Key = is(uint16(8)) },
		"port":   func(e *state.Endpoint) { e.Port = is(uint16(4)) },
		"none":   func(*state.Endpoint) {},
	} {
		leaf := sw("leaf1", 1, lag("lag1", mac(1), 1, mac(0x51), "p1"), hears("p1", "spine1", "p9"))
		spine := sw("spine1", 2, lag("lag9", mac(0x51), 7, mac(1), "p9"), hears("p9", "leaf1", "p1"))
		partner := &leaf.Aggregators[0].Ports[0].Partner
		partner.State = capture.Fact[state.LACPState]{}
		change(partner)
		want := state.Unknown
		if name == "none" {
			want = state.Yes
		}
		if got := build(topology.Input{}, leaf, spine).SwitchNamed("leaf1").Port("p1").Bundled(); got.Answer != want {
			t.Errorf("another %s is heard: got %s (%s), want %s", name, got.Answer, got.Why, want)
		}
	}
}

// ring is three switches in a ring, a host on leaf1 and one on leaf2, and the port of leaf3 towards leaf1 blocked.
func ring(alternate capture.Fact[bool]) *topology.Fabric {
	blocked := func(s *state.Switch) {
		s.STP = []state.STPPort{{Interface: "to1", VIDs: state.VIDs(10), State: is(state.Blocking), Alternate: alternate}}
	}
	networks := []inventory.Network{{Name: "management", From: said, VLANs: state.VIDs(10), Role: inventory.Management}}
	inv := &inventory.Inventory{Networks: networks, Clusters: []inventory.Cluster{{Name: "c", From: said, Hosts: []string{"kvm1", "kvm2"}, Networks: []string{"management"}}}}
	one := host("kvm1", inventory.TeamIndependent, nic("eno1", 0x51))
	two := host("kvm2", inventory.TeamIndependent, nic("eno1", 0x61))
	return build(topology.Input{Inventory: inv, Hosts: []*inventory.Host{one, two}},
		sw("leaf1", 1, port("h"), port("to2"), port("to3"), hears("h", "kvm1", "eno1"), hears("to2", "leaf2", "to1"), hears("to3", "leaf3", "to1")),
		sw("leaf2", 2, port("h"), port("to1"), port("to3"), hears("h", "kvm2", "eno1"), hears("to1", "leaf1", "to2"), hears("to3", "leaf3", "to2")),
		sw("leaf3", 3, port("to1"), port("to2"), hears("to1", "leaf1", "to3"), hears("to2", "leaf2", "to3"), blocked))
}

func TestRingsSurviveByTheirAlternatePort(t *testing.T) {
	for _, c := range []struct {
		name      string
		alternate capture.Fact[bool]
		lost      string
		want      state.Tri
	}{
		{"nothing is lost", is(true), "", state.Yes},
		{"the active cable, an alternate takes over", is(true), "leaf1/to2 to leaf2/to1", state.Yes},
		{"the active cable, a guard blocks", is(false), "leaf1/to2 to leaf2/to1", state.No},
		{"the active cable, and why it blocks was not reported", capture.Fact[bool]{}, "leaf1/to2 to leaf2/to1", state.Unknown},
		{"the blocked cable itself", is(true), "leaf1/to3 to leaf3/to1", state.Yes},
		{"another cable of the ring", is(true), "leaf2/to3 to leaf3/to2", state.Yes},
		{"the third switch", is(true), "leaf3", state.Yes},
		{"the other host's switch is its own matter", is(true), "leaf2", state.Yes},
		{"the own switch", is(true), "leaf1", state.No},
	} {
		t.Run(c.name, func(t *testing.T) {
			f := ring(c.alternate)
			if len(f.Trunks) != 3 {
				t.Fatalf("%d trunks, want 3", len(f.Trunks))
			}
			var lost []*topology.Scenario
			for _, l := range f.Scenarios(topology.SwitchLoss, topology.TrunkLoss) {
				if l.Trunk != nil && l.Trunk.String() == c.lost || l.String() == c.lost {
					lost = append(lost, l)
				}
			}
			if len(lost) == 0 && c.lost != "" {
				t.Fatalf("no loss %q among %v", c.lost, f.Scenarios())
			}
			r := f.HostNamed("kvm1").Required[0]
			if got := r.Survives(lost...); got.Answer != c.want || got.Answer == state.Unknown && got.Missing == "" {
				t.Errorf("got %s (%s; missing %s), want %s", got.Answer, got.Why, got.Missing, c.want)
			}
		})
	}
}

// What would tell is the fact that the loss makes matter, not any link between switches.
func TestWhatWouldTellIsNamed(t *testing.T) {
	networks := []inventory.Network{{Name: "management", From: said, VLANs: state.VIDs(10), Role: inventory.Management}}
	inv := &inventory.Inventory{Networks: networks, Clusters: []inventory.Cluster{{Name: "c", From: said, Hosts: []string{"kvm1", "kvm2"}, Networks: []string{"management"}}}}
	pair := func(minimum capture.Fact[int], change ...func(leaf2 *state.Switch)) *topology.Fabric {
		leaf := func(name, far string, own, other byte, kvm string, change ...func(*state.Switch)) *state.Switch {
			s := sw(name, own, port("h"), lag("lag1", mac(own), 7, mac(other), "t1", "t2"), hears("h", kvm, "eno1"), hears("t1", far, "t1"), hears("t2", far, "t2"))
			s.Aggregators[0].MinLinks = minimum
			for _, c := range change {
				c(s)
			}
			return s
		}
		return build(topology.Input{Inventory: inv, Hosts: []*inventory.Host{host("kvm1", inventory.TeamIndependent, nic("eno1", 0x51)), host("kvm2", inventory.TeamIndependent, nic("eno1", 0x61))}},
			leaf("leaf1", "leaf2", 1, 2, "kvm1"), leaf("leaf2", "leaf1", 2, 1, "kvm2", change...))
	}
	noVLANs := func(s *state.Switch) {
		s.BridgePorts[0].Configured, s.BridgePorts[0].Members = capture.Fact[state.VIDSet]{}, capture.Fact[state.VIDSet]{}
	}
	for _, c := range []struct {
		name, lost string
		fabric     *topology.Fabric
		want       string
	}{
		{"whether one link is enough", "leaf1/t1 to leaf2/t1", pair(capture.Fact[int]{}), "the minimum of links of the LAG of leaf1/t2"},
		{"one link is enough", "leaf1/t1 to leaf2/t1", pair(is(1)), ""},
		{"what the other host's port carries", "", pair(is(1), noVLANs), "leaf2/h: the operational VLANs are not reported"},
		{"why a port blocks", "leaf1/to2 to leaf2/to1", ring(capture.Fact[bool]{}), "whether the spanning tree holds leaf3/to1 in reserve"},
	} {
		t.Run(c.name, func(t *testing.T) {
			var lost []*topology.Scenario
			for _, l := range c.fabric.Scenarios(topology.TrunkLoss) {
				if l.Trunk.String() == c.lost {
					lost = append(lost, l)
				}
			}
			if len(lost) != 1 && c.lost != "" {
				t.Fatalf("%d losses %q", len(lost), c.lost)
			}
			got := c.fabric.HostNamed("kvm1").Required[0].Survives(lost...)
			if (got.Answer == state.Unknown) != (c.want != "") || !strings.Contains(got.Missing, c.want) || strings.Contains(got.Missing, "enable LLDP") {
				t.Errorf("got %s (%s), missing %q; want %q", got.Answer, got.Why, got.Missing, c.want)
			}
		})
	}
}

// A cable between switches of which only one end told is no sure path.
func TestATrunkHeardByNameAloneIsUnsure(t *testing.T) {
	networks := []inventory.Network{{Name: "management", From: said, VLANs: state.VIDs(10), Role: inventory.Management}}
	inv := &inventory.Inventory{Networks: networks, Clusters: []inventory.Cluster{{Name: "c", From: said, Hosts: []string{"kvm1", "kvm2"}, Networks: []string{"management"}}}}
	f := build(topology.Input{Inventory: inv, Hosts: []*inventory.Host{host("kvm1", inventory.TeamIndependent, nic("eno1", 0x51)), host("kvm2", inventory.TeamIndependent, nic("eno1", 0x61))}},
		sw("leaf1", 1, port("h"), port("to2"), hears("h", "kvm1", "eno1"), hears("to2", "leaf2", "nobody knows this port")),
		sw("leaf2", 2, port("h"), port("to1"), hears("h", "kvm2", "eno1")))
	if got := f.HostNamed("kvm1").Required[0].Survives(); got.Answer != state.Unknown || got.Missing == "" {
		t.Errorf("got %s (%s; missing %s), want unknown", got.Answer, got.Why, got.Missing)
	}
}

// Cisco IOS calls its ports by cut names in LLDP.
func TestAPortIsFoundByItsCutName(t *testing.T) {
	for _, c := range []struct{ said, want string }{
		{"TenGigabitEthernet1/0/1", "TenGigabitEthernet1/0/1"},
		{"Te1/0/1", "TenGigabitEthernet1/0/1"},
		{"Ten1/0/1", "TenGigabitEthernet1/0/1"},
		{"Gi1/0/1", "GigabitEthernet1/0/1"},
		{"Tw1/0/2", ""}, // two ports could be meant
		{"Two1/0/2", "TwoGigabitEthernet1/0/2"},
		{"Te/0/1", ""},
		{"T1/0/1", ""},
		{"te1/0/1", ""},
		{"Te1/0/11", ""},
		{"Te0/1", ""},
		{"0/1", ""},
	} {
		f := build(topology.Input{}, sw("leaf1", 1, port("p1"), hears("p1", "leaf2", c.said)),
			sw("leaf2", 2, port("GigabitEthernet1/0/1"), port("TenGigabitEthernet1/0/1"), port("TwoGigabitEthernet1/0/2"), port("TwentyFiveGigE1/0/2")))
		got := ""
		for _, x := range f.Trunks {
			for _, p := range f.SwitchNamed("leaf2").Ports {
				if strings.Contains(x.String(), "leaf2/"+p.Name) {
					got = p.Name
				}
			}
		}
		if got != c.want {
			t.Errorf("%s: got %q, want %q", c.said, got, c.want)
		}
	}
}

// Where not all ports were reported, another one may be meant.
func TestAPortIsNotFoundAmongSome(t *testing.T) {
	some := func(s *state.Switch) { s.Listed.Interfaces = capture.Span{} }
	f := build(topology.Input{}, sw("leaf1", 1, port("p1"), hears("p1", "leaf2", "Te1/0/1")), sw("leaf2", 2, port("TenGigabitEthernet1/0/1"), some))
	for _, x := range f.Trunks {
		if strings.Contains(x.String(), "TenGigabitEthernet1/0/1") {
			t.Errorf("got %s", x)
		}
	}
}

func TestHostsAreInferredWhereNoneIsDeclared(t *testing.T) {
	pair := &inventory.Inventory{Pairs: []inventory.Pair{{Name: "p1", From: said, Switches: []string{"leaf1", "leaf2"}}}}
	shared := mac(0xaa)
	f := build(topology.Input{Inventory: pair},
		sw("leaf1", 1, lag("lag1", shared, 1, mac(0x51), "p1"), hears("p1", "kvm1.example.net", "eno1"), lag("lag2", shared, 2, mac(0x61), "p2"), lag("lag9", mac(1), 9, mac(2), "p9")),
		sw("leaf2", 2, lag("lag1", shared, 1, mac(0x51), "p1"), lag("lag9", mac(2), 9, mac(1), "p9")))
	var got []string
	for _, h := range f.Hosts {
		got = append(got, fmt.Sprintf("%s %d %v", h.Name, len(h.Uplinks), h.Inferred))
		for _, u := range h.Uplinks {
			if u.Confidence() > topology.Single {
				t.Errorf("%s is %s: nobody else said so", u, u.Confidence())
			}
		}
	}
	if want := []string{"host 02:00:00:00:00:61 1 true", "kvm1.example.net 2 true"}; !slices.Equal(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
	if f := build(topology.Input{Inventory: &inventory.Inventory{Hosts: []inventory.HostEntry{{Name: "kvm7", From: said}}}}, sw("leaf1", 1, lag("lag1", mac(1), 1, mac(0x51), "p1"))); len(f.Hosts) != 0 {
		t.Errorf("a host was inferred although the inventory names hosts: %s", f.Hosts[0].Name)
	}
}

func TestPairs(t *testing.T) {
	peer := func(m state.MAC) func(*state.Switch) { return func(s *state.Switch) { s.MLAG.PeerMAC = is(m) } }
	shares := func(domain string) func(*state.Switch) {
		return func(s *state.Switch) {
			s.MLAG.Protocol, s.MLAG.Domain, s.MLAG.SystemMAC = is(state.PeerLinkMLAG), is(domain), is(mac(0xaa))
		}
	}
	for _, c := range []struct {
		name     string
		inv      *inventory.Inventory
		switches []*state.Switch
		want     string
	}{
		{"each names the other", nil, []*state.Switch{sw("leaf1", 1, peer(mac(2))), sw("leaf2", 2, peer(mac(1)))}, "leaf1+leaf2"},
		{"only the second names the first", nil, []*state.Switch{sw("leaf1", 1), sw("leaf2", 2, peer(mac(1)))}, "leaf1+leaf2"},
		{"both share a domain and an address", nil, []*state.Switch{sw("leaf1", 1, shares("d")), sw("leaf2", 2, shares("d"))}, "leaf1+leaf2"},
		{"one address in two domains", nil, []*state.Switch{sw("leaf1", 1, shares("d")), sw("leaf2", 2, shares("e"))}, ""},
		{"three switches of one domain", nil, []*state.Switch{sw("leaf1", 1, shares("d")), sw("leaf2", 2, shares("d")), sw("leaf3", 3, shares("d"))}, ""},
		{"the named address is of two switches", nil, []*state.Switch{sw("leaf1", 1), sw("leaf2", 1), sw("leaf3", 3, peer(mac(1)))}, ""},
		{"declared, and one gave no state", &inventory.Inventory{Pairs: []inventory.Pair{{Name: "p1", From: said, Switches: []string{"leaf1", "leaf2"}}}}, []*state.Switch{sw("leaf1", 1)}, "p1 without leaf2"},
	} {
		t.Run(c.name, func(t *testing.T) {
			var got []string
			for _, p := range build(topology.Input{Inventory: c.inv}, c.switches...).Pairs {
				name := p.Name
				if len(p.Missing) > 0 {
					name += " without " + strings.Join(p.Missing, ", ")
				}
				got = append(got, name)
			}
			if strings.Join(got, "; ") != c.want {
				t.Errorf("got %q, want %q", got, c.want)
			}
		})
	}
}

// Lanes of one transceiver share its cable.
func TestLanesOfOneTransceiverAreLostTogether(t *testing.T) {
	networks := []inventory.Network{{Name: "management", From: said, VLANs: state.VIDs(10), Role: inventory.Management}}
	inv := &inventory.Inventory{Networks: networks, Clusters: []inventory.Cluster{{Name: "c", From: said, Hosts: []string{"kvm1"}, Networks: []string{"management"}}}}
	for second, want := range map[string]state.Tri{"xe-0/0/1:1": state.No, "xe-0/0/2:0": state.Yes} {
		f := build(topology.Input{Inventory: inv, Hosts: []*inventory.Host{host("kvm1", inventory.TeamIndependent, nic("eno1", 0x51), nic("eno2", 0x52))}},
			sw("leaf1", 1, port("xe-0/0/1:0"), port(second), hears("xe-0/0/1:0", "kvm1", "eno1"), hears(second, "kvm1", "eno2")))
		if got := f.HostNamed("kvm1").Required[0].Survives(f.Scenarios(topology.LinkLoss)[0]); got.Answer != want {
			t.Errorf("second link on %s: got %s (%s), want %s", second, got.Answer, got.Why, want)
		}
	}
}

// What sends a VLAN on a host, and over which uplink, decides what the host loses: not that the ports of its others carry the VLAN too.
func TestUplinksOfOneVLAN(t *testing.T) {
	use := func(name, over string, kind inventory.UseKind, vid state.VID, addresses ...string) inventory.Use {
		u := inventory.Use{Name: name, From: said, Over: over, Kind: kind, VIDs: state.VIDs(vid)}
		for _, a := range addresses {
			u.Addresses = append(u.Addresses, is(netip.MustParsePrefix(a)))
		}
		return u
	}
	both := func(s *state.Switch) {
		for i := range s.BridgePorts {
			s.BridgePorts[i].Configured, s.BridgePorts[i].Members = is(state.VIDs(10, 11)), is(state.VIDs(10, 11))
		}
	}
	const guest, own = inventory.GuestPort, inventory.HostInterface
	for _, c := range []struct {
		name string
		role inventory.Role
		uses []inventory.Use
		want string // switches whose loss is not survived
	}{
		{"guests of each VLAN over one uplink", inventory.Guest, []inventory.Use{use("tap1", "eno1", guest, 10), use("tap2", "eno2", guest, 11)}, "leaf1 leaf2"},
		{"guests of one VLAN, and a VLAN interface that nobody took away", inventory.Guest, []inventory.Use{use("tap1", "eno1", guest, 10), use("eno2.10", "eno2", own, 10)}, "leaf1"},
		{"the host over one, a guest over the other", inventory.Management, []inventory.Use{use("eno1.10", "eno1", own, 10), use("tap1", "eno2", guest, 10)}, "leaf1"},
		{"an address over one only", inventory.Management, []inventory.Use{use("eno1.10", "eno1", own, 10, "192.0.2.1/24"), use("eno2.10", "eno2", own, 10)}, "leaf1"},
		{"an address over each", inventory.Storage, []inventory.Use{use("eno1.10", "eno1", own, 10, "192.0.2.1/24"), use("eno2.10", "eno2", own, 10, "192.0.2.2/24")}, ""},
		{"guests that tag themselves, on a bridge over one", inventory.Guest, []inventory.Use{{Name: "br1", From: said, Over: "eno2", Kind: inventory.TrunkPort, VIDs: state.AllVIDs}}, "leaf2"},
		{"without a tag over one", inventory.Management, []inventory.Use{{Name: "eno1", From: said, Over: "eno1", Kind: own, Untagged: true}, use("eno2.11", "eno2", own, 11)}, "leaf1 leaf2"},
		{"guests of one VLAN over one uplink each", inventory.Guest, []inventory.Use{use("tap1", "eno1", guest, 10), use("tap2", "eno2", guest, 10)}, "leaf1 leaf2"},
		{"all over the team", inventory.Guest, []inventory.Use{use("tap1", "bond0", guest, 10), use("tap2", "bond0", guest, 11)}, ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			leaf := func(name string, last byte) *state.Switch {
				return sw(name, last, port("p1"), port("u1"), both, func(s *state.Switch) {
					if c.uses[0].Untagged {
						s.BridgePorts[0].PVID = is(state.VID(10))
					}
				})
			}
			h := listed(host("kvm1", inventory.TeamActiveBackup, nic("eno1", 0x51), nic("eno2", 0x52)))
			if c.uses[0].Over != "bond0" {
				h.NICs[0].Team, h.NICs[1].Team, h.Teams = "", "", nil
			}
			h.Uses, h.Listed.Uses = c.uses, said
			cable := func(a, ap, z, zp string) inventory.Cable {
				return inventory.Cable{From: said, A: inventory.CableEnd{Device: a, Port: ap}, Z: inventory.CableEnd{Device: z, Port: zp}}
			}
			inv := &inventory.Inventory{
				Links:    []inventory.Cable{cable("leaf1", "u1", "core", "d1"), cable("leaf2", "u1", "core", "d2")},
				Networks: []inventory.Network{{Name: "net", From: said, VLANs: state.VIDs(10, 11), Role: c.role, Gateway: []string{"core/g1"}}},
				Clusters: []inventory.Cluster{{Name: "c1", From: said, Hosts: []string{"kvm1"}, Networks: []string{"net"}}},
				Hosts: []inventory.HostEntry{{Name: "kvm1", From: said, Uplinks: []inventory.DeclaredUplink{
					{NIC: "eno1", From: said, Port: inventory.CableEnd{Device: "leaf1", Port: "p1"}}, {NIC: "eno2", From: said, Port: inventory.CableEnd{Device: "leaf2", Port: "p1"}}}}},
			}
			f := build(topology.Input{Inventory: inv, Hosts: []*inventory.Host{h}}, leaf("leaf1", 1), leaf("leaf2", 2), sw("core", 3, port("d1"), port("d2"), port("g1"), both))
			r := f.Roles()[0]
			if now := r.Survives(); now.Answer != state.Yes {
				t.Fatalf("now: %s (%s)", now.Answer, now.Why)
			}
			var plain, engine []string
			for _, s := range f.Scenarios(topology.SwitchLoss) {
				if s.Name != "core" && r.Survives(s).Answer != state.Yes {
					plain = append(plain, s.Name)
				}
			}
			for s := range f.Failures().Lost(r, topology.SwitchLoss) {
				if s.Name != "core" {
					engine = append(engine, s.Name)
				}
			}
			if got := strings.Join(plain, " "); got != c.want || !slices.Equal(plain, engine) {
				t.Errorf("lost with %q, by the engine %q, want %q", got, engine, c.want)
			}
		})
	}
}

// bonded is a host with a bond of LACP that lists its NICs; each member says its state.
func bonded(name string, first byte, states ...byte) *inventory.Host {
	var nics []inventory.NIC
	for i := range states {
		nics = append(nics, nic(fmt.Sprint("eno", i+1), first+byte(i)))
	}
	h := host(name, inventory.TeamLACP, nics...)
	for i := range states {
		m := &h.Teams[0].Members[i]
		m.Selected, m.Actor.State = is(state.Selected), is(state.WholeLACPState(states[i]))
		m.Actor.System, m.Actor.Key, m.Actor.Port = is(mac(first)), is(uint16(7)), is(uint16(i+1))
	}
	h.Teams[0].MinLinks, h.Listed.NICs = is(1), said
	return h
}

// A link that LACP holds in reserve (max-bundle) may take over: without the active one the network is not surely lost.
func TestHotStandbysMayTakeOver(t *testing.T) {
	networks := []inventory.Network{{Name: "management", From: said, VLANs: state.VIDs(10), Role: inventory.Management}}
	inv := &inventory.Inventory{Networks: networks, Clusters: []inventory.Cluster{{Name: "c", From: said, Hosts: []string{"kvm1"}, Networks: []string{"management"}}}}
	for _, c := range []struct {
		name   string
		change func(*state.AggregationPort)
		want   state.Tri
	}{
		{"hot standby", func(*state.AggregationPort) {}, state.Unknown},
		{"suspended", func(p *state.AggregationPort) { p.Selected = is(state.Unselected) }, state.No},
		{"hot standby without a partner", func(p *state.AggregationPort) { p.Partner.System = is(state.MAC{}) }, state.No},
	} {
		t.Run(c.name, func(t *testing.T) {
			s := sw("stack", 1, lag("lag1", mac(1), 7, mac(0x51), "a1", "b1"), hears("a1", "kvm1", "eno1"), hears("b1", "kvm1", "eno2"))
			s.Aggregators[0].MinLinks = is(1)
			b1 := &s.Aggregators[0].Ports[1]
			b1.Selected, b1.Actor.State = is(state.Standby), is(state.WholeLACPState(0x07))
			c.change(b1)
			f := build(topology.Input{Inventory: inv, Hosts: []*inventory.Host{bonded("kvm1", 0x51, 0x3f, 0x0f)}}, s)
			r := f.HostNamed("kvm1").Required[0]
			if now := r.Survives(); now.Answer != state.Yes {
				t.Errorf("now: %s (%s)", now.Answer, now.Why)
			}
			for _, l := range f.Scenarios(topology.LinkLoss) {
				if l.Link.Port.Name != "a1" {
					continue
				}
				if got := r.Survives(l); got.Answer != c.want || c.want == state.Unknown && !strings.Contains(got.Missing, "hot standby b1") {
					t.Errorf("without %s: %s (%s), missing %q; want %s", l, got.Answer, got.Why, got.Missing, c.want)
				}
			}
		})
	}
}

// Of an Ethernet segment that is not known to be all-active one leg forwards, and nobody says which.
func TestLegsOfASingleActiveSegment(t *testing.T) {
	networks := []inventory.Network{{Name: "management", From: said, VLANs: state.VIDs(10), Role: inventory.Management}}
	inv := &inventory.Inventory{Networks: networks, Clusters: []inventory.Cluster{{Name: "c", From: said, Hosts: []string{"kvm1"}, Networks: []string{"management"}}}}
	for _, c := range []struct {
		name string
		mode capture.Fact[state.ESIMode]
		want state.Tri
	}{
		{"all-active", is(state.AllActive), state.Yes},
		{"single-active", is(state.SingleActive), state.Unknown},
		{"not reported", capture.Fact[state.ESIMode]{}, state.Unknown},
	} {
		t.Run(c.name, func(t *testing.T) {
			leaf := func(name string, own byte, nic string) *state.Switch {
				s := sw(name, own, lag("lag1", mac(0x99), 7, mac(0x51), "p1"), hears("p1", "kvm1", nic))
				s.MLAG.Protocol = is(state.EVPNESI)
				s.Aggregators[0].ESI, s.Aggregators[0].ESIMode, s.Aggregators[0].MinLinks = is("00:11:11:11:11:11:11:11:11:11"), c.mode, is(1)
				return s
			}
			f := build(topology.Input{Inventory: inv, Hosts: []*inventory.Host{bonded("kvm1", 0x51, 0x3f, 0x3f)}}, leaf("leaf1", 1, "eno1"), leaf("leaf2", 2, "eno2"))
			r := f.HostNamed("kvm1").Required[0]
			for _, l := range append(f.Scenarios(topology.SwitchLoss), nil) {
				lost := []*topology.Scenario{l}
				if l == nil {
					lost = nil
				}
				if got := r.Survives(lost...); got.Answer != c.want {
					t.Errorf("without %v: %s (%s), want %s", l, got.Answer, got.Why, c.want)
				}
				if port := f.SwitchNamed("leaf1").Port("p1"); port.Carries(10).Answer != port.Passes(10) {
					t.Errorf("leaf1/p1: %s with words, %s without", port.Carries(10).Answer, port.Passes(10))
				}
			}
		})
	}
}

// A stack of which the ring is open falls apart with the member in the middle.
func TestStacksThatFallApart(t *testing.T) {
	networks := []inventory.Network{{Name: "management", From: said, VLANs: state.VIDs(10), Role: inventory.Management}}
	inv := &inventory.Inventory{Networks: networks, Clusters: []inventory.Cluster{{Name: "c", From: said, Hosts: []string{"kvm1"}, Networks: []string{"management"}}}}
	for _, c := range []struct {
		name   string
		cables [][2]string
		lost   []string
		want   state.Tri
	}{
		{"a ring", [][2]string{{"1", "2"}, {"2", "3"}, {"3", "1"}}, []string{"2"}, state.Yes},
		{"an open ring, its middle", [][2]string{{"1", "2"}, {"2", "3"}}, []string{"2"}, state.Unknown},
		{"an open ring, its end", [][2]string{{"1", "2"}, {"2", "3"}}, []string{"3"}, state.Yes},
		{"a ring, two members", [][2]string{{"1", "2"}, {"2", "3"}, {"3", "1"}}, []string{"2", "3"}, state.Yes},
		{"cables that were not reported", nil, []string{"2"}, state.Unknown},
	} {
		t.Run(c.name, func(t *testing.T) {
			s := sw("stack", 1, port("a1"), port("a2"), port("a3"), hears("a1", "kvm1", "eno1"), hears("a2", "kvm1", "eno2"), hears("a3", "kvm1", "eno3"))
			s.Device.Stacked = is(true)
			for i, id := range []string{"1", "2", "3"} {
				m := state.Member{ID: id, From: said, Up: is(true)}
				for _, x := range c.cables {
					if x[0] == id {
						m.Links, m.LinksFrom = append(m.Links, state.StackLink{Port: "p", To: x[1], From: said}), said
					}
				}
				s.Members = append(s.Members, m)
				s.Interfaces[i].Member = is(id)
			}
			h := host("kvm1", inventory.TeamIndependent, nic("eno1", 0x51), nic("eno2", 0x52), nic("eno3", 0x53))
			f := build(topology.Input{Inventory: inv, Hosts: []*inventory.Host{h}}, s)
			var lost []*topology.Scenario
			for _, l := range f.Scenarios(topology.MemberLoss) {
				if slices.Contains(c.lost, l.Member) {
					lost = append(lost, l)
				}
			}
			got := f.HostNamed("kvm1").Required[0].Survives(lost...)
			if got.Answer != c.want || c.want == state.Unknown && !strings.Contains(got.Missing, "stays one") {
				t.Errorf("without %v: %s (%s), missing %q; want %s", lost, got.Answer, got.Why, got.Missing, c.want)
			}
		})
	}
}

// Who keeps a link to others that lose theirs as well is still apart from those that lose nothing.
func TestDividedFromThoseThatLoseNothing(t *testing.T) {
	networks := []inventory.Network{{Name: "backup", From: said, VLANs: state.VIDs(10), Role: inventory.Management}}
	inv := &inventory.Inventory{Networks: networks}
	var hosts []*inventory.Host
	for i, name := range []string{"kvm1", "kvm2", "kvm3"} {
		inv.Clusters = append(inv.Clusters, inventory.Cluster{Name: "c" + name, From: said, Hosts: []string{name}, Networks: []string{"backup"}})
		nics := []inventory.NIC{nic("eno1", byte(0x51+16*i)), nic("eno2", byte(0x52+16*i))}
		hosts = append(hosts, host(name, inventory.TeamIndependent, nics[:2-i/2]...))
	}
	f := build(topology.Input{Inventory: inv, Hosts: hosts},
		sw("leaf1", 1, port("h1"), port("h2"), port("h3"), hears("h1", "kvm1", "eno1"), hears("h2", "kvm2", "eno1"), hears("h3", "kvm3", "eno1")),
		sw("leaf2", 2, port("h1"), port("h2"), hears("h1", "kvm1", "eno2"), hears("h2", "kvm2", "eno2")))
	for _, c := range []struct {
		lost    []string
		divided bool
	}{{[]string{"kvm1/eno1", "kvm2/eno1"}, true}, {[]string{"kvm1/eno2", "kvm2/eno2"}, false}} {
		var lost []*topology.Scenario
		for _, word := range c.lost {
			found, err := f.Find(word)
			if err != nil {
				t.Fatal(err)
			}
			lost = append(lost, found...)
		}
		got := f.Aftermath(lost...).Divided
		if len(got) > 0 != c.divided {
			t.Errorf("without %v: divided %v, want %v", c.lost, got, c.divided)
		}
	}
}
