package cisco_nxos_test

import (
	"encoding/json"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"uplinkcheck/drivers/corpus"
	"uplinkcheck/testbed/personality/cisco_nxos"
)

// published are members and words of NX-OS that neither a recording of the command nor the platform card has, with where they come from.
var published = map[string]string{
	"oper_mode": jsonOfSwitchport, "access_vlan": jsonOfSwitchport, "access_vlan_name": jsonOfSwitchport, "native_vlan": jsonOfSwitchport,
	"native_vlan_name": jsonOfSwitchport, "trunk_vlans": jsonOfSwitchport, "voice_vlan": jsonOfSwitchport, "switchport": jsonOfSwitchport,
	"switchport_monitor": jsonOfSwitchport, "Enabled": jsonOfSwitchport, "Not enabled": jsonOfSwitchport,
	"svi_admin_state": jsonOfInterface, "svi_line_proto": jsonOfInterface, "svi_mac": jsonOfInterface, "svi_mtu": jsonOfInterface, "svi_bw": jsonOfInterface,
	"svi_rsn_desc": jsonOfInterface, "svi_ip_addr": jsonOfInterface, "svi_ip_mask": jsonOfInterface, "eth_ip_addr": jsonOfInterface,
	"eth_ip_mask": jsonOfInterface, "eth_bundle": jsonOfInterface,
	"vpc-delay-restore-status": jsonOfVPC, "peer-link-id": jsonOfVPC, "peer-link-down": jsonOfVPC, "SUCCESS": jsonOfVPC,
	"vpc-delay-restore-orphan-port-status": "not seen: the text form has the line", "Timer is off.(timeout = 300s)": "the text form",
	"orphan_ports": jsonOfOrphans, "vpc-vlan": jsonOfOrphans, "vpc-orphan-ports": jsonOfOrphans,
	"peer-not-reachable": "not seen: the driver takes what begins with peer-not for no",
	"disabled":           "not seen: the text form has Disabled where there is no keepalive",
	"inconsistent":       "not seen: the other word of vpc-peer-consistency",
	"Mac Address":        "not seen: of the chassis, beside Interface Name and Locally Assigned",
	"soo":                "not seen: Site-of-Origin in the text form", "if_name": jsonOfVRF, "TABLE_if": jsonOfVRF, "ROW_if": jsonOfVRF,
	"neigh_count": "the short form of the command", "NONE": "the text form", "full": "the text form", "not advertised": "the text form",
	"B": "the text form", "--": "the text form",
}

// Where members come from that others read by these names and no recording has.
const (
	jsonOfSwitchport = "ansible/ansible, lib/ansible/modules/network/nxos: show interface switchport"
	jsonOfInterface  = "netenglabs/suzieq, suzieq/config/interfaces.yml, and other public readers of show interface | json"
	jsonOfVPC        = "nxapi_vpc.py of nxapi_netbox, which quotes show vpc | json-pretty"
	jsonOfOrphans    = "Cisco Nexus 9000 Series NX-OS Command Reference (Show Commands), show vpc orphan-ports"
	jsonOfVRF        = "public readers of show vrf interface | json"
)

// recordings are the folders of the corpus that hold a command's JSON, of the command itself or of its short form.
var recordings = map[string][]string{
	"show version | json": {"show_version"}, "show interface | json": {"show_interface", "show_interface_brief"},
	"show port-channel summary | json": nil, "show interface switchport | json": nil, "show vlan brief | json": {"show_vlan_brief", "show_vlan_brief_json"},
	"show lldp neighbors detail | json": {"show_lldp_neighbors"}, "show vpc | json": {"show_vpc_role", "show_vpc_peer_keepalive"},
	"show vpc role | json": {"show_vpc_role"}, "show vpc orphan-ports | json": nil, "show vpc peer-keepalive | json": {"show_vpc_peer_keepalive"},
	"show mac address-table | json": {"show_mac_address_table"}, "show ip interface vrf all | json": {"show_ip_interface_vrf_all", "show_ip_interface"},
	"show vrf detail | json": {"show_vrf_detail"}, "show vrf interface | json": {"show_vrf_detail"}, "show inventory | json": {"show_inventory", "show_inventory_json"},
}

// lines are the folders of the corpus that hold a command's text.
var lines = map[string]string{
	"show lacp neighbor": "show_lacp_neighbor", "show lacp counters": "show_lacp_counters", "show lacp system-identifier": "show_lacp_system_identifier",
	"show mac address-table": "show_mac_address_table*", "show spanning-tree detail": "show_spanning_tree_detail",
	"show running-config interface": "show_running_config*",
}

// A form is what stands in a place of JSON documents: the types of the values, and the texts.
type form struct{ types, texts map[string]bool }

// walk notes the form of every member, wherever it stands. A number may be written as a string or not, which differs by release.
func walk(out map[string]*form, name string, v any) {
	f := out[name]
	if f == nil {
		f = &form{map[string]bool{}, map[string]bool{}}
		out[name] = f
	}
	switch v := v.(type) {
	case map[string]any:
		f.types["table"] = true
		for k, x := range v {
			walk(out, k, x)
		}
	case []any:
		f.types["table"] = true
		for _, x := range v {
			walk(out, name, x)
		}
	default:
		f.types["scalar"] = true
		f.texts[fmt.Sprint(v)] = true
	}
}

