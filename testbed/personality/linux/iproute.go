package linux

import (
	"encoding/json"
	"fmt"
	"net/netip"
	"slices"
	"strings"

	"uplinkcheck/drivers/state"
	"uplinkcheck/inventory"
	"uplinkcheck/testbed/model"
)

// A Device is an entry of "ip -j -d link show"; members are in the order of iproute2 6.1.
type Device struct {
	Index       int      `json:"ifindex"`
	Link        string   `json:"link,omitempty"`
	Name        string   `json:"ifname"`
	Flags       []string `json:"flags"`
	MTU         int      `json:"mtu"`
	Qdisc       string   `json:"qdisc"`
	Master      string   `json:"master,omitempty"`
	OperState   string   `json:"operstate"`
	Mode        string   `json:"linkmode,omitempty"`
	Group       string   `json:"group"`
	QueueLength int      `json:"txqlen"`
	Type        string   `json:"link_type"`
	Address     string   `json:"address"`
	Broadcast   string   `json:"broadcast"`
	Permanent   string   `json:"permaddr,omitempty"`
	Info        *info    `json:"linkinfo,omitempty"`
	ParentBus   string   `json:"parentbus,omitempty"` // iproute2 5.12 and later
	ParentDev   string   `json:"parentdev,omitempty"`
	Alias       string   `json:"ifalias,omitempty"`
	Addresses   []addr   `json:"addr_info,omitempty"`

	Prefixes []netip.Prefix `json:"-"` // for Addresses
}

type info struct {
	Kind      string `json:"info_kind,omitempty"`
	Data      any    `json:"info_data,omitempty"`
	SlaveKind string `json:"info_slave_kind,omitempty"`
	SlaveData any    `json:"info_slave_data,omitempty"`
}

type addr struct {
	Family string `json:"family"`
	Local  string `json:"local"`
	Length int    `json:"prefixlen"`
	Scope  string `json:"scope"`
	Label  string `json:"label,omitempty"`
}

func operState(up state.Status) (word string, flags []string) {
	if up == state.Up {
		return "UP", []string{"BROADCAST", "MULTICAST", "UP", "LOWER_UP"}
	}
	return "DOWN", []string{"NO-CARRIER", "BROADCAST", "MULTICAST", "UP"}
}

// NewDevice is an Ethernet device without a kind.
func NewDevice(index int, name string, up state.Status, mtu int, mac state.MAC) *Device {
	word, flags := operState(up)
	return &Device{Index: index, Name: name, Flags: flags, MTU: mtu, Qdisc: "mq", OperState: word, Mode: "DEFAULT", Group: "default", QueueLength: 1000,
		Type: "ether", Address: mac.String(), Broadcast: "ff:ff:ff:ff:ff:ff"}
}

// Is makes a device one of a kind, with what belongs to that.
func (d *Device) Is(kind string, data any) { d.info().Kind, d.info().Data = kind, data }

func (d *Device) info() *info {
	if d.Info == nil {
		d.Info = &info{}
	}
	return d.Info
}

// Under puts a device into a master, with what belongs to its being there.
func (d *Device) Under(master, kind string, data any) {
	d.Master = master
	d.info().SlaveKind, d.info().SlaveData = kind, data
}

// devices are all the host's, the loopback first.
func devices(h *model.Host) []*Device {
	all := Links(h)
	if openvswitch(h) {
		return append(all, switched(h)...)
	}
	for i := range h.Uses {
		all = used(h, &h.Uses[i], all)
	}
	return all
}

// Links are the loopback, the NICs and the kernel's bonds, without what stands on them.
func Links(h *model.Host) []*Device {
	lo := &Device{Index: 1, Name: "lo", Flags: []string{"LOOPBACK", "UP", "LOWER_UP"}, MTU: 65536, Qdisc: "noqueue", OperState: "UNKNOWN", Mode: "DEFAULT",
		Group: "default", QueueLength: 1000, Type: "loopback", Address: "00:00:00:00:00:00", Broadcast: "00:00:00:00:00:00",
		Prefixes: []netip.Prefix{netip.MustParsePrefix("127.0.0.1/8")}}
	all := []*Device{lo}
	for i := range h.NICs {
		n := &h.NICs[i]
		d := NewDevice(n.Index, n.Name, n.Oper, n.MTU, n.MAC)
		if n.PCI != "" {
			d.ParentBus, d.ParentDev = "pci", n.PCI
		}
		if n.Admin != state.Up {
			d.Flags = []string{"BROADCAST", "MULTICAST"}
		}
		if b := h.Bond(n.Bond); b != nil && !b.OVS {
			d.Under(b.Name, "bond", slaveData(n, b, b.Member(n.Name)))
			d.Address = b.MAC.String()
			if b.MAC != n.MAC {
				d.Permanent = n.MAC.String()
			}
		}
		all = append(all, d)
	}
	for i := range h.Bonds {
		if b := &h.Bonds[i]; !b.OVS {
			d := NewDevice(b.Index, b.Name, b.Oper, b.MTU, b.MAC)
			d.Is("bond", bondData(b))
			all = append(all, d)
		}
	}
	return all
}

