package hp_procurve

import (
	"regexp"
	"strings"

	"uplinkcheck/drivers/capture"
	"uplinkcheck/drivers/state"
	"uplinkcheck/drivers/text"
)

var macRow = regexp.MustCompile(`^\s*([0-9a-fA-F]{6}-[0-9a-fA-F]{6})\s+(\S+)(?:\s+(\d{1,4}))?$`)

// addresses reads "show mac-address". Older releases do not print the VLAN; then nothing is known of the entry.
func addresses(p *parser, lines []text.Line) {
	headed, understood := false, true
	for _, l := range lines {
		if strings.Contains(l.Text, "MAC Address") && strings.Contains(l.Text, "Port") && strings.Contains(l.Text, "VLAN") {
			headed = true
			continue
		}
		m := l.Match(macRow)
		if m == nil {
			understood = understood && (!headed || strings.Trim(l.Text, "- ") == "")
			continue
		}
		mac, vid := text.MAC(m[1]), text.VID(m[3])
		name, _ := port(m[2])
		if !mac.Known() || !vid.Known() || !name.Known() {
			p.Unread(l.Span(), "an address without VLAN or port")
			understood = false
			continue
		}
		p.Switch.MACs = append(p.Switch.MACs, state.MACEntry{VID: vid.Value, MAC: mac.Value, Interface: name.Value, From: l.Span()})
	}
	if headed && understood {
		p.Switch.Listed.MACs = lines[0].Reply.Whole()
	}
}

var (
	istVLANs = regexp.MustCompile(`^\s*IST Mapped VLANs *: *(\S.*)$`)
	stpRow   = regexp.MustCompile(`^\s*(\S+)\s+(?:\S.*?)?\|\s*\S+\s+\S+\s+([A-Z][a-z]+)\s*\|`)
	stpWords = map[string]state.STPState{"forwarding": state.Forwarding, "blocking": state.Blocking, "learning": state.Blocking, "listening": state.Blocking, "discarding": state.Blocking}
)

// stp reads "show spanning-tree", which tells of the common tree only, and of which VLANs that is.
func stp(p *parser, lines []text.Line) {
	all, rows := capture.Fact[state.VIDSet]{}, 0
	for _, l := range lines {
		if m := l.Match(istVLANs); m != nil {
			all = text.VLANs(m[1])
		}
		m := l.Match(stpRow)
		if m == nil || m[2].Value == "Disabled" || m[2].Value == "State" {
			continue
		}
		name, _ := port(m[1])
		if !name.Known() || all.Value.Empty() {
			p.Unread(l.Span(), "the VLANs of this tree are not reported")
			continue
		}
		rows++
		p.Switch.STP = append(p.Switch.STP, state.STPPort{Interface: name.Value, VIDs: all.Value, State: state.Word(p.Draft, m[2], stpWords)})
	}
}

var (
	ipRow  = regexp.MustCompile(`^\s*(\S.*?)\s*\|\s*(Manual|DHCP/Bootp|Disabled|Multinetted)(?:\s+(\d+\.\d+\.\d+\.\d+\s+\d+\.\d+\.\d+\.\d+))?`)
	ipMore = regexp.MustCompile(`^\s*\|\s*(?:[A-Z]\S*\s+)?(\d+\.\d+\.\d+\.\d+\s+\d+\.\d+\.\d+\.\d+)`)
)

// routed reads "show ip", in which a VLAN stands with its name, as does its routed interface here. Its number is in the list of VLANs. Rows
// without a name have further addresses.
func routed(p *parser, lines []text.Line) {
	byName := map[string]state.VID{}
	for _, v := range p.VLANs() {
		if _, twice := byName[v.Name.Value]; twice {
			byName[v.Name.Value] = 0
		} else {
			byName[v.Name.Value] = v.ID
		}
	}
	name := ""
	for _, l := range lines {
		if m := l.Match(ipMore); m != nil && name != "" {
			if a := text.Prefix(m[1]); a.Known() {
				s := p.SVI(name, l.Span())
				s.Addresses = append(s.Addresses, a)
			}
			continue
		}
		m := l.Match(ipRow)
		if m == nil || m[1].Value == "VLAN" {
			name = ""
			continue
		}
		name = m[1].Value
		s := p.SVI(name, l.Span())
		if vid := byName[m[1].Value]; vid != 0 {
			s.VID = capture.Of(vid, p.VLAN(vid, l.Span()).From)
		}
		if a := text.Prefix(m[3]); a.Known() {
			s.Addresses = append(s.Addresses, a)
			s.Addressed = capture.Of(true, a.From)
		} else if m[2].Value == "Disabled" {
			s.Addressed = capture.Of(false, l.Span())
		}
	}
}
