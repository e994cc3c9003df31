package model

import (
	"cmp"
	"fmt"
	"slices"

	"uplinkcheck/drivers/state"
	"uplinkcheck/inventory"
)

// outcome works out what becomes of the configuration.
func (b *builder) outcome() {
	b.links()
	b.lacp()
	for _, s := range b.f.Switches {
		for i := range s.LAGs {
			s.finishLAG(&s.LAGs[i])
		}
	}
	for _, h := range b.f.Hosts {
		for i := range h.Bonds {
			h.finishBond(&h.Bonds[i])
		}
	}
	for _, p := range b.f.Pairs {
		b.finishPair(p)
	}
	for _, s := range b.f.Switches {
		b.finishBridge(s)
	}
	b.neighbours()
	b.learn()
}

// links sets the operational state of every port and NIC from both ends of its cable.
func (b *builder) links() {
	for _, s := range b.f.Switches {
		for i := range s.Ports {
			p := &s.Ports[i]
			switch {
			case p.Reason == ErrDisabled:
				p.Oper = state.Down
			case p.Admin == state.Down:
				p.Oper, p.Reason = state.Down, AdminDown
			case !b.lit(CableEnd{s.Name, p.Name}):
				p.Oper, p.Reason = state.Down, NoLink
			default:
				p.Oper = state.Up
			}
		}
	}
	for _, h := range b.f.Hosts {
		for i := range h.NICs {
			n := &h.NICs[i]
			n.Oper = state.Down
			if n.Admin == state.Up && b.lit(CableEnd{h.Name, n.Name}) {
				n.Oper = state.Up
			}
		}
	}
}

// other returns the far end of the cable in an end.
func (b *builder) other(e CableEnd) (CableEnd, *Cable) {
	c := b.cableOf[e]
	switch {
	case c == nil:
		return CableEnd{}, nil
	case c.A == e:
		return c.Z, c
	}
	return c.A, c
}

// lit reports whether an end sees light: cabled, and the far end is not shut.
func (b *builder) lit(e CableEnd) bool {
	far, c := b.other(e)
	if c == nil || c.Unplugged {
		return false
	}
	if s := b.f.Switch(far.Device); s != nil {
		p := s.Port(far.Port)
		return p.Admin == state.Up && p.Reason != ErrDisabled
	}
	return b.f.Host(far.Device).NIC(far.Port).Admin == state.Up
}

// arrives reports whether frames sent from an end reach the other end of its cable.
func (b *builder) arrives(from CableEnd) bool {
	_, c := b.other(from)
	return c != nil && !c.Unplugged && (c.A != from || !c.LossAZ) && (c.Z != from || !c.LossZA)
}

// A party is a LAG or bond as LACP sees it.
type party struct {
	device  string
	active  bool
	fast    bool
	kernel  bool // a Linux kernel bond: a port that does not fit gets an aggregator of its own, in sync but idle
	min     int
	self    Endpoint // system, priority, key
	members []*speaker
}

// A speaker is a member port that runs LACP.
type speaker struct {
	*party
	end   CableEnd
	up    bool
	speed uint64
	out   *LAGPort
	group int // kernel: aggregator id
	sync  bool
	flows bool
}

