package model

import (
	"cmp"
	"errors"
	"fmt"
	"hash/fnv"
	"maps"
	"net/netip"
	"slices"
	"strings"
	"time"

	"uplinkcheck/drivers/state"
	"uplinkcheck/inventory"
)

// Compile works out what every device of the scenario would say. Errors name the entry that is wrong.
func Compile(s *Scenario) (*Fabric, error) {
	b := &builder{
		sc:      s,
		f:       &Fabric{Scenario: s, Time: s.Time},
		plat:    map[string]platform{},
		cableOf: map[CableEnd]*Cable{},
		bonds:   map[string][]lagRef{},
		macs:    map[state.MAC]string{},
		expired: map[CableEnd]bool{},
		silent:  map[CableEnd]bool{},
	}
	if b.f.Time.IsZero() {
		b.f.Time = time.Date(2026, 11, 1, 8, 0, 0, 0, time.UTC)
	}
	for _, step := range []func(){
		b.switches, b.pairs, b.trunks, b.hosts, b.edges, b.settings, b.spares, b.vlans, b.planned, b.faults, b.outcome,
	} {
		if step(); len(b.errs) > 0 {
			return nil, fmt.Errorf("scenario %s: %w", s.Name, errors.Join(b.errs...))
		}
	}
	return b.f, nil
}

// A builder first lays down the configuration (one method per kind of entry), then lets faults change it, and only then
// works out what becomes of it (outcome.go).
type builder struct {
	sc       *Scenario
	f        *Fabric
	plat     map[string]platform // by switch
	cableOf  map[CableEnd]*Cable
	bonds    map[string][]lagRef // by host/bond: the LAGs on the switches
	macs     map[state.MAC]string
	mute     []CableEnd // ends that send no LLDP
	blocked  []blockedRef
	unpeered []*Pair // the protocol is down though the peer-link is up
	expired  map[CableEnd]bool
	silent   map[CableEnd]bool // ends that send no LACPDUs
	errs     []error
}

type lagRef struct {
	sw  *Switch
	lag string
}

func (b *builder) fail(format string, args ...any) {
	b.errs = append(b.errs, fmt.Errorf(format, args...))
}

// sorted yields a map's entries in the order of names.
func sorted[V any](m map[string]V) func(yield func(string, V) bool) {
	return func(yield func(string, V) bool) {
		for _, k := range slices.SortedFunc(maps.Keys(m), state.NaturalCompare) {
			if !yield(k, m[k]) {
				return
			}
		}
	}
}

// mac returns a stable address for a name: 00:53 and a hash, the last octet left for ports.
func (b *builder) mac(prefix [2]byte, name string) state.MAC {
	h := fnv.New32a()
	h.Write([]byte(name))
	for n := h.Sum32(); ; n++ {
		m := state.MAC{prefix[0], prefix[1], byte(n >> 16), byte(n >> 8), byte(n)}
		if _, taken := b.macs[m]; !taken {
			b.macs[m] = name
			return m
		}
	}
}

// plus adds n to an address, carrying into the fifth octet.
func plus(m state.MAC, n int) state.MAC {
	n += int(m[4])<<8 | int(m[5])
	m[4], m[5] = byte(n>>8), byte(n)
	return m
}

func (b *builder) parseMAC(where, text string, fallback state.MAC) state.MAC {
	if text == "" {
		return fallback
	}
	m, err := state.ParseMAC(text)
	if err != nil {
		b.fail("%s: %w", where, err)
	}
	return m
}

// address numbers devices in a benchmarking range (RFC 2544): 198.18.x.y for switches, 198.19.x.y for hosts.
func address(second byte, n int) netip.Addr {
	return netip.AddrFrom4([4]byte{198, second, byte(n / 250), byte(n%250 + 1)})
}

const speed10G = 10_000_000_000

