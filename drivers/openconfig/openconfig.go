// Package openconfig reads any switch that answers NETCONF with the models of OpenConfig, whoever made it. A driver for the platform
// itself knows more: there is no model of a multi-chassis LAG, and of LACP's partner only identifiers and numbers are told.
//
// What differs from server to server:
//   - Prefixes, and prefixes of enumerations ("oc-if-aggregate:LACP"): elements are known by their local names, values by what stands
//     behind the colon.
//   - Leaves that a release does not support are left out, and whole models too: an answer without a model states nothing.
//   - Members of a LAG stand in it, in the port, or in both.
//   - What an empty list of VLANs of a trunk means: unknown.
//   - Filters may be bound by what is in no model: that a list names none proves nothing.
//   - Whether a list of the VLANs' ports is kept. Which VLANs a port carries is known only where it is, and agrees with the port.
package openconfig

import (
	"strings"

	"uplinkcheck/drivers"
	"uplinkcheck/drivers/capture"
	"uplinkcheck/drivers/state"
	"uplinkcheck/drivers/topic"
	"uplinkcheck/drivers/tree"
)

// Driver reads the models of OpenConfig over NETCONF.
var Driver = &drivers.Driver{
	Name:    "openconfig",
	Title:   "OpenConfig over NETCONF",
	Aliases: []string{"openconfig_netconf", "netconf_openconfig"},
	Privileges: "A login that may read operational data by NETCONF <get> (NACM: read access to the models of OpenConfig). A model that it may not " +
		"read leaves its facts unknown.",
	Access:   []drivers.Access{drivers.NETCONF},
	Commands: topic.Commands(topics),
	Refusal:  refusal,
	Parse:    parse,
}

// get is the request for a subtree of a model.
func get(model, path string) string {
	root, within, _ := strings.Cut(path, "/")
	return `<get><filter type="subtree"><` + root + ` xmlns="http://openconfig.net/yang/` + model + `">` + within + `</` + root + `></filter></get>`
}

// topics are in the order in which they are asked and read. Only what holds no passwords is asked for: of network instances not the
// protocols, of the system the state alone.
var topics = []topic.Topic[*parser]{
	{Command: drivers.Command{Line: get("system", "system/<state/>"), Gives: "host name, version"}, XML: root("system", system)},
	{Command: drivers.Command{Line: get("platform", "components/<component><name/><state/></component>"), Gives: "serial number, model", Optional: true},
		XML: root("components", components)},
	{Command: drivers.Command{Line: get("interfaces", "interfaces"), Gives: "ports, LAGs and their members, port mode, routed interfaces"},
		XML: root("interfaces", interfaces)},
	{Command: drivers.Command{Line: get("lacp", "lacp"), Gives: "LACP actor, partner's identifiers"}, XML: root("lacp", lacp)},
	{Command: drivers.Command{Line: get("network-instance", "network-instances/<network-instance><name/><state/><vlans/><interfaces/></network-instance>"),
		Gives: "VLANs and their ports, routing instances"}, XML: root("network-instances", instances)},
	{Command: drivers.Command{Line: get("vlan", "vlans"), Gives: "VLANs and their ports, in models before network instances",
		InsteadOf: get("network-instance", "network-instances/<network-instance><name/><state/><vlans/><interfaces/></network-instance>")}, XML: root("vlans", vlans)},
	{Command: drivers.Command{Line: get("lldp", "lldp"), Gives: "LLDP neighbours"}, XML: root("lldp", lldp)},
	{Command: drivers.Command{Line: get("ethernet-segments", "ethernet-segments"), Gives: "Ethernet segments of EVPN", Optional: true},
		XML: root("ethernet-segments", segments)},
	{Command: drivers.Command{Line: get("network-instance", "network-instances/<network-instance><name/><fdb/></network-instance>"), Gives: "learned addresses",
		Optional: true, Group: drivers.Addresses}, XML: root("network-instances", addresses)},
	{Command: drivers.Command{Line: get("spanning-tree", "stp"), Gives: "forwarding state of ports", Optional: true, Group: drivers.SpanningTree}, XML: root("stp", stp)},
	{Command: drivers.Command{Line: get("acl", "acl/<interfaces/>"), Gives: "packet filters of routed interfaces", Optional: true, Group: drivers.Routing},
		XML: root("acl", filters)},
}

