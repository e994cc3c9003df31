package huawei_vrp

import (
	"regexp"
	"slices"
	"strings"

	"uplinkcheck/drivers/capture"
	"uplinkcheck/drivers/state"
	"uplinkcheck/drivers/text"
	"uplinkcheck/drivers/vrp"
)

var (
	macStart = regexp.MustCompile(`^\s*([0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4})\s`)
	macTotal = regexp.MustCompile(`(?i)^\s*total (?:matching )?items\b[^=:]*[=:]\s*(\d+)`)
)

// entryWords are the kinds that we know: of those that secure a port, the configuration holds the sticky and the configured ones. Those of users
// who log in at a port go with them.
var entryWords = map[string]state.MACKind{"dynamic": state.Dynamic, "security": state.Dynamic, "authen": state.Dynamic, "guest": state.Dynamic, "static": state.StaticMAC, "sticky": state.StaticMAC, "sec-config": state.StaticMAC}

// addresses reads "display mac-address". Older releases have two more columns of VLANs before the port, newer ones mark some ports.
func addresses(p *parser, lines []text.Line) {
	port, read, total := 2, 0, -1
	for _, l := range lines {
		if strings.Contains(l.Text, "MAC Address") {
			port = 2
			if strings.Contains(l.Text, "PEVLAN") {
				port = 4
			}
			continue
		}
		if m := l.Match(macTotal); m != nil {
			total = max(total, 0) + text.Int(m[1]).Value
			continue
		}
		m := l.Match(macStart)
		if m == nil {
			continue
		}
		f := l.Fields()
		mac := text.MAC(m[1])
		if !mac.Known() || len(f) < port+2 {
			p.Unread(l.Span(), "no row of an address")
			continue
		}
		vlan, _, _ := strings.Cut(f[1].Value, "/")
		vid, err := state.ParseVID(vlan)
		name := p.port(capture.Then(f[port], func(s string) (string, bool) { s = strings.TrimRight(s, "*#"); return s, s != "" }))
		if !name.Known() && (strings.Contains(f[port].Value, "/") || strings.Contains(f[port].Value, "Trunk")) {
			p.Unread(l.Span(), "an address on a port with an unknown name")
			continue
		}
		read++
		if err != nil || !name.Known() { // of no VLAN, or of no port: a black hole, a tunnel
			continue
		}
		e := state.MACEntry{VID: vid, MAC: mac.Value, Interface: name.Value, From: l.Span()}
		e.Kind = state.Word(p.Draft, f[port+1], entryWords)
		p.Switch.MACs = append(p.Switch.MACs, e)
	}
	if total >= 0 && read == total {
		p.Switch.Listed.MACs = lines[0].Reply.Whole()
	}
}

// routed reads "display ip interface brief". The routing instance is in a column of newer releases; dashes stand for none of a name.
func routed(p *parser, lines []text.Line) {
	t, rows, ok := text.FindTable(lines, "Interface", "IP Address/Mask", "Physical", "Protocol", "VPN")
	if !ok {
		t, rows, _ = text.FindTable(lines, "Interface", "IP Address/Mask", "Physical", "Protocol")
	}
	for _, l := range rows {
		r := t.Row(l)
		name := p.port(r.Cell("Interface"))
		if !name.Known() {
			continue
		}
		kind := kindOf(name.Value)
		if kind == state.Routed {
			s := p.svi(name.Value, l.Span())
			s.Oper = capture.Then(vrp.Unmarked(r.Cell("Protocol")), func(w string) (state.Status, bool) {
				v, ok := upDown[strings.TrimLeft(strings.ToLower(w), "*^#!-")]
				return v, ok
			})
			s.VRF = vrp.Known(r.Cell("VPN"))
			if address := r.Cell("IP Address/Mask"); address.Value == "unassigned" {
				s.Addressed = capture.Of(false, address.From)
			}
		}
		p.address(name.Value, kind, text.Prefix(r.Cell("IP Address/Mask")))
	}
}

