package nokia_srlinux

import (
	"cmp"
	"net/netip"
	"regexp"
	"strconv"
	"strings"
	"time"

	"uplinkcheck/drivers/capture"
	"uplinkcheck/drivers/state"
	"uplinkcheck/drivers/text"
	"uplinkcheck/drivers/tree"
)

// A subinterface is where frames of a port enter a network instance.
type subinterface struct {
	name, port string // "ethernet-1/1.10" of "ethernet-1/1"
	from       capture.Span
	bridged    capture.Fact[bool]
	tag        encap
	oper       capture.Fact[state.Status]
	reason     capture.Fact[string]
	tree       capture.Fact[state.STPState] // what the spanning tree does; Forwarding where it does not run
	joined     bool                         // it runs there
	addresses  []capture.Fact[netip.Prefix]
}

// encap says which frames a subinterface takes. The zero value was not understood.
type encap struct {
	from     capture.Span
	vids     state.VIDSet // with these tags
	untagged bool         // without one
}

// interfaces reads /interface.
func (p *parser) interfaces(list tree.Node) {
	whole := true
	for n := range items(list) {
		name := at(n, "name").NonEmpty()
		if !name.Known() {
			p.Unread(n.Span(), "an interface without a name")
			whole = false
			continue
		}
		i := p.Interface(name.Value, name.From)
		i.Kind = kindOf(name.Value)
		i.Description = at(n, "description").NonEmpty()
		i.Admin = word(p, at(n, "admin-state"), enabled)
		i.Oper = word(p, at(n, "oper-state"), upDown)
		whole = whole && i.Admin.Known() && i.Oper.Known()
		if !capture.Is(i.Oper, state.Up) {
			i.OperReason = at(n, "oper-down-reason").NonEmpty()
		}
		i.MTU = number(at(n, "mtu"))
		i.Transitions = at(n, "statistics", "carrier-transitions").Uint(64)
		ethernet := at(n, "ethernet")
		i.MAC = text.Station(at(ethernet, "hw-mac-address").NonEmpty())
		speed := at(ethernet, "port-speed").NonEmpty()
		speed.Value = bare(speed.Value)
		i.Speed = text.Speed(speed)
		i.Duplex = word(p, at(ethernet, "duplex-mode"), map[string]state.Duplex{"full": state.Full, "half": state.Half})
		i.Aggregator = at(ethernet, "aggregate-id").NonEmpty()
		if lag := at(n, "lag"); lag.Exists() && i.Kind == state.Aggregate {
			whole = p.lag(name, i, lag) && whole
		}
		for s := range items(at(n, "subinterface")) {
			whole = p.subinterface(i, s) && whole
		}
	}
	if whole {
		p.listed = list.Span()
		l := &p.Switch.Listed
		l.Interfaces, l.Aggregators, l.LACP = p.listed, p.listed, p.listed
	}
}

// kindOf tells what an interface is by how the platform names it.
func kindOf(name string) state.InterfaceKind {
	for _, k := range []struct {
		prefix string
		kind   state.InterfaceKind
	}{{"ethernet-", state.Physical}, {"mgmt", state.OutOfBand}, {"lag", state.Aggregate}, {"irb", state.Routed},
		{"lo", state.Logical}, {"system", state.Logical}, {"vxlan", state.Logical}, {"lif-", state.Logical}, {"vhn-", state.Logical}} {
		if strings.HasPrefix(name, k.prefix) {
			return k.kind
		}
	}
	return 0
}

