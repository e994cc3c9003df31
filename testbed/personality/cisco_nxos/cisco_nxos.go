// Package cisco_nxos words a simulated switch as Cisco NX-OS does: JSON for command lines that end in "| json", and text for those that
// have none, as for LACP.
package cisco_nxos

import (
	"bytes"
	"encoding/json"
	"fmt"
	"hash/fnv"
	"strconv"
	"strings"
	"time"

	"uplinkcheck/drivers/state"
	"uplinkcheck/testbed/model"
)

// Personality renders Cisco NX-OS.
var Personality = model.Personality{Platform: "cisco_nxos", Switch: render}

// object is a JSON object.
type object = map[string]any

// answers are the lines that are understood with "| json", and what they print.
var answers = map[string]func(s *model.Switch) object{
	"show version":                version,
	"show interface":              interfaces,
	"show port-channel summary":   summary,
	"show interface switchport":   switchports,
	"show vlan brief":             vlans,
	"show lldp neighbors detail":  lldp,
	"show cdp neighbors detail":   func(*model.Switch) object { return object{"neigh_count": 0} },
	"show vpc":                    vpc,
	"show vpc role":               vpcRole,
	"show vpc peer-keepalive":     keepalive,
	"show vpc orphan-ports":       orphans,
	"show ip interface vrf all":   ipInterfaces,
	"show ipv6 interface vrf all": func(*model.Switch) object { return object{} },
	"show vrf detail":             vrfDetail,
	"show vrf interface":          vrfInterfaces,
	"show inventory":              inventory,
	"show mac address-table":      macTableJSON,
}

// texts are the lines that are understood as they stand.
var texts = map[string]func(s *model.Switch, b *bytes.Buffer){
	"show lacp neighbor":                     lacpNeighbours,
	"show lacp interface":                    lacpInterfaces,
	"show lacp counters":                     lacpCounters,
	"show lacp system-identifier":            systemID,
	"show vlan dot1q tag native":             func(_ *model.Switch, b *bytes.Buffer) { b.WriteString("vlan dot1q native tag is disabled\n") },
	"show vpc consistency-parameters global": consistency,
	"show feature":                           features,
	"show running-config interface":          config,
	"show mac address-table":                 macTable,
	"show spanning-tree detail":              spanningTree,
	"show spanning-tree mst":                 func(_ *model.Switch, b *bytes.Buffer) { b.WriteString("Switch is not in mst mode\n") },
}

// invalid are the words for a command that there is not, or not without its feature.
const invalid = "                    ^\n% Invalid command at '^' marker.\n"

func render(s *model.Switch, command string) ([]byte, bool) {
	if strings.HasPrefix(command, "show vpc") && s.MLAG.Protocol != state.PeerLinkMLAG || strings.HasPrefix(command, "show fex") { // it has no FEX
		return []byte(invalid), true
	}
	var b bytes.Buffer
	if text := texts[command]; text != nil {
		text(s, &b)
		return b.Bytes(), true
	}
	line, isJSON := strings.CutSuffix(command, " | json")
	answer := answers[line]
	if answer == nil || !isJSON {
		return []byte(invalid), false
	}
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	if err := e.Encode(answer(s)); err != nil {
		return []byte("ERROR: internal\n"), false
	}
	return b.Bytes(), true
}

// put adds a table to an object: its row is an object when it is one, a list when there are several, and without a row there is no table.
func put(o object, name string, rows []object) object {
	switch len(rows) {
	case 0:
	case 1:
		o["TABLE_"+name] = object{"ROW_" + name: rows[0]}
	default:
		o["TABLE_"+name] = object{"ROW_" + name: rows}
	}
	return o
}

func version(s *model.Switch) object {
	return object{
		"header_str": "Cisco Nexus Operating System (NX-OS) Software\nTAC support: http://www.cisco.com/tac\n", "bios_ver_str": "07.69",
		"kickstart_ver_str": s.Version, "nxos_ver_str": s.Version, "chassis_id": s.Model + " Chassis", "proc_board_id": s.Serial, "host_name": s.Hostname,
		"kern_uptm_days": int(s.Now.Sub(s.Booted).Hours()) / 24, "manufacturer": "Cisco Systems, Inc.", "rr_sys_ver": "",
	}
}

