package huawei_vrp

import (
	"net/netip"
	"regexp"
	"strings"
	"time"

	"uplinkcheck/drivers/capture"
	"uplinkcheck/drivers/state"
	"uplinkcheck/drivers/text"
	"uplinkcheck/drivers/vrp"
)

// kindOf tells what an interface is from its name.
func kindOf(name string) state.InterfaceKind {
	low := strings.ToLower(name)
	switch {
	case strings.HasPrefix(low, "meth"):
		return state.OutOfBand
	case strings.HasPrefix(low, "vlanif"):
		return state.Routed
	case strings.Contains(name, "."):
		return state.Logical
	case strings.HasPrefix(low, "eth-trunk"):
		return state.Aggregate
	case strings.Contains(name, "/") && (strings.Contains(low, "ethernet") || strings.Contains(low, "ge")):
		return state.Physical
	case strings.HasPrefix(low, "loopback"), strings.HasPrefix(low, "null"), strings.HasPrefix(low, "tunnel"), strings.HasPrefix(low, "nve"), strings.HasPrefix(low, "dialer"),
		strings.HasPrefix(low, "virtual-"), strings.HasPrefix(low, "stack-port"):
		return state.Logical
	}
	return 0
}

// itf returns the interface of that name. A routed one in a VLAN is also an SVI.
func (p *parser) itf(name string, from capture.Span) *state.Interface {
	i := p.Interface(name, from)
	if i.Kind = kindOf(name); i.Kind == state.Routed {
		p.svi(name, from)
	}
	return i
}

// svi returns the routed interface of a VLAN, which its name tells.
func (p *parser) svi(name string, from capture.Span) *state.SVI {
	s := p.SVI(name, from)
	if !s.VID.Known() {
		s.VID = capture.Then(capture.Of(name, from), func(string) (state.VID, bool) {
			v, err := state.ParseVID(strings.TrimPrefix(strings.ToLower(name), "vlanif"))
			return v, err == nil
		})
	}
	return s
}

// A switched port is one of which "display interface" says how it is bridged.
type switched struct {
	name       string
	from       capture.Span
	mode, pvid capture.Fact[string]
}

var (
	stateLine   = regexp.MustCompile(`^\s*(\S+) current state ?: ?(.+?)(?: ?\(ifindex: ?\d+\))?\s*,?$`)
	lineState   = regexp.MustCompile(`^\s*Line protocol current state ?: ?(\w+ ?(?:\([^()]*\))?)`)
	description = regexp.MustCompile(`^\s*Description ?:(.*)$`)
	hardware    = regexp.MustCompile(`(?i)\bhardware address is ([0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4})`)
	frameLength = regexp.MustCompile(`(?i)\bthe (?:maximum (?:frame length|transmit unit)|MTU) is (\d+)`)
	speedLine   = regexp.MustCompile(`^\s*Speed ?: *(\d+),`)
	bandwidth   = regexp.MustCompile(`\bCurrent BW ?: ?(\d+[KMG])`)
	duplexLine  = regexp.MustCompile(`^\s*Duplex: *(\w+)`)
	duplexMode  = regexp.MustCompile(`(?i)\b(full|half)-duplex mode`)
	portKind    = regexp.MustCompile(`^\s*(Switch|Route) Port\b`)
	linkType    = regexp.MustCompile(`\bLink-type ?: ?([\w-]+(?:\([\w-]+\))?)`)
	lastChange  = regexp.MustCompile(`^\s*Last physical (up|down) time\s*: ?(-|\d{4}-\d\d-\d\d \d\d:\d\d:\d\d)$`)
	systemTime  = regexp.MustCompile(`^\s*Current system time: ?(\d{4}-\d\d-\d\d \d\d:\d\d:\d\d)$`)
	pvidPart    = regexp.MustCompile(`\bPVID ?: *(\d+)`)
	internet    = regexp.MustCompile(`(?i)^\s*internet address(?: is|\s*:) ?(?:allocated by DHCP, |negotiated, )?(\d+\.\d+\.\d+\.\d+/\d+)`)
)

