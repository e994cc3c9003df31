package checks_test

import (
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"golang.org/x/tools/txtar"

	"uplinkcheck/drivers/capture"
	"uplinkcheck/inventory"
	"uplinkcheck/testbed"
	"uplinkcheck/verify"
	"uplinkcheck/verify/audit"
	"uplinkcheck/verify/checks"
)

// The cases are data: testdata/<ID>/<what>.txtar holds a scenario of the simulated fabric and, after "-- want --", every
// verdict of that one check that is not "n/a": a finding without a line fails the test, and so does a line
// without a finding. Lines are
//
//	fail lag leaf1+leaf2/Port-Channel10 "the telling part of the reason"
//
// and "n/a" lines may be written where the reason matters. "samples: 1" in the comment takes one sample in place of two.
func TestCases(t *testing.T) {
	var files []string
	filepath.WalkDir("testdata", func(path string, d fs.DirEntry, err error) error {
		if err == nil && strings.HasSuffix(path, ".txtar") {
			files = append(files, path)
		}
		return err
	})
	seen := map[string]map[string]bool{}
	for _, path := range files {
		id := filepath.Base(filepath.Dir(path))
		if seen[id] == nil {
			seen[id] = map[string]bool{}
		}
		t.Run(strings.TrimSuffix(strings.TrimPrefix(path, "testdata/"), ".txtar"), func(t *testing.T) {
			for _, outcome := range runCase(t, id, path) {
				seen[id][outcome] = true
			}
		})
	}
	for _, c := range checks.All() {
		got := seen[c.ID]
		if !got["pass"] || !got["fail"] && !got["warn"] || !got["unknown"] {
			t.Errorf("%s: needs a case for pass, one for fail or warn, and one for unknown; has %v", c.ID, got)
		}
	}
}

func runCase(t *testing.T, id, path string) (outcomes []string) {
	t.Helper()
	ar, err := txtar.ParseFile(path)
	if err != nil {
		t.Fatal(err)
	}
	section := func(name string) string {
		for _, f := range ar.Files {
			if f.Name == name {
				return string(f.Data)
			}
		}
		return ""
	}
	findings := findingsOf(t, section("scenario.yml"), section("inventory.yml"), id, !strings.Contains(string(ar.Comment), "samples: 1"))
	want := strings.Split(strings.TrimSpace(section("want")), "\n")
	matched := make([]bool, len(want))
	for _, f := range findings {
		line := fmt.Sprintf("%s %s %s", f.Outcome, f.Subject.Kind, f.Subject.Name)
		i := slices.IndexFunc(want, func(w string) bool { return covers(w, line, f) })
		if i < 0 {
			if f.Outcome != verify.NotApplicable {
				t.Errorf("%s: no want line for:\n  %s %q\n  missing: %s", path, line, f.Reason, f.Missing)
			}
			continue
		}
		matched[i] = true
		outcomes = append(outcomes, f.Outcome.String())
		if f.Outcome != verify.Unknown && f.Outcome != verify.NotApplicable && len(f.Evidence) == 0 {
			t.Errorf("%s: %s has no evidence", path, line)
		}
		if f.Outcome == verify.Unknown && f.Missing == "" {
			t.Errorf("%s: %s does not say what is missing", path, line)
		}
	}
	for i, w := range want {
		if !matched[i] {
			t.Errorf("%s: no finding for want line:\n  %s", path, w)
		}
	}
	return outcomes
}

// covers reports whether a want line (outcome, kind, name, and perhaps a quoted part of the reason) names the finding.
func covers(want, line string, f verify.Finding) bool {
	head, part, quoted := strings.Cut(want, ` "`)
	return strings.TrimSpace(head) == line && (!quoted || strings.Contains(f.Reason, strings.TrimSuffix(part, `"`)))
}

func findingsOf(t *testing.T, scenario, inv, id string, twice bool) []verify.Finding {
	t.Helper()
	sc, err := testbed.Parse("scenario.yml", []byte(scenario))
	if err != nil {
		t.Fatal(err)
	}
	captures := sc.Captures()
	if inv == "" {
		inv = sc.Inventory()
	}
	loaded, err := inventory.Load("inventory.yml", []byte(inv))
	if err != nil {
		t.Fatal(err)
	}
	ev := audit.Evidence{Inventory: loaded, Captures: captures, Started: started(captures), Finished: sc.Finished()}
	if twice {
		ev.Captures = append(sc.Captures(), captures...)
	}
	chosen, err := audit.Select([]string{id}, nil)
	if err != nil {
		t.Fatal(err)
	}
	return audit.Decide(ev, chosen).Findings
}

func TestCatalogueIsValid(t *testing.T) {
	if err := verify.Validate(checks.All()); err != nil {
		t.Error(err)
	}
	entries, err := os.ReadDir(".")
	if err != nil {
		t.Fatal(err)
	}
	files := 0
	for _, e := range entries {
		name := e.Name()
		if len(name) > 6 && name[3] >= '0' && name[3] <= '9' && !strings.HasSuffix(name, "_test.go") {
			files++
		}
	}
	if files != len(checks.All()) {
		t.Errorf("%d files of checks, but %d checks: one file a check", files, len(checks.All()))
	}
}

func started(captures []*capture.Capture) (t time.Time) {
	for _, c := range captures {
		if t.IsZero() || c.Started.Before(t) {
			t = c.Started
		}
	}
	return t
}
