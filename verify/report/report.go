// Package report writes the result of a run for people and for programs: one file a format.
//
// Everything that a device said is hostile here: it is escaped before it reaches a terminal or a page, and bounded.
// Equal reports give equal bytes.
package report

import (
	"cmp"
	"io"
	"slices"
	"strings"

	"uplinkcheck/drivers/capture"
	"uplinkcheck/drivers/state"
	"uplinkcheck/verify"
)

// Options are the reader's wishes. The zero Options give plain text of 80 columns.
type Options struct {
	Width   int  // columns of the terminal; 0 means 80
	Color   bool // colours as well as words
	Verbose bool // also list what passed, and every command that was asked
	Past    bool // the evidence was kept: what it says of now was so when it was collected
}

// A Format is one way to write a report.
type Format struct {
	Name  string // as in --format
	Title string // for the help, no full stop

	// Write writes the whole report. An error is one of the writer's.
	Write func(w io.Writer, r *verify.Report, o Options) error
}

var formats []*Format

func add(f *Format) *Format {
	formats = append(formats, f)
	return f
}

// All returns every format, sorted by name.
func All() []*Format {
	return slices.SortedFunc(slices.Values(formats), func(a, b *Format) int { return cmp.Compare(a.Name, b.Name) })
}

// Find returns the format of that name, or nil.
func Find(name string) *Format {
	for _, f := range formats {
		if f.Name == name {
			return f
		}
	}
	return nil
}

// asked is one machine of the run, as every format lists it.
type asked struct {
	Name, Platform string
	Collected      bool
	Err            string // why not, or not fully; empty when all is well
}

// devices lists the machines that were, or should have been, asked: those of the fabric, then captures that no entry explains.
func devices(r *verify.Report) []asked {
	var out []asked
	seen := map[string]bool{}
	if r.Fabric != nil {
		for _, d := range r.Fabric.Devices {
			a := asked{Name: d.Name, Platform: d.Platform, Collected: d.Collected(), Err: d.ParseErr}
			switch {
			case d.Capture == nil:
				a.Err = cmp.Or(a.Err, "never asked")
			case d.Capture.Err != "":
				a.Err = strings.TrimPrefix(d.Capture.Err, d.Name+": ")
			case !a.Collected:
				a.Err = cmp.Or(a.Err, "gave no usable reply")
			case d.LeftOut:
				a.Collected, a.Err = false, d.Mistakes[0].Why
			}
			seen[d.Name] = true
			out = append(out, a)
		}
	}
	for _, c := range r.Captures {
		if !seen[c.Device] {
			seen[c.Device] = true
			usable := slices.ContainsFunc(c.Replies, func(x *capture.Reply) bool { return x.Usable() })
			out = append(out, asked{Name: c.Device, Platform: c.Platform, Collected: usable && c.Err == "",
				Err: strings.TrimPrefix(c.Err, c.Device+": ")})
		}
	}
	slices.SortStableFunc(out, func(a, b asked) int { return state.NaturalCompare(a.Name, b.Name) })
	return out
}
