package cisco_iosxe

import (
	"bytes"
	"fmt"
	"strings"

	"uplinkcheck/drivers/state"
	"uplinkcheck/testbed/model"
)

// vlans lists access ports only: trunks that are up carry a VLAN all the same.
func vlans(s *model.Switch, b *bytes.Buffer) {
	b.WriteString("\nVLAN Name                             Status    Ports\n---- -------------------------------- --------- -------------------------------\n")
	for _, v := range s.VLANs {
		status := "active"
		if !v.Active {
			status = "suspended"
		}
		var ports []string
		for _, p := range s.Bridge {
			if p.Mode == state.Access && p.Native == v.ID {
				ports = append(ports, short(p.Interface))
			}
		}
		fmt.Fprintf(b, "%-4d %-32s %-9s %s\n", v.ID, v.Name, status, strings.Join(ports[:min(4, len(ports))], ", "))
		for i := 4; i < len(ports); i += 4 {
			fmt.Fprintf(b, "%48s%s\n", "", strings.Join(ports[i:min(i+4, len(ports))], ", "))
		}
	}
	for i, name := range []string{"fddi-default", "token-ring-default", "fddinet-default", "trnet-default"} {
		fmt.Fprintf(b, "%-4d %-32s act/unsup \n", 1002+i, name)
	}
	b.WriteString("\nVLAN Type  SAID       MTU   Parent RingNo BridgeNo Stp  BrdgMode Trans1 Trans2\n---- ----- ---------- ----- ------ ------ -------- ---- -------- ------ ------\n")
	for _, v := range s.VLANs {
		fmt.Fprintf(b, "%-4d enet  %-10d 1500  -      -      -        -    -        0      0   \n", v.ID, 100000+int(v.ID))
	}
	b.WriteString("\nRemote SPAN VLANs\n------------------------------------------------------------------------------\n\n\n")
	b.WriteString("Primary Secondary Type              Ports\n------- --------- ----------------- ------------------------------------------\n\n")
}

func vtp(s *model.Switch, b *bytes.Buffer) {
	fmt.Fprintf(b, "VTP Version capable             : 1 to 3\nVTP version running             : 1\nVTP Domain Name                 : \nVTP Pruning Mode                : Disabled\n")
	fmt.Fprintf(b, "VTP Traps Generation            : Disabled\nDevice ID                       : %s\n\nFeature VLAN:\n--------------\n", dotted(s.MAC))
	fmt.Fprintf(b, "VTP Operating Mode                : Transparent\nMaximum VLANs supported locally   : 1005\nNumber of existing VLANs          : %d\nConfiguration Revision            : 0\n", len(s.VLANs)+4)
}

// vlanName is a VLAN as it stands behind a label: one that does not exist is inactive.
func vlanName(s *model.Switch, id state.VID) string {
	if v := s.VLAN(id); v != nil {
		return fmt.Sprintf("%d (%s)", id, v.Name)
	}
	return fmt.Sprintf("%d (Inactive)", id)
}

// vlanList is a list as it stands behind a label, broken after a comma.
func vlanList(set state.VIDSet, width int) string {
	switch set {
	case state.AllVIDs:
		return "ALL"
	case state.VIDSet{}:
		return "NONE"
	}
	var lines []string
	line := ""
	for i, run := range strings.Split(set.String(), ",") {
		if i > 0 {
			line += ","
		}
		if len(line)+len(run) > width {
			lines, line = append(lines, line), ""
		}
		line += run
	}
	return strings.Join(append(lines, line), "\n     ")
}

// switchports lists every port and LAG; a member of a LAG has the LAG's settings, and says whose it is.
func switchports(s *model.Switch, b *bytes.Buffer) {
	for i := range s.Ports {
		p := &s.Ports[i]
		if own := s.BridgePort(p.Name); own != nil {
			switchport(s, own, p.Name, "", b)
			continue
		}
		l := s.LAG(p.LAG)
		of := s.BridgePort(p.LAG)
		if l == nil || of == nil {
			continue
		}
		word := "suspended member of bundle "
		if m := l.Port(p.Name); m.Selected == state.Selected && l.Oper == state.Up {
			word = "member of bundle "
		}
		switchport(s, of, p.Name, " ("+word+short(l.Name)+")", b)
	}
	for i := range s.LAGs {
		if own := s.BridgePort(s.LAGs[i].Name); own != nil {
			switchport(s, own, own.Interface, "", b)
		}
	}
}

