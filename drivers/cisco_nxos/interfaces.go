package cisco_nxos

import (
	"net/netip"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"uplinkcheck/drivers/capture"
	"uplinkcheck/drivers/state"
	"uplinkcheck/drivers/text"
	"uplinkcheck/drivers/tree"
)

var upDown = map[string]state.Status{"up": state.Up, "down": state.Down}

// kindOf tells what an interface is from its name.
func kindOf(name string) state.InterfaceKind {
	kind := strings.TrimRightFunc(strings.ToLower(name), func(r rune) bool { return r >= '0' && r <= '9' || r == '/' })
	switch {
	case strings.Contains(name, "."):
		return state.Logical
	case kind == "ethernet":
		return state.Physical
	case kind == "port-channel":
		return state.Aggregate
	case kind == "vlan", kind == "bdi":
		return state.Routed
	case kind == "mgmt":
		return state.OutOfBand
	case kind == "loopback", kind == "tunnel", kind == "nve", kind == "null", kind == "vethernet", kind == "mti":
		return state.Logical
	}
	return 0
}

// port returns the interface of a name, nil for a word that is none.
func (p *parser) port(name capture.Fact[string], from capture.Span) *state.Interface {
	full, ok := names.Full(name.Value)
	if !name.Known() || !ok || strings.ContainsAny(full, " (),") {
		return nil
	}
	i := p.Interface(full, from)
	i.Kind = kindOf(full)
	if id := fexOf(full); id != "" && i.Kind == state.Physical && !i.Extender.Known() {
		i.Extender = capture.Of(id, from)
		p.Extender(id, from)
	}
	return i
}

// interfaces reads "show interface". What an SVI has is named differently.
func interfaces(p *parser, n tree.Node) {
	whole := table(n, "interface").Span()
	for row := range rows(n, "interface") {
		i := p.port(word(row, "interface"), row.Span())
		if i == nil {
			p.Unread(row.Span(), "an interface with an unknown name")
			whole = capture.Span{}
			continue
		}
		i.Admin = state.Word(p.Draft, word(row, "admin_state"), upDown)
		if svi := word(row, "svi_admin_state"); svi.Known() { // it may be the state that the text has before the reason
			i.Admin = adminOf(svi, word(row, "svi_rsn_desc"))
		}
		i.Oper = state.Word(p.Draft, operWord(word(row, "state", "svi_line_proto")), upDown)
		i.OperReason = reason(i.Oper, word(row, "state_rsn_desc", "svi_rsn_desc"))
		i.Description = word(row, "desc", "svi_desc")
		i.MTU = positive(text.Int(word(row, "eth_mtu", "svi_mtu")))
		i.MAC = text.Station(word(row, "eth_hw_addr", "svi_mac"))
		i.Duplex = duplex(p, word(row, "eth_duplex"))
		i.Speed = speed(i, word(row, "eth_speed"), word(row, "eth_bw"))
		i.Unchanged = since(word(row, "eth_link_flapped"))
		i.Bridged = bridged(i.Kind, word(row, "eth_mode"))
		p.bundled(i, word(row, "eth_bundle"))
		if i.Kind == state.Routed {
			p.svi(i.Name, row.Span(), i.Oper, prefix(word(row, "svi_ip_addr"), word(row, "svi_ip_mask")))
		}
		if a := prefix(word(row, "eth_ip_addr"), word(row, "eth_ip_mask")); a.Known() && i.Kind == state.OutOfBand {
			i.Addresses = append(i.Addresses, a)
		}
	}
	p.Switch.Listed.Interfaces = whole
	p.Switch.Listed.SVIs = whole
}

// operWord takes the first word of a state: "up (with errors)". A link that came up is not yet one that is up.
func operWord(f capture.Fact[string]) capture.Fact[string] {
	return capture.Then(f, func(s string) (string, bool) {
		s, _, _ = strings.Cut(s, " ")
		return strings.TrimSuffix(s, ","), s != ""
	})
}

// reason is the device's word for a port that is down.
func reason(oper capture.Fact[state.Status], word capture.Fact[string]) capture.Fact[string] {
	if capture.Is(oper, state.Down) && !strings.EqualFold(word.Value, "none") {
		return word
	}
	return capture.Fact[string]{}
}

func positive(f capture.Fact[int]) capture.Fact[int] {
	return capture.Then(f, func(v int) (int, bool) { return v, v > 0 })
}