func (b *builder) switches() {
	for name, spec := range sorted(b.sc.Switches) {
		if spec == nil {
			spec = &SwitchSpec{}
		}
		p, ok := platforms[spec.Platform]
		if !ok {
			b.fail("switches.%s: platform %q has no model; known are %s", name, spec.Platform,
				strings.Join(slices.Sorted(maps.Keys(platforms)), ", "))
			continue
		}
		s := &Switch{
			Name: name, Platform: spec.Platform, Hostname: cmp.Or(spec.Hostname, name),
			Model: cmp.Or(spec.Model, p.model), Version: cmp.Or(spec.Version, p.version),
			Serial:   cmp.Or(spec.Serial, serial(name)),
			MAC:      b.parseMAC("switches."+name, spec.MAC, b.mac([2]byte{0x00, 0x53}, name)),
			Priority: 32768, Address: address(18, len(b.f.Switches)),
			Booted: b.f.Time.Add(-40 * 24 * time.Hour), Now: b.f.Time,
			Saved: !spec.Unsaved, LLDP: spec.LLDP == nil || *spec.LLDP,
		}
		if p.vlanDB {
			s.VLANs = []VLAN{{ID: 1, Name: "default", Active: true}}
		}
		for id := 0; spec.Stack > 1 && id < spec.Stack; id++ {
			role := []state.MemberRole{state.RoleActive, state.RoleStandby, state.RoleMember}[min(id, 2)]
			s.Members = append(s.Members, Member{ID: fmt.Sprint(id), Model: s.Model, Role: role, Up: true,
				Serial: serial(fmt.Sprintf("%s/%d", name, id)), MAC: plus(s.MAC, 0x40*id)})
		}
		for _, svi := range spec.SVIs {
			v := SVI{Interface: fmt.Sprintf("%s%d", p.svi, svi.VLAN), VID: svi.VLAN, VRF: svi.VRF}
			if svi.Address != "" {
				prefix, err := netip.ParsePrefix(svi.Address)
				if err != nil {
					b.fail("switches.%s.svis: %w", name, err)
				}
				v.Addresses = append(v.Addresses, prefix)
			}
			s.SVIs = append(s.SVIs, v)
			b.vrf(s, svi.VRF, v.Interface)
		}
		b.plat[name] = p
		b.f.Switches = append(b.f.Switches, s)
	}
}

func (b *builder) vrf(s *Switch, name, iface string) {
	if name == "" {
		return
	}
	for i := range s.VRFs {
		if s.VRFs[i].Name == name {
			s.VRFs[i].Interfaces = append(s.VRFs[i].Interfaces, iface)
			return
		}
	}
	s.VRFs = append(s.VRFs, VRF{Name: name, Interfaces: []string{iface}})
}

func serial(name string) string {
	h := fnv.New32a()
	h.Write([]byte("serial " + name))
	return fmt.Sprintf("SIM%08X", h.Sum32())
}

// ref resolves switch/port.
func (b *builder) ref(where, text string) (*Switch, string, bool) {
	name, port, ok := strings.Cut(text, "/")
	s := b.f.Switch(name)
	if !ok || s == nil || port == "" {
		b.fail("%s: %q is no switch/port of this scenario", where, text)
		return nil, "", false
	}
	return s, b.plat[name].portName(port), true
}

// port returns the physical port, making it when it is new.
func (b *builder) port(s *Switch, name string) *Port {
	if p := s.Port(name); p != nil {
		return p
	}
	p := Port{Name: name, Admin: state.Up, Speed: speed10G, MTU: b.plat[s.Name].mtu, Changed: s.Booted.Add(3 * time.Minute)}
	p.Index = number(name)
	if m := stackMember(name); m != "" { // counted from 0 on such platforms
		p.Index += 1 + 256*number(m)
		if len(s.Members) > 0 {
			p.Member = m
		}
	}
	for p.Index == 0 || slices.ContainsFunc(s.Ports, func(o Port) bool { return o.Index == p.Index }) {
		p.Index += 1000
	}
	p.MAC = plus(s.MAC, p.Index)
	s.Ports = append(s.Ports, p)
	slices.SortFunc(s.Ports, func(x, y Port) int { return state.NaturalCompare(x.Name, y.Name) })
	return s.Port(name)
}

// newPort is port for one that must not be in use yet.
func (b *builder) newPort(where string, s *Switch, name string) *Port {
	p := b.port(s, name)
	if b.cableOf[CableEnd{s.Name, name}] != nil || p.LAG != "" {
		b.fail("%s: %s/%s is used twice", where, s.Name, name)
	}
	return p
}

func (b *builder) cable(a, z CableEnd) *Cable {
	c := &Cable{A: a, Z: z}
	b.cableOf[a], b.cableOf[z] = c, c
	b.f.Cables = append(b.f.Cables, c)
	return c
}

