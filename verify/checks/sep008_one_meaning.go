package checks

import (
	"strings"

	"uplinkcheck/drivers/state"
	"uplinkcheck/verify"
	"uplinkcheck/verify/standard"
	"uplinkcheck/verify/topology"
)

// SEP008: one VLAN id has one meaning within a broadcast domain.
var SEP008 = add(&verify.Check{
	ID:    "SEP-008",
	Title: "one VLAN id has one meaning within a broadcast domain",
	Doc: `A VLAN number that two networks of the inventory use, or that two connected switches call by different names, is read differently by the people who run
it: sooner or later something is plugged into the wrong network. The same number in parts of the site that no cable connects is fine: that is decided by
following the cables. Names that only repeat the number (VLAN0010) say nothing and are left out, as are case and punctuation. Open vSwitch, Linux
bridges, Cumulus and IOS XR have no names, and SONiC only a description where somebody wrote one: what they do not say is not missing.`,
	Cites:    []standard.Clause{standard.Grundschutz("NET.1.1.A2", "B"), standard.Grundschutz("NET.1.1.A22", "S")},
	Severity: verify.Medium,
	Run: verify.Each(networks, func(n *topology.Network) (v verify.Verdict) {
		v.Pass(n.VLANFrom, "VLAN %s means %s only", n.VLANs, n.Name)
		for _, m := range n.Meetings() {
			o := m.Network
			switch {
			case o == nil || !n.VLANs.Has(m.VID):
			case m.Answer == state.Yes:
				v.Warn(n.VLANFrom, "VLAN %d is both %s and %s, and is one VLAN", m.VID, n.Name, o.Name).Also(o.VLANFrom).
					Fix("give %s or %s VLANs of its own, or declare them as one network", n.Name, o.Name)
			case m.Answer == state.Unknown && !m.Located:
				v.Unknown("VLAN %d is both %s and %s, and it is not known at which ports they are", m.VID, n.Name, o.Name).
					Missing("hosts: or clusters: that need %s and %s, and where they are connected", n.Name, o.Name)
			case m.Answer == state.Unknown:
				v.Unknown("VLAN %d is both %s and %s, and whether they are connected is not known%s", m.VID, n.Name, o.Name, openAt(n, o)).
					Missing("the cables between the switches: LLDP, or links: in the inventory; and what is behind each port of %s and %s", n.Name, o.Name)
			default:
				v.Pass(n.VLANFrom, "VLAN %d of %s and of %s are not connected", m.VID, n.Name, o.Name).Also(o.VLANFrom)
			}
		}
		judgeNames(&v, n)
		return v
	}),
})

func networks(f *topology.Fabric) []*topology.Network { return f.Networks }

// judgeNames compares what the switches call the network's VLANs, where they are connected.
func judgeNames(v *verify.Verdict, n *topology.Network) {
	for vid := range n.VLANs.All() {
		called := n.Fabric.VLANNames(vid)
		for i, x := range called {
			for _, y := range called[:i] {
				judgeTwoNames(v, n, vid, y, x)
			}
		}
		for _, s := range n.Unnamed(vid) {
			v.Unknown("%s did not report what it calls VLAN %d of %s", s.Name, vid, n.Name).Missing("the VLAN names of %s", s.Name)
			return
		}
	}
}

func judgeTwoNames(v *verify.Verdict, n *topology.Network, vid state.VID, x, y topology.VLANName) {
	a, b := topology.Spot{Switch: x.Switch, VID: vid}, topology.Spot{Switch: y.Switch, VID: vid}
	if !n.MayBeAt(a) && !n.MayBeAt(b) {
		return
	}
	switch n.Fabric.Domains().Joined(a, b) {
	case state.Yes:
		v.Warn(x.Name.From, "VLAN %d of %s is called %q on %s and %q on %s, which are connected", vid, n.Name, strings.TrimSpace(x.Name.Value), x.Switch.Name, strings.TrimSpace(y.Name.Value), y.Switch.Name).
			Also(y.Name.From).Fix("give VLAN %d one name on %s and %s", vid, x.Switch.Name, y.Switch.Name)
	case state.Unknown:
		v.Unknown("VLAN %d of %s is called %q on %s and %q on %s, and whether they are connected is not known", vid, n.Name, strings.TrimSpace(x.Name.Value), x.Switch.Name, strings.TrimSpace(y.Name.Value), y.Switch.Name).
			Missing("the cables between %s and %s: LLDP, or links: in the inventory", x.Switch.Name, y.Switch.Name)
	}
}
