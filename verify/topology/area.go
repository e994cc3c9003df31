package topology

import (
	"cmp"
	"slices"

	"uplinkcheck/drivers/state"
)

// An Area is where a network comes out, or may. The zero Area is nowhere.
type Area struct {
	places []Place // as Reach gives them: by port, then by VLAN
	closed bool    // at each port it is known what is behind it, so that there is no way out of it
}

// Area returns the places of Reach as a set.
func (n *Network) Area() *Area {
	return n.Fabric.bridged.areas.of(n, n.findArea)
}

func (n *Network) findArea() *Area {
	a := &Area{places: n.Reach(), closed: true}
	for i := range a.places {
		x := &a.places[i]
		open := x.Kind == UnknownPlace || x.Kind == Uncollected || x.Kind == Stranger || x.Kind == Nameless || x.Kind == Disputed
		if open && x.Carries != state.No {
			a.closed = false
		}
	}
	return a
}

// Empty reports whether no place is known.
func (a *Area) Empty() bool { return len(a.places) == 0 }

// has reports whether the area comes out at the port in the VLAN.
func (a *Area) has(p *Port, v state.VID) bool {
	_, found := slices.BinarySearchFunc(a.places, p, func(x Place, p *Port) int {
		return cmp.Or(cmp.Compare(x.Port.number, p.number), cmp.Compare(x.VID, v))
	})
	return found
}

// Apart answers whether a VLAN at a port is another one than that of the area, though it has the same number.
func (a *Area) Apart(p *Port, v state.VID) state.Tri {
	switch {
	case a.Empty() || a.has(p, v):
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
	for i := range o.places {
		if x := &o.places[i]; shared.Has(x.VID) {
			answer = answer.And(a.Apart(x.Port, x.VID))
		}
	}
	return answer
}
