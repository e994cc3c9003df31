package topology

import (
	"slices"
	"sync"

	"uplinkcheck/drivers/capture"
	"uplinkcheck/drivers/state"
)

// Domains are the broadcast domains of a fabric: which (switch, VLAN) share their frames with which. The graph's edges are the
// cables between switches, each in the VLANs that pass at both of its ends now, and the seams at which frames change their VLAN:
// the untagged VLANs of a cable's two ends. Each edge is sure or only possible, so that two spots are joined (Yes), separate (No),
// or nobody knows (Unknown).
//
// VLANs that all edges treat alike are worked out once, and only when somebody asks. Safe for use by several goroutines.
type Domains struct {
	fabric  *Fabric
	known   map[*Port]tagging // of ports of cables
	met     map[[2]state.VIDSet]state.VIDSet
	joints  []joint
	doubts  map[*Switch][]Doubt
	doubted []*Switch // that have some, in order

	at      [][]int32 // edges of a switch
	classes *vlanClasses
	alike   []likeEdges // edges that treat VLANs alike
	group   []int32     // of a class: classes that seams join are one group
	groups  [][]int32   // classes of a group
	seams   [][]int32   // of a group

	undeclaredOnce sync.Once
	undeclared     *Doubt // memo of Undeclared

	mu      sync.Mutex
	groves  map[int32]*grove // by group
	domains map[domainKey]*Domain
}

// likeEdges are edges with the same sets.
type likeEdges struct {
	maybe state.VIDSet
	edges []int32
}

// bridged is what a fabric keeps of its broadcast domains. Everything in it is made once, when it is first asked for.
type bridged struct {
	domainsOnce sync.Once
	domains     *Domains
	whereOnce   sync.Once
	where       *whereabouts
	reached     memo[*Network, []Place]
	areas       memo[*Network, *Area]
	homes       memo[networkVID, homeland]
	meetings    memo[*Network, []Meeting]
	doubts      memo[*Network, []Doubt]
	tunnelsOnce sync.Once
	tunnels     []*Port
	vague       []*Port
	namesOnce   sync.Once
	names       map[state.VID][][]VLANName // by VLAN: one list for each name
	unnamed     map[*Switch]state.VIDSet   // VLANs of which a switch did not report the name
}

// Domains returns the broadcast domains of the fabric.
func (f *Fabric) Domains() *Domains {
	f.bridged.domainsOnce.Do(func() { f.bridged.domains = newDomains(f) })
	return f.bridged.domains
}

func newDomains(f *Fabric) *Domains {
	d := &Domains{fabric: f, known: map[*Port]tagging{}, met: map[[2]state.VIDSet]state.VIDSet{}, doubts: map[*Switch][]Doubt{},
		groves: map[int32]*grove{}, domains: map[domainKey]*Domain{}}
	for _, t := range f.Trunks {
		d.joinTrunk(t)
	}
	for _, h := range f.Hosts {
		for i := range h.Bridges {
			d.joinHostBridge(h, &h.Bridges[i])
		}
	}
	d.joinTunnels()
	d.joinByAddresses()
	d.doubtEdgePorts()
	for _, s := range f.Switches {
		if len(d.doubts[s]) > 0 {
			d.doubted = append(d.doubted, s)
		}
	}
	d.sortOut()
	return d
}

func (d *Domains) tagging(p *Port) tagging {
	x, ok := d.known[p]
	if !ok {
		x = p.tagging()
		d.known[p] = x
	}
	return x
}

