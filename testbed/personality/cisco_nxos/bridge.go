package cisco_nxos

import (
	"bytes"
	"fmt"
	"strings"

	"uplinkcheck/drivers/state"
	"uplinkcheck/testbed/model"
)

func vlans(s *model.Switch) object {
	var rows []object
	for _, v := range s.VLANs {
		row := object{"vlanshowbr-vlanid": fmt.Sprint(v.ID), "vlanshowbr-vlanid-utf": fmt.Sprint(v.ID), "vlanshowbr-vlanname": v.Name,
			"vlanshowbr-vlanstate": map[bool]string{true: "active", false: "suspend"}[v.Active], "vlanshowbr-shutstate": "noshutdown"}
		var ports []string
		for i := range s.Bridge {
			if b := &s.Bridge[i]; b.Allowed.Has(v.ID) {
				ports = append(ports, b.Interface)
			}
		}
		if len(ports) > 0 {
			row["vlanshowplist-ifidx"] = strings.Join(ports, ",")
		}
		rows = append(rows, row)
	}
	return put(object{}, "vlanbriefxbrief", rows)
}

// switchports lists every port and LAG; members have what their LAG has.
func switchports(s *model.Switch) object {
	var rows []object
	for i := range s.Ports {
		p := &s.Ports[i]
		if b := s.BridgePort(p.Name); b != nil {
			rows = append(rows, switchport(s, p.Name, b))
		} else if b := s.BridgePort(p.LAG); b != nil {
			rows = append(rows, switchport(s, p.Name, b))
		}
	}
	for i := range s.LAGs {
		if b := s.BridgePort(s.LAGs[i].Name); b != nil {
			rows = append(rows, switchport(s, b.Interface, b))
		}
	}
	return put(object{}, "interface", rows)
}

func switchport(s *model.Switch, name string, b *model.BridgePort) object {
	called := func(v state.VID) string {
		if vlan := s.VLAN(v); vlan != nil {
			return vlan.Name
		}
		return "Vlan not created"
	}
	access, native, mode, allowed := state.VID(1), b.Native, "trunk", b.Allowed
	if b.Mode == state.Access {
		access, native, mode, allowed = b.Native, 1, "access", state.AllVIDs
	}
	return object{"interface": name, "switchport": "Enabled", "switchport_monitor": "Not enabled", "oper_mode": mode, "access_vlan": fmt.Sprint(access),
		"access_vlan_name": called(access), "native_vlan": fmt.Sprint(native), "native_vlan_name": called(native), "trunk_vlans": allowed.String(), "voice_vlan": "none"}
}

const macHead = `Legend: 
        * - primary entry, G - Gateway MAC, (R) - Routed MAC, O - Overlay MAC
        age - seconds since last seen,+ - primary entry using vPC Peer-Link,
        (T) - True, (F) - False, C - ControlPlane MAC, ~ - vsan
   VLAN     MAC Address      Type      age     Secure NTFY Ports
---------+-----------------+--------+---------+------+----+------------------
`

func macTable(s *model.Switch, b *bytes.Buffer) {
	b.WriteString(macHead)
	for _, m := range s.MACs {
		mark, kind, age, port := macWords(m)
		fmt.Fprintf(b, "%-3s%4d     %s   %-8s %-11s%-7s%-5s%s\n", mark, m.VID, dotted(m.MAC), kind, age, "F", "F", port)
	}
}

// macWords are the mark of a row, and what the device calls the kind, the age and the port.
func macWords(m model.MACEntry) (mark, kind, age, port string) {
	switch m.Kind {
	case state.PeerLearned:
		return "+", "dynamic", "0", short(m.Interface)
	case state.StaticMAC:
		return "*", "static", "-", short(m.Interface)
	case state.OwnMAC:
		return "G", "static", "-", "sup-eth1(R)"
	}
	return "*", "dynamic", "0", short(m.Interface)
}

// macTableJSON has the same rows without their marks.
func macTableJSON(s *model.Switch) object {
	var rows []object
	for _, m := range s.MACs {
		_, kind, age, port := macWords(m)
		rows = append(rows, object{"disp_mac_addr": dotted(m.MAC), "disp_type": kind, "disp_vlan": fmt.Sprint(m.VID), "disp_age": age,
			"disp_is_secure": "F", "disp_is_ntfy": "F", "disp_port": port})
	}
	return put(object{}, "mac_address", rows)
}

