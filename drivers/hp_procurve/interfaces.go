package hp_procurve

import (
	"regexp"
	"strings"

	"uplinkcheck/drivers/capture"
	"uplinkcheck/drivers/state"
	"uplinkcheck/drivers/text"
)

// itf returns the interface of a name as it stands in a list, and notes the LAG behind it.
func (p *parser) itf(f capture.Fact[string], from capture.Span) *state.Interface {
	name, lag := port(f)
	if !name.Known() {
		return nil
	}
	i := p.Interface(name.Value, from)
	i.Kind = state.Physical
	if isLAG(name.Value) {
		i.Kind = state.Aggregate
	}
	if lag.Known() {
		p.inTrunk[name.Value] = true
		if of, _ := port(uncut(lag)); of.Known() && isLAG(of.Value) {
			p.AggregationPort(of.Value, name.Value, f.From)
		}
	}
	return i
}

var adminWords = map[string]state.Status{"yes": state.Up, "no": state.Down}

var upDown = map[string]state.Status{"up": state.Up, "down": state.Down}

// modeWord matches the modes of links; a star marks one that differs from what was configured.
var modeWord = regexp.MustCompile(`^([\d.]+)(Gig(?:abit)?)?([FH])Dx?\*?$`)

// mode reads 1000FDx, 100HDx, 2.5GigFD.
func mode(i *state.Interface, f capture.Fact[string]) {
	m := modeWord.FindStringSubmatch(f.Value)
	if m == nil {
		return
	}
	unit := "M"
	if m[2] != "" {
		unit = "G"
	}
	i.Speed = capture.Then(text.Speed(capture.Of(m[1]+unit, f.From)), func(v uint64) (uint64, bool) { return v, v > 0 })
	i.Duplex = capture.Of(map[string]state.Duplex{"F": state.Full, "H": state.Half}[m[3]], f.From)
}

var briefRow = regexp.MustCompile(`^\s*(\S+)\s+(?:\S.*?)?\|\s*(?:Yes|No)\s+(Yes|No)\s+(Up|Down)(?:\s+(\S+))?`)

// interfacesBrief reads "show interfaces brief".
func interfacesBrief(p *parser, lines []text.Line) {
	headed, understood := false, true
	for _, l := range lines {
		if strings.Contains(l.Text, "Enabled") && strings.Contains(l.Text, "Status") && strings.Contains(l.Text, "Port") {
			headed = true
			continue
		}
		if !headed || !strings.Contains(l.Text, "|") && !rowLike(l) {
			continue
		}
		m := l.Match(briefRow)
		var i *state.Interface
		if m != nil {
			i = p.itf(m[1], l.Span())
		}
		if i == nil {
			p.Unread(l.Span(), "no row of a port")
			understood = false
			continue
		}
		i.Admin, i.Oper = state.Word(p.Draft, m[2], adminWords), state.Word(p.Draft, m[3], upDown)
		mode(i, m[4])
	}
	if headed && understood {
		p.Switch.Listed.Interfaces = lines[0].Reply.Whole()
	}
}

// rowLike tells a line that begins like a row from rules and footnotes.
func rowLike(l text.Line) bool {
	f := l.Fields()
	if len(f) < 3 {
		return false
	}
	name, _ := port(f[0])
	return name.Known()
}

// interfaceCounters reads "show interfaces", of which only the names of ports are of interest.
func interfaceCounters(p *parser, lines []text.Line) {
	_, rows, ok := text.FindTable(lines, "Port", "Total Bytes", "Total Frames")
	for _, l := range rows {
		if f := l.Fields(); ok && len(f) > 4 {
			p.itf(f[0], l.Span())
		}
	}
}

// interfacesStatus reads "show interfaces status": a port with VLANs of several tags is only said to have them.
func interfacesStatus(p *parser, lines []text.Line) {
	t, rows, ok := text.FindTable(lines, "Port", "Name", "Status", "Config-mode", "Speed", "Type", "Tagged", "Untagged")
	if !ok {
		return
	}
	for _, l := range rows {
		if l.Blank() {
			continue
		}
		r := t.Row(l)
		i := p.itf(r.Cell("Port"), l.Span())
		status := r.Cell("Status")
		if i == nil || upDown[strings.ToLower(status.Value)] == 0 {
			p.Unread(l.Span(), "no row of a port")
			continue
		}
		i.Oper = state.Word(p.Draft, status, upDown)
		i.Description = uncut(r.Cell("Name"))
		mode(i, r.Cell("Speed"))
		p.statusVLANs(r.Cell("Port"), l, r.Cell("Tagged"), r.Cell("Untagged"))
	}
}

// finishInterfaces notes members of LAGs and of a stack.
func (p *parser) finishInterfaces() {
	in := map[string]capture.Fact[string]{}
	for _, a := range p.Aggregators() {
		for _, x := range p.AggregationPorts(a.Name) {
			in[x.Name] = capture.Of(a.Name, x.From)
		}
	}
	for _, i := range p.Interfaces() {
		i.Aggregator = in[i.Name]
		if id, _, ok := strings.Cut(i.Name, "/"); ok && capture.Is(p.Switch.Device.Stacked, true) {
			i.Member = capture.Of(id, i.From)
		}
	}
}
