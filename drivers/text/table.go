package text

import (
	"slices"
	"strings"

	"uplinkcheck/drivers/capture"
)

// A Table finds the cells of a row by the headings that stand above them. One goroutine at a time may use it.
type Table struct {
	columns []column // from left to right
	free    *[]cell  // for the next rows
}

type column struct {
	heading string
	start   int // of the heading
}

// FindTable looks for the first line that has all the headings, as whole words, and returns the table, the rows below it (a line of
// dashes under the headings is none), and whether there is one. Case and order do not matter. Headings that are not asked for end
// a column too, where two blanks or a dash below them set them apart.
func FindTable(lines []Line, headings ...string) (t Table, rows []Line, ok bool) {
	for i, l := range lines {
		if t, ok = heads(l.Text, headings); ok {
			rows = lines[i+1:]
			if len(rows) > 0 && isRule(rows[0].Text) {
				t.ruled(l.Text, rows[0].Text)
				rows = rows[1:]
			}
			t.free = new([]cell)
			return t, rows, true
		}
	}
	return Table{}, nil, false
}

func heads(line string, headings []string) (t Table, ok bool) {
	low := lower(line)
	taken := make([]bool, len(line))
	for _, h := range headings {
		at := wordAt(low, lower(h), taken)
		if at < 0 {
			return Table{}, false
		}
		for i := range h {
			taken[at+i] = true
		}
		t.columns = append(t.columns, column{h, at})
	}
	for i := range line { // headings that nobody asked for
		if line[i] != ' ' && !taken[i] && (i == 0 || i > 1 && line[i-1] == ' ' && (line[i-2] == ' ' || taken[i-2])) {
			t.columns = append(t.columns, column{"", i})
		}
	}
	t.sort()
	return t, true
}

// lower leaves every byte in its place, which strings.ToLower does not.
func lower(s string) string {
	b := []byte(s)
	for i, c := range b {
		if c >= 'A' && c <= 'Z' {
			b[i] = c + 'a' - 'A'
		}
	}
	return string(b)
}

func (t *Table) sort() {
	slices.SortStableFunc(t.columns, func(a, b column) int { return a.start - b.start })
}

// wordAt returns where a word or phrase stands in a line, outside of what is taken, -1 when it does not.
func wordAt(line, word string, taken []bool) int {
	for from := 0; ; {
		i := strings.Index(line[from:], word)
		if i < 0 || word == "" {
			return -1
		}
		at, end := from+i, from+i+len(word)
		if (at == 0 || line[at-1] == ' ' || line[at-1] == '\t') && (end == len(line) || line[end] == ' ' || line[end] == '\t') && !slices.Contains(taken[at:end], true) {
			return at
		}
		from = at + 1
	}
}

// isRule tells a line under headings: dashes and signs like them only.
func isRule(s string) bool {
	s = strings.TrimSpace(s)
	return len(s) > 2 && strings.Trim(s, "-=+| ") == ""
}

// ruled takes the borders from a rule that has a run of dashes for each column: they are surer than the headings, which may stand to
// the right in theirs.
func (t *Table) ruled(head, rule string) {
	var runs []int
	for i := range rule {
		if rule[i] != ' ' && (i == 0 || rule[i-1] == ' ' || rule[i-1] == '+') {
			runs = append(runs, i)
		}
	}
	if len(runs) < 2 {
		return
	}
	var columns []column
	for k, start := range runs {
		end := len(head) + len(rule)
		if k+1 < len(runs) {
			end = runs[k+1]
		}
		c := column{"", start}
		named := 0
		for _, own := range t.columns {
			if own.heading != "" && own.start >= start && own.start < end {
				c.heading = own.heading
				named++
			}
		}
		if named > 1 {
			return // two headings over one run: the rule does not tell the columns
		}
		columns = append(columns, c)
	}
	t.columns = columns
}

// A Row is a line below the headings of a table, cut into its cells.
type Row struct {
	line    Line
	columns []column
	cells   []cell // one for each column
}

// A cell is the range of a line, empty where nothing stands under the heading. A spoiled one does not say which words are its own.
type cell struct {
	start, end int32
	spoiled    bool
}

// Row cuts a line at the columns. A word across a border belongs to the column in which it begins, and to the next one where two blanks set
// it apart from what that column holds. Behind a word that is too long for its column, others may have been pushed to the right: they
// are cells in their order where there are as many as columns left, and else unknown.
func (t Table) Row(l Line) Row {
	n := len(t.columns)
	if n == 0 {
		return Row{line: l}
	}
	if len(*t.free) < n {
		*t.free = make([]cell, n*64)
	}
	r := Row{l, t.columns, (*t.free)[:n:n]}
	*t.free = (*t.free)[n:]
	k, next := 0, len(l.Text)+1
	if n > 1 {
		next = t.columns[1].start
	}
	for start, end := nextWord(l.Text, 0); start < end; start, end = nextWord(l.Text, end) {
		for next <= start {
			k++
			if next = len(l.Text) + 1; k+1 < n {
				next = t.columns[k+1].start
			}
		}
		own := &r.cells[k]
		switch {
		case end <= next:
			own.take(start, end)
		case own.end == 0: // it is too long for its column
			own.take(start, end)
			r.pushed(k+1, end)
			return r
		case start-int(own.end) >= 2:
			r.cells[k+1].take(start, end)
		default:
			own.spoiled, r.cells[k+1].spoiled = true, true
		}
	}
	return r
}

func (c *cell) take(start, end int) {
	if c.end == 0 {
		c.start = int32(start)
	}
	c.end = int32(end)
}

// pushed takes the words from byte at on for the columns from k on.
func (r Row) pushed(k, at int) {
	words := 0
	for start, end := nextWord(r.line.Text, at); start < end; start, end = nextWord(r.line.Text, end) {
		words++
	}
	fit := words == len(r.columns)-k
	for ; k < len(r.columns); k++ {
		if r.cells[k].spoiled = !fit; fit {
			start, end := nextWord(r.line.Text, at)
			r.cells[k].take(start, end)
			at = end
		}
	}
}

// Cell returns what stands under a heading, unknown when nothing does or when that is not sure.
func (r Row) Cell(heading string) capture.Fact[string] {
	for k := range r.columns {
		if r.columns[k].heading != heading {
			continue
		}
		c := &r.cells[k]
		if c.spoiled || c.start == c.end {
			break
		}
		return r.line.words(int(c.start), int(c.end))
	}
	return capture.Fact[string]{}
}
