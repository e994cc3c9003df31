package arista_eos

import (
	"fmt"
	"strings"

	"uplinkcheck/drivers/state"
	"uplinkcheck/testbed/model"
)

func vlans(s *model.Switch) object {
	all := object{}
	for _, v := range s.VLANs {
		status := "active"
		if !v.Active {
			status = "suspended"
		}
		ports := object{}
		for i := range s.Bridge {
			if b := &s.Bridge[i]; b.Oper == state.Up && b.Active.Has(v.ID) {
				ports[b.Interface] = object{"privatePromoted": false}
			}
		}
		for _, i := range s.SVIs {
			if i.VID == v.ID {
				ports["Cpu"] = object{"privatePromoted": false}
			}
		}
		all[fmt.Sprint(v.ID)] = object{"name": v.Name, "status": status, "dynamic": false, "interfaces": ports}
	}
	return object{"vlans": all, "sourceDetail": ""}
}

// switchport lists every port and LAG; members of a LAG are not enabled, and show the defaults of a port that nobody touched.
func switchport(s *model.Switch) object {
	all := object{}
	for i := range s.Ports {
		all[s.Ports[i].Name] = object{"enabled": false, "switchportInfo": portInfo(s, &model.BridgePort{Mode: state.Access, Native: 1, Allowed: state.AllVIDs})}
	}
	for i := range s.Bridge {
		all[s.Bridge[i].Interface] = object{"enabled": true, "switchportInfo": portInfo(s, &s.Bridge[i])}
	}
	return object{"switchports": all}
}

func portInfo(s *model.Switch, b *model.BridgePort) object {
	name := func(v state.VID) string {
		if vlan := s.VLAN(v); vlan != nil {
			return vlan.Name
		}
		return "Inactive"
	}
	access, native, mode, allowed := state.VID(1), b.Native, "trunk", b.Allowed
	if b.Mode == state.Access {
		access, native, mode, allowed = b.Native, 1, "access", state.AllVIDs
	}
	return object{
		"mode": mode, "accessVlanId": access, "accessVlanName": name(access), "trunkingNativeVlanId": native,
		"trunkingNativeVlanName": name(native), "trunkAllowedVlans": vlanList(allowed), "staticTrunkGroups": list{},
		"dynamicTrunkGroups": list{}, "dynamicAllowedVlans": object{}, "dot1qVlanTagRequired": false, "dot1qVlanTagRequiredStatus": false,
		"dot1qVlanTagDisallowed": false, "macLearning": true, "tpid": "0x8100", "tpidStatus": true, "sourceportFilterMode": "enabled",
		"vlanForwardingMode": "allowedVlansOnly", "phoneVlan": 0, "phoneTrunk": false, "phoneTrunkUntagged": false,
	}
}

func vlanList(set state.VIDSet) string {
	switch set {
	case state.AllVIDs:
		return "ALL"
	case state.VIDSet{}:
		return "NONE"
	}
	return set.String()
}

// blocked lists the ports that rapid per-VLAN spanning tree blocks, an instance for each VLAN.
func blocked(s *model.Switch) object {
	in := map[string]list{}
	for _, b := range s.Blocked {
		for v := range b.VIDs.All() {
			instance := fmt.Sprintf("VL%d", v)
			in[instance] = append(in[instance], b.Interface)
		}
	}
	all := object{}
	for instance, ports := range in {
		all[instance] = object{"spanningTreeBlockedPorts": ports}
	}
	return object{"spanningTreeInstances": all}
}

// topologies lists the state of every port that is up, a topology for each VLAN.
func topologies(s *model.Switch) object {
	all := object{}
	for _, v := range s.VLANs {
		ports := object{}
		for i := range s.Bridge {
			b := &s.Bridge[i]
			if b.Oper != state.Up || !b.Active.Has(v.ID) {
				continue
			}
			word := "forwarding"
			for _, x := range s.Blocked {
				if x.Interface == b.Interface && x.VIDs.Has(v.ID) {
					word = "discarding"
				}
			}
			ports[b.Interface] = object{"state": word, "numChanges": 1, "lastChange": since(s.Booted)}
		}
		all[fmt.Sprintf("Vl%d", v.ID)] = object{"vlans": list{v.ID}, "interfaces": ports}
	}
	return object{"unmappedVlans": list{}, "topologies": all}
}

