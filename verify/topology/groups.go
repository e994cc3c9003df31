package topology

import (
	"cmp"
	"fmt"
	"iter"
	"slices"

	"uplinkcheck/drivers/state"
	"uplinkcheck/inventory"
)

// A group is one network on hosts of the same clusters: they must reach the same gateways or each other, and so are looked at
// together.
type group struct {
	network *Network
	roles   []*Role // to be judged
	mates   []*Role // on all hosts of the clusters, the roles among them
	gates   []*Port
	inside  []*Switch // gateways that are switches
	absent  bool      // a host of the clusters that needs it is no host of the fabric
}

// groups divides the roles.
func (f *Fabric) groups() (out []*group) {
	type key struct {
		network  *Network
		clusters string
	}
	byKey, numbers := map[key]*group{}, map[*inventory.Cluster]string{}
	for i := range f.Inventory.Clusters {
		numbers[&f.Inventory.Clusters[i]] = fmt.Sprintf("%d ", i)
	}
	for _, h := range f.Hosts {
		clusters := ""
		for _, c := range h.Clusters {
			clusters += numbers[c]
		}
		if clusters == "" {
			clusters = "host " + h.Name
		}
		for _, r := range h.Required {
			k := key{r.Network, clusters}
			if byKey[k] == nil {
				a := f.anchorsOf(r.Network)
				byKey[k] = &group{network: r.Network, gates: a.ports, inside: a.switches}
				out = append(out, byKey[k])
			}
			byKey[k].roles = append(byKey[k].roles, r)
		}
	}
	for _, g := range out {
		g.mates = append(slices.Collect(g.roles[0].mates()), g.roles[0])
		g.absent = len(g.roles[0].absentMates()) > 0
		slices.SortFunc(g.mates, func(a, b *Role) int { return cmp.Compare(a.number, b.number) })
	}
	return out
}

// judge answers for every role.
func (e *engine) judge() {
	n := len(e.fabric.Roles())
	e.now, e.outcomes = make([]state.Tri, n), make([][]outcome, n)
	groups := e.fabric.groups()
	inChunks(len(groups), 16, func(from, to int) struct{} {
		var r room
		for _, g := range groups[from:to] {
			e.judgeGroup(g, &r)
		}
		return struct{}{}
	})
	e.judgeAlternatives()
}

func (e *engine) judgeGroup(g *group, r *room) {
	answers := map[*Role][]outcome{}
	for _, r := range g.roles {
		e.now[r.number] = state.Yes
	}
	for _, v := range e.different(g) {
		e.newView(g, v, answers, r).judge()
	}
	for _, r := range g.roles {
		if e.now[r.number] == state.Yes {
			e.outcomes[r.number] = worst(answers[r])
		}
	}
}

// worst sorts outcomes by scenario and keeps the worst of each.
func worst(all []outcome) []outcome {
	slices.SortFunc(all, func(a, b outcome) int {
		return cmp.Or(cmp.Compare(a.scenario, b.scenario), cmp.Compare(rank(a.answer), rank(b.answer)))
	})
	return slices.Clip(slices.CompactFunc(all, func(a, b outcome) bool { return a.scenario == b.scenario }))
}

// rank orders answers, the worst first.
func rank(t state.Tri) int { return [...]int{state.No: 0, state.Unknown: 1, state.Yes: 2}[t] }

