package ios

import (
	"net/netip"
	"regexp"
	"strings"

	"uplinkcheck/drivers/capture"
	"uplinkcheck/drivers/state"
	"uplinkcheck/drivers/text"
)

var (
	releaseLine = regexp.MustCompile(`^\s*(?:Cisco )?IOS[ -](?:XE |\(tm\) )?.*\bVersion ([^\s,]+)`)
	uptimeLine  = regexp.MustCompile(`^\s*(\S+) uptime is `)
	modelLine   = regexp.MustCompile(`^\s*[Cc]isco (\S+(?: \d[^\s(]*)?)\s.*\bwith\b.*\bmemory`)
	memberRow   = regexp.MustCompile(`^([* ])\s*(\d{1,2})\s+(\d+)\s+(\S*[A-Za-z]\S*)\s+(\d\S*)\s+\S+`)
	memberHead  = regexp.MustCompile(`^Switch 0*(\d{1,2})$`)
)

// version reads "show version". The first list of numbers is about the member that answers; each other one follows under a heading with its number.
func version(p *parser, lines []text.Line) {
	d := &p.Switch.Device
	var xe, ios, processor, board capture.Fact[string]
	var serial, model, mac capture.Fact[string]
	block, self, rows, ended := "", "", 0, capture.Span{}
	for _, l := range lines {
		if m := l.Match(releaseLine); m != nil && m[1].Known() {
			if strings.Contains(l.Text, "IOS XE Software, Version") {
				first(&xe, m[1])
			} else {
				first(&ios, m[1])
				p.family(l)
			}
			continue
		}
		if m := l.Match(uptimeLine); m != nil {
			first(&d.Hostname, m[1])
		}
		if m := l.Match(modelLine); m != nil {
			first(&processor, m[1])
		}
		if m := l.Match(memberHead); m != nil {
			block = m[1].Value
		}
		if m := l.Match(memberRow); m != nil {
			if rows++; m[1].Known() {
				self = m[2].Value
			}
			p.versions[m[2].Value] = l.Span()
			p.Member(m[2].Value, l.Span()).Model = m[4]
		}
		if f := l.Fields(); len(f) > 3 && strings.HasPrefix(strings.TrimSpace(l.Text), "Processor board ID") {
			first(&board, capture.Then(f[3], func(s string) (string, bool) { s = strings.TrimRight(s, ","); return s, s != "" }))
		}
		if strings.HasPrefix(strings.TrimSpace(l.Text), "Configuration register is") {
			ended = l.Span()
		}
		key, value, ok := l.KeyValue()
		if !ok || !value.Known() {
			continue
		}
		to := &capture.Fact[string]{}
		switch strings.ToLower(key) {
		case "model number":
			to = &model
		case "system serial number":
			to = &serial
		case "base ethernet mac address":
			to = &mac
		}
		if block == "" {
			first(to, value)
			continue
		}
		m := p.Member(block, l.Span())
		switch to {
		case &serial:
			first(&m.Serial, value)
		case &mac:
			first(&m.MAC, text.Station(value))
		}
	}
	d.Version = ios
	if xe.Known() && xe.Value[0] >= '0' && xe.Value[0] <= '9' { // a build that has only a name tells its number in the next line
		d.Version = xe
	}
	d.Model, d.Serial, d.ChassisMAC = model, board, text.Station(mac)
	if ended.Known() { // else there may be better words behind these
		first(&d.Model, processor)
		first(&d.Serial, serial)
	}
	if self != "" {
		m := p.Member(self, p.versions[self])
		m.Serial, m.MAC = serial, text.Station(mac)
	}
	if rows == 1 {
		p.onlyOne = ended
	}
}

var (
	virtualImage = regexp.MustCompile(`(?i)\b(vios|X86_64BI_LINUX|I86BI_LINUX)`)
	plainImage   = regexp.MustCompile(`\((C29|C35|C36|C37|C38|C1000|CAT3K|CAT9K_LITE|cat4500|cat4000|IE|vios_l2|X86_64BI_LINUX_L2|I86BI_LINUXL2)`)
	evpnImage    = regexp.MustCompile(`\(CAT9K_IOSXE`)
)

