package main

import (
	"fmt"
	"maps"
	"net/netip"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"uplinkcheck/drivers/capture"
	"uplinkcheck/drivers/state"
)

var _ = adapt("cisco_nxos", map[string]adapter{
	"napalm get_facts()":                        always(nxosFacts),
	"napalm get_lldp_neighbors_detail()":        always(nxosNapalmNeighbours),
	"napalm get_mac_address_table()":            always(nxosNapalmAddresses),
	`suzieq "device show" rows for the host`:    always(nxosSuzieqDevice),
	`suzieq "lldp show" rows for the host`:      always(nxosSuzieqNeighbours),
	`suzieq "mac show" rows for the host`:       always(nxosSuzieqAddresses),
	`suzieq "interface show" rows for the host`: always(nxosSuzieqInterfaces),
	`suzieq "mlag show" rows for the host`:      always(nxosSuzieqMLAG),
	"ntc-templates show_version":                always(nxosVersion),
	"genie show_version":                        always(nxosGenieVersion),
	"ntc-templates show_inventory":              nxosInventory,
	"genie show_inventory":                      nxosGenieInventory,
	"ntc-templates show_vlan":                   always(nxosVLANs),
	"ntc-templates show_vlan_brief":             always(nxosVLANs),
	"genie show_vlan":                           always(nxosGenieVLANs),
	"ntc-templates show_interface_switchport":   always(nxosSwitchports),
	"ntc-templates show_interfaces_switchport":  always(nxosSwitchports),
	"genie show_interface_switchport":           always(nxosGenieSwitchports),
	"ntc-templates show_port_channel_summary":   always(nxosSummary),
	"genie show_port_channel_summary":           always(nxosGenieLAGs),
	"genie show_port_channel_database":          always(nxosGenieLAGs),
	"genie show_lacp_neighbor":                  always(nxosGenieLAGs),
	"genie show_lacp_counters":                  always(nxosGenieLAGs),
	"genie show_lacp_system_identifier":         always(nxosGenieSystem),
	"ntc-templates show_lldp_neighbors":         always(nxosNeighbours),
	"ntc-templates show_lldp_neighbors_detail":  always(nxosNeighbours),
	"genie show_lldp_neighbors_detail":          always(nxosGenieNeighbours),
	"ntc-templates show_cdp_neighbors":          always(nxosNeighbours),
	"ntc-templates show_cdp_neighbors_detail":   always(nxosNeighbours),
	"genie show_cdp_neighbors":                  always(nxosGenieCDP),
	"genie show_cdp_neighbors_detail":           always(nxosGenieCDP),
	"ntc-templates show_mac_address_table":      always(nxosAddresses),
	"genie show_mac_address_table":              always(nxosGenieAddresses),
	"genie show_mac_address_table_vni":          always(nxosGenieAddresses),
	"ntc-templates show_vpc":                    always(nxosVPC),
	"genie show_vpc":                            always(nxosGenieVPC),
	"ntc-templates show_vrf":                    always(nxosVRFs),
	"ntc-templates show_vrf_detail":             always(nxosVRFs),
	"ntc-templates show_vrf_interface":          always(nxosVRFs),
	"genie show_vrf":                            always(nxosGenieVRFs),
	"genie show_vrf_detail":                     always(nxosGenieVRFs),
	"genie show_vrf_interface":                  always(nxosGenieVRFs),
	"genie show_vrf_all_interface":              always(nxosGenieVRFs),
	"ntc-templates show_interface":              always(nxosInterfaces),
	"ntc-templates show_interface_brief":        always(nxosInterfaces),
	"ntc-templates show_interface_status":       always(nxosInterfaces),
	"ntc-templates show_interface_description":  always(nxosInterfaces),
	"ntc-templates show_ipv6_interface_brief":   always(nxosInterfaces),
	"genie show_interface":                      always(nxosGenieInterfaces),
	"genie show_interface_brief":                always(nxosGenieInterfaces),
	"genie show_interface_status":               always(nxosGenieInterfaces),
	"genie show_interface_description":          always(nxosGenieInterfaces),
	"ntc-templates show_ip_interface":           always(nxosIP),
	"ntc-templates show_ip_interface_vrf_all":   always(nxosIP),
	"ntc-templates show_ip_interface_brief":     always(nxosIP),
	"genie show_ip_interface_vrf_all":           always(nxosGenieIP),
	"genie show_ipv6_interface_vrf_all":         always(nxosGenieIP),
	"genie show_ip_interface_brief":             always(nxosGenieIP),
	"genie show_ip_interface_brief_vrf_all":     always(nxosGenieIP),
	"genie show_ip_interface_brief_pipe_vlan":   always(nxosGenieIP),
	"genie show_spanning_tree_detail":           always(nxosGenieSTP),
	"genie show_spanning_tree_mst":              always(nxosGenieSTP),
	"genie show_spanning_tree_mst_detail":       always(nxosGenieSTP),
})

// nxosChassis is a published model without the word that follows it.
func nxosChassis(v any) string {
	s, _, _ := strings.Cut(text(v), " Chassis")
	return s
}