// config prints the sections of the LAGs and ports, without what is the default.
func config(s *model.Switch, b *bytes.Buffer) {
	fmt.Fprintf(b, "\n!Command: show running-config interface\n\nversion %s Bios:version 07.69 \n", s.Version)
	section := func(name, description string, p *model.BridgePort, more ...string) {
		fmt.Fprintf(b, "\ninterface %s\n", name)
		if description != "" {
			fmt.Fprintf(b, "  description %s\n", description)
		}
		if p != nil && p.Mode == state.Trunk {
			b.WriteString("  switchport mode trunk\n")
			if p.Native != 1 {
				fmt.Fprintf(b, "  switchport trunk native vlan %d\n", p.Native)
			}
			if p.Explicit {
				fmt.Fprintf(b, "  switchport trunk allowed vlan %s\n", p.Allowed)
			}
		} else if p != nil && p.Native != 1 {
			fmt.Fprintf(b, "  switchport access vlan %d\n", p.Native)
		}
		for _, line := range more {
			fmt.Fprintf(b, "  %s\n", line)
		}
	}
	for i := range s.LAGs {
		l := &s.LAGs[i]
		var more []string
		if l.MinLinks > 1 {
			more = append(more, fmt.Sprintf("lacp min-links %d", l.MinLinks))
		}
		if l.Fallback > state.NoFallback {
			more = append(more, "no lacp suspend-individual")
		}
		if l.PeerLink {
			more = append(more, "vpc peer-link")
		} else if l.MLAGID != "" {
			more = append(more, "vpc "+l.MLAGID)
		}
		section(l.Name, l.Description, s.BridgePort(l.Name), more...)
	}
	for i := range s.Ports {
		p := &s.Ports[i]
		bridge, more := s.BridgePort(p.Name), []string(nil)
		if l := s.LAG(p.LAG); l != nil {
			how := "on"
			if l.Protocol == state.LACP {
				how = map[bool]string{true: "active", false: "passive"}[l.Active]
			}
			bridge, more = s.BridgePort(l.Name), []string{fmt.Sprintf("channel-group %d mode %s", l.Number, how)}
		}
		section(p.Name, p.Description, bridge, more...)
	}
	b.WriteString("\ninterface mgmt0\n\n")
}

// spanningTree lists the state of every port that is up, in rapid per-VLAN spanning tree.
func spanningTree(s *model.Switch, b *bytes.Buffer) {
	for _, v := range s.VLANs {
		fmt.Fprintf(b, "\n VLAN%04d is executing the rstp compatible Spanning Tree protocol\n", v.ID)
		fmt.Fprintf(b, "  Bridge Identifier has priority 32768, sysid %d, address %s\n", v.ID, dotted(s.MAC))
		for i := range s.Bridge {
			p := &s.Bridge[i]
			if p.Oper != state.Up || !p.Active.Has(v.ID) {
				continue
			}
			word, role := "designated forwarding", ""
			for _, x := range s.Blocked {
				if x.Interface == p.Interface && x.VIDs.Has(v.ID) {
					word = "alternate blocking"
				}
			}
			if l := s.LAG(p.Interface); p.PeerLink {
				role = ", vPC Peer-link"
			} else if l != nil && l.MLAGID != "" {
				role = ", vPC"
			}
			fmt.Fprintf(b, "\n Port %d (%s%s) of VLAN%04d is %s \n   Port path cost 1, Port priority 128, Port Identifier 128.%d\n", 4096+i, p.Interface, role, v.ID, word, 4096+i)
			b.WriteString("   Link type is point-to-point by default\n")
		}
	}
}

