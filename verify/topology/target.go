package topology

import (
	"slices"
	"strings"
	"sync"

	"uplinkcheck/drivers/capture"
	"uplinkcheck/drivers/state"
)

// A Target is what hosts must reach: where a gateway, a storage system or a firewall enters networks. Several networks are paths that
// stand in for one another.
type Target struct {
	Networks []*Network
	Ports    []*Port
	Switches []*Switch // that are the target themselves
}

// TargetAt returns what sits at the places, as devices or SWITCH/PORT, in the networks. Places that are found nowhere are left out.
func (f *Fabric) TargetAt(places []string, networks ...*Network) Target {
	t := Target{Networks: networks, Ports: f.whereabouts().portsOf(f, places)}
	for _, place := range places {
		if s := f.SwitchNamed(place); s != nil {
			t.Switches = append(t.Switches, s)
		}
	}
	return t
}

// A Reach is whether a host reaches a target.
type Reach struct {
	Host     *Host
	Roles    []*Role   // the target's networks on it
	Scenario *Scenario // nil: as things are
	Answer   state.Tri
}

// Reached answers, for each host that must offer one of the target's networks, whether it reaches the target: as things are, and, where
// that is Yes, after each scenario of the kinds named, of which only those are told that are not Yes. Where a scenario leaves the host no
// uplink, or nothing of the target, there is nothing between them that it could cut, and so it is not told.
func (x *Failures) Reached(t Target, kinds ...ScenarioKind) (out []Reach) {
	a, hosts, roles := x.approach(t, kinds)
	far := a.around()
	for _, h := range hosts {
		now := Reach{Host: h, Roles: roles[h]}
		stand := a.stand(now.Roles)
		now.Answer = a.reached(x.engine.fabric.now(), now.Roles, stand)
		out = append(out, now)
		if now.Answer != state.Yes {
			continue
		}
		near := slices.Concat(far, a.nearby(now.Roles))
		slices.Sort(near)
		for _, i := range slices.Compact(near) {
			if (outageOf{x.engine, i}).lostHost(h) {
				continue
			}
			if answer := a.reached(a.world(i), now.Roles, stand); answer != state.Yes {
				out = append(out, Reach{h, now.Roles, x.engine.scenarios[i], answer})
			}
		}
	}
	return out
}

// approach gathers the hosts that must offer one of a target's networks, with these.
func (x *Failures) approach(t Target, kinds []ScenarioKind) (a approach, hosts []*Host, roles map[*Host][]*Role) {
	a, roles = approach{engine: x.engine, at: t, kinds: kinds, sorts: map[*Network][]state.VID{}}, map[*Host][]*Role{}
	a.worlds, a.entries = map[int32]*world{}, map[worldVID][]attachment{}
	for _, n := range t.Networks {
		all := x.engine.fabric.RolesOf(n)
		a.sorts[n] = x.engine.different(&group{network: n, mates: all, gates: t.Ports})
		for _, r := range all {
			if roles[r.Host] == nil {
				hosts = append(hosts, r.Host)
			}
			roles[r.Host] = append(roles[r.Host], r)
		}
	}
	return a, hosts, roles
}

// Wanting names what would tell whether a host reaches a target where nobody can tell, "" where more than one thing would.
func (x *Failures) Wanting(t Target, r Reach) string {
	a := approach{engine: x.engine, at: t, sorts: map[*Network][]state.VID{}}
	for _, role := range r.Roles {
		a.sorts[role.Network] = x.engine.different(&group{network: role.Network, mates: []*Role{role}, gates: t.Ports})
	}
	w := x.engine.fabric.now()
	if r.Scenario != nil {
		w = x.engine.world(int32(r.Scenario.order))
	}
	return a.wanting(w, r.Roles)
}

func (a *approach) wanting(w *world, roles []*Role) string {
	now := a.fabric.now()
	for _, r := range roles {
		for _, v := range a.sorts[r.Network] {
			mine := side{before: now.attached(r.In(v), v), after: w.attached(r.In(v), v), role: r}
			theirs := side{before: a.findEntries(now, v), after: a.findEntries(w, v), gateways: true}
			if len(mine.after) == 0 || len(theirs.after) == 0 || w.meet(v, mine, theirs) != state.Unknown {
				continue
			}
			if s := r.partly(Survival{Answer: state.Unknown, Missing: linksIn(v)}, w, v, mine, theirs, true); s.Missing != linksIn(v) {
				return s.Missing
			}
			if l := r.legs(w, v, true); len(l.unclear) > 0 {
				return strings.Join(l.unclear, "; ")
			}
		}
	}
	return ""
}

