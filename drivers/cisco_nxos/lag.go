package cisco_nxos

import (
	"regexp"
	"slices"
	"strconv"
	"strings"

	"uplinkcheck/drivers/capture"
	"uplinkcheck/drivers/state"
	"uplinkcheck/drivers/text"
	"uplinkcheck/drivers/tree"
)

// member returns the port of a LAG, named as it stands in the reply the first time.
func (p *parser) member(lag, port string, from capture.Span) *state.AggregationPort {
	return p.AggregationPort(lag, port, from)
}

var protocols = map[string]state.AggregationProtocol{"lacp": state.LACP, "none": state.Static, "pagp": state.PAgP}

// selections are the flags of a member. One that waits for LACP ("p") forwards or not, which is not said.
var selections = map[string]state.Selection{"P": state.Selected, "I": state.Individual, "H": state.Standby,
	"D": state.Unselected, "s": state.Unselected, "r": state.Unselected, "b": state.Unselected}

// lagStatus are the flags of a LAG: M lacks members.
var lagStatus = map[string]state.Status{"U": state.Up, "D": state.Down, "M": state.Down}

func flag[T any](p *parser, f capture.Fact[string], flags map[string]T) capture.Fact[T] {
	out := capture.Then(f, func(s string) (T, bool) { v, ok := flags[s]; return v, ok })
	if f.Known() && !out.Known() {
		p.Unread(f.From, "unknown flag "+state.Quote(f.Value))
	}
	return out
}

// lagName returns the full name of a LAG.
func lagName(f capture.Fact[string]) (string, bool) {
	full, ok := names.Full(f.Value)
	return full, ok && f.Known() && kindOf(full) == state.Aggregate
}

// summary reads "show port-channel summary".
func summary(p *parser, n tree.Node) {
	whole := table(n, "channel").Span()
	for row := range rows(n, "channel") {
		name, ok := lagName(word(row, "port-channel"))
		if !ok {
			p.Unread(row.Span(), "a LAG with an unknown name")
			whole = capture.Span{}
			continue
		}
		a := p.Aggregator(name, row.Span())
		a.From = row.Span()
		p.named[name] = true
		a.Oper = flag(p, word(row, "status"), lagStatus)
		a.Protocol = state.Word(p.Draft, word(row, "prtcl"), protocols)
		for m := range rows(row, "member") {
			port, ok := names.Full(word(m, "port").Value)
			if !ok {
				p.Unread(m.Span(), "a member with an unknown name")
				whole = capture.Span{}
				continue
			}
			x := p.member(name, port, m.Span())
			x.From = m.Span()
			p.selected(x, word(m, "port-status"))
		}
	}
	p.Switch.Listed.Aggregators = whole
}

func (p *parser) selected(x *state.AggregationPort, flags capture.Fact[string]) {
	if flags.Value == "p" {
		p.Unread(flags.From, "a port in delay-lacp mode, which forwards or waits")
		return
	}
	x.Selected = flag(p, flags, selections)
}

var summaryLine = regexp.MustCompile(`^\s*\d+\s+(Po\d+|port-channel\d+)\(([A-Za-z]+)\)\s+(\S+)\s+(\S+)(?:\s|$)`)

// summaryText reads "show port-channel summary" as text, which has no end mark: it is never taken for the list of all.
func summaryText(p *parser, lines []text.Line) {
	lag := ""
	for _, l := range lines {
		rest := 0
		if m := l.Match(summaryLine); m != nil {
			lag, _ = lagName(m[1])
			a := p.Aggregator(lag, l.Span())
			a.From = l.Span()
			p.named[lag] = true
			layer := strings.TrimLeft(m[2].Value, "SR")
			a.Oper = flag(p, capture.Of(layer, m[2].From), lagStatus)
			a.Protocol = state.Word(p.Draft, m[4], protocols)
			rest = int(m[4].From.End) - l.At
		} else if l.Indent() < 12 && !l.Blank() {
			lag = ""
		}
		if lag == "" {
			continue
		}
		for name, flags := range l.Flagged(rest) {
			port, ok := names.Full(name.Value)
			if !ok {
				p.Unread(name.From, "a member with an unknown name")
				continue
			}
			x := p.member(lag, port, name.From)
			x.From = name.From
			p.selected(x, flags)
		}
	}
}

