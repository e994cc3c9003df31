// Package inventorytest is the conformance suite of all sources of hosts. It holds them to the rules of package drivertest,
// over recordings in testdata/<case>/ of the source (named as drivertest says), and to those that only hosts have.
package inventorytest

import (
	"fmt"
	"slices"
	"testing"

	"uplinkcheck/drivers/capture"
	"uplinkcheck/drivers/drivertest"
	"uplinkcheck/drivers/state"
	"uplinkcheck/inventory"
)

// Run holds a source to the rules. A source that is asked by Fetch and lists no commands shows its recordings by the names that
// Fetch gives its replies: in a file named commands.
func Run(t *testing.T, s *inventory.Source) {
	t.Helper()
	if s.Name == "" || s.Title == "" || s.Privileges == "" || s.Parse == nil {
		t.Error("a source needs Name, Title, Privileges and Parse")
	}
	if (s.Fetch == nil) == (len(s.Commands) == 0) {
		t.Error("a source needs either Commands or Fetch")
	}
	drivertest.RunSubject(t, subject(s, func(h *inventory.Host) {
		for _, why := range broken(h) {
			t.Error(why)
		}
	}))
	empty(t, s)
}

// Fuzz looks for bytes that make a source panic, state a fact outside its reply, or break a rule of hosts.
func Fuzz(f *testing.F, s *inventory.Source) {
	f.Helper()
	drivertest.FuzzSubject(f, subject(s, func(h *inventory.Host) {
		if why := broken(h); why != nil {
			panic(fmt.Sprint(why)) // the fuzzer keeps the input
		}
	}))
}

func subject(s *inventory.Source, check func(*inventory.Host)) drivertest.Subject {
	return drivertest.Subject{Commands: s.Commands, Refusal: s.Refusal, Parse: func(c *capture.Capture) (any, error) {
		h, err := s.Parse(c)
		if h == nil {
			return nil, err
		}
		check(h)
		return h, err
	}}
}

// empty wants a host that nobody answered for to have nothing, and to list nothing as complete.
func empty(t *testing.T, s *inventory.Source) {
	t.Helper()
	h, err := s.Parse(&capture.Capture{Device: "silent"})
	if err != nil || h == nil {
		return
	}
	if len(h.NICs)+len(h.Teams)+len(h.Uses)+len(h.Remotes) > 0 {
		t.Error("a capture without replies gives NICs, teams, uses or neighbours")
	}
	if h.Listed.NICs.Known() || h.Listed.Teams.Known() || h.Listed.Uses.Known() || h.Listed.Remotes.Known() {
		t.Error("a capture without replies lists something as complete")
	}
	if h.Name != "silent" || h.Source != s.Name {
		t.Errorf("the host is %q of source %q, want the device %q and source %q", h.Name, h.Source, "silent", s.Name)
	}
}

// broken says which rules of inventory.Host a host breaks: names are there and used once, what is referred to exists, everything
// rests on a span, slices are sorted, and nobody claims to send a VLAN nowhere.
func broken(h *inventory.Host) (why []string) {
	bad := func(format string, args ...any) { why = append(why, fmt.Sprintf(format, args...)) }
	teams, nics := map[string]bool{}, map[string]string{}
	for _, t := range h.Teams {
		if t.Name == "" || teams[t.Name] || !t.From.Known() {
			bad("team %q: no name, named twice, or resting on nothing", t.Name)
		}
		teams[t.Name] = true
	}
	for _, n := range h.NICs {
		if _, twice := nics[n.Name]; n.Name == "" || twice || !n.From.Known() {
			bad("NIC %q: no name, named twice, or resting on nothing", n.Name)
		}
		nics[n.Name] = n.Team
		if n.Team != "" && !teams[n.Team] {
			bad("NIC %s is in team %q, which there is not", n.Name, n.Team)
		}
		if n.MAC.Known() && n.MAC.Value.IsZero() {
			bad("NIC %s: the address of no station is none", n.Name)
		}
	}
	for _, t := range h.Teams {
		for _, m := range t.Members {
			if team, ok := nics[m.Name]; !ok || team != t.Name {
				bad("team %s has the member %q, which is no NIC of that team", t.Name, m.Name)
			}
		}
		if !slices.IsSortedFunc(t.Members, func(a, b inventory.TeamMember) int { return state.NaturalCompare(a.Name, b.Name) }) {
			bad("members of team %s are not sorted", t.Name)
		}
	}
	for _, u := range h.Uses {
		_, isNIC := nics[u.Over]
		switch {
		case u.Name == "" || u.Kind == 0 || !u.From.Known():
			bad("use %q: no name, no kind, or resting on nothing", u.Name)
		case u.Over != "" && !teams[u.Over] && !isNIC:
			bad("use %s goes over %q, which is no team and no NIC", u.Name, u.Over)
		case u.Over == "" && (u.Untagged || !u.VIDs.Empty()):
			bad("use %s has VLANs, but leads nowhere", u.Name)
		}
	}
	if !slices.IsSortedFunc(h.NICs, func(a, b inventory.NIC) int { return state.NaturalCompare(a.Name, b.Name) }) ||
		!slices.IsSortedFunc(h.Teams, func(a, b inventory.Team) int { return state.NaturalCompare(a.Name, b.Name) }) {
		bad("NICs or teams are not sorted")
	}
	return why
}
