package checks

import (
	"uplinkcheck/verify"
)

// SVC007: both gateways relay to the same servers.
var SVC007 = add(&verify.Check{
	ID:    "SVC-007",
	Title: "both gateways relay to the same servers",
	Doc: `Two gateways of one network that relay DHCP to different servers, or of which one relays to none, hand out addresses or not depending on which of them hears
the request. Give both the same relay addresses. No driver asks for them yet.`,
	Cites:     MLG004.Cites,
	Severity:  verify.Low,
	Undecided: "the relay (helper) addresses of the routed interfaces of each switch",
})
