package main

import (
	"strings"

	"uplinkcheck/drivers/capture"
	"uplinkcheck/drivers/state"
)

var _ = adapt("sonic", map[string]adapter{
	"SONiC LLDP_ENTRY_TABLE":        always(lldpEntries),
	"genie show_version":            always(sonicVersion),
	"genie show_platform_inventory": sonicInventory,
})

// lldpEntries are rows of the database, with subtypes as numbers of IEEE Std 802.1AB.
func lldpEntries(y *tally, published any) {
	chassis := map[string]state.Subtype{"1": state.ChassisComponent, "2": state.InterfaceAlias, "3": state.PortComponent, "4": state.MACAddress,
		"5": state.NetworkAddress, "6": state.InterfaceName, "7": state.Local}
	port := map[string]state.Subtype{"1": state.InterfaceAlias, "2": state.PortComponent, "3": state.MACAddress, "4": state.NetworkAddress,
		"5": state.InterfaceName, "6": state.AgentCircuitID, "7": state.Local}
	kind := func(f capture.Fact[state.Identifier]) capture.Fact[string] {
		return capture.Then(f, func(i state.Identifier) (string, bool) { return i.Subtype.String(), i.Subtype != 0 })
	}
	for key, v := range members(published) {
		o := members(v)
		_, local, isEntry := strings.Cut(key, ":")
		if !isEntry { // its own chassis
			y.told("own chassis id", as(y.s.Device.ChassisMAC), o["lldp_loc_chassis_id"])
			y.told("host name", y.s.Device.Hostname, o["lldp_loc_sys_name"])
			continue
		}
		y.neighbour(local, func(y *tally, r *state.RemoteSystem) {
			y.told(local+": chassis id", id(r.ChassisID), o["lldp_rem_chassis_id"])
			y.told(local+": port id", id(r.PortID), o["lldp_rem_port_id"])
			y.told(local+": kind of chassis id", kind(r.ChassisID), known(chassis[text(o["lldp_rem_chassis_id_subtype"])]))
			y.told(local+": kind of port id", kind(r.PortID), known(port[text(o["lldp_rem_port_id_subtype"])]))
			y.told(local+": system name", r.SystemName, o["lldp_rem_sys_name"])
			y.told(local+": system description", r.SystemDescription, o["lldp_rem_sys_desc"])
			y.told(local+": port description", r.PortDescription, o["lldp_rem_port_desc"])
			for _, a := range strings.Split(text(o["lldp_rem_man_addr"]), ",") {
				y.told(local+": management address", management(r, a), a)
			}
		})
	}
}

func known(s state.Subtype) any {
	if s == 0 {
		return nil
	}
	return s.String()
}

func sonicVersion(y *tally, published any) {
	o := members(published)
	y.device(nil, o["model_number"], o["sonic_software_version"], o["serial_number"])
}

// sonicInventory: only the chassis has a place in a state.Switch.
func sonicInventory(y *tally, published any) bool {
	told := false
	for _, v := range members(members(published)["chassis"]) {
		o := members(v)
		y.device(nil, o["product_id"], nil, o["serial_num"])
		told = true
	}
	return told
}
