package cisco_iosxr

import (
	"strconv"
	"strings"
	"testing"

	"uplinkcheck/drivers/drivertest"
	"uplinkcheck/drivers/state"
)

func TestDriver(t *testing.T) { drivertest.Run(t, Driver) }

func TestCorpus(t *testing.T) { drivertest.Corpus(t, Driver) }

func FuzzParse(f *testing.F) { drivertest.Fuzz(f, Driver) }

// A bundle whose head has unknown words is none of the one before it, and the list is not whole then; nor is it with a link that was not read.
func TestBundlesThatAreNotWhole(t *testing.T) {
	const first = "Bundle-Ether1\n  Status:                                    Down\n  LACP:                                      Operational\n\n" +
		"  Port                  Device           State        Port ID         B/W, kbps\n  --------------------  ---------------  -----------  --------------  ----------\n" +
		"  Te0/0/0/1             Local            Configured   0x8000, 0x0001    10000000\n      Link is down\n"
	for name, test := range map[string]struct {
		more  string
		whole bool
	}{
		"":               {"", true},
		"words we know":  {"\nBundle-Ether2 (ICCP Group 1)\n  Status:                                    Up\n", true},
		"an odd head":    {"\nBundle-Ether2 (a new word)\n  Status:                                    Up\n  Te0/0/0/2             Local            Active       0x8000, 0x0002    10000000\n", false},
		"an odd link":    {"  Te0/0/0/2             Local            Active       0x8000, 0x0002  new  10000000\n", false},
		"a link further": {"  Te0/0/0/2             Local            Active       0x8000, 0x0002    10000000\n", true},
	} {
		s := drivertest.Parse(t, Driver, "show bundle", first+test.more)
		if s.Listed.Aggregators.Known() != test.whole || len(s.Aggregators) == 0 || s.Aggregators[0].Oper.Value != state.Down {
			t.Errorf("%s: whole is %v, %+v", name, s.Listed.Aggregators.Known(), s.Aggregators)
		}
	}
	for reply, whole := range map[string]bool{"No bundles configured\n": true, "the process is restarting\n": false} {
		if s := drivertest.Parse(t, Driver, "show bundle", reply); s.Listed.Aggregators.Known() != whole {
			t.Errorf("%q: whole is %v", reply, !whole)
		}
	}
}

// What stands below a head that we do not know is nothing of the interface before, which may have more subinterfaces than were read.
func TestInterfaceUnderAnOddHead(t *testing.T) {
	const first = "Bundle-Ether1 is up, line protocol is up \n  MTU 1514 bytes, BW 10000000 Kbit\nBundle-Ether1.10 is up, line protocol is up \n  Layer 2 Transport Mode\n    Outer Match: Dot1Q VLAN 10\n"
	const last = "TenGigE0/0/0/9 is up, line protocol is up \n  MTU 1514 bytes, BW 10000000 Kbit\n"
	for odd, whole := range map[string]bool{"": true, "Bundle-Ether1.20 (new) is up, line protocol is up \n  Layer 2 Transport Mode\n  MTU 9000 bytes, BW 10000000 Kbit\n    Outer Match: Dot1Q VLAN 20\n": false} {
		s := drivertest.Parse(t, Driver, "show interfaces", first+odd+last)
		b := s.BridgePort("Bundle-Ether1")
		if s.Listed.Interfaces.Known() != whole || (b != nil && b.Configured.Known()) != whole || s.Interface("Bundle-Ether1.10").MTU.Value == 9000 {
			t.Errorf("%q: %+v, %+v", odd, b, s.Interfaces)
		}
	}
}

