package checks

import (
	"uplinkcheck/drivers/state"
	"uplinkcheck/verify"
	"uplinkcheck/verify/standard"
	"uplinkcheck/verify/topology"
)

// LAG005: one partner key per LAG.
var LAG005 = add(&verify.Check{
	ID:    "LAG-005",
	Title: "one partner key per LAG",
	Doc: `One partner system with two keys in one LAG means that the host has two bonds there, or one bond is split over two LAGs: only the members
of one key can work. Keys have meaning only at their own end: they are never compared with port-channel or MLAG numbers.`,
	Cites:    []standard.Clause{standard.Dot1AX("7.3.2.1.11"), standard.Dot1AX("6.3.5")},
	Severity: verify.High,
	Run: verify.Each((*topology.Fabric).AllLAGs, func(l *topology.LAG) (v verify.Verdict) {
		if skipLAG(&v, l) {
			return v
		}
		if runsNoLACP(&v, l) {
			return v
		}
		notWhole(&v, l)
		first := map[state.MAC]*topology.Port{}
		for _, p := range lacpLanes(l) {
			switch {
			case p.Member == nil || p.Member.Heard() == state.Unknown:
				if p.Oper() != state.No {
					v.Unknown("%s: partner not reported", p).Missing("LACP partner of %s", p)
				}
			case p.Member.Heard() == state.No:
				v.NotApplicable("%s hears no partner: see LAG-002", p)
			case !p.Member.Partner.Key.Known():
				v.Unknown("%s: partner key not reported", p).Missing("LACP partner key of %s", p)
			default:
				judgeKey(&v, p, first)
			}
		}
		return v
	}),
})

func judgeKey(v *verify.Verdict, p *topology.Port, first map[state.MAC]*topology.Port) {
	system, key := p.Member.Partner.System.Value, p.Member.Partner.Key
	other := first[system]
	switch {
	case other == nil:
		first[system] = p
		v.Pass(key.From, "%s: partner key %d", p, key.Value)
	case other.Member.Partner.Key.Value == key.Value:
		v.Pass(key.From, "%s: partner key %d", p, key.Value)
	default:
		v.Fail(key.From, "%s has partner key %d, but %s has %d, from the same system %s", p, key.Value, other, other.Member.Partner.Key.Value, system).
			Also(other.Member.Partner.Key.From).
			Fix("put both NICs of %s into one bond, or both ports into the LAG they belong to", system)
	}
}
