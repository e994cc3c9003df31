package cisco_nxos

import (
	"regexp"
	"strings"

	"uplinkcheck/drivers/capture"
	"uplinkcheck/drivers/state"
	"uplinkcheck/drivers/text"
	"uplinkcheck/drivers/tree"
)

// version reads "show version". Which member has the version differs by family: nxos_ver_str, sys_ver_str, kickstart_ver_str.
func version(p *parser, n tree.Node) {
	d := &p.Switch.Device
	d.Hostname = word(n, "host_name")
	for _, key := range []string{"nxos_ver_str", "sys_ver_str", "kickstart_ver_str"} {
		take(&d.Version, release(word(n, key)))
	}
	d.Model = model(word(n, "chassis_id"))
	p.boardID = word(n, "proc_board_id")
}

// release is a version without the words in brackets behind it: "10.4(5) [Maintenance Release]".
func release(f capture.Fact[string]) capture.Fact[string] {
	return capture.Then(f, func(s string) (string, bool) { s, _, _ = strings.Cut(s, " ["); return strings.TrimSpace(s), s != "" })
}

// model is what stands before the word Chassis: "Nexus9000 C93180YC-EX", "Nexus 3048".
func model(f capture.Fact[string]) capture.Fact[string] {
	return capture.Then(f, func(s string) (string, bool) {
		at := strings.Index(strings.ToLower(s), " chassis")
		if at >= 0 {
			s = s[:at]
		}
		return strings.TrimSpace(s), strings.TrimSpace(s) != ""
	})
}

var (
	systemVersion = regexp.MustCompile(`^\s*(?:NXOS|system):\s+version\s+(\S.*)$`)
	chassisLine   = regexp.MustCompile(`^\s*cisco\s+(\S.*?)\s+[Cc]hassis\b`)
	boardLine     = regexp.MustCompile(`^\s*Processor [Bb]oard ID:?\s+(\S+)\s*$`)
	nameLine      = regexp.MustCompile(`^\s*Device name:\s+(\S+)\s*$`)
)

// versionText reads "show version" as text.
func versionText(p *parser, lines []text.Line) {
	d := &p.Switch.Device
	for _, l := range lines {
		for _, f := range []struct {
			re *regexp.Regexp
			to *capture.Fact[string]
		}{{systemVersion, &d.Version}, {chassisLine, &d.Model}, {boardLine, &p.boardID}, {nameLine, &d.Hostname}} {
			if m := l.Match(f.re); m != nil && !f.to.Known() {
				*f.to = release(m[1])
			}
		}
	}
}

// inventory reads "show inventory". The serial number by which a switch is known is that of the part named chassis. Its part
// number is another name of the model, which "show version" tells.
func inventory(p *parser, n tree.Node) {
	for row := range rows(n, "inv") {
		if isChassis(word(row, "name").Value) {
			take(&p.Switch.Device.Serial, serial(word(row, "serialnum")))
		}
		if id := fexChassis(word(row, "name").Value); id != "" {
			x := p.Extender(id, row.Span())
			take(&x.Serial, present(word(row, "serialnum")))
			take(&x.Model, present(word(row, "productid")))
		}
	}
}

func isChassis(name string) bool { return strings.EqualFold(strings.Trim(name, `\" `), "chassis") }

// fexChassis returns the number of the FEX of which this is the name of the chassis, "" for any other part: FEX 101 CHASSIS.
func fexChassis(name string) string {
	words := strings.Fields(strings.ToUpper(strings.Trim(name, `\" `)))
	if len(words) == 3 && words[0] == "FEX" && isFEX(words[1]) && words[2] == "CHASSIS" {
		return words[1]
	}
	return ""
}

func serial(f capture.Fact[string]) capture.Fact[string] {
	return capture.Then(f, func(s string) (string, bool) { return s, s != "N/A" })
}

var (
	partLine   = regexp.MustCompile(`^\s*NAME:\s*(.*?)\s*,\s*DESCR:`)
	serialLine = regexp.MustCompile(`\bSN:\s*(\S+)\s*$`)
	modelLine  = regexp.MustCompile(`^\s*PID:\s*([^\s,]+)`)
)

// inventoryText reads "show inventory" as text.
func inventoryText(p *parser, lines []text.Line) {
	chassis := false
	var fex *state.Extender
	for _, l := range lines {
		if m := l.Match(partLine); m != nil {
			chassis, fex = isChassis(m[1].Value), nil
			if id := fexChassis(m[1].Value); id != "" {
				fex = p.Extender(id, l.Span())
			}
			continue
		}
		m := l.Match(serialLine)
		if m != nil && chassis {
			take(&p.Switch.Device.Serial, serial(m[1]))
		}
		if m != nil && fex != nil && l.At+len(l.Text) < len(l.Reply.Data) { // else it may be cut short
			take(&fex.Serial, present(m[1]))
			if pid := l.Match(modelLine); pid != nil {
				take(&fex.Model, present(pid[1]))
			}
		}
	}
}

// ownBoard matches the models whose only board is the chassis, so that its serial number is the chassis's. Of the others the board is
// a supervisor or a module.
var ownBoard = regexp.MustCompile(`^Nexus ?(3\d{3}|9\d{3})( |$)`)

// modular matches chassis with slots.
var modular = regexp.MustCompile(`\(\d+ [Ss]lot\)|C95\d\d|C98\d\d|C94\d\d`)

// nexus matches the models of the family, by name and by part number.
var nexus = regexp.MustCompile(`^(Nexus|N\dK-)`)

// finishIdentity takes the board's serial number where it is the chassis's, and the chassis's own address. No Nexus can be stacked.
func (p *parser) finishIdentity() {
	d := &p.Switch.Device
	if !d.Serial.Known() && ownBoard.MatchString(d.Model.Value) && !modular.MatchString(d.Model.Value) {
		d.Serial = p.boardID
	}
	for _, m := range p.owns {
		if !d.ChassisMAC.Known() {
			d.ChassisMAC = m
		}
	}
	d.Stacked = capture.Then(d.Model, func(m string) (bool, bool) { return false, nexus.MatchString(m) })
}
