package cisco_iosxr

import (
	"slices"
	"strings"

	"uplinkcheck/drivers/capture"
	"uplinkcheck/drivers/state"
	"uplinkcheck/drivers/text"
	"uplinkcheck/drivers/tree"
)

// get is the RPC for an element of an operational model.
func get(model, element string) string {
	return `<get><filter type="subtree"><` + element + ` xmlns="http://cisco.com/ns/yang/Cisco-IOS-XR-` + model + `"/></filter></get>`
}

var imWords = map[string]state.Status{"im-state-up": state.Up, "im-state-down": state.Down, "im-state-admin-down": state.Down}

// nominal are speeds by the kind of a port, in bit/s. What the model calls bandwidth can be configured to anything.
var nominal = []struct {
	kind  string
	speed uint64
}{{"GigabitEthernet", 1e9}, {"TenGigE", 10e9}, {"TwentyFiveGigE", 25e9}, {"FortyGigE", 40e9}, {"FiftyGigE", 50e9}, {"HundredGigE", 100e9},
	{"TwoHundredGigE", 200e9}, {"FourHundredGigE", 400e9}, {"EightHundredGigE", 800e9}}

// interfacesXML reads pfi-im-cmd-oper: a list with descriptions, and one with all else.
func (p *parser) interfacesXML(root tree.Node) {
	for n := range root.All("interface") {
		f := n.At("interface-name").NonEmpty()
		if !f.Known() {
			continue
		}
		name := fullName(f.Value)
		i := p.Interface(name, n.Span())
		i.Kind = kindOf(name)
		if d := n.At("description").NonEmpty(); d.Known() {
			i.Description = d
		}
		line := n.At("state").NonEmpty()
		if !line.Known() {
			continue
		}
		i.Oper = tree.Word(n.At("line-state"), imWords)
		i.Admin = capture.Then(tree.Word(n.At("state"), imWords), func(s state.Status) (state.Status, bool) {
			if line.Value == "im-state-admin-down" {
				return state.Down, true
			}
			return state.Up, true // one that is down was not shut
		})
		if i.Kind == state.Aggregate {
			p.Aggregator(name, n.Span()).Oper = i.Oper
		}
		i.MAC = text.MAC(n.At("mac-address", "address").NonEmpty())
		if _, sub := port(name); !sub {
			i.MTU = text.Int(n.At("mtu").NonEmpty())
		}
		for _, k := range nominal {
			if strings.HasPrefix(name, k.kind) && i.Kind == state.Physical {
				i.Speed = capture.Then(n.At("bandwidth").Uint(64), func(kbit uint64) (uint64, bool) { return k.speed, kbit == k.speed/1000 })
			}
		}
		p.Switch.Listed.Interfaces = n.Span().Reply.Whole()
	}
}

// lldpXML reads ethernet-lldp-oper. Each neighbour stands under its port.
func (p *parser) lldpXML(root tree.Node) {
	for n := range root.All("lldp-neighbor") {
		local := n.At("receiving-interface-name").NonEmpty()
		if !local.Known() {
			continue
		}
		x := p.Remote(fullName(local.Value), state.LLDP, n.Span())
		x.ChassisID = text.Identifier(n.At("chassis-id").NonEmpty(), subtypeOf(chassisSubtypes, n.At("mib", "chassis-id-sub-type")))
		x.PortID = text.Identifier(n.At("port-id-detail").NonEmpty(), subtypeOf(portSubtypes, n.At("mib", "port-id-sub-type")))
		d := n.At("detail")
		x.SystemName, x.SystemDescription = d.At("system-name").NonEmpty(), d.At("system-description").NonEmpty()
		x.PortDescription, x.TTL = d.At("port-description").NonEmpty(), text.Int(n.At("hold-time").NonEmpty())
		x.PVID = text.VID(d.At("port-vlan-id").NonEmpty())
		for a := range d.At("network-addresses").Named("lldp-addr-entry") {
			for _, family := range []string{"ipv4-address", "ipv6-address"} {
				if f := text.Addr(a.At("address", family).NonEmpty()); f.Known() {
					x.ManagementAddresses = append(x.ManagementAddresses, f)
				}
			}
		}
	}
	if root.At("data", "lldp", "nodes").Exists() {
		p.Switch.Listed.Remotes = root.Span().Reply.Whole()
	}
}

