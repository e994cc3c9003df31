package checks

import (
	"uplinkcheck/verify"
	"uplinkcheck/verify/standard"
	"uplinkcheck/verify/topology"
)

// VLN002: the uplinks of one team carry the same VLANs.
var VLN002 = add(&verify.Check{
	ID:    "VLN-002",
	Title: "the uplinks of one team carry the same VLANs",
	Doc: `Uplinks that replace each other must carry the same VLANs, or a failover loses some of them. Compared are the operational sets of all uplinks of one team;
storage paths A and B on NICs of their own are different by design and are not compared. Uplinks that are down are left to RED-007.`,
	Cites:    []standard.Clause{standard.M5153},
	Severity: verify.High,
	Run: verify.Each((*topology.Fabric).Teams, func(t *topology.Team) (v verify.Verdict) {
		var one *topology.Port
		for _, u := range t.Uplinks {
			p := portOf(&v, u)
			if p == nil || down(&v, p) || vlanSettings(&v, p) == nil {
				continue
			}
			switch {
			case !p.Bridge.Members.Known():
				v.Unknown("%s: operational VLANs not reported", p).Missing("the VLANs that %s forwards now", p)
			case one == nil:
				one = p
			case p.Bridge.Members.Value == one.Bridge.Members.Value:
				v.Pass(p.Bridge.Members.From, "%s and %s carry VLAN %s", one, p, p.Bridge.Members.Value).Also(one.Bridge.Members.From)
			default:
				a, b := one.Bridge.Members.Value, p.Bridge.Members.Value
				v.Fail(p.Bridge.Members.From, "%s carries %s, but %s carries %s: only one has %s", one, a, p, b, a.Minus(b).Union(b.Minus(a))).
					Also(one.Bridge.Members.From).Fix("give %s and %s the same VLANs", one, p)
			}
		}
		if one != nil && v.Outcome() == verify.NotApplicable {
			v.NotApplicable("%s: no second uplink is up to compare with %s", t.Subject().Name, one)
		}
		return v
	}),
})
