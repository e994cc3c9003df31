package cisco_nxos

import (
	"bytes"
	"fmt"
	"slices"
	"strings"

	"uplinkcheck/drivers/state"
	"uplinkcheck/testbed/model"
)

// reasons of a port that is down.
var reasons = map[model.DownReason]string{model.NoLink: "Link not connected", model.AdminDown: "Administratively down", model.ErrDisabled: "bpdu-guard errDisable"}

func upDown(s state.Status) string {
	if s == state.Up {
		return "up"
	}
	return "down"
}

// rate is a speed in words: "10 Gb/s".
func rate(bits uint64) string {
	if bits%1_000_000_000 == 0 {
		return fmt.Sprintf("%d Gb/s", bits/1_000_000_000)
	}
	return fmt.Sprintf("%d Mb/s", bits/1_000_000)
}

func interfaces(s *model.Switch) object {
	mgmt := object{"interface": "mgmt0", "state": "up", "admin_state": "up", "eth_hw_desc": "Ethernet", "eth_hw_addr": dotted(s.MAC), "eth_mtu": "1500",
		"eth_bw": 1_000_000, "eth_duplex": "full", "eth_speed": "1000 Mb/s"}
	if s.Address.IsValid() {
		mgmt["eth_ip_addr"], mgmt["eth_ip_mask"] = s.Address.String(), 24
	}
	rows := []object{mgmt}
	for i := range s.Ports {
		rows = append(rows, ethernet(s, &s.Ports[i]))
	}
	for i := range s.LAGs {
		rows = append(rows, aggregate(s, &s.LAGs[i]))
	}
	for i := range s.SVIs {
		v := &s.SVIs[i]
		row := object{"interface": v.Interface, "svi_admin_state": "up", "svi_line_proto": upDown(v.Oper), "svi_mac": dotted(s.MAC), "svi_mtu": "1500", "svi_bw": "1000000"}
		if v.Shut {
			row["svi_admin_state"], row["svi_rsn_desc"] = "down", "Administratively down"
		}
		for _, a := range v.Addresses[:min(1, len(v.Addresses))] {
			row["svi_ip_addr"], row["svi_ip_mask"] = a.Addr().String(), fmt.Sprint(a.Bits())
		}
		rows = append(rows, row)
	}
	return put(object{}, "interface", rows)
}

func ethernet(s *model.Switch, p *model.Port) object {
	o := object{"interface": p.Name, "state": upDown(p.Oper), "admin_state": upDown(p.Admin), "share_state": "Dedicated", "eth_hw_desc": "10000 Ethernet",
		"eth_hw_addr": dotted(p.MAC), "eth_bia_addr": dotted(p.MAC), "eth_mtu": fmt.Sprint(p.MTU), "eth_bw": p.Speed / 1000, "eth_duplex": "full",
		"eth_speed": rate(p.Speed), "eth_link_flapped": since(s, p.Changed), "eth_mode": mode(s, p.Name, p.LAG)}
	if p.Oper != state.Up {
		o["state_rsn_desc"] = reasons[p.Reason]
	}
	if p.Description != "" {
		o["desc"] = p.Description
	}
	if l := s.LAG(p.LAG); l != nil {
		o["eth_bundle"] = fmt.Sprint(l.Number)
	}
	return o
}

// mode of a port is that of its LAG, where it is in one; the default is access.
func mode(s *model.Switch, name, lag string) string {
	if lag != "" {
		name = lag
	}
	if b := s.BridgePort(name); b != nil && b.Mode == state.Trunk {
		return "trunk"
	}
	return "access"
}

func aggregate(s *model.Switch, l *model.LAG) object {
	o := object{"interface": l.Name, "state": upDown(l.Oper), "admin_state": upDown(l.Admin), "eth_hw_desc": "Port-Channel", "eth_hw_addr": dotted(l.MAC),
		"eth_mtu": fmt.Sprint(l.MTU), "eth_bw": l.Speed / 1000, "eth_duplex": "full", "eth_mode": mode(s, l.Name, "")}
	switch {
	case l.Admin == state.Down:
		o["state_rsn_desc"] = "Administratively down"
	case l.Oper != state.Up:
		o["state_rsn_desc"] = "No operational members"
	}
	if l.Description != "" {
		o["desc"] = l.Description
	}
	return o
}

func summary(s *model.Switch) object {
	var rows []object
	for i := range s.LAGs {
		l := &s.LAGs[i]
		status, protocol := "D", "NONE"
		if l.Oper == state.Up {
			status = "U"
		}
		if l.Protocol == state.LACP {
			protocol = "LACP"
		}
		var members []object
		for j := range l.Ports {
			m := &l.Ports[j]
			if m.Reason == model.TooFewLinks {
				status = "M"
			}
			members = append(members, object{"port": m.Name, "port-status": memberFlag(s, m)})
		}
		rows = append(rows, put(object{"group": fmt.Sprint(l.Number), "port-channel": l.Name, "layer": "S", "status": status, "type": "Eth", "prtcl": protocol},
			"member", members))
	}
	return put(object{}, "channel", rows)
}

