// Package linux is the driver for a plain Linux machine used as a switch: its bridge, bonds and teams, by the kernel's own tools and lldpd over a
// shell. Open vSwitch has a driver of its own.
//
// What differs from other switches:
//   - There is no VLAN database: a VLAN exists where a port of the bridge has it.
//   - A bond without a partner stays up and forwards over one link.
//   - A bond that uses one link at a time, or each on its own, is no aggregation of IEEE Std 802.1AX: its protocol is unknown, and its members are told all the same.
//   - There is no multi-chassis protocol.
package linux

import (
	"cmp"
	"strings"

	"uplinkcheck/drivers"
	"uplinkcheck/drivers/capture"
	"uplinkcheck/drivers/kernel"
	"uplinkcheck/drivers/lldpd"
	"uplinkcheck/drivers/openvswitch/ovs"
	"uplinkcheck/drivers/state"
	"uplinkcheck/drivers/text"
	"uplinkcheck/drivers/topic"
	"uplinkcheck/drivers/tree"
)

// Driver reads Linux.
var Driver = &drivers.Driver{
	Name:  "linux",
	Title: "Linux (bridge, bonds)",
	Privileges: "Any user for links, bonds, bridges and VLANs. Root, or sudo without a password (sudo: true), for the LACP partner's port, key and " +
		"priority, for lldpcli and for teamdctl: without it they stay unknown.",
	Access:   []drivers.Access{drivers.Exec},
	Commands: topic.Commands(topics),
	Refusal:  refusal,
	Parse:    parse,
}

const (
	modelLine  = "cat /sys/class/dmi/id/product_name"
	serialLine = "cat /sys/class/dmi/id/product_serial"
)

type command = drivers.Command

// topics are in the order in which they are asked and read.
var topics = []topic.Topic[*parser]{
	{Command: command{Line: ovs.HostnameLine, Gives: "host name"}, Text: hostname},
	{Command: command{Line: "cat /etc/os-release", Gives: "version"}, Text: release},
	{Command: command{Line: modelLine, Gives: "model", Group: drivers.Inventory, Optional: true}, Text: model},
	{Command: command{Line: serialLine, Gives: "serial number", Group: drivers.Inventory, Optional: true}, Text: serial},
	{Command: command{Line: kernel.LinksLine, Gives: "ports, bonds with LACP state, bridges, VLAN interfaces"}, JSON: links},
	{Command: command{Line: kernel.LinksTextLine, InsteadOf: kernel.LinksLine, Gives: "the same"}, Text: (*parser).LinksText},
	{Command: command{Line: kernel.AddressLine, Gives: "addresses of routed interfaces", Group: drivers.Routing}, JSON: (*parser).Addresses},
	{Command: command{Line: kernel.AddressTextLine, InsteadOf: kernel.AddressLine, Gives: "the same", Group: drivers.Routing}, Text: (*parser).LinksText},
	{Command: command{Line: kernel.VRFLine, Gives: "VRFs", Group: drivers.Routing, Optional: true}, Text: (*parser).VRFs},
	{Command: command{Line: kernel.BondingLine, Gives: "LACP actor and partner", Optional: true}, Text: (*parser).Bonding},
	{Command: command{Line: kernel.BondLine, InsteadOf: kernel.BondingLine, Each: kernel.Bonds, Gives: "the same of one bond", Optional: true}, Text: (*parser).Bonding},
	{Command: command{Line: kernel.TeamLine, Each: kernel.Teams, Gives: "teams with LACP actor and partner", Optional: true}, JSON: (*parser).Team},
	{Command: command{Line: kernel.EthtoolLine, Each: kernel.Ports, Gives: "speed and duplex", Optional: true}, Text: (*parser).Ethtool},
	{Command: command{Line: kernel.VLANsLine, Gives: "VLANs of bridge ports"}, JSON: (*parser).VLANs},
	{Command: command{Line: kernel.VLANsTextLine, InsteadOf: kernel.VLANsLine, Gives: "the same"}, Text: (*parser).VLANsText},
	{Command: command{Line: kernel.FDBLine, Gives: "learned addresses", Group: drivers.Addresses}, JSON: (*parser).FDB},
	{Command: command{Line: kernel.FDBTextLine, InsteadOf: kernel.FDBLine, Gives: "the same", Group: drivers.Addresses}, Text: (*parser).FDBText},
	{Command: command{Line: lldpd.ChassisLine, Gives: "own LLDP chassis identifier", Optional: true}, JSON: chassis},
	{Command: command{Line: lldpd.NeighboursLine, Gives: "LLDP neighbours", Optional: true}, JSON: neighbours},
	{Command: command{Line: lldpd.NeighboursPlainLine, InsteadOf: lldpd.NeighboursLine, Gives: "the same", Optional: true}, JSON: neighbours},
	{Command: command{Line: lldpd.NeighboursTextLine, InsteadOf: lldpd.NeighboursPlainLine, Gives: "the same", Optional: true}, Text: neighboursText},
}

// A parser collects what the replies say.
type parser struct{ *kernel.Reader }

func parse(c *capture.Capture) (*state.Switch, error) {
	d := state.NewDraft(c, "linux", state.MTUOfPayload)
	d.Switch.NoVLANNames = true
	p := &parser{kernel.NewReader(d)}
	p.OneTree, p.Lone = true, state.IndividualFallback
	err := topic.Read(c, d, p, topics)
	p.Finish()
	return d.Finish(), err
}

// refusal finds the words of a shell, of sudo and of the tools at the head of a reply.
func refusal(reply []byte) string {
	return cmp.Or(ovs.Refusal(reply), text.Refused(reply, 1, text.Begins("head: ", "cat: ", "bridge: ", "ip: ", "teamdctl: ", "Error: ", "Cannot open ", "Usage: ", "Object ", "Device ")))
}

func hostname(p *parser, lines []text.Line) {
	if len(lines) == 1 && len(lines[0].Fields()) == 1 {
		p.Switch.Device.Hostname = lines[0].Whole()
	}
}

// release reads /etc/os-release.
func release(p *parser, lines []text.Line) {
	for _, l := range lines {
		if version := l.After("VERSION_ID="); version.Known() && l.Indent() == 0 && strings.HasPrefix(l.Text, "VERSION_ID=") {
			version.Value = strings.Trim(version.Value, `"'`)
			p.Switch.Device.Version = version
		}
	}
}

func model(p *parser, lines []text.Line) {
	if len(lines) == 1 {
		p.Switch.Device.Model = lines[0].Whole()
	}
}

func serial(p *parser, lines []text.Line) {
	if len(lines) == 1 && lines[0].Whole().Value != "Not Specified" {
		p.Switch.Device.Serial = lines[0].Whole()
	}
}

// links also says what no machine has that is only a bridge. One with tunnels of VXLAN may be in Ethernet segments.
func links(p *parser, root tree.Node) {
	p.Links(root)
	p.Switch.Device.Stacked = capture.Of(false, root.Span())
	if !p.HasKind("vxlan") {
		p.Switch.MLAG.Protocol = capture.Of(state.NoMLAG, root.Span())
	}
}

func neighbours(p *parser, root tree.Node) { lldpd.NeighboursPlain(p.Draft, root) }

func neighboursText(p *parser, lines []text.Line) { lldpd.NeighboursText(p.Draft, lines) }

func chassis(p *parser, root tree.Node) {
	id, unread := lldpd.Chassis(root.Span().Reply)
	p.Switch.Device.ChassisMAC = capture.Then(id, state.Identifier.MAC)
	for _, u := range unread {
		p.Unread(u.From, u.Why)
	}
}
