package juniper_junos

import (
	"bytes"
	"slices"
	"strings"

	"uplinkcheck/drivers/capture"
	"uplinkcheck/drivers/state"
)

// aggregator returns the aggregator of that name, made when it is new.
func (p *parser) aggregator(name string, from capture.Span) *state.Aggregator {
	i, ok := p.aggregators[name]
	if !ok {
		i = len(p.sw.Aggregators)
		p.aggregators[name] = i
		p.sw.Aggregators = append(p.sw.Aggregators, state.Aggregator{Name: name, From: from})
	}
	return &p.sw.Aggregators[i]
}

// aggregationPort returns the port of that name in the aggregator, made when it is new.
func (p *parser) aggregationPort(a *state.Aggregator, name string, from capture.Span) *state.AggregationPort {
	name = base(name)
	for i := range a.Ports {
		if a.Ports[i].Name == name {
			return &a.Ports[i]
		}
	}
	if a.Ports == nil {
		a.Ports = make([]state.AggregationPort, 0, 2) // as most have
	}
	a.Ports = append(a.Ports, state.AggregationPort{Name: name, From: from})
	return &a.Ports[len(a.Ports)-1]
}

// lacp reads lacp-interface-information-list; the zero elem says that LACP is configured nowhere.
func lacp(p *parser, e elem) {
	if !e.exists() {
		p.sw.Listed.LACP = p.reply.Whole()
		return
	}
	for info := range e.named("lacp-interface-information") {
		name := info.at("lag-lacp-header", "aggregate-name").str()
		if !name.Known() {
			p.unread(info.span(), "an aggregate without a name")
			continue
		}
		a := p.aggregator(base(name.Value), name.From)
		a.Protocol = capture.Of(state.LACP, name.From)
		for row := range info.named("lag-lacp-state") {
			if _, end := p.endpoint(a, row); end != nil {
				end.State = p.lacpState(row)
			}
		}
		for row := range info.named("lag-lacp-info") {
			if _, end := p.endpoint(a, row); end != nil {
				end.SystemPriority = row.at("lacp-sys-priority").uint16()
				end.System = row.at("lacp-system-id").mac()
				end.PortPriority = row.at("lacp-port-priority").uint16()
				end.Port = row.at("lacp-port-number").uint16()
				end.Key = row.at("lacp-port-key").uint16()
			}
		}
		for row := range info.named("lag-lacp-protocol") {
			if name := row.at("name").str(); name.Known() {
				m := p.aggregationPort(a, name.Value, row.span())
				p.selected(m, row.at("lacp-mux-state").str(), row.at("lacp-receive-state").str())
			}
		}
	}
	p.sw.Listed.LACP = e.span()
}

// endpoint returns the end that a row is about, nil when the row does not say.
func (p *parser) endpoint(a *state.Aggregator, row elem) (*state.AggregationPort, *state.Endpoint) {
	name, role := row.at("name").str(), row.at("lacp-role").str()
	if !name.Known() {
		p.unread(row.span(), "a LACP row without a port")
		return nil, nil
	}
	switch strings.ToLower(role.Value) {
	case "actor":
		m := p.aggregationPort(a, name.Value, row.span())
		return m, &m.Actor
	case "partner":
		m := p.aggregationPort(a, name.Value, row.span())
		return m, &m.Partner
	}
	p.unread(row.span(), "unknown LACP role "+state.Quote(role.Value))
	return nil, nil
}

// A lacpBit is how Junos states one bit of the LACP state octet. Timeout is what that end asks of the other:
// Fast is a PDU each second, the short timeout (IEEE Std 802.1AX-2020, 6.4.2.3).
type lacpBit struct {
	bit     state.LACPBits
	leaf    string
	column  string // in text
	on, off string
}

var lacpBits = []lacpBit{
	{state.Expired, "lacp-expired", "Exp", "yes", "no"},
	{state.Defaulted, "lacp-defaulted", "Def", "yes", "no"},
	{state.Distributing, "lacp-distributing", "Dist", "yes", "no"},
	{state.Collecting, "lacp-collecting", "Col", "yes", "no"},
	{state.Synchronization, "lacp-synchronization", "Syn", "yes", "no"},
	{state.Aggregation, "lacp-aggregation", "Aggr", "yes", "no"},
	{state.ShortTimeout, "lacp-timeout", "Timeout", "fast", "slow"},
	{state.Activity, "lacp-activity", "Activity", "active", "passive"},
}