// different returns the lowest VLAN of each sort that the network has: of one class, and alike at every port of the group.
func (e *engine) different(g *group) (out []state.VID) {
	all := g.network.VLANs
	var looked, sets []state.VIDSet
	divides := func(s state.VIDSet) {
		if slices.Contains(looked, s) {
			return // few sets of VLANs occur
		}
		looked = append(looked, s)
		if both := s.Intersect(all); both != all && !both.Empty() && !slices.Contains(sets, both) {
			sets = append(sets, both)
		}
	}
	look := func(p *Port) {
		x := p.flow()
		divides(x.yes)
		divides(x.maybe)
	}
	for _, r := range g.mates {
		for _, x := range slices.Concat(r.parts, r.guests) {
			divides(x.vids)
		}
		for _, u := range r.Uplinks {
			if p := u.Mapped(); p != nil {
				look(p)
				divides(u.misframed())
			}
		}
	}
	for _, p := range g.gates {
		look(p)
	}
	for _, s := range e.fabric.anchorsOf(g.network).switches {
		var idle, unsaid []state.VID
		for v := range all.All() {
			switch s.routesIn(v) {
			case state.No:
				idle = append(idle, v)
			case state.Unknown:
				unsaid = append(unsaid, v)
			}
		}
		divides(state.VIDs(idle...))
		divides(state.VIDs(unsaid...))
	}
	type sort struct{ class, part int32 }
	var part [4096]int32
	if len(sets) > 0 {
		part = partition(all, sets)
	}
	seen := map[sort]bool{}
	for v := range all.All() {
		if s := (sort{e.classes.of[v], part[v]}); !seen[s] {
			seen[s] = true
			out = append(out, v)
		}
	}
	return out
}

// A view is a group in one VLAN.
type view struct {
	*engine
	*group
	v       state.VID
	class   *class
	number  int32
	stands  []stand
	kinds   []posture // of stands, each once
	byKind  [][]int   // by kind: the stands that have it
	gateway posture   // where the gateways are, if there are any
	shaken  []int32   // scenarios that touch a gateway, ascending
	answers map[*Role][]outcome

	*room
	then moment // the one that is looked at
}

// A stand is where one of the group enters the VLAN.
type stand struct {
	role    *Role
	legs    []standing
	kind    int  // place in kinds
	strayed bool // it has, or may have, an uplink that may carry the VLAN and ends nobody knows where
	working bool // it has the network now
}

type standing struct {
	leg
	on     *Port // nil: nobody knows
	uplink int
}

// A posture is where somebody enters the VLAN, as far as it decides whom he reaches.
type posture []leg

// A leg enters at a vertex of the class's graphs; at a switch that nothing joins to others, at -1 less its number.
type leg = entry[int32]

// changeOf is the posture of one stand after a scenario.
type changeOf struct {
	scenario int32
	stand    int
	after    posture
}

// room is memory that one view after the other uses.
type room struct {
	changes  []changeOf // all that scenarios change, by scenario, then by stand
	legs     []leg      // of which the postures of changes are pieces
	touching []int32    // the scenarios that touch the stand that is looked at
}

func (e *engine) newView(g *group, v state.VID, answers map[*Role][]outcome, r *room) *view {
	r.changes, r.legs = r.changes[:0], r.legs[:0]
	w := &view{engine: e, group: g, v: v, class: e.classes.classOf(v), number: e.classes.of[v], stands: make([]stand, len(g.mates)),
		answers: answers, room: r}
	for i, mate := range g.mates {
		w.stands[i] = w.standOf(mate)
	}
	w.gateway = w.gatewaysIn(e.fabric.now())
	w.findShaken()
	w.sortByKind()
	return w
}

// gatewaysIn is where the gateways enter the VLAN.
func (w *view) gatewaysIn(then *world) (out posture) {
	at, _ := then.atGateways(w.network, w.v)
	for _, a := range at {
		l := leg{at: w.vertex(a.at), sure: a.sure, team: -1, away: a.away}
		if a.away {
			l.at = outside - int32(a.at.number)
		}
		out = append(out, l)
	}
	return out
}

func (w *view) findShaken() {
	for _, p := range w.gates {
		for _, h := range w.ports[p.number] {
			w.shaken = append(w.shaken, h.scenario)
		}
		w.shaken = append(w.shaken, w.switches[p.Switch.number]...)
	}
	for _, s := range w.inside {
		w.shaken = append(w.shaken, w.switches[s.number]...)
	}
	slices.Sort(w.shaken)
	w.shaken = slices.Compact(w.shaken)
}

