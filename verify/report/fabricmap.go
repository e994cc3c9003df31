package report

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"uplinkcheck/drivers/state"
	"uplinkcheck/verify/topology"
)

// A fabricMap is the picture of the whole fabric: drawn at once, or, where that would not be readable, as one box for each pair and single switch
// that opens to its surroundings.
type fabricMap struct {
	Drawn   *mapPicture
	Layers  []mapLayer
	Trouble []mapLine // every line that does not wholly carry: what the shapes say, in words
	More    int
}

// maxDrawn is how many switches one picture holds and stays readable.
const maxDrawn = 60

// mapPicture is boxes and lines of an SVG; all texts were cleaned.
type mapPicture struct {
	ID, Title string
	W, H      int
	Frames    []box
	Boxes     []box
	Lines     []mapLine
}

// A mapLine is all cables between two boxes.
type mapLine struct {
	From, To            string
	Carrying, Down, Off int // cables that carry, that do not, and of which that is not known
	Path                string
	X, Y                int // of the words
	Label               string
}

// Status sums up: unknown only where nothing is known to be down.
func (l mapLine) Status() state.Tri {
	switch {
	case l.Down > 0:
		return state.No
	case l.Off > 0:
		return state.Unknown
	}
	return state.Yes
}

// Class selects the line style, as in a host's picture.
func (l mapLine) Class() string { return leg{Status: l.Status()}.Class() }

// Words say what the line's shape says.
func (l mapLine) Words() string {
	all := l.Carrying + l.Down + l.Off
	word := leg{Status: l.Status()}.Word()
	switch n := map[state.Tri]int{state.Yes: all, state.No: l.Down, state.Unknown: l.Off}[l.Status()]; {
	case all == 1:
		return word
	case n == all:
		return fmt.Sprintf("%s, all %d", word, all)
	default:
		sign, rest, _ := strings.Cut(word, " ")
		return fmt.Sprintf("%s %d of %d %s", sign, n, all, rest)
	}
}

// A mapLayer is one tier of a fabric that is too large to be drawn at once.
type mapLayer struct {
	Title string
	Units []mapUnit
}

// A mapUnit is a pair or a single switch of such a fabric.
type mapUnit struct {
	ID, Name, Members string
	Words             string
	Status            state.Tri
	Picture           *mapPicture
}

// Class is the state as a CSS class of verdicts, Word says the same.
func (u mapUnit) Class() string { return [...]string{"unknown", "fail", "pass"}[u.Status%3] }

// Word says whether all cables of the unit carry.
func (u mapUnit) Word() string { return leg{Status: u.Status}.Word() }

// A unit is a pair, or a switch in none, with the hosts that are drawn below it.
type unit struct {
	name     string
	switches []*topology.Switch
	tier     int
	groups   []*hostGroup
}

// first is the name that a unit is sorted by.
func (u *unit) first() string {
	if len(u.switches) == 0 {
		return ""
	}
	return u.switches[0].Name
}

// A hostGroup are hosts whose cables end on the same switches in the same state.
type hostGroup struct {
	hosts []*topology.Host
	at    []*topology.Switch // nil for "not known where", last
	legs  map[*topology.Switch]*mapLine
}

func (g *hostGroup) name() string {
	var names []string
	for _, h := range g.hosts {
		names = append(names, clean(h.Name))
	}
	return ranges(names, 2)
}

// atlas is what is drawn: units by tier, cables between switches, hosts.
type atlas struct {
	units  []*unit
	of     map[*topology.Switch]*unit
	cables map[[2]*topology.Switch]*mapLine
	order  [][2]*topology.Switch
	near   map[*topology.Switch][]*topology.Switch
}

func count3(l *mapLine, t state.Tri) {
	switch t {
	case state.Yes:
		l.Carrying++
	case state.No:
		l.Down++
	default:
		l.Off++
	}
}

func atlasOf(f *topology.Fabric) *atlas {
	a := &atlas{of: map[*topology.Switch]*unit{}, cables: map[[2]*topology.Switch]*mapLine{}, near: map[*topology.Switch][]*topology.Switch{}}
	for _, p := range f.Pairs {
		u := &unit{name: "pair " + clean(p.Name), switches: p.Switches}
		if len(p.Switches) < 2 {
			continue
		}
		a.units = append(a.units, u)
		for _, s := range p.Switches {
			a.of[s] = u
		}
	}
	for _, s := range f.Switches {
		if a.of[s] == nil {
			a.of[s] = &unit{name: clean(s.Name), switches: []*topology.Switch{s}}
			a.units = append(a.units, a.of[s])
		}
	}
	for _, t := range f.Trunks {
		a.addTrunk(t)
	}
	a.addHosts(f)
	a.addTiers()
	slices.SortStableFunc(a.units, func(x, y *unit) int {
		return cmp.Or(cmp.Compare(y.tier, x.tier), cmp.Compare(len(y.switches), 0)-cmp.Compare(len(x.switches), 0), state.NaturalCompare(x.first(), y.first()))
	})
	return a
}

