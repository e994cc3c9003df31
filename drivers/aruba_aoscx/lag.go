package aruba_aoscx

import (
	"regexp"
	"strings"

	"uplinkcheck/drivers/capture"
	"uplinkcheck/drivers/state"
	"uplinkcheck/drivers/text"
)

var protocols = map[string]state.AggregationProtocol{"active": state.LACP, "passive": state.LACP, "off": state.Static}

// aggregateLine reads what both "show interface" and "show lacp aggregates" say of a LAG, and reports whether the line was such. A word that is no
// port is noted.
func (p *parser) aggregateLine(lag, key string, value capture.Fact[string]) bool {
	switch key {
	case "Aggregate mode":
		p.Aggregator(lag, value.From).Protocol = state.Word(p.Draft, value, protocols)
	case "Aggregated-interfaces", "Interfaces":
		at := 0
		for _, word := range strings.Fields(value.Value) {
			at += strings.Index(value.Value[at:], word)
			from := value.From.Reply.Span(int(value.From.Start)+at, int(value.From.Start)+at+len(word))
			at += len(word)
			if portName.MatchString(word) {
				p.AggregationPort(lag, word, from)
				p.belongs(word, lag, from)
			} else {
				p.Unread(from, state.Quote(word)+" is no member of a LAG")
			}
		}
	default:
		return false
	}
	return true
}

// belongs notes that a port is in a LAG.
func (p *parser) belongs(port, lag string, from capture.Span) {
	i := p.Interface(port, from)
	i.Kind, i.Aggregator = kindOf(port), capture.Of(lag, p.Aggregator(lag, from).From)
}

var (
	aggregateHead = regexp.MustCompile(`^\s*Aggregate[- ]name\s*: *(lag\d+)(?: ?\((mc|multi-chassis)\))?$`)
	aggregateLike = regexp.MustCompile(`^\s*Aggregate[- ]name\s*:`)
)

// aggregates reads "show lacp aggregates".
func (p *parser) aggregates(lines []text.Line) {
	before := len(p.Switch.Unread)
	sections := text.Sections(lines, func(l text.Line) bool { return aggregateLike.MatchString(l.Text) })
	for _, s := range sections {
		m := s[0].Match(aggregateHead)
		if m == nil {
			p.Unread(s[0].Span(), "no name of a LAG")
			continue
		}
		a := p.Aggregator(m[1].Value, m[1].From)
		if m[2].Known() {
			p.shared(a, m[1])
		} else if !a.MLAGID.Known() {
			a.MLAGID = capture.Of("", m[1].From)
		}
		for _, l := range s[1:] {
			if key, value, isPair := l.KeyValue(); isPair && value.Known() {
				p.aggregateLine(a.Name, key, value)
			} else if f := l.Fields(); len(f) > 0 && portName.MatchString(f[0].Value) {
				p.Unread(l.Span(), "a list of members that goes on")
			}
		}
	}
	if len(sections) > 0 && len(p.Switch.Unread) == before {
		p.Switch.Listed.Aggregators = lines[0].Reply.Whole()
	}
}

// finishLAGs: a LAG has no MTU of its own. Where its ports have one and the same, that is what it carries.
func (p *parser) finishLAGs() {
	of := map[string]capture.Fact[int]{}
	for _, i := range p.Interfaces() {
		of[i.Name] = i.MTU
	}
	for _, a := range p.Aggregators() {
		var mtu capture.Fact[int]
		for k, port := range p.AggregationPorts(a.Name) {
			if f := of[port.Name]; k == 0 {
				mtu = f
			} else if same, known := capture.Same(mtu, f); !known || !same {
				mtu = capture.Fact[int]{}
				break
			}
		}
		if i := p.Interface(a.Name, a.From); !i.MTU.Known() {
			i.Kind, i.MTU = state.Aggregate, mtu
		}
	}
}

// shared notes that a LAG is multi-chassis: both switches give it the same name.
func (p *parser) shared(a *state.Aggregator, name capture.Fact[string]) {
	a.MLAGID = capture.Of(a.Name, name.From)
	p.MLAGPort(a.Name, name.From).Local = a.MLAGID
}

var (
	lacpHead = regexp.MustCompile(`^\s*(Remote )?(Actor|Partner) details of all interfaces:?$`)
	lacpRow  = regexp.MustCompile(`^\s*(\d+/\d+/\d+\S*)\s+(lag\d+)(\((?:mc|multi-chassis)\))?` +
		`(?:\s+(\d+)\s+(\d+)(?:\s+(\d+))?\s+([A-Z]{3,9})\s+([0-9a-fA-F:]{11,17})\s+(\d+)\s+(\d+))?(?:\s+([a-z][\w-]*))?$`)
	portLike = regexp.MustCompile(`^\d+/\d+/\d+`)
	pairs    = []struct {
		letters string // set and clear
		bit     state.LACPBits
	}{{"AP", state.Activity}, {"SL", state.ShortTimeout}, {"FI", state.Aggregation}, {"NO", state.Synchronization}, {"C ", state.Collecting},
		{"D ", state.Distributing}, {"X ", state.Expired}, {"E ", state.Defaulted}}
)

