package checks

import (
	"slices"

	"uplinkcheck/inventory"
	"uplinkcheck/verify"
	"uplinkcheck/verify/standard"
	"uplinkcheck/verify/topology"
)

// SEP004: guests use no VLAN of the infrastructure.
var SEP004 = add(&verify.Check{
	ID:    "SEP-004",
	Title: "guests use no VLAN of the infrastructure",
	Doc: `No guest port of a host may be in a VLAN that is declared for management, live migration, storage, heartbeat or another infrastructure purpose, unless it is
named as a station of that network. A guest port that was left with all VLANs of its bridge warns: the guest may tag what it likes. The same VLAN number
in a part of the site that is known not to be connected is another VLAN.`,
	Cites:    []standard.Clause{standard.M5153, standard.Grundschutz("SYS.1.5.A9", "S"), standard.Grundschutz("SYS.1.5.A15", "S"), standard.Grundschutz("NET.1.1.A22", "S")},
	Severity: verify.Critical,
	Run: verify.Each(hosts, func(h *topology.Host) (v verify.Verdict) {
		if len(h.Fabric.Infrastructure()) == 0 {
			v.Unknown("no network of the infrastructure is declared").Missing("networks: with role: in the inventory: which VLANs are for what")
			return v
		}
		if !h.Listed.Uses.Known() {
			v.Unknown("%s did not report what its guests use", h.Name).
				Missing("log in to %s with a source that reports port groups or bridge ports (source: linux)", h.Name)
			return v
		}
		v.Pass(h.Listed.Uses, "%s: no guest port uses a VLAN of the infrastructure", h.Name)
		for i := range h.Uses {
			u := &h.Uses[i]
			if u.Kind != inventory.GuestPort && !u.Guest {
				continue
			}
			vids := sends(&v, h, u)
			for _, n := range h.Fabric.Infrastructure() {
				if shared := vids.Intersect(n.VLANs); !shared.Empty() && !slices.Contains(n.Stations, u.Name) {
					judgeIntruder(&v, n, h, u, shared, n.Area())
				}
			}
		}
		return v
	}),
})
