package report

import (
	"bytes"
	"cmp"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"

	"github.com/jedib0t/go-pretty/v6/table"
	"github.com/jedib0t/go-pretty/v6/text"

	"uplinkcheck/drivers/capture"
	"uplinkcheck/verify"
	"uplinkcheck/verify/standard"
)

// Text is the report for a terminal.
var Text = add(&Format{Name: "text", Title: "for a terminal: the answers first, then what would hurt worst first", Write: writeText})

// Of each section the first entries are shown in full and the others in one line, unless Options.Verbose is set.
const (
	fullEntries  = 20
	fullEvidence = 3
	fullDevices  = 12
)

func writeText(w io.Writer, r *verify.Report, o Options) error {
	o.Width = max(cmp.Or(o.Width, 80), 40)
	t := &page{o: o, r: r, glue: newGlue(r)}
	t.answers()
	t.harm()
	t.undecided()
	t.matrix()
	t.clauses()
	t.counts()
	t.waivers()
	if o.Verbose {
		t.passed()
	}
	t.asked()
	_, err := w.Write(t.Bytes())
	return err
}

// page is the text written so far. Every text that goes in was cleaned.
type page struct {
	bytes.Buffer
	o    Options
	r    *verify.Report
	glue glue
}

func (t *page) answers() {
	for _, a := range answers(t.r) {
		t.hang(t.paint(a.Outcome, fmt.Sprintf("%-13s", a.Word)), 15, a.Because)
	}
	t.hang("", 15, clean(t.r.Inventory)+", "+reached(t.r))
	t.hang("", 15, "collected "+stamp(t.r.Started)+" to "+stamp(t.r.Finished))
}

// reached says how many machines answered, and which did not.
func reached(r *verify.Report) string {
	all := devices(r)
	var not []string
	for _, d := range all {
		if !d.Collected {
			not = append(not, clean(d.Name))
		}
	}
	s := fmt.Sprintf("%d of %s answered", len(all)-len(not), count(len(all), "machine", "machines"))
	if n := len(not); n > 5 {
		not = append(not[:5], fmt.Sprintf("and %d more", n-5))
	}
	if len(not) > 0 {
		s += "; not, or not fully: " + strings.Join(not, ", ")
	}
	return s
}

func stamp(t time.Time) string { return t.UTC().Format("2006-01-02 15:04:05 UTC") }

func (t *page) harm() {
	section := consequence(-1)
	shown := 0
	for _, e := range entries(t.r) {
		if e.Consequence != section {
			section, shown = e.Consequence, 0
			t.heading(section.String())
		}
		if shown++; shown > fullEntries && !t.o.Verbose {
			t.hang("  "+e.Where, 2+text.StringWidth(e.Where)+2, e.Lead.Check()+" "+t.paint(e.Lead.Outcome, e.Lead.Outcome.String())+" "+cut(prose(e.Lead.Reason), t.o.Width))
			continue
		}
		t.entry(e)
	}
}

const indent = 9

func (t *page) entry(e *entry) {
	f := e.Lead
	tag := f.Check() + " " + f.Outcome.String()
	label := e.Where
	if text.StringWidth(label) > indent-3 {
		fmt.Fprintf(t, "  %s\n", cut(label, t.o.Width-2))
		label = ""
	}
	lines := t.wrap(prose(f.Reason), t.o.Width-indent-len(tag)-2)
	fmt.Fprintf(t, "  %s%s", text.Pad(label, indent-2, ' '), text.Pad(lines[0], t.o.Width-indent-len(tag), ' '))
	fmt.Fprintf(t, "%s %s\n", f.Check(), t.paint(f.Outcome, f.Outcome.String()))
	if len(lines) > 1 {
		t.hang("", indent, strings.Join(lines[1:], " "))
	}
	t.evidence(f, t.limit(fullEvidence))
	if t.o.Verbose {
		for _, x := range e.Others {
			t.hang("", indent, fmt.Sprintf("%s %s %s: %s", x.Check(), t.paint(x.Outcome, x.Outcome.String()), clean(x.Subject.Name), prose(x.Reason)))
			t.evidence(x, t.limit(fullEvidence))
		}
	} else if len(e.Others) > 0 {
		t.hang("  also", indent, byCheck(e.Others))
	}
	fixes := e.mends()
	for i, fix := range fixes {
		if i == 3 && !t.o.Verbose {
			t.hang("", indent, fmt.Sprintf("and %d more with -v", len(fixes)-i))
			break
		}
		t.hang("  mend", indent, fix)
	}
	if c := cites(e.all()); c != "" {
		t.hang("  cites", indent, c)
	}
	t.WriteByte('\n')
}

