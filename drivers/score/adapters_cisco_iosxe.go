package main

import (
	"fmt"
	"net/netip"
	"regexp"
	"slices"
	"strings"

	"uplinkcheck/drivers/capture"
	"uplinkcheck/drivers/state"
)

// Cisco IOS and IOS-XE print the same, and the projects publish the same of both.
var (
	_ = adapt("cisco_ios", iosAdapters)
	_ = adapt("cisco_iosxe", iosAdapters)
)

var iosAdapters = map[string]adapter{
	"genie show_version":                                 always(iosVersion),
	"genie show_switch":                                  always(iosSwitch),
	"genie show_switch_detail":                           always(iosSwitch),
	"genie show_chassis":                                 always(iosSwitch),
	"genie show_stackwise_virtual_link":                  always(iosVirtualLink),
	"genie show_stackwise_virtual_neighbors":             always(iosVirtualLink),
	"genie show_stackwise_virtual_dual_active_detection": always(iosDualActive),
	"genie show_redundancy":                              iosRedundancy,
	"ntc-templates show_redundancy":                      iosNTCRedundancy,
	"genie show_stackwise_virtual":                       always(iosStackwise),
	"genie show_redundancy_interchassis":                 always(iosInterchassis),
	"genie show_etherchannel_protocol":                   always(iosProtocols),
	"genie show_module":                                  iosModule,
	"genie show_inventory":                               iosInventory,
	"genie show_inventory_raw":                           iosInventory,
	"genie show_etherchannel_summary":                    always(iosGroups),
	"genie show_ether_channel_swport_auto":               always(iosGroups),
	"genie show_ether_channel_swport_summary":            always(iosGroups),
	"genie show_etherchannel_detail":                     always(iosGroupDetail),
	"genie show_etherchannel_port_channel":               always(iosPortChannels),
	"genie show_lacp_internal":                           always(iosLACP),
	"genie show_lacp_neighbor":                           always(iosLACP),
	"genie show_lacp_counters":                           always(iosLACP),
	"genie show_lacp_sys_id":                             always(iosSystem),
	"genie show_pagp_internal":                           always(iosGroups),
	"genie show_pagp_neighbor":                           always(iosGroups),
	"genie show_vlan":                                    always(iosVLANs),
	"genie show_vlan_brief":                              always(iosVLANBrief),
	"genie show_interfaces_switchport":                   always(iosSwitchports),
	"genie show_interfaces_trunk":                        always(iosTrunks),
	"genie show_lldp_neighbors":                          always(iosLLDPTable),
	"genie show_lldp_neighbors_detail":                   always(iosLLDP),
	"genie show_lldp_neighbors_interface_detail":         always(iosLLDPInterface),
	"genie show_lldp_entry":                              always(iosLLDP),
	"genie show_cdp_neighbors":                           always(iosCDPTable),
	"genie show_cdp_neighbors_detail":                    always(iosCDP),
	"genie show_mac_address_table":                       always(iosAddresses),
	"genie show_mac_address_table_dynamic":               always(iosAddressPorts),
	"genie show_mac_address_table_dynamic_all":           always(iosAddressPorts),
	"genie show_spanning_tree":                           always(iosTree),
	"genie show_spanning_tree_detail":                    always(iosTree),
	"genie show_spanning_tree_mst_detail":                always(iosTree),
	"genie show_spanning_tree_summary":                   always(iosTreeSummary),
	"genie show_interfaces":                              always(iosInterfaces),
	"genie show_interfaces_description":                  always(iosDescriptions),
	"genie show_ip_interface":                            always(iosRouted),
	"genie show_ip_interface_brief":                      always(iosBrief),
	"genie show_vrf":                                     always(iosVRFs),
	"genie show_vrf_detail":                              always(iosVRFs),
	"genie show_ip_vrf":                                  always(iosVRFs),
	"genie show_ip_vrf_detail":                           always(iosVRFs),
	"ntc-templates show_version":                         always(iosNTCVersion),
	"ntc-templates show_switch_detail":                   always(iosNTCSwitch),
	"ntc-templates show_switch":                          always(iosNTCSwitch),
	"ntc-templates show_switch_virtual":                  always(iosNTCVirtual),
	"ntc-templates show_module":                          iosNTCModule,
	"ntc-templates show_inventory":                       always(iosNTCInventory),
	"ttp_templates records show_inventory":               always(iosTTPInventory),
	"ntc-templates show_etherchannel_summary":            always(iosNTCGroups),
	"ntc-templates show_vlan":                            always(iosNTCVLANs),
	"ntc-templates show_vlan_brief":                      always(iosNTCVLANs),
	"ntc-templates show_vlans":                           always(iosNTCRoutedVLANs),
	"ntc-templates show_interfaces_switchport":           always(iosNTCSwitchports),
	"ntc-templates show_interfaces_trunk":                always(iosNTCTrunks),
	"ntc-templates show_lldp_neighbors":                  always(iosNTCNeighbours),
	"ntc-templates show_lldp_neighbors_detail":           always(iosNTCNeighbours),
	"ntc-templates show_cdp_neighbors":                   always(iosNTCNeighbours),
	"ntc-templates show_cdp_neighbors_detail":            always(iosNTCNeighbours),
	"ntc-templates show_mac_address_table":               always(iosNTCAddresses),
	"ntc-templates show_spanning_tree":                   always(iosNTCTree),
	"ntc-templates show_interfaces":                      always(iosNTCInterfaces),
	"ntc-templates show_interfaces_status":               always(iosNTCStatus),
	"ntc-templates show_interfaces_description":          always(iosNTCDescriptions),
	"ntc-templates show_ip_interface":                    always(iosNTCRouted),
	"ntc-templates show_ip_interface_brief":              always(iosNTCBrief),
	"ntc-templates show_ipv6_interface_brief":            always(iosNTCBrief),
	"ntc-templates show_vrf":                             always(iosNTCVRFs),
	"ntc-templates show_vrf_detail":                      always(iosNTCVRFs),
	"ntc-templates show_ip_vrf_interfaces":               always(iosNTCVRFInterfaces),
	"napalm get_facts()":                                 always(iosFacts),
	"napalm get_interfaces()":                            always(iosNapalmInterfaces),
	"napalm get_mac_address_table()":                     always(iosNapalmAddresses),
	"napalm get_network_instances()":                     always(iosInstances),
	"napalm get_interfaces_ip()":                         always(iosNapalmIP),
	"napalm get_lldp_neighbors()":                        always(iosNapalmNeighbours),
	"napalm get_lldp_neighbors_detail()":                 always(iosNapalmNeighbours),
}

// model compares models: where the published one is that of the processor's line, the orderable one has more letters behind it.
func (y *tally) model(got capture.Fact[string], want any) {
	w := text(want)
	if got.Known() && w != "" && strings.HasPrefix(got.Value, w) {
		w = got.Value
	}
	y.told("model", got, w)
}

