package aruba_aoscx

import (
	"strings"

	"uplinkcheck/drivers/capture"
	"uplinkcheck/drivers/state"
	"uplinkcheck/drivers/text"
)

// lldp reads "show lldp neighbor-info detail". A port may have several neighbours; each ends with the time that it is valid.
func (p *parser) lldp(lines []text.Line) {
	read := 0
	total := capture.Fact[int]{}
	local := ""
	x := &state.RemoteSystem{}
	var described []text.Line
	for _, l := range lines {
		key, value, isPair := l.KeyValue()
		if described != nil && !strings.HasPrefix(key, "Neighbor ") {
			described = append(described, l)
			continue
		}
		if !isPair {
			continue
		}
		switch key {
		case "Total Neighbor Entries":
			total = text.Int(value)
		case "Port":
			local, x = value.Value, &state.RemoteSystem{From: l.Span()}
		case "Neighbor Chassis-Name", "Neighbor System-Name":
			if x.SystemName.Known() || x.ChassisID.Known() {
				x = &state.RemoteSystem{From: l.Span()}
			}
			x.SystemName = value
		case "Neighbor Chassis-Description", "Neighbor System-Description":
			if value.Known() {
				described = []text.Line{l}
			}
		case "Neighbor Chassis-ID":
			x.SystemDescription, described = text.Paragraph(described), nil
			x.ChassisID = text.Identifier(value, state.SubtypeUnknown)
		case "Neighbor Management-Address":
			for _, part := range addresses(value) {
				if a := text.Addr(part); a.Known() {
					x.ManagementAddresses = append(x.ManagementAddresses, a)
				}
			}
		case "Neighbor Port-ID":
			x.PortID = text.Identifier(value, state.SubtypeUnknown)
		case "Neighbor Port-Desc":
			x.PortDescription = value
		case "Neighbor Port VLAN ID":
			x.PVID = text.VID(value)
		case "TTL":
			x.TTL = text.Int(value)
			if local == "" || !x.ChassisID.Known() || !x.PortID.Known() {
				continue
			}
			read++
			x.Interface, x.Protocol = local, state.LLDP
			*p.Remote(local, state.LLDP, x.From) = *x
			x = &state.RemoteSystem{From: l.Span()}
		}
	}
	if capture.Is(total, read) {
		p.Switch.Listed.Remotes = total.From.Reply.Whole()
	}
}

// addresses are the parts of a list that commas or blanks separate.
func addresses(f capture.Fact[string]) (out []capture.Fact[string]) {
	at := 0
	for _, part := range strings.FieldsFunc(f.Value, func(r rune) bool { return r == ',' || r == ' ' }) {
		at += strings.Index(f.Value[at:], part)
		out = append(out, capture.Of(part, f.From.Reply.Span(int(f.From.Start)+at, int(f.From.Start)+at+len(part))))
		at += len(part)
	}
	return out
}

// lldpBrief reads "show lldp neighbor-info". What ends in dots is cut.
func (p *parser) lldpBrief(lines []text.Line) {
	table, rows, ok := text.FindTable(lines, "LOCAL-PORT", "CHASSIS-ID", "PORT-ID", "PORT-DESC", "TTL", "SYS-NAME")
	if !ok {
		return
	}
	for _, l := range rows {
		r := table.Row(l)
		local, chassis, port := r.Cell("LOCAL-PORT"), r.Cell("CHASSIS-ID"), r.Cell("PORT-ID")
		if !portName.MatchString(local.Value) && local.Value != "mgmt" || !chassis.Known() || !port.Known() || !text.Int(r.Cell("TTL")).Known() {
			if !l.Blank() {
				p.Unread(l.Span(), "no row of a neighbour")
			}
			continue
		}
		x := p.Remote(local.Value, state.LLDP, l.Span())
		x.ChassisID, x.PortID = text.Identifier(uncut(chassis), state.SubtypeUnknown), text.Identifier(uncut(port), state.SubtypeUnknown)
		x.SystemName, x.PortDescription, x.TTL = uncut(r.Cell("SYS-NAME")), uncut(r.Cell("PORT-DESC")), text.Int(r.Cell("TTL"))
	}
}

func uncut(f capture.Fact[string]) capture.Fact[string] {
	return capture.Then(f, func(s string) (string, bool) { return s, !strings.HasSuffix(s, "...") })
}
