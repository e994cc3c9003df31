package nokia_srlinux

import (
	"regexp"
	"strings"

	"uplinkcheck/drivers/capture"
	"uplinkcheck/drivers/state"
	"uplinkcheck/drivers/text"
	"uplinkcheck/drivers/tree"
)

// A mac is a learned address that waits for its VLAN.
type mac struct {
	network string
	entry   state.MACEntry
}

// macKinds are the words for where an address comes from. What EVPN told is another switch's, whatever it leads to.
var macKinds = map[string]state.MACKind{
	"learnt": state.Dynamic, "static": state.StaticMAC, "evpn": state.PeerLearned, "evpn-static": state.PeerLearned,
	"irb-interface": state.OwnMAC, "irb-interface-anycast": state.OwnMAC, "reserved": state.OwnMAC,
}

// macTable reads the addresses of one network instance.
func (p *parser) macTable(network string, list tree.Node) {
	for n := range items(list) {
		address, to := text.MAC(at(n, "address").NonEmpty()), at(n, "destination").NonEmpty()
		if !address.Known() {
			p.Unread(n.Span(), "an address that is none")
			continue
		}
		p.macs = append(p.macs, mac{network, state.MACEntry{MAC: address.Value, Interface: destination(to.Value), From: n.Span(), Kind: word(p, at(n, "type"), macKinds)}})
	}
}

// destination is the port of a subinterface, or what else stands for one.
func destination(s string) string {
	if rest, ok := strings.CutPrefix(s, "vxlan-interface:"); ok {
		s = rest
	}
	s, _, _ = strings.Cut(s, " ")
	port, _, _ := strings.Cut(s, ".")
	return port
}

// finishMACs puts addresses into the VLANs of their mac-vrfs. Of a mac-vrf without a VLAN they are in none; what is not known is left out.
func (p *parser) finishMACs() {
	domains := map[string]*domain{}
	for _, d := range p.domains() {
		domains[d.name] = d
	}
	known := p.listed.Known() && p.types.Known() && p.members.Known()
	whole := p.macsFrom.Known()
	for _, m := range p.macs {
		d := domains[m.network]
		if !known || d == nil || !d.clear && !d.tags.Empty() {
			p.Unread(m.entry.From, "an address in network instance "+state.Quote(m.network)+", of which no VLAN is known")
			whole = false
			continue
		}
		m.entry.VID = d.vid()
		whole = whole && d.clear
		p.Switch.MACs = append(p.Switch.MACs, m.entry)
	}
	if whole && known {
		p.Switch.Listed.MACs = p.macsFrom
	}
}

var macHead = regexp.MustCompile(`^Mac-table of network instance (\S+)$`)

// macText reads "show network-instance bridge-table mac-table all", which does not tell tags: its addresses are in no VLAN, and the list is
// none of any.
func macText(p *parser, lines []text.Line) {
	for _, s := range text.Sections(lines, func(l text.Line) bool { return l.Match(macHead) != nil }) {
		for _, b := range boxes(s, func(first string) bool { return text.MAC(capture.Of(first, s[0].Span())).Known() }) {
			address, to, kind := b.column("Address"), b.column("Destination"), b.column("Type")
			for _, r := range b.rows {
				at := r.cell(address)
				mac := text.MAC(at)
				if !mac.Known() {
					p.Unread(at.From, state.Quote(at.Value)+" is no address")
					continue
				}
				word := capture.Of(r.joined(kind), r.span(kind))
				entry := state.MACEntry{MAC: mac.Value, Interface: destination(r.joined(to)), From: at.From, Kind: state.Word(p.Draft, word, macKinds)}
				p.Switch.MACs = append(p.Switch.MACs, entry)
			}
		}
	}
}
