package topology

import (
	"slices"

	"uplinkcheck/drivers/capture"
	"uplinkcheck/drivers/state"
	"uplinkcheck/inventory"
)

// A vlanPlan finds networks by name and by VLAN. Networks are numbered as in Fabric.Networks.
type vlanPlan struct {
	networks []*Network
	named    map[string][]int
	having   [4096][]int
	declared map[*inventory.Cluster][]int        // the networks that a cluster names
	union    map[*inventory.Cluster]state.VIDSet // and of their VLANs
}

func (f *Fabric) vlanPlan() *vlanPlan {
	p := &vlanPlan{networks: f.Networks, named: map[string][]int{}, declared: map[*inventory.Cluster][]int{}, union: map[*inventory.Cluster]state.VIDSet{}}
	for i, n := range f.Networks {
		p.named[n.Name] = append(p.named[n.Name], i)
		for v := range n.VLANs.All() {
			p.having[v] = append(p.having[v], i)
		}
	}
	for i := range f.Inventory.Clusters {
		c := &f.Inventory.Clusters[i]
		var vlans state.VIDSet
		for _, name := range c.Networks {
			p.declared[c] = append(p.declared[c], p.named[name]...)
		}
		for _, i := range p.declared[c] {
			vlans = vlans.Union(p.networks[i].VLANs)
		}
		p.union[c] = vlans
	}
	return p
}

// addRoles lists the networks that each host must offer: what its clusters and the host's entry say, and what it was seen to use.
func (f *Fabric) addRoles() {
	plan := f.vlanPlan()
	forAll(len(f.Hosts), func(i int) {
		h := f.Hosts[i]
		needs := h.needs(plan)
		carriers := h.carriers(plan)
		numbers := make([]int, 0, len(needs))
		for i := range needs {
			numbers = append(numbers, i)
		}
		slices.Sort(numbers)
		roles := make([]Role, len(numbers))
		for k, i := range numbers {
			r := &roles[k]
			*r = Role{Host: h, Network: f.Networks[i], From: needs[i], full: h.Name + "/" + f.Networks[i].Name}
			carriers(i, r)
			h.Required = append(h.Required, r)
		}
		h.addAlternatives()
	})
}

// addAlternatives finds the networks of one role that are paths of each other.
func (h *Host) addAlternatives() {
	for _, r := range h.Required {
		if r.Network.Path == "" {
			continue
		}
		for _, other := range h.Required {
			if other != r && other.Network.Role == r.Network.Role && other.Network.Path != "" && other.Network.Path != r.Network.Path {
				r.Alternatives = append(r.Alternatives, other)
			}
		}
	}
}

// needs returns, by network, the line that says that the host must offer it: the inventory's, or else that of something which
// uses a VLAN that no declared network of the host explains.
func (h *Host) needs(plan *vlanPlan) map[int]capture.Span {
	needs, explained := h.declares(plan)
	for i := range h.Uses {
		u := &h.Uses[i]
		if u.Kind == inventory.TrunkPort {
			continue
		}
		for v := range u.VIDs.Minus(explained).All() {
			for _, k := range plan.having[v] {
				if !needs[k].Known() && !intrudes(plan.networks[k], u) {
					needs[k] = u.From
				}
			}
		}
	}
	return needs
}

// declares returns, by network, the line of the inventory that says that the host must offer it, and the VLANs of those networks: a
// number that they explain is no sign of another network.
func (h *Host) declares(plan *vlanPlan) (lines map[int]capture.Span, explained state.VIDSet) {
	lines = map[int]capture.Span{}
	for _, c := range h.Clusters {
		for _, i := range plan.declared[c] {
			if !lines[i].Known() && c.From.Known() {
				lines[i] = c.From
			}
		}
		explained = explained.Union(plan.union[c])
	}
	add := func(names []string, from capture.Span) {
		for _, name := range names {
			for _, i := range plan.named[name] {
				if !lines[i].Known() && from.Known() {
					lines[i] = from
				}
				explained = explained.Union(plan.networks[i].VLANs)
			}
		}
	}
	if h.Entry != nil {
		add(h.Entry.Networks, h.Entry.From)
		for _, u := range h.Entry.Uplinks {
			add(u.Networks, u.From)
		}
	}
	return lines, explained
}

