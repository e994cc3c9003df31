package checks

import (
	"uplinkcheck/drivers/capture"
	"uplinkcheck/drivers/state"
	"uplinkcheck/inventory"
	"uplinkcheck/verify"
	"uplinkcheck/verify/standard"
	"uplinkcheck/verify/topology"
)

// LAG006: both ends describe the same link.
var LAG006 = add(&verify.Check{
	ID:    "LAG-006",
	Title: "both ends describe the same link",
	Doc: `The switch's partner must be the host's actor and the host's partner the switch's actor: system, key and port number, link by link. This
is the proof that a cable ends where both believe it does, and the only one that finds the cables of two hosts swapped. It needs LACP state from
both ends: for a host that cannot be asked it stays unknown.`,
	Cites:    []standard.Clause{standard.Dot1AX("7.3.2.1.14"), standard.Dot1AX("7.3.2.1.17")},
	Severity: verify.High,
	Run: verify.Each((*topology.Fabric).Uplinks, func(u *topology.Uplink) (v verify.Verdict) {
		var p *topology.Port
		switch {
		case notInService(&v, u):
		case u.Team == nil || u.Team.Mode.Known() && u.Team.Mode.Value != inventory.TeamLACP:
			v.NotApplicable("%s runs no LACP", u)
		case u.Member == nil || !u.Member.Actor.System.Known():
			v.Unknown("%s: the host's LACP state was not reported", u).
				Missing("log in to %s with a source that reads LACP state (source: linux)", u.Host.Name)
		default:
			p = sure(&v, u)
		}
		switch {
		case p == nil:
		case p.Member == nil:
			v.Unknown("%s: LACP state not reported", p).Missing("LACP state of %s", p)
		default:
			compareEnds(&v, u, p)
		}
		return v
	}),
})

func compareEnds(v *verify.Verdict, u *topology.Uplink, p *topology.Port) {
	v.Resting(u.Confidence())
	if p.Member.Heard() == state.No || u.Member.Heard() == state.No {
		v.NotApplicable("%s and %s: one end hears no partner: see LAG-002", u, p)
		return
	}
	compareEnd(v, p.String()+" hears", p.Member.Partner, u.String()+" is", u.Member.Actor)
	compareEnd(v, u.String()+" hears", u.Member.Partner, p.String()+" is", p.Member.Actor)
}

// compareEnd compares what one end hears with what the other end says it is. Parts that one side does not report have no weight,
// but the system must be known on both.
func compareEnd(v *verify.Verdict, hears string, partner state.Endpoint, is string, actor state.Endpoint) {
	same, known := capture.Same(partner.System, actor.System)
	if !known {
		v.Unknown("%s … and %s …: system not reported at both ends", hears, is).Missing("the LACP system id that the device itself uses")
		return
	}
	const follow = "follow the cable: what is heard at one end is not what is at the other"
	sameKey, keys := capture.Same(partner.Key, actor.Key)
	samePort, ports := capture.Same(partner.Port, actor.Port)
	switch {
	case !same:
		v.Fail(partner.System.From, "%s system %s, but %s system %s", hears, partner.System.Value, is, actor.System.Value).Also(actor.System.From).Fix(follow)
	case keys && !sameKey:
		v.Fail(partner.Key.From, "%s key %d, but %s key %d", hears, partner.Key.Value, is, actor.Key.Value).Also(actor.Key.From).Fix(follow)
	case ports && !samePort:
		v.Fail(partner.Port.From, "%s port %d, but %s port %d", hears, partner.Port.Value, is, actor.Port.Value).Also(actor.Port.From).Fix(follow)
	default:
		v.Pass(partner.System.From, "%s what %s", hears, is).Also(actor.System.From)
	}
}

// notInService says n/a for uplinks of hosts that are declared out of service.
func notInService(v *verify.Verdict, u *topology.Uplink) bool {
	if u.Host.Entry != nil && u.Host.Entry.Maintenance {
		v.NotApplicable("%s is declared out of service", u.Host.Name)
		return true
	}
	return false
}

// sure returns the port an uplink ends on, and nil, with unknown noted, when that is not known, only hinted at, or disputed.
func sure(v *verify.Verdict, u *topology.Uplink) *topology.Port {
	p := u.Mapped()
	switch c := u.Confidence(); {
	case p == nil || c == topology.Contradicted:
		unmapped(v, u)
		return nil
	case c <= topology.Inferred:
		v.Unknown("%s: only a hint that it ends on %s (%s)", u, p, u.Link.Says()).
			Missing("LLDP on %s or its switch, LACP on its bond, or mac: and port: in the inventory", u.Host.Name)
		return nil
	}
	return p
}

// unmapped says unknown for an uplink of which no port is known, with what would map it.
func unmapped(v *verify.Verdict, u *topology.Uplink) {
	if u.Link != nil {
		v.Unknown("%s: sources disagree about where it ends (%s)", u, u.Link.Says()).
			Missing("settle RED-008 for %s first", u)
		return
	}
	if who := u.Unheard(); who != "" {
		v.Unknown("%s: %s", u, u.NotMapped()).Missing("collect %s, under switches: in the inventory", who)
		return
	}
	v.Unknown("%s: %s", u, u.NotMapped()).
		Missing("LLDP on %s or its switch, LACP on its bond, its mac: in the inventory, or port: for %s", u.Host.Name, u.NIC.Name)
}
