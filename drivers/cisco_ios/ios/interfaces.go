package ios

import (
	"net/netip"
	"regexp"
	"strings"

	"uplinkcheck/drivers/capture"
	"uplinkcheck/drivers/state"
	"uplinkcheck/drivers/text"
)

var (
	headLine    = regexp.MustCompile(`^\s*([A-Za-z][\w./:-]*\d) is ([a-z][a-z ]*?)(?: \([a-z]+\))?, line protocol is (\w+)(?: \(([^)]*)\))?\s*(?:, .*)?$`)
	macLine     = regexp.MustCompile(`, address is (\S+)`)
	mtuLine     = regexp.MustCompile(`^\s*MTU (\d+) bytes`)
	speedLine   = regexp.MustCompile(`^\s*(Full|Half|Auto)[- ][Dd]uplex, (\S+)`)
	activeLine  = regexp.MustCompile(`^\s*Member \d+ : (\S+)`)
	changesLine = regexp.MustCompile(`(\d+) carrier transitions`)
	inetLine    = regexp.MustCompile(`^\s*(?:Internet|Secondary) address (?:is )?(\d\S*/\d+)`)
)

// adminWords: only an administrator takes a port down; everything else happened to it.
var adminWords = map[string]state.Status{
	"up": state.Up, "down": state.Up, "reset": state.Up, "standby mode": state.Up, "administratively down": state.Down, "admin down": state.Down,
	"connected": state.Up, "notconnect": state.Up, "err-disabled": state.Up, "errdisabled": state.Up, "suspended": state.Up, "disabled": state.Down,
}

var operWords = map[string]state.Status{"up": state.Up, "down": state.Down}

var duplexWords = map[string]state.Duplex{"full": state.Full, "half": state.Half, "a-full": state.Full, "a-half": state.Half}

// interfaces reads "show interfaces".
func interfaces(p *parser, lines []text.Line) {
	sections := text.Sections(lines, beginsInterface)
	whole := len(sections) > 0
	for _, s := range sections {
		m := s[0].Match(headLine)
		if m == nil {
			p.Unread(s[0].Span(), "the head of an interface in a form that we do not know")
			whole = false
			continue
		}
		name := named(m[1]).Value
		i := p.Interface(name, s[0].Span())
		if i.Admin.Known() {
			p.Unread(s[0].Span(), "an interface that was printed before")
			continue
		}
		i.Kind = kindOf(name)
		p.status(i, m[2], m[3])
		if capture.Is(i.Oper, state.Down) {
			i.OperReason = m[4]
		}
		for _, l := range s[1:] {
			p.interfaceLine(i, l)
		}
		if i.Kind == state.Routed {
			p.svi(name, s[0].Span()).Oper = i.Oper
			for _, l := range s[1:] {
				p.addressOf(name, l)
			}
		}
	}
	if whole {
		p.Switch.Listed.Interfaces, p.Switch.Listed.SVIs = text.Through(lines), text.Through(lines)
	}
}

// beginsInterface finds the heads of interfaces, also those in a form that we do not know: what follows them is nothing of the one before.
func beginsInterface(l text.Line) bool {
	return headLine.MatchString(l.Text) || l.Indent() == 0 && strings.Contains(l.Text, " is ") && strings.Contains(l.Text, ", line protocol ")
}

// status notes both states of an interface; a word that is "deleted" is of one that is no more.
func (p *parser) status(i *state.Interface, admin, oper capture.Fact[string]) {
	if strings.EqualFold(admin.Value, "deleted") {
		return
	}
	i.Admin = state.Word(p.Draft, admin, adminWords)
	i.Oper = state.Word(p.Draft, oper, operWords)
}