var (
	databaseHead = regexp.MustCompile(`^\s*(port-channel\d+)\s*$`)
	databasePort = regexp.MustCompile(`^\s*(?:Ports:)?\s+(Ethernet\S+)\s+\[(\w+)\s*\]\s+\[([\w-]+)\s*\]`)
)

var databaseStates = map[string]state.Selection{"up": state.Selected, "down": state.Unselected, "hot-standy": state.Standby,
	"hot-standby": state.Standby, "suspended": state.Unselected, "individual": state.Individual, "module-removed": state.Unselected}

// database reads "show port-channel database".
func database(p *parser, lines []text.Line) {
	lag := ""
	for _, l := range lines {
		if m := l.Match(databaseHead); m != nil {
			lag = m[1].Value
			p.Aggregator(lag, l.Span())
			p.named[lag] = true
			continue
		}
		m := l.Match(databasePort)
		if m == nil || lag == "" {
			continue
		}
		port, ok := names.Full(m[1].Value)
		if !ok {
			continue
		}
		x := p.member(lag, port, m[1].From)
		x.Selected = state.Word(p.Draft, m[3], databaseStates)
		a := p.Aggregator(lag, l.Span())
		switch m[2].Value {
		case "active", "passive":
			a.Protocol = capture.Of(state.LACP, m[2].From)
			x.Actor.State = capture.Of(state.LACPState{}.With(state.Activity, m[2].Value == "active"), m[2].From)
		case "on":
			a.Protocol = capture.Of(state.Static, m[2].From)
		default:
			p.Unread(m[2].From, "unknown word "+state.Quote(m[2].Value))
		}
	}
}

var (
	neighboursHead = regexp.MustCompile(`^\s*(port-channel\d+|Po\d+) neighbors`)
	neighbourRow   = regexp.MustCompile(`^\s*(\S+)\s+(\d+),\s*((?:[0-9a-fA-F]{1,2}-){5}[0-9a-fA-F]{1,2})\s*(0x[0-9a-fA-F]+)\s+(\d+)\s+([SFAP]{1,2})\s*$`)
	neighbourMore  = regexp.MustCompile(`^\s+(\d+)\s+(0x[0-9a-fA-F]+)\s+(0x[0-9a-fA-F]{1,2})\s*$`)
)

// lacpNeighbours reads "show lacp neighbor": two rows for each member. The system's priority is decimal, all else hexadecimal.
func lacpNeighbours(p *parser, lines []text.Line) {
	lag := ""
	var x *state.AggregationPort
	for _, l := range lines {
		if m := l.Match(neighboursHead); m != nil {
			lag, _ = lagName(m[1])
			x = nil
			continue
		}
		if m := l.Match(neighbourRow); m != nil && lag != "" {
			port, ok := names.Full(m[1].Value)
			if !ok {
				p.Unread(m[1].From, "a member with an unknown name")
				x = nil
				continue
			}
			x = p.member(lag, port, m[1].From)
			e := &x.Partner
			e.SystemPriority, e.System, e.Port = text.Sixteen(m[2]), text.MAC(m[3]), text.Sixteen(m[4])
			if a := p.Aggregator(lag, l.Span()); !a.Protocol.Known() {
				a.Protocol = capture.Of(state.LACP, l.Span())
			}
			continue
		}
		if m := l.Match(neighbourMore); m != nil && x != nil {
			x.Partner.PortPriority, x.Partner.Key = text.Sixteen(m[1]), text.Sixteen(m[2])
			x.Partner.State = capture.Then(text.Uint(m[3], 8), func(v uint64) (state.LACPState, bool) { return state.WholeLACPState(uint8(v)), true })
			x = nil
		}
	}
}

