package model

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"

	"uplinkcheck/drivers/state"
	"uplinkcheck/inventory"
)

// A FaultKind is one thing that can be wrong with a fabric.
type FaultKind struct {
	Name string
	// Doc says what On and the other fields of a Fault mean, and what follows.
	Doc string
	// Example is one use on mlag-pair and what is built on it: the fields beside "fault".
	Example string
	apply   func(b *builder, where string, f Fault)
}

// FaultKinds lists all faults by name.
func FaultKinds() []FaultKind {
	kinds := []FaultKind{
		{"cable-pulled", "on: switch/port or host/nic. Both ends go dark.",
			"on: leaf1/1", (*builder).cablePulled},
		{"admin-down", "on: switch/port, switch/lagN or host/nic. Shut by configuration; the far end goes dark.",
			"on: leaf1/lag1", (*builder).adminDown},
		{"port-errdisabled", "on: switch/port. Shut by a protection function; the far end goes dark.",
			"on: leaf1/1", (*builder).errDisabled},
		{"reload-delay", "on: switch that has just come back: it still keeps its multi-chassis ports down.",
			"on: leaf2", (*builder).reloadDelay},
		{"wrong-key", "on: LAG or host. The switch side uses another LACP key (value, else 100 more).",
			"on: leaf2/lag2", (*builder).wrongKey},
		{"wrong-system-id", "on: LAG. The switch side uses its own LACP system id, not the pair's (or value); where that follows from the multi-chassis id, the LAG lacks it.",
			"on: leaf2/lag2", (*builder).wrongSystem},
		{"lacp-off", "on: LAG or host. The switch side sends no LACPDUs: a static LAG.",
			"on: leaf2/lag2", (*builder).lacpOff},
		{"static-vs-lacp", "on: LAG or host. As lacp-off; with: host makes the host's bond the static end instead.",
			"on: esx1", (*builder).lacpOff},
		{"passive-passive", "on: host or host/bond. Both ends wait for the other to speak.",
			"on: kvm1", (*builder).passivePassive},
		{"one-way-loss", "on: switch/port or host/nic that no longer receives, though the link is up.",
			"on: leaf1/2", (*builder).oneWayLoss},
		{"expired", "on: switch/port or host/nic that has just stopped hearing LACPDUs.",
			"on: leaf1/1", (*builder).expire},
		{"lacp-silent", "on: host. It sends no LACPDUs, as in its boot loader.",
			"on: esx1", (*builder).lacpSilent},
		{"fallback-active", "on: host. As lacp-silent, and the switch falls back (value: static or individual, where the platform has both).",
			"on: esx1", (*builder).fallbackActive},
		{"leg-patched-to-other-host", "on: host/nic whose switch port is moved to with: host/nic.",
			"on: esx1/eno2, with: kvm1/eno2", (*builder).legMoved},
		{"legs-swapped", "on: host/nic, with: host/nic. Their switch ends are exchanged.",
			"on: esx1/eno2, with: kvm1/eno2", (*builder).legsSwapped},
		{"both-legs-on-one-switch", "on: host/nic that is moved, cable and LAG, to the switch of the bond's other NIC.",
			"on: kvm1/eno2", (*builder).bothOnOne},
		{"duplicate-partner", "on: host, with: host. The first presents the LACP identity of the second.",
			"on: esx1, with: kvm1", (*builder).duplicatePartner},
		{"one-card", "on: host. All its NICs are ports of one PCI device.",
			"on: kvm1", (*builder).oneCard},
		{"loop-to-itself", "on: switch/port in a LAG, cabled to with: switch/port, else to a spare port put into the same LAG.",
			"on: leaf1/1", (*builder).loop},
		{"loop-cable", "on: switch/port, with: switch/port, both unused: a patch cable between them. They are access ports of the first and of the last of vlans, and " +
			"nothing blocks either. value silent: LLDP is off on both.",
			"on: leaf1/5, with: leaf1/6, vlans: \"10,100\"", (*builder).loopCable},
		{"min-links", "on: LAG or host. The switch side asks for value links (2).",
			"on: leaf1/lag1", (*builder).minLinks},
		{"speed-mismatch", "on: switch/port or host/nic. The link runs at value bit/s (1000000000) at both ends.",
			"on: leaf2/1", (*builder).speedMismatch},
		{"mtu-mismatch", "on: switch/port or switch/lagN. MTU is value (1500).",
			"on: leaf1/lag1", (*builder).mtuMismatch},
		{"host-mtu", "on: host. Its NICs and bonds, and what is on them, are set to an MTU of value (9500).",
			"on: kvm1", (*builder).hostMTU},
		{"guest-trunk", "on: host. A guest's port is a trunk: the guest itself tags vlans (those of all networks of guests).",
			"on: kvm1", (*builder).guestTrunk},
		{"vlan-missing", "on: switch/port or switch/lagN. vlans are not in its list.",
			"on: leaf1/lag1, vlans: 20", (*builder).vlanMissing},
		{"vlan-not-created", "on: switch. vlans are not in its database.",
			"on: leaf1, vlans: 20", (*builder).vlanNotCreated},
		{"vlan-suspended", "on: switch. vlans are suspended in its database.",
			"on: leaf1, vlans: 20", (*builder).vlanSuspended},
		{"native-mismatch", "on: switch/port, switch/lagN or host. vlans (one) is the untagged VLAN.",
			"on: leaf1/lag1, vlans: 10", (*builder).nativeMismatch},
		{"mgmt-vlan-on-edge-port", "on: switch/port. It is an access port of vlans (the management network's first), and something is plugged in.",
			"on: leaf1/5", (*builder).mgmtOnEdge},
		{"allow-all", "on: LAG, switch/port or host. No VLAN list: every VLAN passes.",
			"on: esx1", (*builder).allowAll},
		{"stp-blocked", "on: switch/port or switch/lagN. Spanning tree blocks vlans (all of them, as always where there is one tree).",
			"on: leaf1/lag1, vlans: 20", (*builder).stpBlocked},
		{"mlag-peer-down", "on: pair. The protocol is down on both sides though the peer-link is up.",
			"on: p1", (*builder).mlagPeerDown},
		{"peer-link-down", "on: pair. All peer-link cables are pulled.",
			"on: p1", (*builder).peerLinkDown},
		{"peer-link-single-member", "on: pair. All peer-link cables but one are pulled.",
			"on: p1", (*builder).peerLinkSingle},
		{"keepalive-down", "on: pair. The keepalive is not answered.",
			"on: p1", (*builder).keepaliveDown},
		{"config-inconsistent", "on: pair. value: parameter=here/there is a difference that the pair found in itself.",
			"on: p1", (*builder).configInconsistent},
		{"mlag-port-partial", "on: switch/lagN. Its cables are pulled on this side of the pair.",
			"on: leaf1/lag1", (*builder).mlagPartial},
		{"flapping", "on: switch/port or host/nic. Its link goes and comes once a second; each sample sees it up.",
			"on: leaf1/1", (*builder).flapping},
		{"bad-pdus", "on: switch/port of a LACP LAG. It receives an illegal slow-protocol PDU each second.",
			"on: leaf1/1", (*builder).badPDUs},
		{"hot-standby", "on: switch/port of a LACP LAG. The switch holds the member in reserve.",
			"on: leaf1/1", (*builder).hotStandby},
		{"no-reload-delay", "on: switch of a pair. Its multi-chassis ports wait value (0s) after a reload.",
			"on: leaf1", (*builder).noReloadDelay},
		{"dual-primary", "on: pair. Both sides are primary and see no peer.",
			"on: p1", (*builder).dualPrimary},
		{"lldp-silent", "on: switch or host. It speaks no LLDP and does not listen; switch/port or host/nic: this end does not send.",
			"on: esx1", (*builder).lldpSilent},
	}
	slices.SortFunc(kinds, func(x, y FaultKind) int { return cmp.Compare(x.Name, y.Name) })
	return kinds
}

