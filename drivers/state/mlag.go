package state

import (
	"fmt"
	"time"

	"uplinkcheck/drivers/capture"
)

// MLAGProtocol is the multi-chassis scheme a switch runs (DRNI in IEEE Std 802.1AX-2014 and -2020).
type MLAGProtocol uint8

const (
	_            MLAGProtocol = iota
	NoMLAG                    // none, or none that this platform has
	PeerLinkMLAG              // a protocol with a peer-link: MLAG, vPC, MC-LAG, VSX, VLT, CLAG
	EVPNESI                   // Ethernet segments, no peer-link
)

// String returns the protocol in words.
func (p MLAGProtocol) String() string { return name(p, "unknown", "none", "MLAG", "EVPN ESI") }

// MLAG is what a switch says about its multi-chassis peering.
type MLAG struct {
	Protocol      capture.Fact[MLAGProtocol]
	Domain        capture.Fact[string]
	Peered        capture.Fact[bool]   // adjacency formed, as this side sees it
	StateWord     capture.Fact[string] // the device's own word, for the report
	Role          capture.Fact[MLAGRole]
	SystemMAC     capture.Fact[MAC] // shared identity that hosts see
	PeerAddress   capture.Fact[string]
	PeerMAC       capture.Fact[MAC]    // the peer's own chassis MAC
	PeerLink      capture.Fact[string] // aggregator or port
	PeerLinkOper  capture.Fact[Status]
	Keepalive     capture.Fact[Status]
	KeepaliveOver capture.Fact[string] // interface or VRF it runs over
	SplitBrain    capture.Fact[SplitBrain]
	ReloadDelay   capture.Fact[time.Duration] // how long multi-chassis ports stay down after a reload; 0: not at all
	OthersDelay   capture.Fact[time.Duration] // the same of all other ports
	HeldBack      capture.Fact[bool]          // it keeps its multi-chassis ports down now: it has just come back, or is being upgraded
	Consistent    capture.Fact[bool]          // the device's own comparison of both configurations
	Differences   []Difference
	Ports         []MLAGPort
	Orphans       []Orphan // whole when Listed.Orphans
}

// SplitBrain is what a switch does about both peers taking themselves for the only one. The zero value is not known.
type SplitBrain uint8

const (
	_          SplitBrain = iota
	Unguarded             // nothing would notice it
	Guarded               // a second way to the peer is configured that would notice it
	SplitFound            // it was noticed
)

// String returns the state in words.
func (s SplitBrain) String() string { return name(s, "unknown", "unguarded", "guarded", "split found") }

// MLAGRole is the side's part in the pair.
type MLAGRole uint8

const (
	_ MLAGRole = iota
	Primary
	Secondary
)

// String returns the role in words.
func (r MLAGRole) String() string { return name(r, "unknown", "primary", "secondary") }

// Difference is one parameter in which the device found its peer to differ.
type Difference struct {
	Where       string // "global" or the interface
	Parameter   string
	Local, Peer string
	From        capture.Span
}

// MLAGPortState is the state of a multi-chassis port.
type MLAGPortState uint8

const (
	_ MLAGPortState = iota
	DualActive
	ActivePartial // up on one side only
	MLAGInactive
	MLAGDisabled
	MLAGConfigured // configured on one side only
)

// String returns the state in words.
func (s MLAGPortState) String() string {
	return name(s, "unknown", "dual-active", "active-partial", "inactive", "disabled", "configured on one side")
}

// MLAGPort is a multi-chassis LAG as one side sees it.
type MLAGPort struct {
	ID          string
	From        capture.Span
	Local, Peer capture.Fact[string] // aggregator names on both sides
	LocalOper   capture.Fact[Status]
	PeerOper    capture.Fact[Status]
	State       capture.Fact[MLAGPortState]
}

// Orphan is a port or aggregator in no multi-chassis LAG, by what a device says of it itself.
type Orphan struct {
	Interface string
	From      capture.Span

	// ListedIn are the VLANs in which the device lists it among its orphans: the peer-link carries them as well. None: it is not listed.
	ListedIn []capture.Fact[VID]

	// Suspends is its setting for the loss of the peer-link: true, a secondary takes it out of service with its multi-chassis ports; false,
	// it stays up.
	Suspends capture.Fact[bool]
}

// name returns names[v], and the type's number when a value was added without a name.
func name[T ~uint8](v T, names ...string) string {
	if int(v) < len(names) {
		return names[v]
	}
	return fmt.Sprintf("%T(%d)", v, uint8(v))
}
