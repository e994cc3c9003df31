// Package inventory is what exists and what is meant: the operator's file, and the hypervisor side as its sources report it.
package inventory

import (
	"fmt"
	"net/netip"
	"time"

	"uplinkcheck/drivers/capture"
	"uplinkcheck/drivers/state"
	"uplinkcheck/inventory/yamldoc"
)

// An Inventory is one inventory file, read and checked. Every entry has the Span of the lines that declare it:
// a declaration is evidence as well. Slices are in the order of the file.
type Inventory struct {
	File *capture.Reply // the file's text: Device "inventory", Command its base name
	Over *capture.Reply // an inventory file that was laid over an imported File, usually nil

	Credentials []Credential
	Switches    []Switch
	Hosts       []HostEntry
	Pairs       []Pair
	Domains     []Domain
	Networks    []Network
	Clusters    []Cluster
	Services    []Service
	Links       []Cable
	Waivers     []Waiver
	Policy      Policy

	// Warnings are doubts that do not forbid to use the file; a command shows them before its result.
	Warnings []yamldoc.Problem
}

// Credential is how to log in. It never holds a secret, only where to find one.
type Credential struct {
	Name     string
	From     capture.Span
	Username string
	Password Secret
	Enable   Secret // secret for privileged mode, where a platform has one
	Keys     []Key  // private key files
	Agent    bool   // ask the ssh-agent of SSH_AUTH_SOCK
}

// Key is a private key file and where its passphrase is.
type Key struct {
	File       string
	Passphrase Secret
}

// Secret names the place of a secret; at most one field is set. The zero Secret is no secret.
type Secret struct {
	Env     string   // environment variable
	File    string   // first line of a file that only its owner may read
	Command []string // program and arguments, no shell; first line of its output

	// Literal is the secret itself: a password that containerlab publishes for a kind, or that stands in a topology.
	// The inventory file cannot express it; only package clab sets it, and lab -v shows it.
	Literal string
}

// IsZero reports whether no place was named.
func (s Secret) IsZero() bool {
	return s.Env == "" && s.File == "" && len(s.Command) == 0 && s.Literal == ""
}

// String names the place of the secret. A literal one is shown: it is no secret to whoever can read the topology.
func (s Secret) String() string {
	switch {
	case s.Env != "":
		return "environment variable " + s.Env
	case s.File != "":
		return "file " + s.File
	case len(s.Command) > 0:
		return "output of " + s.Command[0]
	case s.Literal != "":
		return "known to the lab: " + s.Literal
	}
	return "none"
}

// Login is how to reach one machine by SSH.
type Login struct {
	Address    string   // host or host:port; the name of the entry when empty
	Credential string   // name of a Credential, "default" when empty
	Via        []string // names of switches or hosts or jump entries to pass through, first hop first; or [user@]host[:port]
	KnownHosts string   // file in place of the usual one
	Legacy     bool     // also offer algorithms that are off by default: loudly reported
	Sudo       bool     // put "sudo -n" before shell commands
}

// Switch is a declared switch.
type Switch struct {
	Name     string
	From     capture.Span
	Platform string
	Login
	Hostname string // expected; the entry's name is not compared when empty
	Serial   string // expected
	Rack     string
	Power    string
	Site     string
}

// Pair declares that switches are multi-chassis peers (MLAG, vPC, ESI) of one another.
type Pair struct {
	Name     string
	From     capture.Span
	Switches []string
}

// Domain is what is lost together: a rack, a power feed, a site.
type Domain struct {
	Name    string
	From    capture.Span
	Members []string // switches and hosts
}

// Role is what a network is for. The zero Role was not declared.
type Role string

const (
	Management       Role = "management"
	LiveMigration    Role = "live-migration"
	Storage          Role = "storage"
	Guest            Role = "guest"
	ClusterHeartbeat Role = "cluster-heartbeat"
	Backup           Role = "backup"
	Provisioning     Role = "provisioning"
	Replication      Role = "replication"
	OutOfBand        Role = "out-of-band"
)

