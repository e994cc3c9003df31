package main

import (
	"fmt"
	"slices"
	"strings"

	"uplinkcheck/drivers/capture"
	"uplinkcheck/drivers/state"
)

// A tally compares the facts of one case. Every fact that was published counts once: as right, as unknown when the driver does
// not state it, or as wrong.
type tally struct {
	s              *state.Switch
	where          string
	contradicted   func(where, what string) bool
	right, unknown int
	wrong          []miss
}

// fact compares as text; what both take for the same address or number is the same.
func (y *tally) fact(what string, got capture.Fact[string], want string) {
	switch {
	case y.contradicted(y.where, what):
	case !got.Known():
		y.unknown++
	case same(got.Value, want):
		y.right++
	default:
		y.miss(what, got.Value, want, got.From)
	}
}

func (y *tally) miss(what, got, want string, from capture.Span) {
	line := "no line"
	if from.Known() {
		line = fmt.Sprintf("%s, line %d: %q", from.Reply.Command, from.Line(), from.Quote())
	}
	y.wrong = append(y.wrong, miss{y.where, what, got, want, line})
}

// absent counts a row that was published and not read: wrong when the driver takes its list for whole.
func (y *tally) absent(what string, list capture.Span) {
	switch {
	case y.contradicted(y.where, what):
	case list.Known():
		y.miss(what, "nothing in a list that is taken for whole", "a row", list)
	default:
		y.unknown++
	}
}

func same(got, want string) bool {
	got, want = strings.TrimSpace(got), strings.TrimSpace(want)
	a, err1 := state.ParseMAC(got)
	b, err2 := state.ParseMAC(want)
	return strings.EqualFold(got, want) || err1 == nil && err2 == nil && a == b
}

// as makes text of any fact.
func as[T any](f capture.Fact[T]) capture.Fact[string] {
	return capture.Then(f, func(v T) (string, bool) { return fmt.Sprint(v), true })
}

func id(f capture.Fact[state.Identifier]) capture.Fact[string] {
	return capture.Then(f, func(i state.Identifier) (string, bool) { return i.ID, true })
}

type object = map[string]any

// text is a published value as text, "" for what is missing.
func text(v any) string {
	if v == nil {
		return ""
	}
	if f, ok := v.(float64); ok && f == float64(int64(f)) {
		return fmt.Sprint(int64(f))
	}
	return strings.TrimSpace(fmt.Sprint(v))
}

func items(v any) []any { l, _ := v.([]any); return l }

func members(v any) object { o, _ := v.(object); return o }

// texts are the items of a list as text.
func texts(v any) (out []string) {
	for _, x := range items(v) {
		out = append(out, text(x))
	}
	return out
}

var short = []struct{ short, long string }{{"Et", "Ethernet"}, {"Ma", "Management"}, {"Po", "Port-Channel"}, {"Vl", "Vlan"}, {"Lo", "Loopback"}}

// names are the ways in which a published name of an interface may stand in our state: as it is, in full, and without the unit
// and the mark of an active port that Junos prints.
func names(s string) []string {
	out := []string{s}
	for _, n := range short {
		rest := strings.TrimSpace(strings.TrimPrefix(s, n.short))
		if strings.HasPrefix(s, n.short) && rest != "" && rest[0] >= '0' && rest[0] <= '9' {
			out = append(out, n.long+rest)
		}
	}
	plain := strings.TrimSuffix(s, "*")
	unit, _, _ := strings.Cut(plain, ".")
	return append(out, plain, unit)
}

func isName(s string) func(string) bool {
	list := names(s)
	return func(own string) bool { return slices.Contains(list, own) || oneInterface(own, s) }
}

// oneInterface reports whether two names are of one interface: the same number behind kinds of which one begins like the other.
func oneInterface(a, b string) bool {
	cut := func(s string) (kind, number string) {
		s = strings.ToLower(strings.ReplaceAll(s, " ", ""))
		i := strings.IndexAny(s, "0123456789")
		if i < 0 {
			return s, ""
		}
		return strings.TrimRight(s[:i], "-"), s[i:]
	}
	kindA, numberA := cut(a)
	kindB, numberB := cut(b)
	return numberA == numberB && kindA != "" && kindB != "" && (strings.HasPrefix(kindA, kindB) || strings.HasPrefix(kindB, kindA))
}

// port returns the interface of a published name, nil when it was not read.
func (y *tally) port(name string) *state.Interface {
	for _, n := range names(name)[:max(1, len(names(name))-1)] { // a unit is another interface here
		if i := y.s.Interface(n); i != nil {
			return i
		}
	}
	for i := range y.s.Interfaces {
		if oneInterface(y.s.Interfaces[i].Name, name) {
			return &y.s.Interfaces[i]
		}
	}
	return nil
}

