package model

import (
	"fmt"
	"time"

	"uplinkcheck/drivers/state"
)

// A Scenario is a fabric as a person writes it down, in YAML. Whatever is left out has a default, so that a healthy pair
// with two hosts takes about 25 lines.
//
// Ports are written as switch/port. A port that is a plain number is the platform's port of that number (7 is Ethernet7,
// xe-0/0/7 or eth7), member:number is a port of a stack member (1:7 is xe-1/0/7), lagN is the LAG of that number
// (Port-Channel7, ae7, bond7), anything else is the platform's own name. One scenario therefore serves every platform.
//
// LAGs are not written down: each bond gives one on every switch that it reaches, numbered like the port of its first
// NIC; each pair a peer-link; each trunk one at both ends. "lags" changes them afterwards.
type Scenario struct {
	Name  string    `yaml:"name,omitempty"`  // for messages; the file's name
	Base  string    `yaml:"base,omitempty"`  // scenario that this one changes, by JSON merge patch (RFC 7396) on the YAML
	About string    `yaml:"about,omitempty"` // one line for people
	Time  time.Time `yaml:"time,omitempty"`  // of the collection; 2026-11-01T08:00:00Z

	Switches map[string]*SwitchSpec  `yaml:"switches,omitempty"`
	Pairs    map[string]*PairSpec    `yaml:"pairs,omitempty"`
	Trunks   map[string]*TrunkSpec   `yaml:"trunks,omitempty"`
	Hosts    map[string]*HostSpec    `yaml:"hosts,omitempty"`
	Machines map[string]*HostSpec    `yaml:"machines,omitempty"` // what else is plugged in: gateways, stations, users
	Networks map[string]*NetworkSpec `yaml:"networks,omitempty"`
	Clusters map[string]*ClusterSpec `yaml:"clusters,omitempty"` // absent: one, of all hosts and networks
	LAGs     map[string]*LAGSpec     `yaml:"lags,omitempty"`     // by switch/lagN, host or host/bond
	Ports    map[string]*PortSpec    `yaml:"ports,omitempty"`    // by switch/port or switch/lagN

	// Inventory is merged (RFC 7396) into the inventory that matches the scenario: waivers, policy, or null to take intent away.
	Inventory map[string]any `yaml:"inventory,omitempty"`

	Faults      []Fault  `yaml:"faults,omitempty"`
	Edits       []Edit   `yaml:"edits,omitempty"`
	Refuse      []Refuse `yaml:"refuse,omitempty"`
	Unreachable []string `yaml:"unreachable,omitempty"` // devices that cannot be logged in to
}

// SwitchSpec declares a switch.
type SwitchSpec struct {
	Platform string    `yaml:"platform,omitempty"` // arista_eos
	Hostname string    `yaml:"hostname,omitempty"` // the name
	MAC      string    `yaml:"mac,omitempty"`
	Serial   string    `yaml:"serial,omitempty"`
	Model    string    `yaml:"model,omitempty"`
	Version  string    `yaml:"version,omitempty"`
	Stack    int       `yaml:"stack,omitempty"` // number of chassis; 0 and 1: standalone
	Spare    *int      `yaml:"spare,omitempty"` // unused ports; 2
	Rack     string    `yaml:"rack,omitempty"`
	Power    string    `yaml:"power,omitempty"`
	LLDP     *bool     `yaml:"lldp,omitempty"`
	Unsaved  bool      `yaml:"unsaved,omitempty"` // running configuration differs from the saved one
	SVIs     []SVISpec `yaml:"svis,omitempty"`
	VLANs    VLANList  `yaml:"vlans,omitempty"` // created beyond those of the networks
}

// SVISpec declares a routed interface.
type SVISpec struct {
	VLAN    state.VID `yaml:"vlan"`
	Address string    `yaml:"address,omitempty"`
	VRF     string    `yaml:"vrf,omitempty"`
	Shut    bool      `yaml:"shut,omitempty"`
	Filter  string    `yaml:"filter,omitempty"` // name of a packet filter on what arrives, where the platform's replies tell of it
}

// PairSpec declares two switches that share multi-chassis LAGs.
type PairSpec struct {
	Switches  []string  `yaml:"switches"`
	PeerLink  *[]string `yaml:"peer-link,omitempty"` // ports, the same on both; [47, 48]. [] for none
	Protocol  string    `yaml:"protocol,omitempty"`  // mlag, esi, shared-system; by platform
	Domain    string    `yaml:"domain,omitempty"`
	System    string    `yaml:"system,omitempty"`    // shared MAC
	Keepalive string    `yaml:"keepalive,omitempty"` // what it runs over, "none" for none; management
	Declared  *bool     `yaml:"declared,omitempty"`  // named in the inventory; where the platform cannot say it
	Networks  *[]string `yaml:"networks,omitempty"`  // that the peer-link carries; all
}

// TrunkSpec declares a link between switches or pairs of switches, a LAG when a side has several ports.
type TrunkSpec struct {
	A        []string  `yaml:"a"`                  // switch/port
	Z        []string  `yaml:"z"`                  // switch/port, cabled to A in order
	Networks *[]string `yaml:"networks,omitempty"` // all
	Plain    bool      `yaml:"plain,omitempty"`    // no LAG
}

