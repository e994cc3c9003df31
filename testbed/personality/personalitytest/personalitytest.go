// Package personalitytest is what the tests of all personalities share: worlds are compiled, asked as a driver or source asks, and
// read back, and what was read is held against what the model says. What one platform alone can say stays in its own test.
package personalitytest

import (
	"net/netip"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"uplinkcheck/drivers"
	"uplinkcheck/drivers/capture"
	"uplinkcheck/drivers/state"
	"uplinkcheck/testbed/model"
)

// Scenario parses the text of a scenario. Its base is looked for among the testbed's scenarios, from a personality's folder.
func Scenario(t *testing.T, text string) *model.Scenario {
	t.Helper()
	spec, err := model.Parse("test", []byte(text+"\n"), func(base string) ([]byte, error) {
		return os.ReadFile(filepath.Join("..", "..", "scenarios", base+".yml"))
	})
	if err != nil {
		t.Fatal(err)
	}
	return spec
}

// Fabric compiles the text of a scenario, which must fit its platforms.
func Fabric(t *testing.T, text string) *model.Fabric {
	t.Helper()
	f, err := model.Compile(Scenario(t, text))
	if err != nil {
		t.Fatal(err)
	}
	return f
}

// Ask returns a capture of every command, asked of a device that answers by render, which must know them all.
func Ask(t *testing.T, device, platform string, commands []drivers.Command, refusal func([]byte) string,
	render func(line string) ([]byte, bool)) *capture.Capture {
	t.Helper()
	c := &capture.Capture{Device: device, Platform: platform}
	for _, cmd := range commands {
		words := []string{""}
		if cmd.Each != nil {
			words = cmd.Each(c)
		}
		for _, w := range words {
			line := strings.Replace(cmd.Line, "%s", w, 1)
			data, ok := render(line)
			if !ok {
				t.Errorf("the personality does not know %q", line)
			}
			c.Replies = append(c.Replies, &capture.Reply{Device: device, Command: line, Data: data, Complete: true, Err: refusal(data)})
		}
	}
	return c
}

// AskFirst returns a capture of a switch that answers by render, which must know every command that stands in for no other.
func AskFirst(t *testing.T, d *drivers.Driver, s *model.Switch, render func(s *model.Switch, line string) ([]byte, bool)) *capture.Capture {
	t.Helper()
	commands := slices.DeleteFunc(slices.Clone(d.Commands), func(c drivers.Command) bool { return c.InsteadOf != "" })
	return Ask(t, s.Name, d.Name, commands, d.Refusal, func(line string) ([]byte, bool) { return render(s, line) })
}

// RoundTrip reads a capture of a switch back: nothing in it may be unread.
func RoundTrip(t *testing.T, d *drivers.Driver, c *capture.Capture) *state.Switch {
	t.Helper()
	got, err := d.Parse(c)
	if err != nil {
		t.Fatal(err)
	}
	Unread(t, c.Device, got.Unread)
	return got
}

// Unread fails the test for everything that was not understood.
func Unread(t *testing.T, device string, unread []state.Unread) {
	t.Helper()
	for _, u := range unread {
		t.Errorf("%s: unread: %s: %q", device, u.Why, u.From.Quote())
	}
}

// Rendered returns the usable replies to commands that begin so; there must be one.
func Rendered(t *testing.T, captures []*capture.Capture, command string) (texts []string) {
	t.Helper()
	for _, c := range captures {
		for _, r := range c.Replies {
			if strings.HasPrefix(r.Command, command) && r.Usable() {
				texts = append(texts, string(r.Data))
			}
		}
	}
	if texts == nil {
		t.Fatalf("nothing is rendered for %q", command)
	}
	return texts
}

// Is fails the test unless the fact is known and has the value.
func Is[T comparable](t *testing.T, what string, got capture.Fact[T], want T) {
	t.Helper()
	if !got.Known() || got.Value != want {
		t.Errorf("%s: got %v (known %v), want %v", what, got.Value, got.Known(), want)
	}
}

// Port compares what every platform says of a physical port.
func Port(t *testing.T, p *model.Port, got *state.Interface) {
	t.Helper()
	Is(t, p.Name+" admin", got.Admin, p.Admin)
	Is(t, p.Name+" oper", got.Oper, p.Oper)
	Is(t, p.Name+" speed", got.Speed, p.Speed)
	Is(t, p.Name+" MTU", got.MTU, p.MTU)
	Is(t, p.Name+" MAC", got.MAC, p.MAC)
	Is(t, p.Name+" aggregator", got.Aggregator, p.LAG)
}

