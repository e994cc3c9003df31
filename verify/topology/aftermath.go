package topology

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"uplinkcheck/drivers/capture"
	"uplinkcheck/drivers/state"
	"uplinkcheck/inventory"
)

// An Aftermath is what the loss of some things at once would leave. Slices are in the order of the fabric.
type Aftermath struct {
	Lost []*Scenario

	Gone    []Fate // networks of hosts that work now, or may, and would not then
	Unclear []Fate // of which that is not known, with what is missing
	OneLeg  []Fate // that would remain on one uplink and have several now
	Already []Fate // that do not work now either
	Kept    int    // how many networks of hosts surely remain

	Hosts       []*Host       // that are lost themselves
	Placeless   []string      // hosts of which no uplink is known, so that they may hang on what is lost; of others nobody said what they need either
	Undeclared  []*Host       // that lose an uplink, or may, and of which nobody said which networks they need
	Gateways    []Entrance    // gateways of networks that the loss touches: each with what remains
	Ways        []Way         // services that hosts reach now and would not, or perhaps not, any more
	Nowhere     []Nowhere     // stations, services and witnesses that were found at no port, and so may hang on what is lost
	Divided     []Division    // networks without a declared gateway that would be in parts, each once
	Orphans     []Orphan      // gateways, stations and hosts that hang on nothing but what is lost
	Pairs       []PairFate    // multi-chassis pairs that the loss touches
	Unreachable []Unreachable // machines that could no longer be logged in to, or switches that nothing joins to the others
}

// Fate is what becomes of one network of one host.
type Fate struct {
	Role        *Role
	Now, After  Survival
	Had, Remain []*Uplink // uplinks that may carry it now, and after the loss
}

// Entrance is where a network leaves the fabric.
type Entrance struct {
	Network *Network
	Remain  []string // gateways as they are named in reasons
	Unsure  []string // of which that is not known
	Gone    []string
}

// Orphan is something that hangs on the lost parts alone.
type Orphan struct {
	Kind   string // "gateway", "station", "witness" of a cluster, or "host"
	Name   string // the declared place, or the host
	Port   *Port  // where it sits; of a host the first
	Apart  bool   // its port stays, but no host reaches it any more
	Answer state.Tri
	From   []capture.Span
}

// A Nowhere is a declared place that was found at no port.
type Nowhere struct {
	Kind string // "station", "service" or "witness"
	Name string
	From capture.Span
}

// A Way is a service that hosts are cut off from although something of both is left.
type Way struct {
	Service *Service
	Network *Network
	Lost    []*Host // surely
	Unclear []*Host
	Missing string // what would tell of the first of these, "" where more than one thing would
}

// PairFate is what becomes of a multi-chassis pair.
type PairFate struct {
	Pair      *Pair
	Left      []*Switch // that stay
	PeerLink  state.Tri // whether it still joins them
	Split     bool      // both stay active without it: the keepalive does not work
	Suspended []*Switch // that take their multi-chassis ports out of service, or may
	Healthy   Carriage  // whether the pair works now, as the switches that stay say; without that they are no substitute
}

// Unreachable is a machine that could no longer be reached.
type Unreachable struct {
	Name string
	Why  string
	From capture.Span

	Perhaps bool // of switches: unless a cable joins them of which it is not known whether it is there
}

// A Division is two hosts that a network joins now and would not any more.
type Division struct {
	Network *Network
	VID     state.VID
	A, B    *Host
}

// Aftermath tells what the loss of all of these at once would leave.
func (f *Fabric) Aftermath(lost ...*Scenario) *Aftermath {
	a := &Aftermath{Lost: lost}
	e := f.effects(lost...)
	w := f.after(e, lost)
	q := f.failuresOf(lost).question(w, lost)
	var losing []*Host // that lose an uplink, or may
	for _, h := range f.Hosts {
		if w.lostHost(h) {
			a.Hosts = append(a.Hosts, h)
			continue
		}
		touched := slices.ContainsFunc(h.Uplinks, func(u *Uplink) bool { return w.of(u).gone() != state.No })
		for _, r := range h.Required {
			a.fate(q, r, touched)
		}
		if !touched {
			continue
		}
		losing = append(losing, h)
		if o := w.orphan(h); o != nil {
			a.Orphans = append(a.Orphans, *o)
		} else if len(h.Required) == 0 {
			a.Undeclared = append(a.Undeclared, h)
		}
	}
	a.placeless(f, w)
	for _, n := range f.Networks {
		a.entrances(w, n, q)
		a.divided(q.world, n, losing)
	}
	a.tied(f, w, q)
	a.unfound(f, w)
	a.cutWays(q)
	for _, p := range f.Pairs {
		if fate, touched := w.pairFate(e, p); touched {
			a.Pairs = append(a.Pairs, fate)
		}
	}
	a.Unreachable = append(w.behind(f), f.islands(e)...)
	return a
}

