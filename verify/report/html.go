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
	Matrix                                      matrix
	Sections                                    []section
	Undecided                                   []openQuestion
	Counts                                      []countRow
	Outcomes                                    []verify.Outcome
	Legend                                      []leg
	Clauses                                     []clauseRow
	Waivers                                     []waiverRow
	WaiverCounts                                string
	Profile                                     *profileView
	Hosts                                       []panel
	Checks                                      []string // that have findings, for the filter
	Findings                                    []*row
	Machines                                    []machine
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
}

type entryView struct {
	ID, Where string
	Lead      *row
	Others    []*row
	Fixes     []string
	Cites     string
}

type openQuestion struct {
	ID, Missing string
	Findings    []*row
}

type matrix struct {
	Networks []string
	Rows     []matrixRow
}

type matrixRow struct {
	Host, Href, Clusters string
	Cells                []cell
}

// cell says what the worst single loss does to a role. Without a finding Word is empty.
type cell struct{ Word, Class, Href, Loss string }

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

// builder turns findings into rows, once each, so that every part of the page links to the same anchor.
type builder struct {
	r      *verify.Report
	cited  *citations
	places place
	rows   map[*verify.Finding]*row
	taken  map[string]int
	titles map[string]string
}

func htmlOf(r *verify.Report) *htmlPage {
	b := &builder{r: r, cited: citationsOf(r), places: newPlaces(r.Fabric), rows: map[*verify.Finding]*row{}, taken: map[string]int{}, titles: map[string]string{}}
	for _, c := range r.Checks {
		b.titles[c.ID] = c.Title
	}
	p := &htmlPage{
		CSP:   "default-src 'none'; style-src " + hash(pageCSS) + "; script-src " + hash(pageJS) + "; base-uri 'none'; form-action 'none'",
		Style: template.CSS(pageCSS), Script: template.JS(pageJS),
		Tool: clean(r.Tool + " " + r.Version), Inventory: clean(r.Inventory), Reached: reached(r), Started: stamp(r.Started), Finished: stamp(r.Finished),
		Answers: answers(r), Outcomes: outcomes,
		Legend: []leg{{Status: state.Yes}, {Status: state.No}, {Status: state.Unknown}},
	}
	for i := range r.Findings {
		x := b.row(&r.Findings[i])
		p.Findings = append(p.Findings, x)
		if !slices.Contains(p.Checks, x.Check) {
			p.Checks = append(p.Checks, x.Check)
		}
	}
	slices.Sort(p.Checks)
	p.Matrix = b.matrix()
	p.Sections = b.sections()
	for i, u := range undecideds(r) {
		p.Undecided = append(p.Undecided, openQuestion{fmt.Sprintf("u-%d", i+1), prose(u.Missing), b.all(u.Findings)})
	}
	p.Counts, p.Clauses = b.counts(), b.clauses()
	p.Waivers, p.WaiverCounts, p.Profile = b.waivers(), waiverCounts(r.Waivers()), b.profile()
	p.Hosts = b.hosts()
	p.Machines = b.machines()
	p.Replies = b.cited.replies()
	return p
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
	id := "f-" + f.Check + "-" + slug(f.Subject.Name)
	if b.taken[id]++; b.taken[id] > 1 {
		id = fmt.Sprintf("%s-%s-%d", id, slug(f.Subject.Kind), b.taken[id])
	}
	x := &row{ID: id, Check: clean(f.Check), Title: b.titles[f.Check], Subject: clean(f.Subject.Name), Kind: clean(f.Subject.Kind),
		Places: clean(strings.Join(b.places.of(f), " ")), Outcome: f.Outcome, Severity: f.Severity, Reason: prose(f.Reason), Fix: prose(f.Fix),
		Missing: prose(f.Missing), Confidence: clean(f.Confidence), Waiver: prose(f.Waiver), Cites: cites([]*verify.Finding{f})}
	for _, s := range f.Evidence {
		if s.Known() {
			x.Lines = append(x.Lines, line{quoteOf(s, 200), "#" + b.cited.anchor(s)})
		}
	}
	b.rows[f] = x
	return x
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
		v := entryView{ID: fmt.Sprintf("e-%d", i+1), Where: e.Where, Lead: b.row(e.Lead), Others: b.all(e.Others), Cites: cites(e.all())}
		v.Fixes = e.mends()
		s := &out[len(out)-1]
		s.Entries = append(s.Entries, v)
	}
	return out
}

