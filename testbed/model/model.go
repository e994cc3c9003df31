// Package model is the ground truth of a simulated fabric: what is cabled and configured, and what every device would
// therefore say.
//
// A Scenario (scenario.go) is written by a person: switches, pairs, hosts, networks and faults, with defaults for all the
// rest. Compile turns it into a Fabric: one plain, fully computed view per device. Nothing in a view is left to be worked
// out by the one who renders it: LACP actor and partner on both ends, operational states, VLAN member sets, neighbours,
// learned addresses and the multi-chassis state all follow from one cabling and one configuration, so both ends of each
// link tell the same story, or the same lie where a fault says so.
//
// A Personality is how one platform words such a view. It lives in testbed/personality/<os>, is pure, and exports
//
//	var Personality = model.Personality{Platform: "arista_eos", Switch: render}
//
// Render functions get the command exactly as the driver lists it (Driver.Commands[i].Line, with %s already replaced),
// for NETCONF the XML of the RPC without the rpc element, and return the bytes that the device would print: the whole
// reply, without echo or prompt; for NETCONF what stands inside rpc-reply. A command of another feature set, or one whose
// feature the platform lacks, is answered in the platform's own words of refusal with ok true; ok false means that the
// personality does not know the command, which the fleet answers with a refusal and the tests treat as a bug.
//
// Views are sorted as people sort (state.NaturalCompare) and are never written to after Compile.
package model

import (
	"net/netip"
	"time"

	"uplinkcheck/drivers/state"
	"uplinkcheck/inventory"
)

// Personality words the views of one platform. Exactly one of Switch and Host is set.
type Personality struct {
	Platform string // drivers.Driver.Name or inventory.Source.Name
	Switch   func(dev *Switch, command string) (reply []byte, ok bool)
	Host     func(dev *Host, command string) (reply []byte, ok bool)
}

// Fabric is a compiled scenario. Slices are sorted by name.
type Fabric struct {
	Scenario *Scenario
	Time     time.Time // of the collection
	Switches []*Switch
	Hosts    []*Host // hypervisors and other machines
	Pairs    []*Pair
	Cables   []*Cable

	planned map[CableEnd]CableEnd
}

// Planned returns the far end of an end's cable as it was meant, before any fault; the zero CableEnd when there is none.
func (f *Fabric) Planned(e CableEnd) CableEnd { return f.planned[e] }

// Switch returns the switch of that name, or nil.
func (f *Fabric) Switch(name string) *Switch {
	for _, s := range f.Switches {
		if s.Name == name {
			return s
		}
	}
	return nil
}

// Host returns the host of that name, or nil.
func (f *Fabric) Host(name string) *Host {
	for _, h := range f.Hosts {
		if h.Name == name {
			return h
		}
	}
	return nil
}

// Switch is one control plane: a standalone switch or a whole stack.
type Switch struct {
	Name     string // as the inventory calls it
	Platform string
	Hostname string
	Model    string
	Serial   string
	Version  string
	MAC      state.MAC // base MAC: LLDP chassis id, LACP system of ordinary LAGs
	Priority uint16    // LACP system priority
	Address  netip.Addr
	Members  []Member // chassis of a stack; empty for a standalone switch
	Booted   time.Time
	Now      time.Time
	Saved    bool // running configuration equals the saved one
	LLDP     bool // speaks and listens

	Ports      []Port // physical ports, the unused ones too
	LAGs       []LAG
	VLANs      []VLAN       // the database; always has 1
	Bridge     []BridgePort // physical ports outside LAGs, and LAGs; never a member
	Blocked    []Blocked    // what spanning tree blocks
	Neighbours []Neighbour
	MACs       []MACEntry
	MLAG       MLAG
	SVIs       []SVI
	VRFs       []VRF

	pair *Pair
}

// Port returns the physical port of that name, or nil.
func (s *Switch) Port(name string) *Port {
	for i := range s.Ports {
		if s.Ports[i].Name == name {
			return &s.Ports[i]
		}
	}
	return nil
}

