package arista_eos

import (
	"fmt"
	"net/netip"

	"uplinkcheck/drivers/state"
	"uplinkcheck/testbed/model"
)

// words of a port by why it is down.
var statusWords = map[model.DownReason]string{
	model.NotDown: "connected", model.NoLink: "notconnect", model.AdminDown: "disabled", model.ErrDisabled: "errdisabled",
}

var fallbackWords = map[state.Fallback]string{
	0: "fallbackNone", state.NoFallback: "fallbackNone", state.StaticFallback: "fallbackStatic", state.IndividualFallback: "fallbackIndividual",
}

func upDown(s state.Status, down string) string {
	if s == state.Up {
		return "up"
	}
	return down
}

func interfaces(s *model.Switch) object {
	all := object{"Management1": management(s)}
	for i := range s.Ports {
		all[s.Ports[i].Name] = ethernet(&s.Ports[i])
	}
	for i := range s.LAGs {
		all[s.LAGs[i].Name] = aggregate(s, &s.LAGs[i])
	}
	if s.MLAG.Protocol == state.EVPNESI { // its instances are of VXLAN
		all["Vxlan1"] = object{
			"name": "Vxlan1", "description": "", "interfaceStatus": "connected", "lineProtocolStatus": "up", "hardware": "vxlan",
			"forwardingModel": "bridged", "bandwidth": 0, "mtu": 0, "lastStatusChangeTimestamp": since(s.Booted),
		}
	}
	for _, v := range s.SVIs {
		all[v.Interface] = object{
			"name": v.Interface, "description": "", "interfaceStatus": upDown2(v.Oper, "connected", "notconnect"),
			"lineProtocolStatus": upDown(v.Oper, "lowerLayerDown"), "hardware": "vlan", "forwardingModel": "routed", "bandwidth": 0,
			"mtu": 1500, "l3MtuConfigured": false, "burnedInAddress": s.MAC.String(), "physicalAddress": s.MAC.String(),
			"lastStatusChangeTimestamp": since(s.Booted), "interfaceAddress": list{address(v.Addresses)},
		}
	}
	return object{"interfaces": all}
}

func upDown2(s state.Status, up, down string) string {
	if s == state.Up {
		return up
	}
	return down
}

func management(s *model.Switch) object {
	own := address(nil)
	if s.Address.IsValid() {
		own = address([]netip.Prefix{netip.PrefixFrom(s.Address, 24)})
	}
	return object{
		"name": "Management1", "description": "", "interfaceStatus": "connected", "lineProtocolStatus": "up", "hardware": "ethernet",
		"forwardingModel": "routed", "bandwidth": 1_000_000_000, "mtu": 1500, "l3MtuConfigured": false, "duplex": "duplexFull",
		"autoNegotiate": "success", "loopbackMode": "loopbackNone", "lanes": 0, "burnedInAddress": s.MAC.String(),
		"physicalAddress": s.MAC.String(), "lastStatusChangeTimestamp": since(s.Booted), "interfaceAddress": list{own},
		"interfaceCounters": counters(s.Booted.Unix(), 2),
	}
}

func ethernet(p *model.Port) object {
	status := statusWords[p.Reason]
	if p.Oper == state.Up {
		status = "connected"
	}
	o := object{
		"name": p.Name, "description": p.Description, "interfaceStatus": status, "lineProtocolStatus": upDown(p.Oper, "down"),
		"hardware": "ethernet", "forwardingModel": "bridged", "bandwidth": p.Speed, "mtu": p.MTU, "l3MtuConfigured": false,
		"duplex": "duplexFull", "autoNegotiate": "off", "loopbackMode": "loopbackNone", "lanes": 1, "burnedInAddress": p.MAC.String(),
		"physicalAddress": p.MAC.String(), "lastStatusChangeTimestamp": since(p.Changed), "interfaceAddress": list{},
		"interfaceCounters": counters(p.Changed.Unix(), p.Changes),
	}
	if p.LAG != "" {
		o["forwardingModel"], o["interfaceMembership"] = "dataLink", "Member of "+p.LAG
	}
	return o
}

func counters(changed int64, changes int) object {
	return object{"linkStatusChanges": changes, "inDiscards": 0, "outDiscards": 0, "totalInErrors": 0, "totalOutErrors": 0,
		"counterRefreshTime": seconds(changed)}
}

