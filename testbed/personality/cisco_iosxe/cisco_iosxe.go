// Package cisco_iosxe words a simulated switch as a Catalyst with IOS-XE does: text, in a prompt session.
package cisco_iosxe

import (
	"bytes"
	"fmt"
	"strings"

	"uplinkcheck/drivers/state"
	"uplinkcheck/testbed/model"
)

// Personality renders Cisco IOS-XE.
var Personality = model.Personality{Platform: "cisco_iosxe", Switch: render}

// answers are the lines that are understood, and what they print.
var answers = map[string]func(s *model.Switch, b *bytes.Buffer){
	"show version":                         version,
	"show switch detail":                   stack,
	"show interfaces":                      interfaces,
	"show interfaces status":               statuses,
	"show etherchannel summary":            summary,
	"show etherchannel detail":             detail,
	"show lacp neighbor detail":            lacpNeighbor,
	"show lacp internal":                   lacpInternal,
	"show lacp sys-id":                     systemID,
	"show lacp counters":                   lacpCounters,
	"show vlan":                            vlans,
	"show vlan dot1q tag native":           func(_ *model.Switch, b *bytes.Buffer) { b.WriteString("dot1q native vlan tagging is disabled\n") },
	"show vtp status":                      vtp,
	"show interfaces switchport":           switchports,
	"show interfaces trunk":                trunks,
	"show lldp neighbors":                  lldpTable,
	"show lldp neighbors detail":           lldp,
	"show spanning-tree":                   spanningTree,
	"show spanning-tree mst configuration": mst,
	"show mac address-table":               macTable,
	"show ip interface":                    ipInterface,
	"show ip route connected":              routes,
	"show ipv6 interface brief":            sixBrief,
	"show vrf":                             vrfs,
	"show inventory":                       inventory,
}

// others are lines of the driver that a stack of this release refuses: of other kinds of pairs, and names of older releases.
var others = []string{
	"show switch", "show chassis", "show switch virtual", "show redundancy", "show stackwise-virtual", "show stackwise-virtual neighbors", "show stackwise-virtual link",
	"show stackwise-virtual dual-active-detection", "show redundancy interchassis", "show interfaces description", "show etherchannel port-channel",
	"show etherchannel protocol", "show lacp neighbor", "show pagp internal", "show pagp neighbor", "show vlan brief", "show vlan all-ports", "show vlans",
	"show lldp entry *", "show cdp neighbors", "show spanning-tree detail", "show spanning-tree mst detail", "show spanning-tree blockedports",
	"show spanning-tree summary", "show mac-address-table", "show mac address-table dynamic", "show ip interface brief", "show vrf detail", "show ip vrf detail",
	"show ip vrf", "show ip vrf interfaces", "show module",
}

func render(s *model.Switch, command string) ([]byte, bool) {
	var b bytes.Buffer
	if answer := answers[command]; answer != nil {
		answer(s, &b)
		return b.Bytes(), true
	}
	if command == "show cdp neighbors detail" {
		return []byte("% CDP is not enabled\n"), true
	}
	known := false
	for _, o := range others {
		known = known || o == command
	}
	return []byte("                      ^\n% Invalid input detected at '^' marker.\n\n"), known
}

// dotted is a MAC address as IOS prints it: 0011.2233.4455.
func dotted(m state.MAC) string {
	text := strings.ReplaceAll(m.String(), ":", "")
	return text[:4] + "." + text[4:8] + "." + text[8:]
}

// short is the short form of a port's name.
func short(name string) string {
	for _, n := range [][2]string{{"TenGigabitEthernet", "Te"}, {"GigabitEthernet", "Gi"}, {"Port-channel", "Po"}, {"Vlan", "Vl"}} {
		if rest, ok := strings.CutPrefix(name, n[0]); ok {
			return n[1] + rest
		}
	}
	return name
}

// members are the chassis; a switch on its own is the first of a stack of one.
func members(s *model.Switch) []model.Member {
	if len(s.Members) > 0 {
		return s.Members
	}
	return []model.Member{{ID: "1", Serial: s.Serial, Model: s.Model, MAC: s.MAC, Role: state.RoleActive, Up: true}}
}

