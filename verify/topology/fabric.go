// Package topology joins what switches say with what hypervisors say: claims become links, links uplinks,
// aggregators of multi-chassis peers become LAGs, and every port learns which VLANs it carries.
package topology

import (
	"slices"
	"sync"
	"time"

	"uplinkcheck/drivers/capture"
	"uplinkcheck/drivers/state"
	"uplinkcheck/inventory"
)

// Subject names what a finding is about.
type Subject struct {
	Kind string `json:"kind"` // "switch", "host", "uplink", "lag", "port", "pair", "network", "service", "role", "device", "fabric"
	Name string `json:"name"`
}

// Named is a thing that checks can be about.
type Named interface{ Subject() Subject }

// A Fabric is everything known in one run, joined. It is built once and never written to afterwards.
// All slices are sorted: equal evidence gives equal order.
type Fabric struct {
	Inventory *inventory.Inventory
	Captures  []*capture.Capture
	Now       time.Time // end of the collection, never the clock

	Switches []*Switch
	Hosts    []*Host
	Pairs    []*Pair
	LAGs     []*LAG
	Links    []*Link // between hosts and switches
	Trunks   []*Trunk
	Devices  []*Device
	Networks []*Network

	// Allowed tells whether a platform's driver lists a command; nil: not known.
	Allowed func(platform, command string) bool

	extenders []*Extender
	switches  map[string]*Switch
	hosts     map[string]*Host
	said      map[string]*state.Switch // by name, those too that are not the ones that are meant
	saidHosts map[string]*inventory.Host
	mistakes  map[string][]Mistake
	leftOut   map[string]bool
	index     index   // memos of what is asked for by name or number
	edge      edge    // memo of edges
	sim       sim     // memo of the simulation of losses
	bridged   bridged // memo of Domains, whereabouts and Network.Reach
	routing   routing // memo of routed interfaces and of whose an address is

	clustersOnce sync.Once
	clusters     []*Cluster // memo of Clusters
}

// Device is one machine that was, or should have been, asked.
type Device struct {
	Name, Platform string
	Entry          capture.Span     // the inventory's line
	Capture        *capture.Capture // nil: never asked
	Switch         *Switch          // nil for a host, and for a switch of which nothing is known
	Host           *Host
	Fabric         *Fabric
	ParseErr       string

	// Said and SaidHost are what the replies say. Mistakes are why that is, or may be, another machine. LeftOut: it counts for nothing, so
	// that Switch is nil, and Host what the inventory alone says. Of the names of one box the right one is not left out.
	Said     *state.Switch
	SaidHost *inventory.Host
	Mistakes []Mistake
	LeftOut  bool
}

// Collected reports whether the machine gave at least one usable reply and its collection was not cut short.
func (d *Device) Collected() bool {
	if d.Capture == nil || d.Capture.Err != "" || d.ParseErr != "" {
		return false
	}
	for _, r := range d.Capture.Replies {
		if r.Usable() {
			return true
		}
	}
	return false
}

// Absent says why nothing is known of a device without Switch and Host, and what would help.
func (d *Device) Absent() (why, missing string) {
	if d.LeftOut {
		return "what answered as " + d.Name + " is not it, or may be another", "settle EVD-005 for " + d.Name + " first"
	}
	return d.Name + " was not collected", "collect " + d.Name
}

// Subject implements Named.
func (d *Device) Subject() Subject { return Subject{"device", d.Name} }

// Switch is a switch with its ports.
type Switch struct {
	*state.Switch
	Entry  *inventory.Switch
	Before *state.Switch // an earlier sample of the same run, nil when only one was taken
	Pair   *Pair         // nil when it has no multi-chassis peer
	Ports  []*Port
	Fabric *Fabric

	ports  map[string]*Port
	unfed  []*Extender // of which it does not tell which of its ports lead to it
	access access      // memo of AccessPorts
	number int         // its place in Fabric.Switches
	tree   treeIndex   // memo of treeOf
	routed routed      // memo of Routes

	learnedOnce sync.Once
	learnedAt   map[string][]*state.MACEntry // memo of learned
}

// Subject implements Named.
func (s *Switch) Subject() Subject { return Subject{"switch", s.Name} }

// Port returns the port of that name, or nil.
func (s *Switch) Port(name string) *Port { return s.ports[name] }

