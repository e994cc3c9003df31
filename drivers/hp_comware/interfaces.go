package hp_comware

import (
	"net/netip"
	"regexp"
	"slices"
	"strings"

	"uplinkcheck/drivers/capture"
	"uplinkcheck/drivers/state"
	"uplinkcheck/drivers/text"
	"uplinkcheck/drivers/vrp"
)

// kindOf tells what an interface is from its name.
func kindOf(name string) state.InterfaceKind {
	low := strings.ToLower(name)
	switch {
	case strings.HasPrefix(low, "m-"):
		return state.OutOfBand
	case strings.HasPrefix(low, "vlan-interface"):
		return state.Routed
	case strings.Contains(name, "."):
		return state.Logical
	case strings.Contains(low, "-aggregation"):
		return state.Aggregate
	case strings.Contains(name, "/") && (strings.Contains(low, "ethernet") || strings.Contains(low, "gige")):
		return state.Physical
	case strings.HasPrefix(low, "loopback"), strings.HasPrefix(low, "inloopback"), strings.HasPrefix(low, "null"), strings.Contains(low, "tunnel"):
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
			v, err := state.ParseVID(strings.TrimPrefix(strings.ToLower(name), "vlan-interface"))
			return v, err == nil
		})
	}
	return s
}

// A bridging is how a reply says that a port is bridged.
type bridging struct {
	name                               string
	from                               capture.Span
	mode, pvid                         capture.Fact[string]
	passing, permitted, tagged, native capture.Fact[string] // native: the VLANs without a tag
	listed                             bool                 // the reply is one that lists VLANs
}

var (
	nameLine    = regexp.MustCompile(`^\s?([A-Za-z][\w/:.-]*)$`)
	stateLine   = regexp.MustCompile(`^\s*Current state ?: *(.+)$`)
	oldHead     = regexp.MustCompile(`^\s*(\S+) current state ?: *(.+)$`)
	lineState   = regexp.MustCompile(`(?i)^\s*Line protocol (?:current )?state ?: *(\w+)`)
	description = regexp.MustCompile(`^\s*Description: ?(.*)$`)
	hardware    = regexp.MustCompile(`(?i)\bhardware address: *([0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4})`)
	frameLength = regexp.MustCompile(`(?i)^\s*(?:the )?maximum (?:frame length|transmi\w+ unit)(?: is|:) *(\d+)`)
	speedMode   = regexp.MustCompile(`(?i)^\s*(\d+(?:\.\d+)?[kmg]bps)(?:-speed mode|, (?:full|half)-duplex)`)
	duplexMode  = regexp.MustCompile(`(?i)\b(full|half)-duplex\b`)
	flapping    = regexp.MustCompile(`^\s*Last link flapping: *(\S.*)$`)
	pvidLine    = regexp.MustCompile(`^\s*PVID: *(\d+)`)
	linkType    = regexp.MustCompile(`(?i)^\s*Port link-type: *(\w+)`)
	vlanList    = regexp.MustCompile(`(?i)^\s*(VLAN passing|VLAN permitted|Tagged +VLANs?(?: ID)?|Untagged +VLANs?(?: ID)?)\s*:\s*(\S.*)$`)
	internet    = regexp.MustCompile(`(?i)^\s*internet address(?: is|:) *(\d+\.\d+\.\d+\.\d+/\d+)`)
	routedOnly  = regexp.MustCompile(`(?i)^\s*(?:internet (?:address|protocol processing)|(?:the )?maximum transmi\w+ unit)`)
)

// beginsInterface tells where a section of "display interface" begins, and returns the name and the state, which older releases have in the
// same line and newer ones in one of the next. Without a state the name begins a section too where nothing stands before it.
func beginsInterface(lines []text.Line, k int) (name, word capture.Fact[string]) {
	if m := lines[k].Match(oldHead); m != nil && !lineState.MatchString(lines[k].Text) {
		if name := port(m[1]); name.Known() {
			return name, m[2]
		}
	}
	m := lines[k].Match(nameLine)
	if m == nil {
		return name, word
	}
	for _, l := range lines[k+1 : min(k+4, len(lines))] {
		if next := l.Match(stateLine); next != nil {
			return port(m[1]), next[1]
		}
		if l.Blank() || l.Match(nameLine) != nil {
			break
		}
	}
	if k == 0 || lines[k-1].Blank() {
		return port(m[1]), word
	}
	return name, word
}