var (
	lacpHead    = regexp.MustCompile(`^\s*Interface (\S+) is (\S+)`)
	lacpChannel = regexp.MustCompile(`port channel is (Po\d+|port-channel\d+)`)
	lacpCounter = regexp.MustCompile(`^\s*(PDUs sent|PDUs rcvd|Unknown packets rcvd|Illegal packets rcvd): (\d+)\s*$`)
	lagIDTuple  = regexp.MustCompile(`\(\s*([0-9a-fA-F]{1,4}),\s*([0-9a-fA-F-]{11,17}),\s*([0-9a-fA-F]{1,4}),\s*([0-9a-fA-F]{1,4}),\s*([0-9a-fA-F]{1,4})\s*\)`)
	lacpMAC     = regexp.MustCompile(`MAC Address=\s*([0-9a-fA-F-]{11,17})`)
	lacpPrio    = regexp.MustCompile(`System Identifier=\s*(0x[0-9a-fA-F]{1,4})`)
	lacpPort    = regexp.MustCompile(`Port Identifier=\s*(0x[0-9a-fA-F]{1,4}),\s*(0x[0-9a-fA-F]{1,4})`)
	lacpKey     = regexp.MustCompile(`^\s*Operational key=\s*(\d+)\s*$`)
	lacpState   = regexp.MustCompile(`^\s*(Actor|Partner) Oper State=\s*(\d+|\([^()]*\))`)
	lacpBit     = regexp.MustCompile(`^\s*(Synchronization|Collecting|Distributing)=\s*(\S+)`)
)

// lacpEnd is one half of what "show lacp interface" says of a port.
type lacpEnd struct {
	state.Endpoint
	seen  state.LACPState // what the bits say that have a line of their own
	octet capture.Fact[state.LACPState]
}

// lacpInterfaces reads "show lacp interface": a section for each member.
func lacpInterfaces(p *parser, lines []text.Line) {
	for _, section := range text.Sections(lines, func(l text.Line) bool { return l.Match(lacpHead) != nil }) {
		p.lacpInterface(section)
	}
}

func (p *parser) lacpInterface(section []text.Line) {
	port, ok := names.Full(section[0].Match(lacpHead)[1].Value)
	lag := ""
	var actor, partner lacpEnd
	var lagID capture.Fact[string]
	var x *state.AggregationPort
	end := &actor
	begun := false
	for k, l := range section {
		if m := l.Match(lacpChannel); m != nil && ok && lag == "" {
			if lag, ok = lagName(m[1]); ok {
				x = p.member(lag, port, section[0].Span())
				take(&p.Aggregator(lag, m[1].From).Protocol, capture.Of(state.LACP, section[0].Span()))
			}
			continue
		}
		if m := l.Match(lacpCounter); m != nil && x != nil {
			to := map[string]*capture.Fact[uint64]{"PDUs sent": &x.TX, "PDUs rcvd": &x.RX, "Unknown packets rcvd": &x.UnknownRX, "Illegal packets rcvd": &x.IllegalRX}
			*to[m[1].Value] = text.Uint(m[2], 64)
			continue
		}
		switch s := strings.TrimSpace(l.Text); {
		case strings.HasPrefix(s, "Lag Id:"):
			lagID = wrapped(section[k:])
			continue
		case strings.HasPrefix(s, "Local Port:"):
			begun = true
		case strings.HasPrefix(s, "Neighbor:"):
			end, begun = &partner, true
		}
		if begun {
			end.line(p, l)
		}
	}
	if x == nil {
		return
	}
	actor.settle(p)
	partner.settle(p)
	local, remote := tuples(lagID, actor.Endpoint, partner.Endpoint)
	actor.System, actor.SystemPriority = local.System, local.SystemPriority // the line has the switch's own, which a vPC does not present
	fill(&x.Actor, actor.Endpoint)
	if remote.System.Known() {
		partner.System, partner.SystemPriority = remote.System, remote.SystemPriority
	}
	fill(&x.Partner, partner.Endpoint)
}

