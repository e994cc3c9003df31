package sonic

import (
	"net/netip"
	"strings"

	"uplinkcheck/drivers/capture"
	"uplinkcheck/drivers/state"
	"uplinkcheck/drivers/text"
	"uplinkcheck/drivers/tree"
)

// A row is a key of a database with its fields.
type row struct {
	key    capture.Fact[string] // what stands behind the table
	parts  []string             // of the key
	fields tree.Node
}

func (r row) field(name string) capture.Fact[string] { return r.fields.At(name).NonEmpty() }

func (r row) truth(name string) capture.Fact[bool] {
	return tree.Word(r.fields.At(name), map[string]bool{"true": true, "false": false, "True": true, "False": false})
}

// database reads the dump of part of a database. Keys begin with the table: TABLE|a|b in CONFIG_DB and STATE_DB, TABLE:a:b in APPL_DB. What a
// dump holds beside the fields of a key (its type and life time) is passed over.
func database(p *parser, root tree.Node) {
	for n := range root.Children() {
		key := n.Key()
		at := strings.IndexAny(n.Name(), "|:")
		if at < 0 || !key.Known() {
			continue
		}
		r := row{fields: n, parts: strings.Split(n.Name()[at+1:], n.Name()[at:at+1])}
		if v := n.At("value"); v.Kind() == tree.Object {
			r.fields = v
		}
		r.key = capture.Of(n.Name()[at+1:], key.From)
		if read := tables[n.Name()[:at+1]]; read != nil {
			read(p, r, root.Span())
		}
	}
}

// tables are what is read, by the table with the sign behind it, which tells CONFIG_DB and STATE_DB from APPL_DB.
var tables = map[string]func(p *parser, r row, all capture.Span){
	"PORT_TABLE:":         port,
	"LAG_TABLE:":          lagStatus,
	"LAG_MEMBER_TABLE:":   func(p *parser, r row, _ capture.Span) { p.lagMember(r) },
	"LAG_TABLE|":          lagState,
	"LAG_MEMBER_TABLE|":   memberState,
	"PORTCHANNEL|":        lag,
	"PORTCHANNEL_MEMBER|": func(p *parser, r row, _ capture.Span) { p.lagMember(r) },
	"VLAN|":               vlan,
	"VLAN_MEMBER|":        vlanMember,
	"VLAN_TABLE:":         vlan,
	"VLAN_MEMBER_TABLE:":  vlanMember,
	"VLAN_INTERFACE|":     vlanInterface,
	"VRF|":                func(p *parser, r row, all capture.Span) { p.VRF(r.key.Value, r.key.From); p.Switch.Listed.VRFs = all },
	"ACL_TABLE|":          acl,
	"LLDP_ENTRY_TABLE:":   lldpEntry,
	"MCLAG_DOMAIN|":       domain,
}

func port(p *parser, r row, all capture.Span) {
	name := r.key.Value
	if kindOf(name) != state.Physical {
		return // marks for when the ports were set up
	}
	i := p.Interface(name, r.key.From)
	i.Kind = state.Physical
	i.Admin, i.Oper = word(p, r.field("admin_status"), upDown), word(p, r.field("oper_status"), upDown)
	i.MTU = text.Int(r.field("mtu"))
	i.Description = r.field("description")
	i.Speed = capture.Then(text.Uint(r.field("speed"), 32), func(v uint64) (uint64, bool) { return v * 1_000_000, v > 0 })
	i.Transitions = text.Uint(r.field("flap_count"), 64)
	p.Switch.Listed.Interfaces = all
}

// lag reads what is configured.
func lag(p *parser, r row, all capture.Span) {
	a := p.Aggregator(r.key.Value, r.key.From)
	a.MinLinks = text.Int(r.field("min_links"))
	if on := r.truth("fallback"); on.Known() {
		a.Fallback = capture.Of(map[bool]state.Fallback{true: state.StaticFallback, false: state.NoFallback}[on.Value], on.From)
	}
	for m := range r.fields.At("members@").Children() { // releases of old list them here
		p.member(r.key.Value, m.Text(), r.key.From)
	}
	p.Switch.Listed.Aggregators = all
}

