package arista_eos_test

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	driver "uplinkcheck/drivers/arista_eos"
	"uplinkcheck/drivers/capture"
	"uplinkcheck/drivers/state"
	"uplinkcheck/testbed/model"
	"uplinkcheck/testbed/personality/arista_eos"
)

// worlds are what can be seen of EOS: a healthy MLAG pair, a standalone switch, and the faults that change how it prints.
var worlds = map[string]string{
	"a healthy pair":                  "base: mlag-pair",
	"a switch alone":                  "switches: {leaf1: {platform: arista_eos, svis: [{vlan: 10, address: 10.0.10.2/24, vrf: mgmt}, {vlan: 20, address: 10.0.20.2/24}]}}\nnetworks: {management: {vlans: 10, role: management}, guests: {vlans: 20-30, role: guest}}\nhosts: {kvm1: {source: linux, uplinks: {eno1: leaf1/1, eno2: leaf1/2}}}\nmachines: {admin: {kind: station, uplinks: {eth0: leaf1/21}, networks: [management]}}",
	"a LAG that is down":              "base: mlag-pair\nfaults: [{fault: admin-down, on: leaf1/lag1}, {fault: cable-pulled, on: leaf1/2}]",
	"a port shut by protection":       "base: mlag-pair\nfaults: [{fault: port-errdisabled, on: leaf1/1}]",
	"a static LAG":                    "base: mlag-pair\nfaults: [{fault: lacp-off, on: leaf2/lag2}]",
	"two ends that wait":              "base: mlag-pair\nfaults: [{fault: passive-passive, on: kvm1}]",
	"a host that says nothing":        "base: mlag-pair\nfaults: [{fault: lacp-silent, on: esx1}]",
	"fallback to single ports":        "base: mlag-pair\nfaults: [{fault: fallback-active, on: esx1}]",
	"static fallback":                 "base: mlag-pair\nfaults: [{fault: fallback-active, on: esx1, value: static}]",
	"too few links":                   "base: mlag-pair\nfaults: [{fault: min-links, on: leaf1/lag1}]",
	"swapped legs":                    "base: mlag-pair\nfaults: [{fault: legs-swapped, on: esx1/eno2, with: kvm1/eno2}]",
	"everything allowed":              "base: mlag-pair\nfaults: [{fault: allow-all, on: esx1}]",
	"a suspended VLAN":                "base: mlag-pair\nfaults: [{fault: vlan-suspended, on: leaf1, vlans: 20}, {fault: native-mismatch, on: leaf1/lag2, vlans: 10}]",
	"ports that spanning tree blocks": "base: mlag-pair\nfaults: [{fault: stp-blocked, on: leaf1/lag1}, {fault: stp-blocked, on: leaf1/lag2, vlans: 20}]",
	"peers apart":                     "base: mlag-pair\nfaults: [{fault: peer-link-down, on: p1}]",
	"a protocol that is down":         "base: mlag-pair\nfaults: [{fault: mlag-peer-down, on: p1}]",
	"a silent keepalive":              "base: mlag-pair\nfaults: [{fault: keepalive-down, on: p1}]",
	"a pair without keepalive":        "base: mlag-pair\npairs: {p1: {keepalive: none}}",
	"peers that differ":               "base: mlag-pair\nfaults: [{fault: config-inconsistent, on: p1}, {fault: vlan-missing, on: leaf1/lag1, vlans: 20}, {fault: native-mismatch, on: leaf1/lag2, vlans: 10}]",
	"a port up on one side":           "base: mlag-pair\nfaults: [{fault: mlag-port-partial, on: leaf1/lag1}]",
	"an access port in management":    "base: mlag-pair\nfaults: [{fault: mgmt-vlan-on-edge-port, on: leaf1/5}, {fault: lldp-silent, on: leaf2}]",
}

func lookup(base string) ([]byte, error) {
	return os.ReadFile(filepath.Join("..", "..", "scenarios", base+".yml"))
}

