package aruba_aoscx

import (
	"net/netip"
	"regexp"
	"strings"

	"uplinkcheck/drivers/capture"
	"uplinkcheck/drivers/state"
	"uplinkcheck/drivers/text"
)

var (
	headLine    = regexp.MustCompile(`^\s*(Interface|Aggregate) (\S+)(?: ?\((?:mc|multi-chassis)\))? is (up|down)\b *(?:\((.*)\))?\s*$`)
	headLike    = regexp.MustCompile(`^\s*(?:(?:Interface|Aggregate) \S+(?: ?\([\w -]+\))? is\b|Aggregate-name\b)`)
	adminLine   = regexp.MustCompile(`^\s*Admin state is (up|down)$`)
	hardware    = regexp.MustCompile(`^\s*Hardware: .*MAC Address: *(\S+)$`)
	mtuLine     = regexp.MustCompile(`^\s*MTU +(\d+)$`)
	duplexLine  = regexp.MustCompile(`^\s*(Full|Half)-duplex$`)
	speedLine   = regexp.MustCompile(`^\s*Speed *:? *(\d+ ?[KMG]b/s)$`)
	addressLine = regexp.MustCompile(`^\s*IPv[46] address +([0-9a-fA-F.:]+/\d+)(?: .*)?$`)
	vrfLine     = regexp.MustCompile(`^\s*VRF name is (\S+)$`)
	statusWords = map[string]state.Status{"up": state.Up, "down": state.Down}
	duplexWords = map[string]state.Duplex{"full": state.Full, "half": state.Half}
)

// interfaces reads "show interface": ports, LAGs, interfaces of VLANs and all others.
func (p *parser) interfaces(lines []text.Line) {
	sections := text.Sections(lines, func(l text.Line) bool { return headLike.MatchString(l.Text) })
	understood := true
	for _, s := range sections {
		if s[0].Match(headLine) == nil {
			p.Unread(s[0].Span(), "the head of an interface in a form that we do not know")
			understood = false
			continue
		}
		p.oneInterface(s)
	}
	if len(sections) > 0 && understood {
		whole := lines[0].Reply.Whole()
		p.Switch.Listed.Interfaces, p.Switch.Listed.SVIs, p.Switch.Listed.BridgePorts = whole, whole, whole
	}
}

func (p *parser) oneInterface(lines []text.Line) {
	head := lines[0].Match(headLine)
	name := plain(head[2].Value)
	i := p.Interface(name, lines[0].Span())
	i.Kind, i.Oper = kindOf(name), state.Word(p.Draft, head[3], statusWords)
	var svi *state.SVI
	if i.Kind == state.Routed {
		svi = p.SVI(name, lines[0].Span())
		svi.VID = text.VID(capture.Of(strings.TrimPrefix(name, "vlan"), lines[0].Span()))
		svi.Oper = i.Oper
	}
	if i.Kind == state.Aggregate {
		p.Aggregator(name, lines[0].Span()).Oper = i.Oper
	}
	vlan := &vlanOf{from: lines[0].Span()}
	for n, l := range lines[1:] {
		key, value, isPair := l.KeyValue()
		switch m := l.Match(adminLine); {
		case m != nil:
			i.Admin = state.Word(p.Draft, m[1], statusWords)
		case isPair && key == "Description":
			i.Description = value
		case isPair && key == "State information":
			if capture.Is(i.Oper, state.Down) {
				i.OperReason = value
			}
		case isPair && key == "Link transitions":
			i.Transitions = text.Uint(value, 64)
		case isPair && key == "MAC Address":
			i.MAC = text.MAC(value)
		case l.Match(hardware) != nil:
			i.MAC = text.MAC(l.Match(hardware)[1])
		case l.Match(mtuLine) != nil:
			i.MTU = text.Int(l.Match(mtuLine)[1])
		case l.Match(duplexLine) != nil:
			i.Duplex = state.Word(p.Draft, l.Match(duplexLine)[1], duplexWords)
		case l.Match(speedLine) != nil:
			i.Speed = capture.Then(text.Speed(l.Match(speedLine)[1]), func(v uint64) (uint64, bool) { return v, v > 0 })
		case l.Match(addressLine) != nil:
			p.address(i, svi, text.Prefix(l.Match(addressLine)[1]))
		case l.Match(vrfLine) != nil:
			if svi != nil {
				svi.VRF = l.Match(vrfLine)[1]
			}
		case strings.HasPrefix(strings.TrimSpace(l.Text), "L3 Counters:"): // addresses stand before it
			if svi != nil && !svi.Addressed.Known() {
				svi.Addressed = capture.Of(false, l.Span())
			}
		case isPair && i.Kind == state.Aggregate && p.aggregateLine(name, key, value):
		case isPair:
			vlan.line(key, value, lines[n+2:])
		}
	}
	if vlan.mode.Known() {
		p.trunks[name] = vlan
	}
}

