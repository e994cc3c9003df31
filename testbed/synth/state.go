package synth

import (
	"crypto/sha256"
	"fmt"
	"hash/fnv"
	"net/netip"
	"slices"
	"time"

	"uplinkcheck/drivers/capture"
	"uplinkcheck/drivers/state"
	"uplinkcheck/inventory"
	"uplinkcheck/verify/topology"
)

// finished is the time of the collection.
var finished = time.Date(2026, 11, 1, 8, 0, 0, 0, time.UTC)

// Input returns the fabric as parsed state, ready for topology.Build. Every switch has facts of its own; what is equal on many
// (sets of VLANs, the text that spans point into) is shared.
func (f *Fabric) Input() topology.Input {
	f.settle()
	in := topology.Input{Inventory: f.Inventory(), Now: finished.Add(time.Minute), Allowed: func(string, string) bool { return true }}
	w := &writer{f: f, page: page(f.Ports)}
	w.sum = sha256.Sum256(w.page)
	for _, s := range f.switches {
		if s.gone {
			in.Captures = append(in.Captures, &capture.Capture{Device: s.name, Platform: s.platform(), Started: finished, Finished: finished,
				Err: s.name + ": dial tcp: i/o timeout"})
			continue
		}
		in.Captures = append(in.Captures, w.open(s.name, s.platform()))
		in.Switches = append(in.Switches, w.switchState(s))
	}
	for _, h := range f.hosts {
		in.Captures = append(in.Captures, w.open(h.name, "linux"))
		in.Hosts = append(in.Hosts, w.hostState(h))
	}
	in.Before = in.Switches
	return in
}

func (s *sw) platform() string {
	if s.junos() {
		return "juniper_junos"
	}
	return "arista_eos"
}

// A writer writes down facts. The spans of all devices point to the lines of one page, each by a reply of its own.
type writer struct {
	f     *Fabric
	page  []byte
	sum   [sha256.Size]byte
	reply *capture.Reply
	lines []uint32 // where the lines of the page begin
}

// The lines of a page before those of the ports.
const (
	deviceLine = iota
	listLine
	vlanLine
	mlagLine
	firstPort
)

// page is the text that spans quote: a line for each thing that a device tells of. It is made, not recorded.
func page(ports int) []byte {
	text := []byte("simulated: the device itself\nsimulated: all there is is listed\nsimulated: VLANs\nsimulated: multi-chassis state\n")
	for i := range ports {
		text = fmt.Appendf(text, "simulated: port %d, its neighbour, and the LAG that it is in\n", i+1)
	}
	return text
}

// open begins the reply of a device.
func (w *writer) open(device, platform string) *capture.Capture {
	if w.lines == nil {
		at := uint32(0)
		for i, c := range w.page {
			if c == '\n' {
				w.lines = append(w.lines, at)
				at = uint32(i + 1)
			}
		}
	}
	w.reply = &capture.Reply{Device: device, Command: "show simulated", Data: w.page, At: finished, Complete: true, Sum: w.sum}
	return &capture.Capture{Device: device, Platform: platform, HostKey: "SHA256:simulated", Started: finished, Finished: finished,
		Replies: []*capture.Reply{w.reply}}
}

// at is the span of a line.
func (w *writer) at(line int) capture.Span {
	line = min(line, len(w.lines)-1)
	end := uint32(len(w.page))
	if line+1 < len(w.lines) {
		end = w.lines[line+1] - 1
	}
	return capture.Span{Reply: w.reply, Start: w.lines[line], End: end}
}

