package arista_eos

import (
	"regexp"
	"strconv"
	"strings"

	"uplinkcheck/drivers/capture"
	"uplinkcheck/drivers/text"
	"uplinkcheck/drivers/tree"
)

// version reads "show version": the serial number is empty on virtual devices.
func version(p *parser, n tree.Node) {
	d := &p.Switch.Device
	d.Model = n.At("modelName").NonEmpty()
	d.Serial = n.At("serialNumber").NonEmpty()
	d.Version = n.At("version").NonEmpty()
	d.ChassisMAC = capture.Then(n.At("systemMacAddress").Str(), toStation)
	p.standalone()
}

// standalone notes that EOS knows no stack. Campus models of later releases can be aggregated to one: of those it is unknown.
func (p *parser) standalone() {
	d := &p.Switch.Device
	if strings.HasPrefix(d.Model.Value, "CCS-") && !before(d.Version.Value, 4, 33) {
		return
	}
	d.Stacked = capture.Then(d.Model, func(string) (bool, bool) { return false, true })
}

// before reports whether a version such as 4.32.1F is older than major.minor.
func before(version string, major, minor int) bool {
	parts := strings.SplitN(version, ".", 3)
	if len(parts) < 2 {
		return false
	}
	a, err1 := strconv.Atoi(parts[0])
	b, err2 := strconv.Atoi(parts[1])
	return err1 == nil && err2 == nil && (a < major || a == major && b < minor)
}

func hostname(p *parser, n tree.Node) { p.Switch.Device.Hostname = n.At("hostname").NonEmpty() }

// hostnameText reads the same as text.
func hostnameText(p *parser, lines []text.Line) {
	for _, l := range lines {
		if key, value, ok := l.KeyValue(); ok && key == "Hostname" {
			p.Switch.Device.Hostname = value
		}
	}
}

// versionText reads "show version" as text: the model on the first line, then "name: value".
func versionText(p *parser, lines []text.Line) {
	d := &p.Switch.Device
	for _, l := range lines {
		name, value, isPair := l.KeyValue()
		if !isPair {
			if w := l.Fields(); len(w) > 0 && !d.Model.Known() {
				if w[0].Value == "Arista" {
					w = w[1:]
				}
				if len(w) == 1 {
					d.Model = w[0]
				}
			}
			continue
		}
		switch name {
		case "Serial number":
			d.Serial = value
		case "System MAC address":
			d.ChassisMAC = text.Station(value)
		case "Software image version":
			d.Version = value
		}
	}
	p.standalone()
}

// inventory reads "show inventory".
func inventory(p *parser, n tree.Node) {
	d := &p.Switch.Device
	d.Model = n.At("systemInformation", "name").NonEmpty()
	d.Serial = n.At("systemInformation", "serialNum").NonEmpty()
}

var (
	modelLine  = regexp.MustCompile(`^\s*([A-Za-z]{2,}[A-Za-z0-9]*-?[A-Z0-9][\w./+-]*)(?:\s|$)`)
	serialLine = regexp.MustCompile(`^\s*\d\d\.\d\d\s+(\S+)\s+\d{4}-\d\d-\d\d`)
)

// inventoryText reads the part about the system, which ends before those about power supplies and others: a line that begins with the
// model, and one of revision, serial number and date.
func inventoryText(p *parser, lines []text.Line) {
	d := &p.Switch.Device
	inside := false
	for _, l := range lines {
		switch s := strings.TrimSpace(l.Text); {
		case s == "System information":
			inside = true
		case strings.HasPrefix(s, "System has"), strings.HasPrefix(s, "Subcomponent"):
			return
		case !inside, strings.HasPrefix(s, "Model "), strings.HasPrefix(s, "HW Version"), strings.HasPrefix(s, "--"):
		default:
			if m := l.Match(serialLine); m != nil && !d.Serial.Known() {
				d.Serial = m[1]
			} else if m := l.Match(modelLine); m != nil && !d.Model.Known() {
				d.Model = m[1]
			}
		}
	}
}
