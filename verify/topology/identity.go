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

// A Mistake is why the box that answered under the name of a machine is not the one that the inventory means.
type Mistake struct {
	Sure bool // false: nobody can tell
	Why  string
	From []capture.Span // the lines that say so, the best first
	Fix  string         // of a sure one
	Want string         // of another: what would tell
}

// A box is what answered under a name.
type box struct {
	name             string
	isSwitch         bool
	hostname, serial capture.Fact[string]
	serials          []capture.Fact[string] // of the chassis of a stack
	macs             []capture.Fact[state.MAC]
	entry            *entryName // nil: no entry of the inventory
	wanted           string     // serial number that the inventory gives it
	key              string     // fingerprint of its host key, "" when that is not known
}

// entryName is an entry of the inventory with the hostname that it is given, which may be none.
type entryName struct {
	name, hostname string
	from           capture.Span
}

// goesBy is the name by which a device of the entry is expected to call itself.
func (e *entryName) goesBy() string { return cmp.Or(e.hostname, e.name) }

// identify leaves out what is not, or may not be, the machine under whose name it was asked: one with another name or serial number than
// the inventory gives it, one that goes by the name of another entry, and one that answered under two names. Its ports would otherwise
// count for those of a switch that nobody asked, and one box for two. Devices keep what it said; of a host remains what is written down.
func (f *Fabric) identify(switches []*state.Switch, hosts []*inventory.Host) ([]*state.Switch, []*inventory.Host) {
	f.said, f.saidHosts, f.mistakes = map[string]*state.Switch{}, map[string]*inventory.Host{}, map[string][]Mistake{}
	boxes := f.boxes(switches, hosts)
	entries := f.entryNames()
	leftOut := map[string]bool{}
	f.leftOut = leftOut
	for _, b := range boxes {
		if b.entry != nil {
			f.mistakes[b.name] = append(b.notDeclared(), b.another(entries)...)
			leftOut[b.name] = len(f.mistakes[b.name]) > 0
		}
	}
	f.doubles(boxes, leftOut)
	var meant []*state.Switch
	for _, s := range switches {
		f.said[s.Name] = s
		if !leftOut[s.Name] {
			meant = append(meant, s)
		}
	}
	hosts = slices.Clone(hosts)
	for i, h := range hosts {
		f.saidHosts[h.Name] = h
		if leftOut[h.Name] {
			hosts[i] = &inventory.Host{Name: h.Name, Source: "declared", From: h.From}
			for _, e := range f.Inventory.Hosts {
				if written := inventory.Declared(e); e.Name == h.Name && written != nil {
					hosts[i] = written
				}
			}
		}
	}
	return meant, hosts
}

// boxes lists what answered. A host that is only written down answered nothing.
func (f *Fabric) boxes(switches []*state.Switch, hosts []*inventory.Host) (out []*box) {
	entries, wanted := map[string]*entryName{}, map[string]string{}
	for _, s := range f.Inventory.Switches {
		entries[s.Name], wanted[s.Name] = &entryName{s.Name, s.Hostname, s.From}, s.Serial
	}
	for _, h := range f.Inventory.Hosts {
		entries[h.Name] = &entryName{h.Name, h.Hostname, h.From}
	}
	keys := map[string]string{}
	for _, c := range f.Captures {
		keys[c.Device] = c.HostKey
	}
	for _, s := range switches {
		b := &box{name: s.Name, isSwitch: true, hostname: s.Device.Hostname, serial: s.Device.Serial, macs: []capture.Fact[state.MAC]{s.Device.ChassisMAC},
			entry: entries[s.Name], wanted: wanted[s.Name], key: keys[s.Name]}
		for i := range s.Members {
			b.serials = append(b.serials, s.Members[i].Serial)
		}
		out = append(out, b)
	}
	for _, h := range hosts {
		if h.Source == "declared" {
			continue
		}
		b := &box{name: h.Name, hostname: h.Hostname, entry: entries[h.Name], key: keys[h.Name]}
		for i := range h.NICs {
			b.macs = append(b.macs, h.NICs[i].MAC)
		}
		out = append(out, b)
	}
	return out
}

// notDeclared tells where a box has another hostname or serial number than the inventory gives it. Of a stack any member's serial number
// will do: which of them speaks for the stack changes.
func (b *box) notDeclared() (out []Mistake) {
	note := func(what, want string, got capture.Fact[string]) {
		out = append(out, Mistake{Sure: true, Why: fmt.Sprintf("%s has %s %q, but the inventory says %q", b.name, what, got.Value, want),
			From: []capture.Span{got.From, b.entry.from}, Fix: "check the address of " + b.name + ", or correct the inventory"})
	}
	if want := b.entry.hostname; want != "" && b.hostname.Known() && !SameName(want, b.hostname.Value) {
		note("hostname", want, b.hostname)
	}
	is := func(m capture.Fact[string]) bool { return m.Known() && strings.EqualFold(m.Value, b.wanted) }
	if b.wanted != "" && b.serial.Known() && !is(b.serial) && !slices.ContainsFunc(b.serials, is) {
		note("serial number", b.wanted, b.serial)
	}
	return out
}

// SameName reports whether two hostnames are one: equal in any case, or one of them lacks its domain.
func SameName(a, b string) bool {
	short, _, wholeA := strings.Cut(a, ".")
	other, _, wholeB := strings.Cut(b, ".")
	return strings.EqualFold(a, b) || strings.EqualFold(short, other) && wholeA != wholeB
}