// nxosRelease is a published version without what stands in brackets behind it.
func nxosRelease(v any) string {
	s, _, _ := strings.Cut(text(v), " [")
	return s
}

// nxosFacts: where no list of interfaces was recorded, that there is one counts once.
func nxosFacts(y *tally, published any) {
	o := members(published)
	y.device(o["hostname"], nxosChassis(o["model"]), nxosRelease(o["os_version"]), o["serial_number"])
	list := texts(o["interface_list"])
	if len(y.s.Interfaces) == 0 && len(list) > 0 {
		y.unknown++
		return
	}
	for _, name := range list {
		if y.port(strings.Replace(name, "Management", "mgmt", 1)) != nil {
			y.right++
		} else {
			y.absent("interface "+name, y.s.Listed.Interfaces)
		}
	}
}

// nxosSuzieqInterfaces: its rows of routing instances and of the bridge are no interfaces of ours.
func nxosSuzieqInterfaces(y *tally, published any) {
	var rows []any
	for _, e := range items(published) {
		if kind := text(members(e)["type"]); kind != "vrf" && kind != "bridge" {
			rows = append(rows, e)
		}
	}
	suzieqInterfaces(y, rows)
}

func nxosSuzieqDevice(y *tally, published any) {
	for _, e := range items(published) {
		o := members(e)
		y.device(o["hostname"], nxosChassis(o["model"]), o["version"], o["serialNumber"])
	}
}

// nxosVersion: the platform is the last word of the model.
func nxosVersion(y *tally, published any) {
	for _, e := range items(published) {
		o := members(e)
		y.device(o["hostname"], "", nxosRelease(o["os"]), o["serial"])
		y.told("model", nxosEnd(y.s.Device.Model, text(o["platform"])), o["platform"])
	}
}

// nxosEnd is the published end of a text where it ends so, else the text.
func nxosEnd(f capture.Fact[string], end string) capture.Fact[string] {
	return capture.Then(f, func(s string) (string, bool) {
		if strings.HasSuffix(s, end) {
			s = end
		}
		return s, true
	})
}

func nxosGenieVersion(y *tally, published any) {
	platform := members(members(published)["platform"])
	hardware, software := members(platform["hardware"]), members(platform["software"])
	y.device(hardware["device_name"], nxosChassis(hardware["chassis"]), nxosRelease(software["system_version"]), hardware["processor_board_id"])
}

func nxosInventory(y *tally, published any) (compared bool) {
	for _, e := range items(published) {
		o := members(e)
		if strings.EqualFold(text(o["name"]), "chassis") {
			y.device("", o["pid"], "", nxosPresent(o["sn"]))
			compared = true
		}
		compared = nxosFEXChassis(y, text(o["name"]), o["pid"], o["sn"]) || compared
	}
	return compared
}

func nxosGenieInventory(y *tally, published any) bool {
	parts := members(members(published)["name"])
	chassis := members(parts["Chassis"])
	y.device("", chassis["pid"], "", nxosPresent(chassis["serial_number"]))
	compared := len(chassis) > 0
	for _, name := range slices.Sorted(maps.Keys(parts)) {
		o := members(parts[name])
		compared = nxosFEXChassis(y, name, o["pid"], o["serial_number"]) || compared
	}
	return compared
}

// nxosFEXChassis compares the part of an inventory that is the chassis of a FEX, and reports whether it is one: FEX 101 CHASSIS.
func nxosFEXChassis(y *tally, name string, model, serial any) bool {
	words := strings.Fields(strings.ToUpper(name))
	if len(words) != 3 || words[0] != "FEX" || words[2] != "CHASSIS" {
		return false
	}
	x := nxosFEX(y, words[1])
	y.told(name+": model", x.Model, nxosPresent(model))
	y.told(name+": serial number", x.Serial, nxosPresent(serial))
	return true
}

// nxosFEX returns what the driver says of a FEX, nothing where it has none of that number.
func nxosFEX(y *tally, number string) state.Extender {
	for _, x := range y.s.Extenders {
		if x.ID == number {
			return x
		}
	}
	return state.Extender{}
}

// nxosPresent leaves out what the device prints for nothing.
func nxosPresent(v any) any {
	if s := text(v); s == "N/A" || s == "--" || s == "None" || s == "not advertised" {
		return nil
	}
	return v
}

// nxosVLAN compares a VLAN, and whether it is active: suspended and shut ones are not.
func nxosVLAN(y *tally, number, name, status string, shut bool, ports []string) {
	y.vlan(number, name, ports)
	v, err := state.ParseVID(number)
	if own := y.s.VLAN(v); err == nil && own != nil && status != "" {
		y.fact("VLAN "+number+" active", as(own.Active), fmt.Sprint(status == "active" && !shut))
	}
}

func nxosVLANs(y *tally, published any) {
	for _, e := range items(published) {
		o := members(e)
		nxosVLAN(y, text(o["vlan_id"]), text(o["vlan_name"]), text(o["status"]), false, texts(o["interfaces"]))
	}
}

func nxosGenieVLANs(y *tally, published any) {
	for number, v := range members(members(published)["vlans"]) {
		o := members(v)
		nxosVLAN(y, number, text(o["name"]), text(o["state"]), text(o["shutdown"]) == "true", texts(o["interfaces"]))
	}
}

