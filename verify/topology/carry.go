package topology

import (
	"fmt"
	"slices"
	"strings"

	"uplinkcheck/drivers/capture"
	"uplinkcheck/drivers/state"
	"uplinkcheck/inventory"
)

// Carriage answers whether frames of one VLAN get through a place, with the reason and the lines that say so.
// When the answer is Unknown, Why names the part that nobody reported. A Yes may have no Why: of what goes well few want words.
type Carriage struct {
	Answer state.Tri
	Why    string
	From   []capture.Span
}

// And joins two conditions: the first No decides, then the first Unknown.
func (c Carriage) And(d Carriage) Carriage {
	switch {
	case c.Answer == state.No:
		return c
	case d.Answer == state.No:
		return d
	case c.Answer == state.Unknown:
		return c
	case d.Answer == state.Unknown:
		return d
	}
	c.From = append(c.From[:len(c.From):len(c.From)], d.From...)
	return c
}

// Evidence returns the first span, zero when there is none.
func (c Carriage) Evidence() capture.Span {
	for _, s := range c.From {
		if s.Known() {
			return s
		}
	}
	return capture.Span{}
}

func says(answer state.Tri, from capture.Span, format string, args ...any) Carriage {
	return Carriage{Answer: answer, Why: fmt.Sprintf(format, args...), From: []capture.Span{from}}
}

func silent(format string, args ...any) Carriage {
	return Carriage{Answer: state.Unknown, Why: fmt.Sprintf(format, args...)}
}

// Oper answers whether the port's link is up.
func (p *Port) Oper() state.Tri {
	if p.Interface == nil || !p.Interface.Oper.Known() {
		return state.Unknown
	}
	if p.Interface.Oper.Value == state.Up {
		return state.Yes
	}
	return state.No
}

func (p *Port) linkUp() Carriage {
	switch p.Oper() {
	case state.Yes:
		return says(state.Yes, p.Interface.Oper.From, "%s is up", p)
	case state.No:
		why := p.String() + " is down"
		if r := p.Interface.OperReason; r.Known() && r.Value != "" {
			why += " (" + r.Value + ")"
		}
		return says(state.No, p.Interface.Oper.From, "%s", why)
	}
	return silent("%s: link state not reported", p)
}

// Bundled answers whether the switch forwards over the port within its aggregator: in service at this end, and taken at the
// other end as far as its LACPDUs say. A port in no aggregator is in service alone.
func (p *Port) Bundled() Carriage {
	answer, why := p.bundled()
	a, m, from := p.Aggregator, p.Member, p.bundledBy(why)
	switch why {
	case linkUnsaid:
		return silent("%s: link state not reported", p)
	case inNoAggregator:
		return says(answer, from, "%s is in no aggregator", p)
	case memberUnsaid:
		return silent("%s: state within %s not reported", p, a.Name)
	case fallbackUnsaid:
		return silent("%s: which member of %s forwards by fallback was not reported", p, a.Name)
	case byFallback:
		return says(answer, from, "%s forwards by fallback", p)
	case notByFallback:
		return says(answer, from, "%s does not forward: %s uses another member by fallback", p, a.Name)
	case notSelected:
		text := fmt.Sprintf("%s is %s in %s", p, m.Selected.Value, a.Name)
		if m.Reason.Known() && m.Reason.Value != "" {
			text += " (" + m.Reason.Value + ")"
		}
		return says(answer, from, "%s", text)
	case aggregatorDown:
		return says(answer, from, "%s is in %s, which is down", p, a.Name)
	case staticHostUnsaid:
		return silent("%s is in static %s, and whether %s aggregates without LACP as well was not reported", p, a.Name, p.Link.Uplink.Host.Name)
	case inStatic:
		return says(answer, from, "%s is in static %s", p, a.Name)
	case actorUnsaid:
		return silent("%s: LACP state not reported", p)
	case actorNotWorking:
		return says(answer, from, "%s does not carry frames: LACP state %s", p, m.Actor.State.Value)
	case partnerUnsaid:
		return silent("%s: the partner's LACP state not reported", p)
	case partnerNotWorking:
		return says(answer, from, "%s: the partner does not take frames: LACP state %s", p, p.PartnerState().Value)
	}
	return says(answer, from, "%s is collecting and distributing in %s", p, a.Name)
}

