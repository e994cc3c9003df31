package aruba_aoscx_test

import (
	"slices"
	"testing"

	"uplinkcheck/drivers"
	driver "uplinkcheck/drivers/aruba_aoscx"
	"uplinkcheck/drivers/capture"
	"uplinkcheck/drivers/state"
	"uplinkcheck/testbed/model"
	"uplinkcheck/testbed/personality/aruba_aoscx"
	pt "uplinkcheck/testbed/personality/personalitytest"
)

// worlds are what can be seen of AOS-CX: a healthy VSX pair, a switch alone, and the faults that change how it prints.
var worlds = map[string]string{
	"a healthy pair":                  "base: vsx-pair",
	"a switch alone":                  "switches: {leaf1: {platform: aruba_aoscx, svis: [{vlan: 10, address: 10.0.10.2/24, vrf: mgmt-hosts}, {vlan: 20, address: 10.0.20.2/24}]}}\nnetworks: {management: {vlans: 10, role: management}, guests: {vlans: 20-30, role: guest}}\nhosts: {kvm1: {source: linux, uplinks: {eno1: leaf1/1, eno2: leaf1/2}}}\nmachines: {admin: {kind: station, uplinks: {eth0: leaf1/21}, networks: [management]}}",
	"a LAG that is down":              "base: vsx-pair\nfaults: [{fault: admin-down, on: leaf1/lag1}, {fault: cable-pulled, on: leaf1/2}]",
	"a port shut by protection":       "base: vsx-pair\nfaults: [{fault: port-errdisabled, on: leaf1/1}]",
	"a static LAG":                    "base: vsx-pair\nfaults: [{fault: lacp-off, on: leaf2/lag2}]",
	"two ends that wait":              "base: vsx-pair\nfaults: [{fault: passive-passive, on: kvm1}]",
	"a host that says nothing":        "base: vsx-pair\nfaults: [{fault: lacp-silent, on: esx1}]",
	"static fallback":                 "base: vsx-pair\nfaults: [{fault: fallback-active, on: esx1}]",
	"swapped legs":                    "base: vsx-pair\nfaults: [{fault: legs-swapped, on: esx1/eno2, with: kvm1/eno2}]",
	"everything allowed":              "base: vsx-pair\nfaults: [{fault: allow-all, on: esx1}]",
	"a suspended VLAN":                "base: vsx-pair\nfaults: [{fault: vlan-suspended, on: leaf1, vlans: 20}, {fault: native-mismatch, on: leaf1/lag2, vlans: 10}]",
	"ports that spanning tree blocks": "base: vsx-pair\nfaults: [{fault: stp-blocked, on: leaf1/lag1}, {fault: stp-blocked, on: leaf1/lag2, vlans: 20}]",
	"peers apart":                     "base: vsx-pair\nfaults: [{fault: peer-link-down, on: p1}]",
	"a protocol that is down":         "base: vsx-pair\nfaults: [{fault: mlag-peer-down, on: p1}]",
	"a silent keepalive":              "base: vsx-pair\nfaults: [{fault: keepalive-down, on: p1}]",
	"a pair without keepalive":        "base: vsx-pair\npairs: {p1: {keepalive: none}}",
	"peers that differ":               "base: vsx-pair\nfaults: [{fault: config-inconsistent, on: p1}, {fault: vlan-missing, on: leaf1/lag1, vlans: 20}, {fault: native-mismatch, on: leaf1/lag2, vlans: 10}]",
	"a port up on one side":           "base: vsx-pair\nfaults: [{fault: mlag-port-partial, on: leaf1/lag1}]",
	"an access port in management":    "base: vsx-pair\nfaults: [{fault: mgmt-vlan-on-edge-port, on: leaf1/5}, {fault: lldp-silent, on: leaf2}]",
}

func ask(t *testing.T, s *model.Switch) *capture.Capture {
	t.Helper()
	return pt.AskFirst(t, driver.Driver, s, aruba_aoscx.Personality.Switch)
}

// inEach compiles every world and gives the test each of its switches.
func inEach(t *testing.T, f func(t *testing.T, s *model.Switch)) {
	for name, text := range worlds {
		t.Run(name, func(t *testing.T) {
			for _, s := range pt.Fabric(t, text).Switches {
				f(t, s)
			}
		})
	}
}

// TestRoundTrip renders switches and reads them back: what the model says and AOS-CX can say must come out again.
func TestRoundTrip(t *testing.T) {
	inEach(t, func(t *testing.T, s *model.Switch) {
		got := pt.RoundTrip(t, driver.Driver, ask(t, s))
		pt.Is(t, "host name", got.Device.Hostname, s.Hostname)
		pt.Is(t, "model", got.Device.Model, s.Model)
		pt.Is(t, "version", got.Device.Version, s.Version)
		pt.Is(t, "serial number", got.Device.Serial, s.Serial)
		pt.Is(t, "chassis MAC", got.Device.ChassisMAC, s.MAC)
		pt.Is(t, "stacked", got.Device.Stacked, false)
		for i := range s.Ports {
			comparePort(t, s, &s.Ports[i], got)
		}
		pt.Aggregators(t, s, got)
		for i := range s.LAGs {
			compareLAG(t, s, &s.LAGs[i], got)
		}
		compareNeighbours(t, s, got)
		compareVSX(t, s, got)
		compareTables(t, s, got)
	})
}

