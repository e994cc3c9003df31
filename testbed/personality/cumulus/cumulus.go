// Package cumulus words a simulated switch as Cumulus Linux 5 does: the kernel's own tools, lldpd, clagctl and NVUE, in a shell, as to root.
//
// All ports are in one VLAN-aware bridge, those that nobody configured in VLAN 1.
package cumulus

import (
	"encoding/json"
	"fmt"
	"net/netip"
	"strconv"

	"uplinkcheck/drivers/state"
	"uplinkcheck/testbed/model"
	"uplinkcheck/testbed/personality/linux"
	"uplinkcheck/testbed/personality/openvswitch/render"
)

// Personality renders Cumulus Linux.
var Personality = model.Personality{Platform: "cumulus", Switch: answer}

// object is a JSON object.
type object = map[string]any

const (
	bridge     = "br_default"
	management = "mgmt" // the VRF of eth0
	firstTable = 1001   // of VRFs
)

func answer(s *model.Switch, command string) ([]byte, bool) {
	switch command {
	case "hostname":
		return []byte(s.Hostname + "\n"), true
	case "cat /etc/lsb-release":
		return fmt.Appendf(nil, "DISTRIB_ID=\"Cumulus Linux\"\nDISTRIB_RELEASE=%s\nDISTRIB_DESCRIPTION=\"Cumulus Linux %[1]s\"\n", s.Version), true
	case "ip -j -d link show":
		return linux.Encode(devices(s)), true
	case "ip -j address show":
		return linux.Addresses(devices(s)), true
	case "ip vrf show":
		return vrfs(s), true
	case "head -v -n 100000 /proc/net/bonding/*":
		return linux.Bonding(s.AsHost()), true
	case "bridge -j vlan show":
		return linux.Encode(vlans(s)), true
	case "bridge -j fdb show":
		return linux.Encode(addresses(s)), true
	case "clagctl -j":
		if s.MLAG.Protocol != state.PeerLinkMLAG {
			return []byte("The clagd service is not running.\n"), true
		}
		return encode(clag(s)), true
	case "net show clag json", "net show lldp json", "net show system json":
		return []byte("bash: net: command not found\n"), true // NCLU is gone since release 5
	case "nv show mlag -o json":
		return encode(object{"enable": map[bool]string{true: "on", false: "off"}[s.MLAG.Protocol == state.PeerLinkMLAG]}), true
	case "nv show platform -o json":
		return encode(object{"product-name": s.Model, "serial-number": s.Serial}), true
	case "nv show bridge domain " + bridge + " stp -o json":
		return encode(object{"mode": "rstp", "priority": 32768}), true
	case "nv show interface -o json":
		return encode(interfaces(s)), true
	}
	return agent(s).Reply(command)
}

func encode(v any) []byte {
	out, err := json.MarshalIndent(v, "", "  ")
	if err != nil {
		panic(err) // only objects of texts, numbers and booleans
	}
	return append(out, '\n')
}

func agent(s *model.Switch) *render.Agent {
	a := &render.Agent{Down: !s.LLDP, Chassis: state.Identifier{Subtype: state.MACAddress, ID: s.MAC.String()}, Hostname: s.Hostname, Address: s.Address, Heard: s.Neighbours,
		Description: "Cumulus Linux version " + s.Version + " running on Mellanox " + s.Model}
	for _, p := range s.Ports {
		a.Ports = append(a.Ports, p.Name)
	}
	return a
}

