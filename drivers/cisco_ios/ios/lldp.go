package ios

import (
	"net/netip"
	"regexp"
	"slices"
	"strings"

	"uplinkcheck/drivers/capture"
	"uplinkcheck/drivers/state"
	"uplinkcheck/drivers/text"
)

var (
	rule      = regexp.MustCompile(`^-{10,}$`)
	totalLine = regexp.MustCompile(`^Total (?:cdp )?entries displayed ?: (\d+)`)
	ipLine    = regexp.MustCompile(`^\s*(?:IP|IPV6|IPv6|IP address|IPv4 address|IPv6 address): (\S+)`)
)

// absent is how values are printed that a neighbour did not send.
const absent = "not advertised"

// lldp reads "show lldp neighbors detail" and "show lldp entry": a block a neighbour, with a rule before it, or in old releases behind it. What a
// neighbour sends as its description may look like anything and ends where the time follows; a neighbour counts once both its identifiers were read.
func lldp(p *parser, lines []text.Line) {
	p.detailed = true
	blocks, read := 0, 0
	total := capture.Fact[int]{}
	for _, l := range lines {
		if m := l.Match(totalLine); m != nil {
			total = text.Int(m[1])
		}
	}
	begins := func(l text.Line) bool { return rule.MatchString(l.Text) }
	if !slices.ContainsFunc(lines, begins) { // of a single neighbour
		begins = func(l text.Line) bool { return strings.HasPrefix(l.Text, "Local Intf:") }
	}
	head := slices.IndexFunc(lines, begins)
	if head < 0 {
		head = len(lines)
	}
	for _, block := range append([][]text.Line{lines[:head]}, text.Sections(lines, begins)...) {
		if !slices.ContainsFunc(block, func(l text.Line) bool { return strings.HasPrefix(l.Text, "Chassis id:") }) {
			continue
		}
		blocks++
		if p.lldpBlock(block) {
			read++
		}
	}
	if read == blocks && total.Known() && total.Value == read {
		p.Switch.Listed.Remotes = text.Through(lines)
	}
}

// lldpBlock reads one neighbour.
func (p *parser) lldpBlock(lines []text.Line) bool {
	local := capture.Fact[string]{}
	for lines[0].Blank() || rule.MatchString(lines[0].Text) {
		lines = lines[1:]
	}
	r := state.RemoteSystem{Protocol: state.LLDP, From: lines[0].Span()}
	described, sent, whole := -1, false, false
	for i, l := range lines {
		if described >= 0 && !strings.HasPrefix(l.Text, "Time remaining:") {
			continue
		}
		key, value, ok := l.KeyValue()
		if !ok {
			if m := l.Match(ipLine); m != nil && sent {
				p.managed(&r, m[1])
			}
			continue
		}
		if strings.HasSuffix(value.Value, absent) || strings.HasSuffix(key, absent) {
			continue
		}
		switch key {
		case "Local Intf":
			first(&local, named(value))
		case "Chassis id":
			first(&r.ChassisID, text.Identifier(value, state.SubtypeUnknown))
		case "Port id":
			first(&r.PortID, text.Identifier(value, state.SubtypeUnknown))
		case "Port Description":
			first(&r.PortDescription, value)
		case "System Name":
			first(&r.SystemName, value)
		case "System Description":
			described = i
		case "Time remaining":
			if described >= 0 {
				r.SystemDescription = words(lines[described:i])
				described = -1
			}
			whole = true // what names the neighbour stands before it
		case "Management Addresses":
			sent = true
		case "IP", "IPV6", "IPv6":
			if sent {
				p.managed(&r, value)
			}
		case "Vlan ID":
			first(&r.PVID, text.VID(value))
		case "MED Information":
			return whole && p.lldpHeard(local, r)
		}
	}
	if !whole {
		p.Unread(r.From, "a neighbour that is cut off")
	}
	return whole && p.lldpHeard(local, r)
}

func (p *parser) managed(r *state.RemoteSystem, f capture.Fact[string]) {
	a := text.Addr(f)
	known := slices.ContainsFunc(r.ManagementAddresses, func(own capture.Fact[netip.Addr]) bool { return own.Value == a.Value })
	if a.Known() && !a.Value.IsUnspecified() && !known {
		r.ManagementAddresses = append(r.ManagementAddresses, a)
	}
}

