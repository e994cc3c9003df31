package checks

import (
	"uplinkcheck/verify"
	"uplinkcheck/verify/standard"
)

// MLG011: each VLAN of an Ethernet segment has one designated forwarder.
var MLG011 = add(&verify.Check{
	ID:    "MLG-011",
	Title: "each VLAN of an Ethernet segment has one designated forwarder",
	Doc: `Of the leaves of a segment one forwards broadcasts to the host, per VLAN. With none the host hears no ARP; with two it hears everything twice. The leaves
elect it from what they see of each other, so this also shows whether they do. Look at the EVPN instance on each leaf (Junos: show evpn instance
extensive; EOS: show bgp evpn instance).`,
	Cites:     []standard.Clause{standard.RFC("7432"), standard.RFC("8584"), standard.RFC("9785")},
	Severity:  verify.High,
	Undecided: "the designated forwarder that each leaf has elected for each VLAN of its Ethernet segments",
})
