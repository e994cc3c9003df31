// Package aruba_aoscx words a simulated switch as Aruba AOS-CX does, in text: switches of a series that pairs up (VSX) and does not stack.
package aruba_aoscx

import (
	"bytes"
	"fmt"
	"strconv"
	"strings"

	"uplinkcheck/drivers/state"
	"uplinkcheck/testbed/model"
)

// Personality renders Aruba AOS-CX.
var Personality = model.Personality{Platform: "aruba_aoscx", Switch: render}

// answers are the lines that are understood, and what they print.
var answers = map[string]func(s *model.Switch, b *bytes.Buffer){
	"show system":                        system,
	"show version":                       version,
	"show module":                        modules,
	"show interface":                     interfaces,
	"show interface brief":               brief,
	"show interface mgmt":                management,
	"show lacp aggregates":               aggregates,
	"show lacp interfaces":               lacp,
	"show lacp interfaces multi-chassis": multiChassis,
	"show vlan":                          vlans,
	"show vlan summary":                  vlanCount,
	"show lldp neighbor-info detail":     lldp,
	"show lldp neighbor-info":            lldpBrief,
	"show mac-address-table":             addresses,
	"show spanning-tree":                 spanningTree,
	"show vrf":                           vrfs,
	"show vsx brief":                     vsxBrief,
	"show vsx status":                    vsxStatus,
	"show vsx configuration keepalive":   vsxKeepalive,
	"show vsx status linkup-delay":       vsxDelay,
	"show vsx config-consistency":        vsxDifferences,
}

// others are lines of what these switches do not have, or not in the mode in which they run: of several chassis under one control plane, and
// of spanning tree by instance.
var others = map[string]string{"show vsf detail": "vsf", "show spanning-tree mst": "mst"}

func render(s *model.Switch, command string) ([]byte, bool) {
	if word := others[command]; word != "" {
		return []byte("Invalid input: " + word + "\n"), true
	}
	if strings.HasPrefix(command, "show vsx ") && s.MLAG.Protocol != state.PeerLinkMLAG {
		return []byte("VSX is not configured\n"), true
	}
	answer := answers[command]
	if answer == nil {
		return []byte("Invalid input: " + command[strings.LastIndex(command, " ")+1:] + "\n"), false
	}
	var b bytes.Buffer
	answer(s, &b)
	return b.Bytes(), true
}

func system(s *model.Switch, b *bytes.Buffer) {
	mac := strings.ReplaceAll(s.MAC.String(), ":", "")
	fmt.Fprintf(b, "Hostname           : %s\nSystem Description : %s\nSystem Contact     :\nSystem Location    :\n\n", s.Hostname, s.Version)
	fmt.Fprintf(b, "Vendor             : Aruba\nProduct Name       : %s\nChassis Serial Nbr : %s\n", s.Model, s.Serial)
	fmt.Fprintf(b, "Base MAC Address   : %s-%s\nArubaOS-CX Version : %s\n\nTime Zone          : UTC\n\n", mac[:6], mac[6:], s.Version)
	up := s.Now.Sub(s.Booted)
	fmt.Fprintf(b, "Up Time            : %d weeks, %d days, %d hours, %d minutes\nCPU Util (%%)       : 3\nMemory Usage (%%)   : 21\n",
		int(up.Hours())/168, int(up.Hours())/24%7, int(up.Hours())%24, int(up.Minutes())%60)
}

const rule = "-----------------------------------------------------------------------------"

func version(s *model.Switch, b *bytes.Buffer) {
	fmt.Fprintf(b, "%s\nArubaOS-CX\n(c) Copyright 2017-2024 Hewlett Packard Enterprise Development LP\n%s\n", rule, rule)
	fmt.Fprintf(b, "Version      : %s\nBuild Date   : 2024-03-01 00:59:04 UTC\nBuild ID     : ArubaOS-CX:%s:0123456789ab:202403010039\n", s.Version, s.Version)
	b.WriteString("Build SHA    : 0123456789abcdef0123456789abcdef01234567\nActive Image : primary\n\nService OS Version : GL.01.14.0002\nBIOS Version       : GL-01-0013\n")
}

