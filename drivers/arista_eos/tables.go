package arista_eos

import (
	"net/netip"
	"regexp"
	"slices"
	"strings"

	"uplinkcheck/drivers/capture"
	"uplinkcheck/drivers/state"
	"uplinkcheck/drivers/text"
	"uplinkcheck/drivers/tree"
)

var entryWords = map[string]state.MACKind{
	"dynamic": state.Dynamic, "static": state.StaticMAC, "peerdynamic": state.PeerLearned, "peerstatic": state.PeerLearned,
}

// macTable reads "show mac address-table".
func macTable(p *parser, n tree.Node) {
	list := n.At("unicastTable", "tableEntries")
	whole := true
	for e := range list.Children() {
		mac, vid := text.MAC(e.At("macAddress").Str()), capture.Then(e.At("vlanId").Uint(16), toVID)
		port := e.At("interface").NonEmpty()
		if !mac.Known() || !vid.Known() || !port.Known() {
			p.Unread(e.Span(), "an address without VLAN, address or port")
			whole = false
			continue
		}
		entry := state.MACEntry{VID: vid.Value, MAC: mac.Value, Interface: port.Value, From: e.Span(), Kind: word(p, e.At("entryType"), entryWords)}
		if port.Value == "Cpu" || port.Value == "Router" {
			entry.Kind = capture.Of(state.OwnMAC, port.From)
		}
		p.Switch.MACs = append(p.Switch.MACs, entry)
	}
	if whole {
		p.Switch.Listed.MACs = list.Span()
	}
}

var (
	macRow   = regexp.MustCompile(`^\s*(\d{1,4})\s+([0-9a-fA-F]{4}\.[0-9a-fA-F]{4}\.[0-9a-fA-F]{4})\s+(\S+)\s+(\S+)(?:\s+\d+\s+\S.*)?$`)
	macTotal = regexp.MustCompile(`^Total [Mm]ac Addresses for this criterion: (\d+)$`)
)

// macTableText reads the same as text, up to the table of groups. What the MLAG peer learned is called dynamic as well, so how an address
// that moves came into the table is unknown.
func macTableText(p *parser, lines []text.Line) {
	rows := uint64(0)
	for _, l := range lines {
		if strings.Contains(strings.ToLower(l.Text), "multicast mac") {
			break
		}
		if m := l.Match(macRow); m != nil {
			rows++
			vid, mac := text.VID(m[1]), text.MAC(m[2])
			if !vid.Known() || !mac.Known() {
				p.Unread(l.Span(), "an address without VLAN, address or port")
				continue
			}
			entry := state.MACEntry{VID: vid.Value, MAC: mac.Value, Interface: names.Of(m[4]).Value, From: l.Span()}
			switch {
			case strings.EqualFold(m[4].Value, "Cpu") || strings.EqualFold(m[4].Value, "Router"):
				entry.Kind = capture.Of(state.OwnMAC, m[4].From)
			case strings.EqualFold(m[3].Value, "static"):
				entry.Kind = capture.Of(state.StaticMAC, m[3].From)
			}
			p.Switch.MACs = append(p.Switch.MACs, entry)
		} else if m := l.Match(macTotal); m != nil && capture.Is(text.Uint(m[1], 32), rows) && uint64(len(p.Switch.MACs)) == rows {
			p.Switch.Listed.MACs = l.Reply.Whole()
		}
	}
}

// ipInterfaces reads "show ip interface", which has the routing instance.
func ipInterfaces(p *parser, n tree.Node) {
	for i := range n.At("interfaces").Children() {
		if kindOf(i.Name(), "") == state.Routed {
			p.svi(i, i.At("interfaceAddress"))
		}
	}
}

// vlanInterface returns the routed interface of that name.
func (p *parser) vlanInterface(name string, from capture.Span) *state.SVI {
	s := p.SVI(name, from)
	if !s.VID.Known() {
		s.VID = text.VID(capture.Of(strings.TrimPrefix(name, "Vlan"), from))
	}
	return s
}

// address notes an address of a routed interface.
func (p *parser) address(name string, from capture.Span, a capture.Fact[netip.Prefix]) *state.SVI {
	s := p.vlanInterface(name, from)
	if !slices.ContainsFunc(s.Addresses, func(f capture.Fact[netip.Prefix]) bool { return f.Value == a.Value }) {
		s.Addresses = append(s.Addresses, a)
	}
	s.Addressed = capture.Of(true, s.Addresses[0].From)
	return s
}

