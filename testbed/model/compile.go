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
		standby: map[CableEnd]bool{},
		noisy:   map[CableEnd]bool{},
	}
	if b.f.Time.IsZero() {
		b.f.Time = usualTime
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

// usualTime is when a scenario without a time of its own is collected.
var usualTime = time.Date(2026, 11, 1, 8, 0, 0, 0, time.UTC)

// since is a counter that goes up by one a second and has a value at the usual time.
func (b *builder) since(usual int) uint64 {
	return uint64(max(0, usual+int(b.f.Time.Sub(usualTime)/time.Second)))
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
	standby  map[CableEnd]bool // switch ports that are held in reserve
	noisy    map[CableEnd]bool // switch ports that receive bad PDUs
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
			Priority: 32768,
			Address:  address(18, len(b.f.Switches)),
			Booted:   b.f.Time.Add(-40 * 24 * time.Hour), Now: b.f.Time,
			Saved: !spec.Unsaved, LLDP: spec.LLDP == nil || *spec.LLDP,
		}
		if p.vlanDB {
			s.VLANs = []VLAN{{ID: 1, Name: "default", Active: true}}
		}
		for id := 0; spec.Stack > 1 && id < spec.Stack; id++ {
			role := []state.MemberRole{state.RoleActive, state.RoleStandby, state.RoleMember}[min(id, 2)]
			first := max(p.first, 0)
			s.Members = append(s.Members, Member{ID: fmt.Sprint(first + id), Model: s.Model, Role: role, Up: true,
				Serial: serial(fmt.Sprintf("%s/%d", name, id)), MAC: plus(s.MAC, 0x40*id),
				Cables: []string{fmt.Sprint(first + (id+1)%spec.Stack), fmt.Sprint(first + (id+spec.Stack-1)%spec.Stack)}})
		}
		for _, svi := range spec.SVIs {
			v := SVI{Interface: fmt.Sprintf("%s%d", p.svi, svi.VLAN), VID: svi.VLAN, VRF: svi.VRF, Filter: svi.Filter, Shut: svi.Shut}
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
	p := Port{Name: name, Admin: state.Up, Speed: speed10G, MTU: b.plat[s.Name].mtu, Changed: s.Booted.Add(3 * time.Minute), Changes: 2}
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
		all, native, _ := b.plan(where, spec.Networks)
		overVLAN := p.Protocol == "mlag" && !b.plat[p.Switches[0].Name].direct
		if overVLAN {
			all = all.Union(state.VIDs(peeringVLAN))
		}
		var names [2][]string
		for i, s := range p.Switches {
			s.pair = p
			for _, port := range ports {
				names[i] = append(names[i], b.newPort(where, s, b.plat[s.Name].portName(port)).Name)
			}
			s.MLAG = b.sideOf(p, i, spec)
			if overVLAN {
				b.addVLAN(s, peeringVLAN, "mlag-peer")
				svi := SVI{Interface: fmt.Sprintf("%s%d", b.plat[s.Name].svi, peeringVLAN), VID: peeringVLAN,
					Addresses: []netip.Prefix{netip.PrefixFrom(s.MLAG.Address, 30)}}
				s.SVIs = append(s.SVIs, svi)
			}
			if len(ports) == 0 {
				continue
			}
			l := b.lag(s, b.plat[s.Name].ordinal(names[i][0]), "peer-link to "+p.Switches[1-i].Name, names[i]...)
			l.PeerLink = true
			if own := b.plat[s.Name].peerLink; own != "" {
				l.Name = own
				for _, port := range names[i] {
					s.Port(port).LAG = own
				}
			}
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
		ReloadDelay: 300 * time.Second, OthersDelay: 300 * time.Second,
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
		b.lagsOver(a, b.plat[a[0].sw.Name].ordinal(a[0].lag), "trunk "+name, set, native)
		b.lagsOver(z, b.plat[z[0].sw.Name].ordinal(z[0].lag), "trunk "+name, set, native)
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
			if b.plat[r.sw.Name].byName {
				l.MLAGID = l.Name
			}
		case "esi":
			l.ESI = fmt.Sprintf("00:00:00:00:00:00:00:00:%02x:%02x", n>>8, n&0xff)
		}
	}
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
