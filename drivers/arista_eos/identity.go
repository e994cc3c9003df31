package arista_eos

import (
	"strconv"
	"strings"

	"uplinkcheck/drivers/capture"
	"uplinkcheck/drivers/tree"
)

// version reads "show version": the serial number is empty on virtual devices.
func version(p *parser, n tree.Node) {
	d := &p.sw.Device
	d.Model = n.At("modelName").NonEmpty()
	d.Serial = n.At("serialNumber").NonEmpty()
	d.Version = n.At("version").NonEmpty()
	d.ChassisMAC = capture.Then(n.At("systemMacAddress").Str(), toStation)
	p.standalone()
}

// standalone notes that EOS knows no stack. Campus models of later releases can be aggregated to one: of those it is unknown.
func (p *parser) standalone() {
	d := &p.sw.Device
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

func hostname(p *parser, n tree.Node) { p.sw.Device.Hostname = n.At("hostname").NonEmpty() }

// versionText reads "show version" as text: the model on the first line, then "name: value".
func versionText(p *parser, r *capture.Reply) {
	d := &p.sw.Device
	for at, line := range whole(r) {
		name, value, isPair := strings.Cut(line, ":")
		if !isPair {
			if model := strings.TrimPrefix(strings.TrimSpace(line), "Arista "); model != "" && !strings.Contains(model, " ") && !d.Model.Known() {
				d.Model = field(r, at, line, model)
			}
			continue
		}
		f := field(r, at, line, strings.TrimSpace(value))
		if f.Value == "" {
			continue
		}
		switch strings.TrimSpace(name) {
		case "Serial number":
			d.Serial = f
		case "System MAC address":
			d.ChassisMAC = capture.Then(f, toStation)
		case "Software image version":
			d.Version = f
		}
	}
	p.standalone()
}

// whole yields the lines that a line ending closes: without one, nobody can tell whether the rest is missing.
func whole(r *capture.Reply) func(yield func(int, string) bool) {
	return func(yield func(int, string) bool) {
		for at, line := range r.Lines() {
			if end := at + len(line); end < len(r.Data) && (r.Data[end] == '\n' || r.Data[end] == '\r') && !yield(at, line) {
				return
			}
		}
	}
}

// field returns a part of a line as a fact; the last place where it stands is meant.
func field(r *capture.Reply, at int, line, part string) capture.Fact[string] {
	i := strings.LastIndex(line, part)
	if i < 0 || part == "" {
		return capture.Fact[string]{}
	}
	return capture.Of(part, r.Span(at+i, at+i+len(part)))
}
