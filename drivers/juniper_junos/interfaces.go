package juniper_junos

import (
	"net/netip"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"uplinkcheck/drivers/capture"
	"uplinkcheck/drivers/state"
	"uplinkcheck/drivers/text"
)

// A logical is a logical interface (a unit) with what a routed one states.
type logical struct {
	from      capture.Span
	addresses []capture.Fact[netip.Prefix]
	oper      capture.Fact[state.Status]
	addressed capture.Fact[bool]
}

var status = map[string]state.Status{"up": state.Up, "down": state.Down}

var duplex = map[string]state.Duplex{"full-duplex": state.Full, "half-duplex": state.Half}

// kinds are the device types of physical interfaces that hosts, switches and people know. All others are inside the box.
var kinds = map[string]state.InterfaceKind{
	"fe": state.Physical, "ge": state.Physical, "mge": state.Physical, "xe": state.Physical, "et": state.Physical, "xle": state.Physical,
}

// kindOf tells what an interface is by its name; Junos names interfaces by device type.
func kindOf(name string) state.InterfaceKind {
	if device, _, ok := splitPort(name); ok {
		if kind, ok := kinds[device]; ok {
			return kind
		}
		return state.Logical
	}
	switch strings.TrimRight(name, "0123456789") {
	case "ae", "reth":
		return state.Aggregate
	case "irb", "vlan":
		return state.Routed
	case "fxp", "me", "em", "vme":
		return state.OutOfBand
	}
	return state.Logical
}

// interfaces reads interface-information in any style: terse says less and nothing else.
func interfaces(p *parser, e elem) {
	seen, whole := map[string]bool{}, true
	for i := range p.sw.Interfaces {
		seen[p.sw.Interfaces[i].Name] = true
	}
	for ifd := range e.named("physical-interface") {
		name := ifd.at("name").str()
		if !name.Known() || seen[name.Value] {
			if whole { // once: a list that was filtered by unit names none, the second node of a cluster repeats many
				p.unread(ifd.span(), "an interface without a name, or a second time")
			}
			whole = false
			continue
		}
		seen[name.Value] = true
		p.physical(ifd, name)
	}
	if whole {
		p.sw.Listed.Interfaces, p.sw.Listed.Aggregators = e.span(), e.span()
	}
}

func (p *parser) physical(ifd elem, name capture.Fact[string]) {
	n := state.Interface{
		Name: name.Value, From: name.From, Kind: kindOf(name.Value),
		Description: ifd.at("description").str(),
		Admin:       word(p, ifd.at("admin-status"), status),
		Oper:        word(p, ifd.at("oper-status"), status),
		Speed:       capture.Then(ifd.at("speed").str(), speed),
		MTU: capture.Then(ifd.at("mtu").str(), func(s string) (int, bool) {
			v, ok := number(s, 31)
			return int(v), ok
		}),
		MAC:       ifd.at("current-physical-address").mac(),
		Unchanged: unchanged(ifd.at("interface-flapped")),
	}
	if !n.MAC.Known() {
		n.MAC = ifd.at("hardware-physical-address").mac()
	}
	for _, leaf := range []string{"link-mode", "duplex", "link-type"} {
		if mode := ifd.at(leaf).str(); !n.Duplex.Known() {
			n.Duplex = capture.Then(mode, func(s string) (state.Duplex, bool) {
				d, ok := duplex[strings.ToLower(s)]
				return d, ok
			})
		}
	}
	if agreed := ifd.at("ethernet-autonegotiation"); strings.EqualFold(agreed.text("autonegotiation-status"), "complete") { // then both ends have the same
		if !n.Speed.Known() {
			n.Speed = capture.Then(agreed.at("link-partner-speed").str(), speed)
		}
		if !n.Duplex.Known() {
			n.Duplex = capture.Then(agreed.at("link-partner-duplexity").str(), func(s string) (state.Duplex, bool) { d, ok := duplex[strings.ToLower(s)]; return d, ok })
		}
	}
	p.logicals(ifd, &n)
	if n.Kind == state.Aggregate && strings.HasPrefix(n.Name, "ae") {
		a := p.aggregator(n.Name, name.From)
		a.Oper = n.Oper
		a.MinLinks = capture.Then(ifd.at("minimum-links-in-aggregate").str(), func(s string) (int, bool) {
			v, ok := number(s, 16)
			return int(v), ok
		})
		p.leastBandwidth(a, ifd.at("minimum-bandwidth-in-aggregate").str())
	}
	p.sw.Interfaces = append(p.sw.Interfaces, n)
}

