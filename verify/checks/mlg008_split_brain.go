package checks

import (
	"uplinkcheck/drivers/capture"
	"uplinkcheck/drivers/state"
	"uplinkcheck/verify"
	"uplinkcheck/verify/standard"
	"uplinkcheck/verify/topology"
)

// MLG008: the pair would notice that both peers are primary.
var MLG008 = add(&verify.Check{
	ID:    "MLG-008",
	Title: "the pair would notice that both peers are primary",
	Doc: `When the peer-link goes and both switches live, each takes the other for dead: both forward, both show the host the shared identity, and frames loop or
vanish. Only a second way to the peer notices that (dual-primary detection, backup liveness detection). Without one it warns; that it has
happened, or that both call themselves primary, fails. Configure the detection over the management network, see MLG-003.`,
	Cites:    []standard.Clause{standard.Grundschutz("NET.3.1.A26", "E")},
	Severity: verify.Medium,
	Run: verify.Each(pairs, func(p *topology.Pair) (v verify.Verdict) {
		if noPeering(&v, p) {
			return v
		}
		for i, s := range p.Switches {
			for _, o := range p.Switches[i+1:] {
				if capture.Is(s.MLAG.Role, state.Primary) && capture.Is(o.MLAG.Role, state.Primary) {
					v.Fail(s.MLAG.Role.From, "%s and %s are both primary", s.Name, o.Name).Also(o.MLAG.Role.From).
						Fix("restore the peer-link of pair %s", p.Name)
				}
			}
			switch guard := s.MLAG.SplitBrain; {
			case !guard.Known():
				v.Unknown("%s: not reported whether it would notice a second primary", s.Name).
					Missing("the state of dual-primary or backup liveness detection of %s", s.Name)
			case guard.Value == state.SplitFound:
				v.Fail(guard.From, "%s has found a second primary and shut ports down", s.Name).Fix("restore the peer-link of pair %s", p.Name)
			case guard.Value == state.Unguarded:
				v.Warn(guard.From, "%s would not notice a second primary", s.Name).
					Fix("configure dual-primary or backup liveness detection on pair %s, over the management network", p.Name)
			case !s.MLAG.Role.Known() && !capture.Is(s.MLAG.Peered, true):
				v.Unknown("%s sees no peer, and whether it is primary was not reported", s.Name).Missing("the multi-chassis role of %s", s.Name)
			default:
				v.Pass(guard.From, "%s would notice a second primary", s.Name)
			}
		}
		return v
	}),
})
