package verify_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"uplinkcheck/drivers/capture"
	"uplinkcheck/inventory"
	"uplinkcheck/verify"
	"uplinkcheck/verify/standard"
	"uplinkcheck/verify/topology"

	"pgregory.net/rapid"
)

type thing string

func (t thing) Subject() topology.Subject { return topology.Subject{Kind: "switch", Name: string(t)} }

func run(judge func(thing) verify.Verdict, inv *inventory.Inventory, things ...thing) []*verify.Finding {
	f := topology.Build(topology.Input{Inventory: inv, Now: time.Date(2026, 11, 24, 0, 0, 0, 0, time.UTC)})
	return verify.Run(f, []*verify.Check{{ID: "TST-001", Title: "t", Doc: "d", Severity: verify.Medium, Cites: []standard.Clause{standard.M5153},
		Run: verify.Each(func(*topology.Fabric) []thing { return things }, judge)}})
}

var line = (&capture.Reply{Device: "leaf1", Command: "show x", Data: []byte("the line"), Complete: true}).Whole()

func TestAVerdictIsItsWorstNote(t *testing.T) {
	got := run(func(thing) (v verify.Verdict) {
		v.Pass(line, "good")
		v.Fail(line, "bad").Fix("mend it")
		v.Unknown("dark").Missing("light")
		return v
	}, nil, "leaf1")[0]
	if got.Outcome != verify.Fail || got.Reason != "bad" || got.Fix != "mend it" || got.Missing != "" || got.Severity != verify.Medium {
		t.Errorf("got %+v", got)
	}
}

func TestNothingPassesWithoutALine(t *testing.T) {
	for _, note := range []func(*verify.Verdict){
		func(v *verify.Verdict) { v.Pass(capture.Span{}, "good") },
		func(v *verify.Verdict) { v.Warn(capture.Span{}, "weak") },
		func(v *verify.Verdict) { v.Fail(capture.Span{}, "bad") },
	} {
		got := run(func(thing) (v verify.Verdict) { note(&v); return v }, nil, "leaf1")[0]
		if got.Outcome != verify.Unknown || !strings.Contains(got.Reason, "no line says so") {
			t.Errorf("got %s %q, want unknown", got.Outcome, got.Reason)
		}
	}
	if got := run(func(thing) (v verify.Verdict) { return v }, nil, "leaf1")[0]; got.Outcome != verify.NotApplicable {
		t.Errorf("the zero verdict is %s, want n/a", got.Outcome)
	}
}

func TestABugCostsOneVerdictAndNeverPasses(t *testing.T) {
	got := run(func(s thing) (v verify.Verdict) {
		if s == "leaf1" {
			panic("bug")
		}
		v.Pass(line, "good")
		return v
	}, nil, "leaf1", "leaf2")
	if len(got) != 2 || got[0].Outcome != verify.Unknown || got[1].Outcome != verify.Pass {
		t.Errorf("got %+v", got)
	}
}

func TestNoSubjectIsOneNotApplicable(t *testing.T) {
	got := run(func(thing) (v verify.Verdict) { v.Pass(line, "good"); return v }, nil)
	if len(got) != 1 || got[0].Outcome != verify.NotApplicable || got[0].Subject.Kind != "fabric" {
		t.Errorf("got %+v", got)
	}
}

func TestAWaiverCountsUntilItsDay(t *testing.T) {
	waived := func(until time.Time) *verify.Finding {
		inv := &inventory.Inventory{Waivers: []inventory.Waiver{{Check: "TST-001", Subject: "leaf1", Until: until, Reason: "known", By: "me", From: line}}}
		return run(func(thing) (v verify.Verdict) { v.Fail(line, "bad"); return v }, inv, "leaf1")[0]
	}
	if got := waived(time.Date(2026, 11, 25, 0, 0, 0, 0, time.UTC)); got.Outcome != verify.NotApplicable || !strings.Contains(got.Waiver.Terms(), "known") || !strings.Contains(got.Reason, "was fail") {
		t.Errorf("a valid waiver: got %+v", got)
	}
	if got := waived(time.Date(2026, 11, 22, 0, 0, 0, 0, time.UTC)); got.Outcome != verify.Fail {
		t.Errorf("an expired waiver counts for nothing: got %+v", got)
	}
}

