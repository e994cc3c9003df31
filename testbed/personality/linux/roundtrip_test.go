package linux_test

import (
	"slices"
	"testing"

	"uplinkcheck/drivers/capture"
	"uplinkcheck/drivers/state"
	"uplinkcheck/inventory"
	source "uplinkcheck/inventory/linux"
	"uplinkcheck/testbed/model"
	"uplinkcheck/testbed/personality/linux"
	pt "uplinkcheck/testbed/personality/personalitytest"
)

// hypervisor compiles mlag-pair with more lines and returns its Linux host.
func hypervisor(t *testing.T, extra string) *model.Host {
	t.Helper()
	return pt.Fabric(t, "base: mlag-pair\n"+extra).Host("kvm1")
}

// ask is a capture of everything that the source asks.
func ask(t *testing.T, h *model.Host) *capture.Capture {
	t.Helper()
	return pt.Ask(t, h.Name, "linux", source.Source.Commands, source.Source.Refusal, func(line string) ([]byte, bool) {
		return linux.Personality.Host(h, line)
	})
}

const uplinks = "uplinks: {eno1: leaf1/2, eno2: leaf2/2}"

// worlds are the kinds of hosts, and every fault that a host can see.
func worlds() map[string]string {
	w := map[string]string{
		"kernel LACP":                  "",
		"kernel active-backup":         "hosts: {kvm1: {mode: active-backup, " + uplinks + "}}",
		"kernel static":                "hosts: {kvm1: {mode: static, " + uplinks + "}}",
		"kernel alb":                   "hosts: {kvm1: {mode: switch-independent, " + uplinks + "}}",
		"Open vSwitch LACP":            "hosts: {kvm1: {uplinks: null, bonds: {bond0: {ovs: true, " + uplinks + "}}}}",
		"Open vSwitch active-backup":   "hosts: {kvm1: {uplinks: null, bonds: {bond0: {ovs: true, mode: active-backup, " + uplinks + "}}}}",
		"Open vSwitch slb":             "hosts: {kvm1: {uplinks: null, bonds: {bond0: {ovs: true, mode: switch-independent, " + uplinks + "}}}}",
		"a NIC alone":                  "hosts: {kvm1: {uplinks: {eno1: leaf1/2}}}",
		"management without a tag":     "networks: {management: {vlans: 10, role: management, untagged: true}}",
		"Open vSwitch, a cable pulled": "hosts: {kvm1: {uplinks: null, bonds: {bond0: {ovs: true, " + uplinks + "}}}}\nfaults: [{fault: cable-pulled, on: kvm1/eno2}]",
	}
	for name, fields := range map[string]string{"cable-pulled": "on: kvm1/eno1", "wrong-key": "on: leaf2/lag2", "wrong-system-id": "on: leaf2/lag2",
		"lacp-off": "on: leaf2/lag2", "passive-passive": "on: kvm1", "one-way-loss": "on: kvm1/eno1", "expired": "on: kvm1/eno1", "lldp-silent": "on: kvm1",
		"legs-swapped": "on: esx1/eno2, with: kvm1/eno2"} {
		w[name] = "faults: [{fault: " + name + ", " + fields + "}]"
	}
	return w
}

// TestRoundTrip renders hosts and reads them back: what the model says and Linux can say must come out again.
func TestRoundTrip(t *testing.T) {
	for name, extra := range worlds() {
		t.Run(name, func(t *testing.T) {
			h := hypervisor(t, extra+"\n")
			got, err := source.Source.Parse(ask(t, h))
			if err != nil {
				t.Fatal(err)
			}
			pt.Unread(t, h.Name, got.Unread)
			compare(t, h, got)
		})
	}
}

func compare(t *testing.T, h *model.Host, got *inventory.Host) {
	t.Helper()
	pt.Is(t, "host name", got.Hostname, h.Hostname)
	if len(got.NICs) != len(h.NICs) || !got.Listed.NICs.Known() || !got.Listed.Teams.Known() || !got.Listed.Uses.Known() {
		t.Fatalf("got %d NICs, want %d, and all lists whole", len(got.NICs), len(h.NICs))
	}
	for i, n := range h.NICs {
		nic := got.NICs[i]
		if nic.Name != n.Name || nic.Team != n.Bond {
			t.Errorf("got NIC %s in %q, want %s in %q", nic.Name, nic.Team, n.Name, n.Bond)
		}
		pt.Is(t, n.Name+" permanent MAC", nic.MAC, n.MAC)
		pt.Is(t, n.Name+" link", nic.Oper, n.Oper)
		pt.Is(t, n.Name+" MTU", nic.MTU, n.MTU)
		if n.Bond != "" && n.Oper == state.Up {
			pt.Is(t, n.Name+" speed", nic.Speed, n.Speed)
		}
	}
	if len(got.Teams) != len(h.Bonds) {
		t.Fatalf("got %d teams, want %d", len(got.Teams), len(h.Bonds))
	}
	for i := range h.Bonds {
		compareBond(t, &h.Bonds[i], &got.Teams[i])
	}
	for _, u := range h.Uses {
		compareUse(t, u, got)
	}
	if len(got.Remotes) != len(h.Heard) || got.Listed.Remotes.Known() != h.LLDP {
		t.Errorf("got %d neighbours, want %d; list whole %v, want %v", len(got.Remotes), len(h.Heard), got.Listed.Remotes.Known(), h.LLDP)
	}
}