func switchport(s *model.Switch, p *model.BridgePort, name, bundle string, b *bytes.Buffer) {
	mode, access, native, allowed := "trunk", state.VID(1), p.Native, p.Allowed
	if p.Mode == state.Access {
		mode, access, native, allowed = "static access", p.Native, 1, state.AllVIDs
	}
	oper := mode
	if p.Oper != state.Up || strings.Contains(bundle, "suspended") {
		oper = "down"
	}
	fmt.Fprintf(b, "Name: %s\nSwitchport: Enabled\nAdministrative Mode: %s\nOperational Mode: %s%s\nAdministrative Trunking Encapsulation: dot1q\n", short(name), mode, oper, bundle)
	fmt.Fprintf(b, "Negotiation of Trunking: Off\nAccess Mode VLAN: %s\nTrunking Native Mode VLAN: %s\nAdministrative Native VLAN tagging: enabled\nVoice VLAN: none\n", vlanName(s, access), vlanName(s, native))
	b.WriteString("Administrative private-vlan host-association: none \nAdministrative private-vlan mapping: none \nOperational private-vlan: none\n")
	fmt.Fprintf(b, "Trunking VLANs Enabled: %s\nPruning VLANs Enabled: 2-1001\nCapture Mode Disabled\nCapture VLANs Allowed: ALL\n\n", vlanList(allowed, 50))
	b.WriteString("Protected: false\nUnknown unicast blocked: disabled\nUnknown multicast blocked: disabled\nAppliance trust: none\n\n")
}

// trunks prints four tables of the trunks that are up.
func trunks(s *model.Switch, b *bytes.Buffer) {
	var up []*model.BridgePort
	for i := range s.Bridge {
		if p := &s.Bridge[i]; p.Mode == state.Trunk && p.Oper == state.Up {
			up = append(up, p)
		}
	}
	table := func(title string, cell func(p *model.BridgePort) string) {
		fmt.Fprintf(b, "\nPort           %s\n", title)
		for _, p := range up {
			fmt.Fprintf(b, "%-14s %s\n", short(p.Interface), cell(p))
		}
	}
	list := func(set state.VIDSet) string {
		switch set {
		case state.AllVIDs:
			return "1-4094"
		case state.VIDSet{}:
			return "none"
		}
		return vlanList(set, 60)
	}
	if len(up) == 0 {
		b.WriteString("\n")
		return
	}
	table("Mode             Encapsulation  Status        Native vlan", func(p *model.BridgePort) string {
		return fmt.Sprintf("on               802.1q         trunking      %d", p.Native)
	})
	table("Vlans allowed on trunk", func(p *model.BridgePort) string { return list(p.Allowed) })
	table("Vlans allowed and active in management domain", func(p *model.BridgePort) string { return list(p.Active) })
	table("Vlans in spanning tree forwarding state and not pruned", func(p *model.BridgePort) string { return list(p.Active.Minus(blocked(s, p.Interface))) })
}

func blocked(s *model.Switch, name string) state.VIDSet {
	for _, x := range s.Blocked {
		if x.Interface == name {
			return x.VIDs
		}
	}
	return state.VIDSet{}
}

func mst(_ *model.Switch, b *bytes.Buffer) {
	b.WriteString("Name      []\nRevision  0     Instances configured 1\n\nInstance  Vlans mapped\n")
	b.WriteString("--------  ---------------------------------------------------------------------\n0         1-4094\n")
	b.WriteString("-------------------------------------------------------------------------------\n")
}