func duplex(p *parser, f capture.Fact[string]) capture.Fact[state.Duplex] {
	switch strings.ToLower(f.Value) {
	case "auto", "unknown":
		return capture.Fact[state.Duplex]{}
	}
	return state.Word(p.Draft, f, map[string]state.Duplex{"full": state.Full, "half": state.Half, "a-full": state.Full, "a-half": state.Half})
}

// speed of a LAG is the bandwidth of what is up in it; the word for its speed is that of one member.
func speed(i *state.Interface, word, bandwidth capture.Fact[string]) capture.Fact[uint64] {
	if i.Kind != state.Aggregate {
		return text.Speed(word)
	}
	if !capture.Is(i.Oper, state.Up) {
		return capture.Fact[uint64]{}
	}
	return kbits(bandwidth)
}

func kbits(f capture.Fact[string]) capture.Fact[uint64] {
	return capture.Then(text.Uint(f, 48), func(v uint64) (uint64, bool) { return v * 1000, v > 0 })
}

// bridged takes the port mode; a port without one is routed when the device says so in words.
func bridged(kind state.InterfaceKind, mode capture.Fact[string]) capture.Fact[bool] {
	if kind != state.Physical && kind != state.Aggregate {
		return capture.Fact[bool]{}
	}
	return capture.Then(mode, func(s string) (bool, bool) {
		switch s = strings.ToLower(s); s {
		case "access", "trunk", "dot1q-tunnel", "fex-fabric", "fabric", "pvlan", "f-path", "fabricpath":
			return true, true
		case "routed", "layer3":
			return false, true
		}
		return false, false
	})
}

// bundled notes the LAG that a port belongs to: its number, "Po10" or "port-channel10".
func (p *parser) bundled(i *state.Interface, f capture.Fact[string]) {
	lag := capture.Then(f, func(s string) (string, bool) {
		if full, ok := names.Full(s); ok && kindOf(full) == state.Aggregate {
			return full, true
		}
		v, err := strconv.ParseUint(s, 10, 16)
		return "port-channel" + strconv.FormatUint(v, 10), err == nil && v > 0
	})
	if lag.Known() && i.Kind == state.Physical {
		p.member(lag.Value, i.Name, lag.From)
	}
}

// members notes the ports of a LAG.
func (p *parser) members(i *state.Interface, list capture.Fact[string]) {
	ports, _ := text.Ports(list)
	for _, port := range ports {
		if full, ok := names.Full(port.Value); ok && i.Kind == state.Aggregate && kindOf(full) == state.Physical {
			p.member(i.Name, full, i.From.Through(port.From))
		}
	}
}

// prefix joins an address and the length of its mask.
func prefix(address, mask capture.Fact[string]) capture.Fact[netip.Prefix] {
	bits := text.Uint(mask, 8)
	if !bits.Known() {
		return text.Prefix(address)
	}
	return capture.Then(text.Addr(address), func(a netip.Addr) (netip.Prefix, bool) {
		x := netip.PrefixFrom(a, int(bits.Value))
		return x, x.IsValid() && !a.IsUnspecified()
	})
}

var ages = []struct {
	form  *regexp.Regexp
	units []time.Duration
}{
	{regexp.MustCompile(`^(\d+):(\d\d):(\d\d)$`), []time.Duration{time.Hour, time.Minute, time.Second}},
	{regexp.MustCompile(`^(\d+)d(\d\d?)h$`), []time.Duration{day, time.Hour}},
	{regexp.MustCompile(`^(\d+)w(\d)d$`), []time.Duration{7 * day, day}},
	{regexp.MustCompile(`^(\d+)y(\d\d?)w$`), []time.Duration{365 * day, 7 * day}},
	{regexp.MustCompile(`^(\d+)week\(s\) (\d)day\(s\)$`), []time.Duration{7 * day, day}},
	{regexp.MustCompile(`^(\d+)day\(s\) (\d\d?)hour\(s\)$`), []time.Duration{day, time.Hour}},
}

const day = 24 * time.Hour

// since reads how long ago a link last changed, rounded as the device does.
func since(f capture.Fact[string]) capture.Fact[time.Duration] {
	return capture.Then(f, func(s string) (time.Duration, bool) {
		if s == "never" {
			return state.Never, true
		}
		for _, a := range ages {
			m := a.form.FindStringSubmatch(s)
			if m == nil {
				continue
			}
			var sum time.Duration
			for i, unit := range a.units {
				v, err := strconv.ParseUint(m[i+1], 10, 16)
				if err != nil {
					return 0, false
				}
				sum += time.Duration(v) * unit
			}
			return sum, true
		}
		return 0, false
	})
}

