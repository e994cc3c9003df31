package aruba_aoscx

import (
	"bytes"
	"fmt"
	"strconv"
	"strings"

	"uplinkcheck/drivers/state"
	"uplinkcheck/testbed/model"
)

const legend = `
State abbreviations :
A - Active        P - Passive      F - Aggregable I - Individual
S - Short-timeout L - Long-timeout N - InSync     O - OutofSync
C - Collecting    D - Distributing
X - State m/c expired              E - Default neighbor state

`

// aggregates lists the LAGs; of one over both switches of a pair the peer's ports as well.
func aggregates(s *model.Switch, b *bytes.Buffer) {
	for i := range s.LAGs {
		l := &s.LAGs[i]
		rate := "slow"
		switch {
		case l.Protocol != state.LACP:
			rate = "N/A"
		case l.Fast:
			rate = "fast"
		}
		if l.MLAGID != "" {
			fmt.Fprintf(b, "\nAggregate-name        : %s (multi-chassis)\nInterfaces            : %s\n", l.Name, members(l))
			b.WriteString(strings.TrimRight("Remote-interfaces     : "+strings.Join(l.PeerPorts, " "), " ") + "\n")
		} else {
			fmt.Fprintf(b, "\nAggregate-name        : %s\nAggregated-interfaces : %s\n", l.Name, members(l))
		}
		fmt.Fprintf(b, "Heartbeat rate        : %s\nHash                  : l3-src-dst\nAggregate mode        : %s\n", rate, mode(l))
	}
}

// letters are an LACP state; what nobody was heard to say is not synchronised and the default.
func letters(s state.LACPBits) string {
	out := ""
	for _, x := range []struct {
		bit        state.LACPBits
		set, clear string
	}{{state.Activity, "A", "P"}, {state.ShortTimeout, "S", "L"}, {state.Aggregation, "F", "I"}, {state.Synchronization, "N", "O"},
		{state.Collecting, "C", ""}, {state.Distributing, "D", ""}, {state.Expired, "X", ""}, {state.Defaulted, "E", ""}} {
		if s&x.bit != 0 {
			out += x.set
		} else {
			out += x.clear
		}
	}
	return out
}

func shared(l *model.LAG) string {
	if l.MLAGID != "" {
		return l.Name + "(mc)"
	}
	return l.Name
}

// forwarding is what became of a member.
func forwarding(s *model.Switch, m *model.LAGPort) string {
	switch {
	case s.Port(m.Name).Oper != state.Up:
		return "down"
	case m.Selected == state.Selected || m.Selected == state.Individual:
		return "up"
	}
	return "lacp-block"
}

func lacp(s *model.Switch, b *bytes.Buffer) {
	const row = "%-7s %-10s %-5s %-5s %-7s %-17s %-6s %-4s %s"
	line := func(cells ...any) { b.WriteString(strings.TrimRight(fmt.Sprintf(row, cells...), " ") + "\n") }
	end := func(name string, l *model.LAG, e *model.Endpoint, last string) {
		line(name, shared(l), strconv.Itoa(int(e.Port)), strconv.Itoa(int(e.PortPriority)), letters(e.State), e.System.String(),
			strconv.Itoa(int(e.SystemPriority)), strconv.Itoa(int(e.Key)), last)
	}
	b.WriteString(legend + "Actor details of all interfaces:\n" + rule + "-\n")
	line("Intf", "Aggr", "Port", "Port", "State", "System-ID", "System", "Aggr", "Forwarding")
	line("", "Name", "Id", "Pri", "", "", "Pri", "Key", "State")
	b.WriteString(rule + "-\n")
	each(s, func(l *model.LAG, m *model.LAGPort) {
		if l.Protocol == state.LACP {
			end(m.Name, l, &m.Actor, forwarding(s, m))
		} else {
			line(m.Name, shared(l), "", "", "", "", "", "", forwarding(s, m))
		}
	})
	b.WriteString("\n\nPartner details of all interfaces:\n" + rule + "-\n")
	line("Intf", "Aggr", "Port", "Port", "State", "System-ID", "System", "Aggr", "")
	line("", "Name", "Id", "Pri", "", "", "Pri", "Key", "")
	b.WriteString(rule + "-\n")
	each(s, func(l *model.LAG, m *model.LAGPort) {
		switch {
		case l.Protocol != state.LACP:
			line(m.Name, shared(l), "", "", "", "", "", "", "")
		case !m.Heard:
			end(m.Name, l, &model.Endpoint{PortPriority: 65534, SystemPriority: 65534, State: state.Aggregation | state.Defaulted | state.Expired}, "")
		default:
			end(m.Name, l, &m.Partner, "")
		}
	})
}