// leastBandwidth takes away the least number of links where a bandwidth is needed too: how many links have that is not known.
func (p *parser) leastBandwidth(a *state.Aggregator, f capture.Fact[string]) {
	if f.Known() && f.Value != "0" && f.Value != "0bps" && f.Value != "1bps" {
		p.unread(f.From, "a LAG needs a bandwidth of "+state.Quote(f.Value))
		a.MinLinks = capture.Fact[int]{}
	}
}

// unchanged reads when the link last changed. Its age is an attribute, which the answers in JSON have as well.
func unchanged(e elem) capture.Fact[time.Duration] {
	return capture.Then(e.str(), func(s string) (time.Duration, bool) {
		if s == "Never" {
			return state.Never, true
		}
		v, ok := number(e.attribute("seconds"), 32)
		return time.Duration(v) * time.Second, ok
	})
}

// families tell a port that switches (true) from one that routes (false). Others say nothing about it.
var families = map[string]bool{
	"eth-switch": true, "ethernet-switching": true, "bridge": true, "vpls": true, "ccc": true,
	"inet": false, "inet6": false, "iso": false, "mpls": false,
}

// logicals reads the units of an interface: they say whether it is in an aggregate, switches or routes.
func (p *parser) logicals(ifd elem, n *state.Interface) {
	member, said := elem{}, units{}
	for ifl := range ifd.named("logical-interface") {
		name := ifl.at("name").str()
		if !name.Known() || internal(name.Value) {
			continue
		}
		says := false
		for family := range ifl.named("address-family") {
			which := family.text("address-family-name")
			switches, known := families[which]
			says = says || known || which == "aenet"
			switch {
			case which == "aenet":
				member = family
			case known && switches:
				said.bridged = family.span()
			case known:
				said.routed = family.span()
			}
		}
		said.silent = said.silent || !says
		if n.Kind == state.Routed {
			p.routed[name.Value] = routedUnit(ifl, name)
		}
		if n.Kind == state.OutOfBand {
			n.Addresses = append(n.Addresses, routedUnit(ifl, name).addresses...)
		}
	}
	switch bundle := member.at("ae-bundle-name").str(); {
	case bundle.Known():
		name := base(bundle.Value)
		n.Aggregator = capture.Of(name, bundle.From)
		p.aggregationPort(p.aggregator(name, bundle.From), n.Name, bundle.From)
	case member.exists():
		p.unread(member.span(), "a member of an aggregate that is not named")
	default:
		said.tell(n, ifd.span())
	}
}

// internal tells the units that Junos makes for itself.
func internal(unit string) bool {
	return strings.HasSuffix(unit, ".32767") || strings.HasSuffix(unit, ".16386")
}

// units are what all units of a port say of it, where none is a member of an aggregate.
type units struct {
	bridged, routed capture.Span // a family of the one sort and of the other
	silent          bool         // a unit has neither
}

// tell says whether the port is in an aggregate, switches or routes. from is what lists all of its units.
func (u units) tell(n *state.Interface, from capture.Span) {
	switch {
	case u.bridged.Known():
		n.Aggregator, n.Bridged = capture.Of("", from), capture.Of(true, u.bridged)
	case u.routed.Known():
		n.Aggregator = capture.Of("", from)
		if !u.silent {
			n.Bridged = capture.Of(false, u.routed)
		}
	}
}