// Roles are all roles in the order of reports.
var Roles = []Role{Management, LiveMigration, Storage, ClusterHeartbeat, Guest, Backup, Replication, Provisioning, OutOfBand}

// Infrastructure reports whether the role is one that guests must not share.
func (r Role) Infrastructure() bool { return r != Guest && r != "" }

// Protection is the protection requirement of a network, as BSI-Standard 200-2 names its three. The zero Protection was not declared.
type Protection string

const (
	NormalProtection   Protection = "normal"
	HighProtection     Protection = "high"
	VeryHighProtection Protection = "very-high" // VLANs alone do not separate it (NET.1.1.A36)
)

// Network is a set of VLANs with one purpose.
type Network struct {
	Name      string
	From      capture.Span // the network's block
	VLANFrom  capture.Span // the line with its VLANs
	VLANs     state.VIDSet
	Role      Role
	Zone      string   // protection zone of guests
	Path      string   // storage path, "a" or "b": networks of different paths replace each other
	Untagged  bool     // hosts send it without a tag
	Dedicated bool     // the plan says that nothing else shares it, whatever a profile would let pass
	Gateway   []string // devices or switch/port where it may be routed
	Stations  []string // devices or switch/port that may be on it: administrators, appliances

	Protection Protection // how much its traffic must be protected
	Physical   bool       // MGT-012, SEP-007: shares no switch, uplink or host NIC with what it must be kept from
	Tenant     string     // SEP-010: the institution whose traffic it is
	Encrypted  bool       // SEP-010: nothing of it is in clear on the wire, so that switches may be shared

	Routed     bool     // SEP-002: of live migration: it may be routed, to sites that its gateway leads to
	Outside    bool     // SEP-013: in front of the firewall: the Internet, a DMZ
	SharedWith []string // SEP-013: networks that may be on the same cables as this one, by decision
	JoinedWith []string // SEP-006: networks that are meant to be one broadcast domain with this one

	MTU       capture.Fact[int]    // bytes of a frame's payload that it must carry; unknown: nobody said
	Bandwidth capture.Fact[uint64] // bit/s that each host must keep for it after any one loss; unknown: nobody said
}

// Cluster is a set of hosts that must offer the same networks.
type Cluster struct {
	Name     string
	From     capture.Span
	Hosts    []string
	Networks []string
	Quorum   int      // hosts that must stay connected, 0: more than half of them
	Survive  []string // "switch", "link", "nic", "rack", "switch+switch", …: see surviveWords

	MixedZones bool // SEP-011: it was decided that its hosts serve several zones

	Witness []string // CLU-007: devices or switch/port where what decides between its sites is plugged in
}

// ServiceKind is what a service does. The zero ServiceKind was not declared.
type ServiceKind string

const (
	StorageSystem ServiceKind = "storage"
	Firewall      ServiceKind = "firewall" // also a router: what networks are reached through
	NameServer    ServiceKind = "dns"
	AddressServer ServiceKind = "dhcp"
	TimeServer    ServiceKind = "ntp"
	Directory     ServiceKind = "directory" // Active Directory, LDAP, Kerberos
	BackupServer  ServiceKind = "backup"
)

// ServiceKinds are all kinds in the order of reports.
var ServiceKinds = append([]ServiceKind{StorageSystem, Firewall}, InfrastructureServices...)

// InfrastructureServices are the kinds that hosts and guests ask something of, over the network alone.
var InfrastructureServices = []ServiceKind{NameServer, AddressServer, TimeServer, Directory, BackupServer}

// Service is something that hosts need and that the network must lead to.
type Service struct {
	Name     string
	From     capture.Span
	Kind     ServiceKind
	At       []string // devices or switch/port where it is plugged in, or hosts on which it runs as a guest
	Networks []string // that it is in itself
	Serves   []string // networks whose hosts need it; empty: those that it is in
}

// Cable is a link that the operator claims, from a file or a containerlab topology.
type Cable struct {
	From capture.Span
	A, Z CableEnd
}

// CableEnd is a port of a switch or host, by its own name.
type CableEnd struct{ Device, Port string }