// placeless names the hosts that may hang on a switch or a part of one that is lost, because nothing is known of them: they have no uplinks, or
// are not there at all though a cluster names them. What is known to need a network is among the fates.
func (a *Aftermath) placeless(f *Fabric, w *world) {
	part := slices.ContainsFunc(a.Lost, func(s *Scenario) bool { return s.Kind == MemberLoss || s.Kind == LineCardLoss })
	if !part && !slices.ContainsFunc(f.Switches, w.lost) {
		return
	}
	a.Placeless = f.Placeless()
}

// Placeless names the hosts that are in service, of which no uplink is known, and of which nobody said what they need: those of the
// inventory, and those that only a cluster names.
func (f *Fabric) Placeless() (names []string) {
	for _, h := range f.Hosts {
		if len(h.Uplinks) == 0 && len(h.Required) == 0 && !h.ListsNICs() && !h.Maintained() {
			names = append(names, h.Name)
		}
	}
	f.findAnchors()
	for _, c := range f.Clusters() {
		for _, name := range f.sim.absent[c.Cluster] {
			if !slices.Contains(names, name) {
				names = append(names, name)
			}
		}
	}
	return names
}

// fate puts one network of a host where it belongs. What works on is only counted: most networks are far from what is lost. Touched: an
// uplink of the host is, or may be.
func (a *Aftermath) fate(q *question, r *Role, touched bool) {
	now, after := q.now(r), q.after(r)
	if now != state.No && after == state.Yes {
		a.Kept++
		if !touched {
			return
		}
	}
	x := Fate{Role: r, Had: q.fabric.now().carriers(r), Remain: q.world.carriers(r)}
	if now != state.No && after == state.Yes && (len(x.Remain) != 1 || len(x.Had) < 2) {
		return
	}
	x.Now, x.After = q.failures.Now(r), r.survives(q.world, true)
	lanes := 0 // that have something to lose although the network does not work
	if now == state.No && after != state.Yes {
		lanes = r.lanes(q.fabric.now())
	}
	switch {
	case now == state.No && after == state.No && lanes > r.lanes(q.world): // what still gets through is lost
		a.Gone = append(a.Gone, x)
	case now == state.No && after == state.Unknown && lanes > 0:
		a.Unclear = append(a.Unclear, x)
	case now == state.No:
		a.Already = append(a.Already, x)
	case after == state.No:
		a.Gone = append(a.Gone, x)
	case after == state.Unknown:
		a.Unclear = append(a.Unclear, x)
	default:
		a.OneLeg = append(a.OneLeg, x)
	}
}

// A question asks for the answers of one loss without words.
type question struct {
	fabric   *Fabric
	failures *Failures
	world    *world
	scenario int32 // among those of the fabric, whose answers are known; -1: this loss must be gone through
}

func (x *Failures) question(w *world, lost []*Scenario) *question {
	q := &question{x.engine.fabric, x, w, -1}
	if len(lost) == 1 && q.fabric.has(lost[0]) {
		q.scenario = int32(lost[0].order)
		q.world = x.engine.world(q.scenario)
	}
	return q
}

func (q *question) now(r *Role) state.Tri {
	if answer := q.failures.engine.now[r.number]; answer == state.Yes {
		return answer
	}
	return r.survives(q.fabric.now(), false).Answer
}

func (q *question) after(r *Role) state.Tri {
	if q.scenario < 0 || q.now(r) != state.Yes {
		return r.survives(q.world, false).Answer
	}
	outcomes := q.failures.engine.outcomes[r.number]
	at, found := slices.BinarySearchFunc(outcomes, q.scenario, func(o outcome, s int32) int { return cmp.Compare(o.scenario, s) })
	if !found {
		return state.Yes
	}
	return outcomes[at].answer
}

