package checks

import (
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
	Doc: `Both switches of a pair must report the adjacency as formed, and each must name the other. One green half proves nothing: two halves that name
different peers are two broken pairs. A pair that runs no multi-chassis protocol (static configuration, EVPN segments) has no adjacency to look at.`,
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
				v.Unknown("%s: multi-chassis state not reported", s.Name).Missing("the multi-chassis state of %s", s.Name)
			case !m.Peered.Value:
				v.Fail(m.Peered.From, "%s sees no peer%s", s.Name, word(m.StateWord)).Fix("look at the peer-link and the multi-chassis configuration of pair %s", p.Name)
			default:
				v.Pass(m.Peered.From, "%s sees its peer%s", s.Name, word(m.StateWord))
			}
			for _, o := range p.Switches {
				named, own := m.PeerMAC, o.Device.ChassisMAC
				if same, known := capture.Same(named, own); o != s && len(p.Switches) == 2 && known && !same && !named.Value.IsZero() {
					v.Fail(named.From, "%s names %s as its peer, but %s is %s", s.Name, named.Value, o.Name, own.Value).Also(own.From)
				}
			}
		}
		return v
	}),
})

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
