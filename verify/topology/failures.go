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
	f.sim.failuresOnce.Do(func() {
		e := newEngine(f, f.Scenarios())
		e.prove()
		f.sim.failures.Store(&Failures{e})
	})
	return f.sim.failures.Load()
}

// failuresOf is Failures for the loss of these at once. Where not all are simulated already, it knows of no other loss.
func (f *Fabric) failuresOf(lost []*Scenario) *Failures {
	if all := f.sim.failures.Load(); all != nil {
		return all
	}
	if len(lost) != 1 || !f.has(lost[0]) {
		lost = nil
	}
	return &Failures{newEngine(f, lost)}
}

// has reports whether the scenario is one of Scenarios.
func (f *Fabric) has(s *Scenario) bool {
	all := f.Scenarios()
	return s.order < len(all) && all[s.order] == s
}

// Works answers whether the host has the network as things are. It is Now without words.
func (x *Failures) Works(r *Role) state.Tri { return x.engine.now[r.number] }

// Proof returns the lines that show how a network works that does, nil for any other. Networks over the same uplinks share them.
func (x *Failures) Proof(r *Role) []capture.Span {
	switch {
	case x.engine.proofs != nil:
		return x.engine.proofs[r.number]
	case x.Works(r) == state.Yes:
		return linesOf(r.passing())
	}
	return nil
}

// Now answers whether the host has the network as things are.
func (x *Failures) Now(r *Role) Survival {
	if x.Works(r) != state.Yes {
		return r.survives(x.engine.fabric.now(), true)
	}
	var names []string
	for _, u := range r.passing() {
		names = append(names, u.String()+" over "+u.Mapped().String())
	}
	return Survival{Answer: state.Yes, Why: strings.Join(names, " and ") + " works", From: x.Proof(r)}
}

// Whichever answers whether the network works whichever of its links each host uses that did not say which: Unknown where it does over some of them
// only. It is meant for networks that are Apart; for any other it is Now.
func (x *Failures) Whichever(r *Role) Survival {
	w := *x.engine.fabric.now()
	w.wary = true
	return r.survives(&w, true)
}

// Apart reports whether the host may use one of several links for the network at a time, and not all of them are surely joined as things are: whom
// it reaches hangs on which it uses.
func (x *Failures) Apart(r *Role) bool {
	chooses := func(u *Uplink) bool { return u.Team == nil || u.Team.Mode.Value.NeedsAggregator() != state.Yes }
	if len(r.Uplinks) < 2 || !slices.ContainsFunc(r.Uplinks, chooses) {
		return false
	}
	f := x.engine.fabric
	var joined []int32 // classes of VLANs in which all switches are
	for v := range r.Network.VLANs.All() {
		class := f.classes().of[v]
		switch {
		case slices.Contains(joined, class):
		case f.meets(r.Uplinks, v, false):
			joined = append(joined, class)
		case !f.meets(r.In(v), v, true):
			return true
		}
	}
	return false
}

// meets reports whether the switches where the uplinks end are surely joined in the VLAN; passing leaves out those that do not carry it.
func (f *Fabric) meets(uplinks []*Uplink, v state.VID, passing bool) bool {
	var one *Switch
	for _, u := range uplinks {
		p := u.Mapped()
		switch {
		case p == nil || passing && u.Passes(v) == state.No:
		case one == nil:
			one = p.Switch
		case one != p.Switch && f.now().joined.now(v, one, p.Switch) != state.Yes:
			return false
		}
	}
	return true
}

// passing are the uplinks of which the port surely passes the network's first VLAN.
func (r *Role) passing() (out []*Uplink) {
	v := first(r.Network.VLANs)
	for _, u := range r.In(v) {
		if p := u.Mapped(); p != nil && p.Passes(v) == state.Yes {
			out = append(out, u)
		}
	}
	return out
}

// prove gathers the lines for all networks that work: worth it where all will be asked for.
func (e *engine) prove() {
	e.proofs = make([][]capture.Span, len(e.now))
	hosts := e.fabric.Hosts
	inChunks(len(hosts), 256, func(from, to int) struct{} {
		for _, h := range hosts[from:to] {
			e.proveHost(h)
		}
		return struct{}{}
	})
}

func (e *engine) proveHost(h *Host) {
	type proven struct {
		over  []*Uplink
		lines []capture.Span
	}
	var known []proven
	for _, r := range h.Required {
		if e.now[r.number] != state.Yes {
			continue
		}
		over := r.passing()
		i := slices.IndexFunc(known, func(x proven) bool { return slices.Equal(x.over, over) })
		if i < 0 {
			i = len(known)
			known = append(known, proven{over, linesOf(over)})
		}
		e.proofs[r.number] = known[i].lines
	}
}

// linesOf returns the lines that say where uplinks end, and that the ports there are in service.
func linesOf(uplinks []*Uplink) (out []capture.Span) {
	for _, u := range uplinks {
		out = append(append(out, u.Mapped().proof()...), u.Link.Evidence()...)
	}
	return slices.Clip(out)
}

func first(s state.VIDSet) state.VID {
	for v := range s.All() {
		return v
	}
	return 0
}

// proof returns the lines that say that the port is in service and in which VLANs.
func (p *Port) proof() (out []capture.Span) {
	if p.Interface != nil {
		out = append(out, p.Interface.Oper.From)
	}
	if p.Member != nil {
		out = append(out, p.Member.Selected.From, p.Member.Actor.State.From)
	}
	if p.Bridge != nil {
		out = append(out, p.Bridge.Members.From)
	}
	return slices.DeleteFunc(out, func(s capture.Span) bool { return !s.Known() })
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

// Without tells in words what the loss of a scenario of the fabric leaves of the network.
func (x *Failures) Without(r *Role, s *Scenario) Survival {
	return r.survives(x.engine.world(int32(s.order)), true)
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