// carriers returns the uplinks that may carry each VLAN of the network.
func (w *world) carriers(r *Role) (out []*Uplink) {
	for _, u := range r.Uplinks {
		if w.of(u).gone() == state.Yes {
			continue
		}
		carries := true
		for v := range r.Network.VLANs.All() {
			carries = carries && u.Passes(v) != state.No && slices.Contains(r.In(v), u)
		}
		if carries {
			out = append(out, u)
		}
	}
	return out
}

// orphan tells whether all uplinks of the host are out of service after the loss and not all of them are now.
func (w *world) orphan(h *Host) *Orphan {
	o := &Orphan{Kind: "host", Name: h.Name, Answer: state.Yes}
	works := false
	for _, u := range h.Uplinks {
		p := u.Mapped()
		if p == nil {
			o.Answer = o.Answer.And(w.of(u).gone())
			continue
		}
		if answer, _ := u.inService(); answer == state.No || p.flow().service == state.No {
			continue
		}
		works = true
		o.Answer = o.Answer.And(w.of(u).gone())
		o.From = append(o.From, u.Link.Evidence()...)
		if o.Port == nil {
			o.Port = p
		}
	}
	if !works || o.Answer == state.No {
		return nil
	}
	return o
}

// entrances tells what remains of a network's gateways and stations, where the loss touches any. A gateway that does not carry the
// network now is none.
func (a *Aftermath) entrances(w *world, n *Network, q *question) {
	e := Entrance{Network: n}
	touched := false
	note := func(name string, works, gone state.Tri) {
		if works == state.No {
			return
		}
		touched = touched || gone != state.No
		switch {
		case gone == state.Yes:
			e.Gone = append(e.Gone, name)
		case works.And(not(gone)) == state.Yes:
			e.Remain = append(e.Remain, name)
		default:
			e.Unsure = append(e.Unsure, name)
		}
	}
	at := n.Fabric.anchorsOf(n)
	for _, p := range at.ports {
		works := state.Yes
		for v := range n.VLANs.All() {
			works = works.And(p.Passes(v))
		}
		note(p.String(), works, w.port(p).gone())
		a.orphaned("gateway", n.From, p, w.place(p))
	}
	for _, s := range at.switches {
		note(s.Name, n.wholly(s.routesIn), tri(true, w.lost(s)))
	}
	lost := func(place string) bool {
		return slices.ContainsFunc(n.Fabric.Switches, func(s *Switch) bool { return w.lost(s) && mayBeOn(place, s) })
	}
	if touched || len(e.Remain) == 0 && slices.ContainsFunc(at.nowhere, lost) {
		e.Unsure = append(e.Unsure, at.nowhere...)
		a.Gateways = append(a.Gateways, e)
	}
	for _, p := range n.StationPorts() {
		if !w.elsewhere(n, p) {
			a.orphaned("station", n.From, p, w.place(p))
			a.parted("station", n.From, q, []*Port{p}, []*Network{n}, func(*Host) bool { return true })
		}
	}
}

// parted notes what sits at ports that stay, and that hosts reach now and would not then.
func (a *Aftermath) parted(kind string, from capture.Span, q *question, ports []*Port, networks []*Network, needs func(*Host) bool) {
	stays := func(p *Port) bool { return p.flow().service != state.No && q.world.place(p) == state.No }
	service := func(p *Port) bool { // of which Ways tell
		return slices.ContainsFunc(q.fabric.Services(), func(s *Service) bool { return slices.Contains(q.fabric.whereabouts().portsOf(q.fabric, s.At), p) })
	}
	ports = slices.DeleteFunc(slices.Clone(ports), func(p *Port) bool { return !stays(p) || service(p) })
	known := slices.ContainsFunc(a.Orphans, func(o Orphan) bool { return o.Kind == kind && slices.Contains(ports, o.Port) })
	networks = slices.DeleteFunc(slices.Clone(networks), func(n *Network) bool {
		return !slices.ContainsFunc(slices.Collect(n.VLANs.All()), func(v state.VID) bool { return !q.world.separatesNothing(v) })
	})
	if len(ports) == 0 || known {
		return
	}
	met, after := false, state.No
	for _, n := range networks {
		x, hosts, roles := q.failures.approach(Target{Networks: []*Network{n}, Ports: ports}, nil)
		for _, h := range hosts {
			stand := x.stand(roles[h])
			if q.world.lostHost(h) || h.Maintained() || !needs(h) || x.reached(q.fabric.now(), roles[h], stand) != state.Yes {
				continue
			}
			if met, after = true, after.Or(x.reached(q.world, roles[h], stand)); after == state.Yes {
				return
			}
		}
	}
	if met {
		a.Orphans = append(a.Orphans, Orphan{Kind: kind, Name: ports[0].String(), Port: ports[0], Apart: true, Answer: not(after), From: []capture.Span{from}})
	}
}

