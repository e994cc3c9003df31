package state

import (
	"cmp"
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
	ports       []ports // of each aggregator
	portPool    pool[AggregationPort]
	memberOf    map[string]membership // by port; nil: to be made
	vlans       rows[VID, VLAN]
	bridgePorts rows[string, BridgePort]
	svis        rows[string, SVI]
	vrfs        rows[string, VRF]
	mlagPorts   rows[string, MLAGPort]
	orphans     rows[string, Orphan]
	extenders   rows[string, Extender]
}

// rows are found by key and keep the order in which they came. Devices list things in ascending order, and what names them again does so in
// that order: then a row is new, or the one behind the last, or the first. Only when one is asked for out of turn an index is made.
type rows[K comparable, T any] struct {
	keys []K
	all  []*T
	last int
	at   map[K]int // nil: keys are ascending
	pool[T]
}

// find returns the number of the row of that key.
func (r *rows[K, T]) find(key K, compare func(a, b K) int) (i int, ok bool) {
	for _, i := range [...]int{r.last, r.last + 1, 0} {
		if i < len(r.keys) && r.keys[i] == key {
			r.last = i
			return i, true
		}
	}
	n := len(r.keys)
	if r.at == nil && n > 0 && compare(r.keys[n-1], key) >= 0 {
		r.at = make(map[K]int, 2*n)
		for i, k := range r.keys {
			r.at[k] = i
		}
	}
	if i, ok = r.at[key]; ok {
		r.last = i
	}
	return i, ok
}

// row returns the number of the row of that key, and whether it was made.
func (r *rows[K, T]) row(key K, compare func(a, b K) int) (i int, made bool) {
	if i, ok := r.find(key, compare); ok {
		return i, false
	}
	n := len(r.keys)
	if r.at != nil {
		r.at[key] = n
	}
	r.last = n
	r.keys, r.all = append(r.keys, key), append(r.all, r.new())
	return n, true
}

// get returns the row of that key. A new one is told its key and the line that named it, in the fields that named gives.
func (r *rows[K, T]) get(key K, from Span, compare func(a, b K) int, named func(*T) (*K, *Span)) *T {
	i, made := r.row(key, compare)
	x := r.all[i]
	if made {
		k, at := named(x)
		*k, *at = key, from
	}
	return x
}

// A ports list is that of one aggregator.
type ports struct {
	all []*AggregationPort
	run []AggregationPort           // the same, as far as they stand one behind the other in memory
	at  map[string]*AggregationPort // nil while there are few
}

func (p *ports) find(name string) *AggregationPort {
	if p.at != nil {
		return p.at[name]
	}
	for _, x := range p.all {
		if x.Name == name {
			return x
		}
	}
	return nil
}

// add makes a port.
func (p *ports) add(pool *pool[AggregationPort], name string, from Span) *AggregationPort {
	const few = 16
	x := pool.new()
	x.Name, x.From = name, from
	switch n := len(p.run); {
	case len(p.all) == 0:
		p.all = make([]*AggregationPort, 0, 2)
		p.run = pool.free[len(pool.free)-1:]
	case n == len(p.all) && n < cap(p.run) && &p.run[:n+1][n] == x:
		p.run = p.run[:n+1]
	}
	p.all = append(p.all, x)
	if p.at == nil && len(p.all) > few {
		p.at = map[string]*AggregationPort{}
		for _, x := range p.all {
			p.at[x.Name] = x
		}
	}
	if p.at != nil {
		p.at[x.Name] = x
	}
	return x
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

// list returns the rows in the order of their keys.
func (r *rows[K, T]) list(compare func(a, b K) int) []T {
	if len(r.all) == 0 {
		return nil
	}
	out := make([]T, len(r.all))
	if r.at == nil {
		for i, x := range r.all {
			out[i] = *x
		}
		return out
	}
	order := make([]int32, len(r.all))
	for i := range order {
		order[i] = int32(i)
	}
	slices.SortFunc(order, func(i, j int32) int { return compare(r.keys[i], r.keys[j]) })
	for to, from := range order {
		out[to] = *r.all[from]
	}
	return out
}

// NewDraft returns the empty draft of a captured device.
func NewDraft(c *capture.Capture, platform string, mtu MTUScope) *Draft {
	return &Draft{Switch: &Switch{Name: c.Device, Platform: platform, MTUScope: mtu}}
}

// Member returns the chassis of that id.
func (d *Draft) Member(id string, from Span) *Member {
	return d.members.get(id, from, NaturalCompare, func(x *Member) (*string, *Span) { return &x.ID, &x.From })
}

// Extender returns the fabric extender of that number.
func (d *Draft) Extender(id string, from Span) *Extender {
	return d.extenders.get(id, from, NaturalCompare, func(x *Extender) (*string, *Span) { return &x.ID, &x.From })
}

// Extenders returns the fabric extenders so far, in the order in which they were named.
func (d *Draft) Extenders() []*Extender { return d.extenders.all }

// Interface returns the interface of that name.
func (d *Draft) Interface(name string, from Span) *Interface {
	return d.interfaces.get(name, from, NaturalCompare, func(x *Interface) (*string, *Span) { return &x.Name, &x.From })
}

// Aggregator returns the aggregator of that name.
func (d *Draft) Aggregator(name string, from Span) *Aggregator {
	return d.aggregators.all[d.aggregator(name, from)]
}

func (d *Draft) aggregator(name string, from Span) int {
	i, made := d.aggregators.row(name, NaturalCompare)
	if made {
		x := d.aggregators.all[i]
		x.Name, x.From = name, from
		d.ports = append(d.ports, ports{})
	}
	return i
}

// AggregationPort returns the port of an aggregator, which is made when it is not there yet.
func (d *Draft) AggregationPort(aggregator, name string, from Span) *AggregationPort {
	own := &d.ports[d.aggregator(aggregator, from)]
	x := own.find(name)
	if x == nil {
		x, d.memberOf = own.add(&d.portPool, name, from), nil
	}
	return x
}

// AggregationPorts returns the ports of an aggregator so far, in the order in which they were named.
func (d *Draft) AggregationPorts(aggregator string) []*AggregationPort {
	if i, ok := d.aggregators.find(aggregator, NaturalCompare); ok {
		return d.ports[i].all
	}
	return nil
}

// A membership is a port and the aggregator that has it.
type membership struct {
	in   *Aggregator
	port *AggregationPort
}

// MemberOf returns the aggregator that has the port, the last of several, and the port in it; nil when none has it so far.
func (d *Draft) MemberOf(port string) (*Aggregator, *AggregationPort) {
	if d.memberOf == nil {
		n := 0
		for _, own := range d.ports {
			n += len(own.all)
		}
		d.memberOf = make(map[string]membership, n)
		for i, own := range d.ports {
			for _, x := range own.all {
				d.memberOf[x.Name] = membership{d.aggregators.all[i], x}
			}
		}
	}
	m := d.memberOf[port]
	return m.in, m.port
}

// IsMember reports whether an aggregator has the port so far.
func (d *Draft) IsMember(port string) bool {
	_, x := d.MemberOf(port)
	return x != nil
}

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
	return d.vlans.get(id, from, cmp.Compare[VID], func(x *VLAN) (*VID, *Span) { return &x.ID, &x.From })
}

