package sonic

import (
	"testing"

	"uplinkcheck/drivers/capture"
	"uplinkcheck/drivers/drivertest"
	"uplinkcheck/drivers/state"
)

func TestDriver(t *testing.T) { drivertest.Run(t, Driver) }

func TestCorpus(t *testing.T) { drivertest.Corpus(t, Driver) }

func FuzzParse(f *testing.F) { drivertest.Fuzz(f, Driver) }

// A table of VLANs may lack some, but a port has one without a tag at most.
func TestTheVLANWithoutATag(t *testing.T) {
	s := drivertest.Parse(t, Driver, "show vlan config", "Name        VID  Member           Mode\n--------  -----  ---------------  --------\n"+
		"Vlan1000   1000  Ethernet4        untagged\nVlan1000   1000  PortChannel0001  tagged\nVlan2000   2000  N/A              N/A\n")
	port, lag := s.BridgePort("Ethernet4"), s.BridgePort("PortChannel0001")
	if !capture.Is(port.PVID, 1000) || port.Untagged.Value != state.VIDs(1000) || port.Mode.Known() || port.Members.Known() {
		t.Errorf("a port without a tag: got %+v", port)
	}
	if !capture.Is(lag.Mode, state.Trunk) || lag.PVID.Known() || lag.Members.Known() {
		t.Errorf("a port with a tag: got %+v", lag)
	}
}
