package arista_eos

import (
	"net/netip"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"uplinkcheck/drivers/capture"
	"uplinkcheck/drivers/state"
	"uplinkcheck/drivers/tree"
)

// subtypes are the words for chassis and port identifiers in JSON. "local" is printed for locally assigned ones.
var subtypes = map[string]state.Subtype{
	"chassisComponent": state.ChassisComponent, "interfaceAlias": state.InterfaceAlias, "portComponent": state.PortComponent,
	"macAddress": state.MACAddress, "networkAddress": state.NetworkAddress, "interfaceName": state.InterfaceName,
	"agentCircuitId": state.AgentCircuitID, "local": state.Local, "locallyAssigned": state.Local,
}

// lldp reads "show lldp neighbors detail".
func lldp(p *parser, n tree.Node) {
	list := n.At("lldpNeighbors")
	for i := range list.Children() {
		for x := range i.At("lldpNeighborInfo").Children() {
			p.sw.Remotes = append(p.sw.Remotes, p.remote(i, x))
		}
	}
	p.sw.Listed.Remotes = list.Span()
}

func (p *parser) remote(i, x tree.Node) state.RemoteSystem {
	port := x.At("neighborInterfaceInfo")
	id := port.At("interfaceId_v2") // the same without quotes, in later releases
	if !id.Exists() {
		id = port.At("interfaceId")
	}
	r := state.RemoteSystem{
		Interface:         i.Name(),
		From:              through(withName(i), x.Span()),
		Protocol:          state.LLDP,
		ChassisID:         p.lldpID(x.At("chassisId"), x.At("chassisIdType")),
		PortID:            p.lldpID(id, port.At("interfaceIdType")),
		SystemName:        x.At("systemName").NonEmpty(),
		SystemDescription: x.At("systemDescription").NonEmpty(),
		PortDescription:   port.At("interfaceDescription").NonEmpty(),
		TTL:               capture.Then(x.At("ttl").Uint(16), func(v uint64) (int, bool) { return int(v), true }),
		PVID:              capture.Then(port.At("portVlanId").Uint(16), toVID), // 0: not sent
	}
	for a := range x.At("managementAddresses").Children() {
		if addr := capture.Then(a.At("address").Str(), toAddr); addr.Known() {
			r.ManagementAddresses = append(r.ManagementAddresses, addr)
		}
	}
	return r
}

func toAddr(s string) (netip.Addr, bool) {
	a, err := netip.ParseAddr(strings.TrimSpace(s))
	return a, err == nil
}

// lldpID returns an identifier with its subtype. Identifiers may stand in quotes of their own.
func (p *parser) lldpID(n, kind tree.Node) capture.Fact[state.Identifier] {
	text := n.NonEmpty()
	subtype := word(p, kind, subtypes)
	if !text.Known() {
		return capture.Fact[state.Identifier]{}
	}
	return p.toIdentifier(text, subtype.Value)
}

func (p *parser) toIdentifier(text capture.Fact[string], subtype state.Subtype) capture.Fact[state.Identifier] {
	id := capture.Then(text, func(s string) (state.Identifier, bool) {
		if len(s) > 1 && strings.HasPrefix(s, `"`) && strings.HasSuffix(s, `"`) {
			s = s[1 : len(s)-1]
		}
		if subtype == state.MACAddress {
			m, ok := toMAC(s)
			return state.Identifier{Subtype: subtype, ID: m.String()}, ok
		}
		return state.Identifier{Subtype: subtype, ID: s}, s != ""
	})
	if !id.Known() {
		p.unread(text.From, quote(text.Value)+" is no identifier of its type")
	}
	return id
}

var (
	lldpInterface = regexp.MustCompile(`^Interface (\S+) detected (\d+) LLDP neighbors?:`)
	lldpItem      = regexp.MustCompile(`^\s+(?:- )?([A-Za-z0-9. /]*[A-Za-z0-9])\s*:\s*(.*?)\s*$`)
	lldpNumber    = regexp.MustCompile(`\((\d)\)$`)
)

