package main

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"uplinkcheck/drivers/capture"
	"uplinkcheck/drivers/state"
)

var _ = adapt("aruba_aoscx", map[string]adapter{
	"ntc-templates show_interface":                  always(cxInterfaces),
	"ntc-templates show_interface_mgmt":             always(cxManagement),
	"ntc-templates show_lldp_neighbors_info_detail": always(cxNeighbours),
	"ntc-templates show_lldp_neighbor_info_detail":  always(cxNeighbours),
	"ntc-templates show_mac_address_table":          always(cxAddresses),
	"ntc-templates show_module":                     cxModules,
	"ntc-templates show_system":                     always(cxSystem),
	"ntc-templates show_vlan":                       always(cxVLANs),
	"ntc-templates show_vrf":                        always(cxVRFs),
	"ntc-templates show_vsf_detail":                 always(cxMembers),
})

func cxInterfaces(y *tally, published any) {
	for _, e := range items(published) {
		o := members(e)
		name := text(o["interface"])
		y.status(name, text(o["link_admin"]), text(o["link_status"]))
		i := y.s.Interface(name)
		if i == nil {
			i = &state.Interface{}
		}
		y.told(name+": MAC", as(i.MAC), o["mac_address"])
		y.told(name+": MTU", as(i.MTU), o["mtu"])
		y.told(name+": description", i.Description, o["interface_desc"])
		y.told(name+": transitions", as(i.Transitions), o["link_transitions"])
		y.told(name+": duplex", as(i.Duplex), o["duplex"])
		if n, err := strconv.ParseUint(strings.TrimSuffix(text(o["speed"]), " Mb/s"), 10, 32); err == nil && n > 0 {
			y.fact(name+": speed", as(i.Speed), fmt.Sprint(n*1_000_000))
		}
		for _, a := range append(texts(o["secondary_ip_address"]), text(o["ip_address"])) {
			if a != "" {
				y.addressOf(name, a)
			}
		}
		cxVLANMode(y, name, o)
		for _, port := range texts(o["aggregated_interfaces"]) {
			y.fact(name+": member "+port, capture.Then(capture.Of(y.member(name, port), y.member(name, port).From), func(p state.AggregationPort) (string, bool) {
				return p.Name, p.Name != ""
			}), port)
		}
		if k := slices.IndexFunc(y.s.SVIs, func(s state.SVI) bool { return s.Interface == name }); k >= 0 {
			y.told(name+": VRF", y.s.SVIs[k].VRF, o["vrf"])
		}
	}
}

// cxVLANMode compares the VLAN settings of a port: of the allowed list the first few items are published.
func cxVLANMode(y *tally, name string, o object) {
	mode := map[string]state.PortMode{"access": state.Access, "native-untagged": state.Trunk, "native-tagged": state.Trunk}[text(o["vlan_mode"])]
	if mode == 0 {
		return
	}
	b := y.s.BridgePort(name)
	if b == nil {
		b = &state.BridgePort{}
	}
	y.fact(name+": mode", as(b.Mode), mode.String())
	y.told(name+": access VLAN", as(b.PVID), o["vlan_access"])
	if !capture.Is(b.PVID, 0) { // published is the configured one; ours is in effect: none, where it is not allowed or tagged
		y.told(name+": native VLAN", as(b.PVID), o["vlan_native"])
	}
	for _, part := range texts(o["vlan_trunk"]) {
		if set, err := state.ParseVIDSet(part); err == nil {
			y.fact(name+": allows "+part, as(capture.Then(b.Configured, func(all state.VIDSet) (bool, bool) { return set.Minus(all).Empty(), true })), "true")
		}
	}
}

func cxManagement(y *tally, published any) {
	for _, e := range items(published) {
		o := members(e)
		y.status("mgmt", text(o["admin_state"]), text(o["link_state"]))
		i := y.s.Interface("mgmt")
		if i == nil {
			i = &state.Interface{}
		}
		y.told("mgmt: MAC", as(i.MAC), o["mac_address"])
		for _, family := range []string{"ipv4", "ipv6"} {
			if a := text(o[family+"_address"]); a != "" {
				want := a + "/" + text(o[family+"_prefix_length"])
				var got capture.Fact[string]
				for _, own := range i.Addresses {
					if f := as(own); !got.Known() || same(f.Value, want) {
						got = f
					}
				}
				y.fact("mgmt: "+family, got, want)
			}
		}
	}
}

