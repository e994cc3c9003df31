package report

import (
	"cmp"
	"encoding/json"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"

	_ "embed"

	"github.com/jedib0t/go-pretty/v6/text"

	"uplinkcheck/drivers/capture"
	"uplinkcheck/drivers/state"
	"uplinkcheck/verify"
	"uplinkcheck/verify/change"
)

// ResultFormats are the names of the formats of results that are no report of findings.
var ResultFormats = []string{"text", "json"}

// WriteChange writes what a change did, in one of ResultFormats.
func WriteChange(w io.Writer, format string, c *change.Change, o Options) error {
	if format == "json" {
		return writeDocument(w, changeDocumentOf(c))
	}
	o.Width = max(cmp.Or(o.Width, 80), 40)
	t := &page{o: o, r: c.After, glue: newGlue(c.After)}
	t.changeAnswer(c)
	t.changes(c)
	_, err := w.Write(t.Bytes())
	return err
}

// changeWord is what a comparison says first.
func changeWord(c *change.Change) string {
	switch {
	case c.Count(change.Harm) > 0:
		return "NEW HARM"
	case c.Count(change.Unclear) > 0:
		return cannotTell
	case len(c.Items) > 0:
		return "NO NEW HARM"
	}
	return "NO CHANGE"
}

func (t *page) changeAnswer(c *change.Change) {
	harm, unclear := c.Count(change.Harm), c.Count(change.Unclear)
	outcome, because := verify.Pass, "every verdict and every fact is as before"
	switch {
	case harm > 0:
		outcome, because = verify.Fail, count(harm, "thing is", "things are")+" broken that "+were(harm)+" not before, on "+changedPlaces(t.r, c, change.Harm)
	case unclear > 0:
		outcome, because = verify.Unknown, "whether it did harm: "+count(unclear, "thing", "things")+" cannot be told any more, on "+changedPlaces(t.r, c, change.Unclear)
	case len(c.Items) > 0:
		because = "nothing is broken that was not before"
	}
	t.hang(t.paint(outcome, fmt.Sprintf("%-13s", changeWord(c))), 15, because)
	var counts []string
	for _, k := range change.Kinds {
		if n := c.Count(k); n > 0 {
			counts = append(counts, fmt.Sprintf("%d %s", n, k))
		}
	}
	if len(counts) > 0 {
		t.hang("", 15, strings.Join(counts, ", "))
	}
	if c.StillFail+c.StillUnknown > 0 {
		t.hang("", 15, fmt.Sprintf("as before: %s, %d unknown", count(c.StillFail, "verdict is fail", "verdicts are fail"), c.StillUnknown))
	}
	t.hang("before", 15, "collected "+stamp(c.Before.Started)+" to "+stamp(c.Before.Finished)+", "+reached(c.Before))
	t.hang("after", 15, "collected "+stamp(c.After.Started)+" to "+stamp(c.After.Finished)+", "+reached(c.After))
	for i, s := range c.Inventory {
		label := ""
		if i == 0 {
			label = "inventory"
		}
		t.hang(label, 15, prose(s))
	}
}

func were(n int) string {
	if n == 1 {
		return "was"
	}
	return "were"
}

// changedPlaces names where the items of a kind are: three places at most, then how many more.
func changedPlaces(r *verify.Report, c *change.Change, k change.Kind) string {
	var findings []*verify.Finding
	for i := range c.Items {
		if c.Items[i].Kind == k {
			findings = append(findings, &verify.Finding{Subject: c.Items[i].Subject})
		}
	}
	return places(r, findings)
}

// changed is what happened at one place: what a reader looks at in one go.
type changed struct {
	where string
	items []*change.Item // worst first
}

