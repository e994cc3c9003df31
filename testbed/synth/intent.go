package synth

import (
	"fmt"
	"slices"

	"uplinkcheck/drivers/state"
	"uplinkcheck/inventory"
)

// everywhere is above the highest tier.
const everywhere = 100

// infrastructure are the networks that every host needs, with how far each stretches.
var infrastructure = []network{
	{name: "management", role: inventory.Management, tiers: everywhere},
	{name: "live-migration", role: inventory.LiveMigration, tiers: 1},
	{name: "storage-a", role: inventory.Storage, path: "a", tiers: 1},
	{name: "storage-b", role: inventory.Storage, path: "b", tiers: 1},
	{name: "heartbeat", role: inventory.ClusterHeartbeat, tiers: 1},
	{name: "backup", role: inventory.Backup, tiers: 2},
	{name: "replication", role: inventory.Replication, tiers: 1},
	{name: "provisioning", role: inventory.Provisioning, tiers: everywhere},
}

// Guests' networks: each pod has one that stretches to the pods beside it, and three of its own. Where the VLANs do not suffice
// for all pods, distant ones use the same: the same network in segments that are not connected.
const (
	guestsPerPod = 3
	mostShared   = 20
	mostOwn      = 360
)

// addNetworks makes the VLAN plan and says which networks each pod has.
func (f *Fabric) addNetworks() {
	for i := range infrastructure {
		n := infrastructure[i]
		if f.Routed {
			n.tiers = 1
		}
		n.vlans = state.VIDs(state.VID(10 + i))
		f.nets = append(f.nets, &n)
	}
	groups := (len(f.pods) + mostLeaves - 1) / mostLeaves
	budget := f.VLANs - len(infrastructure)
	shared := min(groups, mostShared)
	own := max(1, min(len(f.pods)*guestsPerPod, mostOwn, budget-shared))
	var guests []*network
	next := state.VID(100)
	for i := range shared + own {
		n := &network{name: fmt.Sprintf("guests-%d", i-shared+1), role: inventory.Guest, zone: fmt.Sprintf("zone-%d", i%5+1), tiers: 1, walled: i%2 == 1}
		if i < shared {
			n.name, n.walled = fmt.Sprintf("shared-%d", i+1), false
			if !f.Routed {
				n.tiers = 2
			}
		}
		size := state.VID((budget - i - 1 + shared + own) / (shared + own))
		n.vlans = state.Range(next, next+size-1)
		next += size
		guests = append(guests, n)
	}
	f.nets = append(f.nets, guests...)
	for i, p := range f.pods {
		p.nets = append(slices.Clone(f.nets[:len(infrastructure)]), guests[i/mostLeaves%shared])
		for j := range guestsPerPod {
			if n := guests[shared+(i*guestsPerPod+j)%own]; !slices.Contains(p.nets, n) {
				p.nets = append(p.nets, n)
			}
		}
	}
}

// addGateways puts a firewall and an administrator's workstation at the top for the networks that reach it, and gives guests
// either a firewall at the head of their pod or an address of the head itself. Where pods are routed, each has a firewall.
func (f *Fabric) addGateways() {
	if f.Routed {
		f.addStation("admin", f.pods[0].head, f.nets[0])
	} else {
		f.addFirewall("fw-top", f.top, f.nets[:1], f.nets[7:8])
		f.addStation("admin", f.top, f.nets[0])
	}
	for _, p := range f.pods {
		var walled, routed []*network
		if f.Routed {
			walled = append(walled, f.nets[0], f.nets[7])
		}
		for _, n := range p.nets[len(infrastructure):] {
			if n.walled && (p.head != f.top || f.Routed) {
				walled = append(walled, n)
			} else {
				routed = append(routed, n)
			}
		}
		if len(walled) > 0 {
			f.addFirewall(fmt.Sprintf("fw-p%d", p.number), p.head, walled)
		}
		for _, n := range routed {
			at := p.head
			if n.tiers > 1 && at.parent != nil {
				at = at.parent
			}
			f.route(n, at)
		}
	}
}

func firstVID(n *network) state.VID {
	for v := range n.vlans.All() {
		return v
	}
	return 0
}

// route makes the unit's switches gateways of a network.
func (f *Fabric) route(n *network, at *unit) {
	for _, s := range at.sw {
		if slices.Contains(n.gateway, s.name) {
			continue
		}
		n.gateway = append(n.gateway, s.name)
		for v := range n.vlans.All() {
			s.svis = append(s.svis, v)
		}
	}
}

func (f *Fabric) addFirewall(name string, at *unit, nets ...[]*network) {
	h := f.machine(name, at)
	h.gateway = true
	port := gatewayPort
	if at.kind == Stack {
		port = stackGateway
	}
	a, b := at.both(port)
	h.team("bond0", inventory.TeamLACP, slices.Concat(nets...), at, port, a, b)
	for _, n := range slices.Concat(nets...) {
		n.gateway = append(n.gateway, a.String(), b.String())
	}
}

func (f *Fabric) addStation(name string, at *unit, n *network) {
	h := f.machine(name, at)
	h.station = true
	port := stationPort
	if at.kind == Stack {
		port = stackStation
	}
	p := at.sw[0].port(0, port)
	h.plug("eth0", p)
	h.alone = append(h.alone, single{h.nics[0], []*network{n}})
	p.toAccess(firstVID(n))
	n.stations = append(n.stations, p.String())
}

