package report

import (
	"fmt"
	"slices"
	"strings"

	"uplinkcheck/drivers/state"
	"uplinkcheck/verify"
)

// A question is one of the two that the first lines of a report answer. Which check has which part in it is sorted here for the whole
// catalogue; a check in none of the lists, such as one that advises, has none.
type question struct {
	about         string // "uplinks are redundant"
	yes, no       string
	deciding      []string // a fail of it means no, an unknown of it means that nobody can tell
	refuting      []string // a fail of it means no, an unknown of it takes nothing away
	proving       []string // of the deciding ones: a pass of it is what a yes rests on
	nothingProven string
}

func (q question) decides(check string) bool { return slices.Contains(q.deciding, check) }
func (q question) refutes(check string) bool { return slices.Contains(q.refuting, check) }
func (q question) proves(check string) bool  { return slices.Contains(q.proving, check) }

// bears reports whether the check has a part in the answer.
func (q question) bears(check string) bool { return q.decides(check) || q.refutes(check) }

var redundancy = question{
	about: "uplinks are redundant",
	yes:   "REDUNDANT",
	no:    "NOT REDUNDANT",
	deciding: []string{
		"LAG-001", "LAG-002", "LAG-003", "LAG-004", "LAG-005", "LAG-007", "LAG-008", "LAG-010", "LAG-011", "LAG-012", "LAG-020",
		"RED-001", "RED-002", "RED-003", "RED-005", "RED-006", "RED-007", "RED-008", "RED-009", "RED-010", "RED-014", "RED-015",
		"MLG-001", "MLG-002", "MLG-003", "MLG-004", "MLG-005", "MLG-006", "MLG-007", "MLG-010", "MLG-013", "MLG-016",
		"VLN-001", "VLN-002", "VLN-013", "VLN-015", "MGT-009", "CLU-006",
	},
	// What they look for is often not to be had: the host's own word about its LACP (LAG-006, LAG-019), two samples half a minute apart
	// (LAG-013), the slots of its NICs (RED-004), what spanning tree does (VLN-012). A host that is only written down has none of it, and its
	// redundancy can be shown without: by mappings that RED-001 and RED-002 demand, and by the partner bits that switches hear. Or they are
	// about a cluster, a gateway or storage as a whole, where what each host needs of it is decided by RED-002 already.
	refuting: []string{
		"LAG-006", "LAG-013", "LAG-017", "LAG-019", "RED-004", "MLG-008", "MLG-011", "MLG-014", "VLN-012", "SEP-009",
		"CLU-001", "CLU-002", "CLU-003", "CLU-004", "CLU-007", "SVC-003", "SVC-004", "SVC-005",
	},
	// A healthy LAG alone is not redundancy: both legs may end on one switch.
	proving:       []string{"RED-001", "RED-002", "RED-003"},
	nothingProven: "no host and no role was shown to survive the loss of a switch or link",
}

var isolation = question{
	about: "the management network is isolated",
	yes:   "ISOLATED",
	no:    "LEAKS",
	deciding: []string{
		"MGT-001", "MGT-002", "MGT-003", "MGT-004", "MGT-007", "MGT-008", "MGT-011", "MGT-012",
		"SEP-001", "SEP-002", "SEP-003", "SEP-004", "SEP-005", "SEP-006", "SEP-007", "SEP-013",
		"VLN-003", "VLN-004", "VLN-005", "VLN-007", "VLN-018",
	},
	refuting: []string{"MGT-010", "SEP-012", "VLN-009", "VLN-016"},
	// A pruned default VLAN alone is not isolation: some network must have been followed.
	proving: []string{
		"MGT-001", "MGT-002", "MGT-003", "MGT-004", "MGT-007", "MGT-008", "MGT-011", "MGT-012",
		"SEP-001", "SEP-002", "SEP-003", "SEP-004", "SEP-005", "SEP-006", "SEP-007", "SEP-013",
	},
	nothingProven: "no network with a declared role was shown to stay where it belongs",
}

