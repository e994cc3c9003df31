package topology

import (
	"cmp"
	"slices"

	"uplinkcheck/drivers/state"
)

// A class is VLANs that are forwarded alike between all switches: what is found out for one of them holds for all.
type class struct {
	first    state.VID // the lowest of them speaks for all
	switches []int32   // numbers of the switches that may be joined to another one in it, ascending; the graphs' vertices
	edges    []edgeOf  // what joins two of them, parallel wires taken together

	sure, possible *graph  // with what the spanning tree holds in reserve; one graph where nothing is unsure
	sureEdges      []int32 // by place in edges: the edge of the sure graph, -1 for none

	sureNow, possibleNow forest // components without the reserve, by vertex
}

// edgeOf is all wires between two switches.
type edgeOf struct {
	bundle int32 // place in classes.bundles
	answer state.Tri
}

// A bundle is the wires between two switches, whatever they carry.
type bundle struct{ from, to int32 } // places in the list of wires by ends

// classes are all classes of the VLANs that networks have.
type classes struct {
	fabric *Fabric
	list   []*class
	of     [4096]int32 // by VID: place in list, -1 for a VLAN of no network

	wires   []*wire // sorted by their ends
	bundles []bundle

	ofSwitch [][]place // by number of switch: the classes in which it is a vertex
	ofBundle [][]place // by bundle: the classes in which it is an edge
}

// place is a vertex or an edge of a class.
type place struct{ class, at int32 }

func (f *Fabric) classes() *classes {
	f.sim.classesOnce.Do(func() { f.sim.classes = f.makeClasses() })
	return f.sim.classes
}

func (f *Fabric) makeClasses() *classes {
	c := &classes{fabric: f}
	wires := f.allWires()
	for i := range wires {
		if w := &wires[i]; w.a != w.z {
			c.wires = append(c.wires, w)
		}
	}
	slices.SortStableFunc(c.wires, func(x, y *wire) int { return cmp.Or(x.a-y.a, x.z-y.z) })
	for i, w := range c.wires {
		if i == 0 || w.a != c.wires[i-1].a || w.z != c.wires[i-1].z {
			c.bundles = append(c.bundles, bundle{int32(i), int32(i)})
		}
		c.bundles[len(c.bundles)-1].to++
	}
	c.refine()
	c.draw()
	return c
}

// refine divides the VLANs of the networks by the sets of VLANs that occur at the ends of wires.
func (c *classes) refine() {
	all := state.VIDSet{}
	for _, n := range c.fabric.Networks {
		all = all.Union(n.VLANs)
	}
	seen := map[state.VIDSet]bool{}
	var sets []state.VIDSet
	for _, w := range c.wires {
		for _, s := range []state.VIDSet{w.odd, w.vids} {
			if !s.Empty() && !seen[s] {
				seen[s] = true
				sets = append(sets, s)
			}
		}
		for _, p := range []*Port{w.pa, w.pz} {
			if p == nil {
				continue
			}
			x := p.flow()
			for _, s := range []state.VIDSet{x.yes, x.maybe, x.reserve, x.reserveMaybe} {
				if !seen[s] {
					seen[s] = true
					sets = append(sets, s)
				}
			}
		}
	}
	c.of = partition(all, sets)
	for v := range all.All() {
		if int(c.of[v]) == len(c.list) {
			c.list = append(c.list, &class{first: v})
		}
	}
}

// partition divides a set so that no other set divides a part again. It returns the part of each VID, in order of the parts' lowest
// VIDs, and -1 for one that is not in the set.
func partition(all state.VIDSet, by []state.VIDSet) (part [4096]int32) {
	for v := range part {
		part[v] = -1
	}
	for v := range all.All() {
		part[v] = 0
	}
	parts := int32(1)
	for _, s := range by {
		inside := map[int32]int32{} // part: its part within s
		for v := range s.All() {
			old := part[v]
			if old < 0 {
				continue
			}
			if _, ok := inside[old]; !ok {
				inside[old] = parts
				parts++
			}
			part[v] = inside[old]
		}
	}
	number := map[int32]int32{}
	for v := range all.All() {
		if _, ok := number[part[v]]; !ok {
			number[part[v]] = int32(len(number))
		}
		part[v] = number[part[v]]
	}
	return part
}

// draw makes the graphs of all classes.
func (c *classes) draw() {
	carried := newCarried(c)
	edges := make([][]edgeOf, len(c.list))
	now := make([][][3]int32, len(c.list)) // switch, switch, 1 when it is sure
	for b, bun := range c.bundles {
		answers := map[int32]state.Tri{}
		var order []int32
		for _, w := range c.wires[bun.from:bun.to] {
			carried.each(w, func(k int32) {
				v := c.list[k].first
				if _, ok := answers[k]; !ok {
					answers[k] = state.No
					order = append(order, k)
				}
				answers[k] = answers[k].Or(w.joins(v, true, intact{}, c.fabric.Switches))
				if answer := w.joins(v, false, intact{}, c.fabric.Switches); answer != state.No {
					sure := int32(0)
					if answer == state.Yes {
						sure = 1
					}
					now[k] = append(now[k], [3]int32{int32(w.a), int32(w.z), sure})
				}
			})
		}
		for _, k := range order {
			if answers[k] != state.No {
				edges[k] = append(edges[k], edgeOf{int32(b), answers[k]})
			}
		}
	}
	c.ofSwitch, c.ofBundle = make([][]place, len(c.fabric.Switches)+1), make([][]place, len(c.bundles))
	for k, x := range c.list {
		x.draw(c, edges[k], now[k])
		for at, s := range x.switches {
			c.ofSwitch[s] = append(c.ofSwitch[s], place{int32(k), int32(at)})
		}
		for at, e := range x.edges {
			c.ofBundle[e.bundle] = append(c.ofBundle[e.bundle], place{int32(k), int32(at)})
		}
	}
}