// switches compiles a scenario.
func switches(t *testing.T, world string) []*model.Switch {
	t.Helper()
	text, ok := worlds[world]
	if !ok {
		t.Fatalf("no world %q", world)
	}
	spec, err := model.Parse("test", []byte(text+"\n"), lookup)
	if err != nil {
		t.Fatal(err)
	}
	f, err := model.Compile(spec)
	if err != nil {
		t.Fatal(err)
	}
	return f.Switches
}

// ask is a capture of one switch. Without JSON it refuses every line that asks for it.
func ask(t *testing.T, s *model.Switch, isJSON bool) *capture.Capture {
	t.Helper()
	c := &capture.Capture{Device: s.Name, Platform: "arista_eos"}
	for _, cmd := range driver.Driver.Commands {
		data, ok := arista_eos.Personality.Switch(s, cmd.Line)
		if !ok {
			t.Errorf("the personality does not know %q", cmd.Line)
		}
		if !isJSON && strings.HasSuffix(cmd.Line, "| json") {
			data = []byte("% This is an unconverted command\n")
		} else if isJSON && cmd.InsteadOf != "" {
			continue
		}
		c.Replies = append(c.Replies, &capture.Reply{Device: s.Name, Command: cmd.Line, Data: data, Complete: true, Err: driver.Driver.Refusal(data)})
	}
	return c
}

// TestRoundTrip renders switches and reads them back: what the model says and EOS can say must come out again.
func TestRoundTrip(t *testing.T) {
	for world := range worlds {
		t.Run(world, func(t *testing.T) {
			for _, s := range switches(t, world) {
				c := ask(t, s, true)
				got, err := driver.Driver.Parse(c)
				if err != nil {
					t.Fatal(err)
				}
				for _, r := range c.Replies {
					if r.Err != "" {
						t.Errorf("%s: %s: refused: %s", s.Name, r.Command, r.Err)
					}
				}
				for _, u := range got.Unread {
					t.Errorf("%s: unread: %s: %q", s.Name, u.Why, u.From.Quote())
				}
				compare(t, s, got)
				compareMLAG(t, s, got)
				compareTables(t, s, got)
			}
		})
	}
}

// TestWithoutJSON reads the text forms back: fewer facts, and none that differs.
func TestWithoutJSON(t *testing.T) {
	for world := range worlds {
		t.Run(world, func(t *testing.T) {
			for _, s := range switches(t, world) {
				got, err := driver.Driver.Parse(ask(t, s, false))
				if err != nil {
					t.Fatal(err)
				}
				is(t, "version", got.Device.Version, s.Version)
				is(t, "serial number", got.Device.Serial, s.Serial)
				is(t, "chassis MAC", got.Device.ChassisMAC, s.MAC)
				compareNeighbours(t, s, got)
				for i := range s.LAGs {
					l := &s.LAGs[i]
					a := got.Aggregator(l.Name)
					if a == nil || len(a.Ports) != len(l.Ports) {
						t.Errorf("%s: got %+v", l.Name, a)
						continue
					}
					is(t, l.Name+" protocol", a.Protocol, l.Protocol)
					is(t, l.Name+" oper", a.Oper, l.Oper)
					for _, p := range a.Ports {
						is(t, p.Name+" selected", p.Selected, l.Port(p.Name).Selected)
					}
				}
			}
		})
	}
}

// is fails the test unless the fact is known and has the value.
func is[T comparable](t *testing.T, what string, got capture.Fact[T], want T) {
	t.Helper()
	if !got.Known() || got.Value != want {
		t.Errorf("%s: got %v (known %v), want %v", what, got.Value, got.Known(), want)
	}
}

// isOrUnknown fails the test when the fact is known and has another value.
func isOrUnknown[T comparable](t *testing.T, what string, got capture.Fact[T], want T) {
	t.Helper()
	if got.Known() && got.Value != want {
		t.Errorf("%s: got %v, want %v or unknown", what, got.Value, want)
	}
}

