package topology

import (
	"slices"
	"sync"
)

// A graph is undirected and simple, over vertices 0 to n-1. It answers what the loss of one vertex or one edge separates by one
// depth-first search for all of them (articulation points and bridges; Hopcroft and Tarjan, 1973), and what the loss of several
// separates by searching round them.
type graph struct {
	head []int32 // of vertex x: its arcs are head[x] to head[x+1]
	to   []int32
	edge []int32 // the arc's edge

	comp   []int32 // component of a vertex
	in     []int32 // its number in preorder
	end    []int32 // one past the last preorder number in its subtree
	low    []int32 // lowest preorder number that its subtree reaches by one edge that is not of the tree
	parent []int32 // -1 for a root
	order  []int32 // vertices in preorder
	ends   [][2]int32
}

// newGraph makes the graph of the edges, which are named by their place in the list.
func newGraph(n int, edges [][2]int32) *graph {
	g := &graph{head: make([]int32, n+1), to: make([]int32, 2*len(edges)), edge: make([]int32, 2*len(edges)), ends: edges}
	for _, e := range edges {
		g.head[e[0]+1]++
		g.head[e[1]+1]++
	}
	for x := range n {
		g.head[x+1] += g.head[x]
	}
	next := slices.Clone(g.head)
	for i, e := range edges {
		for side := range 2 {
			at := next[e[side]]
			next[e[side]]++
			g.to[at], g.edge[at] = e[1-side], int32(i)
		}
	}
	g.search(n)
	return g
}

// search numbers the vertices depth first. It keeps its own stack: a chain of switches may be long.
func (g *graph) search(n int) {
	g.comp, g.in, g.end, g.low, g.parent = make([]int32, n), make([]int32, n), make([]int32, n), make([]int32, n), make([]int32, n)
	g.order = make([]int32, 0, n)
	for x := range g.in {
		g.in[x] = -1
	}
	next := slices.Clone(g.head[:n])
	var stack []int32
	for root := range int32(n) {
		if g.in[root] >= 0 {
			continue
		}
		g.enter(root, -1, root)
		stack = append(stack, root)
		for len(stack) > 0 {
			x := stack[len(stack)-1]
			if next[x] == g.head[x+1] {
				g.leave(x)
				stack = stack[:len(stack)-1]
				continue
			}
			y := g.to[next[x]]
			next[x]++
			switch {
			case g.in[y] < 0:
				g.enter(y, x, root)
				stack = append(stack, y)
			case y != g.parent[x]:
				g.low[x] = min(g.low[x], g.in[y])
			}
		}
	}
}

func (g *graph) enter(x, parent, root int32) {
	g.parent[x], g.comp[x] = parent, root
	g.in[x] = int32(len(g.order))
	g.low[x] = g.in[x]
	g.order = append(g.order, x)
}

func (g *graph) leave(x int32) {
	g.end[x] = int32(len(g.order))
	if p := g.parent[x]; p >= 0 {
		g.low[p] = min(g.low[p], g.low[x])
	}
}

// A split is what a loss separates: the parts that it cuts off from the largest one, or from one of the largest. Vertices that are in
// no part are together as before. Nil: it separates nothing.
type split struct {
	spans  []span          // parts as preorder numbers
	labels map[int32]int32 // parts by vertex; the first is 1
}

type span struct{ from, to int32 }

// part returns the number of the part that the vertex is in, 0 for the rest.
func (s *split) part(g *graph, x int32) int32 {
	if s == nil {
		return 0
	}
	if s.labels != nil {
		return s.labels[x]
	}
	i, found := slices.BinarySearchFunc(s.spans, g.in[x], func(p span, at int32) int {
		switch {
		case at < p.from:
			return 1
		case at >= p.to:
			return -1
		}
		return 0
	})
	if !found {
		return 0
	}
	return int32(i) + 1
}

// vertices yields those that are in a part.
func (s *split) vertices(g *graph, yield func(x int32)) {
	if s == nil {
		return
	}
	for x := range s.labels {
		yield(x)
	}
	for _, p := range s.spans {
		for _, x := range g.order[p.from:p.to] {
			yield(x)
		}
	}
}

// withoutVertex tells what the loss of a vertex separates.
func (g *graph) withoutVertex(c int32) *split {
	var parts []span
	for at := g.head[c]; at < g.head[c+1]; at++ {
		if x := g.to[at]; g.parent[x] == c && (g.low[x] >= g.in[c] || g.parent[c] < 0) {
			parts = append(parts, span{g.in[x], g.end[x]})
		}
	}
	root := g.comp[c]
	rest := g.end[root] - g.in[root] - 1 // what is in no such subtree
	for _, p := range parts {
		rest -= p.to - p.from
	}
	if len(parts) == 0 || len(parts) == 1 && rest == 0 {
		return nil
	}
	slices.SortFunc(parts, func(a, b span) int { return int(a.from - b.from) })
	largest := 0
	for i, p := range parts {
		if p.to-p.from > parts[largest].to-parts[largest].from {
			largest = i
		}
	}
	if p := parts[largest]; p.to-p.from <= rest {
		return &split{spans: parts}
	}
	others := slices.Delete(slices.Clone(parts), largest, largest+1)
	if rest == 0 {
		return &split{spans: others}
	}
	// The rest is what surrounds the subtrees: it is one part, in pieces.
	s := &split{labels: map[int32]int32{}}
	for i, p := range others {
		for _, x := range g.order[p.from:p.to] {
			s.labels[x] = int32(i) + 1
		}
	}
	for at := g.in[root]; at < g.end[root]; at++ {
		if at == parts[largest].from {
			at = parts[largest].to - 1
			continue
		}
		if x := g.order[at]; x != c && s.labels[x] == 0 {
			s.labels[x] = int32(len(others)) + 1
		}
	}
	return s
}

