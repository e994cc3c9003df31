// Package naive reads recordings a second time, without spans or care: JSON of EOS as encoding/json sees it, text of Open vSwitch
// line by line. It shares nothing with the drivers, so that where nobody published what an output says, two readings that
// agree stand in for it.
package naive

import (
	"encoding/json"
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"uplinkcheck/drivers/capture"
	"uplinkcheck/drivers/state"
)

type (
	object = map[string]any
	list   = []any
)

// Wants is what an output says, by the names that Facts uses; empty for outputs that are not read here. command is spelled as
// the folders of a corpus are.
func Wants(platform, command string, input []byte) map[string]string {
	w := want{}
	switch platform {
	case "openvswitch":
		naiveOVS(w, command, string(input))
	case "arista_eos":
		var v any
		if read := naiveEOS[command]; read != nil && json.Unmarshal(input, &v) == nil {
			read(w, unwrap(v))
		}
	}
	return w
}

// want collects what should be read.
type want map[string]string

// put notes a value; the empty string says nothing.
func (w want) put(what string, v any) {
	if s := text(v); s != "" {
		w[what] = norm(s)
	}
}

// add notes one of several values of a field.
func (w want) add(what string, v any) {
	s := norm(text(v))
	if s == "" {
		return
	}
	if old, ok := w[what]; ok {
		all := append(strings.Split(old, "; "), s)
		slices.Sort(all)
		s = strings.Join(all, "; ")
	}
	w[what] = s
}

func text(v any) string {
	switch v := v.(type) {
	case string:
		return strings.TrimSpace(v)
	case float64:
		return strconv.FormatFloat(v, 'f', -1, 64)
	case bool:
		return fmt.Sprint(v)
	}
	return ""
}

// at walks down a published tree.
func at(v any, path ...string) any {
	for _, p := range path {
		o, _ := v.(object)
		v = o[p]
	}
	return v
}

// rows are the objects of a list, or the one object that stands in its place.
func rows(v any) (out []object) {
	switch v := v.(type) {
	case object:
		return []object{v}
	case list:
		for _, item := range v {
			if o, ok := item.(object); ok {
				out = append(out, o)
			}
		}
	}
	return out
}

func strs(v any) (out []string) {
	items, _ := v.(list)
	for _, i := range items {
		out = append(out, text(i))
	}
	return out
}

func upDown(yes bool) string {
	if yes {
		return "up"
	}
	return "down"
}

// macOf is the name of an address in a VLAN.
func macOf(vlan, mac any) string { return fmt.Sprintf("mac %s %s", text(vlan), norm(text(mac))) }

func orElse(s, other string) string {
	if s != "" {
		return s
	}
	return other
}

// unwrap takes an answer out of what eAPI clients put round it: the last one.
func unwrap(v any) object {
	switch v := v.(type) {
	case object:
		if result, ok := v["result"]; ok {
			return unwrap(result)
		}
		return v
	case list:
		if len(v) > 0 {
			return unwrap(v[len(v)-1])
		}
	}
	return nil
}

func yesNo(v any) string {
	switch v {
	case true:
		return "yes"
	case false:
		return "no"
	}
	return ""
}

