package dell_os10

import (
	"testing"

	"uplinkcheck/drivers/capture"
	"uplinkcheck/drivers/drivertest"
	"uplinkcheck/drivers/state"
)

func TestDriver(t *testing.T) { drivertest.Run(t, Driver) }

func TestCorpus(t *testing.T) { drivertest.Corpus(t, Driver) }

func FuzzParse(f *testing.F) { drivertest.Fuzz(f, Driver) }

const vlanTable = `
Codes: * - Default VLAN, M - Management VLAN, A - Access (Untagged), T - Tagged
    NUM    Status    Description                     Q Ports
*   1      Active                                    A Eth1/1/1
    100    Active    servers                         T Eth1/1/2
`

// The ports of a VLAN with an unknown status or mark are not those of the VLAN before it, and the table is not whole then.
func TestVLANOfAnUnknownStatus(t *testing.T) {
	for _, row := range []string{"    200    Strange   odd      ", "X   200    Active    marked   "} {
		s := drivertest.Parse(t, Driver, "show vlan", vlanTable+row+"                       T Eth1/1/9\n",
			"show running-configuration interface", "interface ethernet1/1/2\n no shutdown\n switchport mode trunk\n switchport access vlan 1\n switchport trunk allowed vlan 100\n!\n")
		for _, v := range s.VLANs {
			if v.ID == 100 && len(v.Ports) != 1 {
				t.Errorf("VLAN 100 has ports %v", v.Ports)
			}
		}
		if s.Listed.VLANs.Known() {
			t.Error("a table with a row that was not understood is taken for whole")
		}
		if b := s.BridgePort("ethernet1/1/2"); b == nil || b.Members.Known() {
			t.Errorf("members although a row is missing: %+v", b)
		}
	}
}

// What is carried of a suspended VLAN is not known.
func TestSuspendedVLAN(t *testing.T) {
	for status, known := range map[string]bool{"Inactive ": true, "Suspended": false} {
		s := drivertest.Parse(t, Driver, "show vlan", vlanTable+"    200    "+status+" odd                             T Eth1/1/2\n",
			"show running-configuration interface", "interface ethernet1/1/2\n switchport mode trunk\n switchport access vlan 1\n switchport trunk allowed vlan 100,200\n!\n")
		if b := s.BridgePort("ethernet1/1/2"); b == nil || b.Members.Known() != known || !s.Listed.VLANs.Known() {
			t.Errorf("%s: got %+v", status, b)
		}
	}
}

// A LAG whose row was not understood is missing: the list is not whole.
func TestLAGsThatAreNotWhole(t *testing.T) {
	const head = "Group Port-Channel           Type     Protocol  Member Ports\n"
	const row = "10    port-channel10  (U)     Eth      DYNAMIC   1/1/1(P) 1/1/2(P)\n"
	for more, whole := range map[string]bool{"": true, "20    port-channel20  (U-F)   Eth      DYNAMIC   1/1/3(P)\n": false, "      1/1/3[P]\n": false} {
		s := drivertest.Parse(t, Driver, "show port-channel summary", head+row+more)
		if got := s.Listed.Aggregators.Known(); got != whole || len(s.Aggregators) != 1 || s.Aggregators[0].Oper.Value != state.Up {
			t.Errorf("%q: whole is %v, %+v", more, got, s.Aggregators)
		}
	}
}

// Addresses and ports behind which something is cut off, or was not understood, are no whole lists.
func TestListsThatAreCut(t *testing.T) {
	s := drivertest.Parse(t, Driver, "show running-configuration interface", "interface ethernet1/1/1\n switchport mode access\n switchport access vlan 10\n!\ninterface ethernet1/1/2\n switchport mode tr")
	if s.Listed.BridgePorts.Known() || s.BridgePort("ethernet1/1/1") == nil || s.BridgePort("ethernet1/1/2") != nil {
		t.Errorf("got %+v", s.BridgePorts)
	}
	s = drivertest.Parse(t, Driver, "show mac address-table", "VlanId Mac Address         Type     Interface\n5000   02:00:5e:00:00:02   dynamic  ethernet1/1/1\n1      02:00:5e:00:00:01   dynamic  ethernet1/1/1\n")
	if s.Listed.MACs.Known() || len(s.MACs) != 1 {
		t.Errorf("got %+v", s.MACs)
	}
}