// What a neighbour did not send is no name, whichever sign stands before the words that say so.
func TestNotAdvertised(t *testing.T) {
	s := drivertest.Parse(t, Driver, "show lldp neighbors detail", "------------------------------------------------\nLocal Interface: TenGigE0/0/0/1\nChassis id: 0200.5e00.0001\nPort id: eno1\n"+
		"Port Description: not advertised\nSystem Name: not advertised\nSystem Description: not advertised\nTime remaining: 97 seconds\nHold Time: 120 seconds\n\nTotal entries displayed: 1\n")
	if len(s.Remotes) != 1 || s.Remotes[0].SystemName.Known() || s.Remotes[0].SystemDescription.Known() || s.Remotes[0].PortDescription.Known() || !s.Listed.Remotes.Known() {
		t.Errorf("got %+v", s.Remotes)
	}
}

// Ports of neighbours may have blanks, the management port has no number behind its kind only.
func TestNeighbourTables(t *testing.T) {
	const lldp = "Device ID       Local Intf                      Hold-time  Capability      Port ID\n" +
		"esx1            TenGigE0/0/0/1                  120        B               vmnic 2\nesx2.a-long-domain.example.net\n                TenGigE0/0/0/2                  120        B,R             vmnic3\n\nTotal entries displayed: 2\n"
	const cdp = "Device ID       Local Intrfce    Holdtme Capability Platform  Port ID\nsw1.example.net Mg0/RP0/CPU0/0   128     T S        WS-C2950T Fa0/7\n"
	for _, margin := range []string{"", "    "} { // of a text that somebody pasted
		spaced := strings.NewReplacer("\n", "\n"+margin)
		s := drivertest.Parse(t, Driver, "show lldp neighbors", margin+spaced.Replace(lldp)+"\n", "show cdp neighbors", margin+spaced.Replace(cdp)+"\n")
		got := ""
		for _, r := range s.Remotes {
			got += r.Interface + " " + r.SystemName.Value + " " + r.PortID.Value.ID + ", "
		}
		if want := "MgmtEth0/RP0/CPU0/0 sw1.example.net Fa0/7, TenGigE0/0/0/1 esx1 vmnic 2, TenGigE0/0/0/2 esx2.a-long-domain.example.net vmnic3, "; got != want || !s.Listed.Remotes.Known() {
			t.Errorf("margin %q: got %q", margin, got)
		}
	}
}

// The interfaces of an instance whose head has words of its own are not those of the one before it.
func TestInstanceWithAWord(t *testing.T) {
	s := drivertest.Parse(t, Driver, "show vrf all detail", "VRF A; RD 65000:1; VPN ID not set\nInterfaces:\n  BVI1\nVRF B (not complete); RD not set; VPN ID not set\nInterfaces:\n  BVI2\n\n")
	if len(s.VRFs) != 2 || s.VRFs[0].Name != "A" || len(s.VRFs[0].Interfaces) != 1 || s.VRFs[1].Name != "B" || len(s.VRFs[1].Interfaces) != 1 {
		t.Errorf("got %+v", s.VRFs)
	}
}

func TestPortThatWaits(t *testing.T) {
	s := drivertest.Parse(t, Driver, "show running-config spanning-tree", "spanning-tree mst m\n!\n", "show spanning-tree mst m", "MSTI 1:\n\n  VLANS Mapped: 10\n\n"+
		"Interface    Port ID           Role State Designated               Port ID\n------------ ------- --------- ---- ----- ------------------------ -------\n"+
		"Te0/0/0/2    128.3   2000      DSGN DLY    4096 0200.5e00.0001     128.3\n")
	if len(s.STP) != 1 || s.STP[0].State.Value != state.Blocking {
		t.Errorf("got %+v", s.STP)
	}
}