var (
	headLine    = regexp.MustCompile(`^\s*([A-Za-z][\w./-]*\d) is (up|down|administratively down)\b\s*(?:\(((?:[^()]|\([^()]*\))*)\))?`)
	anyHead     = regexp.MustCompile(`^[A-Za-z][\w./-]*\d is \S`) // of whatever kind: what follows is nothing of the port before
	lineProto   = regexp.MustCompile(`line protocol is (up|down)`)
	adminLine   = regexp.MustCompile(`(?i)^\s*admin state(?: is|:) (up|down)\b`)
	hardware    = regexp.MustCompile(`\baddress(?: is|:)\s+([0-9a-fA-F.]+)`)
	mtuLine     = regexp.MustCompile(`\bMTU (\d+) bytes`)
	bwLine      = regexp.MustCompile(`\bBW (\d+) Kbit`)
	duplexLine  = regexp.MustCompile(`^\s*(full|half|auto)-duplex(?:, (\S+(?: [KMGT]b/s)?))?`)
	modeLine    = regexp.MustCompile(`^\s*Port mode is (\S+)`)
	belongsLine = regexp.MustCompile(`^\s*Belongs to (Po\d+)`)
	membersLine = regexp.MustCompile(`^\s*Members in this channel: (\S.*)$`)
	inetLine    = regexp.MustCompile(`^\s*Internet [Aa]ddress is (\d+\.\d+\.\d+\.\d+/\d+)`)
	flapLine    = regexp.MustCompile(`^\s*Last link flapped (.+?)\s*$`)
	descLine    = regexp.MustCompile(`^\s*Description: (.*\S)`)
	statsLine   = regexp.MustCompile(`^\s*(RX|TX|Rx|Tx)\s*$`)
)

// interfacesText reads "show interface" as text.
func interfacesText(p *parser, lines []text.Line) {
	for _, section := range text.Sections(lines, func(l text.Line) bool { return anyHead.MatchString(l.Text) || headLine.MatchString(l.Text) }) {
		if m := section[0].Match(headLine); m != nil && p.port(m[1], section[0].Span()) != nil {
			p.interfaceText(section)
		}
	}
	if len(lines) > 0 && len(p.Interfaces()) > 0 {
		p.Switch.Listed.Interfaces = capture.Span{} // text has no end mark
	}
}

func (p *parser) interfaceText(section []text.Line) {
	head := section[0].Match(headLine)
	i := p.port(head[1], section[0].Span())
	i.Oper = capture.Then(head[2], func(s string) (state.Status, bool) { return upDown[strings.TrimPrefix(s, "administratively ")], true })
	if proto := section[0].Match(lineProto); proto != nil {
		i.Oper = capture.Then(proto[1], func(s string) (state.Status, bool) { return upDown[s], true })
	}
	i.OperReason = reason(i.Oper, head[3])
	i.Admin = adminOf(head[2], head[3])
	var address capture.Fact[netip.Prefix]
	var rate, bandwidth capture.Fact[string]
	for _, l := range section[1:] {
		if d := l.Match(descLine); d != nil { // which may say anything
			i.Description = d[1]
			continue
		}
		if l.Match(statsLine) != nil {
			break
		}
		for _, f := range []struct {
			re   *regexp.Regexp
			take func(m []capture.Fact[string])
		}{
			{adminLine, func(m []capture.Fact[string]) {
				i.Admin = capture.Then(m[1], func(s string) (state.Status, bool) { return upDown[s], true })
			}},
			{hardware, func(m []capture.Fact[string]) { i.MAC = text.Station(m[1]) }},
			{mtuLine, func(m []capture.Fact[string]) { i.MTU = positive(text.Int(m[1])) }},
			{bwLine, func(m []capture.Fact[string]) { bandwidth = m[1] }},
			{duplexLine, func(m []capture.Fact[string]) { i.Duplex, rate = duplex(p, m[1]), m[2] }},
			{modeLine, func(m []capture.Fact[string]) { i.Bridged = bridged(i.Kind, m[1]) }},
			{belongsLine, func(m []capture.Fact[string]) { p.bundled(i, m[1]) }},
			{membersLine, func(m []capture.Fact[string]) { p.members(i, m[1]) }},
			{inetLine, func(m []capture.Fact[string]) { address = text.Prefix(m[1]) }},
			{flapLine, func(m []capture.Fact[string]) { i.Unchanged = since(m[1]) }},
		} {
			if m := l.Match(f.re); m != nil {
				f.take(m)
			}
		}
	}
	i.Speed = speed(i, rate, bandwidth)
	switch {
	case i.Kind == state.Routed:
		p.svi(i.Name, section[0].Span(), i.Oper, address)
	case i.Kind == state.OutOfBand && address.Known():
		i.Addresses = append(i.Addresses, address)
	}
}

