// Package hp_procurve is the driver for HP ProCurve and ArubaOS-Switch, by show commands in a session.
//
// What differs from other switches:
//   - There are no port modes: a port is in VLANs with and without a tag. One that is only in a VLAN without is taken for an access port.
//   - Ports are numbers, A1 in a slot, 1/1 in a stack; "1-Trk1" is port 1 in trunk 1, and a star behind a name marks a foreign transceiver.
//   - "Trunk" is a LAG without LACP. Types that begin with DT belong to distributed trunking, whose LAGs end on two switches.
//   - Texts that do not fit their column are cut and end in dots.
//   - "show version" of an access point that runs ArubaOS is read as well.
package hp_procurve

import (
	"regexp"
	"strings"

	"uplinkcheck/drivers"
	"uplinkcheck/drivers/capture"
	"uplinkcheck/drivers/state"
	"uplinkcheck/drivers/text"
	"uplinkcheck/drivers/topic"
)

// Driver reads HP ProCurve and ArubaOS-Switch.
var Driver = &drivers.Driver{
	Name:    "hp_procurve",
	Title:   "HP ProCurve and ArubaOS-Switch",
	Aliases: []string{"procurve", "aruba_osswitch", "arubaos_switch", "aruba_procurve"},
	Privileges: "A login at operator level; LACP's peers and stacking need manager level on some releases. " +
		"A command that a level refuses leaves its facts unknown.",
	Access:   []drivers.Access{drivers.Session},
	Commands: topic.Commands(topics),
	Prompt: &drivers.Prompt{
		Pattern: `^%s(\([^()\s]{0,40}\))?[>#]\s?$`,
		Setup:   []string{"no page"},
		Enable:  "enable",
	},
	Refusal: refusal,
	Parse:   parse,
}

const (
	portsLine     = "show vlans ports all detail"
	briefLine     = "show interfaces brief"
	neighbourLine = "show lldp info remote-device detail"
	tableLine     = "show lldp info remote-device"
	stackLine     = "show vsf detail"
)

// topics are in the order in which they are asked and read: what everything else needs comes first.
var topics = []topic.Topic[*parser]{
	{Command: drivers.Command{Line: "show system", Gives: "host name, version, chassis MAC, serial number"}, Text: system},
	{Command: drivers.Command{Line: "show version", Gives: "version"}, Text: version},
	{Command: drivers.Command{Line: "show lldp info local-device", Optional: true, Gives: "model"}, Text: localDevice},
	{Command: drivers.Command{Line: stackLine, Optional: true, Gives: "members of a stack and its cables"}, Text: stackDetail},
	{Command: drivers.Command{Line: "show vsf", InsteadOf: stackLine, Optional: true, Gives: "members of a stack"}, Text: stack},
	{Command: drivers.Command{Line: "show stacking detail", InsteadOf: "show vsf", Optional: true, Gives: "the same, of a stack that has cables of its own"}, Text: stackDetail},
	{Command: drivers.Command{Line: "show stacking", InsteadOf: "show stacking detail", Optional: true, Gives: "members of such a stack"}, Text: stack},
	{Command: drivers.Command{Line: "show trunks", Gives: "LAGs and members"}, Text: trunks},
	{Command: drivers.Command{Line: "show lacp", Gives: "LACP by port"}, Text: lacp},
	{Command: drivers.Command{Line: "show lacp local", Optional: true, Gives: "LACP actor"}, Text: lacpLocal},
	{Command: drivers.Command{Line: "show lacp peer", Optional: true, Gives: "LACP partner"}, Text: lacpPeer},
	{Command: drivers.Command{Line: briefLine, Gives: "ports: status, speed"}, Text: interfacesBrief},
	{Command: drivers.Command{Line: "show interfaces", InsteadOf: briefLine, Gives: "names of ports"}, Text: interfaceCounters},
	{Command: drivers.Command{Line: "show vlans", Gives: "VLANs"}, Text: vlans},
	{Command: drivers.Command{Line: portsLine, Gives: "VLANs of each port"}, Text: portVLANs},
	{Command: drivers.Command{Line: "show interfaces status", InsteadOf: portsLine, Gives: "ports: status, speed, VLAN without a tag"}, Text: interfacesStatus},
	{Command: drivers.Command{Line: neighbourLine, Gives: "LLDP neighbours"}, Text: neighbours},
	{Command: drivers.Command{Line: tableLine, InsteadOf: neighbourLine, Gives: "LLDP neighbours, cut to a table"}, Text: neighbourTable},
	{Command: drivers.Command{Line: tableLine + " ethernet %s", InsteadOf: neighbourLine, Each: cutNeighbours, Optional: true, Gives: "what the table cuts off"}, Text: neighbours},
	{Command: drivers.Command{Line: "show cdp neighbors detail", Optional: true, Gives: "CDP neighbours"}, Text: cdp},
	{Command: drivers.Command{Line: "show spanning-tree", Group: drivers.SpanningTree, Gives: "forwarding state of ports"}, Text: stp},
	{Command: drivers.Command{Line: "show mac-address", Group: drivers.Addresses, Gives: "learned addresses"}, Text: addresses},
	{Command: drivers.Command{Line: "show ip", Group: drivers.Routing, Gives: "addresses of VLANs"}, Text: routed},
}