// naiveEOS reads EOS JSON by command.
var naiveEOS = map[string]func(w want, v object){
	"show_version": func(w want, v object) {
		w.put("model", v["modelName"])
		w.put("version", v["version"])
		w.put("serial", v["serialNumber"])
		if mac := text(v["systemMacAddress"]); mac != "00:00:00:00:00:00" {
			w.put("chassis", mac)
		}
	},
	"show_lacp_interface_detailed": naiveLACP,
	"show_lacp_counters_all_ports": naiveLACP,
	"show_port_channel": func(w want, v object) {
		for lag, c := range members(v, "portChannels") {
			var all []string
			for _, kind := range []string{"activePorts", "inactivePorts"} {
				for port := range members(c, kind) {
					if !strings.HasPrefix(port, "Peer") {
						all = append(all, port)
					}
				}
			}
			w["lag "+lag+" ports"] = names(all)
			w.put("lag "+lag+" min-links", at(c, "minLinks"))
			for port := range members(c, "inactivePorts") {
				w.put("lag "+lag+" port "+port+" selected", "unselected")
			}
		}
	},
	"show_vlan":       naiveVLANs,
	"show_vlan_brief": naiveVLANs,
	"show_interfaces_switchport": func(w want, v object) {
		for port, p := range members(v, "switchports") {
			if at(p, "enabled") != true {
				continue
			}
			info, mode := at(p, "switchportInfo"), text(at(p, "switchportInfo", "mode"))
			w.put("bridge "+port+" mode", mode)
			if mode == "access" {
				w.put("bridge "+port+" configured", at(info, "accessVlanId"))
				w.put("bridge "+port+" untagged", at(info, "accessVlanId"))
				continue
			}
			allowed, err := state.ParseVIDSet(text(at(info, "trunkAllowedVlans")))
			native, _ := state.ParseVID(text(at(info, "trunkingNativeVlanId")))
			if err == nil && !allowed.Has(native) {
				native = 0
			}
			w.put("bridge "+port+" configured", allowed.String())
			w.put("bridge "+port+" untagged", fmt.Sprint(uint16(native)))
		}
	},
	"show_mlag":        naiveMLAG,
	"show_mlag_detail": naiveMLAG,
	"show_mlag_interfaces": func(w want, v object) {
		states := map[string]string{"active-full": "dual-active", "active-partial": "active-partial", "inactive": "inactive",
			"disabled": "disabled", "configured": "configured on one side"}
		for id, p := range members(v, "interfaces") {
			w.put("mlag port "+id+" local", at(p, "localInterface"))
			w.put("mlag port "+id+" peer", at(p, "peerInterface"))
			w.put("mlag port "+id+" state", states[text(at(p, "status"))])
		}
	},
	"show_mlag_config_sanity": func(w want, v object) {
		if v["mlagConnected"] == true {
			w.put("mlag consistent", text(len(members(v, "globalConfiguration"))+len(members(v, "interfaceConfiguration")) == 0))
		}
	},
	"show_lldp_neighbors_detail": func(w want, v object) {
		for port, p := range members(v, "lldpNeighbors") {
			for _, n := range rows(at(p, "lldpNeighborInfo")) {
				w.add("lldp "+port+" name", n["systemName"])
				w.add("lldp "+port+" chassis", n["chassisId"])
				w.add("lldp "+port+" description", n["systemDescription"])
				w.add("lldp "+port+" port", norm(text(at(n, "neighborInterfaceInfo", "interfaceId"))))
				w.add("lldp "+port+" port description", at(n, "neighborInterfaceInfo", "interfaceDescription"))
			}
		}
	},
	"show_lldp_neighbors": func(w want, v object) {
		for _, n := range rows(v["lldpNeighbors"]) {
			w.add("lldp "+text(n["port"])+" name", n["neighborDevice"])
			w.add("lldp "+text(n["port"])+" port", n["neighborPort"])
		}
	},
	"show_mac_address_table":         naiveMACs,
	"show_mac_address_table_unicast": naiveMACs,
	"show_interfaces": func(w want, v object) {
		for port, i := range members(v, "interfaces") {
			at := func(key string) any { return at(i, key) }
			w.put("interface "+name(port)+" description", at("description"))
			w.put("interface "+name(port)+" mac", at("physicalAddress"))
			if mtu := text(at("mtu")); mtu != "0" {
				w.put("interface "+name(port)+" mtu", mtu)
			}
			if speed := text(at("bandwidth")); speed != "0" {
				w.put("interface "+name(port)+" speed", speed)
			}
			if lag, ok := strings.CutPrefix(text(at("interfaceMembership")), "Member of "); ok {
				w.put("interface "+name(port)+" lag", lag)
			}
			if protocol := text(at("lineProtocolStatus")); protocol != "" {
				w.put("interface "+name(port)+" oper", upDown(protocol == "up"))
			}
		}
	},
	"show_vrf": func(w want, v object) {
		for vrf, x := range members(v, "vrfs") {
			w["vrf "+vrf] = names(strs(at(x, "interfaces")))
		}
	},
}

// members are the members of an object.
func members(v any, key string) object {
	o, _ := at(v, key).(object)
	return o
}

func naiveLACP(w want, v object) {
	for lag, c := range members(v, "portChannels") {
		for port, p := range members(c, "interfaces") {
			at := "lag " + lag + " port " + port
			w.put(at, "member")
			w.put(at+" selected", map[bool]string{true: "selected", false: "unselected"}[text(p.(object)["actorPortStatus"]) == "bundled"])
			for _, who := range []string{"actor", "partner"} {
				bits := members(p, who+"PortState")
				for bit := range bitNames {
					w.put(at+" "+who+" "+bit, yesNo(bits[strings.TrimPrefix(bit, "short ")]))
				}
			}
			if priority, mac, ok := strings.Cut(text(p.(object)["partnerSystemId"]), ","); ok {
				n, _ := strconv.ParseUint(priority, 16, 16)
				w.put(at+" partner system", mac)
				w.put(at+" partner system priority", fmt.Sprint(n))
			}
		}
	}
}

func naiveVLANs(w want, v object) {
	var ids []state.VID
	for id, x := range members(v, "vlans") {
		n, _ := state.ParseVID(id)
		ids = append(ids, n)
		w.put("vlan "+id+" name", at(x, "name"))
		w.put("vlan "+id+" active", text(at(x, "status") == "active"))
	}
	w.put("vlans", state.VIDs(ids...).String())
}