// lldpHeard keeps a neighbour that has both identifiers. One without a local port waits for the table that has it.
func (p *parser) lldpHeard(local capture.Fact[string], r state.RemoteSystem) bool {
	if !r.ChassisID.Known() || !r.PortID.Known() {
		p.Unread(r.From, "a neighbour without both identifiers")
		return false
	}
	if r.Interface = local.Value; !local.Known() {
		r.Interface = p.localOf(&r)
	}
	if r.Interface == "" { // heard all the same, on a port that nobody named
		p.Unread(r.From, "a neighbour without its local port")
		if p.tabled { // where the table should have named it
			return false
		}
	}
	p.Switch.Remotes = append(p.Switch.Remotes, r)
	return r.Interface != ""
}

// localOf finds the local port of a neighbour among the rows of "show lldp neighbors": the one that has its name and its port, as far as columns
// are wide.
func (p *parser) localOf(r *state.RemoteSystem) string {
	found := ""
	for _, h := range p.heard {
		name, port := r.SystemName.Value, r.PortID.Value.ID
		if h.cut && strings.HasPrefix(name, h.name) || !h.cut && name == h.name {
			if printed := h.port.Value; printed == port || text.Identifier(h.port, state.SubtypeUnknown).Value.ID == port {
				if found != "" && found != h.local.Value {
					return ""
				}
				found = h.local.Value
			}
		}
	}
	return found
}

// words joins the lines of a description from behind its heading.
func words(lines []text.Line) capture.Fact[string] {
	var out []string
	var from capture.Span
	for i, l := range lines {
		f := l.Whole()
		if i == 0 {
			_, f, _ = l.KeyValue()
		}
		if f.Known() {
			if !from.Known() {
				from = f.From
			}
			from = from.Through(f.From)
			out = append(out, f.Value)
		}
	}
	return capture.Of(strings.Join(out, "\n"), from)
}

// heard is a row of "show lldp neighbors". A name that fills its column may be cut.
type heard struct {
	from        capture.Span
	name        string
	system      capture.Fact[string]
	cut         bool
	local, port capture.Fact[string]
}

var heardRow = regexp.MustCompile(`^(\S.*?)?\s+([A-Z][A-Za-z-]*\d[\d/.:]*)\s+(\d{1,5})\s+(?:([A-Z](?:,[A-Z])*)\s+)?(\S.*)$`)

// nameWidth is that of the first column of "show lldp neighbors".
const nameWidth = 20

// lldpTable reads "show lldp neighbors". Names are cut at the width of their column, where the local port follows at once.
func lldpTable(p *parser, lines []text.Line) {
	p.tabled = true
	table := false
	for _, l := range lines {
		if strings.HasPrefix(l.Text, "Device ID") {
			table = true
			continue
		}
		if !table || l.Blank() || totalLine.MatchString(l.Text) {
			continue
		}
		h := heard{from: l.Span()}
		if len(l.Text) > nameWidth && l.Text[nameWidth-1] != ' ' && isPort(firstWord(l.Text[nameWidth:])) {
			h.cut = true
			rest := text.Line{Reply: l.Reply, At: l.At + nameWidth, Text: l.Text[nameWidth:]}
			h.name = strings.TrimSpace(l.Text[:nameWidth])
			l = text.Line{Reply: l.Reply, At: rest.At - 1, Text: " " + rest.Text}
		}
		m := l.Match(heardRow)
		if m == nil || !isPort(m[2].Value) {
			p.Unread(l.Span(), "no row of a neighbour")
			continue
		}
		if !h.cut && m[1].Value != absent {
			h.name, h.system = m[1].Value, m[1]
		}
		if len(h.name) == nameWidth-1 && !h.cut { // what was cut off may begin with a blank
			h.cut, h.system = true, capture.Fact[string]{}
		}
		h.local, h.port = named(m[2]), m[5]
		p.heard = append(p.heard, h)
	}
}

func firstWord(s string) string { word, _, _ := strings.Cut(s, " "); return word }

// finishRemotes takes the rows of the table where the detail was not answered. Of a neighbour without a name the chassis id stands in its place.
func (p *parser) finishRemotes() {
	if p.detailed {
		return
	}
	for _, h := range p.heard {
		r := p.Remote(h.local.Value, state.LLDP, h.from)
		if text.MAC(h.system).Known() {
			r.ChassisID = text.Identifier(h.system, state.SubtypeUnknown)
		} else {
			r.SystemName = h.system
		}
		r.PortID = text.Identifier(h.port, state.SubtypeUnknown)
	}
}

// cdp reads "show cdp neighbors detail". Its text about the version ends where that of the advertisement follows.
func cdp(p *parser, lines []text.Line) {
	for _, block := range text.Sections(lines, func(l text.Line) bool { return strings.HasPrefix(l.Text, "Device ID:") }) {
		p.cdpBlock(block)
	}
}

