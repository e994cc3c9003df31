package cisco_nxos

import (
	"regexp"
	"strings"

	"uplinkcheck/drivers/capture"
	"uplinkcheck/drivers/state"
	"uplinkcheck/drivers/text"
	"uplinkcheck/drivers/tree"
)

var macKinds = map[string]state.MACKind{"dynamic": state.Dynamic, "static": state.StaticMAC, "secure": state.StaticMAC}

// address notes a line of the MAC table. Addresses of routed ports have no VLAN there; behind the port stand words in brackets.
func (p *parser) address(vlan, mac, port capture.Fact[string], kind capture.Fact[state.MACKind], from capture.Span) bool {
	m := text.MAC(mac)
	vid := text.VID(vlan)
	if !m.Known() || !port.Known() || !vid.Known() && vlan.Value != "-" && vlan.Value != "0" {
		p.Unread(from, "an address without VLAN, address or port")
		return false
	}
	on, _, _ := strings.Cut(port.Value, "(")
	on, _, _ = strings.Cut(on, "  ") // a Nexus 1000V has one more column
	on = strings.TrimSpace(on)
	full, ok := names.Full(on)
	if !ok {
		full = on
	}
	if full == "" || strings.HasPrefix(port.Value, "sup-eth") || strings.HasPrefix(port.Value, "SUP") || kindOf(full) == state.Routed {
		kind = capture.Of(state.OwnMAC, port.From)
	}
	key := macKey{vid.Value, m.Value, full}
	if i, ok := p.macs[key]; ok { // JSON and text have the same rows
		take(&p.Switch.MACs[i].Kind, kind)
		return true
	}
	p.macs[key] = len(p.Switch.MACs)
	p.Switch.MACs = append(p.Switch.MACs, state.MACEntry{VID: vid.Value, MAC: m.Value, Interface: full, From: from, Kind: kind})
	return true
}

// macKey is what tells rows of the MAC table apart.
type macKey struct {
	vid  state.VID
	mac  state.MAC
	port string
}

// macTable reads "show mac address-table". Some releases have the mark of the line in disp_type, where others have the kind and leave out
// whether the peer learned an address: of what kind a row is, the text says then.
func macTable(p *parser, n tree.Node) {
	whole := table(n, "mac_address").Span()
	for row := range rows(n, "mac_address") {
		mark := word(row, "disp_type")
		var kind capture.Fact[state.MACKind]
		switch static := word(row, "disp_is_static"); {
		case mark.Value == "+":
			kind = capture.Of(state.PeerLearned, mark.From)
		case mark.Value == "G":
			kind = capture.Of(state.OwnMAC, mark.From)
		case mark.Value == "*" && strings.EqualFold(static.Value, "disabled"):
			kind = capture.Of(state.Dynamic, static.From)
		case mark.Value == "*" && strings.EqualFold(static.Value, "enabled"):
			kind = capture.Of(state.StaticMAC, mark.From)
		}
		vlan := one(row, "disp_vlan")
		if !p.address(capture.Of(vlan.Text(), vlan.Span()), word(row, "disp_mac_addr"), word(row, "disp_port"), kind, row.Span()) {
			whole = capture.Span{}
		}
	}
	p.Switch.Listed.MACs = whole
}

var macRow = regexp.MustCompile(`^\s*([*+GCOEFR~ ()]*?)\s*(\d{1,4}|-)\s+` +
	`([0-9a-fA-F]{4}\.[0-9a-fA-F]{4}\.[0-9a-fA-F]{4})\s+(\w+)\s+(\S+)\s+(?:[TF~]\s+[TF~]\s+)?(\S.*?)\s*$`)

// macTableText reads "show mac address-table" as text, which has no end mark and is never taken for the list of all.
func macTableText(p *parser, lines []text.Line) {
	for _, l := range lines {
		m := l.Match(macRow)
		if m == nil {
			continue
		}
		kind := state.Word(p.Draft, m[4], macKinds)
		switch mark := m[1]; {
		case strings.Contains(mark.Value, "+"), strings.HasPrefix(m[6].Value, "vPC Peer-Link"):
			kind = capture.Of(state.PeerLearned, l.Span())
		case strings.Contains(mark.Value, "G"):
			kind = capture.Of(state.OwnMAC, mark.From)
		}
		p.address(m[2], m[3], m[6], kind, l.Span())
	}
}
