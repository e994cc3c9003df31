package checks

import (
	"uplinkcheck/inventory"
	"uplinkcheck/verify"
	"uplinkcheck/verify/standard"
	"uplinkcheck/verify/topology"
)

// SEP003: storage has a network of its own and comes out only where it is meant to.
var SEP003 = add(&verify.Check{
	ID:    "SEP-003",
	Title: "storage has a network of its own and comes out only where it is meant to",
	Doc: `Storage traffic holds the data of every guest, mostly without encryption or strong authentication. Its VLANs may carry nothing else and come out only at
hosts that need them, at declared gateways and at declared stations (the storage systems). Guests that mount storage themselves need a network of their own.`,
	Cites:    []standard.Clause{standard.M5153, standard.Grundschutz("SYS.1.5.A9", "S"), standard.Grundschutz("SYS.1.8.A14", "S"), standard.Grundschutz("SYS.1.8.A15", "S"), standard.STIG("ESXI-80-000199"), standard.STIG("VCSA-80-000279")},
	Severity: verify.High,
	Run: verify.Each(networksFor(inventory.Storage), func(n *topology.Network) (v verify.Verdict) {
		judgeDedicated(&v, n)
		if !n.VLANs.Empty() {
			judgeReach(&v, n)
		}
		return v
	}),
})
