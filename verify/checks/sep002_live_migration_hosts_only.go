package checks

import (
	"slices"

	"uplinkcheck/drivers/state"
	"uplinkcheck/inventory"
	"uplinkcheck/verify"
	"uplinkcheck/verify/standard"
	"uplinkcheck/verify/topology"
)

// SEP002: live migration reaches hosts only.
var SEP002 = add(&verify.Check{
	ID:    "SEP-002",
	Title: "live migration reaches hosts only",
	Doc: `The memory of guests travels in this network, often in clear: nobody but the hypervisors has a place in it. So it comes out only at hosts that need it
and between switches, and no switch routes it. A VLAN interface without an address, or one that is down, routes nothing. Where guests migrate to another
site, say routed: true and name the router under gateway:, and the other ends under stations:. Whether a router lets somebody in was not assessed.`,
	Cites:    []standard.Clause{standard.STIG("ESXI-80-000160"), standard.M5153},
	Severity: verify.High,
	Run: verify.Each(networksFor(inventory.LiveMigration), func(n *topology.Network) (v verify.Verdict) {
		if noIntent(&v, n) {
			return v
		}
		judgeReach(&v, n)
		eachRouted(&v, n, func(r topology.RoutedVLAN, c topology.Carriage) { judgeRouter(&v, n, r, c) })
		return v
	}),
})

// judgeRouter judges an interface of a switch in the live-migration network.
func judgeRouter(v *verify.Verdict, n *topology.Network, r topology.RoutedVLAN, c topology.Carriage) {
	switch {
	case c.Answer == state.No:
		v.Pass(c.Evidence(), "%s does not route %s: %s", r, n.Name, c.Why)
	case c.Answer == state.Unknown:
		v.Unknown("whether %s routes %s is not known: %s", r, n.Name, c.Why).Missing("the address, state and routing instance of %s", r)
	case n.Routed && slices.Contains(n.GatewaySwitches(), r.Switch):
		v.Pass(c.Evidence(), "%s routes %s, as declared", r, n.Name).Also(n.From)
	default:
		v.Fail(c.Evidence(), "%s routes %s", r, n.Name).Also(c.From...).
			Fix("take the address of %s away, or declare routed: true and gateway: [%s] for %s", r, r.Switch.Name, n.Name)
	}
}