func (w *view) vertex(s *Switch) int32 {
	if at := w.class.vertex(s.number); at >= 0 {
		return at
	}
	return -1 - int32(s.number)
}

func (w *view) standOf(r *Role) stand {
	uplinks := r.In(w.v)
	s := stand{role: r, legs: make([]standing, 0, len(uplinks)), strayed: !r.Host.ListsNICs()}
	for _, u := range uplinks {
		p := u.Mapped()
		s.strayed = s.strayed || p == nil && u.Passes(w.v) != state.No
		x, ok := u.entry(w.v, state.No)
		if !ok {
			continue
		}
		l := standing{leg{w.nowhere(), x.sure, x.alone, x.team, x.dead, x.doubt, x.idle, x.yields, false}, p, u.number}
		if p != nil {
			l.leg.at = w.vertex(p.Switch)
		}
		s.legs = append(s.legs, l)
	}
	return s
}

// nowhere is a vertex for a leg that ends nobody knows where.
func (w *view) nowhere() int32 { return -1 - int32(len(w.fabric.Switches)) }

// sortByKind finds the stands that are alike.
func (w *view) sortByKind() {
	for i := range w.stands {
		s := &w.stands[i]
		s.kind = slices.IndexFunc(w.kinds, func(p posture) bool {
			return slices.EqualFunc(p, s.legs, func(a leg, b standing) bool { return a == b.leg })
		})
		if s.kind < 0 {
			s.kind = len(w.kinds)
			var p posture
			for _, l := range s.legs {
				p = append(p, l.leg)
			}
			w.kinds, w.byKind = append(w.kinds, p), append(w.byKind, nil)
		}
		w.byKind[s.kind] = append(w.byKind[s.kind], i)
	}
}

// surely reports whether the posture is surely somewhere, and so with its aggregator if it has one, of which no link swallows frames.
func (p posture) surely() bool {
	sure, together, togetherSure := false, false, false
	for _, l := range p {
		if l.dead || l.doubt || l.away {
			return false
		}
		sure = sure || l.sure && !l.idle
		together = together || !l.alone
		togetherSure = togetherSure || !l.alone && l.sure
	}
	return sure && together == togetherSure
}

// absent reports whether the posture is nowhere.
func (p posture) absent() bool { return !slices.ContainsFunc(p, func(l leg) bool { return !l.dead }) }

// judge adds the answers of the group's roles in the VLAN. With a gateway each of them is a question of its own; without one all that
// must reach each other are one.
func (w *view) judge() {
	plain := w.judgeNow()
	for i := range w.stands {
		w.findChanges(i)
	}
	slices.SortFunc(w.changes, func(a, b changeOf) int {
		return cmp.Or(cmp.Compare(a.scenario, b.scenario), cmp.Compare(a.stand, b.stand))
	})
	all := w.special(plain)
	for _, x := range all {
		w.judgeScenario(x, func(int) bool { return true })
	}
	if w.gateway == nil {
		w.judgeRest(plain, all, nil)
		return
	}
	own := make([][]int32, len(w.kinds)) // by kind: the scenarios that cut one of its switches off
	for k, p := range w.kinds {
		for _, l := range p {
			own[k] = append(own[k], w.cutting(l.at)...)
		}
		slices.Sort(own[k])
		own[k] = slices.Compact(own[k])
		for _, x := range own[k] {
			if _, done := slices.BinarySearch(all, x); !done {
				w.judgeScenario(x, func(kind int) bool { return kind == k })
			}
		}
	}
	w.judgeRest(plain, all, own)
}

