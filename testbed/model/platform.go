package model

import (
	"fmt"
	"regexp"
	"strconv"
	"strings"

	"uplinkcheck/drivers/state"
)

// platform is what a configuration looks like on one platform before anybody touches it: names and defaults.
// Everything that a reply looks like is the personality's business.
type platform struct {
	port     func(member, number int) string
	step     int    // from one port's number to the next one's; 0: 1
	lag      string // prefix
	svi      string // prefix
	first    int    // stack member of a port without one, and the number of the first; -1: port names have none
	native   state.VID
	mtu      int
	model    string
	version  string
	pair     string   // default protocol of a pair
	vlanDB   bool     // has a VLAN database
	tree     bool     // runs spanning tree
	minimum  bool     // has min-links
	fallback []string // what it can do when no partner answers, the usual first
	reserves bool     // holds members of a LAG as hot standbys
	derived  bool     // the multi-chassis id of a LAG brings the pair's LACP system id; there is no other way to set one
	direct   bool     // the peer-link itself carries the protocol between the two of a pair: it has no VLAN and no address of its own
	byName   bool     // the multi-chassis id of a LAG is its name, the same on both switches
	kernel   bool     // LAGs are bonds of the Linux kernel
	oneTree  bool     // one spanning tree for all VLANs: a port is blocked in all of them
	peerLink string   // what the peer-link of a pair is called, "": as any other LAG
	spareIn  bool     // a LAG needs two members to be aggregatable: Compile adds one that is shut
}

var platforms = map[string]platform{
	"arista_eos": {
		port: func(_, n int) string { return fmt.Sprintf("Ethernet%d", n) }, first: -1,
		lag: "Port-Channel", svi: "Vlan", native: 1, mtu: 9214,
		model: "DCS-7050SX3-48YC8-F", version: "4.32.1F",
		pair: "mlag", derived: true, reserves: true, fallback: []string{"individual", "static"}, vlanDB: true, minimum: true, tree: true,
	},
	"aruba_aoscx": {
		port: func(_, n int) string { return fmt.Sprintf("1/1/%d", n) }, first: -1,
		lag: "lag", svi: "vlan", native: 1, mtu: 9198,
		model: "JL635A 8325-48Y8C FB 6F 2PS Bdl", version: "GL.10.13.1080",
		pair: "mlag", derived: true, direct: true, byName: true, fallback: []string{"static"}, vlanDB: true, tree: true,
	},
	"cisco_nxos": {
		port: func(_, n int) string { return fmt.Sprintf("Ethernet1/%d", n) }, first: -1,
		lag: "port-channel", svi: "Vlan", native: 1, mtu: 9216,
		model: "Nexus9000 C93180YC-EX", version: "9.3(10)",
		pair: "mlag", derived: true, reserves: true, fallback: []string{"individual"}, vlanDB: true, minimum: true, tree: true,
	},
	"cumulus": {
		port: func(_, n int) string { return fmt.Sprintf("swp%d", n) }, first: -1,
		lag: "bond", svi: "vlan", native: 1, mtu: 9216,
		model: "MSN2700", version: "5.9.1",
		pair: "mlag", derived: true, direct: true, peerLink: "peerlink", fallback: []string{"static"}, minimum: true, tree: true, oneTree: true, kernel: true,
	},
	"juniper_junos": {
		port: func(m, n int) string { return fmt.Sprintf("xe-%d/0/%d", m, n) },
		lag:  "ae", svi: "irb.", mtu: 9216,
		model: "qfx5120-48y-8c", version: "23.4R2.13",
		pair: "mlag", fallback: []string{"static"}, vlanDB: true, minimum: true, tree: true,
	},
	"cisco_iosxe": {
		port: func(m, n int) string { return fmt.Sprintf("TenGigabitEthernet%d/0/%d", m, n) }, first: 1,
		lag: "Port-channel", svi: "Vlan", native: 1, mtu: 9198,
		model: "C9300X-24Y", version: "17.09.04a",
		reserves: true, vlanDB: true, minimum: true, tree: true,
	},
	"nokia_srlinux": {
		port: func(_, n int) string { return fmt.Sprintf("ethernet-1/%d", n) }, first: -1,
		lag: "lag", svi: "irb0.", mtu: 9232,
		model: "7220 IXR-D3L", version: "v24.10.1",
		pair: "esi", fallback: []string{"static"}, vlanDB: true, minimum: true,
	},
	"sonic": {
		port: func(_, n int) string { return fmt.Sprintf("Ethernet%d", lanes*n) }, step: lanes, first: -1,
		lag: "PortChannel", svi: "Vlan", mtu: 9100,
		model: "MSN2700-CS2FO", version: "SONiC.202505.1-abcdef",
		pair: "mlag", byName: true, fallback: []string{"static"}, vlanDB: true, minimum: true,
	},
	"openvswitch": {
		port: func(_, n int) string { return fmt.Sprintf("eth%d", n) }, first: -1,
		lag: "bond", svi: "vlan", mtu: 9000,
		model: "Open vSwitch", version: "3.1.0",
		pair: "shared-system", fallback: []string{"individual"},
		// OVS clears the Aggregation bit of a bond with a single member.
		spareIn: true,
	},
}

func (p platform) portName(ref string) string {
	if n, err := strconv.Atoi(ref); err == nil {
		return p.port(max(p.first, 0), n)
	}
	if m, n, ok := strings.Cut(ref, ":"); ok {
		member, err1 := strconv.Atoi(m)
		number, err2 := strconv.Atoi(n)
		if err1 == nil && err2 == nil {
			return p.port(member, number)
		}
	}
	if n, ok := strings.CutPrefix(ref, "lag"); ok {
		if _, err := strconv.Atoi(n); err == nil {
			return p.lag + n
		}
	}
	return ref
}

var lastNumber = regexp.MustCompile(`\d+$`)
var fpc = regexp.MustCompile(`^(?:[a-z]+-|TenGigabitEthernet)(\d+)/`)

// lanes are those of a port of SONiC, which numbers ports by them.
const lanes = 4

// ordinal is the number that a scenario calls a port by, and a LAG that begins with it.
func (p platform) ordinal(port string) int { return number(port) / max(p.step, 1) }

// number is the last number of a port name, 0 when it has none.
func number(port string) int {
	n, _ := strconv.Atoi(lastNumber.FindString(port))
	return n
}

// stackMember is the member that a port's name begins with, "" when it has none.
func stackMember(port string) string {
	if m := fpc.FindStringSubmatch(port); m != nil {
		return m[1]
	}
	return ""
}