// A head is where a section of "display interface" begins.
type head struct {
	at         int
	name, word capture.Fact[string] // a name that is not known is that of no port
}

// sections returns where interfaces begin. One whose name is not known is told by its state: what follows is of no other interface.
func sections(lines []text.Line) (heads []head) {
	stated := true // the last one
	for k, l := range lines {
		name, word := beginsInterface(lines, k)
		old, state := l.Match(oldHead) != nil && !lineState.MatchString(l.Text), l.Match(stateLine) != nil
		switch {
		case name.Known():
			heads, stated = append(heads, head{k, name, word}), old || !word.Known()
		case state && !stated:
			stated = true
		case (state || old) && l.Match(description) == nil:
			if state && k > 0 && !lines[k-1].Blank() && (len(heads) == 0 || heads[len(heads)-1].at < k-1) {
				k--
			}
			heads, stated = append(heads, head{at: k}), true
		}
	}
	return heads
}

// interfaces reads "display interface".
func interfaces(p *parser, lines []text.Line) {
	if len(lines) == 0 {
		return
	}
	before := len(p.Switch.Unread)
	heads := sections(lines)
	for n, h := range heads {
		end := len(lines)
		if n+1 < len(heads) {
			end = heads[n+1].at
		}
		p.listed(h.name.Value)
		if !h.name.Known() {
			p.Unread(lines[h.at].Span(), "an interface with an unknown name")
			continue
		}
		p.interfaceSection(h.name.Value, h.word, lines[h.at:end])
	}
	if len(heads) > 0 && len(p.Switch.Unread) == before {
		p.Switch.Listed.Interfaces, p.Switch.Listed.SVIs = lines[0].Reply.Whole(), lines[0].Reply.Whole()
	}
}

// listed notes what the next name in a list of ports tells of LAGs, which stand before what sorts behind them.
func (p *parser) listed(name string) {
	p.lags = p.lags || kindOf(name) == state.Aggregate
	p.noLAGs = p.noLAGs || !p.lags && strings.ToLower(name) > "bridge-aggregation9"
}

func (p *parser) interfaceSection(name string, word capture.Fact[string], lines []text.Line) {
	i := p.itf(name, lines[0].Span())
	if !word.Known() {
		p.Unread(lines[0].Span(), "an interface without a state")
	}
	p.physical(i, word)
	b := bridging{name: name, from: lines[0].Span(), listed: true}
	for k := 0; k < len(lines); k++ {
		l := lines[k]
		p.interfaceLine(i, l)
		if m := l.Match(pvidLine); m != nil {
			b.pvid = m[1]
		}
		if m := l.Match(linkType); m != nil {
			b.mode = m[1]
			i.Bridged = capture.Of(true, l.Span())
		}
		if m := l.Match(vlanList); m != nil {
			list, n := wrapped(m[2], lines[k:])
			b.list(m[1].Value, list)
			k += n
		} else if l.Indent() >= moreIndent && isMore(strings.TrimSpace(l.Text)) { // something stands inside of a list
			p.Unread(l.Span(), "a list of VLANs that goes on")
			b.passing, b.permitted, b.tagged, b.native = capture.Fact[string]{}, capture.Fact[string]{}, capture.Fact[string]{}, capture.Fact[string]{}
		}
	}
	if b.mode.Known() {
		p.bridged = append(p.bridged, b)
	}
}

// fullLine is the length beyond which one more range of VLANs may not have fitted into a line.
const fullLine = 60

// moreIndent is how far the lines that go on with a list are indented, at least.
const moreIndent = 8

// isMore tells them by what they hold.
func isMore(s string) bool { return s != "" && strings.Trim(s, "0123456789, -()defaultvn") == "" }

// wrapped is a list with the lines that go on with it, and their number. What follows it proves its end, or that its last line had room for
// more.
func wrapped(f capture.Fact[string], lines []text.Line) (capture.Fact[string], int) {
	f, n := text.Continued(f, lines[1:], moreIndent, isMore)
	if n+1 == len(lines) && len(lines[n].Text) > fullLine {
		return capture.Fact[string]{}, n
	}
	return f, n
}