// Waiver accepts a finding for a time.
type Waiver struct {
	Check, Subject string
	From           capture.Span
	Until          time.Time // end of that day, UTC
	Reason, By     string
}

// Terms says who accepts it, until when and why; "" of no waiver.
func (w *Waiver) Terms() string {
	if w == nil {
		return ""
	}
	return fmt.Sprintf("by %s until %s: %s", w.By, w.Until.Format(time.DateOnly), w.Reason)
}

// Policy are site-wide choices. Zero fields mean the documented default.
type Policy struct {
	MaxAge           time.Duration // EVD-002: 24 h
	MaxSpread        time.Duration // EVD-002: 15 min
	StackIsRedundant bool          // RED-001: a stack's shared control plane suffices
	StrictVLANs      bool          // VLN-003: fail, not warn
	StaticLAGs       bool          // LAG-008: static aggregation on both ends is meant
	LACPRate         string        // LAG-009: "fast" or "slow" at both ends; "": both ends alike
	MaxTransitions   int           // LAG-018: 1

	ReservedVLANs capture.Fact[state.VIDSet] // VLN-010: ids that the site's switches keep for themselves; unknown: nobody said
	MixedZones    capture.Fact[bool]         // SEP-011: it was decided that hosts serve several zones; unknown: nobody said
	ParkingVLAN   capture.Fact[state.VID]    // VLN-017: where unused ports belong; unknown: nobody said
}

// HostEntry is a declared host: where to ask, and what is known without asking.
type HostEntry struct {
	Name   string
	From   capture.Span
	Source string // name of a Source; "declared" when empty
	Login
	VCenter     string // who to ask about it where a source asks a manager: name or address
	Hostname    string
	Uplinks     []DeclaredUplink
	Bonds       []DeclaredBond
	Networks    []string // needed beyond what its clusters need
	GuestTrunks []string // its guest ports that may tag frames themselves
	BMC         BMC      // its management controller's port
	Class       string   // what it is meant to be like: hosts of different classes are not compared
	Rack        string
	Power       string
	Site        string
	SingleHomed bool // by design: RED-001, RED-002, RED-015 say n/a
	Maintenance bool // not in service: its links are no failures
}

// BMC says where the management controller of a host is plugged in (iDRAC, iLO, IPMI). The zero BMC was not declared.
type BMC struct {
	From capture.Span
	Port CableEnd                // switch and port; empty when the address is given
	MAC  capture.Fact[state.MAC] // its address, which a switch must have learned
}

// DeclaredUplink is a NIC as the operator wrote it down.
type DeclaredUplink struct {
	NIC      string
	From     capture.Span
	MAC      capture.Fact[state.MAC] // permanent address
	PCI      capture.Fact[string]    // address of its PCI function: see NIC.PCI
	Bond     string
	Networks []string // carried over this uplink; empty: all of the host's
	Port     CableEnd // switch and port, when the operator claims to know
}

// DeclaredBond is a team as the operator wrote it down.
type DeclaredBond struct {
	Name    string
	From    capture.Span
	Mode    TeamMode
	Standby int // members that are held in reserve on purpose
}

// A Host is a hypervisor as a source reported it, or as it was declared.
type Host struct {
	Name     string
	Source   string
	From     capture.Span // what says that it exists
	Hostname capture.Fact[string]
	NICs     []NIC
	Teams    []Team
	Uses     []Use
	Remotes  []state.RemoteSystem // heard by the host; Interface is a NIC
	Bridges  []HostBridge         // that have several ways out; complete where Listed.NICs is known

	// Listed: the span that lists all there is; zero where absence means nothing.
	Listed struct{ NICs, Teams, Uses, Remotes capture.Span }
	Unread []state.Unread
}

// HostBridge is a bridge of a host that leads out by several ways without keeping them apart: it joins them.
type HostBridge struct {
	Name string
	From capture.Span
	Ways []Way
}

// Way is where frames leave a host.
type Way struct {
	Name string // the bridge's port
	From capture.Span
	Over string    // team or NIC
	VID  state.VID // 0: without a tag
}

