package topology

import (
	"slices"
	"testing"

	"pgregory.net/rapid"
)

// What a loss separates in a graph is what a search without the lost things finds.
func TestSplitsAreWhatASearchFinds(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		n := rapid.IntRange(1, 14).Draw(rt, "vertices")
		var edges [][2]int32
		for a := range n {
			for b := range a {
				if rapid.IntRange(0, n/2).Draw(rt, "edge") == 0 {
					edges = append(edges, [2]int32{int32(a), int32(b)})
				}
			}
		}
		g := newGraph(n, edges)
		some := func(of int, name string) (out []int32) {
			if of == 0 {
				return nil
			}
			for _, x := range rapid.SliceOfNDistinct(rapid.IntRange(0, of-1), 0, min(of, 3), rapid.ID[int]).Draw(rt, name) {
				out = append(out, int32(x))
			}
			return out
		}
		lost, cut := some(n, "lost"), some(len(edges), "cut")
		cut = slices.DeleteFunc(cut, func(e int32) bool { // an edge of a lost vertex is lost with it
			return slices.Contains(lost, edges[e][0]) || slices.Contains(lost, edges[e][1])
		})
		s, left := g.without(lost, cut), newForest(n)
		for i, e := range edges {
			if !slices.Contains(cut, int32(i)) && !slices.Contains(lost, e[0]) && !slices.Contains(lost, e[1]) {
				left.join(int(e[0]), int(e[1]))
			}
		}
		for a := range int32(n) {
			for b := range a {
				if slices.Contains(lost, a) || slices.Contains(lost, b) {
					continue
				}
				got, want := joinedAs(g, s, a) == joinedAs(g, s, b), left.root(int(a)) == left.root(int(b))
				if got != want {
					rt.Fatalf("edges %v without %v and edges %v: %d and %d joined %v, want %v", edges, lost, cut, a, b, got, want)
				}
			}
		}
	})
}