// intrudes reports whether the use is a guest's in a network of the infrastructure, where none belongs but the declared stations: it
// is no reason for the host to need that network.
func intrudes(n *Network, u *inventory.Use) bool {
	return u.Kind == inventory.GuestPort && n.Role.Infrastructure() && !slices.Contains(n.Stations, u.Name)
}

// carriers returns a function that tells a role the uplinks that may carry its network; Assigned where somebody said so, or the host shows
// over which it sends each VLAN.
func (h *Host) carriers(plan *vlanPlan) func(network int, r *Role) {
	declared := map[int][]*Uplink{}
	sent := make([]sending, 0, len(h.Uses))
	if h.Entry != nil {
		for _, d := range h.Entry.Uplinks {
			u := h.uplink(d.NIC)
			for _, name := range d.Networks {
				for _, i := range plan.named[name] {
					declared[i] = join(declared[i], u)
				}
			}
		}
	}
	over := map[string][]*Uplink{}
	for i := range h.Uses {
		use := &h.Uses[i]
		if use.Over == "" || use.Kind == inventory.TrunkPort {
			continue
		}
		if _, done := over[use.Over]; !done {
			over[use.Over] = h.over(use.Over)
		}
		sent = append(sent, sending{use, use.VIDs, over[use.Over]})
		for _, u := range over[use.Over] {
			if p := u.Mapped(); use.Untagged && p != nil && p.Bridge != nil {
				if vids := untaggedInto(p.Bridge); !vids.Empty() {
					sent = append(sent, sending{use, vids, []*Uplink{u}})
				}
			}
		}
	}
	return func(i int, r *Role) {
		switch uplinks, ok := declared[i]; {
		case ok:
			r.Uplinks, r.Assigned = uplinks, true
		case r.sends(sent):
			r.Assigned = true
		default:
			r.Uplinks, r.Assigned = h.Uplinks, len(h.Teams) == 1 && len(h.Teams[0].Uplinks) == len(h.Uplinks)
			if over := h.bridgesOut(r.Network); len(over) > 0 {
				r.Uplinks, r.Assigned = h.over(over[0]), len(over) == 1
				for _, name := range over[1:] {
					r.Uplinks = join(r.Uplinks, h.over(name)...)
				}
			}
		}
	}
}

// untaggedInto returns the VLANs that the port may take untagged frames to be in: one, where it says which.
func untaggedInto(b *state.BridgePort) state.VIDSet {
	switch {
	case b.PVID.Value != 0:
		return state.VIDs(b.PVID.Value)
	case b.PVID.Known():
		return state.VIDSet{}
	case b.Members.Known():
		return b.Members.Value
	}
	return state.AllVIDs
}

// bridgesOut returns the teams and NICs over which bridges of a host that told all that it sends let VLANs of the network out: of one that
// nothing of the host is seen to send, guests may tag their frames themselves.
func (h *Host) bridgesOut(n *Network) (over []string) {
	if !h.Listed.Uses.Known() {
		return nil
	}
	for i := range h.Uses {
		if u := &h.Uses[i]; u.Kind == inventory.TrunkPort && u.Over != "" && u.VIDs.Overlaps(n.VLANs) && !slices.Contains(over, u.Over) {
			over = append(over, u.Over)
		}
	}
	return over
}

// A sending is VLANs that a use of a host sends over those uplinks.
type sending struct {
	use  *inventory.Use
	vids state.VIDSet
	over []*Uplink
}

