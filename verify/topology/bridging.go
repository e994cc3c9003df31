package topology

import (
	"fmt"
	"slices"
	"strings"

	"uplinkcheck/drivers/capture"
	"uplinkcheck/drivers/state"
	"uplinkcheck/inventory"
)

// A Spot is a VLAN on a switch: a vertex of the graph of broadcast domains.
type Spot struct {
	Switch *Switch
	VID    state.VID
}

// String returns "VLAN 10 on leaf1".
func (s Spot) String() string { return fmt.Sprintf("VLAN %d on %s", s.VID, s.Switch.Name) }

// tagging is what a port does with the frames of each VLAN now: what surely holds, and what may hold because a part was not
// reported. A port that is down, out of its aggregator, routed or blocked lets nothing through.
type tagging struct {
	sure, maybe state.VIDSet // that pass
	bare        state.VIDSet // that leave without a tag, or may
	bareKnown   bool         // bare was reported, not concluded
	pvid        capture.Fact[state.VID]
	tagged      bool // frames with the tag of an untagged VLAN are taken in as well
}

func (p *Port) tagging() (x tagging) {
	w := p.flow()
	switch w.service {
	case state.Yes:
		x.sure, x.maybe = w.yes, w.maybe
	case state.Unknown:
		x.maybe = w.maybe
	}
	b := p.Bridge
	if x.maybe.Empty() || b == nil {
		x.bare = x.maybe
		return x
	}
	x.pvid = b.PVID
	x.tagged = b.Mode.Known() && (b.Mode.Value == state.Trunk || b.Mode.Value == state.Hybrid)
	switch {
	case b.Untagged.Known():
		x.bare, x.bareKnown = b.Untagged.Value, true
	case b.PVID.Known():
		x.bare, x.bareKnown = state.VIDs(b.PVID.Value), capture.Is(b.Mode, state.Access)
	default:
		x.bare = x.maybe
	}
	return x
}

// A joint lets frames pass between two switches, or between two ports of one: in each of a set of VIDs without changing it, or,
// a seam, from one VID to another.
type joint struct {
	a, z        *Port // z is nil where the far port is not known
	from, to    *Switch
	sure, maybe state.VIDSet // of a seam: from's VID
	turn        state.VID    // of a seam: to's VID; else 0
	claims      []capture.Span
	hint        string // why it may be there although nobody saw a cable
	through     string // what is between the ports where it is no cable
}

func (e *joint) seam() bool { return e.turn != 0 }

// vid is the VID of a seam at its near end.
func (e *joint) vid() state.VID {
	for v := range e.maybe.All() {
		return v
	}
	return 0
}

// leads reports whether the joint, read from its a to its z, leads from one spot to the other.
func (e *joint) leads(from, to Spot) bool {
	if e.from != from.Switch || e.to != to.Switch || !e.maybe.Has(from.VID) {
		return false
	}
	return e.seam() && e.turn == to.VID || !e.seam() && from.VID == to.VID
}

// ways returns the spots to which the joint may lead from one of its ends.
func (e *joint) ways(at Spot) (out []Spot) {
	near, far := at.VID, at.VID
	if e.seam() {
		near, far = e.vid(), e.turn
	}
	if e.from == at.Switch && e.maybe.Has(at.VID) {
		out = append(out, Spot{e.to, far})
	}
	if e.to == at.Switch && (e.seam() && e.turn == at.VID || !e.seam() && e.maybe.Has(at.VID)) {
		out = append(out, Spot{e.from, near})
	}
	return out
}

// answer tells whether frames surely get from one spot to the other over the joint, of which ways says that they may.
func (e *joint) answer(from, to Spot) state.Tri {
	return tri(!e.sure.Empty() && (e.seam() || e.sure.Has(from.VID)), true)
}

