package tree

import (
	"bytes"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"strings"
	"unicode"
	"unicode/utf8"

	"uplinkcheck/drivers/capture"
)

// XML parses the reply as one XML element. Names are local names; entities other than XML's own five are an error, so
// nothing expands. The result is the root element.
//
// What is well-formed, and what it means, is as in encoding/xml, which does not know where a node ends and takes ten times as long.
// Text outside the root is passed over; document types are an error.
func XML(r *capture.Reply) (Node, error) {
	x := newXMLReader(r)
	if err := x.read(); err != nil {
		return x.fail(err)
	}
	return Node{x.Tree, 0}, nil
}

// Documents parses the reply as XML elements that stand one after the other, each as XML has it.
func Documents(r *capture.Reply) (roots []Node, err error) {
	x := newXMLReader(r)
	x.several = true
	if err := x.read(); err != nil {
		_, err = x.fail(err)
		return nil, err
	}
	for i := uint32(0); int(i) < len(x.nodes); i = x.nodes[i].next {
		roots = append(roots, Node{x.Tree, i})
	}
	return roots, nil
}

type xmlReader struct {
	*builder
	raw     []int // of each open element, the length of its name with the prefix
	several bool  // a second root element is none too many
}

func newXMLReader(r *capture.Reply) *xmlReader {
	return &xmlReader{builder: newBuilder(r, min(bytes.Count(r.Data, []byte{'<'})/2+8, maxNodes))}
}

func (x *xmlReader) read() error {
	for {
		if err := x.text(); err != nil {
			return err
		}
		if x.i >= len(x.data) {
			break
		}
		var err error
		switch x.i++; x.byte() {
		case '/':
			err = x.endTag()
		case '?':
			err = x.instruction()
		case '!':
			err = x.section()
		default:
			err = x.startTag()
		}
		if err != nil {
			return err
		}
	}
	switch {
	case len(x.open) > 0:
		return errEnds
	case len(x.nodes) == 0:
		return errors.New("no XML element")
	}
	return nil
}

// byte is the next byte, 0 at the end: no 0 is allowed anywhere that it is asked for.
func (x *xmlReader) byte() byte {
	if x.i < len(x.data) {
		return x.data[x.i]
	}
	return 0
}

func (x *xmlReader) unexpected(want string) error {
	if x.i >= len(x.data) {
		return errEnds
	}
	return fmt.Errorf("%q in place of %s", x.data[x.i], want)
}

// What bytes are in text, in a name and in a tag.
const (
	isSpecial = 1 << iota // to be looked at: markup, entities, carriage returns, what is not ASCII, what is not allowed
	isInk                 // not white space
	isNameByte
	isBlank // white space in a tag
)

var inXML = func() (class [256]uint8) {
	for c := range class {
		if c < ' ' && c != '\t' && c != '\n' || c >= utf8.RuneSelf || c == '<' || c == '&' || c == ']' {
			class[c] |= isSpecial
		}
		if c > ' ' {
			class[c] |= isInk
		}
		if c|0x20 >= 'a' && c|0x20 <= 'z' || c >= '0' && c <= '9' || c == '_' || c == ':' || c == '.' || c == '-' || c >= utf8.RuneSelf {
			class[c] |= isNameByte
		}
		if c == ' ' || c == '\t' || c == '\n' || c == '\r' {
			class[c] |= isBlank
		}
	}
	return class
}()

// text reads character data up to the next markup or the end, and adds it to the open element.
func (x *xmlReader) text() error {
	start := x.i
	data := x.data
	seen := uint8(0)
	i := start
	for i < len(data) {
		class := inXML[data[i]]
		if class&isSpecial != 0 {
			break
		}
		seen |= class
		i++
	}
	if i >= len(data) || data[i] == '<' {
		if x.i = i; seen&isInk != 0 && len(x.open) > 0 {
			x.append(start, i, false, false)
		}
		return nil
	}
	x.i = start
	meant, err := x.characters(0)
	if err == nil && len(x.open) > 0 {
		x.append(start, x.i, meant, false)
	}
	return err
}