// judgeNow answers for things as they are and tells which kinds of stands are in order: surely attached, and surely joined, now and with
// the reserve, to all that they must reach.
func (w *view) judgeNow() (plain []bool) {
	plain = make([]bool, len(w.kinds))
	order := w.inOrder()
	for k, p := range w.kinds {
		switch {
		case w.gateway == nil:
			plain[k] = order && !p.absent()
		case p.surely():
			plain[k] = !slices.ContainsFunc(w.gateway, func(l leg) bool { return !l.sure }) && w.joined(append(slices.Clip(p), w.gateway...))
		}
	}
	judged := map[*Role]bool{}
	for _, r := range w.roles {
		judged[r] = true
	}
	for i := range w.stands {
		s := &w.stands[i]
		if !judged[s.role] {
			continue
		}
		answer := state.Yes
		if !plain[s.kind] {
			answer = s.role.survivesIn(w.fabric.now(), w.v, false).Answer
		}
		s.working = answer == state.Yes
		if rank(answer) < rank(w.now[s.role.number]) {
			w.now[s.role.number] = answer
		}
	}
	return plain
}

// inOrder reports whether everybody of the group who is somewhere is surely attached and all of them are surely joined.
func (w *view) inOrder() bool {
	var all posture
	placed, strayed := 0, w.absent
	for k, p := range w.kinds {
		if len(p) > 0 && !p.surely() {
			return false
		}
		if len(p) > 0 {
			placed += len(w.byKind[k])
		}
		all = append(all, p...)
	}
	for i := range w.stands {
		strayed = strayed || w.stands[i].strayed
	}
	return w.joined(all) && (!strayed || placed > 1)
}

// joined reports whether all legs are surely joined, now and with the reserve.
func (w *view) joined(all posture) bool {
	for _, l := range all {
		a, b := all[0].at, l.at
		if a != b && (a < 0 || b < 0 || w.class.sure.comp[a] != w.class.sure.comp[b] || w.class.sureNow[a] != w.class.sureNow[b]) {
			return false
		}
	}
	return true
}

// findChanges works out what each scenario leaves of a stand.
func (w *view) findChanges(i int) {
	s := &w.stands[i]
	if len(s.legs) == 0 {
		return
	}
	touching := w.touching[:0]
	for _, l := range s.legs {
		for _, h := range w.uplinks[l.uplink] {
			touching = append(touching, h.scenario)
		}
		if l.on == nil {
			continue
		}
		for _, h := range w.ports[l.on.number] {
			touching = append(touching, h.scenario)
		}
		touching = append(touching, w.switches[l.on.Switch.number]...)
	}
	slices.Sort(touching)
	w.touching = touching
	for _, x := range slices.Compact(touching) {
		if o := (outageOf{w.engine, x}); !o.lostHost(s.role.Host) {
			w.changes = append(w.changes, changeOf{x, i, w.after(s, o)})
		}
	}
}

// changed returns what a scenario changes, by stand.
func (w *view) changed(x int32) []changeOf {
	from, _ := slices.BinarySearchFunc(w.changes, x, func(c changeOf, x int32) int { return cmp.Compare(c.scenario, x) })
	to := from
	for to < len(w.changes) && w.changes[to].scenario == x {
		to++
	}
	return w.changes[from:to]
}

// allChanged yields each scenario that changes anything, with what it changes.
func (w *view) allChanged() iter.Seq2[int32, []changeOf] {
	return func(yield func(int32, []changeOf) bool) {
		for from, to := 0, 0; from < len(w.changes); from = to {
			x := w.changes[from].scenario
			for to < len(w.changes) && w.changes[to].scenario == x {
				to++
			}
			if !yield(x, w.changes[from:to]) {
				return
			}
		}
	}
}

