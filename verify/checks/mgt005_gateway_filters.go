package checks

import (
	"uplinkcheck/drivers/capture"
	"uplinkcheck/drivers/state"
	"uplinkcheck/inventory"
	"uplinkcheck/verify"
	"uplinkcheck/verify/standard"
	"uplinkcheck/verify/topology"
)

// MGT005: what routes the management network filters.
var MGT005 = add(&verify.Check{
	ID:    "MGT-005",
	Title: "what routes the management network filters",
	Doc: `A router into the management network must let in only those who administer it. A switch that routes it without a packet filter on that interface warns; one of
which the filters were not read is unknown. Where only a declared device outside of the switches routes it (a firewall), its place is what is held against the
inventory. The rules of a filter are not judged here: that there is one says nothing about whom it lets in, so layer 3 reachability was not assessed.`,
	Cites:    []standard.Clause{standard.Grundschutz("NET.1.1.A21", "S"), standard.Grundschutz("NET.3.1.A4", "B"), standard.Grundschutz("NET.3.1.A18", "S")},
	Severity: verify.High,
	Run: verify.Each(networksFor(inventory.Management), func(n *topology.Network) (v verify.Verdict) {
		if noIntent(&v, n) {
			return v
		}
		eachRouted(&v, n, func(r topology.RoutedVLAN, c topology.Carriage) { judgeFilter(&v, n, r, c) })
		if v.Outcome() == verify.NotApplicable {
			judgeOutside(&v, n)
		}
		return v
	}),
})

func judgeFilter(v *verify.Verdict, n *topology.Network, r topology.RoutedVLAN, c topology.Carriage) {
	switch {
	case c.Answer == state.No:
	case c.Answer == state.Unknown:
		v.Unknown("whether %s routes %s is not known: %s", r, n.Name, c.Why).Missing("settle MGT-004 for %s first", n.Name)
	case capture.Is(r.Filtered, true):
		v.Pass(r.Filtered.From, "%s, which routes %s, has a packet filter; its rules were not judged", r, n.Name)
	case r.Filtered.Known():
		v.Warn(r.Filtered.From, "%s routes %s without a packet filter", r, n.Name).Also(c.From...).
			Fix("put a packet filter on what arrives at %s, or let a firewall route %s", r, n.Name)
	default:
		v.Unknown("%s routes %s, and whether a packet filter is there was not reported", r, n.Name).
			Missing("the packet filter on what arrives at %s: look at its configuration", r)
	}
}

// judgeOutside judges a network that no switch routes by where its declared gateway is.
func judgeOutside(v *verify.Verdict, n *topology.Network) {
	ports := n.GatewayPorts()
	name := unlocated(n)
	switch {
	case len(n.Gateway) == 0:
		v.NotApplicable("no switch routes %s and no gateway is declared", n.Name)
	case name != "" && len(ports) == 0:
		v.Unknown("%s is routed by %s, which was not found at any port", n.Name, name).
			Missing("where %s is: name it as SWITCH/PORT under gateway:, or its cable under links:", name)
	case len(ports) == 0:
		v.NotApplicable("no switch routes %s", n.Name)
	default:
		v.Pass(n.From, "%s is routed only behind %s, where its gateway is declared; what that lets through was not judged", n.Name, ports[0])
	}
}