// A parser collects what the replies say; finish joins it.
type parser struct {
	*state.Draft
	bridged []bridging           // ports with their VLANs
	inTrunk map[string]bool      // ports whose names tell that they are members of a LAG, also where it is cut off
	table   []state.RemoteSystem // neighbours as a table has them; what it cuts off is unknown
	details []state.RemoteSystem // those of some ports, in full
}

func parse(c *capture.Capture) (*state.Switch, error) {
	p := &parser{Draft: state.NewDraft(c, "hp_procurve", 0), inTrunk: map[string]bool{}}
	if err := topic.Read(c, p.Draft, p, topics); err != nil {
		return nil, err
	}
	p.finish()
	return p.Finish(), nil
}

// refusals begin the answers that are none.
var refusals = []string{"Invalid input:", "Ambiguous input:", "Incomplete input:", "Invalid command", "Unknown command", "% ", "Command not supported",
	"Not authorized", "VSF is not", "VSF is disabled", "Stacking is not", "Stacking is disabled", "LLDP is not", "CDP is not"}

// refusal finds the words of refusal at the head of a reply: before them there is at most an echo.
func refusal(reply []byte) string { return text.Refused(reply, 2, text.Begins(refusals...)) }

// isPort matches the names of ports and LAGs: 1, A1, 1/1, 1/A1, Trk1, Dyn1.
var isPort = regexp.MustCompile(`^(?:(?:\d{1,2}/)?[A-Z]{0,2}\d{1,3}|Trk\d{1,3}|Dyn\d{1,3})$`)

// port returns a port's name, without the star of a foreign transceiver, and the LAG that is written behind it. Unknown for what is no name.
func port(f capture.Fact[string]) (name, lag capture.Fact[string]) {
	word, rest, inLAG := strings.Cut(strings.TrimRight(f.Value, "*"), "-")
	whole := !inLAG || isLAG(rest) || strings.HasSuffix(rest, "...") // "1-24" is no port
	name = capture.Then(f, func(string) (string, bool) { return word, whole && isPort.MatchString(word) })
	if inLAG && name.Known() {
		lag = capture.Of(rest, f.From)
	}
	return name, lag
}

func isLAG(name string) bool { return strings.HasPrefix(name, "Trk") || strings.HasPrefix(name, "Dyn") }

// uncut drops a text of which only the beginning is printed.
func uncut(f capture.Fact[string]) capture.Fact[string] {
	return capture.Then(f, func(s string) (string, bool) { return s, !strings.HasSuffix(s, "...") })
}

// finish joins what several replies said.
func (p *parser) finish() {
	p.finishRemotes()
	if !p.Switch.Listed.LACP.Known() {
		p.Switch.Listed.Aggregators = capture.Span{} // "show trunks" lacks LAGs that LACP made by itself
	}
	p.finishInterfaces()
	p.finishBridgePorts()
}
