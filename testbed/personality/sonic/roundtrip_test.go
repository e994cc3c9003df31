package sonic_test

import (
	"slices"
	"strings"
	"testing"

	"uplinkcheck/drivers/capture"
	driver "uplinkcheck/drivers/sonic"
	"uplinkcheck/drivers/state"
	"uplinkcheck/testbed/model"
	pt "uplinkcheck/testbed/personality/personalitytest"
	"uplinkcheck/testbed/personality/sonic"
)

const pair = "base: mlag-pair\nswitches: {leaf1: {platform: sonic}, leaf2: {platform: sonic}}\n"

// unsayable are faults that SONiC has no words for, and so does not show.
var unsayable = map[string]string{
	"stp-blocked": "it has no spanning tree", "hot-standby": "it has no hot standbys", "bad-pdus": "it does not count them",
	"config-inconsistent": "it does not compare configurations", "no-reload-delay": "it does not tell the delay", "dual-primary": "both roles are told, and no more",
	"allow-all": "there is no list of all VLANs", "vlan-not-created": "a port cannot be in a VLAN that is not there",
}

// worlds are a pair, healthy and with every fault, and a switch alone that routes.
func worlds() map[string]string {
	out := map[string]string{
		"a healthy pair": pair,
		"a switch alone": "switches: {leaf1: {platform: sonic, svis: [{vlan: 10, address: 10.0.10.2/24, vrf: Red, filter: guests}, {vlan: 20, address: 10.0.20.2/24}]}}\n" +
			"networks: {management: {vlans: 10, role: management}, guests: {vlans: 20-30, role: guest}}\n" +
			"hosts: {kvm1: {source: linux, uplinks: {eno1: leaf1/1, eno2: leaf1/2}}}\nmachines: {admin: {kind: station, uplinks: {eth0: leaf1/21}, networks: [management]}}",
	}
	for _, k := range model.FaultKinds() {
		if unsayable[k.Name] == "" {
			out[k.Name] = pair + "faults: [{fault: " + k.Name + ", " + k.Example + "}]"
		}
	}
	return out
}

// switches compiles a world, which the platform must be able to have.
func switches(t *testing.T, text string) []*model.Switch {
	t.Helper()
	return pt.Fabric(t, text).Switches
}

func ask(t *testing.T, s *model.Switch) *capture.Capture {
	t.Helper()
	return pt.AskFirst(t, driver.Driver, s, sonic.Personality.Switch)
}

