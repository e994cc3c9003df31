package arista_eos

import (
	"strings"

	"uplinkcheck/drivers/capture"
	"uplinkcheck/drivers/state"
	"uplinkcheck/drivers/text"
	"uplinkcheck/drivers/tree"
)

var vlanWords = map[string]bool{"active": true, "suspended": false}

// vlans reads "show vlan". Dynamic VLANs exist like any other.
func vlans(p *parser, n tree.Node) {
	list := n.At("vlans")
	whole := true
	for v := range list.Children() {
		id, err := state.ParseVID(v.Name())
		if err != nil {
			p.Unread(withName(v), state.Quote(v.Name())+" is not a VLAN id")
			whole = false
			continue
		}
		own := p.VLAN(id, withName(v))
		own.Name, own.Active = v.At("name").NonEmpty(), word(p, v.At("status"), vlanWords)
		for i := range v.At("interfaces").Children() {
			p.carries(own, capture.Of(i.Name(), withName(i)))
			if capture.Is(i.At("privatePromoted").Bool(), true) {
				p.promoted[i.Name()] = withName(i)
			}
		}
	}
	if whole {
		p.Switch.Listed.VLANs = list.Span()
	}
}

// carries notes that a VLAN's entry lists a port.
func (p *parser) carries(v *state.VLAN, port capture.Fact[string]) {
	if elsewhere(port.Value) {
		return
	}
	if p.carried[port.Value] == nil {
		p.carried[port.Value] = map[state.VID]bool{}
	}
	p.carried[port.Value][v.ID] = true
	v.Ports = append(v.Ports, port)
}

// vlansText reads the same as text. Behind the number of a dynamic VLAN stands a star; the list of ports goes on in the lines below.
func vlansText(p *parser, lines []text.Line) {
	table, rows, ok := text.FindTable(lines, "VLAN", "Name", "Status", "Ports")
	whole := ok
	var v *state.VLAN
	for _, l := range rows {
		row := table.Row(l)
		number, ports := row.Cell("VLAN"), row.Cell("Ports")
		switch {
		case l.Blank(), strings.HasPrefix(l.Text, "* "):
			v = nil
			continue
		case number.Known():
			id := text.VID(capture.Then(number, func(s string) (string, bool) { return strings.TrimSuffix(s, "*"), true }))
			if v = nil; !id.Known() || !row.Cell("Status").Known() {
				p.Unread(l.Span(), "no row of the list of VLANs")
				whole = false
				continue
			}
			v = p.VLAN(id.Value, l.Span())
			v.Name, v.Active = row.Cell("Name"), state.Word(p.Draft, row.Cell("Status"), vlanWords)
		case v == nil || !ports.Known() || l.Indent() < int(ports.From.Start)-l.At:
			p.Unread(l.Span(), "no row of the list of VLANs")
			whole = false
			continue
		}
		for _, port := range list(ports) {
			p.carries(v, names.Of(port))
		}
	}
	if whole && len(p.VLANs()) > 0 {
		p.Switch.Listed.VLANs = rows[0].Reply.Whole()
	}
}

// list returns the items of a list with commas.
func list(f capture.Fact[string]) (out []capture.Fact[string]) {
	at := 0
	for _, item := range strings.Split(f.Value, ",") {
		if word := strings.TrimSpace(item); word != "" {
			from := int(f.From.Start) + at + strings.Index(item, word)
			out = append(out, capture.Of(word, f.From.Reply.Span(from, from+len(word))))
		}
		at += len(item) + 1
	}
	return out
}

// A switchport is an entry of "show interfaces switchport" that is no member of a LAG and not routed.
type switchport struct{ entry, info tree.Node }

// switchports reads "show interfaces switchport". Members of LAGs are known only at the end.
func switchports(p *parser, n tree.Node) {
	list := n.At("switchports")
	for s := range list.Children() {
		if !capture.Is(s.At("enabled").Bool(), false) { // routed, or a member of a LAG
			p.ports = append(p.ports, switchport{s, s.At("switchportInfo")})
		}
	}
	p.Switch.Listed.BridgePorts = list.Span()
}

var modeWords = map[string]state.PortMode{"access": state.Access, "trunk": state.Trunk, "dot1qtunnel": state.Tunnel}

// finishBridgePorts joins the settings of each port with the VLANs that exist.
func (p *parser) finishBridgePorts() {
	var active []state.VID
	all := true
	for _, v := range p.VLANs() {
		if v.Active.Value {
			active = append(active, v.ID)
		}
		all = all && v.Active.Known()
	}
	existing := capture.Of(state.VIDs(active...), p.Switch.Listed.VLANs)
	if !all {
		existing = capture.Fact[state.VIDSet]{}
	}
	for _, s := range p.ports {
		if !p.IsMember(s.entry.Name()) {
			p.bridgePort(s, existing)
		}
	}
}