// release is the version as IOS-XE names it, where it is a number, else that of IOS.
func release(xe, ios any) string {
	if v := text(xe); v != "" && v[0] >= '0' && v[0] <= '9' {
		return v
	}
	return text(ios)
}

func iosVersion(y *tally, published any) {
	o := members(members(published)["version"])
	d := &y.s.Device
	y.told("host name", d.Hostname, o["hostname"])
	y.model(d.Model, o["chassis"])
	y.told("serial number", d.Serial, o["chassis_sn"])
	version := release(o["xe_version"], o["version"])
	if capture.Is(d.Version, release(o["xe_version"], "")) && d.Version.Known() {
		version = d.Version.Value
	}
	if d.Version.Known() && strings.HasPrefix(version, d.Version.Value+" ") { // with a word for patches
		version = d.Version.Value
	}
	y.told("version", d.Version, version)
	for n, v := range members(o["switch_num"]) {
		x := members(v)
		m := y.chassis(n)
		if len(members(o["switch_num"])) == 1 && len(y.s.Members) == 0 { // a switch on its own, whose number is not printed
			m = state.Member{Model: d.Model, Serial: d.Serial, MAC: d.ChassisMAC}
		}
		y.told("member "+n+" model", m.Model, x["model"])
		y.told("member "+n+" serial", m.Serial, x["system_sn"])
		y.told("member "+n+" MAC", as(m.MAC), x["mac_address"])
	}
}

func (y *tally) chassis(id string) state.Member {
	for _, m := range y.s.Members {
		if m.ID == id {
			return m
		}
	}
	return state.Member{}
}

// memberRole is a published role in our words, "" where it is none.
func memberRole(v any) string {
	return map[string]string{"active": "active", "master": "active", "standby": "standby", "member": "member"}[strings.ToLower(text(v))]
}

// memberUp is a published state as ours, "" where nobody knows.
func memberUp(v any) string {
	return map[string]string{"ready": "true", "provisioned": "false", "unprovisioned": "false", "removed": "false", "v-mismatch": "false", "initializing": "false"}[strings.ToLower(text(v))]
}

// isZeroMAC reports whether an address stands for none.
func isZeroMAC(v any) bool { return strings.Trim(text(v), "0.:-") == "" }

func (y *tally) stackMember(n string, role, up, mac any) {
	m := y.chassis(n)
	y.told("member "+n+" role", as(m.Role), memberRole(role))
	y.told("member "+n+" up", as(m.Up), memberUp(up))
	if !isZeroMAC(mac) {
		y.told("member "+n+" MAC", as(m.MAC), mac)
	}
}

func (y *tally) stackLink(n, port, status, to string) {
	m := y.chassis(n)
	links := capture.Of(m.Links, m.LinksFrom)
	y.told("member "+n+" cable "+port, capture.Then(links, func(links []state.StackLink) (string, bool) {
		for _, l := range links {
			if strings.HasSuffix(l.Port, "/"+port) {
				return l.To, true
			}
		}
		return "none", true
	}), map[bool]any{true: to, false: "none"}[strings.EqualFold(status, "ok") && to != "" && !strings.EqualFold(to, "none")])
}

func iosSwitch(y *tally, published any) {
	o := members(published)
	if s := members(o["switch"]); len(s) > 0 {
		o = s
	}
	for _, key := range []string{"stack", "chassis_index"} {
		for n, v := range members(o[key]) {
			x := members(v)
			up := x["state"]
			if up == nil {
				up = x["current_state"]
			}
			y.stackMember(n, x["role"], up, x["mac_address"])
			for port, v := range members(x["ports"]) {
				y.stackLink(n, port, text(members(v)["stack_port_status"]), text(members(v)["neighbors_num"]))
			}
		}
	}
	for _, key := range []string{"mac_address", "chassis_mac_address"} {
		if !isZeroMAC(o[key]) {
			y.told("stack MAC", as(y.s.Device.ChassisMAC), o[key])
		}
	}
}

func iosVirtualLink(y *tally, published any) {
	for n, v := range members(members(published)["switch"]) {
		m := y.chassis(n)
		for _, v := range members(members(v)["svl"]) {
			x := members(v)
			for port, v := range members(x["ports"]) {
				protocol := text(members(v)["protocol_status"])
				up := strings.HasPrefix(text(members(v)["link_status"]), "U") && (protocol == "P" || protocol == "Bundled")
				y.fact("member "+n+" cable "+port, hasLink(m, port), fmt.Sprint(up))
			}
			for port, v := range members(x["local_port"]) {
				to := text(members(v)["remote_port"])
				y.fact("member "+n+" cable "+port, hasLink(m, port), fmt.Sprint(to != "" && to != "None"))
			}
		}
	}
}

func hasLink(m state.Member, port string) capture.Fact[string] {
	return capture.Of(fmt.Sprint(slices.ContainsFunc(m.Links, func(l state.StackLink) bool { return l.Port == port })), m.LinksFrom)
}

func iosDualActive(y *tally, published any) {
	o := members(published)
	if strings.EqualFold(text(o["in_dad_recovery"]), "yes") {
		y.fact("split brain", as(y.s.MLAG.SplitBrain), state.SplitFound.String())
		return
	}
	for _, v := range members(members(o["dad_port"])["switches"]) {
		for _, p := range members(v) {
			if text(members(p)["status"]) == "up" {
				y.fact("split brain", as(y.s.MLAG.SplitBrain), state.Guarded.String())
				return
			}
		}
	}
}

// iosModule: only members of a stack are facts of ours, and the chassis of a modular switch.
func iosModule(y *tally, published any) bool {
	told := false
	for n, v := range members(members(published)["switch"]) {
		x := members(v)
		if _, ok := x["port"]; !ok { // a chassis with slots
			continue
		}
		m := y.chassis(n)
		y.told("member "+n+" model", m.Model, x["model"])
		y.told("member "+n+" serial", m.Serial, x["serial_number"])
		y.told("member "+n+" MAC", as(m.MAC), x["mac_address"])
		told = true
	}
	if t := text(members(published)["chassis_type"]); t != "" {
		y.told("model", y.s.Device.Model, t)
		told = true
	}
	return told
}

var memberEntry = regexp.MustCompile(`^(?:Switch ?)(\d+)(?: Chassis| System)?$`)

