package checks

import (
	"fmt"

	"uplinkcheck/drivers/state"
	"uplinkcheck/verify"
	"uplinkcheck/verify/standard"
	"uplinkcheck/verify/topology"
)

// VLN018: a network keeps its VLAN number from end to end.
var VLN018 = add(&verify.Check{
	ID:    "VLN-018",
	Title: "a network keeps its VLAN number from end to end",
	Doc: `A VLAN that goes on under another number behind a cable, or whose frames get a second tag on the way (Q-in-Q), is not what the plan says: who filters or
isolates it by its number does so in one half only. Looked at are both ends of every cable of the network's broadcast domain, and the mode of every
port in its VLANs. Tables that translate tags and the VXLAN numbers of a VLAN are reported by no platform here yet: what passes is that no port setting
changes the number. A network that is meant to have two numbers is declared with both, or with joined_with:.`,
	Cites:    []standard.Clause{standard.Grundschutz("NET.1.1.A24", "S")},
	Severity: verify.High,
	Run: verify.Each(networks, func(n *topology.Network) (v verify.Verdict) {
		if !judgePlaced(&v, n) {
			return v
		}
		for _, m := range joins(n) {
			judgeTurn(&v, n, m)
		}
		for _, x := range n.Doubts() {
			v.Unknown("VLAN %s of %s may go on under another number: %s", x.VIDs.Intersect(n.VLANs), n.Name, x.Why).Missing("%s", x.Missing)
		}
		tunnels, vague := n.Fabric.Tunnels()
		for _, p := range tunnels {
			judgeTunnel(&v, n, p)
		}
		for _, p := range vague {
			if vids, in := inNetwork(n, p); in != state.No {
				v.Unknown("%s is in VLAN %s of %s, and whether it adds a tag was not reported", p, vids, n.Name).Missing("the mode of %s", p)
				break
			}
		}
		for _, s := range n.Seeds() {
			if !s.Listed.BridgePorts.Known() {
				v.Unknown("%s did not list its ports with VLANs in full", s.Name).Missing("the VLAN settings of %s", s.Name)
				continue
			}
			v.Pass(s.Listed.BridgePorts, "%s: no port setting changes the number of VLAN %s of %s", s.Name, n.VLANs, n.Name)
		}
		return v
	}),
})

func judgeTurn(v *verify.Verdict, n *topology.Network, m topology.Meeting) {
	if m.Network != nil && m.Network.Role == n.Role && differ(n, m.Network) == state.No {
		return
	}
	seam, lines := turning(m.Path), evidence(m.Path)
	what := fmt.Sprintf("%s goes on as VLAN %d%s", n.Name, m.VID, overPath(m.Path))
	if m.Answer != state.Yes {
		v.Unknown("%s may go on as VLAN %d%s: %s", n.Name, m.VID, overPath(m.Path), doubtOf(m.Path)).
			Missing("what joins them, if anything does: look at the ports, or declare what is behind them")
		return
	}
	v.Fail(first(lines), "%s", what).Also(lines...).Fix("%s", partingOf(seam))
}

func judgeTunnel(v *verify.Verdict, n *topology.Network, p *topology.Port) {
	vids, in := inNetwork(n, p)
	switch in {
	case state.Yes:
		v.Fail(p.Bridge.Mode.From, "%s is in VLAN %s of %s and adds a second tag (Q-in-Q)", p, vids, n.Name).Also(p.Bridge.Members.From).
			Fix("make %s an access or trunk port, or take it out of VLAN %s", p, vids)
	case state.Unknown:
		v.Unknown("%s adds a second tag (Q-in-Q) and may be in VLAN %s of %s", p, vids, n.Name).
			Missing("the VLANs of %s, and the cables between the switches", p)
	}
}

// inNetwork answers whether a port is in a VLAN of the network, and names the VLANs.
func inNetwork(n *topology.Network, p *topology.Port) (vids state.VIDSet, in state.Tri) {
	sure, may := p.Passing()
	vids, in = may.Intersect(n.VLANs), state.No
	for vid := range vids.All() {
		answer := n.Bridged(p.Switch, vid)
		if answer == state.Yes && !sure.Has(vid) {
			answer = state.Unknown
		}
		if in = in.Or(answer); in == state.Yes {
			break
		}
	}
	return vids, in
}
