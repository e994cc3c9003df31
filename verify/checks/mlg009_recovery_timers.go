package checks

import (
	"uplinkcheck/drivers/capture"
	"uplinkcheck/drivers/state"
	"uplinkcheck/verify"
	"uplinkcheck/verify/standard"
	"uplinkcheck/verify/topology"
)

// MLG009: a peer that comes back waits before it takes hosts.
var MLG009 = add(&verify.Check{
	ID:    "MLG-009",
	Title: "a peer that comes back waits before it takes hosts",
	Doc: `A switch that has just booted has links before it has addresses, routes and a synchronised peer. If its multi-chassis ports come up at once, hosts send it
frames that it drops. It warns where there is no delay, and where other ports wait longer than multi-chassis ports and the way to the rest
of the network is among those. Set the reload delay (EOS: reload-delay under mlag configuration; Junos: init-delay-time of each mc-ae) to more
than the switch takes to converge.`,
	Cites:    []standard.Clause{standard.Grundschutz("NET.3.1.A26", "E")},
	Severity: verify.Low,
	Run: verify.Each(pairs, func(p *topology.Pair) (v verify.Verdict) {
		if noPeering(&v, p) {
			return v
		}
		for _, s := range p.Switches {
			own, others := s.MLAG.ReloadDelay, s.MLAG.OthersDelay
			up := uplinkOutside(s)
			switch {
			case !own.Known():
				v.Unknown("%s: the delay of multi-chassis ports after a reload was not reported", s.Name).Missing("the reload delay of %s", s.Name)
			case own.Value == 0:
				v.Warn(own.From, "%s: multi-chassis ports come up at once after a reload", s.Name).
					Fix("set a reload delay of multi-chassis ports on %s, longer than it takes to converge", s.Name)
			case others.Known() && others.Value > own.Value && up != nil:
				v.Warn(own.From, "%s: multi-chassis ports come up after %s, but %s to %s only after %s", s.Name, own.Value, up.Name, up.Trunk, others.Value).
					Also(others.From).Fix("set the reload delay of multi-chassis ports on %s to more than %s", s.Name, others.Value)
			default:
				v.Pass(own.From, "%s: multi-chassis ports wait %s after a reload", s.Name, own.Value)
			}
		}
		return v
	}),
})

// uplinkOutside returns a port towards another switch that is neither the peer-link nor in a multi-chassis LAG, nil when none is known.
func uplinkOutside(s *topology.Switch) *topology.Port {
	for _, p := range s.Ports {
		if p.Trunk == nil || p.Trunk.PeerLink || p.Trunk.Far == nil && p.Trunk.Z == nil {
			continue
		}
		if p.Aggregator == nil || capture.Is(p.Aggregator.MLAGID, "") && p.Oper() == state.Yes {
			return p
		}
	}
	return nil
}
