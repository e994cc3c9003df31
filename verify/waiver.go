package verify

import (
	"fmt"
	"slices"

	"uplinkcheck/inventory"
	"uplinkcheck/verify/topology"
)

// waivers finds the waivers of a finding: in the order of the inventory, those that ran out left out.
type waivers map[[2]string]*inventory.Waiver

func waiversOf(f *topology.Fabric) waivers {
	valid := waivers{}
	if f.Inventory == nil {
		return valid
	}
	for i := range f.Inventory.Waivers {
		w := &f.Inventory.Waivers[i]
		if k := [2]string{w.Check, w.Subject}; valid[k] == nil && !f.Now.After(w.Until) {
			valid[k] = w
		}
	}
	return valid
}

// waive turns a warn, fail or unknown that a valid waiver names into n/a and keeps what it was in the text.
func (valid waivers) waive(f *Finding) {
	if f.Outcome < Warn {
		return
	}
	w := valid[[2]string{f.Check(), f.Subject.Name}]
	if w == nil {
		return
	}
	f.Waiver = w
	f.Reason = fmt.Sprintf("waived (was %s): %s", f.Outcome, f.Reason)
	f.Outcome = NotApplicable
	f.Evidence = append(f.Evidence, w.From)
}

// WaiverState is what a waiver did in a run. The zero state is Unused.
type WaiverState uint8

const (
	Unused  WaiverState = iota // nothing was found that it could accept
	Applied                    // it turned a finding into n/a
	Expired                    // its day is over: it counts for nothing
	Idle                       // the check that it names did not run
)

// String returns the word that reports use.
func (s WaiverState) String() string {
	return [...]string{"unused", "applied", "expired", "check did not run"}[min(s, Idle)]
}

// A WaiverUse is a waiver of the inventory with what it did.
type WaiverUse struct {
	*inventory.Waiver
	State WaiverState

	// Findings are those that it accepted, or, when it is expired, that it would have: they count again.
	Findings []*Finding
}

// Waivers returns all waivers of the inventory in its order, with what each did in the run.
func (r *Report) Waivers() (out []WaiverUse) {
	if r.Fabric == nil || r.Fabric.Inventory == nil {
		return nil
	}
	about := map[[2]string][]*Finding{}
	for _, f := range r.Findings {
		if f.Waiver != nil || f.Outcome >= Warn {
			k := [2]string{f.Check(), f.Subject.Name}
			about[k] = append(about[k], f)
		}
	}
	for i := range r.Fabric.Inventory.Waivers {
		w := &r.Fabric.Inventory.Waivers[i]
		use := WaiverUse{Waiver: w}
		for _, f := range about[[2]string{w.Check, w.Subject}] {
			if f.Waiver == nil || slices.Contains(f.Evidence, w.From) {
				use.Findings = append(use.Findings, f)
			}
		}
		ran := slices.ContainsFunc(r.Checks, func(c *Check) bool { return c.ID == w.Check })
		switch {
		case r.Fabric.Now.After(w.Until):
			use.State = Expired
		case len(use.Findings) > 0:
			use.State = Applied
		case !ran:
			use.State = Idle
		}
		out = append(out, use)
	}
	return out
}
