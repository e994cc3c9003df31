package dell_os10

import (
	"regexp"
	"strings"
	"time"

	"uplinkcheck/drivers/capture"
	"uplinkcheck/drivers/state"
	"uplinkcheck/drivers/text"
)

var domainWord = regexp.MustCompile(`^\s*vlt[- ]domain (\d+)$`)

// domains are the numbers of the VLT domain, of which there is one.
func domains(c *capture.Capture) (out []string) {
	for _, l := range text.Lines(c.Reply(domainLine)) {
		if m := l.Match(domainWord); m != nil {
			out = append(out, m[1].Value)
		}
	}
	return out
}

// domain reads "show running-configuration vlt".
func (p *parser) domain(lines []text.Line) {
	for _, l := range lines {
		if m := l.Match(domainWord); m != nil {
			p.Switch.MLAG.Domain, p.Switch.MLAG.Protocol = m[1], capture.Of(state.PeerLinkMLAG, l.Span())
			p.Switch.Listed.MLAG = l.Reply.Whole()
		}
	}
}

var (
	roleWords = map[string]state.MLAGRole{"primary": state.Primary, "secondary": state.Secondary}
	linkLine  = regexp.MustCompile(`^\s*(port-channel\d+)\s*: *(up|down)$`)
	peerRow   = regexp.MustCompile(`^\s+(\d+)\s+((?:[0-9a-fA-F]{2}:){5}[0-9a-fA-F]{2})\s+(up|down)\s+(\S+)(?:\s+\S+)?$`)
	peerHead  = regexp.MustCompile(`^\s*VLT Peer Unit ID\b`)
	secondsOf = regexp.MustCompile(`^(\d+) seconds$`)
)

// vlt reads "show vlt".
func (p *parser) vlt(lines []text.Line) {
	m := &p.Switch.MLAG
	peers := false
	for _, l := range lines {
		peers = peers || l.Match(peerHead) != nil
		switch key, value, _ := l.KeyValue(); {
		case key == "Domain ID" && value.Known():
			m.Domain, m.Protocol = value, capture.Of(state.PeerLinkMLAG, l.Span())
			p.Switch.Listed.MLAG = l.Reply.Whole()
		case key == "Role" && value.Known():
			m.StateWord = value
			m.Role = capture.Then(value, func(s string) (state.MLAGRole, bool) { r, ok := roleWords[strings.ToLower(s)]; return r, ok })
		case key == "VLT MAC address":
			m.SystemMAC = text.Station(value)
		case key == "Delay-Restore timer":
			m.ReloadDelay = capture.Then(value, func(s string) (time.Duration, bool) {
				f := secondsOf.FindStringSubmatch(s)
				if f == nil {
					return 0, false
				}
				d, err := time.ParseDuration(f[1] + "s")
				return d, err == nil
			})
		}
		if f := l.Match(linkLine); f != nil && !peers {
			m.PeerLink, m.PeerLinkOper = f[1], state.Word(p.Draft, f[2], statusWords)
		}
		if f := l.Match(peerRow); f != nil && peers {
			m.PeerMAC, m.PeerAddress = text.Station(f[2]), f[4]
			m.Peered = capture.Then(f[3], func(s string) (bool, bool) { return s == "up", true })
		}
	}
}

var (
	vltPortHead = regexp.MustCompile(`^\s*(?i:vlt-port-channel ID|VLT ID)\s*: *(\d+)$`)
	vltPortLike = regexp.MustCompile(`^\s*\*?\s*\d+\s+\S`)
	vltPortRow  = regexp.MustCompile(`^\s*(\*)?\s*(\d+)\s+(port-channel\d+)\s+(up|down)\s+(\d+)\s+(\d+)$`)
)

// vltPorts reads "show vlt vlt-port-detail": the row with a star is ours.
func (p *parser) vltPorts(lines []text.Line) {
	before := len(p.Switch.Unread)
	sections := text.Sections(lines, func(l text.Line) bool { return l.Match(vltPortHead) != nil })
	for _, s := range sections {
		id := s[0].Match(vltPortHead)[1]
		x := p.MLAGPort(id.Value, s[0].Span())
		for _, l := range s[1:] {
			m := l.Match(vltPortRow)
			switch {
			case m == nil:
				if vltPortLike.MatchString(l.Text) {
					p.Unread(l.Span(), "no row of a LAG over both switches")
				}
			case m[1].Known():
				x.Local, x.LocalOper = m[3], state.Word(p.Draft, m[4], statusWords)
				p.Aggregator(m[3].Value, l.Span()).MLAGID = id
			default:
				x.Peer, x.PeerOper = m[3], state.Word(p.Draft, m[4], statusWords)
			}
		}
	}
	if len(sections) > 0 && len(p.Switch.Unread) == before {
		p.Switch.Listed.MLAGPorts = lines[0].Reply.Whole()
	}
}

// vltBackup reads "show vlt backup-link".
func (p *parser) vltBackup(lines []text.Line) {
	m := &p.Switch.MLAG
	for _, l := range lines {
		switch key, value, _ := l.KeyValue(); key {
		case "Destination":
			if a := text.Addr(value); a.Known() {
				m.SplitBrain = capture.Of(state.Guarded, l.Span())
			}
		case "Peer Heartbeat status":
			m.Keepalive = state.Word(p.Draft, value, statusWords)
		case "Destination VRF":
			m.KeepaliveOver = value
		}
	}
}

var (
	mismatchHead = regexp.MustCompile(`(?i)^\s*(\S.*?) mismatch(?: list)?\s*:?$`)
	mismatchRow  = regexp.MustCompile(`^\s*(\*)?\s*(\d+)\s+(\S.*)$`)
)

// vltMismatch reads "show vlt mismatch": under each heading a row of ours and one of the peer, where they differ.
func (p *parser) vltMismatch(lines []text.Line) {
	for _, s := range text.Sections(lines, func(l text.Line) bool {
		return l.Match(mismatchHead) != nil && !strings.HasPrefix(strings.TrimSpace(l.Text), "No ")
	}) {
		own := capture.Fact[string]{}
		for _, l := range s[1:] {
			m := l.Match(mismatchRow)
			switch {
			case m == nil:
			case m[1].Known():
				own = m[3]
			case own.Known():
				p.Switch.MLAG.Differences = append(p.Switch.MLAG.Differences, state.Difference{Where: "global", Parameter: s[0].Match(mismatchHead)[1].Value,
					Local: own.Value, Peer: m[3].Value, From: text.Through(s)})
				p.Switch.MLAG.Consistent = capture.Of(false, l.Span())
				own = capture.Fact[string]{}
			}
		}
	}
}

// finishMLAG says of each LAG over both switches how it is.
func (p *parser) finishMLAG() {
	for _, a := range p.Aggregators() {
		if !a.MLAGID.Known() || a.MLAGID.Value == "" {
			continue
		}
		x := p.MLAGPort(a.MLAGID.Value, a.MLAGID.From)
		if !x.LocalOper.Known() {
			x.LocalOper = a.Oper
		}
		switch own, peer := x.LocalOper, x.PeerOper; {
		case !own.Known() || !peer.Known():
		case own.Value == state.Up && peer.Value == state.Up:
			x.State = capture.Of(state.DualActive, peer.From)
		case own.Value == state.Up || peer.Value == state.Up:
			x.State = capture.Of(state.ActivePartial, peer.From)
		default:
			x.State = capture.Of(state.MLAGInactive, peer.From)
		}
	}
}
