package hp_comware

import (
	"fmt"
	"regexp"
	"strings"

	"uplinkcheck/drivers/capture"
	"uplinkcheck/drivers/state"
	"uplinkcheck/drivers/text"
)

var (
	vlanHead  = regexp.MustCompile(`^\s*VLAN ID *: *(\d+)\s*$`)
	vlanName  = regexp.MustCompile(`^\s*Name *: *(.*)$`)
	vlanPorts = regexp.MustCompile(`(?i)^\s*(tagged|untagged) +ports *:\s*(.*)$`)
	vlanAddr  = regexp.MustCompile(`(?i)^\s*IP(?:v4)? address *: *(\d+\.\d+\.\d+\.\d+)$`)
	vlanMask  = regexp.MustCompile(`(?i)^\s*(?:IPv4 )?subnet mask *: *(\d+\.\d+\.\d+\.\d+)$`)
)

// vlans reads "display vlan all": a section for each VLAN, with its ports by whether they send a tag. A port may be marked with its state.
func vlans(p *parser, lines []text.Line) {
	if len(lines) == 0 {
		return
	}
	before := len(p.Switch.Unread)
	sections := text.Sections(lines, func(l text.Line) bool { return vlanHead.MatchString(l.Text) })
	for _, s := range sections {
		p.vlan(s)
	}
	if len(sections) > 0 && len(p.Switch.Unread) == before {
		p.Switch.Listed.VLANs = lines[0].Reply.Whole()
	}
}

func (p *parser) vlan(lines []text.Line) {
	id := text.VID(lines[0].Match(vlanHead)[1])
	if !id.Known() {
		p.Unread(lines[0].Span(), "no VLAN id")
		return
	}
	v := p.VLAN(id.Value, lines[0].Span())
	v.Active = capture.Of(true, lines[0].Span()) // Comware knows none that is suspended
	inList := false
	var address capture.Fact[string]
	for _, l := range lines[1:] {
		if m := l.Match(vlanAddr); m != nil && !inList {
			address = m[1]
		}
		if m := l.Match(vlanMask); m != nil && !inList && address.Known() { // of the routed interface in the VLAN
			from := l.Reply.Span(int(address.From.Start), int(m[1].From.End))
			p.address(p.svi(fmt.Sprintf("Vlan-interface%d", id.Value), lines[0].Span()).Interface, state.Routed, text.Prefix(capture.Of(address.Value+" "+m[1].Value, from)))
		}
		list := l.Whole()
		switch m := l.Match(vlanPorts); {
		case m != nil:
			inList, list = true, m[2]
		case !inList:
			if m := l.Match(vlanName); m != nil {
				v.Name = m[1]
			}
			continue
		case l.Blank():
			inList = false
			continue
		}
		for _, w := range fields(list) {
			name := port(w)
			if name.Known() {
				v.Ports = append(v.Ports, name)
			} else if w.Value != "(U)" && w.Value != "(D)" && !strings.EqualFold(w.Value, "none") {
				p.Unread(w.From, state.Quote(w.Value)+" is no port")
			}
		}
	}
}

// fields are the words of a fact.
func fields(f capture.Fact[string]) (out []capture.Fact[string]) {
	if !f.Known() {
		return nil
	}
	return text.Line{Reply: f.From.Reply, At: int(f.From.Start), Text: f.Value}.Fields()
}

// vlansBrief reads "display vlan brief", whose names may be cut, and whose lists of ports are wrapped.
func vlansBrief(p *parser, lines []text.Line) {
	t, rows, ok := text.FindTable(lines, "VLAN ID", "Name", "Port")
	if !ok {
		return
	}
	var v *state.VLAN
	for _, l := range rows {
		r := t.Row(l)
		if number := r.Cell("VLAN ID"); number.Known() {
			if v = nil; text.VID(number).Known() {
				v = p.VLAN(text.VID(number).Value, l.Span())
				v.Name, v.Active = r.Cell("Name"), capture.Of(true, l.Span())
			}
		}
		for _, w := range fields(r.Cell("Port")) {
			if name := port(w); v != nil && name.Known() && strings.Contains(name.Value, "/") {
				v.Ports = append(v.Ports, name)
			} else if v != nil && name.Known() && kindOf(name.Value) == state.Aggregate {
				v.Ports = append(v.Ports, name)
			}
		}
	}
}

var linkWords = map[string]state.PortMode{"access": state.Access, "trunk": state.Trunk, "hybrid": state.Hybrid}

// finishBridgePorts joins what is configured on each port with what passes it. Members of LAGs are none: where the list of LAGs is missing,
// nobody knows which ports those are, unless there are no LAGs.
func (p *parser) finishBridgePorts() {
	for _, x := range p.bridged {
		if !p.IsMember(x.name) && (kindOf(x.name) == state.Aggregate || p.noLAGs || p.Switch.Listed.Aggregators.Known()) {
			p.bridgePort(x)
		}
	}
}

func (p *parser) bridgePort(x bridging) {
	b := p.BridgePort(x.name, x.from)
	b.Mode = state.Word(p.Draft, x.mode, linkWords)
	b.Trunking = capture.Then(x.mode, func(string) (state.Trunking, bool) { return state.StaticTrunking, true })
	b.PVID = text.VID(x.pvid)
	tagged, native := vids(x.tagged), vids(x.native)
	switch b.Mode.Value {
	case state.Access:
		b.Configured = capture.Then(b.PVID, func(v state.VID) (state.VIDSet, bool) { return state.VIDs(v), true })
		b.Members, b.Untagged = native, native
	case state.Hybrid:
		b.Members = capture.Then(native, func(s state.VIDSet) (state.VIDSet, bool) { return s.Union(tagged.Value), tagged.Known() })
		b.Untagged, b.Configured = native, b.Members
	case state.Trunk:
		b.Configured = vids(x.permitted)
		if b.Members = vids(x.passing); b.Members.Known() && b.PVID.Known() {
			b.Untagged = capture.Of(state.VIDs(b.PVID.Value).Intersect(b.Members.Value), b.PVID.From)
		}
	}
	for _, f := range []struct{ list, set bool }{{x.passing.Known(), vids(x.passing).Known()}, {x.permitted.Known(), vids(x.permitted).Known()},
		{x.tagged.Known(), tagged.Known()}, {x.native.Known(), native.Known()}} {
		if f.list && !f.set {
			p.Unread(x.from, "a list of VLANs that was not understood")
		}
	}
	if x.listed && b.Mode.Value != state.Access && !b.Members.Known() {
		b.PVID = capture.Fact[state.VID]{} // whether it is in effect, only the list of what passes says
	}
	b.Explicit = capture.Then(b.Configured, func(state.VIDSet) (bool, bool) { return true, true })
	for _, set := range []capture.Fact[state.VIDSet]{b.Members, b.Configured} {
		if b.PVID.Known() && set.Known() && !set.Value.Has(b.PVID.Value) { // what arrives without a tag is dropped
			b.PVID = capture.Of(state.VID(0), set.From)
		}
	}
}

var defaultVLAN = regexp.MustCompile(`(?i)\(default vlan\)`)

// vids reads "1(default vlan), 2-4094", "None", and lists whose lines end without a comma.
func vids(f capture.Fact[string]) capture.Fact[state.VIDSet] {
	return text.VLANs(capture.Then(f, func(s string) (string, bool) { return defaultVLAN.ReplaceAllString(s, ""), true }))
}