// bundledBy returns the line that says so, the zero Span where none does.
func (p *Port) bundledBy(why bundling) capture.Span {
	switch why {
	case inNoAggregator:
		return p.Interface.From
	case byFallback, notByFallback, notSelected:
		return p.Member.Selected.From
	case aggregatorDown:
		return p.Aggregator.Oper.From
	case inStatic:
		if p.Member.Selected.Known() {
			return p.Member.Selected.From
		}
		return p.Aggregator.Protocol.From
	case actorNotWorking, inService:
		return p.Member.Actor.State.From
	case partnerNotWorking:
		return p.PartnerState().From
	}
	return capture.Span{}
}

const working = state.Synchronization | state.Collecting | state.Distributing

// bundling is why a port is or is not in service in its aggregator.
type bundling uint8

const (
	linkUnsaid bundling = iota
	inNoAggregator
	memberUnsaid
	fallbackUnsaid
	byFallback
	notByFallback
	notSelected
	aggregatorDown
	staticHostUnsaid
	inStatic
	actorUnsaid
	actorNotWorking
	partnerUnsaid
	partnerNotWorking
	inService
)

// bundled is Bundled without words: the simulation of losses asks it of every port.
func (p *Port) bundled() (state.Tri, bundling) {
	m := p.Member
	switch {
	case p.Aggregator == nil && (p.Interface == nil || !p.Interface.Oper.Known()):
		return state.Unknown, linkUnsaid
	case p.Aggregator == nil:
		return state.Yes, inNoAggregator
	case m == nil:
		return state.Unknown, memberUnsaid
	case capture.Is(p.Aggregator.FallbackActive, true):
		return fallback(m)
	case m.Heard() == state.No && p.mayFallBack():
		return state.Unknown, fallbackUnsaid
	case m.Selected.Known() && m.Selected.Value != state.Selected:
		return state.No, notSelected
	case capture.Is(p.Aggregator.Oper, state.Down): // for want of links, or by hand: its ports may be up and talk LACP all the same
		return state.No, aggregatorDown
	case capture.Is(p.Aggregator.Protocol, state.Static) && p.Link != nil && p.Link.Uplink.mayAwaitLACP():
		return state.Unknown, staticHostUnsaid
	case capture.Is(p.Aggregator.Protocol, state.Static):
		return state.Yes, inStatic
	}
	return bits(m, p.PartnerState())
}

// mayFallBack reports whether the switch is told to use ports without a partner, and did not say whether it does so now.
func (p *Port) mayFallBack() bool {
	back := p.Aggregator.Fallback
	return back.Known() && back.Value != state.NoFallback && !p.Aggregator.FallbackActive.Known()
}

// PartnerState returns the LACP state of the other end of a member of an aggregator: as it arrived in LACPDUs, or, where the platform tells
// nothing of that, as the other end has it of itself, if both ends say that the cable leads there and what is heard is no other one. Else unknown.
func (p *Port) PartnerState() capture.Fact[state.LACPState] {
	heard := &p.Member.Partner
	if heard.State.Known() {
		return heard.State
	}
	var far *state.Endpoint
	if p.Link != nil && p.Link.Port == p && p.Link.Confidence() == Proven && p.Link.Uplink.Member != nil {
		far = &p.Link.Uplink.Member.Actor
	} else if p.Trunk != nil && p.Trunk.seenFromBothEnds() {
		if q := p.Trunk.far(p); q.Member != nil {
			far = &q.Member.Actor
		}
	}
	if far == nil || differ(heard.System, far.System) || differ(heard.Key, far.Key) || differ(heard.Port, far.Port) {
		return capture.Fact[state.LACPState]{}
	}
	return far.State
}