var duplexWords = map[string]state.Duplex{"full": state.Full, "half": state.Half}

// interfaces reads "display interface".
func interfaces(p *parser, lines []text.Line) {
	if len(lines) == 0 {
		return
	}
	before := len(p.Switch.Unread)
	sections := text.Sections(lines, beginsInterface)
	for _, s := range sections {
		if name := p.port(s[0].Match(stateLine)[1]); name.Known() {
			p.interfaceSection(name.Value, s)
		} else {
			p.Unread(s[0].Span(), "an interface with an unknown name")
		}
	}
	if len(sections) > 0 && len(p.Switch.Unread) == before {
		p.Switch.Listed.Interfaces, p.Switch.Listed.SVIs = lines[0].Reply.Whole(), lines[0].Reply.Whole()
	}
}

// beginsInterface tells the first line of a section from a description that reads like one. The name may be one that we do not know: what
// follows is of no other interface then.
func beginsInterface(l text.Line) bool {
	m := stateLine.FindStringSubmatch(l.Text)
	return m != nil && !description.MatchString(l.Text)
}

func (p *parser) interfaceSection(name string, lines []text.Line) {
	i := p.itf(name, lines[0].Span())
	p.physical(i, lines[0].Match(stateLine)[2])
	// LAGs stand before what sorts behind them
	p.passed = p.passed || i.Kind != state.Aggregate && strings.ToLower(name) > "eth-trunk"
	var sw switched
	for _, l := range lines[1:] {
		p.interfaceLine(i, l, &sw)
	}
	i.Unchanged = unchanged(lines)
	if i.Kind == state.Aggregate {
		p.interfaceMembers(name, lines)
	}
	if capture.Is(i.Bridged, true) {
		sw.name, sw.from = name, lines[0].Span()
		p.switched = append(p.switched, sw)
	}
}

// unchanged is the time from the last change of the link to when the device answered. Both stand in its own time, of which a zone behind
// one of them says that they may differ.
func unchanged(lines []text.Line) capture.Fact[time.Duration] {
	var last time.Time
	seen := 0
	for _, l := range lines {
		if m := l.Match(lastChange); m != nil {
			seen++
			if t, err := time.Parse(time.DateTime, m[2].Value); err == nil && t.After(last) {
				last = t
			}
		}
		m := l.Match(systemTime)
		if m == nil || seen != 2 {
			continue
		}
		now, err := time.Parse(time.DateTime, m[1].Value)
		switch {
		case err != nil || now.Before(last):
		case last.IsZero():
			return capture.Of(state.Never, l.Span())
		default:
			return capture.Of(now.Sub(last), l.Span())
		}
		break
	}
	return capture.Fact[time.Duration]{}
}

// physical reads the state of the link: the word "administratively" tells that a person put it down.
func (p *parser) physical(i *state.Interface, word capture.Fact[string]) {
	low := strings.ToLower(word.Value)
	switch {
	case !word.Known():
	case strings.HasPrefix(low, "up"):
		i.Admin, i.Oper = capture.Of(state.Up, word.From), capture.Of(state.Up, word.From)
	case strings.HasPrefix(low, "administratively down"), strings.HasPrefix(low, "*down"):
		i.Admin, i.Oper = capture.Of(state.Down, word.From), capture.Of(state.Down, word.From)
	case strings.HasPrefix(low, "down"):
		i.Admin, i.Oper = capture.Of(state.Up, word.From), capture.Of(state.Down, word.From)
	case strings.HasSuffix(low, "down"), strings.Contains(low, "down("): // of an error, or held back by a protocol
		i.Oper = capture.Of(state.Down, word.From)
	default:
		p.Unread(word.From, "unknown word "+state.Quote(word.Value))
	}
	if capture.Is(i.Oper, state.Down) {
		i.OperReason = word
	}
}

