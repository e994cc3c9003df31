package report

import (
	"bytes"
	_ "embed"
	"encoding/json"
	"fmt"
	"io"
	"strings"
	"time"
	"unicode"
	"unicode/utf16"

	"uplinkcheck/verify"
)

// JSON is the report for programs, in the shape of Schema.
var JSON = add(&Format{Name: "json", Title: "for programs; its JSON Schema is published", Write: writeJSON})

//go:embed schema.json
var schema string

// Schema returns the JSON Schema of format json.
func Schema() string { return schema }

// document is the JSON report. Its fields make the schema: keep names and order, only add.
type document struct {
	Tool      string    `json:"tool"`
	Version   string    `json:"version"`
	Started   time.Time `json:"started" jsonschema_description:"when the first machine was asked, UTC"`
	Finished  time.Time `json:"finished" jsonschema_description:"when the last reply ended, UTC"`
	Inventory string    `json:"inventory" jsonschema_description:"name of the inventory file"`
	Findings  []finding `json:"findings" jsonschema_description:"sorted by check, then subject"`
	Summary   summary   `json:"summary"`
	Devices   []device  `json:"devices" jsonschema_description:"machines that were, or should have been, asked; sorted by name"`
	Matrix    []loss    `json:"matrix,omitempty" jsonschema_description:"the N-1 matrix: what the worst single loss does to each network of each host; by cluster, then host"`
	Waivers   []waiver  `json:"waivers,omitempty" jsonschema_description:"all waivers of the inventory, with what each did"`
	Profile   *byClause `json:"profile,omitempty" jsonschema_description:"the findings by clause, when a profile was asked for"`
}

type finding struct {
	Check      string     `json:"check" jsonschema:"pattern=^[A-Z]{3}-[0-9]{3}$"`
	Subject    subject    `json:"subject"`
	Verdict    string     `json:"verdict" jsonschema:"enum=pass,enum=warn,enum=fail,enum=unknown,enum=n/a"`
	Severity   string     `json:"severity" jsonschema:"enum=info,enum=low,enum=medium,enum=high,enum=critical" jsonschema_description:"how bad a fail is"`
	Reason     string     `json:"reason" jsonschema_description:"subject, observed, expected"`
	Missing    string     `json:"missing,omitempty" jsonschema_description:"for unknown: what would decide it and how to get it"`
	Fix        string     `json:"fix,omitempty" jsonschema_description:"which box, port and value to change"`
	Confidence string     `json:"confidence,omitempty" jsonschema:"enum=none,enum=contradicted,enum=inferred,enum=single,enum=strong,enum=proven" jsonschema_description:"of the mapping it rests on; absent when it rests on none"`
	Waiver     string     `json:"waiver,omitempty" jsonschema_description:"who accepted it, until when, why; the verdict is n/a then"`
	Evidence   []evidence `json:"evidence"`
	Cites      []string   `json:"cites" jsonschema_description:"document and clause"`
}

type subject struct {
	Kind string `json:"kind"`
	Name string `json:"name"`
}

type evidence struct {
	Device  string `json:"device"`
	Command string `json:"command"`
	Line    int    `json:"line" jsonschema:"minimum=1"`
	Text    string `json:"text" jsonschema_description:"the line as the device wrote it, cut to 240 bytes around what tells; bytes that are no UTF-8 became U+FFFD"`
}

type summary struct {
	Pass          int `json:"pass" jsonschema:"minimum=0"`
	Warn          int `json:"warn" jsonschema:"minimum=0"`
	Fail          int `json:"fail" jsonschema:"minimum=0"`
	Unknown       int `json:"unknown" jsonschema:"minimum=0"`
	NotApplicable int `json:"n/a" jsonschema:"minimum=0"`
}