// nxosSwitchport compares a bridge port. Published is the configured native VLAN; ours is the one in effect, and none where it is tagged
// or not allowed. Of an access port the VLANs of a trunk are no fact of ours.
func nxosSwitchport(y *tally, name, mode, access, native, allowed string) {
	full := y.nxosBridge(name)
	if full == nil {
		y.absent(name+": mode", y.s.Listed.BridgePorts)
		return
	}
	y.told(name+": mode", as(full.Mode), mode)
	switch full.Mode.Value {
	case state.Access:
		y.told(name+": untagged VLAN", as(full.PVID), access)
	case state.Trunk:
		if !capture.Is(full.PVID, 0) {
			y.told(name+": untagged VLAN", as(full.PVID), native)
		}
		if set, err := state.ParseVIDSet(allowed); err == nil {
			y.fact(name+": VLANs", as(full.Configured), set.String())
		}
	}
}

// nxosBridge returns the bridge port of a published name, nil when it was not read.
func (y *tally) nxosBridge(name string) *state.BridgePort {
	i := slices.IndexFunc(y.s.BridgePorts, func(b state.BridgePort) bool { return isName(name)(b.Interface) })
	if i < 0 {
		return nil
	}
	return &y.s.BridgePorts[i]
}

func nxosSwitchports(y *tally, published any) {
	for _, e := range items(published) {
		o := members(e)
		if strings.EqualFold(text(o["switchport"]), "disabled") {
			continue
		}
		list := text(o["trunking_vlans"])
		if l := texts(o["trunking_vlans"]); l != nil {
			list = strings.Join(l, ",")
		}
		nxosSwitchport(y, text(o["interface"]), text(o["mode"]), text(o["access_vlan"]), text(o["native_vlan"]), list)
	}
}

func nxosGenieSwitchports(y *tally, published any) {
	for name, v := range members(published) {
		if o := members(v); text(o["switchport_enable"]) != "false" {
			nxosSwitchport(y, name, text(o["switchport_mode"]), text(o["access_vlan"]), text(o["native_vlan"]), text(o["trunk_vlans"]))
		}
	}
}

// nxosLAG returns the aggregator of a published name, an empty one when it was not read.
func (y *tally) nxosLAG(name string) *state.Aggregator {
	for i := range y.s.Aggregators {
		if isName(name)(y.s.Aggregators[i].Name) {
			return &y.s.Aggregators[i]
		}
	}
	return &state.Aggregator{}
}

// nxosMember returns the port of an aggregator, nil when it was not read.
func nxosMember(a *state.Aggregator, port string) *state.AggregationPort {
	i := slices.IndexFunc(a.Ports, func(p state.AggregationPort) bool { return isName(port)(p.Name) })
	if i < 0 {
		return nil
	}
	return &a.Ports[i]
}

var nxosFlags = map[string]state.Selection{"P": state.Selected, "I": state.Individual, "H": state.Standby, "D": state.Unselected,
	"s": state.Unselected, "r": state.Unselected, "b": state.Unselected,
	"up": state.Selected, "down": state.Unselected, "hot-standy": state.Standby, "hot-standby": state.Standby, "suspended": state.Unselected,
	"individual": state.Individual}

func nxosProtocol(v any) string {
	return map[string]string{"LACP": "LACP", "NONE": "static", "PAGP": "PAgP"}[strings.ToUpper(text(v))]
}

func nxosSummary(y *tally, published any) {
	for _, e := range items(published) {
		o := members(e)
		what, a := text(o["bundle_name"]), y.nxosLAG(text(o["bundle_name"]))
		y.told(what+": protocol", as(a.Protocol), nxosProtocol(o["bundle_protocol"]))
		status := strings.TrimLeft(text(o["bundle_status"]), "SR")
		y.told(what+": oper", as(a.Oper), map[string]string{"U": "up", "D": "down", "M": "down"}[status])
		flags := texts(o["member_interface_status"])
		for i, name := range texts(o["member_interface"]) {
			m := nxosMember(a, name)
			switch {
			case m == nil:
				y.absent(what+": member "+name, a.From)
			case i < len(flags):
				if want, ok := nxosFlags[flags[i]]; ok {
					y.fact(what+": "+name, as(m.Selected), want.String())
				}
			}
		}
	}
}