func compare(t *testing.T, s *model.Switch, got *state.Switch) {
	t.Helper()
	is(t, "host name", got.Device.Hostname, s.Hostname)
	is(t, "model", got.Device.Model, s.Model)
	is(t, "version", got.Device.Version, s.Version)
	is(t, "serial number", got.Device.Serial, s.Serial)
	is(t, "chassis MAC", got.Device.ChassisMAC, s.MAC)
	is(t, "stacked", got.Device.Stacked, false)
	for _, p := range s.Ports {
		n := got.Interface(p.Name)
		if n == nil {
			t.Errorf("%s is missing", p.Name)
			continue
		}
		is(t, p.Name+" admin", n.Admin, p.Admin)
		is(t, p.Name+" oper", n.Oper, p.Oper)
		is(t, p.Name+" speed", n.Speed, p.Speed)
		is(t, p.Name+" MTU", n.MTU, p.MTU)
		is(t, p.Name+" MAC", n.MAC, p.MAC)
		is(t, p.Name+" description", n.Description, p.Description)
		is(t, p.Name+" aggregator", n.Aggregator, p.LAG)
	}
	for i := range s.LAGs {
		compareLAG(t, s, &s.LAGs[i], got)
	}
	if len(got.Aggregators) != len(s.LAGs) || !got.Listed.Aggregators.Known() || !got.Listed.LACP.Known() {
		t.Errorf("got %d aggregators, want %d, and both lists whole", len(got.Aggregators), len(s.LAGs))
	}
	compareNeighbours(t, s, got)
}

func compareLAG(t *testing.T, s *model.Switch, l *model.LAG, got *state.Switch) {
	a := got.Aggregator(l.Name)
	if a == nil {
		t.Errorf("%s is missing", l.Name)
		return
	}
	inService := slices.ContainsFunc(l.Ports, func(m model.LAGPort) bool { return m.Selected == state.Selected })
	if l.Protocol == state.LACP || inService { // a static LAG that is down looks like nothing at all
		is(t, l.Name+" protocol", a.Protocol, l.Protocol)
	}
	is(t, l.Name+" oper", a.Oper, l.Oper)
	is(t, l.Name+" min-links", a.MinLinks, l.MinLinks)
	is(t, l.Name+" fallback", a.Fallback, l.Fallback)
	is(t, l.Name+" MLAG id", a.MLAGID, l.MLAGID)
	isOrUnknown(t, l.Name+" fallback active", a.FallbackActive, l.FallbackActive)
	if l.Fallback == state.NoFallback || l.Fallback == state.StaticFallback {
		is(t, l.Name+" fallback active", a.FallbackActive, l.FallbackActive)
	}
	if len(a.Ports) != len(l.Ports) {
		t.Errorf("%s: got %d ports, want %d: those of the peer are none of ours", l.Name, len(a.Ports), len(l.Ports))
		return
	}
	for i := range a.Ports {
		m := l.Port(a.Ports[i].Name)
		if m == nil {
			t.Errorf("%s: no port %s", l.Name, a.Ports[i].Name)
			continue
		}
		if !l.FallbackActive {
			is(t, m.Name+" in service", capture.Then(a.Ports[i].Selected, selected), m.Selected == state.Selected)
		}
		if l.Protocol == state.LACP {
			compareEnds(t, s, l, m, &a.Ports[i])
		}
	}
}

func selected(s state.Selection) (bool, bool) { return s == state.Selected, true }