// TestRoundTrip renders switches and reads them back: what the model says and SONiC can say must come out again.
func TestRoundTrip(t *testing.T) {
	for name, text := range worlds() {
		t.Run(name, func(t *testing.T) {
			for _, s := range switches(t, text) {
				got, err := driver.Driver.Parse(ask(t, s))
				if err != nil {
					t.Fatal(err)
				}
				pt.Unread(t, s.Name, slices.DeleteFunc(got.Unread, func(u state.Unread) bool {
					return strings.Contains(u.Why, "the answer is empty") // nothing of the kind is configured
				}))
				compare(t, s, got)
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
	for _, p := range s.Ports {
		n := got.Interface(p.Name)
		if n == nil {
			t.Errorf("%s is missing", p.Name)
			continue
		}
		pt.Is(t, p.Name+" admin", n.Admin, p.Admin)
		pt.Is(t, p.Name+" oper", n.Oper, p.Oper)
		pt.Is(t, p.Name+" speed", n.Speed, p.Speed)
		pt.Is(t, p.Name+" MTU", n.MTU, p.MTU)
		pt.Is(t, p.Name+" aggregator", n.Aggregator, p.LAG)
		pt.Is(t, p.Name+" changes", n.Transitions, uint64(p.Changes))
		if p.Description != "" {
			pt.Is(t, p.Name+" description", n.Description, p.Description)
		}
	}
	for i := range s.LAGs {
		compareLAG(t, s, &s.LAGs[i], got)
	}
	if len(s.LAGs) > 0 {
		pt.Aggregators(t, s, got)
	}
	compareVLANs(t, s, got)
	if s.LLDP {
		pt.Neighbours(t, s, got)
	}
	for _, m := range s.MACs {
		if m.Kind == state.Dynamic {
			pt.MAC(t, m, got)
		}
	}
	if !got.Listed.MACs.Known() {
		t.Error("the list of addresses is not whole")
	}
	compareRouted(t, s, got)
	compareMLAG(t, s, got)
}

func compareLAG(t *testing.T, s *model.Switch, l *model.LAG, got *state.Switch) {
	a := got.Aggregator(l.Name)
	if a == nil {
		t.Errorf("%s is missing", l.Name)
		return
	}
	pt.Is(t, l.Name+" protocol", a.Protocol, l.Protocol)
	pt.Is(t, l.Name+" oper", a.Oper, l.Oper)
	pt.Is(t, l.Name+" min-links", a.MinLinks, max(l.MinLinks, 1))
	pt.Is(t, l.Name+" fallback", a.Fallback, l.Fallback)
	if l.Fallback == state.NoFallback || l.FallbackActive {
		pt.Is(t, l.Name+" fallback active", a.FallbackActive, l.FallbackActive)
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
		if !l.FallbackActive {
			pt.Is(t, p.Name+" in service", capture.Then(p.Selected, func(s state.Selection) (bool, bool) { return s == state.Selected, true }), m.Selected == state.Selected)
		}
		if l.Protocol != state.LACP {
			continue
		}
		pt.Endpoint(t, p.Name+" actor", p.Actor, m.Actor)
		want := m.Partner
		if !m.Heard {
			want = model.Endpoint{}
		}
		pt.Endpoint(t, p.Name+" partner", p.Partner, want)
	}
}

func compareVLANs(t *testing.T, s *model.Switch, got *state.Switch) {
	for i := range s.Bridge {
		p := &s.Bridge[i]
		if p.Mode == state.Access && p.Native == 1 {
			if n := got.Interface(p.Interface); n != nil {
				pt.Is(t, p.Interface+" bridged", n.Bridged, false)
			}
			continue
		}
		if b := pt.BridgePort(t, p, got); b != nil {
			pt.Is(t, p.Interface+" PVID", b.PVID, p.PVID)
		}
	}
	for _, v := range s.VLANs {
		w := got.VLAN(v.ID)
		if v.ID == 1 {
			continue
		}
		if w == nil {
			t.Errorf("VLAN %d is missing", v.ID)
			continue
		}
		pt.Is(t, "VLAN name", w.Name, v.Name)
		pt.Is(t, "VLAN active", w.Active, v.Active)
	}
}

func compareRouted(t *testing.T, s *model.Switch, got *state.Switch) {
	for _, v := range s.SVIs {
		i := slices.IndexFunc(got.SVIs, func(x state.SVI) bool { return x.Interface == v.Interface })
		if i < 0 {
			t.Errorf("%s is missing", v.Interface)
			continue
		}
		w := got.SVIs[i]
		pt.Is(t, v.Interface+" VLAN", w.VID, v.VID)
		if len(w.Addresses) != len(v.Addresses) || len(v.Addresses) > 0 && !capture.Is(w.Addresses[0], v.Addresses[0]) {
			t.Errorf("%s: got %v, want %v", v.Interface, w.Addresses, v.Addresses)
		}
		if v.VRF != "" {
			pt.Is(t, v.Interface+" VRF", w.VRF, "Vrf"+v.VRF)
		}
		if v.Filter != "" {
			pt.Is(t, v.Interface+" filtered", w.Filtered, true)
		}
	}
}

func compareMLAG(t *testing.T, s *model.Switch, got *state.Switch) {
	m, want := got.MLAG, s.MLAG
	if want.Protocol != state.PeerLinkMLAG {
		return
	}
	pt.Is(t, "MLAG protocol", m.Protocol, want.Protocol)
	pt.Is(t, "peered", m.Peered, want.Peered)
	pt.Is(t, "peer-link", m.PeerLink, want.PeerLink)
	pt.Is(t, "peer-link oper", m.PeerLinkOper, want.PeerLinkOper)
	pt.Is(t, "shared system", m.SystemMAC, want.SystemMAC)
	pt.Is(t, "peer address", m.PeerAddress, want.PeerAddress.String())
	if want.Peered {
		pt.Is(t, "role", m.Role, want.Role)
	}
	if len(m.Ports) != len(want.Ports) || !got.Listed.MLAGPorts.Known() {
		t.Fatalf("got %d multi-chassis ports, want %d", len(m.Ports), len(want.Ports))
	}
	for _, p := range want.Ports {
		i := slices.IndexFunc(m.Ports, func(x state.MLAGPort) bool { return x.ID == p.Local })
		if i < 0 {
			t.Errorf("multi-chassis port %s is missing", p.Local)
			continue
		}
		pt.Is(t, p.Local+" local oper", m.Ports[i].LocalOper, p.LocalOper)
		if p.PeerOper != 0 {
			pt.Is(t, p.Local+" peer oper", m.Ports[i].PeerOper, p.PeerOper)
		}
	}
}