// nxosGenieLAGs reads what genie says of LAGs and their members, whichever command it is of.
func nxosGenieLAGs(y *tally, published any) {
	for lag, v := range members(members(published)["interfaces"]) {
		o, a := members(v), y.nxosLAG(lag)
		y.told(lag+": protocol", as(a.Protocol), nxosProtocol(o["protocol"]))
		if oper := text(o["oper_status"]); oper == "up" || oper == "down" {
			y.fact(lag+": oper", as(a.Oper), oper)
		}
		for name, w := range members(o["members"]) {
			m := nxosMember(a, name)
			if m == nil {
				y.absent(lag+": member "+name, a.From)
				continue
			}
			y.right++
			p := members(w)
			for _, key := range []string{"flags", "status"} {
				if want, ok := nxosFlags[text(p[key])]; ok {
					y.fact(lag+": "+name, as(m.Selected), want.String())
				}
			}
			end := m.Partner
			if _, partner := p["partner_id"]; !partner {
				end = m.Actor
			}
			y.told(name+": activity", bit(end, state.Activity), map[string]string{"active": "yes", "passive": "no"}[text(p["activity"])])
			y.told(name+": short timeout", bit(end, state.ShortTimeout), map[string]string{"slow": "no", "fast": "yes"}[text(p["interval"])])
			y.told(name+": system", as(m.Partner.System), p["partner_id"])
			y.told(name+": key", as(m.Partner.Key), p["oper_key"])
			y.told(name+": port", as(m.Partner.Port), p["port_num"])
			y.told(name+": port priority", as(m.Partner.PortPriority), p["lacp_port_priority"])
			if octet, ok := p["port_state"].(float64); ok {
				y.fact(name+": state", as(m.Partner.State), state.WholeLACPState(uint8(octet)).String())
			}
			counters := members(p["counters"])
			y.told(name+": RX", as(m.RX), counters["lacp_in_pkts"])
			y.told(name+": TX", as(m.TX), counters["lacp_out_pkts"])
		}
	}
}

func nxosGenieSystem(y *tally, published any) {
	y.told("own address", as(y.s.Device.ChassisMAC), members(published)["system_id_mac"])
}

// nxosAbout compares a description: some keep its first line only, others put all on one, with and without blanks between the lines.
func nxosAbout(f capture.Fact[string], want string) capture.Fact[string] {
	flat := func(s string) string { return strings.Join(strings.Fields(s), "") }
	return capture.Then(f, func(s string) (string, bool) {
		first, _, _ := strings.Cut(s, "\n")
		if flat(s) == flat(want) || flat(first) == flat(want) {
			s = want
		}
		return s, true
	})
}

// nxosPort is the port id, in the form that was published where both are one: genie writes names in full and begins with a capital.
func nxosPort(r *state.RemoteSystem, want string) capture.Fact[string] {
	plain := func(s string) string { return strings.ReplaceAll(s, "-", "") }
	return capture.Then(id(r.PortID), func(s string) (string, bool) {
		if oneInterface(plain(s), plain(want)) {
			s = want
		}
		return s, true
	})
}

// nxosNeighbours reads LLDP and CDP neighbours of ntc-templates. Of CDP the chassis id is the device id; a brief list of either has it
// as the name.
func nxosNeighbours(y *tally, published any) {
	for _, e := range items(published) {
		o := members(e)
		local := text(o["local_interface"])
		y.neighbour(local, func(y *tally, r *state.RemoteSystem) {
			name := r.SystemName
			if r.Protocol == state.CDP && o["chassis_id"] == nil {
				name = id(r.ChassisID)
			}
			y.told(local+": system name", name, o["neighbor_name"])
			y.told(local+": chassis id", id(r.ChassisID), o["chassis_id"])
			y.told(local+": port", nxosPort(r, text(o["neighbor_interface"])), o["neighbor_interface"])
			y.told(local+": system description", nxosAbout(r.SystemDescription, text(o["neighbor_description"])), o["neighbor_description"])
			y.told(local+": management address", management(r, text(o["mgmt_address"])), nxosPresent(o["mgmt_address"]))
			if vlan := text(o["vlan_id"]); vlan != "0" {
				y.told(local+": VLAN", as(r.PVID), nxosPresent(vlan))
			}
		})
	}
}

func nxosNapalmNeighbours(y *tally, published any) {
	for local, list := range members(published) {
		for _, n := range items(list) {
			o := members(n)
			y.neighbour(local, func(y *tally, r *state.RemoteSystem) {
				y.told(local+": system name", r.SystemName, o["remote_system_name"])
				y.told(local+": system description", nxosAbout(r.SystemDescription, text(o["remote_system_description"])), o["remote_system_description"])
				y.told(local+": port id", nxosPort(r, text(o["remote_port"])), o["remote_port"])
				y.told(local+": port description", r.PortDescription, o["remote_port_description"])
				y.told(local+": chassis id", id(r.ChassisID), o["remote_chassis_id"])
			})
		}
	}
}

// nxosSuzieqNeighbours: its rows are joined with those of CDP, from which neighbours of mgmt0 and all descriptions come.
func nxosSuzieqNeighbours(y *tally, published any) {
	for _, e := range items(published) {
		o := members(e)
		local := text(o["ifname"])
		if !slices.ContainsFunc(y.s.Remotes, func(r state.RemoteSystem) bool { return isName(local)(r.Interface) }) {
			y.unknown++
			continue
		}
		y.neighbour(local, func(y *tally, r *state.RemoteSystem) {
			y.told(local+": system name", r.SystemName, o["peerHostname"])
			y.told(local+": port", nxosPort(r, text(o["peerIfname"])), o["peerIfname"])
			y.told(local+": management address", management(r, text(o["mgmtIP"])), o["mgmtIP"])
		})
	}
}

