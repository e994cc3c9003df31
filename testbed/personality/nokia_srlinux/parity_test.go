package nokia_srlinux_test

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
	"uplinkcheck/testbed/personality/nokia_srlinux"
)

// published are words that neither a recording nor the platform card has, with where they come from.
var published = map[string]string{
	"timers":             "nokia/srlinux-yang-models, srl_nokia-system-network-instance-bgp-evpn-ethernet-segments.yang",
	"boot-timer":         "the same",
	"activation-timer":   "the same",
	"ethernet-interface": "the same, since release 23",
	"acl-filter":         "srl_nokia-acl.yang; the card names it",
	"net-inst-down":      "srl_nokia-interfaces.yang, oper-down-reason of a subinterface",
	"port-down":          "the same",
	"no-active-links":    "the text of show lag",
	"basic system info":  "show version as JSON, srl-labs/srlinux-json-rpc README",
	"BRIDGE":             "srl_nokia-lldp-types.yang",
	"IPv4":               "srl_nokia-lldp.yang, type of a management address",
	"sub-interface":      "napalm-automation-community/napalm-srlinux, test_get_mac_address_table: destination-type",
}

// A recording is a folder of the corpus, with the place in the tree at which its answer begins.
type recording struct{ folder, at string }

// recordings are what holds a command's output. Text has the names of the members of "show version" as labels.
var recordings = map[string][]recording{
	"show version | as json":                                                             nil,
	"info from state interface * | as json":                                              {{"gnmi_interface_name_system_information_state", ""}, {"gnmi_network_instance_name_interface_name_subinterface_state", ""}},
	"info from state system lacp | as json":                                              nil,
	"info from state network-instance * type | as json":                                  {{"gnmi_network_instance_name_interface_name_subinterface_state", ""}},
	"info from state network-instance * interface * | as json":                           {{"gnmi_network_instance_name_interface_name_subinterface_state", ""}},
	"info from state system lldp | as json":                                              {{"gnmi_system_lldp_state", ".system.lldp"}},
	"info from state system network-instance protocols evpn ethernet-segments | as json": nil,
	"info from state network-instance * bridge-table mac-table mac * | as json":          nil,
	"info from state acl interface * | as json":                                          nil,
}

// A form is what stands in a place: the types of the values, and the texts.
type form struct{ types, texts map[string]bool }

// bare takes the YANG module off, which recordings over gNMI have and the command line has not.
func bare(s string) string { return s[strings.LastIndexByte(s, ':')+1:] }

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
			walk(out, path+"."+bare(k), x)
		}
	case []any:
		f.types["array"] = true
		for _, x := range v {
			walk(out, path+"[]", x)
		}
	case json.Number:
		f.types["number"] = true
	case string:
		f.types["string"], f.texts[v] = true, true
	default:
		f.types[fmt.Sprintf("%T", v)] = true
	}
}

func decode(t *testing.T, text []byte) (v any) {
	t.Helper()
	d := json.NewDecoder(strings.NewReader(string(text)))
	d.UseNumber()
	if err := d.Decode(&v); err != nil {
		t.Fatalf("%v: %.80s", err, text)
	}
	return v
}

func real(t *testing.T, dir string, all []recording) map[string]*form {
	t.Helper()
	out := map[string]*form{}
	for _, r := range all {
		files, err := filepath.Glob(filepath.Join(dir, "corpus", "nokia_srlinux", r.folder, "*", "input.json"))
		if err != nil || len(files) == 0 {
			t.Fatalf("%s: no recordings", r.folder)
		}
		for _, f := range files {
			text, err := os.ReadFile(f)
			if err != nil {
				t.Fatal(err)
			}
			answers, _ := decode(t, text).([]any) // one for each path that was asked for
			for _, v := range answers {
				walk(out, r.at, v)
			}
		}
	}
	return out
}