func (p *parser) bridgePort(s switchport, existing capture.Fact[state.VIDSet]) {
	b := p.BridgePort(s.entry.Name(), withName(s.entry))
	b.Mode = word(p, s.info.At("mode"), modeWords)
	b.Trunking = trunking(b.Mode, s.info)
	if phone := s.info.At("phoneTrunk").Bool(); capture.Is(phone, true) {
		p.Unread(phone.From, "a port for a phone has one more VLAN")
		return
	}
	if by := s.info.At("mbvaEnabled").Bool(); capture.Is(by, true) {
		p.Unread(by.From, "the VLAN of a frame depends on its address")
		return
	}
	if from, private := p.promoted[b.Interface]; private {
		p.Unread(from, "a private VLAN joins it with others")
		return
	}
	switch b.Mode.Value {
	case state.Access, state.Tunnel: // a tunnel port takes all frames into its access VLAN
		b.PVID = capture.Then(s.info.At("accessVlanId").Uint(16), toVID)
		b.Configured = capture.Then(b.PVID, func(v state.VID) (state.VIDSet, bool) { return state.VIDs(v), true })
		b.Explicit = capture.Then(b.PVID, func(state.VID) (bool, bool) { return true, true })
	case state.Trunk:
		p.trunk(b, s.info)
	}
	if !p.plain(s.info) {
		return
	}
	b.Members = p.memberSet(b, s.info, existing)
	if b.Members.Known() {
		b.Untagged = capture.Then(b.PVID, func(v state.VID) (state.VIDSet, bool) { return state.VIDs(v).Intersect(b.Members.Value), true })
	}
}

// trunking takes a port for static that has a mode and no VLANs from elsewhere: EOS negotiates neither.
func trunking(mode capture.Fact[state.PortMode], info tree.Node) capture.Fact[state.Trunking] {
	for _, name := range []string{"dynamicAllowedVlans", "dynamicBlockedVlans", "dynamicTrunkGroups"} {
		if n := info.At(name); n.Len() > 0 {
			return capture.Of(state.DynamicVLANs, withName(n))
		}
	}
	return capture.Then(mode, func(state.PortMode) (state.Trunking, bool) { return state.StaticTrunking, true })
}

// trunk reads allowed and native VLAN. Frames without a tag are dropped when tags are required or when the native VLAN is not
// allowed on the port.
func (p *parser) trunk(b *state.BridgePort, info tree.Node) {
	allowed := info.At("trunkAllowedVlans")
	b.Configured = text.VLANs(allowed.NonEmpty())
	if said := allowed.NonEmpty(); said.Known() && !b.Configured.Known() {
		p.Unread(said.From, state.Quote(said.Value)+" is no list of VLANs")
	}
	// EOS prints ALL for what nobody narrowed, whether or not somebody wrote it.
	b.Explicit = capture.Then(b.Configured, func(set state.VIDSet) (bool, bool) { return set != state.AllVIDs, true })
	native := info.At("trunkingNativeVlanId").Uint(16)
	if tagged := info.At("dot1qVlanTagRequired").Bool(); capture.Is(tagged, true) {
		b.PVID = capture.Of(state.VID(0), tagged.From)
	} else if b.Configured.Known() {
		b.PVID = capture.Then(native, func(v uint64) (state.VID, bool) {
			if v != 0 && !b.Configured.Value.Has(state.VID(min(v, 4095))) {
				return 0, v <= 4094
			}
			return state.VID(v), v <= 4094
		})
	}
}

// plain reports whether nothing that we cannot compute decides about the port's VLANs; what does is noted.
func (p *parser) plain(info tree.Node) bool {
	for _, name := range []string{"dynamicAllowedVlans", "dynamicBlockedVlans"} {
		if n := info.At(name); n.Len() > 0 {
			p.Unread(withName(n), "VLANs are allowed or blocked dynamically")
			return false
		}
	}
	if tags := info.At("dot1qVlanTagDisallowed").Bool(); capture.Is(tags, true) {
		p.Unread(tags.From, "frames with a tag are dropped")
		return false
	}
	if how := info.At("vlanForwardingMode").NonEmpty(); how.Known() && how.Value != "allowedVlansOnly" {
		p.Unread(how.From, "unknown word "+state.Quote(how.Value)+" in vlanForwardingMode")
		return false
	}
	return true
}

// memberSet is what is configured, exists and is active. A VLAN of a trunk group is carried by the ports of that group only:
// of a port that "show vlan" lists at all, the VLANs that do not list it are taken out, and for a port in trunk groups
// those that list it are added.
func (p *parser) memberSet(b *state.BridgePort, info tree.Node, existing capture.Fact[state.VIDSet]) capture.Fact[state.VIDSet] {
	if !b.Configured.Known() || !existing.Known() {
		return capture.Fact[state.VIDSet]{}
	}
	set := b.Configured.Value.Intersect(existing.Value)
	if carried := p.carried[b.Interface]; b.Mode.Value == state.Trunk && carried != nil {
		var vids []state.VID
		for v := range carried {
			vids = append(vids, v)
		}
		listed := state.VIDs(vids...).Intersect(existing.Value)
		if set = set.Intersect(listed); info.At("staticTrunkGroups").Len() > 0 {
			set = listed
		}
	}
	return capture.Of(set, b.Configured.From)
}
