package cisco_iosxe_test

import (
	"slices"
	"testing"

	"uplinkcheck/drivers/capture"
	driver "uplinkcheck/drivers/cisco_iosxe"
	"uplinkcheck/drivers/state"
	"uplinkcheck/testbed/model"
	"uplinkcheck/testbed/personality/cisco_iosxe"
	pt "uplinkcheck/testbed/personality/personalitytest"
)

// worlds are what can be seen of IOS-XE: a stack, a switch on its own, and the faults that change how they print.
var worlds = map[string]string{
	"a stack": "base: iosxe-stack",
	"a switch alone": "switches: {sw1: {platform: cisco_iosxe, svis: [{vlan: 10, address: 10.0.10.2/24, vrf: mgmt}, {vlan: 20, address: 10.0.20.2/24, filter: GUESTS-IN}, {vlan: 30}]}}\n" +
		"networks: {management: {vlans: 10, role: management}, guests: {vlans: 20-30, role: guest}}\nhosts: {kvm1: {source: linux, uplinks: {eno1: sw1/1, eno2: sw1/2}}}\n" +
		"machines: {admin: {kind: station, uplinks: {eth0: sw1/21}, networks: [management]}}",
	"a LAG that is down":              "base: iosxe-stack\nfaults: [{fault: admin-down, on: stack1/lag1}, {fault: cable-pulled, on: \"stack1/1:2\"}]",
	"a port shut by protection":       "base: iosxe-stack\nfaults: [{fault: port-errdisabled, on: \"stack1/1:1\"}]",
	"a static LAG":                    "base: iosxe-stack\nfaults: [{fault: lacp-off, on: stack1/lag2}]",
	"a host that says nothing":        "base: iosxe-stack\nfaults: [{fault: lacp-silent, on: esx1}]",
	"illegal LACPDUs":                 "base: iosxe-stack\nfaults: [{fault: bad-pdus, on: \"stack1/1:1\"}]",
	"a port cabled to the next":       "base: iosxe-stack\nfaults: [{fault: loop-cable, on: \"stack1/1:5\", with: \"stack1/1:6\", vlans: \"10,100\"}]",
	"too few links":                   "base: iosxe-stack\nfaults: [{fault: min-links, on: stack1/lag1}]",
	"everything allowed":              "base: iosxe-stack\nfaults: [{fault: allow-all, on: esx1}]",
	"a suspended VLAN":                "base: iosxe-stack\nfaults: [{fault: vlan-suspended, on: stack1, vlans: 20}, {fault: native-mismatch, on: stack1/lag2, vlans: 10}]",
	"ports that spanning tree blocks": "base: iosxe-stack\nfaults: [{fault: stp-blocked, on: stack1/lag1}, {fault: stp-blocked, on: stack1/lag2, vlans: 20}]",
	"a silent switch":                 "base: iosxe-stack\nfaults: [{fault: lldp-silent, on: stack1}]",
}

func switches(t *testing.T, world string) []*model.Switch {
	t.Helper()
	return pt.Fabric(t, worlds[world]).Switches
}

func ask(t *testing.T, s *model.Switch) *capture.Capture {
	t.Helper()
	return pt.AskFirst(t, driver.Driver, s, cisco_iosxe.Personality.Switch)
}

// TestEveryCommandIsKnown: what the personality does not print it refuses in the words of IOS.
func TestEveryCommandIsKnown(t *testing.T) {
	for _, s := range switches(t, "a stack") {
		for _, c := range driver.Driver.Commands {
			text, ok := cisco_iosxe.Personality.Switch(s, c.Line)
			if !ok {
				t.Errorf("%q is not known", c.Line)
			}
			if len(text) == 0 {
				t.Errorf("%q: nothing is printed", c.Line)
			}
		}
	}
}

// TestRoundTrip renders switches and reads them back: what the model says and IOS-XE can say must come out again.
func TestRoundTrip(t *testing.T) {
	for world := range worlds {
		t.Run(world, func(t *testing.T) {
			for _, s := range switches(t, world) {
				compare(t, s, pt.RoundTrip(t, driver.Driver, ask(t, s)))
			}
		})
	}
}

