package model

import (
	"cmp"
	"fmt"
	"maps"
	"net/netip"
	"slices"
	"strings"

	"uplinkcheck/drivers/state"
	"uplinkcheck/inventory"
)

func (b *builder) hosts() {
	for name, spec := range sorted(b.sc.Hosts) {
		b.host("hosts."+name, name, spec, Hypervisor)
	}
	for name, spec := range sorted(b.sc.Machines) {
		b.host("machines."+name, name, spec, Other)
	}
	slices.SortFunc(b.f.Hosts, func(x, y *Host) int { return state.NaturalCompare(x.Name, y.Name) })
}

var modes = map[string]inventory.TeamMode{
	"lacp": inventory.TeamLACP, "static": inventory.TeamStatic, "active-backup": inventory.TeamActiveBackup,
	"switch-independent": inventory.TeamIndependent, "none": 0,
}

func (b *builder) host(where, name string, spec *HostSpec, kind HostKind) {
	if spec == nil {
		b.fail("%s: a host needs uplinks", where)
		return
	}
	if b.f.Switch(name) != nil || b.f.Host(name) != nil {
		b.fail("%s: the name is used twice", where)
		return
	}
	h := &Host{Name: name, Kind: cmp.Or(spec.Kind, kind), Source: spec.Source, Hostname: cmp.Or(spec.Hostname, name), Rack: spec.Rack,
		Address: address(19, len(b.f.Hosts)), LLDP: spec.LLDP == nil || *spec.LLDP, Now: b.f.Time}
	if kind == Hypervisor {
		h.Source = cmp.Or(h.Source, "declared")
	}
	b.f.Hosts = append(b.f.Hosts, h)
	bonds := spec.Bonds
	if bonds == nil {
		bonds = map[string]*BondSpec{"bond0": {Uplinks: spec.Uplinks, Mode: spec.Mode}}
	}
	base := b.parseMAC(where, spec.MAC, b.mac([2]byte{0x00, 0x53}, name))
	for bond, bs := range sorted(bonds) {
		if bs == nil || len(bs.Uplinks) == 0 {
			b.fail("%s: no uplinks", where)
			return
		}
		own := *bs
		if own.Networks == nil {
			own.Networks = spec.Networks
		}
		b.bond(where, h, bond, &own, base)
	}
	for i := range h.Uses {
		if u := &h.Uses[i]; u.Kind == inventory.HostInterface {
			u.MAC = b.parseMAC(where, spec.Sends, u.MAC)
		}
	}
}

func (b *builder) bond(where string, h *Host, name string, spec *BondSpec, base state.MAC) {
	set, native, networks := b.plan(where, spec.Networks)
	mode, known := modes[spec.Mode]
	if spec.Mode == "" && len(spec.Uplinks) > 1 {
		mode = inventory.TeamLACP
	} else if !known && spec.Mode != "" {
		b.fail("%s: mode %q is none of %s", where, spec.Mode, strings.Join(slices.Sorted(maps.Keys(modes)), ", "))
	}
	var nics []string
	var refs []string
	for nic, ref := range sorted(spec.Uplinks) {
		nics, refs = append(nics, nic), append(refs, ref)
	}
	ports := b.side(where, refs)
	if len(b.errs) > 0 {
		return
	}
	for i, nic := range nics {
		index := len(h.NICs) + 2 // 1 is the loopback
		h.NICs = append(h.NICs, NIC{Name: nic, Index: index, MAC: plus(base, index), Admin: state.Up, Speed: speed10G, MTU: 9000,
			PCI: fmt.Sprintf("0000:%02x:00.0", 0x39+index)})
		b.cable(CableEnd{h.Name, nic}, CableEnd{ports[i].sw.Name, ports[i].lag})
	}
	if mode == 0 {
		for i, r := range ports {
			p := b.bridge(r.sw, r.lag, set, native)
			access := set.Len() == 1 && h.Kind != Hypervisor
			if access {
				asAccess(p, set)
			}
			r.sw.Port(r.lag).Description = h.Name + " " + nics[i]
			b.uses(h, nics[i], networks, access)
		}
		return
	}
	bond := Bond{Name: name, Index: 100 + len(h.Bonds), Mode: mode, OVS: spec.OVS, Active: !spec.Passive, Fast: !spec.Slow, MinLinks: spec.MinLinks,
		Admin: state.Up, MTU: 9000, MAC: h.NIC(nics[0]).MAC, Priority: 65535, Key: cmp.Or(spec.Key, 15)}
	bond.System = b.parseMAC(where, spec.System, bond.MAC)
	for _, nic := range nics {
		h.NIC(nic).Bond = name
		bond.Members = append(bond.Members, BondMember{LAGPort: LAGPort{Name: nic}})
	}
	h.Bonds = append(h.Bonds, bond)
	b.uses(h, name, networks, false)
	key := h.Name + "/" + name
	if mode.NeedsAggregator() == state.Yes {
		n := cmp.Or(spec.LAG, b.plat[ports[0].sw.Name].ordinal(ports[0].lag))
		b.bonds[key] = b.lagsOver(ports, n, h.Name+" "+name, set, native)
		for _, r := range b.bonds[key] {
			if mode == inventory.TeamStatic {
				r.sw.LAG(r.lag).Protocol = state.Static
			}
		}
	}
	for i, r := range ports {
		r.sw.Port(r.lag).Description = h.Name + " " + nics[i]
		if mode.NeedsAggregator() == state.No {
			b.bridge(r.sw, r.lag, set, native)
		}
	}
}

func asAccess(p *BridgePort, set state.VIDSet) {
	p.Mode, p.Allowed, p.Explicit = state.Access, set, true
	for v := range set.All() {
		p.Native = v
	}
}

// uses says what a host sends over a bond or NIC: an address of its own in every infrastructure network, guests in the others.
// untagged: it knows no tags, whatever the networks say.
func (b *builder) uses(h *Host, over string, networks []string, untagged bool) {
	hostNumber := len(b.f.Hosts)
	for _, name := range networks {
		n := b.sc.Networks[name]
		if n == nil {
			return
		}
		for v := range n.VLANs.All() {
			u := Use{Over: over, Network: name, VIDs: state.VIDs(v), Untagged: n.Untagged || untagged, Index: 200 + len(h.Uses),
				MAC: h.NICs[len(h.NICs)-1].MAC, Name: fmt.Sprintf("%s.%d", over, v)}
			if bond := h.Bond(over); bond != nil {
				u.MAC = bond.MAC
			}
			if u.Untagged {
				u.VIDs, u.Name = state.VIDSet{}, over
			}
			if h.Kind == Hypervisor && cmp.Or(n.Role, name) == string(inventory.Guest) {
				u.Kind, u.Bridge = inventory.GuestPort, fmt.Sprintf("br%d", v)
				u.Guests = []string{fmt.Sprintf("tap%d-%d", hostNumber, v)}
				u.MAC = b.mac([2]byte{0x02, 0x00}, h.Name+"/"+u.Guests[0])
			} else {
				u.Kind = inventory.HostInterface
				u.Address = netip.PrefixFrom(netip.AddrFrom4([4]byte{10, byte(v >> 8), byte(v), byte(10 + hostNumber%240)}), 24)
			}
			h.Uses = append(h.Uses, u)
		}
	}
}
