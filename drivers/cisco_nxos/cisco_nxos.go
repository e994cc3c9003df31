// Package cisco_nxos is the driver for Cisco NX-OS (Nexus): show commands with "| json", and the text of those commands that have no
// JSON, or whose JSON leaves out what the text says.
//
// What differs from other switches:
//   - A table in JSON is an object for one row and a list for several, numbers are strings in some releases, and members of an
//     object may have one name twice.
//   - LACP prints addresses without leading zeros, and the state of a port in decimal, in hexadecimal or bit by bit.
//   - On a vPC both peers present the vPC's system to the partner, on any other LAG their own.
//   - The text of the MAC table marks addresses that were learned through the peer-link; its JSON does not in all releases.
//   - A native VLAN goes without a tag unless "vlan dot1q tag native" is set, which only a command of its own tells.
//   - LLDP sends an address of the port as chassis id in some releases, and the text does not say of which kind an identifier is.
//   - A FEX is no switch of its own: its ports, Ethernet101/1/5 of FEX 101, are listed by the switch that it hangs on, or by both vPC peers
//     where it hangs on a vPC. Then a port of one name on both is one port.
package cisco_nxos

import (
	"regexp"

	"uplinkcheck/drivers"
	"uplinkcheck/drivers/capture"
	"uplinkcheck/drivers/state"
	"uplinkcheck/drivers/text"
	"uplinkcheck/drivers/topic"
	"uplinkcheck/drivers/tree"
)

// Driver reads Cisco NX-OS.
var Driver = &drivers.Driver{
	Name:    "cisco_nxos",
	Title:   "Cisco NX-OS",
	Aliases: []string{"nxos", "nxos_ssh", "cisco_n9kv", "vr-n9kv", "n9kv", "nexus"},
	Privileges: "A login with the role network-operator. Some releases keep \"show running-config interface\" from it: then " +
		"min-links and what becomes of vPC orphan ports without the peer-link stay unknown, unless a role permits that command as well.",
	Access:   []drivers.Access{drivers.Exec, drivers.Session},
	Commands: topic.Commands(topics),
	Prompt: &drivers.Prompt{
		Pattern: `^%s(\([^()\s]{0,40}\))?[>#]\s?$`,
		Setup:   []string{"terminal length 0", "terminal width 511"},
	},
	Refusal: refusal,
	Parse:   parse,
}

type nxos = topic.Topic[*parser]

// json is a topic that is asked for in JSON.
func json(line, gives string, read func(p *parser, n tree.Node), more ...func(*nxos)) nxos {
	return with(nxos{Command: drivers.Command{Line: line, Gives: gives}, Repeats: true,
		JSON: func(p *parser, n tree.Node) { read(p, body(n)) }}, more)
}

// words is a topic that is asked for as text.
func words(line, gives string, read func(p *parser, lines []text.Line), more ...func(*nxos)) nxos {
	return with(nxos{Command: drivers.Command{Line: line, Gives: gives}, Text: read}, more)
}

func with(t nxos, more []func(*nxos)) nxos {
	for _, f := range more {
		f(&t)
	}
	return t
}

func insteadOf(line string) func(*nxos) { return func(t *nxos) { t.InsteadOf = line } }
func group(g drivers.Group) func(*nxos) { return func(t *nxos) { t.Group = g } }
func optional(t *nxos)                  { t.Optional = true }

