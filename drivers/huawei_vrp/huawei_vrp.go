// Package huawei_vrp is the driver for Huawei VRP: S-series and CloudEngine switches, by display commands in a session.
//
// What differs from other switches:
//   - The eight digits of a PortState are LACP's bits, the least significant one first.
//   - The working mode STATIC is LACP; without LACPDUs it is NORMAL.
//   - Releases that write GigabitEthernet0/0/1 shorten it to GE0/0/1 in some tables; on CloudEngine GE1/0/1 is the whole name. The long
//     form is taken where any reply has it.
//   - "display port vlan" lists what a trunk allows, and of a hybrid port only the VLANs with a tag. Which VLANs a port is in, with and
//     without a tag, is in "display vlan".
//   - What a port counts in its frame length differs from what a routed interface counts in its MTU, so MTUs compare with no other platform's.
package huawei_vrp

import (
	"bytes"
	"net/netip"
	"regexp"
	"strings"

	"uplinkcheck/drivers"
	"uplinkcheck/drivers/capture"
	"uplinkcheck/drivers/state"
	"uplinkcheck/drivers/text"
	"uplinkcheck/drivers/topic"
	"uplinkcheck/drivers/vrp"
)

// Driver reads Huawei VRP.
var Driver = &drivers.Driver{
	Name:    "huawei_vrp",
	Title:   "Huawei VRP",
	Aliases: []string{"huawei", "huawei_vrpv8", "vrp", "ce", "huawei_ce"},
	Privileges: "A login of command level 1 (monitoring); the host name is in the configuration, which some releases show from level 3 on. " +
		"A command that a level refuses leaves its facts unknown.",
	Access:   []drivers.Access{drivers.Session},
	Commands: topic.Commands(topics),
	Prompt: &drivers.Prompt{
		Pattern: `^(?:HRP_[MS])?[<\[][~*]?%s(-[\w./-]{1,40})?[>\]]\s?$`,
		Setup:   []string{"screen-length 0 temporary"},
	},
	Refusal: refusal,
	Parse:   parse,
}

const (
	interfaceLine = "display interface"
	briefLine     = "display interface brief"
	neighbourLine = "display lldp neighbor"
	vlanLine      = "display vlan"
	instanceLine  = "display ip vpn-instance interface"
	membersLine   = "display dfs-group 1 node 1 m-lag brief"
	routedLine    = "display ip interface brief"
)

// topics are in the order in which they are asked and read: what everything else needs comes first.
var topics = []topic.Topic[*parser]{
	{Command: drivers.Command{Line: "display version", Gives: "model, version"}, Text: version},
	{Command: drivers.Command{Line: "display current-configuration | include sysname", Gives: "host name", Optional: true}, Text: func(p *parser, lines []text.Line) { vrp.Sysname(p.Draft, lines) }},
	{Command: drivers.Command{Line: "display stack", Gives: "members of a stack, system MAC", Optional: true}, Text: stack},
	{Command: drivers.Command{Line: "display lldp local", Optional: true, Gives: "chassis MAC, host name"},
		Text: func(p *parser, lines []text.Line) { vrp.Local(p.Draft, lines) }},
	{Command: drivers.Command{Line: "display eth-trunk", Gives: "LAGs and members, LACP actor and partner"}, Text: trunks},
	{Command: drivers.Command{Line: interfaceLine, Gives: "ports: status, speed, MTU, descriptions"}, Text: interfaces},
	{Command: drivers.Command{Line: briefLine, InsteadOf: interfaceLine, Gives: "ports: status"}, Text: interfacesBrief},
	{Command: drivers.Command{Line: "display interface description", InsteadOf: briefLine, Gives: "ports: status, descriptions"}, Text: descriptions},
	{Command: drivers.Command{Line: "display port vlan", Gives: "port mode, PVID, allowed VLANs"}, Text: portVLANs},
	{Command: drivers.Command{Line: "display port vlan active", Optional: true, Gives: "VLANs that exist, by port, with and without a tag"}, Text: portVLANs},
	{Command: drivers.Command{Line: vlanLine, Gives: "VLANs, and which ports carry them"}, Text: vlans},
	{Command: drivers.Command{Line: "display vlan brief", InsteadOf: vlanLine, Gives: "the same"}, Text: vlans},
	{Command: drivers.Command{Line: neighbourLine, Gives: "LLDP neighbours"}, Text: neighbours},
	{Command: drivers.Command{Line: "display lldp neighbor brief", InsteadOf: neighbourLine, Gives: "LLDP neighbours, their ports"}, Text: neighboursBrief},
	{Command: drivers.Command{Line: "display dfs-group 1 m-lag", Optional: true, Gives: "M-LAG peering"}, Text: mlag},
	{Command: drivers.Command{Line: membersLine, Optional: true, Gives: "M-LAG members"}, Text: mlagPorts},
	{Command: drivers.Command{Line: "display dfs-group 1 m-lag brief", InsteadOf: membersLine, Optional: true, Gives: "the same"}, Text: mlagPorts},
	{Command: drivers.Command{Line: "display stp region-configuration", Group: drivers.SpanningTree, Gives: "VLANs of a spanning tree"}, Text: func(p *parser, lines []text.Line) { p.regions = vrp.Region(p.Draft, lines) }},
	{Command: drivers.Command{Line: "display stp brief", Group: drivers.SpanningTree, Gives: "forwarding state of ports"}, Text: func(p *parser, lines []text.Line) { vrp.Brief(p.Draft, lines, p.regions, p.port) }},
	{Command: drivers.Command{Line: "display mac-address", Group: drivers.Addresses, Gives: "learned addresses"}, Text: addresses},
	{Command: drivers.Command{Line: routedLine, Group: drivers.Routing, Gives: "addresses of routed interfaces"}, Text: routed},
	{Command: drivers.Command{Line: "display ip interface", InsteadOf: routedLine, Group: drivers.Routing, Gives: "the same"}, Text: routedLong},
	{Command: drivers.Command{Line: instanceLine, Group: drivers.Routing, Optional: true, Gives: "routing instances"}, Text: instances},
	{Command: drivers.Command{Line: "display ip vpn-instance", InsteadOf: instanceLine, Group: drivers.Routing, Optional: true, Gives: "names of routing instances"}, Text: instanceNames},
	{Command: drivers.Command{Line: "display traffic-filter applied-record", Group: drivers.Routing, Optional: true, Gives: "packet filters of routed interfaces"}, Text: filters},
	{Command: drivers.Command{Line: "display esn", Group: drivers.Inventory, Optional: true, Gives: "serial number"}, Text: esn},
	{Command: drivers.Command{Line: "display device", Group: drivers.Inventory, Optional: true, Gives: "model"}, Text: device},
}

