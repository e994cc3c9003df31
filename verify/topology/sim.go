package topology

import (
	"slices"
	"strings"
	"sync"
	"sync/atomic"

	"uplinkcheck/drivers/capture"
	"uplinkcheck/drivers/state"
	"uplinkcheck/inventory"
)

// sim is what the simulation of losses keeps of a fabric. Everything in it is made once, when it is first asked for.
type sim struct {
	scenariosOnce sync.Once
	scenarios     []*Scenario
	byKind        [PairLoss + 1][]*Scenario

	flowsOnce sync.Once
	flows     []flow // by Port.number

	framesOnce sync.Once
	misframed  map[*Uplink]state.VIDSet

	wiresOnce sync.Once
	wires     []wire

	anchorsOnce sync.Once
	anchors     map[*Network]anchors
	roles       map[membership][]*Role
	offering    map[*Network][]*Role
	named       map[string]*Network
	absent      map[*inventory.Cluster][]string // hosts of it that are no hosts of the fabric

	classesOnce sync.Once
	classes     *classes

	nowOnce sync.Once
	now     *world

	failuresOnce sync.Once
	failures     atomic.Pointer[Failures]
}

// A flow is which VLANs pass a port as far as it decides: link up and in service in its aggregator, VLAN in the member set, not
// blocked by the spanning tree. It is Port.Carries for all VLANs at once, without words.
type flow struct {
	service      state.Tri
	yes, maybe   state.VIDSet // surely, and possibly, in the member set and forwarded
	reserve      state.VIDSet // what the spanning tree blocks and will surely let through when the active path goes
	reserveMaybe state.VIDSet // what it may let through then
}

func (p *Port) flow() *flow {
	f := p.Switch.Fabric
	f.sim.flowsOnce.Do(f.makeFlows)
	return &f.sim.flows[p.number]
}

func (f *Fabric) makeFlows() {
	n := 0
	for _, s := range f.Switches {
		n += len(s.Ports)
	}
	f.sim.flows = make([]flow, n)
	for _, s := range f.Switches {
		for _, p := range s.Ports {
			f.sim.flows[p.number] = p.makeFlow()
		}
	}
}

func (p *Port) makeFlow() flow {
	has, mayHave := p.members()
	var forwards, blocked, reserve, guarded state.VIDSet
	rest := state.AllVIDs // of which no entry was seen yet: the first one counts
	for _, t := range p.tree() {
		vids := t.VIDs.Intersect(rest)
		if vids.Empty() {
			continue
		}
		rest = rest.Minus(vids)
		switch {
		case !t.State.Known(): // named, but in a state that was not reported
			continue
		case t.State.Value != state.Blocking:
			forwards = forwards.Union(vids)
			continue
		case capture.Is(t.Alternate, true):
			reserve = reserve.Union(vids)
		case t.Alternate.Known():
			guarded = guarded.Union(vids)
		}
		blocked = blocked.Union(vids)
	}
	if p.Switch.Listed.STP.Known() {
		forwards = forwards.Union(rest)
	}
	if !p.onAllLegs() {
		forwards = state.VIDSet{} // another leg may be the designated forwarder
	}
	if p.protected() {
		forwards, reserve = state.VIDSet{}, state.VIDSet{} // the port at which a frame is to leave may be protected too
	}
	bundled, _ := p.bundled()
	return flow{
		service: p.Oper().And(bundled), yes: has.Intersect(forwards), maybe: mayHave.Minus(blocked),
		reserve: has.Intersect(reserve), reserveMaybe: mayHave.Intersect(blocked.Minus(guarded)),
	}
}

// onAllLegs reports whether all legs of the port's LAG may forward at once: not, or not surely, those of an Ethernet segment that is not
// known to be all-active, where one leg does for each VLAN (RFC 7432).
func (p *Port) onAllLegs() bool {
	a := p.Aggregator
	return a == nil || !a.ESI.Known() || strings.Trim(a.ESI.Value, "0:") == "" || capture.Is(a.ESIMode, state.AllActive)
}

// protected reports whether the port exchanges no frames with the other protected ports of its bridge.
func (p *Port) protected() bool { return p.Bridge != nil && capture.Is(p.Bridge.Protected, true) }

// members returns the VLANs that are surely in the port's member set, and those that may be.
func (p *Port) members() (yes, maybe state.VIDSet) {
	switch b := p.Bridge; {
	case b == nil:
		if p.Interface != nil && capture.Is(p.Interface.Bridged, false) || p.Switch.Listed.BridgePorts.Known() {
			return yes, maybe
		}
		return yes, state.AllVIDs
	case b.Members.Known():
		return b.Members.Value, b.Members.Value
	case b.Configured.Known() && b.PVID.Known():
		return yes, b.Configured.Value.Union(state.VIDs(b.PVID.Value))
	}
	return yes, state.AllVIDs
}

