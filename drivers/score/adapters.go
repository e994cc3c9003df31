package main

import (
	"fmt"
	"regexp"
	"slices"
	"strings"

	"uplinkcheck/drivers/capture"
	"uplinkcheck/drivers/score/recorded"
	"uplinkcheck/drivers/state"
)

// An adapter compares a published result with what was read, and answers false when nothing in it is a fact that we hold.
type adapter = func(y *tally, published any) bool

// always makes an adapter of a function whose results hold facts of ours whatever they say.
func always(f func(y *tally, published any)) adapter {
	return func(y *tally, published any) bool { f(y, published); return true }
}

// byPlatform are the adapters that only one platform's results need, by platform and then by schema and command ("genie show_vpc") or
// by schema alone. Each platform has a file, which adds its own with adapt.
var byPlatform = map[string]map[string]adapter{}

func adapt(platform string, own map[string]adapter) bool {
	byPlatform[platform] = own
	return true
}

// adapterOf returns what reads a published result: the platform's own, then by whose schema it is, and for schemas of one shape a
// command, by command, under the name of its folder or that of the same output. nil when nobody reads it.
func adapterOf(r recorded.Recording) adapter {
	schema, _, _ := strings.Cut(r.Schema, " (")
	own := byPlatform[r.Platform]
	for _, key := range []string{schema + " " + r.Command, schema + " " + r.Alias(), schema} {
		if f := own[key]; f != nil {
			return f
		}
	}
	if f := bySchema[schema]; f != nil {
		return always(f)
	}
	for _, key := range []string{schema + " " + r.Command, schema + " " + r.Alias()} {
		if f := byCommand[key]; f != nil {
			return always(f)
		}
	}
	if schema == "anta verdict" {
		return anta
	}
	return nil
}

var bySchema = map[string]func(y *tally, published any){
	"napalm get_facts()":                        napalmFacts,
	"napalm get_vlans()":                        napalmVLANs,
	"napalm get_lldp_neighbors()":               napalmNeighbours,
	"napalm get_lldp_neighbors_detail()":        napalmNeighbours,
	"napalm get_mac_address_table()":            napalmAddresses,
	"napalm get_interfaces()":                   napalmInterfaces,
	"napalm get_interfaces_ip()":                napalmIP,
	"napalm get_network_instances()":            napalmInstances,
	`suzieq "interface show" rows for the host`: suzieqInterfaces,
	`suzieq "lldp show" rows for the host`:      suzieqNeighbours,
	`suzieq "mac show" rows for the host`:       suzieqAddresses,
	`suzieq "mlag show" rows for the host`:      suzieqMLAG,
	`suzieq "vlan show" rows for the host`:      suzieqVLANs,
	`suzieq "device show" rows for the host`:    suzieqDevice,
	"nautobot device-onboarding":                nautobot,
	"ttp_templates records":                     ttpNeighbours,
}

var byCommand = map[string]func(y *tally, published any){
	"ntc-templates show_port_channel_summary":             ntcSummary,
	"ntc-templates show_lldp_neighbors":                   ntcNeighbours,
	"ntc-templates show_lldp_neighbors_detail":            ntcNeighbours,
	"ntc-templates show_version":                          ntcVersion,
	"ntc-templates show_vlans":                            ntcVLANs,
	"ntc-templates show_vrf":                              ntcVRFs,
	"ntc-templates show_interfaces":                       ntcInterfaces,
	"ntc-templates show_interfaces_status":                ntcStatus,
	"ntc-templates show_interfaces_description":           ntcStatus,
	"ntc-templates show_inventory":                        ntcInventory,
	"ntc-templates show_chassis_hardware":                 ntcHardware,
	"genie show_version":                                  genieVersion,
	"genie show_version_detail":                           genieVersion,
	"genie show_chassis_hardware":                         genieHardware,
	"genie show_chassis_hardware_detail":                  genieHardware,
	"genie show_chassis_hardware_extensive":               genieHardware,
	"genie show_chassis_hardware_detail_no_forwarding":    genieHardware,
	"genie show_chassis_hardware_extensive_no_forwarding": genieHardware,
	"genie show_lacp_interfaces":                          genieLACP,
	"genie show_lacp_statistics_interfaces_interface":     genieCounters,
	"genie show_interfaces":                               genieInterfaces,
	"genie show_interfaces_detail":                        genieInterfaces,
	"genie show_interfaces_extensive":                     genieInterfaces,
	"genie show_interfaces_interface_detail":              genieInterfaces,
	"genie show_interfaces_interface_extensive":           genieInterfaces,
	"genie show_interfaces_descriptions":                  genieInterfaces,
	"genie show_interfaces_terse":                         genieTerse,
	"genie show_interfaces_interface_terse":               genieTerse,
	"genie show_interfaces_terse_match":                   genieTerse,
}

