package checks

import (
	"uplinkcheck/drivers/capture"
	"uplinkcheck/drivers/state"
	"uplinkcheck/inventory"
	"uplinkcheck/verify"
	"uplinkcheck/verify/standard"
	"uplinkcheck/verify/topology"
)

// LAG008: both ends negotiate alike.
var LAG008 = add(&verify.Check{
	ID:    "LAG-008",
	Title: "both ends negotiate alike",
	Doc: `LACP on one end and a static aggregator on the other do not work together: the static end sends on every link whether or not anybody listens,
and the other end takes the links down. Passive on both ends never starts. Static on both ends works and hides every miscabling: it
warns, unless the inventory says policy: {static_lags: true}. Set LACP on both ends, and at least one of them active.`,
	Cites:    []standard.Clause{standard.Dot1AX("7.3.2.1.20"), standard.M5153},
	Severity: verify.High,
	Run: verify.Each((*topology.Fabric).HostLAGs, func(l *topology.LAG) (v verify.Verdict) {
		if skipLAG(&v, l) {
			return v
		}
		for _, leg := range l.Legs {
			judgeMode(&v, l, leg)
		}
		return v
	}),
})

func judgeMode(v *verify.Verdict, l *topology.LAG, leg *topology.Leg) {
	name := leg.Switch.Name + "/" + leg.Aggregator.Name
	mode, from := inventory.TeamMode(0), capture.Span{}
	team := "the host"
	if l.Team != nil {
		mode, from, team = l.Team.Mode.Value, l.Team.Mode.From, l.Team.Subject().Name
	}
	switch proto := leg.Aggregator.Protocol; {
	case !proto.Known():
		v.Unknown("%s: not reported whether it runs LACP", name).Missing("aggregation protocol of %s", name)
	case proto.Value == state.Static && mode == inventory.TeamLACP:
		v.Fail(proto.From, "%s is static, but %s runs LACP", name, team).Also(from).
			Fix("run LACP on %s", name)
	case proto.Value == state.Static && mode == inventory.TeamStatic:
		staticBoth(v, l, name, team, proto.From)
	case proto.Value == state.Static && mode.NeedsAggregator() == state.No:
		v.NotApplicable("%s is %s and needs no LAG: see LAG-020", team, mode)
	case proto.Value == state.Static:
		v.Unknown("%s is static, and how %s shares its links is not known", name, team).Missing("the team mode of %s", team)
	case proto.Value != state.LACP:
		v.Fail(proto.From, "%s runs %s, which no host speaks", name, proto.Value).Fix("run LACP on %s", name)
	case mode == inventory.TeamStatic:
		v.Fail(proto.From, "%s runs LACP, but %s is static", name, team).Also(from).
			Fix("run LACP on %s", team)
	case mode.NeedsAggregator() == state.No:
		v.Fail(proto.From, "%s runs LACP, but %s is %s and runs none", name, team, mode).Also(from).
			Fix("run LACP on %s, or take its ports out of %s", team, name)
	default:
		judgeActivity(v, l, leg, name, team)
	}
}

func staticBoth(v *verify.Verdict, l *topology.LAG, name, team string, from capture.Span) {
	if l.Legs[0].Switch.Fabric.Inventory.Policy.StaticLAGs {
		v.Pass(from, "%s and %s are static, as the policy says", name, team)
		return
	}
	v.Warn(from, "%s and %s are both static: a wrong cable cannot be noticed", name, team).Fix("run LACP on both ends")
}

// judgeActivity looks for two passive ends: neither begins, so nobody is heard.
func judgeActivity(v *verify.Verdict, l *topology.LAG, leg *topology.Leg, name, team string) {
	for _, p := range leg.Ports {
		switch {
		case p.Oper() == state.No:
			v.NotApplicable("%s is down", p)
			continue
		case linkUnknown(v, p):
			continue
		case p.Member == nil:
			v.Unknown("%s: its LACP state was not reported", p).Missing("LACP state of %s", p)
			continue
		}
		active := p.Member.Actor.State.Value.Has(state.Activity)
		partner, from := partnerActivity(p)
		switch {
		case active == state.No && partner == state.No:
			v.Fail(p.Member.Actor.State.From, "%s and %s are both passive: nobody begins", name, team).Also(from).
				Fix("set LACP active on %s", name)
		case p.Member.Heard() != state.Yes && (l.Team == nil || !l.Team.Mode.Known()):
			v.Unknown("%s hears no partner, and how %s shares its links is not known", p, team).Missing("the team mode of %s", team)
		case active == state.Yes || partner == state.Yes:
			if from = p.Member.Actor.State.From; active != state.Yes {
				_, from = partnerActivity(p)
			}
			v.Pass(from, "%s: LACP is active", p)
		case p.Member.Heard() == state.Yes:
			v.Pass(p.Member.Partner.System.From, "%s hears its partner by LACP", p)
		default:
			v.Unknown("%s: not reported whether LACP is active at either end", p).Missing("LACP activity of %s and of %s", p, team)
		}
	}
}

// partnerActivity answers whether the far end is active: by its LACPDUs, or else by what the host says of itself.
func partnerActivity(p *topology.Port) (state.Tri, capture.Span) {
	if p.Member.Heard() == state.Yes && p.Member.Partner.State.Known() {
		return p.Member.Partner.State.Value.Has(state.Activity), p.Member.Partner.State.From
	}
	if p.Link != nil && p.Link.Uplink.Member != nil {
		s := p.Link.Uplink.Member.Actor.State
		return s.Value.Has(state.Activity), s.From
	}
	return state.Unknown, capture.Span{}
}
