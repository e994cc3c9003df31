package linux

import (
	"net/netip"

	"uplinkcheck/drivers/capture"
	"uplinkcheck/drivers/openvswitch/ovs"
	"uplinkcheck/drivers/state"
	"uplinkcheck/drivers/tree"
	"uplinkcheck/inventory"
)

// A link is an entry of "ip -j -d link show".
type link struct {
	name      string
	from      capture.Span
	ether     bool
	kind      string // info_kind: "bond", "bridge", "vlan", "veth", "tun", …; "" for hardware
	slaveKind string // what its master makes of it
	master    string
	below     string // the device a VLAN interface or macvlan is on
	data      tree.Node
	slaveData tree.Node
	mac       capture.Fact[state.MAC] // of now: a bond gives all its members one
	permanent capture.Fact[state.MAC] // only printed when it differs from mac, and by newer kernels
	oper      capture.Fact[state.Status]
	mtu       capture.Fact[int]
	pci       capture.Fact[string]
	addresses []capture.Fact[netip.Prefix]
	vlans     map[state.VID]bool // of a bridge port: true leaves untagged
	pvid      state.VID
}

var operStates = map[string]state.Status{
	"UP": state.Up, "DOWN": state.Down, "LOWERLAYERDOWN": state.Down, "NOTPRESENT": state.Down, "DORMANT": state.Down, "TESTING": state.Down,
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
		l := readLink(n)
		if l.name == "" || m.links[l.name] != nil {
			continue
		}
		if l.kind == "" && l.below != "" {
			m.note(l.from, l.name+" is on "+l.below+", but its kind was not told")
		}
		m.links[l.name] = l
		m.under[l.master] = append(m.under[l.master], l)
		m.names = append(m.names, l.name)
	}
}

func readLink(n tree.Node) *link {
	info := n.At("linkinfo")
	l := &link{
		name: n.At("ifname").Text(), from: n.Span(), ether: n.At("link_type").Text() == "ether",
		kind: info.At("info_kind").Text(), slaveKind: info.At("info_slave_kind").Text(),
		master: n.At("master").Text(), below: n.At("link").Text(),
		data: info.At("info_data"), slaveData: info.At("info_slave_data"),
		mac: address(n.At("address")), permanent: address(n.At("permaddr")),
		oper: tree.Word(n.At("operstate"), operStates),
		mtu:  capture.Then(n.At("mtu").Uint(31), func(v uint64) (int, bool) { return int(v), true }),
	}
	l.pci = card(n, info)
	if n.At("operstate").Text() == "UNKNOWN" { // the driver does not say; whether there is a carrier, the flags do
		flags := n.At("flags")
		l.oper = capture.Of(state.Down, flags.Span())
		for f := range flags.Children() {
			if f.Text() == "LOWER_UP" {
				l.oper = capture.Of(state.Up, flags.Span())
			}
		}
	}
	return l
}

// card reads the address on the PCI bus, on another bus the device's name. iproute2 prints it since version 5.12; what is hardware and
// has none may have come from an older one, and what the kernel makes up itself is on no bus.
func card(n, info tree.Node) capture.Fact[string] {
	if at := n.At("parentdev").NonEmpty(); at.Known() {
		return at
	}
	if kind := info.At("info_kind").NonEmpty(); kind.Known() {
		return capture.Of("", kind.From)
	}
	return capture.Fact[string]{}
}

// address reads a MAC address; all zero is none.
func address(n tree.Node) capture.Fact[state.MAC] {
	return capture.Then(n.Str(), func(s string) (state.MAC, bool) {
		mac, err := state.ParseMAC(s)
		return mac, err == nil && !mac.IsZero()
	})
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
		for a := range n.At("addr_info").Children() {
			local, bits := a.At("local"), a.At("prefixlen").Uint(8)
			prefix := capture.Then(local.Str(), func(s string) (netip.Prefix, bool) {
				addr, err := netip.ParseAddr(s)
				return netip.PrefixFrom(addr, int(bits.Value)), err == nil && bits.Known() && int(bits.Value) <= addr.BitLen()
			})
			if prefix.Known() && !(prefix.Value.Addr().Is6() && prefix.Value.Addr().IsLinkLocalUnicast()) {
				l.addresses = append(l.addresses, prefix)
			}
		}
	}
}

// readVLANs reads the VLANs of bridge ports; a bridge's own entry is what the machine itself may send into it.
func (m *machine) readVLANs(r *capture.Reply) {
	root, ok := m.list(r)
	if !ok {
		return
	}
	m.filtered = true
	for n := range root.Children() {
		l := m.links[n.At("ifname").Text()]
		if l == nil {
			continue
		}
		l.vlans = map[state.VID]bool{}
		total := 0
		for e := range n.At("vlans").Children() {
			first, last := e.At("vlan").Uint(12), e.At("vlanEnd").Uint(12)
			if !first.Known() {
				m.note(e.Span(), "bridge port "+l.name+": entry without a VLAN")
				continue
			}
			untagged := false
			for f := range e.At("flags").Children() {
				switch f.Text() {
				case "PVID":
					l.pvid = state.VID(first.Value)
				case "Egress Untagged":
					untagged = true
				}
			}
			if total += 1 + int(max(first.Value, last.Value)-first.Value); total > 4095 {
				m.note(n.Span(), "bridge port "+l.name+" has more VLANs than there are")
				l.vlans = nil
				break
			}
			for v := first.Value; v <= max(first.Value, last.Value); v++ {
				l.vlans[state.VID(v)] = untagged
			}
		}
	}
}

// isNIC is the rule of the package comment.
func (m *machine) isNIC(l *link) bool {
	if !l.ether {
		return false
	}
	if l.slaveKind == "bond" || m.vswitchMember(l.name) != nil {
		return l.kind != "vlan"
	}
	return l.kind == "" && l.below == "" && m.vswitchInternal(l.name) == nil || l.kind == "veth" && m.lldp[l.name]
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
		nic := inventory.NIC{Name: name, From: l.from, MAC: m.permanentMAC(l), Oper: l.oper, MTU: l.mtu, Team: team[name], PCI: l.pci}
		if s := m.procSlave(name); s != nil {
			nic.Speed = s.speed
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
		for slave, s := range b.slaves {
			if m.links[slave] == nil {
				out = append(out, inventory.NIC{Name: slave, From: s.from, MAC: s.permanent, Oper: s.link, Speed: s.speed, Team: name})
			}
		}
	}
	return out
}

// permanentMAC is what a NIC answers to outside of its bond. The address of a kernel bond's member is the bond's.
func (m *machine) permanentMAC(l *link) capture.Fact[state.MAC] {
	if l.slaveKind == "bond" {
		if mac := address(l.slaveData.At("perm_hwaddr")); mac.Known() {
			return mac
		}
		if s := m.procSlave(l.name); s != nil && s.permanent.Known() {
			return s.permanent
		}
		return l.permanent
	}
	if l.permanent.Known() {
		return l.permanent
	}
	return l.mac
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
