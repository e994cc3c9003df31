package arista_eos

import (
	"regexp"
	"strconv"
	"strings"

	"uplinkcheck/drivers/capture"
	"uplinkcheck/drivers/state"
	"uplinkcheck/drivers/tree"
)

// aggregator returns the index of the aggregator of that name, made when it is new.
func (p *parser) aggregator(name string, from capture.Span) int {
	at, ok := p.aggregators[name]
	if !ok {
		at = len(p.sw.Aggregators)
		p.aggregators[name] = at
		p.sw.Aggregators = append(p.sw.Aggregators, state.Aggregator{Name: name, From: from})
	}
	return at
}

// member returns the port of that name in the aggregator, made when it is new.
func (p *parser) member(aggregator int, name string, from capture.Span) *state.AggregationPort {
	a := &p.sw.Aggregators[aggregator]
	at, ok := p.members[placeOf(a.Name, name)]
	if !ok {
		at = len(a.Ports)
		p.members[placeOf(a.Name, name)] = at
		a.Ports = append(a.Ports, state.AggregationPort{Name: name, From: from})
	}
	return &a.Ports[at]
}

// placeOf is the key of a port in an aggregator.
func placeOf(aggregator, port string) string { return aggregator + "\x00" + port }

var fallbackWords = map[string]state.Fallback{
	"fallbackNone": state.NoFallback, "fallbackStatic": state.StaticFallback, "fallbackIndividual": state.IndividualFallback,
}

// aggregateInterface reads what "show interfaces" says of a Port-Channel.
func (p *parser) aggregateInterface(i tree.Node) {
	at := p.aggregator(i.Name(), withName(i))
	a := &p.sw.Aggregators[at]
	a.Oper = tree.Word(i.At("lineProtocolStatus"), operWords)
	a.Fallback = word(p, i.At("fallbackEnabledType"), fallbackWords)
	if off := i.At("fallbackEnabled").Bool(); capture.Is(off, false) {
		a.Fallback = capture.Of(state.NoFallback, off.From)
	}
	for m := range i.At("memberInterfaces").Children() {
		if !isPeer(m.Name()) {
			p.member(at, m.Name(), withName(m))
		}
	}
}

// portChannels reads "show port-channel".
func portChannels(p *parser, n tree.Node) {
	list := n.At("portChannels")
	for c := range list.Children() {
		at := p.aggregator(c.Name(), withName(c))
		p.sw.Aggregators[at].From = withName(c)
		p.sw.Aggregators[at].MinLinks = capture.Then(c.At("minLinks").Uint(16), func(v uint64) (int, bool) { return int(v), true })
		for _, kind := range []string{"activePorts", "inactivePorts"} {
			for m := range c.At(kind).Children() {
				if isPeer(m.Name()) {
					continue
				}
				p.member(at, m.Name(), withName(m)).From = withName(m)
				if kind == "activePorts" {
					p.active[placeOf(c.Name(), m.Name())] = withName(m)
				} else {
					p.inactive[placeOf(c.Name(), m.Name())] = m
				}
			}
		}
	}
	p.sw.Listed.Aggregators = list.Span()
}

// lacp reads "show lacp interface detailed" and "show lacp neighbor".
func lacp(p *parser, n tree.Node) {
	list := n.At("portChannels")
	for c := range list.Children() {
		at := p.aggregator(c.Name(), withName(c))
		p.sw.Aggregators[at].Protocol = capture.Of(state.LACP, withName(c))
		for m := range c.At("interfaces").Children() {
			if !isPeer(m.Name()) {
				p.lacpPort(at, m)
			}
		}
	}
	for m := range n.At("orphanPorts").Children() {
		p.orphans = append(p.orphans, m)
	}
	p.sw.Listed.LACP = list.Span()
}

// lacpPort reads both ends of a conversation. The members about the actor but for its state are named like those about the
// partner; not every release prints them.
func (p *parser) lacpPort(aggregator int, m tree.Node) {
	port := p.member(aggregator, m.Name(), withName(m))
	p.lacpPorts[placeOf(p.sw.Aggregators[aggregator].Name, m.Name())] = m.At("actorPortStatus").NonEmpty()
	p.endpoint(&port.Actor, m, "actor")
	p.endpoint(&port.Partner, m, "partner")
	port.Churn = churned(word(p, m.At("details", "actorChurnState"), churnWords), word(p, m.At("details", "partnerChurnState"), churnWords))
}

