package juniper_junos

import (
	"strings"

	"uplinkcheck/drivers/capture"
	"uplinkcheck/drivers/state"
)

var tcpStates = map[string]bool{"established": true, "not established": false, "down": false, "connecting": false, "idle": false}

// livenessStates are what the backup liveness detection last heard of the peer over the management network.
var livenessStates = map[string]state.Status{"active": state.Up, "inactive": state.Down, "unknown": 0, "not configured": 0}

// backupWords tell whether backup liveness detection is configured.
var backupWords = map[string]state.SplitBrain{"active": state.Guarded, "inactive": state.Guarded, "not configured": state.Unguarded}

// iccp reads the peers of the inter-chassis control protocol; the zero elem says that it is configured nowhere.
func iccp(p *parser, e elem) {
	m := &p.sw.MLAG
	from := e.span()
	if !e.exists() {
		from = p.reply.Whole()
	}
	p.sw.Listed.MLAG = from
	n := 0
	for peer := range e.named("iccp-peer") {
		if n++; n > 1 {
			p.unread(peer.span(), "a second peer")
			continue
		}
		m.Protocol = capture.Of(state.PeerLinkMLAG, peer.span())
		m.PeerAddress = peer.at("peer-address").str()
		conn := peer.at("peer-conn-state-information", "peer-conn-state")
		m.StateWord = conn.at("peer-conn-tcp-state").str()
		m.Peered = word(p, conn.at("peer-conn-tcp-state"), tcpStates)
		if alive := word(p, peer.at("backup-liveness-peer-status"), livenessStates); alive.Value != 0 {
			m.Keepalive = alive
		}
		m.SplitBrain = capture.Then(peer.at("backup-liveness-peer-status").str(), func(s string) (state.SplitBrain, bool) {
			v, ok := backupWords[strings.ToLower(s)]
			return v, ok
		})
		var groups []elem
		for g := range peer.all("redundancy-group") {
			groups = append(groups, g)
		}
		if len(groups) == 1 {
			m.Domain = groups[0].str()
		}
	}
}

// A block is what stands about one multi-chassis aggregate, by key.
type block map[string]capture.Fact[string]

// mcAE reads "show interfaces mc-ae extensive", as it is or within an output element: a block of "Key : Value" lines for each
// multi-chassis aggregate, in which the lines about its unit repeat some keys. The first of each counts.
func mcAE(p *parser, r *capture.Reply) {
	var blocks []block
	var heads []capture.Span
	whole := true
	for at, line := range p.lines(r, &whole) {
		key, value, ok := strings.Cut(line, ":")
		key = strings.TrimSpace(key)
		if i := strings.LastIndex(key, ">"); i >= 0 { // <output> stands before the first line
			key = strings.TrimSpace(key[i+1:])
		}
		if ok && key == "Member Link" {
			blocks, heads = append(blocks, block{}), append(heads, r.Span(at, at+len(line)))
		}
		if !ok || len(blocks) == 0 {
			continue
		}
		value, _, _ = strings.Cut(value, "<")
		if b := blocks[len(blocks)-1]; !b[key].Known() {
			b[key] = field(r, at+strings.Index(line, ":")+1, value)
		}
	}
	var system capture.Fact[state.MAC]
	same := true
	for i, b := range blocks {
		port, mac := mlagPort(heads[i], b), capture.Then(b["System ID"], toMAC)
		if word := b["Configuration Error Status"]; word.Known() && !strings.EqualFold(word.Value, "No Error") {
			p.unread(word.From, "configuration error "+state.Quote(word.Value))
			port.State = capture.Fact[state.MLAGPortState]{}
		}
		p.sw.MLAG.Ports = append(p.sw.MLAG.Ports, port)
		same = same && (i == 0 || mac.Value == system.Value)
		system = mac
	}
	if same {
		p.sw.MLAG.SystemMAC = system
	}
	if len(blocks) > 0 {
		p.sw.MLAG.Protocol = capture.Of(state.PeerLinkMLAG, heads[0])
		if whole {
			p.sw.Listed.MLAGPorts = r.Whole()
		}
	}
}

