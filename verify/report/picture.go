package report

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"uplinkcheck/drivers/state"
	"uplinkcheck/verify/topology"
)

// A picture is a host with its legs, as boxes and lines of an SVG: switches with their pair drawn round them on top, the host at
// the bottom. All texts were cleaned; Full is what a shortened text stands for.
type picture struct {
	ID, Title string
	W, H      int
	Small     bool // may shrink with a narrow page and stay readable
	Pairs     []box
	Switches  []box
	Ports     []box
	LAGs      []bracket
	Legs      []leg
	NICs      []box
	Teams     []box
	Host      box
}

type box struct {
	X, Y, W, H int
	TX, TY     int // middle of the text's base line
	Text, Full string
	Class      string
}

// A bracket is a LAG: a box across the legs between its ends, with a dot on each that belongs to it.
type bracket struct {
	box
	Dots []int
}

// Middle is the height of the dots.
func (b bracket) Middle() int { return b.Y + b.H/2 }

// A leg is one uplink: the line from NIC to port, its verdict in a word and a line style, the networks it carries.
type leg struct {
	NIC, Port, LAG, Confidence string
	Status                     state.Tri
	Why                        string
	Networks                   []note
	Path                       string
	X, Y                       int // of the word
}

type note struct {
	Y    int
	Text string
}

// Class selects the line style, Word says the same.
func (l leg) Class() string { return [...]string{"unknown", "down", "carries"}[l.Status%3] }

// Word says whether the leg carries frames.
func (l leg) Word() string {
	return [...]string{"? unknown", "✕ not carrying", "✓ carrying"}[l.Status%3]
}

// Measures of the picture in CSS pixels. A letter of 12 px is taken as 7 wide.
const (
	slot, margin        = 184, 20
	letter              = 7
	switchTop, portTop  = 30, 78
	switchEnd, frameEnd = 92, 114
	portH, laneH        = 26, 34
	band                = 44 // where legs cross
	textRow             = 15 // height of a line
	maxNotes            = 6
)

// carriageOf says whether an uplink carries frames now, why, and on which port it ends. What is not known to end on a port is unknown.
func carriageOf(u *topology.Uplink) (topology.Carriage, *topology.Port) {
	c, p := u.InService(), u.Mapped()
	switch {
	case c.Answer == state.No:
	case p == nil && u.Link != nil:
		c = topology.Carriage{Why: "devices disagree about where it ends (" + u.Link.Says() + ")"}
	case p == nil:
		c = topology.Carriage{Why: "not known on which switch port it ends"}
	case u.Confidence() <= topology.Inferred:
		c = topology.Carriage{Why: "where it ends is " + u.Confidence().String() + " (" + u.Link.Says() + ")"}
	default:
		if c = p.InService(); c.Answer == state.Yes && p.Aggregator != nil {
			c.Why = p.Bundled().Why // says more than that the link is up
		}
	}
	return c, p
}

// legOf draws an uplink.
func legOf(u *topology.Uplink) leg {
	c, p := carriageOf(u)
	l := leg{NIC: clean(u.NIC.Name), Confidence: u.Confidence().String()}
	if p != nil {
		l.Port = clean(p.String())
		if p.LAG != nil {
			l.LAG = clean(p.LAG.Name)
		}
	}
	l.Status, l.Why = c.Answer, prose(c.Why)
	for _, role := range u.Host.Required {
		if len(role.Uplinks) == 0 || slices.Contains(role.Uplinks, u) {
			l.Networks = append(l.Networks, note{Text: carried(p, role.Network)})
		}
	}
	return l
}

// carried says whether the port's member set has the network's VLANs.
func carried(p *topology.Port, n *topology.Network) string {
	name := clean(n.Name)
	if p == nil || p.Bridge == nil || !p.Bridge.Members.Known() {
		return name + " ?"
	}
	switch missing := n.VLANs.Minus(p.Bridge.Members.Value); {
	case missing.Empty():
		return name
	case missing == n.VLANs:
		return "no " + name
	}
	return "part of " + name
}

