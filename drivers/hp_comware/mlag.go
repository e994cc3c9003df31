package hp_comware

import (
	"regexp"
	"strings"

	"uplinkcheck/drivers/capture"
	"uplinkcheck/drivers/state"
	"uplinkcheck/drivers/text"
	"uplinkcheck/drivers/vrp"
)

var (
	peerLink      = regexp.MustCompile(`(?i)^\s*(?:peer-link interface|IPP) *: *(\S+)`)
	peerLinkState = regexp.MustCompile(`(?i)^\s*(?:peer-link interface|IPP) state(?: \(cause\))? *: *(\w+)`)
	keepalive     = regexp.MustCompile(`(?i)^\s*keepalive link state(?: \(cause\))? *: *(\w+)`)
	mlagRow       = regexp.MustCompile(`^\s*((?:BAGG|RAGG|SAGG)\d+)\s+(\d+)\s+(UP|DOWN)(?: ?\([^)]*\))?\s+(UP|DOWN|-+)(?:\s|$)`)
)

// mlag reads "display m-lag summary", and "display drni summary" of older releases, which calls the peer-link IPP.
func mlag(p *parser, lines []text.Line) {
	m := &p.Switch.MLAG
	for _, l := range lines {
		if x := l.Match(peerLinkState); x != nil {
			m.PeerLinkOper = state.Word(p.Draft, x[1], upDown)
			continue
		}
		if x := l.Match(peerLink); x != nil {
			if m.PeerLink = port(x[1]); m.PeerLink.Known() {
				m.Protocol = capture.Of(state.PeerLinkMLAG, l.Span())
			}
		}
		if x := l.Match(keepalive); x != nil {
			m.Keepalive = state.Word(p.Draft, x[1], upDown)
		}
		if x := l.Match(mlagRow); x != nil {
			p.mlagPort(l, x)
		}
	}
}

func (p *parser) mlagPort(l text.Line, m []capture.Fact[string]) {
	x := p.MLAGPort(m[2].Value, l.Span())
	x.Local = port(m[1])
	x.LocalOper = state.Word(p.Draft, m[3], upDown)
	x.PeerOper = state.Word(p.Draft, vrp.Known(m[4]), upDown)
	switch up := [2]bool{capture.Is(x.LocalOper, state.Up), capture.Is(x.PeerOper, state.Up)}; {
	case !x.LocalOper.Known() || !x.PeerOper.Known():
	case up[0] && up[1]:
		x.State = capture.Of(state.DualActive, l.Span())
	case up[0] || up[1]:
		x.State = capture.Of(state.ActivePartial, l.Span())
	default:
		x.State = capture.Of(state.MLAGInactive, l.Span())
	}
	p.mlagID[x.Local.Value] = m[2]
}

var roles = map[string]state.MLAGRole{"primary": state.Primary, "secondary": state.Secondary, "none": 0}

var (
	roleRow   = regexp.MustCompile(`^\s*(?i:effective role)\s{2,}(\w+)\s+(\w+)`)
	bridgeRow = regexp.MustCompile(`^\s*(?i:bridge MAC)\s{2,}(\S+)\s+(\S+)`)
)

// mlagRole reads "display m-lag role": what is in effect here, and at the peer, which has none while it is not heard.
func mlagRole(p *parser, lines []text.Line) {
	m := &p.Switch.MLAG
	for _, l := range lines {
		if x := l.Match(roleRow); x != nil {
			m.StateWord = x[1]
			m.Role = some(state.Word(p.Draft, x[1], roles))
			if peer := some(state.Word(p.Draft, x[2], roles)); peer.Known() && m.Role.Known() && peer.Value != m.Role.Value {
				m.Peered = capture.Of(true, l.Span())
			} else if strings.EqualFold(x[2].Value, "none") {
				m.Peered = capture.Of(false, l.Span())
			}
		}
		if x := l.Match(bridgeRow); x != nil {
			m.PeerMAC = text.Station(x[2])
		}
	}
}

// some drops the zero, which stands for none.
func some(f capture.Fact[state.MLAGRole]) capture.Fact[state.MLAGRole] {
	return capture.Then(f, func(r state.MLAGRole) (state.MLAGRole, bool) { return r, r != 0 })
}