func (w *writer) switchState(s *sw) *state.Switch {
	device, list := w.at(deviceLine), w.at(listLine)
	x := &state.Switch{Name: s.name, Platform: s.platform(), MTUScope: state.MTUOfPayload}
	if s.junos() {
		x.MTUScope = state.MTUWithHeader
	}
	x.Device = state.Device{Hostname: capture.Of(s.name, device), Model: capture.Of(s.model(), device), Serial: capture.Of("SIM"+s.name, device),
		Version: capture.Of(s.version(), device), ChassisMAC: capture.Of(s.mac, device), Stacked: capture.Of(s.members > 0, device)}
	x.Listed = state.Listed{Interfaces: list, Aggregators: list, LACP: list, VLANs: list, BridgePorts: list, Remotes: list, MACs: list, MLAG: list, SVIs: list, VRFs: list}
	if s.junos() {
		w.members(s, x)
	} else {
		x.Listed.STP, x.Listed.MLAGPorts = list, list
	}
	x.Interfaces = make([]state.Interface, 0, len(s.ports)+len(s.lags)+len(s.svis)+2)
	x.Aggregators = make([]state.Aggregator, 0, len(s.lags))
	x.BridgePorts = make([]state.BridgePort, 0, len(s.ports))
	active := w.vlans(s, x)
	line := map[*lag]int{}
	for i, p := range s.ports {
		at := w.at(firstPort + i)
		x.Interfaces = append(x.Interfaces, s.portState(p, at))
		if p.lag == nil {
			x.BridgePorts = append(x.BridgePorts, p.bridge.state(p.name, active, at))
			w.tree(s, x, p.name, &p.bridge, p.up(), active, at)
		} else if line[p.lag] == 0 {
			line[p.lag] = firstPort + i
		}
		if r, ok := heard(p, at); ok {
			x.Remotes = append(x.Remotes, r)
		}
		x.MACs = append(x.MACs, learned(p, active, at)...)
	}
	for _, l := range s.lags {
		at := w.at(line[l])
		x.Interfaces = append(x.Interfaces, s.lagInterface(l, at))
		x.Aggregators = append(x.Aggregators, w.aggregator(s, l, at))
		x.BridgePorts = append(x.BridgePorts, l.bridge.state(l.name, active, at))
		w.tree(s, x, l.name, &l.bridge, l.oper() == state.Up, active, at)
	}
	w.routed(s, x)
	w.mlag(s, x)
	x.Sort()
	return x
}

func (s *sw) model() string {
	if s.junos() {
		return "qfx5120-48y-8c"
	}
	return "DCS-7050SX3-48YC8-F"
}

func (s *sw) version() string {
	if s.junos() {
		return "23.4R2.13"
	}
	return "4.32.1F"
}

func (w *writer) members(s *sw, x *state.Switch) {
	at := w.at(deviceLine)
	for i := range max(s.members, 1) {
		m := state.Member{ID: fmt.Sprint(i), From: at, Serial: capture.Of(serial(fmt.Sprintf("%s/%d", s.name, i)), at), Model: capture.Of(s.model(), at),
			Role: capture.Of([]state.MemberRole{state.RoleActive, state.RoleStandby}[i], at), Up: capture.Of(true, at)}
		if s.members == 0 {
			m.Serial = x.Device.Serial
		}
		m.LinksFrom = at
		for k := 0; k < 2 && s.members > 0; k++ { // a ring of two
			m.Links = append(m.Links, state.StackLink{Port: fmt.Sprintf("vcp-255/1/%d", k), To: fmt.Sprint(1 - i), From: at})
		}
		x.Members = append(x.Members, m)
	}
}

// serial is the serial number that package model gives.
func serial(name string) string {
	h := fnv.New32a()
	h.Write([]byte("serial " + name))
	return fmt.Sprintf("SIM%08X", h.Sum32())
}

// vlans writes the VLAN database and returns the VLANs in it.
func (w *writer) vlans(s *sw, x *state.Switch) state.VIDSet {
	at := w.at(vlanLine)
	active := capture.Of(true, at)
	add := func(v state.VID, name string) {
		x.VLANs = append(x.VLANs, state.VLAN{ID: v, From: at, Name: capture.Of(name, at), Active: active})
	}
	set := s.database()
	x.VLANs = make([]state.VLAN, 0, set.Len())
	for v := range set.All() {
		add(v, w.f.vlanName(v))
	}
	return set
}