func (x *class) draw(c *classes, edges []edgeOf, now [][3]int32) {
	x.edges = edges
	for _, e := range edges {
		w := c.wires[c.bundles[e.bundle].from]
		x.switches = append(x.switches, int32(w.a), int32(w.z))
	}
	slices.Sort(x.switches)
	x.switches = slices.Clip(slices.Compact(x.switches))
	var sure, possible [][2]int32
	x.sureEdges = make([]int32, len(edges))
	for i, e := range edges {
		w := c.wires[c.bundles[e.bundle].from]
		ends := [2]int32{x.vertex(w.a), x.vertex(w.z)}
		possible = append(possible, ends)
		x.sureEdges[i] = -1
		if e.answer == state.Yes {
			x.sureEdges[i] = int32(len(sure))
			sure = append(sure, ends)
		}
	}
	x.possible = newGraph(len(x.switches), possible)
	x.sure = x.possible
	if len(sure) < len(possible) {
		x.sure = newGraph(len(x.switches), sure)
	}
	x.sureNow, x.possibleNow = newForest(len(x.switches)), newForest(len(x.switches))
	for _, e := range now {
		a, z := int(x.vertex(int(e[0]))), int(x.vertex(int(e[1])))
		x.possibleNow.join(a, z)
		if e[2] == 1 {
			x.sureNow.join(a, z)
		}
	}
	x.sureNow.roots()
	x.possibleNow.roots()
}

// vertex returns the place of a switch among the class's, -1 where nothing may join it to another one.
func (x *class) vertex(number int) int32 {
	at, found := slices.BinarySearch(x.switches, int32(number))
	if !found {
		return -1
	}
	return int32(at)
}

// carried finds the classes that a wire may carry without asking each: few sets of VLANs occur.
type carried struct {
	*classes
	memo map[state.VIDSet][]int32
}

func newCarried(c *classes) *carried { return &carried{c, map[state.VIDSet][]int32{}} }

func (c *carried) by(s state.VIDSet) []int32 {
	if found, ok := c.memo[s]; ok {
		return found
	}
	list := []int32{}
	for k, x := range c.list {
		if s.Has(x.first) {
			list = append(list, int32(k))
		}
	}
	c.memo[s] = list
	return list
}

// each calls with every class that the wire may carry, now or with the reserve.
func (c *carried) each(w *wire, do func(k int32)) {
	may := state.AllVIDs
	if w.pa == nil && w.pz == nil {
		may = w.vids
	}
	for _, p := range []*Port{w.pa, w.pz} {
		if p != nil {
			x := p.flow()
			may = may.Intersect(x.maybe.Union(x.reserveMaybe))
		}
	}
	for _, k := range c.by(may) {
		do(k)
	}
}

// classOf returns the class of a VLAN, nil for one that no network has.
func (c *classes) classOf(v state.VID) *class {
	if k := c.of[v]; k >= 0 {
		return c.list[k]
	}
	return nil
}

// lookup answers whether two switches are joined by components of a class.
func (x *class) lookup(a, b *Switch, sure, possible func(v int32) int32) state.Tri {
	if a == b {
		return state.Yes
	}
	va, vb := x.vertex(a.number), x.vertex(b.number)
	switch {
	case va < 0 || vb < 0:
		return state.No
	case sure(va) == sure(vb):
		return state.Yes
	case possible(va) == possible(vb):
		return state.Unknown
	}
	return state.No
}

// classJoints answers by classes, for the world as it is. VLANs of no network have none: they are looked at plainly.
type classJoints struct {
	*classes
	plain *plainJoints
}

func (j classJoints) now(v state.VID, a, b *Switch) state.Tri {
	x := j.classOf(v)
	if x == nil {
		return j.plain.now(v, a, b)
	}
	return x.lookup(a, b, func(v int32) int32 { return int32(x.sureNow[v]) }, func(v int32) int32 { return int32(x.possibleNow[v]) })
}

func (j classJoints) before(v state.VID, a, b *Switch) state.Tri {
	x := j.classOf(v)
	if x == nil {
		return j.plain.before(v, a, b)
	}
	return x.lookup(a, b, func(v int32) int32 { return x.sure.comp[v] }, func(v int32) int32 { return x.possible.comp[v] })
}

func (j classJoints) after(v state.VID, a, b *Switch) state.Tri { return j.before(v, a, b) }
