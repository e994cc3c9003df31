package topology

import (
	"slices"
	"strings"

	"uplinkcheck/drivers/capture"
	"uplinkcheck/drivers/state"
	"uplinkcheck/inventory"
)

// A Loss is what one scenario takes away. The zero Loss takes nothing.
type Loss struct {
	Switch *Switch
	Member string // only this member of the stack; empty: the whole switch
	Link   *Link  // one cable to a host
	Trunk  *Trunk // one cable between switches
}

// String names what is lost: "leaf1", "leaf1 member 2", "link esx1/vmnic0 to leaf1/Ethernet7".
func (l Loss) String() string {
	switch {
	case l.Switch != nil:
		return Chassis{l.Switch.Name, l.Member}.String()
	case l.Link != nil && l.Link.Port != nil:
		return "link " + l.Link.Uplink.String() + " to " + l.Link.Port.String()
	case l.Link != nil:
		return "link of " + l.Link.Uplink.String()
	case l.Trunk != nil && l.Trunk.Z != nil:
		return "link " + l.Trunk.A.String() + " to " + l.Trunk.Z.String()
	case l.Trunk != nil:
		return "link at " + l.Trunk.A.String()
	}
	return "nothing"
}

// takes reports whether the port is gone in the scenario; unknown on a stack that does not say which member owns it.
func (l Loss) takes(p *Port) state.Tri {
	switch {
	case l.Switch != nil && l.Switch == p.Switch:
		if l.Member == "" {
			return state.Yes
		}
		c, ok := p.Chassis()
		return tri(ok, c.Member == l.Member)
	case l.Link != nil && l.Link.Port != nil && (l.Link.Port == p || sameOptic(l.Link.Port, p)):
		return state.Yes
	case l.Trunk != nil && (l.Trunk.A == p || l.Trunk.Z == p):
		return state.Yes
	}
	return state.No
}

// sameOptic reports whether two ports are lanes of one transceiver, and so of one cable: names that differ only in the number
// after a colon. Where a platform numbers lanes like ports, nobody can tell from the name, and they count as two.
func sameOptic(a, b *Port) bool {
	x, _, lanesA := strings.Cut(a.Name, ":")
	y, _, lanesB := strings.Cut(b.Name, ":")
	return a.Switch == b.Switch && lanesA && lanesB && x == y
}

func tri(known, yes bool) state.Tri {
	switch {
	case !known:
		return state.Unknown
	case yes:
		return state.Yes
	}
	return state.No
}

func not(t state.Tri) state.Tri {
	switch t {
	case state.Yes:
		return state.No
	case state.No:
		return state.Yes
	}
	return state.Unknown
}

// remains answers whether the port still carries the VLAN after the loss. Min-links of its aggregator count.
func (l Loss) remains(p *Port, v state.VID) state.Tri {
	gone := l.takes(p)
	if gone == state.Yes {
		return state.No
	}
	answer := p.Carries(v).Answer.And(not(gone))
	if l.Trunk != nil || l.Link != nil || l.Switch != nil {
		answer = answer.And(l.enoughLinks(p))
	}
	return answer
}

// bridges is remains for a port towards another switch, where the spanning tree reacts to the loss: a port that it holds in
// reserve takes over. One that is blocked for a reason nobody reported may or may not.
func (l Loss) bridges(p *Port, v state.VID) state.Tri {
	answer := l.remains(p, v)
	if answer != state.No || l == (Loss{}) || l.takes(p) != state.No || p.Forwards(v).Answer != state.No {
		return answer
	}
	if p.InService().And(p.HasVLAN(v)).Answer.And(l.enoughLinks(p)) == state.No {
		return state.No
	}
	return p.alternate(v)
}

// alternate answers whether the spanning tree holds the blocked port in reserve.
func (p *Port) alternate(v state.VID) state.Tri {
	name := p.Name
	if p.Bridge != nil {
		name = p.Bridge.Interface
	}
	for i := range p.Switch.STP {
		if t := &p.Switch.STP[i]; t.Interface == name && t.VIDs.Has(v) {
			return tri(t.Alternate.Known(), t.Alternate.Value)
		}
	}
	return state.Unknown
}