// open says what is not known about an edge that is only possible.
func (e *joint) open(d *Domains, from, to Spot) string {
	if e.hint != "" {
		return e.hint
	}
	if e.z == nil {
		return "it is not known at which port the cable of " + e.a.String() + " ends"
	}
	for _, end := range []*Port{e.a, e.z} {
		v := from.VID
		if end.Switch != from.Switch {
			v = to.VID
		}
		if c := end.Carries(v); c.Answer == state.Unknown {
			return c.Why
		}
	}
	if t := e.a.Trunk; t != nil {
		if _, contested := t.disputed(); contested {
			return "sources disagree about where the cable of " + t.A.String() + " ends (" + t.says() + ")"
		}
	}
	return "whether " + e.a.String() + " and " + e.z.String() + " tag VLAN " + VIDString(from.VID) + " alike was not reported"
}

// A Doubt is a place where it is not known what a broadcast domain is joined with.
type Doubt struct {
	At      *Port
	VIDs    state.VIDSet // of the switch that are concerned
	On      *Switch      // At's, or the switch at the far end
	Why     string
	Missing string
}

// joinTrunk says what frames do on one cable between switches.
func (d *Domains) joinTrunk(t *Trunk) {
	a := d.tagging(t.A)
	if a.maybe.Empty() {
		return
	}
	e := joint{a: t.A, z: t.Z, from: t.A.Switch, to: t.Far, maybe: a.maybe}
	for _, c := range t.Claims {
		e.claims = append(e.claims, c.From)
	}
	if t.Z == nil {
		d.joinUnseen(t, e, a)
		return
	}
	e.to = t.Z.Switch
	z := d.tagging(t.Z)
	if z.maybe.Empty() {
		return
	}
	e.sure, e.maybe = d.meet(a.sure, z.sure), d.meet(a.maybe, z.maybe)
	strays, contested := t.disputed()
	if contested {
		e.sure, a.sure, z.sure = state.VIDSet{}, state.VIDSet{}, state.VIDSet{}
		d.doubtCable(t, append(strays, t.A, t.Z)...)
	}
	special := a.bare.Union(z.bare)
	if special.Len() > 16 { // what leaves untagged was not reported
		e.sure = e.sure.Minus(special)
		special = state.VIDSet{}
	}
	for v := range special.Intersect(e.maybe).All() {
		switch keepsTag(a, z, v).Or(keepsTag(z, a, v)) {
		case state.No:
			e.sure, e.maybe = e.sure.Minus(state.VIDs(v)), e.maybe.Minus(state.VIDs(v))
		case state.Unknown:
			e.sure = e.sure.Minus(state.VIDs(v))
		}
	}
	if e.from != e.to && !e.maybe.Empty() {
		d.joints = append(d.joints, e)
	}
	d.turns(e, a, z)
}

// disputed returns the ports that a claim names as an end of the cable although it ends elsewhere by another, and whether one end is
// said to be in another cable.
func (t *Trunk) disputed() (strays []*Port, contested bool) {
	for _, c := range t.Claims {
		if c.Port != nil && c.Port != t.A && c.Port != t.Z {
			strays = append(strays, c.Port)
		}
	}
	return strays, len(strays) > 0 || t.A.Trunk != t || t.Z != nil && t.Z.Trunk != t
}

// doubtCable notes that sources disagree about where a cable ends: what its ends are joined with is not known.
func (d *Domains) doubtCable(t *Trunk, ends ...*Port) {
	why := fmt.Sprintf("sources disagree about where the cable of %s ends (%s)", t.A, t.says())
	for _, p := range ends {
		if p == nil {
			continue
		}
		d.addDoubt(Doubt{At: p, On: p.Switch, VIDs: d.tagging(p).maybe, Why: why, Missing: "settle which of them is right: look at the cable, at LLDP of both ends and at links: in the inventory"})
	}
}

// says describes the claims in words.
func (t *Trunk) says() string {
	var parts []string
	for _, c := range t.Claims {
		say := c.By.String()
		if c.Port != nil {
			say += ": " + c.Port.String()
		}
		if !slices.Contains(parts, say) {
			parts = append(parts, say)
		}
	}
	return strings.Join(parts, "; ")
}