func (a *atlas) addTrunk(t *topology.Trunk) {
	from, to := t.A.Switch, t.Far
	status := t.A.InService().Answer
	if t.Z != nil {
		to = t.Z.Switch
		status = status.And(t.Z.InService().Answer)
	} else if u := a.of[from]; to == nil && t.PeerLink && u != nil && len(u.switches) == 2 {
		to = u.switches[0]
		if to == from {
			to = u.switches[1]
		}
		status = status.And(state.Unknown)
	}
	if to == nil || to == from {
		return
	}
	k := [2]*topology.Switch{from, to}
	if state.NaturalCompare(from.Name, to.Name) > 0 {
		k = [2]*topology.Switch{to, from}
	}
	l := a.cables[k]
	if l == nil {
		l = &mapLine{From: clean(k[0].Name), To: clean(k[1].Name)}
		a.cables[k] = l
		a.order = append(a.order, k)
		a.near[from], a.near[to] = append(a.near[from], to), append(a.near[to], from)
	}
	count3(l, status)
}

// addHosts puts hosts that hang on the same switches in the same way into one group, below the unit of the first of those.
func (a *atlas) addHosts(f *topology.Fabric) {
	type place struct {
		u   *unit
		key string
	}
	found := map[place]*hostGroup{}
	nowhere := &unit{name: "nowhere known"}
	for _, h := range f.Hosts {
		legs := map[*topology.Switch]*mapLine{}
		var at []*topology.Switch
		for _, u := range h.Uplinks {
			c, p := carriageOf(u)
			var s *topology.Switch
			if p != nil {
				s = p.Switch
			}
			if legs[s] == nil {
				legs[s] = &mapLine{}
				at = append(at, s)
			}
			count3(legs[s], c.Answer)
		}
		slices.SortFunc(at, func(x, y *topology.Switch) int {
			switch {
			case x == nil || y == nil:
				return cmp.Compare(map[bool]int{true: 1}[x == nil], map[bool]int{true: 1}[y == nil])
			}
			return state.NaturalCompare(x.Name, y.Name)
		})
		where := place{u: nowhere}
		if len(at) > 0 && at[0] != nil {
			where.u = a.of[at[0]]
		}
		for _, s := range at {
			name := "?"
			if s != nil {
				name = s.Name
			}
			where.key += fmt.Sprintf("%s\x00%d %d %d\x00", name, legs[s].Carrying, legs[s].Down, legs[s].Off)
		}
		g := found[where]
		if g == nil {
			g = &hostGroup{at: at, legs: map[*topology.Switch]*mapLine{}}
			for _, s := range at {
				g.legs[s] = &mapLine{}
			}
			found[where] = g
			where.u.groups = append(where.u.groups, g)
		}
		g.hosts = append(g.hosts, h)
		for _, s := range at {
			g.legs[s].Carrying += legs[s].Carrying
			g.legs[s].Down += legs[s].Down
			g.legs[s].Off += legs[s].Off
		}
	}
	if len(nowhere.groups) > 0 {
		a.units = append(a.units, nowhere)
	}
}

// addTiers numbers the layers: 0 where hosts are, then by the cables that lie between. A pair is in the lower layer of its switches.
func (a *atlas) addTiers() {
	var queue []*unit
	for _, u := range a.units {
		u.tier = -1
		if len(u.groups) > 0 {
			u.tier = 0
			queue = append(queue, u)
		}
	}
	for len(queue) > 0 {
		u := queue[0]
		queue = queue[1:]
		for _, s := range u.switches {
			for _, n := range a.near[s] {
				if o := a.of[n]; o.tier < 0 {
					o.tier = u.tier + 1
					queue = append(queue, o)
				}
			}
		}
	}
	for _, u := range a.units {
		u.tier = max(u.tier, 0) // cabled to nothing that has hosts
	}
}