func modules(s *model.Switch, b *bytes.Buffer) {
	number, description, _ := strings.Cut(s.Model, " ")
	head := func(title string) {
		fmt.Fprintf(b, "%s\n%s\n\n     Product                                        Serial\n", title, strings.Repeat("=", len(title)))
		b.WriteString("Name Number  Description                            Number     Status\n")
		b.WriteString("---- ------- -------------------------------------- ---------- ----------------\n")
	}
	head("Management Modules")
	fmt.Fprintf(b, "1/1  %-7s %-38s %-10s Active (local)\n\n\n", number, description, s.Serial)
	head("Line Modules")
	fmt.Fprintf(b, "1/1  %-7s %-38s %-10s Ready\n", number, description, s.Serial)
}

func word(s state.Status) string {
	if s == state.Up {
		return "up"
	}
	return "down"
}

// clock is a moment as AOS-CX prints it, and how long ago it was.
func ago(s *model.Switch, p *model.Port) string {
	days := int(s.Now.Sub(p.Changed).Hours() / 24)
	unit := "days"
	if days >= 60 {
		days, unit = days/30, "months"
	}
	return fmt.Sprintf("%d %s (since %s)", days, unit, p.Changed.UTC().Format("Mon Jan 02 15:04:05 MST 2006"))
}

// reasons are what "State information" says of a port that is down.
var reasons = map[model.DownReason]string{
	model.NoLink: "Waiting for link", model.AdminDown: "Administratively down", model.ErrDisabled: "Disabled by port-access security",
}

func interfaces(s *model.Switch, b *bytes.Buffer) {
	for i := range s.Ports {
		port(s, &s.Ports[i], b)
	}
	for i := range s.SVIs {
		svi(s, &s.SVIs[i], b)
	}
	for i := range s.LAGs {
		aggregate(s, &s.LAGs[i], b)
	}
}

func port(s *model.Switch, p *model.Port, b *bytes.Buffer) {
	fmt.Fprintf(b, "\nInterface %s is %s\n Admin state is %s\n", p.Name, word(p.Oper), word(p.Admin))
	speed := p.Speed / 1_000_000
	if p.Oper != state.Up {
		fmt.Fprintf(b, " State information: %s\n", reasons[p.Reason])
		speed = 0
	}
	fmt.Fprintf(b, " Link state: %s for %s\n Link transitions: %d\n Description: %s\n Persona:\n", word(p.Oper), ago(s, p), p.Changes, p.Description)
	fmt.Fprintf(b, " Hardware: Ethernet, MAC Address: %s\n MTU %d\n Type SFP+SR\n Full-duplex\n qos trust none\n", p.MAC, p.MTU)
	fmt.Fprintf(b, " Speed %d Mb/s\n Auto-negotiation is off\n Flow-control: off\n Error-control: off\n", speed)
	settings(s, p.Name, b)
	b.WriteString(" Rate collection interval: 300 seconds\n\n")
	b.WriteString(" Rate                               RX                   TX        Total (RX+TX)\n")
	b.WriteString(" ---------------- -------------------- -------------------- --------------------\n")
	for _, what := range []string{"Mbits / sec", "KPkts / sec", "  Unicast", "  Multicast", "  Broadcast", "Utilization"} {
		fmt.Fprintf(b, " %-16s %20.2f %20.2f %20.2f\n", what, 0.0, 0.0, 0.0)
	}
}

// settings prints what a port does with VLANs; a member of a LAG says nothing of that.
func settings(s *model.Switch, name string, b *bytes.Buffer) {
	p := s.BridgePort(name)
	switch {
	case p == nil:
	case p.Mode == state.Access:
		fmt.Fprintf(b, " VLAN Mode: access\n Access VLAN: %d\n", p.Native)
	default:
		list := p.Allowed.String()
		if p.Allowed == state.AllVIDs {
			list = "all"
		}
		fmt.Fprintf(b, " VLAN Mode: native-untagged\n Native VLAN: %d\n Allowed VLAN List: %s\n", p.Native, list)
	}
}

