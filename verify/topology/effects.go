package topology

import (
	"slices"

	"uplinkcheck/drivers/capture"
	"uplinkcheck/drivers/state"
	"uplinkcheck/inventory"
)

// effects is what a loss takes out of service: what is lost itself, and what switches and hosts then take out of service on their own.
// VLANs do not matter to it. The zero effects take nothing.
type effects struct {
	fabric   *Fabric
	switches map[*Switch]bool
	hosts    map[*Host]bool
	uplinks  map[*Uplink]absence
	ports    map[*Port]absence // of switches that stay
	splits   []*Pair           // whose switches are both active without a peer-link

	boxes worklist[*Extender] // that lost a port that leads to them
	legs  worklist[*Leg]      // that lost a port
	teams worklist[*Team]     // that lost an uplink
	pairs worklist[*Pair]     // whose peer-link lost a port
}

// An absence is why a port or uplink is out of service after a loss. The zero absence is none.
type absence struct {
	answer state.Tri // Yes: surely; Unknown with a cause: it may be
	cause  cause
	pair   *Pair // of a suspension
}

func (a absence) none() bool { return a.cause == present }

// gone answers whether the thing is out of service.
func (a absence) gone() state.Tri {
	if a.none() {
		return state.No
	}
	return a.answer
}

type cause uint8

const (
	present   cause = iota
	taken           // lost itself, or the other end of its cable is
	tooFew          // its aggregator or team falls below its minimum of links
	suspended       // the secondary of a pair takes its multi-chassis ports out of service
	elsewhere       // its fabric extender may hang on another switch too
	unfed           // what is lost may have led to it: nobody says which ports lead to its fabric extender, or to which ports of that
	orphaned        // the secondary may take its other ports out of service as well: it does not say
	torn            // what is left of its stack falls apart, or may
)

// worklist holds what is still to be looked at, each thing once at a time, in the order it came.
type worklist[T comparable] struct {
	queue []T
	in    map[T]bool
}

func (w *worklist[T]) add(x T) {
	if w.in[x] {
		return
	}
	if w.in == nil {
		w.in = map[T]bool{}
	}
	w.in[x] = true
	w.queue = append(w.queue, x)
}

func (w *worklist[T]) next() (x T, ok bool) {
	if len(w.queue) == 0 {
		return x, false
	}
	x, w.queue = w.queue[0], w.queue[1:]
	delete(w.in, x)
	return x, true
}

// effects computes what the loss of all the scenarios at once takes out of service.
func (f *Fabric) effects(lost ...*Scenario) *effects {
	e := &effects{fabric: f}
	e.of(lost...)
	return e
}

// of makes the effects those of the scenarios.
func (e *effects) of(lost ...*Scenario) {
	e.switches, e.hosts, e.uplinks, e.ports, e.splits = empty(e.switches), empty(e.hosts), empty(e.uplinks), empty(e.ports), nil
	for _, s := range lost {
		for _, sw := range s.Switches {
			e.switches[sw] = true
		}
		for _, h := range s.Hosts {
			e.hosts[h] = true
		}
	}
	for _, s := range lost {
		e.take(s)
	}
	for i, s := range lost {
		if s.Kind == MemberLoss && s.extender == nil && !slices.ContainsFunc(lost[:i], func(o *Scenario) bool { return o.Of == s.Of && o.Kind == s.Kind }) {
			e.tear(s.Of, lost)
		}
	}
	e.settle()
}

// empty returns a map without entries: the map itself, unless it was large.
func empty[K comparable, V any](m map[K]V) map[K]V {
	if m == nil || len(m) > 64 {
		return map[K]V{}
	}
	clear(m)
	return m
}

// take notes what the scenario takes itself.
func (e *effects) take(s *Scenario) {
	for _, sw := range s.Switches {
		for _, p := range sw.Ports {
			a := p.without(e.lost)
			if l := p.Link; a.cause == elsewhere && l != nil && l.Port == p {
				e.loseUplink(l.Uplink, a)
			}
			e.dark(p, a.answer)
		}
	}
	for _, p := range s.Ports {
		e.loseCable(p, state.Yes)
	}
	for _, p := range s.Perhaps {
		e.loseCable(p, state.Unknown)
	}
	for _, u := range s.Uplinks {
		e.pull(u)
	}
	for _, h := range s.Hosts {
		for _, u := range h.Uplinks {
			e.pull(u)
		}
	}
}