func aggregate(s *model.Switch, l *model.LAG) object {
	status := upDown2(l.Oper, "connected", "notconnect")
	if l.Admin == state.Down {
		status = "disabled"
	}
	members := object{}
	for _, m := range l.Ports {
		if m.Selected == state.Selected {
			members[m.Name] = object{"bandwidth": s.Port(m.Name).Speed, "duplex": "duplexFull"}
		}
	}
	return object{
		"name": l.Name, "description": l.Description, "interfaceStatus": status, "lineProtocolStatus": upDown(l.Oper, "lowerLayerDown"),
		"hardware": "portChannel", "forwardingModel": "bridged", "bandwidth": l.Speed, "mtu": l.MTU, "l3MtuConfigured": false,
		"physicalAddress": l.MAC.String(), "lastStatusChangeTimestamp": since(s.Booted), "memberInterfaces": members,
		"fallbackEnabled": l.Fallback > state.NoFallback, "fallbackEnabledType": fallbackWords[l.Fallback], "interfaceAddress": list{},
		"interfaceCounters": counters(s.Booted.Unix(), 2),
	}
}

// address is the addresses of an interface; all zero where it has none.
func address(own []netip.Prefix) object {
	ip := func(p netip.Prefix) object { return object{"address": p.Addr().String(), "maskLen": p.Bits()} }
	none := object{"address": "0.0.0.0", "maskLen": 0}
	primary, secondary, ordered := none, object{}, list{}
	for i, p := range own {
		if i == 0 {
			primary = ip(p)
			continue
		}
		secondary[p.Addr().String()] = ip(p)
		ordered = append(ordered, ip(p))
	}
	return object{"primaryIp": primary, "secondaryIps": secondary, "secondaryIpsOrderedList": ordered, "virtualIp": none,
		"virtualSecondaryIps": object{}, "virtualSecondaryIpsOrderedList": list{}, "broadcastAddress": "255.255.255.255", "dhcp": false}
}

func ipInterface(s *model.Switch) object {
	all := object{}
	for _, v := range s.SVIs {
		vrf := v.VRF
		if vrf == "" {
			vrf = "default"
		}
		all[v.Interface] = object{
			"name": v.Interface, "description": "", "interfaceStatus": upDown2(v.Oper, "connected", "notconnect"),
			"lineProtocolStatus": upDown(v.Oper, "lowerLayerDown"), "enabled": true, "mtu": 1500, "vrf": vrf, "urpf": "disable",
			"addresslessForwarding": "isInvalid", "localProxyArp": false, "proxyArp": false, "interfaceAddress": address(v.Addresses),
		}
	}
	return object{"interfaces": all}
}

func vrfs(s *model.Switch) object {
	named := map[string]bool{}
	all := object{}
	vrf := func(interfaces list) object {
		protocol := object{"routingState": "up", "protocolState": "up", "supported": true}
		return object{"routeDistinguisher": "", "vrfState": "up", "interfaces": interfaces, "protocols": object{"ipv4": protocol, "ipv6": protocol}}
	}
	for _, v := range s.VRFs {
		in := list{}
		for _, i := range v.Interfaces {
			in = append(in, i)
			named[i] = true
		}
		all[v.Name] = vrf(in)
	}
	rest := list{"Management1"}
	for _, v := range s.SVIs {
		if !named[v.Interface] {
			rest = append(rest, v.Interface)
		}
	}
	all["default"] = vrf(rest)
	return object{"vrfs": all}
}

// portChannel lists the LAGs. On a multi-chassis LAG the peer's members stand among them as PeerEthernet7.
func portChannel(s *model.Switch) object {
	all := object{}
	for i := range s.LAGs {
		l := &s.LAGs[i]
		active, inactive := object{}, object{}
		for _, m := range l.Ports {
			if m.Selected == state.Selected || m.Selected == state.Individual && l.Fallback == state.StaticFallback {
				active[m.Name] = object{}
			} else {
				inactive[m.Name] = object{"reasonUnconfigured": reasons[m.Reason]}
			}
		}
		if peerUp(s, l) {
			for _, name := range l.PeerPorts {
				active["Peer"+name] = object{}
			}
		}
		all[l.Name] = object{"activePorts": active, "inactivePorts": inactive, "rxPorts": object{}, "recircFeature": list{},
			"inactiveLag": l.Oper != state.Up, "minLinks": l.MinLinks, "minSpeed": "0 gbps", "currWeight": 0, "maxWeight": 16}
	}
	return object{"portChannels": all}
}

