package aruba_aoscx_test

import (
	"maps"
	"regexp"
	"slices"
	"strings"
	"testing"

	"uplinkcheck/drivers/corpus"
	"uplinkcheck/testbed/model"
	"uplinkcheck/testbed/personality/aruba_aoscx"
	pt "uplinkcheck/testbed/personality/personalitytest"
)

// recordings are the folders of the corpus with the output of real switches.
var recordings = map[string]string{
	"show system":                    "show_system",
	"show version":                   "show_version",
	"show module":                    "show_module",
	"show interface":                 "show_interface",
	"show vlan":                      "show_vlan",
	"show lldp neighbor-info detail": "show_lldp_neighbors_info_detail",
	"show mac-address-table":         "show_mac_address_table",
	"show vrf":                       "show_vrf",
}

// published are lines of these that no recording has, with where they come from.
var published = map[string]string{
	"State information: Administratively down":            "AOS-CX Fundamentals Guide, show interface",
	"State information: Disabled by port-access security": "not seen: what a port says that a protection function shut",
	"Admin state is down":                                 "the other word of a state that is recorded as up",
	"Aggregate PORT is down":                              "the same",
	"Neighbor Port-Desc :":                                "a neighbour that sends none: as Neighbor Port VLAN ID, which is recorded empty",
	"Neighbor Management-Address :":                       "the same",
	"Chassis Capabilities Available :":                    "the same",
	"Chassis Capabilities Enabled :":                      "the same",
	"N WORD down no_member_forwarding static":             "AOS-CX VLAN guide, show vlan: a VLAN whose ports are all down",
	"N WORD down no_member_forwarding default":            "the same",
	"N WORD down admin_down static":                       "the same: a VLAN that was shut",
}

var blanks = []struct{ pattern, to string }{
	{`(?i)\b[0-9a-f]{2}(:[0-9a-f]{2}){5}\b`, "MAC"},
	{`^(Hostname|System Description|Product Name|Chassis Serial Nbr|Base MAC Address|ArubaOS-CX Version|Up Time|Time Zone) *:.*`, "$1 : VALUE"},
	{`^(Version|Build Date|Build ID|Build SHA|Active Image|Service OS Version|BIOS Version) *:.*`, "$1 : VALUE"},
	{`^(ArubaOS|AOS)-CX$`, "AOS-CX"},
	{`^\(c\) Copyright .*`, "COPYRIGHT"},
	{`^(Description|Port|Neighbor [\w-]+|Neighbor Port VLAN ID|Chassis Capabilities \w+) *: *\S.*`, "$1 : VALUE"},
	{`^Description ?:$`, "Description : VALUE"},
	{`^(Link state: \w+) for .*`, "$1 for AGO"},
	{`^Type .*`, "Type KIND"},
	{`^(Allowed VLAN List:) .*`, "$1 LIST"},
	{`^(qos trust) .*`, "$1 WORD"},
	{`^(Auto-negotiation is) .*`, "$1 WORD"},
	{`^(Error-control:) .*`, "$1 WORD"},
	{`^(Aggregated-interfaces) *:.*`, "$1 : PORTS"},
	{`^(Aggregate mode) *:.*`, "$1 : WORD"},
	{`^(Interface|Aggregate) \S+ is (up|down)$`, "$1 PORT is $2"},
	{`^(Interface) PORT is down \(.*\)$`, "$1 PORT is down"},
	{`^\d/1 +\w+ +.* (Active \(local\)|Ready|Standby)$`, "MODULE $1"},
	{`^VRF Name *: .*`, "VRF Name : NAME"},
	{`^(\d+/\d+/\d+|lag\d+|vlan\d+) +(up|down)$`, "PORT STATUS"},
	{`^MAC +\d+ +([\w-]+) +\S+$`, "MAC N $1 PORT"},
	{`^(\d+) +\S+ +(up|down) +(\S+) +(\w+) +[\d/a-z,.-]+$`, "N WORD $2 $3 $4"},
	{`^(\d+) +\S+ +(up|down) +(\S+) +(\w+)$`, "N WORD $2 $3 $4"},
	{`^[\d/,lag-]+$`, "PORTS"},
	{`(IPv4 address) \S+`, "$1 N"},
	{`\b\d+(\.\d+)?\b`, "N"},
	{`-{4,}`, "RULE"}, {`={4,}`, "RULE"}, {`\s+`, " "},
}

var compiled = func() (out []*regexp.Regexp) {
	for _, b := range blanks {
		out = append(out, regexp.MustCompile(b.pattern))
	}
	return out
}()

// shape is a line with everything taken out that varies from switch to switch.
func shape(line string) string {
	line = strings.TrimSpace(line)
	for i, b := range blanks {
		line = compiled[i].ReplaceAllString(line, b.to)
	}
	return strings.TrimSpace(line)
}

// TestParity holds that every line of a command that was recorded on real switches has the shape of one of theirs.
func TestParity(t *testing.T) {
	dir := corpus.Shared(t, "corpus/aruba_aoscx")
	rendered := map[string]map[string]bool{}
	for _, text := range worlds {
		for _, s := range pt.Fabric(t, text).Switches {
			for command := range recordings {
				lines(t, s, command, rendered)
			}
		}
	}
	for _, command := range slices.Sorted(maps.Keys(recordings)) {
		known := map[string]bool{"": true}
		for _, text := range corpus.Texts(t, dir, "corpus/aruba_aoscx/"+recordings[command]+"/*/input.txt") {
			for line := range strings.Lines(text) {
				known[shape(line)] = true
			}
		}
		if len(rendered[command]) < 4 {
			t.Errorf("%s: little is rendered: %q", command, slices.Sorted(maps.Keys(rendered[command])))
		}
		for _, line := range slices.Sorted(maps.Keys(rendered[command])) {
			if s := shape(line); !known[s] && published[s] == "" {
				t.Errorf("%s: no real switch printed a line like %q: %q", command, line, s)
			}
		}
	}
}

func lines(t *testing.T, s *model.Switch, command string, into map[string]map[string]bool) {
	text, ok := aruba_aoscx.Personality.Switch(s, command)
	if !ok {
		t.Fatalf("%s: %s", command, text)
	}
	if into[command] == nil {
		into[command] = map[string]bool{}
	}
	for line := range strings.Lines(string(text)) {
		into[command][strings.TrimRight(line, "\n")] = true
	}
}
