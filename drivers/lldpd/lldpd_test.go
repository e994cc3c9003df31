package lldpd

import (
	"fmt"
	"strings"
	"testing"

	"uplinkcheck/drivers/capture"
	"uplinkcheck/drivers/state"
	"uplinkcheck/drivers/text"
)

func reply(text string) *capture.Reply {
	return &capture.Reply{Device: "test", Data: []byte(text), Complete: true}
}

func neighbourText(via, chassisType, chassis, portType, port, vlans string) string {
	return fmt.Sprintf(`{"lldp":[{"interface":[{"name":"eth1","via":%q,"chassis":[{"id":[{"type":%q,"value":%q}],"name":[{"value":"leaf1"}],
"mgmt-ip":[{"value":"192.0.2.1"},{"value":"not an address"}]}],"port":[{"id":[{"type":%q,"value":%q}],"ttl":[{"value":"120"}]}],"vlan":[%s]}]}]}`,
		via, chassisType, chassis, portType, port, vlans)
}

func TestNeighbours(t *testing.T) {
	for _, c := range []struct{ name, text, want string }{
		{"LLDP with MAC and interface name", neighbourText("LLDP", "mac", "00:1C:73:00:00:01", "ifname", "Ethernet7", `{"vlan-id":"10","pvid":true},{"vlan-id":"20","pvid":false}`),
			"LLDP MAC address/00:1c:73:00:00:01 interface name/Ethernet7 10 1 addresses, 0 unread"},
		{"CDP", neighbourText("CDPv2", "local", "leaf1", "ifname", "Gi1/0/1", ""), "CDP locally assigned/leaf1 interface name/Gi1/0/1 ? 1 addresses, 0 unread"},
		{"a protocol that is not read", neighbourText("EDP", "local", "leaf1", "ifname", "1", ""), "unknown locally assigned/leaf1 interface name/1 ? 1 addresses, 1 unread"},
		{"a subtype that lldpd has no word for", neighbourText("LLDP", "unhandled", "x", "unhandled", "y", ""), "LLDP unknown/x unknown/y ? 1 addresses, 0 unread"},
		{"a subtype that we have no word for", neighbourText("LLDP", "shiny", "x", "ifname", "y", ""), "LLDP ? interface name/y ? 1 addresses, 1 unread"},
		{"a MAC address that is none", neighbourText("LLDP", "mac", "00:1c:73:00:00:zz", "ifname", "y", ""), "LLDP ? interface name/y ? 1 addresses, 1 unread"},
		{"two VLANs that both claim to be the port's", neighbourText("LLDP", "local", "x", "ifname", "y", `{"vlan-id":"10","pvid":true},{"vlan-id":"20","pvid":true}`),
			"LLDP locally assigned/x interface name/y ? 1 addresses, 0 unread"},
		{"a VLAN that is none", neighbourText("LLDP", "local", "x", "ifname", "y", `{"vlan-id":"4095","pvid":true}`), "LLDP locally assigned/x interface name/y ? 1 addresses, 0 unread"},
	} {
		t.Run(c.name, func(t *testing.T) {
			remotes, listed, unread := Neighbours(reply(c.text))
			if len(remotes) != 1 || !listed.Known() {
				t.Fatalf("got %d neighbours, listed %t, from\n%s", len(remotes), listed.Known(), c.text)
			}
			r := remotes[0]
			pvid := "?"
			if r.PVID.Known() {
				pvid = fmt.Sprint(r.PVID.Value)
			}
			got := fmt.Sprintf("%s %s %s %s %d addresses, %d unread", r.Protocol, id(r.ChassisID), id(r.PortID), pvid, len(r.ManagementAddresses), len(unread))
			if got != c.want {
				t.Errorf("got  %s\nwant %s\nfrom %s", got, c.want, c.text)
			}
		})
	}
}

func id(f capture.Fact[state.Identifier]) string {
	if !f.Known() {
		return "?"
	}
	return f.Value.Subtype.String() + "/" + f.Value.ID
}

func TestNobodyHeard(t *testing.T) {
	for _, c := range []struct {
		name, text string
		listed     bool
	}{
		{"lldpd hears nobody", "{\n  \"lldp\": [\n    {\n      \n    }\n  ]\n}\n\n", true},
		{"another document", `{"local-chassis":[]}`, false},
		{"half a document", `{"lldp":[{"interface":[{"name":"eth1","via":"LLDP"`, false},
		{"no document", "command not found\n", false},
	} {
		t.Run(c.name, func(t *testing.T) {
			remotes, listed, unread := Neighbours(reply(c.text))
			if len(remotes) != 0 || listed.Known() != c.listed || (len(unread) == 0) != c.listed {
				t.Errorf("got %d neighbours, listed %t, %d unread from %q", len(remotes), listed.Known(), len(unread), c.text)
			}
		})
	}
	bad := reply(`{"lldp":[{}]}`)
	bad.Err = "refused"
	if _, listed, unread := Neighbours(bad); listed.Known() || unread != nil {
		t.Error("a refused reply states nothing, and is no unread output either")
	}
}

func TestChassisAndInterfaces(t *testing.T) {
	got, unread := Chassis(reply(`{"local-chassis":[{"chassis":[{"id":[{"type":"mac","value":"02:00:00:00:00:01"}],"name":[{"value":"a"}]}]}]}`))
	if id(got) != "MAC address/02:00:00:00:00:01" || unread != nil || !strings.Contains(got.From.Text(), "02:00:00:00:00:01") {
		t.Errorf("got %s from %q, unread %v", id(got), got.From.Text(), unread)
	}
	names, unread := Interfaces(reply(`{"lldp":[{"interface":[{"name":"eth1"},{"name":"eth2"},{}]}]}`))
	if len(names) != 2 || names[1].Value != "eth2" || unread != nil {
		t.Errorf("got %v, unread %v", names, unread)
	}
}

// The time to live stands with the port, and in releases of old with the chassis.
func TestTimeToLive(t *testing.T) {
	for _, parts := range []string{`"chassis":[{"ttl":[{"value":"120"}]}],"port":[{}]`, `"chassis":[{}],"port":[{"ttl":[{"value":"120"}]}]`} {
		r, _, _ := Neighbours(reply(`{"lldp":[{"interface":[{"name":"eth1","via":"LLDP",` + parts + `}]}]}`))
		if len(r) != 1 || !capture.Is(r[0].TTL, 120) {
			t.Errorf("%s: got %+v", parts, r)
		}
	}
	const chassis, port = "  Chassis:\n    ChassisID:    mac 02:00:00:00:00:01\n", "  Port:\n    PortID:       ifname swp1\n"
	for _, said := range []string{chassis + "    TTL:          120\n" + port, chassis + port + "    TTL:          120\n"} {
		d := state.NewDraft(&capture.Capture{}, "x", 0)
		NeighboursText(d, text.Lines(reply("Interface:    eth1, via: LLDP, RID: 1, Time: 0 day, 00:00:10\n"+said)))
		if r := d.Switch.Remotes; len(r) != 1 || !capture.Is(r[0].TTL, 120) {
			t.Errorf("%s: got %+v", said, r)
		}
	}
}