// spanningTree prints rapid per-VLAN spanning tree: an instance for each VLAN that a port carries.
func spanningTree(s *model.Switch, b *bytes.Buffer) {
	for _, v := range s.VLANs {
		var rows strings.Builder
		for i := range s.Bridge {
			p := &s.Bridge[i]
			if p.Oper != state.Up || !p.Active.Has(v.ID) {
				continue
			}
			role := "Desg FWD "
			if blocked(s, p.Interface).Has(v.ID) {
				role = "Altn BLK "
			}
			fmt.Fprintf(&rows, "%-19s %s%-9d %-8s P2p \n", short(p.Interface), role, 2000, fmt.Sprintf("128.%d", i+1))
		}
		if rows.Len() == 0 {
			continue
		}
		fmt.Fprintf(b, "\nVLAN%04d\n  Spanning tree enabled protocol rstp\n  Root ID    Priority    %d\n             Address     %s\n             This bridge is the root\n", v.ID, 32768+int(v.ID), dotted(s.MAC))
		b.WriteString("             Hello Time   2 sec  Max Age 20 sec  Forward Delay 15 sec\n\n")
		fmt.Fprintf(b, "  Bridge ID  Priority    %d  (priority 32768 sys-id-ext %d)\n             Address     %s\n", 32768+int(v.ID), v.ID, dotted(s.MAC))
		b.WriteString("             Hello Time   2 sec  Max Age 20 sec  Forward Delay 15 sec\n             Aging Time  300 sec\n\n")
		b.WriteString("Interface           Role Sts Cost      Prio.Nbr Type\n------------------- ---- --- --------- -------- --------------------------------\n" + rows.String() + "\n\n")
	}
}

var entryWords = map[state.MACKind]string{state.Dynamic: "DYNAMIC", state.StaticMAC: "STATIC", state.OwnMAC: "STATIC"}

func macTable(s *model.Switch, b *bytes.Buffer) {
	b.WriteString("          Mac Address Table\n-------------------------------------------\n\nVlan    Mac Address       Type        Ports\n----    -----------       --------    -----\n")
	b.WriteString(" All    0100.0ccc.cccc    STATIC      CPU\n All    ffff.ffff.ffff    STATIC      CPU\n")
	for _, m := range s.MACs {
		fmt.Fprintf(b, "%4d    %s    %-11s %s\n", m.VID, dotted(m.MAC), entryWords[m.Kind], short(m.Interface))
	}
	fmt.Fprintf(b, "Total Mac Addresses for this criterion: %d\n", len(s.MACs)+2)
}

func ipInterface(s *model.Switch, b *bytes.Buffer) {
	for _, v := range s.SVIs {
		status := "up"
		if v.Shut {
			status = "administratively down"
		}
		fmt.Fprintf(b, "%s is %s, line protocol is %s\n", v.Interface, status, upDown(v.Oper))
		if len(v.Addresses) == 0 {
			b.WriteString("  Internet protocol processing disabled\n")
			continue
		}
		filter := "not set"
		if v.Filter != "" {
			filter = v.Filter
		}
		for i, a := range v.Addresses {
			if i == 0 {
				fmt.Fprintf(b, "  Internet address is %s\n  Broadcast address is 255.255.255.255\n  Address determined by setup command\n  MTU is 1500 bytes\n", a)
				b.WriteString("  Helper address is not set\n  Directed broadcast forwarding is disabled\n")
				continue
			}
			fmt.Fprintf(b, "  Secondary address %s\n", a)
		}
		fmt.Fprintf(b, "  Outgoing Common access list is not set \n  Outgoing access list is not set\n  Inbound Common access list is not set \n  Inbound  access list is %s\n", filter)
		b.WriteString("  Proxy ARP is enabled\n  Local Proxy ARP is disabled\n  Security level is default\n  Split horizon is enabled\n  IP fast switching is enabled\n  IP CEF switching is enabled\n")
		if v.VRF != "" {
			fmt.Fprintf(b, "  VPN Routing/Forwarding %q\n", v.VRF)
		}
		b.WriteString("  IP multicast fast switching is enabled\n  IP route-cache flags are Fast, CEF\n  Router Discovery is disabled\n  IP output packet accounting is disabled\n")
	}
	for _, p := range s.Ports {
		status := upDown(p.Oper)
		if p.Admin == state.Down {
			status = "administratively down"
		}
		fmt.Fprintf(b, "%s is %s, line protocol is %s\n  Inbound  access list is not set\n", p.Name, status, upDown(p.Oper))
	}
}

