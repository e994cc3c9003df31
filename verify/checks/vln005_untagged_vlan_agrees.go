package checks

import (
	"fmt"
	"slices"

	"uplinkcheck/drivers/capture"
	"uplinkcheck/drivers/state"
	"uplinkcheck/verify"
	"uplinkcheck/verify/standard"
	"uplinkcheck/verify/topology"
)

// VLN005: the untagged VLAN is the same at all ends.
var VLN005 = add(&verify.Check{
	ID:    "VLN-005",
	Title: "the untagged VLAN is the same at all ends",
	Doc: `Untagged frames take the VLAN that the receiving port gives them. Where the two ends of a cable, or the legs of one LAG, give them different ones, two
VLANs are joined into one without anybody having meant it. The effective untagged VLAN is compared: on a port that drops untagged frames it is
none. A host that sends nothing untagged does not care, but the legs of its LAG must still agree.`,
	Cites:    []standard.Clause{standard.STIG("CISC-L2-000260"), standard.STIG("JUEX-L2-000240"), standard.Grundschutz("NET.1.1.A24", "S")},
	Severity: verify.High,
	Run: func(f *topology.Fabric) []verify.Finding {
		return append(untaggedOfTeams(f), untaggedOfTrunks(f)...)
	},
})

var untaggedOfTeams = verify.Each((*topology.Fabric).Teams, func(t *topology.Team) (v verify.Verdict) {
	var one *topology.Port
	for _, u := range t.Uplinks {
		p := u.Mapped()
		switch {
		case notInService(&v, u):
		case p == nil:
			unmapped(&v, u)
		case p.Bridge == nil || !p.Bridge.PVID.Known():
			v.Unknown("%s: untagged VLAN not reported", p).Missing("the untagged (native) VLAN of %s", p)
		case one == nil:
			one = p
			v.Pass(p.Bridge.PVID.From, "%s: untagged VLAN %s", p, pvid(p))
			hostUntagged(&v, t, p)
		case p.Bridge.PVID.Value != one.Bridge.PVID.Value:
			v.Fail(p.Bridge.PVID.From, "%s has untagged VLAN %s, but %s has %s", p, pvid(p), one, pvid(one)).Also(one.Bridge.PVID.From).
				Fix("give %s and %s the same untagged VLAN", one, p)
		default:
			v.Pass(p.Bridge.PVID.From, "%s: untagged VLAN %s", p, pvid(p))
			hostUntagged(&v, t, p)
		}
	}
	return v
})

func pvid(p *topology.Port) string {
	if p.Bridge.PVID.Value == 0 {
		return "none"
	}
	return fmt.Sprint(p.Bridge.PVID.Value)
}

// hostUntagged compares the port's untagged VLAN with what the host sends without a tag.
func hostUntagged(v *verify.Verdict, t *topology.Team, p *topology.Port) {
	for _, r := range t.Host.Required {
		if n := r.Network; n.Untagged && slices.ContainsFunc(r.Uplinks, func(u *topology.Uplink) bool { return u.Team == t }) {
			if !n.VLANs.Has(p.Bridge.PVID.Value) {
				v.Fail(p.Bridge.PVID.From, "%s has untagged VLAN %s, but %s sends %s (VLAN %s) untagged", p, pvid(p), t.Host.Name, n.Name, n.VLANs).
					Also(n.From).Fix("make VLAN %s the untagged VLAN of %s", n.VLANs, p)
			}
		}
	}
	for i := range t.Host.Uses {
		use := &t.Host.Uses[i]
		if !use.Untagged || use.Over != t.Name || use.PVID == 0 || use.PVID == p.Bridge.PVID.Value {
			continue
		}
		v.Fail(p.Bridge.PVID.From, "%s has untagged VLAN %s, but %s of %s takes untagged frames as VLAN %d", p, pvid(p), use.Name, t.Host.Name, use.PVID).
			Also(use.From).Fix("make both ends of %s agree on the untagged VLAN", p)
	}
}

var untaggedOfTrunks = verify.Each(func(f *topology.Fabric) []*topology.Trunk { return f.Trunks }, func(t *topology.Trunk) (v verify.Verdict) {
	if t.Z == nil {
		v.NotApplicable("%s: the far end's port is not known", t)
		return v
	}
	for _, p := range []*topology.Port{t.A, t.Z} {
		switch {
		case p.Oper() == state.No:
			v.NotApplicable("%s is down", p)
			return v
		case p.Interface != nil && capture.Is(p.Interface.Bridged, false):
			v.NotApplicable("%s is a routed port", p)
			return v
		case p.Bridge == nil || !p.Bridge.PVID.Known():
			v.Unknown("%s: untagged VLAN not reported", p).Missing("the untagged (native) VLAN of %s", p)
			return v
		}
	}
	a, z := t.A.Bridge.PVID, t.Z.Bridge.PVID
	if a.Value != z.Value {
		v.Fail(a.From, "%s has untagged VLAN %s, but %s has %s", t.A, pvid(t.A), t.Z, pvid(t.Z)).Also(z.From).
			Fix("give both ends the same untagged VLAN")
		return v
	}
	v.Pass(a.From, "%s and %s: untagged VLAN %s", t.A, t.Z, pvid(t.A)).Also(z.From)
	return v
})
