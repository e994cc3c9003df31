package topology

import (
	"cmp"
	"slices"
	"strings"

	"uplinkcheck/drivers/capture"
	"uplinkcheck/drivers/state"
	"uplinkcheck/inventory"
)

// Survival is what a scenario leaves of one host's network. The zero Survival says nothing.
type Survival struct {
	Scenario *Scenario // nil: nothing is lost, as it is now; of several at once the first
	Answer   state.Tri // Yes: the host still reaches the rest of the network
	Why      string
	From     []capture.Span
	Missing  string // for Unknown

	part bool // for No: some frames get through all the same
}

// A world is the fabric after a loss: what is out of service, and which switches are joined.
type world struct {
	outage
	what   []*Scenario // that are lost; none: the world as it is now
	joined joints
	wary   bool // as things are, a host that did not say which of its links it uses may use any
	hoping bool // every port where a host is known to be, and that may carry a VLAN, carries it
}

// outage answers what is out of service after a loss, and why.
type outage interface {
	port(*Port) absence
	uplink(*Uplink) absence // at the host's end
	lost(*Switch) bool      // as a whole
	lostHost(*Host) bool
}

// joints answers whether two switches are joined in a VLAN: now; with all that the spanning tree holds in reserve; and, with that,
// after the loss.
type joints interface {
	now(v state.VID, a, b *Switch) state.Tri
	before(v state.VID, a, b *Switch) state.Tri
	after(v state.VID, a, b *Switch) state.Tri
}

func (w *world) scenario() *Scenario {
	if len(w.what) == 0 {
		return nil
	}
	return w.what[0]
}

// survives answers whether the host keeps the network: an uplink that carries each of its VLANs remains, and leads to the network's
// gateway, or, where none is declared or left, to the hosts of its clusters that remain attached. Networks of other paths may stand in
// for it. Words and evidence are only made to be told.
func (r *Role) survives(w *world, tell bool) Survival {
	worst := r.survivesAlone(w, tell)
	if worst.Answer == state.Yes {
		return worst
	}
	for _, alt := range r.Alternatives {
		if other := alt.survivesAlone(w, tell); other.Answer == state.Yes {
			other.Why = "path " + alt.Network.Name + " remains: " + other.Why
			return other
		} else if other.Answer == state.Unknown && worst.Answer == state.No {
			worst = other
		}
	}
	return worst
}

// survivesAlone does so for every VLAN of the network, without the networks that may stand in for it.
func (r *Role) survivesAlone(w *world, tell bool) Survival {
	if w.lostHost(r.Host) {
		return Survival{Scenario: w.scenario(), Answer: state.Yes, Why: r.Host.Name + " itself is lost", From: []capture.Span{w.scenario().From}}
	}
	worst := Survival{Scenario: w.scenario(), Answer: state.Yes}
	for v := range r.Network.VLANs.All() {
		s := r.survivesIn(w, v, tell)
		if s.Answer == state.No {
			return s
		}
		if s.Answer == state.Unknown && worst.Answer == state.Yes {
			worst = s
		} else if worst.Answer == state.Yes {
			worst.Why, worst.From = s.Why, append(worst.From, s.From...)
		}
	}
	return worst
}

// lanes counts the VLANs of the network that are not wholly lost: in which frames, or a part of them, may get through.
func (r *Role) lanes(w *world) (n int) {
	for v := range r.Network.VLANs.All() {
		if s := r.survivesIn(w, v, false); s.Answer != state.No || s.part {
			n++
		}
	}
	return n
}

// legs are the uplinks of a host's network by what a loss leaves of them.
type legs struct {
	left, unclear, gone []string // the words, where they are to be told
	remain, doubt, out  int      // how many
	from                []capture.Span
}

func (r *Role) legs(w *world, v state.VID, tell bool) (l legs) {
	for _, u := range r.In(v) {
		carries, out := u.Passes(v), w.of(u)
		if w.hopes(u, carries, out.gone()) {
			carries = state.Yes
		}
		switch {
		case carries == state.No:
			l.out++
			if tell {
				c := u.Carries(v)
				l.gone = append(l.gone, c.Why)
				l.from = append(l.from, c.From...)
			}
		case out.gone() == state.Yes:
			l.out++
			if tell {
				l.gone = append(l.gone, out.says(u))
				l.from = append(l.from, out.from(u)...)
			}
		case carries == state.Unknown:
			l.doubt++
			if tell {
				l.unclear = append(l.unclear, u.Carries(v).Why)
			}
		case out.gone() == state.Unknown:
			l.doubt++
			if tell {
				l.unclear = append(l.unclear, out.doubts(u.Mapped()))
			}
		default:
			l.remain++
			if tell {
				left := u.over()
				if len(w.what) == 0 && u.idles(v) {
					left += ", which stands by,"
					l.from = append(l.from, u.Team.Active.From)
				}
				l.left = append(l.left, left)
				l.from = append(l.from, u.Carries(v).From...)
			}
		}
	}
	return l
}