func routes(s *model.Switch, b *bytes.Buffer) {
	b.WriteString("Codes: L - local, C - connected, S - static, R - RIP, M - mobile, B - BGP\n       D - EIGRP, EX - EIGRP external, O - OSPF, IA - OSPF inter area \n\nGateway of last resort is not set\n\n")
	for _, v := range s.SVIs {
		for _, a := range v.Addresses {
			if v.VRF == "" && v.Oper == state.Up {
				fmt.Fprintf(b, "C        %s is directly connected, %s\n", a.Masked(), v.Interface)
			}
		}
	}
}

func sixBrief(s *model.Switch, b *bytes.Buffer) {
	for _, v := range s.SVIs {
		status := "up"
		if v.Shut {
			status = "administratively down"
		}
		fmt.Fprintf(b, "%-22s [%s/%s]\n    unassigned\n", v.Interface, status, upDown(v.Oper))
	}
	b.WriteString("GigabitEthernet0/0     [up/up]\n    unassigned\n")
}

func vrfs(s *model.Switch, b *bytes.Buffer) {
	b.WriteString("  Name                             Default RD            Protocols   Interfaces\n")
	row := func(name string, in []string) {
		first := ""
		if len(in) > 0 {
			first = short(in[0])
		}
		fmt.Fprintf(b, "  %-32s %-21s %-11s %s\n", name, "<not set>", "ipv4,ipv6", first)
		for _, i := range in[min(1, len(in)):] {
			fmt.Fprintf(b, "%69s%s\n", "", short(i))
		}
	}
	row("Mgmt-vrf", []string{"GigabitEthernet0/0"})
	for _, v := range s.VRFs {
		row(v.Name, v.Interfaces)
	}
}

// identifier is an identifier of LLDP as IOS prints it, without its subtype: names of ports are shortened.
func identifier(id state.Identifier) string {
	if m, ok := id.MAC(); ok {
		return dotted(m)
	}
	return short(id.ID)
}

const capabilities = `
Capability codes:
    (R) Router, (B) Bridge, (T) Telephone, (C) DOCSIS Cable Device
    (W) WLAN Access Point, (P) Repeater, (S) Station, (O) Other

`

func lldpTable(s *model.Switch, b *bytes.Buffer) {
	b.WriteString(capabilities + "Device ID           Local Intf     Hold-time  Capability      Port ID\n")
	for _, n := range s.Neighbours {
		capability := ""
		if n.Bridge {
			capability = "B"
		}
		fmt.Fprintf(b, "%-20.20s%-15s%-11d%-16s%s\n", n.SystemName, short(n.Port), n.TTL, capability, identifier(n.PortID))
	}
	fmt.Fprintf(b, "\nTotal entries displayed: %d\n\n", len(s.Neighbours))
}

func lldp(s *model.Switch, b *bytes.Buffer) {
	sent := func(label, value string) {
		if value == "" {
			fmt.Fprintf(b, "%s - not advertised\n", label)
			return
		}
		fmt.Fprintf(b, "%s: %s\n", label, value)
	}
	for _, n := range s.Neighbours {
		b.WriteString("------------------------------------------------\n")
		fmt.Fprintf(b, "Local Intf: %s\nLocal Intf service instance: -\nChassis id: %s\nPort id: %s\n", short(n.Port), identifier(n.ChassisID), identifier(n.PortID))
		sent("Port Description", n.PortDescription)
		sent("System Name", n.SystemName)
		fmt.Fprintf(b, "\nSystem Description: \n%s\n\nTime remaining: %d seconds\n", n.SystemDesc, n.TTL-7)
		capability := ""
		if n.Bridge {
			capability = "B"
		}
		sent("System Capabilities", capability)
		sent("Enabled Capabilities", capability)
		if n.Address.IsValid() {
			fmt.Fprintf(b, "Management Addresses:\n    IP: %s\n", n.Address)
		} else {
			b.WriteString("Management Addresses - not advertised\n")
		}
		b.WriteString("Auto Negotiation - not supported\nPhysical media capabilities - not advertised\nMedia Attachment Unit type - not advertised\n")
		if n.PVID == 0 {
			b.WriteString("Vlan ID: - not advertised\n\n")
		} else {
			fmt.Fprintf(b, "Vlan ID: %d\n\n", n.PVID)
		}
	}
	fmt.Fprintf(b, "\nTotal entries displayed: %d\n\n", len(s.Neighbours))
}
