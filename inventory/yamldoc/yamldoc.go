// Package yamldoc reads a YAML file that a person wrote into nodes that know their bytes, and collects what is wrong with
// it, each with line, column and the line itself. It bounds size, depth and aliases, and it never shows a secret.
package yamldoc

import (
	"bytes"
	"errors"
	"fmt"
	"path/filepath"
	"strings"
	"unicode/utf8"

	"github.com/goccy/go-yaml"
	"github.com/goccy/go-yaml/ast"
	"github.com/goccy/go-yaml/lexer"
	"github.com/goccy/go-yaml/parser"
	"github.com/goccy/go-yaml/token"

	"uplinkcheck/drivers/capture"
)

// Kind of a node. The zero Kind is of the node that is not there.
type Kind uint8

const (
	None Kind = iota
	Null
	Scalar
	List
	Map
)

// String names the kind as messages do.
func (k Kind) String() string {
	return [...]string{"nothing", "nothing", "a single value", "a list", "keys with values"}[min(k, Map)]
}

// A Node is a value of the file. A nil Node is absent: its methods yield nothing.
type Node struct {
	Kind    Kind
	Text    string       // of a Scalar, decoded
	From    capture.Span // the whole value
	Entries []Entry      // of a Map, in the order of the file
	Items   []*Node      // of a List
	size    int          // nodes below and including this one, aliases counted as often as they are used
}

// Entry is a key of a Map with its value.
type Entry struct {
	Key   string
	At    capture.Span // the key
	From  capture.Span // key and value
	Value *Node        // never nil
}

// Get returns the value of a key, nil when the node is no map or lacks it.
func (n *Node) Get(key string) *Node {
	if n == nil {
		return nil
	}
	for i := range n.Entries {
		if n.Entries[i].Key == key {
			return n.Entries[i].Value
		}
	}
	return nil
}

// String returns the text of a scalar, "" for every other node.
func (n *Node) String() string {
	if n == nil || n.Kind != Scalar {
		return ""
	}
	return n.Text
}

// A Doc is one file.
type Doc struct {
	Name     string         // as messages show it
	File     *capture.Reply // Device "inventory", Command the base name; what spans point into
	Root     *Node          // never nil; Null for an empty file
	problems []Problem
	included []*Doc
}

// Include makes problems at spans of another document name its file, and takes over what is wrong with it.
func (d *Doc) Include(other *Doc) {
	d.included = append(d.included, other)
	d.problems = append(d.problems, other.problems...)
}

// NameOf returns the name of the file that a span is of.
func (d *Doc) NameOf(at capture.Span) string {
	for _, other := range d.included {
		if at.Reply == other.File {
			return other.Name
		}
	}
	return d.Name
}

const (
	maxBytes = 32 << 20
	maxDepth = 50        // of flow collections, and of lists begun on one line: the parser's time grows with its square
	maxNodes = 5_000_000 // after aliases
)

// Parse reads one YAML document. The error is an Errors when it is about a place in the file. Duplicate keys and the like
// do not end the reading; they are kept for Err.
func Parse(name string, data []byte) (*Doc, error) {
	d := &Doc{Name: name, Root: &Node{Kind: Null}, File: &capture.Reply{Device: "inventory", Command: filepath.Base(name), Data: data, Complete: true}}
	if len(data) > maxBytes {
		return nil, fmt.Errorf("%s: the file has %d bytes; at most %d are read", name, len(data), maxBytes)
	}
	if i := invalidUTF8(data); i >= 0 {
		d.Fail(d.File.Span(i, i+1), "this is not UTF-8 text; save the file as UTF-8")
		return nil, d.Err()
	}
	b := &builder{doc: d, text: plainLines(data), anchors: map[string]*Node{}}
	tokens := lexer.Tokenize(b.text)
	b.locate(tokens)
	if t := tooDeep(tokens); t != nil {
		d.Fail(b.span(t, len(t.Value)), "nested more than %d deep", maxDepth)
		return nil, d.Err()
	}
	file, err := parser.Parse(tokens, 0, parser.AllowDuplicateMapKey())
	if err != nil {
		return nil, b.syntaxError(err)
	}
	b.documents(file)
	return d, nil
}