// HostSpec declares a host. A host with one bond writes its fields here; with several it uses Bonds.
type HostSpec struct {
	Kind        HostKind             `yaml:"kind,omitempty"`   // hypervisor under hosts, other under machines
	Source      string               `yaml:"source,omitempty"` // declared (the default) or linux
	Hostname    string               `yaml:"hostname,omitempty"`
	MAC         string               `yaml:"mac,omitempty"` // of its first NIC less its interface index, which is 2
	Rack        string               `yaml:"rack,omitempty"`
	Power       string               `yaml:"power,omitempty"`
	LLDP        *bool                `yaml:"lldp,omitempty"`
	SingleHomed bool                 `yaml:"single-homed,omitempty"`
	Maintenance bool                 `yaml:"maintenance,omitempty"`
	Cabled      bool                 `yaml:"cabled,omitempty"` // the inventory of a declared host names its switch ports
	Sends       string               `yaml:"sends,omitempty"`  // address that its own interfaces send from; that of the bond or NIC
	Uplinks     map[string]string    `yaml:"uplinks,omitempty"`
	Mode        string               `yaml:"mode,omitempty"`
	Networks    *[]string            `yaml:"networks,omitempty"` // all
	Bonds       map[string]*BondSpec `yaml:"bonds,omitempty"`
}

// BondSpec declares a bond, or NICs that are used alone.
type BondSpec struct {
	Uplinks  map[string]string `yaml:"uplinks"`            // NIC: switch/port
	Mode     string            `yaml:"mode,omitempty"`     // as in modes; lacp when absent, and none with one NIC
	Networks *[]string         `yaml:"networks,omitempty"` // the host's
	OVS      bool              `yaml:"ovs,omitempty"`      // Open vSwitch instead of the kernel
	Passive  bool              `yaml:"passive,omitempty"`
	Slow     bool              `yaml:"slow,omitempty"`
	MinLinks int               `yaml:"min-links,omitempty"`
	System   string            `yaml:"system,omitempty"`
	Key      uint16            `yaml:"key,omitempty"`
	LAG      int               `yaml:"lag,omitempty"` // number on the switches
}

// NetworkSpec is a network of the VLAN plan, with the inventory's words.
type NetworkSpec struct {
	VLANs    VLANList `yaml:"vlans"`
	Role     string   `yaml:"role,omitempty"` // the network's name when that is a role
	Zone     string   `yaml:"zone,omitempty"`
	Path     string   `yaml:"path,omitempty"`
	Untagged bool     `yaml:"untagged,omitempty"`
}

// ClusterSpec is a cluster, with the inventory's words.
type ClusterSpec struct {
	Hosts    []string `yaml:"hosts,omitempty"`
	Networks []string `yaml:"networks,omitempty"`
	Survive  []string `yaml:"survive,omitempty"`
	Quorum   int      `yaml:"quorum,omitempty"`
}

// LAGSpec changes the LAGs it names. Absent fields stay.
type LAGSpec struct {
	Protocol string     `yaml:"protocol,omitempty"` // lacp, static
	Passive  *bool      `yaml:"passive,omitempty"`
	Slow     *bool      `yaml:"slow,omitempty"`
	MinLinks *int       `yaml:"min-links,omitempty"`
	Fallback string     `yaml:"fallback,omitempty"` // static, individual
	MLAG     *string    `yaml:"mlag,omitempty"`     // multi-chassis id, "" for none
	ESI      *string    `yaml:"esi,omitempty"`      // Ethernet segment, "" for none
	Key      *uint16    `yaml:"key,omitempty"`
	System   string     `yaml:"system,omitempty"`
	Allowed  *VLANList  `yaml:"allowed,omitempty"`
	Native   *state.VID `yaml:"native,omitempty"`
}

// PortSpec changes a port. Absent fields stay.
type PortSpec struct {
	Description *string    `yaml:"description,omitempty"`
	Shut        bool       `yaml:"shut,omitempty"`
	Speed       uint64     `yaml:"speed,omitempty"` // bit/s
	MTU         int        `yaml:"mtu,omitempty"`
	Mode        string     `yaml:"mode,omitempty"` // access, trunk
	Allowed     *VLANList  `yaml:"allowed,omitempty"`
	Native      *state.VID `yaml:"native,omitempty"` // of an access port its VLAN
}

// Fault is one thing that is wrong. Its words are those of faults.go, where each says what On and the others mean.
type Fault struct {
	Fault string   `yaml:"fault"`
	On    string   `yaml:"on"`
	With  string   `yaml:"with,omitempty"`
	VLANs VLANList `yaml:"vlans,omitempty"`
	Value string   `yaml:"value,omitempty"`
}

// Edit changes the text of one reply after rendering, for what no fault of the model can express. Old must be found
// exactly Count times (0: once), else the scenario is wrong.
type Edit struct {
	Device  string `yaml:"device"`
	Command string `yaml:"command"` // or its beginning; of the forms of one question the first is meant
	Old     string `yaml:"old"`
	New     string `yaml:"new"`
	Count   int    `yaml:"count,omitempty"`
}

// Refuse makes a device refuse a command in its own words.
type Refuse struct {
	Device  string `yaml:"device"`
	Command string `yaml:"command"` // or its beginning; all forms of the question that begin so are refused
}

// VLANList is a set of VLANs: a number, "10,20-30", "all", "none", or a list of numbers and ranges.
type VLANList struct{ state.VIDSet }

// UnmarshalYAML implements the interface of goccy/go-yaml.
func (v *VLANList) UnmarshalYAML(unmarshal func(any) error) error {
	var raw any
	if err := unmarshal(&raw); err != nil {
		return err
	}
	list, ok := raw.([]any)
	if !ok {
		list = []any{raw}
	}
	v.VIDSet = state.VIDSet{}
	for _, item := range list {
		set, err := state.ParseVIDSet(fmt.Sprint(item))
		if err != nil {
			return err
		}
		v.VIDSet = v.Union(set)
	}
	return nil
}

// MarshalYAML implements the interface of goccy/go-yaml.
func (v VLANList) MarshalYAML() (any, error) { return v.String(), nil }
