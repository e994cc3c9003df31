// Package ios is the grammar that Cisco IOS and IOS-XE share: the commands, and what reads their text. The drivers cisco_ios and
// cisco_iosxe are this grammar under two names.
//
// What differs from other switches:
//   - A stack, a StackWise Virtual or VSS pair is one switch and one LACP system; the first number of a port's name is its chassis.
//   - "show vlan" leaves out trunks. Which VLANs a trunk passes is in "show interfaces trunk", where VTP pruning and spanning tree are one.
//   - A VLAN "(Inactive)" behind an access port does not exist: frames of the port are dropped.
//   - "Administrative Native VLAN tagging: enabled" is the default of a port and says nothing while tagging is off globally.
//   - Old releases leave the local port out of "show lldp neighbors detail": it is in "show lldp neighbors" only.
//   - Identifiers of LLDP are printed without their subtypes; names in tables are cut at the width of their column.
//   - The bandwidth of a port is what somebody wrote, not its speed.
package ios

import (
	"regexp"
	"strings"

	"uplinkcheck/drivers"
	"uplinkcheck/drivers/capture"
	"uplinkcheck/drivers/state"
	"uplinkcheck/drivers/text"
	"uplinkcheck/drivers/topic"
)

// Privileges says which role a login needs.
const Privileges = "A login of privilege level 1; no enable secret is needed. A command that a role or a view refuses leaves its facts unknown."

// Prompt describes the session.
var Prompt = &drivers.Prompt{
	Pattern: `^%s[>#]\s?$`,
	Setup:   []string{"terminal length 0", "terminal width 512"},
	Enable:  "enable",
}

const (
	interfacesLine  = "show interfaces"
	statusLine      = "show interfaces status"
	etherLine       = "show etherchannel summary"
	neighborLine    = "show lacp neighbor detail"
	vlanLine        = "show vlan"
	lldpLine        = "show lldp neighbors detail"
	cdpLine         = "show cdp neighbors detail"
	switchLine      = "show switch detail"
	addressLine     = "show mac address-table"
	oldAddressLine  = "show mac-address-table"
	treeLine        = "show spanning-tree"
	treeDetailLine  = "show spanning-tree detail"
	treeBlockedLine = "show spanning-tree blockedports"
	routedLine      = "show ip interface"
	vrfLine         = "show vrf"
	vrfDetailLine   = "show vrf detail"
)

