package arista_eos

import (
	"strconv"
	"strings"
	"time"

	"uplinkcheck/drivers/capture"
	"uplinkcheck/drivers/state"
	"uplinkcheck/drivers/text"
	"uplinkcheck/drivers/tree"
)

var protocolWords = map[string]state.MLAGProtocol{
	"disabled": state.NoMLAG, "inactive": state.PeerLinkMLAG, "active": state.PeerLinkMLAG,
}

var linkWords = map[string]state.Status{"up": state.Up, "down": state.Down, "lowerlayerdown": state.Down, "notpresent": state.Down}

// mlag reads "show mlag detail". When MLAG is disabled only that is reliable.
func mlag(p *parser, n tree.Node) {
	m := &p.Switch.MLAG
	m.Protocol, m.StateWord = word(p, n.At("state"), protocolWords), n.At("state").NonEmpty()
	p.Switch.Listed.MLAG = n.Span()
	if capture.Is(m.Protocol, state.NoMLAG) {
		p.off = m.Protocol.From
		return
	}
	m.Domain = n.At("domainId").NonEmpty()
	m.Peered = peered(p, n)
	m.SystemMAC = capture.Then(n.At("systemId").Str(), toStation)
	m.PeerAddress = n.At("peerAddress").NonEmpty()
	m.PeerLink = n.At("peerLink").NonEmpty()
	m.PeerLinkOper = word(p, n.At("peerLinkStatus"), linkWords)
	d := n.At("detail")
	m.Role = known(d.At("mlagState").NonEmpty(), roleWords)
	m.PeerMAC = capture.Then(d.At("peerMacAddress").Str(), toStation)
	m.Consistent = word(p, n.At("configSanity"), sanityWords)
	keepalive(p, n.At("dualPrimaryDetectionState").Text(), d.At("udpHeartbeatAlive").Bool())
	m.SplitBrain = word(p, n.At("dualPrimaryDetectionState"), detectionWords)
	if stopped := n.At("dualPrimaryPortsErrdisabled").Bool(); capture.Is(stopped, true) {
		m.SplitBrain = capture.Of(state.SplitFound, stopped.From)
	}
	m.HeldBack = n.At("portsErrdisabled").Bool()
	m.ReloadDelay, m.OthersDelay = seconds(n.At("reloadDelay")), seconds(n.At("reloadDelayNonMlag"))
}

var (
	roleWords        = map[string]state.MLAGRole{"primary": state.Primary, "secondary": state.Secondary}
	sanityWords      = map[string]bool{"consistent": true, "inconsistent": false}
	negotiationWords = map[string]bool{"connected": true, "connecting": false, "disconnected": false}
)

var detectionWords = map[string]state.SplitBrain{"disabled": state.Unguarded, "configured": state.Guarded, "running": state.Guarded}

func seconds(n tree.Node) capture.Fact[time.Duration] {
	return capture.Then(n.Uint(31), func(v uint64) (time.Duration, bool) { return time.Duration(v) * time.Second, true })
}

// peered: the negotiation is done and MLAG is active.
func peered(p *parser, n tree.Node) capture.Fact[bool] {
	if negotiated := n.At("negStatus"); negotiated.Exists() {
		return agreed(word(p, negotiated, negotiationWords), n.At("state").Text())
	}
	return capture.Then(n.At("state").Str(), func(s string) (bool, bool) { return false, s == "inactive" })
}

// agreed joins whether the negotiation is done with the word for MLAG as a whole, of which "active" alone and all that are known count.
func agreed(negotiated capture.Fact[bool], mlag string) capture.Fact[bool] {
	return capture.Then(negotiated, func(ok bool) (bool, bool) {
		_, known := state.Lookup(protocolWords, mlag)
		return ok && strings.EqualFold(mlag, "active"), known || !ok
	})
}

// keepalive: heartbeats run over the peer-link unless dual-primary detection has a second way, which is in use when it runs.
func keepalive(p *parser, detection string, alive capture.Fact[bool]) {
	m := &p.Switch.MLAG
	switch {
	case !alive.Known():
	case !alive.Value:
		m.Keepalive = capture.Of(state.Down, alive.From)
	case detection == "disabled":
		m.Keepalive, m.KeepaliveOver = capture.Of(state.Up, alive.From), m.PeerLink
	case detection == "running":
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
		port := p.MLAGPort(i.Name(), withName(i))
		port.Local, port.Peer = i.At("localInterface").NonEmpty(), i.At("peerInterface").NonEmpty()
		port.LocalOper, port.PeerOper = known(i.At("localInterfaceStatus").NonEmpty(), linkWords), known(i.At("peerInterfaceStatus").NonEmpty(), linkWords)
		port.State = word(p, i.At("status"), portStateWords)
		if port.Local.Known() {
			p.mlagID[port.Local.Value] = capture.Of(i.Name(), withName(i))
		}
	}
	p.Switch.Listed.MLAGPorts = list.Span()
}

