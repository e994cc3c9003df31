package arista_eos

import (
	"fmt"
	"testing"
	"time"

	"uplinkcheck/drivers/capture"
	"uplinkcheck/drivers/drivertest"
	"uplinkcheck/drivers/state"
)

func TestDriver(t *testing.T) { drivertest.Run(t, Driver) }

func TestCorpus(t *testing.T) { drivertest.Corpus(t, Driver) }

func FuzzParse(f *testing.F) { drivertest.Fuzz(f, Driver) }

// An Ethernet segment has an LACP system of its own, also where EVPN runs over MPLS and no interface is Vxlan.
func TestTheSystemOfAnEthernetSegmentIsNotGuessed(t *testing.T) {
	lag := `{"portChannels":{"Port-Channel1":{"interfaces":{"Ethernet1":{"actorPortStatus":"bundled","partnerSystemId":"ffff,02-00-00-00-00-01"}}}}}`
	for segments, known := range map[string]bool{
		`{"bgpEvpnInstances":{}}`: true,
		`{"bgpEvpnInstances":{"VLAN 10":{"ethernetSegments":{"0011:1111:0000:0000:0a10":{"intf":"Port-Channel1"}}}}}`: false,
	} {
		s := drivertest.Parse(t, Driver, "show version | json", `{"systemMacAddress":"00:53:00:00:00:01"}`, "show interfaces | json", `{"interfaces":{}}`,
			"show mlag detail | json", `{"state":"disabled"}`, "show lacp interface detailed | json", lag, "show bgp evpn instance | json", segments)
		if got := s.Aggregator("Port-Channel1").Ports[0].Actor.System; got.Known() != known {
			t.Errorf("%s: the system is known: %v, as %s", segments, got.Known(), got.Value)
		}
	}
}

// Text of interfaces tells of routed interfaces of VLANs, of ports that route and of what a LAG does without a partner.
func TestInterfacesText(t *testing.T) {
	s := drivertest.Parse(t, Driver, "show interfaces", "Ethernet1 is up, line protocol is up (connected)\n  Internet address is 192.0.2.0/31\n  Up 3 days, 4 hours, 1 minute\n"+
		"Vlan20 is down, line protocol is lowerlayerdown (notconnect)\n  No Internet protocol address assigned\n"+
		"Port-Channel1 is up, line protocol is up (connected)\n  Fallback mode is: static\nPort-Channel2 is up, line protocol is up (connected)\n  Fallback mode is: off\n")
	if !capture.Is(s.Interface("Ethernet1").Bridged, false) || s.Interface("Port-Channel1").Bridged.Known() {
		t.Error("a port with an address routes, and nothing is known of any other")
	}
	if !capture.Is(s.Interface("Ethernet1").Unchanged, 76*time.Hour+time.Minute) || s.Interface("Vlan20").Unchanged.Known() {
		t.Errorf("the age of a link: got %v", s.Interface("Ethernet1").Unchanged.Value)
	}
	if len(s.SVIs) != 1 || !capture.Is(s.SVIs[0].VID, 20) || !capture.Is(s.SVIs[0].Oper, state.Down) || s.SVIs[0].Addressed.Known() {
		t.Errorf("routed interfaces: got %+v", s.SVIs)
	}
	if !capture.Is(s.Aggregator("Port-Channel1").Fallback, state.StaticFallback) || !capture.Is(s.Aggregator("Port-Channel2").Fallback, state.NoFallback) {
		t.Error("what a LAG does without a partner was not read")
	}
}

// A port that a primary VLAN lists for its secondary one may carry either.
func TestPortsOfPrivateVLANs(t *testing.T) {
	for promoted, members := range map[string]string{"false": "301", "true": "unknown"} {
		s := drivertest.Parse(t, Driver, vlanLine, `{"vlans":{"20":{"name":"a","status":"active","interfaces":{"Ethernet1":{"privatePromoted":`+promoted+`}}},
			"301":{"name":"b","status":"active","interfaces":{"Ethernet1":{"privatePromoted":false}}}}}`,
			switchportLine, `{"switchports":{"Ethernet1":{"enabled":true,"switchportInfo":{"mode":"access","accessVlanId":301,"vlanForwardingMode":"allowedVlansOnly"}}}}`)
		b, got := s.BridgePort("Ethernet1"), "unknown"
		if b.Members.Known() {
			got = b.Members.Value.String()
		}
		if got != members || b.Configured.Known() != b.Members.Known() {
			t.Errorf("promoted %s: it carries %s, configured %v, want %s", promoted, got, b.Configured, members)
		}
	}
}