func (r *Role) survivesIn(w *world, v state.VID, tell bool) Survival {
	l := r.legs(w, v, tell)
	s := Survival{Scenario: w.scenario(), Answer: state.No, From: l.from}
	switch {
	case l.remain > 0 && r.strands(w, v) == state.Yes:
		s.part = true
		s.Why = "guests that have no other uplink are cut off: " + strings.Join(l.gone, "; ")
	case l.remain > 0 && r.strands(w, v) == state.Unknown:
		s.Answer, s.Missing = state.Unknown, strings.Join(l.unclear, "; ")
		s.Why = "not known whether guests that have no other uplink are cut off: " + s.Missing
	case l.remain > 0:
		s.Answer = state.Yes
		if tell {
			s.Why = strings.Join(l.left, " and ") + " remains"
		}
		return r.unlessAdrift(r.leads(w, v, s, tell), w, v, tell)
	case l.doubt > 0:
		s.Answer = state.Unknown
		s.Missing = strings.Join(l.unclear, "; ")
		s.Why = "not known whether an uplink remains: " + s.Missing
	case l.out == 0:
		s.Answer, s.Why, s.Missing = state.Unknown, "no uplink of "+r.Host.Name+" is known", "the uplinks of "+r.Host.Name+": collect it, or write them down under uplinks: of it"
	case r.waiting(w, v) != nil:
		s.Answer = state.Unknown
		if tell {
			u := r.waiting(w, v)
			whether, hint := u.String()+" into service", "mend what keeps it out of service now, see RED-007"
			if p := u.Mapped(); p.hotStandby() {
				whether, hint = p.Aggregator.Name+" of "+p.Switch.Name+" then takes its hot standby "+p.Name+" into service", "see LAG-016 and RED-014"
			} else {
				whether = u.Team.Name + " then takes " + whether
			}
			s.Missing = "whether " + whether + ", which nothing shows beforehand: " + hint
			s.Why = "no uplink in service is left (" + strings.Join(l.gone, "; ") + "); not known whether " + whether
		}
	case !r.Host.ListsNICs():
		s.Answer, s.Why = state.Unknown, r.Host.Name+" did not list all its NICs; of those that are known none is left: "+strings.Join(l.gone, "; ")
		s.Missing = "the whole list of NICs of " + r.Host.Name
	case tell:
		s.Why = "no uplink is left: " + strings.Join(l.gone, "; ")
	}
	return s
}

// over names the uplink with the port where it ends.
func (u *Uplink) over() string { return u.String() + " over " + u.Mapped().String() }

// strands answers whether the loss takes all uplinks that carry the VLAN now for some guests of the host.
func (r *Role) strands(w *world, v state.VID) state.Tri {
	answer := state.No
	for i := range r.guests {
		if !r.guests[i].vids.Has(v) || len(w.what) == 0 {
			continue
		}
		cut, had := state.Yes, false
		for _, u := range r.guests[i].over {
			if passes := u.Passes(v); passes != state.No {
				had, cut = true, cut.And(w.of(u).gone())
			}
		}
		if had {
			answer = answer.Or(cut)
		}
	}
	return answer
}

// waiting returns an uplink that may take over once none in service is left, nil when there is none: its team holds it out of service
// because it is in another aggregator, but its partner answers, or its switch holds it in reserve, and the loss leaves it alone. An aggregator
// that has lost all of its links is no longer the one that the host uses.
func (r *Role) waiting(w *world, v state.VID) *Uplink {
	if len(w.what) == 0 {
		return nil // it shows what it uses now
	}
	for _, u := range r.In(v) {
		if u.waits(v) && w.of(u).gone() != state.Yes && !w.occupied(u.Mapped()) {
			return u
		}
	}
	return nil
}

// waits reports whether nothing but the selection of its host, or of its switch, keeps the uplink from carrying the VLAN.
func (u *Uplink) waits(v state.VID) bool {
	_, why := u.inService()
	p := u.Mapped()
	held := why == hostNotSelected && capture.Is(u.Member.Current, true)
	if p == nil || p.Oper() == state.No || !held && (why == nicDown || !p.hotStandby()) {
		return false
	}
	f := p.flow()
	return f.yes.Has(v) || f.maybe.Has(v)
}

// hotStandby reports whether LACP holds the port in reserve (a limit of links, port priorities) while its partner answers.
func (p *Port) hotStandby() bool {
	return p.Member != nil && capture.Is(p.Member.Selected, state.Standby) && p.Member.Heard() != state.No
}

// occupied reports whether the port's aggregator works with another partner over links that the loss leaves: it takes in no second one.
func (w *world) occupied(p *Port) bool {
	return p.Aggregator != nil && slices.ContainsFunc(p.Switch.Ports, func(q *Port) bool {
		in, _ := q.bundled()
		return q != p && q.Aggregator == p.Aggregator && in == state.Yes && w.port(q).gone() != state.Yes
	})
}