// mlagText reads "show mlag detail" as text: lines of a key and a value.
func mlagText(p *parser, lines []text.Line) {
	said := map[string]capture.Fact[string]{}
	for _, l := range lines {
		if key, value, ok := l.KeyValue(); ok && !said[key].Known() {
			said[key] = value
		}
	}
	m := &p.Switch.MLAG
	m.Protocol, m.StateWord = state.Word(p.Draft, said["state"], protocolWords), said["state"]
	if capture.Is(m.Protocol, state.NoMLAG) {
		p.off = m.Protocol.From
		return
	}
	m.Domain = said["domain-id"]
	m.Peered = agreed(state.Word(p.Draft, said["negotiation status"], negotiationWords), said["state"].Value)
	m.SystemMAC, m.PeerAddress = text.Station(said["system-id"]), said["peer-address"]
	m.PeerLink, m.PeerLinkOper = said["peer-link"], state.Word(p.Draft, said["peer-link status"], linkWords)
	m.Role = known(said["State"], roleWords)
	m.PeerMAC = text.Station(said["Peer MAC address"])
	m.Consistent = state.Word(p.Draft, said["peer-config"], sanityWords)
	switch stopped := known(said["dual-primary interface errdisabled"], truth); {
	case capture.Is(stopped, true):
		m.SplitBrain = capture.Of(state.SplitFound, stopped.From)
	case stopped.Known():
		m.SplitBrain = state.Word(p.Draft, said["dual-primary detection"], detectionWords)
	}
	keepalive(p, strings.ToLower(said["dual-primary detection"].Value), known(said["UDP heartbeat alive"], truth))
	m.ReloadDelay, m.OthersDelay = secondsText(said["Reload delay"]), secondsText(said["Non-MLAG reload delay"])
}

var truth = map[string]bool{"true": true, "false": false}

// secondsText reads "300 seconds".
func secondsText(f capture.Fact[string]) capture.Fact[time.Duration] {
	return capture.Then(f, func(s string) (time.Duration, bool) {
		digits, ok := strings.CutSuffix(s, " seconds")
		n, err := strconv.ParseUint(digits, 10, 31)
		return time.Duration(n) * time.Second, ok && err == nil
	})
}

// sanity reads "show mlag config-sanity". Without a connection to the peer nothing was compared.
func sanity(p *parser, n tree.Node) {
	connected, global, ports := n.At("mlagConnected").Bool(), n.At("globalConfiguration"), n.At("interfaceConfiguration")
	if !capture.Is(n.At("mlagActive").Bool(), true) || !capture.Is(connected, true) || global.Kind() != tree.Object || ports.Kind() != tree.Object {
		return
	}
	p.differences(global, func(feature, parameter string) (string, string) { return "global", feature + " " + parameter })
	p.differences(ports, func(parameter, port string) (string, string) { return port, parameter })
	p.Switch.MLAG.Consistent = capture.Of(global.Len()+ports.Len() == 0, n.Span())
}

// differences notes each object that has a local and a peer value. place makes where and parameter of its name and of the
// name of the part of the configuration it is in.
func (p *parser) differences(n tree.Node, place func(part, name string) (where, parameter string)) {
	var walk func(part string, n tree.Node)
	walk = func(part string, n tree.Node) {
		if local := n.At("localValue"); local.Exists() {
			where, parameter := place(part, n.Name())
			p.Switch.MLAG.Differences = append(p.Switch.MLAG.Differences, state.Difference{Where: where, Parameter: parameter,
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

var esiModes = map[string]state.ESIMode{
	"allactive": state.AllActive, "all-active": state.AllActive, "singleactive": state.SingleActive, "single-active": state.SingleActive,
}

// segments reads the Ethernet segments of "show bgp evpn instance". A segment stands in each instance of which it has a VLAN.
func segments(p *parser, n tree.Node) {
	list := n.At("bgpEvpnInstances")
	p.evpn = list.Span()
	for instance := range list.Children() {
		for segment := range instance.At("ethernetSegments").Children() {
			esi, ok := octets(segment.Name())
			name := segment.At("intf").NonEmpty()
			switch {
			case !ok:
				p.Unread(withName(segment), state.Quote(segment.Name())+" is no Ethernet segment identifier")
			case strings.Trim(esi, "0:") == "" || !name.Known(): // none, or one that only others have
			default:
				p.segment = withName(segment)
				if strings.HasPrefix(name.Value, "Port-Channel") && !strings.Contains(name.Value, ".") {
					a := p.Aggregator(name.Value, name.From)
					a.ESI = capture.Of(esi, withName(segment))
					a.ESIMode = word(p, segment.At("redundancyMode"), esiModes)
				}
			}
		}
	}
}

// octets writes an Ethernet segment identifier, which EOS prints in five groups of two octets, octet by octet.
func octets(s string) (string, bool) {
	digits := strings.ToLower(strings.ReplaceAll(s, ":", ""))
	if len(digits) != 20 || strings.Trim(digits, "0123456789abcdef") != "" {
		return "", false
	}
	var b strings.Builder
	for i := 0; i < len(digits); i += 2 {
		if i > 0 {
			b.WriteByte(':')
		}
		b.WriteString(digits[i : i+2])
	}
	return b.String(), true
}

// finishMLAG says which LAGs are multi-chassis, and of which it is known that they are not. Without MLAG there may be Ethernet segments
// all the same: there is nothing of the kind only where no interface is Vxlan, or the list of EVPN instances has no segment.
func (p *parser) finishMLAG() {
	m := &p.Switch.MLAG
	if !capture.Is(m.Protocol, state.PeerLinkMLAG) {
		bridgesOnly := p.Switch.Listed.Interfaces.Known() && !p.vxlan.Known()
		switch {
		case p.segment.Known():
			m.Protocol = capture.Of(state.EVPNESI, p.segment)
		case !bridgesOnly && !p.evpn.Known():
			m.Protocol = capture.Fact[state.MLAGProtocol]{}
		}
	}
	none := p.off
	if !none.Known() {
		none = p.Switch.Listed.MLAGPorts
	}
	for _, a := range p.Aggregators() {
		if id, ok := p.mlagID[a.Name]; ok {
			a.MLAGID = id
		} else if none.Known() {
			a.MLAGID = capture.Of("", none)
		}
	}
}
