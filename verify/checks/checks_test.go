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

// said is where the states that tests write down come from.
var said = (&capture.Reply{Device: "test", Command: "show all", Data: []byte("said"), Complete: true}).Whole()

// is is a fact that was said.
func is[T any](v T) capture.Fact[T] { return capture.Of(v, said) }

// The cases are data: testdata/<ID>/<what>.txtar holds a scenario of the simulated fabric and, after "-- want --", every
// verdict of that one check that is not "n/a": a finding without a line fails the test, and so does a line
// without a finding. Lines are
//
//	fail lag leaf1+leaf2/Port-Channel10 "the telling part of the reason"
//
// and "n/a" lines may be written where the reason matters. "samples: 1" in the comment takes one sample in place of two. What else
// no scenario can say, a line of the comment does:
//
//	apart: 31s          the earlier sample was taken so much earlier; both at one moment when absent
//	age: 48h            the evidence is looked at so much later
//	late: leaf2 1h      a device was asked so much later than the others
//	no times: leaf1     its replies have no time
//	no host key: leaf1  it was not reached over SSH
//	sent: leaf1 reload  it was also sent this command
//	changed: leaf1      a byte of its first reply was changed after it was stored
//	no checksum: leaf1  none was taken of its replies
//	no list             which commands the drivers list is not at hand
//
// "-- before.yml --" is the scenario of the earlier sample where that differs.
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
		if c.Undecided != "" {
			continue // it can only say so
		}
		got := seen[c.ID]
		bad := got["fail"] || got["warn"]
		if _, never := neverBad[c.ID]; never == bad || !got["pass"] || !got["unknown"] {
			t.Errorf("%s: needs a case for pass, one for unknown, and one for fail or warn unless it knows neither; has %v", c.ID, got)
		}
	}
}

// neverBad are the checks whose rule in standards.md knows neither fail nor warn.
var neverBad = map[string]string{
	"EVD-001": "a device without data makes what depends on it unknown",
	"EVD-004": "output that was not understood is unknown for its facts",
	"RED-009": "an uplink without a mapping is unknown",
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
	findings := findingsOf(t, section("scenario.yml"), section("before.yml"), section("inventory.yml"), id, directives(ar.Comment))
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
		if (f.Outcome == verify.Fail || f.Outcome == verify.Warn) && f.Fix == "" {
			t.Errorf("%s: %s does not say how to put it right", path, line)
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
func covers(want, line string, f *verify.Finding) bool {
	head, part, quoted := strings.Cut(want, ` "`)
	return strings.TrimSpace(head) == line && (!quoted || strings.Contains(f.Reason, strings.TrimSuffix(part, `"`)))
}

// directives returns the lines of a comment that are of the form "what: value", and "no list" and "samples: 1".
func directives(comment []byte) map[string]string {
	out := map[string]string{}
	if strings.Contains(string(comment), "samples: 1") {
		out["samples: 1"] = ""
	}
	for line := range strings.Lines(string(comment)) {
		what, value, _ := strings.Cut(strings.TrimSpace(line), ": ")
		if slices.Contains([]string{"apart", "age", "late", "no times", "no host key", "sent", "changed", "no checksum", "no list"}, what) {
			out[what] = value
		}
	}
	return out
}

func findingsOf(t *testing.T, scenario, earlier, inv, id string, say map[string]string) []*verify.Finding {
	t.Helper()
	sc, err := testbed.Parse("scenario.yml", []byte(scenario))
	if err != nil {
		t.Fatal(err)
	}
	captures := sc.Captures()
	for _, c := range captures {
		disturb(t, c, say)
	}
	if inv == "" {
		inv = sc.Inventory()
	}
	loaded, err := inventory.Load("inventory.yml", []byte(inv))
	if err != nil {
		t.Fatal(err)
	}
	ev := audit.Evidence{Inventory: loaded, Captures: captures, Started: started(captures), Finished: finished(captures).Add(duration(t, say["age"]))}
	if _, once := say["samples: 1"]; !once {
		before := sc
		if earlier != "" {
			if before, err = testbed.Parse("before.yml", []byte(earlier)); err != nil {
				t.Fatal(err)
			}
		}
		if before, err = before.Earlier(duration(t, say["apart"])); err != nil {
			t.Fatal(err)
		}
		ev.Captures = append(before.Captures(), captures...)
	}
	chosen, err := audit.Select([]string{id}, nil)
	if err != nil {
		t.Fatal(err)
	}
	f := audit.Fabric(ev)
	if _, none := say["no list"]; none {
		f.Allowed = nil
	}
	return verify.Run(f, chosen)
}

// disturb changes a capture as the directives say.
func disturb(t *testing.T, c *capture.Capture, say map[string]string) {
	t.Helper()
	if name, after, _ := strings.Cut(say["late"], " "); name == c.Device {
		d := duration(t, after)
		c.Started, c.Finished = c.Started.Add(d), c.Finished.Add(d)
		for _, r := range c.Replies {
			r.At = r.At.Add(d)
		}
	}
	if say["no times"] == c.Device {
		for _, r := range c.Replies {
			r.At = time.Time{}
		}
	}
	if say["no host key"] == c.Device {
		c.HostKey = ""
	}
	if name, command, _ := strings.Cut(say["sent"], " "); name == c.Device {
		c.Replies = append(c.Replies, &capture.Reply{Device: c.Device, Command: command, Complete: true, At: c.Finished})
	}
	if say["changed"] == c.Device {
		c.Replies[0].Data = append([]byte(" "), c.Replies[0].Data...)
	}
	if say["no checksum"] == c.Device {
		for _, r := range c.Replies {
			r.Sum = [32]byte{}
		}
	}
}

func duration(t *testing.T, text string) time.Duration {
	t.Helper()
	if text == "" {
		return 0
	}
	d, err := time.ParseDuration(text)
	if err != nil {
		t.Fatal(err)
	}
	return d
}

func finished(captures []*capture.Capture) (end time.Time) {
	for _, c := range captures {
		if c.Finished.After(end) {
			end = c.Finished
		}
	}
	return end
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