// evpn lists the Ethernet segments in the instance of each VLAN that they carry.
func evpn(s *model.Switch) object {
	all := object{}
	for i := range s.LAGs {
		l := &s.LAGs[i]
		if l.ESI == "" {
			continue
		}
		digits := strings.ReplaceAll(l.ESI, ":", "")
		var groups []string
		for j := 0; j+4 <= len(digits); j += 4 {
			groups = append(groups, digits[j:j+4])
		}
		for _, b := range s.Bridge {
			for v := range b.Active.All() {
				if b.Interface == l.Name {
					instance := within(all, fmt.Sprintf("VLAN %d", v))
					within(instance, "ethernetSegments")[strings.Join(groups, ":")] = object{"intf": l.Name, "redundancyMode": "allActive", "state": upDown(l.Oper, "down")}
				}
			}
		}
	}
	return object{"bgpEvpnInstances": all}
}

// filters lists to which routed interfaces an access list is bound.
func filters(s *model.Switch) object {
	all := list{}
	for _, i := range s.SVIs {
		if i.Filter != "" {
			all = append(all, object{"name": i.Filter, "configuredIngressIntfs": list{object{"name": i.Interface}}, "configuredEgressIntfs": list{}})
		}
	}
	return object{"aclList": all}
}

var entryWords = map[state.MACKind]string{
	state.Dynamic: "dynamic", state.StaticMAC: "static", state.PeerLearned: "peerDynamic", state.OwnMAC: "static",
}

func macTable(s *model.Switch) object {
	entries := list{}
	for _, m := range s.MACs {
		entries = append(entries, object{"macAddress": m.MAC.String(), "vlanId": m.VID, "interface": m.Interface,
			"entryType": entryWords[m.Kind], "moves": 1, "lastMove": since(s.Booted)})
	}
	return object{"unicastTable": object{"tableEntries": entries}, "multicastTable": object{"tableEntries": list{}}, "disabledMacLearningVlans": list{}}
}

// roleWords of the two sides.
var roleWords = map[state.MLAGRole]string{state.Primary: "primary", state.Secondary: "secondary"}

func mlag(s *model.Switch) object {
	m := &s.MLAG
	if m.Protocol != state.PeerLinkMLAG {
		return object{"state": "disabled", "localInterface": "", "peerLink": "", "reloadDelay": 300, "reloadDelayNonMlag": 300,
			"dualPrimaryDetectionState": "disabled", "dualPrimaryPortsErrdisabled": false, "portsErrdisabled": false,
			"mlagPorts": portCounts(s), "detail": detail(s, "disabled", "unknown")}
	}
	word, negotiation, role, peer := "active", "connected", roleWords[m.Role], roleWords[state.Primary+state.Secondary-m.Role]
	switch {
	case m.Alone:
		word, negotiation, peer = "inactive", "connecting", "unknown"
	case !m.Peered:
		word, negotiation, role, peer = "inactive", "connecting", "inactive", "unknown"
	}
	detection := "running"
	if m.Keepalive == 0 {
		detection = "disabled"
	}
	sanity := "consistent"
	if len(m.Differences) > 0 {
		sanity = "inconsistent"
	}
	return object{
		"state": word, "negStatus": negotiation, "domainId": m.Domain, "systemId": m.SystemMAC.String(),
		"localInterface": fmt.Sprintf("Vlan%d", m.VID), "localIntfStatus": upDown(m.PeerLinkOper, "lowerLayerDown"), "peerLink": m.PeerLink,
		"peerLinkStatus": upDown(m.PeerLinkOper, "lowerLayerDown"), "peerAddress": m.PeerAddress.String(), "configSanity": sanity,
		"dualPrimaryDetectionState": detection, "dualPrimaryPortsErrdisabled": false, "portsErrdisabled": m.HeldBack,
		"reloadDelay": int(m.ReloadDelay.Seconds()), "reloadDelayNonMlag": int(m.OthersDelay.Seconds()), "mlagPorts": portCounts(s),
		"detail": detail(s, role, peer),
	}
}