// database are the VLANs that exist on the switch: those that any of its ports may carry.
func (s *sw) database() state.VIDSet {
	set := s.unit.vlans.Union(state.VIDs(1)).Union(state.VIDs(s.svis...))
	if s.unit.kind == MLAG {
		set = set.Union(state.VIDs(peeringVLAN))
	}
	return set.Minus(s.missing)
}

// vlanName names a VLAN by its network.
func (f *Fabric) vlanName(v state.VID) string {
	if f.vlanNames == nil {
		f.vlanNames = map[state.VID]string{1: "default", peeringVLAN: "mlag-peer"}
		for _, n := range f.nets {
			for x := range n.vlans.All() {
				f.vlanNames[x] = n.name
				if n.vlans.Len() > 1 {
					f.vlanNames[x] = fmt.Sprintf("%s-%d", n.name, x)
				}
			}
		}
	}
	return f.vlanNames[v]
}

const speed10G = 10_000_000_000

func (s *sw) mtu() int {
	if s.junos() {
		return 9216
	}
	return 9214
}

func (s *sw) portState(p *jack, at capture.Span) state.Interface {
	n := state.Interface{Name: p.name, From: at, Kind: state.Physical, Admin: capture.Of(status(!p.shut), at), Oper: capture.Of(status(p.up()), at),
		Speed: capture.Of(uint64(speed10G), at), Duplex: capture.Of(state.Full, at), MTU: capture.Of(s.mtu(), at), MAC: capture.Of(p.mac, at)}
	if p.text != "" || !s.junos() {
		n.Description = capture.Of(p.text, at)
	}
	s.steady(&n, at)
	if !p.up() && !s.junos() {
		n.OperReason = capture.Of(map[bool]string{true: "disabled", false: "notconnect"}[p.shut], at)
	}
	if s.members > 0 {
		n.Member = capture.Of(fmt.Sprint(p.member), at)
	}
	if p.lag != nil {
		n.Aggregator = capture.Of(p.lag.name, at)
	} else {
		n.Aggregator, n.Bridged = capture.Of("", at), capture.Of(true, at)
	}
	return n
}

// steady says that the link has not changed since the switch was started, forty days ago.
func (s *sw) steady(n *state.Interface, at capture.Span) {
	if s.junos() {
		n.Unchanged = capture.Of(40*24*time.Hour-3*time.Minute, at)
	} else {
		n.Transitions = capture.Of(uint64(2), at)
	}
}

func (s *sw) lagInterface(l *lag, at capture.Span) state.Interface {
	speed := uint64(0)
	for _, m := range l.members {
		if m.flows {
			speed += speed10G
		}
	}
	n := state.Interface{Name: l.name, From: at, Kind: state.Aggregate, Description: capture.Of(l.text, at), Admin: capture.Of(state.Up, at),
		Oper: capture.Of(l.oper(), at), Speed: capture.Of(speed, at), MTU: capture.Of(s.mtu(), at), MAC: capture.Of(plus(s.mac, 0x4000+l.number), at),
		Bridged: capture.Of(true, at)}
	if s.junos() {
		n.Aggregator = capture.Of("", at)
	} else {
		s.steady(&n, at)
	}
	return n
}

func (w *writer) aggregator(s *sw, l *lag, at capture.Span) state.Aggregator {
	a := state.Aggregator{Name: l.name, From: at, Protocol: capture.Of(state.LACP, at), Oper: capture.Of(l.oper(), at),
		MinLinks: capture.Of(l.min, at), Fallback: capture.Of(state.NoFallback, at), Ports: make([]state.AggregationPort, 0, len(l.members))}
	switch s.unit.kind {
	case MLAG:
		a.FallbackActive, a.MLAGID = capture.Of(false, at), capture.Of(l.mlag, at)
	default:
		a.MinLinks.Value = max(l.min, 1)
		a.ESI, a.MLAGID = capture.Of(l.esi, at), capture.Of("", at)
		if l.esi != "" {
			a.ESIMode = capture.Of(state.AllActive, at)
		}
	}
	for _, m := range l.members {
		p := state.AggregationPort{Name: m.name, From: at, Selected: capture.Of(m.selected(), at), Actor: m.actor(at), Partner: m.partnerEnd(at)}
		p.RX, p.TX, p.IllegalRX = capture.Of(uint64(4017), at), capture.Of(uint64(4021), at), capture.Of(uint64(0), at)
		if s.junos() {
			p.UnknownRX = capture.Of(uint64(0), at)
		} else {
			p.Churn = capture.Of(false, at)
		}
		a.Ports = append(a.Ports, p)
	}
	return a
}

