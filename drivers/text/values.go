package text

import (
	"net/netip"
	"strconv"
	"strings"
	"time"

	"uplinkcheck/drivers/capture"
	"uplinkcheck/drivers/state"
)

// VLANs reads a list of VLANs as devices print them: "1,10-20", "1 3 to 5", "all", "none", "1-4094 (all)". What is no such list is unknown,
// as are the empty one, since what that means differs per platform, and one that ends in a comma, which was to go on.
func VLANs(f capture.Fact[string]) capture.Fact[state.VIDSet] {
	return capture.Then(f, vlans)
}

func vlans(s string) (state.VIDSet, bool) {
	s = strings.ToLower(strings.TrimSpace(s))
	if set, err := state.ParseVIDSet(s); err == nil {
		return set, true
	}
	if strings.HasSuffix(s, ",") {
		return state.VIDSet{}, false
	}
	s = strings.ReplaceAll(s, " to ", "-")
	var out state.VIDSet
	words := strings.FieldsFunc(s, func(r rune) bool { return r == ',' || r == ' ' || r == '\t' })
	for _, w := range words {
		set, err := state.ParseVIDSet(w)
		if err != nil {
			return state.VIDSet{}, false
		}
		out = out.Union(set)
	}
	return out, len(words) > 0
}

// Allow applies one statement about the VLANs of a trunk to those allowed so far, as the configurations of Cisco and of those who
// follow it write them: a list replaces, "add" and "remove" change, "except" is all but, "all" and "none". ok is false for any other.
func Allow(allowed state.VIDSet, statement string) (out state.VIDSet, ok bool) {
	word, rest, _ := strings.Cut(strings.TrimSpace(statement), " ")
	set, isList := vlans(rest)
	switch strings.ToLower(word) {
	case "add":
		return allowed.Union(set), isList
	case "remove":
		return allowed.Minus(set), isList
	case "except":
		return state.AllVIDs.Minus(set), isList
	}
	return vlans(statement)
}

// MAC reads an address in any form that state.ParseMAC knows.
func MAC(f capture.Fact[string]) capture.Fact[state.MAC] {
	return capture.Then(f, func(s string) (state.MAC, bool) { m, err := state.ParseMAC(s); return m, err == nil })
}

// Station is MAC without the zero address, which devices print for "none".
func Station(f capture.Fact[string]) capture.Fact[state.MAC] {
	return capture.Then(MAC(f), func(m state.MAC) (state.MAC, bool) { return m, !m.IsZero() })
}

// VID reads one VLAN identifier, 1 to 4094.
func VID(f capture.Fact[string]) capture.Fact[state.VID] {
	return capture.Then(f, func(s string) (state.VID, bool) { v, err := state.ParseVID(s); return v, err == nil })
}

// Uint reads a number of at most that many bits: decimal, or hexadecimal behind 0x. Commas between groups of digits are allowed.
func Uint(f capture.Fact[string], bits int) capture.Fact[uint64] {
	return capture.Then(f, func(s string) (uint64, bool) {
		base := 10
		if rest, ok := strings.CutPrefix(strings.ToLower(s), "0x"); ok {
			s, base = rest, 16
		}
		v, err := strconv.ParseUint(strings.ReplaceAll(s, ",", ""), base, bits)
		return v, err == nil
	})
}

// Int reads a decimal number of at most 31 bits that is not negative.
func Int(f capture.Fact[string]) capture.Fact[int] {
	return capture.Then(Uint(f, 31), func(v uint64) (int, bool) { return int(v), true })
}

// Sixteen reads a number of 16 bits, as keys, priorities and port numbers of LACP are.
func Sixteen(f capture.Fact[string]) capture.Fact[uint16] {
	return capture.Then(Uint(f, 16), func(v uint64) (uint16, bool) { return uint16(v), true })
}

// Addr reads an IP address, without a zone.
func Addr(f capture.Fact[string]) capture.Fact[netip.Addr] {
	return capture.Then(f, func(s string) (netip.Addr, bool) {
		a, err := netip.ParseAddr(s)
		return a.WithZone(""), err == nil
	})
}

