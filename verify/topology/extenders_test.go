package topology_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"uplinkcheck/drivers/state"
	"uplinkcheck/inventory"
	"uplinkcheck/verify/topology"
)

// extended adds a fabric extender with the ports of a switch that are named after it. shared is "yes", "no" or "" where that is not known.
func extended(id, serial, shared string, fabric ...string) func(*state.Switch) {
	return func(s *state.Switch) {
		x := state.Extender{ID: id, From: said}
		if serial != "" {
			x.Serial = is(serial)
		}
		if shared != "" {
			x.Shared = is(shared == "yes")
		}
		for _, f := range fabric {
			x.Fabric = append(x.Fabric, is(f))
		}
		s.Extenders = append(s.Extenders, x)
		for i := range s.Interfaces {
			if strings.HasPrefix(s.Interfaces[i].Name, "Ethernet"+id+"/") {
				s.Interfaces[i].Extender = is(id)
			}
		}
	}
}

// extenders is a host with two legs at the ports named, below a pair of switches that each have a cable to the gateway's.
func extenders(two []string, leaf1, leaf2 []func(*state.Switch)) *topology.Fabric {
	cable := func(a, ap, z, zp string) inventory.Cable {
		return inventory.Cable{From: said, A: inventory.CableEnd{Device: a, Port: ap}, Z: inventory.CableEnd{Device: z, Port: zp}}
	}
	entry := inventory.HostEntry{Name: "kvm1", From: said}
	for i, at := range two {
		device, port, _ := strings.Cut(at, "/")
		entry.Uplinks = append(entry.Uplinks, inventory.DeclaredUplink{NIC: fmt.Sprintf("eno%d", i+1), From: said, Port: inventory.CableEnd{Device: device, Port: port}})
	}
	inv := &inventory.Inventory{
		Pairs:    []inventory.Pair{{Name: "p1", From: said, Switches: []string{"leaf1", "leaf2"}}},
		Links:    []inventory.Cable{cable("leaf1", "u1", "core", "d1"), cable("leaf2", "u1", "core", "d2")},
		Networks: []inventory.Network{{Name: "management", From: said, VLANs: state.VIDs(10), Role: inventory.Management, Gateway: []string{"core/g1"}}},
		Clusters: []inventory.Cluster{{Name: "c1", From: said, Hosts: []string{"kvm1"}, Networks: []string{"management"}}},
		Hosts:    []inventory.HostEntry{entry},
	}
	return build(topology.Input{Inventory: inv, Hosts: []*inventory.Host{listed(host("kvm1", inventory.TeamActiveBackup, nic("eno1", 0x51), nic("eno2", 0x52)))}},
		sw("leaf1", 1, append([]func(*state.Switch){port("u1")}, leaf1...)...), sw("leaf2", 2, append([]func(*state.Switch){port("u1")}, leaf2...)...),
		sw("core", 3, port("d1"), port("d2"), port("g1")))
}

