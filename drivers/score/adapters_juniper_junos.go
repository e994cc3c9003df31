package main

import (
	"slices"

	"uplinkcheck/drivers/capture"
	"uplinkcheck/drivers/state"
)

var _ = adapt("juniper_junos", map[string]adapter{
	"ntc-templates show_ethernet_switching_table":      always(ntcJunosAddresses),
	"ntc-templates show_ethernet_switching_interfaces": ntcJunosPorts,
	"ntc-templates show_lacp_interfaces":               always(ntcJunosLACP),
	"genie show_route_instance_detail":                 genieInstances,
	"napalm get_lldp_neighbors()":                      always(napalmJunosNeighbours),
})

// napalmJunosNeighbours: a neighbour's port is its identifier or, where a release does not print that, its description.
func napalmJunosNeighbours(y *tally, published any) {
	for local, list := range members(published) {
		for _, n := range items(list) {
			o := members(n)
			y.neighbour(local, func(y *tally, r *state.RemoteSystem) {
				y.told(local+": port", portName(r, text(o["port"])), o["port"])
				y.told(local+": system name", r.SystemName, o["hostname"])
			})
		}
	}
}

// ntcJunosAddresses: the number of the VLAN was taken from its name.
func ntcJunosAddresses(y *tally, published any) {
	for _, e := range items(published) {
		o := members(e)
		if vlan := text(o["vlan_id"]); vlan != "" {
			y.address(vlan, text(o["mac_address"]), text(o["logical_interface"]))
		}
	}
}

// ntcJunosPorts: a VLAN without a number is none of ours.
func ntcJunosPorts(y *tally, published any) bool {
	told := false
	for _, e := range items(published) {
		o := members(e)
		name, blocking, tags := text(o["interface"]), texts(o["port_error"]), texts(o["tagging"])
		for i, number := range texts(o["vlan_id"]) {
			vid, err := state.ParseVID(number)
			if err != nil || i >= len(blocking) || i >= len(tags) {
				continue
			}
			told = true
			what := "VLAN " + number + " on " + name
			if blocking[i] == "unblocked" || len(blocking[i]) > 7 && blocking[i][:7] == "blocked" {
				y.fact(what+": forwards", y.forwards(name, vid), map[bool]string{true: "forwarding", false: "blocking"}[blocking[i] == "unblocked"])
			}
			b := slices.IndexFunc(y.s.BridgePorts, func(b state.BridgePort) bool { return isName(name)(b.Interface) })
			if b < 0 {
				y.unknown++
				continue
			}
			y.fact(what+": untagged", as(capture.Then(y.s.BridgePorts[b].Untagged, func(set state.VIDSet) (bool, bool) { return set.Has(vid), true })),
				map[bool]string{true: "true", false: "false"}[tags[i] == "untagged"])
		}
	}
	return told
}

// forwards is the state of a port in a VLAN.
func (y *tally) forwards(port string, v state.VID) capture.Fact[string] {
	for _, s := range y.s.STP {
		if isName(port)(s.Interface) && s.VIDs.Has(v) {
			return as(s.State)
		}
	}
	return capture.Fact[string]{}
}

func ntcJunosLACP(y *tally, published any) {
	for _, e := range items(published) {
		o := members(e)
		mux := texts(o["mux_state"])
		for i, name := range texts(o["member_interface"]) {
			if i < len(mux) && mux[i] != "Waiting" {
				carries := mux[i] != "Detached"
				y.fact(name+": in service", inService(y.member(text(o["bundle_name"]), name)), map[bool]string{true: "true", false: "false"}[carries])
			}
		}
	}
}

// genieInstances: of the kinds of routing instances only those that route are ours.
func genieInstances(y *tally, published any) bool {
	told := false
	for _, e := range items(members(members(published)["instance-information"])["instance-core"]) {
		o := members(e)
		name, kind := text(o["instance-name"]), text(o["instance-type"])
		if kind != "vrf" && kind != "virtual-router" && (kind != "forwarding" || name != "master") {
			continue
		}
		var in []string
		for _, i := range items(o["instance-interface"]) {
			in = append(in, text(members(i)["interface-name"]))
		}
		y.vrf(name, in)
		told = true
	}
	return told
}