// The numbers of IEEE Std 802.1AB.
var (
	chassisSubtypes = []state.Subtype{0, state.ChassisComponent, state.InterfaceAlias, state.PortComponent, state.MACAddress, state.NetworkAddress,
		state.InterfaceName, state.Local}
	portSubtypes = []state.Subtype{0, state.InterfaceAlias, state.PortComponent, state.MACAddress, state.NetworkAddress, state.InterfaceName,
		state.AgentCircuitID, state.Local}
)

func subtypeOf(numbers []state.Subtype, n tree.Node) state.Subtype {
	if k := n.Uint(8); k.Known() && int(k.Value) < len(numbers) {
		return numbers[k.Value]
	}
	return state.SubtypeUnknown
}

var (
	lacpModes   = map[string]state.AggregationProtocol{"bmd-mode-on": state.Static, "bmd-mode-active": state.LACP, "bmd-mode-passive": state.LACP}
	memberModes = map[string]state.Selection{"bmd-mbr-state-active": state.Selected, "bmd-mbr-state-standby": state.Standby,
		"bmd-mbr-state-hot-standby": state.Standby, "bmd-mbr-state-configured": state.Unselected}
)

// bundlesXML reads bundlemgr-oper.
func (p *parser) bundlesXML(root tree.Node) {
	for n := range root.All("bundle") {
		f := n.At("bundle-interface").NonEmpty()
		if !f.Known() {
			continue
		}
		name := fullName(f.Value)
		a := p.Aggregator(name, f.From)
		a.MinLinks = text.Int(n.At("data", "actor-bundle-data", "minimum-active-links").NonEmpty())
		if least := n.At("data", "actor-bundle-data", "minimum-bandwidth").Uint(64); least.Value > 1 { // kbit/s
			p.Unread(least.From, "how many links have the least bandwidth is not known")
			a.MinLinks = capture.Fact[int]{}
		}
		a.Protocol = tree.Word(n.At("data", "applied-lacp-mode"), lacpModes)
		for m := range n.At("members").Named("member") {
			p.memberXML(name, f.From, m)
		}
		p.Switch.Listed.Aggregators, p.Switch.Listed.LACP = n.Span().Reply.Whole(), n.Span().Reply.Whole()
	}
}

func (p *parser) memberXML(bundle string, from capture.Span, m tree.Node) {
	f := m.At("member-interface").NonEmpty()
	if !f.Known() {
		return
	}
	for t := range m.All("member-type") {
		if t.Text() == "bmd-mbr-foreign" {
			return // of the multi-chassis peer
		}
	}
	name := fullName(f.Value)
	port := p.AggregationPort(bundle, name, m.Span())
	i := p.Interface(name, m.Span())
	i.Kind, i.Aggregator = kindOf(name), capture.Of(bundle, from)
	port.Selected = tree.Word(m.At("member-mux-data", "member-state"), memberModes)
	link := m.At("link-data")
	for side, e := range map[string]*state.Endpoint{"actor": &port.Actor, "partner": &port.Partner} {
		leaf := func(name string) capture.Fact[string] { return link.At(side + "-" + name).NonEmpty() }
		e.SystemPriority, e.System = text.Sixteen(leaf("system-priority")), text.MAC(leaf("system-mac-address"))
		e.Key, e.Port, e.PortPriority = text.Sixteen(leaf("operational-key")), text.Sixteen(leaf("port-id")), text.Sixteen(leaf("port-priority"))
		e.State = capture.Then(link.At(side+"-port-state").Uint(8), func(octet uint64) (state.LACPState, bool) {
			return state.LACPState{Known: 0xff, Set: state.LACPBits(octet)}, true
		})
	}
}

// macsXML reads l2vpn-oper. Each line card has the table of all that it bridges, so one address comes several times. Addresses that are
// behind no attachment circuit are on no port.
func (p *parser) macsXML(root tree.Node) {
	for n := range root.All("l2fibmac-detail") {
		mac, circuit := text.MAC(n.At("address").NonEmpty()), n.At("segment", "ac", "interface-handle").NonEmpty()
		if !mac.Known() || !circuit.Known() {
			continue
		}
		name := fullName(circuit.Value)
		if !slices.ContainsFunc(p.Switch.MACs, func(e state.MACEntry) bool { return e.MAC == mac.Value && e.Interface == name }) {
			p.Switch.MACs = append(p.Switch.MACs, state.MACEntry{MAC: mac.Value, Interface: name, From: n.Span()})
		}
	}
}
