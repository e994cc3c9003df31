package checks

import (
	"slices"

	"uplinkcheck/drivers/state"
	"uplinkcheck/inventory"
	"uplinkcheck/verify"
	"uplinkcheck/verify/standard"
	"uplinkcheck/verify/topology"
)

// VLN010: no host uses a VLAN id that the switches keep for themselves.
var VLN010 = add(&verify.Check{
	ID:    "VLN-010",
	Title: "no host uses a VLAN id that the switches keep for themselves",
	Doc: `Many switches take VLAN ids for their own purposes: for routed ports, for multicast, for the peering of a pair. A network on such an id does not work on that
switch, or stops working when it takes the next one. Which ids these are differs by platform and by configuration, and none of the commands that are
asked here lists them: name them under policy: {reserved_vlans: ...}. Judged is what hosts are declared to need, and what they were seen to send.`,
	Cites:    []standard.Clause{standard.STIG("VCSA-80-000274"), standard.STIG("ESXI-70-000065")},
	Severity: verify.Medium,
	Run: verify.Each(hosts, func(h *topology.Host) (v verify.Verdict) {
		reserved := h.Fabric.Inventory.Policy.ReservedVLANs
		if !reserved.Known() {
			v.NotApplicable("which VLAN ids the switches keep for themselves is not declared: policy: {reserved_vlans: ...} has this judged")
			return v
		}
		for _, r := range h.Required {
			if bad := r.Network.VLANs.Intersect(reserved.Value); !bad.Empty() {
				v.Fail(r.Network.VLANFrom, "%s needs %s, whose VLAN %s is reserved (%s)", h.Name, r.Network.Name, bad, reserved.Value).Also(reserved.From).
					Fix("give %s another VLAN than %s", r.Network.Name, bad)
			}
		}
		for i := range h.Uses {
			use := &h.Uses[i]
			if bad := use.VIDs.Intersect(reserved.Value); use.Kind != inventory.TrunkPort && !bad.Empty() {
				v.Fail(use.From, "%s of %s sends VLAN %s, which is reserved (%s)", use.Name, h.Name, bad, reserved.Value).Also(reserved.From).
					Fix("move %s of %s to another VLAN than %s", use.Name, h.Name, bad)
			}
		}
		judgeUnseen(&v, h, reserved.Value)
		return v
	}),
})

// judgeUnseen passes a host of which it is known what it uses, by itself or, where nobody asks it, by the inventory.
func judgeUnseen(v *verify.Verdict, h *topology.Host, reserved state.VIDSet) {
	asked := h.Source != "declared" && !h.Inferred
	switch {
	case h.Listed.Uses.Known():
		v.Pass(h.Listed.Uses, "%s sends and needs no VLAN of %s", h.Name, reserved)
	case asked || len(h.Required) == 0:
		v.Unknown("not reported which VLANs %s uses", h.Name).
			Missing("log in to %s with a source that reports port groups or bridge ports, or declare its networks", h.Name)
	default:
		at := slices.IndexFunc(h.Required, func(r *topology.Role) bool { return r.Network.VLANFrom.Known() })
		v.Pass(h.Required[max(at, 0)].Network.VLANFrom, "no network that %s is declared to need has a VLAN of %s", h.Name, reserved)
	}
}
