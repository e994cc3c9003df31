// Package sonic words a simulated switch as community SONiC does: dumps of its databases, teamdctl, lldpd's client and mclagdctl, in a shell.
//
// VLAN 1, which a model's switch always has, is not configured there, and a port that nobody configured is a routed one.
package sonic

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strconv"
	"strings"

	"uplinkcheck/drivers/state"
	"uplinkcheck/testbed/model"
	"uplinkcheck/testbed/personality/openvswitch/render"
)

// Personality renders SONiC.
var Personality = model.Personality{Platform: "sonic", Switch: answer}

// object is a JSON object.
type object = map[string]any

// fields are those of a key of a database: all are texts.
type fields = map[string]string

// dumps are the dumps of databases, by database and pattern of keys.
var dumps = map[string]func(s *model.Switch) map[string]fields{
	"APPL_DB PORT_TABLE*":    ports,
	"APPL_DB LAG_*":          lagStatus,
	"STATE_DB LAG_*":         lagState,
	"CONFIG_DB PORTCHANNEL*": lags,
	"CONFIG_DB VLAN*":        vlans,
	"CONFIG_DB VRF*":         vrfs,
	"CONFIG_DB ACL_TABLE*":   filters,
	"CONFIG_DB FEATURE*":     features,
	"CONFIG_DB MCLAG*":       domain,
}

func answer(s *model.Switch, command string) ([]byte, bool) {
	words := strings.Fields(command)
	switch {
	case command == "hostname":
		return []byte(s.Hostname + "\n"), true
	case command == "show version":
		return version(s), true
	case command == "show spanning-tree":
		return []byte("Spanning-tree is not configured\n"), true
	case command == "show mac":
		return macTable(s), true
	case command == "lldpctl -f json0":
		return agent(s).Reply("lldpcli -f json0 show neighbors details")
	case words[0] == "sonic-db-dump" && len(words) == 6:
		if dump := dumps[words[2]+" "+words[4]]; dump != nil {
			return encode(dumped(dump(s))), true
		}
	case words[0] == "teamdctl" && len(words) == 4:
		if l := s.LAG(words[1]); l != nil {
			return encode(team(s, l)), true
		}
	case words[0] == "mclagdctl" && len(words) >= 5:
		return mclag(s, strings.Join(words[4:], " ")), true
	}
	return []byte("bash: " + words[0] + ": command not found\n"), false
}

func encode(v any) []byte {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	e.SetIndent("", "  ")
	_ = e.Encode(v) // objects of texts, numbers and booleans
	return b.Bytes()
}

// dumped is what sonic-db-dump puts around the fields of a key.
func dumped(rows map[string]fields) object {
	out := object{}
	for key, f := range rows {
		if len(f) == 0 {
			f = fields{"NULL": "NULL"}
		}
		out[key] = object{"expireat": 1793520000.5, "ttl": -0.001, "type": "hash", "value": f}
	}
	return out
}

func agent(s *model.Switch) *render.Agent {
	a := &render.Agent{Down: !s.LLDP, Chassis: state.Identifier{Subtype: state.MACAddress, ID: s.MAC.String()}, Hostname: s.Hostname, Address: s.Address, Heard: s.Neighbours,
		Description: "Debian GNU/Linux 11 (bullseye) Linux 5.10.0-23-2-amd64"}
	for _, p := range s.Ports {
		a.Ports = append(a.Ports, p.Name)
	}
	return a
}

func version(s *model.Switch) []byte {
	var b bytes.Buffer
	fmt.Fprintf(&b, "\nSONiC Software Version: %s\nSONiC OS Version: 11\nDistribution: Debian 11.9\nKernel: 5.10.0-23-2-amd64\nBuild commit: abcdef\n", s.Version)
	fmt.Fprintf(&b, "Build date: Sun Mar  3 10:00:00 UTC 2024\nBuilt by: build@host\n\nPlatform: x86_64-mlnx_msn2700-r0\nHwSKU: ACS-MSN2700\nASIC: mellanox\nASIC Count: 1\n")
	fmt.Fprintf(&b, "Serial Number: %s\nModel Number: %s\nHardware Revision: A1\n", s.Serial, s.Model)
	fmt.Fprintf(&b, "Uptime: 08:00:00 up 40 days,  1 user,  load average: 0.50, 0.40, 0.30\nDate: %s\n\n", s.Now.Format("Mon 02 Jan 2006 15:04:05"))
	b.WriteString("Docker images:\nREPOSITORY    TAG     IMAGE ID      SIZE\ndocker-teamd  latest  caf957cd2ad1  275MB\n\n")
	return b.Bytes()
}

