package model

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"uplinkcheck/drivers/state"
)

func lookup(name string) ([]byte, error) {
	return os.ReadFile(filepath.Join("..", "scenarios", name+".yml"))
}

// compile compiles a scenario that is written down in a test, on top of mlag-pair unless it says otherwise.
func compile(t *testing.T, text string) *Fabric {
	t.Helper()
	f, err := tryCompile(text)
	if err != nil {
		t.Fatalf("%v\n%s", err, text)
	}
	return f
}

func tryCompile(text string) (*Fabric, error) {
	if !strings.Contains(text, "base:") {
		text = "base: mlag-pair\n" + text
	}
	s, err := Parse("test", []byte(text), lookup)
	if err != nil {
		return nil, err
	}
	return Compile(s)
}

// views is everything that a personality could render.
func views(t *testing.T, f *Fabric) string {
	t.Helper()
	out, err := json.MarshalIndent([]any{f.Switches, f.Hosts}, "", " ")
	if err != nil {
		t.Fatal(err)
	}
	return string(out)
}

func TestEveryFaultChangesSomethingAndBothEndsStillAgree(t *testing.T) {
	healthy := views(t, compile(t, ""))
	for _, k := range FaultKinds() {
		t.Run(k.Name, func(t *testing.T) {
			f := compile(t, "faults: [{fault: "+k.Name+", "+k.Example+"}]")
			if views(t, f) == healthy {
				t.Error("the fault left every view as it was")
			}
			agree(t, f)
			if _, err := tryCompile("faults: [{fault: " + k.Name + ", on: nobody/nothing, vlans: 20}]"); err == nil {
				t.Error("a fault on something that does not exist was accepted")
			}
		})
	}
}

func TestEveryScenarioCompilesAndBothEndsAgree(t *testing.T) {
	files, err := filepath.Glob("../scenarios/*.yml")
	if err != nil || len(files) == 0 {
		t.Fatal("no scenarios", err)
	}
	for _, file := range files {
		name := strings.TrimSuffix(filepath.Base(file), ".yml")
		t.Run(name, func(t *testing.T) {
			f := compile(t, "base: "+name)
			if f.Scenario.About == "" {
				t.Error("the scenario does not say what it is about")
			}
			agree(t, f)
			if again := compile(t, "base: "+name); views(t, f) != views(t, again) {
				t.Error("compiling twice gave different views")
			}
		})
	}
}

// agree holds what must be true whatever is wrong with a fabric.
func agree(t *testing.T, f *Fabric) {
	t.Helper()
	at := map[CableEnd]*LAGPort{}
	for _, s := range f.Switches {
		for i := range s.LAGs {
			l := &s.LAGs[i]
			if s.BridgePort(l.Name) == nil {
				t.Errorf("%s/%s has no bridge port", s.Name, l.Name)
			}
			for j := range l.Ports {
				m := &l.Ports[j]
				at[CableEnd{s.Name, m.Name}] = m
				if s.Port(m.Name).LAG != l.Name || s.BridgePort(m.Name) != nil {
					t.Errorf("%s/%s: port and LAG disagree about the membership", s.Name, m.Name)
				}
				flows := m.Actor.State&(state.Collecting|state.Distributing) != 0
				if l.Protocol == state.LACP && flows != (m.Selected == state.Selected) {
					t.Errorf("%s/%s: state %v but selection %v", s.Name, m.Name, m.Actor.State, m.Selected)
				}
				if (m.Selected == state.Selected) != (m.Reason == Bundled) {
					t.Errorf("%s/%s: %v because of %q", s.Name, m.Name, m.Selected, m.Reason)
				}
			}
		}
		for _, p := range s.Bridge {
			if p.Active.Minus(p.Allowed) != (state.VIDSet{}) || p.PVID != 0 && !p.Allowed.Has(p.PVID) {
				t.Errorf("%s/%s: carries more than it is allowed: %+v", s.Name, p.Interface, p)
			}
		}
	}
	for _, h := range f.Hosts {
		for i := range h.Bonds {
			for j := range h.Bonds[i].Members {
				m := &h.Bonds[i].Members[j]
				at[CableEnd{h.Name, m.Name}] = &m.LAGPort
			}
		}
	}
	for _, c := range f.Cables {
		if up(f, c.A) != up(f, c.Z) {
			t.Errorf("cable %v - %v: one end has link, the other not", c.A, c.Z)
		}
		for _, ends := range [][2]CableEnd{{c.A, c.Z}, {c.Z, c.A}} {
			here, there := at[ends[0]], at[ends[1]]
			if here == nil || !here.Heard {
				continue
			}
			seen, real := here.Partner, there.Actor
			if here.Actor.State&state.Expired != 0 {
				real.State &^= state.Synchronization
			}
			if d := cmp.Diff(real, seen); d != "" {
				t.Errorf("%v takes its partner %v for something else:\n%s", ends[0], ends[1], d)
			}
		}
	}
}

