package juniper_junos

import (
	"bytes"
	"net/netip"
	"regexp"
	"slices"
	"strings"

	"uplinkcheck/drivers/capture"
	"uplinkcheck/drivers/state"
)

// chassisSubtypes and portSubtypes are the kinds of identifiers as Junos words them; some releases append the number.
var chassisSubtypes = map[string]state.Subtype{
	"chassis component": state.ChassisComponent, "interface alias": state.InterfaceAlias, "port component": state.PortComponent,
	"mac address": state.MACAddress, "network address": state.NetworkAddress, "interface name": state.InterfaceName,
	"locally assigned": state.Local, "local": state.Local,
}

var portSubtypes = map[string]state.Subtype{
	"interface alias": state.InterfaceAlias, "port component": state.PortComponent, "mac address": state.MACAddress,
	"network address": state.NetworkAddress, "interface name": state.InterfaceName, "agent circuit id": state.AgentCircuitID,
	"locally assigned": state.Local, "local": state.Local,
}

// identifier reads an identifier and its kind. One whose kind was not printed keeps the unknown kind.
func (p *parser) identifier(id, kind elem, subtypes map[string]state.Subtype) capture.Fact[state.Identifier] {
	subtype := state.SubtypeUnknown
	if text := kind.str(); text.Known() {
		name, _, _ := strings.Cut(text.Value, "(")
		var ok bool
		if subtype, ok = subtypes[strings.ToLower(strings.TrimSpace(name))]; !ok {
			p.unread(text.From, "unknown kind of identifier "+state.Quote(text.Value))
			return capture.Fact[state.Identifier]{}
		}
	}
	return capture.Then(id.str(), func(s string) (state.Identifier, bool) {
		if subtype != state.MACAddress {
			return state.Identifier{Subtype: subtype, ID: s}, true
		}
		m, ok := toMAC(s)
		return state.Identifier{Subtype: subtype, ID: m.String()}, ok
	})
}

// lldp reads the list of neighbours.
func lldp(p *parser, e elem) {
	whole := true
	for n := range e.named("lldp-neighbor-information") {
		r, ok := p.remote(n)
		if whole = whole && ok; ok {
			p.sw.Remotes = append(p.sw.Remotes, r)
		}
	}
	if whole {
		p.sw.Listed.Remotes = e.span()
	}
}

// lldpDetail adds to each neighbour what only the detailed list has, and the neighbours that came up in between.
func lldpDetail(p *parser, e elem) {
	whole := true
	for n := range e.named("lldp-neighbor-information") {
		more, ok := p.remote(n)
		if !ok {
			whole = false
			continue
		}
		var same []*state.RemoteSystem
		for i := range p.sw.Remotes {
			r := &p.sw.Remotes[i]
			equal, known := capture.Same(r.ChassisID, more.ChassisID)
			ports, stated := capture.Same(r.PortID, more.PortID)
			if r.Interface == more.Interface && equal && known && (ports || !stated) {
				same = append(same, r)
			}
		}
		switch len(same) {
		case 0:
			p.sw.Remotes = append(p.sw.Remotes, more)
		case 1:
			enrich(same[0], more)
		default:
			p.unread(n.span(), "several neighbours fit")
		}
	}
	if whole && !p.sw.Listed.Remotes.Known() {
		p.sw.Listed.Remotes = e.span()
	}
}

// enrich fills what the brief list did not say.
func enrich(r *state.RemoteSystem, more state.RemoteSystem) {
	if !r.PortID.Known() {
		r.PortID = more.PortID
	}
	if !r.SystemName.Known() {
		r.SystemName = more.SystemName
	}
	if !r.PortDescription.Known() {
		r.PortDescription = more.PortDescription
	}
	r.SystemDescription, r.TTL, r.PVID, r.ManagementAddresses = more.SystemDescription, more.TTL, more.PVID, more.ManagementAddresses
}

// remote reads one neighbour. The brief list has the port's name in lldp-local-port-id or, in older releases, in
// lldp-local-interface; in the detailed list the former is a number.
func (p *parser) remote(n elem) (state.RemoteSystem, bool) {
	local := n.at("lldp-local-interface").str()
	if !local.Known() {
		local = n.at("lldp-local-port-id").str()
	}
	if _, numeric := number(local.Value, 64); !local.Known() || numeric {
		p.unread(n.span(), "a neighbour without a local port")
		return state.RemoteSystem{}, false
	}
	r := state.RemoteSystem{
		Interface: portOf(local.Value), From: n.span(), Protocol: state.LLDP,
		ChassisID:         p.identifier(n.at("lldp-remote-chassis-id"), n.at("lldp-remote-chassis-id-subtype"), chassisSubtypes),
		PortID:            p.identifier(n.at("lldp-remote-port-id"), n.at("lldp-remote-port-id-subtype"), portSubtypes),
		SystemName:        n.at("lldp-remote-system-name").str(),
		SystemDescription: n.at("lldp-system-description", "lldp-remote-system-description").str(),
		PortDescription:   n.at("lldp-remote-port-description").str(),
		PVID:              portVLAN(n),
		TTL: capture.Then(n.at("lldp-ttl").str(), func(s string) (int, bool) {
			v, ok := number(s, 16)
			return int(v), ok
		}),
	}
	for _, list := range []elem{n, n.at("lldp-remote-management-address-info")} {
		for a := range list.named("lldp-remote-management-address") {
			address := capture.Then(a.str(), func(s string) (netip.Addr, bool) {
				v, err := netip.ParseAddr(s)
				return v, err == nil
			})
			if address.Known() {
				r.ManagementAddresses = append(r.ManagementAddresses, address)
			}
		}
	}
	return r, true
}

