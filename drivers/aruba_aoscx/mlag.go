package aruba_aoscx

import (
	"regexp"
	"strings"
	"time"

	"uplinkcheck/drivers/capture"
	"uplinkcheck/drivers/state"
	"uplinkcheck/drivers/text"
)

var (
	islWords  = map[string]bool{"in-sync": true, "out-of-sync": false}
	vsxRoles  = map[string]state.MLAGRole{"primary": state.Primary, "secondary": state.Secondary}
	keepalive = map[string]state.Status{"keepalive-established": state.Up, "keepalive-failed": state.Down}

	// heldBack: a switch that learns from its peer keeps its VSX LAGs down.
	heldBack = map[string]bool{"sync-secondary": true, "sync-secondary-linkup-delay": true, "peer-established": false, "sync-primary": false}
)

// vsxBrief reads "show vsx brief".
func (p *parser) vsxBrief(lines []text.Line) {
	m := &p.Switch.MLAG
	for _, l := range lines {
		switch key, value, _ := l.KeyValue(); {
		case !value.Known():
		case key == "ISL State":
			m.Protocol = capture.Of(state.PeerLinkMLAG, l.Span())
			m.Peered = state.Word(p.Draft, value, islWords)
		case key == "Device State":
			m.StateWord = value
			m.HeldBack = capture.Then(value, func(s string) (bool, bool) { v, ok := heldBack[strings.ToLower(s)]; return v, ok })
		case key == "Keepalive State":
			m.Keepalive = capture.Then(value, func(s string) (state.Status, bool) { v, ok := keepalive[strings.ToLower(s)]; return v, ok })
			m.SplitBrain = capture.Then(m.Keepalive, func(state.Status) (state.SplitBrain, bool) { return state.Guarded, true })
		case key == "Device Role":
			m.Role = state.Word(p.Draft, value, vsxRoles)
		}
	}
}

var attributeRow = regexp.MustCompile(`^\s*(ISL link|System MAC|Device Role)\s+(\S+)(?:\s+(\S+))?$`)

// vsxStatus reads "show vsx status". One system MAC on both sides is the configured one, which hosts see; two are those of the switches.
func (p *parser) vsxStatus(lines []text.Line) {
	m := &p.Switch.MLAG
	for _, l := range lines {
		if key, value, _ := l.KeyValue(); key == "ISL channel" && value.Known() {
			m.Protocol = capture.Of(state.PeerLinkMLAG, l.Span())
			m.Peered = state.Word(p.Draft, value, islWords)
		}
		f := l.Match(attributeRow)
		if f == nil {
			continue
		}
		switch f[1].Value {
		case "ISL link":
			m.PeerLink = f[2]
		case "Device Role":
			m.Role = state.Word(p.Draft, f[2], vsxRoles)
		case "System MAC":
			own, peer := text.Station(f[2]), text.Station(f[3])
			switch same, known := capture.Same(own, peer); {
			case known && same:
				m.SystemMAC = own
			case known:
				m.PeerMAC = peer
			}
		}
	}
}

// vsxKeepalive reads "show vsx configuration keepalive".
func (p *parser) vsxKeepalive(lines []text.Line) {
	m := &p.Switch.MLAG
	for _, l := range lines {
		switch key, value, _ := l.KeyValue(); key {
		case "Keepalive Interface":
			m.KeepaliveOver = value
		case "Peer IP Address":
			m.PeerAddress = value
		}
	}
}

var secondsValue = regexp.MustCompile(`^(\d+) seconds?$`)

// vsxDelay reads "show vsx status linkup-delay".
func (p *parser) vsxDelay(lines []text.Line) {
	for _, l := range lines {
		if key, value, _ := l.KeyValue(); strings.HasPrefix(key, "Configured linkup delay") {
			p.Switch.MLAG.ReloadDelay = capture.Then(value, func(s string) (time.Duration, bool) {
				m := secondsValue.FindStringSubmatch(strings.ToLower(s))
				if m == nil {
					return 0, false
				}
				d, err := time.ParseDuration(m[1] + "s")
				return d, err == nil
			})
		}
	}
}

var (
	bothSides = regexp.MustCompile(`^\s*(\S.*?)\s{2,}(\S+)\s{2,}(\S+)$`)
	ownVLANs  = regexp.MustCompile(`^\s*(Local ISL VLANs|Interface VLANs)\s*: *(.*)$`)
	peerVLANs = regexp.MustCompile(`^\s*(Peer ISL VLANs|Peer Interface VLANs)\s*: *(.*)$`)
)

// vsxDifferences reads "show vsx config-consistency". The addresses of both switches may differ. Without a difference it is not known whether
// both are alike: of single LAGs it says nothing.
func (p *parser) vsxDifferences(lines []text.Line) {
	_, rows, ok := text.FindTable(lines, "Configurations", "Local", "Peer")
	if !ok {
		return
	}
	differ := func(parameter, own, peer string, from capture.Span) {
		if own != peer {
			p.Switch.MLAG.Consistent = capture.Of(false, from.Reply.Whole())
			p.Switch.MLAG.Differences = append(p.Switch.MLAG.Differences, state.Difference{Where: "global", Parameter: parameter, Local: own, Peer: peer, From: from})
		}
	}
	for k, l := range rows {
		if m := l.Match(bothSides); m != nil && m[1].Value != "System MAC" && strings.Trim(l.Text, "- ") != "" {
			differ(m[1].Value, m[2].Value, m[3].Value, l.Span())
		}
		if m := l.Match(ownVLANs); m != nil && k+1 < len(rows) {
			if peer := rows[k+1].Match(peerVLANs); peer != nil && m[2].Known() && peer[2].Known() {
				differ(strings.TrimPrefix(m[1].Value, "Local "), m[2].Value, peer[2].Value, text.Through(rows[k:k+2]))
			}
		}
	}
}

// finishMLAG joins both sides of each multi-chassis LAG, and says how the inter-switch link is.
func (p *parser) finishMLAG() {
	oper := map[string]capture.Fact[state.Status]{}
	for _, i := range p.Interfaces() {
		oper[i.Name] = i.Oper
	}
	m := &p.Switch.MLAG
	m.PeerLinkOper = oper[m.PeerLink.Value]
	for _, a := range p.Aggregators() {
		if !a.MLAGID.Known() || a.MLAGID.Value == "" {
			continue
		}
		port := p.MLAGPort(a.Name, a.MLAGID.From)
		port.LocalOper = a.Oper
		switch own, peer := port.LocalOper, port.PeerOper; {
		case !own.Known() || !peer.Known():
		case own.Value == state.Up && peer.Value == state.Up:
			port.State = capture.Of(state.DualActive, peer.From)
		case own.Value == state.Up || peer.Value == state.Up:
			port.State = capture.Of(state.ActivePartial, peer.From)
		default:
			port.State = capture.Of(state.MLAGInactive, peer.From)
		}
	}
}