func up(f *Fabric, e CableEnd) bool {
	if s := f.Switch(e.Device); s != nil {
		return s.Port(e.Port).Oper == state.Up
	}
	return f.Host(e.Device).NIC(e.Port).Oper == state.Up
}

func TestLACPOutcomes(t *testing.T) {
	const (
		full      = 0x3f // active, short, aggregation, in sync, collecting, distributing
		waiting   = 0x0f // in sync, but not collecting
		out       = 0x07 // not in sync
		defaulted = 0x47
	)
	cases := []struct {
		name, scenario         string
		leaf2, host1, host2    state.LACPBits // leaf2's end of esx1's second leg, and both ends of the host
		selected               state.Selection
		reason                 LAGReason
		sameAggregator, peered bool
	}{
		{"healthy", "", full, full, full, state.Selected, Bundled, true, true},
		{"one peer uses another key, kernel bond", "faults: [{fault: wrong-key, on: leaf2/lag1}]",
			full, full, waiting, state.Selected, Bundled, false, true},
		{"one peer uses another key, Open vSwitch bond",
			"hosts: {esx1: {uplinks: null, bonds: {bond0: {ovs: true, uplinks: {eno1: leaf1/1, eno2: leaf2/1}}}}}\nfaults: [{fault: wrong-key, on: leaf2/lag1}]",
			waiting, full, out, state.Unselected, PartnerOut, false, true},
		{"one peer uses its own system id", "faults: [{fault: wrong-system-id, on: leaf2/lag1}]",
			full, full, waiting, state.Selected, Bundled, false, true},
		{"LACP off on one leg", "faults: [{fault: lacp-off, on: leaf2/lag1}]",
			0, full, defaulted, state.Selected, Bundled, false, true},
		{"the switch no longer receives", "faults: [{fault: one-way-loss, on: leaf2/1}]",
			defaulted, full, waiting, state.Unselected, NoPDU, true, true},
		{"the host no longer receives", "faults: [{fault: one-way-loss, on: esx1/eno2}]",
			waiting, full, defaulted, state.Unselected, PartnerOut, false, true},
		{"both ends passive", "faults: [{fault: passive-passive, on: esx1}]",
			defaulted &^ state.Activity, defaulted &^ state.Activity, defaulted &^ state.Activity, state.Unselected, NoPDU, false, true},
		{"too few links", "faults: [{fault: min-links, on: leaf2/lag1}]",
			waiting, full, full, state.Unselected, TooFewLinks, true, true},
		{"expired a moment ago", "faults: [{fault: expired, on: leaf2/1}]",
			waiting | state.Expired, full, full, state.Unselected, PartnerOut, true, true},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			f := compile(t, c.scenario)
			agree(t, f)
			leg := f.Switch("leaf2").LAG("Port-Channel1").Ports[0]
			bond := f.Host("esx1").Bond("bond0")
			if leg.Actor.State != c.leaf2 || bond.Members[0].Actor.State != c.host1 || bond.Members[1].Actor.State != c.host2 {
				t.Errorf("got states %#x, %#x, %#x, want %#x, %#x, %#x", leg.Actor.State, bond.Members[0].Actor.State, bond.Members[1].Actor.State,
					c.leaf2, c.host1, c.host2)
			}
			if leg.Selected != c.selected || leg.Reason != c.reason {
				t.Errorf("got %v (%s), want %v (%s)", leg.Selected, leg.Reason, c.selected, c.reason)
			}
			if same := bond.Members[0].Aggregator == bond.Members[1].Aggregator; same != c.sameAggregator {
				t.Errorf("got one aggregator %v, want %v", same, c.sameAggregator)
			}
		})
	}
}

