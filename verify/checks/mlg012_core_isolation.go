package checks

import (
	"uplinkcheck/verify"
	"uplinkcheck/verify/standard"
)

// MLG012: a leaf that is cut off from the core lets go of its hosts.
var MLG012 = add(&verify.Check{
	ID:    "MLG-012",
	Title: "a leaf that is cut off from the core lets go of its hosts",
	Doc: `A leaf that has lost its last uplink still has its hosts' links up, and they still send it half of their frames, into nothing. Uplink tracking, or core
isolation of EVPN, takes the host ports down then, so that all goes over the other leaf. Look for it in the configuration (EOS: link tracking
group; Junos: network-isolation, or core-isolation under EVPN).`,
	Cites:     []standard.Clause{standard.Grundschutz("NET.1.1.A28", "E")},
	Severity:  verify.Medium,
	Undecided: "whether uplink tracking or core isolation is configured on the leaves, and for which ports",
})
