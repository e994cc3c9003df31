package juniper_junos

import (
	"cmp"
	"regexp"
	"slices"
	"strings"

	"uplinkcheck/drivers/capture"
	"uplinkcheck/drivers/state"
	"uplinkcheck/drivers/text"
)

// A unit is a logical interface that switches VLANs, as the list of interfaces and the list of VLANs tell of it.
type unit struct {
	name    string
	port    string       // that it is on
	listed  capture.Span // its entry in the list of interfaces, zero when it is not in it
	mode    capture.Fact[state.PortMode]
	tags    capture.Fact[string] // "tagged", "untagged" or both
	rows    []tagging            // from the list of interfaces
	vlans   []tagging            // from the list of VLANs
	partial bool                 // it is also a member of a VLAN whose id is not known
}

// A tagging is one VLAN on one unit.
type tagging struct {
	vid      state.VID
	untagged capture.Fact[bool]
	stp      capture.Fact[state.STPState]
}

// unit returns the logical interface of that name, nil for what takes no cable: tunnels, the routed interface of a VLAN.
func (p *parser) unit(name string) *unit {
	name = strings.TrimSuffix(name, "*")
	u := p.units[name]
	if u == nil && takesCable(name) {
		u = &unit{name: name, port: base(name)}
		p.units[name] = u
		p.unitsInOrder = append(p.unitsInOrder, u)
	}
	return u
}

func takesCable(name string) bool {
	k := kindOf(base(name))
	return k == state.Physical || k == state.Aggregate
}

var portModes = map[string]state.PortMode{"access": state.Access, "trunk": state.Trunk}

// setMode takes the word for the mode of a port. A port in tagged-access mode is neither access nor trunk.
func (u *unit) setMode(p *parser, e elem) {
	if strings.EqualFold(e.str().Value, "tagged-access") {
		return
	}
	if m := word(p, e, portModes); m.Known() && !u.mode.Known() {
		u.mode = m
	}
}

var tagness = map[string]bool{"untagged": true, "tagged": false}

var activity = map[string]bool{"active": true, "enabled": true, "inactive": false, "disabled": false}

// vlans reads the list of VLANs. With and without ELS its elements have different names; the root can be the same.
func vlans(p *parser, e elem) {
	for g := range e.named("l2ng-l2ald-vlan-instance-group") {
		v := p.vlan(g, "l2ng-l2rtb-vlan-name", "l2ng-l2rtb-vlan-tag", "l2ng-l2rtb-instance-state", g.text("l2ng-l2rtb-name"))
		for m := range g.named("l2ng-l2rtb-vlan-member") {
			v.members(p, m, "l2ng-l2rtb-vlan-member-interface", "l2ng-l2rtb-vlan-member-tagness", "l2ng-l2rtb-vlan-member-interface-mode")
		}
		for l3 := range g.named("l2ng-l2rtb-vlan-l3-interface") {
			p.l3(l3.str(), v.vid)
		}
	}
	for g := range e.named("l2ald-bridge-instance-group") { // bridge domains, of MX: the tag on a port is that of its unit, which is not told here
		v := p.vlan(g, "l2rtb-bridging-domain", "l2rtb-bridge-vlan", "l2rtb-instance-state", g.text("l2rtb-name"))
		for port := range g.named("l2rtb-interface-name") {
			if name := port.str(); v.vid.Known() && takesCable(name.Value) {
				p.lists(v.vid.Value, name)
			}
		}
		for l3 := range g.named("l2rtb-l3-interface") {
			p.l3(l3.str(), v.vid)
		}
	}
	for g := range e.named("vlan") {
		v := p.vlan(g, "vlan-name", "vlan-tag", "vlan-status", g.text("vlan-instance"))
		for m := range g.all("vlan-member") {
			v.members(p, m, "vlan-member-interface", "vlan-member-tagness", "vlan-member-port-mode")
		}
		for l3 := range g.named("vlan-l3-interface") {
			if s := p.l3(l3.str(), v.vid); s != nil {
				s.Oper = capture.Then(l3.str(), func(text string) (state.Status, bool) {
					up := strings.HasSuffix(text, "(UP)")
					return map[bool]state.Status{true: state.Up, false: state.Down}[up], up || strings.HasSuffix(text, "(DOWN)")
				})
				for address := range g.named("vlan-l3-interface-address") {
					if a := prefix(address.str(), ""); a.Known() {
						s.Addresses, s.Addressed = append(s.Addresses, a), capture.Of(true, a.From)
					}
				}
			}
		}
	}
	p.database = e.span()
}

