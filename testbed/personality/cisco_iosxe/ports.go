package cisco_iosxe

import (
	"bytes"
	"fmt"
	"strings"

	"uplinkcheck/drivers/state"
	"uplinkcheck/testbed/model"
)

// words of a port by why it is down.
var statusWords = map[model.DownReason]string{
	model.NotDown: "connected", model.NoLink: "notconnect", model.AdminDown: "disabled", model.ErrDisabled: "err-disabled",
}

func upDown(s state.Status) string {
	if s == state.Up {
		return "up"
	}
	return "down"
}

// head is the first line about an interface.
func head(b *bytes.Buffer, name string, admin, oper state.Status, word string) {
	status := upDown(oper)
	if admin == state.Down {
		status = "administratively down"
	}
	if word != "" {
		word = "(" + word + ") "
	}
	fmt.Fprintf(b, "%s is %s, line protocol is %s %s\n", name, status, upDown(oper), word)
}

// body is what follows it; hardware is printed in front of the address.
func body(b *bytes.Buffer, hardware string, mac state.MAC, description, address string, mtu int, bandwidth uint64, link string) {
	fmt.Fprintf(b, "  Hardware is %s, address is %s (bia %s)\n", hardware, dotted(mac), dotted(mac))
	if description != "" {
		fmt.Fprintf(b, "  Description: %s\n", description)
	}
	if address != "" {
		fmt.Fprintf(b, "  Internet address is %s\n", address)
	}
	fmt.Fprintf(b, "  MTU %d bytes, BW %d Kbit/sec, DLY 10 usec, \n     reliability 255/255, txload 1/255, rxload 1/255\n", mtu, bandwidth/1000)
	b.WriteString("  Encapsulation ARPA, loopback not set\n  Keepalive set (10 sec)\n")
	if link != "" {
		fmt.Fprintf(b, "  %s\n", link)
	}
	b.WriteString("  ARP type: ARPA, ARP Timeout 04:00:00\n  Last input never, output never, output hang never\n  Last clearing of \"show interface\" counters never\n")
}

// duplex is the line about the speed of a link that is up.
func duplex(oper state.Status, speed uint64) string {
	words := map[uint64]string{1_000_000_000: "1000Mb/s", 10_000_000_000: "10Gb/s", 100_000_000: "100Mb/s"}
	if word := words[speed]; word != "" {
		return "Full-duplex, " + word + ", link type is auto, media type is SFP-10GBase-SR"
	}
	return fmt.Sprintf("Full-duplex, %dGb/s, link type is auto, media type is SFP-10GBase-SR", speed/1_000_000_000)
}

func interfaces(s *model.Switch, b *bytes.Buffer) {
	for _, v := range s.SVIs {
		address := ""
		if len(v.Addresses) > 0 {
			address = v.Addresses[0].String()
		}
		status := "up" // without a port too: then its protocol is down
		if v.Shut {
			status = "administratively down"
		}
		fmt.Fprintf(b, "%s is %s, line protocol is %s , Autostate Enabled\n", v.Interface, status, upDown(v.Oper))
		body(b, "Ethernet SVI", s.MAC, "", address, 1500, 1_000_000_000, "")
	}
	head(b, "GigabitEthernet0/0", state.Up, state.Up, "")
	address := ""
	if s.Address.IsValid() {
		address = s.Address.String() + "/24"
	}
	body(b, "RP management port", s.MAC, "", address, 1500, 1_000_000_000, "Full Duplex, 1000Mbps, link type is auto, media type is RJ45")
	for i := range s.Ports {
		p := &s.Ports[i]
		word := statusWords[p.Reason]
		if p.Oper == state.Up {
			word = "connected"
		}
		head(b, p.Name, p.Admin, p.Oper, word)
		body(b, "Ten Gigabit Ethernet", p.MAC, p.Description, "", p.MTU, p.Speed, duplex(p.Oper, p.Speed))
	}
	for i := range s.LAGs {
		l := &s.LAGs[i]
		word := "notconnect"
		switch {
		case l.Oper == state.Up:
			word = "connected"
		case l.Admin == state.Down:
			word = "disabled"
		}
		head(b, l.Name, l.Admin, l.Oper, word)
		body(b, "EtherChannel", l.MAC, l.Description, "", l.MTU, max(l.Speed, 10_000_000_000), duplex(l.Oper, 10_000_000_000))
		var in []string
		for _, m := range l.Ports {
			if m.Selected == state.Selected && l.Oper == state.Up {
				in = append(in, short(m.Name))
			}
		}
		if len(in) > 0 {
			fmt.Fprintf(b, "  Members in this channel: %s \n", strings.Join(in, " "))
		}
	}
}

