package juniper_junos_test

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	driver "uplinkcheck/drivers/juniper_junos"

	"uplinkcheck/drivers"
	"uplinkcheck/drivers/capture"
	"uplinkcheck/drivers/state"
	"uplinkcheck/testbed/model"
	"uplinkcheck/testbed/personality/juniper_junos"
)

func lookup(base string) ([]byte, error) {
	return os.ReadFile(filepath.Join("..", "..", "scenarios", base+".yml"))
}

// switches compiles a scenario with every switch on Junos.
func switches(t *testing.T, name string, extra string) []*model.Switch {
	t.Helper()
	spec, err := model.Parse("test", []byte("base: "+name+"\n"+extra), lookup)
	if err != nil {
		t.Fatal(err)
	}
	f, err := model.Compile(spec)
	if err != nil {
		t.Fatal(err)
	}
	return f.Switches
}

// answer is a capture of one switch over one way of asking.
func answer(t *testing.T, s *model.Switch, over drivers.Access) *capture.Capture {
	t.Helper()
	c := &capture.Capture{Device: s.Name, Platform: "juniper_junos"}
	for _, cmd := range driver.Driver.Commands {
		if strings.HasPrefix(cmd.Line, "<") != (over == drivers.NETCONF) {
			continue
		}
		data, ok := juniper_junos.Personality.Switch(s, cmd.Line)
		if !ok {
			t.Errorf("the personality does not know %q", cmd.Line)
		}
		if over == drivers.NETCONF {
			data = []byte("<rpc-reply xmlns=\"urn:ietf:params:xml:ns:netconf:base:1.0\" message-id=\"1\">\n" + string(data) + "</rpc-reply>")
		}
		c.Replies = append(c.Replies, &capture.Reply{Device: s.Name, Command: cmd.Line, Data: data, Complete: true, Err: driver.Driver.Refusal(data)})
	}
	return c
}

// TestRoundTrip renders switches and reads them back: what the model says and Junos can say must come out again.
func TestRoundTrip(t *testing.T) {
	scenarios := map[string]string{
		"a pair with MC-LAG":                 "junos-pair",
		"a Virtual Chassis":                  "junos-vc",
		"a pair with EVPN Ethernet segments": "junos-pair",
	}
	extra := map[string]string{"a pair with EVPN Ethernet segments": "pairs: {p1: {protocol: esi}}\n"}
	for about, name := range scenarios {
		for _, over := range driver.Driver.Access {
			t.Run(about+" over "+over.String(), func(t *testing.T) {
				for _, s := range switches(t, name, extra[about]) {
					got, err := driver.Driver.Parse(answer(t, s, over))
					if err != nil {
						t.Fatal(err)
					}
					for _, u := range got.Unread {
						t.Errorf("%s: unread: %s: %q", s.Name, u.Why, u.From.Quote())
					}
					compare(t, s, got)
				}
			})
		}
	}
}

// is fails the test unless the fact is known and has the value.
func is[T comparable](t *testing.T, what string, got capture.Fact[T], want T) {
	t.Helper()
	if !got.Known() || got.Value != want {
		t.Errorf("%s: got %v (known %v), want %v", what, got.Value, got.Known(), want)
	}
}

func compare(t *testing.T, s *model.Switch, got *state.Switch) {
	t.Helper()
	is(t, "host name", got.Device.Hostname, s.Hostname)
	is(t, "version", got.Device.Version, s.Version)
	is(t, "serial number", got.Device.Serial, s.Serial)
	is(t, "chassis MAC", got.Device.ChassisMAC, s.MAC)
	is(t, "stacked", got.Device.Stacked, len(s.Members) > 1)
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
		is(t, p.Name+" aggregator", n.Aggregator, p.LAG)
		if p.Member != "" {
			is(t, p.Name+" member", n.Member, p.Member)
		}
	}
	for i := range s.LAGs {
		compareLAG(t, &s.LAGs[i], got)
	}
	if len(got.Aggregators) != len(s.LAGs) || !got.Listed.Aggregators.Known() || !got.Listed.LACP.Known() {
		t.Errorf("got %d aggregators, want %d, and both lists whole", len(got.Aggregators), len(s.LAGs))
	}
	for _, v := range s.VLANs {
		w := got.VLAN(v.ID)
		if w == nil {
			t.Errorf("VLAN %d is missing", v.ID)
			continue
		}
		is(t, "VLAN name", w.Name, v.Name)
		is(t, "VLAN active", w.Active, v.Active)
	}
	for i := range s.Bridge {
		comparePort(t, s, &s.Bridge[i], got)
	}
	compareNeighbours(t, s, got)
	compareRest(t, s, got)
}

