package arista_eos

import (
	"bytes"
	"fmt"
	"strings"

	"uplinkcheck/drivers/state"
	"uplinkcheck/testbed/model"
)

// texts are the lines that are understood without "| json", for the scenarios in which a device refuses JSON.
var texts = map[string]func(s *model.Switch, b *bytes.Buffer){
	"show version":               versionText,
	"show port-channel summary":  summary,
	"show lldp neighbors detail": lldpText,
	"show lacp sys-id":           systemID,
}

func versionText(s *model.Switch, b *bytes.Buffer) {
	fmt.Fprintf(b, "Arista %s\nHardware version:      11.01\nSerial number:         %s\n", s.Model, s.Serial)
	fmt.Fprintf(b, "Hardware MAC address:  %s\nSystem MAC address:    %s\n\n", dotted(s.MAC), dotted(s.MAC))
	fmt.Fprintf(b, "Software image version: %s\nArchitecture:           x86_64\n\nUptime:                 5 weeks, 5 days, 0 hours and 0 minutes\n", s.Version)
	b.WriteString("Total memory:           8099732 kB\nFree memory:            5263800 kB\n\n")
}

// systemID prints the switch's own identifier; a multi-chassis LAG uses that of the MLAG.
func systemID(s *model.Switch, b *bytes.Buffer) {
	fmt.Fprintf(b, "System Identifier: %04x,%s\n", s.Priority, dashed(s.MAC.String()))
}

const legend = `                 Flags
-------------------------- ----------------------------- -------------------------
   a - LACP Active            p - LACP Passive           * - static fallback
   F - Fallback enabled       f - Fallback configured    ^ - individual fallback
   U - In Use                 D - Down
   + - In-Sync                - - Out-of-Sync            i - incompatible with agg
   P - bundled in Po          s - suspended              G - Aggregable
   I - Individual             S - ShortTimeout           w - wait for agg

`

func summary(s *model.Switch, b *bytes.Buffer) {
	fmt.Fprintf(b, "%sNumber of channels in use: %d\nNumber of aggregators: %d\n\n", legend, len(s.LAGs), len(s.LAGs))
	b.WriteString("   Port-Channel       Protocol     Ports\n------------------ --------------- --------------------------------\n")
	for i := range s.LAGs {
		l := &s.LAGs[i]
		up, protocol := "D", "Static"
		if l.Oper == state.Up {
			up = "U"
		}
		if l.Protocol == state.LACP {
			flags := "p"
			if l.Active {
				flags = "a"
			}
			switch l.Fallback {
			case state.StaticFallback:
				flags += "F*"
			case state.IndividualFallback:
				flags += "F^"
			}
			protocol = "LACP(" + flags + ")"
		}
		var ports []string
		for _, m := range l.Ports {
			ports = append(ports, strings.Replace(m.Name, "Ethernet", "Et", 1)+"("+memberFlags(s, l, &m)+")")
		}
		fmt.Fprintf(b, "   %-18s %-12s %s\n", fmt.Sprintf("Po%d(%s)", l.Number, up), protocol, strings.Join(ports, " "))
	}
	b.WriteString("\n")
}

func memberFlags(s *model.Switch, l *model.LAG, m *model.LAGPort) string {
	switch {
	case s.Port(m.Name).Oper != state.Up:
		return "D"
	case m.Selected == state.Selected && l.Protocol == state.Static:
		return "P"
	case m.Selected == state.Selected:
		return "PG+"
	case m.Selected == state.Individual:
		return "I"
	}
	return "w"
}

var subtypeText = map[state.Subtype]string{state.MACAddress: "MAC address", state.InterfaceName: "Interface name", state.Local: "Locally assigned"}

func lldpText(s *model.Switch, b *bytes.Buffer) {
	for _, p := range s.Ports {
		var heard []model.Neighbour
		for _, n := range s.Neighbours {
			if n.Port == p.Name {
				heard = append(heard, n)
			}
		}
		fmt.Fprintf(b, "Interface %s detected %d LLDP neighbors:\n\n", p.Name, len(heard))
		for _, n := range heard {
			neighbourText(&n, b)
		}
	}
}

// neighbourText prints one neighbour. The numbers of the subtypes are those of IEEE Std 802.1AB-2016, 8.5.2.2 and 8.5.3.2.
func neighbourText(n *model.Neighbour, b *bytes.Buffer) {
	chassis := map[state.Subtype]int{state.MACAddress: 4, state.InterfaceName: 6, state.Local: 7}
	port := map[state.Subtype]int{state.MACAddress: 3, state.InterfaceName: 5, state.Local: 7}
	fmt.Fprintf(b, "  Neighbor %s/%s, age 7 seconds\n", lldpID(n.ChassisID), lldpID(n.PortID))
	fmt.Fprintf(b, "  Discovered 39 days, 23:57:00 ago; Last changed 39 days, 23:57:00 ago\n")
	fmt.Fprintf(b, "  - Chassis ID type: %s (%d)\n    Chassis ID     : %s\n", subtypeText[n.ChassisID.Subtype], chassis[n.ChassisID.Subtype], lldpID(n.ChassisID))
	fmt.Fprintf(b, "  - Port ID type: %s (%d)\n    Port ID     : %s\n", subtypeText[n.PortID.Subtype], port[n.PortID.Subtype], lldpID(n.PortID))
	fmt.Fprintf(b, "  - Time To Live: %d seconds\n", n.TTL)
	for _, x := range []struct{ name, value string }{
		{"Port Description", n.PortDescription}, {"System Name", n.SystemName}, {"System Description", n.SystemDesc},
	} {
		if x.value != "" {
			fmt.Fprintf(b, "  - %s: %q\n", x.name, x.value)
		}
	}
	if n.Address.IsValid() {
		fmt.Fprintf(b, "  - Management Address Subtype: IPv4\n    Management Address        : %s\n", n.Address)
	}
	if n.PVID != 0 {
		fmt.Fprintf(b, "  - IEEE802.1 Port VLAN ID: %d\n", n.PVID)
	}
	b.WriteString("\n")
}
