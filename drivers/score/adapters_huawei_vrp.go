package main

import (
	"fmt"
	"slices"
	"strings"

	"uplinkcheck/drivers/capture"
	"uplinkcheck/drivers/state"
)

var _ = adapt("huawei_vrp", map[string]adapter{
	"ntc-templates display_version":                   always(vrpVersion),
	"ntc-templates display_device":                    boards,
	"ntc-templates display_device_manufacture_info":   boards,
	"ntc-templates display_eth_trunk":                 always(vrpTrunks),
	"ntc-templates display_port_vlan":                 always(vrpPorts),
	"ntc-templates display_vlan":                      always(vrpVLANs),
	"ntc-templates display_vlan_brief":                always(vrpVLANs),
	"ntc-templates display_lldp_neighbor":             always(vrpNeighbours),
	"ntc-templates display_mac_address":               always(vrpAddresses),
	"ntc-templates display_interface":                 always(vrpInterfaces),
	"ntc-templates display_interface_brief":           always(vrpStatus),
	"ntc-templates display_interface_description":     always(vrpStatus),
	"ntc-templates display_ip_vpn_instance":           always(vrpInstances),
	"ntc-templates display_ip_vpn_instance_interface": always(vrpInstances),
	"napalm get_interfaces()":                         always(vrpNapalmInterfaces),
})

// boards of a chassis are no facts of a state.Switch.
func boards(*tally, any) bool { return false }

// lastWord and firstWord of what was published: the version stands behind the product, the model before what kind of device it is.
func lastWord(v any) string {
	f := strings.Fields(text(v))
	return strings.Join(f[max(0, len(f)-1):], "")
}
func firstWord(v any) string {
	f := strings.Fields(text(v))
	return strings.Join(f[:min(1, len(f))], "")
}

func vrpVersion(y *tally, published any) {
	for _, e := range items(published) {
		o := members(e)
		y.device(o["hostname"], firstWord(o["model"]), lastWord(o["product_version"]), "")
	}
}

// vrpTrunks: a port has two rows, one of them with the partner's system.
func vrpTrunks(y *tally, published any) {
	protocols := map[string]string{"normal": "static", "manual": "static", "lacp": "LACP", "static": "LACP", "dynamic": "LACP"}
	for _, e := range items(published) {
		o := members(e)
		lag, port := text(o["eth_trunk"]), text(o["interface"])
		a := y.s.Aggregator(lag)
		if a == nil {
			a = &state.Aggregator{}
		}
		y.told(lag+": protocol", as(a.Protocol), protocols[strings.ToLower(text(o["working_mode"]))])
		y.told(lag+": oper", as(a.Oper), strings.ToLower(text(o["operate_status"])))
		y.told(lag+": least links", as(a.MinLinks), o["least_active_linknumber"])
		m := y.member(lag, port)
		end, who := m.Actor, "actor"
		if text(o["partner_system_id"]) != "" {
			end, who = m.Partner, "partner"
			y.told(port+": partner system", as(end.System), o["partner_system_id"])
			y.told(port+": partner system priority", as(end.SystemPriority), o["partner_system_priority"])
		} else {
			y.told(port+": actor system", as(end.System), o["system_id"])
			y.told(port+": actor system priority", as(end.SystemPriority), o["system_priority"])
			y.inService(port, m, map[string]string{"selected": "true", "up": "true", "unselect": "false", "down": "false"}[strings.ToLower(text(o["status"]))])
		}
		y.told(port+": "+who+" port priority", as(end.PortPriority), o["port_priority"])
		y.told(port+": "+who+" port", as(end.Port), o["port_number"])
		y.told(port+": "+who+" key", as(end.Key), o["port_key"])
		bits := text(o["port_state"])
		for i := range bits {
			y.fact(fmt.Sprintf("%s: %s bit %d", port, who, i), bit(end, 1<<i), map[byte]string{'0': "no", '1': "yes"}[bits[i]])
		}
	}
}

// inService compares whether a port is selected, "" for what was not published.
func (y *tally) inService(port string, m state.AggregationPort, want string) {
	y.told(port+": in service", as(capture.Then(m.Selected, func(s state.Selection) (bool, bool) { return s == state.Selected, true })), want)
}

