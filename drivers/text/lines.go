// Package text is the one place for what command-line platforms print alike: lines, tables with headings, lists of VLANs, names of
// interfaces, addresses, numbers. Whatever it returns is a Fact with the bytes that state it, and unknown where a text does not fit.
package text

import (
	"regexp"
	"slices"
	"strings"

	"uplinkcheck/drivers/capture"
)

// A Line is a line of a reply as a terminal would show it.
type Line struct {
	Reply *capture.Reply
	At    int    // where Text begins in the reply
	Text  string // without its ending and blanks at the end
}

// Lines returns the lines of a usable reply, none of any other. Left out are log messages that a device printed in between, prompts of a
// pager that stand alone, and a last line without an end, which may be cut short. What a pager wrote and took back at the head of a line is
// no part of it.
func Lines(r *capture.Reply) []Line {
	if !r.Usable() {
		return nil
	}
	s := string(r.Data)
	// Most replies have neither of these, and no line of them needs to be looked at twice.
	backspaces, returns := strings.IndexByte(s, '\b') >= 0, strings.IndexByte(s, '\r') >= 0
	out := make([]Line, 0, strings.Count(s, "\n"))
	for at := 0; at < len(s); {
		end := strings.IndexByte(s[at:], '\n')
		if end < 0 {
			break
		}
		l := Line{r, at, strings.TrimRight(s[at:at+end], "\r")}
		at += end + 1
		if backspaces || returns && strings.IndexByte(l.Text, '\r') >= 0 || strings.HasPrefix(l.Text, "\x1b") {
			l.takeBack()
		}
		l.Text = trimRight(l.Text)
		if !isLog(l.Text) && !isPager(l.Text) {
			out = append(out, l)
		}
	}
	if len(out) == 0 {
		return nil
	}
	return out
}

func trimRight(s string) string {
	for len(s) > 0 && (s[len(s)-1] == ' ' || s[len(s)-1] == '\t' || s[len(s)-1] == '\r') {
		s = s[:len(s)-1]
	}
	return s
}

// takeBack drops what was overwritten: a carriage return or a backspace begins the line anew, as do escape sequences. Behind a carriage
// return, fewer blanks than stand before it overwrite nothing.
func (l *Line) takeBack() {
	skip := strings.LastIndexAny(l.Text, "\r\b") + 1
	if before := strings.TrimRight(l.Text[:skip], "\r"); len(before) > len(l.Text[skip:]) && len(before) < skip && trimRight(l.Text[skip:]) == "" {
		l.Text = before
		l.takeBack()
		return
	}
	for strings.HasPrefix(l.Text[skip:], "\x1b[") {
		n := strings.IndexFunc(l.Text[skip+2:], func(r rune) bool { return r >= '@' && r <= '~' })
		if n < 0 {
			break
		}
		skip += n + 3
	}
	l.At, l.Text = l.At+skip, l.Text[skip:]
}

// logs are the messages that devices print between the lines of an answer: a time, and a facility with a severity.
var logs = regexp.MustCompile(`^[*.%<\d]{0,8}(?:\S{1,24}:)?\s?(?:\d{4} )?(?:[A-Z][a-z]{2} {1,2}\d{1,2} |\d{4}-\d\d-\d\d).{0,120}?` +
	`(?:%{1,2}[A-Z0-9_]+(?:-[A-Z0-9_]+)*-[0-7]-[A-Z0-9_]+|[A-Z0-9_]+/[0-7]/[A-Z0-9_]+(?:\([a-z]\))?(?:\[\d+\])?) ?:`)

func isLog(s string) bool {
	return len(s) > 20 && strings.IndexByte(s, ':') >= 0 && (strings.IndexByte(s, '/') >= 0 || strings.IndexByte(s, '%') >= 0 && strings.IndexByte(s, '-') >= 0) &&
		hasDate(s) && logs.MatchString(s)
}

// isPager reports whether a line is nothing but " --More-- ", "---- More ----", "---(more 23%)---" or the like.
func isPager(s string) bool {
	return len(s) > 6 && len(s) < 40 && strings.Contains(s, "--") && strings.EqualFold(strings.Trim(s, " -<>()%0123456789"), "more")
}