func invalidUTF8(data []byte) int {
	if utf8.Valid(data) {
		return -1
	}
	for i := 0; i < len(data); {
		r, n := utf8.DecodeRune(data[i:])
		if r == utf8.RuneError && n == 1 {
			return i
		}
		i += n
	}
	return -1
}

// plainLines replaces what the YAML library miscounts by as many blanks: a byte order mark, and carriage returns, after
// which it counts a second line. NUL ends its scan, so it becomes U+FFFD's ASCII cousin.
func plainLines(data []byte) string {
	if bytes.HasPrefix(data, []byte("\ufeff")) {
		data = append([]byte("\n\n\n"), data[3:]...)
	}
	return string(bytes.Map(func(r rune) rune {
		switch r {
		case '\r':
			return ' '
		case 0:
			return '?'
		}
		return r
	}, data))
}

func tooDeep(tokens token.Tokens) *token.Token {
	flow, line, begun := 0, 0, 0
	for _, t := range tokens {
		switch t.Type {
		case token.SequenceStartType, token.MappingStartType:
			flow++
		case token.SequenceEndType, token.MappingEndType:
			flow--
		case token.SequenceEntryType, token.MappingKeyType, token.AnchorType, token.TagType, token.MergeKeyType:
			if flow > 0 {
				break
			}
			if t.Position.Line != line {
				line, begun = t.Position.Line, 0
			}
			begun++
		}
		if flow > maxDepth || begun > maxDepth || t.Position.Column > 100*maxDepth && t.Type == token.MappingValueType && flow == 0 {
			return t
		}
	}
	return nil
}

type builder struct {
	doc     *Doc
	text    string
	lines   []int // offset at which each line starts
	at      map[*token.Token]int
	anchors map[string]*Node
	depth   int
	total   int
}

// locate finds the bytes of each token. The library's own columns are wrong after trailing blanks, so the tokens, which
// come in the order of the text, are looked up in it.
func (b *builder) locate(tokens token.Tokens) {
	b.lines = append(b.lines, 0)
	for i := 0; i < len(b.text); i++ {
		if b.text[i] == '\n' {
			b.lines = append(b.lines, i+1)
		}
	}
	b.at = make(map[*token.Token]int, len(tokens))
	cursor := 0
	for _, t := range tokens {
		cursor += len(b.text[cursor:]) - len(strings.TrimLeft(b.text[cursor:], " \t\n"))
		if t.Type == token.CommentType && strings.HasPrefix(b.text[cursor:], "#") {
			if end := strings.IndexByte(b.text[cursor:], '\n'); end >= 0 {
				cursor += end
			}
			continue
		}
		origin := strings.TrimSpace(t.Origin)
		if strings.HasPrefix(b.text[cursor:], origin) {
			b.at[t] = cursor
			cursor += len(origin)
		} else if at := b.guess(t.Position); at > cursor {
			cursor = at
		}
	}
}

func (b *builder) offset(t *token.Token) int {
	if at, ok := b.at[t]; ok {
		return at
	}
	return b.guess(t.Position)
}

// guess turns the library's line and column, which counts runes, into a byte offset.
func (b *builder) guess(p *token.Position) int {
	if p == nil || p.Line < 1 {
		return 0
	}
	if p.Line > len(b.lines) {
		return len(b.text)
	}
	at := b.lines[p.Line-1]
	for range p.Column - 1 {
		if at >= len(b.text) || b.text[at] == '\n' {
			break
		}
		_, n := utf8.DecodeRuneInString(b.text[at:])
		at += n
	}
	return at
}

func (b *builder) span(t *token.Token, length int) capture.Span {
	at := b.offset(t)
	return b.doc.File.Span(at, at+length)
}