// topics are in the order in which they are asked and read: what everything else needs comes first.
var topics = []topic.Topic[*parser]{
	{Command: drivers.Command{Line: "show version", Gives: "model, serial number, version, MAC address, members of a stack"}, Text: version},
	{Command: drivers.Command{Line: switchLine, Optional: true, Gives: "members of a stack and their cables"}, Text: stack},
	{Command: drivers.Command{Line: "show switch", Optional: true, InsteadOf: switchLine, Gives: "members of a stack"}, Text: stack},
	{Command: drivers.Command{Line: "show chassis", Optional: true, InsteadOf: "show switch", Gives: "the same of a pair of controllers"}, Text: stack},
	{Command: drivers.Command{Line: "show switch virtual", Optional: true, Gives: "members of a VSS pair"}, Text: virtual},
	{Command: drivers.Command{Line: "show redundancy", Optional: true, InsteadOf: "show switch virtual", Gives: "the same"}, Text: redundancy},
	{Command: drivers.Command{Line: "show stackwise-virtual neighbors", Optional: true, Gives: "cables of a StackWise Virtual pair"}, Text: virtualLinks},
	{Command: drivers.Command{Line: "show stackwise-virtual link", Optional: true, InsteadOf: "show stackwise-virtual neighbors", Gives: "the same"}, Text: virtualLinks},
	{Command: drivers.Command{Line: "show stackwise-virtual dual-active-detection", Optional: true, Gives: "whether a split would be noticed"}, Text: dualActive},
	{Command: drivers.Command{Line: "show stackwise-virtual", Optional: true, Gives: "whether it is a StackWise Virtual pair"}, Text: stackwiseVirtual},
	{Command: drivers.Command{Line: "show redundancy interchassis", Optional: true, Gives: "peer of multi-chassis LAGs, on routers"}, Text: interchassis},
	{Command: drivers.Command{Line: interfacesLine, Gives: "ports: status, speed, MTU, description"}, Text: interfaces},
	{Command: drivers.Command{Line: statusLine, InsteadOf: interfacesLine, Gives: "ports: status, speed, VLAN"}, Text: statuses},
	{Command: drivers.Command{Line: "show interfaces description", InsteadOf: statusLine, Gives: "ports: status, description"}, Text: descriptions},
	{Command: drivers.Command{Line: etherLine, Gives: "LAGs and their members"}, Text: etherSummary},
	{Command: drivers.Command{Line: "show etherchannel detail", Optional: true, Gives: "LAGs: mode, min-links, both ends of a member"}, Text: etherDetail},
	{Command: drivers.Command{Line: "show etherchannel port-channel", InsteadOf: "show etherchannel detail", Gives: "LAGs: protocol, members"}, Text: etherDetail},
	{Command: drivers.Command{Line: "show etherchannel protocol", InsteadOf: "show etherchannel port-channel", Gives: "LAGs: protocol"}, Text: etherDetail},
	{Command: drivers.Command{Line: neighborLine, Gives: "LACP partner"}, Text: lacpNeighbor},
	{Command: drivers.Command{Line: "show lacp neighbor", InsteadOf: neighborLine, Gives: "LACP partner, without its system priority"}, Text: lacpNeighbor},
	{Command: drivers.Command{Line: "show lacp internal", Gives: "LACP actor"}, Text: lacpInternal},
	{Command: drivers.Command{Line: "show lacp sys-id", Optional: true, Gives: "LACP system"}, Text: lacpSystem},
	{Command: drivers.Command{Line: "show lacp counters", Optional: true, Group: drivers.Counters, Gives: "LACPDUs"}, Text: lacpCounters},
	{Command: drivers.Command{Line: "show pagp internal", Optional: true, Group: drivers.Inventory, Gives: "members of PAgP LAGs"}, Text: pagpInternal},
	{Command: drivers.Command{Line: "show pagp neighbor", Optional: true, Group: drivers.Inventory, Gives: "members of PAgP LAGs"}, Text: pagpInternal},
	{Command: drivers.Command{Line: vlanLine, Gives: "VLANs and their access ports"}, Text: vlans},
	{Command: drivers.Command{Line: "show vlan brief", InsteadOf: vlanLine, Gives: "the same"}, Text: vlans},
	{Command: drivers.Command{Line: "show vlan all-ports", InsteadOf: "show vlan brief", Gives: "the same, with trunks"}, Text: vlans},
	{Command: drivers.Command{Line: "show vlans", InsteadOf: "show vlan all-ports", Gives: "VLANs of a router's subinterfaces"}, Text: routedVLANs},
	{Command: drivers.Command{Line: "show vlan dot1q tag native", Optional: true, Gives: "whether native VLANs are tagged"}, Text: nativeTagging},
	{Command: drivers.Command{Line: "show vtp status", Optional: true, Gives: "whether VTP prunes trunks"}, Text: vtp},
	{Command: drivers.Command{Line: "show interfaces switchport", Gives: "port mode, allowed VLANs, native VLAN"}, Text: switchports},
	{Command: drivers.Command{Line: "show interfaces trunk", Optional: true, Gives: "which VLANs trunks pass"}, Text: trunks},
	{Command: drivers.Command{Line: "show lldp neighbors", Optional: true, Gives: "LLDP neighbours' local ports, on old releases"}, Text: lldpTable},
	{Command: drivers.Command{Line: lldpLine, Gives: "LLDP neighbours"}, Text: lldp},
	{Command: drivers.Command{Line: "show lldp entry *", InsteadOf: lldpLine, Gives: "the same"}, Text: lldp},
	{Command: drivers.Command{Line: cdpLine, Optional: true, Gives: "CDP neighbours"}, Text: cdp},
	{Command: drivers.Command{Line: "show cdp neighbors", Optional: true, InsteadOf: cdpLine, Gives: "the same"}, Text: cdpTable},
	{Command: drivers.Command{Line: "show spanning-tree mst configuration", Optional: true, Group: drivers.SpanningTree, Gives: "VLANs of MST instances"}, Text: mstConfiguration},
	{Command: drivers.Command{Line: treeLine, Optional: true, Group: drivers.SpanningTree, Gives: "spanning tree state of ports"}, Text: spanningTree},
	{Command: drivers.Command{Line: treeDetailLine, Optional: true, Group: drivers.SpanningTree, InsteadOf: treeLine, Gives: "the same"}, Text: spanningTreeDetail},
	{Command: drivers.Command{Line: "show spanning-tree mst detail", Optional: true, Group: drivers.SpanningTree, InsteadOf: treeDetailLine, Gives: "the same of MST"}, Text: spanningTreeDetail},
	{Command: drivers.Command{Line: treeBlockedLine, Optional: true, Group: drivers.SpanningTree, InsteadOf: treeDetailLine, Gives: "ports that spanning tree blocks"}, Text: blockedPorts},
	{Command: drivers.Command{Line: "show spanning-tree summary", Optional: true, Group: drivers.SpanningTree, InsteadOf: treeBlockedLine, Gives: "that none is blocked"}, Text: spanningTreeSummary},
	{Command: drivers.Command{Line: addressLine, Optional: true, Group: drivers.Addresses, Gives: "learned addresses"}, Text: addresses},
	{Command: drivers.Command{Line: oldAddressLine, Optional: true, Group: drivers.Addresses, InsteadOf: addressLine, Gives: "the same"}, Text: addresses},
	{Command: drivers.Command{Line: "show mac address-table dynamic", Optional: true, Group: drivers.Addresses, InsteadOf: oldAddressLine, Gives: "the same"}, Text: dynamicAddresses},
	{Command: drivers.Command{Line: routedLine, Optional: true, Group: drivers.Routing, Gives: "addresses, VRF and filters of routed interfaces"}, Text: routed},
	{Command: drivers.Command{Line: "show ip interface brief", Optional: true, Group: drivers.Routing, InsteadOf: routedLine, Gives: "which interfaces have an address"}, Text: routedBrief},
	{Command: drivers.Command{Line: "show ip route connected", Optional: true, Group: drivers.Routing, Gives: "whether it routes at all"}, Text: routing},
	{Command: drivers.Command{Line: "show ipv6 interface brief", Optional: true, Group: drivers.Routing, Gives: "IPv6 addresses"}, Text: sixBrief},
	{Command: drivers.Command{Line: vrfLine, Optional: true, Group: drivers.Routing, Gives: "VRFs and their interfaces"}, Text: vrfs},
	{Command: drivers.Command{Line: vrfDetailLine, Optional: true, Group: drivers.Routing, InsteadOf: vrfLine, Gives: "the same"}, Text: vrfDetail},
	{Command: drivers.Command{Line: "show ip vrf detail", Optional: true, Group: drivers.Routing, InsteadOf: vrfDetailLine, Gives: "the same"}, Text: vrfDetail},
	{Command: drivers.Command{Line: "show ip vrf", Optional: true, Group: drivers.Routing, InsteadOf: "show ip vrf detail", Gives: "the same"}, Text: vrfs},
	{Command: drivers.Command{Line: "show ip vrf interfaces", Optional: true, Group: drivers.Routing, InsteadOf: "show ip vrf", Gives: "interfaces in VRFs"}, Text: vrfInterfaces},
	{Command: drivers.Command{Line: "show inventory", Optional: true, Group: drivers.Inventory, Gives: "serial numbers of members"}, Text: inventory},
	{Command: drivers.Command{Line: "show module", Optional: true, Group: drivers.Inventory, Gives: "the same, on modular switches"}, Text: modules},
}

