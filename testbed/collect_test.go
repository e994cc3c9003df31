package testbed

import (
	"fmt"
	"regexp"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"uplinkcheck/drivers/capture"
	"uplinkcheck/drivers/collect"
	"uplinkcheck/inventory"
	"uplinkcheck/verify/audit"
)

// Captures must be what collecting would return: cases of checks rest on it. Collect is asked to prove it, over real SSH and
// NETCONF, for every scenario and for one with refusals, and so are the verdicts.
func TestCapturesAreWhatCollectingTheFleetReturns(t *testing.T) {
	scenarios := map[string]string{"an edit that breaks a reply": "base: junos-pair\n" +
		"edits: [{device: leaf1, command: <get-chassis-inventory/>, old: </serial-number>, new: ''}]",
		"refusals": "base: junos-pair\nrefuse: [{device: leaf1, command: <get-vlan-information><extensive/>}, " +
			"{device: leaf2, command: <get-lldp-neighbors-information/>}]"}
	for _, name := range Names() {
		scenarios[name] = "base: " + name
	}
	for name, text := range scenarios {
		t.Run(name, func(t *testing.T) {
			s := parse(t, text)
			f := Start(t, s)
			var targets []collect.Target
			for _, x := range s.targets {
				plan := collect.Plan{Platform: x.platform, Access: x.access, Commands: x.commands, Prompt: x.prompt, Refusal: x.refusal}
				targets = append(targets, collect.Target{Plan: plan, Endpoint: collect.Endpoint{Name: x.name, Address: f.Switch(x.name).Addr(),
					KnownHosts: f.KnownHosts(),
					Login:      collect.Login{Name: "default", User: Username, Password: func() (string, error) { return Password, nil }}}})
			}
			got := collect.Run(t.Context(), targets, collect.Options{})
			want := s.Captures()
			for i := range want {
				compareCaptures(t, want[i], got[i])
			}
			if d := cmp.Diff(verdicts(t, s, want), verdicts(t, s, got)); d != "" {
				t.Errorf("Captures (-) and collected (+) get different verdicts:\n%s", d)
			}
		})
	}
}

func verdicts(t *testing.T, s *Scenario, captures []*capture.Capture) (out []string) {
	t.Helper()
	inv, err := inventory.Load("inventory.yml", []byte(s.Inventory()))
	if err != nil {
		t.Fatal(err)
	}
	checks, err := audit.Select(nil, nil)
	if err != nil {
		t.Fatal(err)
	}
	ev := audit.Evidence{Inventory: inv, Captures: captures, Started: captures[0].Started, Finished: captures[0].Finished}
	for _, c := range captures {
		if c.Finished.After(ev.Finished) {
			ev.Finished = c.Finished
		}
	}
	for _, f := range audit.Decide(ev, checks).Findings {
		out = append(out, fmt.Sprint(f.Outcome, " ", f.Check(), " ", f.Subject.Name))
	}
	return out
}

// messageID is what differs between two NETCONF sessions.
var messageID = regexp.MustCompile(`message-id="[^"]*"`)

func compareCaptures(t *testing.T, want, got *capture.Capture) {
	t.Helper()
	if (want.Err == "") != (got.Err == "") {
		t.Errorf("%s: Captures say %q, collected %q", want.Device, want.Err, got.Err)
	}
	lines := func(c *capture.Capture) (out []string) {
		for _, r := range c.Replies {
			out = append(out, r.Command)
		}
		return out
	}
	if d := cmp.Diff(lines(want), lines(got)); d != "" {
		t.Errorf("%s: Captures (-) and collected (+) ask different things:\n%s", want.Device, d)
		return
	}
	for i, w := range want.Replies {
		g := got.Replies[i]
		if w.Complete != g.Complete || !strings.HasPrefix(g.Err, w.Err) || (w.Err == "") != (g.Err == "") ||
			w.Optional != g.Optional || w.InsteadOf != g.InsteadOf {
			t.Errorf("%s: %s: Captures have complete %v, %q; collected %v, %q", w.Device, w.Command, w.Complete, w.Err, g.Complete, g.Err)
		}
		a, b := messageID.ReplaceAllString(string(w.Data), ""), messageID.ReplaceAllString(string(g.Data), "")
		if a != b {
			t.Errorf("%s: %s: Captures have\n%.300q\ncollected\n%.300q", w.Device, w.Command, a, b)
		}
	}
}
