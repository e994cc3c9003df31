package cumulus_test

import (
	"slices"
	"testing"

	"uplinkcheck/drivers"
	"uplinkcheck/drivers/capture"
	driver "uplinkcheck/drivers/cumulus"
	"uplinkcheck/drivers/state"
	"uplinkcheck/testbed/model"
	"uplinkcheck/testbed/personality/cumulus"
	pt "uplinkcheck/testbed/personality/personalitytest"
)

const pair = "base: cumulus-pair\n"

// unsayable are faults that Cumulus Linux cannot have, by what of it is missing.
var unsayable = map[string]string{
	"vlan-not-created": "a VLAN database", "vlan-suspended": "a VLAN database", "hot-standby": "hot standbys",
}

// worlds are a pair, healthy and with every fault, and a switch alone that routes.
func worlds() map[string]string {
	out := map[string]string{
		"a healthy pair": pair,
		"a switch alone": "switches: {leaf1: {platform: cumulus, svis: [{vlan: 10, address: 10.0.10.2/24, vrf: Red}, {vlan: 20, address: 10.0.20.2/24}]}}\n" +
			"networks: {management: {vlans: 10, role: management}, guests: {vlans: 20-30, role: guest}}\n" +
			"hosts: {kvm1: {source: linux, uplinks: {eno1: leaf1/1, eno2: leaf1/2}}}\nmachines: {admin: {kind: station, uplinks: {eth0: leaf1/21}, networks: [management]}}",
	}
	for _, k := range model.FaultKinds() {
		out[k.Name] = pair + "faults: [{fault: " + k.Name + ", " + k.Example + "}]"
	}
	return out
}

// switches compiles a world, which is refused just where the platform cannot have it.
func switches(t *testing.T, name, text string) []*model.Switch {
	t.Helper()
	f, err := model.Compile(pt.Scenario(t, text))
	if refused := unsayable[name] != ""; refused != (err != nil) {
		t.Fatalf("got error %v, want one: %v", err, refused)
	} else if refused {
		return nil
	}
	return f.Switches
}

// ask asks every command, what stands in for another only when that was refused.
func ask(t *testing.T, s *model.Switch) *capture.Capture {
	t.Helper()
	refused := map[string]bool{}
	commands := slices.DeleteFunc(slices.Clone(driver.Driver.Commands), func(c drivers.Command) bool {
		if c.InsteadOf != "" && !refused[c.InsteadOf] {
			return true
		}
		data, _ := cumulus.Personality.Switch(s, c.Line)
		refused[c.Line] = driver.Driver.Refusal(data) != ""
		return false
	})
	return pt.Ask(t, s.Name, "cumulus", slices.DeleteFunc(commands, func(c drivers.Command) bool { return !s.LLDP && c.InsteadOf == "net show lldp json" }),
		driver.Driver.Refusal, func(line string) ([]byte, bool) { return cumulus.Personality.Switch(s, line) })
}

