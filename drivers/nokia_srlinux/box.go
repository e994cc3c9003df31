package nokia_srlinux

import (
	"regexp"
	"strings"

	"uplinkcheck/drivers/capture"
	"uplinkcheck/drivers/text"
)

// A box is a table that the platform draws with | and +. Cells are wrapped at the width of their column, anywhere in a word.
type box struct {
	headings []string
	rows     []boxRow
}

// A boxRow has the parts of its cells, from top to bottom.
type boxRow struct {
	parts [][]capture.Fact[string]
	full  [][]bool // whether a part fills its column
}

var portName = regexp.MustCompile(`^(ethernet-\d+/\d+(/\d+)?|(mgmt|lag|irb|lo|system|vxlan)\d+)$`)

func isPortName(s string) bool { return portName.MatchString(s) }

// boxes returns the tables in lines. A row begins where the first cell begins anew: complete reports whether the first cell so far is all of it.
// With nil a first cell that fills its column goes on in the next line.
func boxes(lines []text.Line, complete func(string) bool) (out []box) {
	var b *box
	var border []int
	head, anew := false, false
	for _, l := range lines {
		trimmed := strings.TrimSpace(l.Text)
		switch {
		case strings.HasPrefix(trimmed, "+") && b == nil:
			out = append(out, box{})
			b, border, head = &out[len(out)-1], nil, true
		case strings.HasPrefix(trimmed, "+"):
			head, anew = head && len(b.headings) == 0, true
		case !strings.HasPrefix(trimmed, "|"):
			b = nil
		case b == nil:
		case head:
			if border == nil {
				border = borders(l.Text)
			}
			for k, part := range cut(l, border) {
				if k >= len(b.headings) {
					b.headings = append(b.headings, "")
				}
				b.headings[k] = strings.TrimSpace(b.headings[k] + " " + part.Value)
			}
		default:
			b.add(cut(l, border), border, anew, complete)
			anew = false
		}
	}
	if b != nil && !anew && len(b.rows) > 0 {
		b.rows = b.rows[:len(b.rows)-1] // it may go on
	}
	return out
}

// borders are where the signs between columns stand in the first line of headings.
func borders(line string) (out []int) {
	for i := range line {
		if line[i] == '|' {
			out = append(out, i)
		}
	}
	return out
}

// cut returns the cells of a line, nil when its borders are elsewhere.
func cut(l text.Line, border []int) (out []capture.Fact[string]) {
	for k := 0; k+1 < len(border); k++ {
		if border[k+1] >= len(l.Text) || l.Text[border[k]] != '|' || l.Text[border[k+1]] != '|' {
			return nil
		}
		out = append(out, l.Part(border[k]+1, border[k+1]))
	}
	return out
}

func (b *box) add(cells []capture.Fact[string], border []int, anew bool, complete func(string) bool) {
	if len(cells) == 0 {
		return
	}
	goesOn := false
	if len(b.rows) > 0 && !anew {
		last := b.rows[len(b.rows)-1]
		switch n := len(last.full[0]); {
		case complete == nil:
			goesOn = !cells[0].Known() || n > 0 && last.full[0][n-1]
		default:
			goesOn = !cells[0].Known() || !complete(last.joined(0)) || complete(last.joined(0)+cells[0].Value)
		}
	}
	if !goesOn {
		b.rows = append(b.rows, boxRow{make([][]capture.Fact[string], len(cells)), make([][]bool, len(cells))})
	}
	r := &b.rows[len(b.rows)-1]
	for k, c := range cells {
		if c.Known() && k < len(r.parts) {
			r.parts[k] = append(r.parts[k], c)
			r.full[k] = append(r.full[k], len(c.Value) >= border[k+1]-border[k]-3)
		}
	}
}

// joined is a cell whose parts belong together whatever stood between them.
func (r boxRow) joined(k int) string {
	s := ""
	if k < 0 || k >= len(r.parts) {
		return s
	}
	for _, part := range r.parts[k] {
		s += part.Value
	}
	return s
}

// column returns the number of a column, -1 when there is none of that heading. Headings are wrapped too, and blanks are lost at that.
func (b box) column(heading string) int {
	for k, h := range b.headings {
		if strings.ReplaceAll(h, " ", "") == strings.ReplaceAll(heading, " ", "") {
			return k
		}
	}
	return -1
}

// cell returns a cell. One that is wrapped is joined where each part but the last fills the column, and unknown elsewhere: a blank may
// have stood there.
func (r boxRow) cell(k int) capture.Fact[string] {
	if k < 0 || k >= len(r.parts) || len(r.parts[k]) == 0 {
		return capture.Fact[string]{}
	}
	parts := r.parts[k]
	for i := range parts[:len(parts)-1] {
		if !r.full[k][i] {
			return capture.Fact[string]{}
		}
	}
	return capture.Of(r.joined(k), r.span(k))
}

// span reaches from the first part of a cell to the last, over what stands between them.
func (r boxRow) span(k int) capture.Span {
	if k < 0 || k >= len(r.parts) || len(r.parts[k]) == 0 {
		return capture.Span{}
	}
	first, last := r.parts[k][0].From, r.parts[k][len(r.parts[k])-1].From
	return first.Reply.Span(int(first.Start), int(last.End))
}