func cxNeighbours(y *tally, published any) {
	for _, e := range items(published) {
		o := members(e)
		local := text(o["local_interface"])
		y.neighbour(local, func(y *tally, r *state.RemoteSystem) {
			y.told(local+": chassis id", id(r.ChassisID), o["chassis_id"])
			y.told(local+": port id", id(r.PortID), o["neighbor_port_id"])
			y.told(local+": system name", r.SystemName, o["neighbor_name"])
			y.told(local+": system description", cxFirstLine(r.SystemDescription), o["neighbor_description"])
			y.told(local+": port description", cxFirstWord(r.PortDescription), o["neighbor_interface"])
			y.told(local+": management address", management(r, text(o["mgmt_address"])), o["mgmt_address"])
		})
	}
}

// cxFirstLine and cxFirstWord are what is published of a longer text.
func cxFirstLine(f capture.Fact[string]) capture.Fact[string] {
	return capture.Then(f, func(s string) (string, bool) { first, _, _ := strings.Cut(s, "\n"); return first, true })
}

func cxFirstWord(f capture.Fact[string]) capture.Fact[string] {
	return capture.Then(f, func(s string) (string, bool) { first, _, _ := strings.Cut(s, " "); return first, true })
}

func cxAddresses(y *tally, published any) {
	for _, e := range items(published) {
		o := members(e)
		y.address(text(o["vlan_id"]), text(o["mac_address"]), text(o["port"]))
	}
}

// cxModules: the modules of one chassis are none of ours, those of a stack are its members.
func cxModules(y *tally, published any) bool {
	serials := map[string]string{}
	for _, e := range items(published) {
		o := members(e)
		if id, ok := strings.CutSuffix(text(o["module"]), "/1"); ok && text(o["module_type"]) == "Management" {
			serials[id] = text(o["serial"])
		}
	}
	for id, serial := range serials {
		if len(serials) > 1 {
			y.fact("member "+id+": serial number", cxMember(y, id).Serial, serial)
		}
	}
	return len(serials) > 1
}

func cxMember(y *tally, id string) state.Member {
	if i := slices.IndexFunc(y.s.Members, func(m state.Member) bool { return m.ID == id }); i >= 0 {
		return y.s.Members[i]
	}
	return state.Member{}
}

func cxSystem(y *tally, published any) {
	for _, e := range items(published) {
		o := members(e)
		y.device(o["hostname"], o["product"], o["version"], o["serial"])
		y.told("chassis MAC", as(y.s.Device.ChassisMAC), o["base_mac"])
	}
}

func cxVLANs(y *tally, published any) {
	for _, e := range items(published) {
		o := members(e)
		var ports []string
		for _, part := range texts(o["interfaces"]) {
			ports = append(ports, cxRange(part)...)
		}
		y.vlan(text(o["vlan_id"]), text(o["vlan_name"]), ports)
	}
}

// cxRange writes out 1/1/2-1/1/4.
func cxRange(s string) (out []string) {
	first, last, isRange := strings.Cut(s, "-")
	i := strings.LastIndex(first, "/") + 1
	lo, err1 := strconv.Atoi(first[i:])
	hi, err2 := strconv.Atoi(last[strings.LastIndex(last, "/")+1:])
	if !isRange || err1 != nil || err2 != nil {
		return []string{s}
	}
	for n := lo; n <= hi; n++ {
		out = append(out, first[:i]+strconv.Itoa(n))
	}
	return out
}

func cxVRFs(y *tally, published any) {
	for _, e := range items(published) {
		o := members(e)
		y.vrf(text(o["vrf"]), []string{text(o["interface"])})
		y.status(text(o["interface"]), "", text(o["status"]))
	}
}

func cxMembers(y *tally, published any) {
	roles := map[string]state.MemberRole{"conductor": state.RoleActive, "master": state.RoleActive, "standby": state.RoleStandby, "member": state.RoleMember}
	for _, e := range items(published) {
		o := members(e)
		number := text(o["member_id"])
		m := cxMember(y, number)
		what := "member " + number
		y.told(what+": MAC", as(m.MAC), o["mac_address"])
		y.told(what+": serial number", m.Serial, o["serial_number"])
		if r := roles[strings.ToLower(text(o["status"]))]; r != 0 {
			y.fact(what+": role", as(m.Role), r.String())
		}
		for n, key := range []string{"vsf_link_1", "vsf_link_2"} {
			_, peer, up := strings.Cut(text(o[key]), "peer member ")
			if to, _, _ := strings.Cut(peer, ","); up {
				k := slices.IndexFunc(m.Links, func(l state.StackLink) bool { return l.Port == fmt.Sprint(n+1) })
				got := capture.Fact[string]{}
				if k >= 0 {
					got = capture.Of(m.Links[k].To, m.Links[k].From)
				}
				y.fact(fmt.Sprintf("%s: link %d", what, n+1), got, to)
			}
		}
	}
}