func (p *parser) interfaceLine(i *state.Interface, l text.Line) {
	trimmed := strings.TrimSpace(l.Text)
	switch {
	case strings.HasPrefix(trimmed, "Description:"):
		first(&i.Description, l.After("Description:"))
		return
	case strings.HasPrefix(trimmed, "Hardware is "):
		if m := l.Match(macLine); m != nil {
			first(&i.MAC, text.Station(m[1]))
		}
		if low := strings.ToLower(trimmed); i.Kind == state.Physical && (strings.Contains(low, "management port") || strings.Contains(low, "cpu interface")) {
			i.Kind = state.OutOfBand
		}
	case strings.HasPrefix(trimmed, "Members in this channel:"):
		for _, f := range l.Fields() {
			if isPort(f.Value) {
				p.channelMember(i, named(f))
			}
		}
	}
	if m := l.Match(mtuLine); m != nil {
		first(&i.MTU, text.Int(m[1]))
	}
	if m := l.Match(speedLine); m != nil {
		first(&i.Duplex, capture.Then(m[1], func(s string) (state.Duplex, bool) { v, ok := duplexWords[strings.ToLower(s)]; return v, ok }))
		speed := capture.Then(m[2], func(s string) (string, bool) { return strings.TrimRight(s, ",."), true })
		if i.Kind != state.Aggregate { // of which it is the speed of a member
			first(&i.Speed, text.Speed(speed))
		}
	}
	if m := l.Match(activeLine); m != nil {
		p.channelMember(i, named(m[1]))
	}
	if m := l.Match(changesLine); m != nil {
		first(&i.Transitions, text.Uint(m[1], 63))
	}
	if m := l.Match(inetLine); m != nil {
		if a := text.Prefix(m[1]); a.Known() && i.Kind == state.OutOfBand {
			i.Addresses = append(i.Addresses, a)
		}
		if i.Kind == state.Physical || i.Kind == state.Aggregate {
			i.Bridged = capture.Of(false, l.Span())
		}
	}
}

// channelMember notes a port that a port-channel has.
func (p *parser) channelMember(i *state.Interface, port capture.Fact[string]) {
	p.AggregationPort(i.Name, port.Value, port.From)
	first(&p.Interface(port.Value, port.From).Aggregator, capture.Of(i.Name, i.From.Through(port.From)))
	p.kind(port.Value)
}

// svi returns the routed interface of a VLAN.
func (p *parser) svi(name string, from capture.Span) *state.SVI {
	s := p.SVI(name, from)
	first(&s.VID, text.VID(capture.Of(strings.TrimPrefix(name, "Vlan"), from)))
	return s
}

// addressOf reads the line that gives a routed interface an address.
func (p *parser) addressOf(name string, l text.Line) {
	m := l.Match(inetLine)
	if m == nil {
		return
	}
	s := p.svi(name, l.Span())
	a := text.Prefix(m[1])
	for _, own := range s.Addresses {
		if own.Value == a.Value {
			return
		}
	}
	if a.Known() {
		s.Addresses = append(s.Addresses, a)
		s.Addressed = capture.Of(true, a.From)
	}
}

// statusRow takes the last word that is a status: a description may hold one as well.
var statusRow = regexp.MustCompile(`^(\S+)\s+(?:(\S.*?)\s+)?(connected|notconnect|disabled|err-disabled|errdisabled|suspended|inactive|monitoring|sfp\w+|faulty|xcvr\w*)` +
	`(?::(?:\s?[A-Z]+)?)?\s+(trunk|routed|unassigned|f-path|fabric|\d+(?:,\d+)*|pvlan \S+)\s+(a-full|a-half|full|half|auto|-+)\s+(a-\d\S*|\d\S*|auto|-+)(?:\s|$)`)

var linkWords = map[string]state.Status{
	"connected": state.Up, "notconnect": state.Down, "disabled": state.Down, "err-disabled": state.Down, "errdisabled": state.Down, "suspended": state.Down,
}

// statuses reads "show interfaces status".
func statuses(p *parser, lines []text.Line) {
	for _, l := range lines {
		m := l.Match(statusRow)
		if m == nil || !isPort(m[1].Value) {
			continue
		}
		name := named(m[1]).Value
		i := p.Interface(name, l.Span())
		i.Kind = kindOf(name)
		i.Description = m[2] // as far as the column is wide
		if len(m[2].Value) >= 18 {
			i.Description = capture.Fact[string]{}
		}
		i.Admin = capture.Then(m[3], func(s string) (state.Status, bool) { v, ok := adminWords[s]; return v, ok })
		i.Oper = capture.Then(m[3], func(s string) (state.Status, bool) { v, ok := linkWords[s]; return v, ok })
		if capture.Is(i.Oper, state.Down) {
			i.OperReason = m[3]
		}
		i.Duplex = capture.Then(m[5], func(s string) (state.Duplex, bool) { v, ok := duplexWords[s]; return v, ok })
		if i.Kind != state.Aggregate {
			i.Speed = megabits(m[6])
		}
		vid := text.VID(m[4])
		switch {
		case m[4].Value == "routed":
			i.Bridged = capture.Of(false, m[4].From)
		case m[4].Value == "trunk", vid.Known():
			i.Bridged = capture.Of(true, m[4].From)
		}
		if capture.Is(i.Oper, state.Up) && (m[4].Value == "trunk" || vid.Known()) { // of a port that is down it is not what the port would be
			p.columns = append(p.columns, column{name, l.Span(), m[4]})
		}
	}
}