// root makes a reader of an answer of one that takes the top of the model, which stands in the data of an rpc-reply.
func root(name string, read func(p *parser, n tree.Node)) func(*parser, tree.Node) {
	return func(p *parser, n tree.Node) {
		if n.Name() == "rpc-reply" {
			n = n.At("data")
		}
		found := false
		for c := range n.Named(name) {
			found = true
			read(p, c)
		}
		if !found && n.Name() == name {
			read(p, n)
		} else if !found {
			p.Unread(n.Span(), "no "+name+" in the answer: the model is not supported, or there is nothing of the kind")
		}
	}
}

// refusal returns the first error of a reply that is no warning.
func refusal(reply []byte) string {
	if !strings.Contains(string(reply), "rpc-error>") {
		return ""
	}
	n, err := tree.XML(&capture.Reply{Data: reply, Complete: true})
	if err != nil {
		return ""
	}
	for e := range n.Named("rpc-error") {
		if strings.EqualFold(strings.TrimSpace(e.At("error-severity").Text()), "warning") {
			continue
		}
		for _, leaf := range []string{"error-message", "error-tag"} {
			if msg := strings.Join(strings.Fields(e.At(leaf).Text()), " "); msg != "" {
				return msg
			}
		}
		return "the device answered with an error"
	}
	return ""
}

// A parser collects what the replies say; finish joins it.
type parser struct {
	*state.Draft

	ports     []switchport
	instances map[state.VID]string // network instance of each VLAN
	twice     map[state.VID]bool   // ids that stand in several instances
	vrfs      map[string]capture.Fact[string]
	filtered  map[string]capture.Span // by interface: a filter of what comes in
	members   bool                    // some VLAN lists its ports
}

func parse(c *capture.Capture) (*state.Switch, error) {
	p := &parser{Draft: state.NewDraft(c, "openconfig", 0), instances: map[state.VID]string{}, twice: map[state.VID]bool{}, vrfs: map[string]capture.Fact[string]{},
		filtered: map[string]capture.Span{}}
	if err := topic.Read(c, p.Draft, p, topics); err != nil {
		return nil, err
	}
	p.finishAggregators()
	p.finishBridgePorts()
	p.finishRouted()
	return p.Finish(), nil
}

// leaf returns the text of a leaf below n, unknown when it is absent or empty.
func leaf(n tree.Node, path ...string) capture.Fact[string] {
	return capture.Then(n.At(path...).Str(), func(s string) (string, bool) {
		s = strings.TrimSpace(s)
		return s, s != ""
	})
}

// word maps an enumeration or identity, whatever its prefix, through words. One that is not among them is unknown and noted.
func word[T any](p *parser, n tree.Node, words map[string]T) capture.Fact[T] {
	said := bare(leaf(n))
	f := capture.Then(said, func(s string) (T, bool) { v, ok := words[s]; return v, ok })
	if said.Known() && !f.Known() {
		p.Unread(said.From, "unknown word "+state.Quote(said.Value)+" in "+n.Name())
	}
	return f
}

// bare cuts the prefix off an identity.
func bare(f capture.Fact[string]) capture.Fact[string] {
	return capture.Then(f, func(s string) (string, bool) { return s[strings.LastIndex(s, ":")+1:], true })
}

// name returns the key of a list entry, which may stand in its state only.
func name(n tree.Node, key string) capture.Fact[string] {
	if f := leaf(n, key); f.Known() {
		return f
	}
	return leaf(n, "state", key)
}
