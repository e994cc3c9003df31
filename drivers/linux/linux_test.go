package linux

import (
	"strconv"
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

// A port of a bridge that is isolated says so, as JSON and as text; older tools do not print it.
func TestIsolatedPorts(t *testing.T) {
	json := func(data string) string {
		return `[{"ifname":"br0","link_type":"ether","operstate":"UP","linkinfo":{"info_kind":"bridge","info_data":{"vlan_filtering":1}}},
			{"ifname":"eth1","link_type":"ether","operstate":"UP","master":"br0","linkinfo":{"info_slave_kind":"bridge","info_slave_data":{"state":"forwarding"` + data + `}}}]`
	}
	text := func(data string) string {
		return "2: br0: <BROADCAST,UP,LOWER_UP> mtu 1500 qdisc noqueue state UP mode DEFAULT group default \n    link/ether 02:00:00:00:00:01 brd ff:ff:ff:ff:ff:ff promiscuity 0 \n" +
			"    bridge forward_delay 1500 vlan_filtering 1 \n" +
			"3: eth1: <BROADCAST,UP,LOWER_UP> mtu 1500 qdisc noqueue master br0 state UP mode DEFAULT group default \n    link/ether 02:00:00:00:00:02 brd ff:ff:ff:ff:ff:ff promiscuity 1 \n" +
			"    bridge_slave state forwarding priority 32 cost 100 hairpin off " + data + "\n"
	}
	for _, c := range []struct{ line, reply, want string }{
		{kernel.LinksLine, json(`,"isolated":true`), "true"},
		{kernel.LinksLine, json(`,"isolated":false`), "false"},
		{kernel.LinksLine, json(``), "unknown"},
		{kernel.LinksLine, json(`,"isolated":"somewhat"`), "unknown"},
		{kernel.LinksTextLine, text("neigh_suppress off isolated on locked off"), "true"},
		{kernel.LinksTextLine, text("neigh_suppress off isolated off"), "false"},
		{kernel.LinksTextLine, text(""), "unknown"},
	} {
		got := "no port"
		if b := drivertest.Parse(t, Driver, c.line, c.reply).BridgePort("eth1"); b != nil {
			if got = "unknown"; b.Protected.Known() {
				got = strconv.FormatBool(b.Protected.Value)
			}
		}
		if got != c.want {
			t.Errorf("%s: got %s, want %s", c.reply, got, c.want)
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

// A bridge that filters by provider tags has VLANs of its own: none of them is that of an 802.1Q tag.
func TestBridgeOfProviderTags(t *testing.T) {
	const vlans = `[{"ifname":"eth1","vlans":[{"vlan":10}]}]`
	json := func(protocol string) string {
		return `[{"ifname":"br0","link_type":"ether","operstate":"UP","linkinfo":{"info_kind":"bridge","info_data":{"vlan_filtering":1` + protocol + `}}},
			{"ifname":"eth1","link_type":"ether","operstate":"UP","master":"br0","linkinfo":{"info_slave_kind":"bridge"}}]`
	}
	text := func(protocol string) string {
		return "2: br0: <BROADCAST,UP,LOWER_UP> mtu 1500 qdisc noqueue state UP mode DEFAULT group default \n    link/ether 02:00:00:00:00:01 brd ff:ff:ff:ff:ff:ff promiscuity 0 \n" +
			"    bridge forward_delay 1500 stp_state 0 vlan_filtering 1 " + protocol + "vlan_default_pvid 1 \n" +
			"3: eth1: <BROADCAST,UP,LOWER_UP> mtu 1500 qdisc noqueue master br0 state UP mode DEFAULT group default \n    link/ether 02:00:00:00:00:02 brd ff:ff:ff:ff:ff:ff promiscuity 1 \n" +
			"    bridge_slave state forwarding priority 32 \n"
	}
	for _, c := range []struct {
		line, reply string
		known       bool
	}{
		{kernel.LinksLine, json(``), true},
		{kernel.LinksLine, json(`,"vlan_protocol":"802.1Q"`), true},
		{kernel.LinksLine, json(`,"vlan_protocol":"802.1ad"`), false},
		{kernel.LinksTextLine, text("vlan_protocol 802.1Q "), true},
		{kernel.LinksTextLine, text("vlan_protocol 802.1ad "), false},
	} {
		s := drivertest.Parse(t, Driver, c.line, c.reply, kernel.VLANsLine, vlans)
		if b := s.BridgePort("eth1"); b.Members.Known() != c.known || s.Listed.VLANs.Known() != c.known || len(s.Unread) > 0 == c.known {
			t.Errorf("%s: got %+v, %+v", c.reply, b, s.Unread)
		}
	}
}
