package checks

import (
	"slices"

	"uplinkcheck/drivers/capture"
	"uplinkcheck/drivers/state"
	"uplinkcheck/verify"
	"uplinkcheck/verify/standard"
	"uplinkcheck/verify/topology"
)

// VLN012: the spanning tree lets the VLANs of a hypervisor through.
var VLN012 = add(&verify.Check{
	ID:    "VLN-012",
	Title: "the spanning tree lets the VLANs of a hypervisor through",
	Doc: `A port towards a hypervisor that the spanning tree blocks, or holds inconsistent, takes no frames of the VLAN. Where no other uplink forwards it, the network is
down; where one does, it hangs on that one. A port that is no edge port (PortFast) makes a host wait for half a minute whenever its link comes up: it warns,
where the device reports it. A host with a guest that bridges must not be an edge port with BPDU guard: accept the warning by a waiver.`,
	Cites:    []standard.Clause{standard.VMware("Securing physical switch ports")},
	Severity: verify.High,
	Run: verify.Each((*topology.Fabric).Uplinks, func(u *topology.Uplink) (v verify.Verdict) {
		p := portOf(&v, u)
		if p == nil || down(&v, p) || vlanSettings(&v, p) == nil {
			return v
		}
		tree := p.Tree()
		if capture.Is(tree.Edge, false) {
			v.Warn(tree.Edge.From, "%s, towards %s, is no edge port of the spanning tree", p, u).
				Fix("make %s an edge port (PortFast), unless a guest of %s bridges", p, u.Host.Name)
		}
		judgeTree(&v, u, p, tree)
		return v
	}),
})

// judgeTree asks of the VLANs that the uplink needs whether they are blocked, and then whether another uplink has them.
func judgeTree(v *verify.Verdict, u *topology.Uplink, p *topology.Port, tree topology.Tree) {
	need := needed(u)
	wanted := need.vids
	for _, r := range need.loose {
		wanted = wanted.Union(r.Network.VLANs)
	}
	if wanted.Empty() {
		v.NotApplicable("%s: no network is declared or seen on it", u)
		return
	}
	held := wanted.Intersect(tree.Blocked)
	open := tree.Open(wanted)
	if !open.Empty() {
		v.Unknown("%s: not reported whether the spanning tree forwards VLAN %s on %s", u, open, p).Missing("the spanning tree state of %s", p)
	}
	if held.Empty() {
		if open.Empty() {
			v.Pass(first(append(tree.Passed, tree.Rest)), "the spanning tree forwards VLAN %s on %s", wanted, p)
		}
		return
	}
	const mend = "find out why the spanning tree blocks VLAN %s on %s: a loop behind it, or a guard"
	lost, perhaps := withoutOther(u, held)
	if !lost.Empty() {
		v.Fail(first(tree.Held), "the spanning tree blocks VLAN %s%s on %s, and no other uplink of %s carries it", lost, namesOf(u.Host.Fabric, lost), p, u.Host.Name).
			Also(tree.Held...).Fix(mend, lost, p)
		worse(v, need, lost)
	}
	if !perhaps.Empty() {
		v.Unknown("the spanning tree blocks VLAN %s on %s, and not known is whether another uplink of %s carries it", perhaps, p, u.Host.Name).
			Missing("where the other uplinks of %s end, and the VLAN settings and spanning tree state there", u.Host.Name)
	}
	v.Warn(first(tree.Held), "the spanning tree blocks VLAN %s%s on %s", held, namesOf(u.Host.Fabric, held), p).Also(tree.Held...).Fix(mend, held, p)
}

// withoutOther returns which of the VLANs no other uplink of the host carries, and of which that is not known.
func withoutOther(u *topology.Uplink, vids state.VIDSet) (lost, open state.VIDSet) {
	var no, unknown []state.VID
	for vid := range vids.All() {
		switch elsewhereCarried(u, vid) {
		case state.No:
			no = append(no, vid)
		case state.Unknown:
			unknown = append(unknown, vid)
		}
	}
	return state.VIDs(no...), state.VIDs(unknown...)
}

// elsewhereCarried answers whether another uplink of the host that may carry the VLAN does.
func elsewhereCarried(u *topology.Uplink, vid state.VID) state.Tri {
	answer := state.No
	for _, other := range u.Host.Uplinks {
		if other != u && (mates(u, other) || shareRole(u, other, vid)) {
			answer = answer.Or(other.Passes(vid))
		}
	}
	if answer == state.No && !u.Host.ListsNICs() {
		return state.Unknown
	}
	return answer
}

func mates(u, other *topology.Uplink) bool { return u.Team != nil && u.Team == other.Team }

// shareRole reports whether a network with the VLAN may use both uplinks.
func shareRole(u, other *topology.Uplink, vid state.VID) bool {
	return slices.ContainsFunc(u.Host.Required, func(r *topology.Role) bool {
		return r.Network.VLANs.Has(vid) && slices.Contains(r.In(vid), u) && slices.Contains(r.In(vid), other)
	})
}
