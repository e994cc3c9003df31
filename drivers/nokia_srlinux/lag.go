package nokia_srlinux

import (
	"regexp"
	"strings"

	"uplinkcheck/drivers/capture"
	"uplinkcheck/drivers/state"
	"uplinkcheck/drivers/text"
	"uplinkcheck/drivers/tree"
)

// lag reads /interface/lag, and reports whether all of its members could be told.
func (p *parser) lag(name capture.Fact[string], i *state.Interface, n tree.Node) (whole bool) {
	a := p.Aggregator(name.Value, name.From)
	a.MLAGID = capture.Of("", name.From) // the only multi-chassis LAGs are those with an Ethernet segment
	a.Protocol = word(p, at(n, "lag-type"), map[string]state.AggregationProtocol{"lacp": state.LACP, "static": state.Static})
	a.Oper = i.Oper
	a.MinLinks = number(at(n, "min-links"))
	a.Fallback = word(p, at(n, "lacp-fallback-mode"), map[string]state.Fallback{"static": state.StaticFallback})
	if a.Protocol.Known() && !at(n, "lacp-fallback-mode").Exists() { // the model: there is fallback only where the mode is set
		a.Fallback = capture.Of(state.NoFallback, n.Span())
		a.FallbackActive = capture.Of(false, n.Span())
	}
	if speed := at(n, "lag-speed").Uint(40); speed.Known() && !i.Speed.Known() {
		i.Speed = capture.Of(speed.Value*1_000_000, speed.From)
	}
	priority := sixteen(at(n, "lacp", "system-priority"))
	whole = true
	for m := range items(at(n, "member")) {
		port := at(m, "name").NonEmpty()
		if !port.Known() {
			p.Unread(m.Span(), "a member without a name")
			whole = false
			continue
		}
		x := p.AggregationPort(name.Value, port.Value, port.From)
		x.Selected = word(p, at(m, "oper-state"), memberStates)
		if capture.Is(x.Selected, state.Unselected) {
			x.Reason = at(m, "oper-down-reason").NonEmpty()
		}
		lacp := at(m, "lacp")
		if !lacp.Exists() {
			continue
		}
		x.Actor = state.Endpoint{SystemPriority: priority, System: text.MAC(at(lacp, "system-id").NonEmpty()), Key: sixteen(at(lacp, "oper-key")),
			PortPriority: sixteen(at(lacp, "lacp-port-priority")), Port: sixteen(at(lacp, "port-num")), State: p.actor(lacp)}
		x.Partner = state.Endpoint{System: text.MAC(at(lacp, "partner-id").NonEmpty()), Key: sixteen(at(lacp, "partner-key")),
			Port: sixteen(at(lacp, "partner-port-num"))}
		x.RX = at(lacp, "statistics", "lacp-in-pkts").Uint(64)
		x.TX = at(lacp, "statistics", "lacp-out-pkts").Uint(64)
	}
	return whole
}

var memberStates = map[string]state.Selection{"up": state.Selected, "down": state.Unselected}

var (
	activities = map[string]bool{"ACTIVE": true, "PASSIVE": false}
	timeouts   = map[string]bool{"SHORT": true, "LONG": false}
	syncs      = map[string]bool{"IN_SYNC": true, "OUT_SYNC": false}
)

// actor reads the bits that the platform has; defaulted and expired it does not tell.
func (p *parser) actor(n tree.Node) capture.Fact[state.LACPState] {
	var s state.LACPState
	for _, b := range []struct {
		bit state.LACPBits
		on  capture.Fact[bool]
	}{
		{state.Activity, bit(at(n, "activity"), activities)}, {state.ShortTimeout, bit(at(n, "timeout"), timeouts)},
		{state.Synchronization, bit(at(n, "synchronization"), syncs)}, {state.Aggregation, yesNo(at(n, "aggregatable"))},
		{state.Collecting, yesNo(at(n, "collecting"))}, {state.Distributing, yesNo(at(n, "distributing"))},
	} {
		if b.on.Known() {
			s = s.With(b.bit, b.on.Value)
		}
	}
	if s.Known == 0 {
		return capture.Fact[state.LACPState]{}
	}
	return capture.Of(s, n.Span())
}

func bit(n tree.Node, words map[string]bool) capture.Fact[bool] {
	return capture.Then(n.Str(), func(s string) (bool, bool) { on, ok := words[bare(s)]; return on, ok })
}

var (
	lagHead   = regexp.MustCompile(`^(lag\d+) is (\S+?)(?:, reason ([^,\s]+))?(?:, min links (\d+))?(?:,.*)?$`)
	lagDetail = regexp.MustCompile(`^\s*LagInterface: (lag\d+)$`)
	lagID     = regexp.MustCompile(`^Lag Id\s*: (\S+)$`)
)