// Port is a physical port of a switch, seen together with the aggregator and bridge port it serves.
type Port struct {
	Switch     *Switch
	Name       string
	Interface  *state.Interface       // nil when the device listed no such interface
	Member     *state.AggregationPort // nil when it is in no aggregator
	Aggregator *state.Aggregator
	Bridge     *state.BridgePort // the aggregator's when there is one; nil when none was reported
	LAG        *LAG
	Link       *Link     // towards a host, nil when none is known
	Declared   *Claim    // the operator\'s word about who sits here, nil when there is none
	DeclaredTo *Uplink   // the uplink that Declared names
	Extender   *Extender // that it is a port of, nil for a port of the switch itself
	Trunk      *Trunk    // towards another switch of the fabric, nil when none is known
	Remotes    []state.RemoteSystem

	// Before is the port's aggregation state in an earlier sample of the same run, Earlier its interface. Both are nil when only one
	// sample was taken, and when that earlier one did not have them.
	Before  *state.AggregationPort
	Earlier *state.Interface

	feeds  *Extender // that it leads to
	number int       // counted over all switches
	full   string    // what String returns: millions of texts name a port
}

// Subject implements Named.
func (p *Port) Subject() Subject { return Subject{"port", p.full} }

// String returns switch/port.
func (p *Port) String() string { return p.full }

// Chassis names the box that loses power together: the switch, or one member of a stack.
type Chassis struct{ Switch, Member string }

// String returns "leaf1" or "leaf1 member 2".
func (c Chassis) String() string {
	if c.Member == "" {
		return c.Switch
	}
	return c.Switch + " member " + c.Member
}

// Host is a hypervisor with its uplinks.
type Host struct {
	*inventory.Host
	Entry    *inventory.HostEntry // nil: inferred from what switches saw
	Inferred bool
	Uplinks  []*Uplink
	Teams    []*Team
	Clusters []*inventory.Cluster
	Required []*Role // the networks it must offer, with why
	Fabric   *Fabric

	number int // its place in Fabric.Hosts
}

// ListsNICs reports whether all NICs of the host are known: listed by itself or by the inventory, or, of an inferred host, as
// far as the switches see them. Where it is false a missing uplink proves nothing.
func (h *Host) ListsNICs() bool { return h.Entry == nil || h.Listed.NICs.Known() }

// Subject implements Named.
func (h *Host) Subject() Subject { return Subject{"host", h.Name} }

// Team is a bond of a host with its uplinks; a NIC used alone has none.
type Team struct {
	Host *Host
	*inventory.Team
	Uplinks []*Uplink
}

// Subject implements Named.
func (t *Team) Subject() Subject { return Subject{"team", t.Host.Name + "/" + t.Name} }

// Uplink is a NIC of a host that leads to the network, whether or not we know where.
type Uplink struct {
	Host   *Host
	NIC    *inventory.NIC
	Team   *Team                 // nil: used alone
	Member *inventory.TeamMember // nil: used alone, or the team did not say
	Link   *Link                 // nil: not mapped

	Before *inventory.TeamMember // Member in an earlier sample of the same run, nil when only one was taken

	// Nowhere are ends that the operator names and that the switch, which lists all its ports, does not have.
	Nowhere []NoPort

	inferredPort *Port  // the port an inferred host was made from
	number       int    // counted over all hosts
	full         string // what String returns
}

// NoPort is a port that only the operator's words have.
type NoPort struct {
	inventory.CableEnd
	From capture.Span // the operator's line
	List capture.Span // the switch's list of its ports
}

// Subject implements Named.
func (u *Uplink) Subject() Subject { return Subject{"uplink", u.full} }

// String returns host/nic.
func (u *Uplink) String() string { return u.full }

// Role is a network that a host must offer.
type Role struct {
	Host    *Host
	Network *Network
	From    capture.Span // what says that the host needs it
	Uplinks []*Uplink    // that may carry any of its VLANs: see In

	// Assigned: somebody said that these uplinks carry it, or the host has but one team. Otherwise Uplinks is
	// all there are, and not every one of them need carry it.
	Assigned bool

	// Alternatives are networks of the same role over another path (storage A and B): one of them must survive.
	Alternatives []*Role

	number int    // counted over all hosts
	full   string // host/network
	parts  []part // VLANs that not all of Uplinks may carry
	guests []part // uplinks that some guests have to themselves: without them they lose the VLANs, whoever else has them
}

// A part is some VLANs of a network that a host sends over some uplinks only.
type part struct {
	vids state.VIDSet
	over []*Uplink
}

// In returns the uplinks that may carry the VLAN: those over which the host sends it, where it shows that.
func (r *Role) In(v state.VID) []*Uplink {
	for i := range r.parts {
		if r.parts[i].vids.Has(v) {
			return r.parts[i].over
		}
	}
	return r.Uplinks
}

// Sent returns the VLANs of the network that the uplink may carry: see In.
func (r *Role) Sent(u *Uplink) state.VIDSet {
	vids := r.Network.VLANs
	for i := range r.parts {
		if !slices.Contains(r.parts[i].over, u) {
			vids = vids.Minus(r.parts[i].vids)
		}
	}
	return vids
}