func (b *builder) faults() {
	known := map[string]FaultKind{}
	for _, k := range FaultKinds() {
		known[k.Name] = k
	}
	for i, f := range b.sc.Faults {
		where := fmt.Sprintf("faults[%d] (%s)", i, f.Fault)
		k, ok := known[f.Fault]
		if !ok {
			b.fail("%s: no such fault; known are %s", where, strings.Join(slices.Sorted(maps.Keys(known)), ", "))
			return
		}
		if k.apply(b, where, f); len(b.errs) > 0 {
			return
		}
	}
}

// end resolves switch/port or host/nic. cabled: there must be a cable.
func (b *builder) end(where, text string, cabled bool) (CableEnd, bool) {
	name, port, _ := strings.Cut(text, "/")
	e := CableEnd{name, port}
	if s := b.f.Switch(name); s != nil {
		e.Port = b.plat[name].portName(port)
		if s.Port(e.Port) == nil {
			b.fail("%s: %s has no port %s", where, name, e.Port)
			return e, false
		}
	} else if h := b.f.Host(name); h == nil || h.NIC(port) == nil {
		b.fail("%s: %q is no switch/port and no host/nic of this scenario", where, text)
		return e, false
	}
	if cabled && b.cableOf[e] == nil {
		b.fail("%s: nothing is cabled to %s", where, text)
		return e, false
	}
	return e, true
}

