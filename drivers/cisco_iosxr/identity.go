package cisco_iosxr

import (
	"regexp"
	"strings"

	"uplinkcheck/drivers/capture"
	"uplinkcheck/drivers/text"
)

var (
	versionLine = regexp.MustCompile(`^\s*Cisco IOS[ -]XR Software, +Version ([^\s\[,]+)`)
	uptimeLine  = regexp.MustCompile(`^\s*(\S+) uptime is \d`)
	modelLine   = regexp.MustCompile(`^\s*[Cc]isco (\S.*?) \(.*\) processor\b`)
)

// version reads "show version". "System uptime" is that of a host whose name it does not tell. A series is no model.
func (p *parser) version(lines []text.Line) {
	d := &p.Switch.Device
	for _, l := range lines {
		if m := l.Match(versionLine); m != nil && !d.Version.Known() {
			d.Version = m[1]
		}
		if m := l.Match(uptimeLine); m != nil && m[1].Value != "System" && !d.Hostname.Known() {
			d.Hostname = m[1]
		}
		if m := l.Match(modelLine); m != nil && !d.Model.Known() {
			d.Model = m[1]
		}
	}
	d.Stacked = capture.Then(d.Model, func(model string) (bool, bool) { return false, !mayCluster(model) })
}

// mayCluster reports whether several chassis can be joined under one control plane: an nV Edge pair of ASR 9000, or a CRS or NCS 6000 of several shelves.
func mayCluster(model string) bool {
	model = strings.ToUpper(strings.ReplaceAll(model, " ", ""))
	return strings.HasPrefix(model, "ASR9K") || strings.HasPrefix(model, "ASR-9") || strings.HasPrefix(model, "ASR9") || strings.HasPrefix(model, "CRS") ||
		strings.HasPrefix(model, "NCS6") || strings.HasPrefix(model, "NCS-6")
}

func (p *parser) hostname(lines []text.Line) {
	for _, l := range lines {
		if f := l.Fields(); len(f) == 2 && f[0].Value == "hostname" {
			p.Switch.Device.Hostname = f[1]
		}
	}
}

var (
	itemLine    = regexp.MustCompile(`^\s*(?i:NAME): *"?([^"]*?)"?\s*,?\s+(?i:DESCR): *"?(.*?)"?$`)
	productLine = regexp.MustCompile(`^\s*PID: *(\S.*?)?\s*,?\s+VID: *([^,]*?)\s*,?\s+SN: *(\S*)$`)
)

// inventory reads "show inventory" in either form: the chassis is "Rack 0", or "chassis" with its model.
func (p *parser) inventory(lines []text.Line) {
	name := ""
	for _, l := range lines {
		if m := l.Match(itemLine); m != nil {
			name = strings.ToLower(m[1].Value)
			continue
		}
		m := l.Match(productLine)
		if m == nil {
			continue
		}
		if sn := m[3]; (name == "rack 0" || name == "chassis" || strings.HasPrefix(name, "chassis ")) && sn.Known() && sn.Value != "N/A" && sn.Value != "-" &&
			!p.Switch.Device.Serial.Known() {
			p.Switch.Device.Serial = sn
		}
		name = ""
	}
}

var (
	cardLine = regexp.MustCompile(`^\s*(\d+/\w+/CPU\d+)\s.*\bIOS[ -]XR RUN\b`)
	treeLine = regexp.MustCompile(`^\s*spanning-tree (\S+) (\S+)`)
)

// lineCards are the nodes that run, of "show platform".
func lineCards(c *capture.Capture) (out []string) {
	for _, l := range text.Lines(c.Reply(platformLine)) {
		if m := l.Match(cardLine); m != nil {
			out = append(out, m[1].Value)
		}
	}
	return out
}

// trees returns the names of the spanning trees of that kind.
func trees(kind string) func(*capture.Capture) []string {
	return func(c *capture.Capture) (out []string) {
		for _, l := range text.Lines(c.Reply(treesLine)) {
			if m := l.Match(treeLine); m != nil && m[1].Value == kind {
				out = append(out, m[2].Value)
			}
		}
		return out
	}
}