func (p *parser) interfaceLine(i *state.Interface, l text.Line, sw *switched) {
	if m := l.Match(description); m != nil {
		i.Description = m[1]
		return
	}
	if m := l.Match(lineState); m != nil { // a link that is up carries nothing while its protocol is down
		i.Oper = p.unlessHeld(capture.Then(vrp.Unmarked(m[1]), func(s string) (state.Status, bool) { v, ok := upDown[strings.ToLower(s)]; return v, ok }), m[1])
	}
	if m := l.Match(portKind); m != nil && (i.Kind == state.Physical || i.Kind == state.Aggregate) {
		i.Bridged = capture.Then(m[1], func(s string) (bool, bool) { return s == "Switch", true })
	}
	if m := l.Match(hardware); m != nil && !i.MAC.Known() {
		i.MAC = text.Station(m[1])
	}
	if m := l.Match(frameLength); m != nil {
		i.MTU = text.Int(m[1])
	}
	if m := l.Match(speedLine); m != nil {
		i.Speed = capture.Then(text.Uint(m[1], 32), func(v uint64) (uint64, bool) { return v * 1_000_000, v > 0 })
	}
	if m := l.Match(bandwidth); m != nil {
		i.Speed = capture.Then(text.Speed(m[1]), func(v uint64) (uint64, bool) { return v, v > 0 })
	}
	for _, re := range []*regexp.Regexp{duplexLine, duplexMode} {
		if m := l.Match(re); m != nil {
			i.Duplex = capture.Then(m[1], func(s string) (state.Duplex, bool) { v, ok := duplexWords[strings.ToLower(s)]; return v, ok })
		}
	}
	if m := l.Match(linkType); m != nil {
		sw.mode = m[1]
	}
	if m := l.Match(pvidPart); m != nil {
		sw.pvid = m[1]
	}
	if m := l.Match(internet); m != nil {
		p.address(i.Name, i.Kind, text.Prefix(m[1]))
	}
}

// address adds an address to what has one in a state: a routed interface of a VLAN, or an out-of-band port.
func (p *parser) address(name string, kind state.InterfaceKind, a capture.Fact[netip.Prefix]) {
	if !a.Known() {
		return
	}
	switch kind {
	case state.Routed:
		s := p.svi(name, a.From)
		for _, b := range s.Addresses {
			if b.Value == a.Value {
				return
			}
		}
		s.Addresses = append(s.Addresses, a)
		s.Addressed = capture.Of(true, a.From)
	case state.OutOfBand:
		for _, b := range p.outOfBand[name] {
			if b.Value == a.Value {
				return
			}
		}
		p.outOfBand[name] = append(p.outOfBand[name], a)
	}
}

// interfaceMembers reads the table of members at the end of a LAG's section.
func (p *parser) interfaceMembers(aggregator string, lines []text.Line) {
	p.Aggregator(aggregator, lines[0].Span())
	t, rows, ok := text.FindTable(lines, "PortName", "Status")
	for _, l := range rows {
		if port := p.port(t.Row(l).Cell("PortName")); ok && port.Known() {
			p.AggregationPort(aggregator, port.Value, l.Span())
		} else {
			return
		}
	}
}

// interfacesBrief reads "display interface brief", in which the members of a LAG are indented below it.
func interfacesBrief(p *parser, lines []text.Line) {
	t, rows, ok := text.FindTable(lines, "Interface", "PHY", "Protocol")
	if !ok {
		return
	}
	whole := true
	lag := ""
	for _, l := range rows {
		r := t.Row(l)
		name := p.port(r.Cell("Interface"))
		if !name.Known() {
			if !l.Blank() {
				p.Unread(l.Span(), "no row of an interface")
				whole = false
			}
			continue
		}
		i := p.itf(name.Value, l.Span())
		p.brief(i, r.Cell("PHY"), r.Cell("Protocol"))
		switch {
		case i.Kind == state.Aggregate:
			lag = name.Value
			p.Aggregator(lag, l.Span())
		case l.Indent() > 0 && lag != "":
			p.AggregationPort(lag, name.Value, l.Span())
		default:
			lag = ""
		}
	}
	if whole && len(rows) > 0 {
		p.Switch.Listed.Interfaces, p.Switch.Listed.SVIs = lines[0].Reply.Whole(), lines[0].Reply.Whole()
	}
}

