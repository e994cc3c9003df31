package topology_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"uplinkcheck/verify/topology"
)

func fabricOf(t testing.TB, text string) *topology.Fabric {
	t.Helper()
	return topology.Build(gather(t, "scenario", text).input(t))
}

// What a user may call the things that can be lost.
func TestFind(t *testing.T) {
	f := fabricOf(t, "base: healthy\ninventory: {domains: {cooling-1: [leaf2, kvm1]}}")
	for word, want := range map[string]string{
		"leaf1":                         "leaf1",
		"LEAF1":                         "leaf1",
		"esx1/eno1":                     "link esx1/eno1 to leaf1/Ethernet1",
		"leaf1/Ethernet1":               "link esx1/eno1 to leaf1/Ethernet1",
		"leaf2/Ethernet47":              "link leaf1/Ethernet47 to leaf2/Ethernet47",
		"leaf1/Port-Channel1":           "LAG leaf1+leaf2/Port-Channel1",
		"esx1/bond0":                    "LAG leaf1+leaf2/Port-Channel1",
		"LAG leaf1+leaf2/Port-Channel1": "LAG leaf1+leaf2/Port-Channel1",
		"rack r1":                       "rack r1",
		"r1":                            "rack r1",
		"cooling-1":                     "domain cooling-1",
		"leaf1+leaf2":                   "leaf1, leaf2",
		"peer-link leaf1+leaf2":         "peer-link of leaf1+leaf2",
		"leaf1/Ethernet3":               "link at leaf1/Ethernet3",
		"leaf7":                         `nothing here is called "leaf7"; did you mean "leaf1"?`,
		"leaf1/Ethernet99":              `nothing here is called "leaf1/Ethernet99"; did you mean "leaf1/Ethernet1"?`,
	} {
		found, err := f.Find(word)
		var names []string
		for _, s := range found {
			names = append(names, s.String())
		}
		got := strings.Join(names, ", ")
		if err != nil {
			got = err.Error()
		}
		if got != want {
			t.Errorf("%q: got %s, want %s", word, got, want)
		}
	}
}

// summary writes an aftermath down, a line each.
func summary(a *topology.Aftermath) (out []string) {
	for what, fates := range map[string][]topology.Fate{"gone": a.Gone, "unclear": a.Unclear, "one leg": a.OneLeg, "already": a.Already} {
		for _, x := range fates {
			out = append(out, what+" "+x.Role.Subject().Name)
		}
	}
	for _, h := range a.Hosts {
		out = append(out, "lost "+h.Name)
	}
	for _, e := range a.Gateways {
		out = append(out, fmt.Sprintf("gateways of %s: %v remain, %v gone", e.Network.Name, e.Remain, e.Gone))
	}
	for _, o := range a.Orphans {
		out = append(out, fmt.Sprintf("orphan %s %s %s", o.Kind, o.Name, o.Answer))
	}
	for _, p := range a.Pairs {
		out = append(out, fmt.Sprintf("pair %s: %d left, peer-link %s, split %v, healthy %s", p.Pair.Name, len(p.Left), p.PeerLink, p.Split, p.Healthy.Answer))
	}
	for _, u := range a.Unreachable {
		out = append(out, u.Why)
	}
	slices.Sort(out)
	return out
}

func TestAftermath(t *testing.T) {
	for _, c := range []struct {
		name, scenario string
		lost           []string
		want           []string
	}{
		{"one switch of a healthy pair", "base: healthy\nnetworks: {vmotion: null, storage: null, guests: null}\nmachines: {fw1: {networks: [management]}}", []string{"leaf1"}, []string{
			"gateways of management: [leaf2/Ethernet20] remain, [leaf1/Ethernet20] gone",
			"one leg esx1/management", "one leg kvm1/management",
			"orphan station leaf1/Ethernet21 yes",
			"pair leaf1+leaf2: 1 left, peer-link no, split false, healthy yes"}},
		{"both at once", "base: healthy\nnetworks: {vmotion: null, storage: null, guests: null}\nmachines: null", []string{"leaf1", "leaf2"}, []string{
			"gone esx1/management", "gone kvm1/management", "orphan host esx1 yes", "orphan host kvm1 yes",
			"pair leaf1+leaf2: 0 left, peer-link no, split false, healthy yes"}},
		{"a rack with a host in it", "base: healthy\nnetworks: {vmotion: null, storage: null, guests: null}\nmachines: null", []string{"rack r1"}, []string{
			"lost esx1", "one leg kvm1/management", "pair leaf1+leaf2: 1 left, peer-link no, split false, healthy yes"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			f := fabricOf(t, c.scenario)
			var lost []*topology.Scenario
			for _, name := range c.lost {
				found, err := f.Find(name)
				if err != nil {
					t.Fatal(err)
				}
				lost = append(lost, found...)
			}
			if got := summary(f.Aftermath(lost...)); !slices.Equal(got, c.want) {
				t.Errorf("got\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(c.want, "\n"))
			}
		})
	}
}

// The answers for one known loss, which are looked up, are those of going through it: a loss that is named twice is gone through. And the
// simulation of one loss gives what that of all gives.
func TestAftermathAgreesWithGoingThroughTheLoss(t *testing.T) {
	for _, text := range []string{"base: healthy", "base: demo", "base: junos-vc", "base: esi-pair", "base: healthy\nfaults: [{fault: vlan-missing, on: leaf1/lag1, vlans: 20}]"} {
		f := fabricOf(t, text)
		var alone [][]string
		for _, s := range f.Scenarios() {
			known, through := summary(f.Aftermath(s)), summary(f.Aftermath(s, s))
			if alone = append(alone, known); !slices.Equal(known, through) {
				t.Errorf("%s: %s: known\n%s\ngone through\n%s", text, s, strings.Join(known, "\n"), strings.Join(through, "\n"))
			}
		}
		f.Failures()
		for i, s := range f.Scenarios() {
			if all := summary(f.Aftermath(s)); !slices.Equal(alone[i], all) {
				t.Errorf("%s: %s: alone\n%s\namong all\n%s", text, s, strings.Join(alone[i], "\n"), strings.Join(all, "\n"))
			}
		}
	}
}