// subinterface reads one subinterface, and reports whether it could be told which one it is.
func (p *parser) subinterface(i *state.Interface, n tree.Node) bool {
	name := at(n, "name").NonEmpty()
	index := at(n, "index").Uint(32)
	if !name.Known() && index.Known() {
		name = capture.Of(i.Name+"."+at(n, "index").Text(), n.Span())
	}
	if !name.Known() {
		p.Unread(n.Span(), "a subinterface without a name")
		return false
	}
	s := &subinterface{name: name.Value, port: i.Name, from: name.From,
		bridged: word(p, at(n, "type"), map[string]bool{"bridged": true, "routed": false}),
		tag:     p.encap(n),
		oper:    word(p, at(n, "oper-state"), upDown),
		reason:  at(n, "oper-down-reason").NonEmpty(),
	}
	if least := number(at(n, "l2-mtu")); least.Known() && least.Value < i.MTU.Value {
		i.MTU = capture.Fact[int]{} // what fits depends on the VLAN
	}
	p.spanningTree(s, at(n, "bridge-table"))
	for _, family := range []string{"ipv4", "ipv6"} {
		for a := range items(at(n, family, "address")) {
			if prefix := text.Prefix(at(a, "ip-prefix").NonEmpty()); prefix.Known() {
				s.addresses = append(s.addresses, prefix)
			}
		}
	}
	p.subs = append(p.subs, s)
	if i.Kind == state.OutOfBand {
		i.Addresses = append(i.Addresses, global(s.addresses)...)
	}
	return true
}

// treeStates are identities of OpenConfig. DISABLED is a port that is down.
var treeStates = map[string]state.STPState{"forwarding": state.Forwarding, "blocking": state.Blocking, "listening": state.Blocking, "learning": state.Blocking, "disabled": 0}

// spanningTree reads what the spanning tree does with a subinterface. Releases before 24.10 have none, later ones on some platforms: without
// a part about it in what they tell of bridging, or where that is disabled, frames pass. The state is that of one tree: with instances, what
// each does is not read.
func (p *parser) spanningTree(s *subinterface, table tree.Node) {
	stp := at(table, "stp")
	switch on := word(p, at(stp, "admin-state"), enabled); {
	case !table.Exists():
	case !stp.Exists(), capture.Is(on, state.Down):
		s.tree = capture.Of(state.Forwarding, table.Span())
	default:
		s.joined = true
		if at(stp, "mst-instance").Exists() {
			return
		}
		s.tree = capture.Then(word(p, at(stp, "port-state"), treeStates), func(x state.STPState) (state.STPState, bool) { return x, x != 0 })
	}
}

// global are the addresses without the link-local one that each IPv6 interface has.
func global(all []capture.Fact[netip.Prefix]) (out []capture.Fact[netip.Prefix]) {
	for _, a := range all {
		if !isLinkLocal(a.Value) {
			out = append(out, a)
		}
	}
	return out
}

func isLinkLocal(p netip.Prefix) bool { return p.Addr().Is6() && p.Addr().IsLinkLocalUnicast() }

// encap reads which frames a subinterface takes. Without such a part it takes all that arrive, and tags are part of what it carries.
func (p *parser) encap(n tree.Node) encap {
	e := at(n, "vlan", "encap")
	if !e.Exists() {
		return encap{from: n.Span(), untagged: true}
	}
	for kind := range e.Children() {
		switch bare(kind.Name()) {
		case "untagged":
			return encap{from: e.Span(), untagged: true}
		case "single-tagged":
			if v := at(kind, "vlan-id").Uint(12); v.Known() && state.VID(v.Value).Valid() {
				return encap{from: e.Span(), vids: state.VIDs(state.VID(v.Value))}
			}
		case "single-tagged-range":
			var set state.VIDSet
			for r := range items(at(kind, "low-vlan-id")) {
				low, high := at(r, "range-low-vlan-id").Uint(12), at(r, "high-vlan-id").Uint(12)
				if !low.Known() || !high.Known() || low.Value > high.Value {
					return encap{}
				}
				set = set.Union(state.Range(state.VID(low.Value), state.VID(high.Value)))
			}
			return encap{from: e.Span(), vids: set}
		}
	}
	p.Unread(e.Span(), "which frames the subinterface takes was not understood")
	return encap{}
}

var (
	portHead = regexp.MustCompile(`^(\S+) is (\S+?)(?:, speed (\S+?))?(?:, reason (\S+?))?(?:, type .*)?$`)
	subHead  = regexp.MustCompile(`^\s{1,4}(\S+)\.(\d+) is (\S+?)(?:, reason (\S+))?$`)
	netName  = regexp.MustCompile(`^\s*\* Name: (\S+)(?: \((\S+)\))?$`)
)

