package topology

import (
	"cmp"
	"slices"
	"strings"

	"uplinkcheck/drivers/capture"
	"uplinkcheck/drivers/state"
	"uplinkcheck/inventory"
)

// whereabouts is what a fabric knows of who is where, looked up by name, port and VLAN. It is made once, after Build.
type whereabouts struct {
	byVID    map[state.VID][]*Network
	heard    map[string][]*Port // by lower-case name and first label, in order
	cabled   map[string][]*Port // by device: where the operator's cables of it end
	trunked  []bool             // by Switch.number: it has a cable to another switch
	awaited  map[string]string  // lower-case name or hostname of a switch that gave no state: its name
	leads    map[*Port]string   // ports whose declared cable leads to such a switch
	rivals   map[*Port]*Link    // ports of links of which devices say different things
	names    nameIndex[*Host]   // of hosts
	declared map[*Port]bool     // gateways and stations of some network
	gateways map[*Network]map[*Port]bool
	stations map[*Network]map[*Port]bool
	needs    map[*Host]map[*Network]bool           // networks that a host must offer
	seeds    map[*Network]map[*Switch]state.VIDSet // where networks are surely meant to be
	seeded   map[*Network]state.VIDSet             // VIDs that have a seed
	unplaced map[*Network]string                   // a host that needs it, of which not every uplink is mapped
	astray   string                                // a host of which nobody said what it needs, and not every uplink is mapped
	faceless string                                // a switch that gave no state, or did not tell its chassis address
	unended  map[*Switch]*Port                     // switches at which its cable ends nobody knows at which port
	cut      map[[2]state.VIDSet]state.VIDSet      // intersections that were asked for
}

func (f *Fabric) whereabouts() *whereabouts {
	f.bridged.whereOnce.Do(func() { f.bridged.where = newWhereabouts(f) })
	return f.bridged.where
}

func newWhereabouts(f *Fabric) *whereabouts {
	w := &whereabouts{byVID: map[state.VID][]*Network{}, heard: map[string][]*Port{}, cabled: map[string][]*Port{}, awaited: map[string]string{},
		leads: map[*Port]string{}, rivals: map[*Port]*Link{}, names: f.hostNames(), declared: map[*Port]bool{}, seeds: map[*Network]map[*Switch]state.VIDSet{},
		seeded: map[*Network]state.VIDSet{}, gateways: map[*Network]map[*Port]bool{}, stations: map[*Network]map[*Port]bool{},
		cut: map[[2]state.VIDSet]state.VIDSet{}, needs: map[*Host]map[*Network]bool{}, unplaced: map[*Network]string{}, unended: map[*Switch]*Port{}}
	for i := range f.Inventory.Switches {
		if s := &f.Inventory.Switches[i]; f.switches[s.Name] == nil {
			w.awaited[strings.ToLower(s.Name)] = s.Name
			w.faceless = s.Name
			if s.Hostname != "" {
				w.awaited[strings.ToLower(s.Hostname)] = s.Name
			}
		}
	}
	w.addHeard(f)
	w.addCables(f)
	w.addUnended(f)
	w.trunked = make([]bool, len(f.Switches))
	for _, s := range f.Switches {
		if !s.Device.ChassisMAC.Known() {
			w.faceless = s.Name
		}
		w.trunked[s.number] = slices.ContainsFunc(s.Ports, func(p *Port) bool { return p.Trunk != nil })
	}
	for _, l := range f.Links {
		for _, c := range l.Claims {
			if l.Port == nil && w.rivals[c.Port] == nil {
				w.rivals[c.Port] = l
			}
		}
	}
	for _, n := range f.Networks {
		for v := range n.VLANs.All() {
			w.byVID[v] = append(w.byVID[v], n)
		}
	}
	for _, n := range f.Networks {
		w.gateways[n], w.stations[n] = w.mark(w.portsOf(f, n.Gateway)), w.mark(w.portsOf(f, n.stationed()))
	}
	w.addSeeds(f)
	return w
}