// notConnected are reasons why a port is down that somebody has enabled.
var notConnected = []string{"link not connected", "sfp not inserted", "xcvr not inserted", "no operational members", "hardware failure",
	"initializing", "link failure", "notconnected", "none", "errdisabled", "suspended"}

// adminOf derives the administrative state where it is not printed: whatever is up is enabled, and so is what lacks a link only.
func adminOf(oper, why capture.Fact[string]) capture.Fact[state.Status] {
	word := strings.ToLower(why.Value)
	switch {
	case oper.Value == "up":
		return capture.Of(state.Up, oper.From)
	case oper.Value == "administratively down":
		return capture.Of(state.Down, oper.From)
	case strings.HasPrefix(word, "administratively down"), word == "admin":
		return capture.Of(state.Down, why.From)
	case slices.Contains(notConnected, word):
		return capture.Of(state.Up, why.From)
	}
	return capture.Fact[state.Status]{}
}

// brief reads "show interface brief".
func brief(p *parser, n tree.Node) {
	for row := range rows(n, "interface") {
		i := p.port(word(row, "interface"), row.Span())
		if i == nil {
			p.Unread(row.Span(), "an interface with an unknown name")
			continue
		}
		oper := operWord(word(row, "state", "svi_line_proto", "svi_admin_state"))
		i.Oper = state.Word(p.Draft, oper, upDown)
		why := word(row, "state_rsn_desc", "svi_rsn_desc")
		i.Admin, i.OperReason = adminOf(oper, why), reason(i.Oper, why)
		if admin := word(row, "admin_state"); admin.Known() {
			i.Admin = state.Word(p.Draft, admin, upDown)
		}
		if i.Kind == state.Routed && why.Known() && capture.Is(i.Oper, state.Up) { // a reason is one for being down
			i.Oper = capture.Fact[state.Status]{}
		}
		i.MTU = positive(text.Int(word(row, "mtu")))
		i.Bridged = bridged(i.Kind, word(row, "portmode"))
		i.Speed = briefSpeed(i, word(row, "speed"))
		p.bundled(i, word(row, "portchan"))
		if i.Kind == state.Routed {
			p.svi(i.Name, row.Span(), i.Oper, capture.Fact[netip.Prefix]{})
		}
	}
}

// briefSpeed reads 1000, 10G, a-1000(D): a number without a unit is Mbit/s. Of a LAG it is not said whether it is that of a member.
func briefSpeed(i *state.Interface, f capture.Fact[string]) capture.Fact[uint64] {
	if i.Kind == state.Aggregate {
		return capture.Fact[uint64]{}
	}
	return capture.Then(f, func(s string) (uint64, bool) {
		s, _, _ = strings.Cut(strings.TrimPrefix(s, "a-"), "(")
		if v, err := strconv.ParseUint(s, 10, 24); err == nil {
			return v * 1_000_000, v > 0
		}
		v := text.Speed(capture.Of(s, f.From))
		return v.Value, v.Known()
	})
}

var (
	briefPort = regexp.MustCompile(`^\s*((?:Eth|Po)\S*\d)\s+(\S+)\s+eth\s+(\S+)\s+(up|down)\s+(\S.*?)\s+(\S+)\s+(\S+)\s*$`)
	briefMgmt = regexp.MustCompile(`^\s*(mgmt\d+)\s+\S+\s+(up|down)\s+(\S+)\s+(\S+)\s+(\d+)\s*$`)
	briefVLAN = regexp.MustCompile(`^\s*(Vlan\d+)\s+\S+\s+(up|down)\s+(\S.*?)\s*$`)
	briefLoop = regexp.MustCompile(`^\s*(Lo\w*\d)\s+(up|down)\s+(\S.*?)\s*$`)
	briefRest = regexp.MustCompile(`^\s*((?:Tunnel|nve)\d+)\s+(up|down)\s+(\S.*?)\s+(\d{3,5})\s*$`)
)

