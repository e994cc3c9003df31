package arista_eos_test

import (
	"slices"
	"strings"
	"testing"

	"uplinkcheck/drivers"
	driver "uplinkcheck/drivers/arista_eos"
	"uplinkcheck/drivers/capture"
	"uplinkcheck/drivers/state"
	"uplinkcheck/testbed/model"
	"uplinkcheck/testbed/personality/arista_eos"
	pt "uplinkcheck/testbed/personality/personalitytest"
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

// switches compiles a scenario.
func switches(t *testing.T, world string) []*model.Switch {
	t.Helper()
	text, ok := worlds[world]
	if !ok {
		t.Fatalf("no world %q", world)
	}
	return pt.Fabric(t, text).Switches
}

// ask is a capture of one switch. Without JSON it refuses every line that asks for it.
func ask(t *testing.T, s *model.Switch, isJSON bool) *capture.Capture {
	t.Helper()
	commands := slices.DeleteFunc(slices.Clone(driver.Driver.Commands), func(c drivers.Command) bool {
		_, knows := arista_eos.Personality.Switch(s, c.Line)
		return c.InsteadOf != "" && (isJSON || !knows)
	})
	return pt.Ask(t, s.Name, "arista_eos", commands, driver.Driver.Refusal, func(line string) ([]byte, bool) {
		data, ok := arista_eos.Personality.Switch(s, line)
		if !isJSON && strings.HasSuffix(line, "| json") {
			data = []byte("% This is an unconverted command\n")
		}
		return data, ok
	})
}

// TestRoundTrip renders switches and reads them back: what the model says and EOS can say must come out again.
func TestRoundTrip(t *testing.T) {
	for world := range worlds {
		t.Run(world, func(t *testing.T) {
			for _, s := range switches(t, world) {
				c := ask(t, s, true)
				got := pt.RoundTrip(t, driver.Driver, c)
				for _, r := range c.Replies {
					if r.Err != "" {
						t.Errorf("%s: %s: refused: %s", s.Name, r.Command, r.Err)
					}
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
				pt.Is(t, "version", got.Device.Version, s.Version)
				pt.Is(t, "serial number", got.Device.Serial, s.Serial)
				pt.Is(t, "chassis MAC", got.Device.ChassisMAC, s.MAC)
				compareNeighbours(t, s, got)
				for i := range s.LAGs {
					l := &s.LAGs[i]
					a := got.Aggregator(l.Name)
					if a == nil || len(a.Ports) != len(l.Ports) {
						t.Errorf("%s: got %+v", l.Name, a)
						continue
					}
					pt.Is(t, l.Name+" protocol", a.Protocol, l.Protocol)
					pt.Is(t, l.Name+" oper", a.Oper, l.Oper)
					for _, p := range a.Ports {
						pt.Is(t, p.Name+" selected", p.Selected, l.Port(p.Name).Selected)
					}
				}
			}
		})
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
	pt.Is(t, "host name", got.Device.Hostname, s.Hostname)
	pt.Is(t, "model", got.Device.Model, s.Model)
	pt.Is(t, "version", got.Device.Version, s.Version)
	pt.Is(t, "serial number", got.Device.Serial, s.Serial)
	pt.Is(t, "chassis MAC", got.Device.ChassisMAC, s.MAC)
	pt.Is(t, "stacked", got.Device.Stacked, false)
	for _, p := range s.Ports {
		n := got.Interface(p.Name)
		if n == nil {
			t.Errorf("%s is missing", p.Name)
			continue
		}
		pt.Port(t, &p, n)
		pt.Is(t, p.Name+" description", n.Description, p.Description)
	}
	for i := range s.LAGs {
		compareLAG(t, s, &s.LAGs[i], got)
	}
	pt.Aggregators(t, s, got)
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
		pt.Is(t, l.Name+" protocol", a.Protocol, l.Protocol)
	}
	pt.Is(t, l.Name+" oper", a.Oper, l.Oper)
	pt.Is(t, l.Name+" min-links", a.MinLinks, l.MinLinks)
	pt.Is(t, l.Name+" fallback", a.Fallback, l.Fallback)
	pt.Is(t, l.Name+" MLAG id", a.MLAGID, l.MLAGID)
	isOrUnknown(t, l.Name+" fallback active", a.FallbackActive, l.FallbackActive)
	if l.Fallback == state.NoFallback || l.Fallback == state.StaticFallback {
		pt.Is(t, l.Name+" fallback active", a.FallbackActive, l.FallbackActive)
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
			pt.Is(t, m.Name+" in service", capture.Then(a.Ports[i].Selected, selected), m.Selected == state.Selected)
		}
		if l.Protocol == state.LACP {
			compareEnds(t, s, l, m, &a.Ports[i])
			pt.Is(t, m.Name+" LACPDUs received", a.Ports[i].RX, m.RX)
			pt.Is(t, m.Name+" LACPDUs sent", a.Ports[i].TX, m.TX)
			pt.Is(t, m.Name+" illegal LACPDUs", a.Ports[i].IllegalRX, m.BadRX)
		}
	}
}

func selected(s state.Selection) (bool, bool) { return s == state.Selected, true }

func compareEnds(t *testing.T, s *model.Switch, l *model.LAG, m *model.LAGPort, p *state.AggregationPort) {
	pt.Is(t, m.Name+" actor state", p.Actor.State, state.WholeLACPState(uint8(m.Actor.State)))
	isOrUnknown(t, m.Name+" actor system", p.Actor.System, m.Actor.System)
	if l.MLAGID == "" || s.MLAG.Peered {
		pt.Is(t, m.Name+" actor system", p.Actor.System, m.Actor.System)
	}
	if !m.Heard {
		if p.Heard() != state.No {
			t.Errorf("%s: a partner was heard", m.Name)
		}
		return
	}
	pt.Endpoint(t, m.Name+" partner", p.Partner, m.Partner)
}

func compareNeighbours(t *testing.T, s *model.Switch, got *state.Switch) {
	t.Helper()
	pt.Neighbours(t, s, got)
	for i := range min(len(s.Neighbours), len(got.Remotes)) {
		pt.Is(t, s.Neighbours[i].Port+" system description", got.Remotes[i].SystemDescription, s.Neighbours[i].SystemDesc)
	}
}

func compareMLAG(t *testing.T, s *model.Switch, got *state.Switch) {
	m, want := got.MLAG, s.MLAG
	pt.Is(t, "MLAG protocol", m.Protocol, max(want.Protocol, state.NoMLAG))
	if want.Protocol != state.PeerLinkMLAG {
		return
	}
	pt.Is(t, "peered", m.Peered, want.Peered)
	pt.Is(t, "domain", m.Domain, want.Domain)
	pt.Is(t, "peer-link", m.PeerLink, want.PeerLink)
	pt.Is(t, "peer-link oper", m.PeerLinkOper, want.PeerLinkOper)
	pt.Is(t, "shared system", m.SystemMAC, want.SystemMAC)
	pt.Is(t, "peer address", m.PeerAddress, want.PeerAddress.String())
	pt.Is(t, "peer MAC", m.PeerMAC, want.PeerMAC)
	if want.Peered {
		pt.Is(t, "role", m.Role, want.Role)
	}
	switch {
	case want.Keepalive != 0:
		pt.Is(t, "keepalive", m.Keepalive, want.Keepalive)
		if m.KeepaliveOver.Known() {
			t.Errorf("the keepalive runs over %s: nothing says so", m.KeepaliveOver.Value)
		}
	case want.PeerLinkOper == state.Up: // heartbeats run over the peer-link, and over nothing else
		pt.Is(t, "keepalive over", m.KeepaliveOver, want.PeerLink)
	}
	pt.Is(t, "consistent", m.Consistent, len(want.Differences) == 0)
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
		pt.Is(t, p.ID+" state", m.Ports[i].State, p.State)
		pt.Is(t, p.ID+" local", m.Ports[i].Local, p.Local)
		pt.Is(t, p.ID+" local oper", m.Ports[i].LocalOper, p.LocalOper)
		if p.PeerOper != 0 {
			pt.Is(t, p.ID+" peer", m.Ports[i].Peer, p.Peer)
			pt.Is(t, p.ID+" peer oper", m.Ports[i].PeerOper, p.PeerOper)
		}
	}
}

func compareTables(t *testing.T, s *model.Switch, got *state.Switch) {
	pt.VLANs(t, s, got)
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
		pt.MAC(t, m, got)
	}
	for i := range s.SVIs {
		v := &s.SVIs[i]
		if w := pt.SVI(t, v, got); w != nil {
			pt.Is(t, v.Interface+" filtered", w.Filtered, v.Filter != "")
			if v.VRF != "" {
				pt.Is(t, v.Interface+" VRF", w.VRF, v.VRF)
			}
		}
	}
}

func comparePort(t *testing.T, s *model.Switch, p *model.BridgePort, got *state.Switch) {
	b := pt.BridgePort(t, p, got)
	if b == nil {
		return
	}
	pt.Is(t, p.Interface+" explicit", b.Explicit, p.Explicit)
	pt.Is(t, p.Interface+" PVID", b.PVID, p.PVID)
	blocked := pt.Blocked(s, p.Interface)
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
