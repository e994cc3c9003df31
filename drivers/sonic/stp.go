package sonic

import (
	"regexp"
	"strings"

	"uplinkcheck/drivers/capture"
	"uplinkcheck/drivers/state"
	"uplinkcheck/drivers/text"
	"uplinkcheck/drivers/tree"
)

// A part is of one VLAN, and a port is in a line with its cost, two marks and its state.
var (
	stpVLAN  = regexp.MustCompile(`^VLAN (\d+) - STP instance`)
	stpPort  = regexp.MustCompile(`^(\S+)\s+\d+\s+\d+\s+[YN]\s+[YN]\s+([A-Z-]+)\s`)
	stpState = map[string]state.STPState{"forwarding": state.Forwarding, "blocking": state.Blocking, "listening": state.Blocking, "learning": state.Blocking,
		"discarding": state.Blocking, "root-inc": state.Blocking, "bpdu-dis": state.Blocking}
)

// spanningTree reads "show spanning-tree" of per-VLAN spanning tree. Where nobody configured any, ports forward.
func spanningTree(p *parser, lines []text.Line) {
	var id capture.Fact[state.VID]
	for _, l := range lines {
		if l.Text == "Spanning-tree is not configured" && len(lines) < 3 {
			p.Switch.Listed.STP = l.Span()
		}
		if m := l.Match(stpVLAN); m != nil {
			id = text.VID(m[1])
		}
		m := l.Match(stpPort)
		if m == nil || !id.Known() {
			continue
		}
		if s, ok := stpState[strings.ToLower(m[2].Value)]; ok { // "DISABLED" is a port that is down
			p.Switch.STP = append(p.Switch.STP, state.STPPort{Interface: m[1].Value, VIDs: state.VIDs(id.Value), State: capture.Of(s, l.Span())})
		}
	}
}

// features reads which services there are. Asked only of a switch that does not know "show spanning-tree": without a service for it, ports
// forward.
func features(p *parser, root tree.Node) {
	found, stp := false, false
	for n := range root.Children() {
		found = found || strings.HasPrefix(n.Name(), "FEATURE|")
		stp = stp || strings.Contains(strings.ToLower(n.Name()), "stp")
	}
	if found && !stp {
		p.Switch.Listed.STP = root.Span()
	}
}