// A column is the VLAN that "show interfaces status" shows of a port that is up.
type column struct {
	name string
	from capture.Span
	vlan capture.Fact[string]
}

// finishColumns makes bridge ports of what the VLAN column says, where nobody said more. A member of a LAG is none, so all LAGs must be known.
func (p *parser) finishColumns() {
	for _, c := range p.columns {
		if len(p.ports) > 0 || !p.Switch.Listed.Aggregators.Known() || p.Interface(c.name, c.from).Aggregator.Known() {
			continue
		}
		b := p.BridgePort(c.name, c.from)
		b.Mode = capture.Of(state.Access, c.vlan.From)
		if c.vlan.Value == "trunk" {
			b.Mode = capture.Of(state.Trunk, c.vlan.From)
		}
		b.PVID = text.VID(c.vlan)
	}
}

// megabits reads the speed column: a number without a unit is of Mbit/s.
func megabits(f capture.Fact[string]) capture.Fact[uint64] {
	if v := text.Speed(f); v.Known() {
		return v
	}
	return capture.Then(f, func(s string) (uint64, bool) {
		v := text.Uint(capture.Of(strings.TrimPrefix(s, "a-"), f.From), 32)
		return v.Value * 1_000_000, v.Known() && v.Value > 0
	})
}

var descriptionRow = regexp.MustCompile(`^(\S+)\s+(up|down|admin down|administratively down|deleted|reset|standby mode)\s+(up|down)(?:\s+(\S.*))?$`)

// descriptions reads "show interfaces description".
func descriptions(p *parser, lines []text.Line) {
	for _, l := range lines {
		m := l.Match(descriptionRow)
		if m == nil {
			continue
		}
		name := named(m[1]).Value
		i := p.Interface(name, l.Span())
		i.Kind = kindOf(name)
		p.status(i, m[2], m[3])
		i.Description = m[4]
	}
}

var (
	filterLine = regexp.MustCompile(`^\s*Inbound\s+access list is (.+)$`)
	commonLine = regexp.MustCompile(`^\s*Inbound Common access list is (.+)$`)
	instance   = regexp.MustCompile(`^\s*VPN Routing/Forwarding "([^"]+)"`)
	afterVRF   = regexp.MustCompile(`^\s*(IP route-cache flags|Router Discovery is|IP output packet accounting)`)
)

// unfiltered are the words for no list of either kind.
var unfiltered = map[string]bool{"not set": true, "not set, default is not set": true}

// globalVRF is our name for the instance that has none on the device.
const globalVRF = "default"

// routing reads the head of "show ip route connected": codes of routes where the device routes, a default gateway where it does not.
func routing(p *parser, lines []text.Line) {
	for _, l := range lines {
		switch {
		case strings.HasPrefix(l.Text, "Codes: "):
			p.routes = capture.Of(true, l.Span())
			p.VRF(globalVRF, l.Span()).Routes = p.routes
			return
		case strings.HasPrefix(l.Text, "Default gateway is "):
			p.routes = capture.Of(false, l.Span())
			p.VRF(globalVRF, l.Span()).Routes = p.routes
			return
		}
	}
}

// routed reads "show ip interface".
func routed(p *parser, lines []text.Line) {
	sections := text.Sections(lines, beginsInterface)
	whole := len(sections) > 0
	for _, s := range sections {
		m := s[0].Match(headLine)
		if m == nil {
			p.Unread(s[0].Span(), "the head of an interface in a form that we do not know")
			whole = false
			continue
		}
		name := named(m[1]).Value
		i := p.Interface(name, s[0].Span())
		if !i.Admin.Known() {
			i.Kind = kindOf(name)
			p.status(i, m[2], m[3])
		}
		if i.Kind == state.OutOfBand {
			i.Addresses = nil
		}
		for _, l := range s[1:] {
			if a := l.Match(inetLine); a != nil && i.Kind == state.OutOfBand {
				i.Addresses = append(i.Addresses, text.Prefix(a[1]))
			}
		}
		if kindOf(name) == state.Routed {
			p.routedVLAN(p.svi(name, s[0].Span()), s, m[3])
		}
	}
	if whole {
		p.Switch.Listed.SVIs = text.Through(lines)
	}
}

