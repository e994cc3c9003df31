package nokia_srlinux

import (
	"testing"
	"time"

	"uplinkcheck/drivers/capture"
	"uplinkcheck/drivers/drivertest"
	"uplinkcheck/drivers/state"
)

func TestDriver(t *testing.T) { drivertest.Run(t, Driver) }

func TestCorpus(t *testing.T) { drivertest.Corpus(t, Driver) }

func FuzzParse(f *testing.F) { drivertest.Fuzz(f, Driver) }

// What has no name ends that the list it stands in is whole.
func TestInterfacesThatAreNotAll(t *testing.T) {
	for more, whole := range map[string]bool{
		``: true,
		`,"subinterface":[{"admin-state":"enable"}]`:                false,
		`,"lag":{"lag-type":"lacp","member":[{"oper-state":"up"}]}`: false,
	} {
		s := drivertest.Parse(t, Driver, interfaceLine, `{"interface":[{"name":"lag1","admin-state":"enable","oper-state":"up"`+more+`}]}`)
		if len(s.Interfaces) != 1 || s.Listed.Interfaces.Known() != whole || s.Listed.LACP.Known() != whole {
			t.Errorf("%s: %d interfaces, whole is %v", more, len(s.Interfaces), !whole)
		}
	}
}

// What text tells of a port beyond its state: how steady it is, and the addresses of one for management. Of a LAG, why it is down.
func TestDetailText(t *testing.T) {
	s := drivertest.Parse(t, Driver, "show interface detail", "Interface: mgmt0\n-----\n  Oper state          : up\n  Last change         : 2d3h4m5s ago, 1 flap since last clear\n-----\n"+
		"  Subinterface: mgmt0.0\n-----\n  Oper state            : up\n  IPv4 addr    : 192.0.2.7/24 (dhcp, None)\n  IPv6 addr    : fe80::1/64 (link-layer, None)\n-----\n"+
		"  Subinterface: irb0.10\n-----\n  IPv4 addr    : 198.51.100.1/24 (static, None)\n-----\n",
		"show lag", "lag5 is down, reason no-active-links, min links 1\n-----\n")
	n := s.Interface("mgmt0")
	if !capture.Is(n.Unchanged, 51*time.Hour+4*time.Minute+5*time.Second) || !capture.Is(n.Transitions, 1) || len(n.Addresses) != 1 || n.Addresses[0].Value.String() != "192.0.2.7/24" {
		t.Errorf("got %+v", n)
	}
	if len(s.SVIs) != 1 || !capture.Is(s.SVIs[0].Addressed, true) {
		t.Errorf("routed interfaces: got %+v", s.SVIs)
	}
	if lag := s.Interface("lag5"); !capture.Is(lag.OperReason, "no-active-links") {
		t.Errorf("a LAG: got %+v", lag)
	}
}

// Without a part about the spanning tree in what a subinterface tells of bridging it forwards; where bridging is not told, nobody knows.
func TestSpanningTree(t *testing.T) {
	for _, c := range []struct {
		bridging string
		whole    bool
		state    state.STPState // 0: none is listed
	}{
		{``, false, 0},
		{`,"bridge-table":{"mac-limit":{"maximum-entries":250}}`, true, 0},
		{`,"bridge-table":{"stp":{"admin-state":"disable","port-state":"DISABLED"}}`, true, 0},
		{`,"bridge-table":{"stp":{"admin-state":"enable","port-state":"srl_nokia-stp-types:FORWARDING"}}`, true, state.Forwarding},
		{`,"bridge-table":{"stp":{"admin-state":"enable","port-state":"BLOCKING"}}`, true, state.Blocking},
		{`,"bridge-table":{"stp":{"admin-state":"enable"}}`, false, 0},
		{`,"bridge-table":{"stp":{"admin-state":"enable","port-state":"FORWARDING","mst-instance":[{"mst-id":1,"port-state":"BLOCKING"}]}}`, false, 0},
	} {
		s := drivertest.Parse(t, Driver, interfaceLine, `{"interface":[{"name":"lag1","admin-state":"enable","oper-state":"up","subinterface":[`+
			`{"index":10,"name":"lag1.10","type":"bridged","oper-state":"up","vlan":{"encap":{"single-tagged":{"vlan-id":10}}}`+c.bridging+`}]}]}`)
		if s.Listed.STP.Known() != c.whole || len(s.STP) != map[bool]int{true: 0, false: 1}[c.state == 0] {
			t.Errorf("%s: whole is %v, %+v", c.bridging, s.Listed.STP.Known(), s.STP)
		} else if len(s.STP) > 0 && (s.STP[0].State.Value != c.state || s.STP[0].VIDs != state.VIDs(10) || s.STP[0].Interface != "lag1") {
			t.Errorf("%s: got %+v", c.bridging, s.STP[0])
		}
	}
}

// What fits through a port counts the tag, and is not known where a subinterface lets less through.
func TestMTU(t *testing.T) {
	for _, c := range []struct {
		subinterface     string
		tagged, untagged int // 0: unknown
	}{
		{``, 9214, 9218},
		{`,"l2-mtu":9232`, 9214, 9218},
		{`,"l2-mtu":1518`, 0, 0},
	} {
		s := drivertest.Parse(t, Driver, interfaceLine, `{"interface":[{"name":"lag1","admin-state":"enable","oper-state":"up","mtu":9232,"subinterface":[`+
			`{"index":10,"name":"lag1.10","type":"bridged","oper-state":"up"`+c.subinterface+`}]}]}`)
		tagged, untagged := s.Payload(&s.Interfaces[0])
		if tagged.Value != c.tagged || untagged.Value != c.untagged || tagged.Known() != (c.tagged > 0) {
			t.Errorf("%s: %d with a tag, %d without", c.subinterface, tagged.Value, untagged.Value)
		}
	}
}