func TestExitCodes(t *testing.T) {
	for want, outcomes := range map[int][]verify.Outcome{
		0: {verify.Pass, verify.Warn, verify.NotApplicable}, 1: {verify.Pass, verify.Unknown, verify.Fail}, 2: {verify.Pass, verify.Unknown, verify.Warn},
	} {
		r := &verify.Report{}
		for _, o := range outcomes {
			r.Findings = append(r.Findings, &verify.Finding{Outcome: o})
		}
		if got := r.ExitCode(); got != want {
			t.Errorf("%v: exit code %d, want %d", outcomes, got, want)
		}
	}
}

func TestValidateRefusesABadCatalogue(t *testing.T) {
	good := verify.Check{ID: "TST-001", Title: "t", Doc: "d", Cites: []standard.Clause{standard.M5153}, Run: func(*topology.Fabric) []verify.Finding { return nil }}
	bad := map[string]func(*verify.Check){
		"id": func(c *verify.Check) { c.ID = "lag1" }, "doc": func(c *verify.Check) { c.Doc = "" }, "cites": func(c *verify.Check) { c.Cites = nil },
		"run": func(c *verify.Check) { c.Run = nil }, "title": func(c *verify.Check) { c.Title = "" },
	}
	if err := verify.Validate([]*verify.Check{&good}); err != nil {
		t.Error(err)
	}
	for name, spoil := range bad {
		c := good
		spoil(&c)
		if verify.Validate([]*verify.Check{&c}) == nil {
			t.Errorf("a check with a bad %s is accepted", name)
		}
	}
	if verify.Validate([]*verify.Check{&good, &good}) == nil {
		t.Error("a double id is accepted")
	}
}

// A waiver is applied, expired, unused, or of a check that did not run; an expired one shows the finding that stands again.
func TestWhatEachWaiverDid(t *testing.T) {
	now := time.Date(2026, 11, 24, 0, 0, 0, 0, time.UTC)
	text := (&capture.Reply{Device: "inventory", Command: "i.yml", Data: []byte("abcdefgh"), Complete: true})
	waiver := func(check, subject string, until time.Time, at int) inventory.Waiver {
		return inventory.Waiver{Check: check, Subject: subject, Until: until, Reason: "r", By: "me", From: text.Span(at, at+1)}
	}
	later, before := now.AddDate(0, 1, 0), now.AddDate(0, 0, -1)
	inv := &inventory.Inventory{Waivers: []inventory.Waiver{
		waiver("TST-001", "leaf1", later, 0), waiver("TST-001", "leaf1", later, 1), waiver("TST-001", "leaf2", before, 2),
		waiver("TST-001", "leaf3", later, 3), waiver("TST-001", "leaf3", before, 4), waiver("TST-002", "leaf1", later, 5),
	}}
	found := run(func(s thing) (v verify.Verdict) {
		if s == "leaf3" {
			v.Pass(line, "good")
			return v
		}
		v.Fail(line, "bad")
		return v
	}, inv, "leaf1", "leaf2", "leaf3")
	f := topology.Build(topology.Input{Inventory: inv, Now: now})
	r := &verify.Report{Fabric: f, Findings: found, Checks: []*verify.Check{{ID: "TST-001"}}}
	var got []string
	for _, w := range r.Waivers() {
		got = append(got, fmt.Sprintf("%s %s %d", w.Subject, w.State, len(w.Findings)))
	}
	want := []string{"leaf1 applied 1", "leaf1 unused 0", "leaf2 expired 1", "leaf3 unused 0", "leaf3 expired 0", "leaf1 check did not run 0"}
	if !slices.Equal(got, want) {
		t.Errorf("got  %q\nwant %q", got, want)
	}
	if (&verify.Report{}).Waivers() != nil {
		t.Error("a report without a fabric has waivers")
	}
}

