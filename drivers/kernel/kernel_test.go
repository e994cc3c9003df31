package kernel

import (
	"fmt"
	"strings"
	"testing"

	"uplinkcheck/drivers/capture"
	"uplinkcheck/drivers/state"
	"uplinkcheck/drivers/text"
	"uplinkcheck/drivers/tree"
)

func reply(s string) *capture.Reply {
	return &capture.Reply{Device: "sw1", Command: "x", Data: []byte(s), Complete: true}
}

func print(list []PortVLANs) string {
	var out []string
	for _, p := range list {
		out = append(out, fmt.Sprintf("%s %s untagged %s pvid %d whole %v", p.Port, p.VIDs, p.Untagged, p.PVID, p.Whole))
	}
	return strings.Join(out, "; ")
}

func TestVLANsOfPorts(t *testing.T) {
	for _, test := range []struct{ name, json, want string }{
		{"a list", `[{"ifname":"bond0","vlans":[{"vlan":1,"flags":["PVID","Egress Untagged"]},{"vlan":10,"vlanEnd":12}]}]`, "bond0 1,10-12 untagged 1 pvid 1 whole true"},
		{"an object, as releases of old print", `{"bond0":[{"vlan":1,"flags":["PVID"]}]}`, "bond0 1 untagged none pvid 1 whole true"},
		{"a range that runs backwards", `[{"ifname":"bond0","vlans":[{"vlan":10},{"vlan":20,"vlanEnd":12}]}]`, "bond0 10 untagged none pvid 0 whole false"},
		{"no VLAN", `[{"ifname":"bond0","vlans":[]}]`, "bond0 none untagged none pvid 0 whole true"},
	} {
		t.Run(test.name, func(t *testing.T) {
			root, err := tree.JSON(reply(test.json))
			if err != nil {
				t.Fatal(err)
			}
			if got, _ := ReadVLANs(root); print(got) != test.want {
				t.Errorf("got %s, want %s", print(got), test.want)
			}
		})
	}
}

func TestVLANsOfPortsAsText(t *testing.T) {
	for _, test := range []struct{ name, text, want string }{
		{"ports with a blank line between", "port\tvlan ids\nbond0\t 1 PVID Egress Untagged\n\t 13\n\nbr0\t 13\n\n", "bond0 1,13 untagged 1 pvid 1 whole true; br0 13 untagged none pvid 0 whole true"},
		{"a newer release", "port              vlan-id  \nbond0             1 PVID Egress Untagged\n                  10-12\neth1              20\n", "bond0 1,10-12 untagged 1 pvid 1 whole true; eth1 20 untagged none pvid 0 whole false"},
		{"a port in none", "port\tvlan ids\neth1\tNone\n\neth2\t 5\n\n", "eth1 none untagged none pvid 0 whole true; eth2 5 untagged none pvid 0 whole true"},
		{"words that are not known", "port\tvlan ids\nbond0\t 5 PVID Mirrored\n\n", ""},
	} {
		t.Run(test.name, func(t *testing.T) {
			got, unread := vlansText(text.Lines(reply(test.text)))
			if print(got) != test.want || test.want == "" && len(unread) == 0 {
				t.Errorf("got %s, want %s, not understood %v", print(got), test.want, unread)
			}
		})
	}
}

// What a pager wrote and took back before a heading does not give what follows to another part.
func TestBondsBehindAPager(t *testing.T) {
	bonds, unread := ReadBonds(reply("Ethernet Channel Bonding Driver: v6\n\nSlave Interface: eth1\n--More--\r        \rSlave Interface: eth2\nMII Status: down\n"), "bond0")
	if b := bonds["bond0"]; b == nil || len(b.Slaves) != 2 || b.Slaves["eth1"].Link.Known() || !capture.Is(b.Slaves["eth2"].Link, state.Down) || len(unread) > 0 {
		t.Errorf("got %+v, not understood %v", bonds["bond0"], unread)
	}
}
