package model

import (
	"cmp"
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
			if p := &s.Bridge[j]; !v.Shut && p.Oper == state.Up && p.Active.Has(v.VID) {
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
