package yamldoc

import (
	"strings"
	"testing"

	"uplinkcheck/drivers/capture"
)

func TestSpansPointAtWhatWasWritten(t *testing.T) {
	for _, c := range []struct{ name, src string }{
		{"plain", "# ü\na: {x: \"ü\", y: [10, 20-30], mac: 00:53:00:00:00:01}\nb:\n  - é\n  - leaf1/xe-0/0/0:1\n"},
		{"carriage returns", "# ü\r\na: {x: \"ü\", y: [10, 20-30], mac: 00:53:00:00:00:01}\r\nb:\r\n  - é\r\n  - leaf1/xe-0/0/0:1\r\n"},
		{"blanks at the ends of lines", "# ü  \na: {x: \"ü\", y: [10, 20-30], mac: 00:53:00:00:00:01}  \nb: \n  - é \n  - leaf1/xe-0/0/0:1 # é \n"},
		{"byte order mark", "\ufeffa: {x: \"ü\", y: [10, 20-30], mac: 00:53:00:00:00:01}\nb:\n  - é\n  - leaf1/xe-0/0/0:1\n"},
	} {
		t.Run(c.name, func(t *testing.T) {
			d, err := Parse("f.yml", []byte(c.src))
			if err != nil || d.Err() != nil {
				t.Fatal(err, d.Err())
			}
			a, b := d.Root.Get("a"), d.Root.Get("b")
			for _, x := range []struct {
				got  capture.Span
				want string
			}{
				{a.From, `{x: "ü", y: [10, 20-30], mac: 00:53:00:00:00:01}`},
				{a.Get("x").From, `"ü"`},
				{a.Get("y").From, `[10, 20-30]`},
				{a.Get("y").Items[1].From, `20-30`},
				{a.Get("mac").From, `00:53:00:00:00:01`},
				{b.Items[0].From, "é"},
				{b.Items[1].From, "leaf1/xe-0/0/0:1"},
				{d.Root.Entries[0].At, "a"},
			} {
				if got := x.got.Text(); got != x.want {
					t.Errorf("span quotes %q, want %q", got, x.want)
				}
			}
			if got := d.Root.Entries[1].From.Text(); !strings.HasPrefix(got, "b:") || !strings.HasSuffix(got, "0:1") {
				t.Errorf("entry quotes %q", got)
			}
		})
	}
}

func TestAliasesAndMergeKeys(t *testing.T) {
	d, err := Parse("f.yml", []byte("base: &b {rack: r1, site: s}\na: {<<: *b, site: t}\nc: *b\n"))
	if err != nil || d.Err() != nil {
		t.Fatal(err, d.Err())
	}
	if got := d.Root.Get("a").Get("rack").String() + d.Root.Get("a").Get("site").String() + d.Root.Get("c").Get("site").String(); got != "r1ts" {
		t.Errorf("got %q", got)
	}
}

func TestBadFilesAreOneClearMessage(t *testing.T) {
	for _, c := range []struct{ name, src, want string }{
		{"double key", "a: 1\nb: 2\na: 3\n", `f.yml:3:1: "a" stands here a second time; the first is in line 1`},
		{"open bracket", "a: [1\n", "f.yml:1:4: not YAML"},
		{"tab", "a:\n\tb: c\n", "f.yml:2:2: not YAML"},
		{"not UTF-8", "a: b\nc: \xff\n", "f.yml:2:4: this is not UTF-8"},
		{"second document", "a: 1\n---\nb: 2\n", "f.yml:3:"},
		{"deep flow", "a: " + strings.Repeat("[", 10_000), "nested more than 50 deep"},
		{"deep lists", strings.Repeat("- ", 10_000), "nested more than 50 deep"},
		{"alias of nothing", "a: *b\n", "no anchor &b stands above"},
		{"tag", "a: !!binary xx\n", "tags are not used here"},
		{"key that is a list", "? [a]\n: b\n", "f.yml:2:1: not YAML"},
	} {
		t.Run(c.name, func(t *testing.T) {
			d, err := Parse("f.yml", []byte(c.src))
			if err == nil {
				err = d.Err()
			}
			if err == nil || !strings.Contains(err.Error(), c.want) {
				t.Errorf("got %v, want %s", err, c.want)
			}
		})
	}
}

func TestAliasBombIsRefused(t *testing.T) {
	var b strings.Builder
	b.WriteString("a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n")
	for i := range 9 {
		prev, next := string(rune('0'+i)), string(rune('1'+i))
		b.WriteString("a" + next + ": &a" + next + " [" + strings.Repeat("*a"+prev+", ", 10) + "]\n")
	}
	d, err := Parse("f.yml", []byte(b.String()))
	if err == nil {
		err = d.Err()
	}
	if err == nil || !strings.Contains(err.Error(), "too large") {
		t.Errorf("got %v", err)
	}
}

func TestQuotedLinesHideSecrets(t *testing.T) {
	const secret = "hunter2"
	for _, c := range []struct{ name, src string }{
		{"value", "password: hunter2\n"},
		{"misspelt key", "  pasword: hunter2\n"},
		{"in a flow map", "x: {username: u, password: hunter2}\n"},
		{"quoted key", "\"password\": hunter2\n"},
		{"on the next line", "password:\n  hunter2\n"},
		{"on the next line, not indented", "password:\nhunter2\n"},
		{"block", "password: |\n\n  hunter2\n"},
		{"second line of a block", "password: |\n  first\n  hunter2\n"},
		{"second line of a quoted text", "password: \"a\nhunter2\"\n"},
		{"below a nested key", "password:\n  env:\n    hunter2\n"},
		{"flow map over lines", "password: {\nhunter2}\n"},
		{"assignment", "#\nPASSWORD=hunter2\n"},
	} {
		t.Run(c.name, func(t *testing.T) {
			r := &capture.Reply{Data: []byte(c.src), Complete: true}
			at := strings.Index(c.src, secret)
			if p := NewProblem("f.yml", r.Span(at, at+1), "x").String(); strings.Contains(p, "hunter2") {
				t.Errorf("shows the secret: %s", p)
			}
		})
	}
	r := &capture.Reply{Data: []byte("password: {env: X}\nusername: net\x1b[31mops\n"), Complete: true}
	p := NewProblem("f.yml", r.Span(20, 21), "x").String()
	if !strings.Contains(p, "username: net\ufffd[31mops") {
		t.Errorf("an innocent line should be shown, without escapes: %q", p)
	}
}

func TestNearest(t *testing.T) {
	known := []string{"address", "platform", "rack", "leaf1", "leaf2", "management"}
	for word, want := range map[string]string{"adress": "address", "plattform": "platform", "Rack": "rack", "lear1": "leaf1",
		"managment": "management", "zzz": "", "x": "", "fw1": ""} {
		if got := Nearest(word, known); got != want {
			t.Errorf("Nearest(%q) = %q, want %q", word, got, want)
		}
	}
}

func FuzzParse(f *testing.F) {
	f.Add("a: {b: [c, 'd', \"e\"], f: &x y}\ng: *x\nh: |\n  i\n")
	f.Add("? a\n: b\n- c\n")
	f.Add("password: hunter2\n\xff")
	f.Fuzz(func(t *testing.T, src string) {
		d, err := Parse("f.yml", []byte(src))
		if err != nil {
			_ = err.Error()
			return
		}
		if e := d.Err(); e != nil {
			_ = e.Error()
		}
		if int(d.Root.From.End) > len(src) {
			t.Errorf("span ends at %d of %d", d.Root.From.End, len(src))
		}
	})
}
