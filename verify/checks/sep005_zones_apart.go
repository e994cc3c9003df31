package checks

import (
	"uplinkcheck/drivers/state"
	"uplinkcheck/verify"
	"uplinkcheck/verify/standard"
	"uplinkcheck/verify/topology"
)

// SEP005: no two protection zones are in one VLAN.
var SEP005 = add(&verify.Check{
	ID:    "SEP-005",
	Title: "no two protection zones are in one VLAN",
	Doc: `Guests of different protection requirement belong into different segments. Two networks that are declared with different zones and one VLAN number are
one network, unless they are in parts of the site that no cable connects: that is decided by following the cables, not by the number. Give one of the
two a VLAN of its own.`,
	Cites: []standard.Clause{standard.M5153, standard.Grundschutz("NET.1.1.A23", "S"), standard.Grundschutz("NET.1.1.A6", "B"),
		standard.Grundschutz("SYS.1.5.A15", "S"), standard.PCI("2.2.3")},
	Severity: verify.High,
	Run: verify.Each(zoned, func(n *topology.Network) (v verify.Verdict) {
		v.Pass(n.VLANFrom, "VLAN %s of %s is in zone %s only", n.VLANs, n.Name, n.Zone)
		for _, m := range n.Meetings() {
			if o := m.Network; o == nil || !n.VLANs.Has(m.VID) || o.Zone == "" || differ(n, o) != state.Yes || o.Zone == n.Zone {
				continue
			}
			judgeNamesake(&v, n, m)
		}
		return v
	}),
})

// judgeNamesake judges another network with a VLAN number of this one that must be kept from it.
func judgeNamesake(v *verify.Verdict, n *topology.Network, m topology.Meeting) {
	o := m.Network
	switch {
	case m.Answer == state.Yes:
		v.Fail(n.VLANFrom, "VLAN %d is both %s (zone %s) and %s (zone %s), and is one VLAN", m.VID, n.Name, n.Zone, o.Name, o.Zone).Also(o.VLANFrom).
			Fix("give %s or %s VLANs of its own", n.Name, o.Name)
	case m.Answer == state.No:
		v.Pass(n.VLANFrom, "VLAN %d of %s and of %s are not connected", m.VID, n.Name, o.Name).Also(o.VLANFrom)
	case !m.Located:
		v.Unknown("VLAN %d is both %s (zone %s) and %s (zone %s), and it is not known at which ports they are", m.VID, n.Name, n.Zone, o.Name, o.Zone).
			Missing("hosts: or clusters: that need %s and %s, and where they are connected", n.Name, o.Name)
	default:
		v.Unknown("VLAN %d is both %s (zone %s) and %s (zone %s), and whether they are connected is not known%s", m.VID, n.Name, n.Zone, o.Name, o.Zone, openAt(n, o)).
			Missing("the cables between the switches: LLDP, or links: in the inventory; and what is behind each port of %s and %s", n.Name, o.Name)
	}
	for _, x := range []*topology.Network{n, o} {
		if lost := x.Unplaced(); lost != "" && m.Answer != state.Yes {
			v.Unknown("%s may also be where %s is, of which not every uplink is mapped", x.Name, lost).Missing("settle RED-009 for %s first", lost)
		}
	}
}

// openAt names a place of each of two networks behind which anything may be.
func openAt(n, o *topology.Network) string {
	a, b := n.Doubts(), o.Doubts()
	if len(a) == 0 || len(b) == 0 {
		return ""
	}
	return ": " + a[0].Why + ", and " + b[0].Why
}
