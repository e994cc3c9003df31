package ios

import (
	"regexp"
	"slices"
	"strings"

	"uplinkcheck/drivers/capture"
	"uplinkcheck/drivers/state"
	"uplinkcheck/drivers/text"
)

var (
	groupRow  = regexp.MustCompile(`^(\d{1,4})\s+(Po\d+)\(([A-Za-z/ -]+)\)(?:\s+(LACP|PAgP|-))?(?:\s|$)`)
	groupLike = regexp.MustCompile(`^\d{1,4}\s+Po\S*\(`)
	countLine = regexp.MustCompile(`^Number of (?:channel-groups in use|aggregators):\s+(\d+)$`)
)

var protocolWords = map[string]state.AggregationProtocol{"LACP": state.LACP, "PAgP": state.PAgP, "-": state.Static}

// memberFlags are what became of a port of a group; routers write words. A "default" port is none that we know.
var memberFlags = map[string]state.Selection{
	"P": state.Selected, "bndl": state.Selected, "I": state.Individual, "indep": state.Individual, "indiv": state.Individual,
	"H": state.Standby, "hot-sby": state.Standby, "s": state.Unselected, "susp": state.Unselected, "D": state.Unselected, "down": state.Unselected,
	"w": state.Unselected, "wait": state.Unselected, "f": state.Unselected, "u": state.Unselected, "m": state.Unselected,
}

// etherSummary reads "show etherchannel summary". The list of members goes on in lines without a group.
func etherSummary(p *parser, lines []text.Line) {
	var a *state.Aggregator
	var name capture.Span // of it
	rows, count, whole := 0, -1, len(lines) > 0
	for _, l := range lines {
		if m := l.Match(countLine); m != nil {
			count = max(count, text.Int(m[1]).Value)
		}
		from := 0
		if m := l.Match(groupRow); m != nil {
			rows++
			a, name = p.group(l, m), m[2].From
			from = strings.Index(l.Text, ")") + 1
		} else if l.Blank() {
			continue
		} else if a == nil || l.Indent() < 8 && l.Text[0] != '\t' {
			if a = nil; groupLike.MatchString(l.Text) {
				p.Unread(l.Span(), "a group in a form that we do not know")
			}
			continue
		}
		words := 0
		for member, flag := range l.Flagged(from) {
			words++
			whole = p.groupMember(a, name, member, flag) && whole
		}
		if words == 0 && from == 0 || strings.Count(l.Text[from:], "(") != words {
			p.Unread(l.Span(), "a member of a group that was not understood")
			whole = false
		}
	}
	if whole && rows == count {
		p.Switch.Listed.Aggregators = text.Through(lines)
	}
}

// group reads the head of a row. A group without a member has no protocol, whatever stands there.
func (p *parser) group(l text.Line, m []capture.Fact[string]) *state.Aggregator {
	a := p.Aggregator(named(m[2]).Value, l.Span())
	a.From = l.Span()
	for range l.Flagged(strings.Index(l.Text, ")") + 1) {
		first(&a.Protocol, capture.Then(m[4], func(s string) (state.AggregationProtocol, bool) { v, ok := protocolWords[s]; return v, ok }))
	}
	a.Oper = capture.Then(m[3], func(s string) (state.Status, bool) {
		switch {
		case strings.Contains(s, "U"):
			return state.Up, true
		case strings.ContainsAny(s, "DMN"):
			return state.Down, true
		}
		return 0, false
	})
	return a
}

