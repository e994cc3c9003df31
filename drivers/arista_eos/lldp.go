package arista_eos

import (
	"bytes"
	"slices"
	"strconv"
	"strings"

	"uplinkcheck/drivers/capture"
	"uplinkcheck/drivers/state"
	"uplinkcheck/drivers/text"
	"uplinkcheck/drivers/tree"
)

// subtypes are the words for chassis and port identifiers in JSON. "local" is printed for locally assigned ones.
var subtypes = map[string]state.Subtype{
	"chassiscomponent": state.ChassisComponent, "interfacealias": state.InterfaceAlias, "portcomponent": state.PortComponent,
	"macaddress": state.MACAddress, "networkaddress": state.NetworkAddress, "interfacename": state.InterfaceName,
	"agentcircuitid": state.AgentCircuitID, "local": state.Local, "locallyassigned": state.Local,
}

// lldp reads "show lldp neighbors detail".
func lldp(p *parser, n tree.Node) {
	list := n.At("lldpNeighbors")
	if list.Kind() != tree.Object {
		p.Unread(list.Span(), "neighbours are not listed by port")
		return
	}
	for i := range list.Children() {
		for x := range i.At("lldpNeighborInfo").Children() {
			p.Switch.Remotes = append(p.Switch.Remotes, p.remote(i, x))
		}
	}
	p.Switch.Listed.Remotes = list.Span()
}

func (p *parser) remote(i, x tree.Node) state.RemoteSystem {
	port := x.At("neighborInterfaceInfo")
	id := port.At("interfaceId_v2") // the same without quotes, in later releases
	if !id.Exists() {
		id = port.At("interfaceId")
	}
	r := state.RemoteSystem{
		Interface:         i.Name(),
		From:              withName(i).Through(x.Span()),
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
		if addr := text.Addr(trimmed(a.At("address").Str())); addr.Known() {
			r.ManagementAddresses = append(r.ManagementAddresses, addr)
		}
	}
	return r
}

func trimmed(f capture.Fact[string]) capture.Fact[string] {
	return capture.Then(f, func(s string) (string, bool) { return strings.TrimSpace(s), true })
}

// lldpID returns an identifier with its subtype. Identifiers may stand in quotes of their own.
func (p *parser) lldpID(n, kind tree.Node) capture.Fact[state.Identifier] {
	said := n.NonEmpty()
	subtype := word(p, kind, subtypes)
	if !said.Known() {
		return capture.Fact[state.Identifier]{}
	}
	return p.toIdentifier(said, subtype.Value)
}

func (p *parser) toIdentifier(said capture.Fact[string], subtype state.Subtype) capture.Fact[state.Identifier] {
	id := capture.Then(said, func(s string) (state.Identifier, bool) {
		if len(s) > 1 && strings.HasPrefix(s, `"`) && strings.HasSuffix(s, `"`) {
			s = s[1 : len(s)-1]
		}
		if subtype == state.MACAddress {
			m, err := state.ParseMAC(s)
			return state.Identifier{Subtype: subtype, ID: m.String()}, err == nil
		}
		return state.Identifier{Subtype: subtype, ID: s}, s != ""
	})
	if !id.Known() {
		p.Unread(said.From, state.Quote(said.Value)+" is no identifier of its type")
	}
	return id
}

// chassisNumbers and portNumbers are the subtypes of IEEE Std 802.1AB-2016, 8.5.2.2 and 8.5.3.2, which the text gives in
// brackets.
var (
	chassisNumbers = map[string]state.Subtype{"1": state.ChassisComponent, "2": state.InterfaceAlias, "3": state.PortComponent,
		"4": state.MACAddress, "5": state.NetworkAddress, "6": state.InterfaceName, "7": state.Local}
	portNumbers = map[string]state.Subtype{"1": state.InterfaceAlias, "2": state.PortComponent, "3": state.MACAddress,
		"4": state.NetworkAddress, "5": state.InterfaceName, "6": state.AgentCircuitID, "7": state.Local}
)

// lldpInterface reads the line before the neighbours of a port: "Interface Ethernet1 detected 1 LLDP neighbors:".
func lldpInterface(line string) (name string, ok bool) {
	rest, ok := strings.CutPrefix(line, "Interface ")
	if !ok {
		return "", false
	}
	start, end := wordAt(rest, 0)
	name, rest = rest[start:end], rest[end:]
	rest, ok = strings.CutPrefix(rest, " detected ")
	count, rest, isCount := strings.Cut(rest, " LLDP neighbor")
	return name, ok && isCount && start == 0 && name != "" && only(count, isDigit) && (strings.HasPrefix(rest, ":") || strings.HasPrefix(rest, "s:"))
}