// The last column of CDP's table is a name, or a kind and a number; a number alone may be the end of either. What stands first is name and id.
func TestPortIDsOfCDP(t *testing.T) {
	s := drivertest.Parse(t, Driver, "show cdp neighbors", "Device ID       Local Intrfce    Holdtme Capability Platform  Port ID\n"+
		"sw1             Te0/0/0/1        128     T S I      WS-C2960  Gig 0/1\nphone           Te0/0/0/2        128     H P        IP Phone  Port 1\n"+
		"camera          Te0/0/0/3        128     H          A camera  Jack 1\nxr              Te0/0/0/4        128     R          ASR9K Ser Te0/0/0/9\n")
	for i, want := range []string{"sw1 Gig 0/1", "phone Port 1", "camera ", "xr Te0/0/0/9"} {
		if r := s.Remotes[i]; r.ChassisID.Value.ID+" "+r.PortID.Value.ID != want {
			t.Errorf("got %q %q, want %q", r.ChassisID.Value.ID, r.PortID.Value.ID, want)
		}
	}
}

// What a device printed between a neighbour's name and its row is not the neighbour's name.
func TestForeignLinesAreNoNames(t *testing.T) {
	const name = "a-name-that-is-long.example.com\n"
	for line, table := range map[string][2]string{
		"show cdp neighbors":  {"Device ID       Local Intrfce    Holdtme Capability Platform  Port ID\n", "                Gi0/0/0/1        150     R          ASR9K     Gi0/0/0/2\n"},
		"show lldp neighbors": {"Device ID       Local Intf          Hold-time  Capability     Port ID\n", "                GigabitEthernet0/0/0/1 120        R               Gi0/0/0/2\n"},
	} {
		for before, want := range map[string]string{name: strings.TrimSpace(name), name + "foreign\n": ""} {
			s := drivertest.Parse(t, Driver, line, table[0]+before+table[1])
			if len(s.Remotes) != 1 || s.Remotes[0].SystemName.Value != want {
				t.Errorf("%s behind %q: got %+v, want the name %q", line, before, s.Remotes, want)
			}
		}
	}
}

// A bridge domain joins what its circuits take, whatever the tags: a VLAN stands for it only where each has the same, and no other domain has it.
func TestBridgeDomainsOfSeveralVLANs(t *testing.T) {
	const ports = "TenGigE0/0/0/1 is up, line protocol is up \nTenGigE0/0/0/1.100 is up, line protocol is up \n  Layer 2 Transport Mode\n    Outer Match: Dot1Q VLAN 100\n" +
		"TenGigE0/0/0/2 is up, line protocol is up \nTenGigE0/0/0/2.7 is up, line protocol is up \n  Layer 2 Transport Mode\n    Outer Match: Dot1Q VLAN %s\n" +
		"TenGigE0/0/0/3 is up, line protocol is up \n"
	domain := func(name string, circuits ...string) string {
		return "Bridge group: lab, bridge-domain: " + name + ", id: 0, state: up, ShgId: 0, MSTi: 0\n  List of ACs:\n" + strings.Join(circuits, "")
	}
	ac := func(name, tag, rewrite, is string) string {
		return "    AC: " + name + ", state is " + is + "\n      Type VLAN; Num Ranges: 1\n      Rewrite Tags: [" + rewrite + "]\n      VLAN ranges: [" + tag + ", " + tag + "]\n"
	}
	const bvi, main = "    AC: BVI100, state is up\n      Type Routed-Interface\n", "    AC: TenGigE0/0/0/3, state is up\n      Type Ethernet\n"
	one, same, other := ac("TenGigE0/0/0/1.100", "100", "", "up"), ac("TenGigE0/0/0/2.7", "100", "", "up"), ac("TenGigE0/0/0/2.7", "200", "", "up")
	for _, c := range []struct{ about, tag, domains, want string }{
		{"one VLAN", "100", domain("a", bvi, one, same), "100 100"},
		{"one each", "200", domain("a", one) + domain("b", other), "100 200"},
		{"two in one", "200", domain("a", one, other), "unknown unknown"},
		{"two in one, of which one is down", "200", domain("a", one, ac("TenGigE0/0/0/2.7", "200", "", "admin down")), "100 none"},
		{"one in two", "100", domain("a", one) + domain("b", same), "unknown unknown"},
		{"a whole port beside it", "200", domain("a", one, main) + domain("b", other), "100 200"},
		{"frames without a tag beside it", "100", domain("a", one, same, "    AC: TenGigE0/0/0/3.1, state is up\n      Type VLAN; Num Ranges: 0\n"), "100 100"},
		{"the whole port itself", "100", domain("a", one, same, strings.Replace(main, "/3", "/2", 1)), "100 no"},
		{"another tag", "100", domain("a", one, ac("TenGigE0/0/0/2.7", "100", "300, 0", "up")), "unknown unknown"},
	} {
		s := drivertest.Parse(t, Driver, "show interfaces", strings.Replace(ports, "%s", c.tag, 1), "show l2vpn bridge-domain detail", c.domains)
		var got []string
		for _, port := range []string{"TenGigE0/0/0/1", "TenGigE0/0/0/2"} {
			b := s.BridgePort(port)
			switch {
			case b == nil:
				got = append(got, "no")
			case b.Members.Known():
				got = append(got, b.Members.Value.String())
			default:
				got = append(got, "unknown")
			}
		}
		if strings.Join(got, " ") != c.want || (len(s.Unread) > 0) != strings.Contains(c.want, "unknown") {
			t.Errorf("%s: got %s, want %s; %+v", c.about, got, c.want, s.Unread)
		}
	}
}

