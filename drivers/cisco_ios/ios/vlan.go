package ios

import (
	"regexp"
	"slices"
	"strings"

	"uplinkcheck/drivers/capture"
	"uplinkcheck/drivers/state"
	"uplinkcheck/drivers/text"
)

var (
	vlanRow  = regexp.MustCompile(`^(\d{1,4})\s+(\S.*?\S|\S)\s+(active|suspended?|act/lshut|sus/lshut|act/ishut|sus/ishut|act/unsup|sus/unsup)(?:\s+([A-Z]\S*\d.*))?$`)
	vlanHead = regexp.MustCompile(`^VLAN\s+Name\s+Status\s+Ports`)
)

// activeWords: a VLAN that is shut down here passes nothing. Those of old kinds of networks are neither active nor suspended.
var activeWords = map[string]bool{"active": true, "suspended": false, "suspend": false, "act/lshut": false, "sus/lshut": false, "act/ishut": false, "sus/ishut": false}

// vlans reads "show vlan" and "show vlan brief". Ports go on in indented lines, or behind a comma in lines that are not; trunks are not among them.
func vlans(p *parser, lines []text.Line) {
	var v *state.VLAN
	table, found, whole, comma := false, false, true, false
	var ended capture.Span
	for _, l := range lines {
		if vlanHead.MatchString(l.Text) {
			table, found = true, true
			continue
		}
		if !table || strings.HasPrefix(l.Text, "---") {
			continue
		}
		if strings.HasPrefix(l.Text, "VLAN ") || strings.HasPrefix(l.Text, "Remote SPAN") || strings.HasPrefix(l.Text, "Primary ") {
			table, v, ended = false, nil, l.Span() // tables of other things
			continue
		}
		ports := l.Whole()
		if m := l.Match(vlanRow); m != nil {
			id := text.VID(m[1])
			if !id.Known() {
				p.Unread(l.Span(), "no VLAN")
				whole, v = false, nil
				continue
			}
			v = p.VLAN(id.Value, l.Span())
			v.Name = m[2]
			v.Active = capture.Then(m[3], func(s string) (bool, bool) { on, ok := activeWords[s]; return on, ok })
			ports = m[4]
		} else if l.Blank() {
			continue
		} else if v == nil || l.Indent() < 20 && !(comma && isPort(firstPort(l.Text))) {
			p.Unread(l.Span(), "no row of a VLAN")
			whole, v = false, nil
			continue
		}
		whole = p.vlanPorts(v, l, ports) && whole
		comma = strings.HasSuffix(ports.Value, ",")
	}
	if found && whole {
		p.Switch.Listed.VLANs = text.Through(lines)
		if ended.Known() {
			p.allVLANs = p.Switch.Listed.VLANs
		}
	}
}

func (p *parser) vlanPorts(v *state.VLAN, l text.Line, ports capture.Fact[string]) bool {
	if !ports.Known() {
		return true
	}
	at := int(ports.From.Start) - l.At
	for word := range strings.SplitSeq(ports.Value, ",") {
		f := l.Part(at, at+len(word))
		at += len(word) + 1
		switch {
		case !f.Known():
		case isPort(f.Value):
			v.Ports = append(v.Ports, named(f))
		default:
			p.Unread(f.From, "no port that we know")
			return false
		}
	}
	return true
}

var (
	routedVLANHead = regexp.MustCompile(`^(?:Virtual LAN|VLAN) ID: +(\d+)\b`)
	routedVLANPort = regexp.MustCompile(`^\s*(?:vLAN Trunk Interfaces?: +)?([A-Z]\S*\d)$`)
)

// routedVLANs reads "show vlans" of a router: for each VLAN the subinterfaces that carry it.
func routedVLANs(p *parser, lines []text.Line) {
	var v *state.VLAN
	native := false
	for _, l := range lines {
		if m := l.Match(routedVLANHead); m != nil {
			v, native = nil, false
			if id := text.VID(m[1]); id.Known() {
				v = p.VLAN(id.Value, l.Span())
			}
			continue
		}
		switch trimmed := strings.TrimSpace(l.Text); {
		case strings.HasPrefix(trimmed, "This is configured as native"):
			native = true
			continue
		case strings.HasPrefix(trimmed, "Protocols Configured"), strings.HasPrefix(trimmed, "VLAN trunk interfaces"):
			native = false
			continue
		}
		m := l.Match(routedVLANPort)
		if v == nil || native || m == nil || !isPort(m[1].Value) {
			continue
		}
		known := false
		for _, f := range v.Ports {
			known = known || f.Value == named(m[1]).Value
		}
		if !known {
			v.Ports = append(v.Ports, named(m[1]))
		}
	}
}