func statuses(s *model.Switch, b *bytes.Buffer) {
	b.WriteString("\nPort         Name               Status       Vlan       Duplex  Speed Type\n")
	for i := range s.Ports {
		p := &s.Ports[i]
		word := statusWords[p.Reason]
		if p.Oper == state.Up {
			word = "connected"
		}
		vlan := "1"
		if bridge := s.BridgePort(p.Name); bridge != nil && bridge.Mode == state.Trunk {
			vlan = "trunk"
		} else if bridge != nil {
			vlan = fmt.Sprint(bridge.Native)
		} else if p.LAG != "" {
			vlan = "trunk"
		}
		fmt.Fprintf(b, "%-12s %-18.18s %-12s %-10s %6s %6s %s\n", short(p.Name), p.Description, word, vlan, "full", fmt.Sprintf("%dG", p.Speed/1_000_000_000), "SFP-10GBase-SR")
	}
}

const legend = `Flags:  D - down        P - bundled in port-channel
        I - stand-alone s - suspended
        H - Hot-standby (LACP only)
        R - Layer3      S - Layer2
        U - in use      f - failed to allocate aggregator

        M - not in use, minimum links not met
        u - unsuitable for bundling
        w - waiting to be aggregated
        d - default port

        A - formed by Auto LAG


`

// memberFlag is what became of a member. One that hears nobody is suspended.
func memberFlag(s *model.Switch, m *model.LAGPort) string {
	switch {
	case s.Port(m.Name).Oper != state.Up:
		return "D"
	case m.Selected == state.Selected:
		return "P"
	case m.Selected == state.Standby:
		return "H"
	case m.Selected == state.Individual:
		return "I"
	case m.Reason == model.PartnerOut:
		return "w"
	}
	return "s"
}

func protocol(l *model.LAG) string {
	if l.Protocol == state.LACP {
		return "LACP"
	}
	return "-"
}

func summary(s *model.Switch, b *bytes.Buffer) {
	fmt.Fprintf(b, "%sNumber of channel-groups in use: %d\nNumber of aggregators:           %d\n\n", legend, len(s.LAGs), len(s.LAGs))
	b.WriteString("Group  Port-channel  Protocol    Ports\n------+-------------+-----------+-----------------------------------------------\n")
	for i := range s.LAGs {
		l := &s.LAGs[i]
		flag := "D"
		switch {
		case l.Oper == state.Up:
			flag = "U"
		case l.MinLinks > 1 && l.Admin == state.Up:
			flag = "M"
		}
		fmt.Fprintf(b, "%-6d %-15s %6s      ", l.Number, fmt.Sprintf("Po%d(S%s)", l.Number, flag), protocol(l))
		for j := range l.Ports {
			if j > 0 && j%2 == 0 {
				b.WriteString("\n                                  ")
			}
			fmt.Fprintf(b, "  %-14s", short(l.Ports[j].Name)+"("+memberFlag(s, &l.Ports[j])+")")
		}
		b.WriteString("\n")
	}
	b.WriteString("\n")
}

// stateWord is the word for a member in the tables of LACP.
func stateWord(s *model.Switch, m *model.LAGPort) string {
	switch memberFlag(s, m) {
	case "P":
		return "bndl"
	case "H":
		return "hot-sby"
	case "D":
		return "down"
	case "I":
		return "indep"
	}
	return "susp"
}