// unlessAdrift leaves open whether what remains leads on while an uplink that ends nobody knows where may be the one that is used.
func (r *Role) unlessAdrift(s Survival, w *world, v state.VID, tell bool) Survival {
	if s.Answer != state.No || !r.adrift(w, v) || r.mustUse(w, v) {
		return s
	}
	s.Answer = state.Unknown
	if tell {
		s.Missing = "where each uplink of " + r.Host.Name + " ends: see RED-009"
		s.Why = "not known whether an uplink that ends nobody knows where leads on; " + s.Why
	}
	return s
}

// mustUse reports whether an aggregating team of the host surely sends over a link that remains.
func (r *Role) mustUse(w *world, v state.VID) bool {
	return slices.ContainsFunc(w.attached(r.In(v), v), func(x attachment) bool { return x.sure && !x.alone })
}

// intact is no outage.
type intact struct{}

func (intact) port(*Port) absence     { return absence{} }
func (intact) uplink(*Uplink) absence { return absence{} }
func (intact) lost(*Switch) bool      { return false }
func (intact) lostHost(*Host) bool    { return false }

// of answers why the uplink is out of service at either end.
func (w world) of(u *Uplink) absence {
	host := w.uplink(u)
	p := u.Mapped()
	if p == nil || host.gone() == state.Yes {
		return host
	}
	if port := w.port(p); port.gone() == state.Yes || host.none() || host.cause == taken && port.cause == torn {
		return port
	}
	return host
}

// says tells why an uplink is surely out of service.
func (a absence) says(u *Uplink) string {
	p := u.Mapped()
	switch {
	case a.cause == tooFew && p != nil && p.Aggregator != nil && p.Aggregator.MinLinks.Value > 1:
		return p.String() + " falls below the aggregator's minimum of links"
	case a.cause == tooFew:
		return u.String() + " falls below the minimum of links of " + u.Team.Name
	case a.cause == suspended:
		return p.Switch.Name + " is the secondary of " + a.pair.Name + " and takes " + p.String() + " out of service without the peer-link"
	case p == nil:
		return u.String() + " is lost itself"
	}
	return u.String() + " ends on " + p.String()
}

// from returns the lines that say so.
func (a absence) from(u *Uplink) (out []capture.Span) {
	p := u.Mapped()
	switch {
	case a.cause == tooFew && p != nil && p.Aggregator != nil && p.Aggregator.MinLinks.Value > 1:
		return []capture.Span{p.Aggregator.MinLinks.From}
	case a.cause == tooFew:
		return []capture.Span{u.Team.MinLinks.From}
	case a.cause == suspended:
		for _, s := range a.pair.Switches {
			out = append(out, s.MLAG.Role.From, s.MLAG.Keepalive.From)
		}
		if orphan := p.Suspends(); orphan.Known() {
			out = append(out, orphan.From)
		}
		return out
	case u.Link == nil:
		return []capture.Span{u.NIC.From}
	}
	out = u.Link.Evidence()
	if p != nil && p.Extender != nil {
		out = append(slices.Clip(out), p.Extender.Lines...)
	}
	return out
}

// doubts tells that a port, and what ends on it, may be out of service.
func (a absence) doubts(p *Port) string {
	text := p.String() + ": not known whether it remains"
	if missing := a.missing(p); missing != "" {
		text += " (" + missing + ")"
	}
	return text
}

// missing names what would tell whether a port is out of service, "" where nothing that a device says would.
func (a absence) missing(p *Port) string {
	switch a.cause {
	case tooFew:
		return "the minimum of links of the LAG of " + p.String()
	case suspended:
		return "what pair " + a.pair.Name + " does without its peer-link: the role and the keepalive of its switches"
	case elsewhere:
		return "which switches " + p.Extender.String() + " hangs on, and whether it works on there"
	case unfed:
		return "which ports of " + p.Switch.Name + " lead to " + p.Extender.String() + ", and to which ports of it"
	case torn:
		return "whether what is left of stack " + p.Switch.Name + " stays one: its stack cables, see MLG-013"
	case orphaned:
		return "whether the secondary of " + a.pair.Name + " also takes its other ports out of service"
	}
	return ""
}

// An entry is where a host or anchor enters a VLAN: at a switch, however that is named.
type entry[At comparable] struct {
	at    At
	sure  bool
	alone bool // it may be the only one in use: nothing makes the host spread its frames over all its links
	team  int8 // the aggregating team that it is in, by number within the host
	dead  bool // frames get no further here: the team spreads them over it all the same
	doubt bool // it may be that frames get no further here, or, of a dead one, that none are sent over it
	idle  bool // another link of its team, which uses one at a time, is the one in use now

	// It is a leg of an Ethernet segment: a switch that is cut off from the others may take it out of service, and who has that switched
	// on was not reported (core isolation, MLG-012).
	yields bool

	away bool // its switch is lost, and where it enters then, if anywhere, is not known
}

