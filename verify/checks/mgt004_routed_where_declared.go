package checks

import (
	"slices"

	"uplinkcheck/drivers/capture"
	"uplinkcheck/drivers/state"
	"uplinkcheck/inventory"
	"uplinkcheck/verify"
	"uplinkcheck/verify/standard"
	"uplinkcheck/verify/topology"
)

// MGT004: the management network is routed only where that is declared.
var MGT004 = add(&verify.Check{
	ID:    "MGT-004",
	Title: "the management network is routed only where that is declared",
	Doc: `A switch with an address in the management network and in others routes between them, past the firewall. That may be so only on devices named under
gateway:, and there not in a routing instance that guests share. An interface that is down, has no address, or is alone in its instance (the switch's own
address) routes nothing. The same gateway on each leaf (anycast) is one gateway: name each leaf. Take the address away, or declare the device. What routers
beyond the switches of the inventory do was not assessed.`,
	Cites:    []standard.Clause{standard.Grundschutz("NET.1.1.A21", "S"), standard.Grundschutz("SYS.1.5.A5", "B")},
	Severity: verify.Critical,
	Run: verify.Each(networksFor(inventory.Management), func(n *topology.Network) (v verify.Verdict) {
		if noIntent(&v, n) {
			return v
		}
		from := eachRouted(&v, n, func(r topology.RoutedVLAN, c topology.Carriage) { judgeRouted(&v, n, r, c) })
		if v.Outcome() == verify.NotApplicable && len(from) > 0 {
			v.Pass(from[0], "no switch has an interface of its own that routes VLAN %s of %s; layer 3 reachability beyond the switches was not assessed", n.VLANs, n.Name).Also(from...)
		}
		return v
	}),
})

// eachRouted hands each interface of a switch that may be in the network to judge, with whether it routes, and says unknown where such
// an interface may be hidden. It returns the lists of the switches where the network is.
func eachRouted(v *verify.Verdict, n *topology.Network, judge func(topology.RoutedVLAN, topology.Carriage)) (lists []capture.Span) {
	for vid := range n.VLANs.All() {
		for _, r := range n.Fabric.RoutedIn(vid) {
			c := r.Routes()
			switch here := n.Bridged(r.Switch, vid); {
			case here == state.No:
			case here == state.Yes || c.Answer == state.No:
				judge(r, c)
			default:
				v.Unknown("%s is in VLAN %d, and whether that is %s is not known", r, vid, n.Name).
					Missing("the cables between the switches: LLDP, or links: in the inventory")
			}
		}
	}
	adrift, silent := n.Fabric.RoutedSomewhere()
	for _, r := range adrift {
		if r.Routes().Answer != state.No && mayCarry(n, r.Switch) {
			v.Unknown("%s may be in %s: its VLAN was not reported", r, n.Name).Missing("the VLAN of %s", r)
		}
	}
	for _, s := range silent {
		if mayCarry(n, s) {
			v.Unknown("%s did not list its routed interfaces in full: it may route %s", s.Name, n.Name).Missing("the routed interfaces of %s", s.Name)
		}
	}
	for _, d := range n.Fabric.Devices {
		if d.Switch == nil && d.Host == nil {
			why, missing := d.Absent()
			v.Unknown("%s: it may route %s", why, n.Name).Missing("%s", missing)
		}
	}
	for _, s := range n.Fabric.Switches {
		if len(lists) < 8 && s.Listed.SVIs.Known() && mayCarry(n, s) {
			lists = append(lists, s.Listed.SVIs)
		}
	}
	if len(n.Fabric.Switches) == 0 {
		v.Unknown("no switch is known").Missing("switches: in the inventory")
	}
	return lists
}

// mayCarry reports whether one of the network's VLANs on the switch may be the network.
func mayCarry(n *topology.Network, s *topology.Switch) bool {
	for vid := range n.VLANs.All() {
		if n.Bridged(s, vid) != state.No {
			return true
		}
	}
	return false
}

func judgeRouted(v *verify.Verdict, n *topology.Network, r topology.RoutedVLAN, c topology.Carriage) {
	switch declared := slices.Contains(n.GatewaySwitches(), r.Switch); {
	case c.Answer == state.No:
		v.Pass(c.Evidence(), "%s does not route %s: %s", r, n.Name, c.Why)
	case c.Answer == state.Unknown:
		v.Unknown("whether %s routes %s is not known: %s", r, n.Name, c.Why).Missing("the address, state and routing instance of %s and of its neighbours there", r)
	case declared:
		judgeInstance(v, n, r, c)
	case len(n.Gateway) == 0:
		v.Warn(c.Evidence(), "%s routes %s, of which nobody said where it may be routed", r, n.Name).Also(c.From...).Also(n.From).
			Fix("name %s under gateway: of %s if it may, or take the address of %s away", r.Switch.Name, n.Name, r)
	default:
		v.Fail(c.Evidence(), "%s routes %s, and %s is not among its gateways", r, n.Name, r.Switch.Name).Also(c.From...).Also(n.From).
			Fix("take the address of %s away, or name %s under gateway: of %s", r, r.Switch.Name, n.Name)
	}
}

// judgeInstance looks for guests in the routing instance of a declared gateway.
func judgeInstance(v *verify.Verdict, n *topology.Network, r topology.RoutedVLAN, c topology.Carriage) {
	clean := true
	for i := range r.Switch.SVIs {
		o := topology.RoutedVLAN{Switch: r.Switch, SVI: &r.Switch.SVIs[i]}
		guests := guestsIn(n.Fabric, o)
		routes := o.Routes()
		together := r.SharesInstance(o).And(routes.Answer)
		switch {
		case guests == nil && o.VID.Known() || together == state.No:
		case together == state.Yes && o.VID.Known():
			clean = false
			v.Fail(c.Evidence(), "%s of %s and %s of %s are in one routing instance (%s)", r, n.Name, o, guests.Name, r.VRF.Value).
				Also(r.VRF.From, o.VRF.From).Also(routes.From...).
				Fix("put %s into a routing instance of its own, and a packet filter between", r)
		default:
			clean = false
			v.Unknown("not known whether %s shares a routing instance with guests at %s", r, o).Missing("the routing instance, VLAN, address and state of %s and %s", r, o)
		}
	}
	if !r.Switch.Listed.SVIs.Known() {
		clean = false // said already
	}
	if clean {
		v.Pass(c.Evidence(), "%s routes %s, as declared, and no guests share its routing instance there; layer 3 reachability beyond it was not assessed", r, n.Name).
			Also(c.From...).Also(n.From)
	}
}

// guestsIn returns the guest network that a routed interface is in, nil when it is in none.
func guestsIn(f *topology.Fabric, r topology.RoutedVLAN) *topology.Network {
	if !r.VID.Known() {
		return nil
	}
	for _, o := range f.NetworksOf(r.VID.Value) {
		if o.Role == inventory.Guest && o.Bridged(r.Switch, r.VID.Value) != state.No {
			return o
		}
	}
	return nil
}
