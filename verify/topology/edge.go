package topology

import (
	"slices"
	"strings"
	"sync"

	"uplinkcheck/drivers/capture"
	"uplinkcheck/drivers/state"
)

// edge is what the inventory says about ports that are no uplink of a host. It is gathered once: every switch asks.
type edge struct {
	once        sync.Once
	expected    map[*Port]string  // who is declared to be there
	uncollected map[string]string // switches of the inventory that gave no state, by the names that neighbours hear
	unplaced    string
}

// Expected names what the inventory puts on the port beside uplinks of hosts: a gateway, a station, or the far end of a cable
// under links:. "" when it says nothing.
func (p *Port) Expected() string { return p.Switch.Fabric.edges().expected[p] }

// Uncollected names the switch of the inventory that gave no state and was heard on the port, "" when there is none.
func (p *Port) Uncollected() string {
	e := p.Switch.Fabric.edges()
	for name := range p.heardNames() {
		if who := e.uncollected[name]; who != "" {
			return who
		}
	}
	return ""
}

// Unplaced names something declared that may sit on any port, because nobody knows where it is: a host in service with an uplink
// that is not mapped, or a gateway or station that was found nowhere. "" when there is none.
func (f *Fabric) Unplaced() string { return f.edges().unplaced }

func (f *Fabric) edges() *edge {
	e := &f.edge
	e.once.Do(func() {
		e.expected, e.uncollected = map[*Port]string{}, map[string]string{}
		f.expectCables(e.expected)
		missing := f.expectPlaces(e.expected)
		for i := range f.Inventory.Switches {
			if s := &f.Inventory.Switches[i]; f.switches[s.Name] == nil {
				e.uncollected[strings.ToLower(s.Name)] = s.Name
				if s.Hostname != "" {
					e.uncollected[strings.ToLower(s.Hostname)] = s.Name
				}
			}
		}
		if e.unplaced = f.unplacedHost(); e.unplaced == "" {
			e.unplaced = missing
		}
	})
	return e
}

// expectCables notes the far ends of declared cables.
func (f *Fabric) expectCables(expected map[*Port]string) {
	for _, c := range f.Inventory.Links {
		if s := f.switches[c.A.Device]; s != nil && s.ports[c.A.Port] != nil {
			expected[s.ports[c.A.Port]] = c.Z.Device
		}
		if s := f.switches[c.Z.Device]; s != nil && s.ports[c.Z.Port] != nil {
			expected[s.ports[c.Z.Port]] = c.A.Device
		}
	}
}

// expectPlaces notes where gateways and stations are: at a port that the inventory names, or where their name was heard. It
// returns one that was found nowhere and is no guest of a known host, "" when there is none.
func (f *Fabric) expectPlaces(expected map[*Port]string) (missing string) {
	wanted, found := map[string]string{}, map[string]bool{}
	for _, who := range expected {
		found[who] = true
	}
	lost, names := map[string]bool{}, []string{}
	for _, n := range f.Networks {
		for _, place := range slices.Concat(n.Gateway, n.stationed()) {
			name, port, at := strings.Cut(place, "/")
			if s := f.switches[name]; at && s != nil && s.ports[port] != nil {
				expected[s.ports[port]] = "a gateway, station or service of " + n.Name
			} else if !at && f.switches[place] == nil {
				wanted[strings.ToLower(place)] = place
				lost[place] = true
				names = append(names, place)
			}
		}
	}
	for _, s := range f.Switches {
		for _, p := range s.Ports {
			for heard := range p.heardNames() {
				if who := wanted[heard]; who != "" {
					expected[p], found[who] = who, true
				}
			}
		}
	}
	for _, h := range f.Hosts {
		for i := range h.Uses {
			if name := h.Uses[i].Name; lost[name] {
				found[name] = true
			}
		}
	}
	for _, name := range names {
		if !found[name] {
			return name
		}
	}
	return ""
}

// heardNames yields the names of the port's neighbours, whole and their first label, in lower case.
func (p *Port) heardNames() func(yield func(string) bool) {
	return func(yield func(string) bool) {
		for i := range p.Remotes {
			name := p.Remotes[i].SystemName
			if !name.Known() || name.Value == "" {
				continue
			}
			whole := strings.ToLower(name.Value)
			short, _, _ := strings.Cut(whole, ".")
			if !yield(whole) || short != whole && !yield(short) {
				return
			}
		}
	}
}

// unplacedHost names a host in service of which an uplink that may be up ends nobody knows where, "" when there is none.
func (f *Fabric) unplacedHost() string {
	for i := range f.Inventory.Hosts {
		e := &f.Inventory.Hosts[i]
		h := f.hosts[e.Name]
		switch {
		case e.Maintenance:
		case h == nil || len(h.Uplinks) == 0:
			return e.Name
		case slices.ContainsFunc(h.Uplinks, func(u *Uplink) bool {
			return u.adrift() && !capture.Is(u.NIC.Oper, state.Down)
		}):
			return e.Name
		}
	}
	return ""
}

// access is which access ports of a switch are in which VLAN. It is gathered once: every trunk asks.
type access struct {
	once  sync.Once
	ports map[state.VID][]*state.BridgePort
	vague []string // ports that may be access ports, of a VLAN that was not reported
}

// AccessPorts returns the access ports of the switch in the VLAN that nobody shut down, and the ports of which that is not known.
// Whether these are all, Listed.BridgePorts tells.
func (s *Switch) AccessPorts(v state.VID) (in []*state.BridgePort, vague []string) {
	a := &s.access
	a.once.Do(func() {
		a.ports = map[state.VID][]*state.BridgePort{}
		for i := range s.BridgePorts {
			b := &s.BridgePorts[i]
			n := s.Interface(b.Interface)
			switch {
			case n != nil && capture.Is(n.Admin, state.Down), b.Mode.Known() && b.Mode.Value != state.Access:
			case b.Mode.Known() && b.PVID.Known():
				a.ports[b.PVID.Value] = append(a.ports[b.PVID.Value], b)
			default:
				a.vague = append(a.vague, b.Interface)
			}
		}
	})
	return a.ports[v], a.vague
}

