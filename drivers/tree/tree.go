// Package tree reads JSON and XML replies into a tree whose every node knows its bytes, so that
// a value taken from it is a capture.Fact with a Span. It bounds depth and size of what it reads.
package tree

import (
	"bytes"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"

	"github.com/go-json-experiment/json/jsontext"

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

type node struct {
	name       string // JSON member name, XML local name
	text       string // decoded text of scalars; XML character data, trimmed
	start, end uint32
	next       uint32 // index after the last descendant
	kind       Kind
	attrs      []xml.Attr
}

// A Tree is one parsed reply.
type Tree struct {
	reply *capture.Reply
	nodes []node
}

// A Node is a place in a tree. The zero Node is absent: every method works on it and yields nothing.
type Node struct {
	t *Tree
	i uint32
}

// ErrTooLarge is returned for replies with too many or too deeply nested parts.
var ErrTooLarge = errors.New("reply is nested too deeply or has too many parts")

// JSON parses the reply as exactly one JSON value. Duplicate names and invalid UTF-8 are errors. Text before
// the first { or [ (a warning line, an echo) and white space after the value are passed over.
func JSON(r *capture.Reply) (Node, error) {
	skip := bytes.IndexAny(r.Data, "{[")
	if skip < 0 {
		return Node{}, fmt.Errorf("%s: %s: reply holds no JSON", r.Device, r.Command)
	}
	d := jsontext.NewDecoder(bytes.NewReader(r.Data[skip:]))
	t := &Tree{reply: r, nodes: make([]node, 0, len(r.Data)/12+8)}
	fail := func(err error) (Node, error) {
		line := r.Span(skip+int(d.InputOffset()), skip+int(d.InputOffset())).Line()
		return Node{}, fmt.Errorf("%s: %s: line %d: %w", r.Device, r.Command, line, err)
	}
	var open []uint32 // containers
	for {
		// The name of an object member comes as a token of its own.
		name := ""
		if n := len(open); n > 0 && t.nodes[open[n-1]].kind == Object && d.PeekKind() == '"' {
			tok, err := d.ReadToken()
			if err != nil {
				return fail(err)
			}
			name = tok.String()
		}
		tok, err := d.ReadToken()
		if err != nil {
			return fail(err)
		}
		end := skip + int(d.InputOffset())
		kind := tok.Kind()
		if kind == '}' || kind == ']' {
			top := open[len(open)-1]
			open = open[:len(open)-1]
			t.nodes[top].end = uint32(end)
			t.nodes[top].next = uint32(len(t.nodes))
		} else {
			n := node{name: name, end: uint32(end), next: uint32(len(t.nodes) + 1)}
			switch kind {
			case 'n':
				n.kind, n.start = Null, uint32(end-4)
			case 't', 'f':
				n.kind, n.text = Bool, tok.String()
				n.start = uint32(end - len(n.text))
			case '0':
				n.kind, n.text = Number, tok.String()
				n.start = uint32(end - len(n.text))
			case '"':
				n.kind, n.text = String, tok.String()
				n.start = uint32(stringStart(r.Data, end))
			case '{':
				n.kind, n.start = Object, uint32(end-1)
			case '[':
				n.kind, n.start = Array, uint32(end-1)
			}
			t.nodes = append(t.nodes, n)
			if kind == '{' || kind == '[' {
				open = append(open, uint32(len(t.nodes)-1))
			}
			if len(open) > maxDepth || len(t.nodes) > maxNodes {
				return fail(ErrTooLarge)
			}
		}
		if len(open) == 0 {
			break
		}
	}
	if _, err := d.ReadToken(); err != io.EOF {
		if err == nil {
			err = errors.New("text after the JSON value")
		}
		return fail(err)
	}
	return Node{t, 0}, nil
}

// stringStart finds the opening quote of the JSON string that ends at end.
func stringStart(data []byte, end int) int {
	for i := end - 2; i >= 0; i-- {
		if data[i] != '"' {
			continue
		}
		backslashes := 0
		for j := i - 1; j >= 0 && data[j] == '\\'; j-- {
			backslashes++
		}
		if backslashes%2 == 0 {
			return i
		}
	}
	return max(0, end-1)
}

// XML parses the reply as one XML element. Names are local names; entities other than XML's own five are an error, so
// nothing expands. The result is the root element.
func XML(r *capture.Reply) (Node, error) {
	d := xml.NewDecoder(bytes.NewReader(r.Data))
	d.CharsetReader = func(string, io.Reader) (io.Reader, error) {
		return nil, errors.New("only UTF-8 is understood")
	}
	t := &Tree{reply: r}
	fail := func(err error) (Node, error) {
		line := r.Span(int(d.InputOffset()), int(d.InputOffset())).Line()
		return Node{}, fmt.Errorf("%s: %s: line %d: %w", r.Device, firstWord(r.Command), line, err)
	}
	var open []uint32
	for {
		at := d.InputOffset()
		tok, err := d.Token()
		if err == io.EOF {
			break
		}
		if err != nil {
			return fail(err)
		}
		switch tok := tok.(type) {
		case xml.StartElement:
			if len(open) == 0 && len(t.nodes) > 0 {
				return fail(errors.New("a second root element"))
			}
			open = append(open, uint32(len(t.nodes)))
			t.nodes = append(t.nodes, node{name: tok.Name.Local, kind: Element, start: uint32(at), attrs: tok.Copy().Attr})
			if len(open) > maxDepth || len(t.nodes) > maxNodes {
				return fail(ErrTooLarge)
			}
		case xml.EndElement:
			n := &t.nodes[open[len(open)-1]]
			open = open[:len(open)-1]
			n.end, n.next = uint32(d.InputOffset()), uint32(len(t.nodes))
			n.text = strings.TrimSpace(n.text)
		case xml.CharData:
			if len(open) > 0 {
				if text := strings.TrimSpace(string(tok)); text != "" {
					t.nodes[open[len(open)-1]].text += string(tok)
				}
			}
		case xml.Directive:
			return fail(errors.New("a document type is not allowed here"))
		}
	}
	if len(t.nodes) == 0 {
		return fail(errors.New("no XML element"))
	}
	return Node{t, 0}, nil
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
func (n Node) Name() string { return n.node().name }

// Text returns the decoded scalar or the trimmed character data, "" for anything else.
func (n Node) Text() string { return n.node().text }

// Span returns the bytes of the node, zero for the absent node. The name of a JSON member is not in it.
func (n Node) Span() capture.Span {
	if n.t == nil {
		return capture.Span{}
	}
	x := n.node()
	return n.t.reply.Span(int(x.start), int(x.end))
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
		var found Node
		for c := range n.Children() {
			if c.Name() == name {
				found = c
				break
			}
		}
		if n = found; n.t == nil {
			return Node{}
		}
	}
	return n
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
		if n.t == nil {
			return
		}
		for i := n.i; i < n.node().next; i++ {
			if n.t.nodes[i].name == name && i != n.i && !yield(Node{n.t, i}) {
				return
			}
		}
	}
}

// Attr returns the XML attribute of that local name, "" when absent.
func (n Node) Attr(local string) string {
	for _, a := range n.node().attrs {
		if a.Name.Local == local {
			return a.Value
		}
	}
	return ""
}

// Str returns the text of a JSON string or an XML element without children; unknown for anything else.
func (n Node) Str() capture.Fact[string] {
	x := n.node()
	if x.kind == String || (x.kind == Element && x.next == n.i+1) {
		return capture.Of(x.text, n.Span())
	}
	return capture.Fact[string]{}
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
	text := strings.TrimSpace(x.text)
	base := 10
	if rest, ok := strings.CutPrefix(strings.ToLower(text), "0x"); ok {
		text, base = rest, 16
	}
	v, err := strconv.ParseUint(text, base, bits)
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
	return capture.Of(x.text == "true", n.Span())
}

// Word maps the text through words; a word that is not in the map is unknown.
func Word[T any](n Node, words map[string]T) capture.Fact[T] {
	return capture.Then(n.Str(), func(s string) (T, bool) {
		v, ok := words[strings.TrimSpace(s)]
		return v, ok
	})
}