// vpc prints the peering and the multi-chassis LAGs. A difference of the whole switch is one of type 1; those of ports are printed here
// as of type 2, which suspends nothing.
func vpc(s *model.Switch) object {
	m := &s.MLAG
	peer := "peer-ok"
	switch {
	case m.Peered:
	case m.PeerLinkOper != state.Up:
		peer = "peer-link-down"
	default:
		peer = "peer-not-reachable"
	}
	global, ports := "consistent", "consistent"
	for _, d := range m.Differences {
		if d.Where == "global" {
			global = "inconsistent"
		} else {
			ports = "inconsistent"
		}
	}
	timer := "off"
	if m.HeldBack {
		timer = "on"
	}
	o := object{"vpc-domain-id": fmt.Sprint(domain(m.Domain)), "vpc-peer-status": peer, "vpc-peer-keepalive-status": alive(m), "vpc-peer-consistency": global,
		"vpc-per-vlan-peer-consistency": "consistent", "vpc-type-2-consistency": ports, "vpc-role": roles[m.Role],
		"vpc-delay-restore-status":             fmt.Sprintf("Timer is %s.(timeout = %ds)", timer, int(m.ReloadDelay.Seconds())),
		"vpc-delay-restore-orphan-port-status": fmt.Sprintf("Timer is off.(timeout = %ds)", int(m.OthersDelay.Seconds()))}
	up := func(s state.Status) string { return map[bool]string{true: "1", false: "0"}[s == state.Up] }
	active := func(name string, oper state.Status) string {
		if b := s.BridgePort(name); b != nil && oper == state.Up && !b.Active.Empty() {
			return b.Active.String()
		}
		return "-"
	}
	put(o, "peerlink", []object{{"peer-link-id": "1", "peerlink-ifindex": short(m.PeerLink), "peer-link-port-state": up(m.PeerLinkOper),
		"peer-up-vlan-bitset": active(m.PeerLink, m.PeerLinkOper)}})
	var rows []object
	for _, p := range m.Ports {
		rows = append(rows, object{"vpc-id": p.ID, "vpc-ifindex": short(p.Local), "vpc-port-state": up(p.LocalOper),
			"vpc-thru-peerlink": map[bool]string{true: "1", false: "0"}[p.LocalOper != state.Up && p.PeerOper == state.Up],
			"vpc-consistency":   global, "vpc-consistency-status": "SUCCESS", "up-vlan-bitset": active(p.Local, p.LocalOper)})
	}
	o["num-of-vpcs"] = fmt.Sprint(len(rows))
	return put(o, "vpc", rows)
}

var roles = map[state.MLAGRole]string{state.Primary: "primary", state.Secondary: "secondary"}

func alive(m *model.MLAG) string {
	switch m.Keepalive {
	case state.Up:
		return "peer-alive"
	case state.Down:
		return "peer-not-reachable"
	}
	return "disabled"
}

// orphans lists the ports that are up and in no vPC, by the VLANs that they have in common with the peer-link.
func orphans(s *model.Switch) object {
	var rows []object
	for _, v := range s.VLANs {
		var names []string
		for i := range s.Bridge {
			if b := &s.Bridge[i]; isOrphan(s, b) && b.Active.Has(v.ID) {
				names = append(names, short(b.Interface))
			}
		}
		if link := s.BridgePort(s.MLAG.PeerLink); link != nil && link.Active.Has(v.ID) && len(names) > 0 {
			rows = append(rows, object{"vpc-vlan": fmt.Sprint(v.ID), "vpc-orphan-ports": strings.Join(names, ", ")})
		}
	}
	return put(object{}, "orphan_ports", rows)
}

func isOrphan(s *model.Switch, b *model.BridgePort) bool {
	l := s.LAG(b.Interface)
	return b.Oper == state.Up && !b.PeerLink && (l == nil || l.MLAGID == "")
}

func vpcRole(s *model.Switch) object {
	m := &s.MLAG
	return object{"vpc-peer-status": "peer-ok", "vpc-current-role": roles[m.Role], "dual-active-detected": 0, "vpc-system-mac": m.SystemMAC.String(),
		"vpc-system-prio": s.Priority, "vpc-local-system-mac": s.MAC.String(), "vpc-local-role-prio": 32667, "vpc-peer-system-mac": m.PeerMAC.String(),
		"vpc-peer-role-prio": 32667}
}

func keepalive(s *model.Switch) object {
	m := &s.MLAG
	o := object{"vpc-peer-keepalive-status": alive(m)}
	if m.Keepalive != 0 {
		o["vpc-keepalive-dest"], o["vpc-keepalive-send-interface"], o["vpc-keepalive-receive-interface"], o["vpc-keepalive-vrf"] = m.PeerAddress.String(), "mgmt0", "mgmt0", "management"
	}
	return o
}

const consistencyHead = `
    Legend:
        Type 1 : vPC will be suspended in case of mismatch

Name                        Type  Local Value            Peer Value             
-------------               ----  ---------------------- -----------------------
`

func consistency(s *model.Switch, b *bytes.Buffer) {
	b.WriteString(consistencyHead)
	row := func(name string, kind any, local, peer string) {
		fmt.Fprintf(b, "%-28s%-6v%-23s%-23s\n", name, kind, local, peer)
	}
	row("STP Bridge Assurance", 1, "Enabled", "Enabled")
	for _, d := range s.MLAG.Differences {
		if d.Where == "global" {
			row(d.Parameter, 1, d.Local, d.Peer)
		}
	}
	row("Local suspended VLANs", "-", "-", "-")
}
