package topology

import (
	"slices"

	"uplinkcheck/drivers/capture"
	"uplinkcheck/drivers/state"
)

// PlaceKind says what a port is to a network that reaches it.
type PlaceKind uint8

const (
	UnknownPlace    PlaceKind = iota // nothing says what is there
	BetweenPeers                     // a cable between switches of the fabric
	HostThatNeeds                    // an uplink of a host that must offer the network
	HostThatDoesNot                  // an uplink of a host that need not
	HostUndeclared                   // an uplink of a host of which nobody said what it needs
	GatewayPlace
	StationPlace
	Uncollected // leads to a switch of the inventory that gave no state
	Stranger    // a neighbour that nobody declared
	Nameless    // a neighbour that did not say its name; Who is what it called its chassis, if it did
	Disputed    // sources disagree about who is there
)

// Place is a port at which a network comes out.
type Place struct {
	Port     *Port
	VID      state.VID // of the network, or one that is joined with it
	Kind     PlaceKind
	PeerLink bool   // of BetweenPeers: between multi-chassis peers
	Who      string // the neighbour's name, when there is one
	From     []capture.Span
	Carries  state.Tri // up and forwarding now; No: the VLAN is set there but does not flow
	Bridged  state.Tri // the port's switch is connected with the network's hosts in that VLAN
	Settings Carriage  // that the port is a member of the VLAN
}

// Reach returns every port at which the network comes out, or may, in order: those that are members of one of its VLANs, or of a
// VLAN that is surely joined with one, on the switches that its hosts, gateways and stations are connected with. Switches in which
// the same VID is known to be another segment are left out.
func (n *Network) Reach() []Place { return n.Fabric.bridged.reached.of(n, n.findPlaces) }

func (n *Network) findPlaces() []Place {
	spots, many := n.spots(), 0
	for s, at := range spots {
		for _, p := range s.Ports {
			_, set := p.members()
			for _, x := range at {
				if set.Has(x.vid) {
					many++
				}
			}
		}
	}
	out := make([]Place, 0, many)
	for _, s := range n.Fabric.Switches {
		if len(spots[s]) == 0 {
			continue
		}
		for _, p := range s.Ports {
			_, set := p.members()
			for _, at := range spots[s] {
				if !set.Has(at.vid) {
					continue
				}
				if has := p.HasVLAN(at.vid); has.Answer != state.No && !p.spare() {
					out = append(out, n.place(p, at.vid, has, at.bridged))
				}
			}
		}
	}
	return out
}

// Spots returns where the network's broadcast domain is, or may be, by switch and VLAN: where Reach looks at the ports.
func (n *Network) Spots() (out []Spot) {
	spots := n.spots()
	for _, s := range n.Fabric.Switches {
		for _, at := range spots[s] {
			out = append(out, Spot{s, at.vid})
		}
	}
	return out
}

// reachedVID is a VLAN of a switch in which a network comes out, surely or perhaps.
type reachedVID struct {
	vid     state.VID
	bridged state.Tri
}

// spots returns where the network's broadcast domain is, by switch, each in order of VIDs.
func (n *Network) spots() map[*Switch][]reachedVID {
	f := n.Fabric
	w, all := f.whereabouts(), f.Domains()
	answers := map[Spot]state.Tri{}
	for v := range n.VLANs.All() {
		seeds := w.seedsOf(n, v)
		sure, may := map[*Domain]bool{}, map[*Domain]bool{}
		for _, s := range seeds {
			sure[all.Of(s, v)], may[all.domain(Spot{s, v}, true)] = true, true
		}
		for x := range sure {
			for at := range x.Spots() {
				answers[at] = state.Yes
			}
		}
		for _, s := range f.Switches {
			at := Spot{s, v}
			switch {
			case answers[at] == state.Yes:
			case len(seeds) == 0 || may[all.domain(at, true)] || f.Isolated(s) == state.Unknown:
				answers[at] = state.Unknown
			}
		}
	}
	out := map[*Switch][]reachedVID{}
	for at, bridged := range answers {
		out[at.Switch] = append(out[at.Switch], reachedVID{at.VID, bridged})
	}
	for _, list := range out {
		slices.SortFunc(list, func(a, b reachedVID) int { return int(a.vid) - int(b.vid) })
	}
	return out
}

// seedsOf returns the switches where the network is surely meant to be in one of its VLANs, in order.
func (w *whereabouts) seedsOf(n *Network, v state.VID) (out []*Switch) {
	for s, set := range w.seeds[n] {
		if set.Has(v) {
			out = append(out, s)
		}
	}
	slices.SortFunc(out, func(a, b *Switch) int { return state.NaturalCompare(a.Name, b.Name) })
	return out
}

// Isolated answers whether the switch is known to have no cable to another switch: Unknown when it told of no neighbours.
func (f *Fabric) Isolated(s *Switch) state.Tri {
	if f.whereabouts().trunked[s.number] {
		return state.No
	}
	if s.Listed.Remotes.Known() {
		return state.Yes
	}
	return state.Unknown
}

// spare reports whether the port is an unused member of an aggregator that another member serves.
func (p *Port) spare() bool {
	return p.LAG != nil && slices.ContainsFunc(p.LAG.Legs, func(l *Leg) bool {
		return slices.Contains(l.Ports, p) && (p.parked() || p.vacant(l))
	})
}

// MeantAsOne reports whether the inventory says that the two networks are meant to be one broadcast domain.
func (n *Network) MeantAsOne(o *Network) bool {
	return slices.Contains(n.JoinedWith, o.Name) || slices.Contains(o.JoinedWith, n.Name)
}

// meantAt returns the network, and those of the VLAN that are meant to be one with it.
func (n *Network) meantAt(v state.VID) []*Network {
	out := []*Network{n}
	for _, o := range n.Fabric.whereabouts().byVID[v] {
		if o != n && n.MeantAsOne(o) {
			out = append(out, o)
		}
	}
	return out
}

func (n *Network) place(p *Port, v state.VID, has Carriage, bridged state.Tri) Place {
	w := n.Fabric.whereabouts()
	out := Place{Port: p, VID: v, Settings: has, Bridged: bridged, From: has.From}
	out.Carries = p.Passes(v)
	h, meant := w.hostAt(p), n.meantAt(v)
	switch {
	case p.Trunk != nil:
		out.Kind, out.PeerLink = BetweenPeers, p.Trunk.PeerLink
	case slices.ContainsFunc(meant, func(n *Network) bool { return w.gateways[n][p] }):
		out.Kind = GatewayPlace
	case slices.ContainsFunc(meant, func(n *Network) bool { return w.stations[n][p] }):
		out.Kind = StationPlace
	case h != nil:
		out.Who = h.Name
		out.From = append(out.From, p.Link.Evidence()...)
		for i := range p.Remotes {
			out.From = append(out.From, p.Remotes[i].From)
		}
		out.Kind = HostThatDoesNot
		if len(h.Required) == 0 && len(h.Uses) == 0 {
			out.Kind = HostUndeclared
		}
		if slices.ContainsFunc(meant, func(n *Network) bool { return w.needs[h][n] }) {
			out.Kind = HostThatNeeds
		}
	default:
		out.Kind, out.Who = w.neighbour(p)
		for i := range p.Remotes {
			out.From = append(out.From, p.Remotes[i].From)
		}
	}
	return out
}