// iosInventory looks for the entries of the chassis and of members, wherever the result has them.
func iosInventory(y *tally, published any) bool {
	told := false
	var walk func(v any, chassis bool)
	walk = func(v any, chassis bool) {
		for key, v := range members(v) {
			x := members(v)
			name, pid, sn := text(x["name"]), text(x["pid"]), text(x["sn"])
			if name == "" && pid+sn != "" { // named by its key
				name = key
			}
			if m := memberEntry.FindStringSubmatch(name); m != nil && pid != "" && sn != "" {
				y.told("member "+m[1]+" model", y.chassis(m[1]).Model, pid)
				y.told("member "+m[1]+" serial", y.chassis(m[1]).Serial, sn)
				told = true
			} else if name == "Chassis" || chassis && name != "" {
				y.told("model", y.s.Device.Model, pid)
				y.told("serial number", y.s.Device.Serial, sn)
				told = true
			}
			walk(v, key == "chassis")
		}
	}
	walk(published, false)
	if first := members(members(members(published)["index"])["1"]); len(first) > 0 {
		y.told("model", y.s.Device.Model, first["pid"])
		y.told("serial number", y.s.Device.Serial, first["sn"])
		told = true
	}
	return told
}

// selected is whether a member is in service, as published: a flag or a word.
func selected(flags string) string {
	switch flags {
	case "P", "bndl", "Pbndl":
		return "true"
	case "":
		return ""
	}
	return "false"
}

// iosGroups reads LAGs with their members: of "show etherchannel summary" with flags, of PAgP without.
func iosGroups(y *tally, published any) {
	for name, v := range members(members(published)["interfaces"]) {
		o := members(v)
		a := y.s.Aggregator(name)
		if a == nil {
			a = &state.Aggregator{}
		}
		if len(members(o["members"])) > 0 {
			y.told(name+": protocol", as(a.Protocol), o["protocol"])
		}
		y.told(name+": oper", as(a.Oper), o["oper_status"])
		for port, v := range members(o["members"]) {
			x := members(v)
			m := y.member(name, port)
			y.fact(name+": member "+port, capture.Of(m.Name, m.From), port)
			if on, ok := x["bundled"].(bool); ok {
				y.fact(name+": "+port+" in service", inService(m), fmt.Sprint(on))
			}
		}
	}
}

func iosGroupDetail(y *tally, published any) {
	o := members(published)
	for port, v := range members(o["port"]) {
		x := members(v)
		name := strings.Replace(text(x["pseudo_port_channel"]), "Po", "Port-channel", 1)
		m := y.member(name, port)
		y.fact(name+": member "+port, capture.Of(m.Name, m.From), port)
		words := text(x["port_state"])
		y.told(name+": "+port+" in service", inService(m), map[bool]string{true: "true", false: "false"}[strings.Contains(words, "In-Bndl")])
		if a := y.s.Aggregator(name); a != nil {
			y.told(name+": protocol", as(a.Protocol), map[string]string{"LACP": "LACP", "PAgP": "PAgP", "-": "static"}[text(x["protocol"])])
			y.told(name+": min-links", as(a.MinLinks), o["minimum_links"])
		}
		for _, v := range members(members(x["local_information"])["port"]) {
			y.lacpEnd(port+": actor", m.Actor, members(v))
		}
		for _, v := range members(members(x["partner_information"])["port"]) {
			y.lacpEnd(port+": partner", m.Partner, members(v))
		}
	}
}

// lacpEnd compares one end of a conversation; numbers are decimal or hexadecimal.
func (y *tally) lacpEnd(what string, e state.Endpoint, o object) {
	number := func(v any) string {
		s := text(v)
		var n uint64
		if _, err := fmt.Sscanf(s, "0x%x", &n); err == nil && strings.HasPrefix(s, "0x") {
			return fmt.Sprint(n)
		}
		return s
	}
	first := func(keys ...string) any {
		for _, k := range keys {
			if o[k] != nil {
				return o[k]
			}
		}
		return nil
	}
	y.told(what+" port priority", as(e.PortPriority), number(first("lacp_port_priority", "lacp_priority")))
	y.told(what+" key", as(e.Key), number(o["oper_key"]))
	y.told(what+" port number", as(e.Port), number(first("port_num", "port_number")))
	y.told(what+" system", as(e.System), first("partner_id", "dev_id"))
	y.told(what+" state", as(capture.Then(e.State, func(s state.LACPState) (uint8, bool) { return uint8(s.Set), s.Known == 0xff })), number(o["port_state"]))
}

func iosLACP(y *tally, published any) {
	for name, v := range members(members(published)["interfaces"]) {
		o := members(v)
		a := y.s.Aggregator(name)
		if a == nil {
			a = &state.Aggregator{}
		}
		y.told(name+": protocol", as(a.Protocol), o["protocol"])
		for port, v := range members(o["members"]) {
			x, m := members(v), y.member(name, port)
			y.fact(name+": member "+port, capture.Of(m.Name, m.From), port)
			if c := members(x["counters"]); len(c) > 0 {
				y.told(port+": RX", as(m.RX), c["lacp_in_pkts"])
				y.told(port+": TX", as(m.TX), c["lacp_out_pkts"])
				continue
			}
			_, partner := x["partner_id"]
			if partner {
				y.lacpEnd(port+": partner", m.Partner, x)
				continue
			}
			y.lacpEnd(port+": actor", m.Actor, x)
			if on, ok := x["bundled"].(bool); ok {
				y.fact(port+": in service", inService(m), fmt.Sprint(on))
			}
		}
	}
}

// iosSystem: the system is that of each LACP port, of which the recording has none.
func iosSystem(y *tally, _ any) { y.unknown++ }

func iosPortChannels(y *tally, published any) {
	for short, v := range members(members(published)["port_channel"]) {
		o, name := members(v), strings.Replace(short, "Po", "Port-channel", 1)
		a := y.s.Aggregator(name)
		if a == nil {
			a = &state.Aggregator{}
		}
		if p := text(o["protocol"]); p != "-" {
			y.told(name+": protocol", as(a.Protocol), p)
		}
		for port := range members(o["ports"]) {
			m := y.member(name, port)
			y.fact(name+": member "+port, as(capture.Of(m.Name != "", a.From)), "true")
		}
	}
}

func iosVLANs(y *tally, published any) {
	for id, v := range members(members(published)["vlans"]) {
		o := members(v)
		if o["vlan_id"] == nil { // only named as a private VLAN
			continue
		}
		y.vlan(id, text(o["name"]), texts(o["interfaces"]))
		y.vlanActive(id, text(o["state"]), o["shutdown"] == true)
	}
}

func (y *tally) vlanActive(id, status string, shutdown bool) {
	want := map[string]string{"active": "true", "suspend": "false", "suspended": "false", "act/lshut": "false", "sus/lshut": "false"}[status]
	if shutdown {
		want = "false"
	}
	if n, err := state.ParseVID(id); err == nil && y.s.VLAN(n) != nil {
		y.told("VLAN "+id+" active", as(y.s.VLAN(n).Active), want)
	}
}

