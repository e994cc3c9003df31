package topology

import (
	"slices"

	"uplinkcheck/drivers/state"
	"uplinkcheck/inventory"
)

// Two ends of a link that do not agree which VLAN goes without a tag (IEEE Std 802.1Q-2022, 6.9) lose its frames, or put them into another.
// The checks VLN-005 and VLN-009 say so; what rests on such a VLAN there is not known to work.

// bare are the VLANs that a port sends, or may send, without a tag.
func bare(b *state.BridgePort) state.VIDSet {
	switch {
	case b.Untagged.Known():
		return b.Untagged.Value
	case b.PVID.Known():
		return state.VIDs(b.PVID.Value)
	}
	return state.AllVIDs
}

// takes leaves out of a set the VLAN that a port takes frames without a tag to be.
func takes(b *state.BridgePort, set state.VIDSet) state.VIDSet {
	if b.PVID.Known() {
		return set.Minus(state.VIDs(b.PVID.Value))
	}
	return set
}

// misframed are the VLANs that one end of the wire sends, or may send, without a tag and the other does not take for the same.
func (w *wire) misframed() state.VIDSet {
	if w.pa == nil || w.pz == nil || w.pa.Bridge == nil || w.pz.Bridge == nil {
		return state.VIDSet{}
	}
	a, z := w.pa.Bridge, w.pz.Bridge
	return takes(z, bare(a)).Union(takes(a, bare(z)))
}

// misframed are the VLANs that the host tags on the uplink, or may tag, and the port sends without a tag, or that the host is meant to send
// without a tag and the port takes for another.
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

// Takes reports whether the use leaves the host over the uplink: over its NIC, or the team that it is in.
func (u *Uplink) Takes(use *inventory.Use) bool {
	return use.Over != "" && (use.Over == u.NIC.Name || use.Over == u.NIC.Team)
}

func (u *Uplink) compareFrames() (out state.VIDSet) {
	p := u.Mapped()
	if p == nil || p.Bridge == nil {
		return out
	}
	sent := bare(p.Bridge)
	for i := range u.Host.Uses {
		use := &u.Host.Uses[i]
		if use.VIDs.Overlaps(sent) && use.Kind != inventory.TrunkPort && u.Takes(use) {
			out = out.Union(use.VIDs.Intersect(sent))
		}
	}
	for _, r := range u.Host.Required {
		switch n := r.Network; {
		case !slices.Contains(r.Uplinks, u):
		case n.Untagged && r.Assigned:
			out = out.Union(takes(p.Bridge, n.VLANs))
		case !n.Untagged && !u.Host.Listed.Uses.Known(): // what it tags, nobody saw: the plan says that it does
			out = out.Union(n.VLANs.Intersect(sent))
		}
	}
	return out
}