// lagNumber returns want, or the next free number after adding hundreds, on all the switches.
func (b *builder) lagNumber(want int, on ...*Switch) int {
	for n := want; ; n += 100 {
		if !slices.ContainsFunc(on, func(s *Switch) bool { return s.LAG(fmt.Sprintf("%s%d", b.plat[s.Name].lag, n)) != nil }) {
			return n
		}
	}
}

// lag makes a LAG with its bridge port.
func (b *builder) lag(s *Switch, n int, description string, ports ...string) *LAG {
	p := b.plat[s.Name]
	l := LAG{Name: fmt.Sprintf("%s%d", p.lag, n), Number: n, Description: description, Protocol: state.LACP, Active: true, Fast: true,
		Fallback: state.NoFallback, Admin: state.Up, MTU: p.mtu, MAC: plus(s.MAC, 0x4000+n), Key: uint16(n), System: s.MAC, Priority: s.Priority}
	for _, name := range ports {
		b.port(s, name).LAG = l.Name
		l.Ports = append(l.Ports, LAGPort{Name: name})
	}
	if p.spareIn && len(ports) == 1 {
		spare := b.port(s, fmt.Sprintf("spare%d", n))
		spare.LAG, spare.Admin = l.Name, state.Down
		spare.Description = "second member that OVS wants, never cabled"
		l.Ports = append(l.Ports, LAGPort{Name: spare.Name})
	}
	s.LAGs = append(s.LAGs, l)
	slices.SortFunc(s.LAGs, func(x, y LAG) int { return state.NaturalCompare(x.Name, y.Name) })
	return s.LAG(l.Name)
}

// bridge makes the bridge port of an interface: a trunk for the set.
func (b *builder) bridge(s *Switch, name string, allowed state.VIDSet, native state.VID) *BridgePort {
	if native == 0 {
		native = b.plat[s.Name].native
	}
	s.Bridge = append(s.Bridge, BridgePort{Interface: name, Mode: state.Trunk, Native: native, Allowed: allowed, Explicit: true})
	slices.SortFunc(s.Bridge, func(x, y BridgePort) int { return state.NaturalCompare(x.Interface, y.Interface) })
	return s.BridgePort(name)
}

// unbridge takes a bridge port away: of a port that became a member of a LAG.
func unbridge(s *Switch, name string) {
	s.Bridge = slices.DeleteFunc(s.Bridge, func(p BridgePort) bool { return p.Interface == name })
}

// plan returns the VLANs of the networks; nil means all of them. native is the untagged one among them.
func (b *builder) plan(where string, networks *[]string) (set state.VIDSet, native state.VID, names []string) {
	names = b.networkNames(networks)
	for _, name := range names {
		n := b.sc.Networks[name]
		if n == nil {
			b.fail("%s: network %q is not declared", where, name)
			continue
		}
		set = set.Union(n.VLANs.VIDSet)
		if n.Untagged {
			for v := range n.VLANs.All() {
				native = v
			}
		}
	}
	return set, native, names
}

func (b *builder) networkNames(networks *[]string) []string {
	if networks != nil {
		return *networks
	}
	return slices.SortedFunc(maps.Keys(b.sc.Networks), state.NaturalCompare)
}

// peeringVLAN is the VLAN in which the two sides of a pair talk, where the protocol has one.
const peeringVLAN = 4094

