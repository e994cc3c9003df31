package topology

import (
	"slices"

	"uplinkcheck/drivers/state"
)

// Reloads yields, for each network of a host that is not declared out of service, what is left of it after the loss of each switch as a whole
// that it does not surely survive; Scenario is that loss. Of a network that does not work as it should, what counts is what still gets
// through. Of one of which nobody can tell whether it works, the answer is Unknown for each switch that it may need, if it does.
func (x *Failures) Reloads(yield func(*Role, Survival) bool) {
	near := nearby{x: x, known: map[nearbyKey][]*Scenario{}}
	for _, r := range x.engine.fabric.Roles() {
		if r.Host.Maintained() {
			continue
		}
		for how := range x.reloads(r, &near) {
			if !yield(r, how) {
				return
			}
		}
	}
}

// Around returns what tells, for a network of a host, the loss of each switch that it may lead over: it is to be asked for many.
func (x *Failures) Around() func(*Role) []*Scenario {
	near := nearby{x: x, known: map[nearbyKey][]*Scenario{}}
	return func(r *Role) []*Scenario { return near.of(r.Network, r.behind()) }
}

func (x *Failures) reloads(r *Role, near *nearby) func(yield func(Survival) bool) {
	return func(yield func(Survival) bool) {
		switch x.Works(r) {
		case state.Yes:
			for _, s := range x.Of(r, SwitchLoss, ControlPlaneLoss) {
				if !yield(s) {
					return
				}
			}
		case state.No:
			lanes := r.lanes(x.engine.fabric.now())
			if lanes == 0 {
				return
			}
			for _, s := range near.of(r.Network, r.behind()) {
				w := x.engine.world(int32(s.order))
				after := r.survives(w, true)
				if loses := after.Answer == state.Unknown || after.Answer == state.No && r.lanes(w) < lanes; loses && !yield(after) {
					return
				}
			}
		default:
			x.mayReload(r, near, yield)
		}
	}
}

// mayReload is for a network of which nobody can tell whether it works. On the switches of its host all hangs that may; beyond them it is what it
// needs if its host's ports carry it; and where even then nobody can tell, each switch may be on its way.
func (x *Failures) mayReload(r *Role, near *nearby, yield func(Survival) bool) {
	now := x.Now(r)
	hoped := *x.engine.fabric.now()
	hoped.hoping = true
	works := r.survives(&hoped, false).Answer == state.Yes
	behind := r.behind()
	for _, s := range near.of(r.Network, behind) {
		how := now
		how.Scenario = s
		if !slices.Contains(behind, s.Switches[0]) && works {
			w := x.engine.world(int32(s.order))
			w.hoping = true
			after := r.survives(w, true)
			if after.Answer == state.Yes {
				continue
			}
			how.Why = "not known whether it works now (" + now.Why + "); if it does: " + after.Why
		}
		if !yield(how) {
			return
		}
	}
}

// behind are the switches on which the uplinks of the network hang, by any word about them.
func (r *Role) behind() (out []*Switch) {
	for _, u := range r.Uplinks {
		if u.Link == nil {
			continue
		}
		for i := range u.Link.Claims {
			if p := u.Link.Claims[i].Port; p != nil {
				out = append(out, p.Behind()...)
			}
		}
	}
	return out
}

// nearby finds the switches that a network may lead over: once for all hosts that are on the same ones.
type nearby struct {
	x     *Failures
	known map[nearbyKey][]*Scenario
}

type nearbyKey struct {
	network *Network
	a, z    *Switch // the first and the last that the host hangs on
}

// of returns the loss of each switch that is joined in a VLAN of the network, or may be, with one of those on which a host hangs.
func (n *nearby) of(network *Network, behind []*Switch) []*Scenario {
	if len(behind) == 0 {
		return nil
	}
	key := nearbyKey{network, behind[0], behind[len(behind)-1]}
	cached := !slices.ContainsFunc(behind, func(s *Switch) bool { return s != key.a && s != key.z })
	if out, found := n.known[key]; found && cached {
		return out
	}
	f := n.x.engine.fabric
	seen, joined := map[int32]bool{}, f.now().joined
	var vids []state.VID // one for each way in which VLANs are joined
	for v := range network.VLANs.All() {
		if class := f.classes().of[v]; !seen[class] {
			seen[class] = true
			vids = append(vids, v)
		}
	}
	var out []*Scenario
	for _, s := range f.Scenarios(SwitchLoss, ControlPlaneLoss) {
		at := s.Switches[0]
		if slices.Contains(behind, at) || slices.ContainsFunc(vids, func(v state.VID) bool {
			return slices.ContainsFunc(behind, func(b *Switch) bool { return joined.before(v, b, at) != state.No })
		}) {
			out = append(out, s)
		}
	}
	if cached {
		n.known[key] = out
	}
	return out
}