// cutWays notes the services that hosts reach now and would not reach then. Storage networks of several paths stand in for one another.
func (a *Aftermath) cutWays(q *question) {
	for _, s := range q.fabric.Services() {
		for _, networks := range s.Entered() {
			if t := q.fabric.TargetAt(s.At, networks...); len(t.Ports)+len(t.Switches) > 0 {
				a.cutWay(q, s, t)
			}
		}
	}
}

func (a *Aftermath) cutWay(q *question, s *Service, t Target) {
	way := Way{Service: s, Network: t.Networks[0]}
	x, hosts, roles := q.failures.approach(t, nil)
	for _, h := range hosts {
		stand := x.stand(roles[h])
		if q.world.lostHost(h) || h.Maintained() || x.reached(q.fabric.now(), roles[h], stand) != state.Yes {
			continue
		}
		switch x.reached(q.world, roles[h], stand) {
		case state.No:
			way.Lost = append(way.Lost, h)
		case state.Unknown:
			if way.Unclear = append(way.Unclear, h); len(way.Unclear) == 1 {
				way.Missing = x.wanting(q.world, roles[h])
			}
		}
	}
	if len(way.Lost)+len(way.Unclear) > 0 {
		a.Ways = append(a.Ways, way)
	}
}

// elsewhere reports whether what sits at a port keeps another one in the network, or in one that stands in for it over another path.
func (w *world) elsewhere(n *Network, p *Port) bool {
	f := n.Fabric
	var others []*Port
	for _, s := range f.Services() {
		if at := f.whereabouts().portsOf(f, s.At); slices.Contains(at, p) {
			others = append(others, at...)
		}
	}
	for i := range p.Remotes {
		if name := p.Remotes[i].SystemName; name.Known() && name.Value != "" {
			others = append(others, f.whereabouts().heard[strings.ToLower(name.Value)]...)
		}
	}
	return slices.ContainsFunc(others, func(o *Port) bool {
		return o != p && w.port(o).none() && slices.ContainsFunc(f.Networks, func(x *Network) bool {
			return (x == n || x.standsInFor(n)) && x.wholly(o.Passes) == state.Yes
		})
	})
}

// tied notes the witnesses of clusters that go with what is lost.
func (a *Aftermath) tied(f *Fabric, w *world, q *question) {
	for _, c := range f.Clusters() {
		at := f.whereabouts().portsOf(f, c.Witness)
		a.parted("witness", c.From, q, at, f.networksNamed(c.Networks), func(h *Host) bool { return slices.Contains(c.Hosts, h) })
		if slices.ContainsFunc(at, func(p *Port) bool { return p.flow().service != state.No && w.place(p) == state.No }) {
			continue
		}
		for _, p := range at {
			a.orphaned("witness", c.From, p, w.place(p))
		}
	}
}

