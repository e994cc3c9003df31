package tree_test

import (
	"bytes"
	"encoding/json"
	"encoding/xml"
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/go-json-experiment/json/jsontext"
	"pgregory.net/rapid"

	"uplinkcheck/drivers/corpus"
	"uplinkcheck/drivers/tree"
)

// A part is what both readers must say of a node.
type part struct {
	kind       tree.Kind
	name, text string
	start, end int
	children   int
	attrs      map[string]string
}

// parts are the nodes of a tree, parents first. Attributes are asked for by the names that those of want have.
func parts(n tree.Node, want []part) (out []part) {
	var add func(n tree.Node)
	add = func(n tree.Node) {
		s := n.Span()
		p := part{kind: n.Kind(), name: n.Name(), text: n.Text(), start: int(s.Start), end: int(s.End), children: n.Len()}
		if i := len(out); i < len(want) && len(want[i].attrs) > 0 {
			p.attrs = map[string]string{}
			for name := range want[i].attrs {
				p.attrs[name] = n.Attr(name)
			}
		}
		out = append(out, p)
		for c := range n.Children() {
			add(c)
		}
	}
	if n.Exists() {
		add(n)
	}
	return out
}

// xmlParts reads a document with encoding/xml.
func xmlParts(data []byte) (out []part, err error) {
	d := xml.NewDecoder(bytes.NewReader(data))
	d.CharsetReader = func(string, io.Reader) (io.Reader, error) { return nil, errors.New("only UTF-8") }
	var open []int
	for {
		at := int(d.InputOffset())
		tok, err := d.Token()
		if err == io.EOF {
			break
		}
		if err != nil {
			return nil, err
		}
		switch tok := tok.(type) {
		case xml.StartElement:
			p := part{kind: tree.Element, name: tok.Name.Local, start: at}
			for _, a := range tok.Attr {
				if p.attrs == nil {
					p.attrs = map[string]string{}
				}
				if _, twice := p.attrs[a.Name.Local]; !twice {
					p.attrs[a.Name.Local] = a.Value
				}
			}
			if len(open) > 0 {
				out[open[len(open)-1]].children++
			} else if len(out) > 0 {
				return nil, errors.New("a second root")
			}
			open = append(open, len(out))
			if out = append(out, p); len(open) > 200 {
				return nil, errors.New("too deep")
			}
		case xml.EndElement:
			p := &out[open[len(open)-1]]
			open = open[:len(open)-1]
			p.end, p.text = int(d.InputOffset()), strings.TrimSpace(p.text)
		case xml.CharData:
			if len(open) > 0 && len(bytes.TrimSpace(tok)) > 0 {
				out[open[len(open)-1]].text += string(tok)
			}
		case xml.Directive:
			return nil, errors.New("a document type")
		}
	}
	if len(out) == 0 {
		return nil, errors.New("no element")
	}
	return out, nil
}

// jsonParts reads a document with jsontext, which refuses names that occur twice and what is not UTF-8.
func jsonParts(data []byte) (out []part, err error) {
	skip := bytes.IndexAny(data, "{[")
	if skip < 0 {
		return nil, errors.New("no JSON")
	}
	d := jsontext.NewDecoder(bytes.NewReader(data[skip:]))
	kinds := map[jsontext.Kind]tree.Kind{'n': tree.Null, 't': tree.Bool, 'f': tree.Bool, '0': tree.Number, '"': tree.String, '{': tree.Object, '[': tree.Array}
	var open []int
	for {
		p := part{}
		if n := len(open); n > 0 && out[open[n-1]].kind == tree.Object && d.PeekKind() == '"' {
			tok, err := d.ReadToken()
			if err != nil {
				return nil, err
			}
			p.name = tok.String()
		}
		before := int(d.InputOffset())
		tok, err := d.ReadToken()
		if err != nil {
			return nil, err
		}
		p.kind, p.end = kinds[tok.Kind()], skip+int(d.InputOffset())
		p.start = skip + before + bytes.IndexFunc(data[skip+before:], func(r rune) bool { return !strings.ContainsRune(" \t\r\n,:", r) })
		switch p.kind {
		case tree.None: // the end of a container
			out[open[len(open)-1]].end = p.end
			open = open[:len(open)-1]
		default:
			if len(open) > 0 {
				out[open[len(open)-1]].children++
			}
			if p.kind == tree.String || p.kind == tree.Number || p.kind == tree.Bool {
				p.text = tok.String()
			}
			if out = append(out, p); p.kind == tree.Object || p.kind == tree.Array {
				if open = append(open, len(out)-1); len(open) > 200 {
					return nil, errors.New("too deep")
				}
			}
		}
		if len(open) == 0 {
			break
		}
	}
	if _, err := d.ReadToken(); err != io.EOF {
		return nil, errors.New("text behind")
	}
	return out, nil
}

