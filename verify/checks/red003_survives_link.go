package checks

import (
	"uplinkcheck/verify"
	"uplinkcheck/verify/standard"
	"uplinkcheck/verify/topology"
)

// RED003: each network of each host survives the loss of any one link.
var RED003 = add(&verify.Check{
	ID:       "RED-003",
	Title:    "each network of each host survives the loss of any one link",
	Doc:      `As RED-002, for each cable in turn: those of the host and those between the switches. A minimum of links that takes a whole LAG down counts.`,
	Cites:    []standard.Clause{standard.M5153, standard.Grundschutz("NET.1.1.A13", "B")},
	Severity: verify.High,
	Run: verify.Each((*topology.Fabric).Roles, func(r *topology.Role) (v verify.Verdict) {
		losses := len(r.Host.Fabric.Scenarios(topology.TrunkLoss))
		for _, u := range r.Host.Uplinks {
			if u.Link != nil {
				losses++
			}
		}
		judgeSurvival(&v, r, losses, topology.LinkLoss, topology.TrunkLoss)
		if v.Outcome() == verify.NotApplicable && losses == 0 && !exempt(&v, r.Host) {
			v.Unknown("%s: no cable of %s is known", r.Network.Name, r.Host.Name).Missing("a mapping of its uplinks: see RED-009")
		}
		return v
	}),
})