// pictureOf lays out a host. It draws the switches that its uplinks end on and the pair mates of those.
func pictureOf(h *topology.Host) picture {
	name := clean(h.Name)
	p := picture{ID: "pic-" + slug(h.Name), Title: "Uplinks of " + name}
	tops := topsOf(h)
	uplinks := slices.Clone(h.Uplinks)
	slices.SortStableFunc(uplinks, func(a, b *topology.Uplink) int {
		return cmp.Or(compareTeams(a.Team, b.Team), cmp.Compare(columnOf(tops, a), columnOf(tops, b)), state.NaturalCompare(a.NIC.Name, b.NIC.Name))
	})
	columns := max(len(tops), len(uplinks), 1)
	p.W = columns*slot + 2*margin
	p.Small = columns <= 2

	lanes := p.addTop(tops, (columns-len(tops))*slot/2+margin)
	crossTop := frameEnd + 10 + lanes*laneH
	p.addBottom(h, uplinks, tops, crossTop, (columns-len(uplinks))*slot/2+margin)
	return p
}

// A top is a column at the upper edge: a port, or a switch of the pair without a port of this host (uplink nil), or nothing that is
// known (switch nil).
type top struct {
	pair, name string // names of the pair and the switch; "" when there is none
	missing    bool   // declared, gave no state
	port       *topology.Port
	uplink     *topology.Uplink
	x          int
}

func topsOf(h *topology.Host) []*top {
	var out []*top
	for _, u := range h.Uplinks {
		t := &top{uplink: u, port: u.Mapped()}
		if t.port != nil {
			t.name = t.port.Switch.Name
			if t.port.Switch.Pair != nil {
				t.pair = t.port.Switch.Pair.Name
			}
		}
		out = append(out, t)
	}
	drawn := func(name string) bool { return slices.ContainsFunc(out, func(t *top) bool { return t.name == name }) }
	for _, u := range h.Uplinks {
		p := u.Mapped()
		if p == nil || p.Switch.Pair == nil {
			continue
		}
		pair := p.Switch.Pair
		for _, s := range pair.Switches {
			if !drawn(s.Name) {
				out = append(out, &top{pair: pair.Name, name: s.Name})
			}
		}
		for _, m := range pair.Missing {
			if !drawn(m) {
				out = append(out, &top{pair: pair.Name, name: m, missing: true})
			}
		}
	}
	slices.SortStableFunc(out, func(a, b *top) int {
		if (a.name == "") != (b.name == "") {
			return cmp.Compare(b.name, a.name) // the unknown ones last
		}
		c := cmp.Or(state.NaturalCompare(cmp.Or(a.pair, a.name), cmp.Or(b.pair, b.name)), state.NaturalCompare(a.name, b.name))
		if c != 0 || a.uplink == nil || b.uplink == nil {
			return c
		}
		return compareTeams(a.uplink.Team, b.uplink.Team)
	})
	return out
}

func columnOf(tops []*top, u *topology.Uplink) int {
	return slices.IndexFunc(tops, func(t *top) bool { return t.uplink == u })
}

func compareTeams(a, b *topology.Team) int {
	switch {
	case a == b:
		return 0
	case a == nil:
		return 1
	case b == nil:
		return -1
	}
	return state.NaturalCompare(a.Name, b.Name)
}

// addTop draws pairs, switches, ports and LAG brackets, and returns how many lanes of brackets there are.
func (p *picture) addTop(tops []*top, left int) (lanes int) {
	for i, t := range tops {
		t.x = left + i*slot
	}
	runs(tops, func(t *top) string { return t.name }, func(run []*top) {
		if run[0].name == "" {
			return
		}
		text, class := run[0].name, "switch"
		if run[0].missing {
			text, class = text+" gave no state", "switch absent"
		}
		b := boxed(run[0].x+8, switchTop, len(run)*slot-16, switchEnd-switchTop, text, class)
		b.TY = switchTop + 24
		p.Switches = append(p.Switches, b)
	})
	runs(tops, func(t *top) string { return t.pair }, func(run []*top) {
		if run[0].pair == "" {
			return
		}
		b := boxed(run[0].x, 6, len(run)*slot, frameEnd-6, "pair "+run[0].pair, "pair")
		b.TY = 22
		p.Pairs = append(p.Pairs, b)
	})
	for _, t := range tops {
		switch {
		case t.port != nil:
			p.Ports = append(p.Ports, boxed(t.x+16, portTop, slot-32, portH, t.port.Name, "port"))
		case t.uplink != nil:
			p.Ports = append(p.Ports, boxed(t.x+16, portTop, slot-32, portH, "port not known", "port absent"))
		}
	}
	var lags []*topology.LAG
	for _, t := range tops {
		if t.port != nil && t.port.LAG != nil && !slices.Contains(lags, t.port.LAG) {
			lags = append(lags, t.port.LAG)
		}
	}
	for i, l := range lags {
		p.LAGs = append(p.LAGs, bracketOf(l, tops, frameEnd+8+i*laneH))
	}
	return len(lags)
}