// agree holds the tree against another reader: both refuse, or both read the same.
func agree(t interface{ Fatalf(string, ...any) }, text string, read, other string, root tree.Node, err error, want []part, wantErr error) {
	if (err == nil) != (wantErr == nil) {
		t.Fatalf("%q\n%s: %v\n%s: %v", text, read, err, other, wantErr)
	}
	got := parts(root, want)
	if len(got) != len(want) {
		t.Fatalf("%q: %s has %d nodes, %s %d", text, read, len(got), other, len(want))
	}
	for i, g := range got {
		w := want[i]
		for name, value := range w.attrs {
			if g.attrs[name] != value {
				t.Fatalf("%q: attribute %q of %q is %q, want %q", text, name, g.name, g.attrs[name], value)
			}
		}
		g.attrs, w.attrs = nil, nil
		if g.kind != w.kind || g.name != w.name || g.text != w.text || g.start != w.start || g.end != w.end || g.children != w.children {
			t.Fatalf("%q: node %d\ngot  %+v\nwant %+v", text, i, g, w)
		}
	}
}

func agreeXML(t interface{ Fatalf(string, ...any) }, text string) {
	root, err := tree.XML(reply(text))
	want, wantErr := xmlParts([]byte(text))
	agree(t, text, "tree.XML", "encoding/xml", root, err, want, wantErr)
}

func agreeJSON(t interface{ Fatalf(string, ...any) }, text string) {
	root, err := tree.JSON(reply(text))
	want, wantErr := jsonParts([]byte(text))
	agree(t, text, "tree.JSON", "jsontext", root, err, want, wantErr)
	if i := strings.IndexAny(text, "{["); err == nil && !json.Valid([]byte(text[i:])) {
		t.Fatalf("%q is no JSON and was read", text)
	}
}

var xmlSeeds = []string{
	`<?xml version="1.0" encoding="utf-8"?><r xmlns="u" xmlns:j="v" j:style="brief"><e j:s="1" s='2'>a &lt; b</e><e/><e></e></r>`,
	"<a>\r\n x\r y\n<!-- c - c --><b/>z<![CDATA[<&]]]]><![CDATA[>\r\n]]>&#65;&#x42;&amp;</a>\nprompt>",
	"<a:b xml:lang=\"\"><c:d>\u00e9\u3000\U0001f600</c:d >\t</a:b>", "<\u00e9l\u00e9ment \u00e0='1'/>", "<a b = '1'c=\"2>\"/>", "<:a/>", "<a:/>", "<a:b:c/>",
	"<?xml version='1.1'?><a/>", "<?xml encoding='latin1'?><a/>", "<?xml version=1?><a/>", "<??><a/>", "<?a?>?><a/>", "<a><?xml version=\"2\"?></a>",
	"<!DOCTYPE a><a/>", "<!---->", "<!--->--><a/>", "<!-- -- --><a/>", "<!--a---><a/>", "<![CDATA[]]><a/>", "<a><![cdata[]]></a>", "<a>]]></a>", "<a b=']]>'>]]&gt;</a>",
	"<a b='<'/>", "<a b=c/>", "<a b/>", "<a b='1' b='2'/>", "<a", "<a ", "<a b", "<a b=", "<a b='", "<a/", "<a>", "<a></", "<a></a", "<a></a ", "<a></ab>", "<ab></a>", "</a>",
	"<a>&</a>", "<a>&;</a>", "<a>&lt</a>", "<a>&nbsp;</a>", "<a>&#;</a>", "<a>&#x;</a>", "<a>&#x110000;</a>", "<a>&#xD800;</a>", "<a>&#0;</a>", "<a>&#13;\n</a>",
	"<a>&#00000000000000000000000000065;</a>", "<a>&#xfFfE;</a>", "<a>&#X41;</a>", "<a>&#9;</a>", "<a>&lt;&gt;&apos;&quot;</a>", "<a>\x01</a>", "<a>\xff</a>", "<a>\xef\xbf\xbe</a>",
	"x<a/>y<", "<a/>\xff", "\xef\xbb\xbf<a/>", "< a/>", "<a/ >", "<a\x00/>", "<1/>", "<-a/>", "<a.b-c_1/>", "<a>&a\xff;</a>", "\u00a0<a>\u00a0\u0085</a>", "<a> x <b/> <c/> y </a>",
}