func routedUnit(ifl elem, name capture.Fact[string]) *logical {
	l := &logical{from: name.From, oper: capture.Then(ifl.at("oper-status").str(), func(s string) (state.Status, bool) {
		v, ok := status[s]
		return v, ok
	})}
	for flag := range ifl.at("if-config-flags").n.Children() {
		if l.oper.From.Reply != nil && l.oper.Value == state.Down {
			break
		}
		switch {
		case strings.Contains(flag.Name(), "down"):
			l.oper = capture.Of(state.Down, flag.Span())
		case flag.Name() == "iff-up":
			l.oper = capture.Of(state.Up, flag.Span())
		}
	}
	for family := range ifl.named("address-family") {
		for address := range family.named("interface-address") {
			if a := prefix(address.at("ifa-local").str(), address.text("ifa-destination")); a.Known() {
				l.addresses = append(l.addresses, a)
			}
		}
	}
	l.addressed = capture.Of(false, ifl.span())
	if len(l.addresses) > 0 {
		l.addressed = capture.Of(true, l.addresses[0].From)
	}
	return l
}

// prefix joins "10.1.2.1" and the destination "10.1.2/24"; terse output has "10.1.2.1/24" at once.
func prefix(local capture.Fact[string], destination string) capture.Fact[netip.Prefix] {
	return capture.Then(local, func(s string) (netip.Prefix, bool) {
		if whole, err := netip.ParsePrefix(s); err == nil {
			return whole, true
		}
		address, err := netip.ParseAddr(s)
		if err != nil {
			return netip.Prefix{}, false
		}
		_, length, _ := strings.Cut(destination, "/")
		bits, err := strconv.Atoi(length)
		if err != nil || bits < 0 || bits > address.BitLen() {
			return netip.Prefix{}, false
		}
		return netip.PrefixFrom(address, bits), true
	})
}

// base cuts the unit, and the star of an active member, off the name of a logical interface.
func base(name string) string {
	name, _, _ = strings.Cut(strings.TrimSuffix(name, "*"), ".")
	return name
}

// number reads a decimal number of at most so many bits.
func number(s string, bits int) (uint64, bool) {
	v, err := strconv.ParseUint(s, 10, bits)
	return v, err == nil
}

// speed reads "10Gbps", "1000mbps", "1000 Mbps" and the like, in bit/s; "Auto" and "Unlimited" are none.
func speed(s string) (uint64, bool) {
	lower := strings.ToLower(s)
	for _, unit := range []struct {
		suffix string
		factor uint64
	}{{"kbps", 1e3}, {"mbps", 1e6}, {"gbps", 1e9}, {"tbps", 1e12}} {
		digits, ok := strings.CutSuffix(lower, unit.suffix)
		if !ok {
			continue
		}
		digits = strings.TrimSpace(digits)
		v, err := strconv.ParseFloat(digits, 64)
		if err != nil || !(v > 0 && v < 1e6) || strings.ContainsAny(digits, "xpn") {
			return 0, false
		}
		return uint64(v*float64(unit.factor) + 0.5), true
	}
	return 0, false
}

