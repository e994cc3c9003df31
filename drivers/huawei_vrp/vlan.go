package huawei_vrp

import (
	"maps"
	"regexp"
	"slices"
	"strings"

	"uplinkcheck/drivers/capture"
	"uplinkcheck/drivers/state"
	"uplinkcheck/drivers/text"
	"uplinkcheck/drivers/vrp"
)

// A portVLAN is a row of "display port vlan", with the lines that go on with its list.
type portVLAN struct {
	from             capture.Span
	mode, pvid, list capture.Fact[string] // list: of a trunk, known "-" for none
	tagged, untagged capture.Fact[state.VIDSet]
}

var (
	portRow  = regexp.MustCompile(`^\s{0,3}(\S+)\s+([A-Za-z][\w-]*)\s+(\d{1,4})(?:\s+(\S.*))?$`)
	moreList = regexp.MustCompile(`^\s{8,}(\S.*)$`)
	isList   = regexp.MustCompile(`^(?:[UT]: ?)?(?:[\d, -]|\bto\b)*$`)
)

// fullLine is the length beyond which one more range of VLANs may not have fitted into a line.
const fullLine = 69

// portVLANs reads "display port vlan": a list of VLANs that is wrapped over lines, or, of those that exist, one with and one without a tag.
func portVLANs(p *parser, lines []text.Line) {
	head := slices.IndexFunc(lines, func(l text.Line) bool {
		return strings.Contains(l.Text, "Link Type") && strings.Contains(l.Text, "PVID")
	})
	if head < 0 {
		return
	}
	rows := slices.Clone(lines[head+1:])
	if described := strings.Index(lines[head].Text, "Port Description"); described >= 0 { // newer releases say at the end what the port is for
		for k := range rows {
			rows[k].Text = strings.TrimRight(rows[k].Text[:min(described, len(rows[k].Text))], " ")
		}
	}
	v := &portVLAN{} // of the last port
	for k := 0; k < len(rows); k++ {
		m := rows[k].Match(portRow)
		var name capture.Fact[string]
		if m != nil {
			name = p.port(m[1])
		}
		if !name.Known() {
			if s := strings.Trim(rows[k].Text, "- \t"); s != "" {
				p.Unread(rows[k].Span(), "no row of a port")
			}
			if more := rows[k].Match(moreList); more != nil && isList.MatchString(more[1].Value) { // something stands inside of a list
				v.list, v.tagged, v.untagged = capture.Fact[string]{}, capture.Fact[state.VIDSet]{}, capture.Fact[state.VIDSet]{}
			}
			continue
		}
		first := k
		list := []capture.Fact[string]{m[4]}
		for k+1 < len(rows) {
			more := rows[k+1].Match(moreList)
			if more == nil || !isList.MatchString(more[1].Value) {
				break
			}
			list = append(list, more[1])
			k++
		}
		if v = p.ports[name.Value]; v == nil {
			v = &portVLAN{from: rows[first].Span()}
			p.ports[name.Value] = v
		}
		v.mode, v.pvid = m[2], m[3]
		if k+1 == len(rows) && len(rows[k].Text) > fullLine {
			p.Unread(rows[k].Span(), "the list of VLANs may go on")
			continue
		}
		v.read(list, k+1 == len(rows) && m[2].Value != "access")
	}
}

// read takes a list for one with and one without a tag where it says so. Behind the last list without a tag that of a tag may be missing.
func (v *portVLAN) read(list []capture.Fact[string], last bool) {
	var all, with, without capture.Fact[string]
	to := &all
	for _, f := range list {
		rest := f.Value
		for rest != "" {
			if s, ok := strings.CutPrefix(rest, "U:"); ok {
				to, rest = &without, s
			} else if s, ok := strings.CutPrefix(rest, "T:"); ok {
				to, rest = &with, s
			}
			part := rest
			if i := strings.IndexAny(rest, "UT"); i >= 0 {
				part = rest[:i]
			}
			rest = rest[len(part):]
			if to.Known() {
				f.From.Start = to.From.Start
			}
			*to = capture.Of(strings.TrimSpace(to.Value+" "+part), f.From)
			if part == "" {
				break
			}
		}
	}
	v.tagged, v.untagged = vids(with), vids(without)
	if all.Known() {
		v.list = all
	}
	switch { // one of both may be missing where it has none
	case v.tagged.Known() && !without.Known():
		v.untagged = capture.Of(state.VIDSet{}, v.tagged.From)
	case v.untagged.Known() && !with.Known() && !last:
		v.tagged = capture.Of(state.VIDSet{}, v.untagged.From)
	}
}