// What a host on fabric extenders loses: with an extender all of its ports go, with its switch too, unless both switches of a pair have it
// or may have it.
func TestExtenders(t *testing.T) {
	type with = []func(*state.Switch)
	on := func(names ...string) (out with) {
		for _, n := range names {
			out = append(out, port(n))
		}
		return out
	}
	for _, c := range []struct {
		name         string
		two          []string
		leaf1, leaf2 with
		want         string // what is not survived, by scenario
		chassis      string // of the first leg
	}{
		{"both legs on one", []string{"leaf1/Ethernet101/1/1", "leaf1/Ethernet101/1/2"}, append(on("Ethernet101/1/1", "Ethernet101/1/2"), extended("101", "f1", "no")), nil,
			"FEX 101 of leaf1: no; leaf1: no", "leaf1"},
		{"one on each switch", []string{"leaf1/Ethernet101/1/1", "leaf2/Ethernet101/1/1"}, append(on("Ethernet101/1/1"), extended("101", "f1", "no")),
			append(on("Ethernet101/1/1"), extended("101", "f2", "no")), "", "leaf1"},
		{"two of one switch", []string{"leaf1/Ethernet101/1/1", "leaf1/Ethernet102/1/1"},
			append(on("Ethernet101/1/1", "Ethernet102/1/1"), extended("101", "f1", "no"), extended("102", "f2", "no")), nil, "leaf1: no", "leaf1"},
		{"both legs on one that both switches have", []string{"leaf1/Ethernet101/1/1", "leaf2/Ethernet101/1/2"}, append(on("Ethernet101/1/1", "Ethernet101/1/2"), extended("101", "f1", "yes")),
			append(on("Ethernet101/1/1", "Ethernet101/1/2"), extended("101", "f1", "yes")), "FEX 101 of leaf1+leaf2: no; leaf1: unknown; leaf2: unknown", "FEX 101 of leaf1+leaf2"},
		{"on each of two that both switches have", []string{"leaf1/Ethernet101/1/1", "leaf2/Ethernet102/1/1"},
			append(on("Ethernet101/1/1", "Ethernet102/1/1"), extended("101", "f1", "yes"), extended("102", "f2", "yes")),
			append(on("Ethernet101/1/1", "Ethernet102/1/1"), extended("101", "f1", "yes"), extended("102", "f2", "yes")), "leaf1: unknown; leaf2: unknown", "FEX 101 of leaf1+leaf2"},
		{"it may be one, nobody told the serial number", []string{"leaf1/Ethernet101/1/1", "leaf2/Ethernet101/1/2"}, append(on("Ethernet101/1/1", "Ethernet101/1/2"), extended("101", "", "")),
			append(on("Ethernet101/1/1", "Ethernet101/1/2"), extended("101", "f1", "")), "FEX 101 of leaf1: unknown; FEX 101 of leaf2: unknown; leaf1: unknown; leaf2: unknown", "?"},
		{"the other switch of the pair was not asked about it", []string{"leaf1/Ethernet101/1/1", "leaf1/Ethernet101/1/2"}, append(on("Ethernet101/1/1", "Ethernet101/1/2"), extended("101", "f1", "yes")), nil,
			"FEX 101 of leaf1: no; leaf1: unknown", "?"},
		{"the LAG towards it", []string{"leaf1/Ethernet101/1/1", "leaf1/Ethernet101/1/2"},
			append(append(on("Ethernet101/1/1", "Ethernet101/1/2"), lag("po101", mac(1), 1, mac(9), "f1", "f2")), extended("101", "f1", "no", "po101", "f1", "f2")), nil,
			"FEX 101 of leaf1: no; LAG leaf1/po101: no; leaf1: no", "leaf1"},
	} {
		t.Run(c.name, func(t *testing.T) {
			f := extenders(c.two, c.leaf1, c.leaf2)
			r := f.Roles()[0]
			if now := r.Survives(); now.Answer != state.Yes {
				t.Fatalf("now: %s (%s)", now.Answer, now.Why)
			}
			var got, engine []string
			for _, s := range f.Scenarios() {
				if a := r.Survives(s); a.Answer != state.Yes && s.Kind != topology.TrunkLoss {
					got = append(got, s.Name+": "+a.Answer.String())
				}
			}
			for s, answer := range f.Failures().Lost(r) {
				if s.Kind != topology.TrunkLoss {
					engine = append(engine, s.Name+": "+answer.String())
				}
			}
			slices.Sort(got)
			slices.Sort(engine)
			if strings.Join(got, "; ") != c.want || !slices.Equal(got, engine) {
				t.Errorf("got  %q\nfrom the engine %q\nwant %q", strings.Join(got, "; "), engine, c.want)
			}
			chassis, ok := r.Uplinks[0].Mapped().Chassis()
			if name := chassis.String(); ok && name != c.chassis || !ok && c.chassis != "?" {
				t.Errorf("the first leg is on %s (%v), want %s", name, ok, c.chassis)
			}
		})
	}
}