func (y *tally) device(hostname, model, version, serial any) {
	d := &y.s.Device
	y.told("host name", d.Hostname, hostname)
	y.told("model", d.Model, model)
	y.told("version", d.Version, version)
	y.told("serial number", d.Serial, serial)
}

// napalmFacts: its version carries the build behind a dash on EOS.
func napalmFacts(y *tally, published any) {
	o := members(published)
	version, _, _ := strings.Cut(text(o["os_version"]), "-")
	y.device(o["hostname"], o["model"], version, o["serial_number"])
	for _, name := range texts(o["interface_list"]) {
		if y.s.Interface(name) != nil {
			y.right++
		} else {
			y.absent("interface "+name, y.s.Listed.Interfaces)
		}
	}
}

func napalmVLANs(y *tally, published any) {
	for number, v := range members(published) {
		y.vlan(number, text(members(v)["name"]), texts(members(v)["interfaces"]))
	}
}

func napalmNeighbours(y *tally, published any) {
	for local, list := range members(published) {
		for _, n := range items(list) {
			o := members(n)
			y.neighbour(local, func(y *tally, r *state.RemoteSystem) {
				y.told(local+": port id", id(r.PortID), o["port"])
				y.told(local+": system name", r.SystemName, o["hostname"])
				y.told(local+": system name", r.SystemName, o["remote_system_name"])
				y.told(local+": system description", r.SystemDescription, o["remote_system_description"])
				y.told(local+": port id", id(r.PortID), o["remote_port"])
				y.told(local+": port description", r.PortDescription, o["remote_port_description"])
				y.told(local+": chassis id", id(r.ChassisID), o["remote_chassis_id"])
			})
		}
	}
}

func napalmAddresses(y *tally, published any) {
	for _, e := range items(published) {
		o := members(e)
		y.address(text(o["vlan"]), text(o["mac"]), text(o["interface"]))
	}
}

// status compares the state of an interface; words other than up and down are no such state.
func (y *tally) status(name, admin, oper string) {
	i := y.port(name)
	if i == nil {
		i = &state.Interface{}
	}
	for _, x := range []struct {
		what, want string
		got        capture.Fact[state.Status]
	}{{"admin", admin, i.Admin}, {"oper", oper, i.Oper}} {
		if x.want == "up" || x.want == "down" {
			y.fact(name+": "+x.what, as(x.got), x.want)
		}
	}
}

func upDown(v any) string {
	if on, ok := v.(bool); ok {
		return map[bool]string{true: "up", false: "down"}[on]
	}
	return ""
}

func napalmInterfaces(y *tally, published any) {
	for name, v := range members(published) {
		o, i := members(v), y.port(name)
		if i == nil {
			if strings.Contains(name, ".") {
				continue // a unit: no interface of ours
			}
			i = &state.Interface{}
		}
		y.status(name, upDown(o["is_enabled"]), upDown(o["is_up"]))
		if mac := text(o["mac_address"]); mac != "None" && mac != "Unspecified" {
			y.told(name+": MAC", as(i.MAC), mac)
		}
		if speed, ok := o["speed"].(float64); ok && speed > 0 {
			y.fact(name+": speed", as(capture.Then(i.Speed, func(v uint64) (uint64, bool) { return v / 1_000_000, true })), fmt.Sprint(uint64(speed))) // whole Mbit/s
		}
		y.told(name+": description", i.Description, o["description"])
	}
}