func svi(s *model.Switch, v *model.SVI, b *bytes.Buffer) {
	admin := state.Up
	if v.Shut {
		admin = state.Down
	}
	fmt.Fprintf(b, "\nInterface %s is %s\n Admin state is %s\n Description:\n Hardware: Ethernet, MAC Address: %s\n", v.Interface, word(v.Oper), word(admin), s.MAC)
	for i, a := range v.Addresses {
		family, secondary := "IPv4", ""
		if a.Addr().Is6() {
			family = "IPv6"
		}
		if i > 0 && a.Addr().Is4() {
			secondary = " secondary"
		}
		fmt.Fprintf(b, " %s address %s%s\n", family, a, secondary)
	}
	b.WriteString(" L3 Counters: Rx Disabled, Tx Disabled\n")
}

func mode(l *model.LAG) string {
	switch {
	case l.Protocol != state.LACP:
		return "off"
	case l.Active:
		return "active"
	}
	return "passive"
}

func members(l *model.LAG) string {
	var names []string
	for _, m := range l.Ports {
		names = append(names, m.Name)
	}
	return strings.Join(names, " ")
}

func aggregate(s *model.Switch, l *model.LAG, b *bytes.Buffer) {
	fmt.Fprintf(b, "\nAggregate %s is %s\n Admin state is %s\n Description : %s\n", l.Name, word(l.Oper), word(l.Admin), l.Description)
	fmt.Fprintf(b, " MAC Address                 : %s\n Aggregated-interfaces       : %s\n Aggregation-key             : %d\n", s.MAC, members(l), l.Number)
	fmt.Fprintf(b, " Aggregate mode              : %s\n Speed                       : %d Mb/s\n qos trust none\n", mode(l), l.Speed/1_000_000)
	settings(s, l.Name, b)
	b.WriteString(" L3 Counters: Rx Disabled, Tx Disabled\n\n Statistic                          RX                   TX                Total\n")
	b.WriteString(" ---------------- -------------------- -------------------- --------------------\n")
	for _, what := range []string{"Packets", "  Unicast", "  Multicast", "  Broadcast", "Bytes"} {
		fmt.Fprintf(b, " %-16s %20d %20d %20d\n", what, 0, 0, 0)
	}
}

func management(s *model.Switch, b *bytes.Buffer) {
	address := ""
	if s.Address.IsValid() {
		address = s.Address.String() + "/24"
	}
	for _, x := range []struct{ key, value string }{
		{"Address Mode", "static"}, {"Admin State", "up"}, {"Link State", "up"}, {"Mac Address", s.MAC.String()}, {"IPv4 address/subnet-mask", address},
		{"Default gateway IPv4", ""}, {"IPv6 address/prefix", ""}, {"IPv6 link local address/prefix", ""}, {"Default gateway IPv6", ""},
		{"Primary Nameserver", ""}, {"Secondary Nameserver", ""},
	} {
		b.WriteString(strings.TrimRight(fmt.Sprintf("  %-28s: %s", x.key, x.value), " ") + "\n")
	}
}

// brief prints a line for each port, LAG and interface of a VLAN.
func brief(s *model.Switch, b *bytes.Buffer) {
	b.WriteString(rule + "\nPort      Native  Mode   Type           Enabled Status  Reason                  Speed   Description\n")
	b.WriteString("          VLAN                                                                  (Mb/s)\n" + rule + "\n")
	row := func(name string, admin, oper state.Status, kind, reason string, speed uint64, description string) {
		native, mode, enabled, mbits := "--", "--", "yes", "--"
		if p := s.BridgePort(name); p != nil {
			native, mode = strconv.Itoa(int(p.Native)), "trunk"
			if p.Mode == state.Access {
				mode = "access"
			}
		}
		if admin != state.Up {
			enabled = "no"
		}
		if oper == state.Up && speed > 0 {
			mbits = fmt.Sprint(speed / 1_000_000)
		}
		if description == "" {
			description = "--"
		}
		fmt.Fprintf(b, "%-9s %-7s %-6s %-14s %-7s %-7s %-23s %-7s %s\n", name, native, mode, kind, enabled, word(oper), reason, mbits, description)
	}
	for i := range s.Ports {
		p := &s.Ports[i]
		row(p.Name, p.Admin, p.Oper, "SFP+SR", reasons[p.Reason], p.Speed, p.Description)
	}
	for i := range s.LAGs {
		l := &s.LAGs[i]
		row(l.Name, l.Admin, l.Oper, "--", "--", l.Speed, l.Description)
	}
	for _, v := range s.SVIs {
		row(v.Interface, state.Up, v.Oper, "--", "--", 0, "")
	}
}

