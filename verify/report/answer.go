package report

import (
	"fmt"
	"slices"
	"strings"

	"uplinkcheck/drivers/state"
	"uplinkcheck/verify"
)

// A question is one of the two that the first lines of a report answer.
type question struct {
	about         string // "uplinks are redundant"
	yes, no       string
	decides       func(check string) bool // a fail of it means no, an unknown of it means that nobody can tell
	refutes       func(check string) bool // a fail of it means no, an unknown of it takes nothing away
	proves        func(check string) bool // a pass of it is what a yes rests on
	nothingProven string
}

var redundancy = question{
	about: "uplinks are redundant",
	yes:   "REDUNDANT",
	no:    "NOT REDUNDANT",
	decides: func(check string) bool {
		return !hostSide(check) && (group(check) == "LAG" || group(check) == "RED" || group(check) == "MLG" ||
			slices.Contains([]string{"VLN-001", "VLN-002", "VLN-013", "VLN-015"}, check))
	},
	refutes: hostSide,
	// A healthy LAG alone is not redundancy: both legs may end on one switch.
	proves:        func(check string) bool { return slices.Contains([]string{"RED-001", "RED-002", "RED-003"}, check) },
	nothingProven: "no host and no role was shown to survive the loss of a switch or link",
}

var isolation = question{
	about: "the management network is isolated",
	yes:   "ISOLATED",
	no:    "LEAKS",
	decides: func(check string) bool {
		return group(check) == "MGT" || group(check) == "SEP" ||
			slices.Contains([]string{"VLN-003", "VLN-004", "VLN-005", "VLN-007"}, check)
	},
	// A pruned default VLAN alone is not isolation: some network must have been followed.
	refutes:       func(string) bool { return false },
	proves:        func(check string) bool { return group(check) == "MGT" || group(check) == "SEP" },
	nothingProven: "no network with a declared role was shown to stay where it belongs",
}

// hostSide are the checks that need the host's own word about its LACP. A host that is only written down has none, and its
// redundancy can be shown without: by mappings that RED-001 and RED-002 demand, and by the partner bits that switches hear.
func hostSide(check string) bool { return check == "LAG-006" || check == "LAG-019" }

const cannotTell = "CANNOT TELL"

// An answer is what a report says first.
type answer struct {
	Word    string // one of the question's words, or CANNOT TELL
	Because string // one line: how many findings, and where
	Outcome verify.Outcome
}

// answer decides a question by these rules, in this order:
//
//  1. a deciding check fails: no;
//  2. a deciding check is unknown, or a machine in scope gave nothing (EVD-001), or is not the one meant (EVD-005 fails): cannot tell;
//  3. no proving check passed: cannot tell, because the absence of evidence is no evidence;
//  4. a check that rule 2 asks for did not run: cannot tell, because it might have refuted the rest;
//  5. yes.
//
// Severity has no say: leaving a fail out of an answer is how a wrong yes begins. A waived finding decides nothing, but is counted.
func (q question) answer(r *verify.Report) answer {
	var fails, unknowns, proof []*verify.Finding
	passes, waived := 0, 0
	for i := range r.Findings {
		f := &r.Findings[i]
		decides := q.decides(f.Check)
		switch {
		case f.Check == "EVD-001" && f.Outcome >= verify.Unknown, f.Check == "EVD-005" && f.Outcome == verify.Fail:
			unknowns = append(unknowns, f)
		case !decides && !(q.refutes(f.Check) && f.Outcome == verify.Fail):
		case f.Outcome == verify.Fail:
			fails = append(fails, f)
		case f.Outcome == verify.Unknown:
			unknowns = append(unknowns, f)
		case f.Outcome == verify.Pass:
			passes++
			if q.proves(f.Check) {
				proof = append(proof, f)
			}
		case f.Waiver != "":
			waived++
		}
	}
	a := answer{Word: q.yes, Outcome: verify.Pass, Because: fmt.Sprintf("%s, none fails, none is undecided", count(passes, "finding passes", "findings pass"))}
	switch {
	case len(fails) > 0:
		a = answer{Word: q.no, Outcome: verify.Fail, Because: count(len(fails), "failure", "failures") + " on " + places(r, fails)}
	case len(unknowns) > 0:
		a = answer{Word: cannotTell, Outcome: verify.Unknown,
			Because: fmt.Sprintf("whether %s: %d undecided on %s", q.about, len(unknowns), places(r, unknowns))}
	case len(proof) == 0:
		a = answer{Word: cannotTell, Outcome: verify.Unknown, Because: fmt.Sprintf("whether %s: %s", q.about, q.nothingProven)}
	case len(q.leftOut(r)) > 0:
		a = answer{Word: cannotTell, Outcome: verify.Unknown,
			Because: fmt.Sprintf("whether %s: nothing speaks against it, but these checks were left out: %s", q.about, strings.Join(q.leftOut(r), ", "))}
	}
	if waived > 0 {
		a.Because += fmt.Sprintf("; %d waived", waived)
	}
	return a
}

// leftOut lists the checks that decide the question and did not run: whole groups by their letters.
func (q question) leftOut(r *verify.Report) (names []string) {
	ran := func(id string) bool {
		return slices.ContainsFunc(r.Checks, func(c *verify.Check) bool { return group(c.ID) == group(id) })
	}
	for _, c := range r.LeftOut {
		name := c.ID
		if !ran(c.ID) {
			name = group(c.ID)
		}
		if (q.decides(c.ID) || c.ID == "EVD-001" || c.ID == "EVD-005") && !slices.Contains(names, name) {
			names = append(names, name)
		}
	}
	return names
}

// group returns the letters of a check's id.
func group(check string) string {
	g, _, _ := strings.Cut(check, "-")
	return g
}

// places names the hosts, pairs or networks that findings are about: three at most, then how many more.
func places(r *verify.Report, findings []*verify.Finding) string {
	var names []string
	x := newPlaces(r.Fabric)
	for _, f := range findings {
		for _, p := range x.of(f) {
			if p = clean(p); !slices.Contains(names, p) {
				names = append(names, p)
			}
		}
	}
	slices.SortFunc(names, state.NaturalCompare)
	if n := len(names); n > 3 {
		return strings.Join(names[:3], ", ") + fmt.Sprintf(" and %d more", n-3)
	}
	return strings.Join(names, ", ")
}

func count(n int, one, many string) string {
	if n == 1 {
		return "1 " + one
	}
	return fmt.Sprintf("%d %s", n, many)
}
