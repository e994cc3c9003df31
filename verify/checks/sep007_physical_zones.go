package checks

import (
	"uplinkcheck/inventory"
	"uplinkcheck/verify"
	"uplinkcheck/verify/standard"
	"uplinkcheck/verify/topology"
)

// SEP007: zones that must be physically separate share no switch, uplink or NIC.
var SEP007 = add(&verify.Check{
	ID:    "SEP-007",
	Title: "zones that must be physically separate share no switch, uplink or NIC",
	Doc: `Networks that were on cables of their own before virtualisation stay so: a network that is declared physical: true shares no switch, no uplink and no host
NIC with a network of another zone; an infrastructure network without a zone shares none with guests. Management is looked at by MGT-012. Move one of the
two to switches and NICs of its own, or take back the declaration.`,
	Cites:    []standard.Clause{standard.M5153, standard.Grundschutz("NET.1.1.A31", "E"), standard.Grundschutz("NET.1.1.A36", "E")},
	Severity: verify.High,
	Run: verify.Each(physicalNetworks, func(n *topology.Network) (v verify.Verdict) {
		judgePhysical(&v, n)
		return v
	}),
})

func physicalNetworks(f *topology.Fabric) (out []*topology.Network) {
	for _, n := range f.Networks {
		if n.Physical && n.Role != inventory.Management {
			out = append(out, n)
		}
	}
	return out
}
