package hp_procurve

import (
	"testing"

	"uplinkcheck/drivers/drivertest"
)

func TestDriver(t *testing.T) { drivertest.Run(t, Driver) }

func TestCorpus(t *testing.T) { drivertest.Corpus(t, Driver) }

func FuzzParse(f *testing.F) { drivertest.Fuzz(f, Driver) }

// A row or an answer that was not understood ends that a list is whole.
func TestListsThatAreNotWhole(t *testing.T) {
	const head = "                           LACP\n\n          LACP      Trunk     Port                LACP      Admin   Oper\n   Port   Enabled   Group     Status    Partner   Status    Key     Key\n   ----   -------   -------   -------   -------   -------   ------  ------\n"
	const row = "   1      Active    Trk1      Up        Yes       Success   0       290\n"
	for more, whole := range map[string]bool{"": true, "   2      Active    Trk1      Waiting   No        Success   0       290\n": false} {
		if s := drivertest.Parse(t, Driver, "show lacp", head+row+more); s.Listed.LACP.Known() != whole {
			t.Errorf("%q: whole is %v", more, !whole)
		}
	}
	for reply, whole := range map[string]bool{"\n LLDP Remote Device Information Detail\n\n": true, "The agent is busy\n": false} {
		if s := drivertest.Parse(t, Driver, "show lldp info remote-device detail", reply); s.Listed.Remotes.Known() != whole {
			t.Errorf("%q: whole is %v", reply, !whole)
		}
	}
}
