package cisco_iosxr

import (
	"regexp"
	"strings"

	"uplinkcheck/drivers/capture"
	"uplinkcheck/drivers/state"
	"uplinkcheck/drivers/text"
)

var (
	localLine = regexp.MustCompile(`^\s*Local Interface: (\S+)$`)
	totalLine = regexp.MustCompile(`^\s*Total entries displayed: (\d+)$`)
	ipLine    = regexp.MustCompile(`^\s*IPv[46] address: (\S+)$`)
)

// lldpSelf reads "show lldp", which tells what the device is called only in later releases.
func (p *parser) lldpSelf(lines []text.Line) {
	for _, l := range lines {
		switch key, value, _ := l.KeyValue(); key {
		case "LLDP Chassis ID":
			p.Switch.Device.ChassisMAC = text.Station(value)
		case "LLDP System Name":
			if !p.Switch.Device.Hostname.Known() {
				p.Switch.Device.Hostname = value
			}
		}
	}
}

// lldp reads "show lldp neighbors detail" and "show lldp entry *".
func (p *parser) lldp(lines []text.Line) {
	read := 0
	for _, s := range text.Sections(lines, func(l text.Line) bool { return l.Match(localLine) != nil }) {
		if p.neighbour(s) {
			read++
		} else {
			p.Unread(s[0].Span(), "a neighbour without both identifiers, or cut short")
		}
	}
	p.counted(lines, read)
}

// counted takes the list for whole when it ends with its own number of rows.
func (p *parser) counted(lines []text.Line, read int) {
	for _, l := range lines {
		if m := l.Match(totalLine); m != nil && capture.Is(text.Int(m[1]), read) {
			p.Switch.Listed.Remotes = l.Reply.Whole()
		}
	}
}

// absent is how values are printed that a neighbour did not send.
const absent = "not advertised"

// neighbour reads a section. What a neighbour describes itself with may take any number of lines, up to the remaining time.
func (p *parser) neighbour(lines []text.Line) bool {
	x := state.RemoteSystem{Interface: fullName(lines[0].Match(localLine)[1].Value), From: lines[0].Span(), Protocol: state.LLDP}
	var described []text.Line
	inDescription, ended := false, false
	for _, l := range lines[1:] {
		key, value, isPair := l.KeyValue()
		if inDescription && key != "Time remaining" {
			described = append(described, l)
			continue
		}
		switch {
		case !isPair || value.Value == absent && key != "Time remaining":
		case key == "Chassis id" && !ended:
			x.ChassisID = text.Identifier(value, state.SubtypeUnknown)
		case key == "Port id" && !ended:
			x.PortID = text.Identifier(value, state.SubtypeUnknown)
		case key == "Port Description" && !ended:
			x.PortDescription = value
		case key == "System Name" && !ended:
			x.SystemName = value
		case key == "System Description" && !ended:
			inDescription = true
			if value.Known() {
				described = append(described, l)
			}
		case key == "Time remaining":
			inDescription, ended = false, true
		case key == "Hold Time":
			x.TTL = text.Int(firstWord(value))
		case l.Match(ipLine) != nil:
			if a := text.Addr(value); a.Known() {
				x.ManagementAddresses = append(x.ManagementAddresses, a)
			}
		case key == "Peer MAC Address" || key == "Total entries displayed":
		}
	}
	if !ended || !x.ChassisID.Known() || !x.PortID.Known() {
		return false
	}
	x.SystemDescription = joined(described)
	*p.Remote(x.Interface, x.Protocol, x.From) = x
	return true
}

func firstWord(f capture.Fact[string]) capture.Fact[string] {
	return capture.Then(f, func(s string) (string, bool) {
		word, _, _ := strings.Cut(s, " ")
		return word, word != ""
	})
}

// joined returns the lines of a text as one fact, without blank ones before and behind it.
func joined(lines []text.Line) capture.Fact[string] {
	for len(lines) > 0 && lines[0].Blank() {
		lines = lines[1:]
	}
	for len(lines) > 0 && lines[len(lines)-1].Blank() {
		lines = lines[:len(lines)-1]
	}
	if len(lines) == 0 {
		return capture.Fact[string]{}
	}
	var words []string
	for _, l := range lines {
		words = append(words, strings.TrimSpace(strings.TrimPrefix(strings.TrimSpace(l.Text), "System Description:")))
	}
	return capture.Of(strings.TrimSpace(strings.Join(words, "\n")), text.Through(lines))
}

var (
	holdRow  = regexp.MustCompile(`^\s*(?:(\S.*?)\s+)?([A-Z][A-Za-z-]*\d[\w/.]*)\s+(\d+)\s+(?:([A-Za-z](?:[ ,]+[A-Za-z])*|N/A)\s+)?(\S.*)$`)
	nameOnly = regexp.MustCompile(`^\s*\S+$`)
)