// line reads a line of one end.
func (e *lacpEnd) line(p *parser, l text.Line) {
	if m := l.Match(lacpMAC); m != nil {
		e.System = text.MAC(m[1])
	}
	if m := l.Match(lacpPrio); m != nil {
		e.SystemPriority = text.Sixteen(m[1])
	}
	if m := l.Match(lacpPort); m != nil {
		e.PortPriority, e.Port = text.Sixteen(m[1]), text.Sixteen(m[2])
	}
	if m := l.Match(lacpKey); m != nil {
		e.Key = text.Sixteen(m[1])
	}
	if m := l.Match(lacpBit); m != nil {
		bit := map[string]state.LACPBits{"Synchronization": state.Synchronization, "Collecting": state.Collecting, "Distributing": state.Distributing}[m[1].Value]
		switch strings.ToLower(m[2].Value) {
		case "in_sync", "true":
			e.seen = e.seen.With(bit, true)
		case "not_in_sync", "out_of_sync", "false":
			e.seen = e.seen.With(bit, false)
		}
	}
	if m := l.Match(lacpState); m != nil {
		if e.octet = octet(m[2]); !e.octet.Known() {
			p.Unread(m[2].From, state.Quote(m[2].Value)+" is no LACP state")
		}
	}
}

// settle takes the state where it does not contradict the lines that tell a bit of it in words.
func (e *lacpEnd) settle(p *parser) {
	for _, b := range []state.LACPBits{state.Synchronization, state.Collecting, state.Distributing} {
		if e.octet.Known() && e.seen.Known&b != 0 && e.seen.Has(b) != e.octet.Value.Has(b) {
			p.Unread(e.octet.From, "the LACP state contradicts the lines before it")
			return
		}
	}
	e.State = e.octet
}

// stateBits are the bits as they stand in "(Ac-1:To-0:Ag-1:Sy-1:Co-1:Di-1:De-0:Ex-0)"; To-1 is the short timeout.
var stateBits = map[string]state.LACPBits{"Ac": state.Activity, "To": state.ShortTimeout, "Ag": state.Aggregation, "Sy": state.Synchronization,
	"Co": state.Collecting, "Di": state.Distributing, "De": state.Defaulted, "Ex": state.Expired}

// octet reads a state: the number is decimal here.
func octet(f capture.Fact[string]) capture.Fact[state.LACPState] {
	return capture.Then(f, func(s string) (state.LACPState, bool) {
		if v, err := strconv.ParseUint(s, 10, 8); err == nil {
			return state.WholeLACPState(uint8(v)), true
		}
		var out state.LACPState
		for _, part := range strings.Split(strings.Trim(s, "()"), ":") {
			name, value, _ := strings.Cut(part, "-")
			bit, ok := stateBits[name]
			if !ok || value != "0" && value != "1" {
				return state.LACPState{}, false
			}
			out = out.With(bit, value == "1")
		}
		return out, true
	})
}

// wrapped joins a line with those behind it up to the closing bracket: it is cut anywhere.
func wrapped(lines []text.Line) capture.Fact[string] {
	all := ""
	for i, l := range lines {
		if all += l.Text; strings.Contains(l.Text, "] ]") || strings.HasSuffix(strings.TrimSpace(l.Text), "]") {
			return capture.Of(all, text.Through(lines[:i+1]))
		}
		if i == 4 {
			break
		}
	}
	return capture.Fact[string]{}
}

// tuples returns both ends as the LAG id has them, in whichever order: the partner's is the one with its address and port.
func tuples(lagID capture.Fact[string], actor, partner state.Endpoint) (local, remote state.Endpoint) {
	all := lagIDTuple.FindAllStringSubmatch(lagID.Value, -1)
	if len(all) != 2 {
		return local, remote
	}
	var ends [2]state.Endpoint
	for i, m := range all {
		hex := func(s string) capture.Fact[uint16] { return text.Sixteen(capture.Of("0x"+s, lagID.From)) }
		ends[i] = state.Endpoint{SystemPriority: hex(m[1]), System: text.MAC(capture.Of(m[2], lagID.From)), Port: hex(m[5])}
	}
	is := func(e, want state.Endpoint) bool {
		same, known := capture.Same(e.System, want.System)
		port, both := capture.Same(e.Port, want.Port)
		return same && known && port && both
	}
	switch first, second := is(ends[0], partner), is(ends[1], partner); {
	case first && !second:
		return ends[1], ends[0]
	case second && !first:
		return ends[0], ends[1]
	}
	return local, remote
}

