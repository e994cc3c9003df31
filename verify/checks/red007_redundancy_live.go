package checks

import (
	"uplinkcheck/drivers/capture"
	"uplinkcheck/drivers/state"
	"uplinkcheck/verify"
	"uplinkcheck/verify/standard"
	"uplinkcheck/verify/topology"
)

// RED007: every uplink is in service, not only configured.
var RED007 = add(&verify.Check{
	ID:    "RED-007",
	Title: "every uplink is in service, not only configured",
	Doc: `A second path that is down, suspended, error-disabled, out of its LAG or blocked by the spanning tree in every VLAN is no redundancy, and nothing
else tells: the host still works. Both ends are asked; one of them saying no is enough. A standby link needs only be up. The forwarding database is
no evidence: standby links learn nothing.`,
	Cites:    []standard.Clause{standard.Grundschutz("NET.1.1.A14", "B"), standard.Grundschutz("NET.1.2.A25", "S")},
	Severity: verify.High,
	Run: verify.Each((*topology.Fabric).Uplinks, func(u *topology.Uplink) (v verify.Verdict) {
		if notInService(&v, u) {
			return v
		}
		host := u.InService()
		if host.Answer == state.No {
			v.Fail(host.Evidence(), "%s", host.Why).Fix("%s", toService(u))
			return v
		}
		p := sure(&v, u)
		if p == nil {
			return v
		}
		v.Resting(u.Confidence())
		switch c := p.InService().And(p.Unblocked()); c.Answer {
		case state.No:
			v.Fail(c.Evidence(), "%s: %s", u, c.Why).Also(u.Link.Evidence()...).Fix("bring %s into service", p)
		case state.Unknown:
			v.Unknown("%s: %s", u, c.Why).Missing("%s", c.Why)
		default:
			v.Pass(c.Evidence(), "%s on %s is up and in service", u, p).Also(host.From...)
		}
		return v
	}),
})

// toService says what would bring an uplink into service that is not by its host's word.
func toService(u *topology.Uplink) string {
	if u.Team != nil && capture.Is(u.Team.Watched, false) && !capture.Is(u.NIC.Oper, state.Down) {
		return "have " + u.Team.Subject().Name + " monitor its links: miimon of a kernel bond"
	}
	return "bring " + u.String() + " into service: cable, NIC, bond"
}