func iosVLANBrief(y *tally, published any) {
	for key, v := range members(members(published)["vlan"]) {
		o, id := members(v), strings.TrimPrefix(key, "vlan")
		y.vlan(id, text(o["vlan_name"]), texts(o["vlan_port"]))
		y.vlanActive(id, text(o["vlan_status"]), false)
	}
}

func iosNTCVLANs(y *tally, published any) {
	for _, e := range items(published) {
		o := members(e)
		y.vlan(text(o["vlan_id"]), text(o["vlan_name"]), texts(o["interfaces"]))
		y.vlanActive(text(o["vlan_id"]), text(o["status"]), false)
	}
}

func iosNTCRoutedVLANs(y *tally, published any) {
	ports := map[string][]string{}
	for _, e := range items(published) {
		o := members(e)
		ports[text(o["vlan_id"])] = append(ports[text(o["vlan_id"])], texts(o["interfaces"])...)
	}
	for id, list := range ports {
		y.vlan(id, "", list)
	}
}

// switchport compares what is published of a port. A member of a LAG is no bridge port of ours: that it is one is the fact.
func (y *tally) switchport(name, enabled, admin, oper, access, native, voice, allowed, lag string) {
	if i := y.port(name); i != nil {
		y.told(name+": bridged", as(i.Bridged), map[string]string{"enabled": "true", "disabled": "false"}[enabled])
		if lag != "" {
			y.told(name+": aggregator", i.Aggregator, lag)
		}
		if i.Aggregator.Known() || lag != "" {
			return
		}
	}
	if enabled != "enabled" {
		return
	}
	b := &state.BridgePort{}
	if at := slices.IndexFunc(y.s.BridgePorts, func(b state.BridgePort) bool { return isName(name)(b.Interface) }); at >= 0 {
		b = &y.s.BridgePorts[at]
	} else {
		y.absent(name+": bridge port", y.s.Listed.BridgePorts)
	}
	if strings.HasPrefix(admin, "dynamic") {
		y.fact(name+": trunking", as(b.Trunking), state.NegotiatedTrunking.String())
		admin = oper
	}
	switch admin {
	case "static access":
		y.fact(name+": mode", as(b.Mode), state.Access.String())
		set := access
		if voice != "" && voice != "none" {
			set += "," + voice
		}
		if want, err := state.ParseVIDSet(set); err == nil {
			y.fact(name+": VLANs", as(b.Configured), want.String())
		}
		if !capture.Is(b.PVID, 0) { // the configured VLAN does not exist
			y.told(name+": untagged VLAN", as(b.PVID), access)
		}
	case "trunk":
		y.fact(name+": mode", as(b.Mode), state.Trunk.String())
		if want, err := state.ParseVIDSet(strings.ReplaceAll(allowed, " ", "")); err == nil {
			y.fact(name+": VLANs", as(b.Configured), want.String())
		}
		if !capture.Is(b.PVID, 0) { // it is tagged, or not allowed
			y.told(name+": untagged VLAN", as(b.PVID), native)
		}
	}
}

func iosSwitchports(y *tally, published any) {
	for name, v := range members(published) {
		o := members(v)
		enabled := map[string]string{"true": "enabled", "false": "disabled"}[text(o["switchport_enable"])]
		y.switchport(name, enabled, text(o["switchport_mode"]), text(o["operational_mode"]), text(o["access_vlan"]), text(members(o["encapsulation"])["native_vlan"]),
			text(o["voice_vlan"]), text(o["trunk_vlans"]), text(members(o["port_channel"])["port_channel_int"]))
	}
}

func iosNTCSwitchports(y *tally, published any) {
	for _, e := range items(published) {
		o := members(e)
		y.switchport(text(o["interface"]), strings.ToLower(text(o["switchport"])), text(o["admin_mode"]), text(o["mode"]), text(o["access_vlan"]), text(o["native_vlan"]),
			text(o["voice_vlan"]), strings.Join(texts(o["trunking_vlans"]), ","), "")
	}
}

// trunk compares what a trunk passes. A port that does not trunk is none.
func (y *tally) trunk(name, status, allowed, active string) {
	if status != "trunking" {
		return
	}
	b := &state.BridgePort{}
	if at := slices.IndexFunc(y.s.BridgePorts, func(b state.BridgePort) bool { return isName(name)(b.Interface) }); at >= 0 {
		b = &y.s.BridgePorts[at]
	}
	y.fact(name+": mode", as(b.Mode), state.Trunk.String())
	if want, err := state.ParseVIDSet(strings.ReplaceAll(allowed, " ", "")); err == nil {
		y.fact(name+": VLANs", as(b.Configured), want.String())
	}
	if want, err := state.ParseVIDSet(strings.ReplaceAll(active, " ", "")); err == nil {
		y.fact(name+": passed VLANs", as(b.Members), want.String())
	}
}

func iosTrunks(y *tally, published any) {
	for name, v := range members(members(published)["interface"]) {
		o := members(v)
		y.trunk(name, text(o["status"]), text(o["vlans_allowed_on_trunk"]), text(o["vlans_allowed_active_in_mgmt_domain"]))
	}
}

func iosNTCTrunks(y *tally, published any) {
	for _, e := range items(published) {
		o := members(e)
		y.trunk(text(o["port"]), text(o["status"]), strings.Join(texts(o["vlans_allowed_on_trunk"]), ","), strings.Join(texts(o["vlans_allowed_and_active_in_management_domain"]), ","))
	}
}

// remotePort compares names of ports at the other end, which the projects expand or not.
func remotePort(r *state.RemoteSystem, want any) capture.Fact[string] {
	w := text(want)
	return capture.Then(id(r.PortID), func(s string) (string, bool) {
		if oneInterface(s, w) {
			return w, true
		}
		return s, true
	})
}

// description compares descriptions as far as they are published, which may be their first line, or all in one.
func description(got capture.Fact[string], want string) capture.Fact[string] {
	squeeze := func(s string) string { return strings.Join(strings.Fields(s), " ") }
	return capture.Then(got, func(s string) (string, bool) {
		if strings.HasPrefix(squeeze(s), squeeze(want)) {
			return want, true
		}
		return s, true
	})
}

func iosLLDPTable(y *tally, published any) {
	for local, v := range members(members(published)["interfaces"]) {
		for port, v := range members(members(v)["port_id"]) {
			for name := range members(members(v)["neighbors"]) {
				y.neighbour(local, func(y *tally, r *state.RemoteSystem) {
					y.told(local+": port", remotePort(r, port), port)
					y.told(local+": system name", r.SystemName, name)
				})
			}
		}
	}
}

