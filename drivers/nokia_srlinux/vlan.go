package nokia_srlinux

import (
	"regexp"
	"slices"
	"strings"

	"uplinkcheck/drivers/capture"
	"uplinkcheck/drivers/state"
	"uplinkcheck/drivers/text"
	"uplinkcheck/drivers/tree"
)

// A network is a network instance.
type network struct {
	name    string
	from    capture.Span
	kind    capture.Fact[string] // "mac-vrf", "ip-vrf", "default", "host"
	members []capture.Fact[string]
}

// network returns the instance of that name, made when it is new.
func (p *parser) network(name string, from capture.Span) *network {
	for _, n := range p.networks {
		if n.name == name {
			return n
		}
	}
	n := &network{name: name, from: from}
	p.networks = append(p.networks, n)
	return n
}

func (n *network) add(subinterface string, kind capture.Fact[string], from capture.Span) {
	if kind.Known() {
		n.kind = kind
	}
	if !slices.ContainsFunc(n.members, func(f capture.Fact[string]) bool { return f.Value == subinterface }) {
		n.members = append(n.members, capture.Of(subinterface, from))
	}
}

// networkInstances reads /network-instance, of which a reply may have parts only.
func (p *parser) networkInstances(list tree.Node) {
	typed, membered := true, false
	for x := range items(list) {
		name := at(x, "name").NonEmpty()
		if !name.Known() {
			p.Unread(x.Span(), "a network instance without a name")
			typed = false
			continue
		}
		n := p.network(name.Value, name.From)
		kind := at(x, "type").NonEmpty()
		typed = typed && kind.Known()
		if kind.Known() {
			n.kind = capture.Of(bare(kind.Value), kind.From)
		}
		if members := at(x, "interface"); members.Exists() {
			membered = true
			for m := range items(members) {
				if s := at(m, "name").NonEmpty(); s.Known() {
					n.add(s.Value, capture.Fact[string]{}, s.From)
				}
			}
		}
		if table := at(x, "bridge-table", "mac-table"); table.Exists() {
			p.macTable(name.Value, at(table, "mac"))
			p.macsFrom = list.Span()
		}
	}
	if typed {
		p.types = list.Span()
	}
	if membered {
		p.members = list.Span()
	}
}

// subinterfacesOf are those of a network instance that were reported, without the routed interfaces of the switch itself.
func (p *parser) subinterfacesOf(n *network) (out []*subinterface) {
	for _, s := range p.subs {
		if isPort(s.port) && slices.ContainsFunc(n.members, func(f capture.Fact[string]) bool { return f.Value == s.name }) {
			out = append(out, s)
		}
	}
	return out
}

func isPort(name string) bool {
	kind := kindOf(name)
	return kind == state.Physical || kind == state.Aggregate
}

// A domain is a mac-vrf with the tags of its subinterfaces.
type domain struct {
	*network
	subs  []*subinterface
	tags  state.VIDSet
	clear bool // one tag, which no other mac-vrf has: a VLAN
}

// domains are the mac-vrfs, once both lists of subinterfaces were read. Where an instance's type is not known, or which frames one of its
// subinterfaces takes, none is clear: any tag may be its.
func (p *parser) domains() (out []*domain) {
	if len(p.subs) == 0 {
		return nil
	}
	sure := p.types.Known() && p.members.Known()
	for _, n := range p.networks {
		subs := p.subinterfacesOf(n)
		if !n.kind.Known() {
			for _, s := range subs {
				sure = sure && capture.Is(s.bridged, false)
			}
			continue
		}
		if n.kind.Value != "mac-vrf" {
			continue
		}
		d := &domain{network: n, subs: subs}
		for _, s := range subs {
			sure = sure && s.tag.from.Known()
			d.tags = d.tags.Union(s.tag.vids)
		}
		out = append(out, d)
	}
	for _, d := range out {
		d.clear = sure && d.tags.Len() == 1
		for _, other := range out {
			d.clear = d.clear && (other == d || !other.tags.Overlaps(d.tags))
		}
	}
	return out
}

// vid is the VLAN of a clear domain.
func (d *domain) vid() state.VID {
	for v := range d.tags.All() {
		return v
	}
	return 0
}

