package topology

import (
	"slices"

	"uplinkcheck/drivers/state"
)

// A Meeting is another VLAN, or another network of the same VLAN, that is or may be in the broadcast domain of a network.
type Meeting struct {
	Of      *Network
	Network *Network  // the other; nil where nobody declared what the VLAN is for
	VID     state.VID // the other's
	Answer  state.Tri // Yes or Unknown; No only of another network with the same VLAN number
	Path    []Hop     // from a spot of the one to a spot of the other; nil where they are at one spot, or no way is known

	// Located is false where nobody knows at which ports one of them is, so that the numbers alone were compared.
	Located bool
}

// Meetings returns what meets the network: first other networks with the same VLAN numbers, then VLANs that mismatched untagged VLANs,
// or a bridge that nobody declared, join with one of its own, by VID.
func (n *Network) Meetings() []Meeting {
	return n.Fabric.bridged.meetings.of(n, func() []Meeting { return append(n.namesakes(), n.joinedVLANs()...) })
}

// namesakes are the other networks that were declared with a VLAN number of this one.
func (n *Network) namesakes() (out []Meeting) {
	w := n.Fabric.whereabouts()
	seen := map[*Network]bool{n: true}
	for v := range n.VLANs.All() {
		for _, o := range w.byVID[v] {
			if seen[o] {
				continue
			}
			seen[o] = true
			m := Meeting{Of: n, Network: o, VID: v, Answer: state.No, Located: true}
			for shared := range n.VLANs.Intersect(o.VLANs).All() {
				answer, located := w.sameDomain(n, o, shared)
				if answer == state.Yes || answer == state.Unknown && m.Answer == state.No {
					m.Answer, m.VID, m.Located = answer, shared, located
				}
			}
			out = append(out, m)
		}
	}
	return out
}

// sameDomain answers whether one VLAN number of two networks is one VLAN.
func (w *whereabouts) sameDomain(n, o *Network, v state.VID) (answer state.Tri, located bool) {
	d := n.Fabric.Domains()
	here, there := w.seedsOf(n, v), w.seedsOf(o, v)
	if len(here) == 0 || len(there) == 0 {
		return state.Unknown, false
	}
	sure, may, open := map[*Domain]bool{}, map[*Domain]bool{}, false
	for _, s := range here {
		x := d.domain(Spot{s, v}, true)
		sure[d.Of(s, v)], may[x] = true, true
		open = open || len(x.Doubts()) > 0
	}
	answer = state.No
	for _, s := range there {
		x := d.domain(Spot{s, v}, true)
		switch {
		case sure[d.Of(s, v)]:
			return state.Yes, true
		case may[x] || open && len(x.Doubts()) > 0:
			answer = state.Unknown
		}
	}
	return answer, true
}

// joinedVLANs are the VLANs of other numbers in the network's domains.
func (n *Network) joinedVLANs() (out []Meeting) {
	d := n.Fabric.Domains()
	w := n.Fabric.whereabouts()
	for v := range n.VLANs.All() {
		g := d.group[d.classes.of[v]]
		if len(d.seams[g]) == 0 {
			continue
		}
		starts := d.spotsOf(n, v, g)
		for _, may := range d.domainsAt(starts, true) {
			for vid := range may.VIDs().Minus(n.VLANs).All() {
				others := w.at(may, vid)
				if len(others) == 0 {
					others = []*Network{nil}
				}
				for _, o := range others {
					out = append(out, d.meeting(n, o, starts, vid, may))
				}
			}
		}
	}
	slices.SortStableFunc(out, func(a, b Meeting) int { return int(b.Answer) - int(a.Answer) })
	return slices.CompactFunc(slices.Clip(out), func(a, b Meeting) bool { return a.Network == b.Network && a.VID == b.VID })
}

// spotsOf returns where the network is in a VLAN: where it is meant to be, or, where nobody knows that, wherever the VLAN is joined
// with another.
func (d *Domains) spotsOf(n *Network, v state.VID, group int32) (out []Spot) {
	for _, s := range d.fabric.whereabouts().seedsOf(n, v) {
		out = append(out, Spot{s, v})
	}
	if len(out) > 0 {
		return out
	}
	for _, i := range d.seams[group] {
		e := &d.joints[i]
		if e.vid() == v {
			out = append(out, Spot{e.from, v})
		}
		if e.turn == v {
			out = append(out, Spot{e.to, v})
		}
	}
	return out
}

// domainsAt returns the different domains of some spots, in order.
func (d *Domains) domainsAt(spots []Spot, maybe bool) (out []*Domain) {
	for _, at := range spots {
		if x := d.domain(at, maybe); !slices.Contains(out, x) {
			out = append(out, x)
		}
	}
	return out
}

// at returns the networks that are meant to be in a domain in one of its VLANs.
func (w *whereabouts) at(x *Domain, v state.VID) (out []*Network) {
	for _, n := range w.byVID[v] {
		for at := range x.Spots() {
			if at.VID == v && w.meant(n, at) {
				out = append(out, n)
				break
			}
		}
	}
	return out
}

func (d *Domains) meeting(n, o *Network, starts []Spot, vid state.VID, may *Domain) Meeting {
	w := d.fabric.whereabouts()
	goal := func(at Spot) bool { return at.VID == vid && (o == nil || w.meant(o, at)) }
	m := Meeting{Of: n, Network: o, VID: vid, Answer: state.Unknown, Located: true}
	for _, sure := range d.domainsAt(starts, false) {
		if sure.VIDs().Has(vid) {
			if path := sure.Path(goal, starts...); path != nil {
				m.Answer, m.Path = state.Yes, path
				return m
			}
		}
	}
	m.Path = may.Path(goal, starts...)
	return m
}

// Doubts returns some of the places at which it is not known with what the network's broadcast domains are joined.
func (n *Network) Doubts() []Doubt { return n.Fabric.bridged.doubts.of(n, n.findDoubts) }

// someDoubts bounds what Doubts returns: one is enough to know nothing, and a few are enough to go and look.
const someDoubts = 3

func (n *Network) findDoubts() (out []Doubt) {
	d, w := n.Fabric.Domains(), n.Fabric.whereabouts()
	if len(d.doubts) == 0 {
		return nil
	}
	seen := map[*Domain]bool{}
	for _, s := range n.Fabric.Switches {
		for v := range w.seeds[n][s].All() {
			x := d.domain(Spot{s, v}, true)
			if seen[x] {
				continue
			}
			seen[x] = true
			for _, doubt := range x.Doubts() {
				if out = append(out, doubt); len(out) == someDoubts {
					return out
				}
			}
		}
	}
	return out
}
