package ios

import (
	"regexp"
	"slices"
	"strings"

	"uplinkcheck/drivers/capture"
	"uplinkcheck/drivers/state"
	"uplinkcheck/drivers/text"
)

var (
	macHead = regexp.MustCompile(`(?i)^[\s*-]*vlan\s+mac address\s+type\b(.*)\bports?\s*$`)
	macRow  = regexp.MustCompile(`^\s*(?:[*RSD]\s*)*(\d{1,4}|All|N/A|-+)\s+([0-9A-Fa-f]{4}\.[0-9A-Fa-f]{4}\.[0-9A-Fa-f]{4})\s+([A-Za-z_-]+)(?: pv)?(?:\s+(\S.*))?$`)
	oldRow  = regexp.MustCompile(`^\s*([0-9A-Fa-f]{4}\.[0-9A-Fa-f]{4}\.[0-9A-Fa-f]{4})\s+([A-Z][A-Za-z-]+)\s+(\d{1,4})\s+(\S+)\s*$`)
)

var entryWords = map[string]state.MACKind{
	"dynamic": state.Dynamic, "static": state.StaticMAC, "system": state.StaticMAC, "self": state.OwnMAC, "secure": state.StaticMAC,
	"secure-dynamic": state.Dynamic, "secure-sticky": state.StaticMAC, "permanent": state.StaticMAC,
}

// addresses reads "show mac address-table" in the forms of fixed switches, of the 4500 and of the 6500: between the type and the ports there may be
// more columns, which the headings name. What is in no VLAN of its own is the switch's.
func addresses(p *parser, lines []text.Line) {
	if p.addressRows(lines) {
		p.Switch.Listed.MACs = text.Through(lines)
	}
}

// dynamicAddresses reads the part of the table that was learned, which is not all there is.
func dynamicAddresses(p *parser, lines []text.Line) { p.addressRows(lines) }

func (p *parser) addressRows(lines []text.Line) (whole bool) {
	skip, found := 0, false
	whole = true
	var e *state.MACEntry
	seen := map[state.MACEntry]bool{}
	add := func(x state.MACEntry, ports capture.Fact[string]) {
		for port := range strings.SplitSeq(ports.Value, ",") {
			if port = strings.TrimSpace(port); port == "" {
				continue
			}
			if !isPort(port) && !noPorts[strings.ToLower(port)] {
				p.Unread(ports.From, "no port that we know")
				whole, e = false, nil // nor are those of the next line all
				continue
			}
			x := x
			x.Interface = named(capture.Of(port, ports.From)).Value
			if own := strings.ToLower(port); own != "drop" && noPorts[own] || kindOf(x.Interface) == state.Routed {
				x.Kind = capture.Of(state.OwnMAC, ports.From)
			}
			if key := (state.MACEntry{VID: x.VID, MAC: x.MAC, Interface: x.Interface}); !seen[key] {
				seen[key] = true
				p.Switch.MACs = append(p.Switch.MACs, x)
			}
		}
	}
	for _, l := range lines {
		if m := macHead.FindStringSubmatch(l.Text); m != nil {
			skip, found, e = len(strings.Fields(m[1])), true, nil
			continue
		}
		vlan, mac, kind, rest := capture.Fact[string]{}, capture.Fact[string]{}, capture.Fact[string]{}, capture.Fact[string]{}
		if m := l.Match(macRow); m != nil {
			vlan, mac, kind, rest = m[1], m[2], m[3], m[4]
		} else if m := l.Match(oldRow); m != nil {
			found = true
			vlan, mac, kind, rest = m[3], m[1], m[2], m[4]
			skip = 0
		} else {
			if f := l.Fields(); e != nil && len(f) == 1 && l.Indent() > 20 && (isPort(firstPort(f[0].Value)) || noPorts[strings.ToLower(firstPort(f[0].Value))]) {
				add(*e, f[0])
			} else if slices.ContainsFunc(f, isStation) && !isPort(f[0].Value) { // in place of a VLAN there stands a routed port, whose own it is
				p.Unread(l.Span(), "an address in a form that we do not know")
				whole = false
			}
			continue
		}
		e = nil
		vid, address := text.VID(vlan), text.MAC(mac)
		if !vid.Known() || !address.Known() {
			continue // the switch's own, in all VLANs or in none
		}
		words := text.Line{Reply: l.Reply, At: int(rest.From.Start), Text: rest.Value}.Fields()
		if !rest.Known() || len(words) <= skip {
			p.Unread(l.Span(), "an address without a port")
			whole = false
			continue
		}
		x := state.MACEntry{VID: vid.Value, MAC: address.Value, From: l.Span(), Kind: state.Word(p.Draft, kind, entryWords)}
		e = &x
		for _, w := range words[skip:] {
			add(x, w)
		}
	}
	return found && whole
}