// finishVLANs makes VLANs and bridge ports of mac-vrfs.
func (p *parser) finishVLANs() {
	all := p.domains()
	in := map[*subinterface]*domain{}
	clear := true
	for _, d := range all {
		clear = clear && (d.clear || len(d.subs) == 0)
		if !d.clear && len(d.subs) > 0 {
			p.Unread(d.from, "network instance "+state.Quote(d.name)+": its subinterfaces do not have one tag in common that is only theirs, so that no VLAN stands for it")
		}
		for v := range d.tags.All() {
			p.addVLAN(d, v, all)
		}
		for _, s := range d.subs {
			in[s] = d
		}
	}
	ports, unclear := map[string][]*subinterface{}, map[string]bool{}
	whole := p.listed.Known() && p.types.Known() && p.members.Known()
	for _, s := range p.subs {
		if !isPort(s.port) {
			continue
		}
		whole = whole && s.bridged.Known()
		unclear[s.port] = unclear[s.port] || !s.bridged.Known()
		if capture.Is(s.bridged, true) {
			ports[s.port] = append(ports[s.port], s)
		}
	}
	p.finishTree(in)
	for _, i := range p.Interfaces() {
		if subs := ports[i.Name]; subs != nil {
			p.bridgePort(i, subs, in, !unclear[i.Name])
		}
	}
	if whole {
		p.Switch.Listed.BridgePorts = p.listed
		if clear {
			p.Switch.Listed.VLANs = p.types
		}
	}
}

// finishTree lists what the spanning tree does where it runs, and says that all else forwards when every subinterface told.
func (p *parser) finishTree(in map[*subinterface]*domain) {
	whole := p.listed.Known()
	for _, s := range p.subs {
		if !isPort(s.port) || capture.Is(s.bridged, false) {
			continue
		}
		whole = whole && s.bridged.Known() && (s.tree.Known() || s.joined && capture.Is(s.oper, state.Down))
		vids := s.tag.vids
		if d := in[s]; d != nil && d.clear && s.tag.untagged {
			vids = state.VIDs(d.vid())
		}
		switch {
		case !s.joined || !s.tree.Known():
		case vids.Empty():
			whole = false
		default:
			p.Switch.STP = append(p.Switch.STP, state.STPPort{Interface: s.port, VIDs: vids, State: s.tree})
		}
	}
	if whole {
		p.Switch.Listed.STP = p.listed
	}
}

// addVLAN notes a tag of a mac-vrf as a VLAN. A name is only given where one mac-vrf has the tag.
func (p *parser) addVLAN(d *domain, v state.VID, all []*domain) {
	var own []*subinterface
	for _, s := range d.subs {
		if s.tag.vids.Has(v) {
			own = append(own, s)
		}
	}
	row := p.VLAN(v, own[0].from)
	alone := true
	for _, other := range all {
		alone = alone && (other == d || !other.tags.Has(v))
	}
	if alone {
		row.Name = capture.Of(d.name, d.from)
	}
	for _, s := range own {
		if capture.Is(s.oper, state.Up) && !row.Active.Known() { // no subinterface is up in a network instance that is not
			row.Active = capture.Of(true, s.oper.From)
		}
		row.Ports = append(row.Ports, capture.Of(s.port, s.from))
	}
}

// bridgePort says which VLANs a port carries: those of its subinterfaces that are up in a mac-vrf. One that is down only because the port
// is counts too: links are judged elsewhere. all: these are all its subinterfaces that bridge.
func (p *parser) bridgePort(i *state.Interface, subs []*subinterface, in map[*subinterface]*domain, all bool) {
	from := subs[0].from
	b := p.BridgePort(i.Name, from)
	b.Trunking = capture.Of(state.StaticTrunking, from) // there is no protocol that would negotiate it
	var configured, members, untagged state.VIDSet
	var pvid state.VID
	known, tagged, plain := all && p.types.Known() && p.members.Known() && i.Oper.Known(), false, false
	for _, s := range subs {
		if !s.tag.from.Known() {
			known = false
			continue
		}
		tagged, plain = tagged || !s.tag.vids.Empty(), plain || s.tag.untagged
		d := in[s]
		if d == nil {
			continue // in no mac-vrf: its frames are dropped
		}
		if !d.clear || !s.oper.Known() {
			known = false
			continue
		}
		set := state.VIDs(d.vid())
		configured = configured.Union(set)
		if s.tag.untagged {
			untagged = set
		}
		if !capture.Is(s.oper, state.Up) && s.reason.Value != "port-down" && s.reason.Value != "lower-layer-down" {
			continue
		}
		members = members.Union(set)
		if s.tag.untagged {
			pvid = d.vid()
		}
	}
	switch {
	case tagged:
		b.Mode = capture.Of(state.Trunk, from)
	case plain && len(subs) == 1:
		b.Mode = capture.Of(state.Access, from)
	}
	if !known {
		return
	}
	whole := from.Reply.Whole()
	b.Configured, b.Explicit, b.Members = capture.Of(configured, whole), capture.Of(true, whole), capture.Of(members, whole)
	b.PVID, b.Untagged = capture.Of(pvid, whole), capture.Of(untagged, whole)
}