func compare(t *testing.T, s *model.Switch, got *state.Switch) {
	t.Helper()
	pt.Is(t, "host name", got.Device.Hostname, s.Hostname)
	pt.Is(t, "model", got.Device.Model, s.Model)
	pt.Is(t, "version", got.Device.Version, s.Version)
	pt.Is(t, "chassis MAC", got.Device.ChassisMAC, s.MAC)
	pt.Is(t, "stacked", got.Device.Stacked, len(s.Members) > 1)
	pt.Is(t, "multi-chassis protocol", got.MLAG.Protocol, state.NoMLAG)
	compareMembers(t, s, got)
	for _, p := range s.Ports {
		comparePort(t, s, &p, got)
	}
	pt.Aggregators(t, s, got)
	for i := range s.LAGs {
		compareLAG(t, &s.LAGs[i], got)
	}
	pt.VLANs(t, s, got)
	if len(got.BridgePorts) != len(s.Bridge) || !got.Listed.BridgePorts.Known() || !got.Listed.VLANs.Known() {
		t.Errorf("got %d bridge ports, want %d", len(got.BridgePorts), len(s.Bridge))
	}
	for i := range s.Bridge {
		compareBridge(t, s, &s.Bridge[i], got)
	}
	compareNeighbours(t, s, got)
	compareRouting(t, s, got)
}

func compareMembers(t *testing.T, s *model.Switch, got *state.Switch) {
	t.Helper()
	for _, m := range s.Members {
		i := slices.IndexFunc(got.Members, func(x state.Member) bool { return x.ID == m.ID })
		if i < 0 {
			t.Errorf("member %s is missing", m.ID)
			continue
		}
		x := &got.Members[i]
		pt.Is(t, m.ID+" role", x.Role, m.Role)
		pt.Is(t, m.ID+" up", x.Up, m.Up)
		pt.Is(t, m.ID+" model", x.Model, m.Model)
		if m.Role != state.RoleActive { // whose serial number the model takes for that of the stack
			pt.Is(t, m.ID+" serial number", x.Serial, m.Serial)
			pt.Is(t, m.ID+" MAC", x.MAC, m.MAC)
		}
		var to []string
		for _, l := range x.Links {
			to = append(to, l.To)
		}
		if !slices.Equal(to, m.Cables) || !x.LinksFrom.Known() {
			t.Errorf("member %s: got cables to %v, want %v", m.ID, to, m.Cables)
		}
	}
}

func comparePort(t *testing.T, s *model.Switch, p *model.Port, got *state.Switch) {
	t.Helper()
	n := got.Interface(p.Name)
	if n == nil {
		t.Errorf("%s is missing", p.Name)
		return
	}
	pt.Is(t, p.Name+" admin", n.Admin, p.Admin)
	pt.Is(t, p.Name+" oper", n.Oper, p.Oper)
	pt.Is(t, p.Name+" speed", n.Speed, p.Speed)
	pt.Is(t, p.Name+" MTU", n.MTU, p.MTU)
	pt.Is(t, p.Name+" MAC", n.MAC, p.MAC)
	pt.Is(t, p.Name+" bridged", n.Bridged, true)
	if p.LAG != "" { // that a port is in no LAG is not printed
		pt.Is(t, p.Name+" aggregator", n.Aggregator, p.LAG)
	}
	if p.Member != "" {
		pt.Is(t, p.Name+" member", n.Member, p.Member)
	}
	if p.Description != "" {
		pt.Is(t, p.Name+" description", n.Description, p.Description)
	}
}

