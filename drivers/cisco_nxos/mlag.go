package cisco_nxos

import (
	"regexp"
	"strconv"
	"strings"
	"time"

	"uplinkcheck/drivers/capture"
	"uplinkcheck/drivers/state"
	"uplinkcheck/drivers/text"
	"uplinkcheck/drivers/tree"
)

// vpcFacts are what the head of "show vpc" says, in either form.
type vpcFacts struct {
	domain, peer, keepalive, consistent, perVLAN, type2, role, count, restore, restoreOrphans capture.Fact[string]
}

// peerWords say whether the peers see each other, by how they begin.
var peerWords = []struct {
	begin string
	ok    bool
}{
	{"peer adjacency formed ok", true}, {"peer-ok", true}, {"peer link is down", false}, {"peer-link-down", false}, {"peer link not configured", false},
	{"peer-link-not-configured", false}, {"peer is not reachable", false}, {"peer-not-reachable", false}, {"peer not", false}, {"peer-not", false},
	{"peer adjacency not formed", false},
}

// keepaliveWords say whether the keepalive is alive, whole or, with a * behind them, by how they begin.
var keepaliveWords = []struct {
	word string
	up   state.Status
}{
	{"peer is alive", state.Up}, {"peer-alive", state.Up}, {"suspended*", state.Down}, {"disabled*", state.Down}, {"peer is not*", state.Down},
	{"peer-not*", state.Down}, {"not-reachable*", state.Down}, {"misconfigured*", state.Down},
}

var agree = map[string]bool{"success": true, "consistent": true, "failed": false, "inconsistent": false}

// roles are those that are played now: behind the configured one stands the operational one where they differ.
var roles = map[string]state.MLAGRole{
	"primary": state.Primary, "secondary": state.Secondary,
	"primary, operational secondary": state.Secondary, "secondary, operational primary": state.Primary,
	"primary-secondary": state.Secondary, "secondary-primary": state.Primary,
	"primary, operational primary": state.Primary, "secondary, operational secondary": state.Secondary,
}

func begins(s, with string) bool { return strings.HasPrefix(strings.ToLower(s), with) }

// head takes the head of "show vpc". Without a domain vPC does nothing.
func (p *parser) head(v vpcFacts, whole capture.Span) {
	m := &p.Switch.MLAG
	if begins(v.domain.Value, "not configured") || begins(v.domain.Value, "not_configured") || begins(v.domain.Value, "not-configured") {
		m.Protocol = capture.Of(state.NoMLAG, v.domain.From)
		p.vpcOff, p.Switch.Listed.MLAG = v.domain.From, whole
		return
	}
	m.Domain = capture.Then(v.domain, func(s string) (string, bool) { _, err := strconv.ParseUint(s, 10, 16); return s, err == nil })
	m.Protocol = capture.Then(m.Domain, func(string) (state.MLAGProtocol, bool) { return state.PeerLinkMLAG, true })
	if !m.Protocol.Known() {
		return
	}
	p.Switch.Listed.MLAG = whole
	m.StateWord = v.peer
	m.Peered = capture.Then(v.peer, func(s string) (bool, bool) {
		for _, w := range peerWords {
			if begins(s, w.begin) {
				return w.ok, true
			}
		}
		return false, false
	})
	m.Keepalive = capture.Then(v.keepalive, func(s string) (state.Status, bool) {
		for _, w := range keepaliveWords {
			if begin, open := strings.CutSuffix(w.word, "*"); open && begins(s, begin) || strings.EqualFold(s, w.word) {
				return w.up, true
			}
		}
		return 0, false
	})
	m.ReloadDelay, m.HeldBack = restore(v.restore)
	m.OthersDelay, _ = restore(v.restoreOrphans)
	if begins(v.keepalive.Value, "disabled") {
		m.SplitBrain = capture.Of(state.Unguarded, v.keepalive.From)
	}
	for _, f := range []capture.Fact[string]{v.peer, v.keepalive} {
		if known := m.Peered.Known(); f == v.peer && f.Known() && !known {
			p.Unread(f.From, "unknown word "+state.Quote(f.Value))
		}
		if known := m.Keepalive.Known(); f == v.keepalive && f.Known() && !known {
			p.Unread(f.From, "unknown word "+state.Quote(f.Value))
		}
	}
	if !begins(v.role.Value, "none") {
		m.Role = state.Word(p.Draft, v.role, roles)
	}
	if !v.count.Known() {
		return // the lines of consistency stand before it
	}
	// A difference of type 1 suspends VLANs; one of type 2 does not, and is one all the same.
	p.allGood = sure(both(state.Word(p.Draft, v.consistent, agree), state.Word(p.Draft, v.perVLAN, agree)), v.consistent, v.perVLAN)
	m.Consistent = sure(both(p.allGood, state.Word(p.Draft, v.type2, agree)), v.consistent, v.perVLAN, v.type2)
}

