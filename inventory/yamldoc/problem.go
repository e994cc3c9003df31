package yamldoc

import (
	"cmp"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"unicode"

	"uplinkcheck/drivers/capture"
)

// A Problem is something wrong at one place of a file.
type Problem struct {
	File      string
	Line, Col int    // from 1; Col counts characters
	What      string // in one line, with what to do about it
	Text      string // the line, without secrets and fit for a terminal; may be empty
}

// NewProblem describes what is wrong at a span of the file called name.
func NewProblem(name string, at capture.Span, format string, args ...any) Problem {
	p := Problem{File: name, Line: max(1, at.Line()), Col: 1, What: fmt.Sprintf(format, args...)}
	if at.Known() {
		before := at.Reply.Data[:at.Start]
		p.Col = 1 + len([]rune(string(before[strings.LastIndexByte(string(before), '\n')+1:])))
		p.Text = quote(at.Reply, int(at.Start))
	}
	return p
}

// String returns "file:line:col: what" and below it the line with a mark under the column.
func (p Problem) String() string {
	s := fmt.Sprintf("%s:%d:%d: %s", p.File, p.Line, p.Col, p.What)
	if p.Text == "" {
		return s
	}
	number := fmt.Sprintf("%5d | ", p.Line)
	s += "\n" + number + p.Text
	if p.Col <= len([]rune(p.Text)) {
		s += "\n" + strings.Repeat(" ", len(number)-2) + "| " + strings.Repeat(" ", p.Col-1) + "^"
	}
	return s
}

// Fail keeps a problem for Err.
func (d *Doc) Fail(at capture.Span, format string, args ...any) {
	if len(d.problems) < 10_000 {
		d.problems = append(d.problems, NewProblem(d.NameOf(at), at, format, args...))
	}
}

// Err returns all problems as an Errors, nil when there are none.
func (d *Doc) Err() error { return Join(d.problems) }

// Join makes one error of problems, in the order of the file; nil when there are none.
func Join(problems []Problem) error {
	if len(problems) == 0 {
		return nil
	}
	e := Errors(slices.Clone(problems))
	slices.SortStableFunc(e, func(a, b Problem) int {
		return cmp.Or(cmp.Compare(a.File, b.File), cmp.Compare(a.Line, b.Line), cmp.Compare(a.Col, b.Col))
	})
	return slices.Compact(e)
}

// Errors is everything that is wrong with a file.
type Errors []Problem

// maxShown bounds what a person must read at once; the first errors often cause the others.
const maxShown = 20

// Error shows at most 20 problems and counts the others.
func (e Errors) Error() string {
	var b strings.Builder
	for i, p := range e {
		if i == maxShown {
			fmt.Fprintf(&b, "\nand %d more", len(e)-maxShown)
			break
		}
		if i > 0 {
			b.WriteByte('\n')
		}
		b.WriteString(p.String())
	}
	return b.String()
}

// maxLine bounds a quoted line.
const maxLine = 160

// quote returns the line around an offset for a terminal. What could be a secret is replaced by "…".
func quote(r *capture.Reply, at int) string {
	data := string(r.Data)
	lo := strings.LastIndexByte(data[:at], '\n') + 1
	hi := len(data)
	if i := strings.IndexByte(data[at:], '\n'); i >= 0 {
		hi = at + i
	}
	text := userInfo.ReplaceAllString(redact(data[:lo], data[lo:hi]), ":…@")
	line := []rune(strings.TrimRight(text, "\r \t"))
	for i, c := range line {
		if c == '\t' {
			line[i] = ' '
		} else if !unicode.IsPrint(c) {
			line[i] = unicode.ReplacementChar
		}
	}
	if len(line) > maxLine {
		return string(line[:maxLine]) + "…"
	}
	return string(line)
}

// secretKey matches a key, also a misspelt one, whose value may be a secret, up to and with its colon.
var secretKey = regexp.MustCompile(`(?i)["']?[\w.-]*(?:pas|phrase|pw|secret|token|enable|community)[\w.-]*["']?\s*[:=]`)

// userInfo is the password in user:password@host.
var userInfo = regexp.MustCompile(`:[^\s:@]+@`)

// redact cuts a line after a key that may hold a secret, and hides it whole when it may be such a key's value: indented
// below it, or next to it while its value is still open.
func redact(above, line string) string {
	if strings.Contains(line, "-----") { // a pasted private key
		return "…"
	}
	if m := secretKey.FindStringIndex(line); m != nil {
		return line[:m[1]] + " …"
	}
	indent, next := indentation(line), true
	for above != "" && (indent > 0 || next) {
		above = strings.TrimSuffix(above, "\n")
		i := strings.LastIndexByte(above, '\n') + 1
		prev := above[i:]
		above = above[:i]
		if t := strings.TrimSpace(prev); t == "" || t[0] == '#' {
			continue
		}
		d := indentation(prev)
		if m := secretKey.FindStringIndex(prev); m != nil && (d < indent || next && open(prev[m[1]:])) {
			return line[:indent] + "…"
		}
		indent, next = min(indent, d), false
	}
	return line
}

// open reports whether a value goes on in the next line: nothing but a block mark, or a quote or bracket not closed.
func open(value string) bool {
	v := strings.TrimSpace(value)
	return v == "" || strings.ContainsAny(v[:1], "|>&#") ||
		strings.Count(v, `"`)%2 == 1 || strings.Count(v, "'")%2 == 1 ||
		strings.Count(v, "{")+strings.Count(v, "[") > strings.Count(v, "}")+strings.Count(v, "]")
}

func indentation(line string) int {
	return len(line) - len(strings.TrimLeft(line, " \t-"))
}
