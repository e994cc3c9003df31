package checks

import (
	"uplinkcheck/verify"
	"uplinkcheck/verify/standard"
)

// SEP012: private VLANs are mapped alike on every uplink and both peers.
var SEP012 = add(&verify.Check{
	ID:    "SEP-012",
	Title: "private VLANs are mapped alike on every uplink and both peers",
	Doc: `Isolated and community VLANs keep guests of one network from each other only where each switch on the way maps them to their primary VLAN. A mapping that
one uplink or one of two peers lacks cuts guests off, or lets them through, depending on the path. Give each uplink and both peers the same mapping. No
driver asks for private VLANs yet.`,
	Cites:     []standard.Clause{standard.Grundschutz("NET.1.1.A33", "E")},
	Severity:  verify.Medium,
	Undecided: "the private VLANs of each switch: primary, isolated and community, and the ports that they are mapped to",
})
