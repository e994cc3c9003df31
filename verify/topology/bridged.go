package topology

import "uplinkcheck/drivers/state"

// Bridged answers whether the VLAN on the switch is the network's: one domain with where the network surely is. It is Unknown where
// nothing says where that is, and for a switch that told of no neighbours and may be connected all the same.
func (n *Network) Bridged(s *Switch, v state.VID) state.Tri {
	if !n.VLANs.Has(v) {
		return state.No
	}
	all, home := n.Fabric.Domains(), n.home(v)
	switch {
	case home.sure[all.Of(s, v)]:
		return state.Yes
	case len(home.sure) == 0, home.possible[all.domain(Spot{s, v}, true)], n.Fabric.Isolated(s) == state.Unknown:
		return state.Unknown
	}
	return state.No
}

// A homeland is where a network surely is in one of its VLANs: the domains that surely join its places, and those that may.
type homeland struct{ sure, possible map[*Domain]bool }

// home finds them once for each VLAN.
func (n *Network) home(v state.VID) homeland {
	type key struct {
		network *Network
		vid     state.VID
	}
	memo := &n.Fabric.bridged.homes
	if found, ok := memo.Load(key{n, v}); ok {
		return found.(homeland)
	}
	home, all := homeland{map[*Domain]bool{}, map[*Domain]bool{}}, n.Fabric.Domains()
	for _, at := range n.Fabric.whereabouts().seedsOf(n, v) {
		home.sure[all.Of(at, v)], home.possible[all.domain(Spot{at, v}, true)] = true, true
	}
	memo.Store(key{n, v}, home)
	return home
}

// Passing returns the VLANs that surely cross the port, and those that may: equal where the device said it, none of a port that is
// known to be down or in no VLAN.
func (p *Port) Passing() (sure, possible state.VIDSet) {
	up := p.Oper()
	if up == state.No {
		return sure, possible
	}
	sure, possible = p.members()
	if up == state.Unknown {
		return state.VIDSet{}, possible
	}
	return sure, possible
}