// differ reports whether two facts are known and not the same.
func differ[T comparable](a, b capture.Fact[T]) bool {
	same, known := capture.Same(a, b)
	return known && !same
}

// mayAwaitLACP reports whether the host may wait for LACPDUs on the uplink before it uses it, and did not say whether it does use it. The
// partner bits of an LACP port hold the host's side; a static one has none.
func (u *Uplink) mayAwaitLACP() bool {
	if u.Team == nil || u.Team.Mode.Known() && u.Team.Mode.Value != inventory.TeamLACP {
		return false
	}
	_, why := u.inService()
	return why == hostUnsaid || why == hostSelected && !capture.Is(u.Member.Current, true) // selected is also one that waits
}

// fallback judges a member of a LAG that forwards without a partner: often one member only, which the device must name.
func fallback(m *state.AggregationPort) (state.Tri, bundling) {
	switch {
	case !m.Selected.Known():
		return state.Unknown, fallbackUnsaid
	case m.Selected.Value == state.Selected, m.Selected.Value == state.Individual:
		return state.Yes, byFallback
	}
	return state.No, notByFallback
}

// bits judges an LACP port by the bits of both ends. Of a state that nobody reported, no bit is known.
func bits(m *state.AggregationPort, partner capture.Fact[state.LACPState]) (state.Tri, bundling) {
	switch answer := m.Actor.State.Value.Has(working); {
	case answer == state.No:
		return state.No, actorNotWorking
	case answer == state.Unknown:
		return state.Unknown, actorUnsaid
	case m.Heard() == state.No:
	case partner.Known() && partner.Value.Has(working) == state.No:
		return state.No, partnerNotWorking
	case !partner.Known() || partner.Value.Has(working) == state.Unknown:
		return state.Unknown, partnerUnsaid
	}
	return state.Yes, inService
}

// HasVLAN answers whether the operational member set of the port's bridge port has the VLAN.
func (p *Port) HasVLAN(v state.VID) Carriage {
	if p.Bridge == nil {
		if p.Interface != nil && capture.Is(p.Interface.Bridged, false) {
			return says(state.No, p.Interface.Bridged.From, "%s is a routed port", p)
		}
		if all := p.Switch.Listed.BridgePorts; all.Known() {
			return says(state.No, all, "%s is no bridge port", p)
		}
		return silent("%s: VLAN settings not reported", p)
	}
	if !p.Bridge.Members.Known() {
		if c := p.Bridge.Configured; c.Known() && !c.Value.Has(v) && p.Bridge.PVID.Known() && p.Bridge.PVID.Value != v {
			return says(state.No, c.From, "VLAN %d is not allowed on %s (allowed: %s)", v, p.bridgeName(), c.Value)
		}
		return silent("%s: the operational VLANs are not reported", p)
	}
	if p.Bridge.Members.Value.Has(v) {
		return Carriage{Answer: state.Yes, From: []capture.Span{p.Bridge.Members.From}}
	}
	return says(state.No, p.Bridge.Members.From, "%s does not carry VLAN %d (it carries %s)", p.bridgeName(), v, p.Bridge.Members.Value)
}

func (p *Port) bridgeName() string {
	if p.Bridge != nil && p.Bridge.Interface != p.Name {
		return p.Switch.Name + "/" + p.Bridge.Interface
	}
	return p.String()
}

// Forwards answers whether the spanning tree, and the Ethernet segment that the port is in, let the VLAN through, to wherever it is meant for.
func (p *Port) Forwards(v state.VID) Carriage {
	t, all := p.treeIn(v), p.Switch.Listed.STP
	switch {
	case t != nil && !t.State.Known():
		return silent("%s: spanning tree state of VLAN %d not reported", p.bridgeName(), v)
	case t != nil && t.State.Value == state.Blocking:
		return says(state.No, t.State.From, "the spanning tree blocks VLAN %d on %s", v, p.bridgeName())
	case !p.onAllLegs():
		return p.onOneLeg(state.VIDs(v))
	case p.protected():
		return p.kept()
	case t != nil:
		return Carriage{Answer: state.Yes, From: []capture.Span{t.State.From}}
	case all.Known():
		return Carriage{Answer: state.Yes, From: []capture.Span{all}}
	}
	return silent("%s: spanning tree state not reported", p)
}

