package topology

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"uplinkcheck/drivers/capture"
	"uplinkcheck/drivers/state"
	"uplinkcheck/inventory"
)

// A Mistake is why the box that answered under the name of a switch is not the one that the inventory means.
type Mistake struct {
	Sure bool // false: nobody can tell
	Why  string
	From []capture.Span // the lines that say so, the best first
	Fix  string         // of a sure one
	Want string         // of another: what would tell
}

// identify leaves out what is not, or may not be, the switch under whose name it was asked: a box with another name or serial number
// than the inventory gives it, one that goes by the name of another entry, and one that answered under two names. Its ports would
// otherwise count for those of a switch that nobody asked, and one switch for two. Devices keep what it said.
func (f *Fabric) identify(states []*state.Switch) (meant []*state.Switch) {
	f.said, f.mistakes = map[string]*state.Switch{}, map[string][]Mistake{}
	entries, names := map[string]*inventory.Switch{}, f.entryNames()
	for i := range f.Inventory.Switches {
		entries[f.Inventory.Switches[i].Name] = &f.Inventory.Switches[i]
	}
	leftOut := map[string]bool{}
	for _, s := range states {
		f.said[s.Name] = s
		if e := entries[s.Name]; e != nil {
			f.mistakes[s.Name] = append(notDeclared(s, e), names.another(s, e)...)
			leftOut[s.Name] = len(f.mistakes[s.Name]) > 0
		}
	}
	f.doubles(states, entries, leftOut)
	for _, s := range states {
		if !leftOut[s.Name] {
			meant = append(meant, s)
		}
	}
	return meant
}

// notDeclared tells where a switch has another hostname or serial number than the inventory gives it. Of a stack any member's serial
// number will do: which of them speaks for the stack changes.
func notDeclared(s *state.Switch, e *inventory.Switch) (out []Mistake) {
	note := func(what, want string, got capture.Fact[string]) {
		out = append(out, Mistake{Sure: true, Why: fmt.Sprintf("%s has %s %q, but the inventory says %q", s.Name, what, got.Value, want),
			From: []capture.Span{got.From, e.From}, Fix: "check the address of " + s.Name + ", or correct the inventory"})
	}
	if got := s.Device.Hostname; e.Hostname != "" && got.Known() && !SameName(e.Hostname, got.Value) {
		note("hostname", e.Hostname, got)
	}
	is := func(m state.Member) bool { return m.Serial.Known() && strings.EqualFold(m.Serial.Value, e.Serial) }
	if got := s.Device.Serial; e.Serial != "" && got.Known() && !strings.EqualFold(e.Serial, got.Value) && !slices.ContainsFunc(s.Members, is) {
		note("serial number", e.Serial, got)
	}
	return out
}

// SameName reports whether two hostnames are one: equal in any case, or one of them lacks its domain.
func SameName(a, b string) bool {
	short, _, wholeA := strings.Cut(a, ".")
	other, _, wholeB := strings.Cut(b, ".")
	return strings.EqualFold(a, b) || strings.EqualFold(short, other) && wholeA != wholeB
}

// entryNames are the entries of an inventory by the first label of the name that each goes by: its hostname where one is given.
type entryNames map[string][]entryName

type entryName struct {
	entry, name string
	from        capture.Span
}

func (f *Fabric) entryNames() entryNames {
	out := entryNames{}
	add := func(entry, hostname string, from capture.Span) {
		name := cmp.Or(hostname, entry)
		short, _, _ := strings.Cut(strings.ToLower(name), ".")
		out[short] = append(out[short], entryName{entry, name, from})
	}
	for _, s := range f.Inventory.Switches {
		add(s.Name, s.Hostname, s.From)
	}
	for _, h := range f.Inventory.Hosts {
		add(h.Name, h.Hostname, h.From)
	}
	return out
}

// another tells of a switch whose hostname the inventory does not give when it calls itself by the name of another entry.
func (names entryNames) another(s *state.Switch, e *inventory.Switch) []Mistake {
	got := s.Device.Hostname
	if e.Hostname != "" || !got.Known() || got.Value == "" || SameName(e.Name, got.Value) {
		return nil
	}
	short, _, _ := strings.Cut(strings.ToLower(got.Value), ".")
	for _, x := range names[short] {
		if x.entry != e.Name && SameName(x.name, got.Value) {
			return []Mistake{{Sure: true, Why: fmt.Sprintf("%s calls itself %q, and %s is another entry of the inventory", s.Name, got.Value, x.entry),
				From: []capture.Span{got.From, e.From}, Fix: fmt.Sprintf("check the addresses of %s and %s, or give both their hostname: in the inventory", s.Name, x.entry)}}
		}
	}
	return nil
}

// doubles finds boxes that answered under two names. The entry that goes by the box's own name keeps what it said, where there is
// exactly one; the others are as if nobody had asked them.
func (f *Fabric) doubles(states []*state.Switch, entries map[string]*inventory.Switch, leftOut map[string]bool) {
	type showing struct{ hostname, key string }
	groups := map[showing][]*state.Switch{}
	keys := map[string]string{}
	for _, c := range f.Captures {
		keys[c.Device] = c.HostKey
	}
	for _, s := range states {
		if h := s.Device.Hostname; h.Known() && h.Value != "" && keys[s.Name] != "" {
			g := showing{h.Value, keys[s.Name]}
			groups[g] = append(groups[g], s)
		}
	}
	for _, s := range states {
		if !s.Device.Hostname.Known() {
			continue
		}
		for _, other := range groups[showing{s.Device.Hostname.Value, keys[s.Name]}] {
			m, may := oneBox(s, other)
			if other == s || !may {
				continue
			}
			for _, x := range []*state.Switch{s, other} {
				if e := entries[x.Name]; e != nil {
					m.From = append(m.From, e.From)
				}
			}
			f.mistakes[s.Name] = append(f.mistakes[s.Name], m)
			if !goesBy(s, entries) || goesBy(other, entries) {
				leftOut[s.Name] = true
			}
		}
	}
}

// oneBox tells whether two switches that show one hostname and one host key are, or may be, one box.
func oneBox(s, other *state.Switch) (m Mistake, may bool) {
	mine, yours := s.Device.Serial, other.Device.Serial
	serials := mine.Known() && yours.Known() && mine.Value != "" && yours.Value != ""
	if serials && mine.Value != yours.Value {
		return m, false
	}
	if equal, known := capture.Same(s.Device.ChassisMAC, other.Device.ChassisMAC); known && !equal && !serials {
		return m, false
	}
	m.Sure = serials
	m.From = []capture.Span{s.Device.Hostname.From, other.Device.Hostname.From}
	m.Fix = fmt.Sprintf("give %s and %s their own addresses, or remove one of them from the inventory", s.Name, other.Name)
	m.Why = fmt.Sprintf("%s and %s may be one box: both show hostname %s and one host key", s.Name, other.Name, s.Device.Hostname.Value)
	m.Want = fmt.Sprintf("what tells %s and %s apart: serial numbers, host keys or hostnames of their own", s.Name, other.Name)
	if serials {
		m.From = []capture.Span{mine.From, yours.From}
		m.Why = fmt.Sprintf("%s and %s are one box: both show serial number %s, hostname %s and one host key", s.Name, other.Name, mine.Value, s.Device.Hostname.Value)
	}
	return m, true
}

// goesBy reports whether the entry of the inventory goes by the name that the switch calls itself.
func goesBy(s *state.Switch, entries map[string]*inventory.Switch) bool {
	e := entries[s.Name]
	return e != nil && SameName(cmp.Or(e.Hostname, e.Name), s.Device.Hostname.Value)
}