func nxosGenieNeighbours(y *tally, published any) {
	for local, v := range members(members(published)["interfaces"]) {
		for port, w := range members(members(v)["port_id"]) {
			for name, n := range members(members(w)["neighbors"]) {
				o := members(n)
				y.neighbour(local, func(y *tally, r *state.RemoteSystem) {
					y.told(local+": port", nxosPort(r, port), port)
					y.told(local+": system name", r.SystemName, nxosPresent(o["system_name"]))
					if _, again := o["system_name"]; !again && name != "not advertised" {
						y.told(local+": system name", r.SystemName, name)
					}
					y.told(local+": chassis id", id(r.ChassisID), o["chassis_id"])
					y.told(local+": port description", r.PortDescription, nxosPresent(o["port_description"]))
					about := text(nxosPresent(o["system_description"]))
					y.told(local+": system description", nxosAbout(r.SystemDescription, about), about)
					for _, key := range []string{"management_address_v4", "management_address_v6"} {
						y.told(local+": "+key, management(r, text(o[key])), nxosPresent(o[key]))
					}
					y.told(local+": VLAN", as(r.PVID), nxosPresent(o["vlan_id"]))
				})
			}
		}
	}
}

// nxosGenieCDP reads both forms.
func nxosGenieCDP(y *tally, published any) {
	index := members(members(published)["index"])
	if index == nil {
		index = members(members(members(published)["cdp"])["index"])
	}
	for _, v := range index {
		o := members(v)
		local := text(o["local_interface"])
		y.neighbour(local, func(y *tally, r *state.RemoteSystem) {
			y.told(local+": device id", id(r.ChassisID), o["device_id"])
			y.told(local+": port", nxosPort(r, text(o["port_id"])), o["port_id"])
			y.told(local+": hold time", as(r.TTL), o["hold_time"])
			y.told(local+": system name", r.SystemName, o["system_name"])
			y.told(local+": version", nxosAbout(r.SystemDescription, text(o["software_version"])), o["software_version"])
			y.told(local+": VLAN", as(r.PVID), o["native_vlan"])
			for a := range members(o["management_addresses"]) {
				if want, err := netip.ParseAddr(a); err == nil {
					y.fact(local+": management address", management(r, want.String()), want.String())
				}
			}
		})
	}
}

// nxosAddress compares an address of the table, which may stand there more than once. Behind a port stand words in brackets, and "-" is no VLAN.
func nxosAddress(y *tally, vlan, mac, port string) {
	m, err := state.ParseMAC(mac)
	if err != nil {
		return
	}
	if vlan == "-" || vlan == "" {
		vlan = "0"
	}
	port, _, _ = strings.Cut(port, "(")
	port = strings.TrimSpace(port)
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
	if other == nil {
		y.absent(what, y.s.Listed.MACs)
	} else if !y.contradicted(y.where, what) {
		y.miss(what, other.Interface, port, other.From)
	}
}

func nxosNapalmAddresses(y *tally, published any) {
	for _, e := range items(published) {
		o := members(e)
		nxosAddress(y, text(o["vlan"]), text(o["mac"]), text(o["interface"]))
	}
}

func nxosSuzieqAddresses(y *tally, published any) {
	for _, e := range items(published) {
		o := members(e)
		nxosAddress(y, text(o["vlan"]), text(o["macaddr"]), text(o["oif"]))
	}
}

func nxosAddresses(y *tally, published any) {
	for _, e := range items(published) {
		o := members(e)
		vlan, mac := text(o["vlan_id"]), text(o["mac_address"])
		if vlan == "" {
			vlan = text(o["vlan"])
		}
		if mac == "" {
			mac = text(o["mac"])
		}
		port := text(o["ports"])
		if l := texts(o["ports"]); l != nil {
			port = strings.Join(l, ",")
		}
		nxosAddress(y, vlan, mac, port)
	}
}

// nxosGenieAddresses: what is dropped is on no port.
func nxosGenieAddresses(y *tally, published any) {
	for vlan, v := range members(members(members(published)["mac_table"])["vlans"]) {
		for mac, w := range members(members(v)["mac_addresses"]) {
			o := members(w)
			if members(o["drop"]) != nil {
				nxosAddress(y, vlan, mac, "Drop")
				continue
			}
			for port := range members(o["interfaces"]) {
				nxosAddress(y, vlan, mac, port)
			}
		}
	}
}

// nxosVPC reads the rows of both tables of "show vpc".
func nxosVPC(y *tally, published any) {
	for _, e := range items(published) {
		o := members(e)
		nxosVPCPort(y, text(o["id"]), text(o["port"]), text(o["status"]))
	}
}

func nxosVPCPort(y *tally, number, port, status string) {
	status = strings.TrimSuffix(status, "*")
	if link := y.s.MLAG.PeerLink; link.Known() && isName(port)(link.Value) {
		y.right++
		y.fact("peer-link", as(y.s.MLAG.PeerLinkOper), status)
		return
	}
	for _, p := range y.s.MLAG.Ports {
		if p.ID == number && isName(port)(p.Local.Value) {
			y.right++
			y.fact("vPC "+number, as(p.LocalOper), status)
			return
		}
	}
	if !y.s.MLAG.PeerLink.Known() {
		y.unknown++ // it may be the peer-link's row
		return
	}
	y.absent("vPC "+number+" on "+port, y.s.Listed.MLAGPorts)
}

