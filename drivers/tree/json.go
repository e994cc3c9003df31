package tree

import (
	"bytes"
	"errors"
	"fmt"
	"unicode/utf8"

	"github.com/go-json-experiment/json/jsontext"

	"uplinkcheck/drivers/capture"
)

// JSON parses the reply as exactly one JSON value. Duplicate names and invalid UTF-8 are errors. Text before
// the first { or [ (a warning line, an echo) and white space after the value are passed over.
func JSON(r *capture.Reply) (Node, error) { return readJSON(r, false) }

// Repeats is JSON for platforms that write a list as members of one name: At returns the first of them, Named all.
func Repeats(r *capture.Reply) (Node, error) { return readJSON(r, true) }

func readJSON(r *capture.Reply, repeats bool) (Node, error) {
	skip := bytes.IndexAny(r.Data, "{[")
	if skip < 0 {
		return Node{}, fmt.Errorf("%s: %s: reply holds no JSON", r.Device, r.Command)
	}
	// Each value but the first of a container has a comma before it.
	values := 1 + bytes.Count(r.Data, []byte{','}) + bytes.Count(r.Data, []byte{'{'}) + bytes.Count(r.Data, []byte{'['})
	j := &jsonReader{repeats: repeats, builder: newBuilder(r, min(values, len(r.Data)/6+8, maxNodes))}
	j.i = skip
	if err := j.read(); err != nil {
		return j.fail(err)
	}
	return Node{j.Tree, 0}, nil
}

type jsonReader struct {
	*builder
	repeats bool // members may have one name

	held []uint32 // by name: the object, counted from 1, that was last found to have it
}

var errEnds = errors.New("the text ends in the middle")

// unexpected says what stands in place of what should.
func (j *jsonReader) unexpected(want string) error {
	if j.i >= len(j.data) {
		return errEnds
	}
	return fmt.Errorf("%q in place of %s", j.data[j.i], want)
}

// read reads a value and, after it, to the end. It goes by one byte at a time and never back.
func (j *jsonReader) read() error {
	name := uint32(0)
	for {
		more, err := j.value(name)
		for err == nil && !more {
			if len(j.open) == 0 {
				return j.end()
			}
			more, err = j.afterValue()
		}
		if err != nil {
			return err
		}
		name = 0
		if j.nodes[j.open[len(j.open)-1]].kind == Object {
			if name, err = j.member(); err != nil {
				return err
			}
		}
	}
}

// value reads a scalar, or as much of a container that a value within it can follow: more says so.
func (j *jsonReader) value(name uint32) (more bool, err error) {
	start := j.i
	kind := None
	switch c := j.byte(); {
	case c == '"':
		kind = String
	case c == '{':
		kind = Object
	case c == '[':
		kind = Array
	case c == '-' || c-'0' <= 9:
		kind = Number
	case c == 't' || c == 'f':
		kind = Bool
	case c == 'n':
		kind = Null
	default:
		return false, j.unexpected("a value")
	}
	if err := j.add(kind, name, start); err != nil {
		return false, err
	}
	switch kind {
	case Object, Array:
		if err := j.push(); err != nil {
			return false, err
		}
		j.i++
		j.space()
		if j.byte() != closing(kind) || j.i >= len(j.data) {
			return true, nil
		}
		j.i++
		j.pop(j.i)
		return false, nil
	case String:
		text, made, err := j.text()
		if err != nil {
			return false, err
		}
		n := &j.nodes[len(j.nodes)-1]
		n.end = uint32(j.i)
		if n.from, n.to = uint32(start+1), uint32(j.i-1); made {
			n.made, n.from = true, uint32(len(j.made))
			j.made = append(j.made, text)
		}
		return false, nil
	case Number:
		err = j.number()
	case Bool:
		err = j.literal("true", "false")
	case Null:
		err = j.literal("null", "null")
	}
	n := &j.nodes[len(j.nodes)-1]
	if n.end = uint32(j.i); kind != Null {
		n.from, n.to = n.start, n.end
	}
	return false, err
}

func closing(k Kind) byte {
	if k == Object {
		return '}'
	}
	return ']'
}

// afterValue reads a comma, after which comes more, or the end of what is open.
func (j *jsonReader) afterValue() (more bool, err error) {
	j.space()
	kind := j.nodes[j.open[len(j.open)-1]].kind
	switch c := j.byte(); {
	case j.i < len(j.data) && c == ',':
		j.i++
		j.space()
		return true, nil
	case j.i < len(j.data) && c == closing(kind):
		j.i++
		top := j.open[len(j.open)-1]
		j.pop(j.i)
		if kind == Object {
			return false, j.unique(top)
		}
		return false, nil
	}
	return false, j.unexpected(fmt.Sprintf("a comma or %q", closing(kind)))
}

