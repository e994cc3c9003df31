package report

import (
	"bytes"
	"cmp"
	"crypto/sha256"
	_ "embed"
	"encoding/base64"
	"fmt"
	"html/template"
	"io"
	"maps"
	"slices"
	"strings"
	"time"

	"uplinkcheck/drivers/capture"
	"uplinkcheck/drivers/state"
	"uplinkcheck/verify"
	"uplinkcheck/verify/topology"
)

// HTML is the report as one page that needs nothing else.
var HTML = add(&Format{Name: "html", Title: "one page for people: works from disk, offline and without scripts", Write: writeHTML})

//go:embed page.html
var pageHTML string

// The page's own style and script are the only text that is not escaped. No word of a device is in them.
//
//go:embed page.css
var pageCSS string

//go:embed page.js
var pageJS string

var pageTemplate = template.Must(template.New("page").Parse(pageHTML))

func writeHTML(w io.Writer, r *verify.Report, _ Options) error {
	var b bytes.Buffer
	if err := pageTemplate.Execute(&b, htmlOf(r)); err != nil {
		return fmt.Errorf("write HTML report: %w", err)
	}
	_, err := w.Write(b.Bytes())
	return err
}

// htmlPage is what the template shows. Every text in it was cleaned; the template escapes it.
type htmlPage struct {
	CSP    string
	Style  template.CSS
	Script template.JS

	Tool, Inventory, Reached, Started, Finished string
	Answers                                     []answer
	Matrices                                    []gridView
	MoreMatrices                                int
	AboutMatrix                                 string
	Map                                         fabricMap
	Sections                                    []section
	Undecided                                   []openQuestion
	MoreUndecided                               int
	Counts                                      []countRow
	Outcomes                                    []verify.Outcome
	Legend                                      []leg
	Clauses                                     []clauseRow
	Waivers                                     []waiverRow
	WaiverCounts                                string
	Profile                                     *profileView
	Hosts                                       []panel
	MoreHosts                                   int
	Checks                                      []string // that have findings, for the filter
	Findings                                    []*row
	MoreFindings                                string // counts of those that are not on the page, empty when all are
	Machines                                    []machine
	MoreMachines                                int
	Replies                                     []fullReply
}

// row is a finding.
type row struct {
	ID, Check, Title, Subject, Kind, Places string
	Outcome                                 verify.Outcome
	Severity                                verify.Severity
	Reason, Fix, Missing, Confidence        string
	Waiver, Cites                           string
	Lines                                   []line
}

// Class is the verdict as a CSS class.
func (r row) Class() string { return class(r.Outcome) }

func class(o verify.Outcome) string { return strings.ReplaceAll(o.String(), "/", "") }

// line is a line of evidence with the place of the full reply.
type line struct {
	quote
	Href string
}

type section struct {
	ID, Title string
	Entries   []entryView
	More      int
}

type entryView struct {
	ID, Where string
	Lead      *row
	Others    []*row
	More      int // further others
	Fixes     []string
	Cites     string
}

type openQuestion struct {
	ID, Missing string
	Findings    []*row
	More        int
}

// gridView is a matrix with the page's links.
type gridView struct {
	*grid
	ID, Label string
	Open      bool
	Rows      []gridRowView
	MoreRows  int
}

// WorstClass and WorstWord are those of the worst cell.
func (g gridView) WorstClass() string { return class(g.Worst) }
func (g gridView) WorstWord() string {
	if g.Worst == verify.Pass {
		return "ok"
	}
	return g.Worst.String()
}

type gridRowView struct {
	Name  string
	Count int
	Hosts []hostLink
	More  int
	Cells []cellView
}

type hostLink struct{ Name, Href string }

type cellView struct {
	cell
	Href string
}

type countRow struct {
	ID, Title string
	Counts    []int
}

type clauseRow struct {
	Clause string
	Counts []int
	Checks []string
}

type waiverRow struct {
	Check, Subject, Accepted, Says, State string
	Class                                 string
	Rows                                  []*row
}

