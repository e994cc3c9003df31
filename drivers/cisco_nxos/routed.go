package cisco_nxos

import (
	"net/netip"
	"regexp"
	"slices"
	"strings"

	"uplinkcheck/drivers/capture"
	"uplinkcheck/drivers/state"
	"uplinkcheck/drivers/text"
	"uplinkcheck/drivers/tree"
)

// svi notes a routed interface of a VLAN and an address of it.
func (p *parser) svi(name string, from capture.Span, oper capture.Fact[state.Status], address capture.Fact[netip.Prefix]) *state.SVI {
	s := p.SVI(name, from)
	if rest, ok := strings.CutPrefix(name, "Vlan"); ok && !s.VID.Known() {
		s.VID = text.VID(capture.Of(rest, from))
	}
	take(&s.Oper, oper)
	addressOf(&s.Addresses, address)
	return s
}

func addressOf(list *[]capture.Fact[netip.Prefix], address capture.Fact[netip.Prefix]) {
	if address.Known() && !slices.ContainsFunc(*list, func(f capture.Fact[netip.Prefix]) bool { return f.Value == address.Value }) {
		*list = append(*list, address)
	}
}

// routed notes what a list of routed interfaces says of one of them: of an SVI, and of the management port its address.
func (p *parser) routed(name, vrf capture.Fact[string], from capture.Span, address capture.Fact[netip.Prefix]) *state.SVI {
	full, ok := names.Full(name.Value)
	if !ok {
		return nil
	}
	switch kindOf(full) {
	case state.OutOfBand:
		i := p.port(name, from)
		addressOf(&i.Addresses, address)
	case state.Routed:
		s := p.svi(full, from, capture.Fact[state.Status]{}, address)
		p.inIP[full] = true
		take(&s.VRF, vrf)
		return s
	}
	return nil
}

// statuses takes what a list of routed interfaces says of whether they are up: the protocol's state of an SVI, the link's of others.
func (p *parser) statuses(name, proto, link, admin capture.Fact[string], from capture.Span) {
	i := p.port(name, from)
	if i == nil {
		return
	}
	take(&i.Admin, state.Word(p.Draft, admin, upDown))
	oper := link
	if i.Kind == state.Routed {
		oper = proto
		p.svi(i.Name, from, state.Word(p.Draft, proto, upDown), capture.Fact[netip.Prefix]{})
	}
	take(&i.Oper, state.Word(p.Draft, oper, upDown))
}

// ipInterfaces reads "show ip interface vrf all". The VRF stands in each row, or in older releases in a table beside it.
func ipInterfaces(p *parser, n tree.Node) {
	var vrfs []tree.Node
	for v := range rows(n, "vrf") {
		vrfs = append(vrfs, v)
	}
	count := 0
	for range rows(n, "intf") {
		count++
	}
	k := 0
	whole := table(n, "intf").Span()
	for row := range rows(n, "intf") {
		name, vrf := word(row, "intf-name"), word(row, "vrf-name-out")
		if !vrf.Known() && len(vrfs) == count {
			vrf = word(vrfs[k], "vrf-name-out")
		}
		k++
		if !name.Known() {
			p.Unread(row.Span(), "a routed interface without a name")
			whole = capture.Span{}
			continue
		}
		p.statuses(name, word(row, "proto-state"), word(row, "link-state"), word(row, "admin-state"), row.Span())
		first := prefix(word(row, "prefix"), word(row, "masklen"))
		s := p.routed(name, vrf, row.Span(), first)
		for second := range rows(row, "secondary_address") {
			more := prefix(word(second, "prefix1", "prefix"), word(second, "masklen1", "masklen"))
			p.routed(name, vrf, row.Span(), more)
		}
		if s != nil && first.Known() {
			s.Addressed = capture.Of(true, first.From)
		}
	}
	p.noIPv4 = whole
}

var (
	vrfHead    = regexp.MustCompile(`^\s*IP(?:v6)? Interface Status for VRF "([^"]+)"`)
	ipHead     = regexp.MustCompile(`^\s*([A-Za-z][\w./-]*\d), Interface status: (?:protocol-(up|down)/link-(up|down)/admin-(up|down))`)
	ipAddress  = regexp.MustCompile(`^\s*IP address: (\d+\.\d+\.\d+\.\d+), IP subnet: \d+\.\d+\.\d+\.\d+/(\d+)`)
	ipFiltered = regexp.MustCompile(`(?i)^\s*IP inbound access[- ]list:\s*(\S+)\s*$`)
)