// unique holds that no two members of the object have one name, where the platform does not write lists like that.
func (j *jsonReader) unique(object uint32) error {
	if j.repeats {
		return nil
	}
	for len(j.held) < len(j.names) {
		j.held = append(j.held, make([]uint32, len(j.names)-len(j.held)+32)...)
	}
	end := j.nodes[object].next
	for i := object + 1; i < end; {
		n := &j.nodes[i]
		if j.held[n.name] == object+1 {
			j.i = int(n.start)
			return fmt.Errorf("the name %.60q stands here for the second time", j.names[n.name])
		}
		j.held[n.name] = object + 1
		i = n.next
	}
	return nil
}

// member reads the name of a member and the colon.
func (j *jsonReader) member() (name uint32, err error) {
	if j.byte() != '"' {
		return 0, j.unexpected("a name")
	}
	// Members often stand in the order of the object before.
	g := j.guess()
	if end := j.i + 1 + len(g); g != "" && end < len(j.data) && j.data[end] == '"' && string(j.data[j.i+1:end]) == g {
		name, j.i = j.guessed(), end+1
	} else {
		start := j.i + 1
		text, made, err := j.text()
		if err != nil {
			return 0, err
		}
		if !made {
			text = j.data[start : j.i-1]
		}
		name = j.name(text, func(s string) string { return s })
	}
	j.space()
	if j.byte() != ':' {
		return 0, j.unexpected("a colon")
	}
	j.i++
	j.space()
	return name, nil
}

// byte is the next byte, 0 at the end.
func (j *jsonReader) byte() byte {
	if j.i < len(j.data) {
		return j.data[j.i]
	}
	return 0
}

func (j *jsonReader) space() {
	for j.i < len(j.data) {
		switch j.data[j.i] {
		case ' ', '\n', '\r', '\t':
			j.i++
		default:
			return
		}
	}
}

// What bytes are within a string.
const (
	isQuote     = 1 << iota // it ends
	isBackslash             // an escape
	isControl               // not allowed
	isWide                  // not ASCII
)

var inString = func() (class [256]uint8) {
	for c := range class {
		switch {
		case c == '"':
			class[c] = isQuote
		case c == '\\':
			class[c] = isBackslash
		case c < ' ':
			class[c] = isControl
		case c >= utf8.RuneSelf:
			class[c] = isWide
		}
	}
	return class
}()

// text reads a string. Where it is written with escapes, made is true and text is what it means.
func (j *jsonReader) text() (text []byte, made bool, err error) {
	start := j.i
	seen := uint8(0)
	for i := start + 1; i < len(j.data); i++ {
		switch class := inString[j.data[i]]; class {
		case 0:
		case isQuote:
			raw := j.data[start : i+1]
			if seen&isWide != 0 && !utf8.Valid(raw) {
				return nil, false, errors.New("a string is not UTF-8")
			}
			if seen&isBackslash != 0 {
				if text, err = jsontext.AppendUnquote(nil, raw); err != nil {
					return nil, false, errors.New("a string has an invalid escape")
				}
			}
			j.i = i + 1
			return text, seen&isBackslash != 0, nil
		case isBackslash:
			i++ // a quote there ends nothing
			seen |= class
		case isControl:
			j.i = i
			return nil, false, errors.New("a control character in a string")
		default:
			seen |= class
		}
	}
	j.i = len(j.data)
	return nil, false, errEnds
}

// number holds a number to the grammar: its end is known by what follows.
func (j *jsonReader) number() error {
	if j.byte() == '-' {
		j.i++
	}
	if j.byte() == '0' {
		j.i++
	} else if !j.digits() {
		return j.unexpected("a digit")
	}
	if j.byte() == '.' {
		if j.i++; !j.digits() {
			return j.unexpected("a digit")
		}
	}
	if c := j.byte(); c == 'e' || c == 'E' {
		if j.i++; j.byte() == '+' || j.byte() == '-' {
			j.i++
		}
		if !j.digits() {
			return j.unexpected("a digit")
		}
	}
	return nil
}

func (j *jsonReader) digits() bool {
	start := j.i
	for j.i < len(j.data) && j.data[j.i]-'0' <= 9 {
		j.i++
	}
	return j.i > start
}

func (j *jsonReader) literal(words ...string) error {
	for _, w := range words {
		if bytes.HasPrefix(j.data[j.i:], []byte(w)) {
			j.i += len(w)
			return nil
		}
	}
	return j.unexpected("a value")
}

func (j *jsonReader) end() error {
	if j.space(); j.i < len(j.data) {
		return errors.New("text after the JSON value")
	}
	return nil
}