// unfound notes the stations, services and witnesses that may hang on a switch, or a part of one, that is lost, because they were found at no
// port. A guest's place is its host's.
func (a *Aftermath) unfound(f *Fabric, w *world) {
	var away []*Switch
	for _, s := range a.Lost {
		away = append(away, s.Switches...)
		if s.Kind == MemberLoss || s.Kind == LineCardLoss {
			away = append(away, s.Of)
		}
	}
	missing := func(place string) bool {
		return f.switches[place] == nil && f.hosts[place] == nil && len(f.PortsAt(place)) == 0 &&
			!slices.ContainsFunc(f.Hosts, func(h *Host) bool {
				return slices.ContainsFunc(h.Uses, func(u inventory.Use) bool { return u.Name == place })
			})
	}
	near := func(place string) bool {
		return slices.ContainsFunc(away, func(s *Switch) bool { return mayBeOn(place, s) })
	}
	note := func(x Nowhere) {
		if !slices.ContainsFunc(a.Nowhere, func(o Nowhere) bool { return o.Kind == x.Kind && o.Name == x.Name }) {
			a.Nowhere = append(a.Nowhere, x)
		}
	}
	for _, n := range f.Networks {
		for _, place := range n.Stations {
			if missing(place) && near(place) {
				note(Nowhere{"station", place, n.From})
			}
		}
	}
	unfound := func(places []string) bool { // none of them is anywhere else
		return len(places) > 0 && !slices.ContainsFunc(places, func(place string) bool { return !missing(place) || !near(place) })
	}
	for _, x := range f.Services() {
		if unfound(x.At) {
			note(Nowhere{"service", x.Name, x.From})
		}
	}
	for _, c := range f.Clusters() {
		if unfound(c.Witness) {
			note(Nowhere{"witness", strings.Join(c.Witness, ", "), c.From})
		}
	}
}

// mayBeOn reports whether a place that was found at no port may be on the switch: a device may be on any, SWITCH/PORT on that switch only.
func mayBeOn(place string, s *Switch) bool {
	on, _, port := strings.Cut(place, "/")
	return !port || on == s.Name
}

// place answers whether what sits at a port is cut off: of a LAG all ports that are in service now.
func (w *world) place(p *Port) state.Tri {
	gone := w.port(p).gone()
	if p.LAG == nil {
		return gone
	}
	for _, q := range p.LAG.Ports() {
		if q.flow().service != state.No {
			gone = gone.And(w.port(q).gone())
		}
	}
	return gone
}

// orphaned notes a place that is cut off, once for all its networks.
func (a *Aftermath) orphaned(kind string, from capture.Span, p *Port, gone state.Tri) {
	known := slices.ContainsFunc(a.Orphans, func(o Orphan) bool { return o.Port == p && o.Kind == kind })
	if gone == state.No || known || p.flow().service == state.No {
		return
	}
	a.Orphans = append(a.Orphans, Orphan{Kind: kind, Name: p.String(), Port: p, Answer: gone, From: []capture.Span{from}})
}

// pairFate tells what becomes of a pair; touched is false where nothing does.
func (w *world) pairFate(e *effects, p *Pair) (fate PairFate, touched bool) {
	fate = PairFate{Pair: p, Split: slices.Contains(e.splits, p), Healthy: Carriage{Answer: state.Yes}}
	peerLink := state.No
	for _, s := range p.Switches {
		if w.lost(s) {
			touched = true
			continue
		}
		fate.Left = append(fate.Left, s)
		fate.Healthy = fate.Healthy.And(s.WorksWithPeer())
		pauses := false
		for _, port := range s.Ports {
			a := w.port(port)
			touched = touched || !a.none() && (a.cause == suspended || port.Trunk != nil && port.Trunk.PeerLink)
			pauses = pauses || a.cause == suspended
			if port.Trunk != nil && port.Trunk.PeerLink {
				peerLink = peerLink.Or(port.flow().service.And(not(a.gone())))
			}
		}
		if pauses {
			fate.Suspended = append(fate.Suspended, s)
		}
	}
	fate.PeerLink = peerLink
	return fate, touched
}

// WorksWithPeer answers whether the switch says that it works with its multi-chassis peer now: otherwise it is no substitute for it.
func (s *Switch) WorksWithPeer() Carriage {
	m := &s.MLAG
	switch {
	case capture.Is(m.Protocol, state.NoMLAG), capture.Is(m.Protocol, state.EVPNESI):
		return says(state.Yes, m.Protocol.From, "%s runs no protocol with a peer", s.Name)
	case !m.Peered.Known():
		return silent("%s: whether it works with its peer was not reported", s.Name)
	case !m.Peered.Value:
		word := ""
		if m.StateWord.Value != "" {
			word = " (" + m.StateWord.Value + ")"
		}
		return says(state.No, m.Peered.From, "%s does not work with its peer%s", s.Name, word)
	}
	if capture.Is(m.HeldBack, true) {
		return says(state.No, m.HeldBack.From, "%s keeps its multi-chassis ports down: it has just come back, or is being upgraded", s.Name)
	}
	return says(state.Yes, m.Peered.From, "%s works with its peer", s.Name)
}