// enoughLinks answers whether the aggregator of the port keeps its minimum of links on this switch.
func (l Loss) enoughLinks(p *Port) state.Tri {
	if p.Aggregator == nil || !p.Aggregator.MinLinks.Known() || p.Aggregator.MinLinks.Value <= 1 {
		return state.Yes
	}
	sure, possible := 0, 0
	for _, q := range p.Switch.Ports {
		if q.Aggregator != p.Aggregator {
			continue
		}
		switch l.takes(q).And(state.Yes) {
		case state.Yes:
			continue
		case state.Unknown:
			possible++
			continue
		}
		switch q.linkUp().And(q.Bundled()).Answer {
		case state.Yes:
			sure++
			possible++
		case state.Unknown:
			possible++
		}
	}
	switch n := p.Aggregator.MinLinks.Value; {
	case sure >= n:
		return state.Yes
	case possible < n:
		return state.No
	}
	return state.Unknown
}

// segment is the layer-2 segment of one VLAN after a loss, once with everything that may carry it and once with what
// surely does. Vertices are switches.
type segment struct {
	sure, possible map[*Switch]int // component numbers
}

// segment computes which switches are connected in the VLAN after the loss. Results are kept: every role asks again.
func (f *Fabric) segment(v state.VID, l Loss) segment {
	type key struct {
		v state.VID
		l Loss
	}
	if s, ok := f.segments.Load(key{v, l}); ok {
		return s.(segment)
	}
	s := segment{sure: f.components(v, l, true), possible: f.components(v, l, false)}
	f.segments.Store(key{v, l}, s)
	return s
}

func (f *Fabric) components(v state.VID, l Loss, onlySure bool) map[*Switch]int {
	parent := map[*Switch]*Switch{}
	root := func(s *Switch) *Switch {
		for parent[s] != nil {
			s = parent[s]
		}
		return s
	}
	for _, t := range f.Trunks {
		if t.Far == nil && t.Z == nil {
			f.joinPeers(t, v, l, onlySure, parent, root)
			continue
		}
		far := t.Far
		if t.Z != nil {
			far = t.Z.Switch
		}
		a := l.bridges(t.A, v)
		z := state.Unknown
		if t.Z != nil {
			z = l.bridges(t.Z, v)
		} else if l.Switch == far && l.Member == "" {
			z = state.No
		}
		if both := a.And(z); both == state.Yes || both == state.Unknown && !onlySure {
			if ra, rz := root(t.A.Switch), root(far); ra != rz {
				parent[rz] = ra
			}
		}
	}
	out := map[*Switch]int{}
	for i, s := range f.Switches {
		if _, done := out[root(s)]; !done {
			out[root(s)] = i + 1
		}
		out[s] = out[root(s)]
	}
	return out
}

// joinPeers handles a peer-link of which only this end names a port: the far end is the pair's other switch, possibly.
func (f *Fabric) joinPeers(t *Trunk, v state.VID, l Loss, onlySure bool, parent map[*Switch]*Switch, root func(*Switch) *Switch) {
	s := t.A.Switch
	if onlySure || s.Pair == nil || l.remains(t.A, v) == state.No {
		return
	}
	for _, peer := range s.Pair.Switches {
		if peer == s || (l.Switch == peer && l.Member == "") {
			continue
		}
		if ra, rz := root(s), root(peer); ra != rz {
			parent[rz] = ra
		}
	}
}

// connected answers whether two switches are in one segment.
func (g segment) connected(a, b *Switch) state.Tri {
	switch {
	case a == b || g.sure[a] == g.sure[b]:
		return state.Yes
	case g.possible[a] == g.possible[b]:
		return state.Unknown
	}
	return state.No
}

// An attachment is where a host or anchor enters a segment after a loss.
type attachment struct {
	at    *Switch
	sure  bool
	alone bool // it may be the only one in use after the loss: nothing makes the host spread its frames over all its links
}

func (l Loss) attachments(uplinks []*Uplink, v state.VID) (out []attachment) {
	for _, u := range uplinks {
		if u.Link != nil && u.Link == l.Link {
			continue
		}
		c := u.Carries(v)
		p := u.Mapped()
		if p == nil || c.Answer == state.No {
			continue
		}
		switch c.Answer.And(l.remains(p, v)) {
		case state.Yes:
			out = append(out, attachment{p.Switch, true, l.leavesAlone(u)})
		case state.Unknown:
			out = append(out, attachment{p.Switch, false, l.leavesAlone(u)})
		}
	}
	return out
}