// kept says of a protected port whom it may not reach.
func (p *Port) kept() Carriage {
	c := silent("%s is a protected port: no frames get from it to other protected ports of %s, and whom that cuts off is not followed", p.bridgeName(), p.Switch.Name)
	c.From = []capture.Span{p.Bridge.Protected.From}
	return c
}

// onOneLeg says what is not known of a port that is not on all legs.
func (p *Port) onOneLeg(vids state.VIDSet) Carriage {
	if !p.Aggregator.ESIMode.Known() {
		return silent("%s is in an Ethernet segment, and whether that is all-active was not reported", p.bridgeName())
	}
	return silent("%s is in a %s Ethernet segment, and whether %s is the designated forwarder of VLAN %s was not reported", p.bridgeName(), p.Aggregator.ESIMode.Value, p.Switch.Name, vids)
}

// treeIn returns what the switch reported of the spanning tree on the port in the VLAN, nil when nothing.
func (p *Port) treeIn(v state.VID) *state.STPPort {
	for _, t := range p.tree() {
		if t.VIDs.Has(v) {
			return t
		}
	}
	return nil
}

// tree returns the spanning tree's entries of the port, or of its aggregator. An aggregator that is down takes no part in the spanning tree:
// some platforms call that discarding too, and it is no decision of the protocol (IEEE Std 802.1Q-2018, 13.38: Disabled Port).
func (p *Port) tree() []*state.STPPort {
	if p.Aggregator != nil && capture.Is(p.Aggregator.Oper, state.Down) {
		return nil
	}
	if p.Bridge != nil {
		return p.Switch.treeOf(p.Bridge.Interface)
	}
	return p.Switch.treeOf(p.Name)
}

// someLines bounds the lines of Lets.
const someLines = 12

// Lets returns those of the VLANs that surely are in the port's member set and let through by the spanning tree, with some of the lines that
// say so: HasVLAN and Forwards for a set, where both are Yes.
func (p *Port) Lets(vids state.VIDSet) (some state.VIDSet, lines []capture.Span) {
	some = vids.Intersect(p.flow().yes)
	if !some.Empty() {
		lines = append(lines, p.Bridge.Members.From)
	}
	for v := range some.All() {
		from := p.Switch.Listed.STP
		if t := p.treeIn(v); t != nil {
			from = t.State.From
		}
		if !slices.Contains(lines, from) {
			lines = append(lines, from)
		}
		if len(lines) == someLines {
			break
		}
	}
	return some, lines
}

// Unblocked answers whether the spanning tree lets any VLAN of the port through, or holds the port in reserve. Of a port whose
// VLANs were not reported, any block leaves it open.
func (p *Port) Unblocked() Carriage {
	vids := state.AllVIDs
	known := p.Bridge != nil && p.Bridge.Members.Known()
	if known {
		vids = p.Bridge.Members.Value
	}
	var blocked []capture.Span
	unsaid := false
	for _, t := range p.tree() {
		switch {
		case !t.State.Known():
			unsaid, vids = true, vids.Minus(t.VIDs)
		case capture.Is(t.Alternate, true), t.State.Value != state.Blocking && !t.VIDs.Intersect(vids).Empty():
			return says(state.Yes, t.State.From, "the spanning tree forwards on %s, or holds it in reserve", p.bridgeName())
		case t.State.Value == state.Blocking:
			blocked, vids = append(blocked, t.State.From), vids.Minus(t.VIDs)
		}
	}
	all := p.Switch.Listed.STP
	switch {
	case len(blocked) == 0 && !unsaid && all.Known(), known && !vids.Empty() && all.Known():
		return says(state.Yes, all, "the spanning tree does not block %s", p.bridgeName())
	case len(blocked) > 0 && !unsaid && vids.Empty():
		return Carriage{Answer: state.No, Why: "the spanning tree blocks every VLAN on " + p.bridgeName(), From: blocked}
	}
	return silent("%s: spanning tree state not reported for all its VLANs", p.bridgeName())
}