// routedLong reads "display ip interface".
func routedLong(p *parser, lines []text.Line) {
	for _, s := range text.Sections(lines, beginsInterface) {
		name := p.port(s[0].Match(stateLine)[1])
		kind := kindOf(name.Value)
		for _, l := range s {
			if m := l.Match(lineState); m != nil && kind == state.Routed {
				p.svi(name.Value, l.Span()).Oper = capture.Then(m[1], func(w string) (state.Status, bool) { v, ok := upDown[strings.ToLower(w)]; return v, ok })
			}
			if m := l.Match(internet); m != nil {
				p.address(name.Value, kind, text.Prefix(m[1]))
			}
		}
	}
}

var (
	instanceHead  = regexp.MustCompile(`^\s*VPN-Instance Name and ID\s*: ?([^,\s]+)`)
	instanceTotal = regexp.MustCompile(`^\s*Total VPN-Instances configured\s*: ?(\d+)`)
	instancePorts = regexp.MustCompile(`^\s*Interface list\s*: ?(.*)$`)
	instanceCount = regexp.MustCompile(`^\s*Interface Number\s*: ?(\d+)`)
)

// instances reads "display ip vpn-instance interface".
func instances(p *parser, lines []text.Line) {
	total := capture.Fact[int]{}
	for _, l := range lines {
		if m := l.Match(instanceTotal); m != nil {
			total = text.Int(m[1])
		}
	}
	sections := text.Sections(lines, func(l text.Line) bool { return instanceHead.MatchString(l.Text) })
	whole := true
	for _, s := range sections {
		v := p.VRF(s[0].Match(instanceHead)[1].Value, s[0].Span())
		count := capture.Fact[int]{}
		inList := false
		var list []string
		for _, l := range s {
			if m := l.Match(instanceCount); m != nil {
				count = text.Int(m[1])
			}
			part := strings.TrimSpace(l.Text)
			if m := l.Match(instancePorts); m != nil {
				inList, part = true, m[1].Value
			} else if strings.Contains(part, ":") && !isPort.MatchString(strings.TrimRight(part, ", ")) {
				inList = false
			}
			for _, w := range strings.FieldsFunc(part, func(r rune) bool { return r == ',' || r == ' ' }) {
				if inList {
					list = append(list, p.port(capture.Of(w, l.Span())).Value)
				}
			}
		}
		v.From = text.Through(s)
		if count.Known() && count.Value != len(list) || slices.Contains(list, "") {
			p.Unread(s[0].Span(), "the list of interfaces was not understood")
			whole = false
			continue
		}
		v.Interfaces = list
		for _, name := range list {
			if kindOf(name) == state.Routed {
				p.svi(name, v.From).VRF = capture.Of(v.Name, s[0].Span())
			}
		}
	}
	if whole && total.Known() && total.Value == len(sections) {
		p.Switch.Listed.VRFs = lines[0].Reply.Whole()
	}
}

// instanceNames reads "display ip vpn-instance".
func instanceNames(p *parser, lines []text.Line) {
	t, rows, ok := text.FindTable(lines, "VPN-Instance Name")
	for _, l := range rows {
		if name := t.Row(l).Cell("VPN-Instance Name"); ok && name.Known() && l.Indent() > 0 && !strings.HasPrefix(name.Value, "-") {
			p.VRF(name.Value, l.Span())
		}
	}
}

var filterRow = regexp.MustCompile(`(?i)^\s*(\S+)\s+inbound\s+\S.*$`)

// filters reads "display traffic-filter applied-record". That nothing is there proves nothing: traffic policies filter too.
func filters(p *parser, lines []text.Line) {
	for _, l := range lines {
		m := l.Match(filterRow)
		if m == nil {
			continue
		}
		if name := p.port(m[1]); name.Known() && kindOf(name.Value) == state.Routed {
			p.svi(name.Value, l.Span()).Filtered = capture.Of(true, l.Span())
		}
	}
}
