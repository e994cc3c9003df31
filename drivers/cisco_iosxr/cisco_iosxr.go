// Package cisco_iosxr is the driver for Cisco IOS XR: show commands as text over SSH exec or, when exec is refused, in a session. Over NETCONF,
// which is asked last, it reads ports, bundles with LACP, neighbours and learned addresses, and nothing of VLANs.
//
// What differs from other switches:
//   - There is no VLAN database and no switchport. A VLAN is a subinterface: one in layer 2 transport mode belongs to the bridge domain that
//     lists it, one with an address routes. The number of a subinterface is not its VLAN, its encapsulation is.
//   - What a port carries is the sum of its subinterfaces. They stand behind it in "show interfaces", and are all there when another port
//     follows; of the last one nothing is known.
//   - "show bundle" and "show lacp" also list the links of the other router of a multi-chassis bundle (mLACP). Those are left out.
//   - The eight letters of an LACP state are told apart by their place: "a" says aggregatable and "A" active.
//   - The MTU counts the Ethernet header, of a subinterface its tags as well.
//   - LLDP tells subtypes of identifiers over NETCONF only.
//   - The table of addresses is one a line card, and has bridge domains in place of VLANs.
package cisco_iosxr

import (
	"strings"

	"uplinkcheck/drivers"
	"uplinkcheck/drivers/capture"
	"uplinkcheck/drivers/state"
	"uplinkcheck/drivers/text"
	"uplinkcheck/drivers/topic"
)

// Driver reads Cisco IOS XR.
var Driver = &drivers.Driver{
	Name:    "cisco_iosxr",
	Title:   "Cisco IOS XR",
	Aliases: []string{"iosxr", "cisco_xr", "cisco_xrd", "xrd", "cisco_xrv9k", "cisco_xrv", "iosxr_netconf"},
	Privileges: "A login with read access to the task groups basic-services, interface, bundle, l2vpn, ethernet-services and, for serial numbers, " +
		"inventory. A command that the task groups refuse leaves its facts unknown.",
	Access:   []drivers.Access{drivers.Exec, drivers.Session, drivers.NETCONF},
	Commands: topic.Commands(topics),
	Prompt: &drivers.Prompt{
		Pattern: `^RP/\d+/\w+/CPU\d+:%s#\s?$`,
		Setup:   []string{"terminal length 0", "terminal width 512"},
	},
	Refusal: refusal,
	Parse:   parse,
}

const (
	interfacesLine = "show interfaces"
	lldpLine       = "show lldp neighbors detail"
	addressesLine  = "show ipv4 vrf all interface"
	inventoryLine  = "show inventory"
	platformLine   = "show platform"
	treesLine      = "show running-config spanning-tree"
	cdpLine        = "show cdp neighbors detail"
	macLine        = "show l2vpn forwarding bridge-domain mac-address location %s"
)

