package checks

import (
	"uplinkcheck/verify"
	"uplinkcheck/verify/standard"
	"uplinkcheck/verify/topology"
)

// SEP006: no cable or bridge joins networks of different purpose or zone.
var SEP006 = add(&verify.Check{
	ID:    "SEP-006",
	Title: "no cable or bridge joins networks of different purpose or zone",
	Doc: `Two VLANs become one where a cable leaves one port untagged in the first and arrives untagged in the second: a trunk whose ends disagree about the native
VLAN, an access port patched to an access port of another VLAN, a loop cable on one switch. No list of VLANs shows that; the broadcast domain does, and
the shortest way from port to port is the evidence. Pull the cable, or give both its ends the same untagged VLAN. Networks that are meant to be one, such as
those on both sides of a transparent firewall, say joined_with:. A router or firewall that has both VLANs on one trunk joins nothing here. An address
that was learned in two VLANs at different ports is a sign of a bridge that nobody declared: not proven, so unknown. Layer 3 reachability was not assessed.`,
	Cites:    []standard.Clause{standard.Grundschutz("NET.1.1.A23", "S"), standard.Grundschutz("NET.1.1.A24", "S")},
	Severity: verify.Critical,
	Run: verify.Each(purposeful, func(n *topology.Network) (v verify.Verdict) {
		if !judgePlaced(&v, n) {
			return v
		}
		judgeJoins(&v, n)
		openWith(&v, n)
		v.Pass(n.VLANFrom, "no cable joins VLAN %s of %s with a VLAN of another purpose or zone", n.VLANs, n.Name)
		for _, s := range n.Seeds() {
			v.Also(s.Listed.BridgePorts)
		}
		return v
	}),
})