// vids reads a list in which dashes stand for none.
func vids(f capture.Fact[string]) capture.Fact[state.VIDSet] {
	if f.Known() && strings.Trim(f.Value, "-") == "" {
		return capture.Of(state.VIDSet{}, f.From)
	}
	return text.VLANs(f)
}

// carried are the VLANs whose lists have a port.
type carried struct {
	tagged, untagged []state.VID
	from             capture.Span
	odd              bool // it is in one by translation or stacking of tags
}

var (
	vlanTotal  = regexp.MustCompile(`(?i)^\s*the total number of vlans is\s*: *(\d+)`)
	vlanRow    = regexp.MustCompile(`^\s*[*#]?(\d{1,4})[*#]?(?:\s+(\S.*))?$`)
	listedPort = regexp.MustCompile(`(?:\b(UT|TG|ST|MP) ?: ?)?([\w./:|-]+)\(([UD])\)`)
	vlanStatus = regexp.MustCompile(`^(?:.*\s)?(enable|disable)\s`)
)

// vlans reads "display vlan": a table of the VLANs' ports and one of their properties. Access points have the second only.
func vlans(p *parser, lines []text.Line) {
	total := capture.Fact[int]{}
	ports, properties := map[state.VID]bool{}, map[state.VID]bool{}
	var tables []text.Line // the lines of the table of ports
	understood := true
	for k := 0; k < len(lines); k++ {
		l := lines[k]
		if m := l.Match(vlanTotal); m != nil {
			total = text.Int(m[1])
		}
		head := strings.Fields(l.Text)
		if len(head) < 2 || head[0] != "VID" && !(head[0] == "VLAN" && head[1] == "ID") {
			continue
		}
		end := k + 1
		for end < len(lines) && !strings.HasPrefix(strings.TrimSpace(lines[end].Text), "VID ") { // some releases leave lines blank between VLANs
			end++
		}
		rows := lines[k+1 : end]
		if head[len(head)-1] == "Ports" {
			understood = p.vlanPorts(rows, slices.Contains(head, "Name"), ports) && understood
			tables = append(tables, rows...)
		} else {
			understood = p.vlanProperties(rows, slices.Contains(head, "Type"), properties) && understood
		}
		k = end - 1
	}
	found := max(len(ports), len(properties))
	if !understood || len(properties) == 0 || !total.Known() || found < total.Value {
		return // of one VLAN no total is printed, and its ports may be in others
	}
	if found == total.Value {
		p.Switch.Listed.VLANs = lines[0].Reply.Whole()
	}
	// the table of properties is the proof that the one of ports has come to its end
	if maps.Equal(ports, properties) {
		p.vlanTable = text.Through(tables)
	}
}

