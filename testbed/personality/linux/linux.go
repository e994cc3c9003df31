// Package linux words a host view as a Debian hypervisor does: kernel bonds or Open vSwitch bonds, a VLAN interface for each
// of the host's own networks, and a bridge for each network of guests. Commands are answered as to root.
package linux

import (
	"fmt"
	"strings"

	"uplinkcheck/drivers/state"
	"uplinkcheck/inventory"
	"uplinkcheck/testbed/model"
	"uplinkcheck/testbed/personality/openvswitch/render"
)

// Personality is a Linux hypervisor.
var Personality = model.Personality{Platform: "linux", Host: reply}

const bridge = "br0" // of Open vSwitch

func reply(h *model.Host, command string) ([]byte, bool) {
	switch command {
	case "hostname":
		return []byte(h.Hostname + "\n"), true
	case "ip -j -d link show":
		return links(h), true
	case "ip -j address show":
		return Addresses(devices(h)), true
	case "bridge -j vlan show":
		return vlans(h), true
	case "head -v -n 100000 /proc/net/bonding/*":
		return Bonding(h), true
	}
	if out, ok := agent(h).Reply(command); ok {
		return out, true
	}
	program, _, _ := strings.Cut(command, " ")
	if !strings.HasPrefix(program, "ovs-") {
		return nil, false
	}
	if !openvswitch(h) {
		return []byte("sh: 1: " + program + ": not found\n"), true
	}
	return vswitch(h).Reply(command)
}

func agent(h *model.Host) *render.Agent {
	a := &render.Agent{Down: !h.LLDP, Hostname: h.Hostname, Description: "Debian GNU/Linux 12 (bookworm) Linux 6.1.0-28-amd64", Address: h.Address, Heard: h.Heard}
	for _, n := range h.NICs {
		if a.Ports == nil {
			a.Chassis = state.Identifier{Subtype: state.MACAddress, ID: n.MAC.String()}
		}
		a.Ports = append(a.Ports, n.Name)
	}
	return a
}

// openvswitch reports whether the host has one.
func openvswitch(h *model.Host) bool {
	for _, b := range h.Bonds {
		if b.OVS {
			return true
		}
	}
	return false
}

// vswitch is one bridge with the host's Open vSwitch bonds, an internal port for each of its own networks and a tap for each guest.
func vswitch(h *model.Host) *render.Vswitch {
	v := &render.Vswitch{Version: "3.1.0", Bridge: bridge}
	internal := func(name string, vid state.VID, mac state.MAC, up state.Status) render.Port {
		return render.Port{Name: name, Tag: vid, Interfaces: []render.Interface{{Name: name, Type: "internal", Driver: "openvswitch",
			Admin: up, Link: up, Speed: 10_000_000_000, MTU: 1500, MAC: mac}}}
	}
	for i := range h.Bonds {
		b := &h.Bonds[i]
		if !b.OVS {
			continue
		}
		if len(v.Ports) == 0 {
			v.Ports = append(v.Ports, internal(bridge, 0, b.MAC, state.Down))
		}
		v.Ports = append(v.Ports, bondPort(h, b))
		for _, u := range h.Uses {
			if u.Over != b.Name || u.Untagged {
				continue
			}
			if u.Kind == inventory.TrunkPort {
				for _, tap := range u.Guests {
					v.Ports = append(v.Ports, render.Port{Name: tap, Mode: "trunk", Trunks: u.VIDs, Interfaces: []render.Interface{{Name: tap, Driver: "tun",
						Admin: state.Up, Link: state.Up, Speed: 10_000_000, MTU: 1500, MAC: u.MAC}}})
				}
				continue
			}
			for vid := range u.VIDs.All() {
				if u.Kind == inventory.HostInterface {
					v.Ports = append(v.Ports, internal(u.Name, vid, u.MAC, state.Up))
				}
				for _, tap := range u.Guests {
					v.Ports = append(v.Ports, render.Port{Name: tap, Tag: vid, Interfaces: []render.Interface{{Name: tap, Driver: "tun",
						Admin: state.Up, Link: state.Up, Speed: 10_000_000, MTU: 1500, MAC: u.MAC}}})
				}
			}
		}
	}
	return v
}

func bondPort(h *model.Host, b *model.Bond) render.Port {
	p := render.Port{Name: b.Name, Mode: "trunk", LACP: "off", System: b.System, Priority: b.Priority, Fast: b.Fast}
	for _, u := range h.Uses {
		if u.Over == b.Name {
			p.Trunks = p.Trunks.Union(u.VIDs)
		}
	}
	p.NoTrunks = p.Trunks.Empty()
	switch b.Mode {
	case inventory.TeamLACP:
		p.BondMode, p.LACP = "balance-tcp", "passive"
		if b.Active {
			p.LACP = "active"
		}
		for _, m := range b.Members {
			p.Members = append(p.Members, m.LAGPort)
		}
	case inventory.TeamStatic:
		p.BondMode = "balance-tcp"
	case inventory.TeamActiveBackup:
		p.BondMode = "active-backup"
	default:
		p.BondMode = "balance-slb"
	}
	for _, m := range b.Members {
		n := h.NIC(m.Name)
		p.Interfaces = append(p.Interfaces, render.Interface{Name: n.Name, Driver: "ixgbe", Admin: n.Admin, Link: n.Oper, Speed: n.Speed, MTU: n.MTU, MAC: n.MAC})
	}
	return p
}