// sure drops the good news where one of the words is none that we know.
func sure(good capture.Fact[bool], words ...capture.Fact[string]) capture.Fact[bool] {
	for _, w := range words {
		if _, known := agree[strings.ToLower(w.Value)]; w.Known() && !known && good.Value {
			return capture.Fact[bool]{}
		}
	}
	return good
}

// both is false where one is; a missing one does not count.
func both(a, b capture.Fact[bool]) capture.Fact[bool] {
	if !a.Known() || capture.Is(b, false) && a.Value {
		return b
	}
	return a
}

var restoreTimer = regexp.MustCompile(`(?i)^timer is (on|off)\W.*timeout = (\d+)s`)

// restore reads "Timer is off.(timeout = 30s)": how long ports stay down after a reload, and whether they do now.
func restore(f capture.Fact[string]) (delay capture.Fact[time.Duration], now capture.Fact[bool]) {
	m := restoreTimer.FindStringSubmatch(f.Value)
	if m == nil {
		return delay, now
	}
	seconds, err := strconv.ParseUint(m[2], 10, 20)
	if err == nil {
		delay = capture.Of(time.Duration(seconds)*time.Second, f.From)
	}
	return delay, capture.Of(strings.EqualFold(m[1], "on"), f.From)
}

// links are up or down, in words or as a number.
var links = map[string]state.Status{"up": state.Up, "down": state.Down, "1": state.Up, "0": state.Down}

// peerLink takes a row of the table of peer-links, of which there is one.
func (p *parser) peerLink(name, oper, vids capture.Fact[string]) {
	m := &p.Switch.MLAG
	if m.PeerLink.Known() {
		p.Unread(name.From, "a second peer-link")
		p.strange = true
		return
	}
	m.PeerLink = names.Of(name)
	m.PeerLinkOper = state.Word(p.Draft, oper, links)
	p.active[m.PeerLink.Value] = activeVLANs{capture.Is(m.PeerLinkOper, state.Up), text.VLANs(vids)}
}

// multi takes a row of the table of vPCs. Its state is that of the local leg; where frames go through the peer-link, the other one is up.
func (p *parser) multi(id, name, oper, vids capture.Fact[string], through bool, from capture.Span) {
	x := p.MLAGPort(id.Value, from)
	x.Local = names.Of(name)
	x.LocalOper = state.Word(p.Draft, oper, links)
	if through && capture.Is(x.LocalOper, state.Down) {
		x.PeerOper, x.State = capture.Of(state.Up, oper.From), capture.Of(state.ActivePartial, oper.From)
	}
	p.vpcID[x.Local.Value] = capture.Of(id.Value, id.From)
	p.active[x.Local.Value] = activeVLANs{capture.Is(x.LocalOper, state.Up), text.VLANs(vids)}
}

// all notes that the table of vPCs is whole: as many as the head counts.
func (p *parser) all(count capture.Fact[string], read int, whole capture.Span) {
	if capture.Is(text.Int(count), read) && !p.strange && p.Switch.MLAG.Protocol.Known() {
		p.Switch.Listed.MLAGPorts = whole
	}
}

// vpc reads "show vpc".
func vpc(p *parser, n tree.Node) {
	v := vpcFacts{domain: word(n, "vpc-domain-id"), peer: word(n, "vpc-peer-status"), keepalive: word(n, "vpc-peer-keepalive-status"),
		consistent: word(n, "vpc-peer-consistency"), perVLAN: word(n, "vpc-per-vlan-peer-consistency"), type2: word(n, "vpc-type-2-consistency"),
		role: word(n, "vpc-role"), count: word(n, "num-of-vpcs"), restore: word(n, "vpc-delay-restore-status"),
		restoreOrphans: word(n, "vpc-delay-restore-orphan-status", "vpc-delay-restore-orphan-port-status")}
	p.head(v, n.Span())
	for row := range rows(n, "peerlink") {
		p.peerLink(word(row, "peerlink-ifindex"), word(row, "peer-link-port-state"), word(row, "peer-up-vlan-bitset"))
	}
	read := 0
	for row := range rows(n, "vpc") {
		id := word(row, "vpc-id")
		if !id.Known() {
			p.Unread(row.Span(), "a vPC without a number")
			continue
		}
		read++
		p.multi(id, word(row, "vpc-ifindex"), word(row, "vpc-port-state"), word(row, "up-vlan-bitset"), word(row, "vpc-thru-peerlink").Value == "1", row.Span())
	}
	p.all(v.count, read, n.Span())
}

