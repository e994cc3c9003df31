package hp_procurve

import (
	"regexp"
	"strings"

	"uplinkcheck/drivers/capture"
	"uplinkcheck/drivers/state"
	"uplinkcheck/drivers/text"
)

var (
	systemName   = regexp.MustCompile(`^\s*System Name\s*: *(\S.*)$`)
	softwareLine = regexp.MustCompile(`^\s*(?:Software|Firmware) revision\s*: *(\S+)`)
	baseMAC      = regexp.MustCompile(`\bBase MAC Addr\s*: *(\S+)`)
	serialLine   = regexp.MustCompile(`\bSerial Number\s*: *(\S+)`)
	memberHead   = regexp.MustCompile(`^\s*(?:VSF-Member|Stack-Member|Member)\s*: *(\d+)\s*$`)
	told         = regexp.MustCompile(`^\s*System (?:Contact|Location)\s*:`) // which hold whatever somebody wrote
	memberMAC    = regexp.MustCompile(`^\s*MAC Addr\s*: *(\S+)$`)
)

// system reads "show system", in two columns, or in one with a part for each member of a stack.
func system(p *parser, lines []text.Line) {
	d := &p.Switch.Device
	var member *state.Member
	members := 0
	for _, l := range lines {
		if told.MatchString(l.Text) {
			continue
		}
		if m := l.Match(memberHead); m != nil {
			member = p.Member(m[1].Value, l.Span())
			if members++; members == 2 {
				d.Stacked = capture.Of(true, l.Span())
			}
			continue
		}
		if m := l.Match(systemName); m != nil && members == 0 {
			d.Hostname = m[1]
		}
		if m := l.Match(softwareLine); m != nil && members == 0 {
			d.Version = m[1]
		}
		if m := l.Match(baseMAC); m != nil && members == 0 {
			d.ChassisMAC = text.Station(m[1])
		}
		if m := l.Match(memberMAC); m != nil && member != nil {
			member.MAC = text.Station(m[1])
		}
		if m := l.Match(serialLine); m != nil {
			if member != nil {
				member.Serial = m[1]
			} else {
				d.Serial = m[1]
			}
		}
	}
}

var (
	image  = regexp.MustCompile(`^\s*([A-Z]{1,3}\.\d{2}\.\d{2}\S*)$`)
	access = regexp.MustCompile(`^ArubaOS \(MODEL: *(\S+)\), Version (\S.*)$`)
)

// version reads "show version": the image's version stands alone in its line. That of an access point tells the model as well.
func version(p *parser, lines []text.Line) {
	d := &p.Switch.Device
	for _, l := range lines {
		if m := l.Match(image); m != nil && !d.Version.Known() {
			d.Version = m[1]
		}
		if m := l.Match(access); m != nil {
			d.Model, d.Version = m[1], m[2]
		}
	}
}

var described = regexp.MustCompile(`^\s*System Description\s*: *(?:HPE?|Hewlett-Packard|ProCurve|Aruba)?\s*(?:ProCurve |Switch )?((?:[A-Z]{1,2}\d{3,5}|R\d[A-Z]\d{2})[A-Z]\b[^,]*?)(?: Switch)?,`)

// localDevice reads "show lldp info local-device". The model is the product's number and name.
func localDevice(p *parser, lines []text.Line) {
	d := &p.Switch.Device
	for _, l := range lines {
		key, value, ok := l.KeyValue()
		switch {
		case !ok:
		case key == "Chassis Id" && !d.ChassisMAC.Known():
			d.ChassisMAC = text.Station(value)
		case key == "System Name" && !d.Hostname.Known():
			d.Hostname = uncut(value)
		case key == "LLDP Port Information":
			return
		}
		if m := l.Match(described); m != nil && !d.Model.Known() {
			d.Model = m[1]
		}
	}
}

var roleWords = map[string]state.MemberRole{"commander": state.RoleActive, "standby": state.RoleStandby, "member": state.RoleMember}

// up tells whether a member is part of the stack: one that is missing is listed with that word.
func (p *parser) role(x *state.Member, word capture.Fact[string]) {
	low := strings.ToLower(word.Value)
	switch {
	case roleWords[low] != 0:
		x.Role, x.Up = capture.Of(roleWords[low], word.From), capture.Of(true, word.From)
	case low == "missing", low == "not joined", low == "inactive", low == "provisioned", low == "booting":
		x.Up = capture.Of(false, word.From)
	case word.Known():
		p.Unread(word.From, "unknown word "+state.Quote(word.Value))
	}
}

var stackRow = regexp.MustCompile(`^\s*\*?(\d{1,2})\s+([0-9a-f]{6}-[0-9a-f]{6})\s+(\S.*\S)\s+(\d{1,3})\s+(\S.*)$`)

// stack reads "show vsf" and "show stacking".
func stack(p *parser, lines []text.Line) {
	n := 0
	for _, l := range lines {
		m := l.Match(stackRow)
		if m == nil {
			continue
		}
		x := p.Member(m[1].Value, l.Span())
		x.MAC, x.Model = text.Station(m[2]), uncut(m[3])
		p.role(x, m[5])
		if n++; n == 2 {
			p.Switch.Device.Stacked = capture.Of(true, l.Span())
		}
	}
}

var (
	memberID  = regexp.MustCompile(`^\s*Member ID\s*: *(\d+)\s*$`)
	stackPort = regexp.MustCompile(`^\s*#(\d)\s*: *(\w+)(?:.*?[Pp]eer\D*(\d+))?`)
)

// stackDetail reads "show vsf detail" and "show stacking detail": a section for each member, which ends with its cables. What follows the
// last of them proves that they are all.
func stackDetail(p *parser, lines []text.Line) {
	for _, l := range lines {
		key, value, ok := l.KeyValue()
		switch {
		case !ok || memberID.MatchString(l.Text):
		case key == "Software Version" && !p.Switch.Device.Version.Known():
			p.Switch.Device.Version = value
		case key == "Name" && !p.Switch.Device.Hostname.Known():
			p.Switch.Device.Hostname = value
		}
	}
	sections := text.Sections(lines, func(l text.Line) bool { return memberID.MatchString(l.Text) })
	for n, s := range sections {
		if n == 1 {
			p.Switch.Device.Stacked = capture.Of(true, s[0].Span())
		}
		x := p.Member(s[0].Match(memberID)[1].Value, s[0].Span())
		inPorts := false
		for _, l := range s[1:] {
			if inPorts && l.Blank() {
				x.LinksFrom = text.Through(s)
			}
			if m := l.Match(stackPort); m != nil {
				if inPorts = true; m[2].Value == "Active" && m[3].Known() {
					x.Links = append(x.Links, state.StackLink{Port: m[1].Value, To: m[3].Value, From: l.Span()})
				}
				continue
			}
			key, value, ok := l.KeyValue()
			if !ok || !value.Known() {
				continue
			}
			switch strings.ToLower(key) {
			case "mac address":
				x.MAC = text.Station(value)
			case "model":
				x.Model = value
			case "serial number":
				x.Serial = value
			case "status":
				p.role(x, value)
			}
		}
	}
}
