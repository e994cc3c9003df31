package arista_eos

import (
	"regexp"
	"strconv"
	"strings"

	"uplinkcheck/drivers/capture"
	"uplinkcheck/drivers/state"
	"uplinkcheck/drivers/tree"
)

var vlanInstance = regexp.MustCompile(`^(?i:VL)(\d{1,4})$`)

// blockedPorts reads "show spanning-tree blockedports". An instance VL10 is VLAN 10. Which VLANs an MST instance has is
// not reported: once one of them blocks a port, nothing is known of the ports it blocks, nor of what is not listed.
func blockedPorts(p *parser, n tree.Node) {
	list := n.At("spanningTreeInstances")
	at := map[string]int{}
	whole := true
	for i := range list.Children() {
		var vids state.VIDSet
		if m := vlanInstance.FindStringSubmatch(i.Name()); m != nil {
			v, _ := strconv.Atoi(m[1])
			vids = state.VIDs(state.VID(v))
		}
		for port := range i.At("spanningTreeBlockedPorts").Children() {
			if vids.Empty() {
				whole = false
				p.Unread(withName(i), "the VLANs of spanning tree instance "+state.Quote(i.Name())+" are not reported")
				break
			}
			name := strings.TrimSpace(port.Text())
			if j, ok := at[name]; ok {
				p.Switch.STP[j].VIDs = p.Switch.STP[j].VIDs.Union(vids)
				continue
			}
			at[name] = len(p.Switch.STP)
			p.Switch.STP = append(p.Switch.STP, state.STPPort{Interface: name, VIDs: vids, State: capture.Of(state.Blocking, withName(i).Through(port.Span()))})
		}
	}
	if whole {
		p.Switch.Listed.STP = list.Span()
	}
}

var topologyWords = map[string]state.STPState{
	"forwarding": state.Forwarding, "learning": state.Blocking, "discarding": state.Blocking, "blocking": state.Blocking, "listening": state.Blocking,
}

// topologies reads "show spanning-tree topology status detail", in which each topology has its VLANs and the state of its ports. Ports
// that forward are left out, as in the list of blocked ports: what a whole list does not name forwards.
func topologies(p *parser, n tree.Node) {
	list := n.At("topologies")
	whole := list.Len() > 0
	at := map[string]int{}
	for t := range list.Children() {
		var vids []state.VID
		for v := range t.At("vlans").Children() {
			vid := capture.Then(v.Uint(16), toVID)
			whole = whole && vid.Known()
			vids = append(vids, vid.Value)
		}
		if t.At("interfaces").Len() > 0 && len(vids) == 0 {
			whole = false
		}
		for port := range t.At("interfaces").Children() {
			now := word(p, port.At("state"), topologyWords)
			switch {
			case elsewhere(port.Name()) || capture.Is(now, state.Forwarding):
			case !now.Known():
				whole = false
			default:
				i, ok := at[port.Name()]
				if !ok {
					i = len(p.tree)
					at[port.Name()] = i
					p.tree = append(p.tree, state.STPPort{Interface: port.Name(), State: capture.Of(state.Blocking, withName(port).Through(now.From))})
				}
				p.tree[i].VIDs = p.tree[i].VIDs.Union(state.VIDs(vids...))
			}
		}
	}
	if whole {
		p.trees = list.Span()
	}
}

// finishSTP takes the list of topologies, which knows the VLANs of every instance, in place of that of blocked ports.
func (p *parser) finishSTP() {
	if p.trees.Known() {
		p.Switch.STP, p.Switch.Listed.STP = p.tree, p.trees
	}
}
