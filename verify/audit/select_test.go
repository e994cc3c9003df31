package audit_test

import (
	"slices"
	"testing"

	"uplinkcheck/verify"
	"uplinkcheck/verify/audit"
	"uplinkcheck/verify/checks"
)

// What no platform decides would leave every run with something unknown: it runs when somebody asks for it by its id.
func TestUndecidedChecksRunOnlyWhenNamed(t *testing.T) {
	run, err := audit.Select(nil, nil)
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range checks.All() {
		if slices.Contains(run, c) == (c.Undecided != "") {
			t.Errorf("%s runs by default: %v, undecided: %q", c.ID, slices.Contains(run, c), c.Undecided)
		}
		if one, err := audit.Select([]string{c.ID}, nil); err != nil || len(one) != 1 {
			t.Errorf("%s by its id gives %d checks, %v", c.ID, len(one), err)
		}
	}
	if _, err := audit.Catalogue([]string{"LAG", "XYZ-001"}); err == nil {
		t.Error("a name of no check is accepted")
	}
	if all, err := audit.Catalogue([]string{"LAG"}); err != nil || !slices.ContainsFunc(all, func(c *verify.Check) bool { return c.ID == "LAG-001" }) {
		t.Errorf("LAG gives %d checks, %v", len(all), err)
	}
}
