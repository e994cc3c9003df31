package main

import (
	"cmp"
	_ "embed"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"

	"uplinkcheck/drivers"
	"uplinkcheck/drivers/all"
	"uplinkcheck/drivers/capture"
	"uplinkcheck/drivers/score/naive"
	"uplinkcheck/drivers/state"
)

// kinds are those whose published results are about switch state. The others of a corpus are access lists, configurations and
// errors of RPCs.
var kinds = map[string]bool{"lacp_partner": true, "lag_summary": true, "vlan_db": true, "trunk_switchport": true, "lldp": true,
	"mac_table": true, "mlag": true, "stp": true, "version": true, "l3_vrf": true, "interface": true}

// aliases are folders that hold the same output as a listed command, under another name.
var aliases = map[string]string{
	"show_mac_address_table_unicast": "show_mac_address_table", "show_vlan_brief": "show_vlan", "show_mlag": "show_mlag_detail",
	"show_version_detail": "show_version", "show_interface": "show_interfaces",
	"show_ethernet_switching_table_detail":      "show_ethernet_switching_table",
	"show_lacp_statistics_interfaces_interface": "show_lacp_statistics_interfaces",
	"get_lldp_interface_neighbors":              "get_lldp_neighbor_detail_information",
	"get_lldp_interface_neighbors_information":  "get_lldp_neighbor_detail_information",
}

// A row is a line of the table.
type row struct {
	platform, kind               string
	cases, right, unknown, wrong int
}

// A miss is a wrong fact.
type miss struct{ where, what, got, want, line string }

type score struct {
	table  map[string]*row
	wrong  []miss
	silent []string        // cases whose published result holds no fact of a state.Switch
	used   map[string]bool // contradictions that were met
}

func (s *score) row(platform, kind string) *row {
	key := platform + "\t" + kind
	if s.table[key] == nil {
		s.table[key] = &row{platform: platform, kind: kind}
	}
	return s.table[key]
}

// rows are sorted by platform and kind; the last is the total.
func (s *score) rows() (out []row) {
	total := row{platform: "total"}
	for _, key := range slices.Sorted(maps.Keys(s.table)) {
		r := s.table[key]
		out = append(out, *r)
		total.cases, total.right, total.unknown, total.wrong = total.cases+r.cases, total.right+r.right, total.unknown+r.unknown, total.wrong+r.wrong
	}
	return append(out, total)
}

func (s *score) tsv() string {
	var b strings.Builder
	b.WriteString("platform\tkind\tcases\tright\tunknown\twrong\n")
	for _, r := range s.rows() {
		fmt.Fprintf(&b, "%s\t%s\t%d\t%d\t%d\t%d\n", r.platform, r.kind, r.cases, r.right, r.unknown, r.wrong)
	}
	return b.String()
}

// A recording is a line of INDEX.tsv.
type recording struct{ platform, command, name, format, kind, schema string }

func (r recording) path() string { return r.platform + "/" + r.command + "/" + r.name }

func index(dir string) (out []recording, err error) {
	text, err := os.ReadFile(filepath.Join(dir, "INDEX.tsv"))
	if err != nil {
		return nil, err
	}
	for line := range strings.Lines(string(text)) {
		f := append(strings.Split(strings.TrimRight(line, "\r\n"), "\t"), make([]string, 9)...)
		out = append(out, recording{platform: f[0], command: f[1], name: f[2], format: f[3], kind: f[7], schema: f[8]})
	}
	return out[min(1, len(out)):], nil // the first line names the columns
}

func scoreFolder(dir string) (*score, error) {
	list, err := index(dir)
	if err != nil {
		return nil, err
	}
	s := &score{table: map[string]*row{}, used: map[string]bool{}}
	for _, r := range list {
		i := slices.IndexFunc(all.Drivers, func(d *drivers.Driver) bool { return d.Name == r.platform })
		if i < 0 || !kinds[r.kind] {
			continue
		}
		if err := s.add(dir, all.Drivers[i], r); err != nil {
			return nil, fmt.Errorf("%s: %w", r.path(), err)
		}
	}
	return s, nil
}

