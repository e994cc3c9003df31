// Package nokia_srlinux is the driver for Nokia SR Linux: "info from state ... | as json" over SSH exec, and the text of "show" commands
// where that was refused.
//
// What differs from other switches:
//   - There is no VLAN database. A subinterface takes the frames of one tag, or those without, into a network instance of type mac-vrf,
//     and that one is the layer 2 domain. A VLAN of this state is a tag together with its mac-vrf. That holds only where all tagged
//     subinterfaces of the mac-vrf have that tag and no other mac-vrf has it: what ports carry stays unknown anywhere else.
//   - Of the LACP partner the platform tells system, key and port number, neither priorities nor state; no partner is a system of zeros.
//   - The prompt has two lines, so there are no prompt sessions.
//   - The MTU of a port counts the Ethernet header and tags. It is unknown where a subinterface has a smaller one of its own.
//   - There is no stacking. What the spanning tree does is part of each subinterface, where the release and the platform have one.
package nokia_srlinux

import (
	"strings"

	"uplinkcheck/drivers"
	"uplinkcheck/drivers/capture"
	"uplinkcheck/drivers/state"
	"uplinkcheck/drivers/text"
	"uplinkcheck/drivers/topic"
	"uplinkcheck/drivers/tree"
)

// Driver reads Nokia SR Linux.
var Driver = &drivers.Driver{
	Name:       "nokia_srlinux",
	Title:      "Nokia SR Linux",
	Aliases:    []string{"srl", "srlinux", "nokia_srl"},
	Privileges: "A login with a role that may read \"/\". A subtree that a role hides leaves its facts unknown.",
	Access:     []drivers.Access{drivers.Exec},
	Commands:   topic.Commands(topics),
	Refusal:    refusal,
	Parse:      parse,
}

const (
	versionLine   = "show version | as json"
	interfaceLine = "info from state interface * | as json"
	typeLine      = "info from state network-instance * type | as json"
	memberLine    = "info from state network-instance * interface * | as json"
	macLine       = "info from state network-instance * bridge-table mac-table mac * | as json"
	lldpLine      = "info from state system lldp | as json"
	segmentLine   = "info from state system network-instance protocols evpn ethernet-segments | as json"
)

type command = drivers.Command

// topics are in the order in which they are asked and read.
var topics = []topic.Topic[*parser]{
	{Command: command{Line: versionLine, Gives: "host name, model, serial number, chassis MAC, version"}, JSON: versionJSON},
	{Command: command{Line: "show version", InsteadOf: versionLine, Gives: "the same"}, Text: version},
	{Command: command{Line: "info from state system name | as json", InsteadOf: "show version", Gives: "host name"}, JSON: containers},
	{Command: command{Line: "info from state system information | as json", InsteadOf: "show version", Gives: "version"}, JSON: containers},
	{Command: command{Line: "info from state platform chassis | as json", InsteadOf: "show version", Gives: "model, serial number, chassis MAC"}, JSON: containers},
	{Command: command{Line: interfaceLine, Gives: "ports, LAGs, LACP, subinterfaces with their tags and addresses"}, JSON: containers},
	{Command: command{Line: "show interface all", InsteadOf: interfaceLine, Gives: "ports and subinterfaces"}, Text: interfaceText},
	{Command: command{Line: "show interface brief", InsteadOf: "show interface all", Gives: "ports"}, Text: briefText},
	{Command: command{Line: "show interface detail", InsteadOf: "show interface brief", Gives: "ports and subinterfaces"}, Text: detailText},
	{Command: command{Line: "show lag * detail", InsteadOf: interfaceLine, Gives: "LAGs and members"}, Text: lagText},
	{Command: command{Line: "show lag", InsteadOf: "show lag * detail", Gives: "LAGs and members"}, Text: lagText},
	{Command: command{Line: "show lag * lacp-state", InsteadOf: interfaceLine, Gives: "LACP actor and partner"}, Text: lacpText},
	{Command: command{Line: "info from state system lacp | as json", Gives: "LACP system priority"}, JSON: containers},
	{Command: command{Line: typeLine, Gives: "which network instances bridge and which route"}, JSON: containers},
	{Command: command{Line: "show network-instance summary", InsteadOf: typeLine, Gives: "the same", Group: drivers.Routing}, Text: summaryText},
	{Command: command{Line: memberLine, Gives: "subinterfaces of network instances"}, JSON: containers},
	{Command: command{Line: "show network-instance * interfaces", InsteadOf: memberLine, Gives: "subinterfaces and addresses of network instances", Group: drivers.Routing},
		Text: networkText},
	{Command: command{Line: lldpLine, Gives: "LLDP neighbours"}, JSON: lldp},
	{Command: command{Line: "show system lldp neighbor", InsteadOf: lldpLine, Gives: "LLDP neighbours"}, Text: lldpText},
	{Command: command{Line: segmentLine, Gives: "Ethernet segments", Optional: true}, JSON: containers},
	{Command: command{Line: "show system network-instance ethernet-segments * detail", InsteadOf: segmentLine, Gives: "Ethernet segments", Optional: true},
		Text: segmentText},
	{Command: command{Line: macLine, Gives: "learned addresses", Group: drivers.Addresses}, JSON: containers},
	{Command: command{Line: "show network-instance * bridge-table mac-table all", InsteadOf: macLine, Gives: "learned addresses", Group: drivers.Addresses},
		Text: macText},
	{Command: command{Line: "info from state acl interface * | as json", Gives: "filters on subinterfaces", Group: drivers.Routing, Optional: true},
		JSON: containers},
}

