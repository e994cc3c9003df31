package checks

import (
	"uplinkcheck/inventory"
	"uplinkcheck/verify"
	"uplinkcheck/verify/standard"
)

// SVC005: firewalls are on two switches.
var SVC005 = add(&verify.Check{
	ID:    "SVC-005",
	Title: "firewalls are on two switches",
	Doc: `Administrators reach the hosts through the firewall in front of the management network: when its only switch dies, they are locked out while the hosts still
run. Each firewall or router under services: with kind: firewall must be on two chassis with two control planes, by ports that carry each network that it serves,
and the hosts must still reach one of them when any one switch is lost. Ports count, not addresses: the standby half of a firewall cluster sends nothing, and
its address is learned on one side only. Name the ports of both halves under at:. Without such a service this is not judged; SVC-003 judges gateway: of a network.`,
	Cites:    []standard.Clause{standard.Grundschutz("NET.1.1.A28", "E"), standard.Grundschutz("NET.1.2.A30", "E")},
	Severity: verify.High,
	Run:      ofServices(judgeDualHomed, inventory.Firewall),
})