func (b *builder) pairs() {
	for name, spec := range sorted(b.sc.Pairs) {
		where := "pairs." + name
		if spec == nil || len(spec.Switches) != 2 {
			b.fail("%s: a pair has two switches", where)
			continue
		}
		p := &Pair{Name: name, Domain: cmp.Or(spec.Domain, name), System: b.parseMAC(where, spec.System, b.mac([2]byte{0x02, 0x00}, "pair "+name))}
		for i, n := range spec.Switches {
			if p.Switches[i] = b.f.Switch(n); p.Switches[i] == nil {
				b.fail("%s: switch %q is not declared", where, n)
				return
			}
		}
		p.Protocol = cmp.Or(spec.Protocol, b.plat[p.Switches[0].Name].pair)
		if !slices.Contains([]string{"mlag", "esi", "shared-system"}, p.Protocol) {
			b.fail("%s: protocol %q is none of mlag, esi, shared-system", where, p.Protocol)
		}
		ports := []string{"47", "48"}
		if p.Protocol == "esi" {
			ports = nil
		}
		if spec.PeerLink != nil {
			ports = *spec.PeerLink
		}
		all, native, _ := b.plan(where, nil)
		if p.Protocol == "mlag" {
			all = all.Union(state.VIDs(peeringVLAN))
		}
		var names [2][]string
		for i, s := range p.Switches {
			s.pair = p
			for _, port := range ports {
				names[i] = append(names[i], b.newPort(where, s, b.plat[s.Name].portName(port)).Name)
			}
			s.MLAG = b.sideOf(p, i, spec)
			if p.Protocol == "mlag" {
				b.addVLAN(s, peeringVLAN, "mlag-peer")
				svi := SVI{Interface: fmt.Sprintf("%s%d", b.plat[s.Name].svi, peeringVLAN), VID: peeringVLAN,
					Addresses: []netip.Prefix{netip.PrefixFrom(s.MLAG.Address, 30)}}
				s.SVIs = append(s.SVIs, svi)
			}
			if len(ports) == 0 {
				continue
			}
			l := b.lag(s, number(names[i][0]), "peer-link to "+p.Switches[1-i].Name, names[i]...)
			l.PeerLink = true
			p.PeerLink[i] = l.Name
			if p.Protocol == "mlag" {
				s.MLAG.PeerLink = l.Name
			}
			b.bridge(s, l.Name, all, native).PeerLink = true
		}
		for i := range ports {
			b.cable(CableEnd{p.Switches[0].Name, names[0][i]}, CableEnd{p.Switches[1].Name, names[1][i]})
		}
		b.f.Pairs = append(b.f.Pairs, p)
	}
}

func (b *builder) sideOf(p *Pair, i int, spec *PairSpec) MLAG {
	switch p.Protocol {
	case "esi":
		return MLAG{Protocol: state.EVPNESI}
	case "shared-system":
		return MLAG{Protocol: state.NoMLAG}
	}
	m := MLAG{Protocol: state.PeerLinkMLAG, Domain: p.Domain, Role: state.MLAGRole(i + 1), SystemMAC: p.System, VID: peeringVLAN,
		Peer: p.Switches[1-i].Hostname, PeerMAC: p.Switches[1-i].MAC, Keepalive: state.Up, KeepaliveOver: cmp.Or(spec.Keepalive, "management"),
		Address:     netip.AddrFrom4([4]byte{169, 254, 1, byte(i + 1)}),
		PeerAddress: netip.AddrFrom4([4]byte{169, 254, 1, byte(2 - i)})}
	if spec.Keepalive == "none" {
		m.Keepalive, m.KeepaliveOver = 0, ""
	}
	return m
}

func (b *builder) addVLAN(s *Switch, id state.VID, name string) {
	if !b.plat[s.Name].vlanDB || s.VLAN(id) != nil {
		return
	}
	s.VLANs = append(s.VLANs, VLAN{ID: id, Name: name, Active: true})
	slices.SortFunc(s.VLANs, func(x, y VLAN) int { return cmp.Compare(x.ID, y.ID) })
}

func (b *builder) trunks() {
	for name, spec := range sorted(b.sc.Trunks) {
		where := "trunks." + name
		if spec == nil || len(spec.A) == 0 || len(spec.A) != len(spec.Z) {
			b.fail("%s: a and z must list the same number of ports", where)
			continue
		}
		set, native, _ := b.plan(where, spec.Networks)
		a, z := b.side(where, spec.A), b.side(where, spec.Z)
		if len(b.errs) > 0 {
			return
		}
		for i := range a {
			b.cable(CableEnd{a[i].sw.Name, a[i].lag}, CableEnd{z[i].sw.Name, z[i].lag})
		}
		if spec.Plain || len(a) == 1 {
			for _, r := range append(a, z...) {
				b.bridge(r.sw, r.lag, set, native)
				r.sw.Port(r.lag).Description = "trunk " + name
			}
			continue
		}
		b.lagsOver(a, number(a[0].lag), "trunk "+name, set, native)
		b.lagsOver(z, number(z[0].lag), "trunk "+name, set, native)
	}
}

// side resolves the ports of one side of a link.
func (b *builder) side(where string, refs []string) (ports []lagRef) {
	for _, text := range refs {
		if s, port, ok := b.ref(where, text); ok {
			b.newPort(where, s, port)
			ports = append(ports, lagRef{s, port})
		}
	}
	return ports
}