// What stands below the head of an interface of another kind is nothing of the one before.
func TestInterfaceOfAnotherKind(t *testing.T) {
	for kind, whole := range map[string]bool{"Virtual-network 20": true, "Strange 1/1": false} {
		s := drivertest.Parse(t, Driver, "show interface", "Vlan 10 is up, line protocol is up\nMTU 9216 bytes\n"+kind+" is up, line protocol is up\nInternet address is 192.0.2.1/24\nMTU 1532 bytes\n")
		if len(s.SVIs) != 1 || len(s.SVIs[0].Addresses) != 0 || s.Interface("vlan10").MTU.Value != 9216 || s.Listed.Interfaces.Known() != whole {
			t.Errorf("%s: got %+v, %+v", kind, s.SVIs, s.Interfaces)
		}
	}
}

// A neighbour without its local port ends that the list is whole.
func TestNeighbourWithoutItsPort(t *testing.T) {
	const one = "Remote Chassis ID Subtype: Mac address (4)\nRemote Chassis ID: 02:00:5e:00:00:01\nRemote Port Subtype: Interface name (5)\nRemote Port ID: x1\nLocal Port ID: ethernet1/1/1\n---\n"
	for more, whole := range map[string]bool{"": true, "Remote Chassis ID Subtype: Mac address (4)\nRemote Chassis ID: 02:00:5e:00:00:02\n": false} {
		s := drivertest.Parse(t, Driver, "show lldp neighbors detail", one+more)
		if len(s.Remotes) != 1 || s.Listed.Remotes.Known() != whole {
			t.Errorf("%q: whole is %v, %+v", more, !whole, s.Remotes)
		}
	}
}

// Every statement about the VLANs of a trunk counts, and behind one that is not understood none is known.
func TestStatementsAboutTrunks(t *testing.T) {
	for more, want := range map[string]string{"": "1,10,20", " switchport trunk allowed vlan 30\n": "1,10,20,30", " switchport trunk allowed vlan add 30-31\n": "1,10,20,30-31",
		" switchport trunk allowed vlan remove 20\n": "1,10", " switchport trunk allowed vlan most\n": ""} {
		s := drivertest.Parse(t, Driver, "show running-configuration interface",
			"interface ethernet1/1/1\n switchport mode trunk\n switchport access vlan 1\n switchport trunk allowed vlan 10,20\n"+more+"!\n")
		b := s.BridgePort("ethernet1/1/1")
		if b == nil || b.Configured.Known() != (want != "") || want != "" && b.Configured.Value.String() != want {
			t.Errorf("%q: got %+v, want %q", more, b, want)
		}
	}
}

// What a neighbour did not send is not its name.
func TestNotAdvertised(t *testing.T) {
	s := drivertest.Parse(t, Driver, "show lldp neighbors detail", `Remote Chassis ID Subtype: Mac address (4)
Remote Chassis ID: 02:00:5e:00:00:01
Remote Port Subtype: Interface name (5)
Remote Port ID: eth0
Remote Port Description: Not Advertised
Local Port ID: ethernet1/1/1
Remote TTL: 120
Remote System Name: Not Advertised
`)
	if len(s.Remotes) != 1 || s.Remotes[0].SystemName.Known() || s.Remotes[0].PortDescription.Known() || s.Remotes[0].PortID.Value.ID != "eth0" {
		t.Errorf("got %+v", s.Remotes)
	}
}

