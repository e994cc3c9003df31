package topology

import (
	"slices"
	"strings"

	"uplinkcheck/drivers/capture"
	"uplinkcheck/drivers/state"
)

// addLAGs merges the aggregators of multi-chassis peers into the LAGs that hosts see. What the configuration says
// (MLAG id, Ethernet segment, LACP identity) goes first; where it says nothing, legs that lead to one team of one host
// are merged, if their switches are peers. What was not reported is not the same as nothing: such legs stay apart, and
// LAG.Whole says so.
func (f *Fabric) addLAGs() {
	var legs []*Leg
	for _, s := range f.Switches {
		legs = append(legs, s.legs()...)
	}
	g := &legGroups{}
	for _, key := range legKeys {
		keyed(legs, g, key)
	}
	alone := map[*Leg]bool{}
	for _, l := range legs {
		alone[l] = g.root(l) == l && len(g.groups[l]) == 0
	}
	keyed(legs, g, func(l *Leg) (any, capture.Span) {
		t := l.team()
		if t == nil || l.Switch.Pair == nil || !alone[l] || !l.identified() || l.Numbered() != state.No || l.maybeSegmented() {
			return nil, capture.Span{}
		}
		return struct {
			t *Team
			p *Pair
		}{t, l.Switch.Pair}, capture.Span{}
	})
	byRoot := map[*Leg]*LAG{}
	for _, l := range legs {
		root := g.root(l)
		lag := byRoot[root]
		if lag == nil {
			lag = &LAG{Multi: g.why[root]}
			byRoot[root] = lag
			f.LAGs = append(f.LAGs, lag)
		}
		lag.Legs = append(lag.Legs, l)
	}
	forAll(len(f.LAGs), func(i int) { f.LAGs[i].finish() })
	slices.SortFunc(f.LAGs, func(a, b *LAG) int { return state.NaturalCompare(a.Name, b.Name) })
}

// legs returns the parts of LAGs on the switch, one for each aggregator.
func (s *Switch) legs() []*Leg {
	legs := make([]*Leg, len(s.Aggregators))
	of := make(map[*state.Aggregator]*Leg, len(s.Aggregators))
	for i := range s.Aggregators {
		a := &s.Aggregators[i]
		legs[i] = &Leg{Switch: s, Aggregator: a}
		of[a] = legs[i]
	}
	for _, p := range s.Ports {
		if l := of[p.Aggregator]; l != nil {
			l.Ports = append(l.Ports, p)
		}
	}
	return legs
}

// team returns the one team of a host to which the leg's ports lead, nil when there is none or several.
func (l *Leg) team() *Team {
	var t *Team
	for _, p := range l.Ports {
		if p.Link == nil || p.Link.Uplink.Team == nil {
			continue
		}
		if t != nil && t != p.Link.Uplink.Team {
			return nil
		}
		t = p.Link.Uplink.Team
	}
	return t
}

// legKeys are what says that legs of several switches are one LAG, the surest first.
var legKeys = [...]func(*Leg) (any, capture.Span){mlagKey, segmentKey, identityKey}

// mlagKey: the same multi-chassis id on the switches of one pair.
func mlagKey(l *Leg) (any, capture.Span) {
	if l.Switch.Pair == nil || l.peerLink() {
		return nil, capture.Span{}
	}
	type key struct {
		pair *Pair
		id   string
	}
	for i := range l.Switch.MLAG.Ports {
		m := &l.Switch.MLAG.Ports[i]
		if capture.Is(m.Local, l.Aggregator.Name) {
			return key{l.Switch.Pair, m.ID}, m.From
		}
	}
	if id := l.Aggregator.MLAGID; id.Known() && id.Value != "" {
		return key{l.Switch.Pair, id.Value}, id.From
	}
	return nil, capture.Span{}
}

// segmentKey: the same non-zero Ethernet segment on any switches (RFC 7432).
func segmentKey(l *Leg) (any, capture.Span) {
	esi := l.Aggregator.ESI
	if !esi.Known() || strings.Trim(esi.Value, "0:") == "" {
		return nil, capture.Span{}
	}
	type key struct{ esi string }
	return key{esi.Value}, esi.From
}