// tear leaves open what becomes of a stack of which the members that stay are not known to be joined: two parts with one identity.
func (e *effects) tear(s *Switch, lost []*Scenario) {
	gone := func(id string) bool {
		return slices.ContainsFunc(lost, func(l *Scenario) bool { return l.Of == s && l.Kind == MemberLoss && l.Member == id })
	}
	if e.switches[s] || s.holdsTogether(gone) {
		return
	}
	a := absence{state.Unknown, torn, nil}
	for _, p := range s.Ports {
		if c, ok := p.Chassis(); !ok || !gone(c.Member) {
			e.losePort(p, a)
			e.dark(p, a.answer)
		}
	}
}

// holdsTogether reports whether the cables of a stack are known to join its members without some of them.
func (s *Switch) holdsTogether(without func(id string) bool) bool {
	var left []*state.Member
	for i := range s.Members {
		if m := &s.Members[i]; !without(m.ID) && !capture.Is(m.Up, false) {
			left = append(left, m)
		}
	}
	if len(left) < 2 {
		return true
	}
	parts, at := newForest(len(left)), map[string]int{}
	for i, m := range left {
		at[m.ID] = i
	}
	for i, m := range left {
		for _, l := range m.Links {
			if to, stays := at[l.To]; stays {
				parts.join(i, to)
			}
		}
	}
	return !slices.ContainsFunc(parts.roots(), func(root int) bool { return root != 0 })
}

// pull takes an uplink, and the port where it ends.
func (e *effects) pull(u *Uplink) {
	e.loseUplink(u, absence{state.Yes, taken, nil})
	if p := u.Mapped(); p != nil {
		e.losePort(p, absence{certainly(u.Confidence() > Inferred), taken, nil})
	}
}

func tri(known, yes bool) state.Tri {
	switch {
	case !known:
		return state.Unknown
	case yes:
		return state.Yes
	}
	return state.No
}

func not(t state.Tri) state.Tri {
	switch t {
	case state.Yes:
		return state.No
	case state.No:
		return state.Yes
	}
	return state.Unknown
}

// certainly is Yes, or Unknown where it is not certain.
func certainly(sure bool) state.Tri {
	if sure {
		return state.Yes
	}
	return state.Unknown
}

// loseCable takes the port and, for its cable leads there, what is at the other end.
func (e *effects) loseCable(p *Port, answer state.Tri) {
	e.losePort(p, absence{answer, taken, nil})
	e.dark(p, answer)
}

// dark tells the other end of the port's cable that there is no carrier any more.
func (e *effects) dark(p *Port, answer state.Tri) {
	if l := p.Link; l != nil && l.Port == p {
		e.loseUplink(l.Uplink, absence{answer.And(certainly(l.Confidence() > Inferred)), taken, nil})
	}
	t := p.Trunk
	switch {
	case t == nil:
	case t.far(p) != nil:
		e.losePort(t.far(p), absence{answer, taken, nil})
	case t.Far != nil:
		e.darkAmong(t.Far, p)
	case p.Switch.Pair != nil: // a peer-link that only this end names: the other end is somewhere on the peer
		for _, peer := range p.Switch.Pair.Switches {
			if peer != p.Switch {
				e.darkAmong(peer, p)
			}
		}
	}
}

// darkAmong leaves open which port of a switch is the other end of a cable: one of which only its own end is known, too, and that may lead here.
func (e *effects) darkAmong(far *Switch, p *Port) {
	for _, q := range far.Ports {
		if t := q.Trunk; q != p && t != nil && t.far(q) == nil && (t.Far == p.Switch || t.Far == nil && t.PeerLink) {
			e.losePort(q, absence{state.Unknown, taken, nil})
		}
	}
}

// losePort notes that a port is out of service, and what must be looked at for it. What is surely so stays so.
func (e *effects) losePort(p *Port, a absence) {
	old := e.ports[p]
	if e.switches[p.Switch] || !old.none() && (old.answer == state.Yes || a.answer != state.Yes) {
		return
	}
	e.ports[p] = a
	if l := p.leg(); l != nil {
		e.legs.add(l)
	}
	switch {
	case p.feeds != nil:
		e.boxes.add(p.feeds)
	case p.mayFeed():
		for _, x := range p.Switch.unfed {
			e.boxes.add(x)
		}
	}
	if p.Link != nil && p.Link.Uplink.Team != nil {
		e.teams.add(p.Link.Uplink.Team)
	}
	if p.Trunk != nil && p.Trunk.PeerLink && p.Switch.Pair != nil {
		e.pairs.add(p.Switch.Pair)
	}
}