// lagsOver makes one LAG over ports of one or more switches: multi-chassis when the switches are a pair.
func (b *builder) lagsOver(ports []lagRef, n int, description string, set state.VIDSet, native state.VID) (lags []lagRef) {
	var on []*Switch
	for _, r := range ports {
		if !slices.Contains(on, r.sw) {
			on = append(on, r.sw)
		}
	}
	n = b.lagNumber(n, on...)
	for _, s := range on {
		var members []string
		for _, r := range ports {
			if r.sw == s {
				members = append(members, r.lag)
			}
		}
		l := b.lag(s, n, description, members...)
		for _, m := range members {
			s.Port(m).Description = description
		}
		b.bridge(s, l.Name, set, native)
		lags = append(lags, lagRef{s, l.Name})
	}
	if len(on) == 2 && on[0].pair != nil && on[0].pair == on[1].pair {
		b.multiChassis(lags, n)
	}
	return lags
}

func (b *builder) multiChassis(lags []lagRef, n int) {
	for _, r := range lags {
		l := r.sw.LAG(r.lag)
		l.System = r.sw.pair.System
		switch r.sw.pair.Protocol {
		case "mlag":
			l.MLAGID = fmt.Sprint(n)
		case "esi":
			l.ESI = fmt.Sprintf("00:00:00:00:00:00:00:00:%02x:%02x", n>>8, n&0xff)
		}
	}
}

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
	base := b.mac([2]byte{0x00, 0x53}, name)
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
		h.NICs = append(h.NICs, NIC{Name: nic, Index: index, MAC: plus(base, index), Admin: state.Up, Speed: speed10G, MTU: 9000})
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
		n := cmp.Or(spec.LAG, number(ports[0].lag))
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

// edges makes the ports that only "ports" names.
func (b *builder) edges() {
	for key := range sorted(b.sc.Ports) {
		s, name, ok := b.ref("ports."+key, key)
		if ok && s.LAG(name) == nil {
			b.port(s, name)
		}
	}
}

// planned remembers the cabling before faults change it.
func (b *builder) planned() {
	b.f.planned = map[CableEnd]CableEnd{}
	for _, c := range b.f.Cables {
		b.f.planned[c.A], b.f.planned[c.Z] = c.Z, c.A
	}
}

func (b *builder) settings() {
	for key, spec := range sorted(b.sc.LAGs) {
		lags := b.lagsNamed("lags."+key, key)
		for _, r := range lags {
			b.setLAG("lags."+key, r, spec)
		}
	}
	for key, spec := range sorted(b.sc.Ports) {
		s, name, ok := b.ref("ports."+key, key)
		if ok && spec != nil {
			b.setPort("ports."+key, s, name, spec)
		}
	}
}

func (b *builder) setLAG(where string, r lagRef, spec *LAGSpec) {
	if spec == nil {
		return
	}
	l, bp := r.sw.LAG(r.lag), r.sw.BridgePort(r.lag)
	switch spec.Protocol {
	case "lacp":
		l.Protocol = state.LACP
	case "static":
		l.Protocol = state.Static
	case "":
	default:
		b.fail("%s: protocol %q is none of lacp, static", where, spec.Protocol)
	}
	if can := b.plat[r.sw.Name].fallback; spec.Fallback != "" && !slices.Contains(can, spec.Fallback) {
		b.fail("%s: fallback %q: %s can only do %s", where, spec.Fallback, r.sw.Platform, strings.Join(can, ", "))
	} else if spec.Fallback != "" {
		l.Fallback = map[string]state.Fallback{"static": state.StaticFallback, "individual": state.IndividualFallback}[spec.Fallback]
	}
	if set(&l.MinLinks, spec.MinLinks); l.MinLinks > 0 && !b.plat[r.sw.Name].minimum {
		b.fail("%s: %s has no min-links", where, r.sw.Platform)
	}
	if set(&l.MLAGID, spec.MLAG); l.MLAGID == "" && b.plat[r.sw.Name].derived {
		l.System = r.sw.MAC
	}
	set(&l.Key, spec.Key)
	if spec.Passive != nil {
		l.Active = !*spec.Passive
	}
	if spec.Slow != nil {
		l.Fast = !*spec.Slow
	}
	if spec.System != "" && b.plat[r.sw.Name].derived {
		b.fail("%s: on %s the LACP system id follows from the multi-chassis id", where, r.sw.Platform)
	}
	l.System = b.parseMAC(where, spec.System, l.System)
	if spec.Allowed != nil {
		bp.Allowed, bp.Explicit = spec.Allowed.VIDSet, true
	}
	set(&bp.Native, spec.Native)
}

