package checks

import (
	"slices"

	"uplinkcheck/drivers/capture"
	"uplinkcheck/verify"
	"uplinkcheck/verify/standard"
	"uplinkcheck/verify/topology"
)

// RED008: all sources agree on where an uplink ends.
var RED008 = add(&verify.Check{
	ID:    "RED-008",
	Title: "all sources agree on where an uplink ends",
	Doc: `LLDP, LACP identities, the forwarding database and the inventory each name a switch and a port. When they name different ones, a cable is not where
the documentation says, or something forwards LLDP that should not. Nothing about this uplink is believed until it is settled. One source
alone cannot disagree: not applicable; where there is none, or only hints, it is unknown. Hosts without LLDP are common and no fault. Cables between switches that
stand under links: are held against what the switches hear, and an end that no device has warns.`,
	Cites:    []standard.Clause{standard.Grundschutz("NET.1.1.A2", "B"), standard.PCI("1.2.3")},
	Severity: verify.Medium,
	Run: func(f *topology.Fabric) []verify.Finding {
		return slices.Concat(sourcesOfUplinks(f), sourcesOfCables(f))
	},
})

var sourcesOfUplinks = verify.Each((*topology.Fabric).Uplinks, func(u *topology.Uplink) (v verify.Verdict) {
	switch {
	case notInService(&v, u):
		return v
	case u.Link == nil:
		unmapped(&v, u)
	case u.Confidence() == topology.Contradicted:
		v.Fail(first(u.Link.Evidence()), "%s: sources disagree: %s", u, u.Link.Says()).Also(u.Link.Evidence()...).
			Fix("follow the cable of %s, then correct it or the documentation", u)
	case u.Confidence() == topology.Inferred:
		sure(&v, u)
	case len(u.Link.Claims) == 1:
		v.NotApplicable("%s: only one source (%s)", u, u.Link.Says())
	default:
		v.Pass(first(u.Link.Evidence()), "%s: %s", u, u.Link.Says()).Also(u.Link.Evidence()...)
	}
	for _, x := range u.Nowhere {
		v.Warn(x.From, "%s is declared on %s/%s, a port that %s does not have", u, x.Device, x.Port, x.Device).Also(x.List).
			Fix("write the port as %s names it, or correct the cable of %s", x.Device, u)
	}
	v.Resting(u.Confidence())
	if p := u.Mapped(); p != nil && p.Link != nil && p.Link != u.Link {
		v.Fail(first(u.Link.Evidence()), "%s and %s both seem to end on %s", u, p.Link.Uplink, p).Also(p.Link.Evidence()...).
			Fix("find out which of the two is on %s, and correct what names the other", p)
	}
	return v
})

var sourcesOfCables = verify.Each((*topology.Fabric).Cables, func(c *topology.DeclaredCable) (v verify.Verdict) {
	name := c.Subject().Name
	for _, x := range c.Stray {
		v.Warn(c.From, "the cable %s is declared, and %s has no %s", name, x.Device, x.Port).Also(x.List).
			Fix("write the end as %s names it under links:, or take the cable out", x.Device)
	}
	if len(c.Stray) > 0 {
		return v
	}
	for _, p := range c.Ends {
		if p != nil && p.Trunk == nil && p.Link != nil {
			v.Fail(c.From, "the cable %s is declared, and at %s is %s: %s", name, p, p.Link.Uplink, p.Link.Says()).Also(p.Link.Evidence()...).
				Fix("follow the cable at %s, then correct it or links:", p)
		}
	}
	if v.Outcome() != verify.NotApplicable {
		return v
	}
	t := c.Trunk()
	switch agreed, seen := c.Between(); {
	case t == nil:
		v.NotApplicable("%s: only one source (declared)", name)
	case !agreed:
		v.Fail(c.From, "%s: sources disagree: %s", name, t.Says()).Also(saysSo(t)...).Fix("follow the cable %s, then correct it or links:", name)
	case !seen:
		v.NotApplicable("%s: only one source (declared)", name)
	default:
		v.Pass(first(saysSo(t)), "%s: %s", name, t.Says()).Also(saysSo(t)...)
	}
	return v
})

func saysSo(t *topology.Trunk) (out []capture.Span) {
	for _, c := range t.Claims {
		out = append(out, c.From)
	}
	return out
}
