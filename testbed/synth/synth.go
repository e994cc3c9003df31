// Package synth makes fabrics of any size, from one pair of leaves to ten thousand switches, out of one seed: pods of leaf
// pairs (MLAG, EVPN Ethernet segments, stacks) under pairs of spines, hosts with several bonds, a plan of up to 4,000 VLANs of
// which some stretch over the site and some stay in their pod, clusters, racks, power feeds, gateways and stations.
//
// A fabric is had as state:
//
//	f := synth.New(synth.Options{Seed: 1, Switches: 1000})
//	f.Inject("cable-pulled") // a fault, and what must come of it
//	f.Input()                // as state: parsed switches and hosts, ready for topology.Build
//	f.Scenario()             // as what devices print: rendered, recorded, served
//
// Equal options give equal fabrics, on any machine.
package synth

import (
	"math/rand/v2"

	"uplinkcheck/drivers/state"
	"uplinkcheck/inventory"
	"uplinkcheck/testbed/model"
)

// Options say how large a fabric is. Only Switches must be given: fields that are zero have the default in their comment.
type Options struct {
	Seed     uint64
	Switches int    // control planes; a stack of two chassis is one
	Ports    int    // of each switch, the unused ones too; 48, and not less
	Hosts    int    // hypervisors, each with four or six uplinks; two for each switch
	VLANs    int    // of the whole plan, 4,000 at most; 4 for each switch, at least 24
	Leaves   int    // leaf pairs and stacks below one pair of spines, 20 at most; 20
	Kinds    []Kind // of leaves, of which the seed chooses; all
	Routed   bool   // no VLAN leaves its pod: the heads of the pods route. Without it the networks that every host needs stretch over the site
}

// Kind is how two chassis make one leaf.
type Kind uint8

const (
	MLAG  Kind = iota // two EOS switches with a peer-link
	ESI               // two Junos switches with Ethernet segments and no peer-link
	Stack             // one Junos Virtual Chassis of two members
)

// Kinds are all kinds of leaves.
var Kinds = []Kind{MLAG, ESI, Stack}

// Fabric is a planned fabric.
type Fabric struct {
	Options
	nets     []*network
	pods     []*pod
	units    []*unit // leaves first, pod by pod, then each tier above
	switches []*sw
	hosts    []*host // hypervisors in order of name
	machines []*host // gateways and stations
	clusters []*cluster
	top      *unit
	above    []state.VIDSet // by tier: the VLANs that stretch beyond it
	rand     *rand.Rand

	vlanNames map[state.VID]string
	faults    []model.Fault // for Scenario
}

// A pod is one pair of spines with all its leaves; in the smallest fabrics one leaf without any spine.
type pod struct {
	number int
	leaves []*unit
	head   *unit // the spines, or the only leaf
	nets   []*network
}

// A unit is a leaf or a pair above leaves: one or two control planes that LAGs are spread over.
type unit struct {
	name     string
	number   int
	kind     Kind
	tier     int // 0: leaf
	pod      *pod
	parent   *unit
	children []*unit
	sw       []*sw
	vlans    state.VIDSet // that any of its ports carries
	peerLink [2]*lag
	taken    int  // ports of hosts on each of its switches or members
	broken   bool // Inject put a fault in
}

// sw is a switch: one control plane.
type sw struct {
	name    string
	number  int
	rank    int // among all switches by name
	unit    *unit
	side    int // 0 or 1 in its unit
	mac     state.MAC
	members int // chassis; 0: standalone
	ports   []*jack
	byName  map[string]*jack
	lags    []*lag
	svis    []state.VID
	rack    string
	power   string
	missing state.VIDSet // not in its database
	gone    bool         // unreachable: it gives no state
}

// A jack is a port of a switch or a NIC of a host: what takes a cable.
type jack struct {
	sw     *sw
	host   *host
	name   string
	number int // 7 in Ethernet7
	index  int // interface index; LACP port number
	member int // of a stack
	text   string
	mac    state.MAC
	far    *jack // the other end of its cable
	meant  *jack // the other end as planned, before any fault
	pulled bool  // the cable is not plugged in
	shut   bool
	lag    *lag // nil: used alone
	bridge      // of a port of a switch that is in no LAG

	speaks, heard, sync, flows bool // LACP, see outcome.go
	few                        bool // out of service because of min-links
	other                      bool // hears another partner than the rest of its LAG
}

// bridge is what a port or LAG does with VLANs.
type bridge struct {
	access  bool
	open    bool // nobody wrote a list: everything passes
	allowed state.VIDSet
	native  state.VID
	blocked state.VIDSet // by the spanning tree
}

// A lag is a LAG of a switch, or a team of a host.
type lag struct {
	sw       *sw
	host     *host
	name     string
	number   int
	text     string
	mode     inventory.TeamMode
	min      int
	system   state.MAC
	key      uint16
	mlag     string
	esi      string
	peerLink bool
	members  []*jack
	nets     []*network // of a team
	bridge
}

// host is a hypervisor, or a gateway or station.
type host struct {
	name    string
	number  int
	unit    *unit
	cluster *cluster
	mac     state.MAC
	nics    []*jack
	teams   []*lag
	alone   []single // NICs without a team
	station bool
	gateway bool
	rack    string
	power   string
	single  bool // meant to have one uplink
	oneCard bool // all its NICs are ports of one card
	silent  bool // speaks no LLDP
}

// single is a NIC that carries networks without a team.
type single struct {
	nic  *jack
	nets []*network
}

// network is one entry of the VLAN plan.
type network struct {
	name     string
	role     inventory.Role
	zone     string
	path     string
	vlans    state.VIDSet
	tiers    int  // how far up its VLANs go: 1 stays in the pod
	walled   bool // its gateway is a firewall, not the spines
	gateway  []string
	stations []string
}

type cluster struct {
	name  string
	hosts []*host
	nets  []*network
}

// New plans a fabric without faults.
func New(o Options) *Fabric {
	o.defaults()
	f := &Fabric{Options: o, rand: rand.New(rand.NewPCG(o.Seed, 0x5eed))}
	f.addUnits()
	f.addNetworks()
	f.addTrunks()
	f.addHosts()
	f.addGateways()
	f.addRest()
	return f
}

func (o *Options) defaults() {
	o.Switches = max(o.Switches, 1)
	o.Ports = max(o.Ports, 48)
	if o.Hosts == 0 {
		o.Hosts = o.Switches * 2
	}
	if o.VLANs == 0 {
		o.VLANs = 4 * o.Switches
	}
	o.VLANs = min(max(o.VLANs, 24), 4000)
	if o.Leaves == 0 {
		o.Leaves = mostLeaves
	}
	o.Leaves = min(max(o.Leaves, 1), mostLeaves)
	if len(o.Kinds) == 0 {
		o.Kinds = Kinds
	}
}
