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
	address := func(last byte) capture.Fact[state.Identifier] {
		return capture.Of(state.Identifier{Subtype: state.MACAddress, ID: state.MAC{2, 0, 0, 0, 0, last}.String()}, said)
	}
	port := func(name string) capture.Fact[state.Identifier] {
		return is(state.Identifier{Subtype: state.InterfaceName, ID: name})
	}
	for _, c := range []struct {
		name   string
		twin   bool // another switch has the same address
		remote state.RemoteSystem
		want   verify.Outcome
	}{
		{"itself, at the same port", false, state.RemoteSystem{SystemName: is("leaf1.example.net"), ChassisID: address(1), PortID: port("e1")}, verify.Unknown},
		{"its address, which is another's too", true, state.RemoteSystem{ChassisID: address(1), PortID: port("e1")}, verify.Unknown},
		{"nothing that names it", false, state.RemoteSystem{PortID: port("eno1")}, verify.Unknown},
		{"another name", false, state.RemoteSystem{SystemName: is("kvm1"), PortID: port("eno1")}, verify.Pass},
		{"another address", false, state.RemoteSystem{ChassisID: address(9), PortID: port("eno1")}, verify.Pass},
		{"another name and one address, of an image", true, state.RemoteSystem{SystemName: is("spine1"), ChassisID: address(1), PortID: port("e7")}, verify.Pass},
	} {
		leaf := func(name string) *state.Switch {
			s := &state.Switch{Name: name, Platform: "test", Listed: state.Listed{Interfaces: said, Aggregators: said, LACP: said, Remotes: said}}
			s.Device.Hostname, s.Device.ChassisMAC = is(name), is(state.MAC{2, 0, 0, 0, 0, 1})
			s.Interfaces = []state.Interface{{Name: "e1", From: said, Kind: state.Physical, Oper: is(state.Up)}}
			return s
		}
		s := leaf("leaf1")
		all := is(state.WholeLACPState(0x3f))
		s.Aggregators = []state.Aggregator{{Name: "lag1", From: said, Protocol: is(state.LACP), Oper: is(state.Up), Ports: []state.AggregationPort{{Name: "e1", From: said,
			Selected: is(state.Selected), Actor: state.Endpoint{State: all},
			Partner: state.Endpoint{System: is(state.MAC{2, 0, 0, 0, 0, 0xee}), Key: is(uint16(7)), State: all}}}}}
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
