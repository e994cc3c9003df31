// Package state is the vendor-neutral state of a switch, in the words of IEEE 802.1AX, 802.1Q and 802.1AB
// and, where they have none, of OpenConfig.
//
// Each Fact carries the Span that states it; a Fact without one is unknown. Slices that were listed by the device
// are complete only when the field's comment says how: absence needs evidence too.
package state

import (
	"math"
	"net/netip"
	"time"

	"uplinkcheck/drivers/capture"
)

// Span and Fact are those of package capture; the short names keep the structs below readable.
type Span = capture.Span

// A Switch is what one control plane said about itself. Slices are sorted by name as drivers.Sort leaves them.
type Switch struct {
	Name     string // as in the inventory
	Platform string
	Device   Device
	MTUScope MTUScope // what the platform counts in Interface.MTU

	// NoVLANNames is a property of the platform, not of a reply: it has no names for VLANs, or not for all, so that a VLAN.Name that it does
	// not tell is not missing. The zero value is a platform that names each.
	NoVLANNames bool

	Members []Member // chassis of a stack or virtual chassis; empty: none reported (a standalone says so by Device.Stacked)

	Extenders []Extender // fabric extenders; empty: none reported

	Interfaces  []Interface
	Aggregators []Aggregator
	VLANs       []VLAN
	BridgePorts []BridgePort
	STP         []STPPort
	Remotes     []RemoteSystem
	MACs        []MACEntry
	MLAG        MLAG
	SVIs        []SVI
	VRFs        []VRF

	// The lists that a device answered in full. The span covers the reply (or the part of it) that lists all there is:
	// something absent from a listed table is known to be absent. Zero: not answered, absence means nothing.
	Listed Listed

	// Unread are the parts the driver should have understood and did not.
	Unread []Unread
}

// Listed says which tables were reported whole. See Switch.Listed.
type Listed struct {
	Interfaces, Aggregators, LACP, VLANs, BridgePorts, STP, Remotes, MACs, MLAG, MLAGPorts, Orphans, SVIs, VRFs Span
}

// Unread is output a driver should have understood and did not.
type Unread struct {
	From capture.Span
	Why  string
}

// Device identifies a switch (OpenConfig components/component/state).
type Device struct {
	Hostname, Model, Serial, Version capture.Fact[string]
	ChassisMAC                       capture.Fact[MAC]  // base MAC, usually the LLDP chassis id
	Stacked                          capture.Fact[bool] // several chassis under this control plane
	SavedConfig                      capture.Fact[bool] // running configuration equals the saved one
}

// Member is one chassis of a stack: loses power on its own, reloads with the control plane.
type Member struct {
	ID     string // as it appears in port names, such as "1" in xe-1/0/3
	From   capture.Span
	Serial capture.Fact[string]
	Model  capture.Fact[string]
	MAC    capture.Fact[MAC]
	Role   capture.Fact[MemberRole]
	Up     capture.Fact[bool] // present and part of the stack

	// Links are the cables to other members that are up. LinksFrom is the list of them; zero: not reported.
	Links     []StackLink
	LinksFrom capture.Span
}

// Extender is a fabric extender: a chassis of its own that has no control plane. A switch lists its ports among its own
// (Interface.Extender) and forwards for them; without that switch they are gone, unless another one has the extender as well.
type Extender struct {
	ID        string // as it appears in port names, such as "101" in Ethernet101/1/5
	From      capture.Span
	Serial    capture.Fact[string]
	Model     capture.Fact[string]
	StateWord capture.Fact[string] // the device's own word
	Up        capture.Fact[bool]

	// Fabric are the ports and aggregators of the switch that lead to it. They may not be all.
	Fabric []capture.Fact[string]

	// Shared: its ports are those of another switch as well (dual-homed, active-active). False: it hangs on this one alone.
	Shared capture.Fact[bool]
}

// StackLink is a cable between two members of a stack, seen from one of them.
type StackLink struct {
	Port string // the member's stack port
	To   string // Member.ID of the other
	From capture.Span
}

// MemberRole is the part a chassis plays in its stack. The zero value is no role that we know.
type MemberRole uint8

const (
	_ MemberRole = iota
	RoleActive
	RoleStandby
	RoleMember
)

// String returns the role in words.
func (r MemberRole) String() string { return name(r, "unknown", "active", "standby", "member") }

