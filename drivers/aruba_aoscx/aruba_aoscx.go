// Package aruba_aoscx is the driver for Aruba AOS-CX: show commands as text in a prompt session.
//
// What differs from other switches:
//   - Two control planes work as one in VSX; several chassis under one control plane are a VSF stack. Either, or none, is in use.
//   - A LAG over both switches of a VSX pair is marked (mc). Its other leg is listed by one command only, as remote.
//   - LACP states are letters of which one of each pair is printed: A or P, S or L, F or I, N or O; C, D, X and E only where they are set.
//   - "up" and "down" of a VLAN are operational: one without a port that is up is down and exists all the same.
//   - An allowed list holds VLANs that exist; "all" are those that do. A native VLAN that is not allowed is not carried.
//   - The MTU is that of the payload: 1500 takes whole packets of a host with 1500.
package aruba_aoscx

import (
	"regexp"
	"strings"

	"uplinkcheck/drivers"
	"uplinkcheck/drivers/capture"
	"uplinkcheck/drivers/state"
	"uplinkcheck/drivers/text"
	"uplinkcheck/drivers/topic"
)

// Driver reads Aruba AOS-CX.
var Driver = &drivers.Driver{
	Name:    "aruba_aoscx",
	Title:   "Aruba AOS-CX",
	Aliases: []string{"aoscx", "arubaoscx", "aruba_os_cx", "vr-aoscx"},
	Privileges: "A login in the group operators, whose prompt ends in >. A command that local command authorisation refuses leaves its facts " +
		"unknown.",
	Access:   []drivers.Access{drivers.Session},
	Commands: topic.Commands(topics),
	Prompt:   &drivers.Prompt{Pattern: `^%s[#>]\s?$`, Setup: []string{"no page"}},
	Refusal:  refusal,
	Parse:    parse,
}

const (
	interfaceLine = "show interface"
	lldpLine      = "show lldp neighbor-info detail"
)

// topics are in the order in which they are asked and read: what everything else needs comes first.
var topics = []topic.Topic[*parser]{
	{Command: drivers.Command{Line: "show system", Gives: "host name, model, serial number, version, chassis MAC"}, Text: (*parser).system},
	{Command: drivers.Command{Line: "show version", InsteadOf: "show system", Gives: "version"}, Text: (*parser).version},
	{Command: drivers.Command{Line: "show vsf detail", Optional: true, Gives: "chassis of a VSF stack, cables between them"}, Text: (*parser).vsf},
	{Command: drivers.Command{Line: interfaceLine, Gives: "ports: status, speed, MTU, VLAN mode, allowed VLANs, addresses"}, Text: (*parser).interfaces},
	{Command: drivers.Command{Line: "show interface brief", InsteadOf: interfaceLine, Gives: "status of ports"}, Text: (*parser).brief},
	{Command: drivers.Command{Line: "show interface mgmt", Optional: true, Gives: "management port"}, Text: (*parser).management},
	{Command: drivers.Command{Line: "show lacp aggregates", Gives: "LAGs and members"}, Text: (*parser).aggregates},
	{Command: drivers.Command{Line: "show lacp interfaces", Gives: "LACP actor and partner"}, Text: (*parser).lacp},
	{Command: drivers.Command{Line: "show lacp interfaces multi-chassis", Optional: true, Gives: "legs of multi-chassis LAGs on the VSX peer"},
		Text: (*parser).multiChassis},
	{Command: drivers.Command{Line: "show vlan", Gives: "VLANs and their ports"}, Text: (*parser).vlans},
	{Command: drivers.Command{Line: "show vlan summary", Optional: true, Gives: "how many VLANs there are"}, Text: (*parser).vlanCount},
	{Command: drivers.Command{Line: lldpLine, Gives: "LLDP neighbours"}, Text: (*parser).lldp},
	{Command: drivers.Command{Line: "show lldp neighbor-info", InsteadOf: lldpLine, Gives: "LLDP neighbours in short"}, Text: (*parser).lldpBrief},
	{Command: drivers.Command{Line: "show vsx brief", Optional: true, Gives: "VSX peering"}, Text: (*parser).vsxBrief},
	{Command: drivers.Command{Line: "show vsx status", Optional: true, Gives: "inter-switch link, VSX system MAC"}, Text: (*parser).vsxStatus},
	{Command: drivers.Command{Line: "show vsx configuration keepalive", Optional: true, Gives: "VSX keepalive"}, Text: (*parser).vsxKeepalive},
	{Command: drivers.Command{Line: "show vsx status linkup-delay", Optional: true, Gives: "VSX recovery timer"}, Text: (*parser).vsxDelay},
	{Command: drivers.Command{Line: "show vsx config-consistency", Optional: true, Gives: "what differs between both VSX switches"},
		Text: (*parser).vsxDifferences},
	{Command: drivers.Command{Line: "show mac-address-table", Group: drivers.Addresses, Gives: "learned addresses"}, Text: (*parser).macTable},
	{Command: drivers.Command{Line: "show spanning-tree mst", Group: drivers.SpanningTree, Optional: true, Gives: "forwarding state of ports by MST instance"},
		Text: (*parser).spanningTree},
	{Command: drivers.Command{Line: "show spanning-tree", Group: drivers.SpanningTree, Optional: true, Gives: "forwarding state of ports by VLAN"},
		Text: (*parser).spanningTree},
	{Command: drivers.Command{Line: "show vrf", Group: drivers.Routing, Gives: "routing instances"}, Text: (*parser).vrfs},
	{Command: drivers.Command{Line: "show module", Group: drivers.Inventory, Gives: "serial numbers of a stack's chassis"}, Text: (*parser).modules},
}

