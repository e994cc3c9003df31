package arista_eos

import (
	"strings"

	"uplinkcheck/drivers/capture"
	"uplinkcheck/drivers/state"
	"uplinkcheck/drivers/tree"
)

var kinds = map[string]state.InterfaceKind{
	"ethernet": state.Physical, "portChannel": state.Aggregate, "vlan": state.Routed,
	"loopback": state.Logical, "vxlan": state.Logical, "tunnel": state.Logical, "gre": state.Logical, "null": state.Logical,
	"subinterface": state.Logical,
}

// operWords are line protocol states. What is not up does not forward; the telling word is kept as the reason.
var operWords = map[string]state.Status{
	"up": state.Up, "down": state.Down, "lowerLayerDown": state.Down, "notPresent": state.Down, "dormant": state.Down, "testing": state.Down,
}

var adminWords = map[string]state.Status{
	"connected": state.Up, "notconnect": state.Up, "errdisabled": state.Up, "inactive": state.Up, "uncabled": state.Up,
	"disabled": state.Down,
}

var duplexWords = map[string]state.Duplex{"duplexFull": state.Full, "duplexHalf": state.Half}

var fallbackWords = map[string]state.Fallback{
	"fallbackNone": state.NoFallback, "fallbackStatic": state.StaticFallback, "fallbackIndividual": state.IndividualFallback,
}

func (p *parser) interfaces() {
	all := p.root(interfacesLine).At("interfaces")
	if all.Kind() != tree.Object {
		return
	}
	p.s.Listed.Interfaces = all.Span()
	for n := range all.Children() {
		if !strings.HasPrefix(n.Name(), "Peer") {
			p.s.Interfaces = append(p.s.Interfaces, p.newInterface(n))
		}
	}
}

func (p *parser) newInterface(n tree.Node) state.Interface {
	i := state.Interface{
		Name: n.Name(), From: n.Span(),
		Description: n.At("description").Str(),
		Oper:        word(p, n.At("lineProtocolStatus"), "line protocol status", operWords),
		Admin:       word(p, n.At("interfaceStatus"), "interface status", adminWords),
		Duplex:      tree.Word(n.At("duplex"), duplexWords),
		MTU:         narrow[int](n.At("mtu").Uint(31)),
		MAC:         mac(n.At("physicalAddress")),
	}
	i.Kind = kinds[n.At("hardware").Text()]
	if i.Kind == 0 {
		i.Kind = kindByName(n.Name())
	}
	if strings.HasPrefix(n.Name(), "Management") {
		i.Kind = state.OutOfBand
	}
	if speed := n.At("bandwidth").Uint(64); speed.Value > 0 {
		i.Speed = speed
	}
	if status := n.At("interfaceStatus").NonEmpty(); status.Value != "connected" {
		i.OperReason = status
	}
	p.forwarding(&i, n)
	return i
}

// kindByName serves outputs that leave "hardware" out.
func kindByName(name string) state.InterfaceKind {
	for prefix, kind := range map[string]state.InterfaceKind{
		"Ethernet": state.Physical, "Port-Channel": state.Aggregate, "Vlan": state.Routed, "Loopback": state.Logical, "Vxlan": state.Logical,
	} {
		if strings.HasPrefix(name, prefix) && !strings.Contains(name, ".") {
			return kind
		}
	}
	return state.Logical
}

// forwarding reads whether the port is bridged, routed, or a member of a LAG.
func (p *parser) forwarding(i *state.Interface, n tree.Node) {
	model := n.At("forwardingModel")
	switch model.Text() {
	case "bridged", "quietDiagnostic":
		i.Bridged = capture.Of(true, model.Span())
	case "routed":
		i.Bridged = capture.Of(false, model.Span())
	}
	member := n.At("interfaceMembership").Str()
	if lag, ok := strings.CutPrefix(member.Value, "Member of "); ok {
		i.Aggregator = capture.Of(lag, member.From)
	} else if i.Bridged.Known() && i.Kind == state.Physical {
		i.Aggregator = capture.Of("", i.Bridged.From) // bridged or routed by itself: in no LAG
	}
}

// addresses reads the forwarding database.
func (p *parser) addresses() {
	entries := p.root(macLine).At("unicastTable", "tableEntries")
	if entries.Kind() != tree.Array {
		return
	}
	p.s.Listed.MACs = entries.Span()
	for n := range entries.Children() {
		m := mac(n.At("macAddress"))
		if !m.Known() {
			continue
		}
		p.s.MACs = append(p.s.MACs, state.MACEntry{
			VID: state.VID(n.At("vlanId").Uint(12).Value), MAC: m.Value, Interface: n.At("interface").Text(), From: n.Span(),
			Kind: tree.Word(n.At("entryType"), macWords),
		})
	}
}

var macWords = map[string]state.MACKind{
	"dynamic": state.Dynamic, "learnedDynamic": state.Dynamic, "static": state.StaticMAC,
	"peerDynamic": state.PeerLearned, "peerStatic": state.PeerLearned, "peerLearnedDynamic": state.PeerLearned,
	"routerMac": state.OwnMAC, "mlagPeerRouterMac": state.OwnMAC,
}

// spanningTree reads the blocked ports: those that are not named forward. The list is per instance and does not say for
// which VLANs, so a port that some instance blocks is blocked for none and all alike: unknown for every VLAN, unless the
// instance is the only one there can be.
func (p *parser) spanningTree() {
	all := p.root(stpBlockedLine).At("spanningTreeInstances")
	if all.Kind() != tree.Object {
		return
	}
	p.s.Listed.STP = all.Span()
	for instance := range all.Children() {
		vids, sure := instanceVIDs(instance.Name())
		for port := range instance.At("spanningTreeBlockedPorts").Children() {
			t := state.STPPort{Interface: port.Text(), VIDs: vids}
			if sure {
				t.State = capture.Of(state.Blocking, port.Span())
			}
			p.s.STP = append(p.s.STP, t)
		}
	}
}

// instanceVIDs returns the VLANs of a spanning tree instance by its name: VL100 is one VLAN, MST0 or RSTP may be all.
func instanceVIDs(name string) (vids state.VIDSet, sure bool) {
	if number, ok := strings.CutPrefix(name, "VL"); ok {
		if v, err := state.ParseVID(number); err == nil {
			return state.VIDs(v), true
		}
	}
	return state.AllVIDs, name == "RSTP" || name == "CIST"
}