var nxosWords = map[string]string{
	"peer adjacency formed ok": "true", "peer link is down": "false", "peer link not configured": "false",
	"peer is alive": "up", "success": "true", "failed": "false", "primary": "primary", "secondary": "secondary",
	"primary, operational secondary": "secondary", "secondary, operational primary": "primary",
}

var nxosTimeout = regexp.MustCompile(`timeout = (\d+)s`)

func nxosGenieVPC(y *tally, published any) {
	o, m := members(published), &y.s.MLAG
	if domain := text(o["vpc_domain_id"]); strings.EqualFold(domain, "not configured") {
		y.fact("protocol", as(m.Protocol), state.NoMLAG.String())
		return
	}
	y.told("domain", m.Domain, o["vpc_domain_id"])
	y.told("peered", as(m.Peered), nxosWords[text(o["vpc_peer_status"])])
	y.told("keepalive", as(m.Keepalive), nxosWords[text(o["vpc_peer_keepalive_status"])])
	y.told("role", as(m.Role), nxosWords[text(o["vpc_role"])])
	agree := ""
	for _, key := range []string{"vpc_configuration_consistency_status", "vpc_per_vlan_consistency_status", "vpc_type_2_consistency_status"} {
		if s := nxosWords[text(o[key])]; s != "" && agree != "false" {
			agree = s
		}
	}
	y.told("consistent", as(m.Consistent), agree)
	if t := nxosTimeout.FindStringSubmatch(text(o["vpc_delay_restore_status"])); t != nil {
		y.fact("reload delay", as(m.ReloadDelay), nxosSeconds(t[1]))
	}
	for _, v := range members(o["peer_link"]) {
		p := members(v)
		nxosVPCPort(y, text(p["peer_link_id"]), text(p["peer_link_ifindex"]), text(p["peer_link_port_state"]))
	}
	for number, v := range members(o["vpc"]) {
		p := members(v)
		nxosVPCPort(y, number, text(p["vpc_ifindex"]), text(p["vpc_port_state"]))
	}
}

// nxosSeconds writes seconds as a duration is written.
func nxosSeconds(seconds string) string {
	var n int
	if _, err := fmt.Sscan(seconds, &n); err != nil {
		return seconds
	}
	minutes := ""
	if n >= 60 {
		minutes = fmt.Sprintf("%dm", n/60)
	}
	return fmt.Sprintf("%s%ds", minutes, n%60)
}

// nxosSuzieqMLAG: its state is made of whether the peers see each other.
func nxosSuzieqMLAG(y *tally, published any) {
	m := &y.s.MLAG
	for _, e := range items(published) {
		o := members(e)
		y.told("domain", m.Domain, o["domainId"])
		y.told("shared system", as(m.SystemMAC), o["systemId"])
		if s := text(o["state"]); s == "active" || s == "inactive" {
			y.fact("peered", as(m.Peered), fmt.Sprint(s == "active"))
		}
		y.told("peer address", m.PeerAddress, o["peerAddress"])
		y.told("role", as(m.Role), nxosWords[text(o["role"])])
		y.told("peer-link", capture.Then(m.PeerLink, func(s string) (string, bool) {
			if want := text(o["peerLink"]); isName(want)(s) {
				s = want
			}
			return s, true
		}), o["peerLink"])
	}
}

// nxosVRFs reads the rows of "show vrf", "show vrf detail" and "show vrf interface".
func nxosVRFs(y *tally, published any) {
	for _, e := range items(published) {
		o := members(e)
		var in []string
		if name := text(o["interface"]); name != "" {
			in = append(in, name)
		}
		y.vrf(text(o["name"]), in)
	}
}

// nxosGenieVRFs: of "show vrf detail" the names are the keys; of the lists of interfaces those are.
func nxosGenieVRFs(y *tally, published any) {
	o := members(published)
	for _, key := range []string{"vrfs", "vrf_interface"} {
		if inner := members(o[key]); inner != nil {
			o = inner
		}
	}
	for name, v := range o {
		row := members(v)
		switch {
		case row["vrf_name"] != nil:
			y.vrf(text(row["vrf_name"]), []string{name})
		case row["vrf"] != nil:
			y.vrf(text(row["vrf"]), []string{name})
		default:
			y.vrf(name, nil)
			families := members(row["address_family"])
			i := slices.IndexFunc(y.s.VRFs, func(v state.VRF) bool { return v.Name == name })
			if s := text(members(families["ipv4"])["state"]); i >= 0 && s != "" {
				y.fact("VRF "+name+" routes", as(y.s.VRFs[i].Routes), fmt.Sprint(s == "up"))
			}
		}
	}
}

// nxosInterface is what a published row says of an interface, "" for what it does not say.
type nxosInterface struct{ admin, oper, about, mtu, mac, duplex, lag, speed, mode string }

// nxosModes tell whether a port is bridged. A number is the VLAN of an access port.
var nxosModes = map[string]string{"access": "true", "trunk": "true", "routed": "false"}