// flags are how an end sends: slow or fast, active or passive.
func flags(bits state.LACPBits) string {
	out := []byte("SP")
	if bits&state.ShortTimeout != 0 {
		out[0] = 'F'
	}
	if bits&state.Activity != 0 {
		out[1] = 'A'
	}
	return string(out)
}

const actorHead = `                            LACP port     Admin     Oper    Port        Port
Port      Flags   State     Priority      Key       Key     Number      State
`

func actorRow(s *model.Switch, l *model.LAG, m *model.LAGPort, b *bytes.Buffer) {
	fmt.Fprintf(b, "%-9s %-7s %-9s %-13d %-9s %-7s %-11s 0x%X  \n", short(m.Name), flags(m.Actor.State), stateWord(s, m), m.Actor.PortPriority,
		fmt.Sprintf("0x%X", l.Key), fmt.Sprintf("0x%X", m.Actor.Key), fmt.Sprintf("0x%X", m.Actor.Port), uint8(m.Actor.State))
}

const lacpLegend = `Flags:  S - Device is requesting Slow LACPDUs
        F - Device is requesting Fast LACPDUs
        A - Device is in Active mode       P - Device is in Passive mode

`

func lacpInternal(s *model.Switch, b *bytes.Buffer) {
	b.WriteString(lacpLegend)
	for i := range s.LAGs {
		l := &s.LAGs[i]
		if l.Protocol != state.LACP {
			continue
		}
		fmt.Fprintf(b, "Channel group %d\n%s", l.Number, actorHead)
		for j := range l.Ports {
			actorRow(s, l, &l.Ports[j], b)
		}
		b.WriteString("\n")
	}
}

func yesNo(on bool) string {
	if on {
		return "Yes"
	}
	return "No"
}

// lacpNeighbor prints both parts of each partner, zeros while nobody has spoken.
func lacpNeighbor(s *model.Switch, b *bytes.Buffer) {
	b.WriteString(lacpLegend)
	for i := range s.LAGs {
		l := &s.LAGs[i]
		if l.Protocol != state.LACP {
			continue
		}
		fmt.Fprintf(b, "Channel group %d neighbors\n\nPartner's information:\n\n", l.Number)
		for j := range l.Ports {
			m := &l.Ports[j]
			e, bits := m.Partner, m.Partner.State
			b.WriteString("          Partner               Partner                     Partner\nPort      System ID             Port Number     Age         Flags\n")
			fmt.Fprintf(b, "%-9s %05d,%s  %-15s  %2ds        %s\n\n", short(m.Name), e.SystemPriority, dotted(e.System), fmt.Sprintf("0x%X", e.Port), 7, flags(bits))
			b.WriteString("          LACP Partner         Partner         Partner\n          Port Priority        Oper Key        Port State\n")
			fmt.Fprintf(b, "          %-20d %-15s 0x%X\n\n          Port State Flags Decode:\n", e.PortPriority, fmt.Sprintf("0x%X", e.Key), uint8(bits))
			activity, timeout := "Passive", "Long"
			if bits&state.Activity != 0 {
				activity = "Active"
			}
			if bits&state.ShortTimeout != 0 {
				timeout = "Short"
			}
			fmt.Fprintf(b, "          Activity:   Timeout:   Aggregation:   Synchronization:\n          %-11s %-10s %-14s %s\n\n", activity, timeout,
				yesNo(bits&state.Aggregation != 0), yesNo(bits&state.Synchronization != 0))
			fmt.Fprintf(b, "          Collecting:   Distributing:   Defaulted:   Expired:\n          %-13s %-15s %-12s %s\n\n", yesNo(bits&state.Collecting != 0),
				yesNo(bits&state.Distributing != 0), yesNo(bits&state.Defaulted != 0), yesNo(bits&state.Expired != 0))
		}
	}
}

func systemID(s *model.Switch, b *bytes.Buffer) {
	fmt.Fprintf(b, "%d, %s\n", s.Priority, dotted(s.MAC))
}

