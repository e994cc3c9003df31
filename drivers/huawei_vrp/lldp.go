package huawei_vrp

import (
	"regexp"
	"strings"

	"uplinkcheck/drivers/capture"
	"uplinkcheck/drivers/state"
	"uplinkcheck/drivers/text"
	"uplinkcheck/drivers/vrp"
)

var (
	neighbourHead  = regexp.MustCompile(`^\s*(\S+) +has (\d+) neighbor`)
	neighbourIndex = regexp.MustCompile(`^\s*Neighbor index\s*: ?\d+`)
)

// neighbours reads "display lldp neighbor".
func neighbours(p *parser, lines []text.Line) {
	if len(lines) == 0 {
		return
	}
	before := len(p.Switch.Unread)
	sections := text.Sections(lines, func(l text.Line) bool { return neighbourHead.MatchString(l.Text) })
	whole := len(sections) > 0
	for _, s := range sections {
		m := s[0].Match(neighbourHead)
		local := p.port(m[1])
		list := text.Sections(s, func(l text.Line) bool { return neighbourIndex.MatchString(l.Text) })
		if !local.Known() || !capture.Is(text.Int(m[2]), len(list)) {
			p.Unread(s[0].Span(), "a port with another number of neighbours than it says")
			whole = false
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

// neighboursBrief reads "display lldp neighbor brief", whose headings differ between releases. The kinds of identifiers are not printed.
func neighboursBrief(p *parser, lines []text.Line) {
	for _, h := range [][3]string{{"Local Interface", "Neighbor Interface", "Neighbor Device"}, {"Local Intf", "Neighbor Intf", "Neighbor Dev"}} {
		t, rows, ok := text.FindTable(lines, h[0], h[1], h[2])
		if !ok {
			continue
		}
		for _, l := range rows {
			r := t.Row(l)
			local := p.port(r.Cell(h[0]))
			if l.Blank() || strings.HasPrefix(l.Text, "--") {
				continue
			}
			if !local.Known() || !r.Cell(h[1]).Known() {
				p.Unread(l.Span(), "no row of a neighbour")
				continue
			}
			x := p.Remote(local.Value, state.LLDP, l.Span())
			x.PortID = text.Identifier(vrp.Uncut(vrp.Known(r.Cell(h[1]))), state.SubtypeUnknown)
			x.SystemName = vrp.Uncut(vrp.Known(r.Cell(h[2])))
		}
		return
	}
}
