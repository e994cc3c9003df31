package arista_eos

import (
	"regexp"
	"strings"

	"uplinkcheck/drivers/capture"
	"uplinkcheck/drivers/state"
	"uplinkcheck/drivers/text"
	"uplinkcheck/drivers/tree"
)

var adminWords = map[string]state.Status{
	"connected": state.Up, "notconnect": state.Up, "errdisabled": state.Up, "inactive": state.Up, "disabled": state.Down,
}

var operWords = map[string]state.Status{
	"up": state.Up, "down": state.Down, "lowerlayerdown": state.Down, "notpresent": state.Down, "dormant": state.Down,
}

// connectedWords tell the link's state where no line protocol is reported.
var connectedWords = map[string]state.Status{
	"connected": state.Up, "notconnect": state.Down, "errdisabled": state.Down, "disabled": state.Down,
}

var duplexWords = map[string]state.Duplex{"duplexfull": state.Full, "duplexhalf": state.Half, "duplexunknown": 0}

// interfaces reads "show interfaces".
func interfaces(p *parser, n tree.Node) {
	list := n.At("interfaces")
	for i := range list.Children() {
		f := p.Interface(i.Name(), i.Span())
		f.Kind = kindOf(i.Name(), i.At("hardware").Text())
		if strings.HasPrefix(i.Name(), "Vxlan") {
			p.vxlan = withName(i)
		}
		f.Description = i.At("description").Str()
		f.Admin = word(p, i.At("interfaceStatus"), adminWords)
		f.Oper = word(p, i.At("lineProtocolStatus"), operWords)
		if !i.At("lineProtocolStatus").Exists() {
			f.Oper = known(i.At("interfaceStatus").NonEmpty(), connectedWords)
		}
		if capture.Is(f.Oper, state.Down) {
			f.OperReason = i.At("interfaceStatus").NonEmpty()
		}
		f.Speed = capture.Then(i.At("bandwidth").Uint(64), func(v uint64) (uint64, bool) { return v, v > 0 }) // virtual ports print 0
		f.Duplex = capture.Then(word(p, i.At("duplex"), duplexWords), func(d state.Duplex) (state.Duplex, bool) { return d, d != 0 })
		f.MTU = capture.Then(i.At("mtu").Uint(31), func(v uint64) (int, bool) { return int(v), v > 0 })
		f.MAC = capture.Then(i.At("physicalAddress").Str(), toStation)
		f.Bridged = bridged(p, i.At("forwardingModel"))
		f.Transitions = i.At("interfaceCounters", "linkStatusChanges").Uint(64)
		f.Aggregator = capture.Then(i.At("interfaceMembership").Str(), func(s string) (string, bool) {
			return strings.CutPrefix(strings.TrimSpace(s), "Member of ")
		})
		if f.Kind == state.OutOfBand {
			f.Addresses = addressesIn(i.At("interfaceAddress"))
		}
		if f.Kind == state.Aggregate {
			p.aggregateInterface(i)
		}
		if f.Aggregator.Known() {
			p.AggregationPort(f.Aggregator.Value, f.Name, f.Aggregator.From)
		}
		if f.Kind == state.Routed {
			p.svi(i, i.At("interfaceAddress"))
		}
	}
	p.Switch.Listed.Interfaces = list.Span()
	p.Switch.Listed.SVIs = list.Span()
}

// known maps a word through words; one that is not among them is unknown.
func known[T any](f capture.Fact[string], words map[string]T) capture.Fact[T] {
	return capture.Then(f, func(s string) (T, bool) { v, ok := words[strings.ToLower(s)]; return v, ok })
}

// bridged takes the forwarding model; dataLink is a member of a LAG, which is neither bridged nor routed itself.
func bridged(p *parser, n tree.Node) capture.Fact[bool] {
	model := word(p, n, map[string]string{"bridged": "bridged", "routed": "routed", "datalink": "dataLink"})
	return capture.Then(model, func(s string) (bool, bool) { return s == "bridged", s != "dataLink" })
}

// kindOf tells what an interface is from its hardware, and where that is missing from its name.
func kindOf(name, hardware string) state.InterfaceKind {
	switch {
	case strings.HasPrefix(name, "Management"):
		return state.OutOfBand
	case strings.Contains(name, "."): // a subinterface
		return state.Logical
	case hardware == "vlan", strings.HasPrefix(name, "Vlan"):
		return state.Routed
	case hardware == "portChannel", strings.HasPrefix(name, "Port-Channel"):
		return state.Aggregate
	case strings.HasPrefix(name, "Ethernet"):
		return state.Physical
	case hardware == "loopback", hardware == "vxlan", hardware == "tunnel", strings.HasPrefix(name, "Loopback"),
		strings.HasPrefix(name, "Vxlan"), strings.HasPrefix(name, "Tunnel"):
		return state.Logical
	}
	return 0
}

