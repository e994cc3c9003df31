package checks

import (
	"uplinkcheck/verify"
	"uplinkcheck/verify/standard"
)

// MGT013: no mirror session copies management traffic to a hypervisor.
var MGT013 = add(&verify.Check{
	ID:    "MGT-013",
	Title: "no mirror session copies management traffic to a hypervisor",
	Doc: `A mirror session (SPAN, port mirroring, analyzer) copies frames past every VLAN. One that reads a management port or VLAN and writes to a hypervisor's
uplink hands the administrators' traffic to guests. End such a session, or let it write to a port of its own. No driver asks for mirror sessions yet.
Layer 3 reachability was not assessed.`,
	Cites:     []standard.Clause{standard.Grundschutz("NET.1.1.A21", "S")},
	Severity:  verify.Medium,
	Undecided: "the mirror sessions of each switch: their sources and destinations",
})