func lacpCounters(s *model.Switch, b *bytes.Buffer) {
	for i := range s.LAGs {
		l := &s.LAGs[i]
		if l.Protocol != state.LACP {
			continue
		}
		b.WriteString("             LACPDUs         Marker      Marker Response    LACPDUs\nPort       Sent   Recv     Sent   Recv     Sent   Recv      Pkts Err\n")
		fmt.Fprintf(b, "---------------------------------------------------------------------\nChannel group: %d\n", l.Number)
		for _, m := range l.Ports {
			fmt.Fprintf(b, "%-11s %-6d %-6d   0      0        0      0         %-6d\n", short(m.Name), m.TX, m.RX, m.BadRX)
		}
		b.WriteString("\n")
	}
}

// detail prints each group: its ports with both ends, then its aggregator.
func detail(s *model.Switch, b *bytes.Buffer) {
	b.WriteString("\t\tChannel-group listing: \n\t\t----------------------\n\n")
	for i := range s.LAGs {
		l := &s.LAGs[i]
		fmt.Fprintf(b, "Group: %d \n----------\nGroup state = L2 \nPorts: %d   Maxports = 16\nPort-channels: 1 Max Port-channels = 16\nProtocol:   %s\nMinimum Links: %d\n\n\n",
			l.Number, len(l.Ports), protocol(l), l.MinLinks)
		b.WriteString("\t\tPorts in the group:\n\t\t-------------------\n")
		for j := range l.Ports {
			detailPort(s, l, &l.Ports[j], b)
		}
		b.WriteString("\t\tPort-channels in the group: \n\t\t---------------------------\n\n")
		inUse := "Ag-Inuse"
		if l.Oper != state.Up {
			inUse = "Ag-Not-Inuse"
		}
		fmt.Fprintf(b, "Port-channel: Po%d\n------------\n\nAge of the Port-channel   = 5d:02h:11m:08s\nPort state          = Port-channel %s \nProtocol            =   %s\nPort security       = Disabled\n\n",
			l.Number, inUse, protocol(l))
	}
}

func detailPort(s *model.Switch, l *model.LAG, m *model.LAGPort, b *bytes.Buffer) {
	words := map[string]string{"bndl": "Up Mstr Assoc In-Bndl", "hot-sby": "Up Mstr Assoc Hot-stdby Not-in-Bndl", "down": "Down Not-in-Bndl",
		"indep": "Up Sngl-port-Bndl Mstr Not-in-Bndl", "susp": "Up Mstr Susp Not-in-Bndl"}[stateWord(s, m)]
	mode, channel := "On", "null"
	switch {
	case l.Protocol == state.LACP && l.Active:
		mode = "Active"
	case l.Protocol == state.LACP:
		mode = "Passive"
	}
	if m.Selected == state.Selected {
		channel = fmt.Sprintf("Po%d", l.Number)
	}
	fmt.Fprintf(b, "Port: %s\n------------\n\nPort state    = %s \n", short(m.Name), words)
	fmt.Fprintf(b, "Channel group = %-11d Mode = %-15s Gcchange = -\n", l.Number, mode)
	fmt.Fprintf(b, "Port-channel  = %-11s GC   =   -             Pseudo port-channel = Po%d\n", channel, l.Number)
	fmt.Fprintf(b, "Port index    = 0           Load = 0x00            Protocol =   %s\n\n", protocol(l))
	if l.Protocol == state.LACP {
		b.WriteString("Flags:  S - Device is sending Slow LACPDUs   F - Device is sending fast LACPDUs.\n        A - Device is in active mode.        P - Device is in passive mode.\n\n")
		b.WriteString("Local information:\n                                LACP port    Admin     Oper    Port        Port\nPort          Flags   State     Priority     Key       Key     Number      State\n")
		actorRow(s, l, m, b)
		b.WriteString("\n")
	}
	b.WriteString("Age of the port in the current state: 5d:02h:11m:08s\n\n")
}
