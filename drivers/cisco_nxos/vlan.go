package cisco_nxos

import (
	"regexp"
	"strconv"
	"strings"

	"uplinkcheck/drivers/capture"
	"uplinkcheck/drivers/state"
	"uplinkcheck/drivers/text"
	"uplinkcheck/drivers/tree"
)

var vlanStates = map[string]bool{"active": true, "suspend": false, "suspended": false, "act/unsup": true, "act/lshut": false, "sus/lshut": false,
	"act/ishut": false, "sus/ishut": false}

// vlans reads "show vlan" and "show vlan brief". The number stands in two members, of which one is garbled in some releases.
func vlans(p *parser, n tree.Node) {
	name := "vlanbriefxbrief"
	if !table(n, name).Exists() {
		name = "vlanbrief"
	}
	whole := table(n, name).Span()
	for row := range rows(n, name) {
		id := text.VID(word(row, "vlanshowbr-vlanid-utf"))
		if !id.Known() {
			id = text.VID(word(row, "vlanshowbr-vlanid"))
		}
		if !id.Known() {
			p.Unread(row.Span(), "a VLAN without a number")
			whole = capture.Span{}
			continue
		}
		v := p.VLAN(id.Value, row.Span())
		v.Name = word(row, "vlanshowbr-vlanname")
		v.Active = state.Word(p.Draft, word(row, "vlanshowbr-vlanstate"), vlanStates)
		if shut := word(row, "vlanshowbr-shutstate"); shut.Known() && !strings.EqualFold(shut.Value, "noshutdown") {
			v.Active = capture.Of(false, shut.From)
		}
		for list := range each(one(row, "vlanshowplist-ifidx")) {
			for _, port := range strings.Split(list.Text(), ",") {
				p.listed(v, capture.Of(strings.TrimSpace(port), list.Span()))
			}
		}
	}
	p.Switch.Listed.VLANs = whole
}

var (
	onePort   = regexp.MustCompile(`^[A-Za-z-]+\d[\d/.:]*$`)
	portRange = regexp.MustCompile(`^(.*?\D)(\d{1,4})-(\d{1,4})$`)
)

// listed notes a port that a VLAN's entry lists, or a range of them: Ethernet1/1-4.
func (p *parser) listed(v *state.VLAN, port capture.Fact[string]) {
	if port.Value == "" {
		return
	}
	full, ok := names.Full(port.Value)
	if m := portRange.FindStringSubmatch(full); ok && m != nil {
		first, err1 := strconv.Atoi(m[2])
		last, err2 := strconv.Atoi(m[3])
		ok = err1 == nil && err2 == nil && first < last && last-first < 1024
		for n := first; ok && n <= last; n++ {
			v.Ports = append(v.Ports, capture.Of(m[1]+strconv.Itoa(n), port.From))
		}
	} else if ok = ok && onePort.MatchString(full); ok {
		v.Ports = append(v.Ports, capture.Of(full, port.From))
	}
	if !ok {
		p.Unread(port.From, state.Quote(port.Value)+" is no name of a port")
	}
}

var (
	vlanHead = regexp.MustCompile(`^\s*VLAN\s+Name\s+Status\s+Ports`)
	vlanRow  = regexp.MustCompile(`^\s*(\d{1,4})\s+(\S.*\S|\S)\s+(active|suspended|(?:act|sus)/(?:lshut|ishut|unsup))(?:\s+([A-Za-z]\S*\d.*))?$`)
	vlanEnd  = regexp.MustCompile(`^\s*(VLAN\s+Type|Remote SPAN|Primary\s+Secondary)`)
)

// vlansText reads both commands as text: the ports of a VLAN go on in indented lines. There is no end mark.
func vlansText(p *parser, lines []text.Line) {
	in := false
	var v *state.VLAN
	for _, l := range lines {
		switch {
		case l.Match(vlanHead) != nil:
			in, v = true, nil
			continue
		case !in:
			continue
		case l.Match(vlanEnd) != nil:
			in = false
			continue
		}
		if m := l.Match(vlanRow); m != nil {
			id := text.VID(m[1])
			if !id.Known() {
				continue
			}
			v = p.VLAN(id.Value, l.Span())
			v.Name, v.Active = m[2], state.Word(p.Draft, m[3], vlanStates)
			p.listedIn(v, l, m[4])
		} else if v != nil && l.Indent() >= 30 {
			p.listedIn(v, l, l.Whole())
		} else {
			v = nil
		}
	}
}

// listedIn notes the ports of a list in a line.
func (p *parser) listedIn(v *state.VLAN, l text.Line, list capture.Fact[string]) {
	if !list.Known() {
		return
	}
	at := int(list.From.Start) - l.At
	for _, part := range strings.SplitAfter(list.Value, ",") {
		if f := l.Part(at, at+len(strings.TrimRight(part, ", "))); f.Known() {
			p.listed(v, f)
		}
		at += len(part)
	}
}