// TestStandIns reads the lines that stand in for others: fewer facts, and none that differs.
func TestStandIns(t *testing.T) {
	inEach(t, func(t *testing.T, s *model.Switch) {
		var commands []drivers.Command
		for _, c := range driver.Driver.Commands {
			if c.InsteadOf != "" {
				c.InsteadOf = ""
				commands = append(commands, c)
			}
		}
		got := pt.RoundTrip(t, driver.Driver, pt.Ask(t, s.Name, "aruba_aoscx", commands, driver.Driver.Refusal, func(line string) ([]byte, bool) {
			return aruba_aoscx.Personality.Switch(s, line)
		}))
		pt.Is(t, "version", got.Device.Version, s.Version)
		for _, p := range s.Ports {
			i := got.Interface(p.Name)
			if i == nil {
				t.Errorf("%s is missing", p.Name)
				continue
			}
			pt.Is(t, p.Name+" admin", i.Admin, p.Admin)
			pt.Is(t, p.Name+" oper", i.Oper, p.Oper)
		}
		if len(got.Remotes) != len(s.Neighbours) {
			t.Errorf("got %d neighbours, want %d", len(got.Remotes), len(s.Neighbours))
		}
	})
}

func comparePort(t *testing.T, s *model.Switch, p *model.Port, got *state.Switch) {
	i := got.Interface(p.Name)
	if i == nil {
		t.Errorf("%s is missing", p.Name)
		return
	}
	pt.Is(t, p.Name+" admin", i.Admin, p.Admin)
	pt.Is(t, p.Name+" oper", i.Oper, p.Oper)
	pt.Is(t, p.Name+" MTU", i.MTU, p.MTU)
	pt.Is(t, p.Name+" MAC", i.MAC, p.MAC)
	pt.Is(t, p.Name+" transitions", i.Transitions, uint64(p.Changes))
	if p.Oper == state.Up {
		pt.Is(t, p.Name+" speed", i.Speed, p.Speed)
	} else if i.Speed.Known() {
		t.Errorf("%s: a speed without a link", p.Name)
	}
	if p.LAG != "" {
		pt.Is(t, p.Name+" LAG", i.Aggregator, p.LAG)
	}
	if p.Description != "" {
		pt.Is(t, p.Name+" description", i.Description, p.Description)
	}
}

func compareLAG(t *testing.T, s *model.Switch, l *model.LAG, got *state.Switch) {
	a := got.Aggregator(l.Name)
	if a == nil || len(a.Ports) != len(l.Ports) {
		t.Errorf("%s: got %+v: the ports of the peer are none of ours", l.Name, a)
		return
	}
	pt.Is(t, l.Name+" protocol", a.Protocol, l.Protocol)
	pt.Is(t, l.Name+" oper", a.Oper, l.Oper)
	pt.Is(t, l.Name+" multi-chassis id", a.MLAGID, l.MLAGID)
	pt.Is(t, l.Name+" MTU", got.Interface(l.Name).MTU, l.MTU)
	for i := range a.Ports {
		p, m := &a.Ports[i], l.Port(a.Ports[i].Name)
		switch {
		case m == nil:
			t.Errorf("%s: no port %s", l.Name, p.Name)
			continue
		case m.Selected == state.Selected || m.Selected == state.Unselected:
			pt.Is(t, m.Name+" selected", p.Selected, m.Selected)
		case capture.Is(p.Selected, state.Selected):
			t.Errorf("%s is in the LAG", m.Name)
		}
		if l.Protocol != state.LACP {
			continue
		}
		pt.Endpoint(t, m.Name+" actor", p.Actor, m.Actor)
		if m.Heard {
			pt.Endpoint(t, m.Name+" partner", p.Partner, m.Partner)
		} else if p.Heard() != state.No {
			t.Errorf("%s: a partner was heard", m.Name)
		}
	}
}

// compareNeighbours: AOS-CX prints no kinds of identifiers.
func compareNeighbours(t *testing.T, s *model.Switch, got *state.Switch) {
	if len(got.Remotes) != len(s.Neighbours) || !got.Listed.Remotes.Known() {
		t.Fatalf("got %d neighbours, want %d, and the whole list", len(got.Remotes), len(s.Neighbours))
	}
	for i, n := range s.Neighbours {
		r := &got.Remotes[i]
		id := func(f capture.Fact[state.Identifier]) capture.Fact[string] {
			return capture.Then(f, func(x state.Identifier) (string, bool) { return x.ID, true })
		}
		if r.Interface != n.Port {
			t.Errorf("a neighbour on %s, want on %s", r.Interface, n.Port)
		}
		pt.Is(t, n.Port+" chassis id", id(r.ChassisID), n.ChassisID.ID)
		pt.Is(t, n.Port+" port id", id(r.PortID), n.PortID.ID)
		pt.Is(t, n.Port+" system name", r.SystemName, n.SystemName)
		pt.Is(t, n.Port+" system description", r.SystemDescription, n.SystemDesc)
		pt.Is(t, n.Port+" TTL", r.TTL, n.TTL)
		if n.PVID != 0 {
			pt.Is(t, n.Port+" PVID", r.PVID, n.PVID)
		}
	}
}