// lacp reads "show lacp interfaces".
func (p *parser) lacp(lines []text.Line) {
	before := len(p.Switch.Unread)
	tables := 0
	for _, s := range text.Sections(lines, func(l text.Line) bool { return l.Match(lacpHead) != nil }) {
		head := s[0].Match(lacpHead)
		if head[1].Known() {
			continue
		}
		for _, l := range s[1:] {
			m := l.Match(lacpRow)
			if m == nil {
				if f := l.Fields(); len(f) > 0 && portLike.MatchString(f[0].Value) {
					p.Unread(l.Span(), "a port in a form that we do not know")
				}
				continue
			}
			port := p.AggregationPort(m[2].Value, m[1].Value, l.Span())
			p.belongs(m[1].Value, m[2].Value, m[2].From)
			if head[2].Value == "Partner" {
				p.endpoint(&port.Partner, m)
				continue
			}
			p.endpoint(&port.Actor, m)
			if m[3].Known() {
				p.shared(p.Aggregator(m[2].Value, l.Span()), m[2])
			}
			p.selection(port, m[11])
		}
		tables++
	}
	if tables > 0 && len(p.Switch.Unread) == before {
		p.Switch.Listed.LACP = lines[0].Reply.Whole()
	}
}

func (p *parser) endpoint(e *state.Endpoint, m []capture.Fact[string]) {
	if !m[7].Known() {
		return
	}
	e.Port, e.PortPriority, e.Key = text.Sixteen(m[4]), text.Sixteen(m[5]), text.Sixteen(m[10])
	if m[6].Known() { // an older form has the key of the port as well
		e.Key = text.Sixteen(m[6])
	}
	e.System, e.SystemPriority = text.MAC(m[8]), text.Sixteen(m[9])
	if e.State = capture.Then(m[7], lacpState); !e.State.Known() {
		p.Unread(m[7].From, state.Quote(m[7].Value)+" is no LACP state")
	}
}

// lacpState reads the letters: of each pair one is there, the others only where they are set.
func lacpState(s string) (out state.LACPState, ok bool) {
	for _, x := range pairs {
		set, clear := strings.Contains(s, x.letters[:1]), strings.Contains(s, x.letters[1:])
		if set && clear || !set && !clear && x.letters[1] != ' ' {
			return out, false
		}
		out = out.With(x.bit, set)
		s = strings.Trim(strings.NewReplacer(x.letters[:1], "", x.letters[1:], "").Replace(s), " ")
	}
	return out, s == ""
}

// selection takes the forwarding state, and the letters where a release prints none. A port that collects and distributes is in the LAG.
func (p *parser) selection(port *state.AggregationPort, forwarding capture.Fact[string]) {
	st := port.Actor.State
	carries := capture.Then(st, func(s state.LACPState) (bool, bool) {
		return s.Has(state.Collecting|state.Distributing) == state.Yes, true
	})
	switch {
	case forwarding.Value == "down" || forwarding.Value == "lacp-block":
		port.Selected, port.Reason = capture.Of(state.Unselected, forwarding.From), forwarding
	case capture.Is(carries, true):
		port.Selected = capture.Of(state.Selected, st.From)
	case forwarding.Value == "up" && !st.Known(): // a LAG without LACP
		port.Selected = capture.Of(state.Selected, forwarding.From)
	case !forwarding.Known() && capture.Is(carries, false):
		port.Selected = capture.Of(state.Unselected, st.From)
	case forwarding.Known() && forwarding.Value != "up":
		p.Unread(forwarding.From, "unknown word "+state.Quote(forwarding.Value))
	}
}

// multiChassis reads "show lacp interfaces multi-chassis": the peer's legs are remote. Of a LAG all of them were seen once the next table begins.
// A leg without a state, as one without LACP or of a peer that is not heard has none, leaves open how the LAG is there.
func (p *parser) multiChassis(lines []text.Line) {
	sections := text.Sections(lines, func(l text.Line) bool { return l.Match(lacpHead) != nil })
	for k, s := range sections {
		head := s[0].Match(lacpHead)
		if head[2].Value != "Actor" {
			continue
		}
		carries, unclear := map[string]bool{}, map[string]bool{}
		at := map[string]capture.Span{}
		for _, l := range s[1:] {
			m := l.Match(lacpRow)
			if m == nil {
				if f := l.Fields(); len(f) > 1 && portLike.MatchString(f[0].Value) {
					unclear[plain(f[1].Value)] = true
				}
				continue
			}
			if !head[1].Known() {
				p.shared(p.Aggregator(m[2].Value, l.Span()), m[2])
				continue
			}
			st := capture.Then(m[7], lacpState)
			unclear[m[2].Value] = unclear[m[2].Value] || !st.Known()
			on := st.Known() && st.Value.Has(state.Collecting|state.Distributing) == state.Yes
			if at[m[2].Value].Reply == nil || on && !carries[m[2].Value] {
				carries[m[2].Value], at[m[2].Value] = on, l.Span()
			}
		}
		for lag, from := range at {
			port := p.MLAGPort(lag, from)
			port.Peer = capture.Of(lag, from)
			switch {
			case carries[lag]:
				port.PeerOper = capture.Of(state.Up, from)
			case k+1 < len(sections) && !unclear[lag]:
				port.PeerOper = capture.Of(state.Down, from)
			}
		}
		if head[1].Known() {
			p.Switch.Listed.MLAGPorts = s[0].Reply.Whole()
		}
	}
}
