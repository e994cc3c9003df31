package dell_os10

import (
	"testing"

	"uplinkcheck/drivers/capture"
	"uplinkcheck/drivers/drivertest"
	"uplinkcheck/drivers/state"
)

// A list is whole only where each row of it was understood.
func TestAnOddRowEndsAList(t *testing.T) {
	const ports = "vlt-port-channel ID : 10\n* 1  port-channel10  up  1  1\n"
	const vrfs = "VRF-Name                          Interfaces\ndefault                           Vlan1\n"
	const macs = "VlanId    Mac Address           Type       Interface\n1         02:00:5e:10:00:01     dynamic    port-channel20\n"
	vltPorts := func(l state.Listed) bool { return l.MLAGPorts.Known() }
	instances := func(l state.Listed) bool { return l.VRFs.Known() }
	addresses := func(l state.Listed) bool { return l.MACs.Known() }
	for _, test := range []struct {
		command, reply string
		listed         func(l state.Listed) bool
		want           bool
	}{
		{"show vlt 1 vlt-port-detail", ports + "  2  port-channel10  up  1  1\n", vltPorts, true},
		{"show vlt 1 vlt-port-detail", ports + "  2  port-channel10  lost  1  1\n", vltPorts, false},
		{"show ip vrf", vrfs, instances, true},
		{"show ip vrf", vrfs + "                                  Tunnel 1\n", instances, false},
		{"show mac address-table", macs, addresses, true},
		{"show mac address-table", macs + "pv 20     02:00:5e:10:00:02     dynamic    ethernet1/1/1\n", addresses, false},
	} {
		s := drivertest.Parse(t, Driver, test.command, test.reply)
		if got := test.listed(s.Listed); got != test.want {
			t.Errorf("%s: %q: whole is %v, want %v", test.command, test.reply, got, test.want)
		}
	}
}

// Every member of a LAG is asked by itself: one answer is not all of LACP.
func TestLACPIsWholeWhenAllAnswered(t *testing.T) {
	c := &capture.Capture{Device: "leaf1"}
	add := func(command, text string) {
		c.Replies = append(c.Replies, &capture.Reply{Device: "leaf1", Command: command, Data: []byte(text), Complete: true})
	}
	whole := func() bool {
		s, err := Driver.Parse(c)
		if err != nil {
			t.Fatal(err)
		}
		return s.Listed.LACP.Known()
	}
	add(summaryLine, "10    port-channel10   (U)   Eth      DYNAMIC   1/1/1(P) 1/1/2(P)\n11    port-channel11   (U)   Eth      STATIC    1/1/3(P)\n")
	for k, port := range []string{"1/1/1", "1/1/2"} {
		add("show lacp interface ethernet "+port, "Interface ethernet"+port+" is up\nChannel group is 10 port channel is po10\nActor Oper State=ADEGIKNP\n")
		if got := whole(); got != (k == 1) {
			t.Errorf("with %d of two answers: whole is %v", k+1, got)
		}
	}
}
