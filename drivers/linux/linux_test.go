package linux

import (
	"testing"

	"uplinkcheck/drivers/capture"
	"uplinkcheck/drivers/drivertest"
	"uplinkcheck/drivers/kernel"
	"uplinkcheck/drivers/state"
)

func TestDriver(t *testing.T) { drivertest.Run(t, Driver) }

func TestCorpus(t *testing.T) { drivertest.Corpus(t, Driver) }

func FuzzParse(f *testing.F) { drivertest.Fuzz(f, Driver) }

// A machine with tunnels of VXLAN may be in Ethernet segments: that it has no multi-chassis LAGs is not known.
func TestOverlay(t *testing.T) {
	for kind, want := range map[string]state.MLAGProtocol{"bridge": state.NoMLAG, "vxlan": 0} {
		s := drivertest.Parse(t, Driver, kernel.LinksLine, `[{"ifname":"x1","link_type":"ether","operstate":"UP","linkinfo":{"info_kind":"`+kind+`"}}]`)
		if got := s.MLAG.Protocol; got.Value != want || got.Known() != (want != 0) {
			t.Errorf("%s: got %v", kind, got.Value)
		}
	}
}

// A port without a VLAN is neither an access port nor a trunk.
func TestAPortWithoutAVLAN(t *testing.T) {
	s := drivertest.Parse(t, Driver, kernel.VLANsTextLine, "port\tvlan ids\neth1\tNone\n\neth2\t 5\n\n")
	if none, one := s.BridgePort("eth1"), s.BridgePort("eth2"); none.Mode.Known() || !none.Configured.Known() || !capture.Is(one.Mode, state.Trunk) {
		t.Errorf("got %+v and %+v", none, one)
	}
}

// What has no name ends that the list of links is whole.
func TestLinksThatAreNotAll(t *testing.T) {
	for more, whole := range map[string]bool{``: true, `,{"link_type":"ether","operstate":"UP"}`: false} {
		s := drivertest.Parse(t, Driver, kernel.LinksLine, `[{"ifname":"eth1","link_type":"ether","operstate":"UP"}`+more+`]`)
		if len(s.Interfaces) != 1 || s.Listed.Interfaces.Known() != whole || s.Listed.LACP.Known() != whole {
			t.Errorf("%q: %d interfaces, whole is %v", more, len(s.Interfaces), !whole)
		}
	}
}

// An address that was not understood ends that the list of addresses is whole.
func TestAddressesThatAreNotAll(t *testing.T) {
	for entry, whole := range map[string]bool{`"mac":"02:00:5e:10:00:02"`: true, `"mac":"ip"`: false} {
		s := drivertest.Parse(t, Driver,
			kernel.LinksLine, `[{"ifname":"br0","link_type":"ether","operstate":"UP","linkinfo":{"info_kind":"bridge","info_data":{"vlan_filtering":1}}},
				{"ifname":"eth1","link_type":"ether","operstate":"UP","master":"br0","linkinfo":{"info_slave_kind":"bridge"}}]`,
			kernel.FDBLine, `[{`+entry+`,"ifname":"eth1","master":"br0","flags":[],"state":""}]`)
		if got := s.Listed.MACs.Known(); got != whole {
			t.Errorf("%s: the list is whole: got %v, want %v", entry, got, whole)
		}
	}
}

// A team's daemon tells of its members what nothing else was asked for.
func TestMembersOfATeam(t *testing.T) {
	s := drivertest.Parse(t, Driver, "teamdctl team0 state dump", `{"setup":{"runner_name":"lacp"},"team_device":{"ifinfo":{"ifname":"team0"}},
		"ports":{"eth1":{"link":{"duplex":"full","speed":10000,"up":true}},"eth2":{"link":{"duplex":"","speed":0,"up":false}}}}`)
	up, down := s.Interface("eth1"), s.Interface("eth2")
	if !capture.Is(up.Aggregator, "team0") || !capture.Is(up.Oper, state.Up) || !capture.Is(up.Duplex, state.Full) {
		t.Errorf("a member that is up: got %+v", up)
	}
	if !capture.Is(down.Aggregator, "team0") || !capture.Is(down.Oper, state.Down) || down.Duplex.Known() || down.Speed.Known() {
		t.Errorf("a member that is down: got %+v", down)
	}
}
