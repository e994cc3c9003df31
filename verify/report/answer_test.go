package report

import (
	"slices"
	"strings"
	"testing"
	"time"

	"uplinkcheck/inventory"
	"uplinkcheck/verify"
	"uplinkcheck/verify/checks"
	"uplinkcheck/verify/profile"
	"uplinkcheck/verify/topology"
)

func found(check string, o verify.Outcome) *verify.Finding {
	return &verify.Finding{By: &verify.Check{ID: check}, Outcome: o, Severity: verify.High, Subject: topology.Subject{Kind: "host", Name: "esx1"}}
}

func TestAnswers(t *testing.T) {
	waived := found("RED-002", verify.NotApplicable)
	waived.Waiver = &inventory.Waiver{By: "A. Keller", Until: time.Date(2027, 1, 31, 0, 0, 0, 0, time.UTC), Reason: "planned"}
	minor := found("LAG-010", verify.Fail)
	minor.Severity = verify.Info
	for _, c := range []struct {
		name                  string
		findings              []*verify.Finding
		redundancy, isolation string
	}{
		{"nothing was examined", nil, "CANNOT TELL", "CANNOT TELL"},
		{"only n/a", []*verify.Finding{found("RED-002", verify.NotApplicable), found("MGT-002", verify.NotApplicable)}, "CANNOT TELL", "CANNOT TELL"},
		{"both proven", []*verify.Finding{found("RED-002", verify.Pass), found("MGT-002", verify.Pass)}, "REDUNDANT", "ISOLATED"},
		{"a warn does not spoil it", []*verify.Finding{found("RED-001", verify.Warn), found("RED-002", verify.Pass), found("MGT-002", verify.Pass), found("VLN-003", verify.Warn)},
			"REDUNDANT", "ISOLATED"},
		{"a healthy LAG alone proves no redundancy", []*verify.Finding{found("LAG-001", verify.Pass)}, "CANNOT TELL", "CANNOT TELL"},
		{"a pruned default VLAN alone proves no isolation", []*verify.Finding{found("VLN-007", verify.Pass)}, "CANNOT TELL", "CANNOT TELL"},
		{"a fail outweighs a pass", []*verify.Finding{found("RED-002", verify.Pass), found("RED-003", verify.Fail)}, "NOT REDUNDANT", "CANNOT TELL"},
		{"a fail outweighs an unknown", []*verify.Finding{found("RED-002", verify.Unknown), found("VLN-001", verify.Fail)}, "NOT REDUNDANT", "CANNOT TELL"},
		{"an unknown outweighs a pass", []*verify.Finding{found("RED-002", verify.Pass), found("MLG-001", verify.Unknown), found("MGT-002", verify.Pass)},
			"CANNOT TELL", "ISOLATED"},
		{"a fail of no severity still decides", []*verify.Finding{found("RED-002", verify.Pass), minor}, "NOT REDUNDANT", "CANNOT TELL"},
		{"a leak says nothing about redundancy", []*verify.Finding{found("RED-002", verify.Pass), found("VLN-005", verify.Fail)}, "REDUNDANT", "LEAKS"},
		{"a guest in an infrastructure VLAN leaks", []*verify.Finding{found("SEP-004", verify.Fail)}, "CANNOT TELL", "LEAKS"},
		{"a machine that gave nothing", []*verify.Finding{found("RED-002", verify.Pass), found("MGT-002", verify.Pass), found("EVD-001", verify.Unknown)},
			"CANNOT TELL", "CANNOT TELL"},
		{"another machine than the one meant", []*verify.Finding{found("RED-002", verify.Pass), found("MGT-002", verify.Pass), found("EVD-005", verify.Fail)},
			"CANNOT TELL", "CANNOT TELL"},
		{"a waived fail decides nothing", []*verify.Finding{found("RED-002", verify.Pass), waived}, "REDUNDANT", "CANNOT TELL"},
		{"only a waived fail", []*verify.Finding{waived}, "CANNOT TELL", "CANNOT TELL"},
	} {
		r := &verify.Report{Findings: c.findings}
		if got := redundancy.answer(r).Word; got != c.redundancy {
			t.Errorf("%s: redundancy: got %q, want %q", c.name, got, c.redundancy)
		}
		if got := isolation.answer(r).Word; got != c.isolation {
			t.Errorf("%s: isolation: got %q, want %q", c.name, got, c.isolation)
		}
	}
	if got := redundancy.answer(&verify.Report{Findings: []*verify.Finding{found("RED-002", verify.Pass), waived}}).Because; !strings.Contains(got, "1 waived") {
		t.Errorf("the answer hides a waived fail: %q", got)
	}
}

