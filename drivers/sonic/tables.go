package sonic

import (
	"regexp"
	"slices"
	"strings"

	"uplinkcheck/drivers/capture"
	"uplinkcheck/drivers/state"
	"uplinkcheck/drivers/text"
)

func hostname(p *parser, lines []text.Line) {
	if len(lines) == 1 && len(lines[0].Fields()) == 1 {
		p.Switch.Device.Hostname = lines[0].Whole()
	}
}

// version reads "show version"; a list of containers follows.
func version(p *parser, lines []text.Line) {
	d := &p.Switch.Device
	for _, l := range lines {
		if strings.HasPrefix(l.Text, "Docker images") {
			return
		}
		key, value, _ := l.KeyValue()
		if value.Value == "N/A" {
			continue
		}
		switch key {
		case "SONiC Software Version":
			d.Version = value
			d.Stacked = capture.Of(false, value.From) // there is no stacking on this platform
		case "Model Number":
			d.Model = value
		case "Serial Number":
			d.Serial = value
		}
	}
}

// inventory reads the chassis in "show platform inventory".
func inventory(p *parser, lines []text.Line) {
	table, rows, ok := text.FindTable(lines, "Name", "Product ID", "Version", "Serial Number", "Description")
	if !ok {
		return
	}
	d := &p.Switch.Device
	for _, l := range rows {
		r := table.Row(l)
		if f := l.Fields(); len(f) > 1 && f[0].Value == "CHASSIS" {
			d.Model, d.Serial = r.Cell("Product ID"), r.Cell("Serial Number")
		}
	}
}

// names of ports, by which the rows of tables are told from what else is printed.
var portName = regexp.MustCompile(`^(Ethernet|PortChannel|Eth|etp|eth)\d[\w/-]*$`)

// status reads "show interfaces status".
func status(p *parser, lines []text.Line) {
	table, rows, ok := text.FindTable(lines, "Interface", "Speed", "MTU", "Vlan", "Oper", "Admin")
	if !ok { // releases of old do not have that column
		table, rows, ok = text.FindTable(lines, "Interface", "Speed", "MTU", "Oper", "Admin")
	}
	if !ok {
		return
	}
	for _, l := range rows {
		r := table.Row(l)
		name := r.Cell("Interface")
		if !portName.MatchString(name.Value) {
			continue
		}
		i := p.Interface(name.Value, name.From)
		i.Kind = kindOf(name.Value)
		i.Admin, i.Oper = word(p, r.Cell("Admin"), upDown), word(p, r.Cell("Oper"), upDown)
		i.Speed, i.MTU = text.Speed(r.Cell("Speed")), text.Int(r.Cell("MTU"))
		switch in := r.Cell("Vlan"); {
		case in.Value == "routed" && i.Kind == state.Aggregate: // some releases say so of LAGs that are in VLANs
		case in.Value == "routed":
			i.Bridged = capture.Of(false, in.From)
		case in.Value == "trunk" || in.Value == "access":
			i.Bridged = capture.Of(true, in.From)
		case kindOf(in.Value) == state.Aggregate:
			i.Aggregator = in
			p.lagged[name.Value] = in.From
		}
	}
}

// description reads "show interfaces description".
func description(p *parser, lines []text.Line) {
	table, rows, ok := text.FindTable(lines, "Interface", "Oper", "Admin", "Description")
	if !ok {
		return
	}
	for _, l := range rows {
		r := table.Row(l)
		name := r.Cell("Interface")
		if !portName.MatchString(name.Value) {
			continue
		}
		i := p.Interface(name.Value, name.From)
		i.Kind = kindOf(name.Value)
		i.Admin, i.Oper = word(p, r.Cell("Admin"), upDown), word(p, r.Cell("Oper"), upDown)
		if d := r.Cell("Description"); d.Value != "N/A" {
			i.Description = d
		}
	}
}

var (
	teamRow  = regexp.MustCompile(`^\s*\d+\s+(\S+)\s+(N/A|[A-Za-z]+)(?:\(([AI])\))?(?:\((Up|Dw|N/A)\))?(?:\s+(\S.*))?$`)
	teamPort = regexp.MustCompile(`(\S+?)\((S|D|S\*|D\*)\)`)
)

