package aruba_aoscx

import (
	"regexp"
	"strings"

	"uplinkcheck/drivers/capture"
	"uplinkcheck/drivers/state"
	"uplinkcheck/drivers/text"
)

var (
	entryRow = regexp.MustCompile(`^\s*((?:[0-9a-fA-F]{2}:){5}[0-9a-fA-F]{2})\s+(\d+)\s+(\S+)\s+(\S.*)$`)
	macKinds = map[string]state.MACKind{"dynamic": state.Dynamic, "static": state.StaticMAC, "port-access-security": state.Dynamic, "port-access": state.Dynamic,
		"evpn": state.PeerLearned, "hsc": state.PeerLearned, "vsx": state.PeerLearned}
)

// macTable reads "show mac-address-table". Addresses behind a tunnel are on no port of ours.
func (p *parser) macTable(lines []text.Line) {
	read, count := 0, capture.Fact[int]{}
	for _, l := range lines {
		if key, value, _ := l.KeyValue(); key == "Number of MAC addresses" {
			count = text.Int(value)
			continue
		}
		m := l.Match(entryRow)
		if m == nil {
			continue
		}
		mac, vid := text.MAC(m[1]), text.VID(m[2])
		if !mac.Known() || !vid.Known() {
			p.Unread(l.Span(), "an address without VLAN or address")
			continue
		}
		read++
		p.Switch.MACs = append(p.Switch.MACs, state.MACEntry{VID: vid.Value, MAC: mac.Value, Interface: plain(m[4].Value), From: l.Span(),
			Kind: state.Word(p.Draft, m[3], macKinds)})
	}
	if count.Known() && read >= count.Value {
		p.Switch.Listed.MACs = count.From.Reply.Whole()
	}
	if len(lines) > 0 && strings.TrimSpace(lines[0].Text) == "No MAC entries found." {
		p.Switch.Listed.MACs = lines[0].Reply.Whole()
	}
}

var (
	vrfHead = regexp.MustCompile(`^\s*VRF Name\s*: *(\S+)$`)
	vrfRow  = regexp.MustCompile(`^\s+(\S+)\s+(up|down)$`)
)

// vrfs reads "show vrf".
func (p *parser) vrfs(lines []text.Line) {
	for _, s := range text.Sections(lines, func(l text.Line) bool { return l.Match(vrfHead) != nil }) {
		name := s[0].Match(vrfHead)[1]
		v := p.VRF(name.Value, name.From)
		for _, l := range s[1:] {
			m := l.Match(vrfRow)
			if m == nil {
				continue
			}
			port := plain(m[1].Value)
			v.Interfaces = append(v.Interfaces, port)
			i := p.Interface(port, m[1].From)
			i.Kind = kindOf(port)
			if !i.Oper.Known() {
				i.Oper = state.Word(p.Draft, m[2], statusWords)
			}
		}
		p.Switch.Listed.VRFs = s[0].Reply.Whole()
	}
}

var (
	treeHead  = regexp.MustCompile(`^\s*(?:#+ *)?(?:VLAN ?(\d+)|MST ?(\d+))$`)
	treeVLANs = regexp.MustCompile(`^\s*[Vv]lans mapped:\s*(\S.*)$`)
	treeRow   = regexp.MustCompile(`^\s*(\d+/\d+/\d+\S*|lag\d+)(?:\(mc\))?\s+(Root|Designated|Alternate|Backup|Disabled|Master)\s+([A-Z][\w-]*)\s`)
	treeWords = map[string]state.STPState{"forwarding": state.Forwarding, "blocking": state.Blocking, "discarding": state.Blocking, "learning": state.Blocking,
		"listening": state.Blocking, "disabled": state.Blocking, "inactive": state.Blocking}
)

// spanningTree reads "show spanning-tree", by VLAN, and "show spanning-tree mst", by instance. Which VLANs an instance has only the latter
// tells: a table without them is left to it. A port that is down is in the table as well and says nothing of the tree.
func (p *parser) spanningTree(lines []text.Line) {
	for _, s := range text.Sections(lines, func(l text.Line) bool { return l.Match(treeHead) != nil }) {
		vids := text.VLANs(s[0].Match(treeHead)[1])
		for k, l := range s {
			if m := l.Match(treeVLANs); m != nil {
				list, _ := text.Continued(m[1], s[k+1:], 1, func(s string) bool { return strings.Trim(s, "0123456789,- ") == "" })
				vids = text.VLANs(list)
			}
			m := l.Match(treeRow)
			if m == nil || !vids.Known() || m[2].Value == "Disabled" {
				continue
			}
			x := state.STPPort{Interface: m[1].Value, VIDs: vids.Value, State: state.Word(p.Draft, m[3], treeWords)}
			if role := m[2]; role.Value == "Alternate" || role.Value == "Backup" {
				x.Alternate = capture.Of(true, role.From)
			}
			p.Switch.STP = append(p.Switch.STP, x)
		}
	}
}
