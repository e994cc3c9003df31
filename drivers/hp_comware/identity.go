package hp_comware

import (
	"regexp"
	"slices"
	"strings"

	"uplinkcheck/drivers/capture"
	"uplinkcheck/drivers/state"
	"uplinkcheck/drivers/text"
)

var (
	software = regexp.MustCompile(`\bComware Software, Version (\d.*)$`)
	uptime   = regexp.MustCompile(`^\s*(?:HPE|HP|H3C|3Com) (\S.*\S) uptime is\b`)
)

// version reads "display version".
func version(p *parser, lines []text.Line) {
	d := &p.Switch.Device
	for _, l := range lines {
		if m := l.Match(software); m != nil && !d.Version.Known() {
			d.Version = m[1]
		}
		if m := l.Match(uptime); m != nil && !d.Model.Known() {
			d.Model = m[1]
		}
	}
}

var (
	irfRow    = regexp.MustCompile(`^\s*([*+]{0,2})(\d{1,2})\s+(?:\d{1,2}\s+)?([A-Za-z]+)\s+\d+\s`)
	bridgeMAC = regexp.MustCompile(`(?i)bridge MAC of the IRF is\s*: *(\S+)`)
)

var roleWords = map[string]state.MemberRole{"master": state.RoleActive, "standby": state.RoleStandby, "slave": state.RoleMember}

// irf reads "display irf". A chassis with several boards has a row for each of those that can be master; the first is its own.
func irf(p *parser, lines []text.Line) {
	var ids []string
	var rows []text.Line
	for _, l := range lines {
		if m := l.Match(bridgeMAC); m != nil {
			p.Switch.Device.ChassisMAC = text.Station(m[1])
			if len(ids) == 1 { // what stands behind the table proves its end
				p.Switch.Device.Stacked = capture.Of(false, text.Through(rows))
			}
		}
		m := l.Match(irfRow)
		if m == nil {
			continue
		}
		rows = append(rows, l)
		x := p.Member(m[2].Value, l.Span())
		if len(ids) == 0 || ids[len(ids)-1] != m[2].Value {
			ids = append(ids, m[2].Value)
			p.stack = ids
			x.Up = capture.Then(m[3], func(s string) (bool, bool) { return true, roleWords[strings.ToLower(s)] != 0 })
		}
		if role := m[3]; role.Value == "Master" || !x.Role.Known() && role.Value != "Loading" {
			x.Role = state.Word(p.Draft, role, roleWords)
		}
		if len(ids) == 2 {
			p.Switch.Device.Stacked = capture.Of(true, text.Through(rows))
		}
	}
}

var manuHead = regexp.MustCompile(`^\s*(?i:(chassis|slot|subslot|fan|power))\s+(\d+|self)\b`)

// A unit is what "display device manuinfo" tells of one part.
type unit struct {
	kind, id, chassis string
	serial, model     capture.Fact[string]
	mac               capture.Fact[state.MAC]
	from              capture.Span
	fed               bool // a fan or a power supply follows it
}

// manuinfo reads "display device manuinfo". A slot is a chassis of its own where each slot has fans or power supplies behind it; else it is
// a board of the chassis.
func manuinfo(p *parser, lines []text.Line) {
	var units []*unit
	u := &unit{}
	chassis := ""
	for _, l := range lines {
		if m := l.Match(manuHead); m != nil {
			kind := strings.ToLower(m[1].Value)
			switch {
			case kind == "chassis" && m[2].Value != "self":
				chassis = m[2].Value
				u = &unit{}
				continue
			case kind == "fan" || kind == "power":
				if n := len(units); n > 0 {
					units[n-1].fed = true
				}
				u = &unit{} // whose numbers are of no interest
				continue
			case kind == "subslot":
				u = &unit{}
				continue
			}
			u = &unit{kind: kind, id: m[2].Value, chassis: chassis, from: l.Span()}
			units = append(units, u)
			continue
		}
		key, value, ok := l.KeyValue()
		if !ok || !value.Known() || strings.EqualFold(value.Value, "NONE") {
			continue
		}
		if u.kind == "" && len(units) == 0 && chassis == "" && key == "DEVICE_NAME" { // a device without slots
			u = &unit{kind: "device", from: l.Span()}
			units = append(units, u)
		}
		switch key {
		case "DEVICE_NAME":
			u.model = value
		case "DEVICE_SERIAL_NUMBER":
			u.serial = value
		case "MAC_ADDRESS":
			u.mac = text.Station(value)
		}
	}
	p.units(units)
}

func (p *parser) units(units []*unit) {
	boxes := len(units) > 0
	seen := map[string]bool{}
	for _, u := range units {
		boxes = boxes && u.kind == "slot" && u.fed && u.chassis == "" && !seen[u.id]
		seen[u.id] = true
	}
	for _, u := range units {
		switch {
		case u.kind == "device", u.kind == "chassis" && u.chassis == "":
			p.Switch.Device.Serial, p.Switch.Device.ChassisMAC = u.serial, orElse(p.Switch.Device.ChassisMAC, u.mac)
		case u.kind == "chassis":
			p.unit(u.chassis, u)
		case boxes, u.chassis == "" && slices.Contains(p.stack, u.id):
			p.unit(u.id, u)
		}
	}
}

func (p *parser) unit(id string, u *unit) {
	x := p.Member(id, u.from)
	x.Serial, x.Model, x.MAC = u.serial, u.model, u.mac
}

func orElse[T any](a, b capture.Fact[T]) capture.Fact[T] {
	if a.Known() {
		return a
	}
	return b
}