// lagText reads "show lag" and "show lag detail".
func lagText(p *parser, lines []text.Line) {
	begins := func(l text.Line) bool { return l.Match(lagHead) != nil || l.Match(lagDetail) != nil }
	for _, s := range text.Sections(lines, begins) {
		m := s[0].Match(lagHead)
		if m == nil {
			m = s[0].Match(lagDetail)
		}
		a := p.Aggregator(m[1].Value, m[1].From)
		a.MLAGID = capture.Of("", m[1].From)
		i := p.Interface(a.Name, a.From)
		i.Kind = state.Aggregate
		rules := 0
		if len(m) > 2 {
			rules = 1
			i.Oper, i.OperReason, a.MinLinks = state.Word(p.Draft, m[2], upDown), m[3], text.Int(m[4])
		}
		for _, l := range s[1:] {
			if strings.HasPrefix(l.Text, "-----") {
				if rules++; rules == 2 {
					break // statistics follow
				}
			}
			key, value, _ := l.KeyValue()
			if p.detail(i, key, value); key == "Min links" {
				a.MinLinks = text.Int(value)
			}
		}
		a.Oper = i.Oper
		for _, b := range boxes(s, isPortName) {
			name, oper, reason := b.column("Member Name"), b.column("oper-state"), b.column("oper-down-reason")
			for _, r := range b.rows {
				port := r.cell(name)
				if !isPortName(port.Value) || oper < 0 {
					continue
				}
				x := p.AggregationPort(a.Name, port.Value, port.From)
				x.Selected = state.Word(p.Draft, r.cell(oper), memberStates)
				if capture.Is(x.Selected, state.Unselected) {
					x.Reason = r.cell(reason)
				}
			}
		}
	}
}

// lacpText reads "show lag lacp-state".
func lacpText(p *parser, lines []text.Line) {
	for _, s := range text.Sections(lines, func(l text.Line) bool { return l.Match(lagID) != nil }) {
		name := s[0].Match(lagID)[1]
		a := p.Aggregator(name.Value, name.From)
		a.Protocol = capture.Of(state.LACP, s[0].Span())
		var priority capture.Fact[uint16]
		for _, l := range s {
			if key, value, _ := l.KeyValue(); key == "System Priority" {
				priority = text.Sixteen(value)
			}
		}
		for _, b := range boxes(s, isPortName) {
			for _, r := range b.rows {
				if port := r.cell(b.column("Members")); isPortName(port.Value) {
					x := p.AggregationPort(a.Name, port.Value, port.From)
					x.Selected = state.Word(p.Draft, r.cell(b.column("Oper state")), memberStates)
					x.Actor = state.Endpoint{SystemPriority: priority, System: text.MAC(r.cell(b.column("System Id"))), Key: text.Sixteen(r.cell(b.column("Oper key"))),
						Port:  text.Sixteen(r.cell(b.column("Port No"))),
						State: actorText(r.cell(b.column("Activity")), r.cell(b.column("Timeout")), r.cell(b.column("State")))}
					x.Partner = state.Endpoint{System: text.MAC(r.cell(b.column("Partner Id"))), Key: text.Sixteen(r.cell(b.column("Partner Key"))),
						Port: text.Sixteen(r.cell(b.column("Partner Port No")))}
				}
			}
		}
	}
}

// actorText reads words of a row; the last column joins synchronization, aggregatable, collecting and distributing with slashes.
func actorText(activity, timeout, bits capture.Fact[string]) capture.Fact[state.LACPState] {
	var s state.LACPState
	if on, ok := activities[activity.Value]; ok {
		s = s.With(state.Activity, on)
	}
	if on, ok := timeouts[timeout.Value]; ok {
		s = s.With(state.ShortTimeout, on)
	}
	parts := strings.Split(bits.Value, "/")
	sync, ok := syncs[parts[0]]
	if len(parts) == 4 && ok {
		s = s.With(state.Synchronization, sync)
		for i, b := range []state.LACPBits{state.Aggregation, state.Collecting, state.Distributing} {
			if w := parts[i+1]; w == "True" || w == "False" {
				s = s.With(b, w == "True")
			}
		}
	}
	if s.Known == 0 || !bits.Known() {
		return capture.Fact[state.LACPState]{}
	}
	return capture.Of(s, bits.From)
}

// finishLAGs takes the system's priority for LAGs without one of their own, and says which LAGs are in no Ethernet segment.
func (p *parser) finishLAGs() {
	for _, a := range p.Aggregators() {
		if p.segments.Known() && !a.ESI.Known() {
			a.ESI = capture.Of("", p.segments)
		}
		for _, port := range p.AggregationPorts(a.Name) {
			// Without a partner a member of an LACP LAG is only up by fallback.
			if far := port.Partner.System; capture.Is(a.Fallback, state.StaticFallback) && capture.Is(port.Selected, state.Selected) && far.Known() && !a.FallbackActive.Value {
				a.FallbackActive = capture.Of(far.Value.IsZero(), far.From)
			}
			if port.Actor.System.Known() && !port.Actor.SystemPriority.Known() {
				port.Actor.SystemPriority = p.priority
			}
		}
	}
}