// briefText reads "show interface brief" as text: tables with a head each, for each kind of interface.
func briefText(p *parser, lines []text.Line) {
	for _, l := range lines {
		if m := l.Match(briefPort); m != nil {
			i := p.port(m[1], l.Span())
			if i == nil {
				continue
			}
			i.Oper = state.Word(p.Draft, m[4], upDown)
			i.Admin, i.OperReason = adminOf(m[4], m[5]), reason(i.Oper, m[5])
			i.Bridged, i.Speed = bridged(i.Kind, m[3]), briefSpeed(i, m[6])
			if i.Kind == state.Physical {
				p.bundled(i, m[7])
			}
			continue
		}
		var m []capture.Fact[string]
		for _, re := range []*regexp.Regexp{briefMgmt, briefVLAN, briefLoop, briefRest} {
			if m == nil {
				m = l.Match(re)
			}
		}
		if m == nil {
			continue
		}
		i := p.port(m[1], l.Span())
		if i == nil {
			continue
		}
		i.Oper = state.Word(p.Draft, m[2], upDown)
		switch i.Kind {
		case state.OutOfBand:
			i.Speed, i.MTU = briefSpeed(i, m[4]), positive(text.Int(m[5]))
			i.Admin = adminOf(m[2], capture.Fact[string]{})
		case state.Routed:
			i.Admin, i.OperReason = adminOf(m[2], m[3]), reason(i.Oper, m[3])
			p.svi(i.Name, l.Span(), i.Oper, capture.Fact[netip.Prefix]{})
		default:
			i.Admin = adminOf(m[2], capture.Fact[string]{})
			if len(m) > 4 {
				i.MTU = positive(text.Int(m[4]))
			} else if m[3].Value != "--" {
				i.Description = m[3]
			}
		}
	}
}

// statusWords are the words of "show interface status", which is cut to nine letters in some releases. What is not connected is down.
var statusWords = []string{"connected", "notconnect", "disabled", "sfpAbsent", "xcvrAbsent", "down", "linkFlapErr", "errDisabled", "suspended",
	"noOperMembers", "inactive", "channelDown", "sfpInvalid", "xcvrInvalid", "udldEmpty", "bpduGuard", "vpcPeerLink", "linkNotConnected", "err-disabled",
	"faulty", "initializing", "offline", "sdpTimeout", "peerLinkDown", "noRxLink", "adminCfgChng", "parentAdminDown", "init"}

var statusLine = regexp.MustCompile(`^\s*((?:Eth|Po|mgmt|Vlan|Lo|Tunnel|nve|loopback|port-channel)\S*\d)\s+` +
	`(.*?)\s*\b(\S+)\s+(\S+)\s+(full|half|auto|a-full|a-half|--)\s+(\S+)(?:\s+\S.*)?$`)

var (
	statusHead   = regexp.MustCompile(`^\s*(?:Port|Interface)\s+(Name\s+)Status\s`)
	statusPort   = regexp.MustCompile(`^\s*((?:Eth|Po|mgmt|Vlan|Lo|Tunnel|nve|loopback|port-channel)\S*\d)\s`)
	statusRest   = regexp.MustCompile(`^(\S+)\s+(\S+)\s+(full|half|auto|a-full|a-half|--)\s+(\S+)(?:\s+\S.*)?$`)
	statusTunnel = regexp.MustCompile(`^(connected|down)\s+\S`) // which has other columns
)

// statusCells cuts a row of "show interface status" at the column of names, which may say anything, from byte from to byte to: port, name, and
// behind it state, VLAN, duplex and speed, or the state of a tunnel. Where the words do not stand in their columns their look tells them apart.
func statusCells(l text.Line, from, to int) []capture.Fact[string] {
	if port := l.Match(statusPort); port != nil && from > 0 && to < len(l.Text) && l.Text[to-1] == ' ' && l.Text[to] != ' ' {
		rest := text.Line{Reply: l.Reply, At: l.At + to, Text: l.Text[to:]}
		for _, re := range []*regexp.Regexp{statusRest, statusTunnel} {
			if m := rest.Match(re); m != nil {
				return append([]capture.Fact[string]{port[0], port[1], l.Part(from, to)}, m[1:]...)
			}
		}
	}
	return l.Match(statusLine)
}