// lagStatus reads what the switch chip has.
func lagStatus(p *parser, r row, _ capture.Span) {
	a := p.Aggregator(r.key.Value, r.key.From)
	a.Oper = word(p, r.field("oper_status"), upDown)
	i := p.Interface(r.key.Value, r.key.From)
	i.Kind = state.Aggregate
	i.Admin, i.Oper = word(p, r.field("admin_status"), upDown), a.Oper
	i.MTU = text.Int(r.field("mtu"))
}

func (p *parser) lagMember(r row) {
	if len(r.parts) == 2 {
		p.member(r.parts[0], r.parts[1], r.key.From)
	}
}

func (p *parser) member(lag, port string, from capture.Span) *state.AggregationPort {
	p.lagged[port] = from
	p.Interface(port, from).Aggregator = capture.Of(lag, from)
	return p.AggregationPort(lag, port, from)
}

// lagState reads what the daemon that speaks LACP knows.
func lagState(p *parser, r row, all capture.Span) {
	a := p.Aggregator(r.key.Value, r.key.From)
	if active := r.truth("runner.active"); active.Known() {
		a.Protocol = capture.Of(state.LACP, r.key.From)
	}
	if on := r.truth("runner.fallback"); on.Known() && !a.Fallback.Known() {
		a.Fallback = capture.Of(map[bool]state.Fallback{true: state.StaticFallback, false: state.NoFallback}[on.Value], on.From)
	}
	p.Switch.Listed.LACP = all
}

func memberState(p *parser, r row, _ capture.Span) {
	if len(r.parts) != 2 {
		return
	}
	x := p.member(r.parts[0], r.parts[1], r.key.From)
	x.Selected = word(p, r.field("runner.selected"), map[string]state.Selection{"true": state.Selected, "false": state.Unselected})
	p.runners[[2]string{r.parts[0], r.parts[1]}] = r.field("runner.state")
	if capture.Is(x.Selected, state.Unselected) {
		x.Reason = r.field("runner.state")
	}
	x.Actor, x.Partner = endpoint(r, "runner.actor_lacpdu_info."), endpoint(r, "runner.partner_lacpdu_info.")
}

func endpoint(r row, prefix string) state.Endpoint {
	return state.Endpoint{System: text.MAC(r.field(prefix + "system")), Key: text.Sixteen(r.field(prefix + "key")), Port: text.Sixteen(r.field(prefix + "port")),
		State: capture.Then(text.Uint(r.field(prefix+"state"), 8), func(v uint64) (state.LACPState, bool) { return state.WholeLACPState(uint8(v)), true })}
}

// vid is the number in the name of a VLAN's interface.
func vid(name string, from capture.Span) capture.Fact[state.VID] {
	number, ok := strings.CutPrefix(name, "Vlan")
	if !ok {
		return capture.Fact[state.VID]{}
	}
	return text.VID(capture.Of(number, from))
}

func vlan(p *parser, r row, all capture.Span) {
	id := vid(r.key.Value, r.key.From)
	if !id.Known() {
		p.Unread(r.key.From, "a VLAN that is none")
		return
	}
	v := p.VLAN(id.Value, r.key.From)
	v.Active = capture.Of(true, r.key.From)
	if admin := r.field("admin_status"); admin.Known() {
		v.Active = capture.Then(word(p, admin, upDown), func(s state.Status) (bool, bool) { return s == state.Up, true })
	}
	v.Name = r.field("description")
	if strings.HasSuffix(all.Reply.Command, "-k VLAN* -y") {
		p.vlans = all
	}
}

var taggings = map[string]bool{"tagged": true, "untagged": false, "priority_tagged": false}

func vlanMember(p *parser, r row, _ capture.Span) {
	if len(r.parts) != 2 {
		return
	}
	p.inVLAN(vid(r.parts[0], r.key.From), capture.Of(r.parts[1], r.key.From), r.field("tagging_mode"))
}

// inVLAN notes that a port is in a VLAN.
func (p *parser) inVLAN(id capture.Fact[state.VID], port, tagging capture.Fact[string]) {
	if !id.Known() {
		p.Unread(port.From, "a port in a VLAN that is none")
		return
	}
	v := p.VLAN(id.Value, port.From)
	v.Ports = append(v.Ports, port)
	m := p.members[port.Value]
	if m == nil {
		m = &memberships{from: port.From}
		p.members[port.Value] = m
		p.order = append(p.order, port.Value)
	}
	tagged := word(p, tagging, taggings)
	switch {
	case !tagged.Known():
		m.unclear = true
	case tagged.Value:
		m.tagged, m.tag = m.tagged.Union(state.VIDs(id.Value)), id.From.Through(tagged.From)
	default:
		m.untagged, m.plain = m.untagged.Union(state.VIDs(id.Value)), id.From.Through(tagged.From)
	}
}

