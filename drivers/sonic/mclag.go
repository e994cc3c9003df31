package sonic

import (
	"strings"

	"uplinkcheck/drivers/capture"
	"uplinkcheck/drivers/state"
	"uplinkcheck/drivers/text"
)

// domain reads what is configured of a multi-chassis domain.
func domain(p *parser, r row, _ capture.Span) {
	m := &p.Switch.MLAG
	m.Protocol = capture.Of(state.PeerLinkMLAG, r.key.From)
	m.Domain = r.key
}

// mclag reads what mclagdctl says of a domain: a label and a value a line.
func mclag(p *parser, lines []text.Line) {
	m := &p.Switch.MLAG
	for _, l := range lines {
		key, value, ok := l.KeyValue()
		if !ok || !value.Known() {
			continue
		}
		switch key {
		case "The MCLAG's keepalive is":
			m.Peered = capture.Then(value, func(s string) (bool, bool) { return s == "OK", s == "OK" || s == "ERROR" })
		case "Domain id":
			m.Protocol = capture.Of(state.PeerLinkMLAG, l.Span())
		case "Peer Ip":
			m.PeerAddress = value
		case "Peer Link Interface":
			if value.Value != "Unknown" { // there is none: the peer is reached by a route
				m.PeerLink = value
			}
		case "System Mac":
			m.SystemMAC = text.Station(value)
		case "Role":
			m.Role = capture.Then(value, func(s string) (state.MLAGRole, bool) {
				role, ok := map[string]state.MLAGRole{"Active": state.Primary, "Standby": state.Secondary}[s]
				return role, ok
			})
		case "MCLAG Interface":
			for _, name := range strings.Split(value.Value, ",") {
				if name = strings.TrimSpace(name); name != "" {
					p.mclagPort(name, value.From)
				}
			}
			p.Switch.Listed.MLAGPorts, p.clags = l.Span(), l.Span()
		}
	}
	if len(lines) > 0 && m.Peered.Known() {
		p.Switch.Listed.MLAG = lines[0].Reply.Whole()
	}
}

func (p *parser) mclagPort(name string, from capture.Span) {
	p.multi[name] = true
	x := p.MLAGPort(name, from)
	x.Local, x.Peer = capture.Of(name, from), capture.Of(name, from) // both sides call it the same
	p.Aggregator(name, from).MLAGID = capture.Of(name, from)
}

// portList reads "dump portlist local" and "dump portlist peer".
func portList(p *parser, lines []text.Line) {
	if len(lines) == 0 {
		return
	}
	local := strings.HasSuffix(lines[0].Reply.Command, "local")
	for _, section := range text.Sections(lines, func(l text.Line) bool { return strings.HasPrefix(l.Text, "Ifindex") }) {
		var name, kind capture.Fact[string]
		var up, shown, oper capture.Fact[state.Status] // of the LAG; of the interface, and that once its block has ended: the peer's has no more
		for _, l := range section {
			if strings.HasPrefix(l.Text, "---") {
				oper = shown
			}
			switch key, value, _ := l.KeyValue(); key {
			case "Type":
				kind = value
			case "PortName":
				name = value
			case "PortchannelIsUp":
				up = capture.Then(value, func(s string) (state.Status, bool) {
					v, ok := map[string]state.Status{"0": state.Down, "1": state.Up}[s]
					return v, ok
				})
			case "State":
				shown = capture.Then(value, func(s string) (state.Status, bool) {
					v, ok := map[string]state.Status{"Down": state.Down, "Up": state.Up}[s]
					return v, ok
				})
			}
		}
		if !up.Known() {
			up = oper
		}
		if kind.Value != "PortChannel" || !name.Known() {
			continue
		}
		if !p.multi[name.Value] {
			continue
		}
		x := p.MLAGPort(name.Value, name.From)
		if local {
			x.LocalOper = up
		} else {
			x.PeerOper = up
		}
		if x.LocalOper.Known() && x.PeerOper.Known() {
			x.State = capture.Of(portState(x.LocalOper.Value == state.Up, x.PeerOper.Value == state.Up), up.From)
		}
	}
}

func portState(local, peer bool) state.MLAGPortState {
	switch {
	case !local:
		return state.MLAGInactive
	case peer:
		return state.DualActive
	}
	return state.ActivePartial
}
