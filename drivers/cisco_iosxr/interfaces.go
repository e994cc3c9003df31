package cisco_iosxr

import (
	"net/netip"
	"regexp"
	"strings"

	"uplinkcheck/drivers/capture"
	"uplinkcheck/drivers/state"
	"uplinkcheck/drivers/text"
)

// adminWords and operWords: a port that is "down" was not shut, or it would be "administratively down".
var (
	adminWords = map[string]state.Status{"up": state.Up, "down": state.Up, "administratively down": state.Down, "admin-down": state.Down,
		"shutdown": state.Down}
	operWords = map[string]state.Status{"up": state.Up, "down": state.Down, "administratively down": state.Down, "admin-down": state.Down,
		"shutdown": state.Down, "up (looped)": state.Up}
)

func status(f capture.Fact[string], words map[string]state.Status) capture.Fact[state.Status] {
	return capture.Then(f, func(s string) (state.Status, bool) { v, ok := words[strings.ToLower(s)]; return v, ok })
}

var (
	headLine     = regexp.MustCompile(`^\s*([A-Za-z][\w/.:-]*\d) is ([\w-]+(?: down| up)?), line protocol is (.+)$`)
	hardwareLine = regexp.MustCompile(`^\s*Hardware is (.*?)(?:, address is ([0-9a-fA-F.]+).*)?$`)
	mtuLine      = regexp.MustCompile(`^\s*MTU (\d+) bytes`)
	duplexLine   = regexp.MustCompile(`^\s*(Full-duplex|Half-duplex|Duplex unknown), +([\d.]+ ?[KMGT]?b/s)`)
	memberLine   = regexp.MustCompile(`^\s*([A-Z][\w/.-]*\d) +(Full-duplex|Half-duplex|Duplex unknown) +([\d.]+ ?[KMGT]?b/s) +(\S.*)$`)
	internetLine = regexp.MustCompile(`^\s*Internet address is (\S+)`)
	vlanIDLine   = regexp.MustCompile(`^\s*Encapsulation 802\.1Q Virtual LAN, +(?i:VLAN ID) (\d+),`)
	outerLine    = regexp.MustCompile(`^\s*Outer Match: (.*)$`)
	dot1qMatch   = regexp.MustCompile(`^Dot1Q VLAN (\d[\d, -]*)$`)
	transitsLine = regexp.MustCompile(`^\s*Interface state transitions: (\d+)$`)
	duplexWords  = map[string]state.Duplex{"full-duplex": state.Full, "half-duplex": state.Half}
	memberStates = map[string]state.Selection{"active": state.Selected, "standby": state.Standby, "hot standby": state.Standby, "configured": state.Unselected}
)

const described = "Description:"

// interfaces reads "show interfaces". The subinterfaces of a port stand behind it: they are all there once another port follows.
func (p *parser) interfaces(lines []text.Line) {
	sections := text.Sections(lines, func(l text.Line) bool {
		return l.Match(headLine) != nil || l.Indent() == 0 && strings.Contains(l.Text, ", line protocol is ")
	})
	understood, before := true, ""
	for _, s := range sections {
		if s[0].Match(headLine) == nil { // it may be a subinterface of the port before
			p.Unread(s[0].Span(), "the head of an interface in a form that we do not know")
			understood, before = false, ""
			continue
		}
		main, _ := port(p.oneInterface(s))
		if before != "" && main != before {
			p.whole[before] = true
		}
		before = main
	}
	if len(sections) > 0 && understood {
		whole := lines[0].Reply.Whole()
		p.Switch.Listed.Interfaces, p.Switch.Listed.SVIs = whole, whole
	}
}

// oneInterface reads a section and returns the name of its interface.
func (p *parser) oneInterface(lines []text.Line) string {
	head := lines[0].Match(headLine)
	name := fullName(head[1].Value)
	i := p.Interface(name, lines[0].Span())
	i.Kind = kindOf(name)
	i.Admin, i.Oper = status(head[2], adminWords), operOf(head[2], head[3])
	_, sub := port(name)
	layer2 := false
	for _, l := range lines[1:] {
		if d := l.After(described); l.Indent() > 0 && strings.HasPrefix(strings.TrimSpace(l.Text), described) {
			if !i.Description.Known() {
				i.Description = d
			}
			continue // a description may look like anything
		}
		switch m := l.Match(hardwareLine); {
		case m != nil:
			i.MAC = text.MAC(m[2])
		case strings.TrimSpace(l.Text) == "Layer 2 Transport Mode":
			layer2 = true
			if sub {
				p.subinterface(name, l.Span())
			}
		}
		if m := l.Match(mtuLine); m != nil && !sub { // that of a subinterface counts its tags
			i.MTU = text.Int(m[1])
		}
		if m := l.Match(transitsLine); m != nil {
			i.Transitions = text.Uint(m[1], 64)
		}
		if m := l.Match(duplexLine); m != nil {
			i.Duplex = state.Word(p.Draft, unlessUnknown(m[1]), duplexWords)
			i.Speed = speed(m[2])
		}
		if m := l.Match(memberLine); m != nil && i.Kind == state.Aggregate {
			p.memberIn(name, l, m)
		}
		if m := l.Match(internetLine); m != nil {
			p.address(i, sub, m[1])
		}
		if m := l.Match(vlanIDLine); m != nil && sub && !layer2 {
			p.SVI(name, lines[0].Span()).VID = text.VID(m[1])
		}
		if m := l.Match(outerLine); m != nil && layer2 && sub {
			p.subinterface(name, lines[0].Span()).outer = m[1]
		}
		if strings.HasPrefix(strings.TrimSpace(l.Text), "Inner Match:") && layer2 && sub {
			p.subinterface(name, lines[0].Span()).inner = true
		}
	}
	return name
}