// brief reads the words of both tables: a sign before "down" tells why, a letter in brackets behind a word what else there is.
func (p *parser) brief(i *state.Interface, phy, protocol capture.Fact[string]) {
	low := strings.ToLower(vrp.Unmarked(phy).Value)
	switch {
	case low == "up", low == "down":
		i.Admin = capture.Of(state.Up, phy.From) // down by hand has a star
	case low == "*down":
		i.Admin = capture.Of(state.Down, phy.From)
	case low != "" && !strings.HasSuffix(low, "down"):
		p.Unread(phy.From, "unknown word "+state.Quote(phy.Value))
	}
	i.Oper = capture.Then(vrp.Unmarked(protocol), func(s string) (state.Status, bool) {
		s = strings.ToLower(s)
		if strings.HasSuffix(s, "down") {
			return state.Down, true
		}
		return state.Up, s == "up"
	})
	i.Oper = p.unlessHeld(p.unlessHeld(i.Oper, phy), protocol)
	switch {
	case !capture.Is(i.Oper, state.Down):
	case low == "up":
		i.OperReason = protocol
	default:
		i.OperReason = phy
	}
}

// harmless are the marks behind "up" that take nothing from it: spoofing, loopback and virtual ports.
var harmless = map[string]bool{"": true, "s": true, "spoofing": true, "l": true, "loopback": true, "v": true}

// unlessHeld is unknown where a word is up with a mark that a protocol put there, such as BFD, DLDP or loop detection: some of them pass frames.
func (p *parser) unlessHeld(oper capture.Fact[state.Status], word capture.Fact[string]) capture.Fact[state.Status] {
	_, mark, _ := strings.Cut(strings.TrimSuffix(word.Value, ")"), "(")
	if !capture.Is(oper, state.Up) || harmless[mark] {
		return oper
	}
	p.held = append(p.held, word)
	return capture.Fact[state.Status]{}
}

var describedRow = regexp.MustCompile(`^(\S+)\s+(\S+)\s+(\S+)(?:\s+(\S.*))?$`)

// descriptions reads "display interface description". A long name moves what follows it; a description may go on in the next line.
func descriptions(p *parser, lines []text.Line) {
	_, rows, ok := text.FindTable(lines, "Interface", "PHY", "Protocol", "Description")
	if !ok {
		return
	}
	for _, l := range rows {
		m := l.Match(describedRow)
		if m == nil {
			continue
		}
		name := p.port(m[1])
		if link := strings.ToLower(m[2].Value); !name.Known() || !strings.Contains(link, "up") && !strings.Contains(link, "down") {
			continue
		}
		i := p.itf(name.Value, l.Span())
		p.brief(i, m[2], m[3])
		i.Description = m[4]
	}
}

// finishInterfaces notes members of LAGs and of a stack.
func (p *parser) finishInterfaces() {
	for _, word := range p.held {
		p.Unread(word.From, "a port is "+state.Quote(word.Value))
	}
	for _, i := range p.Interfaces() {
		i.Aggregator, i.Addresses = capture.Fact[string]{}, p.outOfBand[i.Name]
		if a, _ := p.MemberOf(i.Name); a != nil {
			i.Aggregator = capture.Of(a.Name, a.From)
		}
	}
	if !capture.Is(p.Switch.Device.Stacked, true) {
		return
	}
	for _, i := range p.Interfaces() {
		if i.Kind == state.Physical {
			i.Member = capture.Then(capture.Of(i.Name, i.From), slotOf)
		}
	}
}

var slot = regexp.MustCompile(`^(?:(?:\d{1,3}\|)?\d{1,3}GE|[A-Za-z-]+)(\d{1,2})/`)

// slotOf is the first number of a port's name.
func slotOf(name string) (string, bool) {
	m := slot.FindStringSubmatch(name)
	if m == nil {
		return "", false
	}
	return m[1], true
}
