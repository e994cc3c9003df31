package dell_os10

import (
	"regexp"
	"strings"

	"uplinkcheck/drivers/capture"
	"uplinkcheck/drivers/state"
	"uplinkcheck/drivers/text"
	"uplinkcheck/drivers/tree"
)

var (
	macKinds = map[string]state.MACKind{"dynamic": state.Dynamic, "static": state.StaticMAC, "evpn": state.PeerLearned}
	macLike  = regexp.MustCompile(`(?:[0-9a-fA-F]{2}:){5}[0-9a-fA-F]{2}`)
	macRow   = regexp.MustCompile(`^\s*(?:vlan)?(\d+)(?:\s+pv \d+)?\s+((?:[0-9a-fA-F]{2}:){5}[0-9a-fA-F]{2})\s+(\S+)\s+(\S+\d\S*)$`)
)

// macsXML reads "show mac address-table | display-xml".
func (p *parser) macsXML(root tree.Node) {
	for n := range root.All("fwd-table") {
		p.learned(vlanNamed(n.At("vlan").NonEmpty()), text.MAC(n.At("mac-addr").NonEmpty()), n.At("entry-type").NonEmpty(), n.At("if-name").NonEmpty(), n.Span())
	}
}

// macs reads "show mac address-table". Behind the VLAN of an address may stand the private one in which it was learned.
func (p *parser) macs(lines []text.Line) {
	for _, l := range lines {
		if m := l.Match(macRow); m != nil {
			p.learned(text.VID(m[1]), text.MAC(m[2]), m[3], names.Of(m[4]), l.Span())
		} else if macLike.MatchString(l.Text) {
			p.learned(capture.Fact[state.VID]{}, capture.Fact[state.MAC]{}, capture.Fact[string]{}, capture.Fact[string]{}, l.Span())
		}
	}
}

func (p *parser) learned(vid capture.Fact[state.VID], mac capture.Fact[state.MAC], kind, port capture.Fact[string], from capture.Span) {
	if !vid.Known() || !mac.Known() || !port.Known() {
		p.Unread(from, "an address without VLAN, address or port")
		p.macsUnread, p.Switch.Listed.MACs = true, capture.Span{}
		return
	}
	p.Switch.MACs = append(p.Switch.MACs, state.MACEntry{VID: vid.Value, MAC: mac.Value, Interface: port.Value, From: from,
		Kind: state.Word(p.Draft, kind, macKinds)})
	if !p.macsUnread {
		p.Switch.Listed.MACs = from.Reply.Whole()
	}
}

var (
	vrfRow  = regexp.MustCompile(`^([A-Za-z][\w.:-]*)(?:\s{2,}(\S.*))?$`)
	vrfMore = regexp.MustCompile(`^\s+((?:Eth|Po|Vlan|Mgmt|Lo|Vn|Vx)\w*\d\S*)$`)
)

// vrfs reads "show ip vrf".
func (p *parser) vrfs(lines []text.Line) {
	begun, before := false, len(p.Switch.Unread)
	var v *state.VRF
	for _, l := range lines {
		if strings.HasPrefix(l.Text, "VRF-Name") {
			begun = true
			continue
		}
		if !begun {
			continue
		}
		list := capture.Fact[string]{}
		if m := l.Match(vrfRow); m != nil {
			v, list = p.VRF(m[1].Value, m[1].From), m[2]
		} else if m := l.Match(vrfMore); m != nil {
			list = m[1]
		} else if !l.Blank() && strings.Trim(l.Text, "- ") != "" {
			p.Unread(l.Span(), "no row of a routing instance")
			v = nil
		}
		if v == nil || !list.Known() {
			continue
		}
		ports, _, ok := portsOf(list, "")
		if !ok {
			p.Unread(list.From, state.Quote(list.Value)+" is no list of ports")
		}
		for _, port := range ports {
			v.Interfaces = append(v.Interfaces, port.Value)
		}
	}
	if v != nil && len(p.Switch.Unread) == before {
		p.Switch.Listed.VRFs = lines[0].Reply.Whole()
	}
}

var (
	treeHead  = regexp.MustCompile(`^\s*(?:VLAN (\d+)|MSTI \d+ VLANs mapped:? *([\d,-]+)|Spanning tree enabled protocol (\S+).*)$`)
	treeRow   = regexp.MustCompile(`^\s*(ethernet\d\S*|port-channel\d+)\s+\d+\.\d+\s+\d+\s+\d+\s+(FWD|BLK|LRN|LIS|DIS|DSC)\s`)
	roleRow   = regexp.MustCompile(`^\s*(ethernet\d\S*|port-channel\d+)\s+(Altr|Back)\s+\d+\.\d+\s`)
	treeWords = map[string]state.STPState{"fwd": state.Forwarding, "blk": state.Blocking, "lrn": state.Blocking, "lis": state.Blocking, "dsc": state.Blocking}
)

// spanningTree reads "show spanning-tree active": of each VLAN or instance a table of states, then one of roles. A port that is down is
// in the table as well and says nothing of the tree.
func (p *parser) spanningTree(lines []text.Line) {
	for _, s := range text.Sections(lines, func(l text.Line) bool { return l.Match(treeHead) != nil }) {
		head := s[0].Match(treeHead)
		vids := text.VLANs(head[1])
		if !vids.Known() {
			vids = text.VLANs(head[2])
		}
		if head[3].Value == "rstp" { // one tree, of all VLANs
			vids = capture.Of(state.AllVIDs, head[3].From)
		}
		if !vids.Known() {
			continue
		}
		first := len(p.Switch.STP)
		for _, l := range s[1:] {
			if m := l.Match(treeRow); m != nil && m[2].Value != "DIS" {
				p.Switch.STP = append(p.Switch.STP, state.STPPort{Interface: m[1].Value, VIDs: vids.Value, State: state.Word(p.Draft, m[2], treeWords)})
			}
			if m := l.Match(roleRow); m != nil {
				for k := first; k < len(p.Switch.STP); k++ {
					if x := &p.Switch.STP[k]; x.Interface == m[1].Value {
						x.Alternate = capture.Of(true, m[2].From)
					}
				}
			}
		}
	}
}
