// Package render words what the tools of Open vSwitch 3.1 and lldpd 1.0 print. The personalities of the switch and of the
// Linux host share it: both may have an Open vSwitch, and both run lldpd.
package render

import (
	"encoding/json"
	"fmt"
	"hash/fnv"
	"slices"
	"strings"

	"uplinkcheck/drivers/state"
	"uplinkcheck/testbed/model"
)

// A Vswitch is one daemon with one bridge. Port and interface names are unique.
type Vswitch struct {
	Version string
	Bridge  string
	RSTP    bool
	Ports   []Port
	MACs    []model.MACEntry // Interface is a port
}

// A Port is a port of the bridge.
type Port struct {
	Name       string
	Tag        state.VID // 0: none
	Trunks     state.VIDSet
	NoTrunks   bool   // no VLAN at all: an empty list would mean all of them
	Mode       string // vlan_mode, "" for none
	BondMode   string // "" for none
	LACP       string // "" for none
	System     state.MAC
	Priority   uint16
	Fast       bool
	FallbackAB bool
	RSTPState  string // "Forwarding", "Discarding"; "" for none
	Interfaces []Interface
	Members    []model.LAGPort // with LACP: as many as Interfaces
}

// An Interface is a device of a port.
type Interface struct {
	Name   string
	Type   string // "" for a device of the system
	Driver string
	Admin  state.Status
	Link   state.Status
	Speed  uint64
	MTU    int
	MAC    state.MAC
	Resets int // changes of the link
}

// Reply answers a command of Open vSwitch; false when it is none of those that are known.
func (v *Vswitch) Reply(command string) ([]byte, bool) {
	switch command {
	case "ovs-appctl version":
		return []byte("ovs-vswitchd (Open vSwitch) " + v.Version + "\n"), true
	case "ovs-vsctl --format=json list Bridge":
		return v.bridges(), true
	case "ovs-vsctl --format=json list Port":
		return v.ports(), true
	case "ovs-vsctl --format=json list Interface":
		return v.interfaces(), true
	case "ovs-appctl lacp/show":
		return v.lacp(), true
	case "ovs-appctl lacp/show-stats":
		return v.stats(), true
	case "ovs-appctl bond/show":
		return v.bonds(), true
	case "ovs-appctl fdb/show " + v.Bridge:
		return v.fdb(), true
	case "ovs-ofctl dump-aggregate " + v.Bridge:
		return []byte("NXST_AGGREGATE reply (xid=0x4): packet_count=80412 byte_count=10231544 flow_count=1\n"), true
	}
	return nil, false
}

// set, table and pairs are OVSDB's cells: ["set", […]], ["map", […]] and the table around them.
func set(items ...any) any {
	if len(items) == 1 {
		return items[0]
	}
	return []any{"set", append([]any{}, items...)}
}

func pairs(kv ...string) any {
	list := []any{}
	for i := 0; i+1 < len(kv); i += 2 {
		list = append(list, []string{kv[i], kv[i+1]})
	}
	return []any{"map", list}
}

// word is a string cell that is the empty set when there is nothing to say.
func word(s string) any {
	if s == "" {
		return set()
	}
	return s
}

// ref is a row's identity: a UUID made from its table and name.
func ref(table, name string) any {
	h := fnv.New128a()
	h.Write([]byte(table + " " + name))
	b := h.Sum(nil)
	return []string{"uuid", fmt.Sprintf("%x-%x-4%03x-a%03x-%x", b[0:4], b[4:6], uint16(b[6])<<4|1, uint16(b[8])<<4|2, b[10:16])}
}

func table(columns []string, rows []map[string]any) []byte {
	data := [][]any{}
	for _, r := range rows {
		cells := make([]any, 0, len(columns))
		for _, c := range columns {
			cell, ok := r[c]
			if !ok {
				cell = set()
			}
			cells = append(cells, cell)
		}
		data = append(data, cells)
	}
	out, err := json.Marshal(struct {
		Data     [][]any  `json:"data"`
		Headings []string `json:"headings"`
	}{data, columns})
	if err != nil {
		panic(err) // only strings, numbers and lists of them
	}
	return append(out, '\n')
}