// Commands returns all that may be asked.
func Commands() []drivers.Command { return topic.Commands(topics) }

// refused are the words of refusal, and of features that are off.
var refused = regexp.MustCompile(`^(% ?(Invalid|Incomplete|Ambiguous|Unknown|Unrecognized|Authorization|LLDP|CDP|Error|No |Not |This |Command|Permission|Bad|The )|Command authorization failed|Line has invalid|Command not supported)`)

// Refusal finds the words of refusal at the head of a reply: before them there is at most an echo and the mark below it.
func Refusal(reply []byte) string { return text.Refused(reply, 2, refused.MatchString) }

// Parse returns the parser of a platform.
func Parse(platform string) func(*capture.Capture) (*state.Switch, error) {
	return func(c *capture.Capture) (*state.Switch, error) {
		p := &parser{Draft: state.NewDraft(c, platform, state.MTUOfPayload), versions: map[string]capture.Span{}, trunkOf: map[string]*trunk{},
			instances: map[string]state.VIDSet{}, trees: map[treeKey]int{}, noFour: map[string]capture.Span{}, six: map[string]capture.Fact[bool]{}, four: map[string]capture.Span{}}
		if err := topic.Read(c, p.Draft, p, topics); err != nil {
			return nil, err
		}
		p.finish()
		return p.Finish(), nil
	}
}

