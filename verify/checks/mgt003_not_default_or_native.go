package checks

import (
	"uplinkcheck/drivers/state"
	"uplinkcheck/inventory"
	"uplinkcheck/verify"
	"uplinkcheck/verify/standard"
	"uplinkcheck/verify/topology"
)

// MGT003: the management network is neither the default VLAN nor untagged beside guests.
var MGT003 = add(&verify.Check{
	ID:    "MGT-003",
	Title: "the management network is neither the default VLAN nor untagged beside guests",
	Doc: `VLAN 1 is where every unconfigured port is. And a management VLAN that travels untagged on a trunk with guest VLANs is one forgotten tag away from them.
Give management a VLAN of its own, tagged on every trunk that guests share.`,
	Cites:    []standard.Clause{standard.STIG("SRG-NET-000512-L2S-000010"), standard.STIG("CISC-L2-000240"), standard.STIG("ARST-L2-000200"), standard.Grundschutz("NET.1.1.A24", "S")},
	Severity: verify.High,
	Run: verify.Each(networksFor(inventory.Management), func(n *topology.Network) (v verify.Verdict) {
		if noIntent(&v, n) {
			return v
		}
		if n.VLANs.Has(1) {
			v.Fail(n.VLANFrom, "%s uses VLAN 1, the default VLAN", n.Name).Fix("move %s to another VLAN", n.Name)
		}
		for _, h := range n.Fabric.Hosts {
			if len(h.Uplinks) == 0 {
				v.Unknown("%s: not known which uplinks it has", h.Name).Missing("collect %s, or its uplinks: in the inventory", h.Name)
			}
		}
		hosts := map[*topology.Port]bool{}
		for _, u := range n.Fabric.Uplinks() {
			if p := portOf(&v, u); p != nil && vlanSettings(&v, p) != nil {
				hosts[p] = true
				judgeNative(&v, n, p)
			}
		}
		for _, x := range n.Reach() { // trunks between switches and towards gateways
			if !hosts[x.Port] && x.Port.Bridge != nil && x.Settings.Answer != state.No {
				judgeNative(&v, n, x.Port)
			}
		}
		return v
	}),
})

func judgeNative(v *verify.Verdict, n *topology.Network, p *topology.Port) {
	guests, declared := n.Fabric.DeclaredFor(inventory.Guest), n.Fabric.Declared()
	pvid, members := p.Bridge.PVID, p.Bridge.Members
	switch {
	case !pvid.Known():
		v.Unknown("%s: untagged VLAN not reported", p).Missing("the untagged (native) VLAN of %s", p)
	case !n.VLANs.Has(pvid.Value):
		v.Pass(pvid.From, "%s: untagged VLAN %s is not %s", p, pvidOf(p), n.Name)
	case !members.Known():
		v.Unknown("%s: VLANs beside the untagged one not reported", p).Missing("the VLANs that %s forwards now", p)
	case !members.Value.Intersect(guests).Empty():
		v.Fail(pvid.From, "%s carries %s (VLAN %d) untagged beside guest VLAN %s", p, n.Name, pvid.Value, members.Value.Intersect(guests)).
			Also(members.From).Fix("tag VLAN %d at both ends of %s", pvid.Value, p)
	case !members.Value.Minus(declared).Empty():
		v.Unknown("%s carries %s (VLAN %d) untagged beside VLAN %s, of which nobody said what it is for", p, n.Name, pvid.Value, members.Value.Minus(declared)).
			Missing("networks: in the inventory: what VLAN %s is for", members.Value.Minus(declared))
	default:
		v.Pass(pvid.From, "%s carries %s untagged, without guests beside it", p, n.Name).Also(members.From)
	}
}