// behind lists the machines that are logged in to by way of what is lost.
func (w *world) behind(f *Fabric) (out []Unreachable) {
	gone := func(name string) bool {
		s, h := f.switches[name], f.hosts[name]
		return s != nil && w.lost(s) || h != nil && w.lostHost(h)
	}
	check := func(name string, via []string, from capture.Span) {
		for _, hop := range via {
			if gone(hop) && !gone(name) {
				out = append(out, Unreachable{Name: name, Why: name + " is reached by way of " + hop, From: from})
				return
			}
		}
	}
	for i := range f.Inventory.Switches {
		e := &f.Inventory.Switches[i]
		check(e.Name, e.Via, e.From)
	}
	for i := range f.Inventory.Hosts {
		e := &f.Inventory.Hosts[i]
		check(e.Name, e.Via, e.From)
	}
	return out
}

// someSwitches bounds the switches of a part that are named.
const someSwitches = 5

// islands lists the parts into which the loss divides switches that cables join now, but for the largest: first those that surely are
// apart then, then those that only cables join of which it is not known whether they are there.
func (f *Fabric) islands(e *effects) (out []Unreachable) {
	known := map[*Switch]bool{}
	for _, sure := range []bool{false, true} {
		for _, part := range f.parts(e, sure) {
			if slices.ContainsFunc(part, func(s *Switch) bool { return known[s] }) {
				continue
			}
			var names []string
			for i, s := range part {
				known[s] = true
				if i < someSwitches {
					names = append(names, s.Name)
				}
			}
			if more := len(part) - len(names); more > 0 {
				names = append(names, fmt.Sprintf("and %d more", more))
			}
			u := Unreachable{Name: strings.Join(names, ", "), Perhaps: sure}
			if u.Why = "no cable joins " + u.Name + " to another switch any more"; len(part) > 1 {
				u.Why = "no cable joins " + u.Name + " to the other switches any more"
			}
			out = append(out, u)
		}
	}
	return out
}

// parts returns the parts into which the loss divides what cables join now, or surely join, but for the largest of each.
func (f *Fabric) parts(e *effects, sure bool) (out [][]*Switch) {
	before, after := newForest(len(f.Switches)+1), newForest(len(f.Switches)+1)
	wires := f.allWires()
	for i := range wires {
		x := &wires[i]
		if x.silent || sure && x.unsure {
			continue // of a silent one: a cable to a host looks the same
		}
		before.join(x.a, x.z)
		if remains := x.remains(e, f.Switches); remains == state.Yes || remains == state.Unknown && !sure {
			after.join(x.a, x.z)
		}
	}
	parts, of := map[int][]*Switch{}, map[int][]int{} // by root after; those roots by root before
	for _, s := range f.Switches {
		if e.lost(s) {
			continue
		}
		root := after.root(s.number)
		if parts[root] == nil {
			of[before.root(s.number)] = append(of[before.root(s.number)], root)
		}
		parts[root] = append(parts[root], s)
	}
	for _, s := range f.Switches {
		roots := of[before.root(s.number)]
		if len(roots) < 2 {
			continue
		}
		delete(of, before.root(s.number))
		largest, twice := 0, false
		for _, r := range roots {
			twice = len(parts[r]) == largest || len(parts[r]) < largest && twice
			largest = max(largest, len(parts[r]))
		}
		for _, r := range roots {
			if twice || len(parts[r]) < largest {
				out = append(out, parts[r])
			}
		}
	}
	return out
}

// separatesNothing reports whether it is known that the loss leaves all switches that stay joined in the VLAN as they are.
func (w *world) separatesNothing(v state.VID) bool {
	j, known := w.joined.(jointsOf)
	if !known || j.engine.classes.of[v] < 0 {
		return false
	}
	_, cuts := j.engine.splits[j.engine.classes.of[v]][j.scenario]
	return !cuts
}