var (
	physicalHead = regexp.MustCompile(`^\s*Physical interface: ([^,\s]+)(?: \([^)]*\))?, (\w[\w ]*), Physical link is (Up|Down)`)
	logicalHead  = regexp.MustCompile(`^\s*Logical interface (\S+)(?: |$)`)
	ownMTU       = regexp.MustCompile(`\bMTU: (\d+)`)
	ownSpeed     = regexp.MustCompile(`(?:^|,)\s*Speed: ([^,\s]+)`)
	ownMode      = regexp.MustCompile(`\b(?:Link-mode|Duplex|Link type *): ([\w-]+)`)
	ownMinimum   = regexp.MustCompile(`\bMinimum links needed: (\d+)(?:, Minimum bandwidth needed: (\w+))?`)
	agreedWith   = regexp.MustCompile(`\bLink mode: ([\w-]+),.* Link partner Speed: (\d+ ?\w+)`)
	flapped      = regexp.MustCompile(`^\s*Last flapped *: (?:(Never)|.*\((?:(\d+)w)?(?:(\d+)d)? ?(\d+):(\d+)(?::(\d+))? ago\))$`)
	ownAddress   = regexp.MustCompile(`^\s*Current address: ([0-9a-f:]{17}), Hardware address: `)
	familyLine   = regexp.MustCompile(`^\s*Protocol ([\w-]+),`)
	bundleIn     = regexp.MustCompile(`AE bundle: (\S+)`)
	unitAddress  = regexp.MustCompile(`^\s*Destination: (\S+), Local: ([0-9a-fA-F.:]+)`)
	unitFlags    = regexp.MustCompile(`^\s*Flags: (Up|Down) `)
	terseRow     = regexp.MustCompile(`^\s*([a-z][\w/:-]*(?:\.\d+)?)\s+(up|down)\s+(up|down)(?:\s+(\S+)(?:\s+(\S+))?(?:\s+(?:-->\s+)?(\S+))?)?\s*$`)
	moreRow      = regexp.MustCompile(`^\s+(?:[a-z]\w*\s+)?([0-9a-f.:]+/\d+)(?:\s|$)`)
	describedRow = regexp.MustCompile(`^\s*([a-z][\w/:-]*(?:\.\d+)?)\s+(up|down)\s+(up|down)(?:\s+(\S.*))?$`)
)

var enabledWords = map[string]state.Status{"enabled": state.Up, "disabled": state.Down, "administratively down": state.Down}

// interfacesText reads "show interfaces", "show interfaces terse" and "show interfaces descriptions" as text. It is never taken for the
// list of all interfaces.
func interfacesText(p *parser, r *capture.Reply) {
	lines := text.Lines(r)
	if _, rows, ok := text.FindTable(lines, "Interface", "Admin", "Link", "Proto"); ok {
		p.terse(rows)
		return
	}
	if _, rows, ok := text.FindTable(lines, "Interface", "Admin", "Link", "Description"); ok {
		for _, l := range rows {
			if m := l.Match(describedRow); m != nil && !strings.Contains(m[1].Value, ".") {
				n := p.interfaceOf(m[1], l.Span())
				n.Admin, n.Oper, n.Description = lowerWord(m[2], status), lowerWord(m[3], status), m[4]
			}
		}
		return
	}
	ports := false // a unit that was asked for alone stands before any port
	sections := text.Sections(lines, func(l text.Line) bool {
		isPort := strings.HasPrefix(strings.TrimSpace(l.Text), "Physical interface:")
		ports = ports || isPort
		return isPort || !ports && l.Match(logicalHead) != nil
	})
	for i, section := range sections {
		if unit := section[0].Match(logicalHead); unit != nil {
			p.unitsText(&state.Interface{Kind: kindOf(base(unit[1].Value)), Name: base(unit[1].Value)}, section)
		} else if section[0].Match(physicalHead) == nil { // what follows is of no other interface
			p.unread(section[0].Span(), "an interface in a state that is not known")
		} else {
			p.physicalText(section, i+1 < len(sections))
		}
	}
}

func lowerWord[T any](f capture.Fact[string], words map[string]T) capture.Fact[T] {
	return capture.Then(f, func(s string) (T, bool) { v, ok := words[strings.ToLower(s)]; return v, ok })
}

// index returns where the interface of that name is, -1 when there is none.
func (p *parser) index(name string) int {
	return slices.IndexFunc(p.sw.Interfaces, func(n state.Interface) bool { return n.Name == name })
}

