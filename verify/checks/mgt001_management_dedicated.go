package checks

import (
	"slices"

	"uplinkcheck/inventory"
	"uplinkcheck/verify"
	"uplinkcheck/verify/standard"
	"uplinkcheck/verify/topology"
)

// MGT001: the management network is used for nothing else.
var MGT001 = add(&verify.Check{
	ID:    "MGT-001",
	Title: "the management network is used for nothing else",
	Doc: `Whoever reaches the management network of the hypervisors reaches every machine on them. No guest port and no network of another purpose may use its
VLANs. Appliances that belong there, such as the virtualisation manager or a jump host, are named under stations:. This is about VLANs: whether a router
lets somebody in was not assessed.`,
	Cites: []standard.Clause{standard.M5153, standard.Grundschutz("SYS.1.5.A11", "S"), standard.Grundschutz("SYS.1.5.A9", "S"),
		standard.Grundschutz("NET.1.1.A21", "S"), standard.STIG("ESXI-80-000198"), standard.NIST("800-125B", "segmentation")},
	Severity: verify.Critical,
	Run: verify.Each(networksFor(inventory.Management), func(n *topology.Network) (v verify.Verdict) {
		judgeDedicated(&v, n)
		return v
	}),
})

// networksFor selects the declared networks of a role.
func networksFor(role inventory.Role) func(*topology.Fabric) []*topology.Network {
	return func(f *topology.Fabric) (out []*topology.Network) {
		for _, n := range f.Networks {
			if n.Role == role {
				out = append(out, n)
			}
		}
		if len(out) == 0 {
			out = append(out, undeclared(f, role))
		}
		return out
	}
}

// undeclared stands for a role of which the inventory names no network, so that the check does not fall silent.
func undeclared(f *topology.Fabric, role inventory.Role) *topology.Network {
	return &topology.Network{Network: &inventory.Network{Name: "(" + string(role) + ")", Role: role}, Fabric: f}
}

// noIntent notes that no network of the role is declared: not in use where others are, unknown where none is.
func noIntent(v *verify.Verdict, n *topology.Network) bool {
	if !n.VLANs.Empty() {
		return false
	}
	if len(n.Fabric.Networks) == 0 || n.Role == inventory.Management {
		v.Unknown("no network with role %s is declared", n.Role).Missing("networks: in the inventory: which VLANs are for %s", n.Role)
	} else {
		v.NotApplicable("no network with role %s is declared", n.Role)
	}
	return true
}

// judgeDedicated looks for anything of another purpose in the VLANs of an infrastructure network.
func judgeDedicated(v *verify.Verdict, n *topology.Network) {
	if noIntent(v, n) {
		return
	}
	for _, o := range n.Fabric.Networks {
		if shared := o.VLANs.Intersect(n.VLANs); o.Role != n.Role && !shared.Empty() {
			v.Fail(o.VLANFrom, "VLAN %s is both %s (%s) and %s (%s)", shared, n.Name, n.Role, o.Name, o.Role).Also(n.VLANFrom).
				Fix("give %s VLANs of its own", o.Name)
		}
	}
	for _, h := range n.Fabric.Hosts {
		guests := 0
		for i := range h.Uses {
			u := &h.Uses[i]
			if u.Kind != inventory.GuestPort || u.VIDs.Intersect(n.VLANs).Empty() {
				continue
			}
			guests++
			if slices.Contains(n.Stations, u.Name) {
				v.Pass(u.From, "%s: %s is declared as a station of %s", h.Name, u.Name, n.Name)
				continue
			}
			v.Fail(u.From, "%s: guest port %s is in VLAN %s of %s", h.Name, u.Name, u.VIDs.Intersect(n.VLANs), n.Name).
				Fix("move %s of %s to a guest network, or name it under stations: of %s if it belongs there", u.Name, h.Name, n.Name)
		}
		switch listed := h.Listed.Uses; {
		case !listed.Known():
			v.Unknown("%s did not report what its guests use", h.Name).
				Missing("log in to %s with a source that reports port groups or bridge ports (source: linux)", h.Name)
		case guests == 0:
			v.Pass(listed, "%s: no guest port uses %s", h.Name, n.Name)
		}
	}
	if len(n.Fabric.Hosts) == 0 {
		v.Unknown("no host is known").Missing("hosts: in the inventory")
	}
}
