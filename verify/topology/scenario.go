package topology

import (
	"cmp"
	"maps"
	"slices"
	"strings"

	"uplinkcheck/drivers/capture"
	"uplinkcheck/drivers/state"
	"uplinkcheck/inventory"
)

// ScenarioKind says what sort of thing a scenario takes away. The zero kind is none.
type ScenarioKind uint8

const (
	_                ScenarioKind = iota
	SwitchLoss                    // a switch of one chassis, or one of which nobody said how many it has
	ControlPlaneLoss              // a whole stack: its chassis share one control plane
	MemberLoss                    // one chassis of a stack, or one fabric extender
	LineCardLoss                  // the ports of one slot of a modular switch
	LinkLoss                      // a cable to a host, with all lanes of its transceiver
	TrunkLoss                     // a cable between switches, with all lanes of its transceiver
	LAGLoss                       // all links of a LAG
	NICLoss                       // all ports of one PCI device of a host
	PeerLinkLoss                  // all cables between the switches of a pair
	RackLoss                      // what the inventory puts into one rack
	PowerLoss                     // what it hangs on one power feed
	SiteLoss                      // what it has at one site
	DomainLoss                    // what it declares to be lost together
	PairLoss                      // two switches at once
)

// String returns the kind in words.
func (k ScenarioKind) String() string {
	return [...]string{"none", "switch", "control plane", "stack member", "line card", "link", "trunk", "LAG", "NIC", "peer-link", "rack",
		"power feed", "site", "domain", "two switches"}[min(k, PairLoss)]
}

// A Scenario is one thing that may be lost: what it is made of, not yet what follows from its loss. Scenarios of a fabric are made
// once and compared by address. The zero Scenario takes nothing.
type Scenario struct {
	Kind ScenarioKind
	Name string       // "leaf1", "leaf1 member 2", "link esx1/vmnic0 to leaf1/Ethernet7", "rack r1"
	From capture.Span // the line of the inventory that declares it; zero for what is a thing of the fabric itself

	Switches []*Switch // that are lost as a whole
	Hosts    []*Host   // that are lost with it: whether they keep their networks is no question then
	Uplinks  []*Uplink // whose cable or NIC is lost
	Ports    []*Port   // that lose their cable or themselves
	Perhaps  []*Port   // ports of a stack that does not say which of its chassis owns them, or of an extender that may be the same

	Missing []string // declared members that gave no state

	Of     *Switch // of a MemberLoss or LineCardLoss: the switch that stays
	Member string  // of a MemberLoss: the chassis or extender; of a LineCardLoss: the slot
	Link   *Link   // of a LinkLoss
	Trunk  *Trunk  // of a TrunkLoss
	LAG    *LAG    // of a LAGLoss
	Pair   *Pair   // of a PeerLinkLoss, and of a PairLoss of multi-chassis peers

	extender *Extender // of a MemberLoss: the extender that it is
	order    int
}

// String returns the name, "nothing" for the zero Scenario.
func (s *Scenario) String() string { return cmp.Or(s.Name, "nothing") }

// Order is its place among Fabric.Scenarios.
func (s *Scenario) Order() int { return s.order }

// Subject implements Named.
func (s *Scenario) Subject() Subject { return Subject{"scenario", s.String()} }

// Scenarios returns what may be lost, of the kinds named, of all when none is: switches with their chassis and line cards, cables to
// hosts, cables between switches, LAGs, NICs, peer-links, declared domains, and pairs of switches where a cluster must survive those.
func (f *Fabric) Scenarios(kinds ...ScenarioKind) []*Scenario {
	f.sim.scenariosOnce.Do(func() {
		f.sim.scenarios = f.makeScenarios()
		for _, s := range f.sim.scenarios {
			f.sim.byKind[s.Kind] = append(f.sim.byKind[s.Kind], s)
		}
	})
	switch len(kinds) {
	case 0:
		return f.sim.scenarios
	case 1:
		return f.sim.byKind[kinds[0]]
	}
	var out []*Scenario
	for _, s := range f.sim.scenarios {
		if slices.Contains(kinds, s.Kind) {
			out = append(out, s)
		}
	}
	return out
}

