package kernel

import (
	"regexp"
	"strings"

	"uplinkcheck/drivers/capture"
	"uplinkcheck/drivers/state"
	"uplinkcheck/drivers/text"
	"uplinkcheck/drivers/tree"
)

// PortVLANs are the VLANs of a bridge port, or of a bridge itself: what the machine may send into it.
type PortVLANs struct {
	Port     string
	From     capture.Span
	VIDs     state.VIDSet
	Untagged state.VIDSet // those that leave without a tag
	PVID     state.VID    // 0: there is none
	Whole    bool         // every entry was understood
}

// ReadVLANs reads "bridge -j vlan show": a list of ports, or in older releases an object with a member for each.
func ReadVLANs(root tree.Node) (out []PortVLANs, unread []state.Unread) {
	for n := range root.Children() {
		name, list := n.At("ifname").Text(), n.At("vlans")
		if root.Kind() == tree.Object {
			name, list = n.Name(), n
		}
		if name == "" {
			unread = append(unread, state.Unread{From: n.Span(), Why: "VLANs of a port without a name"})
			continue
		}
		p := PortVLANs{Port: name, From: n.Span(), Whole: true}
		for e := range list.Children() {
			first, last := e.At("vlan").Uint(12), e.At("vlanEnd").Uint(12)
			if !first.Known() || last.Known() && last.Value < first.Value {
				unread = append(unread, state.Unread{From: e.Span(), Why: "bridge port " + name + ": entry without a VLAN"})
				p.Whole = false
				continue
			}
			var flags []string
			for f := range e.At("flags").Children() {
				flags = append(flags, f.Text())
			}
			p.add(state.VID(first.Value), state.VID(max(first.Value, last.Value)), flags)
		}
		out = append(out, p)
	}
	return out, unread
}

func (p *PortVLANs) add(first, last state.VID, flags []string) {
	set := state.Range(first, last)
	p.VIDs = p.VIDs.Union(set)
	for _, f := range flags {
		switch f {
		case "PVID":
			p.PVID = first
		case "Egress Untagged":
			p.Untagged = p.Untagged.Union(set)
		}
	}
}

var (
	vlanRow  = regexp.MustCompile(`^(\S+)?[ \t]+(\d+)(?:-(\d+))?((?: +(?:PVID|Egress Untagged))*)$`)
	vlanHead = regexp.MustCompile(`^port[ \t]+vlan[ -]ids?\b`)
	vlanNone = regexp.MustCompile(`^(\S+)(?:[ \t]+None)?$`)
)

// vlansText reads "bridge vlan show": a line for the first VLAN of a port, indented ones for the others.
func vlansText(lines []text.Line) (out []PortVLANs, unread []state.Unread) {
	headed, ended := false, true
	for _, l := range lines {
		switch m := l.Match(vlanRow); {
		case !headed:
			headed = vlanHead.MatchString(l.Text)
		case l.Blank():
			ended = true
		case m != nil && (m[1].Known() || len(out) > 0):
			ended = false
			if m[1].Known() {
				out = append(out, PortVLANs{Port: m[1].Value, From: l.Span(), Whole: true})
			}
			p := &out[len(out)-1]
			first, err1 := state.ParseVID(m[2].Value)
			last, err2 := first, err1
			if m[3].Known() {
				last, err2 = state.ParseVID(m[3].Value)
			}
			if err1 != nil || err2 != nil || last < first {
				unread = append(unread, state.Unread{From: l.Span(), Why: "entry without a VLAN"})
				p.Whole = false
				continue
			}
			var flags []string
			for _, f := range []string{"PVID", "Egress Untagged"} {
				if strings.Contains(m[4].Value, f) {
					flags = append(flags, f)
				}
			}
			p.add(first, last, flags)
			p.From = p.From.Reply.Span(int(p.From.Start), l.At+len(l.Text))
		case vlanNone.MatchString(l.Text):
			out = append(out, PortVLANs{Port: strings.Fields(l.Text)[0], From: l.Span(), Whole: true})
		default:
			unread = append(unread, state.Unread{From: l.Span(), Why: "a line of VLANs was not understood"})
			if len(out) > 0 {
				out[len(out)-1].Whole = false
			}
		}
	}
	if !ended {
		out[len(out)-1].Whole = false // it may go on
	}
	return out, unread
}