var macKinds = map[state.MACKind]string{state.Dynamic: "Dynamic", state.StaticMAC: "Static", state.PeerLearned: "Static", state.OwnMAC: "Static"}

// macTable is a table as wide as what it holds. Numbers stand at the right, and an empty table has none.
func macTable(s *model.Switch) []byte {
	var b bytes.Buffer
	if len(s.MACs) == 0 {
		return []byte("No.    Vlan    MacAddress    Port    Type\n-----  ------  ------------  ------  ------\nTotal number of entries 0\n")
	}
	port, kind := len("Port  "), len("Type  ")
	for _, m := range s.MACs {
		port, kind = max(port, len(m.Interface)), max(kind, len(macKinds[m.Kind]))
	}
	fmt.Fprintf(&b, "  No.    Vlan  MacAddress         %-*s  Type\n-----  ------  -----------------  %s  %s\n", port, "Port", strings.Repeat("-", port), strings.Repeat("-", kind))
	for i, m := range s.MACs {
		fmt.Fprintf(&b, "%5d  %6d  %s  %-*s  %s\n", i+1, m.VID, strings.ToUpper(m.MAC.String()), port, m.Interface, macKinds[m.Kind])
	}
	fmt.Fprintf(&b, "Total number of entries %d\n", len(s.MACs))
	return b.Bytes()
}

func upDown(s state.Status) string {
	if s == state.Up {
		return "up"
	}
	return "down"
}

// features are the services that there are. That of spanning tree runs, and nobody configured any.
func features(*model.Switch) map[string]fields {
	return map[string]fields{"FEATURE|lldp": {"state": "enabled"}, "FEATURE|stp": {"state": "enabled"}}
}

func ports(s *model.Switch) map[string]fields {
	out := map[string]fields{"PORT_TABLE:PortConfigDone": {"count": strconv.Itoa(len(s.Ports))}, "PORT_TABLE:PortInitDone": {"lanes": "0"}}
	for _, p := range s.Ports {
		f := fields{"admin_status": upDown(p.Admin), "oper_status": upDown(p.Oper), "speed": strconv.FormatUint(p.Speed/1_000_000, 10), "mtu": strconv.Itoa(p.MTU),
			"alias": fmt.Sprintf("etp%d", p.Index), "flap_count": strconv.Itoa(p.Changes)}
		if p.Description != "" {
			f["description"] = p.Description
		}
		out["PORT_TABLE:"+p.Name] = f
	}
	return out
}

func lags(s *model.Switch) map[string]fields {
	out := map[string]fields{}
	for _, l := range s.LAGs {
		out["PORTCHANNEL|"+l.Name] = fields{"admin_status": upDown(l.Admin), "min_links": strconv.Itoa(max(l.MinLinks, 1)), "mtu": strconv.Itoa(l.MTU), "lacp_key": "auto",
			"fallback": strconv.FormatBool(l.Fallback == state.StaticFallback), "fast_rate": strconv.FormatBool(l.Fast)}
		for _, m := range l.Ports {
			out["PORTCHANNEL_MEMBER|"+l.Name+"|"+m.Name] = fields{}
		}
	}
	return out
}

func lagStatus(s *model.Switch) map[string]fields {
	out := map[string]fields{}
	for i := range s.LAGs {
		l := &s.LAGs[i]
		out["LAG_TABLE:"+l.Name] = fields{"admin_status": upDown(l.Admin), "oper_status": upDown(l.Oper), "mtu": strconv.Itoa(l.MTU)}
		for j := range l.Ports {
			status := "disabled"
			if inService(l, &l.Ports[j]) {
				status = "enabled"
			}
			out["LAG_MEMBER_TABLE:"+l.Name+":"+l.Ports[j].Name] = fields{"status": status}
		}
	}
	return out
}

// inService: a member that falls back forwards as part of the LAG.
func inService(l *model.LAG, m *model.LAGPort) bool {
	return m.Selected == state.Selected || l.FallbackActive && m.Selected == state.Individual
}

// runnerState is the daemon's word for what became of a member.
func runnerState(s *model.Switch, m *model.LAGPort) string {
	switch {
	case s.Port(m.Name).Oper != state.Up:
		return "disabled"
	case m.Actor.State&state.Expired != 0:
		return "expired"
	case !m.Heard:
		return "defaulted"
	}
	return "current"
}