// leavesAlone reports whether the host may use this uplink alone after a loss: it is not known to be in an aggregator. Before any
// loss what works now is asked, and that is not told by what may be.
func (l Loss) leavesAlone(u *Uplink) bool {
	return l != (Loss{}) && (u.Team == nil || u.Team.Mode.Value.NeedsAggregator() != state.Yes)
}

// Survival is what a scenario leaves of one host's network.
type Survival struct {
	Loss    Loss
	Answer  state.Tri // Yes: the host still reaches the rest of the network
	Why     string
	From    []capture.Span
	Missing string // for Unknown
}

// Survives answers whether the host keeps the network when l is lost: an uplink that carries each of its VLANs remains, and
// leads to the network's gateway, or, where none is declared, to the hosts of its clusters that remain attached.
func (r *Role) Survives(l Loss) Survival {
	worst := Survival{Loss: l, Answer: state.Yes}
	for v := range r.Network.VLANs.All() {
		s := r.survives(l, v)
		if s.Answer == state.No {
			worst = s
			break
		}
		if s.Answer == state.Unknown && worst.Answer == state.Yes {
			worst = s
		} else if worst.Answer == state.Yes {
			worst.Why, worst.From = s.Why, append(worst.From, s.From...)
		}
	}
	if worst.Answer == state.Yes {
		return worst
	}
	for _, alt := range r.Alternatives {
		plain := *alt
		plain.Alternatives = nil
		if other := plain.Survives(l); other.Answer == state.Yes {
			other.Why = "path " + alt.Network.Name + " remains: " + other.Why
			return other
		} else if other.Answer == state.Unknown && worst.Answer == state.No {
			worst = other
		}
	}
	return worst
}

func (r *Role) survives(l Loss, v state.VID) Survival {
	s := Survival{Loss: l, Answer: state.No}
	var left, unclear, gone []string
	for _, u := range r.Uplinks {
		c := u.Carries(v)
		p := u.Mapped()
		switch {
		case c.Answer == state.No:
			gone = append(gone, c.Why)
			s.From = append(s.From, c.From...)
		case p == nil || u.Confidence() <= Inferred:
			unclear = append(unclear, c.Why)
		case u.Link == l.Link && l.Link != nil || l.takes(p) == state.Yes:
			gone = append(gone, u.String()+" ends on "+p.String())
			s.From = append(s.From, u.Link.Evidence()...)
		default:
			switch c.Answer.And(l.remains(p, v)) {
			case state.Yes:
				left = append(left, u.String()+" over "+p.String())
				s.From = append(s.From, c.From...)
			case state.No:
				gone = append(gone, p.String()+" falls below the aggregator's minimum of links")
				s.From = append(s.From, p.Aggregator.MinLinks.From)
			default:
				why := c.Why
				if c.Answer == state.Yes {
					why = p.String() + ": not known whether it remains"
				}
				unclear = append(unclear, why)
			}
		}
	}
	switch {
	case len(left) > 0:
		return r.reaches(l, v, Survival{Loss: l, Answer: state.Yes, Why: strings.Join(left, " and ") + " remains", From: s.From})
	case len(unclear) > 0:
		s.Answer, s.Why = state.Unknown, "not known whether an uplink remains: "+strings.Join(unclear, "; ")
		s.Missing = strings.Join(unclear, "; ")
	case !r.Host.ListsNICs():
		s.Answer, s.Why = state.Unknown, r.Host.Name+" did not list all its NICs; of those that are known none is left: "+strings.Join(gone, "; ")
		s.Missing = "the whole list of NICs of " + r.Host.Name
	default:
		s.Why = "no uplink is left: " + strings.Join(gone, "; ")
		if len(gone) == 0 {
			s.Answer, s.Why, s.Missing = state.Unknown, "no uplink of the host is known", "the NICs of "+r.Host.Name+", reported or declared"
		}
	}
	return s
}