// neighbour compares one published neighbour with the one of that port that fits best.
func (y *tally) neighbour(local string, facts func(y *tally, r *state.RemoteSystem)) {
	var best *tally
	for i := range y.s.Remotes {
		if r := &y.s.Remotes[i]; isName(local)(r.Interface) {
			t := &tally{s: y.s, where: y.where, contradicted: y.contradicted}
			facts(t, r)
			if best == nil || t.right > best.right {
				best = t
			}
		}
	}
	if best == nil {
		if y.s.Listed.Remotes.Known() {
			y.absent("neighbour on "+local, y.s.Listed.Remotes)
			return
		}
		facts(y, &state.RemoteSystem{})
		return
	}
	y.right, y.unknown, y.wrong = y.right+best.right, y.unknown+best.unknown, append(y.wrong, best.wrong...)
}

// told compares what was published, and leaves out what was not.
func (y *tally) told(what string, got capture.Fact[string], want any) {
	switch w := text(want); w {
	case "", "Unknown", "None": // the words of NAPALM and of Python for what was not found
	default:
		y.fact(what, got, w)
	}
}

// vlan compares a VLAN and the ports that carry it.
func (y *tally) vlan(number, name string, ports []string) {
	v, err := state.ParseVID(number)
	if err != nil {
		return // a default VLAN without a number
	}
	own := y.s.VLAN(v)
	if own == nil {
		y.absent("VLAN "+number, y.s.Listed.VLANs)
	} else if y.right++; name != "" {
		y.fact("name of VLAN "+number, own.Name, name)
	}
	for _, p := range ports {
		if p == "" || p == "Cpu" || strings.HasPrefix(p, "Vxlan") || strings.HasPrefix(p, "vtep") || strings.HasPrefix(p, "Peer") {
			continue // no port of this switch that takes a cable
		}
		i := slices.IndexFunc(y.s.BridgePorts, func(b state.BridgePort) bool { return isName(p)(b.Interface) })
		what := "VLAN " + number + " on " + p
		if own != nil && slices.ContainsFunc(own.Ports, func(f capture.Fact[string]) bool { return isName(p)(f.Value) }) {
			y.right++
			continue
		}
		if i < 0 {
			y.unknown++
			continue
		}
		y.fact(what, carries(y.s.BridgePorts[i], v), "true")
	}
	if own != nil {
		for _, f := range own.Ports { // what was not published as listed must not be read as listed
			if !slices.ContainsFunc(ports, func(p string) bool { return isName(p)(f.Value) }) {
				y.fact("port "+f.Value+" in VLAN "+number, f, "not listed")
			}
		}
	}
	for _, b := range y.s.BridgePorts {
		published := slices.ContainsFunc(ports, func(p string) bool { return isName(p)(b.Interface) })
		if !published && carries(b, v).Value == "true" { // what was not published as carried must not be read as carried
			y.fact("VLAN "+number+" on "+b.Interface, carries(b, v), "false")
		}
	}
}

func carries(b state.BridgePort, v state.VID) capture.Fact[string] {
	return as(capture.Then(b.Members, func(m state.VIDSet) (bool, bool) { return m.Has(v), true }))
}

// address compares a learned address.
func (y *tally) address(vlan, mac, port string) {
	m, err := state.ParseMAC(mac)
	if err != nil {
		return
	}
	what := "address " + mac + " in VLAN " + vlan
	for _, e := range y.s.MACs {
		if e.MAC == m && fmt.Sprint(e.VID) == vlan {
			if isName(port)(e.Interface) {
				y.right++
			} else if !y.contradicted(y.where, what) {
				y.miss(what, e.Interface, port, e.From)
			}
			return
		}
	}
	y.absent(what, y.s.Listed.MACs)
}

// addressOf compares an address of a routed interface; other interfaces have none in a state.Switch.
func (y *tally) addressOf(port, prefix string) {
	i := slices.IndexFunc(y.s.SVIs, func(s state.SVI) bool { return s.Interface == port })
	if i < 0 {
		return
	}
	for _, a := range y.s.SVIs[i].Addresses {
		if a.Value.String() == prefix {
			y.right++
			return
		}
	}
	y.unknown++
}

// vrf compares a routing instance and its interfaces.
func (y *tally) vrf(name string, interfaces []string) {
	i := slices.IndexFunc(y.s.VRFs, func(v state.VRF) bool { return v.Name == name })
	if i < 0 {
		y.absent("VRF "+name, y.s.Listed.VRFs)
		return
	}
	y.right++
	v := y.s.VRFs[i]
	for _, n := range interfaces {
		y.fact(n+" in VRF "+name, capture.Of(fmt.Sprint(slices.ContainsFunc(v.Interfaces, isName(n))), v.From), "true")
	}
}