// lldpKey reads a line such as "  - Time To Live: 120 seconds": its key, "" when it is no such line, and where the colon is.
func lldpKey(line string) (key string, colon int) {
	start, _ := wordAt(line, 0)
	if start == 0 {
		return "", 0
	}
	if strings.HasPrefix(line[start:], "- ") {
		start += 2
	}
	colon = start + strings.IndexByte(line[start:], ':')
	end := colon
	for end > start && isSpace(line[end-1]) {
		end--
	}
	key = line[start:max(start, end)]
	isKey := func(b byte) bool { return isLetter(b) || isDigit(b) || b == '.' || b == ' ' || b == '/' }
	if !only(key, isKey) || strings.HasSuffix(key, ".") || strings.HasSuffix(key, "/") {
		return "", 0
	}
	return key, colon
}

// lldpText reads "show lldp neighbors detail" as text. What a neighbour sends may hold line breaks, so a line is only read
// while its neighbour lacks it, and a neighbour counts once both its identifiers, which every LLDP frame has, were read.
func lldpText(p *parser, lines []text.Line) {
	local := ""
	var x *state.RemoteSystem
	var chassis, port state.Subtype
	if len(lines) > 0 {
		p.Switch.Remotes = slices.Grow(p.Switch.Remotes, bytes.Count(lines[0].Reply.Data, []byte("Chassis ID type")))
	}
	for _, l := range lines {
		if name, ok := lldpInterface(l.Text); ok {
			local, x = name, nil
			continue
		} else if strings.HasPrefix(l.Text, "Interface ") {
			local, x = "", nil // what follows is of no other port
			p.Unread(l.Span(), "neighbours of a port that was not understood")
			continue
		}
		if strings.HasPrefix(strings.TrimSpace(l.Text), "- ") {
			port = 0 // what is said of the port's identifier has ended
		}
		key, colon := lldpKey(l.Text)
		if key == "" || local == "" {
			continue
		}
		switch value := l.Part(colon+1, len(l.Text)); key {
		case "Chassis ID type":
			x = p.Remote(local, state.LLDP, l.Span())
			chassis = number(value.Value, chassisNumbers)
		case "Port ID type":
			port = number(value.Value, portNumbers)
		default:
			if x != nil && value.Known() {
				p.lldpItem(x, key, value, chassis, port)
			}
		}
	}
	p.Switch.Remotes = slices.DeleteFunc(p.Switch.Remotes, func(r state.RemoteSystem) bool {
		incomplete := !r.ChassisID.Known() || !r.PortID.Known()
		if incomplete {
			p.Unread(r.From, "a neighbour without both identifiers")
		}
		return incomplete
	})
}

func (p *parser) lldpItem(x *state.RemoteSystem, key string, value capture.Fact[string], chassis, port state.Subtype) {
	switch key {
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
		x.PVID = text.VID(value)
	case "Management Address":
		if addr := text.Addr(value); addr.Known() {
			x.ManagementAddresses = append(x.ManagementAddresses, addr)
		}
	}
}

func number(s string, subtypes map[string]state.Subtype) state.Subtype {
	n := len(s)
	if n < 3 || s[n-3] != '(' || s[n-1] != ')' {
		return 0
	}
	return subtypes[s[n-2:n-1]]
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

// lldpBrief reads "show lldp neighbors": what the port is called, without the kind of that name.
func lldpBrief(p *parser, n tree.Node) {
	list := n.At("lldpNeighbors")
	whole := list.Kind() == tree.Array
	for x := range list.Children() {
		local, port := x.At("port").NonEmpty(), x.At("neighborPort").NonEmpty()
		if !local.Known() || !port.Known() {
			p.Unread(x.Span(), "a neighbour without a port")
			whole = false
			continue
		}
		r := p.Remote(names.Of(local).Value, state.LLDP, x.Span())
		r.PortID = p.toIdentifier(port, state.SubtypeUnknown)
		device(r, x.At("neighborDevice").NonEmpty())
		r.TTL = capture.Then(x.At("ttl").Uint(16), func(v uint64) (int, bool) { return int(v), true })
	}
	if whole {
		p.Switch.Listed.Remotes = list.Span()
	}
}

// device takes the name of a neighbour. One that sent none has the identifier of its chassis in that place, so an address is no name.
func device(r *state.RemoteSystem, said capture.Fact[string]) {
	if text.MAC(said).Known() {
		r.ChassisID = text.Identifier(said, state.SubtypeUnknown)
	} else {
		r.SystemName = said
	}
}

// lldpBriefText reads the same as text.
func lldpBriefText(p *parser, lines []text.Line) {
	table, rows, ok := text.FindTable(lines, "Port", "Neighbor Device ID", "Neighbor Port ID", "TTL")
	if !ok {
		return
	}
	for _, l := range rows {
		if l.Blank() {
			continue
		}
		row := table.Row(l)
		local, isName := names.Full(row.Cell("Port").Value)
		port, ttl := row.Cell("Neighbor Port ID"), text.Int(row.Cell("TTL"))
		if !isName || !port.Known() || !ttl.Known() {
			p.Unread(l.Span(), "the columns of a neighbour are not told apart")
			continue
		}
		r := p.Remote(local, state.LLDP, l.Span())
		r.PortID, r.TTL = p.toIdentifier(port, state.SubtypeUnknown), ttl
		device(r, row.Cell("Neighbor Device ID"))
	}
}
