package topology

import (
	"strconv"
	"strings"
	"unicode"

	"uplinkcheck/drivers/capture"
	"uplinkcheck/drivers/state"
)

// VLANName is what a switch calls a VLAN.
type VLANName struct {
	Switch *Switch
	Name   capture.Fact[string]
}

// VLANNames returns the different names that switches have for a VLAN, each with the first switch of every broadcast domain that uses
// it, in order. Names that say no more than the number, and differences in case and punctuation, are left out.
func (f *Fabric) VLANNames(v state.VID) []VLANName {
	f.bridged.namesOnce.Do(f.nameVLANs)
	names := f.bridged.names[v]
	if len(names) < 2 {
		return nil
	}
	var out []VLANName
	type key struct {
		name string
		in   *Domain
	}
	seen := map[key]bool{}
	for _, list := range names {
		for _, x := range list {
			k := key{plainName(x.Name.Value), f.Domains().Of(x.Switch, v)}
			if !seen[k] {
				seen[k] = true
				out = append(out, x)
			}
		}
	}
	return out
}

// Unnamed returns the switches that did not report what they call a VLAN of the network, in order: none where there is no other switch that
// may call it something else.
func (n *Network) Unnamed(v state.VID) (out []*Switch) {
	f := n.Fabric
	f.bridged.namesOnce.Do(f.nameVLANs)
	for _, s := range f.Switches {
		if f.bridged.unnamed[s].Has(v) && n.MayBeAt(Spot{s, v}) {
			out = append(out, s)
		}
	}
	if len(out) > 1 {
		return out
	}
	for _, named := range f.bridged.names[v] {
		for _, x := range named {
			if n.MayBeAt(Spot{x.Switch, v}) {
				return out
			}
		}
	}
	return nil
}

// nameVLANs gathers the names, those of one VLAN in order of their first switch.
func (f *Fabric) nameVLANs() {
	f.bridged.names, f.bridged.unnamed = map[state.VID][][]VLANName{}, map[*Switch]state.VIDSet{}
	type key struct {
		vid  state.VID
		name string
	}
	at := map[key]int{}
	for _, s := range f.Switches {
		var unnamed []state.VID
		for i := range s.VLANs {
			x := &s.VLANs[i]
			name := plainName(x.Name.Value)
			if !x.Name.Known() {
				unnamed = append(unnamed, x.ID)
			}
			if !x.Name.Known() || saysNothing(name, x.ID) {
				continue
			}
			k := key{x.ID, name}
			n, ok := at[k]
			if !ok {
				n = len(f.bridged.names[x.ID])
				at[k] = n
				f.bridged.names[x.ID] = append(f.bridged.names[x.ID], nil)
			}
			f.bridged.names[x.ID][n] = append(f.bridged.names[x.ID][n], VLANName{s, x.Name})
		}
		switch {
		case s.NoVLANNames:
		case !s.Listed.VLANs.Known():
			f.bridged.unnamed[s] = state.AllVIDs
		case len(unnamed) > 0:
			f.bridged.unnamed[s] = state.VIDs(unnamed...)
		}
	}
}

// plainName is a name without case and punctuation.
func plainName(name string) string {
	return strings.Map(func(c rune) rune {
		if unicode.IsLetter(c) || unicode.IsDigit(c) {
			return unicode.ToLower(c)
		}
		return -1
	}, name)
}

// saysNothing reports whether a plain name says no more than the number: VLAN0010, v10, 10, and default of VLAN 1.
func saysNothing(name string, v state.VID) bool {
	for _, prefix := range []string{"vlan", "vl", "v"} {
		if rest, ok := strings.CutPrefix(name, prefix); ok {
			name = rest
			break
		}
	}
	if name == "" || v == 1 && name == "default" {
		return true
	}
	if name[0] < '0' || name[0] > '9' {
		return false // a word, as most are: no error need be made of it
	}
	n, err := strconv.ParseUint(name, 10, 16)
	return err == nil && state.VID(n) == v
}