func iosLLDP(y *tally, published any) {
	for local, v := range members(members(published)["interfaces"]) {
		if local == "N/A" { // not printed
			local = ""
		}
		for _, v := range members(members(v)["port_id"]) {
			for _, v := range members(members(v)["neighbors"]) {
				o := members(v)
				y.neighbour(local, func(y *tally, r *state.RemoteSystem) {
					y.told(local+": chassis id", id(r.ChassisID), o["chassis_id"])
					y.told(local+": port", remotePort(r, o["port_id"]), o["port_id"])
					y.sent(local+": system name", r.SystemName, o["system_name"])
					y.sent(local+": port description", r.PortDescription, o["port_description"])
					d := text(o["system_description"])
					y.sent(local+": system description", description(r.SystemDescription, d), d)
					y.sent(local+": management address", management(r, address(o["management_address"])), address(o["management_address"]))
					y.told(local+": untagged VLAN", as(r.PVID), o["vlan_id"])
				})
			}
		}
	}
}

// address is a published address in its usual form.
func address(v any) string {
	if a, err := netip.ParseAddr(text(v)); err == nil {
		return a.String()
	}
	return text(v)
}

// sent is told without the words for what a neighbour did not send.
func (y *tally) sent(what string, got capture.Fact[string], want any) {
	switch w := text(want); w {
	case "not advertised", "- not advertised", "None":
	default:
		y.told(what, got, w)
	}
}

func iosLLDPInterface(y *tally, published any) {
	for local, v := range members(members(published)["interface"]) {
		for _, v := range members(members(v)["port_id"]) {
			o, d := members(members(v)["local_intf_service_instance"]), members(members(v)["system_description"])
			y.neighbour(local, func(y *tally, r *state.RemoteSystem) {
				y.told(local+": chassis id", id(r.ChassisID), o["chassis_id"])
				y.told(local+": port", remotePort(r, o["port_id"]), o["port_id"])
				y.told(local+": system name", r.SystemName, o["system_name"])
				y.told(local+": port description", r.PortDescription, o["port_description"])
				address := members(d["management_addresses"])["ip"]
				y.told(local+": management address", management(r, text(address)), address)
				y.told(local+": untagged VLAN", as(r.PVID), d["vlan_id"])
			})
		}
	}
}

func iosCDPTable(y *tally, published any) {
	for _, v := range members(members(members(published)["cdp"])["index"]) {
		o := members(v)
		local := text(o["local_interface"])
		if local == "" { // a name whose row is missing
			continue
		}
		y.neighbour(local, func(y *tally, r *state.RemoteSystem) {
			y.told(local+": system name", r.SystemName, o["device_id"])
			y.told(local+": port", remotePort(r, o["port_id"]), o["port_id"])
		})
	}
}

func iosCDP(y *tally, published any) {
	for _, v := range members(members(published)["index"]) {
		o := members(v)
		local := text(o["local_interface"])
		y.neighbour(local, func(y *tally, r *state.RemoteSystem) {
			y.told(local+": system name", r.SystemName, o["device_id"])
			y.told(local+": port", remotePort(r, o["port_id"]), o["port_id"])
			d := text(o["software_version"])
			y.told(local+": system description", description(r.SystemDescription, d), d)
			y.told(local+": untagged VLAN", as(r.PVID), o["native_vlan"])
			for a := range members(o["management_addresses"]) {
				y.told(local+": management address", management(r, address(a)), address(a))
			}
		})
	}
}

func iosNTCNeighbours(y *tally, published any) {
	for _, e := range items(published) {
		o := members(e)
		local := text(o["local_interface"])
		y.neighbour(local, func(y *tally, r *state.RemoteSystem) {
			y.told(local+": system name", r.SystemName, o["neighbor_name"])
			y.told(local+": chassis id", id(r.ChassisID), o["chassis_id"])
			if p, ok := o["neighbor_port_id"]; ok {
				y.told(local+": port", remotePort(r, p), p)
				y.told(local+": port description", r.PortDescription, o["neighbor_interface"])
			} else {
				y.told(local+": port", remotePort(r, o["neighbor_interface"]), o["neighbor_interface"])
			}
			d := text(o["neighbor_description"])
			y.told(local+": system description", description(r.SystemDescription, d), d)
			y.told(local+": management address", management(r, address(o["mgmt_address"])), address(o["mgmt_address"]))
			y.told(local+": untagged VLAN", as(r.PVID), o["vlan_id"])
		})
	}
}

func iosAddresses(y *tally, published any) {
	for vlan, v := range members(members(members(published)["mac_table"])["vlans"]) {
		for mac, v := range members(members(v)["mac_addresses"]) {
			o := members(v)
			for port := range members(o["interfaces"]) {
				y.addressPort(vlan, mac, port)
			}
			if len(members(o["drop"])) > 0 {
				y.addressPort(vlan, mac, "Drop")
			}
		}
	}
}

// addressPort compares one port of an address, which may have several.
func (y *tally) addressPort(vlan, mac, port string) {
	m, err := state.ParseMAC(mac)
	if _, bad := state.ParseVID(vlan); bad != nil || err != nil || port == "" {
		return // the switch's own, in all VLANs or none
	}
	what := "address " + mac + " in VLAN " + vlan
	var other *state.MACEntry
	for i := range y.s.MACs {
		if e := &y.s.MACs[i]; e.MAC == m && fmt.Sprint(e.VID) == vlan {
			if isName(port)(e.Interface) || strings.EqualFold(port, e.Interface) {
				y.right++
				return
			}
			other = e
		}
	}
	switch {
	case other == nil:
		y.absent(what, y.s.Listed.MACs)
	case !y.contradicted(y.where, what):
		y.miss(what, other.Interface, port, other.From)
	}
}

func iosAddressPorts(y *tally, published any) {
	for _, key := range []string{"ports", "mac_address_table"} {
		for _, v := range members(members(published)[key]) {
			o := members(v)
			mac, port, vlan := o["mac-address"], o["port"], o["vlan-id"]
			if key == "mac_address_table" {
				mac, port, vlan = o["mac_address"], o["ports"], o["vlan"]
			}
			y.addressPort(text(vlan), text(mac), text(port))
		}
	}
}

func iosNTCAddresses(y *tally, published any) {
	for _, e := range items(published) {
		o := members(e)
		for _, port := range texts(o["destination_port"]) {
			y.addressPort(text(o["vlan_id"]), text(o["destination_address"]), port)
		}
	}
}

// iosNapalmAddresses: it leaves the ports of the switch itself empty.
func iosNapalmAddresses(y *tally, published any) {
	for _, e := range items(published) {
		o := members(e)
		y.addressPort(text(o["vlan"]), text(o["mac"]), text(o["interface"]))
	}
}