// A parser collects what the replies say; finish joins it.
type parser struct {
	*state.Draft

	listed int                // VLANs that were read
	count  capture.Fact[int]  // how many there are
	trunks map[string]*vlanOf // by port: its VLAN settings
}

func parse(c *capture.Capture) (*state.Switch, error) {
	p := &parser{Draft: state.NewDraft(c, "aruba_aoscx", state.MTUOfPayload), trunks: map[string]*vlanOf{}}
	if err := topic.Read(c, p.Draft, p, topics); err != nil {
		return nil, err
	}
	p.finishStack()
	p.finishLAGs()
	p.finishBridgePorts()
	p.RouteSVIs()
	p.finishMLAG()
	return p.Finish(), nil
}

var refused = regexp.MustCompile(`^(?:% |Invalid input|Command incomplete|Ambiguous command|Unknown command|Cannot execute command|Error:|` +
	`.{0,60}\bis not supported on this (?:platform|device)|.{0,60}\bcommand not allowed)`)

// refusal finds the words of refusal at the head of a reply: before them there is at most an echo.
func refusal(reply []byte) string { return text.Refused(reply, 2, refused.MatchString) }

var (
	portName = regexp.MustCompile(`^(\d+)/\d+/\d+(?::\d+)?$`)
	lagName  = regexp.MustCompile(`^(lag\d+)(?: ?\((?:mc|multi-chassis)\))?$`)
)

func kindOf(name string) state.InterfaceKind {
	switch {
	case portName.MatchString(name):
		return state.Physical
	case strings.Contains(name, "."), strings.HasPrefix(name, "loopback"), strings.HasPrefix(name, "tunnel"), strings.HasPrefix(name, "vxlan"):
		return state.Logical
	case strings.HasPrefix(name, "lag"):
		return state.Aggregate
	case strings.HasPrefix(name, "vlan"):
		return state.Routed
	case name == "mgmt":
		return state.OutOfBand
	}
	return 0
}

// plain returns the name of an interface without the mark of a multi-chassis LAG.
func plain(s string) string {
	if m := lagName.FindStringSubmatch(s); m != nil {
		return m[1]
	}
	return s
}