// LAG returns the LAG of that name, or nil.
func (s *Switch) LAG(name string) *LAG {
	for i := range s.LAGs {
		if s.LAGs[i].Name == name {
			return &s.LAGs[i]
		}
	}
	return nil
}

// BridgePort returns the bridge port of that name, or nil.
func (s *Switch) BridgePort(name string) *BridgePort {
	for i := range s.Bridge {
		if s.Bridge[i].Interface == name {
			return &s.Bridge[i]
		}
	}
	return nil
}

// VLAN returns the VLAN of that id, or nil.
func (s *Switch) VLAN(id state.VID) *VLAN {
	for i := range s.VLANs {
		if s.VLANs[i].ID == id {
			return &s.VLANs[i]
		}
	}
	return nil
}

// Member is one chassis of a stack.
type Member struct {
	ID     string // as in port names
	Serial string
	Model  string
	MAC    state.MAC
	Role   state.MemberRole
	Up     bool
	Cables []string // members at the other ends of its stack cables; a ring when all is well
}

// Port is a physical port. A port that is in a LAG is still listed here.
type Port struct {
	Name        string
	Index       int // 1-based place on the switch: interface index, LACP port number
	Description string
	Admin       state.Status
	Oper        state.Status // of the link; LACP does not change it
	Reason      DownReason   // why Oper is Down
	Speed       uint64       // bit/s
	MTU         int
	MAC         state.MAC
	Member      string // stack member, "" on a standalone switch
	LAG         string // name of the LAG it is configured into, "" for none
	Changed     time.Time
	Changes     int // of the link, since the switch started
}

// DownReason says why a port is down, in the model's words.
type DownReason string

const (
	NotDown     DownReason = ""
	NoLink      DownReason = "notconnect"  // nothing plugged in, or the far end is dark
	AdminDown   DownReason = "disabled"    // shut by configuration
	ErrDisabled DownReason = "errdisabled" // shut by a protection function
)

// LAG is an aggregation as this switch configured it, with what became of it.
type LAG struct {
	Name           string
	Number         int // 10 in Port-Channel10, ae10, bond10
	Description    string
	Protocol       state.AggregationProtocol // LACP or Static
	Active         bool                      // LACP active, else passive
	Fast           bool                      // asks the partner for a PDU each second
	MinLinks       int                       // 0: not configured
	Fallback       state.Fallback            // NoFallback when not configured
	FallbackActive bool
	Admin          state.Status
	Oper           state.Status
	Speed          uint64 // sum of the bundled members
	MTU            int
	MAC            state.MAC
	Key            uint16
	System         state.MAC // actor system: shared on a multi-chassis LAG, else the switch's own
	Priority       uint16
	MLAGID         string // "" when it is on this switch alone
	ESI            string // "" when it is no Ethernet segment
	PeerLink       bool
	Ports          []LAGPort
	PeerPorts      []string // members on the multi-chassis peer, by the peer's names
}

// Port returns the member of that name, or nil.
func (l *LAG) Port(name string) *LAGPort {
	for i := range l.Ports {
		if l.Ports[i].Name == name {
			return &l.Ports[i]
		}
	}
	return nil
}

// LAGPort is a member of a LAG. For a static LAG Actor and Partner are zero.
type LAGPort struct {
	Name     string
	Selected state.Selection
	Reason   LAGReason // why it is not Selected
	Actor    Endpoint
	Partner  Endpoint // zero when nobody was heard, as far as the platform does not fill in defaults
	Heard    bool     // LACPDUs arrive
	RX, TX   uint64   // LACPDUs
	BadRX    uint64   // illegal slow-protocol PDUs
	Churned  bool     // one end or the other has tried for a minute to get in sync, and is not
}

// LAGReason says why a member is not bundled, in the model's words.
type LAGReason string

