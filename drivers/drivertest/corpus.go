package drivertest

import (
	"path/filepath"
	"testing"

	"uplinkcheck/drivers"
	"uplinkcheck/drivers/capture"
	"uplinkcheck/drivers/corpus"
	"uplinkcheck/drivers/score/recorded"
)

// corpusRules are the rules that hold for any recording, whoever made it.
var corpusRules = []string{"spans", "truncation", "line endings", "twice", "unusable"}

// Corpus holds a driver to the rules over every recording of its platform in the shared corpus that it asks for; what the recordings
// say is compared by package score.
func Corpus(t *testing.T, d *drivers.Driver) {
	t.Helper()
	dir := filepath.Join(corpus.Shared(t, "corpus"), "corpus")
	list, err := recorded.Index(dir)
	if err != nil {
		t.Fatal(err)
	}
	read := 0
	for _, r := range list {
		if r.Platform != d.Name {
			continue
		}
		c, err := recorded.Load(dir, d, r)
		if err != nil {
			t.Fatal(err)
		}
		if len(c.Replies) == 0 || !states(OfDriver(d), c) {
			continue
		}
		read++
		for _, rule := range rules {
			for _, name := range corpusRules {
				if rule.name == name {
					t.Run(r.Path()+"/"+name, func(t *testing.T) { rule.check(t, OfDriver(d), c, "") })
				}
			}
		}
	}
	if read == 0 {
		t.Errorf("no recording of %s could be read", d.Name)
	}
}

// states reports whether a capture states anything: one that a device refused, or in which a table is empty, need not.
func states(s Subject, c *capture.Capture) bool { return len(facts(s, c)) > 0 }