// A vlanEntry is a VLAN of the list; vid is 0 when it has no id, or none that is one.
type vlanEntry struct{ vid capture.Fact[state.VID] }

// vlan reads the head of an entry.
func (p *parser) vlan(g elem, name, tag, active, instance string) vlanEntry {
	id := capture.Then(g.at(tag).str(), toVID)
	label := g.at(name).str()
	if !id.Known() {
		// VLANs without a tag exist: the default VLAN without ELS has tag 0 and is known by its name only.
		if text := g.at(tag).str(); text.Known() && !tagless(text.Value) {
			p.notVID(text)
		}
		return vlanEntry{}
	}
	p.addVLAN(state.VLAN{ID: id.Value, From: g.span(), Name: label, Active: word(p, g.at(active), activity)}, instance)
	return vlanEntry{id}
}

// notVID notes a tag that is no VLAN id. A number beyond them is none of any VLAN; what is no number may be several ids.
func (p *parser) notVID(tag capture.Fact[string]) {
	p.unread(tag.From, state.Quote(tag.Value)+" is not a VLAN id")
	p.untold = p.untold || !digits(tag.Value)
}

// tagless tells the words for the tag of a VLAN that has none.
func tagless(s string) bool { return s == "0" || strings.EqualFold(s, "none") || s == "NA" }

func toVID(s string) (state.VID, bool) {
	v, err := state.ParseVID(s)
	return v, err == nil
}

// addVLAN notes a VLAN. Routing instances have VLANs of their own: one id in two of them is two networks, and nothing that
// names only the id can be told apart.
func (p *parser) addVLAN(v state.VLAN, instance string) {
	if v.Name.Known() {
		if id, ok := p.vids[v.Name.Value]; ok && id != v.ID {
			p.vids[v.Name.Value] = 0
		} else {
			p.vids[v.Name.Value] = v.ID
		}
	}
	if p.inInstance(v.ID, instance) {
		p.unread(v.From, "a VLAN id that another routing instance has, too")
	}
	if _, ok := p.listed[v.ID]; !ok {
		p.listed[v.ID] = len(p.sw.VLANs)
		p.sw.VLANs = append(p.sw.VLANs, v)
	}
}

// inInstance notes the routing instance of a VLAN and reports whether another one has that id.
func (p *parser) inInstance(v state.VID, instance string) bool {
	if was, ok := p.isolated[v]; ok && was != instance {
		p.twice[v] = true
		return true
	}
	p.isolated[v] = instance
	return false
}

// members reads the ports of a VLAN.
func (v vlanEntry) members(p *parser, m elem, name, tag, mode string) {
	n := 0
	for range m.named(name) {
		n++
	}
	for port := range m.named(name) {
		said := port.str()
		if !said.Known() {
			continue
		}
		u := p.unit(said.Value)
		switch {
		case u == nil: // a tunnel, or the word None
		case !v.vid.Known():
			u.partial = true
		default:
			t := tagging{vid: v.vid.Value}
			if n == 1 {
				t.untagged = word(p, m.at(tag), tagness)
				u.setMode(p, m.at(mode))
			}
			u.vlans = append(u.vlans, t)
			p.lists(v.vid.Value, said)
		}
	}
}

// lists notes that a VLAN's entry names a port. Of an id that two routing instances have, the ports are not told apart.
func (p *parser) lists(id state.VID, name capture.Fact[string]) {
	i, ok := p.listed[id]
	switch {
	case !ok:
	case p.twice[id]:
		p.sw.VLANs[i].Ports = nil
	default:
		name.Value = base(name.Value)
		p.sw.VLANs[i].Ports = append(p.sw.VLANs[i].Ports, name)
	}
}

