package topology

import (
	"cmp"
	"runtime"
	"slices"
	"sync"

	"uplinkcheck/drivers/capture"
	"uplinkcheck/drivers/state"
)

// The engine gives the answers of the plain simulation for all single scenarios at once, by looking only where something changes:
// each scenario's effects are few, VLANs of one class are one question, and most losses separate nothing. What it cannot settle at a
// glance it asks of the same code that the plain simulation uses, in a world that knows its own changes only.
type engine struct {
	fabric    *Fabric
	classes   *classes
	scenarios []*Scenario

	// What each thing loses in which scenario, ascending.
	ports    [][]hit   // by Port.number
	uplinks  [][]hit   // by Uplink.number
	switches [][]int32 // by Switch.number: scenarios that take it whole
	hosts    [][]int32 // by Host.number: scenarios that take it too

	splits  []map[int32]cuts // by class: by scenario that separates anything
	touches [][][]int32      // by class and vertex: the scenarios that cut it off from the rest

	now      []state.Tri // by Role.number: without alternatives, as things are
	outcomes [][]outcome // by Role.number: without alternatives; then, with them

	proofs [][]capture.Span // by Role.number: of those that work now; nil before prove
}

// A hit is an absence in one scenario.
type hit struct {
	scenario int32
	absence
}

// cuts are what a scenario separates in the two graphs of a class.
type cuts struct{ sure, possible *split }

// An outcome is the answer for a role in a scenario that is not Yes.
type outcome struct {
	scenario int32
	answer   state.Tri
}

// newEngine simulates the scenarios that are asked for, which are of the fabric. Of all others it knows nothing.
func newEngine(f *Fabric, asked []*Scenario) *engine {
	e := &engine{fabric: f, classes: f.classes(), scenarios: f.Scenarios()}
	e.findHits(asked)
	e.judge()
	return e
}

// inChunks calls do for every number below n on all processors, in pieces, and returns what each piece gave, in order.
func inChunks[T any](n, size int, do func(from, to int) T) []T {
	out := make([]T, (n+size-1)/size)
	work := make(chan int)
	var wait sync.WaitGroup
	for range runtime.GOMAXPROCS(0) {
		wait.Go(func() {
			for i := range work {
				out[i] = do(i*size, min(n, (i+1)*size))
			}
		})
	}
	for i := range out {
		work <- i
	}
	close(work)
	wait.Wait()
	return out
}

// forAll calls do for every number below n, on all processors.
func forAll(n int, do func(i int)) {
	inChunks(n, 128, func(from, to int) struct{} {
		for i := from; i < to; i++ {
			do(i)
		}
		return struct{}{}
	})
}

// found is what one piece of the scenarios does.
type found struct {
	ports []struct {
		number int
		hit
	}
	uplinks []struct {
		number int
		hit
	}
	splits []splitOf
}

type splitOf struct {
	class, scenario int32
	cuts
}

// findHits works out the effects of every scenario that is asked for and turns them round: what each thing loses in which scenario.
func (e *engine) findHits(asked []*Scenario) {
	f := e.fabric
	ports, uplinks := 0, 0
	for _, s := range f.Switches {
		ports += len(s.Ports)
	}
	for _, h := range f.Hosts {
		uplinks += len(h.Uplinks)
	}
	e.ports, e.uplinks, e.switches, e.hosts = make([][]hit, ports), make([][]hit, uplinks), make([][]int32, len(f.Switches)), make([][]int32, len(f.Hosts))
	for _, s := range asked {
		for _, sw := range s.Switches {
			e.switches[sw.number] = append(e.switches[sw.number], int32(s.order))
		}
		for _, h := range s.Hosts {
			e.hosts[h.number] = append(e.hosts[h.number], int32(s.order))
		}
	}
	bundles := e.classes.bundlesOfPorts()
	pieces := inChunks(len(asked), 256, func(from, to int) (out found) {
		x := &effects{fabric: f}
		for _, s := range asked[from:to] {
			e.examine(s, x, bundles, &out)
		}
		return out
	})
	e.splits, e.touches = make([]map[int32]cuts, len(e.classes.list)), make([][][]int32, len(e.classes.list))
	for k, c := range e.classes.list {
		e.splits[k], e.touches[k] = map[int32]cuts{}, make([][]int32, len(c.switches))
	}
	for _, p := range pieces {
		for _, x := range p.ports {
			e.ports[x.number] = append(e.ports[x.number], x.hit)
		}
		for _, x := range p.uplinks {
			e.uplinks[x.number] = append(e.uplinks[x.number], x.hit)
		}
		for _, x := range p.splits {
			e.addSplit(x)
		}
	}
}

// addSplit notes which switches a scenario cuts off.
func (e *engine) addSplit(x splitOf) {
	c := e.classes.list[x.class]
	e.splits[x.class][x.scenario] = x.cuts
	touch := func(v int32) {
		t := &e.touches[x.class][v]
		if n := len(*t); n == 0 || (*t)[n-1] != x.scenario {
			*t = append(*t, x.scenario)
		}
	}
	x.sure.vertices(c.sure, touch)
	x.possible.vertices(c.possible, touch)
}

