package inventory

import (
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"uplinkcheck/drivers/capture"
	"uplinkcheck/inventory/yamldoc"
)

// maxFile bounds what is read as an inventory.
const maxFile = 16 << 20

// LoadFile reads and checks the inventory file at path. See Load.
func LoadFile(path string) (*Inventory, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	data, err := io.ReadAll(io.LimitReader(f, maxFile+1))
	if err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	return Load(path, data)
}

// Load reads and checks the text of an inventory file. The name is its path: it stands in messages, and relative paths in
// the file count from its folder. An empty file is an empty inventory.
//
// The error is a yamldoc.Errors with everything that is wrong, each with file, line, column, the line and what to do;
// then the Inventory is nil. Names of platforms, sources and checks are not known here: see Known.
func Load(name string, data []byte) (*Inventory, error) {
	doc, err := yamldoc.Parse(name, data)
	if err != nil {
		return nil, err
	}
	return Decode(doc, doc.Root)
}

// Decode reads the tree of an inventory file, which an importer may have made from another format: then its spans point
// into that format's file. Others are devices that are neither switch nor host, and that domains and links may name.
// Problems that the importer noted in doc are part of the error.
func Decode(doc *yamldoc.Doc, root *yamldoc.Node, others ...string) (*Inventory, error) {
	r := &reader{doc: doc, others: others}
	inv := &Inventory{File: doc.File}
	readKeys(r, root, fileKeys, inv)
	r.check(inv)
	if err := doc.Err(); err != nil {
		return nil, err
	}
	inv.Warnings = r.warnings
	return inv, nil
}

// A reader walks one file.
type reader struct {
	doc      *yamldoc.Doc
	others   []string
	where    string // "switch leaf1", the beginning of messages; empty at the top
	refs     []ref
	warnings []yamldoc.Problem
}

// ref is a name of something else in the file, to be looked up when all is read.
type ref struct {
	to    target
	name  string
	at    capture.Span
	where string
}

// target is what a ref may name.
type target uint8

const (
	aSwitch target = iota
	aHost
	aMember // switch, host, or a device that a network, a service or a cluster names as a place
	aNetwork
	aCredential
)

func (t target) String() string {
	return [...]string{"switch", "host", "device", "network", "credential"}[t]
}

func (r *reader) fail(at capture.Span, format string, args ...any) {
	r.doc.Fail(at, "%s", r.message(format, args))
}

func (r *reader) warn(at capture.Span, format string, args ...any) {
	if len(r.warnings) < 1000 {
		r.warnings = append(r.warnings, yamldoc.NewProblem(r.doc.NameOf(at), at, "%s", r.message(format, args)))
	}
}

func (r *reader) message(format string, args []any) string {
	text := fmt.Sprintf(format, args...)
	if r.where == "" {
		return text
	}
	return r.where + ": " + text
}

// in runs f with messages that begin with where.
func (r *reader) in(where string, f func()) {
	outer := r.where
	if outer != "" {
		where = outer + ": " + where
	}
	r.where = where
	f()
	r.where = outer
}

func (r *reader) refer(to target, name string, at capture.Span) {
	r.refs = append(r.refs, ref{to, name, at, r.where})
}

// A key is one key of the file: what the reader, its messages and the editor schema know about it.
type key[T any] struct {
	name  string
	about string
	shape shape
	read  func(r *reader, into *T, v *yamldoc.Node)
}

// readKeys reads a map whose keys are all known. Null is an empty map.
func readKeys[T any](r *reader, n *yamldoc.Node, keys []key[T], into *T) {
	if n.Kind != yamldoc.Map {
		if n.Kind != yamldoc.Null {
			r.fail(n.From, "this must have keys (%s), and is %s", strings.Join(keyNames(keys), ", "), n.Kind)
		}
		return
	}
	for _, e := range n.Entries {
		i := slices.IndexFunc(keys, func(k key[T]) bool { return k.name == e.Key })
		if i < 0 {
			r.fail(e.At, "unknown key %q%s", e.Key, nearestOr(e.Key, keyNames(keys)))
			continue
		}
		if e.Value.Kind != yamldoc.Null {
			keys[i].read(r, into, e.Value)
		}
	}
}

func keyNames[T any](keys []key[T]) []string {
	var out []string
	for _, k := range keys {
		out = append(out, k.name)
	}
	return out
}

// nearestOr suggests the nearest word, else all of them.
func nearestOr(word string, known []string) string {
	if s := yamldoc.DidYouMean(word, known); s != "" {
		return s
	}
	return "; known are " + strings.Join(known, ", ")
}