// l3 binds a routed interface to its VLAN, and returns it; nil when it is none. Without ELS the name is followed by its state,
// "vlan.10 (UP)".
func (p *parser) l3(name capture.Fact[string], v capture.Fact[state.VID]) *state.SVI {
	name = firstWord(name)
	if !name.Known() || !v.Known() || kindOf(base(name.Value)) != state.Routed {
		return nil
	}
	p.sw.SVIs = append(p.sw.SVIs, state.SVI{Interface: strings.TrimSuffix(name.Value, "*"), From: name.From, VID: v})
	return &p.sw.SVIs[len(p.sw.SVIs)-1]
}

// switching reads the list of switching interfaces, with ELS and without.
func switching(p *parser, e elem) {
	var cur *unit
	p.elsEntries(e, "", &cur)
	for port := range e.named("interface") {
		name := port.at("interface-name").str()
		if !name.Known() {
			p.unread(port.span(), "a switching interface without a name")
			continue
		}
		u := p.unit(name.Value)
		if u == nil {
			continue
		}
		u.listed = port.span()
		u.setMode(p, port.at("interface-port-mode"))
		for row := range port.at("interface-vlan-member-list").named("interface-vlan-member") {
			u.row(p, row.at("interface-vlan-member-tagid").str(), row.at("interface-vlan-name").str(),
				word(p, row.at("interface-vlan-member-tagness"), tagness), capture.Then(row.at("blocking-status").str(), blocking))
		}
	}
	p.sw.Listed.BridgePorts = e.span()
}

// switchingText reads "show ethernet-switching interfaces": a line with a name begins a port, those without go on with it.
func switchingText(p *parser, r *capture.Reply) {
	lines := text.Lines(r)
	table, rows, ok := text.FindTable(lines, "Interface", "State", "VLAN members", "Tag", "Tagging", "Blocking")
	if !ok {
		p.elsText(lines)
		return
	}
	var u *unit
	ended := false // what else stands behind its rows
	for _, l := range rows {
		row := table.Row(l)
		name, member := row.Cell("Interface"), row.Cell("VLAN members")
		if l.Blank() || ofSession(l.Text) {
			ended = true
			continue
		}
		if name.Known() {
			if u != nil && !strings.Contains(name.Value, ".") {
				u.partial = true // what is no name of a port may stand in between
			}
			u, ended = p.unit(name.Value), false
		}
		switch {
		case u == nil:
		case !member.Known() || ended:
			u.partial = true
			p.unread(l.Span(), "a row without a VLAN, or without a port")
		default:
			untagged := capture.Then(row.Cell("Tagging"), func(s string) (bool, bool) { v, ok := tagness[s]; return v, ok })
			u.listed = join(u.listed, l.Span())
			u.row(p, row.Cell("Tag"), member, untagged, capture.Then(row.Cell("Blocking"), blocking))
		}
	}
	if u != nil && !ended {
		u.partial = true // it may go on
	}
}

// With ELS there are limits of addresses, one or two, between what a line is about and its state. Flags of the interface may stand behind that.
var (
	elsInstance = regexp.MustCompile(`^Routing Instance Name : (\S+)$`)
	elsPort     = regexp.MustCompile(`^(\S+\.\d+)\s+\d+(?:\s+\d+)?(?:\s+([A-Z,]+))?(?:\s+(tagged|untagged|[a-z]+, ?[a-z]+))?$`)
	elsVLAN     = regexp.MustCompile(`^\s+(\S+)\s+(\d+)\s+\d+(?:\s+\d+)?(?:\s+([A-Z][a-z]+))?(?:\s+([A-Z,]+))?(?:\s+(tagged|untagged))?$`)
)