// ipInterfacesText reads "show ip interface vrf all" as text.
func ipInterfacesText(p *parser, lines []text.Line) {
	var vrf, name capture.Fact[string]
	var s *state.SVI
	for _, l := range lines {
		if m := l.Match(vrfHead); m != nil {
			vrf, name, s = m[1], capture.Fact[string]{}, nil
			continue
		}
		if m := l.Match(ipHead); m != nil {
			name = m[1]
			p.statuses(name, m[2], m[3], m[4], l.Span())
			s = p.routed(name, vrf, l.Span(), capture.Fact[netip.Prefix]{})
			continue
		}
		if m := l.Match(ipAddress); m != nil && name.Known() {
			a := prefix(m[1], m[2])
			p.routed(name, vrf, l.Span(), a)
			if s != nil && a.Known() {
				s.Addressed = capture.Of(true, a.From)
			}
		}
		if m := l.Match(ipFiltered); m != nil && s != nil {
			s.Filtered = capture.Then(m[1], func(w string) (bool, bool) {
				return !strings.EqualFold(w, "none") && !strings.EqualFold(w, "set"), true
			})
		}
	}
}

var ipBriefRow = regexp.MustCompile(`^\s*((?:Vlan|Eth|Po|Lo|mgmt|Tunnel|Bdi)\S*\d)\s+(\S+)\s+protocol-(up|down)/link-(up|down)/admin-(up|down)`)

// ipBriefText reads "show ip interface brief vrf all": addresses without their lengths. A VLAN interface that only forwards has none.
func ipBriefText(p *parser, lines []text.Line) {
	var vrf capture.Fact[string]
	for _, l := range lines {
		if m := l.Match(vrfHead); m != nil {
			vrf = m[1]
			continue
		}
		m := l.Match(ipBriefRow)
		if m == nil {
			continue
		}
		p.statuses(m[1], m[3], m[4], m[5], l.Span())
		if s := p.routed(m[1], vrf, l.Span(), capture.Fact[netip.Prefix]{}); s != nil {
			s.Addressed = capture.Then(text.Addr(m[2]), func(a netip.Addr) (bool, bool) { return true, !a.IsUnspecified() })
		}
	}
}

// ip6Interfaces reads "show ipv6 interface vrf all".
func ip6Interfaces(p *parser, n tree.Node) {
	p.noIPv6 = table(n, "intf").Span()
	for row := range rows(n, "intf") {
		name := word(row, "intf-name")
		for list := range each(one(row, "TABLE_addr")) {
			for a := range rows6(list) {
				p.six(name, word(a, "addr", "ipv6-address"), row.Span())
			}
		}
		p.six(name, word(row, "addr"), row.Span())
	}
}

// rows6 yields the addresses of an interface, which are rows of a table of their own.
func rows6(t tree.Node) func(yield func(tree.Node) bool) {
	return func(yield func(tree.Node) bool) {
		for row := range each(one(t, "ROW_addr")) {
			if !yield(row) {
				return
			}
		}
	}
}

// six notes an IPv6 address of an SVI.
func (p *parser) six(name, address capture.Fact[string], from capture.Span) {
	full, ok := names.Full(name.Value)
	if a := text.Prefix(address); ok && a.Known() && kindOf(full) == state.Routed {
		s := p.svi(full, from, capture.Fact[state.Status]{}, a)
		s.Addressed = capture.Of(true, a.From)
	}
	if ok {
		p.inIP[full] = true
	}
}

var (
	ip6Head    = regexp.MustCompile(`^\s*([A-Za-z][\w./-]*\d), Interface status: protocol-(up|down)/link-(up|down)/admin-(up|down)`)
	ip6Address = regexp.MustCompile(`^\s+([0-9a-fA-F:.]+/\d+)(?:\s|$)`)
	ip6Brief   = regexp.MustCompile(`^\s*((?:Vlan|Eth|Po|Lo|mgmt|Tunnel|Bdi)\S*\d)\s+(\S+)\s+(up|down)/(up|down)/(up|down)`)
)

// ip6InterfacesText reads "show ipv6 interface vrf all" as text.
func ip6InterfacesText(p *parser, lines []text.Line) {
	var vrf, name capture.Fact[string]
	for _, l := range lines {
		if m := l.Match(vrfHead); m != nil {
			vrf, name = m[1], capture.Fact[string]{}
		} else if m := l.Match(ip6Head); m != nil {
			name = m[1]
			p.statuses(name, m[2], m[3], m[4], l.Span())
			p.routed(name, vrf, l.Span(), capture.Fact[netip.Prefix]{})
		} else if m := l.Match(ip6Address); m != nil && name.Known() {
			p.six(name, m[1], l.Span())
		}
	}
}