// Passes answers whether frames of the VLAN pass the port now: Carries without words.
func (p *Port) Passes(v state.VID) state.Tri {
	w := p.flow()
	return w.service.And(among(v, w.yes, w.maybe))
}

// bridges is Passes for a port towards another switch after a loss, when the spanning tree lets a port that it holds in reserve take
// over. One that is blocked for a reason that nobody reported may or may not.
func (p *Port) bridges(v state.VID) state.Tri {
	w := p.flow()
	return w.service.And(among(v, w.yes, w.maybe).Or(among(v, w.reserve, w.reserveMaybe)))
}

func among(v state.VID, yes, maybe state.VIDSet) state.Tri {
	switch {
	case yes.Has(v):
		return state.Yes
	case maybe.Has(v):
		return state.Unknown
	}
	return state.No
}

// Passes answers whether the uplink carries the VLAN now: Carries without words.
func (u *Uplink) Passes(v state.VID) state.Tri {
	if answer, _ := u.inService(); answer == state.No {
		return state.No
	}
	if p := u.Mapped(); p != nil && u.Confidence() > Inferred {
		answer := p.Passes(v)
		if answer == state.Yes && u.misframed().Has(v) {
			return state.Unknown
		}
		return answer
	}
	return state.Unknown
}

// A wire joins two switches: a cable, what may be one, or what nobody looked at. The number of switches stands for all that was
// not collected: whatever leads there may lead on to anything else that does.
type wire struct {
	a, z   int // numbers of switches; the number of switches itself is the unknown
	pa, pz *Port
	unsure bool         // it may be there, or not
	silent bool         // all that speaks for it is that nothing is known behind its port
	odd    state.VIDSet // its ends do not agree whether these go without a tag
	vids   state.VIDSet // of one of which no port is known: what may go over it
}

// wires lists what joins switches, in order.
func (f *Fabric) allWires() []wire {
	f.sim.wiresOnce.Do(func() { f.sim.wires = f.makeWires() })
	return f.sim.wires
}

func (f *Fabric) makeWires() (out []wire) {
	for _, t := range f.Trunks {
		a := t.A.Switch
		switch {
		case t.Z != nil:
			out = append(out, wire{a: a.number, z: t.Z.Switch.number, pa: t.A, pz: t.Z})
		case t.Far != nil:
			out = append(out, wire{a: a.number, z: t.Far.number, pa: t.A, unsure: true})
		case a.Pair != nil: // a peer-link of which only this end names a port: the far end is the pair's other switch, possibly
			for _, peer := range a.Pair.Switches {
				if peer != a {
					out = append(out, wire{a: a.number, z: peer.number, pa: t.A, unsure: true})
				}
			}
		}
	}
	out = append(out, f.loose()...)
	for i := range out {
		if w := &out[i]; w.a > w.z {
			w.a, w.z, w.pa, w.pz = w.z, w.a, w.pz, w.pa
		}
		out[i].odd = out[i].misframed()
	}
	return out
}

// loose lists where switches may be joined by what nobody looked at: a switch whose neighbours were not reported, one whose peer gave
// no state, one that tunnels VLANs to others, ports towards switches that gave none, and trunks behind which nothing is known, for a
// switch may be silent (LLDP is off).
func (f *Fabric) loose() (out []wire) {
	unknown := len(f.Switches)
	absent := nameIndex[*Device]{}
	for _, d := range f.Devices {
		if d.Switch == nil && d.Host == nil {
			absent.add(d.Name, d)
		}
	}
	for i := range f.Inventory.Switches {
		if e := &f.Inventory.Switches[i]; f.switches[e.Name] == nil && e.Hostname != "" {
			absent.add(e.Hostname, &Device{Name: e.Name})
		}
	}
	for _, s := range f.Switches {
		if !s.Listed.Remotes.Known() || s.Pair != nil && len(s.Pair.Missing) > 0 || s.tunnels().Known() {
			out = append(out, wire{a: s.number, z: unknown, unsure: true, vids: s.mayHave()})
			continue
		}
		for _, p := range s.Ports {
			heard := slices.ContainsFunc(p.Remotes, func(r state.RemoteSystem) bool { return absent.find(r.SystemName.Value) != nil })
			if silent := p.silentTrunk(); p.Trunk == nil && heard || silent {
				out = append(out, wire{a: s.number, z: unknown, pa: p, unsure: true, silent: silent})
			}
		}
	}
	for _, c := range f.Inventory.Links { // a declared cable to a switch that gave no state
		for _, ends := range [][2]int{{0, 1}, {1, 0}} {
			e := [2]string{c.A.Device, c.Z.Device}
			ports := [2]string{c.A.Port, c.Z.Port}
			s := f.switches[e[ends[0]]]
			if s != nil && s.ports[ports[ends[0]]] != nil && absent.find(e[ends[1]]) != nil {
				out = append(out, wire{a: s.number, z: unknown, pa: s.ports[ports[ends[0]]], unsure: true})
			}
		}
	}
	return out
}