// elsText reads the same with ELS.
func (p *parser) elsText(lines []text.Line) {
	var u *unit
	instance, ended := "", false // what else stands behind the rows of the port
	for _, l := range lines {
		if l.Blank() || ofSession(l.Text) {
			ended = true
		} else if m := l.Match(elsInstance); m != nil {
			instance, u = m[1].Value, nil
		} else if m := l.Match(elsPort); m != nil {
			ended = false
			if u = p.unit(m[1].Value); u != nil {
				u.tags, u.listed = m[3], l.Span()
				u.shut(p, m[2])
			}
		} else if m := l.Match(elsVLAN); m != nil && u != nil && !ended {
			if v, ok := toVID(m[2].Value); ok {
				p.inInstance(v, instance)
			}
			u.listed = join(u.listed, l.Span())
			u.row(p, m[2], m[1], lowerWord(m[5], tagness), lowerWord(m[3], stpStates))
			u.shut(p, m[4])
		} else if u != nil {
			p.unread(l.Span(), "a row that was not understood")
			u.partial = true
		}
	}
	if u != nil && !ended {
		u.partial = true // it may go on
	}
}

// blocking reads the state of a port without ELS: "unblocked", or blocked with the protocol that does it.
func blocking(s string) (state.STPState, bool) {
	switch s = strings.ToLower(s); {
	case s == "unblocked":
		return state.Forwarding, true
	case strings.HasPrefix(s, "blocked"):
		return state.Blocking, true
	}
	return 0, false
}

var stpStates = map[string]state.STPState{
	"forwarding": state.Forwarding, "discarding": state.Blocking, "blocking": state.Blocking,
	"learning": state.Blocking, "listening": state.Blocking,
}

// elsEntries reads nested entries: one about an interface, which has a name, is followed by one for each of its VLANs, of
// which some releases repeat the name.
func (p *parser) elsEntries(e elem, instance string, cur **unit) {
	for entry := range e.named("l2ng-l2ald-iff-interface-entry") {
		within := instance
		if rtt := entry.text("l2iff-interface-rtt-name"); rtt != "" {
			within = rtt
		}
		if name := entry.text("l2iff-interface-name"); name != "" {
			*cur = p.unit(name)
			if *cur != nil && !(*cur).listed.Known() {
				(*cur).listed = entry.span()
			}
		}
		if u := *cur; u != nil {
			u.elsEntry(p, entry, within)
		}
		p.elsEntries(entry, within, cur)
	}
}

func (u *unit) elsEntry(p *parser, entry elem, instance string) {
	id, name := entry.at("l2iff-interface-vlan-id").str(), entry.at("l2iff-interface-vlan-name").str()
	tag := entry.at("l2iff-interface-vlan-member-tagness")
	u.shut(p, entry.at("l2iff-interface-flags").str())
	n := 0
	for range entry.named("l2iff-interface-vlan-id") {
		n++
	}
	switch {
	case n > 1:
		p.unread(entry.span(), "several VLANs in one entry")
		u.partial = true
	case id.Known() || name.Known():
		if v, ok := toVID(id.Value); ok {
			p.inInstance(v, instance)
		}
		u.listed = join(u.listed, entry.span())
		u.row(p, id, name, word(p, tag, tagness), word(p, entry.at("l2iff-interface-vlan-member-stp-state"), stpStates))
	case tag.str().Known():
		u.tags = tag.str()
	}
}

// shutFlags say what took a logical interface down: that an address moved, a storm, a loop, too many addresses, a leaf cut off from its core. The
// state of the spanning tree does not tell of it.
var shutFlags = map[string]bool{"MMAS": true, "SCTL": true, "LP": true, "MLAS": true, "CISO": true}

// shut takes the flags of a logical interface, "DL,SCTL".
func (u *unit) shut(p *parser, flags capture.Fact[string]) {
	for flag := range strings.SplitSeq(flags.Value, ",") {
		if shutFlags[strings.TrimSpace(flag)] {
			p.unread(flags.From, "the interface was shut down: "+state.Quote(flag))
			u.partial = true
		}
	}
}

// join returns the span from the start of a to the end of b, which stand in one reply.
func join(a, b capture.Span) capture.Span {
	if a.Reply != b.Reply {
		return b
	}
	return a.Reply.Span(int(min(a.Start, b.Start)), int(max(a.End, b.End)))
}

