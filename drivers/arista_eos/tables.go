package arista_eos

import (
	"net/netip"
	"slices"
	"strings"

	"uplinkcheck/drivers/capture"
	"uplinkcheck/drivers/state"
	"uplinkcheck/drivers/tree"
)

var entryWords = map[string]state.MACKind{
	"dynamic": state.Dynamic, "static": state.StaticMAC, "peerDynamic": state.PeerLearned, "peerStatic": state.PeerLearned,
}

// macTable reads "show mac address-table".
func macTable(p *parser, n tree.Node) {
	list := n.At("unicastTable", "tableEntries")
	for e := range list.Children() {
		mac, vid := capture.Then(e.At("macAddress").Str(), toMAC), capture.Then(e.At("vlanId").Uint(16), toVID)
		port := e.At("interface").NonEmpty()
		if !mac.Known() || !vid.Known() || !port.Known() {
			p.unread(e.Span(), "an address without VLAN, address or port")
			continue
		}
		entry := state.MACEntry{VID: vid.Value, MAC: mac.Value, Interface: port.Value, From: e.Span(), Kind: word(p, e.At("entryType"), entryWords)}
		if port.Value == "Cpu" || port.Value == "Router" {
			entry.Kind = capture.Of(state.OwnMAC, port.From)
		}
		p.sw.MACs = append(p.sw.MACs, entry)
	}
	p.sw.Listed.MACs = list.Span()
}

// ipInterfaces reads "show ip interface", which has the routing instance.
func ipInterfaces(p *parser, n tree.Node) {
	for i := range n.At("interfaces").Children() {
		if kindOf(i.Name(), "") == state.Routed {
			p.svi(i, i.At("interfaceAddress"))
		}
	}
}

// svi is a state.SVI that is being filled.
type svi state.SVI

// svi notes a routed interface of a VLAN; addresses are an object or a list of them.
func (p *parser) svi(i, addresses tree.Node) {
	at, ok := p.svis[i.Name()]
	if !ok {
		at = len(p.sw.SVIs)
		p.svis[i.Name()] = at
		vid := capture.Then(capture.Of(strings.TrimPrefix(i.Name(), "Vlan"), withName(i)), func(s string) (state.VID, bool) {
			v, err := state.ParseVID(s)
			return v, err == nil
		})
		p.sw.SVIs = append(p.sw.SVIs, state.SVI{Interface: i.Name(), From: withName(i), VID: vid})
	}
	s := (*svi)(&p.sw.SVIs[at])
	if oper := tree.Word(i.At("lineProtocolStatus"), operWords); oper.Known() {
		s.Oper = oper
	}
	if vrf := i.At("vrf").NonEmpty(); vrf.Known() {
		s.VRF = vrf
	}
	for _, a := range addressesIn(addresses) {
		if !slices.ContainsFunc(s.Addresses, func(f capture.Fact[netip.Prefix]) bool { return f.Value == a.Value }) {
			s.Addresses = append(s.Addresses, a)
		}
	}
	switch six := i.At("interfaceAddressIp6"); {
	case len(s.Addresses) > 0:
		s.Addressed = capture.Of(true, s.Addresses[0].From)
	case six.Exists():
		s.Addressed = capture.Of(true, six.Span())
	case addresses.Exists():
		s.Addressed = capture.Of(false, addresses.Span())
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
		text, bits := a.At("address").Str(), a.At("maskLen").Uint(8)
		addr, ok := toAddr(text.Value)
		if !ok || !bits.Known() || addr.IsUnspecified() {
			continue
		}
		prefix := netip.PrefixFrom(addr, int(bits.Value))
		if prefix.IsValid() && !slices.ContainsFunc(out, func(f capture.Fact[netip.Prefix]) bool { return f.Value == prefix }) {
			out = append(out, capture.Of(prefix, a.Span()))
		}
	}
	return out
}

var routingWords = map[string]bool{"up": true, "down": false}

// vrfs reads "show vrf".
func vrfs(p *parser, n tree.Node) {
	list := n.At("vrfs")
	for v := range list.Children() {
		vrf := state.VRF{Name: v.Name(), From: withName(v), Routes: word(p, v.At("protocols", "ipv4", "routingState"), routingWords)}
		for _, key := range []string{"interfaces", "interfacesV4", "interfacesV6"} {
			for i := range v.At(key).Children() {
				vrf.Interfaces = append(vrf.Interfaces, i.Text())
			}
		}
		slices.SortFunc(vrf.Interfaces, state.NaturalCompare)
		vrf.Interfaces = slices.Compact(vrf.Interfaces)
		p.sw.VRFs = append(p.sw.VRFs, vrf)
	}
	p.sw.Listed.VRFs = list.Span()
}