// with returns s with the bit that the word states, and false for a word that states none.
func (b *lacpBit) with(s state.LACPState, word string) (state.LACPState, bool) {
	switch {
	case strings.EqualFold(word, b.on):
		return s.With(b.bit, true), true
	case strings.EqualFold(word, b.off):
		return s.With(b.bit, false), true
	}
	return s, false
}

func (p *parser) lacpState(row elem) capture.Fact[state.LACPState] {
	var s state.LACPState
	for i := range lacpBits {
		b := &lacpBits[i]
		text := row.at(b.leaf).str()
		if !text.Known() {
			continue
		}
		var ok bool
		if s, ok = b.with(s, text.Value); !ok {
			p.unread(text.From, "unknown word "+state.Quote(text.Value)+" in "+b.leaf)
		}
	}
	if s.Known == 0 {
		return capture.Fact[state.LACPState]{}
	}
	return capture.Of(s, row.span())
}

// muxStates are the states of the mux machine. It leaves DETACHED once the port is selected or standby, waits, and attaches
// when selected (IEEE Std 802.1AX-2020, 6.4.13): WAITING alone does not tell which.
var muxStates = map[string]state.Selection{
	"collecting distributing": state.Selected,
	"collecting":              state.Selected,
	"distributing":            state.Selected,
	"attached":                state.Selected,
	"detached":                state.Unselected,
	"waiting":                 0,
}

// selected takes the state of the mux machine, and that of the receive machine as the reason when it holds the port back.
func (p *parser) selected(m *state.AggregationPort, mux, receive capture.Fact[string]) {
	if !mux.Known() {
		return
	}
	selection, ok := state.Lookup(muxStates, mux.Value)
	if !ok {
		p.unread(mux.From, "unknown mux state "+state.Quote(mux.Value))
		return
	}
	if selection != 0 {
		m.Selected = capture.Of(selection, mux.From)
	}
	if selection != state.Selected {
		m.Reason = mux
		if receive.Known() && !strings.EqualFold(receive.Value, "current") {
			m.Reason = receive
		}
	}
}

// lacpStatistics reads lacp-interface-statistics-list.
func lacpStatistics(p *parser, e elem) {
	for info := range e.named("lacp-interface-statistics") {
		name := info.at("lag-lacp-header", "aggregate-name").str()
		if !name.Known() {
			continue
		}
		a := p.aggregator(base(name.Value), name.From)
		for row := range info.named("lag-lacp-statistics") {
			if port := row.at("name").str(); port.Known() {
				m := p.aggregationPort(a, port.Value, row.span())
				m.RX = capture.Then(row.at("lacp-rx-packets").str(), counter)
				m.TX = capture.Then(row.at("lacp-tx-packets").str(), counter)
				m.UnknownRX = capture.Then(row.at("unknown-rx-packets").str(), counter)
				m.IllegalRX = capture.Then(row.at("illegal-rx-packets").str(), counter)
			}
		}
	}
}

func counter(s string) (uint64, bool) { return number(s, 64) }

// columns returns the words of a line, each with exactly its bytes as span. They are good until it is called again.
func (p *parser) columns(r *capture.Reply, at int, line string) []capture.Fact[string] {
	p.words = p.words[:0]
	for i := 0; i < len(line); {
		for i < len(line) && blank(line[i]) {
			i++
		}
		start := i
		for i < len(line) && !blank(line[i]) {
			i++
		}
		if i > start {
			p.words = append(p.words, capture.Of(line[start:i], r.Span(at+start, at+i)))
		}
	}
	return p.words
}

func blank(c byte) bool { return c == ' ' || c == '\t' || c == '\r' || c == '\f' }

// beginsAggregate tells the line before what is said of an aggregate: "Aggregated interface: ae0".
func beginsAggregate(w []capture.Fact[string]) bool {
	return len(w) > 2 && w[0].Value == "Aggregated" && w[1].Value == "interface:"
}