// used adds the devices of a use: a VLAN interface, and for guests a bridge with taps.
func used(h *model.Host, u *model.Use, all []*Device) []*Device {
	below := all[slices.IndexFunc(all, func(d *Device) bool { return d.Name == u.Over })]
	if u.Kind == inventory.TrunkPort {
		return trunked(u, below, all)
	}
	top := below
	for vid := range u.VIDs.All() {
		top = NewDevice(u.Index, u.Name, state.Up, below.MTU, u.MAC)
		top.Link = u.Over
		top.Is("vlan", map[string]any{"protocol": "802.1Q", "id": int(vid), "flags": []string{"REORDER_HDR"}})
		all = append(all, top)
	}
	if u.Bridge == "" {
		if u.Address.IsValid() {
			top.Prefixes = append(top.Prefixes, u.Address)
		}
		return all
	}
	br := NewDevice(u.Index+1000, u.Bridge, state.Up, below.MTU, u.MAC)
	br.Is("bridge", map[string]any{"stp_state": 0, "vlan_filtering": 0, "group_fwd_mask": "0"})
	port := map[string]any{"state": "forwarding", "priority": 32, "cost": 2}
	top.Under(u.Bridge, "bridge", port)
	return append(append(all, br), taps(u, below.MTU, port)...)
}

// trunked adds a bridge that keeps VLANs apart, with the bond and the taps of guests that tag their frames.
func trunked(u *model.Use, below *Device, all []*Device) []*Device {
	port := map[string]any{"state": "forwarding", "priority": 32, "cost": 2}
	br := NewDevice(u.Index+1000, u.Bridge, state.Up, below.MTU, u.MAC)
	br.Is("bridge", map[string]any{"stp_state": 0, "vlan_filtering": 1, "group_fwd_mask": "0"})
	below.Under(u.Bridge, "bridge", port)
	return append(append(all, br), taps(u, below.MTU, port)...)
}

// taps are the guests of a use in its bridge.
func taps(u *model.Use, mtu int, port any) (out []*Device) {
	for i, name := range u.Guests {
		tap := NewDevice(u.Index+2000+i, name, state.Up, mtu, u.MAC)
		tap.Is("tun", map[string]any{"type": "tap", "pi": false, "vnet_hdr": true, "multi_queue": false, "persist": false})
		tap.Under(u.Bridge, "bridge", port)
		out = append(out, tap)
	}
	return out
}

// switched are the devices that Open vSwitch makes. Its kernel datapath enslaves all ports to one device.
func switched(h *model.Host) []*Device {
	system := NewDevice(90, "ovs-system", state.Down, 1500, state.MAC{0x02, 0, 0, 0, 0, 1})
	system.Is("openvswitch", nil)
	all := []*Device{system}
	for i, p := range vswitch(h).Ports {
		dev := p.Interfaces[0]
		if len(p.Interfaces) > 1 {
			continue
		}
		d := NewDevice(100+i, p.Name, dev.Link, dev.MTU, dev.MAC)
		d.Is("tun", nil)
		if dev.Type == "internal" {
			d.Is("openvswitch", nil)
			d.OperState = "UNKNOWN"
		} else {
			d.Under("ovs-system", "openvswitch", nil)
		}
		for _, u := range h.Uses {
			if u.Name == p.Name && u.Address.IsValid() {
				d.Prefixes = append(d.Prefixes, u.Address)
			}
		}
		all = append(all, d)
	}
	return all
}

var modeWords = map[inventory.TeamMode]string{inventory.TeamLACP: "802.3ad", inventory.TeamStatic: "balance-xor",
	inventory.TeamActiveBackup: "active-backup", inventory.TeamIndependent: "balance-alb"}