// A parser collects what the replies say; finish joins it.
type parser struct {
	*state.Draft

	subs     []*subinterface // in the order of the replies
	networks []*network

	listed   capture.Span // all interfaces with their subinterfaces
	types    capture.Span // the types of all network instances
	members  capture.Span // the subinterfaces of all network instances
	segments capture.Span // all Ethernet segments
	filters  capture.Span // all subinterfaces with filters
	macs     []mac
	macsFrom capture.Span
	filtered map[string]capture.Span // by subinterface: what filters what arrives
	priority capture.Fact[uint16]    // the system's, for LAGs without one of their own
}

func parse(c *capture.Capture) (*state.Switch, error) {
	p := &parser{Draft: state.NewDraft(c, "nokia_srlinux", state.MTUWithTags), filtered: map[string]capture.Span{}}
	err := topic.Read(c, p.Draft, p, topics)
	p.finishVLANs()
	p.finishRouted()
	p.finishMACs()
	p.finishLAGs()
	p.finishInterfaces()
	return p.Finish(), err
}

// refusals begin the first line of what is no answer.
var refusals = []string{"Parsing error", "Error:", "Error ", "Unknown token", "Traceback", "Authorization failed", "Permission denied"}

func refusal(reply []byte) string { return text.Refused(reply, 1, text.Begins(refusals...)) }

// bare takes off the name of the YANG module, which some transports put before names and words.
func bare(s string) string { return s[strings.LastIndexByte(s, ':')+1:] }

// at walks down by names without module.
func at(n tree.Node, path ...string) tree.Node {
	for _, name := range path {
		var found tree.Node
		for c := range n.Children() {
			if bare(c.Name()) == name {
				found = c
				break
			}
		}
		if n = found; !n.Exists() {
			return n
		}
	}
	return n
}

// items yields the entries of a list; a single one may stand without it.
func items(n tree.Node) func(yield func(tree.Node) bool) {
	if n.Kind() == tree.Object {
		return func(yield func(tree.Node) bool) { yield(n) }
	}
	return n.Children()
}

// word maps a leaf through words, without its module.
func word[T any](p *parser, n tree.Node, words map[string]T) capture.Fact[T] {
	f := n.NonEmpty()
	f.Value = bare(f.Value)
	return state.Word(p.Draft, f, words)
}

func yesNo(n tree.Node) capture.Fact[bool] {
	if f := n.Bool(); f.Known() {
		return f
	}
	return tree.Word(n, map[string]bool{"true": true, "false": false})
}

func sixteen(n tree.Node) capture.Fact[uint16] {
	return capture.Then(n.Uint(16), func(v uint64) (uint16, bool) { return uint16(v), true })
}

func number(n tree.Node) capture.Fact[int] {
	return capture.Then(n.Uint(31), func(v uint64) (int, bool) { return int(v), true })
}

// containers reads whatever part of the tree of state a reply holds: all of them begin at the root.
func containers(p *parser, root tree.Node) {
	if root.Kind() == tree.Array {
		for part := range root.Children() {
			containers(p, part)
		}
		return
	}
	if list := at(root, "interface"); list.Exists() {
		p.interfaces(list)
	}
	if list := at(root, "network-instance"); list.Exists() {
		p.networkInstances(list)
	}
	d := &p.Switch.Device
	if name := at(root, "system", "name", "host-name").NonEmpty(); name.Known() {
		d.Hostname = name
	}
	information := at(root, "system", "information")
	if at(root, "current-datetime").Exists() {
		information = root // some transports answer from the path that was asked for
	}
	if version := release(at(information, "version").NonEmpty()); version.Known() {
		d.Version = version
	}
	if lacp := at(root, "system", "lacp"); lacp.Exists() {
		p.priority = sixteen(at(lacp, "system-priority"))
	}
	if chassis := at(root, "platform", "chassis"); chassis.Exists() {
		p.chassis(chassis)
	} else if at(root, "hw-mac-address").Exists() {
		p.chassis(root)
	}
	if list := at(root, "system", "network-instance", "protocols", "evpn", "ethernet-segments"); list.Exists() {
		p.ethernetSegments(list)
	}
	if list := at(root, "acl", "interface"); list.Exists() {
		p.acls(list)
	}
}
