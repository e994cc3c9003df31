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

// A line between the name of an interface and its state, and no state at all, do not make it a part of the interface before it.
func TestHeadOfAnInterface(t *testing.T) {
	const port = "Ten-GigabitEthernet1/0/1\nCurrent state: UP\nDescription: host1\n\n"
	for head, whole := range map[string]bool{"Vlan-interface10\nInterface index: 77\nCurrent state: UP\n": true, "Vlan-interface10\nInterface index: 77\nLink: UP\n": false} {
		s := drivertest.Parse(t, Driver, "display interface", port+head+"Description: hosts\nIP packet frame type: Ethernet II, hardware address: 0200-5e00-1101\n")
		if len(s.Interfaces) != 2 || s.Interfaces[0].Description.Value != "host1" || s.Interfaces[0].MAC.Known() || s.Interfaces[1].Description.Value != "hosts" {
			t.Errorf("%q: got %+v", head, s.Interfaces)
		}
		if s.Listed.Interfaces.Known() != whole {
			t.Errorf("%q: whole is %v", head, !whole)
		}
	}
}

// A sign at a chassis stands for the agent that heard it where the answer says so.
func TestSignsOfAgents(t *testing.T) {
	const legend = "Chassis ID : * -- -- Nearest nontpmr bridge neighbor\n             # -- -- Nearest customer bridge neighbor\n\n"
	const table = "Local Interface Chassis ID      Port ID                    System Name\nXGE1/0/1        0200-5e00-1101* Ten-GigabitEthernet1/0/5   host1\nXGE1/0/2        rack#           eth0                       a-long-name.of.a.host.example\n"
	s := drivertest.Parse(t, Driver, "display lldp neighbor-information list", legend+table)
	if len(s.Remotes) != 2 || s.Remotes[0].ChassisID.Value.ID != "02:00:5e:00:11:01" || s.Remotes[1].ChassisID.Value.ID != "rack" || s.Remotes[1].SystemName.Value != "a-long-name.of.a.host.example" {
		t.Errorf("got %+v", s.Remotes)
	}
	s = drivertest.Parse(t, Driver, "display lldp neighbor-information list", table)
	if len(s.Remotes) != 2 || s.Remotes[1].ChassisID.Value.ID != "rack#" {
		t.Errorf("without a legend: got %+v", s.Remotes)
	}
}

// Newer releases print the length of an address in the short list too.
func TestAddressesOfTheShortList(t *testing.T) {
	s := drivertest.Parse(t, Driver, "display ip interface brief", `*down: administratively down
Interface           Physical Protocol IP address/Mask    VPN instance Description
Vlan10              up       up       192.0.2.1/24       red          --
Vlan20              *down    down     192.0.2.129        --           --
`)
	if len(s.SVIs) != 2 || len(s.SVIs[0].Addresses) != 1 || s.SVIs[0].Addresses[0].Value.String() != "192.0.2.1/24" || s.SVIs[0].VRF.Value != "red" {
		t.Errorf("got %+v", s.SVIs)
	} else if s.SVIs[1].Addressed.Known() || s.SVIs[1].Oper.Value != state.Down {
		t.Errorf("got %+v", s.SVIs[1])
	}
}

// An address on a port in a form that we do not know is missing from the list; a black hole has no port.
func TestAddressOnAPortInAnUnknownForm(t *testing.T) {
	const head = "MAC Address      VLAN ID    State            Port/Nickname            Aging\n"
	for row, whole := range map[string]bool{"0200-5e00-1101   10         Blackhole        N/A                      N\n": true, "0200-5e00-1101   10         Learned          x=1/0/1                  Y\n": false} {
		if s := drivertest.Parse(t, Driver, "display mac-address", head+row); s.Listed.MACs.Known() != whole || len(s.MACs) != 0 {
			t.Errorf("%q: whole is %v, %+v", row, !whole, s.MACs)
		}
	}
}