// limit is n, or no limit when everything is asked for.
func (t *page) limit(n int) int {
	if t.o.Verbose {
		return 1 << 30
	}
	return n
}

func (t *page) evidence(f *verify.Finding, limit int) {
	var spans []capture.Span
	for _, s := range f.Evidence {
		if s.Known() {
			spans = append(spans, s)
		}
	}
	for i, s := range spans {
		if i == limit {
			t.hang("", indent, count(len(spans)-i, "more line", "more lines")+" with -v")
			return
		}
		q := quoteOf(s, t.o.Width)
		head := fmt.Sprintf("%s  %s  line %d", q.Device, q.Command, q.Line)
		pad := strings.Repeat(" ", indent)
		if room := t.o.Width - indent - text.StringWidth(head) - 3; room >= 30 || text.StringWidth(q.String()) <= room {
			fmt.Fprintf(t, "%s%s   %s\n", pad, head, quoteOf(s, room))
			continue
		}
		fmt.Fprintf(t, "%s%s\n%s  %s\n", pad, cut(head, t.o.Width-indent), pad, quoteOf(s, t.o.Width-indent-2))
	}
}

// byCheck lists findings as "RED-002 esx2/management, esx2/vmotion; LAG-001 leaf1/Port-Channel7".
func byCheck(findings []*verify.Finding) string {
	var ids []string
	subjects := map[string][]string{}
	for _, f := range findings {
		if subjects[f.Check()] == nil {
			ids = append(ids, f.Check())
		}
		subjects[f.Check()] = append(subjects[f.Check()], clean(f.Subject.Name))
	}
	for i, id := range ids {
		s := subjects[id]
		if n := len(s); n > 4 {
			s = append(s[:4], fmt.Sprintf("and %d more", n-4))
		}
		ids[i] = id + " " + strings.Join(s, ", ")
	}
	return strings.Join(ids, "; ")
}

// cites lists the clauses of findings by document.
func cites(findings []*verify.Finding) string {
	var all []standard.Clause
	for _, f := range findings {
		for _, c := range f.Cites() {
			if !slices.Contains(all, c) {
				all = append(all, c)
			}
		}
	}
	var documents []string
	clauses := map[string][]string{}
	for _, c := range all {
		if !slices.Contains(documents, c.Document) {
			documents = append(documents, c.Document)
		}
		if c.Clause != "" {
			clauses[c.Document] = append(clauses[c.Document], c.Clause)
		}
	}
	for i, d := range documents {
		if len(clauses[d]) > 0 {
			documents[i] = d + " " + strings.Join(clauses[d], ", ")
		}
	}
	return strings.Join(documents, "; ")
}

func (t *page) undecided() {
	all := undecideds(t.r)
	if len(all) == 0 {
		return
	}
	t.heading("Could not be decided")
	for i, u := range all {
		if i == fullEntries && !t.o.Verbose {
			t.hang("", 2, fmt.Sprintf("and %d more with -v", len(all)-i))
			break
		}
		f := u.Findings[0]
		t.hang("  "+t.paint(verify.Unknown, "unknown"), 11, prose(f.Reason))
		t.hang("  of", 11, byCheck(u.Findings))
		t.hang("  get", 11, cmp.Or(prose(u.Missing), "this check does not say what is missing; run with -v and look at its evidence"))
		t.WriteByte('\n')
	}
}