// Both switches of a shared extender hear the host on its one port: that is no contradiction. On two extenders of one number it is.
func TestPortsOfSharedExtenders(t *testing.T) {
	for serial, want := range map[string]topology.Confidence{"f1": topology.Single, "f2": topology.Contradicted} {
		leaf := func(name string, last byte, serial string) *state.Switch {
			return sw(name, last, port("Ethernet101/1/1"), extended("101", serial, "yes"), hears("Ethernet101/1/1", "kvm1", "eno1"))
		}
		f := build(topology.Input{Hosts: []*inventory.Host{host("kvm1", inventory.TeamActiveBackup, nic("eno1", 0x51))}}, leaf("leaf1", 1, "f1"), leaf("leaf2", 2, serial))
		if l := f.Links[0]; l.Confidence() != want || (l.Port != nil) != (want == topology.Single) {
			t.Errorf("serial numbers f1 and %s: %s on %v: %s", serial, l.Confidence(), l.Port, l.Says())
		}
	}
}

// A port of a shared extender is seen at the switch on which it has a carrier.
func TestCarrierOfSharedExtenders(t *testing.T) {
	for _, works := range []string{"leaf1", "leaf2"} {
		leaf := func(name string, last byte) *state.Switch {
			return sw(name, last, port("Ethernet101/1/1"), extended("101", "f1", "yes"), hears("Ethernet101/1/1", "kvm1", "eno1"), func(s *state.Switch) {
				if name != works {
					s.Interfaces[0].Oper = is(state.Down)
				}
			})
		}
		f := build(topology.Input{Hosts: []*inventory.Host{host("kvm1", inventory.TeamActiveBackup, nic("eno1", 0x51))}}, leaf("leaf1", 1), leaf("leaf2", 2))
		if p := f.Links[0].Port; p == nil || p.Switch.Name != works {
			t.Errorf("it is on %v, want it on %s", p, works)
		}
	}
}

// A switch with extenders is not modular for that: they are no line cards of it.
func TestExtendersAreNoLineCards(t *testing.T) {
	f := build(topology.Input{}, sw("leaf1", 1, port("Ethernet1/1"), port("Ethernet101/1/1"), port("Ethernet102/1/1"), extended("101", "f1", "no"), extended("102", "f2", "no")))
	if f.SwitchNamed("leaf1").Modular() {
		t.Error("it is taken for a modular switch")
	}
	found, err := f.Find("fex 102 of leaf1")
	if err != nil || len(found) != 1 || found[0].Kind != topology.MemberLoss || len(found[0].Ports) != 1 {
		t.Errorf("found %v, %v", found, err)
	}
}

// unbridged adds a port that is no bridge port, as one that leads to an extender is.
func unbridged(name string) func(*state.Switch) {
	return func(s *state.Switch) {
		port(name)(s)
		s.BridgePorts = s.BridgePorts[:len(s.BridgePorts)-1]
	}
}

// What the loss of a port of the switch does to a host on an extender: where the switch tells which ports lead to it, the last one takes it
// along; where it does not, any port may that has no other use. Of one that another switch has too, what this switch had goes on there, if anywhere.
func TestPortsThatLeadToExtenders(t *testing.T) {
	one := []string{"leaf1/Ethernet101/1/1", "leaf1/Ethernet101/1/2"}
	ports := func(more ...func(*state.Switch)) []func(*state.Switch) {
		return append([]func(*state.Switch){port("Ethernet101/1/1"), port("Ethernet101/1/2"), port("h9"), unbridged("f1"), unbridged("f2")}, more...)
	}
	down := func(s *state.Switch) {
		for i := range s.Interfaces {
			if s.Interfaces[i].Name == "f1" {
				s.Interfaces[i].Oper = is(state.Down)
			}
		}
	}
	for _, c := range []struct {
		name         string
		leaf1, leaf2 []func(*state.Switch)
		lost         string
		want         state.Tri
	}{
		{"the only one", ports(extended("101", "s1", "no", "f1")), nil, "leaf1/f1", state.No},
		{"another one", ports(extended("101", "s1", "no", "f1")), nil, "leaf1/f2", state.Yes},
		{"one of two, with ports of the extender of its own", ports(extended("101", "s1", "no", "f1", "f2")), nil, "leaf1/f1", state.Unknown},
		{"nobody tells which do", ports(extended("101", "s1", "no")), nil, "leaf1/f1", state.Unknown},
		{"nobody tells which do, and it is down", ports(extended("101", "s1", "no"), down), nil, "leaf1/f1", state.Yes},
		{"nobody tells which do, and it is a bridge port", ports(extended("101", "s1", "no")), nil, "leaf1/h9", state.Yes},
		{"nobody tells which do, and it leads to a switch", ports(extended("101", "s1", "no")), nil, "leaf2/u1", state.Yes},
		{"the other switch has it too", ports(extended("101", "s1", "yes", "f1")), ports(extended("101", "s1", "yes", "f1")), "leaf1/f1", state.Unknown},
		{"the other switch has it too, and the host's ports stay", ports(extended("101", "s1", "yes", "f1")), ports(extended("101", "s1", "yes", "f1")), "leaf2/f1", state.Yes},
		{"the other switch has it too, but no port of it works", ports(extended("101", "s1", "yes", "f1")), ports(extended("101", "s1", "yes", "f1"), down), "leaf1/f1", state.No},
	} {
		f := extenders(one, c.leaf1, c.leaf2)
		lost, err := f.Find(c.lost)
		if err != nil {
			t.Fatal(err)
		}
		if got := f.Roles()[0].Survives(lost...); got.Answer != c.want || got.Answer == state.Unknown && got.Missing == "" {
			t.Errorf("%s: %s (%s; %s), want %s", c.name, got.Answer, got.Why, got.Missing, c.want)
		}
	}
}