// BridgePort returns the bridge port on that interface.
func (d *Draft) BridgePort(name string, from Span) *BridgePort {
	return d.bridgePorts.get(name, from, NaturalCompare, func(x *BridgePort) (*string, *Span) { return &x.Interface, &x.From })
}

// SVI returns the routed interface of that name.
func (d *Draft) SVI(name string, from Span) *SVI {
	return d.svis.get(name, from, NaturalCompare, func(x *SVI) (*string, *Span) { return &x.Interface, &x.From })
}

// VRF returns the routing instance of that name.
func (d *Draft) VRF(name string, from Span) *VRF {
	return d.vrfs.get(name, from, NaturalCompare, func(x *VRF) (*string, *Span) { return &x.Name, &x.From })
}

// Members returns the chassis so far, in the order in which they were named.
func (d *Draft) Members() []*Member { return d.members.all }

// VRFs returns the routing instances so far, in the order in which they were named.
func (d *Draft) VRFs() []*VRF { return d.vrfs.all }

// MLAGPort returns the multi-chassis port of that id.
func (d *Draft) MLAGPort(id string, from Span) *MLAGPort {
	return d.mlagPorts.get(id, from, NaturalCompare, func(x *MLAGPort) (*string, *Span) { return &x.ID, &x.From })
}

// Orphans returns what the device said of ports in no multi-chassis LAG so far, in the order in which they were named.
func (d *Draft) Orphans() []*Orphan { return d.orphans.all }

// Orphan returns what the device says of a port in no multi-chassis LAG.
func (d *Draft) Orphan(name string, from Span) *Orphan {
	return d.orphans.get(name, from, NaturalCompare, func(x *Orphan) (*string, *Span) { return &x.Interface, &x.From })
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
	for i, own := range d.ports {
		ports := own.run[:len(own.run):len(own.run)]
		for _, x := range own.all[len(ports):] {
			ports = append(ports, *x)
		}
		d.aggregators.all[i].Ports = ports
	}
	s.Members, s.Interfaces, s.Aggregators = d.members.list(NaturalCompare), d.interfaces.list(NaturalCompare), d.aggregators.list(NaturalCompare)
	s.VLANs, s.BridgePorts = d.vlans.list(cmp.Compare[VID]), d.bridgePorts.list(NaturalCompare)
	s.SVIs, s.VRFs = d.svis.list(NaturalCompare), d.vrfs.list(NaturalCompare)
	s.Extenders = d.extenders.list(NaturalCompare)
	s.MLAG.Ports, s.MLAG.Orphans = d.mlagPorts.list(NaturalCompare), d.orphans.list(NaturalCompare)
	s.Sort()
	return s
}

// Word maps a device's word through words, whatever its case. One that is not among them is unknown and noted.
func Word[T any](d *Draft, f capture.Fact[string], words map[string]T) capture.Fact[T] {
	out := capture.Then(f, func(s string) (T, bool) { return Lookup(words, strings.TrimSpace(s)) })
	if f.Known() && !out.Known() {
		d.Unread(f.From, "unknown word "+Quote(f.Value))
	}
	return out
}

// Lookup finds a word, whatever its case, among words in lower case.
func Lookup[T any](words map[string]T, word string) (T, bool) {
	var room [32]byte
	if len(word) > len(room) {
		v, ok := words[strings.ToLower(word)]
		return v, ok
	}
	low := room[:len(word)]
	for i := range low {
		c := word[i]
		if c >= 0x80 {
			v, ok := words[strings.ToLower(word)]
			return v, ok
		}
		if c >= 'A' && c <= 'Z' {
			c += 'a' - 'A'
		}
		low[i] = c
	}
	v, ok := words[string(low)]
	return v, ok
}

// Quote returns a word from a device for a message, cut to a length that fits on a line.
func Quote(s string) string {
	if len(s) > 40 {
		s = s[:40] + "..."
	}
	return fmt.Sprintf("%q", s)
}