func (p *parser) vlanPorts(rows []text.Line, named bool, seen map[state.VID]bool) (understood bool) {
	understood = true
	var v *state.VLAN
	how := ""
	for _, l := range rows {
		s := strings.TrimSpace(l.Text)
		if strings.Trim(s, "-") == "" {
			continue
		}
		from := 0
		m := l.Match(vlanRow)
		if m == nil && strings.HasPrefix(s, "*") && strings.Contains(s, ":") {
			continue // a legend
		}
		if m != nil {
			id := text.VID(m[1])
			if !id.Known() {
				p.Unread(l.Span(), "no VLAN id")
				return false
			}
			v, how = p.VLAN(id.Value, l.Span()), ""
			seen[id.Value] = true
			from = strings.Index(l.Text, m[1].Value) + len(m[1].Value)
			if !named {
				p.typed(id.Value, m[2])
			}
			if named {
				if status := l.Part(from, len(l.Text)).Value; vlanStatus.MatchString(status + " ") {
					word := vlanStatus.FindStringSubmatchIndex(status + " ")
					at := strings.Index(l.Text[from:], status) + from
					v.Name = l.Part(at, at+word[2])
					v.Active = capture.Of(status[word[2]:word[3]] == "enable", l.Span())
					from = at + word[3]
				}
			}
		}
		rest := l.Text[from:]
		for _, m := range listedPort.FindAllStringSubmatchIndex(rest, -1) {
			name := p.port(l.Part(from+m[4], from+m[5]))
			if m[2] >= 0 {
				how = rest[m[2]:m[3]]
			}
			if v == nil || !name.Known() || how == "" {
				p.Unread(l.Span(), "a port that is in no VLAN")
				return false
			}
			p.carry(v, name, how, l)
		}
		left := listedPort.ReplaceAllString(rest, "")
		if strings.ContainsAny(left, "/()") || from == 0 && strings.TrimSpace(left) != "" {
			p.Unread(l.Span(), "a list of ports that was not understood")
			understood = false
		}
	}
	return understood
}

// typed notes the VLANs of a MUX VLAN, "mux" and "mux-sub", by the word that stands behind the number.
func (p *parser) typed(id state.VID, rest capture.Fact[string]) {
	if strings.HasPrefix(strings.ToLower(rest.Value), "mux") {
		p.mux = p.mux.Union(state.VIDs(id))
	}
}

func (p *parser) carry(v *state.VLAN, name capture.Fact[string], how string, l text.Line) {
	c := p.carried[name.Value]
	if c == nil {
		c = &carried{from: l.Span()}
		p.carried[name.Value] = c
	}
	switch how {
	case "UT":
		c.untagged = append(c.untagged, v.ID)
	case "TG":
		c.tagged = append(c.tagged, v.ID)
	default:
		c.odd = true
		return
	}
	v.Ports = append(v.Ports, name)
}

var statusWords = map[string]bool{"enable": true, "disable": false}

func (p *parser) vlanProperties(rows []text.Line, typed bool, seen map[state.VID]bool) (understood bool) {
	understood = true
	for _, l := range rows {
		if strings.Trim(strings.TrimSpace(l.Text), "-") == "" {
			continue
		}
		f := l.Fields()
		at := 1
		if typed {
			at = 2
		}
		m := l.Match(vlanRow)
		if m == nil || len(f) <= at || !text.VID(m[1]).Known() {
			if l.Indent() == 0 { // else a description that goes on
				p.Unread(l.Span(), "no row of a VLAN")
				understood = false
			}
			continue
		}
		id := text.VID(m[1]).Value
		p.typed(id, m[2])
		v := p.VLAN(id, l.Span())
		v.Active = state.Word(p.Draft, f[at], statusWords)
		seen[id] = true
	}
	return understood
}

// linkWords are the modes that are one. "auto" and "desirable" leave it to a protocol with the neighbour whether a port is a trunk.
var linkWords = map[string]state.PortMode{"access": state.Access, "trunk": state.Trunk, "hybrid": state.Hybrid, "dot1q-tunnel": state.Tunnel, "dot1qtunnel": state.Tunnel, "qinq": state.Tunnel}

// finishBridgePorts joins what is configured on each port with the VLANs that list it. Members of LAGs and ports that are not bridged are none.
func (p *parser) finishBridgePorts() {
	for _, name := range slices.Sorted(maps.Keys(p.ports)) {
		v := p.ports[name]
		if p.IsMember(name) || v.pvid.Value == "0" && !vrp.Known(v.list).Known() {
			continue
		}
		b := p.BridgePort(name, v.from)
		p.mode(b, v.mode)
		p.configured(b, v)
	}
	if p.vlanTable.Known() {
		for _, name := range slices.Sorted(maps.Keys(p.carried)) {
			if !p.IsMember(name) {
				p.memberSet(p.BridgePort(name, p.carried[name].from), p.carried[name])
			}
		}
	}
	if p.passed || p.Switch.Listed.Aggregators.Known() {
		for _, s := range p.switched {
			if !p.IsMember(s.name) {
				b := p.BridgePort(s.name, s.from)
				p.mode(b, s.mode)
				if !b.PVID.Known() {
					b.PVID = text.VID(s.pvid)
				}
			}
		}
	}
	for _, b := range p.BridgePorts() {
		effective(b)
	}
}