func (b *bridging) list(key string, f capture.Fact[string]) {
	switch low := strings.ToLower(key); {
	case strings.HasSuffix(low, "passing"):
		b.passing = f
	case strings.HasSuffix(low, "permitted"):
		b.permitted = f
	case strings.HasPrefix(low, "tagged"):
		b.tagged = f
	default:
		b.native = f
	}
}

// physical reads the state of the link: "administratively" tells that a person put it down.
func (p *parser) physical(i *state.Interface, word capture.Fact[string]) {
	low := strings.ToLower(word.Value)
	switch {
	case strings.HasPrefix(low, "up"):
		i.Admin, i.Oper = capture.Of(state.Up, word.From), capture.Of(state.Up, word.From)
	case strings.Contains(low, "administratively"), low == "adm":
		i.Admin, i.Oper = capture.Of(state.Down, word.From), capture.Of(state.Down, word.From)
	case low == "down":
		i.Admin, i.Oper = capture.Of(state.Up, word.From), capture.Of(state.Down, word.From)
	case strings.Contains(low, "down"): // by a protocol, or of an error
		i.Oper = capture.Of(state.Down, word.From)
	case low == "stby":
		i.Admin = capture.Of(state.Up, word.From)
	case word.Known():
		p.Unread(word.From, "unknown word "+state.Quote(word.Value))
	}
	if capture.Is(i.Oper, state.Down) {
		i.OperReason = word
	}
}

var upDown = map[string]state.Status{"up": state.Up, "down": state.Down}

func (p *parser) interfaceLine(i *state.Interface, l text.Line) {
	if m := l.Match(description); m != nil {
		i.Description = m[1]
		return
	}
	if m := l.Match(lineState); m != nil { // a link that is up carries nothing while its protocol is down
		i.Oper = capture.Then(m[1], func(s string) (state.Status, bool) { v, ok := upDown[strings.ToLower(s)]; return v, ok })
	}
	if m := l.Match(hardware); m != nil && !i.MAC.Known() {
		i.MAC = text.Station(m[1])
	}
	if m := l.Match(frameLength); m != nil {
		i.MTU = text.Int(m[1])
	}
	if routedOnly.MatchString(l.Text) && (i.Kind == state.Physical || i.Kind == state.Aggregate) {
		i.Bridged = capture.Of(false, l.Span())
	}
	if m := l.Match(speedMode); m != nil {
		i.Speed = text.Speed(m[1])
	}
	if m := l.Match(duplexMode); m != nil {
		i.Duplex = capture.Then(m[1], func(s string) (state.Duplex, bool) {
			return map[string]state.Duplex{"full": state.Full, "half": state.Half}[strings.ToLower(s)], true
		})
	}
	if m := l.Match(flapping); m != nil {
		i.Unchanged = text.Ago(m[1])
	}
	if m := l.Match(internet); m != nil {
		p.address(i.Name, i.Kind, text.Prefix(m[1]))
	}
}

// address adds an address to what has one in a state: a routed interface of a VLAN, or an out-of-band port.
func (p *parser) address(name string, kind state.InterfaceKind, a capture.Fact[netip.Prefix]) {
	same := func(b capture.Fact[netip.Prefix]) bool { return b.Value == a.Value }
	switch {
	case !a.Known():
	case kind == state.Routed:
		s := p.svi(name, a.From)
		if !slices.ContainsFunc(s.Addresses, same) {
			s.Addresses = append(s.Addresses, a)
		}
		s.Addressed = capture.Of(true, a.From)
	case kind == state.OutOfBand:
		if !slices.ContainsFunc(p.outOfBand[name], same) {
			p.outOfBand[name] = append(p.outOfBand[name], a)
		}
	}
}

// Rows of both tables of "display interface brief". Words are told apart by blanks: a long one moves what follows it.
var (
	routedRow  = regexp.MustCompile(`^\s*(\S+)\s+(\S+)\s+(\S+)\s+(\d+\.\d+\.\d+\.\d+|-+)(?:\s+(\S.*))?$`)
	bridgedRow = regexp.MustCompile(`^\s*(\S+)\s+(\S+)\s+(\S+)\s+(\S+)\s+([ATH])\s+(\d+)(?:\s+(\S.*))?$`)
)