// tokenSpan is where a scalar stands, with its quotes.
func (b *builder) tokenSpan(t *token.Token) capture.Span {
	at := b.offset(t)
	origin := strings.TrimSpace(t.Origin)
	if strings.HasPrefix(b.text[at:], origin) {
		return b.doc.File.Span(at, at+len(origin))
	}
	end := strings.IndexByte(b.text[at:], '\n')
	if end < 0 {
		end = len(b.text) - at
	}
	return b.doc.File.Span(at, at+len(strings.TrimRight(b.text[at:at+end], " \t")))
}

func (b *builder) syntaxError(err error) error {
	var at *token.Token
	what := "this is not YAML"
	var e yaml.Error
	if errors.As(err, &e) {
		// The message of the library is a fixed text, or quotes the key that stands twice.
		at, what = e.GetToken(), "not YAML: "+e.GetMessage()
	}
	if at == nil {
		return fmt.Errorf("%s: %s", b.doc.Name, what)
	}
	b.doc.Fail(b.span(at, 1), "%s", what)
	return b.doc.Err()
}

func (b *builder) documents(f *ast.File) {
	seen := false
	for _, doc := range f.Docs {
		if doc.Body == nil || doc.Body.Type() == ast.DirectiveType || doc.Body.Type() == ast.CommentType {
			continue
		}
		if seen {
			b.doc.Fail(b.span(doc.Body.GetToken(), 1), "a second document begins here; one file holds one document: remove the line ---")
			return
		}
		seen = true
		b.doc.Root = b.node(doc.Body)
	}
}

// node converts one value. It never returns nil.
func (b *builder) node(n ast.Node) *Node {
	out := b.convert(n)
	if b.total += out.size; out.size == 0 {
		out.size = 1
	}
	return out
}

func (b *builder) convert(n ast.Node) *Node {
	b.depth++
	defer func() { b.depth-- }()
	if n == nil {
		return &Node{Kind: Null}
	}
	if b.depth > 4*maxDepth {
		b.doc.Fail(b.tokenSpan(n.GetToken()), "nested more than %d deep", 4*maxDepth)
		return &Node{Kind: Null}
	}
	switch n := n.(type) {
	case *ast.NullNode:
		return &Node{Kind: Null, From: b.span(n.GetToken(), 0)}
	case *ast.MappingNode:
		return b.mapping(n.GetToken(), n.End, n.Values)
	case *ast.MappingValueNode:
		return b.mapping(n.GetToken(), nil, []*ast.MappingValueNode{n})
	case *ast.SequenceNode:
		return b.sequence(n)
	case *ast.AnchorNode:
		v := b.node(n.Value)
		b.anchors[n.Name.GetToken().Value] = v
		return v
	case *ast.AliasNode:
		return b.alias(n)
	case *ast.TagNode:
		b.doc.Fail(b.tokenSpan(n.GetToken()), "tags are not used here: remove it, and put the value in quotes where it is text")
		return b.node(n.Value)
	case *ast.LiteralNode:
		head := b.tokenSpan(n.GetToken())
		end := int(head.End) + 1 + len(n.Value.GetToken().Origin)
		return &Node{Kind: Scalar, Text: n.Value.Value, From: b.trimmed(int(head.Start), end)}
	case ast.ScalarNode:
		return &Node{Kind: Scalar, Text: n.GetToken().Value, From: b.tokenSpan(n.GetToken())}
	}
	b.doc.Fail(b.tokenSpan(n.GetToken()), "this kind of YAML is not used here")
	return &Node{Kind: Null}
}

func (b *builder) trimmed(start, end int) capture.Span {
	end = min(end, len(b.text))
	for end > start && (b.text[end-1] == '\n' || b.text[end-1] == ' ') {
		end--
	}
	return b.doc.File.Span(start, end)
}