// Status is an administrative or operational status (OpenConfig admin-status, oper-status).
type Status uint8

const (
	_ Status = iota
	Up
	Down
)

// String returns "up" or "down".
func (s Status) String() string { return name(s, "unknown", "up", "down") }

// InterfaceKind tells ports that take a cable from what is built on them.
type InterfaceKind uint8

const (
	_         InterfaceKind = iota
	Physical                // takes a cable (or a veth in a lab)
	Aggregate               // an aggregator's interface
	Routed                  // SVI, IRB, VLAN interface
	Logical                 // loopback, tunnel, bridge and the like
	OutOfBand               // management port outside the forwarding plane
)

// String returns the kind in words.
func (k InterfaceKind) String() string {
	return name(k, "unknown", "physical", "aggregate", "routed", "logical", "out-of-band")
}

// Interface is a port or an interface built on ports (OpenConfig interfaces/interface/state).
type Interface struct {
	Name        string // full form, as the device's own configuration writes it
	From        capture.Span
	Kind        InterfaceKind
	Description capture.Fact[string]
	Admin       capture.Fact[Status]
	Oper        capture.Fact[Status]
	OperReason  capture.Fact[string] // the device's word when not up: "errdisabled", "notconnect"
	Speed       capture.Fact[uint64] // bit/s
	Duplex      capture.Fact[Duplex]
	MTU         capture.Fact[int] // bytes as the device counts them
	MAC         capture.Fact[MAC]
	Member      capture.Fact[string]         // stack member that owns the port
	Extender    capture.Fact[string]         // fabric extender that owns the port; unknown for a port of the switch itself
	Aggregator  capture.Fact[string]         // aggregator it is configured into; known "" means none
	Bridged     capture.Fact[bool]           // false: a routed port, no part of any VLAN
	Addresses   []capture.Fact[netip.Prefix] // of an out-of-band port, as far as reported

	// How steady the link is, as devices tell it in one of two ways. Both are of the reply's time.
	Transitions capture.Fact[uint64]        // changes of the link's state since the counters began; clearing or a reload begins them anew
	Unchanged   capture.Fact[time.Duration] // since the last change; Never when there was none
}

// Never is an Interface.Unchanged of a link that has not changed since the device started.
const Never time.Duration = math.MaxInt64

// Duplex of a link.
type Duplex uint8

const (
	_ Duplex = iota
	Full
	Half
)

// String returns "full" or "half".
func (d Duplex) String() string { return name(d, "unknown", "full", "half") }

// AggregationProtocol tells how links were joined. Static aggregation is a protocol value, not a missing aggregator.
type AggregationProtocol uint8

const (
	_ AggregationProtocol = iota
	LACP
	Static
	PAgP
)

// String returns the protocol in words.
func (p AggregationProtocol) String() string { return name(p, "unknown", "LACP", "static", "PAgP") }

// Fallback says what a port does when no partner answers (vendors: fallback, bypass, force-up).
type Fallback uint8

const (
	_ Fallback = iota
	NoFallback
	StaticFallback
	IndividualFallback
)

// String returns the fallback in words.
func (f Fallback) String() string { return name(f, "unknown", "none", "static", "individual") }

// Aggregator is an 802.1AX aggregator (vendors: port-channel, ae, lag, bond).
type Aggregator struct {
	Name           string
	From           capture.Span
	Protocol       capture.Fact[AggregationProtocol]
	Oper           capture.Fact[Status]
	MinLinks       capture.Fact[int] // 0 and 1 both mean: one link is enough
	Fallback       capture.Fact[Fallback]
	FallbackActive capture.Fact[bool] // forwards now although no partner answered
	MLAGID         capture.Fact[string]
	ESI            capture.Fact[string] // Ethernet segment, lower-case hex with colons; known "" means none
	ESIMode        capture.Fact[ESIMode]
	Ports          []AggregationPort
}

// ESIMode is the redundancy mode of an Ethernet segment (RFC 7432).
type ESIMode uint8

const (
	_ ESIMode = iota
	AllActive
	SingleActive
)

// String returns the mode in the words of RFC 7432.
func (m ESIMode) String() string { return name(m, "unknown", "all-active", "single-active") }

// Selection is what the selection logic did with a port (IEEE Std 802.1AX-2020, 6.4.8).
type Selection uint8