// bridgesNamed resolves switch/port, switch/lagN or a host to bridge ports.
func (b *builder) bridgesNamed(where, text string) (out []lagRef) {
	if h := b.f.Host(text); h != nil {
		for _, nic := range h.NICs {
			far, _ := b.other(CableEnd{h.Name, nic.Name})
			s := b.f.Switch(far.Device)
			if s == nil {
				continue
			}
			ref := lagRef{s, cmp.Or(s.Port(far.Port).LAG, far.Port)}
			if !slices.Contains(out, ref) {
				out = append(out, ref)
			}
		}
		return out
	}
	s, name, ok := b.ref(where, text)
	if !ok {
		return nil
	}
	if p := s.Port(name); p != nil && p.LAG != "" {
		name = p.LAG
	}
	if s.BridgePort(name) == nil {
		b.fail("%s: %s has no bridge port %s", where, s.Name, name)
		return nil
	}
	return []lagRef{{s, name}}
}

func (b *builder) pairNamed(where, name string) *Pair {
	for _, p := range b.f.Pairs {
		if p.Name == name {
			return p
		}
	}
	b.fail("%s: no pair %q", where, name)
	return nil
}

func (b *builder) hostNamed(where, name string) *Host {
	h := b.f.Host(name)
	if h == nil {
		b.fail("%s: no host %q", where, name)
	}
	return h
}

func (b *builder) integer(where, text string, fallback int) int {
	if text == "" {
		return fallback
	}
	n, err := strconv.Atoi(text)
	if err != nil {
		b.fail("%s: value %q is no number", where, text)
	}
	return n
}

func (b *builder) unplug(e CableEnd) {
	far, c := b.other(e)
	if c == nil {
		return
	}
	delete(b.cableOf, e)
	delete(b.cableOf, far)
	b.f.Cables = slices.DeleteFunc(b.f.Cables, func(x *Cable) bool { return x == c })
}

func (b *builder) cablePulled(where string, f Fault) {
	if e, ok := b.end(where, f.On, true); ok {
		b.cableOf[e].Unplugged = true
	}
}

func (b *builder) adminDown(where string, f Fault) {
	if name, rest, ok := strings.Cut(f.On, "/"); ok {
		if s := b.f.Switch(name); s != nil {
			if l := s.LAG(b.plat[name].portName(rest)); l != nil {
				l.Admin = state.Down
				for _, m := range l.Ports {
					s.Port(m.Name).Admin = state.Down
				}
				return
			}
		}
	}
	e, ok := b.end(where, f.On, false)
	if !ok {
		return
	}
	if s := b.f.Switch(e.Device); s != nil {
		s.Port(e.Port).Admin = state.Down
		return
	}
	b.f.Host(e.Device).NIC(e.Port).Admin = state.Down
}

