package synth

import (
	"fmt"
	"slices"

	"uplinkcheck/drivers/state"
	"uplinkcheck/inventory"
)

// Which port serves what, on every switch. A stack has half of the ports on each member.
const (
	mostLeaves   = 20 // child k of a pair takes its ports 2k+1 and 2k+2
	gatewayPort  = 41
	stationPort  = 42
	uplinkPort   = 45 // and 46
	peerLinkPort = 47 // and 48
	peeringVLAN  = 4094

	// On a member of a stack.
	stackGateway = 21
	stackStation = 22
	stackUplink  = 23 // and 24
)

// addUnits decides which leaves there are, and builds pairs above them, tier by tier, until one is left.
func (f *Fabric) addUnits() {
	var kinds []Kind
	for used := 0; used < f.Switches; {
		k := f.Kinds[f.rand.IntN(len(f.Kinds))]
		if total(append(kinds, k), f.Leaves) > f.Switches {
			k = Stack
			if total(append(kinds, k), f.Leaves) > f.Switches {
				break
			}
		}
		kinds = append(kinds, k)
		used = total(kinds, f.Leaves)
	}
	for i, k := range kinds { // what another leaf would have overshot, a pair in place of a stack makes up for
		if k == Stack && total(kinds, f.Leaves) < f.Switches {
			kinds[i] = MLAG
		}
	}
	for i, k := range kinds {
		if i%f.Leaves == 0 {
			f.pods = append(f.pods, &pod{number: len(f.pods) + 1})
		}
		p := f.pods[len(f.pods)-1]
		u := f.addUnit(fmt.Sprintf("p%d-l%d", p.number, len(p.leaves)+1), k, 0)
		u.pod = p
		p.leaves = append(p.leaves, u)
	}
	if len(kinds) == 1 {
		f.pods[0].head, f.top = f.units[0], f.units[0]
		return
	}
	var below []*unit
	for _, p := range f.pods {
		p.head = f.addUnit(fmt.Sprintf("p%d-s", p.number), MLAG, 1)
		p.head.pod = p
		p.head.adopt(p.leaves)
		below = append(below, p.head)
	}
	for tier := 2; len(below) > 1; tier++ {
		var above []*unit
		for group := range slices.Chunk(below, mostLeaves) {
			u := f.addUnit(fmt.Sprintf("x%d-%d-s", tier, len(above)+1), MLAG, tier)
			u.adopt(group)
			above = append(above, u)
		}
		below = above
	}
	f.top = below[0]
}

// total counts the switches of a fabric with these leaves.
func total(leaves []Kind, perPod int) int {
	n := 0
	for _, k := range leaves {
		n += k.switches()
	}
	if len(leaves) == 1 {
		return n
	}
	pairs := (len(leaves) + perPod - 1) / perPod
	for n += 2 * pairs; pairs > 1; n += 2 * pairs {
		pairs = (pairs + mostLeaves - 1) / mostLeaves
	}
	return n
}

func (k Kind) switches() int {
	if k == Stack {
		return 1
	}
	return 2
}

func (u *unit) adopt(children []*unit) {
	u.children = children
	for _, c := range children {
		c.parent = u
	}
}

func (f *Fabric) addUnit(name string, k Kind, tier int) *unit {
	u := &unit{name: name, number: len(f.units) + 1, kind: k, tier: tier}
	f.units = append(f.units, u)
	for side := range k.switches() {
		s := &sw{name: name, number: len(f.switches) + 1, unit: u, side: side, byName: map[string]*jack{}}
		if k == Stack {
			s.members = 2
		} else {
			s.name += string("ab"[side])
		}
		s.mac = state.MAC{0x00, 0x53, byte(s.number >> 8), byte(s.number)}
		s.rack = fmt.Sprintf("r-%s", s.name)
		s.power = string("ab"[side])
		f.switches = append(f.switches, s)
		u.sw = append(u.sw, s)
	}
	return u
}

// system is the LACP identity that the unit shows to hosts: shared by its switches.
func (u *unit) system() state.MAC {
	if u.kind == Stack {
		return u.sw[0].mac
	}
	return state.MAC{0x02, 0x00, byte(u.number >> 8), byte(u.number)}
}

func (s *sw) junos() bool { return s.unit.kind != MLAG }

func (s *sw) lagName(n int) string {
	if s.junos() {
		return fmt.Sprintf("ae%d", n)
	}
	return fmt.Sprintf("Port-Channel%d", n)
}

func (s *sw) portName(member, n int) string {
	if s.junos() {
		return fmt.Sprintf("xe-%d/0/%d", member, n)
	}
	return fmt.Sprintf("Ethernet%d", n)
}

// port makes, or finds, a port by its number.
func (s *sw) port(member, n int) *jack {
	name := s.portName(member, n)
	if p := s.byName[name]; p != nil {
		return p
	}
	p := &jack{sw: s, name: name, number: n, index: n, member: member}
	if s.junos() { // counted from 0
		p.index = n + 1 + 256*member
	}
	p.mac = plus(s.mac, p.index)
	s.ports = append(s.ports, p)
	s.byName[name] = p
	return p
}

// plus adds n to the last two octets.
func plus(m state.MAC, n int) state.MAC {
	n += int(m[4])<<8 | int(m[5])
	m[4], m[5] = byte(n>>8), byte(n)
	return m
}