func compareEnds(t *testing.T, s *model.Switch, l *model.LAG, m *model.LAGPort, p *state.AggregationPort) {
	is(t, m.Name+" actor state", p.Actor.State, state.WholeLACPState(uint8(m.Actor.State)))
	isOrUnknown(t, m.Name+" actor system", p.Actor.System, m.Actor.System)
	if l.MLAGID == "" || s.MLAG.Peered {
		is(t, m.Name+" actor system", p.Actor.System, m.Actor.System)
	}
	if !m.Heard {
		if p.Heard() != state.No {
			t.Errorf("%s: a partner was heard", m.Name)
		}
		return
	}
	is(t, m.Name+" partner system priority", p.Partner.SystemPriority, m.Partner.SystemPriority)
	is(t, m.Name+" partner system", p.Partner.System, m.Partner.System)
	is(t, m.Name+" partner key", p.Partner.Key, m.Partner.Key)
	is(t, m.Name+" partner port", p.Partner.Port, m.Partner.Port)
	is(t, m.Name+" partner port priority", p.Partner.PortPriority, m.Partner.PortPriority)
	is(t, m.Name+" partner state", p.Partner.State, state.WholeLACPState(uint8(m.Partner.State)))
}

func compareNeighbours(t *testing.T, s *model.Switch, got *state.Switch) {
	t.Helper()
	if len(got.Remotes) != len(s.Neighbours) {
		t.Errorf("got %d neighbours, want %d", len(got.Remotes), len(s.Neighbours))
		return
	}
	for _, n := range s.Neighbours {
		i := slices.IndexFunc(got.Remotes, func(r state.RemoteSystem) bool { return r.Interface == n.Port })
		if i < 0 {
			t.Errorf("no neighbour on %s", n.Port)
			continue
		}
		r := got.Remotes[i]
		is(t, n.Port+" chassis id", r.ChassisID, n.ChassisID)
		is(t, n.Port+" port id", r.PortID, n.PortID)
		is(t, n.Port+" system name", r.SystemName, n.SystemName)
		is(t, n.Port+" system description", r.SystemDescription, n.SystemDesc)
		is(t, n.Port+" TTL", r.TTL, n.TTL)
		if n.PVID != 0 {
			is(t, n.Port+" PVID", r.PVID, n.PVID)
		}
	}
}

func compareMLAG(t *testing.T, s *model.Switch, got *state.Switch) {
	m, want := got.MLAG, s.MLAG
	is(t, "MLAG protocol", m.Protocol, max(want.Protocol, state.NoMLAG))
	if want.Protocol != state.PeerLinkMLAG {
		return
	}
	is(t, "peered", m.Peered, want.Peered)
	is(t, "domain", m.Domain, want.Domain)
	is(t, "peer-link", m.PeerLink, want.PeerLink)
	is(t, "peer-link oper", m.PeerLinkOper, want.PeerLinkOper)
	is(t, "shared system", m.SystemMAC, want.SystemMAC)
	is(t, "peer address", m.PeerAddress, want.PeerAddress.String())
	is(t, "peer MAC", m.PeerMAC, want.PeerMAC)
	if want.Peered {
		is(t, "role", m.Role, want.Role)
	}
	switch {
	case want.Keepalive != 0:
		is(t, "keepalive", m.Keepalive, want.Keepalive)
		if m.KeepaliveOver.Known() {
			t.Errorf("the keepalive runs over %s: nothing says so", m.KeepaliveOver.Value)
		}
	case want.PeerLinkOper == state.Up: // heartbeats run over the peer-link, and over nothing else
		is(t, "keepalive over", m.KeepaliveOver, want.PeerLink)
	}
	is(t, "consistent", m.Consistent, len(want.Differences) == 0)
	if want.Peered {
		var g, w []string
		for _, d := range m.Differences {
			g = append(g, d.Where+" "+d.Local+" "+d.Peer)
		}
		for _, d := range want.Differences {
			w = append(w, d.Where+" "+d.Local+" "+d.Peer)
		}
		slices.Sort(g)
		slices.Sort(w)
		if !slices.Equal(g, w) {
			t.Errorf("differences: got %q, want %q", g, w)
		}
	}
	if len(m.Ports) != len(want.Ports) || !got.Listed.MLAGPorts.Known() {
		t.Fatalf("got %d multi-chassis ports, want %d", len(m.Ports), len(want.Ports))
	}
	for _, p := range want.Ports {
		i := slices.IndexFunc(m.Ports, func(x state.MLAGPort) bool { return x.ID == p.ID })
		if i < 0 {
			t.Errorf("multi-chassis port %s is missing", p.ID)
			continue
		}
		is(t, p.ID+" state", m.Ports[i].State, p.State)
		is(t, p.ID+" local", m.Ports[i].Local, p.Local)
		is(t, p.ID+" local oper", m.Ports[i].LocalOper, p.LocalOper)
		if p.PeerOper != 0 {
			is(t, p.ID+" peer", m.Ports[i].Peer, p.Peer)
			is(t, p.ID+" peer oper", m.Ports[i].PeerOper, p.PeerOper)
		}
	}
}

