package main

import (
	"fmt"
	"net/netip"
	"slices"
	"strings"

	"uplinkcheck/drivers/capture"
	"uplinkcheck/drivers/state"
	drivertext "uplinkcheck/drivers/text"
)

var _ = adapt("cisco_iosxr", map[string]adapter{
	"genie show_bundle":                                     always(xrBundles),
	"genie show_bundle_reasons":                             always(xrBundles),
	"genie show_lacp":                                       always(xrLACP),
	"genie show_cdp_neighbors":                              always(xrCDP),
	"genie show_cdp_neighbors_detail":                       always(xrCDP),
	"ntc-templates show_cdp_neighbors_detail":               always(xrTextCDP),
	"genie show_lldp_entry":                                 always(xrLLDP),
	"genie show_lldp_neighbors_detail":                      always(xrLLDP),
	"genie show_lldp_neighbors_interface_detail":            always(xrLLDP),
	"ntc-templates show_lldp_neighbors":                     always(xrTextLLDP),
	"ntc-templates show_lldp_neighbors_detail":              always(xrTextLLDP),
	"genie show_version":                                    always(xrVersion),
	"ntc-templates show_version":                            always(xrTextVersion),
	"ntc-templates show_version_brief":                      always(xrTextVersion),
	"genie show_inventory":                                  xrInventory,
	"genie show_inventory_raw":                              xrInventory,
	"ntc-templates show_inventory":                          xrTextInventory,
	"ntc-templates admin_show_inventory":                    xrTextInventory,
	"ttp_templates records":                                 xrTextInventory,
	"ntc-templates show_interfaces":                         always(xrTextInterfaces),
	"ntc-templates show_interface_brief":                    always(xrTextInterfaces),
	"ntc-templates show_interfaces_brief":                   always(xrTextInterfaces),
	"ntc-templates show_interfaces_description":             always(xrTextInterfaces),
	"genie show_interfaces":                                 always(xrInterfaces),
	"genie show_interfaces_detail":                          always(xrInterfaces),
	"genie show_interfaces_description":                     always(xrDescriptions),
	"genie show_interface_brief":                            always(xrDescriptions),
	"genie show_interfaces_brief":                           always(xrDescriptions),
	"genie show_vlan_interface":                             always(xrVLANInterfaces),
	"genie show_ip_interface_brief":                         always(xrAddressesBrief),
	"genie show_ipv4_interface_brief":                       always(xrAddressesBrief),
	"genie show_ipv4_vrf_all_interface":                     always(xrAddresses),
	"genie show_ipv4_interface":                             always(xrAddresses),
	"ntc-templates show_ip_interface_brief":                 always(xrTextAddresses),
	"ntc-templates show_ipv4_interface":                     always(xrTextAddresses),
	"ntc-templates show_ipv4_vrf_all_interface":             always(xrTextAddresses),
	"ntc-templates show_ipv4_vrf_all_interface_brief":       always(xrTextAddresses),
	"genie show_vrf_all_detail":                             always(xrVRFs),
	"ntc-templates show_vrf_all_detail":                     always(xrTextVRFs),
	"genie show_spanning_tree_mst":                          always(xrTrees),
	"genie show_spanning_tree_pvrst":                        always(xrTrees),
	"genie show_l2vpn_forwarding_bridge_domain_mac_address": always(xrAddressTable),
	"ntc-templates show_l2vpn_mac_learning_mac_all_location": always(func(y *tally, published any) {
		for _, e := range items(published) {
			y.xrLearned(text(members(e)["mac_address"]), text(members(e)["next_hop"]))
		}
	}),
	"napalm get_mac_address_table()": always(func(y *tally, published any) { // its VLAN is the name of a bridge domain
		for _, e := range items(published) {
			if o := members(e); text(o["interface"]) != "" {
				y.xrLearned(text(o["mac"]), text(o["interface"]))
			}
		}
	}),
	"genie show_l2vpn_bridge_domain":           xrBridgeDomains,
	"genie show_l2vpn_bridge_domain_detail":    xrBridgeDomains,
	"genie show_evpn_ethernet_segment":         xrSegments,
	"genie show_evpn_ethernet_segment_detail":  xrSegments,
	"genie show_evpn_ethernet_segment_private": xrSegments,
})