// TestRoundTrip renders switches and reads them back: what the model says and Cumulus Linux can say must come out again.
func TestRoundTrip(t *testing.T) {
	for name, text := range worlds() {
		t.Run(name, func(t *testing.T) {
			for _, s := range switches(t, name, text) {
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
	pt.Is(t, "serial number", got.Device.Serial, s.Serial)
	pt.Is(t, "stacked", got.Device.Stacked, false)
	for i := range s.Ports {
		comparePort(t, s, &s.Ports[i], got)
	}
	for i := range s.LAGs {
		compareLAG(t, s, &s.LAGs[i], got)
	}
	pt.Aggregators(t, s, got)
	for i := range s.Bridge {
		p := &s.Bridge[i]
		b := pt.BridgePort(t, p, got)
		if b == nil {
			continue
		}
		pt.Is(t, p.Interface+" PVID", b.PVID, p.PVID)
		blocked := slices.ContainsFunc(got.STP, func(x state.STPPort) bool { return x.Interface == p.Interface && capture.Is(x.State, state.Blocking) })
		if want := !pt.Blocked(s, p.Interface).Empty() && p.Oper == state.Up; blocked != want {
			t.Errorf("%s: blocked %v, want %v", p.Interface, blocked, want)
		}
		forwards := slices.ContainsFunc(got.STP, func(x state.STPPort) bool { return x.Interface == p.Interface && capture.Is(x.State, state.Forwarding) })
		if want := pt.Blocked(s, p.Interface).Empty() && p.Oper == state.Up; forwards != want {
			t.Errorf("%s: forwards %v, want %v", p.Interface, forwards, want)
		}
	}
	if !got.Listed.BridgePorts.Known() || !got.Listed.VLANs.Known() || !got.Listed.MACs.Known() {
		t.Error("the lists of bridge ports, VLANs and addresses are not whole")
	}
	if s.LLDP {
		pt.Is(t, "chassis address", got.Device.ChassisMAC, s.MAC)
		pt.Neighbours(t, s, got)
	}
	for _, m := range s.MACs {
		pt.MAC(t, m, got)
	}
	if len(got.SVIs) != len(s.SVIs) {
		t.Errorf("got %d routed interfaces, want %d", len(got.SVIs), len(s.SVIs))
	}
	for i := range s.SVIs {
		v := &s.SVIs[i]
		if w := pt.SVI(t, v, got); w != nil && v.VRF != "" {
			pt.Is(t, v.Interface+" VRF", w.VRF, v.VRF)
		}
	}
	compareMLAG(t, s, got)
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
	pt.Is(t, p.Name+" MTU", n.MTU, p.MTU)
	pt.Is(t, p.Name+" aggregator", n.Aggregator, p.LAG)
	if p.Oper == state.Up {
		pt.Is(t, p.Name+" speed", n.Speed, p.Speed)
		pt.Is(t, p.Name+" duplex", n.Duplex, state.Full)
	}
	mac := p.MAC
	if l := s.LAG(p.LAG); l != nil {
		mac = l.MAC
	}
	pt.Is(t, p.Name+" MAC", n.MAC, mac)
	if p.Description != "" {
		pt.Is(t, p.Name+" description", n.Description, p.Description)
	}
}

func compareLAG(t *testing.T, s *model.Switch, l *model.LAG, got *state.Switch) {
	t.Helper()
	a := got.Aggregator(l.Name)
	if a == nil {
		t.Errorf("%s is missing", l.Name)
		return
	}
	pt.Is(t, l.Name+" protocol", a.Protocol, l.Protocol)
	pt.Is(t, l.Name+" oper", a.Oper, l.Oper)
	pt.Is(t, l.Name+" min-links", a.MinLinks, max(l.MinLinks, 1))
	if s.MLAG.Protocol == state.PeerLinkMLAG {
		pt.Is(t, l.Name+" multi-chassis id", a.MLAGID, l.MLAGID)
	}
	if len(a.Ports) != len(l.Ports) {
		t.Errorf("%s: got %d ports, want %d", l.Name, len(a.Ports), len(l.Ports))
		return
	}
	for i := range a.Ports {
		p, m := &a.Ports[i], l.Port(a.Ports[i].Name)
		if m == nil {
			t.Errorf("%s: no port %s", l.Name, p.Name)
			continue
		}
		// The kernel selects an aggregator also where frames do not flow.
		if m.Selected == state.Selected || m.Reason == model.LinkDown || m.Reason == model.WrongPartner {
			pt.Is(t, p.Name+" selected", capture.Then(p.Selected, func(s state.Selection) (bool, bool) { return s == state.Selected, true }), m.Selected == state.Selected)
		}
		if l.Protocol != state.LACP {
			continue
		}
		pt.Is(t, p.Name+" churn", p.Churn, m.Churned)
		pt.Endpoint(t, p.Name+" actor", p.Actor, m.Actor)
		if m.Heard {
			pt.Endpoint(t, p.Name+" partner", p.Partner, m.Partner)
		} else {
			pt.Is(t, p.Name+" partner system", p.Partner.System, state.MAC{})
		}
	}
}

func compareMLAG(t *testing.T, s *model.Switch, got *state.Switch) {
	t.Helper()
	m, want := got.MLAG, s.MLAG
	if want.Protocol != state.PeerLinkMLAG {
		pt.Is(t, "MLAG protocol", m.Protocol, state.NoMLAG)
		return
	}
	pt.Is(t, "MLAG protocol", m.Protocol, want.Protocol)
	pt.Is(t, "peered", m.Peered, want.Peered)
	pt.Is(t, "role", m.Role, want.Role)
	pt.Is(t, "peer-link", m.PeerLink, want.PeerLink)
	pt.Is(t, "peer-link oper", m.PeerLinkOper, want.PeerLinkOper)
	pt.Is(t, "keepalive", m.Keepalive, want.Keepalive)
	pt.Is(t, "shared system", m.SystemMAC, want.SystemMAC)
	pt.Is(t, "peer address", m.PeerAddress, want.PeerAddress.String())
	if len(m.Ports) != len(want.Ports) || !got.Listed.MLAGPorts.Known() {
		t.Fatalf("got %d multi-chassis ports, want %d", len(m.Ports), len(want.Ports))
	}
	for _, p := range want.Ports {
		i := slices.IndexFunc(m.Ports, func(x state.MLAGPort) bool { return x.ID == p.ID })
		if i < 0 {
			t.Errorf("multi-chassis port %s is missing", p.ID)
			continue
		}
		pt.Is(t, p.Local+" local oper", m.Ports[i].LocalOper, p.LocalOper)
		pt.Is(t, p.Local+" here", m.Ports[i].Local, p.Local)
		if want := p.State; p.LocalOper == state.Up {
			if want == state.MLAGConfigured { // clagd calls single what the peer lacks, too
				want = state.ActivePartial
			}
			pt.Is(t, p.Local+" state", m.Ports[i].State, want)
		}
		if p.Peer != "" {
			pt.Is(t, p.Local+" peer", m.Ports[i].Peer, p.Peer)
		}
	}
	differs := slices.ContainsFunc(want.Differences, func(d model.Difference) bool { return d.Where != "global" })
	if m.Consistent.Known() && m.Consistent.Value == differs || differs && !m.Consistent.Known() {
		t.Errorf("consistent: got %v (known %v), want %v", m.Consistent.Value, m.Consistent.Known(), !differs)
	}
}