func memberFlag(s *model.Switch, m *model.LAGPort) string {
	switch {
	case s.Port(m.Name).Oper != state.Up:
		return "D"
	case m.Selected == state.Selected:
		return "P"
	case m.Selected == state.Individual:
		return "I"
	case m.Selected == state.Standby:
		return "H"
	}
	return "s"
}

// lacp yields the LAGs that run LACP.
func lacp(s *model.Switch) func(yield func(*model.LAG) bool) {
	return func(yield func(*model.LAG) bool) {
		for i := range s.LAGs {
			if l := &s.LAGs[i]; l.Protocol == state.LACP && !yield(l) {
				return
			}
		}
	}
}

const neighboursHead = `Flags:  S - Device is sending Slow LACPDUs F - Device is sending Fast LACPDUs
        A - Device is in Active mode       P - Device is in Passive mode
`

func lacpNeighbours(s *model.Switch, b *bytes.Buffer) {
	b.WriteString(neighboursHead)
	for l := range lacp(s) {
		fmt.Fprintf(b, "%s neighbors\n", l.Name)
		for i := range l.Ports {
			e := l.Ports[i].Partner
			flags := "S"
			if e.State&state.ShortTimeout != 0 {
				flags = "F"
			}
			if e.State&state.Activity != 0 {
				flags += "A"
			} else {
				flags += "P"
			}
			b.WriteString("Partner's information\n            Partner                Partner                     Partner\n")
			b.WriteString("Port        System ID              Port Number     Age         Flags\n")
			fmt.Fprintf(b, "%-12s%-23s%-16s%-12d%s\n\n", short(l.Ports[i].Name), fmt.Sprintf("%d,%s", e.SystemPriority, dashed(e.System)), fmt.Sprintf("0x%x", e.Port), 1140, flags)
			b.WriteString("            LACP Partner           Partner                     Partner\n            Port Priority          Oper Key                    Port State\n")
			fmt.Fprintf(b, "            %-23d%-28s0x%x\n\n", e.PortPriority, fmt.Sprintf("0x%x", e.Key), uint8(e.State))
		}
	}
}

func lacpInterfaces(s *model.Switch, b *bytes.Buffer) {
	for l := range lacp(s) {
		for i := range l.Ports {
			m := &l.Ports[i]
			fmt.Fprintf(b, "Interface %s is %s\n  Channel group is %d port channel is Po%d\n", m.Name, upDown(s.Port(m.Name).Oper), l.Number, l.Number)
			fmt.Fprintf(b, "  PDUs sent: %d\n  PDUs rcvd: %d\n  Markers sent: 0\n  Markers rcvd: 0\n  Marker response sent: 0\n  Marker response rcvd: 0\n", m.TX, m.RX)
			fmt.Fprintf(b, "  Unknown packets rcvd: 0\n  Illegal packets rcvd: %d\n", m.BadRX)
			if m.Heard {
				fmt.Fprintf(b, "Lag Id: [ [%s] ]\n", lagID(m))
			}
			if m.Selected == state.Selected {
				b.WriteString("Operational as aggregated link since Mon Nov  2 03:11:06 2026\n")
			}
			fmt.Fprintf(b, "\nLocal Port: %s   MAC Address= %s\n  System Identifier=0x%x, Port Identifier=0x%x,0x%x\n", short(m.Name), dashed(s.MAC), s.Priority,
				m.Actor.PortPriority, m.Actor.Port)
			lacpEnd(b, m.Actor)
			fmt.Fprintf(b, "Actor Admin State=%d\nActor Oper State=%d\nNeighbor: 0x%x\n", uint8(m.Actor.State), uint8(m.Actor.State), m.Partner.Port)
			fmt.Fprintf(b, "  MAC Address= %s\n  System Identifier=0x%x, Port Identifier=0x%x,0x%x\n", dashed(m.Partner.System), m.Partner.SystemPriority,
				m.Partner.PortPriority, m.Partner.Port)
			lacpEnd(b, m.Partner)
			fmt.Fprintf(b, "Partner Admin State=%d\nPartner Oper State=%d\nAggregate or Individual(True=1)= 1\n\n", uint8(m.Partner.State), uint8(m.Partner.State))
		}
	}
}