// lacpText reads "show lacp interfaces", extensive or not.
func lacpText(p *parser, r *capture.Reply) {
	var a *state.Aggregator
	var table string
	var titles string
	var bits []*lacpBit // of the columns after the role, by their titles
	whole := true
	p.sw.Aggregators = slices.Grow(p.sw.Aggregators, bytes.Count(r.Data, []byte("Aggregated interface:")))
	for at, line := range p.lines(r, &whole) {
		words := p.columns(r, at, line)
		switch {
		case len(words) == 0:
		case beginsAggregate(words):
			name := words[2]
			a = p.aggregator(base(name.Value), name.From)
			a.Protocol = capture.Of(state.LACP, name.From)
			table = ""
		case words[0].Value == "LACP" && strings.Contains(line, ":"):
			head, rest, _ := strings.Cut(strings.TrimSpace(line), ":")
			if table = head; table == "LACP state" && titles != rest {
				bits, titles = lacpHeader(rest), rest
			}
		case a == nil:
			if ofSession(line) || strings.HasPrefix(words[0].Value, "show") ||
				strings.Contains(line, notNeeded) {
				continue // the prompt, and an answer of its own
			}
			whole = false
			p.unread(r.Span(at, at+len(line)), "before the first aggregate")
		default:
			if words, mark := p.unmarked(r, words); isPort(words[0].Value) {
				p.lacpLine(r, a, table, bits, words, mark, r.Span(at, at+len(line)))
			}
		}
	}
	if whole && (a != nil || strings.Contains(string(r.Data), notNeeded)) {
		p.sw.Listed.LACP = r.Whole()
	}
}

// unmarked takes off what may stand beside the name of a port: "FUP" where it is to come up without a partner, "(Active)" and "(Standby)"
// where links protect each other.
func (p *parser) unmarked(r *capture.Reply, w []capture.Fact[string]) (rest []capture.Fact[string], mark capture.Fact[string]) {
	if name, _, ok := strings.Cut(w[0].Value, "("); ok {
		start := int(w[0].From.Start) + len(name)
		mark = capture.Of(w[0].Value[len(name):], r.Span(start, int(w[0].From.End)))
		w[0] = capture.Of(name, r.Span(int(w[0].From.Start), start))
	} else if len(w) > 1 && (w[1].Value == "FUP" || strings.HasPrefix(w[1].Value, "(")) {
		mark = w[1]
		w = append(w[:1], w[2:]...)
	}
	return w, mark
}

// lacpHeader finds what each column of the table of states is by its title.
func lacpHeader(titles string) []*lacpBit {
	var out []*lacpBit
	for _, title := range strings.Fields(titles) {
		var found *lacpBit
		for i := range lacpBits {
			if lacpBits[i].column == title {
				found = &lacpBits[i]
			}
		}
		if title != "Role" {
			out = append(out, found)
		}
	}
	return out
}

// lacpLine reads one line about a port in one of the tables that follow the name of an aggregate.
func (p *parser) lacpLine(r *capture.Reply, a *state.Aggregator, table string, bits []*lacpBit, w []capture.Fact[string], mark capture.Fact[string], from capture.Span) {
	m := p.aggregationPort(a, w[0].Value, from)
	if mark.Value == "FUP" {
		a.Fallback = capture.Of(state.StaticFallback, mark.From)
	}
	var end *state.Endpoint
	if len(w) > 1 && w[1].Value == "Actor" {
		end = &m.Actor
	} else if len(w) > 1 && w[1].Value == "Partner" {
		end = &m.Partner
	}
	switch {
	case table == "LACP state" && end != nil && len(w) == 2+len(bits):
		var s state.LACPState
		for i, b := range bits {
			ok := b != nil
			if ok {
				s, ok = b.with(s, w[2+i].Value)
			}
			if !ok {
				p.unread(w[2+i].From, "unknown word "+state.Quote(w[2+i].Value)+" in the LACP state")
			}
		}
		if s.Known != 0 {
			end.State = capture.Of(s, from)
		}
	case table == "LACP info" && end != nil && len(w) == 7:
		to16 := func(s string) (uint16, bool) { v, ok := number(s, 16); return uint16(v), ok }
		end.SystemPriority = capture.Then(w[2], to16)
		end.System = capture.Then(w[3], toMAC)
		end.PortPriority = capture.Then(w[4], to16)
		end.Port = capture.Then(w[5], to16)
		end.Key = capture.Then(w[6], to16)
	case table == "LACP protocol":
		mux := muxState(r, w)
		if !mux.Known() {
			p.unread(from, "unknown mux state")
			return
		}
		p.selected(m, mux, receiveState(w))
		if strings.EqualFold(mark.Value, "(Standby)") && !m.Selected.Known() {
			m.Selected = capture.Of(state.Standby, mark.From)
		}
	case strings.HasPrefix(table, "LACP state"), strings.HasPrefix(table, "LACP info"):
		p.unread(from, "columns do not fit the header")
	}
}

