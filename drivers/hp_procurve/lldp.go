package hp_procurve

import (
	"regexp"
	"slices"
	"strings"

	"uplinkcheck/drivers/capture"
	"uplinkcheck/drivers/state"
	"uplinkcheck/drivers/text"
)

var subtypes = map[string]state.Subtype{
	"mac-address": state.MACAddress, "network-address": state.NetworkAddress, "interface-name": state.InterfaceName, "interface-alias": state.InterfaceAlias,
	"port-component": state.PortComponent, "chassis-component": state.ChassisComponent, "local": state.Local, "locally-assigned": state.Local,
	"local-assigned": state.Local, "agent-circuit-id": state.AgentCircuitID,
}

// identifier returns one of the kind that a word tells; a word that is cut tells none.
func (p *parser) identifier(f, kind capture.Fact[string]) capture.Fact[state.Identifier] {
	subtype := state.Word(p.Draft, uncut(kind), subtypes).Value
	if subtype == state.MACAddress && !text.MAC(f).Known() {
		return capture.Fact[state.Identifier]{}
	}
	return text.Identifier(uncut(f), subtype)
}

// neighbours reads "show lldp info remote-device detail", and the same of one port.
func neighbours(p *parser, lines []text.Line) {
	if len(lines) == 0 {
		return
	}
	before := len(p.Switch.Unread)
	all := lines[0].Reply.Command == neighbourLine
	for _, s := range text.Sections(lines, func(l text.Line) bool { return localPort.MatchString(l.Text) }) {
		switch x, ok := p.neighbour(s); {
		case ok && all:
			p.Switch.Remotes = append(p.Switch.Remotes, x)
		case ok:
			p.details = append(p.details, x)
		}
	}
	headed := slices.ContainsFunc(lines, func(l text.Line) bool { return strings.Contains(l.Text, "LLDP Remote Device") })
	if len(p.Switch.Unread) == before && all && headed {
		p.Switch.Listed.Remotes = lines[0].Reply.Whole()
	}
}

var localPort = regexp.MustCompile(`^\s*Local Port\s*: *(\S+)$`)

// neighbour reads one. It counts once both its identifiers, which every LLDP frame has, were printed; one that is cut is unknown.
func (p *parser) neighbour(lines []text.Line) (x state.RemoteSystem, ok bool) {
	local, _ := port(lines[0].Match(localPort)[1])
	x = state.RemoteSystem{Interface: local.Value, Protocol: state.LLDP, From: lines[0].Span()}
	items := map[string]capture.Fact[string]{}
	inAddress := false
	for k, l := range lines[1:] {
		key, value, ok := l.KeyValue()
		if strings.TrimSpace(l.Text) == "Remote Management Address" {
			inAddress = true
		}
		if !ok {
			continue
		}
		if inAddress && key == "Address" {
			if a := text.Addr(value); a.Known() {
				x.ManagementAddresses = append(x.ManagementAddresses, a)
			}
		}
		if _, seen := items[key]; seen {
			continue
		}
		if key == "System Descr" { // the next item proves that it has one line
			if k+2 >= len(lines) || !strings.HasPrefix(strings.TrimSpace(lines[k+2].Text), "PortDescr") {
				value = capture.Fact[string]{}
			}
		}
		items[key] = value
	}
	x.ChassisID, x.PortID = p.identifier(items["ChassisId"], items["ChassisType"]), p.identifier(items["PortId"], items["PortType"])
	x.SystemName, x.SystemDescription, x.PortDescription = uncut(items["SysName"]), uncut(items["System Descr"]), uncut(items["PortDescr"])
	x.PVID = text.VID(items["Pvid"])
	if !local.Known() || !items["ChassisId"].Known() || !items["PortId"].Known() {
		p.Unread(lines[0].Span(), "a neighbour without both identifiers")
		return x, false
	}
	return x, true
}