type loss struct {
	Cluster string `json:"cluster,omitempty"`
	Host    string `json:"host"`
	Network string `json:"network"`
	Role    string `json:"role,omitempty"`
	Verdict string `json:"verdict" jsonschema:"enum=pass,enum=warn,enum=fail,enum=unknown,enum=n/a" jsonschema_description:"pass: it survives each single loss"`
	Loss    string `json:"loss,omitempty" jsonschema_description:"the worst single loss, or why none was looked at"`
	More    int    `json:"more,omitempty" jsonschema_description:"how many further losses are as bad"`
	Reason  string `json:"reason,omitempty"`
}

type waiver struct {
	Check   string `json:"check"`
	Subject string `json:"subject"`
	By      string `json:"by"`
	Until   string `json:"until" jsonschema:"format=date" jsonschema_description:"the last day on which it counts"`
	Reason  string `json:"reason"`
	State   string `json:"state" jsonschema:"enum=applied,enum=expired,enum=unused,enum=check did not run" jsonschema_description:"an expired one counts for nothing; an unused one found nothing that it could accept"`
	Says    string `json:"says" jsonschema_description:"what it did, or what follows for whoever wrote it"`
}

type byClause struct {
	Name    string       `json:"name"`
	Title   string       `json:"title"`
	Answer  string       `json:"answer" jsonschema:"enum=MET,enum=NOT MET,enum=CANNOT TELL"`
	Because string       `json:"because"`
	Clauses []clauseJSON `json:"clauses" jsonschema_description:"in the order of the document"`
}

type clauseJSON struct {
	Document  string   `json:"document,omitempty"`
	Clause    string   `json:"clause,omitempty"`
	Title     string   `json:"title,omitempty" jsonschema_description:"as published"`
	Question  string   `json:"question,omitempty" jsonschema_description:"what is asked, in our words"`
	Derived   bool     `json:"derived,omitempty" jsonschema_description:"the question is derived from the clause: it is not the document's wording"`
	Verdict   string   `json:"verdict" jsonschema:"enum=pass,enum=warn,enum=fail,enum=unknown,enum=n/a,enum=not assessable" jsonschema_description:"the worst of its checks' findings; unknown also when a check did not run or a machine gave nothing"`
	Checks    []string `json:"checks,omitempty" jsonschema_description:"that decide it"`
	Summary   *summary `json:"summary,omitempty" jsonschema_description:"their findings, counted"`
	Decisive  []cause  `json:"decisive,omitempty" jsonschema_description:"the findings that the verdict rests on"`
	Undecided []cause  `json:"undecided,omitempty" jsonschema_description:"findings that are unknown"`
	NotRun    []string `json:"not_run,omitempty" jsonschema_description:"checks that were left out, or that this version does not have"`
	Beyond    string   `json:"beyond,omitempty" jsonschema_description:"what of the clause nothing here decides; of one that is not assessable, why"`
}

// cause names a finding of the same report.
type cause struct {
	Check   string  `json:"check"`
	Subject subject `json:"subject"`
}

type device struct {
	Name      string `json:"name"`
	Platform  string `json:"platform"`
	Collected bool   `json:"collected"`
	Error     string `json:"error,omitempty" jsonschema_description:"why it was not, or not fully, collected"`
}

func writeJSON(w io.Writer, r *verify.Report, _ Options) error {
	b, err := json.MarshalIndent(documentOf(r), "", "  ")
	if err != nil {
		return fmt.Errorf("write JSON report: %w", err)
	}
	_, err = w.Write(append(escapeJSON(b), '\n'))
	return err
}