func bondData(b *model.Bond) any {
	data := map[string]any{"mode": modeWords[b.Mode], "miimon": 100, "updelay": 0, "downdelay": 0, "min_links": b.MinLinks, "xmit_hash_policy": "layer2"}
	if b.ActiveNIC != "" {
		data["active_slave"] = b.ActiveNIC
	}
	if b.Mode != inventory.TeamLACP {
		return data
	}
	ports := 0
	for _, m := range b.Members {
		if m.Aggregator == b.Aggregator {
			ports++
		}
	}
	data["ad_lacp_active"], data["ad_lacp_rate"] = "off", "slow"
	if b.Active {
		data["ad_lacp_active"] = "on"
	}
	if b.Fast {
		data["ad_lacp_rate"] = "fast"
	}
	data["ad_select"], data["ad_actor_sys_prio"], data["ad_user_port_key"], data["ad_actor_system"] = "stable", b.Priority, 0, "00:00:00:00:00:00"
	data["ad_info"] = map[string]any{"aggregator": b.Aggregator, "num_ports": ports, "actor_key": b.Key, "partner_key": max(b.PartnerKey, 1),
		"partner_mac": b.Partner.String()}
	return data
}

var bitWords = []string{"active", "short_timeout", "aggregating", "in_sync", "collecting", "distributing", "defaulted", "expired"}

func bits(s state.LACPBits) []string {
	var out []string
	for i, w := range bitWords {
		if s&(1<<i) != 0 {
			out = append(out, w)
		}
	}
	return out
}

func slaveData(n *model.NIC, b *model.Bond, m *model.BondMember) any {
	word := "BACKUP"
	if m.Carries {
		word = "ACTIVE"
	}
	data := map[string]any{"state": word, "mii_status": strings.ToUpper(m.Link.String()), "link_failure_count": n.Fails, "perm_hwaddr": n.MAC.String(), "queue_id": 0}
	if b.Mode == inventory.TeamLACP {
		partner := partnerOf(*m)
		data["ad_aggregator_id"] = m.Aggregator
		data["ad_actor_oper_port_state"], data["ad_actor_oper_port_state_str"] = m.Actor.State, bits(m.Actor.State)
		data["ad_partner_oper_port_state"], data["ad_partner_oper_port_state_str"] = partner.State, bits(partner.State)
	}
	return data
}

// Encode is a reply of iproute2.
func Encode(v any) []byte {
	out, err := json.Marshal(v)
	if err != nil {
		panic(err) // only strings, numbers and lists of them
	}
	return append(out, '\n')
}

func links(h *model.Host) []byte { return Encode(devices(h)) }

// Addresses is "ip -j address show": the same devices without details, with their addresses.
func Addresses(all []*Device) []byte {
	for _, d := range all {
		d.Mode, d.Info, d.Permanent, d.ParentBus, d.ParentDev, d.Alias = "", nil, "", "", "", ""
		if d.OperState == "UP" {
			d.Addresses = append(d.Addresses, addr{Family: "inet6", Local: fmt.Sprintf("fe80::5054:ff:fe00:%x", d.Index), Length: 64, Scope: "link"})
		}
		for _, p := range d.Prefixes {
			d.Addresses = append(d.Addresses, addr{Family: "inet", Local: p.Addr().String(), Length: p.Bits(), Scope: "global", Label: d.Name})
		}
	}
	return Encode(all)
}

// vlans is "bridge -j vlan show": bridges that keep no VLANs apart list VLAN 1 on every port; of one that does, the bond has all the
// host's, and a guest those that it was given.
func vlans(h *model.Host) []byte {
	type entry struct {
		VLAN  int      `json:"vlan"`
		Flags []string `json:"flags,omitempty"`
	}
	tagged := taggedPorts(h)
	type port struct {
		Name  string  `json:"ifname"`
		VLANs []entry `json:"vlans"`
	}
	list := []port{}
	for _, d := range devices(h) {
		if d.Info != nil && (d.Info.Kind == "bridge" || d.Info.SlaveKind == "bridge") {
			own := []entry{{1, []string{"PVID", "Egress Untagged"}}}
			if set, ok := tagged[d.Name]; ok {
				own = nil
				for v := range set.All() {
					own = append(own, entry{VLAN: int(v)})
				}
			}
			list = append(list, port{d.Name, own})
		}
	}
	return Encode(list)
}

// taggedPorts are the VLANs of the ports of bridges that keep VLANs apart.
func taggedPorts(h *model.Host) map[string]state.VIDSet {
	out := map[string]state.VIDSet{}
	for _, u := range h.Uses {
		if u.Kind != inventory.TrunkPort {
			continue
		}
		for _, name := range u.Guests {
			out[name] = u.VIDs
		}
		for _, other := range h.Uses {
			if other.Over == u.Over {
				out[u.Over] = out[u.Over].Union(other.VIDs)
			}
		}
	}
	return out
}