// Prefix reads an address with its length: 192.0.2.1/24, or an address and a mask, "192.0.2.1 255.255.255.0".
func Prefix(f capture.Fact[string]) capture.Fact[netip.Prefix] {
	return capture.Then(f, func(s string) (netip.Prefix, bool) {
		address, mask, hasMask := strings.Cut(s, " ")
		if !hasMask {
			p, err := netip.ParsePrefix(s)
			return p, err == nil
		}
		a, err1 := netip.ParseAddr(address)
		m, err2 := netip.ParseAddr(strings.TrimSpace(mask))
		if err1 != nil || err2 != nil || !a.Is4() || !m.Is4() {
			return netip.Prefix{}, false
		}
		b := m.As4()
		bits := uint32(b[0])<<24 | uint32(b[1])<<16 | uint32(b[2])<<8 | uint32(b[3])
		n := 0
		for bits&(1<<31) != 0 {
			bits <<= 1
			n++
		}
		return netip.PrefixFrom(a, n), bits == 0
	})
}

// speeds are units of a speed, in bit/s, by how they begin.
var speeds = []struct {
	unit string
	bits float64
}{
	{"kb", 1e3}, {"k", 1e3}, {"mb", 1e6}, {"m", 1e6}, {"gb", 1e9}, {"g", 1e9}, {"tb", 1e12}, {"t", 1e12}, {"b", 1},
}

// Speed reads a speed with its unit as bit/s: "10G", "1000Mb/s", "25 Gbps", "a-1000M", "1000000 Kbit". A number without a unit is unknown.
func Speed(f capture.Fact[string]) capture.Fact[uint64] {
	return capture.Then(f, func(s string) (uint64, bool) {
		s = strings.TrimPrefix(strings.ToLower(strings.TrimSpace(s)), "a-")
		end := strings.IndexFunc(s, func(r rune) bool { return (r < '0' || r > '9') && r != '.' })
		if end <= 0 {
			return 0, false
		}
		n, err := strconv.ParseFloat(s[:end], 64)
		unit := strings.TrimSpace(s[end:])
		for _, u := range speeds {
			rest, ok := strings.CutPrefix(unit, u.unit)
			if rest = strings.TrimSpace(rest); ok && (rest == "" || rest == "ps" || rest == "/s" || rest == "/sec" || rest == "it" || rest == "it/s" || rest == "its" || rest == "its/s" || rest == "it/sec") {
				return uint64(n * u.bits), err == nil && n < 1e9
			}
		}
		return 0, false
	})
}

// ages are the units of an age in words.
var ages = map[string]time.Duration{"week": 7 * 24 * time.Hour, "day": 24 * time.Hour, "hour": time.Hour, "minute": time.Minute, "second": time.Second}

// Ago reads how long ago something was: "45 weeks 2 days 4 hours 17 minutes", with commas or without, and "Never".
func Ago(f capture.Fact[string]) capture.Fact[time.Duration] {
	return capture.Then(f, func(s string) (time.Duration, bool) {
		if strings.EqualFold(s, "never") {
			return state.Never, true
		}
		var sum time.Duration
		w := strings.Fields(strings.ReplaceAll(s, ",", " "))
		for k := 0; k+1 < len(w); k += 2 {
			n, err := strconv.ParseUint(w[k], 10, 20)
			unit := ages[strings.TrimSuffix(strings.ToLower(w[k+1]), "s")]
			if err != nil || unit == 0 {
				return 0, false
			}
			sum += time.Duration(n) * unit
		}
		return sum, len(w) > 1 && len(w)%2 == 0
	})
}

// SystemID reads an LACP system of two parts, "32768,00:11:22:33:44:55" or "0x8000, 0011.2233.4455": a priority behind 0x is
// hexadecimal, any other too where hex says so.
func SystemID(f capture.Fact[string], hex bool) capture.Fact[state.SystemID] {
	return capture.Then(f, func(s string) (state.SystemID, bool) {
		priority, address, ok := strings.Cut(strings.ToLower(strings.Trim(s, "() ")), ",")
		base := 10
		if rest, is := strings.CutPrefix(priority, "0x"); is || hex {
			priority, base = rest, 16
		}
		p, err1 := strconv.ParseUint(strings.TrimSpace(priority), base, 16)
		m, err2 := state.ParseMAC(strings.TrimSpace(address))
		return state.SystemID{Priority: uint16(p), System: m}, ok && err1 == nil && err2 == nil
	})
}

// Identifier returns an LLDP identifier of that kind; an address is written as state.MAC does. Where the device did not print the
// kind it is SubtypeUnknown.
func Identifier(f capture.Fact[string], kind state.Subtype) capture.Fact[state.Identifier] {
	return capture.Then(f, func(s string) (state.Identifier, bool) {
		if m, err := state.ParseMAC(s); err == nil && (kind == state.MACAddress || kind == state.SubtypeUnknown && len(s) >= 12) {
			s = m.String()
		}
		return state.Identifier{Subtype: kind, ID: s}, s != ""
	})
}

