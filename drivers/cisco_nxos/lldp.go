package cisco_nxos

import (
	"regexp"
	"slices"
	"strings"

	"uplinkcheck/drivers/capture"
	"uplinkcheck/drivers/state"
	"uplinkcheck/drivers/text"
	"uplinkcheck/drivers/tree"
)

// subtypes are the words for the kinds of identifiers in JSON, in lower case.
var subtypes = map[string]state.Subtype{
	"chassis component": state.ChassisComponent, "interface alias": state.InterfaceAlias, "port component": state.PortComponent,
	"mac address": state.MACAddress, "network address": state.NetworkAddress, "interface name": state.InterfaceName,
	"agent circuit id": state.AgentCircuitID, "agent circuit identifier": state.AgentCircuitID, "locally assigned": state.Local, "local": state.Local,
}

var notAdvertised = map[string]bool{"not advertised": true, "null": true, "(null)": true, "none": true}

// advertised is a value that the neighbour sent: NX-OS writes words where it did not.
func advertised(f capture.Fact[string]) capture.Fact[string] {
	return capture.Then(f, func(s string) (string, bool) {
		_, not := state.Lookup(notAdvertised, s)
		return s, !not
	})
}

// lldp reads "show lldp neighbors detail" and "show lldp neighbors". The short form has the system's name as chassis id, whatever type
// it names.
func lldp(p *parser, n tree.Node) {
	name := "nbor_detail"
	if !table(n, name).Exists() {
		name = "nbor"
	}
	whole, read := table(n, name).Span(), 0
	for row := range rows(n, name) {
		read++
		local, ok := names.Full(word(row, "l_port_id").Value)
		if !ok {
			p.Unread(row.Span(), "a neighbour on an unknown port")
			whole = capture.Span{}
			continue
		}
		r := p.Remote(local, state.LLDP, row.Span())
		r.PortID = identifier(p, word(row, "port_id"), word(row, "port_type"))
		if name == "nbor" {
			r.SystemName = systemName(advertised(word(row, "chassis_id")))
			r.TTL = text.Int(word(row, "hold_time"))
		} else {
			r.ChassisID = identifier(p, word(row, "chassis_id"), word(row, "chassis_type"))
			r.SystemName = advertised(word(row, "sys_name"))
			r.SystemDescription = advertised(word(row, "sys_desc"))
			r.PortDescription = advertised(word(row, "port_desc"))
			r.PVID = text.VID(word(row, "vlan_id"))
		}
		for _, key := range []string{"mgmt_addr", "mgmt_addr_ipv6"} {
			p.managed(r, word(row, key))
		}
	}
	switch count := text.Int(word(n, "neigh_count")); {
	case !whole.Known() && capture.Is(count, 0):
		whole = n.Span()
	case count.Known() && count.Value > read:
		whole = capture.Span{}
	}
	p.Switch.Listed.Remotes = whole
}

// systemName is a device id that is a name and no address.
func systemName(f capture.Fact[string]) capture.Fact[string] {
	if text.MAC(f).Known() {
		return capture.Fact[string]{}
	}
	return f
}

func (p *parser) managed(r *state.RemoteSystem, f capture.Fact[string]) {
	if a := text.Addr(f); a.Known() && !slices.ContainsFunc(r.ManagementAddresses, func(x capture.Fact[addr]) bool { return x.Value == a.Value }) {
		r.ManagementAddresses = append(r.ManagementAddresses, a)
	}
}

func identifier(p *parser, f, kind capture.Fact[string]) capture.Fact[state.Identifier] {
	subtype := state.Word(p.Draft, kind, subtypes)
	f = advertised(f)
	if subtype.Value == state.MACAddress && !text.MAC(f).Known() {
		return capture.Fact[state.Identifier]{}
	}
	return text.Identifier(f, subtype.Value)
}

// An item is a line that says something of a neighbour.
type item int

const (
	noItem item = iota
	chassisItem
	portItem
	localItem
	portDescriptionItem
	nameItem
	descriptionItem
	timeItem
	addressItem
	address6Item
	vlanItem
	items
)

var itemNames = [items]string{"", "Chassis id", "Port id", "Local Port id", "Port Description", "System Name", "System Description", "Time remaining",
	"Management Address", "Management Address IPV6", "Vlan ID"}

// itemOf reads a line such as "Port id: eno1".
func itemOf(l text.Line) (item, capture.Fact[string]) {
	colon := strings.IndexByte(l.Text, ':')
	if colon < 0 {
		return noItem, capture.Fact[string]{}
	}
	k := slices.Index(itemNames[1:], strings.TrimLeft(l.Text[:colon], " \t"))
	return item(k + 1), l.Part(colon+1, len(l.Text))
}

