package main

import (
	"bytes"
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"uplinkcheck/drivers/corpus"
)

var update = flag.Bool("update", false, "rewrite testdata/table.tsv")

const table = "testdata/table.tsv"

// TestTable holds the drivers to the committed table over the shared recordings: a number that moves is seen in review, and a
// wrong fact is never committed.
func TestTable(t *testing.T) {
	s, err := scoreFolder(filepath.Join(corpus.Shared(t, "corpus"), "corpus"))
	if err != nil {
		t.Fatal(err)
	}
	for _, m := range s.wrong {
		t.Errorf("%s: %s: read %q, published %q: %s", m.where, m.what, m.got, m.want, m.line)
	}
	for line := range strings.Lines(contradictions) {
		if f := strings.Split(line, "\t"); f[0] != "case" && !s.used[f[0]+"\t"+f[1]] {
			t.Errorf("contradictions.tsv: %s: %s: no published result says so any more", f[0], f[1])
		}
	}
	if *update {
		if err := os.WriteFile(table, []byte(s.tsv()), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(table)
	if err != nil {
		t.Fatal(err)
	}
	if got := s.tsv(); got != string(want) {
		t.Errorf("the score is no longer that of %s (rewrite it with -update, and look at the difference):\n%s", table, got)
	}
}

// write makes a folder of recordings: file contents by path.
func write(t *testing.T, files map[string]string) string {
	t.Helper()
	dir := t.TempDir()
	for name, text := range files {
		path := filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

const heading = "platform\tcommand\tcase\tformat\thas_expected\tlicence\tsource\tkind\texpected_schema\n"

func TestScore(t *testing.T) {
	const (
		vlans = "arista_eos\tshow_vlan\tone\tjson\tyes\t\t\tvlan_db\tnapalm get_vlans()\n"
		input = `{"vlans":{"10":{"name":"blue","status":"active","interfaces":{}}}}`
	)
	tests := []struct {
		name  string
		files map[string]string
		want  string // the row of the kind
		line  string // of what is wrong
	}{
		{"what agrees is right", map[string]string{"INDEX.tsv": heading + vlans, "arista_eos/show_vlan/one/input.json": input,
			"arista_eos/show_vlan/one/expected.json": `{"10":{"name":"blue","interfaces":[]}}`}, "arista_eos\tvlan_db\t1\t2\t0\t0", ""},
		{"what differs is wrong, with its line", map[string]string{"INDEX.tsv": heading + vlans, "arista_eos/show_vlan/one/input.json": input,
			"arista_eos/show_vlan/one/expected.json": `{"10":{"name":"red","interfaces":[]}}`}, "arista_eos\tvlan_db\t1\t1\t0\t1", `blue`},
		{"a row missing from a whole list is wrong", map[string]string{"INDEX.tsv": heading + vlans, "arista_eos/show_vlan/one/input.json": input,
			"arista_eos/show_vlan/one/expected.json": `{"11":{"name":"red","interfaces":[]}}`}, "arista_eos\tvlan_db\t1\t0\t0\t1", "show vlan"},
		{"what needs another command is unknown", map[string]string{"INDEX.tsv": heading + vlans, "arista_eos/show_vlan/one/input.json": input,
			"arista_eos/show_vlan/one/expected.json": `{"10":{"name":"blue","interfaces":["Ethernet1"]}}`}, "arista_eos\tvlan_db\t1\t2\t1\t0", ""},
		{"what a reply refuses is unknown", map[string]string{"INDEX.tsv": heading + vlans, "arista_eos/show_vlan/one/input.json": "% Invalid input\n",
			"arista_eos/show_vlan/one/expected.json": `{"10":{"name":"blue","interfaces":[]}}`}, "arista_eos\tvlan_db\t1\t0\t1\t0", ""},
		{"a command that nobody asks for is unknown", map[string]string{
			"INDEX.tsv":                              heading + "arista_eos\tshow_moon\tone\ttxt\tyes\t\t\tversion\tntc-templates (textfsm records)\n",
			"arista_eos/show_moon/one/input.txt":     "full\n",
			"arista_eos/show_moon/one/expected.json": `[{"phase":"full"}]`}, "arista_eos\tversion\t1\t0\t1\t0", ""},
		{"without a published result a second reading counts", map[string]string{"INDEX.tsv": heading + vlans, "arista_eos/show_vlan/one/input.json": input},
			"arista_eos\tvlan_db\t1\t3\t0\t0", ""},
		{"where there is none either, a case has no facts", map[string]string{"INDEX.tsv": heading + "juniper_junos\tshow_vlans\tone\ttxt\tno\t\t\tvlan_db\t\n",
			"juniper_junos/show_vlans/one/input.txt": "Routing instance\n"}, "juniper_junos\tvlan_db\t1\t0\t0\t0", ""},
		{"what was recorded with it is read too", map[string]string{
			"INDEX.tsv":                              heading + "arista_eos\tshow_version\tone\tjson\tyes\t\t\tversion\tnapalm get_facts()\n",
			"arista_eos/show_version/one/input.json": `{"modelName":"X","version":"4.30.1F"}`,
			"arista_eos/show_version/one/extra_show_hostname.json": `{"hostname":"leaf1"}`,
			"arista_eos/show_version/one/expected.json":            `{"hostname":"leaf1","model":"X","os_version":"4.30.1F-1","serial_number":""}`}, "arista_eos\tversion\t1\t3\t0\t0", ""},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			s, err := scoreFolder(write(t, test.files))
			if err != nil {
				t.Fatal(err)
			}
			if got := s.tsv(); !strings.Contains(got, test.want+"\n") {
				t.Errorf("got\n%s\nwant a row %q", got, test.want)
			}
			if (test.line != "") != (len(s.wrong) == 1) || test.line != "" && !strings.Contains(s.wrong[0].line, test.line) {
				t.Errorf("wrong: got %+v, want the line of %q", s.wrong, test.line)
			}
			var b bytes.Buffer
			if s.write(&b); !strings.Contains(b.String(), "total") || (test.line != "") != strings.Contains(b.String(), "wrong: ") {
				t.Errorf("printed\n%s", &b)
			}
		})
	}
}

func TestAFolderWithoutAnIndexIsAnError(t *testing.T) {
	if _, err := scoreFolder(t.TempDir()); err == nil {
		t.Error("no error")
	}
}