func (b *builder) parties() (all []*party, at map[CableEnd]*speaker) {
	at = map[CableEnd]*speaker{}
	add := func(p *party, end CableEnd, up bool, speed uint64, port uint16, out *LAGPort) {
		out.Actor = p.self
		out.Actor.Port, out.Actor.PortPriority = port, 32768
		if p.kernel {
			out.Actor.PortPriority = 255
		}
		sp := &speaker{party: p, end: end, up: up, speed: speed, out: out}
		p.members = append(p.members, sp)
		at[end] = sp
	}
	for _, s := range b.f.Switches {
		for i := range s.LAGs {
			l := &s.LAGs[i]
			if l.Protocol != state.LACP {
				continue
			}
			p := &party{device: s.Name, active: l.Active, fast: l.Fast, min: l.MinLinks,
				self: Endpoint{SystemPriority: l.Priority, System: l.System, Key: l.Key}}
			for j := range l.Ports {
				port := s.Port(l.Ports[j].Name)
				id := uint16(port.Index)
				if s.pair != nil && s.pair.Switches[1] == s && l.System == s.pair.System {
					id |= 0x8000 // peers of a pair must not use the same port ids towards one host
				}
				add(p, CableEnd{s.Name, port.Name}, port.Oper == state.Up, port.Speed, id, &l.Ports[j])
			}
			all = append(all, p)
		}
	}
	for _, h := range b.f.Hosts {
		for i := range h.Bonds {
			bond := &h.Bonds[i]
			if bond.Mode != inventory.TeamLACP {
				continue
			}
			p := &party{device: h.Name, active: bond.Active, fast: bond.Fast, kernel: !bond.OVS,
				self: Endpoint{SystemPriority: bond.Priority, System: bond.System, Key: bond.Key}}
			for j := range bond.Members {
				n := h.NIC(bond.Members[j].Name)
				add(p, CableEnd{h.Name, n.Name}, n.Oper == state.Up, n.Speed, uint16(j+1), &bond.Members[j].LAGPort)
			}
			all = append(all, p)
		}
	}
	return all, at
}

// lacp works out both ends of every LACP conversation (IEEE Std 802.1AX-2020, 6.4): who hears whom, which partner each
// aggregator settles on, who is in sync, and so who collects and distributes.
func (b *builder) lacp() {
	all, at := b.parties()
	partner := func(sp *speaker) *speaker {
		far, _ := b.other(sp.end)
		return at[far]
	}
	// A passive end speaks only once it hears an active one.
	speaks := func(sp *speaker) bool {
		p := partner(sp)
		return sp.up && !b.silent[sp.end] && (sp.active || p != nil && p.up && p.active && !b.silent[p.end] && b.arrives(p.end))
	}
	for _, p := range all {
		for _, sp := range p.members {
			far := partner(sp)
			sp.out.Heard = sp.up && far != nil && speaks(far) && b.arrives(far.end)
			if sp.out.Heard {
				sp.out.Partner = far.out.Actor
				sp.out.RX = 4017
			}
			if speaks(sp) {
				sp.out.TX = 4021
			}
		}
	}
	for _, p := range all {
		p.selectPartner()
	}
	for _, p := range all {
		for _, sp := range p.members {
			far := partner(sp)
			sp.flows = sp.sync && sp.out.Selected == state.Selected && far != nil && far.sync && !b.expired[sp.end]
			if sp.out.Selected == state.Selected && !sp.flows {
				sp.out.Selected, sp.out.Reason = state.Unselected, PartnerOut
			}
		}
		p.enoughLinks()
	}
	for _, p := range all {
		for _, sp := range p.members {
			sp.out.Actor.State = sp.bits(b.expired[sp.end])
		}
	}
	for _, p := range all {
		for _, sp := range p.members {
			if !sp.out.Heard {
				continue
			}
			sp.out.Partner.State = partner(sp).out.Actor.State
			if b.expired[sp.end] { // 6.4.12: an expired port no longer takes its partner to be in sync, and asks for haste
				sp.out.Partner.State &^= state.Synchronization
			}
		}
	}
}

// selectPartner settles on the partner system and key that most members hear; the first member wins a tie.
func (p *party) selectPartner() {
	type group struct {
		priority uint16
		system   state.MAC
		key      uint16
		speed    uint64
	}
	of := func(sp *speaker) group {
		return group{sp.out.Partner.SystemPriority, sp.out.Partner.System, sp.out.Partner.Key, sp.speed}
	}
	count := map[group]int{}
	var order []group
	for _, sp := range p.members {
		if sp.out.Heard && !p.looped(sp) {
			if count[of(sp)]++; count[of(sp)] == 1 {
				order = append(order, of(sp))
			}
		}
	}
	var best group
	for _, g := range order {
		if count[g] > count[best] {
			best = g
		}
	}
	for i, sp := range p.members {
		sp.group = slices.Index(order, of(sp)) + 1
		switch {
		case !sp.up:
			sp.out.Selected, sp.out.Reason = state.Unselected, LinkDown
		case !sp.out.Heard:
			sp.out.Selected, sp.out.Reason = state.Unselected, NoPDU
		case p.looped(sp):
			sp.out.Selected, sp.out.Reason = state.Unselected, LoopedBack
		case of(sp) == best:
			sp.out.Selected, sp.sync = state.Selected, true
		default:
			sp.out.Selected, sp.out.Reason, sp.sync = state.Unselected, WrongPartner, p.kernel
			if g := of(sp); g.system == best.system && g.key == best.key && g.priority == best.priority {
				sp.out.Reason = SpeedMismatch
			}
		}
		if sp.group == 0 {
			sp.group = len(order) + 1 + i
		}
	}
}