// lldpBrief reads "show lldp neighbors". A long name stands on a line of its own.
func (p *parser) lldpBrief(lines []text.Line) {
	read := 0
	_, rows, _ := text.FindTable(lines, "Device ID", "Local Intf", "Port ID")
	var alone text.Alone
	for _, l := range rows {
		m := l.Match(holdRow)
		if m == nil {
			if alone.Line(l); l.Match(nameOnly) == nil {
				alone = text.Alone{}
			}
			continue
		}
		name := alone.Take()
		if m[1].Known() {
			name = m[1]
		}
		p.named(p.Remote(fullName(m[2].Value), state.LLDP, l.Span()), name, m[5])
		read++
	}
	p.counted(lines, read)
}

// named notes name and port of a neighbour. Of one without a name the chassis id stands in its place.
func (p *parser) named(x *state.RemoteSystem, name, port capture.Fact[string]) {
	if text.MAC(name).Known() {
		x.ChassisID = text.Identifier(name, state.SubtypeUnknown)
	} else {
		x.SystemName = name
	}
	x.PortID = text.Identifier(port, state.SubtypeUnknown)
}

// cdp reads "show cdp neighbors detail". The version that a neighbour tells may take any number of lines.
func (p *parser) cdp(lines []text.Line) {
	for _, s := range text.Sections(lines, func(l text.Line) bool { return strings.HasPrefix(strings.TrimSpace(l.Text), "Device ID: ") }) {
		if !p.cdpNeighbour(s) {
			p.Unread(s[0].Span(), "a neighbour without device, port or own interface, or cut short")
		}
	}
}

var cdpPort = regexp.MustCompile(`^\s*Interface: (\S+?),?(?:\s+Port ID \(outgoing port\): (\S.*))?$`)

func (p *parser) cdpNeighbour(lines []text.Line) bool {
	x := state.RemoteSystem{From: lines[0].Span(), Protocol: state.CDP, ChassisID: text.Identifier(lines[0].After("Device ID:"), state.SubtypeUnknown)}
	x.SystemName = lines[0].After("Device ID:")
	var described []text.Line
	inVersion, held, ended := false, false, false
	for _, l := range lines[1:] {
		key, value, _ := l.KeyValue()
		lower := strings.ToLower(key)
		if inVersion && lower != "advertisement version" {
			described = append(described, l)
			continue
		}
		switch m := l.Match(cdpPort); {
		case m != nil && !held:
			x.Interface = fullName(m[1].Value)
			if m[2].Known() {
				x.PortID = text.Identifier(m[2], state.SubtypeUnknown)
			}
		case strings.HasPrefix(key, "Port ID") && !held:
			x.PortID = text.Identifier(value, state.SubtypeUnknown)
		case lower == "sysname" && !held && value.Known():
			x.SystemName = value
		case (l.Match(ipLine) != nil || lower == "ip address") && !held:
			if a := text.Addr(value); a.Known() {
				x.ManagementAddresses = append(x.ManagementAddresses, a)
			}
		case lower == "holdtime":
			held = true
		case lower == "version" && held:
			inVersion = true
		case lower == "advertisement version":
			inVersion, ended = false, true
		case lower == "native vlan" && ended:
			x.PVID = text.VID(value)
		}
	}
	if !held || x.Interface == "" || !x.PortID.Known() || !x.ChassisID.Known() {
		return false
	}
	if ended {
		x.SystemDescription = joined(described)
	}
	*p.Remote(x.Interface, x.Protocol, x.From) = x
	return true
}

// cdpRow ends with a port id: one word that does not begin with a number, or a kind and its number.
var cdpRow = regexp.MustCompile(`^\s*(?:(\S+)\s+)?([A-Z][A-Za-z]+ ?\d[\w/.]*)\s+(\d+)\s+(?:[A-Za-z](?: [A-Za-z])*\s+)?` +
	`(\S.*?)\s+((?:(?i:port|eth|gig|ten|fas|twe|two|fiv|for|hun|fou) )?\S+)$`)

// cdpBrief reads "show cdp neighbors". A long name stands on a line of its own.
func (p *parser) cdpBrief(lines []text.Line) {
	_, rows, _ := text.FindTable(lines, "Device ID", "Local Intrfce", "Port ID")
	var alone text.Alone
	for _, l := range rows {
		m := l.Match(cdpRow)
		if m == nil {
			if alone.Line(l); l.Match(nameOnly) == nil {
				alone = text.Alone{}
			}
			continue
		}
		name := alone.Take()
		if m[1].Known() {
			name = m[1]
		}
		x := p.Remote(fullName(m[2].Value), state.CDP, l.Span())
		x.SystemName, x.ChassisID = name, text.Identifier(name, state.SubtypeUnknown)
		if c := m[5].Value[0]; c < '0' || c > '9' { // else it may be the end of one
			x.PortID = text.Identifier(m[5], state.SubtypeUnknown)
		}
	}
}
