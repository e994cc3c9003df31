package huawei_vrp

import (
	"regexp"
	"strings"

	"uplinkcheck/drivers/capture"
	"uplinkcheck/drivers/state"
	"uplinkcheck/drivers/text"
	"uplinkcheck/drivers/vrp"
)

var (
	nodeHead  = regexp.MustCompile(`^\s*Node \d+ ?(\*)?$`)
	nodeAddr  = regexp.MustCompile(`(?i)\bip(?:v6)? address (\S+)`)
	heartbeat = regexp.MustCompile(`(?i)^\s*heart ?beat state\s*: ?(.*)$`)
)

var dfsRoles = map[string]state.MLAGRole{"master": state.Primary, "backup": state.Secondary}

// mlag reads "display dfs-group 1 m-lag": a star marks the switch itself among both.
func mlag(p *parser, lines []text.Line) {
	m := &p.Switch.MLAG
	for _, l := range lines {
		if x := l.Match(heartbeat); x != nil {
			m.Keepalive = state.Word(p.Draft, vrp.Known(x[1]), map[string]state.Status{"ok": state.Up, "lost": state.Down})
		}
	}
	var own, peer capture.Fact[string]
	for _, s := range text.Sections(lines, func(l text.Line) bool { return nodeHead.MatchString(l.Text) }) {
		local := s[0].Match(nodeHead)[1].Known()
		m.Protocol = capture.Of(state.PeerLinkMLAG, s[0].Span())
		for _, l := range s[1:] {
			key, value, ok := l.KeyValue()
			if value = vrp.Known(value); !ok || !value.Known() {
				continue
			}
			switch key = strings.ToLower(key); {
			case key == "dfs-group id" && local:
				m.Domain = value
			case key == "state" && local:
				own = value
			case key == "state":
				peer = value
			case (key == "address" || key == "dual-active address") && !local:
				m.PeerAddress = value
				if x := l.Match(nodeAddr); x != nil {
					m.PeerAddress = x[1]
				}
			case key == "system id" && !local:
				m.PeerMAC = text.Station(value)
			}
		}
	}
	m.StateWord = own
	m.Role = state.Word(p.Draft, own, dfsRoles)
	other := state.Word(p.Draft, peer, dfsRoles)
	if m.Role.Known() && other.Known() && m.Role.Value != other.Value {
		m.Peered = capture.Of(true, peer.From)
	}
}

// mlagRow is a member: both nodes' states with a star at the own one. Newer releases have the mode before, "active-active" without a star.
var mlagRow = regexp.MustCompile(`^\s*(\d+)\s+(Eth-Trunk) ?(\d+)\s.*?\s(?:(active|inactive)\(\*\)-(active|inactive|-+)|(active|inactive|-+)-(active|inactive)\(\*\))(?:\s|$)`)

var mlagWords = map[string]state.Status{"active": state.Up, "inactive": state.Down}

// mlagPorts reads "display dfs-group 1 node 1 m-lag brief".
func mlagPorts(p *parser, lines []text.Line) {
	for _, l := range lines {
		m := l.Match(mlagRow)
		if m == nil {
			continue
		}
		own, other := m[4], m[5]
		if m[7].Known() {
			own, other = m[7], m[6]
		}
		x := p.MLAGPort(m[1].Value, l.Span())
		x.Local = capture.Of(m[2].Value+m[3].Value, l.Span())
		x.LocalOper, x.PeerOper = state.Word(p.Draft, vrp.Known(own), mlagWords), state.Word(p.Draft, vrp.Known(other), mlagWords)
		switch up := [2]bool{capture.Is(x.LocalOper, state.Up), capture.Is(x.PeerOper, state.Up)}; {
		case !x.LocalOper.Known() || !x.PeerOper.Known():
		case up[0] && up[1]:
			x.State = capture.Of(state.DualActive, l.Span())
		case up[0] || up[1]:
			x.State = capture.Of(state.ActivePartial, l.Span())
		default:
			x.State = capture.Of(state.MLAGInactive, l.Span())
		}
		p.mlagID[x.Local.Value] = m[1]
	}
}

func (p *parser) finishMLAG() {
	for _, a := range p.Aggregators() {
		a.MLAGID = p.mlagID[a.Name]
	}
}