// bundlesOfPorts tells by number of port in which bundles it is an end.
func (c *classes) bundlesOfPorts() map[*Port][]int32 {
	out := map[*Port][]int32{}
	for b, bun := range c.bundles {
		for _, w := range c.wires[bun.from:bun.to] {
			for _, p := range []*Port{w.pa, w.pz} {
				if p != nil && !slices.Contains(out[p], int32(b)) {
					out[p] = append(out[p], int32(b))
				}
			}
		}
	}
	return out
}

// examine works out what one scenario does, in x.
func (e *engine) examine(s *Scenario, x *effects, bundles map[*Port][]int32, out *found) {
	i := int32(s.order)
	x.of(s)
	var weakened []int32
	for p, a := range x.ports {
		out.ports = append(out.ports, struct {
			number int
			hit
		}{p.number, hit{i, a}})
		weakened = append(weakened, bundles[p]...)
	}
	for u, a := range x.uplinks {
		out.uplinks = append(out.uplinks, struct {
			number int
			hit
		}{u.number, hit{i, a}})
	}
	slices.Sort(weakened)
	e.separate(s, x, slices.Compact(weakened), out)
}

// damage is what a scenario takes from the graphs of one class.
type damage struct{ vertices, sure, possible []int32 }

// separate works out what the scenario separates in which class.
func (e *engine) separate(s *Scenario, x *effects, weakened []int32, out *found) {
	c := e.classes
	harm := map[int32]*damage{}
	at := func(k int32) *damage {
		if harm[k] == nil {
			harm[k] = &damage{}
		}
		return harm[k]
	}
	for _, sw := range s.Switches {
		for _, v := range c.ofSwitch[sw.number] {
			d := at(v.class)
			d.vertices = append(d.vertices, v.at)
		}
	}
	for _, b := range weakened {
		wires := c.wires[c.bundles[b].from:c.bundles[b].to]
		if w := wires[0]; x.lost(e.fabric.Switches[w.a]) || w.z < len(e.fabric.Switches) && x.lost(e.fabric.Switches[w.z]) {
			continue // gone with its switch
		}
		for _, edge := range c.ofBundle[b] {
			k := c.list[edge.class]
			answer := state.No
			for _, w := range wires {
				answer = answer.Or(w.joins(k.first, true, x, e.fabric.Switches))
			}
			if sure := k.sureEdges[edge.at]; sure >= 0 && answer != state.Yes {
				at(edge.class).sure = append(at(edge.class).sure, sure)
			}
			if answer == state.No {
				at(edge.class).possible = append(at(edge.class).possible, edge.at)
			}
		}
	}
	for k, d := range harm {
		g := c.list[k]
		found := cuts{possible: g.possible.without(d.vertices, d.possible)}
		found.sure = found.possible
		if g.sure != g.possible || len(d.sure) != len(d.possible) {
			found.sure = g.sure.without(d.vertices, d.sure)
		}
		if found.sure != nil || found.possible != nil {
			out.splits = append(out.splits, splitOf{k, int32(s.order), found})
		}
	}
}

// search finds a scenario among hits.
func search(hits []hit, scenario int32) absence {
	at, ok := slices.BinarySearchFunc(hits, scenario, func(h hit, s int32) int { return cmp.Compare(h.scenario, s) })
	if !ok {
		return absence{}
	}
	return hits[at].absence
}

// engineWorld is the world after one scenario.
func (e *engine) world(i int32) *world {
	return &world{outage: outageOf{e, i}, what: e.scenarios[i : i+1], joined: jointsOf{e.fabric.now().joined, e, i}}
}

// outageOf is the outage of one scenario.
type outageOf struct {
	*engine
	scenario int32
}

func (o outageOf) lost(s *Switch) bool {
	_, found := slices.BinarySearch(o.switches[s.number], o.scenario)
	return found
}

func (o outageOf) lostHost(h *Host) bool {
	_, found := slices.BinarySearch(o.hosts[h.number], o.scenario)
	return found
}

func (o outageOf) port(p *Port) absence {
	if o.lost(p.Switch) {
		return p.without(o.lost)
	}
	return search(o.ports[p.number], o.scenario)
}

func (o outageOf) uplink(u *Uplink) absence {
	if o.lostHost(u.Host) {
		return absence{state.Yes, taken, nil}
	}
	return search(o.uplinks[u.number], o.scenario)
}

// jointsOf answers by what the scenario separates.
type jointsOf struct {
	joints
	engine   *engine
	scenario int32
}

func (j jointsOf) after(v state.VID, a, b *Switch) state.Tri {
	if o := (outageOf{j.engine, j.scenario}); a != b && (o.lost(a) || o.lost(b)) {
		return state.Unknown // what may outlive its switch is nobody knows where
	}
	k := j.engine.classes.of[v]
	if k < 0 {
		return state.Unknown // no network has the VLAN: nobody asks
	}
	x, cut := j.engine.classes.list[k], j.engine.splits[k][j.scenario]
	return x.lookup(a, b, func(v int32) int32 { return joinedAs(x.sure, cut.sure, v) }, func(v int32) int32 { return joinedAs(x.possible, cut.possible, v) })
}

// joinedAs tells components after a split apart: parts get numbers of their own beyond those of components.
func joinedAs(g *graph, s *split, v int32) int32 {
	if part := s.part(g, v); part > 0 {
		return int32(len(g.in)) + part
	}
	return g.comp[v]
}
