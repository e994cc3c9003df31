package checks

import (
	"slices"

	"uplinkcheck/drivers/capture"
	"uplinkcheck/drivers/state"
	"uplinkcheck/inventory"
	"uplinkcheck/verify"
	"uplinkcheck/verify/standard"
	"uplinkcheck/verify/topology"
)

// VLN009: no host tags the VLAN that its port carries without a tag.
var VLN009 = add(&verify.Check{
	ID:    "VLN-009",
	Title: "no host tags the VLAN that its port carries without a tag",
	Doc: `A port group or VLAN interface that tags VLAN 10 on an uplink whose untagged (native) VLAN is 10 works in one direction only: the switch takes the tag off on
the way back, and the host does not find the frames. Send that VLAN untagged from the host, or give the port another untagged VLAN. A port that tags its
native VLAN too passes. What the host does is taken from the host; of a host that nobody asked it is not known.`,
	Cites:    []standard.Clause{standard.STIG("VCSA-80-000272"), standard.STIG("ESXI-70-000063"), standard.CIS("VMware ESXi 7.0 Benchmark v1.1.0", "7.4")},
	Severity: verify.High,
	Run: verify.Each((*topology.Fabric).Uplinks, func(u *topology.Uplink) (v verify.Verdict) {
		p := portOf(&v, u)
		if p == nil || vlanSettings(&v, p) == nil {
			return v
		}
		switch at, bare := p.Bridge.PVID, p.Bridge.Untagged; {
		case !at.Known():
			v.Unknown("%s: untagged VLAN not reported", p).Missing("the untagged (native) VLAN of %s", p)
		case at.Value == 0:
			v.Pass(at.From, "%s carries no VLAN without a tag", p)
		case bare.Known() && !bare.Value.Has(at.Value):
			v.Pass(bare.From, "%s tags VLAN %d as well", p, at.Value)
		default:
			judgeTags(&v, u, p, at.Value)
		}
		return v
	}),
})

// judgeTags looks for what the host tags in the VLAN that the port sends without a tag.
func judgeTags(v *verify.Verdict, u *topology.Uplink, p *topology.Port, native state.VID) {
	for i := range u.Host.Uses {
		use := &u.Host.Uses[i]
		if use.Kind == inventory.TrunkPort || !u.Takes(use) || !use.VIDs.Has(native) {
			continue
		}
		if !p.Bridge.Untagged.Known() {
			v.Unknown("%s of %s tags VLAN %d, and not reported is whether %s tags it too", use.Name, u.Host.Name, native, p).
				Missing("which VLANs %s sends without a tag", p)
			continue
		}
		v.Fail(use.From, "%s of %s tags VLAN %d, but %s sends it without a tag", use.Name, u.Host.Name, native, p).Also(p.Bridge.PVID.From).
			Fix("send VLAN %d untagged from %s of %s, or give %s another untagged VLAN", native, use.Name, u.Host.Name, p)
	}
	switch {
	case u.Host.Listed.Uses.Known():
		v.Pass(u.Host.Listed.Uses, "%s tags nothing with VLAN %d, the untagged VLAN of %s", u.Host.Name, native, p).Also(p.Bridge.PVID.From)
	case !mayTag(u, native):
		v.Pass(p.Bridge.PVID.From, "no network of %s that is tagged has VLAN %d, the untagged VLAN of %s", u.Host.Name, native, p).Also(declared(u)...)
	default:
		v.Unknown("%s has untagged VLAN %d, and not reported is whether %s tags it", p, native, u.Host.Name).
			Missing("what the port groups of %s tag: a source that logs in to it, or untagged: true on the network that it sends without a tag", u.Host.Name)
	}
}

// mayTag reports whether a host that nobody asked may tag the VLAN on the uplink: all but what the inventory says.
func mayTag(u *topology.Uplink, native state.VID) bool {
	if u.Host.Entry == nil || u.Host.Source != "declared" || len(u.Host.Required) == 0 {
		return true
	}
	return slices.ContainsFunc(u.Host.Required, func(r *topology.Role) bool {
		return slices.Contains(r.Uplinks, u) && r.Network.VLANs.Has(native) && !r.Network.Untagged
	})
}

// declared returns the lines that say which networks the uplink has.
func declared(u *topology.Uplink) (out []capture.Span) {
	for _, r := range u.Host.Required {
		if slices.Contains(r.Uplinks, u) {
			out = append(out, r.Network.VLANFrom)
		}
	}
	return out
}