// routedVLAN reads what "show ip interface" says of a VLAN's interface. That it is in the global instance is only seen where its VRF would
// have been told.
func (p *parser) routedVLAN(s *state.SVI, lines []text.Line, oper capture.Fact[string]) {
	s.Oper = state.Word(p.Draft, oper, operWords)
	var filter, common, vrf, end capture.Fact[string]
	for _, l := range lines[1:] {
		p.addressOf(s.Interface, l)
		for _, x := range []struct {
			re *regexp.Regexp
			to *capture.Fact[string]
		}{{filterLine, &filter}, {commonLine, &common}, {instance, &vrf}, {afterVRF, &end}} {
			if m := l.Match(x.re); m != nil {
				first(x.to, m[1])
			}
		}
		if strings.TrimSpace(l.Text) == "Internet protocol processing disabled" {
			p.noFour[s.Interface] = l.Span()
		}
	}
	switch {
	case common.Known() && !unfiltered[common.Value]:
		s.Filtered = capture.Of(true, common.From)
	case filter.Known():
		s.Filtered = capture.Of(!unfiltered[filter.Value], filter.From)
	}
	switch {
	case vrf.Known():
		s.VRF = vrf
	case end.Known():
		s.VRF = capture.Of(globalVRF, lines[0].Reply.Whole())
	}
}

var briefRow = regexp.MustCompile(`^(\S+)\s+(\d+\.\d+\.\d+\.\d+|unassigned)\s+(?:YES|NO)\s+(\S+)\s+(up|down|administratively down|deleted|reset|standby mode)\s+(up|down)\s*$`)

// routedBrief reads "show ip interface brief", which has no masks.
func routedBrief(p *parser, lines []text.Line) {
	found, whole := false, true
	for _, l := range lines {
		m := l.Match(briefRow)
		if m == nil {
			if f := l.Fields(); len(f) > 0 && isPort(f[0].Value) {
				p.Unread(l.Span(), "an interface in a form that we do not know")
				whole = false
			}
			continue
		}
		name := named(m[1]).Value
		i := p.Interface(name, l.Span())
		if !i.Admin.Known() {
			i.Kind = kindOf(name)
			p.status(i, m[4], m[5])
		}
		if kindOf(name) != state.Routed {
			continue
		}
		s := p.svi(name, l.Span())
		first(&s.Oper, state.Word(p.Draft, m[5], operWords))
		if m[2].Value == "unassigned" {
			p.noFour[name] = m[2].From
		} else {
			first(&s.Addressed, capture.Of(true, m[2].From))
		}
		found = true
	}
	if found && whole {
		p.Switch.Listed.SVIs = text.Through(lines)
	}
}

var sixRow = regexp.MustCompile(`^(\S+)\s+\[([^/\]]+)/([^/\]]+)\]`)

// sixBrief reads "show ipv6 interface brief": an interface, then its addresses, or that it has none.
func sixBrief(p *parser, lines []text.Line) {
	name := ""
	for _, l := range lines {
		if m := l.Match(sixRow); m != nil {
			name = named(m[1]).Value
			i := p.Interface(name, l.Span())
			if !i.Admin.Known() {
				i.Kind = kindOf(name)
				p.status(i, m[2], m[3])
			}
			continue
		}
		f := l.Whole()
		if name == "" || !f.Known() || l.Indent() == 0 {
			continue
		}
		if strings.EqualFold(f.Value, "unassigned") {
			p.six[name] = capture.Of(false, f.From)
		} else if a, err := netip.ParseAddr(f.Value); err == nil {
			if old, ok := p.six[name]; !ok || !old.Value {
				p.six[name] = capture.Of(!a.IsLinkLocalUnicast(), f.From)
			}
		}
	}
}

// finishRouted joins both families: without an address is only what has none of either.
func (p *parser) finishRouted() {
	if routes := p.routes; routes.Known() {
		for name, four := range p.four {
			v := p.VRF(name, four)
			v.Routes = capture.Of(routes.Value, four)
			if !routes.Value {
				v.Routes.From = routes.From
			}
		}
	}
	for _, s := range p.SVIs() {
		four, six := p.noFour[s.Interface], p.six[s.Interface]
		switch {
		case capture.Is(six, true):
			first(&s.Addressed, six)
		case four.Known() && capture.Is(six, false):
			first(&s.Addressed, capture.Of(false, four))
		}
	}
}