// A parser collects what the replies say; finish joins it.
type parser struct {
	*state.Draft

	stackMAC  capture.Fact[state.MAC]
	versions  map[string]capture.Span // rows of members in "show version", by number
	onlyOne   capture.Span            // where "show version" ends its list of one member
	paired    capture.Span            // where StackWise Virtual is said to be on
	switches  int                     // rows of "show switch"
	system    capture.Fact[state.SystemID]
	columns   []column
	ports     []switchport
	trunkOf   map[string]*trunk // by port
	pruning   capture.Fact[bool]
	tagging   capture.Fact[bool] // of native VLANs, globally
	allVLANs  capture.Span       // the list of VLANs, with what stands behind it
	heard     []heard            // rows of "show lldp neighbors"
	tabled    bool               // "show lldp neighbors" was read
	detailed  bool               // "show lldp neighbors detail" was read
	instances map[string]state.VIDSet
	trees     map[treeKey]int               // index into STP
	inTrees   state.VIDSet                  // VLANs whose ports are listed
	noPeer    capture.Span                  // where the image is named, of a kind without multi-chassis protocol
	overlay   bool                          // it may be in Ethernet segments
	routes    capture.Fact[bool]            // whether it routes at all
	four      map[string]capture.Span       // VRFs that have IPv4
	noFour    map[string]capture.Span       // routed interfaces without an IPv4 address
	six       map[string]capture.Fact[bool] // whether an interface has an IPv6 address
}

// finish joins what several replies said.
func (p *parser) finish() {
	p.finishStack()
	p.finishLACP()
	p.finishColumns()
	p.finishBridgePorts()
	p.finishTrees()
	p.finishRemotes()
	p.finishRouted()
	p.finishMLAG()
}

