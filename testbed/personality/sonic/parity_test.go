package sonic_test

import (
	"encoding/json"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"uplinkcheck/drivers/corpus"
)

// published are words that neither a recording nor the platform card has, with where they come from.
var published = map[string]string{
	"PortConfigDone":  "sonic-net/sonic-swss, doc/swss-schema.md",
	"PortInitDone":    "the same",
	"count":           "the same, of PortConfigDone",
	"lanes":           "the same",
	"L3":              "the same, type of ACL_TABLE",
	"ingress":         "the same, stage of ACL_TABLE",
	"MCLAG_DOMAIN":    "sonic-net/SONiC, doc/mclag/MCLAG_Enhancements_HLD.md",
	"source_ip":       "the same",
	"peer_ip":         "the same",
	"peer_link":       "the same",
	"MCLAG_INTERFACE": "the same",
	"if_type":         "sonic-net/sonic-utilities, config mclag member add",
	"PortChannel":     "the same",
	"lacp_prio":       "teamd.conf(5), runner.agg_select_policy",
	"ifinfo":          "libteam, teamd/teamd_state.c",
	"ifname":          "the same",
	"link":            "the same",
	"duplex":          "the same",
	"full":            "the same",
	"link_watches":    "the same",
	"list":            "the same",
	"link_watch_0":    "the same",
	"delay_down":      "the same",
	"delay_up":        "the same",
	"down_count":      "the same",
	"name":            "the same",
	"ethtool":         "the same",
	"IPv4Address":     "the same",
	"Prefixlen":       "the same",
	"IsL3Interface":   "the same",
	"Loglevel":        "the same, dump state",
}

var words = regexp.MustCompile(`[A-Za-z][\w-]*@?`)

// digits stand for all numbers, and hexes for addresses.
var digits, hexes = regexp.MustCompile(`[0-9]+`), regexp.MustCompile(`(?i)\b(?:[0-9a-f]{2}:){5}[0-9a-f]{2}\b`)

func shape(s string) string { return digits.ReplaceAllString(hexes.ReplaceAllString(s, "HEX"), "0") }

// freeText are fields in which a person may write anything, and identities.
var freeText = regexp.MustCompile(`\.(description|vrf_name|ports@|alias|source_ip|peer_ip|peer_link|ifname)$`)

// forms are the places of a dump with the shapes of their texts. Of a key only the table and how many parts follow it count, of a
// member of a team nothing.
func forms(out map[string]map[string]bool, path string, v any) {
	if out[path] == nil {
		out[path] = map[string]bool{}
	}
	switch v := v.(type) {
	case map[string]any:
		for k, x := range v {
			if at := strings.IndexAny(k, "|:"); at > 0 {
				k = k[:at] + strings.Repeat(k[at:at+1]+"*", 1+strings.Count(k[at+1:], k[at:at+1]))
			} else if path == ".ports" {
				k = "*"
			}
			forms(out, path+"."+k, x)
		}
	case json.Number:
		out[path]["(number)"] = true
	case bool:
		out[path]["(boolean)"] = true
	case string:
		out[path][shape(v)] = true
	}
}

func decode(t *testing.T, text string) (v any) {
	t.Helper()
	d := json.NewDecoder(strings.NewReader(text))
	d.UseNumber()
	if err := d.Decode(&v); err != nil {
		t.Fatalf("%v: %.80s", err, text)
	}
	return v
}

// bare takes off what sonic-db-dump puts around the fields of a key (expireat, ttl and type, of p/redis-dump-load): recordings are without.
func bare(v any) any {
	out := map[string]any{}
	for key, x := range v.(map[string]any) {
		out[key] = x.(map[string]any)["value"]
	}
	return out
}

// rendered are the answers of every world's switches, by command.
func rendered(t *testing.T) map[string][]string {
	t.Helper()
	out := map[string][]string{}
	for name, text := range worlds() {
		t.Run(name, func(t *testing.T) { // a world that the platform cannot have is skipped
			for _, s := range switches(t, text) {
				for _, r := range ask(t, s).Replies {
					out[r.Command] = append(out[r.Command], string(r.Data))
				}
			}
		})
	}
	return out
}

