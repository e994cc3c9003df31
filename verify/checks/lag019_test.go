package checks_test

import (
	"testing"

	"uplinkcheck/drivers/capture"
	"uplinkcheck/drivers/state"
	"uplinkcheck/inventory"
	"uplinkcheck/verify"
	"uplinkcheck/verify/checks"
	"uplinkcheck/verify/topology"
)

// That one link is attached and the other in aggregator 2 does not say that they are in one aggregator, and a link that is not in use may be
// one without a cable.
func TestLinksOfTwoKindsOfEvidence(t *testing.T) {
	member := func(name string, link state.Status, current bool, selected state.Selection, aggregator string) inventory.TeamMember {
		m := inventory.TeamMember{Current: is(current)}
		m.Name, m.From = name, said
		if link != 0 {
			m.Link = is(link)
		}
		if selected != 0 {
			m.Selected = is(selected)
		}
		if aggregator != "" {
			m.Aggregator = is(aggregator)
		}
		return m
	}
	silent := member("eno2", state.Up, true, 0, "2")
	silent.Current = capture.Fact[bool]{}
	for _, c := range []struct {
		name string
		a, b inventory.TeamMember
		want verify.Outcome
	}{
		{"one attached, one by number", member("eno1", state.Up, true, state.Selected, ""), member("eno2", state.Up, true, 0, "2"), verify.Unknown},
		{"both attached", member("eno1", state.Up, true, state.Selected, ""), member("eno2", state.Up, true, state.Selected, "2"), verify.Pass},
		{"both by number", member("eno1", state.Up, true, 0, "2"), member("eno2", state.Up, true, 0, "2"), verify.Pass},
		{"both by number, one does not say whether it is current", member("eno1", state.Up, true, 0, "2"), silent, verify.Unknown},
		{"two numbers", member("eno1", state.Up, true, 0, "1"), member("eno2", state.Up, true, 0, "2"), verify.Fail},
		{"not attached", member("eno1", state.Up, true, state.Selected, ""), member("eno2", state.Up, true, state.Unselected, ""), verify.Fail},
		{"not current, and nobody says whether it is up", member("eno1", state.Up, true, state.Selected, ""), member("eno2", 0, false, state.Unselected, ""), verify.Unknown},
		{"attached, the other down", member("eno1", state.Up, true, state.Selected, ""), member("eno2", state.Down, false, state.Unselected, ""), verify.Pass},
	} {
		h := &inventory.Host{Name: "kvm1", Teams: []inventory.Team{{Name: "bond0", From: said, Mode: is(inventory.TeamLACP), Members: []inventory.TeamMember{c.a, c.b}}}}
		findings := checks.LAG019.Run(topology.Build(topology.Input{Hosts: []*inventory.Host{h}}))
		if len(findings) != 1 || findings[0].Outcome != c.want {
			t.Errorf("%s: got %+v, want %s", c.name, findings, c.want)
		}
	}
}
