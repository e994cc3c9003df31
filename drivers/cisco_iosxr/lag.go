package cisco_iosxr

import (
	"regexp"
	"strings"

	"uplinkcheck/drivers/capture"
	"uplinkcheck/drivers/state"
	"uplinkcheck/drivers/text"
)

var (
	bundleHead  = regexp.MustCompile(`^\s*(Bundle-(?:Ether|POS) ?\d+)(?: \(ICCP Group \d+\))?$`)
	bundleLike  = regexp.MustCompile(`^Bundle-(?:Ether|POS) ?\d+\b`)
	noBundle    = regexp.MustCompile(`(?i)^\s*no bundles?\b`)
	bundlePort  = regexp.MustCompile(`^\s*(\S+)\s+(Local|[0-9a-fA-F]+[.:][0-9a-fA-F.:]+)\s+([A-Z][A-Za-z ]*?)\s+(0x[0-9a-fA-F]+), *(0x[0-9a-fA-F]+)\s+(\d+)$`)
	slashes     = regexp.MustCompile(`^(\d+) */ *(\d+)`)
	bundleWords = map[string]state.Status{"up": state.Up, "down": state.Down, "admin down": state.Down, "administratively down": state.Down,
		"bundle shutdown": state.Down, "shutdown": state.Down, "partially up": state.Up}
	bundleProtocols = map[string]state.AggregationProtocol{"operational": state.LACP, "not operational": state.LACP, "not configured": state.Static}

	// selections of "show bundle": a link that negotiates may be selected and not forward yet.
	selections = map[string]state.Selection{"active": state.Selected, "standby": state.Standby, "hot standby": state.Standby, "configured": state.Unselected,
		"negotiating": 0, "bfd running": 0}
)

// bundles reads "show bundle". Links of other devices are those of the multi-chassis peer.
func (p *parser) bundles(lines []text.Line) {
	whole := len(lines) > 0
	sections := text.Sections(lines, beginsBundle)
	for _, s := range sections {
		if s[0].Match(bundleHead) == nil {
			p.Unread(s[0].Span(), "the head of a bundle in a form that we do not know")
			whole = false
			continue
		}
		whole = p.bundle(s) && whole
	}
	if whole && (len(sections) > 0 || noBundle.MatchString(lines[0].Text)) {
		p.Switch.Listed.Aggregators = lines[0].Reply.Whole()
	}
}

// beginsBundle finds the heads of bundles, also of those with words behind the name that we do not know.
func beginsBundle(l text.Line) bool {
	return l.Match(bundleHead) != nil || l.Indent() == 0 && bundleLike.MatchString(l.Text)
}

// bundle reads one, and reports whether each of its links was understood.
func (p *parser) bundle(lines []text.Line) (whole bool) {
	whole = true
	name := fullName(lines[0].Match(bundleHead)[1].Value)
	a := p.Aggregator(name, lines[0].Span())
	a.From = lines[0].Span()
	var last *state.AggregationPort
	mlacp := false
	var least capture.Fact[string] // the least number of links, and the least bandwidth
	enough := true                 // each link has that by itself
	for _, l := range lines[1:] {
		if m := l.Match(bundlePort); m != nil {
			if last = nil; m[2].Value == "Local" {
				last = p.bundleMember(name, l, m)
				enough = enough && hasBandwidth(m[6], least)
			}
			continue
		}
		if f := l.Fields(); len(f) > 2 && (f[1].Value == "Local" || strings.Contains(f[0].Value, "/") && !strings.Contains(l.Text, ":")) {
			p.Unread(l.Span(), "a link of a bundle in a form that we do not know")
			whole, last = false, nil
			continue
		}
		key, value, isPair := l.KeyValue()
		switch {
		case last != nil && !l.Blank() && !strings.Contains(l.Text, "#"): // why the link is in its state
			if why := l.Whole(); !capture.Is(last.Selected, state.Selected) && !last.Reason.Known() {
				last.Reason = why
			}
			last = nil
		case !isPair || !value.Known():
		case key == "Status":
			a.Oper = state.Word(p.Draft, value, bundleWords)
		case strings.HasPrefix(key, "Minimum active links"):
			least, a.MinLinks = value, firstNumber(value)
		case key == "LACP":
			a.Protocol = state.Word(p.Draft, value, bundleProtocols)
		case key == "mLACP":
			mlacp = value.Value == "Operational" || value.Value == "Not operational"
		case mlacp && (key == "ICCP Group" || key == "Interchassis group") && value.Value != "Not configured":
			p.multiChassis(a, value)
		case mlacp && strings.HasPrefix(key, "Foreign links"):
			p.foreign(a, value)
		}
	}
	if !enough {
		p.Unread(least.From, "how many links have the least bandwidth is not known")
		a.MinLinks = capture.Fact[int]{}
	}
	return whole
}

// hasBandwidth reports whether a link has the bandwidth that stands behind the slash of "1 / 20000000 kbps".
func hasBandwidth(kbps, least capture.Fact[string]) bool {
	m := slashes.FindStringSubmatch(least.Value)
	if m == nil {
		return true
	}
	own, need := text.Uint(kbps, 64), text.Uint(capture.Of(m[2], least.From), 64)
	return own.Known() && need.Known() && own.Value >= need.Value
}

// firstNumber is the number before a slash.
func firstNumber(f capture.Fact[string]) capture.Fact[int] {
	return text.Int(capture.Then(f, func(s string) (string, bool) {
		m := slashes.FindStringSubmatch(s)
		if m == nil {
			return "", false
		}
		return m[1], true
	}))
}

