package state

import (
	"fmt"
	"slices"
	"strings"

	"uplinkcheck/drivers/capture"
)

// A Draft is a Switch that a driver fills. Rows are made when they are first named and found again by name, whichever reply names
// them; Finish puts them in order. Interface names must be in full form: the same port under two names is two ports.
type Draft struct {
	// Switch takes what has no name to be found by: Device, MLAG, MACs, STP, Remotes, Listed. Its other slices are filled by Finish.
	Switch *Switch

	members     rows[string, Member]
	interfaces  rows[string, Interface]
	aggregators rows[string, Aggregator]
	ports       map[[2]string]*AggregationPort // by aggregator and port
	portsOf     map[string][]*AggregationPort
	portPool    pool[AggregationPort]
	vlans       rows[VID, VLAN]
	bridgePorts rows[string, BridgePort]
	svis        rows[string, SVI]
	vrfs        rows[string, VRF]
	mlagPorts   rows[string, MLAGPort]
	orphans     rows[string, Orphan]
}

// rows are found by key and keep the order in which they came.
type rows[K comparable, T any] struct {
	at  map[K]*T
	all []*T
	pool[T]
}

// A pool makes room for several entries at once; they stay where they are.
type pool[T any] struct{ free []T }

func (p *pool[T]) new() *T {
	if len(p.free) == cap(p.free) {
		p.free = make([]T, 0, min(max(4, 2*cap(p.free)), 64))
	}
	p.free = p.free[:len(p.free)+1]
	return &p.free[len(p.free)-1]
}

func (r *rows[K, T]) row(key K, make func() T) *T {
	if x := r.at[key]; x != nil {
		return x
	}
	if r.at == nil {
		r.at = map[K]*T{}
	}
	x := r.new()
	*x = make()
	r.at[key] = x
	r.all = append(r.all, x)
	return x
}

func (r *rows[K, T]) list() (out []T) {
	if len(r.all) > 0 {
		out = make([]T, len(r.all))
	}
	for i, x := range r.all {
		out[i] = *x
	}
	return out
}

// NewDraft returns the empty draft of a captured device.
func NewDraft(c *capture.Capture, platform string, mtu MTUScope) *Draft {
	return &Draft{Switch: &Switch{Name: c.Device, Platform: platform, MTUScope: mtu}, ports: map[[2]string]*AggregationPort{}, portsOf: map[string][]*AggregationPort{}}
}

// Member returns the chassis of that id.
func (d *Draft) Member(id string, from Span) *Member {
	return d.members.row(id, func() Member { return Member{ID: id, From: from} })
}

// Interface returns the interface of that name.
func (d *Draft) Interface(name string, from Span) *Interface {
	return d.interfaces.row(name, func() Interface { return Interface{Name: name, From: from} })
}

// Aggregator returns the aggregator of that name.
func (d *Draft) Aggregator(name string, from Span) *Aggregator {
	return d.aggregators.row(name, func() Aggregator { return Aggregator{Name: name, From: from} })
}

// AggregationPort returns the port of an aggregator, which is made when it is not there yet.
func (d *Draft) AggregationPort(aggregator, name string, from Span) *AggregationPort {
	d.Aggregator(aggregator, from)
	key := [2]string{aggregator, name}
	if d.ports[key] == nil {
		p := d.portPool.new()
		p.Name, p.From = name, from
		d.ports[key] = p
		d.portsOf[aggregator] = append(d.portsOf[aggregator], d.ports[key])
	}
	return d.ports[key]
}

// AggregationPorts returns the ports of an aggregator so far, in the order in which they were named.
func (d *Draft) AggregationPorts(aggregator string) []*AggregationPort { return d.portsOf[aggregator] }

// Aggregators returns the aggregators so far, in the order in which they were named. Their Ports are not filled yet.
func (d *Draft) Aggregators() []*Aggregator { return d.aggregators.all }

// Interfaces returns the interfaces so far, in the order in which they were named.
func (d *Draft) Interfaces() []*Interface { return d.interfaces.all }

// BridgePorts returns the bridge ports so far, in the order in which they were named.
func (d *Draft) BridgePorts() []*BridgePort { return d.bridgePorts.all }

// VLANs returns the VLANs so far, in the order in which they were named.
func (d *Draft) VLANs() []*VLAN { return d.vlans.all }

// SVIs returns the routed interfaces so far, in the order in which they were named.
func (d *Draft) SVIs() []*SVI { return d.svis.all }

