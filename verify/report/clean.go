package report

import (
	"bytes"
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/jedib0t/go-pretty/v6/text"

	"uplinkcheck/drivers/capture"
)

// clean makes any text safe to show in one line: what is not printable becomes visible as \x1b or \u202e. That covers terminal
// escapes, bidi controls, zero-width characters and bytes that are no UTF-8. Tabs and line ends become a space.
func clean(s string) string { return escape(s, false) }

// prose is clean for a sentence, which a device may have had a part in: bounded.
func prose(s string) string { return cut(clean(s), 800) }

// cleanBlock is clean for text of several lines: tabs and line ends stay, CR LF becomes LF.
func cleanBlock(s string) string { return escape(strings.ReplaceAll(s, "\r\n", "\n"), true) }

func escape(s string, block bool) string {
	var b strings.Builder
	for i := 0; i < len(s); {
		r, n := utf8.DecodeRuneInString(s[i:])
		switch {
		case r == utf8.RuneError && n == 1:
			fmt.Fprintf(&b, `\x%02x`, s[i])
		case r == '\n' || r == '\t':
			if !block {
				r = ' '
			}
			b.WriteRune(r)
		case unicode.IsPrint(r):
			b.WriteRune(r)
		case r < 0x100:
			fmt.Fprintf(&b, `\x%02x`, r)
		case r > 0xffff:
			fmt.Fprintf(&b, `\U%08x`, r)
		default:
			fmt.Fprintf(&b, `\u%04x`, r)
		}
		i += n
	}
	return b.String()
}

// cut shortens cleaned text to width columns, at the end.
func cut(s string, width int) string {
	if text.StringWidth(s) <= width {
		return s
	}
	return text.Trim(s, max(width-1, 0)) + "…"
}

// cutMiddle shortens a name and keeps both of its ends: the end of a port's name tells most.
func cutMiddle(s string, width int) string {
	r := []rune(s)
	if len(r) <= width || width < 5 {
		return s
	}
	head := (width - 1) / 3
	return string(r[:head]) + "…" + string(r[len(r)-(width-1-head):])
}

// A quote is a line of evidence, ready to be shown: Before+Mark+After is the device's line, Mark the part that tells.
type quote struct {
	Device, Command     string
	Line                int
	More                int // further lines that the evidence covers
	Before, Mark, After string
}

// String returns the quoted line and how many more belong to it.
func (q quote) String() string {
	s := q.Before + q.Mark + q.After
	if q.More > 0 {
		s += fmt.Sprintf(" (and %d more lines)", q.More)
	}
	return s
}

// maxLine bounds the bytes of a line that are looked at on either side of the telling part: replies of one line run to megabytes.
const maxLine = 480

// quoteOf quotes the first line of a span that says something, cut to width columns so that the telling part stays.
func quoteOf(s capture.Span, width int) quote {
	if !s.Known() {
		return quote{}
	}
	d, start, end := s.Reply.Data, int(s.Start), int(s.End)
	body := bytes.TrimRight(d[start:end], " \r\n")
	q := quote{Device: clean(s.Reply.Device), Command: clean(s.Reply.Command), Line: s.Line(), More: bytes.Count(body, []byte{'\n'})}

	lo := bytes.LastIndexByte(d[:start], '\n') + 1
	hi := len(d)
	if i := bytes.IndexByte(d[start:], '\n'); i >= 0 {
		hi = start + i
	}
	lo, end = max(lo, start-maxLine), min(end, hi, start+maxLine)
	hi = min(hi, end+maxLine)
	q.Before = strings.TrimLeft(clean(string(d[lo:start])), " ")
	q.Mark = clean(string(d[start:end]))
	q.After = clean(strings.TrimRight(string(d[end:hi]), " \r"))
	if q.Before == "" {
		q.Mark = strings.TrimLeft(q.Mark, " ")
	}
	q.fit(width)
	return q
}

// fit cuts the sides first, then the telling part's end.
func (q *quote) fit(width int) {
	if q.More > 0 {
		width -= text.StringWidth(fmt.Sprintf(" (and %d more lines)", q.More))
	}
	before, mark, after := text.StringWidth(q.Before), text.StringWidth(q.Mark), text.StringWidth(q.After)
	if before+mark+after <= width {
		return
	}
	spare := max(width-mark, 0)
	keepBefore := min(before, max(spare/2, spare-after))
	if keepBefore < before {
		r := []rune(q.Before)
		for len(r) > 0 && text.StringWidth(string(r)) > keepBefore-1 {
			r = r[1:]
		}
		q.Before = ""
		if keepBefore > 0 {
			q.Before = "…" + string(r)
		}
	}
	spare -= text.StringWidth(q.Before)
	q.Mark = cut(q.Mark, max(width, 1))
	if after > spare {
		q.After = strings.TrimSuffix(cut(q.After, max(spare, 0)), "…")
		if spare > 0 {
			q.After += "…"
		}
	}
}
