package ios

import (
	"regexp"
	"strconv"
	"strings"

	"uplinkcheck/drivers/capture"
	"uplinkcheck/drivers/state"
	"uplinkcheck/drivers/text"
)

// A treeKey is a port in an instance of spanning tree.
type treeKey struct{ port, instance string }

var (
	instanceLine = regexp.MustCompile(`^(?:VLAN|MST)\d+$`)
	treeRow      = regexp.MustCompile(`^\s*(\S+)\s+(Root|Desg|Altn|Back|Mstr|Boun|Shar)\s+(FWD|BLK|LIS|LRN|LTN|BKN|DIS)\*?\s*(\d+)\s+(\d+\.\d+)\s*(.*)$`)
	oldTreeRow   = regexp.MustCompile(`^\s*(\S+)\s+\d+\.\d+\s+\d+\s+(FWD|BLK|LIS|LRN|LTN|BKN|DIS)\b`) // of a release that tells no roles
	detailTree   = regexp.MustCompile(`^\s*(?:Port \d+ \()?([A-Z][^\s)]*)\)? of ((?:VLAN|MST)\d+) is ([a-z]+)(?: ([a-z]+))?(?:\s+\(.*\))?\s*$`)
	detailLike   = regexp.MustCompile(`^\s*Port \d+ \(|^\S+ of (?:VLAN|MST)\d+ is `)
	mstHead      = regexp.MustCompile(`^#+ (MST\d+)\s+vlans mapped:\s*(\S.*)?$`)
	mstRow       = regexp.MustCompile(`^(\d{1,4})\s+(\S.*)$`)
	totalTree    = regexp.MustCompile(`^(?:\d+ (?:vlans?|msts?)|\s+Total)\s+(\d+)\s+(\d+)\s+(\d+)\s+(\d+)\s+(\d+)\s*$`)
	blockedTotal = regexp.MustCompile(`^Number of blocked ports .*: (\d+)`)
)

// mstConfiguration reads which VLANs each MST instance has. A list goes on in indented lines; it is whole where another row, or the line below
// the table, follows.
func mstConfiguration(p *parser, lines []text.Line) {
	table, now := false, ""
	var list capture.Fact[string]
	end := func() {
		if set := vlanList(list); now != "" && set.Known() {
			p.instances["MST"+now] = set.Value
		} else if now != "" && strings.EqualFold(list.Value, "none") {
			p.instances["MST"+now] = state.VIDSet{}
		}
		now = ""
	}
	for _, l := range lines {
		m := l.Match(mstRow)
		switch {
		case strings.HasPrefix(l.Text, "Instance") && strings.Contains(l.Text, "lans mapped"):
			table = true
		case !table:
		case strings.HasPrefix(l.Text, "---"):
			end()
		case m != nil:
			end()
			now, list = m[1].Value, m[2]
		case now != "" && l.Indent() > 0 && list.Known():
			list.Value += strings.TrimSpace(l.Text)
			list.From = list.From.Through(l.Span())
		}
	}
}

// instanceVLANs are the VLANs of an instance, empty where they were not told.
func (p *parser) instanceVLANs(name string) state.VIDSet {
	if number, ok := strings.CutPrefix(name, "VLAN"); ok {
		v, err := strconv.Atoi(number)
		if err != nil || v > 4094 {
			return state.VIDSet{}
		}
		return state.VIDs(state.VID(v))
	}
	number, _ := strconv.Atoi(strings.TrimPrefix(name, "MST"))
	return p.instances["MST"+strconv.Itoa(number)]
}

// tree notes the state of a port in an instance; ok is false where the instance's VLANs were not told.
func (p *parser) tree(port capture.Fact[string], instance string, at capture.Span, forwarding bool, role string) (t *state.STPPort, ok bool) {
	vids := p.instanceVLANs(instance)
	if vids.Empty() {
		p.Unread(at, "the VLANs of spanning tree instance "+state.Quote(instance)+" were not reported")
		return &state.STPPort{}, false
	}
	key := treeKey{named(port).Value, instance}
	i, known := p.trees[key]
	if !known {
		i = len(p.Switch.STP)
		p.trees[key] = i
		p.Switch.STP = append(p.Switch.STP, state.STPPort{Interface: key.port, VIDs: vids})
	}
	t = &p.Switch.STP[i]
	if forwarding {
		t.State = capture.Of(state.Forwarding, at)
		return t, true
	}
	t.State = capture.Of(state.Blocking, at)
	if role != "" {
		t.Alternate = capture.Of(role == "Altn" || role == "Back" || role == "alternate" || role == "backup", at)
	}
	return t, true
}

// noTree reads the answer of a switch that runs no spanning tree: everything forwards.
func noTree(lines []text.Line) bool {
	for _, l := range lines {
		if strings.HasPrefix(l.Text, "No spanning tree instance") {
			return true
		}
	}
	return false
}