// bracketOf draws a LAG across its legs, with its name below.
func bracketOf(l *topology.LAG, tops []*top, y int) bracket {
	var x []int
	for _, t := range tops {
		if t.port != nil && t.port.LAG == l {
			x = append(x, t.x+slot/2)
		}
	}
	lo, hi := slices.Min(x), slices.Max(x)
	b := boxed(lo-18, y, hi-lo+36, 12, l.Name, "lag")
	b.Text, b.TY = cutMiddle(b.Full, (hi-lo+slot)/letter), y+26
	return bracket{b, x}
}

// runs calls f with each run of tops that have the same key.
func runs(tops []*top, key func(*top) string, f func([]*top)) {
	for i := 0; i < len(tops); {
		j := i + 1
		for j < len(tops) && key(tops[j]) == key(tops[i]) {
			j++
		}
		f(tops[i:j])
		i = j
	}
}

// addBottom draws legs, NICs, teams and the host.
func (p *picture) addBottom(h *topology.Host, uplinks []*topology.Uplink, tops []*top, crossTop, left int) {
	rows := 0
	for _, u := range uplinks {
		l := legOf(u)
		if n := len(l.Networks); n > maxNotes {
			l.Networks = append(l.Networks[:maxNotes-1], note{Text: fmt.Sprintf("and %d more", n-maxNotes+1)})
		}
		rows = max(rows, len(l.Networks))
		p.Legs = append(p.Legs, l)
	}
	crossEnd := crossTop + band
	nicTop := crossEnd + (rows+1)*textRow + 22
	for i, u := range uplinks {
		l := &p.Legs[i]
		x, up := left+i*slot+slot/2, tops[columnOf(tops, u)].x+slot/2
		l.X, l.Y = x, crossEnd+textRow+4
		l.Path = fmt.Sprintf("M%d %d L%d %d M%d %d L%d %d L%d %d", x, nicTop, x, l.Y+len(l.Networks)*textRow+6,
			x, crossEnd, up, crossTop, up, portTop+portH)
		for j := range l.Networks {
			l.Networks[j].Y = l.Y + (j+1)*textRow
			l.Networks[j].Text = cutMiddle(l.Networks[j].Text, (slot-8)/letter)
		}
		p.NICs = append(p.NICs, boxed(x-slot/2+16, nicTop, slot-32, 28, u.NIC.Name, "nic"))
	}
	for i := 0; i < len(uplinks); {
		j := i + 1
		for j < len(uplinks) && uplinks[j].Team == uplinks[i].Team {
			j++
		}
		text, class := "in no team", "team absent"
		if t := uplinks[i].Team; t != nil {
			text, class = teamText(t), "team"
		}
		p.Teams = append(p.Teams, boxed(left+i*slot+8, nicTop+28, (j-i)*slot-16, 26, text, class))
		i = j
	}
	text := h.Name
	if h.Inferred {
		text += " (inferred)"
	}
	p.Host = boxed(left, nicTop+54, max(len(uplinks), 1)*slot, 36, text, "host")
	p.H = nicTop + 54 + 36 + 8
}

func teamText(t *topology.Team) string {
	if !t.Mode.Known() {
		return t.Name
	}
	return t.Name + ", " + t.Mode.Value.String()
}

// boxed makes a box with its text in the middle, shortened to fit.
func boxed(x, y, w, h int, text, class string) box {
	full := prose(text)
	return box{X: x, Y: y, W: w, H: h, TX: x + w/2, TY: y + h/2 + 4, Text: cutMiddle(full, (w-8)/letter), Full: full, Class: class}
}

// slug makes a name fit for an anchor that can be pasted into a ticket.
func slug(s string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case r >= 'a' && r <= 'z', r >= 'A' && r <= 'Z', r >= '0' && r <= '9', r == '-', r == '_', r == '.':
			return r
		}
		return '-'
	}, s)
}