func inventory(s *model.Switch) object {
	_, part, _ := strings.Cut(s.Model, " ")
	return put(object{}, "inv", []object{
		{"name": "Chassis", "desc": s.Model + " Chassis", "productid": "N9K-" + part, "vendorid": "V01", "serialnum": s.Serial},
		{"name": "Slot 1", "desc": "Ethernet Module", "productid": "N9K-" + part, "vendorid": "V01", "serialnum": s.Serial},
	})
}

// dotted is a MAC address as it stands in most places: 0200.5e10.0101.
func dotted(m state.MAC) string {
	text := strings.ReplaceAll(m.String(), ":", "")
	return text[:4] + "." + text[4:8] + "." + text[8:]
}

// dashed is one as LACP prints it, without leading zeros: 2-0-5e-10-1-1.
func dashed(m state.MAC) string {
	var parts []string
	for _, o := range m {
		parts = append(parts, strconv.FormatUint(uint64(o), 16))
	}
	return strings.Join(parts, "-")
}

// short is the name of a port as it stands in lists: Eth1/1, Po10.
func short(name string) string {
	return strings.NewReplacer("Ethernet", "Eth", "port-channel", "Po").Replace(name)
}

var subtypes = map[state.Subtype]string{state.MACAddress: "Mac Address", state.InterfaceName: "Interface Name", state.Local: "Locally Assigned"}

func lldpID(id state.Identifier) string {
	if m, ok := id.MAC(); ok {
		return dotted(m)
	}
	return id.ID
}

func lldp(s *model.Switch) object {
	var rows []object
	for _, n := range s.Neighbours {
		row := object{"chassis_type": subtypes[n.ChassisID.Subtype], "chassis_id": lldpID(n.ChassisID), "port_type": subtypes[n.PortID.Subtype],
			"port_id": lldpID(n.PortID), "l_port_id": short(n.Port), "port_desc": told(n.PortDescription), "sys_name": told(n.SystemName),
			"sys_desc": told(n.SystemDesc), "ttl": n.TTL - 7, "enabled_capability": "not advertised", "mgmt_addr": "not advertised", "vlan_id": "not advertised"}
		if n.Bridge {
			row["enabled_capability"] = "B"
		}
		if n.Address.IsValid() {
			row["mgmt_addr"] = n.Address.String()
		}
		if n.PVID != 0 {
			row["vlan_id"] = fmt.Sprint(n.PVID)
		}
		rows = append(rows, row)
	}
	return put(object{"neigh_count": len(rows)}, "nbor_detail", rows)
}

// told is what a neighbour sent, or the words for nothing.
func told(s string) string {
	if s == "" {
		return "null"
	}
	return s
}

// since is how long ago something was, as a port's last change is printed.
func since(s *model.Switch, t time.Time) string {
	d := s.Now.Sub(t)
	if d < 24*time.Hour {
		return fmt.Sprintf("%02d:%02d:%02d", int(d.Hours()), int(d.Minutes())%60, int(d.Seconds())%60)
	}
	return fmt.Sprintf("%dd%02dh", int(d.Hours())/24, int(d.Hours())%24)
}

// domain is the number of a pair's domain: its name where that is one.
func domain(name string) int {
	if n, err := strconv.ParseUint(name, 10, 10); err == nil && n > 0 {
		return int(n)
	}
	h := fnv.New32a()
	h.Write([]byte(name))
	return int(h.Sum32()%1000) + 1
}

func features(s *model.Switch, b *bytes.Buffer) {
	b.WriteString("Feature Name          Instance  State   \n--------------------  --------  --------\n")
	for _, f := range []struct {
		name string
		on   bool
	}{{"interface-vlan", true}, {"lacp", true}, {"lldp", s.LLDP}, {"vpc", s.MLAG.Protocol == state.PeerLinkMLAG}} {
		fmt.Fprintf(b, "%-22s%-10d%s\n", f.name, 1, map[bool]string{true: "enabled ", false: "disabled"}[f.on])
	}
}