func (w *whereabouts) addHeard(f *Fabric) {
	for _, s := range f.Switches {
		for _, p := range s.Ports {
			for i := range p.Remotes {
				name := p.Remotes[i].SystemName
				if !name.Known() || name.Value == "" {
					continue
				}
				whole := strings.ToLower(name.Value)
				short, _, _ := strings.Cut(whole, ".")
				for _, key := range []string{whole, short} {
					if at := w.heard[key]; len(at) == 0 || at[len(at)-1] != p {
						w.heard[key] = append(at, p)
					}
				}
			}
		}
	}
}

func (w *whereabouts) addCables(f *Fabric) {
	for _, c := range f.Inventory.Links {
		for _, ends := range [][2]inventory.CableEnd{{c.A, c.Z}, {c.Z, c.A}} {
			if s := f.switches[ends[1].Device]; s != nil && s.ports[ends[1].Port] != nil {
				p := s.ports[ends[1].Port]
				w.cabled[ends[0].Device] = append(w.cabled[ends[0].Device], p)
				if name, awaited := w.awaited[strings.ToLower(ends[0].Device)]; awaited {
					w.leads[p] = name
				}
			}
		}
	}
}

// addUnended finds switches at which cables end nobody knows at which port: more ports of another switch lead there than lead back. Of
// cables from a switch to itself both ends do.
func (w *whereabouts) addUnended(f *Fabric) {
	type way struct{ from, to *Switch }
	many := map[way]int{}
	for _, t := range f.Trunks {
		if t.Z == nil && t.Far != nil {
			many[way{t.A.Switch, t.Far}]++
		}
	}
	for _, t := range f.Trunks {
		if t.Z != nil || t.Far == nil || w.unended[t.Far] != nil {
			continue
		}
		there, back := many[way{t.A.Switch, t.Far}], many[way{t.Far, t.A.Switch}]
		if there > back || t.A.Switch == t.Far && there%2 == 1 {
			w.unended[t.Far] = t.A
		}
	}
}

func (w *whereabouts) mark(ports []*Port) map[*Port]bool {
	out := map[*Port]bool{}
	for _, p := range ports {
		out[p], w.declared[p] = true, true
	}
	return out
}

// addSeeds finds the switches and VLANs where each network is surely meant to be: at the uplinks of hosts that must offer it, at
// its gateways and at its stations.
func (w *whereabouts) addSeeds(f *Fabric) {
	add := func(n *Network, s *Switch, set state.VIDSet) {
		if set.Empty() {
			return
		}
		if w.seeds[n] == nil {
			w.seeds[n] = map[*Switch]state.VIDSet{}
		}
		w.seeds[n][s] = w.seeds[n][s].Union(set)
	}
	for _, h := range f.Hosts {
		lost := len(h.Uplinks) == 0 || !h.ListsNICs() || slices.ContainsFunc(h.Uplinks, (*Uplink).adrift)
		if lost && len(h.Required) == 0 && len(h.Uses) == 0 {
			w.astray = h.Name
		}
		for _, r := range h.Required {
			if lost && w.unplaced[r.Network] == "" {
				w.unplaced[r.Network] = h.Name
			}
			if w.needs[h] == nil {
				w.needs[h] = map[*Network]bool{}
			}
			w.needs[h][r.Network] = true
			for _, u := range r.Uplinks {
				if p := u.Mapped(); p != nil {
					_, may := p.members()
					add(r.Network, p.Switch, w.meet(may, r.Network.VLANs))
				}
			}
		}
	}
	for _, n := range f.Networks {
		for _, ports := range []map[*Port]bool{w.gateways[n], w.stations[n]} {
			for p := range ports {
				add(n, p.Switch, n.VLANs)
			}
		}
		for _, s := range n.GatewaySwitches() {
			add(n, s, n.VLANs)
		}
		for _, set := range w.seeds[n] {
			w.seeded[n] = w.seeded[n].Union(set)
		}
	}
}

func (w *whereabouts) meet(a, b state.VIDSet) state.VIDSet {
	key := [2]state.VIDSet{a, b}
	out, ok := w.cut[key]
	if !ok {
		out = a.Intersect(b)
		w.cut[key] = out
	}
	return out
}

// meant reports whether a network is surely meant to be at a spot, or nobody knows where it is.
func (w *whereabouts) meant(n *Network, at Spot) bool {
	return !w.seeded[n].Has(at.VID) || w.seeds[n][at.Switch].Has(at.VID)
}