// vlanInterface reads a routed interface, and behind it an address.
func vlanInterface(p *parser, r row, _ capture.Span) {
	s := p.svi(r.parts[0], r.key.From)
	if vrf := r.field("vrf_name"); vrf.Known() {
		s.VRF = vrf
		v := p.VRF(vrf.Value, vrf.From)
		v.Interfaces = append(v.Interfaces, r.parts[0])
	}
	if len(r.parts) > 1 {
		if a := text.Prefix(capture.Of(strings.Join(r.parts[1:], "|"), r.key.From)); a.Known() {
			addAddress(s, a)
		}
	}
}

func (p *parser) svi(name string, from capture.Span) *state.SVI {
	s := p.SVI(name, from)
	s.VID = vid(name, s.From)
	return s
}

func addAddress(s *state.SVI, a capture.Fact[netip.Prefix]) {
	if !(a.Value.Addr().Is6() && a.Value.Addr().IsLinkLocalUnicast()) {
		s.Addresses = append(s.Addresses, a)
		s.Addressed = capture.Of(true, a.From)
	}
}

// acl notes what is bound to interfaces for frames that arrive. Ports are a list in one text.
func acl(p *parser, r row, all capture.Span) {
	stage := strings.ToLower(r.field("stage").Value)
	ports := r.field("ports@")
	if !ports.Known() {
		ports = r.field("ports")
	}
	if stage != "egress" {
		for _, port := range strings.Split(ports.Value, ",") {
			p.filtered[port] = r.key.From
		}
	}
	p.filters = all
}

// lldpEntry reads a neighbour; subtypes are the numbers of IEEE Std 802.1AB-2016, 8.5.2.2 and 8.5.3.2.
func lldpEntry(p *parser, r row, all capture.Span) {
	x := p.Remote(r.key.Value, state.LLDP, r.key.From)
	x.ChassisID = text.Identifier(r.field("lldp_rem_chassis_id"), chassisNumbers[r.field("lldp_rem_chassis_id_subtype").Value])
	x.PortID = text.Identifier(r.field("lldp_rem_port_id"), portNumbers[r.field("lldp_rem_port_id_subtype").Value])
	x.SystemName, x.SystemDescription, x.PortDescription = r.field("lldp_rem_sys_name"), r.field("lldp_rem_sys_desc"), r.field("lldp_rem_port_desc")
	for _, a := range strings.Split(r.field("lldp_rem_man_addr").Value, ",") {
		if addr := text.Addr(capture.Of(a, r.field("lldp_rem_man_addr").From)); addr.Known() {
			x.ManagementAddresses = append(x.ManagementAddresses, addr)
		}
	}
	p.Switch.Listed.Remotes = all
}

var (
	chassisNumbers = map[string]state.Subtype{"1": state.ChassisComponent, "2": state.InterfaceAlias, "3": state.PortComponent,
		"4": state.MACAddress, "5": state.NetworkAddress, "6": state.InterfaceName, "7": state.Local}
	portNumbers = map[string]state.Subtype{"1": state.InterfaceAlias, "2": state.PortComponent, "3": state.MACAddress,
		"4": state.NetworkAddress, "5": state.InterfaceName, "6": state.AgentCircuitID, "7": state.Local}
)

// lags are the LAGs that are configured, for teamdctl.
func lags(c *capture.Capture) []string { return keysOf(c, lagLine, "PORTCHANNEL|") }

// mclagDomains are the multi-chassis domains that are configured, for mclagdctl.
func mclagDomains(c *capture.Capture) []string { return keysOf(c, mclagLine, "MCLAG_DOMAIN|") }

func keysOf(c *capture.Capture, line, table string) (out []string) {
	r := c.Reply(line)
	if r == nil {
		return nil
	}
	root, err := tree.JSON(r)
	if err != nil {
		return nil
	}
	for n := range root.Children() {
		if key, ok := strings.CutPrefix(n.Name(), table); ok {
			out = append(out, key)
		}
	}
	return out
}