// keepsTag answers whether frames of a VLAN that leave x for y are in the same VLAN there.
func keepsTag(x, y tagging, v state.VID) state.Tri {
	passes := tri(x.sure.Has(v) && y.sure.Has(v), true)
	bare := tri(x.bareKnown, x.bare.Has(v))
	asBare := tri(y.pvid.Known(), y.pvid.Value == v)
	asTagged := tri(y.tagged || y.bareKnown && !y.bare.Has(v), true)
	if asBare == state.Yes && asTagged == state.Yes { // with a tag or without: the same
		return passes
	}
	return passes.And(bare.And(asBare).Or(not(bare).And(asTagged)))
}

// turns adds the seams of a cable: the VLANs that leave one end without a tag, and the other end's VLAN for such frames.
func (d *Domains) turns(e joint, a, z tagging) {
	if a.bare.Empty() && z.bare.Empty() {
		return
	}
	for _, way := range []struct {
		out, in tagging
		from    *Port
		to      *Port
	}{{a, z, e.a, e.z}, {z, a, e.z, e.a}} {
		switch {
		case way.out.bare.Empty():
		case !way.in.pvid.Known():
			d.doubtUntagged(way.to, way.from, way.to, way.out, way.in)
		case !way.out.bareKnown && !way.out.pvid.Known():
			d.doubtUntagged(way.from, way.from, way.to, way.out, way.in)
		case way.in.pvid.Value != 0 && way.in.maybe.Has(way.in.pvid.Value):
			for v := range way.out.bare.Intersect(way.out.maybe).All() {
				d.turn(e, way.from, way.to, v, way.out, way.in)
			}
		}
	}
}

func (d *Domains) turn(e joint, from, to *Port, v state.VID, out, in tagging) {
	w := in.pvid.Value
	if v == w {
		return // keepsTag has it
	}
	s := joint{a: from, z: to, from: from.Switch, to: to.Switch, maybe: state.VIDs(v), turn: w, claims: e.claims}
	if out.bareKnown && out.sure.Has(v) && in.sure.Has(w) {
		s.sure = s.maybe
	}
	for _, span := range []capture.Span{from.Bridge.PVID.From, to.Bridge.PVID.From} {
		s.claims = append(s.claims[:len(s.claims):len(s.claims)], span)
	}
	d.joints = append(d.joints, s)
}

// doubtUntagged notes that the untagged VLAN of one end of a cable was not reported: frames of what leaves the near end without a
// tag may come out in any VLAN of the far end.
func (d *Domains) doubtUntagged(silent, near, far *Port, out, in tagging) {
	why, missing := fmt.Sprintf("the untagged VLAN of %s was not reported", silent), fmt.Sprintf("the untagged (native) VLAN of %s", silent)
	d.addDoubt(Doubt{At: silent, On: near.Switch, VIDs: out.bare.Intersect(out.maybe), Why: why, Missing: missing})
	d.addDoubt(Doubt{At: silent, On: far.Switch, VIDs: in.maybe, Why: why, Missing: missing})
}

func (d *Domains) addDoubt(x Doubt) { d.doubts[x.On] = append(d.doubts[x.On], x) }