type attachment = entry[*Switch]

// attached returns where the uplinks enter the VLAN.
func (w world) attached(uplinks []*Uplink, v state.VID) (out []attachment) {
	for _, u := range uplinks {
		gone := w.of(u).gone()
		if x, ok := u.entry(v, gone); ok {
			if !x.dead && w.hopes(u, u.Passes(v), gone) {
				x.sure, x.doubt = true, false
			}
			x.away = x.at != nil && w.lost(x.at)
			out = append(out, x)
		}
	}
	return out
}

// hopes reports whether the uplink counts as one that carries a VLAN, although nobody can tell.
func (w *world) hopes(u *Uplink, carries, gone state.Tri) bool {
	return w.hoping && carries == state.Unknown && gone == state.No && u.Mapped() != nil
}

// entry is where the uplink enters the VLAN after a loss that takes it away or not; ok is false where it enters nowhere and nothing is
// sent over it. A dead one need not be at any switch.
func (u *Uplink) entry(v state.VID, gone state.Tri) (x attachment, ok bool) {
	p, swallows := u.Mapped(), u.swallows(v)
	x = attachment{alone: !u.aggregates(), team: u.teamNumber(), idle: u.idles(v)}
	if p != nil {
		x.at = p.Switch
		if answer := u.Passes(v).And(not(gone)); answer != state.No {
			x.sure, x.doubt = answer == state.Yes, swallows != state.No
			x.yields = p.Aggregator != nil && p.Aggregator.ESI.Known() && p.Aggregator.ESI.Value != ""
			return x, true
		}
	}
	x.dead, x.doubt = true, swallows != state.Yes || gone != state.No
	return x, swallows != state.No && gone != state.Yes
}

// aggregates reports whether the host is known to spread its frames over all links of the uplink's team: it says so, or says nothing and
// a switch hears its LACPDUs and takes its frames.
func (u *Uplink) aggregates() bool {
	switch {
	case u.Team == nil:
		return false
	case u.Team.Mode.Known():
		return u.Team.Mode.Value.NeedsAggregator() == state.Yes
	}
	return slices.ContainsFunc(u.Team.Uplinks, func(o *Uplink) bool {
		p := o.Mapped()
		if p == nil {
			return false
		}
		_, why := p.bundled()
		return why == inService
	})
}

// idles reports whether the host says that its team, which uses one link at a time, uses another one now: one that ends somewhere and may carry
// the VLAN.
func (u *Uplink) idles(v state.VID) bool {
	t := u.Team
	return t != nil && capture.Is(t.Mode, inventory.TeamActiveBackup) && t.Active.Known() && slices.ContainsFunc(t.Uplinks, func(o *Uplink) bool {
		return o != u && capture.Is(t.Active, o.NIC.Name) && o.Mapped() != nil && o.Passes(v) != state.No
	})
}

// teamNumber is the number of the uplink's aggregating team on its host, -1 for one that is used alone.
func (u *Uplink) teamNumber() int8 {
	if !u.aggregates() {
		return -1
	}
	return int8(slices.Index(u.Host.Teams, u.Team))
}

// swallows answers whether the uplink takes part in an aggregating team and does not carry a VLAN that another link of the team may
// carry: then the frames that the host spreads over this one are lost.
func (u *Uplink) swallows(v state.VID) state.Tri {
	carries := u.Passes(v)
	if !u.aggregates() || carries == state.Yes {
		return state.No
	}
	if at, _ := u.inService(); at == state.No {
		return state.No
	}
	if !slices.ContainsFunc(u.Team.Uplinks, func(o *Uplink) bool { return o != u && o.Passes(v) != state.No }) {
		return state.No
	}
	p := u.Mapped()
	if p == nil || u.Confidence() <= Inferred {
		return state.Unknown
	}
	w := p.flow()
	return w.service.And(not(among(v, w.yes, w.maybe)))
}

// atGateways returns where the network's gateways enter the VLAN, and how they are called.
func (w world) atGateways(n *Network, v state.VID) (out []attachment, names []string) {
	a := n.Fabric.anchorsOf(n)
	for i, p := range a.ports {
		if answer := p.Passes(v).And(not(w.port(p).gone())); answer != state.No {
			out = append(out, attachment{at: p.Switch, sure: answer == state.Yes, team: -1, away: w.lost(p.Switch)})
			names = append(names, a.portNames[i])
		}
	}
	for i, s := range a.switches {
		if answer := s.routesIn(v); answer != state.No && !w.lost(s) {
			out = append(out, attachment{at: s, sure: answer == state.Yes, team: -1})
			names = append(names, a.switchNames[i])
		}
	}
	return out, names
}