// xrShort are the kinds of interfaces whose short form is not how they begin; genie writes TenGigabitEthernet.
var xrShort = []struct{ short, full string }{{"BE", "Bundle-Ether"}, {"tt", "tunnel-te"}, {"ti", "tunnel-ip"}, {"FH", "FourHundredGigE"}, {"TF", "TwentyFiveGigE"},
	{"TH", "TwoHundredGigE"}, {"EH", "EightHundredGigE"}, {"Te", "TenGigE"}, {"Fo", "FortyGigE"}, {"Hu", "HundredGigE"}, {"TenGigabitEthernet", "TenGigE"}}

// xrName is a published name of an interface as the device's configuration has it.
func xrName(s string) string {
	s = strings.ReplaceAll(s, " ", "")
	i := strings.IndexAny(s, "0123456789")
	for _, n := range xrShort {
		if i > 0 && s[:i] == n.short {
			return n.full + s[i:]
		}
	}
	return s
}

func (y *tally) xrAggregator(name string) *state.Aggregator {
	if a := y.s.Aggregator(xrName(name)); a != nil {
		return a
	}
	return &state.Aggregator{}
}

// xrBundles: links of another device are no ports of ours. A port of both is published once, as the last of them.
func xrBundles(y *tally, published any) {
	oper := map[string]string{"up": "up", "down": "down", "admin down": "down"}
	for name, v := range members(members(published)["interfaces"]) {
		o, a := members(v), y.xrAggregator(name)
		y.told(name+": oper", as(a.Oper), oper[text(o["oper_status"])])
		y.told(name+": min links", as(a.MinLinks), o["min_active_link"])
		switch text(members(o["lacp"])["lacp"]) {
		case "Operational", "Not operational":
			y.fact(name+": protocol", as(a.Protocol), state.LACP.String())
		case "Not configured":
			y.fact(name+": protocol", as(a.Protocol), state.Static.String())
		}
		if text(members(o["mlacp"])["mlacp"]) == "Operational" {
			y.fact(name+": multi-chassis", as(capture.Then(a.MLAGID, func(id string) (bool, bool) { return id != "", true })), "true")
		}
		for _, p := range members(o["port"]) {
			y.xrBundlePort(name, members(p))
		}
	}
}

func (y *tally) xrBundlePort(bundle string, o object) {
	if text(o["device"]) != "Local" {
		return
	}
	name := text(o["interface"])
	m := y.member(xrName(bundle), xrName(name))
	what := bundle + ": " + name
	switch text(o["state"]) {
	case "Active":
		y.fact(what+" in service", inService(m), "true")
	case "Standby", "Hot Standby", "Configured":
		y.fact(what+" in service", inService(m), "false")
	}
	priority, port, ok := strings.Cut(text(o["port_id"]), ",")
	if ok {
		y.fact(what+": priority", as(m.Actor.PortPriority), hex(priority))
		y.fact(what+": port number", as(m.Actor.Port), hex(port))
	}
	if why := text(o["link_state"]); why != "" && text(o["state"]) != "Active" {
		y.fact(what+": reason", m.Reason, why)
	}
}

// hex is a hexadecimal number behind 0x as a decimal one.
func hex(s string) string {
	var v uint64
	if _, err := fmt.Sscanf(strings.TrimSpace(s), "0x%x", &v); err != nil {
		return s
	}
	return fmt.Sprint(v)
}

// xrLACP: the ports of the multi-chassis peer have no rate.
func xrLACP(y *tally, published any) {
	for bundle, v := range members(members(published)["interfaces"]) {
		a := y.xrAggregator(bundle)
		y.fact(bundle+": protocol", as(a.Protocol), state.LACP.String())
		for name, v := range members(members(v)["port"]) {
			o := members(v)
			if o["rate"] == nil {
				continue
			}
			m := y.member(xrName(bundle), xrName(name))
			y.xrEndpoint(name+": actor", m.Actor, o)
			y.xrEndpoint(name+": partner", m.Partner, members(o["partner"]))
			if text(o["mux"]) == "Distrib" || text(o["selection"]) != "Selected" {
				y.fact(name+" in service", inService(m), fmt.Sprint(text(o["selection"]) == "Selected"))
			}
			if a, p := text(o["a_churn"]), text(o["p_churn"]); a != "" && p != "" {
				y.fact(name+": churn", as(m.Churn), fmt.Sprint(a == "Churn" || p == "Churn"))
			}
		}
	}
}

var xrLetters = []struct {
	letter string
	bit    state.LACPBits
}{{"a", state.Aggregation}, {"s", state.Synchronization}, {"c", state.Collecting}, {"d", state.Distributing}, {"A", state.Activity}, {"F", state.ShortTimeout},
	{"D", state.Defaulted}, {"E", state.Expired}}

