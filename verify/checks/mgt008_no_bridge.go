package checks

import (
	"fmt"
	"slices"
	"strings"

	"uplinkcheck/drivers/capture"
	"uplinkcheck/drivers/state"
	"uplinkcheck/inventory"
	"uplinkcheck/verify"
	"uplinkcheck/verify/standard"
	"uplinkcheck/verify/topology"
)

// MGT008: nothing bridges the management network with another.
var MGT008 = add(&verify.Check{
	ID:    "MGT-008",
	Title: "nothing bridges the management network with another",
	Doc: `One machine with a leg in the management network and one in another opens it, if it bridges. Three signs are looked for: a cable or a bridge of a host that
joins the VLANs themselves, and a station's address that switches learned in a management VLAN and in another one behind one host. The host's own
addresses do not count, since VLAN interfaces of one bond share one, nor those that routers share (VRRP, HSRP). A firewall or a backup server that is meant
to have legs in both is declared by joined_with: of the two networks. Whether a router lets somebody in was not assessed.`,
	Cites:    []standard.Clause{standard.Grundschutz("NET.1.1.A21", "S"), standard.Grundschutz("NET.1.1.A23", "S"), standard.Grundschutz("SYS.1.5.A4", "B")},
	Severity: verify.Critical,
	Run: verify.Each(networksFor(inventory.Management), func(n *topology.Network) (v verify.Verdict) {
		if noIntent(&v, n) || !judgePlaced(&v, n) {
			return v
		}
		judgeJoins(&v, n)
		openWith(&v, n)
		for _, h := range n.Fabric.Hosts {
			if slices.ContainsFunc(h.Required, func(r *topology.Role) bool { return r.Network == n }) {
				judgeBehind(&v, n, h)
			}
		}
		if v.Outcome() == verify.NotApplicable {
			v.Unknown("no host with a leg in %s is known", n.Name).Missing("hosts: or clusters: that need %s", n.Name)
		}
		return v
	}),
})

// judgeBehind looks for stations behind a host that are in the management network and in another.
func judgeBehind(v *verify.Verdict, n *topology.Network, h *topology.Host) {
	if !h.Listed.Uses.Known() {
		v.Unknown("%s did not report its bridges and what its guests use: they may join %s with another network", h.Name, n.Name).
			Missing("log in to %s with a source that reports port groups or bridge ports (source: linux)", h.Name)
	}
	for _, u := range h.Uplinks {
		if p := u.Mapped(); p != nil && !p.Switch.Listed.MACs.Known() {
			v.Unknown("%s did not list the addresses it learned behind %s", p.Switch.Name, h.Name).Missing("the forwarding table of %s", p.Switch.Name)
		} else if p != nil {
			v.Pass(p.Switch.Listed.MACs, "%s: no address of a station was learned in %s and in another network", h.Name, n.Name).Also(h.Listed.Uses)
		}
	}
	learned := h.LearnedAt()
	here := map[state.MAC]topology.Learned{}
	for _, x := range learned {
		if old, found := here[x.MAC]; n.VLANs.Has(x.VID) && (!found || old.Perhaps) {
			here[x.MAC] = x
		}
	}
	for _, x := range learned {
		if at, both := here[x.MAC]; both && !n.VLANs.Has(x.VID) && n.Fabric.Owner(x.MAC) == "" {
			judgeBothLegs(v, n, h, at, x)
		}
	}
}

func judgeBothLegs(v *verify.Verdict, n *topology.Network, h *topology.Host, at, other topology.Learned) {
	must, names := state.No, []string{}
	for _, o := range n.Fabric.MeantAt(topology.Spot{Switch: other.Port.Switch, VID: other.VID}) {
		must, names = must.Or(differ(n, o)), append(names, o.Name)
	}
	where := fmt.Sprintf("VLAN %d", other.VID)
	if len(names) > 0 {
		where += " (" + strings.Join(names, ", ") + ")"
	} else {
		must = state.Unknown
	}
	what := fmt.Sprintf("%s behind %s is in VLAN %d (%s) at %s and in %s at %s", at.MAC, h.Name, at.VID, n.Name, at.Port, where, other.Port)
	lines := []capture.Span{other.From}
	switch {
	case must == state.No:
	case at.Perhaps || other.Perhaps:
		v.Unknown("%s, unless a switch did not learn it", what).Missing("whether %s was learned: the kinds of entries in the forwarding table", at.MAC)
	case !h.Addressed():
		v.Unknown("%s, and whether it is %s's own was not reported", what, h.Name).Missing("the addresses of the interfaces of %s: log in to it (source: linux)", h.Name)
	case must == state.Unknown:
		v.Warn(at.From, "%s, of which nobody said whether it may be", what).Also(lines...).
			Fix("find out what %s is, and declare VLAN %d under networks:", at.MAC, other.VID)
	default:
		v.Fail(at.From, "%s: it has a leg in both", what).Also(lines...).
			Fix("take %s out of one of the two, or say joined_with: for %s where it is meant to be in both", at.MAC, n.Name)
	}
}