func (p *parser) mode(b *state.BridgePort, word capture.Fact[string]) {
	if !word.Known() || b.Mode.Known() {
		return
	}
	low := strings.ToLower(word.Value)
	switch {
	case low == "auto", low == "desirable", strings.HasSuffix(low, "(negotiated)"):
		b.Trunking = capture.Of(state.NegotiatedTrunking, word.From)
	default:
		b.Trunking = capture.Of(state.StaticTrunking, word.From)
	}
	if low != "auto" && low != "desirable" {
		b.Mode = state.Word(p.Draft, vrp.Unmarked(word), linkWords)
	}
}

// configured is what was written for the port; of a hybrid port it is only known where both of its lists are.
func (p *parser) configured(b *state.BridgePort, v *portVLAN) {
	b.PVID = text.VID(v.pvid)
	switch b.Mode.Value {
	case state.Access, state.Tunnel:
		b.Configured = capture.Then(b.PVID, func(v state.VID) (state.VIDSet, bool) { return state.VIDs(v), true })
	case state.Hybrid:
	default:
		b.Configured = vids(v.list)
		if v.list.Known() && !b.Configured.Known() {
			p.Unread(v.list.From, state.Quote(v.list.Value)+" is no list of VLANs")
		}
	}
	b.Explicit = capture.Then(b.Configured, func(state.VIDSet) (bool, bool) { return true, true })
	if v.tagged.Known() && v.untagged.Known() { // of the VLANs that exist
		b.Members = capture.Of(v.tagged.Value.Union(v.untagged.Value), v.from)
		b.Untagged = capture.Of(v.untagged.Value, v.from)
	}
}

// memberSet takes the VLANs that list the port and are not switched off.
func (p *parser) memberSet(b *state.BridgePort, c *carried) {
	if c.odd {
		p.Unread(c.from, "tags are translated or stacked on "+b.Interface)
		b.Members, b.Untagged = capture.Fact[state.VIDSet]{}, capture.Fact[state.VIDSet]{}
		return
	}
	if p.mux.Overlaps(state.VIDs(c.tagged...).Union(state.VIDs(c.untagged...))) {
		p.Unread(c.from, "a MUX VLAN on "+b.Interface+" is joined with others, or keeps ports apart")
		b.Members, b.Untagged = capture.Fact[state.VIDSet]{}, capture.Fact[state.VIDSet]{}
		return
	}
	var active []state.VID
	for _, v := range p.VLANs() {
		if !v.Active.Known() {
			return
		}
		if v.Active.Value {
			active = append(active, v.ID)
		}
	}
	exist := state.VIDs(active...)
	untagged := state.VIDs(c.untagged...).Intersect(exist)
	b.Members = capture.Of(state.VIDs(c.tagged...).Intersect(exist).Union(untagged), p.vlanTable)
	b.Untagged = capture.Of(untagged, p.vlanTable)
}

// effective drops a PVID that the port is not in: what arrives without a tag is dropped then. Of a trunk or hybrid port of which it is not
// known which VLANs it is in, it is not known either.
func effective(b *state.BridgePort) {
	switch {
	case !b.PVID.Known():
		return
	case b.Mode.Value != state.Access && b.Mode.Value != state.Tunnel && !b.Members.Known() && !b.Configured.Known():
		b.PVID = capture.Fact[state.VID]{}
		return
	}
	for _, set := range []capture.Fact[state.VIDSet]{b.Members, b.Configured} {
		if set.Known() && !set.Value.Has(b.PVID.Value) {
			b.PVID = capture.Of(state.VID(0), set.From)
			return
		}
	}
}