// noPart are the checks that advise, or that are about something else than the two questions: no verdict of theirs changes an answer. EVD-001 and
// EVD-005 have a part of their own, see answer.
var noPart = []string{
	"LAG-009", "LAG-014", "LAG-015", "LAG-016", "LAG-018", "RED-011", "RED-012", "RED-013", "RED-016", "MLG-009", "MLG-012", "MLG-015",
	"VLN-006", "VLN-008", "VLN-010", "VLN-011", "VLN-014", "VLN-017", "VLN-019", "MGT-005", "MGT-006", "MGT-013", "SEP-008", "SEP-010", "SEP-011",
	"CLU-005", "SVC-001", "SVC-002", "SVC-006", "SVC-007", "SVC-008",
	"EVD-001", "EVD-002", "EVD-003", "EVD-004", "EVD-005", "EVD-006", "EVD-007", "EVD-008",
}

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
// Severity has no say: leaving a fail out of an answer is how a wrong yes begins. A waived finding decides nothing, but is counted. A check that no
// platform can decide yet has no say either: whether a profile names it does not change what the evidence shows.
func (q question) answer(r *verify.Report) answer {
	var fails, unknowns, proof []*verify.Finding
	passes, waived := 0, 0
	cannot := undecidable(r)
	for _, f := range r.Findings {
		if cannot[f.Check()] {
			continue
		}
		decides := q.decides(f.Check())
		switch {
		case f.Check() == "EVD-001" && f.Outcome >= verify.Unknown, f.Check() == "EVD-005" && f.Outcome == verify.Fail:
			unknowns = append(unknowns, f)
		case !decides && !(q.refutes(f.Check()) && f.Outcome == verify.Fail):
		case f.Outcome == verify.Fail:
			fails = append(fails, f)
		case f.Outcome == verify.Unknown:
			unknowns = append(unknowns, f)
		case f.Outcome == verify.Pass:
			passes++
			if q.proves(f.Check()) {
				proof = append(proof, f)
			}
		case f.Waiver != nil:
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

// undecidable are the checks of the run that no platform can decide.
func undecidable(r *verify.Report) map[string]bool {
	out := map[string]bool{}
	for _, c := range r.Checks {
		out[c.ID] = c.Undecided != ""
	}
	return out
}

// answers are the first lines of a report: the two questions, unless a profile does not ask them, then how the profile fares.
func answers(r *verify.Report) (out []answer) {
	if r.Profile == nil || r.Profile.Redundancy {
		out = append(out, redundancy.answer(r))
	}
	if r.Profile == nil || r.Profile.Isolation {
		out = append(out, isolation.answer(r))
	}
	if r.Profile != nil {
		out = append(out, profileAnswer(r))
	}
	return out
}

// profileAnswer says whether all clauses that can be assessed here are met: none fails, none is undecided, and some were shown to be met.
func profileAnswer(r *verify.Report) answer {
	by := map[verify.Outcome]int{}
	assessed, all := 0, r.Clauses()
	for _, c := range all {
		if c.Assessed {
			assessed++
			by[c.Outcome]++
		}
	}
	parts := []string{}
	say := func(n int, what string) {
		if n > 0 {
			parts = append(parts, fmt.Sprintf("%d %s", n, what))
		}
	}
	say(by[verify.Fail], "not met")
	say(by[verify.Unknown], "undecided")
	say(by[verify.Warn], "met with reservations")
	say(by[verify.Pass], "met")
	say(by[verify.NotApplicable], "not applicable here")
	say(len(all)-assessed, "not assessable by this tool")
	a := answer{Word: "MET", Outcome: verify.Pass, Because: fmt.Sprintf("%s, of its %s: %s", r.Profile.Name, count(len(all), "clause", "clauses"), strings.Join(parts, ", "))}
	switch {
	case by[verify.Fail] > 0:
		a.Word, a.Outcome = "NOT MET", verify.Fail
	case by[verify.Unknown] > 0 || by[verify.Pass]+by[verify.Warn] == 0:
		a.Word, a.Outcome = cannotTell, verify.Unknown
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
