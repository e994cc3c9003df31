package topology

import "uplinkcheck/drivers/state"

// Bridged answers whether the VLAN on the switch is the network's: one domain with where the network surely is. It is Unknown where
// nothing says where that is, and for a switch that told of no neighbours and may be connected all the same.
func (n *Network) Bridged(s *Switch, v state.VID) state.Tri {
	if !n.VLANs.Has(v) {
		return state.No
	}
	seeds, answer := n.Fabric.whereabouts().seedsOf(n, v), state.No
	for _, at := range seeds {
		answer = answer.Or(n.Fabric.Domains().Joined(Spot{at, v}, Spot{s, v}))
	}
	if answer == state.No && (len(seeds) == 0 || n.Fabric.Isolated(s) == state.Unknown) {
		return state.Unknown
	}
	return answer
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