// portVLAN finds the port VLAN id among the organizationally specific TLVs (IEEE Std 802.1Q-2018, D.2.1). They stand in
// elements of their own or, in older releases, one after the other: then the id follows the number of its subtype.
func portVLAN(n elem) capture.Fact[state.VID] {
	none := capture.Fact[state.VID]{}
	for tlv := range n.named("lldp-org-specific-tlv") {
		if tlv.at("lldp-remote-subtype-port-vid").exists() {
			return capture.Then(tlv.at("lldp-remote-subtype-vlan-id").str(), toVID)
		}
	}
	next := false
	for c := range n.n.Children() {
		switch {
		case c.Name() == "lldp-remote-subtype-port-vid":
			next = true
		case c.Name() == "lldp-remote-subtype-vlan-id" && next:
			return capture.Then(elem{n: c}.str(), toVID)
		case strings.HasPrefix(c.Name(), "lldp-remote-oui"), c.Name() == "lldp-remote-index":
			next = false
		}
	}
	return none
}

var lldpHeader = regexp.MustCompile(`^\s*Local Interface\s+(?:Parent Interface\s+)?Chassis Id\s+Port info\s+System Name\s*$`)

// lldpText reads "show lldp neighbors" by the columns of its header. What stands under "Port info" is the port's identifier
// with some neighbours and its description with others, and nothing tells which: it is not read.
func lldpText(p *parser, r *capture.Reply) {
	var starts []int
	whole := true
	titles := []string{"Local Interface", "Parent Interface", "Chassis Id", "Port info", "System Name"}
	for at, line := range p.lines(r, &whole) {
		if strings.Contains(line, "Local Interface") && lldpHeader.MatchString(line) {
			starts = starts[:0]
			for _, title := range titles {
				if start := strings.Index(line, title); start >= 0 { // releases of old know no parent
					starts = append(starts, start)
				}
			}
			p.sw.Remotes = slices.Grow(p.sw.Remotes, min(bytes.Count(r.Data[at:], []byte("\n")), (len(r.Data)-at)/40))
			continue
		}
		if starts == nil || strings.TrimSpace(line) == "" || ofSession(line) {
			continue
		}
		cells, over := p.cut(r, at, line, starts)
		n := len(starts)
		if over < n-1 || !cells[0].Known() || !cells[n-3].Known() {
			p.unread(r.Span(at, at+len(line)), "columns do not line up with the header")
			whole = false
			continue
		}
		remote := state.RemoteSystem{Interface: portOf(cells[0].Value), From: r.Span(at, at+len(line)), Protocol: state.LLDP,
			ChassisID: capture.Of(state.Identifier{ID: cells[n-3].Value}, cells[n-3].From)}
		// What is under "Port info" is not cut: words that fill its column may go on in the next.
		if info := cells[n-2].Value; over == n && (len(info) < starts[n-1]-starts[n-2]-1 || !strings.Contains(info, " ")) {
			remote.SystemName = cells[n-1]
		}
		p.sw.Remotes = append(p.sw.Remotes, remote)
	}
	switch {
	case starts != nil && whole:
		p.sw.Listed.Remotes = r.Whole()
	case starts == nil && strings.TrimSpace(string(r.Data)) != "":
		p.unread(r.Whole(), "no table of neighbours")
	}
}

// cut splits a line at the columns where the header's titles start. over is the first column that an entry before it reaches into, from
// which on no cell is read; their number when there is none. The cells are good until the next line is read.
func (p *parser) cut(r *capture.Reply, at int, line string, starts []int) (cells []capture.Fact[string], over int) {
	p.words = slices.Grow(p.words[:0], len(starts))[:len(starts)]
	cells = p.words
	clear(cells)
	for i, start := range starts {
		if start >= len(line) {
			break
		}
		if start > 0 && line[start-1] != ' ' {
			return cells, i
		}
		end := len(line)
		if i+1 < len(starts) {
			end = min(end, starts[i+1])
		}
		cells[i] = field(r, at+start, line[start:end])
	}
	return cells, len(starts)
}