// Tree is what the spanning tree does with the VLANs of a port.
type Tree struct {
	Blocked, Forwarding state.VIDSet
	Unsaid              state.VIDSet       // VLANs of entries that do not say the state
	Held, Passed        []capture.Span     // what says so
	Rest                capture.Span       // what says that all other VLANs forward; zero: nothing does
	Edge                capture.Fact[bool] // an edge port (PortFast)
}

// Open returns those of the VLANs of which nothing says whether they are blocked.
func (t Tree) Open(vids state.VIDSet) state.VIDSet {
	if t.Rest.Known() {
		return vids.Intersect(t.Unsaid)
	}
	return vids.Minus(t.Blocked).Minus(t.Forwarding)
}

// Tree returns what the switch reported about the spanning tree on the port, or on its aggregator. Of several entries with a VLAN the
// first counts.
func (p *Port) Tree() Tree {
	t := Tree{Rest: p.Switch.Listed.STP}
	for _, x := range p.tree() {
		if x.Edge.Known() {
			t.Edge = x.Edge
		}
		vids := x.VIDs.Minus(t.Blocked).Minus(t.Forwarding).Minus(t.Unsaid)
		switch {
		case !x.State.Known():
			t.Unsaid = t.Unsaid.Union(vids)
		case x.State.Value == state.Blocking:
			t.Blocked, t.Held = t.Blocked.Union(vids), append(t.Held, x.State.From)
		default:
			t.Forwarding, t.Passed = t.Forwarding.Union(vids), append(t.Passed, x.State.From)
		}
	}
	return t
}

// treeOf returns the spanning tree's entries of an interface, from an index that is made once.
func (s *Switch) treeOf(name string) []*state.STPPort {
	s.tree.once.Do(func() {
		s.tree.of = map[string][]*state.STPPort{}
		for i := range s.STP {
			s.tree.of[s.STP[i].Interface] = append(s.tree.of[s.STP[i].Interface], &s.STP[i])
		}
	})
	return s.tree.of[name]
}

type treeIndex struct {
	once sync.Once
	of   map[string][]*state.STPPort
}

// CarriesAll answers whether the uplink carries every one of the VLANs now: Carries for a set, at the cost of one.
func (u *Uplink) CarriesAll(vids state.VIDSet) Carriage {
	if u.Serves() == state.No {
		return u.InService()
	}
	p := u.Mapped()
	if p == nil || u.Confidence() <= Inferred {
		return silent("%s: where it ends is not known (%s)", u, u.Confidence())
	}
	c := p.carriesAll(vids, u.Link.Evidence())
	if odd := vids.Intersect(u.misframed()); c.Answer == state.Yes && !odd.Empty() {
		return silent("%s and %s do not agree whether VLAN %s goes without a tag: see VLN-005 and VLN-009", u, p, odd)
	}
	return c
}

// CarriesAll answers whether the port carries every one of the VLANs now: Carries for a set, at the cost of one.
func (p *Port) CarriesAll(vids state.VIDSet) Carriage {
	return p.carriesAll(vids, nil)
}

// carriesAll is CarriesAll, with further lines for a Yes.
func (p *Port) carriesAll(vids state.VIDSet, more []capture.Span) Carriage {
	service, has, forwards := p.InService(), p.hasAll(vids), p.forwardsAll(vids)
	if service.Answer.And(has.Answer).And(forwards.Answer) == state.Yes {
		service.From = slices.Concat(service.From, has.From, forwards.From, more)
		return service
	}
	return service.And(has).And(forwards)
}

// hasAll is HasVLAN for a set.
func (p *Port) hasAll(vids state.VIDSet) Carriage {
	if vids.Empty() {
		return Carriage{Answer: state.Yes}
	}
	if p.Bridge == nil {
		return p.HasVLAN(0) // which says why there are none
	}
	b := p.Bridge
	if !b.Members.Known() {
		if c := b.Configured; c.Known() {
			if lacks := vids.Minus(c.Value).Minus(state.VIDs(b.PVID.Value)); !lacks.Empty() && b.PVID.Known() {
				return says(state.No, c.From, "VLAN %s is not allowed on %s (allowed: %s)", lacks, p.bridgeName(), c.Value)
			}
		}
		return silent("%s: the operational VLANs are not reported", p)
	}
	if lacks := vids.Minus(b.Members.Value); !lacks.Empty() {
		return says(state.No, b.Members.From, "%s does not carry VLAN %s (it carries %s)", p.bridgeName(), lacks, b.Members.Value)
	}
	return Carriage{Answer: state.Yes, From: []capture.Span{b.Members.From}}
}

// forwardsAll is Forwards for a set.
func (p *Port) forwardsAll(vids state.VIDSet) Carriage {
	t := p.Tree()
	if held := vids.Intersect(t.Blocked); !held.Empty() {
		return Carriage{Answer: state.No, Why: "the spanning tree blocks VLAN " + held.String() + " on " + p.bridgeName(), From: t.Held}
	}
	if open := t.Open(vids); !open.Empty() {
		return silent("%s: spanning tree state of VLAN %s not reported", p.bridgeName(), open)
	}
	if !vids.Empty() && !p.onAllLegs() {
		return p.onOneLeg(vids)
	}
	if !vids.Empty() && p.protected() {
		return p.kept()
	}
	return Carriage{Answer: state.Yes, From: append(slices.Clone(t.Passed), t.Rest)}
}