// vrpPorts: the list of a hybrid port has only its VLANs with a tag; published is the configured PVID, ours is in effect.
func vrpPorts(y *tally, published any) {
	for _, e := range items(published) {
		o := members(e)
		name, mode := text(o["interface"]), text(o["link_type"])
		b := y.s.BridgePort(name)
		if b == nil {
			y.absent(name+": port", y.s.Listed.BridgePorts)
			continue
		}
		if mode == "auto" || mode == "desirable" {
			y.fact(name+": trunking", capture.Of(fmt.Sprint(b.Trunking.Value == state.NegotiatedTrunking), b.Trunking.From), "true")
		} else {
			y.fact(name+": mode", as(b.Mode), map[string]string{"dot1q-tunnel": "tunnel"}[mode]+map[bool]string{true: mode}[mode != "dot1q-tunnel"])
		}
		if !capture.Is(b.PVID, 0) {
			y.told(name+": PVID", as(b.PVID), o["vlan_id"])
		}
		if list := texts(o["trunk_vlan_list"]); mode != "hybrid" && mode != "access" {
			set, err := state.ParseVIDSet(strings.Join(list, ","))
			if err == nil {
				y.fact(name+": VLANs", as(b.Configured), set.String())
			}
		}
	}
}

// vrpVLANs: a row has a VLAN's ports with a tag, or those without; of some VLANs only the first of both rows was published.
func vrpVLANs(y *tally, published any) {
	seen := map[string]bool{}
	for _, e := range items(published) {
		o := members(e)
		number, mode := text(o["vlan_id"]), text(o["mode"])
		v, err := state.ParseVID(number)
		if err != nil {
			continue
		}
		own := y.s.VLAN(v)
		if own == nil {
			y.absent("VLAN "+number, y.s.Listed.VLANs)
			own = &state.VLAN{}
		}
		if !seen[number] {
			seen[number] = true
			y.told("name of VLAN "+number, own.Name, o["vlan_name"])
			y.told("VLAN "+number+": active", as(own.Active), map[string]string{"enable": "true", "disable": "false"}[text(o["vlan_status"])])
		}
		if mode == "" {
			continue
		}
		ports := texts(o["interface"])
		for _, port := range ports {
			i := slices.IndexFunc(own.Ports, func(f capture.Fact[string]) bool { return isName(port)(f.Value) })
			if i < 0 {
				y.absent("port "+port+" in VLAN "+number, own.From)
				continue
			}
			y.right++
			y.fact("VLAN "+number+" on "+port, as(untagged(y.bridge(port), v)), fmt.Sprint(mode == "UT"))
		}
		for _, f := range own.Ports { // what was not published as listed must not be read as listed
			if capture.Is(untagged(y.bridge(f.Value), v), mode == "UT") && !slices.ContainsFunc(ports, func(p string) bool { return isName(p)(f.Value) }) {
				y.fact("port "+f.Value+" in VLAN "+number, f, "not listed")
			}
		}
	}
}

// untagged answers whether a VLAN leaves a port without a tag.
func untagged(b state.BridgePort, v state.VID) capture.Fact[bool] {
	return capture.Then(b.Untagged, func(s state.VIDSet) (bool, bool) { return s.Has(v), true })
}

// vrpNeighbours: an empty management address and "--" are none.
func vrpNeighbours(y *tally, published any) {
	for _, e := range items(published) {
		o := members(e)
		for k, v := range o {
			if strings.Trim(text(v), "-") == "" {
				delete(o, k)
			}
		}
		local := text(o["local_interface"])
		port := o["neighbor_interface"]
		if port == nil {
			port = o["neighbor_port_id"]
		}
		y.neighbour(local, func(y *tally, r *state.RemoteSystem) {
			y.told(local+": chassis id", id(r.ChassisID), o["chassis_id"])
			y.told(local+": chassis id kind", kindOf(r.ChassisID), plainKind(o["chassis_type"]))
			y.told(local+": port id", portName(r, text(port)), port)
			y.told(local+": port id kind", kindOf(r.PortID), plainKind(o["port_id_type"]))
			y.told(local+": port id kind", kindOf(r.PortID), plainKind(o["port_id_subtype"]))
			y.told(local+": port description", r.PortDescription, o["neighbor_interface_description"])
			y.told(local+": system name", r.SystemName, o["neighbor_name"])
			y.told(local+": system description", r.SystemDescription, strings.Join(texts(o["neighbor_description"]), "\n"))
			y.told(local+": management address", management(r, text(o["mgmt_address"])), o["mgmt_address"])
			y.told(local+": PVID", as(r.PVID), o["vlan_id"])
		})
	}
}

