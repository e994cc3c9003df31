package lldpd

import (
	"uplinkcheck/drivers/capture"
	"uplinkcheck/drivers/state"
	"uplinkcheck/drivers/text"
	"uplinkcheck/drivers/tree"
)

// The lines of the older client, which NeighboursPlain reads. Plain json is for releases that have no json0.
const (
	NeighboursJSON0Line = "lldpctl -f json0"
	NeighboursPlainLine = "lldpctl -f json"
)

// NeighboursPlain reads the reply to NeighboursPlainLine into the draft. Interfaces and chassis are members there by their names, and a list of one is its
// one element. A chassis without a name has its parts at once.
func NeighboursPlain(d *state.Draft, root tree.Node) {
	top := root.At("lldp")
	if top.Kind() == tree.Array { // json0 after all
		remotes, listed, unread := Neighbours(root.Span().Reply)
		d.Switch.Remotes, d.Switch.Listed.Remotes = append(d.Switch.Remotes, remotes...), listed
		for _, u := range unread {
			d.Unread(u.From, u.Why)
		}
		return
	}
	if top.Kind() != tree.Object {
		d.Unread(root.Span(), "reply holds no member lldp")
		return
	}
	for part := range elements(top.At("interface")) {
		for n := range part.Children() {
			plainNeighbour(d, n)
		}
	}
	d.Switch.Listed.Remotes = root.Span().Reply.Whole()
}

// elements yields the items of a list, or the one element that stands in its place.
func elements(n tree.Node) func(yield func(tree.Node) bool) {
	switch n.Kind() {
	case tree.Array:
		return n.Children()
	case tree.None:
		return func(func(tree.Node) bool) {}
	}
	return func(yield func(tree.Node) bool) { yield(n) }
}

func plainNeighbour(d *state.Draft, n tree.Node) {
	via := n.At("via").Str()
	r := d.Remote(n.Name(), protocols[via.Value], n.Span())
	if r.Protocol == 0 {
		d.Unread(n.Span(), "discovery protocol "+via.Value+" is not read")
	}
	chassis, port := n.At("chassis"), n.At("port")
	if chassis.At("id", "type").Kind() != tree.String {
		for c := range chassis.Children() {
			r.SystemName = c.Key()
			chassis = c
			break
		}
	}
	var bad string
	if r.ChassisID, bad = identifier(chassis.At("id")); bad != "" {
		d.Unread(n.Span(), "chassis "+bad)
	}
	if r.PortID, bad = identifier(port.At("id")); bad != "" {
		d.Unread(n.Span(), "port "+bad)
	}
	r.SystemDescription = chassis.At("descr").NonEmpty()
	r.PortDescription = port.At("descr").NonEmpty()
	for _, ttl := range []tree.Node{port.At("ttl"), chassis.At("ttl")} { // it moved
		if v := ttl.Uint(16); v.Known() && !r.TTL.Known() {
			r.TTL = capture.Then(v, func(v uint64) (int, bool) { return int(v), true })
		}
	}
	for a := range elements(chassis.At("mgmt-ip")) {
		if addr := text.Addr(a.NonEmpty()); addr.Known() {
			r.ManagementAddresses = append(r.ManagementAddresses, addr)
		}
	}
	var found capture.Fact[state.VID]
	for v := range elements(n.At("vlan")) {
		if !v.At("pvid").Bool().Value {
			continue
		}
		id := capture.Then(v.At("vlan-id").Uint(12), func(n uint64) (state.VID, bool) { return state.VID(n), state.VID(n).Valid() })
		if found.Known() && found.Value != id.Value {
			return // it names two
		}
		found = id
	}
	r.PVID = found
}
