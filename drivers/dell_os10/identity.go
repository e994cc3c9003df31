package dell_os10

import (
	"uplinkcheck/drivers/capture"
	"uplinkcheck/drivers/state"
	"uplinkcheck/drivers/text"
	"uplinkcheck/drivers/tree"
)

// versionXML reads "show version | display-xml".
func (p *parser) versionXML(root tree.Node) {
	d := &p.Switch.Device
	for n := range root.All("system-status") {
		if f := n.At("hostname").NonEmpty(); f.Known() {
			d.Hostname = f
		}
	}
	for n := range root.All("sw-version") {
		if f := n.At("sw-version").NonEmpty(); f.Known() {
			d.Version = f
		}
		if f := n.At("sw-platform").NonEmpty(); f.Known() {
			p.model(f)
		}
	}
}

// model takes the kind of switch: none of them stacks.
func (p *parser) model(f capture.Fact[string]) {
	p.Switch.Device.Model = f
	p.Switch.Device.Stacked = capture.Then(f, func(string) (bool, bool) { return false, true })
}

// version reads "show version".
func (p *parser) version(lines []text.Line) {
	for _, l := range lines {
		switch key, value, _ := l.KeyValue(); key {
		case "OS Version":
			p.Switch.Device.Version = value
		case "System Type":
			p.model(value)
		}
	}
}

// inventoryXML reads "show inventory | display-xml": the service tag is what Dell knows the switch by.
func (p *parser) inventoryXML(root tree.Node) {
	d := &p.Switch.Device
	for n := range root.All("node") {
		if f := text.Station(n.At("node-mac").NonEmpty()); f.Known() {
			d.ChassisMAC = f
		}
		tags := []tree.Node{n.At("mfg-info", "service-tag"), n.At("unit", "mfg-info", "service-tag")}
		for _, tag := range tags {
			if f := tag.NonEmpty(); f.Known() && !d.Serial.Known() {
				d.Serial = f
			}
		}
	}
}

var statusWords = map[string]state.Status{"up": state.Up, "down": state.Down}
