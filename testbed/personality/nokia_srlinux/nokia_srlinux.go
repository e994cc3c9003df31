// Package nokia_srlinux words a simulated switch as Nokia SR Linux does: JSON of the state, and of "show version".
//
// A VLAN of the model is a network instance of type mac-vrf, with a subinterface on each port that carries it: numbered like the VLAN and with its
// tag, or number 0 for frames without one. Ports that nobody configured have no subinterface. VLAN 1, which a model's switch always has, is
// only there where a port was put into it.
package nokia_srlinux

import (
	"bytes"
	"encoding/json"
	"strings"

	"uplinkcheck/drivers/state"
	"uplinkcheck/testbed/model"
)

// Personality renders Nokia SR Linux.
var Personality = model.Personality{Platform: "nokia_srlinux", Switch: render}

// object is a JSON object.
type object = map[string]any

// list is a JSON array.
type list = []any

// answers are the lines that are understood, and what they print.
var answers = map[string]func(s *model.Switch) object{
	"show version":                                   version,
	"info from state interface *":                    interfaces,
	"info from state system lacp":                    lacp,
	"info from state network-instance * type":        types,
	"info from state network-instance * interface *": members,
	"info from state system lldp":                    lldp,
	"info from state system network-instance protocols evpn ethernet-segments": segments,
	"info from state network-instance * bridge-table mac-table mac *":          macs,
	"info from state acl interface *":                                          filters,
}

func render(s *model.Switch, command string) ([]byte, bool) {
	line, isJSON := strings.CutSuffix(command, " | as json")
	answer := answers[line]
	if answer == nil || !isJSON {
		return []byte("Parsing error: Unknown token '" + command + "'.\n"), false
	}
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	e.SetIndent("", "  ")
	if err := e.Encode(answer(s)); err != nil {
		return []byte("Error: internal error\n"), false
	}
	return b.Bytes(), true
}

// upper is a MAC address as the platform prints it.
func upper(m state.MAC) string { return strings.ToUpper(m.String()) }

const clock = "2006-01-02T15:04:05.000Z"

func version(s *model.Switch) object {
	return object{"basic system info": object{
		"Hostname": s.Hostname, "Chassis Type": s.Model, "Part Number": "Sim Part No.", "Serial Number": s.Serial, "System HW MAC Address": upper(s.MAC),
		"OS": "SR Linux", "Software Version": s.Version, "Build Number": "492-g8a6ca9dc2ef", "Architecture": "x86_64", "Last Booted": s.Booted.Format(clock),
		"Total Memory": "24052875 kB", "Free Memory": "16973972 kB",
	}}
}

func lacp(s *model.Switch) object {
	return object{"system": object{"lacp": object{"system-id": upper(s.MAC), "system-priority": s.Priority}}}
}

var chassisTypes = map[state.Subtype]string{
	state.ChassisComponent: "CHASSIS_COMPONENT", state.InterfaceAlias: "INTERFACE_ALIAS", state.PortComponent: "PORT_COMPONENT",
	state.MACAddress: "MAC_ADDRESS", state.NetworkAddress: "NETWORK_ADDRESS", state.InterfaceName: "INTERFACE_NAME",
	state.AgentCircuitID: "AGENT_CIRCUIT_ID", state.Local: "LOCAL",
}

func identifier(id state.Identifier) string {
	if m, ok := id.MAC(); ok {
		return upper(m)
	}
	return id.ID
}

func lldp(s *model.Switch) object {
	admin := "enable"
	if !s.LLDP {
		admin = "disable"
	}
	ports := list{}
	for _, p := range s.Ports {
		i := object{"name": p.Name, "admin-state": admin, "oper-state": upDown(p.Oper)}
		heard := list{}
		for _, n := range s.Neighbours {
			if n.Port != p.Name {
				continue
			}
			far := object{"id": identifier(n.ChassisID), "first-message": s.Booted.Format(clock), "last-update": s.Now.Format(clock),
				"system-name": n.SystemName, "system-description": n.SystemDesc,
				"chassis-id": identifier(n.ChassisID), "chassis-id-type": chassisTypes[n.ChassisID.Subtype],
				"port-id": identifier(n.PortID), "port-id-type": chassisTypes[n.PortID.Subtype], "port-description": n.PortDescription,
				"capability": list{object{"name": "BRIDGE", "enabled": n.Bridge}}}
			if n.Address.IsValid() {
				far["management-address"] = list{object{"address": n.Address.String(), "type": "IPv4"}}
			}
			heard = append(heard, far)
		}
		if len(heard) > 0 {
			i["neighbor"] = heard
		}
		ports = append(ports, i)
	}
	return object{"system": object{"lldp": object{"admin-state": admin, "hello-timer": "30", "hold-multiplier": 4, "system-name": s.Hostname,
		"chassis-id": upper(s.MAC), "chassis-id-type": "MAC_ADDRESS", "interface": ports}}}
}

func segments(s *model.Switch) object {
	all := list{}
	for i := range s.LAGs {
		if l := &s.LAGs[i]; l.ESI != "" {
			all = append(all, object{"name": "ES-" + l.Name, "admin-state": "enable", "oper-state": upDown(l.Oper), "esi": l.ESI, "multi-homing-mode": "all-active",
				"interface": list{object{"ethernet-interface": l.Name}}})
		}
	}
	segments := object{"timers": object{"boot-timer": 10, "activation-timer": 3}}
	if len(all) > 0 {
		segments["bgp-instance"] = list{object{"id": 1, "ethernet-segment": all}}
	}
	return object{"system": object{"network-instance": object{"protocols": object{"evpn": object{"ethernet-segments": segments}}}}}
}

func filters(s *model.Switch) object {
	all := list{}
	for _, v := range s.SVIs {
		if v.Filter != "" {
			all = append(all, object{"interface-id": v.Interface, "input": object{"acl-filter": list{object{"name": v.Filter, "type": "ipv4"}}}})
		}
	}
	if len(all) == 0 {
		return object{}
	}
	return object{"acl": object{"interface": all}}
}