func napalmIP(y *tally, published any) {
	for name, v := range members(published) {
		for _, family := range []string{"ipv4", "ipv6"} {
			for ip, l := range members(members(v)[family]) {
				y.addressOf(name, fmt.Sprintf("%s/%s", ip, text(members(l)["prefix_length"])))
			}
		}
	}
}

func napalmInstances(y *tally, published any) {
	for name, v := range members(published) {
		var in []string
		for i := range members(members(members(v)["interfaces"])["interface"]) {
			in = append(in, i)
		}
		y.vrf(name, in)
	}
}

// suzieqInterfaces: a unit is no interface of ours, nor is a routing instance; "master" is also the routing instance and the bridge.
func suzieqInterfaces(y *tally, published any) {
	for _, e := range items(published) {
		o := members(e)
		name := text(o["ifname"])
		if strings.Contains(name, ".") || text(o["type"]) == "vrf" {
			continue
		}
		i := y.port(name)
		if i == nil {
			i = &state.Interface{}
		}
		y.status(name, text(o["adminState"]), text(o["state"]))
		if text(o["type"]) == "bond_slave" {
			y.told(name+": aggregator", i.Aggregator, o["master"])
		}
		for _, a := range texts(o["ipAddressList"]) {
			y.addressOf(name, a)
		}
	}
}

func suzieqNeighbours(y *tally, published any) {
	for _, e := range items(published) {
		o := members(e)
		local := text(o["ifname"])
		y.neighbour(local, func(y *tally, r *state.RemoteSystem) {
			y.told(local+": system name", r.SystemName, o["peerHostname"])
			y.told(local+": port", portName(r, text(o["peerIfname"])), o["peerIfname"])
			y.told(local+": system description", r.SystemDescription, o["description"])
			y.told(local+": management address", management(r, text(o["mgmtIP"])), o["mgmtIP"])
		})
	}
}

// portName is the port id, or the description where the published name stands there: names are sent in either.
func portName(r *state.RemoteSystem, want string) capture.Fact[string] {
	if same(r.PortDescription.Value, want) {
		return r.PortDescription
	}
	return id(r.PortID)
}

// management is the address that was published when it is among those heard, else the first of them.
func management(r *state.RemoteSystem, want string) (out capture.Fact[string]) {
	for _, a := range r.ManagementAddresses {
		if f := as(a); !out.Known() || f.Value == want {
			out = f
		}
	}
	return out
}

func suzieqAddresses(y *tally, published any) {
	for _, e := range items(published) {
		o := members(e)
		y.address(text(o["vlan"]), text(o["macaddr"]), text(o["oif"]))
	}
}

func suzieqMLAG(y *tally, published any) {
	m := &y.s.MLAG
	for _, e := range items(published) {
		o := members(e)
		y.told("shared system", as(m.SystemMAC), o["systemId"])
		y.told("state", m.StateWord, o["state"])
		y.told("peer address", m.PeerAddress, o["peerAddress"])
		y.told("role", as(m.Role), o["role"])
		y.told("peer-link", m.PeerLink, o["peerLink"])
	}
}

// suzieqVLANs: its names are made of the number.
func suzieqVLANs(y *tally, published any) {
	for _, e := range items(published) {
		o := members(e)
		y.vlan(text(o["vlan"]), "", texts(o["interfaces"]))
	}
}

func suzieqDevice(y *tally, published any) {
	for _, e := range items(published) {
		o := members(e)
		y.device(o["hostname"], o["model"], o["version"], o["serialNumber"])
	}
}

var modes = map[string]state.PortMode{"access": state.Access, "tagged": state.Trunk, "tagged-all": state.Trunk}

