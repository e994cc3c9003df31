package report

import (
	"cmp"
	_ "embed"
	"fmt"
	"io"
	"slices"
	"strings"

	"uplinkcheck/drivers/capture"
	"uplinkcheck/drivers/state"
	"uplinkcheck/verify"
	"uplinkcheck/verify/reload"
	"uplinkcheck/verify/topology"
)

// WriteReload writes whether things may go away now, in one of ResultFormats. The report r says who was asked, and when; its findings
// do not matter.
func WriteReload(w io.Writer, format string, r *verify.Report, x *reload.Result, o Options) error {
	if format == "json" {
		return writeDocument(w, reloadDocumentOf(r, x))
	}
	o.Width = max(cmp.Or(o.Width, 80), 40)
	t := &page{o: o, r: r, glue: newGlue(r)}
	t.reload(x)
	_, err := w.Write(t.Bytes())
	return err
}

// answerWords are the answers to a question of reload-check.
var answerWords = map[state.Tri]string{state.Yes: "YES", state.No: "NO", state.Unknown: cannotTell}

const (
	reloadIndent = 12
	fullReload   = 12 // entries under one label
)

func (t *page) reload(x *reload.Result) {
	outcome := map[state.Tri]verify.Outcome{state.Yes: verify.Pass, state.No: verify.Fail, state.Unknown: verify.Unknown}[x.Answer]
	question := "May " + clean(sentence(x.Names)) + " go away now?   "
	if t.o.Past {
		question = "Might " + clean(sentence(x.Names)) + " go away at " + stamp(t.r.Finished) + "?   "
	}
	t.hang(question+t.paint(outcome, answerWords[x.Answer]), 0, "")
	t.entriesOf("lost", x.Lost, func(e reload.Entry) string { return networksOf(e) + parenthesis(e.Why) })
	t.entriesOf("cut off", x.CutOff, func(e reload.Entry) string { return e.Kind + parenthesis(e.Why) })
	t.entriesOf("unknown", x.Unknown, func(e reload.Entry) string { return strings.TrimSpace(networksOf(e) + parenthesis(e.Why)) })
	t.oneLeg(x)
	t.gateways(x.Gateways)
	t.peers(x.Peers)
	for i, u := range x.Unreached {
		t.hang(label("blind", i), reloadIndent, clean(u.Name)+" could not be asked any more: "+prose(u.Why))
	}
	for i, u := range x.Apart {
		t.hang(label("apart", i), reloadIndent, prose(u.Why))
	}
	t.entriesOf("already", x.Already, func(e reload.Entry) string {
		return networksOf(e) + " down now, whatever goes away" + parenthesis(e.Why)
	})
	t.entriesOf("idle", x.Idle, func(e reload.Entry) string { return e.Why })
	if len(x.Lost)+len(x.CutOff)+len(x.Unknown) == 0 {
		t.hang("  kept", reloadIndent, count(x.Kept, "network of a host works on", "networks of hosts work on")+", nothing is lost")
	}
	t.hang("  asked", reloadIndent, reached(t.r)+", "+stamp(t.r.Finished))
}

func sentence(names []string) string {
	if n := len(names); n > 1 {
		return strings.Join(names[:n-1], ", ") + " and " + names[n-1]
	}
	return strings.Join(names, "")
}

// label is that of the first line under it, and blank for the others.
func label(s string, i int) string {
	if i > 0 {
		return ""
	}
	return "  " + s
}

func parenthesis(s string) string {
	if s == "" {
		return ""
	}
	return " (" + s + ")"
}

func networksOf(e reload.Entry) string {
	switch {
	case e.Kind == "network":
		return "network"
	case e.Kind != "host":
		return ""
	case len(e.Networks) == 0 && !e.Every:
		return ""
	case e.Every:
		return "every network"
	}
	return strings.Join(e.Networks, ", ")
}

// entriesOf writes one entry a line, and what would tell of what is unknown.
func (t *page) entriesOf(what string, all []reload.Entry, say func(reload.Entry) string) {
	for i, e := range all {
		if i == fullReload && !t.o.Verbose {
			t.hang("", reloadIndent, fmt.Sprintf("and %d more with -v", len(all)-i))
			break
		}
		t.hang(label(what, i), reloadIndent, clean(e.Name)+"  "+prose(say(e)))
		limit := 0
		if t.o.Verbose || what == "lost" && i < 3 {
			limit = t.limit(1)
		}
		t.quotesAt(reloadIndent+2, "", e.From, limit)
	}
	var missing []string
	for _, e := range all {
		if e.Missing != "" && !slices.Contains(missing, e.Missing) {
			missing = append(missing, e.Missing)
		}
	}
	for i, m := range missing {
		if i == fullReload && !t.o.Verbose {
			t.hang("", reloadIndent, fmt.Sprintf("and %d more with -v", len(missing)-i))
			break
		}
		t.hang(label("get", i), reloadIndent, prose(m))
	}
}