// named returns the interface of a row of text, whose name may be short; nil where the name is none that we know.
func (p *parser) named(name capture.Fact[string], from capture.Span) *state.Interface {
	full, ok := names.Full(name.Value)
	if !name.Known() || !ok {
		return nil
	}
	f := p.Interface(full, from)
	f.Kind = kindOf(full, "")
	return f
}

var (
	interfaceHead = regexp.MustCompile(`^(\S+) is (up|down|administratively down), line protocol is (\w+)(?: \((\w+)\))?`)
	hardwareLine  = regexp.MustCompile(`^\s+Hardware is [^,]+, address is ([0-9a-fA-F.:]+)`)
	mtuLine       = regexp.MustCompile(`^\s+(?:IP |Ethernet )?MTU (\d+) bytes(?:[^,]*, BW (\d+ [Kk]bit))?`)
	duplexLine    = regexp.MustCompile(`^\s+(Full|Half)-duplex, (\d[^,]*)?`)
	activeMember  = regexp.MustCompile(`^\s+\.\.\. (\S+) ,`)
	changesLine   = regexp.MustCompile(`^\s+(\d+) link status changes since last clear`)
	sinceLine     = regexp.MustCompile(`^\s+(?:Up|Down) (\d.*)$`)
	fallbackLine  = regexp.MustCompile(`^\s+Fallback mode is: (\S+)`)
	addressLine   = regexp.MustCompile(`^\s+Internet address is (\S+/\d+)$`)
)

var fallbackModes = map[string]state.Fallback{"off": state.NoFallback, "static": state.StaticFallback, "individual": state.IndividualFallback}

// headWords are the words about the link, before that about the protocol on it.
var headWords = map[string]state.Status{"up": state.Up, "down": state.Up, "administratively down": state.Down}

// interfacesText reads "show interfaces" as text: a line at the margin begins an interface. It has no end mark, so it is never taken
// for the list of all.
func interfacesText(p *parser, lines []text.Line) {
	begins := func(l text.Line) bool { return l.Indent() == 0 && strings.Contains(l.Text, ", line protocol is ") }
	for _, section := range text.Sections(lines, begins) {
		head := section[0].Match(interfaceHead)
		if head == nil { // what follows is of no other interface
			p.Unread(section[0].Span(), "an interface in a state that is not known")
			continue
		}
		f := p.named(head[1], section[0].Span())
		if f == nil {
			p.Unread(section[0].Span(), "an interface of a kind that is not known")
			continue
		}
		f.Admin, f.Oper = known(head[2], headWords), state.Word(p.Draft, head[3], operWords)
		if capture.Is(f.Oper, state.Down) {
			f.OperReason = head[4]
		}
		switch f.Kind {
		case state.Aggregate:
			p.Aggregator(f.Name, f.From).Oper = f.Oper
		case state.Routed:
			p.vlanInterface(f.Name, f.From).Oper = f.Oper
		}
		for _, l := range section[1:] {
			if l.Indent() == 0 && !l.Blank() {
				break // of which interface what follows is, nobody knows
			}
			p.interfaceLine(f, l)
		}
	}
}

func (p *parser) interfaceLine(f *state.Interface, l text.Line) {
	if m := l.Match(hardwareLine); m != nil {
		f.MAC = text.Station(m[1])
	} else if m := l.Match(mtuLine); m != nil {
		f.MTU = text.Int(m[1])
		if speed := text.Speed(m[2]); speed.Known() && !f.Speed.Known() {
			f.Speed = speed
		}
	} else if m := l.Match(duplexLine); m != nil {
		f.Duplex = known(m[1], map[string]state.Duplex{"full": state.Full, "half": state.Half})
		if speed := text.Speed(m[2]); speed.Known() && !f.Speed.Known() {
			f.Speed = speed
		}
	} else if m := l.Match(changesLine); m != nil {
		f.Transitions = text.Uint(m[1], 64)
	} else if m := l.Match(sinceLine); m != nil {
		f.Unchanged = text.Ago(m[1])
	} else if m := l.Match(activeMember); m != nil && f.Kind == state.Aggregate {
		if port, ok := names.Full(m[1].Value); ok {
			p.member(f.Name, port, l.Span(), f.From.Through(l.Span()))
		}
	} else if m := l.Match(addressLine); m != nil {
		switch a := text.Prefix(m[1]); {
		case !a.Known():
		case f.Kind == state.OutOfBand:
			f.Addresses = append(f.Addresses, a)
		case f.Kind == state.Routed:
			p.address(f.Name, f.From, a)
		case f.Kind == state.Physical || f.Kind == state.Aggregate:
			f.Bridged = capture.Of(false, a.From)
		}
	} else if m := l.Match(fallbackLine); m != nil && f.Kind == state.Aggregate {
		p.Aggregator(f.Name, f.From).Fallback = state.Word(p.Draft, m[1], fallbackModes)
	} else if l.Indent() == 2 {
		switch value := l.After("Member of "); {
		case strings.HasPrefix(l.Text, "  Description: "):
			f.Description = l.After("Description: ")
		case strings.HasPrefix(l.Text, "  Member of ") && value.Known():
			f.Aggregator = names.Of(value)
			p.AggregationPort(f.Aggregator.Value, f.Name, value.From)
		}
	}
}