// A switchport is an entry of "show interface switchport" of a port that is not routed.
type switchport struct {
	name                                          string
	from                                          capture.Span
	mode, access, native, allowed, voice, monitor capture.Fact[string]
}

// switchports reads "show interface switchport". Members of LAGs are known only at the end.
func switchports(p *parser, n tree.Node) {
	whole := table(n, "interface").Span()
	for row := range rows(n, "interface") {
		name, ok := names.Full(word(row, "interface").Value)
		if !ok {
			p.Unread(row.Span(), "an interface with an unknown name")
			whole = capture.Span{}
			continue
		}
		mode := word(row, "oper_mode")
		if mode.Value == "down" {
			mode = word(row, "admin_mode")
		}
		p.switchport(word(row, "switchport"), switchport{name, row.Span(), mode, word(row, "access_vlan"), word(row, "native_vlan"),
			word(row, "trunk_vlans"), word(row, "voice_vlan"), word(row, "switchport_monitor")})
	}
	p.Switch.Listed.BridgePorts = whole
}

// switchport keeps a port that is one.
func (p *parser) switchport(enabled capture.Fact[string], s switchport) {
	if !strings.EqualFold(enabled.Value, "disabled") {
		p.ports = append(p.ports, s)
	}
}

var switchportHead = regexp.MustCompile(`^\s*Name:\s+(\S+)\s*$`)

// inBrackets is the name of a VLAN behind its number.
var inBrackets = regexp.MustCompile(`^(\d+)\s*\(.*\)$`)

// listGoesOn matches the rest of a list of VLANs in a line of its own.
var listGoesOn = regexp.MustCompile(`^[\d,\- ]+$`)

// switchportsText reads "show interface switchport" as text. There is no end mark.
func switchportsText(p *parser, lines []text.Line) {
	sections := text.Sections(lines, func(l text.Line) bool { return l.Match(switchportHead) != nil })
	for at, section := range sections {
		head := section[0].Match(switchportHead)
		name, ok := names.Full(head[1].Value)
		if !ok {
			p.Unread(section[0].Span(), "an interface with an unknown name")
			continue
		}
		s := switchport{name: name, from: section[0].Span()}
		var enabled, admin capture.Fact[string]
		behind := false // a line stands behind the list of VLANs
		for k, l := range section[1:] {
			key, value, _ := l.KeyValue()
			behind = behind || s.allowed.Known() && key != ""
			switch key {
			case "Switchport":
				enabled = value
			case "Operational Mode":
				s.mode = value
			case "Administrative Mode":
				admin = value
			case "Access Mode VLAN":
				s.access = number(value)
			case "Trunking Native Mode VLAN":
				s.native = number(value)
			case "Trunking VLANs Allowed", "Trunking VLANs Enabled":
				s.allowed, _ = text.Continued(value, section[k+2:], 0, listGoesOn.MatchString)
			case "Voice VLAN":
				s.voice = value
			case "Switchport Monitor":
				s.monitor = value
			}
		}
		if s.mode.Value == "down" {
			s.mode = admin
		}
		if at < len(sections)-1 || behind { // else it is cut short, or may be
			p.switchport(enabled, s)
		}
	}
}

func number(f capture.Fact[string]) capture.Fact[string] {
	return capture.Then(f, func(s string) (string, bool) {
		if m := inBrackets.FindStringSubmatch(s); m != nil {
			s = m[1]
		}
		return s, true
	})
}

var tagNativeLine = regexp.MustCompile(`(?i)native.* (?:is|:) *(enabled|disabled)`)

// continued is a list of VLANs together with the lines in which it goes on, unknown when it may be cut short: a sign for more ends it, or
// nothing follows.
func continued(f capture.Fact[string], more []text.Line, indent int, goesOn func(string) bool) capture.Fact[string] {
	f, n := text.Continued(f, more, indent, goesOn)
	if n == len(more) || strings.HasSuffix(f.Value, ",") || strings.HasSuffix(f.Value, "-") && f.Value != "-" {
		return capture.Fact[string]{}
	}
	return f
}

// tagNative reads "show vlan dot1q tag native".
func tagNative(p *parser, lines []text.Line) {
	for _, l := range lines {
		if m := l.Match(tagNativeLine); m != nil {
			p.tagged = state.Word(p.Draft, m[1], map[string]bool{"enabled": true, "disabled": false})
			return
		}
	}
}

var modeWords = map[string]state.PortMode{"access": state.Access, "trunk": state.Trunk, "dot1q-tunnel": state.Tunnel}

// noBridge are the modes of ports that carry no VLANs of ours: what is behind a FEX's uplink is listed by the ports of the FEX.
var noBridge = map[string]bool{"fex-fabric": true, "fabric": true, "f-path": true, "fabricpath": true}

