package checks

import (
	"uplinkcheck/drivers/state"
	"uplinkcheck/verify"
	"uplinkcheck/verify/standard"
	"uplinkcheck/verify/topology"
)

// LAG011: minimum links leave room for one loss.
var LAG011 = add(&verify.Check{
	ID:    "LAG-011",
	Title: "minimum links leave room for one loss",
	Doc: `A LAG with as many members as its minimum of links goes down as a whole when one of them does: the redundancy is there and is not used.
The minimum counts the members on one switch. Lower it, or add members.`,
	Cites:    []standard.Clause{standard.Grundschutz("NET.1.1.A13", "B")},
	Severity: verify.Medium,
	Run: verify.Each((*topology.Fabric).AllLAGs, func(l *topology.LAG) (v verify.Verdict) {
		if skipLAG(&v, l) {
			return v
		}
		for _, leg := range l.Legs {
			minimum := leg.Aggregator.MinLinks
			name := leg.Switch.Name + "/" + leg.Aggregator.Name
			up := 0
			for _, p := range leg.Ports {
				if p.Oper() != state.No {
					up++
				}
			}
			switch {
			case !minimum.Known():
				v.Unknown("%s: minimum of links not reported", name).Missing("the minimum of links of %s", name)
			case minimum.Value <= 1:
				v.Pass(minimum.From, "%s needs one link", name)
			case minimum.Value > up-1:
				v.Warn(minimum.From, "%s needs %d links and has %d: the loss of one takes it down", name, minimum.Value, up).
					Fix("set the minimum of links of %s to %d or less", name, max(1, up-1))
			default:
				v.Pass(minimum.From, "%s needs %d of %d links", name, minimum.Value, up)
			}
		}
		return v
	}),
})
