package huawei_vrp

import (
	"testing"

	"uplinkcheck/drivers/drivertest"
)

func TestDriver(t *testing.T) { drivertest.Run(t, Driver) }

func TestCorpus(t *testing.T) { drivertest.Corpus(t, Driver) }

func FuzzParse(f *testing.F) { drivertest.Fuzz(f, Driver) }

// An answer that is none of a list of ports does not say that there are none.
func TestNoPorts(t *testing.T) {
	if s := drivertest.Parse(t, Driver, "display interface", "The system is busy\n"); s.Listed.Interfaces.Known() || s.Listed.SVIs.Known() {
		t.Error("an odd answer is taken for a list of no ports")
	}
}

// Of a hybrid port the table of ports tells the PVID, not whether the port is in that VLAN: a list of the VLAN's ports does.
func TestPVIDOfAHybridPort(t *testing.T) {
	const ports = "Port                        Link Type    PVID  Trunk VLAN List\n-------------------------------------------------------------------------------\nGE0/0/1                     hybrid       20    -\nGE0/0/2                     trunk        20    10 20\n"
	s := drivertest.Parse(t, Driver, "display port vlan", ports)
	if b := s.BridgePort("GE0/0/1"); b == nil || b.PVID.Known() {
		t.Errorf("hybrid: got %+v", b)
	}
	if b := s.BridgePort("GE0/0/2"); b == nil || b.PVID.Value != 20 || !b.PVID.Known() {
		t.Errorf("trunk: got %+v", b)
	}
}