// nautobot is one record for several commands of a device: only what the recorded one can tell is looked for.
func nautobot(y *tally, published any) {
	for name, v := range members(members(published)["interfaces"]) {
		o := members(v)
		if i := y.port(name); i != nil {
			y.status(name, "", map[string]string{"True": "up", "False": "down"}[text(o["link_status"])])
			y.told(name+": MTU", as(i.MTU), o["mtu"])
			y.told(name+": MAC", as(i.MAC), o["mac_address"])
			y.told(name+": description", i.Description, o["description"])
			for _, lag := range texts(o["lag"]) {
				y.told(name+": aggregator", i.Aggregator, lag)
			}
		}
		b := y.s.BridgePort(name)
		mode, known := modes[text(o["802.1Q_mode"])]
		switch {
		case !known:
		case b == nil && y.s.Listed.BridgePorts.Known():
			y.absent(name+": mode", y.s.Listed.BridgePorts)
		case b == nil:
			y.unknown++
		default:
			y.fact(name+": mode", as(b.Mode), mode.String())
			if !capture.Is(b.PVID, 0) { // published is the configured one; ours is in effect: none, where it is not allowed
				y.told(name+": untagged VLAN", as(b.PVID), members(o["untagged_vlan"])["id"])
			}
		}
	}
}

func ttpNeighbours(y *tally, published any) {
	for _, e := range items(published) {
		o := members(e)
		local := text(o["interface"])
		y.neighbour(local, func(y *tally, r *state.RemoteSystem) {
			y.told(local+": system name", r.SystemName, o["remote_device"])
			y.told(local+": chassis id", id(r.ChassisID), o["remote_chassi_id"])
			y.told(local+": port id", id(r.PortID), o["remote_interface"])
			y.told(local+": port description", r.PortDescription, o["remote_interface_description"])
			y.told(local+": system description", r.SystemDescription, o["remote_system_description"])
			y.told(local+": management address", management(r, text(o["remote_device_management_ip"])), o["remote_device_management_ip"])
		})
	}
}

func ntcSummary(y *tally, published any) {
	for _, e := range items(published) {
		o := members(e)
		name := names(text(o["bundle_name"]))
		a := y.s.Aggregator(name[min(1, len(name)-1)])
		if a == nil {
			a = &state.Aggregator{}
		}
		what := text(o["bundle_name"])
		y.fact(what+": protocol", as(a.Protocol), text(o["bundle_protocol"]))
		y.fact(what+": oper", as(a.Oper), map[string]string{"U": "up", "D": "down"}[text(o["bundle_status"])])
		flags := texts(o["member_interface_status"])
		for i, m := range texts(o["member_interface"]) {
			at := slices.IndexFunc(a.Ports, func(p state.AggregationPort) bool { return isName(m)(p.Name) })
			if at < 0 {
				y.absent(what+": member "+m, a.From)
			} else if i < len(flags) {
				y.fact(what+": "+m+" in service", as(capture.Then(a.Ports[at].Selected, func(s state.Selection) (bool, bool) {
					return s == state.Selected, true
				})), fmt.Sprint(strings.Contains(flags[i], "P")))
			}
		}
	}
}

func ntcNeighbours(y *tally, published any) {
	for _, e := range items(published) {
		o := members(e)
		local := text(o["local_interface"])
		y.neighbour(local, func(y *tally, r *state.RemoteSystem) {
			y.told(local+": system name", r.SystemName, o["neighbor_name"])
			y.told(local+": chassis id", id(r.ChassisID), o["chassis_id"])
			y.told(local+": port", portName(r, text(o["neighbor_interface"])), o["neighbor_interface"])
			y.told(local+": system description", r.SystemDescription, o["neighbor_description"])
		})
	}
}

func ntcVersion(y *tally, published any) {
	for _, e := range items(published) {
		o := members(e)
		y.device(o["hostname"], o["model"], o["junos_version"], o["serial_number"])
	}
}

func ntcVLANs(y *tally, published any) {
	for _, e := range items(published) {
		o := members(e)
		y.vlan(text(o["tag"]), text(o["vlan_name"]), texts(o["interfaces"]))
	}
}

func ntcVRFs(y *tally, published any) {
	for _, e := range items(published) {
		y.vrf(text(members(e)["vrf"]), texts(members(e)["interfaces"]))
	}
}

func ntcInterfaces(y *tally, published any) {
	for _, e := range items(published) {
		o := members(e)
		name := text(o["interface"])
		admin := map[string]string{"Enabled": "up", "Disabled": "down"}[text(o["admin_state"])]
		y.status(name, admin, strings.ToLower(text(o["link_status"])))
		if i := y.port(name); i != nil {
			y.told(name+": MTU", as(i.MTU), o["mtu"])
			y.told(name+": description", capture.Then(i.Description, func(s string) (string, bool) { return strings.Trim(s, `"`), true }), o["description"])
		}
	}
}