// family takes from the image what its switches cannot do: none of them has a multi-chassis protocol with a peer, virtual ones do not stack. Those
// of the larger Catalyst 9000 may be in EVPN Ethernet segments.
func (p *parser) family(l text.Line) {
	if virtualImage.MatchString(l.Text) {
		p.onlyOne = l.Span()
	}
	if plainImage.MatchString(l.Text) {
		p.noPeer = l.Span()
	}
	if evpnImage.MatchString(l.Text) {
		p.noPeer, p.overlay = l.Span(), true
	}
}

// finishMLAG says that there is no multi-chassis protocol, so no LAG has an id of one: of a switch that could be in Ethernet segments only where
// it has no overlay.
func (p *parser) finishMLAG() {
	m := &p.Switch.MLAG
	if !p.noPeer.Known() || m.Protocol.Known() || p.overlay && !p.Switch.Listed.Interfaces.Known() {
		return
	}
	for _, i := range p.Interfaces() {
		if p.overlay && strings.HasPrefix(strings.ToLower(i.Name), "nve") {
			return
		}
	}
	m.Protocol = capture.Of(state.NoMLAG, p.noPeer)
	for _, a := range p.Aggregators() {
		first(&a.MLAGID, capture.Of("", p.noPeer))
	}
}

var (
	switchRow  = regexp.MustCompile(`^([* ])\s*(\d{1,2})\s+(\S+)\s+([0-9a-fA-F]{4}\.[0-9a-fA-F]{4}\.[0-9a-fA-F]{4})\s+(\d+)\s+(.*\S)`)
	hardware   = regexp.MustCompile(`^(?:V?\d+\w?|V\d\S*|N/A|-)(?:\s+|$)`)
	stackPorts = regexp.MustCompile(`^\s*(\d{1,2})\s+([A-Za-z]+)\s+([A-Za-z]+)\s+(\d+|None)\s+(\d+|None)\s*$`)
	stackMAC   = regexp.MustCompile(`^(?:Switch|Chassis)/Stack Mac Address : (\S+)`)
)

var roleWords = map[string]state.MemberRole{"active": state.RoleActive, "master": state.RoleActive, "standby": state.RoleStandby, "member": state.RoleMember, "slave": state.RoleMember}

// stateWords tell whether a member is there and works as part of the stack.
var stateWords = map[string]bool{
	"ready": true, "ha sync in progress": true,
	"provisioned": false, "unprovisioned": false, "removed": false, "v-mismatch": false, "ver mismatch": false, "version mismatch": false, "sdm mismatch": false,
	"feature mismatch": false, "license mismatch": false, "lic-mismatch": false, "invalid": false, "initializing": false, "progressing": false, "waiting": false,
}

// stack reads "show switch" and "show switch detail": the members, then their stack ports with the neighbour at each.
func stack(p *parser, lines []text.Line) {
	ports := false
	for _, l := range lines {
		if m := l.Match(stackMAC); m != nil {
			p.stackMAC = text.Station(m[1])
		}
		if strings.Contains(l.Text, "Stack Port Status") {
			ports = true
			if p.switches == 1 {
				p.onlyOne = l.Span()
			}
		}
		if m := l.Match(switchRow); m != nil {
			p.switches++
			p.stackMember(l, m)
		}
		if m := l.Match(stackPorts); m != nil && ports {
			p.stackLinks(l, m)
		}
	}
}

func (p *parser) stackMember(l text.Line, m []capture.Fact[string]) {
	x := p.Member(m[2].Value, l.Span())
	x.Role = state.Word(p.Draft, m[3], roleWords)
	x.MAC = text.Station(m[4])
	words := m[6]
	if cut := hardware.FindString(words.Value); cut != "" {
		words = l.Part(int(words.From.Start)-l.At+len(cut), len(l.Text))
	}
	if i := strings.LastIndex(words.Value, " "); i > 0 { // an address stands behind the state of controllers
		if _, err := netip.ParseAddr(words.Value[i+1:]); err == nil {
			from := int(words.From.Start) - l.At
			words = l.Part(from, from+i)
		}
	}
	x.Up = state.Word(p.Draft, words, stateWords)
}