func (y *tally) xrEndpoint(what string, e state.Endpoint, o object) {
	if o == nil {
		return
	}
	letters := text(o["state"])
	for i, l := range xrLetters {
		if len(letters) == len(xrLetters) {
			y.fact(what+" "+l.bit.String(), bit(e, l.bit), map[bool]string{true: "yes", false: "no"}[letters[i:i+1] == l.letter])
		}
	}
	if priority, port, ok := strings.Cut(text(o["port_id"]), ","); ok {
		y.fact(what+" port priority", as(e.PortPriority), hex(priority))
		y.fact(what+" port", as(e.Port), hex(port))
	}
	y.told(what+" key", as(e.Key), hex(text(o["key"])))
	if priority, system, ok := strings.Cut(text(o["system_id"]), ","); ok {
		y.fact(what+" system priority", as(e.SystemPriority), hex(priority))
		y.fact(what+" system", as(e.System), system)
	}
}

func xrCDP(y *tally, published any) {
	rows := members(members(members(published)["cdp"])["index"])
	if rows == nil {
		rows = members(members(published)["index"])
	}
	for _, v := range rows {
		o := members(v)
		local := xrName(text(o["local_interface"]))
		y.neighbour(local, func(y *tally, r *state.RemoteSystem) {
			if _, detail := o["software_version"]; detail {
				y.told(local+": device id", id(r.ChassisID), o["device_id"])
				y.told(local+": system name", r.SystemName, o["system_name"])
				y.told(local+": native VLAN", as(r.PVID), o["native_vlan"])
				y.told(local+": version", r.SystemDescription, o["software_version"])
			} else {
				y.told(local+": system name", r.SystemName, o["device_id"])
			}
			y.told(local+": port", xrPortID(r, text(o["port_id"])), o["port_id"])
			for a := range members(o["entry_addresses"]) {
				y.told(local+": address", management(r, a), a)
			}
		})
	}
}

// xrPortID takes a short name for the full one that genie makes of it.
func xrPortID(r *state.RemoteSystem, want string) capture.Fact[string] {
	return capture.Then(portName(r, want), func(s string) (string, bool) {
		if oneInterface(s, want) {
			return want, true
		}
		return s, true
	})
}

func xrTextCDP(y *tally, published any) {
	for _, e := range items(published) {
		o := members(e)
		local := xrName(text(o["local_interface"]))
		y.neighbour(local, func(y *tally, r *state.RemoteSystem) {
			y.told(local+": device id", id(r.ChassisID), o["chassis_id"])
			y.told(local+": system name", r.SystemName, o["neighbor_name"])
			y.told(local+": port", portName(r, text(o["neighbor_interface"])), o["neighbor_interface"])
			y.told(local+": address", management(r, text(o["mgmt_address"])), o["mgmt_address"])
			y.told(local+": version", firstLine(r.SystemDescription), o["neighbor_description"])
		})
	}
}

// firstLine is what ntc-templates publishes of a text of several lines.
func firstLine(f capture.Fact[string]) capture.Fact[string] {
	return capture.Then(f, func(s string) (string, bool) {
		first, _, _ := strings.Cut(s, "\n")
		return strings.TrimSpace(first), true
	})
}

// xrLLDP: genie writes the words "not advertised" for what is not, and for some descriptions none at all.
func xrLLDP(y *tally, published any) {
	for local, v := range members(members(published)["interfaces"]) {
		for port, v := range members(members(v)["port_id"]) {
			for _, v := range members(members(v)["neighbors"]) {
				o := members(v)
				y.neighbour(xrName(local), func(y *tally, r *state.RemoteSystem) {
					y.told(local+": chassis id", id(r.ChassisID), o["chassis_id"])
					y.told(local+": port", xrPortID(r, port), port)
					if d := text(o["port_description"]); d != "not advertised" {
						y.told(local+": port description", r.PortDescription, d)
					}
					if n := text(o["system_name"]); n != "not advertised" {
						y.told(local+": system name", r.SystemName, n)
					}
					if d := text(o["system_description"]); d != "not advertised" {
						y.told(local+": system description", r.SystemDescription, d)
					}
					y.told(local+": hold time", as(r.TTL), o["hold_time"])
					for _, key := range []string{"management_address", "management_address_v6"} {
						y.told(local+": management address", management(r, text(o[key])), o[key])
					}
				})
			}
		}
	}
}

