package dell_os10

import (
	"regexp"
	"strings"

	"uplinkcheck/drivers/capture"
	"uplinkcheck/drivers/state"
	"uplinkcheck/drivers/text"
)

var (
	summaryRow = regexp.MustCompile(`^\s*\d+\s+(port-channel\d+)\s+\(([A-Z])\)\s+Eth\s+(DYNAMIC|STATIC)(?:\s+(\S.*))?$`)
	rowLike    = regexp.MustCompile(`^\s*(?:\d+\s+port-channel\d|\S*\d+/\d+/\d)`)
	moreRow    = regexp.MustCompile(`^\s+(\d+/\d+/\d+\S*\([A-Z]+\).*)$`)
	memberWord = regexp.MustCompile(`^(?:Eth)?(\d+/\d+/\d+(?::\d+)?)\(([A-Z]+)\)$`)
	lagFlags   = map[string]state.Status{"u": state.Up, "d": state.Down}
	protocols  = map[string]state.AggregationProtocol{"dynamic": state.LACP, "static": state.Static}
	selections = map[string]state.Selection{"p": state.Selected, "i": state.Unselected, "d": state.Unselected, "f": state.Individual, "ind": state.Individual}
)

// summary reads "show port-channel summary". A LAG has many members where they go on in the next lines.
func (p *parser) summary(lines []text.Line) {
	lag := ""
	before, rows := len(p.Switch.Unread), 0
	for _, l := range lines {
		list := capture.Fact[string]{}
		if m := l.Match(summaryRow); m != nil {
			lag = m[1].Value
			rows++
			p.Interface(lag, m[1].From).Kind = state.Aggregate
			a := p.Aggregator(lag, l.Span())
			a.Protocol, a.Oper = state.Word(p.Draft, m[3], protocols), state.Word(p.Draft, m[2], lagFlags)
			list = m[4]
		} else if m := l.Match(moreRow); m != nil && lag != "" {
			list = m[1]
		} else {
			lag = ""
			if rowLike.MatchString(l.Text) {
				p.Unread(l.Span(), "no row of a LAG")
			}
			continue
		}
		p.members(lag, list)
	}
	if rows > 0 && len(p.Switch.Unread) == before {
		p.Switch.Listed.Aggregators = lines[0].Reply.Whole()
	}
}

func (p *parser) members(lag string, list capture.Fact[string]) {
	at := 0
	for _, word := range strings.Fields(list.Value) {
		at += strings.Index(list.Value[at:], word)
		from := list.From.Reply.Span(int(list.From.Start)+at, int(list.From.Start)+at+len(word))
		at += len(word)
		m := memberWord.FindStringSubmatch(word)
		if m == nil {
			p.Unread(from, state.Quote(word)+" is no member of a LAG")
			continue
		}
		name := "ethernet" + m[1]
		port := p.AggregationPort(lag, name, from)
		port.Selected = state.Word(p.Draft, capture.Of(m[2], from), selections)
		if port.Selected.Value != state.Selected {
			port.Reason = capture.Of(m[2], from)
		}
		i := p.Interface(name, from)
		i.Kind, i.Aggregator = state.Physical, capture.Of(lag, p.Aggregator(lag, from).From)
	}
}

// lacpPorts are the members of LAGs with LACP, of "show port-channel summary", as "show lacp interface ethernet" wants them.
func lacpPorts(c *capture.Capture) (out []string) {
	dynamic := false
	for _, l := range text.Lines(c.Reply(summaryLine)) {
		list := capture.Fact[string]{}
		if m := l.Match(summaryRow); m != nil {
			dynamic, list = m[3].Value == "DYNAMIC", m[4]
		} else if m := l.Match(moreRow); m != nil {
			list = m[1]
		}
		for _, word := range strings.Fields(list.Value) {
			if m := memberWord.FindStringSubmatch(word); m != nil && dynamic {
				out = append(out, m[1])
			}
		}
	}
	return out
}