func (e *effects) loseUplink(u *Uplink, a absence) {
	old := e.uplinks[u]
	if !old.none() && (old.answer == state.Yes || a.answer != state.Yes) {
		return
	}
	e.uplinks[u] = a
	if u.Team != nil {
		e.teams.add(u.Team)
	}
}

// leg returns the leg of a LAG that the port is in, nil when it is in none.
func (p *Port) leg() *Leg {
	if p.LAG == nil {
		return nil
	}
	for _, l := range p.LAG.Legs {
		if l.Aggregator == p.Aggregator {
			return l
		}
	}
	return nil
}

// port answers why a port is out of service.
func (e *effects) port(p *Port) absence {
	if e.switches[p.Switch] {
		return p.without(e.lost)
	}
	return e.ports[p]
}

// uplink answers why an uplink is out of service at the host's end.
func (e *effects) uplink(u *Uplink) absence {
	if e.hosts[u.Host] {
		return absence{state.Yes, taken, nil}
	}
	return e.uplinks[u]
}

// lost reports whether the switch is lost as a whole.
func (e *effects) lost(s *Switch) bool { return e.switches[s] }

func (e *effects) lostHost(h *Host) bool { return e.hosts[h] }

// settle lets switches and hosts react to what is gone until nothing more changes. Things only ever go, so it ends.
func (e *effects) settle() {
	for {
		if l, ok := e.legs.next(); ok {
			e.minLinks(l)
		} else if t, ok := e.teams.next(); ok {
			e.teamMinLinks(t)
		} else if x, ok := e.boxes.next(); ok {
			e.extenderLost(x)
		} else if p, ok := e.pairs.next(); ok {
			e.peerLinkLost(p)
		} else {
			return
		}
	}
}

// A count of links that remain: those that surely do, and those that may.
type count struct{ sure, possible int }

func (c *count) add(remains state.Tri) {
	switch remains {
	case state.Yes:
		c.sure++
		c.possible++
	case state.Unknown:
		c.possible++
	}
}

// below answers whether the links are fewer than the minimum: Unknown, as long as any is left, where nobody said what that is.
func (c count) below(minimum capture.Fact[int]) state.Tri {
	switch {
	case minimum.Known() && (minimum.Value <= 1 || c.sure >= minimum.Value):
		return state.No
	case minimum.Known() && c.possible < minimum.Value:
		return state.Yes
	case !minimum.Known() && c.possible == 0:
		return state.No // nothing is left to be taken down
	}
	return state.Unknown
}

// minLinks takes an aggregator down that has fewer links than its minimum. The minimum counts the ports on one switch.
func (e *effects) minLinks(l *Leg) {
	if m := l.Aggregator.MinLinks; m.Known() && m.Value <= 1 {
		return
	}
	var c count
	for _, p := range l.Ports {
		c.add(p.flow().service.And(not(e.port(p).gone())))
	}
	answer := c.below(l.Aggregator.MinLinks)
	if answer == state.No {
		return
	}
	far := answer.And(certainly(capture.Is(l.Aggregator.Protocol, state.LACP))) // a static aggregator does not tell the other end
	for _, p := range l.Ports {
		if e.port(p).gone() == state.Yes {
			continue
		}
		e.losePort(p, absence{answer, tooFew, nil})
		if p.Trunk != nil && p.Trunk.far(p) != nil {
			e.losePort(p.Trunk.far(p), absence{far, taken, nil})
		}
	}
}

// teamMinLinks does the same for a bond of a host. A host that nobody asked is taken to be content with one link, as is every mode
// but LACP.
func (e *effects) teamMinLinks(t *Team) {
	asked := t.Host.Source != "" && t.Host.Source != "declared" && !t.Host.Inferred
	mode := t.Mode
	if mode.Known() && mode.Value != inventory.TeamLACP || !asked && !t.MinLinks.Known() {
		return
	}
	var c count
	for _, u := range t.Uplinks {
		remains, _ := u.inService()
		remains = remains.And(not(e.uplink(u).gone()))
		if p := u.Mapped(); p != nil && u.Confidence() > Inferred {
			remains = remains.And(p.flow().service).And(not(e.port(p).gone()))
		} else {
			remains = remains.And(state.Unknown)
		}
		c.add(remains)
	}
	answer := c.below(t.MinLinks)
	if answer == state.No {
		return
	}
	for _, u := range t.Uplinks {
		if e.uplink(u).gone() != state.Yes {
			e.loseUplink(u, absence{answer.And(certainly(mode.Known())), tooFew, nil})
		}
	}
}

