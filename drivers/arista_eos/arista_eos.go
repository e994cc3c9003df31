// Package arista_eos reads Arista EOS by its JSON output.
//
// What differs from other switches:
//   - In an MLAG the peer's members are listed as PeerEthernet7: evidence of the peer, no ports of this switch.
//   - A list of allowed VLANs that nobody wrote is printed as ALL. VLANs of a trunk group are not in it, unless the port is
//     in that group; such VLANs are taken out only when they are known to be of one, which the peering VLAN is.
//   - The LACP system that hosts see on a multi-chassis LAG is the MLAG's system id, elsewhere the chassis address. The
//     actor's key and port number are not part of any output that we have seen; they are read where a release prints them.
//   - Features that are off answer with an error object, or with an empty one: both say that there is nothing.
package arista_eos

import (
	"bytes"
	"regexp"
	"strings"

	"uplinkcheck/drivers"
	"uplinkcheck/drivers/capture"
	"uplinkcheck/drivers/state"
	"uplinkcheck/drivers/tree"
)

// The commands, all that may be sent.
const (
	versionLine     = "show version | json"
	hostnameLine    = "show hostname | json"
	interfacesLine  = "show interfaces | json"
	lacpLine        = "show lacp interface detailed | json"
	lacpPeerLine    = "show lacp neighbor | json"
	lagLine         = "show port-channel | json"
	switchportLine  = "show interfaces switchport | json"
	vlanLine        = "show vlan | json"
	lldpLine        = "show lldp neighbors detail | json"
	mlagLine        = "show mlag detail | json"
	mlagPortsLine   = "show mlag interfaces | json"
	mlagSanityLine  = "show mlag config-sanity | json"
	stpBlockedLine  = "show spanning-tree blockedports | json"
	macLine         = "show mac address-table | json"
	ipInterfaceLine = "show ip interface | json"
	vrfLine         = "show vrf | json"
)

// Driver reads Arista EOS.
var Driver = &drivers.Driver{
	Name:    "arista_eos",
	Title:   "Arista EOS",
	Aliases: []string{"eos", "arista", "arista_ceos", "ceos", "arista_veos", "vr-veos"},
	Privileges: "A role that permits `show .*` (privilege level 1 shows most of it). Without a permitted line its facts stay " +
		"unknown.",
	Access: []drivers.Access{drivers.Exec, drivers.Session},
	Commands: []drivers.Command{
		{Line: versionLine, Format: drivers.JSON, Gives: "model, serial number, version, chassis address"},
		{Line: interfacesLine, Format: drivers.JSON, Gives: "ports: status, speed, MTU, LAG membership, fallback"},
		{Line: lacpLine, Format: drivers.JSON, Gives: "LACP actor and partner"},
		{Line: lagLine, Format: drivers.JSON, Gives: "LAGs, their members and minimum of links"},
		{Line: switchportLine, Format: drivers.JSON, Gives: "VLAN mode, allowed and untagged VLANs"},
		{Line: vlanLine, Format: drivers.JSON, Gives: "VLANs"},
		{Line: lldpLine, Format: drivers.JSON, Gives: "LLDP neighbours"},
		{Line: mlagLine, Format: drivers.JSON, Optional: true, Gives: "MLAG state, peer and peer-link"},
		{Line: mlagPortsLine, Format: drivers.JSON, Optional: true, Gives: "multi-chassis ports"},
		{Line: mlagSanityLine, Format: drivers.JSON, Optional: true, Gives: "differences between the MLAG peers"},
		{Line: hostnameLine, Format: drivers.JSON, Gives: "host name"},
		{Line: stpBlockedLine, Format: drivers.JSON, Optional: true, Gives: "ports that the spanning tree blocks"},
		{Line: lacpPeerLine, Format: drivers.JSON, InsteadOf: lacpLine, Gives: "LACP partner"},
		{Line: macLine, Format: drivers.JSON, Optional: true, Gives: "learned addresses"},
		{Line: ipInterfaceLine, Format: drivers.JSON, Optional: true, Gives: "routed interfaces"},
		{Line: vrfLine, Format: drivers.JSON, Optional: true, Gives: "VRFs"},
	},
	Prompt: &drivers.Prompt{
		Pattern: `%s(\([\w\-./ ]{1,63}\))?[>#]`,
		Setup:   []string{"terminal length 0", "terminal width 32767"},
		Enable:  "enable",
	},
	Refusal: refusal,
	Parse:   parse,
}