// oneLeg lists the hosts that one more failure would take down, by the switch that must not fail.
func (t *page) oneLeg(x *reload.Result) {
	hosts, order := map[string][]string{}, []string{}
	for _, e := range x.OneLeg {
		if hosts[e.Rest] == nil {
			order = append(order, e.Rest)
		}
		if !slices.Contains(hosts[e.Rest], e.Name) {
			hosts[e.Rest] = append(hosts[e.Rest], e.Name)
		}
	}
	is := "is"
	if len(x.Names) > 1 {
		is = "are"
	}
	for i, rest := range order {
		names := hosts[rest]
		if n := len(names); n > 3*fullReload && !t.o.Verbose {
			names = append(slices.Clone(names[:3*fullReload]), fmt.Sprintf("and %d more", n-3*fullReload))
		}
		t.hang(label("one leg", i), reloadIndent, clean(strings.Join(names, " "))+fmt.Sprintf(" (until %s %s back: a failure of %s takes them down)",
			clean(sentence(x.Names)), is, clean(cmp.Or(rest, "the rest"))))
	}
}

func (t *page) gateways(all []topology.Entrance) {
	for i, g := range all {
		if i == fullReload && !t.o.Verbose {
			t.hang("", reloadIndent, fmt.Sprintf("and %d more with -v", len(all)-i))
			return
		}
		var said []string
		for _, part := range []struct {
			names []string
			word  string
		}{{g.Gone, "lost"}, {g.Unsure, "unknown"}, {g.Remain, "left"}} {
			if len(part.names) > 0 {
				said = append(said, part.word+" "+strings.Join(part.names, ", "))
			}
		}
		t.hang(label("gateways", i), reloadIndent, clean(g.Network.Name)+"  "+clean(strings.Join(said, "; ")))
	}
}

func (t *page) peers(all []reload.Peer) {
	for i, p := range all {
		t.hang(label("peer", i), reloadIndent, peerText(p))
		t.quotesAt(reloadIndent+2, "", p.From, t.limit(0))
	}
}

// peerText tells how a switch is that would have to carry on.
func peerText(p reload.Peer) string {
	word := map[state.Tri]string{state.Yes: "healthy", state.No: "not healthy", state.Unknown: "not known to be healthy"}[p.Healthy]
	said := []string{clean(p.Switch.Name) + " " + word}
	if p.Why != "" {
		said[0] += ": " + prose(p.Why)
	}
	if p.Links > 0 {
		said = append(said, fmt.Sprintf("peer-link %d of %d up", p.Up, p.Links))
	}
	if p.LAGs > 0 {
		said = append(said, fmt.Sprintf("%d of %s active on both sides", p.Active, count(p.LAGs, "multi-chassis LAG", "multi-chassis LAGs")))
	}
	return strings.Join(said, ", ")
}

//go:embed reload.schema.json
var reloadSchema string

// ReloadSchema returns the JSON Schema of what WriteReload writes as json.
func ReloadSchema() string { return reloadSchema }

// reloadDocument is the JSON form of an answer. Its fields make the schema: keep names and order, only add.
type reloadDocument struct {
	Tool      string          `json:"tool"`
	Version   string          `json:"version"`
	Collected collection      `json:"collected"`
	GoesAway  []string        `json:"goes_away" jsonschema_description:"the names that were asked about"`
	Answer    string          `json:"answer" jsonschema:"enum=yes,enum=no,enum=cannot tell" jsonschema_description:"may they go away now"`
	Lost      []reloadElement `json:"lost" jsonschema_description:"what would no longer work"`
	CutOff    []reloadElement `json:"cut_off" jsonschema_description:"stations that hang on what goes away alone"`
	Unknown   []reloadElement `json:"unknown" jsonschema_description:"of which nobody can tell whether they would work"`
	OneLeg    []reloadElement `json:"one_leg" jsonschema_description:"what would work over one uplink"`
	Already   []reloadElement `json:"already" jsonschema_description:"what does not work now either"`
	Idle      []reloadElement `json:"idle" jsonschema_description:"hosts that are declared out of service"`
	Gateways  []reloadGateway `json:"gateways" jsonschema_description:"of networks of which a gateway is touched"`
	Peers     []reloadPeer    `json:"peers" jsonschema_description:"switches of touched pairs that would have to carry on"`
	Blind     []reloadElement `json:"blind" jsonschema_description:"machines that could not be asked any more"`
	Apart     []reloadElement `json:"apart" jsonschema_description:"switches that nothing would join to the others any more"`
	Kept      int             `json:"kept" jsonschema:"minimum=0" jsonschema_description:"how many networks of hosts surely work on"`
}