// spanningTree reads "show spanning-tree": an instance, then its ports.
func spanningTree(p *parser, lines []text.Line) {
	instance, found, whole := "", noTree(lines), true
	for _, l := range lines {
		if word := strings.TrimSpace(l.Text); instanceLine.MatchString(word) {
			instance, found = word, true
			p.inTrees = p.inTrees.Union(p.instanceVLANs(word))
			continue
		}
		m := l.Match(treeRow)
		if old := l.Match(oldTreeRow); old != nil && instance != "" {
			_, ok := p.tree(old[1], instance, l.Span(), old[2].Value == "FWD", "")
			whole = whole && ok
			continue
		}
		if m == nil || instance == "" {
			if f := l.Fields(); instance != "" && len(f) > 0 && isPort(f[0].Value) { // it may be wrapped, too
				p.Unread(l.Span(), "a port in a form that we do not know")
				whole = false
			}
			continue
		}
		role := m[2].Value
		if m[3].Value == "BKN" { // a guard holds it back, whatever its role
			role = "broken"
		}
		t, ok := p.tree(m[1], instance, l.Span(), m[3].Value == "FWD", role)
		if whole = whole && ok; strings.Contains(m[6].Value, "Edge") {
			t.Edge = capture.Of(true, m[6].From)
		}
	}
	if found && whole {
		p.Switch.Listed.STP = text.Through(lines)
	}
}

// finishTrees notes VLANs of a port that is up and is not in the tree that other ports of them are in: something else than the tree holds it
// back, such as 802.1X, or decides about it, such as REP. So it is with those that a trunk does not forward and that the tree does not block.
func (p *parser) finishTrees() {
	told := map[string]state.VIDSet{}
	for _, t := range p.Switch.STP {
		told[t.Interface] = told[t.Interface].Union(t.VIDs)
	}
	for _, b := range p.BridgePorts() {
		oper := p.Interface(b.Interface, b.From).Oper
		if !capture.Is(oper, state.Up) || !b.Members.Known() || !p.Switch.Listed.STP.Known() {
			continue
		}
		vids, from := b.Members.Value.Intersect(p.inTrees), p.Switch.Listed.STP
		if t := p.trunkOf[b.Interface]; t != nil && t.forwarded.Known() {
			vids, from = b.Members.Value.Minus(t.forwarded.Value), t.forwarded.From
		}
		if vids = vids.Minus(told[b.Interface]); !vids.Empty() {
			p.Unread(from, "VLANs "+vids.String()+" of "+b.Interface+" are not in its spanning tree")
			p.Switch.STP = append(p.Switch.STP, state.STPPort{Interface: b.Interface, VIDs: vids})
		}
	}
}

// spanningTreeDetail reads "show spanning-tree detail" and "show spanning-tree mst detail".
func spanningTreeDetail(p *parser, lines []text.Line) {
	found, whole := noTree(lines), true
	t := &state.STPPort{}
	for i, l := range lines {
		if m := l.Match(mstHead); m != nil {
			list := m[2]
			for _, more := range lines[i+1:] {
				if !list.Known() || strings.Trim(more.Text, "0123456789,- ") != "" || more.Blank() {
					break
				}
				list.Value += strings.TrimSpace(more.Text)
			}
			if set := vlanList(list); set.Known() && i+2 < len(lines) {
				p.instances[m[1].Value] = set.Value
			}
		}
		if strings.Contains(l.Text, "portfast") && strings.Contains(l.Text, "mode") && t.Interface != "" {
			t.Edge = capture.Of(true, l.Span())
		}
		m := l.Match(detailTree)
		if m == nil {
			if detailLike.MatchString(l.Text) {
				p.Unread(l.Span(), "a port in a form that we do not know")
				t, whole = &state.STPPort{}, false
			}
			continue
		}
		found = true
		role, now := m[3].Value, m[4].Value
		switch {
		case now == "forwarding", now == "blocking", now == "learning", now == "listening", now == "broken", now == "disabled":
		case now == "" && (role == "broken" || role == "blocking" || role == "disabled" || role == "forwarding"):
			role, now = "", role
		default:
			p.Unread(l.Span(), "unknown state "+state.Quote(role+" "+now))
			t, whole = &state.STPPort{}, false
			continue
		}
		var ok bool
		t, ok = p.tree(m[1], m[2].Value, l.Span(), now == "forwarding", role)
		whole = whole && ok
	}
	if found && whole {
		p.Switch.Listed.STP = text.Through(lines)
	}
}

// blockedPorts reads "show spanning-tree blockedports".
func blockedPorts(p *parser, lines []text.Line) {
	instance, whole, listed := "", true, 0
	for _, l := range lines {
		if m := l.Match(blockedTotal); m != nil {
			if n := text.Int(m[1]); whole && n.Known() && n.Value == listed {
				p.Switch.Listed.STP = text.Through(lines)
			}
			continue
		}
		f := l.Fields()
		if len(f) > 1 && instanceLine.MatchString(f[0].Value) {
			instance, f = f[0].Value, f[1:]
		} else if instance == "" || l.Indent() < 10 {
			continue
		}
		for _, x := range f {
			for port := range strings.SplitSeq(x.Value, ",") {
				if port == "" {
					continue
				}
				listed++
				_, ok := p.tree(capture.Of(port, x.From), instance, l.Span(), false, "")
				whole = whole && ok && isPort(port)
			}
		}
	}
}

// spanningTreeSummary reads the numbers of ports: where none blocks, listens or learns, everything forwards.
func spanningTreeSummary(p *parser, lines []text.Line) {
	for _, l := range lines {
		if m := l.Match(totalTree); m != nil && m[1].Value == "0" && m[2].Value == "0" && m[3].Value == "0" {
			p.Switch.Listed.STP = l.Span()
		}
	}
}