func lacpEnd(b *bytes.Buffer, e model.Endpoint) {
	word := func(bit state.LACPBits, yes, no string) string {
		if e.State&bit != 0 {
			return yes
		}
		return no
	}
	fmt.Fprintf(b, "  Operational key=%d\n  LACP_Activity=%s\n  LACP_Timeout=%s\n  Synchronization=%s\n  Collecting=%s\n  Distributing=%s\n", e.Key,
		word(state.Activity, "active", "passive"), word(state.ShortTimeout, "short Timeout (1s)", "Long Timeout (30s)"),
		word(state.Synchronization, "IN_SYNC", "NOT_IN_SYNC"), word(state.Collecting, "true", "false"), word(state.Distributing, "true", "false"))
}

// lagID has both ends, the one with the lower system first.
func lagID(m *model.LAGPort) string {
	ends := []model.Endpoint{m.Actor, m.Partner}
	slices.SortStableFunc(ends, func(a, b model.Endpoint) int {
		if a.SystemPriority != b.SystemPriority {
			return int(a.SystemPriority) - int(b.SystemPriority)
		}
		return bytes.Compare(a.System[:], b.System[:])
	})
	var parts []string
	for _, e := range ends {
		parts = append(parts, fmt.Sprintf("(%x, %s, %x, %x, %x)", e.SystemPriority, dashed(e.System), e.Key, e.PortPriority, e.Port))
	}
	return strings.Join(parts, ", ")
}

const countersHead = `NOTE: Clear lacp counters to get accurate statistics

------------------------------------------------------------------------------
                             LACPDUs                      Markers/Resp LACPDUs
Port              Sent                Recv                  Recv Sent  Pkts Err
------------------------------------------------------------------------------
`

func lacpCounters(s *model.Switch, b *bytes.Buffer) {
	b.WriteString(countersHead)
	for l := range lacp(s) {
		fmt.Fprintf(b, "%s\n", l.Name)
		for i := range l.Ports {
			m := &l.Ports[i]
			fmt.Fprintf(b, "%-19s%-21d%-23d0      0    %d\n", m.Name, m.TX, m.RX, m.BadRX)
		}
		b.WriteString("\n")
	}
}

// systemID prints the switch's own identifier; a vPC uses that of the domain.
func systemID(s *model.Switch, b *bytes.Buffer) {
	fmt.Fprintf(b, "%d,%s\n", s.Priority, dashed(s.MAC))
}

func ipInterfaces(s *model.Switch) object {
	var rows []object
	row := func(name, vrf, oper string) object {
		return object{"vrf-name-out": vrf, "intf-name": name, "proto-state": oper, "link-state": oper, "admin-state": "up", "mtu": 1500, "num-addr": 1}
	}
	for i := range s.SVIs {
		v := &s.SVIs[i]
		if len(v.Addresses) == 0 {
			continue
		}
		vrf := v.VRF
		if vrf == "" {
			vrf = "default"
		}
		o := row(v.Interface, vrf, upDown(v.Oper))
		if v.Shut {
			o["admin-state"] = "down"
		}
		var more []object
		for k, a := range v.Addresses {
			if k == 0 {
				o["prefix"], o["subnet"], o["masklen"] = a.Addr().String(), a.Masked().Addr().String(), a.Bits()
				continue
			}
			more = append(more, object{"prefix1": a.Addr().String(), "subnet1": a.Masked().Addr().String(), "masklen1": a.Bits()})
		}
		rows = append(rows, put(o, "secondary_address", more))
	}
	if s.Address.IsValid() {
		o := row("mgmt0", "management", "up")
		o["prefix"], o["masklen"] = s.Address.String(), 24
		rows = append(rows, o)
	}
	return put(object{}, "intf", rows)
}

func vrfDetail(s *model.Switch) object {
	var rows []object
	row := func(name string, id int) object {
		tables := []object{{"tib_id": 80000000 + id, "tib_af": "IPv6", "tib_nonce": 80000000 + id, "tib_state": "Up"}, {"tib_id": id, "tib_af": "IPv4", "tib_nonce": id, "tib_state": "Up"}}
		return put(object{"vrf_name": name, "vrf_id": id, "vrf_state": "Up", "rd": "0:0"}, "tib", tables)
	}
	rows = append(rows, row("default", 1))
	for i, v := range s.VRFs {
		rows = append(rows, row(v.Name, 3+i))
	}
	return put(object{}, "vrf", append(rows, row("management", 2)))
}

func vrfInterfaces(s *model.Switch) object {
	rows := []object{{"if_name": "mgmt0", "vrf_name": "management", "vrf_id": 2, "soo": "--"}}
	for i := range s.SVIs {
		vrf, id := "default", 1
		for k, v := range s.VRFs {
			if slices.Contains(v.Interfaces, s.SVIs[i].Interface) {
				vrf, id = v.Name, 3+k
			}
		}
		rows = append(rows, object{"if_name": s.SVIs[i].Interface, "vrf_name": vrf, "vrf_id": id, "soo": "--"})
	}
	return put(object{}, "if", rows)
}