// groups are the groups of checks with what they are about, in the order of reports.
var groups = []struct{ ID, Title string }{
	{"RED", "redundancy over switches"}, {"LAG", "LACP health"}, {"MLG", "multi-chassis peers"}, {"VLN", "VLANs on trunks"},
	{"MGT", "management isolation"}, {"SEP", "separation of roles"}, {"CLU", "clusters"}, {"SVC", "services"}, {"EVD", "evidence"},
}

var outcomes = []verify.Outcome{verify.Fail, verify.Unknown, verify.Warn, verify.Pass, verify.NotApplicable}

func (t *page) counts() {
	t.heading("Counts")
	w := table.NewWriter()
	w.SetStyle(plain())
	head := table.Row{"", ""}
	columns := []table.ColumnConfig{{Number: 2, WidthMax: t.o.Width - 42, WidthMaxEnforcer: cut}}
	for i, o := range outcomes {
		head = append(head, o.String())
		columns = append(columns, table.ColumnConfig{Number: i + 3, Align: text.AlignRight, AlignHeader: text.AlignRight})
	}
	w.AppendHeader(head)
	w.SetColumnConfigs(columns)
	for _, g := range groups {
		row, n := table.Row{g.ID, g.Title}, 0
		for _, o := range outcomes {
			k := 0
			for _, f := range t.r.Findings {
				if group(f.Check()) == g.ID && f.Outcome == o {
					k++
				}
			}
			n += k
			row = append(row, k)
		}
		if n > 0 {
			w.AppendRow(row)
		}
	}
	t.lines(w.Render())
}

// plain is a table without rules: columns set apart by spaces.
func plain() table.Style {
	s := table.StyleDefault
	s.Options = table.OptionsNoBordersAndSeparators
	s.Box.PaddingLeft, s.Box.PaddingRight = "", "  "
	s.Format.Header = text.FormatDefault
	return s
}

// lines writes a rendered table, indented and without trailing blanks.
func (t *page) lines(rendered string) {
	for _, l := range strings.Split(rendered, "\n") {
		fmt.Fprintf(t, "  %s\n", strings.TrimRight(l, " "))
	}
}

// waivers lists every waiver of the inventory: what it accepts, and those that ran out or that nothing was found for.
func (t *page) waivers() {
	all := t.r.Waivers()
	if len(all) == 0 {
		return
	}
	t.heading("Waivers")
	t.hang("", 2, waiverCounts(all))
	for _, w := range all {
		label := fmt.Sprintf("  %-8s", w.State)
		if w.State == verify.Idle {
			label = "  idle    "
		}
		t.hang(t.paint(waiverOutcome(w), label), 2+indent, fmt.Sprintf("%s %s %s", w.Check, clean(w.Subject), prose(accepted(w))))
		t.hang("", 2+indent, prose(waiverSays(w)))
	}
}

func (t *page) passed() {
	t.heading("Passed, or not applicable")
	for _, o := range []verify.Outcome{verify.Pass, verify.NotApplicable} {
		for _, f := range t.r.Findings {
			if f.Outcome == o && f.Waiver == nil {
				t.hang("  "+t.paint(o, fmt.Sprintf("%-4s", o)), 7, fmt.Sprintf("%s %s: %s", f.Check(), clean(f.Subject.Name), prose(f.Reason)))
			}
		}
	}
}

func (t *page) asked() {
	t.heading("Asked")
	all := devices(t.r)
	shown := 0
	for _, d := range all {
		if !d.Collected {
			t.hang("  "+t.paint(verify.Fail, "no answer"), 13, clean(d.Name)+": "+prose(d.Err))
		}
	}
	w := table.NewWriter()
	w.SetStyle(plain())
	w.AppendHeader(table.Row{"device", "platform", "answered", "took"})
	w.SetColumnConfigs([]table.ColumnConfig{{Number: 1, WidthMax: t.o.Width - 44, WidthMaxEnforcer: cut}, {Number: 2, WidthMax: 16, WidthMaxEnforcer: cut}})
	for _, c := range t.r.Captures {
		if shown++; shown > fullDevices && !t.o.Verbose {
			continue
		}
		usable := 0
		for _, r := range c.Replies {
			if r.Usable() {
				usable++
			}
		}
		w.AppendRow(table.Row{clean(c.Device), clean(c.Platform), fmt.Sprintf("%d of %d", usable, len(c.Replies)),
			c.Finished.Sub(c.Started).Round(100 * time.Millisecond)})
	}
	if shown > 0 {
		t.lines(w.Render())
	}
	if shown > fullDevices && !t.o.Verbose {
		t.hang("", 2, fmt.Sprintf("and %d more with -v", shown-fullDevices))
	}
	for _, c := range t.r.Captures {
		if t.o.Verbose {
			t.commands(c)
		}
	}
	if !t.o.Verbose {
		t.hang("", 2, "-v lists what passed, the commands, the times and the host keys")
	}
}