func (b *builder) mapping(start, end *token.Token, values []*ast.MappingValueNode) *Node {
	out := &Node{Kind: Map, size: 1}
	seen := make(map[string]capture.Span, len(values))
	var merged []*Node
	for _, v := range values {
		if v.Key.IsMergeKey() {
			merged = append(merged, b.node(v.Value))
			continue
		}
		e, ok := b.entry(v)
		if !ok {
			continue
		}
		if first, twice := seen[e.Key]; twice {
			b.doc.Fail(e.At, "%q stands here a second time; the first is in line %d", e.Key, first.Line())
			continue
		}
		seen[e.Key] = e.At
		out.Entries = append(out.Entries, e)
		out.size += e.Value.size
	}
	for _, m := range merged {
		b.merge(out, m, seen)
	}
	out.From = b.collection(start, end, out)
	return out
}

func (b *builder) entry(v *ast.MappingValueNode) (Entry, bool) {
	var key ast.Node = v.Key
	if k, ok := key.(*ast.MappingKeyNode); ok {
		key = k.Value
	}
	if _, ok := key.(ast.ScalarNode); !ok {
		b.doc.Fail(b.tokenSpan(v.Key.GetToken()), "a key must be a word")
		return Entry{}, false
	}
	at := b.tokenSpan(key.GetToken())
	e := Entry{Key: key.GetToken().Value, At: at, Value: b.node(v.Value)}
	end := at.End
	// An alias points elsewhere, and a missing value nowhere: then the entry is its key.
	if val := e.Value.From; val.Known() && val.Start >= at.End {
		if _, alias := v.Value.(*ast.AliasNode); !alias {
			end = val.End
		}
	}
	e.From = b.doc.File.Span(int(at.Start), int(end))
	if e.Value.Kind == Null {
		e.Value.From = e.From
	}
	return e, true
}

// merge lays the entries of a merge key (<<) below those that stand here.
func (b *builder) merge(out, from *Node, seen map[string]capture.Span) {
	switch from.Kind {
	case Map:
		for _, e := range from.Entries {
			if _, ok := seen[e.Key]; !ok {
				seen[e.Key] = e.At
				out.Entries = append(out.Entries, e)
				out.size += e.Value.size
			}
		}
	case List:
		for _, item := range from.Items {
			if item.Kind == Map {
				b.merge(out, item, seen)
			}
		}
	default:
		b.doc.Fail(from.From, "<< takes keys from elsewhere and needs an alias such as *defaults")
	}
}

func (b *builder) sequence(n *ast.SequenceNode) *Node {
	out := &Node{Kind: List, size: 1}
	for _, v := range n.Values {
		item := b.node(v)
		out.Items = append(out.Items, item)
		out.size += item.size
	}
	out.From = b.collection(n.Start, n.End, out)
	return out
}

// collection is the span from the first to the last token of a map or list.
func (b *builder) collection(start, end *token.Token, n *Node) capture.Span {
	lo, hi := b.offset(start), 0
	if end != nil && (end.Type == token.MappingEndType || end.Type == token.SequenceEndType) {
		return b.doc.File.Span(lo, b.offset(end)+1)
	}
	for i, e := range n.Entries {
		if i == 0 {
			lo = min(lo, int(e.At.Start)) // a block map's own token is its first colon
		}
		hi = max(hi, int(e.From.End))
	}
	for _, item := range n.Items {
		hi = max(hi, int(item.From.End))
	}
	return b.doc.File.Span(lo, hi)
}

func (b *builder) alias(n *ast.AliasNode) *Node {
	name := n.Value.GetToken().Value
	v, ok := b.anchors[name]
	switch {
	case !ok:
		b.doc.Fail(b.tokenSpan(n.GetToken()), "no anchor &%s stands above", name)
	case b.total+v.size > maxNodes:
		b.doc.Fail(b.tokenSpan(n.GetToken()), "aliases make this file too large")
	default:
		b.total += v.size
		return v
	}
	return &Node{Kind: Null, From: b.tokenSpan(n.GetToken())}
}
