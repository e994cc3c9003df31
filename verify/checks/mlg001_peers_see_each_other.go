package checks

import (
	"net/netip"
	"slices"

	"uplinkcheck/drivers/capture"
	"uplinkcheck/drivers/state"
	"uplinkcheck/verify"
	"uplinkcheck/verify/standard"
	"uplinkcheck/verify/topology"
)

// MLG001: multi-chassis peers see each other.
var MLG001 = add(&verify.Check{
	ID:    "MLG-001",
	Title: "multi-chassis peers see each other",
	Doc: `Both switches of a pair must report that they are connected to their peer, and that peer must be the other switch. One green half proves nothing, and two
halves that have different peers are two broken pairs. The peer is told by its MAC address, by its IP address, or by where the cables of the
peer-link end. A pair that runs no multi-chassis protocol (static configuration, EVPN segments) has no adjacency to look at.`,
	Cites:    []standard.Clause{standard.Grundschutz("NET.3.1.A26", "E"), standard.M5153},
	Severity: verify.Critical,
	Run: verify.Each(pairs, func(p *topology.Pair) (v verify.Verdict) {
		if noPeering(&v, p) {
			return v
		}
		for _, s := range p.Switches {
			m := &s.MLAG
			switch {
			case !m.Peered.Known():
				v.Unknown("%s: multi-chassis state not reported", s.Name).Missing("the multi-chassis state of %s: its login must be allowed to show it", s.Name)
			case !m.Peered.Value:
				v.Fail(m.Peered.From, "%s sees no peer%s", s.Name, word(m.StateWord)).Fix("look at the peer-link and the multi-chassis configuration of pair %s", p.Name)
			default:
				for _, o := range p.Switches {
					if o != s {
						judgePeer(&v, s, o)
					}
				}
			}
		}
		return v
	}),
})

// judgePeer asks whether the peer that s is connected to is o.
func judgePeer(v *verify.Verdict, s, o *topology.Switch) {
	m := &s.MLAG
	named, own := m.PeerMAC, o.Device.ChassisMAC
	same, known := capture.Same(named, own)
	cable, far := peerLinkCable(s)
	switch {
	case known && !same && !named.Value.IsZero():
		v.Fail(named.From, "%s has %s as its peer, but %s is %s", s.Name, named.Value, o.Name, own.Value).Also(own.From).
			Fix("look at where the peer-link of %s ends, and at its multi-chassis configuration", s.Name)
	case far != nil && far != o:
		v.Fail(cable, "the peer-link of %s ends on %s, not on %s", s.Name, far.Name, o.Name).
			Fix("plug the peer-link of %s into %s", s.Name, o.Name)
	case known && same:
		v.Pass(m.Peered.From, "%s is connected to %s%s", s.Name, o.Name, word(m.StateWord)).Also(named.From, own.From)
	case far == o:
		v.Pass(m.Peered.From, "%s is connected to its peer%s, and its peer-link ends on %s", s.Name, word(m.StateWord), o.Name).Also(cable)
	default:
		if at := hasAddress(o, m.PeerAddress); at.Known() {
			v.Pass(m.Peered.From, "%s is connected to %s, which is %s%s", s.Name, m.PeerAddress.Value, o.Name, word(m.StateWord)).Also(m.PeerAddress.From, at)
			return
		}
		v.Unknown("%s is connected to a peer, but nothing says that it is %s", s.Name, o.Name).
			Missing("LLDP on the peer-link of %s, or its cables under links: in the inventory", s.Name)
	}
}

// peerLinkCable returns the switch on which the peer-link of s ends and the line that says so, nil when none does. Of cables
// that end on different switches it returns the first that does not end on a peer of s.
func peerLinkCable(s *topology.Switch) (from capture.Span, far *topology.Switch) {
	for _, p := range s.Ports {
		link := s.MLAG.PeerLink
		if !link.Known() || p.Trunk == nil || p.Name != link.Value && (p.Aggregator == nil || p.Aggregator.Name != link.Value) {
			continue
		}
		end := p.Trunk.Far
		switch {
		case p.Trunk.Z == p:
			end = p.Trunk.A.Switch
		case p.Trunk.Z != nil:
			end = p.Trunk.Z.Switch
		}
		if end == nil {
			continue
		}
		if far == nil || end.Pair != s.Pair {
			from, far = p.Trunk.Claims[0].From, end
		}
		if end.Pair != s.Pair {
			break
		}
	}
	return from, far
}

// hasAddress returns the line that gives the switch the address, and the zero Span when it or another switch has it as well:
// pairs often use the same addresses among themselves.
func hasAddress(s *topology.Switch, address capture.Fact[string]) (at capture.Span) {
	want, err := netip.ParseAddr(address.Value)
	if !address.Known() || err != nil {
		return at
	}
	for _, o := range s.Fabric.Switches {
		for i := range o.SVIs {
			k := slices.IndexFunc(o.SVIs[i].Addresses, func(a capture.Fact[netip.Prefix]) bool { return a.Known() && a.Value.Addr() == want })
			switch {
			case k < 0:
			case o != s:
				return capture.Span{}
			default:
				at = o.SVIs[i].Addresses[k].From
			}
		}
	}
	return at
}

func pairs(f *topology.Fabric) []*topology.Pair { return f.Pairs }

func word(f capture.Fact[string]) string {
	if f.Known() && f.Value != "" {
		return " (" + f.Value + ")"
	}
	return ""
}

// noPeering says n/a for pairs without a peering protocol, and unknown for members that gave nothing.
func noPeering(v *verify.Verdict, p *topology.Pair) bool {
	for _, name := range p.Missing {
		v.Unknown("%s of pair %s gave no state", name, p.Name).Missing("collect %s", name)
	}
	without := 0
	for _, s := range p.Switches {
		if proto := s.MLAG.Protocol; capture.Is(proto, state.NoMLAG) || capture.Is(proto, state.EVPNESI) {
			without++
		}
	}
	if without == 0 || without < len(p.Switches) {
		return len(p.Switches) == 0
	}
	if len(p.Missing) == 0 {
		v.NotApplicable("pair %s has no peering: its switches report %s as multi-chassis protocol", p.Name, p.Switches[0].MLAG.Protocol.Value)
	}
	return true
}
