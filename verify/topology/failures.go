package topology

import (
	"slices"
	"sync"

	"uplinkcheck/drivers/state"
)

// Failures is what every single scenario of a fabric does to every network of every host. It may be read by several goroutines at
// once.
type Failures struct {
	fabric *Fabric
	worlds sync.Map // by scenario
}

// Failures simulates the loss of every scenario, once.
func (f *Fabric) Failures() *Failures {
	f.sim.failuresOnce.Do(func() { f.sim.failures = &Failures{fabric: f} })
	return f.sim.failures
}

// Now answers whether the host has the network as things are.
func (x *Failures) Now(r *Role) Survival { return r.survives(x.fabric.now()) }

// Of returns what the host does not surely keep, in order of scenarios: those of the kinds named, of all when none is. A network that
// is not there now has nothing to lose, and so has no entry.
func (x *Failures) Of(r *Role, kinds ...ScenarioKind) (out []Survival) {
	if x.Now(r).Answer != state.Yes {
		return nil
	}
	for _, s := range x.fabric.Scenarios() {
		if len(kinds) > 0 && !slices.Contains(kinds, s.Kind) {
			continue
		}
		if got := r.survives(x.world(s)); got.Answer != state.Yes {
			out = append(out, got)
		}
	}
	return out
}

func (x *Failures) world(s *Scenario) *world {
	w, ok := x.worlds.Load(s)
	if !ok {
		w, _ = x.worlds.LoadOrStore(s, x.fabric.simulate(s))
	}
	return w.(*world)
}
