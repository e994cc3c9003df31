package openvswitch_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"uplinkcheck/drivers/capture"
	driver "uplinkcheck/drivers/openvswitch"
	"uplinkcheck/drivers/state"
	"uplinkcheck/testbed/model"
	"uplinkcheck/testbed/personality/openvswitch"
)

func lookup(base string) ([]byte, error) {
	return os.ReadFile(filepath.Join("..", "..", "scenarios", base+".yml"))
}

// fabric compiles a pair of Open vSwitch nodes with more lines.
func fabric(t *testing.T, extra string) *model.Fabric {
	t.Helper()
	spec, err := model.Parse("test", []byte("base: ovs-pair\n"+extra), lookup)
	if err != nil {
		t.Fatal(err)
	}
	f, err := model.Compile(spec)
	if err != nil {
		t.Skip("not on this platform: " + err.Error())
	}
	return f
}

// ask is a capture of everything that the driver asks.
func ask(t *testing.T, s *model.Switch) *capture.Capture {
	t.Helper()
	c := &capture.Capture{Device: s.Name, Platform: "openvswitch"}
	for _, cmd := range driver.Driver.Commands {
		words := []string{""}
		if cmd.Each != nil {
			words = cmd.Each(c)
		}
		for _, w := range words {
			line := strings.Replace(cmd.Line, "%s", w, 1)
			data, ok := openvswitch.Personality.Switch(s, line)
			if !ok {
				t.Errorf("the personality does not know %q", line)
			}
			c.Replies = append(c.Replies, &capture.Reply{Device: s.Name, Command: line, Data: data, Complete: true, Err: driver.Driver.Refusal(data)})
		}
	}
	return c
}

// unsayable are faults that Open vSwitch has no words for, and so does not show.
var unsayable = map[string]string{
	"min-links":       "it has no minimum of links",
	"lacp-off":        "a static bond takes in no frame",
	"static-vs-lacp":  "a static bond takes in no frame",
	"stp-blocked":     "spanning tree knows no bonds",
	"fallback-active": "it falls back to one link at a time, whatever the scenario says",
}

// TestRoundTrip renders switches, healthy and with every fault, and reads them back: what the model says and Open vSwitch can say
// must come out again.
func TestRoundTrip(t *testing.T) {
	extra := map[string]string{"healthy": ""}
	for _, k := range model.FaultKinds() {
		if unsayable[k.Name] == "" {
			extra[k.Name] = "faults: [{fault: " + k.Name + ", " + k.Example + "}]\n"
		}
	}
	for name, lines := range extra {
		t.Run(name, func(t *testing.T) {
			for _, s := range fabric(t, lines).Switches {
				got, err := driver.Driver.Parse(ask(t, s))
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
	if s.LLDP {
		is(t, "chassis MAC", got.Device.ChassisMAC, s.MAC)
	}
	is(t, "multi-chassis protocol", got.MLAG.Protocol, state.NoMLAG)
	for _, p := range s.Ports {
		n := got.Interface(p.Name)
		if n == nil {
			if p.LAG != "" || s.BridgePort(p.Name) != nil {
				t.Errorf("%s is missing", p.Name)
			}
			continue // a device that is in no bridge is none of its
		}
		is(t, p.Name+" admin", n.Admin, p.Admin)
		is(t, p.Name+" oper", n.Oper, p.Oper)
		is(t, p.Name+" speed", n.Speed, p.Speed)
		is(t, p.Name+" MTU", n.MTU, p.MTU)
		is(t, p.Name+" MAC", n.MAC, p.MAC)
		is(t, p.Name+" aggregator", n.Aggregator, p.LAG)
	}
	for i := range s.LAGs {
		compareLAG(t, &s.LAGs[i], got)
	}
	if len(got.Aggregators) != len(s.LAGs) || !got.Listed.Aggregators.Known() || !got.Listed.LACP.Known() {
		t.Errorf("got %d aggregators, want %d, and both lists whole", len(got.Aggregators), len(s.LAGs))
	}
	for _, b := range s.Bridge {
		compareBridge(t, b, got)
	}
	if len(got.MACs) != len(s.MACs) || !got.Listed.MACs.Known() {
		t.Errorf("got %d addresses, want %d, and the list whole", len(got.MACs), len(s.MACs))
	}
	if len(got.Remotes) != len(s.Neighbours) || got.Listed.Remotes.Known() != s.LLDP {
		t.Fatalf("got %d neighbours, want %d; list whole %v, want %v", len(got.Remotes), len(s.Neighbours), got.Listed.Remotes.Known(), s.LLDP)
	}
	for i, want := range s.Neighbours {
		r := got.Remotes[i]
		if r.Interface != want.Port {
			t.Errorf("neighbour on %s, want on %s", r.Interface, want.Port)
		}
		is(t, want.Port+" chassis", r.ChassisID, want.ChassisID)
		is(t, want.Port+" port", r.PortID, want.PortID)
		is(t, want.Port+" name", r.SystemName, want.SystemName)
		is(t, want.Port+" TTL", r.TTL, want.TTL)
	}
}

func compareLAG(t *testing.T, l *model.LAG, got *state.Switch) {
	t.Helper()
	a := got.Aggregator(l.Name)
	if a == nil || len(a.Ports) != len(l.Ports) {
		t.Errorf("%s is missing, or members of it are", l.Name)
		return
	}
	is(t, l.Name+" protocol", a.Protocol, l.Protocol)
	is(t, l.Name+" fallback", a.Fallback, l.Fallback)
	is(t, l.Name+" oper", a.Oper, l.Oper)
	for _, p := range a.Ports {
		want := l.Port(p.Name)
		name := l.Name + " " + p.Name
		is(t, name+" selected", p.Selected, want.Selected)
		compareEnd(t, name+" actor", p.Actor, want.Actor)
		compareEnd(t, name+" partner", p.Partner, want.Partner)
		is(t, name+" received", p.RX, want.RX)
		is(t, name+" sent", p.TX, want.TX)
	}
}

func compareEnd(t *testing.T, name string, got state.Endpoint, want model.Endpoint) {
	t.Helper()
	is(t, name+" system", got.System, want.System)
	is(t, name+" system priority", got.SystemPriority, want.SystemPriority)
	is(t, name+" key", got.Key, want.Key)
	is(t, name+" port", got.Port, want.Port)
	is(t, name+" port priority", got.PortPriority, want.PortPriority)
	is(t, name+" state", got.State, state.WholeLACPState(uint8(want.State)))
}

func compareBridge(t *testing.T, b model.BridgePort, got *state.Switch) {
	t.Helper()
	p := got.BridgePort(b.Interface)
	if p == nil {
		t.Errorf("bridge port %s is missing", b.Interface)
		return
	}
	is(t, b.Interface+" mode", p.Mode, b.Mode)
	is(t, b.Interface+" configured", p.Configured, b.Allowed)
	is(t, b.Interface+" explicit", p.Explicit, b.Explicit)
	is(t, b.Interface+" members", p.Members, b.Active)
	is(t, b.Interface+" untagged", p.Untagged, b.Untagged)
	if b.PVID == 0 && !b.Explicit {
		return // frames without a tag belong to no VLAN, and pass
	}
	is(t, b.Interface+" PVID", p.PVID, b.PVID)
}