var varying = []struct {
	what *regexp.Regexp
	as   string
}{
	{regexp.MustCompile(`(?i)\b(?:[0-9a-f]{1,2}[:-]){5}[0-9a-f]{1,2}\b|\b[0-9a-f]{4}\.[0-9a-f]{4}\.[0-9a-f]{4}\b`), "MAC"},
	{regexp.MustCompile(`\b0x[0-9a-f]+\b`), "0"},
	{regexp.MustCompile(`\b(?:Ethernet|Eth|port-channel|Port-channel|Po|Vlan|mgmt|loopback|Lo)\d[\d/.]*`), "PORT"},
	{regexp.MustCompile(`VLAN\d{4}|MST\d{4}`), "TREE"},
	{regexp.MustCompile(`\d+`), "0"},
	{regexp.MustCompile(`0(?:[-,.]0)+`), "0"},
	{regexp.MustCompile(`PORT(?:, ?PORT)+`), "PORT"},
	{regexp.MustCompile(`\s+`), " "},
}

// shape is a text with addresses, names of ports, numbers and lists of them taken out.
func shape(s string) string {
	s = strings.TrimSpace(s)
	for _, v := range varying {
		s = v.what.ReplaceAllString(s, v.as)
	}
	return s
}

// freeText are members in which a person or a neighbour may write anything, and identities.
var freeText = map[string]bool{"desc": true, "host_name": true, "chassis_id": true, "proc_board_id": true, "nxos_ver_str": true, "kickstart_ver_str": true,
	"port_desc": true, "sys_name": true, "sys_desc": true, "port_id": true, "vlanshowbr-vlanname": true, "access_vlan_name": true, "native_vlan_name": true,
	"vrf-name-out": true, "vrf_name": true, "productid": true, "serialnum": true, "eth_hw_desc": true, "header_str": true, "eth_speed": true, "bios_ver_str": true,
	"state_rsn_desc": true, "eth_link_flapped": true, "mgmt_addr": true, "vpc-keepalive-dest": true, "rr_sys_ver": true, "trunk_vlans": true, "up-vlan-bitset": true,
	"peer-up-vlan-bitset": true, "intf-name": true, "if_name": true, "rd": true, "name": true, "vendorid": true}

func rendered(t *testing.T, command string) (out []string) {
	t.Helper()
	for _, w := range slices.Sorted(maps.Keys(worlds)) {
		for _, s := range switches(t, w) {
			text, ok := cisco_nxos.Personality.Switch(s, command)
			if !ok {
				t.Fatalf("%s is not known", command)
			}
			if !strings.Contains(string(text), "% Invalid command") {
				out = append(out, string(text))
			}
		}
	}
	return out
}

func card(t *testing.T, dir string) (text string, words map[string]bool) {
	t.Helper()
	raw, err := os.ReadFile(filepath.Join(dir, "platforms", "cisco-nxos.md"))
	if err != nil {
		t.Fatal(err)
	}
	words = map[string]bool{}
	for _, w := range regexp.MustCompile(`[\w-]+`).FindAllString(string(raw), -1) {
		words[w] = true
	}
	return string(raw), words
}

// TestParity holds every member that is rendered against what real switches print for the same command or its short form, or the platform
// card names: its name, whether it is a table, and the words it takes.
func TestParity(t *testing.T) {
	dir := corpus.Shared(t, "corpus/cisco_nxos")
	_, known := card(t, dir)
	for w := range published {
		known[w] = true
	}
	for _, command := range slices.Sorted(maps.Keys(recordings)) {
		want, got := map[string]*form{}, map[string]*form{}
		for _, folder := range recordings[command] {
			files, err := filepath.Glob(filepath.Join(dir, "corpus", "cisco_nxos", folder, "*", "input.json"))
			if err != nil || len(files) == 0 {
				t.Fatalf("%s: no recordings", folder)
			}
			for _, f := range files {
				var v any
				if raw, err := os.ReadFile(f); err != nil || json.Unmarshal(raw, &v) != nil {
					t.Fatalf("%s: %v", f, err)
				}
				walk(want, "", v)
			}
		}
		for _, text := range rendered(t, command) {
			var v any
			if err := json.Unmarshal([]byte(text), &v); err != nil {
				t.Fatalf("%s: %v", command, err)
			}
			walk(got, "", v)
		}
		if len(got) < 2 {
			t.Errorf("%s: nothing is rendered in any world", command)
		}
		for _, name := range slices.Sorted(maps.Keys(got)) {
			w := want[name]
			if name == "" {
				continue
			} else if w == nil {
				bare := strings.TrimPrefix(strings.TrimPrefix(name, "TABLE_"), "ROW_")
				if !known[name] && !known[bare] {
					t.Errorf("%s: %s: no recording has it, and the card does not name it", command, name)
				}
				w = &form{}
			}
			for kind := range got[name].types {
				if len(w.types) > 0 && !w.types[kind] {
					t.Errorf("%s: %s is a %s, in recordings %v", command, name, kind, slices.Sorted(maps.Keys(w.types)))
				}
			}
			shapes := map[string]bool{"0": true, "MAC": true, "PORT": true, "up": true, "down": true, "": true}
			for text := range w.texts {
				shapes[shape(text)] = true
			}
			for text := range got[name].texts {
				if !shapes[shape(text)] && !freeText[name] && !known[text] {
					t.Errorf("%s: %s: %q: no recording has its like and the card does not name it", command, name, text)
				}
			}
		}
	}
}