// muxState returns the state at the end of the line, of one word or two.
func muxState(r *capture.Reply, w []capture.Fact[string]) capture.Fact[string] {
	last := w[len(w)-1]
	switch last.Value {
	case "Collecting", "Distributing", "Attached", "Detached", "Waiting":
		if len(w) > 1 {
			return last
		}
	case "distributing":
		const both = "Collecting distributing"
		if start := int(last.From.End) - len(both); len(w) > 2 && r.Span(start, int(last.From.End)).Text() == both && int(w[len(w)-2].From.Start) == start {
			return capture.Of(both, r.Span(start, start+len(both)))
		}
	}
	return capture.Fact[string]{}
}

// receiveState returns the word of the receive machine when it is a single word.
func receiveState(w []capture.Fact[string]) capture.Fact[string] {
	if len(w) > 1 {
		switch w[1].Value {
		case "Current", "Expired", "Defaulted", "Initialize":
			return w[1]
		}
	}
	return capture.Fact[string]{}
}

// lacpStatisticsText reads "show lacp statistics interfaces".
func lacpStatisticsText(p *parser, r *capture.Reply) {
	var a *state.Aggregator
	width := 0 // of a row, 0 outside of the table
	for at, line := range p.lines(r, nil) {
		words := p.columns(r, at, line)
		switch {
		case beginsAggregate(words):
			a, width = p.aggregator(base(words[2].Value), words[2].From), 0
		case strings.Contains(line, "LACP Rx") && strings.Index(line, "LACP Tx") > strings.Index(line, "LACP Rx"):
			width = 3
			if strings.HasSuffix(strings.Join(strings.Fields(line), " "), "LACP Rx LACP Tx Unknown Rx Illegal Rx") {
				width = 5
			}
		case a != nil && width > 0 && len(words) > 0:
			words, _ := p.unmarked(r, words)
			if len(words) != width || !isPort(words[0].Value) {
				continue
			}
			m := p.aggregationPort(a, words[0].Value, r.Span(at, at+len(line)))
			m.RX, m.TX = capture.Then(words[1], counter), capture.Then(words[2], counter)
			if width == 5 {
				m.UnknownRX, m.IllegalRX = capture.Then(words[3], counter), capture.Then(words[4], counter)
			}
		}
	}
}

// finishAggregators tells static aggregates from those that LACP runs on.
func (p *parser) finishAggregators() {
	for i := range p.sw.Aggregators {
		a := &p.sw.Aggregators[i]
		if esi := p.segments[a.Name]; esi.Value != "" {
			a.ESI, a.ESIMode = esi, p.modes[a.Name]
		}
	}
	p.configuredAggregators()
	for i := range p.sw.Aggregators {
		a := &p.sw.Aggregators[i]
		if !a.Protocol.Known() {
			a.Protocol = capture.Of(state.Static, p.sw.Listed.LACP)
		}
		for j := range p.sw.Interfaces {
			n := &p.sw.Interfaces[j]
			if n.Aggregator.Known() || n.Kind != state.Physical {
				continue
			}
			for _, m := range a.Ports {
				if m.Name == n.Name {
					n.Aggregator = capture.Of(a.Name, m.From)
				}
			}
		}
	}
}