type profileView struct {
	Name, Title, Doc string
	Clauses          []clauseRows
}

// clauseRows is a clause with the findings that its verdict rests on: the first of them.
type clauseRows struct {
	clauseView
	Rows, Open         []*row
	MoreRows, MoreOpen int
	Missing            []string
}

type panel struct {
	Picture  picture
	ID, Name string
	Worst    verify.Outcome
	Open     bool
	About    string
	Findings []*row
	More     int
}

// Class is the verdict as a CSS class.
func (p panel) Class() string { return class(p.Worst) }

// Class is the verdict as a CSS class.
func (a answer) Class() string { return class(a.Outcome) }

type machine struct {
	asked
	Address, HostKey, Started string
	Took                      time.Duration
	Commands                  []commandRow
}

type commandRow struct{ Command, Said, Href string }

// Bounds of a page, so that a browser opens it whatever the size of the fabric. What is left out is counted, and format json has it.
const (
	maxListed    = 6000 // findings in the table of all findings, the worst first
	maxEntries   = 150  // of a section
	maxOthers    = 30   // findings that an entry or a question names
	maxPanels    = 200  // hosts with a picture, those with something to do first
	maxMachines  = 400
	maxCited     = 25 // findings that a clause links to
	maxHosts     = 40 // hosts that one row of a matrix names
	maxGrids     = 200
	maxGridRows  = 200
	maxPairBoxes = 200 // boxes of the fabric's picture with a picture inside
)

// builder turns findings into rows, once each, so that every part of the page links to the same anchor.
type builder struct {
	r      *verify.Report
	cited  *citations
	places place
	listed map[*verify.Finding]bool // that have a row in the table of all findings, and with it an anchor
	rows   map[*verify.Finding]*row
	taken  map[string]int
	titles map[string]string
	panels map[*topology.Host]string // links to hosts that have a panel
	worst  map[*topology.Host]verify.Outcome
}

func htmlOf(r *verify.Report) *htmlPage {
	b := &builder{r: r, places: newPlaces(r.Fabric), rows: map[*verify.Finding]*row{}, taken: map[string]int{}, titles: map[string]string{},
		panels: map[*topology.Host]string{}, worst: map[*topology.Host]verify.Outcome{}}
	for _, c := range r.Checks {
		b.titles[c.ID] = c.Title
	}
	p := &htmlPage{
		CSP:   "default-src 'none'; style-src " + hash(pageCSS) + "; script-src " + hash(pageJS) + "; base-uri 'none'; form-action 'none'",
		Style: template.CSS(pageCSS), Script: template.JS(pageJS),
		Tool: clean(r.Tool + " " + r.Version), Inventory: clean(r.Inventory), Reached: reached(r), Started: stamp(r.Started), Finished: stamp(r.Finished),
		Answers: answers(r), Outcomes: outcomes, AboutMatrix: aboutMatrix,
		Legend: []leg{{Status: state.Yes}, {Status: state.No}, {Status: state.Unknown}},
	}
	b.list(p)
	p.Hosts, p.MoreHosts = b.hosts()
	p.Matrices, p.MoreMatrices = b.matrices()
	p.Map = b.fabricMap()
	p.Sections = b.sections()
	p.Undecided, p.MoreUndecided = b.undecided()
	p.Counts, p.Clauses = b.counts(), b.clauses()
	p.Waivers, p.WaiverCounts, p.Profile = b.waivers(), waiverCounts(r.Waivers()), b.profile()
	p.Machines, p.MoreMachines = b.machines()
	p.Replies = b.cited.replies()
	return p
}

