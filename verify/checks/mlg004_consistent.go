package checks

import (
	"uplinkcheck/verify"
	"uplinkcheck/verify/standard"
	"uplinkcheck/verify/topology"
)

// MLG004: the peers report their configurations as consistent.
var MLG004 = add(&verify.Check{
	ID:    "MLG-004",
	Title: "the peers report their configurations as consistent",
	Doc: `The switches of a pair compare their own configurations. What they find to differ can suspend VLANs or ports at once, or only after the next
reload. The parameters are shown with both values; some differences are meant, such as a routed interface on one side only: waive those.`,
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
			}
			switch {
			case len(m.Differences) > 0:
			case !m.Consistent.Known():
				v.Unknown("%s: its own consistency check was not reported", s.Name).Missing("the multi-chassis consistency check of %s", s.Name)
			case m.Consistent.Value:
				v.Pass(m.Consistent.From, "%s finds no difference", s.Name)
			default:
				v.Fail(m.Consistent.From, "%s finds its configuration inconsistent with the peer's", s.Name)
			}
		}
		return v
	}),
})
