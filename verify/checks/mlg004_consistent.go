package checks

import (
	"uplinkcheck/drivers/capture"
	"uplinkcheck/verify"
	"uplinkcheck/verify/standard"
	"uplinkcheck/verify/topology"
)

// MLG004: the peers report their configurations as consistent.
var MLG004 = add(&verify.Check{
	ID:    "MLG-004",
	Title: "the peers report their configurations as consistent",
	Doc: `The switches of a pair compare their own configurations. What they find to differ can suspend VLANs or ports at once, or only after the next
reload. The parameters are shown with both values. A difference that is meant, such as a routed interface on one side only, takes a waiver. Without a
connection to the peer nothing is compared, and the answer is unknown.`,
	Cites:    []standard.Clause{standard.Grundschutz("SYS.1.5.A14", "S"), standard.Grundschutz("NET.3.1.A12", "S")},
	Severity: verify.High,
	Run: verify.Each(pairs, func(p *topology.Pair) (v verify.Verdict) {
		if noPeering(&v, p) {
			return v
		}
		for _, s := range p.Switches {
			m := &s.MLAG
			for _, d := range m.Differences {
				v.Fail(d.From, "%s: %s %s is %q here and %q on the peer", s.Name, d.Where, d.Parameter, d.Local, d.Peer).
					Fix("make %s of %s equal on both switches of pair %s", d.Parameter, d.Where, p.Name)
				if d.Where == "global" {
					v.As(verify.Critical)
				}
			}
			switch {
			case len(m.Differences) > 0:
			case capture.Is(m.Peered, false) && !capture.Is(m.Consistent, false):
				v.Unknown("%s sees no peer, so nothing is compared", s.Name).Missing("the connection to the peer: see MLG-001")
			case !m.Consistent.Known():
				v.Unknown("%s: its own consistency check was not reported", s.Name).Missing("the multi-chassis consistency check of %s: its login must be allowed to show it", s.Name)
			case m.Consistent.Value && !m.Peered.Known():
				v.Unknown("%s finds no difference, and whether it sees its peer was not reported", s.Name).
					Missing("the multi-chassis state of %s: its login must be allowed to show it", s.Name)
			case m.Consistent.Value:
				v.Pass(m.Consistent.From, "%s finds no difference", s.Name)
			default:
				v.Fail(m.Consistent.From, "%s finds its configuration inconsistent with the peer's, and does not say in what", s.Name).
					Fix("compare the configurations of the switches of pair %s", p.Name)
			}
		}
		return v
	}),
})