// svi notes a routed interface of a VLAN; addresses are an object or a list of them.
func (p *parser) svi(i, addresses tree.Node) {
	s := p.vlanInterface(i.Name(), withName(i))
	if oper := known(i.At("lineProtocolStatus").NonEmpty(), operWords); oper.Known() {
		s.Oper = oper
	}
	if vrf := i.At("vrf").NonEmpty(); vrf.Known() {
		s.VRF = vrf
	}
	for _, a := range addressesIn(addresses) {
		p.address(i.Name(), withName(i), a)
	}
	switch six := i.At("interfaceAddressIp6"); {
	case len(s.Addresses) > 0:
	case six.Exists():
		s.Addressed = capture.Of(true, six.Span())
	case addresses.Exists():
		s.Addressed = capture.Of(false, addresses.Span())
	}
}

// ipBrief reads "show ip interface brief", which has one address of each interface.
func ipBrief(p *parser, n tree.Node) {
	for i := range n.At("interfaces").Children() {
		p.operOf(i.Name(), withName(i), known(i.At("lineProtocolStatus").NonEmpty(), operWords))
		if kindOf(i.Name(), "") != state.Routed {
			continue
		}
		s := p.vlanInterface(i.Name(), withName(i))
		if oper := known(i.At("lineProtocolStatus").NonEmpty(), operWords); !s.Oper.Known() {
			s.Oper = oper
		}
		a := i.At("interfaceAddress", "ipAddr")
		if prefix := prefixOf(a); prefix.Known() {
			p.address(i.Name(), withName(i), prefix)
		}
	}
}

// operOf notes the state of an interface that no list of interfaces told of.
func (p *parser) operOf(name string, from capture.Span, oper capture.Fact[state.Status]) {
	f := p.Interface(name, from)
	if f.Kind == 0 {
		f.Kind = kindOf(name, "")
	}
	if !f.Oper.Known() {
		f.Oper = oper
	}
}

// ipBriefText reads the same as text.
func ipBriefText(p *parser, lines []text.Line) {
	table, rows, ok := text.FindTable(lines, "Interface", "IP Address", "Status", "Protocol", "MTU")
	if !ok {
		return
	}
	for _, l := range rows {
		row := table.Row(l)
		name, isName := names.Full(row.Cell("Interface").Value)
		oper := known(row.Cell("Protocol"), operWords)
		if !isName || !oper.Known() {
			if !l.Blank() {
				p.Unread(l.Span(), "no row of the list of addresses")
			}
			continue
		}
		p.operOf(name, l.Span(), oper)
		if kindOf(name, "") != state.Routed {
			continue
		}
		if s := p.vlanInterface(name, l.Span()); !s.Oper.Known() {
			s.Oper = oper
		}
		if a := text.Prefix(row.Cell("IP Address")); a.Known() {
			p.address(name, l.Span(), a)
		}
	}
}

// addressesIn returns the primary, secondary and virtual addresses of an interface that are set. They are an object or a list of them.
func addressesIn(n tree.Node) (out []capture.Fact[netip.Prefix]) {
	if n.Kind() == tree.Array {
		for a := range n.Children() {
			out = append(out, addressesIn(a)...)
		}
		return out
	}
	set := []tree.Node{n.At("primaryIp")}
	for second := range n.At("secondaryIpsOrderedList").Children() {
		set = append(set, second)
	}
	for _, a := range append(set, n.At("virtualIp")) {
		prefix := prefixOf(a)
		if prefix.Known() && !slices.ContainsFunc(out, func(f capture.Fact[netip.Prefix]) bool { return f.Value == prefix.Value }) {
			out = append(out, prefix)
		}
	}
	return out
}

// prefixOf reads an object of an address and its length. 0.0.0.0 says that there is none.
func prefixOf(a tree.Node) capture.Fact[netip.Prefix] {
	addr, bits := text.Addr(a.At("address").Str()), a.At("maskLen").Uint(8)
	if !addr.Known() || !bits.Known() || addr.Value.IsUnspecified() {
		return capture.Fact[netip.Prefix]{}
	}
	prefix := netip.PrefixFrom(addr.Value, int(bits.Value))
	if !prefix.IsValid() {
		return capture.Fact[netip.Prefix]{}
	}
	return capture.Of(prefix, a.Span())
}

