// Package cumulus is the driver for NVIDIA Cumulus Linux: the kernel's own tools over a shell, which all releases have, with NVUE
// (release 5) or NCLU (before it) for what those do not tell.
//
// What differs from other switches:
//   - There is no VLAN database: a VLAN exists where a port of the bridge has it.
//   - In a multi-chassis pair clagd gives the bonds of both switches one LACP system; "dual" is what this side believes.
//   - A bond without a partner is down, unless LACP bypass was allowed for it, which the kernel's tools do not tell.
//   - A VLAN-aware bridge runs one spanning tree for all VLANs (RSTP), since release 5.4 perhaps one for each (PVRST): only where the first
//     is certain, a port that the kernel has as forwarding is forwarding in its VLANs.
//   - Traditional bridges, one for each VLAN over VLAN interfaces of ports, are listed and not understood.
package cumulus

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

// Driver reads Cumulus Linux.
var Driver = &drivers.Driver{
	Name:    "cumulus",
	Title:   "NVIDIA Cumulus Linux",
	Aliases: []string{"cumulus_nvue", "cumulus_linux", "nvidia_cumulusvx", "cvx"},
	Privileges: "Any user for links, bridges and VLANs. Root, or sudo without a password (sudo: true), for the LACP partner's port, key and priority, for " +
		"lldpcli and for clagctl: without it they stay unknown.",
	Access:   []drivers.Access{drivers.Exec},
	Commands: topic.Commands(topics),
	Refusal:  refusal,
	Parse:    parse,
}

const (
	clagLine     = "clagctl -j"
	nclagLine    = "net show clag json"
	nvueMLAGLine = "nv show mlag -o json"
	releaseLine  = "cat /etc/lsb-release"
	treeLine     = "nv show bridge domain " + nvueBridge + " stp -o json"
	nvueBridge   = "br_default" // the bridge that NVUE makes
)

type command = drivers.Command

// topics are in the order in which they are asked and read.
var topics = []topic.Topic[*parser]{
	{Command: command{Line: ovs.HostnameLine, Gives: "host name"}, Text: hostname},
	{Command: command{Line: releaseLine, Gives: "version"}, Text: release},
	{Command: command{Line: "nv show platform -o json", Gives: "model, serial number", Group: drivers.Inventory, Optional: true}, JSON: nvuePlatform},
	{Command: command{Line: "net show system json", InsteadOf: "nv show platform -o json", Gives: "host name, version, model, serial number", Group: drivers.Inventory,
		Optional: true}, JSON: nclu},
	{Command: command{Line: kernel.LinksLine, Gives: "ports, bonds with LACP state, the bridge, VLAN interfaces"}, JSON: (*parser).Links},
	{Command: command{Line: kernel.LinksTextLine, InsteadOf: kernel.LinksLine, Gives: "the same"}, Text: (*parser).LinksText},
	{Command: command{Line: kernel.AddressLine, Gives: "addresses of routed interfaces", Group: drivers.Routing}, JSON: (*parser).Addresses},
	{Command: command{Line: kernel.AddressTextLine, InsteadOf: kernel.AddressLine, Gives: "the same", Group: drivers.Routing}, Text: (*parser).LinksText},
	{Command: command{Line: kernel.VRFLine, Gives: "VRFs", Group: drivers.Routing, Optional: true}, Text: (*parser).VRFs},
	{Command: command{Line: kernel.BondingLine, Gives: "LACP actor and partner", Optional: true}, Text: (*parser).Bonding},
	{Command: command{Line: kernel.VLANsLine, Gives: "VLANs of bridge ports"}, JSON: (*parser).VLANs},
	{Command: command{Line: kernel.VLANsTextLine, InsteadOf: kernel.VLANsLine, Gives: "the same"}, Text: (*parser).VLANsText},
	{Command: command{Line: kernel.FDBLine, Gives: "learned addresses", Group: drivers.Addresses}, JSON: (*parser).FDB},
	{Command: command{Line: kernel.FDBTextLine, InsteadOf: kernel.FDBLine, Gives: "the same", Group: drivers.Addresses}, Text: (*parser).FDBText},
	{Command: command{Line: lldpd.NeighboursLine, Gives: "LLDP neighbours"}, JSON: neighbours},
	{Command: command{Line: "net show lldp json", InsteadOf: lldpd.NeighboursLine, Gives: "the same"}, JSON: neighbours},
	{Command: command{Line: lldpd.NeighboursTextLine, InsteadOf: "net show lldp json", Gives: "the same"}, Text: neighboursText},
	{Command: command{Line: lldpd.ChassisLine, Gives: "own LLDP chassis identifier", Optional: true}, JSON: chassis},
	{Command: command{Line: clagLine, Gives: "MLAG peering and multi-chassis bonds", Optional: true}, JSON: clag},
	{Command: command{Line: nclagLine, InsteadOf: clagLine, Gives: "the same", Optional: true}, JSON: clag},
	{Command: command{Line: nvueMLAGLine, InsteadOf: nclagLine, Gives: "MLAG peering", Optional: true}, JSON: nvueMLAG},
	{Command: command{Line: treeLine, Gives: "whether there is one spanning tree for all VLANs", Optional: true}, JSON: nvueTree},
	{Command: command{Line: "nv show interface -o json", Gives: "speed and duplex", Optional: true}, JSON: nvueInterfaces},
}

// A parser collects what the replies say; finish joins it.
type parser struct {
	*kernel.Reader
	clagd capture.Span // the list of all multi-chassis bonds
	speed map[string]tree.Node
	rstp  bool // the bridge of NVUE runs one tree for all VLANs
}

func parse(c *capture.Capture) (*state.Switch, error) {
	d := state.NewDraft(c, "cumulus", state.MTUOfPayload)
	d.Switch.NoVLANNames = true
	p := &parser{Reader: kernel.NewReader(d), speed: map[string]tree.Node{}}
	p.OutOfBand = func(port string) bool { return strings.HasPrefix(port, "eth") }
	err := topic.Read(c, d, p, topics)
	aware := p.VLANAware()
	p.OneTree = aware != "" && (rstpOnly(d.Switch.Device.Version.Value) || p.rstp && aware == nvueBridge)
	p.Reader.Finish()
	p.finish()
	return d.Finish(), err
}

// refusal finds the words of a shell, of sudo and of the tools at the head of a reply.
func refusal(reply []byte) string {
	return cmp.Or(ovs.Refusal(reply), text.Refused(reply, 1, text.Begins("head: ", "cat: ", "bridge: ", "ip: ", "Error: ", "ERROR: ", "Cannot open ", "Usage: ", "Invalid ", "The clagd ", "clagd ", "Unable to ")))
}

func neighbours(p *parser, root tree.Node) {
	remotes, listed, unread := lldpd.Neighbours(root.Span().Reply)
	p.Switch.Remotes = append(p.Switch.Remotes, remotes...)
	p.Switch.Listed.Remotes = listed
	for _, u := range unread {
		p.Unread(u.From, u.Why)
	}
}

func chassis(p *parser, root tree.Node) {
	id, unread := lldpd.Chassis(root.Span().Reply)
	p.Switch.Device.ChassisMAC = capture.Then(id, state.Identifier.MAC)
	for _, u := range unread {
		p.Unread(u.From, u.Why)
	}
}

func neighboursText(p *parser, lines []text.Line) { lldpd.NeighboursText(p.Draft, lines) }