// statusWords are those that "show interfaces status" has for a port, before its VLAN and its duplex mode. What stands before them is a
// description, which may hold anything.
var statusWords = regexp.MustCompile(`(?:^|\s)(connected|notconnect|disabled|errdisabled|inactive|unknown|xcvrAbsent|adminDown)\s+(in (?:Po|Port-Channel)\d+|\S+)\s+` +
	`(full|half|auto|a-full|a-half|unconf)\s+(\S+)(?:\s|$)`)

// statusText reads "show interfaces status". A row counts where just one place in it can be the status.
func statusText(p *parser, lines []text.Line) {
	_, rows, ok := text.FindTable(lines, "Port", "Status", "Vlan", "Duplex", "Speed")
	if !ok {
		return
	}
	seen := map[string]bool{}
	for _, l := range rows {
		w := l.Fields()
		if len(w) == 0 {
			continue
		}
		if seen[w[0].Value] {
			p.Unread(l.Span(), "a second row of one port")
			continue
		}
		seen[w[0].Value] = true
		if at := statusWords.FindStringSubmatchIndex(l.Text); at == nil || statusWords.MatchString(l.Text[at[3]:]) {
			p.Unread(l.Span(), "the status of a port is not told from its name")
			continue
		}
		f, m := p.named(w[0], l.Span()), l.Match(statusWords)
		if f == nil {
			p.Unread(l.Span(), "an interface of a kind that is not known")
			continue
		}
		f.Admin, f.Oper = known(m[1], adminWords), known(m[1], connectedWords)
		if capture.Is(f.Oper, state.Down) {
			f.OperReason = m[1]
		}
		if s := strings.TrimPrefix(m[3].Value, "a-"); !capture.Is(f.Oper, state.Down) { // of a link that is down it is what somebody set
			f.Duplex = capture.Then(m[3], func(string) (state.Duplex, bool) {
				d, ok := map[string]state.Duplex{"full": state.Full, "half": state.Half}[s]
				return d, ok
			})
			f.Speed = text.Speed(m[4])
		}
		switch vlan := m[2].Value; {
		case strings.HasPrefix(vlan, "in "):
			f.Aggregator = names.Of(l.Part(int(m[2].From.Start)-l.At+len("in "), int(m[2].From.End)-l.At))
			p.AggregationPort(f.Aggregator.Value, f.Name, l.Span())
		case vlan == "routed":
			f.Bridged = capture.Of(false, m[2].From)
		case vlan == "trunk" || vlan[0] >= '0' && vlan[0] <= '9':
			f.Bridged = capture.Of(true, m[2].From)
		}
	}
}

// linkAdminWords are those of the list of descriptions.
var linkAdminWords = map[string]state.Status{"up": state.Up, "down": state.Up, "admin down": state.Down, "admindown": state.Down}

// descriptions reads "show interfaces description".
func descriptions(p *parser, n tree.Node) {
	for i := range n.At("interfaceDescriptions").Children() {
		f := p.Interface(i.Name(), i.Span())
		f.Kind = kindOf(i.Name(), "")
		f.Description = i.At("description").Str()
		f.Admin = word(p, i.At("interfaceStatus"), linkAdminWords)
		f.Oper = word(p, i.At("lineProtocolStatus"), operWords)
	}
}

var descriptionRow = regexp.MustCompile(`^(\S+)\s+(up|down|admin down)\s+(\w+)(?:\s+(.*))?$`)

// descriptionsText reads the same as text.
func descriptionsText(p *parser, lines []text.Line) {
	_, rows, ok := text.FindTable(lines, "Interface", "Status", "Protocol", "Description")
	if !ok {
		return
	}
	for _, l := range rows {
		m := l.Match(descriptionRow)
		if m == nil {
			if !l.Blank() {
				p.Unread(l.Span(), "no row of the list of descriptions")
			}
			continue
		}
		if f := p.named(m[1], l.Span()); f != nil {
			f.Admin, f.Oper, f.Description = known(m[2], linkAdminWords), known(m[3], operWords), m[4]
		}
	}
}

// finishInterfaces says of which ports it is known that they are in no LAG.
func (p *parser) finishInterfaces() {
	if len(p.Interfaces()) == 0 {
		return
	}
	in := make(map[string]capture.Fact[string], len(p.members))
	for _, m := range p.members {
		if !in[m.port].Known() {
			in[m.port] = m.in
		}
	}
	for _, f := range p.Interfaces() {
		if f.Aggregator.Known() || f.Kind != state.Physical {
			continue
		}
		if in, ok := in[f.Name]; ok {
			f.Aggregator = in
		} else if all := p.Switch.Listed.Aggregators; all.Known() {
			f.Aggregator = capture.Of("", all)
		}
	}
}