func TestMLAGOutcomes(t *testing.T) {
	cases := []struct {
		name, scenario string
		peered         bool
		state          state.MLAGPortState
		differences    int
	}{
		{"healthy", "", true, state.DualActive, 0},
		{"peer-link down", "faults: [{fault: peer-link-down, on: p1}]", false, state.ActivePartial, 0},
		{"protocol down", "faults: [{fault: mlag-peer-down, on: p1}]", false, state.ActivePartial, 0},
		{"one peer-link cable", "faults: [{fault: peer-link-single-member, on: p1}]", true, state.DualActive, 0},
		{"a leg pulled", "faults: [{fault: cable-pulled, on: esx1/eno2}]", true, state.ActivePartial, 0},
		{"both legs pulled", "faults: [{fault: cable-pulled, on: esx1/eno1}, {fault: cable-pulled, on: esx1/eno2}]", true, state.MLAGInactive, 0},
		{"VLAN on one side only", "faults: [{fault: vlan-missing, on: leaf2/lag1, vlans: 20}]", true, state.DualActive, 1},
		{"both sides configured apart", "faults: [{fault: config-inconsistent, on: p1}]", true, state.DualActive, 1},
		{"multi-chassis id on one side only", "lags: {leaf2/lag1: {mlag: ''}}", true, state.MLAGConfigured, 0},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			m := compile(t, c.scenario).Switch("leaf1").MLAG
			if m.Peered != c.peered || len(m.Differences) != c.differences {
				t.Errorf("got peered %v with %v, want %v with %d differences", m.Peered, m.Differences, c.peered, c.differences)
			}
			if m.Ports[0].State != c.state {
				t.Errorf("got %v, want %v", m.Ports[0].State, c.state)
			}
		})
	}
}

func TestAddressesAreLearnedWhereTheyEnterAndOnThePeer(t *testing.T) {
	f := compile(t, "")
	mac := f.Host("esx1").Bond("bond0").MAC
	want := map[string]MACEntry{
		"leaf1": {10, mac, "Port-Channel1", state.Dynamic},
		"leaf2": {10, mac, "Port-Channel1", state.PeerLearned},
	}
	for name, w := range want {
		found := false
		for _, e := range f.Switch(name).MACs {
			found = found || e == w
		}
		if !found {
			t.Errorf("%s: no %+v in %+v", name, w, f.Switch(name).MACs)
		}
	}
	blocked := compile(t, "faults: [{fault: stp-blocked, on: leaf1/lag47, vlans: 10}]")
	for _, e := range blocked.Switch("leaf2").MACs {
		if e.MAC == mac && e.VID == 10 {
			t.Errorf("learned through a blocked port: %+v", e)
		}
	}
}

