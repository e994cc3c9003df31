package cumulus

import (
	"testing"
	"time"

	"uplinkcheck/drivers/capture"
	"uplinkcheck/drivers/drivertest"
	"uplinkcheck/drivers/kernel"
	"uplinkcheck/drivers/state"
)

func TestDriver(t *testing.T) { drivertest.Run(t, Driver) }

func TestCorpus(t *testing.T) { drivertest.Corpus(t, Driver) }

func FuzzParse(f *testing.F) { drivertest.Fuzz(f, Driver) }

// With an overlay, a switch without MLAG may be in Ethernet segments.
func TestOverlayWithoutMLAG(t *testing.T) {
	for kind, want := range map[string]state.MLAGProtocol{"bridge": state.NoMLAG, "vxlan": 0} {
		s := drivertest.Parse(t, Driver, kernel.LinksLine, `[{"ifname":"x1","link_type":"ether","operstate":"UP","linkinfo":{"info_kind":"`+kind+`"}}]`, nvueMLAGLine, `{"enable":"off"}`)
		if got := s.MLAG.Protocol; got.Value != want || got.Known() != (want != 0) {
			t.Errorf("%s: got %v", kind, got.Value)
		}
	}
}

// A port that the kernel has as forwarding is forwarding in all its VLANs where it is certain that there is one tree.
func TestOneTree(t *testing.T) {
	link := func(name string) string {
		return `{"ifname":"` + name + `","link_type":"ether","operstate":"UP","linkinfo":{"info_kind":"bridge","info_data":{"stp_state":1,"vlan_filtering":1}}}`
	}
	port := func(bridge string) string {
		return `,{"ifname":"swp1","link_type":"ether","operstate":"UP","master":"` + bridge + `","linkinfo":{"info_slave_kind":"bridge","info_slave_data":{"state":"forwarding"}}}]`
	}
	for name, c := range map[string]struct {
		release, bridges, port, tree string
		want                         bool
	}{
		"RSTP":                       {"5.9.1", link("br_default"), "br_default", `{"mode":"rstp"}`, true},
		"PVRST":                      {"5.9.1", link("br_default"), "br_default", `{"mode":"pvrst"}`, false},
		"a mode that is not told":    {"5.9.1", link("br_default"), "br_default", `{"priority":32768}`, false},
		"RSTP of another bridge":     {"5.9.1", link("bridge"), "bridge", `{"mode":"rstp"}`, false},
		"two bridges":                {"5.9.1", link("br_default") + "," + link("br1"), "br_default", `{"mode":"rstp"}`, false},
		"a release before PVRST":     {"5.3.0", link("bridge"), "bridge", `{"priority":32768}`, true},
		"two bridges, before PVRST":  {"4.3.0", link("br100") + "," + link("br200"), "br100", `{"priority":32768}`, false},
		"a release that is not told": {"next", link("bridge"), "bridge", `{"priority":32768}`, false},
	} {
		t.Run(name, func(t *testing.T) {
			s := drivertest.Parse(t, Driver, releaseLine, "DISTRIB_RELEASE="+c.release+"\n", kernel.LinksLine, "["+c.bridges+port(c.port), treeLine, c.tree)
			if got := len(s.STP) == 1 && s.STP[0].State.Value == state.Forwarding; got != c.want {
				t.Errorf("got %v", s.STP)
			}
		})
	}
}

// A multi-chassis bond that was not understood ends that the list of them is whole.
func TestBondsThatAreNotAll(t *testing.T) {
	for entry, whole := range map[string]bool{`{"clagId":2,"operstate":"up"}`: true, `{"operstate":"up"}`: false} {
		s := drivertest.Parse(t, Driver, clagLine, `{"status":{"ourRole":"primary","peerAlive":true},"clagIntfs":{"bond1":{"clagId":1,"operstate":"up"},"bond2":`+entry+`}}`)
		if len(s.MLAG.Ports) == 0 || s.Listed.MLAGPorts.Known() != whole {
			t.Errorf("%s: %d bonds, whole is %v", entry, len(s.MLAG.Ports), !whole)
		}
	}
}

// NVUE tells whether there is a second way to the peer, and how long bonds stay down after a reload.
func TestRecoveryOfNVUE(t *testing.T) {
	for backup, want := range map[string]state.SplitBrain{`{"192.0.2.2":{"vrf":"mgmt"}}`: state.Guarded, `{}`: 0} {
		m := drivertest.Parse(t, Driver, nvueMLAGLine, `{"enable":"on","init-delay":180,"backup-active":"True","backup":`+backup+`}`).MLAG
		if m.SplitBrain.Value != want || m.SplitBrain.Known() != (want != 0) || !capture.Is(m.ReloadDelay, 3*time.Minute) {
			t.Errorf("%s: got %v, delay %v", backup, m.SplitBrain.Value, m.ReloadDelay.Value)
		}
	}
}