// append adds character data to the open element, unless it is blank. Where it is meant otherwise than it is written, meant is true.
func (x *xmlReader) append(start, end int, meant, cdata bool) {
	text := x.data[start:end]
	if meant {
		text = decoded(text, cdata)
	}
	if len(bytes.TrimSpace(text)) == 0 {
		return
	}
	n := &x.nodes[x.open[len(x.open)-1]]
	if !meant && !n.made && n.to == 0 {
		n.from, n.to = uint32(start), uint32(end)
		return
	}
	if !n.made {
		x.made = append(x.made, bytes.Clone(x.data[n.from:n.to]))
		n.made, n.from = true, uint32(len(x.made)-1)
	}
	x.made[n.from] = append(x.made[n.from], text...)
}

var (
	errUTF8      = errors.New("invalid UTF-8")
	errCharacter = errors.New("a character that XML does not allow")
	errEntity    = errors.New("an unknown or unfinished entity")
)

// characters holds text to what XML allows, up to the next markup (quote 0) or to the quote of an attribute. meant is
// true where it is meant otherwise than it is written.
func (x *xmlReader) characters(quote byte) (meant bool, err error) {
	for x.i < len(x.data) {
		c := x.data[x.i]
		switch {
		case c == quote: // no 0 is allowed either
			if c != 0 {
				return meant, nil
			}
			return meant, errCharacter
		case inXML[c]&isSpecial == 0:
			x.i++
		case c == '<':
			if quote != 0 {
				return meant, errors.New("a < within quotes")
			}
			return meant, nil
		case c == '&':
			_, size, err := entity(x.data[x.i:])
			if err != nil {
				return meant, err
			}
			meant = true
			x.i += size
		case c == ']':
			if quote == 0 && bytes.HasPrefix(x.data[x.i:], []byte("]]>")) {
				return meant, errors.New("]]> outside a CDATA section")
			}
			x.i++
		case c == '\r':
			meant = true
			x.i++
		default:
			r, size := utf8.DecodeRune(x.data[x.i:])
			switch {
			case r == utf8.RuneError && size == 1:
				return meant, errUTF8
			case !allowed(r):
				return meant, errCharacter
			}
			x.i += size
		}
	}
	if quote != 0 {
		return meant, errEnds
	}
	return meant, nil
}

// allowed is the production Char of XML 1.0.
func allowed(r rune) bool {
	return r == '\t' || r == '\n' || r == '\r' || r >= ' ' && r <= 0xD7FF || r >= 0xE000 && r <= 0xFFFD || r >= 0x10000 && r <= unicode.MaxRune
}

var entities = []struct {
	name string
	r    rune
}{{"&lt;", '<'}, {"&gt;", '>'}, {"&amp;", '&'}, {"&apos;", '\''}, {"&quot;", '"'}}

// entity reads an entity and returns what it stands for and how long it is.
func entity(s []byte) (r rune, size int, err error) {
	for _, e := range entities {
		if bytes.HasPrefix(s, []byte(e.name)) {
			return e.r, len(e.name), nil
		}
	}
	if !bytes.HasPrefix(s, []byte("&#")) {
		return 0, 0, errEntity
	}
	i, base := 2, rune(10)
	if i < len(s) && s[i] == 'x' {
		i, base = 3, 16
	}
	start := i
	for ; i < len(s); i++ {
		d := rune(99)
		switch c := s[i]; {
		case c >= '0' && c <= '9':
			d = rune(c - '0')
		case c|0x20 >= 'a' && c|0x20 <= 'f':
			d = rune(c|0x20-'a') + 10
		}
		if d >= base {
			break
		}
		r = min(r*base+d, unicode.MaxRune+1)
	}
	if i == start || i >= len(s) || s[i] != ';' || r > unicode.MaxRune {
		return 0, 0, errEntity
	}
	if r >= 0xD800 && r <= 0xDFFF {
		r = utf8.RuneError
	}
	if !allowed(r) {
		return 0, 0, errCharacter
	}
	return r, i + 1, nil
}

