package arista_eos

import (
	"regexp"
	"strings"

	"uplinkcheck/drivers/capture"
	"uplinkcheck/drivers/state"
	"uplinkcheck/drivers/text"
	"uplinkcheck/drivers/tree"
)

var fallbackWords = map[string]state.Fallback{
	"fallbacknone": state.NoFallback, "fallbackstatic": state.StaticFallback, "fallbackindividual": state.IndividualFallback,
}

// aggregateInterface reads what "show interfaces" says of a Port-Channel.
func (p *parser) aggregateInterface(i tree.Node) {
	a := p.Aggregator(i.Name(), withName(i))
	a.Oper = known(i.At("lineProtocolStatus").NonEmpty(), operWords)
	a.Fallback = word(p, i.At("fallbackEnabledType"), fallbackWords)
	if off := i.At("fallbackEnabled").Bool(); capture.Is(off, false) {
		a.Fallback = capture.Of(state.NoFallback, off.From)
	}
	for m := range i.At("memberInterfaces").Children() {
		if !elsewhere(m.Name()) {
			p.member(a.Name, m.Name(), withName(m), withName(i).Through(withName(m)))
		}
	}
}

// member returns a port of an aggregator; states is what says that it is one.
func (p *parser) member(aggregator, port string, from, states capture.Span) *state.AggregationPort {
	p.members = append(p.members, membership{port, capture.Of(aggregator, states)})
	return p.AggregationPort(aggregator, port, from)
}

// portChannels reads "show port-channel".
func portChannels(p *parser, n tree.Node) {
	list := n.At("portChannels")
	for c := range list.Children() {
		a := p.Aggregator(c.Name(), withName(c))
		a.From = withName(c)
		a.MinLinks = capture.Then(c.At("minLinks").Uint(16), func(v uint64) (int, bool) { return int(v), true })
		if least := c.At("minSpeed").NonEmpty(); least.Known() && !strings.HasPrefix(least.Value, "0 ") { // how many links have that is not known
			p.Unread(least.From, "a LAG needs "+state.Quote(least.Value))
			a.MinLinks = capture.Fact[int]{}
		}
		for _, kind := range []string{"activePorts", "inactivePorts"} {
			for m := range c.At(kind).Children() {
				if elsewhere(m.Name()) {
					continue
				}
				p.member(c.Name(), m.Name(), withName(m), withName(c).Through(withName(m))).From = withName(m)
				if kind == "activePorts" {
					p.active[place{c.Name(), m.Name()}] = withName(m)
				} else {
					p.inactive[place{c.Name(), m.Name()}] = m
				}
			}
		}
	}
	p.Switch.Listed.Aggregators = list.Span()
}

// lacp reads "show lacp interface detailed" and "show lacp neighbor".
func lacp(p *parser, n tree.Node) {
	list := n.At("portChannels")
	for c := range list.Children() {
		p.Aggregator(c.Name(), withName(c)).Protocol = capture.Of(state.LACP, withName(c))
		for m := range c.At("interfaces").Children() {
			if !elsewhere(m.Name()) {
				p.member(c.Name(), m.Name(), withName(m), withName(c).Through(withName(m)))
				p.lacpPort(c.Name(), m)
			}
		}
	}
	for m := range n.At("orphanPorts").Children() {
		p.orphans = append(p.orphans, m)
	}
	p.Switch.Listed.LACP = list.Span()
}

// lacpPort reads both ends of a conversation. The members about the actor but for its state are named like those about the
// partner; not every release prints them.
func (p *parser) lacpPort(aggregator string, m tree.Node) {
	port := p.AggregationPort(aggregator, m.Name(), withName(m))
	p.lacpPorts[place{aggregator, m.Name()}] = m.At("actorPortStatus").NonEmpty()
	p.endpoint(&port.Actor, m, "actor")
	p.endpoint(&port.Partner, m, "partner")
	port.Churn = churned(word(p, m.At("details", "actorChurnState"), churnWords), word(p, m.At("details", "partnerChurnState"), churnWords))
}

// lacpCounters reads "show lacp counters".
func lacpCounters(p *parser, n tree.Node) {
	for c := range n.At("portChannels").Children() {
		for m := range c.At("interfaces").Children() {
			if elsewhere(m.Name()) {
				continue
			}
			port := p.member(c.Name(), m.Name(), withName(m), withName(c).Through(withName(m)))
			port.RX, port.TX, port.IllegalRX = m.At("lacpdusRxCount").Uint(64), m.At("lacpdusTxCount").Uint(64), m.At("illegalRxCount").Uint(64)
			if status := m.At("actorPortStatus").NonEmpty(); !p.lacpPorts[place{c.Name(), m.Name()}].Known() {
				p.lacpPorts[place{c.Name(), m.Name()}] = status
			}
		}
	}
}