func each(s *model.Switch, f func(l *model.LAG, m *model.LAGPort)) {
	for i := range s.LAGs {
		for j := range s.LAGs[i].Ports {
			f(&s.LAGs[i], &s.LAGs[i].Ports[j])
		}
	}
}

// multiChassis prints the LAGs over both switches of a pair: our members, then the peer's, of which we hear whether the LAG is up there.
func multiChassis(s *model.Switch, b *bytes.Buffer) {
	const row = "%-7s %-10s %-7s %-8s %-7s %-17s %-8s %s"
	line := func(cells ...any) { b.WriteString(strings.TrimRight(fmt.Sprintf(row, cells...), " ") + "\n") }
	table := func(title string, rows func()) {
		b.WriteString(title + " details of all interfaces:\n" + rule + "-\n")
		line("Intf", "Aggregate", "Port", "Port", "State", "System-ID", "System", "Aggr")
		line("", "name", "id", "Priority", "", "", "Priority", "Key")
		b.WriteString(rule + "-\n")
		rows()
		b.WriteString("\n")
	}
	end := func(name, lag string, e model.Endpoint) {
		if e.System.IsZero() && e.Key == 0 && e.State == 0 {
			line(name, lag, "", "", "", "", "", "")
			return
		}
		line(name, lag, fmt.Sprint(e.Port), fmt.Sprint(e.PortPriority), letters(e.State), e.System.String(), fmt.Sprint(e.SystemPriority), fmt.Sprint(e.Key))
	}
	own := func(pick func(m *model.LAGPort) model.Endpoint) func() {
		return func() {
			each(s, func(l *model.LAG, m *model.LAGPort) {
				if l.MLAGID != "" {
					end(m.Name, shared(l), pick(m))
				}
			})
		}
	}
	remote := func(actor bool) func() {
		return func() {
			for i := range s.LAGs {
				l := &s.LAGs[i]
				if l.MLAGID == "" {
					continue
				}
				for k, name := range l.PeerPorts {
					end(name, shared(l), peerEnd(s, l, k, actor))
				}
			}
		}
	}
	b.WriteString(legend)
	table("Actor", own(func(m *model.LAGPort) model.Endpoint { return m.Actor }))
	table("Partner", own(func(m *model.LAGPort) model.Endpoint { return m.Partner }))
	table("Remote Actor", remote(true))
	table("Remote Partner", remote(false))
}

// peerEnd is one end of the conversation of the peer's member: nothing where we hear nothing of it. The peer counts its ports from 1000.
func peerEnd(s *model.Switch, l *model.LAG, k int, actor bool) model.Endpoint {
	for _, p := range s.MLAG.Ports {
		if p.Local != l.Name || p.PeerOper == 0 || l.Protocol != state.LACP {
			continue
		}
		e := model.Endpoint{SystemPriority: l.Priority, System: l.System, Key: l.Key, Port: uint16(1001 + k), PortPriority: 1, State: state.Activity | state.Aggregation}
		if p.PeerOper == state.Up {
			e.State |= state.Synchronization | state.Collecting | state.Distributing
		} else {
			e.State |= state.Defaulted
		}
		if actor {
			return e
		}
		if len(l.Ports) > 0 && l.Ports[0].Heard && p.PeerOper == state.Up {
			e = l.Ports[0].Partner
			e.Port = uint16(101 + k)
			return e
		}
		return model.Endpoint{PortPriority: 65534, SystemPriority: 65534, State: state.Aggregation | state.Defaulted | state.Expired}
	}
	return model.Endpoint{}
}

