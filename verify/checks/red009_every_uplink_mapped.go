package checks

import (
	"uplinkcheck/verify"
	"uplinkcheck/verify/standard"
	"uplinkcheck/verify/topology"
)

// RED009: every uplink is mapped to a switch port.
var RED009 = add(&verify.Check{
	ID:    "RED-009",
	Title: "every uplink is mapped to a switch port",
	Doc: `An uplink of which nobody knows the port can neither be called redundant nor isolated. LLDP at one end, LACP state of the host, or the inventory
(mac:, port:) maps it. A forwarding database entry or a port description is only a hint.`,
	Cites:    []standard.Clause{standard.Grundschutz("NET.1.1.A2", "B"), standard.Grundschutz("SYS.1.5.A6", "B")},
	Severity: verify.Medium,
	Run: verify.Each((*topology.Fabric).Uplinks, func(u *topology.Uplink) (v verify.Verdict) {
		if notInService(&v, u) {
			return v
		}
		if p := sure(&v, u); p != nil {
			v.Pass(first(u.Link.Evidence()), "%s ends on %s (%s)", u, p, u.Link.Says()).Also(u.Link.Evidence()...).Resting(u.Confidence())
		}
		return v
	}),
})
