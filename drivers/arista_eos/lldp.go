package arista_eos

import (
	"net/netip"
	"strings"

	"uplinkcheck/drivers/capture"
	"uplinkcheck/drivers/state"
	"uplinkcheck/drivers/tree"
)

var chassisWords = map[string]state.Subtype{
	"chassisComponent": state.ChassisComponent, "interfaceAlias": state.InterfaceAlias, "portComponent": state.PortComponent,
	"macAddress": state.MACAddress, "networkAddress": state.NetworkAddress, "interfaceName": state.InterfaceName,
	"locallyAssigned": state.Local, "local": state.Local, "agentCircuitId": state.AgentCircuitID,
}

func (p *parser) neighbours() {
	all := p.root(lldpLine).At("lldpNeighbors")
	if all.Kind() != tree.Object {
		return
	}
	p.s.Listed.Remotes = all.Span()
	for port := range all.Children() {
		for n := range port.At("lldpNeighborInfo").Children() {
			p.s.Remotes = append(p.s.Remotes, neighbour(port.Name(), n))
		}
	}
}

func neighbour(port string, n tree.Node) state.RemoteSystem {
	far := n.At("neighborInterfaceInfo")
	r := state.RemoteSystem{
		Interface: port, From: n.Span(), Protocol: state.LLDP,
		ChassisID:         identifier(n.At("chassisIdType"), n.At("chassisId")),
		PortID:            identifier(far.At("interfaceIdType"), far.At("interfaceId")),
		SystemName:        n.At("systemName").NonEmpty(),
		SystemDescription: n.At("systemDescription").NonEmpty(),
		PortDescription:   far.At("interfaceDescription").NonEmpty(),
		TTL:               narrow[int](n.At("ttl").Uint(16)),
		PVID:              vid(far.At("portVlanId")),
	}
	for a := range n.At("managementAddresses").Children() {
		addr := capture.Then(a.At("address").NonEmpty(), func(s string) (netip.Addr, bool) {
			v, err := netip.ParseAddr(s)
			return v, err == nil
		})
		if addr.Known() {
			r.ManagementAddresses = append(r.ManagementAddresses, addr)
		}
	}
	return r
}

// identifier reads an 802.1AB identifier. EOS wraps names in double quotes and prints addresses with dots. An address that does
// not parse is kept as it was printed, without the subtype that promised more.
func identifier(kind, value tree.Node) capture.Fact[state.Identifier] {
	subtype := chassisWords[kind.Text()]
	return capture.Then(value.NonEmpty(), func(s string) (state.Identifier, bool) {
		s = strings.Trim(s, `"`)
		if subtype == state.MACAddress {
			if m, err := state.ParseMAC(s); err == nil {
				return state.Identifier{Subtype: subtype, ID: m.String()}, true
			}
			return state.Identifier{ID: s}, true
		}
		return state.Identifier{Subtype: subtype, ID: s}, s != ""
	})
}