// gatewayDoubts names what would tell whether the network's gateways work in the VLAN after the loss.
func (w *world) gatewayDoubts(n *Network, v state.VID) (out []string) {
	at := n.Fabric.anchorsOf(n)
	for _, p := range at.ports {
		if missing := w.doubtedAt(v, p); missing != "" {
			out = append(out, missing)
		}
	}
	for _, s := range at.switches {
		if c := s.Routes(state.VIDs(v)); c.Answer == state.Unknown && !w.lost(s) {
			out = append(out, c.Why)
		}
	}
	return out
}

// leads asks whether what is left leads anywhere.
func (r *Role) leads(w *world, v state.VID, s Survival, tell bool) Survival {
	now := world{outage: intact{}, joined: w.joined}
	mine := side{before: now.attached(r.In(v), v), after: w.attached(r.In(v), v), role: r}
	if gateways, names := w.atGateways(r.Network, v); len(gateways) > 0 { // one that is lost itself is not a matter of this host's uplinks
		before, _ := now.atGateways(r.Network, v)
		theirs := side{before: before, after: gateways, gateways: true}
		if tell {
			theirs.doubts = w.gatewayDoubts(r.Network, v)
		}
		answer := w.meet(v, mine, theirs)
		s.part = answer == state.No && w.some(v, mine, theirs)
		return r.partly(s.with(answer, v, names, tell), w, v, mine, theirs, tell)
	}
	all, placed := state.Yes, false
	var names, nowhere []string
	var missed side
	for mate := range r.mates() {
		if w.lostHost(mate.Host) {
			continue
		}
		theirs := live(w.attached(mate.In(v), v)) // what gets lost on the way from him is his own finding
		if len(theirs) == 0 {
			if mate.unplaced() {
				nowhere = append(nowhere, mate.Host.Name)
			}
			continue // lost or never there: its own finding
		}
		placed = true
		mates := side{before: live(now.attached(mate.In(v), v)), after: theirs, role: mate}
		got := unless(w.meet(v, mine, mates), theirs)
		if got != state.Yes {
			if mates.doubts = missed.doubts; tell && len(mates.doubts) < 8 { // of a large cluster the first hosts will do
				mates.doubts = append(mates.doubts, mate.legs(w, v, true).unclear...)
			}
			names, missed = append(names, mate.at(w, v)), mates
		}
		s.part = s.part || got != state.No || w.some(v, mine, mates)
		all = all.And(got)
	}
	if nowhere = append(nowhere, r.absentMates()...); !placed && len(nowhere) > 0 {
		s = s.with(state.Unknown, v, nowhere, tell) // nobody is left of whom it is known where he is
		if whom := strings.Join(nowhere, ", "); tell {
			s.Missing = "where " + whom + " is attached: collect it, or write its uplinks down under hosts:"
		}
		return r.partly(s, w, v, mine, missed, tell)
	}
	return r.partly(s.with(all, v, names, tell), w, v, mine, missed, tell)
}

// at names the host and, as things are, the link that it uses where its team uses one at a time.
func (r *Role) at(w *world, v state.VID) string {
	uplinks := r.In(v)
	if len(w.what) == 0 && slices.ContainsFunc(uplinks, func(u *Uplink) bool { return u.idles(v) }) {
		for _, u := range uplinks {
			if !u.idles(v) && u.Mapped() != nil {
				return r.Host.Name + " (" + u.over() + ")"
			}
		}
	}
	return r.Host.Name
}

// unless leaves open what is not reached where that may be somewhere else: no link of theirs is surely here.
func unless[At comparable](answer state.Tri, theirs []entry[At]) state.Tri {
	if answer == state.No && !slices.ContainsFunc(theirs, func(x entry[At]) bool { return x.sure }) {
		return state.Unknown
	}
	return answer
}

// some reports whether any link of one side may lead to any of the other.
func (w *world) some(v state.VID, mine, theirs side) bool {
	return anyJoined(live(mine.after), theirs.after, w.joins(v)) != state.No
}

// joins answers whether two switches are joined in the VLAN after the loss, and now where there is none.
func (w *world) joins(v state.VID) func(x, y *Switch) state.Tri {
	if len(w.what) == 0 {
		return func(x, y *Switch) state.Tri { return w.joined.now(v, x, y) }
	}
	return func(x, y *Switch) state.Tri { return w.joined.after(v, x, y) }
}

// unlessChosen says of what nobody can tell that it hangs on which of its links a host uses, where it is known of each link whether it leads on.
func (s Survival) unlessChosen(w *world, v state.VID, mine, theirs side) Survival {
	joined := w.joins(v)
	if anyJoined(live(mine.after), theirs.after, joined) != state.Yes {
		return s
	}
	for _, wholly := range []bool{true, false} { // a link that leads nowhere tells more than one that does not lead everywhere
		for _, x := range [][2]side{{mine, theirs}, {theirs, mine}} {
			others := live(x[1].after)
			if len(w.what) == 0 {
				others = inUse(others)
			}
			if u, where := x[0].astray(w, v, others, wholly); u != nil {
				s.Why += ": " + u.over() + " does not" + where + ", and may be the one that " + u.Host.Name + " uses"
				if s.Missing = "which link " + u.Host.Name + " uses now: a source that asks it"; len(w.what) == 0 {
					return s
				}
				s.Missing = "which link " + u.Host.Name + " uses then: that of " + u.over() + " stays up, so that it may not notice. A second way from " +
					u.Mapped().Switch.Name + " to the other switches settles it"
				return s
			}
		}
	}
	return s
}