// One tree that is not of single VLANs is of all.
func TestOneTree(t *testing.T) {
	const table = "Interface                                                 Designated\nName              PortID   Prio  Cost  Sts  Cost Bridge ID         PortID\n" +
		"ethernet1/1/6:3   128.282  128   2000  BLK  0    32768  0200.5e00.0001  128.152\n"
	for head, want := range map[string]int{"rstp with force-version rstp\n": 1, "mst\n": 0, "rapid-pvst with force-version rstp\n": 0} {
		s := drivertest.Parse(t, Driver, "show spanning-tree active", "Spanning tree enabled protocol "+head+table)
		if len(s.STP) != want || want == 1 && (s.STP[0].VIDs != state.AllVIDs || s.STP[0].State.Value != state.Blocking) {
			t.Errorf("%q: got %+v", head, s.STP)
		}
	}
}

// A private VLAN exists as any other. Who reaches whom in it, its ports do not tell.
func TestPrivateVLAN(t *testing.T) {
	s := drivertest.Parse(t, Driver, "show vlan", `    NUM    Status    Description                     Q Ports
*   1      Active                                    A Eth1/1/2
P   10     Active    primary                         A Eth1/1/1
`, "show running-configuration interface", "interface ethernet1/1/1\n switchport access vlan 10\n!\ninterface ethernet1/1/2\n switchport access vlan 1\n!\n")
	if len(s.VLANs) != 2 || !capture.Is(s.VLANs[1].Active, true) || len(s.VLANs[1].Ports) != 1 || !s.Listed.VLANs.Known() {
		t.Errorf("got %+v", s.VLANs)
	}
	if a, b := s.BridgePort("ethernet1/1/1"), s.BridgePort("ethernet1/1/2"); a == nil || b == nil || a.Members.Known() || !b.Members.Known() {
		t.Errorf("got %+v, %+v", a, b)
	}
}

// Behind the VLAN of an address may stand the private one in which it was learned.
func TestAddressOfAPrivateVLAN(t *testing.T) {
	s := drivertest.Parse(t, Driver, "show mac address-table", "VlanId        Mac Address         Type       Interface\n10 pv 11      02:00:5e:10:00:01   dynamic    ethernet1/1/1\n")
	if len(s.MACs) != 1 || s.MACs[0].VID != 10 || !s.Listed.MACs.Known() {
		t.Errorf("got %+v", s.MACs)
	}
}

// How many links a LAG wants stands with its interface.
func TestMinLinks(t *testing.T) {
	s := drivertest.Parse(t, Driver, "show interface", "Port-channel 10 is up, line protocol is up\nLineSpeed 20G\nMinimum number of links to bring Port-channel up is 2\n")
	if len(s.Aggregators) != 1 || s.Aggregators[0].MinLinks.Value != 2 {
		t.Errorf("got %+v", s.Aggregators)
	}
}

// What stands behind a description of several lines is no part of it.
func TestDescriptionOfANeighbour(t *testing.T) {
	s := drivertest.Parse(t, Driver, "show lldp neighbors detail", `Remote Chassis ID Subtype: Mac address (4)
Remote Chassis ID: 02:00:5e:00:11:01
Remote Port Subtype: Interface name (5)
Remote Port ID: ethernet1/1/5
Local Port ID: ethernet1/1/1
Remote System Name: leaf2
Remote System Desc: OS10 Enterprise.
 OS Version: 10.5.2.6.
Remote Max Frame Size: 9216
Remote Management Address (IPv4): 192.0.2.6
Existing System Capabilities: Bridge
`)
	if len(s.Remotes) != 1 || s.Remotes[0].SystemDescription.Value != "OS10 Enterprise.\nOS Version: 10.5.2.6." || len(s.Remotes[0].ManagementAddresses) != 1 {
		t.Errorf("got %+v", s.Remotes)
	}
}

// What stands behind the table of routing instances is none.
func TestRoutingInstances(t *testing.T) {
	s := drivertest.Parse(t, Driver, "show ip vrf", "VRF-Name                          Interfaces\nred                               Vlan10\nsw1#\n")
	if len(s.VRFs) != 1 || s.VRFs[0].Name != "red" || s.Listed.VRFs.Known() {
		t.Errorf("got %+v, whole is %v", s.VRFs, s.Listed.VRFs.Known())
	}
}
