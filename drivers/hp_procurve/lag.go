package hp_procurve

import (
	"regexp"
	"strings"

	"uplinkcheck/drivers/capture"
	"uplinkcheck/drivers/state"
	"uplinkcheck/drivers/text"
)

// typeWords are the kinds of LAGs. FEC is negotiated by nobody any more.
var typeWords = map[string]state.AggregationProtocol{"lacp": state.LACP, "trunk": state.Static, "dt-lacp": state.LACP, "dt-trunk": state.Static}

var trunkRow = regexp.MustCompile(`^\s*(\S+)\s+\|.*\|\s*(\S+)\s+(\S+)\s*$`)

// trunks reads "show trunks".
func trunks(p *parser, lines []text.Line) {
	headed, understood := false, true
	for _, l := range lines {
		if strings.Contains(l.Text, "Group") && strings.Contains(l.Text, "Port") {
			headed = true
			continue
		}
		if !headed || l.Blank() || strings.Trim(l.Text, "-+ \t") == "" {
			continue
		}
		m := l.Match(trunkRow)
		name, lag := capture.Fact[string]{}, capture.Fact[string]{}
		if m != nil {
			name, _ = port(m[1])
			lag, _ = port(m[2])
		}
		if !name.Known() || !lag.Known() || !isLAG(lag.Value) {
			p.Unread(l.Span(), "no member of a LAG")
			understood = false
			continue
		}
		a := p.Aggregator(lag.Value, l.Span())
		p.AggregationPort(lag.Value, name.Value, l.Span())
		a.Protocol = state.Word(p.Draft, m[3], typeWords)
	}
	if headed && understood {
		p.Switch.Listed.Aggregators = lines[0].Reply.Whole()
	}
}

var lacpRow = regexp.MustCompile(`^\s*(\S+)\s+(Active|Passive)\s+(\S+)\s+(Up|Down|Disabled|Blocked|Standby)\s+(Yes|No)\s+(\S+)(?:\s+(\d+)\s+(\d+))?$`)

// lacp reads "show lacp". A port whose group is its own number is in no LAG. One that is up without a partner may forward nonetheless.
func lacp(p *parser, lines []text.Line) {
	rows, understood := 0, true
	for _, l := range lines {
		m := l.Match(lacpRow)
		if m == nil {
			if rowLike(l) {
				p.Unread(l.Span(), "no row of a port")
				understood = false
			}
			continue
		}
		rows++
		name, _ := port(m[1])
		lag, _ := port(m[3])
		if !name.Known() || !lag.Known() {
			p.Unread(l.Span(), "no row of a port")
			understood = false
			continue
		}
		if !isLAG(lag.Value) {
			continue
		}
		a := p.Aggregator(lag.Value, l.Span())
		if !a.Protocol.Known() {
			a.Protocol = capture.Of(state.LACP, l.Span())
		}
		x := p.AggregationPort(lag.Value, name.Value, l.Span())
		switch status := m[4]; {
		case status.Value == "Standby":
			x.Selected = capture.Of(state.Standby, status.From)
		case status.Value != "Up":
			x.Selected = capture.Of(state.Unselected, status.From)
		case m[5].Value == "Yes" && m[6].Value == "Success":
			x.Selected = capture.Of(state.Selected, status.From)
		case m[6].Value == "Failure":
			x.Selected = capture.Of(state.Unselected, m[6].From)
		}
		if capture.Is(x.Selected, state.Unselected) {
			x.Reason = m[4]
		}
		x.Actor.Key = text.Sixteen(m[8])
	}
	if rows > 0 && understood {
		p.Switch.Listed.LACP = lines[0].Reply.Whole()
	}
}

var (
	lacpSystem = regexp.MustCompile(`^\s*System ID *: *(\S+)`)
	localRow   = regexp.MustCompile(`^\s*(\S+)\s+(\S+)\s+(Active|Passive)\s+(Yes|No)\s+(Fast|Slow)\s+(Yes|No)$`)
	peerRow    = regexp.MustCompile(`^\s*(\S+)\s+(\S+)\s+([0-9a-f]{6}-[0-9a-f]{6})\s+(\d+)\s+(\d+)\s+(\d+)\s+(Active|Passive)\s+(Fast|Slow)$`)
)

// member returns the port of a LAG in a row of LACP's tables, nil for a port of none.
func (p *parser) member(l text.Line, name, lag capture.Fact[string]) *state.AggregationPort {
	own, _ := port(name)
	of, _ := port(lag)
	if !own.Known() || !of.Known() || !isLAG(of.Value) {
		return nil
	}
	return p.AggregationPort(of.Value, own.Value, l.Span())
}

// lacpLocal reads "show lacp local".
func lacpLocal(p *parser, lines []text.Line) {
	var system capture.Fact[state.MAC]
	for _, l := range lines {
		if m := l.Match(lacpSystem); m != nil {
			system = text.MAC(m[1])
		}
		m := l.Match(localRow)
		if m == nil {
			continue
		}
		if x := p.member(l, m[1], m[2]); x != nil {
			x.Actor.System = system
			own := activity(m[3], m[5]).With(state.Expired, m[6].Value == "Yes")
			x.Actor.State = capture.Of(own, l.Span())
		}
	}
}

// activity is what the words for the mode and for the timer say of a state.
func activity(mode, timer capture.Fact[string]) state.LACPState {
	return state.LACPState{}.With(state.Activity, mode.Value == "Active").With(state.ShortTimeout, timer.Value == "Fast")
}

// lacpPeer reads "show lacp peer". The system is zero where no partner was heard, and then nothing else is known of it.
func lacpPeer(p *parser, lines []text.Line) {
	for _, l := range lines {
		m := l.Match(peerRow)
		if m == nil {
			continue
		}
		x := p.member(l, m[1], m[2])
		if x == nil {
			continue
		}
		if x.Partner.System = text.MAC(m[3]); x.Partner.System.Value.IsZero() {
			continue
		}
		x.Partner.Port, x.Partner.PortPriority, x.Partner.Key = text.Sixteen(m[4]), text.Sixteen(m[5]), text.Sixteen(m[6])
		x.Partner.State = capture.Of(activity(m[7], m[8]), l.Span())
	}
}