func (t *page) commands(c *capture.Capture) {
	t.hang("  "+clean(c.Device), 2+text.StringWidth(clean(c.Device))+2, "from "+stamp(c.Started)+", address "+cmp.Or(clean(c.Address), "none")+", host key "+cmp.Or(clean(c.HostKey), "not known"))
	for _, r := range c.Replies {
		said := fmt.Sprintf("%s, %s", count(len(r.Data), "byte", "bytes"), r.Took.Round(time.Millisecond))
		if !r.Usable() {
			said = "no facts: " + cmp.Or(prose(r.Err), "the end was not seen")
		}
		t.hang("", 4, clean(r.Command)+"  ("+said+")")
	}
}

func (t *page) heading(s string) {
	if !bytes.HasSuffix(t.Bytes(), []byte("\n\n")) {
		t.WriteByte('\n')
	}
	fmt.Fprintf(t, "%s\n", strings.ToUpper(s))
}

// hang writes a label and beside it text that is wrapped at the width and indented by n columns.
func (t *page) hang(label string, n int, s string) {
	for i, l := range t.wrap(s, t.o.Width-n) {
		if i > 0 {
			label = ""
		}
		fmt.Fprintf(t, "%s%s\n", text.Pad(label, n, ' '), l)
	}
}

// wrap breaks at blanks and never inside a name. A word wider than the width stands alone on its line; one that no name can be
// that long is cut. There is at least one line.
func (t *page) wrap(s string, width int) []string {
	width = max(width, 16)
	var lines []string
	line := ""
	for _, word := range strings.Fields(t.glue.join(s)) {
		word = cut(t.glue.split(word), max(width, maxName))
		switch {
		case line == "":
			line = word
		case text.StringWidthWithoutEscSequences(line)+1+text.StringWidthWithoutEscSequences(word) <= width:
			line += " " + word
		default:
			lines, line = append(lines, line), word
		}
	}
	return append(lines, line)
}

// maxName is more than any name of a port, LAG or host takes.
const maxName = 72

// glue keeps names with blanks in one piece, such as "Ethernet 2" of a Windows host.
type glue struct{ names *strings.Replacer }

const glued = "\x00" // never in cleaned text

func newGlue(r *verify.Report) glue {
	var pairs []string
	keep := func(name string) {
		if name = clean(name); strings.Contains(name, " ") && !slices.Contains(pairs, name) {
			pairs = append(pairs, name, strings.ReplaceAll(name, " ", glued))
		}
	}
	if r.Fabric != nil {
		for _, h := range r.Fabric.Hosts {
			for _, u := range h.Uplinks {
				keep(u.NIC.Name)
			}
			for _, team := range h.Teams {
				keep(team.Name)
			}
		}
		for _, s := range r.Fabric.Switches {
			for _, p := range s.Ports {
				keep(p.Name)
			}
		}
	}
	return glue{strings.NewReplacer(pairs...)}
}

func (g glue) join(s string) string  { return g.names.Replace(s) }
func (g glue) split(s string) string { return strings.ReplaceAll(s, glued, " ") }

// paint colours a word when colours are wanted. The word stays: colour never carries a meaning alone.
func (t *page) paint(o verify.Outcome, word string) string {
	if !t.o.Color {
		return word
	}
	code := [...]string{"90", "32", "33", "35", "1;31"}[o]
	return "\x1b[" + code + "m" + word + "\x1b[0m"
}