// list chooses the findings that the page's table has: all, or the worst that it can bear.
func (b *builder) list(p *htmlPage) {
	b.listed = map[*verify.Finding]bool{}
	left := map[verify.Outcome]int{}
	for _, o := range outcomes {
		for _, f := range b.r.Findings {
			if f.Outcome == o && len(b.listed) < maxListed {
				b.listed[f] = true
			} else if f.Outcome == o {
				left[o]++
			}
		}
	}
	var parts []string
	for _, o := range outcomes {
		if left[o] > 0 {
			parts = append(parts, fmt.Sprintf("%d %s", left[o], o))
		}
	}
	p.MoreFindings = strings.Join(parts, ", ")
	b.cited = citationsOf(b.r, func(f *verify.Finding) bool { return b.listed[f] })
	checks := map[string]bool{}
	for _, f := range b.r.Findings {
		if b.listed[f] {
			p.Findings = append(p.Findings, b.row(f))
			checks[clean(f.Check())] = true
		}
	}
	p.Checks = slices.Sorted(maps.Keys(checks))
}

// hash names a text in a content security policy, so that nothing else runs or styles.
func hash(s string) string {
	sum := sha256.Sum256([]byte(s))
	return "'sha256-" + base64.StdEncoding.EncodeToString(sum[:]) + "'"
}

func (b *builder) row(f *verify.Finding) *row {
	if x := b.rows[f]; x != nil {
		return x
	}
	id := ""
	if b.listed[f] {
		id = b.anchor("f-"+f.Check()+"-"+slug(f.Subject.Name), f.Subject.Kind)
	}
	x := &row{ID: id, Check: clean(f.Check()), Title: b.titles[f.Check()], Subject: clean(f.Subject.Name), Kind: clean(f.Subject.Kind),
		Places: clean(strings.Join(b.places.of(f), " ")), Outcome: f.Outcome, Severity: f.Severity, Reason: prose(f.Reason), Fix: prose(f.Fix),
		Missing: prose(f.Missing), Confidence: f.Confidence.String(), Waiver: prose(f.Waiver.Terms()), Cites: cites([]*verify.Finding{f})}
	for _, s := range f.Evidence {
		if l := (line{quote: quoteOf(s, 200)}); s.Known() {
			if at := b.cited.anchor(s); at != "" {
				l.Href = "#" + at
			}
			x.Lines = append(x.Lines, l)
		}
	}
	b.rows[f] = x
	return x
}

// anchor makes an id that no other part of the page has.
func (b *builder) anchor(id, kind string) string {
	if b.taken[id]++; b.taken[id] > 1 {
		return fmt.Sprintf("%s-%s-%d", id, slug(kind), b.taken[id])
	}
	return id
}

// link leads to the row of a finding; it is empty when the finding has none.
func (b *builder) link(f *verify.Finding) string {
	if x := b.row(f); x.ID != "" {
		return "#" + x.ID
	}
	return ""
}

func (b *builder) all(findings []*verify.Finding) []*row {
	var out []*row
	for _, f := range findings {
		out = append(out, b.row(f))
	}
	return out
}

func (b *builder) sections() []section {
	var out []section
	for i, e := range entries(b.r) {
		title := e.Consequence.String()
		if len(out) == 0 || out[len(out)-1].Title != title {
			out = append(out, section{ID: "s-" + slug(strings.ToLower(title)), Title: title})
		}
		s := &out[len(out)-1]
		if len(s.Entries) == maxEntries {
			s.More++
			continue
		}
		v := entryView{ID: fmt.Sprintf("e-%d", i+1), Where: cut(e.Where, 400), Lead: b.row(e.Lead), Fixes: e.mends(), Cites: cites(e.all())}
		v.Others, v.More = b.some(e.Others, maxOthers)
		if len(v.Fixes) > maxOthers {
			v.Fixes = append(v.Fixes[:maxOthers], "and more")
		}
		s.Entries = append(s.Entries, v)
	}
	return out
}

func (b *builder) undecided() (out []openQuestion, more int) {
	all := undecideds(b.r)
	for i, u := range all[:min(len(all), maxEntries)] {
		q := openQuestion{ID: fmt.Sprintf("u-%d", i+1), Missing: prose(u.Missing)}
		q.Findings, q.More = b.some(u.Findings, maxOthers)
		out = append(out, q)
	}
	return out, len(all) - len(out)
}

