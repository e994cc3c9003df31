package linux

import (
	"fmt"
	"strings"
	"testing"

	"uplinkcheck/drivers/capture"
	"uplinkcheck/inventory"
	"uplinkcheck/inventory/inventorytest"
)

func TestSource(t *testing.T) { inventorytest.Run(t, Source) }

func FuzzParse(f *testing.F) { inventorytest.Fuzz(f, Source) }

// parseLinks parses a reply to the links command, and one to the VLANs command unless it is empty.
func parseLinks(t *testing.T, links, vlans string) *inventory.Host {
	t.Helper()
	c := &capture.Capture{Device: "kvm", Replies: []*capture.Reply{{Command: linksLine, Data: []byte(links), Complete: true},
		{Command: addressLine, Data: []byte("[]"), Complete: true}}}
	if vlans != "" {
		c.Replies = append(c.Replies, &capture.Reply{Command: vlansLine, Data: []byte(vlans), Complete: true})
	}
	h, err := Source.Parse(c)
	if err != nil {
		t.Fatal(err)
	}
	return h
}

// TestStackedDevices feeds bridges and VLAN interfaces that stand on each other in ways that would take for ever to follow one by one.
func TestStackedDevices(t *testing.T) {
	const levels, width = 40, 8
	tower := []string{`{"ifname":"eno1","link_type":"ether","address":"00:53:00:00:00:01"}`}
	for i := range levels {
		below := fmt.Sprintf("br%d", i+1)
		if i == levels-1 {
			below = "eno1"
		}
		tower = append(tower, fmt.Sprintf(`{"ifname":"br%d","link_type":"ether","linkinfo":{"info_kind":"bridge","info_data":{"vlan_filtering":0}}}`, i))
		for j := range width {
			tower = append(tower, fmt.Sprintf(`{"ifname":"m%d-%d","link":%q,"link_type":"ether","master":"br%d","linkinfo":{"info_kind":"macvtap","info_slave_kind":"bridge"}}`,
				i, j, below, i))
		}
	}
	h := parseLinks(t, "["+strings.Join(tower, ",")+"]", "")
	if len(h.NICs) != 1 || len(h.Uses) != 0 {
		t.Errorf("got NICs %v and uses %v; eight ways out of each bridge are none that is understood", h.NICs, h.Uses)
	}
	circle := strings.ReplaceAll(strings.Join(tower, ","), `"link":"eno1"`, `"link":"br0"`)
	if h := parseLinks(t, "["+circle+"]", ""); len(h.Uses) != 0 {
		t.Errorf("a circle leads nowhere, got %v", h.Uses)
	}
}