// names are the kinds of interfaces.
var names = text.NamesOf([]text.Name{
	{Full: "FastEthernet", Short: []string{"Fa"}}, {Full: "GigabitEthernet", Short: []string{"Gi", "Gig"}}, {Full: "TenGigabitEthernet", Short: []string{"Te", "Ten"}},
	{Full: "TwoGigabitEthernet", Short: []string{"Tw", "Two"}}, {Full: "FiveGigabitEthernet", Short: []string{"Fi", "Fiv"}}, {Full: "TwentyFiveGigE", Short: []string{"Twe", "TF"}},
	{Full: "TwentyFiveGigabitEthernet"}, {Full: "FortyGigabitEthernet", Short: []string{"Fo", "For"}}, {Full: "FiftyGigE", Short: []string{"Fif"}},
	{Full: "HundredGigE", Short: []string{"Hu", "Hun"}}, {Full: "HundredGigabitEthernet"}, {Full: "TwoHundredGigE"}, {Full: "FourHundredGigE", Short: []string{"Fou", "FH"}},
	{Full: "Ethernet", Short: []string{"Et", "Eth"}}, {Full: "Port-channel", Short: []string{"Po"}}, {Full: "Vlan", Short: []string{"Vl"}}, {Full: "Loopback", Short: []string{"Lo"}},
	{Full: "Tunnel", Short: []string{"Tu"}}, {Full: "Serial", Short: []string{"Se", "Ser"}}, {Full: "AppGigabitEthernet", Short: []string{"Ap"}},
	{Full: "Wlan-GigabitEthernet", Short: []string{"Wl"}}, {Full: "Cellular", Short: []string{"Ce"}}, {Full: "Null", Short: []string{"Nu"}}, {Full: "NVI", Short: []string{"NV"}},
	{Full: "BDI", Short: []string{"BD"}}, {Full: "BVI", Short: []string{"BV"}}, {Full: "Virtual-Access", Short: []string{"Vi"}}, {Full: "Virtual-Template", Short: []string{"Vt"}},
	{Full: "VirtualPortGroup", Short: []string{"Vpg"}}, {Full: "Dialer", Short: []string{"Di"}}, {Full: "Multilink", Short: []string{"Mu"}}, {Full: "Async", Short: []string{"As"}},
	{Full: "Embedded-Service-Engine", Short: []string{"Em"}}, {Full: "Service-Engine", Short: []string{"Sx"}}, {Full: "Bluetooth", Short: []string{"Bl"}}, {Full: "nve"},
	{Full: "Capwap", Short: []string{"Ca"}}, {Full: "Virtual-PPP", Short: []string{"Vp"}}, {Full: "pseudowire", Short: []string{"pw"}}, {Full: "vasileft"}, {Full: "vasiright"},
})

// kindOf tells what an interface is from its name.
func kindOf(name string) state.InterfaceKind {
	kind := strings.TrimRight(name, "0123456789/.:")
	switch {
	case strings.ContainsAny(name, ".:"): // a subinterface, or a channel of a controller
		return state.Logical
	case kind == "Vlan":
		return state.Routed
	case kind == "Port-channel":
		return state.Aggregate
	case kind == "AppGigabitEthernet", kind == "Wlan-GigabitEthernet", strings.HasSuffix(kind, "Service-Engine"):
		return state.Logical // inside the switch
	case strings.HasSuffix(kind, "Ethernet"), strings.HasSuffix(kind, "GigE"):
		return state.Physical
	case kind == "Serial", kind == "Cellular", kind == "Async":
		return 0
	}
	if _, ok := names.Full(name); ok {
		return state.Logical
	}
	return 0
}

// lower are kinds whose short forms differ from those of others by their case.
var lower = map[string]string{"vl": "vasileft", "vr": "vasiright"}

// named expands the name of a port of this switch.
func named(f capture.Fact[string]) capture.Fact[string] {
	if len(f.Value) > 2 && f.Value[2] >= '0' && f.Value[2] <= '9' && lower[f.Value[:2]] != "" {
		f.Value = lower[f.Value[:2]] + f.Value[2:]
		return f
	}
	return names.Of(f)
}

// isPort reports whether a word is the name of an interface.
func isPort(s string) bool { _, ok := names.Full(s); return ok }

// first fills a fact that nobody stated yet.
func first[T any](to *capture.Fact[T], f capture.Fact[T]) {
	if !to.Known() {
		*to = f
	}
}
