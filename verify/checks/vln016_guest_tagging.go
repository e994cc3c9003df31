package checks

import (
	"slices"

	"uplinkcheck/drivers/state"
	"uplinkcheck/inventory"
	"uplinkcheck/verify"
	"uplinkcheck/verify/standard"
	"uplinkcheck/verify/topology"
)

// VLN016: a guest tags frames only where that is declared.
var VLN016 = add(&verify.Check{
	ID:    "VLN-016",
	Title: "a guest tags frames only where that is declared",
	Doc: `A guest with a trunk (port group VLAN 4095, a bridge port with several VLANs, a bridge that keeps no VLANs apart on a trunk) chooses the VLAN of each frame: it reaches every network
that the uplink carries. Give each guest port one VLAN. Virtual routers and firewalls that need a trunk are named under guest_trunks: of their host, or
accepted by a waiver. A bridge that keeps no VLANs apart does no harm where the switch ports carry no tagged VLAN.`,
	Cites:    []standard.Clause{standard.STIG("ESXI-80-000220"), standard.STIG("ESXI-70-000064"), standard.STIG("VCSA-80-000273")},
	Severity: verify.High,
	Run: verify.Each(hosts, func(h *topology.Host) (v verify.Verdict) {
		if !h.Listed.Uses.Known() {
			v.Unknown("%s did not report what its guests use", h.Name).
				Missing("log in to %s with a source that reports port groups or bridge ports (source: linux)", h.Name)
		} else {
			v.Pass(h.Listed.Uses, "no guest of %s tags frames that was not declared to", h.Name)
		}
		var open []string
		for i := range h.Uses {
			use := &h.Uses[i]
			if use.Kind != inventory.GuestPort && !use.Guest {
				continue
			}
			if h.Entry != nil && slices.Contains(h.Entry.GuestTrunks, use.Name) {
				continue
			}
			if use.Tags == state.Unknown && !use.Guest {
				open = append(open, use.Name)
				continue
			}
			judgeGuestTags(&v, h, use)
		}
		if open != nil {
			v.Unknown("%s: not known whether tags leave the host that guests set themselves at %s", h.Name, few(open)).
				Missing("whether the bridges of %s keep VLANs apart; of a virtual function, a VLAN of its own", h.Name)
		}
		return v
	}),
})

func judgeGuestTags(v *verify.Verdict, h *topology.Host, use *inventory.Use) {
	const mend = "give %s of %s one VLAN, or name it under guest_trunks: of %s in the inventory"
	switch {
	case use.Guest:
		v.Fail(use.From, "%s: guest port %s was left with all VLANs of its bridge (%s)", h.Name, use.Name, use.VIDs).Fix(mend, use.Name, h.Name, h.Name)
	case use.Tags == state.Yes && !use.VIDs.Empty():
		v.Fail(use.From, "%s: guest port %s is a trunk with VLAN %s", h.Name, use.Name, use.VIDs).Fix(mend, use.Name, h.Name, h.Name)
	case use.Tags == state.Yes:
		judgeOpenBridge(v, h, use)
	}
}

// judgeOpenBridge judges a guest on a bridge that keeps no VLANs apart, by what the switch ports make of its tags.
func judgeOpenBridge(v *verify.Verdict, h *topology.Host, use *inventory.Use) {
	for _, u := range h.Uplinks {
		if !u.Takes(use) {
			continue
		}
		p := u.Mapped()
		if p == nil || u.Confidence() <= topology.Inferred || p.Bridge == nil || !p.Bridge.Members.Known() || !p.Bridge.Untagged.Known() {
			v.Unknown("%s: the bridge of guest port %s keeps no VLANs apart, and not known is which VLANs %s carries", h.Name, use.Name, u).
				Missing("where %s ends, and the VLAN settings of that port", u)
			continue
		}
		if tagged := p.Bridge.Members.Value.Minus(p.Bridge.Untagged.Value); !tagged.Empty() {
			v.Fail(use.From, "%s: the bridge of guest port %s keeps no VLANs apart, and %s carries VLAN %s tagged", h.Name, use.Name, p, tagged).
				Also(p.Bridge.Members.From).
				Fix("switch vlan_filtering on for the bridge of %s on %s, or put the bridge on a VLAN interface, or name %s under guest_trunks: in the inventory", use.Name, h.Name, use.Name)
		}
	}
}
