package synth

import (
	"uplinkcheck/drivers/state"
	"uplinkcheck/inventory"
)

// settle works out what becomes of the plan: which links are up, and both ends of every LACP conversation. It may be called
// again after a fault.
func (f *Fabric) settle() {
	for l := range f.lags() {
		for _, m := range l.members {
			m.speaks = l.mode == inventory.TeamLACP && m.up()
			m.heard, m.sync, m.flows, m.few, m.other = false, false, false, false, false
		}
	}
	for l := range f.lags() {
		for _, m := range l.members {
			m.heard = m.speaks && m.far.speaks
		}
	}
	for l := range f.lags() {
		l.selectPartner()
	}
	for l := range f.lags() {
		n := 0
		for _, m := range l.members {
			switch l.mode {
			case inventory.TeamLACP:
				m.flows = m.sync && !m.other && m.far.sync
			default:
				m.flows = m.up()
			}
			if m.flows {
				n++
			}
		}
		for _, m := range l.members {
			if m.flows && n < l.min {
				m.flows, m.few = false, true
			}
		}
	}
}

func (f *Fabric) lags() func(yield func(*lag) bool) {
	return func(yield func(*lag) bool) {
		for _, s := range f.switches {
			for _, l := range s.lags {
				if !yield(l) {
					return
				}
			}
		}
		for _, hosts := range [][]*host{f.hosts, f.machines} {
			for _, h := range hosts {
				for _, t := range h.teams {
					if !yield(t) {
						return
					}
				}
			}
		}
	}
}

// up reports whether the link is up at this end.
func (j *jack) up() bool {
	return !j.shut && j.far != nil && !j.pulled && !j.far.pulled && !j.far.shut
}

// partner is what a member takes the other end of its link to be.
type partner struct {
	system state.MAC
	key    uint16
}

func (j *jack) partner() partner { return partner{j.far.lag.system, j.far.lag.key} }

// selectPartner settles on the partner that most members hear; the first member wins a tie (IEEE Std 802.1AX-2020, 6.4.14).
func (l *lag) selectPartner() {
	var best *jack
	most := 0
	for _, m := range l.members {
		if !m.heard {
			continue
		}
		n := 0
		for _, o := range l.members {
			if o.heard && o.partner() == m.partner() {
				n++
			}
		}
		if n > most {
			best, most = m, n
		}
	}
	for _, m := range l.members {
		same := best != nil && m.heard && m.partner() == best.partner()
		m.sync = same || m.heard && l.host != nil // a kernel bond gives a port that does not fit an aggregator of its own, in sync but idle
		m.other = m.heard && !same
	}
}

// selected is what the selection logic makes of a member.
func (m *jack) selected() state.Selection {
	if m.flows {
		return state.Selected
	}
	return state.Unselected
}

// bits is the LACP state octet that a member sends.
func (m *jack) bits() state.LACPBits {
	s := state.Aggregation | state.Activity | state.ShortTimeout
	if !m.heard {
		s |= state.Defaulted
	}
	if m.sync {
		s |= state.Synchronization
	}
	if m.flows {
		s |= state.Collecting | state.Distributing
	}
	return s
}

// oper is whether anything flows over a LAG or team.
func (l *lag) oper() state.Status {
	for _, m := range l.members {
		if m.flows {
			return state.Up
		}
	}
	return state.Down
}

func status(up bool) state.Status {
	if up {
		return state.Up
	}
	return state.Down
}
