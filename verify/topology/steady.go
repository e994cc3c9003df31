package topology

import (
	"time"

	"uplinkcheck/drivers/capture"
	"uplinkcheck/drivers/state"
	"uplinkcheck/inventory"
)

// addBefore gives switches and ports what an earlier sample of the same run says of them.
func (f *Fabric) addBefore(samples []*state.Switch) {
	for _, earlier := range samples {
		s := f.switches[earlier.Name]
		if s == nil {
			continue
		}
		s.Before = earlier
		for i := range earlier.Aggregators {
			for j := range earlier.Aggregators[i].Ports {
				if p := s.ports[earlier.Aggregators[i].Ports[j].Name]; p != nil {
					p.Before = &earlier.Aggregators[i].Ports[j]
				}
			}
		}
		for i := range earlier.Interfaces {
			if p := s.ports[earlier.Interfaces[i].Name]; p != nil {
				p.Earlier = &earlier.Interfaces[i]
			}
		}
	}
}

// addEarlier gives uplinks what an earlier sample of the same run says of their place in a team.
func (f *Fabric) addEarlier(samples []*inventory.Host) {
	for _, earlier := range samples {
		h := f.hosts[earlier.Name]
		if f.leftOut[earlier.Name] {
			continue
		}
		if h == nil {
			continue
		}
		before := map[string]*inventory.TeamMember{}
		for i := range earlier.Teams {
			for j := range earlier.Teams[i].Members {
				m := &earlier.Teams[i].Members[j]
				before[m.Name] = m
			}
		}
		for _, u := range h.Uplinks {
			u.Before = before[u.NIC.Name]
		}
	}
}

// Apart returns the time between the replies in which two facts stand, earlier one first. ok is false when one of them is unknown
// or its reply has no time.
func Apart(before, after capture.Span) (d time.Duration, ok bool) {
	if !before.Known() || !after.Known() || before.Reply.At.IsZero() || after.Reply.At.IsZero() {
		return 0, false
	}
	return after.Reply.At.Sub(before.Reply.At), true
}

// Steady answers whether a condition of the port's aggregation state lasts: Yes when it holds now and held in the earlier
// sample, No when it does not hold now or did not hold before, Unknown when it holds now and only one sample was taken.
func (p *Port) Steady(holds func(*state.AggregationPort) bool) state.Tri {
	switch {
	case p.Member == nil || !holds(p.Member):
		return state.No
	case p.Before == nil:
		return state.Unknown
	case holds(p.Before):
		return state.Yes
	}
	return state.No
}

// Unsettled reports whether the port's LACP state is one that may be passing: link up, and the bits of a working port
// missing or the partner expired. A second sample decides.
func (p *Port) Unsettled() bool {
	if p.Member == nil || p.Oper() != state.Yes || !p.Member.Actor.State.Known() {
		return false
	}
	s := p.Member.Actor.State.Value
	return s.Has(working) == state.No || s.Has(state.Expired) == state.Yes ||
		(p.Member.Partner.State.Known() && p.Member.Partner.State.Value.Has(working) == state.No)
}

// Unsettled names the switches with a port whose LACP state may be passing.
func (f *Fabric) Unsettled() (names []string) {
	for _, s := range f.Switches {
		for _, p := range s.Ports {
			if p.Unsettled() {
				names = append(names, s.Name)
				break
			}
		}
	}
	return names
}