func xrTextLLDP(y *tally, published any) {
	for _, e := range items(published) {
		o := members(e)
		local := xrName(text(o["local_interface"]))
		y.neighbour(local, func(y *tally, r *state.RemoteSystem) {
			for _, key := range []string{"neighbor", "neighbor_name"} {
				y.told(local+": system name", r.SystemName, o[key])
			}
			for _, key := range []string{"neighbor_port_id", "neighbor_interface"} {
				y.told(local+": port", portName(r, text(o[key])), o[key])
			}
			y.told(local+": chassis id", id(r.ChassisID), o["chassis_id"])
			y.told(local+": port description", r.PortDescription, o["neighbor_port_description"])
			y.told(local+": system description", firstLine(r.SystemDescription), o["system_description"])
			for _, key := range []string{"management_ip", "management_ipv6", "mgmt_address"} {
				if a, err := netip.ParseAddr(text(o[key])); err == nil { // some were made illegible
					y.told(local+": management address", management(r, a.String()), a)
				}
			}
		})
	}
}

func xrVersion(y *tally, published any) {
	o := members(published)
	y.told("version", y.s.Device.Version, o["software_version"])
	y.told("model", y.s.Device.Model, o["device_family"])
}

// xrTextVersion: the version has the name of a train behind it.
func xrTextVersion(y *tally, published any) {
	for _, e := range items(published) {
		o := members(e)
		version, _, _ := strings.Cut(text(o["version"]), " ")
		y.device(o["hostname"], o["hardware"], version, "")
	}
}

// xrInventory: of all parts the chassis is that of a state.Switch.
func xrInventory(y *tally, published any) bool {
	told := false
	for name, v := range members(members(published)["module_name"]) {
		told = y.xrChassis(name, text(members(v)["sn"])) || told
	}
	return told
}

func xrTextInventory(y *tally, published any) bool {
	told := false
	for _, e := range items(published) {
		o := members(e)
		told = y.xrChassis(text(o["name"])+text(o["slot"]), text(o["sn"])+text(o["serial"])) || told
	}
	return told
}

func (y *tally) xrChassis(name, serial string) bool {
	name = strings.ToLower(name)
	if name != "rack 0" && name != "chassis" && !strings.HasPrefix(name, "chassis ") || serial == "N/A" || serial == "" {
		return false
	}
	y.fact("serial number", y.s.Device.Serial, serial)
	return true
}

// xrStatus compares words for the state of a line and of the protocol on it.
func (y *tally) xrStatus(name, line, protocol string) {
	words := map[string][2]string{"up": {"up", "up"}, "down": {"up", "down"}, "admin-down": {"down", "down"}, "administratively down": {"down", "down"},
		"shutdown": {"down", "down"}}
	line, protocol = strings.ToLower(line), strings.ToLower(protocol)
	oper := words[protocol][1]
	if words[line][1] == "down" {
		oper = "down"
	}
	y.status(xrName(name), words[line][0], oper)
}

func xrTextInterfaces(y *tally, published any) {
	for _, e := range items(published) {
		o := members(e)
		name := text(o["interface"])
		line, protocol := text(o["link_status"])+text(o["intf_state"])+text(o["status"]), text(o["admin_state"])+text(o["linep_state"])+text(o["protocol"])
		y.xrStatus(name, line, protocol)
		y.xrPort(name, o["description"], o["mtu"], o["mac_address"], o["speed"], o["duplex"])
		if vlan := text(o["vlan_id"]); vlan != "" {
			y.xrVLAN(name, vlan)
		}
		y.addressOf(xrName(name), text(o["ip_address"]))
	}
}

// xrPort compares what an interface says of itself. That of a subinterface which counts its tags is no MTU of ours.
func (y *tally) xrPort(name string, description, mtu, mac, speed, duplex any) {
	i := y.port(xrName(name))
	if i == nil {
		i = &state.Interface{}
	}
	y.told(name+": description", i.Description, description)
	if !strings.Contains(name, ".") {
		y.told(name+": MTU", as(i.MTU), mtu)
	}
	y.told(name+": MAC", as(i.MAC), mac)
	if bits := drivertext.Speed(capture.Of(text(speed), capture.Span{Reply: &capture.Reply{}})); bits.Value > 0 {
		y.fact(name+": speed", as(i.Speed), fmt.Sprint(bits.Value))
	}
	if d := strings.ToLower(text(duplex)); d == "full" || d == "half" {
		y.fact(name+": duplex", as(i.Duplex), d)
	}
}