// kindOf is the kind of an identifier in the words of 802.1AB without blanks; plainKind is a published one.
func kindOf(f capture.Fact[state.Identifier]) capture.Fact[string] {
	return capture.Then(f, func(i state.Identifier) (string, bool) {
		return plainKind(i.Subtype), i.Subtype != state.SubtypeUnknown
	})
}

func plainKind(v any) string {
	s := strings.ReplaceAll(strings.ToLower(text(v)), " ", "")
	return strings.ReplaceAll(strings.ReplaceAll(s, "-", ""), "locallyassigned", "local")
}

func vrpAddresses(y *tally, published any) {
	for _, e := range items(published) {
		o := members(e)
		y.address(text(o["vlan_id"]), text(o["destination_address"]), text(o["destination_port"]))
	}
}

// vrpLink is what the state of the link says of both: up, down, and down by hand.
func vrpLink(word string) (admin string) {
	low := strings.ToLower(word)
	switch {
	case strings.HasPrefix(low, "administratively"), strings.HasPrefix(low, "*"):
		return "down"
	case strings.HasPrefix(low, "up"), strings.HasPrefix(low, "down"):
		return "up"
	}
	return ""
}

// upOrDown is the first word of a state such as "UP (spoofing)" and "up(s)".
func upOrDown(word string) string {
	word, _, _ = strings.Cut(strings.ToLower(word), "(")
	return strings.TrimLeft(strings.TrimSpace(word), "*^#!-")
}

func vrpInterfaces(y *tally, published any) {
	for _, e := range items(published) {
		o := members(e)
		name := text(o["interface"])
		y.status(name, vrpLink(text(o["link_status"])), upOrDown(text(o["protocol_status"])))
		i := y.port(name)
		if i == nil {
			y.absent(name, y.s.Listed.Interfaces)
			continue
		}
		y.told(name+": MTU", as(i.MTU), o["mtu"])
		y.told(name+": MAC", as(i.MAC), o["mac_address"])
		y.told(name+": description", i.Description, o["interface_description"])
		if mbit := text(o["speed"]); mbit != "" {
			y.fact(name+": speed", as(i.Speed), mbit+"000000")
		}
		y.told(name+": duplex", as(i.Duplex), strings.ToLower(text(o["duplex"])))
		if kind := text(o["port_type"]); kind != "" && (i.Kind == state.Physical || i.Kind == state.Aggregate) {
			y.fact(name+": bridged", as(i.Bridged), fmt.Sprint(kind == "Switch"))
		}
		for _, m := range texts(o["aggregated_interfaces"]) {
			y.fact(name+": member "+m, capture.Of(y.member(name, m).Name, y.member(name, m).From), m)
		}
		if b := y.bridge(name); i.Aggregator.Value == "" { // a member of a LAG is no bridge port
			mode, _, _ := strings.Cut(text(o["link_type"]), "(")
			y.told(name+": mode", as(b.Mode), mode)
			if pvid := text(o["vlan_id"]); pvid != "0" && !capture.Is(b.PVID, 0) {
				y.told(name+": PVID", as(b.PVID), pvid)
			}
		}
		y.addressOf(name, text(o["ip_address"]))
	}
}

// bridge returns the bridge port of a published name, an empty one when it was not read.
func (y *tally) bridge(name string) state.BridgePort {
	for _, b := range y.s.BridgePorts {
		if isName(name)(b.Interface) {
			return b
		}
	}
	return state.BridgePort{}
}

// vrpStatus reads the rows of both short tables.
func vrpStatus(y *tally, published any) {
	for _, e := range items(published) {
		o := members(e)
		name, _, _ := strings.Cut(text(o["interface"]), "(")
		y.status(name, vrpLink(text(o["phy"])), upOrDown(text(o["protocol"])))
		if i := y.port(name); i != nil {
			y.told(name+": description", i.Description, o["description"])
		}
	}
}

func vrpInstances(y *tally, published any) {
	for _, e := range items(published) {
		y.vrf(text(members(e)["name"]), texts(members(e)["interface_list"]))
	}
}

// vrpNapalmInterfaces: an interface counts as enabled there when it is up, so that down says nothing about what a person wanted.
func vrpNapalmInterfaces(y *tally, published any) {
	for name, v := range members(published) {
		o := members(v)
		if o["is_enabled"] == false {
			delete(o, "is_enabled")
		}
		napalmInterfaces(y, map[string]any{name: v})
		if i := y.port(name); i != nil {
			y.told(name+": MTU", as(i.MTU), o["mtu"])
		}
	}
}