// churnWords: a machine that still watches has not found churn.
var churnWords = map[string]bool{"noChurn": false, "churnMonitor": false, "churnDetected": true}

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
		p.unread(n.Span(), quote(n.Text())+" is no number of 16 bits")
	}
	return capture.Then(v, func(v uint64) (uint16, bool) { return uint16(v), true })
}

// identifier reads a system identifier such as 8000,00-1c-73-00-00-01: the priority is hexadecimal without 0x.
func (p *parser) identifier(n tree.Node) capture.Fact[state.SystemID] {
	text := n.NonEmpty()
	id := capture.Then(text, toSystemID)
	if text.Known() && !id.Known() {
		p.unread(text.From, quote(text.Value)+" is no LACP system identifier")
	}
	return id
}

func toSystemID(s string) (state.SystemID, bool) {
	priority, address, ok := strings.Cut(s, ",")
	v, err := strconv.ParseUint(strings.TrimSpace(priority), 16, 16)
	mac, isMAC := toMAC(strings.TrimSpace(address))
	return state.SystemID{Priority: uint16(v), System: mac}, ok && err == nil && isMAC
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
func systemID(p *parser, r *capture.Reply) {
	for at, line := range whole(r) {
		if m := identifierInText.FindStringIndex(line); m != nil {
			p.system = capture.Then(capture.Of(line[m[0]:m[1]], r.Span(at+m[0], at+m[1])), toSystemID)
			return
		}
	}
}

// portWords are what became of a port; everything but bundled does not forward in the LAG.
var portWords = map[string]state.Selection{
	"bundled": state.Selected, "noAgg": state.Unselected, "negotiation": state.Unselected, "suspended": state.Unselected,
	"standby": state.Standby, "individual": state.Individual,
}

// finishAggregators decides which ports are selected, and which LAGs are static.
func (p *parser) finishAggregators() {
	owner := map[string]int{}
	for i := range p.sw.Aggregators {
		for _, port := range p.sw.Aggregators[i].Ports {
			owner[port.Name] = i
		}
	}
	for _, m := range p.orphans {
		if i, ok := owner[m.Name()]; ok {
			p.lacpPort(i, m)
		}
	}
	for i := range p.sw.Aggregators {
		a := &p.sw.Aggregators[i]
		if !a.Protocol.Known() {
			a.Protocol = p.protocol(a)
		}
		for j := range a.Ports {
			if port := &a.Ports[j]; !port.Selected.Known() {
				p.selection(a, port)
			}
		}
		p.fallbackActive(a)
	}
}

// selection takes what LACP says of a port, of a static LAG what the list of LAGs says. A port that is active there without
// LACP's word may be so by fallback, and one that is not may be a standby: only where fallback is ruled out active says enough.
func (p *parser) selection(a *state.Aggregator, port *state.AggregationPort) {
	place := placeOf(a.Name, port.Name)
	word, inactive, static := p.lacpPorts[place], p.inactive[place], capture.Is(a.Protocol, state.Static)
	switch {
	case word.Known():
		port.Selected = capture.Then(word, func(s string) (state.Selection, bool) { v, ok := portWords[s]; return v, ok })
		if !port.Selected.Known() {
			p.unread(word.From, "unknown word "+quote(word.Value)+" in actorPortStatus")
		}
	case static && inactive.Exists():
		port.Selected = capture.Of(state.Unselected, withName(inactive))
	case static || capture.Is(a.Fallback, state.NoFallback):
		port.Selected = capture.Of(state.Selected, p.active[place])
	}
	if capture.Is(port.Selected, state.Selected) {
		return
	}
	if port.Reason = inactive.At("reasonUnconfigured").NonEmpty(); !port.Reason.Known() && p.sw.Listed.Aggregators.Known() {
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
	for _, port := range a.Ports {
		place := placeOf(a.Name, port.Name)
		isActive = isActive || p.active[place].Known()
		if reason := p.inactive[place].At("reasonUnconfigured").NonEmpty(); strings.Contains(strings.ToUpper(reason.Value), "LACP") {
			return capture.Of(state.LACP, reason.From)
		}
	}
	if isActive && p.sw.Listed.LACP.Known() && capture.Is(a.Fallback, state.NoFallback) {
		return capture.Of(state.Static, p.sw.Listed.LACP)
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
	for _, port := range a.Ports {
		st := port.Actor.State
		if !st.Known() {
			continue
		}
		switch place := placeOf(a.Name, port.Name); {
		case st.Value.Has(state.Defaulted) == state.No && capture.Is(port.Selected, state.Selected):
			a.FallbackActive = capture.Of(false, st.From)
			return
		case st.Value.Has(state.Defaulted) == state.Yes && (p.active[place].Known() || capture.Is(port.Selected, state.Individual)):
			a.FallbackActive = capture.Of(true, st.From)
		}
	}
}

// finishSystems says which LACP system the ports present: that of the MLAG on multi-chassis LAGs, else the switch's own.
func (p *parser) finishSystems() {
	own, ports := p.system, p.sw.Listed.MLAGPorts
	if !own.Known() { // it is the chassis MAC (platform card); its priority is not reported then
		own = capture.Then(p.sw.Device.ChassisMAC, func(m state.MAC) (state.SystemID, bool) { return state.SystemID{System: m}, true })
	}
	for i := range p.sw.Aggregators {
		a := &p.sw.Aggregators[i]
		for j := range a.Ports {
			end := &a.Ports[j].Actor
			if end.System.Known() || !capture.Is(a.Protocol, state.LACP) {
				continue
			}
			_, multi := p.mlagID[a.Name]
			switch {
			case multi && capture.Is(p.sw.MLAG.Peered, true):
				end.System = p.sw.MLAG.SystemMAC
			case multi, p.vxlan, !p.sw.Listed.Interfaces.Known(), !p.off.Known() && !ports.Known():
			case own.Known():
				end.System = capture.Of(own.Value.System, own.From)
				if p.system.Known() {
					end.SystemPriority = capture.Of(own.Value.Priority, own.From)
				}
			}
		}
	}
}

var (
	summaryLine = regexp.MustCompile(`^\s+(Po\d+)\(([A-Za-z]+)\)\s+(\w+)(?:\(([^()\s]*)\))?(?:\s|$)`)
	summaryPort = regexp.MustCompile(`(\S+?)\(([A-Za-z+\-]+)\)`)
)

// summary reads "show port-channel summary". It has no end mark, so it is never taken for the list of all.
func summary(p *parser, r *capture.Reply) {
	at := -1
	for pos, line := range whole(r) {
		rest := 0
		if m := summaryLine.FindStringSubmatchIndex(line); m != nil {
			text := func(i int) string { return strings.TrimSpace(line[max(m[2*i], 0):max(m[2*i+1], 0)]) }
			from := r.Span(pos, pos+len(line))
			at = p.aggregator(longName(text(1)), from)
			a := &p.sw.Aggregators[at]
			a.Oper = flag(text(2), map[string]state.Status{"U": state.Up, "D": state.Down}, from)
			a.Protocol = flag(text(3), map[string]state.AggregationProtocol{"LACP": state.LACP, "Static": state.Static}, from)
			switch flags := text(4); {
			case strings.Contains(flags, "*"):
				a.Fallback = capture.Of(state.StaticFallback, from)
			case strings.Contains(flags, "^"):
				a.Fallback = capture.Of(state.IndividualFallback, from)
			}
			rest = m[1]
		} else if strings.TrimSpace(line) == "" || line[0] != ' ' {
			at = -1
		}
		if at < 0 {
			continue
		}
		for _, m := range summaryPort.FindAllStringSubmatchIndex(line[rest:], -1) {
			name := longName(line[rest+m[2] : rest+m[3]])
			if name == "" { // of the peer: PEt5
				continue
			}
			from := r.Span(pos+rest+m[0], pos+rest+m[1])
			p.member(at, name, from).Selected = summarySelection(line[rest+m[4]:rest+m[5]], from)
		}
	}
}

func flag[T any](word string, words map[string]T, from capture.Span) capture.Fact[T] {
	v, ok := words[word]
	if !ok {
		return capture.Fact[T]{}
	}
	return capture.Of(v, from)
}

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
