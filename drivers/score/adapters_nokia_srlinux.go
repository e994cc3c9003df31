package main

import (
	"slices"

	"uplinkcheck/drivers/state"
)

var _ = adapt("nokia_srlinux", map[string]adapter{
	"napalm get_vlans()":             always(srlVLANs),
	"napalm get_network_instances()": always(srlInstances),
})

// srlInstances: those that bridge are no VRFs.
func srlInstances(y *tally, published any) {
	routed := object{}
	for name, v := range members(published) {
		if text(members(v)["type"]) != "mac-vrf" {
			routed[name] = v
		}
	}
	napalmInstances(y, routed)
}

// srlVLANs: ports without a tag are in no VLAN there, whatever tag the other ports of their network instance have.
func srlVLANs(y *tally, published any) {
	all := y.s.BridgePorts
	for number, v := range members(published) {
		vid, err := state.ParseVID(number)
		if err != nil {
			continue
		}
		y.s.BridgePorts = slices.DeleteFunc(slices.Clone(all), func(b state.BridgePort) bool { return b.Untagged.Value.Has(vid) })
		y.vlan(number, text(members(v)["name"]), texts(members(v)["interfaces"]))
	}
	y.s.BridgePorts = all
}
