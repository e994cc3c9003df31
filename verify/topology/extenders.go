package topology

import (
	"slices"
	"strings"

	"uplinkcheck/drivers/capture"
	"uplinkcheck/drivers/state"
)

// Extender is a fabric extender as all switches together tell of it: a chassis whose ports are listed by each switch that it hangs on.
type Extender struct {
	ID       string            // of the first switch that has it
	Switches []*Switch         // that have it, by name: several when all tell the same serial number
	Ports    []*Port           // of these switches
	Lines    []capture.Span    // that tell of it
	as       []*state.Extender // how each of Switches tells of it
	twins    []*Port           // of a peer's extender that may be this one
	shared   state.Tri         // it hangs on another switch as well
}

// Shared answers whether it hangs on several switches. Of those not all need be known.
func (x *Extender) Shared() state.Tri { return x.shared }

// String returns "FEX 101 of leaf1+leaf2".
func (x *Extender) String() string {
	var names []string
	for _, s := range x.Switches {
		names = append(names, s.Name)
	}
	return "FEX " + x.ID + " of " + strings.Join(names, "+")
}

// addExtenders finds the fabric extenders. Two switches have one when both tell its serial number; peers that have one of the same number,
// and do not tell that it is another, may.
func (f *Fabric) addExtenders() {
	bySerial := map[string]*Extender{}
	serials := map[*Extender]string{}
	for _, s := range f.Switches {
		own := map[string]*Extender{}
		for i := range s.Extenders {
			e := &s.Extenders[i]
			x := bySerial[e.Serial.Value]
			if !e.Serial.Known() || e.Serial.Value == "" || x == nil || slices.Contains(x.Switches, s) {
				x = &Extender{ID: e.ID}
				f.extenders = append(f.extenders, x)
				if e.Serial.Known() && e.Serial.Value != "" && bySerial[e.Serial.Value] == nil {
					bySerial[e.Serial.Value], serials[x] = x, e.Serial.Value
				}
			}
			x.add(s, e)
			own[e.ID] = x
			fed := false
			for _, p := range s.Ports {
				if slices.ContainsFunc(e.Fabric, func(f capture.Fact[string]) bool {
					return f.Value == p.Name || p.Aggregator != nil && f.Value == p.Aggregator.Name
				}) {
					p.feeds, fed = x, true
				}
			}
			if !fed {
				s.unfed = append(s.unfed, x)
			}
		}
		for _, p := range s.Ports {
			if p.Interface == nil || !p.Interface.Extender.Known() {
				continue
			}
			if x := own[p.Interface.Extender.Value]; x != nil {
				p.Extender = x
				x.Ports = append(x.Ports, p)
			}
		}
	}
	for _, x := range f.extenders {
		if len(x.Switches) > 1 {
			x.shared = state.Yes
		}
	}
	type number struct {
		pair *Pair
		id   string
	}
	alike := map[number][]*Extender{}
	for _, x := range f.extenders {
		if pair := x.Switches[0].Pair; pair != nil && x.shared != state.No {
			k := number{pair, x.ID}
			for _, y := range alike[k] {
				if serials[x] == "" || serials[y] == "" {
					x.twins, y.twins = append(x.twins, y.Ports...), append(y.twins, x.Ports...)
				}
			}
			alike[k] = append(alike[k], x)
		}
	}
}

// add notes what a switch says of the extender.
func (x *Extender) add(s *Switch, e *state.Extender) {
	x.Switches, x.as = append(x.Switches, s), append(x.as, e)
	x.shared = state.Unknown
	if e.Shared.Known() {
		x.shared = tri(true, e.Shared.Value)
	}
	for _, from := range []capture.Span{e.Serial.From, e.Shared.From} {
		if from.Known() {
			x.Lines = append(x.Lines, from)
		}
	}
	if len(x.Lines) == 0 {
		x.Lines = append(x.Lines, e.From)
	}
}

// names are what it is called by each switch that has it, beside what String returns.
func (x *Extender) names() (out []string) {
	for i, s := range x.Switches {
		out = append(out, "FEX "+x.as[i].ID+" of "+s.Name)
	}
	return out
}

// holders are the switches that it works on, as far as known: not those that say that it is out of service, or that none of the ports that
// lead to it is in service.
func (x *Extender) holders() (out []*Switch) {
	for i, s := range x.Switches {
		works, fed := state.No, false
		for _, p := range s.Ports {
			if p.feeds == x {
				works, fed = works.Or(p.flow().service), true
			}
		}
		if !capture.Is(x.as[i].Up, false) && !(fed && works == state.No) {
			out = append(out, s)
		}
	}
	return out
}

// loss is the loss of the extender.
func (x *Extender) loss() *Scenario {
	return &Scenario{Kind: MemberLoss, Name: x.String(), Of: x.Switches[0], Member: x.ID, Ports: x.Ports, Perhaps: x.twins, extender: x}
}

// Behind returns the switches on which what is plugged into the port may hang: its own, and of a port of an extender the others that have it,
// or may.
func (p *Port) Behind() []*Switch {
	out := []*Switch{p.Switch}
	x := p.Extender
	if x == nil || x.shared == state.No {
		return out
	}
	others := x.Switches
	if len(others) < 2 && p.Switch.Pair != nil {
		others = p.Switch.Pair.Switches
	}
	for _, s := range others {
		if s != p.Switch {
			out = append(out, s)
		}
	}
	return out
}

// sameBox reports whether two ports of different switches are one: of an extender that both have.
func (p *Port) sameBox(q *Port) bool {
	return p != nil && q != nil && p.Extender != nil && p.Extender == q.Extender && p.Name == q.Name
}

// without is what becomes of a port when its switch is lost: of an extender that may hang on another switch too it may remain there.
func (p *Port) without(lost func(*Switch) bool) absence {
	x := p.Extender
	if x == nil || x.shared == state.No || x.shared == state.Yes && len(x.Switches) > 1 && !slices.ContainsFunc(x.Switches, func(s *Switch) bool { return !lost(s) }) {
		return absence{state.Yes, taken, nil}
	}
	return absence{state.Unknown, elsewhere, nil}
}
