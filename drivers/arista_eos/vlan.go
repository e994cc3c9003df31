package arista_eos

import (
	"regexp"
	"strconv"
	"strings"

	"uplinkcheck/drivers/capture"
	"uplinkcheck/drivers/state"
	"uplinkcheck/drivers/tree"
)

// vlans reads "show vlan". Dynamic VLANs exist like any other.
func vlans(p *parser, n tree.Node) {
	list := n.At("vlans")
	for v := range list.Children() {
		id, err := state.ParseVID(v.Name())
		if err != nil {
			p.unread(withName(v), quote(v.Name())+" is not a VLAN id")
			continue
		}
		p.sw.VLANs = append(p.sw.VLANs, state.VLAN{ID: id, From: withName(v), Name: v.At("name").NonEmpty(),
			Active: word(p, v.At("status"), map[string]bool{"active": true, "suspended": false})})
		for i := range v.At("interfaces").Children() {
			if p.carried[i.Name()] == nil {
				p.carried[i.Name()] = map[state.VID]bool{}
			}
			p.carried[i.Name()][id] = true
		}
	}
	p.sw.Listed.VLANs = list.Span()
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
	p.sw.Listed.BridgePorts = list.Span()
}

var modeWords = map[string]state.PortMode{"access": state.Access, "trunk": state.Trunk, "dot1qTunnel": state.Tunnel}

// finishBridgePorts joins the settings of each port with the VLANs that exist.
func (p *parser) finishBridgePorts() {
	member := map[string]bool{}
	for i := range p.sw.Aggregators {
		for j := range p.sw.Aggregators[i].Ports {
			member[p.sw.Aggregators[i].Ports[j].Name] = true
		}
	}
	var active []state.VID
	all := true
	for _, v := range p.sw.VLANs {
		if v.Active.Value {
			active = append(active, v.ID)
		}
		all = all && v.Active.Known()
	}
	existing := capture.Of(state.VIDs(active...), p.sw.Listed.VLANs)
	if !all {
		existing = capture.Fact[state.VIDSet]{}
	}
	for _, s := range p.ports {
		if !member[s.entry.Name()] {
			p.sw.BridgePorts = append(p.sw.BridgePorts, p.bridgePort(s, existing))
		}
	}
}

func (p *parser) bridgePort(s switchport, existing capture.Fact[state.VIDSet]) state.BridgePort {
	b := state.BridgePort{Interface: s.entry.Name(), From: withName(s.entry)}
	b.Mode = word(p, s.info.At("mode"), modeWords)
	b.Trunking = trunking(b.Mode, s.info)
	if phone := s.info.At("phoneTrunk").Bool(); capture.Is(phone, true) {
		p.unread(phone.From, "a port for a phone has one more VLAN")
		return b
	}
	switch b.Mode.Value {
	case state.Access, state.Tunnel: // a tunnel port takes all frames into its access VLAN
		b.PVID = capture.Then(s.info.At("accessVlanId").Uint(16), toVID)
		b.Configured = capture.Then(b.PVID, func(v state.VID) (state.VIDSet, bool) { return state.VIDs(v), true })
		b.Explicit = capture.Then(b.PVID, func(state.VID) (bool, bool) { return true, true })
	case state.Trunk:
		p.trunk(&b, s.info)
	}
	if !p.plain(s.info) {
		return b
	}
	b.Members = p.memberSet(&b, s.info, existing)
	if b.Members.Known() {
		b.Untagged = capture.Then(b.PVID, func(v state.VID) (state.VIDSet, bool) { return state.VIDs(v).Intersect(b.Members.Value), true })
	}
	return b
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
	b.Configured = capture.Then(allowed.NonEmpty(), func(s string) (state.VIDSet, bool) {
		set, err := state.ParseVIDSet(s)
		return set, err == nil
	})
	if text := allowed.NonEmpty(); text.Known() && !b.Configured.Known() {
		p.unread(text.From, quote(text.Value)+" is no list of VLANs")
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
			p.unread(withName(n), "VLANs are allowed or blocked dynamically")
			return false
		}
	}
	if tags := info.At("dot1qVlanTagDisallowed").Bool(); capture.Is(tags, true) {
		p.unread(tags.From, "frames with a tag are dropped")
		return false
	}
	if how := info.At("vlanForwardingMode").NonEmpty(); how.Known() && how.Value != "allowedVlansOnly" {
		p.unread(how.From, "unknown word "+quote(how.Value)+" in vlanForwardingMode")
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

var vlanInstance = regexp.MustCompile(`^(?i:VL)(\d{1,4})$`)

// blockedPorts reads "show spanning-tree blockedports". An instance VL10 is VLAN 10. Which VLANs an MST instance has is
// not reported: once one of them blocks a port, nothing is known of the ports it blocks, nor of what is not listed.
func blockedPorts(p *parser, n tree.Node) {
	list := n.At("spanningTreeInstances")
	at := map[string]int{}
	known := true
	for i := range list.Children() {
		var vids state.VIDSet
		if m := vlanInstance.FindStringSubmatch(i.Name()); m != nil {
			v, _ := strconv.Atoi(m[1])
			vids = state.VIDs(state.VID(v))
		}
		for port := range i.At("spanningTreeBlockedPorts").Children() {
			if vids.Empty() {
				known = false
				p.unread(withName(i), "the VLANs of spanning tree instance "+quote(i.Name())+" are not reported")
				break
			}
			name := strings.TrimSpace(port.Text())
			if j, ok := at[name]; ok {
				p.sw.STP[j].VIDs = p.sw.STP[j].VIDs.Union(vids)
				continue
			}
			at[name] = len(p.sw.STP)
			p.sw.STP = append(p.sw.STP, state.STPPort{Interface: name, VIDs: vids, State: capture.Of(state.Blocking, through(withName(i), port.Span()))})
		}
	}
	if known {
		p.sw.Listed.STP = list.Span()
	}
}
