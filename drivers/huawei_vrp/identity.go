package huawei_vrp

import (
	"regexp"
	"strings"

	"uplinkcheck/drivers/capture"
	"uplinkcheck/drivers/state"
	"uplinkcheck/drivers/text"
)

var (
	software = regexp.MustCompile(`(?:(?i:software), |^)Version \d\S* \((?:[^()]* )?(\S+)\)`)
	uptime   = regexp.MustCompile(`(?i)^\s*(?:huawei|quidway|h3c|futurematrix) (\S+)(?: .*)? uptime is`)
)

// version reads "display version": the model is the first word behind the maker's name, the version that of the product.
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

var roleWords = map[string]state.MemberRole{"master": state.RoleActive, "standby": state.RoleStandby, "slave": state.RoleMember}

var stackRow = regexp.MustCompile(`^\s*\+?\s*(\d{1,2})\s+([A-Za-z]+)\s+([0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4})\s+\d+\s+(\S+)`)

// stack reads "display stack". Of a single row nobody can tell whether more were to follow, so a switch alone in its stack is not said to be.
func stack(p *parser, lines []text.Line) {
	var first text.Line
	n := 0
	for _, l := range lines {
		if key, value, ok := l.KeyValue(); ok && strings.EqualFold(key, "Stack system MAC") {
			p.Switch.Device.ChassisMAC = text.Station(value)
			continue
		}
		m := l.Match(stackRow)
		if m == nil {
			continue
		}
		if n++; n == 1 {
			first = l
		}
		x := p.Member(m[1].Value, l.Span())
		x.Role = state.Word(p.Draft, m[2], roleWords)
		x.MAC = text.Station(m[3])
		x.Model = m[4]
		x.Up = capture.Of(true, l.Span())
		if n == 2 {
			p.Switch.Device.Stacked = capture.Of(true, text.Through([]text.Line{first, l}))
		}
	}
}

var esnRow = regexp.MustCompile(`(?i)^\s*ESN of (device|master|chassis|(?:slot|chassis) (\d+))\s*:\s*(\S+)$`)

// esn reads "display esn": the number of the device, or one for each chassis, of which the first stands for the device.
func esn(p *parser, lines []text.Line) {
	for _, l := range lines {
		m := l.Match(esnRow)
		switch {
		case m == nil:
		case !m[2].Known() && !p.Switch.Device.Serial.Known():
			p.Switch.Device.Serial = m[3]
		case m[2].Known():
			p.slotSerial(m[2].Value, l.Span(), m[3])
		}
	}
}

func (p *parser) slotSerial(slot string, from capture.Span, serial capture.Fact[string]) {
	if !p.Switch.Device.Serial.Known() {
		p.Switch.Device.Serial = serial
	}
	if capture.Is(p.Switch.Device.Stacked, true) {
		p.Member(slot, from).Serial = serial
	}
}

var deviceHead = regexp.MustCompile(`^\s*(\S+)'s Device status`)

// device reads the model that heads "display device" on most releases.
func device(p *parser, lines []text.Line) {
	for _, l := range lines {
		if m := l.Match(deviceHead); m != nil && !p.Switch.Device.Model.Known() {
			p.Switch.Device.Model = m[1]
			return
		}
	}
}