// joinUnseen handles a cable of which only one end is known: nobody reported what the other end does.
func (d *Domains) joinUnseen(t *Trunk, e joint, a tagging) {
	far := []*Switch{t.Far}
	if t.Far == nil {
		far = nil
		if pair := t.A.Switch.Pair; pair != nil {
			far = slices.DeleteFunc(slices.Clone(pair.Switches), func(s *Switch) bool { return s == t.A.Switch })
		}
	}
	why := fmt.Sprintf("it is not known at which port the cable of %s ends", t.A)
	missing := fmt.Sprintf("LLDP at the other end of %s, or the cable under links: in the inventory", t.A)
	untagged := !a.bare.Empty() || !capture.Is(a.pvid, 0)
	if len(far) == 0 || t.Far == nil && len(t.A.Switch.Pair.Missing) > 0 {
		d.addDoubt(Doubt{At: t.A, On: t.A.Switch, VIDs: a.maybe, Why: why, Missing: missing})
	}
	for _, s := range far {
		one := e
		one.to = s
		d.joints = append(d.joints, one)
		if untagged {
			bare := a.bare
			if a.pvid.Known() {
				bare = bare.Union(state.VIDs(a.pvid.Value))
			}
			d.addDoubt(Doubt{At: t.A, On: t.A.Switch, VIDs: bare, Why: why, Missing: missing})
			d.addDoubt(Doubt{At: t.A, On: s, VIDs: state.AllVIDs, Why: why, Missing: missing})
		}
	}
}

// joinTunnels notes that switches that tunnel VLANs may carry any that both have to each other. In each VLAN one joint from each switch to the
// next says that of all.
func (d *Domains) joinTunnels() {
	var last [4096]*Switch
	for _, s := range d.fabric.Switches {
		line := s.tunnels()
		if !line.Known() {
			continue
		}
		var before []*Switch
		vids := map[*Switch][]state.VID{}
		for v := range s.mayHave().All() {
			if p := last[v]; p != nil {
				if vids[p] == nil {
					before = append(before, p)
				}
				vids[p] = append(vids[p], v)
			}
			last[v] = s
		}
		for _, p := range before {
			d.joints = append(d.joints, joint{from: p, to: s, maybe: state.VIDs(vids[p]...), claims: []capture.Span{line},
				hint: "which VLANs " + p.Name + " and " + s.Name + " carry in tunnels (VXLAN, EVPN) was not reported"})
		}
	}
}

// meet is Intersect, remembered: a fabric has few different sets.
func (d *Domains) meet(a, b state.VIDSet) state.VIDSet {
	if a == b {
		return a
	}
	key := [2]state.VIDSet{a, b}
	out, ok := d.met[key]
	if !ok {
		out = a.Intersect(b)
		d.met[key] = out
	}
	return out
}

// joinHostBridge says what a bridge of a host joins: the VLANs of its ways out, at the ports where the host's uplinks end.
func (d *Domains) joinHostBridge(h *Host, b *inventory.HostBridge) {
	first := d.exits(h, b.Ways[0])
	for _, way := range b.Ways[1:] {
		for _, z := range d.exits(h, way) {
			for _, a := range first {
				e := joint{a: a.port, z: z.port, from: a.port.Switch, to: z.port.Switch, maybe: state.VIDs(a.vid), turn: z.vid,
					claims:  []capture.Span{b.From, b.Ways[0].From, way.From},
					through: "bridge " + b.Name + " of " + h.Name}
				if a.vid == z.vid {
					e.turn = 0
				}
				if a.sure && z.sure {
					e.sure = e.maybe
				}
				if a.vid != z.vid || e.from != e.to {
					d.joints = append(d.joints, e)
				}
			}
		}
	}
}

// An exit is a VLAN at a port at which frames leave a host.
type exit struct {
	port *Port
	vid  state.VID
	sure bool
}

// exits returns the ports at which the frames of a host's way come out, or may.
func (d *Domains) exits(h *Host, way inventory.Way) (out []exit) {
	for _, u := range h.Uplinks {
		p := u.Mapped()
		if u.NIC.Name != way.Over && u.NIC.Team != way.Over || p == nil || u.Serves() == state.No {
			continue
		}
		x, vid := d.tagging(p), way.VID
		if vid == 0 {
			vid = x.pvid.Value
		}
		if vid.Valid() && x.maybe.Has(vid) && (way.VID != 0 || x.pvid.Known()) {
			out = append(out, exit{p, vid, x.sure.Has(vid) && u.Confidence() > Inferred && u.Serves() == state.Yes})
		}
	}
	return out
}
