// Package arista_eos is the driver for Arista EOS: show commands with "| json" over SSH exec or, when exec is refused, in a
// session, and the text of a few of them where a release has no JSON for a command.
//
// What differs from other switches:
//   - A multi-chassis LAG lists the members of both switches; those of the other one begin with "Peer" and are left out.
//   - The LACP system that hosts see on a multi-chassis LAG is the MLAG system id, on every other LAG the switch's own. A LAG
//     that is an EVPN Ethernet segment may have a system id of its own: where there is a Vxlan interface or a segment, it is unknown.
//   - "ALL" allowed VLANs are all but those of trunk groups that the port is not in. Which those are is seen where
//     "show vlan" lists a port in some of its VLANs only.
//   - The MTU is that of the payload, of bridged ports as well: 9214 there stands for frames of up to 9236 bytes.
//   - No protocol decides whether a port is a trunk; VLANs may be added by others than the configuration (MVRP, VM Tracer).
//   - Addresses that the MLAG peer learned are listed on the local LAG: they prove no local link. The text of the table does not tell
//     them from others.
//   - MLAG that is disabled is no word on Ethernet segments: with a Vxlan interface only the list of EVPN instances is one.
package arista_eos

import (
	"bytes"
	"slices"
	"strings"

	"uplinkcheck/drivers"
	"uplinkcheck/drivers/capture"
	"uplinkcheck/drivers/state"
	"uplinkcheck/drivers/text"
	"uplinkcheck/drivers/topic"
	"uplinkcheck/drivers/tree"
)

// Driver reads Arista EOS.
var Driver = &drivers.Driver{
	Name:    "arista_eos",
	Title:   "Arista EOS",
	Aliases: []string{"eos", "arista", "arista_ceos", "ceos", "arista_veos", "veos"},
	Privileges: "A login of privilege level 1, or any role that permits \"show .*\"; no enable secret is needed. " +
		"A command that a role refuses leaves its facts unknown.",
	Access:   []drivers.Access{drivers.Exec, drivers.Session},
	Commands: topic.Commands(topics),
	Prompt: &drivers.Prompt{
		Pattern: `^%s(\([^()\s]{0,40}\))?[>#]\s?$`,
		Setup:   []string{"terminal length 0", "terminal width 32767"},
		Enable:  "enable",
	},
	Refusal: refusal,
	Parse:   parse,
}

const (
	vlanLine       = "show vlan | json"
	switchportLine = "show interfaces switchport | json"
)