// groupMember reads a port and its flag; name is that of the group.
func (p *parser) groupMember(a *state.Aggregator, name capture.Span, member, word capture.Fact[string]) bool {
	port, ok := names.Full(member.Value)
	if !ok {
		p.Unread(member.From, "no port that we know")
		return false
	}
	m := p.AggregationPort(a.Name, port, member.From)
	selected, known := memberFlags[strings.TrimSuffix(word.Value, "d")] // a default port may be in the bundle, too
	if !known {
		if word.Value != "d" {
			p.Unread(word.From, "unknown flag "+state.Quote(word.Value))
		}
		return true
	}
	m.Selected = capture.Of(selected, word.From)
	if selected != state.Selected {
		m.Reason = word
	}
	i := p.Interface(port, member.From)
	i.Aggregator = capture.Of(a.Name, name)
	if i.Kind == 0 {
		i.Kind = kindOf(port)
	}
	return true
}

// kind gives an interface that was only named in passing its kind.
func (p *parser) kind(name string) {
	if i := p.Interface(name, capture.Span{}); i.Kind == 0 {
		i.Kind = kindOf(name)
	}
}

var (
	detailPort       = regexp.MustCompile(`^Port: (\S+)$`)
	detailState      = regexp.MustCompile(`^Port state\s+= (.+)$`)
	detailMode       = regexp.MustCompile(`\bMode = (\S+)`)
	detailGroup      = regexp.MustCompile(`\bPseudo port-channel = (Po\d+)`)
	detailLinks      = regexp.MustCompile(`^Minimum Links: (\d+)`)
	detailGroupProto = regexp.MustCompile(`^Protocol: +(?:-  *)?(\S.*)$`)
	detailChannel    = regexp.MustCompile(`^Port-channel: (Po\d+)`)
	detailProto      = regexp.MustCompile(`^Protocol\s*= +(\S+)`)
	detailIndex      = regexp.MustCompile(`^\s*\d+\s+[0-9A-Fa-f]+\s+(\S+)\s+(\S+)\s+\d+\s*$`)
)

var modeProtocols = map[string]state.AggregationProtocol{
	"Active": state.LACP, "Passive": state.LACP, "On": state.Static, "Desirable": state.PAgP, "Desirable-Sl": state.PAgP, "Auto": state.PAgP, "Auto-Sl": state.PAgP,
}

// etherDetail reads "show etherchannel detail" and "show etherchannel port-channel": ports, each with both ends of its conversation, then
// the aggregators of the group.
func etherDetail(p *parser, lines []text.Line) {
	var port, name, group capture.Fact[string]
	var links capture.Fact[int]
	var words capture.Fact[string]
	var channel, number capture.Fact[string]
	member := func() *state.AggregationPort {
		if !port.Known() || !group.Known() {
			return nil
		}
		return p.AggregationPort(named(group).Value, named(port).Value, port.From)
	}
	for _, l := range lines {
		if strings.HasPrefix(l.Text, "Group: ") || strings.HasPrefix(l.Text, "Group state") {
			port, group, links, channel = name, name, capture.Fact[int]{}, capture.Fact[string]{}
		}
		if strings.HasPrefix(l.Text, "Group: ") {
			number = l.After("Group: ")
		}
		if m := l.Match(detailGroupProto); m != nil && number.Known() {
			a := p.Aggregator("Port-channel"+number.Value, number.From)
			first(&a.Protocol, capture.Then(m[1], func(s string) (state.AggregationProtocol, bool) {
				if strings.EqualFold(s, "(Mode ON)") {
					return state.Static, true
				}
				v, ok := protocolWords[s]
				return v, ok && s != "-"
			}))
		}
		if m := l.Match(detailLinks); m != nil {
			links = text.Int(m[1])
		}
		if m := l.Match(detailPort); m != nil {
			port, group, words, channel = m[1], capture.Fact[string]{}, capture.Fact[string]{}, capture.Fact[string]{}
		}
		if m := l.Match(detailState); m != nil {
			words = m[1]
		}
		if m := l.Match(detailMode); m != nil {
			name = m[1]
		}
		if m := l.Match(detailGroup); m != nil && port.Known() {
			group = m[1]
			a := p.Aggregator(named(group).Value, group.From)
			first(&a.Protocol, capture.Then(name, func(s string) (state.AggregationProtocol, bool) { v, ok := modeProtocols[s]; return v, ok }))
			first(&a.MinLinks, links)
			x := member()
			first(&x.Selected, capture.Then(words, selectionOf))
			p.Interface(x.Name, port.From)
			p.kind(x.Name)
			first(&p.Interface(x.Name, port.From).Aggregator, capture.Of(a.Name, group.From))
			name = capture.Fact[string]{}
		}
		if x := member(); x != nil {
			p.lacpRow(x, l)
		}
		if m := l.Match(detailChannel); m != nil {
			port, channel = capture.Fact[string]{}, named(m[1])
			p.Aggregator(channel.Value, m[1].From)
			p.kind(channel.Value)
		}
		if !channel.Known() {
			continue
		}
		a := p.Aggregator(channel.Value, l.Span())
		if m := l.Match(detailProto); m != nil && m[1].Value != "-" {
			first(&a.Protocol, capture.Then(m[1], func(s string) (state.AggregationProtocol, bool) { v, ok := protocolWords[s]; return v, ok }))
		}
		if strings.HasPrefix(l.Text, "Port state") && strings.Contains(l.Text, "Ag-Inuse") {
			first(&a.Oper, capture.Of(state.Up, l.Span()))
		} else if strings.HasPrefix(l.Text, "Port state") && strings.Contains(l.Text, "Ag-Not-Inuse") {
			first(&a.Oper, capture.Of(state.Down, l.Span()))
		}
		if m := l.Match(detailIndex); m != nil && isPort(m[1].Value) { // those that are bundled
			first(&a.Protocol, capture.Then(m[2], func(s string) (state.AggregationProtocol, bool) { v, ok := modeProtocols[s]; return v, ok }))
			x := p.AggregationPort(channel.Value, named(m[1]).Value, m[1].From)
			first(&p.Interface(x.Name, m[1].From).Aggregator, channel)
			p.kind(x.Name)
		}
	}
}

