package cisco_nxos

import (
	"strings"

	"uplinkcheck/drivers/capture"
	"uplinkcheck/drivers/tree"
)

// body takes off what NX-API and its clients wrap round an answer.
func body(n tree.Node) tree.Node {
	for range 8 {
		var inner tree.Node
		if n.Kind() == tree.Array {
			for c := range n.Children() {
				inner = c
				break
			}
		} else {
			for _, key := range []string{"ins_api", "outputs", "output", "result", "body"} {
				if inner = n.At(key); inner.Exists() {
					break
				}
			}
		}
		if inner.Kind() != tree.Object && inner.Kind() != tree.Array {
			break
		}
		n = inner
	}
	return n
}

// rows yields the rows of a table. TABLE_x has a ROW_x that is an object for one row and a list for several; of some commands TABLE_x
// itself is a list of objects with a row each. No rows: there is no such table, or it is "".
func rows(n tree.Node, name string) func(yield func(tree.Node) bool) {
	return func(yield func(tree.Node) bool) {
		for t := range n.Named("TABLE_" + name) {
			for holder := range each(t) {
				for list := range holder.Named("ROW_" + name) {
					for row := range each(list) {
						if row.Kind() == tree.Object && !yield(row) {
							return
						}
					}
				}
			}
		}
	}
}

// each yields the items of a list, or the one thing that is there in place of it.
func each(n tree.Node) func(yield func(tree.Node) bool) {
	if n.Kind() == tree.Array {
		return n.Children()
	}
	return func(yield func(tree.Node) bool) {
		if n.Exists() {
			yield(n)
		}
	}
}

// table returns the table, absent when there is none or no row in it.
func table(n tree.Node, name string) tree.Node {
	for range rows(n, name) {
		return n.At("TABLE_" + name)
	}
	return tree.Node{}
}

// one returns the member of the first of these names that there is; the absent node when it stands there twice with different values.
func one(n tree.Node, keys ...string) tree.Node {
	for _, key := range keys {
		var found tree.Node
		for c := range n.Named(key) {
			if found.Exists() && c.Text() != found.Text() {
				return tree.Node{}
			}
			found = c
		}
		if found.Exists() {
			return found
		}
	}
	return tree.Node{}
}

// word returns a scalar as text without blanks round it, unknown for an empty one and for those that say that there is nothing.
func word(n tree.Node, keys ...string) capture.Fact[string] {
	x := one(n, keys...)
	switch x.Kind() {
	case tree.String, tree.Number, tree.Bool, tree.Element:
	default:
		return capture.Fact[string]{}
	}
	return capture.Then(capture.Of(x.Text(), x.Span()), func(s string) (string, bool) {
		s = strings.TrimSpace(s)
		return s, s != "" && s != "--"
	})
}
