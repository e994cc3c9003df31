package arista_eos_test

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
	"uplinkcheck/testbed/personality/arista_eos"
)

// published are words of EOS that neither a recording nor the platform card has, with where they come from.
var published = map[string]string{
	"spanningTreeBlockedPorts": "aristanetworks/anta, tests/units/anta_tests/test_stp.py: VerifySTPBlockedPorts",
	"VL":                       "an instance of rapid per-VLAN spanning tree: VL10 in test_stp.py: VerifySTPRootPriority",
	"inconsistent":             "the other word of configSanity, which people quote from the text form (peer-config)",
	"discarding":               "the state of a port that is not forwarding, IEEE Std 802.1Q-2018, 13.38; the recordings have forwarding only",
	"running":                  "not seen: the word that the driver takes for a second path in use; anta's test_mlag.py has configured",
}

// recordings are the folders of the corpus that hold a command's output, under its own name or under one with the same output.
var recordings = map[string][]string{
	"show version | json":                    {"show_version", "show_version_detail"},
	"show hostname | json":                   nil,
	"show interfaces | json":                 {"show_interfaces"},
	"show lacp interface detailed | json":    {"show_lacp_interface_detailed"},
	"show lacp neighbor | json":              {"show_lacp_interface_detailed"},
	"show port-channel | json":               {"show_port_channel"},
	"show interfaces switchport | json":      {"show_interfaces_switchport"},
	"show vlan | json":                       {"show_vlan", "show_vlan_brief", "show_vlan_configured_ports"},
	"show lldp neighbors detail | json":      {"show_lldp_neighbors_detail"},
	"show mlag detail | json":                {"show_mlag_detail", "show_mlag"},
	"show mlag interfaces | json":            {"show_mlag_interfaces"},
	"show mlag config-sanity | json":         {"show_mlag_config_sanity"},
	"show spanning-tree blockedports | json": {"show_spanning_tree_blockedports"},
	"show mac address-table | json":          {"show_mac_address_table", "show_mac_address_table_unicast"},
	"show ip interface | json":               {"show_ip_interface"},
	"show vrf | json":                        {"show_vrf"},
	"show lacp counters all-ports | json":    {"show_lacp_counters_all_ports", "show_lacp_interface_detailed"},

	"show spanning-tree topology status detail | json": {"show_spanning_tree_topology_status_detail"},
}

// A form is what stands in a place of JSON documents: the types of the values, and the texts.
type form struct {
	types map[string]bool
	texts map[string]bool
}

var (
	variable = regexp.MustCompile(`^(Peer)?(Ethernet|Port-Channel|Vlan|Management|Loopback|Vxlan|Tunnel|Null)[\d/.]*$`)
	instance = regexp.MustCompile(`(?i)^VL\d+$`)
	onlyNum  = regexp.MustCompile(`^\d+$`)
	address  = regexp.MustCompile(`^\d+\.\d+\.\d+\.\d+$`)
	sanity   = regexp.MustCompile(`^[\w-]+ (mlag|Port-Channel)\d+$`)
)

// name is the name of a member with what varies from switch to switch taken out.
func name(parent, s string) string {
	switch {
	case variable.MatchString(s), s == "Cpu":
		return "PORT"
	case instance.MatchString(s):
		return "VL"
	case onlyNum.MatchString(s):
		return "N"
	case address.MatchString(s):
		return "ADDRESS"
	case sanity.MatchString(s), strings.HasSuffix(parent, "globalConfiguration"), strings.HasSuffix(parent, "globalParameters"), strings.HasSuffix(parent, ".vrfs"):
		return "NAME"
	}
	return s
}

// walk notes the form of every place.
func walk(out map[string]*form, path string, v any) {
	f := out[path]
	if f == nil {
		f = &form{map[string]bool{}, map[string]bool{}}
		out[path] = f
	}
	switch v := v.(type) {
	case map[string]any:
		f.types["object"] = true
		for k, x := range v {
			walk(out, path+"."+name(path, k), x)
		}
	case []any:
		f.types["array"] = true
		for _, x := range v {
			walk(out, path+"[]", x)
		}
	case json.Number:
		kind := "integer"
		if strings.ContainsAny(v.String(), ".eE") {
			kind = "fraction"
		}
		f.types[kind] = true
	case string:
		f.types["string"], f.texts[v] = true, true
	default:
		f.types[fmt.Sprintf("%T", v)] = true
	}
}

func decode(t *testing.T, text []byte) (v any, ok bool) {
	t.Helper()
	d := json.NewDecoder(strings.NewReader(string(text)))
	d.UseNumber()
	return v, d.Decode(&v) == nil
}

