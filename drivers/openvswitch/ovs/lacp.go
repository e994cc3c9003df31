package ovs

import (
	"strconv"
	"strings"

	"uplinkcheck/drivers/capture"
	"uplinkcheck/drivers/state"
)

// A Bond is a section of bond/show.
type Bond struct {
	From       capture.Span
	LACPStatus capture.Fact[string] // "negotiated", "configured", "off"
	FallbackAB capture.Fact[bool]   // lacp-fallback-ab: active-backup when LACP finds nobody
	Active     capture.Fact[string] // the active member; known "" when there is none
	Enabled    map[string]capture.Fact[bool]
}

// A Member is a member's part of a section of lacp/show.
type Member struct {
	Name           string
	From           capture.Span
	Status         capture.Fact[string] // "current", "expired", "defaulted": the receive machine
	Attached       capture.Fact[bool]   // to the port's aggregator: its partner is the one the others have
	MayEnable      capture.Fact[bool]
	Actor, Partner state.Endpoint
	RX, TX         capture.Fact[uint64]
	Bad            capture.Fact[uint64] // PDUs that were no LACPDUs, or malformed
	Expirations    capture.Fact[uint64]
}

// A text is a reply of lines "key: value", in sections headed "---- name ----" and parts headed "member: …".
// A last line without its end is not read: it may be half of what was said.
type text struct {
	r       *capture.Reply
	at      int
	line    string
	section string
}

// lines yields every whole line after its section was noted. Section headings themselves are not yielded.
func (t *text) lines() func(yield func() bool) {
	return func(yield func() bool) {
		if !t.r.Usable() {
			return
		}
		for at, line := range t.r.Lines() {
			if at+len(line) >= len(t.r.Data) || strings.TrimSpace(line) == "" {
				continue
			}
			t.at, t.line = at, line
			trimmed := strings.TrimSpace(line)
			if name, ok := strings.CutPrefix(trimmed, "---- "); ok && strings.HasSuffix(name, " ----") {
				t.section = strings.TrimSuffix(strings.TrimSuffix(name, " ----"), " statistics")
				continue
			}
			if !yield() {
				return
			}
		}
	}
}

// span covers the line without its indent.
func (t *text) span() capture.Span {
	indent := len(t.line) - len(strings.TrimLeft(t.line, " \t"))
	return t.r.Span(t.at+indent, t.at+len(strings.TrimRight(t.line, " \t")))
}

// pair splits "key: value" at the first colon; older releases say slave for member.
func (t *text) pair() (key, value string) {
	key, value, _ = strings.Cut(strings.TrimSpace(t.line), ":")
	if rest, ok := strings.CutPrefix(key, "slave"); ok {
		key = "member" + rest
	}
	return key, strings.TrimSpace(value)
}

func yesNo(word string) (value, ok bool) {
	switch word {
	case "true", "enabled":
		return true, true
	case "false", "disabled":
		return false, true
	}
	return false, false
}

func (v *Vswitch) readBonds(r *capture.Reply) {
	t := &text{r: r}
	var name string // of the member whose part this is
	var at capture.Span
	for range t.lines() {
		p := v.Port(t.section)
		if p == nil {
			continue
		}
		if p.Bond == nil {
			p.Bond = &Bond{From: t.span(), Enabled: map[string]capture.Fact[bool]{}}
		}
		key, value := t.pair()
		switch member, isMember := strings.CutPrefix(key, "member "); {
		case isMember:
			name, at = member, t.span()
			if on, ok := yesNo(value); ok {
				p.Bond.Enabled[member] = capture.Of(on, t.span())
			} else {
				v.note(t.span(), "bond member is neither enabled nor disabled")
			}
		case key == "lacp_status":
			switch value {
			case "negotiated", "configured", "off":
				p.Bond.LACPStatus = capture.Of(value, t.span())
			default:
				v.note(t.span(), "lacp_status is not known")
			}
		case key == "lacp_fallback_ab":
			if on, ok := yesNo(value); ok {
				p.Bond.FallbackAB = capture.Of(on, t.span())
			}
		case key == "active member" || key == "active slave":
			p.Bond.Active = capture.Of(name, at)
		case key == "active member mac" || key == "active slave mac":
			if _, name, ok := strings.Cut(value, "("); ok {
				name, _ = strings.CutSuffix(name, ")")
				if name == "none" {
					name = ""
				}
				p.Bond.Active = capture.Of(name, t.span())
			}
		}
	}
}