func TestCablesThatGoWrong(t *testing.T) {
	heard := func(f *Fabric, leaf, port string) string {
		for _, n := range f.Switch(leaf).Neighbours {
			if n.Port == port {
				return n.SystemName + " " + n.PortDescription
			}
		}
		return ""
	}
	cases := []struct{ name, fault, port, want string }{
		{"healthy", "[]", "Ethernet1", "esx1 eno2"},
		{"legs swapped", "[{fault: legs-swapped, on: esx1/eno2, with: kvm1/eno2}]", "Ethernet1", "kvm1 eno2"},
		{"leg patched to another host", "[{fault: leg-patched-to-other-host, on: esx1/eno2, with: kvm1/eno2}]", "Ethernet2", ""},
		{"both legs on one switch", "[{fault: both-legs-on-one-switch, on: esx1/eno2}]", "Ethernet1", ""},
		{"the host does not speak LLDP", "[{fault: lldp-silent, on: esx1}]", "Ethernet1", ""},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			f := compile(t, "faults: "+c.fault)
			if got := heard(f, "leaf2", c.port); got != c.want {
				t.Errorf("leaf2 %s hears %q, want %q", c.port, got, c.want)
			}
		})
	}
	f := compile(t, "faults: [{fault: both-legs-on-one-switch, on: esx1/eno2}]")
	if n := len(f.Switch("leaf1").LAG("Port-Channel1").Ports); n != 2 || f.Switch("leaf2").LAG("Port-Channel1") != nil {
		t.Errorf("leaf1 has %d members, leaf2 %v; want both on leaf1", n, f.Switch("leaf2").LAG("Port-Channel1"))
	}
}

func TestScenariosThatAreWrong(t *testing.T) {
	cases := []struct{ name, text, want string }{
		{"unknown key", "swiches: {}", "swiches"},
		{"unknown platform", "switches: {leaf1: {platform: fancy}}", "fancy"},
		{"unknown fault", "faults: [{fault: gremlins, on: leaf1/1}]", "gremlins"},
		{"port used twice", "hosts: {third: {uplinks: {eno1: leaf1/1}}}", "used twice"},
		{"unknown network", "hosts: {esx1: {networks: [nowhere]}}", "nowhere"},
		{"impossible VLAN", "networks: {management: {vlans: 5000}}", "5000"},
		{"unknown base", "base: nothing-of-the-kind", "nothing-of-the-kind"},
		{"not YAML", "base: mlag-pair\nfaults: [", "test"},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			if _, err := tryCompile(c.text); err == nil || !strings.Contains(err.Error(), c.want) {
				t.Errorf("got error %v, want one with %q", err, c.want)
			}
		})
	}
}

func TestMergePatch(t *testing.T) {
	got := MergePatch(
		map[string]any{"a": map[string]any{"x": 1, "y": 2}, "b": []any{1}, "c": 3},
		map[string]any{"a": map[string]any{"x": nil, "z": 4}, "b": []any{2}, "c": nil})
	want := map[string]any{"a": map[string]any{"y": 2, "z": 4}, "b": []any{2}}
	if d := cmp.Diff(want, got); d != "" {
		t.Error(d)
	}
}

func TestOnePortNumberServesEveryPlatform(t *testing.T) {
	cases := []struct{ platform, ref, want string }{
		{"arista_eos", "7", "Ethernet7"}, {"arista_eos", "lag7", "Port-Channel7"}, {"arista_eos", "Ethernet7/1", "Ethernet7/1"},
		{"juniper_junos", "7", "xe-0/0/7"}, {"juniper_junos", "1:7", "xe-1/0/7"}, {"juniper_junos", "lag7", "ae7"},
		{"openvswitch", "7", "eth7"}, {"openvswitch", "lag7", "bond7"},
		{"nokia_srlinux", "7", "ethernet-1/7"}, {"nokia_srlinux", "lag7", "lag7"},
		{"cumulus", "7", "swp7"}, {"cumulus", "lag7", "bond7"}, {"cumulus", "peerlink", "peerlink"},
		{"sonic", "7", "Ethernet28"}, {"sonic", "lag7", "PortChannel7"},
	}
	for _, c := range cases {
		if got := platforms[c.platform].portName(c.ref); got != c.want {
			t.Errorf("%s %s: got %s, want %s", c.platform, c.ref, got, c.want)
		}
	}
}