// VLAN returns the VLAN of that number.
func (d *Draft) VLAN(id VID, from Span) *VLAN {
	return d.vlans.row(id, func() VLAN { return VLAN{ID: id, From: from} })
}

// BridgePort returns the bridge port on that interface.
func (d *Draft) BridgePort(name string, from Span) *BridgePort {
	return d.bridgePorts.row(name, func() BridgePort { return BridgePort{Interface: name, From: from} })
}

// SVI returns the routed interface of that name.
func (d *Draft) SVI(name string, from Span) *SVI {
	return d.svis.row(name, func() SVI { return SVI{Interface: name, From: from} })
}

// VRF returns the routing instance of that name.
func (d *Draft) VRF(name string, from Span) *VRF {
	return d.vrfs.row(name, func() VRF { return VRF{Name: name, From: from} })
}

// Members returns the chassis so far, in the order in which they were named.
func (d *Draft) Members() []*Member { return d.members.all }

// VRFs returns the routing instances so far, in the order in which they were named.
func (d *Draft) VRFs() []*VRF { return d.vrfs.all }

// MLAGPort returns the multi-chassis port of that id.
func (d *Draft) MLAGPort(id string, from Span) *MLAGPort {
	return d.mlagPorts.row(id, func() MLAGPort { return MLAGPort{ID: id, From: from} })
}

// Orphans returns what the device said of ports in no multi-chassis LAG so far, in the order in which they were named.
func (d *Draft) Orphans() []*Orphan { return d.orphans.all }

// Orphan returns what the device says of a port in no multi-chassis LAG.
func (d *Draft) Orphan(name string, from Span) *Orphan {
	return d.orphans.row(name, func() Orphan { return Orphan{Interface: name, From: from} })
}

// RouteSVIs takes the routing instance of each routed interface that has none yet from the lists of interfaces of the instances.
func (d *Draft) RouteSVIs() {
	for _, svi := range d.svis.all {
		for _, v := range d.vrfs.all {
			if !svi.VRF.Known() && slices.Contains(v.Interfaces, svi.Interface) {
				svi.VRF = capture.Of(v.Name, v.From)
			}
		}
	}
}

// Remote adds a neighbour.
func (d *Draft) Remote(local string, protocol Discovery, from Span) *RemoteSystem {
	d.Switch.Remotes = append(d.Switch.Remotes, RemoteSystem{Interface: local, Protocol: protocol, From: from})
	return &d.Switch.Remotes[len(d.Switch.Remotes)-1]
}

// Unread notes output that should have been understood and was not. A hostile reply cannot fill the report: 200 are kept.
func (d *Draft) Unread(from Span, why string) {
	if from.Known() && len(d.Switch.Unread) < 200 {
		d.Switch.Unread = append(d.Switch.Unread, Unread{From: from, Why: why})
	}
}

// Finish fills the Switch from the rows, sorts it and returns it.
func (d *Draft) Finish() *Switch {
	s := d.Switch
	for _, a := range d.aggregators.all {
		a.Ports = nil
		if own := d.portsOf[a.Name]; len(own) > 0 {
			a.Ports = make([]AggregationPort, len(own))
			for i, p := range own {
				a.Ports[i] = *p
			}
		}
	}
	s.Members, s.Interfaces, s.Aggregators = d.members.list(), d.interfaces.list(), d.aggregators.list()
	s.VLANs, s.BridgePorts, s.SVIs, s.VRFs = d.vlans.list(), d.bridgePorts.list(), d.svis.list(), d.vrfs.list()
	s.MLAG.Ports, s.MLAG.Orphans = d.mlagPorts.list(), d.orphans.list()
	s.Sort()
	return s
}

// Word maps a device's word through words, whatever its case. One that is not among them is unknown and noted.
func Word[T any](d *Draft, f capture.Fact[string], words map[string]T) capture.Fact[T] {
	out := capture.Then(f, func(s string) (T, bool) { v, ok := words[strings.ToLower(strings.TrimSpace(s))]; return v, ok })
	if f.Known() && !out.Known() {
		d.Unread(f.From, "unknown word "+Quote(f.Value))
	}
	return out
}

// Quote returns a word from a device for a message, cut to a length that fits on a line.
func Quote(s string) string {
	if len(s) > 40 {
		s = s[:40] + "..."
	}
	return fmt.Sprintf("%q", s)
}