// decoded is what text means that characters let pass: with entities replaced and line ends as XML has them.
func decoded(text []byte, cdata bool) []byte {
	out := make([]byte, 0, len(text))
	for i := 0; i < len(text); i++ {
		switch c := text[i]; {
		case c == '\r':
			out = append(out, '\n')
			if i+1 < len(text) && text[i+1] == '\n' {
				i++
			}
		case c == '&' && !cdata:
			r, size, _ := entity(text[i:])
			out = utf8.AppendRune(out, r)
			i += size - 1
		default:
			out = append(out, c)
		}
	}
	return out
}

func (x *xmlReader) startTag() error {
	if len(x.open) == 0 && len(x.nodes) > 0 && !x.several {
		return errors.New("a second root element")
	}
	start := x.i - 1
	var name uint32
	// Elements often stand in the order of the list before.
	g := x.guess()
	if end := x.i + len(g); g != "" && end < len(x.data) && inXML[x.data[end]]&isNameByte == 0 && string(x.data[x.i:end]) == g {
		name, x.i = x.guessed(), end
	} else {
		raw, err := x.rawName("the name of an element")
		if err != nil {
			return err
		}
		name = x.name(raw, local)
	}
	length := x.i - start - 1
	if err := x.add(Element, name, start); err != nil {
		return err
	}
	if err := x.push(); err != nil {
		return err
	}
	x.raw = append(x.raw, length)
	for {
		x.space()
		switch x.byte() {
		case '>':
			x.i++
			return nil
		case '/':
			if x.i++; x.byte() != '>' {
				return x.unexpected("/>")
			}
			x.i++
			x.pop(x.i)
			x.raw = x.raw[:len(x.raw)-1]
			return nil
		}
		if _, _, err := x.attribute(); err != nil {
			return err
		}
	}
}

// attribute reads an attribute; its value is as it is written.
func (x *xmlReader) attribute() (name, value []byte, err error) {
	if name, err = x.rawName("an attribute"); err != nil {
		return nil, nil, err
	}
	if x.space(); x.byte() != '=' {
		return nil, nil, x.unexpected("=")
	}
	x.i++
	x.space()
	quote := x.byte()
	if quote != '"' && quote != '\'' {
		return nil, nil, x.unexpected("a quote")
	}
	x.i++
	start := x.i
	if _, err = x.characters(quote); err != nil {
		return nil, nil, err
	}
	value = x.data[start:x.i]
	x.i++
	return name, value, nil
}

func (x *xmlReader) space() {
	for x.i < len(x.data) && inXML[x.data[x.i]]&isBlank != 0 {
		x.i++
	}
}

// word reads a name, as it is written.
func (x *xmlReader) word(what string) ([]byte, error) {
	start := x.i
	wide := false
	for x.i < len(x.data) && inXML[x.data[x.i]]&isNameByte != 0 {
		wide = wide || x.data[x.i] >= utf8.RuneSelf
		x.i++
	}
	raw := x.data[start:x.i]
	if len(raw) == 0 || x.i >= len(x.data) {
		return nil, x.unexpected(what)
	}
	c := raw[0]
	ok := c|0x20 >= 'a' && c|0x20 <= 'z' || c == '_' || c == ':'
	if wide {
		// Which letters XML allows in names is a long list, and no switch that we know of uses others than these.
		t, err := xml.NewDecoder(strings.NewReader("<?" + string(raw) + "?>")).RawToken()
		p, _ := t.(xml.ProcInst)
		ok = err == nil && p.Target == string(raw)
	}
	if !ok {
		x.i = start
		return nil, fmt.Errorf("%.60q is no name", raw)
	}
	return raw, nil
}

