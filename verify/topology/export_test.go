package topology

import "uplinkcheck/drivers/state"

// Weigh is how sure a link is by its claims, as Build finds it out.
func (l *Link) Weigh() Confidence { return l.weigh() }

// Plainly counts the networks of hosts that do not surely survive a scenario, by the plain simulation.
func (f *Fabric) Plainly(s *Scenario) (lost int) {
	w := f.simulate(s)
	for _, r := range f.Roles() {
		if r.survives(w, false).Answer != state.Yes {
			lost++
		}
	}
	return lost
}
