package huawei_vrp

import (
	"regexp"
	"slices"
	"strings"

	"uplinkcheck/drivers/capture"
	"uplinkcheck/drivers/state"
	"uplinkcheck/drivers/text"
	"uplinkcheck/drivers/vrp"
)

var (
	trunkHead = regexp.MustCompile(`^\s*(Eth-Trunk) ?(\d+)'s state information is:`)
	noTrunk   = regexp.MustCompile(`(?i)^\s*info: no valid trunk`)
)

// A setting is what the head of a LAG says.
type setting int

const (
	modeSetting setting = iota
	prioritySetting
	systemSetting
	leastSetting
	mostSetting
	upSetting
	operSetting
	settings
)

// settingNames are the ways in which releases write them, in lower case.
var settingNames = [settings][]string{
	{"workingmode", "working mode"}, {"system priority"}, {"system id"}, {"least active-linknumber"}, {"max active-linknumber"},
	{"number of up port in trunk", "number of up ports in trunk"}, {"operate status", "operating status"},
}

// settingsIn reads a line such as "System Priority: 32768      System ID: 0053-00aa-0001": each is a name, a colon and a word.
func settingsIn(l text.Line, to *[settings]capture.Fact[string]) {
	for from := 0; ; {
		colon := strings.IndexByte(l.Text[from:], ':')
		if colon < 0 {
			return
		}
		name := l.Text[from : from+colon]
		from += colon + 1
		word := l.Part(from, len(l.Text))
		if end := strings.IndexAny(word.Value, " \t"); end > 0 {
			word.Value, word.From.End = word.Value[:end], word.From.Start+uint32(end)
		}
		for k, names := range settingNames {
			if slices.ContainsFunc(names, func(s string) bool { return endsIn(name, s) }) && !to[k].Known() {
				to[k] = word
			}
		}
	}
}

// endsIn reports whether the last words of a text are these, whatever their case.
func endsIn(s, words string) bool {
	at := len(s) - len(words)
	return at >= 0 && strings.EqualFold(s[at:], words) && (at == 0 || s[at-1] == ' ')
}

// modeWords: STATIC is LACP whose members are configured, DYNAMIC is LACP whose members may forward on their own.
var modeWords = map[string]state.AggregationProtocol{"normal": state.Static, "manual": state.Static, "lacp": state.LACP, "static": state.LACP, "dynamic": state.LACP,
	"lacp-static": state.LACP, "lacp-dynamic": state.LACP}

var upDown = map[string]state.Status{"up": state.Up, "down": state.Down}

// selections are the words of LACP and those of a LAG without it. An unselected port may be one in reserve: see reserve.
var selections = map[string]state.Selection{"selected": state.Selected, "unselect": state.Unselected, "unselected": state.Unselected, "indep": state.Individual,
	"up": state.Selected, "down": state.Unselected}

// trunks reads "display eth-trunk".
func trunks(p *parser, lines []text.Line) {
	if len(lines) == 0 {
		return
	}
	before := len(p.Switch.Unread)
	sections := text.Sections(lines, func(l text.Line) bool { return strings.Contains(l.Text, "'s state information is") })
	for _, s := range sections {
		p.trunk(s)
	}
	none := len(sections) == 0 && noTrunk.MatchString(lines[0].Text)
	if (none || len(sections) > 0) && len(p.Switch.Unread) == before {
		p.Switch.Listed.Aggregators, p.Switch.Listed.LACP = lines[0].Reply.Whole(), lines[0].Reply.Whole()
	}
}

func (p *parser) trunk(lines []text.Line) {
	m := lines[0].Match(trunkHead)
	if m == nil {
		p.Unread(lines[0].Span(), "the head of a LAG in a form that we do not know")
		return
	}
	a := p.Aggregator(m[1].Value+m[2].Value, lines[0].Span())
	local, partner := lines, []text.Line(nil)
	for i, l := range lines {
		if strings.TrimSpace(l.Text) == "Partner:" {
			local, partner = lines[:i], lines[i+1:]
		}
	}
	var say [settings]capture.Fact[string]
	for _, l := range local {
		settingsIn(l, &say)
	}
	a.Protocol = state.Word(p.Draft, say[modeSetting], modeWords)
	a.MinLinks = text.Int(say[leastSetting])
	a.Oper = state.Word(p.Draft, say[operSetting], upDown)
	own := state.Endpoint{SystemPriority: text.Sixteen(say[prioritySetting]), System: text.MAC(say[systemSetting])}
	p.members(a, local, own)
	p.partners(a, partner)
	if most, up := text.Int(say[mostSetting]), text.Int(say[upSetting]); most.Known() && up.Known() && up.Value >= most.Value {
		p.reserve(a)
	}
}

