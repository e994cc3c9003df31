package cisco_iosxr

import (
	"regexp"
	"slices"
	"strings"

	"uplinkcheck/drivers/capture"
	"uplinkcheck/drivers/state"
	"uplinkcheck/drivers/text"
)

// A subinterface of layer 2 is part of its port: frames with certain tags.
type subinterface struct {
	from  capture.Span
	outer capture.Fact[string] // the outer tags that it takes, in the device's words
	inner bool                 // it wants a second tag as well

	circuit *circuit // its place in a bridge domain
}

// A circuit is an attachment of a bridge domain.
type circuit struct {
	up       capture.Fact[bool]
	vlans    capture.Fact[state.VIDSet]
	retagged bool         // its frames get other tags on their way in
	split    capture.Span // where it says that it is in a split horizon group, whose circuits reach each other not
	in       *bridgeDomain
}

// A bridgeDomain joins its circuits, whatever their tags are.
type bridgeDomain struct {
	from     capture.Span
	circuits []*circuit // those that take known tags and are not known to be down: of ports with others nothing is known
}

// clear reports whether VLANs stand for the domain: each circuit takes the same, leaves them as they are, and no other domain has one of them.
func (d *bridgeDomain) clear(all []*bridgeDomain) bool {
	for _, c := range d.circuits {
		if c.retagged || c.vlans.Value != d.circuits[0].vlans.Value {
			return false
		}
		for _, other := range all {
			if other != d && slices.ContainsFunc(other.circuits, func(o *circuit) bool { return o.vlans.Value.Overlaps(c.vlans.Value) }) {
				return false
			}
		}
	}
	return true
}

func (p *parser) subinterface(name string, from capture.Span) *subinterface {
	if p.subinterfaces[name] == nil {
		p.subinterfaces[name] = &subinterface{from: from}
	}
	return p.subinterfaces[name]
}

var (
	circuitLine = regexp.MustCompile(`^\s*AC: (\S+), state is ([a-z][a-z -]*?)(?: \(.*\))?$`)
	rangesLine  = regexp.MustCompile(`^\s*VLAN ranges: \[(\d+), *(\d+)\](.*)$`)
	splitLine   = regexp.MustCompile(`^\s*Split Horizon Group: (\S+)`)
	rewriteLine = regexp.MustCompile(`^\s*Rewrite Tags: \[\s*[^\s\]]`)
	moreRanges  = regexp.MustCompile(`^(?:[;,]? *\[(\d+), *(\d+)\])*$`)
	anyRange    = regexp.MustCompile(`\[(\d+), *(\d+)\]`)
	upWords     = map[string]bool{"up": true, "down": false, "admin down": false, "unresolved": false}
)

// bridgeDomains reads "show l2vpn bridge-domain detail": its attachment circuits are interfaces, each with the VLANs that it takes.
func (p *parser) bridgeDomains(lines []text.Line) {
	begins := func(l text.Line) bool {
		s := strings.TrimSpace(l.Text)
		return l.Match(circuitLine) != nil || strings.HasPrefix(s, "Bridge group:") || strings.HasPrefix(s, "List of ")
	}
	d := &bridgeDomain{}
	for _, s := range text.Sections(lines, begins) {
		m := s[0].Match(circuitLine)
		if m == nil {
			if strings.HasPrefix(strings.TrimSpace(s[0].Text), "Bridge group:") {
				d = &bridgeDomain{from: s[0].Span()}
				p.domains = append(p.domains, d)
			}
			continue
		}
		c := &circuit{up: state.Word(p.Draft, m[2], upWords), in: d}
		for _, l := range s[1:] {
			c.retagged = c.retagged || rewriteLine.MatchString(l.Text)
			if m := l.Match(splitLine); m != nil && m[1].Value != "none" {
				c.split = m[1].From
			}
			if !c.vlans.Known() && l.Match(rangesLine) != nil {
				c.vlans = ranges(l)
			}
		}
		name := fullName(m[1].Value)
		_, sub := port(name)
		switch {
		case kindOf(name) == state.Routed:
		case !sub: // it takes what no subinterface of it takes
			p.whole[name] = false
		default:
			p.subinterface(name, s[0].Span()).circuit = c
			if c.vlans.Known() && !capture.Is(c.up, false) {
				d.circuits = append(d.circuits, c)
			}
		}
	}
}

