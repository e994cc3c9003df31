package hp_comware

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
	neighbourHead  = regexp.MustCompile(`^\s*LLDP neighbor-information of port \d+ ?\[([^\]]+)\]`)
	neighbourIndex = regexp.MustCompile(`^\s*(?:LLDP )?[Nn]eighbor index\s*: ?\d+`)
)

// neighbours reads "display lldp neighbor-information verbose", and the shorter form of it.
func neighbours(p *parser, lines []text.Line) {
	if len(lines) == 0 {
		return
	}
	before := len(p.Switch.Unread)
	sections := text.Sections(lines, func(l text.Line) bool { return neighbourHead.MatchString(l.Text) })
	whole := len(sections) > 0
	for _, s := range sections {
		local := port(s[0].Match(neighbourHead)[1])
		list := text.Sections(s, func(l text.Line) bool { return neighbourIndex.MatchString(l.Text) })
		if !local.Known() || len(list) == 0 {
			p.Unread(s[0].Span(), "a port without a neighbour")
			continue
		}
		for _, n := range list {
			whole = vrp.Neighbour(p.Draft, local.Value, n) && whole
		}
	}
	if whole && len(p.Switch.Unread) == before {
		p.Switch.Listed.Remotes = lines[0].Reply.Whole()
	}
}

// agentLegend tells that a sign at a chassis stands for the agent that heard it.
var agentLegend = regexp.MustCompile(`(?i)[*#] (?:-+ )+nearest\b`)

// neighbourList reads "display lldp neighbor-information list", whose columns stand in another order on older releases. The kinds of
// identifiers are not printed; a name that is too long goes on in the next line.
func neighbourList(p *parser, lines []text.Line) {
	t, rows, ok := text.FindTable(lines, "System Name", "Local Interface", "Chassis ID", "Port ID")
	if !ok {
		return
	}
	marked := slices.ContainsFunc(lines, func(l text.Line) bool { return agentLegend.MatchString(l.Text) })
	for k, l := range rows {
		r := t.Row(l)
		local := port(r.Cell("Local Interface"))
		if !local.Known() {
			continue // the rest of a name
		}
		if !r.Cell("Port ID").Known() {
			p.Unread(l.Span(), "no row of a neighbour")
			continue
		}
		x := p.Remote(local.Value, state.LLDP, l.Span())
		x.PortID = text.Identifier(vrp.Uncut(vrp.Known(r.Cell("Port ID"))), state.SubtypeUnknown)
		chassis := vrp.Uncut(vrp.Known(r.Cell("Chassis ID")))
		if marked {
			chassis = capture.Then(chassis, func(s string) (string, bool) { s = strings.Trim(s, "*# "); return s, s != "" })
		}
		x.ChassisID = text.Identifier(chassis, state.SubtypeUnknown)
		x.SystemName = vrp.Uncut(vrp.Known(r.Cell("System Name")))
		if len(x.SystemName.Value) == nameWidth { // a longer one has a column without an end
			x.SystemName = goesOn(x.SystemName, rows[k+1:])
		}
	}
}

// nameWidth is what the column of names holds.
const nameWidth = 20

// goesOn joins a name that fills its column with the rest of it, which stands alone in the next line. Without such a line it may be cut.
func goesOn(name capture.Fact[string], rest []text.Line) capture.Fact[string] {
	if len(rest) == 0 || rest[0].Indent() > 0 || len(rest[0].Fields()) != 1 {
		return capture.Fact[string]{}
	}
	more := rest[0].Whole()
	return capture.Of(name.Value+more.Value, more.From.Reply.Span(int(name.From.Start), int(more.From.End)))
}