// Unplaced names a host that needs the network and of which it is not known where all of its uplinks end, "" when there is none.
func (n *Network) Unplaced() string { return n.Fabric.whereabouts().unplaced[n] }

// Hidden says in words what the place may be where it is not known who is there: a host of which not every uplink is mapped, a device that
// did not say who it is, the other end of a cable. "" where that is nothing that is known. The second text says what would tell.
func (x *Place) Hidden(n *Network) (is, missing string) {
	w := n.Fabric.whereabouts()
	lost, end := cmp.Or(w.unplaced[n], w.astray), w.unended[x.Port.Switch]
	switch {
	case x.Kind != UnknownPlace && x.Kind != Nameless:
		return "", ""
	case lost != "":
		return "may be where " + lost + " is, of which not every uplink is mapped", "settle RED-009 for " + lost + " first"
	case x.Kind == Nameless && x.Who == "":
		return "leads to a neighbour that did not say who it is", "what is behind " + x.Port.String() + ": declare it (hosts:, links:, gateway:, stations:)"
	case end != nil:
		return "may be the other end of the cable of " + end.String(), "LLDP at the other end of " + end.String() + ", or the cable under links: in the inventory"
	case x.Kind == Nameless && w.faceless != "":
		return "leads to " + x.Who + ", which did not say its name and may be " + w.faceless, "the chassis address of " + w.faceless
	}
	return "", ""
}

// adrift reports whether it is not known where the uplink ends: a mere hint is none, unless the uplink and that port are known to be down.
func (u *Uplink) adrift() bool {
	p := u.Mapped()
	return p == nil || u.Confidence() <= Inferred && (u.Serves() != state.No || p.Oper() != state.No)
}

// Seeds returns the switches where the network is surely meant to be, in order: where hosts that need it end, at its gateways, at its
// stations.
func (n *Network) Seeds() (out []*Switch) {
	for s := range n.Fabric.whereabouts().seeds[n] {
		out = append(out, s)
	}
	slices.SortFunc(out, func(a, b *Switch) int { return a.number - b.number })
	return out
}

// MeantAt returns the declared networks that are meant to be at a spot: each has the VLAN and is there, or nobody knows where it is.
func (f *Fabric) MeantAt(at Spot) (out []*Network) {
	w := f.whereabouts()
	for _, n := range w.byVID[at.VID] {
		if w.meant(n, at) {
			out = append(out, n)
		}
	}
	return out
}

// hostAt returns the host on a port: by its link, or, where its NIC is not known, by the name of all that was heard. Nil when there is none.
func (w *whereabouts) hostAt(p *Port) (h *Host) {
	switch c := p.Link.Confidence(); {
	case c > Inferred:
		return p.Link.Uplink.Host
	case c == Contradicted:
		return nil
	}
	for i := range p.Remotes {
		name := p.Remotes[i].SystemName
		named := w.names.find(name.Value)
		if !name.Known() || named == nil || h != nil && h != named {
			return nil
		}
		h = named
	}
	return h
}

// neighbour says who sits on a port that is no uplink of a host and no cable between collected switches.
func (w *whereabouts) neighbour(p *Port) (PlaceKind, string) {
	if p.Link.Confidence() == Contradicted {
		return Disputed, p.Link.Uplink.String() // devices say one thing and the operator another
	}
	if l := w.rivals[p]; l != nil {
		return Disputed, l.Uplink.String()
	}
	if name := w.leads[p]; name != "" {
		return Uncollected, name
	}
	for _, r := range p.Remotes {
		whole := strings.ToLower(r.SystemName.Value)
		short, _, _ := strings.Cut(whole, ".")
		for _, key := range []string{whole, short} {
			if name, awaited := w.awaited[key]; r.SystemName.Known() && awaited {
				return Uncollected, name
			}
		}
	}
	nameless, several := -1, ""
	for i := range p.Remotes {
		switch name := p.Remotes[i].SystemName; {
		case !name.Known() || name.Value == "":
			nameless = i
		case w.names.find(name.Value) == nil:
			return Stranger, name.Value
		default:
			several = name.Value
		}
	}
	switch {
	case nameless >= 0:
		return Nameless, p.Remotes[nameless].ChassisID.Value.ID
	case several != "":
		return Stranger, several
	}
	return UnknownPlace, ""
}