const (
	_ Selection = iota
	Selected
	Standby    // held in reserve on purpose (hot standby)
	Unselected // not in the aggregator: down, suspended, detached
	Individual // forwards on its own, outside the aggregator
)

// String returns the selection in words.
func (s Selection) String() string {
	return name(s, "unknown", "selected", "standby", "unselected", "individual")
}

// AggregationPort is a port that was configured into an aggregator.
type AggregationPort struct {
	Name     string // the interface
	From     capture.Span
	Selected capture.Fact[Selection]
	Reason   capture.Fact[string] // the device's word when it is not selected
	Actor    Endpoint
	Partner  Endpoint
	RX, TX   capture.Fact[uint64] // LACPDUs

	// Slow-protocol PDUs that were received and of no known kind, or malformed (IEEE Std 802.1AX-2020, 7.3.3.1.5 and 7.3.3.1.6). Who
	// counts both together reports that number as either.
	UnknownRX, IllegalRX capture.Fact[uint64]

	Expirations capture.Fact[uint64] // times that the partner's LACPDUs stopped
	Churn       capture.Fact[bool]   // the actor or the partner is reported as churned: not in sync for a minute or more
}

// Endpoint is one end of an LACP conversation as one device reports it.
// When the partner's state has Defaulted on the actor's side, every other partner field is an administrative default.
type Endpoint struct {
	SystemPriority capture.Fact[uint16]
	System         capture.Fact[MAC] // zero: no partner
	Key            capture.Fact[uint16]
	PortPriority   capture.Fact[uint16]
	Port           capture.Fact[uint16]
	State          capture.Fact[LACPState]
}

// SystemID returns the identifier of both parts, unknown when the MAC is. A priority that was not
// reported is 0 and has no weight: compare the MAC then.
func (e Endpoint) SystemID() capture.Fact[SystemID] {
	if !e.System.Known() {
		return capture.Fact[SystemID]{}
	}
	return capture.Of(SystemID{e.SystemPriority.Value, e.System.Value}, e.System.From)
}

// VLAN is an entry of the VLAN database.
type VLAN struct {
	ID     VID
	From   capture.Span
	Name   capture.Fact[string]
	Active capture.Fact[bool] // false: exists and is suspended

	// Ports are those that the VLAN's own entry lists (OpenConfig vlans/vlan/members). Most platforms leave out some: trunks, ports that are
	// down. A port that is not here may carry the VLAN all the same: BridgePort.Members is what decides.
	Ports []capture.Fact[string]
}

// PortMode is how a bridge port was configured.
type PortMode uint8

const (
	_ PortMode = iota
	Access
	Trunk
	Hybrid
	Tunnel // Q-in-Q
)

// String returns the mode in words.
func (m PortMode) String() string { return name(m, "unknown", "access", "trunk", "hybrid", "tunnel") }

// Trunking says who decides whether a port is a trunk, and of which VLANs. The zero value was not reported.
type Trunking uint8

const (
	_                  Trunking = iota
	StaticTrunking              // the configuration alone
	NegotiatedTrunking          // a protocol with the neighbour decides whether it is a trunk (DTP)
	DynamicVLANs                // it is what was configured, and a protocol or a manager adds or takes VLANs (MVRP, VM tracing)
)

// String returns who decides in words.
func (t Trunking) String() string { return name(t, "unknown", "static", "negotiated", "dynamic VLANs") }

// BridgePort is an 802.1Q bridge port: a physical port or an aggregator, never a member of one.
type BridgePort struct {
	Interface string
	From      capture.Span
	Mode      capture.Fact[PortMode]
	Trunking  capture.Fact[Trunking]

	// Configured is the list a person wrote, before anything is pruned; AllVIDs when nothing was written
	// and the platform takes that as all. Explicit tells those two apart.
	Configured capture.Fact[VIDSet]
	Explicit   capture.Fact[bool]

	// Members is the operational member set: configured, existing, active on this port, not suspended by
	// the multi-chassis protocol. STP is not in it.
	Members capture.Fact[VIDSet]

	// PVID is the effective VLAN of untagged frames that arrive, 0: they are dropped.
	// Untagged is the set that leaves without a tag.
	PVID     capture.Fact[VID]
	Untagged capture.Fact[VIDSet]

	// Protected: the bridge passes no frames between this port and others that are protected too (a protected port of IOS and of
	// Open vSwitch, an isolated one of Linux, a split horizon group of IOS XR). Most platforms do not print it: a port of which it is unknown
	// counts as not protected.
	Protected capture.Fact[bool]
}

