package nokia_srlinux

import (
	"testing"

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
