package hp_comware

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
	macRow   = regexp.MustCompile(`^\s*([0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4})\s+(\d+)\s+([A-Za-z][A-Za-z-]*(?: static| dynamic)?)\s+(\S+)`)
	macTotal = regexp.MustCompile(`(?i)(No|\d+) mac address\S* found`)
)

var entryWords = map[string]state.MACKind{"learned": state.Dynamic, "static": state.StaticMAC, "config static": state.StaticMAC, "config dynamic": state.StaticMAC,
	"security": state.StaticMAC, "m-lag": state.PeerLearned, "mlag": state.PeerLearned, "drni": state.PeerLearned, "evpn": state.PeerLearned}

// addresses reads "display mac-address". A black hole has no port.
func addresses(p *parser, lines []text.Line) {
	read, total, understood := 0, -1, len(lines) > 0 && strings.Contains(strings.ToUpper(lines[0].Text), "MAC ADDR")
	for k, l := range lines {
		if m := l.Match(macTotal); m != nil {
			total = text.Int(m[1]).Value // "No" is none
			continue
		}
		m := l.Match(macRow)
		if m == nil {
			understood = understood && (k == 0 || l.Blank())
			continue
		}
		read++
		mac, vid, name := text.MAC(m[1]), text.VID(m[2]), port(m[4])
		if !mac.Known() || !vid.Known() {
			p.Unread(l.Span(), "no row of an address")
			understood = false
			continue
		}
		if !name.Known() {
			if strings.Contains(m[4].Value, "/") && m[4].Value != "N/A" {
				p.Unread(l.Span(), "an address on a port with an unknown name")
				understood = false
			}
			continue
		}
		e := state.MACEntry{VID: vid.Value, MAC: mac.Value, Interface: name.Value, From: l.Span()}
		e.Kind = state.Word(p.Draft, m[3], entryWords)
		p.Switch.MACs = append(p.Switch.MACs, e)
	}
	if understood && (total < 0 || total == read) {
		p.Switch.Listed.MACs = lines[0].Reply.Whole()
	}
}

var instanceOf = regexp.MustCompile(`(?i)^\s*(?:vpn instance|ip vpn-instance|vpn-instance)[^:]*: *(\S+)`)

// routed reads "display ip interface".
func routed(p *parser, lines []text.Line) {
	var name string
	var kind state.InterfaceKind
	for _, l := range lines {
		if m := l.Match(oldHead); m != nil && !lineState.MatchString(l.Text) {
			name = port(m[1]).Value
			if kind = kindOf(name); kind == state.Routed {
				p.svi(name, l.Span())
			}
			continue
		}
		if name == "" {
			continue
		}
		if m := l.Match(internet); m != nil {
			p.address(name, kind, text.Prefix(m[1]))
		}
		if kind != state.Routed {
			continue
		}
		if m := l.Match(lineState); m != nil {
			p.svi(name, l.Span()).Oper = capture.Then(m[1], func(s string) (state.Status, bool) { v, ok := upDown[strings.ToLower(s)]; return v, ok })
		}
		if m := l.Match(instanceOf); m != nil {
			p.svi(name, l.Span()).VRF = m[1]
		}
	}
}

// routedBrief reads "display ip interface brief", in which addresses have a length on newer releases only.
func routedBrief(p *parser, lines []text.Line) {
	t, rows, ok := columns(lines, []string{"Interface", "Physical", "Protocol"}, "IP address/Mask", "VPN instance")
	if !ok {
		return
	}
	for _, l := range rows {
		r := t.Row(l)
		name := port(r.Cell("Interface"))
		if !name.Known() || kindOf(name.Value) != state.Routed {
			continue
		}
		s := p.svi(name.Value, l.Span())
		s.Oper = state.Word(p.Draft, vrp.Unmarked(r.Cell("Protocol")), upDown)
		s.VRF = vrp.Known(r.Cell("VPN instance"))
		p.address(name.Value, state.Routed, text.Prefix(r.Cell("IP address/Mask")))
	}
}