// actor is what a member says of itself.
func (m *jack) actor(at capture.Span) state.Endpoint {
	l := m.lag
	e := state.Endpoint{System: capture.Of(l.system, at), State: capture.Of(state.WholeLACPState(uint8(m.bits())), at)}
	if l.mlag != "" && l.sw.unit.peerLink[l.sw.side].oper() != state.Up {
		e.System = capture.Fact[state.MAC]{}
	}
	switch {
	case l.host != nil:
		e.SystemPriority, e.Key, e.PortPriority, e.Port = capture.Of(uint16(65535), at), capture.Of(l.key, at), capture.Of(uint16(255), at), capture.Of(m.lacpPort(), at)
	case l.sw.junos():
		e.SystemPriority, e.Key, e.PortPriority, e.Port = capture.Of(uint16(32768), at), capture.Of(l.key, at), capture.Of(uint16(32768), at), capture.Of(m.lacpPort(), at)
	case l.mlag == "":
		e.SystemPriority = capture.Of(uint16(32768), at)
	}
	return e
}

// partnerEnd is what a member hears, or the zeros of a partner that nobody heard.
func (m *jack) partnerEnd(at capture.Span) state.Endpoint {
	if !m.heard {
		return state.Endpoint{System: capture.Of(state.MAC{}, at), State: capture.Of(state.WholeLACPState(0), at)}
	}
	far := m.far
	priority, portPriority := uint16(32768), uint16(32768)
	if far.host != nil {
		priority, portPriority = 65535, 255
	}
	return state.Endpoint{SystemPriority: capture.Of(priority, at), System: capture.Of(far.lag.system, at), Key: capture.Of(far.lag.key, at),
		PortPriority: capture.Of(portPriority, at), Port: capture.Of(far.lacpPort(), at), State: capture.Of(state.WholeLACPState(uint8(far.bits())), at)}
}

// lacpPort is the port number that a member sends.
func (m *jack) lacpPort() uint16 {
	if m.host != nil {
		return uint16(slices.Index(m.lag.members, m) + 1)
	}
	if m.sw.side == 1 && m.lag.system == m.sw.unit.system() {
		return uint16(m.index) | 0x8000 // peers must not use the same ids towards one host
	}
	return uint16(m.index)
}

// state is the bridge port of an interface; active are the VLANs that exist.
func (b *bridge) state(name string, active state.VIDSet, at capture.Span) state.BridgePort {
	p := state.BridgePort{Interface: name, From: at, Mode: capture.Of(state.Trunk, at), Trunking: capture.Of(state.StaticTrunking, at), Configured: capture.Of(b.allowed, at),
		Explicit: capture.Of(!b.open, at), Members: capture.Of(b.allowed.Intersect(active), at), PVID: capture.Of(state.VID(0), at), Untagged: capture.Of(state.VIDSet{}, at)}
	if b.access {
		p.Mode = capture.Of(state.Access, at)
	}
	if b.native != 0 && b.allowed.Has(b.native) {
		p.PVID.Value, p.Untagged.Value = b.native, state.VIDs(b.native)
	}
	return p
}