// churnWords: a machine that still watches has not found churn.
var churnWords = map[string]bool{"nochurn": false, "churnmonitor": false, "churndetected": true}

// churned joins both machines: either may find churn, and both must say that there is none.
func churned(actor, partner capture.Fact[bool]) capture.Fact[bool] {
	switch {
	case capture.Is(actor, true) || !partner.Known():
		return capture.Then(actor, func(on bool) (bool, bool) { return on, on })
	case actor.Known() || partner.Value:
		return partner
	}
	return capture.Fact[bool]{}
}

func (p *parser) endpoint(end *state.Endpoint, m tree.Node, prefix string) {
	if id := p.identifier(m.At(prefix + "SystemId")); id.Known() {
		end.SystemPriority = capture.Of(id.Value.Priority, id.From)
		end.System = capture.Of(id.Value.System, id.From)
	}
	end.Key = p.sixteen(m.At(prefix + "OperKey"))
	end.PortPriority = p.sixteen(m.At(prefix + "PortPriority"))
	end.Port = p.sixteen(m.At(prefix + "PortId"))
	end.State = p.lacpState(m.At(prefix + "PortState"))
}

// sixteen returns a number of 16 bits; keys are hexadecimal strings with 0x.
func (p *parser) sixteen(n tree.Node) capture.Fact[uint16] {
	v := n.Uint(16)
	if n.Exists() && n.Text() != "" && !v.Known() {
		p.Unread(n.Span(), state.Quote(n.Text())+" is no number of 16 bits")
	}
	return capture.Then(v, func(v uint64) (uint16, bool) { return uint16(v), true })
}

// identifier reads a system identifier such as 8000,00-1c-73-00-00-01: the priority is hexadecimal without 0x.
func (p *parser) identifier(n tree.Node) capture.Fact[state.SystemID] {
	said := n.NonEmpty()
	id := text.SystemID(said, true)
	if said.Known() && !id.Known() {
		p.Unread(said.From, state.Quote(said.Value)+" is no LACP system identifier")
	}
	return id
}

// stateBits are the members of a state; timeout true is the short one (platform card).
var stateBits = []struct {
	name string
	bit  state.LACPBits
}{
	{"activity", state.Activity}, {"timeout", state.ShortTimeout}, {"aggregation", state.Aggregation},
	{"synchronization", state.Synchronization}, {"collecting", state.Collecting}, {"distributing", state.Distributing},
	{"defaulted", state.Defaulted}, {"expired", state.Expired},
}

func (p *parser) lacpState(n tree.Node) capture.Fact[state.LACPState] {
	var s state.LACPState
	for _, b := range stateBits {
		if on := n.At(b.name).Bool(); on.Known() {
			s = s.With(b.bit, on.Value)
		}
	}
	if s.Known == 0 {
		return capture.Fact[state.LACPState]{}
	}
	return capture.Of(s, n.Span())
}

var identifierInText = regexp.MustCompile(`\b[0-9a-fA-F]{4},[0-9a-fA-F]{2}(?:-[0-9a-fA-F]{2}){5}\b`)

// systemID reads "show lacp sys-id".
func systemID(p *parser, lines []text.Line) {
	for _, l := range lines {
		if m := identifierInText.FindStringIndex(l.Text); m != nil {
			p.system = text.SystemID(l.Part(m[0], m[1]), true)
			return
		}
	}
}

// portWords are what became of a port; everything but bundled does not forward in the LAG.
var portWords = map[string]state.Selection{
	"bundled": state.Selected, "noagg": state.Unselected, "negotiation": state.Unselected, "suspended": state.Unselected,
	"standby": state.Standby, "individual": state.Individual,
}

// finishAggregators decides which ports are selected, and which LAGs are static.
func (p *parser) finishAggregators() {
	for _, m := range p.orphans {
		if a, _ := p.MemberOf(m.Name()); a != nil {
			p.lacpPort(a.Name, m)
		}
	}
	for _, a := range p.Aggregators() {
		if !a.Protocol.Known() {
			a.Protocol = p.protocol(a)
		}
		for _, port := range p.AggregationPorts(a.Name) {
			if !port.Selected.Known() {
				p.selection(a, port)
			}
		}
		p.fallbackActive(a)
	}
}

