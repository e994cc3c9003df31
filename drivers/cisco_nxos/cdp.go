package cisco_nxos

import (
	"net/netip"
	"regexp"
	"strings"

	"uplinkcheck/drivers/capture"
	"uplinkcheck/drivers/state"
	"uplinkcheck/drivers/text"
	"uplinkcheck/drivers/tree"
)

type addr = netip.Addr

// cdp reads "show cdp neighbors detail" and "show cdp neighbors".
func cdp(p *parser, n tree.Node) {
	name := "cdp_neighbor_detail_info"
	if !table(n, name).Exists() {
		name = "cdp_neighbor_brief_info"
	}
	for row := range rows(n, name) {
		local, ok := names.Full(word(row, "intf_id").Value)
		if !ok {
			p.Unread(row.Span(), "a neighbour on an unknown port")
			continue
		}
		r := p.Remote(local, state.CDP, row.Span())
		r.ChassisID = text.Identifier(word(row, "device_id"), state.SubtypeUnknown)
		r.PortID = text.Identifier(word(row, "port_id"), state.SubtypeUnknown)
		r.SystemName = advertised(word(row, "sysname"))
		if !r.SystemName.Known() {
			r.SystemName = deviceName(word(row, "device_id"))
		}
		r.SystemDescription = word(row, "version")
		r.TTL = text.Int(word(row, "ttl"))
		r.PVID = text.VID(word(row, "native_vlan", "nativevlan"))
		for _, key := range []string{"v4mgmtaddr", "v6mgmtaddr"} {
			p.cdpManaged(r, word(row, key))
		}
	}
}

func (p *parser) cdpManaged(r *state.RemoteSystem, f capture.Fact[string]) {
	if a := text.Addr(f); a.Known() && !a.Value.IsUnspecified() {
		p.managed(r, f)
	}
}

// deviceName is the name in a device id: NX-OS appends its serial number in brackets. Some systems send an address.
func deviceName(f capture.Fact[string]) capture.Fact[string] {
	return systemName(capture.Then(f, func(s string) (string, bool) {
		if at := strings.LastIndexByte(s, '('); at > 0 && strings.HasSuffix(s, ")") {
			s = s[:at]
		}
		return s, s != ""
	}))
}

var (
	cdpDevice   = regexp.MustCompile(`^\s*Device ID:\s*(\S.*?)\s*$`)
	cdpName     = regexp.MustCompile(`^\s*System Name:\s*(\S.*?)\s*$`)
	cdpPorts    = regexp.MustCompile(`^\s*Interface:\s*(\S+?),\s+Port ID \(outgoing port\):\s*(\S.*?)\s*$`)
	cdpHold     = regexp.MustCompile(`^\s*Holdtime:\s*(\d+)`)
	cdpVLAN     = regexp.MustCompile(`^\s*Native VLAN:\s*(\d+)`)
	cdpAddress  = regexp.MustCompile(`^\s*IPv[46] Address:\s*(\S+)`)
	cdpVersion  = regexp.MustCompile(`^\s*Version:\s*(\S.*)?$`)
	cdpManaging = regexp.MustCompile(`^\s*Mgmt address\(es\):`)
	cdpAfter    = regexp.MustCompile(`^\s*Advertisement Version:`)
)

// cdpText reads "show cdp neighbors detail" as text. The version is a text of several lines.
func cdpText(p *parser, lines []text.Line) {
	for _, section := range text.Sections(lines, func(l text.Line) bool { return l.Match(cdpDevice) != nil }) {
		p.cdpSection(section)
	}
}

