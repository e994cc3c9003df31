package arista_eos

import (
	"strconv"
	"strings"

	"uplinkcheck/drivers/capture"
	"uplinkcheck/drivers/state"
	"uplinkcheck/drivers/tree"
)

// aggregators reads the LAGs and their members. Members of the peer (PeerEthernet7) are no ports of this switch.
func (p *parser) aggregators() {
	lags := p.root(lagLine).At("portChannels")
	if lags.Kind() != tree.Object {
		return
	}
	p.s.Listed.Aggregators = lags.Span()
	for n := range lags.Children() {
		a := state.Aggregator{Name: n.Name(), From: n.Span(), MinLinks: narrow[int](n.At("minLinks").Uint(16))}
		for port := range n.At("activePorts").Children() {
			a.Ports = append(a.Ports, member(port, state.Selected))
		}
		for port := range n.At("inactivePorts").Children() {
			m := member(port, state.Unselected)
			m.Reason = port.At("reasonUnconfigured").NonEmpty()
			a.Ports = append(a.Ports, m)
		}
		a.Ports = local(a.Ports)
		p.configured(&a)
		p.s.Aggregators = append(p.s.Aggregators, a)
	}
}

func member(n tree.Node, selected state.Selection) state.AggregationPort {
	return state.AggregationPort{Name: n.Name(), From: n.Span(), Selected: capture.Of(selected, n.Span())}
}

func local(ports []state.AggregationPort) (out []state.AggregationPort) {
	for _, p := range ports {
		if !strings.HasPrefix(p.Name, "Peer") {
			out = append(out, p)
		}
	}
	return out
}

// configured adds what other outputs say of the LAG: its status, its fallback, its multi-chassis id, and whether it runs LACP.
func (p *parser) configured(a *state.Aggregator) {
	n := p.root(interfacesLine).At("interfaces", a.Name)
	a.Oper = tree.Word(n.At("lineProtocolStatus"), operWords)
	if kind := tree.Word(n.At("fallbackEnabledType"), fallbackWords); kind.Known() {
		a.Fallback = kind
	} else if on := n.At("fallbackEnabled").Bool(); capture.Is(on, false) {
		a.Fallback = capture.Of(state.NoFallback, on.From)
	}
	for _, m := range p.s.MLAG.Ports {
		if capture.Is(m.Local, a.Name) {
			a.MLAGID = capture.Of(m.ID, m.From)
		}
	}
	lacp := p.lacpRoot()
	if in := lacp.At("portChannels", a.Name); in.Exists() {
		a.Protocol = capture.Of(state.LACP, in.Span())
	} else if all := lacp.At("portChannels"); all.Exists() && len(a.Ports) > 0 {
		// The list has every LAG with LACP: "channel-group N mode on" is what remains.
		a.Protocol = capture.Of(state.Static, all.Span())
	}
}

func (p *parser) lacpRoot() tree.Node {
	if n := p.root(lacpLine); n.Exists() {
		return n
	}
	return p.root(lacpPeerLine)
}

// lacp reads actor and partner of every member.
func (p *parser) lacp() {
	root := p.lacpRoot()
	lags := root.At("portChannels")
	if lags.Kind() != tree.Object {
		return
	}
	p.s.Listed.LACP = lags.Span()
	for lag := range lags.Children() {
		a := p.aggregator(lag)
		for n := range lag.At("interfaces").Children() {
			if !strings.HasPrefix(n.Name(), "Peer") {
				p.lacpPort(a, n)
			}
		}
		p.fallback(a)
	}
}

// aggregator returns the LAG of that name, made when no other output has listed it.
func (p *parser) aggregator(n tree.Node) *state.Aggregator {
	for i := range p.s.Aggregators {
		if p.s.Aggregators[i].Name == n.Name() {
			return &p.s.Aggregators[i]
		}
	}
	a := state.Aggregator{Name: n.Name(), From: n.Span()}
	p.configured(&a)
	p.s.Aggregators = append(p.s.Aggregators, a)
	return &p.s.Aggregators[len(p.s.Aggregators)-1]
}

var selectionWords = map[string]state.Selection{
	"bundled": state.Selected, "standby": state.Standby, "individual": state.Individual, "noAgg": state.Unselected,
	"mismatchedAgg": state.Unselected, "mismatchedKey": state.Unselected, "inactive": state.Unselected, "noLink": state.Unselected,
	"configured": state.Unselected, "waitingForBundle": state.Unselected, "lacpConfigMismatch": state.Unselected,
}