var refused = regexp.MustCompile(`(?m)^% ?(Invalid input|Incomplete command|Ambiguous command|This is an unconverted command|Authorization denied|[A-Z].*not (enabled|supported|permitted|authorized)).*$`)

// refusal finds the words with which EOS declines a line: an error text, or an object that holds nothing but errors.
func refusal(reply []byte) string {
	head := reply[:min(len(reply), 4096)]
	if i := bytes.IndexAny(head, "{["); i >= 0 {
		if m := refused.Find(head[:i]); m != nil {
			return strings.TrimSpace(string(m))
		}
		root, err := tree.JSON(&capture.Reply{Data: reply})
		if errs := root.At("errors"); err == nil && errs.Kind() == tree.Array {
			for e := range errs.Children() {
				return "errors: " + e.Text()
			}
		}
		return ""
	}
	return strings.TrimSpace(string(refused.Find(head)))
}

// parser is one parse: the capture, the state so far, and the roots that several readers need.
type parser struct {
	c     *capture.Capture
	s     *state.Switch
	roots map[string]tree.Node
}

func parse(c *capture.Capture) (*state.Switch, error) {
	p := &parser{c: c, s: &state.Switch{Name: c.Device, Platform: "arista_eos"}, roots: map[string]tree.Node{}}
	p.identity()
	p.interfaces()
	p.mlag()
	p.aggregators()
	p.lacp()
	p.vlans()
	p.bridgePorts()
	p.spanningTree()
	p.neighbours()
	p.addresses()
	p.routed()
	p.s.Sort()
	return p.s, nil
}

// root returns the object that answers a command; absent when it was not answered. A reply in the envelope of the
// command API ("result") is taken out of it. What does not parse is named in Unread once.
func (p *parser) root(command string) tree.Node {
	if n, ok := p.roots[command]; ok {
		return n
	}
	r := p.c.Reply(command)
	if r == nil {
		return tree.Node{}
	}
	n, err := tree.JSON(r)
	if err != nil {
		p.unread(r.Whole(), err.Error())
		n = tree.Node{}
	}
	if result := n.At("result"); result.Kind() == tree.Object {
		n = result
	} else if result.Kind() == tree.Array {
		for item := range result.Children() {
			n = item // the last one: those before it switched modes
		}
	}
	p.roots[command] = n
	return n
}

func (p *parser) unread(from capture.Span, why string) {
	p.s.Unread = append(p.s.Unread, state.Unread{From: from, Why: why})
}

// word reads an enumeration; a word that is not known is named in Unread.
func word[T any](p *parser, n tree.Node, what string, words map[string]T) capture.Fact[T] {
	f := tree.Word(n, words)
	if said := n.Str(); !f.Known() && said.Known() && said.Value != "" {
		p.unread(said.From, what+" "+said.Value+" is not known here")
	}
	return f
}

func (p *parser) identity() {
	v := p.root(versionLine)
	d := &p.s.Device
	d.Model = v.At("modelName").NonEmpty()
	d.Serial = v.At("serialNumber").NonEmpty()
	d.Version = v.At("version").NonEmpty()
	d.ChassisMAC = mac(v.At("systemMacAddress"))
	d.Hostname = p.root(hostnameLine).At("hostname").NonEmpty()
	// An EOS switch is one chassis with one control plane: the platform has no stacking.
	if m := v.At("modelName"); m.Exists() {
		d.Stacked = capture.Of(false, m.Span())
	}
}

func mac(n tree.Node) capture.Fact[state.MAC] {
	return capture.Then(n.NonEmpty(), func(s string) (state.MAC, bool) {
		m, err := state.ParseMAC(s)
		return m, err == nil && !m.IsZero()
	})
}

// narrow turns a number into a smaller type that it was read to fit.
func narrow[T ~uint16 | ~int](f capture.Fact[uint64]) capture.Fact[T] {
	return capture.Then(f, func(v uint64) (T, bool) { return T(v), true })
}
