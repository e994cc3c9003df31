// Package tree reads JSON and XML replies into a tree whose every node knows its bytes, so that
// a value taken from it is a capture.Fact with a Span. It bounds depth and size of what it reads.
package tree

import (
	"bytes"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"uplinkcheck/drivers/capture"
)

// Kind of a node.
type Kind uint8

const (
	None    Kind = iota // the node that is not there
	Null                // JSON null
	Bool                // JSON true or false
	Number              // JSON number
	String              // JSON string
	Array               // JSON array
	Object              // JSON object
	Element             // XML element
)

const (
	maxDepth = 200
	maxNodes = 20_000_000
)

// A node holds no pointers: a reply of megabytes is a tree that collecting garbage passes over.
type node struct {
	start, end uint32 // its bytes
	next       uint32 // index after the last descendant
	name       uint32 // index into Tree.names
	from, to   uint32 // its text: bytes of the reply or, where made is true, Tree.made[from]
	kind       Kind
	made       bool // the text is written otherwise than it is meant: escapes, entities, several pieces
}

// A Tree is one parsed reply.
type Tree struct {
	reply *capture.Reply
	nodes []node
	names []string // JSON member names, XML local names; an XML name may occur with several prefixes
	made  [][]byte
}

// A Node is a place in a tree. The zero Node is absent: every method works on it and yields nothing.
type Node struct {
	t *Tree
	i uint32
}

// ErrTooLarge is returned for replies with too many or too deeply nested parts.
var ErrTooLarge = errors.New("reply is nested too deeply or has too many parts")

// A builder grows a tree while a reply is read. Names are held once; the one that followed a name last time is tried first.
type builder struct {
	*Tree
	data  []byte
	i     int // where it reads
	open  []uint32
	ids   map[string]uint32 // by the name as written
	words []word
	last  uint32 // index of the name that was read last
}

type word struct {
	raw  string // as written: with the prefix
	next uint32 // index of the name after it
}

func newBuilder(r *capture.Reply, nodes int) *builder {
	b := &builder{Tree: &Tree{reply: r, nodes: make([]node, 0, nodes)}, data: r.Data, ids: make(map[string]uint32, 32), words: make([]word, 1, 32)}
	b.names = make([]string, 1, 32) // the first is the name of what has none
	return b
}

// guess is the name that came after the last one before, "" when none did.
func (b *builder) guess() string { return b.words[b.words[b.last].next].raw }

// guessed takes the guess.
func (b *builder) guessed() uint32 {
	b.last = b.words[b.last].next
	return b.last
}

// name returns the index of a name; mean says what a name that is new means.
func (b *builder) name(raw []byte, mean func(raw string) string) uint32 {
	id, ok := b.ids[string(raw)]
	if !ok {
		id = uint32(len(b.names))
		w := string(raw)
		b.ids[w] = id
		b.words = append(b.words, word{raw: w})
		b.names = append(b.names, mean(w))
	}
	b.words[b.last].next = id
	b.last = id
	return id
}

// add adds a node that begins at start, as the last child of what is open.
func (b *builder) add(kind Kind, name uint32, start int) error {
	if len(b.nodes) >= maxNodes {
		return ErrTooLarge
	}
	b.nodes = append(b.nodes, node{kind: kind, name: name, start: uint32(start), next: uint32(len(b.nodes) + 1)})
	return nil
}

// push opens the node that was added last.
func (b *builder) push() error {
	if b.open = append(b.open, uint32(len(b.nodes)-1)); len(b.open) > maxDepth {
		return ErrTooLarge
	}
	return nil
}

// pop closes what is open: its bytes end at end.
func (b *builder) pop(end int) *node {
	n := &b.nodes[b.open[len(b.open)-1]]
	b.open = b.open[:len(b.open)-1]
	n.end, n.next = uint32(end), uint32(len(b.nodes))
	return n
}

// fail wraps an error with the device, the command and the line where reading stopped.
func (b *builder) fail(err error) (Node, error) {
	line := b.reply.Span(b.i, b.i).Line()
	return Node{}, fmt.Errorf("%s: %s: line %d: %w", b.reply.Device, firstWord(b.reply.Command), line, err)
}

func firstWord(s string) string {
	if i := strings.IndexAny(s, " />\n"); i > 0 && strings.HasPrefix(s, "<") {
		return s[:i] + ">"
	}
	return s
}

func (n Node) node() *node {
	if n.t == nil {
		return &node{}
	}
	return &n.t.nodes[n.i]
}

// Kind returns the node's kind, None for the absent node.
func (n Node) Kind() Kind { return n.node().kind }

// Exists reports whether the node is there.
func (n Node) Exists() bool { return n.t != nil }

// Name returns the JSON member name or the XML local name.
func (n Node) Name() string {
	if n.t == nil {
		return ""
	}
	return n.t.names[n.t.nodes[n.i].name]
}

// Text returns the decoded scalar or the trimmed character data, "" for anything else.
func (n Node) Text() string { return string(n.text()) }

