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
	}
	p.sw.Interfaces = append(p.sw.Interfaces, n)
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
	member, bridged, routed, silent := elem{}, elem{}, elem{}, false
	for ifl := range ifd.named("logical-interface") {
		name := ifl.at("name").str()
		if !name.Known() || strings.HasSuffix(name.Value, ".32767") || strings.HasSuffix(name.Value, ".16386") { // Junos' own
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
				bridged = family
			case known:
				routed = family
			}
		}
		silent = silent || !says
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
	case bridged.exists():
		n.Aggregator, n.Bridged = capture.Of("", ifd.span()), capture.Of(true, bridged.span())
	case routed.exists():
		n.Aggregator = capture.Of("", ifd.span())
		if !silent {
			n.Bridged = capture.Of(false, routed.span())
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
	physicalHead = regexp.MustCompile(`^\s*Physical interface: ([^,\s]+), (\w[\w ]*), Physical link is (Up|Down)`)
	logicalHead  = regexp.MustCompile(`^\s*Logical interface (\S+)(?: |$)`)
	ownMTU       = regexp.MustCompile(`\bMTU: (\d+)`)
	ownSpeed     = regexp.MustCompile(`\bSpeed: ([^,\s]+)`)
	ownMode      = regexp.MustCompile(`\bLink-mode: ([\w-]+)`)
	ownAddress   = regexp.MustCompile(`^\s*Current address: ([0-9a-f:]{17}), Hardware address: `)
	familyLine   = regexp.MustCompile(`^\s*Protocol ([\w-]+),`)
	bundleIn     = regexp.MustCompile(`AE bundle: (\S+)`)
	unitAddress  = regexp.MustCompile(`^\s*Destination: (\S+), Local: ([0-9a-fA-F.:]+)`)
	unitFlags    = regexp.MustCompile(`^\s*Flags: (Up|Down) `)
	terseRow     = regexp.MustCompile(`^\s*([a-z][\w/:-]*(?:\.\d+)?)\s+(up|down)\s+(up|down)(?:\s+(\S+)(?:\s+(\S+))?(?:\s+(?:-->\s+)?(\S+))?)?\s*$`)
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
	for _, section := range text.Sections(lines, func(l text.Line) bool { return strings.HasPrefix(strings.TrimSpace(l.Text), "Physical interface:") }) {
		if section[0].Match(physicalHead) == nil { // what follows is of no other interface
			p.unread(section[0].Span(), "an interface in a state that is not known")
			continue
		}
		p.physicalText(section)
	}
}

func lowerWord[T any](f capture.Fact[string], words map[string]T) capture.Fact[T] {
	return capture.Then(f, func(s string) (T, bool) { v, ok := words[strings.ToLower(s)]; return v, ok })
}

// interfaceOf returns the interface of that name, made when it is new.
func (p *parser) interfaceOf(name capture.Fact[string], from capture.Span) *state.Interface {
	for i := range p.sw.Interfaces {
		if p.sw.Interfaces[i].Name == name.Value {
			return &p.sw.Interfaces[i]
		}
	}
	p.sw.Interfaces = append(p.sw.Interfaces, state.Interface{Name: name.Value, From: from, Kind: kindOf(name.Value)})
	return &p.sw.Interfaces[len(p.sw.Interfaces)-1]
}

// physicalText reads what stands about a port: lines of its own, and from "Logical interface" on those of its units.
func (p *parser) physicalText(lines []text.Line) {
	head := lines[0].Match(physicalHead)
	n := p.interfaceOf(head[1], lines[0].Span())
	n.Admin, n.Oper = lowerWord(head[2], enabledWords), lowerWord(head[3], status)
	if n.Kind == state.Aggregate && strings.HasPrefix(n.Name, "ae") {
		p.aggregator(n.Name, head[1].From).Oper = n.Oper
	}
	var unit *logical
	isUnit := false
	for _, l := range lines[1:] {
		if m := l.Match(logicalHead); m != nil {
			if isUnit, unit = true, nil; n.Kind == state.Routed {
				unit = &logical{from: m[1].From}
				p.routed[m[1].Value] = unit
			}
			continue
		}
		if isUnit {
			p.unitLine(n, unit, l)
			continue
		}
		if m := l.Match(ownAddress); m != nil {
			n.MAC = text.Station(m[1])
		} else if strings.HasPrefix(strings.TrimSpace(l.Text), "Description: ") {
			n.Description = l.After("Description: ")
		} else if strings.Contains(l.Text, "ink-level type: ") || strings.Contains(l.Text, "Speed: ") {
			if m := l.Match(ownMTU); m != nil {
				n.MTU = text.Int(m[1])
			}
			if m := l.Match(ownSpeed); m != nil {
				n.Speed = capture.Then(m[1], speed)
			}
			if m := l.Match(ownMode); m != nil {
				n.Duplex = lowerWord(m[1], duplex)
			}
		}
	}
}

// unitLine reads a line about a unit of a port.
func (p *parser) unitLine(n *state.Interface, unit *logical, l text.Line) {
	if m := l.Match(bundleIn); m != nil {
		bundle := capture.Then(m[1], func(s string) (string, bool) { return base(s), true })
		n.Aggregator = bundle
		p.aggregationPort(p.aggregator(bundle.Value, bundle.From), n.Name, l.Span())
	} else if m := l.Match(familyLine); m != nil {
		if switches, known := families[m[1].Value]; known && switches {
			n.Bridged = capture.Of(true, m[1].From)
		}
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

// terse reads the rows of "show interfaces terse": of ports, and of their units with a protocol and an address each. Rows that only go on
// with what stands above them are left out.
func (p *parser) terse(rows []text.Line) {
	for _, l := range rows {
		m := l.Match(terseRow)
		if m == nil {
			continue
		}
		name, _, isUnit := strings.Cut(m[1].Value, ".")
		if !isUnit {
			n := p.interfaceOf(m[1], l.Span())
			n.Admin, n.Oper = lowerWord(m[2], status), lowerWord(m[3], status)
			if n.Kind == state.Aggregate && strings.HasPrefix(n.Name, "ae") {
				p.aggregator(n.Name, m[1].From).Oper = n.Oper
			}
			continue
		}
		i := slices.IndexFunc(p.sw.Interfaces, func(n state.Interface) bool { return n.Name == name })
		if i < 0 {
			continue
		}
		n := &p.sw.Interfaces[i]
		switch a := prefix(m[5], ""); {
		case m[4].Value == "aenet" && m[6].Known():
			n.Aggregator = capture.Then(m[6], func(s string) (string, bool) { return base(s), true })
			p.aggregationPort(p.aggregator(n.Aggregator.Value, m[6].From), n.Name, l.Span())
		case families[m[4].Value]:
			n.Bridged = capture.Of(true, m[4].From)
		case n.Kind == state.Routed:
			u := &logical{from: m[1].From, oper: lowerWord(m[3], status)}
			if a.Known() {
				u.addresses, u.addressed = append(u.addresses, a), capture.Of(true, a.From)
			}
			p.routed[m[1].Value] = u
		case n.Kind == state.OutOfBand && a.Known():
			n.Addresses = append(n.Addresses, a)
		}
	}
}