// Whoever leaves out the check that would fail gets no yes for it.
func TestChecksThatWereLeftOutTakeTheYes(t *testing.T) {
	check := func(id string) *verify.Check { return &verify.Check{ID: id} }
	passed := []*verify.Finding{found("RED-001", verify.Pass), found("MGT-003", verify.Pass)}
	for _, c := range []struct {
		name                  string
		leftOut               []*verify.Check
		redundancy, isolation string
		says                  string
	}{
		{"none", nil, "REDUNDANT", "ISOLATED", ""},
		{"one that redundancy rests on", []*verify.Check{check("RED-002")}, "CANNOT TELL", "ISOLATED", "left out: RED-002"},
		{"one that isolation rests on", []*verify.Check{check("MGT-002")}, "REDUNDANT", "CANNOT TELL", "left out: MGT-002"},
		{"a whole group", []*verify.Check{check("LAG-001"), check("LAG-002")}, "CANNOT TELL", "ISOLATED", "left out: LAG"},
		{"who answered at all", []*verify.Check{check("EVD-001")}, "CANNOT TELL", "CANNOT TELL", "left out: EVD"},
		{"whether they are the ones meant", []*verify.Check{check("EVD-005")}, "CANNOT TELL", "CANNOT TELL", "left out: EVD"},
		{"what decides neither", []*verify.Check{check("EVD-002"), check("LAG-006")}, "REDUNDANT", "ISOLATED", ""},
	} {
		r := &verify.Report{Findings: passed, Checks: []*verify.Check{check("RED-001"), check("MGT-003")}, LeftOut: c.leftOut}
		a, b := redundancy.answer(r), isolation.answer(r)
		if a.Word != c.redundancy || b.Word != c.isolation {
			t.Errorf("%s: got %s and %s, want %s and %s", c.name, a.Word, b.Word, c.redundancy, c.isolation)
		}
		if !strings.Contains(a.Because+b.Because, c.says) {
			t.Errorf("%s: %q does not say %q", c.name, a.Because+"; "+b.Because, c.says)
		}
	}
	r := &verify.Report{Findings: []*verify.Finding{found("RED-001", verify.Fail)}, LeftOut: []*verify.Check{check("RED-002")}}
	if got := redundancy.answer(r).Word; got != "NOT REDUNDANT" {
		t.Errorf("a fail is one whatever was left out: got %s", got)
	}
}

// Each check of the catalogue has its part in the answers written down once: it decides or refutes one of them, or has none.
func TestEveryCheckIsSorted(t *testing.T) {
	for _, c := range checks.All() {
		n := 0
		for _, list := range [][]string{redundancy.deciding, redundancy.refuting, isolation.deciding, isolation.refuting, noPart} {
			for _, id := range list {
				if id == c.ID {
					n++
				}
			}
		}
		if n != 1 {
			t.Errorf("%s is in %d of the lists of answer.go, want 1", c.ID, n)
		}
	}
	for _, q := range []question{redundancy, isolation} {
		for _, id := range q.proving {
			if !q.decides(id) {
				t.Errorf("%s proves that %s, but does not decide it", id, q.about)
			}
		}
	}
}

// A profile whose report begins with an answer runs all that the answer rests on, so that a healthy fabric gets its yes.
func TestProfilesRunWhatTheirAnswersRestOn(t *testing.T) {
	for _, p := range profile.All() {
		for _, c := range checks.All() {
			rests := p.Redundancy && redundancy.decides(c.ID) || p.Isolation && isolation.decides(c.ID)
			if rests && c.Undecided == "" && !p.Names(c.ID) {
				t.Errorf("%s: an answer rests on %s, which does not run", p.Name, c.ID)
			}
		}
	}
}

// What no platform can decide takes nothing from an answer, whether a profile names it or not.
func TestUndecidableChecksHaveNoSay(t *testing.T) {
	r := &verify.Report{Findings: []*verify.Finding{found("RED-002", verify.Pass), found("RED-010", verify.Unknown)},
		Checks: []*verify.Check{{ID: "RED-002"}, {ID: "RED-010", Undecided: "what is upstream"}}}
	if got := redundancy.answer(r).Word; got != "REDUNDANT" {
		t.Errorf("got %s", got)
	}
}

func TestAnswersOfAProfile(t *testing.T) {
	demand := func(ids ...string) verify.Demand { return verify.Demand{Checks: ids} }
	scope := []*verify.Finding{found("EVD-001", verify.Pass), found("EVD-005", verify.Pass)}
	for _, c := range []struct {
		name     string
		profile  verify.Profile
		findings []*verify.Finding
		want     string
	}{
		{"both questions", verify.Profile{Redundancy: true, Isolation: true, Demands: []verify.Demand{demand("LAG-001")}}, []*verify.Finding{found("LAG-001", verify.Fail)}, "NOT REDUNDANT, CANNOT TELL, NOT MET"},
		{"no question", verify.Profile{Demands: []verify.Demand{demand("LAG-001")}}, []*verify.Finding{found("LAG-001", verify.Pass)}, "MET"},
		{"a reservation", verify.Profile{Demands: []verify.Demand{demand("LAG-001")}}, []*verify.Finding{found("LAG-001", verify.Warn)}, "MET"},
		{"undecided", verify.Profile{Demands: []verify.Demand{demand("LAG-001"), demand("LAG-002")}}, []*verify.Finding{found("LAG-001", verify.Pass), found("LAG-002", verify.Unknown)}, "CANNOT TELL"},
		{"nothing applies", verify.Profile{Demands: []verify.Demand{demand("LAG-001")}}, []*verify.Finding{found("LAG-001", verify.NotApplicable)}, "CANNOT TELL"},
	} {
		var words []string
		for _, a := range answers(&verify.Report{Profile: &c.profile, Findings: append(c.findings, scope...)}) {
			words = append(words, a.Word)
		}
		if got := strings.Join(words, ", "); got != c.want {
			t.Errorf("%s: got %s, want %s", c.name, got, c.want)
		}
	}
}