// ntcStatus reads the rows of "show interfaces status" and "show interfaces description".
func ntcStatus(y *tally, published any) {
	oper := map[string]string{"connected": "up", "notconnect": "down", "disabled": "down", "errdisabled": "down"}
	for _, e := range items(published) {
		o := members(e)
		want := oper[text(o["status"])]
		if p := text(o["protocol"]); p != "" {
			want = p
		}
		y.status(text(o["port"]), "", want)
	}
}

func ntcIP(y *tally, published any) {
	for _, e := range items(published) {
		o := members(e)
		y.status(text(o["interface"]), "", text(o["protocol"]))
		y.addressOf(text(o["interface"]), text(o["ip_address"]))
	}
}

// ntcInventory: the first row is the chassis.
func ntcInventory(y *tally, published any) {
	if rows := items(published); len(rows) > 0 {
		y.device("", members(rows[0])["pid"], "", members(rows[0])["sn"])
	}
}

func ntcHardware(y *tally, published any) {
	if rows := items(published); len(rows) > 0 {
		y.told("serial number", y.s.Device.Serial, members(rows[0])["chassis_serial_number"])
	}
}

func genieVersion(y *tally, published any) {
	o := members(members(published)["software-information"])
	y.device(o["host-name"], o["product-model"], o["junos-version"], "")
}

func genieHardware(y *tally, published any) {
	o := members(members(members(published)["chassis-inventory"])["chassis"])
	y.told("serial number", y.s.Device.Serial, o["serial-number"])
}

var lacpBits = []struct {
	leaf, on string
	bit      state.LACPBits
}{
	{"lacp-activity", "Active", state.Activity}, {"lacp-timeout", "Fast", state.ShortTimeout}, {"lacp-aggregation", "Yes", state.Aggregation},
	{"lacp-synchronization", "Yes", state.Synchronization}, {"lacp-collecting", "Yes", state.Collecting},
	{"lacp-distributing", "Yes", state.Distributing}, {"lacp-defaulted", "Yes", state.Defaulted}, {"lacp-expired", "Yes", state.Expired},
}

// member returns a port of an aggregator, an empty one when it was not read.
func (y *tally) member(aggregator, port string) state.AggregationPort {
	if a := y.s.Aggregator(aggregator); a != nil {
		for _, p := range a.Ports {
			if isName(port)(p.Name) {
				return p
			}
		}
	}
	return state.AggregationPort{}
}

func genieLACP(y *tally, published any) {
	info := members(members(members(published)["lacp-interface-information-list"])["lacp-interface-information"])
	lag := text(members(info["lag-lacp-header"])["aggregate-name"])
	for _, e := range items(info["lag-lacp-state"]) {
		o := members(e)
		name, role := text(o["name"]), text(o["lacp-role"])
		m := y.member(lag, name)
		end := map[bool]state.Endpoint{true: m.Actor, false: m.Partner}[role == "Actor"]
		for _, b := range lacpBits {
			want := map[bool]string{true: "yes", false: "no"}[text(o[b.leaf]) == b.on]
			y.fact(name+": "+role+" "+b.leaf, bit(end, b.bit), want)
		}
	}
}

func bit(e state.Endpoint, b state.LACPBits) capture.Fact[string] {
	return capture.Then(e.State, func(s state.LACPState) (string, bool) {
		return s.Has(b).String(), s.Has(b) != state.Unknown
	})
}

func genieCounters(y *tally, published any) {
	info := members(members(members(published)["lacp-interface-statistics-list"])["lacp-interface-statistics"])
	lag := text(members(info["lag-lacp-header"])["aggregate-name"])
	for _, e := range items(info["lag-lacp-statistics"]) {
		o := members(e)
		m := y.member(lag, text(o["name"]))
		y.told(text(o["name"])+": RX", as(m.RX), o["lacp-rx-packets"])
		y.told(text(o["name"])+": TX", as(m.TX), o["lacp-tx-packets"])
	}
}

