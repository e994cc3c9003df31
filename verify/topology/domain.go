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
	Disputed    // sources disagree about who is there
)

// Place is a port at which a network comes out.
type Place struct {
	Port     *Port
	VID      state.VID
	Kind     PlaceKind
	Who      string // the neighbour's name, when there is one
	From     []capture.Span
	Carries  state.Tri // up and forwarding now; No: the VLAN is set there but does not flow
	Bridged  state.Tri // the port's switch is connected with the network's hosts in that VLAN
	Settings Carriage  // that the port is a member of the VLAN
}

// Reach returns every port that is a member of one of the network's VLANs, or may be one, in order. Switches in which the same
// VID is known to be another segment are left out.
func (n *Network) Reach() (out []Place) {
	gateways, stations := n.GatewayPorts(), n.StationPorts()
	for v := range n.VLANs.All() {
		joined := n.Fabric.now().joined
		seeds := n.seeds(v, append(slices.Clone(gateways), stations...))
		for _, s := range n.Fabric.Switches {
			bridged := state.No
			for _, seed := range seeds {
				bridged = bridged.Or(joined.now(v, seed, s))
			}
			if bridged == state.No && len(seeds) > 0 && n.Fabric.Isolated(s) == state.Unknown {
				bridged = state.Unknown // its cables are not known: nobody can say that it is another segment
			}
			if bridged == state.No && len(seeds) > 0 {
				continue
			}
			if len(seeds) == 0 {
				bridged = state.Unknown
			}
			for _, p := range s.Ports {
				if has := p.HasVLAN(v); has.Answer != state.No && !p.spare() {
					out = append(out, n.place(p, v, has, bridged, gateways, stations))
				}
			}
		}
	}
	return out
}

// Isolated answers whether the switch is known to have no cable to another switch: Unknown when it told of no neighbours.
func (f *Fabric) Isolated(s *Switch) state.Tri {
	for _, p := range s.Ports {
		if p.Trunk != nil {
			return state.No
		}
	}
	if s.Listed.Remotes.Known() {
		return state.Yes
	}
	return state.Unknown
}

// seeds are the switches where the network is surely meant to be.
func (n *Network) seeds(v state.VID, ports []*Port) (out []*Switch) {
	add := func(s *Switch) {
		if !slices.Contains(out, s) {
			out = append(out, s)
		}
	}
	for _, h := range n.Fabric.Hosts {
		for _, r := range h.Required {
			for _, u := range r.Uplinks {
				if p := u.Mapped(); r.Network == n && p != nil && p.HasVLAN(v).Answer != state.No {
					add(p.Switch)
				}
			}
		}
	}
	for _, p := range ports {
		add(p.Switch)
	}
	for _, s := range n.GatewaySwitches() {
		add(s)
	}
	return out
}

// spare reports whether the port is an unused member of an aggregator that another member serves.
func (p *Port) spare() bool {
	return p.LAG != nil && slices.ContainsFunc(p.LAG.Legs, func(l *Leg) bool {
		return slices.Contains(l.Ports, p) && (p.parked() || p.vacant(l))
	})
}

func (n *Network) place(p *Port, v state.VID, has Carriage, bridged state.Tri, gateways, stations []*Port) Place {
	out := Place{Port: p, VID: v, Settings: has, Bridged: bridged, From: has.From}
	out.Carries = p.InService().And(has).And(p.Forwards(v)).Answer
	switch {
	case p.Trunk != nil:
		out.Kind = BetweenPeers
	case slices.Contains(gateways, p):
		out.Kind = GatewayPlace
	case slices.Contains(stations, p):
		out.Kind = StationPlace
	case n.Fabric.hostAt(p) != nil:
		h := n.Fabric.hostAt(p)
		out.Who = h.Name
		out.From = append(out.From, p.Link.Evidence()...)
		for i := range p.Remotes {
			out.From = append(out.From, p.Remotes[i].From)
		}
		out.Kind = HostThatDoesNot
		if len(h.Required) == 0 && len(h.Uses) == 0 {
			out.Kind = HostUndeclared
		}
		if slices.ContainsFunc(h.Required, func(r *Role) bool { return r.Network == n }) {
			out.Kind = HostThatNeeds
		}
	default:
		out.Kind, out.Who = n.Fabric.neighbour(p)
		for i := range p.Remotes {
			out.From = append(out.From, p.Remotes[i].From)
		}
	}
	return out
}

// hostAt returns the host on a port: by its link, or, where its NIC is not known, by the name that was heard. Nil when there is none.
func (f *Fabric) hostAt(p *Port) *Host {
	if p.Link != nil {
		if p.Link.Confidence() > Inferred {
			return p.Link.Uplink.Host
		}
		return nil
	}
	names := f.hostNames()
	if len(p.Remotes) == 1 && p.Remotes[0].SystemName.Known() {
		return names.find(p.Remotes[0].SystemName.Value)
	}
	return nil
}

// neighbour says who sits on a port that is no uplink of a host and no cable between collected switches.
func (f *Fabric) neighbour(p *Port) (PlaceKind, string) {
	if p.Link.Confidence() == Contradicted {
		return Disputed, p.Link.Uplink.String() // devices say one thing and the operator another
	}
	for _, l := range f.Links {
		if l.Port == nil && slices.ContainsFunc(l.Claims, func(c Claim) bool { return c.Port == p }) {
			return Disputed, l.Uplink.String()
		}
	}
	for i := range f.Inventory.Switches {
		if s := &f.Inventory.Switches[i]; f.switches[s.Name] == nil && (p.FacesNamed(s.Name) || s.Hostname != "" && p.FacesNamed(s.Hostname)) {
			return Uncollected, s.Name
		}
	}
	for _, r := range p.Remotes {
		if r.SystemName.Known() && r.SystemName.Value != "" {
			return Stranger, r.SystemName.Value
		}
		if r.ChassisID.Known() {
			return Stranger, r.ChassisID.Value.ID
		}
	}
	return UnknownPlace, ""
}
