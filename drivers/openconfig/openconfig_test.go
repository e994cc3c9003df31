package openconfig

import (
	"slices"
	"strings"
	"testing"

	"uplinkcheck/drivers"
	"uplinkcheck/drivers/capture"
	"uplinkcheck/drivers/drivertest"
	"uplinkcheck/drivers/state"
)

func TestDriver(t *testing.T) { drivertest.Run(t, Driver) }

func FuzzParse(f *testing.F) { drivertest.Fuzz(f, Driver) }

func TestErrorsAreNoAnswers(t *testing.T) {
	for reply, want := range map[string]string{
		`<rpc-reply><rpc-error><error-tag>operation-not-supported</error-tag><error-severity>error</error-severity></rpc-error></rpc-reply>`:                                                                  "operation-not-supported",
		`<nc:rpc-reply xmlns:nc="x"><nc:rpc-error><nc:error-severity>error</nc:error-severity><nc:error-message>access denied</nc:error-message></nc:rpc-error></nc:rpc-reply>`:                               "access denied",
		`<rpc-reply><rpc-error><error-severity>warning</error-severity><error-message>old</error-message></rpc-error><data/></rpc-reply>`:                                                                     "",
		`<rpc-reply><data><lldp><interfaces><interface><name>a rpc-error> in a name</name></interface></interfaces></lldp></data></rpc-reply>`:                                                                "",
		`<rpc-reply><data><interfaces><interface><rpc-error><error-severity>error</error-severity><error-message>no error of the RPC</error-message></rpc-error></interface></interfaces></data></rpc-reply>`: "",
	} {
		if got := refusal([]byte(reply)); got != want {
			t.Errorf("%s: got %q, want %q", reply, got, want)
		}
	}
}

// said is what the driver reads of one answer.
func said(t *testing.T, i int, data string) *state.Switch {
	t.Helper()
	s, err := parse(&capture.Capture{Device: "sw1", Replies: []*capture.Reply{{Device: "sw1", Command: Driver.Commands[i].Line, Data: []byte(data), Complete: true}}})
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func TestAnEmptyAnswerIsNoEvidence(t *testing.T) {
	for i, c := range Driver.Commands {
		s := said(t, i, `<rpc-reply xmlns="urn:ietf:params:xml:ns:netconf:base:1.0"><data/></rpc-reply>`)
		if s.Listed != (state.Listed{}) || len(s.Unread) == 0 {
			t.Errorf("%s: an answer without the model lists %+v and notes %d", c.Line, s.Listed, len(s.Unread))
		}
	}
}

func TestSpeeds(t *testing.T) {
	for in, want := range map[string]uint64{"SPEED_10GB": 10e9, "SPEED_2500MB": 2.5e9, "SPEED_100MB": 1e8, "SPEED_UNKNOWN": 0, "10GB": 0, "SPEED_GB": 0} {
		if got, ok := speed(in); got != want || ok != (want > 0) {
			t.Errorf("%s: got %d", in, got)
		}
	}
}

// The tree of RSTP is that of all VLANs only where no other protocol runs.
func TestTreeOfAProtocolThatIsOff(t *testing.T) {
	const tree = `<rstp><interfaces><interface><name>et1</name><state><port-state>FORWARDING</port-state></state></interface></interfaces></rstp>`
	for global, want := range map[string]int{
		"": 1, `<global><state><enabled-protocol>oc-stp-types:RSTP</enabled-protocol></state></global>`: 1,
		`<global><state><enabled-protocol>oc-stp-types:RAPID_PVST</enabled-protocol></state></global>`: 0, `<rapid-pvst><vlan><vlan-id>10</vlan-id></vlan></rapid-pvst>`: 0,
	} {
		if s := said(t, slices.IndexFunc(Driver.Commands, func(c drivers.Command) bool { return strings.Contains(c.Line, "<stp ") }), `<rpc-reply><data><stp>`+global+tree+`</stp></data></rpc-reply>`); len(s.STP) != want {
			t.Errorf("%q: got %+v", global, s.STP)
		}
	}
}

// A server that lists VLANs in no network instance does not say that there are none.
func TestNoListOfVLANs(t *testing.T) {
	at := slices.IndexFunc(Driver.Commands, func(c drivers.Command) bool { return strings.Contains(c.Line, "<vlans/>") })
	for vlans, whole := range map[string]bool{`<vlans/>`: true, ``: false} {
		s := drivertest.Parse(t, Driver, Driver.Commands[at].Line, `<rpc-reply><data><network-instances xmlns="http://openconfig.net/yang/network-instance"><network-instance><name>default</name>`+
			`<state><name>default</name><type>DEFAULT_INSTANCE</type></state>`+vlans+`</network-instance></network-instances></data></rpc-reply>`)
		if len(s.VRFs) != 1 || s.Listed.VLANs.Known() != whole {
			t.Errorf("%q: %d instances, whole is %v", vlans, len(s.VRFs), !whole)
		}
	}
}

// A port that is up and not viable for forwarding is not known to forward.
func TestPortsThatAreNotViable(t *testing.T) {
	for viable, known := range map[string]bool{"": true, "<forwarding-viable>true</forwarding-viable>": true, "<forwarding-viable>false</forwarding-viable>": false} {
		s := said(t, 2, `<rpc-reply><data><interfaces xmlns="http://openconfig.net/yang/interfaces"><interface><name>et1</name>`+
			`<state><name>et1</name><type>ethernetCsmacd</type><oper-status>UP</oper-status>`+viable+`</state></interface></interfaces></data></rpc-reply>`)
		if i := s.Interface("et1"); i == nil || i.Oper.Known() != known || len(s.Unread) > 0 == known {
			t.Errorf("%q: got %+v, %+v", viable, i, s.Unread)
		}
	}
}