func (b *builder) fabricMap() (m fabricMap) {
	f := b.r.Fabric
	if f == nil || len(f.Switches) == 0 {
		return m
	}
	a := atlasOf(f)
	m.Trouble = a.trouble()
	if n := len(m.Trouble) - maxListed/10; n > 0 {
		m.Trouble, m.More = m.Trouble[:maxListed/10], n
	}
	units := slices.DeleteFunc(slices.Clone(a.units), func(u *unit) bool { return len(u.switches) == 0 })
	if len(f.Switches) <= maxDrawn {
		m.Drawn = a.draw("map", "The whole fabric", a.units, nil)
		return m
	}
	worst := slices.Clone(units)
	slices.SortStableFunc(worst, func(x, y *unit) int { return cmp.Compare(rank(a.sum(x).Status()), rank(a.sum(y).Status())) })
	drawn := map[*unit]bool{}
	for _, u := range worst[:min(len(worst), maxPairBoxes)] {
		drawn[u] = true
	}
	for i, u := range units {
		if i == 0 || u.tier != units[i-1].tier {
			m.Layers = append(m.Layers, mapLayer{Title: tierName(u.tier)})
		}
		l := &m.Layers[len(m.Layers)-1]
		l.Units = append(l.Units, a.box(fmt.Sprintf("map-%d", i+1), u, drawn[u]))
	}
	return m
}

// rank orders states by how much they matter to a reader.
func rank(t state.Tri) int { return map[state.Tri]int{state.No: 0, state.Unknown: 1, state.Yes: 2}[t] }

func tierName(tier int) string {
	switch tier {
	case 0:
		return "Leaves: switches with hosts"
	case 1:
		return "Spines: switches above the leaves"
	}
	return fmt.Sprintf("Tier %d above the leaves", tier)
}

// sum adds up all cables of a unit, those to hosts included.
func (a *atlas) sum(u *unit) (all mapLine) {
	add := func(l *mapLine) {
		all.Carrying, all.Down, all.Off = all.Carrying+l.Carrying, all.Down+l.Down, all.Off+l.Off
	}
	for i, s := range u.switches {
		for _, n := range a.near[s] {
			if a.of[n] != u || slices.Index(u.switches, n) > i {
				add(a.cable(s, n))
			}
		}
	}
	for _, g := range u.groups {
		for _, s := range g.at {
			add(g.legs[s])
		}
	}
	return all
}

func (a *atlas) cable(x, y *topology.Switch) *mapLine {
	if l := a.cables[[2]*topology.Switch{x, y}]; l != nil {
		return l
	}
	return a.cables[[2]*topology.Switch{y, x}]
}

// box is a unit of a large fabric in words, with a picture of what is around it when it is to be drawn.
func (a *atlas) box(id string, u *unit, draw bool) mapUnit {
	all := a.sum(u)
	hosts := 0
	for _, g := range u.groups {
		hosts += len(g.hosts)
	}
	var names []string
	for _, s := range u.switches {
		names = append(names, clean(s.Name))
	}
	m := mapUnit{ID: id, Name: u.name, Members: strings.Join(names, ", "), Status: all.Status(),
		Words: fmt.Sprintf("%s, %d of %s carrying", count(hosts, "host", "hosts"), all.Carrying, count(all.Carrying+all.Down+all.Off, "cable", "cables"))}
	if !draw {
		return m
	}
	around := []*unit{u}
	for _, s := range u.switches {
		for _, n := range a.near[s] {
			if o := a.of[n]; !slices.Contains(around, o) && len(around) < 24 {
				around = append(around, o)
			}
		}
	}
	m.Picture = a.draw(id+"-picture", "Around "+u.name, around, u)
	return m
}

// trouble lists what does not wholly carry, what is down first.
func (a *atlas) trouble() (out []mapLine) {
	for _, k := range a.order {
		if l := a.cables[k]; l.Status() != state.Yes {
			out = append(out, *l)
		}
	}
	for _, u := range a.units {
		for _, g := range u.groups {
			for _, s := range g.at {
				if l := *g.legs[s]; l.Status() != state.Yes {
					l.From, l.To = g.name(), "not known where"
					if s != nil {
						l.To = clean(s.Name)
					}
					out = append(out, l)
				}
			}
		}
	}
	slices.SortStableFunc(out, func(x, y mapLine) int {
		return cmp.Or(cmp.Compare(rank(x.Status()), rank(y.Status())), state.NaturalCompare(x.From, y.From))
	})
	return out
}