// matrices are the tables of hosts by networks, worst first; those where all is well are closed.
func (b *builder) matrices() (out []gridView, more int) {
	all := grids(b.r)
	for i, g := range all[:min(len(all), maxGrids)] {
		v := gridView{grid: g, ID: fmt.Sprintf("n1-%d", i+1), Label: g.label(), Open: g.Worst > verify.Pass || len(all) <= 3}
		for _, r := range g.Rows[:min(len(g.Rows), maxGridRows)] {
			v.Rows = append(v.Rows, b.gridRow(r))
		}
		v.MoreRows = len(g.Rows) - len(v.Rows)
		out = append(out, v)
	}
	return out, len(all) - len(out)
}

func (b *builder) gridRow(r gridRow) gridRowView {
	x := gridRowView{Name: r.Name, Count: len(r.Hosts), More: max(len(r.Hosts)-maxHosts, 0)}
	for _, h := range r.Hosts[:len(r.Hosts)-x.More] {
		x.Hosts = append(x.Hosts, hostLink{clean(h.Name), b.panels[h]})
	}
	for _, c := range r.Cells {
		v := cellView{cell: c}
		if c.Finding != nil && len(r.Hosts) == 1 {
			v.Href = b.link(c.Finding)
		}
		x.Cells = append(x.Cells, v)
	}
	return x
}

func (b *builder) counts() []countRow {
	var out []countRow
	for _, g := range groups {
		if c, n := b.tally(func(f *verify.Finding) bool { return group(f.Check()) == g.ID }); n > 0 {
			out = append(out, countRow{g.ID, g.Title, c})
		}
	}
	return out
}

// tally counts findings by outcome, in the order of outcomes.
func (b *builder) tally(belongs func(*verify.Finding) bool) (by []int, all int) {
	by = make([]int, len(outcomes))
	for _, f := range b.r.Findings {
		if belongs(f) {
			by[slices.Index(outcomes, f.Outcome)]++
			all++
		}
	}
	return by, all
}

func (b *builder) clauses() []clauseRow {
	at := map[string]*clauseRow{}
	var names []string
	for _, f := range b.r.Findings {
		for _, c := range f.Cites() {
			name := c.String()
			x := at[name]
			if x == nil {
				x = &clauseRow{Clause: clean(name), Counts: make([]int, len(outcomes))}
				at[name] = x
				names = append(names, name)
			}
			x.Counts[slices.Index(outcomes, f.Outcome)]++
			if !slices.Contains(x.Checks, f.Check()) {
				x.Checks = append(x.Checks, clean(f.Check()))
			}
		}
	}
	slices.SortFunc(names, state.NaturalCompare)
	var out []clauseRow
	for _, n := range names {
		slices.Sort(at[n].Checks)
		out = append(out, *at[n])
	}
	return out
}

func (b *builder) waivers() (out []waiverRow) {
	for _, w := range b.r.Waivers() {
		out = append(out, waiverRow{clean(w.Check), clean(w.Subject), prose(accepted(w)), prose(waiverSays(w)), w.State.String(), class(waiverOutcome(w)), b.all(w.Findings)})
	}
	return out
}

func (b *builder) profile() *profileView {
	if b.r.Profile == nil {
		return nil
	}
	p := &profileView{Name: b.r.Profile.Name, Title: b.r.Profile.Title, Doc: strings.Join(strings.Fields(b.r.Profile.Doc), " ")}
	for _, v := range clauseViews(b.r) {
		x := clauseRows{clauseView: v, Missing: v.missing()}
		x.Rows, x.MoreRows = b.some(v.Decisive, maxCited)
		if v.Outcome == verify.Fail {
			x.Open, x.MoreOpen = b.some(v.Undecided, maxCited)
		}
		if len(x.Missing) > maxCited {
			x.Missing = append(x.Missing[:maxCited], "and more")
		}
		p.Clauses = append(p.Clauses, x)
	}
	return p
}

