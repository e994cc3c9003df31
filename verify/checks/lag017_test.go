package checks_test

import (
	"testing"

	"uplinkcheck/drivers/capture"
	"uplinkcheck/drivers/state"
	"uplinkcheck/verify"
	"uplinkcheck/verify/checks"
	"uplinkcheck/verify/topology"
)

// Where a switch does not tell its LACP system, a neighbour that may be the switch itself proves nothing: a port that hears itself makes no
// trunk, nor does one whose address two devices have.
func TestWhoIsHeardOnALAG(t *testing.T) {
	said := (&capture.Reply{Device: "test", Command: "show all", Data: []byte("said"), Complete: true}).Whole()
	text := func(s string) capture.Fact[string] { return capture.Of(s, said) }
	address := func(last byte) capture.Fact[state.Identifier] {
		return capture.Of(state.Identifier{Subtype: state.MACAddress, ID: state.MAC{2, 0, 0, 0, 0, last}.String()}, said)
	}
	port := func(name string) capture.Fact[state.Identifier] {
		return capture.Of(state.Identifier{Subtype: state.InterfaceName, ID: name}, said)
	}
	for _, c := range []struct {
		name   string
		twin   bool // another switch has the same address
		remote state.RemoteSystem
		want   verify.Outcome
	}{
		{"itself, at the same port", false, state.RemoteSystem{SystemName: text("leaf1.example.net"), ChassisID: address(1), PortID: port("e1")}, verify.Unknown},
		{"its address, which is another's too", true, state.RemoteSystem{ChassisID: address(1), PortID: port("e1")}, verify.Unknown},
		{"nothing that names it", false, state.RemoteSystem{PortID: port("eno1")}, verify.Unknown},
		{"another name", false, state.RemoteSystem{SystemName: text("kvm1"), PortID: port("eno1")}, verify.Pass},
		{"another address", false, state.RemoteSystem{ChassisID: address(9), PortID: port("eno1")}, verify.Pass},
		{"another name and one address, of an image", true, state.RemoteSystem{SystemName: text("spine1"), ChassisID: address(1), PortID: port("e7")}, verify.Pass},
	} {
		leaf := func(name string) *state.Switch {
			s := &state.Switch{Name: name, Platform: "test", Listed: state.Listed{Interfaces: said, Aggregators: said, LACP: said, Remotes: said}}
			s.Device.Hostname, s.Device.ChassisMAC = text(name), capture.Of(state.MAC{2, 0, 0, 0, 0, 1}, said)
			s.Interfaces = []state.Interface{{Name: "e1", From: said, Kind: state.Physical, Oper: capture.Of(state.Up, said)}}
			return s
		}
		s := leaf("leaf1")
		all := capture.Of(state.WholeLACPState(0x3f), said)
		s.Aggregators = []state.Aggregator{{Name: "lag1", From: said, Protocol: capture.Of(state.LACP, said), Oper: capture.Of(state.Up, said), Ports: []state.AggregationPort{{Name: "e1", From: said,
			Selected: capture.Of(state.Selected, said), Actor: state.Endpoint{State: all},
			Partner: state.Endpoint{System: capture.Of(state.MAC{2, 0, 0, 0, 0, 0xee}, said), Key: capture.Of(uint16(7), said), State: all}}}}}
		c.remote.Interface, c.remote.From = "e1", said
		s.Remotes = []state.RemoteSystem{c.remote}
		switches := []*state.Switch{s}
		if c.twin {
			switches = append(switches, leaf("leaf2"))
		}
		findings := checks.LAG017.Run(topology.Build(topology.Input{Switches: switches}))
		if len(findings) != 1 || findings[0].Outcome != c.want {
			t.Errorf("%s: got %+v, want %s", c.name, findings, c.want)
		}
	}
}
