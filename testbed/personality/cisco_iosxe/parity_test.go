package cisco_iosxe_test

import (
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	driver "uplinkcheck/drivers/cisco_iosxe"
	"uplinkcheck/drivers/corpus"
	"uplinkcheck/testbed/model"
	"uplinkcheck/testbed/personality/cisco_iosxe"
)

// recordings are the folders of the corpus, of IOS-XE and of IOS, that hold a command's output.
var recordings = map[string][]string{
	"show version":               {"show_version"},
	"show switch detail":         {"show_switch_detail", "show_switch"},
	"show interfaces":            {"show_interfaces"},
	"show interfaces status":     {"show_interfaces_status"},
	"show etherchannel summary":  {"show_etherchannel_summary", "show_ether_channel_swport_auto"},
	"show etherchannel detail":   {"show_etherchannel_detail", "show_etherchannel_port_channel", "show_etherchannel_protocol", "show_interface_etherchannel"},
	"show lacp internal":         {"show_lacp_internal", "show_etherchannel_detail", "show_interface_etherchannel"},
	"show lacp sys-id":           {"show_lacp_sys_id"},
	"show lacp counters":         {"show_lacp_counters"},
	"show lacp neighbor detail":  {"show_lacp_neighbor"},
	"show vlan":                  {"show_vlan"},
	"show vtp status":            {"show_vtp_status"},
	"show interfaces switchport": {"show_interfaces_switchport"},
	"show interfaces trunk":      {"show_interfaces_trunk"},
	"show lldp neighbors":        {"show_lldp_neighbors"},
	"show lldp neighbors detail": {"show_lldp_neighbors_detail", "show_lldp_neighbors_interface_detail"},
	"show spanning-tree":         {"show_spanning_tree"},
	"show mac address-table":     {"show_mac_address_table"},
	"show ip interface":          {"show_ip_interface"},
	"show ipv6 interface brief":  {"show_ipv6_interface_brief"},
	"show vrf":                   {"show_vrf"},
	"show inventory":             {"show_inventory"},

	"show spanning-tree mst configuration": {"show_spanning_tree_mst_configuration"},
}

// blanks are taken out of a line, by what stands for them.
var blanks = compiled([][2]string{
	{`(?i)\b([0-9a-f]{4}\.){2}[0-9a-f]{4}\b|\b([0-9a-f]{2}:){5}[0-9a-f]{2}\b`, "MAC"}, {`\b0x[0-9A-Fa-f]+\b`, "HEX"}, {`\b\d+d:\d+h:\d+m:\d+s\b`, "AGE"}, {`\b\d+s\b`, "AGE"},
	{`^(\S+|Uptime for this control processor) (uptime )?is \d.*`, "$1 is T"}, {`^\S+ is T$`, "NAME is T"}, {`uptime +: .*`, "uptime : T"},
	{`\b(\d+\.){3}\d+(/\d+)?\b`, "IP"},
	{`\b(TenGigabitEthernet|GigabitEthernet|FastEthernet|TwentyFiveGigE|HundredGigE|FiveGigabitEthernet|Port-channel|Vlan|Te|Gi|Fa|Twe|Fi|Po|Vl|Lo|Tu)\d+(/\d+)*(\.\d+)?\b`, "PORT"},
	{`\bPORT\([SR][A-Z]{1,2}\)`, "GROUP"}, {`PORT\([A-Za-z-]+\)( +PORT\([A-Za-z-]+\))*`, "MEMBERS"}, {`PORT(, PORT)+`, "PORT"}, {`PORT( PORT)+`, "PORT"},
	{`^VLAN\d{4}$`, "INSTANCE"}, {`\d+(-\d+)?(,\d+(-\d+)?)+,?`, "N"}, {`\d+-\d+`, "N"}, {`\b\d+\b`, "N"}, {`"[^"]*"`, "TEXT"}, {`\s+`, " "},
	{`\b[FS][AP] (bndl|down|susp|hot-sby)\b`, "FLAGS STATE"}, {`\b[FS][AP]\b`, "FLAGS"}, {`(Root|Desg|Altn) (FWD|BLK)`, "ROLE STATE"},
	{`^PORT( .*)? (connected|notconnect|disabled|err-disabled) (trunk|N|routed) \S+ \S+( .*)?$`, "PORT STATUS"}, {`^\S+ PORT N( [A-Z](,[A-Z])*)? \S+$`, "NEIGHBOUR"},
	{`^(\* )?N N \S+ \S+ CAT9K_IOSXE (INSTALL|BUNDLE)$`, "MEMBER"}, {`^\S+ (<not set>|\S+:N) ipv4(,ipv6)?( PORT)?$`, "VRF"}, {`access list is [A-Z_-]{4,}$`, "access list is NAME"},
})

func compiled(in [][2]string) (out []blank) {
	for _, x := range in {
		out = append(out, blank{regexp.MustCompile(x[0]), x[1]})
	}
	return out
}

// A blank is what varies from switch to switch.
type blank struct {
	what *regexp.Regexp
	is   string
}