func mlagPort(from capture.Span, b block) state.MLAGPort {
	upOrDown := func(s string) (state.Status, bool) { v, ok := status[strings.ToLower(s)]; return v, ok }
	port := state.MLAGPort{
		ID: base(b["Member Link"].Value), From: from,
		Local:     capture.Then(b["Member Link"], func(s string) (string, bool) { return base(s), true }),
		LocalOper: capture.Then(b["Local State"], upOrDown),
		PeerOper:  capture.Then(b["Peer State"], upOrDown),
	}
	if id := b["MCAE ID"]; id.Known() {
		port.ID = id.Value
	}
	active := strings.EqualFold(b["Local Status"].Value, "active") && strings.EqualFold(b["Peer Status"].Value, "active")
	if !port.LocalOper.Known() || !port.PeerOper.Known() {
		return port
	}
	switch up := port.LocalOper.Value == state.Up; {
	case up && port.PeerOper.Value == state.Up && active:
		port.State = capture.Of(state.DualActive, from)
	case up && port.PeerOper.Value == state.Up: // one side stands by
	case up || port.PeerOper.Value == state.Up:
		port.State = capture.Of(state.ActivePartial, from)
	default:
		port.State = capture.Of(state.MLAGInactive, from)
	}
	return port
}

var segmentModes = map[string]state.ESIMode{"all-active": state.AllActive, "single-active": state.SingleActive}

// segments reads the Ethernet segments of the EVPN instances that an interface here is in. The units of an aggregate may be in several.
func segments(p *parser, e elem) {
	for instance := range e.named("evpn-instance") {
		for x := range instance.all("evpn-esi") {
			local := x.at("evpn-esi-local-intf-information", "evpn-esi-local-intf-name").str()
			p.inSegment(local, x.at("evpn-esi-value").str())
		}
		for x := range instance.all("evpn-interface") {
			name, mode := x.at("evpn-interface-name").str(), x.at("evpn-interface-mode").str()
			p.inSegment(name, x.at("evpn-interface-esi").str())
			if m, ok := segmentModes[strings.ToLower(mode.Value)]; ok && name.Known() {
				p.modes[base(name.Value)] = capture.Of(m, mode.From)
			}
		}
	}
}

// inSegment notes the segment of an interface; zeros say that it is in none.
func (p *parser) inSegment(name, esi capture.Fact[string]) {
	if !name.Known() || !esi.Known() || strings.Trim(esi.Value, "0:") == "" {
		return
	}
	esi.Value = strings.ToLower(esi.Value)
	p.segment = esi.From
	if known, ok := p.segments[base(name.Value)]; ok && known.Value != esi.Value {
		esi.Value = ""
	}
	p.segments[base(name.Value)] = esi
}

var results = map[string]bool{"pass": true, "fail": false}

// consistency reads the comparison of both configurations: a name, then the entries about it, in one sequence.
func consistency(p *parser, e elem) {
	where, n, consistent := "global", 0, true
	for c := range e.n.Children() {
		x := elem{n: c}
		switch name := c.Name(); {
		case name == "multichassis-global":
			where = "global"
		case name == "multichassis-consistency-check-entry":
			ok := word(p, x.at("result"), results)
			if !ok.Known() {
				p.unread(x.span(), "a comparison without a result")
				return
			}
			n++
			if !ok.Value {
				consistent = false
				p.sw.MLAG.Differences = append(p.sw.MLAG.Differences, state.Difference{Where: where, Parameter: x.text("config-item"),
					Local: x.text("local-value"), Peer: x.text("peer-value"), From: x.span()})
			}
		case strings.HasPrefix(name, "multichassis-"):
			for leaf := range x.n.Children() {
				if strings.HasPrefix(leaf.Name(), "local-") {
					where = portOf(elem{n: leaf}.str().Value)
				}
			}
		}
	}
	if n > 0 {
		p.sw.MLAG.Consistent = capture.Of(consistent, e.span())
	}
}

// finishMLAG says that there is no multi-chassis protocol only when neither ICCP nor any Ethernet segment is configured.
func (p *parser) finishMLAG() {
	m := &p.sw.MLAG
	for i := range m.Ports {
		if a := p.sw.Aggregators; m.Ports[i].Local.Known() {
			for j := range a {
				if a[j].Name == m.Ports[i].Local.Value && m.Ports[i].ID != a[j].Name {
					a[j].MLAGID = capture.Of(m.Ports[i].ID, m.Ports[i].From)
				}
			}
		}
	}
	if p.config == nil {
		if !m.Protocol.Known() {
			m.Protocol = capture.Of(state.EVPNESI, p.segment)
		}
		return
	}
	m.PeerLink, m.ReloadDelay = p.config.peerLink, p.config.reloadDelay()
	for i := range p.sw.Interfaces {
		if n := &p.sw.Interfaces[i]; m.PeerLink.Known() && n.Name == m.PeerLink.Value {
			m.PeerLinkOper = n.Oper
		}
	}
	if m.Protocol.Known() {
		return
	}
	for _, segment := range []capture.Span{p.config.segment, p.segment} {
		if segment.Known() {
			m.Protocol = capture.Of(state.EVPNESI, segment)
			return
		}
	}
	m.Protocol = capture.Of(state.NoMLAG, p.sw.Listed.MLAG)
}