// astray returns an uplink of a host that may be the one in use and surely leads to none of the others, or not to one that may be the only one in
// use there; nil where there is none.
func (x side) astray(w *world, v state.VID, others []attachment, wholly bool) (u *Uplink, where string) {
	if x.role == nil {
		return nil, ""
	}
	for _, u := range x.role.In(v) {
		at, ok := u.entry(v, w.of(u).gone())
		if !ok || !at.sure || !at.alone || len(w.what) == 0 && at.idle {
			continue
		}
		if wholly && anyJoined([]attachment{at}, others, w.joins(v)) == state.No {
			return u, ""
		}
		for _, o := range others {
			if !wholly && o.alone && w.joins(v)(at.at, o.at) == state.No {
				return u, " lead to " + o.at.Name
			}
		}
	}
	return nil, ""
}

// partly says of a network that is lost that it is so only for some frames, where that is how it is.
func (r *Role) partly(s Survival, w *world, v state.VID, mine, theirs side, tell bool) Survival {
	if s.Answer == state.Yes || !tell {
		return s
	}
	var swallowed, doubted []string
	for _, u := range r.In(v) {
		if w.of(u).gone() == state.No && u.swallows(v) == state.Yes {
			c := u.Carries(v)
			swallowed = append(swallowed, u.String()+" stays in "+u.Team.Name+", and "+c.Why)
			s.From = append(s.From, c.From...)
		} else if w.of(u).gone() != state.Yes && u.swallows(v) != state.No {
			doubted = append(doubted, u.Carries(v).Why)
		}
	}
	cut := w.cutOff(v, live(mine.after), theirs.after)
	switch {
	case s.Answer == state.Unknown && cut != nil:
		s.Missing = "whether " + cut.Name + " has core isolation: see MLG-012"
		s.Why = "not known whether a part of its frames is lost: " + cut.Name + " is cut off from the rest, and whether it then takes its Ethernet segments out of service was not reported"
	case s.Answer == state.Unknown && len(doubted) > 0:
		s.Missing = strings.Join(doubted, "; ")
		s.Why = "not known whether a part of its frames is lost: " + s.Missing
	case s.Answer == state.Unknown && len(theirs.after) > 0: // else it is where they are that is not known
		if s.Missing = cmp.Or(w.doubted(v, mine, theirs), s.Missing); s.Missing == linksIn(v) {
			s = s.unlessChosen(w, v, mine, theirs)
		}
	case s.Answer == state.Unknown:
	case len(swallowed) > 0:
		s.Why = "a part of its frames is lost: " + strings.Join(swallowed, "; ")
	case len(w.what) == 0 && anyJoined(inUse(live(mine.after)), inUse(theirs.after), w.joins(v)) != state.Yes: // what would lead on stands by
	case anyJoined(live(mine.after), theirs.after, w.joins(v)) == state.Yes:
		s.Why = "a part of its frames is lost: not every link over which they are spread leads on: " + s.Why
	}
	return s
}

// doubted names what would tell whether frames of the VLAN get to those who are to be reached, and over the cables that the switches of either side have
// to others; "" where none of those is in doubt. What follows from a LAG that may fall below its minimum of links is left out: the minimum tells of both.
func (w *world) doubted(v state.VID, mine, theirs side) string {
	minimum, others := []string(nil), slices.Clone(theirs.doubts)
	note := func(p *Port) {
		missing, list := w.doubtedAt(v, p), &others
		if missing != "" && w.port(p).cause == tooFew {
			list = &minimum
		}
		if missing != "" && !slices.Contains(*list, missing) {
			*list = append(*list, missing)
		}
	}
	var seen []*Switch
	for _, x := range slices.Concat(mine.before, theirs.after) {
		if x.at == nil || slices.Contains(seen, x.at) {
			continue
		}
		seen = append(seen, x.at)
		for _, p := range x.at.Ports {
			if p.Trunk != nil {
				note(p)
				note(p.Trunk.far(p))
			}
		}
	}
	if len(minimum) > 0 {
		return strings.Join(minimum, "; ")
	}
	for _, s := range seen {
		if len(others) == 0 && s.tunnels().Known() {
			return "which VLANs " + s.Name + " carries in tunnels (VXLAN, EVPN), and where to: nothing here reads that yet"
		}
	}
	return strings.Join(others, "; ")
}