func (p *parser) stackLinks(l text.Line, m []capture.Fact[string]) {
	x := p.Member(m[1].Value, l.Span())
	if x.LinksFrom.Known() {
		return
	}
	x.LinksFrom = l.Span()
	for i := range 2 {
		if strings.EqualFold(m[2+i].Value, "OK") && m[4+i].Value != "None" {
			x.Links = append(x.Links, state.StackLink{Port: "StackPort" + m[1].Value + "/" + []string{"1", "2"}[i], To: m[4+i].Value, From: l.Span()})
		}
	}
}

// virtual reads "show switch virtual" of a VSS pair, which tells each member's view; the first of each fact counts.
func virtual(p *parser, lines []text.Line) {
	var number [2]capture.Fact[string]
	for _, l := range lines {
		key, value, ok := l.KeyValue()
		if !ok || !value.Known() {
			continue
		}
		i := map[bool]int{false: 0, true: 1}[strings.HasPrefix(key, "Peer")]
		switch key {
		case "Switch mode":
			mode := strings.ToLower(strings.ReplaceAll(value.Value, " ", ""))
			first(&p.Switch.Device.Stacked, capture.Then(capture.Of(mode, value.From), func(s string) (bool, bool) {
				return s == "virtualswitch", s == "virtualswitch" || s == "standalone"
			}))
		case "Local switch number", "Peer switch number":
			number[i] = value
		case "Local switch operational role", "Peer switch operational role":
			if !number[i].Known() {
				continue
			}
			role := capture.Then(value, func(s string) (state.MemberRole, bool) {
				v, ok := roleWords[strings.ToLower(strings.TrimPrefix(s, "Virtual Switch "))]
				return v, ok
			})
			x := p.Member(number[i].Value, number[i].From)
			first(&x.Role, role)
			first(&x.Up, capture.Then(role, func(state.MemberRole) (bool, bool) { return true, true }))
			if !role.Known() {
				p.Unread(value.From, "unknown role "+state.Quote(value.Value))
			}
		}
	}
}

var (
	slotLine     = regexp.MustCompile(`^\s*(Active|Standby) Location = slot (\d{1,2})/\d+\s*$`)
	softwareLine = regexp.MustCompile(`^\s*Current Software state = (ACTIVE|STANDBY \w+)\s*$`)
)

// redundancy reads "show redundancy" of a VSS pair: supervisors in slots of both chassis, "slot 2/5". A slot without a chassis is in a single one.
func redundancy(p *parser, lines []text.Line) {
	slot := capture.Fact[string]{}
	for _, l := range lines {
		if m := l.Match(slotLine); m != nil {
			slot = m[2]
		}
		m := l.Match(softwareLine)
		if m == nil || !slot.Known() {
			continue
		}
		x := p.Member(slot.Value, slot.From)
		first(&x.Role, capture.Then(m[1], func(s string) (state.MemberRole, bool) {
			word, _, _ := strings.Cut(strings.ToLower(s), " ")
			v, ok := roleWords[word]
			return v, ok
		}))
		first(&x.Up, capture.Of(true, m[1].From))
		slot = capture.Fact[string]{}
	}
}

// cableWords tell whether a cable of a StackWise Virtual pair carries its protocol, as the legend above the table spells out the letters: those
// differ from release to release, P is "Pending" in one and "Bundled" in another.
var (
	cableWords  = map[string]bool{"bundled": true, "ready": true, "suspended": false, "pending": false, "error": false, "timeout": false, "down": false}
	legendEntry = regexp.MustCompile(`(?:^|\s)([A-Za-z])-([A-Za-z]+)`)
)

var linkRow = regexp.MustCompile(`^(?:(\d{1,2})\s+(\d{1,2}))?\s+(\S*[A-Za-z]\S*\d)(?:\s+(\S+))?(?:\s+(\S+))?\s*$`)