// Bonding is the files of /proc/net/bonding as the kernel writes them for root.
func Bonding(h *model.Host) []byte {
	var b strings.Builder
	for i := range h.Bonds {
		if bond := &h.Bonds[i]; !bond.OVS {
			if b.Len() > 0 {
				b.WriteString("\n")
			}
			fmt.Fprintf(&b, "==> /proc/net/bonding/%s <==\n", bond.Name)
			bondFile(&b, h, bond)
		}
	}
	if b.Len() == 0 {
		return []byte("head: cannot open '/proc/net/bonding/*' for reading: No such file or directory\n")
	}
	return []byte(b.String())
}

var procModes = map[inventory.TeamMode]string{
	inventory.TeamLACP:         "IEEE 802.3ad Dynamic link aggregation",
	inventory.TeamStatic:       "load balancing (xor)",
	inventory.TeamActiveBackup: "fault-tolerance (active-backup)",
	inventory.TeamIndependent:  "adaptive load balancing",
}

func bondFile(b *strings.Builder, h *model.Host, bond *model.Bond) {
	fmt.Fprintf(b, "Ethernet Channel Bonding Driver: v6.1.0-28-amd64\n\nBonding Mode: %s\n", procModes[bond.Mode])
	switch bond.Mode {
	case inventory.TeamLACP, inventory.TeamStatic:
		b.WriteString("Transmit Hash Policy: layer2 (0)\n")
	default:
		active := bond.ActiveNIC
		if active == "" {
			active = "None"
		}
		fmt.Fprintf(b, "Primary Slave: None\nCurrently Active Slave: %s\n", active)
	}
	fmt.Fprintf(b, "MII Status: %s\nMII Polling Interval (ms): 100\nUp Delay (ms): 0\nDown Delay (ms): 0\nPeer Notification Delay (ms): 0\n", bond.Oper)
	if bond.Mode == inventory.TeamLACP {
		ports := 0
		for _, m := range bond.Members {
			if m.Aggregator == bond.Aggregator {
				ports++
			}
		}
		rate, active := "slow", "off"
		if bond.Fast {
			rate = "fast"
		}
		if bond.Active {
			active = "on"
		}
		fmt.Fprintf(b, "\n802.3ad info\nLACP active: %s\nLACP rate: %s\nMin links: %d\nAggregator selection policy (ad_select): stable\n"+
			"System priority: %d\nSystem MAC address: %s\nActive Aggregator Info:\n\tAggregator ID: %d\n\tNumber of ports: %d\n\tActor Key: %d\n"+
			"\tPartner Key: %d\n\tPartner Mac Address: %s\n", active, rate, bond.MinLinks, bond.Priority, bond.System, bond.Aggregator, ports,
			bond.Key, max(bond.PartnerKey, 1), bond.Partner)
	}
	for _, m := range bond.Members {
		slave(b, h.NIC(m.Name), bond, m)
	}
}

func slave(b *strings.Builder, n *model.NIC, bond *model.Bond, m model.BondMember) {
	speed, duplex := "Unknown", "Unknown"
	if m.Link == state.Up {
		speed, duplex = fmt.Sprintf("%d Mbps", n.Speed/1_000_000), "full"
	}
	fmt.Fprintf(b, "\nSlave Interface: %s\nMII Status: %s\nSpeed: %s\nDuplex: %s\nLink Failure Count: %d\nPermanent HW addr: %s\nSlave queue ID: 0\n",
		m.Name, m.Link, speed, duplex, n.Fails, n.MAC)
	if bond.Mode != inventory.TeamLACP {
		return
	}
	partner, churn := partnerOf(m), "monitoring"
	if m.Churned {
		churn = "churned"
	}
	fmt.Fprintf(b, "Aggregator ID: %d\nActor Churn State: %s\nPartner Churn State: %s\nActor Churned Count: 0\nPartner Churned Count: 0\n", m.Aggregator, churn, churn)
	fmt.Fprintf(b, "details actor lacp pdu:\n    system priority: %d\n    system mac address: %s\n    port key: %d\n    port priority: %d\n"+
		"    port number: %d\n    port state: %d\n", m.Actor.SystemPriority, m.Actor.System, m.Actor.Key, m.Actor.PortPriority, m.Actor.Port, m.Actor.State)
	fmt.Fprintf(b, "details partner lacp pdu:\n    system priority: %d\n    system mac address: %s\n    oper key: %d\n    port priority: %d\n"+
		"    port number: %d\n    port state: %d\n", partner.SystemPriority, partner.System, partner.Key, partner.PortPriority, partner.Port, partner.State)
}

// partnerOf fills in what the kernel takes for a partner that was never heard.
func partnerOf(m model.BondMember) model.Endpoint {
	if m.Partner.System.IsZero() {
		return model.Endpoint{SystemPriority: 65535, Key: 1, PortPriority: 255, Port: 1, State: state.Activity}
	}
	return m.Partner
}