var routingWords = map[string]bool{"up": true, "down": false}

// vrfs reads "show vrf".
func vrfs(p *parser, n tree.Node) {
	list := n.At("vrfs")
	for v := range list.Children() {
		vrf := p.VRF(v.Name(), withName(v))
		vrf.Routes = word(p, v.At("protocols", "ipv4", "routingState"), routingWords)
		for _, key := range []string{"interfaces", "interfacesV4", "interfacesV6"} {
			for i := range v.At(key).Children() {
				vrf.Interfaces = append(vrf.Interfaces, i.Text())
			}
		}
		slices.SortFunc(vrf.Interfaces, state.NaturalCompare)
		vrf.Interfaces = slices.Compact(vrf.Interfaces)
	}
	p.Switch.Listed.VRFs = list.Span()
}

// routesText are what stands in the column of states: of both protocols, or of the one that the row is about.
var routesText = regexp.MustCompile(`^(?:v4:)?(routing|no routing)(?:[,;]|$)`)

// vrfsText reads the same as text. It leaves out the instance that is always there in some releases, so it is never taken for the list
// of all. A row whose interfaces cannot be told from its other columns takes its instance away.
func vrfsText(p *parser, lines []text.Line) {
	table, rows, ok := text.FindTable(lines, "VRF", "Protocols", "State", "Interfaces")
	if !ok {
		return
	}
	type row struct {
		from       capture.Span
		routes     capture.Fact[bool]
		interfaces []string
		spoiled    bool
	}
	found := map[string]*row{}
	var order []string
	var v *row
	for _, l := range rows {
		if l.Blank() {
			continue
		}
		cells := table.Row(l)
		if name := cells.Cell("VRF"); name.Known() { // later releases name it in the row of each protocol
			if v = found[name.Value]; v == nil {
				v = &row{from: l.Span()}
				found[name.Value] = v
				order = append(order, name.Value)
			}
		}
		if v == nil {
			continue
		}
		in := cells.Cell("Interfaces")
		if words := l.Fields(); !in.Known() || !strings.HasSuffix(in.Value, words[len(words)-1].Value) {
			_, isName := names.Full(strings.TrimSuffix(words[len(words)-1].Value, ","))
			v.spoiled = v.spoiled || isName
		}
		for _, i := range list(in) {
			if full, isName := names.Full(i.Value); isName {
				v.interfaces = append(v.interfaces, full)
			} else {
				v.spoiled = true
			}
		}
		protocol := cells.Cell("Protocols")
		if v.routes.Known() || protocol.Known() && !strings.Contains(strings.ToLower(protocol.Value), "v4") {
			continue
		}
		v.routes = capture.Then(cells.Cell("State"), func(s string) (bool, bool) {
			m := routesText.FindStringSubmatch(strings.ToLower(s))
			return m != nil && m[1] == "routing", m != nil
		})
	}
	for _, name := range order {
		if v := found[name]; v.spoiled {
			p.Unread(v.from, "the interfaces of a routing instance are not told from its other columns")
		} else {
			own := p.VRF(name, v.from)
			own.Routes, own.Interfaces = v.routes, v.interfaces
			slices.SortFunc(own.Interfaces, state.NaturalCompare)
			own.Interfaces = slices.Compact(own.Interfaces)
		}
	}
}

// filters reads "show ip access-lists summary": to which interfaces each list is bound, and in which direction.
func filters(p *parser, n tree.Node) {
	list := n.At("aclList")
	for acl := range list.Children() {
		for i := range acl.At("configuredIngressIntfs").Children() {
			if name, ok := names.Full(i.At("name").Text()); ok {
				p.filtered[name] = i.Span()
			}
		}
	}
	p.judged = append(p.judged, list.Span())
}

// finishRouted says which routed interfaces have a filter: those to which a list of either family is bound, and of the others it is known
// only when the lists of both families came.
func (p *parser) finishRouted() {
	for _, s := range p.SVIs() {
		if from, ok := p.filtered[s.Interface]; ok {
			s.Filtered = capture.Of(true, from)
		} else if len(p.judged) == 2 {
			s.Filtered = capture.Of(false, p.judged[0])
		}
	}
}