// identityKey: the same LACP system and key on the switches of one pair, where the system is not the switch's own.
func identityKey(l *Leg) (any, capture.Span) {
	if l.Switch.Pair == nil || l.peerLink() {
		return nil, capture.Span{}
	}
	type key struct {
		pair   *Pair
		system state.MAC
		key    uint16
	}
	for _, p := range l.Ports {
		if p.Member == nil {
			continue
		}
		a := p.Member.Actor
		if a.System.Known() && !a.System.Value.IsZero() && a.Key.Known() && !capture.Is(l.Switch.Device.ChassisMAC, a.System.Value) {
			return key{l.Switch.Pair, a.System.Value, a.Key.Value}, a.System.From
		}
	}
	return nil, capture.Span{}
}

func (l *Leg) peerLink() bool {
	return slices.ContainsFunc(l.Ports, func(p *Port) bool { return p.Trunk != nil && p.Trunk.PeerLink })
}

// keyed merges the legs that have an equal key; two legs of one switch are never merged.
func keyed(legs []*Leg, g *legGroups, key func(*Leg) (any, capture.Span)) {
	first := map[any]*Leg{}
	for _, l := range legs {
		k, why := key(l)
		if k == nil {
			continue
		}
		if first[k] == nil {
			first[k] = l
			continue
		}
		g.merge(first[k], l, why)
	}
}

// legGroups says which legs are one LAG. A leg that is in no group is alone.
type legGroups struct {
	first  map[*Leg]*Leg   // of each leg of a group
	groups map[*Leg][]*Leg // by first leg: all of them
	why    map[*Leg]capture.Span
}

// root returns the leg that stands for the group of l.
func (g *legGroups) root(l *Leg) *Leg {
	if r := g.first[l]; r != nil {
		return r
	}
	return l
}

// merge makes one group of two, unless they have legs on one switch.
func (g *legGroups) merge(a, b *Leg, why capture.Span) {
	if g.first == nil {
		g.first, g.groups, g.why = map[*Leg]*Leg{}, map[*Leg][]*Leg{}, map[*Leg]capture.Span{}
	}
	ra, rb := g.root(a), g.root(b)
	as, bs := g.legs(ra), g.legs(rb)
	if ra == rb || slices.ContainsFunc(bs, func(x *Leg) bool {
		return slices.ContainsFunc(as, func(y *Leg) bool { return x.Switch == y.Switch })
	}) {
		return
	}
	for _, l := range bs {
		g.first[l] = ra
	}
	g.first[ra] = ra
	g.groups[ra] = append(as, bs...)
	delete(g.groups, rb)
	if !g.why[ra].Known() {
		g.why[ra] = why
	}
}

func (g *legGroups) legs(root *Leg) []*Leg {
	if all := g.groups[root]; all != nil {
		return all
	}
	return []*Leg{root}
}

// finish names a LAG and finds what it leads to.
func (l *LAG) finish() {
	slices.SortFunc(l.Legs, func(a, b *Leg) int { return state.NaturalCompare(a.Switch.Name, b.Switch.Name) })
	l.Name = l.name()
	if len(l.Legs) > 1 {
		l.Pair = l.Legs[0].Switch.Pair
	}
	votes := map[*Team]int{}
	for _, p := range l.Ports() {
		p.LAG = l
		if !p.parked() {
			l.lanes = append(l.lanes, p)
		}
		if t := p.Trunk; t != nil && (t.Z == nil || t.A.Switch != t.Z.Switch) { // a cable back into its own switch is a mistake, no trunk
			l.Inter = true
		}
		if p.Link != nil && p.Link.Uplink.Team != nil {
			votes[p.Link.Uplink.Team]++
		}
	}
	for _, p := range l.Ports() { // in order, so that a tie has one answer
		if p.Link == nil || p.Link.Uplink.Team == nil {
			continue
		}
		if t := p.Link.Uplink.Team; l.Team == nil || votes[t] > votes[l.Team] {
			l.Team = t
		}
	}
}

func (l *LAG) name() string {
	same := true
	var switches, full []string
	for _, leg := range l.Legs {
		same = same && leg.Aggregator.Name == l.Legs[0].Aggregator.Name
		switches = append(switches, leg.Switch.Name)
		full = append(full, leg.Switch.Name+"/"+leg.Aggregator.Name)
	}
	if same {
		return strings.Join(switches, "+") + "/" + l.Legs[0].Aggregator.Name
	}
	return strings.Join(full, "+")
}

