package model

import (
	"fmt"
	"slices"

	"uplinkcheck/drivers/state"
)

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
