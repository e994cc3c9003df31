package cisco_nxos_test

import (
	"slices"
	"testing"

	"uplinkcheck/drivers/capture"
	driver "uplinkcheck/drivers/cisco_nxos"
	"uplinkcheck/drivers/state"
	"uplinkcheck/testbed/model"
	"uplinkcheck/testbed/personality/cisco_nxos"
	pt "uplinkcheck/testbed/personality/personalitytest"
)

// worlds are what can be seen of NX-OS: a healthy vPC pair, a standalone switch, and the faults that change how it prints.
var worlds = map[string]string{
	"a healthy pair": "base: vpc-pair",
	"a switch alone": "switches: {leaf1: {platform: cisco_nxos, svis: [{vlan: 10, address: 10.0.10.2/24, vrf: mgmt}, {vlan: 20, address: 10.0.20.2/24, shut: true}]}}\n" +
		"networks: {management: {vlans: 10, role: management}, guests: {vlans: 20-30, role: guest}}\nhosts: {kvm1: {source: linux, uplinks: {eno1: leaf1/1, eno2: leaf1/2}}}\n" +
		"machines: {admin: {kind: station, uplinks: {eth0: leaf1/21}, networks: [management]}}",
	"a LAG that is down":              "base: vpc-pair\nfaults: [{fault: admin-down, on: leaf1/lag1}, {fault: cable-pulled, on: leaf1/2}]",
	"a port shut by protection":       "base: vpc-pair\nfaults: [{fault: port-errdisabled, on: leaf1/1}]",
	"a static LAG":                    "base: vpc-pair\nfaults: [{fault: lacp-off, on: leaf2/lag2}]",
	"two ends that wait":              "base: vpc-pair\nfaults: [{fault: passive-passive, on: kvm1}]",
	"a host that says nothing":        "base: vpc-pair\nfaults: [{fault: lacp-silent, on: esx1}]",
	"fallback to single ports":        "base: vpc-pair\nfaults: [{fault: fallback-active, on: esx1}]",
	"too few links":                   "base: vpc-pair\nfaults: [{fault: min-links, on: leaf1/lag1}]",
	"swapped legs":                    "base: vpc-pair\nfaults: [{fault: legs-swapped, on: esx1/eno2, with: kvm1/eno2}]",
	"everything allowed":              "base: vpc-pair\nfaults: [{fault: allow-all, on: esx1}]",
	"a suspended VLAN":                "base: vpc-pair\nfaults: [{fault: vlan-suspended, on: leaf1, vlans: 20}, {fault: native-mismatch, on: leaf1/lag2, vlans: 10}]",
	"ports that spanning tree blocks": "base: vpc-pair\nfaults: [{fault: stp-blocked, on: leaf1/lag1}, {fault: stp-blocked, on: leaf1/lag2, vlans: 20}]",
	"peers apart":                     "base: vpc-pair\nfaults: [{fault: peer-link-down, on: p1}]",
	"a protocol that is down":         "base: vpc-pair\nfaults: [{fault: mlag-peer-down, on: p1}]",
	"a silent keepalive":              "base: vpc-pair\nfaults: [{fault: keepalive-down, on: p1}]",
	"a pair without keepalive":        "base: vpc-pair\npairs: {p1: {keepalive: none}}",
	"peers that differ":               "base: vpc-pair\nfaults: [{fault: config-inconsistent, on: p1}, {fault: vlan-missing, on: leaf1/lag1, vlans: 20}, {fault: native-mismatch, on: leaf1/lag2, vlans: 10}]",
	"a port up on one side":           "base: vpc-pair\nfaults: [{fault: mlag-port-partial, on: leaf1/lag1}]",
	"an access port in management":    "base: vpc-pair\nfaults: [{fault: mgmt-vlan-on-edge-port, on: leaf1/5}, {fault: lldp-silent, on: leaf2}]",
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

func ask(t *testing.T, s *model.Switch) *capture.Capture {
	t.Helper()
	return pt.AskFirst(t, driver.Driver, s, cisco_nxos.Personality.Switch)
}

// TestRoundTrip renders switches and reads them back: what the model says and NX-OS can say must come out again.
func TestRoundTrip(t *testing.T) {
	for world := range worlds {
		t.Run(world, func(t *testing.T) {
			for _, s := range switches(t, world) {
				got := pt.RoundTrip(t, driver.Driver, ask(t, s))
				compare(t, s, got)
				compareVPC(t, s, got)
				compareTables(t, s, got)
			}
		})
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
		if p.Description != "" {
			pt.Is(t, p.Name+" description", n.Description, p.Description)
		}
	}
	if len(got.Aggregators) != len(s.LAGs) || !got.Listed.Aggregators.Known() {
		t.Errorf("got %d aggregators, want %d, and the list whole", len(got.Aggregators), len(s.LAGs))
	}
	for i := range s.LAGs {
		compareLAG(t, s, &s.LAGs[i], got)
	}
	compareNeighbours(t, s, got)
}

func compareLAG(t *testing.T, s *model.Switch, l *model.LAG, got *state.Switch) {
	a := got.Aggregator(l.Name)
	if a == nil {
		t.Errorf("%s is missing", l.Name)
		return
	}
	pt.Is(t, l.Name+" protocol", a.Protocol, l.Protocol)
	pt.Is(t, l.Name+" oper", a.Oper, l.Oper)
	pt.Is(t, l.Name+" min-links", a.MinLinks, l.MinLinks)
	pt.Is(t, l.Name+" fallback", a.Fallback, l.Fallback)
	pt.Is(t, l.Name+" vPC", a.MLAGID, l.MLAGID)
	if a.FallbackActive.Known() {
		pt.Is(t, l.Name+" fallback active", a.FallbackActive, l.FallbackActive)
	}
	if len(a.Ports) != len(l.Ports) {
		t.Errorf("%s: got %d ports, want %d", l.Name, len(a.Ports), len(l.Ports))
		return
	}
	for i := range a.Ports {
		p, m := &a.Ports[i], l.Port(a.Ports[i].Name)
		if m == nil {
			t.Errorf("%s: no port %s", l.Name, a.Ports[i].Name)
			continue
		}
		pt.Is(t, m.Name+" selected", p.Selected, m.Selected)
		if l.Protocol == state.LACP {
			compareEnds(t, s, l, m, p)
		}
	}
}

func compareEnds(t *testing.T, s *model.Switch, l *model.LAG, m *model.LAGPort, p *state.AggregationPort) {
	pt.Is(t, m.Name+" LACPDUs received", p.RX, m.RX)
	pt.Is(t, m.Name+" LACPDUs sent", p.TX, m.TX)
	pt.Is(t, m.Name+" illegal LACPDUs", p.IllegalRX, m.BadRX)
	pt.Is(t, m.Name+" actor state", p.Actor.State, state.WholeLACPState(uint8(m.Actor.State)))
	pt.Is(t, m.Name+" actor key", p.Actor.Key, m.Actor.Key)
	pt.Is(t, m.Name+" actor port", p.Actor.Port, m.Actor.Port)
	if m.Heard || l.MLAGID == "" || s.MLAG.Peered { // else nothing tells which system it presents
		pt.Is(t, m.Name+" actor system", p.Actor.System, m.Actor.System)
	} else if p.Actor.System.Known() {
		t.Errorf("%s: actor system %v, which nothing tells", m.Name, p.Actor.System.Value)
	}
	if !m.Heard {
		if p.Heard() != state.No {
			t.Errorf("%s: a partner was heard", m.Name)
		}
		return
	}
	pt.Endpoint(t, m.Name+" partner", p.Partner, m.Partner)
}

// compareNeighbours leaves the lifetime out: NX-OS tells what is left of it.
func compareNeighbours(t *testing.T, s *model.Switch, got *state.Switch) {
	t.Helper()
	if len(got.Remotes) != len(s.Neighbours) {
		t.Errorf("got %d neighbours, want %d", len(got.Remotes), len(s.Neighbours))
		return
	}
	for i, n := range s.Neighbours {
		r := got.Remotes[i]
		if r.Interface != n.Port {
			t.Errorf("neighbour on %s, want on %s", r.Interface, n.Port)
		}
		pt.Is(t, n.Port+" chassis id", r.ChassisID, n.ChassisID)
		pt.Is(t, n.Port+" port id", r.PortID, n.PortID)
		pt.Is(t, n.Port+" system name", r.SystemName, n.SystemName)
		if n.SystemDesc != "" {
			pt.Is(t, n.Port+" system description", r.SystemDescription, n.SystemDesc)
		}
		if n.PVID != 0 {
			pt.Is(t, n.Port+" PVID", r.PVID, n.PVID)
		}
	}
	if !got.Listed.Remotes.Known() {
		t.Error("the list of neighbours is not whole")
	}
}

func compareVPC(t *testing.T, s *model.Switch, got *state.Switch) {
	m, want := got.MLAG, s.MLAG
	pt.Is(t, "protocol", m.Protocol, max(want.Protocol, state.NoMLAG))
	if want.Protocol != state.PeerLinkMLAG {
		return
	}
	pt.Is(t, "peered", m.Peered, want.Peered)
	pt.Is(t, "domain", m.Domain, want.Domain)
	pt.Is(t, "role", m.Role, want.Role)
	pt.Is(t, "peer-link", m.PeerLink, want.PeerLink)
	pt.Is(t, "peer-link oper", m.PeerLinkOper, want.PeerLinkOper)
	pt.Is(t, "shared system", m.SystemMAC, want.SystemMAC)
	pt.Is(t, "peer MAC", m.PeerMAC, want.PeerMAC)
	pt.Is(t, "held back", m.HeldBack, want.HeldBack)
	pt.Is(t, "reload delay", m.ReloadDelay, want.ReloadDelay)
	pt.Is(t, "consistent", m.Consistent, len(want.Differences) == 0)
	switch want.Keepalive {
	case state.Up:
		pt.Is(t, "split brain", m.SplitBrain, state.Guarded)
		pt.Is(t, "keepalive over", m.KeepaliveOver, "mgmt0")
		pt.Is(t, "peer address", m.PeerAddress, want.PeerAddress.String())
		pt.Is(t, "keepalive", m.Keepalive, state.Up)
	case state.Down:
		pt.Is(t, "keepalive", m.Keepalive, state.Down)
	default:
		pt.Is(t, "split brain", m.SplitBrain, state.Unguarded)
	}
	var g, w []string
	for _, d := range m.Differences {
		g = append(g, d.Where+" "+d.Parameter+" "+d.Local+" "+d.Peer)
	}
	for _, d := range want.Differences {
		if d.Where == "global" {
			w = append(w, d.Where+" "+d.Parameter+" "+d.Local+" "+d.Peer)
		}
	}
	if !slices.Equal(g, w) {
		t.Errorf("differences: got %q, want %q", g, w)
	}
	compareOrphans(t, s, got)
	if len(m.Ports) != len(want.Ports) || !got.Listed.MLAGPorts.Known() {
		t.Fatalf("got %d multi-chassis ports, want %d", len(m.Ports), len(want.Ports))
	}
	for _, p := range want.Ports {
		i := slices.IndexFunc(m.Ports, func(x state.MLAGPort) bool { return x.ID == p.ID })
		if i < 0 {
			t.Errorf("vPC %s is missing", p.ID)
			continue
		}
		pt.Is(t, p.ID+" local", m.Ports[i].Local, p.Local)
		pt.Is(t, p.ID+" local oper", m.Ports[i].LocalOper, p.LocalOper)
		if m.Ports[i].State.Known() && p.State != state.MLAGDisabled { // which NX-OS does not tell from a leg that is down
			pt.Is(t, p.ID+" state", m.Ports[i].State, p.State)
		}
	}
}

// compareOrphans holds what is listed against the ports that carry a VLAN of the peer-link in no vPC. They stay up without it: nothing
// else is configured.
func compareOrphans(t *testing.T, s *model.Switch, got *state.Switch) {
	t.Helper()
	want := map[string]state.VIDSet{}
	for i := range s.Bridge {
		b, link := &s.Bridge[i], s.BridgePort(s.MLAG.PeerLink)
		l := s.LAG(b.Interface)
		if b.Oper == state.Up && !b.PeerLink && (l == nil || l.MLAGID == "") && link != nil && b.Active.Overlaps(link.Active) {
			want[b.Interface] = b.Active.Intersect(link.Active)
		}
	}
	for _, o := range got.MLAG.Orphans {
		var in []state.VID
		for _, v := range o.ListedIn {
			in = append(in, v.Value)
		}
		if state.VIDs(in...) != want[o.Interface] {
			t.Errorf("%s is listed in VLANs %v, want %s", o.Interface, in, want[o.Interface])
		}
		pt.Is(t, o.Interface+" suspends", o.Suspends, false)
	}
	if len(got.MLAG.Orphans) != len(want) || got.Listed.Orphans.Known() != (len(want) > 0) {
		t.Errorf("got %d orphans, want %d", len(got.MLAG.Orphans), len(want))
	}
}

func compareTables(t *testing.T, s *model.Switch, got *state.Switch) {
	pt.VLANs(t, s, got)
	if len(got.BridgePorts) != len(s.Bridge) || !got.Listed.BridgePorts.Known() || !got.Listed.VLANs.Known() {
		t.Errorf("got %d bridge ports, want %d", len(got.BridgePorts), len(s.Bridge))
	}
	global := slices.ContainsFunc(s.MLAG.Differences, func(d model.Difference) bool { return d.Where == "global" })
	for i := range s.Bridge {
		comparePort(t, s, &s.Bridge[i], got, global)
	}
	if len(got.MACs) != len(s.MACs) || !got.Listed.MACs.Known() && len(s.MACs) > 0 {
		t.Errorf("got %d addresses, want %d", len(got.MACs), len(s.MACs))
	}
	for _, m := range s.MACs {
		if m.Kind == state.OwnMAC {
			m.Interface = "sup-eth1"
		}
		pt.MAC(t, m, got)
	}
	for i := range s.SVIs {
		v := &s.SVIs[i]
		if w := pt.SVI(t, v, got); w != nil {
			vrf := v.VRF
			if vrf == "" {
				vrf = "default"
			}
			pt.Is(t, v.Interface+" VRF", w.VRF, vrf)
		}
	}
}

// comparePort: where the peers differ as a whole, VLANs of a vPC that is down are not told.
func comparePort(t *testing.T, s *model.Switch, p *model.BridgePort, got *state.Switch, global bool) {
	b := got.BridgePort(p.Interface)
	if b == nil {
		t.Errorf("bridge port %s is missing", p.Interface)
		return
	}
	if !global || p.Oper == state.Up {
		pt.BridgePort(t, p, got)
	} else {
		pt.Is(t, p.Interface+" configured", b.Configured, p.Allowed)
	}
	pt.Is(t, p.Interface+" PVID", b.PVID, p.PVID)
	blocked, seen := pt.Blocked(s, p.Interface), state.VIDSet{}
	for _, x := range got.STP {
		if x.Interface == p.Interface && capture.Is(x.State, state.Blocking) {
			seen = seen.Union(x.VIDs)
		}
	}
	if p.Oper == state.Up && seen != blocked.Intersect(p.Active) {
		t.Errorf("%s: blocked VLANs: got %s, want %s", p.Interface, seen, blocked)
	}
}