// What stands for the VLAN of a port may be any word, the status of a port is one of those that are known, in one place.
func TestStatusOfPorts(t *testing.T) {
	s := drivertest.Parse(t, Driver, "show interfaces status", "Port       Name             Status       Vlan       Duplex Speed  Type         Flags\n"+
		"Et1        a                connected    fabric     full   10G    10GBASE-SR\nEt2        connected x full notconnect   1          auto   auto   10GBASE-SR\n"+
		"Et3        a connected b    connected    in Po7     full   10G    10GBASE-SR\n")
	one, two, three := s.Interface("Ethernet1"), s.Interface("Ethernet2"), s.Interface("Ethernet3")
	if one == nil || !capture.Is(one.Oper, state.Up) || one.Bridged.Known() || two != nil || three == nil || !capture.Is(three.Aggregator, "Port-Channel7") || len(s.Unread) != 1 {
		t.Errorf("got %+v, unread %v", s.Interfaces, s.Unread)
	}
}

// A state of MLAG that is not known does not tell whether the peers work together.
func TestMLAGInAnUnknownState(t *testing.T) {
	for word, want := range map[string]string{"active": "true", "inactive": "false", "upgrading": "unknown"} {
		for line, reply := range map[string]string{
			"show mlag detail | json": `{"state":"` + word + `","negStatus":"connected"}`,
			"show mlag detail":        "state : " + word + "\nnegotiation status : Connected\n",
		} {
			got := "unknown"
			if m := drivertest.Parse(t, Driver, line, reply).MLAG; m.Peered.Known() {
				got = fmt.Sprint(m.Peered.Value)
			}
			if got != want {
				t.Errorf("%s: %s: got %s, want %s", line, word, got, want)
			}
		}
	}
}

// What is said of a LAG in a form that is not known is said of no other.
func TestLAGsThatAreNotUnderstood(t *testing.T) {
	s := drivertest.Parse(t, Driver, "show port-channel summary", "   Po1(DE)            LACP(a)     Et1(PG+)\n   Po2(U*)            LACP(a)     Et2(PG+)\n"+
		"                                  Et3(PG+)\n")
	if len(s.Aggregators) != 1 || !capture.Is(s.Aggregators[0].Oper, state.Down) || len(s.Aggregators[0].Ports) != 1 || len(s.Unread) != 1 {
		t.Errorf("got %+v, unread %v", s.Aggregators, s.Unread)
	}
}

// A LAG's number is no identifier of a port that sent none.
func TestNeighboursWithoutAPort(t *testing.T) {
	s := drivertest.Parse(t, Driver, "show lldp neighbors detail", "Interface Ethernet1 detected 1 LLDP neighbors:\n\n  Neighbor 0053.0000.0001/\"\", age 12 seconds\n"+
		"  - Chassis ID type: MAC address (4)\n    Chassis ID     : 0053.0000.0001\n  - Port ID type: Interface name (5)\n    Port ID     :\n"+
		"  - IEEE802.1/IEEE802.3 Link Aggregation\n    Link Aggregation Status: Capable, Enabled (0x03)\n    Port ID                : 7\n")
	if len(s.Remotes) != 0 || len(s.Unread) != 1 {
		t.Errorf("got %+v, unread %v", s.Remotes, s.Unread)
	}
}

// Neighbours of a port whose line is not understood are no neighbours of the port before it.
func TestNeighboursOfAnUnknownPort(t *testing.T) {
	s := drivertest.Parse(t, Driver, "show lldp neighbors detail", "Interface Ethernet1 detected 0 LLDP neighbors:\n\nInterface Ethernet2 has found 1 LLDP neighbor:\n\n"+
		"  - Chassis ID type: MAC address (4)\n    Chassis ID     : 0053.0000.0001\n  - Port ID type: Interface name (5)\n    Port ID     : \"a\"\n")
	if len(s.Remotes) != 0 || len(s.Unread) != 1 {
		t.Errorf("got %+v, unread %v", s.Remotes, s.Unread)
	}
}

