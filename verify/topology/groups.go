package topology

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"uplinkcheck/drivers/state"
)

// A group is one network on hosts of the same clusters: they must reach the same gateways or each other, and so are looked at
// together.
type group struct {
	network *Network
	roles   []*Role // to be judged
	mates   []*Role // on all hosts of the clusters, the roles among them
	gates   []*Port
	inside  []*Switch // gateways that are switches
}

// groups divides the roles.
func (f *Fabric) groups() (out []*group) {
	type key struct {
		network  *Network
		clusters string
	}
	byKey := map[key]*group{}
	for _, h := range f.Hosts {
		var names []string
		for _, c := range h.Clusters {
			names = append(names, fmt.Sprintf("%p", c))
		}
		clusters := strings.Join(names, " ")
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
		for _, g := range groups[from:to] {
			e.judgeGroup(g)
		}
		return struct{}{}
	})
	e.judgeAlternatives()
}

func (e *engine) judgeGroup(g *group) {
	answers := map[*Role][]outcome{}
	for _, r := range g.roles {
		e.now[r.number] = state.Yes
	}
	for _, v := range e.different(g) {
		e.judgeIn(g, v, answers)
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
	var sets []state.VIDSet
	divides := func(s state.VIDSet) {
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
		for _, u := range r.Uplinks {
			if p := u.Mapped(); p != nil {
				look(p)
			}
		}
	}
	for _, p := range g.gates {
		look(p)
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

// judgeIn adds the answers of the group's roles in one VLAN. With a gateway each of them is a question of its own; without one all
// that must reach each other are one.
func (e *engine) judgeIn(g *group, v state.VID, answers map[*Role][]outcome) {
	gateway, _ := e.fabric.now().atGateways(g.network, v)
	if len(gateway) == 0 {
		e.newView(g, v, g.mates, nil).judge(g.roles, answers)
		return
	}
	for _, r := range g.roles {
		e.newView(g, v, []*Role{r}, gateway).judge([]*Role{r}, answers)
	}
}

// A view is those of a group in one VLAN who must be joined.
type view struct {
	*engine
	*group
	v       state.VID
	class   *class
	number  int32
	stands  []stand // of those who are attached, or may be somewhere
	gateway []attachment
	plain   bool // everybody is surely attached and all are surely joined, now and with the reserve
	strays  bool // somebody has an uplink that ends nobody knows where
}

// A stand is where one of the group enters the VLAN, and in which scenarios that changes.
type stand struct {
	role      *Role
	legs      []standing
	elsewhere bool // it has an uplink that may carry the VLAN nobody knows where
	changes   []change
}

type standing struct {
	attachment
	port, uplink int
}

// A change is what a scenario leaves of a stand.
type change struct {
	scenario int32
	left     left
}

// left is what remains of a stand.
type left uint8

const (
	clean left = iota // surely attached, and so with its aggregator if it has one
	murky             // perhaps attached
	none              // not attached
)

func (e *engine) newView(g *group, v state.VID, who []*Role, gateway []attachment) *view {
	w := &view{engine: e, group: g, v: v, class: e.classes.classOf(v), number: e.classes.of[v], gateway: gateway}
	for _, r := range who {
		if s := e.standOf(r, v); len(s.legs) > 0 || s.elsewhere {
			w.stands = append(w.stands, s)
			w.strays = w.strays || s.elsewhere
		}
	}
	w.plain = w.sure() && w.joined()
	return w
}

// sure reports whether everybody who is somewhere is surely attached.
func (w *view) sure() bool {
	for _, s := range w.stands {
		if len(s.legs) > 0 && leftOf(s.legs, func(standing) state.Tri { return state.No }) != clean {
			return false
		}
	}
	placed := 0
	for _, s := range w.stands {
		placed += min(1, len(s.legs))
	}
	return !slices.ContainsFunc(w.gateway, func(a attachment) bool { return !a.sure }) && (!w.strays || placed > 1 || w.gateway != nil)
}

func (e *engine) standOf(r *Role, v state.VID) stand {
	s := stand{role: r}
	for _, u := range r.Uplinks {
		carries := u.passes(v)
		if carries == state.No {
			continue
		}
		p := u.Mapped()
		if p == nil || u.Confidence() <= Inferred {
			s.elsewhere = true
		}
		if p == nil {
			continue
		}
		alone := u.Team == nil || u.Team.Mode.Value.NeedsAggregator() != state.Yes
		s.legs = append(s.legs, standing{attachment{p.Switch, carries == state.Yes, alone}, p.number, u.number})
	}
	return s
}

// leftOf tells what is left of legs where some are gone.
func leftOf(legs []standing, gone func(standing) state.Tri) left {
	any, sure, together, togetherSure := false, false, false, false
	for _, l := range legs {
		g := gone(l)
		if g == state.Yes {
			continue
		}
		any = true
		surely := l.sure && g == state.No
		sure = sure || surely
		together = together || !l.alone
		togetherSure = togetherSure || !l.alone && surely
	}
	switch {
	case !any:
		return none
	case sure && together == togetherSure:
		return clean
	}
	return murky
}

// joined reports whether all stands and gateways are surely joined, now and with the reserve.
func (w *view) joined() bool {
	var first *Switch
	same := true
	see := func(s *Switch) {
		if first == nil {
			first = s
		}
		if !same || s == first {
			return
		}
		a, b := int32(-1), int32(-1)
		if w.class != nil {
			a, b = w.class.vertex(first.number), w.class.vertex(s.number)
		}
		same = a >= 0 && b >= 0 && w.class.sure.comp[a] == w.class.sure.comp[b] && w.class.sureNow[a] == w.class.sureNow[b]
	}
	for _, s := range w.stands {
		for _, l := range s.legs {
			see(l.at)
		}
	}
	for _, a := range w.gateway {
		see(a.at)
	}
	return same
}

// judge adds the answers of the roles.
func (w *view) judge(roles []*Role, answers map[*Role][]outcome) {
	now := w.fabric.now()
	working, placed := map[*Role]bool{}, map[*Role]bool{}
	for _, s := range w.stands {
		placed[s.role] = len(s.legs) > 0
	}
	for _, r := range roles {
		answer := state.Yes
		if !w.plain || !placed[r] {
			answer = r.survivesIn(now, w.v, false).Answer
		}
		if answer == state.Yes {
			working[r] = true
		} else if rank(answer) < rank(w.now[r.number]) {
			w.now[r.number] = answer
		}
	}
	if len(working) == 0 {
		return
	}
	for i := range w.stands {
		w.findChanges(&w.stands[i])
	}
	special := w.special()
	for i := range w.stands {
		if s := &w.stands[i]; working[s.role] {
			answers[s.role] = w.judgeRole(s, special, answers[s.role])
		}
	}
}

// findChanges works out what each scenario leaves of a stand.
func (w *view) findChanges(s *stand) {
	var scenarios []int32
	for _, l := range s.legs {
		for _, h := range w.ports[l.port] {
			scenarios = append(scenarios, h.scenario)
		}
		for _, h := range w.uplinks[l.uplink] {
			scenarios = append(scenarios, h.scenario)
		}
		scenarios = append(scenarios, w.switches[l.at.number]...)
	}
	slices.Sort(scenarios)
	for _, i := range slices.Compact(scenarios) {
		o := outageOf{w.engine, i}
		if o.lostHost(s.role.Host) {
			continue
		}
		s.changes = append(s.changes, change{i, leftOf(s.legs, func(l standing) state.Tri {
			if o.lost(l.at) {
				return state.Yes
			}
			return search(w.ports[l.port], i).gone().Or(search(w.uplinks[l.uplink], i).gone())
		})})
	}
}

// special are the scenarios that may matter to all of the group: they touch a gateway, cut off somewhere that the group stands, leave
// somebody unsure, or hardly anybody. Where the group is not plainly joined to begin with, so may all that touch any of it.
func (w *view) special() (out []int32) {
	if w.gateway != nil {
		for _, p := range w.gates {
			for _, h := range w.ports[p.number] {
				out = append(out, h.scenario)
			}
			out = append(out, w.switches[p.Switch.number]...)
			out = append(out, w.cutting(p.Switch)...)
		}
		for _, s := range w.inside {
			out = append(out, w.switches[s.number]...)
			out = append(out, w.cutting(s)...)
		}
	}
	placed, missing := 0, map[int32]int{} // how many are somewhere, and no longer in a scenario
	for i := range w.stands {
		s := &w.stands[i]
		placed += min(1, len(s.legs))
		for _, l := range s.legs {
			out = append(out, w.cutting(l.at)...)
		}
		for _, c := range s.changes {
			if c.left == murky || !w.plain {
				out = append(out, c.scenario)
			} else if c.left == none && w.strays {
				missing[c.scenario]++
			}
		}
		if w.strays && len(s.legs) > 0 {
			for _, i := range w.hosts[s.role.Host] {
				missing[i]++
			}
		}
	}
	for i, n := range missing {
		if !w.plain || n+1 >= placed {
			out = append(out, i)
		}
	}
	slices.Sort(out)
	return slices.Compact(out)
}

// cutting returns the scenarios that cut the switch off from others.
func (w *view) cutting(s *Switch) []int32 {
	if w.class == nil {
		return nil
	}
	if v := w.class.vertex(s.number); v >= 0 {
		return w.touches[w.number][v]
	}
	return nil
}

// judgeRole adds the answers of one role: those of its own changes at a glance, the special ones by simulation.
func (w *view) judgeRole(s *stand, special []int32, out []outcome) []outcome {
	add := func(i int32, answer state.Tri) {
		if answer != state.Yes {
			out = append(out, outcome{i, answer})
		}
	}
	for _, i := range special {
		if !(outageOf{w.engine, i}).lostHost(s.role.Host) {
			add(i, s.role.survivesIn(w.world(i), w.v, false).Answer)
		}
	}
	for _, c := range s.changes {
		if _, done := slices.BinarySearch(special, c.scenario); done {
			continue
		}
		switch {
		case c.left == clean && w.plain:
		case c.left == none && !s.elsewhere && s.role.Host.ListsNICs():
			add(c.scenario, state.No)
		default:
			add(c.scenario, s.role.survivesIn(w.world(c.scenario), w.v, false).Answer)
		}
	}
	return out
}

// judgeAlternatives lets networks of other paths stand in for one another.
func (e *engine) judgeAlternatives() {
	alone, nowAlone := slices.Clone(e.outcomes), slices.Clone(e.now)
	for _, r := range e.fabric.Roles() {
		if len(r.Alternatives) == 0 {
			continue
		}
		var base *Role // one that works now: nothing is lost but what it loses
		for _, x := range append([]*Role{r}, r.Alternatives...) {
			if base == nil && nowAlone[x.number] == state.Yes {
				base = x
			}
		}
		e.now[r.number] = r.survives(e.fabric.now(), false).Answer
		e.outcomes[r.number] = nil
		if base == nil {
			continue
		}
		for _, o := range alone[base.number] {
			if answer := r.survives(e.world(o.scenario), false).Answer; answer != state.Yes {
				e.outcomes[r.number] = append(e.outcomes[r.number], outcome{o.scenario, answer})
			}
		}
	}
}