// Carries answers whether frames of the VLAN pass the port now: link up, in service in its aggregator, VLAN in the member
// set, not blocked. Any unknown part makes it unknown, unless another part is a plain no.
func (p *Port) Carries(v state.VID) Carriage {
	return p.InService().And(p.HasVLAN(v)).And(p.Forwards(v))
}

// InService answers whether the uplink takes part in its team as the host sees it.
func (u *Uplink) InService() Carriage {
	answer, why := u.inService()
	switch m := u.Member; why {
	case nicDown:
		return says(answer, u.NIC.Oper.From, "%s is down", u)
	case nicUp:
		return says(answer, u.NIC.Oper.From, "%s is up", u)
	case nicUnsaid:
		return silent("%s: link state at the host not reported", u)
	case hostUnsaid:
		if m != nil && m.Selected.Known() {
			return silent("%s is %s in %s, whose mode was not reported", u, m.Selected.Value, u.Team.Name)
		}
		return silent("%s: LACP state at the host not reported", u)
	case hostNotSelected:
		return says(answer, m.Selected.From, "%s is %s in %s", u, m.Selected.Value, u.Team.Name)
	case hostNotWatching:
		return says(answer, u.Team.Watched.From, "%s stands by in %s, which monitors no link and so never takes another", u, u.Team.Name)
	case hostNotWorking:
		return says(answer, m.Actor.State.From, "%s does not carry frames: LACP state %s", u, m.Actor.State.Value)
	case hostNotCurrent:
		return says(answer, m.Current.From, "%s hears no current LACPDUs", u)
	case hostWorking:
		return says(answer, m.Actor.State.From, "%s is collecting and distributing", u)
	}
	return says(answer, u.Member.Selected.From, "%s is selected in %s", u, u.Team.Name)
}

// teaming is why an uplink is or is not in service at its host.
type teaming uint8

const (
	nicDown teaming = iota
	nicUp
	nicUnsaid
	hostUnsaid
	hostNotSelected
	hostNotWatching
	hostNotWorking
	hostNotCurrent
	hostWorking
	hostSelected
)

// Serves is InService without words.
func (u *Uplink) Serves() state.Tri {
	answer, _ := u.inService()
	return answer
}

// inService is Serves, and why.
func (u *Uplink) inService() (state.Tri, teaming) {
	m := u.Member
	switch {
	case u.NIC.Oper.Known() && u.NIC.Oper.Value == state.Down:
		return state.No, nicDown
	case u.Team == nil || u.Team.Mode.Known() && u.Team.Mode.Value != inventory.TeamLACP:
		switch {
		case m != nil && capture.Is(m.Selected, state.Unselected):
			return state.No, hostNotSelected
		case m != nil && capture.Is(m.Selected, state.Standby) && capture.Is(u.Team.Mode, inventory.TeamActiveBackup) && capture.Is(u.Team.Watched, false):
			return state.No, hostNotWatching
		}
		if u.NIC.Oper.Known() {
			return state.Yes, nicUp
		}
		return state.Unknown, nicUnsaid
	case m == nil || (!m.Actor.State.Known() && !m.Selected.Known()):
		return state.Unknown, hostUnsaid
	case capture.Is(m.Selected, state.Standby) && !u.Team.Mode.Known(): // of an active-backup bond it is ready, of LACP it is not in use
		return state.Unknown, hostUnsaid
	case m.Selected.Known() && m.Selected.Value != state.Selected:
		return state.No, hostNotSelected
	case m.Actor.State.Known() && m.Actor.State.Value.Has(working) == state.No:
		return state.No, hostNotWorking
	case capture.Is(m.Current, false):
		return state.No, hostNotCurrent
	case m.Actor.State.Known():
		return state.Yes, hostWorking
	}
	return state.Yes, hostSelected
}