// ip6BriefText reads "show ipv6 interface brief vrf all": protocol, link and administrative state.
func ip6BriefText(p *parser, lines []text.Line) {
	var vrf capture.Fact[string]
	for _, l := range lines {
		if m := l.Match(vrfHead); m != nil {
			vrf = m[1]
		} else if m := l.Match(ip6Brief); m != nil {
			p.statuses(m[1], m[3], m[4], m[5], l.Span())
			if s := p.routed(m[1], vrf, l.Span(), capture.Fact[netip.Prefix]{}); s != nil {
				if a := text.Addr(m[2]); a.Known() {
					s.Addressed = capture.Of(true, a.From)
				}
			}
		}
	}
}

// vrfs reads "show vrf detail".
func vrfs(p *parser, n tree.Node) {
	whole := table(n, "vrf").Span()
	for row := range rows(n, "vrf") {
		name := word(row, "vrf_name")
		if !name.Known() {
			p.Unread(row.Span(), "a VRF without a name")
			whole = capture.Span{}
			continue
		}
		v := p.VRF(name.Value, row.Span())
		for t := range rows(row, "tib") {
			if word(t, "tib_af").Value == "IPv4" {
				v.Routes = state.Word(p.Draft, word(t, "tib_state"), map[string]bool{"up": true, "down": false})
			}
		}
	}
	p.Switch.Listed.VRFs = whole
}

var (
	vrfDetail = regexp.MustCompile(`^\s*VRF-Name: (\S.*?), VRF-ID: \d+, State: (\w+)`)
	vrfFamily = regexp.MustCompile(`^\s*Table-ID: \S+, AF: IPv4, .*State: (Up|Down)`)
	vrfRow    = regexp.MustCompile(`^\s*(\S+)\s+(\d+)\s+(Up|Down)\s+(\S.*)$`)
	vrfPort   = regexp.MustCompile(`^\s*([A-Za-z][\w./-]*\d)\s+(\S+)\s+(\d+)\s+(\S+)\s*$`)
)

// vrfDetailText reads "show vrf detail" as text.
func vrfDetailText(p *parser, lines []text.Line) {
	name := ""
	for _, l := range lines {
		if m := l.Match(vrfDetail); m != nil {
			name = m[1].Value
			p.VRF(name, l.Span())
		} else if m := l.Match(vrfFamily); m != nil && name != "" {
			p.VRF(name, l.Span()).Routes = state.Word(p.Draft, m[1], map[string]bool{"up": true, "down": false})
		}
	}
}

// vrfText reads "show vrf".
func vrfText(p *parser, lines []text.Line) {
	for _, l := range lines {
		if m := l.Match(vrfRow); m != nil {
			p.VRF(m[1].Value, l.Span())
		}
	}
}

// inVRF notes an interface of a routing instance.
func (p *parser) inVRF(name, vrf capture.Fact[string], from capture.Span) {
	full, ok := names.Full(name.Value)
	if !ok || !vrf.Known() {
		p.Unread(from, "an interface with an unknown name, or in no VRF")
		return
	}
	v := p.VRF(vrf.Value, from)
	if !slices.Contains(v.Interfaces, full) {
		v.Interfaces = append(v.Interfaces, full)
		slices.SortFunc(v.Interfaces, state.NaturalCompare)
	}
	if kindOf(full) == state.Routed {
		s := p.svi(full, from, capture.Fact[state.Status]{}, capture.Fact[netip.Prefix]{})
		take(&s.VRF, vrf)
	}
}

// vrfInterfaces reads "show vrf interface".
func vrfInterfaces(p *parser, n tree.Node) {
	for row := range rows(n, "if") {
		p.inVRF(word(row, "if_name"), word(row, "vrf_name"), row.Span())
	}
}

// vrfInterfacesText reads "show vrf interface" as text.
func vrfInterfacesText(p *parser, lines []text.Line) {
	for _, l := range lines {
		if m := l.Match(vrfPort); m != nil {
			p.inVRF(m[1], m[2], l.Span())
		}
	}
}

// finishRouted says of which VLAN interfaces it is known that they have an address, and of which that they have none: those that neither
// list of routed interfaces has.
func (p *parser) finishRouted() {
	for _, s := range p.SVIs() {
		switch {
		case s.Addressed.Known():
		case len(s.Addresses) > 0:
			s.Addressed = capture.Of(true, s.Addresses[0].From)
		case p.noIPv4.Known() && p.noIPv6.Known() && !p.inIP[s.Interface]:
			s.Addressed = capture.Of(false, p.noIPv4)
		}
	}
}