// selectionOf reads the words of "Port state": in the bundle, in reserve, or neither.
func selectionOf(s string) (state.Selection, bool) {
	low := strings.ToLower(s)
	switch {
	case strings.Contains(low, "not-in-bndl") && strings.Contains(low, "hot-st"):
		return state.Standby, true
	case strings.Contains(low, "sngl-port-bndl") && strings.Contains(low, "not-in-bndl"), strings.Contains(low, "indep"), strings.Contains(low, "stand-alone"):
		return state.Individual, true
	case strings.Contains(low, "not-in-bndl"):
		return state.Unselected, true
	case strings.Contains(low, "in-bndl"):
		return state.Selected, true
	}
	return 0, false
}

var (
	lacpGroup    = regexp.MustCompile(`^Channel group:? (\d+)\b`)
	actorRow     = regexp.MustCompile(`^(\S+)\s+([A-Za-z]{1,4})\s+([a-z-]+)\s+(?:\d+s\s+)?(\d+)\s+(0x[0-9A-Fa-f]+|\d+)\s+(0x[0-9A-Fa-f]+|\d+)\s+(0x[0-9A-Fa-f]+|\d+)\s+(0x[0-9A-Fa-f]{1,2})\s*$`)
	partnerRow   = regexp.MustCompile(`^(\S+)\s+([A-Za-z]{1,4})\s+(\d+)\s+([0-9A-Fa-f]{4}\.[0-9A-Fa-f]{4}\.[0-9A-Fa-f]{4})\s+\d+s?\s+(?:(0x[0-9A-Fa-f]+|\d+)\s+)?(0x[0-9A-Fa-f]+|\d+)\s+(0x[0-9A-Fa-f]+|\d+)\s+(0x[0-9A-Fa-f]{1,2})\s*$`)
	partnerOld   = regexp.MustCompile(`^(\S+)\s+([A-Za-z]{1,4})\s+([a-z-]+)\s+(\d+)\s+(0x[0-9A-Fa-f]+|\d+)\s+(0x[0-9A-Fa-f]+|\d+)\s+(0x[0-9A-Fa-f]+|\d+)\s+(0x[0-9A-Fa-f]{1,2})\s*$`)
	partnerHead  = regexp.MustCompile(`^(\S+)\s+(\d+, ?[0-9A-Fa-f]{4}\.[0-9A-Fa-f]{4}\.[0-9A-Fa-f]{4})\s+(0x[0-9A-Fa-f]+|\d+)\s+\d+s?\s+([A-Za-z]{2,4})\s*$`)
	partnerState = regexp.MustCompile(`^\s+(\d+)\s+(0x[0-9A-Fa-f]+|\d+)\s+(0x[0-9A-Fa-f]{1,2})\s*$`)
	systemRow    = regexp.MustCompile(`^\s*(\d+, ?[0-9A-Fa-f]{4}\.[0-9A-Fa-f]{4}\.[0-9A-Fa-f]{4})\s*$`)
)

