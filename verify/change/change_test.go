package change_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"uplinkcheck/inventory"
	"uplinkcheck/testbed"
	"uplinkcheck/testbed/model"
	"uplinkcheck/verify"
	"uplinkcheck/verify/audit"
	"uplinkcheck/verify/change"
)

func evidence(t testing.TB, text string) audit.Evidence {
	t.Helper()
	s, err := testbed.Parse("scenario", []byte(text))
	if err != nil {
		t.Fatal(err)
	}
	inv, err := inventory.Load("inventory.yml", []byte(s.Inventory()))
	if err != nil {
		t.Fatal(err)
	}
	return audit.Evidence{Inventory: inv, Captures: s.Captures(), Started: s.Fabric.Time, Finished: s.Finished()}
}

func between(t testing.TB, before, after string) *change.Change {
	t.Helper()
	checks, err := audit.Select(nil, nil)
	if err != nil {
		t.Fatal(err)
	}
	return change.Between(evidence(t, before), evidence(t, after), checks)
}

// lines writes the items down, one each.
func lines(c *change.Change) (out []string) {
	for _, i := range c.Items {
		out = append(out, strings.TrimSpace(fmt.Sprintf("%s %s %s: %s", i.Kind, i.Check, i.Subject.Name, i.Text)))
	}
	return out
}

// has reports whether a line of the change begins with the words.
func has(c *change.Change, words string) bool {
	return slices.ContainsFunc(lines(c), func(l string) bool { return strings.HasPrefix(l, words) })
}