func compareVSX(t *testing.T, s *model.Switch, got *state.Switch) {
	m, want := &got.MLAG, &s.MLAG
	if want.Protocol != state.PeerLinkMLAG {
		if m.Protocol.Known() {
			t.Error("there is no VSX")
		}
		return
	}
	pt.Is(t, "protocol", m.Protocol, state.PeerLinkMLAG)
	pt.Is(t, "peered", m.Peered, want.Peered)
	pt.Is(t, "role", m.Role, want.Role)
	pt.Is(t, "inter-switch link", m.PeerLink, want.PeerLink)
	pt.Is(t, "inter-switch link oper", m.PeerLinkOper, want.PeerLinkOper)
	pt.Is(t, "delay", m.ReloadDelay, want.ReloadDelay)
	if want.Peered {
		pt.Is(t, "shared system", m.SystemMAC, want.SystemMAC)
	}
	if want.Keepalive != 0 {
		pt.Is(t, "keepalive", m.Keepalive, want.Keepalive)
		pt.Is(t, "keepalive over", m.KeepaliveOver, want.KeepaliveOver)
		pt.Is(t, "peer address", m.PeerAddress, want.PeerAddress.String())
	} else if m.Keepalive.Known() {
		t.Error("no keepalive is configured")
	}
	var g, w []string
	for _, d := range m.Differences {
		g = append(g, d.Parameter+" "+d.Local+" "+d.Peer)
	}
	for _, d := range want.Differences {
		if d.Where == "global" && want.Peered {
			w = append(w, d.Parameter+" "+d.Local+" "+d.Peer)
		}
	}
	if slices.Sort(g); !slices.Equal(g, w) {
		t.Errorf("differences: got %q, want %q", g, w)
	}
	if len(m.Ports) != len(want.Ports) {
		t.Fatalf("got %d multi-chassis LAGs, want %d", len(m.Ports), len(want.Ports))
	}
	for _, p := range want.Ports {
		i := slices.IndexFunc(m.Ports, func(x state.MLAGPort) bool { return x.ID == p.ID })
		if i < 0 {
			t.Errorf("multi-chassis %s is missing", p.Local)
			continue
		}
		pt.Is(t, p.Local+" local oper", m.Ports[i].LocalOper, p.LocalOper)
		lacp := s.LAG(p.Local).Protocol == state.LACP
		if p.PeerOper != 0 && lacp {
			pt.Is(t, p.Local+" peer oper", m.Ports[i].PeerOper, p.PeerOper)
		} else if m.Ports[i].PeerOper.Known() {
			t.Errorf("%s: nothing says how the peer's side is", p.Local)
		}
		if m.Ports[i].State.Known() && p.State != state.MLAGDisabled {
			pt.Is(t, p.Local+" state", m.Ports[i].State, p.State)
		}
	}
}

func compareTables(t *testing.T, s *model.Switch, got *state.Switch) {
	pt.VLANs(t, s, got)
	if len(got.BridgePorts) != len(s.Bridge) || !got.Listed.BridgePorts.Known() || !got.Listed.VLANs.Known() {
		t.Errorf("got %d bridge ports, want %d, and whole lists", len(got.BridgePorts), len(s.Bridge))
	}
	for i := range s.Bridge {
		p := &s.Bridge[i]
		b := pt.BridgePort(t, p, got)
		if b == nil {
			continue
		}
		pt.Is(t, p.Interface+" PVID", b.PVID, p.PVID)
		seen := state.VIDSet{}
		for _, x := range got.STP {
			if x.Interface == p.Interface && capture.Is(x.State, state.Blocking) {
				seen = seen.Union(x.VIDs)
			}
		}
		if blocked := pt.Blocked(s, p.Interface); p.Oper == state.Up && seen != blocked {
			t.Errorf("%s: blocked VLANs: got %s, want %s", p.Interface, seen, blocked)
		}
	}
	if len(got.MACs) != len(s.MACs) || !got.Listed.MACs.Known() {
		t.Errorf("got %d addresses, want %d, and the whole list", len(got.MACs), len(s.MACs))
	}
	for _, m := range s.MACs {
		if m.Kind == state.PeerLearned { // printed as our own
			m.Kind = state.Dynamic
		}
		pt.MAC(t, m, got)
	}
	for i := range s.SVIs {
		if w := pt.SVI(t, &s.SVIs[i], got); w != nil {
			vrf := s.SVIs[i].VRF
			if vrf == "" {
				vrf = "default"
			}
			pt.Is(t, w.Interface+" VRF", w.VRF, vrf)
		}
	}
}