// Left answers whether a scenario leaves anything of a target: a place where one of its networks enters it in each VLAN. A nil scenario
// asks whether there is one now.
func (x *Failures) Left(t Target, s *Scenario) state.Tri {
	a := approach{engine: x.engine, at: t}
	w := x.engine.fabric.now()
	if s != nil {
		w = x.engine.world(int32(s.order))
	}
	best := state.No
	for _, n := range t.Networks {
		whole := state.Yes
		for _, v := range x.engine.different(&group{network: n, gates: t.Ports}) {
			there := state.No
			for _, at := range a.findEntries(w, v) {
				there = there.Or(certainly(at.sure))
			}
			whole = whole.And(there)
		}
		best = best.Or(whole)
	}
	return best
}

// An approach is the way of hosts to one target.
type approach struct {
	*engine
	at    Target
	kinds []ScenarioKind
	sorts map[*Network][]state.VID // one VLAN of each sort

	// What one host after the other asks.
	worlds  map[int32]*world // by scenario
	entries map[worldVID][]attachment
}

// worldVID is a VLAN in a world.
type worldVID struct {
	*world
	vid state.VID
}

// world is the engine's, made once.
func (a *approach) world(i int32) *world {
	w := a.worlds[i]
	if w == nil {
		w = a.engine.world(i)
		a.worlds[i] = w
	}
	return w
}

// around returns the scenarios that touch the target, or cut it off from anybody.
func (a *approach) around() (out []int32) {
	for _, p := range a.at.Ports {
		out = a.atPort(out, p)
	}
	for _, s := range a.at.Switches {
		out = a.cutting(out, s)
	}
	slices.Sort(out)
	return slices.Compact(out)
}

// add adds a scenario to others if it is of the kinds that are asked for.
func (a *approach) add(to []int32, scenario int32) []int32 {
	if slices.Contains(a.kinds, a.scenarios[scenario].Kind) {
		to = append(to, scenario)
	}
	return to
}

// atPort adds the scenarios that touch a port, or cut its switch off.
func (a *approach) atPort(to []int32, p *Port) []int32 {
	for _, h := range a.ports[p.number] {
		to = a.add(to, h.scenario)
	}
	return a.cutting(to, p.Switch)
}

// nearby returns the scenarios that touch the uplinks of the roles, or cut off where they end.
func (a *approach) nearby(roles []*Role) (out []int32) {
	for _, r := range roles {
		for _, u := range r.Uplinks {
			for _, h := range a.uplinks[u.number] {
				out = a.add(out, h.scenario)
			}
			if p := u.Mapped(); p != nil {
				out = a.atPort(out, p)
			}
		}
	}
	return out
}

// cutting adds the scenarios that take the switch, or cut it off in one of the VLANs.
func (a *approach) cutting(to []int32, s *Switch) []int32 {
	for _, x := range a.switches[s.number] {
		to = a.add(to, x)
	}
	for _, vids := range a.sorts {
		for _, v := range vids {
			if c := a.classes.classOf(v); c != nil {
				if x := c.vertex(s.number); x >= 0 {
					for _, scenario := range a.touches[a.classes.of[v]][x] {
						to = a.add(to, scenario)
					}
				}
			}
		}
	}
	return to
}

// stand returns where roles enter the sorts of VLANs of their networks now, one after the other.
func (a *approach) stand(roles []*Role) (out [][]attachment) {
	for _, r := range roles {
		for _, v := range a.sorts[r.Network] {
			out = append(out, a.fabric.now().attached(r.In(v), v))
		}
	}
	return out
}

// reached answers whether any of the roles, which stand there now, leads to the target. Yes where nothing is left of either end of each.
func (a *approach) reached(w *world, roles []*Role, stand [][]attachment) state.Tri {
	best, any := state.No, false
	for _, r := range roles {
		n := len(a.sorts[r.Network])
		if answer, both := a.leads(w, r, stand[:n]); both {
			best, any = best.Or(answer), true
		}
		stand = stand[n:]
	}
	if !any && len(w.what) > 0 {
		return state.Yes
	}
	return best
}