func TestChange(t *testing.T) {
	const healthy = "base: healthy\n"
	for _, x := range []struct {
		name, before, after string
		code                int
		want, never         []string // beginnings of items
	}{
		{"nothing", "", "", 0, nil, []string{""}},
		{"what is broken before and after is no change", "faults: [{fault: legs-swapped, on: esx1/eno2, with: kvm1/eno2}]",
			"faults: [{fault: legs-swapped, on: esx1/eno2, with: kvm1/eno2}]", 0, nil, []string{""}},
		{"two hosts' cables were swapped", "", "faults: [{fault: legs-swapped, on: esx1/eno2, with: kvm1/eno2}]", 1, []string{
			"harm LAG-004 leaf1+leaf2/Port-Channel1", "harm RED-001 esx1", "unknown RED-002 esx1/management", "moved  esx1/eno2: esx1/eno2 ends on leaf2/Ethernet2, ended on leaf2/Ethernet1",
			"moved  leaf1+leaf2/Port-Channel2: leaf1+leaf2/Port-Channel2: partner is"}, nil},
		{"they were put right", "faults: [{fault: legs-swapped, on: esx1/eno2, with: kvm1/eno2}]", "", 0,
			[]string{"better RED-001 esx1", "moved  esx1/eno2"}, []string{"harm", "unknown"}},
		{"another loss on top of one that is not survived", "faults: [{fault: both-legs-on-one-switch, on: kvm1/eno2}]",
			"faults: [{fault: both-legs-on-one-switch, on: kvm1/eno2}, {fault: cable-pulled, on: kvm1/eno1}]", 1,
			[]string{"harm RED-003 kvm1/management: kvm1: management is lost with link kvm1/eno2"}, nil},
		{"a role whose only working uplink goes", "faults: [{fault: cable-pulled, on: kvm1/eno1}]", "faults: [{fault: cable-pulled, on: kvm1/eno1}, {fault: cable-pulled, on: kvm1/eno2}]", 1,
			[]string{"harm RED-002 kvm1/management: management of kvm1 has no working path now"}, nil},
		{"the other switch is the one that is not survived now", "faults: [{fault: cable-pulled, on: kvm1/eno1}]", "faults: [{fault: cable-pulled, on: kvm1/eno2}]", 1,
			[]string{"harm RED-002 kvm1/management: management of kvm1 is lost with leaf1, which it survived"}, nil},
		{"a leak is at another port now", "faults: [{fault: mgmt-vlan-on-edge-port, on: leaf1/5}]", "faults: [{fault: mgmt-vlan-on-edge-port, on: leaf2/6}]", 1,
			[]string{"harm MGT-002 management: fails as before, and now also: VLAN 10 (management) at leaf2/Ethernet6"}, nil},
		{"another VLAN is missing now", "faults: [{fault: vlan-missing, on: leaf1/lag1, vlans: 100}]", "faults: [{fault: vlan-missing, on: leaf1/lag1, vlans: 101}]", 1,
			[]string{"harm VLN-001 esx1/eno1: fails as before, and now also: esx1/eno1 on leaf1/Ethernet1 lacks VLAN 101"}, nil},
		{"one of two is missing still", "faults: [{fault: vlan-missing, on: leaf1/lag1, vlans: 100-101}]", "faults: [{fault: vlan-missing, on: leaf1/lag1, vlans: 101}]", 0,
			nil, []string{"harm"}},
		{"a VLAN went from a trunk", "", "faults: [{fault: vlan-missing, on: leaf1/lag1, vlans: 20}]", 1,
			[]string{"harm RED-002 esx1/vmotion", "moved  leaf1+leaf2/Port-Channel1: VLAN 20 (vmotion) no longer on leaf1/Port-Channel1"}, []string{"harm RED-002 esx1/storage"}},
		{"a VLAN went from a switch", "", "faults: [{fault: vlan-not-created, on: leaf1, vlans: 20}]", 1, []string{"moved  leaf1: leaf1 has VLAN 20 (vmotion) no longer"}, nil},
		{"a VLAN is suspended", "", "faults: [{fault: vlan-suspended, on: leaf1, vlans: 20}]", 1, []string{"moved  leaf1: leaf1 has VLAN 20 (vmotion) suspended now"}, nil},
		{"the spanning tree blocks", "", "faults: [{fault: stp-blocked, on: leaf1/lag1, vlans: 20}]", 1,
			[]string{"moved  leaf1+leaf2/Port-Channel1: the spanning tree blocks VLAN 20 (vmotion) on leaf1/Port-Channel1"}, nil},
		{"a switch that did not answer is not gone", "", "unreachable: [leaf2]", 2, []string{"unknown  leaf2: leaf2 gave no state"},
			[]string{"harm", "weaker", "moved"}},
		{"a host that did not answer is not gone", "", "unreachable: [kvm1]", 2, []string{"unknown  kvm1: kvm1 gave no state"}, []string{"harm", "weaker  kvm1"}},
		{"it answers again", "unreachable: [leaf2]", "", 0, []string{"better  leaf2: leaf2 gave state"}, []string{"harm", "unknown", "moved"}},
		{"a command is refused", "", "refuse: [{device: leaf2, command: show vlan}]", 2, []string{"unknown  leaf2: leaf2 no longer answers"}, []string{"harm"}},
		{"the peer-link is down", "", "faults: [{fault: peer-link-down, on: p1}]", 1, []string{"harm MLG-001 leaf1+leaf2", "weaker  leaf1/Ethernet47: leaf1/Ethernet47: link is down, was up"}, nil},
		{"a mapping became less sure", "", "faults: [{fault: lldp-silent, on: esx1}]", 2, []string{"weaker  esx1/eno1: that esx1/eno1 ends on leaf1/Ethernet1 is single, was proven", "unknown RED-001 esx1"}, []string{"harm"}},
		{"an accepted harm", "", "faults: [{fault: allow-all, on: esx1}]\ninventory: {waivers: [" +
			"{check: VLN-004, subject: esx1/eno1, until: 2027-01-31, reason: r, by: b}]}", 1, []string{"waived VLN-004 esx1/eno1", "harm VLN-004 esx1/eno2"}, []string{"harm VLN-004 esx1/eno1"}},
		{"a host left the inventory", "", "hosts: {esx1: null}\nmachines: {esx1: {uplinks: {eno1: leaf1/1, eno2: leaf2/1}}}", 0, nil, []string{"harm", "unknown"}},
		{"Junos", "switches: {leaf1: {platform: juniper_junos}, leaf2: {platform: juniper_junos}}",
			"switches: {leaf1: {platform: juniper_junos}, leaf2: {platform: juniper_junos}}", 0, nil, []string{""}},
	} {
		t.Run(x.name, func(t *testing.T) {
			c := between(t, healthy+x.before, healthy+x.after)
			if c.ExitCode() != x.code {
				t.Errorf("exit code %d, want %d", c.ExitCode(), x.code)
			}
			for _, w := range x.want {
				if !has(c, w) {
					t.Errorf("no item %q", w)
				}
			}
			for _, w := range x.never {
				if has(c, w) {
					t.Errorf("an item %q", w)
				}
			}
			if t.Failed() {
				t.Logf("items:\n%s", strings.Join(lines(c), "\n"))
			}
		})
	}
}

// Every fault that breaks something is found, putting it right does no harm, and a fault that stays is no change.
func TestEveryFaultIsAChange(t *testing.T) {
	for _, k := range model.FaultKinds() {
		t.Run(k.Name, func(t *testing.T) {
			broken := fmt.Sprintf("base: healthy\nfaults: [{fault: %s, %s}]", k.Name, k.Example)
			if c := between(t, "base: healthy", broken); c.ExitCode() == 0 && c.After.Count(verify.Fail)+c.After.Count(verify.Unknown) > 0 {
				t.Errorf("it came unnoticed:\n%s", strings.Join(lines(c), "\n"))
			}
			if c := between(t, broken, "base: healthy"); c.ExitCode() != 0 {
				t.Errorf("putting it right has exit code %d:\n%s", c.ExitCode(), strings.Join(lines(c), "\n"))
			}
			if c := between(t, broken, broken); len(c.Items) > 0 {
				t.Errorf("nothing changed, and yet:\n%s", strings.Join(lines(c), "\n"))
			}
		})
	}
}