// ranges reads "VLAN ranges: [100, 100]", the first and the last VLAN of each range.
func ranges(l text.Line) capture.Fact[state.VIDSet] {
	m := l.Match(rangesLine)
	if !moreRanges.MatchString(strings.TrimSpace(m[3].Value)) {
		return capture.Fact[state.VIDSet]{}
	}
	var set state.VIDSet
	for _, r := range anyRange.FindAllStringSubmatch(l.Text, -1) {
		first, err1 := state.ParseVID(r[1])
		last, err2 := state.ParseVID(r[2])
		if err1 != nil || err2 != nil || last < first {
			return capture.Fact[state.VIDSet]{}
		}
		set = set.Union(state.Range(first, last))
	}
	return capture.Of(set, l.Span())
}

// tags are the VLANs that a subinterface takes without a second tag.
func (s *subinterface) tags() capture.Fact[state.VIDSet] {
	if s.inner {
		return capture.Fact[state.VIDSet]{}
	}
	return capture.Then(s.outer, func(words string) (state.VIDSet, bool) {
		m := dot1qMatch.FindStringSubmatch(words)
		if m == nil {
			return state.VIDSet{}, false
		}
		set, err := state.ParseVIDSet(strings.ReplaceAll(m[1], " ", ""))
		return set, err == nil
	})
}

// finishBridgePorts adds up the subinterfaces of each port of which all were seen: what they take is configured, and those that are up in
// a bridge domain are members. Frames without a tag go to none of them.
func (p *parser) finishBridgePorts() {
	byPort := map[string][]*subinterface{}
	clear := map[*bridgeDomain]bool{}
	for _, d := range p.domains {
		if clear[d] = d.clear(p.domains); !clear[d] && len(d.circuits) > 0 {
			p.Unread(d.from, "what is bridged here does not have the same tags, which only it has, so that no VLAN stands for it")
		}
	}
	for _, i := range p.Interfaces() { // in the device's order
		if s := p.subinterfaces[i.Name]; s != nil {
			main, _ := port(i.Name)
			byPort[main] = append(byPort[main], s)
		}
	}
	for _, i := range p.Interfaces() {
		subs := byPort[i.Name]
		if subs == nil || !p.whole[i.Name] {
			continue
		}
		configured, members, from := state.VIDSet{}, state.VIDSet{}, subs[0].from
		known, bridged := true, true
		for _, s := range subs {
			tags := s.tags()
			if !tags.Known() {
				known = false
				p.Unread(s.from, "what the subinterface takes is not known")
				break
			}
			configured = configured.Union(tags.Value)
			switch c := s.circuit; {
			case c == nil || !c.up.Known() || !c.vlans.Known() || c.vlans.Value != tags.Value || c.up.Value && !clear[c.in]:
				bridged = false
			case c.up.Value:
				members = members.Union(c.vlans.Value)
			}
		}
		if !known {
			continue
		}
		b := p.BridgePort(i.Name, from)
		b.Mode, b.Trunking = capture.Of(state.Trunk, from), capture.Of(state.StaticTrunking, from)
		b.Configured, b.Explicit = capture.Of(configured, from), capture.Of(true, from)
		b.PVID, b.Untagged = capture.Of(state.VID(0), from), capture.Of(state.VIDSet{}, from)
		for _, s := range subs {
			if s.circuit != nil && s.circuit.split.Known() {
				b.Protected = capture.Of(true, s.circuit.split)
			}
		}
		if bridged {
			b.Members = capture.Of(members, from)
		}
	}
}

var vlanRow = regexp.MustCompile(`^\s*([A-Za-z][\w/.-]*\.\d+)\s+(Double 802\.1Q|802\.1Q|802\.1ad\S*|QinQ|Q-in-Any)\s+(\d+)\s+(?:(\d+|any)\s+)?(L2|L3)\s+(\d+)\s+(up|down|admin-down)$`)

// vlanInterfaces reads "show vlan interface". A subinterface with two tags is in no VLAN of ours.
func (p *parser) vlanInterfaces(lines []text.Line) {
	for _, l := range lines {
		m := l.Match(vlanRow)
		if m == nil || m[5].Value != "L3" {
			continue
		}
		s := p.SVI(fullName(m[1].Value), l.Span())
		if m[2].Value == "802.1Q" && !m[4].Known() {
			s.VID = text.VID(m[3])
		}
		s.Oper = status(m[7], operWords)
	}
}
