package dell_os10

import (
	"regexp"
	"strings"

	"uplinkcheck/drivers/capture"
	"uplinkcheck/drivers/state"
	"uplinkcheck/drivers/text"
)

var (
	vlanRow   = regexp.MustCompile(`^([*@MRPCIS]?[*@MRPCIS ]*)\s*(\d+)\s+(Active|Inactive|Suspended|up|down)\b(.*)$`)
	vlanLike  = regexp.MustCompile(`^\S{0,3}\s{0,8}\d+\s+[A-Za-z]`) // whatever marks it
	portsPart = regexp.MustCompile(`\s([AT])\s+((?:Eth|Po|V)\S*)$`)
	morePorts = regexp.MustCompile(`^\s+((?:\d+/\d+/\d|\d+(?:[-,]|$)|Eth|Po)\S*)$`)
)

// vlans reads "show vlan". A VLAN may have ports with and without a tag, and lists of ports go on in lines of their own.
func (p *parser) vlans(lines []text.Line) {
	begun, understood := false, true
	var last *state.VLAN
	kind := ""
	for _, l := range lines {
		if strings.Contains(l.Text, "NUM") && strings.Contains(l.Text, "Status") {
			begun = true
			continue
		}
		if !begun || l.Blank() {
			continue
		}
		if m := l.Match(vlanRow); m != nil {
			last, kind = nil, ""
			id := text.VID(m[2])
			if !id.Known() {
				p.Unread(l.Span(), "no row of a VLAN")
				understood = false
				continue
			}
			last, p.last = p.VLAN(id.Value, l.Span()), max(p.last, id.Value)
			last.Active = capture.Then(m[3], func(s string) (bool, bool) { return true, s == "Active" || s == "Inactive" })
			p.special[id.Value] = m[3].Value == "Suspended" || strings.ContainsAny(m[1].Value, "PCIS")
		} else if vlanLike.MatchString(l.Text) { // of which we would take the ports for those of the VLAN before it
			p.Unread(l.Span(), "no row of a VLAN")
			last, understood = nil, false
			continue
		}
		if last == nil {
			p.Unread(l.Span(), "ports of no VLAN")
			understood = false
			continue
		}
		list := capture.Fact[string]{}
		if m := l.Match(portsPart); m != nil {
			list = m[2]
		} else if m := l.Match(morePorts); m != nil && kind != "" {
			list = m[1]
		}
		if !list.Known() || strings.HasPrefix(list.Value, "V") {
			continue
		}
		ports, of, ok := portsOf(list, kind)
		if !ok {
			p.Unread(list.From, state.Quote(list.Value)+" is no list of ports")
			continue
		}
		last.Ports, kind = append(last.Ports, ports...), of
	}
	if p.vlansRead = begun && understood; p.vlansRead && len(p.VLANs()) > 0 {
		p.Switch.Listed.VLANs = lines[0].Reply.Whole()
	}
}

// portConfig are the VLAN settings of a port.
type portConfig struct {
	from    capture.Span
	mode    capture.Fact[state.PortMode]
	access  capture.Fact[state.VID] // of frames without a tag, in either mode
	none    capture.Fact[string]    // no such VLAN
	allowed capture.Fact[state.VIDSet]
	odd     bool // a statement about what is allowed was not understood
}

var (
	configHead  = regexp.MustCompile(`^interface (ethernet|port-channel|vlan|mgmt|loopback|virtual-network) ?(\d\S*)$`)
	modeLine    = regexp.MustCompile(`^\s*switchport mode (access|trunk)\b`)
	accessLine  = regexp.MustCompile(`^\s*switchport access vlan (\d+)$`)
	noAccess    = regexp.MustCompile(`^\s*(no switchport access vlan)\b`)
	allowedLine = regexp.MustCompile(`^\s*switchport trunk allowed vlan (\S.*)$`)
	noSwitch    = regexp.MustCompile(`^\s*no switchport$`)
	ownAddress  = regexp.MustCompile(`^\s*ip address (\S+/\d+)`)
	groupLine   = regexp.MustCompile(`^\s*channel-group (\d+)(?: mode (active|passive|on))?$`)
	vltLine     = regexp.MustCompile(`^\s*vlt-port-channel (\d+)$`)
	vrfLine     = regexp.MustCompile(`^\s*ip vrf forwarding (\S+)$`)
	modeWords   = map[string]state.PortMode{"access": state.Access, "trunk": state.Trunk}
)

// bridged reports whether interfaces of that kind can be in VLANs.
func bridged(k state.InterfaceKind) bool { return k == state.Physical || k == state.Aggregate }

// configuration reads "show running-configuration interface". Of an interface only what has an end is used: its lines are the whole of it.
func (p *parser) configuration(lines []text.Line) {
	sections := text.Sections(lines, func(l text.Line) bool { return l.Match(configHead) != nil })
	for k, s := range sections {
		ended := k+1 < len(sections)
		for n, l := range s {
			if strings.TrimSpace(l.Text) == "!" {
				s, ended = s[:n], true
				break
			}
		}
		if !ended {
			p.Switch.Listed.BridgePorts = capture.Span{} // more may have followed
			break
		}
		head := s[0].Match(configHead)
		p.portConfiguration(head[1].Value+head[2].Value, s)
	}
}