// STPState is the forwarding state of a port.
type STPState uint8

const (
	_ STPState = iota
	Forwarding
	Blocking // discarding, listening, learning, inconsistent, disabled by the protocol
)

// String returns the state in words.
func (s STPState) String() string { return name(s, "unknown", "forwarding", "blocking") }

// STPPort is the state of a bridge port in a set of VLANs.
// A driver that lists only blocked ports sets Listed.STP: ports and VIDs that are not named forward.
type STPPort struct {
	Interface string
	VIDs      VIDSet
	State     capture.Fact[STPState]

	// Alternate: a blocked port that the protocol holds in reserve and that takes over when the active path goes (port roles
	// Alternate and Backup), rather than one that a guard holds back.
	Alternate capture.Fact[bool]

	// Edge: an edge port (PortFast), which forwards at once and whose link changes are no topology changes.
	Edge capture.Fact[bool]
}

// Discovery is the protocol that told of a remote system.
type Discovery uint8

const (
	_ Discovery = iota
	LLDP
	CDP
)

// String returns the protocol's name.
func (d Discovery) String() string { return name(d, "unknown", "LLDP", "CDP") }

// Subtype is the kind of an 802.1AB chassis or port identifier.
type Subtype uint8

const (
	SubtypeUnknown   Subtype = iota // the device did not print it: nobody may guess
	ChassisComponent                // chassis: entity component
	InterfaceAlias
	PortComponent
	MACAddress
	NetworkAddress
	InterfaceName
	AgentCircuitID
	Local // locally assigned
)

// String returns the subtype in the words of IEEE Std 802.1AB.
func (s Subtype) String() string {
	return name(s, "unknown", "chassis component", "interface alias", "port component", "MAC address",
		"network address", "interface name", "agent circuit id", "locally assigned")
}

// Identifier is a chassis or port identifier with its subtype. MAC addresses are in the form of MAC.String.
type Identifier struct {
	Subtype Subtype
	ID      string
}

// MAC returns the address when the identifier is one.
func (i Identifier) MAC() (MAC, bool) {
	if i.Subtype != MACAddress {
		return MAC{}, false
	}
	m, err := ParseMAC(i.ID)
	return m, err == nil
}

// RemoteSystem is a neighbour heard on an interface (IEEE Std 802.1AB-2016, 8.5).
// Several on one interface are kept as heard.
type RemoteSystem struct {
	Interface           string // local; "" where the device did not name it
	From                capture.Span
	Protocol            Discovery
	ChassisID           capture.Fact[Identifier]
	PortID              capture.Fact[Identifier]
	SystemName          capture.Fact[string]
	SystemDescription   capture.Fact[string]
	PortDescription     capture.Fact[string]
	TTL                 capture.Fact[int] // seconds
	PVID                capture.Fact[VID] // advisory, often absent
	ManagementAddresses []capture.Fact[netip.Addr]
}

// MACKind says how an address came into the table.
type MACKind uint8

const (
	_ MACKind = iota
	Dynamic
	StaticMAC
	PeerLearned // learned by the MLAG peer: proves no local link
	OwnMAC      // the switch's own
)

// String returns the kind in words.
func (k MACKind) String() string { return name(k, "unknown", "dynamic", "static", "peer", "own") }

// MACEntry is a line of the forwarding database.
type MACEntry struct {
	VID       VID // 0 where the bridge has no VLANs
	MAC       MAC
	Interface string
	From      capture.Span
	Kind      capture.Fact[MACKind]
}

// SVI is a routed interface in a VLAN.
type SVI struct {
	Interface string
	From      capture.Span
	VID       capture.Fact[VID]
	Addresses []capture.Fact[netip.Prefix]
	VRF       capture.Fact[string]
	Oper      capture.Fact[Status]
	Addressed capture.Fact[bool] // false: known to have no address; Addresses may lack some of another family
	Filtered  capture.Fact[bool] // a packet filter judges what arrives at it; its rules were not read
}

// VRF is a routing instance.
type VRF struct {
	Name       string
	From       capture.Span
	Interfaces []string
	Routes     capture.Fact[bool] // IPv4 is forwarded between its interfaces
}