func (b *builder) errDisabled(where string, f Fault) {
	e, ok := b.end(where, f.On, false)
	if s := b.f.Switch(e.Device); ok && s != nil {
		s.Port(e.Port).Reason = ErrDisabled
	}
}

func (b *builder) reloadDelay(where string, f Fault) {
	s := b.f.Switch(f.On)
	if s == nil || s.pair == nil {
		b.fail("%s: %q is no switch of a pair", where, f.On)
		return
	}
	s.MLAG.HeldBack = true
	for _, l := range s.LAGs {
		if l.System == s.MAC {
			continue // on this switch alone, the peer-link among them
		}
		for _, m := range l.Ports {
			s.Port(m.Name).Reason = ErrDisabled
		}
	}
}

func (b *builder) wrongKey(where string, f Fault) {
	for _, r := range b.lagsNamed(where, f.On) {
		l := r.sw.LAG(r.lag)
		l.Key = uint16(b.integer(where, f.Value, int(l.Key)+100))
	}
}

func (b *builder) wrongSystem(where string, f Fault) {
	for _, r := range b.lagsNamed(where, f.On) {
		l := r.sw.LAG(r.lag)
		l.System = b.parseMAC(where, f.Value, r.sw.MAC)
		if b.plat[r.sw.Name].derived {
			l.MLAGID = ""
		}
	}
}

func (b *builder) lacpOff(where string, f Fault) {
	if f.With == "host" {
		if h := b.hostNamed(where, f.On); h != nil {
			for i := range h.Bonds {
				h.Bonds[i].Mode = inventory.TeamStatic
			}
		}
		return
	}
	for _, r := range b.lagsNamed(where, f.On) {
		r.sw.LAG(r.lag).Protocol = state.Static
	}
}

func (b *builder) passivePassive(where string, f Fault) {
	for _, r := range b.lagsNamed(where, f.On) {
		r.sw.LAG(r.lag).Active = false
	}
	name, bond, _ := strings.Cut(f.On, "/")
	if h := b.hostNamed(where, name); h != nil {
		for i := range h.Bonds {
			if bond == "" || h.Bonds[i].Name == bond {
				h.Bonds[i].Active = false
			}
		}
	}
}

func (b *builder) oneWayLoss(where string, f Fault) {
	if e, ok := b.end(where, f.On, true); ok {
		if c := b.cableOf[e]; c.A == e {
			c.LossZA = true
		} else {
			c.LossAZ = true
		}
	}
}

func (b *builder) expire(where string, f Fault) {
	if e, ok := b.end(where, f.On, true); ok {
		b.expired[e] = true
	}
}

func (b *builder) lacpSilent(where string, f Fault) {
	if h := b.hostNamed(where, f.On); h != nil {
		for _, nic := range h.NICs {
			b.silent[CableEnd{h.Name, nic.Name}] = true
		}
	}
}

func (b *builder) fallbackActive(where string, f Fault) {
	b.lacpSilent(where, f)
	for _, r := range b.lagsNamed(where, f.On) {
		can := b.plat[r.sw.Name].fallback
		if len(can) == 0 {
			b.fail("%s: %s has no fallback", where, r.sw.Platform)
			continue
		}
		b.setLAG(where, r, &LAGSpec{Fallback: cmp.Or(f.Value, can[0])})
	}
}

func (b *builder) legMoved(where string, f Fault) {
	from, ok1 := b.end(where, f.On, true)
	to, ok2 := b.end(where, f.With, false)
	if ok1 && ok2 {
		port, _ := b.other(from)
		b.unplug(from)
		b.unplug(to)
		b.cable(to, port)
	}
}

func (b *builder) legsSwapped(where string, f Fault) {
	x, ok1 := b.end(where, f.On, true)
	y, ok2 := b.end(where, f.With, true)
	if ok1 && ok2 {
		px, _ := b.other(x)
		py, _ := b.other(y)
		b.unplug(x)
		b.unplug(y)
		b.cable(x, py)
		b.cable(y, px)
	}
}

