package nokia_srlinux

import (
	"strings"

	"uplinkcheck/drivers/capture"
	"uplinkcheck/drivers/state"
	"uplinkcheck/drivers/text"
	"uplinkcheck/drivers/tree"
)

// version reads "show version".
func version(p *parser, lines []text.Line) {
	for _, l := range lines {
		if key, value, ok := l.KeyValue(); ok {
			p.basic(key, value)
		}
	}
}

// versionJSON reads the same as JSON.
func versionJSON(p *parser, root tree.Node) {
	for n := range root.At("basic system info").Children() {
		p.basic(n.Name(), n.NonEmpty())
	}
}

// basic takes one of the values of "show version".
func (p *parser) basic(key string, value capture.Fact[string]) {
	d := &p.Switch.Device
	switch key {
	case "Hostname":
		d.Hostname = value
	case "Chassis Type":
		d.Model = value
		d.Stacked = capture.Of(false, value.From) // there is no stacking on this platform
	case "Serial Number":
		d.Serial = value
	case "System HW MAC Address":
		d.ChassisMAC = text.Station(value)
	case "Software Version":
		d.Version = release(value)
	}
}

// chassis reads /platform/chassis.
func (p *parser) chassis(n tree.Node) {
	d := &p.Switch.Device
	if model := at(n, "type").NonEmpty(); model.Known() {
		d.Model, d.Stacked = model, capture.Of(false, model.From)
	}
	if serial := at(n, "serial-number").NonEmpty(); serial.Known() {
		d.Serial = serial
	}
	if mac := text.Station(at(n, "hw-mac-address").NonEmpty()); mac.Known() {
		d.ChassisMAC = mac
	}
}

// release is the version without the build: "v23.10.1-218-ga3fc1bea5a" and "v23.10.1" are printed for the same software.
func release(f capture.Fact[string]) capture.Fact[string] {
	f.Value, _, _ = strings.Cut(f.Value, "-")
	return f
}

var enabled = map[string]state.Status{"enable": state.Up, "disable": state.Down}

// upDown are the words of oper-state that are sure; what is starting, stopping or degraded is neither.
var upDown = map[string]state.Status{"up": state.Up, "down": state.Down, "empty": state.Down}
