package topology

import "uplinkcheck/drivers/state"

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