func compareLAG(t *testing.T, l *model.LAG, got *state.Switch) {
	a := got.Aggregator(l.Name)
	if a == nil {
		t.Errorf("%s is missing", l.Name)
		return
	}
	is(t, l.Name+" protocol", a.Protocol, l.Protocol)
	is(t, l.Name+" oper", a.Oper, l.Oper)
	is(t, l.Name+" min-links", a.MinLinks, max(l.MinLinks, 1))
	is(t, l.Name+" ESI", a.ESI, l.ESI)
	if l.MLAGID != "" {
		is(t, l.Name+" MLAG id", a.MLAGID, l.MLAGID)
	}
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
		if l.Protocol != state.LACP {
			continue
		}
		endpoint(t, m.Name+" actor", a.Ports[i].Actor, m.Actor)
		is(t, m.Name+" RX", a.Ports[i].RX, m.RX)
		if m.Heard {
			endpoint(t, m.Name+" partner", a.Ports[i].Partner, m.Partner)
		} else if a.Ports[i].Heard() != state.No {
			t.Errorf("%s: a partner was heard", m.Name)
		}
		if m.Selected == state.Selected || m.Reason == model.LinkDown || m.Reason == model.WrongPartner {
			is(t, m.Name+" selected", a.Ports[i].Selected, m.Selected)
		}
	}
}

func endpoint(t *testing.T, what string, got state.Endpoint, want model.Endpoint) {
	t.Helper()
	is(t, what+" system priority", got.SystemPriority, want.SystemPriority)
	is(t, what+" system", got.System, want.System)
	is(t, what+" key", got.Key, want.Key)
	is(t, what+" port", got.Port, want.Port)
	is(t, what+" port priority", got.PortPriority, want.PortPriority)
	is(t, what+" state", got.State, state.WholeLACPState(uint8(want.State)))
}

func comparePort(t *testing.T, s *model.Switch, p *model.BridgePort, got *state.Switch) {
	b := got.BridgePort(p.Interface)
	if b == nil {
		t.Errorf("bridge port %s is missing", p.Interface)
		return
	}
	is(t, p.Interface+" mode", b.Mode, p.Mode)
	is(t, p.Interface+" members", b.Members, p.Active)
	is(t, p.Interface+" PVID", b.PVID, p.PVID)
	is(t, p.Interface+" untagged", b.Untagged, p.Untagged)
	is(t, p.Interface+" configured", b.Configured, p.Allowed)
	blocked := state.VIDSet{}
	for _, x := range s.Blocked {
		if x.Interface == p.Interface {
			blocked = x.VIDs
		}
	}
	for _, x := range got.STP {
		if x.Interface == p.Interface && p.Oper == state.Up && capture.Is(x.State, state.Blocking) && x.VIDs != blocked {
			t.Errorf("%s: blocked VLANs: got %s, want %s", p.Interface, x.VIDs, blocked)
		}
	}
}

func compareNeighbours(t *testing.T, s *model.Switch, got *state.Switch) {
	if len(got.Remotes) != len(s.Neighbours) || !got.Listed.Remotes.Known() {
		t.Errorf("got %d neighbours, want %d, and the list whole", len(got.Remotes), len(s.Neighbours))
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
		is(t, n.Port+" TTL", r.TTL, n.TTL)
		if n.PVID != 0 {
			is(t, n.Port+" PVID", r.PVID, n.PVID)
		}
	}
}

func compareRest(t *testing.T, s *model.Switch, got *state.Switch) {
	is(t, "MLAG protocol", got.MLAG.Protocol, max(s.MLAG.Protocol, state.NoMLAG))
	if s.MLAG.Protocol == state.PeerLinkMLAG {
		is(t, "peered", got.MLAG.Peered, s.MLAG.Peered)
		is(t, "peer-link", got.MLAG.PeerLink, s.MLAG.PeerLink)
		is(t, "peer-link oper", got.MLAG.PeerLinkOper, s.MLAG.PeerLinkOper)
		is(t, "shared system", got.MLAG.SystemMAC, s.MLAG.SystemMAC)
		is(t, "consistent", got.MLAG.Consistent, len(s.MLAG.Differences) == 0)
		if len(got.MLAG.Ports) != len(s.MLAG.Ports) {
			t.Errorf("got %d MLAG ports, want %d", len(got.MLAG.Ports), len(s.MLAG.Ports))
		}
		for i := range got.MLAG.Ports {
			is(t, "MLAG port", got.MLAG.Ports[i].State, s.MLAG.Ports[i].State)
			is(t, "MLAG port", got.MLAG.Ports[i].Local, s.MLAG.Ports[i].Local)
		}
	}
	for _, m := range s.MACs {
		if m.Kind != state.OwnMAC && !slices.ContainsFunc(got.MACs, func(e state.MACEntry) bool {
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
		if len(got.SVIs[i].Addresses) != len(v.Addresses) || len(v.Addresses) > 0 && got.SVIs[i].Addresses[0].Value != v.Addresses[0] {
			t.Errorf("%s: got %v, want %v", v.Interface, got.SVIs[i].Addresses, v.Addresses)
		}
	}
}