var bridgeColumns = strings.Fields("_uuid auto_attach controller datapath_id datapath_type datapath_version external_ids fail_mode " +
	"flood_vlans flow_tables ipfix mcast_snooping_enable mirrors name netflow other_config ports protocols rstp_enable rstp_status sflow " +
	"status stp_enable")

func (v *Vswitch) bridges() []byte {
	var ports []any
	for _, p := range v.Ports {
		ports = append(ports, ref("Port", p.Name))
	}
	return table(bridgeColumns, []map[string]any{{
		"_uuid": ref("Bridge", v.Bridge), "datapath_id": "0000020000000001", "datapath_type": "", "datapath_version": v.Version,
		"external_ids": pairs(), "flow_tables": pairs(), "mcast_snooping_enable": false, "name": v.Bridge, "other_config": pairs(),
		"ports": set(ports...), "rstp_enable": v.RSTP, "rstp_status": pairs(), "status": pairs(), "stp_enable": false,
	}})
}

var portColumns = strings.Fields("_uuid bond_active_slave bond_downdelay bond_fake_iface bond_mode bond_updelay cvlans external_ids " +
	"fake_bridge interfaces lacp mac name other_config protected qos rstp_statistics rstp_status statistics status tag trunks vlan_mode")

func (v *Vswitch) ports() []byte {
	var rows []map[string]any
	for _, p := range v.Ports {
		var interfaces, trunks []any
		for _, i := range p.Interfaces {
			interfaces = append(interfaces, ref("Interface", i.Name))
		}
		for vid := range p.Trunks.All() {
			trunks = append(trunks, int(vid))
		}
		if p.NoTrunks {
			trunks = []any{4095}
		}
		row := map[string]any{
			"_uuid": ref("Port", p.Name), "bond_downdelay": 0, "bond_fake_iface": false, "bond_mode": word(p.BondMode), "bond_updelay": 0,
			"external_ids": pairs(), "fake_bridge": false, "interfaces": set(interfaces...), "lacp": word(p.LACP), "name": p.Name,
			"other_config": p.config(), "protected": false, "rstp_statistics": pairs(), "rstp_status": pairs(), "statistics": pairs(),
			"status": pairs(), "trunks": set(trunks...), "vlan_mode": word(p.Mode),
		}
		if p.Tag != 0 {
			row["tag"] = int(p.Tag)
		}
		if p.RSTPState != "" && len(p.Interfaces) == 1 {
			row["rstp_status"] = pairs("rstp_port_role", "Designated", "rstp_port_state", p.RSTPState)
		}
		if active := p.active(); active != nil {
			row["bond_active_slave"] = active.MAC.String()
		}
		rows = append(rows, row)
	}
	return table(portColumns, rows)
}

func (p *Port) config() any {
	if p.LACP == "" || p.LACP == "off" {
		return pairs()
	}
	kv := []string{"lacp-system-id", p.System.String(), "lacp-system-priority", fmt.Sprint(p.Priority)}
	if p.FallbackAB {
		kv = append([]string{"lacp-fallback-ab", "true"}, kv...)
	}
	if p.Fast {
		kv = append(kv, "lacp-time", "fast")
	}
	return pairs(kv...)
}

// enabled reports whether the bond sends over its i-th member.
func (p *Port) enabled(i int) bool {
	if len(p.Members) > i {
		m := p.Members[i]
		return m.Selected == state.Selected || m.Selected == state.Individual && p.FallbackAB
	}
	return p.Interfaces[i].Link == state.Up
}

// active is the first enabled member of a bond, nil when there is none.
func (p *Port) active() *Interface {
	for i := range p.Interfaces {
		if len(p.Interfaces) > 1 && p.enabled(i) {
			return &p.Interfaces[i]
		}
	}
	return nil
}