// divided notes a network of which no gateway is declared when it would no longer join two hosts that it joins now. Of hosts of one cluster
// their fates tell.
func (a *Aftermath) divided(w *world, n *Network, touched []*Host) {
	of := func(x Fate) bool { return x.Role.Network == n }
	if len(n.Gateway) > 0 || slices.ContainsFunc(a.Gone, of) || slices.ContainsFunc(a.Unclear, of) {
		return
	}
	roles, at := n.Fabric.RolesOf(n), a.switches()
	for v := range n.VLANs.All() {
		var asked, others []*Role  // who may be apart from others, and where those are looked for: nil, among the asked
		if w.separatesNothing(v) { // then only hosts that lose an uplink may be
			others = roles
			for _, h := range touched {
				if i := slices.IndexFunc(h.Required, func(r *Role) bool { return r.Network == n }); i >= 0 {
					asked = append(asked, h.Required[i])
				}
			}
		} else {
			asked = w.around(at, roles, v)
		}
		var first []stay // of what is joined now
		for _, r := range asked {
			x, stays := w.stay(r, v)
			if !stays {
				continue
			}
			i := slices.IndexFunc(first, func(y stay) bool { return w.met(v, x, y) == state.Yes })
			if i < 0 {
				if y, found := w.companion(x, others, touched, v); found {
					i, first = len(first), append(first, y)
				}
			}
			if i < 0 {
				first = append(first, x)
			} else if y := first[i]; anyJoined(x.after, y.after, func(p, q *Switch) state.Tri { return w.joined.after(v, p, q) }) == state.No {
				a.Divided = append(a.Divided, Division{n, v, y.role.Host, r.Host})
				return
			}
		}
	}
}

// companion finds one of the roles that is joined to x now: rather one whose host loses no uplink, for one that does tells less.
func (w *world) companion(x stay, roles []*Role, touched []*Host, v state.VID) (y stay, found bool) {
	own := slices.Index(roles, x.role) // those it is joined to stand next to it, mostly
	for _, calm := range []bool{true, false} {
		for k := 1; k <= len(roles); k++ {
			o := roles[(own+k)%len(roles)]
			if o == x.role || calm == slices.Contains(touched, o.Host) {
				continue
			}
			if y, stays := w.stay(o, v); stays && w.met(v, x, y) == state.Yes {
				return y, true
			}
		}
	}
	return y, false
}

// switches are those that lose something.
func (a *Aftermath) switches() (out []*Switch) {
	add := func(s *Switch) {
		if !slices.Contains(out, s) {
			out = append(out, s)
		}
	}
	for _, x := range a.Lost {
		for _, s := range x.Switches {
			add(s)
		}
		for _, p := range slices.Concat(x.Ports, x.Perhaps) {
			add(p.Switch)
		}
		for _, u := range x.Uplinks {
			if p := u.Mapped(); p != nil {
				add(p.Switch)
			}
		}
	}
	return out
}

// around returns those roles that are joined to one of the switches now, or may be.
func (w *world) around(at []*Switch, roles []*Role, v state.VID) (out []*Role) {
	near := func(u *Uplink) bool {
		p := u.Mapped()
		return p != nil && slices.ContainsFunc(at, func(s *Switch) bool { return w.joined.before(v, p.Switch, s) != state.No })
	}
	for _, r := range roles {
		if slices.ContainsFunc(r.In(v), near) {
			out = append(out, r)
		}
	}
	return out
}

// A stay is where a network of a host that is in service enters a VLAN now, and after the loss.
type stay struct {
	role          *Role
	before, after []attachment
}

// stay finds it; ok is false for a host that is out of service, or is not surely in the VLAN now.
func (w *world) stay(r *Role, v state.VID) (x stay, ok bool) {
	if w.lostHost(r.Host) || r.Host.Maintained() {
		return x, false
	}
	now := world{outage: intact{}, joined: w.joined}
	x = stay{r, live(now.attached(r.In(v), v)), live(w.attached(r.In(v), v))}
	return x, len(x.after) > 0 && slices.ContainsFunc(x.before, func(at attachment) bool { return at.sure })
}

// met answers whether two are joined now.
func (w *world) met(v state.VID, x, y stay) state.Tri {
	return anyJoined(x.before, y.before, func(p, q *Switch) state.Tri { return w.joined.before(v, p, q) })
}