var (
	cdpPorts = regexp.MustCompile(`^Interface: (\S+?),?(?:\s+Port ID \(outgoing port\): (.*\S))?\s*$`)
	cdpPort  = regexp.MustCompile(`^Port ID \(outgoing port\): (.*\S)\s*$`)
)

func (p *parser) cdpBlock(lines []text.Line) {
	r := state.RemoteSystem{Protocol: state.CDP, From: lines[0].Span(), SystemName: lines[0].After("Device ID:")}
	local := capture.Fact[string]{}
	described := -1
	r.ChassisID = text.Identifier(r.SystemName, state.SubtypeUnknown) // CDP has one name for both
	for i, l := range lines[1:] {
		if described >= 0 && !strings.HasPrefix(l.Text, "advertisement version") {
			continue
		}
		if described >= 0 {
			r.SystemDescription = words(lines[described+1 : i+1])
			described = -1
		}
		if m := l.Match(cdpPorts); m != nil {
			first(&local, named(m[1]))
			first(&r.PortID, text.Identifier(m[2], state.SubtypeUnknown))
		}
		if m := l.Match(cdpPort); m != nil {
			first(&r.PortID, text.Identifier(m[1], state.SubtypeUnknown))
		}
		if m := l.Match(ipLine); m != nil { // first those of the port, then those for management
			p.managed(&r, m[1])
		}
		key, value, _ := l.KeyValue()
		switch key {
		case "Version":
			described = i
		case "Native VLAN":
			first(&r.PVID, text.VID(value))
		}
	}
	if !local.Known() || !r.PortID.Known() {
		p.Unread(r.From, "a neighbour without its ports")
		return
	}
	r.Interface = local.Value
	p.Switch.Remotes = append(p.Switch.Remotes, r)
}

var (
	cdpRow    = regexp.MustCompile(`^(?:(\S.*?)\s+|\s*)([A-Z][A-Za-z-]*) ?(\d[\d/.:]*)\s+(\d{1,3})\s+(\S.*)$`)
	cdpTarget = regexp.MustCompile(`(?:^|\s)((?i:[a-z]*port) \d[\w/.:]*|(?i:virtual|eth|gig|ten|fas|ser|twe|two|fiv|for|hun|fou|fif|[a-z][a-z]) \d[\d/.:]*)$`)
)

// cdpTable reads "show cdp neighbors". A long name stands in a line of its own; the port is the last column, one word or a kind and a number.
func cdpTable(p *parser, lines []text.Line) {
	table := false
	column := -1
	var alone text.Alone
	for _, l := range lines {
		if strings.HasPrefix(l.Text, "Device ID") {
			table = true
			if column = strings.Index(l.Text, "  Port ID") + 2; column < 2 {
				column = -1
			}
			continue
		}
		if !table || l.Blank() || totalLine.MatchString(l.Text) || l.Text == "Port ID" {
			alone = text.Alone{}
			continue
		}
		m := l.Match(cdpRow)
		if m == nil || !isPort(m[2].Value+m[3].Value) {
			if alone.Line(l); l.Indent() > 0 {
				alone = text.Alone{}
			}
			continue
		}
		name := alone.Take()
		if m[1].Known() {
			name = m[1]
		}
		local, _ := names.Full(m[2].Value + m[3].Value)
		r := p.Remote(local, state.CDP, l.Span())
		r.SystemName, r.ChassisID = name, text.Identifier(name, state.SubtypeUnknown)
		r.PortID = text.Identifier(lastColumn(l, m[5], column), state.SubtypeUnknown)
	}
}

// lastColumn returns the port of a row: what stands in its column where that begins with a word, else a kind with its number, else a single word.
func lastColumn(l text.Line, rest capture.Fact[string], column int) capture.Fact[string] {
	at := int(rest.From.Start) - l.At
	if column > at && column < len(l.Text) && l.Text[column-1] == ' ' && l.Text[column] != ' ' {
		return l.Part(column, len(l.Text))
	}
	if m := cdpTarget.FindStringSubmatchIndex(rest.Value); m != nil {
		return l.Part(at+m[2], at+m[3])
	}
	if i := strings.LastIndexAny(rest.Value, " \t"); i >= 0 && strings.Trim(rest.Value[i+1:], "0123456789") != "" && (rest.Value[i+1] < '0' || rest.Value[i+1] > '9') {
		return l.Part(at+i+1, len(l.Text))
	}
	return capture.Fact[string]{}
}