// A parser collects what the replies say; finish joins it.
type parser struct {
	*state.Draft
	names *text.Names // empty where the device writes GE in full

	ports     map[string]*portVLAN // by port: what "display port vlan" says
	carried   map[string]*carried  // by port: the VLANs that list it
	vlanTable capture.Span         // the lists of ports of all VLANs; zero: not all were read
	passed    bool                 // "display interface" has come to what stands behind the LAGs: all of them were seen
	switched  []switched           // ports of which "display interface" says how they are bridged
	regions   vrp.Regions
	outOfBand map[string][]capture.Fact[netip.Prefix] // by port
	held      []capture.Fact[string]                  // words for ports that are up and may be held back
	mux       state.VIDSet                            // VLANs that are joined with others, or keep their ports apart
	mlagID    map[string]capture.Fact[string]         // by aggregator
}

// longNames are the names that some releases shorten.
var longNames = text.NamesOf([]text.Name{{Full: "Ethernet", Short: []string{"Eth", "E"}}, {Full: "GigabitEthernet", Short: []string{"GE"}}, {Full: "XGigabitEthernet", Short: []string{"XGE"}}})

func parse(c *capture.Capture) (*state.Switch, error) {
	p := &parser{Draft: state.NewDraft(c, "huawei_vrp", 0), ports: map[string]*portVLAN{}, carried: map[string]*carried{},
		outOfBand: map[string][]capture.Fact[netip.Prefix]{}, mlagID: map[string]capture.Fact[string]{}}
	if writesInFull(c) {
		p.names = longNames
	}
	if err := topic.Read(c, p.Draft, p, topics); err != nil {
		return nil, err
	}
	p.finish()
	return p.Finish(), nil
}

var inFull = regexp.MustCompile(`(?m)^[ \t]{0,4}(?:X?Gigabit)?Ethernet\d`)

// writesInFull reports whether any reply has the long name of a port at the head of a line.
func writesInFull(c *capture.Capture) bool {
	for _, r := range c.Replies {
		if r.Usable() && bytes.Contains(r.Data, []byte("Ethernet")) && inFull.Match(r.Data) {
			return true
		}
	}
	return false
}

// infos are answers that say only that a feature is off, or was never set up.
var infos = regexp.MustCompile(`(?i)^(?:info|warning): ?.*(?:not enabled|disabled|not configured|does not exist|not support|not created)`)

// refusal finds the words of refusal at the head of a reply: before them there is at most an echo and a mark below it.
func refusal(reply []byte) string {
	return text.Refused(reply, 2, func(line string) bool { return strings.HasPrefix(line, "Error:") || infos.MatchString(line) })
}

// isPort matches the names of interfaces: 10GE1/0/1, 50|100GE1/0/1, Eth-Trunk1, Vlanif100.10.
var isPort = regexp.MustCompile(`^(?:(?:\d{1,3}\|)?\d{1,3}GE|[A-Za-z][A-Za-z-]*)\d+(?:/\d+)*(?::\d+)?(?:\.\d+)?$`)

// port returns the name of an interface in full, without marks in brackets behind it, such as (r) and (10G). Unknown for what is no name.
func (p *parser) port(f capture.Fact[string]) capture.Fact[string] {
	return capture.Then(f, func(s string) (string, bool) {
		s, _, _ = strings.Cut(s, "(")
		if full, ok := p.names.Full(s); ok {
			s = full
		}
		return s, isPort.MatchString(s)
	})
}

// finish joins what several replies said.
func (p *parser) finish() {
	p.finishMLAG()
	p.finishInterfaces()
	p.finishBridgePorts()
}