// lacpPort returns the port of a row below the heading of its group.
func (p *parser) lacpPort(group string, port capture.Fact[string]) *state.AggregationPort {
	if group == "" || !isPort(port.Value) {
		return nil
	}
	a := p.Aggregator("Port-channel"+group, port.From)
	first(&a.Protocol, capture.Of(state.LACP, port.From))
	return p.AggregationPort(a.Name, named(port).Value, port.From)
}

// lacpRow reads a row about either end of a conversation; all bits of the state are in its last column.
func (p *parser) lacpRow(x *state.AggregationPort, l text.Line) {
	if m := l.Match(actorRow); m != nil && named(m[1]).Value == x.Name {
		end := &x.Actor
		first(&end.PortPriority, text.Sixteen(m[4]))
		first(&end.Key, text.Sixteen(m[6]))
		first(&end.Port, text.Sixteen(m[7]))
		first(&end.State, octet(m[8]))
		selected, known := memberFlags[m[3].Value]
		if first(&x.Selected, capture.Of(selected, m[3].From)); !known {
			x.Selected = capture.Fact[state.Selection]{}
			p.Unread(m[3].From, "unknown state "+state.Quote(m[3].Value))
		}
	}
	if m := l.Match(partnerRow); m != nil && named(m[1]).Value == x.Name {
		end := &x.Partner
		first(&end.PortPriority, text.Sixteen(m[3]))
		first(&end.System, text.MAC(m[4]))
		first(&end.Key, text.Sixteen(m[6]))
		first(&end.Port, text.Sixteen(m[7]))
		first(&end.State, octet(m[8]))
	}
}

func octet(f capture.Fact[string]) capture.Fact[state.LACPState] {
	return capture.Then(text.Uint(f, 8), func(v uint64) (state.LACPState, bool) { return state.WholeLACPState(uint8(v)), true })
}

// lacpInternal reads "show lacp internal".
func lacpInternal(p *parser, lines []text.Line) {
	p.lacpRows(lines, actorRow)
}

// lacpRows reads the tables of "show lacp": one for each group. Rows that match more are read elsewhere.
func (p *parser) lacpRows(lines []text.Line, row *regexp.Regexp, more ...*regexp.Regexp) {
	group, tables, whole := "", 0, true
	for _, l := range lines {
		if m := l.Match(lacpGroup); m != nil {
			group = m[1].Value
			tables++
			continue
		}
		m := l.Match(row)
		if m == nil {
			f := l.Fields()
			other := slices.ContainsFunc(more, func(re *regexp.Regexp) bool { return re.MatchString(l.Text) })
			if group != "" && len(f) > 4 && isPort(f[0].Value) && !other {
				p.Unread(l.Span(), "a port in a form that we do not know")
				whole = false
			}
			continue
		}
		if x := p.lacpPort(group, m[1]); x != nil {
			p.lacpRow(x, l)
		}
	}
	if tables > 0 && whole {
		p.Switch.Listed.LACP = text.Through(lines)
	}
}

