package cumulus_test

import (
	"encoding/json"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"uplinkcheck/drivers/capture"
	"uplinkcheck/drivers/corpus"
	pt "uplinkcheck/testbed/personality/personalitytest"
)

// published are words that neither a recording nor the platform cards have, with where they come from.
var published = map[string]string{
	"ifindex linkmode txqlen link_type linkinfo info_kind addr_info family prefixlen label": "iproute2, ip/ipaddress.c",
	"NO-CARRIER DEFAULT":             "the same, words of flags and of linkmode",
	"mq":                             "net/sched/sch_mq.c",
	"cost":                           "iproute2, ip/iplink_bridge_slave.c",
	"table":                          "iproute2, ip/iplink_vrf.c",
	"REORDER_HDR 802.1Q":             "iproute2, ip/iplink_vlan.c and lib/ll_proto.c",
	"ad_partner_oper_port_state_str": "iproute2, ip/iplink_bond_slave.c",
	"layer2":                         "iproute2, ip/iplink_bond.c",
	"rstp":                           "docs.nvidia.com, Cumulus Linux, Spanning Tree and Rapid Spanning Tree",
	"product-name serial-number":     "docs.nvidia.com, Cumulus Linux, nv show platform",
	"admin-status oper-status swp":   "docs.nvidia.com, Cumulus Linux, nv show interface",
}

// unrecorded are forms that no recording has, with where they come from.
var unrecorded = map[string]string{
	".clagIntfs.*.conflicts[]":           "the platform card; no recorded pair differs",
	".lldp[].interface[].vlan[].vlan-id": "lldpd, src/client/display.c: only of neighbours that send it",
	".lldp[].interface[].vlan[].pvid":    "the same",
}

var wordPattern = regexp.MustCompile(`[A-Za-z0-9_][\w.-]*`)

// rendered are the usable replies to a command in every world.
func rendered(t *testing.T, command string) []string {
	t.Helper()
	var captures []*capture.Capture
	for name, text := range worlds() {
		for _, s := range switches(t, name, text) {
			captures = append(captures, ask(t, s))
		}
	}
	return pt.Rendered(t, captures, command)
}

// words are those of the cards and of recordings of that kind.
func words(t *testing.T, patterns ...string) map[string]bool {
	t.Helper()
	dir := corpus.Shared(t, "corpus/cumulus")
	known := map[string]bool{}
	for _, card := range []string{"cumulus-nvue.md", "linux-bridge-ovs.md"} {
		text, err := os.ReadFile(filepath.Join(dir, "platforms", card))
		if err != nil {
			t.Fatal(err)
		}
		for _, w := range wordPattern.FindAllString(string(text), -1) {
			known[w] = true
		}
	}
	for _, text := range corpus.Texts(t, dir, patterns...) {
		for _, w := range wordPattern.FindAllString(text, -1) {
			known[w] = true
		}
	}
	for list := range published {
		for _, w := range strings.Fields(list) {
			known[w] = true
		}
	}
	return known
}

// A form is where in a document something of a type stands. Names that a switch gives are no part of it.
func forms(out map[string]string, path string, v any) {
	switch v := v.(type) {
	case map[string]any:
		for k, x := range v {
			if strings.HasSuffix(path, ".clagIntfs") {
				k = "*"
			}
			forms(out, path+"."+k, x)
		}
	case []any:
		for _, x := range v {
			forms(out, path+"[]", x)
		}
	case string:
		out[path] = "string"
	case float64:
		out[path] = "number"
	case bool:
		out[path] = "boolean"
	}
}

func decode(t *testing.T, text string) (v any) {
	t.Helper()
	if err := json.Unmarshal([]byte(text), &v); err != nil {
		t.Fatalf("%v: %.80s", err, text)
	}
	return v
}

// TestRecordedForms holds what is rendered as JSON against what real switches answered: each value stands where one of its type stood.
func TestRecordedForms(t *testing.T) {
	dir := corpus.Shared(t, "corpus/cumulus")
	for command, recordings := range map[string]string{
		"clagctl": "corpus/cumulus/net_show_clag_json/*/input.json",
		"lldpcli -f json0 show neighbors details": "corpus/cumulus/net_show_lldp_json/*/input.json",
	} {
		want, got := map[string]string{}, map[string]string{}
		for _, text := range corpus.Texts(t, dir, recordings) {
			forms(want, "", decode(t, text))
		}
		for _, text := range rendered(t, command) {
			forms(got, "", decode(t, text))
		}
		for path, kind := range got {
			if want[path] != kind && unrecorded[path] == "" {
				t.Errorf("%s: a %s at %s, recorded %q", command, kind, path, want[path])
			}
		}
	}
}

// TestWords wants every name and word of a closed set to stand in a recording or a card.
func TestWords(t *testing.T) {
	free := regexp.MustCompile(`^(ifname|link|master|ifalias|address|broadcast|permaddr|perm_hwaddr|label|local|mac|ad_actor_system|partner_mac|base-mac|product-name|serial-number|parentdev|` +
		`peerIf|peerIp|peerId|ourId|sysMac|backupIp|backupReason|speed|group)$`)
	for command, recordings := range map[string][]string{
		"ip -j -d link show":       {"corpus/linux/ip_d_address_show/*/input.txt"},
		"ip -j address show":       {"corpus/linux/ip_d_address_show/*/input.txt"},
		"bridge -j vlan show":      {"corpus/cumulus/bridge_c_vlan_show/*/input.txt"},
		"bridge -j fdb show":       {"corpus/cumulus/bridge_fdb_show/*/input.txt"},
		"clagctl -j":               {"corpus/cumulus/net_show_clag_json/*/input.json"},
		"nv show mlag -o json":     {},
		"nv show platform -o json": {},
		"nv show interface":        {},
		"nv show bridge":           {},
	} {
		known := words(t, recordings...)
		unknown := map[string]bool{}
		check := func(text string) {
			for _, w := range wordPattern.FindAllString(text, -1) {
				if !known[w] && !regexp.MustCompile(`^[0-9.]+$`).MatchString(w) {
					unknown[w] = true
				}
			}
		}
		var walk func(v any)
		walk = func(v any) {
			switch v := v.(type) {
			case map[string]any:
				for k, x := range v {
					if !regexp.MustCompile(`\d$`).MatchString(k) && k != "peerlink" {
						check(k)
					}
					if k == "conflicts" { // what differs, in words that are nowhere told
						continue
					}
					if _, text := x.(string); !text || !free.MatchString(k) {
						walk(x)
					}
				}
			case []any:
				for _, x := range v {
					walk(x)
				}
			case string:
				check(v)
			}
		}
		for _, text := range rendered(t, command) {
			walk(decode(t, text))
		}
		for w := range unknown {
			t.Errorf("%s: no recording has %q, and no card names it", command, w)
		}
	}
}

// TestVRFTable holds the table of VRFs against recorded ones.
func TestVRFTable(t *testing.T) {
	shape := func(line string) string {
		return strings.Join(strings.Fields(regexp.MustCompile(`^\S+ +\d+$`).ReplaceAllString(line, "VRF N")), " ")
	}
	known := map[string]bool{}
	for _, text := range corpus.Texts(t, corpus.Shared(t, "corpus/linux"), "corpus/linux/ip_vrf_show/*/input.txt") {
		for line := range strings.Lines(text) {
			known[shape(strings.TrimSpace(line))] = true
		}
	}
	for _, text := range rendered(t, "ip vrf show") {
		for line := range strings.Lines(text) {
			if s := shape(strings.TrimSpace(line)); !known[s] {
				t.Errorf("no recording has %q", s)
			}
		}
	}
}