var interfaceColumns = strings.Fields("_uuid admin_state bfd bfd_status cfm_fault cfm_fault_status cfm_flap_count cfm_health cfm_mpid " +
	"cfm_remote_mpids cfm_remote_opstate duplex error external_ids ifindex ingress_policing_burst ingress_policing_kpkts_burst " +
	"ingress_policing_kpkts_rate ingress_policing_rate lacp_current link_resets link_speed link_state lldp mac mac_in_use mtu mtu_request " +
	"name ofport ofport_request options other_config statistics status type")

func (v *Vswitch) interfaces() []byte {
	var rows []map[string]any
	n := 0
	for _, p := range v.Ports {
		for j, i := range p.Interfaces {
			n++
			row := map[string]any{
				"_uuid": ref("Interface", i.Name), "admin_state": i.Admin.String(), "bfd": pairs(), "bfd_status": pairs(), "duplex": "full",
				"external_ids": pairs(), "ifindex": n + 1, "ingress_policing_burst": 0, "ingress_policing_kpkts_burst": 0,
				"ingress_policing_kpkts_rate": 0, "ingress_policing_rate": 0, "link_resets": i.Resets, "link_speed": i.Speed, "link_state": i.Link.String(),
				"lldp": pairs(), "mac_in_use": i.MAC.String(), "mtu": i.MTU, "name": i.Name, "ofport": v.ofport(p.Name, j), "options": pairs(),
				"other_config": pairs(), "statistics": pairs(), "status": pairs("driver_name", i.Driver, "driver_version", "1.0", "firmware_version", ""),
				"type": i.Type,
			}
			if len(p.Members) > j {
				row["lacp_current"] = p.Members[j].Heard
				row["other_config"] = pairs("lacp-aggregation-key", fmt.Sprint(p.Members[j].Actor.Key),
					"lacp-port-id", fmt.Sprint(p.Members[j].Actor.Port), "lacp-port-priority", fmt.Sprint(p.Members[j].Actor.PortPriority))
			}
			rows = append(rows, row)
		}
	}
	return table(interfaceColumns, rows)
}

// ofport is the OpenFlow number of the j-th interface of a port; the bridge's own is 65534.
func (v *Vswitch) ofport(port string, j int) int {
	if port == v.Bridge {
		return 65534
	}
	n := 1
	for _, p := range v.Ports {
		if p.Name == port {
			break
		}
		if p.Name != v.Bridge {
			n += len(p.Interfaces)
		}
	}
	return n + j
}

func (v *Vswitch) lacp() []byte {
	var b strings.Builder
	for _, p := range v.Ports {
		if p.LACP != "active" && p.LACP != "passive" || len(p.Members) == 0 {
			continue
		}
		status := p.LACP
		if slices.ContainsFunc(p.Members, func(m model.LAGPort) bool { return m.Selected == state.Selected }) {
			status += " negotiated"
		}
		time := "slow"
		if p.Fast {
			time = "fast"
		}
		fmt.Fprintf(&b, "---- %s ----\n  status: %s\n  sys_id: %s\n  sys_priority: %d\n  aggregation key: %d\n  lacp_time: %s\n",
			p.Name, status, p.System, p.Priority, p.Members[0].Actor.Key, time)
		for i, m := range p.Members {
			p.lacpMember(&b, i, m)
		}
	}
	return []byte(b.String())
}

