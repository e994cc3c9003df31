// Package dell_os10 is the driver for Dell SmartFabric OS10: show commands in a prompt session, as XML where it is known what that looks
// like and as text elsewhere. OS9 and OS6 are other systems.
//
// What differs from other switches:
//   - "| display-xml" answers with one document after the other.
//   - LACP is asked of each port by name. Of each pair of letters one is printed: in A/B, E/F, G/H, I/J, K/L, M/N and O/P the first is the
//     bit that is set, in C/D it is C, a short timeout.
//   - A trunk carries what its list allows and the VLAN of frames without a tag, which has the word "access" in the configuration.
//   - "Inactive" VLANs are those without a port that is up: they exist and will carry.
//   - A pair of switches (VLT) shows hosts one address; the peer's half of each LAG is listed by its number.
package dell_os10

import (
	"regexp"
	"strings"

	"uplinkcheck/drivers"
	"uplinkcheck/drivers/capture"
	"uplinkcheck/drivers/state"
	"uplinkcheck/drivers/text"
	"uplinkcheck/drivers/topic"
)

// Driver reads Dell SmartFabric OS10.
var Driver = &drivers.Driver{
	Name:    "dell_os10",
	Title:   "Dell SmartFabric OS10",
	Aliases: []string{"os10", "dellos10", "dell_ftosv", "vr-ftosv", "smartfabric_os10"},
	Privileges: "A login of the role netoperator, as far as it may show the running configuration of interfaces. What it may not leaves its " +
		"facts unknown.",
	Access:   []drivers.Access{drivers.Session},
	Commands: topic.Commands(topics),
	Prompt:   &drivers.Prompt{Pattern: `^%s[#>]\s?$`, Setup: []string{"terminal length 0"}},
	Refusal:  refusal,
	Parse:    parse,
}

const (
	versionLine   = "show version | display-xml"
	interfaceLine = "show interface | display-xml"
	summaryLine   = "show port-channel summary"
	lldpLine      = "show lldp neighbors detail"
	domainLine    = "show running-configuration vlt"
	macLine       = "show mac address-table | display-xml"
)

// topics are in the order in which they are asked and read: what everything else needs comes first.
var topics = []topic.Topic[*parser]{
	{Command: drivers.Command{Line: versionLine, Gives: "host name, model, version"}, XML: (*parser).versionXML, Several: true},
	{Command: drivers.Command{Line: "show version", InsteadOf: versionLine, Gives: "model, version"}, Text: (*parser).version},
	{Command: drivers.Command{Line: interfaceLine, Gives: "ports: status, speed, MTU, addresses"}, XML: (*parser).interfacesXML, Several: true},
	{Command: drivers.Command{Line: "show interface", InsteadOf: interfaceLine, Gives: "the same"}, Text: (*parser).interfaces},
	{Command: drivers.Command{Line: summaryLine, Gives: "LAGs and members"}, Text: (*parser).summary},
	{Command: drivers.Command{Line: "show lacp interface ethernet %s", Gives: "LACP actor and partner", Each: lacpPorts}, Text: (*parser).lacp},
	{Command: drivers.Command{Line: "show vlan", Gives: "VLANs and their ports"}, Text: (*parser).vlans},
	{Command: drivers.Command{Line: "show running-configuration interface", Gives: "VLAN mode and allowed VLANs of ports, number of a LAG over both switches"},
		Text: (*parser).configuration},
	{Command: drivers.Command{Line: lldpLine, Gives: "LLDP neighbours"}, Text: (*parser).lldp},
	{Command: drivers.Command{Line: "show lldp neighbors | display-xml", InsteadOf: lldpLine, Gives: "the same"}, XML: (*parser).lldpXML, Several: true},
	{Command: drivers.Command{Line: domainLine, Optional: true, Gives: "VLT domain"}, Text: (*parser).domain},
	{Command: drivers.Command{Line: "show vlt %s", Optional: true, Gives: "VLT peering", Each: domains}, Text: (*parser).vlt},
	{Command: drivers.Command{Line: "show vlt %s vlt-port-detail", Optional: true, Gives: "LAGs over both VLT switches", Each: domains},
		Text: (*parser).vltPorts},
	{Command: drivers.Command{Line: "show vlt %s backup-link", Optional: true, Gives: "second way to the VLT peer", Each: domains}, Text: (*parser).vltBackup},
	{Command: drivers.Command{Line: "show vlt %s mismatch", Optional: true, Gives: "what differs between both VLT switches", Each: domains},
		Text: (*parser).vltMismatch},
	{Command: drivers.Command{Line: macLine, Group: drivers.Addresses, Gives: "learned addresses"}, XML: (*parser).macsXML, Several: true},
	{Command: drivers.Command{Line: "show mac address-table", InsteadOf: macLine, Group: drivers.Addresses, Gives: "the same"}, Text: (*parser).macs},
	{Command: drivers.Command{Line: "show spanning-tree active", Group: drivers.SpanningTree, Optional: true, Gives: "forwarding state of ports by VLAN"},
		Text: (*parser).spanningTree},
	{Command: drivers.Command{Line: "show ip vrf", Group: drivers.Routing, Gives: "routing instances"}, Text: (*parser).vrfs},
	{Command: drivers.Command{Line: "show inventory | display-xml", Group: drivers.Inventory, Gives: "serial number, chassis MAC"},
		XML: (*parser).inventoryXML, Several: true},
}