// nativeTagging reads "show vlan dot1q tag native", whose first line is about the whole switch.
func nativeTagging(p *parser, lines []text.Line) {
	for _, l := range lines {
		if m := l.After("native vlan tagging is "); m.Known() {
			word, _, _ := strings.Cut(m.Value, " ")
			first(&p.tagging, capture.Then(m, func(string) (bool, bool) { return word == "enabled", word == "enabled" || word == "disabled" }))
		}
	}
}

// vtp reads "show vtp status". Only a server or a client prunes; with version 3 the line is one of a list of features.
func vtp(p *parser, lines []text.Line) {
	for _, l := range lines {
		if key, value, ok := l.KeyValue(); ok && strings.EqualFold(key, "VTP Pruning Mode") {
			p.pruning = capture.Then(value, func(s string) (bool, bool) {
				word, _, _ := strings.Cut(strings.ToLower(s), " ")
				return word == "enabled", word == "enabled" || word == "disabled"
			})
		}
	}
}

// A switchport is a block of "show interfaces switchport".
type switchport struct {
	name  capture.Fact[string]
	from  capture.Span
	ended bool // another block follows
	value [settings]capture.Fact[string]
}

// A setting is a line of a block that is read.
type setting int

const (
	enabledSetting setting = iota
	operSetting
	adminSetting
	accessSetting
	voiceSetting
	trunkSetting
	nativeSetting
	operTagSetting
	adminTagSetting
	protectedSetting
	settings
)

var settingNames = [settings]string{"Switchport", "Operational Mode", "Administrative Mode", "Access Mode VLAN", "Voice VLAN", "Trunking VLANs Enabled",
	"Trunking Native Mode VLAN", "Operational Native VLAN tagging", "Administrative Native VLAN tagging", "Protected"}

// switchports reads "show interfaces switchport". Lists go on behind a comma.
func switchports(p *parser, lines []text.Line) {
	blocks := text.Sections(lines, func(l text.Line) bool { return strings.HasPrefix(strings.TrimSpace(l.Text), "Name: ") })
	p.ports = slices.Grow(p.ports, len(blocks))
	whole := true // each says whether it is bridged; one that is cut off does not
	for n, lines := range blocks {
		s := switchport{name: named(lines[0].After("Name:")), from: lines[0].Span(), ended: n+1 < len(blocks)}
		for i, l := range lines[1:] {
			key, value, ok := l.KeyValue()
			if k := slices.Index(settingNames[:], key); ok && value.Known() && k >= 0 && !s.value[k].Known() {
				s.value[k], _ = text.Continued(value, lines[i+2:], 1, func(s string) bool { return s != "" && strings.Trim(s, "0123456789,- ") == "" })
			}
		}
		p.ports = append(p.ports, s)
		whole = whole && s.value[enabledSetting].Known()
	}
	if len(blocks) > 0 && whole {
		p.Switch.Listed.BridgePorts = text.Through(lines)
	}
}

// A trunk is what "show interfaces trunk" says of a port. A list that it does not have is unknown.
type trunk struct {
	mode                       capture.Fact[string]
	native                     capture.Fact[state.VID]
	trunking                   bool
	allowed, active, forwarded capture.Fact[state.VIDSet]
}

var trunkRow = regexp.MustCompile(`^(\S+)\s+(\S+)\s+(\S+)\s+(\S+)\s+(\d+)\s*$`)

// trunks reads "show interfaces trunk": four tables, of which the last three are lists that go on in indented lines.
func trunks(p *parser, lines []text.Line) {
	part := ""
	for i, l := range lines {
		low := strings.ToLower(l.Text)
		if strings.HasPrefix(low, "port") && strings.Contains(low, " vlan") {
			part = ""
			for _, name := range []string{"native vlan", "allowed on trunk", "allowed and active", "forwarding state"} {
				if strings.Contains(low, name) {
					part = name
				}
			}
			continue
		}
		f := l.Fields()
		if part == "" || len(f) == 0 || l.Indent() > 0 || !isPort(f[0].Value) {
			continue
		}
		name := named(f[0]).Value
		if p.trunkOf[name] == nil {
			p.trunkOf[name] = &trunk{}
		}
		t := p.trunkOf[name]
		if part == "native vlan" {
			if m := l.Match(trunkRow); m != nil {
				t.mode, t.trunking = m[2], m[4].Value == "trunking"
				if t.native = text.VID(m[5]); t.trunking {
					p.BridgePort(name, l.Span())
				}
			}
			continue
		}
		if len(f) < 2 {
			continue
		}
		list := l.Part(int(f[1].From.Start)-l.At, len(l.Text))
		list, _ = text.Continued(list, lines[i+1:], 1, func(s string) bool { return s != "" && strings.Trim(s, "0123456789,- ") == "" })
		set := vlanList(list)
		switch part {
		case "allowed on trunk":
			t.allowed = set
		case "allowed and active":
			t.active = set
		case "forwarding state":
			t.forwarded = set
		}
	}
}

