package linux

import (
	"testing"

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
