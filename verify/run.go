package verify

import (
	"cmp"
	"errors"
	"fmt"
	"regexp"
	"runtime"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"uplinkcheck/drivers/capture"
	"uplinkcheck/drivers/state"
	"uplinkcheck/verify/topology"
)

// A Report is the result of one run: what every output format is made from. It holds no clock and no map, so that equal
// evidence gives equal bytes.
type Report struct {
	Tool      string
	Version   string
	Started   time.Time
	Finished  time.Time
	Inventory string // name of the inventory file
	Fabric    *topology.Fabric
	Findings  []*Finding // sorted by check, then subject
	Captures  []*capture.Capture
	Checks    []*Check // that ran, sorted by ID
	LeftOut   []*Check // of the catalogue, that did not run because nobody asked for them
	Profile   *Profile // nil: none was asked for
}

// Count returns how many findings have the outcome.
func (r *Report) Count(o Outcome) int {
	n := 0
	for _, f := range r.Findings {
		if f.Outcome == o {
			n++
		}
	}
	return n
}

// ExitCode is 0 when all passed (warn included), 1 when something failed, 2 when nothing failed and something is unknown.
func (r *Report) ExitCode() int {
	switch {
	case r.Count(Fail) > 0:
		return 1
	case r.Count(Unknown) > 0:
		return 2
	}
	return 0
}

var checkID = regexp.MustCompile(`^[A-Z]{3}-\d{3}$`)

// uncited are the checks for which no clause is known for certain: EVD-004 is about this program, and the number of the rule of SVC-006
// was not found in a source.
var uncited = []string{"EVD-004", "SVC-006"}

// Validate refuses a catalogue with an empty Doc or Title, no citation where one is due, a bad or a double ID.
func Validate(checks []*Check) error {
	var errs []error
	seen := map[string]bool{}
	for _, c := range checks {
		switch {
		case !checkID.MatchString(c.ID):
			errs = append(errs, fmt.Errorf("check id %q is not of the form ABC-123", c.ID))
		case seen[c.ID]:
			errs = append(errs, fmt.Errorf("%s: id used twice", c.ID))
		case c.Title == "" || c.Doc == "" || (c.Run == nil) == (c.Undecided == ""):
			errs = append(errs, fmt.Errorf("%s: title, doc or run is missing, or it is undecided and has a run", c.ID))
		case len(c.Cites) == 0 && !slices.Contains(uncited, c.ID):
			errs = append(errs, fmt.Errorf("%s: cites nothing", c.ID))
		}
		seen[c.ID] = true
	}
	return errors.Join(errs...)
}

// Run applies every check to the fabric and returns the findings sorted by check and subject: one for each subject, and one
// n/a for a check that had no subject.
func Run(f *topology.Fabric, checks []*Check) []*Finding { return RunFor(nil, f, checks) }

// RunFor is Run under a profile, whose rules may replace verdicts; nil changes none. The checks run on all processors.
func RunFor(p *Profile, f *topology.Fabric, checks []*Check) []*Finding {
	accept, found := waiversOf(f), make([]result, len(checks))
	var next atomic.Int32
	var wait sync.WaitGroup
	for range min(runtime.GOMAXPROCS(0), len(checks)) {
		wait.Go(func() {
			for i := next.Add(1) - 1; int(i) < len(checks); i = next.Add(1) - 1 {
				found[i] = runFor(p, f, checks[i], accept)
			}
		})
	}
	wait.Wait()
	slices.SortStableFunc(found, func(a, b result) int { return cmp.Compare(a.found[0].Check(), b.found[0].Check()) })
	total := 0
	for _, r := range found {
		total += len(r.found)
	}
	out := make([]*Finding, 0, total)
	for _, r := range found {
		if r.sorted != nil {
			out = append(out, r.sorted...)
			continue
		}
		for i := range r.found {
			out = append(out, &r.found[i])
		}
	}
	return out
}

// A result is what one check found: millions of findings are not copied, nor moved to be sorted.
type result struct {
	found  []Finding
	sorted []*Finding // by subject; nil where found is
}

// runFor returns what a check finds; there is one finding at least.
func runFor(p *Profile, f *topology.Fabric, c *Check, accept waivers) result {
	found := runOne(f, c)
	if len(found) == 0 {
		found = []Finding{{Subject: topology.Subject{Kind: "fabric", Name: "fabric"}, Reason: "nothing here to examine", Severity: inherit}}
	}
	for i := range found {
		x := &found[i]
		x.By = c
		if x.Severity == inherit {
			x.Severity = c.Severity
		}
		p.apply(f, x)
		accept.waive(x)
	}
	bySubject := func(a, b *Finding) int {
		if c := cmp.Compare(a.Subject.Kind, b.Subject.Kind); c != 0 {
			return c
		}
		return state.NaturalCompare(a.Subject.Name, b.Subject.Name)
	}
	for i := 1; i < len(found); i++ {
		if bySubject(&found[i-1], &found[i]) > 0 {
			sorted := make([]*Finding, len(found))
			for i := range found {
				sorted[i] = &found[i]
			}
			slices.SortStableFunc(sorted, bySubject)
			return result{found, sorted}
		}
	}
	return result{found, nil}
}

func runOne(f *topology.Fabric, c *Check) (found []Finding) {
	defer func() {
		if p := recover(); p != nil {
			found = []Finding{{Subject: topology.Subject{Kind: "fabric", Name: "fabric"}, Outcome: Unknown, Severity: High,
				Reason:  fmt.Sprintf("this program failed while running the check: %v", p),
				Missing: "report this as a bug, with an evidence bundle if you can share one"}}
		}
	}()
	if c.Undecided != "" {
		return []Finding{{Subject: topology.Subject{Kind: "fabric", Name: "fabric"}, Outcome: Unknown, Severity: inherit,
			Reason:  "no platform here reports what decides it: " + c.Undecided,
			Missing: "look by hand at " + c.Undecided}}
	}
	return c.Run(f)
}