// chassisNumbers and portNumbers are the subtypes of IEEE Std 802.1AB-2016, 8.5.2.2 and 8.5.3.2, which the text gives in
// brackets.
var (
	chassisNumbers = map[string]state.Subtype{"1": state.ChassisComponent, "2": state.InterfaceAlias, "3": state.PortComponent,
		"4": state.MACAddress, "5": state.NetworkAddress, "6": state.InterfaceName, "7": state.Local}
	portNumbers = map[string]state.Subtype{"1": state.InterfaceAlias, "2": state.PortComponent, "3": state.MACAddress,
		"4": state.NetworkAddress, "5": state.InterfaceName, "6": state.AgentCircuitID, "7": state.Local}
)

// lldpText reads "show lldp neighbors detail" as text. What a neighbour sends may hold line breaks, so a line is only read
// while its neighbour lacks it, and a neighbour counts once both its identifiers, which every LLDP frame has, were read.
func lldpText(p *parser, r *capture.Reply) {
	local := ""
	var x *state.RemoteSystem
	var chassis, port state.Subtype
	for at, line := range whole(r) {
		if m := lldpInterface.FindStringSubmatch(line); m != nil {
			local, x = m[1], nil
			continue
		}
		m := lldpItem.FindStringSubmatch(line)
		if m == nil || local == "" {
			continue
		}
		value := field(r, at, line, m[2])
		switch m[1] {
		case "Chassis ID type":
			p.sw.Remotes = append(p.sw.Remotes, state.RemoteSystem{Interface: local, From: r.Span(at, at+len(line)), Protocol: state.LLDP})
			x = &p.sw.Remotes[len(p.sw.Remotes)-1]
			chassis, port = number(m[2], chassisNumbers), 0
			continue
		case "Port ID type":
			port = number(m[2], portNumbers)
			continue
		}
		if x == nil || !value.Known() {
			continue
		}
		switch m[1] {
		case "Chassis ID":
			if !x.ChassisID.Known() {
				x.ChassisID = p.toIdentifier(value, chassis)
			}
		case "Port ID":
			if port != 0 && !x.PortID.Known() { // of a link aggregation there is a port id, too
				x.PortID = p.toIdentifier(value, port)
			}
		case "System Name":
			x.SystemName = unquoted(value)
		case "System Description":
			x.SystemDescription = unquoted(value)
		case "Port Description":
			x.PortDescription = unquoted(value)
		case "Time To Live":
			x.TTL = capture.Then(value, func(s string) (int, bool) {
				v, err := strconv.Atoi(strings.TrimSuffix(s, " seconds"))
				return v, err == nil
			})
		case "IEEE802.1 Port VLAN ID":
			x.PVID = capture.Then(value, func(s string) (state.VID, bool) { v, err := state.ParseVID(s); return v, err == nil })
		case "Management Address":
			if addr := capture.Then(value, toAddr); addr.Known() {
				x.ManagementAddresses = append(x.ManagementAddresses, addr)
			}
		}
	}
	p.sw.Remotes = slices.DeleteFunc(p.sw.Remotes, func(r state.RemoteSystem) bool {
		incomplete := !r.ChassisID.Known() || !r.PortID.Known()
		if incomplete {
			p.unread(r.From, "a neighbour without both identifiers")
		}
		return incomplete
	})
}

func number(s string, subtypes map[string]state.Subtype) state.Subtype {
	if m := lldpNumber.FindStringSubmatch(s); m != nil {
		return subtypes[m[1]]
	}
	return 0
}

// unquoted takes the quotes off a value; one whose closing quote is missing goes on in the next line and is unknown.
func unquoted(f capture.Fact[string]) capture.Fact[string] {
	return capture.Then(f, func(s string) (string, bool) {
		if !strings.HasPrefix(s, `"`) {
			return s, s != ""
		}
		if len(s) < 3 || !strings.HasSuffix(s, `"`) {
			return "", false
		}
		return s[1 : len(s)-1], true
	})
}
