package topology

import (
	"cmp"
	"net/netip"
	"slices"
	"strings"
	"sync"

	"uplinkcheck/drivers/capture"
	"uplinkcheck/drivers/state"
	"uplinkcheck/inventory"
)

// routing is what a fabric keeps of its routed interfaces and addresses. It is made once, when it is first asked for.
type routing struct {
	once   sync.Once
	in     map[state.VID][]RoutedVLAN
	adrift []RoutedVLAN // of which the VLAN is not known
	silent []*Switch    // that did not list all their routed interfaces

	ownersOnce sync.Once
	owners     map[state.MAC]string

	seenOnce sync.Once
	seen     map[state.MAC][]Sighting

	bundlesOnce sync.Once
	bundles     map[*state.Aggregator][]*Port
}

// A RoutedVLAN is a switch's own interface in a VLAN.
type RoutedVLAN struct {
	Switch *Switch
	*state.SVI
}

// String returns switch/interface.
func (r RoutedVLAN) String() string { return r.Switch.Name + "/" + r.Interface }

func (f *Fabric) routes() *routing {
	r := &f.routing
	r.once.Do(func() {
		r.in = map[state.VID][]RoutedVLAN{}
		for _, s := range f.Switches {
			if !s.Listed.SVIs.Known() {
				r.silent = append(r.silent, s)
			}
			for i := range s.SVIs {
				x := RoutedVLAN{s, &s.SVIs[i]}
				if x.VID.Known() {
					r.in[x.VID.Value] = append(r.in[x.VID.Value], x)
				} else {
					r.adrift = append(r.adrift, x)
				}
			}
		}
	})
	return r
}

// RoutedIn returns the routed interfaces of all switches in VLANs of that number, by switch.
func (f *Fabric) RoutedIn(v state.VID) []RoutedVLAN { return f.routes().in[v] }

// RoutedSomewhere returns the routed interfaces of which nobody reported the VLAN, and the switches that did not list theirs in full.
func (f *Fabric) RoutedSomewhere() (adrift []RoutedVLAN, silent []*Switch) {
	return f.routes().adrift, f.routes().silent
}

// Routes answers whether the interface forwards between its VLAN and others: not when it is down, has no address, its instance does
// not route, or nothing else is in that instance, so that the address is only the switch's own.
func (r RoutedVLAN) Routes() Carriage {
	switch {
	case capture.Is(r.Oper, state.Down):
		return says(state.No, r.Oper.From, "%s is down", r)
	case capture.Is(r.Addressed, false):
		return says(state.No, r.Addressed.From, "%s has no address", r)
	}
	if vrf := r.instance(); vrf != nil && capture.Is(vrf.Routes, false) {
		return says(state.No, vrf.Routes.From, "IPv4 is not routed in %s of %s", vrf.Name, r.Switch.Name)
	}
	company := r.company()
	switch {
	case company == state.No:
		return says(state.No, r.Switch.Listed.SVIs, "%s is the only interface of its instance that could route: its address is the switch's own", r)
	case !r.Addressed.Known():
		return silent("%s: whether it has an address was not reported", r)
	case !r.Oper.Known():
		return silent("%s: not reported whether it is up", r)
	case company == state.Unknown:
		return silent("%s: not known which interfaces share its routing instance", r)
	}
	c := says(state.Yes, r.Addressed.From, "%s has an address and is up", r)
	c.From = append(c.From, r.Oper.From)
	return c
}

// instance returns the routing instance as the switch lists it, nil when it does not say.
func (r RoutedVLAN) instance() *state.VRF {
	for i := range r.Switch.VRFs {
		if capture.Is(r.VRF, r.Switch.VRFs[i].Name) {
			return &r.Switch.VRFs[i]
		}
	}
	return nil
}

// company answers whether another interface that could route is in the interface's routing instance. The one over which
// multi-chassis peers talk is none: it leads to the peer alone. Where that one is not known, one other may be it, and two are not.
func (r RoutedVLAN) company() state.Tri {
	s, answer, doubted := r.Switch, state.No, false
	if !s.Listed.SVIs.Known() || !s.Listed.Interfaces.Known() {
		answer = state.Unknown
	}
	for i := range s.SVIs {
		o := RoutedVLAN{s, &s.SVIs[i]}
		if o.SVI == r.SVI || capture.Is(o.Oper, state.Down) || capture.Is(o.Addressed, false) || o.ToPeer() == state.Yes {
			continue
		}
		shares := r.SharesInstance(o).And(tri(o.Oper.Known() && o.Addressed.Known(), true))
		if o.ToPeer() == state.Unknown && shares == state.Yes && !doubted {
			shares, doubted = state.Unknown, true
		}
		answer = answer.Or(shares)
	}
	for _, p := range s.Ports {
		if p.Interface == nil || !capture.Is(p.Interface.Bridged, false) || p.Oper() == state.No {
			continue
		}
		answer = answer.Or(r.sharesPort(p).And(p.Oper()))
	}
	return answer
}

// ToPeer answers whether the interface is the one over which the switch talks to its multi-chassis peer.
func (r RoutedVLAN) ToPeer() state.Tri {
	m := &r.Switch.MLAG
	if m.Protocol.Known() && m.Protocol.Value != state.PeerLinkMLAG {
		return state.No
	}
	peer, err := netip.ParseAddr(m.PeerAddress.Value)
	answer := tri(err == nil && len(r.Addresses) > 0, false)
	for _, a := range r.Addresses {
		answer = answer.Or(tri(err == nil && a.Known(), err == nil && a.Value.Contains(peer)))
	}
	return answer
}