// tree writes what the spanning tree does on a bridge port: EOS lists what it blocks, Junos everything.
func (w *writer) tree(s *sw, x *state.Switch, name string, b *bridge, up bool, active state.VIDSet, at capture.Span) {
	active = b.allowed.Intersect(active)
	blocked := b.blocked.Intersect(active)
	if s.junos() && !up {
		blocked = active
	}
	if !blocked.Empty() {
		x.STP = append(x.STP, state.STPPort{Interface: name, VIDs: blocked, State: capture.Of(state.Blocking, at)})
	}
	if rest := active.Minus(blocked); s.junos() && !rest.Empty() {
		x.STP = append(x.STP, state.STPPort{Interface: name, VIDs: rest, State: capture.Of(state.Forwarding, at)})
	}
}

// heard is the LLDP neighbour on a port of a switch or a NIC.
func heard(j *jack, at capture.Span) (r state.RemoteSystem, ok bool) {
	if !j.up() {
		return r, false
	}
	far := j.far
	if far.host != nil && far.host.silent {
		return r, false
	}
	r = state.RemoteSystem{Interface: j.name, From: at, Protocol: state.LLDP, TTL: capture.Of(120, at)}
	if far.text != "" {
		r.PortDescription = capture.Of(far.text, at)
	}
	mac := func(m state.MAC) capture.Fact[state.Identifier] {
		return capture.Of(state.Identifier{Subtype: state.MACAddress, ID: m.String()}, at)
	}
	if s := far.sw; s != nil {
		r.ChassisID, r.SystemName, r.SystemDescription = mac(s.mac), capture.Of(s.name, at), capture.Of(s.model()+" "+s.version(), at)
		r.PortID = capture.Of(state.Identifier{Subtype: state.InterfaceName, ID: far.name}, at)
		return r, true
	}
	r.ChassisID, r.PortID, r.SystemName, r.SystemDescription = mac(far.host.nics[0].mac), mac(far.mac), capture.Of(far.host.name, at), capture.Of("Linux", at)
	return r, true
}

// learned are the addresses that a switch learned where they enter the fabric: those of the hosts themselves. Further inside every
// switch learns them again, and so does everyone of the guests', which is left out: it would be most of the state, and says nothing new.
func learned(p *jack, active state.VIDSet, at capture.Span) (out []state.MACEntry) {
	if p.far == nil || p.far.host == nil || !p.up() {
		return nil
	}
	nic, on, settings, nets := p.far, p.name, &p.bridge, []*network(nil)
	h, over := nic.host, nic.name
	if nic.lag != nil {
		nets, over = nic.lag.nets, nic.lag.name
	}
	for _, s := range h.alone {
		if s.nic == nic {
			nets = s.nets
		}
	}
	if p.lag != nil {
		on, settings = p.lag.name, &p.lag.bridge
	}
	if nic.lag != nil && nic != nic.lag.first() || p.lag != nil && !p.flows {
		return nil
	}
	for _, n := range nets {
		if n.role == inventory.Guest && !h.gateway {
			continue
		}
		for v := range n.vlans.Intersect(settings.allowed).Intersect(active).All() {
			out = append(out, state.MACEntry{VID: v, MAC: h.sends(over), Interface: on, From: at, Kind: capture.Of(state.Dynamic, at)})
		}
	}
	return out
}

// first is the member over which a team sends, as far as one can tell: the first that carries frames.
func (l *lag) first() *jack {
	for _, m := range l.members {
		if m.flows {
			return m
		}
	}
	return nil
}