// operOf is up when the port and the protocol on it are.
func operOf(line, protocol capture.Fact[string]) capture.Fact[state.Status] {
	a, b := status(line, operWords), status(protocol, operWords)
	if capture.Is(a, state.Down) {
		return a
	}
	return b
}

// unlessUnknown is unknown for the words with which a device says so.
func unlessUnknown(f capture.Fact[string]) capture.Fact[string] {
	return capture.Then(f, func(s string) (string, bool) { return s, !strings.Contains(strings.ToLower(s), "unknown") })
}

// speed is unknown when it is zero, as that of a bundle without active links is.
func speed(f capture.Fact[string]) capture.Fact[uint64] {
	return capture.Then(text.Speed(f), func(v uint64) (uint64, bool) { return v, v > 0 })
}

// memberIn reads a line about a member below its bundle.
func (p *parser) memberIn(bundle string, l text.Line, m []capture.Fact[string]) {
	name := fullName(m[1].Value)
	a := p.AggregationPort(bundle, name, l.Span())
	a.Selected = capture.Then(m[4], func(s string) (state.Selection, bool) { v, ok := memberStates[strings.ToLower(s)]; return v, ok })
	p.belongs(name, l, bundle, p.Interface(bundle, l.Span()).From)
}

// belongs notes that an interface is in a bundle; from states the bundle's name.
func (p *parser) belongs(name string, l text.Line, bundle string, from capture.Span) {
	i := p.Interface(name, l.Span())
	i.Kind, i.Aggregator = kindOf(name), capture.Of(bundle, from)
}

// address reads "Internet address is" of a port. One that is Unknown may have addresses of another family.
func (p *parser) address(i *state.Interface, sub bool, f capture.Fact[string]) {
	prefix := text.Prefix(f)
	switch {
	case i.Kind == state.OutOfBand:
		if prefix.Known() {
			i.Addresses = append(i.Addresses, prefix)
		}
	case sub || i.Kind == state.Routed:
		s := p.SVI(i.Name, i.From)
		s.Oper = i.Oper
		addAddress(s, prefix)
	}
}

// addAddress notes an address once.
func addAddress(s *state.SVI, prefix capture.Fact[netip.Prefix]) {
	if !prefix.Known() {
		return
	}
	for _, a := range s.Addresses {
		if a.Value == prefix.Value {
			return
		}
	}
	s.Addresses = append(s.Addresses, prefix)
	s.Addressed = capture.Of(true, prefix.From)
}

var (
	statusWord      = `(up|down|admin-down|deleted|shutdown|not-present|unknown)`
	descriptionLine = regexp.MustCompile(`^\s*([A-Za-z][\w/.:-]*\d)\s+` + statusWord + `\s+` + statusWord + `(?:\s+(\S.*))?$`)
	briefLine       = regexp.MustCompile(`^\s*([A-Za-z][\w/.:-]*\d)\s+` + statusWord + `\s+` + statusWord + `\s+(\S.*?)\s+(\d+)\s+(\d+)$`)
)

// descriptions reads "show interfaces description".
func (p *parser) descriptions(lines []text.Line) {
	for _, l := range lines {
		if m := l.Match(descriptionLine); m != nil {
			p.row(l, m).Description = m[4]
		}
	}
}

// brief reads "show interfaces brief".
func (p *parser) brief(lines []text.Line) {
	for _, l := range lines {
		m := l.Match(briefLine)
		if m == nil {
			continue
		}
		i := p.row(l, m)
		if _, sub := port(i.Name); !sub {
			i.MTU = text.Int(m[5])
		}
	}
}

// row reads what both tables begin with.
func (p *parser) row(l text.Line, m []capture.Fact[string]) *state.Interface {
	name := fullName(m[1].Value)
	i := p.Interface(name, l.Span())
	i.Kind = kindOf(name)
	i.Admin, i.Oper = status(m[2], adminWords), operOf(m[2], m[3])
	return i
}