func (f *Fabric) machine(name string, at *unit) *host {
	number := len(f.machines) + 1
	h := &host{name: name, number: number, unit: at, mac: state.MAC{0x0a, 0x01, byte(number >> 8), byte(number)}}
	f.machines = append(f.machines, h)
	return h
}

// String names a jack as inventories do: switch/port or host/nic.
func (j *jack) String() string {
	if j.sw != nil {
		return j.sw.name + "/" + j.name
	}
	return j.host.name + "/" + j.name
}

// plug adds a NIC to a host and cables it.
func (h *host) plug(nic string, to *jack) *jack {
	j := &jack{host: h, name: nic, index: len(h.nics) + 2, text: nic} // index 1 is the loopback
	j.mac = plus(h.mac, j.index)
	h.nics = append(h.nics, j)
	cable(j, to)
	to.text = h.name + " " + nic
	return j
}

// team adds a bond of two new NICs that end on two ports of a unit.
func (h *host) team(name string, mode inventory.TeamMode, nets []*network, at *unit, number int, ports ...*jack) *lag {
	t := &lag{host: h, name: name, mode: mode, nets: nets, key: 15}
	var set state.VIDSet
	for _, n := range nets {
		set = set.Union(n.vlans)
	}
	kind := "eno"
	if h.gateway {
		kind = "eth"
	}
	for _, p := range ports {
		nic := h.plug(fmt.Sprintf("%s%d", kind, len(h.nics)+1), p)
		nic.lag = t
		t.members = append(t.members, nic)
	}
	t.system = t.members[0].mac
	h.teams = append(h.teams, t)
	if mode.NeedsAggregator() == state.Yes {
		at.spread(number, h.name+" "+name, set, ports...)
		return t
	}
	for _, p := range ports {
		p.allowed = set
	}
	return t
}

const clusterSize = 16

// addHosts spreads the hypervisors evenly over the leaves and makes clusters of neighbours.
func (f *Fabric) addHosts() {
	var leaves []*unit
	for _, p := range f.pods {
		leaves = append(leaves, p.leaves...)
	}
	want := make([]int, len(leaves))
	for left, full := f.Hosts, 0; left > 0 && full < len(leaves); {
		full = 0
		for i, u := range leaves {
			if most := map[bool]int{true: 6, false: 13}[u.kind == Stack]; left > 0 && want[i] < most {
				want[i]++
				left--
			} else {
				full++
			}
		}
	}
	i := 0
	for _, p := range f.pods {
		var mine []*host
		for _, u := range p.leaves {
			for k := range want[i] {
				number := len(f.hosts) + 1
				h := &host{name: fmt.Sprintf("%s-h%d", u.name, k+1), number: number, unit: u,
					mac: state.MAC{0x0a, 0x00, byte(number >> 8), byte(number)}}
				s := u.sw[k%len(u.sw)]
				h.rack, h.power = s.rack, s.power
				f.hosts = append(f.hosts, h)
				mine = append(mine, h)
			}
			i++
		}
		for group := range slices.Chunk(mine, clusterSize) {
			f.addCluster(p, group)
		}
	}
}

// portsOf counts the ports that a host takes on each switch of its leaf.
func portsOf(way int) int { return []int{3, 3, 2}[way] }

// addCluster connects the hosts of a cluster, all in the same way.
func (f *Fabric) addCluster(p *pod, hosts []*host) {
	c := &cluster{name: fmt.Sprintf("c%d", len(f.clusters)+1), hosts: hosts, nets: p.nets}
	f.clusters = append(f.clusters, c)
	way := f.rand.IntN(3)
	for _, h := range hosts {
		h.cluster = c
		h.connect(p.nets, way, h.unit.taken+1)
		h.unit.taken += portsOf(way)
	}
}

// connect gives a host two teams, one for what belongs to the infrastructure and one for guests, or one team for both; storage has a
// NIC of its own for each path.
func (h *host) connect(nets []*network, way, number int) {
	var infra, guests, paths []*network
	for _, n := range nets {
		switch n.role {
		case inventory.Storage:
			paths = append(paths, n)
		case inventory.Guest:
			guests = append(guests, n)
		default:
			infra = append(infra, n)
		}
	}
	team := func(name string, mode inventory.TeamMode, nets []*network) {
		a, b := h.unit.both(number)
		h.team(name, mode, nets, h.unit, number, a, b)
		number++
	}
	switch way {
	case 0:
		team("bond0", inventory.TeamLACP, infra)
		team("bond1", inventory.TeamLACP, guests)
	case 1:
		team("bond0", inventory.TeamLACP, infra)
		team("bond1", inventory.TeamActiveBackup, guests)
	case 2:
		team("bond0", inventory.TeamLACP, append(infra, guests...))
	}
	a, b := h.unit.both(number)
	h.use(paths[0], a)
	h.use(paths[1], b)
}

// use gives a network a NIC of its own.
func (h *host) use(n *network, p *jack) {
	h.alone = append(h.alone, single{h.plug(fmt.Sprintf("eno%d", len(h.nics)+1), p), []*network{n}})
	p.allowed = n.vlans
}