const (
	Bundled       LAGReason = ""
	LinkDown      LAGReason = "link down"
	NoPDU         LAGReason = "no LACPDU received"
	WrongPartner  LAGReason = "partner differs from the aggregator's"
	PartnerOut    LAGReason = "partner not in sync"
	TooFewLinks   LAGReason = "fewer links than min-links"
	SpeedMismatch LAGReason = "speed differs from the aggregator's"
	LoopedBack    LAGReason = "own LACPDUs received"
	HeldBack      LAGReason = "hot standby"
)

// Endpoint is one end of an LACP conversation.
type Endpoint struct {
	SystemPriority uint16
	System         state.MAC
	Key            uint16
	PortPriority   uint16
	Port           uint16
	State          state.LACPBits
}

// VLAN is an entry of a switch's VLAN database.
type VLAN struct {
	ID     state.VID
	Name   string
	Active bool // false: suspended
}

// BridgePort is what a port or LAG does with VLANs.
type BridgePort struct {
	Interface string
	Mode      state.PortMode // Access or Trunk
	Native    state.VID      // configured: access VLAN, or native VLAN of a trunk; 0 where none is and the platform has no default
	PVID      state.VID      // effective: VLAN of untagged frames that arrive; 0: they are dropped
	Allowed   state.VIDSet   // configured; for Access the access VLAN
	Explicit  bool           // a person wrote the list; false: the platform's default, everything
	Active    state.VIDSet   // Allowed, existing, active; whether or not the port is up
	Untagged  state.VIDSet   // leaves without a tag
	Oper      state.Status
	PeerLink  bool
}

// Blocked is a port that spanning tree keeps from forwarding some VLANs.
type Blocked struct {
	Interface string
	VIDs      state.VIDSet
}

// Neighbour is what a device heard by LLDP on a port.
type Neighbour struct {
	Port            string // local port; of a host the NIC
	ChassisID       state.Identifier
	PortID          state.Identifier
	PortDescription string
	SystemName      string
	SystemDesc      string
	Address         netip.Addr // management address, zero when none was sent
	TTL             int
	PVID            state.VID // 0: not sent
	Bridge          bool      // capability
	Aggregated      bool      // 802.3 link aggregation status
}

// MACEntry is a line of the forwarding database.
type MACEntry struct {
	VID       state.VID
	MAC       state.MAC
	Interface string
	Kind      state.MACKind
}

// MLAG is the multi-chassis state of one side. Protocol is NoMLAG on a switch without a pair, and on platforms that have
// no such protocol even when they share a system id with a peer.
type MLAG struct {
	Protocol      state.MLAGProtocol
	Domain        string
	Peered        bool
	Role          state.MLAGRole
	Alone         bool // keeps its role though it sees no peer
	SystemMAC     state.MAC
	Peer          string // the peer's hostname
	PeerMAC       state.MAC
	Address       netip.Addr // own end of the peering
	PeerAddress   netip.Addr
	VID           state.VID // of the peering
	PeerLink      string    // LAG or port
	PeerLinkOper  state.Status
	ReloadDelay   time.Duration // of multi-chassis ports
	OthersDelay   time.Duration // of all other ports
	Keepalive     state.Status  // zero when none is configured
	KeepaliveOver string
	HeldBack      bool         // it has just come back and still keeps its multi-chassis ports down
	Differences   []Difference // what the comparison of both configurations found
	Ports         []MLAGPort
}

// Difference is one parameter in which the two sides differ.
type Difference struct {
	Where     string // "global" or an interface
	Parameter string
	Local     string
	Peer      string
}

// MLAGPort is a multi-chassis LAG as one side sees it.
type MLAGPort struct {
	ID         string
	Local      string // LAG name, "" when this side has none
	Peer       string
	LocalOper  state.Status
	PeerOper   state.Status // zero when the peer is not heard
	State      state.MLAGPortState
	LocalPorts []string
}

// SVI is a routed interface in a VLAN.
type SVI struct {
	Interface string // Vlan10, irb.10, vlan10
	VID       state.VID
	Addresses []netip.Prefix
	VRF       string // "" for the default instance
	Filter    string // of what arrives; "" for none
	Shut      bool
	Oper      state.Status
}