// A bundle that needs a bandwidth that one link does not have needs more links than it says.
func TestLeastBandwidthOfABundle(t *testing.T) {
	for need, want := range map[string]string{"1 / 1 kbps": "1", "1 / 10000000 kbps": "1", "1 / 10000001 kbps": "unknown", "2 / 500 kbps": "2"} {
		s := drivertest.Parse(t, Driver, "show bundle", "Bundle-Ether1\n  Status:                                    Up\n  Minimum active links / bandwidth:          "+need+"\n"+
			"  LACP:                                      Operational\n\n"+
			"  Port                  Device           State        Port ID         B/W, kbps\n  --------------------  ---------------  -----------  --------------  ----------\n"+
			"  Te0/0/0/1             Local            Active       0x8000, 0x0001    10000000\n  Hu0/0/0/2             Local            Active       0x8000, 0x0002   100000000\n")
		got := "unknown"
		if f := s.Aggregators[0].MinLinks; f.Known() {
			got = strconv.Itoa(f.Value)
		}
		if got != want || (len(s.Unread) > 0) != (want == "unknown") || !s.Listed.Aggregators.Known() {
			t.Errorf("%s: got %s, want %s; %+v", need, got, want, s.Unread)
		}
	}
}

// A circuit in a split horizon group does not reach the others in it: its port is a protected one.
func TestSplitHorizonGroups(t *testing.T) {
	for group, protected := range map[string]bool{"": false, "      Split Horizon Group: none\n": false, "      Split Horizon Group: enabled\n": true} {
		s := drivertest.Parse(t, Driver, "show interfaces", "TenGigE0/0/0/1 is up, line protocol is up \nTenGigE0/0/0/1.100 is up, line protocol is up \n  Layer 2 Transport Mode\n    Outer Match: Dot1Q VLAN 100\n"+
			"TenGigE0/0/0/2 is up, line protocol is up \n",
			"show l2vpn bridge-domain detail", "Bridge group: lab, bridge-domain: a, id: 0, state: up, ShgId: 0, MSTi: 0\n  List of ACs:\n    AC: TenGigE0/0/0/1.100, state is up\n"+
				"      Type VLAN; Num Ranges: 1\n      Rewrite Tags: []\n      VLAN ranges: [100, 100]\n      MTU 1500; XC ID 0x1; interworking none\n"+group)
		if b := s.BridgePort("TenGigE0/0/0/1"); b == nil || b.Protected.Value != protected || !b.Members.Known() {
			t.Errorf("%q: got %+v", group, b)
		}
	}
}