func cable(a, z *jack) {
	a.far, z.far, a.meant, z.meant = z, a, z, a
}

// lag makes a LAG of a switch.
func (s *sw) lag(n int, text string, set state.VIDSet, members ...*jack) *lag {
	l := &lag{sw: s, name: s.lagName(n), number: n, text: text, mode: inventory.TeamLACP, system: s.mac, key: uint16(n), members: members}
	l.allowed = set
	for _, m := range members {
		m.lag = l
	}
	s.lags = append(s.lags, l)
	return l
}

// spread makes one LAG over the ports of a unit: multi-chassis where it has two switches.
func (u *unit) spread(n int, text string, set state.VIDSet, ports ...*jack) {
	for _, s := range u.sw {
		var mine []*jack
		for _, p := range ports {
			if p.sw == s {
				mine = append(mine, p)
			}
		}
		l := s.lag(n, text, set, mine...)
		l.system = u.system()
		switch u.kind {
		case MLAG:
			l.mlag = fmt.Sprint(n)
		case ESI:
			l.esi = fmt.Sprintf("00:00:00:00:00:00:%02x:%02x:%02x:%02x", u.number>>8, u.number&0xff, n>>8, n&0xff)
		}
	}
}

// both returns the unit's two ports of a number: one on each switch, or on each member.
func (u *unit) both(n int) (a, b *jack) {
	if u.kind == Stack {
		return u.sw[0].port(0, n), u.sw[0].port(1, n)
	}
	return u.sw[0].port(0, n), u.sw[1].port(0, n)
}

// addTrunks cables the units with each other, and says which VLANs pass.
func (f *Fabric) addTrunks() {
	for _, u := range f.units {
		u.vlans = f.carried(u)
	}
	for _, u := range f.units {
		if u.kind == MLAG || u.kind == ESI && u.parent == nil { // Ethernet segments need a way between their switches
			u.addPeerLink()
		}
		for i, c := range u.children {
			f.addTrunk(u, c, i)
		}
	}
}

// carried are the VLANs of the networks that a unit has to do with.
func (f *Fabric) carried(u *unit) (set state.VIDSet) {
	if u.tier <= 1 {
		for _, n := range u.pod.nets {
			set = set.Union(n.vlans)
		}
		return set
	}
	for _, c := range u.children {
		set = set.Union(f.passes(c))
	}
	return set
}

// passes are the VLANs that leave a unit upwards.
func (f *Fabric) passes(u *unit) (set state.VIDSet) {
	for len(f.above) <= u.tier {
		var all state.VIDSet
		for _, n := range f.nets {
			if n.tiers > len(f.above) {
				all = all.Union(n.vlans)
			}
		}
		f.above = append(f.above, all)
	}
	return f.above[u.tier].Intersect(u.vlans)
}

func (u *unit) addPeerLink() {
	set := u.vlans
	if u.kind == MLAG {
		set = set.Union(state.VIDs(peeringVLAN))
	}
	for side, s := range u.sw {
		l := s.lag(peerLinkPort, "peer-link to "+u.sw[1-side].name, set, s.port(0, peerLinkPort), s.port(0, peerLinkPort+1))
		l.peerLink = true
		u.peerLink[side] = l
	}
	for i := range 2 {
		cable(u.peerLink[0].members[i], u.peerLink[1].members[i])
	}
}

func (f *Fabric) addTrunk(u, child *unit, i int) {
	up := uplinkPort
	if child.kind == Stack {
		up = stackUplink
	}
	a1, b1 := child.both(up)
	a2, b2 := child.both(up + 1)
	z1, z2 := u.both(2*i + 1)
	z3, z4 := u.both(2*i + 2)
	cable(a1, z1)
	cable(a2, z2)
	cable(b1, z3)
	cable(b2, z4)
	set, text := f.passes(child), "trunk "+child.trunk()
	for _, p := range []*jack{a1, a2, b1, b2, z1, z2, z3, z4} {
		p.text = text
	}
	child.spread(up, text, set, a1, a2, b1, b2)
	u.spread(2*i+1, text, set, z1, z3, z2, z4)
}

// trunk names the trunk above a unit.
func (u *unit) trunk() string { return "t-" + u.name }

// addRest fills the switches up with unused ports and puts everything in order.
func (f *Fabric) addRest() {
	byName := slices.SortedFunc(slices.Values(f.switches), func(a, b *sw) int { return state.NaturalCompare(a.name, b.name) })
	for i, s := range byName {
		s.rank = i
	}
	for _, s := range f.switches {
		for n := 1; len(s.ports) < f.Ports; n++ {
			if p := s.byName[s.portName(0, n)]; p == nil {
				s.port(0, n).toAccess(1)
			}
		}
		slices.SortFunc(s.ports, func(a, b *jack) int { return state.NaturalCompare(a.name, b.name) })
		slices.SortFunc(s.lags, func(a, b *lag) int { return a.number - b.number })
		for _, l := range s.lags {
			slices.SortFunc(l.members, func(a, b *jack) int { return state.NaturalCompare(a.name, b.name) })
		}
	}
}

func (p *jack) toAccess(v state.VID) {
	p.bridge = bridge{access: true, allowed: state.VIDs(v), native: v}
}
