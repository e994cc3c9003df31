package verify_test

import (
	"strings"
	"testing"
	"time"

	"uplinkcheck/drivers/capture"
	"uplinkcheck/inventory"
	"uplinkcheck/verify"
	"uplinkcheck/verify/standard"
	"uplinkcheck/verify/topology"
)

type thing string

func (t thing) Subject() topology.Subject { return topology.Subject{Kind: "switch", Name: string(t)} }

func run(judge func(thing) verify.Verdict, inv *inventory.Inventory, things ...thing) []verify.Finding {
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
	waived := func(until time.Time) verify.Finding {
		inv := &inventory.Inventory{Waivers: []inventory.Waiver{{Check: "TST-001", Subject: "leaf1", Until: until, Reason: "known", By: "me", From: line}}}
		return run(func(thing) (v verify.Verdict) { v.Fail(line, "bad"); return v }, inv, "leaf1")[0]
	}
	if got := waived(time.Date(2026, 11, 25, 0, 0, 0, 0, time.UTC)); got.Outcome != verify.NotApplicable || !strings.Contains(got.Waiver, "known") || !strings.Contains(got.Reason, "was fail") {
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
			r.Findings = append(r.Findings, verify.Finding{Outcome: o})
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