func set[T any](to *T, from *T) {
	if from != nil {
		*to = *from
	}
}

func (b *builder) setPort(where string, s *Switch, name string, spec *PortSpec) {
	if p := s.Port(name); p != nil {
		set(&p.Description, spec.Description)
		if spec.Shut {
			p.Admin = state.Down
		}
		p.Speed, p.MTU = cmp.Or(spec.Speed, p.Speed), cmp.Or(spec.MTU, p.MTU)
	}
	if spec.Mode == "" && spec.Allowed == nil && spec.Native == nil {
		return
	}
	bp := s.BridgePort(name)
	if bp == nil {
		if p := s.Port(name); p == nil || p.LAG != "" {
			b.fail("%s: no bridge port: a member of a LAG has no VLANs of its own", where)
			return
		}
		bp = b.bridge(s, name, state.AllVIDs, 0)
		bp.Explicit = false
	}
	if spec.Allowed != nil {
		bp.Allowed, bp.Explicit = spec.Allowed.VIDSet, true
	}
	set(&bp.Native, spec.Native)
	switch spec.Mode {
	case "access":
		asAccess(bp, state.VIDs(bp.Native))
	case "trunk":
		bp.Mode = state.Trunk
	case "":
	default:
		b.fail("%s: mode %q is none of access, trunk", where, spec.Mode)
	}
}

// lagsNamed resolves switch/lagN, switch/port of a member, host, or host/bond. None is an error.
func (b *builder) lagsNamed(where, text string) (out []lagRef) {
	name, rest, hasRest := strings.Cut(text, "/")
	if s := b.f.Switch(name); s != nil && hasRest {
		full := b.plat[name].portName(rest)
		if p := s.Port(full); p != nil && p.LAG != "" {
			full = p.LAG
		}
		if s.LAG(full) != nil {
			return []lagRef{{s, full}}
		}
	}
	for key, lags := range sorted(b.bonds) {
		if key == text || !hasRest && strings.HasPrefix(key, name+"/") {
			out = append(out, lags...)
		}
	}
	if out == nil {
		b.fail("%s: %q names no LAG: write switch/lagN, switch/port of a member, host, or host/bond", where, text)
	}
	return out
}

// spares gives every switch a few ports that nothing uses, as real ones have.
func (b *builder) spares() {
	for _, s := range b.f.Switches {
		want := 2
		if spec := b.sc.Switches[s.Name]; spec != nil && spec.Spare != nil {
			want = *spec.Spare
		}
		p := b.plat[s.Name]
		for n := 1; want > 0; n++ {
			if name := p.port(max(p.first, 0), n); s.Port(name) == nil {
				b.port(s, name)
				want--
			}
		}
		for i := range s.Ports {
			port := &s.Ports[i]
			if port.LAG == "" && s.BridgePort(port.Name) == nil {
				asAccess(b.bridge(s, port.Name, state.VIDs(1), 1), state.VIDs(1))
			}
		}
	}
}

// vlans creates the VLANs of the plan on every switch that has a port for them.
func (b *builder) vlans() {
	for _, s := range b.f.Switches {
		var used state.VIDSet
		for i := range s.Bridge {
			if p := &s.Bridge[i]; p.Allowed != state.AllVIDs {
				used = used.Union(p.Allowed)
			}
		}
		for _, svi := range s.SVIs {
			used = used.Union(state.VIDs(svi.VID))
		}
		for name, n := range sorted(b.sc.Networks) {
			for v := range n.VLANs.Intersect(used).All() {
				vlan := name
				if n.VLANs.Len() > 1 {
					vlan = fmt.Sprintf("%s-%d", name, v)
				}
				b.addVLAN(s, v, vlan)
			}
		}
		if spec := b.sc.Switches[s.Name]; spec != nil {
			used = used.Union(spec.VLANs.VIDSet)
		}
		for v := range used.All() {
			b.addVLAN(s, v, fmt.Sprintf("VLAN%04d", v))
		}
		slices.SortFunc(s.SVIs, func(x, y SVI) int { return state.NaturalCompare(x.Interface, y.Interface) })
	}
}