// senders are the uplinks over which a host sends a VLAN: for guests, for itself from an address, and for itself from none.
type senders struct {
	guests, addressed, bare []*Uplink
	apart                   [][]*Uplink // of guests, each set once
}

func (s *senders) add(use *inventory.Use, over []*Uplink) {
	switch {
	case use.Kind == inventory.GuestPort:
		s.guests = join(s.guests, over...)
		if !slices.ContainsFunc(s.apart, func(o []*Uplink) bool { return slices.Equal(o, over) }) {
			s.apart = append(s.apart, over)
		}
	case len(use.Addresses) > 0:
		s.addressed = join(s.addressed, over...)
	default:
		s.bare = join(s.bare, over...)
	}
}

// none reports whether nothing sends the VLAN.
func (s *senders) none() bool { return s.guests == nil && s.addressed == nil && s.bare == nil }

// of returns the uplinks that count for a network of that role: in a network for guests those of guests, in one of the infrastructure those
// of the host itself. What is left over, such as a VLAN interface that nobody took away, carries nothing for the others.
func (s *senders) of(role inventory.Role) []*Uplink {
	own := s.addressed
	if own == nil {
		own = s.bare
	}
	switch {
	case role == inventory.Guest && s.guests != nil:
		return s.guests
	case role.Infrastructure() && own != nil:
		return own
	}
	return join(join(s.guests, s.addressed...), s.bare...)
}

// sends gives the role the uplinks of all its VLANs, and of those that not all of them carry their own; it reports whether any of them is sent. A
// VLAN that the host does not send now may go over any.
func (r *Role) sends(sent []sending) bool {
	here := func(x sending) bool { return x.vids.Overlaps(r.Network.VLANs) }
	first := slices.IndexFunc(sent, here)
	if first < 0 {
		return false
	}
	if over := sent[first].over; !slices.ContainsFunc(sent, func(x sending) bool { return here(x) && !slices.Equal(x.over, over) }) {
		r.Uplinks = join(nil, over...)
		return true
	}
	var all []part
	for v := range r.Network.VLANs.All() {
		var s senders
		for _, x := range sent {
			if x.vids.Has(v) {
				s.add(x.use, x.over)
			}
		}
		if s.none() {
			continue
		}
		over := s.of(r.Network.Role)
		r.Uplinks = join(r.Uplinks, over...)
		i := slices.IndexFunc(all, func(p part) bool { return slices.Equal(p.over, over) })
		if i < 0 {
			i, all = len(all), append(all, part{over: over})
		}
		all[i].vids = all[i].vids.Union(state.VIDs(v))
		if r.Network.Role.Infrastructure() && len(s.addressed)+len(s.bare) > 0 {
			continue // guests do not belong there
		}
		for _, own := range s.apart {
			if len(own) > 0 && len(own) < len(over) && !slices.ContainsFunc(own, func(u *Uplink) bool { return !slices.Contains(over, u) }) {
				r.guests = append(r.guests, part{state.VIDs(v), own})
			}
		}
	}
	for _, p := range all {
		if len(p.over) < len(r.Uplinks) {
			r.parts = append(r.parts, p)
		}
	}
	return true
}

// over returns the uplinks of a team or NIC.
func (h *Host) over(name string) []*Uplink {
	out := []*Uplink{}
	for _, u := range h.Uplinks {
		if u.NIC.Name == name || u.NIC.Team == name {
			out = append(out, u)
		}
	}
	return out
}

// join adds uplinks to a list that is never nil afterwards. A list that they alone make up is theirs, shared.
func join(list []*Uplink, more ...*Uplink) []*Uplink {
	if list == nil && !slices.Contains(more, nil) {
		return more[:len(more):len(more)]
	}
	if list == nil {
		list = []*Uplink{}
	}
	for _, u := range more {
		if u != nil && !slices.Contains(list, u) {
			list = append(list[:len(list):len(list)], u)
		}
	}
	return list
}