var totalLine = regexp.MustCompile(`^\s*Total entries displayed:\s*(\d+)`)

// lldpText reads "show lldp neighbors detail" as text. A system's description may have line breaks, and lines in it may look like
// others: up to the time that remains everything belongs to it.
func lldpText(p *parser, lines []text.Line) {
	sections := text.Sections(lines, func(l text.Line) bool { k, _ := itemOf(l); return k == chassisItem })
	p.Switch.Remotes = slices.Grow(p.Switch.Remotes, len(sections))
	read := 0
	for _, section := range sections {
		if p.lldpSection(section) {
			read++
		}
	}
	p.counted(lines, read, len(sections))
}

// counted takes the neighbours for all there are when the number below them is theirs.
func (p *parser) counted(lines []text.Line, read, sections int) {
	for _, l := range lines {
		if m := l.Match(totalLine); m != nil && read == sections && capture.Is(text.Int(m[1]), read) {
			p.Switch.Listed.Remotes = text.Through(lines)
		}
	}
}

func (p *parser) lldpSection(section []text.Line) bool {
	var values [items]capture.Fact[string]
	var seen [items]bool
	var about []text.Line // lines of the system's description
	in := false
	for _, l := range section {
		k, value := itemOf(l)
		if in && k != timeItem {
			about = append(about, l)
			continue
		}
		in = false
		if k == noItem || seen[k] {
			continue
		}
		values[k], seen[k] = advertised(value), true
		in = k == descriptionItem
	}
	local, ok := names.Full(values[localItem].Value)
	if !ok || in {
		p.Unread(section[0].Span(), "a neighbour on an unknown port, or one that is cut short")
		return false
	}
	r := p.Remote(local, state.LLDP, section[0].Span())
	r.ChassisID = text.Identifier(values[chassisItem], state.SubtypeUnknown)
	r.PortID = text.Identifier(values[portItem], state.SubtypeUnknown)
	r.PortDescription, r.SystemName = values[portDescriptionItem], values[nameItem]
	r.SystemDescription = joined(values[descriptionItem], about)
	r.PVID = text.VID(values[vlanItem])
	p.managed(r, values[addressItem])
	p.managed(r, values[address6Item])
	return true
}

// joined is a text that goes on over lines, blank ones at its end left out.
func joined(first capture.Fact[string], more []text.Line) capture.Fact[string] {
	for len(more) > 0 && more[len(more)-1].Blank() {
		more = more[:len(more)-1]
	}
	if !first.Known() {
		return first
	}
	for _, l := range more {
		first.Value += "\n" + strings.TrimSpace(l.Text)
		first.From = l.Reply.Span(int(first.From.Start), l.At+len(l.Text))
	}
	return first
}

var (
	lldpHead = regexp.MustCompile(`^\s*Device ID\s+Local Intf.*?(?:\s(Port ID)|$)`)

	capabilities = regexp.MustCompile(`^[RBTCWPSO]{1,8}$`)
	lldpRow      = regexp.MustCompile(`^\s*(?:(\S.*?)\s+)?((?:Eth|Ethernet|mgmt)\d\S*)\s+(\d+)\s+(?:([RBTCWPSO]{1,8})\s+)?(\S.*?)\s*$`)
)

// lldpBrief reads "show lldp neighbors" as text. A name that is too long for its column has a line of its own.
func lldpBrief(p *parser, lines []text.Line) {
	in, read, column := false, 0, 0
	var alone text.Alone
	for _, l := range lines {
		if at := lldpHead.FindStringSubmatchIndex(l.Text); at != nil {
			in, column, alone = true, at[2], text.Alone{}
			continue
		}
		m := l.Match(lldpRow)
		if !in || m == nil {
			alone.Line(l)
			continue
		}
		device := alone.Take()
		if m[1].Known() {
			device = m[1]
		}
		local, ok := names.Full(m[2].Value)
		if !ok || !device.Known() {
			p.Unread(l.Span(), "a neighbour without a name or on an unknown port")
			continue
		}
		read++
		r := p.Remote(local, state.LLDP, device.From.Through(l.Span()))
		r.SystemName = systemName(advertised(device))
		if m[4].Known() || !capabilities.MatchString(m[5].Value) || int(m[5].From.Start)-l.At >= column { // else no port id was sent
			r.PortID = text.Identifier(advertised(m[5]), state.SubtypeUnknown)
		}
		r.TTL = text.Int(m[3])
	}
	p.counted(lines, read, read)
}
