package linux

import (
	"uplinkcheck/drivers/capture"
	"uplinkcheck/drivers/kernel"
	"uplinkcheck/drivers/openvswitch/ovs"
	"uplinkcheck/drivers/state"
	"uplinkcheck/drivers/text"
	"uplinkcheck/drivers/tree"
	"uplinkcheck/inventory"
)

// A link is an entry of "ip -j -d link show", with what other replies say of it.
type link struct {
	kernel.Link
	vlans map[state.VID]bool // of a bridge port: true leaves untagged
	pvid  state.VID
	slots []slot
}

// A slot is a virtual function of a NIC (SR-IOV), which a guest may have to itself.
type slot struct {
	name string
	from capture.Span
	mac  capture.Fact[state.MAC] // as set from here; all zero: never
	vid  capture.Fact[uint64]    // that the NIC puts round its frames; unknown: none
}

// readSlots reads what "ip link" tells of virtual functions; newer kernels list their VLANs, of which there is one at most.
func (l *link) readSlots(n tree.Node) {
	for vf := range n.At("vfinfo_list").Children() {
		s := slot{name: l.Name + " VF " + vf.At("vf").Text(), from: vf.Span(), mac: text.MAC(vf.At("address").Str()), vid: vf.At("vlan").Uint(12)}
		for v := range vf.At("vlan_list").Children() {
			s.vid = v.At("vlan").Uint(12)
		}
		l.slots = append(l.slots, s)
	}
}

// list parses a reply that is an array of objects with an ifname.
func (m *machine) list(r *capture.Reply) (tree.Node, bool) {
	if !r.Usable() {
		return tree.Node{}, false
	}
	root, err := tree.JSON(r)
	switch {
	case err != nil:
		m.note(r.Whole(), err.Error())
	case root.Kind() != tree.Array:
		m.note(r.Whole(), "reply is no list")
	default:
		return root, true
	}
	return tree.Node{}, false
}

func (m *machine) readLinks(r *capture.Reply) {
	root, ok := m.list(r)
	if !ok {
		return
	}
	m.listed = r.Whole()
	for n := range root.Children() {
		l := &link{Link: *kernel.ReadLink(n)}
		if l.Name == "" || m.links[l.Name] != nil {
			continue
		}
		l.readSlots(n)
		if l.Kind == "" && l.Below != "" {
			m.note(l.From, l.Name+" is on "+l.Below+", but its kind was not told")
		}
		m.links[l.Name] = l
		m.under[l.Master] = append(m.under[l.Master], l)
		m.names = append(m.names, l.Name)
	}
}

// readAddresses notes the addresses of each link. Link-local ones of IPv6 are left out: every link that is up has one.
func (m *machine) readAddresses(r *capture.Reply) {
	root, ok := m.list(r)
	if !ok {
		return
	}
	m.addressed = true
	for n := range root.Children() {
		l := m.links[n.At("ifname").Text()]
		if l == nil {
			continue
		}
		l.Addresses = append(l.Addresses, kernel.ReadAddresses(n)...)
	}
}

// readVLANs reads the VLANs of bridge ports; a bridge's own entry is what the machine itself may send into it.
func (m *machine) readVLANs(r *capture.Reply) {
	root, ok := m.list(r)
	if !ok {
		return
	}
	m.filtered = true
	ports, unread := kernel.ReadVLANs(root)
	m.unread = append(m.unread, unread...)
	for _, p := range ports {
		l := m.links[p.Port]
		if l == nil {
			continue
		}
		l.vlans, l.pvid = map[state.VID]bool{}, p.PVID
		for v := range p.VIDs.All() {
			l.vlans[v] = p.Untagged.Has(v)
		}
	}
}

// joins reports whether the device is a bond, of the kernel or of teamd.
func (l *link) joins() bool { return l.Kind == "bond" || l.Kind == "team" }

// joined reports whether the device is in one.
func (l *link) joined() bool { return l.SlaveKind == "bond" || l.SlaveKind == "team" }

// isNIC is the rule of the package comment.
func (m *machine) isNIC(l *link) bool {
	if !l.Ether {
		return false
	}
	if l.joined() || m.vswitchMember(l.Name) != nil {
		return l.Kind != "vlan"
	}
	return l.Kind == "" && l.Below == "" && m.vswitchInternal(l.Name) == nil || l.Kind == "veth" && m.lldp[l.Name]
}

// nics lists the NICs with the team that has them.
func (m *machine) nics(teams []inventory.Team) []inventory.NIC {
	team := map[string]string{}
	for _, t := range teams {
		for _, member := range t.Members {
			team[member.Name] = t.Name
		}
	}
	var out []inventory.NIC
	for _, name := range m.names {
		l := m.links[name]
		if !m.isNIC(l) {
			continue
		}
		nic := inventory.NIC{Name: name, From: l.From, MAC: m.permanentMAC(l), Oper: l.Oper, MTU: l.MTU, Team: team[name], PCI: l.PCI}
		if s := m.slaves[name]; s != nil {
			nic.Speed = s.Speed
		}
		if p, i := m.vswitchInterface(name); p != nil {
			nic.Speed = i.Speed
		}
		out = append(out, nic)
	}
	for p := range m.vswitch.Ports() { // what DPDK drives, the kernel does not list
		for _, i := range p.Interfaces {
			if m.links[i.Name] == nil && (i.Type.Value == "dpdk" || p.Bonded()) {
				out = append(out, inventory.NIC{Name: i.Name, From: i.From, MAC: i.MAC, Oper: i.Link, Speed: i.Speed, MTU: i.MTU, Team: team[i.Name]})
			}
		}
	}
	for name, b := range m.bonding { // only the bonding files were answered
		for slave, s := range b.Slaves {
			if m.links[slave] == nil {
				out = append(out, inventory.NIC{Name: slave, From: s.From, MAC: s.Permanent, Oper: s.Link, Speed: s.Speed, Team: name})
			}
		}
	}
	return out
}

// permanentMAC is what a NIC answers to outside of its bond. The address of a kernel bond's member is the bond's.
func (m *machine) permanentMAC(l *link) capture.Fact[state.MAC] {
	if l.joined() {
		if mac := text.Station(l.SlaveData.Word("perm_hwaddr")); mac.Known() {
			return mac
		}
		if s := m.slaves[l.Name]; s != nil && s.Permanent.Known() {
			return s.Permanent
		}
		return l.Permanent
	}
	if l.Permanent.Known() {
		return l.Permanent
	}
	return l.MAC
}

// vswitchInterface returns the interface of Open vSwitch of that name with its port, or nil.
func (m *machine) vswitchInterface(name string) (*ovs.Port, *ovs.Interface) {
	return m.at[name].port, m.at[name].iface
}

// vswitchMember returns the bond that has the interface, or nil.
func (m *machine) vswitchMember(name string) *ovs.Port {
	if p, _ := m.vswitchInterface(name); p != nil && p.Bonded() {
		return p
	}
	return nil
}

// vswitchInternal returns the port when the device is Open vSwitch's own, the machine's way into a bridge, or nil.
func (m *machine) vswitchInternal(name string) *ovs.Port {
	if p, i := m.vswitchInterface(name); p != nil && i.Type.Value == "internal" {
		return p
	}
	return nil
}