// sortOut divides the VLANs into classes and the edges by what they do.
func (d *Domains) sortOut() {
	d.at = make([][]int32, len(d.fabric.Switches))
	var sets []state.VIDSet
	like := map[state.VIDSet]int{}
	for i := range d.joints {
		e := &d.joints[i]
		from, to := int32(e.from.number), int32(e.to.number)
		d.at[from] = append(d.at[from], int32(i))
		if to != from {
			d.at[to] = append(d.at[to], int32(i))
		}
		sets = append(sets, e.sure, e.maybe)
		if e.seam() {
			sets = append(sets, state.VIDs(e.turn))
			continue
		}
		k, ok := like[e.maybe]
		if !ok {
			k = len(d.alike)
			like[e.maybe] = k
			d.alike = append(d.alike, likeEdges{maybe: e.maybe})
		}
		d.alike[k].edges = append(d.alike[k].edges, int32(i))
	}
	d.classes = classesBy(sets)
	parent := newForest(len(d.classes.vids))
	for i := range d.joints {
		if e := &d.joints[i]; e.seam() {
			parent.join(int(d.classes.of[e.vid()]), int(d.classes.of[e.turn]))
		}
	}
	d.group, d.groups = make([]int32, len(d.classes.vids)), nil
	number := map[int]int32{}
	for c := range d.group {
		root := parent.root(c)
		g, ok := number[root]
		if !ok {
			g = int32(len(d.groups))
			number[root] = g
			d.groups = append(d.groups, nil)
		}
		d.group[c] = g
		d.groups[g] = append(d.groups[g], int32(c))
	}
	d.seams = make([][]int32, len(d.groups))
	for i := range d.joints {
		if e := &d.joints[i]; e.seam() {
			g := d.group[d.classes.of[e.turn]]
			d.seams[g] = append(d.seams[g], int32(i))
		}
	}
}

// A grove is what the edges make of one group of classes.
type grove struct {
	nodes       map[int32][]int32 // by class: the switches that an edge touches, ascending
	first       map[int32]int     // by class: index of its first vertex
	sure, maybe forest            // over vertices
	parts       map[int][]vertex  // by root
	mayParts    map[int][]vertex
}

// vertex is a class on a switch.
type vertex struct{ class, node int32 }

func (x *grove) index(class, node int32) (int, bool) {
	i, ok := slices.BinarySearch(x.nodes[class], node)
	return x.first[class] + i, ok
}

// grove works out the group of a class. The caller holds mu.
func (d *Domains) grove(class int32) *grove {
	g := d.group[class]
	if x := d.groves[g]; x != nil {
		return x
	}
	x := &grove{nodes: map[int32][]int32{}, first: map[int32]int{}, parts: map[int][]vertex{}, mayParts: map[int][]vertex{}}
	d.groves[g] = x
	touch := func(c int32, s *Switch) { x.nodes[c] = append(x.nodes[c], int32(s.number)) }
	plain := map[int32][]int32{}
	for _, c := range d.groups[g] {
		v := d.classes.first(c)
		for _, l := range d.alike {
			if l.maybe.Has(v) {
				plain[c] = append(plain[c], l.edges...)
			}
		}
		for _, i := range plain[c] {
			touch(c, d.joints[i].from)
			touch(c, d.joints[i].to)
		}
	}
	for _, i := range d.seams[g] {
		e := &d.joints[i]
		touch(d.classes.of[e.vid()], e.from)
		touch(d.classes.of[e.turn], e.to)
	}
	n := 0
	for _, c := range d.groups[g] {
		slices.Sort(x.nodes[c])
		x.nodes[c] = slices.Compact(x.nodes[c])
		x.first[c] = n
		n += len(x.nodes[c])
	}
	x.sure, x.maybe = newForest(n), newForest(n)
	join := func(e *joint, from, to int32, sure bool) {
		i, _ := x.index(from, int32(e.from.number))
		j, _ := x.index(to, int32(e.to.number))
		x.maybe.join(i, j)
		if sure {
			x.sure.join(i, j)
		}
	}
	for _, c := range d.groups[g] {
		v := d.classes.first(c)
		for _, i := range plain[c] {
			e := &d.joints[i]
			join(e, c, c, e.sure.Has(v))
		}
	}
	for _, i := range d.seams[g] {
		e := &d.joints[i]
		join(e, d.classes.of[e.vid()], d.classes.of[e.turn], !e.sure.Empty())
	}
	for _, c := range d.groups[g] {
		for k, node := range x.nodes[c] {
			i := x.first[c] + k
			x.parts[x.sure.root(i)] = append(x.parts[x.sure.root(i)], vertex{c, node})
			x.mayParts[x.maybe.root(i)] = append(x.mayParts[x.maybe.root(i)], vertex{c, node})
		}
	}
	return x
}