// vlanList reads a list that may be cut where a comma ends it.
func vlanList(f capture.Fact[string]) capture.Fact[state.VIDSet] {
	return capture.Then(text.VLANs(f), func(set state.VIDSet) (state.VIDSet, bool) {
		return set, !strings.HasSuffix(strings.TrimSpace(f.Value), ",")
	})
}

// modeWords are administrative modes, dynamicWords those in which DTP decides.
var (
	modeWords      = map[string]state.PortMode{"static access": state.Access, "trunk": state.Trunk, "tunnel": state.Tunnel, "dot1q-tunnel": state.Tunnel}
	protectedWords = map[string]bool{"true": true, "false": false}
	dynamicWords   = []string{"dynamic auto", "dynamic desirable"}
	bundleWord     = regexp.MustCompile(`^(.*?) ?\((?:suspended )?member of bundle (\S+)\)$`)
	vlanWord       = regexp.MustCompile(`^(\d+)(?: \((.*)\))?$`)
)

// finishBridgePorts joins the settings of each port with what its trunk passes.
func (p *parser) finishBridgePorts() {
	for k := range p.ports {
		p.bridgePort(&p.ports[k])
	}
	for _, b := range p.BridgePorts() {
		t := p.trunkOf[b.Interface]
		if t == nil || !t.trunking {
			continue
		}
		first(&b.Mode, capture.Of(state.Trunk, b.From))
		first(&b.Trunking, capture.Then(t.mode, func(s string) (state.Trunking, bool) {
			if s == "on" {
				return state.StaticTrunking, true
			}
			return state.NegotiatedTrunking, s == "auto" || s == "desirable"
		}))
		first(&b.Configured, t.allowed)
		b.Explicit = capture.Then(b.Configured, func(set state.VIDSet) (bool, bool) { return set != state.AllVIDs, true })
		if capture.Is(p.tagging, false) && b.Configured.Known() && b.Configured.Value.Has(t.native.Value) {
			first(&b.PVID, t.native)
		}
		first(&b.Members, p.passed(t))
		p.untagged(b)
	}
}

// existing returns those VLANs of a set that are there and active. Unknown: not all of the set are listed, and nothing shows that the list is whole.
func (p *parser) existing(of state.VIDSet) (out state.VIDSet, known bool) {
	var listed, active []state.VID
	for _, v := range p.VLANs() {
		listed = append(listed, v.ID)
		if v.Active.Value { // those of old kinds carry no Ethernet
			active = append(active, v.ID)
		}
	}
	return of.Intersect(state.VIDs(active...)), p.allVLANs.Known() || of.Minus(state.VIDs(listed...)).Empty()
}

// passed are the VLANs of a trunk: those that are allowed and active there. Where it forwards others, either spanning tree blocks the rest, which is
// no matter here, or VTP prunes them: unknown, unless VTP does not.
func (p *parser) passed(t *trunk) capture.Fact[state.VIDSet] {
	switch {
	case !t.active.Known():
		return t.active
	case capture.Is(p.pruning, false), t.forwarded.Known() && t.forwarded.Value == t.active.Value:
		return t.active
	}
	return capture.Fact[state.VIDSet]{}
}

// bridgePort reads a block of "show interfaces switchport". A member of a LAG is no bridge port, nor is one that is routed.
func (p *parser) bridgePort(s *switchport) {
	name := s.name.Value
	i := p.Interface(name, s.from)
	p.kind(name)
	enabled := s.value[enabledSetting]
	i.Bridged = capture.Then(enabled, func(w string) (bool, bool) {
		return w == "Enabled", w == "Enabled" || w == "Disabled"
	})
	oper := s.value[operSetting]
	if m := bundleWord.FindStringSubmatchIndex(oper.Value); m != nil {
		at := int(oper.From.Start)
		of := capture.Of(oper.Value[m[4]:m[5]], oper.From.Reply.Span(at+m[4], at+m[5]))
		if isPort(of.Value) {
			first(&i.Aggregator, named(of))
			p.AggregationPort(named(of).Value, name, s.from)
		}
		return
	}
	if !capture.Is(i.Bridged, true) || !oper.Known() && !s.ended { // what is cut off may say that it is a member of a LAG
		return
	}
	if of := i.Aggregator; of.Known() && !capture.Is(p.AggregationPort(of.Value, name, of.From).Selected, state.Individual) {
		return // as is one whose link is down
	}
	b := p.BridgePort(name, s.from)
	admin := s.value[adminSetting]
	*b = state.BridgePort{Interface: name, From: s.from}
	b.Protected = state.Word(p.Draft, s.value[protectedSetting], protectedWords)
	dynamic := false
	for _, w := range dynamicWords {
		dynamic = dynamic || strings.EqualFold(admin.Value, w)
	}
	switch {
	case dynamic:
		b.Trunking = capture.Of(state.NegotiatedTrunking, admin.From)
		b.Mode = capture.Then(oper, func(w string) (state.PortMode, bool) { v, ok := modeWords[w]; return v, ok })
	default:
		b.Mode = state.Word(p.Draft, admin, modeWords)
		b.Trunking = capture.Then(b.Mode, func(state.PortMode) (state.Trunking, bool) { return state.StaticTrunking, true })
	}
	switch b.Mode.Value {
	case state.Access, state.Tunnel:
		p.access(b, s)
	case state.Trunk:
		p.trunkBlock(b, s)
	}
}