// topics are in the order in which they are asked and read: what everything else needs comes first.
var topics = []topic.Topic[*parser]{
	{Command: drivers.Command{Line: "show version", Gives: "model, version, host name"}, Text: (*parser).version},
	{Command: drivers.Command{Line: "show version brief", InsteadOf: "show version", Gives: "the same"}, Text: (*parser).version},
	{Command: drivers.Command{Line: "show running-config hostname", Gives: "host name"}, Text: (*parser).hostname},
	{Command: drivers.Command{Line: interfacesLine, Gives: "ports: status, speed, MTU, bundle, subinterfaces"}, Text: (*parser).interfaces},
	{Command: drivers.Command{Line: "show interfaces description", InsteadOf: interfacesLine, Gives: "status and description of ports"},
		Text: (*parser).descriptions},
	{Command: drivers.Command{Line: "show interfaces brief", InsteadOf: "show interfaces description", Gives: "status and MTU of ports"},
		Text: (*parser).brief},
	{Command: drivers.Command{Line: get("pfi-im-cmd-oper", "interfaces"), InsteadOf: "show interfaces brief",
		Gives: "status, MTU and description of ports, over NETCONF"}, XML: (*parser).interfacesXML},
	{Command: drivers.Command{Line: "show bundle", Gives: "bundles: members, least number of links, multi-chassis role"}, Text: (*parser).bundles},
	{Command: drivers.Command{Line: "show lacp", Gives: "LACP actor and partner"}, Text: (*parser).lacp},
	{Command: drivers.Command{Line: get("bundlemgr-oper", "lacp-bundles"), InsteadOf: "show lacp",
		Gives: "bundles, LACP actor and partner, over NETCONF"}, XML: (*parser).bundlesXML},
	{Command: drivers.Command{Line: "show lldp", Gives: "its own LLDP chassis id"}, Text: (*parser).lldpSelf},
	{Command: drivers.Command{Line: lldpLine, Gives: "LLDP neighbours"}, Text: (*parser).lldp},
	{Command: drivers.Command{Line: "show lldp entry *", InsteadOf: lldpLine, Gives: "the same"}, Text: (*parser).lldp},
	{Command: drivers.Command{Line: "show lldp neighbors", InsteadOf: "show lldp entry *", Gives: "names and ports of LLDP neighbours"},
		Text: (*parser).lldpBrief},
	{Command: drivers.Command{Line: get("ethernet-lldp-oper", "lldp"), InsteadOf: "show lldp neighbors", Gives: "LLDP neighbours, over NETCONF"},
		XML: (*parser).lldpXML},
	{Command: drivers.Command{Line: cdpLine, Optional: true, Gives: "CDP neighbours"}, Text: (*parser).cdp},
	{Command: drivers.Command{Line: "show cdp neighbors", InsteadOf: cdpLine, Optional: true, Gives: "names and ports of CDP neighbours"},
		Text: (*parser).cdpBrief},
	{Command: drivers.Command{Line: "show l2vpn bridge-domain detail", Optional: true, Gives: "which subinterfaces are bridged, and their VLANs"},
		Text: (*parser).bridgeDomains},
	{Command: drivers.Command{Line: "show iccp group", Optional: true, Gives: "multi-chassis peer"}, Text: (*parser).iccp},
	{Command: drivers.Command{Line: "show evpn ethernet-segment detail", Optional: true, Gives: "Ethernet segments"}, Text: (*parser).segments},
	{Command: drivers.Command{Line: "show evpn ethernet-segment", InsteadOf: "show evpn ethernet-segment detail", Optional: true, Gives: "the same"},
		Text: (*parser).segments},
	{Command: drivers.Command{Line: "show vlan interface", Group: drivers.Routing, Optional: true, Gives: "VLANs of routed subinterfaces"},
		Text: (*parser).vlanInterfaces},
	{Command: drivers.Command{Line: addressesLine, Group: drivers.Routing, Gives: "addresses, routing instances and filters of routed interfaces"},
		Text: (*parser).addresses},
	{Command: drivers.Command{Line: "show ipv4 interface", InsteadOf: addressesLine, Group: drivers.Routing, Gives: "the same"},
		Text: (*parser).addresses},
	{Command: drivers.Command{Line: "show ipv4 vrf all interface brief", InsteadOf: "show ipv4 interface", Group: drivers.Routing,
		Gives: "status and routing instances of routed interfaces"}, Text: (*parser).addressesBrief},
	{Command: drivers.Command{Line: "show ip interface brief", InsteadOf: "show ipv4 vrf all interface brief", Group: drivers.Routing,
		Gives: "the same"}, Text: (*parser).addressesBrief},
	{Command: drivers.Command{Line: "show vrf all detail", Group: drivers.Routing, Gives: "routing instances"}, Text: (*parser).vrfs},
	{Command: drivers.Command{Line: treesLine, Group: drivers.SpanningTree, Optional: true, Gives: "which spanning trees there are"},
		Text: func(*parser, []text.Line) {}},
	{Command: drivers.Command{Line: "show spanning-tree mst %s", Group: drivers.SpanningTree, Optional: true, Gives: "forwarding state of ports",
		Each: trees("mst")}, Text: (*parser).spanningTree},
	{Command: drivers.Command{Line: "show spanning-tree pvrst %s", Group: drivers.SpanningTree, Optional: true, Gives: "forwarding state of ports",
		Each: trees("pvrst")}, Text: (*parser).spanningTree},
	{Command: drivers.Command{Line: platformLine, Group: drivers.Addresses, Gives: "line cards"}, Text: func(*parser, []text.Line) {}},
	{Command: drivers.Command{Line: macLine, Group: drivers.Addresses, Optional: true, Gives: "learned addresses", Each: lineCards}, Text: (*parser).macTable},
	{Command: drivers.Command{Line: get("l2vpn-oper", "l2vpn-forwarding"), InsteadOf: macLine, Group: drivers.Addresses, Optional: true,
		Gives: "the same, over NETCONF"}, XML: (*parser).macsXML},
	{Command: drivers.Command{Line: inventoryLine, Group: drivers.Inventory, Gives: "serial number"}, Text: (*parser).inventory},
	{Command: drivers.Command{Line: "show inventory raw", InsteadOf: inventoryLine, Group: drivers.Inventory, Gives: "the same"},
		Text: (*parser).inventory},
	{Command: drivers.Command{Line: "admin show inventory", Group: drivers.Inventory, Optional: true,
		Gives: "serial number, where the chassis belongs to the administration plane"}, Text: (*parser).inventory},
}