func (b *builder) bothOnOne(where string, f Fault) {
	e, ok := b.end(where, f.On, true)
	h := b.f.Host(e.Device)
	if !ok || h == nil {
		return
	}
	var stays CableEnd
	for _, nic := range h.NICs {
		if nic.Name != e.Port && nic.Bond == h.NIC(e.Port).Bond {
			stays, _ = b.other(CableEnd{h.Name, nic.Name})
		}
	}
	s := b.f.Switch(stays.Device)
	if s == nil {
		b.fail("%s: the bond has no other NIC", where)
		return
	}
	l := s.LAG(s.Port(stays.Port).LAG)
	was, _ := b.other(e)
	if l == nil || was.Device == s.Name {
		b.fail("%s: the other NIC must be in a LAG of another switch", where)
		return
	}
	port := b.unused(s)
	b.unplug(e)
	b.cable(e, CableEnd{s.Name, port.Name})
	b.intoLAG(s, port, l)
	port.Description = s.Port(stays.Port).Description[:len(h.Name)] + " " + e.Port
	l.MLAGID, l.ESI, l.System = "", "", s.MAC
	b.dropLAG(b.f.Switch(was.Device), was.Port)
}

// unused returns a port with no cable and no LAG, a new one when all are taken.
func (b *builder) unused(s *Switch) *Port {
	p := b.plat[s.Name]
	for n := 1; ; n++ {
		name := p.port(max(p.first, 0), n)
		if port := s.Port(name); port == nil || port.LAG == "" && b.cableOf[CableEnd{s.Name, name}] == nil {
			return b.port(s, name)
		}
	}
}

func (b *builder) intoLAG(s *Switch, port *Port, l *LAG) {
	unbridge(s, port.Name)
	port.LAG = l.Name
	l.Ports = append(l.Ports, LAGPort{Name: port.Name})
	slices.SortFunc(l.Ports, func(x, y LAGPort) int { return state.NaturalCompare(x.Name, y.Name) })
}

// dropLAG takes the LAG of a port away and leaves its ports as unused ones.
func (b *builder) dropLAG(s *Switch, port string) {
	name := s.Port(port).LAG
	unbridge(s, name)
	s.LAGs = slices.DeleteFunc(s.LAGs, func(l LAG) bool { return l.Name == name })
	for i := range s.Ports {
		if p := &s.Ports[i]; p.LAG == name {
			p.LAG, p.Description = "", ""
			asAccess(b.bridge(s, p.Name, state.VIDs(1), 1), state.VIDs(1))
		}
	}
}

func (b *builder) oneCard(where string, f Fault) {
	if h := b.hostNamed(where, f.On); h != nil {
		for i := range h.NICs {
			h.NICs[i].PCI = fmt.Sprintf("0000:3b:00.%d", i)
		}
	}
}

func (b *builder) duplicatePartner(where string, f Fault) {
	x, y := b.hostNamed(where, f.On), b.hostNamed(where, f.With)
	if x == nil || y == nil || len(x.Bonds) == 0 || len(y.Bonds) == 0 {
		b.fail("%s: both hosts need a bond", where)
		return
	}
	x.Bonds[0].System, x.Bonds[0].Priority, x.Bonds[0].Key = y.Bonds[0].System, y.Bonds[0].Priority, y.Bonds[0].Key
}

func (b *builder) loop(where string, f Fault) {
	e, ok := b.end(where, f.On, false)
	s := b.f.Switch(e.Device)
	if !ok || s == nil || s.Port(e.Port).LAG == "" {
		b.fail("%s: on must be a member of a LAG", where)
		return
	}
	var to CableEnd
	if f.With == "" {
		port := b.unused(s)
		b.intoLAG(s, port, s.LAG(s.Port(e.Port).LAG))
		to = CableEnd{s.Name, port.Name}
	} else if to, ok = b.end(where, f.With, false); !ok {
		return
	}
	b.unplug(e)
	b.unplug(to)
	b.cable(e, to)
}