// vlanOf reads "10 (USERS)"; inactive is one that does not exist or is suspended.
func vlanOf(f capture.Fact[string]) (vid capture.Fact[state.VID], inactive bool) {
	m := vlanWord.FindStringSubmatch(f.Value)
	if m == nil {
		return vid, false
	}
	number := capture.Of(m[1], f.From.Reply.Span(int(f.From.Start), int(f.From.Start)+len(m[1])))
	return text.VID(number), m[2] == "Inactive"
}

// access reads the VLAN of an access port, and that of its phone, which is tagged.
func (p *parser) access(b *state.BridgePort, s *switchport) {
	f := s.value[accessSetting]
	vid, inactive := vlanOf(f)
	b.PVID = vid
	if inactive {
		b.PVID = capture.Of(state.VID(0), f.From)
	}
	voice := s.value[voiceSetting]
	phone, _ := vlanOf(voice)
	if voice.Known() && voice.Value != "none" && !phone.Known() { // untagged, or with a priority only
		p.Unread(voice.From, "a port for a phone may have one more VLAN")
		return
	}
	if !vid.Known() || !voice.Known() {
		return
	}
	set, from := state.VIDs(vid.Value), f.From
	if phone.Known() {
		set = set.Union(state.VIDs(phone.Value))
		from = f.From.Through(voice.From)
	}
	b.Configured, b.Explicit = capture.Of(set, from), capture.Of(true, from)
	if there, known := p.existing(set); known {
		b.Members = capture.Of(there, from)
		b.Untagged = capture.Of(state.VIDs(vid.Value).Intersect(there), f.From)
	}
}

// trunkBlock reads the lists of a trunk. What a trunk passes that is up is told elsewhere, and here only where VTP prunes nothing.
func (p *parser) trunkBlock(b *state.BridgePort, s *switchport) {
	b.Configured = vlanList(s.value[trunkSetting])
	b.Explicit = capture.Then(b.Configured, func(set state.VIDSet) (bool, bool) { return set != state.AllVIDs, true })
	native, inactive := vlanOf(s.value[nativeSetting])
	switch tagged := p.tagged(s); {
	case capture.Is(tagged, true):
		b.PVID = capture.Of(state.VID(0), tagged.From)
	case inactive && native.Known():
		b.PVID = capture.Of(state.VID(0), s.value[nativeSetting].From)
	case !b.Configured.Known():
	case native.Known() && !b.Configured.Value.Has(native.Value): // frames of a VLAN that is not allowed are dropped
		b.PVID = capture.Of(state.VID(0), b.Configured.From)
	case capture.Is(tagged, false):
		b.PVID = native
	}
	if p.trunkOf[b.Interface] != nil || !capture.Is(p.pruning, false) || !b.Configured.Known() {
		return
	}
	if there, known := p.existing(b.Configured.Value); known {
		b.Members = capture.Of(there, b.Configured.From)
		p.untagged(b)
	}
}

// tagged answers whether frames of the native VLAN carry a tag, and those without one are dropped. A port may opt out of what the switch does.
func (p *parser) tagged(s *switchport) capture.Fact[bool] {
	read := func(k setting) capture.Fact[bool] {
		return capture.Then(s.value[k], func(w string) (bool, bool) { return w == "enabled", w == "enabled" || w == "disabled" })
	}
	oper, admin := read(operTagSetting), read(adminTagSetting)
	switch {
	case oper.Known():
		return oper
	case capture.Is(admin, false):
		return admin
	}
	return p.tagging
}

// untagged gives a trunk its set of VLANs without a tag.
func (p *parser) untagged(b *state.BridgePort) {
	if b.Members.Known() && b.PVID.Known() {
		b.Untagged = capture.Of(state.VIDs(b.PVID.Value).Intersect(b.Members.Value), b.PVID.From)
	}
}
