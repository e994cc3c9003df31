package main

import (
	"fmt"
	"io"
	"os"
	"path/filepath"
	"reflect"
	"strings"

	"uplinkcheck/drivers"
	driverlist "uplinkcheck/drivers/all"
	"uplinkcheck/drivers/capture"
	"uplinkcheck/drivers/recording"
	"uplinkcheck/drivers/state"
)

// A column of the matrix is a kind of fact: how the paths of such facts begin, without names of rows.
type column struct {
	title string
	paths []string
}

// columns are in the order of the README. A fact counts for the first column that has its path.
var columns = []column{
	{"identity", []string{"Device."}},
	{"stack", []string{"Members."}},
	{"ports", []string{"Interfaces."}},
	{"LACP actor", []string{"Aggregators.Ports.Actor."}},
	{"LACP partner", []string{"Aggregators.Ports.Partner."}},
	{"counters", []string{"Aggregators.Ports.RX", "Aggregators.Ports.TX", "Aggregators.Ports.Expirations"}},
	{"Ethernet segments", []string{"Aggregators.ESI"}},
	{"LAGs", []string{"Aggregators."}},
	{"VLANs", []string{"VLANs."}},
	{"trunks", []string{"BridgePorts."}},
	{"STP", []string{"STP."}},
	{"LLDP", []string{"LLDP."}},
	{"CDP", []string{"CDP."}},
	{"addresses", []string{"MACs."}},
	{"multi-chassis", []string{"MLAG."}},
	{"filters", []string{"SVIs.Filtered"}},
	{"routed", []string{"SVIs.", "VRFs."}},
}

// forms are how a device told a fact of a column.
type forms struct{ structured, text bool }

func (f forms) String() string {
	return map[forms]string{{}: "", {structured: true}: "s", {text: true}: "t", {true, true}: "s t"}[f]
}

// writeMatrix writes what each driver reads, as its own recordings in repository prove, and what it was held against.
func writeMatrix(repository string) func(io.Writer) error {
	return func(w io.Writer) error {
		score, err := os.ReadFile(filepath.Join(repository, "drivers/score/testdata/table.tsv"))
		if err != nil {
			return err
		}
		lab, err := os.ReadFile(filepath.Join(repository, "containerlab.yml"))
		if err != nil {
			return err
		}
		others, err := os.ReadFile(filepath.Join(repository, "testbed/interop/netconfd_test.go"))
		if err != nil {
			return err
		}
		fmt.Fprint(w, "| platform |")
		for _, c := range columns {
			fmt.Fprintf(w, " %s |", c.title)
		}
		fmt.Fprint(w, " proven on |\n|"+strings.Repeat(" --- |", len(columns)+2)+"\n")
		for _, d := range driverlist.Drivers {
			told, err := toldBy(d, filepath.Join(repository, "drivers", d.Name, "testdata"))
			if err != nil {
				return err
			}
			fmt.Fprintf(w, "| `%s` |", d.Name)
			for i := range columns {
				fmt.Fprintf(w, " %s |", told[i])
			}
			fmt.Fprintf(w, " %s |\n", provenOn(d, string(score), string(lab), string(others)))
		}
		return nil
	}
}

// provenOn says what nobody here wrote the driver was held against.
func provenOn(d *drivers.Driver, score, lab, netconfd string) string {
	cases, right := 0, 0
	for line := range strings.Lines(score) {
		var kind string
		var c, r, unknown, wrong int
		if rest, ok := strings.CutPrefix(line, d.Name+"\t"); ok {
			if _, err := fmt.Sscanf(rest, "%s\t%d\t%d\t%d\t%d", &kind, &c, &r, &unknown, &wrong); err == nil {
				cases, right = cases+c, right+r
			}
		}
	}
	var on []string
	if cases > 0 {
		on = append(on, fmt.Sprintf("%d recordings, %d facts", cases, right))
	}
	if strings.Contains(lab, "platform: "+d.Name) {
		on = append(on, "live lab")
	}
	if strings.Contains(netconfd, d.Name+".Driver") {
		on = append(on, "netconfd")
	}
	if len(on) == 0 {
		return "own recordings only"
	}
	return strings.Join(on, "; ")
}

// toldBy returns, by column, in which forms the recordings of a driver tell facts of it.
func toldBy(d *drivers.Driver, testdata string) ([]forms, error) {
	sources, err := filepath.Glob(filepath.Join(testdata, "*", "SOURCE"))
	if err != nil || len(sources) == 0 {
		return nil, fmt.Errorf("%s has no recordings in %s", d.Name, testdata)
	}
	told := make([]forms, len(columns))
	for _, source := range sources {
		c, err := recording.Load(filepath.Dir(source), d.Commands, d.Refusal)
		if err != nil {
			return nil, err
		}
		s, err := d.Parse(c)
		if err != nil || s == nil {
			continue // a recording of what cannot be read
		}
		state.EachFact(s, func(path string, value reflect.Value, from capture.Span) {
			if !from.Known() || !value.IsValid() {
				return
			}
			note(told, strings.TrimPrefix(withoutNames(path), "."), isStructured(d, from.Reply))
		})
		for _, row := range s.Remotes {
			note(told, row.Protocol.String()+".", isStructured(d, row.From.Reply))
		}
		for _, row := range s.MACs {
			note(told, "MACs.", isStructured(d, row.From.Reply))
		}
		for _, row := range s.VRFs {
			note(told, "VRFs.", isStructured(d, row.From.Reply))
		}
	}
	return told, nil
}

func note(told []forms, path string, structured bool) {
	for i, c := range columns {
		for _, p := range c.paths {
			if strings.HasPrefix(path, p) {
				told[i].structured = told[i].structured || structured
				told[i].text = told[i].text || !structured
				return
			}
		}
	}
}

// isStructured reports whether a reply is JSON or XML.
func isStructured(d *drivers.Driver, r *capture.Reply) bool {
	for _, c := range d.Commands {
		before, after, _ := strings.Cut(c.Line, "%s")
		if c.Format != drivers.Text && strings.HasPrefix(r.Command, before) && strings.HasSuffix(r.Command, after) {
			return true
		}
	}
	return false
}

// withoutNames drops the names of rows from a path: Aggregators[Po1].Oper becomes Aggregators.Oper.
func withoutNames(path string) string {
	var b strings.Builder
	depth := 0
	for _, r := range path {
		switch {
		case r == '[':
			depth++
		case r == ']':
			depth--
		case depth == 0:
			b.WriteRune(r)
		}
	}
	return b.String()
}