func genieInterfaces(y *tally, published any) {
	for _, e := range items(members(members(published)["interface-information"])["physical-interface"]) {
		o := members(e)
		admin := text(o["admin-status"])
		if f := text(members(o["admin-status"])["@junos:format"]); f != "" {
			admin = map[string]string{"Enabled": "up", "Disabled": "down"}[f]
		}
		y.status(text(o["name"]), admin, text(o["oper-status"]))
	}
}

func genieTerse(y *tally, published any) {
	for name, v := range members(published) {
		if !strings.Contains(name, ".") {
			y.status(name, text(members(v)["admin_state"]), text(members(v)["link_state"]))
		}
	}
}

var (
	mismatch      = regexp.MustCompile(`^Interface: (\S+) Port-Channel: (\S+) - (Actor|Partner) port (\w+) state mismatch - Expected: \w+ Actual: (\w+)$`)
	notBundle     = regexp.MustCompile(`^Interface: (\S+) Port-Channel: (\S+) - Not bundled`)
	inactive      = regexp.MustCompile(`^(?:Interface: )?(\S+) - Inactive port\(s\) - (.+)$`)
	noVLAN        = regexp.MustCompile(`^VLAN: Vlan(\d+) - Not configured$`)
	version       = regexp.MustCompile(`^EOS version mismatch - Actual: (\S+) `)
	statusDiffers = regexp.MustCompile(`^Interface: (\S+) - Status mismatch - Expected: \S+, Actual: (\w+)/(\w+)$`)
	notConfigured = regexp.MustCompile(`^Interface: (\S+) - Not configured$`)
	wrongMTU      = regexp.MustCompile(`^Interface: (\S+) - Incorrect MTU - Expected: \d+ Actual: (\d+)$`)
)

// anta reads a verdict with its inputs and messages; many of its checks are about what is no fact of ours.
func anta(y *tally, published any) bool {
	o := members(published)
	want := members(o["expected"])
	success, inputs := text(want["result"]) == "success", members(o["inputs"])
	said := texts(want["messages"])
	m := &y.s.MLAG
	switch text(o["anta_test"]) {
	case "VerifyMlagStatus":
		y.fact("peered", as(m.Peered), fmt.Sprint(success))
	case "VerifyMlagInterfaces", "VerifyMlagReloadDelay", "VerifyMlagDualPrimary", "VerifyMlagConfigSanity", "VerifyMlagPrimaryPriority":
		antaMLAG(y, text(o["anta_test"]), text(want["result"]), said)
	case "VerifyLACPInterfacesStatus":
		antaLACP(y, success, items(inputs["interfaces"]), said)
	case "VerifyPortChannels":
		for _, s := range said {
			if x := inactive.FindStringSubmatch(s); x != nil {
				for _, p := range strings.Split(x[2], ", ") {
					y.fact(x[1]+": "+p+" in service", inService(y.member(x[1], p)), "false")
				}
			}
		}
	case "VerifyVlanStatus":
		for _, v := range items(inputs["vlans"]) {
			number := text(members(v)["vlan_id"])
			n, err := state.ParseVID(number)
			if own := y.s.VLAN(n); err == nil && success && own != nil {
				y.fact("VLAN "+number+" active", as(own.Active), fmt.Sprint(text(members(v)["status"]) == "active"))
			} else if success {
				y.absent("VLAN "+number, y.s.Listed.VLANs)
			}
		}
		antaNoVLAN(y, said)
	case "VerifyEOSVersion":
		for _, s := range said {
			if x := version.FindStringSubmatch(s); x != nil {
				y.fact("version", y.s.Device.Version, x[1])
			}
		}
	case "VerifyL2MTU":
		for _, s := range said {
			if x := wrongMTU.FindStringSubmatch(s); x != nil && y.port(x[1]) != nil {
				y.fact(x[1]+": MTU", as(y.port(x[1]).MTU), x[2])
			}
		}
	case "VerifySTPBlockedPorts":
		y.fact("blocked ports", capture.Of(fmt.Sprint(len(y.s.STP)), y.s.Listed.STP), "0")
	case "VerifyInterfacesStatus":
		for _, i := range items(inputs["interfaces"]) {
			if success {
				y.status(text(members(i)["name"]), upOrNot(members(i)["status"]), text(members(i)["line_protocol_status"]))
			}
		}
		for _, s := range said {
			if x := statusDiffers.FindStringSubmatch(s); x != nil {
				y.status(x[1], upOrNot(x[2]), strings.ToLower(x[3]))
			} else if x := notConfigured.FindStringSubmatch(s); x != nil && y.port(x[1]) == nil {
				y.right++
			}
		}
	default:
		return false
	}
	return true
}