// topics are in the order in which they are asked and read: what everything else needs comes first.
var topics = []nxos{
	json("show version | json", "host name, model, version, serial number", version),
	words("show version", "the same", versionText, insteadOf("show version | json")),
	json("show interface | json", "ports: status, speed, MTU, LAG membership", interfaces),
	words("show interface", "the same", interfacesText, insteadOf("show interface | json")),
	json("show interface brief | json", "status, speed, LAG membership", brief, insteadOf("show interface")),
	words("show interface brief", "the same", briefText, insteadOf("show interface brief | json")),
	words("show interface status", "status and speed", statusText, insteadOf("show interface brief")),
	words("show interface description", "descriptions", descriptionText, insteadOf("show interface status")),
	json("show port-channel summary | json", "LAGs and what became of their members", summary),
	words("show port-channel summary", "the same", summaryText, insteadOf("show port-channel summary | json")),
	words("show port-channel database", "the same", database, insteadOf("show port-channel summary")),
	words("show lacp neighbor", "LACP partners", lacpNeighbours),
	words("show lacp interface", "LACP actors, partners, PDUs", lacpInterfaces),
	words("show lacp counters", "LACPDUs", lacpCounters, group(drivers.Counters), optional),
	words("show lacp system-identifier", "LACP system id", lacpSystem, optional),
	json("show interface switchport | json", "port mode, allowed VLANs, native VLAN", switchports),
	words("show interface switchport", "the same", switchportsText, insteadOf("show interface switchport | json")),
	words("show vlan dot1q tag native", "whether native VLANs are tagged", tagNative, optional),
	json("show vlan brief | json", "VLANs and the ports that are in them", vlans),
	json("show vlan | json", "the same", vlans, insteadOf("show vlan brief | json")),
	words("show vlan brief", "the same", vlansText, insteadOf("show vlan | json")),
	words("show vlan", "the same", vlansText, insteadOf("show vlan brief")),
	json("show lldp neighbors detail | json", "LLDP neighbours", lldp),
	words("show lldp neighbors detail", "the same", lldpText, insteadOf("show lldp neighbors detail | json")),
	json("show lldp neighbors | json", "the same, with less", lldp, insteadOf("show lldp neighbors detail")),
	words("show lldp neighbors", "the same, with less", lldpBrief, insteadOf("show lldp neighbors | json")),
	json("show cdp neighbors detail | json", "CDP neighbours", cdp, optional),
	words("show cdp neighbors detail", "the same", cdpText, insteadOf("show cdp neighbors detail | json"), optional),
	json("show cdp neighbors | json", "the same, with less", cdp, insteadOf("show cdp neighbors detail"), optional),
	words("show cdp neighbors", "the same, with less", cdpBrief, insteadOf("show cdp neighbors | json"), optional),
	json("show vpc | json", "vPC: peer, peer-link, multi-chassis LAGs", vpc, optional),
	words("show vpc", "the same", vpcText, insteadOf("show vpc | json"), optional),
	json("show vpc role | json", "vPC role and addresses", vpcRole, optional),
	words("show vpc role", "the same", vpcRoleText, insteadOf("show vpc role | json"), optional),
	json("show vpc peer-keepalive | json", "what the vPC keepalive runs over", keepalive, optional),
	words("show vpc peer-keepalive", "the same", keepaliveText, insteadOf("show vpc peer-keepalive | json"), optional),
	json("show vpc orphan-ports | json", "vPC: ports that hang on this peer alone", orphans, optional),
	words("show vpc orphan-ports", "the same", orphansText, insteadOf("show vpc orphan-ports | json"), optional),
	words("show vpc consistency-parameters global", "in what the vPC peers differ", consistency, optional),
	words("show fex detail", "fabric extenders, and the ports that they hang on", fexesText, optional),
	json("show fex detail | json", "the same", fexes, insteadOf("show fex detail"), optional),
	words("show running-config interface", "min-links, what a LAG does without a partner, what an orphan does without the peer-link, whether tags are mapped", configured, optional),
	words("show feature", "whether vPC is on", features, optional),
	json("show mac address-table | json", "learned addresses", macTable, group(drivers.Addresses), optional),
	words("show mac address-table", "which of them the vPC peer learned", macTableText, group(drivers.Addresses), optional),
	words("show spanning-tree detail", "what spanning tree does with ports", stpDetail, group(drivers.SpanningTree), optional),
	words("show spanning-tree mst", "the same, by instance", stpMST, group(drivers.SpanningTree), optional),
	json("show ip interface vrf all | json", "addresses of routed interfaces, their VRF", ipInterfaces, group(drivers.Routing), optional),
	words("show ip interface vrf all", "the same", ipInterfacesText, insteadOf("show ip interface vrf all | json"), group(drivers.Routing), optional),
	words("show ip interface brief vrf all", "the same, without lengths", ipBriefText, insteadOf("show ip interface vrf all"),
		group(drivers.Routing), optional),
	json("show ipv6 interface vrf all | json", "IPv6 addresses of routed interfaces", ip6Interfaces, group(drivers.Routing), optional),
	words("show ipv6 interface vrf all", "the same", ip6InterfacesText, insteadOf("show ipv6 interface vrf all | json"), group(drivers.Routing), optional),
	words("show ipv6 interface brief vrf all", "the same, without lengths", ip6BriefText, insteadOf("show ipv6 interface vrf all"),
		group(drivers.Routing), optional),
	json("show vrf detail | json", "routing instances", vrfs, group(drivers.Routing), optional),
	words("show vrf detail", "the same", vrfDetailText, insteadOf("show vrf detail | json"), group(drivers.Routing), optional),
	words("show vrf", "the same", vrfText, insteadOf("show vrf detail"), group(drivers.Routing), optional),
	json("show vrf interface | json", "interfaces of routing instances", vrfInterfaces, group(drivers.Routing), optional),
	words("show vrf interface", "the same", vrfInterfacesText, insteadOf("show vrf interface | json"), group(drivers.Routing), optional),
	json("show inventory | json", "serial numbers of the chassis and of FEXes", inventory, group(drivers.Inventory), optional),
	words("show inventory", "the same", inventoryText, insteadOf("show inventory | json"), group(drivers.Inventory), optional),
}

