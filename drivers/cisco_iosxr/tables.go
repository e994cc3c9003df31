package cisco_iosxr

import (
	"regexp"
	"slices"
	"strings"

	"uplinkcheck/drivers/capture"
	"uplinkcheck/drivers/state"
	"uplinkcheck/drivers/text"
)

var (
	entryLine = regexp.MustCompile(`^\s*([0-9a-fA-F]{1,4}\.[0-9a-fA-F]{1,4}\.[0-9a-fA-F]{1,4})\s+(dynamic|static|routed|S-BMAC|EVPN|BMAC)\s+([A-Z][A-Za-z-]*\d[\w/.]*)\s+(.*)$`)
	macWords  = map[string]state.MACKind{"dynamic": state.Dynamic, "static": state.StaticMAC, "routed": state.OwnMAC}
)

// macTable reads the addresses of a line card. Each card has the table of all that it bridges, so one address comes several times.
// Addresses behind a pseudowire or of EVPN are on no port.
func (p *parser) macTable(lines []text.Line) {
	for _, l := range lines {
		m := l.Match(entryLine)
		if m == nil {
			continue
		}
		mac, name := text.MAC(m[1]), fullName(m[3].Value)
		seen := slices.ContainsFunc(p.Switch.MACs, func(e state.MACEntry) bool { return e.MAC == mac.Value && e.Interface == name })
		if mac.Known() && !seen {
			p.Switch.MACs = append(p.Switch.MACs, state.MACEntry{MAC: mac.Value, Interface: name, From: l.Span(), Kind: state.Word(p.Draft, m[2], macWords)})
		}
	}
}

var (
	ipv4Head     = regexp.MustCompile(`^\s*([A-Za-z][\w/.:-]*\d) is (\w+), +ipv4 protocol is (\w+)$`)
	ipv4VRF      = regexp.MustCompile(`^\s*(?i:vrf) is (\S+) \(vrfid`)
	ipv4Address  = regexp.MustCompile(`^\s*(?:Internet|Secondary) address (?:is )?(\d+\.\d+\.\d+\.\d+/\d+)`)
	ipv4Filter   = regexp.MustCompile(`^\s*Inbound +(.*)$`)
	noFilter     = regexp.MustCompile(`^(?:common )?access list is not set(?:, access list is not set)?$`)
	filterIsSet  = regexp.MustCompile(`access list is (\S+)`)
	addressesRow = regexp.MustCompile(`^\s*([A-Za-z][\w/.:-]*\d)\s+(unassigned|unnumbered|unknown|\d+\.\d+\.\d+\.\d+)\s+(Up|Down|Shutdown)\s+(Up|Down)(?:\s+(\S+))?$`)
)

// addresses reads "show ipv4 vrf all interface".
func (p *parser) addresses(lines []text.Line) {
	for _, s := range text.Sections(lines, func(l text.Line) bool { return l.Match(ipv4Head) != nil }) {
		head := s[0].Match(ipv4Head)
		name := fullName(head[1].Value)
		p.routed(name, s[0], head[2], head[3])
		var vrf capture.Fact[string]
		for _, l := range s[1:] {
			if m := l.Match(ipv4VRF); m != nil {
				vrf = m[1]
				p.inVRF(vrf, name)
			}
			if m := l.Match(ipv4Address); m != nil && routes(name) {
				addAddress(p.SVI(name, s[0].Span()), text.Prefix(m[1]))
			}
			if m := l.Match(ipv4Filter); m != nil && routes(name) {
				p.SVI(name, s[0].Span()).Filtered = filtered(m[1])
			}
		}
		if svi := p.knownSVI(name, s[0]); svi != nil {
			svi.VRF, svi.Oper = vrf, p.Interface(name, s[0].Span()).Oper
		}
	}
}

// knownSVI is the routed interface of a VLAN of that name. A subinterface without an address may be a bridged one: nil unless it was seen
// to route.
func (p *parser) knownSVI(name string, l text.Line) *state.SVI {
	if strings.HasPrefix(name, "BVI") || slices.ContainsFunc(p.SVIs(), func(s *state.SVI) bool { return s.Interface == name }) {
		return p.SVI(name, l.Span())
	}
	return nil
}

// routes reports whether an interface routes in a VLAN: a subinterface or that of a bridge domain.
func routes(name string) bool {
	main, sub := port(name)
	return (sub && kindOf(main) != state.OutOfBand) || strings.HasPrefix(name, "BVI")
}

func filtered(f capture.Fact[string]) capture.Fact[bool] {
	return capture.Then(f, func(s string) (bool, bool) {
		for _, m := range filterIsSet.FindAllStringSubmatch(s, -1) {
			if m[1] != "not" {
				return true, true
			}
		}
		return false, noFilter.MatchString(s)
	})
}

