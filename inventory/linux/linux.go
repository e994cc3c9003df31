// Package linux is the source for Linux hypervisors: kernel bonds, bridges and VLAN interfaces, Open vSwitch, lldpd.
//
// What counts as a NIC, because the kernel lists everything in one table:
//   - a device without a kind of its own (info_kind absent) and with an Ethernet address: a driver of hardware made it;
//   - a member of a kernel bond or team or of an Open vSwitch bond, whatever made it, and what DPDK drives for Open vSwitch;
//   - a veth on which lldpd runs, or on which LLDP was heard: in a lab's container that is where the cable goes. On real
//     hosts veths lead to containers, and lldpd leaves them alone unless told otherwise.
//
// What a machine sends (Use) is followed down through VLAN interfaces, bridges and Open vSwitch to the team or NIC:
// interfaces of the machine itself, ports of guests, and for each bridge the set of VLANs that may pass (TrunkPort). A
// guest that may use everything its bridge carries is a TrunkPort too: what it needs of that cannot be known.
package linux

import (
	"slices"
	"strconv"
	"strings"

	"uplinkcheck/drivers"
	"uplinkcheck/drivers/capture"
	"uplinkcheck/drivers/kernel"
	"uplinkcheck/drivers/lldpd"
	"uplinkcheck/drivers/openvswitch/ovs"
	"uplinkcheck/drivers/state"
	"uplinkcheck/inventory"
)

const (
	linksLine   = "ip -j -d link show"
	addressLine = "ip -j address show"
	vlansLine   = "bridge -j vlan show"
	// -v puts "==> name <==" before each file, also when there is but one.
	bondingLine = "head -v -n 100000 /proc/net/bonding/*"
)

// Source reads a Linux hypervisor over a shell.
var Source = &inventory.Source{
	Name:  "linux",
	Title: "Linux (kernel bonds, bridges, Open vSwitch)",
	Privileges: "Any user for links, bonds, bridges and VLANs. Root, or sudo without a password (sudo: true), for the LACP partner's port, key and " +
		"priority, for Open vSwitch and for lldpcli: without it they stay unknown.",
	Commands: commands(),
	Refusal:  refusal,
	Parse:    parse,
}

func commands() []drivers.Command {
	return slices.Concat(
		[]drivers.Command{
			{Line: ovs.HostnameLine, Gives: "host name"},
			{Line: linksLine, Format: drivers.JSON, Gives: "NICs, bonds with LACP state, bridges, VLAN interfaces"},
			{Line: addressLine, Format: drivers.JSON, Gives: "addresses"},
			{Line: bondingLine, Gives: "permanent addresses, speed and LACP details of kernel bonds", Optional: true},
			{Line: vlansLine, Format: drivers.JSON, Gives: "VLANs of bridge ports", Optional: true},
		},
		ovs.Commands(true),
		[]drivers.Command{
			{Line: lldpd.InterfacesLine, Format: drivers.JSON, Gives: "where lldpd runs", Optional: true},
			{Line: lldpd.NeighboursLine, Format: drivers.JSON, Gives: "LLDP neighbours", Optional: true},
		})
}

func refusal(reply []byte) string {
	if why := ovs.Refusal(reply); why != "" {
		return why
	}
	line, _, _ := strings.Cut(string(reply), "\n")
	for _, tool := range []string{"head: ", "bridge: ", "ip: ", "Error: ", "Cannot open "} {
		if strings.HasPrefix(line, tool) {
			return strings.TrimSpace(line)
		}
	}
	return ""
}

func parse(c *capture.Capture) (*inventory.Host, error) {
	h := &inventory.Host{Name: c.Device, Source: "linux", Hostname: ovs.Hostname(c)}
	m := &machine{links: map[string]*link{}, under: map[string][]*link{}, vswitch: ovs.Read(c), ways: map[hop]way{},
		uplinked: map[string]map[*link]bool{}, exits: map[string]exit{}, noted: map[string]bool{}}
	m.indexVswitch()
	m.readLinks(c.Reply(linksLine))
	m.readAddresses(c.Reply(addressLine))
	m.readVLANs(c.Reply(vlansLine))
	m.readBonding(c.Reply(bondingLine))
	m.readLLDP(c)

	h.From = h.Hostname.From
	if m.listed.Known() {
		h.From = m.listed
	}
	h.Remotes, h.Listed.Remotes = m.remotes, m.heard
	h.Teams = append(m.kernelTeams(), m.vswitchTeams()...)
	h.NICs = m.nics(h.Teams)
	h.Uses = m.uses()
	h.Bridges = m.bridges()
	order(h)
	m.settle(h)
	if !m.hidden() {
		h.Listed.NICs, h.Listed.Teams = m.listed, m.listed
		if m.addressed && !m.unclear {
			h.Listed.Uses = m.listed
		}
	}
	h.Unread = append(m.vswitch.Unread, m.unread...)
	return h, nil
}

