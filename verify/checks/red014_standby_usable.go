package checks

import (
	"slices"

	"uplinkcheck/drivers/capture"
	"uplinkcheck/drivers/state"
	"uplinkcheck/inventory"
	"uplinkcheck/verify"
	"uplinkcheck/verify/standard"
	"uplinkcheck/verify/topology"
)

// RED014: the uplink that stands by would do the work.
var RED014 = add(&verify.Check{
	ID:    "RED-014",
	Title: "the uplink that stands by would do the work",
	Doc: `A standby uplink is not used until the day on which it is needed. That day its link must be up, every VLAN of the active one must be allowed, active and not blocked on
its port, and frames of the same size must fit. All three are asked of the switch now. An empty forwarding database says nothing: a standby
uplink learns no addresses. Where the team does not say which uplink is active, all of them are judged.`,
	Cites:    []standard.Clause{standard.M5153},
	Severity: verify.High,
	Run: verify.Each((*topology.Fabric).Teams, func(t *topology.Team) (v verify.Verdict) {
		name := t.Subject().Name
		switch {
		case t.Host.Entry != nil && t.Host.Entry.Maintenance:
			v.NotApplicable("%s is declared out of service", t.Host.Name)
		case !t.Mode.Known():
			v.Unknown("%s: mode not reported", name).Missing("how %s shares traffic: bonds: in the inventory, or a source that asks %s", name, t.Host.Name)
		case len(t.Uplinks) < 2:
			v.NotApplicable("%s has one uplink", name)
		default:
			judgeStandby(&v, t)
		}
		return v
	}),
})

func judgeStandby(v *verify.Verdict, t *topology.Team) {
	for _, u := range t.Uplinks {
		switch hot := u.Member != nil && capture.Is(u.Member.Selected, state.Standby); {
		case t.Mode.Value == inventory.TeamActiveBackup && !capture.Is(t.Active, u.NIC.Name):
			judgeStandbyUplink(v, u)
		case hot:
			judgeHotStandby(v, u)
		}
	}
	if v.Outcome() == verify.NotApplicable && t.Mode.Value != inventory.TeamActiveBackup {
		v.NotApplicable("%s uses all its uplinks at once (%s)", t.Subject().Name, t.Mode.Value)
	}
}

func judgeStandbyUplink(v *verify.Verdict, u *topology.Uplink) {
	host := u.InService()
	if host.Answer == state.No {
		v.Fail(host.Evidence(), "%s stands by and is out of service: %s", u, host.Why).Fix("%s", toService(u))
		return
	}
	p := sure(v, u)
	if p == nil {
		return
	}
	need := needed(u)
	besides, perhaps := mayTake(u, need.loose)
	wanted := need.vids.Union(besides)
	c := p.InService()
	if !wanted.Empty() {
		c = u.CarriesAll(wanted)
	}
	switch {
	case c.Answer == state.No:
		v.Fail(c.Evidence(), "%s stands by on %s and could not take over: %s", u, p, c.Why).Also(c.From...).Also(u.Link.Evidence()...).
			Fix("give %s what the active uplink of %s has: VLAN %s", p, u.Team.Name, wanted)
	case c.Answer == state.Unknown:
		v.Unknown("%s stands by: %s", u, c.Why).Missing("%s", c.Why)
	case u.CarriesAll(perhaps).Answer != state.Yes:
		v.Unknown("%s stands by on %s: not known whether %s needs VLAN %s over another uplink", u, p, u.Team.Name, perhaps).
			Missing("where each uplink of %s ends, and the VLANs of those ports; or networks: of each uplink of %s in the inventory", u.Team.Subject().Name, u.Host.Name)
	default:
		v.Pass(c.Evidence(), "%s stands by on %s, which is up and carries VLAN %s", u, p, wanted).Also(c.From...)
	}
	if sizes := frameSizes(v, u); len(sizes) > 0 {
		judgePort(v, largest(sizes), p)
	}
}

// mayTake returns the VLANs that another uplink of the team has, and those that one may have, of networks of which nobody said over which of its
// uplinks the host sends them: what none has goes over an uplink outside of the team.
func mayTake(u *topology.Uplink, loose []*topology.Role) (has, may state.VIDSet) {
	for _, r := range loose {
		for vid := range r.Network.VLANs.All() {
			answer := state.No
			for _, o := range u.Team.Uplinks {
				switch p := o.Mapped(); {
				case o == u:
				case p == nil:
					answer = answer.Or(state.Unknown)
				default:
					answer = answer.Or(p.HasVLAN(vid).Answer)
				}
			}
			switch answer {
			case state.Yes:
				has = has.Union(state.VIDs(vid))
			case state.Unknown:
				may = may.Union(state.VIDs(vid))
			}
		}
	}
	return has, may
}

// judgeHotStandby judges a link that LACP holds in reserve: it must be up, its VLANs are those of its LAG.
func judgeHotStandby(v *verify.Verdict, u *topology.Uplink) {
	p := sure(v, u)
	switch {
	case p == nil:
	case p.Oper() == state.Yes && !capture.Is(u.NIC.Oper, state.Down):
		v.Pass(p.Interface.Oper.From, "%s is a hot standby, and %s is up", u, p)
	case p.Oper() == state.Unknown:
		v.Unknown("%s is a hot standby, and the link state of %s was not reported", u, p).Missing("the link state of %s", p)
	default:
		v.Fail(first(slices.Concat(spansOf(p), []capture.Span{u.NIC.Oper.From})), "%s is a hot standby and down", u).Fix("bring %s on %s up", u, p)
	}
}

func spansOf(p *topology.Port) []capture.Span {
	if p.Interface == nil {
		return nil
	}
	return []capture.Span{p.Interface.Oper.From}
}