// changedAt groups the items by the hosts, pair, network or device that they are about: hosts that share a LAG because their cables were
// swapped are one place. The worst item decides where a place stands, so that a cable that moved is read beside what it broke.
func changedAt(c *change.Change) (out []*changed) {
	x := newPlaces(c.After.Fabric)
	sets := map[string]string{} // union-find: place to parent
	var find func(string) string
	find = func(k string) string {
		if p, ok := sets[k]; ok && p != k {
			sets[k] = find(p)
			return sets[k]
		}
		return k
	}
	places := make([][]string, len(c.Items))
	for i := range c.Items {
		places[i] = x.of(&verify.Finding{Subject: c.Items[i].Subject})
		for _, p := range places[i][1:] {
			sets[find(p)] = find(places[i][0])
		}
	}
	at, names := map[string]*changed{}, map[string][]string{}
	for i := range c.Items {
		root := find(places[i][0])
		if at[root] == nil {
			at[root] = &changed{}
			out = append(out, at[root])
		}
		at[root].items = append(at[root].items, &c.Items[i])
		for _, p := range places[i] {
			if !slices.Contains(names[root], p) {
				names[root] = append(names[root], p)
			}
		}
	}
	for root, g := range at {
		slices.SortFunc(names[root], state.NaturalCompare)
		g.where = clean(strings.Join(names[root], ", "))
	}
	slices.SortStableFunc(out, func(a, b *changed) int {
		x, y := a.items[0], b.items[0]
		return cmp.Or(cmp.Compare(x.Kind, y.Kind), cmp.Compare(aboutMachine(x), aboutMachine(y)), cmp.Compare(y.Severity, x.Severity), state.NaturalCompare(a.where, b.where))
	})
	return out
}

// aboutMachine orders what is said of a machine that was not collected before what follows from that.
func aboutMachine(i *change.Item) int {
	if i.Kind == change.Unclear && i.Subject.Kind == "device" && i.Check == "" {
		return 0
	}
	return 1
}

var changeHeadings = map[change.Kind]string{change.Harm: "Broken by the change", change.Unclear: "Cannot be told any more", change.Weaker: "Weaker than before",
	change.Moved: "Moved", change.Better: "Better than before", change.Waived: "Waived"}

func (t *page) changes(c *change.Change) {
	section, shown := change.Kind(255), 0
	for _, x := range changedAt(c) {
		if k := x.items[0].Kind; k != section {
			section, shown = k, 0
			t.heading(changeHeadings[k])
		}
		if shown++; shown > fullEntries && !t.o.Verbose {
			t.hang("  "+x.where, 2+text.StringWidth(x.where)+2, cut(itemText(x.items[0]), t.o.Width))
			continue
		}
		fmt.Fprintf(t, "  %s\n", cut(x.where, t.o.Width-2))
		t.place(x)
		t.WriteByte('\n')
	}
}

const (
	itemIndent = 13
	fullFacts  = 4 // of one kind at one place
)

// place tells what happened at one place: of each kind first the facts, the worst verdict with its lines, and the other verdicts by
// their ids.
func (t *page) place(x *changed) {
	for _, k := range change.Kinds {
		var facts []*change.Item
		var verdicts []*verify.Finding
		var lead *change.Item
		for _, i := range x.items {
			switch {
			case i.Kind != k:
			case i.Check == "" || t.o.Verbose || k == change.Waived:
				facts = append(facts, i)
			case lead == nil:
				lead = i
			default:
				verdicts = append(verdicts, &verify.Finding{By: &verify.Check{ID: i.Check}, Subject: i.Subject})
			}
		}
		if lead != nil {
			t.item(lead)
		}
		for n, i := range facts {
			if n == fullFacts && !t.o.Verbose {
				t.hang("", itemIndent, fmt.Sprintf("and %d more with -v", len(facts)-n))
				break
			}
			t.item(i)
		}
		if len(verdicts) > 0 {
			t.hang("    also", itemIndent, byCheck(verdicts))
		}
	}
	for i, fix := range x.mends() {
		if i == 3 && !t.o.Verbose {
			t.hang("", itemIndent, fmt.Sprintf("and %d more with -v", len(x.mends())-i))
			break
		}
		t.hang("    mend", itemIndent, fix)
	}
}