// A record is a row of a table of ports by heading.
type record struct {
	line  text.Line
	port  string
	head  []capture.Fact[string]
	cells []capture.Fact[string]
}

// cell returns what stands in the column of that heading, unknown when there is none.
func (r record) cell(heading string) capture.Fact[string] {
	for k := range r.head {
		if r.head[k].Value == heading {
			return r.cells[k]
		}
	}
	return capture.Fact[string]{}
}

// records cuts the rows of a table into words, below a line that begins with that heading: no cell of these tables holds a blank, and what
// stands in them does not always stand below its heading.
func (p *parser) records(lines []text.Line, heading string) (out []record) {
	var head []capture.Fact[string]
	for _, l := range lines {
		if head == nil && !strings.Contains(l.Text, heading) {
			continue
		}
		f := l.Fields()
		switch {
		case len(f) > 0 && f[0].Value == heading:
			head = f
			continue
		case head == nil, len(f) == 0 && len(out) == 0, strings.HasPrefix(strings.TrimSpace(l.Text), "--"):
			continue
		case len(f) == 0:
			return out
		}
		port := p.port(f[0])
		if !port.Known() {
			if strings.Contains(f[0].Value, "/") {
				p.Unread(l.Span(), "a member of a LAG with an unknown name")
			}
			return out
		}
		if len(f) != len(head) {
			p.Unread(l.Span(), "a row of another number of columns")
			continue
		}
		out = append(out, record{l, port.Value, head, f})
	}
	return out
}

// members reads the table of local ports, which has three columns without LACP.
func (p *parser) members(a *state.Aggregator, lines []text.Line, own state.Endpoint) {
	list := p.records(lines, "ActorPortName")
	for _, r := range append(list, p.records(lines, "PortName")...) {
		x := p.AggregationPort(a.Name, r.port, r.line.Span())
		x.From = r.line.Span()
		x.Selected = state.Word(p.Draft, vrp.Unmarked(r.cell("Status")), selections)
		if len(list) > 0 {
			x.Actor = own
			p.endpoint(&x.Actor, r)
		}
	}
}

// partners reads the table of what the partner sends to each port.
func (p *parser) partners(a *state.Aggregator, lines []text.Line) {
	for _, r := range p.records(lines, "ActorPortName") {
		x := p.AggregationPort(a.Name, r.port, r.line.Span())
		x.Partner.SystemPriority, x.Partner.System = text.Sixteen(r.cell("SysPri")), text.MAC(r.cell("SystemID"))
		p.endpoint(&x.Partner, r)
	}
}

func (p *parser) endpoint(e *state.Endpoint, r record) {
	e.PortPriority, e.Port, e.Key = text.Sixteen(r.cell("PortPri")), text.Sixteen(r.cell("PortNo")), text.Sixteen(r.cell("PortKey"))
	digits := r.cell("PortState")
	e.State = capture.Then(digits, octet)
	if digits.Known() && !e.State.Known() {
		p.Unread(digits.From, state.Quote(digits.Value)+" is no LACP state of eight digits")
	}
}

// octet reads eight digits, of which the first is bit 0, LACP_Activity (IEEE Std 802.1AX-2020, 6.4.2.3).
func octet(s string) (state.LACPState, bool) {
	if len(s) != 8 || strings.Trim(s, "01") != "" {
		return state.LACPState{}, false
	}
	var v uint8
	for i := range s {
		v |= (s[i] - '0') << i
	}
	return state.WholeLACPState(v), true
}

// reserve finds the ports that the limit of active links holds back, once as many are up: they could be aggregated, and hear their partner.
// Where it is not known whether they do, it is not known either why they are not selected.
func (p *parser) reserve(a *state.Aggregator) {
	for _, x := range p.AggregationPorts(a.Name) {
		if st := x.Actor.State; !capture.Is(x.Selected, state.Unselected) || !st.Known() || st.Value.Has(state.Aggregation) != state.Yes {
			continue
		}
		switch x.Heard() {
		case state.Yes:
			x.Selected = capture.Of(state.Standby, x.Selected.From)
		case state.Unknown:
			x.Selected = capture.Fact[state.Selection]{}
		}
	}
}
