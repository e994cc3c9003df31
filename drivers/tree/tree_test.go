package tree_test

import (
	"slices"
	"strings"
	"testing"

	"uplinkcheck/drivers/capture"
	"uplinkcheck/drivers/tree"
)

func reply(text string) *capture.Reply {
	return &capture.Reply{Device: "leaf1", Command: "show x | json", Data: []byte(text), Complete: true}
}

func TestJSONValuesKnowTheirBytes(t *testing.T) {
	root, err := tree.JSON(reply("Warning: slow\n{\"a\": {\"n\": 4094, \"s\": \"x\\\"y\\u00e9\", \"t\": true, \"z\": null}, \"l\": [1, \"two\", {}]}\n"))
	if err != nil {
		t.Fatal(err)
	}
	a := root.At("a")
	for _, test := range []struct{ got, want string }{
		{a.At("n").Span().Text(), "4094"}, {a.At("s").Span().Text(), `"x\"y\u00e9"`}, {a.At("s").Text(), `x"yé`},
		{a.At("t").Span().Text(), "true"}, {a.At("z").Span().Text(), "null"}, {root.At("l").Span().Text(), `[1, "two", {}]`},
		{a.At("nothing").Span().Text(), ""}, {a.At("n", "deeper").Text(), ""},
	} {
		if test.got != test.want {
			t.Errorf("got %q, want %q", test.got, test.want)
		}
	}
	if n := a.At("n").Uint(12); !capture.Is(n, 4094) || a.At("n").Uint(11).Known() || a.At("s").Uint(16).Known() || a.At("n").Str().Known() {
		t.Errorf("a number must be read only as a number that fits, got %+v", n)
	}
	if !capture.Is(a.At("t").Bool(), true) || a.At("n").Bool().Known() || a.At("z").Bool().Known() {
		t.Error("only a boolean is a boolean")
	}
	if root.At("l").Len() != 3 || root.Len() != 2 || a.At("z").Kind() != tree.Null {
		t.Error("children are miscounted")
	}
}

func TestXMLValuesKnowTheirBytes(t *testing.T) {
	root, err := tree.XML(reply(`<?xml version="1.0"?><r xmlns:j="u"><e j:seconds="9"> ae0
</e><e>a &lt; b</e><m>x<sub/>y</m></r>`))
	if err != nil {
		t.Fatal(err)
	}
	first := root.At("e")
	if first.Text() != "ae0" || first.Attr("seconds") != "9" || !strings.HasPrefix(first.Span().Text(), "<e ") || !strings.HasSuffix(first.Span().Text(), "</e>") {
		t.Errorf("got %q %q %q", first.Text(), first.Attr("seconds"), first.Span().Text())
	}
	var texts []string
	for e := range root.Named("e") {
		texts = append(texts, e.Text())
	}
	if len(texts) != 2 || texts[1] != "a < b" {
		t.Errorf("got %q", texts)
	}
	if root.At("m").Str().Known() {
		t.Error("an element with children is no plain text")
	}
}

func TestWhatIsNotWholeIsAnError(t *testing.T) {
	for name, text := range map[string]string{
		"empty": "", "no JSON": "% Invalid input", "cut": `{"a": [1, 2`, "two values": "{} {}", "text behind": `{"a":1} leaf1#`,
		"duplicate name": `{"a":1,"a":2}`, "invalid UTF-8": "{\"a\":\"\xff\"}", "too deep": strings.Repeat("[", 500) + strings.Repeat("]", 500),
		"no name": `{:1}`, "bad number": `{"a": 01}`,
	} {
		if n, err := tree.JSON(reply(text)); err == nil || n.Exists() {
			t.Errorf("JSON, %s: no error", name)
		} else if !strings.HasPrefix(err.Error(), "leaf1: ") {
			t.Errorf("JSON, %s: %q does not name the device", name, err)
		}
	}
	for name, text := range map[string]string{
		"empty": "", "text": "hello", "cut": "<a><b>", "two roots": "<a/><b/>", "entity bomb": `<!DOCTYPE x [<!ENTITY a "aaaa">]><x>&a;</x>`,
		"unknown entity": "<a>&nbsp;</a>", "mismatch": "<a></b>", "too deep": strings.Repeat("<a>", 500) + strings.Repeat("</a>", 500), "invalid UTF-8": "<a>\xff</a>",
	} {
		if n, err := tree.XML(reply(text)); err == nil || n.Exists() {
			t.Errorf("XML, %s: no error", name)
		}
	}
}

func TestDocumentsOneAfterTheOther(t *testing.T) {
	r := reply("$ show\n<?xml version=\"1.0\"?>\n<a><b>1</b></a>\n<?xml version=\"1.0\"?>\n<a><b>2</b></a>\n")
	roots, err := tree.Documents(r)
	if err != nil || len(roots) != 2 || roots[0].At("b").Text() != "1" || roots[1].At("b").Text() != "2" {
		t.Fatalf("two documents: %v, %v", roots, err)
	}
	for _, n := range roots {
		walk(t, n, r)
	}
	for _, text := range []string{"", "text", "<a/><b>", "<a/></a>"} {
		if roots, err := tree.Documents(reply(text)); err == nil {
			t.Errorf("%q: %d documents and no error", text, len(roots))
		}
	}
}

// inside holds that no span leaves the reply, nor its parent's.
func inside(t *testing.T, text string, read func(*capture.Reply) (tree.Node, error)) {
	r := reply(text)
	if root, err := read(r); err == nil {
		walk(t, root, r)
	}
}

func walk(t *testing.T, n tree.Node, r *capture.Reply) {
	s := n.Span()
	if s.Reply != r || s.Start > s.End || int(s.End) > len(r.Data) {
		t.Fatalf("span %d-%d of %d bytes", s.Start, s.End, len(r.Data))
	}
	for c := range n.Children() {
		if in := c.Span(); in.Start < s.Start || in.End > s.End {
			t.Fatalf("child %d-%d is outside its parent %d-%d", in.Start, in.End, s.Start, s.End)
		}
		walk(t, c, r)
	}
}

func TestRepeatsKeepsAllOfOneName(t *testing.T) {
	root, err := tree.Repeats(&capture.Reply{Data: []byte(`{"a":1,"b":0,"a":2}`)})
	if err != nil {
		t.Fatal(err)
	}
	var all []string
	for n := range root.Named("a") {
		all = append(all, n.Span().Text())
	}
	if strings.Join(all, " ") != "1 2" || root.At("a").Text() != "1" {
		t.Errorf("got %q, the first is %q", all, root.At("a").Text())
	}
}

func TestKeysHaveSpans(t *testing.T) {
	r := &capture.Reply{Command: "show x", Complete: true, Data: []byte(`{"a": {"Ethernet0"  : {"b": 1}, "x\"y": 2}, "c": [3]}`)}
	root, err := tree.JSON(r)
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for n := range root.At("a").Children() {
		got = append(got, n.Key().Value+"="+n.Key().From.Text())
	}
	for n := range root.At("c").Children() {
		got = append(got, n.Key().Value+"="+n.Key().From.Text())
	}
	want := []string{`Ethernet0="Ethernet0"  : {"b": 1}`, "=", "="}
	if !slices.Equal(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
}
