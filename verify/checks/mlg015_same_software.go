package checks

import (
	"uplinkcheck/verify"
	"uplinkcheck/verify/standard"
	"uplinkcheck/verify/topology"
)

// MLG015: both peers run the same software.
var MLG015 = add(&verify.Check{
	ID:    "MLG-015",
	Title: "both peers run the same software",
	Doc: `Vendors support different versions in a pair for the time of an upgrade only: state that one peer sends and the other does not understand shows up
when the pair is needed. During an upgrade a waiver with its end date says that it is meant. Of peers with different operating systems, as
EVPN allows, versions say nothing.`,
	Cites:    []standard.Clause{standard.Grundschutz("SYS.1.5.A14", "S")},
	Severity: verify.Low,
	Run: verify.Each(pairs, func(p *topology.Pair) (v verify.Verdict) {
		for _, name := range p.Missing {
			v.Unknown("%s of pair %s gave no state", name, p.Name).Missing("collect %s", name)
		}
		for i, s := range p.Switches {
			if !s.Device.Version.Known() {
				v.Unknown("%s: its version was not reported", s.Name).Missing("the software version of %s", s.Name)
			}
			for _, o := range p.Switches[i+1:] {
				judgeVersions(&v, p, s, o)
			}
		}
		return v
	}),
})

func judgeVersions(v *verify.Verdict, p *topology.Pair, s, o *topology.Switch) {
	a, b := s.Device.Version, o.Device.Version
	switch {
	case s.Platform != o.Platform:
		v.NotApplicable("%s and %s run different operating systems", s.Name, o.Name)
	case !a.Known() || !b.Known():
	case a.Value != b.Value:
		v.Warn(a.From, "%s runs %s, but %s runs %s", s.Name, a.Value, o.Name, b.Value).Also(b.From).
			Fix("upgrade pair %s to one version, or waive this while an upgrade lasts", p.Name)
	default:
		v.Pass(a.From, "%s and %s run %s", s.Name, o.Name, a.Value).Also(b.From)
	}
}
