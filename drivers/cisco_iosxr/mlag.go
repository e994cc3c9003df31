package cisco_iosxr

import (
	"regexp"
	"strings"

	"uplinkcheck/drivers/capture"
	"uplinkcheck/drivers/state"
	"uplinkcheck/drivers/text"
)

// multiChassis notes that a bundle is shared with the other router of an ICCP group. Both give it the same number.
func (p *parser) multiChassis(a *state.Aggregator, group capture.Fact[string]) {
	a.MLAGID = capture.Of(a.Name, a.From)
	port := p.MLAGPort(a.Name, a.From)
	port.Local, port.LocalOper = a.MLAGID, a.Oper
	p.Switch.MLAG.Protocol = capture.Of(state.PeerLinkMLAG, group.From)
}

// foreign reads how many links of the peer are active. Those that are not may be held in reserve.
func (p *parser) foreign(a *state.Aggregator, f capture.Fact[string]) {
	if active := firstNumber(f); active.Value > 0 && a.MLAGID.Known() {
		p.MLAGPort(a.Name, a.From).PeerOper = capture.Of(state.Up, active.From)
	}
}

var (
	groupLine = regexp.MustCompile(`^\s*Redundancy Group (\d+)$`)
	peerLine  = regexp.MustCompile(`^\s*member ip:\s*(\S+?)(?: \((.*)\))?, (up|down) ?\(([^)]*)\)$`)
)

// iccp reads "show iccp group". Of several groups nobody can tell which one a question is about.
func (p *parser) iccp(lines []text.Line) {
	groups := text.Sections(lines, func(l text.Line) bool { return l.Match(groupLine) != nil })
	if len(groups) != 1 {
		return
	}
	m := &p.Switch.MLAG
	m.Domain = groups[0][0].Match(groupLine)[1]
	for _, l := range groups[0][1:] {
		if f := l.Match(peerLine); f != nil {
			m.PeerAddress = f[1]
			m.StateWord = f[4]
			m.Peered = state.Word(p.Draft, f[4], map[string]bool{"connected": true, "not connected": false, "connecting": false, "disconnected": false})
		}
	}
}

var (
	segmentRow  = regexp.MustCompile(`^\s*([0-9a-fA-F]{4}(?:\.[0-9a-fA-F]{4}){4})\s+([A-Za-z][\w/.-]*\d)(?:\s+([0-9a-fA-F.:]+)\S*)?$`)
	segmentHead = regexp.MustCompile(`^\s*(?:[0-9a-fA-F]{4}(?:\.[0-9a-fA-F]{4}){4}|N/A)\s+\S`)
)

// segments reads "show evpn ethernet-segment" with or without detail. What is configured may differ from what is in effect.
func (p *parser) segments(lines []text.Line) {
	for _, s := range text.Sections(lines, func(l text.Line) bool { return l.Match(segmentHead) != nil }) {
		m := s[0].Match(segmentRow)
		if m == nil {
			continue
		}
		name := fullName(m[2].Value)
		if kindOf(name) != state.Aggregate {
			continue
		}
		a := p.Aggregator(name, s[0].Span())
		a.ESI = capture.Then(m[1], func(s string) (string, bool) {
			digits := strings.ToLower(strings.ReplaceAll(s, ".", ""))
			var octets []string
			for i := 0; i+1 < len(digits); i += 2 {
				octets = append(octets, digits[i:i+2])
			}
			return strings.Join(octets, ":"), len(octets) == 10
		})
		if !p.Switch.MLAG.Protocol.Known() {
			p.Switch.MLAG.Protocol = capture.Of(state.EVPNESI, s[0].Span())
		}
		for _, l := range s[1:] {
			key, value, _ := l.KeyValue()
			if key != "Operational" {
				continue
			}
			a.ESIMode = capture.Then(value, func(s string) (state.ESIMode, bool) {
				s = strings.ToLower(s)
				return map[bool]state.ESIMode{true: state.AllActive, false: state.SingleActive}[strings.Contains(s, "all-active")],
					strings.HasPrefix(s, "mh") && (strings.Contains(s, "all-active") || strings.Contains(s, "single-active"))
			})
		}
	}
}