// finishLACP: each port is asked by itself, so that all is told where every member of every LAG answered.
func (p *parser) finishLACP() {
	for _, a := range p.Aggregators() {
		for _, port := range p.AggregationPorts(a.Name) {
			if a.Protocol.Value != state.Static && !port.Actor.State.Known() {
				return
			}
		}
	}
	p.Switch.Listed.LACP = p.Switch.Listed.Aggregators
}

var (
	lacpHead    = regexp.MustCompile(`^\s*Interface (ethernet\d\S*) is (up|down)\b`)
	lacpGroup   = regexp.MustCompile(`^\s*Channel group is (\d+)\b`)
	lacpPDUs    = regexp.MustCompile(`^\s*PDUS sent: *(\d+)(?:\D+PDUS rcvd: *(\d+))?`)
	lacpGot     = regexp.MustCompile(`^\s*PDUS rcvd: *(\d+)`)
	lacpFar     = regexp.MustCompile(`^\s*(?:Neighbor|Partner)\b[^=]*$`)
	lacpValue   = regexp.MustCompile(`(System Identifier|Port Identifier|[Oo]perational [Kk]ey|Actor Oper State|Partner Oper State)\s*= *([^\s,\]]+)(?:,([0-9a-fA-F:]+))?`)
	letterPairs = []struct {
		set, clear string
		bit        state.LACPBits
	}{{"A", "B", state.Activity}, {"C", "D", state.ShortTimeout}, {"E", "F", state.Aggregation}, {"G", "H", state.Synchronization},
		{"I", "J", state.Collecting}, {"K", "L", state.Distributing}, {"M", "N", state.Defaulted}, {"O", "P", state.Expired}}
)

// lacp reads "show lacp interface": our half of the conversation, then the neighbour's.
func (p *parser) lacp(lines []text.Line) {
	local, far := "", false
	lag := ""
	var port *state.AggregationPort
	for _, l := range lines {
		if m := l.Match(lacpHead); m != nil {
			local, far, port = m[1].Value, false, nil
		}
		if m := l.Match(lacpGroup); m != nil && local != "" {
			lag = "port-channel" + m[1].Value
			port = p.AggregationPort(lag, local, l.Span())
		}
		if port == nil {
			continue
		}
		if m := l.Match(lacpPDUs); m != nil {
			port.TX = text.Uint(m[1], 64)
			if m[2].Known() {
				port.RX = text.Uint(m[2], 64)
			}
		}
		if m := l.Match(lacpGot); m != nil {
			port.RX = text.Uint(m[1], 64)
		}
		far = far || l.Match(lacpFar) != nil
		for _, at := range lacpValue.FindAllStringSubmatchIndex(l.Text, -1) {
			var second capture.Fact[string]
			if at[6] >= 0 {
				second = l.Part(at[6], at[7])
			}
			p.lacpFact(port, far, l.Text[at[2]:at[3]], l.Part(at[4], at[5]), second)
		}
	}
}

// lacpFact takes one value; second is what follows a comma.
func (p *parser) lacpFact(port *state.AggregationPort, far bool, key string, value, second capture.Fact[string]) {
	e := &port.Actor
	if far {
		e = &port.Partner
	}
	switch strings.ToLower(key) {
	case "system identifier":
		e.SystemPriority, e.System = text.Sixteen(value), text.MAC(second)
	case "port identifier":
		e.PortPriority, e.Port = text.Sixteen(value), text.Sixteen(second)
	case "operational key":
		e.Key = text.Sixteen(value)
	case "actor oper state":
		p.letters(&port.Actor, value)
	case "partner oper state":
		p.letters(&port.Partner, value)
	}
}

func (p *parser) letters(e *state.Endpoint, value capture.Fact[string]) {
	st := capture.Then(value, lacpState)
	if !st.Known() {
		p.Unread(value.From, state.Quote(value.Value)+" is no LACP state")
		return
	}
	e.State = st
}

// lacpState reads the letters: of each pair one is there.
func lacpState(s string) (out state.LACPState, ok bool) {
	if len(s) != len(letterPairs) {
		return out, false
	}
	for _, x := range letterPairs {
		set, clear := strings.Contains(s, x.set), strings.Contains(s, x.clear)
		if set == clear {
			return out, false
		}
		out = out.With(x.bit, set)
	}
	return out, true
}