func (p *party) looped(sp *speaker) bool {
	return sp.out.Partner.System == p.self.System && sp.out.Partner.SystemPriority == p.self.SystemPriority
}

// enoughLinks takes all members out when fewer than min-links carry frames.
func (p *party) enoughLinks() {
	n := 0
	for _, sp := range p.members {
		if sp.flows {
			n++
		}
	}
	if n >= p.min {
		return
	}
	for _, sp := range p.members {
		if sp.flows {
			sp.flows = false
			sp.out.Selected, sp.out.Reason = state.Unselected, TooFewLinks
		}
	}
}

func (sp *speaker) bits(expired bool) state.LACPBits {
	s := state.Aggregation
	if sp.active {
		s |= state.Activity
	}
	if sp.fast || expired {
		s |= state.ShortTimeout
	}
	if !sp.out.Heard {
		s |= state.Defaulted
	}
	if sp.sync {
		s |= state.Synchronization
	}
	if sp.flows {
		s |= state.Collecting | state.Distributing
	}
	if expired {
		s |= state.Expired
	}
	return s
}

func (s *Switch) finishLAG(l *LAG) {
	l.Oper = state.Down
	up, heard := 0, 0
	for i := range l.Ports {
		m := &l.Ports[i]
		port := s.Port(m.Name)
		if l.Protocol == state.Static {
			m.Selected = state.Selected
			if port.Oper != state.Up {
				m.Selected, m.Reason = state.Unselected, LinkDown
			}
		}
		if m.Heard {
			heard++
		}
		if m.Selected == state.Selected {
			up++
			l.Speed += port.Speed
		}
	}
	if l.Protocol == state.Static && up < l.MinLinks {
		up = 0
	}
	if l.Protocol == state.LACP && heard == 0 && l.Fallback != state.NoFallback {
		for i := range l.Ports {
			m := &l.Ports[i]
			if s.Port(m.Name).Oper == state.Up {
				m.Selected, m.Reason = state.Individual, NoPDU
				l.FallbackActive = true
				up++
			}
		}
	}
	if l.Admin == state.Up && up > 0 {
		l.Oper = state.Up
	}
}

func (h *Host) finishBond(bond *Bond) {
	bond.Oper = state.Down
	carriers := 0
	for i := range bond.Members {
		m := &bond.Members[i]
		m.Link = h.NIC(m.Name).Oper
		if bond.Mode != inventory.TeamLACP {
			m.Selected = state.Unselected
			if m.Link == state.Up {
				m.Selected = state.Selected
			}
		}
		m.Carries = m.Selected == state.Selected
		if bond.Mode == inventory.TeamActiveBackup && m.Carries {
			m.Carries = bond.ActiveNIC == ""
			bond.ActiveNIC = cmp.Or(bond.ActiveNIC, m.Name)
		}
		if m.Carries {
			carriers++
			bond.Speed += h.NIC(m.Name).Speed
		}
	}
	if bond.Mode == inventory.TeamLACP {
		h.aggregators(bond)
		if carriers == 0 && !bond.OVS { // the kernel sends over an aggregator that nobody answers
			for i := range bond.Members {
				if m := &bond.Members[i]; m.Link == state.Up && m.Aggregator == bond.Aggregator {
					m.Carries = true
					carriers++
				}
			}
		}
	}
	if carriers > 0 && carriers >= bond.MinLinks {
		bond.Oper = state.Up
	}
}

