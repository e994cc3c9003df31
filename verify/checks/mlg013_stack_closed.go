package checks

import (
	"slices"

	"uplinkcheck/drivers/capture"
	"uplinkcheck/drivers/state"
	"uplinkcheck/verify"
	"uplinkcheck/verify/standard"
	"uplinkcheck/verify/topology"
)

// MLG013: a stack is complete and survives the loss of one stack cable.
var MLG013 = add(&verify.Check{
	ID:    "MLG-013",
	Title: "a stack is complete and survives the loss of one stack cable",
	Doc: `A member that is missing has taken its ports along. A stack whose ring is open, or whose two members hang on one cable, falls apart with the next cable:
two halves with one identity. Without a standby the loss of the master takes all members down until they have elected another. A missing member and
a second master fail, the rest warns. A switch on its own is no stack. Whether a stack would notice that it was split is not reported.`,
	Cites:    []standard.Clause{standard.Grundschutz("NET.3.1.A26", "E")},
	Severity: verify.High,
	Run: verify.Each(func(f *topology.Fabric) []*topology.Switch { return f.Switches }, func(s *topology.Switch) (v verify.Verdict) {
		switch stacked := s.Device.Stacked; {
		case !stacked.Known():
			v.Unknown("%s: not reported whether it is a stack", s.Name).Missing("the members of %s", s.Name)
			return v
		case !stacked.Value:
			v.NotApplicable("%s is a switch on its own", s.Name)
			return v
		}
		present := judgeMembers(&v, s)
		judgeMaster(&v, s, present)
		judgeRing(&v, s, present)
		return v
	}),
})

// judgeMembers says which members are missing and returns those that are there.
func judgeMembers(v *verify.Verdict, s *topology.Switch) (present []*state.Member) {
	for i := range s.Members {
		m := &s.Members[i]
		switch {
		case !m.Up.Known():
			v.Unknown("%s member %s: not reported whether it is there", s.Name, m.ID).Missing("the state of member %s of %s", m.ID, s.Name)
		case !m.Up.Value:
			v.Fail(m.Up.From, "%s member %s is missing", s.Name, m.ID).Fix("look at power and stack cables of member %s of %s", m.ID, s.Name)
		default:
			present = append(present, m)
			v.Pass(m.Up.From, "%s member %s is there", s.Name, m.ID)
		}
	}
	return present
}

func judgeMaster(v *verify.Verdict, s *topology.Switch, present []*state.Member) {
	var master, standby *state.Member
	for _, m := range present {
		switch {
		case !m.Role.Known():
			v.Unknown("%s member %s: its role was not reported", s.Name, m.ID).Missing("the role of member %s of %s", m.ID, s.Name)
			return
		case m.Role.Value == state.RoleActive && master != nil:
			v.Fail(m.Role.From, "%s members %s and %s are both master", s.Name, master.ID, m.ID).Also(master.Role.From).
				Fix("restore the stack cables of %s", s.Name)
			return
		case m.Role.Value == state.RoleActive:
			master = m
		case m.Role.Value == state.RoleStandby:
			standby = m
		}
	}
	switch {
	case standby != nil:
		v.Pass(standby.Role.From, "%s member %s stands by to be master", s.Name, standby.ID)
	case len(present) > 1:
		v.Warn(present[0].Role.From, "%s: no member stands by to be master", s.Name).Fix("let a second member of %s become master", s.Name)
	}
}

// judgeRing asks whether the members stay together when any one stack cable goes.
func judgeRing(v *verify.Verdict, s *topology.Switch, present []*state.Member) {
	var cables []cable
	var from []capture.Span
	for _, m := range present {
		if !m.LinksFrom.Known() || len(m.Links) == 0 && len(present) > 1 {
			v.Unknown("%s member %s: its stack cables were not reported", s.Name, m.ID).Missing("the stack ports of member %s of %s", m.ID, s.Name)
			return
		}
		from = append(from, m.LinksFrom)
		for _, l := range m.Links {
			if m.ID < l.To {
				cables = append(cables, cable{m.ID, l.To})
			}
		}
	}
	if len(present) < 2 {
		return
	}
	switch lost := weakest(present, cables); {
	case !together(present, cables):
		v.Warn(from[0], "%s: the stack cables that it reports do not join all its members", s.Name).Also(from[1:]...).
			Fix("look at the stack cables of %s", s.Name)
	case lost == nil:
		v.Pass(from[0], "%s stays together when any one of its %d stack cables goes", s.Name, len(cables)).Also(from[1:]...)
	case len(present) == 2:
		v.Warn(from[0], "%s hangs together by a single stack cable", s.Name).Also(from[1:]...).
			Fix("connect members %s and %s by a second stack cable", lost.a, lost.b)
	default:
		v.Warn(from[0], "%s falls apart when the stack cable between members %s and %s goes: its ring is open", s.Name, lost.a, lost.b).Also(from[1:]...).
			Fix("close the ring of stack cables of %s", s.Name)
	}
}

// A cable joins two members, the one with the smaller name first.
type cable struct{ a, b string }

// weakest returns a cable without which the members do not all reach each other, nil when there is none.
func weakest(members []*state.Member, cables []cable) *cable {
	for i := range cables {
		rest := slices.Delete(slices.Clone(cables), i, i+1)
		if !together(members, rest) {
			return &cables[i]
		}
	}
	return nil
}

func together(members []*state.Member, cables []cable) bool {
	reached := map[string]bool{members[0].ID: true}
	for range members { // each round reaches at least one more, or all that can be
		for _, c := range cables {
			if reached[c.a] || reached[c.b] {
				reached[c.a], reached[c.b] = true, true
			}
		}
	}
	return !slices.ContainsFunc(members, func(m *state.Member) bool { return !reached[m.ID] })
}
