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
		guests := state.VIDSet{}
		for _, o := range n.Fabric.Networks {
			if o.Role == inventory.Guest {
				guests = guests.Union(o.VLANs)
			}
		}
		for _, h := range n.Fabric.Hosts {
			if len(h.Uplinks) == 0 {
				v.Unknown("no uplink of %s is known", h.Name).Missing("the uplinks of %s: a source that reads them, or uplinks: in the inventory", h.Name)
			}
			for _, u := range h.Uplinks {
				judgeNative(&v, n, u, guests)
			}
		}
		return v
	}),
})

func judgeNative(v *verify.Verdict, n *topology.Network, u *topology.Uplink, guests state.VIDSet) {
	p := u.Mapped()
	switch {
	case p == nil:
		unmapped(v, u)
	case p.Bridge == nil || !p.Bridge.PVID.Known() || !p.Bridge.Members.Known():
		v.Unknown("%s: untagged VLAN not reported", p).Missing("the VLAN settings of %s", p)
	case !n.VLANs.Has(p.Bridge.PVID.Value):
		v.Pass(p.Bridge.PVID.From, "%s: untagged VLAN %s is not %s", p, pvid(p), n.Name)
	case !p.Bridge.Members.Value.Intersect(guests).Empty():
		v.Fail(p.Bridge.PVID.From, "%s carries %s (VLAN %d) untagged beside guest VLAN %s", p, n.Name, p.Bridge.PVID.Value, p.Bridge.Members.Value.Intersect(guests)).
			Fix("tag VLAN %d on %s and on %s", p.Bridge.PVID.Value, p, u.Host.Name)
	default:
		v.Pass(p.Bridge.PVID.From, "%s carries %s untagged, without guests beside it", p, n.Name)
	}
}