func vrfs(s *model.Switch, b *bytes.Buffer) {
	b.WriteString("VRF Configuration:\n------------------\n")
	head := func(name string) {
		fmt.Fprintf(b, "VRF Name   : %s\n        Interfaces             Status\n        -----------------------------\n", name)
	}
	head("default")
	for _, v := range s.SVIs {
		if v.VRF == "" {
			fmt.Fprintf(b, "        %-24s %s\n", v.Interface, word(v.Oper))
		}
	}
	for _, vrf := range s.VRFs {
		b.WriteString("\n")
		head(vrf.Name)
		for _, v := range s.SVIs {
			if v.VRF == vrf.Name {
				fmt.Fprintf(b, "        %-24s %s\n", v.Interface, word(v.Oper))
			}
		}
	}
}

func lldp(s *model.Switch, b *bytes.Buffer) {
	fmt.Fprintf(b, "\nLLDP Neighbor Information\n=========================\n\nTotal Neighbor Entries          : %d\n", len(s.Neighbours))
	b.WriteString("Total Neighbor Entries Deleted  : 0\nTotal Neighbor Entries Dropped  : 0\nTotal Neighbor Entries Aged-Out : 0\n")
	const between = "\n--------------------------------------------------------------------------------\n\n"
	for _, n := range s.Neighbours {
		address, vlan, capable := "", "", ""
		if n.Address.IsValid() {
			address = n.Address.String()
		}
		if n.PVID != 0 {
			vlan = fmt.Sprint(n.PVID)
		}
		if n.Bridge {
			capable = "Bridge"
		}
		b.WriteString(between)
		for _, x := range []struct{ key, value string }{
			{"Port", n.Port}, {"Neighbor Entries", "1"}, {"Neighbor Entries Deleted", "0"}, {"Neighbor Entries Dropped", "0"}, {"Neighbor Entries Aged-Out", "0"},
			{"Neighbor Chassis-Name", n.SystemName}, {"Neighbor Chassis-Description", n.SystemDesc}, {"Neighbor Chassis-ID", n.ChassisID.ID},
			{"Neighbor Management-Address", address}, {"Chassis Capabilities Available", capable}, {"Chassis Capabilities Enabled", capable},
			{"Neighbor Port-ID", n.PortID.ID}, {"Neighbor Port-Desc", n.PortDescription}, {"Neighbor Port VLAN ID", vlan}, {"TTL", fmt.Sprint(n.TTL)},
		} {
			b.WriteString(strings.TrimRight(fmt.Sprintf("%-30s : %s", x.key, x.value), " ") + "\n")
		}
	}
}

func lldpBrief(s *model.Switch, b *bytes.Buffer) {
	fmt.Fprintf(b, "\nLLDP Neighbor Information\n=========================\n\nTotal Neighbor Entries          : %d\n", len(s.Neighbours))
	b.WriteString("Total Neighbor Entries Deleted  : 0\nTotal Neighbor Entries Dropped  : 0\nTotal Neighbor Entries Aged-Out : 0\n\n")
	const row = "%-11s %-18s %-28s %-28s %-6s %s\n"
	fmt.Fprintf(b, row, "LOCAL-PORT", "CHASSIS-ID", "PORT-ID", "PORT-DESC", "TTL", "SYS-NAME")
	b.WriteString(strings.Repeat("-", 110) + "\n")
	for _, n := range s.Neighbours {
		fmt.Fprintf(b, row, n.Port, n.ChassisID.ID, n.PortID.ID, n.PortDescription, fmt.Sprint(n.TTL), n.SystemName)
	}
}