func (f *Fabric) makeScenarios() (out []*Scenario) {
	lanes := f.lanes()
	for _, s := range f.Switches {
		out = append(out, s.losses()...)
		for _, x := range f.extenders {
			if x.Switches[0] == s {
				out = append(out, x.loss())
			}
		}
	}
	for _, l := range f.Links {
		out = append(out, l.loss(lanes))
	}
	for _, t := range f.Trunks {
		out = append(out, t.loss(lanes))
	}
	for _, l := range f.LAGs {
		if other := l.other(); other == nil || state.NaturalCompare(l.Name, other.Name) <= 0 { // both ends are one LAG
			out = append(out, l.loss())
		}
	}
	for _, h := range f.Hosts {
		out = append(out, h.cards()...)
	}
	for _, p := range f.Pairs {
		out = append(out, p.peerLink()...)
	}
	out = append(out, f.places()...)
	out = append(out, f.domains()...)
	out = append(out, f.pairLosses()...)
	for i, s := range out {
		s.order = i
	}
	return out
}

// losses are the loss of a switch and of each of its parts.
func (s *Switch) losses() []*Scenario {
	whole := &Scenario{Kind: SwitchLoss, Name: s.Name, Switches: []*Switch{s}}
	if !capture.Is(s.Device.Stacked, true) {
		return append([]*Scenario{whole}, s.lineCards()...)
	}
	whole.Kind = ControlPlaneLoss
	out := []*Scenario{whole}
	for i := range s.Members {
		m := &Scenario{Kind: MemberLoss, Of: s, Member: s.Members[i].ID, Name: Chassis{s.Name, s.Members[i].ID}.String()}
		for _, p := range s.Ports {
			switch c, ok := p.Chassis(); {
			case !ok:
				m.Perhaps = append(m.Perhaps, p)
			case c.Member == m.Member:
				m.Ports = append(m.Ports, p)
			}
		}
		out = append(out, m)
	}
	return out
}

// lineCards are the slots of a modular switch, told by its ports' names: three numbers, the first of which is the slot, and more than
// one slot. Two numbers may as well be port and lane, and one slot is the whole of a fixed switch: there nobody can tell.
func (s *Switch) lineCards() (out []*Scenario) {
	if !s.Device.Stacked.Known() {
		return nil
	}
	slots := map[string]*Scenario{}
	for _, p := range s.Ports {
		slot := slotOf(p.Name)
		if slot == "" || p.Extender != nil {
			continue
		}
		if slots[slot] == nil {
			slots[slot] = &Scenario{Kind: LineCardLoss, Of: s, Member: slot, Name: "line card " + slot + " of " + s.Name}
			out = append(out, slots[slot])
		}
		slots[slot].Ports = append(slots[slot].Ports, p)
	}
	if len(out) < 2 {
		return nil
	}
	return out
}

// Modular reports whether the names of the switch's ports tell of which line card they are.
func (s *Switch) Modular() bool { return len(s.lineCards()) > 0 }

// LineCard returns the slot that the port is in, "" in a stack and where the names of the switch's ports do not tell of any.
func (p *Port) LineCard() string {
	if capture.Is(p.Switch.Device.Stacked, true) || !p.Switch.Modular() {
		return ""
	}
	return slotOf(p.Name)
}