// version prints the numbers of the member that answers, then those of each other one under its number.
func version(s *model.Switch, b *bytes.Buffer) {
	all := members(s)
	fmt.Fprintf(b, "Cisco IOS XE Software, Version %s\n", s.Version)
	fmt.Fprintf(b, "Cisco IOS Software [Cupertino], Catalyst L3 Switch Software (CAT9K_IOSXE), Version 17.9.4, RELEASE SOFTWARE (fc2)\n")
	b.WriteString("Technical Support: http://www.cisco.com/techsupport\nCopyright (c) 1986-2023 by Cisco Systems, Inc.\nCompiled Wed 26-Jul-23 02:31 by mcpre\n\n\n")
	fmt.Fprintf(b, "ROM: IOS-XE ROMMON\nBOOTLDR: System Bootstrap, Version 17.9.1r, RELEASE SOFTWARE (P)\n\n%s uptime is 5 weeks, 5 days, 2 hours, 11 minutes\n", s.Hostname)
	b.WriteString("Uptime for this control processor is 5 weeks, 5 days, 2 hours, 13 minutes\nSystem returned to ROM by Reload Command\n")
	b.WriteString("System image file is \"flash:packages.conf\"\nLast reload reason: Reload Command\n\n\n")
	fmt.Fprintf(b, "cisco %s (X86) processor with 1331521K/6147K bytes of memory.\nProcessor board ID %s\n", s.Model, all[0].Serial)
	b.WriteString("4 Virtual Ethernet interfaces\n2048K bytes of non-volatile configuration memory.\n8388608K bytes of physical memory.\n\n")
	numbers(b, &all[0], s.MAC)
	b.WriteString("\nSwitch Ports Model              SW Version        SW Image              Mode   \n------ ----- -----              ----------        ----------            ----   \n")
	for i, m := range all {
		if m.Up {
			fmt.Fprintf(b, "%s %4s %-5d %-18s %-17s %-21s %s\n", map[bool]string{true: "*", false: " "}[i == 0], m.ID, 38, m.Model, s.Version, "CAT9K_IOSXE", "INSTALL")
		}
	}
	b.WriteString("\n\n")
	for i := range all[1:] {
		if m := &all[i+1]; m.Up {
			fmt.Fprintf(b, "Switch %02s\n---------\nSwitch uptime                      : 5 weeks, 5 days, 2 hours, 13 minutes \n\n", m.ID)
			numbers(b, m, m.MAC)
			b.WriteString("Last reload reason                 : Reload Command\n\n")
		}
	}
	b.WriteString("Configuration register is 0x102\n\n")
}

func numbers(b *bytes.Buffer, m *model.Member, mac state.MAC) {
	fmt.Fprintf(b, "Base Ethernet MAC Address          : %s\nMotherboard Assembly Number        : 73-20225-03\nMotherboard Serial Number          : %s\n", mac, m.Serial)
	fmt.Fprintf(b, "Model Revision Number              : A0\nMotherboard Revision Number        : A0\nModel Number                       : %s\nSystem Serial Number               : %s\n", m.Model, m.Serial)
}

var roles = map[state.MemberRole]string{state.RoleActive: "Active", state.RoleStandby: "Standby", state.RoleMember: "Member"}

// stack prints the members, then their stack ports with the member at the other end of each cable.
func stack(s *model.Switch, b *bytes.Buffer) {
	all := members(s)
	fmt.Fprintf(b, "Switch/Stack Mac Address : %s - Local Mac Address\nMac persistency wait time: Indefinite\n", dotted(s.MAC))
	b.WriteString("                                             H/W   Current\nSwitch#   Role    Mac Address     Priority Version  State \n")
	b.WriteString("-------------------------------------------------------------------------------------\n")
	for i, m := range all {
		mark, status, mac := " ", "Ready", m.MAC
		if i == 0 {
			mark, mac = "*", s.MAC
		}
		if !m.Up {
			status, mac = "Removed", state.MAC{}
		}
		fmt.Fprintf(b, "%s%-8s %-8s %s     %-6d %-7s %-20s\n", mark, m.ID, roles[m.Role], dotted(mac), 15-i, "V02", status)
	}
	b.WriteString("\n\n\n         Stack Port Status             Neighbors     \nSwitch#  Port 1     Port 2           Port 1   Port 2 \n")
	b.WriteString("--------------------------------------------------------\n")
	for _, m := range all {
		status, to := [2]string{"DOWN", "DOWN"}, [2]string{"None", "None"}
		for i := range min(2, len(m.Cables)) {
			status[i], to[i] = "OK", m.Cables[i]
		}
		if m.Up {
			fmt.Fprintf(b, "  %s       %4s       %4s             %4s     %4s \n", m.ID, status[0], status[1], to[0], to[1])
		}
	}
	b.WriteString("\n")
}

func inventory(s *model.Switch, b *bytes.Buffer) {
	all := members(s)
	entry := func(name, descr, pid, serial string) {
		fmt.Fprintf(b, "NAME: %q, DESCR: %q\nPID: %-18s, VID: V02  , SN: %s\n\n", name, descr, pid, serial)
	}
	entry("c93xx Stack", "c93xx Stack", all[0].Model, all[0].Serial)
	for _, m := range all {
		entry("Switch "+m.ID, m.Model, m.Model, m.Serial)
	}
}
