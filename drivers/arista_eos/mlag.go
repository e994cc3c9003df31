package arista_eos

import (
	"uplinkcheck/drivers/capture"
	"uplinkcheck/drivers/state"
	"uplinkcheck/drivers/tree"
)

var negotiationWords = map[string]bool{"connected": true, "connecting": false, "disconnected": false}

var linkWords = map[string]state.Status{"up": state.Up, "down": state.Down, "lowerLayerDown": state.Down, "notPresent": state.Down}

var roleWords = map[string]state.MLAGRole{"primary": state.Primary, "secondary": state.Secondary}

var portWords = map[string]state.MLAGPortState{
	"active-full": state.DualActive, "active-partial": state.ActivePartial, "inactive": state.MLAGInactive,
	"disabled": state.MLAGDisabled, "configured": state.MLAGConfigured,
}

func (p *parser) mlag() {
	n := p.root(mlagLine)
	said := n.At("state")
	if !said.Exists() {
		return
	}
	m := &p.s.MLAG
	p.s.Listed.MLAG = n.Span()
	m.StateWord = said.NonEmpty()
	if said.Text() == "disabled" {
		m.Protocol = capture.Of(state.NoMLAG, said.Span())
		return // nothing else in the reply means anything then
	}
	m.Protocol = capture.Of(state.PeerLinkMLAG, said.Span())
	m.Peered = word(p, n.At("negStatus"), "MLAG negotiation status", negotiationWords)
	if said.Text() != "active" && m.StateWord.Known() {
		m.Peered = capture.Of(false, said.Span())
	}
	m.Domain = n.At("domainId").NonEmpty()
	m.SystemMAC = mac(n.At("systemId"))
	m.PeerAddress = n.At("peerAddress").NonEmpty()
	m.PeerLink = n.At("peerLink").NonEmpty()
	m.PeerLinkOper = word(p, n.At("peerLinkStatus"), "peer-link status", linkWords)
	detail := n.At("detail")
	m.Role = tree.Word(detail.At("mlagState"), roleWords)
	m.PeerMAC = mac(detail.At("peerMacAddress"))
	p.keepalive(n, detail)
	p.consistency(n)
	p.mlagPorts()
}

// keepalive: EOS sends heartbeats over the peering VLAN, that is, over the peer-link, unless dual-primary detection is configured
// over the management network.
func (p *parser) keepalive(n, detail tree.Node) {
	m := &p.s.MLAG
	if alive := detail.At("udpHeartbeatAlive").Bool(); alive.Known() {
		m.Keepalive = capture.Of(state.Down, alive.From)
		if alive.Value {
			m.Keepalive.Value = state.Up
		}
	}
	switch d := n.At("dualPrimaryDetectionState"); d.Text() {
	case "disabled":
		m.KeepaliveOver = capture.Of("peer-link", n.Span()) // no word of the reply says it: the whole of it does
	case "configured", "running":
		m.KeepaliveOver = d.NonEmpty()
	case "detected":
		m.Keepalive = capture.Of(state.Down, d.Span())
	}
}

// consistency reads the differences that the switch finds between itself and its peer.
func (p *parser) consistency(mlag tree.Node) {
	m := &p.s.MLAG
	sanity := p.root(mlagSanityLine)
	global, ports := sanity.At("globalConfiguration"), sanity.At("interfaceConfiguration")
	if global.Kind() != tree.Object || ports.Kind() != tree.Object {
		switch w := mlag.At("configSanity"); w.Text() {
		case "consistent":
			m.Consistent = capture.Of(true, w.Span())
		case "inconsistent":
			m.Consistent = capture.Of(false, w.Span())
		}
		return
	}
	for feature := range global.Children() {
		p.differences("global", feature)
	}
	for feature := range ports.Children() {
		p.differences("interface", feature)
	}
	m.Consistent = capture.Of(len(m.Differences) == 0 && global.Len() == 0 && ports.Len() == 0, sanity.Span())
}

// differences collects the leaves with a local and a peer value, however deep they are.
func (p *parser) differences(where string, n tree.Node) {
	local, peer := n.At("localValue"), n.At("peerValue")
	if local.Exists() || peer.Exists() {
		p.s.MLAG.Differences = append(p.s.MLAG.Differences, state.Difference{
			Where: where, Parameter: n.Name(), Local: local.Text(), Peer: peer.Text(), From: n.Span()})
		return
	}
	if where != "global" && n.Kind() == tree.Object && n.Name() != "" {
		where = n.Name()
	}
	for c := range n.Children() {
		if c.Kind() == tree.Object {
			p.differences(where, c)
		}
	}
}

func (p *parser) mlagPorts() {
	all := p.root(mlagPortsLine).At("interfaces")
	if all.Kind() != tree.Object {
		return
	}
	p.s.Listed.MLAGPorts = all.Span()
	for n := range all.Children() {
		p.s.MLAG.Ports = append(p.s.MLAG.Ports, state.MLAGPort{
			ID: n.Name(), From: n.Span(), Local: n.At("localInterface").NonEmpty(), Peer: n.At("peerInterface").NonEmpty(),
			LocalOper: tree.Word(n.At("localInterfaceStatus"), linkWords), PeerOper: tree.Word(n.At("peerInterfaceStatus"), linkWords),
			State: word(p, n.At("status"), "multi-chassis port status", portWords),
		})
	}
}