// some returns rows of the first findings and how many more there are.
func (b *builder) some(findings []*verify.Finding, limit int) (rows []*row, more int) {
	n := min(len(findings), limit)
	return b.all(findings[:n]), len(findings) - n
}

// hosts are the panels with pictures, those with something to do first where there are too many. Such a host is open; the others open by a
// click.
func (b *builder) hosts() (out []panel, more int) {
	if b.r.Fabric == nil {
		return nil, 0
	}
	by := map[string][]*verify.Finding{}
	for _, f := range b.r.Findings {
		for _, p := range b.places.of(f) {
			by[p] = append(by[p], f)
		}
	}
	for _, h := range b.r.Fabric.Hosts {
		for _, f := range by[h.Name] {
			b.worst[h] = max(b.worst[h], f.Outcome)
		}
	}
	chosen := slices.Clone(b.r.Fabric.Hosts)
	if len(chosen) > maxPanels {
		slices.SortStableFunc(chosen, func(x, y *topology.Host) int { return cmp.Compare(b.worst[y], b.worst[x]) })
		chosen = chosen[:maxPanels]
		slices.SortFunc(chosen, func(x, y *topology.Host) int { return state.NaturalCompare(x.Name, y.Name) })
	}
	for _, h := range chosen {
		p := panel{ID: b.anchor("host-"+slug(h.Name), "host"), Name: clean(h.Name), Picture: pictureOf(h), About: aboutHost(h), Worst: b.worst[h]}
		p.Picture.ID = "pic-" + strings.TrimPrefix(p.ID, "host-")
		b.panels[h] = "#" + p.ID
		findings := slices.DeleteFunc(by[h.Name], func(f *verify.Finding) bool { return f.Outcome < verify.Warn })
		slices.SortStableFunc(findings, worstFirst)
		p.Findings, p.More = b.some(findings, maxOthers)
		p.Open = p.Worst >= verify.Warn
		out = append(out, p)
	}
	return out, len(b.r.Fabric.Hosts) - len(out)
}

func aboutHost(h *topology.Host) string {
	words := []string{count(len(h.Uplinks), "uplink", "uplinks")}
	if h.Inferred {
		words = append(words, "inferred from what switches saw")
	} else if h.Host != nil && h.Source != "" {
		words = append(words, "source "+clean(h.Source))
	}
	for _, c := range h.Clusters {
		words = append(words, "cluster "+clean(c.Name))
	}
	return strings.Join(words, ", ")
}

// machines lists who was asked, those that did not answer first where there are too many.
func (b *builder) machines() (out []machine, more int) {
	all := devices(b.r)
	more = max(len(all)-maxMachines, 0)
	if more > 0 {
		slices.SortStableFunc(all, func(x, y asked) int {
			return cmp.Compare(map[bool]int{true: 1}[x.Collected], map[bool]int{true: 1}[y.Collected])
		})
	}
	captures := map[string][]*capture.Capture{}
	for _, c := range b.r.Captures {
		captures[c.Device] = append(captures[c.Device], c)
	}
	for _, a := range all[:len(all)-more] {
		m := machine{asked: asked{clean(a.Name), clean(a.Platform), a.Collected, prose(a.Err)}}
		for _, c := range captures[a.Name] {
			m.Address, m.HostKey, m.Started = clean(c.Address), clean(c.HostKey), stamp(c.Started)
			m.Took = c.Finished.Sub(c.Started).Round(time.Millisecond)
			for _, r := range c.Replies {
				m.Commands = append(m.Commands, b.command(r))
			}
		}
		out = append(out, m)
	}
	return out, more
}

func (b *builder) command(r *capture.Reply) commandRow {
	x := commandRow{Command: clean(r.Command), Said: count(len(r.Data), "byte", "bytes") + ", " + r.Took.Round(time.Millisecond).String()}
	if !r.Usable() {
		x.Said = "no facts: " + cmp.Or(prose(r.Err), "the end was not seen")
	}
	if id := b.cited.ids[r]; id != "" {
		x.Href = "#" + id
	}
	return x
}