// upOrNot is the published word for a link, as far as it tells whether somebody shut the port: a link that is down may be either.
func upOrNot(v any) string {
	return map[string]string{"up": "up", "adminDown": "down"}[text(v)]
}

func inService(p state.AggregationPort) capture.Fact[string] {
	return as(capture.Then(p.Selected, func(s state.Selection) (bool, bool) { return s == state.Selected, true }))
}

func antaMLAG(y *tally, test, result string, said []string) {
	m := &y.s.MLAG
	switch {
	case slices.Contains(said, "MLAG is disabled") && test == "VerifyMlagConfigSanity": // its own reply has no word on the protocol
		y.unknown++
	case slices.Contains(said, "MLAG is disabled"): // which is no word on Ethernet segments
		y.fact("MLAG state", m.StateWord, "disabled")
	case test == "VerifyMlagConfigSanity":
		y.fact("consistent", as(m.Consistent), fmt.Sprint(result == "success"))
	case test == "VerifyMlagPrimaryPriority" && result == "success":
		y.fact("role", as(m.Role), state.Primary.String())
	case test == "VerifyMlagPrimaryPriority" && slices.Contains(said, "The device is not set as MLAG primary"):
		y.fact("primary", as(capture.Then(m.Role, func(r state.MLAGRole) (bool, bool) { return r == state.Primary, true })), "false")
	default:
		y.fact("MLAG protocol", as(m.Protocol), state.PeerLinkMLAG.String())
	}
}

func antaLACP(y *tally, success bool, interfaces []any, said []string) {
	for _, s := range said {
		if x := mismatch.FindStringSubmatch(s); x != nil {
			m := y.member(x[2], x[1])
			end := map[bool]state.Endpoint{true: m.Actor, false: m.Partner}[x[3] == "Actor"]
			i := slices.IndexFunc(lacpBits, func(b struct {
				leaf, on string
				bit      state.LACPBits
			}) bool {
				return b.leaf == "lacp-"+x[4]
			})
			y.fact(x[1]+": "+x[3]+" "+x[4], bit(end, lacpBits[i].bit), map[string]string{"True": "yes", "False": "no"}[x[5]])
		}
		if x := notBundle.FindStringSubmatch(s); x != nil {
			y.fact(x[1]+" in service", inService(y.member(x[2], x[1])), "false")
		}
	}
	for _, e := range interfaces {
		o := members(e)
		name, lag := text(o["name"]), text(o["portchannel"])
		for _, n := range names(lag) {
			if m := y.member(n, name); success && m.Name != "" {
				y.fact(name+" in service", inService(m), "true")
				for _, b := range []state.LACPBits{state.Activity, state.Aggregation, state.Synchronization, state.Collecting, state.Distributing} {
					y.fact(name+": actor "+b.String(), bit(m.Actor, b), "yes")
					y.fact(name+": partner "+b.String(), bit(m.Partner, b), "yes")
				}
				break
			}
		}
	}
}

func antaNoVLAN(y *tally, said []string) {
	for _, s := range said {
		x := noVLAN.FindStringSubmatch(s)
		if x == nil {
			continue
		}
		v, err := state.ParseVID(x[1])
		switch {
		case err != nil || !y.s.Listed.VLANs.Known():
			y.unknown++
		case y.s.VLAN(v) == nil:
			y.right++
		default:
			y.miss("VLAN "+x[1], "configured", "not configured", y.s.VLAN(v).From)
		}
	}
}