// peerLinkLost lets a pair react to the loss of its peer-link: with a keepalive that still works, the secondary takes its multi-chassis
// ports out of service; without one both stay active. Ethernet segments and switches without a peering protocol do not react.
func (e *effects) peerLinkLost(p *Pair) {
	cut := e.cut(p).And(p.peering())
	if cut == state.No || slices.ContainsFunc(p.Switches, func(s *Switch) bool { return e.switches[s] }) {
		return
	}
	alive := p.keepalive()
	if cut == state.Yes && alive == state.No && !slices.Contains(e.splits, p) {
		e.splits = append(e.splits, p)
	}
	for _, s := range p.Switches {
		if answer := cut.And(alive).And(p.isSecondary(s)); answer != state.No {
			e.suspend(s, answer)
		}
	}
}

// mayFeed reports whether the port may be one that leads to an extender of which its switch does not tell the ports. Such a port leads to
// nothing else, nor does its aggregator, and it is no bridge port.
func (p *Port) mayFeed() bool {
	if len(p.Switch.unfed) == 0 || p.feeds != nil || p.Extender != nil || p.Bridge != nil && p.Bridge.Mode.Known() || p.flow().service == state.No {
		return false
	}
	ports := []*Port{p}
	if l := p.leg(); l != nil {
		ports = l.Ports
	}
	return !slices.ContainsFunc(ports, func(q *Port) bool { return q.Link != nil || q.Trunk != nil })
}

// fed answers whether ports of the switch lead to the extender now and after the loss. partly: some of its ports may be gone. Without a LAG
// towards it each port that leads to it has ports of its own (pinning), and nobody said which.
func (e *effects) fed(x *Extender, s *Switch) (now, after, partly state.Tri) {
	now, after, partly = state.No, state.No, state.No
	if slices.Contains(s.unfed, x) {
		for _, p := range s.Ports {
			if !e.port(p).none() && p.mayFeed() {
				partly = state.Unknown
			}
		}
		return state.Unknown, state.Unknown, partly
	}
	for _, p := range s.Ports {
		if p.feeds != x {
			continue
		}
		works, gone := p.flow().service, e.port(p).gone()
		now, after = now.Or(works), after.Or(works.And(not(gone)))
		if p.Aggregator == nil {
			partly = partly.Or(works.And(gone).And(state.Unknown))
		}
	}
	return now, after, partly
}

// extenderLost takes an extender of which the last port that leads to it is gone. What it was on one of several switches may go on at
// another.
func (e *effects) extenderLost(x *Extender) {
	before, after := state.No, state.No
	moved := map[*Switch]absence{}
	for _, s := range x.Switches {
		now, then, partly := e.fed(x, s)
		before, after = before.Or(now), after.Or(then)
		switch {
		case partly != state.No:
			moved[s] = absence{state.Unknown, unfed, nil}
		case x.shared != state.No && !slices.Contains(s.unfed, x) && now.And(not(then)) != state.No:
			moved[s] = absence{state.Unknown, elsewhere, nil}
		}
	}
	answer := before.And(not(after))
	if x.shared != state.No && !(x.shared == state.Yes && len(x.Switches) > 1) {
		answer = answer.And(state.Unknown) // another switch may have it as well
	}
	for _, p := range x.Ports {
		a := moved[p.Switch]
		if answer != state.No && (a.none() || answer == state.Yes) {
			a = absence{answer, taken, nil}
		}
		if !a.none() {
			e.losePort(p, a)
			if l := p.Link; a.cause != taken && l != nil && l.Port == p {
				e.loseUplink(l.Uplink, a)
			}
			e.dark(p, a.answer)
		}
	}
}

// cut answers whether the peer-link works now and no longer does after the loss.
func (e *effects) cut(p *Pair) state.Tri {
	before, after := state.No, state.No
	for _, s := range p.Switches {
		for _, port := range s.Ports {
			if port.Trunk == nil || !port.Trunk.PeerLink {
				continue
			}
			works := port.flow().service
			before = before.Or(works)
			after = after.Or(works.And(not(e.port(port).gone())))
		}
	}
	return before.And(not(after))
}