// partnerOf is the partner of a member: all zero when nobody was heard.
func partnerOf(m *model.LAGPort) model.Endpoint {
	if !m.Heard {
		return model.Endpoint{}
	}
	return m.Partner
}

func lagState(s *model.Switch) map[string]fields {
	out := map[string]fields{}
	for i := range s.LAGs {
		l := &s.LAGs[i]
		if l.Protocol != state.LACP {
			continue
		}
		out["LAG_TABLE|"+l.Name] = fields{"runner.active": strconv.FormatBool(l.Active), "runner.fast_rate": strconv.FormatBool(l.Fast),
			"runner.fallback": strconv.FormatBool(l.Fallback == state.StaticFallback), "setup.kernel_team_mode_name": "loadbalance", "setup.pid": "32", "state": "ok",
			"team_device.ifinfo.dev_addr": l.System.String(), "team_device.ifinfo.ifindex": strconv.Itoa(70 + i)}
		for j := range l.Ports {
			m := &l.Ports[j]
			on, up := strconv.FormatBool(inService(l, m)), strconv.FormatBool(s.Port(m.Name).Oper == state.Up)
			f := fields{"runner.state": runnerState(s, m), "runner.selected": on, "runner.aggregator.selected": on, "runner.aggregator.id": strconv.Itoa(70 + i),
				"ifinfo.dev_addr": l.System.String(), "ifinfo.ifindex": strconv.Itoa(100 + s.Port(m.Name).Index), "link.up": up, "link_watches.list.link_watch_0.up": up}
			for who, e := range map[string]model.Endpoint{"actor": m.Actor, "partner": partnerOf(m)} {
				f["runner."+who+"_lacpdu_info.system"] = e.System.String()
				f["runner."+who+"_lacpdu_info.port"] = strconv.Itoa(int(e.Port))
				f["runner."+who+"_lacpdu_info.state"] = strconv.Itoa(int(e.State))
			}
			out["LAG_MEMBER_TABLE|"+l.Name+"|"+m.Name] = f
		}
	}
	return out
}

// team is what teamdctl dumps.
func team(s *model.Switch, l *model.LAG) object {
	end := func(e model.Endpoint) object {
		return object{"key": e.Key, "port": e.Port, "port_priority": e.PortPriority, "state": int(e.State), "system": e.System.String(), "system_priority": e.SystemPriority}
	}
	runner := "lacp"
	if l.Protocol != state.LACP {
		runner = "roundrobin"
	}
	all := object{}
	for i := range l.Ports {
		m := &l.Ports[i]
		p := s.Port(m.Name)
		port := object{"ifinfo": object{"dev_addr": l.System.String(), "ifname": m.Name}, "link": object{"duplex": "full", "speed": p.Speed / 1_000_000, "up": p.Oper == state.Up},
			"link_watches": object{"list": object{"link_watch_0": object{"delay_down": 0, "delay_up": 0, "down_count": 0, "name": "ethtool", "up": p.Oper == state.Up}}, "up": p.Oper == state.Up}}
		if l.Protocol == state.LACP {
			port["runner"] = object{"actor_lacpdu_info": end(m.Actor), "aggregator": object{"id": 70, "selected": inService(l, m)}, "key": m.Actor.Key,
				"partner_lacpdu_info": end(partnerOf(m)), "prio": m.Actor.PortPriority, "selected": inService(l, m), "state": runnerState(s, m)}
		}
		all[m.Name] = port
	}
	return object{"ports": all, "runner": object{"active": l.Active, "fallback": l.Fallback == state.StaticFallback, "fast_rate": l.Fast, "select_policy": "lacp_prio", "sys_prio": l.Priority},
		"setup":       object{"daemonized": true, "kernel_team_mode_name": "loadbalance", "pid": 32, "runner_name": runner},
		"team_device": object{"ifinfo": object{"dev_addr": l.System.String(), "dev_addr_len": 6, "ifindex": 70, "ifname": l.Name}}}
}

// configured reports whether somebody gave a port VLANs.
func configured(b *model.BridgePort) bool { return b.Mode != state.Access || b.Native != 1 }