func TestUses(t *testing.T) {
	const nic = `{"ifname":"eno1","link_type":"ether","address":"00:53:00:00:00:01","operstate":"UP"%s}`
	bridge := func(filtering string) string {
		return `{"ifname":"vmbr0","link_type":"ether","linkinfo":{"info_kind":"bridge","info_data":{` + filtering + `}}}`
	}
	port := func(name, kind string) string {
		return fmt.Sprintf(`{"ifname":%q,"link_type":"ether","master":"vmbr0","linkinfo":{"info_kind":%q,"info_slave_kind":"bridge"}}`, name, kind)
	}
	inBridge := fmt.Sprintf(nic, `,"master":"vmbr0","linkinfo":{"info_slave_kind":"bridge"}`)
	for _, c := range []struct {
		name, links, vlans string
		want               string // name over kind VIDs untagged, by name; then whether the list is whole
	}{
		{"a NIC that nobody uses", fmt.Sprintf(nic, ""), "", "true"},
		{"a plain bridge passes everything", inBridge + "," + bridge(`"vlan_filtering":0`) + "," + port("vnet0", "tun"), "",
			"vmbr0 eno1 trunk 1-4094 true; vnet0 eno1 guest port none true; true"},
		{"a container's veth is a guest", inBridge + "," + bridge(`"vlan_filtering":0`) + "," + port("veth100i0", "veth"), "",
			"veth100i0 eno1 guest port none true; vmbr0 eno1 trunk 1-4094 true; true"},
		{"a filtering bridge whose VLANs were not told", inBridge + "," + bridge(`"vlan_filtering":1`) + "," + port("vnet0", "tun"), "", "false"},
		{"a guest's VLAN that the uplink lacks goes nowhere", inBridge + "," + bridge(`"vlan_filtering":1`) + "," + port("vnet0", "tun"),
			`[{"ifname":"eno1","vlans":[{"vlan":10}]},{"ifname":"vnet0","vlans":[{"vlan":30,"flags":["PVID","Egress Untagged"]}]}]`, "vmbr0 eno1 trunk 10 false; true"},
		{"a bridge that adds provider tags", inBridge + "," + bridge(`"vlan_filtering":1,"vlan_protocol":"802.1ad"`) + "," + port("vnet0", "tun"),
			`[{"ifname":"eno1","vlans":[{"vlan":30}]},{"ifname":"vnet0","vlans":[{"vlan":30,"flags":["PVID","Egress Untagged"]}]}]`, "false"},
		{"ranges", inBridge + "," + bridge(`"vlan_filtering":1`), `[{"ifname":"eno1","vlans":[{"vlan":1,"flags":["PVID","Egress Untagged"]},{"vlan":10,"vlanEnd":12}]}]`,
			"vmbr0 eno1 trunk 10-12 true; true"},
		{"two uplinks in one bridge", inBridge + "," + strings.ReplaceAll(inBridge, "eno1", "eno2") + "," + bridge(`"vlan_filtering":0`) + "," + port("vnet0", "tun"), "", "false"},
		{"a tag in a tag", fmt.Sprintf(nic, "") + `,{"ifname":"eno1.5","link":"eno1","link_type":"ether","linkinfo":{"info_kind":"vlan","info_data":{"protocol":"802.1ad","id":5}}}`,
			"", "false"},
		{"a VLAN interface without an address is meant", fmt.Sprintf(nic, "") +
			`,{"ifname":"eno1.5","link":"eno1","link_type":"ether","linkinfo":{"info_kind":"vlan","info_data":{"protocol":"802.1Q","id":5}}}`, "", "eno1.5 eno1 host interface 5 false; true"},
		{"macvtap on a VLAN interface", fmt.Sprintf(nic, "") + `,{"ifname":"eno1.5","link":"eno1","link_type":"ether","linkinfo":{"info_kind":"vlan","info_data":{"protocol":"802.1Q","id":5}}}` +
			`,{"ifname":"macvtap0","link":"eno1.5","link_type":"ether","linkinfo":{"info_kind":"macvtap"}}`, "",
			"eno1.5 eno1 host interface 5 false; macvtap0 eno1 guest port 5 false; true"},
		{"a team of teamd", fmt.Sprintf(nic, `,"master":"team0","linkinfo":{"info_slave_kind":"team"}`) + `,{"ifname":"team0","link_type":"ether","master":"vmbr0","linkinfo":{"info_kind":"team","info_slave_kind":"bridge"}},` +
			bridge(`"vlan_filtering":0`) + "," + port("vnet0", "tun"), "", "vmbr0 team0 trunk 1-4094 true; vnet0 team0 guest port none true; true"},
		{"a NIC in something that is not known", fmt.Sprintf(nic, `,"master":"bat0","linkinfo":{"info_slave_kind":"batadv"}`) + `,{"ifname":"bat0","link_type":"ether","master":"vmbr0","linkinfo":{"info_kind":"batadv","info_slave_kind":"bridge"}},` +
			bridge(`"vlan_filtering":0`) + "," + port("vnet0", "tun"), "", "false"},
		{"virtual functions", fmt.Sprintf(nic, `,"vfinfo_list":[{"vf":0,"address":"00:53:00:00:01:00","vlan_list":[{"vlan":100}]},{"vf":1,"address":"00:00:00:00:00:00","vlan_list":[{}]},`+
			`{"vf":2,"address":"00:53:00:00:01:02","vlan":0},{"vf":3,"address":"00:53:00:00:01:03","vlan":101}]`) + `,{"ifname":"eno1v2","link_type":"ether","address":"00:53:00:00:01:02"}`, "",
			"eno1 VF 0 eno1 guest port 100 false; eno1 VF 1 eno1 guest port none false; eno1 VF 3 eno1 guest port 101 false; true"},
		{"Open vSwitch is there and did not answer", fmt.Sprintf(nic, "") + `,{"ifname":"ovs-system","link_type":"ether","linkinfo":{"info_kind":"openvswitch"}}`, "", "false"},
	} {
		t.Run(c.name, func(t *testing.T) {
			h := parseLinks(t, "["+c.links+"]", c.vlans)
			got := ""
			for _, u := range h.Uses {
				got += fmt.Sprintf("%s %s %s %s %v; ", u.Name, u.Over, u.Kind, u.VIDs, u.Untagged)
			}
			if got += fmt.Sprint(h.Listed.Uses.Known()); got != c.want {
				t.Errorf("got  %s\nwant %s\nfrom %s\nunread %v", got, c.want, c.links, h.Unread)
			}
		})
	}
}

func TestGarbledBondingFilesMakeNoBond(t *testing.T) {
	links := `[{"ifname":"eno1","link_type":"ether","master":"bond0","linkinfo":{"info_slave_kind":"bond"}},` +
		`{"ifname":"bond0","link_type":"ether","linkinfo":{"info_kind":"bond","info_data":{"mode":"802.3ad"}}}]`
	for name, garbled := range map[string]string{
		"the head of a file":   "==> /proc/net/bonding/bond0 <\xff==\nSlave Interface: eno1\nMII Status: up\n",
		"the name of a bond":   "==> /proc/net/bonding/bo\xc3nd0 <==\nSlave Interface: eno1\nMII Status: up\n",
		"the name of a member": "==> /proc/net/bonding/bond0 <==\nSlave Interface: eno\x1b[2J1\nMII Status: up\n",
	} {
		t.Run(name, func(t *testing.T) {
			h, err := Source.Parse(&capture.Capture{Device: "kvm", Replies: []*capture.Reply{
				{Command: linksLine, Data: []byte(links), Complete: true}, {Command: bondingLine, Data: []byte(garbled), Complete: true}}})
			if err != nil {
				t.Fatal(err)
			}
			if len(h.Teams) != 1 || len(h.NICs) != 1 || h.NICs[0].Name != "eno1" || h.NICs[0].Team != "bond0" || len(h.Unread) != 1 {
				t.Errorf("got teams %v, NICs %v, not understood %v", h.Teams, h.NICs, h.Unread)
			}
		})
	}
}

func TestAStackedLinkOfUnknownKindIsNoNIC(t *testing.T) {
	h := parseLinks(t, `[{"ifname":"eno1","link_type":"ether"},{"ifname":"bond0.30","link":"bond0","link_type":"ether"}]`, "")
	if len(h.NICs) != 1 || h.NICs[0].Name != "eno1" || len(h.Unread) != 1 {
		t.Errorf("got NICs %v, not understood %v", h.NICs, h.Unread)
	}
}
