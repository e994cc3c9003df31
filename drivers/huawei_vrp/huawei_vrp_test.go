package huawei_vrp

import (
	"fmt"
	"testing"

	"uplinkcheck/drivers/drivertest"
	"uplinkcheck/drivers/state"
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

// A mark before a VLAN's number makes its row no legend: what follows are its ports, not those of the VLAN before it.
func TestMarkedVLAN(t *testing.T) {
	s := drivertest.Parse(t, Driver, "display vlan", `The total number of vlans is : 2
VID  Type    Ports
1    common  UT:GE0/0/1(U)
*10  common  UT:GE0/0/2(U)
             TG:Eth-Trunk1(U)
VID  Status  Property      MAC-LRN Statistics Description
1    enable  default       enable  disable    VLAN 0001
10   enable  default       enable  disable    VLAN 0010
`)
	if len(s.VLANs) != 2 || len(s.VLANs[0].Ports) != 1 || len(s.VLANs[1].Ports) != 2 || !s.Listed.VLANs.Known() {
		t.Errorf("got %+v", s.VLANs)
	}
}

// Of one VLAN no total is printed: its ports may be in others as well.
func TestOneVLAN(t *testing.T) {
	s := drivertest.Parse(t, Driver, "display vlan", `VID  Type    Ports
--------------------------------------------------------------------------------
10   common  UT:GE0/0/2(U)
             TG:GE0/0/1(U)

VID  Status  Property      MAC-LRN Statistics Description
--------------------------------------------------------------------------------
10   enable  default       enable  disable    VLAN 0010
`)
	if len(s.VLANs) != 1 || len(s.VLANs[0].Ports) != 2 || s.Listed.VLANs.Known() || len(s.BridgePorts) > 0 {
		t.Errorf("got %+v, %+v", s.VLANs, s.BridgePorts)
	}
}

// Where the link is up, what keeps an interface down is its protocol.
func TestReasonOfTheProtocol(t *testing.T) {
	s := drivertest.Parse(t, Driver, "display interface brief", "Interface   PHY   Protocol InUti OutUti   inErrors  outErrors\n"+
		"GE0/0/1     *down down        0%     0%          0          0\nGE0/0/2     up    down(b)     0%     0%          0          0\n")
	if len(s.Interfaces) != 2 || s.Interfaces[0].OperReason.Value != "*down" || s.Interfaces[1].OperReason.Value != "down(b)" {
		t.Errorf("got %+v", s.Interfaces)
	}
}

// CloudEngine switches write states of spanning tree in small letters.
func TestSpanningTreeInSmallLetters(t *testing.T) {
	s := drivertest.Parse(t, Driver, "display stp brief", ` VLAN-ID  Port                        Role  STP State   Protection        Cost     Edged
      10  10GE1/0/1                   ROOT  forwarding  none              2000   disable
      10  10GE1/0/2                   ALTE  discarding  none              2000   disable
`)
	if len(s.STP) != 2 || s.STP[0].State.Value != state.Forwarding || s.STP[1].State.Value != state.Blocking || !s.STP[1].Alternate.Value {
		t.Errorf("got %+v", s.STP)
	}
}

// Of a neighbour whose port the short list cuts off, the name is known.
func TestNeighbourWithACutPort(t *testing.T) {
	s := drivertest.Parse(t, Driver, "display lldp neighbor brief", `Local Intf       Neighbor Dev             Neighbor Intf             Exptime (sec)
GE0/0/1          sw2                      GE0/0/24                  101
GE0/0/2          sw3                      TwentyFiveGigabitEth...   120
`)
	if len(s.Remotes) != 2 || s.Remotes[0].PortID.Value.ID != "GE0/0/24" || s.Remotes[1].PortID.Known() || s.Remotes[1].SystemName.Value != "sw3" {
		t.Errorf("got %+v", s.Remotes)
	}
}

// The software is called VRP or YunShan OS.
func TestVersion(t *testing.T) {
	for reply, want := range map[string]string{
		"Huawei Versatile Routing Platform Software\nVRP (R) Software, Version 5.70 (S5300 V100R005C01SPC100)\nQuidway S5328C-EI Routing Switch uptime is 10 weeks, 2 days, 3 hours\n":     "V100R005C01SPC100",
		"Huawei YunShan OS\nVersion 1.23.0.1 (CloudEngine 6800 V600R023C00SPC500)\nHUAWEI CE6885-48YS8CQ uptime is 0 day, 5 hours, 46 minutes\n":                                           "V600R023C00SPC500",
		"Huawei Versatile Routing Platform Software\nVRP (R) software, Version 5.170 (S5720 V200R019C10SPC500)\nHUAWEI S5720-28P-SI-AC Routing Switch uptime is 1 week, 2 days, 3 hours\n": "V200R019C10SPC500",
	} {
		if s := drivertest.Parse(t, Driver, "display version", reply); s.Device.Version.Value != want || !s.Device.Model.Known() {
			t.Errorf("%q: got %+v", reply, s.Device)
		}
	}
}

// What is said of an interface whose name we do not know is said of no other.
func TestInterfaceOfAnUnknownName(t *testing.T) {
	const first = "50|100GE1/0/1 current state : UP (ifindex: 5)\nLine protocol current state : UP\nDescription: host1\n"
	const second = "Flex-1/x current state : DOWN (ifindex: 6)\nLine protocol current state : DOWN\nDescription: host2 current state : UP\n"
	s := drivertest.Parse(t, Driver, "display interface", first+second)
	if len(s.Interfaces) != 1 || s.Interfaces[0].Description.Value != "host1" || s.Interfaces[0].Oper.Value != state.Up || s.Listed.Interfaces.Known() {
		t.Errorf("got %+v", s.Interfaces)
	}
}

// An address on a port that is marked is on that port; one on a port in a form that we do not know is missing from the list.
func TestAddressesOnMarkedPorts(t *testing.T) {
	const table = "MAC Address    VLAN/VSI/BD   Learned-From        Type                Age\n0200-5e00-0011 10/-/-        Eth-Trunk5#         dynamic             100\n0200-5e00-0012 -/-/5010      192.0.2.5           evpn                -\n"
	s := drivertest.Parse(t, Driver, "display mac-address", table+"Total items: 2\n")
	if len(s.MACs) != 1 || s.MACs[0].Interface != "Eth-Trunk5" || !s.Listed.MACs.Known() {
		t.Errorf("got %+v, whole is %v", s.MACs, s.Listed.MACs.Known())
	}
	s = drivertest.Parse(t, Driver, "display mac-address", table+"0200-5e00-0013 10/-/-        x=1/0/1             dynamic             100\nTotal items: 3\n")
	if len(s.MACs) != 1 || s.Listed.MACs.Known() || len(s.Unread) != 1 {
		t.Errorf("got %+v, whole is %v, %+v", s.MACs, s.Listed.MACs.Known(), s.Unread)
	}
}

// A list of VLANs inside of which something else stands is not known.
func TestListOfVLANsThatIsCutInTwo(t *testing.T) {
	const head, more = "Port                        Link Type    PVID  Trunk VLAN List\nGE0/0/1                     trunk        1     1 10\n", "                                               20 30\nGE0/0/2                     trunk        1     1 40\n"
	for between, known := range map[string]bool{"": true, "Error: try again\n": false} {
		s := drivertest.Parse(t, Driver, "display port vlan", head+between+more)
		if b := s.BridgePort("GE0/0/1"); b == nil || b.Configured.Known() != known {
			t.Errorf("%q: got %+v", between, b)
		}
		if b := s.BridgePort("GE0/0/2"); b == nil || b.Configured.Value != state.VIDs(1, 40) {
			t.Errorf("%q: got %+v", between, b)
		}
	}
}

// The serial number is that of the device, of the first slot or of the first chassis.
func TestSerialNumber(t *testing.T) {
	for _, reply := range []string{"ESN of device: 2102350000000000001\n", "ESN of slot 0: 2102350000000000001\nESN of slot 1: 2102350000000000002\n", "ESN of chassis: 2102350000000000001\n",
		"ESN of chassis 1: 2102350000000000001\nESN of chassis 2: 2102350000000000002\n"} {
		if s := drivertest.Parse(t, Driver, "display esn", reply); s.Device.Serial.Value != "2102350000000000001" {
			t.Errorf("%q: got %+v", reply, s.Device)
		}
	}
}

// What stands behind the table of routing instances is none.
func TestRoutingInstances(t *testing.T) {
	s := drivertest.Parse(t, Driver, "display ip vpn-instance", " Total VPN-Instances configured : 1\n\n  VPN-Instance Name               RD                    Address-family\n  red                             65000:1               IPv4\n\n<sw1>\n")
	if len(s.VRFs) != 1 || s.VRFs[0].Name != "red" {
		t.Errorf("got %+v", s.VRFs)
	}
}

// A link that is up with the mark of a protocol that holds it back is not known to pass frames.
func TestPortsThatAreHeldBack(t *testing.T) {
	brief := func(phy, protocol string) string {
		return "Interface                   PHY   Protocol InUti OutUti   inErrors  outErrors\nGigabitEthernet0/0/1        " + fmt.Sprintf("%-5s %-8s", phy, protocol) + "    0%     0%          0          0\n"
	}
	lines := func(link, protocol string) string {
		return "GigabitEthernet0/0/1 current state : " + link + "\nLine protocol current state : " + protocol + "\nDescription:\nSwitch Port, PVID :    1, TPID : 8100(Hex), The Maximum Frame Length is 9216\n"
	}
	for _, c := range []struct{ command, reply, want string }{
		{"display interface brief", brief("up", "up"), "up"},
		{"display interface brief", brief("up", "up(s)"), "up"},
		{"display interface brief", brief("up(l)", "up"), "up"},
		{"display interface brief", brief("up(b)", "up"), "unknown"},
		{"display interface brief", brief("up(lb)", "up"), "unknown"},
		{"display interface brief", brief("up", "up(dl)"), "unknown"},
		{"display interface brief", brief("up(b)", "down"), "down"},
		{"display interface", lines("UP", "UP"), "up"},
		{"display interface", lines("UP", "UP (spoofing)"), "up"},
		{"display interface", lines("UP", "UP(BFD status down)"), "unknown"},
		{"display interface", lines("UP", "DOWN(BFD status down)"), "down"},
	} {
		s := drivertest.Parse(t, Driver, c.command, c.reply)
		got := "unknown"
		if f := s.Interface("GigabitEthernet0/0/1").Oper; f.Known() {
			got = f.Value.String()
		}
		if got != c.want || (len(s.Unread) > 0) != (c.want == "unknown") || !s.Listed.Interfaces.Known() {
			t.Errorf("%q: got %s, want %s; %+v", c.reply, got, c.want, s.Unread)
		}
	}
}

// What a port carries of a MUX VLAN comes out in others, or not everywhere in it.
func TestMUXVLANs(t *testing.T) {
	fixed := func(kind string) string {
		return "The total number of VLANs is: 2\n\nVID  Type    Ports\n----------\n1    common  UT:GigabitEthernet0/0/2(U)\n20   " + kind + "  UT:GigabitEthernet0/0/1(U)\n\n" +
			"VID  Status  Property      MAC-LRN Statistics Description\n----------\n1    enable  default       enable  disable    VLAN 0001\n20   enable  default       enable  disable    a\n"
	}
	modular := func(kind string) string {
		return "The total number of vlans is : 2\nVID            Ports\n----------\n   1           UT:GigabitEthernet0/0/2(U)\n  20           UT:GigabitEthernet0/0/1(U)\n\n" +
			"VID  Type     Status  Property  MAC-LRN STAT    BC  MC  UC  Description\n----------\n   1 common   enable  default   enable  disable FWD FWD FWD VLAN 0001\n  20 " + kind + "   enable  default   enable  disable FWD FWD FWD a\n"
	}
	for _, c := range []struct {
		reply string
		known bool
	}{{fixed("common"), true}, {fixed("mux"), false}, {fixed("mux-sub"), false}, {modular("common"), true}, {modular("mux"), false}} {
		s := drivertest.Parse(t, Driver, "display vlan", c.reply)
		one, other := s.BridgePort("GigabitEthernet0/0/1"), s.BridgePort("GigabitEthernet0/0/2")
		if one.Members.Known() != c.known || !other.Members.Known() || len(s.Unread) > 0 == c.known {
			t.Errorf("%s: got %+v, %+v, %+v", c.reply, one, other, s.Unread)
		}
	}
}