// Protocol returns how the LAG's ports are joined: known only when all legs say the same.
func (l *LAG) Protocol() capture.Fact[state.AggregationProtocol] {
	first := l.Legs[0].Aggregator.Protocol
	for _, leg := range l.Legs {
		if equal, known := capture.Same(leg.Aggregator.Protocol, first); !equal || !known {
			return capture.Fact[state.AggregationProtocol]{}
		}
	}
	return first
}

// HostLAGs returns the LAGs that do not lead to another switch of the fabric.
func (f *Fabric) HostLAGs() []*LAG {
	var out []*LAG
	for _, l := range f.LAGs {
		if !l.Inter {
			out = append(out, l)
		}
	}
	return out
}

// AllLAGs returns every LAG.
func (f *Fabric) AllLAGs() []*LAG { return f.LAGs }

// Lanes returns the ports of the LAG that are meant to carry frames: hot standbys, and ports that were shut down and to which
// nothing is known to be cabled, are left out. A port without carrier is not: a cable that was pulled looks just so.
// The result is shared, and must not be written to.
func (l *LAG) Lanes() []*Port { return l.lanes }

// parked reports whether a port waits unused on purpose: shut down by the administrator where nobody declared a cable, or held in
// reserve. That a description names a host is no reason to expect one behind a port that somebody shut down.
func (p *Port) parked() bool {
	if p.Interface != nil && capture.Is(p.Interface.Admin, state.Down) && p.Declared == nil {
		return true
	}
	return p.Member != nil && capture.Is(p.Member.Selected, state.Standby)
}

// vacant reports whether a port of the leg has no carrier and no known neighbour while another does the work.
func (p *Port) vacant(leg *Leg) bool {
	if p.Link != nil || p.Trunk != nil || p.Oper() != state.No {
		return false
	}
	return slices.ContainsFunc(leg.Ports, func(q *Port) bool { return q != p && (q.Link != nil || q.Oper() == state.Yes) })
}

// Whole answers whether all legs of the LAG are known: Unknown when a multi-chassis peer may have one that nobody reported. Why
// says what was not reported. What all members must have in common cannot be said of a LAG that is not whole.
func (l *LAG) Whole() Carriage {
	c := Carriage{Answer: state.Yes}
	for _, leg := range l.Legs {
		if len(leg.Ports) == 0 && !leg.Switch.Listed.Aggregators.Known() {
			c = c.And(silent("%s/%s: its ports were not reported", leg.Switch.Name, leg.Aggregator.Name))
		}
		switch segment, _ := segmentKey(leg); {
		case leg.peerLink() || len(l.Legs) > 1 && leg.Switch.Pair == nil:
		case leg.Switch.Pair != nil:
			c = c.And(l.wholeIn(leg))
		case segment != nil || leg.Numbered() == state.Yes:
			c = c.And(silent("%s/%s is multi-chassis, but no peer of %s gave state", leg.Switch.Name, leg.Aggregator.Name, leg.Switch.Name))
		}
	}
	return c
}

func (l *LAG) wholeIn(leg *Leg) Carriage {
	multi, name := leg.multi(), leg.Switch.Name+"/"+leg.Aggregator.Name
	if multi == state.No {
		return l.wholeBeside(leg, func(x *Leg) bool { return mayShareSegment(x, leg) })
	}
	for _, missing := range leg.Switch.Pair.Missing {
		return silent("%s may have another leg on %s, which gave no state", name, missing)
	}
	for _, peer := range leg.Switch.Pair.Switches {
		if slices.ContainsFunc(l.Legs, func(x *Leg) bool { return x.Switch == peer }) {
			continue
		}
		if !peer.Listed.Aggregators.Known() {
			return silent("%s may have another leg on %s, whose LAGs were not reported", name, peer.Name)
		}
	}
	return l.wholeBeside(leg, func(x *Leg) bool {
		m := x.multi()
		return m != state.No && (m == state.Unknown || multi == state.Unknown || mayBeOne(leg, x)) || mayShareSegment(leg, x) || mayShareSegment(x, leg)
	})
}