// Ports returns the names in a list of ports, each with the words that state it: "1/1/1-1/1/3,lag5" are 1/1/1, 1/1/2, 1/1/3 and lag5. Of a
// range both ends are whole names that differ in their last number, or the second is that number alone. ok is false when a part is no
// such range, or has more than 4,096 ports.
func Ports(f capture.Fact[string]) (out []capture.Fact[string], ok bool) {
	if !f.Known() {
		return nil, false
	}
	at := 0
	for _, part := range strings.Split(f.Value, ",") {
		lead := len(part) - len(strings.TrimLeft(part, " \t"))
		name := strings.TrimSpace(part)
		from := f.From
		if int(from.End-from.Start) == len(f.Value) { // else the list was wrapped, and the words stand somewhere in it
			from = from.Reply.Span(int(f.From.Start)+at+lead, int(f.From.Start)+at+lead+len(name))
		}
		at += len(part) + 1
		if name == "" {
			continue
		}
		names, good := portRange(name)
		if !good {
			return nil, false
		}
		for _, n := range names {
			out = append(out, capture.Of(n, from))
		}
	}
	return out, len(out) > 0
}

func portRange(s string) (out []string, ok bool) {
	if strings.ContainsAny(s, " \t") {
		return nil, false
	}
	first, last, isRange := strings.Cut(s, "-")
	if !isRange {
		return []string{s}, true
	}
	cut := func(s string) (string, int) {
		i := strings.LastIndexFunc(s, func(r rune) bool { return r < '0' || r > '9' }) + 1
		n, err := strconv.Atoi(s[i:])
		if err != nil {
			return s, -1
		}
		return s[:i], n
	}
	kind, lo := cut(first)
	other, hi := cut(last)
	if lo < 0 || hi < lo || hi-lo >= 4096 || other != kind && other != "" {
		return nil, false
	}
	for n := lo; n <= hi; n++ {
		out = append(out, kind+strconv.Itoa(n))
	}
	return out, true
}

// Names are the kinds of interfaces of a platform. Nil has none.
type Names struct {
	whole map[string]string // names without a number, in lower case
	kinds map[string]string // by each form, in lower case; "" where it is short for several
}

// A Name is a kind of interface, such as TwentyFiveGigE: its full form, and how it is shortened, such as Twe and WGE, where that is not just
// its beginning, of two letters or more.
type Name struct {
	Full  string
	Short []string
}

// NamesOf returns the names of these kinds. Of two that have one form the first counts.
func NamesOf(kinds []Name) *Names {
	n := &Names{map[string]string{}, map[string]string{}}
	add := func(to map[string]string, form, full string) {
		if form = strings.ToLower(form); to[form] == "" {
			to[form] = full
		}
	}
	beginnings := map[string]string{}
	for _, k := range kinds {
		add(n.whole, k.Full, k.Full)
		add(n.kinds, k.Full, k.Full)
		for _, short := range k.Short {
			add(n.kinds, short, k.Full)
		}
		for i := 2; i < len(k.Full); i++ {
			form := strings.ToLower(k.Full[:i])
			if _, twice := beginnings[form]; twice {
				beginnings[form] = ""
			} else {
				beginnings[form] = k.Full
			}
		}
	}
	for form, full := range beginnings {
		if n.kinds[form] == "" {
			n.kinds[form] = full
		}
	}
	return n
}

// Full returns the full form of an interface's name, however it was shortened: "Gi1/0/1", "Gig 1/0/1" and "GigabitEthernet1/0/1"
// are one. ok is false where the kind is none of the names, or two kinds begin like that.
func (n *Names) Full(s string) (full string, ok bool) {
	s = strings.TrimSpace(s)
	if n == nil {
		return "", false
	}
	if full, _ = state.Lookup(n.whole, s); full != "" {
		return full, true // such as mgmt0, which is a whole name
	}
	i := 0
	for i < len(s) && !digit(s[i]) {
		i++
	}
	kind := strings.TrimRight(s[:i], " ")
	full, _ = state.Lookup(n.kinds, kind)
	switch {
	case i == len(s), full == "":
		return "", false
	case full == s[:i]:
		return s, true
	}
	return full + s[i:], true
}

// Of is Full for a fact; a name of a kind that is none of the names stays as it is, since interfaces may be called anything.
func (n *Names) Of(f capture.Fact[string]) capture.Fact[string] {
	if full, ok := n.Full(f.Value); ok {
		f.Value = full
	}
	return f
}