// The verdict of a clause is the worst of its checks' findings; what did not run, and a machine that gave nothing, leave undecided what does not fail.
func TestClauseVerdicts(t *testing.T) {
	scope := []*verify.Finding{{By: &verify.Check{ID: "EVD-001"}, Outcome: verify.Pass}, {By: &verify.Check{ID: "EVD-005"}, Outcome: verify.Pass}}
	of := func(check string, o verify.Outcome) *verify.Finding {
		return &verify.Finding{By: &verify.Check{ID: check}, Outcome: o}
	}
	waived := &verify.Finding{By: &verify.Check{ID: "LAG-001"}, Waiver: &inventory.Waiver{By: "me"}}
	for _, c := range []struct {
		name     string
		checks   []string
		findings []*verify.Finding
		want     verify.Outcome
		decisive int
		notRun   int
	}{
		{"all pass", []string{"LAG-001"}, append([]*verify.Finding{of("LAG-001", verify.Pass), of("LAG-001", verify.Pass)}, scope...), verify.Pass, 2, 0},
		{"worst wins", []string{"LAG-001", "LAG-002"}, append([]*verify.Finding{of("LAG-001", verify.Pass), of("LAG-002", verify.Fail), of("LAG-002", verify.Unknown)}, scope...), verify.Fail, 1, 0},
		{"one is waived", []string{"LAG-001"}, append([]*verify.Finding{of("LAG-001", verify.Pass), waived}, scope...), verify.Pass, 1, 0},
		{"only n/a", []string{"LAG-001"}, append([]*verify.Finding{of("LAG-001", verify.NotApplicable)}, scope...), verify.NotApplicable, 1, 0},
		{"one did not run", []string{"LAG-001", "LAG-002"}, append([]*verify.Finding{of("LAG-001", verify.Pass)}, scope...), verify.Unknown, 0, 1},
		{"a machine gave nothing", []string{"LAG-001"}, []*verify.Finding{of("EVD-001", verify.Unknown), of("EVD-005", verify.Pass), of("LAG-001", verify.Pass)}, verify.Unknown, 1, 0},
		{"nobody asked who answered", []string{"LAG-001"}, []*verify.Finding{of("LAG-001", verify.Pass)}, verify.Unknown, 0, 2},
		{"another machine than the one meant", []string{"LAG-001"}, []*verify.Finding{of("EVD-001", verify.Pass), of("EVD-005", verify.Fail), of("LAG-001", verify.Warn)}, verify.Unknown, 1, 0},
		{"that does not hide a fail", []string{"LAG-001"}, []*verify.Finding{of("EVD-001", verify.Unknown), of("EVD-005", verify.Pass), of("LAG-001", verify.Fail)}, verify.Fail, 1, 0},
	} {
		r := &verify.Report{Findings: c.findings, Profile: &verify.Profile{Demands: []verify.Demand{{Checks: c.checks}, {Beyond: "people"}}}}
		got := r.Clauses()
		if v := got[0]; v.Outcome != c.want || len(v.Decisive) != c.decisive || len(v.NotRun) != c.notRun || !v.Assessed {
			t.Errorf("%s: got %s, %d decisive, not run %v; want %s, %d, %d", c.name, v.Outcome, len(v.Decisive), v.NotRun, c.want, c.decisive, c.notRun)
		}
		if got[1].Assessed {
			t.Errorf("%s: a demand without checks was assessed", c.name)
		}
	}
}

// said is a verdict kept plainly: what Verdict, whose texts and lines share memory with those of others, must amount to.
type said struct {
	outcome               verify.Outcome
	reasons, missing, fix []string
	left                  int
	lines                 []capture.Span
	counts                bool
}

func (s *said) note(o verify.Outcome, text string, from capture.Span) {
	if s.counts = o >= s.outcome; !s.counts {
		return
	}
	if o > s.outcome {
		*s = said{outcome: o, missing: s.missing, fix: s.fix, counts: true}
	}
	if o == verify.Pass && len(s.reasons) == 40 {
		s.left++
	} else {
		s.reasons = s.once(s.reasons, text)
	}
	s.also(from)
}

func (s *said) once(list []string, text string) []string {
	if slices.Contains(list, text) {
		return list
	}
	return append(list, text)
}

func (s *said) also(from capture.Span) {
	if s.counts && from.Known() && len(s.lines) < 12 && !slices.Contains(s.lines, from) {
		s.lines = append(s.lines, from)
	}
}

