package openconfig

import (
	"uplinkcheck/drivers/capture"
	"uplinkcheck/drivers/state"
	"uplinkcheck/drivers/text"
	"uplinkcheck/drivers/tree"
)

// subtypes are those of both identifiers (openconfig-lldp-types).
var subtypes = map[string]state.Subtype{
	"CHASSIS_COMPONENT": state.ChassisComponent, "INTERFACE_ALIAS": state.InterfaceAlias, "PORT_COMPONENT": state.PortComponent,
	"MAC_ADDRESS": state.MACAddress, "NETWORK_ADDRESS": state.NetworkAddress, "INTERFACE_NAME": state.InterfaceName,
	"AGENT_CIRCUIT_ID": state.AgentCircuitID, "LOCAL": state.Local,
}

// lldp reads what the switch says of itself, and its neighbours.
func lldp(p *parser, n tree.Node) {
	own := n.At("state")
	if capture.Is(bare(leaf(own, "chassis-id-type")), "MAC_ADDRESS") {
		p.Switch.Device.ChassisMAC = text.Station(leaf(own, "chassis-id"))
	}
	if d := &p.Switch.Device; !d.Hostname.Known() {
		d.Hostname = leaf(own, "system-name")
	}
	whole := true
	for i := range n.At("interfaces").Named("interface") {
		local := name(i, "name")
		for x := range i.At("neighbors").Named("neighbor") {
			if !local.Known() {
				p.Unread(x.Span(), "a neighbour without a local port")
				whole = false
				continue
			}
			p.neighbour(local.Value, x)
		}
	}
	if whole {
		p.Switch.Listed.Remotes = n.Span()
	}
}

func (p *parser) neighbour(local string, x tree.Node) {
	s := x.At("state")
	r := p.Remote(local, state.LLDP, x.Span())
	r.ChassisID = p.identifier(s, "chassis-id")
	r.PortID = p.identifier(s, "port-id")
	r.SystemName, r.SystemDescription, r.PortDescription = leaf(s, "system-name"), leaf(s, "system-description"), leaf(s, "port-description")
	r.TTL = text.Int(leaf(s, "ttl"))
	if a := text.Addr(leaf(s, "management-address")); a.Known() {
		r.ManagementAddresses = append(r.ManagementAddresses, a)
	}
}

// identifier reads an identifier and its kind. One of a kind that is not known, or that is not of its kind, is unknown.
func (p *parser) identifier(s tree.Node, key string) capture.Fact[state.Identifier] {
	id, kind := leaf(s, key), word(p, s.At(key+"-type"), subtypes)
	if !kind.Known() && leaf(s, key+"-type").Known() || kind.Value == state.MACAddress && !text.MAC(id).Known() {
		return capture.Fact[state.Identifier]{}
	}
	return text.Identifier(id, kind.Value)
}