// readLACP reads lacp/show. The status line of a section is not read: it says "negotiated" as long as one member is,
// whatever became of the others.
func (v *Vswitch) readLACP(r *capture.Reply) {
	if r.Usable() {
		v.ListedLACP = r.Whole()
	}
	t := &text{r: r}
	var m *Member
	section := ""
	for range t.lines() {
		p := v.Port(t.section)
		if t.section != section {
			m, section = nil, t.section
		}
		if p == nil {
			continue
		}
		key, value := t.pair()
		if key == "member" {
			m = v.member(t, value)
			if m != nil && p.members == nil {
				p.members = map[string]*Member{}
			}
			if m != nil && p.members[m.Name] == nil {
				p.members[m.Name] = m
			}
			continue
		}
		if m == nil {
			continue // sys_id and the like of the section: each member repeats them
		}
		if key == "may_enable" {
			if on, ok := yesNo(value); ok {
				m.MayEnable = capture.Of(on, t.span())
			}
			continue
		}
		end := &m.Actor
		name, isEnd := strings.CutPrefix(key, "actor ")
		if !isEnd {
			end = &m.Partner
			name, isEnd = strings.CutPrefix(key, "partner ")
		}
		if isEnd && !endpoint(end, name, value, t.span()) {
			v.note(t.span(), "LACP "+key+" is not understood")
		}
	}
}

// member reads "eth1: current attached".
func (v *Vswitch) member(t *text, value string) *Member {
	name, words, ok := strings.Cut(value, ":")
	if !ok || name == "" {
		v.note(t.span(), "LACP member without a state")
		return nil
	}
	m := &Member{Name: name, From: t.span()}
	for _, w := range strings.Fields(words) {
		switch w {
		case "current", "expired", "defaulted":
			m.Status = capture.Of(w, t.span())
		case "attached", "detached":
			m.Attached = capture.Of(w == "attached", t.span())
		default:
			v.note(t.span(), "LACP member state "+w+" is not known")
		}
	}
	return m
}

// bits are the words of a state line: those of the bits that are set.
var bits = map[string]state.LACPBits{
	"activity": state.Activity, "timeout": state.ShortTimeout, "aggregation": state.Aggregation,
	"synchronized": state.Synchronization, "collecting": state.Collecting, "distributing": state.Distributing,
	"defaulted": state.Defaulted, "expired": state.Expired,
}

// endpoint reads one line of an actor or partner; false when its value is not understood.
func endpoint(e *state.Endpoint, name, value string, from capture.Span) bool {
	number := func(into *capture.Fact[uint16]) bool {
		n, err := strconv.ParseUint(value, 10, 16)
		if err == nil {
			*into = capture.Of(uint16(n), from)
		}
		return err == nil
	}
	switch name {
	case "sys_id":
		mac, err := state.ParseMAC(value)
		if err == nil {
			e.System = capture.Of(mac, from)
		}
		return err == nil
	case "sys_priority":
		return number(&e.SystemPriority)
	case "port_id":
		return number(&e.Port)
	case "port_priority":
		return number(&e.PortPriority)
	case "key":
		return number(&e.Key)
	case "state":
		s := state.WholeLACPState(0)
		for _, w := range strings.Fields(value) {
			bit, ok := bits[w]
			if !ok {
				return false
			}
			s = s.With(bit, true)
		}
		e.State = capture.Of(s, from)
	default:
		return false
	}
	return true
}

func (v *Vswitch) readStats(r *capture.Reply) {
	t := &text{r: r}
	var m *Member
	section := ""
	for range t.lines() {
		if t.section != section {
			m, section = nil, t.section
		}
		p := v.Port(t.section)
		if p == nil {
			continue
		}
		key, value := t.pair()
		if key == "member" {
			m = p.Member(strings.TrimSuffix(value, ":"))
			continue
		}
		n, err := strconv.ParseUint(value, 10, 64)
		if m == nil || err != nil {
			continue
		}
		switch key {
		case "TX PDUs":
			m.TX = capture.Of(n, t.span())
		case "RX PDUs":
			m.RX = capture.Of(n, t.span())
		case "RX Bad PDUs":
			m.Bad = capture.Of(n, t.span())
		case "Link Expired":
			m.Expirations = capture.Of(n, t.span())
		}
	}
}
