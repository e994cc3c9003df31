package main

import (
	"cmp"
	"fmt"
	"strings"

	"uplinkcheck/drivers/capture"
	"uplinkcheck/drivers/state"
)

var _ = adapt("hp_comware", map[string]adapter{
	"ntc-templates display_device_manuinfo":                   comwareManuinfo,
	"ntc-templates display_link_aggregation_verbose":          always(comwareVerbose),
	"ntc-templates display_link_aggregation_member_port":      always(comwareMembers),
	"ntc-templates display_vlan_all":                          always(comwareVLANs),
	"ntc-templates display_vlan_brief":                        always(comwareVLANBrief),
	"ntc-templates display_mac_address":                       always(comwareAddresses),
	"ntc-templates display_lldp_neighbor_information_list":    always(comwareNeighbours),
	"ntc-templates display_lldp_neighbor_information_verbose": always(comwareNeighbours),
	"ntc-templates display_interface":                         always(comwareInterfaces),
	"ntc-templates display_interface_brief":                   always(comwareBrief),
	"ntc-templates display_ip_interface":                      always(comwareIP),
	"ntc-templates display_ip_vpn_instance":                   always(comwareInstances),
	"ntc-templates display_ip_vpn_instance_instance_name":     always(comwareInstances),
})

// comwareNames are the kinds that tables shorten to what is not the beginning of their name.
var comwareNames = strings.NewReplacer("XGE", "Ten-GigabitEthernet", "M-GE", "M-GigabitEthernet", "WGE", "Twenty-FiveGigE", "FGE", "FortyGigE", "HGE", "HundredGigE",
	"BAGG", "Bridge-Aggregation", "RAGG", "Route-Aggregation", "BLAGG", "Blade-Aggregation", "E-Ch", "Eth-channel", "REG", "Register-Tunnel", "GE", "GigabitEthernet")

// comwareName is the full form of a published name.
func comwareName(v any) string {
	s := text(v)
	i := strings.IndexAny(s, "0123456789")
	if i < 0 || strings.Contains(s, "GigE") || strings.Contains(s, "-Agg") {
		return s
	}
	return comwareNames.Replace(s[:i]) + s[i:]
}

// comwareManuinfo: what it tells of boards, fans and power supplies is no fact of a state.Switch. A slot is a member of a stack where it has fans
// or power supplies of its own; a device alone has no slot. Some files hold the outputs of several devices: the first of a number counts.
func comwareManuinfo(y *tally, published any) bool {
	told := false
	seen := map[string]bool{}
	rows := items(published)
	for k, e := range rows {
		o := members(e)
		kind, id, chassis := strings.ToLower(text(o["slot_type"])), text(o["slot_id"]), text(o["chassis_id"])
		fed := k+1 < len(rows) && strings.Contains("fan power", cmp.Or(strings.ToLower(text(members(rows[k+1])["slot_type"])), "none"))
		switch {
		case kind == "", kind == "chassis" && chassis == "":
			y.told("serial number", y.s.Device.Serial, o["device_serial_number"])
			told = true
			continue
		case kind == "chassis":
			id = chassis
		case kind != "slot" || chassis != "" || !fed:
			continue
		}
		if seen[id] {
			continue
		}
		seen[id], told = true, true
		own := state.Member{}
		for _, m := range y.s.Members {
			if m.ID == id {
				own = m
			}
		}
		y.told("member "+id+": model", own.Model, o["device_name"])
		y.told("member "+id+": serial number", own.Serial, o["device_serial_number"])
		y.told("member "+id+": MAC", as(own.MAC), o["mac_address"])
	}
	return told
}

func comwareVerbose(y *tally, published any) {
	for _, e := range items(published) {
		o := members(e)
		lag := text(o["interface"])
		a := y.s.Aggregator(lag)
		if a == nil {
			y.absent(lag, y.s.Listed.Aggregators)
			continue
		}
		y.told(lag+": protocol", as(a.Protocol), map[string]string{"static": "static", "dynamic": "LACP"}[strings.ToLower(text(o["aggregation_mode"]))])
		for _, list := range []string{"local_interfaces", "remote_interfaces"} {
			for _, name := range texts(o[list]) {
				name, _, _ = strings.Cut(name, "(")
				m := y.member(lag, comwareName(name))
				y.fact(lag+": member "+name, capture.Of(m.Name, m.From), comwareName(name))
			}
		}
	}
}