// fill takes what is not known yet.
func fill(to *state.Endpoint, from state.Endpoint) {
	take(&to.SystemPriority, from.SystemPriority)
	take(&to.System, from.System)
	take(&to.Key, from.Key)
	take(&to.PortPriority, from.PortPriority)
	take(&to.Port, from.Port)
	if !to.State.Known() || to.State.Value.Known != 0xff {
		take(&to.State, from.State)
	}
}

func take[T any](to *capture.Fact[T], from capture.Fact[T]) {
	if !to.Known() {
		*to = from
	}
}

var counterRow = regexp.MustCompile(`^\s*(Ethernet\S+)\s+(\d+)\s+(\d+)\s+\d+\s+\d+`)

// lacpCounters reads "show lacp counters": sent comes before received.
func lacpCounters(p *parser, lines []text.Line) {
	lag := ""
	for _, l := range lines {
		if m := l.Match(databaseHead); m != nil {
			lag = m[1].Value
			continue
		}
		if m := l.Match(counterRow); m != nil && lag != "" {
			port, _ := names.Full(m[1].Value)
			x := p.member(lag, port, m[1].From)
			take(&x.TX, text.Uint(m[2], 64))
			take(&x.RX, text.Uint(m[3], 64))
		}
	}
}

var systemLine = regexp.MustCompile(`^\s*(\d{1,5},\s*(?:[0-9a-fA-F]{1,2}-){5}[0-9a-fA-F]{1,2})\s*$`)

// lacpSystem reads "show lacp system-identifier".
func lacpSystem(p *parser, lines []text.Line) {
	for _, l := range lines {
		if m := l.Match(systemLine); m != nil {
			p.system = text.SystemID(m[1], false)
			p.owns = append(p.owns, capture.Then(p.system, func(s state.SystemID) (state.MAC, bool) { return s.System, !s.System.IsZero() }))
			return
		}
	}
}

// lagConfig is what the configuration of a LAG says, to the end of its section.
type lagConfig struct {
	minLinks capture.Fact[int]
	alone    capture.Fact[bool] // members forward on their own while nobody answers
}

var (
	configHead    = regexp.MustCompile(`^interface (port-channel\d+|Ethernet[\d/]+)\s*$`)
	configMin     = regexp.MustCompile(`^\s+lacp min-links (\d+)\s*$`)
	configSuspend = regexp.MustCompile(`^\s+(no )?lacp suspend-individual\s*$`)
	configFEX     = regexp.MustCompile(`^\s+fex associate (\d+)\s*$`)
	configOrphan  = regexp.MustCompile(`^\s+vpc orphan-ports? suspend\s*$`)
	configProfile = regexp.MustCompile(`^\s+inherit port-profile\b`)
	configTagged  = regexp.MustCompile(`^\s+(no )?switchport trunk native vlan tag\b`)
	configMapping = regexp.MustCompile(`^\s+switchport vlan mapping (?:\d|all\b)`) // of tags, to others or into a second one
)

// suspends matches the models on which a member is suspended while nobody answers unless it is configured otherwise.
var suspends = regexp.MustCompile(`^Nexus ?[379]\d{3}`)