// entryNames finds the entries of the inventory by the first label of the name that each goes by.
func (f *Fabric) entryNames() map[string][]entryName {
	out := map[string][]entryName{}
	add := func(e entryName) {
		short, _, _ := strings.Cut(strings.ToLower(e.goesBy()), ".")
		out[short] = append(out[short], e)
	}
	for _, s := range f.Inventory.Switches {
		add(entryName{s.Name, s.Hostname, s.From})
	}
	for _, h := range f.Inventory.Hosts {
		add(entryName{h.Name, h.Hostname, h.From})
	}
	return out
}

// another tells of a box whose hostname the inventory does not give when it calls itself by the name of another entry.
func (b *box) another(entries map[string][]entryName) []Mistake {
	got := b.hostname
	if b.entry.hostname != "" || !got.Known() || got.Value == "" || SameName(b.name, got.Value) {
		return nil
	}
	short, _, _ := strings.Cut(strings.ToLower(got.Value), ".")
	for _, e := range entries[short] {
		if e.name != b.name && SameName(e.goesBy(), got.Value) {
			return []Mistake{{Sure: true, Why: fmt.Sprintf("%s calls itself %q, and %s is another entry of the inventory", b.name, got.Value, e.name),
				From: []capture.Span{got.From, b.entry.from}, Fix: fmt.Sprintf("check the addresses of %s and %s, or give both their hostname: in the inventory", b.name, e.name)}}
		}
	}
	return nil
}

// doubles finds boxes that answered under two names: with one hostname, and what else tells. The entry that goes by the box's own name keeps
// what it said, where there is exactly one; the others are as if nobody had asked them.
func (f *Fabric) doubles(boxes []*box, leftOut map[string]bool) {
	type called struct {
		hostname string
		isSwitch bool
	}
	groups := map[called][]*box{}
	for _, b := range boxes {
		if b.hostname.Known() && b.hostname.Value != "" {
			is := called{b.hostname.Value, b.isSwitch}
			groups[is] = append(groups[is], b)
		}
	}
	for _, b := range boxes {
		if !b.hostname.Known() {
			continue
		}
		for _, other := range groups[called{b.hostname.Value, b.isSwitch}] {
			if other == b {
				continue
			}
			if m, may := b.oneWith(other); may {
				f.mistakes[b.name] = append(f.mistakes[b.name], m)
				leftOut[b.name] = leftOut[b.name] || !b.named() || other.named()
			}
		}
	}
}

// oneWith tells whether two machines of one hostname are, or may be, one: by their serial numbers, else by addresses of NICs, and by their
// host keys, of which a machine may have several. An address of a chassis that is the same proves nothing, as virtual switches are often
// born with one.
func (b *box) oneWith(other *box) (m Mistake, may bool) {
	oneKey := b.key != "" && b.key == other.key
	serials := b.serial.Known() && other.serial.Known() && b.serial.Value != "" && other.serial.Value != ""
	shared, told := sharedMAC(b.macs, other.macs)
	nic := len(shared) > 0 && !b.isSwitch
	switch {
	case serials && b.serial.Value != other.serial.Value, !serials && told && len(shared) == 0, !serials && !nic && !oneKey:
		return m, false
	}
	same := "hostname " + b.hostname.Value
	m.From = []capture.Span{b.hostname.From, other.hostname.From}
	switch {
	case serials:
		m.From = []capture.Span{b.serial.From, other.serial.From}
		same = "serial number " + b.serial.Value + " and " + same
	case nic:
		m.From = []capture.Span{shared[0].From, shared[1].From}
		same = "the NIC address " + shared[0].Value.String() + " and " + same
	}
	m.Sure = oneKey && (serials || nic)
	is := "may be"
	if m.Sure {
		is = "are"
	}
	if oneKey {
		same = strings.Replace(same, " and ", ", ", 1) + " and one host key"
	}
	m.Why = fmt.Sprintf("%s and %s %s one box: both show %s", b.name, other.name, is, same)
	m.Fix = fmt.Sprintf("give %s and %s their own addresses, or remove one of them from the inventory", b.name, other.name)
	m.Want = fmt.Sprintf("what tells %s and %s apart: serial numbers or hostnames of their own", b.name, other.name)
	for _, x := range []*box{b, other} {
		if x.entry != nil {
			m.From = append(m.From, x.entry.from)
		}
	}
	return m, true
}

// sharedMAC returns an address that both have, as each says it; told is false where one of them reported none.
func sharedMAC(a, b []capture.Fact[state.MAC]) (shared []capture.Fact[state.MAC], told bool) {
	mine, yours := 0, 0
	for _, x := range a {
		if !x.Known() || x.Value.IsZero() {
			continue
		}
		mine++
		for _, y := range b {
			if y.Known() && x.Value == y.Value {
				return []capture.Fact[state.MAC]{x, y}, true
			}
		}
	}
	for _, y := range b {
		if y.Known() && !y.Value.IsZero() {
			yours++
		}
	}
	return nil, mine > 0 && yours > 0
}

// named reports whether the entry of the inventory goes by the name that the box calls itself.
func (b *box) named() bool { return b.entry != nil && SameName(b.entry.goesBy(), b.hostname.Value) }
