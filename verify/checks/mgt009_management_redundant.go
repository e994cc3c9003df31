package checks

import (
	"slices"

	"uplinkcheck/inventory"
	"uplinkcheck/verify"
	"uplinkcheck/verify/standard"
	"uplinkcheck/verify/topology"
)

// MGT009: management survives the loss of any one switch, its gateway included.
var MGT009 = add(&verify.Check{
	ID:    "MGT-009",
	Title: "management survives the loss of any one switch, its gateway included",
	Doc: `When a switch dies, the hosts must stay manageable: that is when they are needed most. As in RED-002, each switch and each member of a stack is taken away
in turn, for the management network of each host. Its declared gateway must not depend on one chassis either: give it a leg on each of two switches, or
name both under gateway:. Where no gateway is declared, only the way to the other hosts of the cluster was looked at. Layer 3 reachability was not assessed.`,
	Cites:    []standard.Clause{standard.M5153, standard.Grundschutz("NET.1.2.A30", "E")},
	Severity: verify.Critical,
	Run: verify.Each(managementRoles, func(r *topology.Role) (v verify.Verdict) {
		judgeSwitchLosses(&v, r)
		if r.Host.Entry == nil || !r.Host.Entry.Maintenance && !r.Host.Entry.SingleHomed {
			judgeLanding(&v, gatewayOf(r.Network))
		}
		return v
	}),
})

func managementRoles(f *topology.Fabric) []*topology.Role {
	return slices.DeleteFunc(f.Roles(), func(r *topology.Role) bool { return r.Network.Role != inventory.Management })
}