func documentOf(r *verify.Report) document {
	d := document{
		Tool: r.Tool, Version: r.Version, Started: r.Started.UTC(), Finished: r.Finished.UTC(), Inventory: valid(r.Inventory),
		Findings: []finding{}, Devices: []device{},
		Summary: summary{r.Count(verify.Pass), r.Count(verify.Warn), r.Count(verify.Fail), r.Count(verify.Unknown), r.Count(verify.NotApplicable)},
	}
	for _, f := range r.Findings {
		x := finding{
			Check: f.Check(), Subject: subject{f.Subject.Kind, valid(f.Subject.Name)}, Verdict: f.Outcome.String(), Severity: f.Severity.String(),
			Reason: valid(f.Reason), Missing: valid(f.Missing), Fix: valid(f.Fix), Confidence: f.Confidence.String(), Waiver: valid(f.Waiver.Terms()),
			Evidence: []evidence{}, Cites: []string{},
		}
		for _, s := range f.Evidence {
			if s.Known() {
				x.Evidence = append(x.Evidence, evidence{valid(s.Reply.Device), valid(s.Reply.Command), s.Line(), valid(s.Quote())})
			}
		}
		for _, c := range f.Cites() {
			x.Cites = append(x.Cites, c.String())
		}
		d.Findings = append(d.Findings, x)
	}
	for _, a := range devices(r) {
		d.Devices = append(d.Devices, device{valid(a.Name), valid(a.Platform), a.Collected, valid(a.Err)})
	}
	for _, g := range grids(r) {
		d.Matrix = append(d.Matrix, g.losses()...)
	}
	for _, w := range r.Waivers() {
		d.Waivers = append(d.Waivers, waiver{w.Check, valid(w.Subject), valid(w.By), w.Until.Format(time.DateOnly), valid(w.Reason), w.State.String(), valid(waiverSays(w))})
	}
	d.Profile = byClauseOf(r)
	return d
}

// losses is the matrix cell by cell.
func (g *grid) losses() (out []loss) {
	for i, h := range g.hosts {
		for j, c := range g.table[i] {
			if c.Needed {
				n := g.networks[j]
				out = append(out, loss{g.Cluster, valid(h.Name), valid(n.Name), string(n.Role), c.Outcome.String(), c.Loss, c.More, c.Why})
			}
		}
	}
	return out
}

func byClauseOf(r *verify.Report) *byClause {
	if r.Profile == nil {
		return nil
	}
	a := profileAnswer(r)
	out := &byClause{Name: r.Profile.Name, Title: r.Profile.Title, Answer: a.Word, Because: a.Because, Clauses: []clauseJSON{}}
	for _, c := range r.Clauses() {
		v := viewOf("", c)
		x := clauseJSON{Document: v.Document, Clause: v.Clause, Title: v.Title, Derived: v.Derived, Verdict: v.Verdict, Checks: c.Checks, NotRun: c.NotRun, Beyond: c.Beyond}
		if v.Text != v.Title {
			x.Question = v.Text
		}
		if c.Assessed {
			x.Summary = &summary{c.Counts[verify.Pass], c.Counts[verify.Warn], c.Counts[verify.Fail], c.Counts[verify.Unknown], c.Counts[verify.NotApplicable]}
		}
		x.Decisive, x.Undecided = causesOf(c.Decisive), causesOf(c.Undecided)
		out.Clauses = append(out.Clauses, x)
	}
	return out
}

func causesOf(findings []*verify.Finding) (out []cause) {
	for _, f := range findings {
		out = append(out, cause{f.Check(), subject{f.Subject.Kind, valid(f.Subject.Name)}})
	}
	return out
}

func valid(s string) string { return strings.ToValidUTF8(s, "\uFFFD") }

// escapeJSON writes what is not printable as \uXXXX, beyond what encoding/json escapes: DEL, the C1 controls and bidi controls would
// act on the terminal of whoever looks at the file. In JSON such runes can only stand inside strings, so the value stays the same.
func escapeJSON(b []byte) []byte {
	var out bytes.Buffer
	for _, r := range string(b) {
		switch {
		case r == '\n' || unicode.IsPrint(r):
			out.WriteRune(r)
		case r > 0xffff:
			hi, lo := utf16.EncodeRune(r)
			fmt.Fprintf(&out, `\u%04x\u%04x`, hi, lo)
		default:
			fmt.Fprintf(&out, `\u%04x`, r)
		}
	}
	return out.Bytes()
}