// hasDate reports whether "Nov 26", "Nov  6" or "2026-11-" stands where the expression for logs wants a date. It spares nearly all lines
// the expression.
func hasDate(s string) bool {
	const last = 8 + 25 + 1 + 5 // bytes before the date, at most
	for i := 0; i <= last && i+8 < len(s); i++ {
		switch c := s[i]; {
		case c >= 'A' && c <= 'Z':
			if s[i+1] >= 'a' && s[i+2] >= 'a' && s[i+3] == ' ' && (digit(s[i+4]) || s[i+4] == ' ' && digit(s[i+5])) {
				return true
			}
		case digit(c):
			if s[i+4] == '-' && s[i+7] == '-' && digit(s[i+1]) && digit(s[i+3]) && digit(s[i+5]) {
				return true
			}
		case c >= 0x80:
			return true // bytes are not characters then
		}
	}
	return false
}

func digit(c byte) bool { return c-'0' <= 9 }

// Span returns the bytes of the line.
func (l Line) Span() capture.Span { return l.Reply.Span(l.At, l.At+len(l.Text)) }

// Blank reports whether nothing stands in the line.
func (l Line) Blank() bool { return strings.TrimSpace(l.Text) == "" }

// Indent returns the number of bytes before the first word.
func (l Line) Indent() int { return len(l.Text) - len(strings.TrimLeft(l.Text, " \t")) }

// Part returns the words from byte i to before byte j, unknown when there are none.
func (l Line) Part(i, j int) capture.Fact[string] {
	i = min(max(i, 0), len(l.Text))
	j = min(max(i, j), len(l.Text))
	for i < j && blank(l.Text[i]) {
		i++
	}
	for i < j && blank(l.Text[j-1]) {
		j--
	}
	if i == j {
		return capture.Fact[string]{}
	}
	return l.words(i, j)
}

// words is the fact of bytes i to j of the line.
func (l Line) words(i, j int) capture.Fact[string] {
	return capture.Fact[string]{Value: l.Text[i:j], From: capture.Span{Reply: l.Reply, Start: uint32(l.At + i), End: uint32(l.At + j)}}
}

func blank(c byte) bool { return c == ' ' || c == '\t' }

// Whole returns all words of the line as one, unknown when there are none.
func (l Line) Whole() capture.Fact[string] { return l.Part(0, len(l.Text)) }

// Fields returns the words of the line.
func (l Line) Fields() []capture.Fact[string] {
	words := 0
	for i, end := nextWord(l.Text, 0); i < end; i, end = nextWord(l.Text, end) {
		words++
	}
	if words == 0 {
		return nil
	}
	out := make([]capture.Fact[string], 0, words)
	for i, end := nextWord(l.Text, 0); i < end; i, end = nextWord(l.Text, end) {
		out = append(out, l.words(i, end))
	}
	return out
}

// nextWord returns where the first word at or after i begins and ends; both are the end when there is none.
func nextWord(s string, i int) (start, end int) {
	for i >= 0 && i < len(s) && blank(s[i]) {
		i++
	}
	start = i
	for i >= 0 && i < len(s) && (s[i] > ' ' || !blank(s[i])) {
		i++
	}
	return start, i
}

// Flagged yields the names with flags in brackets behind byte i of the line, such as Et21(PG+), also those that stand together without a blank.
// Flags are letters, + and -.
func (l Line) Flagged(i int) func(yield func(name, flags capture.Fact[string]) bool) {
	return func(yield func(name, flags capture.Fact[string]) bool) {
		s := l.Text
		for start, end := nextWord(s, i); start < end; start, end = nextWord(s, end) {
			for at := start + 1; at < end; at++ {
				if s[at] != '(' {
					continue
				}
				to := at + 1
				for to < end && (s[to]|0x20 >= 'a' && s[to]|0x20 <= 'z' || s[to] == '+' || s[to] == '-') {
					to++
				}
				if to == at+1 || to == end || s[to] != ')' {
					continue
				}
				if !yield(l.words(start, at), l.words(at+1, to)) {
					return
				}
				start, at = to+1, to+1
			}
		}
	}
}

// Match returns what the groups of an expression matched, by number, nil when it does not match. A group that took no part, or
// only blanks, is unknown.
func (l Line) Match(re *regexp.Regexp) []capture.Fact[string] {
	at := re.FindStringSubmatchIndex(l.Text)
	if at == nil {
		return nil
	}
	out := make([]capture.Fact[string], len(at)/2)
	for i := range out {
		if at[2*i] >= 0 {
			out[i] = l.Part(at[2*i], at[2*i+1])
		}
	}
	return out
}

