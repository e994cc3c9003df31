package main

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"uplinkcheck/drivers/capture"
	"uplinkcheck/drivers/state"
)

var _ = adapt("hp_procurve", map[string]adapter{
	"ntc-templates show_system":                         always(procurveSystem),
	"ntc-templates show_version":                        always(procurveVersion),
	"ntc-templates show_vsf_detail":                     always(procurveStack),
	"ntc-templates show_trunks":                         always(procurveTrunks),
	"ntc-templates show_interfaces":                     always(procurvePorts),
	"ntc-templates show_interfaces_brief":               always(procurvePorts),
	"ntc-templates show_interfaces_status":              always(procurvePorts),
	"ntc-templates show_vlans":                          always(procurveVLANs),
	"ntc-templates show_mac_address":                    always(procurveAddresses),
	"ntc-templates show_lldp_info_local_device":         always(procurveLocal),
	"ntc-templates show_lldp_info_remote_device":        always(procurveNeighbours),
	"ntc-templates show_lldp_info_remote_device_detail": always(procurveNeighbours),
	"ntc-templates show_cdp_neighbors_detail":           always(procurveNeighbours),
	"ntc-templates show_ip":                             always(procurveIP),
	"napalm get_facts()":                                always(procurveFacts),
	"napalm get_lldp_neighbors()":                       always(procurveNapalmNeighbours),
})

// procurveSystem: a row with a number is of a member of a stack, whose address is its own.
func procurveSystem(y *tally, published any) {
	for k, e := range items(published) {
		o := members(e)
		d := &y.s.Device
		if k == 0 {
			y.told("host name", d.Hostname, o["name"])
			y.told("version", d.Version, o["software_version"])
		}
		id := text(o["member_id"])
		if id == "" {
			y.told("serial number", d.Serial, o["serial"])
			y.told("chassis MAC", as(d.ChassisMAC), o["mac_address"])
			continue
		}
		m := y.stacked(id)
		y.told("member "+id+": serial number", m.Serial, o["serial"])
		y.told("member "+id+": MAC", as(m.MAC), o["mac_address"])
	}
}

// stacked returns the member of a stack of that number, an empty one when it was not read.
func (y *tally) stacked(id string) state.Member {
	for _, m := range y.s.Members {
		if m.ID == id {
			return m
		}
	}
	return state.Member{}
}

func procurveVersion(y *tally, published any) {
	for _, e := range items(published) {
		o := members(e)
		y.device("", o["model"], o["version"], "")
	}
}

func procurveStack(y *tally, published any) {
	for _, e := range items(published) {
		o := members(e)
		y.told("version", y.s.Device.Version, o["software_version"])
		y.told("host name", y.s.Device.Hostname, o["name"])
		id := text(o["member_id"])
		m := y.stacked(id)
		y.told("member "+id+": model", m.Model, o["model"])
		y.told("member "+id+": serial number", m.Serial, o["serial_number"])
		y.told("member "+id+": MAC", as(m.MAC), o["mac_address"])
		y.told("member "+id+": role", as(m.Role), map[string]string{"commander": "active", "standby": "standby", "member": "member"}[strings.ToLower(text(o["status"]))])
		for n, field := range []string{"vsf_link_1", "vsf_link_2"} {
			link := text(o[field])
			if link == "" {
				continue
			}
			far := ""
			if i := slices.IndexFunc(m.Links, func(l state.StackLink) bool { return l.Port == strconv.Itoa(n+1) }); i >= 0 {
				far = m.Links[i].To
			}
			_, want, _ := strings.Cut(strings.ToLower(link), "peer")
			want = strings.Trim(want, "abcdefghijklmnopqrstuvwxyz: ")
			y.fact(fmt.Sprintf("member %s: link %d", id, n+1), capture.Of(far, m.LinksFrom), want)
		}
	}
}

func procurveTrunks(y *tally, published any) {
	for _, e := range items(published) {
		o := members(e)
		lag, port := text(o["trunk"]), text(o["local_port"])
		m := y.member(lag, port)
		y.fact(lag+": member "+port, capture.Of(m.Name, m.From), port)
		if a := y.s.Aggregator(lag); a != nil {
			y.told(lag+": protocol", as(a.Protocol), map[string]string{"LACP": "LACP", "Trunk": "static", "DT-LACP": "LACP", "DT-Trunk": "static"}[text(o["trunk_type"])])
		}
	}
}

// procurveMode is the speed in bit/s and the duplex of a published mode such as 1000FDx and 10GigFD.
func procurveMode(v any) (speed, duplex string) {
	s := strings.TrimRight(text(v), "x*")
	for suffix, word := range map[string]string{"FD": "full", "HD": "half"} {
		if n, ok := strings.CutSuffix(s, suffix); ok {
			zeros := "000000"
			if g, ok := strings.CutSuffix(n, "Gig"); ok {
				n, zeros = g, "000000000"
			}
			return n + zeros, word
		}
	}
	return "", ""
}