var (
	vpcKey   = regexp.MustCompile(`^\s*([A-Za-z][A-Za-z0-9 -]*?)\s*:\s*(\S.*?)?\s*$`)
	peerHead = regexp.MustCompile(`(?i)^\s*vPC peer-link status\s*$`)
	vpcHead  = regexp.MustCompile(`(?i)^\s*vPC status\s*$`)
	peerRow  = regexp.MustCompile(`^\s*\d+\s+(Po\d+|port-channel\d+)\s+(up|down)\s+(\S+)\s*$`)
	vpcRow   = regexp.MustCompile(`^\s*(\d+)\s+((?:Po|port-channel|Eth|Ethernet)\d\S*)\s+(up|down)(\*)?(?:\s+(\S.*?))?\s*$`)
	vlanList = regexp.MustCompile(`^\s*[\d,.\-]+\s*$`)
)

// vpcText reads "show vpc" as text. Lists of VLANs go on in the lines below; a long one ends in dots.
func vpcText(p *parser, lines []text.Line) {
	values := map[string]capture.Fact[string]{}
	var bodyAt int
	for k, l := range lines {
		if l.Match(peerHead) != nil || l.Match(vpcHead) != nil {
			bodyAt = k
			break
		}
		if m := l.Match(vpcKey); m != nil {
			if _, twice := values[strings.ToLower(m[1].Value)]; !twice {
				values[strings.ToLower(m[1].Value)] = m[2]
			}
		}
	}
	first := func(keys ...string) capture.Fact[string] {
		for _, k := range keys {
			if f := values[k]; f.Known() {
				return f
			}
		}
		return capture.Fact[string]{}
	}
	v := vpcFacts{domain: first("vpc domain id"), peer: first("peer status"), keepalive: first("vpc keep-alive status"),
		consistent: first("configuration consistency status"), perVLAN: first("per-vlan consistency status"), type2: first("type-2 consistency status"),
		role: first("vpc role"), count: first("number of vpcs configured", "number of vpc configured"), restore: first("delay-restore status"),
		restoreOrphans: first("delay-restore orphan-port status")}
	p.head(v, text.Through(lines))
	read, inPeer, inVPC := 0, false, false
	for k := bodyAt; k > 0 && k < len(lines); k++ {
		l := lines[k]
		switch {
		case l.Match(peerHead) != nil:
			inPeer, inVPC = true, false
			continue
		case l.Match(vpcHead) != nil:
			inPeer, inVPC = false, true
			continue
		}
		if m := l.Match(peerRow); m != nil && inPeer {
			p.peerLink(m[1], m[2], continued(m[3], lines[k+1:], 0, vlanList.MatchString))
		}
		if m := l.Match(vpcRow); m != nil && inVPC {
			read++
			p.multi(m[1], m[2], m[3], lastList(m[5], lines[k+1:]), m[4].Known(), l.Span())
		}
	}
	p.all(v.count, read, text.Through(lines))
}

// lastList is the list of VLANs behind the words "success success", unknown behind any other.
func lastList(rest capture.Fact[string], more []text.Line) capture.Fact[string] {
	list, ok := strings.CutPrefix(rest.Value, "success")
	list = strings.TrimSpace(list)
	list, ok2 := strings.CutPrefix(list, "success")
	list = strings.TrimSpace(list)
	if !ok || !ok2 || list == "" || strings.Contains(list, " ") {
		return capture.Fact[string]{}
	}
	end := int(rest.From.End)
	f := capture.Of(list, rest.From.Reply.Span(end-len(list), end))
	return continued(f, more, 0, vlanList.MatchString)
}

// vpcRole reads "show vpc role".
func vpcRole(p *parser, n tree.Node) {
	p.role(word(n, "vpc-current-role", "vpc-role"), word(n, "dual-active-detected"), word(n, "vpc-system-mac"), word(n, "vpc-system-prio"),
		word(n, "vpc-local-system-mac"), word(n, "vpc-peer-system-mac"))
}

