package topology

import (
	"sync"

	"uplinkcheck/drivers/state"
)

// Survives answers whether the host keeps the network when all the scenarios are lost at once; without a scenario, whether it has it
// now. It simulates that one loss over the whole fabric, plainly: Failures gives the same answers for all single scenarios at once.
func (r *Role) Survives(lost ...*Scenario) Survival {
	return r.survives(r.Host.Fabric.simulate(lost...), true)
}

// simulate makes the world after a loss by looking at everything.
func (f *Fabric) simulate(lost ...*Scenario) *world {
	return f.after(f.effects(lost...), lost)
}

func (f *Fabric) after(e *effects, lost []*Scenario) *world {
	return &world{outage: e, what: lost, joined: &plainJoints{f: f, loss: e}}
}

// now is the world as it is.
func (f *Fabric) now() *world {
	f.sim.nowOnce.Do(func() {
		joints := classJoints{f.classes(), &plainJoints{f: f, loss: intact{}}}
		f.sim.now = &world{outage: intact{}, joined: joints}
	})
	return f.sim.now
}

// plainJoints finds the components of each VLAN that it is asked about.
type plainJoints struct {
	f    *Fabric
	loss outage
	memo sync.Map // of asked
}

type asked struct {
	v             state.VID
	lost, reserve bool
}

func (j *plainJoints) now(v state.VID, a, b *Switch) state.Tri {
	return j.joined(asked{v, false, false}, a, b)
}
func (j *plainJoints) before(v state.VID, a, b *Switch) state.Tri {
	return j.joined(asked{v, false, true}, a, b)
}
func (j *plainJoints) after(v state.VID, a, b *Switch) state.Tri {
	return j.joined(asked{v, true, true}, a, b)
}

func (j *plainJoints) joined(q asked, a, b *Switch) state.Tri {
	switch {
	case a == b:
		return state.Yes
	case q.lost && (j.loss.lost(a) || j.loss.lost(b)):
		return state.Unknown // what may outlive its switch is nobody knows where
	}
	found, ok := j.memo.Load(q)
	if !ok {
		found, _ = j.memo.LoadOrStore(q, j.segments(q))
	}
	s := found.(segments)
	switch {
	case s.sure[a.number] == s.sure[b.number]:
		return state.Yes
	case s.possible[a.number] == s.possible[b.number]:
		return state.Unknown
	}
	return state.No
}

// segments are the layer-2 segments of one VLAN by number of switch: once with what surely carries it, once with all that may.
type segments struct{ sure, possible []int }

func (j *plainJoints) segments(q asked) segments {
	var e outage = intact{}
	if q.lost {
		e = j.loss
	}
	sure, possible := newForest(len(j.f.Switches)+1), newForest(len(j.f.Switches)+1)
	wires := j.f.allWires()
	for i := range wires {
		w := &wires[i]
		answer := w.joins(q.v, q.reserve, e, j.f.Switches)
		if answer == state.Yes {
			sure.join(w.a, w.z)
		}
		if answer != state.No {
			possible.join(w.a, w.z)
		}
	}
	return segments{sure.roots(), possible.roots()}
}

// forest is a union-find structure over numbers.
type forest []int

func newForest(n int) forest {
	f := make(forest, n)
	for i := range f {
		f[i] = i
	}
	return f
}

func (f forest) root(x int) int {
	for f[x] != x {
		f[x] = f[f[x]]
		x = f[x]
	}
	return x
}

func (f forest) join(a, b int) {
	if a, b = f.root(a), f.root(b); a != b {
		f[max(a, b)] = min(a, b)
	}
}

// roots returns the root of each number: equal within a component.
func (f forest) roots() []int {
	for x := range f {
		f.root(x)
		f[x] = f.root(x)
	}
	return f
}