// routed writes the interfaces in VLANs, and on EOS the management port.
func (w *writer) routed(s *sw, x *state.Switch) {
	at := w.at(deviceLine)
	prefix := "Vlan"
	if s.junos() {
		prefix = "irb."
	}
	svi := func(v state.VID, address netip.Prefix) {
		name := fmt.Sprintf("%s%d", prefix, v)
		n := state.Interface{Name: name, From: at, Kind: state.Routed, Admin: capture.Of(state.Up, at), Oper: capture.Of(state.Up, at),
			Bridged: capture.Of(false, at), MTU: capture.Of(1500, at), MAC: capture.Of(s.mac, at)}
		i := state.SVI{Interface: name, From: at, VID: capture.Of(v, at), Oper: capture.Of(state.Up, at), Addressed: capture.Of(true, at), Filtered: capture.Of(false, at),
			Addresses: []capture.Fact[netip.Prefix]{capture.Of(address, at)}}
		if s.junos() { // all of them are units of one interface
			i.VRF = capture.Of("master", at)
		} else {
			n.Description, i.VRF = capture.Of("", at), capture.Of("default", at)
			x.Interfaces = append(x.Interfaces, n)
		}
		x.SVIs = append(x.SVIs, i)
	}
	for _, v := range s.svis {
		svi(v, s.address(v))
	}
	management := []capture.Fact[netip.Prefix]{capture.Of(s.managed(), at)}
	if s.junos() {
		x.Interfaces = append(x.Interfaces, state.Interface{Name: "em0", From: at, Kind: state.OutOfBand, Admin: capture.Of(state.Up, at), Oper: capture.Of(state.Up, at),
			MAC: capture.Of(s.mac, at), Bridged: capture.Of(false, at), Aggregator: capture.Of("", at), Addresses: management})
		vrf := state.VRF{Name: "master", From: at}
		for _, i := range x.SVIs {
			vrf.Interfaces = append(vrf.Interfaces, i.Interface)
		}
		if len(x.SVIs) > 0 {
			x.Interfaces = append(x.Interfaces, state.Interface{Name: "irb", From: at, Kind: state.Routed, Admin: capture.Of(state.Up, at), Oper: capture.Of(state.Up, at),
				MTU: capture.Of(1514, at), MAC: capture.Of(s.mac, at), Bridged: capture.Of(false, at), Aggregator: capture.Of("", at)})
		}
		x.VRFs = []state.VRF{vrf}
		return
	}
	svi(peeringVLAN, netip.PrefixFrom(netip.AddrFrom4([4]byte{169, 254, 1, byte(s.side + 1)}), 30))
	x.Interfaces = append(x.Interfaces, state.Interface{Name: "Management1", From: at, Kind: state.OutOfBand, Description: capture.Of("", at), Admin: capture.Of(state.Up, at), Oper: capture.Of(state.Up, at),
		Speed: capture.Of(uint64(1_000_000_000), at), Duplex: capture.Of(state.Full, at), MTU: capture.Of(1500, at), MAC: capture.Of(s.mac, at), Bridged: capture.Of(false, at), Transitions: capture.Of(uint64(2), at), Addresses: management})
	x.VRFs = []state.VRF{{Name: "default", From: at, Routes: capture.Of(true, at)}}
	for _, n := range x.Interfaces {
		if n.Kind == state.Routed || n.Kind == state.OutOfBand {
			x.VRFs[0].Interfaces = append(x.VRFs[0].Interfaces, n.Name)
		}
	}
}

// managed is the address of the management port: numbered by name, as package model does.
func (s *sw) managed() netip.Prefix {
	return netip.PrefixFrom(netip.AddrFrom4([4]byte{198, 18, byte(s.rank / 250), byte(s.rank%250 + 1)}), 24)
}

// address is the gateway address of a switch in a VLAN.
func (s *sw) address(v state.VID) netip.Prefix {
	return netip.PrefixFrom(netip.AddrFrom4([4]byte{10, byte(v >> 8), byte(v), byte(2 + s.side)}), 24)
}

