package topology

import (
	"cmp"
	"maps"
	"slices"
	"strings"
	"sync"

	"uplinkcheck/drivers/capture"
	"uplinkcheck/drivers/state"
	"uplinkcheck/inventory"
)

// index finds what a check would otherwise search the whole fabric for. Each part is made once, when it is first asked for; nothing
// that is used while the fabric is built may ask.
type index struct {
	wordsOnce sync.Once
	words     map[string]*Host // lower-case name; nil: of several hosts

	lagsOnce sync.Once
	lags     map[*Switch][]*LAG

	networksOnce sync.Once
	having       [4096][]*Network
	serving      map[inventory.Role]state.VIDSet
	declared     state.VIDSet
	inner        []*Network // of the infrastructure

	guestsOnce sync.Once
	guests     map[string]bool // names of what uses a network on some host

	entriesOnce sync.Once
	entries     map[string]string  // hostname that the inventory gives, by entry
	like        map[string][]Entry // by first label in lower case

	serialsOnce sync.Once
	serials     map[string][]*Device // switches
}

// hostWords finds the hosts that are not inferred by their names in lower case.
func (x *index) hostWords(f *Fabric) map[string]*Host {
	x.wordsOnce.Do(func() {
		x.words = map[string]*Host{}
		for _, h := range f.Hosts {
			if h.Inferred {
				continue
			}
			name := strings.ToLower(h.Name)
			if _, twice := x.words[name]; twice {
				x.words[name] = nil
				continue
			}
			x.words[name] = h
		}
	})
	return x.words
}

// lagsOn returns the LAGs that have a leg on the switch.
func (x *index) lagsOn(s *Switch) []*LAG {
	x.lagsOnce.Do(func() {
		x.lags = map[*Switch][]*LAG{}
		for _, l := range s.Fabric.LAGs {
			for _, leg := range l.Legs {
				x.lags[leg.Switch] = append(x.lags[leg.Switch], l)
			}
		}
	})
	return x.lags[s]
}

// networks finds the declared networks by VLAN and by role.
func (f *Fabric) networks() *index {
	x := &f.index
	x.networksOnce.Do(func() {
		x.serving = map[inventory.Role]state.VIDSet{}
		for _, n := range f.Networks {
			for v := range n.VLANs.All() {
				x.having[v] = append(x.having[v], n)
			}
			x.serving[n.Role] = x.serving[n.Role].Union(n.VLANs)
			x.declared = x.declared.Union(n.VLANs)
			if n.Role.Infrastructure() {
				x.inner = append(x.inner, n)
			}
		}
	})
	return x
}

// NetworksOf returns the declared networks that have the VLAN.
func (f *Fabric) NetworksOf(v state.VID) []*Network {
	if !v.Valid() {
		return nil
	}
	return f.networks().having[v]
}

// Infrastructure returns the declared networks that hosts need themselves: see Role.Infrastructure.
func (f *Fabric) Infrastructure() []*Network { return f.networks().inner }

// Declared returns the VLANs of all declared networks.
func (f *Fabric) Declared() state.VIDSet { return f.networks().declared }

// DeclaredFor returns the VLANs of the declared networks of a role.
func (f *Fabric) DeclaredFor(role inventory.Role) state.VIDSet { return f.networks().serving[role] }

// Guest reports whether something of that name uses a network on a host.
func (f *Fabric) Guest(name string) bool {
	x := &f.index
	x.guestsOnce.Do(func() {
		x.guests = map[string]bool{}
		for _, h := range f.Hosts {
			for i := range h.Uses {
				x.guests[h.Uses[i].Name] = true
			}
		}
	})
	return x.guests[name]
}

// An Entry is a machine of the inventory: its name there, and the hostname that it must call itself by, "" where none is given.
type Entry struct{ Name, Hostname string }

// EntriesLike returns the inventory's switches and hosts that go by the name, or by one with the same first label, in order of their
// names.
func (f *Fabric) EntriesLike(name string) []Entry {
	f.findEntries()
	return f.index.like[label(name)]
}

// HostnameMeant returns the hostname that the inventory gives a switch or host, "" where it gives none.
func (f *Fabric) HostnameMeant(entry string) string {
	f.findEntries()
	return f.index.entries[entry]
}

func (f *Fabric) findEntries() {
	x := &f.index
	x.entriesOnce.Do(func() {
		x.entries, x.like = map[string]string{}, map[string][]Entry{}
		for _, s := range f.Inventory.Switches {
			x.entries[s.Name] = s.Hostname
		}
		for _, h := range f.Inventory.Hosts {
			x.entries[h.Name] = h.Hostname
		}
		for _, name := range slices.Sorted(maps.Keys(x.entries)) {
			e := Entry{name, x.entries[name]}
			first := label(cmp.Or(e.Hostname, e.Name))
			x.like[first] = append(x.like[first], e)
		}
	})
}

// label is the first label of a name, alike for names that differ in case only.
func label(name string) string {
	short, _, _ := strings.Cut(name, ".")
	return strings.ToLower(strings.ToUpper(short))
}

// DevicesShowing returns the switches that showed the serial number, in order: none for one that is unknown or empty.
func (f *Fabric) DevicesShowing(serial capture.Fact[string]) []*Device {
	x := &f.index
	x.serialsOnce.Do(func() {
		x.serials = map[string][]*Device{}
		for _, d := range f.Devices {
			if d.Switch != nil && d.Switch.Device.Serial.Known() {
				x.serials[d.Switch.Device.Serial.Value] = append(x.serials[d.Switch.Device.Serial.Value], d)
			}
		}
	})
	if !serial.Known() || serial.Value == "" {
		return nil
	}
	return x.serials[serial.Value]
}