func (p *parser) portConfiguration(name string, lines []text.Line) {
	i := p.named(name, lines[0].Span())
	c := &portConfig{from: text.Through(lines)}
	bridges := bridged(i.Kind)
	for _, l := range lines[1:] {
		if m := l.Match(modeLine); m != nil {
			c.mode = state.Word(p.Draft, m[1], modeWords)
		}
		if m := l.Match(accessLine); m != nil {
			c.access = text.VID(m[1])
		}
		if m := l.Match(noAccess); m != nil {
			c.none = m[1]
		}
		if m := l.Match(allowedLine); m != nil {
			p.allow(c, m[1])
		}
		if l.Match(noSwitch) != nil { // so say ports that route, and those that a LAG or the other switch of a pair has
			bridges = false
		}
		if m := l.Match(ownAddress); m != nil {
			if prefix := text.Prefix(m[1]); prefix.Known() && bridged(i.Kind) {
				i.Bridged = capture.Of(false, prefix.From)
			}
		}
		if m := l.Match(groupLine); m != nil {
			lag := "port-channel" + m[1].Value
			p.AggregationPort(lag, name, l.Span())
			i.Aggregator, bridges = capture.Of(lag, l.Reply.Whole()), false
		}
		if m := l.Match(vltLine); m != nil && i.Kind == state.Aggregate {
			p.Aggregator(name, l.Span()).MLAGID = m[1]
			p.MLAGPort(m[1].Value, l.Span()).Local = capture.Of(name, lines[0].Span())
		}
		if m := l.Match(vrfLine); m != nil && i.Kind == state.Routed {
			p.SVI(name, l.Span()).VRF = m[1]
		}
	}
	if !bridges {
		return
	}
	if old := p.ports[name]; old != nil { // what is in effect
		if !c.mode.Known() {
			c.mode = old.mode
		}
		if !c.access.Known() && !c.none.Known() {
			c.access = old.access
		}
	}
	if !c.mode.Known() && c.access.Known() {
		c.mode = capture.Of(state.Access, c.access.From)
	}
	p.ports[name] = c
	p.Switch.Listed.BridgePorts = lines[0].Reply.Whole()
}

// allow applies a statement about the VLANs of a trunk. A second list goes on with the first. Behind one that is not understood none is
// known.
func (p *parser) allow(c *portConfig, statement capture.Fact[string]) {
	set, ok := text.Allow(c.allowed.Value, statement.Value)
	if text.VLANs(statement).Known() {
		set = set.Union(c.allowed.Value)
	}
	if !ok {
		p.Unread(statement.From, state.Quote(statement.Value)+" is no statement about the VLANs of a trunk")
		c.odd = true
	}
	if c.allowed = capture.Of(set, statement.From); c.odd {
		c.allowed = capture.Fact[state.VIDSet]{}
	}
}

// finishBridgePorts joins the settings of each port with the VLANs that exist.
func (p *parser) finishBridgePorts() {
	exists := map[state.VID]bool{}
	for _, v := range p.VLANs() {
		exists[v.ID] = true
	}
	for _, i := range p.Interfaces() {
		c := p.ports[i.Name]
		if c == nil || !c.mode.Known() || i.Aggregator.Value != "" && i.Kind == state.Physical {
			continue
		}
		b := p.BridgePort(i.Name, c.from)
		b.Mode = c.mode
		b.Trunking = capture.Then(b.Mode, func(state.PortMode) (state.Trunking, bool) { return state.StaticTrunking, true })
		b.PVID = c.access
		if c.none.Known() {
			b.PVID = capture.Of(state.VID(0), c.none.From)
		}
		own := capture.Then(b.PVID, func(v state.VID) (state.VIDSet, bool) {
			if v == 0 {
				return state.VIDSet{}, true
			}
			return state.VIDs(v), true
		})
		switch {
		case b.Mode.Value == state.Access:
			b.Configured = own
		case own.Known() && c.allowed.Known():
			b.Configured = capture.Of(c.allowed.Value.Union(own.Value), c.allowed.From)
		}
		b.Explicit = capture.Then(b.Configured, func(state.VIDSet) (bool, bool) { return true, true })
		b.Members = capture.Then(b.Configured, func(set state.VIDSet) (state.VIDSet, bool) {
			var on []state.VID
			for vid := range set.All() {
				if vid > p.last || !p.vlansRead || p.special[vid] {
					return state.VIDSet{}, false // the table may have ended before it; what becomes of a special one, we do not know
				}
				if exists[vid] {
					on = append(on, vid)
				}
			}
			return state.VIDs(on...), true
		})
		if own.Known() && b.Members.Known() {
			b.Untagged = capture.Of(own.Value.Intersect(b.Members.Value), own.From)
		}
	}
}