// leads answers whether a host's network leads to the target in each VLAN; both is false where nothing is left of an end.
func (a *approach) leads(w *world, r *Role, stand [][]attachment) (answer state.Tri, both bool) {
	now := a.fabric.now()
	answer = state.Yes
	for i, v := range a.sorts[r.Network] {
		mine := side{before: stand[i], after: stand[i]}
		if slices.ContainsFunc(r.Uplinks, func(u *Uplink) bool { return w.of(u).gone() != state.No }) {
			mine.after = w.attached(r.In(v), v)
		}
		theirs := side{gateways: true}
		theirs.before, theirs.after = a.entering(now, v), a.entering(w, v)
		if len(live(mine.after)) == 0 && r.adrift(w, v) {
			answer, both = answer.And(state.Unknown), true
			continue
		}
		if len(mine.after) == 0 || len(theirs.after) == 0 {
			continue
		}
		got := w.meet(v, mine, theirs)
		if got == state.No && r.adrift(w, v) && !r.mustUse(w, v) {
			got = state.Unknown // the uplink that ends nobody knows where may be the one that is used
		}
		answer, both = answer.And(got), true
	}
	return answer, both
}

// entering is findEntries, each found once.
func (a *approach) entering(w *world, v state.VID) []attachment {
	k := worldVID{w, v}
	out, known := a.entries[k]
	if !known {
		out = a.findEntries(w, v)
		a.entries[k] = out
	}
	return out
}

// findEntries returns where the target enters the VLAN.
func (a *approach) findEntries(w *world, v state.VID) (out []attachment) {
	for _, p := range a.at.Ports {
		if answer := p.Passes(v).And(not(w.port(p).gone())); answer != state.No {
			out = append(out, attachment{at: p.Switch, sure: answer == state.Yes})
		}
	}
	for _, s := range a.at.Switches {
		if !w.lost(s) {
			out = append(out, attachment{at: s, sure: true})
		}
	}
	return out
}

// adrift reports whether an uplink that may be left and may carry the VLAN ends nobody knows where, or is not known itself.
func (r *Role) adrift(w *world, v state.VID) bool {
	return !r.Host.ListsNICs() || len(r.Uplinks) == 0 || slices.ContainsFunc(r.Uplinks, func(u *Uplink) bool {
		return u.Mapped() == nil && u.Passes(v) != state.No && w.uplink(u).gone() != state.Yes
	})
}

// routed is which VLANs a switch has routed interfaces in, by state. It is made once.
type routed struct {
	once  sync.Once
	up    state.VIDSet // that it routes
	from  map[state.VID]capture.Span
	why   map[state.VID]Carriage // of those that do not, or may not, route
	vague bool                   // of some interface the VLAN is not known
}

// Routes answers whether the switch has an interface that routes in every one of the VLANs: see RoutedVLAN.Routes.
func (s *Switch) Routes(vids state.VIDSet) Carriage {
	x := &s.routed
	x.once.Do(func() { x.fill(s) })
	out := Carriage{Answer: state.Yes, Why: s.Name + " routes VLAN " + vids.String()}
	for v := range vids.Intersect(x.up).All() {
		out.From = append(out.From, x.from[v])
		if len(out.From) == 4 {
			break // four lines prove as much as four thousand
		}
	}
	for v := range vids.Minus(x.up).All() {
		why, found := x.why[v]
		switch {
		case found:
			return why
		case x.vague || !s.Listed.SVIs.Known():
			return silent("%s: not known whether it has a routed interface in VLAN %d", s.Name, v)
		}
		return says(state.No, s.Listed.SVIs, "%s has no routed interface in VLAN %d", s.Name, v)
	}
	return out
}

// routesIn is Routes for one VLAN, without words.
func (s *Switch) routesIn(v state.VID) state.Tri {
	x := &s.routed
	x.once.Do(func() { x.fill(s) })
	if x.up.Has(v) {
		return state.Yes
	}
	if why, found := x.why[v]; found {
		return why.Answer
	}
	if x.vague || !s.Listed.SVIs.Known() {
		return state.Unknown
	}
	return state.No
}

// wholly answers for all VLANs of a network: no where it is no for each, yes where it is yes for each.
func (n *Network) wholly(of func(state.VID) state.Tri) state.Tri {
	all, any := state.Yes, state.No
	for v := range n.VLANs.All() {
		answer := of(v)
		all, any = all.And(answer), any.Or(answer)
	}
	if all == state.No && any != state.No {
		return state.Unknown
	}
	return all
}

func (x *routed) fill(s *Switch) {
	x.from, x.why = map[state.VID]capture.Span{}, map[state.VID]Carriage{}
	for i := range s.SVIs {
		svi := RoutedVLAN{s, &s.SVIs[i]}
		v, routes := svi.VID.Value, svi.Routes()
		switch {
		case !svi.VID.Known():
			x.vague = true
		case routes.Answer == state.Yes:
			x.up = x.up.Union(state.VIDs(v))
			x.from[v] = routes.Evidence()
		default:
			x.why[v] = routes
		}
	}
}