func compareTables(t *testing.T, s *model.Switch, got *state.Switch) {
	for _, v := range s.VLANs {
		w := got.VLAN(v.ID)
		if w == nil {
			t.Errorf("VLAN %d is missing", v.ID)
			continue
		}
		is(t, "VLAN name", w.Name, v.Name)
		is(t, "VLAN active", w.Active, v.Active)
	}
	if len(got.BridgePorts) != len(s.Bridge) || !got.Listed.BridgePorts.Known() {
		t.Errorf("got %d bridge ports, want %d", len(got.BridgePorts), len(s.Bridge))
	}
	for i := range s.Bridge {
		comparePort(t, s, &s.Bridge[i], got)
	}
	if len(got.MACs) != len(s.MACs) {
		t.Errorf("got %d addresses, want %d", len(got.MACs), len(s.MACs))
	}
	for _, m := range s.MACs {
		if !slices.ContainsFunc(got.MACs, func(e state.MACEntry) bool {
			return e.MAC == m.MAC && e.VID == m.VID && e.Interface == m.Interface && capture.Is(e.Kind, m.Kind)
		}) {
			t.Errorf("address %s in VLAN %d on %s is missing", m.MAC, m.VID, m.Interface)
		}
	}
	for _, v := range s.SVIs {
		i := slices.IndexFunc(got.SVIs, func(x state.SVI) bool { return x.Interface == v.Interface })
		if i < 0 {
			t.Errorf("%s is missing", v.Interface)
			continue
		}
		is(t, v.Interface+" VLAN", got.SVIs[i].VID, v.VID)
		is(t, v.Interface+" oper", got.SVIs[i].Oper, v.Oper)
		if v.VRF != "" {
			is(t, v.Interface+" VRF", got.SVIs[i].VRF, v.VRF)
		}
		if len(got.SVIs[i].Addresses) != 1 || got.SVIs[i].Addresses[0].Value != v.Addresses[0] {
			t.Errorf("%s: got %v, want %v", v.Interface, got.SVIs[i].Addresses, v.Addresses)
		}
	}
}

func comparePort(t *testing.T, s *model.Switch, p *model.BridgePort, got *state.Switch) {
	b := got.BridgePort(p.Interface)
	if b == nil {
		t.Errorf("bridge port %s is missing", p.Interface)
		return
	}
	is(t, p.Interface+" mode", b.Mode, p.Mode)
	is(t, p.Interface+" configured", b.Configured, p.Allowed)
	is(t, p.Interface+" explicit", b.Explicit, p.Explicit)
	is(t, p.Interface+" members", b.Members, p.Active)
	is(t, p.Interface+" PVID", b.PVID, p.PVID)
	is(t, p.Interface+" untagged", b.Untagged, p.Untagged)
	blocked := state.VIDSet{}
	for _, x := range s.Blocked {
		if x.Interface == p.Interface {
			blocked = x.VIDs
		}
	}
	seen := state.VIDSet{}
	for _, x := range got.STP {
		if x.Interface == p.Interface && capture.Is(x.State, state.Blocking) {
			seen = seen.Union(x.VIDs)
		}
	}
	if seen != blocked || !got.Listed.STP.Known() {
		t.Errorf("%s: blocked VLANs: got %s, want %s", p.Interface, seen, blocked)
	}
}