// KeyValue reads "key: value", "key = value" and "key......: value": what stands before the first such sign, and behind it.
// The value is unknown when nothing follows; ok is false for a line without the sign.
func (l Line) KeyValue() (key string, value capture.Fact[string], ok bool) {
	i := 0
	for i < len(l.Text) && l.Text[i] != ':' && l.Text[i] != '=' {
		i++
	}
	if i == len(l.Text) {
		return "", value, false
	}
	return strings.TrimRight(strings.TrimSpace(l.Text[:i]), ". \t"), l.Part(i+1, len(l.Text)), true
}

// After returns the words that follow a phrase in the line, unknown when it is not there or ends the line.
func (l Line) After(phrase string) capture.Fact[string] {
	i := strings.Index(l.Text, phrase)
	if i < 0 {
		return capture.Fact[string]{}
	}
	return l.Part(i+len(phrase), len(l.Text))
}

// Sections cuts lines before each line that begins one. What stands before the first is left out.
func Sections(lines []Line, begins func(Line) bool) (out [][]Line) {
	from := -1
	for i, l := range lines {
		if begins(l) {
			if from >= 0 {
				out = append(out, lines[from:i])
			}
			from = i
		}
	}
	if from >= 0 {
		out = append(out, lines[from:])
	}
	return out
}

// Through returns the bytes from the first line to the last, the evidence for what a section says as a whole.
func Through(lines []Line) capture.Span {
	if len(lines) == 0 {
		return capture.Span{}
	}
	a, b := lines[0].Span(), lines[len(lines)-1].Span()
	return a.Reply.Span(int(a.Start), int(b.End))
}

// Continued returns a list that is wrapped over lines as one: first, and the lines behind it for as long as they are indented by at
// least indent and more reports that they go on. It also returns how many lines were taken.
func Continued(first capture.Fact[string], rest []Line, indent int, more func(string) bool) (capture.Fact[string], int) {
	n := 0
	for _, l := range rest {
		if !first.Known() || l.Indent() < indent || l.Blank() || !more(strings.TrimSpace(l.Text)) {
			break
		}
		glue := " "
		if strings.HasSuffix(first.Value, ",") || strings.HasSuffix(first.Value, "-") {
			glue = ""
		}
		first.Value += glue + strings.TrimSpace(l.Text)
		first.From = l.Reply.Span(int(first.From.Start), l.At+len(l.Text))
		n++
	}
	return first, n
}

// Alone is what stood alone in the line before a row: tables give a name that is too long for its column a line of its own. Zero: nothing did.
type Alone struct {
	name    capture.Fact[string]
	several bool
}

// Line takes a line that is no row. Behind a blank one, what stood before it is no part of the next row.
func (a *Alone) Line(l Line) {
	a.several = a.name.Known() && !l.Blank()
	a.name = l.Whole()
}

// Take returns the name for the row that follows and forgets it. Of several lines one after the other, nobody can tell which is a name: unknown.
func (a *Alone) Take() (name capture.Fact[string]) {
	if !a.several {
		name = a.name
	}
	*a = Alone{}
	return name
}

// Refused returns the line by which a device refused a command, "" when there is none. Refusals stand at the head of a reply: before one
// there are fewer than lines others, such as the echo and the time; a caret that marks a place is none.
func Refused(reply []byte, lines int, refuses func(line string) bool) string {
	for line := range strings.Lines(string(reply[:min(len(reply), 1000)])) {
		line = strings.TrimSpace(line)
		if refuses(line) {
			return line
		}
		if strings.Trim(line, "^") != "" {
			lines--
		}
		if lines == 0 {
			break
		}
	}
	return ""
}

// Begins returns a function that reports whether a line begins with any of the words.
func Begins(words ...string) func(line string) bool {
	return func(line string) bool {
		return slices.ContainsFunc(words, func(w string) bool { return strings.HasPrefix(line, w) })
	}
}

// Paragraph returns what stands behind the label of the first line, and the lines after it, as one text; blank lines at its end are left out.
func Paragraph(lines []Line) capture.Fact[string] {
	for len(lines) > 0 && lines[len(lines)-1].Blank() {
		lines = lines[:len(lines)-1]
	}
	if len(lines) == 0 {
		return capture.Fact[string]{}
	}
	_, first, _ := lines[0].KeyValue()
	if !first.Known() && len(lines) > 1 {
		return capture.Fact[string]{}
	}
	for _, l := range lines[1:] {
		first.Value += "\n" + strings.TrimSpace(l.Text)
	}
	if first.Known() {
		first.From = first.From.Through(Through(lines))
	}
	return first
}
