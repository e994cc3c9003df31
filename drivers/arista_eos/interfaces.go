package arista_eos

import (
	"strings"

	"uplinkcheck/drivers/capture"
	"uplinkcheck/drivers/state"
	"uplinkcheck/drivers/tree"
)

var adminWords = map[string]state.Status{
	"connected": state.Up, "notconnect": state.Up, "errdisabled": state.Up, "inactive": state.Up, "disabled": state.Down,
}

var operWords = map[string]state.Status{
	"up": state.Up, "down": state.Down, "lowerLayerDown": state.Down, "notPresent": state.Down, "dormant": state.Down,
}

// connectedWords tell the link's state where no line protocol is reported.
var connectedWords = map[string]state.Status{
	"connected": state.Up, "notconnect": state.Down, "errdisabled": state.Down, "disabled": state.Down,
}

var duplexWords = map[string]state.Duplex{"duplexFull": state.Full, "duplexHalf": state.Half, "duplexUnknown": 0}

// interfaces reads "show interfaces".
func interfaces(p *parser, n tree.Node) {
	list := n.At("interfaces")
	for i := range list.Children() {
		f := state.Interface{Name: i.Name(), From: i.Span(), Kind: kindOf(i.Name(), i.At("hardware").Text())}
		p.vxlan = p.vxlan || strings.HasPrefix(i.Name(), "Vxlan")
		f.Description = i.At("description").Str()
		f.Admin = word(p, i.At("interfaceStatus"), adminWords)
		f.Oper = word(p, i.At("lineProtocolStatus"), operWords)
		if !i.At("lineProtocolStatus").Exists() {
			f.Oper = tree.Word(i.At("interfaceStatus"), connectedWords)
		}
		if capture.Is(f.Oper, state.Down) {
			f.OperReason = i.At("interfaceStatus").NonEmpty()
		}
		f.Speed = capture.Then(i.At("bandwidth").Uint(64), func(v uint64) (uint64, bool) { return v, v > 0 }) // virtual ports print 0
		f.Duplex = capture.Then(word(p, i.At("duplex"), duplexWords), func(d state.Duplex) (state.Duplex, bool) { return d, d != 0 })
		f.MTU = capture.Then(i.At("mtu").Uint(31), func(v uint64) (int, bool) { return int(v), v > 0 })
		f.MAC = capture.Then(i.At("physicalAddress").Str(), toStation)
		f.Bridged = bridged(p, i.At("forwardingModel"))
		f.Transitions = i.At("interfaceCounters", "linkStatusChanges").Uint(64)
		f.Aggregator = capture.Then(i.At("interfaceMembership").Str(), func(s string) (string, bool) {
			return strings.CutPrefix(strings.TrimSpace(s), "Member of ")
		})
		if f.Kind == state.OutOfBand {
			f.Addresses = addressesIn(i.At("interfaceAddress"))
		}
		p.sw.Interfaces = append(p.sw.Interfaces, f)
		if f.Kind == state.Aggregate {
			p.aggregateInterface(i)
		}
		if f.Aggregator.Known() {
			a := p.aggregator(f.Aggregator.Value, f.Aggregator.From)
			p.member(a, f.Name, f.Aggregator.From)
		}
		if f.Kind == state.Routed {
			p.svi(i, i.At("interfaceAddress"))
		}
	}
	p.sw.Listed.Interfaces = list.Span()
	p.sw.Listed.SVIs = list.Span()
}

// bridged takes the forwarding model; dataLink is a member of a LAG, which is neither bridged nor routed itself.
func bridged(p *parser, n tree.Node) capture.Fact[bool] {
	model := word(p, n, map[string]string{"bridged": "bridged", "routed": "routed", "dataLink": "dataLink"})
	return capture.Then(model, func(s string) (bool, bool) { return s == "bridged", s != "dataLink" })
}

// kindOf tells what an interface is from its hardware, and where that is missing from its name.
func kindOf(name, hardware string) state.InterfaceKind {
	switch {
	case strings.HasPrefix(name, "Management"):
		return state.OutOfBand
	case strings.Contains(name, "."): // a subinterface
		return state.Logical
	case hardware == "vlan", strings.HasPrefix(name, "Vlan"):
		return state.Routed
	case hardware == "portChannel", strings.HasPrefix(name, "Port-Channel"):
		return state.Aggregate
	case strings.HasPrefix(name, "Ethernet"):
		return state.Physical
	case hardware == "loopback", hardware == "vxlan", hardware == "tunnel", strings.HasPrefix(name, "Loopback"),
		strings.HasPrefix(name, "Vxlan"), strings.HasPrefix(name, "Tunnel"):
		return state.Logical
	}
	return 0
}

// finishInterfaces says of which ports it is known that they are in no LAG.
func (p *parser) finishInterfaces() {
	member := map[string]capture.Fact[string]{}
	for i := range p.sw.Aggregators {
		a := &p.sw.Aggregators[i]
		for j := range a.Ports {
			member[a.Ports[j].Name] = capture.Of(a.Name, through(a.From, a.Ports[j].From))
		}
	}
	for i := range p.sw.Interfaces {
		f := &p.sw.Interfaces[i]
		if f.Aggregator.Known() || f.Kind != state.Physical {
			continue
		}
		if in, ok := member[f.Name]; ok {
			f.Aggregator = in
		} else if all := p.sw.Listed.Aggregators; all.Known() {
			f.Aggregator = capture.Of("", all)
		}
	}
}
