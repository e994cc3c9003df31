package report

import (
	"fmt"
	"slices"

	"uplinkcheck/drivers/state"
	"uplinkcheck/verify/topology"
)

// Measures of the fabric's picture in CSS pixels. "Along" runs within a layer, "across" from layer to layer. A fabric that is wide is turned: its
// layers stand side by side, so that it scrolls as text does.
const (
	mapBoxW, mapBoxH   = 132, 38
	mapGap             = 14 // between boxes of a layer
	framePad, frameTop = 10, 20
	mapAcross          = 150 // between layers, where lines and their words are
	mapMargin          = 16
	widest             = 8 // boxes in a layer that is not turned
)

// A drawing lays out one mapPicture.
type drawing struct {
	p      *mapPicture
	a      *atlas
	turned bool
	at     map[*topology.Switch]point
	taken  map[point]int // words that stand at the lower end of lines, by the box there
	labels bool          // words on lines that carry as well
}

// A point is the middle of a box, along and across.
type point struct{ along, across int }

// pitch is what one box takes of its layer.
func (d *drawing) pitch() int {
	if d.turned {
		return mapBoxH + mapGap
	}
	return mapBoxW + mapGap
}

// depth is what one layer takes.
func (d *drawing) depth() int {
	if d.turned {
		return mapBoxW + mapAcross + 2*framePad
	}
	return mapBoxH + mapAcross
}

// extent is what a unit or a row of n boxes takes of its layer.
func (d *drawing) extent(n int, framed bool) int {
	e := n*d.pitch() - mapGap
	if framed {
		e += 2 * framePad
		if d.turned {
			e += frameTop - framePad
		}
	}
	return e
}

// draw lays units out in layers, hosts below. Of a unit named as focus only its own cables and hosts are drawn.
func (a *atlas) draw(id, title string, units []*unit, focus *unit) *mapPicture {
	d := &drawing{p: &mapPicture{ID: id, Title: title}, a: a, at: map[*topology.Switch]point{}, taken: map[point]int{}}
	tiers := map[int][]*unit{}
	top, boxes := 0, map[int]int{}
	for _, u := range units {
		if len(u.switches) > 0 {
			tiers[u.tier] = append(tiers[u.tier], u)
			boxes[u.tier] += len(u.switches)
		}
		top = max(top, u.tier)
		if focus == nil || u == focus {
			boxes[-1] += len(u.groups)
		}
	}
	for _, n := range boxes {
		d.turned = d.turned || n > widest
	}
	slots := map[*unit]int{} // middle of each unit, along
	length := 0
	for _, u := range units { // the lowest layer and the hosts below it share their places
		groups := len(u.groups)
		if focus != nil && u != focus {
			groups = 0
		}
		if u.tier > 0 && groups == 0 {
			continue
		}
		e := max(d.extent(len(u.switches), len(u.switches) > 1), d.extent(groups, false))
		slots[u] = length + e/2
		length += e + 2*mapGap
	}
	for tier := 1; tier <= top; tier++ {
		length = max(length, d.place(tiers[tier], slots, length))
	}
	for tier := range top + 1 {
		for _, u := range tiers[tier] {
			d.unit(u, slots[u], (top-tier)*d.depth())
		}
	}
	d.cables(units, focus)
	for _, u := range units {
		if focus == nil || u == focus {
			d.hosts(u, slots[u], (top+1)*d.depth())
		}
	}
	d.finish(length, (top+1)*d.depth())
	return d.p
}

// place spreads the units of a layer over the length, each above the middle of what it is cabled to below, and returns the length that they need.
func (d *drawing) place(units []*unit, slots map[*unit]int, length int) int {
	want := map[*unit]int{}
	var loose []*unit
	for _, u := range units {
		sum, n := 0, 0
		for _, s := range u.switches {
			for _, near := range d.a.near[s] {
				if at, ok := slots[d.a.of[near]]; ok && d.a.of[near].tier < u.tier {
					sum, n = sum+at, n+1
				}
			}
		}
		if n == 0 {
			loose = append(loose, u)
			continue
		}
		want[u] = sum / n
	}
	for i, u := range loose {
		want[u] = length * (2*i + 1) / (2 * len(loose))
	}
	sorted := slices.Clone(units)
	slices.SortStableFunc(sorted, func(x, y *unit) int { return want[x] - want[y] })
	end, taken := 0, 0
	for _, u := range sorted {
		taken += d.extent(len(u.switches), len(u.switches) > 1) + 2*mapGap
	}
	length = max(length, taken)
	for _, u := range sorted { // none over the one before it
		e := d.extent(len(u.switches), len(u.switches) > 1)
		slots[u] = max(want[u], end+e/2)
		end = slots[u] + (e+1)/2 + 2*mapGap
	}
	begin := length
	for _, u := range slices.Backward(sorted) { // and none beyond the end
		e := d.extent(len(u.switches), len(u.switches) > 1)
		slots[u] = min(slots[u], begin-(e+1)/2)
		begin = slots[u] - e/2 - 2*mapGap
	}
	return length
}

// box draws a box around a point.
func (d *drawing) box(p point, words, class string) box {
	x, y := d.xy(p)
	return boxed(x-mapBoxW/2, y-mapBoxH/2, mapBoxW, mapBoxH, words, class)
}

func (d *drawing) xy(p point) (x, y int) {
	if d.turned {
		return p.across + mapBoxW/2 + framePad + mapMargin, p.along + mapMargin + frameTop
	}
	return p.along + mapMargin + framePad, p.across + mapBoxH/2 + mapMargin + frameTop
}