// doubtedAt names what would tell whether frames of the VLAN get through a port after the loss, "" where that is known.
func (w *world) doubtedAt(v state.VID, p *Port) string {
	if p == nil || w.lost(p.Switch) {
		return ""
	}
	a, flow := w.port(p), p.flow()
	switch passes := p.Passes(v); {
	case a.gone() == state.Yes:
	case !a.none() && passes != state.No:
		return a.missing(p)
	case passes == state.Unknown:
		return p.Carries(v).Why
	case flow.service != state.No && flow.reserveMaybe.Has(v) && !flow.reserve.Has(v):
		return "whether the spanning tree holds " + p.String() + " in reserve, as an alternate port, or a guard blocks it"
	}
	return ""
}

// cutOff returns the switch of an Ethernet segment that what remains leads to and that leads nowhere, while another leg does; nil when
// there is none.
func (w *world) cutOff(v state.VID, mine, theirs []attachment) *Switch {
	joined := func(x, y *Switch) state.Tri { return w.joined.after(v, x, y) }
	if anyJoined(mine, theirs, joined) != state.Yes {
		return nil
	}
	for _, x := range mine {
		if x.yields && anyJoined([]attachment{x}, theirs, joined) == state.No {
			return x.at
		}
	}
	return nil
}

func (s Survival) with(answer state.Tri, v state.VID, names []string, tell bool) Survival {
	s.Answer = answer
	if answer == state.Yes || !tell {
		return s
	}
	whom := strings.Join(names, ", ")
	if answer == state.No {
		s.Why = "what remains (" + s.Why + ") does not lead to " + whom + " in VLAN " + VIDString(v)
		return s
	}
	s.Why = "not known whether what remains leads to " + whom + " in VLAN " + VIDString(v)
	s.Missing = linksIn(v)
	return s
}

// linksIn is what is missing where it is not known what joins switches in a VLAN.
func linksIn(v state.VID) string {
	return "links between the switches that carry VLAN " + VIDString(v) + ": enable LLDP between the switches, collect every switch between them, or declare the cables under links:"
}

// VIDString returns the decimal form.
func VIDString(v state.VID) string { return state.VIDs(v).String() }

// A side is one of two that must reach each other: where it is attached now, and after the loss.
type side struct {
	before, after []attachment
	role          *Role    // whose links they are; nil: a gateway's
	gateways      bool     // several that each do: not all of them need be reached
	doubts        []string // what would tell of those of them that may not carry the VLAN, where it is to be told
}

// meet answers whether two sides reach each other. Where the loss touches neither of them nor what joins them, all stays as it is
// now, whichever of their links they use. Else each may come to use any of the links that it has left.
func (w *world) meet(v state.VID, a, b side) state.Tri {
	now := func(x, y *Switch) state.Tri { return w.joined.now(v, x, y) }
	if len(w.what) == 0 && w.wary {
		return meetsAfter(inUse(a.after), inUse(b.after), b.gateways, now)
	}
	if len(w.what) == 0 {
		return meetsNow(a.after, b.after, now)
	}
	same := slices.Equal(a.before, a.after) && slices.Equal(b.before, b.after)
	for _, x := range live(a.after) {
		for _, y := range b.after {
			same = same && w.joined.before(v, x.at, y.at) == w.joined.after(v, x.at, y.at)
		}
	}
	if same {
		return meetsNow(a.before, b.before, now)
	}
	return meetsAfter(a.after, b.after, b.gateways, func(x, y *Switch) state.Tri { return w.joined.after(v, x, y) })
}

// meetsNow answers whether one side reaches the other over the links that are in use now.
func meetsNow[At comparable](a, b []entry[At], joined func(x, y At) state.Tri) state.Tri {
	a, b = inUse(a), inUse(b)
	return spread(a, b, anyJoined(live(a), b, joined), joined)
}

// meetsAfter answers so where any of the links that are left may come into use.
func meetsAfter[At comparable](a, b []entry[At], gateways bool, joined func(x, y At) state.Tri) state.Tri {
	alive := live(a)
	best := spread(a, b, anyJoined(alive, b, joined), joined)
	if best == state.Yes && !(allJoined(alive, b, joined) && (gateways || allJoined(b, alive, joined))) {
		return state.Unknown
	}
	return best
}

// spread takes into account that an aggregating team sends over all of its links: if one surely leads nowhere, what is sent over it is
// lost. Of a host with several teams that may carry the network it is not known which one does.
func spread[At comparable](a, b []entry[At], best state.Tri, joined func(x, y At) state.Tri) state.Tri {
	if best == state.No {
		return best
	}
	several := slices.ContainsFunc(a, func(x entry[At]) bool { return x.team != a[0].team })
	for _, x := range a {
		if x.alone {
			continue
		}
		leads := state.No
		for _, y := range b {
			if !x.dead {
				leads = leads.Or(joined(x.at, y.at))
			}
		}
		switch {
		case leads == state.Yes && !x.doubt:
		case leads == state.No && (x.sure && !x.yields || x.dead && !x.doubt) && !several:
			return state.No
		default:
			best = state.Unknown
		}
	}
	return best
}

