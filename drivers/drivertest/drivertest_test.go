package drivertest

import (
	"net/netip"
	"reflect"
	"strings"
	"testing"

	"uplinkcheck/drivers/capture"
	"uplinkcheck/drivers/state"
)

func TestASpanMustStateItsValue(t *testing.T) {
	mac, _ := state.ParseMAC("00:1c:73:00:00:01")
	for _, c := range []struct {
		name  string
		value any
		text  string
		ok    bool
	}{
		{"a word", "leaf1", `"leaf1"`, true},
		{"another word", "leaf2", `"leaf1"`, false},
		{"an escaped line break", "a\nb", `"a\nb"`, true},
		{"the empty word", "", `""`, true},
		{"a short name of an interface", "Ten-GigabitEthernet1/0/1", "XGE1/0/1", true},
		{"a port in a range", "1/1/40", "1/1/34-1/1/52", true},
		{"a port in a range whose first end has the kind", "ethernet1/1/40", "Eth1/1/34-1/1/52", true},
		{"a port of a table of one kind", "ethernet1/1/53", "1/1/53", true},
		{"another port of a table of one kind", "ethernet1/1/53", "1/1/5", false},
		{"an identifier in Base64", state.Identifier{Subtype: state.InterfaceName, ID: "mgmt1/1/1"}, "bWdtdDEvMS8x", true},
		{"an address in Base64", state.Identifier{Subtype: state.MACAddress, ID: "00:50:56:be:92:2c"}, "AFBWvpIs", true},
		{"a port outside of a range", "1/1/60", "1/1/34-1/1/52", false},
		{"a port in a range of short names", "ethernet1/1/6", "Eth1/1/1-8", true},
		{"a short name of another interface", "Ten-GigabitEthernet1/0/1", "XGE1/0/11", false},
		{"an address in another form", mac, "8000,00-1c-73-00-00-01", true},
		{"another address", mac, "8000,00-1c-74-00-00-02", false},
		{"an address that a table wraps", mac, "| 00:1c:73: | 1 |\n| 00:00:01  |", true},
		{"another that a table wraps", mac, "| 00:1c:73: | 1 |\n| 00:00:02  |", false},
		{"no station", state.MAC{}, "None", true},
		{"a decimal number", 9214, "mtu 9214 bytes", true},
		{"a hexadecimal number", uint16(15), "0x000f", true},
		{"a speed with its unit", uint64(10_000_000_000), "10Gbps", true},
		{"another number", uint16(20), "30", false},
		{"an identifier", state.Identifier{Subtype: state.InterfaceName, ID: "Ethernet1"}, `"\"Ethernet1\""`, true},
		{"another identifier", state.Identifier{Subtype: state.MACAddress, ID: mac.String()}, "001c.7300.0002", false},
		{"an IPv4 address", netip.MustParseAddr("192.0.2.1"), "192.0.2.1/24", true},
		{"another IPv4 address", netip.MustParseAddr("192.0.2.2"), "192.0.2.1/24", false},
		{"another prefix", netip.MustParsePrefix("192.0.2.2/24"), "192.0.2.1", false},
	} {
		t.Run(c.name, func(t *testing.T) {
			r := &capture.Reply{Data: []byte("before " + c.text + " after"), Complete: true}
			from := r.Span(len("before "), len("before ")+len(c.text))
			why := badSpan(&capture.Capture{Replies: []*capture.Reply{r}}, reflect.ValueOf(c.value), from)
			if (why == "") != c.ok {
				t.Errorf("%v in %q: %q", c.value, c.text, why)
			}
		})
	}
}

func TestASpanMustBeInAUsableReply(t *testing.T) {
	good := &capture.Reply{Data: []byte("leaf1"), Complete: true}
	cut := &capture.Reply{Data: []byte("leaf1")}
	c := &capture.Capture{Replies: []*capture.Reply{good, cut}}
	value := reflect.ValueOf("leaf1")
	for name, from := range map[string]capture.Span{
		"of another capture": (&capture.Reply{Data: []byte("leaf1"), Complete: true}).Whole(),
		"of a cut reply":     cut.Whole(),
		"behind its end":     {Reply: good, Start: 3, End: 9},
		"backwards":          {Reply: good, Start: 3, End: 1},
	} {
		if badSpan(c, value, from) == "" {
			t.Errorf("a span %s is taken", name)
		}
	}
	if why := badSpan(c, value, good.Whole()); why != "" {
		t.Error(why)
	}
}

func TestASpoiledReplyMayOnlyTakeFactsAway(t *testing.T) {
	full := map[string]string{".Device.Hostname": "leaf1", ".Device.Model": "x"}
	for _, c := range []struct {
		name    string
		spoiled map[string]string
		want    string // in the reason, "" for none
	}{
		{"nothing left", nil, ""},
		{"one left", map[string]string{".Device.Model": "x"}, ""},
		{"another value", map[string]string{".Device.Hostname": "leaf"}, "but leaf1 in the whole reply"},
		{"a new fact", map[string]string{".Device.Serial": "1"}, "unknown in the whole reply"},
		{"a note of what was not understood", map[string]string{".Unread[0].Why": "1"}, ""},
	} {
		if why := otherwise(full, c.spoiled); (why == "") != (c.want == "") || !strings.Contains(why, c.want) {
			t.Errorf("%s: %q", c.name, why)
		}
	}
}

func TestARepliesCutsReachItsEnd(t *testing.T) {
	for name, data := range map[string]string{
		"one long line": strings.Repeat("x", 5000), "many lines": strings.Repeat("a line\n", 2000), "two bytes": "ab",
	} {
		at := cuts([]byte(data))
		if len(at) == 0 || at[0] != 0 || len(at) > 140 {
			t.Errorf("%s: %d cuts", name, len(at))
		}
		last := 0
		for _, i := range at {
			if i < 0 || i >= len(data) {
				t.Errorf("%s: a cut at %d of %d", name, i, len(data))
			}
			last = max(last, i)
		}
		if last < len(data)/2 {
			t.Errorf("%s: the last cut is at %d of %d", name, last, len(data))
		}
	}
}

func TestReadingCommands(t *testing.T) {
	for _, line := range []string{"show version | json", "show vlans | display xml | no-more", "<get-vlan-information/>",
		"<get-lacp-interface-information><extensive/></get-lacp-interface-information>", "ovs-vsctl --format=json list Port",
		"ovs-appctl fdb/show %s", "ip -j -d link show", "head -v -n 100000 /proc/net/bonding/*"} {
		if !reads(line) {
			t.Errorf("%q should be a reading command", line)
		}
	}
	for _, line := range []string{"configure terminal", "reload", "<edit-config/>", "ovs-vsctl set Port a tag=1", "showconf",
		"ip link set a down", "clear counters", "", "show version; reload", "show run > flash:x", "show run | redirect flash:x", "show run | tee x",
		"cat /etc/passwd && reboot", "show version\nreload", "ovs-vsctl list Port -- set Port a tag=1", "head -c 1 $(reboot)"} {
		if reads(line) {
			t.Errorf("%q is taken for a reading command", line)
		}
	}
}
