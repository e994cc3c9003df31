package checks

import (
	"slices"

	"uplinkcheck/drivers/state"
	"uplinkcheck/inventory"
	"uplinkcheck/verify"
	"uplinkcheck/verify/standard"
	"uplinkcheck/verify/topology"
)

// MGT007: no guest can tag its frames into the management network.
var MGT007 = add(&verify.Check{
	ID:    "MGT-007",
	Title: "no guest can tag its frames into the management network",
	Doc: `A guest that may set tags itself (port group VLAN 4095, a trunk port, a bridge that keeps no VLANs apart) joins the management network by writing its number into a
frame, where the uplink carries it. Give each guest port one VLAN, or take the management VLAN off that uplink. Guests that belong there are named under
stations:. Virtual functions of a NIC (SR-IOV) lead a guest around the host's bridge: one that has no VLAN of its own is left open where the source lists it, and
not seen where it does not. Layer 3 reachability was not assessed.`,
	Cites:    []standard.Clause{standard.Grundschutz("SYS.1.5.A4", "B"), standard.STIG("ESXI-80-000220"), standard.STIG("VCSA-80-000273")},
	Severity: verify.Critical,
	Run: verify.Each(hosts, func(h *topology.Host) (v verify.Verdict) {
		judgeTaggers(&v, h)
		return v
	}),
})

func judgeTaggers(v *verify.Verdict, h *topology.Host) {
	management := networksFor(inventory.Management)(h.Fabric)
	if management[0].VLANs.Empty() {
		v.Unknown("no network with role management is declared").Missing("networks: in the inventory: which VLANs are for management")
		return
	}
	if !h.Listed.Uses.Known() {
		v.Unknown("%s did not report what its guests use", h.Name).
			Missing("log in to %s with a source that reports port groups or bridge ports (source: linux)", h.Name)
	} else {
		v.Pass(h.Listed.Uses, "no guest of %s can tag its frames into the management network", h.Name)
	}
	for i := range h.Uses {
		u := &h.Uses[i]
		if u.Kind != inventory.GuestPort && !u.Guest {
			continue
		}
		for _, n := range management {
			if vids := taggable(u).Intersect(n.VLANs); !vids.Empty() && !slices.Contains(n.Stations, u.Name) {
				judgeTagger(v, h, u, n, vids)
			}
		}
	}
}

// taggable returns the VLANs that a guest's port may tag itself. On a bridge that keeps none apart, and where that is not known, it
// may be any.
func taggable(u *inventory.Use) state.VIDSet {
	switch {
	case u.Guest, u.Tags == state.Yes && !u.VIDs.Empty():
		return u.VIDs
	case u.Tags != state.No:
		return state.AllVIDs
	}
	return state.VIDSet{}
}

// judgeTagger judges a guest that may tag the VLANs of a management network, by what the ports of its uplinks carry.
func judgeTagger(v *verify.Verdict, h *topology.Host, u *inventory.Use, n *topology.Network, vids state.VIDSet) {
	uplinks := 0
	for _, up := range h.Uplinks {
		if !up.Takes(u) {
			continue
		}
		uplinks++
		p := up.Mapped()
		if p == nil || up.Confidence() <= topology.Inferred {
			v.Unknown("%s: guest port %s may tag VLAN %s, and not known is where %s ends", h.Name, u.Name, n.VLANs, up.NIC.Name).
				Missing("settle RED-009 for %s first", up)
			continue
		}
		for vid := range vids.All() {
			judgeTag(v, h, u, n, p, vid)
		}
	}
	if uplinks == 0 {
		v.Unknown("%s: guest port %s may tag VLAN %s, and not known is over which uplink", h.Name, u.Name, n.VLANs).Missing("the uplinks of %s", h.Name)
	}
}

func judgeTag(v *verify.Verdict, h *topology.Host, u *inventory.Use, n *topology.Network, p *topology.Port, vid state.VID) {
	has := p.HasVLAN(vid)
	switch here := n.Bridged(p.Switch, vid); {
	case has.Answer == state.No || here == state.No:
	case p.Bridge != nil && p.Bridge.Untagged.Known() && p.Bridge.Untagged.Value.Has(vid) && p.Oper() == state.Yes:
		// The port sends it untagged, so that this is a matter of MGT-003; frames with its tag are taken all the same.
		v.Warn(has.Evidence(), "%s: guest port %s may tag VLAN %d of %s, which %s carries untagged", h.Name, u.Name, vid, n.Name, p).Also(u.From).
			Fix("give %s of %s one VLAN", u.Name, h.Name)
	case u.Tags == state.Unknown && !u.Guest:
		v.Unknown("%s: not known whether tags that guest port %s sets leave the host, and %s carries VLAN %d of %s", h.Name, u.Name, p, vid, n.Name).
			Missing("whether the bridge of %s on %s keeps VLANs apart; of a virtual function, a VLAN of its own", u.Name, h.Name)
	case has.Answer == state.Yes && here == state.Yes:
		v.Fail(u.From, "%s: guest port %s may tag VLAN %d of %s, which %s carries", h.Name, u.Name, vid, n.Name, p).Also(has.From...).
			Fix("give %s of %s one VLAN, or take VLAN %d off %s, or name %s under stations: of %s", u.Name, h.Name, vid, p, u.Name, n.Name)
	default:
		v.Unknown("%s: guest port %s may tag VLAN %d, and whether %s carries %s is not known", h.Name, u.Name, vid, p, n.Name).
			Missing("the VLAN settings of %s, and the cables between the switches", p)
	}
}
