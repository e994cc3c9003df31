package audit_test

import (
	"fmt"
	"testing"

	"uplinkcheck/drivers"
	"uplinkcheck/drivers/capture"
	"uplinkcheck/inventory"
	"uplinkcheck/testbed"
	"uplinkcheck/testbed/model"
	"uplinkcheck/verify"
	"uplinkcheck/verify/audit"
	"uplinkcheck/verify/checks"
)

func groupOf(inv *inventory.Inventory, c *capture.Capture, r *capture.Reply) drivers.Group {
	d, _ := audit.Reader(inv, c)
	if d == nil {
		return drivers.Core
	}
	for _, x := range d.Commands {
		if x.Line == r.Command {
			return x.Group
		}
	}
	return drivers.Core
}

func without(inv *inventory.Inventory, all []*capture.Capture, g drivers.Group) (out []*capture.Capture) {
	for _, c := range all {
		less := *c
		less.Replies = nil
		for _, r := range c.Replies {
			if groupOf(inv, c, r) != g {
				less.Replies = append(less.Replies, r)
			}
		}
		out = append(out, &less)
	}
	return out
}

// What a check does not say that it needs changes none of its verdicts when it is not asked for.
func TestChecksSayWhatTheyNeed(t *testing.T) {
	texts := []string{"base: healthy", "base: junos-pair", "base: esi-pair", "base: eos-and-ovs", "base: demo"}
	for _, k := range model.FaultKinds() {
		texts = append(texts, fmt.Sprintf("base: healthy\nfaults: [{fault: %s, %s}]", k.Name, k.Example))
	}
	used := map[drivers.Group]bool{}
	for _, text := range texts {
		s, err := testbed.Parse("scenario", []byte(text))
		if err != nil {
			t.Fatal(err)
		}
		inv, err := inventory.Load("inventory.yml", []byte(s.Inventory()))
		if err != nil {
			t.Fatal(err)
		}
		decide := func(c []*capture.Capture) map[string]string {
			out := map[string]string{}
			for _, f := range audit.Decide(audit.Evidence{Inventory: inv, Captures: c, Started: s.Fabric.Time, Finished: s.Finished()}, checks.All()).Findings {
				out[f.Check()] += fmt.Sprintln(f.Subject, f.Outcome)
			}
			return out
		}
		all := s.Captures()
		full := decide(all)
		for g := drivers.Addresses; g <= drivers.Inventory; g++ {
			less := decide(without(inv, all, g))
			for _, c := range checks.All() {
				if full[c.ID] == less[c.ID] {
					continue
				}
				if used[g] = true; !audit.Needed([]*verify.Check{c})(g) {
					t.Errorf("%s: %s changes without the group %s, which it does not say that it needs", text, c.ID, g)
				}
			}
		}
	}
	if !used[drivers.Addresses] || !used[drivers.SpanningTree] {
		t.Errorf("only the groups %v made a difference anywhere", used)
	}
}
