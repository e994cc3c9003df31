package capture_test

import (
	"strings"
	"testing"
	"unicode/utf8"
	"unsafe"

	"pgregory.net/rapid"

	"uplinkcheck/drivers/capture"
)

// Ten thousand switches fit in memory only while a span stays small.
func TestSpanIsSmall(t *testing.T) {
	if size := unsafe.Sizeof(capture.Span{}); size > 16 {
		t.Errorf("a Span has %d bytes, want 16 or less", size)
	}
}

func TestUnknownIsTheZeroValue(t *testing.T) {
	var f capture.Fact[int]
	if f.Known() || capture.Is(f, 0) || capture.Of(7, capture.Span{}).Known() {
		t.Error("a fact that no span states must be unknown")
	}
	r := &capture.Reply{Data: []byte("7"), Complete: true}
	known := capture.Of(7, r.Whole())
	if !capture.Is(known, 7) || capture.Is(known, 8) {
		t.Error("a stated fact must be known and equal its value")
	}
	if refused := capture.Then(known, func(int) (string, bool) { return "x", false }); refused.Known() {
		t.Error("a value that was not understood must be unknown")
	}
}

func TestOnlyUsableRepliesAnswer(t *testing.T) {
	good := &capture.Reply{Command: "show x", Complete: true, Data: []byte("1")}
	c := &capture.Capture{Replies: []*capture.Reply{
		{Command: "show x", Complete: true, Data: []byte("0")}, good,
		{Command: "show x", Complete: false, Data: []byte("2")},
		{Command: "show x", Complete: true, Err: "% Invalid input"},
	}}
	if got := c.Reply("show x"); got != good {
		t.Errorf("Reply gave %+v, want the last usable one", got)
	}
	if got := c.Asked("show x"); got.Err == "" {
		t.Errorf("Asked gave %+v, want the last one, usable or not", got)
	}
	if c.Reply("show y") != nil || c.Asked("show y") != nil {
		t.Error("what was never asked has no reply")
	}
	var none *capture.Reply
	if none.Usable() {
		t.Error("no reply is not usable")
	}
}

func TestQuoteShowsTheLineOfTheSpan(t *testing.T) {
	r := &capture.Reply{Data: []byte("first\r\nsecond line\r\nthird")}
	for _, test := range []struct {
		name       string
		start, end int
		line       int
		quote      string
	}{
		{"in the first line", 0, 3, 1, "first"},
		{"in the middle", 9, 12, 2, "second line"},
		{"at the very end", 25, 25, 3, "third"},
		{"the whole reply quotes its first line", 0, 99, 1, "first"},
		{"backwards is empty at its start", 9, 2, 2, "second line"},
	} {
		t.Run(test.name, func(t *testing.T) {
			s := r.Span(test.start, test.end)
			if s.Line() != test.line || s.Quote() != test.quote {
				t.Errorf("line %d %q, want line %d %q", s.Line(), s.Quote(), test.line, test.quote)
			}
		})
	}
	if zero := (capture.Span{}); zero.Line() != 0 || zero.Quote() != "" || zero.Text() != "" {
		t.Error("the zero span rests on nothing and quotes nothing")
	}
}

// Replies of one line run to megabytes: what is quoted is bounded, holds the start of the span, and cuts no rune.
func TestQuoteIsBounded(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		text := strings.Repeat(rapid.StringOf(rapid.RuneFrom([]rune("aä€😀"))).Draw(t, "text"), rapid.IntRange(1, 200).Draw(t, "times"))
		r := &capture.Reply{Data: []byte(text)}
		start := rapid.IntRange(0, len(text)).Draw(t, "start")
		quote := r.Span(start, start+rapid.IntRange(0, 50).Draw(t, "length")).Quote()
		if len(quote) > 240 || !strings.Contains(text, quote) {
			t.Fatalf("quote of %d bytes is too long or not of the reply", len(quote))
		}
		if len(text) > 240 && !utf8.ValidString(quote) {
			t.Fatalf("quote cuts a rune: %q", quote)
		}
	})
}

func TestLinesAreThoseOfTheReply(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		r := &capture.Reply{Data: []byte(rapid.StringOf(rapid.RuneFrom([]rune("ab\r\n"))).Draw(t, "text"))}
		next := 0
		for at, line := range r.Lines() {
			if at != next || !strings.HasPrefix(string(r.Data[at:]), line) || strings.Contains(line, "\n") {
				t.Fatalf("line %q at %d of %q", line, at, r.Data)
			}
			next = at + len(line)
			next += strings.IndexByte(string(r.Data[next:])+"\n", '\n') + 1
		}
	})
}

func TestSpansThroughOthers(t *testing.T) {
	r, other := &capture.Reply{Data: []byte("one two three")}, &capture.Reply{Data: []byte("one")}
	one, three := r.Span(0, 3), r.Span(8, 13)
	if got := one.Through(three); got.Text() != "one two three" {
		t.Errorf("got %q", got.Text())
	}
	for _, before := range []capture.Span{{}, other.Span(0, 3), three} { // nothing, another reply, and behind it
		if got := before.Through(one); got != one {
			t.Errorf("got %q, want the other alone", got.Text())
		}
	}
}