// add scores one case.
func (s *score) add(dir string, d *drivers.Driver, r recording) error {
	folder := filepath.Join(dir, r.platform, r.command, r.name)
	c, err := load(folder, d, r)
	if err != nil {
		return err
	}
	sw, err := d.Parse(c)
	if err != nil || sw == nil {
		sw = &state.Switch{} // nothing could be read: all of it is unknown
	}
	at := s.row(r.platform, r.kind)
	at.cases++
	text, err := os.ReadFile(filepath.Join(folder, "expected.json"))
	if err != nil && !errors.Is(err, os.ErrNotExist) {
		return err
	}
	y := &tally{s: sw, where: r.path(), contradicted: s.contradicted}
	told := false
	if err == nil {
		var published any
		if err := json.Unmarshal(text, &published); err != nil {
			return err
		}
		read := adapter(r)
		told = read != nil && read(y, published)
		if !told {
			s.silent = append(s.silent, r.path()+" ("+r.schema+")")
		}
	}
	input, err := os.ReadFile(filepath.Join(folder, "input."+r.format))
	if err != nil {
		return err
	}
	verdict := strings.HasPrefix(r.schema, "anta") // it tells of the few facts that a check looks at
	if (!told || verdict) && !y.again(naive.Wants(r.platform, r.command, input)) && !told && r.schema != "" && len(c.Replies) == 0 {
		y.unknown++ // nobody asks for it, so whatever it says is unknown
	}
	at.right, at.unknown, at.wrong = at.right+y.right, at.unknown+y.unknown, at.wrong+len(y.wrong)
	s.wrong = append(s.wrong, y.wrong...)
	return nil
}

//go:embed contradictions.tsv
var contradictions string

// contradicted reports whether a fact is listed as one in which the published result contradicts its own input.
func (s *score) contradicted(where, what string) bool {
	for line := range strings.Lines(contradictions) {
		if f := strings.Split(line, "\t"); len(f) > 2 && f[0] == where && f[1] == what {
			s.used[where+"\t"+what] = true
			return true
		}
	}
	return false
}

// load makes a capture of the recording and of what was recorded with it, as far as the driver asks for it.
func load(folder string, d *drivers.Driver, r recording) (*capture.Capture, error) {
	c := &capture.Capture{Device: r.name, Platform: d.Name}
	files, err := filepath.Glob(filepath.Join(folder, "*.*"))
	if err != nil {
		return nil, err
	}
	for _, f := range files {
		name, format := strings.TrimSuffix(filepath.Base(f), filepath.Ext(f)), strings.TrimPrefix(filepath.Ext(f), ".")
		command := r.command
		if extra, ok := strings.CutPrefix(name, "extra_"); ok {
			command = slug(extra)
		} else if name != "input" {
			continue
		}
		line := ask(d, command, format)
		if line == "" {
			continue
		}
		data, err := os.ReadFile(f)
		if err != nil {
			return nil, err
		}
		if n := len(data); format == "txt" && n > 0 && data[n-1] != '\n' {
			data = append(data, '\n') // whoever saved the output cut it off
		}
		reply := &capture.Reply{Device: r.name, Command: line, Data: data, Complete: true}
		if d.Refusal != nil {
			reply.Err = d.Refusal(data)
		}
		c.Replies = append(c.Replies, reply)
		if d.Name == "openvswitch" {
			c.Replies = append(c.Replies, naive.Tables(data)...) // which bonds and ports there are is in no output of ovs-appctl
		}
	}
	return c, nil
}

// again compares with a second reading of the same output, and reports whether there is one.
func (y *tally) again(want map[string]string) bool {
	got := naive.Facts(y.s)
	for _, what := range slices.Sorted(maps.Keys(want)) {
		y.fact(what, got[what], want[what])
	}
	return len(want) > 0
}

var (
	notWord = regexp.MustCompile(`[^a-z0-9]+`)
	element = regexp.MustCompile(`^<([\w-]+)`)
)

func slug(s string) string {
	return strings.Trim(notWord.ReplaceAllString(strings.ToLower(s), "_"), "_")
}

// named is the folder's name of a listed line: without pipes, and of an RPC the name of its element.
func named(line string) string {
	if m := element.FindStringSubmatch(line); m != nil {
		return slug(m[1])
	}
	line, _, _ = strings.Cut(line, " | ")
	return slug(strings.ReplaceAll(line, "%s", ""))
}

var formats = map[string][]drivers.Format{
	"json": {drivers.JSON, drivers.XML}, // releases print the same names either way
	"xml":  {drivers.XML}, "txt": {drivers.Text},
}

// ask returns the listed line that a recorded command answers, "" when the driver asks for no such thing.
func ask(d *drivers.Driver, command, format string) string {
	command = cmp.Or(aliases[command], command)
	for _, f := range formats[format] {
		for _, c := range d.Commands {
			if c.Format == f && named(c.Line) == command {
				return strings.ReplaceAll(c.Line, "%s", "br0")
			}
		}
	}
	return ""
}