// inUse leaves out the links that are not in use now.
func inUse[At comparable](all []entry[At]) []entry[At] {
	if !slices.ContainsFunc(all, func(x entry[At]) bool { return x.idle }) {
		return all
	}
	return slices.DeleteFunc(slices.Clone(all), func(x entry[At]) bool { return x.idle })
}

// live leaves out the links that swallow what is sent over them.
func live[At comparable](all []entry[At]) []entry[At] {
	if !slices.ContainsFunc(all, func(x entry[At]) bool { return x.dead }) {
		return all
	}
	var out []entry[At]
	for _, x := range all {
		if !x.dead {
			out = append(out, x)
		}
	}
	return out
}

// anyJoined answers whether any attachment of one side leads to any of the other.
func anyJoined[At comparable](a, b []entry[At], joined func(x, y At) state.Tri) state.Tri {
	best := state.No
	for _, x := range a {
		for _, y := range b {
			c := joined(x.at, y.at)
			if c == state.Yes && (!x.sure || !y.sure) {
				c = state.Unknown
			}
			best = best.Or(c)
		}
	}
	return best
}

// allJoined reports whether frames reach the other side whichever of its links a side sends them over, and whichever of its links
// the other side listens to: an aggregator listens to all of its links.
func allJoined[At comparable](from, to []entry[At], joined func(x, y At) state.Tri) bool {
	for _, x := range from {
		together, some := false, false
		for _, y := range to {
			reached := joined(x.at, y.at) == state.Yes
			if y.alone && !reached {
				return false
			}
			some = some || !y.alone
			together = together || !y.alone && reached && y.sure
		}
		if some && !together {
			return false
		}
	}
	return true
}

// unplaced reports whether it is not known where a host that is in service may enter the network: an uplink ends nobody knows where, or
// the host did not list its NICs.
func (r *Role) unplaced() bool {
	return (r.Host.Entry == nil || !r.Host.Entry.Maintenance) && (!r.Host.ListsNICs() ||
		slices.ContainsFunc(r.Uplinks, func(u *Uplink) bool {
			answer, _ := u.inService()
			return u.Mapped() == nil && answer != state.No
		}))
}

// mates yields the same network on the other hosts of the host's clusters, those of the first cluster first.
func (r *Role) mates() func(yield func(*Role) bool) {
	f := r.Host.Fabric
	f.findAnchors()
	return func(yield func(*Role) bool) {
		for i, c := range r.Host.Clusters {
			for _, mate := range f.sim.roles[membership{r.Network, c}] {
				met := slices.ContainsFunc(r.Host.Clusters[:i], func(c *inventory.Cluster) bool { return slices.Contains(mate.Host.Clusters, c) })
				if mate.Host != r.Host && !met && !yield(mate) {
					return
				}
			}
		}
	}
}

// absentMates names the hosts of its clusters that need the network, are in service, and gave nothing by which they would be hosts of the
// fabric.
func (r *Role) absentMates() (names []string) {
	f := r.Host.Fabric
	f.findAnchors()
	for _, c := range r.Host.Clusters {
		if slices.Contains(c.Networks, r.Network.Name) {
			names = append(names, f.sim.absent[c]...)
		}
	}
	return names
}

// findAnchors indexes what roles must reach: gateways, and the other hosts of a cluster.
func (f *Fabric) findAnchors() {
	f.sim.anchorsOnce.Do(func() {
		f.sim.anchors, f.sim.roles, f.sim.offering = map[*Network]anchors{}, map[membership][]*Role{}, map[*Network][]*Role{}
		f.sim.named = map[string]*Network{}
		for _, n := range f.Networks {
			a := anchors{ports: n.GatewayPorts(), switches: n.GatewaySwitches(), nowhere: n.gatewaysNowhere()}
			for _, p := range a.ports {
				a.portNames = append(a.portNames, "gateway "+p.String())
			}
			for _, s := range a.switches {
				a.switchNames = append(a.switchNames, "gateway "+s.Name)
			}
			f.sim.anchors[n] = a
			f.sim.named[n.Name] = n
		}
		idle := map[string]bool{}
		for i := range f.Inventory.Hosts {
			idle[f.Inventory.Hosts[i].Name] = f.Inventory.Hosts[i].Maintenance
		}
		f.sim.absent = map[*inventory.Cluster][]string{}
		for _, c := range f.Clusters() {
			for _, name := range c.Absent {
				if !idle[name] {
					f.sim.absent[c.Cluster] = append(f.sim.absent[c.Cluster], name)
				}
			}
		}
		for _, h := range f.Hosts {
			for _, r := range h.Required {
				f.sim.offering[r.Network] = append(f.sim.offering[r.Network], r)
				for _, c := range h.Clusters {
					m := membership{r.Network, c}
					f.sim.roles[m] = append(f.sim.roles[m], r)
				}
			}
		}
	})
}

func (f *Fabric) anchorsOf(n *Network) anchors {
	f.findAnchors()
	return f.sim.anchors[n]
}