// matrix is the table of hosts by networks: what the worst loss of one switch (RED-002) or one link (RED-003) does to each role.
func (b *builder) matrix() matrix {
	worst := map[[2]string]*verify.Finding{}
	var hosts, networks []string
	for i := range b.r.Findings {
		f := &b.r.Findings[i]
		host, network, ok := strings.Cut(f.Subject.Name, "/")
		if f.Subject.Kind != "role" || !ok || f.Check != "RED-002" && f.Check != "RED-003" {
			continue
		}
		if !slices.Contains(hosts, host) {
			hosts = append(hosts, host)
		}
		if !slices.Contains(networks, network) {
			networks = append(networks, network)
		}
		if k := [2]string{host, network}; worst[k] == nil || worstFirst(f, worst[k]) < 0 {
			worst[k] = f
		}
	}
	slices.SortFunc(hosts, state.NaturalCompare)
	slices.SortFunc(networks, state.NaturalCompare)
	var m matrix
	for _, n := range networks {
		m.Networks = append(m.Networks, clean(n))
	}
	for _, h := range hosts {
		x := matrixRow{Host: clean(h), Clusters: b.clusters(h)}
		if b.host(h) != nil {
			x.Href = "#host-" + slug(h)
		}
		for _, n := range networks {
			c := cell{}
			if f := worst[[2]string{h, n}]; f != nil {
				c = cell{Word: f.Outcome.String(), Class: class(f.Outcome), Href: "#" + b.row(f).ID}
				if f.Outcome != verify.Pass {
					c.Loss = cut(clean(f.Reason), 110)
				}
			}
			x.Cells = append(x.Cells, c)
		}
		m.Rows = append(m.Rows, x)
	}
	return m
}

func (b *builder) host(name string) *topology.Host {
	if b.r.Fabric != nil {
		for _, h := range b.r.Fabric.Hosts {
			if h.Name == name {
				return h
			}
		}
	}
	return nil
}

func (b *builder) clusters(host string) string {
	var names []string
	if h := b.host(host); h != nil {
		for _, c := range h.Clusters {
			names = append(names, clean(c.Name))
		}
	}
	return strings.Join(names, ", ")
}

func (b *builder) counts() []countRow {
	var out []countRow
	for _, g := range groups {
		if c, n := b.tally(func(f *verify.Finding) bool { return group(f.Check) == g.ID }); n > 0 {
			out = append(out, countRow{g.ID, g.Title, c})
		}
	}
	return out
}

// tally counts findings by outcome, in the order of outcomes.
func (b *builder) tally(belongs func(*verify.Finding) bool) (by []int, all int) {
	by = make([]int, len(outcomes))
	for i := range b.r.Findings {
		if f := &b.r.Findings[i]; belongs(f) {
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
		for _, c := range f.Cites {
			name := c.String()
			x := at[name]
			if x == nil {
				x = &clauseRow{Clause: clean(name), Counts: make([]int, len(outcomes))}
				at[name] = x
				names = append(names, name)
			}
			x.Counts[slices.Index(outcomes, f.Outcome)]++
			if !slices.Contains(x.Checks, f.Check) {
				x.Checks = append(x.Checks, clean(f.Check))
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

// maxCited bounds the findings that a clause links to.
const maxCited = 25

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

// hosts are the panels with pictures. A host with something to do is open; the others open by a click.
func (b *builder) hosts() []panel {
	if b.r.Fabric == nil {
		return nil
	}
	by := map[string][]*verify.Finding{}
	for i := range b.r.Findings {
		f := &b.r.Findings[i]
		for _, p := range b.places.of(f) {
			by[p] = append(by[p], f)
		}
	}
	var out []panel
	for _, h := range b.r.Fabric.Hosts {
		p := panel{ID: "host-" + slug(h.Name), Name: clean(h.Name), Picture: pictureOf(h), About: aboutHost(h)}
		findings := by[h.Name]
		slices.SortStableFunc(findings, worstFirst)
		for _, f := range findings {
			p.Worst = max(p.Worst, f.Outcome)
			if f.Outcome >= verify.Warn {
				p.Findings = append(p.Findings, b.row(f))
			}
		}
		p.Open = p.Worst >= verify.Warn
		out = append(out, p)
	}
	return out
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

func (b *builder) machines() []machine {
	var out []machine
	for _, a := range devices(b.r) {
		m := machine{asked: asked{clean(a.Name), clean(a.Platform), a.Collected, prose(a.Err)}}
		for _, c := range b.r.Captures {
			if c.Device != a.Name {
				continue
			}
			m.Address, m.HostKey, m.Started = clean(c.Address), clean(c.HostKey), stamp(c.Started)
			m.Took = c.Finished.Sub(c.Started).Round(time.Millisecond)
			for _, r := range c.Replies {
				m.Commands = append(m.Commands, b.command(r))
			}
		}
		out = append(out, m)
	}
	return out
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
