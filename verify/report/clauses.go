package report

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"uplinkcheck/verify"
	"uplinkcheck/verify/standard"
)

// A clauseView is a demand of the profile as every format shows it. The finding pointers aside, all text was cleaned.
type clauseView struct {
	ID        string // anchor: "c-3"
	Document  string
	Clause    string // "NET.1.1.A15 (B)"; empty for a document as a whole, and for a question that no document asks
	Title     string // as published; empty where it was not seen, or where a question says more
	Text      string // the title, the question, or what the clause is about
	Derived   bool   // Text is ours, derived from the clause
	Verdict   string // an outcome's word, or notAssessable
	Class     string
	Outcome   verify.Outcome
	Assessed  bool
	Checks    []string
	Counts    string // "3 fail, 1 unknown, 40 pass"
	Why       []string
	Beyond    string
	Decisive  []*verify.Finding
	Undecided []*verify.Finding
	Numbers   []int // in the order of outcomes
	Waived    int
}

const notAssessable = "not assessable"

// clauseViews lists the demands of the report's profile in its order; none without a profile.
func clauseViews(r *verify.Report) (out []clauseView) {
	for i, c := range r.Clauses() {
		out = append(out, viewOf(fmt.Sprintf("c-%d", i+1), c))
	}
	return out
}

func viewOf(id string, c verify.ClauseVerdict) clauseView {
	ref, _ := standard.Of(c.Clause)
	v := clauseView{ID: id, Document: c.Clause.Document, Clause: c.Clause.Clause, Title: ref.Title, Checks: c.Checks, Beyond: c.Beyond,
		Outcome: c.Outcome, Assessed: c.Assessed, Verdict: c.Outcome.String(), Class: class(c.Outcome), Decisive: c.Decisive, Undecided: c.Undecided, Waived: c.Waived}
	v.Text = cmp.Or(c.Asks, ref.Title, ref.About)
	v.Derived = c.Clause != standard.Clause{} && v.Text != ref.Title
	if !c.Assessed {
		v.Verdict, v.Class, v.Outcome = notAssessable, "na", verify.NotApplicable
		return v
	}
	var parts []string
	for _, o := range outcomes {
		v.Numbers = append(v.Numbers, c.Counts[o])
		if n := c.Counts[o]; n > 0 {
			parts = append(parts, fmt.Sprintf("%d %s", n, o))
		}
	}
	if c.Waived > 0 {
		parts = append(parts, fmt.Sprintf("%d of them waived", c.Waived))
	}
	v.Counts = cmp.Or(strings.Join(parts, ", "), "no finding")
	if len(c.NotRun) > 0 {
		v.Why = append(v.Why, "did not run: "+strings.Join(c.NotRun, ", "))
	}
	return v
}

// missing lists what would decide the undecided findings, once each.
func (v clauseView) missing() (out []string) {
	for _, f := range v.Undecided {
		if m := prose(f.Missing); m != "" && !slices.Contains(out, m) {
			out = append(out, m)
		}
	}
	return out
}

// clauses is the part of the text report that goes through the profile.
func (t *page) clauses() {
	views := clauseViews(t.r)
	if len(views) == 0 {
		return
	}
	t.heading("By clause of " + t.r.Profile.Name)
	t.hang("", 2, t.r.Profile.Title)
	document := ""
	for _, v := range views {
		if !v.Assessed {
			continue
		}
		if v.Document != document && v.Document != "" {
			document = v.Document
			t.hang("", 2, document)
		}
		t.clause(v)
	}
	first := true
	for _, v := range views {
		if v.Assessed {
			continue
		}
		if first {
			fmt.Fprintf(t, "\n  Not assessable by this tool\n")
			first = false
		}
		t.hang("", 4, said(v)+": "+v.Beyond)
	}
}

// said is the name and the words of a clause.
func said(v clauseView) string {
	s := v.Text
	if v.Derived {
		s += " (derived)"
	}
	return strings.TrimSpace(v.Clause + "  " + s)
}

func (t *page) clause(v clauseView) {
	const n = 11
	t.hang("  "+t.paint(v.Outcome, v.Verdict), n, said(v)+"  ["+v.Counts+"]")
	if v.Outcome >= verify.Warn && len(v.Decisive) > 0 {
		t.hang("", n, byCheck(v.Decisive))
	}
	if v.Outcome == verify.Fail && len(v.Undecided) > 0 {
		t.hang("", n, "undecided: "+byCheck(v.Undecided))
	}
	for _, why := range v.Why {
		t.hang("", n, why)
	}
	if !t.o.Verbose {
		return
	}
	t.hang("", n, "decided by "+strings.Join(v.Checks, ", "))
	for _, f := range v.Decisive[:min(len(v.Decisive), fullEvidence)] {
		t.hang("", n, fmt.Sprintf("%s %s %s: %s", f.Check(), f.Outcome, clean(f.Subject.Name), prose(f.Reason)))
		t.evidence(f, 1)
	}
	for i, m := range v.missing() {
		if i == fullEvidence {
			break
		}
		t.hang("", n, "get: "+m)
	}
	if v.Beyond != "" {
		t.hang("", n, "beyond this tool: "+v.Beyond)
	}
}