// interfacesBrief reads both tables of "display interface brief": of routed and of bridged ports.
func interfacesBrief(p *parser, lines []text.Line) {
	table, whole := "", false
	for _, l := range lines {
		head := l.Fields()
		if len(head) > 3 && head[0].Value == "Interface" && head[1].Value == "Link" {
			table, whole = head[2].Value, true
			continue
		}
		if l.Blank() {
			table = ""
		}
		re := map[string]*regexp.Regexp{"Protocol": routedRow, "Speed": bridgedRow}[table]
		if re == nil {
			continue
		}
		m := l.Match(re)
		name := capture.Fact[string]{}
		if m != nil {
			name = port(m[1])
		}
		switch {
		case !name.Known():
			p.Unread(l.Span(), "no row of an interface")
			whole = false
		case re == routedRow:
			p.routedRow(name.Value, l, m)
		default:
			p.listed(name.Value)
			p.bridgedRow(name.Value, l, m)
		}
	}
	if whole {
		p.Switch.Listed.Interfaces, p.Switch.Listed.SVIs = lines[0].Reply.Whole(), lines[0].Reply.Whole()
	}
}

// descriptionWidth is what these tables show of a description that is longer, where it was not asked for in full.
const descriptionWidth = 27

func (p *parser) row(name string, l text.Line, link, about capture.Fact[string], isBridged bool) *state.Interface {
	i := p.itf(name, l.Span())
	p.physical(i, vrp.Unmarked(link))
	i.Description = capture.Then(vrp.Known(about), func(s string) (string, bool) { return s, len(s) != descriptionWidth })
	if i.Kind == state.Physical || i.Kind == state.Aggregate {
		i.Bridged = capture.Of(isBridged, l.Span())
	}
	return i
}

func (p *parser) routedRow(name string, l text.Line, m []capture.Fact[string]) {
	i := p.row(name, l, m[2], m[5], false)
	if protocol := vrp.Known(vrp.Unmarked(m[3])); protocol.Known() {
		i.Oper = state.Word(p.Draft, protocol, upDown)
	}
}

var typeWords = map[string]string{"A": "access", "T": "trunk", "H": "hybrid"}

func (p *parser) bridgedRow(name string, l text.Line, m []capture.Fact[string]) {
	i := p.row(name, l, m[2], m[7], true)
	i.Speed = text.Speed(vrp.Unmarked(m[3]))
	i.Duplex = capture.Then(vrp.Unmarked(m[4]), func(s string) (state.Duplex, bool) {
		v, ok := map[string]state.Duplex{"F": state.Full, "H": state.Half}[s]
		return v, ok
	})
	mode := capture.Then(m[5], func(s string) (string, bool) { return typeWords[s], true })
	p.bridged = append(p.bridged, bridging{name: name, from: l.Span(), mode: mode, pvid: m[6]})
}

// finishInterfaces notes members of LAGs and of a stack, and which LAGs are up.
func (p *parser) finishInterfaces() {
	in, oper := map[string]capture.Fact[string]{}, map[string]capture.Fact[state.Status]{}
	for _, i := range p.Interfaces() {
		oper[i.Name] = i.Oper
	}
	for _, a := range p.Aggregators() {
		a.Oper = oper[a.Name]
		for _, x := range p.AggregationPorts(a.Name) {
			in[x.Name] = capture.Of(a.Name, a.From)
		}
	}
	for _, i := range p.Interfaces() {
		i.Aggregator, i.Addresses = in[i.Name], p.outOfBand[i.Name]
		if i.Kind == state.Physical && capture.Is(p.Switch.Device.Stacked, true) {
			i.Member = capture.Then(capture.Of(i.Name, i.From), slotOf)
		}
	}
}

var slot = regexp.MustCompile(`^[A-Za-z-]+(\d{1,2})/`)

// slotOf is the first number of a port's name.
func slotOf(name string) (string, bool) {
	m := slot.FindStringSubmatch(name)
	if m == nil {
		return "", false
	}
	return m[1], true
}