func (d *drawing) unit(u *unit, middle, across int) {
	n := len(u.switches)
	along := middle - (n-1)*d.pitch()/2
	if d.turned && n > 1 {
		along += (frameTop - framePad) / 2
	}
	for i, s := range u.switches {
		d.at[s] = point{along + i*d.pitch(), across}
		d.p.Boxes = append(d.p.Boxes, d.box(d.at[s], s.Name, "switch"))
	}
	if n < 2 {
		return
	}
	x0, y0 := d.xy(d.at[u.switches[0]])
	x1, y1 := d.xy(d.at[u.switches[n-1]])
	f := boxed(x0-mapBoxW/2-framePad, y0-mapBoxH/2-frameTop, x1-x0+mapBoxW+2*framePad, y1-y0+mapBoxH+frameTop+framePad, u.name, "pair")
	f.TY = f.Y + 14
	d.p.Frames = append(d.p.Frames, f)
}

func (d *drawing) cables(units []*unit, focus *unit) {
	drawn := func(s *topology.Switch) bool { _, ok := d.at[s]; return ok }
	var keys [][2]*topology.Switch
	for _, u := range units {
		for _, s := range u.switches {
			for _, n := range d.a.near[s] {
				if focus != nil && u != focus && d.a.of[n] != focus || !drawn(s) || !drawn(n) {
					continue
				}
				k := [2]*topology.Switch{s, n}
				if d.a.cables[k] != nil && !slices.Contains(keys, k) {
					keys = append(keys, k)
				}
			}
		}
	}
	d.labels = len(keys) <= 2*widest
	for _, k := range keys {
		d.line(*d.a.cables[k], d.at[k[0]], d.at[k[1]])
	}
}

// line draws a line from the lower to the upper of two points, or beside the layer when both are in one. Its words stand at the lower end, those
// of several lines of a box one above the other.
func (d *drawing) line(l mapLine, low, high point) {
	if low.across < high.across {
		low, high = high, low
	}
	half, side := mapBoxH/2, mapBoxW/2
	if d.turned {
		half, side = side, half
	}
	x0, y0 := d.xy(point{low.along, low.across - half})
	x1, y1 := d.xy(point{high.along, high.across + half})
	if low.across == high.across {
		if low.along > high.along {
			low, high = high, low
		}
		x0, y0 = d.xy(point{low.along + side, low.across})
		x1, y1 = d.xy(point{high.along - side, high.across})
	}
	l.Path = fmt.Sprintf("M%d %d L%d %d", x0, y0, x1, y1)
	if d.labels && low.across != high.across || l.Status() != state.Yes {
		l.Label = l.Words()
	}
	l.X, l.Y = (x0+x1)/2, (y0+y1)/2-6
	if low.across == high.across {
		l = d.beside(l, low, high)
	} else if l.Label != "" {
		l.X, l.Y = d.wordsAt(low, x0, y0, x1, y1)
	}
	d.p.Lines = append(d.p.Lines, l)
}

// wordsAt finds a free place for words on a line, near the box at its lower end.
func (d *drawing) wordsAt(low point, x0, y0, x1, y1 int) (x, y int) {
	n := d.taken[low]
	d.taken[low]++
	length, step := y0-y1, 22+17*n
	if d.turned {
		length, step = x0-x1, 70
		if n%2 == 1 {
			step = 110
		}
	}
	if length <= 0 {
		return (x0 + x1) / 2, (y0 + y1) / 2
	}
	step = min(step, length*3/4)
	return x0 + (x1-x0)*step/length, y0 + (y1-y0)*step/length + 4
}

// beside leads a line between boxes of one layer that are no neighbours round those between them.
func (d *drawing) beside(l mapLine, low, high point) mapLine {
	if high.along-low.along <= d.pitch() {
		return l
	}
	half, off := mapBoxH/2, 34
	if d.turned {
		half = mapBoxW / 2
	}
	x0, y0 := d.xy(point{low.along, low.across + half})
	x1, y1 := d.xy(point{high.along, high.across + half})
	cx0, cy0 := d.xy(point{low.along, low.across + half + off})
	cx1, cy1 := d.xy(point{high.along, high.across + half + off})
	l.Path = fmt.Sprintf("M%d %d C%d %d %d %d %d %d", x0, y0, cx0, cy0, cx1, cy1, x1, y1)
	l.X, l.Y = (cx0+cx1)/2, (cy0+cy1)/2
	return l
}

func (d *drawing) hosts(u *unit, middle, across int) {
	n := len(u.groups)
	for i, g := range u.groups {
		p := point{middle + i*d.pitch() - (n-1)*d.pitch()/2, across}
		b := d.box(p, g.name(), "host")
		if len(g.hosts) > 1 {
			b.Full = count(len(g.hosts), "host", "hosts") + ": " + b.Full
		}
		d.p.Boxes = append(d.p.Boxes, b)
		for _, s := range g.at {
			l := *g.legs[s]
			l.From, l.To = g.name(), "not known where"
			to, ok := d.at[s]
			if s != nil {
				l.To = clean(s.Name)
			}
			if s != nil && !ok {
				continue // another unit's picture shows it
			}
			if s == nil {
				to = point{p.along + d.pitch()*2/5, p.across - d.depth()*2/5}
			}
			d.labels = n <= widest && len(g.at) <= 4
			d.line(l, p, to)
		}
	}
}

func (d *drawing) finish(length, across int) {
	d.p.W, d.p.H = length+2*(mapMargin+framePad), across+d.depth()-mapAcross+2*mapMargin+frameTop
	if d.turned {
		d.p.W, d.p.H = across+mapBoxW+2*(mapMargin+framePad), length+2*mapMargin+frameTop
	}
	for _, b := range slices.Concat(d.p.Boxes, d.p.Frames) {
		d.p.W, d.p.H = max(d.p.W, b.X+b.W+mapMargin), max(d.p.H, b.Y+b.H+mapMargin)
	}
}