// row adds a VLAN to the unit, by its id or else its name.
func (u *unit) row(p *parser, id, name capture.Fact[string], untagged capture.Fact[bool], stp capture.Fact[state.STPState]) {
	v, ok := toVID(id.Value)
	if !id.Known() {
		v, ok = p.vids[name.Value], p.vids[name.Value] != 0
	}
	if !ok {
		u.partial = true
		return
	}
	u.rows = append(u.rows, tagging{vid: v, untagged: untagged, stp: stp})
}

// finishBridge makes one bridge port of the units of each port: with one unit for each VLAN, they are all of it.
func (p *parser) finishBridge() {
	if !p.untold {
		p.sw.Listed.VLANs = p.database
	}
	units := p.unitsInOrder
	slices.SortFunc(units, func(a, b *unit) int {
		return cmp.Or(state.NaturalCompare(a.port, b.port), strings.Compare(a.name, b.name))
	})
	p.sw.BridgePorts = make([]state.BridgePort, 0, len(units))
	for len(units) > 0 {
		name, n := units[0].port, 1
		for n < len(units) && units[n].port == name {
			n++
		}
		p.bridgePort(name, units[:n])
		units = units[n:]
	}
	for i := range p.sw.BridgePorts {
		p.configuredPort(&p.sw.BridgePorts[i])
	}
}

func (p *parser) bridgePort(name string, units []*unit) {
	p.sw.BridgePorts = append(p.sw.BridgePorts, state.BridgePort{Interface: name, From: p.database})
	b := &p.sw.BridgePorts[len(p.sw.BridgePorts)-1]
	rows, listed, partial := []tagging(nil), true, false
	vlans := []tagging(nil)
	from := capture.Span{}
	if len(units) == 1 {
		rows, vlans = units[0].rows, units[0].vlans
	}
	for _, u := range units {
		if len(units) > 1 {
			rows, vlans = append(rows, u.rows...), append(vlans, u.vlans...)
		}
		listed = listed && u.listed.Known()
		partial = partial || u.partial
		if u.listed.Known() {
			from = u.listed
		}
		if u.mode.Known() && (!b.Mode.Known() || len(units) == 1) {
			b.Mode = u.mode
		}
	}
	again := func(t tagging) bool { return p.twice[t.vid] }
	partial = partial || slices.ContainsFunc(rows, again) || slices.ContainsFunc(vlans, again)
	if len(units) > 1 && listed {
		from = p.sw.Listed.BridgePorts
	}
	if from.Known() {
		b.From = from
	}
	p.spanningTree(name, rows)
	both := listed && p.database.Known()
	if both && set(rows) != set(vlans) {
		p.unread(b.From, "VLANs of "+name+": the lists of interfaces and of VLANs differ")
		partial = true
	}
	if !listed {
		rows, from = vlans, p.database
	}
	if both {
		rows = complete(rows, vlans)
	}
	if !b.Mode.Known() && len(units) == 1 {
		b.Mode = capture.Then(units[0].tags, modeOfTags)
	}
	// Junos negotiates no trunks: the mode is what somebody wrote.
	b.Trunking = capture.Then(b.Mode, func(state.PortMode) (state.Trunking, bool) { return state.StaticTrunking, true })
	if !partial {
		b.Members = capture.Of(set(rows), from)
		tags(b, rows, from)
	}
}

// modeOfTags tells the mode from what an interface may send. Both kinds may also be an access port with a voice VLAN.
func modeOfTags(s string) (state.PortMode, bool) {
	switch s {
	case "tagged":
		return state.Trunk, true
	case "untagged":
		return state.Access, true
	}
	return 0, false
}

func set(rows []tagging) state.VIDSet {
	if len(rows) == 1 {
		return state.VIDs(rows[0].vid)
	}
	vids := make([]state.VID, len(rows))
	for i, t := range rows {
		vids[i] = t.vid
	}
	return state.VIDs(vids...)
}