// A parser collects what the replies say; finish joins it.
type parser struct {
	*state.Draft

	ports map[string]*portConfig // by interface: its part of the configuration
	last  state.VID              // VLANs are listed in order: the last one that was

	vlansRead bool               // every row of the table of VLANs was understood
	special   map[state.VID]bool // VLANs that are suspended, private or hold others: their ports may not reach one another

	macsUnread bool // a row of the MAC table was not understood
}

func parse(c *capture.Capture) (*state.Switch, error) {
	p := &parser{Draft: state.NewDraft(c, "dell_os10", 0), ports: map[string]*portConfig{}, special: map[state.VID]bool{}}
	if err := topic.Read(c, p.Draft, p, topics); err != nil {
		return nil, err
	}
	p.finishLACP()
	p.finishBridgePorts()
	p.RouteSVIs()
	p.finishMLAG()
	return p.Finish(), nil
}

var refused = regexp.MustCompile(`^(?:% ?(?:Error|Invalid|Warning|Incomplete|Ambiguous|Command|Unrecognized|Permission|Insufficient|Missing)|Error:|Unrecognized command|` +
	`Permission denied)`)

// refusal finds the words of refusal at the head of a reply: before them there are at most an echo and a caret.
func refusal(reply []byte) string { return text.Refused(reply, 2, refused.MatchString) }

var names = text.NamesOf([]text.Name{{Full: "ethernet", Short: []string{"Eth"}}, {Full: "port-channel", Short: []string{"Po"}}, {Full: "vlan"}, {Full: "mgmt", Short: []string{"Management"}},
	{Full: "loopback"}, {Full: "virtual-network"}, {Full: "null"}})

func kindOf(name string) state.InterfaceKind {
	switch {
	case strings.HasPrefix(name, "ethernet"):
		return state.Physical
	case strings.HasPrefix(name, "port-channel"):
		return state.Aggregate
	case strings.HasPrefix(name, "vlan"):
		return state.Routed
	case strings.HasPrefix(name, "mgmt"):
		return state.OutOfBand
	case strings.HasPrefix(name, "loopback"), strings.HasPrefix(name, "null"), strings.HasPrefix(name, "virtual-network"):
		return state.Logical
	}
	return 0
}

// portsOf are the ports in a list such as Eth1/1/2,1/1/9-1/1/12,Po53: the kind stands before the first of its kind, at most. It returns the
// last kind, for a list that goes on in the next line.
func portsOf(list capture.Fact[string], kind string) (out []capture.Fact[string], last string, ok bool) {
	at := int(list.From.Start)
	for part := range strings.SplitSeq(list.Value, ",") {
		begin := at + len(part) - len(strings.TrimLeft(part, " "))
		end := at + len(strings.TrimRight(part, " "))
		at += len(part) + 1
		word := strings.TrimSpace(part)
		if word == "" {
			continue // the list goes on in the next line
		}
		digit := strings.IndexFunc(word, func(r rune) bool { return r >= '0' && r <= '9' })
		if digit < 0 {
			return nil, kind, false
		}
		if digit > 0 {
			kind = word[:digit]
		}
		numbers, good := text.Ports(capture.Of(word[digit:], list.From.Reply.Span(begin, end)))
		if !good {
			return nil, kind, false
		}
		for _, n := range numbers {
			full, good := names.Full(kind + n.Value)
			if !good {
				return nil, kind, false
			}
			out = append(out, capture.Of(full, list.From.Reply.Span(begin, end)))
		}
	}
	return out, kind, true
}