// What is said of an interface whose name is not known is said of no other, and the list is not whole.
func TestInterfacesOfUnknownNames(t *testing.T) {
	const first, last = "GigabitEthernet1/0/1\nCurrent state: UP\nLine protocol state: UP\nPort link-type: Access\nPVID: 10\n\n", "\nGigabitEthernet1/0/3\nCurrent state: UP\n\n"
	for _, head := range []string{"25GE1/0/2\nCurrent state: DOWN", "Foo Ethernet 1/0/2\nCurrent state: DOWN", "Xyz\nCurrent state: DOWN", "1/0/2 current state: DOWN", "\nCurrent state: DOWN"} {
		s := drivertest.Parse(t, Driver, "display interface", first+head+"\nLine protocol state: DOWN\nPort link-type: Trunk\nPVID: 20\nVLAN Passing:   1, 10\nVLAN permitted: 1, 10\n"+last)
		if len(s.Interfaces) != 2 || s.Interfaces[0].Oper.Value != state.Up || len(s.BridgePorts) != 1 || s.BridgePorts[0].Mode.Value != state.Access || s.BridgePorts[0].PVID.Value != 10 {
			t.Errorf("%q: %+v and %+v", head, s.Interfaces, s.BridgePorts)
		}
		if s.Listed.Interfaces.Known() || len(s.Unread) == 0 {
			t.Errorf("%q: the list is taken for whole", head)
		}
	}
}

// LAGs stand before what sorts behind them: a list that has come to that without one has none, whatever else stands before.
func TestPortsWithoutLAGs(t *testing.T) {
	const aux, lag = "Aux0\nCurrent state: UP\nLine protocol state: UP\n\n", "Bridge-Aggregation1\nCurrent state: UP\nLine protocol state: UP\n\n"
	const port = "GigabitEthernet1/0/1\nCurrent state: UP\nLine protocol state: UP\nPVID: 5\nPort link-type: Access\n Tagged VLANs:   None\n Untagged VLANs: 5\n"
	for before, known := range map[string]bool{"": true, aux: true, lag: false, aux + lag: false} {
		s := drivertest.Parse(t, Driver, "display interface", before+port)
		if b := s.BridgePort("GigabitEthernet1/0/1"); (b != nil) != known || known && (b.PVID.Value != 5 || b.Members.Value != state.VIDs(5)) {
			t.Errorf("%q: got %+v", before, b)
		}
	}
}

// A list of VLANs in the last line may go on where that line is full.
func TestListOfVLANsInTheLastLine(t *testing.T) {
	const head = "Bridge-Aggregation1\nCurrent state: UP\nPVID: 1\nPort link-type: Trunk\n VLAN Passing:   1(default vlan)\n VLAN permitted: 1(default vlan), "
	for list, known := range map[string]bool{"10": true, "2-21, 41-42, 43, 45-46, 47, 49-50, 52-101": false} {
		s := drivertest.Parse(t, Driver, "display interface", head+list+"\n")
		if b := s.BridgePort("Bridge-Aggregation1"); b == nil || b.Configured.Known() != known {
			t.Errorf("%q: got %+v", list, b)
		}
	}
}

// A name that fills its column is followed by the ports of the VLAN.
func TestLongNameOfAVLAN(t *testing.T) {
	s := drivertest.Parse(t, Driver, "display vlan brief", `VLAN ID   Name                             Port
10        mgmt net                         XGE1/0/1  XGE1/0/2
                                           BAGG1
20        a-name-that-has-thirty-two-chars XGE1/0/3
`)
	if len(s.VLANs) != 2 || s.VLANs[0].Name.Value != "mgmt net" || len(s.VLANs[0].Ports) != 3 || s.VLANs[1].Name.Value != "a-name-that-has-thirty-two-chars" || len(s.VLANs[1].Ports) != 1 {
		t.Errorf("got %+v", s.VLANs)
	}
}