// wholeBeside answers Unknown where a leg of another LAG on a peer may be one of this LAG.
func (l *LAG) wholeBeside(leg *Leg, maybe func(*Leg) bool) Carriage {
	for _, peer := range leg.Switch.Pair.Switches {
		if slices.ContainsFunc(l.Legs, func(x *Leg) bool { return x.Switch == peer }) {
			continue
		}
		for _, other := range peer.Fabric.index.lagsOn(peer) {
			if slices.ContainsFunc(other.Legs, func(y *Leg) bool { return y.Switch == leg.Switch }) {
				continue
			}
			for _, x := range other.Legs {
				if x.Switch == peer && maybe(x) {
					return silent("not reported whether %s/%s and %s/%s are one multi-chassis LAG%s", leg.Switch.Name, leg.Aggregator.Name,
						peer.Name, x.Aggregator.Name, withoutLAG(leg, x))
				}
			}
		}
	}
	return Carriage{Answer: state.Yes}
}

// mayBeOne reports whether two multi-chassis legs that nothing joins may be one LAG all the same: one may have the id of the other, or what says
// that they are multi-chassis is not of one kind.
func mayBeOne(a, b *Leg) bool {
	if m, n := a.Numbered(), b.Numbered(); m == state.Unknown && n != state.No || n == state.Unknown && m != state.No {
		return true
	}
	for _, key := range legKeys {
		x, _ := key(a)
		y, _ := key(b)
		if x != nil && y != nil {
			return false
		}
	}
	return true
}

// withoutLAG words that the switch of one of the legs lists an id that the leg may have.
func withoutLAG(legs ...*Leg) string {
	for _, l := range legs {
		if l.Numbered() == state.Unknown {
			return ": " + l.Switch.Name + " lists a multi-chassis id, and not which of its LAGs has it"
		}
	}
	return ""
}

// maybeSegmented reports whether the leg may be part of an Ethernet segment: its switch has some, and of the leg nothing was reported.
func (l *Leg) maybeSegmented() bool {
	return !l.Aggregator.ESI.Known() && (capture.Is(l.Switch.MLAG.Protocol, state.EVPNESI) ||
		slices.ContainsFunc(l.Switch.Aggregators, func(a state.Aggregator) bool { return strings.Trim(a.ESI.Value, "0:") != "" }))
}

// mayShareSegment reports whether one leg is part of an Ethernet segment, and of the other it was not reported whether it is.
func mayShareSegment(a, b *Leg) bool {
	key, _ := segmentKey(a)
	return key != nil && !b.Aggregator.ESI.Known()
}

// Numbered answers whether the switch gave the leg a multi-chassis id, by the ids that it lists: Unknown where it does not say which of its
// LAGs has one of them, and of the leg nothing.
func (l *Leg) Numbered() state.Tri {
	id, answer := l.Aggregator.MLAGID, state.No
	if id.Known() && id.Value != "" {
		return state.Yes
	}
	for i := range l.Switch.MLAG.Ports {
		switch own := l.Switch.MLAG.Ports[i].Local; {
		case capture.Is(own, l.Aggregator.Name):
			return state.Yes
		case !own.Known() && !id.Known():
			answer = state.Unknown
		}
	}
	return answer
}

// multi answers whether the leg is part of a multi-chassis LAG, as its own switch says.
func (l *Leg) multi() state.Tri {
	if l.peerLink() {
		return state.No
	}
	for _, key := range legKeys {
		if k, _ := key(l); k != nil {
			return state.Yes
		}
	}
	if (l.Aggregator.MLAGID.Known() || l.Numbered() != state.Unknown) && (l.Switch.Listed.MLAGPorts.Known() || l.identified()) {
		return state.No
	}
	return state.Unknown
}

// identified reports whether the leg's own LACP identity was reported, or that it has none.
func (l *Leg) identified() bool {
	if capture.Is(l.Aggregator.Protocol, state.Static) && !capture.Is(l.Switch.MLAG.Protocol, state.PeerLinkMLAG) {
		return true
	}
	return slices.ContainsFunc(l.Ports, func(p *Port) bool {
		return p.Member != nil && p.Member.Actor.System.Known() && p.Member.Actor.Key.Known()
	})
}