// devices are all the switch's, the loopback first.
func devices(s *model.Switch) []*linux.Device {
	all := linux.Links(s.AsHost())
	find := func(name string) *linux.Device {
		for _, d := range all {
			if d.Name == name {
				return d
			}
		}
		return nil
	}
	for _, p := range s.Ports {
		find(p.Name).Alias = p.Description
	}
	for i := range s.LAGs {
		l := &s.LAGs[i]
		d := find(l.Name)
		if d.Alias = l.Description; l.Admin == state.Down {
			d.Flags = []string{"BROADCAST", "MULTICAST"}
		}
	}
	br := linux.NewDevice(200, bridge, state.Up, mtu(s), s.MAC)
	br.Is("bridge", object{"stp_state": 1, "vlan_filtering": 1})
	for i := range s.Bridge {
		b := &s.Bridge[i]
		word := "forwarding"
		switch {
		case b.Oper != state.Up:
			word = "disabled"
		case blocked(s, b.Interface):
			word = "blocking"
		}
		find(b.Interface).Under(bridge, "bridge", object{"state": word, "priority": 8, "cost": 2000})
	}
	eth0 := linux.NewDevice(2, "eth0", state.Up, 1500, s.MAC)
	eth0.Prefixes = []netip.Prefix{netip.PrefixFrom(s.Address, 15)}
	eth0.Under(management, "vrf", object{"table": firstTable})
	all = append(all, br, eth0)
	for i, name := range names(s) {
		vrf := linux.NewDevice(300+i, name, state.Up, 65575, s.MAC)
		vrf.Is("vrf", object{"table": firstTable + i})
		all = append(all, vrf)
	}
	for i := range s.SVIs {
		v := &s.SVIs[i]
		all = append(all, vlanInterface(1000+i, v.Interface, bridge, v.VID, v.Oper, mtu(s), s.MAC, v.Addresses))
		d := all[len(all)-1]
		if v.Shut {
			d.Flags = []string{"BROADCAST", "MULTICAST"}
		}
		for j, name := range names(s) {
			if v.VRF == name {
				d.Under(name, "vrf", object{"table": firstTable + j})
			}
		}
	}
	if m := &s.MLAG; m.Protocol == state.PeerLinkMLAG {
		all = append(all, vlanInterface(900, m.PeerLink+"."+strconv.Itoa(int(m.VID)), m.PeerLink, m.VID, m.PeerLinkOper, mtu(s), s.MAC, []netip.Prefix{netip.PrefixFrom(m.Address, 30)}))
	}
	return all
}

func vlanInterface(index int, name, below string, vid state.VID, oper state.Status, mtu int, mac state.MAC, at []netip.Prefix) *linux.Device {
	d := linux.NewDevice(index, name, oper, mtu, mac)
	d.Link, d.Prefixes = below, at
	if oper != state.Up {
		d.OperState = "LOWERLAYERDOWN"
	}
	d.Is("vlan", object{"protocol": "802.1Q", "id": int(vid), "flags": []string{"REORDER_HDR"}})
	return d
}

// mtu is that of what stands on ports.
func mtu(s *model.Switch) int {
	least := 9216
	for _, p := range s.Ports {
		least = min(least, p.MTU)
	}
	return least
}

func blocked(s *model.Switch, port string) bool {
	for _, b := range s.Blocked {
		if b.Interface == port {
			return true
		}
	}
	return false
}

// names are the VRFs in the order of their tables.
func names(s *model.Switch) []string {
	out := []string{management}
	for _, v := range s.VRFs {
		out = append(out, v.Name)
	}
	return out
}

func vrfs(s *model.Switch) []byte {
	out := []byte("Name              Table\n-----------------------\n")
	for i, name := range names(s) {
		out = fmt.Appendf(out, "%-16s  %5d\n", name, firstTable+i)
	}
	return out
}

type entry struct {
	VLAN  state.VID `json:"vlan"`
	Flags []string  `json:"flags,omitempty"`
}

type membership struct {
	Name  string  `json:"ifname"`
	VLANs []entry `json:"vlans"`
}