func (p *parser) bundleMember(bundle string, l text.Line, m []capture.Fact[string]) *state.AggregationPort {
	port := p.AggregationPort(bundle, fullName(m[1].Value), l.Span())
	port.From = l.Span()
	if s := state.Word(p.Draft, m[3], selections); s.Value != 0 {
		port.Selected = s
	}
	port.Actor.PortPriority, port.Actor.Port = text.Sixteen(m[4]), text.Sixteen(m[5])
	p.belongs(port.Name, l, bundle, p.Aggregator(bundle, l.Span()).From)
	return port
}

var (
	lacpPeer     = regexp.MustCompile(`^\s*mLACP Peer\b`)
	lacpRow      = regexp.MustCompile(`^\s*(\S+)\s+(?:(\d+m?s)\s+)?([A-Za-z-]{8})\s+(0x[0-9a-fA-F]+), ?(0x[0-9a-fA-F]+)\s+(0x[0-9a-fA-F]+)\s+(0x[0-9a-fA-F]+, ?[0-9a-fA-F.:-]+)$`)
	machineRow   = regexp.MustCompile(`^\s*(\S+)\s+(Current|Expired|Default\w*|Disabled|Initialize\w*|Port_?dis\w*|LACP_?dis\w*)\s+(\w+)\s+(Selected|Standby|Unselect\w*)\s+(\w+)\s+(\w+)\s+(\w+)$`)
	letters      = "ascdAFDE"
	letterBits   = [8]state.LACPBits{state.Aggregation, state.Synchronization, state.Collecting, state.Distributing, state.Activity, state.ShortTimeout, state.Defaulted, state.Expired}
	machineWords = map[string]state.Selection{"standby": state.Standby, "unselect": state.Unselected, "unselected": state.Unselected}
	churnWords   = map[string]bool{"none": false, "monitor": false, "churn": true}
)

// lacp reads "show lacp": of each bundle a table of states, two rows a link, and one of the machines behind them.
func (p *parser) lacp(lines []text.Line) {
	sections, whole := text.Sections(lines, beginsBundle), true
	for _, s := range sections {
		if s[0].Match(bundleHead) == nil {
			p.Unread(s[0].Span(), "the head of a bundle in a form that we do not know")
			whole = false
			continue
		}
		bundle := fullName(s[0].Match(bundleHead)[1].Value)
		p.Aggregator(bundle, s[0].Span()).Protocol = capture.Of(state.LACP, s[0].Span())
		foreign := false
		var last *state.AggregationPort // whose partner's row is next
		for _, l := range s[1:] {
			switch {
			case l.Match(lacpPeer) != nil:
				foreign, last = true, nil
			case strings.TrimSpace(l.Text) == "Local":
				foreign, last = false, nil
			case foreign:
			case l.Match(lacpRow) != nil:
				m := l.Match(lacpRow)
				if m[1].Value == "Partner" {
					if last != nil {
						p.endpoint(&last.Partner, m)
					}
					last = nil
					continue
				}
				last = p.AggregationPort(bundle, fullName(m[1].Value), l.Span())
				p.endpoint(&last.Actor, m)
				p.belongs(last.Name, l, bundle, s[0].Span())
			case l.Match(machineRow) != nil:
				m := l.Match(machineRow)
				p.machines(p.AggregationPort(bundle, fullName(m[1].Value), l.Span()), m)
			}
		}
	}
	if len(sections) > 0 && whole {
		p.Switch.Listed.LACP = lines[0].Reply.Whole()
	}
}

func (p *parser) endpoint(e *state.Endpoint, m []capture.Fact[string]) {
	e.State = capture.Then(m[3], lacpState)
	if !e.State.Known() {
		p.Unread(m[3].From, state.Quote(m[3].Value)+" is no LACP state")
	}
	e.PortPriority, e.Port, e.Key = text.Sixteen(m[4]), text.Sixteen(m[5]), text.Sixteen(m[6])
	if id := text.SystemID(m[7], true); id.Known() {
		e.SystemPriority = capture.Of(id.Value.Priority, id.From)
		e.System = capture.Of(id.Value.System, id.From)
	}
}

// lacpState reads eight letters, each in its place or a dash.
func lacpState(s string) (state.LACPState, bool) {
	var out state.LACPState
	for i := range letters {
		if s[i] != letters[i] && s[i] != '-' {
			return out, false
		}
		out = out.With(letterBits[i], s[i] == letters[i])
	}
	return out, true
}

// machines reads the row of a link in the second table: one that is selected and does not distribute yet negotiates.
func (p *parser) machines(port *state.AggregationPort, m []capture.Fact[string]) {
	selected := capture.Then(m[4], func(s string) (state.Selection, bool) {
		if s == "Selected" {
			return state.Selected, strings.HasPrefix(m[5].Value, "Distrib")
		}
		v, ok := machineWords[strings.ToLower(s)]
		return v, ok
	})
	if selected.Known() && !port.Selected.Known() {
		port.Selected = selected
	}
	actor, partner := state.Word(p.Draft, m[6], churnWords), state.Word(p.Draft, m[7], churnWords)
	switch {
	case capture.Is(actor, true):
		port.Churn = actor
	case capture.Is(partner, true):
		port.Churn = partner
	case actor.Known() && partner.Known():
		port.Churn = actor
	}
}
