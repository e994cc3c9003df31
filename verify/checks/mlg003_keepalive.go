package checks

import (
	"uplinkcheck/drivers/capture"
	"uplinkcheck/drivers/state"
	"uplinkcheck/verify"
	"uplinkcheck/verify/standard"
	"uplinkcheck/verify/topology"
)

// MLG003: the keepalive works and does not share the peer-link.
var MLG003 = add(&verify.Check{
	ID:    "MLG-003",
	Title: "the keepalive works and does not share the peer-link",
	Doc: `With the peer-link gone, only a second path tells a switch whether its peer is dead or merely cut off; without it both become primary. It may run over
the management network, which several vendors recommend. Over the peer-link itself it is none.`,
	Cites:    []standard.Clause{standard.Grundschutz("NET.3.1.A26", "E")},
	Severity: verify.High,
	Run: verify.Each(pairs, func(p *topology.Pair) (v verify.Verdict) {
		if noPeering(&v, p) {
			return v
		}
		for _, s := range p.Switches {
			k, over := s.MLAG.Keepalive, s.MLAG.KeepaliveOver
			switch {
			case !k.Known():
				v.Unknown("%s: keepalive not reported", s.Name).Missing("the keepalive or dual-primary detection state of %s: configure it, or let the login show it", s.Name)
			case k.Value != state.Up:
				v.Fail(k.From, "%s: the keepalive is not alive", s.Name).Fix("restore the keepalive path between the switches of pair %s", p.Name)
			case over.Known() && (over.Value == "peer-link" || capture.Is(s.MLAG.PeerLink, over.Value)):
				v.Warn(over.From, "%s: the only keepalive runs over the peer-link", s.Name).
					Fix("configure dual-primary detection or a keepalive over the management network on pair %s", p.Name)
			default:
				v.Pass(k.From, "%s: the keepalive is alive", s.Name)
			}
		}
		return v
	}),
})