// after is what an outage leaves of a stand.
func (w *view) after(s *stand, o outageOf) posture {
	from := len(w.legs)
	for _, l := range s.legs {
		gone := search(w.uplinks[l.uplink], o.scenario).gone()
		if l.on != nil {
			gone = gone.Or(o.port(l.on).gone())
		}
		if gone == state.Yes {
			continue
		}
		left := l.leg
		if l.on != nil && o.lost(l.on.Switch) {
			left.at, left.away = outside-int32(l.on.Switch.number), true
		}
		left.sure = l.sure && gone == state.No
		left.doubt = l.doubt || l.dead && gone == state.Unknown
		w.legs = append(w.legs, left)
	}
	return w.legs[from:len(w.legs):len(w.legs)]
}

// special are the scenarios that may matter to all of the group. With a gateway, those that touch it. Without one, those that cut off
// somewhere that the group stands, leave somebody unsure, or hardly anybody; where the group is not in order to begin with, all that
// touch any of it.
func (w *view) special(plain []bool) (out []int32) {
	if w.gateway != nil {
		out = slices.Clone(w.shaken)
		for _, p := range w.gates {
			out = append(out, w.cutting(w.vertex(p.Switch))...)
		}
		for _, s := range w.inside {
			out = append(out, w.cutting(w.vertex(s))...)
		}
		slices.Sort(out)
		return slices.Compact(out)
	}
	order, placed, strayed := true, 0, w.absent
	for k, p := range w.kinds {
		order = order && (plain[k] || len(p) == 0)
		if len(p) > 0 {
			placed += len(w.byKind[k])
		}
		for _, l := range p {
			out = append(out, w.cutting(l.at)...)
		}
	}
	for i := range w.stands {
		strayed = strayed || w.stands[i].strayed
	}
	missing := map[int32]int{} // how many are no longer anywhere
	for x, changes := range w.allChanged() {
		for _, c := range changes {
			if !order || !c.after.absent() && !c.after.surely() {
				out = append(out, x)
				break
			}
			if c.after.absent() {
				missing[x]++
			}
		}
	}
	if strayed {
		for i := range w.stands {
			if s := &w.stands[i]; len(s.legs) > 0 {
				for _, x := range w.hosts[s.role.Host.number] {
					missing[x]++
				}
			}
		}
		for x, n := range missing {
			if !order || n+1 >= placed {
				out = append(out, x)
			}
		}
	}
	slices.Sort(out)
	return slices.Compact(out)
}

// cutting returns the scenarios that cut the switch off from others.
func (w *view) cutting(vertex int32) []int32 {
	if vertex < 0 {
		return nil
	}
	return w.touches[w.number][vertex]
}

// judgeRest answers for what each stand loses itself, in the scenarios that are not judged yet.
func (w *view) judgeRest(plain []bool, all []int32, own [][]int32) {
	for x, changes := range w.allChanged() {
		if _, done := slices.BinarySearch(all, x); done {
			continue
		}
		m := w.moment(x)
		for _, c := range changes {
			s := &w.stands[c.stand]
			if !s.working || c.after.surely() && plain[s.kind] && len(s.role.guests) == 0 {
				continue
			}
			if own != nil {
				if _, done := slices.BinarySearch(own[s.kind], x); done {
					continue
				}
			}
			w.add(s, x, m.answer(s, c.after), c.after)
		}
	}
}

func (w *view) add(s *stand, scenario int32, answer state.Tri, after posture) {
	if answer == state.No && s.strayed && !after.absent() && w.adrift(s, scenario) && !slices.ContainsFunc(after, func(l leg) bool { return l.sure && !l.alone }) {
		answer = state.Unknown
	}
	if answer == state.No && after.absent() && s.role.waiting(w.engine.world(scenario), w.v) != nil {
		answer = state.Unknown
	}
	if answer != state.No && len(s.role.guests) > 0 {
		answer = answer.And(not(s.role.strands(w.engine.world(scenario), w.v)))
	}
	if answer != state.Yes {
		w.answers[s.role] = append(w.answers[s.role], outcome{scenario, answer})
	}
}