// unlike are lines of text that no recording of the command has, with where they come from.
var unlike = map[string]string{
	"Port 0 (PORT) of TREE is alternate blocking":                   "a port that the protocol holds in reserve: role and state of IEEE Std 802.1Q-2018, 13.38",
	"Port 0 (PORT, vPC) of TREE is alternate blocking":              "the same",
	"Port 0 (PORT) of TREE is designated forwarding":                "a port outside any vPC",
	"+ 0 MAC dynamic 0 F F PORT":                                    "the legend: primary entry using vPC Peer-Link",
	"!Command: show running-config interface":                       "the command's own name",
	"description peer-link to leaf0":                                "anything may stand there",
	"PORT 0,MAC 0 0 SP":                                             "flags as the head of the output explains them",
	"PORT 0,MAC 0 0 FA":                                             "the same",
	"PORT 0,MAC 0 0 FP":                                             "the same",
	"Port 0 (PORT, vPC Peer-link) of TREE is designated forwarding": "recorded as root forwarding",
	"lacp min-links 0":                                              "Cisco NX-OS Interfaces Configuration Guide",
	"no lacp suspend-individual":                                    "platform card: the default is to suspend",
	"vpc 0":                                                         "Cisco NX-OS Interfaces Configuration Guide",
	"vpc peer-link":                                                 "the same",
	"switchport trunk native vlan 0":                                "the same",
	"version 0(0) Bios:version 0":                                   "the head of every configuration",
	"interface PORT":                                                "the section itself",
	"channel-group 0 mode on":                                       "the same, of a static LAG",
	"channel-group 0 mode passive":                                  "the same, of a LAG that does not begin",
	"switchport access vlan 0":                                      "the same",
	"Bridge Identifier has priority 0, sysid 0, address MAC":        "recorded without its blanks",
}

// TestTextParity holds every line that is rendered against the lines that real switches print for the same command.
func TestTextParity(t *testing.T) {
	dir := corpus.Shared(t, "corpus/cisco_nxos")
	for _, command := range slices.Sorted(maps.Keys(lines)) {
		files, err := filepath.Glob(filepath.Join(dir, "corpus", "cisco_nxos", lines[command], "*", "input.txt"))
		if err != nil || len(files) == 0 {
			t.Fatalf("%s: no recordings", command)
		}
		real := map[string]bool{"": true}
		for _, f := range files {
			raw, err := os.ReadFile(f)
			if err != nil {
				t.Fatal(err)
			}
			for line := range strings.Lines(string(raw)) {
				real[shape(line)] = true
			}
		}
		seen := map[string]bool{}
		for _, text := range rendered(t, command) {
			for line := range strings.Lines(text) {
				s := shape(line)
				if !real[s] && unlike[s] == "" && !seen[s] && !strings.HasPrefix(s, "description ") {
					t.Errorf("%s: %q (%q): no recording has such a line", command, strings.TrimSpace(line), s)
				}
				seen[s] = true
			}
		}
		if len(seen) < 1 {
			t.Errorf("%s: nothing is rendered", command)
		}
	}
}

// TestLACPInterface holds the lines of "show lacp interface", of which there is no recording, against the platform card.
func TestLACPInterface(t *testing.T) {
	text, _ := card(t, corpus.Shared(t, "corpus/cisco_nxos"))
	for _, reply := range rendered(t, "show lacp interface") {
		for line := range strings.Lines(reply) {
			key, _, _ := strings.Cut(strings.TrimSpace(line), "=")
			key, _, _ = strings.Cut(key, ":")
			if key = strings.TrimSpace(key); key != "" && !strings.HasPrefix(key, "Interface ") && !strings.HasPrefix(key, "Channel group is") &&
				!strings.HasPrefix(key, "Operational as") && !strings.Contains(text, key) && notOnCard[key] == "" {
				t.Errorf("%q: the card does not name it", strings.TrimSpace(line))
			}
		}
	}
}

// notOnCard are lines of "show lacp interface" that are left out on the card, all from "Cisco Nexus: vPC and LACP" articles that quote it whole.
var notOnCard = map[string]string{"Markers sent": "counter", "Markers rcvd": "counter", "Marker response sent": "counter", "Marker response rcvd": "counter",
	"Unknown packets rcvd": "counter", "Illegal packets rcvd": "counter", "Aggregate or Individual(True": "last line", "Partner Admin State": "beside the oper state"}
