package hp_comware

import (
	"regexp"
	"strings"

	"uplinkcheck/drivers/capture"
	"uplinkcheck/drivers/state"
	"uplinkcheck/drivers/text"
)

var (
	lagHead   = regexp.MustCompile(`^\s*Aggregat(?:e|ion) Interface: *(\S+)`)
	lagMode   = regexp.MustCompile(`^\s*Aggregation Mode: *(\S+)`)
	legend    = regexp.MustCompile(`(?i)^\s*load ?sharing type:`) // which heads the answer, also where there is no LAG
	lagSystem = regexp.MustCompile(`^\s*System ID: *(\S+, *\S+)`)
)

var modeWords = map[string]state.AggregationProtocol{"static": state.Static, "dynamic": state.LACP, "s": state.Static, "d": state.LACP}

var selections = map[string]state.Selection{"s": state.Selected, "u": state.Unselected, "i": state.Individual}

// aggregations reads "display link-aggregation verbose".
func aggregations(p *parser, lines []text.Line) {
	if len(lines) == 0 {
		return
	}
	before := len(p.Switch.Unread)
	sections := text.Sections(lines, func(l text.Line) bool { return lagHead.MatchString(l.Text) })
	for _, s := range sections {
		p.aggregation(s)
	}
	if (len(sections) > 0 || legend.MatchString(lines[0].Text)) && len(p.Switch.Unread) == before {
		p.Switch.Listed.Aggregators, p.Switch.Listed.LACP = lines[0].Reply.Whole(), lines[0].Reply.Whole()
	}
}

func (p *parser) aggregation(lines []text.Line) {
	name := port(lines[0].Match(lagHead)[1])
	if !name.Known() {
		p.Unread(lines[0].Span(), "no name of an aggregate interface")
		return
	}
	a := p.Aggregator(name.Value, lines[0].Span())
	var own capture.Fact[state.SystemID]
	local, remote := lines, []text.Line(nil)
	for i, l := range lines {
		if m := l.Match(lagMode); m != nil {
			a.Protocol = state.Word(p.Draft, m[1], modeWords)
		}
		if m := l.Match(lagSystem); m != nil {
			own = text.SystemID(m[1], false)
		}
		if strings.TrimSpace(l.Text) == "Remote:" {
			local, remote = lines[:i], lines[i+1:]
		}
	}
	p.members(a, local, own)
	p.partners(a, remote)
}

// columns finds a table whose columns differ between releases: of the optional ones those that are there.
func columns(lines []text.Line, must []string, may ...string) (t text.Table, rows []text.Line, ok bool) {
	if _, _, ok = text.FindTable(lines, must...); !ok {
		return t, nil, false
	}
	for _, h := range may {
		if _, _, ok := text.FindTable(lines, append(must[:len(must):len(must)], h)...); ok {
			must = append(must[:len(must):len(must)], h)
		}
	}
	return text.FindTable(lines, must...)
}

// members reads the table of local ports; the flags are LACP's.
func (p *parser) members(a *state.Aggregator, lines []text.Line, own capture.Fact[state.SystemID]) {
	t, rows, ok := columns(lines, []string{"Port", "Status"}, "Priority", "Index", "Oper-Key", "Flag")
	if !ok {
		return
	}
	for _, l := range rows {
		r := t.Row(l)
		name := port(r.Cell("Port"))
		if !name.Known() {
			if !l.Blank() && l.Indent() > 0 {
				p.Unread(l.Span(), "no member of a LAG")
			}
			break
		}
		if _, ok := names.Full(name.Value); !ok { // it may have another name where it stands in full
			p.Unread(l.Span(), "a member of a kind that we do not know")
		}
		x := p.AggregationPort(a.Name, name.Value, l.Span())
		x.From = l.Span()
		x.Selected = state.Word(p.Draft, r.Cell("Status"), selections)
		if flags := r.Cell("Flag"); flags.Known() {
			x.Actor.State = p.flags(flags)
			x.Actor.SystemPriority, x.Actor.System = parts(own)
			x.Actor.PortPriority, x.Actor.Key = text.Sixteen(r.Cell("Priority")), text.Sixteen(r.Cell("Oper-Key"))
			x.Actor.Port = text.Sixteen(r.Cell("Index"))
		}
	}
}