func (b *builder) loopCable(where string, f Fault) {
	b.needVLANs(where, f)
	var ends []CableEnd
	for i, text := range []string{f.On, f.With} {
		s, name, ok := b.ref(where, text)
		if !ok {
			return
		}
		end := CableEnd{s.Name, name}
		if b.port(s, name).LAG != "" || b.cableOf[end] != nil {
			b.fail("%s: %s is in use", where, text)
			return
		}
		var vid state.VID
		for v := range f.VLANs.All() {
			if vid = v; i == 0 {
				break
			}
		}
		p := s.BridgePort(name)
		if p == nil {
			p = b.bridge(s, name, state.VIDs(vid), 0)
		}
		asAccess(p, state.VIDs(vid))
		ends = append(ends, end)
	}
	b.cable(ends[0], ends[1])
	if f.Value == "silent" {
		b.mute = append(b.mute, ends...)
	}
}

func (b *builder) minLinks(where string, f Fault) {
	for _, r := range b.lagsNamed(where, f.On) {
		n := b.integer(where, f.Value, 2)
		b.setLAG(where, r, &LAGSpec{MinLinks: &n})
	}
}

func (b *builder) speedMismatch(where string, f Fault) {
	e, ok := b.end(where, f.On, true)
	if !ok {
		return
	}
	speed := uint64(b.integer(where, f.Value, 1_000_000_000))
	far, _ := b.other(e)
	for _, x := range []CableEnd{e, far} {
		if s := b.f.Switch(x.Device); s != nil {
			s.Port(x.Port).Speed = speed
		} else {
			b.f.Host(x.Device).NIC(x.Port).Speed = speed
		}
	}
}

func (b *builder) mtuMismatch(where string, f Fault) {
	mtu := b.integer(where, f.Value, 1500)
	s, name, ok := b.ref(where, f.On)
	if !ok {
		return
	}
	if l := s.LAG(name); l != nil { // members take it from their LAG
		l.MTU = mtu
		for _, m := range l.Ports {
			s.Port(m.Name).MTU = mtu
		}
	} else if p := s.Port(name); p != nil {
		p.MTU = mtu
	} else {
		b.fail("%s: %s has no port %s", where, s.Name, name)
	}
}

func (b *builder) hostMTU(where string, f Fault) {
	h := b.hostNamed(where, f.On)
	if h == nil {
		return
	}
	mtu := b.integer(where, f.Value, 9500)
	for i := range h.NICs {
		h.NICs[i].MTU = mtu
	}
	for i := range h.Bonds {
		h.Bonds[i].MTU = mtu
	}
}

func (b *builder) guestTrunk(where string, f Fault) {
	h := b.hostNamed(where, f.On)
	if h == nil {
		return
	}
	if len(h.Bonds) == 0 {
		b.fail("%s: the host needs a bond", where)
		return
	}
	vlans := f.VLANs.VIDSet
	if vlans.Empty() {
		for _, u := range h.Uses {
			if u.Kind == inventory.GuestPort {
				vlans = vlans.Union(u.VIDs)
			}
		}
	}
	u := Use{Name: "vmbr0", Index: 500, Over: h.Bonds[0].Name, Kind: inventory.TrunkPort, VIDs: vlans, Bridge: "vmbr0", Guests: []string{"tap-router"}}
	u.MAC = b.mac([2]byte{0x02, 0x00}, h.Name+"/tap-router")
	h.Uses = append(h.Uses, u)
}

func (b *builder) vlanMissing(where string, f Fault) {
	b.needVLANs(where, f)
	for _, r := range b.bridgesNamed(where, f.On) {
		p := r.sw.BridgePort(r.lag)
		p.Allowed, p.Explicit = p.Allowed.Minus(f.VLANs.VIDSet), true
	}
}

func (b *builder) needVLANs(where string, f Fault) {
	if f.VLANs.Empty() {
		b.fail("%s: say which vlans", where)
	}
}

// database returns the switch whose VLAN database the fault changes.
func (b *builder) database(where string, f Fault) *Switch {
	b.needVLANs(where, f)
	s := b.f.Switch(f.On)
	if s == nil || !b.plat[f.On].vlanDB {
		b.fail("%s: %q is no switch with a VLAN database", where, f.On)
		return nil
	}
	return s
}