func joined(list []string, left int) string {
	if len(list) > 200 {
		left += len(list) - 200
		list = list[:200]
	}
	text := strings.Join(list, "; ")
	if left > 0 {
		text += fmt.Sprintf("; and %d more", left)
	}
	return text
}

// Many verdicts at once, some of which break off, say what each of them was told and nothing of another.
func TestVerdictsKeepApart(t *testing.T) {
	data := []byte(strings.Repeat("line\n", 30))
	reply := &capture.Reply{Device: "leaf1", Command: "show x", Data: data, Complete: true}
	rapid.Check(t, func(t *rapid.T) {
		n := rapid.IntRange(1, 12).Draw(t, "subjects")
		things := make([]thing, n)
		plain := map[thing]*said{}
		steps := map[thing][]func(v *verify.Verdict){}
		for i := range things {
			x := thing(fmt.Sprint("s", i))
			things[i], plain[x] = x, &said{}
			most := rapid.SampledFrom([]int{1, 3, 30, 300}).Draw(t, "most")
			words := rapid.SampledFrom([]int{1, 5, 1000}).Draw(t, "words")
			for range rapid.IntRange(0, most).Draw(t, "notes") {
				text := strings.Repeat("x", rapid.IntRange(0, 3).Draw(t, "length")) + fmt.Sprint(rapid.IntRange(0, words).Draw(t, "word"))
				at := rapid.IntRange(0, 29).Draw(t, "line")
				from := capture.Span{Reply: reply, Start: uint32(5 * at), End: uint32(5*at + 4)}
				s := plain[x]
				switch kind := rapid.IntRange(0, 8).Draw(t, "kind"); kind {
				case 0, 1, 2, 3:
					o := []verify.Outcome{verify.Pass, verify.Pass, verify.Warn, verify.Fail}[kind]
					steps[x] = append(steps[x], func(v *verify.Verdict) { v.Note(o, from, "%s", text) })
					s.note(o, text, from)
				case 4:
					steps[x] = append(steps[x], func(v *verify.Verdict) { v.Unknown("%s", text) })
					s.note(verify.Unknown, text, capture.Span{})
				case 5:
					steps[x] = append(steps[x], func(v *verify.Verdict) { v.Missing("%s", text) })
					if s.outcome <= verify.Unknown {
						s.missing = s.once(s.missing, text)
					}
				case 6:
					steps[x] = append(steps[x], func(v *verify.Verdict) { v.Fix("%s", text) })
					s.fix = s.once(s.fix, text)
				case 7:
					steps[x] = append(steps[x], func(v *verify.Verdict) { v.Also(from) })
					s.also(from)
				case 8:
					steps[x] = append(steps[x], func(v *verify.Verdict) { v.PassBy([]capture.Span{from, line}, "%s", text) })
					s.note(verify.Pass, text, from)
					s.also(line)
				}
			}
			if rapid.IntRange(0, 5).Draw(t, "breaks off") == 0 {
				steps[x] = append(steps[x], func(*verify.Verdict) { panic("halfway") })
				plain[x] = &said{outcome: verify.Unknown, reasons: []string{"this program failed while judging: halfway"},
					missing: []string{"report this as a bug, with an evidence bundle if you can share one"}}
			}
		}
		got := run(func(x thing) (v verify.Verdict) {
			for _, do := range steps[x] {
				do(&v)
			}
			return v
		}, nil, things...)
		for _, f := range got {
			s := plain[thing(f.Subject.Name)]
			want := [3]string{joined(s.reasons, s.left)}
			if s.outcome == verify.Unknown {
				want[1] = joined(s.missing, 0)
			}
			if s.outcome == verify.Fail || s.outcome == verify.Warn {
				want[2] = joined(s.fix, 0)
			}
			if f.Outcome != s.outcome || [3]string{f.Reason, f.Missing, f.Fix} != want || !slices.Equal(f.Evidence, s.lines) {
				t.Fatalf("%s: got %s %q missing %q fix %q by %v\nwant %s %q by %v", f.Subject.Name, f.Outcome, f.Reason, f.Missing, f.Fix, f.Evidence, s.outcome, want, s.lines)
			}
		}
	})
}
