package text

import (
	"slices"
	"strings"

	"uplinkcheck/drivers/capture"
)

// A Table finds the cells of a row by the headings that stand above them.
type Table struct {
	columns []column // from left to right
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
	line  Line
	table Table
	cells []cell // one for each column
}

// A cell is the range of a line, empty where nothing stands under the heading. A spoiled one does not say which words are its own.
type cell struct {
	start, end int
	spoiled    bool
}

// Row cuts a line at the columns. A word across a border belongs to the column in which it begins, and to the next one where two blanks set
// it apart from what that column holds. Behind a word that is too long for its column, others may have been pushed to the right: they
// are cells in their order where there are as many as columns left, and else unknown.
func (t Table) Row(l Line) Row {
	r := Row{l, t, make([]cell, len(t.columns))}
	words := wordsOf(l.Text)
	k := 0
	for i, w := range words {
		for k+1 < len(t.columns) && t.columns[k+1].start <= w.start {
			k++
		}
		if k+1 >= len(t.columns) || w.end <= t.columns[k+1].start {
			r.take(k, w)
			continue
		}
		switch own := r.cells[k]; {
		case own.end == 0: // it is too long for its column
			r.take(k, w)
			r.pushed(k+1, words[i+1:])
			return r
		case w.start-own.end >= 2:
			k++
			r.take(k, w)
		default:
			r.cells[k].spoiled, r.cells[k+1].spoiled = true, true
		}
	}
	return r
}

func (r Row) take(k int, w cell) {
	if r.cells[k].end == 0 {
		r.cells[k].start = w.start
	}
	r.cells[k].end = w.end
}

func (r Row) pushed(k int, words []cell) {
	for i := k; i < len(r.cells); i++ {
		r.cells[i].spoiled = len(words) != len(r.cells)-k
		if !r.cells[i].spoiled {
			r.take(i, words[i-k])
		}
	}
}

func wordsOf(s string) (out []cell) {
	for i := 0; i < len(s); i++ {
		if s[i] == ' ' || s[i] == '\t' {
			continue
		}
		from := i
		for i < len(s) && s[i] != ' ' && s[i] != '\t' {
			i++
		}
		out = append(out, cell{start: from, end: i})
	}
	return out
}

// Cell returns what stands under a heading, unknown when nothing does or when that is not sure.
func (r Row) Cell(heading string) capture.Fact[string] {
	k := slices.IndexFunc(r.table.columns, func(c column) bool { return c.heading == heading })
	if k < 0 || r.cells[k].spoiled {
		return capture.Fact[string]{}
	}
	return r.line.Part(r.cells[k].start, r.cells[k].end)
}