// finish joins what concerns several tables.
func (p *parser) finish() {
	if capture.Is(p.Switch.MLAG.Protocol, state.PeerLinkMLAG) {
		if i := p.Switch.MLAG.PeerLink; i.Known() {
			p.Switch.MLAG.PeerLinkOper = p.Interface(i.Value, i.From).Oper
		}
		for i := range p.Switch.MACs { // what the peer learned is static here too
			if m := &p.Switch.MACs[i]; capture.Is(m.Kind, state.StaticMAC) {
				m.Kind = capture.Fact[state.MACKind]{}
			}
		}
	}
	var off state.VIDSet
	for _, v := range p.Draft.VLANs() {
		if capture.Is(v.Active, false) {
			off = off.Union(state.VIDs(v.ID))
		}
	}
	for _, port := range p.order {
		m := p.members[port]
		b := p.BridgePort(port, m.from)
		b.Trunking = capture.Of(state.StaticTrunking, m.from)
		if m.unclear || m.untagged.Len() > 1 {
			continue
		}
		if !p.vlans.Known() { // there may be others, of which no second one without a tag
			for v := range m.untagged.All() {
				if !b.PVID.Known() {
					b.PVID, b.Untagged = capture.Of(v, m.plain), capture.Of(m.untagged, m.plain)
				}
			}
			if !b.Mode.Known() {
				b.Mode = capture.Of(state.Trunk, m.tag)
			}
			continue
		}
		all := m.tagged.Union(m.untagged)
		b.Configured, b.Explicit, b.Members = capture.Of(all, p.vlans), capture.Of(true, p.vlans), capture.Of(all.Minus(off), p.vlans)
		b.Untagged, b.PVID = capture.Of(m.untagged, p.vlans), capture.Of(state.VID(0), p.vlans)
		for v := range m.untagged.All() {
			b.PVID = capture.Of(v, p.vlans)
		}
		b.Mode = capture.Of(state.Trunk, p.vlans)
		if m.tagged.Empty() {
			b.Mode = capture.Of(state.Access, p.vlans)
		}
	}
	l := &p.Switch.Listed
	if p.vlans.Known() {
		l.VLANs, l.BridgePorts, l.SVIs = p.vlans, p.vlans, p.vlans
	}
	for _, i := range p.Interfaces() {
		if i.Kind == 0 {
			i.Kind = kindOf(i.Name)
		}
		if i.Kind != state.Physical && i.Kind != state.Aggregate {
			continue
		}
		if i.Kind == state.Physical && !i.Aggregator.Known() && l.Aggregators.Known() {
			i.Aggregator = capture.Of("", l.Aggregators)
		}
		if !i.Bridged.Known() && p.vlans.Known() && !p.lagged[i.Name].Known() {
			i.Bridged = capture.Of(p.members[i.Name] != nil, p.vlans)
		}
	}
	for _, s := range p.SVIs() {
		if from, ok := p.filtered[s.Interface]; ok {
			s.Filtered = capture.Of(true, from)
		} else if p.filters.Known() {
			s.Filtered = capture.Of(false, p.filters)
		}
	}
	for _, a := range p.Aggregators() {
		p.fallback(a)
		if !a.MLAGID.Known() && p.clags.Known() {
			a.MLAGID = capture.Of("", p.clags)
		}
	}
}

// fallback says whether a LAG forwards although nobody answers: a member that is selected, and whose partner is a default.
func (p *parser) fallback(a *state.Aggregator) {
	switch {
	case !a.Fallback.Known():
		return
	case a.Fallback.Value == state.NoFallback:
		a.FallbackActive = capture.Of(false, a.Fallback.From)
		return
	}
	for _, port := range p.AggregationPorts(a.Name) {
		runner := p.runners[[2]string{a.Name, port.Name}]
		if !capture.Is(port.Selected, state.Selected) || !runner.Known() {
			continue
		}
		switch runner.Value {
		case "current":
			a.FallbackActive = capture.Of(false, runner.From)
			return
		case "defaulted":
			a.FallbackActive = capture.Then(a.Oper, func(s state.Status) (bool, bool) { return s == state.Up, true })
		}
	}
}