// mlag writes the multi-chassis state.
func (w *writer) mlag(s *sw, x *state.Switch) {
	at := w.at(mlagLine)
	m := &x.MLAG
	switch s.unit.kind {
	case Stack:
		m.Protocol = capture.Of(state.NoMLAG, at)
		return
	case ESI:
		m.Protocol = capture.Of(state.EVPNESI, at)
		return
	}
	link, peer := s.unit.peerLink[s.side], s.unit.sw[1-s.side]
	peered := link.oper() == state.Up
	*m = state.MLAG{Protocol: capture.Of(state.PeerLinkMLAG, at), Domain: capture.Of(s.unit.name, at), Peered: capture.Of(peered, at),
		StateWord: capture.Of(map[bool]string{true: "active", false: "inactive"}[peered], at), Role: capture.Of(state.MLAGRole(s.side+1), at),
		SystemMAC: capture.Of(s.unit.system(), at), PeerAddress: capture.Of(fmt.Sprintf("169.254.1.%d", 2-s.side), at), PeerMAC: capture.Of(peer.mac, at),
		PeerLink: capture.Of(link.name, at), PeerLinkOper: capture.Of(link.oper(), at), Keepalive: capture.Of(state.Up, at), SplitBrain: capture.Of(state.Guarded, at), HeldBack: capture.Of(false, at), ReloadDelay: capture.Of(5*time.Minute, at), OthersDelay: capture.Of(5*time.Minute, at)}
	if peered {
		m.Consistent = capture.Of(true, at)
		w.differences(s, peer, m, at)
	}
	m.Ports = make([]state.MLAGPort, 0, len(s.lags))
	for _, l := range s.lags {
		if l.mlag != "" {
			m.Ports = append(m.Ports, s.mlagPort(l, peer, peered, at))
		}
	}
}

// twin is the same multi-chassis LAG on the other switch of the pair, nil when there is none.
func (l *lag) twin() *lag {
	for _, s := range l.sw.unit.sw {
		for _, o := range s.lags {
			if s != l.sw && (l.mlag != "" && o.mlag == l.mlag || l.esi != "" && o.esi == l.esi) {
				return o
			}
		}
	}
	return nil
}

func (w *writer) differences(s, peer *sw, m *state.MLAG, at capture.Span) {
	for _, l := range s.lags {
		o := l.twin()
		if o == nil {
			continue
		}
		if l.allowed != o.allowed {
			m.Differences = append(m.Differences, state.Difference{Where: l.name, Parameter: "trunk-vlans", Local: l.allowed.String(), Peer: o.allowed.String(), From: at})
		}
		if l.native != o.native {
			m.Differences = append(m.Differences, state.Difference{Where: l.name, Parameter: "trunk-native-vlan", Local: fmt.Sprint(l.native), Peer: fmt.Sprint(o.native), From: at})
		}
	}
	m.Consistent.Value = len(m.Differences) == 0
}

func (s *sw) mlagPort(l *lag, peer *sw, peered bool, at capture.Span) state.MLAGPort {
	p := state.MLAGPort{ID: l.mlag, From: at, Local: capture.Of(l.name, at), LocalOper: capture.Of(l.oper(), at)}
	o := l.twin()
	far := state.Status(0)
	if o != nil && peered {
		far = o.oper()
		p.Peer, p.PeerOper = capture.Of(o.name, at), capture.Of(far, at)
	}
	word := state.MLAGInactive
	switch {
	case peered && o == nil:
		word = state.MLAGConfigured
	case l.oper() == state.Up && far == state.Up:
		word = state.DualActive
	case l.oper() == state.Up || far == state.Up:
		word = state.ActivePartial
	}
	p.State = capture.Of(word, at)
	return p
}

func (w *writer) hostState(h *host) *inventory.Host {
	device, list := w.at(deviceLine), w.at(listLine)
	x := &inventory.Host{Name: h.name, Source: "linux", From: device, Hostname: capture.Of(h.name, device)}
	x.Listed.NICs, x.Listed.Teams, x.Listed.Uses, x.Listed.Remotes = list, list, list, list
	for i, n := range h.nics {
		at := w.at(firstPort + i)
		nic := inventory.NIC{Name: n.name, From: at, MAC: capture.Of(n.mac, at), Oper: capture.Of(status(n.up()), at), MTU: capture.Of(9000, at),
			PCI: capture.Of(fmt.Sprintf("0000:%02x:00.0", 0x3b+i), at)}
		if h.oneCard {
			nic.PCI.Value = fmt.Sprintf("0000:3b:00.%d", i)
		}
		if n.lag != nil {
			nic.Team, nic.Speed = n.lag.name, capture.Of(uint64(speed10G), at)
		}
		x.NICs = append(x.NICs, nic)
		if r, ok := heard(n, at); ok {
			x.Remotes = append(x.Remotes, r)
		}
	}
	for i, t := range h.teams {
		at := w.at(firstPort + 2*i)
		x.Teams = append(x.Teams, teamState(t, at))
		w.uses(h, x, t.name, t.nets, at)
	}
	for _, s := range h.alone {
		w.uses(h, x, s.nic.name, s.nets, w.at(firstPort+s.nic.index-2))
	}
	slices.SortFunc(x.Uses, func(a, b inventory.Use) int { return state.NaturalCompare(a.Name, b.Name) })
	return x
}

