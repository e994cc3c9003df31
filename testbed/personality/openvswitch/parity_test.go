package openvswitch_test

import (
	"encoding/json"
	"regexp"
	"slices"
	"strings"
	"testing"

	"uplinkcheck/drivers/capture"
	"uplinkcheck/drivers/corpus"
	pt "uplinkcheck/testbed/personality/personalitytest"
)

const recordings = "../../../drivers/openvswitch/testdata/*/"

var worlds = []string{"", "faults: [{fault: wrong-system-id, on: leaf2/lag2}]", "faults: [{fault: cable-pulled, on: leaf1/1}]",
	"faults: [{fault: allow-all, on: esx1}]", "faults: [{fault: passive-passive, on: kvm1}]", "faults: [{fault: lldp-silent, on: esx1}]",
	"faults: [{fault: lacp-off, on: leaf2/lag2}]", "faults: [{fault: expired, on: leaf1/1}]"}

// rendered is what the personality prints for a command, in every world and on every switch.
func rendered(t *testing.T, command string) []string {
	t.Helper()
	var captures []*capture.Capture
	for _, w := range worlds {
		for _, s := range fabric(t, w).Switches {
			captures = append(captures, ask(t, s))
		}
	}
	return pt.Rendered(t, captures, command)
}

var blanks = []struct{ pattern, to string }{
	{`[0-9a-f]{2}(:[0-9a-f]{2}){5}`, "MAC"}, {`---- \S+ `, "---- NAME "}, {`(member:?) [^:]+:`, "$1 NAME:"}, {`\(\S+\)$`, "(NAME)"},
	{`state:( \w+)*`, "state:"}, {`-?\b\d+(\.\d+)*\b`, "N"}, {` +`, " "},
}

// shapes are the different lines of texts with all that varies blanked out.
func shapes(texts []string) map[string]bool {
	out := map[string]bool{}
	for _, text := range texts {
		for _, line := range strings.Split(text, "\n") {
			for _, b := range blanks {
				line = regexp.MustCompile(b.pattern).ReplaceAllString(line, b.to)
			}
			out[strings.TrimRight(line, " ")] = true
		}
	}
	return out
}

// TestLinesLookReal wants every line that we print to have the shape of one that the real tool printed.
func TestLinesLookReal(t *testing.T) {
	for _, c := range []struct {
		command  string
		patterns []string
	}{
		{"ovs-appctl version", []string{recordings + "ovs_appctl_version.txt"}},
		{"ovs-appctl lacp/show-stats", []string{recordings + "ovs_appctl_lacp_show_stats.txt", "lab/samples/s1-lacp-stats.txt"}},
		{"ovs-appctl lacp/show", []string{recordings + "ovs_appctl_lacp_show*.txt", "lab/samples/*-lacp-show.txt", "corpus/openvswitch/ovs_appctl_lacp_show/*/input.txt"}},
		{"ovs-appctl bond/show", []string{recordings + "ovs_appctl_bond_show.txt", "lab/samples/*-bond-show.txt", "corpus/openvswitch/ovs_appctl_bond_show/*/input.txt"}},
		{"ovs-appctl fdb/show", []string{recordings + "ovs_appctl_fdb_show_br0.txt"}},
		{"ovs-ofctl dump-aggregate", []string{recordings + "ovs_ofctl_dump_aggregate_br0.txt"}},
	} {
		t.Run(c.command, func(t *testing.T) {
			known := shapes(corpus.Texts(t, corpus.Shared(t, "lab/samples"), c.patterns...))
			for s := range shapes(rendered(t, c.command)) {
				if !known[s] {
					t.Errorf("no real output has a line like %q", s)
				}
			}
		})
	}
}

// cellKinds are the headings of a table and, by column, the kinds of cells in it.
func cellKinds(t *testing.T, texts []string) (headings []string, kinds map[string]bool) {
	t.Helper()
	kinds = map[string]bool{}
	for _, text := range texts {
		var doc struct {
			Headings []string
			Data     [][]any
		}
		if err := json.Unmarshal([]byte(text), &doc); err != nil {
			t.Fatal(err)
		}
		headings = doc.Headings
		for _, row := range doc.Data {
			for i, cell := range row {
				kinds[headings[i]+" "+cellKind(cell)] = true
			}
		}
	}
	return headings, kinds
}

func cellKind(cell any) string {
	switch v := cell.(type) {
	case string:
		return "string"
	case float64:
		return "number"
	case bool:
		return "bool"
	case []any:
		if v[0] == "set" && len(v[1].([]any)) > 0 {
			return "set of " + cellKind(v[1].([]any)[0])
		}
		return v[0].(string)
	}
	return "?"
}

// TestTablesLookReal wants the real columns in the real order, and in each cell a kind of value that was seen there.
func TestTablesLookReal(t *testing.T) {
	for _, table := range []string{"Bridge", "Port", "Interface"} {
		t.Run(table, func(t *testing.T) {
			command := "ovs-vsctl --format=json list " + table
			patterns := []string{recordings + "ovs_vsctl_format_json_list_" + strings.ToLower(table) + ".json"}
			if table != "Bridge" {
				patterns = append(patterns, "lab/samples/s1-"+strings.ToLower(table)+".json")
			}
			headings, known := cellKinds(t, corpus.Texts(t, corpus.Shared(t, "lab/samples"), patterns...))
			ours, kinds := cellKinds(t, rendered(t, command))
			if !slices.Equal(ours, headings) {
				t.Errorf("columns are\n%v, real ones\n%v", ours, headings)
			}
			for k := range kinds {
				if !known[k] {
					t.Errorf("no real table has the cell: %s", k)
				}
			}
		})
	}
}

// paths are the member names on the way to each scalar.
func paths(into map[string]bool, at string, v any) {
	switch v := v.(type) {
	case map[string]any:
		for k, x := range v {
			paths(into, at+"."+k, x)
		}
	case []any:
		for _, x := range v {
			paths(into, at+"[]", x)
		}
	default:
		into[at] = true
	}
}

// TestLLDPLooksReal wants json0 of the real shape. The 802.1 port VLAN is in no recording; lldpd's display.c prints it so.
func TestLLDPLooksReal(t *testing.T) {
	vlan := []string{".lldp[].interface[].vlan[].vlan-id", ".lldp[].interface[].vlan[].pvid"}
	known := map[string]bool{}
	for _, text := range corpus.Texts(t, corpus.Shared(t, "lab/samples"), recordings+"lldpcli_f_json0_*.json", "lab/samples/h1-lldp-json0.json") {
		var v any
		if err := json.Unmarshal([]byte(text), &v); err != nil {
			t.Fatal(err)
		}
		paths(known, "", v)
	}
	ours := map[string]bool{}
	for _, text := range rendered(t, "lldpcli") {
		var v any
		if err := json.Unmarshal([]byte(text), &v); err != nil {
			t.Fatal(err)
		}
		paths(ours, "", v)
	}
	for p := range ours {
		if !known[p] && !slices.Contains(vlan, p) {
			t.Errorf("no real reply has %s", p)
		}
	}
}