// openAt reports whether nobody knows what is behind a port, or whether that may be a switch: it may lead anywhere.
func (w *whereabouts) openAt(p *Port) (kind PlaceKind, who string, open bool) {
	if p.Trunk != nil || w.declared[p] || w.hostAt(p) != nil {
		return 0, "", false
	}
	kind, who = w.neighbour(p)
	return kind, who, true
}

// doubtEdgePorts notes the ports of which nobody knows where they lead: two of them may be two ends of one cable.
func (d *Domains) doubtEdgePorts() {
	w := d.fabric.whereabouts()
	for _, s := range d.fabric.Switches {
		for _, p := range s.Ports {
			if p.Oper() == state.No {
				continue
			}
			kind, who, open := w.openAt(p)
			if !open {
				continue
			}
			f := d.tagging(p)
			if f.maybe.Empty() {
				continue
			}
			x := Doubt{At: p, On: s, VIDs: f.maybe, Why: "nothing is known behind " + p.String(),
				Missing: "what is behind " + p.String() + ": declare it (hosts:, links:, gateway:, stations:)"}
			switch kind {
			case Uncollected:
				x.Why, x.Missing = p.String()+" leads to "+who+", which was not collected", "collect "+who
			case Stranger, Nameless:
				x.Why = p.String() + " leads to " + cmp.Or(who, "a neighbour that did not say who it is") + ", which nobody declared"
			case Disputed:
				x.Why, x.Missing = "sources disagree whether "+who+" is at "+p.String(), "settle RED-008 for "+who+" first"
			}
			d.addDoubt(x)
		}
	}
}

// A Learned is an address that a switch learned in a VLAN at a port, or at the aggregator that the port serves. Perhaps: how it came to know
// the address was not reported.
type Learned struct {
	MAC     state.MAC
	VID     state.VID
	Port    *Port
	From    capture.Span
	Perhaps bool
}

// LearnedAt returns the addresses of stations that switches learned at the ports of a host, by switch and VLAN: those that the switch
// learned itself. Addresses that routers share are left out.
func (h *Host) LearnedAt() (out []Learned) {
	type place struct {
		s    *Switch
		name string
	}
	done := map[place]bool{}
	for _, u := range h.Uplinks {
		p := u.Mapped()
		if p == nil || u.Confidence() <= Inferred {
			continue
		}
		names := []string{p.Name}
		if p.Aggregator != nil {
			names = append(names, p.Aggregator.Name)
		}
		for _, name := range names {
			if done[place{p.Switch, name}] {
				continue
			}
			done[place{p.Switch, name}] = true
			for _, e := range p.Switch.learned()[name] {
				if e.VID != 0 && (!e.Kind.Known() || e.Kind.Value == state.Dynamic) && !Virtual(e.MAC) {
					out = append(out, Learned{e.MAC, e.VID, p, e.From, !e.Kind.Known()})
				}
			}
		}
	}
	return out
}

// learned returns the forwarding database by interface.
func (s *Switch) learned() map[string][]*state.MACEntry {
	s.learnedOnce.Do(func() {
		s.learnedAt = map[string][]*state.MACEntry{}
		for i := range s.MACs {
			e := &s.MACs[i]
			s.learnedAt[e.Interface] = append(s.learnedAt[e.Interface], e)
		}
	})
	return s.learnedAt
}

// A sighting is an address that a switch learned at an edge port.
type sighting struct {
	port *Port
	vid  state.VID
	from capture.Span
}

