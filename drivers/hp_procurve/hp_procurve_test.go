package hp_procurve

import (
	"testing"

	"uplinkcheck/drivers/drivertest"
	"uplinkcheck/drivers/state"
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

// A VLAN that GVRP brought is not configured.
func TestDynamicVLAN(t *testing.T) {
	for kind, want := range map[string]state.Trunking{"Port-based": state.StaticTrunking, "Dynamic   ": state.DynamicVLANs} {
		s := drivertest.Parse(t, Driver, "show vlans ports all detail", " Status and Counters - VLAN Information - for ports 2\n\n"+
			"  VLAN ID Name                 | Status     Voice Jumbo Mode\n  ------- -------------------- + ---------- ----- ----- --------\n"+
			"  1       DEFAULT_VLAN         | Port-based No    No    Untagged\n  10      servers              | "+kind+" No    No    Tagged\n\n")
		if b := s.BridgePort("2"); b == nil || b.Trunking.Value != want || b.Configured.Known() != (want == state.StaticTrunking) {
			t.Errorf("%s: got %+v", kind, b)
		}
	}
}

// LAGs that LACP made by itself are not among the trunks: both lists together are all.
func TestTrunksAloneAreNotAllLAGs(t *testing.T) {
	const trunks = " Load Balancing\n\n  Port | Name                             Type      | Group Type\n  ---- + -------------------------------- --------- + ----- --------\n  1    |                                  100/1000T | Trk1  LACP\n"
	const lacp = "                           LACP\n\n          LACP      Trunk     Port                LACP      Admin   Oper\n   Port   Enabled   Group     Status    Partner   Status    Key     Key\n   ----   -------   -------   -------   -------   -------   ------  ------\n   1      Active    Trk1      Up        Yes       Success   0       290\n"
	if s := drivertest.Parse(t, Driver, "show trunks", trunks); len(s.Aggregators) != 1 || s.Listed.Aggregators.Known() {
		t.Errorf("trunks alone: got %d LAGs, all of them: %v", len(s.Aggregators), s.Listed.Aggregators.Known())
	}
	if s := drivertest.Parse(t, Driver, "show trunks", trunks, "show lacp", lacp); len(s.Aggregators) != 1 || !s.Listed.Aggregators.Known() {
		t.Errorf("with LACP's list: got %d LAGs, all of them: %v", len(s.Aggregators), s.Listed.Aggregators.Known())
	}
}

// The common tree is of the VLANs that are mapped to it, all or not.
func TestVLANsOfTheCommonTree(t *testing.T) {
	const row = "  1     100/1000T | 20000     128  Blocking    | 02005e-000001 2    Yes No\n"
	for mapped, want := range map[string]string{"  IST Mapped VLANs : 1-4094\n": "1-4094", "  IST Mapped VLANs : 1,20-4094\n": "1,20-4094", "": ""} {
		s := drivertest.Parse(t, Driver, "show spanning-tree", "  STP Enabled   : Yes\n"+mapped+row)
		if len(s.STP) != min(len(want), 1) || want != "" && (s.STP[0].VIDs.String() != want || s.STP[0].State.Value != state.Blocking) {
			t.Errorf("%q: got %+v", mapped, s.STP)
		}
	}
}

// What the table cuts off of a neighbour is known from what is said of its port in full.
func TestNeighbourWithACutChassis(t *testing.T) {
	const table = "  LocalPort | ChassisId                 PortId    PortDescr SysName\n  --------- + ------------------------- --------- --------- ------------------\n" +
		"  1         | 02005e-000001             23        23        sw2\n  2         | a-chassis-with-a-long-... eth0      eth0      host1\n"
	const full = "  Local Port   : 2\n  ChassisType  : local\n  ChassisId    : a-chassis-with-a-long-name\n  PortType     : interface-name\n  PortId       : eth0\n  SysName      : host1\n"
	s := drivertest.Parse(t, Driver, "show lldp info remote-device", table)
	if len(s.Remotes) != 2 || s.Remotes[1].ChassisID.Known() || s.Remotes[1].PortID.Value.ID != "eth0" || s.Remotes[1].SystemName.Value != "host1" || len(s.Unread) != 1 {
		t.Errorf("the table alone: got %+v, %+v", s.Remotes, s.Unread)
	}
	s = drivertest.Parse(t, Driver, "show lldp info remote-device", table, "show lldp info remote-device ethernet 2", full)
	if len(s.Remotes) != 2 || s.Remotes[1].ChassisID.Value.ID != "a-chassis-with-a-long-name" || s.Remotes[1].Interface != "2" || len(s.Unread) != 0 {
		t.Errorf("with the port in full: got %+v, %+v", s.Remotes, s.Unread)
	}
}

// Of a neighbour whose port the table cuts off, chassis and name are known. Of two in full each is taken once.
func TestNeighboursWithCutPorts(t *testing.T) {
	const table = "  LocalPort | ChassisId          PortId             PortDescr SysName\n  --------- + ------------------ ------------------ --------- ------------------\n" +
		"  A1        | 02005e-000001      Ten-GigabitEthe... Ten-Gi... sw2\n  A1        | 02005e-000001      eth0               eth0      sw2\n"
	const one = "  Local Port   : A1\n  ChassisType  : mac-address\n  ChassisId    : 02005e-000001\n  PortType     : interface-name\n  PortId       : "
	s := drivertest.Parse(t, Driver, "show lldp info remote-device", table)
	if len(s.Remotes) != 2 || s.Remotes[0].PortID.Known() || s.Remotes[0].ChassisID.Value.ID != "02:00:5e:00:00:01" || s.Remotes[0].SystemName.Value != "sw2" || len(s.Unread) != 1 {
		t.Errorf("the table alone: got %+v, %+v", s.Remotes, s.Unread)
	}
	s = drivertest.Parse(t, Driver, "show lldp info remote-device", table, "show lldp info remote-device ethernet A1", one+"eth0\n"+one+"Ten-GigabitEthernet1/0/1\n")
	if len(s.Remotes) != 2 || s.Remotes[0].PortID.Value.ID != "Ten-GigabitEthernet1/0/1" || s.Remotes[1].PortID.Value.ID != "eth0" || len(s.Unread) != 0 {
		t.Errorf("with the port in full: got %+v, %+v", s.Remotes, s.Unread)
	}
}

// Links of two and a half gigabits, and a row that ends with the state of the link.
func TestModesOfLinks(t *testing.T) {
	s := drivertest.Parse(t, Driver, "show interfaces brief", `                          | Intrusion                           MDI  Flow Bcast
  Port         Type       | Alert     Enabled Status Mode       Mode Ctrl Limit
  ------------ ---------- + --------- ------- ------ ---------- ---- ---- -----
  1/1          SmartRate  | No        Yes     Up     2.5GigFD   NA   off  0
  1/2          100/1000T  | No        Yes     Up     100HDx     MDI  off  0
  Trk1                    | No        Yes     Down
`)
	if len(s.Interfaces) != 3 || s.Interfaces[0].Speed.Value != 2_500_000_000 || s.Interfaces[1].Speed.Value != 100_000_000 || s.Interfaces[1].Duplex.Value != state.Half ||
		s.Interfaces[2].Oper.Value != state.Down || !s.Listed.Interfaces.Known() {
		t.Errorf("got %+v", s.Interfaces)
	}
}

// A description that is cut is none.
func TestCutDescription(t *testing.T) {
	s := drivertest.Parse(t, Driver, "show cdp neighbors detail", "  Port : 1\n  Device ID : sw2\n  Device Port  : 24\n  Version      : a switch, revision 1.2.3, ROM...\n")
	if len(s.Remotes) != 1 || s.Remotes[0].SystemDescription.Known() {
		t.Errorf("got %+v", s.Remotes)
	}
}

// A VLAN may have several addresses.
func TestAddressesOfAVLAN(t *testing.T) {
	s := drivertest.Parse(t, Driver, "show ip", `                       |                                            Proxy ARP
  VLAN                 | IP Config  IP Address      Subnet Mask     Std  Local
  -------------------- + ---------- --------------- --------------- ----------
  mgmt net             | Manual     192.0.2.1       255.255.255.0    No    No
                       |            198.51.100.1    255.255.255.0
  empty                | Disabled
`)
	if len(s.SVIs) != 2 || len(s.SVIs[1].Addresses) != 2 || s.SVIs[1].Addresses[1].Value.String() != "198.51.100.1/24" || len(s.SVIs[0].Addresses) != 0 {
		t.Errorf("got %+v", s.SVIs)
	}
}

// The model is the product's number and name.
func TestModel(t *testing.T) {
	for description, want := range map[string]string{"HP J9850A Switch 5406Rzl2, revision KB.15.17.0007, ROM ...": "J9850A Switch 5406Rzl2",
		"Aruba R0M68A 2930M-24SR Switch, revision WC.16.08.0001...": "R0M68A 2930M-24SR", "Some other box, revision 1.2": ""} {
		s := drivertest.Parse(t, Driver, "show lldp info local-device", " LLDP Local Device Information\n\n  System Name  : sw1\n  System Description : "+description+"\n")
		if s.Device.Model.Value != want {
			t.Errorf("%q: got %+v", description, s.Device.Model)
		}
	}
}