// A neighbour that sent no name has its chassis in that place, in either form of the list.
func TestNeighboursWithoutAName(t *testing.T) {
	for line, reply := range map[string]string{
		"show lldp neighbors | json": `{"lldpNeighbors":[{"port":"Ethernet1","neighborDevice":"0053.0000.0001","neighborPort":"0053.0000.0002","ttl":120}]}`,
		"show lldp neighbors":        "Port          Neighbor Device ID       Neighbor Port ID    TTL\nEt1           0053.0000.0001           0053.0000.0002      120\n",
	} {
		r := drivertest.Parse(t, Driver, line, reply).Remotes
		if len(r) != 1 || r[0].SystemName.Known() || !capture.Is(r[0].ChassisID, state.Identifier{ID: "00:53:00:00:00:01"}) {
			t.Errorf("%s: got %+v", line, r)
		}
	}
}

// What is said of an interface in a state that is not known is said of no other.
func TestInterfacesInUnknownStates(t *testing.T) {
	s := drivertest.Parse(t, Driver, "show interfaces", "Ethernet1 is up, line protocol is up (connected)\n  Hardware is Ethernet, address is 0053.0000.0001 (bia 0053.0000.0001)\n"+
		"Ethernet2 is recovering, line protocol is down (notconnect)\n  Hardware is Ethernet, address is 0053.0000.0002 (bia 0053.0000.0002)\n  Ethernet MTU 9214 bytes\n"+
		"Ethernet3 is up, line protocol is up (connected)\nEthernet4 is something else\n  Ethernet MTU 9214 bytes\n")
	if len(s.Interfaces) != 2 || s.Interfaces[1].MTU.Known() || s.Interfaces[0].MAC.Value != (state.MAC{0, 0x53, 0, 0, 0, 1}) || s.Interfaces[0].MTU.Known() || len(s.Unread) != 1 {
		t.Errorf("got %+v, unread %v", s.Interfaces, s.Unread)
	}
}

// A LAG that needs a speed needs more links than it says.
func TestLeastSpeedOfALAG(t *testing.T) {
	for speed, known := range map[string]bool{`"0 gbps"`: true, `"20 gbps"`: false, `""`: true} {
		s := drivertest.Parse(t, Driver, "show port-channel | json", `{"portChannels":{"Port-Channel1":{"minSpeed":`+speed+`,"minLinks":0,"activePorts":{"Ethernet1":{}},"inactivePorts":{}}}}`)
		if s.Aggregators[0].MinLinks.Known() != known || len(s.Unread) > 0 == known {
			t.Errorf("%s: got %+v, %+v", speed, s.Aggregators[0], s.Unread)
		}
	}
}

// A port that LACP has bundled and that the LAG lists as inactive does not forward in it.
func TestBundledPortThatIsInactive(t *testing.T) {
	const lacp = `{"portChannels":{"Port-Channel1":{"interfaces":{"Ethernet1":{"actorPortStatus":"bundled"}}}}}`
	for list, want := range map[string]string{
		`"activePorts":{"Ethernet1":{}},"inactivePorts":{}`:                                       "selected ",
		`"activePorts":{},"inactivePorts":{"Ethernet1":{"reasonUnconfigured":"waiting for BFD"}}`: "unselected waiting for BFD",
	} {
		s := drivertest.Parse(t, Driver, "show lacp interface detailed | json", lacp, "show port-channel | json", `{"portChannels":{"Port-Channel1":{`+list+`}}}`)
		m := s.Aggregators[0].Ports[0]
		if got := m.Selected.Value.String() + " " + m.Reason.Value; got != want {
			t.Errorf("%s: got %s, want %s", list, got, want)
		}
	}
}

// Where the address of a frame decides in which VLAN it is, the access VLAN of the port is not that of what arrives.
func TestVLANsByAddress(t *testing.T) {
	for by, known := range map[string]bool{"false": true, "true": false} {
		s := drivertest.Parse(t, Driver, vlanLine, `{"vlans":{"301":{"name":"b","status":"active","interfaces":{"Ethernet1":{}}}}}`,
			switchportLine, `{"switchports":{"Ethernet1":{"enabled":true,"switchportInfo":{"mode":"access","accessVlanId":301,"mbvaEnabled":`+by+`,"vlanForwardingMode":"allowedVlansOnly"}}}}`)
		if b := s.BridgePort("Ethernet1"); b.Members.Known() != known || b.PVID.Known() != known || len(s.Unread) > 0 == known {
			t.Errorf("%s: got %+v, %+v", by, b, s.Unread)
		}
	}
}