// refusals are the beginnings of lines that refuse a command. The marker line of a syntax error stands before its words.
var refusals = regexp.MustCompile(`^(% ?(Invalid|Incomplete|Ambiguous|Permission|Authorization|Cannot|Feature|String|.*denied)|` +
	`ERROR: |Error: |Syntax error|Cmd exec error|Command does not support JSON|Note:  ?process currently not running|Permission denied)`)

// refusal finds the words of refusal at the head of a reply: before them there are at most an echo and the marker of the place.
func refusal(reply []byte) string { return text.Refused(reply, 2, refusals.MatchString) }

// names are the kinds of interfaces, in the form of the configuration.
var names = text.NamesOf([]text.Name{
	{Full: "Ethernet", Short: []string{"Eth"}}, {Full: "port-channel", Short: []string{"Po"}}, {Full: "Vlan", Short: []string{"Vl"}},
	{Full: "loopback", Short: []string{"Lo"}}, {Full: "mgmt"}, {Full: "Tunnel", Short: []string{"Tu"}}, {Full: "nve"}, {Full: "Null"},
	{Full: "vEthernet", Short: []string{"Veth"}}, {Full: "san-port-channel", Short: []string{"San-po"}}, {Full: "vfc"}, {Full: "fc"}, {Full: "Bdi"}, {Full: "Overlay"}, {Full: "mti"},
})

// A parser collects what the replies say; finish joins it.
type parser struct {
	*state.Draft

	system     capture.Fact[state.SystemID] // own LACP system
	systemPrio capture.Fact[uint16]         // of the vPC system
	owns       []capture.Fact[state.MAC]    // addresses of the chassis itself, the surest first
	noVersion  bool                         // it was asked for its model and gave no answer
	boardID    capture.Fact[string]         // serial number that show version prints
	vpcID      map[string]capture.Fact[string]
	strange    bool                          // a row of the tables of vPC was not understood
	named      map[string]bool               // LAGs that have a row of their own
	vpcOff     capture.Span                  // where it says that vPC is off
	active     map[string]activeVLANs        // by aggregator
	allGood    capture.Fact[bool]            // the peers' settings agree, so that no VLAN is suspended
	tagged     capture.Fact[bool]            // native VLANs are tagged
	ownTagged  map[string]capture.Fact[bool] // by port: what it has in place of that
	ports      []switchport
	instances  map[string]state.VIDSet // VLANs of an MST instance
	stpPorts   []stpPort
	noIPv4     capture.Span // a list of all interfaces with an IPv4 address
	noIPv6     capture.Span // and with an IPv6 address
	lagConfig  map[string]lagConfig
	suspends   map[string]capture.Fact[bool] // by port: its setting for the loss of the peer-link, were it an orphan
	mapped     map[string]capture.Span       // by port: a tag that stands for another VLAN on it
	macs       map[macKey]int                // index among the addresses
	inIP       map[string]bool               // interfaces that either has
}

func parse(c *capture.Capture) (*state.Switch, error) {
	p := &parser{Draft: state.NewDraft(c, "cisco_nxos", state.MTUOfPayload), vpcID: map[string]capture.Fact[string]{},
		active: map[string]activeVLANs{}, instances: map[string]state.VIDSet{}, named: map[string]bool{}, inIP: map[string]bool{},
		lagConfig: map[string]lagConfig{}, suspends: map[string]capture.Fact[bool]{}, mapped: map[string]capture.Span{}, ownTagged: map[string]capture.Fact[bool]{}, macs: map[macKey]int{}}
	p.noVersion = c.Asked("show version | json") != nil
	if err := topic.Read(c, p.Draft, p, topics); err != nil {
		return nil, err
	}
	p.finishIdentity()
	p.finishVPC()
	p.finishOrphans()
	p.finishFEXes()
	p.finishLAGs()
	p.finishInterfaces()
	p.finishBridgePorts()
	p.finishSTP()
	p.finishRouted()
	return p.Finish(), nil
}