// domainKey names a domain: a tree of a group's grove and, where its class has several VIDs, the VID.
type domainKey struct {
	group int32
	root  int
	lone  Spot // of a spot that no edge touches
	vid   state.VID
	maybe bool
}

// Of returns the broadcast domain of a VLAN on a switch: all spots that are surely joined with it, the spot itself at least.
func (d *Domains) Of(s *Switch, v state.VID) *Domain { return d.domain(Spot{s, v}, false) }

func (d *Domains) domain(at Spot, maybe bool) *Domain {
	d.mu.Lock()
	defer d.mu.Unlock()
	class := d.classes.of[at.VID]
	x := d.grove(class)
	key := domainKey{lone: at, maybe: maybe}
	var parts []vertex
	if i, ok := x.index(class, int32(at.Switch.number)); ok {
		root := x.sure.root(i)
		parts = x.parts[root]
		if maybe {
			root = x.maybe.root(i)
			parts = x.mayParts[root]
		}
		key = domainKey{group: d.group[class], root: root, maybe: maybe}
		if d.classes.size[class] > 1 {
			key.vid = at.VID
		}
	}
	dom := d.domains[key]
	if dom == nil {
		dom = &Domain{domains: d, vid: at.VID, maybe: maybe, parts: parts, lone: at.Switch}
		d.domains[key] = dom
	}
	return dom
}

// Joined answers whether frames get from one spot to the other: No only when nothing is left by which they might.
func (d *Domains) Joined(a, b Spot) state.Tri {
	x, y := d.domain(a, false), d.domain(b, false)
	if x == y {
		return state.Yes
	}
	x, y = d.domain(a, true), d.domain(b, true)
	if x == y || len(x.Doubts()) > 0 && len(y.Doubts()) > 0 {
		return state.Unknown
	}
	return state.No
}

// A Domain is one broadcast domain: spots that share their frames.
type Domain struct {
	domains *Domains
	vid     state.VID
	maybe   bool
	parts   []vertex
	lone    *Switch // where parts is empty

	once   sync.Once
	doubts []Doubt
}

// vidOf returns the VID of a vertex: a class that seams do not touch stands for the one VID that was asked for.
func (x *Domain) vidOf(class int32) state.VID {
	if x.domains.classes.size[class] > 1 {
		return x.vid
	}
	return x.domains.classes.first(class)
}

// Spots yields the domain's spots, by VID (in no particular order of VIDs) and switch.
func (x *Domain) Spots() func(yield func(Spot) bool) {
	return func(yield func(Spot) bool) {
		if len(x.parts) == 0 {
			yield(Spot{x.lone, x.vid})
			return
		}
		for _, p := range x.parts {
			if !yield(Spot{x.domains.fabric.Switches[p.node], x.vidOf(p.class)}) {
				return
			}
		}
	}
}

// VIDs returns the VIDs that are one in the domain. More than one is a leak, unless somebody meant it.
func (x *Domain) VIDs() state.VIDSet {
	vids := []state.VID{x.vid}
	for i, p := range x.parts {
		if i == 0 || p.class != x.parts[i-1].class {
			vids = append(vids, x.vidOf(p.class))
		}
	}
	return state.VIDs(vids...)
}

// Has reports whether the spot is in the domain.
func (x *Domain) Has(at Spot) bool { return x.domains.domain(at, x.maybe) == x }

// Possible returns the domain with all that may be part of it as well.
func (x *Domain) Possible() *Domain {
	for at := range x.Spots() {
		return x.domains.domain(at, true)
	}
	return x
}

// Doubts returns the places at which it is not known with what the domain is joined.
func (x *Domain) Doubts() []Doubt {
	x.once.Do(func() {
		vids := x.VIDs()
		for _, s := range x.domains.doubted {
			for _, doubt := range x.domains.doubts[s] {
				for v := range doubt.VIDs.Intersect(vids).All() {
					if x.Has(Spot{s, v}) {
						x.doubts = append(x.doubts, doubt)
						break
					}
				}
			}
		}
	})
	return x.doubts
}