// Aggregators wants as many as there are LAGs, and both lists whole.
func Aggregators(t *testing.T, s *model.Switch, got *state.Switch) {
	t.Helper()
	if len(got.Aggregators) != len(s.LAGs) || !got.Listed.Aggregators.Known() || !got.Listed.LACP.Known() {
		t.Errorf("got %d aggregators, want %d, and both lists whole", len(got.Aggregators), len(s.LAGs))
	}
}

// Endpoint compares one end of an LACP conversation.
func Endpoint(t *testing.T, what string, got state.Endpoint, want model.Endpoint) {
	t.Helper()
	Is(t, what+" system priority", got.SystemPriority, want.SystemPriority)
	Is(t, what+" system", got.System, want.System)
	Is(t, what+" key", got.Key, want.Key)
	Is(t, what+" port", got.Port, want.Port)
	Is(t, what+" port priority", got.PortPriority, want.PortPriority)
	Is(t, what+" state", got.State, state.WholeLACPState(uint8(want.State)))
}

// BridgePort compares what every platform says of a port's VLANs; nil when the port is missing.
func BridgePort(t *testing.T, p *model.BridgePort, got *state.Switch) *state.BridgePort {
	t.Helper()
	b := got.BridgePort(p.Interface)
	if b == nil {
		t.Errorf("bridge port %s is missing", p.Interface)
		return nil
	}
	Is(t, p.Interface+" mode", b.Mode, p.Mode)
	Is(t, p.Interface+" configured", b.Configured, p.Allowed)
	Is(t, p.Interface+" members", b.Members, p.Active)
	Is(t, p.Interface+" untagged", b.Untagged, p.Untagged)
	return b
}

// Blocked are the VLANs that spanning tree blocks on a port.
func Blocked(s *model.Switch, port string) state.VIDSet {
	for _, x := range s.Blocked {
		if x.Interface == port {
			return x.VIDs
		}
	}
	return state.VIDSet{}
}

// VLANs compares the VLAN database.
func VLANs(t *testing.T, s *model.Switch, got *state.Switch) {
	t.Helper()
	for _, v := range s.VLANs {
		w := got.VLAN(v.ID)
		if w == nil {
			t.Errorf("VLAN %d is missing", v.ID)
			continue
		}
		Is(t, "VLAN name", w.Name, v.Name)
		Is(t, "VLAN active", w.Active, v.Active)
	}
}

// MAC wants an address in the forwarding database.
func MAC(t *testing.T, m model.MACEntry, got *state.Switch) {
	t.Helper()
	if !slices.ContainsFunc(got.MACs, func(e state.MACEntry) bool {
		return e.MAC == m.MAC && e.VID == m.VID && e.Interface == m.Interface && capture.Is(e.Kind, m.Kind)
	}) {
		t.Errorf("address %s in VLAN %d on %s is missing", m.MAC, m.VID, m.Interface)
	}
}

// SVI compares a VLAN's own interface and all of its addresses; nil when it is missing.
func SVI(t *testing.T, v *model.SVI, got *state.Switch) *state.SVI {
	t.Helper()
	i := slices.IndexFunc(got.SVIs, func(x state.SVI) bool { return x.Interface == v.Interface })
	if i < 0 {
		t.Errorf("%s is missing", v.Interface)
		return nil
	}
	w := &got.SVIs[i]
	Is(t, v.Interface+" VLAN", w.VID, v.VID)
	Is(t, v.Interface+" oper", w.Oper, v.Oper)
	same := func(a capture.Fact[netip.Prefix], b netip.Prefix) bool { return capture.Is(a, b) }
	if !slices.EqualFunc(w.Addresses, v.Addresses, same) {
		t.Errorf("%s: got %v, want %v", v.Interface, w.Addresses, v.Addresses)
	}
	return w
}

// Neighbours compares what was heard by LLDP, in the order of ports. When the list is whole, and what else was sent, differs by platform.
func Neighbours(t *testing.T, s *model.Switch, got *state.Switch) {
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
		Is(t, n.Port+" chassis id", r.ChassisID, n.ChassisID)
		Is(t, n.Port+" port id", r.PortID, n.PortID)
		Is(t, n.Port+" system name", r.SystemName, n.SystemName)
		Is(t, n.Port+" TTL", r.TTL, n.TTL)
		if n.PVID != 0 {
			Is(t, n.Port+" PVID", r.PVID, n.PVID)
		}
	}
}
