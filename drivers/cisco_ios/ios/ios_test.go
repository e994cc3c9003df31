package ios

import (
	"fmt"
	"strconv"
	"strings"
	"testing"

	"uplinkcheck/drivers/capture"
	"uplinkcheck/drivers/state"
)

// parseTexts reads replies, given as pairs of a command and its output.
func parseTexts(t *testing.T, texts ...string) *state.Switch {
	t.Helper()
	c := &capture.Capture{Device: "sw1"}
	for i := 0; i < len(texts); i += 2 {
		data := []byte(strings.TrimLeft(texts[i+1], "\n"))
		c.Replies = append(c.Replies, &capture.Reply{Device: "sw1", Command: texts[i], Data: data, Complete: true, Err: Refusal(data)})
	}
	s, err := Parse("cisco_ios")(c)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

const oldTable = `
Capability codes:
    (R) Router, (B) Bridge, (T) Telephone, (C) DOCSIS Cable Device

Device ID           Local Intf     Hold-time  Capability      Port ID
esx1.hosts.example.nGi1/0/4        120        B               0200.5e30.0001
a phone with blanks Gi1/0/5        120        B,T             Port 1
esx2                Gi1/0/6        120        B               0200.5e30.0003
esx2                Gi1/0/7        120        B               0200.5e30.0003

Total entries displayed: 4
`

// block is a neighbour as old releases print it.
func block(name, port string) string {
	return "------------------------------------------------\nChassis id: 0200.5e30.00ff\nPort id: " + port + "\nPort Description - not advertised\nSystem Name: " + name +
		"\nSystem Description - not advertised\n\nTime remaining: 100 seconds\nManagement Addresses - not advertised\nVlan ID: - not advertised\n\n"
}

// Old releases name the local port in the table only; a name that is cut there is found by its beginning, and one that fits two rows by none.
func TestLocalPortComesFromTheTable(t *testing.T) {
	s := parseTexts(t, "show lldp neighbors", oldTable,
		"show lldp neighbors detail", block("esx1.hosts.example.net", "0200.5e30.0001")+block("a phone with blanks in its name", "Port 1")+block("esx2", "0200.5e30.0003")+"\nTotal entries displayed: 3\n")
	var got []string
	for _, r := range s.Remotes {
		got = append(got, r.Interface+" "+r.SystemName.Value)
	}
	want := "GigabitEthernet1/0/4 esx1.hosts.example.net, GigabitEthernet1/0/5 a phone with blanks in its name"
	if strings.Join(got, ", ") != want {
		t.Errorf("got %q, want %q", got, want)
	}
	if s.Listed.Remotes.Known() {
		t.Error("a list with a neighbour on an unknown port is no whole list")
	}
}

func TestNamesThatMayBeCutAreUnknown(t *testing.T) {
	for _, r := range parseTexts(t, "show lldp neighbors", oldTable).Remotes {
		if want := strings.HasPrefix(r.Interface, "GigabitEthernet1/0/6") || strings.HasPrefix(r.Interface, "GigabitEthernet1/0/7"); r.SystemName.Known() != want {
			t.Errorf("%s: name known is %v, want %v", r.Interface, r.SystemName.Known(), want)
		}
	}
}

const twoLists = `
Port        Mode             Encapsulation  Status        Native vlan
Po1         on               802.1q         trunking      1

Port        Vlans allowed on trunk
Po1         1-4094

Port        Vlans allowed and active in management domain
Po1         1,20,30

Port        Vlans in spanning tree forwarding state and not pruned
Po1         1,20
`

// A VLAN that a trunk does not forward may be blocked, which is no matter of membership, or pruned, which is.
func TestPrunedOrBlocked(t *testing.T) {
	for mode, want := range map[string]string{"": "", "Enabled": "", "Disabled": "1,20,30"} {
		texts := []string{"show interfaces trunk", twoLists}
		if mode != "" {
			texts = append(texts, "show vtp status", "VTP Pruning Mode                : "+mode+"\n")
		}
		b := parseTexts(t, texts...).BridgePort("Port-channel1")
		if got := b.Members; got.Known() != (want != "") || got.Known() && got.Value.String() != want {
			t.Errorf("pruning %q: got members %v", mode, got)
		}
	}
}

func TestNativeTagging(t *testing.T) {
	const head = "Name: Gi1/0/1\nSwitchport: Enabled\nAdministrative Mode: trunk\nOperational Mode: trunk\nTrunking Native Mode VLAN: 5 (NATIVE)\n"
	const tail = "Voice VLAN: none\nTrunking VLANs Enabled: ALL\n"
	for _, test := range []struct{ name, port, global, want string }{
		{"a port that never tags", "Administrative Native VLAN tagging: disabled\n", "", "5"},
		{"the default of a port alone", "Administrative Native VLAN tagging: enabled\n", "", "unknown"},
		{"off for the whole switch", "Administrative Native VLAN tagging: enabled\n", "dot1q native vlan tagging is disabled globally\n", "5"},
		{"on for the whole switch", "Administrative Native VLAN tagging: enabled\n", "dot1q native vlan tagging is enabled\n", "0"},
		{"what is in effect", "Administrative Native VLAN tagging: enabled\nOperational Native VLAN tagging: enabled\n", "", "0"},
	} {
		texts := []string{"show interfaces switchport", head + test.port + tail}
		if test.global != "" {
			texts = append(texts, "show vlan dot1q tag native", test.global)
		}
		pvid, got := parseTexts(t, texts...).BridgePort("GigabitEthernet1/0/1").PVID, "unknown"
		if pvid.Known() {
			got = map[state.VID]string{0: "0", 5: "5"}[pvid.Value]
		}
		if got != test.want {
			t.Errorf("%s: got %s, want %s", test.name, got, test.want)
		}
	}
}

func TestRefusals(t *testing.T) {
	for reply, want := range map[string]bool{
		"                      ^\n% Invalid input detected at '^' marker.\n": true, "% Incomplete command.\n": true, "% Ambiguous command:  \"show sw\"\n": true,
		"show lldp neighbors\n% LLDP is not enabled\n": true, "Command authorization failed.\n": true,
		"*Mar  1 00:00:00.000: %SYS-5-CONFIG_I: Configured from console\nPort Status\n":       false,
		"Interface Status Protocol Description\nGi0/1 up up % Invalid input\nGi0/2 up up x\n": false, "": false,
	} {
		if got := Refusal([]byte(reply)); (got != "") != want {
			t.Errorf("%q: got %q", reply, got)
		}
	}
}

// A member that is only provisioned is no second chassis that is there, and still one that is missing.
func TestProvisionedMember(t *testing.T) {
	s := parseTexts(t, "show switch", `
Switch/Stack Mac Address : 0200.5e00.1100 - Local Mac Address
                                             H/W   Current
Switch#   Role    Mac Address     Priority Version  State
-------------------------------------------------------------------------------------
*1       Active   0200.5e00.1100     15     V02     Ready
 2       Member   0000.0000.0000     0              Provisioned
`)
	if len(s.Members) != 2 || !capture.Is(s.Members[1].Up, false) || s.Members[1].MAC.Known() || !capture.Is(s.Device.Stacked, true) {
		t.Errorf("got %+v", s.Members)
	}
}

// A port whose partner speaks no LACP stands alone: it forwards by itself, and its bits claim a bundle of one. What "show etherchannel detail"
// calls Sngl-port-Bndl is the (I) of the summary.
func TestStandAlonePorts(t *testing.T) {
	const detail = `
		Channel-group listing: 
		----------------------

Group: 1 
----------
Group state = L2 
Ports: 1   Maxports = 16
Port-channels: 1 Max Port-channels = 16
Protocol:   LACP
Minimum Links: 0
		Ports in the group:
		-------------------
Port: Gi1/0/13
------------

Port state    = Up Sngl-port-Bndl Mstr Not-in-Bndl 
Channel group = 1           Mode = Active          Gcchange = -
Port-channel  = null        GC   =   -             Pseudo port-channel = Po1
Port index    = 0           Load = 0x00            Protocol =   LACP

Flags:  S - Device is sending Slow LACPDUs   F - Device is sending fast LACPDUs.
        A - Device is in active mode.        P - Device is in passive mode.

Local information:
                            LACP port     Admin     Oper    Port        Port
Port      Flags   State     Priority      Key       Key     Number      State
Gi1/0/13  SA      indep     32768         0x1       0x1     0x10E       0x7D  

Age of the port in the current state: 0d:00h:11m:59s

		Port-channels in the group: 
		---------------------------

Port-channel: Po1    (Primary Aggregator)
------------

Age of the Port-channel   = 0d:00h:12m:55s
Logical slot/port   = 2/1          Number of ports = 0
HotStandBy port = null 
Port state          = Port-channel Ag-Not-Inuse 
Protocol            =   LACP
Port security       = Disabled
`
	const summary = `
Number of channel-groups in use: 1
Number of aggregators:           1

Group  Port-channel  Protocol    Ports
------+-------------+-----------+-----------------------------------------------
1      Po1(SD)         LACP      Gi1/0/13(I) 
`
	for _, texts := range [][]string{{"show etherchannel detail", detail}, {"show etherchannel summary", summary}, {"show etherchannel detail", detail, "show etherchannel summary", summary}} {
		s := parseTexts(t, texts...)
		a := s.Aggregator("Port-channel1")
		if a == nil || len(a.Ports) != 1 || !capture.Is(a.Ports[0].Selected, state.Individual) || !capture.Is(a.Oper, state.Down) || !capture.Is(a.Protocol, state.LACP) {
			t.Errorf("%s: got %+v", texts[0], a)
		}
	}
}

// A row of a port that is wrapped, or has a role that we do not know, does not forward for that.
func TestTreeWithAnUnknownRow(t *testing.T) {
	const head = "VLAN0010\n  Spanning tree enabled protocol rstp\n\nInterface           Role Sts Cost      Prio.Nbr Type\n------------------- ---- --- --------- -------- --------------------------------\nGi1/0/1             Root FWD 4         128.1    P2p\n"
	for more, whole := range map[string]bool{
		"": true,
		"TwentyFiveGigE1/0/24\n                    Altn BLK 2         128.24   P2p\n": false,
		"Gi1/0/2             Odd  BLK 4         128.2    P2p\n":                       false,
	} {
		s := parseTexts(t, "show spanning-tree", head+more)
		if s.Listed.STP.Known() != whole || len(s.STP) != 1 {
			t.Errorf("%q: whole is %v, %+v", more, s.Listed.STP.Known(), s.STP)
		}
	}
}

// A member with a mark behind its flag is missing from the list, which is not whole then.
func TestMemberWithAnUnknownMark(t *testing.T) {
	const head = "Number of channel-groups in use: 1\nNumber of aggregators:           1\n\nGroup  Port-channel  Protocol    Ports\n------+-------------+-----------+-----------------------------------------------\n"
	for members, whole := range map[string]bool{"Gi1/0/1(P)      Gi1/0/2(P)": true, "Gi1/0/1(P)      Gi1/0/2(P*)": false} {
		s := parseTexts(t, "show etherchannel summary", head+"1      Po1(SU)         LACP      "+members+"\n")
		if s.Listed.Aggregators.Known() != whole {
			t.Errorf("%s: whole is %v", members, !whole)
		}
	}
}

// What stands below a head that we do not know is nothing of the interface before, and the list is not whole then.
func TestInterfaceUnderAnOddHead(t *testing.T) {
	const first = "Vlan10 is up, line protocol is up \n  MTU 1500 bytes, BW 1000000 Kbit/sec\n"
	for odd, whole := range map[string]bool{"": true, "Strange/1 0 is up[x], line protocol is up \n  Internet address is 192.0.2.1/24\n": false} {
		s := parseTexts(t, "show interfaces", first+odd)
		if s.Listed.Interfaces.Known() != whole || len(s.SVIs) != 1 || len(s.SVIs[0].Addresses) != 0 {
			t.Errorf("%q: whole is %v, %+v", odd, !whole, s.SVIs)
		}
	}
}

// A block of a port that is cut off does not say whether it is bridged: the list of those that are is not whole.
func TestSwitchportThatIsCutOff(t *testing.T) {
	const one = "Name: Gi1/0/1\nSwitchport: Enabled\nAdministrative Mode: trunk\nOperational Mode: trunk\n\n"
	for more, whole := range map[string]bool{"": true, "Name: Gi1/0/2\nSwitchport: Disabled\n": true, "Name: Gi1/0/2\n": false} {
		if s := parseTexts(t, "show interfaces switchport", one+more); s.Listed.BridgePorts.Known() != whole {
			t.Errorf("%q: whole is %v", more, !whole)
		}
	}
}

// A protected port says so; a word that is not known says nothing.
func TestProtectedPorts(t *testing.T) {
	const one = "Name: Gi1/0/1\nSwitchport: Enabled\nAdministrative Mode: static access\nOperational Mode: static access\nAccess Mode VLAN: 10 (USERS)\nVoice VLAN: none\n"
	for line, want := range map[string]string{"Protected: true\n": "true", "Protected: false\n": "false", "Protected: partly\n": "unknown", "": "unknown"} {
		got := "unknown"
		if f := parseTexts(t, "show interfaces switchport", one+line).BridgePort("GigabitEthernet1/0/1").Protected; f.Known() {
			got = strconv.FormatBool(f.Value)
		}
		if got != want {
			t.Errorf("%q: got %s, want %s", line, got, want)
		}
	}
}

func TestTreeInDetailWithAnUnknownRow(t *testing.T) {
	const one = " Port 1 (GigabitEthernet1/0/1) of VLAN0010 is designated forwarding \n"
	for more, whole := range map[string]bool{"": true, " Port 2 (GigabitEthernet1/0/2) of VLAN0010 is now alternate blocking \n": false} {
		if s := parseTexts(t, "show spanning-tree detail", one+more); s.Listed.STP.Known() != whole || len(s.STP) != 1 {
			t.Errorf("%q: whole is %v, %+v", more, !whole, s.STP)
		}
	}
}

// Some releases wrap the ports of a VLAN at the width of the terminal, without an indent.
func TestVLANPortsWithoutAnIndent(t *testing.T) {
	const head = "VLAN Name                             Status    Ports\n---- -------------------------------- --------- -------------------------------\n"
	for rest, want := range map[string]int{
		"1    default                          active    Gi1/0/1, Gi1/0/2, \nGi1/0/3, Gi1/0/4\n                                                Te1/1/1, \nTe1/1/2, Ap1/0/1\n2    two                              active\n": 7,
		"1    default                          active    Gi1/0/1, Gi1/0/2\nGi1/0/3, Gi1/0/4\n":                                                                                                                              -1,
		"1    default                          active    Gi1/0/1, \nsomething else\n":                                                                                                                                       -1,
	} {
		s := parseTexts(t, "show vlan brief", head+rest)
		if s.Listed.VLANs.Known() != (want > 0) || want > 0 && len(s.VLANs[0].Ports) != want {
			t.Errorf("%q: whole is %v, ports %v", rest, s.Listed.VLANs.Known(), s.VLANs[0].Ports)
		}
	}
}

// The letters of the protocol on the cables of a pair mean different things in different releases.
func TestCablesOfAPair(t *testing.T) {
	const newer = "s-Suspended P-Bundled E-Error D-Down R-RLayer3 I-Indiv"
	const older = "S-Suspended P-Pending E-Error T-Timeout R-Ready"
	for _, test := range []struct {
		legend, letters string
		want            int
	}{{newer, "U P", 1}, {older, "U R", 1}, {older, "U P", 0}, {older, "D R", 0}, {newer, "U R", -1}, {"", "U P", -1}} {
		row := strings.Replace(test.letters, " ", "               ", 1)
		s := parseTexts(t, "show stackwise-virtual link", "Flags:\n------\nLink Status\n-----------\nU-Up D-Down\nProtocol Status\n---------------\n"+test.legend+
			"\n-----\nSwitch  SVL     Ports                           Link-Status     Protocol-Status\n------  ---     -----                           -----------     ---------------\n"+
			"1       1       TwentyFiveGigE1/0/1             "+row+"\n2       1       TwentyFiveGigE2/0/1             "+row+"\n")
		got := -1
		if len(s.Members) == 2 && s.Members[0].LinksFrom.Known() {
			got = len(s.Members[0].Links)
		}
		if got != test.want {
			t.Errorf("%q under %q: got %d cables, want %d", test.letters, test.legend, got, test.want)
		}
	}
}

// That the switch itself has an address does not make it one of the switch on the other ports of the row.
func TestAddressOnSwitchAndPort(t *testing.T) {
	s := parseTexts(t, "show mac address-table", "Multicast Entries\n vlan     mac address     type    ports\n---------+---------------+-------+---------------\n   1      0300.0000.0001   system Switch,Gi6/15\n")
	if len(s.MACs) != 2 || !capture.Is(s.MACs[0].Kind, state.StaticMAC) || !capture.Is(s.MACs[1].Kind, state.OwnMAC) {
		t.Errorf("got %+v", s.MACs)
	}
}

// An old form of the partner's row has a state where others have the address.
func TestPartnerWithoutItsAddress(t *testing.T) {
	s := parseTexts(t, "show lacp neighbor", "Channel group 5 neighbors\nPartner's information:\n"+
		"          Partner  Partner   LACP Partner  Partner   Partner  Partner     Partner\n"+
		"Port      Flags    State     Port Priority Admin Key Oper Key Port Number Port State\n"+
		"Fa4/1     SP       bndl      128           0x0       0x1      0x41        0x3C\n")
	a := s.Aggregator("Port-channel5")
	if a == nil || len(a.Ports) != 1 || !capture.Is(a.Ports[0].Partner.Port, 0x41) || !capture.Is(a.Ports[0].Partner.PortPriority, 128) ||
		!capture.Is(a.Ports[0].Partner.Key, 1) || a.Ports[0].Partner.System.Known() || a.Ports[0].Selected.Known() || !s.Listed.LACP.Known() {
		t.Errorf("got %+v", a)
	}
}

// Of a neighbour that sent no name the table has the chassis id in its place.
func TestNeighbourWithoutAName(t *testing.T) {
	s := parseTexts(t, "show lldp neighbors", "Device ID           Local Intf     Hold-time  Capability      Port ID\n0200.5e00.0001      Gi1/0/4        120        B               0200.5e00.0002\n\nTotal entries displayed: 1\n")
	if len(s.Remotes) != 1 || s.Remotes[0].SystemName.Known() || s.Remotes[0].ChassisID.Value.ID != "02:00:5e:00:00:01" {
		t.Errorf("got %+v", s.Remotes)
	}
}

// A port that a guard holds back does not take over, whatever its role.
func TestBrokenPort(t *testing.T) {
	for row, alternate := range map[string]bool{"Gi1/0/1             Altn BLK 4         128.1    P2p": true, "Gi1/0/1             Altn BKN*4         128.1    P2p *LOOP_Inc": false} {
		s := parseTexts(t, "show spanning-tree", "VLAN0010\nInterface           Role Sts Cost      Prio.Nbr Type\n------------------- ---- --- --------- -------- ------\n"+row+"\n")
		if len(s.STP) != 1 || s.STP[0].State.Value != state.Blocking || !capture.Is(s.STP[0].Alternate, alternate) {
			t.Errorf("%s: got %+v", row, s.STP)
		}
	}
}

// Old releases print the rule behind a neighbour: what stands before the first rule is one, too.
func TestRuleBehindANeighbour(t *testing.T) {
	_, first, _ := strings.Cut(block("esx1.hosts.example.net", "0200.5e30.0001"), "\n")
	s := parseTexts(t, "show lldp neighbors", oldTable,
		"show lldp neighbors detail", "\n\n"+first+block("a phone with blanks in its name", "Port 1")+"---------------------------------------------\n\n\nTotal entries displayed: 2\n")
	if got := len(s.Remotes); got != 2 || !s.Listed.Remotes.Known() {
		t.Errorf("got %d neighbours, all of them: %v", got, s.Listed.Remotes.Known())
	}
	if s = parseTexts(t, "show lldp neighbors detail", first); len(s.Remotes) != 1 {
		t.Errorf("of a single neighbour got %d", len(s.Remotes))
	}
}

func TestDefaultPortInTheBundle(t *testing.T) {
	s := parseTexts(t, "show etherchannel summary", "Group Port-channel  Ports\n-----+------------+------------\n1     Po1(SU)      Fa0/1(Pd)   Fa0/2(d)\n")
	if p := s.Aggregator("Port-channel1").Ports; !capture.Is(p[0].Selected, state.Selected) || p[1].Selected.Known() {
		t.Errorf("got %+v", p)
	}
}

// A description may look like the head of an interface.
func TestDescriptionLikeAHead(t *testing.T) {
	s := parseTexts(t, "show interfaces", "GigabitEthernet1/0/1 is up, line protocol is up (connected)\n  Description: is up, line protocol is down\n  MTU 9198 bytes\n")
	if i := s.Interface("GigabitEthernet1/0/1"); len(s.Interfaces) != 1 || i.Description.Value != "is up, line protocol is down" || i.MTU.Value != 9198 {
		t.Errorf("got %+v", s.Interfaces)
	}
}

func TestFiltered(t *testing.T) {
	for line, want := range map[string]bool{
		"  Inbound  access list is not set\n": false, "  Inbound  access list is not set, default is not set\n": false,
		"  Inbound Common access list is not set\n  Inbound  access list is EDGE\n": true, "  Inbound Common access list is EDGE\n  Inbound  access list is not set\n": true,
	} {
		if f := parseTexts(t, "show ip interface", "Vlan30 is up, line protocol is up\n"+line).SVIs[0].Filtered; !capture.Is(f, want) {
			t.Errorf("%q: known %v, %v", line, f.Known(), f.Value)
		}
	}
}

// A blank line between the lines of a list of members does not end it, and rows of ports may be indented.
func TestSpacedTables(t *testing.T) {
	s := parseTexts(t, "show etherchannel summary", "Number of channel-groups in use: 1\n\nGroup  Port-channel  Protocol    Ports\n------+-------------+-----------+------\n1      Po1(SU)         LACP      Gi1/0/1(P)\n\n                                 Gi2/0/1(P)\n",
		"show spanning-tree", "  VLAN0010\n    Interface        Role Sts Cost      Prio.Nbr Type\n    ---------------- ---- --- --------- -------- ------\n    Po1              Desg FWD 3         128.65   P2p\n")
	if n := len(s.Aggregator("Port-channel1").Ports); n != 2 || !s.Listed.Aggregators.Known() || len(s.STP) != 1 || s.STP[0].Interface != "Port-channel1" {
		t.Errorf("got %d members, %+v", n, s.STP)
	}
	if s = parseTexts(t, "show spanning-tree", "  VLAN0010\n    Po1              New  FWD 3         128.65   P2p\n"); s.Listed.STP.Known() {
		t.Error("a list with a row that was not understood is taken for whole")
	}
}

// What is not understood in a list ends that it is whole, and is nothing of the entry before it.
func TestListsWithAnOddEntry(t *testing.T) {
	const head = "Vlan    Mac Address       Type        Ports\n----    -----------       --------    -----\n"
	for row, whole := range map[string]bool{"  10    0200.5e00.0001    DYNAMIC pv  Gi0/1\n": true, "  10 new  0200.5e00.0001    DYNAMIC     Gi0/1\n": false,
		"  10    0200.5e00.0001    DYNAMIC     Gi0/1\nGi0/2   0200.5e00.0002    static      Switch\n": true} {
		if s := parseTexts(t, "show mac address-table", head+row); s.Listed.MACs.Known() != whole || len(s.MACs) > 0 != whole {
			t.Errorf("%q: whole is %v, %+v", row, !whole, s.MACs)
		}
	}
	for row, whole := range map[string]bool{"": true, "Vlan20                 unassigned      YES unset  a new word            down\n": false} {
		if s := parseTexts(t, "show ip interface brief", "Vlan10                 192.0.2.1       YES NVRAM  up                    up\n"+row); s.Listed.SVIs.Known() != whole {
			t.Errorf("%q: whole is %v", row, !whole)
		}
	}
	s := parseTexts(t, "show vrf detail", "VRF A (VRF Id = 1); default RD <not set>\n  Interfaces:\n    Gi0/1\nVRF B (a new word); default RD <not set>\n  Interfaces:\n    Gi0/2\n")
	if s.Listed.VRFs.Known() || len(s.VRFs) != 1 || len(s.VRFs[0].Interfaces) != 1 {
		t.Errorf("got %+v", s.VRFs)
	}
}

func TestMembersOfAPortChannel(t *testing.T) {
	for _, line := range []string{"  Members in this channel: Gi1/0/2 Gi1/0/3 \n", "    No. of active members in this channel: 2 \n        Member 0 : GigabitEthernet1/0/2 , Full-duplex, 1000Mb/s\n"} {
		s := parseTexts(t, "show interfaces", "GigabitEthernet1/0/2 is up, line protocol is up (connected)\nPort-channel7 is up, line protocol is up (connected)\n"+line)
		if of := s.Interface("GigabitEthernet1/0/2").Aggregator; of.Value != "Port-channel7" || !strings.Contains(of.From.Quote(), of.Value) {
			t.Errorf("%q: got %q in %q", line, of.Value, of.From.Quote())
		}
	}
	s := parseTexts(t, "show etherchannel port-channel", "Group: 7 \n----------\nPort-channel: Po7    (Primary Aggregator)\n\nProtocol            =   LACP\n\nPorts in the Port-channel: \n\n"+
		"Index   Load   Port     EC state        No of bits\n------+------+------+------------------+-----------\n  0     00     Gi1/0/2  Active             0\n")
	if of := s.Interface("GigabitEthernet1/0/2").Aggregator; of.Value != "Port-channel7" || !strings.Contains(of.From.Quote(), "Po7") {
		t.Errorf("got %q in %q", of.Value, of.From.Quote())
	}
}

func TestSpanningTreeWithoutRoles(t *testing.T) {
	s := parseTexts(t, "show spanning-tree", "VLAN0010\nInterface        Port ID                     Designated                Port ID\nName             Prio.Nbr      Cost Sts      Cost Bridge ID            Prio.Nbr\n"+
		"---------------- -------- --------- --- --------- -------------------- --------\nFa0/1            128.1           19 FWD         0 32778 0200.5e00.0001 128.1\nFa0/2            128.2           19 BLK        19 32778 0200.5e00.0002 128.2\n")
	if len(s.STP) != 2 || !capture.Is(s.STP[0].State, state.Forwarding) || !capture.Is(s.STP[1].State, state.Blocking) || s.STP[1].Alternate.Known() || !s.Listed.STP.Known() {
		t.Errorf("got %+v", s.STP)
	}
}

func TestModelOfTwoWords(t *testing.T) {
	for line, want := range map[string]string{"cisco Catalyst 6500 (R7000) processor (revision 1.0)": "Catalyst 6500", "cisco 2621 (MPC860) processor (revision 0x102)": "2621", "Cisco IOSv (revision 1.0)": "IOSv"} {
		s := parseTexts(t, "show version", "Router uptime is 1 minute\n"+line+" with 458720K/65536K bytes of memory.\nConfiguration register is 0x2102\n")
		if got := s.Device.Model.Value; got != want {
			t.Errorf("%s: got %q", line, got)
		}
	}
}

// Chassis of a pair have several names; the model may be missing.
func TestInventoryOfAPair(t *testing.T) {
	for _, name := range []string{"Switch%d System", "Chassis %d", "Switch %d Chassis"} {
		text := ""
		for i := 1; i < 3; i++ {
			text += fmt.Sprintf("NAME: \""+name+"\", DESCR: \"a chassis\"\nPID:                   , VID:      , SN: JAE0000000%d\n", i, i)
		}
		if s := parseTexts(t, "show inventory", text); len(s.Members) != 2 || s.Members[1].Serial.Value != "JAE00000002" || !capture.Is(s.Device.Stacked, true) {
			t.Errorf("%s: got %+v", name, s.Members)
		}
	}
}

// A port that is up and not in the spanning tree of its VLAN, or does not forward it on a trunk while the tree does not block it, is held back or
// driven by something else: that it forwards is not known.
func TestPortsOutsideTheTree(t *testing.T) {
	const (
		vlans = "VLAN Name                             Status    Ports\n---- -------------------------------- --------- -------------------------------\n10   a                                active    Gi1/0/1\n" +
			"20   b                                active    \n\nVLAN Type  SAID       MTU   Parent RingNo BridgeNo Stp  BrdgMode Trans1 Trans2\n"
		vtp    = "VTP Pruning Mode                : Disabled\n"
		access = "Name: Gi1/0/1\nSwitchport: Enabled\nAdministrative Mode: static access\nOperational Mode: static access\nAccess Mode VLAN: 10 (a)\nVoice VLAN: none\n"
		trunk  = "Port        Mode             Encapsulation  Status        Native vlan\nGi1/0/2     on               802.1q         trunking      1\n\nPort        Vlans allowed on trunk\nGi1/0/2     10,20\n\n" +
			"Port        Vlans allowed and active in management domain\nGi1/0/2     10,20\n\nPort        Vlans in spanning tree forwarding state and not pruned\nGi1/0/2     %s\n"
		tree = "VLAN0010\n  Spanning tree enabled protocol rstp\n\nInterface           Role Sts Cost      Prio.Nbr Type\n------------------- ---- --- --------- -------- --------------------------------\n"
		one  = "Gi1/0/1             Desg FWD 4         128.1    P2p \n"
		two  = "Gi1/0/2             Desg FWD 4         128.2    P2p \n"
		held = "Gi1/0/2             Altn BLK 4         128.2    P2p \n"
	)
	up := func(name string) string {
		return name + " is up, line protocol is up (connected) \n  MTU 1500 bytes, BW 1000000 Kbit/sec, DLY 10 usec, \n"
	}
	for _, c := range []struct{ about, passed, rows, want string }{
		{"in it", "10,20", one + two, ""},
		{"access port that is not", "10,20", two, "GigabitEthernet1/0/1 10"},
		{"trunk that is not, and forwards", "10,20", one, ""},
		{"trunk that is not, and does not", "20", one, "GigabitEthernet1/0/2 10"},
		{"trunk that is blocked", "20", one + held, ""},
		{"trunk that forwards nothing", "none", one + held, "GigabitEthernet1/0/2 20"},
	} {
		s := parseTexts(t, "show interfaces", up("GigabitEthernet1/0/1")+up("GigabitEthernet1/0/2"), "show vlan", vlans, "show vtp status", vtp,
			"show interfaces switchport", access, "show interfaces trunk", fmt.Sprintf(trunk, c.passed), "show spanning-tree", tree+c.rows)
		got := ""
		for _, x := range s.STP {
			if !x.State.Known() {
				got += x.Interface + " " + x.VIDs.String()
			}
		}
		if got != c.want || !s.Listed.STP.Known() || (len(s.Unread) > 0) != (c.want != "") {
			t.Errorf("%s: got %q, want %q; %+v", c.about, got, c.want, s.Unread)
		}
	}
}
