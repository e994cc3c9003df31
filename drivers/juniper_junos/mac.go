package juniper_junos

import (
	"regexp"
	"strings"

	"uplinkcheck/drivers/capture"
	"uplinkcheck/drivers/state"
	"uplinkcheck/drivers/text"
)

// macKinds are the flags of an address with ELS and its types without. L is learned here, R by the other side of an EVPN or
// MC-LAG pair; what both learned is proven to be here, too.
var macKinds = map[string]state.MACKind{
	"d": state.Dynamic, "dl": state.Dynamic, "dlr": state.Dynamic, "dr": state.PeerLearned,
	"s": state.StaticMAC, "p": state.StaticMAC,
	"learn": state.Dynamic, "learn(l)": state.Dynamic, "learn(r)": state.PeerLearned,
	"static": state.StaticMAC, "persistent": state.StaticMAC,
}

// macTable reads the forwarding database. A brief one with ELS has entries within VLANs, a detailed one has only VLANs,
// each with one entry's elements.
func macTable(p *parser, e elem) {
	for g := range e.named("l2ng-l2ald-mac-entry-vlan") {
		p.mac(g, g)
		for entry := range g.named("l2ng-mac-entry") {
			p.mac(entry, g)
		}
	}
	for g := range e.named("l2ald-mac-entry") { // bridge domains, of MX
		p.bridged(g, g)
		for entry := range g.named("l2-mac-entry") {
			p.bridged(entry, g)
		}
	}
	for table := range e.all("ethernet-switching-table") {
		for entry := range table.named("mac-table-entry") {
			p.macWithoutELS(entry)
		}
	}
	if e.attribute("style") != "summary" && !p.lost {
		p.sw.Listed.MACs = e.span()
	}
}

func (p *parser) mac(entry, vlan elem) {
	address := entry.at("l2ng-l2-mac-address").str()
	if !address.Known() {
		return
	}
	v, ok := toVID(entry.text("l2ng-l2-vlan-id"))
	if !ok {
		v, ok = toVID(vlan.text("l2ng-l2-vlan-id"))
	}
	if !ok {
		v = p.vids[entry.text("l2ng-l2-mac-vlan-name")]
	}
	p.addMAC(entry.span(), address, v, entry.text("l2ng-l2-mac-logical-interface"), entry.at("l2ng-l2-mac-flags").str())
}

func (p *parser) bridged(entry, domain elem) {
	address := entry.at("l2-mac-address").str()
	if !address.Known() {
		return
	}
	v, ok := toVID(domain.text("l2-bridge-vlan"))
	if !ok {
		v = p.vids[domain.text("l2-mac-bridging-domain")]
	}
	p.addMAC(entry.span(), address, v, entry.text("l2-mac-logical-interface"), entry.at("l2-mac-flags").str())
}

func (p *parser) macWithoutELS(entry elem) {
	address := entry.at("mac-address").str()
	if !address.Known() || address.Value == "*" { // the line for flooding
		return
	}
	v, ok := toVID(entry.text("mac-vlan-tag"))
	if !ok {
		v = p.vids[entry.text("mac-vlan")]
	}
	name := entry.text("mac-interface")
	if name == "" {
		name = entry.text("mac-interfaces-list", "mac-interfaces")
	}
	p.addMAC(entry.span(), address, v, name, entry.at("mac-type").str())
}

func (p *parser) addMAC(entry capture.Span, address capture.Fact[string], v state.VID, name string, kind capture.Fact[string]) {
	if strings.EqualFold(name, "router") { // its own address on the routed interface
		return
	}
	m, ok := toMAC(address.Value)
	if !ok || !v.Valid() || name == "" || p.twice[v] {
		p.unread(entry, "an entry without an address, a VLAN id or an interface")
		p.lost = true
		return
	}
	p.sw.MACs = append(p.sw.MACs, state.MACEntry{VID: v, MAC: m, Interface: portOf(name), From: entry,
		Kind: capture.Then(kind, func(s string) (state.MACKind, bool) {
			k, ok := macKinds[strings.ToLower(s)]
			return k, ok
		})})
}

var (
	macVLAN   = regexp.MustCompile(`^\s*Bridging domain : (\S+), VLAN : (\S+)$`)
	macRow    = regexp.MustCompile(`^\s*(\S+)\s+([0-9a-f]{2}(?::[0-9a-f]{2}){5})\s+(\S+)(?:\s+[-\d]\S*)*\s+([A-Za-z]\S*)(?:\s|$)`)
	bridgeRow = regexp.MustCompile(`^\s*([0-9a-f]{2}(?::[0-9a-f]{2}){5})\s+([A-Z,]+)(?:\s+[-\d]\S*)*\s+([A-Za-z]\S*)(?:\s|$)`)
)

// macText reads "show ethernet-switching table", whose rows begin with the name of a VLAN, and "show bridge mac-table", which has a line
// about the domain above its rows. Between the flags and the interface releases have an age, a tag, both or neither, and behind it indexes and
// the other end of a tunnel: only the interface begins with a letter. What is no row is titles and headings: the text is never taken for the list of all.
func macText(p *parser, r *capture.Reply) {
	domain := state.VID(0)
	for _, l := range text.Lines(r) {
		if m := l.Match(macVLAN); m != nil {
			if domain = text.VID(m[2]).Value; !domain.Valid() {
				domain = p.vids[m[1].Value]
			}
		} else if m := l.Match(bridgeRow); m != nil {
			p.addMAC(l.Span(), m[1], domain, m[3].Value, m[2])
		} else if m := l.Match(macRow); m != nil {
			p.addMAC(l.Span(), m[2], p.vids[m[1].Value], m[4].Value, m[3])
		}
	}
}

// portOf returns the port of a logical interface; tunnels and the like keep their unit.
func portOf(name string) string {
	port := base(name)
	if k := kindOf(port); k == state.Physical || k == state.Aggregate || k == state.OutOfBand {
		return port
	}
	return strings.TrimSuffix(name, "*")
}