// readNamed reads a map of names to entries in the order of the file.
func readNamed[T any](r *reader, kind string, n *yamldoc.Node, keys []key[T], make func(name string, from capture.Span) T) []T {
	var out []T
	r.eachNamed(kind, n, func(e yamldoc.Entry) {
		x := make(e.Key, e.From)
		readKeys(r, e.Value, keys, &x)
		out = append(out, x)
	})
	return out
}

// eachNamed calls f for each entry of a map of names.
func (r *reader) eachNamed(kind string, n *yamldoc.Node, f func(yamldoc.Entry)) {
	if n.Kind != yamldoc.Map {
		r.fail(n.From, "this must be names, each with what belongs to it, and is %s: write NAME: ...", n.Kind)
		return
	}
	for _, e := range n.Entries {
		if bad := badName(e.Key); bad != "" {
			r.fail(e.At, "%s %q: %s", kind, e.Key, bad)
			continue
		}
		r.in(kind+" "+e.Key, func() { f(e) })
	}
}

// badName says why a word cannot be a name. Names stand before a slash (leaf1/Ethernet1) and in lists by comma.
func badName(s string) string {
	switch {
	case s == "":
		return "a name must not be empty"
	case len(s) > 253:
		return "a name has at most 253 bytes"
	case strings.ContainsAny(s, "/,@") || strings.ContainsFunc(s, func(c rune) bool { return c <= ' ' || c == 0x7f || c == '\u0085' || c == '\u00a0' }):
		return `a name has no blank, "/", "," or "@"`
	}
	return ""
}

// text reads a single value; false when it is none.
func (r *reader) text(n *yamldoc.Node) (string, bool) {
	if n.Kind != yamldoc.Scalar {
		r.fail(n.From, "this must be a single value, and is %s", n.Kind)
		return "", false
	}
	if strings.ContainsFunc(n.Text, func(c rune) bool { return c < ' ' || c == 0x7f }) {
		r.fail(n.From, "this must be one line without control characters")
		return "", false
	}
	return n.Text, true
}

// texts reads a list of single values; one value stands for a list of it.
func (r *reader) texts(n *yamldoc.Node) (out []*yamldoc.Node) {
	if n.Kind == yamldoc.Scalar {
		n = &yamldoc.Node{Kind: yamldoc.List, Items: []*yamldoc.Node{n}, From: n.From}
	}
	if n.Kind != yamldoc.List {
		r.fail(n.From, "this must be a list such as [a, b], and is %s", n.Kind)
		return nil
	}
	seen := map[string]bool{}
	for _, item := range n.Items {
		s, ok := r.text(item)
		switch {
		case !ok:
		case s == "":
			r.fail(item.From, "this is empty")
		case seen[s]:
			r.fail(item.From, "%q stands here twice", s)
		default:
			seen[s] = true
			out = append(out, item)
		}
	}
	return out
}

// names reads a list of references.
func (r *reader) names(n *yamldoc.Node, to target) (out []string) {
	for _, item := range r.texts(n) {
		r.refer(to, item.Text, item.From)
		out = append(out, item.Text)
	}
	return out
}

// places reads a list of DEVICE or SWITCH/PORT.
func (r *reader) places(n *yamldoc.Node) (out []string) {
	for _, item := range r.texts(n) {
		if device, port, ok := strings.Cut(item.Text, "/"); ok {
			if device == "" || port == "" {
				r.fail(item.From, "%q must be a device or SWITCH/PORT", item.Text)
				continue
			}
			r.refer(aSwitch, device, item.From)
		} else if bad := badName(item.Text); bad != "" {
			r.fail(item.From, "%q: %s", item.Text, bad)
			continue
		}
		out = append(out, item.Text)
	}
	return out
}

// end reads DEVICE/PORT; to says what the device may be.
func (r *reader) end(n *yamldoc.Node, to target) (CableEnd, bool) {
	s, ok := r.text(n)
	if !ok {
		return CableEnd{}, false
	}
	device, port, slash := strings.Cut(s, "/")
	if !slash || device == "" || port == "" {
		r.fail(n.From, "%q must be DEVICE/PORT, such as leaf1/Ethernet1", s)
		return CableEnd{}, false
	}
	r.refer(to, device, n.From)
	return CableEnd{device, port}, true
}

// path makes a file's path count from the folder of the inventory that names it; "~/" stays for the user's home.
func (r *reader) path(s string, at capture.Span) string {
	if filepath.IsAbs(s) || s == "~" || strings.HasPrefix(s, "~/") {
		return s
	}
	return filepath.Join(filepath.Dir(r.doc.NameOf(at)), s)
}