// joinByAddresses looks for bridges that nobody sees: an address of a station that was learned in one VLAN at a port behind which
// nothing is known, and in another VLAN elsewhere. Something with several legs looks the same, so that this only may be a joint; an
// address that is at home in several VLANs anyway says nothing.
func (d *Domains) joinByAddresses() {
	w := d.fabric.whereabouts()
	seen := map[state.MAC][]sighting{}
	var open []sighting
	var macs []state.MAC
	each := func(use func(m state.MAC, x sighting)) {
		for _, s := range d.fabric.Switches {
			at := s.byInterface()
			for i := range s.MACs {
				e := &s.MACs[i]
				if p := at[e.Interface]; p != nil && p.Trunk == nil && e.VID != 0 && capture.Is(e.Kind, state.Dynamic) && !Virtual(e.MAC) {
					use(e.MAC, sighting{p, e.VID, e.From})
				}
			}
		}
	}
	each(func(m state.MAC, x sighting) {
		if _, _, isOpen := w.openAt(x.port); isOpen {
			open, macs = append(open, x), append(macs, m)
			seen[m] = nil
		}
	})
	if len(open) == 0 {
		return
	}
	each(func(m state.MAC, x sighting) {
		if _, wanted := seen[m]; wanted {
			seen[m] = append(seen[m], x)
		}
	})
	type meeting struct{ here, there Spot }
	done := map[meeting]bool{}
	for i, x := range open {
		if d.manyLegged(seen[macs[i]]) {
			continue // it says that frames of one of them arrive, but not of which
		}
		for _, y := range seen[macs[i]] {
			j := meeting{Spot{x.port.Switch, x.vid}, Spot{y.port.Switch, y.vid}}
			if x.vid == y.vid || samePlace(x.port, y.port) || done[j] || homeAt(seen[macs[i]], x.port, y.vid) {
				continue
			}
			done[j] = true
			d.joints = append(d.joints, joint{a: x.port, z: y.port, from: x.port.Switch, to: y.port.Switch, maybe: state.VIDs(x.vid), turn: y.vid,
				claims: []capture.Span{x.from, y.from},
				hint:   macs[i].String() + " was learned in VLAN " + VIDString(x.vid) + " at " + x.port.String() + " and in VLAN " + VIDString(y.vid) + " at " + y.port.String()})
		}
	}
}

// manyLegged reports whether an address is at home in several VLANs: at ports behind which it is known who is there.
func (d *Domains) manyLegged(seen []sighting) bool {
	w, home := d.fabric.whereabouts(), state.VID(0)
	for _, x := range seen {
		if _, _, open := w.openAt(x.port); open || x.vid == home {
			continue
		}
		if home != 0 {
			return true
		}
		home = x.vid
	}
	return false
}

// homeAt reports whether the address was learned in the VLAN at the port's own place too: what is there has a leg in both VLANs.
func homeAt(seen []sighting, p *Port, v state.VID) bool {
	return slices.ContainsFunc(seen, func(x sighting) bool { return x.vid == v && samePlace(x.port, p) })
}

// samePlace reports whether two ports lead to one device: one port, one LAG, or one host.
func samePlace(p, q *Port) bool {
	return p == q || p.LAG != nil && p.LAG == q.LAG || p.Aggregator != nil && p.Aggregator == q.Aggregator ||
		p.Link != nil && q.Link != nil && p.Link.Uplink.Host == q.Link.Uplink.Host
}

// byInterface finds a port by its own name or by its aggregator's.
func (s *Switch) byInterface() map[string]*Port {
	out := map[string]*Port{}
	for _, p := range s.Ports {
		if p.Aggregator != nil && out[p.Aggregator.Name] == nil {
			out[p.Aggregator.Name] = p
		}
	}
	for _, p := range s.Ports {
		out[p.Name] = p
	}
	return out
}

// virtual are the addresses that routers share: VRRP (RFC 9568, 7.3), HSRP (RFC 2281, 5.3, and its second version) and GLBP. They begin
// with the bytes, and go on with the high half of one more where half is given.
var virtual = []struct {
	bytes string
	half  string
}{{"\x00\x00\x5e\x00\x01", ""}, {"\x00\x00\x5e\x00\x02", ""}, {"\x00\x00\x0c\x07\xac", ""},
	{"\x00\x00\x0c\x9f", "\xf0"}, {"\x00\x05\x73\xa0", "\x00"}, {"\x00\x07\xb4", "\x00"}}

// Virtual reports whether an address is one that routers share, often in every VLAN. It names no station.
func Virtual(m state.MAC) bool {
	for _, x := range virtual {
		if n := len(x.bytes); string(m[:n]) == x.bytes && (x.half == "" || m[n]&0xf0 == x.half[0]) {
			return true
		}
	}
	return false
}