// tree compares the state of a port in a VLAN or in an MST instance; the latter's VLANs are told by another command.
func (y *tally) tree(instance, port, status, role string) {
	want := state.Blocking.String()
	if strings.HasSuffix(strings.ToLower(status), "forwarding") || status == "FWD" {
		want = state.Forwarding.String()
	}
	what := port + " in " + instance
	for _, s := range y.s.STP {
		if isName(port)(s.Interface) && s.VIDs.String() == instance {
			y.fact(what, as(s.State), want)
			if role = strings.ToLower(role); want == state.Blocking.String() && role != "" {
				reserve := strings.HasPrefix(role, "alt") || strings.HasPrefix(role, "back")
				y.fact(what+": in reserve", as(s.Alternate), fmt.Sprint(reserve))
			}
			return
		}
	}
	y.absent(what, y.s.Listed.STP)
}

func iosTree(y *tally, published any) {
	var walk func(v any, instance string)
	walk = func(v any, instance string) {
		for key, v := range members(v) {
			o := members(v)
			switch key {
			case "interfaces":
				for port, v := range o {
					x := members(v)
					status, role := text(x["port_state"]), text(x["role"])
					if s := text(x["status"]); s != "" {
						role, _, _ = strings.Cut(s, " ")
						status = s
					}
					y.tree(instance, port, status, role)
				}
			case "vlans", "mst_instances":
				for id, v := range o {
					name := id
					if key == "mst_instances" {
						name = "MST" + id
						if list := text(members(v)["vlan"]); list != "" {
							name = list
						}
					}
					walk(v, name)
				}
			default:
				walk(v, instance)
			}
		}
	}
	walk(published, "")
}

// iosTreeSummary: of the numbers of ports only that none blocks is a fact of ours.
func iosTreeSummary(y *tally, published any) {
	o := members(members(published)["total_statistics"])
	if len(o) == 0 {
		return
	}
	if text(o["blockings"]) != "0" || text(o["listenings"]) != "0" || text(o["learnings"]) != "0" {
		y.unknown++
		return
	}
	y.fact("blocked ports", capture.Of(fmt.Sprint(len(y.s.STP)), y.s.Listed.STP), "0")
}

func iosNTCTree(y *tally, published any) {
	for _, e := range items(published) {
		o := members(e)
		y.tree(text(o["vlan_id"]), text(o["interface"]), text(o["status"]), text(o["role"]))
	}
}

func (y *tally) routedPort(name string, addresses []string, vrf string) {
	i := slices.IndexFunc(y.s.SVIs, func(s state.SVI) bool { return isName(name)(s.Interface) })
	if i < 0 {
		return
	}
	for _, a := range addresses {
		y.addressOf(y.s.SVIs[i].Interface, a)
	}
	y.told(name+": VRF", y.s.SVIs[i].VRF, vrf)
}

func iosInterfaces(y *tally, published any) {
	for name, v := range members(published) {
		o := members(v)
		i := y.port(name)
		if i == nil {
			i = &state.Interface{}
		}
		if o["is_deleted"] != true {
			y.status(name, upDown(o["enabled"]), text(o["line_protocol"]))
		}
		y.told(name+": MTU", as(i.MTU), o["mtu"])
		if !isZeroMAC(o["mac_address"]) {
			y.told(name+": MAC", as(i.MAC), o["mac_address"])
		}
		y.told(name+": description", i.Description, o["description"])
		if d := text(o["duplex_mode"]); d == "full" || d == "half" {
			y.told(name+": duplex", as(i.Duplex), d)
		}
		for _, port := range texts(members(o["port_channel"])["port_channel_member_intfs"]) {
			m := y.member(name, port)
			y.fact(name+": member "+port, as(capture.Of(m.Name != "", i.From)), "true")
		}
		var addresses []string
		for a := range members(o["ipv4"]) {
			if a != "unnumbered" && strings.Contains(a, "/") {
				addresses = append(addresses, a)
			}
		}
		y.routedPort(name, addresses, "")
	}
}

func iosDescriptions(y *tally, published any) {
	for name, v := range members(members(published)["interfaces"]) {
		o := members(v)
		y.described(name, text(o["status"]), text(o["protocol"]), text(o["description"]))
	}
}

func (y *tally) described(name, status, protocol, description string) {
	admin := map[string]string{"up": "up", "down": "up", "admin down": "down", "administratively down": "down"}[status]
	if status == "deleted" {
		protocol = ""
	}
	y.status(name, admin, protocol)
	i := y.port(name)
	if i == nil {
		i = &state.Interface{}
	}
	y.told(name+": description", i.Description, description)
}

func iosNTCDescriptions(y *tally, published any) {
	for _, e := range items(published) {
		o := members(e)
		y.described(text(o["port"]), text(o["status"]), text(o["protocol"]), text(o["description"]))
	}
}

func iosRouted(y *tally, published any) {
	for name, v := range members(published) {
		o := members(v)
		y.status(name, upDown(o["enabled"]), text(o["oper_status"]))
		var addresses []string
		for a := range members(o["ipv4"]) {
			if strings.Contains(a, "/") {
				addresses = append(addresses, a)
			}
		}
		y.routedPort(name, addresses, text(o["vrf"]))
		y.filtered(name, text(o["inbound_access_list"]))
	}
}

func (y *tally) filtered(name, list string) {
	if i := slices.IndexFunc(y.s.SVIs, func(s state.SVI) bool { return isName(name)(s.Interface) }); i >= 0 && list != "" {
		y.fact(name+": filtered", as(y.s.SVIs[i].Filtered), fmt.Sprint(list != "not set"))
	}
}

func iosBrief(y *tally, published any) {
	for name, v := range members(members(published)["interface"]) {
		o := members(v)
		y.brief(name, text(o["ip_address"]), text(o["status"]), text(o["protocol"]))
	}
}

func (y *tally) brief(name, address, status, protocol string) {
	y.described(name, status, protocol, "")
	if i := slices.IndexFunc(y.s.SVIs, func(s state.SVI) bool { return isName(name)(s.Interface) }); i >= 0 && address != "unassigned" && address != "" {
		y.fact(name+": addressed", as(y.s.SVIs[i].Addressed), "true")
	}
}

func iosNTCBrief(y *tally, published any) {
	for _, e := range items(published) {
		o := members(e)
		status, protocol := text(o["status"]), text(o["proto"])
		if a := text(o["admin"]); a != "" {
			status, protocol = a, text(o["protocol"])
		}
		y.brief(text(o["interface"]), text(o["ip_address"]), status, protocol)
	}
}

func iosNTCRouted(y *tally, published any) {
	for _, e := range items(published) {
		o := members(e)
		name := text(o["interface"])
		y.described(name, text(o["link_status"]), text(o["protocol_status"]), "")
		var addresses []string
		bits := texts(o["prefix_length"])
		for i, a := range texts(o["ip_address"]) {
			if i < len(bits) {
				addresses = append(addresses, a+"/"+bits[i])
			}
		}
		y.routedPort(name, addresses, text(o["vrf"]))
		y.filtered(name, text(o["inbound_acl"]))
	}
}