// reaches asks whether what is left leads anywhere.
func (r *Role) reaches(l Loss, v state.VID, s Survival) Survival {
	mine := l.attachments(r.Uplinks, v)
	seg := r.Host.Fabric.segment(v, l)
	var gateways []attachment
	var names []string
	for _, p := range r.Network.GatewayPorts() {
		if keeps := l.remains(p, v); keeps != state.No { // a gateway that is lost itself is not a matter of this host's uplinks
			gateways = append(gateways, attachment{at: p.Switch, sure: keeps == state.Yes})
			names = append(names, "gateway "+p.String())
		}
	}
	for _, gw := range r.Network.GatewaySwitches() {
		if l.Switch != gw || l.Member != "" {
			gateways = append(gateways, attachment{at: gw, sure: true})
			names = append(names, "gateway "+gw.Name)
		}
	}
	if len(gateways) > 0 {
		return s.with(joined(seg, mine, gateways), l, v, strings.Join(names, ", "))
	}
	all, placed := state.Yes, false
	var lost []string
	for _, mate := range r.mates() {
		theirs := l.attachments(mate.Uplinks, v)
		if len(theirs) == 0 {
			if mate.unplaced() {
				lost = append(lost, mate.Host.Name)
			}
			continue // lost or never there: its own finding
		}
		placed = true
		got := joined(seg, mine, theirs)
		if got != state.Yes {
			names = append(names, mate.Host.Name)
		}
		all = all.And(got)
	}
	if !placed && len(lost) > 0 {
		all, names = state.Unknown, lost // nobody is left of whom it is known where he is
	}
	return s.with(all, l, v, strings.Join(names, ", "))
}

func (s Survival) with(answer state.Tri, l Loss, v state.VID, whom string) Survival {
	switch answer {
	case state.No:
		s.Answer = state.No
		s.Why = "what remains (" + s.Why + ") does not lead to " + whom + " in VLAN " + VIDString(v)
	case state.Unknown:
		s.Answer = state.Unknown
		s.Why = "not known whether what remains leads to " + whom + " in VLAN " + VIDString(v)
		s.Missing = "links between the switches that carry VLAN " + VIDString(v) + ": enable LLDP between the switches, collect every switch between them, or declare the cables under links:"
	}
	return s
}

// VIDString returns the decimal form.
func VIDString(v state.VID) string { return state.VIDs(v).String() }

// joined answers whether two hosts reach each other whichever of their links each uses: Unknown when that depends on it.
func joined(seg segment, a, b []attachment) state.Tri {
	some, all := state.No, state.Yes
	for _, x := range choices(a) {
		for _, y := range choices(b) {
			c := meet(seg, x, y)
			some, all = some.Or(c), all.And(c)
		}
	}
	if some == state.Yes && all != state.Yes {
		return state.Unknown
	}
	return some
}

// choices splits attachments into sets of which a host uses one: those of aggregators together, any other by itself.
func choices(all []attachment) (out [][]attachment) {
	var together []attachment
	for _, x := range all {
		if x.alone {
			out = append(out, []attachment{x})
		} else {
			together = append(together, x)
		}
	}
	if len(together) > 0 {
		out = append(out, together)
	}
	return out
}

func meet(seg segment, a, b []attachment) state.Tri {
	best := state.No
	for _, x := range a {
		for _, y := range b {
			c := seg.connected(x.at, y.at)
			if c == state.Yes && (!x.sure || !y.sure) {
				c = state.Unknown
			}
			best = best.Or(c)
		}
	}
	return best
}

// unplaced reports whether an uplink that may carry the network ends nobody knows where, on a host that is in service.
func (r *Role) unplaced() bool {
	return (r.Host.Entry == nil || !r.Host.Entry.Maintenance) &&
		slices.ContainsFunc(r.Uplinks, func(u *Uplink) bool { return u.Mapped() == nil && u.InService().Answer != state.No })
}

// mates returns the same network on the other hosts of the host's clusters.
func (r *Role) mates() (out []*Role) {
	for _, h := range r.Host.Fabric.Hosts {
		if h == r.Host || !slices.ContainsFunc(h.Clusters, func(c *inventory.Cluster) bool { return slices.Contains(r.Host.Clusters, c) }) {
			continue
		}
		for _, other := range h.Required {
			if other.Network == r.Network {
				out = append(out, other)
			}
		}
	}
	return out
}