// address notes an address; a port with one routes.
func (p *parser) address(i *state.Interface, svi *state.SVI, prefix capture.Fact[netip.Prefix]) {
	switch {
	case !prefix.Known():
	case svi != nil:
		svi.Addresses = append(svi.Addresses, prefix)
		svi.Addressed = capture.Of(true, prefix.From)
	case i.Kind == state.OutOfBand:
		i.Addresses = append(i.Addresses, prefix)
	case i.Kind == state.Physical || i.Kind == state.Aggregate:
		i.Bridged = capture.Of(false, prefix.From)
	}
}

// management reads "show interface mgmt".
func (p *parser) management(lines []text.Line) {
	var i *state.Interface
	for _, l := range lines {
		key, value, _ := l.KeyValue()
		if key == "Admin State" || key == "Link State" {
			if i == nil {
				i = p.Interface("mgmt", l.Reply.Whole())
				i.Kind = state.OutOfBand
			}
		}
		switch {
		case i == nil:
		case key == "Admin State":
			i.Admin = state.Word(p.Draft, value, statusWords)
		case key == "Link State":
			i.Oper = state.Word(p.Draft, value, statusWords)
		case strings.EqualFold(key, "MAC Address"):
			i.MAC = text.MAC(value)
		case key == "IPv4 address/subnet-mask" || key == "IPv6 address/prefix":
			if prefix := text.Prefix(value); prefix.Known() {
				i.Addresses = append(i.Addresses, prefix)
			}
		}
	}
}

var briefRow = regexp.MustCompile(`^(\d+/\d+/\d+\S*|lag\d+(?: ?\((?:mc|multi-chassis)\))?|vlan\d+|loopback\d+)\s+(\d+|--)\s+(access|trunk|routed|native\S*|--)\s+(\S.*?)\s+(yes|no|--)\s+(up|down)\b`)

// brief reads "show interface brief", whose speeds are in Mb/s.
func (p *parser) brief(lines []text.Line) {
	table, _, _ := text.FindTable(lines, "Port", "Mode", "Type", "Enabled", "Status", "Reason", "Speed", "Description")
	for _, l := range lines {
		m := l.Match(briefRow)
		if m == nil {
			continue
		}
		i := p.Interface(plain(m[1].Value), l.Span())
		i.Kind, i.Oper = kindOf(i.Name), state.Word(p.Draft, m[6], statusWords)
		i.Admin = capture.Then(m[5], func(s string) (state.Status, bool) {
			return map[string]state.Status{"yes": state.Up, "no": state.Down}[s], s != "--"
		})
		r := table.Row(l)
		i.Description = uncut(some(r.Cell("Description")))
		i.Speed = capture.Then(text.Uint(r.Cell("Speed"), 32), func(v uint64) (uint64, bool) { return v * 1_000_000, v > 0 })
		if capture.Is(i.Oper, state.Down) {
			i.OperReason = some(r.Cell("Reason"))
		}
	}
}

// some drops the dashes that stand for nothing.
func some(f capture.Fact[string]) capture.Fact[string] {
	return capture.Then(f, func(s string) (string, bool) { return s, s != "--" })
}