// An extender that two switches have is a box of its own as long as it works on both; it goes by the name that each gives it.
func TestSharedExtenders(t *testing.T) {
	with := func(more ...func(*state.Switch)) []func(*state.Switch) {
		return append([]func(*state.Switch){port("Ethernet101/1/1"), port("h1"), unbridged("f1"), extended("101", "s1", "yes", "f1")}, more...)
	}
	down := func(s *state.Switch) {
		for i := range s.Interfaces {
			if s.Interfaces[i].Name == "f1" {
				s.Interfaces[i].Oper = is(state.Down)
			}
		}
	}
	up := func(up bool) func(*state.Switch) { return func(s *state.Switch) { s.Extenders[0].Up = is(up) } }
	for _, c := range []struct {
		name         string
		leaf1, leaf2 []func(*state.Switch)
		want         string
	}{
		{"it works on both", with(up(true)), with(up(true)), "FEX 101 of leaf1+leaf2"},
		{"no port that leads to it works on one", with(), with(down), "leaf1"},
		{"it is out of service on one", with(up(false)), with(up(true)), "leaf2"},
		{"it is out of service", with(up(false)), with(up(false)), "?"},
	} {
		f := extenders([]string{"leaf1/Ethernet101/1/1", "leaf1/h1"}, c.leaf1, c.leaf2)
		chassis, ok := f.Roles()[0].Uplinks[0].Mapped().Chassis()
		if name := chassis.String(); ok && name != c.want || !ok && c.want != "?" {
			t.Errorf("%s: on %s (%v), want %s", c.name, name, ok, c.want)
		}
		for _, name := range []string{"FEX 101 of leaf1", "fex 101 of leaf2", "FEX 101 of leaf1+leaf2"} {
			if found, err := f.Find(name); err != nil || len(found) != 1 || found[0].Name != "FEX 101 of leaf1+leaf2" {
				t.Errorf("%s: found %v, %v", name, found, err)
			}
		}
	}
}

// A host of which nothing is known may hang on an extender that is lost, as on a switch.
func TestPlacelessBelowExtenders(t *testing.T) {
	leaf := sw("leaf1", 1, port("Ethernet101/1/1"), port("h1"), extended("101", "f1", "no"))
	f := build(topology.Input{Inventory: &inventory.Inventory{Hosts: []inventory.HostEntry{{Name: "kvm1", From: said}}}, Hosts: []*inventory.Host{{Name: "kvm1", Source: "test", From: said}}}, leaf)
	for name, want := range map[string]string{"leaf1": "kvm1", "FEX 101 of leaf1": "kvm1", "leaf1/h1": ""} {
		lost, err := f.Find(name)
		if err != nil {
			t.Fatal(err)
		}
		if got := strings.Join(f.Aftermath(lost...).Placeless, " "); got != want {
			t.Errorf("without %s: %q may be lost, want %q", name, got, want)
		}
	}
}