// adrift is Role.adrift after one scenario.
func (w *view) adrift(s *stand, scenario int32) bool {
	return s.role.adrift(w.engine.world(scenario), w.v)
}

// judgeScenario answers for the stands of the kinds chosen in one scenario: once for all that are alike.
func (w *view) judgeScenario(x int32, chosen func(kind int) bool) {
	m := w.moment(x)
	changed := w.changed(x)
	for _, c := range changed {
		if s := &w.stands[c.stand]; s.working && chosen(s.kind) {
			w.add(s, x, m.answer(s, c.after), c.after)
		}
	}
	for k, members := range w.byKind {
		if !chosen(k) {
			continue
		}
		answer := state.Unknown
		asked := false
		for _, i := range members {
			s := &w.stands[i]
			_, differs := slices.BinarySearchFunc(changed, i, func(c changeOf, i int) int { return cmp.Compare(c.stand, i) })
			if !s.working || differs || m.out.lostHost(s.role.Host) {
				continue
			}
			if !asked {
				asked, answer = true, m.answer(s, w.kinds[k])
			}
			if answer == state.Yes {
				break
			}
			w.add(s, x, answer, w.kinds[k])
		}
	}
}

// A moment is a view after one scenario. The simulation of the plain kind in survive.go is the model of its answers; it counts alike
// stands together and knows switches by number.
type moment struct {
	*view
	out      outageOf
	cut      cuts
	gateways posture // that are left

	others  []presence // who is somewhere
	nowhere []int      // stands of which it is not known where they are
	counted bool
}

// presence is how many stands of a kind have the same posture after a scenario.
type presence struct {
	kind  int
	after posture
	count int
}

// moment returns the view after a scenario, until it is called again.
func (w *view) moment(x int32) *moment {
	m := &w.then
	*m = moment{view: w, out: outageOf{w.engine, x}, cut: w.splits[w.number][x], gateways: w.gateway, others: m.others[:0], nowhere: m.nowhere[:0]}
	if _, shaken := slices.BinarySearch(w.shaken, x); shaken {
		m.gateways = w.gatewaysIn(&world{outage: m.out})
	}
	return m
}

// answer tells whether a stand keeps the network with what is left of it.
func (m *moment) answer(s *stand, after posture) state.Tri {
	switch {
	case slices.ContainsFunc(after, func(l leg) bool { return l.sure }):
		return m.leads(s, after)
	case !after.absent():
		return state.Unknown
	case s.strayed:
		return s.role.survivesIn(m.world(m.out.scenario), m.v, false).Answer
	}
	return tri(s.role.Host.ListsNICs() && len(s.role.Uplinks) > 0, false)
}

// leads is Role.leads.
func (m *moment) leads(s *stand, after posture) state.Tri {
	mine := m.kinds[s.kind]
	if len(m.gateways) > 0 {
		return m.meet(mine, after, m.gateway, m.gateways, true)
	}
	m.count()
	all, placed := state.Yes, false
	for _, o := range m.others {
		if o.count == 1 && o.kind == s.kind && slices.Equal(o.after, after) {
			continue // itself
		}
		placed = true
		all = all.And(unless(m.meet(mine, after, live(m.kinds[o.kind]), live(o.after), false), live(o.after)))
	}
	if !placed && (m.absent || slices.ContainsFunc(m.nowhere, func(i int) bool { return m.stands[i].role != s.role })) {
		return state.Unknown
	}
	return all
}

// count finds out who is left where.
func (m *moment) count() {
	if m.counted {
		return
	}
	m.counted = true
	changed := m.changed(m.out.scenario)
	for k, members := range m.byKind {
		for _, i := range members {
			s := &m.stands[i]
			if m.out.lostHost(s.role.Host) {
				continue
			}
			after := m.kinds[k]
			if at, found := slices.BinarySearchFunc(changed, i, func(c changeOf, i int) int { return cmp.Compare(c.stand, i) }); found {
				after = changed[at].after
			}
			if after.absent() {
				if s.strayed && s.role.unplaced() {
					m.nowhere = append(m.nowhere, i)
				}
				continue
			}
			at := slices.IndexFunc(m.others, func(o presence) bool { return o.kind == k && slices.Equal(o.after, after) })
			if at < 0 {
				at = len(m.others)
				m.others = append(m.others, presence{kind: k, after: after})
			}
			m.others[at].count++
		}
	}
}