// topics are in the order in which they are asked and read: what everything else needs comes first.
var topics = []topic.Topic[*parser]{
	{Command: drivers.Command{Line: "show version | json", Gives: "model, serial number, version, chassis MAC"},
		JSON: within(version, "version", "modelName", "systemMacAddress")},
	{Command: drivers.Command{Line: "show version", InsteadOf: "show version | json", Gives: "the same"}, Text: versionText},
	{Command: drivers.Command{Line: "show inventory | json", InsteadOf: "show version", Gives: "model, serial number"},
		JSON: within(inventory, "systemInformation")},
	{Command: drivers.Command{Line: "show inventory", InsteadOf: "show inventory | json", Gives: "the same"}, Text: inventoryText},
	{Command: drivers.Command{Line: "show interfaces | json", Gives: "ports: status, speed, MTU, LAG membership, fallback"},
		JSON: within(interfaces, "interfaces")},
	{Command: drivers.Command{Line: "show interfaces", InsteadOf: "show interfaces | json", Gives: "the same"}, Text: interfacesText},
	{Command: drivers.Command{Line: "show interfaces status", InsteadOf: "show interfaces", Gives: "ports: status, speed, LAG membership"}, Text: statusText},
	{Command: drivers.Command{Line: "show interfaces description | json", InsteadOf: "show interfaces status", Gives: "ports: status, description"},
		JSON: within(descriptions, "interfaceDescriptions")},
	{Command: drivers.Command{Line: "show interfaces description", InsteadOf: "show interfaces description | json", Gives: "the same"}, Text: descriptionsText},
	{Command: drivers.Command{Line: "show lacp interface detailed | json", Gives: "LACP actor and partner"}, JSON: within(lacp, "portChannels")},
	{Command: drivers.Command{Line: "show lacp neighbor | json", InsteadOf: "show lacp interface detailed | json", Gives: "LACP partner"},
		JSON: within(lacp, "portChannels")},
	{Command: drivers.Command{Line: "show port-channel | json", Gives: "LAGs: members, why one is inactive, min-links"},
		JSON: within(portChannels, "portChannels")},
	{Command: drivers.Command{Line: "show port-channel summary", InsteadOf: "show port-channel | json", Gives: "LAGs and members"}, Text: summary},
	{Command: drivers.Command{Line: "show port-channel dense", InsteadOf: "show port-channel summary", Gives: "the same, as later releases call it"}, Text: summary},
	{Command: drivers.Command{Line: vlanLine, Gives: "VLANs, and which ports carry them"}, JSON: within(vlans, "vlans")},
	{Command: drivers.Command{Line: "show vlan", InsteadOf: vlanLine, Gives: "the same"}, Text: vlansText},
	{Command: drivers.Command{Line: switchportLine, Gives: "port mode, allowed VLANs, native VLAN"}, JSON: within(switchports, "switchports")},
	{Command: drivers.Command{Line: "show lldp neighbors detail | json", Gives: "LLDP neighbours"}, JSON: within(lldp, "lldpNeighbors")},
	{Command: drivers.Command{Line: "show lldp neighbors detail", InsteadOf: "show lldp neighbors detail | json", Gives: "the same"}, Text: lldpText},
	{Command: drivers.Command{Line: "show lldp neighbors | json", InsteadOf: "show lldp neighbors detail", Gives: "names of neighbours and their ports"},
		JSON: within(lldpBrief, "lldpNeighbors")},
	{Command: drivers.Command{Line: "show lldp neighbors", InsteadOf: "show lldp neighbors | json", Gives: "the same"}, Text: lldpBriefText},
	{Command: drivers.Command{Line: "show mlag detail | json", Gives: "MLAG peering", Optional: true}, JSON: within(mlag, "state")},
	{Command: drivers.Command{Line: "show mlag detail", InsteadOf: "show mlag detail | json", Gives: "the same", Optional: true}, Text: mlagText},
	{Command: drivers.Command{Line: "show mlag interfaces | json", Gives: "multi-chassis LAGs", Optional: true}, JSON: within(mlagPorts, "interfaces")},
	{Command: drivers.Command{Line: "show hostname | json", Gives: "host name"}, JSON: within(hostname, "hostname")},
	{Command: drivers.Command{Line: "show hostname", InsteadOf: "show hostname | json", Gives: "the same"}, Text: hostnameText},
	{Command: drivers.Command{Line: "show mlag config-sanity | json", Gives: "whether both peers are configured alike", Optional: true},
		JSON: within(sanity, "mlagActive", "globalConfiguration", "interfaceConfiguration")},
	{Command: drivers.Command{Line: "show lacp sys-id", Gives: "LACP system id", Optional: true}, Text: systemID},
	{Command: drivers.Command{Line: "show bgp evpn instance | json", Gives: "Ethernet segments of EVPN", Optional: true},
		JSON: within(segments, "bgpEvpnInstances")},
	{Command: drivers.Command{Line: "show spanning-tree blockedports | json", Gives: "ports that spanning tree blocks", Optional: true, Group: drivers.SpanningTree},
		JSON: within(blockedPorts, "spanningTreeInstances")},
	{Command: drivers.Command{Line: "show spanning-tree topology status detail | json", Gives: "forwarding state of ports, VLANs of each instance", Optional: true,
		Group: drivers.SpanningTree}, JSON: within(topologies, "topologies")},
	{Command: drivers.Command{Line: "show mac address-table | json", Gives: "learned addresses", Optional: true, Group: drivers.Addresses},
		JSON: within(macTable, "unicastTable")},
	{Command: drivers.Command{Line: "show mac address-table", InsteadOf: "show mac address-table | json", Gives: "the same", Optional: true, Group: drivers.Addresses},
		Text: macTableText},
	{Command: drivers.Command{Line: "show ip interface | json", Gives: "addresses of routed interfaces", Optional: true, Group: drivers.Routing},
		JSON: within(ipInterfaces, "interfaces")},
	{Command: drivers.Command{Line: "show ip interface brief | json", InsteadOf: "show ip interface | json", Gives: "the same, without routing instances", Optional: true,
		Group: drivers.Routing}, JSON: within(ipBrief, "interfaces")},
	{Command: drivers.Command{Line: "show ip interface brief", InsteadOf: "show ip interface brief | json", Gives: "the same", Optional: true, Group: drivers.Routing},
		Text: ipBriefText},
	{Command: drivers.Command{Line: "show vrf | json", Gives: "routing instances", Optional: true, Group: drivers.Routing}, JSON: within(vrfs, "vrfs")},
	{Command: drivers.Command{Line: "show vrf", InsteadOf: "show vrf | json", Gives: "the same", Optional: true, Group: drivers.Routing}, Text: vrfsText},
	{Command: drivers.Command{Line: "show ip access-lists summary | json", Gives: "packet filters of routed interfaces", Optional: true, Group: drivers.Routing},
		JSON: within(filters, "aclList")},
	{Command: drivers.Command{Line: "show ipv6 access-lists summary | json", Gives: "the same of IPv6", Optional: true, Group: drivers.Routing},
		JSON: within(filters, "aclList")},
	{Command: drivers.Command{Line: "show lacp counters all-ports | json", Gives: "LACPDU counters", Optional: true, Group: drivers.Counters},
		JSON: within(lacpCounters, "portChannels")},
}

