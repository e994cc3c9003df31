package arista_eos

import (
	"testing"

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

// What is said of an interface in a state that is not known is said of no other.
func TestInterfacesInUnknownStates(t *testing.T) {
	s := drivertest.Parse(t, Driver, "show interfaces", "Ethernet1 is up, line protocol is up (connected)\n  Hardware is Ethernet, address is 0053.0000.0001 (bia 0053.0000.0001)\n"+
		"Ethernet2 is recovering, line protocol is down (notconnect)\n  Hardware is Ethernet, address is 0053.0000.0002 (bia 0053.0000.0002)\n  Ethernet MTU 9214 bytes\n")
	if len(s.Interfaces) != 1 || s.Interfaces[0].MAC.Value != (state.MAC{0, 0x53, 0, 0, 0, 1}) || s.Interfaces[0].MTU.Known() || len(s.Unread) != 1 {
		t.Errorf("got %+v, unread %v", s.Interfaces, s.Unread)
	}
}
