package checks

import (
	"uplinkcheck/verify"
)

// SVC006: where DHCP snooping is on, the way to the DHCP server is trusted.
var SVC006 = add(&verify.Check{
	ID:    "SVC-006",
	Title: "where DHCP snooping is on, the way to the DHCP server is trusted",
	Doc: `A switch that snoops on DHCP drops the server's answers at ports that it does not trust. Where the way to the server is trusted over one uplink or one
peer only, hosts get addresses until the other one carries the answers. Trust every port on each way to the server, on both peers. No driver asks for DHCP
snooping yet.`,
	Severity:  verify.Medium,
	Undecided: "the VLANs in which each switch snoops on DHCP, and the ports that it trusts",
})