var jsonSeeds = []string{
	"Warning\n{\"a\": {\"n\": -4094.5e+3, \"s\": \"x\\\"y\\u00e9\\ud83d\\ude00\", \"t\": true, \"f\": false, \"z\": null}, \"l\": [1, \"two\", {}, []]}\r\n\t ",
	`{"a":1,"b":{"a":2},"b2":3,"a":4}`, `{"a":1,"\u0061":2}`, `{"a":{"a":{"a":1}}}`, `{"":1,"":2}`, `[{"a":1,"b":2},{"a":1,"b":2},{"b":1,"a":2},{"ab":1}]`,
	`[01]`, `[-]`, `[1.]`, `[.5]`, `[1e]`, `[1e+]`, `[+1]`, `[0]`, `[-0.0E-0]`, `[1 2]`, `[1,]`, `[,1]`, `{"a"}`, `{"a":}`, `{"a" 1}`, `{,}`, `{"a":1,}`, `[1}`, `{"a":1]`,
	`["\x"]`, `["\ud800"]`, `["\ud800\u0041"]`, `["\udc00"]`, `["\u00"]`, `["\`, `["\"`, `["a`, "[\"\n\"]", "[\"\\\n\"]", "[\"\xff\"]", "[\"\xc3\xa9\"]", "[\"\\\xff\"]", "{\"\xff\":1}", `["\/\b\f\n\r\t\\"]`,
	`[tru]`, `[truee]`, `[nul`, `[NaN]`, `{} {}`, `{}x`, `[]]`, `[`, `{`, ``, `x`, "[\x00]", "[\u00a01]", "[1\x0b]", `["` + strings.Repeat("long ", 50) + `"]`,
}

func TestAgreesWithOtherReaders(t *testing.T) {
	for _, s := range xmlSeeds {
		agreeXML(t, s)
	}
	for _, s := range jsonSeeds {
		agreeJSON(t, s)
	}
}

// Documents that are made, and what becomes of them when bytes are lost, repeated or changed.
func TestAgreesWithOtherReadersOnMutations(t *testing.T) {
	for _, of := range []struct {
		document *rapid.Generator[string]
		bytes    string
		agree    func(t interface{ Fatalf(string, ...any) }, text string)
	}{{xmlDocument(4), "<>/&;!?-[]'\"= \r\n\x00\xffa:#x0", agreeXML}, {jsonDocument(4), "{}[],:\"\\ -+.e0123tfn\n\x00\xffu", agreeJSON}} {
		rapid.Check(t, func(t *rapid.T) {
			text := of.document.Draw(t, "document")
			of.agree(t, text)
			for range rapid.IntRange(0, 3).Draw(t, "mutations") {
				from := rapid.IntRange(0, len(text)).Draw(t, "from")
				to := min(len(text), from+rapid.IntRange(0, 3).Draw(t, "length"))
				byBytes := rapid.SliceOfN(rapid.SampledFrom([]byte(of.bytes)), 0, 3)
				text = text[:from] + string(byBytes.Draw(t, "in its place")) + text[to:]
				of.agree(t, text)
			}
		})
	}
}

func xmlDocument(depth int) *rapid.Generator[string] {
	return rapid.Custom(func(t *rapid.T) string {
		name := rapid.SampledFrom([]string{"a", "b", "ab", "j:a", "j:b", "e-1", "\u00e9"}).Draw(t, "name")
		var out strings.Builder
		out.WriteString("<" + name)
		for range rapid.IntRange(0, 2).Draw(t, "attributes") {
			out.WriteString(rapid.SampledFrom([]string{` a="1"`, ` j:a='x"'`, ` xmlns="u"`, ` xmlns:j="v&amp;w"`, "\n b = '\r\n'"}).Draw(t, "attribute"))
		}
		if rapid.Bool().Draw(t, "empty") {
			return out.String() + "/>"
		}
		out.WriteString(">")
		for range rapid.IntRange(0, 4).Draw(t, "content") {
			if depth > 0 && rapid.Bool().Draw(t, "element") {
				out.WriteString(xmlDocument(depth-1).Draw(t, "child"))
			} else {
				out.WriteString(rapid.SampledFrom([]string{" ", "\n", "text", "a &lt; b", "\r\n", "]]", "<!-- c -->", "<![CDATA[<x>]]>", "<?p i?>", "&#65;", "\u00a0", "\u00fc"}).Draw(t, "text"))
			}
		}
		return out.String() + "</" + name + ">"
	})
}

func jsonDocument(depth int) *rapid.Generator[string] {
	return rapid.Custom(func(t *rapid.T) string {
		value := func() string {
			if depth > 0 && rapid.Bool().Draw(t, "container") {
				return jsonDocument(depth-1).Draw(t, "child")
			}
			return rapid.SampledFrom([]string{`""`, `"a"`, `"\u00e9\n"`, `"\ud83d\ude00"`, "\"\u00fc\"", "0", "-1.5e3", "true", "false", "null"}).Draw(t, "scalar")
		}
		space := func() string { return rapid.SampledFrom([]string{"", " ", "\n    "}).Draw(t, "space") }
		var items []string
		object := rapid.Bool().Draw(t, "object")
		for range rapid.IntRange(0, 4).Draw(t, "items") {
			item := space() + value()
			if object {
				name := rapid.SampledFrom([]string{`"a"`, `"b"`, `"c"`, `"ab"`, `"\u0061"`, `""`, "\"\u00fc\""}).Draw(t, "name")
				item = space() + name + space() + ":" + item
			}
			items = append(items, item+space())
		}
		if object {
			return "{" + strings.Join(items, ",") + "}"
		}
		return "[" + strings.Join(items, ",") + "]"
	})
}

func FuzzXML(f *testing.F) {
	for _, s := range xmlSeeds {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, text string) { agreeXML(t, text); inside(t, text, tree.XML) })
}

func FuzzJSON(f *testing.F) {
	for _, s := range jsonSeeds {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, text string) { agreeJSON(t, text); inside(t, text, tree.JSON) })
}

// What real devices print is read as other readers read it, whole and cut short.
func TestAgreesWithOtherReadersOnRealOutputs(t *testing.T) {
	dir := filepath.Join(corpus.Shared(t, "corpus"), "corpus")
	xmls, jsons := 0, 0
	err := filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		data, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		text := string(data)
		if strings.Contains(text, "</") {
			xmls++
			agreeXML(t, text)
			agreeXML(t, text[:len(text)*2/3])
		}
		if head := strings.TrimSpace(text[:min(len(text), 2000)]); strings.HasPrefix(head, "{") || strings.HasPrefix(head, "[") {
			jsons++
			agreeJSON(t, text)
			agreeJSON(t, text[:len(text)*2/3])
		}
		return nil
	})
	if err != nil || xmls < 50 || jsons < 1000 {
		t.Fatalf("%v; %d in XML, %d in JSON", err, xmls, jsons)
	}
}