// NIC is a physical network interface of a host.
type NIC struct {
	Name  string
	From  capture.Span
	MAC   capture.Fact[state.MAC] // permanent address: after bonding all members show the bond's
	Oper  capture.Fact[state.Status]
	Speed capture.Fact[uint64] // bit/s
	MTU   capture.Fact[int]    // bytes of payload
	Team  string               // "" when it is used alone

	// PCI is the address of its PCI function, 0000:3b:00.1: ports of one card differ in the last digit. On another bus it is the
	// device's name there, such as virtio2; known "" means that it is no hardware.
	PCI capture.Fact[string]
}

// TeamMode is how a host shares traffic over NICs. The zero value was not reported.
type TeamMode uint8

const (
	_                TeamMode = iota
	TeamLACP                  // 802.1AX: the switch side must run LACP
	TeamStatic                // needs a static aggregator: balance-rr, balance-xor, "IP hash"
	TeamActiveBackup          // one link at a time: needs no aggregator
	TeamIndependent           // several at a time without the switch's help: balance-alb, source port, SET
)

// String returns the mode as the inventory file writes it.
func (m TeamMode) String() string {
	return [...]string{"unknown", "lacp", "static", "active-backup", "switch-independent"}[min(m, TeamIndependent)]
}

// NeedsAggregator answers whether the switch must aggregate the ports: unknown for the zero mode.
func (m TeamMode) NeedsAggregator() state.Tri {
	switch m {
	case TeamLACP, TeamStatic:
		return state.Yes
	case TeamActiveBackup, TeamIndependent:
		return state.No
	}
	return state.Unknown
}

// Team is a bond, a NIC team, the uplinks of a virtual switch.
type Team struct {
	Name           string
	From           capture.Span
	Mode           capture.Fact[TeamMode]
	ModeWord       capture.Fact[string] // the host's own word: "802.3ad", "balance-tcp"
	Oper           capture.Fact[state.Status]
	FallbackActive capture.Fact[bool]
	Active         capture.Fact[string] // the active member of an active-backup team
	Watched        capture.Fact[bool]   // false: the host looks at no link of it, and so takes none out of use that is lost
	MinLinks       capture.Fact[int]
	Members        []TeamMember
}

// TeamMember is a NIC in a team. For LACP, Actor is the host's end and Partner the switch's, as the host reports them.
type TeamMember struct {
	state.AggregationPort
	Link       capture.Fact[state.Status]
	Aggregator capture.Fact[string] // id of the aggregator the member is in (Linux: ad_aggregator_id)
	Current    capture.Fact[bool]   // the receive machine is CURRENT (IEEE Std 802.1AX-2020, 6.4.13)
	Failures   capture.Fact[uint64] // times that its link went down while it was in the team
}

// UseKind tells whose traffic a Use is.
type UseKind uint8

const (
	_             UseKind = iota
	HostInterface         // the hypervisor's own: an address, a VMkernel port, an internal port
	GuestPort             // a virtual machine's interface, a port group, a tap
	TrunkPort             // passed through to a bridge or virtual switch as a set of VLANs
)

// String returns the kind in words.
func (k UseKind) String() string {
	return [...]string{"unknown", "host interface", "guest port", "trunk"}[min(k, TrunkPort)]
}

// Use is one thing on a host that sends over a team or NIC: what an uplink is needed for.
type Use struct {
	Name      string // bond0.20, vmbr0, tap100i0, "port group dmz"
	From      capture.Span
	Over      string // team or NIC; "" when it was not reported
	Kind      UseKind
	Guest     bool         `json:",omitempty"` // of a TrunkPort: a guest's port that was left with the VLANs of its bridge
	Tags      state.Tri    `json:",omitempty"` // of a guest's port: whether frames that the guest tags itself leave the host
	VIDs      state.VIDSet // tagged on the uplink
	Untagged  bool         // also, or only, sends untagged frames
	PVID      state.VID    // the VLAN that the host takes untagged frames to be, 0: none or not reported
	Addresses []capture.Fact[netip.Prefix]
	Source    capture.Fact[state.MAC] // of a HostInterface: the address that it sends from
	MTU       capture.Fact[int]       // of the interface: bytes of payload
}
