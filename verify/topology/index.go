package topology

import (
	"strings"
	"sync"

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
