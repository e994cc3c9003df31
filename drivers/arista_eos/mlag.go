package arista_eos

import (
	"time"

	"uplinkcheck/drivers/capture"
	"uplinkcheck/drivers/state"
	"uplinkcheck/drivers/tree"
)

var protocolWords = map[string]state.MLAGProtocol{
	"disabled": state.NoMLAG, "inactive": state.PeerLinkMLAG, "active": state.PeerLinkMLAG,
}

var linkWords = map[string]state.Status{"up": state.Up, "down": state.Down, "lowerLayerDown": state.Down, "notPresent": state.Down}

// mlag reads "show mlag detail". When MLAG is disabled only that is reliable.
func mlag(p *parser, n tree.Node) {
	m := &p.sw.MLAG
	m.Protocol = word(p, n.At("state"), protocolWords)
	p.sw.Listed.MLAG = n.Span()
	if capture.Is(m.Protocol, state.NoMLAG) {
		p.off = m.Protocol.From
		return
	}
	m.StateWord = n.At("state").NonEmpty()
	m.Domain = n.At("domainId").NonEmpty()
	m.Peered = peered(p, n)
	m.SystemMAC = capture.Then(n.At("systemId").Str(), toStation)
	m.PeerAddress = n.At("peerAddress").NonEmpty()
	m.PeerLink = n.At("peerLink").NonEmpty()
	m.PeerLinkOper = word(p, n.At("peerLinkStatus"), linkWords)
	d := n.At("detail")
	m.Role = capture.Then(d.At("mlagState").Str(), func(s string) (state.MLAGRole, bool) {
		v, ok := map[string]state.MLAGRole{"primary": state.Primary, "secondary": state.Secondary}[s]
		return v, ok
	})
	m.PeerMAC = capture.Then(d.At("peerMacAddress").Str(), toStation)
	m.Consistent = word(p, n.At("configSanity"), map[string]bool{"consistent": true, "inconsistent": false})
	keepalive(p, n, d.At("udpHeartbeatAlive").Bool())
	m.SplitBrain = word(p, n.At("dualPrimaryDetectionState"), detectionWords)
	if stopped := n.At("dualPrimaryPortsErrdisabled").Bool(); capture.Is(stopped, true) {
		m.SplitBrain = capture.Of(state.SplitFound, stopped.From)
	}
	m.HeldBack = n.At("portsErrdisabled").Bool()
	m.ReloadDelay, m.OthersDelay = seconds(n.At("reloadDelay")), seconds(n.At("reloadDelayNonMlag"))
}

var detectionWords = map[string]state.SplitBrain{"disabled": state.Unguarded, "configured": state.Guarded, "running": state.Guarded}

func seconds(n tree.Node) capture.Fact[time.Duration] {
	return capture.Then(n.Uint(31), func(v uint64) (time.Duration, bool) { return time.Duration(v) * time.Second, true })
}

// peered: the negotiation is done and MLAG is active.
func peered(p *parser, n tree.Node) capture.Fact[bool] {
	active := n.At("state").Text() == "active"
	if negotiated := n.At("negStatus"); negotiated.Exists() {
		return capture.Then(word(p, negotiated, map[string]bool{"connected": true, "connecting": false, "disconnected": false}),
			func(ok bool) (bool, bool) { return ok && active, true })
	}
	return capture.Then(n.At("state").Str(), func(s string) (bool, bool) { return false, s == "inactive" })
}

// keepalive: heartbeats run over the peer-link unless dual-primary detection has a second way, which is in use when it runs.
func keepalive(p *parser, n tree.Node, alive capture.Fact[bool]) {
	m := &p.sw.MLAG
	detection := n.At("dualPrimaryDetectionState").Str()
	switch {
	case !alive.Known():
	case !alive.Value:
		m.Keepalive = capture.Of(state.Down, alive.From)
	case detection.Value == "disabled":
		m.Keepalive, m.KeepaliveOver = capture.Of(state.Up, alive.From), m.PeerLink
	case detection.Value == "running":
		m.Keepalive = capture.Of(state.Up, alive.From)
	}
}

var portStateWords = map[string]state.MLAGPortState{
	"active-full": state.DualActive, "active-partial": state.ActivePartial, "inactive": state.MLAGInactive,
	"disabled": state.MLAGDisabled, "configured": state.MLAGConfigured,
}

// mlagPorts reads "show mlag interfaces".
func mlagPorts(p *parser, n tree.Node) {
	list := n.At("interfaces")
	for i := range list.Children() {
		port := state.MLAGPort{ID: i.Name(), From: withName(i),
			Local:     i.At("localInterface").NonEmpty(),
			Peer:      i.At("peerInterface").NonEmpty(),
			LocalOper: tree.Word(i.At("localInterfaceStatus"), linkWords),
			PeerOper:  tree.Word(i.At("peerInterfaceStatus"), linkWords),
			State:     word(p, i.At("status"), portStateWords),
		}
		p.sw.MLAG.Ports = append(p.sw.MLAG.Ports, port)
		if port.Local.Known() {
			p.mlagID[port.Local.Value] = capture.Of(i.Name(), withName(i))
		}
	}
	p.sw.Listed.MLAGPorts = list.Span()
}

// sanity reads "show mlag config-sanity". Without a connection to the peer nothing was compared.
func sanity(p *parser, n tree.Node) {
	connected, global, ports := n.At("mlagConnected").Bool(), n.At("globalConfiguration"), n.At("interfaceConfiguration")
	if !capture.Is(n.At("mlagActive").Bool(), true) || !capture.Is(connected, true) || !global.Exists() || !ports.Exists() {
		return
	}
	p.differences(global, func(feature, parameter string) (string, string) { return "global", feature + " " + parameter })
	p.differences(ports, func(parameter, port string) (string, string) { return port, parameter })
	p.sw.MLAG.Consistent = capture.Of(global.Len()+ports.Len() == 0, n.Span())
}

// differences notes each object that has a local and a peer value. place makes where and parameter of its name and of the
// name of the part of the configuration it is in.
func (p *parser) differences(n tree.Node, place func(part, name string) (where, parameter string)) {
	var walk func(part string, n tree.Node)
	walk = func(part string, n tree.Node) {
		if local := n.At("localValue"); local.Exists() {
			where, parameter := place(part, n.Name())
			p.sw.MLAG.Differences = append(p.sw.MLAG.Differences, state.Difference{Where: where, Parameter: parameter,
				Local: local.Text(), Peer: n.At("peerValue").Text(), From: withName(n)})
			return
		}
		for c := range n.Children() {
			walk(part, c)
		}
	}
	for part := range n.Children() {
		walk(part.Name(), part)
	}
}

// finishMLAG says which LAGs are multi-chassis, and of which it is known that they are not.
func (p *parser) finishMLAG() {
	none := p.off
	if !none.Known() {
		none = p.sw.Listed.MLAGPorts
	}
	for i := range p.sw.Aggregators {
		a := &p.sw.Aggregators[i]
		if id, ok := p.mlagID[a.Name]; ok {
			a.MLAGID = id
		} else if none.Known() {
			a.MLAGID = capture.Of("", none)
		}
	}
}