func comwareMembers(y *tally, published any) {
	for _, e := range items(published) {
		o := members(e)
		lag, port := text(o["aggregate_interface"]), text(o["member_port"])
		m := y.member(lag, port)
		y.fact(lag+": member "+port, capture.Of(m.Name, m.From), port)
		y.told(port+": RX", as(m.RX), o["received_packets"])
		y.told(port+": TX", as(m.TX), o["sent_packets"])
		y.told(port+": illegal", as(m.IllegalRX), o["illegal_packets"])
		for who, end := range map[string]state.Endpoint{"local": m.Actor, "remote": m.Partner} {
			if text(o["local_flag"]) == "" {
				continue // a port without LACP has no such conversation
			}
			y.told(port+": "+who+" port", as(end.Port), o[who+"_port_number"])
			y.told(port+": "+who+" port priority", as(end.PortPriority), o[who+"_port_priority"])
			y.told(port+": "+who+" key", as(end.Key), o[who+"_oper_key"])
			if _, mac, ok := strings.Cut(text(o[who+"_system_id"]), ","); ok {
				y.told(port+": "+who+" system", as(end.System), mac)
			}
			if flags := text(o[who+"_flag"]); flags != "" {
				for i := range 8 {
					y.fact(fmt.Sprintf("%s: %s bit %d", port, who, i), bit(end, 1<<i), map[bool]string{true: "yes", false: "no"}[strings.Contains(flags, string(rune('A'+i)))])
				}
			}
		}
	}
}

func comwareVLANs(y *tally, published any) {
	for _, e := range items(published) {
		o := members(e)
		number := text(o["vlan_id"])
		v, err := state.ParseVID(number)
		own := y.s.VLAN(v)
		if err != nil || own == nil {
			y.absent("VLAN "+number, y.s.Listed.VLANs)
			continue
		}
		y.right++
		y.told("name of VLAN "+number, own.Name, o["vlan_name"])
		if address := text(o["ipv4_address"]); address != "" {
			y.fact("address in VLAN "+number, addressIn(y.s, v, address), address)
		}
	}
}

// comwareVLANBrief: published is the first word of a name, up to a dash.
func comwareVLANBrief(y *tally, published any) {
	for _, e := range items(published) {
		o := members(e)
		if v, err := state.ParseVID(text(o["vlan_id"])); err == nil && y.s.VLAN(v) != nil {
			if name := y.s.VLAN(v).Name.Value; strings.HasPrefix(name, text(o["vlan_name"])) {
				o["vlan_name"] = name
			}
		}
	}
	comwareVLANs(y, published)
}

// addressIn is an address of the routed interface in a VLAN: the published one where it is among them, else the first.
func addressIn(s *state.Switch, v state.VID, want string) (out capture.Fact[string]) {
	for _, i := range s.SVIs {
		for _, a := range i.Addresses {
			if f := capture.Of(a.Value.Addr().String(), a.From); capture.Is(i.VID, v) && (!out.Known() || f.Value == want) {
				out = f
			}
		}
	}
	return out
}

func comwareAddresses(y *tally, published any) {
	for _, e := range items(published) {
		o := members(e)
		y.address(text(o["vlan_id"]), text(o["mac_address"]), comwareName(o["interface"]))
	}
}

func comwareNeighbours(y *tally, published any) {
	for _, e := range items(published) {
		o := members(e)
		local := comwareName(o["local_interface"])
		if name := text(o["neighbor_name"]); name == "-" {
			delete(o, "neighbor_name")
		}
		y.neighbour(local, func(y *tally, r *state.RemoteSystem) {
			y.told(local+": chassis id", id(r.ChassisID), o["chassis_id"])
			y.told(local+": port id", id(r.PortID), o["neighbor_interface"])
			y.told(local+": port description", r.PortDescription, o["neighbor_interface_description"])
			name := r.SystemName
			if n := len(text(o["neighbor_name"])); n == 20 && len(name.Value) > n { // published is what fits the column
				name.Value = name.Value[:n]
			}
			y.told(local+": system name", name, o["neighbor_name"])
			y.told(local+": management address", management(r, text(o["mgmt_address"])), o["mgmt_address"])
			y.told(local+": PVID", as(r.PVID), o["vlan_id"])
		})
	}
}

// comwareLink is what the state of the link says a person wanted. Nothing, where it is down: "( Administratively )" behind it was not published.
func comwareLink(word string) string {
	low := strings.ToLower(word)
	switch {
	case strings.Contains(low, "administratively"), low == "adm":
		return "down"
	case low == "up":
		return "up"
	}
	return ""
}