// iosVRFs reads VRFs with the names of their interfaces.
func iosVRFs(y *tally, published any) {
	o := members(published)
	if v := members(o["vrf"]); len(v) > 0 {
		o = v
	}
	for name, v := range o {
		y.vrf(name, slices.DeleteFunc(texts(members(v)["interfaces"]), func(s string) bool {
			return !strings.ContainsAny(s, "0123456789") || strings.HasPrefix(s, "Ipv") // words of a line that is no list of interfaces
		}))
	}
}

func iosNTCVRFs(y *tally, published any) {
	for _, e := range items(published) {
		o := members(e)
		name := text(o["name"])
		if name == "" {
			name = text(o["vrf"])
		}
		y.vrf(name, texts(o["interfaces"]))
	}
}

func iosNTCVRFInterfaces(y *tally, published any) {
	in := map[string][]string{}
	for _, e := range items(published) {
		o := members(e)
		in[text(o["vrf"])] = append(in[text(o["vrf"])], text(o["interface"]))
	}
	for name, list := range in {
		y.vrf(name, list)
	}
}

// iosInstances: the global instance has no row on the device.
func iosInstances(y *tally, published any) {
	for name, v := range members(published) {
		if name == "default" {
			continue
		}
		var in []string
		for i := range members(members(members(v)["interfaces"])["interface"]) {
			in = append(in, i)
		}
		y.vrf(name, in)
	}
}

func iosNTCVersion(y *tally, published any) {
	for _, e := range items(published) {
		o := members(e)
		d := &y.s.Device
		y.told("host name", d.Hostname, o["hostname"])
		hardware, serials, macs := texts(o["hardware"]), texts(o["serial"]), texts(o["mac_address"])
		if len(hardware) > 0 {
			y.model(d.Model, hardware[0])
		}
		if len(serials) > 0 {
			y.told("serial number", d.Serial, serials[0])
		}
		if len(macs) > 0 {
			y.told("MAC", as(d.ChassisMAC), macs[0])
		}
		for n, serial := range serials[min(1, len(serials)):] {
			id := fmt.Sprint(n + 2)
			y.told("member "+id+" serial", y.chassis(id).Serial, serial)
		}
		version := text(o["version"])
		if d.Version.Known() && sameRelease(d.Version.Value, version) {
			version = d.Version.Value
		}
		y.told("version", d.Version, version)
	}
}

// sameRelease compares 16.04.01 with 16.4.1: IOS-XE prints one, its IOS the other.
func sameRelease(a, b string) bool {
	plain := func(s string) string {
		var out []string
		for _, part := range strings.Split(s, ".") {
			if t := strings.TrimLeft(part, "0"); t != "" {
				part = t
			}
			out = append(out, part)
		}
		return strings.Join(out, ".")
	}
	return plain(a) == plain(b)
}

func iosNTCSwitch(y *tally, published any) {
	for _, e := range items(published) {
		o := members(e)
		n := text(o["switch"])
		y.stackMember(n, o["role"], o["state"], o["mac_address"])
		for _, port := range []string{"1", "2"} {
			if status := text(o["status"+port]); status != "" {
				y.stackLink(n, port, status, text(o["neighbor"+port]))
			}
		}
	}
}

func iosNTCVirtual(y *tally, published any) {
	for _, e := range items(published) {
		o := members(e)
		for _, x := range [][2]string{{text(o["switch"]), text(o["role"])}, {text(o["peer_switch"]), text(o["peer_role"])}} {
			y.told("member "+x[0]+" role", as(y.chassis(x[0]).Role), memberRole(x[1]))
		}
		y.told("stacked", as(y.s.Device.Stacked), map[string]string{"Virtual Switch": "true", "Standalone": "false"}[text(o["mode"])])
	}
}

// iosNTCModule: rows of a stack have a model and no type of card.
func iosNTCModule(y *tally, published any) bool {
	told := false
	for _, e := range items(published) {
		o := members(e)
		if n := text(o["switch_number"]); n != "" && text(o["cardtype"]) == "" && text(o["module"]) == "" {
			m := y.chassis(n)
			y.told("member "+n+" model", m.Model, o["model"])
			y.told("member "+n+" serial", m.Serial, o["serial"])
			y.told("member "+n+" MAC", as(m.MAC), o["mac_address"])
			told = true
		}
	}
	return told
}

// iosNTCInventory: the first row is the chassis, those with the number of a member are members.
func iosNTCInventory(y *tally, published any) {
	for i, e := range items(published) {
		o := members(e)
		y.inventoryRow(i == 0, text(o["name"]), text(o["pid"]), text(o["sn"]))
	}
}

func iosTTPInventory(y *tally, published any) {
	for i, e := range items(published) {
		o := members(e)
		y.inventoryRow(i == 0, text(o["slot"]), text(o["module"]), text(o["serial"]))
	}
}

func (y *tally) inventoryRow(chassis bool, name, pid, sn string) {
	if chassis {
		y.told("model", y.s.Device.Model, pid)
		y.told("serial number", y.s.Device.Serial, sn)
	}
	if m := memberEntry.FindStringSubmatch(name); m != nil && pid != "" && sn != "" {
		y.told("member "+m[1]+" model", y.chassis(m[1]).Model, pid)
		y.told("member "+m[1]+" serial", y.chassis(m[1]).Serial, sn)
	}
}

func iosNTCGroups(y *tally, published any) {
	for _, e := range items(published) {
		o := members(e)
		name := strings.Replace(text(o["bundle_name"]), "Po", "Port-channel", 1)
		a := y.s.Aggregator(name)
		if a == nil {
			a = &state.Aggregator{}
		}
		ports, flags := texts(o["member_interface"]), texts(o["member_interface_status"])
		if len(ports) > 0 {
			y.told(name+": protocol", as(a.Protocol), map[string]string{"LACP": "LACP", "PAgP": "PAgP", "-": "static"}[text(o["bundle_protocol"])])
		}
		status := text(o["bundle_status"])
		y.told(name+": oper", as(a.Oper), map[bool]string{true: "up", false: "down"}[strings.Contains(status, "U")])
		for i, port := range ports {
			m := y.member(name, port)
			y.fact(name+": member "+port, as(capture.Of(m.Name != "", a.From)), "true")
			if i < len(flags) {
				y.told(name+": "+port+" in service", inService(m), selected(flags[i]))
			}
		}
	}
}

