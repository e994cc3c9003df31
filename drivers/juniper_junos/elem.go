package juniper_junos

import (
	"bytes"
	"errors"
	"strings"

	"uplinkcheck/drivers/capture"
	"uplinkcheck/drivers/state"
	"uplinkcheck/drivers/tree"
)

// An elem is an element of a reply. Junos prints one and the same tree as XML and as JSON ("| display json"), where each
// child is an array and text sits in a member "data"; elem hides which one came. The zero elem is absent.
type elem struct {
	n    tree.Node
	live bool // what is deactivated in a configuration is not there, nor in what is below it
}

// errText is returned for a reply that is neither XML nor JSON.
var errText = errors.New("neither XML nor JSON")

// root returns the outermost element of the reply.
func root(r *capture.Reply) (elem, error) {
	for line := range bytes.Lines(r.Data) {
		line = bytes.TrimLeft(line, " \t\r\n")
		if len(line) == 0 || line[0] != '<' && line[0] != '{' {
			continue
		}
		line = bytes.TrimSpace(line)
		begins := func(s string) bool { return bytes.HasPrefix(line, []byte(s)) }
		switch {
		case begins("<"):
			n, err := tree.XML(r)
			return elem{n: n}, err
		case string(line) == "{", string(line) == "{}", begins(`{"`), begins(`{ `):
			n, err := tree.JSON(r)
			return elem{n: n}, err
		}
	}
	return elem{}, errText
}

// items yields the elements that a JSON member stands for, or the XML element itself.
func (e elem) items(n tree.Node, yield func(elem) bool) bool {
	if e.live && n.Attr("inactive") != "" {
		return true
	}
	if n.Kind() != tree.Array {
		return yield(elem{n, e.live})
	}
	for item := range n.Children() {
		if !yield(elem{item, e.live}) {
			return false
		}
	}
	return true
}

// named yields the children of that name, in order.
func (e elem) named(name string) func(yield func(elem) bool) {
	return func(yield func(elem) bool) {
		for c := range e.n.Named(name) {
			if !e.items(c, yield) {
				return
			}
		}
	}
}

// all yields the element itself, if it has that name, and every descendant of that name. It is how wrappers are
// stripped: rpc-reply, multi-routing-engine-results and multi-routing-engine-item stand around an answer or do not.
func (e elem) all(name string) func(yield func(elem) bool) {
	return func(yield func(elem) bool) {
		if e.n.Exists() && e.n.Name() == name && !yield(e) {
			return
		}
		if e.live {
			e.below(name, yield)
			return
		}
		for c := range e.n.All(name) {
			if !e.items(c, yield) {
				return
			}
		}
	}
}

// below yields the descendants of that name that are not deactivated.
func (e elem) below(name string, yield func(elem) bool) bool {
	for c := range e.n.Children() {
		if !e.items(c, func(x elem) bool { return (c.Name() != name || yield(x)) && x.below(name, yield) }) {
			return false
		}
	}
	return true
}

// at walks down by name, taking the first child of each name.
func (e elem) at(path ...string) elem {
	for _, name := range path {
		var found elem
		for c := range e.named(name) {
			found = c
			break
		}
		e = found
	}
	return e
}

func (e elem) exists() bool       { return e.n.Exists() }
func (e elem) span() capture.Span { return e.n.Span() }

// str returns the trimmed text of a leaf, unknown when it is absent, empty or no leaf.
func (e elem) str() capture.Fact[string] {
	n := e.n
	if n.Kind() == tree.Object {
		n = n.At("data")
	}
	text := n.Str()
	if n.Kind() == tree.Number {
		text = capture.Of(n.Text(), n.Span())
	}
	return capture.Then(text, func(s string) (string, bool) {
		s = strings.TrimSpace(s)
		return s, s != ""
	})
}

// text returns the trimmed text of the leaf at path, "" when there is none.
func (e elem) text(path ...string) string { return e.at(path...).str().Value }

// uint16 returns the decimal number of a leaf.
func (e elem) uint16() capture.Fact[uint16] {
	return capture.Then(e.str(), func(s string) (uint16, bool) {
		v, ok := number(s, 16)
		return uint16(v), ok
	})
}

// mac returns the MAC address of a leaf.
func (e elem) mac() capture.Fact[state.MAC] { return capture.Then(e.str(), toMAC) }

func toMAC(s string) (state.MAC, bool) {
	m, err := state.ParseMAC(s)
	return m, err == nil
}

// attribute returns an attribute of the namespace junos, "" when absent.
func (e elem) attribute(name string) string {
	if e.n.Kind() == tree.Object {
		return e.n.At("attributes", "junos:"+name).Text()
	}
	return e.n.Attr(name)
}

// word maps the text of the leaf, in lower case, through words. A text that is not among them is unknown and noted.
func word[T any](p *parser, e elem, words map[string]T) capture.Fact[T] {
	text := e.str()
	got := capture.Then(text, func(s string) (T, bool) {
		v, ok := words[strings.ToLower(s)]
		return v, ok
	})
	if text.Known() && !got.Known() {
		p.unread(text.From, "unknown word "+state.Quote(text.Value)+" in "+e.name())
	}
	return got
}

// name returns the element's name for messages.
func (e elem) name() string {
	if name := e.n.Name(); name != "" {
		return name
	}
	return "a list"
}