// virtualLinks reads "show stackwise-virtual neighbors", which names the port at the other end of each cable, and "show stackwise-virtual
// link", which tells those that are up: they can only go to the other of two switches.
func virtualLinks(p *parser, lines []text.Line) {
	type cable struct {
		from, port string
		to         string
		at         capture.Span
	}
	var cables []cable
	var order []string
	at := map[string]capture.Span{}
	legend := map[string]string{}
	now, found := "", false
	for _, l := range lines {
		low := strings.ToLower(l.Text)
		if strings.HasPrefix(low, "switch") && strings.Contains(low, "svl") {
			found = true
			continue
		}
		if !found { // what the protocol's letters mean stands behind those of the link, and counts
			for _, entry := range legendEntry.FindAllStringSubmatch(low, -1) {
				legend[entry[1]] = entry[2]
			}
		}
		m := l.Match(linkRow)
		if !found || m == nil || !isPort(m[3].Value) && !strings.Contains(m[3].Value, "/") {
			continue
		}
		if m[1].Known() {
			now = m[1].Value
			order = append(order, now)
			at[now] = l.Span()
		}
		if now == "" {
			continue
		}
		at[now] = at[now].Through(l.Span())
		switch {
		case m[4].Known() && isPort(m[4].Value):
			number, _, _ := strings.Cut(strings.TrimLeft(m[4].Value, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz-"), "/")
			cables = append(cables, cable{now, m[3].Value, number, l.Span()})
		case m[4].Value == "U":
			works, known := cableWords[legend[strings.ToLower(m[5].Value)]]
			if !known {
				p.Unread(l.Span(), "a stack cable in a state that we do not know")
				return
			}
			if works {
				cables = append(cables, cable{now, m[3].Value, "", l.Span()})
			}
		}
	}
	if len(order) != 2 {
		return
	}
	for i, id := range order {
		x := p.Member(id, at[id])
		x.LinksFrom = at[id]
		for _, c := range cables {
			if c.from == id && (c.to == "" || c.to == order[1-i]) {
				x.Links = append(x.Links, state.StackLink{Port: c.port, To: order[1-i], From: c.at})
			}
		}
	}
}

var switchNumber = regexp.MustCompile(`^(\d{1,2})\s+\d{1,2}\s+\S+`)

// stackwiseVirtual reads "show stackwise-virtual": whether the pair is configured, and with ports of both switches.
func stackwiseVirtual(p *parser, lines []text.Line) {
	rows, on := 0, capture.Fact[string]{}
	for _, l := range lines {
		if key, value, ok := l.KeyValue(); ok && key == "Stackwise Virtual" {
			on = value
		}
		if switchNumber.MatchString(l.Text) {
			rows++
		}
	}
	if strings.EqualFold(on.Value, "Enabled") && rows > 1 { // where it is disabled, switches may be stacked by other cables
		p.paired = on.From
	}
}

var (
	groupLine  = regexp.MustCompile(`^Redundancy Group (\d+)`)
	peerLine   = regexp.MustCompile(`^\s*member ip: (\S+) .*, (\S+)\s*$`)
	aliveLine  = regexp.MustCompile(`^\s*BFD neighbor: .*, (UP|DOWN)\s*$`)
	mlacpState = regexp.MustCompile(`^\s*mLACP state: (\S+)`)
)

// interchassis reads "show redundancy interchassis" of a router with multi-chassis LAGs; several groups or peers are more than we can tell apart.
func interchassis(p *parser, lines []text.Line) {
	m := &p.Switch.MLAG
	for _, l := range lines {
		if x := l.Match(groupLine); x != nil {
			if m.Domain.Known() {
				p.Unread(l.Span(), "a second redundancy group")
				return
			}
			m.Protocol, m.Domain = capture.Of(state.PeerLinkMLAG, l.Span()), x[1]
		}
		if x := l.Match(peerLine); x != nil && m.Domain.Known() {
			if m.PeerAddress.Known() {
				p.Unread(l.Span(), "a second peer")
				return
			}
			m.PeerAddress = x[1]
		}
		if x := l.Match(aliveLine); x != nil && m.PeerAddress.Known() {
			first(&m.Keepalive, state.Word(p.Draft, x[1], operWords))
		}
		if x := l.Match(mlacpState); x != nil && m.PeerAddress.Known() {
			m.StateWord = x[1]
			m.Peered = capture.Of(x[1].Value == "CONNECTED", x[1].From)
		}
	}
}

// dualActive reads "show stackwise-virtual dual-active-detection": a port for it that is up would notice that the pair was split.
func dualActive(p *parser, lines []text.Line) {
	m := &p.Switch.MLAG
	for _, l := range lines {
		if key, value, ok := l.KeyValue(); ok && key == "In dual-active recovery mode" && value.Value == "Yes" {
			m.SplitBrain = capture.Of(state.SplitFound, value.From)
		}
		f := l.Fields()
		if n := len(f); n >= 2 && n <= 3 && f[n-1].Value == "up" && isPort(f[n-2].Value) {
			first(&m.SplitBrain, capture.Of(state.Guarded, l.Span()))
		}
	}
}

var (
	stackModule = regexp.MustCompile(`^\s*(\d{1,2})\s+(\d+)\s+(\S+)\s+(\S+)\s+([0-9a-fA-F]{4}\.[0-9a-fA-F]{4}\.[0-9a-fA-F]{4})\s+\S+\s+\S+\s*$`)
	chassisType = regexp.MustCompile(`^Chassis Type ?: (\S+)`)
)

// modules reads "show module": the members of a stack, or the chassis of a modular switch.
func modules(p *parser, lines []text.Line) {
	for _, l := range lines {
		if m := l.Match(stackModule); m != nil {
			x := p.Member(m[1].Value, l.Span())
			first(&x.Model, m[3])
			first(&x.Serial, m[4])
			first(&x.MAC, text.Station(m[5]))
		}
		if m := l.Match(chassisType); m != nil {
			first(&p.Switch.Device.Model, m[1])
		}
	}
}

var (
	inventoryName = regexp.MustCompile(`^NAME: "([^"]*)", DESCR: "([^"]*)`)
	inventoryPID  = regexp.MustCompile(`^PID: ?(.*?)\s*, *VID: ?[^,]*, SN:(.*)$`)
	memberName    = regexp.MustCompile(`^(?:Switch ?|Chassis )?(\d{1,2})(?: Chassis| System)?$`)
)

// inventory reads "show inventory". The first entry is the chassis, or the stack; members follow under their number. A number on its own is a
// member only where the first entry is one too: behind that of a chassis it is a slot.
func inventory(p *parser, lines []text.Line) {
	d := &p.Switch.Device
	name, entries, numbered := "", 0, false
	whole := false // the entry is that of the device
	for _, l := range lines {
		if m := l.Match(inventoryName); m != nil {
			entries++
			name = m[1].Value
			whole = entries == 1 && isChassis(name, m[2].Value)
			numbered = numbered || whole && strings.Trim(name, "0123456789") == ""
			continue
		}
		m := l.Match(inventoryPID)
		if m == nil {
			continue
		}
		model, serial := m[1], m[2]
		if whole {
			first(&d.Model, model)
			first(&d.Serial, serial)
		}
		id := memberName.FindStringSubmatch(name)
		if id != nil && (numbered || strings.HasPrefix(name, "Switch") || strings.HasPrefix(name, "Chassis")) && serial.Known() {
			x := p.Member(id[1], l.Span())
			first(&x.Model, model)
			first(&x.Serial, serial)
		}
		name, whole = "", false
	}
}

// isChassis tells the entry of the whole device by its name and description.
func isChassis(name, descr string) bool {
	for _, s := range []string{strings.ToLower(name), strings.ToLower(descr)} {
		if strings.Contains(s, "chassis") || strings.HasSuffix(s, "system") || strings.HasSuffix(s, "stack") {
			return true
		}
	}
	return memberName.MatchString(name)
}

// finishStack says whether there are several chassis, and whose each port is.
func (p *parser) finishStack() {
	d := &p.Switch.Device
	first(&d.ChassisMAC, p.stackMAC)
	members := 0
	var last capture.Span
	for id, at := range p.versions {
		first(&p.Member(id, at).Up, capture.Of(true, at)) // it lists those that are there
	}
	for _, m := range p.Members() {
		if m.Up.Known() || m.Role.Known() || m.Serial.Known() {
			members++
			last = m.From
		}
	}
	switch {
	case members > 1:
		d.Stacked = capture.Of(true, last)
	case p.paired.Known():
		first(&d.Stacked, capture.Of(true, p.paired))
	case p.onlyOne.Known() && p.switches < 2:
		first(&d.Stacked, capture.Of(false, p.onlyOne))
	}
	if !capture.Is(d.Stacked, true) {
		return
	}
	for _, i := range p.Interfaces() {
		number, _, several := strings.Cut(strings.TrimLeft(i.Name, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz-"), "/")
		if i.Kind != state.Physical || !several {
			continue
		}
		for _, m := range p.Members() {
			if m.ID == number {
				i.Member = capture.Of(number, i.From)
			}
		}
	}
}