// freeText are members in which a person or a neighbour may write anything, and identities.
var freeText = regexp.MustCompile(`\.(description|name|system-name|system-description|port-description|chassis-id|port-id|id|ip-prefix|esi|aggregate-id|destination|interface-id|` +
	`Hostname|Chassis Type|Part Number|Serial Number|OS|Build Number|Architecture|Total Memory|Free Memory|ethernet-interface)$`)

var digits = regexp.MustCompile(`[0-9]+`)
var hexes = regexp.MustCompile(`(?i)\b(?:[0-9a-f]{2}:){5}[0-9a-f]{2}\b`)

// shape is a text with addresses and numbers taken out.
func shape(s string) string {
	return digits.ReplaceAllString(hexes.ReplaceAllString(bare2(s), "HEX"), "0")
}

// bare2 is bare for a word, not for a time or an address.
func bare2(s string) string {
	if strings.HasPrefix(s, "srl_nokia-") {
		return bare(s)
	}
	return s
}

// TestParity holds every member that is rendered against what real switches answered for the same part of the tree, or the platform card
// or a recorded text names: its name, its type, and the words it takes.
func TestParity(t *testing.T) {
	dir := corpus.Shared(t, "corpus/nokia_srlinux")
	known := map[string]bool{}
	card, err := os.ReadFile(filepath.Join(dir, "platforms", "nokia-srlinux.md"))
	if err != nil {
		t.Fatal(err)
	}
	for _, w := range regexp.MustCompile(`[\w-]+`).FindAllString(string(card), -1) {
		known[w] = true
	}
	for _, text := range corpus.Texts(t, dir, "corpus/nokia_srlinux/show_version/*/input.txt", "corpus/nokia_srlinux/show_interface_all/*/input.txt",
		"corpus/nokia_srlinux/show_network_instance_bridge_table_mac_table_all/*/input.txt") {
		for line := range strings.Lines(text) {
			label, _, _ := strings.Cut(line, ":")
			known[strings.TrimSpace(label)] = true
			for _, w := range regexp.MustCompile(`[a-z][\w-]+`).FindAllString(line, -1) {
				known[w] = true
			}
		}
	}
	for w := range published {
		known[w] = true
	}
	for _, command := range slices.Sorted(maps.Keys(recordings)) {
		want, got := real(t, dir, recordings[command]), map[string]*form{}
		anywhere := map[string]bool{} // names and words of the recordings, wherever they stand
		for path, f := range want {
			anywhere[path[strings.LastIndexByte(path, '.')+1:]] = true
			for text := range f.texts {
				anywhere[shape(text)] = true
			}
		}
		for name, text := range worlds() {
			if name == "peer-link-down" || name == "peer-link-single-member" {
				continue // pairs of Ethernet segments have none
			}
			for _, s := range switches(t, text) {
				reply, ok := nokia_srlinux.Personality.Switch(s, command)
				if !ok {
					t.Fatalf("%s: %s", command, reply)
				}
				walk(got, "", decode(t, reply))
			}
		}
		if len(got) < 2 {
			t.Errorf("%s: nothing is rendered in any world", command)
		}
		for _, path := range slices.Sorted(maps.Keys(got)) {
			last := strings.TrimSuffix(path[strings.LastIndexByte(path, '.')+1:], "[]")
			w := want[path]
			if w == nil {
				if last != "" && !known[last] && !anywhere[last] {
					t.Errorf("%s: %s: no recording has it, and the card does not name it", command, path)
				}
				w = &form{}
			}
			for kind := range got[path].types {
				if len(w.types) > 0 && !w.types[kind] {
					t.Errorf("%s: %s is of type %s, in recordings %v", command, path, kind, slices.Sorted(maps.Keys(w.types)))
				}
			}
			for text := range got[path].texts {
				if !freeText.MatchString(path) && !anywhere[shape(text)] && !known[text] && !regexp.MustCompile(`^(0|HEX|v0\.0\.0|0-0-0T0:0:0\.0Z|0\.0\.0\.0|0G)$`).MatchString(shape(text)) {
					t.Errorf("%s: %s: %q: no recording has its like and the card does not name it", command, path, text)
				}
			}
		}
	}
}
