package nokia_srlinux

import (
	"uplinkcheck/drivers/state"
	"uplinkcheck/drivers/text"
	"uplinkcheck/drivers/tree"
)

// subtypes are the words of chassis-id-type and port-id-type.
var subtypes = map[string]state.Subtype{
	"chassis_component": state.ChassisComponent, "interface_alias": state.InterfaceAlias, "port_component": state.PortComponent,
	"mac_address": state.MACAddress, "network_address": state.NetworkAddress, "interface_name": state.InterfaceName,
	"agent_circuit_id": state.AgentCircuitID, "local": state.Local,
}

// lldp reads /system/lldp, at the root of which some transports answer.
func lldp(p *parser, root tree.Node) {
	for part := range items(root) {
		n := at(part, "system", "lldp")
		if !n.Exists() && at(part, "interface").Exists() {
			n = part
		}
		list := at(n, "interface")
		for i := range items(list) {
			local := at(i, "name").NonEmpty()
			for x := range items(at(i, "neighbor")) {
				if !local.Known() {
					p.Unread(x.Span(), "a neighbour without an interface")
					continue
				}
				r := p.Remote(local.Value, state.LLDP, x.Span())
				r.ChassisID = text.Identifier(at(x, "chassis-id").NonEmpty(), word(p, at(x, "chassis-id-type"), subtypes).Value)
				r.PortID = text.Identifier(at(x, "port-id").NonEmpty(), word(p, at(x, "port-id-type"), subtypes).Value)
				r.SystemName = at(x, "system-name").NonEmpty()
				r.SystemDescription = at(x, "system-description").NonEmpty()
				r.PortDescription = at(x, "port-description").NonEmpty()
				r.TTL = number(at(x, "ttl"))
				for a := range items(at(x, "management-address")) {
					if addr := text.Addr(at(a, "address").NonEmpty()); addr.Known() {
						r.ManagementAddresses = append(r.ManagementAddresses, addr)
					}
				}
			}
		}
		if list.Exists() {
			p.Switch.Listed.Remotes = list.Span()
		}
	}
}

// lldpText reads "show system lldp neighbor".
func lldpText(p *parser, lines []text.Line) {
	for _, b := range boxes(lines, isPortName) {
		name, chassis, port := b.column("Name"), b.column("Neighbor Chassis ID"), b.column("Neighbor Port")
		if name < 0 || chassis < 0 || port < 0 {
			continue
		}
		for _, r := range b.rows {
			local := r.cell(name)
			if !isPortName(local.Value) {
				p.Unread(local.From, "unknown interface "+state.Quote(local.Value))
				continue
			}
			x := p.Remote(local.Value, state.LLDP, local.From)
			x.ChassisID = text.Identifier(r.cell(chassis), state.SubtypeUnknown)
			x.PortID = text.Identifier(r.cell(port), state.SubtypeUnknown)
			x.SystemName = r.cell(b.column("Neighbor System Name"))
		}
	}
}