// selection takes what LACP says of a port, of a static LAG what the list of LAGs says. A port that is active there without
// LACP's word may be so by fallback, and one that is not may be a standby: only where fallback is ruled out active says enough.
func (p *parser) selection(a *state.Aggregator, port *state.AggregationPort) {
	at := place{a.Name, port.Name}
	word, inactive, static := p.lacpPorts[at], p.inactive[at], capture.Is(a.Protocol, state.Static)
	switch {
	case word.Known():
		if port.Selected = known(word, portWords); !port.Selected.Known() {
			p.Unread(word.From, "unknown word "+state.Quote(word.Value)+" in actorPortStatus")
		}
		if capture.Is(port.Selected, state.Selected) && inactive.Exists() { // LACP is done, and something else holds it back, such as BFD
			port.Selected = capture.Of(state.Unselected, withName(inactive))
		}
	case static && inactive.Exists():
		port.Selected = capture.Of(state.Unselected, withName(inactive))
	case static || capture.Is(a.Fallback, state.NoFallback):
		port.Selected = capture.Of(state.Selected, p.active[at])
	}
	if capture.Is(port.Selected, state.Selected) {
		return
	}
	if port.Reason = inactive.At("reasonUnconfigured").NonEmpty(); !port.Reason.Known() && p.Switch.Listed.Aggregators.Known() {
		port.Reason = word
	}
}

// protocol of a LAG that the list of LACP does not have. That list may lack LAGs without a bundled port: only an active port
// proves that a LAG without LACP works, and only where no fallback may be the reason.
func (p *parser) protocol(a *state.Aggregator) capture.Fact[state.AggregationProtocol] {
	if configured := a.Fallback; configured.Known() && configured.Value != state.NoFallback {
		return capture.Of(state.LACP, configured.From)
	}
	isActive := false
	for _, port := range p.AggregationPorts(a.Name) {
		at := place{a.Name, port.Name}
		isActive = isActive || p.active[at].Known()
		if reason := p.inactive[at].At("reasonUnconfigured").NonEmpty(); strings.Contains(strings.ToUpper(reason.Value), "LACP") {
			return capture.Of(state.LACP, reason.From)
		}
	}
	if isActive && p.Switch.Listed.LACP.Known() && capture.Is(a.Fallback, state.NoFallback) {
		return capture.Of(state.Static, p.Switch.Listed.LACP)
	}
	return capture.Fact[state.AggregationProtocol]{}
}

// fallbackActive says whether the LAG forwards although nobody answers: an active or individual port whose actor took defaults.
func (p *parser) fallbackActive(a *state.Aggregator) {
	switch {
	case !a.Fallback.Known():
		return
	case a.Fallback.Value == state.NoFallback:
		a.FallbackActive = capture.Of(false, a.Fallback.From)
		return
	}
	for _, port := range p.AggregationPorts(a.Name) {
		st := port.Actor.State
		if !st.Known() {
			continue
		}
		switch at := (place{a.Name, port.Name}); {
		case st.Value.Has(state.Defaulted) == state.No && capture.Is(port.Selected, state.Selected):
			a.FallbackActive = capture.Of(false, st.From)
			return
		case st.Value.Has(state.Defaulted) == state.Yes && (p.active[at].Known() || capture.Is(port.Selected, state.Individual)):
			a.FallbackActive = capture.Of(true, st.From)
		}
	}
}

// finishSystems says which LACP system the ports present: that of the MLAG on multi-chassis LAGs, else the switch's own.
func (p *parser) finishSystems() {
	own, ports := p.system, p.Switch.Listed.MLAGPorts
	if !own.Known() { // it is the chassis MAC (platform card); its priority is not reported then
		own = capture.Then(p.Switch.Device.ChassisMAC, func(m state.MAC) (state.SystemID, bool) { return state.SystemID{System: m}, true })
	}
	for _, a := range p.Aggregators() {
		for _, port := range p.AggregationPorts(a.Name) {
			end := &port.Actor
			if end.System.Known() || !capture.Is(a.Protocol, state.LACP) {
				continue
			}
			_, multi := p.mlagID[a.Name]
			switch {
			case multi && capture.Is(p.Switch.MLAG.Peered, true):
				end.System = p.Switch.MLAG.SystemMAC
			case multi, p.vxlan.Known(), p.segment.Known(), !p.Switch.Listed.Interfaces.Known(), !p.off.Known() && !ports.Known():
			case own.Known():
				end.System = capture.Of(own.Value.System, own.From)
				if p.system.Known() {
					end.SystemPriority = capture.Of(own.Value.Priority, own.From)
				}
			}
		}
	}
}