// aggregators numbers the aggregators of an LACP bond: members that settled on one partner share one, each other has its own.
func (h *Host) aggregators(bond *Bond) {
	var partners []Endpoint
	for i := range bond.Members {
		m := &bond.Members[i]
		who := Endpoint{SystemPriority: m.Partner.SystemPriority, System: m.Partner.System, Key: m.Partner.Key}
		at := slices.Index(partners, who)
		if !m.Heard || at < 0 {
			partners = append(partners, who)
			at = len(partners) - 1
		}
		m.Aggregator = at + 1
		if m.Selected == state.Selected && bond.Aggregator == 0 {
			bond.Aggregator, bond.Partner, bond.PartnerKey = m.Aggregator, m.Partner.System, m.Partner.Key
		}
	}
	for i := range bond.Members {
		m := &bond.Members[i]
		if bond.Aggregator == 0 && m.Link == state.Up {
			bond.Aggregator = m.Aggregator
		}
	}
	bond.Aggregator = max(bond.Aggregator, 1)
}

func (b *builder) finishPair(p *Pair) {
	for i, s := range p.Switches {
		other := p.Switches[1-i]
		for j := range s.LAGs {
			l := &s.LAGs[j]
			if peer := counterpart(other, l); peer != nil {
				for _, m := range peer.Ports {
					l.PeerPorts = append(l.PeerPorts, m.Name)
				}
			}
		}
		m := &s.MLAG
		if m.Protocol != state.PeerLinkMLAG {
			continue
		}
		m.PeerLinkOper = state.Down
		if l := s.LAG(m.PeerLink); l != nil {
			m.PeerLinkOper = l.Oper
		}
		m.Peered = m.PeerLinkOper == state.Up && !b.mlagDown(p)
	}
	for i, s := range p.Switches {
		if s.MLAG.Protocol == state.PeerLinkMLAG {
			s.MLAG.Differences = append(s.MLAG.Differences, differences(s, p.Switches[1-i])...)
			s.mlagPorts(p.Switches[1-i])
		}
	}
}

// counterpart is the same multi-chassis LAG on the peer.
func counterpart(peer *Switch, l *LAG) *LAG {
	for i := range peer.LAGs {
		o := &peer.LAGs[i]
		if l.MLAGID != "" && o.MLAGID == l.MLAGID || l.ESI != "" && o.ESI == l.ESI {
			return o
		}
	}
	return nil
}

func (b *builder) mlagDown(p *Pair) bool { return slices.Contains(b.unpeered, p) }

// differences is the comparison of both configurations that the pair itself makes.
func differences(s, peer *Switch) (out []Difference) {
	if !s.MLAG.Peered {
		return nil
	}
	for i := range s.LAGs {
		l := &s.LAGs[i]
		o := counterpart(peer, l)
		if o == nil {
			continue
		}
		mine, theirs := s.BridgePort(l.Name), peer.BridgePort(o.Name)
		if mine.Allowed != theirs.Allowed {
			out = append(out, Difference{l.Name, "trunk-vlans", mine.Allowed.String(), theirs.Allowed.String()})
		}
		if mine.Native != theirs.Native {
			out = append(out, Difference{l.Name, "trunk-native-vlan", fmt.Sprint(mine.Native), fmt.Sprint(theirs.Native)})
		}
	}
	return out
}

func (s *Switch) mlagPorts(peer *Switch) {
	for i := range s.LAGs {
		l := &s.LAGs[i]
		if l.MLAGID == "" {
			continue
		}
		p := MLAGPort{ID: l.MLAGID, Local: l.Name, LocalOper: l.Oper}
		for _, m := range l.Ports {
			p.LocalPorts = append(p.LocalPorts, m.Name)
		}
		o := counterpart(peer, l)
		if o != nil && s.MLAG.Peered {
			p.Peer, p.PeerOper = o.Name, o.Oper
		}
		switch {
		case l.Admin == state.Down:
			p.State = state.MLAGDisabled
		case s.MLAG.Peered && o == nil:
			p.State = state.MLAGConfigured
		case p.LocalOper == state.Up && p.PeerOper == state.Up:
			p.State = state.DualActive
		case p.LocalOper == state.Up || p.PeerOper == state.Up:
			p.State = state.ActivePartial
		default:
			p.State = state.MLAGInactive
		}
		s.MLAG.Ports = append(s.MLAG.Ports, p)
	}
}