func compareLAG(t *testing.T, l *model.LAG, got *state.Switch) {
	t.Helper()
	a := got.Aggregator(l.Name)
	if a == nil {
		t.Errorf("%s is missing", l.Name)
		return
	}
	pt.Is(t, l.Name+" protocol", a.Protocol, l.Protocol)
	pt.Is(t, l.Name+" oper", a.Oper, l.Oper)
	pt.Is(t, l.Name+" min-links", a.MinLinks, l.MinLinks)
	if len(a.Ports) != len(l.Ports) {
		t.Errorf("%s: got %d ports, want %d", l.Name, len(a.Ports), len(l.Ports))
		return
	}
	for i := range a.Ports {
		m := l.Port(a.Ports[i].Name)
		if m == nil {
			t.Errorf("%s: no port %s", l.Name, a.Ports[i].Name)
			continue
		}
		pt.Is(t, m.Name+" selected", a.Ports[i].Selected, m.Selected)
		if l.Protocol != state.LACP {
			continue
		}
		pt.Endpoint(t, m.Name+" actor", a.Ports[i].Actor, m.Actor)
		pt.Is(t, m.Name+" RX", a.Ports[i].RX, m.RX)
		pt.Is(t, m.Name+" bad PDUs", a.Ports[i].IllegalRX, m.BadRX)
		pt.Is(t, m.Name+" TX", a.Ports[i].TX, m.TX)
		if m.Heard {
			pt.Endpoint(t, m.Name+" partner", a.Ports[i].Partner, m.Partner)
		} else if a.Ports[i].Heard() != state.No {
			t.Errorf("%s: a partner was heard", m.Name)
		}
	}
}

func compareBridge(t *testing.T, s *model.Switch, p *model.BridgePort, got *state.Switch) {
	t.Helper()
	b := pt.BridgePort(t, p, got)
	if b == nil {
		return
	}
	pt.Is(t, p.Interface+" PVID", b.PVID, p.PVID)
	seen := state.VIDSet{}
	for _, x := range got.STP {
		if x.Interface == p.Interface && capture.Is(x.State, state.Blocking) {
			seen = seen.Union(x.VIDs)
		}
	}
	if want := pt.Blocked(s, p.Interface); p.Oper == state.Up && seen != want || !got.Listed.STP.Known() {
		t.Errorf("%s: blocked VLANs: got %s, want %s", p.Interface, seen, want)
	}
}

// compareNeighbours: IOS prints no subtypes and the time that remains instead of the one that was sent; it shortens its own kind of names.
func compareNeighbours(t *testing.T, s *model.Switch, got *state.Switch) {
	t.Helper()
	if len(got.Remotes) != len(s.Neighbours) || !got.Listed.Remotes.Known() {
		t.Errorf("got %d neighbours, want %d, and the list whole", len(got.Remotes), len(s.Neighbours))
		return
	}
	for i, n := range s.Neighbours {
		r := got.Remotes[i]
		if r.Interface != n.Port {
			t.Errorf("neighbour on %s, want on %s", r.Interface, n.Port)
		}
		pt.Is(t, n.Port+" chassis id", r.ChassisID, state.Identifier{ID: n.ChassisID.ID})
		if n.PortID.Subtype == state.MACAddress {
			pt.Is(t, n.Port+" port id", r.PortID, state.Identifier{ID: n.PortID.ID})
		}
		pt.Is(t, n.Port+" system name", r.SystemName, n.SystemName)
		if n.PVID != 0 {
			pt.Is(t, n.Port+" PVID", r.PVID, n.PVID)
		}
	}
}

func compareRouting(t *testing.T, s *model.Switch, got *state.Switch) {
	t.Helper()
	if len(got.MACs) != len(s.MACs) || !got.Listed.MACs.Known() {
		t.Errorf("got %d addresses, want %d", len(got.MACs), len(s.MACs))
	}
	for _, m := range s.MACs {
		pt.MAC(t, m, got)
	}
	for i := range s.SVIs {
		v := &s.SVIs[i]
		w := pt.SVI(t, v, got)
		if w == nil {
			continue
		}
		pt.Is(t, v.Interface+" addressed", w.Addressed, len(v.Addresses) > 0)
		if len(v.Addresses) == 0 {
			continue
		}
		pt.Is(t, v.Interface+" filtered", w.Filtered, v.Filter != "")
		vrf := v.VRF
		if vrf == "" {
			vrf = "default"
		}
		pt.Is(t, v.Interface+" VRF", w.VRF, vrf)
	}
}