// procurvePorts reads the rows of three tables. Behind a dash stands the LAG of the port, which may be cut off; so may a name.
func procurvePorts(y *tally, published any) {
	for _, e := range items(published) {
		o := members(e)
		port, lag, _ := strings.Cut(text(o["port"]), "-")
		i := y.s.Interface(port)
		if i == nil {
			y.absent("port "+port, y.s.Listed.Interfaces)
			continue
		}
		y.right++
		y.told(port+": admin", as(i.Admin), map[string]string{"Yes": "up", "No": "down"}[text(o["enabled"])])
		y.told(port+": oper", as(i.Oper), strings.ToLower(text(o["status"])))
		speed, duplex := procurveMode(o["mode"])
		if o["speed"] != nil {
			speed, duplex = procurveMode(o["speed"])
		}
		y.told(port+": speed", as(i.Speed), speed)
		y.told(port+": duplex", as(i.Duplex), duplex)
		if name := text(o["name"]); !strings.HasSuffix(name, "...") {
			y.told(port+": description", i.Description, name)
		}
		if lag != "" && !strings.HasSuffix(lag, "...") {
			y.fact(port+": aggregator", i.Aggregator, lag)
		}
		if untagged := text(o["vlan_untagged"]); untagged != "" && lag == "" {
			b := y.bridge(port)
			if untagged == "No" {
				untagged = "0"
			}
			y.fact(port+": PVID", as(b.PVID), untagged)
			switch tagged := text(o["vlan_tagged"]); tagged {
			case "multi":
			case "No":
				y.fact(port+": VLANs", as(b.Members), strings.Replace(untagged, "0", "none", boolToInt(untagged == "0")))
			default:
				if v, err := state.ParseVID(tagged); err == nil {
					y.fact(port+": VLAN "+tagged, as(capture.Then(b.Members, func(s state.VIDSet) (bool, bool) { return s.Has(v), true })), "true")
				}
			}
		}
	}
}

func boolToInt(b bool) int { return map[bool]int{true: 1}[b] }

func procurveVLANs(y *tally, published any) {
	for _, e := range items(published) {
		o := members(e)
		v, err := state.ParseVID(text(o["vlan_id"]))
		own := y.s.VLAN(v)
		if err != nil || own == nil {
			y.absent("VLAN "+text(o["vlan_id"]), y.s.Listed.VLANs)
			continue
		}
		y.right++
		if name := text(o["vlan_name"]); !strings.HasSuffix(name, "...") {
			y.told("name of VLAN "+text(o["vlan_id"]), own.Name, name)
		}
	}
}

func procurveAddresses(y *tally, published any) {
	for _, e := range items(published) {
		o := members(e)
		y.address(text(o["vlan_id"]), text(o["mac_address"]), text(o["port"]))
	}
}

// procurveLocal: what it tells of its own ports is what it sends, no fact of a state.Switch.
func procurveLocal(y *tally, published any) {
	for _, e := range items(published) {
		o := members(e)
		y.told("chassis MAC", as(y.s.Device.ChassisMAC), o["chassis_id"])
		y.told("host name", y.s.Device.Hostname, o["system_name"])
		model, _, _ := strings.Cut(y.s.Device.Model.Value, " ")
		y.told("model", capture.Of(model, y.s.Device.Model.From), o["pid"])
		return // each row says the same
	}
}

// procurveNeighbours reads LLDP's and CDP's; what ends in dots is cut.
func procurveNeighbours(y *tally, published any) {
	for _, e := range items(published) {
		o := members(e)
		for k, v := range o {
			if s := text(v); strings.HasSuffix(s, "...") || s == "Unsupported format" {
				delete(o, k)
			}
		}
		local := text(o["local_interface"])
		_, isCDP := o["platform"]
		_, isDetail := o["neighbor_interface_description"]
		y.neighbour(local, func(y *tally, r *state.RemoteSystem) {
			y.told(local+": chassis id", id(r.ChassisID), o["chassis_id"])
			y.told(local+": port id", id(r.PortID), o["neighbor_interface"])
			y.told(local+": system name", r.SystemName, o["neighbor_name"])
			y.told(local+": management address", management(r, text(o["mgmt_address"])), o["mgmt_address"])
			y.told(local+": PVID", as(r.PVID), o["vlan_id"])
			y.told(local+": port description", r.PortDescription, o["neighbor_interface_description"])
			if isCDP || isDetail {
				y.told(local+": system description", r.SystemDescription, o["neighbor_description"])
			} else {
				y.told(local+": port description", r.PortDescription, o["neighbor_description"])
			}
			for what, f := range map[string]capture.Fact[state.Identifier]{"neighbor_chassis_type": r.ChassisID, "port_type": r.PortID} {
				if kind := plainKind(o[what]); kind != "" {
					y.fact(local+": "+what, kindOf(f), kind)
				}
			}
		})
	}
}

// procurveIP: a VLAN stands there with its name.
func procurveIP(y *tally, published any) {
	for _, e := range items(published) {
		o := members(e)
		name, address := text(o["vlan_name"]), text(o["ip_address"])
		if address == "" {
			continue
		}
		got := capture.Fact[string]{}
		for _, s := range y.s.SVIs {
			for _, a := range s.Addresses {
				if f := capture.Of(a.Value.Addr().String(), a.From); same(s.Interface, name) && (!got.Known() || f.Value == address) {
					got = f
				}
			}
		}
		y.fact("address of "+name, got, address)
	}
}

// procurveFacts: a port's name has its LAG behind it. The model is from another source, which was not recorded.
func procurveFacts(y *tally, published any) {
	o := members(published)
	y.device(o["hostname"], o["model"], o["os_version"], o["serial_number"])
	for _, name := range texts(o["interface_list"]) {
		name, _, _ = strings.Cut(name, "-")
		if y.s.Interface(name) != nil {
			y.right++
		} else {
			y.absent("interface "+name, y.s.Listed.Interfaces)
		}
	}
}

func procurveNapalmNeighbours(y *tally, published any) {
	for local, list := range members(published) {
		for _, n := range items(list) {
			o := members(n)
			y.neighbour(local, func(y *tally, r *state.RemoteSystem) {
				y.told(local+": port id", id(r.PortID), o["port"])
				y.told(local+": system name", r.SystemName, o["hostname"])
			})
		}
	}
}
