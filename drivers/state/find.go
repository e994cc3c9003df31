package state

import (
	"bytes"
	"cmp"
	"slices"
)

// Sort puts every slice in its documented order, so that equal captures give equal bytes. Drivers call it last.
func (s *Switch) Sort() {
	sort(&s.Members, func(a, b *Member) int { return NaturalCompare(a.ID, b.ID) })
	sort(&s.Extenders, func(a, b *Extender) int { return NaturalCompare(a.ID, b.ID) })
	sort(&s.Interfaces, func(a, b *Interface) int { return NaturalCompare(a.Name, b.Name) })
	sort(&s.Aggregators, func(a, b *Aggregator) int { return NaturalCompare(a.Name, b.Name) })
	for i := range s.Aggregators {
		sort(&s.Aggregators[i].Ports, func(a, b *AggregationPort) int { return NaturalCompare(a.Name, b.Name) })
	}
	sort(&s.VLANs, func(a, b *VLAN) int { return cmp.Compare(a.ID, b.ID) })
	sort(&s.BridgePorts, func(a, b *BridgePort) int { return NaturalCompare(a.Interface, b.Interface) })
	sort(&s.STP, func(a, b *STPPort) int { return NaturalCompare(a.Interface, b.Interface) })
	sort(&s.Remotes, func(a, b *RemoteSystem) int {
		if c := NaturalCompare(a.Interface, b.Interface); c != 0 {
			return c
		}
		return cmp.Or(cmp.Compare(a.ChassisID.Value.ID, b.ChassisID.Value.ID), cmp.Compare(a.PortID.Value.ID, b.PortID.Value.ID))
	})
	sort(&s.MACs, func(a, b *MACEntry) int {
		if c := cmp.Or(cmp.Compare(a.VID, b.VID), bytes.Compare(a.MAC[:], b.MAC[:])); c != 0 {
			return c
		}
		return NaturalCompare(a.Interface, b.Interface)
	})
	sort(&s.SVIs, func(a, b *SVI) int { return NaturalCompare(a.Interface, b.Interface) })
	sort(&s.VRFs, func(a, b *VRF) int { return NaturalCompare(a.Name, b.Name) })
	sort(&s.MLAG.Ports, func(a, b *MLAGPort) int { return NaturalCompare(a.ID, b.ID) })
	sort(&s.MLAG.Orphans, func(a, b *Orphan) int { return NaturalCompare(a.Interface, b.Interface) })
}

// sort puts what compares equal in the order in which it stood. Elements are large: they are moved once, and not at all where they are in
// order already and fill their list.
func sort[T any](list *[]T, compare func(a, b *T) int) {
	s := *list
	if cap(s)-len(s) > 8+len(s)/4 {
		s = slices.Clip(slices.Clone(s))
		*list = s
	}
	inOrder := true
	for i := 1; i < len(s) && inOrder; i++ {
		inOrder = compare(&s[i-1], &s[i]) <= 0
	}
	if inOrder {
		return
	}
	order := make([]int32, len(s))
	for i := range order {
		order[i] = int32(i)
	}
	slices.SortFunc(order, func(i, j int32) int {
		if c := compare(&s[i], &s[j]); c != 0 {
			return c
		}
		return cmp.Compare(i, j)
	})
	out := make([]T, len(s))
	for to, from := range order {
		out[to] = s[from]
	}
	*list = out
}

// Interface returns the interface of that name, or nil. The switch must be sorted.
func (s *Switch) Interface(name string) *Interface {
	return find(s.Interfaces, func(x *Interface) int { return NaturalCompare(x.Name, name) })
}

// Aggregator returns the aggregator of that name, or nil. The switch must be sorted.
func (s *Switch) Aggregator(name string) *Aggregator {
	return find(s.Aggregators, func(x *Aggregator) int { return NaturalCompare(x.Name, name) })
}

// BridgePort returns the bridge port on that interface, or nil. The switch must be sorted.
func (s *Switch) BridgePort(name string) *BridgePort {
	return find(s.BridgePorts, func(x *BridgePort) int { return NaturalCompare(x.Interface, name) })
}

// VLAN returns the entry of the VLAN database, or nil. The switch must be sorted.
func (s *Switch) VLAN(id VID) *VLAN {
	return find(s.VLANs, func(x *VLAN) int { return cmp.Compare(x.ID, id) })
}

func find[T any](sorted []T, compare func(*T) int) *T {
	lo, hi := 0, len(sorted)
	for lo < hi {
		mid := (lo + hi) / 2
		switch c := compare(&sorted[mid]); {
		case c == 0:
			return &sorted[mid]
		case c < 0:
			lo = mid + 1
		default:
			hi = mid
		}
	}
	return nil
}

// NaturalCompare orders names as people do: runs of digits by value, so Ethernet2 comes before Ethernet10.
// It is 0 only for equal strings.
func NaturalCompare(a, b string) int {
	i := 0
	for i < len(a) && i < len(b) && a[i] == b[i] {
		i++
	}
	for i > 0 && isDigit(a[i-1]) { // the number in which they differ begins before
		i--
	}
	j := i
	for i < len(a) && j < len(b) {
		if isDigit(a[i]) && isDigit(b[j]) {
			si, sj := i, j
			for i < len(a) && isDigit(a[i]) {
				i++
			}
			for j < len(b) && isDigit(b[j]) {
				j++
			}
			if c := compareDigits(a[si:i], b[sj:j]); c != 0 {
				return c
			}
			continue
		}
		if a[i] != b[j] {
			return cmp.Compare(a[i], b[j])
		}
		i++
		j++
	}
	return cmp.Or(cmp.Compare(len(a)-i, len(b)-j), cmp.Compare(a, b))
}

func isDigit(c byte) bool { return c >= '0' && c <= '9' }

func compareDigits(a, b string) int {
	for len(a) > 1 && a[0] == '0' {
		a = a[1:]
	}
	for len(b) > 1 && b[0] == '0' {
		b = b[1:]
	}
	return cmp.Or(cmp.Compare(len(a), len(b)), cmp.Compare(a, b))
}

// Heard answers whether a partner has spoken on the port: No when the actor's state is defaulted or the partner's
// system is zero, in which case no other partner field means anything (IEEE Std 802.1AX-2020, 6.4.2.3, 7.3.2.1.9).
func (p *AggregationPort) Heard() Tri {
	switch {
	case p.Actor.State.Known() && p.Actor.State.Value.Has(Defaulted) == Yes:
		return No
	case !p.Partner.System.Known():
		return Unknown
	case p.Partner.System.Value.IsZero():
		return No
	}
	return Yes
}