func compareBond(t *testing.T, b *model.Bond, got *inventory.Team) {
	t.Helper()
	pt.Is(t, b.Name+" mode", got.Mode, b.Mode)
	pt.Is(t, b.Name+" oper", got.Oper, b.Oper)
	if b.ActiveNIC != "" {
		pt.Is(t, b.Name+" active member", got.Active, b.ActiveNIC)
	}
	if len(got.Members) != len(b.Members) {
		t.Fatalf("%s: got %d members, want %d", b.Name, len(got.Members), len(b.Members))
	}
	for _, m := range got.Members {
		want := b.Member(m.Name)
		name := b.Name + " " + m.Name
		pt.Is(t, name+" link", m.Link, want.Link)
		if b.Mode == inventory.TeamLACP {
			compareLACP(t, name, b, want, m)
		}
		if carries := want.Carries; m.Selected.Known() && b.Mode != inventory.TeamLACP && (m.Selected.Value == state.Selected) != carries {
			t.Errorf("%s is %s, but carries: %v", name, m.Selected.Value, carries)
		}
	}
}

func compareLACP(t *testing.T, name string, b *model.Bond, want *model.BondMember, m inventory.TeamMember) {
	t.Helper()
	current := want.Heard && want.Link == state.Up && want.Actor.State&(state.Expired|state.Defaulted) == 0
	pt.Is(t, name+" current", m.Current, current)
	pt.Is(t, name+" actor system", m.Actor.System, want.Actor.System)
	pt.Is(t, name+" actor key", m.Actor.Key, want.Actor.Key)
	pt.Is(t, name+" actor port", m.Actor.Port, want.Actor.Port)
	pt.Is(t, name+" actor state", m.Actor.State, state.WholeLACPState(uint8(want.Actor.State)))
	pt.Is(t, name+" partner system", m.Partner.System, want.Partner.System)
	if want.Heard {
		pt.Is(t, name+" partner key", m.Partner.Key, want.Partner.Key)
		pt.Is(t, name+" partner port", m.Partner.Port, want.Partner.Port)
		pt.Is(t, name+" partner state", m.Partner.State, state.WholeLACPState(uint8(want.Partner.State)))
	}
	if b.OVS {
		pt.Is(t, name+" selected", m.Selected, want.Selected)
		return
	}
	if m.Aggregator.Value == "" {
		t.Errorf("%s: no aggregator", name)
	}
	inActive := want.Link == state.Up && want.Aggregator == b.Aggregator
	if (m.Selected.Value == state.Selected) != inActive {
		t.Errorf("%s is %s, but in the active aggregator: %v", name, m.Selected.Value, inActive)
	}
}

// compareUse wants what a host sends to be found again: by name, over the same team or NIC, with the same tags.
func compareUse(t *testing.T, u model.Use, got *inventory.Host) {
	t.Helper()
	names := []string{u.Name}
	if u.Kind == inventory.GuestPort {
		names = u.Guests
	}
	for _, name := range names {
		k := slices.IndexFunc(got.Uses, func(g inventory.Use) bool { return g.Name == name && g.Kind == u.Kind })
		if k < 0 {
			t.Errorf("use %s is missing", name)
			continue
		}
		g := got.Uses[k]
		if g.Over != u.Over || g.VIDs != u.VIDs || g.Untagged != u.Untagged {
			t.Errorf("use %s: got %s of %s, untagged %v; want %s of %s, untagged %v", name, g.VIDs, g.Over, g.Untagged, u.VIDs, u.Over, u.Untagged)
		}
		if u.Address.IsValid() && (len(g.Addresses) != 1 || g.Addresses[0].Value != u.Address) {
			t.Errorf("use %s: got addresses %v, want %s", name, g.Addresses, u.Address)
		}
	}
}