func naiveMLAG(w want, v object) {
	if v["state"] == "disabled" {
		w.put("mlag state", v["state"]) // no word on Ethernet segments
		return
	}
	w.put("mlag protocol", "MLAG")
	w.put("mlag state", v["state"])
	w.put("mlag domain", v["domainId"])
	w.put("mlag system", v["systemId"])
	w.put("mlag peer address", v["peerAddress"])
	w.put("mlag peer-link", v["peerLink"])
	w.put("mlag peer-link oper", v["peerLinkStatus"])
	w.put("mlag role", at(v, "detail", "mlagState"))
	w.put("mlag peer mac", at(v, "detail", "peerMacAddress"))
	if said := text(v["negStatus"]); said != "" {
		w.put("mlag peered", text(said == "connected" && v["state"] == "active"))
	}
}

func naiveMACs(w want, v object) {
	for _, e := range rows(at(v, "unicastTable", "tableEntries")) {
		w.put(macOf(e["vlanId"], e["macAddress"]), name(text(e["interface"])))
	}
}

var (
	ovsSection = regexp.MustCompile(`^---- (\S+) ----$`)
	ovsMember  = regexp.MustCompile(`^member:? (\S+): (\S+)(?: (\S+))?$`)
	ovsEnd     = regexp.MustCompile(`^ +(actor|partner) (\S+): ?(.*)$`)
	ovsLearned = regexp.MustCompile(`^ *(\d+) +(\d+) +([0-9a-f:]{17}) +\S+$`)
	ovsFields  = map[string]string{"sys_id": "system", "sys_priority": "system priority", "port_id": "port", "port_priority": "port priority", "key": "key"}
	ovsBits    = map[string]string{"timeout": "short timeout", "synchronized": "synchronization"}
)

// naiveOVS reads lacp/show, bond/show and fdb/show.
func naiveOVS(w want, command, input string) {
	lag, port := "", ""
	for _, line := range strings.Split(input, "\n") {
		if m := ovsSection.FindStringSubmatch(line); m != nil {
			lag = "lag " + m[1]
		} else if m := ovsMember.FindStringSubmatch(line); m != nil && lag != "" {
			port = lag + " port " + m[1]
			w.put(port, "member")
			if command == "ovs_appctl_lacp_show" {
				if m[2] == "current" { // of an expired or defaulted one the mux alone does not tell
					w.put(port+" selected", map[bool]string{true: "selected", false: "unselected"}[m[3] == "attached"])
				}
			}
		} else if m := ovsEnd.FindStringSubmatch(line); m != nil && port != "" {
			w.put(port+" "+m[1]+" "+orElse(ovsFields[m[2]], "-"), m[3])
			if m[2] == "state" {
				set := " " + m[3] + " "
				for bit := range bitNames {
					word := bit
					for ovs, ours := range ovsBits {
						if ours == bit {
							word = ovs
						}
					}
					w.put(port+" "+m[1]+" "+bit, map[bool]string{true: "yes", false: "no"}[strings.Contains(set, " "+word+" ")])
				}
			}
		} else if m := ovsLearned.FindStringSubmatch(line); m != nil {
			w.put("mac "+m[2]+" "+m[3], "of"+m[1])
		}
	}
	for what := range w {
		if strings.HasSuffix(what, " -") {
			delete(w, what)
		}
	}
}

// Tables are what Open vSwitch keeps beside an output of ovs-appctl: which bonds and ports there are. The names are those of
// the output; a learned address names its port by number, and the port of number n is called ofn here.
func Tables(input []byte) []*capture.Reply {
	var ports, interfaces, refs list
	bonds, seen := map[string]list{}, map[string]bool{}
	add := func(bond, member string, number int) {
		if seen[member] {
			return
		}
		seen[member] = true
		id := list{"uuid", "i-" + member}
		interfaces = append(interfaces, list{id, member, "", number})
		bonds[bond] = append(bonds[bond], id)
	}
	bond := ""
	for _, line := range strings.Split(string(input), "\n") {
		if m := ovsSection.FindStringSubmatch(line); m != nil {
			bond = m[1]
		} else if m := ovsMember.FindStringSubmatch(line); m != nil {
			add(bond, m[1], 100+len(interfaces))
		} else if m := ovsLearned.FindStringSubmatch(line); m != nil {
			n, _ := strconv.Atoi(m[1])
			add("of"+m[1], "of"+m[1], n)
		}
	}
	for bond, ids := range bonds {
		id := list{"uuid", "p-" + bond}
		refs = append(refs, id)
		ports = append(ports, list{id, bond, list{"set", ids}, map[bool]any{true: "active", false: list{"set", list{}}}[len(ids) > 1], "balance-tcp"})
	}
	reply := func(line string, data list, headings ...string) *capture.Reply {
		out, err := json.Marshal(object{"data": data, "headings": headings})
		if err != nil {
			panic(err) // strings and numbers
		}
		return &capture.Reply{Device: "case", Command: "ovs-vsctl --format=json list " + line, Data: out, Complete: true}
	}
	return []*capture.Reply{
		reply("Interface", interfaces, "_uuid", "name", "type", "ofport"),
		reply("Port", ports, "_uuid", "name", "interfaces", "lacp", "bond_mode"),
		reply("Bridge", list{list{list{"uuid", "b"}, "br0", list{"set", refs}}}, "_uuid", "name", "ports"),
	}
}
