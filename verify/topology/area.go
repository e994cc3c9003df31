package topology

import "uplinkcheck/drivers/state"

// An Area is where a network comes out, or may. The zero Area is nowhere.
type Area struct {
	outlets map[outlet]bool
	closed  bool // at each port it is known what is behind it, so that there is no way out of it
}

// An outlet is a VLAN at a port.
type outlet struct {
	port *Port
	vid  state.VID
}

// Area returns the places of Reach as a set.
func (n *Network) Area() *Area {
	return n.Fabric.bridged.areas.of(n, n.findArea)
}

func (n *Network) findArea() *Area {
	a := &Area{outlets: map[outlet]bool{}, closed: true}
	for _, x := range n.Reach() {
		a.outlets[outlet{x.Port, x.VID}] = true
		open := x.Kind == UnknownPlace || x.Kind == Uncollected || x.Kind == Stranger || x.Kind == Disputed
		if open && x.Carries != state.No {
			a.closed = false
		}
	}
	return a
}

// Empty reports whether no place is known.
func (a *Area) Empty() bool { return len(a.outlets) == 0 }

// Apart answers whether a VLAN at a port is another one than that of the area, though it has the same number.
func (a *Area) Apart(p *Port, v state.VID) state.Tri {
	switch {
	case a.outlets[outlet{p, v}] || a.Empty():
		return state.No
	case a.closed:
		return state.Yes
	}
	return state.Unknown
}

// ApartFrom answers whether VLANs that two networks share by number are others in the one area than in the other: No where nothing is
// known of one of them.
func (a *Area) ApartFrom(o *Area, shared state.VIDSet) state.Tri {
	if a.Empty() || o.Empty() {
		return state.No
	}
	answer := state.Yes
	for x := range o.outlets {
		if shared.Has(x.vid) {
			answer = answer.And(a.Apart(x.port, x.vid))
		}
	}
	return answer
}