// summary reads "show port-channel summary". It has no end mark, so it is never taken for the list of all.
func summary(p *parser, lines []text.Line) {
	aggregator, head := "", capture.Span{}
	for _, l := range lines {
		rest := 0
		if c, ok := channelOf(l.Text); ok {
			aggregator, _ = names.Full(c.name)
			head = l.Span()
			a := p.Aggregator(aggregator, head)
			switch { // beside these there may be a word on limits
			case strings.Contains(c.flags, "U"):
				a.Oper = capture.Of(state.Up, head)
			case strings.Contains(c.flags, "D"):
				a.Oper = capture.Of(state.Down, head)
			}
			switch c.protocol {
			case "LACP":
				a.Protocol = capture.Of(state.LACP, head)
			case "Static":
				a.Protocol = capture.Of(state.Static, head)
			}
			switch {
			case strings.Contains(c.mode, "*"):
				a.Fallback = capture.Of(state.StaticFallback, head)
			case strings.Contains(c.mode, "^"):
				a.Fallback = capture.Of(state.IndividualFallback, head)
			}
			rest = c.end
		} else if channelStart.MatchString(l.Text) {
			aggregator = ""
			p.Unread(l.Span(), "a LAG that was not understood")
		} else if l.Blank() || l.Indent() == 0 {
			aggregator = ""
		}
		if aggregator == "" {
			continue
		}
		for port, flags := range l.Flagged(rest) {
			name, ok := names.Full(port.Value)
			if !ok { // of the peer: PEt5
				continue
			}
			from := l.Reply.Span(int(port.From.Start), int(flags.From.End)+1)
			p.member(aggregator, name, from, head.Through(from)).Selected = summarySelection(flags.Value, from)
		}
	}
}

// channelStart is how a line about a LAG begins, whatever follows.
var channelStart = regexp.MustCompile(`^\s+Po\d`)

// A channel is how a line of the summary begins: "   Po20(D)            LACP(pF*)   ".
type channel struct {
	name, flags, protocol, mode string
	end                         int // behind it are the ports
}

func channelOf(line string) (c channel, ok bool) {
	start, end := wordAt(line, 0)
	if start == 0 || !strings.HasPrefix(line[start:end], "Po") {
		return c, false
	}
	c.name, c.flags, ok = bracket(line[start:end])
	if !ok || !only(c.name[2:], isDigit) || !only(c.flags, isLetter) {
		return c, false
	}
	start, c.end = wordAt(line, end)
	c.protocol = line[start:c.end]
	if strings.HasSuffix(c.protocol, ")") {
		if c.protocol, c.mode, ok = bracket(c.protocol); !ok || strings.ContainsAny(c.mode, "()") {
			return c, false
		}
	}
	return c, only(c.protocol, func(b byte) bool { return isDigit(b) || isLetter(b) || b == '_' })
}

// wordAt returns where the first word at or after i begins and ends.
func wordAt(line string, i int) (start, end int) {
	for i < len(line) && isSpace(line[i]) {
		i++
	}
	start = i
	for i < len(line) && !isSpace(line[i]) {
		i++
	}
	return start, i
}

// bracket cuts "Po1(U)" at the first bracket; it must end with the closing one.
func bracket(s string) (before, within string, ok bool) {
	before, within, ok = strings.Cut(s, "(")
	within, closed := strings.CutSuffix(within, ")")
	return before, within, ok && closed
}

// only reports whether s is not empty and all of its bytes are of a kind.
func only(s string, kind func(byte) bool) bool {
	for i := range len(s) {
		if !kind(s[i]) {
			return false
		}
	}
	return s != ""
}

func isSpace(b byte) bool  { return b == ' ' || b == '\t' || b == '\r' || b == '\f' }
func isDigit(b byte) bool  { return b >= '0' && b <= '9' }
func isLetter(b byte) bool { return b|0x20 >= 'a' && b|0x20 <= 'z' }

// summarySelection takes the flags of a port: P bundled, I individual, D down, s suspended, w waiting, i incompatible.
func summarySelection(flags string, from capture.Span) capture.Fact[state.Selection] {
	switch {
	case strings.Contains(flags, "P"):
		return capture.Of(state.Selected, from)
	case strings.Contains(flags, "I"):
		return capture.Of(state.Individual, from)
	case strings.ContainsAny(flags, "Dswi"):
		return capture.Of(state.Unselected, from)
	}
	return capture.Fact[state.Selection]{}
}