type reloadElement struct {
	Kind     string     `json:"kind"`
	Name     string     `json:"name"`
	Networks []string   `json:"networks,omitempty" jsonschema_description:"of the host, that it is about; absent: all"`
	Why      string     `json:"why"`
	Rest     string     `json:"rest,omitempty" jsonschema_description:"of one_leg: the switch that must not fail then"`
	Missing  string     `json:"missing,omitempty" jsonschema_description:"what would tell and how to get it"`
	Evidence []evidence `json:"evidence"`
}

type reloadGateway struct {
	Network string   `json:"network"`
	Lost    []string `json:"lost"`
	Unknown []string `json:"unknown"`
	Left    []string `json:"left"`
}

type reloadPeer struct {
	Pair        string     `json:"pair"`
	Switch      string     `json:"switch"`
	Healthy     string     `json:"healthy" jsonschema:"enum=yes,enum=no,enum=unknown"`
	Why         string     `json:"why"`
	PeerLinks   int        `json:"peer_links" jsonschema:"minimum=0"`
	PeerLinksUp int        `json:"peer_links_up" jsonschema:"minimum=0"`
	LAGs        int        `json:"lags" jsonschema:"minimum=0" jsonschema_description:"multi-chassis LAGs of which it says whether they are active on both sides"`
	LAGsOnBoth  int        `json:"lags_active_on_both" jsonschema:"minimum=0"`
	Evidence    []evidence `json:"evidence"`
}

func reloadDocumentOf(r *verify.Report, x *reload.Result) reloadDocument {
	d := reloadDocument{Tool: r.Tool, Version: r.Version, Collected: collectionOf(r), GoesAway: []string{}, Answer: strings.ToLower(answerWords[x.Answer]),
		Lost: elementsOf(x.Lost), CutOff: elementsOf(x.CutOff), Unknown: elementsOf(x.Unknown), OneLeg: elementsOf(x.OneLeg), Already: elementsOf(x.Already),
		Idle: elementsOf(x.Idle), Gateways: []reloadGateway{}, Peers: []reloadPeer{}, Blind: []reloadElement{}, Apart: []reloadElement{}, Kept: x.Kept}
	for _, n := range x.Names {
		d.GoesAway = append(d.GoesAway, valid(n))
	}
	for _, g := range x.Gateways {
		d.Gateways = append(d.Gateways, reloadGateway{valid(g.Network.Name), listed(g.Gone), listed(g.Unsure), listed(g.Remain)})
	}
	for _, p := range x.Peers {
		d.Peers = append(d.Peers, reloadPeer{valid(p.Pair), valid(p.Switch.Name), p.Healthy.String(), valid(p.Why), p.Links, p.Up, p.LAGs, p.Active, quotesOf(p.From)})
	}
	for _, u := range x.Unreached {
		d.Blind = append(d.Blind, reloadElement{Kind: "device", Name: valid(u.Name), Why: valid(u.Why), Evidence: quotesOf([]capture.Span{u.From})})
	}
	for _, u := range x.Apart {
		d.Apart = append(d.Apart, reloadElement{Kind: "switch", Name: valid(u.Name), Why: valid(u.Why), Evidence: []evidence{}})
	}
	return d
}

func elementsOf(all []reload.Entry) []reloadElement {
	out := []reloadElement{}
	for _, e := range all {
		x := reloadElement{Kind: e.Kind, Name: valid(e.Name), Why: valid(e.Why), Rest: valid(e.Rest), Missing: valid(e.Missing), Evidence: quotesOf(e.From)}
		if !e.Every {
			x.Networks = append(x.Networks, e.Networks...)
		}
		out = append(out, x)
	}
	return out
}

// listed is never null in JSON.
func listed(names []string) []string {
	out := []string{}
	for _, n := range names {
		out = append(out, valid(n))
	}
	return out
}