var (
	instanceRow   = regexp.MustCompile(`^  ?([^\s-]\S*)\s+(?:\d+:\d+\s+|\d+\.\d+\.\d+\.\d+:\d+\s+)?`)
	instanceHead  = regexp.MustCompile(`^\s*VPN-Instance Name and (?:Index|ID)\s*: *([^,\s]+)`)
	instancePorts = regexp.MustCompile(`^\s*Interfaces\s*: *(.*)$`)
	instanceTotal = regexp.MustCompile(`^\s*Total VPN-Instances configured\s*: *(\d+)`)
)

// instanceNames reads "display ip vpn-instance".
func instanceNames(p *parser, lines []text.Line) {
	list, total := instanceRows(lines)
	for _, l := range list {
		p.VRF(l.Match(instanceRow)[1].Value, l.Span())
	}
	if capture.Is(total, len(list)) {
		p.Switch.Listed.VRFs = lines[0].Reply.Whole()
	}
}

func instanceRows(lines []text.Line) (out []text.Line, total capture.Fact[int]) {
	for _, l := range lines {
		if m := l.Match(instanceTotal); m != nil {
			total = text.Int(m[1])
		}
	}
	_, rows, _ := text.FindTable(lines, "VPN-Instance Name")
	for _, l := range rows {
		if l.Match(instanceRow) != nil {
			out = append(out, l)
		}
	}
	return out, total
}

// instancesToAsk are the routing instances whose interfaces are asked for.
func instancesToAsk(c *capture.Capture) (out []string) {
	if r := c.Reply(instanceLine); r != nil {
		rows, _ := instanceRows(text.Lines(r))
		for _, l := range rows {
			if name := l.Match(instanceRow)[1].Value; asked.MatchString(name) {
				out = append(out, name)
			}
		}
	}
	return out
}

// asked matches the names that may be put into a command.
var asked = regexp.MustCompile(`^[A-Za-z0-9_.:/][A-Za-z0-9_.:/-]{0,127}$`)

// instance reads "display ip vpn-instance instance-name NAME". What follows the list of interfaces proves its end.
func instance(p *parser, lines []text.Line) {
	for _, s := range text.Sections(lines, func(l text.Line) bool { return instanceHead.MatchString(l.Text) }) {
		v := p.VRF(s[0].Match(instanceHead)[1].Value, s[0].Span())
		at := slices.IndexFunc(s, func(l text.Line) bool { return instancePorts.MatchString(l.Text) })
		if at < 0 {
			continue
		}
		list, n := text.Continued(s[at].Match(instancePorts)[1], s[at+1:], 8, func(w string) bool { return isPort.MatchString(strings.TrimRight(strings.Fields(w)[0], ",")) })
		if at+1+n >= len(s) || strings.HasSuffix(list.Value, ",") {
			continue
		}
		v.From = text.Through(s)
		for _, w := range strings.FieldsFunc(list.Value, func(r rune) bool { return r == ',' || r == ' ' }) {
			name := port(capture.Of(w, list.From)).Value
			if name == "" {
				p.Unread(list.From, state.Quote(w)+" is no interface")
				continue
			}
			v.Interfaces = append(v.Interfaces, name)
			if kindOf(name) == state.Routed {
				p.svi(name, list.From).VRF = capture.Of(v.Name, s[0].Span())
			}
		}
	}
}

var (
	filterHead = regexp.MustCompile(`^\s*Interface: *(\S+)$`)
	filterWay  = regexp.MustCompile(`(?i)^\s*(in-?bound|out-?bound) policy`)
	filterList = regexp.MustCompile(`^\s*(?:IPv4 |IPv6 |MAC )?ACL \S+(.*)$`)
)

// filters reads "display packet-filter interface". A list that could not be put into force is marked as failed. That nothing is there proves
// nothing: traffic policies filter too.
func filters(p *parser, lines []text.Line) {
	name, inbound := "", false
	for _, l := range lines {
		if m := l.Match(filterHead); m != nil {
			name, inbound = port(m[1]).Value, false
		}
		if m := l.Match(filterWay); m != nil {
			inbound = strings.HasPrefix(strings.ToLower(m[1].Value), "in")
		}
		if m := l.Match(filterList); m != nil && inbound && kindOf(name) == state.Routed && !strings.HasPrefix(m[1].Value, "(Failed)") {
			p.svi(name, l.Span()).Filtered = capture.Of(true, l.Span())
		}
	}
}
