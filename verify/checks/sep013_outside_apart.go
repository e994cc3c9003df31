package checks

import (
	"slices"

	"uplinkcheck/drivers/state"
	"uplinkcheck/verify"
	"uplinkcheck/verify/standard"
	"uplinkcheck/verify/topology"
)

// SEP013: networks in front of the firewall share no cable with those behind it.
var SEP013 = add(&verify.Check{
	ID:    "SEP-013",
	Title: "networks in front of the firewall share no cable with those behind it",
	Doc: `A VLAN from the Internet on a trunk that also carries internal networks is one mistake away from them, whatever the firewall says. Networks that are declared
outside: true are followed to every port they reach: a port that carries one together with a network that is not outside fails, but for the firewall
itself (gateway: of the outside network, which sees both by design) and for networks named under shared_with:. Cables that the outside network needs
between the switches count too. Give it ports and cables of its own, or declare the decision.`,
	Cites:    []standard.Clause{standard.Grundschutz("NET.1.1.A4", "B"), standard.Grundschutz("NET.1.1.A24", "S")},
	Severity: verify.Critical,
	Run: verify.Each(outside, func(n *topology.Network) (v verify.Verdict) {
		for _, x := range n.Reach() {
			if x.Kind != topology.GatewayPlace {
				judgeBeside(&v, n, x)
			}
		}
		if v.Outcome() == verify.NotApplicable {
			v.Unknown("no port with VLAN %s of %s was found", n.VLANs, n.Name).Missing("the VLAN settings of the switches")
		}
		judgeSeen(&v, n)
		return v
	}),
})

func outside(f *topology.Fabric) (out []*topology.Network) {
	for _, n := range f.Networks {
		if n.Outside {
			out = append(out, n)
		}
	}
	return out
}

// judgeBeside looks for internal networks on a port that an outside network reaches.
func judgeBeside(v *verify.Verdict, n *topology.Network, x topology.Place) {
	sure, may := x.Port.Passing()
	if x.Carries == state.No || x.Bridged == state.No {
		return
	}
	for _, o := range n.Fabric.Networks {
		if o.Outside || o == n || slices.Contains(n.SharedWith, o.Name) || slices.Contains(o.SharedWith, n.Name) {
			continue
		}
		both := o.VLANs.Minus(n.VLANs).Intersect(may)
		if both.Empty() || !meant(o, x.Port.Switch, both) {
			continue
		}
		switch {
		case sure.Overlaps(both) && x.Carries == state.Yes && x.Bridged == state.Yes:
			v.Fail(first(x.From), "%s carries VLAN %d (%s, outside) beside VLAN %s (%s)", x.Port, x.VID, n.Name, both, o.Name).Also(x.From...).Also(o.From, n.From).
				Fix("give %s a cable of its own instead of %s, or name %s under shared_with: of %s", n.Name, x.Port, o.Name, n.Name)
		default:
			v.Unknown("%s may carry VLAN %d (%s, outside) beside VLAN %s (%s)", x.Port, x.VID, n.Name, both, o.Name).
				Missing("link, VLAN and spanning tree state of %s, and the cables between the switches", x.Port)
		}
	}
	if x.Carries == state.Yes {
		v.Pass(first(x.From), "%s carries VLAN %d (%s) beside no network behind the firewall but those it may share with", x.Port, x.VID, n.Name)
	} else {
		v.Unknown("%s may carry VLAN %d (%s): %s", x.Port, x.VID, n.Name, x.Settings.Why).Missing("link, VLAN and spanning tree state of %s", x.Port)
	}
}

// meant reports whether a network is at a switch in one of some VLANs, or may be.
func meant(o *topology.Network, s *topology.Switch, vids state.VIDSet) bool {
	for vid := range vids.All() {
		if o.Bridged(s, vid) != state.No {
			return true
		}
	}
	return false
}

// judgeSeen says unknown where a switch did not show which VLANs its ports have, or gave nothing.
func judgeSeen(v *verify.Verdict, n *topology.Network) {
	for _, s := range n.Fabric.Switches {
		if !s.Listed.BridgePorts.Known() {
			v.Unknown("%s did not list its ports with VLANs in full: %s may come out there", s.Name, n.Name).Missing("the VLAN settings of %s", s.Name)
		}
	}
	for _, d := range n.Fabric.Devices {
		if d.Switch == nil && d.Host == nil {
			why, missing := d.Absent()
			v.Unknown("%s: %s may come out there", why, n.Name).Missing("%s", missing)
		}
	}
}