// neighbourTable reads "show lldp info remote-device". The kinds of identifiers are not printed.
func neighbourTable(p *parser, lines []text.Line) {
	t, rows, ok := text.FindTable(lines, "LocalPort", "ChassisId", "PortId", "PortDescr", "SysName")
	if !ok {
		return
	}
	for _, l := range rows {
		if !strings.Contains(l.Text, "|") {
			continue
		}
		r := t.Row(l)
		local, _ := port(r.Cell("LocalPort"))
		if !local.Known() || !r.Cell("ChassisId").Known() {
			p.Unread(l.Span(), "no row of a neighbour")
			continue
		}
		x := state.RemoteSystem{Interface: local.Value, Protocol: state.LLDP, From: l.Span()}
		x.ChassisID, x.PortID = text.Identifier(uncut(r.Cell("ChassisId")), state.SubtypeUnknown), text.Identifier(uncut(r.Cell("PortId")), state.SubtypeUnknown)
		x.PortDescription, x.SystemName = uncut(r.Cell("PortDescr")), uncut(r.Cell("SysName"))
		p.table = append(p.table, x)
	}
}

// cutNeighbours are the ports of which the table cuts something off.
func cutNeighbours(c *capture.Capture) (out []string) {
	r := c.Reply(tableLine)
	if r == nil {
		return nil
	}
	for _, l := range text.Lines(r) {
		if f := l.Fields(); strings.Contains(l.Text, "|") && strings.Contains(l.Text, "...") && len(f) > 0 {
			if name, _ := port(f[0]); name.Known() && !slices.Contains(out, name.Value) {
				out = append(out, name.Value)
			}
		}
	}
	return out
}

// finishRemotes takes the rows of the table, and in their place what was said of a port in full. Rows that tell more find theirs first.
func (p *parser) finishRemotes() {
	slices.SortStableFunc(p.table, func(a, b state.RemoteSystem) int { return missing(a) - missing(b) })
	for _, x := range p.table {
		k := slices.IndexFunc(p.details, func(y state.RemoteSystem) bool {
			return y.Interface == x.Interface && agree(x.ChassisID, y.ChassisID) && agree(x.PortID, y.PortID)
		})
		if k >= 0 {
			x = p.details[k]
			p.details = slices.Delete(p.details, k, k+1)
		} else if missing(x) > 0 {
			p.Unread(x.From, "the table cuts off who the neighbour is")
		}
		p.Switch.Remotes = append(p.Switch.Remotes, x)
	}
}

// missing is 0 for a neighbour with both identifiers.
func missing(x state.RemoteSystem) (n int) {
	if !x.ChassisID.Known() {
		n += 2
	}
	if !x.PortID.Known() {
		n++
	}
	return n
}

// agree reports whether an identifier may be that one: it is, or it is cut off.
func agree(x, full capture.Fact[state.Identifier]) bool {
	return !x.Known() || x.Value.ID == full.Value.ID
}

// cdp reads "show cdp neighbors detail". What a neighbour calls itself is its name, unless that is an address.
func cdp(p *parser, lines []text.Line) {
	for _, s := range text.Sections(lines, func(l text.Line) bool { return strings.HasPrefix(strings.TrimSpace(l.Text), "Port :") }) {
		items := map[string]capture.Fact[string]{}
		for _, l := range s {
			if key, value, ok := l.KeyValue(); ok {
				if _, seen := items[key]; !seen {
					items[key] = value
				}
			}
		}
		local, _ := port(items["Port"])
		device := items["Device ID"]
		x := state.RemoteSystem{Interface: local.Value, Protocol: state.CDP, From: s[0].Span()}
		x.ChassisID, x.PortID = text.Identifier(device, state.SubtypeUnknown), text.Identifier(items["Device Port"], state.SubtypeUnknown)
		if !text.MAC(device).Known() {
			x.SystemName = device
		}
		x.SystemDescription = uncut(items["Version"])
		if a := text.Addr(items["Address"]); a.Known() {
			x.ManagementAddresses = append(x.ManagementAddresses, a)
		}
		if !local.Known() || !x.ChassisID.Known() || !x.PortID.Known() {
			p.Unread(s[0].Span(), "a neighbour without device or port")
			continue
		}
		p.Switch.Remotes = append(p.Switch.Remotes, x)
	}
}
