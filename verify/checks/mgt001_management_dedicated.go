package checks

import (
	"slices"

	"uplinkcheck/drivers/state"
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
lets somebody in was not assessed. The same VLAN number in a part of the site that is known not to be connected is another VLAN.`,
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
	here := n.Area()
	for _, o := range n.Fabric.Networks {
		judgeOverlap(v, n, o, here)
	}
	for _, h := range n.Fabric.Hosts {
		judgeGuests(v, n, h, here)
	}
	if len(n.Fabric.Hosts) == 0 {
		v.Unknown("no host is known").Missing("hosts: in the inventory")
	}
}

// judgeOverlap looks for another purpose declared for the same VLANs. The same number in parts of the site that are known not
// to be connected is two VLANs.
func judgeOverlap(v *verify.Verdict, n, o *topology.Network, here *topology.Area) {
	shared := o.VLANs.Intersect(n.VLANs)
	if o.Role == n.Role || shared.Empty() {
		return
	}
	if o.Role == "" {
		v.Unknown("VLAN %s is both %s (%s) and %s, of which nobody said what it is for", shared, n.Name, n.Role, o.Name).
			Missing("role: of %s in the inventory", o.Name)
		return
	}
	switch here.ApartFrom(o.Area(), shared) {
	case state.No:
		v.Fail(o.VLANFrom, "VLAN %s is both %s (%s) and %s (%s)", shared, n.Name, n.Role, o.Name, o.Role).Also(n.VLANFrom).
			Fix("give %s VLANs of its own", o.Name)
	case state.Unknown:
		v.Unknown("VLAN %s is both %s (%s) and %s (%s), and whether they are connected is not known", shared, n.Name, n.Role, o.Name, o.Role).
			Missing("what is behind each port of %s: see MGT-002 and SEP-003", n.Name)
	default:
		v.Pass(o.VLANFrom, "VLAN %s of %s and of %s are not connected", shared, n.Name, o.Name).Also(n.VLANFrom)
	}
}

// judgeGuests looks for guests of one host in the network's VLANs.
func judgeGuests(v *verify.Verdict, n *topology.Network, h *topology.Host, here *topology.Area) {
	guests := 0
	for i := range h.Uses {
		u := &h.Uses[i]
		if u.Kind != inventory.GuestPort && !u.Guest {
			continue
		}
		vids := sends(v, h, u)
		shared := vids.Intersect(n.VLANs)
		if shared.Empty() {
			continue
		}
		guests++
		if slices.Contains(n.Stations, u.Name) {
			v.Pass(u.From, "%s: %s is declared as a station of %s", h.Name, u.Name, n.Name)
			continue
		}
		judgeIntruder(v, n, h, u, shared, here)
	}
	switch listed := h.Listed.Uses; {
	case !listed.Known():
		v.Unknown("%s did not report what its guests use", h.Name).
			Missing("log in to %s with a source that reports port groups or bridge ports (source: linux)", h.Name)
	case guests == 0:
		v.Pass(listed, "%s: no guest port uses %s", h.Name, n.Name)
	}
}

// judgeIntruder judges a guest's port in VLANs that have numbers of the network's.
func judgeIntruder(v *verify.Verdict, n *topology.Network, h *topology.Host, u *inventory.Use, shared state.VIDSet, here *topology.Area) {
	switch apart := usesApart(h, u, shared, here); {
	case apart == state.Yes:
		v.Pass(u.From, "%s: guest port %s is in VLAN %s, which is not connected with that of %s", h.Name, u.Name, shared, n.Name)
	case apart == state.Unknown:
		v.Unknown("%s: guest port %s is in VLAN %s, and whether that is connected with %s is not known", h.Name, u.Name, shared, n.Name).
			Missing("what is behind each port of %s: see MGT-002 and SEP-003", n.Name)
	case u.Kind == inventory.TrunkPort:
		v.Warn(u.From, "%s: guest port %s may tag VLAN %s of %s (%s): nobody narrowed its VLANs", h.Name, u.Name, shared, n.Name, n.Role).Also(n.VLANFrom).
			Fix("give %s of %s only the VLANs that it needs", u.Name, h.Name)
	default:
		v.Fail(u.From, "%s: guest port %s is in VLAN %s of %s (%s)", h.Name, u.Name, shared, n.Name, n.Role).Also(n.VLANFrom).
			Fix("move %s of %s to a guest network, or name it under stations: of %s if it belongs there", u.Name, h.Name, n.Name)
	}
}

// sends returns the VLANs that the frames of a use are in once they have left the host: those of its tags, and for frames without
// one what the switch ports make of them. It says unknown where that was not reported.
func sends(v *verify.Verdict, h *topology.Host, u *inventory.Use) state.VIDSet {
	vids := u.VIDs
	if !u.Untagged {
		return vids
	}
	for _, up := range h.Uplinks {
		if up.NIC.Name != u.Over && up.NIC.Team != u.Over {
			continue
		}
		if p := up.Mapped(); p == nil || up.Confidence() < topology.Single || p.Bridge == nil || !p.Bridge.PVID.Known() {
			v.Unknown("%s: guest port %s sends untagged frames over %s, and which VLAN that is at the switch is not known", h.Name, u.Name, up.NIC.Name).
				Missing("where %s ends, and the untagged (native) VLAN of that port", up)
		} else {
			vids = vids.Union(state.VIDs(p.Bridge.PVID.Value))
		}
	}
	return vids
}

// usesApart answers whether the VLANs that a use sends are other ones than those of the network, though they have the same
// numbers: as every port says on which it may leave the host.
func usesApart(h *topology.Host, u *inventory.Use, shared state.VIDSet, here *topology.Area) state.Tri {
	answer, uplinks := state.Yes, 0
	for _, up := range h.Uplinks {
		if u.Over == "" || up.NIC.Name != u.Over && up.NIC.Team != u.Over {
			continue
		}
		uplinks++
		p := up.Mapped()
		if p == nil || up.Confidence() < topology.Single {
			return state.No
		}
		for vid := range shared.All() {
			if p.HasVLAN(vid).Answer != state.Yes {
				return state.No
			}
			answer = answer.And(here.Apart(p, vid))
		}
	}
	if uplinks == 0 {
		return state.No
	}
	return answer
}