// Undeclared returns a place at which it is not known with what a VLAN of no declared network is joined, and whether there is one.
func (d *Domains) Undeclared() (x Doubt, found bool) {
	d.undeclaredOnce.Do(func() {
		declared := d.fabric.Declared()
		for _, s := range d.doubted {
			for _, x := range d.doubts[s] {
				if x.VIDs = x.VIDs.Minus(declared); !x.VIDs.Empty() {
					d.undeclared = &x
					return
				}
			}
		}
	})
	if d.undeclared == nil {
		return Doubt{}, false
	}
	return *d.undeclared, true
}

// Networks returns the declared networks that are meant to be in the domain, in the inventory's order: each has a VLAN of it and is
// at one of its spots, or nobody knows where it is.
func (x *Domain) Networks() (out []*Network) {
	where := x.domains.fabric.whereabouts()
	seen := map[*Network]bool{}
	for at := range x.Spots() {
		for _, n := range where.byVID[at.VID] {
			if !seen[n] && where.meant(n, at) {
				seen[n] = true
			}
		}
	}
	for _, n := range x.domains.fabric.Networks {
		if seen[n] {
			out = append(out, n)
		}
	}
	return out
}

// A Hop is one step of a path through a domain: out of a port of one switch, into a port of another or of the same.
type Hop struct {
	From, To Spot
	Out, In  *Port     // nil where the port is not known
	Answer   state.Tri // Yes, or Unknown
	Why      string    // for Unknown
	Through  string    // a bridge of a host that is between the ports; "" for a cable
	Lines    []capture.Span
}

// Path returns the shortest way, in hops, from one of some spots to another that the goal accepts, nil when there is none. It uses
// edges that are sure; in a domain of Possible also those that are not.
func (x *Domain) Path(goal func(Spot) bool, from ...Spot) []Hop { return x.Search(from...).To(goal) }

// A Search looks for the shortest ways from some spots of a domain: asked for several goals, it goes on from where it stopped.
type Search struct {
	domain *Domain
	came   map[Spot]step
	found  []Spot // nearest first
	next   int    // of found: the first of which it has not looked further
}

// A step is how a search came to a spot.
type step struct {
	edge int32 // -1: it started there
	from Spot
}

// Search begins at the spots.
func (x *Domain) Search(from ...Spot) *Search {
	s := &Search{domain: x, came: map[Spot]step{}, found: slices.Clone(from)}
	for _, at := range from {
		s.came[at] = step{edge: -1}
	}
	return s
}

// To returns the way that Path returns.
func (s *Search) To(goal func(Spot) bool) []Hop {
	for i := 0; i < len(s.found); i++ {
		if at := s.found[i]; s.came[at].edge >= 0 && goal(at) {
			return s.way(at)
		}
		if i == s.next {
			s.look(s.found[i])
			s.next++
		}
	}
	return nil
}

// look finds what is next to a spot.
func (s *Search) look(at Spot) {
	d := s.domain.domains
	for _, i := range d.at[at.Switch.number] {
		e := &d.joints[i]
		for _, to := range e.ways(at) {
			if _, seen := s.came[to]; !seen && (s.domain.maybe || e.answer(at, to) == state.Yes) {
				s.came[to] = step{i, at}
				s.found = append(s.found, to)
			}
		}
	}
}

// way goes back from a spot to where the search began.
func (s *Search) way(at Spot) (hops []Hop) {
	for x := s.came[at]; x.edge >= 0; x = s.came[at] {
		hops = append(hops, s.domain.domains.hop(x.edge, x.from, at))
		at = x.from
	}
	slices.Reverse(hops)
	return hops
}

func (d *Domains) hop(i int32, from, to Spot) Hop {
	e := &d.joints[i]
	h := Hop{From: from, To: to, Out: e.a, In: e.z, Answer: e.answer(from, to), Through: e.through, Lines: slices.Clone(e.claims)}
	if !e.leads(from, to) {
		h.Out, h.In = e.z, e.a
	}
	if h.Answer != state.Yes {
		h.Why = e.open(d, from, to)
	}
	for _, end := range []struct {
		p *Port
		v state.VID
	}{{h.Out, from.VID}, {h.In, to.VID}} {
		if end.p != nil {
			h.Lines = append(h.Lines, end.p.HasVLAN(end.v).From...)
		}
	}
	return h
}
