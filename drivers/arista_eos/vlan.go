package arista_eos

import (
	"strings"

	"uplinkcheck/drivers/capture"
	"uplinkcheck/drivers/state"
	"uplinkcheck/drivers/tree"
)

var vlanWords = map[string]bool{"active": true, "suspended": false}

func (p *parser) vlans() {
	all := p.root(vlanLine).At("vlans")
	if all.Kind() != tree.Object {
		return
	}
	p.s.Listed.VLANs = all.Span()
	for n := range all.Children() {
		id, err := state.ParseVID(n.Name())
		if err != nil {
			p.unread(n.Span(), err.Error())
			continue
		}
		p.s.VLANs = append(p.s.VLANs, state.VLAN{ID: id, From: n.Span(), Name: n.At("name").NonEmpty(),
			Active: word(p, n.At("status"), "VLAN status", vlanWords)})
	}
}

var modeWords = map[string]state.PortMode{
	"access": state.Access, "trunk": state.Trunk, "dot1qTunnel": state.Tunnel, "dot1q-tunnel": state.Tunnel,
}

// bridgePorts reads the ports that are switched on their own; members of a LAG and routed ports are not (enabled: false).
func (p *parser) bridgePorts() {
	all := p.root(switchportLine).At("switchports")
	if all.Kind() != tree.Object {
		return
	}
	p.s.Listed.BridgePorts = all.Span()
	for n := range all.Children() {
		if capture.Is(n.At("enabled").Bool(), true) && !strings.HasPrefix(n.Name(), "Peer") {
			p.s.BridgePorts = append(p.s.BridgePorts, p.bridgePort(n))
		}
	}
}

func (p *parser) bridgePort(n tree.Node) state.BridgePort {
	info := n.At("switchportInfo")
	b := state.BridgePort{Interface: n.Name(), From: n.Span(), Mode: word(p, info.At("mode"), "switchport mode", modeWords)}
	access, native := vid(info.At("accessVlanId")), vid(info.At("trunkingNativeVlanId"))
	switch b.Mode.Value {
	case state.Access, state.Tunnel:
		b.PVID = access
		b.Configured = capture.Then(access, func(v state.VID) (state.VIDSet, bool) { return state.VIDs(v), true })
		b.Explicit = capture.Then(access, func(state.VID) (bool, bool) { return true, true })
	case state.Trunk:
		p.trunk(&b, info, native)
	default:
		return b
	}
	b.Members = p.operational(b.Configured)
	b.Untagged = untagged(b)
	return b
}

// trunk reads the allowed list and the effective untagged VLAN: none where untagged frames are dropped, where the native VLAN
// is tagged, or where it is not allowed.
func (p *parser) trunk(b *state.BridgePort, info tree.Node, native capture.Fact[state.VID]) {
	allowed := info.At("trunkAllowedVlans").Str()
	b.Configured = capture.Then(allowed, func(s string) (state.VIDSet, bool) {
		set, err := state.ParseVIDSet(s)
		return set, err == nil
	})
	b.Explicit = capture.Then(allowed, func(s string) (bool, bool) { return !strings.EqualFold(s, "ALL"), true })
	b.PVID = native
	if required := info.At("dot1qVlanTagRequired").Bool(); capture.Is(required, true) {
		b.PVID = capture.Of(state.VID(0), required.From)
	} else if native.Known() && b.Configured.Known() && !b.Configured.Value.Has(native.Value) {
		b.PVID = capture.Of(state.VID(0), b.Configured.From)
	}
}

// untagged is the set that leaves without a tag: the untagged VLAN, where the port carries it.
func untagged(b state.BridgePort) capture.Fact[state.VIDSet] {
	if !b.PVID.Known() || !b.Members.Known() {
		return capture.Fact[state.VIDSet]{}
	}
	return capture.Of(state.VIDs(b.PVID.Value).Intersect(b.Members.Value), b.PVID.From)
}

// operational takes out of a configured list what does not exist or is suspended. It rests on the configured list; without the
// VLAN table it is unknown.
func (p *parser) operational(configured capture.Fact[state.VIDSet]) capture.Fact[state.VIDSet] {
	if !configured.Known() || !p.s.Listed.VLANs.Known() {
		return capture.Fact[state.VIDSet]{}
	}
	peering := p.peeringVLAN()
	var active []state.VID
	for _, v := range p.s.VLANs {
		switch {
		case !v.Active.Known():
			return capture.Fact[state.VIDSet]{}
		case v.Active.Value && v.ID != peering:
			active = append(active, v.ID)
		}
	}
	return capture.Of(configured.Value.Intersect(state.VIDs(active...)), configured.From)
}

// peeringVLAN is the VLAN of the MLAG's own addresses. It is in a trunk group, so ALL does not carry it to other ports.
func (p *parser) peeringVLAN() state.VID {
	number, ok := strings.CutPrefix(p.root(mlagLine).At("localInterface").Text(), "Vlan")
	if v, err := state.ParseVID(number); ok && err == nil {
		return v
	}
	return 0
}

func vid(n tree.Node) capture.Fact[state.VID] {
	return capture.Then(n.Uint(16), func(v uint64) (state.VID, bool) { return state.VID(v), state.VID(v).Valid() })
}
