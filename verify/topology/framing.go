package topology

import (
	"slices"

	"uplinkcheck/drivers/state"
	"uplinkcheck/inventory"
)

// Two ends of a link that do not agree which VLAN goes without a tag (IEEE Std 802.1Q-2022, 6.9) lose its frames, or put them into another.
// The checks VLN-005 and VLN-009 say so; what rests on such a VLAN there is not known to work.

// misframed are the VLANs that one end of the wire sends without a tag and the other does not take for the same.
func (w *wire) misframed() (out state.VIDSet) {
	if w.pa == nil || w.pz == nil || w.pa.Bridge == nil || w.pz.Bridge == nil {
		return out
	}
	for _, way := range [][2]*state.BridgePort{{w.pa.Bridge, w.pz.Bridge}, {w.pz.Bridge, w.pa.Bridge}} {
		if from, to := way[0], way[1]; from.Untagged.Known() && to.PVID.Known() {
			out = out.Union(from.Untagged.Value.Minus(state.VIDs(to.PVID.Value)))
		}
	}
	return out
}

// misframed are the VLANs that the host tags on the uplink and the port sends without a tag, or that the host is meant to send without a tag
// and the port takes for another.
func (u *Uplink) misframed() state.VIDSet {
	f := u.Host.Fabric
	f.sim.framesOnce.Do(f.compareFrames)
	return f.sim.misframed[u]
}

func (f *Fabric) compareFrames() {
	f.sim.misframed = map[*Uplink]state.VIDSet{}
	for _, u := range f.Uplinks() {
		if set := u.compareFrames(); !set.Empty() {
			f.sim.misframed[u] = set
		}
	}
}

func (u *Uplink) compareFrames() (out state.VIDSet) {
	p := u.Mapped()
	if p == nil || p.Bridge == nil {
		return out
	}
	b := p.Bridge
	for i := range u.Host.Uses {
		use := &u.Host.Uses[i]
		if over := use.Over != "" && (use.Over == u.NIC.Name || use.Over == u.NIC.Team); over && use.Kind != inventory.TrunkPort && b.Untagged.Known() {
			out = out.Union(use.VIDs.Intersect(b.Untagged.Value))
		}
	}
	for _, r := range u.Host.Required {
		if n := r.Network; n.Untagged && r.Assigned && b.PVID.Known() && slices.Contains(r.Uplinks, u) {
			out = out.Union(n.VLANs.Minus(state.VIDs(b.PVID.Value)))
		}
	}
	return out
}