// within makes a reader of the object that has one of the keys. An empty object says that a feature is off, or nothing at all: it is
// no evidence.
func within(read func(p *parser, n tree.Node), keys ...string) func(*parser, tree.Node) {
	return func(p *parser, root tree.Node) {
		n, found := answer(root, keys)
		switch {
		case found:
			read(p, n)
		case root.Kind() == tree.Array && root.Len() == 1:
		default:
			p.Unread(root.Span(), "the answer has no "+strings.Join(keys, " or "))
		}
	}
}

// refusal finds the words of refusal at the head of a reply: before them there is at most an echo.
func refusal(reply []byte) string {
	if why := text.Refused(reply, 2, text.Begins("% ")); why != "" {
		return why
	}
	if len(reply) > 10_000 || !strings.Contains(string(reply), `"errors"`) {
		return ""
	}
	root, err := tree.JSON(&capture.Reply{Data: reply})
	if err != nil || !root.At("errors").Exists() || root.Len() > 3 {
		return ""
	}
	for e := range root.At("errors").Children() {
		if why, _, _ := strings.Cut(strings.TrimSpace(e.Text()), "\n"); why != "" {
			return why
		}
	}
	return "errors"
}

// A place is a port in an aggregator.
type place struct{ aggregator, port string }

// A membership says which aggregator a port is in.
type membership struct {
	port string
	in   capture.Fact[string]
}

// A parser collects what the replies say; finish joins it.
type parser struct {
	*state.Draft

	members   []membership
	inactive  map[place]tree.Node            // the entry among inactivePorts
	active    map[place]capture.Span         // its entry among activePorts
	lacpPorts map[place]capture.Fact[string] // actorPortStatus
	orphans   []tree.Node                    // ports that LACP runs on outside any active aggregator
	system    capture.Fact[state.SystemID]   // own LACP system
	vxlan     capture.Span                   // a Vxlan interface
	evpn      capture.Span                   // the list of EVPN instances
	segment   capture.Span                   // an Ethernet segment

	carried  map[string]map[state.VID]bool // by port: VLANs that list it
	promoted map[string]capture.Span       // by port: what says that a primary VLAN lists it for a secondary one
	ports    []switchport
	mlagID   map[string]capture.Fact[string] // by aggregator
	off      capture.Span                    // where it says that MLAG is off
	tree     []state.STPPort                 // what spanning tree does, from the list of all topologies
	trees    capture.Span                    // that list, when all of it was understood
	filtered map[string]capture.Span         // by interface: where a filter of what comes in is bound to it
	judged   []capture.Span                  // the lists of filters
}

