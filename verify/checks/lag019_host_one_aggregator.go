package checks

import (
	"uplinkcheck/drivers/capture"
	"uplinkcheck/drivers/state"
	"uplinkcheck/inventory"
	"uplinkcheck/verify"
	"uplinkcheck/verify/standard"
	"uplinkcheck/verify/topology"
)

// LAG019: the host has all links of a bond in one aggregator.
var LAG019 = add(&verify.Check{
	ID:    "LAG-019",
	Title: "the host has all links of a bond in one aggregator",
	Doc: `A Linux bond in mode 802.3ad puts links with different partners or keys into different aggregators and uses only one of them; the bond says "up"
all the same. Open vSwitch says it by a member that is not current or not attached. Both mean that the switch side presents two identities:
a multi-chassis pair with different system ids or keys, or legs on switches that are no pair. Other bond modes have no aggregator.`,
	Cites:    []standard.Clause{standard.M5153},
	Severity: verify.High,
	Run: verify.Each((*topology.Fabric).Teams, func(t *topology.Team) (v verify.Verdict) {
		switch {
		case t.Host.Entry != nil && t.Host.Entry.Maintenance:
			v.NotApplicable("%s is declared out of service", t.Host.Name)
			return v
		case !t.Mode.Known():
			v.Unknown("%s: mode not reported", t.Subject().Name).Missing("the mode of bond %s", t.Name)
			return v
		case t.Mode.Value != inventory.TeamLACP:
			v.NotApplicable("%s is %s: it has no aggregator", t.Subject().Name, t.Mode.Value)
			return v
		}
		var first *inventory.TeamMember
		attached := attachedOnly(t)
		for i := range t.Members {
			m := &t.Members[i]
			numbered, unselected := m.Aggregator.Known(), capture.Is(m.Selected, state.Unselected)
			switch {
			case capture.Is(m.Link, state.Down):
				v.NotApplicable("%s is down", m.Name)
			case !m.Link.Known() && (capture.Is(m.Current, false) || unselected):
				v.Unknown("%s/%s is not in use, and whether it is up was not reported", t.Host.Name, m.Name).Missing("the link state of %s/%s", t.Host.Name, m.Name)
			case capture.Is(m.Current, false):
				v.Fail(m.Current.From, "%s/%s is up, but its LACP partner is not current", t.Host.Name, m.Name)
			case unselected:
				v.Fail(m.Selected.From, "%s/%s is up, but not attached to %s's aggregator", t.Host.Name, m.Name, t.Name)
			case numbered && first == nil:
				first = m
				judgeNumber(&v, t, m)
			case numbered && first.Aggregator.Value != m.Aggregator.Value:
				v.Fail(m.Aggregator.From, "%s/%s is in aggregator %s, but %s is in %s", t.Host.Name, m.Name, m.Aggregator.Value, first.Name, first.Aggregator.Value).
					Also(first.Aggregator.From)
			case numbered:
				judgeNumber(&v, t, m)
			case attached && isAttached(m):
				v.Pass(m.Current.From, "%s/%s is current and attached", t.Host.Name, m.Name).Also(m.Selected.From)
			default:
				v.Unknown("%s/%s: its aggregator was not reported", t.Host.Name, m.Name).Missing(readBonds, t.Host.Name)
			}
		}
		if v.Outcome() == verify.Fail {
			v.Fix("make the switch ports of %s one LAG: one system id, one key, one pair", t.Subject().Name)
		}
		return v
	}),
})

const readBonds = "log in to %s with a source that reads bonds (source: linux), as a user who may read LACP details"

// judgeNumber judges a link that is in the aggregator of those before it: of one that does not say so, the partner may have gone silent.
func judgeNumber(v *verify.Verdict, t *topology.Team, m *inventory.TeamMember) {
	if !m.Current.Known() {
		v.Unknown("%s/%s: whether its LACP partner is current was not reported", t.Host.Name, m.Name).Missing(readBonds, t.Host.Name)
		return
	}
	v.Pass(m.Aggregator.From, "%s/%s is in aggregator %s", t.Host.Name, m.Name, m.Aggregator.Value)
}

// attachedOnly: every member that is not down is said to be attached, so that none of them is in another aggregator: that one is attached
// and another in aggregator 2 compares nothing.
func attachedOnly(t *topology.Team) bool {
	for i := range t.Members {
		if m := &t.Members[i]; !capture.Is(m.Link, state.Down) && !isAttached(m) {
			return false
		}
	}
	return true
}

func isAttached(m *inventory.TeamMember) bool {
	return capture.Is(m.Current, true) && (capture.Is(m.Selected, state.Selected) || capture.Is(m.Selected, state.Standby))
}
