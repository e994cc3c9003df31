package hp_procurve

import (
	"regexp"
	"strings"

	"uplinkcheck/drivers/capture"
	"uplinkcheck/drivers/state"
	"uplinkcheck/drivers/text"
)

var vlanRow = regexp.MustCompile(`^\s*(\d{1,4})\s+(\S.*?)\s+(?:\|\s*)?(\S+)\s+(?:Yes|No)(?:\s+(?:Yes|No))?$`)

// vlans reads "show vlans". Names may be cut.
func vlans(p *parser, lines []text.Line) {
	headed, understood := false, true
	for _, l := range lines {
		if strings.Contains(l.Text, "VLAN ID") && strings.Contains(l.Text, "Name") {
			headed = true
			continue
		}
		if !headed || l.Blank() || strings.Trim(l.Text, "-+ \t") == "" {
			continue
		}
		m := l.Match(vlanRow)
		if m == nil || !text.VID(m[1]).Known() {
			p.Unread(l.Span(), "no row of a VLAN")
			understood = false
			continue
		}
		v := p.VLAN(text.VID(m[1]).Value, l.Span())
		v.Name, v.Active = uncut(m[2]), capture.Of(true, l.Span()) // none is ever suspended
	}
	if headed && understood {
		p.Switch.Listed.VLANs = lines[0].Reply.Whole()
	}
}

// A bridging is a port with its VLANs; unknown sets were not printed.
type bridging struct {
	name             string
	from             capture.Span
	tagged, untagged capture.Fact[state.VIDSet]
	pvid             capture.Fact[state.VID]
	dynamic          bool
}

var (
	portHead = regexp.MustCompile(`(?i)^\s*Status and Counters - VLAN Information - for ports? (\S+)$`)
	inVLAN   = regexp.MustCompile(`^\s*(\d{1,4})\s+(\S.*?)\s+(?:\|\s*)?(\S+)\s+(?:Yes|No)\s+(?:(?:Yes|No)\s+)?(Tagged|Untagged|Forbid|Auto|No)$`)
)

// portVLANs reads "show vlans ports all detail": a table for each port. A blank line proves the end of one.
func portVLANs(p *parser, lines []text.Line) {
	for _, s := range text.Sections(lines, func(l text.Line) bool { return portHead.MatchString(l.Text) }) {
		f := s[0].Match(portHead)[1]
		name, lag := port(f)
		if !name.Known() {
			p.Unread(s[0].Span(), "no port")
			continue
		}
		if lag.Known() {
			p.inTrunk[name.Value] = true
			continue
		}
		if b, ok := p.portSection(name.Value, s); ok {
			p.bridged = append(p.bridged, b)
		}
	}
}

func (p *parser) portSection(name string, lines []text.Line) (b bridging, ok bool) {
	var tagged, untagged []state.VID
	rows, ended := 0, false
	b = bridging{name: name, from: lines[0].Span()}
	for _, l := range lines[1:] {
		if l.Blank() {
			ended = ended || rows > 0
			continue
		}
		m := l.Match(inVLAN)
		if m == nil {
			if rows > 0 && !ended {
				p.Unread(l.Span(), "no row of a VLAN")
				return b, false
			}
			continue
		}
		rows++
		v := text.VID(m[1])
		b.dynamic = b.dynamic || m[3].Value == "Dynamic" // by GVRP, and gone when the neighbour does not declare it any more
		switch m[4].Value {
		case "Tagged":
			tagged = append(tagged, v.Value)
		case "Untagged":
			untagged = append(untagged, v.Value)
			b.pvid = v
		case "Auto":
			b.dynamic = true
		}
	}
	if !ended {
		return b, false
	}
	b.from = text.Through(lines)
	b.tagged, b.untagged = capture.Of(state.VIDs(tagged...), b.from), capture.Of(state.VIDs(untagged...), b.from)
	switch {
	case len(untagged) == 0:
		b.pvid = capture.Of(state.VID(0), b.from)
	case len(untagged) > 1: // by the protocol of a frame
		b.pvid = capture.Fact[state.VID]{}
	}
	return b, true
}

// statusVLANs takes the last columns of "show interfaces status": VLANs with a tag ("multi" for several), and the one without.
func (p *parser) statusVLANs(f capture.Fact[string], l text.Line, tagged, untagged capture.Fact[string]) {
	name, lag := port(f)
	b := bridging{name: name.Value, from: l.Span(), tagged: oneOrNone(tagged), untagged: oneOrNone(untagged)}
	b.pvid = text.VID(untagged)
	if untagged.Value == "No" {
		b.pvid = capture.Of(state.VID(0), untagged.From)
	}
	if lag.Known() { // what is said of a member is true of its LAG
		of, _ := port(uncut(lag))
		if !of.Known() || !isLAG(of.Value) {
			return
		}
		b.name = of.Value
	}
	p.bridged = append(p.bridged, b)
}

// oneOrNone reads "No" and a VLAN id.
func oneOrNone(f capture.Fact[string]) capture.Fact[state.VIDSet] {
	return capture.Then(f, func(s string) (state.VIDSet, bool) {
		if s == "No" {
			return state.VIDSet{}, true
		}
		v, err := state.ParseVID(s)
		return state.VIDs(v), err == nil
	})
}

// finishBridgePorts takes the ports that are in no LAG. Who is in no VLAN with a tag is an access port.
func (p *parser) finishBridgePorts() {
	for _, x := range p.bridged {
		if p.IsMember(x.name) || p.inTrunk[x.name] {
			continue
		}
		b := p.BridgePort(x.name, x.from)
		b.PVID, b.Untagged = x.pvid, x.untagged
		b.Trunking = capture.Of(state.StaticTrunking, x.from)
		if x.dynamic {
			b.Trunking = capture.Of(state.DynamicVLANs, x.from)
			continue
		}
		if x.tagged.Known() && x.untagged.Known() {
			b.Members = capture.Of(x.tagged.Value.Union(x.untagged.Value), x.from)
			b.Configured = b.Members
			b.Explicit = capture.Of(true, x.from)
		}
		switch {
		case x.tagged.Known() && !x.tagged.Value.Empty():
			b.Mode = capture.Of(state.Trunk, x.tagged.From)
		case x.tagged.Known() && x.untagged.Known() && !x.untagged.Value.Empty():
			b.Mode = capture.Of(state.Access, x.untagged.From)
		}
	}
}