func (p *parser) lacpPort(a *state.Aggregator, n tree.Node) {
	var m *state.AggregationPort
	for i := range a.Ports {
		if a.Ports[i].Name == n.Name() {
			m = &a.Ports[i]
		}
	}
	if m == nil {
		a.Ports = append(a.Ports, state.AggregationPort{Name: n.Name(), From: n.Span()})
		m = &a.Ports[len(a.Ports)-1]
	}
	if status := n.At("actorPortStatus"); status.Exists() {
		m.Selected = word(p, status, "LACP port status", selectionWords)
		if m.Selected.Value != state.Selected && !m.Reason.Known() {
			m.Reason = status.NonEmpty()
		}
	}
	m.Actor = state.Endpoint{
		State: bits(n.At("actorPortState")), Key: number(n.At("actorOperKey")), Port: number(n.At("actorPortId")),
		PortPriority: number(n.At("actorPortPriority")),
	}
	m.Actor.SystemPriority, m.Actor.System = systemID(n.At("actorSystemId"))
	if !m.Actor.System.Known() {
		m.Actor.System = p.ownSystem(a)
	}
	m.Partner = state.Endpoint{
		State: bits(n.At("partnerPortState")), Key: number(n.At("partnerOperKey")), Port: number(n.At("partnerPortId")),
		PortPriority: number(n.At("partnerPortPriority")),
	}
	m.Partner.SystemPriority, m.Partner.System = systemID(n.At("partnerSystemId"))
}

// ownSystem is the LACP system that this switch presents on a LAG: the MLAG's on a multi-chassis LAG, else its own. Which
// of the two is known only when the multi-chassis ports, or that there are none, were reported.
func (p *parser) ownSystem(a *state.Aggregator) capture.Fact[state.MAC] {
	switch {
	case a.MLAGID.Known():
		return p.s.MLAG.SystemMAC
	case capture.Is(p.s.MLAG.Protocol, state.NoMLAG), p.s.Listed.MLAGPorts.Known():
		return p.s.Device.ChassisMAC
	}
	return capture.Fact[state.MAC]{}
}

// systemID reads "8000,00-1c-73-00-00-01": a hexadecimal priority without 0x, and the address.
func systemID(n tree.Node) (capture.Fact[uint16], capture.Fact[state.MAC]) {
	said := n.NonEmpty()
	priority, address, ok := strings.Cut(said.Value, ",")
	m, err := state.ParseMAC(strings.TrimSpace(address))
	if !ok || err != nil {
		return capture.Fact[uint16]{}, capture.Fact[state.MAC]{}
	}
	v, err := strconv.ParseUint(strings.TrimPrefix(priority, "0x"), 16, 16)
	if err != nil {
		return capture.Fact[uint16]{}, capture.Of(m, said.From)
	}
	return capture.Of(uint16(v), said.From), capture.Of(m, said.From)
}

func number(n tree.Node) capture.Fact[uint16] { return narrow[uint16](n.Uint(16)) }

// bits reads the eight booleans of an LACP state; those that are missing stay unknown. "timeout": true is the short one.
func bits(n tree.Node) capture.Fact[state.LACPState] {
	var s state.LACPState
	for name, bit := range map[string]state.LACPBits{
		"activity": state.Activity, "timeout": state.ShortTimeout, "aggregation": state.Aggregation,
		"synchronization": state.Synchronization, "collecting": state.Collecting, "distributing": state.Distributing,
		"defaulted": state.Defaulted, "expired": state.Expired,
	} {
		if b := n.At(name).Bool(); b.Known() {
			s = s.With(bit, b.Value)
		}
	}
	if s.Known == 0 {
		return capture.Fact[state.LACPState]{}
	}
	return capture.Of(s, n.Span())
}

// fallback decides whether fallback is in effect: it is configured, the LAG is up, and no member hears a partner.
func (p *parser) fallback(a *state.Aggregator) {
	if !a.Fallback.Known() || len(a.Ports) == 0 {
		return
	}
	if a.Fallback.Value == state.NoFallback {
		a.FallbackActive = capture.Of(false, a.Fallback.From)
		return
	}
	silent := 0
	for i := range a.Ports {
		switch a.Ports[i].Heard() {
		case state.Yes:
			a.FallbackActive = capture.Of(false, a.Ports[i].Partner.System.From)
			return
		case state.No:
			silent++
		}
	}
	if silent == len(a.Ports) && a.Oper.Known() {
		a.FallbackActive = capture.Of(a.Oper.Value == state.Up, a.Oper.From)
	}
}