// TestParity holds every field that is rendered against what real switches answered, or the platform card names: its name, its type,
// and the words it takes.
func TestParity(t *testing.T) {
	dir := corpus.Shared(t, "corpus/sonic")
	known := map[string]bool{}
	card, err := os.ReadFile(filepath.Join(dir, "platforms", "sonic.md"))
	if err != nil {
		t.Fatal(err)
	}
	for _, w := range words.FindAllString(string(card), -1) {
		known[w] = true
	}
	for w := range published {
		known[shape(w)] = true
	}
	want := map[string]map[string]bool{}
	for _, text := range corpus.Texts(t, dir, "corpus/sonic/*_db_*/*/input.json", "corpus/linux/teamdctl_state_dump/*/input.json") {
		forms(want, "", decode(t, text))
	}
	anywhere := map[string]bool{} // texts of the recordings, wherever they stand
	for _, texts := range want {
		maps.Copy(anywhere, texts)
	}
	for command, texts := range rendered(t) {
		got := map[string]map[string]bool{}
		for _, text := range texts {
			switch {
			case strings.HasPrefix(command, "sonic-db-dump"):
				forms(got, "", bare(decode(t, text)))
			case strings.HasPrefix(command, "teamdctl"):
				forms(got, "", decode(t, text))
			case strings.HasPrefix(command, "mclagdctl"):
				for line := range strings.Lines(text) {
					label, value, _ := strings.Cut(strings.TrimSpace(line), ":")
					label, value = strings.Trim(label, " -"), strings.TrimSpace(value)
					if !strings.Contains(string(card), label) && !known[shape(label)] {
						t.Errorf("%s: the card does not name %q", command, label)
					}
					if label != "State" && regexp.MustCompile(`is$|^Role|^Type`).MatchString(label) && !known[value] {
						t.Errorf("%s: %s: the card does not name %q", command, label, value)
					}
				}
			}
		}
		for path, texts := range got {
			last := path[strings.LastIndexAny(path, ".")+1:]
			last = strings.TrimRight(last, "|:*")
			if want[path] == nil && last != "" && !known[shape(last)] && !known[last] {
				t.Errorf("%s: %s: no recording has it, and the card does not name it", command, path)
			}
			for text := range texts {
				plain := slices.Contains([]string{"0", "HEX", "NULL", "", "0.0.0.0", "(number)", "(boolean)"}, text)
				switch w := want[path]; {
				case w[text] || freeText.MatchString(path):
				case len(w) > 0 && plain:
					t.Errorf("%s: %s: %s, in recordings %v", command, path, text, w)
				case !plain && !known[text] && !anywhere[text]:
					t.Errorf("%s: %s: %q: no recording has its like", command, path, text)
				}
			}
		}
	}
}

// TestTextParity holds the lines of tables against recorded ones, with addresses and numbers taken out.
func TestTextParity(t *testing.T) {
	dir := corpus.Shared(t, "corpus/sonic")
	all := rendered(t)
	for command, folder := range map[string]string{"show version": "show_version", "show mac": "show_mac"} {
		label := func(line string) string {
			if command == "show mac" {
				line = regexp.MustCompile(`-+`).ReplaceAllString(shape(line), "-")
				return strings.Join(strings.Fields(strings.ReplaceAll(line, "PortChannel", "Ethernet")), " ")
			}
			name, _, _ := strings.Cut(line, ":")
			if strings.Contains(name, "docker-") {
				name, _, _ = strings.Cut(name, " ")
			}
			return strings.Join(strings.Fields(name), " ")
		}
		known := map[string]bool{"": true}
		for _, text := range corpus.Texts(t, dir, "corpus/sonic/"+folder+"/*/input.txt") {
			for line := range strings.Lines(text) {
				known[label(line)] = true
			}
		}
		if len(all[command]) == 0 {
			t.Errorf("%s: nothing is rendered", command)
		}
		for _, text := range all[command] {
			for line := range strings.Lines(text) {
				if !known[label(line)] {
					t.Errorf("%s: no recording has %q", command, line)
				}
			}
		}
	}
}