func (p *parser) role(role, dual, system, prio, local, peer capture.Fact[string]) {
	m := &p.Switch.MLAG
	if !m.Role.Known() && !begins(role.Value, "none") {
		m.Role = state.Word(p.Draft, role, roles)
	}
	if dual.Value == "1" {
		m.SplitBrain = capture.Of(state.SplitFound, dual.From)
	}
	m.SystemMAC, m.PeerMAC = text.Station(system), text.Station(peer)
	p.systemPrio = text.Sixteen(prio)
	p.owns = append([]capture.Fact[state.MAC]{text.Station(local)}, p.owns...)
}

// keyed returns the values of lines "key : value" by key in lower case, the first of each.
func keyed(lines []text.Line) map[string]capture.Fact[string] {
	out := map[string]capture.Fact[string]{}
	for _, l := range lines {
		if m := l.Match(keyLine); m != nil {
			if _, twice := out[strings.ToLower(m[1].Value)]; !twice {
				out[strings.ToLower(m[1].Value)] = m[2]
			}
		}
	}
	return out
}

var keyLine = regexp.MustCompile(`^\s*-*\s*([A-Za-z][A-Za-z0-9 -]*?)\s*:\s+(\S.*?)\s*$`)

// vpcRoleText reads "show vpc role" as text.
func vpcRoleText(p *parser, lines []text.Line) {
	v := keyed(lines)
	p.role(v["vpc role"], v["dual active detection status"], v["vpc system-mac"], v["vpc system-priority"], v["vpc local system-mac"], v["vpc peer system-mac"])
}

// keepalive reads "show vpc peer-keepalive".
func keepalive(p *parser, n tree.Node) {
	p.keepalive(word(n, "vpc-keepalive-dest"), word(n, "vpc-keepalive-send-interface"), word(n, "vpc-keepalive-vrf"))
}

func (p *parser) keepalive(to, over, vrf capture.Fact[string]) {
	m := &p.Switch.MLAG
	m.PeerAddress = to
	if m.KeepaliveOver = names.Of(over); !over.Known() {
		m.KeepaliveOver = vrf
	}
}

// keepaliveText reads "show vpc peer-keepalive" as text.
func keepaliveText(p *parser, lines []text.Line) {
	v := keyed(lines)
	p.keepalive(v["destination"], v["sent on interface"], v["keepalive vrf"])
}

// orphans reads "show vpc orphan-ports": the ports in no vPC, by the VLANs that they have in common with the peer-link.
func orphans(p *parser, n tree.Node) {
	whole := table(n, "orphan_ports").Span()
	for row := range rows(n, "orphan_ports") {
		vid, list := text.VID(word(row, "vpc-vlan")), word(row, "vpc-orphan-ports")
		if !vid.Known() || !list.Known() {
			p.Unread(row.Span(), "an orphan without a VLAN or a name")
			whole = capture.Span{}
			continue
		}
		for _, name := range strings.Split(list.Value, ",") {
			if strings.TrimSpace(name) != "" && !p.orphan(vid.Value, capture.Of(name, row.Span())) {
				whole = capture.Span{}
			}
		}
	}
	p.Switch.Listed.Orphans = whole
}

// orphan notes a port that is listed as one, and reports whether it is a name of a port.
func (p *parser) orphan(vid state.VID, name capture.Fact[string]) bool {
	full, ok := names.Full(strings.TrimSpace(name.Value))
	if kind := kindOf(full); !ok || kind != state.Physical && kind != state.Aggregate {
		p.Unread(name.From, state.Quote(strings.TrimSpace(name.Value))+" is no name of a port")
		return false
	}
	o := p.Orphan(full, name.From)
	o.ListedIn = append(o.ListedIn, capture.Of(vid, name.From))
	return true
}

var (
	orphanHead = regexp.MustCompile(`(?i)^\s*VLAN\s+Orphan Ports?\s*$`)
	orphanRule = regexp.MustCompile(`^[\s-]+$`)
	orphanRow  = regexp.MustCompile(`^\s*(\d{1,4})\s+([A-Za-z]\S*(?:,\s*[A-Za-z]\S*)*)\s*,?\s*$`)
	orphanMore = regexp.MustCompile(`^\s+([A-Za-z]\S*\d(?:,\s*[A-Za-z]\S*)*)\s*,?\s*$`)
)