// partners reads the table of what the partner sends to each port. The column of its port is headed Partner, or Index where its priority stands before it.
func (p *parser) partners(a *state.Aggregator, lines []text.Line) {
	t, rows, ok := columns(lines, []string{"Actor", "SystemID", "Flag"}, "Partner", "Priority", "Index", "Oper-Key")
	if !ok {
		return
	}
	for _, l := range rows {
		r := t.Row(l)
		name := port(r.Cell("Actor"))
		if !name.Known() {
			break
		}
		x := p.AggregationPort(a.Name, name.Value, l.Span())
		system := r.Cell("SystemID")
		id := text.SystemID(system, false)
		if system.Known() && !id.Known() {
			p.Unread(system.From, state.Quote(system.Value)+" is no LACP system")
		}
		x.Partner.SystemPriority, x.Partner.System = parts(id)
		x.Partner.PortPriority, x.Partner.Key = text.Sixteen(r.Cell("Priority")), text.Sixteen(r.Cell("Oper-Key"))
		x.Partner.Port = text.Sixteen(orElse(r.Cell("Partner"), r.Cell("Index")))
		x.Partner.State = p.flags(r.Cell("Flag"))
	}
}

func parts(id capture.Fact[state.SystemID]) (capture.Fact[uint16], capture.Fact[state.MAC]) {
	return capture.Then(id, func(s state.SystemID) (uint16, bool) { return s.Priority, true }),
		capture.Then(id, func(s state.SystemID) (state.MAC, bool) { return s.System, true })
}

// flags reads {ACDEF}: the letters A to H are the bits 0 to 7 (IEEE Std 802.1AX-2020, 6.4.2.3).
func (p *parser) flags(f capture.Fact[string]) capture.Fact[state.LACPState] {
	out := capture.Then(f, func(s string) (state.LACPState, bool) {
		inner, ok := strings.CutPrefix(s, "{")
		inner, ok2 := strings.CutSuffix(inner, "}")
		var v uint8
		for _, c := range inner {
			if c < 'A' || c > 'H' {
				return state.LACPState{}, false
			}
			v |= 1 << (c - 'A')
		}
		return state.WholeLACPState(v), ok && ok2
	})
	if f.Known() && !out.Known() {
		p.Unread(f.From, state.Quote(f.Value)+" is no LACP state")
	}
	return out
}

var summaryRow = regexp.MustCompile(`^\s*((?:BAGG|RAGG|BLAGG)\d+)\s+([SD])\s`)

// aggregationSummary reads "display link-aggregation summary", which names no members.
func aggregationSummary(p *parser, lines []text.Line) {
	for _, l := range lines {
		if m := l.Match(summaryRow); m != nil {
			p.Aggregator(port(m[1]).Value, l.Span()).Protocol = state.Word(p.Draft, m[2], modeWords)
		}
	}
}

var (
	memberHead = regexp.MustCompile(`^\s*([A-Za-z][\w/:.-]*\d):\s*$`)
	memberItem = regexp.MustCompile(`^\s*([A-Za-z][A-Za-z -]*?): *(.*)$`)
	packets    = regexp.MustCompile(`^(\d+) packet`)
)

// memberPorts reads "display link-aggregation member-port": both ends of each port, with counters. A port of a LAG without LACP has one end only.
func memberPorts(p *parser, lines []text.Line) {
	for _, s := range text.Sections(lines, func(l text.Line) bool { return memberHead.MatchString(l.Text) && !endHead.MatchString(l.Text) }) {
		p.memberPort(s)
	}
}

var endHead = regexp.MustCompile(`^\s*(Local|Remote):`)

func (p *parser) memberPort(lines []text.Line) {
	name, lag := port(lines[0].Match(memberHead)[1]), capture.Fact[string]{}
	for _, l := range lines {
		if m := l.Match(lagHead); m != nil {
			lag = port(m[1])
		}
	}
	if !name.Known() || !lag.Known() {
		p.Unread(lines[0].Span(), "a member of no LAG")
		return
	}
	x := p.AggregationPort(lag.Value, name.Value, lines[0].Span())
	a := p.Aggregator(lag.Value, lines[0].Span())
	var end *state.Endpoint
	for _, l := range lines[1:] {
		if m := l.Match(endHead); m != nil {
			end = &x.Actor
			if m[1].Value == "Remote" {
				end = &x.Partner
				a.Protocol = orElse(a.Protocol, capture.Of(state.LACP, l.Span()))
			}
			continue
		}
		m := l.Match(memberItem)
		if m == nil || end == nil {
			continue
		}
		value := m[2]
		count := capture.Then(value, func(s string) (string, bool) {
			n := packets.FindStringSubmatch(s)
			return strings.Join(n[min(1, len(n)):], ""), n != nil
		})
		switch m[1].Value {
		case "System ID":
			end.SystemPriority, end.System = parts(text.SystemID(value, false))
		case "Port Number":
			end.Port = text.Sixteen(value)
		case "Port Priority":
			end.PortPriority = text.Sixteen(value)
		case "Oper-Key":
			end.Key = text.Sixteen(value)
		case "Flag":
			end.State = p.flags(value)
		case "Received LACP Packets":
			x.RX = text.Uint(count, 64)
		case "Illegal":
			x.IllegalRX = text.Uint(count, 64)
		case "Sent LACP Packets":
			x.TX = text.Uint(count, 64)
		}
	}
}
