package collect_test

import (
	"testing"

	"uplinkcheck/drivers/all"
	"uplinkcheck/drivers/collect"
	sources "uplinkcheck/inventory/all"
)

// Every command of every driver and of every source of hosts begins with a reading verb and can do nothing else.
func TestEveryDriverAndSourceOnlyReads(t *testing.T) {
	for _, d := range all.Drivers {
		if err := collect.ForDriver(d).Check(); err != nil {
			t.Errorf("%s: %v", d.Name, err)
		}
	}
	shells := 0
	for _, s := range sources.Sources {
		if len(s.Commands) == 0 {
			continue // asked by an API, or declared
		}
		shells++
		if err := collect.ForShell(s.Name, s.Privileges, s.Commands, s.Refusal).Check(); err != nil {
			t.Errorf("%s: %v", s.Name, err)
		}
	}
	if len(all.Drivers) == 0 || shells == 0 {
		t.Errorf("%d drivers and %d sources were looked at", len(all.Drivers), shells)
	}
}