// finishBridgePorts joins the settings of each port with the VLANs that exist.
func (p *parser) finishBridgePorts() {
	var active []state.VID
	existing := capture.Fact[state.VIDSet]{}
	all := p.Switch.Listed.VLANs.Known()
	for _, v := range p.VLANs() {
		if v.Active.Value {
			active = append(active, v.ID)
		}
		all = all && v.Active.Known()
	}
	if all {
		existing = capture.Of(state.VIDs(active...), p.Switch.Listed.VLANs)
	}
	for _, s := range p.ports {
		if !p.IsMember(s.name) && !noBridge[strings.ToLower(s.mode.Value)] {
			p.bridgePort(s, existing)
		}
	}
}

func (p *parser) bridgePort(s switchport, existing capture.Fact[state.VIDSet]) {
	b := p.BridgePort(s.name, s.from)
	b.Mode = state.Word(p.Draft, s.mode, modeWords)
	b.Trunking = capture.Then(b.Mode, func(state.PortMode) (state.Trunking, bool) { return state.StaticTrunking, true })
	if s.voice.Known() && !strings.EqualFold(s.voice.Value, "none") {
		p.Unread(s.voice.From, "a port for a phone has one more VLAN")
		return
	}
	if from, ok := p.mapped[b.Interface]; ok {
		p.Unread(from, "tags are mapped to other VLANs")
		return
	}
	switch b.Mode.Value {
	case state.Access, state.Tunnel: // a tunnel port takes all frames into its access VLAN
		b.PVID = text.VID(s.access)
		b.Configured = capture.Then(b.PVID, func(v state.VID) (state.VIDSet, bool) { return state.VIDs(v), true })
		b.Explicit = capture.Then(b.PVID, func(state.VID) (bool, bool) { return true, true })
	case state.Trunk:
		p.trunk(b, s)
	}
	if strings.EqualFold(s.monitor.Value, "enabled") {
		p.Unread(s.monitor.From, "a mirror session sends to the port")
		return
	}
	b.Members = p.memberSet(b, existing)
	if b.Members.Known() {
		b.Untagged = capture.Then(b.PVID, func(v state.VID) (state.VIDSet, bool) { return state.VIDs(v).Intersect(b.Members.Value), true })
	}
}

// unreserved are the VLANs that no release reserves for itself.
var unreserved = state.Range(1, 3967)

// trunk reads allowed and native VLAN. Frames without a tag are dropped when native VLANs are tagged or the native VLAN is not allowed.
func (p *parser) trunk(b *state.BridgePort, s switchport) {
	b.Configured = text.VLANs(s.allowed)
	if s.allowed.Known() && !b.Configured.Known() {
		p.Unread(s.allowed.From, state.Quote(s.allowed.Value)+" is no list of VLANs")
	}
	// NX-OS prints 1-4094 for what nobody narrowed, whether or not somebody wrote it; older releases leave out those that they reserve.
	b.Explicit = capture.Then(b.Configured, func(set state.VIDSet) (bool, bool) { return !unreserved.Minus(set).Empty(), true })
	native, tagged := text.VID(s.native), p.tagged
	if own := p.ownTagged[b.Interface]; own.Known() {
		tagged = own
	}
	switch {
	case capture.Is(tagged, true):
		b.PVID = capture.Of(state.VID(0), tagged.From)
	case !b.Configured.Known():
	case native.Known() && !b.Configured.Value.Has(native.Value):
		b.PVID = capture.Of(state.VID(0), native.From)
	case capture.Is(tagged, false):
		b.PVID = native
	}
}

// activeVLANs is what "show vpc" says of the VLANs on a LAG.
type activeVLANs struct {
	up   bool
	vids capture.Fact[state.VIDSet] // unknown where the list is cut
}

// memberSet is what is configured, exists and is active. On a LAG a vPC may suspend VLANs: where the peers differ, only the list of those
// that are active tells.
func (p *parser) memberSet(b *state.BridgePort, existing capture.Fact[state.VIDSet]) capture.Fact[state.VIDSet] {
	if !b.Configured.Known() || !existing.Known() {
		return capture.Fact[state.VIDSet]{}
	}
	set := capture.Of(b.Configured.Value.Intersect(existing.Value), b.Configured.From)
	if kindOf(b.Interface) != state.Aggregate || p.vpcOff.Known() {
		return set
	}
	switch a, ok := p.active[b.Interface]; {
	case !p.Switch.MLAG.Protocol.Known() || !p.Switch.Listed.MLAGPorts.Known():
		return capture.Fact[state.VIDSet]{}
	case ok && a.up && a.vids.Known():
		return capture.Of(set.Value.Intersect(a.vids.Value), b.Configured.From)
	case ok && !capture.Is(p.allGood, true):
		return capture.Fact[state.VIDSet]{}
	}
	return set
}