// lacpNeighbor reads "show lacp neighbor" and its detail: a row a port, of which one form does not name the system, or a row with the system and
// below it one with the rest.
func lacpNeighbor(p *parser, lines []text.Line) {
	p.lacpRows(lines, partnerRow, partnerHead, partnerOld)
	group := ""
	var x *state.AggregationPort
	for _, l := range lines {
		if m := l.Match(lacpGroup); m != nil {
			group, x = m[1].Value, nil
		}
		if m := l.Match(partnerHead); m != nil {
			if x = p.lacpPort(group, m[1]); x == nil {
				continue
			}
			id := text.SystemID(m[2], false)
			if id.Known() {
				x.Partner.System = capture.Of(id.Value.System, id.From)
				x.Partner.SystemPriority = capture.Of(id.Value.Priority, id.From)
			}
			x.Partner.Port = text.Sixteen(m[3])
			continue
		}
		if m := l.Match(partnerOld); m != nil {
			if x := p.lacpPort(group, m[1]); x != nil {
				end := &x.Partner
				end.PortPriority, end.Key, end.Port, end.State = text.Sixteen(m[4]), text.Sixteen(m[6]), text.Sixteen(m[7]), octet(m[8])
			}
			continue
		}
		if m := l.Match(partnerState); m != nil && x != nil {
			x.Partner.PortPriority = text.Sixteen(m[1])
			x.Partner.Key = text.Sixteen(m[2])
			x.Partner.State = octet(m[3])
			x = nil
		}
	}
}

// lacpSystem reads "show lacp sys-id".
func lacpSystem(p *parser, lines []text.Line) {
	for _, l := range lines {
		if m := l.Match(systemRow); m != nil {
			first(&p.system, text.SystemID(m[1], false))
		}
	}
}

var counterRow = regexp.MustCompile(`^(\S+)\s+(\d+)\s+(\d+)\s+\d+\s+\d+\s+\d+\s+\d+\s+(\d+)(?:\s+(\d+))?\s*$`)

// lacpCounters reads "show lacp counters": LACPDUs sent, then those received, and at the end "Pkts Err", the unknown and the illegal ones together.
func lacpCounters(p *parser, lines []text.Line) {
	group := ""
	for _, l := range lines {
		if m := l.Match(lacpGroup); m != nil {
			group = m[1].Value
		}
		if m := l.Match(counterRow); m != nil {
			if x := p.lacpPort(group, m[1]); x != nil {
				x.TX, x.RX = text.Uint(m[2], 64), text.Uint(m[3], 64)
				if !m[5].Known() {
					x.IllegalRX = text.Uint(m[4], 64)
					x.UnknownRX = x.IllegalRX
				}
			}
		}
	}
}

// pagpInternal reads "show pagp internal" and "show pagp neighbor": which ports run PAgP, in which group.
func pagpInternal(p *parser, lines []text.Line) {
	group := ""
	for _, l := range lines {
		if m := l.Match(lacpGroup); m != nil {
			group = m[1].Value
			continue
		}
		f := l.Fields()
		if group == "" || len(f) < 5 || !isPort(f[0].Value) {
			continue
		}
		a := p.Aggregator("Port-channel"+group, f[0].From)
		first(&a.Protocol, capture.Of(state.PAgP, f[0].From))
		p.AggregationPort(a.Name, named(f[0]).Value, f[0].From)
	}
}

// finishLACP gives all ports of LACP groups the switch's one system.
func (p *parser) finishLACP() {
	for _, a := range p.Aggregators() {
		if !capture.Is(a.Protocol, state.LACP) || !p.system.Known() {
			continue
		}
		for _, x := range p.AggregationPorts(a.Name) {
			first(&x.Actor.System, capture.Of(p.system.Value.System, p.system.From))
			first(&x.Actor.SystemPriority, capture.Of(p.system.Value.Priority, p.system.From))
		}
	}
}