// portChannels reads "show interfaces portchannel": A active, I inactive, Up, Dw down, S selected, D deselected, * not synced.
func portChannels(p *parser, lines []text.Line) {
	table, rows, ok := text.FindTable(lines, "Team Dev", "Protocol", "Ports", "Oper Key") // releases of old have no keys
	if !ok {
		table, rows, ok = text.FindTable(lines, "Team Dev", "Protocol", "Ports")
	}
	if !ok {
		return
	}
	for _, l := range rows {
		m := l.Match(teamRow)
		if m == nil {
			continue
		}
		r := table.Row(l)
		ports, key := r.Cell("Ports"), text.Sixteen(r.Cell("Oper Key"))
		a := p.Aggregator(m[1].Value, m[1].From)
		if m[2].Value != "N/A" {
			a.Protocol = state.Word(p.Draft, m[2], map[string]state.AggregationProtocol{"lacp": state.LACP, "static": state.Static})
		}
		a.Oper = capture.Then(m[4], func(s string) (state.Status, bool) {
			v, ok := map[string]state.Status{"Up": state.Up, "Dw": state.Down}[s]
			return v, ok
		})
		i := p.Interface(m[1].Value, m[1].From)
		i.Kind = state.Aggregate
		if !i.Oper.Known() {
			i.Oper = a.Oper
		}
		if !ports.Known() {
			if m[5].Known() && !key.Known() {
				p.Unread(l.Span(), "the members of a LAG are not told from its other columns")
			}
			continue
		}
		list := text.Line{Reply: l.Reply, At: int(ports.From.Start), Text: ports.Value}
		for _, f := range list.Fields() {
			part := text.Line{Reply: l.Reply, At: int(f.From.Start), Text: f.Value}
			m := part.Match(teamPort)
			if m == nil {
				if f.Value != "N/A" {
					p.Unread(part.Span(), "no member of a LAG")
				}
				continue
			}
			x := p.member(a.Name, m[1].Value, l.Span())
			x.Actor.Key = key
			switch m[2].Value { // one that the daemon selected and that is not synced does not forward yet
			case "S":
				x.Selected = capture.Of(state.Selected, part.Span())
			case "D", "D*":
				x.Selected = capture.Of(state.Unselected, part.Span())
			}
		}
	}
}

// vlanConfig reads "show vlan config".
func vlanConfig(p *parser, lines []text.Line) {
	table, rows, ok := text.FindTable(lines, "Name", "VID", "Member", "Mode")
	if !ok {
		return
	}
	for _, l := range rows {
		r := table.Row(l)
		id := text.VID(r.Cell("VID"))
		if !id.Known() {
			continue
		}
		p.VLAN(id.Value, id.From)
		if port := r.Cell("Member"); port.Known() && port.Value != "N/A" {
			p.inVLAN(id, port, r.Cell("Mode"))
		}
	}
}

// vlanBrief reads "show vlan brief", a grid with several lines in a row: a port and its tagging on each.
func vlanBrief(p *parser, lines []text.Line) {
	var border []int
	var headings []string
	var id capture.Fact[state.VID]
	for _, l := range lines {
		switch {
		case strings.HasPrefix(l.Text, "+"):
			id = capture.Fact[state.VID]{}
			continue
		case !strings.HasPrefix(l.Text, "|"):
			continue
		}
		cells := cut(l, border)
		if headings == nil {
			for i := range l.Text {
				if l.Text[i] == '|' {
					border = append(border, i)
				}
			}
			for _, c := range cut(l, border) {
				headings = append(headings, c.Value)
			}
			continue
		}
		cell := func(heading string) capture.Fact[string] {
			if k := slices.Index(headings, heading); k >= 0 && k < len(cells) {
				return cells[k]
			}
			return capture.Fact[string]{}
		}
		if v := text.VID(cell("VLAN ID")); v.Known() {
			id = v
			p.VLAN(id.Value, id.From)
		}
		if !id.Known() {
			continue
		}
		if a := text.Prefix(cell("IP Address")); a.Known() {
			s := p.SVI("Vlan"+id.From.Text(), id.From)
			s.VID = id
			addAddress(s, a)
		}
		if port := cell("Ports"); port.Known() {
			p.inVLAN(id, port, cell("Port Tagging"))
		}
	}
}

// cut returns the cells between borders, nil when those of the line stand elsewhere.
func cut(l text.Line, border []int) (out []capture.Fact[string]) {
	for k := 0; k+1 < len(border); k++ {
		if border[k+1] >= len(l.Text) || l.Text[border[k]] != '|' || l.Text[border[k+1]] != '|' {
			return nil
		}
		out = append(out, l.Part(border[k]+1, border[k+1]))
	}
	return out
}

