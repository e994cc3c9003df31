package topology_test

import (
	"strings"
	"testing"

	"uplinkcheck/drivers/state"
	"uplinkcheck/verify"
	"uplinkcheck/verify/checks"
	"uplinkcheck/verify/topology"
)

// Nothing passes a LAG that is down, for want of links or by hand, although its ports are up and LACP runs on them.
func TestLAGThatIsDown(t *testing.T) {
	for oper, want := range map[state.Status]string{
		state.Up:   "pass RED-002 esx1/management, pass RED-007 esx1/eno1, pass VLN-001 esx1/eno1",
		state.Down: "fail RED-002 esx1/management, fail RED-007 esx1/eno1, pass VLN-001 esx1/eno1",
	} {
		in := gather(t, "down LAG", "base: mlag-pair").input(t)
		for _, s := range in.Switches {
			if a := s.Aggregator("Port-Channel1"); s.Name == "leaf1" {
				a.Oper = is(oper)
			}
		}
		found := index(verify.Run(topology.Build(in), checks.All()))
		for _, w := range strings.Split(want, ", ") {
			outcome, about, _ := strings.Cut(w, " ")
			check, name, _ := strings.Cut(about, " ")
			got := "nothing"
			for k, f := range found {
				if k.check == check && k.name == name {
					got = f.Outcome.String() + ": " + f.Reason
				}
			}
			if said, _, _ := strings.Cut(got, ":"); said != outcome {
				t.Errorf("%s: %s, want %s", oper, got, w)
			}
		}
	}
}