// SharesInstance answers whether another routed interface of the same switch is in the same routing instance.
func (r RoutedVLAN) SharesInstance(o RoutedVLAN) state.Tri {
	return tri(r.VRF.Known() && o.VRF.Known(), r.VRF.Value == o.VRF.Value)
}

// sharesPort is SharesInstance for a routed port. What no instance lists is in the default one, whose name nobody knows.
func (r RoutedVLAN) sharesPort(p *Port) state.Tri {
	if !r.Switch.Listed.VRFs.Known() || !r.VRF.Known() {
		return state.Unknown
	}
	for i := range r.Switch.VRFs {
		if x := &r.Switch.VRFs[i]; slices.ContainsFunc(x.Interfaces, func(n string) bool { return n == p.Name || strings.HasPrefix(n, p.Name+".") }) {
			return tri(true, r.VRF.Value == x.Name)
		}
	}
	return state.Unknown
}

// Owner returns whose an address is: a switch's, a multi-chassis pair's, a host's. "" is nobody's that is known.
func (f *Fabric) Owner(m state.MAC) string {
	r := &f.routing
	r.ownersOnce.Do(func() {
		r.owners = map[state.MAC]string{}
		own := func(m capture.Fact[state.MAC], who string) {
			if m.Known() && !m.Value.IsZero() {
				r.owners[m.Value] = who
			}
		}
		for _, h := range f.Hosts {
			h.owns(own)
		}
		for _, s := range f.Switches {
			s.owns(own)
		}
	})
	return r.owners[m]
}

func (h *Host) owns(own func(capture.Fact[state.MAC], string)) {
	for i := range h.NICs {
		own(h.NICs[i].MAC, h.Name)
	}
	for _, t := range h.Teams {
		for i := range t.Members {
			own(t.Members[i].Actor.System, h.Name)
		}
	}
	for i := range h.Uses {
		own(h.Uses[i].Source, h.Name)
	}
	if h.Entry != nil {
		own(h.Entry.BMC.MAC, h.Name)
	}
}

// Addressed reports whether the host told all addresses that it sends from itself: those of its uplinks and of interfaces of its own.
func (h *Host) Addressed() bool {
	return h.Listed.Uses.Known() && h.ListsNICs() && !slices.ContainsFunc(h.Uplinks, func(u *Uplink) bool { return !u.NIC.MAC.Known() }) &&
		!slices.ContainsFunc(h.Uses, func(u inventory.Use) bool { return u.Kind == inventory.HostInterface && !u.Source.Known() })
}

func (s *Switch) owns(own func(capture.Fact[state.MAC], string)) {
	own(s.Device.ChassisMAC, s.Name)
	own(s.MLAG.SystemMAC, s.Name)
	own(s.MLAG.PeerMAC, s.Name)
	for i := range s.Members {
		own(s.Members[i].MAC, s.Name)
	}
	for i := range s.Interfaces {
		own(s.Interfaces[i].MAC, s.Name)
	}
	for i := range s.MACs {
		if e := &s.MACs[i]; capture.Is(e.Kind, state.OwnMAC) {
			own(capture.Of(e.MAC, e.From), s.Name)
		}
	}
}

// Learned returns the entries of the switch's address table in one VLAN. The switch must be sorted.
func (s *Switch) Learned(v state.VID) []state.MACEntry {
	lo, _ := slices.BinarySearchFunc(s.MACs, v, func(e state.MACEntry, v state.VID) int { return cmp.Compare(e.VID, v) })
	hi, _ := slices.BinarySearchFunc(s.MACs, v+1, func(e state.MACEntry, v state.VID) int { return cmp.Compare(e.VID, v) })
	return s.MACs[lo:hi]
}

// PortsOf returns the ports that an interface stands for: itself, or the members of an aggregator.
func (s *Switch) PortsOf(name string) []*Port {
	if p := s.ports[name]; p != nil {
		return []*Port{p}
	}
	r := &s.Fabric.routing
	r.bundlesOnce.Do(func() {
		r.bundles = map[*state.Aggregator][]*Port{}
		for _, p := range s.Fabric.Ports() {
			if p.Aggregator != nil {
				r.bundles[p.Aggregator] = append(r.bundles[p.Aggregator], p)
			}
		}
	})
	return r.bundles[s.Aggregator(name)]
}

// Lit returns the first of the ports whose link is not known to be down, else the first: on a port that is down nothing is heard, so that
// nobody knows where it leads. There must be one.
func Lit(ports []*Port) *Port {
	for _, p := range ports {
		if p.Oper() != state.No {
			return p
		}
	}
	return ports[0]
}

// A Sighting is an address that a switch learned at a port that leads to no other switch.
type Sighting struct {
	Port  *Port
	Entry *state.MACEntry
}

// LearnedAt returns where the address of a declared management controller was learned, by switch and VLAN; nothing for other addresses.
func (f *Fabric) LearnedAt(m state.MAC) []Sighting {
	r := &f.routing
	r.seenOnce.Do(func() {
		r.seen = map[state.MAC][]Sighting{}
		wanted := map[state.MAC]bool{}
		for _, h := range f.Hosts {
			if h.Entry != nil && h.Entry.BMC.MAC.Known() {
				wanted[h.Entry.BMC.MAC.Value] = true
			}
		}
		for _, s := range f.Switches {
			for i := range s.MACs {
				e := &s.MACs[i]
				if !wanted[e.MAC] {
					continue
				}
				ports := s.PortsOf(e.Interface)
				between := slices.ContainsFunc(ports, func(p *Port) bool { return p.Trunk != nil })
				if len(ports) > 0 && !between && !capture.Is(e.Kind, state.PeerLearned) {
					r.seen[e.MAC] = append(r.seen[e.MAC], Sighting{Lit(ports), e})
				}
			}
		}
	})
	return r.seen[m]
}