func (b *builder) vlanNotCreated(where string, f Fault) {
	if s := b.database(where, f); s != nil {
		s.VLANs = slices.DeleteFunc(s.VLANs, func(v VLAN) bool { return f.VLANs.Has(v.ID) })
	}
}

func (b *builder) vlanSuspended(where string, f Fault) {
	if s := b.database(where, f); s != nil {
		for i := range s.VLANs {
			s.VLANs[i].Active = s.VLANs[i].Active && !f.VLANs.Has(s.VLANs[i].ID)
		}
	}
}

func (b *builder) nativeMismatch(where string, f Fault) {
	b.needVLANs(where, f)
	for _, r := range b.bridgesNamed(where, f.On) {
		p := r.sw.BridgePort(r.lag)
		for v := range f.VLANs.All() {
			p.Native, p.Allowed = v, p.Allowed.Union(state.VIDs(v))
		}
	}
}

func (b *builder) mgmtOnEdge(where string, f Fault) {
	vlans := f.VLANs.VIDSet
	if vlans.Empty() {
		for name, n := range sorted(b.sc.Networks) {
			if cmp.Or(n.Role, name) == string(inventory.Management) {
				vlans = n.VLANs.VIDSet
			}
		}
	}
	s, name, ok := b.ref(where, f.On)
	if !ok {
		return
	}
	port := b.port(s, name)
	p := s.BridgePort(name)
	if port.LAG != "" {
		b.fail("%s: %s is in a LAG", where, f.On)
		return
	}
	if p == nil {
		p = b.bridge(s, name, vlans, 0)
	}
	for v := range vlans.All() {
		asAccess(p, state.VIDs(v))
		break
	}
	if b.cableOf[CableEnd{s.Name, name}] != nil {
		return
	}
	h := &Host{Name: "unknown-" + strings.ReplaceAll(f.On, "/", "-"), Kind: Other, Hostname: "unknown",
		Address: address(19, 900+len(b.f.Hosts)), Now: b.f.Time}
	h.NICs = []NIC{{Name: "eth0", Index: 2, MAC: b.mac([2]byte{0x00, 0x53}, h.Name), Admin: state.Up, Speed: port.Speed, MTU: 1500}}
	h.Uses = []Use{{Name: "eth0", Over: "eth0", Index: 200, Kind: inventory.HostInterface, Untagged: true, MAC: h.NICs[0].MAC}}
	b.f.Hosts = append(b.f.Hosts, h)
	slices.SortFunc(b.f.Hosts, func(x, y *Host) int { return state.NaturalCompare(x.Name, y.Name) })
	b.cable(CableEnd{h.Name, "eth0"}, CableEnd{s.Name, name})
}

func (b *builder) allowAll(where string, f Fault) {
	for _, r := range b.bridgesNamed(where, f.On) {
		p := r.sw.BridgePort(r.lag)
		p.Allowed, p.Explicit = state.AllVIDs, false
	}
}

func (b *builder) stpBlocked(where string, f Fault) {
	vids := f.VLANs.VIDSet
	for _, r := range b.bridgesNamed(where, f.On) {
		if vids.Empty() || b.plat[r.sw.Name].oneTree {
			vids = state.AllVIDs
		}
		if !b.plat[r.sw.Name].tree {
			b.fail("%s: %s runs no spanning tree", where, r.sw.Platform)
		}
		b.blocked = append(b.blocked, blockedRef{r.sw, r.lag, vids})
	}
}

// protocolPair resolves a pair whose switches talk to one another about it.
func (b *builder) protocolPair(where, name string) *Pair {
	p := b.pairNamed(where, name)
	if p != nil && p.Protocol != "mlag" {
		b.fail("%s: pair %s has no protocol between its switches", where, name)
		return nil
	}
	return p
}

func (b *builder) mlagPeerDown(where string, f Fault) {
	if p := b.protocolPair(where, f.On); p != nil {
		b.unpeered = append(b.unpeered, p)
	}
}

