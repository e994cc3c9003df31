package model

import (
	"cmp"
	"slices"

	"uplinkcheck/drivers/state"
)

// A hop leads from a bridge port of one switch to a bridge port of another.
type hop struct {
	from, to *Switch
	out, in  string
}

// learn fills the forwarding databases: each address that a host uses in a VLAN is learned where it enters the fabric, and
// on every switch and in every VLAN that its frames reach from there, on the port that leads back.
func (b *builder) learn() {
	hops := map[*Switch][]hop{}
	for _, c := range b.f.Cables {
		a, z := b.f.Switch(c.A.Device), b.f.Switch(c.Z.Device)
		if a == nil || z == nil {
			continue
		}
		out, ok1 := a.carries(c.A.Port)
		in, ok2 := z.carries(c.Z.Port)
		if ok1 && ok2 && (a != z || out != in) && b.arrives(c.A) && b.arrives(c.Z) {
			hops[a] = append(hops[a], hop{from: a, to: z, out: out, in: in})
			hops[z] = append(hops[z], hop{from: z, to: a, out: in, in: out})
		}
	}
	for _, h := range b.f.Hosts {
		for _, u := range h.Uses {
			s, port, ok := b.enters(h, u.Over)
			if !ok {
				continue
			}
			for v := range vidsOn(s.BridgePort(port), u).All() {
				b.flood(hops, s, port, v, u.MAC)
			}
		}
	}
	for _, s := range b.f.Switches {
		slices.SortFunc(s.MACs, func(x, y MACEntry) int {
			return cmp.Or(cmp.Compare(x.VID, y.VID), slices.Compare(x.MAC[:], y.MAC[:]), state.NaturalCompare(x.Interface, y.Interface))
		})
		s.MACs = slices.Compact(s.MACs)
	}
}

// vidsOn are the VLANs in which a use's frames arrive on a bridge port.
func vidsOn(p *BridgePort, u Use) state.VIDSet {
	vids := u.VIDs
	if u.Untagged {
		vids = vids.Union(state.VIDs(p.PVID))
	}
	return vids.Intersect(p.Active)
}

// carries reports whether frames pass a physical port now, and the bridge port that it is.
func (s *Switch) carries(port string) (bridge string, ok bool) {
	p := s.Port(port)
	if p == nil || p.Oper != state.Up {
		return "", false
	}
	bridge = port
	if l := s.LAG(p.LAG); l != nil {
		m := l.Port(port)
		if l.Oper != state.Up || m.Selected != state.Selected && m.Selected != state.Individual {
			return "", false
		}
		bridge = l.Name
	}
	return bridge, s.BridgePort(bridge) != nil
}

// enters returns the bridge port at which frames from a bond or NIC enter the fabric.
func (b *builder) enters(h *Host, over string) (*Switch, string, bool) {
	nics := []string{over}
	if bond := h.Bond(over); bond != nil {
		nics = nil
		for _, m := range bond.Members {
			if m.Carries {
				nics = append(nics, m.Name)
			}
		}
	}
	for _, nic := range nics {
		e := CableEnd{h.Name, nic}
		far, _ := b.other(e)
		s := b.f.Switch(far.Device)
		if s == nil || !b.arrives(e) {
			continue
		}
		if port, ok := s.carries(far.Port); ok {
			return s, port, true
		}
	}
	return nil, "", false
}

func (b *builder) flood(hops map[*Switch][]hop, home *Switch, port string, v state.VID, mac state.MAC) {
	type place struct {
		sw  *Switch
		vid state.VID
	}
	start := place{home, v}
	seen := map[place]bool{start: true}
	home.MACs = append(home.MACs, MACEntry{v, mac, port, state.Dynamic})
	entry := home.LAG(port)
	for queue := []place{start}; len(queue) > 0; queue = queue[1:] {
		for _, hp := range hops[queue[0].sw] {
			vid := hp.lands(queue[0].vid)
			next := place{hp.to, vid}
			if vid == 0 || seen[next] {
				continue
			}
			seen[next] = true
			queue = append(queue, next)
			e := MACEntry{vid, mac, hp.in, state.Dynamic}
			// A synchronising pair puts the peer's addresses on its own side of the multi-chassis LAG.
			if entry != nil && home.MLAG.Peered && home != hp.to && home.pair == hp.to.pair {
				if own := counterpart(hp.to, entry); own != nil && own.Oper == state.Up {
					e.Interface, e.Kind = own.Name, state.PeerLearned
				}
			}
			hp.to.MACs = append(hp.to.MACs, e)
		}
	}
}

// lands returns the VLAN in which frames of a VLAN arrive over the hop, 0 when they do not.
func (h hop) lands(v state.VID) state.VID {
	if !h.from.passes(h.out, v) {
		return 0
	}
	in := h.to.BridgePort(h.in)
	switch bare := h.from.BridgePort(h.out).Untagged.Has(v); {
	case bare:
		v = in.PVID
	case in.Mode == state.Access:
		return 0
	}
	if v == 0 || !h.to.passes(h.in, v) {
		return 0
	}
	return v
}

// passes reports whether a bridge port forwards a VLAN.
func (s *Switch) passes(port string, v state.VID) bool {
	p := s.BridgePort(port)
	if !p.Active.Has(v) {
		return false
	}
	for _, x := range s.Blocked {
		if x.Interface == port && x.VIDs.Has(v) {
			return false
		}
	}
	return true
}