// nxosSpeed is a published speed in bit/s, "" for none: a number without a unit is Mbit/s.
func nxosSpeed(s string) string {
	s, _, _ = strings.Cut(strings.TrimPrefix(strings.TrimSpace(s), "a-"), "(")
	m := nxosSpeeds.FindStringSubmatch(s)
	if m == nil {
		return ""
	}
	n, err := strconv.ParseFloat(m[1], 64)
	if err != nil {
		return ""
	}
	return fmt.Sprint(uint64(n * map[string]float64{"": 1e6, "M": 1e6, "G": 1e9, "K": 1e3}[m[2]]))
}

var nxosSpeeds = regexp.MustCompile(`^(\d+(?:\.\d+)?) ?([KMG]?)(?:b/s)?$`)

func (y *tally) nxosInterface(name string, want nxosInterface) {
	i := y.port(name)
	if i == nil {
		y.absent("interface "+name, y.s.Listed.Interfaces)
		return
	}
	y.right++
	y.status(name, want.admin, want.oper)
	if want.about != "--" {
		y.told(name+": description", i.Description, want.about)
	}
	y.told(name+": MTU", as(i.MTU), want.mtu)
	y.told(name+": MAC", as(i.MAC), want.mac)
	if want.duplex == "full" || want.duplex == "half" {
		y.fact(name+": duplex", as(i.Duplex), want.duplex)
	}
	if i.Kind == state.Physical || i.Kind == state.OutOfBand { // of a LAG it is that of a member
		y.told(name+": speed", as(i.Speed), nxosSpeed(want.speed))
	}
	if i.Kind == state.Physical || i.Kind == state.Aggregate {
		y.told(name+": bridged", as(i.Bridged), nxosModes[want.mode])
	}
	if want.lag != "" && want.lag != "--" {
		y.fact(name+": aggregator", i.Aggregator, "port-channel"+strings.TrimPrefix(strings.ToLower(want.lag), "po"))
	}
}

// nxosLink tells the state of a link from the words of "show interface status".
func nxosLink(s string) string {
	switch {
	case s == "up" || s == "connected":
		return "up"
	case s == "":
		return ""
	}
	return "down"
}

// nxosColumn is a description in the column "Name" of "show interface status": one that fills the column is cut, and no description.
func nxosColumn(v any) string {
	if s := text(v); len(s) < 18 {
		return s
	}
	return ""
}

func nxosInterfaces(y *tally, published any) {
	for _, e := range items(published) {
		o := members(e)
		name, oper := text(o["interface"]), text(o["status"])
		if name == "" {
			name = text(o["port"])
		}
		if s := text(o["link_status"]); s != "" {
			oper = s
		}
		if s := text(o["proto"]); s != "" && o["ipv6_address"] != nil { // status is that of link and administrator there
			oper, _, _ = strings.Cut(text(o["status"]), "/")
		}
		oper, _, _ = strings.Cut(oper, " ")
		admin := text(o["admin_state"])
		if strings.Contains(admin, "up") {
			admin = "up"
		} else if strings.Contains(admin, "down") {
			admin = "down"
		}
		about := text(o["description"])
		if about == "" {
			about = nxosColumn(o["name"])
		}
		mac := text(o["mac_address"])
		if mac == "" {
			mac = text(o["address"])
		}
		y.nxosInterface(name, nxosInterface{admin: admin, oper: nxosLink(oper), about: about, mtu: text(nxosPresent(o["mtu"])), mac: mac,
			duplex: text(o["duplex"]), lag: text(o["portch"]), speed: text(o["speed"]), mode: nxosMode(o["mode"], o["vlan_id"])})
		if a, length := text(o["ip_address"]), text(o["prefix_length"]); a != "" && length != "" {
			nxosRouted(y, name, "", "", "", "", []string{a + "/" + length})
		}
	}
}

// nxosMode is the published mode of a port, from the column of its VLAN where it has no other.
func nxosMode(mode, vlan any) string {
	if m := text(mode); m != "" {
		return m
	}
	v := text(vlan)
	if _, err := state.ParseVID(v); err == nil {
		return "access"
	}
	return v
}

// nxosGenieInterfaces: "show interface brief" has one more level, by kind.
func nxosGenieInterfaces(y *tally, published any) {
	o := members(published)
	for _, key := range []string{"interface", "interfaces"} {
		if inner := members(o[key]); inner != nil {
			o = inner
		}
	}
	for name, v := range o {
		row := members(v)
		inner := false
		for _, w := range row {
			inner = inner || members(w) != nil && members(w)["status"] != nil
		}
		if inner && row["oper_status"] == nil && row["status"] == nil {
			for n, w := range row {
				y.nxosGenieInterface(n, members(w))
			}
			continue
		}
		y.nxosGenieInterface(name, row)
	}
}