// complete takes from the second list what the first does not say about tags.
func complete(rows, more []tagging) []tagging {
	for i := range rows {
		for _, t := range more {
			if rows[i].vid == t.vid && !rows[i].untagged.Known() {
				rows[i].untagged = t.untagged
			}
		}
	}
	return rows
}

// tags sets what leaves and arrives without a tag, when that is known of every VLAN.
func tags(b *state.BridgePort, rows []tagging, from capture.Span) {
	var untagged []state.VID
	for _, t := range rows {
		if !t.untagged.Known() {
			return
		}
		if t.untagged.Value && !slices.Contains(untagged, t.vid) {
			untagged = append(untagged, t.vid)
			from = t.untagged.From
		}
	}
	switch {
	case len(untagged) == 1:
		b.PVID = capture.Of(untagged[0], b.From)
	case len(untagged) == 0 && capture.Is(b.Mode, state.Trunk):
		b.PVID = capture.Of(state.VID(0), from) // a trunk without a native VLAN drops untagged frames
	}
	b.Untagged = capture.Of(state.VIDs(untagged...), b.From)
}

func (p *parser) spanningTree(name string, rows []tagging) {
	for _, s := range []state.STPState{state.Forwarding, state.Blocking} {
		var vids []state.VID
		var from capture.Span
		for _, t := range rows {
			if capture.Is(t.stp, s) && !p.twice[t.vid] {
				vids = append(vids, t.vid)
				from = t.stp.From
			}
		}
		if len(vids) > 0 {
			p.sw.STP = append(p.sw.STP, state.STPPort{Interface: name, VIDs: state.VIDs(vids...), State: capture.Of(s, from)})
		}
	}
}

var vlansHeader = regexp.MustCompile(`^\s*(Routing instance\s+VLAN name|Name)\s+Tag\s+Interfaces\s*$`)

// vlansText reads "show vlans": the name and tag of a VLAN on a line, its ports on lines that are indented.
func vlansText(p *parser, r *capture.Reply) {
	inTable, els, whole, indent := false, false, true, 0
	var v vlanEntry
	for at, line := range p.lines(r, &whole) {
		if strings.Contains(line, "Interfaces") && vlansHeader.MatchString(line) {
			inTable, els = true, strings.Contains(line, "Routing instance")
			indent = len(line) - len(strings.TrimLeft(line, " "))
			continue
		}
		words := p.columns(r, at, line)
		if !inTable || len(words) == 0 || ofSession(line) {
			continue
		}
		if len(line)-len(strings.TrimLeft(line, " ")) <= indent {
			v, words = p.vlanLine(r, at, line, words, els)
		}
		for _, w := range words {
			for _, name := range strings.Split(w.Value, ",") {
				u := p.unit(name)
				switch {
				case u == nil:
				case !v.vid.Known():
					u.partial = true
				default:
					u.vlans = append(u.vlans, tagging{vid: v.vid.Value})
					p.lists(v.vid.Value, capture.Of(name, w.From))
				}
			}
		}
	}
	switch {
	case inTable && whole:
		p.database = r.Whole()
	case !inTable:
		p.unread(r.Whole(), "no table of VLANs")
	}
}

// vlanLine reads the line that begins a VLAN and returns the words after the tag. A name may run into the next column,
// so words count, not columns.
func (p *parser) vlanLine(r *capture.Reply, at int, line string, words []capture.Fact[string], els bool) (vlanEntry, []capture.Fact[string]) {
	instance := ""
	if els {
		instance, words = words[0].Value, words[1:]
	}
	if len(words) < 2 {
		return vlanEntry{}, nil
	}
	id := capture.Then(words[1], toVID)
	if !id.Known() {
		if w := words[1]; w.Value[0] >= '1' && w.Value[0] <= '9' {
			p.notVID(w)
		}
		return vlanEntry{}, words[1:]
	}
	p.addVLAN(state.VLAN{ID: id.Value, From: r.Span(at, at+len(line)), Name: words[0]}, instance)
	return vlanEntry{id}, words[2:]
}
