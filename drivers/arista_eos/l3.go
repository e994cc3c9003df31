package arista_eos

import (
	"fmt"
	"net/netip"
	"strings"

	"uplinkcheck/drivers/capture"
	"uplinkcheck/drivers/state"
	"uplinkcheck/drivers/tree"
)

// routed reads routed interfaces in VLANs, and VRFs.
func (p *parser) routed() {
	vrfs := p.root(vrfLine).At("vrfs")
	in := map[string]capture.Fact[string]{}
	if vrfs.Kind() == tree.Object {
		p.s.Listed.VRFs = vrfs.Span()
		for n := range vrfs.Children() {
			v := state.VRF{Name: n.Name(), From: n.Span()}
			for i := range n.At("interfaces").Children() {
				v.Interfaces = append(v.Interfaces, i.Text())
				in[i.Text()] = capture.Of(n.Name(), vrfs.Span())
			}
			p.s.VRFs = append(p.s.VRFs, v)
		}
	}
	all := p.root(ipInterfaceLine).At("interfaces")
	if all.Kind() != tree.Object {
		return
	}
	p.s.Listed.SVIs = all.Span()
	for n := range all.Children() {
		number, ok := strings.CutPrefix(n.Name(), "Vlan")
		id, err := state.ParseVID(number)
		if !ok || err != nil {
			continue
		}
		svi := state.SVI{Interface: n.Name(), From: n.Span(), VID: capture.Of(id, all.Span()), VRF: in[n.Name()],
			Oper: tree.Word(n.At("lineProtocolStatus"), operWords)}
		if vrf := n.At("vrf").NonEmpty(); vrf.Known() {
			svi.VRF = vrf
		}
		address := n.At("interfaceAddress")
		if address.Kind() == tree.Array { // some releases print a list of one
			for a := range address.Children() {
				address = a
			}
		}
		svi.Addresses = prefixes(address)
		p.s.SVIs = append(p.s.SVIs, svi)
	}
}

// prefixes reads the primary address and the secondary ones.
func prefixes(address tree.Node) (out []capture.Fact[netip.Prefix]) {
	add := func(n tree.Node) {
		length := n.At("maskLen").Uint(8)
		p, err := netip.ParsePrefix(fmt.Sprintf("%s/%d", n.At("address").Text(), length.Value))
		if err == nil && length.Known() && !p.Addr().IsUnspecified() {
			out = append(out, capture.Of(p, n.Span()))
		}
	}
	add(address.At("primaryIp"))
	for n := range address.At("secondaryIpsOrderedList").Children() {
		add(n)
	}
	return out
}
