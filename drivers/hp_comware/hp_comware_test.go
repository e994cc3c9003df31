package hp_comware

import (
	"testing"

	"uplinkcheck/drivers/capture"
	"uplinkcheck/drivers/drivertest"
	"uplinkcheck/drivers/state"
)

func TestDriver(t *testing.T) { drivertest.Run(t, Driver) }

func TestCorpus(t *testing.T) { drivertest.Corpus(t, Driver) }

func FuzzParse(f *testing.F) { drivertest.Fuzz(f, Driver) }

// A second chassis is one whatever it does at the moment.
func TestStackWithAnUnknownRole(t *testing.T) {
	s := drivertest.Parse(t, Driver, "display irf", `
MemberID    Role    Priority  CPU-Mac         Description
 *+1        Master  32        0200-5e00-1101  ---
   2        Waiting 1         0200-5e00-1102  ---
--------------------------------------------------
 The bridge MAC of the IRF is: 0200-5e00-1100
`)
	if !capture.Is(s.Device.Stacked, true) || len(s.Members) != 2 || s.Members[1].Up.Known() || s.Members[1].Role.Known() {
		t.Errorf("got %+v, %+v", s.Device.Stacked, s.Members)
	}
}

// An answer that is none of a list of LAGs does not say that there are none.
func TestNoLAGs(t *testing.T) {
	for reply, whole := range map[string]bool{"Loadsharing Type: Shar -- Loadsharing, NonS -- Non-Loadsharing\nPort Status: S -- Selected, U -- Unselected\n": true, "System is busy\n": false} {
		if s := drivertest.Parse(t, Driver, "display link-aggregation verbose", reply); s.Listed.Aggregators.Known() != whole {
			t.Errorf("%q: whole is %v", reply, !whole)
		}
	}
}

// A port of the tree in a form that we do not know does not forward for that.
func TestTreeWithAnUnknownRow(t *testing.T) {
	const region = " Oper Configuration\n   Instance  VLANs Mapped\n   0         1 to 4094\n"
	const row = " 0        Bridge-Aggregation1         ROOT  FORWARDING   NONE\n"
	for more, whole := range map[string]bool{"": true, " 0        GigabitEthernet1/0/5        ALTE(x) DISCARDING   LOOP\n": false} {
		s := drivertest.Parse(t, Driver, "display stp region-configuration", region, "display stp brief", " MST ID   Port                        Role  STP State    Protection\n"+row+more)
		if s.Listed.STP.Known() != whole || len(s.STP) != 1 || s.STP[0].State.Value != state.Forwarding {
			t.Errorf("%q: whole is %v, %+v", more, s.Listed.STP.Known(), s.STP)
		}
	}
}

// Nor is one about neighbours.
func TestNoNeighbours(t *testing.T) {
	if s := drivertest.Parse(t, Driver, "display lldp neighbor-information verbose", "The agent is busy\n"); s.Listed.Remotes.Known() {
		t.Error("an odd answer is taken for a list of no neighbours")
	}
}