// Of a neighbour that tells no port, chassis and name are known.
func TestNeighbourWithoutAPort(t *testing.T) {
	s := drivertest.Parse(t, Driver, "display lldp neighbor-information list", "System Name          Local Interface Chassis ID      Port ID\nsw2                  XGE1/0/1        0200-5e00-1101  -\n")
	if len(s.Remotes) != 1 || s.Remotes[0].PortID.Known() || s.Remotes[0].SystemName.Value != "sw2" || !s.Remotes[0].ChassisID.Known() {
		t.Errorf("got %+v", s.Remotes)
	}
}

// A list of VLANs inside of which something else stands is not known, nor is the PVID of a trunk.
func TestListOfVLANsThatIsCutInTwo(t *testing.T) {
	const head, more = "Bridge-Aggregation1\nCurrent state: UP\nPVID: 20\nPort link-type: Trunk\n VLAN Passing:   10, 20\n", "                 30, 40\n Trunk port encapsulation: IEEE 802.1q\n"
	for between, known := range map[string]bool{"": true, "Error: try again\n": false} {
		s := drivertest.Parse(t, Driver, "display interface", head+between+more)
		if b := s.BridgePort("Bridge-Aggregation1"); b == nil || b.Members.Known() != known || b.PVID.Known() != known {
			t.Errorf("%q: got %+v", between, b)
		}
	}
}

// Which VLANs are permitted does not tell whether the PVID exists.
func TestPVIDOfATrunk(t *testing.T) {
	s := drivertest.Parse(t, Driver, "display interface", "Bridge-Aggregation1\nCurrent state: UP\nPVID: 20\nPort link-type: Trunk\n VLAN permitted: 10, 20\n")
	if b := s.BridgePort("Bridge-Aggregation1"); b == nil || b.PVID.Known() || !b.Configured.Known() {
		t.Errorf("got %+v", b)
	}
}

// The short list shows the first 27 characters of a description.
func TestCutDescription(t *testing.T) {
	s := drivertest.Parse(t, Driver, "display interface brief", `Interface            Link Speed   Duplex Type PVID Description
XGE1/0/1             UP   10G(a)  F(a)   A    10   to a host with a very long
XGE1/0/2             UP   10G(a)  F(a)   A    10   to a host with a very long name in full
XGE1/0/3             UP   10G(a)  F(a)   A    10   to the host of the very lon
`)
	if len(s.Interfaces) != 3 || !s.Interfaces[0].Description.Known() || !s.Interfaces[1].Description.Known() || s.Interfaces[2].Description.Known() {
		t.Errorf("got %+v", s.Interfaces)
	}
}

// A member of a LAG whose kind of port is not known may have another name among the ports: it is not known then which ports are members.
func TestMemberOfAnUnknownKind(t *testing.T) {
	const ports = "Bridge-Aggregation1\nCurrent state: UP\n\nOddGigE1/0/1\nCurrent state: UP\nPVID: 5\nPort link-type: Access\n Tagged VLANs:   None\n Untagged VLANs: 5\n\n"
	const lag = "Loadsharing Type: Shar\n\nAggregate Interface: Bridge-Aggregation1\nAggregation Mode: Static\n  Port             Status  Priority Oper-Key\n" +
		"--------------------------------------------------------------------------------\n"
	for member, known := range map[string]bool{"  XGE1/0/7         S       32768    1\n": true, "  ODGE1/0/1        S       32768    1\n": false} {
		s := drivertest.Parse(t, Driver, "display link-aggregation verbose", lag+member, "display interface", ports)
		if s.Listed.Aggregators.Known() != known || (s.BridgePort("OddGigE1/0/1") != nil) != known || len(s.Aggregators[0].Ports) != 1 {
			t.Errorf("%q: whole is %v, got %+v", member, !known, s.BridgePorts)
		}
	}
}
