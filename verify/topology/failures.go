package topology

import (
	"slices"
	"strings"

	"uplinkcheck/drivers/capture"
	"uplinkcheck/drivers/state"
)

// Failures is what every single scenario of a fabric does to every network of every host. It may be read by several goroutines at
// once.
type Failures struct{ engine *engine }

// Failures simulates the loss of every scenario, once.
func (f *Fabric) Failures() *Failures {
	f.sim.failuresOnce.Do(func() { f.sim.failures = &Failures{newEngine(f)} })
	return f.sim.failures
}

// Now answers whether the host has the network as things are.
func (x *Failures) Now(r *Role) Survival {
	if x.engine.now[r.number] != state.Yes {
		return r.survives(x.engine.fabric.now(), true)
	}
	s := Survival{Answer: state.Yes}
	var names []string
	for _, u := range r.Uplinks {
		if p := u.Mapped(); p != nil && p.passes(first(r.Network.VLANs)) == state.Yes {
			names = append(names, u.String()+" over "+p.String())
			s.From = append(s.From, p.proof()...)
			s.From = append(s.From, u.Link.Evidence()...)
		}
	}
	s.Why = strings.Join(names, " and ") + " works"
	return s
}

func first(s state.VIDSet) state.VID {
	for v := range s.All() {
		return v
	}
	return 0
}

// proof returns the lines that say that the port is in service and in which VLANs.
func (p *Port) proof() (out []capture.Span) {
	var all []capture.Span
	if p.Interface != nil {
		all = append(all, p.Interface.Oper.From)
	}
	if p.Member != nil {
		all = append(all, p.Member.Selected.From, p.Member.Actor.State.From)
	}
	if p.Bridge != nil {
		all = append(all, p.Bridge.Members.From)
	}
	for _, s := range all {
		if s.Known() {
			out = append(out, s)
		}
	}
	return out
}

// Worst returns the worst answer for the network over the scenarios of the kinds named, over all when none is: Yes when it survives
// each. A network that is not there now has that answer.
func (x *Failures) Worst(r *Role, kinds ...ScenarioKind) state.Tri {
	answer := x.engine.now[r.number]
	for _, o := range x.engine.outcomes[r.number] {
		if rank(o.answer) < rank(answer) && x.of(o, kinds) {
			answer = o.answer
		}
	}
	return answer
}

// Lost returns the scenarios of the kinds named, of all when none is, that the network does not surely survive, in order, with the answer
// for each. It is Of without words.
func (x *Failures) Lost(r *Role, kinds ...ScenarioKind) func(yield func(*Scenario, state.Tri) bool) {
	return func(yield func(*Scenario, state.Tri) bool) {
		for _, o := range x.engine.outcomes[r.number] {
			if x.of(o, kinds) && !yield(x.engine.scenarios[o.scenario], o.answer) {
				return
			}
		}
	}
}

// Of returns what the host does not surely keep, in order of scenarios: those of the kinds named, of all when none is. A network that
// is not there now has nothing to lose, and so has no entry.
func (x *Failures) Of(r *Role, kinds ...ScenarioKind) (out []Survival) {
	for _, o := range x.engine.outcomes[r.number] {
		if x.of(o, kinds) {
			out = append(out, r.survives(x.engine.world(o.scenario), true))
		}
	}
	return out
}

func (x *Failures) of(o outcome, kinds []ScenarioKind) bool {
	return len(kinds) == 0 || slices.Contains(kinds, x.engine.scenarios[o.scenario].Kind)
}