// Subject implements Named.
func (r *Role) Subject() Subject { return Subject{"role", r.full} }

// Network is a declared network.
type Network struct {
	*inventory.Network
	Fabric *Fabric
}

// Subject implements Named.
func (n *Network) Subject() Subject { return Subject{"network", n.Name} }

// Pair is a group of multi-chassis peers: declared, or found by what the switches say of each other.
type Pair struct {
	Name     string
	Switches []*Switch
	Missing  []string // declared members that gave no state
	From     capture.Span
	Declared bool
	Fabric   *Fabric
}

// Subject implements Named.
func (p *Pair) Subject() Subject { return Subject{"pair", p.Name} }

// LAG is one aggregation as a host sees it: the aggregators of all multi-chassis peers merged.
type LAG struct {
	Name  string       // leaf1+leaf2/Port-Channel10, or with different names leaf1/po1+leaf2/po2
	Legs  []*Leg       // one per switch
	Pair  *Pair        // nil when it is on one switch
	Team  *Team        // the host's end when known
	Peer  *LAG         // reserved for switch-to-switch LAGs: the other end when known
	Inter bool         // towards a switch (peer-link, uplink), not towards a host
	Multi capture.Span // what says that it is multi-chassis; zero when nothing does

	lanes []*Port // what Lanes returns
}

// Leg is the part of a LAG on one switch.
type Leg struct {
	Switch     *Switch
	Aggregator *state.Aggregator
	Ports      []*Port
}

// Subject implements Named.
func (l *LAG) Subject() Subject { return Subject{"lag", l.Name} }

// Ports returns the ports of all legs.
func (l *LAG) Ports() []*Port {
	var out []*Port
	for _, leg := range l.Legs {
		out = append(out, leg.Ports...)
	}
	return out
}

// Method is how a claim came about.
type Method uint8

const (
	_                Method = iota
	LLDPBySwitch            // the switch heard the other end
	LLDPByHost              // the host heard the switch
	LACPBySwitch            // the switch's partner is the host's actor
	LACPByHost              // the host's partner is the switch's actor
	MACTable                // the NIC's address was learned on the port
	DescriptionText         // the port's description names the host
	OperatorDeclared        // inventory or topology file
	PeerLinkNamed           // the switch names the port as its peer-link
)

// String returns the method in words.
func (m Method) String() string {
	return [...]string{"unknown", "LLDP seen by switch", "LLDP seen by host", "LACP partner seen by switch",
		"LACP partner seen by host", "MAC table", "port description", "declared", "peer-link"}[min(m, PeerLinkNamed)]
}

// Claim is one one-sided statement that an uplink ends on a port.
type Claim struct {
	By   Method
	From capture.Span
	Port *Port
}

// Confidence is how sure a mapping is. The zero Confidence is None.
type Confidence uint8

const (
	NoMapping Confidence = iota
	Contradicted
	Inferred // only the MAC table or a description
	Single   // one source, one direction
	Strong   // LACP identities from both ends, or LLDP in both directions
	Proven   // two independent sources agree
)

// String returns the word that reports use.
func (c Confidence) String() string {
	return [...]string{"none", "contradicted", "inferred", "single", "strong", "proven"}[min(c, Proven)]
}

// Link is where an uplink ends: the claims as they were said, and what follows from them.
type Link struct {
	Uplink *Uplink
	Port   *Port   // the port the claims agree on; on a contradiction the first claim's
	Claims []Claim // sorted by method, then port

	// Against is what speaks against all claims: one of the ports above leads elsewhere.
	Against []Objection

	// What follows from all that, found out once: nearly every check asks.
	confidence Confidence
	evidence   []capture.Span
}

// An Objection is what tells that a port leads elsewhere than to an uplink.
type Objection struct {
	By    Method
	From  capture.Span
	Port  *Port
	Leads string // "leaf2/Ethernet47", "kvm1/bond0"
}

// Subject implements Named.
func (t *Trunk) Subject() Subject { return Subject{"trunk", t.String()} }

// String returns both ends, "leaf1/Ethernet49 to leaf2/Ethernet49", or one when the other is not known.
func (t *Trunk) String() string {
	switch {
	case t.Z != nil:
		return t.A.String() + " to " + t.Z.String()
	case t.Far != nil:
		return t.A.String() + " to " + t.Far.Name
	}
	return t.A.String() + " to its peer"
}

// Trunk is a cable between two switches of the fabric.
type Trunk struct {
	A, Z     *Port   // Z is nil when the far end's port is not known
	Far      *Switch // the switch at Z's end; nil when it is not known either (a peer-link without LLDP)
	Claims   []Claim // Port is the far end as seen by the claimant
	PeerLink bool
}
