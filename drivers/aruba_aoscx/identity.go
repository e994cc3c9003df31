package aruba_aoscx

import (
	"regexp"
	"strings"

	"uplinkcheck/drivers/capture"
	"uplinkcheck/drivers/state"
	"uplinkcheck/drivers/text"
)

// system reads "show system".
func (p *parser) system(lines []text.Line) {
	d := &p.Switch.Device
	for _, l := range lines {
		switch key, value, _ := l.KeyValue(); key {
		case "Hostname":
			d.Hostname = value
		case "Product Name":
			d.Model = value
		case "Chassis Serial Nbr":
			d.Serial = value
		case "Base MAC Address":
			d.ChassisMAC = text.Station(value)
		case "ArubaOS-CX Version", "AOS-CX Version":
			d.Version = value
		}
	}
	if !d.Stacked.Known() {
		d.Stacked = capture.Then(d.Model, func(model string) (bool, bool) { return false, neverStacks.MatchString(model) })
	}
}

// neverStacks matches products of series that have no VSF: all but those around 6200 and 6300.
var neverStacks = regexp.MustCompile(`\b(?:4100i|6000|6100|64(?:00|05|10)|8[134]\d\d[A-Z]?|9300S?|10000|10040)\b`)

// version reads "show version".
func (p *parser) version(lines []text.Line) {
	for _, l := range lines {
		if key, value, _ := l.KeyValue(); key == "Version" {
			p.Switch.Device.Version = value
		}
	}
}

var (
	roles = map[string]state.MemberRole{"conductor": state.RoleActive, "master": state.RoleActive, "commander": state.RoleActive, "standby": state.RoleStandby,
		"member": state.RoleMember}
	absent   = map[string]bool{"not present": true, "not joined": true, "missing": true}
	stackRow = regexp.MustCompile(`^\s*(\d{1,2})\s+((?:[0-9a-fA-F]{2}:){5}[0-9a-fA-F]{2})?\s+([A-Z]+\d+[A-Z])\s+([A-Z][A-Za-z ]*)$`)
	linkRow  = regexp.MustCompile(`^\s*VSF [Ll]ink (\d+)\s*: *(?i:up), +connected to peer member (\d+)`)
)

// vsf reads "show vsf detail": of the stack, then of each member. "show vsf" has a row for each instead.
func (p *parser) vsf(lines []text.Line) {
	isMember := func(l text.Line) bool { key, _, _ := l.KeyValue(); return key == "Member ID" }
	for _, l := range lines {
		if isMember(l) {
			break
		}
		if key, value, _ := l.KeyValue(); key == "Topology" && strings.EqualFold(value.Value, "standalone") {
			p.Switch.Device.Stacked = capture.Of(false, value.From)
		}
		if f := l.Match(stackRow); f != nil {
			m := p.Member(f[1].Value, l.Span())
			m.MAC, m.Model = text.Station(f[2]), f[3]
			m.Role, m.Up = p.memberStatus(f[4])
		}
	}
	for _, s := range text.Sections(lines, isMember) {
		_, id, _ := s[0].KeyValue()
		if !id.Known() {
			continue
		}
		m := p.Member(id.Value, s[0].Span())
		for _, l := range s[1:] {
			key, value, _ := l.KeyValue()
			if f := l.Match(linkRow); f != nil {
				m.Links = append(m.Links, state.StackLink{Port: f[1].Value, To: f[2].Value, From: l.Span()})
			}
			switch {
			case strings.HasPrefix(strings.ToLower(key), "vsf link"):
				m.LinksFrom = text.Through(s)
			case key == "MAC Address":
				m.MAC = text.Station(value)
			case key == "Type":
				m.Model = value
			case key == "Serial Number":
				m.Serial = value
			case key == "Status":
				m.Role, m.Up = p.memberStatus(value)
			}
		}
	}
}

// memberStatus: a member that has a role is up.
func (p *parser) memberStatus(f capture.Fact[string]) (capture.Fact[state.MemberRole], capture.Fact[bool]) {
	if absent[strings.ToLower(f.Value)] {
		return capture.Fact[state.MemberRole]{}, capture.Of(false, f.From)
	}
	role := state.Word(p.Draft, f, roles)
	return role, capture.Then(role, func(state.MemberRole) (bool, bool) { return true, true })
}

var (
	moduleHead = regexp.MustCompile(`^\s*(Management|Line) Modules$`)
	moduleRow  = regexp.MustCompile(`^\s*(\d+)/1\s+(\S+)\s+\S.*?\s+(\S+)\s+(Active|Standby|Ready)\b.*$`)
	moduleRole = map[string]state.MemberRole{"active": state.RoleActive, "standby": state.RoleStandby}
)

// modules reads "show module". In a stack each member has one management module, its own; a chassis with modules is member 1 alone.
func (p *parser) modules(lines []text.Line) {
	for _, s := range text.Sections(lines, func(l text.Line) bool { return l.Match(moduleHead) != nil }) {
		if s[0].Match(moduleHead)[1].Value != "Management" {
			continue
		}
		var rows [][]capture.Fact[string]
		for _, l := range s {
			if m := l.Match(moduleRow); m != nil {
				rows = append(rows, m)
			}
		}
		for _, m := range rows {
			if len(rows) < 2 {
				break
			}
			x := p.Member(m[1].Value, m[0].From)
			x.Serial, x.Model = m[3], m[2]
			if role, ok := moduleRole[strings.ToLower(m[4].Value)]; ok {
				x.Role = capture.Of(role, m[4].From)
			}
		}
	}
}

// finishStack says that several chassis are one switch, and which of them owns a port.
func (p *parser) finishStack() {
	members := p.Members()
	if len(members) < 2 {
		return
	}
	p.Switch.Device.Stacked = capture.Of(true, members[1].From)
	for _, i := range p.Interfaces() {
		if m := portName.FindStringSubmatch(i.Name); m != nil {
			i.Member = capture.Of(m[1], i.From)
		}
	}
}