func teamState(t *lag, at capture.Span) inventory.Team {
	x := inventory.Team{Name: t.name, From: at, Mode: capture.Of(t.mode, at), Oper: capture.Of(t.oper(), at), MinLinks: capture.Of(0, at), Watched: capture.Of(true, at)}
	if t.mode == inventory.TeamLACP {
		x.ModeWord, x.FallbackActive = capture.Of("802.3ad", at), capture.Of(false, at)
	} else {
		x.ModeWord = capture.Of("active-backup", at)
	}
	for _, n := range t.members {
		m := inventory.TeamMember{Link: capture.Of(status(n.up()), at), Failures: capture.Of(uint64(0), at)}
		m.Name, m.From = n.name, at
		switch {
		case t.mode == inventory.TeamLACP:
			m.Selected, m.Actor, m.Partner = capture.Of(n.selected(), at), n.actor(at), n.partnerEnd(at)
			m.Aggregator, m.Current, m.Churn = capture.Of(fmt.Sprint(n.aggregator()), at), capture.Of(n.heard, at), capture.Of(false, at)
		case n.up() && !x.Active.Known():
			x.Active = capture.Of(n.name, at)
			m.Selected = capture.Of(state.Selected, at)
		case n.up():
			m.Selected = capture.Of(state.Standby, at)
		default:
			m.Selected = capture.Of(state.Unselected, at)
		}
		x.Members = append(x.Members, m)
	}
	return x
}

// aggregator numbers the aggregators of a kernel bond: members with one partner share one.
func (n *jack) aggregator() int {
	var partners []partner
	for _, m := range n.lag.members {
		id := -1
		if m.heard {
			id = slices.Index(partners, m.partner())
		}
		if id < 0 {
			id = len(partners)
			p := partner{}
			if m.heard {
				p = m.partner()
			}
			partners = append(partners, p)
		}
		if m == n {
			return id + 1
		}
	}
	return 0
}

// sends is the address that a team or NIC sends from: a team has that of its first NIC.
func (h *host) sends(over string) state.MAC {
	i := slices.IndexFunc(h.nics, func(n *jack) bool { return n.name == over || n.lag != nil && n.lag.name == over })
	return h.nics[i].mac
}

// uses writes what the host sends over a team or NIC: an address in each infrastructure network, a guest in each VLAN of others.
func (w *writer) uses(h *host, x *inventory.Host, over string, nets []*network, at capture.Span) {
	for _, n := range nets {
		for v := range n.vlans.All() {
			u := inventory.Use{From: at, Over: over, Kind: inventory.HostInterface, VIDs: state.VIDs(v), MTU: capture.Of(9000, at)}
			if n.role == inventory.Guest {
				u.Kind, u.Tags, u.Name = inventory.GuestPort, state.No, fmt.Sprintf("tap%d-%d", h.number, v)
			} else {
				u.Name, u.Source = fmt.Sprintf("%s.%d", over, v), capture.Of(h.sends(over), at)
				u.Addresses = []capture.Fact[netip.Prefix]{capture.Of(netip.PrefixFrom(netip.AddrFrom4([4]byte{10, byte(v >> 8), byte(v), byte(10 + h.number%240)}), 24), at)}
			}
			x.Uses = append(x.Uses, u)
		}
	}
}