func vlans(s *model.Switch) map[string]fields {
	out := map[string]fields{}
	for _, v := range s.VLANs {
		if v.ID == 1 {
			continue
		}
		name := fmt.Sprintf("Vlan%d", v.ID)
		f := fields{"vlanid": fmt.Sprint(v.ID), "description": v.Name}
		if !v.Active {
			f["admin_status"] = "down"
		}
		out["VLAN|"+name] = f
		for i := range s.Bridge {
			b := &s.Bridge[i]
			if !configured(b) || !b.Allowed.Has(v.ID) {
				continue
			}
			mode := "tagged"
			if b.Native == v.ID {
				mode = "untagged"
			}
			out["VLAN_MEMBER|"+name+"|"+b.Interface] = fields{"tagging_mode": mode}
		}
	}
	for _, v := range s.SVIs {
		f := fields{}
		if v.VRF != "" {
			f["vrf_name"] = "Vrf" + v.VRF
		}
		out["VLAN_INTERFACE|"+v.Interface] = f
		for _, a := range v.Addresses {
			out["VLAN_INTERFACE|"+v.Interface+"|"+a.String()] = fields{}
		}
	}
	return out
}

func vrfs(s *model.Switch) map[string]fields {
	out := map[string]fields{}
	for _, v := range s.VRFs {
		out["VRF|Vrf"+v.Name] = fields{}
	}
	return out
}

func filters(s *model.Switch) map[string]fields {
	out := map[string]fields{}
	for _, v := range s.SVIs {
		if v.Filter != "" {
			out["ACL_TABLE|"+strings.ToUpper(v.Filter)] = fields{"type": "L3", "stage": "ingress", "ports@": v.Interface}
		}
	}
	return out
}

// domainID is that of the one multi-chassis domain.
const domainID = "1"

func domain(s *model.Switch) map[string]fields {
	out := map[string]fields{}
	m := &s.MLAG
	if m.Protocol != state.PeerLinkMLAG {
		return out
	}
	out["MCLAG_DOMAIN|"+domainID] = fields{"source_ip": m.Address.String(), "peer_ip": m.PeerAddress.String(), "peer_link": m.PeerLink}
	for _, p := range m.Ports {
		out["MCLAG_INTERFACE|"+domainID+"|"+p.Local] = fields{"if_type": "PortChannel"}
	}
	return out
}

func mclag(s *model.Switch, what string) []byte {
	var b bytes.Buffer
	m := &s.MLAG
	switch what {
	case "state":
		keepalive, sync, role := "OK", "completed", map[state.MLAGRole]string{state.Primary: "Active", state.Secondary: "Standby"}[m.Role]
		if !m.Peered {
			keepalive, sync, role = "ERROR", "incomplete", "None"
		}
		var names []string
		for _, p := range m.Ports {
			names = append(names, p.Local)
		}
		fmt.Fprintf(&b, "The MCLAG's keepalive is: %s\nMCLAG info sync is: %s\nDomain id: %s\nLocal Ip: %s\nPeer Ip: %s\nPeer Link Interface: %s\n", keepalive, sync, domainID, m.Address, m.PeerAddress, m.PeerLink)
		fmt.Fprintf(&b, "Keepalive time: 1\nsesssion Timeout : 15\nPeer Link Mac: %s\nSystem Mac: %s\nRole: %s\nMCLAG Interface: %s\nLoglevel: NOTICE\n", s.MAC, m.SystemMAC, role, strings.Join(names, ","))
	case "portlist local", "portlist peer":
		for i, p := range m.Ports {
			oper := p.LocalOper
			if what == "portlist peer" {
				oper = p.PeerOper
			}
			if oper == 0 {
				continue // the peer is not heard
			}
			up, word := 0, "Down"
			if oper == state.Up {
				up, word = 1, "Up"
			}
			rule := strings.Repeat("-", 60)
			fmt.Fprintf(&b, "%s\nIfindex: %d\nType: PortChannel\nPortName: %s\nMAC: %s\n", rule, 70+i, p.Local, m.SystemMAC)
			if what == "portlist local" {
				fmt.Fprintf(&b, "IPv4Address: 0.0.0.0\nPrefixlen: 32\nState: %s\nIsL3Interface: No\nMemberPorts: %s\nPortchannelIsUp: %d\nIsIsolateWithPeerlink: Yes\nIsTrafficDisable: No\nVlanList:\n",
					word, strings.Join(p.LocalPorts, ","), up)
			} else {
				fmt.Fprintf(&b, "State: %s\n", word)
			}
			b.WriteString(rule + "\n\n")
		}
	}
	return b.Bytes()
}
