package topology_test

import (
	"testing"

	"uplinkcheck/drivers/state"
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
		verdictsAre(t, "LAG "+oper.String(), in, want)
	}
}
