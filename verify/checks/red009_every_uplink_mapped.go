package checks

import (
	"slices"

	"uplinkcheck/verify"
	"uplinkcheck/verify/standard"
	"uplinkcheck/verify/topology"
)

// RED009: every uplink is mapped to a switch port.
var RED009 = add(&verify.Check{
	ID:    "RED-009",
	Title: "every uplink is mapped to a switch port",
	Doc: `An uplink of which nobody knows the port can neither be called redundant nor isolated. LLDP at one end, LACP state of the host, or the inventory
(mac:, port:) maps it. A forwarding database entry or a port description is only a hint. Where nothing but the inventory's port: says it, it warns: no device confirms it.`,
	Cites:    []standard.Clause{standard.Grundschutz("NET.1.1.A2", "B"), standard.Grundschutz("SYS.1.5.A6", "B")},
	Severity: verify.Medium,
	Run: verify.Each((*topology.Fabric).Uplinks, func(u *topology.Uplink) (v verify.Verdict) {
		if notInService(&v, u) {
			return v
		}
		switch p := sure(&v, u); {
		case p == nil:
		case !slices.ContainsFunc(u.Link.Claims, func(c topology.Claim) bool { return c.By != topology.OperatorDeclared }):
			v.Warn(first(u.Link.Evidence()), "%s: only the inventory says that it ends on %s", u, p).Resting(u.Confidence()).
				Fix("let a device confirm it: LLDP on %s or its switch, or its mac: in the inventory and LACP on its bond", u.Host.Name)
		default:
			v.Pass(first(u.Link.Evidence()), "%s ends on %s (%s)", u, p, u.Link.Says()).Also(u.Link.Evidence()...).Resting(u.Confidence())
		}
		return v
	}),
})