// interfaceOf returns the interface of that name, made when it is new.
func (p *parser) interfaceOf(name capture.Fact[string], from capture.Span) *state.Interface {
	if i := p.index(name.Value); i >= 0 {
		return &p.sw.Interfaces[i]
	}
	p.sw.Interfaces = append(p.sw.Interfaces, state.Interface{Name: name.Value, From: from, Kind: kindOf(name.Value)})
	return &p.sw.Interfaces[len(p.sw.Interfaces)-1]
}

// physicalText reads what stands about a port: lines of its own, and from "Logical interface" on those of its units. whole: these are all
// of them.
func (p *parser) physicalText(lines []text.Line, whole bool) {
	head := lines[0].Match(physicalHead)
	n := p.interfaceOf(head[1], lines[0].Span())
	n.Admin, n.Oper = lowerWord(head[2], enabledWords), lowerWord(head[3], status)
	lag := &state.Aggregator{}
	if n.Kind == state.Aggregate && strings.HasPrefix(n.Name, "ae") {
		lag = p.aggregator(n.Name, head[1].From)
		lag.Oper = n.Oper
	}
	negotiated := false
	for i, l := range lines[1:] {
		said := strings.TrimSpace(l.Text)
		begins := func(s string) bool { return strings.HasPrefix(said, s) }
		switch {
		case begins("Logical interface "):
			if units := p.unitsText(n, lines[i+1:]); !n.Aggregator.Known() && (whole || units.bridged.Known()) {
				units.tell(n, text.Through(lines))
			}
			return
		case begins("Description: "):
			n.Description = l.After("Description: ")
		case begins("Current address: "):
			if m := l.Match(ownAddress); m != nil {
				n.MAC = text.Station(m[1])
			}
		case begins("Last flapped "):
			if m := l.Match(flapped); m != nil {
				n.Unchanged = age(m)
			}
		case begins("Negotiation status: "): // when that is complete both ends have the same
			negotiated = said == "Negotiation status: Complete"
		case begins("Link mode: ") && negotiated:
			m := l.Match(agreedWith)
			if m != nil && !n.Speed.Known() {
				n.Speed = capture.Then(m[2], speed)
			}
			if m != nil && !n.Duplex.Known() {
				n.Duplex = lowerWord(m[1], duplex)
			}
		case strings.Contains(said, "ink-level type: "), strings.Contains(said, "Speed: "), begins("Link type "):
			if m := l.Match(ownMTU); m != nil {
				n.MTU = text.Int(m[1])
			}
			if m := l.Match(ownSpeed); m != nil {
				n.Speed = capture.Then(m[1], speed)
			}
			if m := l.Match(ownMode); m != nil {
				n.Duplex = lowerWord(m[1], duplex)
			}
			if m := l.Match(ownMinimum); m != nil {
				lag.MinLinks = text.Int(m[1])
				p.leastBandwidth(lag, m[2])
			}
		}
	}
}

// age reads how long ago a link changed: weeks, days, hours, minutes and, within the last day, seconds.
func age(m []capture.Fact[string]) capture.Fact[time.Duration] {
	if m[1].Known() {
		return capture.Of(state.Never, m[1].From)
	}
	var sum time.Duration
	var from capture.Span
	for i, unit := range []time.Duration{7 * 24 * time.Hour, 24 * time.Hour, time.Hour, time.Minute, time.Second} {
		if n := text.Uint(m[i+2], 16); n.Known() {
			sum, from = sum+time.Duration(n.Value)*unit, join(from, n.From)
		} else if m[i+2].Known() {
			return capture.Fact[time.Duration]{}
		}
	}
	return capture.Of(sum, from)
}

