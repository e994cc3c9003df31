package main

import (
	_ "embed"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"uplinkcheck/drivers"
	"uplinkcheck/drivers/all"
	"uplinkcheck/drivers/score/naive"
	"uplinkcheck/drivers/score/recorded"
	"uplinkcheck/drivers/state"
)

// kinds are those whose published results are about switch state. The others of a corpus are access lists, configurations and
// errors of RPCs.
var kinds = map[string]bool{"lacp_partner": true, "lag_summary": true, "vlan_db": true, "trunk_switchport": true, "lldp": true,
	"mac_table": true, "mlag": true, "stp": true, "version": true, "l3_vrf": true, "interface": true}

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

func scoreFolder(dir string) (*score, error) {
	list, err := recorded.Index(dir)
	if err != nil {
		return nil, err
	}
	s := &score{table: map[string]*row{}, used: map[string]bool{}}
	for _, r := range list {
		i := slices.IndexFunc(all.Drivers, func(d *drivers.Driver) bool { return d.Name == r.Platform })
		if i < 0 || !kinds[r.Kind] {
			continue
		}
		if err := s.add(dir, all.Drivers[i], r); err != nil {
			return nil, fmt.Errorf("%s: %w", r.Path(), err)
		}
	}
	return s, nil
}

// add scores one case.
func (s *score) add(dir string, d *drivers.Driver, r recorded.Recording) error {
	folder := filepath.Join(dir, r.Path())
	c, err := recorded.Load(dir, d, r)
	if err != nil {
		return err
	}
	sw, err := d.Parse(c)
	if err != nil || sw == nil {
		sw = &state.Switch{} // nothing could be read: all of it is unknown
	}
	at := s.row(r.Platform, r.Kind)
	at.cases++
	text, err := os.ReadFile(filepath.Join(folder, "expected.json"))
	if err != nil && !errors.Is(err, os.ErrNotExist) {
		return err
	}
	y := &tally{s: sw, where: r.Path(), contradicted: s.contradicted}
	told := false
	if err == nil {
		var published any
		if err := json.Unmarshal(text, &published); err != nil {
			return err
		}
		read := adapterOf(r)
		told = read != nil && read(y, published)
		if !told {
			s.silent = append(s.silent, r.Path()+" ("+r.Schema+")")
		}
	}
	input, err := os.ReadFile(filepath.Join(folder, "input."+r.Format))
	if err != nil {
		return err
	}
	verdict := strings.HasPrefix(r.Schema, "anta") // it tells of the few facts that a check looks at
	if (!told || verdict) && !y.again(naive.Wants(r.Platform, r.Command, input)) && !told && r.Schema != "" && len(c.Replies) == 0 {
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

// again compares with a second reading of the same output, and reports whether there is one.
func (y *tally) again(want map[string]string) bool {
	got := naive.Facts(y.s)
	for _, what := range slices.Sorted(maps.Keys(want)) {
		y.fact(what, got[what], want[what])
	}
	return len(want) > 0
}