// routed notes the state of an interface as far as IPv4 tells it: one that is up with the protocol down may be so for want of an address.
func (p *parser) routed(name string, l text.Line, line, protocol capture.Fact[string]) {
	i := p.Interface(name, l.Span())
	i.Kind = kindOf(name)
	if !i.Admin.Known() {
		i.Admin = status(line, adminWords)
	}
	if oper := operOf(line, protocol); !i.Oper.Known() && (strings.EqualFold(line.Value, protocol.Value) || capture.Is(status(line, operWords), state.Down)) {
		i.Oper = oper
	}
}

func (p *parser) inVRF(vrf capture.Fact[string], name string) {
	v := p.VRF(vrf.Value, vrf.From)
	if !slices.Contains(v.Interfaces, name) {
		v.Interfaces = append(v.Interfaces, name)
	}
}

// addressesBrief reads "show ipv4 vrf all interface brief" and "show ip interface brief": addresses without their length.
func (p *parser) addressesBrief(lines []text.Line) {
	for _, l := range lines {
		m := l.Match(addressesRow)
		if m == nil {
			continue
		}
		name := fullName(m[1].Value)
		p.routed(name, l, m[3], m[4])
		if m[5].Known() {
			p.inVRF(m[5], name)
		}
		if addressed := m[2].Value[0] >= '0' && m[2].Value[0] <= '9'; routes(name) && (addressed || strings.HasPrefix(name, "BVI")) {
			s := p.SVI(name, l.Span())
			s.VRF, s.Oper = m[5], p.Interface(name, l.Span()).Oper
			if addressed {
				s.Addressed = capture.Of(true, m[2].From)
			}
		}
	}
}

var (
	vrfHead = regexp.MustCompile(`^\s*VRF (\S+?)(?: \([^)]*\))?; RD\b`)
	vrfPort = regexp.MustCompile(`^\s*([A-Za-z][\w/.:-]*\d)$`)
)

// vrfs reads "show vrf all detail", which leaves out the default instance.
func (p *parser) vrfs(lines []text.Line) {
	for _, s := range text.Sections(lines, func(l text.Line) bool { return l.Match(vrfHead) != nil }) {
		vrf := s[0].Match(vrfHead)[1]
		p.VRF(vrf.Value, vrf.From)
		in := false
		for _, l := range s[1:] {
			switch m := l.Match(vrfPort); {
			case strings.HasPrefix(strings.TrimSpace(l.Text), "Interfaces:"):
				in = true
			case in && m != nil:
				p.inVRF(vrf, fullName(m[1].Value))
			case !l.Blank():
				in = false
			}
		}
	}
}

var (
	treeVLAN = regexp.MustCompile(`^\s*VLAN (\d+):?$`)
	treeMSTI = regexp.MustCompile(`^\s*MSTI \d+\b`)
	mapped   = regexp.MustCompile(`^\s*(?i:VLANs Mapped):\s*(\S.*)$`)
	treeRow  = regexp.MustCompile(`^\s*([A-Za-z][\w/.-]*\d)\s+\d+\.\d+\s+\d+\s+([A-Z]{3,4})\s+([A-Z]{3,4})\s`)

	// treeWords: all that is not forwarding holds frames back.
	treeWords = map[string]state.STPState{"fwd": state.Forwarding, "blk": state.Blocking, "lrn": state.Blocking, "lsn": state.Blocking, "dsc": state.Blocking,
		"dly": state.Blocking, "dis": state.Blocking, "brk": state.Blocking}
)

// spanningTree reads "show spanning-tree mst" and "pvrst": a table for each instance or VLAN.
func (p *parser) spanningTree(lines []text.Line) {
	begins := func(l text.Line) bool { return l.Match(treeVLAN) != nil || l.Match(treeMSTI) != nil }
	for _, s := range text.Sections(lines, begins) {
		var vids capture.Fact[state.VIDSet]
		if m := s[0].Match(treeVLAN); m != nil {
			vids = text.VLANs(m[1])
		}
		for k, l := range s {
			if m := l.Match(mapped); m != nil {
				list, _ := text.Continued(m[1], s[k+1:], 1, func(line string) bool { return strings.Trim(line, "0123456789,- ") == "" })
				vids = text.VLANs(list)
			}
			m := l.Match(treeRow)
			if m == nil {
				continue
			}
			if !vids.Known() {
				p.Unread(l.Span(), "the VLANs of this spanning tree are not reported")
				continue
			}
			x := state.STPPort{Interface: fullName(m[1].Value), VIDs: vids.Value, State: state.Word(p.Draft, m[3], treeWords)}
			if role := m[2]; role.Value == "ALT" || role.Value == "BKP" {
				x.Alternate = capture.Of(true, role.From)
			}
			p.Switch.STP = append(p.Switch.STP, x)
		}
	}
}
