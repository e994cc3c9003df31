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
	case len(home.sure) == 0, n.Fabric.Isolated(s) == state.Unknown:
		return state.Unknown
	}
	there := all.domain(Spot{s, v}, true)
	if home.possible[there] || home.open && len(there.Doubts()) > 0 {
		return state.Unknown
	}
	return state.No
}

// A homeland is where a network surely is in one of its VLANs: the domains that surely join its places, and those that may.
type homeland struct {
	sure, possible map[*Domain]bool
	open           bool // of one of them it is not known with what it is joined
}

// networkVID is one VLAN of a network.
type networkVID struct {
	network *Network
	vid     state.VID
}

// home finds them once for each VLAN.
func (n *Network) home(v state.VID) homeland {
	return n.Fabric.bridged.homes.of(networkVID{n, v}, func() homeland { return n.findHome(v) })
}

func (n *Network) findHome(v state.VID) homeland {
	home, all := homeland{sure: map[*Domain]bool{}, possible: map[*Domain]bool{}}, n.Fabric.Domains()
	for _, at := range n.Fabric.whereabouts().seedsOf(n, v) {
		may := all.domain(Spot{at, v}, true)
		home.sure[all.Of(at, v)], home.possible[may] = true, true
		home.open = home.open || len(may.Doubts()) > 0
	}
	return home
}

// MayBeAt reports whether the spot is, or may be, in a broadcast domain of the network.
func (n *Network) MayBeAt(at Spot) bool { return n.Bridged(at.Switch, at.VID) != state.No }

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

// Tunnels returns the ports that add a second tag (Q-in-Q), and those of which the mode was not reported, in order.
func (f *Fabric) Tunnels() (tunnels, vague []*Port) {
	f.bridged.tunnelsOnce.Do(func() {
		for _, s := range f.Switches {
			for _, p := range s.Ports {
				switch {
				case p.Oper() == state.No || p.Bridge == nil && p.Switch.Listed.BridgePorts.Known():
				case p.Bridge == nil || !p.Bridge.Mode.Known():
					f.bridged.vague = append(f.bridged.vague, p)
				case p.Bridge.Mode.Value == state.Tunnel:
					f.bridged.tunnels = append(f.bridged.tunnels, p)
				}
			}
		}
	})
	return f.bridged.tunnels, f.bridged.vague
}