// unwrap takes the envelope of the command API off.
func unwrap(v any) (out []any) {
	switch v := v.(type) {
	case []any:
		for _, x := range v {
			out = append(out, unwrap(x)...)
		}
		return out
	case map[string]any:
		if r, ok := v["result"]; ok {
			return unwrap(r)
		}
	}
	return []any{v}
}

func real(t *testing.T, dir, command string) map[string]*form {
	t.Helper()
	out := map[string]*form{}
	folders, listed := recordings[command]
	if !listed {
		t.Errorf("%s: say which recordings it is held against", command)
	}
	for _, folder := range folders {
		files, err := filepath.Glob(filepath.Join(dir, "corpus", "arista_eos", folder, "*", "input.json"))
		if err != nil || len(files) == 0 {
			t.Fatalf("%s: no recordings", folder)
		}
		for _, f := range files {
			text, err := os.ReadFile(f)
			if err != nil {
				t.Fatal(err)
			}
			if v, ok := decode(t, text); ok {
				for _, x := range unwrap(v) {
					walk(out, "", x)
				}
			}
		}
	}
	return out
}

// freeText are members in which a person or a neighbour may write anything, and identities.
var freeText = map[string]bool{"description": true, "name": true, "hostname": true, "fqdn": true, "modelName": true, "version": true,
	"internalVersion": true, "serialNumber": true, "internalBuildId": true, "mfgName": true, "hardwareRevision": true, "systemName": true,
	"systemDescription": true, "interfaceDescription": true, "interfaceId": true, "accessVlanName": true, "trunkingNativeVlanName": true,
	"domainId": true, "localInterfaceDescription": true, "vrf": true, "localValue": true, "peerValue": true, "reasonUnconfigured": true, "interfaces[]": true}

var digits = regexp.MustCompile(`[0-9]+`)
var hexes = regexp.MustCompile(`(?i)\b(?:[0-9a-f]{2}[:-]){5}[0-9a-f]{2}\b|\b[0-9a-f]{1,4}\.[0-9a-f]{1,4}\.[0-9a-f]{1,4}\b|0x[0-9a-f]{4}\b|\b[0-9a-f]{4},`)

var lists = regexp.MustCompile(`^0([,-]0)*$`)

// shape is a text with addresses, identifiers, numbers and lists of them taken out.
func shape(s string) string {
	return lists.ReplaceAllString(digits.ReplaceAllString(hexes.ReplaceAllString(s, "HEX"), "0"), "0")
}

// TestParity holds every member that is rendered against what real switches print for the same command, or the platform card
// names: its name, its type, and the words it takes.
func TestParity(t *testing.T) {
	dir := corpus.Shared(t, "corpus/arista_eos")
	card, err := os.ReadFile(filepath.Join(dir, "platforms", "arista-eos.md"))
	if err != nil {
		t.Fatal(err)
	}
	known := map[string]bool{}
	for _, w := range regexp.MustCompile(`[\w-]+`).FindAllString(string(card), -1) {
		known[w] = true
	}
	for w := range published {
		known[w] = true
	}
	for _, w := range []string{"PORT", "N", "NAME", "ADDRESS"} {
		known[w] = true
	}
	for _, command := range slices.Sorted(maps.Keys(recordings)) {
		want, got := real(t, dir, command), map[string]*form{}
		for w := range worlds {
			for _, s := range switches(t, w) {
				text, ok := arista_eos.Personality.Switch(s, command)
				v, isJSON := decode(t, text)
				if !ok || !isJSON {
					t.Fatalf("%s: %s", command, text)
				}
				walk(got, "", v)
			}
		}
		if len(got) < 2 {
			t.Errorf("%s: nothing is rendered in any world", command)
		}
		for _, path := range slices.Sorted(maps.Keys(got)) {
			last := path[strings.LastIndex(path, ".")+1:]
			w := want[path]
			if w == nil && path == "" {
				continue // nobody recorded the command
			} else if w == nil {
				if !known[strings.TrimSuffix(last, "[]")] {
					t.Errorf("%s: %s: no recording has it, and the card does not name it", command, path)
				}
				w = &form{}
			}
			for kind := range got[path].types {
				if len(w.types) > 0 && !w.types[kind] {
					t.Errorf("%s: %s is of type %s, in recordings %v", command, path, kind, slices.Sorted(maps.Keys(w.types)))
				}
			}
			shapes := map[string]bool{}
			for text := range w.texts {
				shapes[shape(text)] = true
			}
			for text := range got[path].texts {
				if len(shapes) > 0 && !shapes[shape(text)] && !freeText[last] && !known[text] {
					t.Errorf("%s: %s: %q: no recording has its like and the card does not name it", command, path, text)
				}
			}
		}
	}
}