// finishRouted makes VRFs of the instances that route, and routed interfaces of the VLANs of integrated routing and bridging.
func (p *parser) finishRouted() {
	all := p.domains()
	for _, n := range p.networks {
		if !n.kind.Known() || n.kind.Value == "mac-vrf" || n.kind.Value == "host" {
			continue
		}
		v := p.VRF(n.name, n.from)
		if n.name != "mgmt" {
			v.Routes = capture.Of(true, n.kind.From) // what an instance of this type is for
		}
		for _, m := range n.members {
			v.Interfaces = append(v.Interfaces, m.Value)
		}
	}
	if p.types.Known() {
		p.Switch.Listed.VRFs = p.types
	}
	for _, s := range p.subs {
		if kindOf(s.port) != state.Routed {
			continue
		}
		svi := p.SVI(s.name, s.from)
		svi.Oper, svi.Addresses = s.oper, global(s.addresses)
		if len(svi.Addresses) > 0 {
			svi.Addressed = capture.Of(true, svi.Addresses[0].From)
		} else if p.listed.Known() {
			svi.Addressed = capture.Of(false, p.listed)
		}
		for _, d := range all {
			if m := memberOf(d.network, s.name); m.Known() && d.clear {
				svi.VID = capture.Of(d.vid(), p.types.Reply.Whole())
			}
		}
		for _, n := range p.networks {
			if m := memberOf(n, s.name); m.Known() && n.kind.Known() && n.kind.Value != "mac-vrf" {
				svi.VRF = capture.Of(n.name, n.from)
			}
		}
		if from, ok := p.filtered[s.name]; ok {
			svi.Filtered = capture.Of(true, from)
		} else if p.filters.Known() {
			svi.Filtered = capture.Of(false, p.filters)
		}
	}
	if p.listed.Known() {
		p.Switch.Listed.SVIs = p.listed
	}
}

func memberOf(n *network, subinterface string) capture.Fact[string] {
	for _, m := range n.members {
		if m.Value == subinterface {
			return m
		}
	}
	return capture.Fact[string]{}
}

// acls reads /acl/interface: what filters the frames that arrive at a subinterface. Releases differ in how they name the filter.
func (p *parser) acls(list tree.Node) {
	for n := range items(list) {
		name := at(n, "interface-id").NonEmpty()
		for filter := range at(n, "input").Children() {
			if name.Known() && strings.HasSuffix(bare(filter.Name()), "-filter") && filter.Len() > 0 {
				p.filtered[name.Value] = n.Span()
			}
		}
	}
	p.filters = list.Span()
}

// summaryText reads "show network-instance summary". A table has no end mark, so that it is not the list of all.
func summaryText(p *parser, lines []text.Line) {
	for _, b := range boxes(lines, nil) {
		for _, r := range b.rows {
			name, kind := r.cell(b.column("Name")), r.cell(b.column("Type"))
			if name.Known() && kind.Known() {
				p.network(name.Value, name.From).kind = kind
			}
		}
	}
}

var prefixRow = regexp.MustCompile(`^\s+([0-9a-fA-F:.]+/\d+)\s+\S+\s+.*preferred`)

// networkText reads "show network-instance interfaces". An instance is taken for one that routes when a subinterface of it does.
func networkText(p *parser, lines []text.Line) {
	for _, section := range text.Sections(lines, func(l text.Line) bool { return l.After("Net instance ").Known() && l.Indent() == 0 }) {
		var net, name capture.Fact[string]
		routed, bridged := false, false
		var oper capture.Fact[state.Status]
		var addresses []capture.Fact[string]
		for _, l := range section {
			if m := l.Match(prefixRow); m != nil {
				addresses = append(addresses, m[1])
				continue
			}
			switch key, value, _ := l.KeyValue(); key {
			case "Net instance":
				net = value
			case "Interface":
				name = value
			case "Type":
				routed, bridged = value.Value == "routed", value.Value == "bridged"
			case "Oper state":
				oper = state.Word(p.Draft, value, upDown)
			}
		}
		if !net.Known() || !name.Known() || bridged || !routed && len(addresses) == 0 {
			continue
		}
		v := p.VRF(net.Value, net.From)
		if !slices.Contains(v.Interfaces, name.Value) {
			v.Interfaces = append(v.Interfaces, name.Value)
		}
		if !strings.HasPrefix(name.Value, "irb") {
			continue
		}
		svi := p.SVI(name.Value, name.From)
		svi.VRF, svi.Oper = net, oper
		for _, a := range addresses {
			if prefix := text.Prefix(a); prefix.Known() && !isLinkLocal(prefix.Value) {
				svi.Addresses = append(svi.Addresses, prefix)
				svi.Addressed = capture.Of(true, svi.Addresses[0].From)
			}
		}
	}
}