// A parser collects what the replies say; finish joins it.
type parser struct {
	*state.Draft

	subinterfaces map[string]*subinterface // by name, of layer 2
	whole         map[string]bool          // ports of which all subinterfaces were seen
	domains       []*bridgeDomain
}

func parse(c *capture.Capture) (*state.Switch, error) {
	p := &parser{Draft: state.NewDraft(c, "cisco_iosxr", state.MTUWithHeader), subinterfaces: map[string]*subinterface{}, whole: map[string]bool{}}
	p.Switch.NoVLANNames = true
	if err := topic.Read(c, p.Draft, p, topics); err != nil {
		return nil, err
	}
	p.finishBridgePorts()
	return p.Finish(), nil
}

// refusal finds the words of refusal at the head of a reply: before them there are at most an echo, the time and a caret.
func refusal(reply []byte) string { return text.Refused(reply, 3, text.Begins("% ")) }

// names are the kinds of interfaces. A satellite's (nG100/0/0/42) stay as they are.
var names = text.NamesOf([]text.Name{
	{Full: "Bundle-Ether", Short: []string{"BE"}}, {Full: "Bundle-POS", Short: []string{"BP"}},
	{Full: "FastEthernet", Short: []string{"Fa"}}, {Full: "GigabitEthernet", Short: []string{"Gi"}}, {Full: "TenGigE", Short: []string{"Te"}},
	{Full: "TwentyFiveGigE", Short: []string{"TF"}}, {Full: "FortyGigE", Short: []string{"Fo"}}, {Full: "FiftyGigE", Short: []string{"Fi"}},
	{Full: "HundredGigE", Short: []string{"Hu"}}, {Full: "TwoHundredGigE", Short: []string{"TH"}}, {Full: "FourHundredGigE", Short: []string{"FH", "F0"}},
	{Full: "EightHundredGigE", Short: []string{"EH"}}, {Full: "MgmtEth", Short: []string{"Mg"}}, {Full: "Loopback", Short: []string{"Lo"}},
	{Full: "Null", Short: []string{"Nu"}}, {Full: "BVI", Short: []string{"BV"}}, {Full: "tunnel-te", Short: []string{"tt"}},
	{Full: "tunnel-ip", Short: []string{"ti"}}, {Full: "PTP", Short: []string{"PT"}},
})

// fullName is the full form of an interface's name.
func fullName(s string) string {
	if full, ok := names.Full(s); ok {
		return full
	}
	return s
}

// port returns the part of a name before the number of a subinterface, and whether there is one.
func port(name string) (string, bool) {
	main, _, sub := strings.Cut(name, ".")
	return main, sub
}

func kindOf(name string) state.InterfaceKind {
	_, sub := port(name)
	switch {
	case sub, strings.HasPrefix(name, "Loopback"), strings.HasPrefix(name, "Null"), strings.HasPrefix(name, "tunnel-"), strings.HasPrefix(name, "PTP"):
		return state.Logical
	case strings.HasPrefix(name, "Bundle-"):
		return state.Aggregate
	case strings.HasPrefix(name, "BVI"):
		return state.Routed
	case strings.HasPrefix(name, "MgmtEth"):
		return state.OutOfBand
	case strings.Contains(name, "GigE") || strings.Contains(name, "Ethernet"):
		return state.Physical
	}
	return 0
}