func parse(c *capture.Capture) (*state.Switch, error) {
	p := &parser{Draft: state.NewDraft(c, "arista_eos", state.MTUOfPayload),
		inactive: map[place]tree.Node{}, active: map[place]capture.Span{}, lacpPorts: map[place]capture.Fact[string]{},
		carried: map[string]map[state.VID]bool{}, mlagID: map[string]capture.Fact[string]{}, filtered: map[string]capture.Span{}, promoted: map[string]capture.Span{}}
	if err := topic.Read(c, p.Draft, p, topics); err != nil {
		return nil, err
	}
	return p.finish(), nil
}

// word maps a word of an answer through words, whatever its case. One that is not among them is unknown and noted.
func word[T any](p *parser, n tree.Node, words map[string]T) capture.Fact[T] {
	said := n.NonEmpty()
	f := known(said, words)
	if said.Known() && !f.Known() {
		p.Unread(said.From, "unknown word "+state.Quote(said.Value)+" in "+n.Name())
	}
	return f
}

// answer finds the object that has one of the keys: the root itself, or what eAPI and its clients wrap round it, a list of
// answers or a member "result".
func answer(n tree.Node, keys []string) (tree.Node, bool) {
	for _, key := range keys {
		if n.Kind() == tree.Object && n.At(key).Exists() {
			return n, true
		}
	}
	inner := n
	if n.Kind() == tree.Object {
		inner = n.At("result")
	}
	if inner.Kind() == tree.Object {
		return answer(inner, keys)
	}
	if inner.Kind() == tree.Array {
		for item := range inner.Children() {
			if found, ok := answer(item, keys); ok && item.Kind() == tree.Object {
				return found, true
			}
		}
	}
	return n, false
}

// withName returns the span of a member together with its name, which is what states the name.
func withName(n tree.Node) capture.Span {
	s := n.Span()
	if s.Reply == nil {
		return s
	}
	from := max(0, int(s.Start)-len(n.Name())-200) // after it come a colon and white space
	if at := bytes.LastIndex(s.Reply.Data[from:s.Start], []byte(`"`+n.Name()+`"`)); at >= 0 {
		s.Start = uint32(from + at)
	}
	return s
}

// toStation reads an address other than zero, which EOS prints for "none".
func toStation(s string) (state.MAC, bool) {
	m, err := state.ParseMAC(s)
	return m, err == nil && !m.IsZero()
}

func toVID(v uint64) (state.VID, bool) { return state.VID(v), v <= 4094 && state.VID(v).Valid() }

// names are the kinds of interfaces; text has their first two letters.
var names = text.NamesOf([]text.Name{{Full: "Ethernet"}, {Full: "Management"}, {Full: "Port-Channel"}, {Full: "Vlan"}, {Full: "Loopback"}, {Full: "Vxlan"}, {Full: "Tunnel"}})

// elsewhere tells what a list of ports may hold besides ports of this switch: those of the MLAG peer, PeerEthernet7, in text PEt7; tunnels
// to other switches; its own processor.
func elsewhere(name string) bool {
	return strings.HasPrefix(name, "Peer") || strings.HasPrefix(name, "PE") || strings.HasPrefix(name, "PP") || strings.HasPrefix(name, "Vx") ||
		strings.EqualFold(name, "Cpu") || strings.EqualFold(name, "Router") || strings.EqualFold(name, "Switch")
}

// finish joins what several replies said.
func (p *parser) finish() *state.Switch {
	p.finishAggregators()
	p.finishMLAG()
	p.finishSystems()
	p.finishInterfaces()
	p.finishBridgePorts()
	p.finishSTP()
	p.finishRouted()
	sw := p.Finish()
	slices.SortStableFunc(sw.Unread, func(a, b state.Unread) int { return strings.Compare(a.From.Reply.Command, b.From.Reply.Command) })
	return sw
}
