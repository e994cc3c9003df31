package openconfig

import (
	"uplinkcheck/drivers/capture"
	"uplinkcheck/drivers/state"
	"uplinkcheck/drivers/text"
	"uplinkcheck/drivers/tree"
)

// addresses reads the forwarding databases. What a multi-chassis peer learned is dynamic there like what was learned here, so how such an
// address came into the table is unknown.
func addresses(p *parser, n tree.Node) {
	whole := true
	for i := range n.Named("network-instance") {
		for e := range i.At("fdb", "mac-table", "entries").Named("entry") {
			mac, vid := text.MAC(name(e, "mac-address")), text.VID(name(e, "vlan"))
			port := leaf(e, "interface", "interface-ref", "state", "interface")
			if !mac.Known() || !vid.Known() || !port.Known() || p.twice[vid.Value] {
				p.Unread(e.Span(), "an address without VLAN, address or port")
				whole = false
				continue
			}
			entry := state.MACEntry{VID: vid.Value, MAC: mac.Value, Interface: port.Value, From: e.Span()}
			if kind := bare(leaf(e, "state", "entry-type")); kind.Value == "STATIC" {
				entry.Kind = capture.Of(state.StaticMAC, kind.From)
			}
			p.Switch.MACs = append(p.Switch.MACs, entry)
		}
	}
	if whole {
		p.Switch.Listed.MACs = n.Span()
	}
}

var portStates = map[string]state.STPState{"FORWARDING": state.Forwarding, "BLOCKING": state.Blocking, "DISCARDING": state.Blocking,
	"LISTENING": state.Blocking, "LEARNING": state.Blocking, "DISABLED": state.Blocking}

// stp reads the state of ports: of all VLANs, of each, or of the instances of MST with their VLANs.
func stp(p *parser, n tree.Node) {
	runs := map[string]bool{} // some fill the containers of protocols that are off
	for x := range n.At("global", "state").Named("enabled-protocol") {
		runs[bare(leaf(x)).Value] = true
	}
	if len(runs) == 0 && n.At("rapid-pvst").Len() == 0 && n.At("mstp").Len() == 0 || runs["RSTP"] && len(runs) == 1 {
		p.portStates(n.At("rstp"), state.AllVIDs)
	}
	for v := range n.At("rapid-pvst").Named("vlan") {
		if id := text.VID(name(v, "vlan-id")); id.Known() {
			p.portStates(v, state.VIDs(id.Value))
		}
	}
	for i := range n.At("mstp", "mst-instances").Named("mst-instance") {
		var vids state.VIDSet
		for v := range i.At("state").Named("vlan") {
			set := text.VLANs(capture.Then(leaf(v), dashed))
			if !set.Known() {
				p.Unread(v.Span(), "no VLAN of an instance")
			}
			vids = vids.Union(set.Value)
		}
		p.portStates(i, vids)
	}
}

func (p *parser) portStates(n tree.Node, vids state.VIDSet) {
	for i := range n.At("interfaces").Named("interface") {
		port, now := name(i, "name"), word(p, i.At("state", "port-state"), portStates)
		if port.Known() && now.Known() && !vids.Empty() {
			p.Switch.STP = append(p.Switch.STP, state.STPPort{Interface: port.Value, VIDs: vids, State: now})
		}
	}
}

// filters reads which interfaces have access lists for what comes in.
func filters(p *parser, n tree.Node) {
	for i := range n.At("interfaces").Named("interface") {
		port := leaf(i, "interface-ref", "state", "interface")
		if !port.Known() {
			port = name(i, "id")
		}
		for set := range i.At("ingress-acl-sets").Named("ingress-acl-set") {
			if port.Known() {
				p.filtered[port.Value] = set.Span()
			}
		}
	}
}
