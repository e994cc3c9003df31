package openconfig

import (
	"slices"
	"strings"

	"uplinkcheck/drivers/capture"
	"uplinkcheck/drivers/state"
	"uplinkcheck/drivers/text"
	"uplinkcheck/drivers/tree"
)

var vlanWords = map[string]bool{"ACTIVE": true, "SUSPENDED": false}

// instances reads network instances: their VLANs, and the interfaces of those that route.
func instances(p *parser, n tree.Node) {
	whole, listed := true, false
	for i := range n.Named("network-instance") {
		key := name(i, "name")
		if !key.Known() {
			p.Unread(i.Span(), "a network instance without a name")
			whole = false
			continue
		}
		listed = listed || i.At("vlans").Exists()
		whole = p.vlans(i.At("vlans"), key.Value) && whole
		switch kind := bare(leaf(i, "state", "type")); kind.Value {
		case "L3VRF", "DEFAULT_INSTANCE", "L2L3":
			v := p.VRF(key.Value, key.From)
			for x := range i.At("interfaces").Named("interface") {
				if member := interfaceIn(x); member.Known() {
					v.Interfaces = append(v.Interfaces, member.Value)
					p.vrfs[member.Value] = capture.Of(key.Value, through(key.From, member.From))
				}
			}
			slices.SortFunc(v.Interfaces, state.NaturalCompare)
			v.Interfaces = slices.Compact(v.Interfaces)
		}
	}
	if whole && listed { // a server that lists VLANs in no instance may have them outside, or may not say
		p.Switch.Listed.VLANs = n.Span()
	}
}

// interfaceIn is the interface of an entry, which names it with its subinterface in its own key.
func interfaceIn(x tree.Node) capture.Fact[string] {
	if f := leaf(x, "state", "interface"); f.Known() {
		return f
	}
	return name(x, "id")
}

func through(a, b capture.Span) capture.Span {
	return a.Reply.Span(int(min(a.Start, b.Start)), int(max(a.End, b.End)))
}

// vlans reads the list of VLANs as it stands outside of network instances in models before them.
func vlans(p *parser, n tree.Node) {
	if p.vlans(n, "") {
		p.Switch.Listed.VLANs = n.Span()
	}
}

// vlans reads the VLANs of a network instance, and reports whether each was understood. One id in two instances is two networks, which
// nothing that names only the id tells apart.
func (p *parser) vlans(n tree.Node, instance string) bool {
	whole := true
	for v := range n.Named("vlan") {
		id := text.VID(name(v, "vlan-id"))
		if !id.Known() {
			p.Unread(v.Span(), "a VLAN without an id")
			whole = false
			continue
		}
		if other, ok := p.instances[id.Value]; ok && other != instance {
			p.twice[id.Value] = true
			p.Unread(id.From, "a VLAN id that another network instance has, too")
			continue
		}
		p.instances[id.Value] = instance
		own := p.VLAN(id.Value, id.From)
		own.Name, own.Active = leaf(v, "state", "name"), word(p, v.At("state", "status"), vlanWords)
		for m := range v.At("members").Named("member") {
			for _, place := range [][]string{{"state", "interface"}, {"interface-ref", "state", "interface"}, {"interface"}} {
				if port := leaf(m, place...); port.Known() {
					own.Ports = append(own.Ports, port)
					p.members = true
					break
				}
			}
		}
	}
	return whole
}

// A switchport is the state of switched-vlan on a port or LAG.
type switchport struct {
	port string
	n    tree.Node
}

var modeWords = map[string]state.PortMode{"ACCESS": state.Access, "TRUNK": state.Trunk}

// finishBridgePorts joins what is set on each port with the VLANs and their lists of ports. A member of a LAG is no bridge port.
func (p *parser) finishBridgePorts() {
	for _, s := range p.ports {
		if !p.IsMember(s.port) {
			p.bridgePort(s)
		}
	}
}

func (p *parser) bridgePort(s switchport) {
	b := p.BridgePort(s.port, s.n.Span())
	b.Mode = word(p, s.n.At("interface-mode"), modeWords)
	switch b.Mode.Value {
	case state.Access:
		b.PVID = text.VID(leaf(s.n, "access-vlan"))
		b.Configured = capture.Then(b.PVID, func(v state.VID) (state.VIDSet, bool) { return state.VIDs(v), true })
		b.Explicit = capture.Then(b.PVID, func(state.VID) (bool, bool) { return true, true })
	case state.Trunk:
		p.trunk(b, s.n)
	}
	b.Members = p.memberSet(b)
	if b.Members.Known() && b.PVID.Known() {
		b.Untagged = capture.Of(state.VIDs(b.PVID.Value).Intersect(b.Members.Value), b.PVID.From)
	}
}

// trunk reads a list of VLANs. What the absence of it means differs from vendor to vendor, as does what becomes of a native VLAN that is
// not in it, and which VLAN is native where none is set.
func (p *parser) trunk(b *state.BridgePort, n tree.Node) {
	var set state.VIDSet
	entries := 0
	for e := range n.Named("trunk-vlans") {
		said := leaf(e)
		if !said.Known() {
			continue
		}
		vids := text.VLANs(capture.Then(said, dashed))
		if !vids.Known() {
			p.Unread(said.From, state.Quote(said.Value)+" is no VLAN and no range of them")
			return
		}
		set, entries = set.Union(vids.Value), entries+1
	}
	if entries == 0 {
		return
	}
	b.Configured, b.Explicit = capture.Of(set, n.Span()), capture.Of(true, n.Span())
	b.PVID = capture.Then(text.VID(leaf(n, "native-vlan")), func(v state.VID) (state.VID, bool) { return v, set.Has(v) })
}

// dashed writes a range as others do: 100..199 is 100-199.
func dashed(s string) (string, bool) { return strings.ReplaceAll(s, "..", "-"), true }

// memberSet is what is set, exists and is active, where the lists of the VLANs' ports say the same: a port may be kept out of a VLAN by
// what no model tells, such as a multi-chassis protocol.
func (p *parser) memberSet(b *state.BridgePort) capture.Fact[state.VIDSet] {
	none := capture.Fact[state.VIDSet]{}
	if !b.Configured.Known() || !p.members || !p.Switch.Listed.VLANs.Known() {
		return none
	}
	var active, listed []state.VID
	for _, v := range p.VLANs() {
		if p.twice[v.ID] && b.Configured.Value.Has(v.ID) {
			return none
		}
		if !b.Configured.Value.Has(v.ID) {
			if lists(v, b.Interface) {
				return none
			}
			continue
		}
		if !v.Active.Known() {
			return none
		}
		if v.Active.Value {
			active = append(active, v.ID)
		}
		if lists(v, b.Interface) {
			listed = append(listed, v.ID)
		}
	}
	if state.VIDs(active...) != state.VIDs(listed...) {
		return none
	}
	return capture.Of(state.VIDs(active...), b.Configured.From)
}

// lists reports whether a VLAN's entry names a port, which may be there by its only subinterface.
func lists(v *state.VLAN, port string) bool {
	return slices.ContainsFunc(v.Ports, func(f capture.Fact[string]) bool { return f.Value == port || strings.TrimSuffix(f.Value, ".0") == port })
}

// finishRouted says in which routing instance the routed interfaces are, and which of them have a filter.
func (p *parser) finishRouted() {
	for _, s := range p.SVIs() {
		s.VRF = p.vrfs[s.Interface]
		if from, ok := p.filtered[s.Interface]; ok {
			s.Filtered = capture.Of(true, from)
		}
	}
}