// mayHave returns the VLANs that frames may be in on the switch: those of its ports, and those that it routes.
func (s *Switch) mayHave() (vids state.VIDSet) {
	if !s.Listed.Interfaces.Known() || !s.Listed.SVIs.Known() {
		return state.AllVIDs
	}
	for i := range s.SVIs {
		if !s.SVIs[i].VID.Known() {
			return state.AllVIDs
		}
		vids = vids.Union(state.VIDs(s.SVIs[i].VID.Value))
	}
	for _, p := range s.Ports {
		x := p.flow()
		vids = vids.Union(x.yes).Union(x.maybe).Union(x.reserve).Union(x.reserveMaybe)
	}
	return vids
}

// silentTrunk reports whether the port carries VLANs with tags, or may, to what nobody knows or declared: that may be a switch.
func (p *Port) silentTrunk() bool {
	if p.Trunk != nil || p.Link != nil && p.Link.Confidence() > Inferred {
		return false
	}
	if x := p.flow(); x.service == state.No || x.maybe.Empty() && x.reserveMaybe.Empty() || p.Bridge != nil && capture.Is(p.Bridge.Mode, state.Access) {
		return false
	}
	kind, _, open := p.Switch.Fabric.whereabouts().openAt(p)
	return open && (kind == UnknownPlace || kind == Stranger || kind == Nameless)
}

// isTunnel reports whether an interface is of VXLAN by its name.
func isTunnel(name string) bool {
	name = strings.ToLower(name)
	return slices.ContainsFunc([]string{"vxlan", "nve", "vtep", "vni"}, func(kind string) bool { return strings.HasPrefix(name, kind) })
}

// tunnels returns the line that says that the switch may carry VLANs to others in tunnels over routed ports: an interface of VXLAN that is not
// down, or Ethernet segments, which there are only with EVPN. Which VLANs, and where to, is read of no platform yet.
func (s *Switch) tunnels() capture.Span {
	for i := range s.Interfaces {
		x := &s.Interfaces[i]
		if x.Kind != state.Physical && x.Kind != state.Aggregate && !capture.Is(x.Oper, state.Down) && isTunnel(x.Name) {
			return x.From
		}
	}
	if m := &s.MLAG; capture.Is(m.Protocol, state.EVPNESI) {
		return m.Protocol.From
	}
	return capture.Span{}
}

// joins answers whether the wire carries the VLAN, now or, with reserve, after a loss.
func (w *wire) joins(v state.VID, reserve bool, e outage, switches []*Switch) state.Tri {
	if w.pa == nil && w.pz == nil && !w.vids.Has(v) {
		return state.No
	}
	answer := w.remains(e, switches)
	if w.odd.Has(v) {
		answer = answer.And(state.Unknown)
	}
	for _, p := range []*Port{w.pa, w.pz} {
		switch {
		case p == nil:
		case reserve:
			answer = answer.And(p.bridges(v))
		default:
			answer = answer.And(p.Passes(v))
		}
	}
	return answer
}

// remains answers whether the wire is there after the loss, whatever it carries.
func (w *wire) remains(e outage, switches []*Switch) state.Tri {
	if w.z < len(switches) && e.lost(switches[w.z]) || e.lost(switches[w.a]) {
		return state.No
	}
	answer := certainly(!w.unsure)
	for _, p := range []*Port{w.pa, w.pz} {
		if p != nil {
			answer = answer.And(not(e.port(p).gone()))
		}
	}
	return answer
}

// membership is a network on the hosts of one cluster.
type membership struct {
	network *Network
	cluster *inventory.Cluster
}

// anchors is where a network's declared gateways are.
type anchors struct {
	ports    []*Port
	switches []*Switch
	nowhere  []string // as declared, where nobody knows the port

	portNames, switchNames []string // as reasons name them
}