// orphansText reads the same as text: the ports of a VLAN may go on in the lines below. There is no end mark.
func orphansText(p *parser, lines []text.Line) {
	in := false
	var vid capture.Fact[state.VID]
	for _, l := range whole(lines) {
		switch {
		case l.Match(orphanHead) != nil:
			in = true
			continue
		case !in || l.Blank() || l.Match(orphanRule) != nil:
			continue
		}
		list := capture.Fact[string]{}
		if m := l.Match(orphanRow); m != nil {
			vid, list = text.VID(m[1]), m[2]
		} else if m := l.Match(orphanMore); m != nil {
			list = m[1]
		}
		if !vid.Known() || !list.Known() {
			p.Unread(l.Span(), "no row of orphan ports")
			vid = capture.Fact[state.VID]{}
			continue
		}
		for _, name := range strings.Split(list.Value, ",") {
			if strings.TrimSpace(name) != "" {
				p.orphan(vid.Value, capture.Of(name, l.Span()))
			}
		}
	}
}

// finishOrphans adds what the configuration says of the orphans.
func (p *parser) finishOrphans() {
	for name, f := range p.suspends {
		if _, multi := p.vpcID[name]; f.Value && !multi && p.Switch.Listed.MLAGPorts.Known() {
			p.Orphan(name, f.From)
		}
	}
	for _, o := range p.Orphans() {
		o.Suspends = p.suspended(o.Interface)
	}
}

// suspended tells whether a vPC secondary takes a port or LAG out of service when the peer-link is lost. Of a LAG it is its ports that may be
// configured so as well: it is not known where they differ. Nor is it of ports of a FEX: what becomes of them depends on the FEX as well.
func (p *parser) suspended(name string) capture.Fact[bool] {
	says := p.suspends[name]
	switch {
	case fexOf(name) != "":
		return capture.Fact[bool]{}
	case capture.Is(says, true):
		return says
	}
	for i, m := range p.AggregationPorts(name) {
		own := p.suspended(m.Name)
		if !own.Known() || i > 0 && own.Value != says.Value {
			return capture.Fact[bool]{}
		}
		if own.Value {
			says = own
		}
	}
	return says
}

var featureRow = regexp.MustCompile(`^\s*(\S+)\s+(\d+)\s+(enabled|disabled)\b`)

// features reads "show feature": without the feature there is no vPC, and its commands are refused. With an overlay, a switch without vPC
// may be in Ethernet segments.
func features(p *parser, lines []text.Line) {
	overlay := false
	for _, l := range lines {
		m := l.Match(featureRow)
		switch {
		case m == nil:
		case m[1].Value == "nve" && m[3].Value == "enabled":
			overlay = true
		case m[1].Value == "vpc" && m[3].Value == "disabled":
			p.vpcOff = l.Span()
			if !p.Switch.MLAG.Protocol.Known() {
				p.Switch.MLAG.Protocol = capture.Of(state.NoMLAG, l.Span())
			}
		}
	}
	if overlay && capture.Is(p.Switch.MLAG.Protocol, state.NoMLAG) {
		p.Switch.MLAG.Protocol = capture.Fact[state.MLAGProtocol]{}
	}
}

var parameterRow = regexp.MustCompile(`^\s*(\S.*?)\s{2,}([12-])\s{2,}(\S.*?)\s{2,}(\S.*?)\s*$`)

// consistency reads "show vpc consistency-parameters global". Values of several lines are compared by their first one only, and only
// where both stand there.
func consistency(p *parser, lines []text.Line) {
	_, below, ok := text.FindTable(lines, "Name", "Type", "Local Value", "Peer Value")
	if !ok {
		return
	}
	for _, l := range below {
		m := l.Match(parameterRow)
		if m == nil || m[2].Value == "-" || m[3].Value == m[4].Value {
			continue
		}
		p.Switch.MLAG.Differences = append(p.Switch.MLAG.Differences, state.Difference{Where: "global", Parameter: m[1].Value,
			Local: m[3].Value, Peer: m[4].Value, From: l.Span()})
	}
}

// finishVPC says which LAGs are multi-chassis, and of which it is known that they are not, and what guards against a split.
func (p *parser) finishVPC() {
	none := p.vpcOff
	if !none.Known() {
		none = p.Switch.Listed.MLAGPorts
	}
	for _, a := range p.Aggregators() {
		if id, ok := p.vpcID[a.Name]; ok {
			a.MLAGID = id
		} else if none.Known() {
			a.MLAGID = capture.Of("", none)
		}
	}
	m := &p.Switch.MLAG
	if !m.SplitBrain.Known() && capture.Is(m.Keepalive, state.Up) {
		m.SplitBrain = capture.Of(state.Guarded, m.Keepalive.From)
	}
}