// withoutEdge tells what the loss of an edge separates.
func (g *graph) withoutEdge(e int32) *split {
	a, b := g.ends[e][0], g.ends[e][1]
	if g.parent[a] == b {
		a, b = b, a
	}
	if g.parent[b] != a || g.low[b] <= g.in[a] {
		return nil
	}
	root := g.comp[a]
	if below, all := g.end[b]-g.in[b], g.end[root]-g.in[root]; 2*below <= all {
		return &split{spans: []span{{g.in[b], g.end[b]}}}
	}
	s := &split{labels: map[int32]int32{}}
	for at := g.in[root]; at < g.end[root]; at++ {
		if at == g.in[b] {
			at = g.end[b] - 1
			continue
		}
		s.labels[g.order[at]] = 1
	}
	return s
}

// without tells what the loss of vertices and edges separates. It searches from everything next to what is lost, a step for each in
// turn, until all that is not exhausted has met: what the loss does not separate is met soon, and what it does is small.
func (g *graph) without(vertices, edges []int32) *split {
	switch {
	case len(vertices) == 1 && len(edges) == 0:
		return g.withoutVertex(vertices[0])
	case len(vertices) == 0 && len(edges) == 1:
		return g.withoutEdge(edges[0])
	case len(vertices) == 0 && len(edges) == 0:
		return nil
	}
	owner := owners.Get().(*[]int32)
	if len(*owner) < len(g.comp) {
		*owner = make([]int32, len(g.comp))
	}
	r := rounds{graph: g, vertices: map[int32]bool{}, edges: map[int32]bool{}, owner: *owner}
	defer func() {
		for _, f := range r.searches {
			for _, x := range f.found {
				r.owner[x] = 0
			}
		}
		owners.Put(owner)
	}()
	for _, x := range vertices {
		r.vertices[x] = true
	}
	for _, e := range edges {
		r.edges[e] = true
	}
	for _, x := range vertices {
		for at := g.head[x]; at < g.head[x+1]; at++ {
			r.start(g.to[at])
		}
	}
	for _, e := range edges {
		r.start(g.ends[e][0])
		r.start(g.ends[e][1])
	}
	return r.run()
}

// owners are kept for the next search, all zero: there are many, and most find few vertices.
var owners = sync.Pool{New: func() any { return new([]int32) }}

// rounds are searches that take turns.
type rounds struct {
	*graph
	vertices, edges map[int32]bool
	owner           []int32 // by vertex: the search that found it, counted from 1
	searches        []frontier
	met             forest // of searches
}

// frontier is where a search stands: vertices that it found, the one it looks at, and the arc.
type frontier struct {
	found []int32
	next  int
	arc   int32
}

func (r *rounds) start(x int32) {
	if r.vertices[x] {
		return
	}
	if r.owner[x] != 0 {
		return
	}
	r.searches = append(r.searches, frontier{found: []int32{x}, arc: r.head[x]})
	r.owner[x] = int32(len(r.searches))
}

// step looks at one arc of a search; it reports false when there is none left.
func (r *rounds) step(i int) bool {
	f := &r.searches[i]
	for f.next < len(f.found) && f.arc == r.head[f.found[f.next]+1] {
		if f.next++; f.next < len(f.found) {
			f.arc = r.head[f.found[f.next]]
		}
	}
	if f.next == len(f.found) {
		return false
	}
	y, e := r.to[f.arc], r.edge[f.arc]
	f.arc++
	if r.vertices[y] || r.edges[e] {
		return true
	}
	if j := r.owner[y]; j != 0 {
		r.met.join(i, int(j)-1)
		return true
	}
	r.owner[y] = int32(i) + 1
	f.found = append(f.found, y)
	return true
}

// run lets the searches take turns. A group of searches that met is a part once all of them are exhausted; the last group of each
// component that is not is the rest of it.
func (r *rounds) run() *split {
	r.met = newForest(len(r.searches))
	exhausted := make([]bool, len(r.searches))
	for {
		active, groups := map[int]bool{}, map[int32]int{} // groups that still search; how many of them by component
		for i := range r.searches {
			if !exhausted[i] && !active[r.met.root(i)] {
				active[r.met.root(i)] = true
				groups[r.comp[r.searches[i].found[0]]]++
			}
		}
		progress := false
		for i := range r.searches {
			if exhausted[i] || groups[r.comp[r.searches[i].found[0]]] < 2 {
				continue
			}
			progress = true
			for range 8 { // several steps a turn, as counting the groups costs more than a step
				if !r.step(i) {
					exhausted[i] = true
					break
				}
			}
		}
		if !progress {
			return r.parts(active)
		}
	}
}

// parts labels what the groups found that no longer search. Of a component where none searches any more, all but the largest group.
func (r *rounds) parts(active map[int]bool) *split {
	size, rest := map[int]int{}, map[int32]int{}
	for i, f := range r.searches {
		size[r.met.root(i)] += len(f.found)
	}
	for i, f := range r.searches {
		root, c := r.met.root(i), r.comp[f.found[0]]
		if old, ok := rest[c]; !ok || active[root] || !active[old] && size[root] > size[old] {
			rest[c] = root
		}
	}
	s, number := &split{labels: map[int32]int32{}}, map[int]int32{}
	for i, f := range r.searches {
		root := r.met.root(i)
		if rest[r.comp[f.found[0]]] == root {
			continue
		}
		if number[root] == 0 {
			number[root] = int32(len(number)) + 1
		}
		for _, x := range f.found {
			s.labels[x] = number[root]
		}
	}
	if len(s.labels) == 0 {
		return nil
	}
	return s
}