func detail(s *model.Switch, role, peer string) object {
	m := &s.MLAG
	heard := 0
	alive := m.Keepalive == state.Up || m.Keepalive == 0 && m.PeerLinkOper == state.Up // over the peer-link when nothing else is configured
	if alive {
		heard = 938568
	}
	return object{
		"mlagState": role, "peerMlagState": peer, "peerMacAddress": m.PeerMAC.String(), "primaryPriority": 32767, "peerPrimaryPriority": 32767,
		"udpHeartbeatAlive": alive, "udpHeartbeatsSent": 938571, "udpHeartbeatsReceived": heard, "enabled": m.Protocol == state.PeerLinkMLAG,
		"heartbeatInterval": 4000, "effectiveHeartbeatInterval": 4000, "heartbeatTimeout": 60000, "heartbeatTimeoutsSinceReboot": 0,
		"lacpStandby": false, "failover": false, "failoverInitiated": false, "failoverCauseList": list{"Unknown"}, "secondaryFromFailover": false,
		"mlagHwReady": true, "mountChanges": 1, "stateChanges": 2, "lastStateChangeTime": seconds(153.689512152),
		"peerMacRoutingSupported": false, "peerPortsErrdisabled": false, "fastMacRedirectionEnabled": false,
	}
}

var portWords = map[state.MLAGPortState]string{
	state.DualActive: "active-full", state.ActivePartial: "active-partial", state.MLAGInactive: "inactive",
	state.MLAGDisabled: "disabled", state.MLAGConfigured: "configured",
}

func portCounts(s *model.Switch) object {
	counts := object{}
	for _, word := range portWords {
		counts[strings.ToUpper(word[:1])+word[1:]] = 0
	}
	for _, p := range s.MLAG.Ports {
		word := portWords[p.State]
		counts[strings.ToUpper(word[:1])+word[1:]] = counts[strings.ToUpper(word[:1])+word[1:]].(int) + 1
	}
	return counts
}

func mlagInterfaces(s *model.Switch) object {
	all := object{}
	for _, p := range s.MLAG.Ports {
		o := object{"localInterface": p.Local, "localInterfaceStatus": upDown(p.LocalOper, "down"), "status": portWords[p.State],
			"localInterfaceDescription": "", "peerInterface": p.Peer, "peerInterfaceStatus": upDown(p.PeerOper, "down")}
		if l := s.LAG(p.Local); l != nil {
			o["localInterfaceDescription"] = l.Description
		}
		if p.PeerOper == 0 {
			o["peerInterfaceStatus"] = "unknown"
		}
		all[p.ID] = o
	}
	return object{"interfaces": all}
}

// mlagSanity prints the differences by feature: of the whole switch, or of the interfaces of a multi-chassis port.
func mlagSanity(s *model.Switch) object {
	m := &s.MLAG
	if m.Protocol != state.PeerLinkMLAG {
		return object{"mlagActive": false}
	}
	global, interfaces := object{}, object{}
	for _, d := range m.Differences {
		values := object{"localValue": d.Local, "peerValue": d.Peer}
		if d.Where == "global" {
			feature, parameter, ok := strings.Cut(d.Parameter, " ")
			if !ok {
				parameter = feature
			}
			within(within(global, feature), "globalParameters")[parameter] = values
			continue
		}
		id := d.Where
		if l := s.LAG(d.Where); l != nil {
			id = "mlag" + l.MLAGID
		}
		within(within(interfaces, d.Parameter+" "+id), "interface")[d.Where] = values
	}
	return object{"mlagActive": true, "mlagConnected": m.Peered, "globalConfiguration": global, "interfaceConfiguration": interfaces}
}

// within returns the object of that name in o, made when it is new.
func within(o object, name string) object {
	if o[name] == nil {
		o[name] = object{}
	}
	return o[name].(object)
}