// slotOf returns the first of the three numbers of a port's name, "" where it has not three.
func slotOf(name string) string {
	name, _, _ = strings.Cut(name, ":")
	if strings.Count(name, "/") != 2 {
		return ""
	}
	numbers := strings.Split(strings.TrimLeft(name, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ-"), "/")
	if slices.ContainsFunc(numbers, func(n string) bool { return n == "" || strings.Trim(n, "0123456789") != "" }) {
		return ""
	}
	return numbers[0]
}

// An optic is a transceiver that is split into lanes: names that differ only in the number after a colon. Where a platform numbers
// lanes like ports, nobody can tell from the name, and they count as two.
type optic struct {
	at   *Switch
	name string
}

func (p *Port) optic() (optic, bool) {
	name, _, split := strings.Cut(p.Name, ":")
	return optic{p.Switch, name}, split
}

// lanes finds the ports of each split transceiver.
func (f *Fabric) lanes() map[optic][]*Port {
	out := map[optic][]*Port{}
	for _, s := range f.Switches {
		for _, p := range s.Ports {
			if o, split := p.optic(); split {
				out[o] = append(out[o], p)
			}
		}
	}
	return out
}

// cable returns the port with all ports of its transceiver.
func cable(p *Port, lanes map[optic][]*Port) []*Port {
	if o, split := p.optic(); split {
		return lanes[o]
	}
	return []*Port{p}
}

func (l *Link) loss(lanes map[optic][]*Port) *Scenario {
	s := &Scenario{Kind: LinkLoss, Name: "link of " + l.Uplink.String(), Link: l, Uplinks: []*Uplink{l.Uplink}}
	if l.Port != nil {
		s.Name = "link " + l.Uplink.String() + " to " + l.Port.String()
		s.Ports = cable(l.Port, lanes)
	}
	return s
}

func (t *Trunk) loss(lanes map[optic][]*Port) *Scenario {
	s := &Scenario{Kind: TrunkLoss, Name: "link at " + t.A.String(), Trunk: t, Ports: cable(t.A, lanes)}
	if t.Z != nil {
		s.Name = "link " + t.A.String() + " to " + t.Z.String()
		s.Ports = append(slices.Clip(s.Ports), cable(t.Z, lanes)...)
	}
	return s
}

// other returns the LAG at the other end of all cables of a LAG between switches, which leads here with all of its own, nil where there
// is no such one.
func (l *LAG) other() *LAG {
	at := func(from *LAG) (far *LAG) {
		for _, p := range from.Ports() {
			if p.Trunk == nil || p.Trunk.far(p) == nil || p.Trunk.far(p).LAG == nil || far != nil && p.Trunk.far(p).LAG != far {
				return nil
			}
			far = p.Trunk.far(p).LAG
		}
		return far
	}
	if far := at(l); far != nil && at(far) == l {
		return far
	}
	return nil
}

func (l *LAG) loss() *Scenario {
	s := &Scenario{Kind: LAGLoss, Name: "LAG " + l.Name, LAG: l, Ports: l.Ports()}
	for _, p := range s.Ports {
		if p.Link != nil && p.Link.Port == p {
			s.Uplinks = append(s.Uplinks, p.Link.Uplink)
		}
	}
	return s
}

// cards are the PCI devices of a host that have uplinks.
func (h *Host) cards() (out []*Scenario) {
	byDevice := map[string]*Scenario{}
	for _, u := range h.Uplinks {
		device, _ := u.Card()
		if device == "" {
			continue
		}
		if byDevice[device] == nil {
			byDevice[device] = &Scenario{Kind: NICLoss, Name: "NIC " + device + " of " + h.Name}
			out = append(out, byDevice[device])
		}
		byDevice[device].Uplinks = append(byDevice[device].Uplinks, u)
	}
	return out
}

// Card returns the address of the PCI device that the uplink is a port of, as the host or the inventory says, "" where neither does.
func (u *Uplink) Card() (device string, from capture.Span) {
	pci := u.NIC.PCI
	if !pci.Known() && u.Host.Entry != nil {
		for _, d := range u.Host.Entry.Uplinks {
			if d.NIC == u.NIC.Name {
				pci = d.PCI
			}
		}
	}
	device, _, _ = strings.Cut(pci.Value, ".")
	return device, pci.From
}

// peerLink is the loss of all cables between the switches of the pair, nothing where none is known.
func (p *Pair) peerLink() []*Scenario {
	s := &Scenario{Kind: PeerLinkLoss, Name: "peer-link of " + p.Name, Pair: p, From: p.From}
	for _, sw := range p.Switches {
		for _, port := range sw.Ports {
			if port.Trunk != nil && port.Trunk.PeerLink {
				s.Ports = append(s.Ports, port)
			}
		}
	}
	if len(s.Ports) == 0 {
		return nil
	}
	return []*Scenario{s}
}

// places are the racks, power feeds and sites that the inventory names.
func (f *Fabric) places() (out []*Scenario) {
	type place struct {
		kind ScenarioKind
		name string
	}
	found := map[place]*Scenario{}
	at := func(kind ScenarioKind, name string, from capture.Span) *Scenario {
		if name == "" {
			return &Scenario{} // nowhere: what is noted there is not looked at
		}
		k := place{kind, name}
		if found[k] == nil {
			found[k] = &Scenario{Kind: kind, Name: kind.String() + " " + name, From: from}
		}
		return found[k]
	}
	for i := range f.Inventory.Switches {
		e := &f.Inventory.Switches[i]
		for _, s := range []*Scenario{at(RackLoss, e.Rack, e.From), at(PowerLoss, e.Power, e.From), at(SiteLoss, e.Site, e.From)} {
			f.include(s, e.Name)
		}
	}
	for i := range f.Inventory.Hosts {
		e := &f.Inventory.Hosts[i]
		for _, s := range []*Scenario{at(RackLoss, e.Rack, e.From), at(PowerLoss, e.Power, e.From), at(SiteLoss, e.Site, e.From)} {
			f.include(s, e.Name)
		}
	}
	return slices.SortedFunc(maps.Values(found), func(a, b *Scenario) int {
		return cmp.Or(cmp.Compare(a.Kind, b.Kind), state.NaturalCompare(a.Name, b.Name))
	})
}

// domains are those that the inventory declares.
func (f *Fabric) domains() (out []*Scenario) {
	for _, d := range f.Inventory.Domains {
		s := &Scenario{Kind: DomainLoss, Name: "domain " + d.Name, From: d.From}
		for _, m := range d.Members {
			f.include(s, m)
		}
		out = append(out, s)
	}
	slices.SortStableFunc(out, func(a, b *Scenario) int { return state.NaturalCompare(a.Name, b.Name) })
	return out
}

// include adds a switch, a host, or another device that is known at some ports.
func (f *Fabric) include(s *Scenario, name string) {
	if sw := f.switches[name]; sw != nil {
		s.Switches = append(s.Switches, sw)
		return
	}
	if h := f.hosts[name]; h != nil {
		s.Hosts = append(s.Hosts, h)
		return
	}
	ports := f.whereabouts().portsOf(f, []string{name})
	if len(ports) == 0 || slices.ContainsFunc(f.Inventory.Switches, func(e inventory.Switch) bool { return e.Name == name }) {
		s.Missing = append(s.Missing, name)
	}
	s.Ports = append(s.Ports, ports...)
}

// pairLosses are any two switches that a cluster must be able to lose at once: of those where its hosts end and those cabled to
// them, and the multi-chassis pairs of all of them.
func (f *Fabric) pairLosses() (out []*Scenario) {
	done := map[[2]*Switch]bool{}
	add := func(a, b *Switch, from capture.Span) {
		if comparePorts(&Port{Switch: a}, &Port{Switch: b}) > 0 {
			a, b = b, a
		}
		if a == b || done[[2]*Switch{a, b}] {
			return
		}
		done[[2]*Switch{a, b}] = true
		s := &Scenario{Kind: PairLoss, Name: a.Name + " and " + b.Name, From: from, Switches: []*Switch{a, b}}
		if a.Pair == b.Pair {
			s.Pair = a.Pair
		}
		out = append(out, s)
	}
	for i := range f.Inventory.Clusters {
		c := &f.Inventory.Clusters[i]
		if !slices.Contains(c.Survive, "switch+switch") {
			continue
		}
		near := f.around(c)
		for i, a := range near {
			for _, b := range near[:i] {
				add(a, b, c.From)
			}
		}
	}
	slices.SortFunc(out, func(a, b *Scenario) int { return state.NaturalCompare(a.Name, b.Name) })
	return out
}

// around returns the switches where the hosts of the cluster end, and those that are cabled to them.
func (f *Fabric) around(c *inventory.Cluster) (out []*Switch) {
	seen := map[*Switch]bool{}
	add := func(s *Switch) {
		if s != nil && !seen[s] {
			seen[s] = true
			out = append(out, s)
		}
	}
	for _, name := range c.Hosts {
		if h := f.hosts[name]; h != nil {
			for _, u := range h.Uplinks {
				if p := u.Mapped(); p != nil {
					add(p.Switch)
				}
			}
		}
	}
	for _, s := range slices.Clone(out) {
		for _, p := range s.Ports {
			if p.Trunk != nil {
				add(p.Trunk.farSwitch(p))
			}
		}
	}
	slices.SortFunc(out, func(a, b *Switch) int { return state.NaturalCompare(a.Name, b.Name) })
	return out
}

// far returns the other end of the port's cable, nil where it is not known.
func (t *Trunk) far(p *Port) *Port {
	if t.A == p {
		return t.Z
	}
	return t.A
}

// farSwitch returns the switch at the other end of the port's cable, nil where it is not known.
func (t *Trunk) farSwitch(p *Port) *Switch {
	if q := t.far(p); q != nil {
		return q.Switch
	}
	return t.Far
}
