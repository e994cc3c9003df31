package checks

import (
	"uplinkcheck/inventory"
	"uplinkcheck/verify"
	"uplinkcheck/verify/standard"
	"uplinkcheck/verify/topology"
)

// SEP001: live migration has a network of its own.
var SEP001 = add(&verify.Check{
	ID:    "SEP-001",
	Title: "live migration has a network of its own",
	Doc: `Live migration sends the memory of guests over the wire, often in clear. Its VLANs may carry nothing else. Sharing the cables with other networks is fine:
only shared VLANs fail.`,
	Cites:    []standard.Clause{standard.M5153, standard.Grundschutz("SYS.1.5.A9", "S"), standard.STIG("ESXI-80-000160")},
	Severity: verify.High,
	Run: verify.Each(networksFor(inventory.LiveMigration), func(n *topology.Network) (v verify.Verdict) {
		judgeDedicated(&v, n)
		return v
	}),
})