// meet is world.meet.
func (m *moment) meet(aBefore, a, bBefore, b posture, gateways bool) state.Tri {
	same := slices.Equal(aBefore, a) && slices.Equal(bBefore, b)
	for _, x := range live(a) {
		for _, y := range b {
			same = same && m.before(x.at, y.at) == m.afterwards(x.at, y.at)
		}
	}
	if same {
		return meetsNow(aBefore, bBefore, m.now)
	}
	return meetsAfter(a, b, gateways, m.afterwards)
}

func (m *moment) now(a, b int32) state.Tri {
	return connected(a, b, func(x int32) int32 { return int32(m.class.sureNow[x]) }, func(x int32) int32 { return int32(m.class.possibleNow[x]) })
}

func (m *moment) before(a, b int32) state.Tri {
	return connected(a, b, func(x int32) int32 { return m.class.sure.comp[x] }, func(x int32) int32 { return m.class.possible.comp[x] })
}

func (m *moment) afterwards(a, b int32) state.Tri {
	return connected(a, b, func(x int32) int32 { return joinedAs(m.class.sure, m.cut.sure, x) }, func(x int32) int32 { return joinedAs(m.class.possible, m.cut.possible, x) })
}

// outside and below it are the vertices of what may outlive its switch: nobody knows where it is then.
const outside = -1 << 30

// connected answers for two vertices by their components; a vertex below 0 is joined to none.
func connected(a, b int32, sure, possible func(x int32) int32) state.Tri {
	switch {
	case a == b:
		return state.Yes
	case a <= outside || b <= outside:
		return state.Unknown
	case a < 0 || b < 0:
		return state.No
	case sure(a) == sure(b):
		return state.Yes
	case possible(a) == possible(b):
		return state.Unknown
	}
	return state.No
}

// judgeAlternatives lets networks of other paths stand in for one another.
func (e *engine) judgeAlternatives() {
	alone, nowAlone := slices.Clone(e.outcomes), slices.Clone(e.now)
	for _, r := range e.fabric.Roles() {
		if len(r.Alternatives) == 0 {
			continue
		}
		var base *Role // one that works now: nothing is lost but what it loses
		all := true
		for _, x := range append([]*Role{r}, r.Alternatives...) {
			works := nowAlone[x.number] == state.Yes
			if base == nil && works {
				base = x
			}
			all = all && works
		}
		if nowAlone[r.number] != state.Yes {
			e.now[r.number] = r.survives(e.fabric.now(), false).Answer
		}
		e.outcomes[r.number] = nil
		if base == nil {
			continue
		}
		for _, o := range alone[base.number] {
			answer := state.Yes
			if all {
				answer = standIn(alone, r, o.scenario)
			} else {
				answer = r.survives(e.world(o.scenario), false).Answer
			}
			if answer != state.Yes {
				e.outcomes[r.number] = append(e.outcomes[r.number], outcome{o.scenario, answer})
			}
		}
	}
}

// standIn is the best answer of networks that all work now.
func standIn(alone [][]outcome, r *Role, scenario int32) state.Tri {
	best := state.No
	for _, x := range append([]*Role{r}, r.Alternatives...) {
		at, lost := slices.BinarySearchFunc(alone[x.number], scenario, func(o outcome, s int32) int { return cmp.Compare(o.scenario, s) })
		if !lost {
			return state.Yes
		}
		best = best.Or(alone[x.number][at].answer)
	}
	return best
}