// vlans lists the VLANs with all their ports, whether or not those are up.
func vlans(s *model.Switch, b *bytes.Buffer) {
	line := strings.Repeat("-", 114)
	const row = "%-5s %-33s %-7s %-23s %-11s %s"
	write := func(cells ...any) { b.WriteString(strings.TrimRight(fmt.Sprintf(row, cells...), " ") + "\n") }
	b.WriteString("\n" + line + "\n")
	write("VLAN", "Name", "Status", "Reason", "Type", "Interfaces")
	b.WriteString(line + "\n")
	for _, v := range s.VLANs {
		status, reason, kind := "down", "no_member_port", "static"
		var ports []string
		for i := range s.Bridge {
			p := &s.Bridge[i]
			if !p.Allowed.Has(v.ID) {
				continue
			}
			ports = append(ports, p.Interface)
			if reason = "no_member_forwarding"; p.Oper == state.Up {
				status = "up"
			}
		}
		if status == "up" {
			reason = "ok"
		}
		if !v.Active {
			status, reason = "down", "admin_down"
		}
		if v.ID == 1 {
			kind = "default"
		}
		for k, list := range wrapped(ranges(ports), 30) {
			if k == 0 {
				write(strconv.Itoa(int(v.ID)), v.Name, status, reason, kind, list)
			} else {
				write("", "", "", "", "", list)
			}
		}
	}
}

// ranges writes neighbours in a list of ports as one: 1/1/2-1/1/4.
func ranges(ports []string) (out []string) {
	split := func(s string) (string, int) {
		i := strings.LastIndexFunc(s, func(r rune) bool { return r < '0' || r > '9' }) + 1
		n, _ := strconv.Atoi(s[i:])
		return s[:i], n
	}
	for i := 0; i < len(ports); {
		kind, first := split(ports[i])
		j := i
		for ; j+1 < len(ports); j++ {
			if k, n := split(ports[j+1]); k != kind || n != first+j+1-i {
				break
			}
		}
		if j == i {
			out = append(out, ports[i])
		} else {
			out = append(out, ports[i]+"-"+ports[j])
		}
		i = j + 1
	}
	return out
}

// wrapped joins a list with commas into lines of that width; there is always one.
func wrapped(items []string, width int) []string {
	lines := []string{""}
	for i, item := range items {
		if i+1 < len(items) {
			item += ","
		}
		last := &lines[len(lines)-1]
		if *last != "" && len(*last)+len(item) > width {
			lines = append(lines, item)
			continue
		}
		*last += item
	}
	return lines
}

func vlanCount(s *model.Switch, b *bytes.Buffer) {
	fmt.Fprintf(b, "Number of existing VLANs: %d\nNumber of static VLANs: %d\nNumber of dynamic VLANs: 0\n", len(s.VLANs), len(s.VLANs))
}

// addresses prints the table of addresses. Those that the peer learned are printed as our own.
func addresses(s *model.Switch, b *bytes.Buffer) {
	fmt.Fprintf(b, "MAC age-time            : 300 seconds\nNumber of MAC addresses : %d\n\n", len(s.MACs))
	b.WriteString("MAC Address          VLAN     Type                      Port\n--------------------------------------------------------------\n")
	for _, m := range s.MACs {
		kind := "dynamic"
		if m.Kind == state.StaticMAC {
			kind = "static"
		}
		fmt.Fprintf(b, "%-20s %-8d %-25s %s\n", m.MAC, m.VID, kind, m.Interface)
	}
}

// spanningTree prints a tree for each VLAN.
func spanningTree(s *model.Switch, b *bytes.Buffer) {
	b.WriteString("Spanning tree status        : Enabled Protocol: RPVST\n")
	for _, v := range s.VLANs {
		if !v.Active {
			continue
		}
		fmt.Fprintf(b, "\nVLAN%d\n  Root ID    Priority   : 32768\n             MAC-Address: %s\n  Bridge ID  Priority   : 32768\n             MAC-Address: %s\n\n", v.ID, s.MAC, s.MAC)
		b.WriteString("Port         Role           State      Cost       Priority   Type\n------------ -------------- ---------- ---------- ---------- ----------------\n")
		for i := range s.Bridge {
			p := &s.Bridge[i]
			if p.Oper != state.Up || !p.Active.Has(v.ID) {
				continue
			}
			role, status := "Designated", "Forwarding"
			for _, x := range s.Blocked {
				if x.Interface == p.Interface && x.VIDs.Has(v.ID) {
					role, status = "Alternate", "Blocking"
				}
			}
			fmt.Fprintf(b, "%-12s %-14s %-10s %-10d %-10d P2P\n", p.Interface, role, status, 20000, 128)
		}
	}
}