// isStation reports whether a word is an address as these tables have them.
func isStation(f capture.Fact[string]) bool {
	return strings.Count(f.Value, ".") == 2 && text.MAC(f).Known()
}

// noPorts are words in the column of ports: the switch itself, and frames that are dropped.
var noPorts = map[string]bool{"cpu": true, "router": true, "switch": true, "stby-switch": true, "drop": true}

func firstPort(s string) string { port, _, _ := strings.Cut(s, ","); return port }

var (
	vrfHead  = regexp.MustCompile(`^\s*Name\s+Default RD\s+(?:Protocols\s+)?Interfaces`)
	vrfRow   = regexp.MustCompile(`^ {0,4}(\S+)\s+(<not set>|\S+)(?:\s+(ipv[46](?:,ipv[46])*))?(?:\s+(\S+))?\s*$`)
	vrfStart = regexp.MustCompile(`^\s*VRF (\S+)(?: \(VRF Id = \d+\))?; default RD`)
)

// vrfs reads "show vrf" and "show ip vrf": an instance, and below it its further interfaces. The global instance has no row.
func vrfs(p *parser, lines []text.Line) {
	var v *state.VRF
	found, whole := false, true
	for _, l := range lines {
		if vrfHead.MatchString(l.Text) {
			found = true
			continue
		}
		if !found || l.Blank() {
			continue
		}
		f := l.Fields()
		if len(f) == 1 && l.Indent() > 20 && v != nil {
			whole = p.inVRF(v, f[0], v.From.Through(f[0].From)) && whole
			continue
		}
		m := l.Match(vrfRow)
		if m == nil {
			p.Unread(l.Span(), "no row of a VRF")
			whole, v = false, nil
			continue
		}
		v = p.VRF(m[1].Value, l.Span())
		if strings.Contains(m[3].Value, "ipv4") {
			p.four[v.Name] = m[3].From
		}
		if m[4].Known() {
			whole = p.inVRF(v, m[4], l.Span()) && whole
		}
	}
	if found && whole {
		p.Switch.Listed.VRFs = text.Through(lines)
	}
}

// inVRF notes an interface of an instance, and whose instance a VLAN's interface is, which at says.
func (p *parser) inVRF(v *state.VRF, f capture.Fact[string], at capture.Span) bool {
	if !f.Known() || strings.Trim(f.Value, "0123456789") == f.Value {
		return false
	}
	name := named(f).Value
	if !slices.Contains(v.Interfaces, name) {
		v.Interfaces = append(v.Interfaces, name)
	}
	if kindOf(name) == state.Routed {
		s := p.svi(name, f.From)
		first(&s.VRF, capture.Of(v.Name, at))
	}
	return true
}

// vrfDetail reads "show vrf detail" and "show ip vrf detail".
func vrfDetail(p *parser, lines []text.Line) {
	var v *state.VRF
	list, found, whole := false, false, true
	for _, l := range lines {
		if m := l.Match(vrfStart); m != nil {
			v, list, found = p.VRF(m[1].Value, l.Span()), false, true
			continue
		}
		if strings.Contains(l.Text, "; default RD") {
			p.Unread(l.Span(), "the head of a VRF in a form that we do not know")
			v, whole = nil, false
		}
		if v == nil {
			continue
		}
		switch trimmed := strings.TrimSpace(l.Text); {
		case trimmed == "Interfaces:":
			list = true
		case strings.HasPrefix(trimmed, "Address family"), strings.HasPrefix(trimmed, "No interfaces"), strings.HasPrefix(trimmed, "VRF Table ID"), trimmed == "":
			list = false
		case list:
			for _, f := range l.Fields() {
				p.inVRF(v, f, v.From.Through(f.From))
			}
		}
	}
	if found && whole {
		p.Switch.Listed.VRFs = text.Through(lines)
	}
}

var vrfInterfaceRow = regexp.MustCompile(`^(\S+)\s+(\d+\.\d+\.\d+\.\d+|unassigned)\s+(\S+)\s+(up|down)\s*$`)

// vrfInterfaces reads "show ip vrf interfaces".
func vrfInterfaces(p *parser, lines []text.Line) {
	for _, l := range lines {
		if m := l.Match(vrfInterfaceRow); m != nil {
			p.inVRF(p.VRF(m[3].Value, l.Span()), m[1], l.Span())
		}
	}
}