// xrVLAN compares the VLAN of a subinterface: of a routed one it is that of its SVI, of a bridged one among those of its port.
func (y *tally) xrVLAN(name, vlan string) {
	i := slices.IndexFunc(y.s.SVIs, func(s state.SVI) bool { return isName(xrName(name))(s.Interface) })
	if i >= 0 {
		y.fact(name+": VLAN", as(y.s.SVIs[i].VID), vlan)
		return
	}
	main, _, _ := strings.Cut(xrName(name), ".")
	v, err := state.ParseVID(vlan)
	if b := y.s.BridgePort(main); b != nil && err == nil {
		y.fact(name+": VLAN", as(capture.Then(b.Configured, func(s state.VIDSet) (bool, bool) { return s.Has(v), true })), "true")
		return
	}
	y.unknown++
}

func xrInterfaces(y *tally, published any) {
	for name, v := range members(published) {
		o := members(v)
		line := text(o["oper_status"])
		if o["enabled"] == false {
			line = "admin-down"
		}
		y.xrStatus(name, line, text(o["line_protocol"]))
		y.xrPort(name, o["description"], o["mtu"], o["mac_address"], o["port_speed"], o["duplex_mode"])
		if i := y.port(xrName(name)); i != nil {
			y.told(name+": transitions", as(i.Transitions), o["interface_state_transitions"])
		}
		e := members(o["encapsulations"])
		if vlan := text(e["first_dot1q"]); vlan != "" && e["second_dot1q"] == nil {
			y.xrVLAN(name, vlan)
		}
		for prefix := range members(o["ipv4"]) {
			y.addressOf(xrName(name), prefix)
		}
		for port, m := range members(members(o["port_channel"])["members"]) {
			if st := text(members(m)["state"]); st == "Active" || st == "Configured" || st == "Standby" {
				y.fact(name+": "+port+" in service", inService(y.member(xrName(name), xrName(port))), fmt.Sprint(st == "Active"))
			}
		}
	}
}

func xrDescriptions(y *tally, published any) {
	rows := members(members(published)["interfaces"])
	if rows == nil {
		rows = members(members(published)["interface"])
	}
	for name, v := range rows {
		o := members(v)
		y.xrStatus(name, text(o["status"])+text(o["intf_state"]), text(o["protocol"])+text(o["linep_state"]))
		y.xrPort(name, o["description"], o["mtu"], nil, nil, nil)
	}
}

func xrVLANInterfaces(y *tally, published any) {
	for name, v := range members(published) {
		o := members(v)
		i := slices.IndexFunc(y.s.SVIs, func(s state.SVI) bool { return isName(xrName(name))(s.Interface) })
		if text(o["service"]) != "L3" {
			y.xrVLAN(name, text(o["outer_vlan"]))
			continue
		}
		svi := state.SVI{}
		if i >= 0 {
			svi = y.s.SVIs[i]
		}
		y.fact(name+": oper", as(svi.Oper), map[bool]string{true: "up", false: "down"}[text(o["linep_state"]) == "up"])
		if text(o["second_vlan"]) == "" {
			y.fact(name+": VLAN", as(svi.VID), text(o["outer_vlan"]))
		}
	}
}

// xrRouted compares a row about an interface with an address: its state and its routing instance.
func (y *tally) xrRouted(name, line, protocol, vrf string) {
	if strings.EqualFold(line, protocol) || !strings.EqualFold(line, "up") {
		y.xrStatus(name, line, protocol)
	}
	if vrf != "" {
		y.vrf(vrf, []string{xrName(name)})
	}
}

func xrAddressesBrief(y *tally, published any) {
	for name, v := range members(members(published)["interface"]) {
		o := members(v)
		y.xrRouted(name, text(o["interface_status"]), text(o["protocol_status"]), text(o["vrf_name"]))
	}
}

func xrAddresses(y *tally, published any) {
	for name, v := range members(published) {
		o := members(v)
		y.xrRouted(name, text(o["int_status"]), text(o["oper_status"]), text(o["vrf"]))
		for prefix := range members(o["ipv4"]) {
			if strings.Contains(prefix, "/") {
				y.addressOf(xrName(name), prefix)
			}
		}
	}
}

