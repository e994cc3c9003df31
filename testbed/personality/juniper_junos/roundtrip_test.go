package juniper_junos_test

import (
	"slices"
	"strings"
	"testing"

	driver "uplinkcheck/drivers/juniper_junos"

	"uplinkcheck/drivers"
	"uplinkcheck/drivers/capture"
	"uplinkcheck/drivers/state"
	"uplinkcheck/testbed/model"
	"uplinkcheck/testbed/personality/juniper_junos"
	pt "uplinkcheck/testbed/personality/personalitytest"
)

// switches compiles a scenario with every switch on Junos.
func switches(t *testing.T, name string, extra string) []*model.Switch {
	t.Helper()
	return pt.Fabric(t, "base: "+name+"\n"+extra).Switches
}

// answer is a capture of one switch over one way of asking.
func answer(t *testing.T, s *model.Switch, over drivers.Access) *capture.Capture {
	t.Helper()
	commands := slices.DeleteFunc(slices.Clone(driver.Driver.Commands), func(c drivers.Command) bool {
		return strings.HasPrefix(c.Line, "<") != (over == drivers.NETCONF)
	})
	return pt.Ask(t, s.Name, "juniper_junos", commands, driver.Driver.Refusal, func(line string) ([]byte, bool) {
		data, ok := juniper_junos.Personality.Switch(s, line)
		if over == drivers.NETCONF {
			data = []byte("<rpc-reply xmlns=\"urn:ietf:params:xml:ns:netconf:base:1.0\" message-id=\"1\">\n" + string(data) + "</rpc-reply>")
		}
		return data, ok
	})
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
					compare(t, s, pt.RoundTrip(t, driver.Driver, answer(t, s, over)))
				}
			})
		}
	}
}

func compare(t *testing.T, s *model.Switch, got *state.Switch) {
	t.Helper()
	pt.Is(t, "host name", got.Device.Hostname, s.Hostname)
	pt.Is(t, "version", got.Device.Version, s.Version)
	pt.Is(t, "serial number", got.Device.Serial, s.Serial)
	pt.Is(t, "chassis MAC", got.Device.ChassisMAC, s.MAC)
	pt.Is(t, "stacked", got.Device.Stacked, len(s.Members) > 1)
	for _, p := range s.Ports {
		n := got.Interface(p.Name)
		if n == nil {
			t.Errorf("%s is missing", p.Name)
			continue
		}
		pt.Port(t, &p, n)
		if p.Member != "" {
			pt.Is(t, p.Name+" member", n.Member, p.Member)
		}
	}
	for i := range s.LAGs {
		compareLAG(t, &s.LAGs[i], got)
	}
	pt.Aggregators(t, s, got)
	pt.VLANs(t, s, got)
	for i := range s.Bridge {
		comparePort(t, s, &s.Bridge[i], got)
	}
	pt.Neighbours(t, s, got)
	if !got.Listed.Remotes.Known() {
		t.Error("the list of neighbours is not whole")
	}
	compareRest(t, s, got)
}

func compareLAG(t *testing.T, l *model.LAG, got *state.Switch) {
	a := got.Aggregator(l.Name)
	if a == nil {
		t.Errorf("%s is missing", l.Name)
		return
	}
	pt.Is(t, l.Name+" protocol", a.Protocol, l.Protocol)
	pt.Is(t, l.Name+" oper", a.Oper, l.Oper)
	pt.Is(t, l.Name+" min-links", a.MinLinks, max(l.MinLinks, 1))
	pt.Is(t, l.Name+" ESI", a.ESI, l.ESI)
	if l.MLAGID != "" {
		pt.Is(t, l.Name+" MLAG id", a.MLAGID, l.MLAGID)
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
		pt.Endpoint(t, m.Name+" actor", a.Ports[i].Actor, m.Actor)
		pt.Is(t, m.Name+" RX", a.Ports[i].RX, m.RX)
		if m.Heard {
			pt.Endpoint(t, m.Name+" partner", a.Ports[i].Partner, m.Partner)
		} else if a.Ports[i].Heard() != state.No {
			t.Errorf("%s: a partner was heard", m.Name)
		}
		if m.Selected == state.Selected || m.Reason == model.LinkDown || m.Reason == model.WrongPartner {
			pt.Is(t, m.Name+" selected", a.Ports[i].Selected, m.Selected)
		}
	}
}

func comparePort(t *testing.T, s *model.Switch, p *model.BridgePort, got *state.Switch) {
	b := pt.BridgePort(t, p, got)
	if b == nil {
		return
	}
	pt.Is(t, p.Interface+" PVID", b.PVID, p.PVID)
	blocked := pt.Blocked(s, p.Interface)
	for _, x := range got.STP {
		if x.Interface == p.Interface && p.Oper == state.Up && capture.Is(x.State, state.Blocking) && x.VIDs != blocked {
			t.Errorf("%s: blocked VLANs: got %s, want %s", p.Interface, x.VIDs, blocked)
		}
	}
}

func compareRest(t *testing.T, s *model.Switch, got *state.Switch) {
	pt.Is(t, "MLAG protocol", got.MLAG.Protocol, max(s.MLAG.Protocol, state.NoMLAG))
	if s.MLAG.Protocol == state.PeerLinkMLAG {
		pt.Is(t, "peered", got.MLAG.Peered, s.MLAG.Peered)
		pt.Is(t, "peer-link", got.MLAG.PeerLink, s.MLAG.PeerLink)
		pt.Is(t, "peer-link oper", got.MLAG.PeerLinkOper, s.MLAG.PeerLinkOper)
		pt.Is(t, "shared system", got.MLAG.SystemMAC, s.MLAG.SystemMAC)
		pt.Is(t, "consistent", got.MLAG.Consistent, len(s.MLAG.Differences) == 0)
		if len(got.MLAG.Ports) != len(s.MLAG.Ports) {
			t.Errorf("got %d MLAG ports, want %d", len(got.MLAG.Ports), len(s.MLAG.Ports))
		}
		for i := range got.MLAG.Ports {
			pt.Is(t, "MLAG port", got.MLAG.Ports[i].State, s.MLAG.Ports[i].State)
			pt.Is(t, "MLAG port", got.MLAG.Ports[i].Local, s.MLAG.Ports[i].Local)
		}
	}
	for _, m := range s.MACs {
		if m.Kind != state.OwnMAC {
			pt.MAC(t, m, got)
		}
	}
	for i := range s.SVIs {
		pt.SVI(t, &s.SVIs[i], got)
	}
}