func iosNTCInterfaces(y *tally, published any) {
	seen := map[string]bool{}
	for _, e := range items(published) {
		o := members(e)
		name := text(o["interface"])
		if seen[name] { // outputs of two devices in one file: which of both is the interface's state is not known
			y.unknown++
			continue
		}
		seen[name] = true
		oper, _, _ := strings.Cut(text(o["protocol_status"]), " ")
		y.described(name, text(o["link_status"]), oper, text(o["description"]))
		i := y.port(name)
		if i == nil {
			i = &state.Interface{}
		}
		y.told(name+": MTU", as(i.MTU), o["mtu"])
		if !isZeroMAC(o["mac_address"]) {
			y.told(name+": MAC", as(i.MAC), o["mac_address"])
		}
		d, _, _ := strings.Cut(strings.ToLower(strings.ReplaceAll(text(o["duplex"]), " ", "-")), "-")
		if d == "full" || d == "half" {
			y.told(name+": duplex", as(i.Duplex), d)
		}
		if a := text(o["ip_address"]); a != "" {
			y.routedPort(name, []string{a + "/" + text(o["prefix_length"])}, "")
		}
	}
}

func iosNTCStatus(y *tally, published any) {
	oper := map[string]string{"connected": "up", "notconnect": "down", "disabled": "down", "err-disabled": "down", "suspended": "down"}
	admin := map[string]string{"connected": "up", "notconnect": "up", "disabled": "down", "err-disabled": "up", "suspended": "up"}
	for _, e := range items(published) {
		o := members(e)
		name := text(o["port"])
		status, _, _ := strings.Cut(text(o["status"]), ":")
		y.status(name, admin[status], oper[status])
		i := y.port(name)
		if i == nil {
			i = &state.Interface{}
		}
		if label := text(o["name"]); len(label) < 18 { // else it may be cut
			y.told(name+": description", i.Description, label)
		}
		y.told(name+": duplex", as(i.Duplex), map[string]string{"a-full": "full", "full": "full", "a-half": "half", "half": "half"}[text(o["duplex"])])
		if text(o["vlan_id"]) == "routed" {
			y.fact(name+": bridged", as(i.Bridged), "false")
		}
		if at := slices.IndexFunc(y.s.BridgePorts, func(b state.BridgePort) bool { return isName(name)(b.Interface) }); at >= 0 {
			if _, err := state.ParseVID(text(o["vlan_id"])); err == nil {
				y.told(name+": untagged VLAN", as(y.s.BridgePorts[at].PVID), o["vlan_id"])
			}
		}
	}
}

// iosFacts: the version stands in a line of words; the list of interfaces is of another command.
func iosFacts(y *tally, published any) {
	o := members(published)
	d := &y.s.Device
	y.told("host name", d.Hostname, o["hostname"])
	y.model(d.Model, o["model"])
	y.told("serial number", d.Serial, o["serial_number"])
	_, version, _ := strings.Cut(text(o["os_version"]), "Version ")
	version = version[:strings.IndexAny(version+" ", " ,")]
	if d.Version.Known() && sameRelease(d.Version.Value, version) {
		version = d.Version.Value
	}
	y.told("version", d.Version, version)
}

// iosNapalmInterfaces: its speed is the bandwidth that somebody may have written.
func iosNapalmInterfaces(y *tally, published any) {
	for name, v := range members(published) {
		o, i := members(v), y.port(name)
		if i == nil {
			i = &state.Interface{}
		}
		y.status(name, upDown(o["is_enabled"]), upDown(o["is_up"]))
		if !isZeroMAC(o["mac_address"]) {
			y.told(name+": MAC", as(i.MAC), o["mac_address"])
		}
		y.told(name+": MTU", as(i.MTU), o["mtu"])
		y.told(name+": description", i.Description, o["description"])
	}
}

func iosNapalmIP(y *tally, published any) {
	for name, v := range members(published) {
		for _, family := range []string{"ipv4", "ipv6"} {
			for ip, l := range members(members(v)[family]) {
				y.addressOf(name, fmt.Sprintf("%s/%s", ip, text(members(l)["prefix_length"])))
			}
		}
	}
}

// iosNapalmNeighbours: descriptions are published by their first line.
func iosNapalmNeighbours(y *tally, published any) {
	for local, list := range members(published) {
		for _, n := range items(list) {
			o := members(n)
			y.neighbour(local, func(y *tally, r *state.RemoteSystem) {
				for _, key := range []string{"port", "remote_port"} {
					y.told(local+": port id", remotePort(r, o[key]), o[key])
				}
				for _, key := range []string{"hostname", "remote_system_name"} {
					y.told(local+": system name", r.SystemName, o[key])
				}
				d := text(o["remote_system_description"])
				y.told(local+": system description", description(r.SystemDescription, d), d)
				y.told(local+": port description", r.PortDescription, o["remote_port_description"])
				y.told(local+": chassis id", id(r.ChassisID), o["remote_chassis_id"])
			})
		}
	}
}

func iosStackwise(y *tally, published any) {
	if o := members(published); o["enabled"] != nil {
		y.fact("stacked", as(y.s.Device.Stacked), fmt.Sprint(o["enabled"] == true && len(members(o["switches"])) > 1))
	}
}

func iosInterchassis(y *tally, published any) {
	m := &y.s.MLAG
	for id, v := range members(members(published)["redundancy"]) {
		y.fact("domain", m.Domain, id)
		for ip, v := range members(members(v)["members"]) {
			o := members(v)
			y.fact("peer address", m.PeerAddress, ip)
			y.told("state", m.StateWord, o["mlacp_state"])
			y.fact("peered", as(m.Peered), fmt.Sprint(text(o["mlacp_state"]) == "CONNECTED"))
			y.told("keepalive", as(m.Keepalive), strings.ToLower(text(members(o["bfd_neighbor"])["status"])))
		}
	}
}

func iosProtocols(y *tally, published any) {
	for id, v := range members(members(published)["group"]) {
		a := y.s.Aggregator("Port-channel" + id)
		if a == nil {
			a = &state.Aggregator{}
		}
		if p := text(members(v)["protocol"]); p != "-" {
			y.told("Port-channel"+id+": protocol", as(a.Protocol), strings.Replace(p, "Mode ON", "static", 1))
		}
	}
}

// iosRedundancy: the roles of chassis are facts of ours, those of supervisors in one chassis are not.
func iosRedundancy(y *tally, published any) bool {
	told := false
	for name, v := range members(members(published)["slot"]) {
		told = y.slot(strings.TrimPrefix(name, "slot "), text(members(v)["curr_sw_state"])) || told
	}
	return told
}

func (y *tally) slot(slot, status string) bool {
	n, _, ok := strings.Cut(slot, "/")
	word, _, _ := strings.Cut(strings.ToLower(status), " ")
	if ok {
		y.told("member "+n+" role", as(y.chassis(n).Role), memberRole(word))
	}
	return ok
}

func iosNTCRedundancy(y *tally, published any) bool {
	told := false
	for _, e := range items(published) {
		o := members(e)
		told = y.slot(text(o["active_slot"]), text(o["active_software_state"])) || told
		told = y.slot(text(o["standby_slot"]), text(o["standby_software_state"])) || told
	}
	return told
}