// text is Text before it is copied. It is not to be written to.
func (n Node) text() []byte {
	if n.t == nil {
		return nil
	}
	x := &n.t.nodes[n.i]
	var text []byte
	if x.made {
		text = n.t.made[x.from]
	} else {
		text = n.t.reply.Data[x.from:x.to]
	}
	if x.kind == Element {
		text = bytes.TrimSpace(text)
	}
	return text
}

// Span returns the bytes of the node, zero for the absent node. The name of a JSON member is not in it.
func (n Node) Span() capture.Span {
	if n.t == nil {
		return capture.Span{}
	}
	x := n.node()
	return n.t.reply.Span(int(x.start), int(x.end))
}

// Key returns the name of a JSON member with a span that reaches from the name to the end of its value; unknown for anything else.
func (n Node) Key() capture.Fact[string] {
	s, name := n.Span(), n.Name()
	if name == "" || n.Kind() == Element {
		return capture.Fact[string]{}
	}
	from := max(0, int(s.Start)-len(name)-200) // after it come a colon and white space
	at := bytes.LastIndex(s.Reply.Data[from:s.Start], []byte(`"`+name+`"`))
	if at < 0 {
		return capture.Fact[string]{} // written with escapes
	}
	return capture.Of(name, s.Reply.Span(from+at, int(s.End)))
}

// Children yields the members of an object, the items of an array or the child elements, in order.
func (n Node) Children() func(yield func(Node) bool) {
	return func(yield func(Node) bool) {
		if n.t == nil {
			return
		}
		end := n.node().next
		for i := n.i + 1; i < end; i = n.t.nodes[i].next {
			if !yield(Node{n.t, i}) {
				return
			}
		}
	}
}

// Len returns the number of children.
func (n Node) Len() int {
	count := 0
	for range n.Children() {
		count++
	}
	return count
}

// At walks down by child name, taking the first child of each name; the absent node when one is missing.
func (n Node) At(path ...string) Node {
	for _, name := range path {
		if n = n.child(name); n.t == nil {
			return Node{}
		}
	}
	return n
}

func (n Node) child(name string) Node {
	if n.t == nil {
		return Node{}
	}
	end := n.t.nodes[n.i].next
	for i := n.i + 1; i < end; {
		c := &n.t.nodes[i]
		if n.t.names[c.name] == name {
			return Node{n.t, i}
		}
		i = c.next
	}
	return Node{}
}

// Named yields the children of that name, in order: XML repeats an element for each item of a list.
func (n Node) Named(name string) func(yield func(Node) bool) {
	return func(yield func(Node) bool) {
		for c := range n.Children() {
			if c.Name() == name && !yield(c) {
				return
			}
		}
	}
}

// All yields every descendant of that name, in document order.
func (n Node) All(name string) func(yield func(Node) bool) {
	return func(yield func(Node) bool) {
		if n.t == nil || !slices.Contains(n.t.names, name) {
			return
		}
		end := n.node().next
		for i := n.i + 1; i < end; i++ {
			if n.t.names[n.t.nodes[i].name] == name && !yield(Node{n.t, i}) {
				return
			}
		}
	}
}

// Str returns the text of a JSON string or an XML element without children; unknown for anything else.
func (n Node) Str() capture.Fact[string] {
	if !n.plain() {
		return capture.Fact[string]{}
	}
	return capture.Of(n.Text(), n.Span())
}

// plain reports whether the node is a JSON string or an XML element without children.
func (n Node) plain() bool {
	x := n.node()
	return x.kind == String || x.kind == Element && x.next == n.i+1
}

// NonEmpty is Str, unknown for the empty string.
func (n Node) NonEmpty() capture.Fact[string] {
	if f := n.Str(); f.Value != "" {
		return f
	}
	return capture.Fact[string]{}
}

// Uint returns a number without fraction that fits in bits, from a JSON number, a JSON string or an XML text; unknown for
// anything else. "0x" marks hexadecimal.
func (n Node) Uint(bits int) capture.Fact[uint64] {
	x := n.node()
	if x.kind != Number && x.kind != String && x.kind != Element {
		return capture.Fact[uint64]{}
	}
	text := bytes.TrimSpace(n.text())
	base := 10
	if len(text) > 1 && text[0] == '0' && text[1]|0x20 == 'x' {
		text, base = text[2:], 16
	}
	v, err := strconv.ParseUint(string(text), base, bits)
	if err != nil {
		return capture.Fact[uint64]{}
	}
	return capture.Of(v, n.Span())
}

// Bool returns a JSON boolean; unknown for anything else.
func (n Node) Bool() capture.Fact[bool] {
	x := n.node()
	if x.kind != Bool {
		return capture.Fact[bool]{}
	}
	return capture.Of(string(n.text()) == "true", n.Span())
}

// Word maps the text through words; a word that is not in the map is unknown.
func Word[T any](n Node, words map[string]T) capture.Fact[T] {
	if !n.plain() {
		return capture.Fact[T]{}
	}
	v, ok := words[string(bytes.TrimSpace(n.text()))]
	if !ok {
		return capture.Fact[T]{}
	}
	return capture.Of(v, n.Span())
}
