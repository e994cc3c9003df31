// Package arista_eos words a simulated switch as Arista EOS does: JSON for command lines that end in "| json", and text for a few
// without it.
package arista_eos

import (
	"bytes"
	"encoding/json"
	"strconv"
	"strings"
	"time"

	"uplinkcheck/drivers/state"
	"uplinkcheck/testbed/model"
)

// Personality renders Arista EOS.
var Personality = model.Personality{Platform: "arista_eos", Switch: render}

// object is a JSON object.
type object = map[string]any

// list is a JSON array, which is never null: EOS prints an empty one.
type list = []any

// answers are the lines that are understood, and what they print.
var answers = map[string]func(s *model.Switch) object{
	"show version":                    version,
	"show hostname":                   hostname,
	"show interfaces":                 interfaces,
	"show lacp interface detailed":    lacpDetailed,
	"show lacp neighbor":              lacpNeighbor,
	"show port-channel":               portChannel,
	"show interfaces switchport":      switchport,
	"show vlan":                       vlans,
	"show lldp neighbors detail":      lldp,
	"show mlag detail":                mlag,
	"show mlag interfaces":            mlagInterfaces,
	"show mlag config-sanity":         mlagSanity,
	"show spanning-tree blockedports": blocked,
	"show mac address-table":          macTable,
	"show ip interface":               ipInterface,
	"show vrf":                        vrfs,
	"show bgp evpn instance":          evpn,
	"show ip access-lists summary":    filters,
	"show ipv6 access-lists summary":  func(*model.Switch) object { return object{"aclList": list{}} },
	"show lacp counters all-ports":    lacpCounters,

	"show spanning-tree topology status detail": topologies,
}

func render(s *model.Switch, command string) ([]byte, bool) {
	var b bytes.Buffer
	if text := texts[command]; text != nil {
		text(s, &b)
		return b.Bytes(), true
	}
	line, isJSON := strings.CutSuffix(command, " | json")
	answer := answers[line]
	if answer == nil || !isJSON {
		return []byte("% Invalid input\n"), false
	}
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	e.SetIndent("", "    ")
	if err := e.Encode(answer(s)); err != nil {
		return []byte("% Internal error\n"), false
	}
	return b.Bytes(), true
}

// seconds is a number that EOS prints with a fraction.
type seconds float64

// MarshalJSON writes the number with a fraction, even when it is whole.
func (s seconds) MarshalJSON() ([]byte, error) {
	text := strconv.FormatFloat(float64(s), 'f', -1, 64)
	if !strings.Contains(text, ".") {
		text += ".0"
	}
	return []byte(text), nil
}

func since(t time.Time) seconds { return seconds(float64(t.UnixMilli()) / 1000) }

func version(s *model.Switch) object {
	return object{
		"mfgName": "Arista", "modelName": s.Model, "hardwareRevision": "11.01", "serialNumber": s.Serial,
		"systemMacAddress": s.MAC.String(), "hwMacAddress": s.MAC.String(), "configMacAddress": "00:00:00:00:00:00",
		"version": s.Version, "architecture": "x86_64", "internalVersion": s.Version + "-38061324.4321F",
		"internalBuildId": "5f6e1a0c-7a53-4b0e-9a55-7d2b6f0a4c11", "isIntlVersion": false,
		"bootupTimestamp": since(s.Booted), "uptime": seconds(s.Now.Sub(s.Booted).Seconds()), "memTotal": 8099732, "memFree": 5263800,
	}
}

func hostname(s *model.Switch) object { return object{"hostname": s.Hostname, "fqdn": s.Hostname} }

// dotted is a MAC address as EOS prints it in LLDP: 001c.7300.0001.
func dotted(m state.MAC) string {
	text := strings.ReplaceAll(m.String(), ":", "")
	return text[:4] + "." + text[4:8] + "." + text[8:]
}

var subtypes = map[state.Subtype]string{
	state.ChassisComponent: "chassisComponent", state.InterfaceAlias: "interfaceAlias", state.PortComponent: "portComponent",
	state.MACAddress: "macAddress", state.NetworkAddress: "networkAddress", state.InterfaceName: "interfaceName",
	state.AgentCircuitID: "agentCircuitId", state.Local: "local",
}

// lldpID is an identifier as EOS prints it; names of interfaces stand in quotes of their own.
func lldpID(id state.Identifier) string {
	if m, ok := id.MAC(); ok {
		return dotted(m)
	}
	if id.Subtype == state.InterfaceName {
		return `"` + id.ID + `"`
	}
	return id.ID
}

func lldp(s *model.Switch) object {
	heard := object{}
	for _, n := range s.Neighbours {
		aggregation := "capableAndDisabled"
		if n.Aggregated {
			aggregation = "capableAndEnabled"
		}
		far := object{
			"interfaceIdType": subtypes[n.PortID.Subtype], "interfaceId": lldpID(n.PortID), "interfaceDescription": n.PortDescription,
			"linkAggregationStatus": aggregation, "linkAggregationInterfaceId": 0, "vlanNames": object{}, "maxFrameSize": 0,
			"autoNegCapability": "notCapable", "autoNegAdvertisedCapabilities": list{}, "operMauType": "10GBASE-X",
			"portAndProtocolVlanEnabled": object{}, "portAndProtocolVlanSupported": object{}, "protocolIdentityInfo": list{},
			"unknownTlvs": list{}, "unknownOrgDefinedTlvs": list{},
		}
		if n.PVID != 0 {
			far["portVlanId"] = n.PVID
		}
		addresses := list{}
		if n.Address.IsValid() {
			addresses = append(addresses, object{"address": n.Address.String(), "addressType": "ipv4", "interfaceNum": 1,
				"interfaceNumType": "ifIndex", "oidString": ""})
		}
		told := object{
			"chassisIdType": subtypes[n.ChassisID.Subtype], "chassisId": lldpID(n.ChassisID), "systemName": n.SystemName,
			"systemDescription": n.SystemDesc, "systemCapabilities": object{"bridge": n.Bridge, "router": false}, "ttl": n.TTL,
			"managementAddresses": addresses, "neighborInterfaceInfo": far, "lastContactTime": since(s.Now.Add(-7 * time.Second)),
			"neighborDiscoveryTime": since(s.Booted.Add(3 * time.Minute)), "lastChangeTime": since(s.Booted.Add(3 * time.Minute)),
		}
		heard[n.Port] = object{"lldpNeighborInfo": list{told}}
	}
	for _, p := range s.Ports { // a port that hears nobody is listed too
		if heard[p.Name] == nil && s.LLDP {
			heard[p.Name] = object{"lldpNeighborInfo": list{}}
		}
	}
	return object{"lldpNeighbors": heard}
}