func (y *tally) nxosGenieInterface(name string, o object) {
	oper := text(o["oper_status"])
	if oper == "" {
		oper = text(o["status"])
	}
	admin := map[string]string{"true": "up", "false": "down"}[text(o["enabled"])]
	if a := text(o["admin_state"]); a == "up" || a == "down" {
		admin = a
	}
	about := text(o["description"])
	if about == "" {
		about = nxosColumn(o["name"])
	}
	duplex := text(o["duplex_mode"])
	if duplex == "" {
		duplex = text(o["duplex_code"])
	}
	lag := text(members(o["port_channel"])["port_channel_int"])
	if lag == "" {
		lag = text(o["port_ch"])
	}
	lag = strings.TrimPrefix(strings.ToLower(lag), "port-channel")
	speed := strings.TrimSpace(text(o["port_speed"]) + " " + text(o["port_speed_unit"]))
	if speed == "" {
		speed = text(o["speed"])
	}
	mode := text(o["port_mode"])
	if mode == "" {
		mode = nxosMode(o["mode"], o["vlan"])
	}
	y.nxosInterface(name, nxosInterface{admin: admin, oper: nxosLink(oper), about: about, mtu: text(o["mtu"]), mac: text(o["mac_address"]),
		duplex: duplex, lag: lag, speed: speed, mode: mode})
	for a := range members(o["ipv4"]) {
		nxosRouted(y, name, "", "", "", "", []string{a})
	}
}

var nxosStatus = regexp.MustCompile(`protocol-(up|down)/link-(up|down)/admin-(up|down)`)

// nxosRouted compares a routed interface: the state of the protocol of an SVI, that of the link of others, the address and VRF of an SVI.
func nxosRouted(y *tally, name, proto, link, admin, vrf string, addresses []string) {
	if i := y.port(name); i != nil && i.Kind == state.Routed {
		link = proto
	}
	y.status(name, admin, link)
	at := slices.IndexFunc(y.s.SVIs, func(s state.SVI) bool { return isName(name)(s.Interface) })
	if at < 0 {
		return
	}
	s := y.s.SVIs[at]
	y.told(name+": VRF", s.VRF, vrf)
	for _, a := range addresses {
		if strings.Contains(a, "/") {
			y.addressOf(s.Interface, a)
		} else if _, err := netip.ParseAddr(a); err == nil {
			y.fact(name+": addressed", as(s.Addressed), "true")
		}
	}
}

// nxosIP reads "show ip interface" and its brief form. The length of an address is that of its subnet.
func nxosIP(y *tally, published any) {
	for _, e := range items(published) {
		o := members(e)
		first := func(keys ...string) any {
			for _, k := range keys {
				if o[k] != nil {
					return o[k]
				}
			}
			return nil
		}
		join := func(address, subnet string) string {
			if _, length, ok := strings.Cut(subnet, "/"); ok && address != "" {
				return address + "/" + length
			}
			return address
		}
		addresses := []string{join(text(first("primary_ip_address", "ip_address")), text(first("primary_ip_subnet", "subnet")))}
		subnets := texts(o["secondary_ip_subnet"])
		for i, a := range texts(o["secondary_ip_address"]) {
			if i < len(subnets) {
				addresses = append(addresses, join(a, subnets[i]))
			}
		}
		word := func(v any) string { s := text(v); return s[strings.LastIndex(s, "-")+1:] }
		nxosRouted(y, text(o["interface"]), word(first("protocol_status", "proto")), word(first("link_status", "link")),
			word(first("admin_status", "status")), text(first("vrf_name", "vrf")), addresses)
	}
}

func nxosGenieIP(y *tally, published any) {
	o := members(published)
	if inner := members(o["interface"]); inner != nil {
		o = inner
	}
	for name, v := range o {
		row := members(v)
		for _, w := range members(row["vlan_id"]) {
			row = members(w)
		}
		m := nxosStatus.FindStringSubmatch(text(row["interface_status"]))
		if m == nil {
			m = make([]string, 4)
		}
		addresses := []string{text(row["ip_address"])}
		for _, family := range []string{"ipv4", "ipv6"} {
			for a := range members(row[family]) {
				if prefix, err := netip.ParsePrefix(a); err == nil {
					addresses = append(addresses, prefix.String())
				}
			}
		}
		nxosRouted(y, name, m[1], m[2], m[3], text(row["vrf"]), addresses)
	}
}

// nxosGenieSTP reads the ports of VLANs and instances; which VLANs an instance has may be in no output of the case.
func nxosGenieSTP(y *tally, published any) {
	var walk func(v any, instance string)
	walk = func(v any, instance string) {
		for key, inner := range members(v) {
			if key != "interfaces" {
				walk(inner, key)
				continue
			}
			for name, w := range members(inner) {
				y.nxosSTPPort(instance, name, members(w))
			}
		}
	}
	walk(published, "")
}

func (y *tally) nxosSTPPort(instance, name string, o object) {
	word := text(o["port_state"])
	if word == "" {
		word = text(o["status"])
	}
	want := ""
	switch {
	case strings.Contains(word, "forwarding"):
		want = "forwarding"
	case strings.Contains(word, "block"), strings.Contains(word, "broken"), strings.Contains(word, "learning"), strings.Contains(word, "alternate"):
		want = "blocking"
	default:
		return // a role alone
	}
	vid, err := state.ParseVID(instance)
	for i := range y.s.STP {
		p := &y.s.STP[i]
		if isName(name)(p.Interface) && (err != nil || len(y.s.VLANs) == 0 && p.VIDs.Has(vid) || !p.VIDs.Empty()) {
			y.fact(name+" in "+instance, as(p.State), want)
			return
		}
	}
	y.unknown++
}