// switchport reads "show interfaces switchport config", and the short form of it, which lacks the VLANs.
func switchport(p *parser, lines []text.Line) {
	table, rows, whole := text.FindTable(lines, "Interface", "Mode", "Untagged", "Tagged")
	if !whole {
		var ok bool
		if table, rows, ok = text.FindTable(lines, "Interface", "Mode"); !ok {
			return
		}
	}
	for k, l := range rows {
		r := table.Row(l)
		name, mode := r.Cell("Interface"), r.Cell("Mode")
		if !portName.MatchString(name.Value) || !mode.Known() {
			continue
		}
		i := p.Interface(name.Value, name.From)
		i.Kind = kindOf(name.Value)
		if mode.Value == "routed" {
			i.Bridged = capture.Of(false, mode.From)
			continue
		}
		b := p.BridgePort(name.Value, l.Span())
		b.Mode = state.Word(p.Draft, mode, map[string]state.PortMode{"access": state.Access, "trunk": state.Trunk})
		b.Trunking = capture.Of(state.StaticTrunking, mode.From)
		if !b.Mode.Known() {
			continue
		}
		i.Bridged = capture.Of(true, mode.From)
		if !whole {
			continue
		}
		untagged, tagged, from, ok := portVLANs(table, rows[k:])
		if all := tagged.Union(untagged); !ok || untagged.Len() > 1 || all.Empty() {
			p.Unread(from, "the VLANs of a port were not understood")
		} else {
			b.PVID, b.Untagged = capture.Of(state.VID(0), from), capture.Of(untagged, from)
			for v := range untagged.All() {
				b.PVID = capture.Of(v, from)
			}
			b.Configured, b.Explicit = capture.Of(all, from), capture.Of(true, from)
		}
	}
}

// portVLANs reads the VLANs of the port in the first row, and of the lines below on which its lists go on: there are at most five tagged ones
// on a line, and behind each five comes another line, be it empty.
func portVLANs(t text.Table, rows []text.Line) (untagged, tagged state.VIDSet, from capture.Span, ok bool) {
	full := false // the list of tagged VLANs goes on in the next line
	for i, l := range rows {
		r := t.Row(l)
		if i > 0 && (r.Cell("Interface").Known() || l.Blank() && !full) {
			break
		}
		from = rows[0].Span().Through(l.Span())
		native, list := r.Cell("Untagged"), r.Cell("Tagged")
		one, set := text.VID(native), text.VLANs(list)
		read := native.Known() == one.Known() && list.Known() == set.Known()
		if !read || i > 0 && (r.Cell("Mode").Known() || !l.Blank() && !one.Known() && !set.Known()) {
			return untagged, tagged, from, false
		}
		if one.Known() {
			untagged = untagged.Union(state.VIDs(one.Value))
		}
		tagged = tagged.Union(set.Value)
		full = strings.Count(list.Value, " ,") == 4
	}
	return untagged, tagged, from, !full
}

// neighbourTable reads "show lldp table". Which kind the identifiers are of it does not tell.
func neighbourTable(p *parser, lines []text.Line) {
	table, rows, ok := text.FindTable(lines, "LocalPort", "RemoteDevice", "RemotePortID", "Capability", "RemotePortDescr")
	if !ok {
		return
	}
	for _, l := range rows {
		r := table.Row(l)
		local := r.Cell("LocalPort")
		if !portName.MatchString(local.Value) {
			continue
		}
		x := p.Remote(local.Value, state.LLDP, l.Span())
		x.SystemName = r.Cell("RemoteDevice")
		x.PortID = text.Identifier(r.Cell("RemotePortID"), state.SubtypeUnknown)
		x.PortDescription = r.Cell("RemotePortDescr")
	}
}

var total = regexp.MustCompile(`^Total number of entries (\d+)$`)

// macTable reads "show mac". Its last line says how many there are.
func macTable(p *parser, lines []text.Line) {
	table, rows, ok := text.FindTable(lines, "Vlan", "MacAddress", "Port", "Type")
	if !ok { // releases of old do not have that column
		table, rows, ok = text.FindTable(lines, "Vlan", "MacAddress", "Port")
	}
	if !ok {
		return
	}
	read := 0
	for _, l := range rows {
		if m := l.Match(total); m != nil {
			if n := text.Int(m[1]); n.Known() && n.Value == read {
				p.Switch.Listed.MACs = text.Through(lines)
			}
			return
		}
		if l.Blank() {
			continue
		}
		r := table.Row(l)
		id, mac, port := text.VID(r.Cell("Vlan")), text.MAC(r.Cell("MacAddress")), r.Cell("Port")
		if !id.Known() || !mac.Known() || !port.Known() {
			p.Unread(l.Span(), "an address without VLAN, address or port")
			continue
		}
		read++
		p.Switch.MACs = append(p.Switch.MACs, state.MACEntry{VID: id.Value, MAC: mac.Value, Interface: port.Value, From: l.Span(),
			Kind: state.Word(p.Draft, r.Cell("Type"), map[string]state.MACKind{"dynamic": state.Dynamic, "static": state.StaticMAC})})
	}
}