// comwareVLANList is a published list as a set.
func comwareVLANList(list []string) string {
	set, err := state.ParseVIDSet(strings.ReplaceAll(strings.Join(list, ","), "(default vlan)", ""))
	if err != nil {
		return ""
	}
	return set.String()
}

func comwareInterfaces(y *tally, published any) {
	for _, e := range items(published) {
		o := members(e)
		name := text(o["interface"])
		oper := upOrDown(text(o["protocol_status"]))
		if oper == "" {
			oper = upOrDown(text(o["line_status"]))
		}
		y.status(name, comwareLink(text(o["line_status"])), oper)
		i := y.port(name)
		if i == nil {
			y.absent(name, y.s.Listed.Interfaces)
			continue
		}
		y.told(name+": description", i.Description, o["description"])
		for _, mac := range texts(o["hw_address"]) {
			y.told(name+": MAC", as(i.MAC), mac)
			break
		}
		y.told(name+": MTU", as(i.MTU), o["mtu"])
		y.told(name+": MTU", as(i.MTU), o["l2mtu"])
		if duplex := strings.TrimSuffix(text(o["duplex"]), "-duplex"); duplex == "full" || duplex == "half" {
			y.fact(name+": duplex", as(i.Duplex), duplex)
		}
		if speed, ok := comwareSpeed(text(o["speed"])); ok {
			y.fact(name+": speed", as(i.Speed), speed)
		}
		for _, a := range texts(o["ip_address"]) {
			y.addressOf(name, a)
		}
		b := y.bridge(name)
		y.told(name+": mode", as(b.Mode), strings.ToLower(text(o["port_link_type"])))
		if !capture.Is(b.PVID, 0) {
			y.told(name+": PVID", as(b.PVID), o["vlan_native"])
		}
		if v, err := state.ParseVID(text(o["untagged_vlan_id"])); err == nil { // of several the first was published
			y.fact(name+": untagged", as(untagged(b, v)), "true")
		}
		y.told(name+": passing", as(b.Members), comwareVLANList(texts(o["vlan_passing"])))
		y.told(name+": permitted", as(b.Configured), comwareVLANList(texts(o["vlan_permitted"])))
	}
}

// comwareSpeed is "20Gbps-speed" in bit/s.
func comwareSpeed(s string) (string, bool) {
	s, isSpeed := strings.CutSuffix(strings.TrimSuffix(s, "-speed"), "bps")
	for unit, zeros := range map[string]string{"K": "000", "M": "000000", "G": "000000000"} {
		if n, ok := strings.CutSuffix(s, unit); ok && isSpeed && strings.Trim(n, "0123456789") == "" {
			return n + zeros, true
		}
	}
	return "", false
}

func comwareBrief(y *tally, published any) {
	for _, e := range items(published) {
		o := members(e)
		name := comwareName(o["interface"])
		oper := upOrDown(text(o["protocol"]))
		if oper == "" && text(o["type"]) != "" {
			oper = upOrDown(text(o["link"]))
		}
		y.status(name, comwareLink(text(o["link"])), oper)
		i := y.port(name)
		if i == nil {
			y.absent(name, y.s.Listed.Interfaces)
			continue
		}
		if d := text(o["description"]); strings.Trim(d, "-") != "" {
			y.told(name+": description", i.Description, d)
		}
		if kind := text(o["type"]); kind != "" {
			b := y.bridge(name)
			y.told(name+": mode", as(b.Mode), map[string]string{"A": "access", "T": "trunk", "H": "hybrid"}[kind])
			y.told(name+": PVID", as(b.PVID), o["vlan_id"])
		}
		speed, _, _ := strings.Cut(text(o["speed"]), "(")
		if bits, ok := comwareSpeed(speed + "bps"); ok {
			y.fact(name+": speed", as(i.Speed), bits)
		}
		duplex, _, _ := strings.Cut(text(o["duplex"]), "(")
		y.told(name+": duplex", as(i.Duplex), map[string]string{"F": "full", "H": "half"}[duplex])
	}
}

func comwareIP(y *tally, published any) {
	for _, e := range items(published) {
		o := members(e)
		name := text(o["interface"])
		for _, s := range y.s.SVIs {
			if s.Interface == name {
				y.told(name+": oper", as(s.Oper), upOrDown(text(o["protocol_status"])))
				for _, a := range texts(o["ip_address"]) {
					y.addressOf(name, a)
				}
			}
		}
	}
}

func comwareInstances(y *tally, published any) {
	for _, e := range items(published) {
		y.vrf(text(members(e)["name"]), texts(members(e)["interfaces"]))
	}
}
