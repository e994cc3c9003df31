package huawei_vrp

import (
	"regexp"
	"strings"

	"uplinkcheck/drivers/capture"
	"uplinkcheck/drivers/state"
	"uplinkcheck/drivers/text"
)

var (
	neighbourHead  = regexp.MustCompile(`^\s*(\S+) has (\d+) neighbor`)
	neighbourIndex = regexp.MustCompile(`^\s*Neighbor index\s*: ?\d+`)
	neighbourItem  = regexp.MustCompile(`^\s*([A-Za-z][A-Za-z ]*?(?:\(PVID\))?)\s*:(.*)$`)
)

// subtypes are the words for the kinds of identifiers, without blanks; releases write them in several ways.
var subtypes = map[string]state.Subtype{
	"chassiscomponent": state.ChassisComponent, "interfacealias": state.InterfaceAlias, "portcomponent": state.PortComponent, "macaddress": state.MACAddress,
	"networkaddress": state.NetworkAddress, "interfacename": state.InterfaceName, "agentcircuitid": state.AgentCircuitID,
	"local": state.Local, "locallyassigned": state.Local, "localassigned": state.Local,
}

func (p *parser) subtype(f capture.Fact[string]) state.Subtype {
	return state.Word(p.Draft, capture.Then(f, func(s string) (string, bool) { s = strings.ReplaceAll(s, " ", ""); return s, s != "" }), subtypes).Value
}

// identifier returns one of that kind; an address that is none is unknown.
func identifier(f capture.Fact[string], kind state.Subtype) capture.Fact[state.Identifier] {
	if kind == state.MACAddress && !text.MAC(f).Known() {
		return capture.Fact[state.Identifier]{}
	}
	return text.Identifier(f, kind)
}

// neighbours reads "display lldp neighbor". What a neighbour sends may hold line breaks, so each item is taken from the first line that has it.
func neighbours(p *parser, lines []text.Line) {
	if len(lines) == 0 {
		return
	}
	before := len(p.Switch.Unread)
	sections := text.Sections(lines, func(l text.Line) bool { return neighbourHead.MatchString(l.Text) })
	whole := len(sections) > 0
	for _, s := range sections {
		m := s[0].Match(neighbourHead)
		local := p.port(m[1])
		list := text.Sections(s, func(l text.Line) bool { return neighbourIndex.MatchString(l.Text) })
		if !local.Known() || !capture.Is(text.Int(m[2]), len(list)) {
			p.Unread(s[0].Span(), "a port with another number of neighbours than it says")
			whole = false
			continue
		}
		for _, n := range list {
			whole = p.neighbour(local.Value, s[0], n) && whole
		}
	}
	if whole && len(p.Switch.Unread) == before {
		p.Switch.Listed.Remotes = lines[0].Reply.Whole()
	}
}

// neighbour reads one of a port's neighbours. It counts once both its identifiers, which every LLDP frame has, were read.
func (p *parser) neighbour(local string, head text.Line, lines []text.Line) bool {
	x := state.RemoteSystem{Interface: local, Protocol: state.LLDP, From: text.Through(lines[:1])}
	var chassis, port state.Subtype
	chassisKnown, portKnown := false, false
	for k, l := range lines {
		m := l.Match(neighbourItem)
		if m == nil {
			continue
		}
		value := known(m[2])
		switch strings.ToLower(m[1].Value) {
		case "chassis type", "chassis id subtype", "chassis id type":
			if !chassisKnown {
				chassis, chassisKnown = p.subtype(value), true
			}
		case "chassis id":
			if !x.ChassisID.Known() {
				x.ChassisID = identifier(value, chassis)
			}
		case "port id type", "port id subtype":
			if !portKnown {
				port, portKnown = p.subtype(value), true
			}
		case "port id":
			if !x.PortID.Known() {
				x.PortID = identifier(value, port)
			}
		case "port description":
			first(&x.PortDescription, value)
		case "system name":
			first(&x.SystemName, value)
		case "system description":
			if !x.SystemDescription.Known() {
				x.SystemDescription = descriptionOf(value, lines[k+1:])
			}
		case "management address", "management address value":
			if a := text.Addr(value); a.Known() {
				x.ManagementAddresses = append(x.ManagementAddresses, a)
			}
		case "port vlan id(pvid)":
			if !x.PVID.Known() {
				x.PVID = text.VID(value)
			}
		}
	}
	if !x.ChassisID.Known() || !x.PortID.Known() {
		p.Unread(lines[0].Span(), "a neighbour without both identifiers")
		return false
	}
	p.Switch.Remotes = append(p.Switch.Remotes, x)
	return true
}

func first(to *capture.Fact[string], f capture.Fact[string]) {
	if !to.Known() {
		*to = f
	}
}

// descriptionOf is a description of several lines, up to the capabilities that follow it. Without those it may be cut short.
func descriptionOf(f capture.Fact[string], rest []text.Line) capture.Fact[string] {
	if !f.Known() {
		return f
	}
	for _, l := range rest {
		if s := strings.TrimSpace(l.Text); strings.HasPrefix(s, "System capabilities") || strings.HasPrefix(s, "Management address") {
			f.Value = strings.TrimSpace(f.Value)
			return f
		} else if s != "" {
			f.Value += "\n" + s
			f.From = l.Reply.Span(int(f.From.Start), l.At+len(l.Text))
		}
	}
	return capture.Fact[string]{}
}

// neighboursBrief reads "display lldp neighbor brief", whose headings differ between releases. The kinds of identifiers are not printed.
func neighboursBrief(p *parser, lines []text.Line) {
	for _, h := range [][3]string{{"Local Interface", "Neighbor Interface", "Neighbor Device"}, {"Local Intf", "Neighbor Intf", "Neighbor Dev"}} {
		t, rows, ok := text.FindTable(lines, h[0], h[1], h[2])
		if !ok {
			continue
		}
		for _, l := range rows {
			r := t.Row(l)
			local, port := p.port(r.Cell(h[0])), uncut(known(r.Cell(h[1])))
			if l.Blank() || strings.HasPrefix(l.Text, "--") {
				continue
			}
			if !local.Known() || !port.Known() {
				p.Unread(l.Span(), "no row of a neighbour")
				continue
			}
			x := p.Remote(local.Value, state.LLDP, l.Span())
			x.PortID = text.Identifier(port, state.SubtypeUnknown)
			x.SystemName = uncut(known(r.Cell(h[2])))
		}
		return
	}
}

// uncut drops a word of which a device shows only the beginning.
func uncut(f capture.Fact[string]) capture.Fact[string] {
	return capture.Then(f, func(s string) (string, bool) { return s, !strings.HasSuffix(s, "...") })
}