// Carries answers whether the uplink carries the VLAN now: it is mapped to a port, that port carries the VLAN, and the host
// does not say that the NIC is out of service. A host that was not asked is no objection: the switch's partner
// state already holds the host's side of LACP.
func (u *Uplink) Carries(v state.VID) Carriage {
	if u.Serves() == state.No {
		return u.InService()
	}
	p := u.Mapped()
	if p != nil && u.Confidence() <= Inferred {
		return silent("%s: where it ends is %s (%s)", u, u.Confidence(), u.Link.Says())
	}
	if p == nil {
		if u.Link != nil {
			return silent("%s: devices disagree about where it ends (%s)", u, u.Link.Says())
		}
		return silent("%s: %s", u, u.NotMapped())
	}
	c := p.Carries(v)
	if c.Answer == state.Yes && u.misframed().Has(v) {
		return silent("%s and %s do not agree whether VLAN %d goes without a tag: see VLN-005 and VLN-009", u, p, v)
	}
	if c.Answer == state.Yes {
		c.From = append(c.From, u.Link.Evidence()...)
	}
	return c
}

// NotMapped says that it is not known where the uplink ends, and whom its host hears there, if that is one that gave no state.
func (u *Uplink) NotMapped() string {
	if who := u.Unheard(); who != "" {
		return "not known on which switch port it ends: " + u.Host.Name + " hears " + who + " there, which gave no state"
	}
	return "not known on which switch port it ends"
}

// Unheard names the one neighbour that the host hears on the uplink, where that is no switch that gave state; "" in any other case.
func (u *Uplink) Unheard() (who string) {
	for i := range u.Host.Remotes {
		name := u.Host.Remotes[i].SystemName
		switch {
		case u.Host.Remotes[i].Interface != u.NIC.Name:
		case name.Value == "" || who != "" && who != name.Value:
			return ""
		default:
			who = name.Value
		}
	}
	if slices.ContainsFunc(u.Host.Fabric.Switches, func(s *Switch) bool {
		return strings.EqualFold(s.Name, who) || strings.EqualFold(s.Device.Hostname.Value, who)
	}) {
		return ""
	}
	return who
}

// Chassis returns the box that loses power with the port. ok is false on a stack that does not say which member owns it, and
// where nobody said whether the switch is a stack. An extender of one switch counts as part of it, for it is gone without it, and so does one
// that works on one only; any other that hangs on several is a box of its own, and ok is false where not all of them are known.
func (p *Port) Chassis() (c Chassis, ok bool) {
	c = Chassis{Switch: p.Switch.Name}
	if x := p.Extender; x != nil && x.shared != state.No {
		switch works := x.holders(); {
		case len(x.Switches) < 2 || len(works) == 0:
			return c, false
		case len(works) == 1:
			c.Switch = works[0].Name
		default:
			c.Switch = x.String()
		}
		return c, true
	}
	if !capture.Is(p.Switch.Device.Stacked, true) {
		return c, p.Switch.Device.Stacked.Known()
	}
	if p.Interface == nil || !p.Interface.Member.Known() {
		return c, false
	}
	c.Member = p.Interface.Member.Value
	return c, true
}

// InService answers whether the port's link is up and, in an aggregator, whether it forwards there.
func (p *Port) InService() Carriage {
	if p.Serves() == state.Yes {
		_, why := p.bundled()
		return Carriage{Answer: state.Yes, Why: p.String() + " is up", From: []capture.Span{p.Interface.Oper.From, p.bundledBy(why)}}
	}
	return p.linkUp().And(p.Bundled())
}

// Serves is InService without words.
func (p *Port) Serves() state.Tri { return p.flow().service }
