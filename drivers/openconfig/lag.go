package openconfig

import (
	"regexp"
	"strings"

	"uplinkcheck/drivers/capture"
	"uplinkcheck/drivers/state"
	"uplinkcheck/drivers/text"
	"uplinkcheck/drivers/tree"
)

// lacp reads lacp/interfaces/interface. Some list every interface there, with nothing but its name: only one of which LACP says anything is
// an aggregate.
func lacp(p *parser, n tree.Node) {
	for i := range n.At("interfaces").Named("interface") {
		key := name(i, "name")
		if !key.Known() {
			p.Unread(i.Span(), "an aggregate without a name")
			return
		}
		s := i.At("state")
		if i.At("members").Len() == 0 && !leaf(s, "lacp-mode").Known() && !leaf(s, "system-id-mac").Known() {
			continue
		}
		a := p.Aggregator(key.Value, key.From)
		a.Protocol = capture.Of(state.LACP, key.From)
		if off := leaf(s, "fallback"); capture.Is(off, "false") {
			a.Fallback = capture.Of(state.NoFallback, off.From)
		}
		for m := range i.At("members").Named("member") {
			if port := name(m, "interface"); port.Known() {
				p.lacpPort(p.AggregationPort(key.Value, port.Value, port.From), s, m.At("state"))
			} else {
				p.Unread(m.Span(), "a member without a name")
			}
		}
	}
	p.Switch.Listed.LACP = n.Span()
}

// stateBits are the leaves about the actor's state. The model has none for what was defaulted or has expired, nor for the partner's.
var stateBits = []struct {
	leaf    string
	bit     state.LACPBits
	on, off string
}{
	{"activity", state.Activity, "ACTIVE", "PASSIVE"}, {"timeout", state.ShortTimeout, "SHORT", "LONG"},
	{"synchronization", state.Synchronization, "IN_SYNC", "OUT_SYNC"}, {"aggregatable", state.Aggregation, "true", "false"},
	{"collecting", state.Collecting, "true", "false"}, {"distributing", state.Distributing, "true", "false"},
}

func (p *parser) lacpPort(port *state.AggregationPort, lag, m tree.Node) {
	var bits state.LACPState
	for _, b := range stateBits {
		switch said := bare(leaf(m, b.leaf)); said.Value {
		case "":
		case b.on, b.off:
			bits = bits.With(b.bit, said.Value == b.on)
		default:
			p.Unread(said.From, "unknown word "+state.Quote(said.Value)+" in "+b.leaf)
		}
	}
	if bits.Known != 0 {
		port.Actor.State = capture.Of(bits, m.Span())
	}
	port.Actor.System, port.Partner.System = text.MAC(leaf(m, "system-id")), text.MAC(leaf(m, "partner-id"))
	if !port.Actor.System.Known() {
		port.Actor.System = text.Station(leaf(lag, "system-id-mac"))
	}
	port.Actor.SystemPriority = text.Sixteen(leaf(lag, "system-priority"))
	port.Actor.Key, port.Partner.Key = text.Sixteen(leaf(m, "oper-key")), text.Sixteen(leaf(m, "partner-key"))
	port.Actor.Port, port.Partner.Port = text.Sixteen(leaf(m, "port-num")), text.Sixteen(leaf(m, "partner-port-num"))
	port.Actor.PortPriority, port.Partner.PortPriority = text.Sixteen(leaf(m, "port-priority")), text.Sixteen(leaf(m, "partner-port-priority"))
	// A port that is out of sync may stand by, or be refused: only one that carries frames is known to be selected.
	if bits.Has(state.Synchronization|state.Collecting|state.Distributing) == state.Yes {
		port.Selected = capture.Of(state.Selected, m.Span())
	}
	c := m.At("counters")
	port.RX, port.TX = text.Uint(leaf(c, "lacp-in-pkts"), 64), text.Uint(leaf(c, "lacp-out-pkts"), 64)
	port.UnknownRX, port.IllegalRX = text.Uint(leaf(c, "lacp-unknown-errors"), 64), text.Uint(leaf(c, "lacp-errors"), 64)
	port.Expirations = text.Uint(leaf(c, "lacp-timeout-transitions"), 64)
}

var segmentModes = map[string]state.ESIMode{"ALL_ACTIVE": state.AllActive, "SINGLE_ACTIVE": state.SingleActive}

// segments reads the Ethernet segments of the switch: that of a subinterface is not that of its aggregate.
func segments(p *parser, n tree.Node) {
	for x := range n.All("ethernet-segment") {
		s := x.At("state")
		esi, name := leaf(s, "esi"), leaf(s, "interface")
		if !name.Known() {
			name = leaf(x, "interface-ref", "state", "interface")
		}
		octets := capture.Then(esi, func(v string) (string, bool) { return strings.ToLower(v), segment.MatchString(v) })
		switch {
		case !octets.Known() && esi.Value != "" && esi.Value != "AUTO": // made by the switch, which does not say what
			p.Unread(esi.From, state.Quote(esi.Value)+" is no Ethernet segment identifier")
		case !esi.Known() || !name.Known():
		default:
			p.Switch.MLAG.Protocol = capture.Of(state.EVPNESI, x.Span())
			if !leaf(s, "subinterface").Known() {
				a := p.Aggregator(name.Value, name.From)
				a.ESI, a.ESIMode = octets, word(p, s.At("redundancy-mode"), segmentModes)
			}
		}
	}
}

var segment = regexp.MustCompile(`^[0-9a-fA-F]{2}(:[0-9a-fA-F]{2}){9}$`)

// finishAggregators says of ports that do not say it which LAG they are in.
func (p *parser) finishAggregators() {
	in := map[string]capture.Fact[string]{}
	for _, a := range p.Aggregators() {
		for _, port := range p.AggregationPorts(a.Name) {
			in[port.Name] = capture.Of(a.Name, p.joined(a, port))
		}
	}
	for _, f := range p.Interfaces() {
		if own := in[f.Name]; !f.Aggregator.Known() {
			f.Aggregator = own
		}
	}
}

// joined is what states that a port is in an aggregator: both names, where one answer has them.
func (p *parser) joined(a *state.Aggregator, port *state.AggregationPort) capture.Span {
	if a.From.Reply != port.From.Reply || port.From.Start < a.From.Start {
		return capture.Span{}
	}
	return a.From.Reply.Span(int(a.From.Start), int(port.From.End))
}
