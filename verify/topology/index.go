package topology

import (
	"strings"
	"sync"
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

// networks finds the declared networks of a VLAN.
func (x *index) networks(f *Fabric) *[4096][]*Network {
	x.networksOnce.Do(func() {
		for _, n := range f.Networks {
			for v := range n.VLANs.All() {
				x.having[v] = append(x.having[v], n)
			}
		}
	})
	return &x.having
}