// statusText reads "show interface status".
func statusText(p *parser, lines []text.Line) {
	from, to := 0, 19                                           // the column of names, as wide as it is in most releases
	name := func(f capture.Fact[string]) capture.Fact[string] { // a longer one is cut
		return capture.Then(f, func(s string) (string, bool) { return s, s != "--" && len(s) < to-from-1 })
	}
	for _, l := range lines {
		if at := statusHead.FindStringSubmatchIndex(l.Text); at != nil {
			from, to = at[2], at[3]
			continue
		}
		m := statusCells(l, from, to)
		if m == nil {
			continue
		}
		i := p.port(m[1], l.Span())
		if i == nil {
			continue
		}
		if len(m) == 4 {
			i.Description, i.Oper = name(m[2]), state.Word(p.Draft, m[3], map[string]state.Status{"connected": state.Up, "down": state.Down})
			continue
		}
		k := slices.IndexFunc(statusWords, func(w string) bool {
			return strings.EqualFold(w, m[3].Value) || len(m[3].Value) >= 9 && len(w) > len(m[3].Value) && strings.EqualFold(w[:len(m[3].Value)], m[3].Value)
		})
		if k < 0 {
			p.Unread(m[3].From, "unknown word "+state.Quote(m[3].Value))
			continue
		}
		i.Description = name(m[2])
		i.Oper = capture.Of(state.Down, m[3].From)
		switch statusWords[k] {
		case "connected":
			i.Oper, i.Admin = capture.Of(state.Up, m[3].From), capture.Of(state.Up, m[3].From)
		case "disabled":
			i.Admin = capture.Of(state.Down, m[3].From)
		case "notconnect", "sfpAbsent", "xcvrAbsent", "errDisabled", "err-disabled", "linkFlapErr", "linkNotConnected":
			i.Admin = capture.Of(state.Up, m[3].From)
		}
		i.OperReason = reason(i.Oper, m[3])
		i.Duplex = duplex(p, capture.Then(m[5], func(s string) (string, bool) { return s, s != "--" }))
		i.Speed = briefSpeed(i, m[6])
		if v := m[4].Value; v == "routed" || v == "trunk" || text.VID(m[4]).Known() {
			i.Bridged = bridged(i.Kind, capture.Then(m[4], func(s string) (string, bool) {
				return map[bool]string{true: "routed", false: "trunk"}[s == "routed"], true
			}))
		}
		if i.Kind == state.Routed {
			p.svi(i.Name, l.Span(), i.Oper, capture.Fact[netip.Prefix]{})
		}
	}
}

var (
	describedPort = regexp.MustCompile(`^\s*(Eth\S*\d)\s+(eth\S*)\s+(\S+)\s+(\S.*?)\s*$`)
	describedRest = regexp.MustCompile(`^\s*((?:Po|mgmt|Vlan|Lo|Tunnel|nve|loopback|port-channel)\S*\d)\s+(\S.*?)\s*$`)
)

// descriptionText reads "show interface description".
func descriptionText(p *parser, lines []text.Line) {
	for _, l := range lines {
		m := l.Match(describedPort)
		if m == nil {
			m = l.Match(describedRest)
		}
		if m == nil {
			continue
		}
		i := p.port(m[1], l.Span())
		if i == nil {
			continue
		}
		if about := m[len(m)-1]; about.Value != "--" {
			i.Description = about
		}
		if len(m) > 3 {
			i.Speed = briefSpeed(i, m[3])
		}
	}
}

// layerTwoMTU matches the models on which a policy for the whole switch decides what frames fit, whatever a port shows.
var layerTwoMTU = regexp.MustCompile(`^Nexus ?(3|5|6)\d{3}`)

// finishInterfaces says of which ports it is known that they are in no LAG, and forgets MTUs that are none.
func (p *parser) finishInterfaces() {
	all, model := p.Switch.Listed.Aggregators, p.Switch.Device.Model
	for _, i := range p.Interfaces() {
		if i.Kind != state.Routed && i.Kind != state.OutOfBand && (layerTwoMTU.MatchString(model.Value) || p.noVersion && !model.Known()) {
			i.MTU = capture.Fact[int]{}
		}
		if i.Kind != state.Physical {
			continue
		}
		switch a, m := p.MemberOf(i.Name); {
		case m != nil && p.named[a.Name]:
			i.Aggregator = capture.Of(a.Name, a.From.Through(m.From))
		case m != nil:
			i.Aggregator = capture.Of(a.Name, m.From)
		case all.Known():
			i.Aggregator = capture.Of("", all)
		}
	}
}