func (p *Port) lacpMember(b *strings.Builder, i int, m model.LAGPort) {
	receive := "defaulted"
	switch {
	case m.Actor.State&state.Expired != 0:
		receive = "expired"
	case m.Heard:
		receive = "current"
	}
	attached := "detached"
	if m.Selected == state.Selected || m.Selected == state.Individual && p.FallbackAB || m.Reason == model.PartnerOut {
		attached = "attached"
	}
	fmt.Fprintf(b, "\nmember: %s: %s %s\n  port_id: %d\n  port_priority: %d\n  may_enable: %t\n",
		m.Name, receive, attached, m.Actor.Port, m.Actor.PortPriority, p.enabled(i))
	for _, end := range []struct {
		name string
		e    model.Endpoint
	}{{"actor", m.Actor}, {"partner", m.Partner}} {
		fmt.Fprintf(b, "\n  %[1]s sys_id: %[2]s\n  %[1]s sys_priority: %[3]d\n  %[1]s port_id: %[4]d\n  %[1]s port_priority: %[5]d\n"+
			"  %[1]s key: %[6]d\n  %[1]s state:%[7]s\n",
			end.name, end.e.System, end.e.SystemPriority, end.e.Port, end.e.PortPriority, end.e.Key, bits(end.e.State))
	}
}

var bitWords = []string{"activity", "timeout", "aggregation", "synchronized", "collecting", "distributing", "defaulted", "expired"}

func bits(s state.LACPBits) string {
	out := ""
	for i, w := range bitWords {
		if s&(1<<i) != 0 {
			out += " " + w
		}
	}
	return out
}

func (v *Vswitch) stats() []byte {
	var b strings.Builder
	for _, p := range v.Ports {
		for i, m := range p.Members {
			if i == 0 {
				fmt.Fprintf(&b, "---- %s statistics ----\n", p.Name)
			}
			fmt.Fprintf(&b, "\nmember: %s:\n  TX PDUs: %d\n  RX PDUs: %d\n  RX Bad PDUs: %d\n  RX Marker Request PDUs: 0\n"+
				"  Link Expired: 0\n  Link Defaulted: 0\n  Carrier Status Changed: 0\n", m.Name, m.TX, m.RX, m.BadRX)
		}
	}
	return []byte(b.String())
}

func (v *Vswitch) bonds() []byte {
	var b strings.Builder
	for _, p := range v.Ports {
		if len(p.Interfaces) < 2 {
			continue
		}
		mode, recirculation, lacp := p.BondMode, "no, Recirc-ID : -1", "off"
		if mode == "" {
			mode = "active-backup"
		}
		if mode == "balance-tcp" {
			recirculation = "yes, Recirc-ID : 1"
		}
		if len(p.Members) > 0 {
			lacp = "configured"
			if slices.ContainsFunc(p.Members, func(m model.LAGPort) bool { return m.Selected == state.Selected }) {
				lacp = "negotiated"
			}
		}
		active, mac := p.active(), "00:00:00:00:00:00(none)"
		if active != nil {
			mac = active.MAC.String() + "(" + active.Name + ")"
		}
		fmt.Fprintf(&b, "---- %s ----\nbond_mode: %s\nbond may use recirculation: %s\nbond-hash-basis: 0\nlb_output action: disabled, bond-id: -1\n"+
			"updelay: 0 ms\ndowndelay: 0 ms\nlacp_status: %s\nlacp_fallback_ab: %t\nactive-backup primary: <none>\nactive member mac: %s\n",
			p.Name, mode, recirculation, lacp, p.FallbackAB, mac)
		for i, m := range p.Interfaces {
			word := "disabled"
			if p.enabled(i) {
				word = "enabled"
			}
			fmt.Fprintf(&b, "\nmember %s: %s\n", m.Name, word)
			if active != nil && active.Name == m.Name {
				b.WriteString("  active member\n")
			}
			fmt.Fprintf(&b, "  may_enable: %t\n", p.enabled(i))
		}
		b.WriteString("\n")
	}
	return []byte(b.String())
}

func (v *Vswitch) fdb() []byte {
	var b strings.Builder
	b.WriteString(" port  VLAN  MAC                Age\n")
	for _, m := range v.MACs {
		for _, p := range v.Ports {
			if p.Name != m.Interface {
				continue
			}
			age := "  4"
			if m.Kind == state.StaticMAC {
				age = "static"
			}
			fmt.Fprintf(&b, "%5d  %4d  %s  %s\n", v.ofport(p.Name, 0), m.VID, m.MAC, age)
		}
	}
	return []byte(b.String())
}