// mends are those of the plainest cause among what broke: what follows from it needs no mending of its own.
func (x *changed) mends() (out []string) {
	best := len(causes) + 1
	for _, i := range x.items {
		if i.Kind == change.Harm && i.Fix != "" {
			best = min(best, causeRank(i.Check))
		}
	}
	for _, i := range x.items {
		if fix := prose(i.Fix); i.Kind == change.Harm && fix != "" && causeRank(i.Check) == best && !slices.Contains(out, fix) {
			out = append(out, fix)
		}
	}
	return out
}

// item writes one item with its lines: those of now, of what is gone those of before; with -v both.
func (t *page) item(i *change.Item) {
	said := itemText(i)
	if i.Kind > change.Weaker && !t.o.Verbose {
		said = cut(said, 2*t.o.Width)
	}
	t.hang("    "+t.paint(kindOutcome(i.Kind), i.Kind.String()), itemIndent, said)
	limit := map[change.Kind]int{change.Harm: 2, change.Better: 0, change.Waived: 0}
	n, limited := limit[i.Kind]
	if !limited {
		n = 1
	}
	if t.o.Verbose || len(i.After) == 0 {
		t.quotes("before: ", i.Before, t.limit(n))
	}
	t.quotes("", i.After, t.limit(n))
	if i.Waiver != "" {
		t.hang("", itemIndent, "accepted "+prose(i.Waiver))
	}
	if i.Kind == change.Unclear && i.Missing != "" {
		t.hang("    get", itemIndent, prose(i.Missing))
	}
}

// kindOutcome is the outcome whose colour a kind shares.
func kindOutcome(k change.Kind) verify.Outcome {
	return map[change.Kind]verify.Outcome{change.Harm: verify.Fail, change.Unclear: verify.Unknown, change.Weaker: verify.Warn, change.Better: verify.Pass}[k]
}

// itemText is the item in one sentence: of a verdict with its check and both outcomes.
func itemText(i *change.Item) string {
	switch {
	case i.Check == "":
		return prose(i.Text)
	case i.Was == "" || i.Was == i.Is:
		return prose(fmt.Sprintf("%s %s: %s", i.Check, i.Is, i.Text))
	}
	return prose(fmt.Sprintf("%s %s, was %s: %s", i.Check, i.Is, i.Was, i.Text))
}

// quotes quotes spans with the label before each.
func (t *page) quotes(label string, spans []capture.Span, limit int) {
	t.quotesAt(itemIndent, label, spans, limit)
}

func (t *page) quotesAt(indent int, label string, spans []capture.Span, limit int) {
	pad := strings.Repeat(" ", indent)
	for _, s := range spans {
		if !s.Known() {
			continue
		}
		if limit--; limit < 0 {
			return
		}
		q := quoteOf(s, t.o.Width-indent-2)
		fmt.Fprintf(t, "%s%s\n%s  %s\n", pad, cut(fmt.Sprintf("%s%s  %s  line %d", label, q.Device, q.Command, q.Line), t.o.Width-indent), pad, q)
	}
}

//go:embed change.schema.json
var changeSchema string

// ChangeSchema returns the JSON Schema of what WriteChange writes as json.
func ChangeSchema() string { return changeSchema }

// changeDocument is the JSON form of a change. Its fields make the schema: keep names and order, only add.
type changeDocument struct {
	Tool        string          `json:"tool"`
	Version     string          `json:"version"`
	Answer      string          `json:"answer" jsonschema:"enum=new harm,enum=cannot tell,enum=no new harm,enum=no change"`
	Before      collection      `json:"before"`
	After       collection      `json:"after"`
	Inventories []string        `json:"inventories" jsonschema_description:"how the two inventories differ, one sentence each; empty when they do not. Both sides are judged with the one of after"`
	Changes     []changeElement `json:"changes" jsonschema_description:"worst first, then by subject"`
	Summary     changeSummary   `json:"summary"`
}

type collection struct {
	Started   time.Time `json:"started" jsonschema_description:"when the first machine was asked, UTC"`
	Finished  time.Time `json:"finished" jsonschema_description:"when the last reply ended, UTC"`
	Inventory string    `json:"inventory" jsonschema_description:"name of the inventory file that judged it"`
	Devices   []device  `json:"devices" jsonschema_description:"machines that were, or should have been, asked; sorted by name"`
}