// unitsText reads the parts about the units of a port.
func (p *parser) unitsText(n *state.Interface, lines []text.Line) (said units) {
	for _, section := range text.Sections(lines, func(l text.Line) bool { return l.Match(logicalHead) != nil }) {
		name := section[0].Match(logicalHead)[1]
		var unit *logical
		if n.Kind == state.Routed {
			unit = &logical{from: name.From}
			p.routed[name.Value] = unit
		}
		silent := true
		for _, l := range section[1:] {
			p.unitLine(n, unit, l)
			if m := l.Match(familyLine); m != nil {
				switches, known := families[m[1].Value]
				silent = silent && !known
				switch {
				case known && switches:
					said.bridged = m[1].From
				case known:
					said.routed = m[1].From
				}
			}
		}
		said.silent = said.silent || silent && !internal(name.Value)
	}
	return said
}

// unitLine reads a line about a unit of a port.
func (p *parser) unitLine(n *state.Interface, unit *logical, l text.Line) {
	if m := l.Match(bundleIn); m != nil {
		bundle := capture.Then(m[1], func(s string) (string, bool) { return base(s), true })
		n.Aggregator = bundle
		p.aggregationPort(p.aggregator(bundle.Value, bundle.From), n.Name, l.Span())
	} else if m := l.Match(unitFlags); m != nil && unit != nil && !unit.oper.Known() {
		unit.oper = lowerWord(m[1], status)
	} else if m := l.Match(unitAddress); m != nil {
		switch a := prefix(m[2], m[1].Value); {
		case !a.Known():
		case unit != nil:
			unit.addresses = append(unit.addresses, a)
			unit.addressed = capture.Of(true, a.From)
		case n.Kind == state.OutOfBand:
			n.Addresses = append(n.Addresses, a)
		}
	}
}

// terse reads the rows of "show interfaces terse": of ports, and of their units with a protocol and an address each. Rows without a name
// go on with what stands above them. What the units of a port are for is known once the next port begins.
func (p *parser) terse(rows []text.Line) {
	var port string
	var said units
	var add func(a capture.Fact[netip.Prefix]) // to the unit above
	for _, l := range rows {
		m := l.Match(terseRow)
		if m == nil {
			if m := l.Match(moreRow); m != nil && add != nil {
				add(prefix(m[1], ""))
			}
			continue
		}
		add = nil
		name, _, isUnit := strings.Cut(m[1].Value, ".")
		if !isUnit {
			if i := p.index(port); i >= 0 && !p.sw.Interfaces[i].Aggregator.Known() {
				said.tell(&p.sw.Interfaces[i], l.Reply.Whole())
			}
			port, said = m[1].Value, units{}
			n := p.interfaceOf(m[1], l.Span())
			n.Admin, n.Oper = lowerWord(m[2], status), lowerWord(m[3], status)
			if n.Kind == state.Aggregate && strings.HasPrefix(n.Name, "ae") {
				p.aggregator(n.Name, m[1].From).Oper = n.Oper
			}
			continue
		}
		i := p.index(name)
		if i < 0 {
			continue
		}
		n := &p.sw.Interfaces[i]
		switches, known := families[m[4].Value]
		switch {
		case internal(m[1].Value):
		case !known:
			said.silent = true
		case !switches:
			said.routed = m[4].From
		}
		switch a := prefix(m[5], ""); {
		case m[4].Value == "aenet" && m[6].Known():
			n.Aggregator = capture.Then(m[6], func(s string) (string, bool) { return base(s), true })
			p.aggregationPort(p.aggregator(n.Aggregator.Value, m[6].From), n.Name, l.Span())
		case switches:
			n.Aggregator, n.Bridged = capture.Of("", m[4].From), capture.Of(true, m[4].From)
		case n.Kind == state.Routed:
			u := &logical{from: m[1].From, oper: lowerWord(m[3], status)}
			p.routed[m[1].Value] = u
			add = func(a capture.Fact[netip.Prefix]) {
				if a.Known() {
					u.addresses, u.addressed = append(u.addresses, a), capture.Of(true, a.From)
				}
			}
			add(a)
		case n.Kind == state.OutOfBand:
			add = func(a capture.Fact[netip.Prefix]) {
				if a.Known() {
					n.Addresses = append(n.Addresses, a)
				}
			}
			add(a)
		}
	}
}
