package openvswitch_test

import (
	"testing"

	"uplinkcheck/drivers/capture"
	driver "uplinkcheck/drivers/openvswitch"
	"uplinkcheck/drivers/state"
	"uplinkcheck/testbed/model"
	"uplinkcheck/testbed/personality/openvswitch"
	pt "uplinkcheck/testbed/personality/personalitytest"
)

// fabric compiles a pair of Open vSwitch nodes with more lines.
func fabric(t *testing.T, extra string) *model.Fabric {
	t.Helper()
	f, err := model.Compile(pt.Scenario(t, "base: ovs-pair\n"+extra))
	if err != nil {
		t.Fatal(err)
	}
	return f
}

// ask is a capture of everything that the driver asks.
func ask(t *testing.T, s *model.Switch) *capture.Capture {
	t.Helper()
	return pt.Ask(t, s.Name, "openvswitch", driver.Driver.Commands, driver.Driver.Refusal, func(line string) ([]byte, bool) {
		return openvswitch.Personality.Switch(s, line)
	})
}

// unsayable are faults that Open vSwitch has no words for, and so does not show.
var unsayable = map[string]string{
	"min-links":       "it has no minimum of links",
	"lacp-off":        "a static bond takes in no frame",
	"static-vs-lacp":  "a static bond takes in no frame",
	"stp-blocked":     "spanning tree knows no bonds",
	"hot-standby":     "it has no hot standbys",
	"fallback-active": "it falls back to one link at a time, whatever the scenario says",

	"config-inconsistent": "there is no protocol between peers",
	"keepalive-down":      "there is no protocol between peers",
	"mlag-peer-down":      "there is no protocol between peers",
	"dual-primary":        "there is no protocol between peers",
	"no-reload-delay":     "there is no protocol between peers",
	"vlan-not-created":    "it has no VLAN database",
	"vlan-suspended":      "it has no VLAN database",
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
				compare(t, s, pt.RoundTrip(t, driver.Driver, ask(t, s)))
			}
		})
	}
}

func compare(t *testing.T, s *model.Switch, got *state.Switch) {
	t.Helper()
	pt.Is(t, "host name", got.Device.Hostname, s.Hostname)
	pt.Is(t, "version", got.Device.Version, s.Version)
	if s.LLDP {
		pt.Is(t, "chassis MAC", got.Device.ChassisMAC, s.MAC)
	}
	pt.Is(t, "multi-chassis protocol", got.MLAG.Protocol, state.NoMLAG)
	for _, p := range s.Ports {
		n := got.Interface(p.Name)
		if n == nil {
			if p.LAG != "" || s.BridgePort(p.Name) != nil {
				t.Errorf("%s is missing", p.Name)
			}
			continue // a device that is in no bridge is none of its
		}
		pt.Port(t, &p, n)
	}
	for i := range s.LAGs {
		compareLAG(t, &s.LAGs[i], got)
	}
	pt.Aggregators(t, s, got)
	for _, b := range s.Bridge {
		compareBridge(t, b, got)
	}
	if len(got.MACs) != len(s.MACs) || !got.Listed.MACs.Known() {
		t.Errorf("got %d addresses, want %d, and the list whole", len(got.MACs), len(s.MACs))
	}
	pt.Neighbours(t, s, got)
	if got.Listed.Remotes.Known() != s.LLDP {
		t.Errorf("list of neighbours whole %v, want %v", got.Listed.Remotes.Known(), s.LLDP)
	}
}

func compareLAG(t *testing.T, l *model.LAG, got *state.Switch) {
	t.Helper()
	a := got.Aggregator(l.Name)
	if a == nil || len(a.Ports) != len(l.Ports) {
		t.Errorf("%s is missing, or members of it are", l.Name)
		return
	}
	pt.Is(t, l.Name+" protocol", a.Protocol, l.Protocol)
	pt.Is(t, l.Name+" fallback", a.Fallback, l.Fallback)
	pt.Is(t, l.Name+" oper", a.Oper, l.Oper)
	for _, p := range a.Ports {
		want := l.Port(p.Name)
		name := l.Name + " " + p.Name
		pt.Is(t, name+" selected", p.Selected, want.Selected)
		pt.Endpoint(t, name+" actor", p.Actor, want.Actor)
		pt.Endpoint(t, name+" partner", p.Partner, want.Partner)
		pt.Is(t, name+" received", p.RX, want.RX)
		pt.Is(t, name+" sent", p.TX, want.TX)
	}
}

func compareBridge(t *testing.T, b model.BridgePort, got *state.Switch) {
	t.Helper()
	p := pt.BridgePort(t, &b, got)
	if p == nil {
		return
	}
	pt.Is(t, b.Interface+" explicit", p.Explicit, b.Explicit)
	if b.PVID == 0 && !b.Explicit {
		return // frames without a tag belong to no VLAN, and pass
	}
	pt.Is(t, b.Interface+" PVID", p.PVID, b.PVID)
}