func (b *builder) peerLinkDown(where string, f Fault)   { b.peerLinkKeep(where, f, 0) }
func (b *builder) peerLinkSingle(where string, f Fault) { b.peerLinkKeep(where, f, 1) }

func (b *builder) peerLinkKeep(where string, f Fault, keep int) {
	p := b.pairNamed(where, f.On)
	if p == nil {
		return
	}
	l := p.Switches[0].LAG(p.PeerLink[0])
	if l == nil {
		b.fail("%s: the pair has no peer-link", where)
		return
	}
	for _, m := range l.Ports[min(keep, len(l.Ports)):] {
		b.cableOf[CableEnd{p.Switches[0].Name, m.Name}].Unplugged = true
	}
}

func (b *builder) keepaliveDown(where string, f Fault) {
	if p := b.protocolPair(where, f.On); p != nil {
		for _, s := range p.Switches {
			s.MLAG.Keepalive = state.Down
		}
	}
}

func (b *builder) configInconsistent(where string, f Fault) {
	p := b.protocolPair(where, f.On)
	parameter, values, ok1 := strings.Cut(cmp.Or(f.Value, "spanning-tree mode=mstp/rapid-pvst"), "=")
	here, there, ok2 := strings.Cut(values, "/")
	if !ok1 || !ok2 {
		b.fail("%s: value is not parameter=here/there", where)
	}
	if p != nil {
		p.Switches[0].MLAG.Differences = append(p.Switches[0].MLAG.Differences, Difference{"global", parameter, here, there})
		p.Switches[1].MLAG.Differences = append(p.Switches[1].MLAG.Differences, Difference{"global", parameter, there, here})
	}
}

func (b *builder) mlagPartial(where string, f Fault) {
	for _, r := range b.lagsNamed(where, f.On) {
		for _, m := range r.sw.LAG(r.lag).Ports {
			if c := b.cableOf[CableEnd{r.sw.Name, m.Name}]; c != nil {
				c.Unplugged = true
			}
		}
	}
}

func (b *builder) lldpSilent(where string, f Fault) {
	if s := b.f.Switch(f.On); s != nil {
		s.LLDP = false
	} else if h := b.f.Host(f.On); h != nil {
		h.LLDP = false
	} else if e, ok := b.end(where, f.On, true); ok {
		b.mute = append(b.mute, e)
	}
}

func (b *builder) flapping(where string, f Fault) {
	e, ok := b.end(where, f.On, true)
	if !ok {
		return
	}
	if h := b.f.Host(e.Device); h != nil {
		h.NIC(e.Port).Fails = int(b.since(1000))
		return
	}
	p := b.f.Switch(e.Device).Port(e.Port)
	p.Changes, p.Changed = 2*int(b.since(1000)), b.f.Time.Add(-time.Second)
}

func (b *builder) badPDUs(where string, f Fault) {
	if e, ok := b.end(where, f.On, true); ok {
		b.noisy[e] = true
	}
}

func (b *builder) hotStandby(where string, f Fault) {
	e, ok := b.end(where, f.On, true)
	if ok && !b.plat[e.Device].reserves {
		b.fail("%s: %s has no hot standbys", where, e.Device)
	}
	b.standby[e] = true
}

func (b *builder) noReloadDelay(where string, f Fault) {
	s := b.f.Switch(f.On)
	if s == nil || s.MLAG.Protocol != state.PeerLinkMLAG {
		b.fail("%s: %q is no switch of a pair with a protocol", where, f.On)
		return
	}
	d, err := time.ParseDuration(cmp.Or(f.Value, "0s"))
	if err != nil {
		b.fail("%s: %w", where, err)
	}
	s.MLAG.ReloadDelay = d
}

func (b *builder) dualPrimary(where string, f Fault) {
	p := b.protocolPair(where, f.On)
	if p == nil {
		return
	}
	b.unpeered = append(b.unpeered, p)
	for _, s := range p.Switches {
		s.MLAG.Role, s.MLAG.Alone = state.Primary, true
	}
}
