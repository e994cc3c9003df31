package checks

import (
	"uplinkcheck/drivers/capture"
	"uplinkcheck/drivers/state"
	"uplinkcheck/verify"
	"uplinkcheck/verify/standard"
	"uplinkcheck/verify/topology"
)

// LAG004: one partner system per LAG.
var LAG004 = add(&verify.Check{
	ID:    "LAG-004",
	Title: "one partner system per LAG",
	Doc: `All members of a LAG, on both switches of a pair, must hear the same partner system: priority and address. Two partners in one LAG are
cables of two hosts in it, and one of them is cut off or, worse, the frames of one go to the other. RED-005 says whose cable it is.
The partner's address need not be that of a NIC; compare it with what the host itself reports.`,
	Cites:    []standard.Clause{standard.Dot1AX("7.3.1.1.10"), standard.Dot1AX("7.3.2.1.9"), standard.Dot1AX("7.3.2.1.7"), standard.M5153},
	Severity: verify.Critical,
	Run: verify.Each((*topology.Fabric).AllLAGs, func(l *topology.LAG) (v verify.Verdict) {
		onePartner(&v, l, "partner system", func(a, b *state.AggregationPort) bool {
			equal, known := capture.Same(a.Partner.SystemPriority, b.Partner.SystemPriority)
			return a.Partner.System.Value == b.Partner.System.Value && (equal || !known)
		}, func(m *state.AggregationPort) string { return m.Partner.SystemID().Value.String() })
		return v
	}),
})

// onePartner compares all members of a LAG that hear a partner with the first one.
func onePartner(v *verify.Verdict, l *topology.LAG, what string, same func(a, b *state.AggregationPort) bool, show func(*state.AggregationPort) string) {
	if skipLAG(v, l) {
		return
	}
	if runsNoLACP(v, l) {
		return
	}
	notWhole(v, l)
	var first *topology.Port
	for _, p := range lacpLanes(l) {
		switch {
		case p.Member == nil || p.Member.Heard() == state.Unknown:
			if p.Oper() != state.No {
				v.Unknown("%s: partner not reported", p).Missing("LACP partner of %s", p)
			}
		case p.Member.Heard() == state.No:
			v.NotApplicable("%s hears no partner: see LAG-002", p)
		case first == nil:
			first = p
			v.Pass(p.Member.Partner.System.From, "%s: %s %s", p, what, show(p.Member))
		case same(first.Member, p.Member):
			v.Pass(p.Member.Partner.System.From, "%s: %s %s", p, what, show(p.Member))
		default:
			v.Fail(p.Member.Partner.System.From, "%s has %s %s, but %s has %s", p, what, show(p.Member), first, show(first.Member)).
				Also(first.Member.Partner.System.From).
				Fix("find out which cable of %s is in the wrong port: %s or %s", l.Name, p, first)
		}
	}
}