// VRF is a routing instance.
type VRF struct {
	Name       string
	Interfaces []string
}

// Host is a hypervisor, or another machine on the fabric (Kind).
type Host struct {
	Name     string
	Kind     HostKind
	Source   string // "linux", "declared"; "" for machines that are no hypervisors
	Hostname string
	Address  netip.Addr
	Rack     string
	NICs     []NIC
	Bonds    []Bond
	Uses     []Use
	LLDP     bool        // speaks and listens
	Heard    []Neighbour // what it heard
	Now      time.Time
}

// NIC returns the NIC of that name, or nil.
func (h *Host) NIC(name string) *NIC {
	for i := range h.NICs {
		if h.NICs[i].Name == name {
			return &h.NICs[i]
		}
	}
	return nil
}

// Bond returns the bond of that name, or nil.
func (h *Host) Bond(name string) *Bond {
	for i := range h.Bonds {
		if h.Bonds[i].Name == name {
			return &h.Bonds[i]
		}
	}
	return nil
}

// HostKind tells hypervisors from what else is plugged in.
type HostKind string

const (
	Hypervisor HostKind = "hypervisor"
	Gateway    HostKind = "gateway" // a router or firewall
	Station    HostKind = "station" // an administrator's workstation, an appliance
	Other      HostKind = "other"   // a printer, a user: nothing that the intent names
)

// NIC is a physical interface of a host.
type NIC struct {
	Name  string
	Index int // interface index
	MAC   state.MAC
	Admin state.Status
	Oper  state.Status
	Speed uint64
	MTU   int
	Bond  string // "" when used alone
	PCI   string // address of its PCI function
	Fails int    // times that its link went down
}

// Bond is a team of NICs.
type Bond struct {
	Name       string
	Index      int
	Mode       inventory.TeamMode
	OVS        bool // an Open vSwitch bond, else the kernel's
	Active     bool // LACP active
	Fast       bool
	MinLinks   int
	MAC        state.MAC
	Admin      state.Status
	Oper       state.Status
	MTU        int
	Speed      uint64
	System     state.MAC
	Priority   uint16
	Key        uint16
	ActiveNIC  string // of an active-backup bond
	Aggregator int    // id of the active aggregator
	Partner    state.MAC
	PartnerKey uint16
	Members    []BondMember
}

// Member returns the member of that name, or nil.
func (b *Bond) Member(nic string) *BondMember {
	for i := range b.Members {
		if b.Members[i].Name == nic {
			return &b.Members[i]
		}
	}
	return nil
}

// BondMember is a NIC in a bond. For a bond without LACP Actor and Partner are zero.
type BondMember struct {
	LAGPort
	Link       state.Status
	Aggregator int  // id of the aggregator the member is in
	Carries    bool // sends and receives now
}

// Use is what a host sends over a bond or NIC.
type Use struct {
	Name     string // bond0.10, br100
	Index    int
	Over     string // bond or NIC
	Network  string // in the scenario
	Kind     inventory.UseKind
	VIDs     state.VIDSet // tagged; one VID for a host interface
	Untagged bool
	MAC      state.MAC
	Address  netip.Prefix // zero for guests
	Bridge   string       // for guests: the bridge that holds Name; of a TrunkPort it keeps VLANs apart and holds Over
	Guests   []string     // taps in that bridge
}

// Pair are two switches that share multi-chassis LAGs.
type Pair struct {
	Name     string
	Switches [2]*Switch
	Protocol string // "mlag", "esi", "shared-system"
	Domain   string
	System   state.MAC
	PeerLink [2]string // LAG name on each side
}

// Cable is a link with two ends; what a patch panel knows.
type Cable struct {
	A, Z      CableEnd
	Unplugged bool
	LossAZ    bool // frames from A do not reach Z, though the link is up
	LossZA    bool
}

// CableEnd is a port of a switch or NIC of a host.
type CableEnd struct{ Device, Port string }
