package nokia_srlinux_test

import (
	"slices"
	"strings"
	"testing"

	"uplinkcheck/drivers/capture"
	driver "uplinkcheck/drivers/nokia_srlinux"
	"uplinkcheck/drivers/state"
	"uplinkcheck/testbed/model"
	"uplinkcheck/testbed/personality/nokia_srlinux"
	pt "uplinkcheck/testbed/personality/personalitytest"
)

const pair = "base: mlag-pair\nswitches: {leaf1: {platform: nokia_srlinux}, leaf2: {platform: nokia_srlinux}}\n"

// unsayable are faults that SR Linux has no words for, and so does not show.
var unsayable = map[string]string{
	"stp-blocked": "it has no spanning tree", "hot-standby": "it has no hot standbys", "bad-pdus": "it does not count them", "vlan-not-created": "a tag without a network instance is no VLAN",
	"dual-primary": "there is no protocol between peers", "config-inconsistent": "there is no protocol between peers", "keepalive-down": "there is no protocol between peers",
	"mlag-peer-down": "there is no protocol between peers", "no-reload-delay": "there is no protocol between peers",
	"allow-all": "there is no list of all VLANs", "peer-link-down": "the pair has no peer-link", "peer-link-single-member": "the pair has no peer-link",
}

// worlds are a pair, healthy and with every fault, and a switch alone that routes.
func worlds() map[string]string {
	out := map[string]string{
		"a healthy pair": pair,
		"a switch alone": "switches: {leaf1: {platform: nokia_srlinux, svis: [{vlan: 10, address: 10.0.10.2/24, vrf: tenant, filter: guests}, {vlan: 20, address: 10.0.20.2/24}]}}\n" +
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
	return pt.AskFirst(t, driver.Driver, s, nokia_srlinux.Personality.Switch)
}

// TestRoundTrip renders switches and reads them back: what the model says and SR Linux can say must come out again.
func TestRoundTrip(t *testing.T) {
	for name, text := range worlds() {
		t.Run(name, func(t *testing.T) {
			for _, s := range switches(t, text) {
				got, err := driver.Driver.Parse(ask(t, s))
				if err != nil {
					t.Fatal(err)
				}
				pt.Unread(t, s.Name, slices.DeleteFunc(got.Unread, func(u state.Unread) bool {
					return strings.Contains(u.Why, "the answer is empty") // no filter is bound
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
	pt.Is(t, "chassis MAC", got.Device.ChassisMAC, s.MAC)
	pt.Is(t, "stacked", got.Device.Stacked, false)
	for _, p := range s.Ports {
		n := got.Interface(p.Name)
		if n == nil {
			t.Errorf("%s is missing", p.Name)
			continue
		}
		pt.Port(t, &p, n)
		pt.Is(t, p.Name+" changes", n.Transitions, uint64(p.Changes))
	}
	for i := range s.LAGs {
		compareLAG(t, &s.LAGs[i], got)
	}
	pt.Aggregators(t, s, got)
	compareVLANs(t, s, got)
	compareNeighbours(t, s, got)
	for _, m := range s.MACs {
		pt.MAC(t, m, got)
	}
	for i := range s.SVIs {
		v := &s.SVIs[i]
		if w := pt.SVI(t, v, got); w != nil {
			if v.VRF != "" {
				pt.Is(t, v.Interface+" VRF", w.VRF, v.VRF)
			}
			if v.Filter != "" {
				pt.Is(t, v.Interface+" filtered", w.Filtered, true)
			}
		}
	}
	if s.MLAG.Protocol == state.EVPNESI {
		pt.Is(t, "multi-chassis protocol", got.MLAG.Protocol, state.EVPNESI)
	}
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
		pt.Is(t, p.Name+" LACPDUs received", p.RX, m.RX)
		pt.Is(t, p.Name+" actor system", p.Actor.System, m.Actor.System)
		pt.Is(t, p.Name+" actor system priority", p.Actor.SystemPriority, m.Actor.SystemPriority)
		pt.Is(t, p.Name+" actor key", p.Actor.Key, m.Actor.Key)
		pt.Is(t, p.Name+" actor port", p.Actor.Port, m.Actor.Port)
		const told = state.Activity | state.ShortTimeout | state.Aggregation | state.Synchronization | state.Collecting | state.Distributing
		if st := p.Actor.State; !st.Known() || st.Value.Known != told || st.Value.Set != m.Actor.State&told {
			t.Errorf("%s: actor state %s, want %s", p.Name, st.Value, m.Actor.State)
		}
		want := m.Partner
		if !m.Heard {
			want = model.Endpoint{}
		}
		pt.Is(t, p.Name+" partner system", p.Partner.System, want.System)
		pt.Is(t, p.Name+" partner key", p.Partner.Key, want.Key)
		pt.Is(t, p.Name+" partner port", p.Partner.Port, want.Port)
	}
}

// compareVLANs compares what ports carry that somebody configured. VLAN 1 is in no mac-vrf unless a port was put into it.
func compareVLANs(t *testing.T, s *model.Switch, got *state.Switch) {
	for i := range s.Bridge {
		p := &s.Bridge[i]
		b := got.BridgePort(p.Interface)
		if p.Mode == state.Access && p.Native == 1 {
			if b != nil {
				t.Errorf("%s: nobody configured it, and it is a bridge port", p.Interface)
			}
			continue
		}
		if b == nil {
			t.Errorf("bridge port %s is missing", p.Interface)
			continue
		}
		pt.Is(t, p.Interface+" mode", b.Mode, p.Mode)
		pt.Is(t, p.Interface+" configured", b.Configured, p.Allowed)
		pt.Is(t, p.Interface+" members", b.Members, p.Active)
		pt.Is(t, p.Interface+" PVID", b.PVID, p.PVID)
	}
	for _, v := range s.VLANs {
		if w := got.VLAN(v.ID); w != nil && v.ID != 1 {
			pt.Is(t, "name of VLAN", w.Name, v.Name)
		}
	}
}

func compareNeighbours(t *testing.T, s *model.Switch, got *state.Switch) {
	if len(got.Remotes) != len(s.Neighbours) || !got.Listed.Remotes.Known() {
		t.Errorf("got %d neighbours, want %d, and the list whole", len(got.Remotes), len(s.Neighbours))
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
	}
}