// A machine is what the replies say, before it is put in the inventory's words.
type machine struct {
	links   map[string]*link
	names   []string           // of links, in the reply's order
	under   map[string][]*link // by master
	vswitch *ovs.Vswitch
	at      map[string]place // interfaces of Open vSwitch by name
	bonding map[string]*kernel.Bond
	slaves  map[string]*kernel.Slave // of all bonds
	remotes []state.RemoteSystem
	lldp    map[string]bool // interfaces on which lldpd runs or LLDP was heard

	listed    capture.Span // all links
	heard     capture.Span // all neighbours
	addressed bool         // addresses were reported
	filtered  bool         // VLANs of bridge ports were reported
	unclear   bool         // something sends, and where was not understood
	unread    []state.Unread

	// What was worked out before: replies may stack devices so that going over them again and again would not end.
	ways     map[hop]way
	uplinked map[string]map[*link]bool // by bridge: the ports that lead to a NIC
	exits    map[string]exit           // by bridge of Open vSwitch
	noted    map[string]bool
}

// A place is an interface of Open vSwitch with its port.
type place struct {
	port  *ovs.Port
	iface *ovs.Interface
}

func (m *machine) indexVswitch() {
	m.at = map[string]place{}
	for p := range m.vswitch.Ports() {
		for _, i := range p.Interfaces {
			if m.at[i.Name].port == nil {
				m.at[i.Name] = place{p, i}
			}
		}
	}
}

func (m *machine) note(from capture.Span, why string) {
	m.unread = append(m.unread, state.Unread{From: from, Why: why})
}

// hidden reports whether Open vSwitch runs here and did not answer: bonds and ports may then be missing.
func (m *machine) hidden() bool {
	if m.vswitch.ListedPorts.Known() && m.vswitch.ListedBridges.Known() && m.vswitch.ListedInterfaces.Known() {
		return false
	}
	for _, name := range m.names {
		l := m.links[name]
		if l.Kind == "openvswitch" || l.SlaveKind == "openvswitch" || name == "ovs-system" || name == "ovs-netdev" {
			return true
		}
	}
	return false
}

func (m *machine) readLLDP(c *capture.Capture) {
	m.lldp = map[string]bool{}
	names, unread := lldpd.Interfaces(c.Reply(lldpd.InterfacesLine))
	m.unread = append(m.unread, unread...)
	for _, name := range names {
		m.lldp[name.Value] = true
	}
	m.remotes, m.heard, unread = lldpd.Neighbours(c.Reply(lldpd.NeighboursLine))
	m.unread = append(m.unread, unread...)
	for _, r := range m.remotes {
		m.lldp[r.Interface] = true
	}
}

// settle takes out what contradicts itself: a name that is none or there twice, a member that is no NIC or in two teams, and
// uses of what is not there. Of two of a name the first stays; what goes is noted.
func (m *machine) settle(h *inventory.Host) {
	teams, nics := map[string]bool{}, map[string]string{}
	fresh := func(seen bool, name string, from capture.Span) bool {
		ok := kernel.IsName(name) && !seen
		if !ok {
			m.note(from, "the name "+strconv.Quote(name)+" is none, or there twice")
		}
		return ok
	}
	h.Teams = slices.DeleteFunc(h.Teams, func(t inventory.Team) bool {
		ok := fresh(teams[t.Name], t.Name, t.From)
		teams[t.Name] = true
		return !ok
	})
	h.NICs = slices.DeleteFunc(h.NICs, func(n inventory.NIC) bool {
		_, seen := nics[n.Name]
		if !fresh(seen, n.Name, n.From) {
			return true
		}
		nics[n.Name] = n.Team
		return false
	})
	for i := range h.Teams {
		t, in := &h.Teams[i], map[string]bool{}
		t.Members = slices.DeleteFunc(t.Members, func(member inventory.TeamMember) bool {
			team, ok := nics[member.Name]
			if !ok || team != t.Name || in[member.Name] {
				m.note(member.From, "member "+strconv.Quote(member.Name)+" of "+t.Name+" is no NIC, or there twice")
				return true
			}
			in[member.Name] = true
			return false
		})
	}
	h.Uses = slices.DeleteFunc(h.Uses, func(u inventory.Use) bool {
		_, nic := nics[u.Over]
		return u.Name == "" || !nic && !teams[u.Over]
	})
	for i := range h.NICs {
		if n := &h.NICs[i]; !teams[n.Team] {
			n.Team = ""
		}
	}
}

// order sorts by name, so that equal replies give equal bytes.
func order(h *inventory.Host) {
	slices.SortStableFunc(h.NICs, func(a, b inventory.NIC) int { return state.NaturalCompare(a.Name, b.Name) })
	slices.SortStableFunc(h.Teams, func(a, b inventory.Team) int { return state.NaturalCompare(a.Name, b.Name) })
	for _, t := range h.Teams {
		slices.SortStableFunc(t.Members, func(a, b inventory.TeamMember) int { return state.NaturalCompare(a.Name, b.Name) })
	}
	slices.SortStableFunc(h.Uses, func(a, b inventory.Use) int { return state.NaturalCompare(a.Name, b.Name) })
	slices.SortStableFunc(h.Remotes, func(a, b state.RemoteSystem) int { return state.NaturalCompare(a.Interface, b.Interface) })
}
