package checks

import (
	"uplinkcheck/verify"
	"uplinkcheck/verify/standard"
	"uplinkcheck/verify/topology"
)

// SVC003: the gateway of each network is on two switches.
var SVC003 = add(&verify.Check{
	ID:    "SVC-003",
	Title: "the gateway of each network is on two switches",
	Doc: `Redundant uplinks are worth little if all that they lead to hangs on one switch. The places under gateway: of a network must be on two chassis with two control
planes, and the hosts must still reach one of them when any one switch is lost. A switch that is the gateway itself counts where it has a routed interface in
each VLAN of the network: so name both peers where both route, with VRRP or an anycast address. What is behind a port is not seen: an active and a
standby firewall count by their ports, and one firewall with two legs counts as two places. Layer 3 reachability was not assessed.`,
	Cites:    []standard.Clause{standard.M5153, standard.Grundschutz("NET.1.1.A28", "E")},
	Severity: verify.High,
	Run: verify.Each(allNetworks, func(n *topology.Network) (v verify.Verdict) {
		if len(n.Gateway) == 0 {
			v.NotApplicable("%s names no gateway: gateway: of the network has this judged", n.Name)
			return v
		}
		judgeLanding(&v, gatewayOf(n))
		judgeApproach(&v, gatewayOf(n))
		return v
	}),
})

func allNetworks(f *topology.Fabric) []*topology.Network { return f.Networks }