// vlans are those of the ports, and of the bridge itself.
func vlans(s *model.Switch) []membership {
	var list []membership
	var all state.VIDSet
	for i := range s.Bridge {
		b := &s.Bridge[i]
		m := membership{Name: b.Interface, VLANs: []entry{}}
		for v := range b.Allowed.All() {
			e := entry{VLAN: v}
			if v == b.PVID {
				e.Flags = append(e.Flags, "PVID")
			}
			if b.Untagged.Has(v) {
				e.Flags = append(e.Flags, "Egress Untagged")
			}
			m.VLANs = append(m.VLANs, e)
		}
		all = all.Union(b.Allowed)
		list = append(list, m)
	}
	own := membership{Name: bridge, VLANs: []entry{}}
	for v := range all.All() {
		own.VLANs = append(own.VLANs, entry{VLAN: v})
	}
	return append(list, own)
}

// addresses are what the bridge learned, and what the peer did, and the bridge's own.
func addresses(s *model.Switch) []object {
	list := []object{}
	for _, m := range s.MACs {
		o := object{"mac": m.MAC.String(), "ifname": m.Interface, "vlan": m.VID, "flags": []string{}, "master": bridge, "state": ""}
		switch m.Kind {
		case state.PeerLearned:
			o["flags"] = []string{"extern_learn"}
		case state.StaticMAC:
			o["state"] = "static"
		case state.OwnMAC:
			o["state"] = "permanent"
		}
		list = append(list, o)
	}
	return append(list, object{"mac": s.MAC.String(), "ifname": bridge, "vlan": 1, "flags": []string{}, "master": bridge, "state": "permanent"})
}

// roles have no word for one that is not known.
var roles = map[state.MLAGRole]string{state.Primary: "primary", state.Secondary: "secondary"}

func clag(s *model.Switch) object {
	m := &s.MLAG
	status := object{"backupActive": m.Keepalive == state.Up, "backupReason": "", "linklocal": false, "ourId": s.MAC.String(), "ourPriority": 32768, "ourRole": roles[m.Role],
		"peerAlive": m.Peered, "peerIf": m.PeerLink + "." + strconv.Itoa(int(m.VID)), "peerIp": m.PeerAddress.String(), "sysMac": m.SystemMAC.String()}
	if m.Keepalive != 0 {
		status["backupIp"] = m.KeepaliveOver
	}
	if m.Peered {
		status["peerId"], status["peerPriority"], status["peerRole"] = m.PeerMAC.String(), 32768, roles[state.Primary+state.Secondary-m.Role]
	}
	bonds := object{}
	for _, p := range m.Ports {
		id, err := strconv.Atoi(p.ID)
		if err != nil {
			continue // clag-id is a number: the model gives no other
		}
		b := object{"clagId": id, "operstate": p.LocalOper.String(), "peerIf": p.Peer, "status": "single"}
		if p.State == state.DualActive {
			b["status"] = "dual"
		}
		var conflicts []string
		for _, d := range m.Differences {
			if d.Where == p.Local {
				conflicts = append(conflicts, d.Parameter+" mismatch")
			}
		}
		if conflicts != nil {
			b["conflicts"] = conflicts
		}
		bonds[p.Local] = b
	}
	return object{"clagIntfs": bonds, "status": status}
}

// interfaces are "nv show interface": what a link runs at is only told while it is up.
func interfaces(s *model.Switch) object {
	out := object{}
	add := func(name, kind string, admin, oper state.Status, mtu int, speed uint64) {
		link := object{"admin-status": admin.String(), "oper-status": oper.String(), "mtu": mtu}
		if oper == state.Up {
			link["speed"], link["duplex"] = fmt.Sprintf("%dG", speed/1_000_000_000), "full"
		}
		out[name] = object{"link": link, "type": kind}
	}
	for _, p := range s.Ports {
		add(p.Name, "swp", p.Admin, p.Oper, p.MTU, p.Speed)
	}
	for i := range s.LAGs {
		l := &s.LAGs[i]
		add(l.Name, "bond", l.Admin, l.Oper, l.MTU, l.Speed)
	}
	return out
}