type changeElement struct {
	Kind     string     `json:"kind" jsonschema:"enum=harm,enum=unknown,enum=weaker,enum=moved,enum=better,enum=waived"`
	Subject  subject    `json:"subject"`
	Check    string     `json:"check,omitempty" jsonschema:"pattern=^[A-Z]{3}-[0-9]{3}$" jsonschema_description:"whose verdict changed; absent when a fact did"`
	Severity string     `json:"severity" jsonschema:"enum=info,enum=low,enum=medium,enum=high,enum=critical"`
	Was      string     `json:"was" jsonschema_description:"verdict or value before; empty: there was none"`
	Is       string     `json:"is" jsonschema_description:"verdict or value now; empty: there is none"`
	Text     string     `json:"text" jsonschema_description:"what is so now, in the site's own names"`
	Missing  string     `json:"missing,omitempty" jsonschema_description:"for unknown: what would tell"`
	Fix      string     `json:"fix,omitempty"`
	Waiver   string     `json:"waiver,omitempty" jsonschema_description:"for waived: who accepted it, until when, why"`
	Before   []evidence `json:"before" jsonschema_description:"lines that said so before"`
	After    []evidence `json:"after" jsonschema_description:"lines that say so now"`
}

type changeSummary struct {
	Harm         int `json:"harm" jsonschema:"minimum=0"`
	Unknown      int `json:"unknown" jsonschema:"minimum=0"`
	Weaker       int `json:"weaker" jsonschema:"minimum=0"`
	Moved        int `json:"moved" jsonschema:"minimum=0"`
	Better       int `json:"better" jsonschema:"minimum=0"`
	Waived       int `json:"waived" jsonschema:"minimum=0"`
	StillFail    int `json:"still_fail" jsonschema:"minimum=0" jsonschema_description:"verdicts that were fail before and are"`
	StillUnknown int `json:"still_unknown" jsonschema:"minimum=0" jsonschema_description:"verdicts that were unknown before and are"`
}

func changeDocumentOf(c *change.Change) changeDocument {
	d := changeDocument{Tool: c.After.Tool, Version: c.After.Version, Answer: strings.ToLower(changeWord(c)), Before: collectionOf(c.Before), After: collectionOf(c.After),
		Inventories: []string{}, Changes: []changeElement{},
		Summary: changeSummary{c.Count(change.Harm), c.Count(change.Unclear), c.Count(change.Weaker), c.Count(change.Moved), c.Count(change.Better),
			c.Count(change.Waived), c.StillFail, c.StillUnknown}}
	for _, s := range c.Inventory {
		d.Inventories = append(d.Inventories, valid(s))
	}
	for i := range c.Items {
		x := &c.Items[i]
		d.Changes = append(d.Changes, changeElement{x.Kind.String(), subject{x.Subject.Kind, valid(x.Subject.Name)}, x.Check, x.Severity.String(), valid(x.Was), valid(x.Is),
			valid(x.Text), valid(x.Missing), valid(x.Fix), valid(x.Waiver), quotesOf(x.Before), quotesOf(x.After)})
	}
	return d
}

func collectionOf(r *verify.Report) collection {
	c := collection{r.Started.UTC(), r.Finished.UTC(), valid(r.Inventory), []device{}}
	for _, a := range devices(r) {
		c.Devices = append(c.Devices, device{valid(a.Name), valid(a.Platform), a.Collected, valid(a.Err)})
	}
	return c
}

// quotesOf is the JSON form of lines.
func quotesOf(spans []capture.Span) []evidence {
	out := []evidence{}
	for _, s := range spans {
		if s.Known() {
			out = append(out, evidence{valid(s.Reply.Device), valid(s.Reply.Command), s.Line(), valid(s.Quote())})
		}
	}
	return out
}

// writeDocument writes a value as indented JSON that no terminal acts on.
func writeDocument(w io.Writer, document any) error {
	b, err := json.MarshalIndent(document, "", "  ")
	if err != nil {
		return fmt.Errorf("write JSON: %w", err)
	}
	_, err = w.Write(append(escapeJSON(b), '\n'))
	return err
}