// free are lines in which a person, a neighbour or a factory may write anything, by how they begin, with what may follow.
var free = []string{"Description: ", "Port Description", "System Name", "PID: ", "NAME: ", "Processor board ID", "Model Number", "System Serial Number", "Motherboard Serial Number",
	"Motherboard Assembly Number", "cisco ", "Cisco IOS ", "Compiled ", "BOOTLDR: ", "System image file", "System returned", "Last reload reason", "Port id: ", "Chassis id: ",
	"Access Mode VLAN: ", "Trunking Native Mode VLAN: ", "Copyright ", "VTP Domain Name", "Name [", "Internet address is ", "Configuration register is"}

func shape(line string) string {
	line = strings.TrimSpace(line)
	for _, f := range free {
		if strings.HasPrefix(line, f) {
			return f
		}
	}
	if m := vlanRow.FindStringSubmatch(line); m != nil {
		return "VLAN " + m[1]
	}
	for _, b := range blanks {
		line = strings.TrimSpace(b.what.ReplaceAllString(line, b.is))
	}
	return line
}

var vlanRow = regexp.MustCompile(`^\d+\s+\S.*?\s+(active|suspended|act/unsup)(\s|$)`)

// printed are lines that no recording of the corpus has, with where they come from.
var printed = map[string]string{
	"PORT is up, line protocol is up , Autostate Enabled":                  "CiscoTestAutomation/genieparser, iosxe ShowInterfaces",
	"PORT is up, line protocol is down , Autostate Enabled":                "the same, of an interface without a port",
	"Partner's information:":                                               "CiscoTestAutomation/genieparser, ShowLacpNeighbor",
	"Port State Flags Decode:":                                             "CiscoTestAutomation/genieparser, ShowLacpNeighbor",
	"Hardware is Ten Gigabit Ethernet, address is MAC (bia MAC)":           "CiscoTestAutomation/genieparser, iosxe ShowInterfaces",
	"Full-duplex, 10Gb/s, link type is auto, media type is SFP-10GBase-SR": "CiscoTestAutomation/genieparser, iosxe ShowInterfaces",
	"Protocol: -":        "a static group, as in its genieparser ShowEtherchannelProtocol",
	"Protocol = -":       "a static group, as in its genieparser ShowEtherchannelProtocol",
	"N GROUP - MEMBERS":  "a static group: the card",
	"C9300X-24Y N.N.04a": "what a switch of the testbed sends as its description",
	"Linux":              "what a host sends as its description",
	"Name []":            "a region without a name",
	"Operational Mode: down (suspended member of bundle PORT)": "genieparser, iosxe ShowInterfacesSwitchport",
	"Port state = Port-channel Ag-Not-Inuse":                   "the other word of the aggregator's state, which people quote of groups without a bundled port",
	"Port state = Up Mstr Susp Not-in-Bndl":                    "not seen: Susp is the word of the other tables for such a port",
}

// carded reports whether the card has all the words of a line: it describes a form that nobody recorded.
func carded(line string, card map[string]bool) bool {
	for _, w := range regexp.MustCompile(`[\w']+`).FindAllString(line, -1) {
		if w != strings.ToUpper(w) && !card[strings.ToLower(w)] {
			return false
		}
	}
	return true
}

// folders are the patterns of those that the corpus has, of either platform.
func folders(t *testing.T, dir string, names []string) (out []string) {
	t.Helper()
	for _, name := range names {
		for _, platform := range []string{"cisco_iosxe", "cisco_ios"} {
			pattern := "corpus/" + platform + "/" + name + "/*/input.txt"
			if found, err := filepath.Glob(filepath.Join(dir, pattern)); err == nil && len(found) > 0 {
				out = append(out, pattern)
			}
		}
	}
	if out == nil {
		t.Fatalf("%v: no recordings", names)
	}
	return out
}

// TestParity holds every line that is rendered against what real switches print for the same command: it must have the shape of one, or be named
// with where it comes from.
func TestParity(t *testing.T) {
	dir := corpus.Shared(t, "corpus/cisco_iosxe")
	text, err := os.ReadFile(filepath.Join(dir, "platforms", "cisco-ios-iosxe.md"))
	if err != nil {
		t.Fatal(err)
	}
	card := map[string]bool{}
	for _, w := range regexp.MustCompile(`[\w']+`).FindAllString(string(text), -1) {
		card[strings.ToLower(w)] = true
	}
	var all []*model.Switch
	for world := range worlds {
		all = append(all, switches(t, world)...)
	}
	for _, command := range slices.Sorted(maps.Keys(recordings)) {
		known := map[string]bool{"": true}
		for _, text := range corpus.Texts(t, dir, folders(t, dir, recordings[command])...) {
			for line := range strings.Lines(text) {
				known[shape(line)] = true
			}
		}
		for _, s := range all {
			text, ok := cisco_iosxe.Personality.Switch(s, command)
			if !ok || driver.Driver.Refusal(text) != "" {
				t.Fatalf("nothing is rendered for %q", command)
			}
			for line := range strings.Lines(string(text)) {
				if s := shape(line); !known[s] && printed[s] == "" && !(command == "show lacp neighbor detail" && carded(s, card)) {
					known[s] = true // once is enough
					t.Errorf("%s: no recording has a line like %q (%q)", command, s, strings.TrimSpace(line))
				}
			}
		}
	}
}
