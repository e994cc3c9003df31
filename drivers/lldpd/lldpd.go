// Package lldpd reads what lldpd's client prints as json0. The openvswitch driver, the linux host source and every
// other platform that runs lldpd (SONiC, Cumulus) share it. It is no driver: it only parses.
package lldpd

import (
	"net/netip"

	"uplinkcheck/drivers/capture"
	"uplinkcheck/drivers/state"
	"uplinkcheck/drivers/tree"
)

// The lines whose replies this package reads. json0 and not json: that one changes its shape with the number of
// elements and names chassis by what a neighbour says of itself.
const (
	NeighboursLine = "lldpcli -f json0 show neighbors details"
	ChassisLine    = "lldpcli -f json0 show chassis"
	InterfacesLine = "lldpcli -f json0 show interfaces"
)

// protocols are the words of "via". lldpd also hears EDP, FDP and SONMP: those stay unknown.
var protocols = map[string]state.Discovery{"LLDP": state.LLDP, "CDPv1": state.CDP, "CDPv2": state.CDP}

// subtypes are lldpd's words for chassis and port identifier subtypes. It says "unhandled" for the others.
var subtypes = map[string]state.Subtype{
	"mac":       state.MACAddress,
	"ip":        state.NetworkAddress,
	"ifname":    state.InterfaceName,
	"ifalias":   state.InterfaceAlias,
	"local":     state.Local,
	"unhandled": state.SubtypeUnknown,
}

// Neighbours reads the reply to NeighboursLine. listed covers the whole reply when it was understood: an interface
// without a neighbour in it heard nobody. A reply that states nothing gives nothing.
func Neighbours(r *capture.Reply) (remotes []state.RemoteSystem, listed capture.Span, unread []state.Unread) {
	top, unread := open(r, "lldp")
	if !top.Exists() {
		return nil, capture.Span{}, unread
	}
	for n := range interfaces(top) {
		remote, why := neighbour(n)
		if why != "" {
			unread = append(unread, state.Unread{From: n.Span(), Why: why})
		}
		if remote.Interface != "" {
			remotes = append(remotes, remote)
		}
	}
	return remotes, r.Whole(), unread
}

// Chassis reads the reply to ChassisLine: the chassis identifier that this machine sends.
func Chassis(r *capture.Reply) (capture.Fact[state.Identifier], []state.Unread) {
	top, unread := open(r, "local-chassis")
	for local := range top.Children() {
		id, why := identifier(first(first(local, "chassis"), "id"))
		if why != "" {
			unread = append(unread, state.Unread{From: local.Span(), Why: why})
		}
		return id, unread
	}
	return capture.Fact[state.Identifier]{}, unread
}

// Interfaces reads the reply to InterfacesLine: the interfaces on which lldpd runs, also those without a link.
func Interfaces(r *capture.Reply) (names []capture.Fact[string], unread []state.Unread) {
	top, unread := open(r, "lldp")
	for n := range interfaces(top) {
		if name := n.At("name").NonEmpty(); name.Known() {
			names = append(names, name)
		}
	}
	return names, unread
}

// open returns the list of that name at the top of the reply, the absent node when there is nothing to read.
func open(r *capture.Reply, list string) (tree.Node, []state.Unread) {
	if !r.Usable() {
		return tree.Node{}, nil
	}
	root, err := tree.JSON(r)
	if err != nil {
		return tree.Node{}, []state.Unread{{From: r.Whole(), Why: err.Error()}}
	}
	top := root.At(list)
	if top.Kind() != tree.Array {
		return tree.Node{}, []state.Unread{{From: r.Whole(), Why: "reply holds no list " + list}}
	}
	return top, nil
}

// interfaces yields the entries of lldp[].interface[]. Without any lldpd prints one empty object.
func interfaces(top tree.Node) func(yield func(tree.Node) bool) {
	return func(yield func(tree.Node) bool) {
		for part := range top.Children() {
			for n := range part.At("interface").Children() {
				if !yield(n) {
					return
				}
			}
		}
	}
}

// first returns the first element of the list of that name: in json0 every element is a list.
func first(n tree.Node, name string) tree.Node {
	for c := range n.At(name).Children() {
		return c
	}
	return tree.Node{}
}

// value returns the text of name[0].value.
func value(n tree.Node, name string) capture.Fact[string] {
	return first(n, name).At("value").NonEmpty()
}

func neighbour(n tree.Node) (remote state.RemoteSystem, why string) {
	remote = state.RemoteSystem{Interface: n.At("name").NonEmpty().Value, From: n.Span()}
	if remote.Interface == "" {
		return remote, "neighbour without an interface"
	}
	via := n.At("via").Str()
	remote.Protocol = protocols[via.Value]
	if remote.Protocol == 0 {
		why = "discovery protocol " + via.Value + " is not read"
	}
	chassis, port := first(n, "chassis"), first(n, "port")
	var bad string
	if remote.ChassisID, bad = identifier(first(chassis, "id")); bad != "" {
		why = "chassis " + bad
	}
	if remote.PortID, bad = identifier(first(port, "id")); bad != "" {
		why = "port " + bad
	}
	remote.SystemName = value(chassis, "name")
	remote.SystemDescription = value(chassis, "descr")
	remote.PortDescription = value(port, "descr")
	for _, n := range []tree.Node{port, chassis} { // it moved
		if ttl := first(n, "ttl").At("value").Uint(16); !remote.TTL.Known() {
			remote.TTL = capture.Then(ttl, func(v uint64) (int, bool) { return int(v), true })
		}
	}
	remote.PVID = pvid(n.At("vlan"))
	for a := range chassis.At("mgmt-ip").Children() {
		addr := capture.Then(a.At("value").Str(), func(s string) (netip.Addr, bool) {
			v, err := netip.ParseAddr(s)
			return v, err == nil
		})
		if addr.Known() {
			remote.ManagementAddresses = append(remote.ManagementAddresses, addr)
		}
	}
	return remote, why
}

// identifier reads {"type": "mac", "value": "…"}. A subtype that lldpd has no word for stays unknown, its value is kept.
func identifier(n tree.Node) (capture.Fact[state.Identifier], string) {
	text := n.At("value").NonEmpty()
	if !text.Known() {
		if n.Exists() {
			return capture.Fact[state.Identifier]{}, "identifier without a value"
		}
		return capture.Fact[state.Identifier]{}, ""
	}
	word := n.At("type").Str()
	subtype, ok := subtypes[word.Value]
	if !ok {
		return capture.Fact[state.Identifier]{}, "identifier of type " + word.Value + " is not known"
	}
	id := state.Identifier{Subtype: subtype, ID: text.Value}
	if subtype == state.MACAddress {
		m, err := state.ParseMAC(text.Value)
		if err != nil {
			return capture.Fact[state.Identifier]{}, err.Error()
		}
		id.ID = m.String()
	}
	return capture.Of(id, text.From), ""
}

// pvid returns the VLAN that the neighbour calls its port's own (IEEE Std 802.1Q-2018, D.2.1); unknown when it names two.
func pvid(list tree.Node) capture.Fact[state.VID] {
	var found capture.Fact[state.VID]
	for v := range list.Children() {
		if !v.At("pvid").Bool().Value {
			continue
		}
		id := capture.Then(v.At("vlan-id").Uint(16), func(n uint64) (state.VID, bool) {
			return state.VID(n), state.VID(n).Valid()
		})
		if found.Known() && found.Value != id.Value {
			return capture.Fact[state.VID]{}
		}
		found = id
	}
	return found
}
