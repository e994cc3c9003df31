package checks

import (
	"uplinkcheck/drivers/state"
	"uplinkcheck/verify"
	"uplinkcheck/verify/standard"
	"uplinkcheck/verify/topology"
)

// LAG020: the switch side fits the host's teaming.
var LAG020 = add(&verify.Check{
	ID:    "LAG-020",
	Title: "the switch side fits the host's teaming",
	Doc: `A team that shares links by itself (active-backup, balance-alb, source port, Switch Embedded Teaming) must meet plain ports: towards a LAG its
address moves between ports and frames are lost. A team with LACP or a static hash must meet a LAG: without one it receives frames twice or not
at all. An ESXi standard switch has no LACP, and "route based on IP hash" there needs a static LAG.`,
	Cites:    []standard.Clause{standard.M5153},
	Severity: verify.Critical,
	Run: verify.Each((*topology.Fabric).Teams, func(t *topology.Team) (v verify.Verdict) {
		for _, u := range t.Uplinks {
			if notInService(&v, u) {
				continue
			}
			if !t.Mode.Known() {
				v.Unknown("%s: mode not reported", t.Subject().Name).Missing("the mode of %s: bonds: in the inventory says it", t.Subject().Name)
				continue
			}
			p := sure(&v, u)
			switch {
			case p == nil:
			case t.Mode.Value.NeedsAggregator() == state.Yes && p.Aggregator == nil:
				needsAggregator(&v, t, u, p)
			case t.Mode.Value.NeedsAggregator() == state.No && p.Aggregator != nil:
				v.Fail(p.Aggregator.From, "%s is %s, but %s is in %s", t.Subject().Name, t.Mode.Value, p, p.Aggregator.Name).Also(t.Mode.From).
					Fix("take %s out of %s, or run LACP on %s", p, p.Aggregator.Name, t.Subject().Name)
			case p.Aggregator != nil:
				v.Pass(p.Aggregator.From, "%s is %s and %s is in %s", t.Subject().Name, t.Mode.Value, p, p.Aggregator.Name).Also(t.Mode.From)
			default:
				v.Pass(t.Mode.From, "%s is %s and %s is in no LAG", t.Subject().Name, t.Mode.Value, p)
			}
		}
		return v
	}),
})

// needsAggregator: that a port is in none is known only when the switch listed its aggregators or spoke of the port.
func needsAggregator(v *verify.Verdict, t *topology.Team, u *topology.Uplink, p *topology.Port) {
	from := p.Switch.Listed.Aggregators
	if p.Interface != nil && p.Interface.Aggregator.Known() {
		from = p.Interface.Aggregator.From
	}
	if !from.Known() {
		v.Unknown("%s: not reported whether it is in a LAG", p).Missing("the LAGs of %s", p.Switch.Name)
		return
	}
	v.Fail(from, "%s is %s, but %s is in no LAG", t.Subject().Name, t.Mode.Value, p).Also(t.Mode.From).
		Fix("put %s into the LAG of %s's other links", p, t.Subject().Name)
}