func (p *parser) cdpSection(section []text.Line) {
	device := section[0].Match(cdpDevice)[1]
	var name, port, about, hold, vlan capture.Fact[string]
	var managed []capture.Fact[string]
	local, inAbout, inManaged := "", false, false
	for _, l := range section[1:] {
		if inAbout {
			if inAbout = l.Match(cdpAfter) == nil && !(l.Blank() && about.Known()); inAbout {
				if about.Known() {
					about = joined(about, []text.Line{l})
				} else {
					about = l.Whole()
				}
			}
			continue
		}
		if m := l.Match(cdpName); m != nil && !name.Known() {
			name = m[1]
		} else if m := l.Match(cdpPorts); m != nil && local == "" {
			local, _ = names.Full(m[1].Value)
			port = m[2]
		} else if m := l.Match(cdpHold); m != nil {
			hold = m[1]
		} else if m := l.Match(cdpVLAN); m != nil {
			vlan = m[1]
		} else if m := l.Match(cdpVersion); m != nil && !about.Known() {
			about, inAbout = m[1], true
		} else if m := l.Match(cdpAddress); m != nil {
			if inManaged {
				managed = append(managed, m[1])
			}
		} else {
			inManaged = l.Match(cdpManaging) != nil
		}
	}
	if local == "" {
		p.Unread(section[0].Span(), "a neighbour on an unknown port, or one that is cut short")
		return
	}
	r := p.Remote(local, state.CDP, section[0].Span())
	r.ChassisID, r.PortID = text.Identifier(device, state.SubtypeUnknown), text.Identifier(port, state.SubtypeUnknown)
	if r.SystemName = name; !name.Known() {
		r.SystemName = deviceName(device)
	}
	if !inAbout {
		r.SystemDescription = about
	}
	r.TTL, r.PVID = text.Int(hold), text.VID(vlan)
	for _, a := range managed {
		p.cdpManaged(r, a)
	}
}

var (
	cdpHead = regexp.MustCompile(`^\s*Device[- ]ID\s+Local Intrfce`)
	cdpRow  = regexp.MustCompile(`^\s*(?:(\S.*?)\s+)?((?:Eth|Ethernet|mgmt)\d\S*)\s+(\d+)\s+((?:[RTBSHIVDMrsP](?:\s|$))*)\s*(\S.*?)?\s*$`)
)

// wrappedPort is the least indent of a port id that has a line of its own, behind its row.
const wrappedPort = 40

// cdpBrief reads "show cdp neighbors" as text: a device id that is too long has a line of its own, and so has a port id.
func cdpBrief(p *parser, lines []text.Line) {
	in := false
	var alone text.Alone
	for k, l := range lines {
		if l.Match(cdpHead) != nil {
			in, alone = true, text.Alone{}
			continue
		}
		m := l.Match(cdpRow)
		if !in || m == nil {
			if alone.Line(l); l.Indent() >= wrappedPort {
				alone = text.Alone{}
			}
			continue
		}
		device := alone.Take()
		if m[1].Known() {
			device = m[1]
		}
		local, ok := names.Full(m[2].Value)
		if !ok || !device.Known() {
			p.Unread(l.Span(), "a neighbour without a name or on an unknown port")
			continue
		}
		port, sure := cdpPort(m[5])
		if k+1 < len(lines) && lines[k+1].Indent() >= wrappedPort && len(lines[k+1].Fields()) == 1 {
			port = lines[k+1].Whole()
		} else if k+1 == len(lines) && !sure {
			p.Unread(l.Span(), "a neighbour whose port id may be cut off")
			continue
		}
		r := p.Remote(local, state.CDP, device.From.Through(l.Span()))
		r.ChassisID = text.Identifier(device, state.SubtypeUnknown)
		r.SystemName = deviceName(device)
		r.TTL = text.Int(m[3])
		r.PortID = text.Identifier(port, state.SubtypeUnknown)
	}
}

// portName matches a name of a port as most systems have them.
var portName = regexp.MustCompile(`^[A-Za-z][A-Za-z-]*\d+(?:[/.]\d+)*$`)

// phonePort matches the port id of a phone, which has two words.
var phonePort = regexp.MustCompile(`\s(?i:port) \d+$`)

// cdpPort returns the last word behind the platform, and whether it is a port id for sure: the platform may have more than one word, and
// the port id stand in the next line. A word that begins with a number may be the end of either, but behind two blanks.
func cdpPort(rest capture.Fact[string]) (port capture.Fact[string], sure bool) {
	at := strings.LastIndexAny(rest.Value, " \t")
	if phone := phonePort.FindStringIndex(rest.Value); phone != nil {
		at = phone[0]
	}
	if at < 0 {
		return port, false
	}
	apart := at > 0 && rest.Value[at-1] == ' '
	if c := rest.Value[at+1]; c >= '0' && c <= '9' && !apart {
		return port, false
	}
	word := rest.Value[at+1:]
	end := int(rest.From.End)
	port = capture.Of(word, rest.From.Reply.Span(end-len(word), end))
	return port, apart || portName.MatchString(word)
}
