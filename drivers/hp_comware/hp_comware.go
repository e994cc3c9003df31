// Package hp_comware is the driver for Comware 5 and 7, the system of H3C and of HPE FlexFabric and FlexNetwork switches, by display commands
// in a session.
//
// What differs from other switches:
//   - A LAG's mode is Dynamic with LACP and Static without; Individual ports of an edge LAG forward on their own.
//   - Tables shorten names: XGE1/0/1 is Ten-GigabitEthernet1/0/1, BAGG1 is Bridge-Aggregation1.
//   - "display interface" tells which VLANs of those allowed a trunk lets pass: those that exist.
//   - Members of a LAG are listed like bridge ports. Which ports are members only "display link-aggregation verbose" says.
//   - Whether a slot is a chassis of a stack (IRF) or a board, "display irf" says; "display device manuinfo" where each slot has fans or power
//     supplies of its own.
//   - What a port counts in its frame length differs from what a routed interface counts in its MTU, so MTUs compare with no other platform's.
package hp_comware

import (
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

// Driver reads Comware.
var Driver = &drivers.Driver{
	Name:    "hp_comware",
	Title:   "HPE and H3C Comware",
	Aliases: []string{"comware", "h3c", "h3c_comware", "hpe_comware", "hp_h3c"},
	Privileges: "A login with the role network-operator, or of level 1 (monitor) on Comware 5; the host name is in the configuration, which those may not show. " +
		"A command that a role refuses leaves its facts unknown.",
	Access:   []drivers.Access{drivers.Session},
	Commands: topic.Commands(topics),
	Prompt: &drivers.Prompt{
		Pattern: `^(?:RBM_[PS])?[<\[]~?%s(-[\w./-]{1,40})?[>\]]\s?$`,
		Setup:   []string{"screen-length disable"},
	},
	Refusal: refusal,
	Parse:   parse,
}

const (
	interfaceLine  = "display interface"
	verboseLine    = "display link-aggregation verbose"
	vlanLine       = "display vlan all"
	neighbourLine  = "display lldp neighbor-information verbose"
	neighbourShort = "display lldp neighbor-information"
	routedLine     = "display ip interface"
	instanceLine   = "display ip vpn-instance"
)

// topics are in the order in which they are asked and read: what everything else needs comes first.
var topics = []topic.Topic[*parser]{
	{Command: drivers.Command{Line: "display version", Gives: "model, version"}, Text: version},
	{Command: drivers.Command{Line: "display current-configuration | include sysname", Optional: true, Gives: "host name"},
		Text: func(p *parser, lines []text.Line) { vrp.Sysname(p.Draft, lines) }},
	{Command: drivers.Command{Line: "display irf", Optional: true, Gives: "members of a stack, system MAC"}, Text: irf},
	{Command: drivers.Command{Line: "display lldp local-information global", Optional: true, Gives: "chassis MAC, host name"},
		Text: func(p *parser, lines []text.Line) { vrp.Local(p.Draft, lines) }},
	{Command: drivers.Command{Line: verboseLine, Gives: "LAGs and members, LACP actor and partner"}, Text: aggregations},
	{Command: drivers.Command{Line: "display link-aggregation summary", InsteadOf: verboseLine, Gives: "LAGs"}, Text: aggregationSummary},
	{Command: drivers.Command{Line: interfaceLine, Gives: "ports: status, speed, MTU, VLANs"}, Text: interfaces},
	{Command: drivers.Command{Line: "display interface brief", InsteadOf: interfaceLine, Gives: "ports: status, mode, PVID"}, Text: interfacesBrief},
	{Command: drivers.Command{Line: vlanLine, Gives: "VLANs, and which ports carry them"}, Text: vlans},
	{Command: drivers.Command{Line: "display vlan brief", InsteadOf: vlanLine, Gives: "VLANs"}, Text: vlansBrief},
	{Command: drivers.Command{Line: neighbourLine, Gives: "LLDP neighbours"}, Text: neighbours},
	{Command: drivers.Command{Line: neighbourShort, InsteadOf: neighbourLine, Gives: "LLDP neighbours, their ports"}, Text: neighbours},
	{Command: drivers.Command{Line: "display lldp neighbor-information list", InsteadOf: neighbourShort, Gives: "LLDP neighbours, their ports"}, Text: neighbourList},
	{Command: drivers.Command{Line: "display m-lag summary", Optional: true, Gives: "M-LAG peering and members"}, Text: mlag},
	{Command: drivers.Command{Line: "display drni summary", InsteadOf: "display m-lag summary", Optional: true, Gives: "the same, on older releases"}, Text: mlag},
	{Command: drivers.Command{Line: "display m-lag role", Optional: true, Gives: "M-LAG role"}, Text: mlagRole},
	{Command: drivers.Command{Line: "display drni role", InsteadOf: "display m-lag role", Optional: true, Gives: "the same, on older releases"}, Text: mlagRole},
	{Command: drivers.Command{Line: "display stp region-configuration", Group: drivers.SpanningTree, Gives: "VLANs of a spanning tree"},
		Text: func(p *parser, lines []text.Line) { p.regions = vrp.Region(p.Draft, lines) }},
	{Command: drivers.Command{Line: "display stp brief", Group: drivers.SpanningTree, Gives: "forwarding state of ports"},
		Text: func(p *parser, lines []text.Line) { vrp.Brief(p.Draft, lines, p.regions, port) }},
	{Command: drivers.Command{Line: "display mac-address", Group: drivers.Addresses, Gives: "learned addresses"}, Text: addresses},
	{Command: drivers.Command{Line: routedLine, Group: drivers.Routing, Gives: "addresses of routed interfaces"}, Text: routed},
	{Command: drivers.Command{Line: "display ip interface brief", InsteadOf: routedLine, Group: drivers.Routing, Gives: "the same"}, Text: routedBrief},
	{Command: drivers.Command{Line: instanceLine, Group: drivers.Routing, Optional: true, Gives: "names of routing instances"}, Text: instanceNames},
	{Command: drivers.Command{Line: instanceLine + " instance-name %s", Each: instancesToAsk, Group: drivers.Routing, Optional: true, Gives: "interfaces of a routing instance"},
		Text: instance},
	{Command: drivers.Command{Line: "display packet-filter interface", Group: drivers.Routing, Optional: true, Gives: "packet filters of routed interfaces"}, Text: filters},
	{Command: drivers.Command{Line: "display link-aggregation member-port", Group: drivers.Counters, Optional: true, Gives: "LACPDU counters"}, Text: memberPorts},
	{Command: drivers.Command{Line: "display device manuinfo", Group: drivers.Inventory, Optional: true, Gives: "serial numbers, chassis MAC"}, Text: manuinfo},
}

// A parser collects what the replies say; finish joins it.
type parser struct {
	*state.Draft

	stack        []string   // chassis that "display irf" lists
	lags, noLAGs bool       // the list of ports has one; it has come to what stands behind LAGs without one
	bridged      []bridging // ports of which a reply says how they are bridged
	regions      vrp.Regions
	mlagID       map[string]capture.Fact[string]         // by aggregator
	outOfBand    map[string][]capture.Fact[netip.Prefix] // by port
}

// names are the kinds of interfaces.
var names = text.NamesOf([]text.Name{
	{Full: "Bridge-Aggregation", Short: []string{"BAGG"}}, {Full: "Route-Aggregation", Short: []string{"RAGG"}}, {Full: "Blade-Aggregation", Short: []string{"BLAGG"}},
	{Full: "GigabitEthernet", Short: []string{"GE"}}, {Full: "Ten-GigabitEthernet", Short: []string{"XGE"}}, {Full: "Twenty-FiveGigE", Short: []string{"WGE"}},
	{Full: "FortyGigE", Short: []string{"FGE"}}, {Full: "FiftyGigE"}, {Full: "HundredGigE", Short: []string{"HGE"}}, {Full: "TwoHundredGigE", Short: []string{"TwoHGE"}},
	{Full: "FourHundredGigE", Short: []string{"FourHGE"}}, {Full: "Smartrate-Ethernet", Short: []string{"SGE"}}, {Full: "M-GigabitEthernet", Short: []string{"M-GE", "MGE"}},
	{Full: "M-Ethernet", Short: []string{"ME"}}, {Full: "Ethernet", Short: []string{"Eth"}}, {Full: "Vlan-interface", Short: []string{"Vlan", "Vlan-int"}},
	{Full: "LoopBack", Short: []string{"Loop"}}, {Full: "InLoopBack", Short: []string{"InLoop"}}, {Full: "NULL"}, {Full: "Register-Tunnel", Short: []string{"REG"}},
	{Full: "Tunnel", Short: []string{"Tun"}}, {Full: "Eth-channel", Short: []string{"E-Ch"}},
})

func parse(c *capture.Capture) (*state.Switch, error) {
	p := &parser{Draft: state.NewDraft(c, "hp_comware", 0), mlagID: map[string]capture.Fact[string]{}, outOfBand: map[string][]capture.Fact[netip.Prefix]{}}
	if err := topic.Read(c, p.Draft, p, topics); err != nil {
		return nil, err
	}
	p.finish()
	return p.Finish(), nil
}

// refusals begin the answers that are none.
var refusals = []string{"% ", "Error:", "Permission denied", "The LLDP service is not running", "LLDP is not running", "The feature is not", "M-LAG is not", "DRNI is not"}

// refusal finds the words of refusal at the head of a reply: before them there is at most an echo and a mark below it.
func refusal(reply []byte) string { return text.Refused(reply, 2, text.Begins(refusals...)) }

// isPort matches the names of interfaces: Ten-GigabitEthernet1/0/1, Bridge-Aggregation1, Route-Aggregation1.4, Eth-channel2/0:0.
var isPort = regexp.MustCompile(`^[A-Za-z][A-Za-z-]*\d+(?:/\d+)*(?::\d+)?(?:\.\d+)?$`)

// port returns the name of an interface in full, without marks in brackets behind it, such as (R). Unknown for what is no name.
func port(f capture.Fact[string]) capture.Fact[string] {
	return capture.Then(f, func(s string) (string, bool) {
		s, _, _ = strings.Cut(strings.TrimRight(s, "*"), "(")
		if full, ok := names.Full(s); ok {
			s = full
		}
		return s, isPort.MatchString(s)
	})
}

// finish joins what several replies said.
func (p *parser) finish() {
	for _, a := range p.Aggregators() {
		a.MLAGID = p.mlagID[a.Name]
	}
	p.finishInterfaces()
	p.finishBridgePorts()
}