// Words are the whole of a verdict: no percentage and no score, in any format.
func TestNoPercentage(t *testing.T) {
	for _, f := range []string{"text", "html"} {
		out := string(written(t, f, sample(), Options{Verbose: true}))
		if f == "html" {
			_, out, _ = strings.Cut(out, "<body>")
			out, _, _ = strings.Cut(out, `id="replies"`) // devices may say % there
		}
		for i, l := range strings.Split(out, "\n") {
			if strings.Contains(l, "%") && !strings.Contains(l, "% Invalid input") {
				t.Errorf("%s line %d: %s", f, i+1, l)
			}
		}
	}
}

func TestEntriesJoinOneCause(t *testing.T) {
	type entryWant struct {
		consequence consequence
		where, lead string
		others      []string
	}
	var got []entryWant
	for _, e := range entries(sample()) {
		w := entryWant{e.Consequence, e.Where, e.Lead.Check() + " " + e.Lead.Subject.Name, nil}
		for _, f := range e.Others {
			w.others = append(w.others, f.Check()+" "+f.Subject.Name)
		}
		got = append(got, w)
	}
	want := []entryWant{
		{lostNext, "esx2", "RED-002 esx2/management", []string{"RED-002 esx2/vmotion", "RED-003 esx2/management", "RED-003 esx2/vmotion", "LAG-001 leaf1/Port-Channel7", "RED-001 esx2"}},
		{leaks, "management", "MGT-002 management", nil},
		{weaker, "box7", "VLN-003 box7/eno1", nil},
		{weaker, "esx1", "LAG-011 leaf1+leaf2/Port-Channel1", nil},
	}
	if !slices.EqualFunc(got, want, func(a, b entryWant) bool {
		return a.consequence == b.consequence && a.where == b.where && a.lead == b.lead && slices.Equal(a.others, b.others)
	}) {
		t.Errorf("got  %v\nwant %v", got, want)
	}
}

// Two hosts whose cables were swapped share a LAG, and with it an entry; two hosts with trouble of their own do not.
func TestEntriesOfSwappedCables(t *testing.T) {
	about := func(check, kind, name string) *verify.Finding {
		return &verify.Finding{By: &verify.Check{ID: check}, Outcome: verify.Fail, Severity: verify.High, Subject: topology.Subject{Kind: kind, Name: name}}
	}
	r := sample()
	r.Findings = []*verify.Finding{about("RED-001", "host", "esx1"), about("RED-001", "host", "esx2"), about("MLG-001", "pair", "p1")}
	if got := len(entries(r)); got != 3 {
		t.Errorf("separate trouble: got %d entries, want 3", got)
	}
	i := slices.IndexFunc(r.Fabric.LAGs, func(l *topology.LAG) bool { return l.Name == "leaf1/Port-Channel7" })
	lag := r.Fabric.LAGs[i]
	lag.Legs[0].Ports = append(lag.Legs[0].Ports, r.Fabric.Switches[0].Ports[0]) // esx1's port in esx2's LAG
	r.Findings = append(r.Findings, about("LAG-004", "lag", lag.Name))
	got := entries(r)
	if len(got) != 2 || got[0].Where != "esx1, esx2" && got[1].Where != "esx1, esx2" {
		for _, e := range got {
			t.Logf("%s: %s %s", e.Where, e.Lead.Check(), e.Lead.Subject.Name)
		}
		t.Errorf("swapped cables: got %d entries, want one of esx1 and esx2 and one of the pair", len(got))
	}
}

func TestConsequences(t *testing.T) {
	for _, c := range []struct {
		check    string
		outcome  verify.Outcome
		severity verify.Severity
		want     consequence
	}{
		{"LAG-001", verify.Fail, verify.High, downNow},
		{"VLN-001", verify.Fail, verify.Critical, downNow},
		{"RED-002", verify.Fail, verify.Critical, lostNext},
		{"MLG-002", verify.Fail, verify.High, lostNext},
		{"LAG-010", verify.Fail, verify.Medium, weaker},
		{"MGT-002", verify.Fail, verify.Critical, leaks},
		{"VLN-007", verify.Fail, verify.Medium, leaks},
		{"VLN-003", verify.Warn, verify.Medium, weaker},
		{"EVD-005", verify.Fail, verify.High, unproven},
		{"LAG-009", verify.Warn, verify.Low, hygiene},
	} {
		f := &verify.Finding{By: &verify.Check{ID: c.check}, Outcome: c.outcome, Severity: c.severity}
		if got := consequenceOf(f); got != c.want {
			t.Errorf("%s %s %s: got %q, want %q", c.check, c.outcome, c.severity, got, c.want)
		}
	}
}