// interfaceText reads "show interface all".
func interfaceText(p *parser, lines []text.Line) {
	var i *state.Interface
	var s *subinterface
	for _, l := range lines {
		if m := l.Match(portHead); m != nil && l.Indent() == 0 && kindOf(m[1].Value) != 0 {
			i, s = p.Interface(m[1].Value, m[1].From), nil
			i.Kind = kindOf(m[1].Value)
			i.Oper = state.Word(p.Draft, m[2], upDown)
			i.Speed = text.Speed(m[3])
			i.OperReason = m[4]
			switch {
			case capture.Is(i.Oper, state.Up):
				i.Admin = i.Oper
			case m[4].Value == "port-admin-disabled":
				i.Admin = capture.Of(state.Down, m[4].From)
			}
			continue
		}
		if m := l.Match(subHead); m != nil && i != nil && m[1].Value == i.Name {
			s = &subinterface{name: m[1].Value + "." + m[2].Value, port: i.Name, from: l.Span(), oper: state.Word(p.Draft, m[3], upDown), reason: m[4]}
			p.subs = append(p.subs, s)
			continue
		}
		if s == nil {
			continue
		}
		if m := l.Match(netName); m != nil {
			p.network(m[1].Value, m[1].From).add(s.name, m[2], l.Span())
			continue
		}
		key, value, _ := l.KeyValue()
		switch key {
		case "Encapsulation":
			s.tag = p.encapText(value)
		case "Type":
			s.bridged = capture.Then(value, func(w string) (bool, bool) { return w == "bridged", w == "bridged" || w == "routed" })
		case "Network-instance":
			if value.Known() && value.Value != "None" {
				p.network(value.Value, value.From).add(s.name, capture.Fact[string]{}, l.Span())
			}
		case "IPv4 addr", "IPv6 addr":
			value.Value, _, _ = strings.Cut(value.Value, " ")
			p.addressText(s, value)
		}
	}
}

// detailText reads "show interface detail": a part for each port and each subinterface, with statistics behind what it is.
func detailText(p *parser, lines []text.Line) {
	begins := func(l text.Line) bool {
		key, value, _ := l.KeyValue()
		return value.Known() && (key == "Interface" && l.Indent() == 0 || key == "Subinterface")
	}
	for _, section := range text.Sections(lines, begins) {
		key, name, _ := section[0].KeyValue()
		var i *state.Interface
		var s *subinterface
		if key == "Interface" && kindOf(name.Value) != 0 {
			i = p.Interface(name.Value, name.From)
			i.Kind = kindOf(name.Value)
		} else if port, _, ok := strings.Cut(name.Value, "."); ok && key == "Subinterface" {
			s = &subinterface{name: name.Value, port: port, from: name.From}
			p.subs = append(p.subs, s)
		}
		rules := 0
		for _, l := range section[1:] {
			if strings.HasPrefix(l.Text, "----") {
				if rules++; rules == 2 {
					break // statistics
				}
				continue
			}
			key, value, _ := l.KeyValue()
			switch {
			case i != nil:
				p.detail(i, key, value)
			case s != nil:
				p.subDetail(s, key, value)
			}
		}
	}
}

func (p *parser) detail(i *state.Interface, key string, value capture.Fact[string]) {
	switch key {
	case "Description":
		if value.Value != "<None>" {
			i.Description = value
		}
	case "Oper state":
		i.Oper = state.Word(p.Draft, value, upDown)
	case "Down reason":
		if value.Value != "N/A" {
			i.OperReason = value
		}
	case "Speed":
		i.Speed = text.Speed(value)
	case "MTU":
		i.MTU = text.Int(value)
	case "Last change":
		if m := lastChange.FindStringSubmatch(value.Value); m != nil {
			i.Unchanged = capture.Then(value, func(string) (time.Duration, bool) { return ago(m[1]) })
			i.Transitions = capture.Then(value, func(string) (uint64, bool) { n, err := strconv.ParseUint(m[2], 10, 64); return n, err == nil })
		}
	}
}

// lastChange is such as "20h59m20s ago, 2 flaps since last clear".
var lastChange = regexp.MustCompile(`^((?:\d+[dhms])+) ago(?:, (\d+) flaps? since last clear)?$`)

