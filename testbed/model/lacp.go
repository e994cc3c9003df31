package model

import (
	"slices"

	"uplinkcheck/drivers/state"
	"uplinkcheck/inventory"
)

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
			p := &party{device: s.Name, active: l.Active, fast: l.Fast, min: l.MinLinks, kernel: b.plat[s.Name].kernel,
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
			if p.kernel && far != nil && far.self.System == p.self.System {
				sp.out.Heard = false // the kernel drops LACPDUs of its own system (drivers/net/bonding/bond_3ad.c, ad_rx_machine)
			}
			if sp.out.Heard {
				sp.out.Partner = far.out.Actor
				sp.out.RX = b.since(4017)
			}
			if speaks(sp) {
				sp.out.TX = b.since(4021)
			}
			if b.noisy[sp.end] {
				sp.out.BadRX = b.since(1000)
			}
		}
	}
	for _, p := range all {
		p.selectPartner()
		p.reserve(b.standby)
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
			far := partner(sp)
			sp.out.Churned = sp.up && !b.expired[sp.end] && !b.standby[sp.end] && far != nil && !b.standby[far.end] && !(sp.sync && far.sync)
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

// reserve takes members out that are held as hot standbys (IEEE Std 802.1AX-2020, 6.4.15): not in sync, so that the far end does not use them.
func (p *party) reserve(standby map[CableEnd]bool) {
	for _, sp := range p.members {
		if standby[sp.end] && sp.sync {
			sp.out.Selected, sp.out.Reason, sp.sync = state.Standby, HeldBack, false
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