// peering answers whether the switches run a protocol over a peer-link.
func (p *Pair) peering() state.Tri {
	if len(p.Switches) != 2 {
		return state.Unknown
	}
	answer := state.Unknown
	for _, s := range p.Switches {
		m := &s.MLAG
		switch {
		case capture.Is(m.Protocol, state.PeerLinkMLAG):
			return state.Yes
		case m.Protocol.Known():
			answer = state.No
		}
	}
	return answer
}

// keepalive answers whether the switches still hear each other when the peer-link is gone.
func (p *Pair) keepalive() state.Tri {
	answer := state.Unknown
	for _, s := range p.Switches {
		k, over := s.MLAG.Keepalive, s.MLAG.KeepaliveOver
		switch {
		case !k.Known():
		case k.Value != state.Up, over.Known() && (over.Value == "peer-link" || capture.Is(s.MLAG.PeerLink, over.Value)):
			return state.No
		default:
			answer = state.Yes
		}
	}
	return answer
}

// isSecondary answers whether the switch is the secondary of its pair, as it or its peer says.
func (p *Pair) isSecondary(s *Switch) state.Tri {
	answer := state.Unknown
	for _, x := range p.Switches {
		if !x.MLAG.Role.Known() {
			continue
		}
		says := tri(true, (x.MLAG.Role.Value == state.Secondary) == (x == s))
		if answer != state.Unknown && answer != says {
			return state.Unknown // both claim the same
		}
		answer = says
	}
	return answer
}

// suspend takes the multi-chassis ports of a secondary out of service. What becomes of its other ports differs by platform and setting: a
// port of which the switch says so goes as well, or stays; of any other nobody knows. One that stays is still left open where a
// gateway or a service is on the switch, which may take its own routed interfaces out of service too, or at a port of it.
func (e *effects) suspend(s *Switch, answer state.Tri) {
	for _, p := range s.Ports {
		if p.Trunk != nil && p.Trunk.PeerLink {
			continue
		}
		multi := state.No
		if l := p.leg(); l != nil {
			multi = l.multi()
		}
		orphan := p.Suspends()
		var a absence
		switch {
		case multi != state.No:
			a = absence{answer.And(multi), suspended, s.Pair}
		case capture.Is(orphan, true):
			a = absence{answer, suspended, s.Pair}
		case orphan.Known() && !e.fabric.serves(s):
			continue
		case p.Aggregator == nil && p.Link == nil && p.Trunk == nil:
			continue
		default:
			a = absence{state.Unknown, orphaned, s.Pair}
		}
		if x := p.Extender; x != nil && x.shared != state.No {
			a = absence{state.Unknown, elsewhere, nil} // it may work on behind the primary
		}
		e.losePort(p, a)
		e.dark(p, a.answer)
	}
}

// Suspends returns what the switch says that a secondary does with a port in no multi-chassis LAG when the peer-link is lost: true, it is
// taken out of service; false, it stays. In an aggregator it is the aggregator's word, unless the port has one of its own.
func (p *Port) Suspends() (says capture.Fact[bool]) {
	orphans := p.Switch.MLAG.Orphans
	for i := range orphans {
		switch o := &orphans[i]; {
		case o.Interface != p.Name && o.Interface != p.bridgeInterface() || !o.Suspends.Known():
		case o.Suspends.Value:
			return o.Suspends
		case o.Interface == p.bridgeInterface():
			says = o.Suspends
		}
	}
	return says
}

// ListedOrphan returns the lines that list the port, or its aggregator, among the switch's own orphans: one for each VLAN.
func (p *Port) ListedOrphan() (from []capture.Span) {
	for _, o := range p.Switch.MLAG.Orphans {
		if o.Interface == p.bridgeInterface() {
			for _, v := range o.ListedIn {
				from = append(from, v.From)
			}
		}
	}
	return from
}

// bridgeInterface is the port's aggregator, or the port itself outside of any.
func (p *Port) bridgeInterface() string {
	if p.Aggregator != nil {
		return p.Aggregator.Name
	}
	return p.Name
}

// serves reports whether a gateway of a network, or a service, is on the switch or at a port of it.
func (f *Fabric) serves(s *Switch) bool {
	at := func(ports []*Port) bool {
		return slices.ContainsFunc(ports, func(p *Port) bool { return p.Switch == s })
	}
	return slices.ContainsFunc(f.Networks, func(n *Network) bool {
		a := f.anchorsOf(n)
		return slices.Contains(a.switches, s) || at(a.ports)
	}) || slices.ContainsFunc(f.Services(), func(x *Service) bool {
		return slices.Contains(x.At, s.Name) || at(f.whereabouts().portsOf(f, x.At))
	})
}