// configured reads "show running-config interface", which leaves out defaults: a section says what it does not have, too, once another
// line ends it.
func configured(p *parser, lines []text.Line) {
	for k, l := range lines {
		m := l.Match(configHead)
		if m == nil {
			continue
		}
		end := k + 1
		for end < len(lines) && lines[end].Indent() > 0 && !lines[end].Blank() {
			end++
		}
		for _, x := range lines[k+1 : end] {
			if x.Match(configMapping) != nil {
				p.mapped[m[1].Value] = x.Span()
			}
			if no := x.Match(configTagged); no != nil {
				p.ownTagged[m[1].Value] = capture.Of(!no[1].Known(), x.Span())
			}
		}
		if end == len(lines) {
			continue // it may be cut short
		}
		whole := text.Through(lines[k:end])
		p.suspends[m[1].Value] = suspendsOrphan(lines[k+1:end], whole)
		for _, x := range lines[k+1 : end] {
			if fex := x.Match(configFEX); fex != nil && isFEX(fex[1].Value) {
				p.fabric(p.Extender(fex[1].Value, x.Span()), m[1])
			}
		}
		if kindOf(m[1].Value) != state.Aggregate {
			continue
		}
		var c lagConfig
		inherits := slices.ContainsFunc(lines[k+1:end], func(x text.Line) bool { return x.Match(configProfile) != nil })
		if !inherits { // a profile, which was not read, may have what is not here
			c.minLinks = capture.Of(0, whole)
		}
		if !inherits && suspends.MatchString(p.Switch.Device.Model.Value) {
			c.alone = capture.Of(false, whole)
		}
		for _, x := range lines[k+1 : end] {
			if min := x.Match(configMin); min != nil {
				c.minLinks = text.Int(min[1])
			}
			if no := x.Match(configSuspend); no != nil {
				c.alone = capture.Of(no[1].Known(), x.Span())
			}
		}
		p.lagConfig[m[1].Value] = c
	}
}

// suspendsOrphan tells from the section of a port whether a vPC secondary takes it out of service when the peer-link is lost: not unless it
// is configured, here or in a profile that was not read.
func suspendsOrphan(section []text.Line, whole capture.Span) capture.Fact[bool] {
	out := capture.Of(false, whole)
	for _, x := range section {
		if x.Match(configOrphan) != nil {
			return capture.Of(true, x.Span())
		}
		if x.Match(configProfile) != nil {
			out = capture.Fact[bool]{}
		}
	}
	return out
}

// finishLAGs says which LACP system the ports present, why a port is not in its LAG and whether a LAG forwards although nobody answers.
// Both peers of a vPC present the vPC's system once they see each other.
func (p *parser) finishLAGs() {
	why := make(map[string]capture.Fact[string], len(p.Interfaces()))
	for _, i := range p.Interfaces() {
		why[i.Name] = i.OperReason
	}
	for _, a := range p.Aggregators() {
		if len(p.AggregationPorts(a.Name)) == 0 && capture.Is(a.Protocol, state.Static) {
			a.Protocol = capture.Fact[state.AggregationProtocol]{} // NONE stands there for a LAG without members, too
		}
		if c, ok := p.lagConfig[a.Name]; ok {
			a.MinLinks = c.minLinks
			a.Fallback = capture.Then(c.alone, func(alone bool) (state.Fallback, bool) {
				return map[bool]state.Fallback{true: state.IndividualFallback, false: state.NoFallback}[alone], true
			})
		}
		individual, selected := capture.Span{}, capture.Span{}
		for _, m := range p.AggregationPorts(a.Name) {
			switch {
			case capture.Is(m.Selected, state.Individual):
				individual = m.Selected.From
			case capture.Is(m.Selected, state.Selected):
				selected = m.Selected.From
			}
			if m.Selected.Known() && m.Selected.Value != state.Selected {
				m.Reason = why[m.Name]
			}
			if !capture.Is(a.Protocol, state.LACP) || m.Actor.System.Known() || !a.MLAGID.Known() {
				continue
			}
			switch {
			case a.MLAGID.Value != "" && capture.Is(p.Switch.MLAG.Peered, true):
				m.Actor.System, m.Actor.SystemPriority = p.Switch.MLAG.SystemMAC, p.systemPrio
			case a.MLAGID.Value == "" && p.system.Known():
				m.Actor.System = capture.Of(p.system.Value.System, p.system.From)
				m.Actor.SystemPriority = capture.Of(p.system.Value.Priority, p.system.From)
			}
		}
		switch {
		case !capture.Is(a.Protocol, state.LACP):
		case individual.Known():
			a.FallbackActive = capture.Of(true, individual)
		case selected.Known():
			a.FallbackActive = capture.Of(false, selected)
		}
	}
}
