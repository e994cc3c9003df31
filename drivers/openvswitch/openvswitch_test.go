package openvswitch

import (
	"testing"

	"uplinkcheck/drivers/capture"
	"uplinkcheck/drivers/drivertest"
)

func TestDriver(t *testing.T) { drivertest.Run(t, Driver) }

// An address behind a port that nobody listed ends that the list of addresses is whole.
func TestAddressesThatAreNotAll(t *testing.T) {
	for port, whole := range map[string]bool{"LOCAL": true, "7": false} {
		s := drivertest.Parse(t, Driver,
			"ovs-vsctl --format=json list Bridge", `{"headings":["_uuid","name","ports"],"data":[[["uuid","0a"],"br0",["uuid","0b"]]]}`,
			"ovs-vsctl --format=json list Port", `{"headings":["_uuid","name","interfaces"],"data":[[["uuid","0b"],"br0",["uuid","0c"]]]}`,
			"ovs-vsctl --format=json list Interface", `{"headings":["_uuid","name","type","ofport"],"data":[[["uuid","0c"],"br0","internal",65534]]}`,
			"ovs-appctl fdb/show br0", " port  VLAN  MAC                Age\nLOCAL     0  02:00:5e:10:00:01    1\n    "+port+"    10  02:00:5e:10:00:02    3\n")
		if got := s.Listed.MACs.Known(); got != whole {
			t.Errorf("%s: the list is whole: got %v, want %v", port, got, whole)
		}
	}
}

// A port that is kept from other protected ones says so.
func TestProtectedPorts(t *testing.T) {
	for cell, want := range map[string]bool{"true": true, "false": false} {
		s := drivertest.Parse(t, Driver,
			"ovs-vsctl --format=json list Bridge", `{"headings":["_uuid","name","ports","fail_mode","controller"],"data":[[["uuid","0a"],"br0",["uuid","0b"],["set",[]],["set",[]]]]}`,
			"ovs-vsctl --format=json list Port", `{"headings":["_uuid","name","interfaces","tag","trunks","vlan_mode","protected"],"data":[[["uuid","0b"],"e1",["uuid","0c"],10,["set",[]],["set",[]],`+cell+`]]}`,
			"ovs-vsctl --format=json list Interface", `{"headings":["_uuid","name","type","ofport"],"data":[[["uuid","0c"],"e1","system",1]]}`,
			"ovs-ofctl dump-aggregate br0", "NXST_AGGREGATE reply (xid=0x4): packet_count=1 byte_count=1 flow_count=1\n")
		if b := s.BridgePort("e1"); b == nil || !capture.Is(b.Protected, want) {
			t.Errorf("protected %s: got %+v", cell, b)
		}
	}
}

func FuzzParse(f *testing.F) { drivertest.Fuzz(f, Driver) }