// ago reads "3d20h59m20s", which may begin anywhere.
func ago(s string) (time.Duration, bool) {
	days, rest, ok := strings.Cut(s, "d")
	if !ok {
		days, rest = "0", s
	}
	n, err1 := strconv.ParseUint(days, 10, 16)
	d, err2 := time.ParseDuration(cmp.Or(rest, "0s"))
	return time.Duration(n)*24*time.Hour + d, err1 == nil && err2 == nil
}

func (p *parser) subDetail(s *subinterface, key string, value capture.Fact[string]) {
	switch key {
	case "Network-instance":
		if value.Known() && value.Value != "None" {
			p.network(value.Value, value.From).add(s.name, capture.Fact[string]{}, s.from)
		}
	case "Type":
		s.bridged = capture.Then(value, func(w string) (bool, bool) { return w == "bridged", w == "bridged" || w == "routed" })
	case "Oper state":
		s.oper = state.Word(p.Draft, value, upDown)
	case "Down reason":
		if value.Value != "N/A" {
			s.reason = value
		}
	case "Encapsulation":
		s.tag = p.encapText(value)
	case "IPv4 addr", "IPv6 addr":
		value.Value, _, _ = strings.Cut(value.Value, " ")
		p.addressText(s, value)
	}
}

// addressText notes an address of a subinterface, and of the port for management that it is on.
func (p *parser) addressText(s *subinterface, value capture.Fact[string]) {
	prefix := text.Prefix(value)
	if !prefix.Known() {
		return
	}
	s.addresses = append(s.addresses, prefix)
	if kindOf(s.port) == state.OutOfBand && !isLinkLocal(prefix.Value) {
		i := p.Interface(s.port, s.from)
		i.Addresses = append(i.Addresses, prefix)
	}
}

// briefText reads "show interface brief".
func briefText(p *parser, lines []text.Line) {
	for _, b := range boxes(lines, isPortName) {
		for _, r := range b.rows {
			port := r.cell(b.column("Port"))
			if kindOf(port.Value) == 0 {
				continue
			}
			i := p.Interface(port.Value, port.From)
			i.Kind = kindOf(port.Value)
			i.Admin = state.Word(p.Draft, r.cell(b.column("Admin State")), enabled)
			i.Oper = state.Word(p.Draft, r.cell(b.column("Oper State")), upDown)
			i.Speed = text.Speed(r.cell(b.column("Speed")))
			i.Description = r.cell(b.column("Description"))
		}
	}
}

func (p *parser) encapText(f capture.Fact[string]) encap {
	if !f.Known() {
		return encap{}
	}
	if f.Value == "null" || f.Value == "untagged" {
		return encap{from: f.From, untagged: true}
	}
	list, ok := strings.CutPrefix(f.Value, "vlan-id ")
	if set := text.VLANs(capture.Of(list, f.From)); ok && set.Known() && list != "all" && list != "none" {
		return encap{from: f.From, vids: set.Value}
	}
	p.Unread(f.From, "unknown encapsulation "+state.Quote(f.Value))
	return encap{}
}

// finishInterfaces says which ports are bridged, and which are known to be in no LAG.
func (p *parser) finishInterfaces() {
	bridged, routed, unclear := map[string]capture.Span{}, map[string]capture.Span{}, map[string]bool{}
	for _, s := range p.subs {
		switch {
		case !s.bridged.Known():
			unclear[s.port] = true
		case s.bridged.Value:
			bridged[s.port] = s.bridged.From
		default:
			routed[s.port] = s.bridged.From
		}
	}
	members := map[string]capture.Fact[string]{}
	for _, a := range p.Aggregators() {
		for _, port := range p.AggregationPorts(a.Name) {
			members[port.Name] = capture.Of(a.Name, a.From)
		}
	}
	for _, i := range p.Interfaces() {
		switch {
		case i.Kind != state.Physical && i.Kind != state.Aggregate:
			continue
		case bridged[i.Name].Known():
			i.Bridged = capture.Of(true, bridged[i.Name])
		case routed[i.Name].Known() && !unclear[i.Name]:
			i.Bridged = capture.Of(false, routed[i.Name])
		}
		if i.Kind == state.Physical && !i.Aggregator.Known() {
			if in, ok := members[i.Name]; ok {
				i.Aggregator = in
			} else if p.listed.Known() {
				i.Aggregator = capture.Of("", p.listed)
			}
		}
	}
}