// rawName reads the name of an element or an attribute: a name with at most one prefix.
func (x *xmlReader) rawName(what string) ([]byte, error) {
	raw, err := x.word(what)
	if err == nil && bytes.Count(raw, []byte{':'}) > 1 {
		return nil, fmt.Errorf("%.60q is no name", raw)
	}
	return raw, err
}

// local is a name without its prefix.
func local(raw string) string {
	if prefix, name, ok := strings.Cut(raw, ":"); ok && prefix != "" && name != "" {
		return name
	}
	return raw
}

func (x *xmlReader) endTag() error {
	x.i++
	if len(x.open) == 0 {
		return errors.New("the end of an element that was not begun")
	}
	begun := int(x.nodes[x.open[len(x.open)-1]].start) + 1
	name := x.data[begun : begun+x.raw[len(x.raw)-1]]
	if !bytes.HasPrefix(x.data[x.i:], name) {
		return fmt.Errorf("the element %.60q is not ended", name)
	}
	x.i += len(name)
	if x.space(); x.byte() != '>' {
		return x.unexpected("the end of the element " + string(name[:min(len(name), 60)]))
	}
	x.i++
	x.pop(x.i)
	x.raw = x.raw[:len(x.raw)-1]
	return nil
}

// instruction reads a processing instruction.
func (x *xmlReader) instruction() error {
	start := x.i - 1
	x.i++
	target, err := x.word("a target")
	if err != nil {
		return err
	}
	x.space()
	end := bytes.Index(x.data[x.i:], []byte("?>"))
	if end < 0 {
		x.i = len(x.data)
		return errEnds
	}
	x.i += end + 2
	if string(target) != "xml" {
		return nil
	}
	// The declaration: which versions and encodings there are is not for us to decide.
	d := xml.NewDecoder(bytes.NewReader(x.data[start:x.i]))
	d.CharsetReader = func(string, io.Reader) (io.Reader, error) {
		return nil, errors.New("only UTF-8 is understood")
	}
	_, err = d.RawToken()
	return err
}

// section reads a comment or a CDATA section.
func (x *xmlReader) section() error {
	rest := x.data[x.i:]
	switch {
	case bytes.HasPrefix(rest, []byte("!--")):
		end := bytes.Index(rest[3:], []byte("--"))
		if end < 0 {
			x.i = len(x.data)
			return errEnds
		}
		if x.i += 3 + end + 2; x.byte() != '>' {
			return x.unexpected("the end of the comment")
		}
		x.i++
		return nil
	case bytes.HasPrefix(rest, []byte("![CDATA[")):
		start := x.i + len("![CDATA[")
		end := bytes.Index(x.data[start:], []byte("]]>"))
		if end < 0 {
			x.i = len(x.data)
			return errEnds
		}
		end += start
		for x.i = start; x.i < end; {
			r, size := utf8.DecodeRune(x.data[x.i:])
			switch {
			case r == utf8.RuneError && size == 1:
				return errUTF8
			case !allowed(r):
				return errCharacter
			}
			x.i += size
		}
		if len(x.open) > 0 {
			x.append(start, end, bytes.IndexByte(x.data[start:end], '\r') >= 0, true)
		}
		x.i = end + len("]]>")
		return nil
	}
	return errors.New("a document type is not allowed here")
}

// Attr returns the XML attribute of that local name, "" when absent.
func (n Node) Attr(name string) string {
	if n.Kind() != Element {
		return ""
	}
	// The tag was read once, without error.
	x := &xmlReader{builder: &builder{data: n.t.reply.Data, i: int(n.node().start) + 1}}
	for x.i < len(x.data) && inXML[x.data[x.i]]&isNameByte != 0 {
		x.i++
	}
	for {
		if x.space(); x.byte() == '>' || x.byte() == '/' {
			return ""
		}
		raw, value, err := x.attribute()
		if err != nil {
			return ""
		}
		if local(string(raw)) == name {
			return string(decoded(value, false))
		}
	}
}