func (b *builder) finishBridge(s *Switch) {
	for i := range s.Bridge {
		p := &s.Bridge[i]
		p.Oper = state.Down
		if port := s.Port(p.Interface); port != nil {
			p.Oper = port.Oper
		} else if l := s.LAG(p.Interface); l != nil {
			p.Oper = l.Oper
		}
		if p.Native != 0 && p.Allowed.Has(p.Native) {
			p.PVID = p.Native
			p.Untagged = state.VIDs(p.PVID)
		}
		p.Active = p.Allowed
		if b.plat[s.Name].vlanDB {
			p.Active = p.Allowed.Intersect(s.activeVLANs())
		}
	}
	for i := range s.SVIs {
		v := &s.SVIs[i]
		v.Oper = state.Down
		for j := range s.Bridge {
			if p := &s.Bridge[j]; p.Oper == state.Up && p.Active.Has(v.VID) {
				v.Oper = state.Up
			}
		}
	}
	for _, ref := range b.blocked {
		if ref.sw == s {
			s.Blocked = append(s.Blocked, Blocked{ref.port, ref.vids.Intersect(s.BridgePort(ref.port).Active)})
		}
	}
}

type blockedRef struct {
	sw   *Switch
	port string
	vids state.VIDSet
}

func (s *Switch) activeVLANs() (set state.VIDSet) {
	var vids []state.VID
	for _, v := range s.VLANs {
		if v.Active {
			vids = append(vids, v.ID)
		}
	}
	return state.VIDs(vids...)
}

// neighbours lets every device hear by LLDP what is at the other end of its cables.
func (b *builder) neighbours() {
	for _, s := range b.f.Switches {
		for _, p := range s.Ports {
			if n, ok := b.hears(CableEnd{s.Name, p.Name}, s.LLDP && p.Oper == state.Up); ok {
				s.Neighbours = append(s.Neighbours, n)
			}
		}
	}
	for _, h := range b.f.Hosts {
		for _, nic := range h.NICs {
			if n, ok := b.hears(CableEnd{h.Name, nic.Name}, h.LLDP && nic.Oper == state.Up); ok {
				h.Heard = append(h.Heard, n)
			}
		}
	}
}

// hears returns what a listening end hears.
func (b *builder) hears(end CableEnd, listens bool) (n Neighbour, ok bool) {
	far, _ := b.other(end)
	if !listens || !b.arrives(far) || slices.Contains(b.mute, far) {
		return n, false
	}
	n = Neighbour{Port: end.Port, TTL: 120}
	if s := b.f.Switch(far.Device); s != nil {
		port := s.Port(far.Port)
		n.ChassisID = state.Identifier{Subtype: state.MACAddress, ID: s.MAC.String()}
		n.PortID = state.Identifier{Subtype: state.InterfaceName, ID: port.Name}
		n.PortDescription, n.SystemName, n.Address, n.Bridge = port.Description, s.Hostname, s.Address, true
		n.SystemDesc = s.Model + " " + s.Version
		n.Aggregated = port.LAG != ""
		if bp := s.BridgePort(cmp.Or(port.LAG, port.Name)); bp != nil {
			n.PVID = bp.PVID
		}
		return n, s.LLDP && port.Oper == state.Up
	}
	h := b.f.Host(far.Device)
	nic := h.NIC(far.Port)
	n.ChassisID = state.Identifier{Subtype: state.MACAddress, ID: h.NICs[0].MAC.String()}
	n.PortID = state.Identifier{Subtype: state.MACAddress, ID: nic.MAC.String()}
	n.PortDescription, n.SystemName, n.SystemDesc, n.Address = nic.Name, h.Hostname, "Linux", h.Address
	n.Aggregated = nic.Bond != ""
	return n, h.LLDP && nic.Oper == state.Up
}