func peerUp(s *model.Switch, l *model.LAG) bool {
	for _, p := range s.MLAG.Ports {
		if p.Local == l.Name {
			return s.MLAG.Peered && p.PeerOper == state.Up
		}
	}
	return false
}

var reasons = map[model.LAGReason]string{
	model.LinkDown: "link down", model.NoPDU: "waiting for LACP response", model.WrongPartner: "not compatible with aggregates",
	model.SpeedMismatch: "speed mismatch", model.LoopedBack: "not compatible with aggregates", model.PartnerOut: "waiting for LACP response",
	model.TooFewLinks: "not enough links", model.HeldBack: "waiting for LACP response",
}

func lacpDetailed(s *model.Switch) object { return lacp(s, true) }
func lacpNeighbor(s *model.Switch) object { return lacp(s, false) }

func lacp(s *model.Switch, detailed bool) object {
	all := object{}
	for i := range s.LAGs {
		l := &s.LAGs[i]
		if l.Protocol != state.LACP {
			continue
		}
		ports := object{}
		for _, m := range l.Ports {
			ports[m.Name] = lacpPort(&m, detailed)
		}
		all[l.Name] = object{"interfaces": ports}
	}
	return object{"portChannels": all, "orphanPorts": object{}}
}

func lacpCounters(s *model.Switch) object {
	all := object{}
	for i := range s.LAGs {
		l := &s.LAGs[i]
		ports := object{}
		for j := range l.Ports {
			m := &l.Ports[j]
			ports[m.Name] = object{"actorPortStatus": portStatus(m), "lacpdusRxCount": m.RX, "lacpdusTxCount": m.TX, "markersRxCount": 0, "markersTxCount": 0,
				"markerResponseRxCount": 0, "markerResponseTxCount": 0, "illegalRxCount": m.BadRX}
		}
		if l.Protocol == state.LACP {
			all[l.Name] = object{"interfaces": ports}
		}
	}
	return object{"portChannels": all, "orphanPorts": object{}}
}

// portStatus is the word for what became of a port.
func portStatus(m *model.LAGPort) string {
	switch {
	case m.Selected == state.Selected:
		return "bundled"
	case m.Selected == state.Standby:
		return "standby"
	case m.Heard && (m.Reason == model.PartnerOut || m.Reason == model.TooFewLinks):
		return "negotiation"
	}
	return "noAgg"
}

// lacpPort prints the partner, zeros while nobody has spoken. The actor's key and number are in no recording of this output.
func lacpPort(m *model.LAGPort, detailed bool) object {
	system := m.Partner.System.String()
	o := object{
		"actorPortStatus": portStatus(m), "partnerSystemId": fmt.Sprintf("%04x,%s", m.Partner.SystemPriority, dashed(system)),
		"partnerOperKey": fmt.Sprintf("0x%04x", m.Partner.Key), "partnerPortId": m.Partner.Port, "partnerPortPriority": m.Partner.PortPriority,
		"partnerPortState": bits(m.Partner.State),
	}
	if detailed {
		o["actorPortState"] = bits(m.Actor.State)
		churn := "noChurn"
		if m.Churned {
			churn = "churnDetected"
		}
		o["details"] = object{"actorChurnState": churn, "partnerChurnState": churn}
	}
	return o
}

func dashed(mac string) string {
	out := []byte(mac)
	for i := range out {
		if out[i] == ':' {
			out[i] = '-'
		}
	}
	return string(out)
}

func bits(s state.LACPBits) object {
	return object{
		"activity": s&state.Activity != 0, "timeout": s&state.ShortTimeout != 0, "aggregation": s&state.Aggregation != 0,
		"synchronization": s&state.Synchronization != 0, "collecting": s&state.Collecting != 0, "distributing": s&state.Distributing != 0,
		"defaulted": s&state.Defaulted != 0, "expired": s&state.Expired != 0,
	}
}