func xrTextAddresses(y *tally, published any) {
	for _, e := range items(published) {
		o := members(e)
		name := text(o["interface"])
		y.xrRouted(name, text(o["link_status"])+text(o["status"]), text(o["protocol_status"])+text(o["proto"]), text(o["vrf"]))
		if length := text(o["prefix_length"]); length != "" {
			y.addressOf(xrName(name), text(o["ip_address"])+"/"+length)
		}
		lengths := texts(o["sec_prefix_length"])
		for i, ip := range texts(o["sec_ip_address"]) {
			if i < len(lengths) {
				y.addressOf(xrName(name), ip+"/"+lengths[i])
			}
		}
	}
}

func xrVRFs(y *tally, published any) {
	for name, v := range members(published) {
		var in []string
		for _, i := range texts(members(v)["interfaces"]) {
			in = append(in, xrName(i))
		}
		y.vrf(name, in)
	}
}

func xrTextVRFs(y *tally, published any) {
	for _, e := range items(published) {
		y.vrf(text(members(e)["vrf"]), texts(members(e)["interfaces"]))
	}
}

// xrTrees walks down to the interfaces of an instance or a VLAN.
func xrTrees(y *tally, published any) {
	var walk func(v any)
	walk = func(v any) {
		for key, v := range members(v) {
			if key != "interface" && key != "interfaces" {
				walk(v)
				continue
			}
			for name, v := range members(v) {
				o := members(v)
				if st := text(o["port_state"]); st != "" {
					y.xrTree(name, st, text(o["role"]))
				}
			}
		}
	}
	walk(published)
}

// xrTree compares one row; where an interface stands in several trees one of its rows must fit.
func (y *tally) xrTree(name, word, role string) {
	want := map[bool]state.STPState{true: state.Forwarding, false: state.Blocking}[word == "FWD"].String()
	var got capture.Fact[string]
	for _, p := range y.s.STP {
		if isName(xrName(name))(p.Interface) && (!got.Known() || as(p.State).Value == want) {
			got = as(p.State)
		}
	}
	y.fact(name+": "+role+" state", got, want)
}

func xrAddressTable(y *tally, published any) {
	for name, v := range members(members(published)["mac_table"]) {
		for mac, v := range members(members(v)["mac_address"]) {
			if strings.HasPrefix(name, "(") || strings.HasPrefix(name, "BD ") || text(members(v)["type"]) == "EVPN" {
				continue // behind a pseudowire or another router: no port of ours
			}
			y.xrLearned(mac, name)
		}
	}
}

// xrLearned compares a learned address, which is in a bridge domain and no VLAN.
func (y *tally) xrLearned(mac, name string) {
	m, err := state.ParseMAC(mac)
	if err != nil {
		return
	}
	found := slices.ContainsFunc(y.s.MACs, func(e state.MACEntry) bool { return e.MAC == m && isName(xrName(name))(e.Interface) })
	if found {
		y.right++
		return
	}
	y.absent("address "+mac+" on "+name, y.s.Listed.MACs)
}

// xrBridgeDomains: of a circuit with VLANs of its own they are among those of its port.
func xrBridgeDomains(y *tally, published any) bool {
	told := false
	var walk func(v any)
	walk = func(v any) {
		for key, v := range members(v) {
			if key != "ac" && key != "interfaces" {
				walk(v)
				continue
			}
			for name, v := range members(members(v)["interfaces"]) {
				vlans := drivertext.VLANs(capture.Of(text(members(v)["vlan_ranges"]), capture.Span{Reply: &capture.Reply{}}))
				for vid := range vlans.Value.All() {
					told = true
					y.xrVLAN(name, fmt.Sprint(vid))
				}
			}
		}
	}
	walk(published)
	return told
}

func xrSegments(y *tally, published any) bool {
	told := false
	for esi, v := range members(members(published)["segment_id"]) {
		for name, v := range members(members(v)["interface"]) {
			if !strings.HasPrefix(xrName(name), "Bundle-") || strings.Count(esi, ".") != 4 {
				continue
			}
			told = true
			a := y.xrAggregator(name)
			y.fact(name+": ESI", capture.Then(a.ESI, func(s string) (string, bool) { return strings.ReplaceAll(s, ":", ""), true }), strings.ReplaceAll(esi, ".", ""))
			switch mode := text(members(members(v)["topology"])["operational"]); {
			case strings.Contains(mode, "All-active"):
				y.fact(name+": mode", as(a.ESIMode), state.AllActive.String())
			case strings.Contains(mode, "Single-active"):
				y.fact(name+": mode", as(a.ESIMode), state.SingleActive.String())
			}
		}
	}
	return told
}
