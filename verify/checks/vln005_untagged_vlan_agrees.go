package checks

import (
	"fmt"
	"net/netip"
	"slices"

	"uplinkcheck/drivers/capture"
	"uplinkcheck/drivers/state"
	"uplinkcheck/inventory"
	"uplinkcheck/verify"
	"uplinkcheck/verify/standard"
	"uplinkcheck/verify/topology"
)

// VLN005: the untagged VLAN is the same at all ends.
var VLN005 = add(&verify.Check{
	ID:    "VLN-005",
	Title: "the untagged VLAN is the same at all ends",
	Doc: `Untagged frames take the VLAN that the receiving port gives them. Where the two ends of a cable, or the legs of one LAG, give them different ones, two
VLANs are joined into one without anybody having meant it; of a network that is meant to be one with another under another number, joined_with: says so. The
effective untagged VLAN is compared: on a port that drops untagged frames it is none. A host that sends nothing untagged does not care, but the uplinks of
one team must still agree. What a neighbour announces as its native VLAN is not used: the settings of both ends are.`,
	Cites:    []standard.Clause{standard.STIG("CISC-L2-000260"), standard.STIG("JUEX-L2-000240"), standard.Grundschutz("NET.1.1.A24", "S")},
	Severity: verify.High,
	Run: func(f *topology.Fabric) []verify.Finding {
		return slices.Concat(untaggedOfTeams(f), untaggedOfLone(f), untaggedOfTrunks(f))
	},
})

var untaggedOfTeams = verify.Each((*topology.Fabric).Teams, func(t *topology.Team) (v verify.Verdict) {
	judgeUntagged(&v, t.Uplinks)
	return v
})

var untaggedOfLone = verify.Each(func(f *topology.Fabric) []*topology.Uplink {
	return slices.DeleteFunc(f.Uplinks(), func(u *topology.Uplink) bool { return u.Team != nil })
}, func(u *topology.Uplink) (v verify.Verdict) {
	judgeUntagged(&v, []*topology.Uplink{u})
	return v
})

// judgeUntagged compares the ports of uplinks that stand in for each other, and each with its host.
func judgeUntagged(v *verify.Verdict, uplinks []*topology.Uplink) {
	var one *topology.Port
	for _, u := range uplinks {
		p := portOf(v, u)
		if p == nil || vlanSettings(v, p) == nil {
			continue
		}
		switch {
		case !p.Bridge.PVID.Known():
			v.Unknown("%s: untagged VLAN not reported", p).Missing("the untagged (native) VLAN of %s", p)
			continue
		case one != nil && p.Bridge.PVID.Value != one.Bridge.PVID.Value:
			v.Fail(p.Bridge.PVID.From, "%s has untagged VLAN %s, but %s has %s", p, pvidOf(p), one, pvidOf(one)).Also(one.Bridge.PVID.From).
				Fix("give %s and %s the same untagged VLAN", one, p)
			continue
		case one == nil:
			one = p
		}
		v.Pass(p.Bridge.PVID.From, "%s: untagged VLAN %s", p, pvidOf(p))
		hostUntagged(v, u, p)
	}
}

func pvidOf(p *topology.Port) string {
	if p.Bridge.PVID.Value == 0 {
		return "none"
	}
	return fmt.Sprint(p.Bridge.PVID.Value)
}

// hostUntagged compares the port's untagged VLAN with what the host is declared to send, and what it was seen to send, without a tag.
func hostUntagged(v *verify.Verdict, u *topology.Uplink, p *topology.Port) {
	at := p.Bridge.PVID
	for _, r := range u.Host.Required {
		n := r.Network
		if !n.Untagged || !slices.Contains(r.Uplinks, u) || n.VLANs.Has(at.Value) {
			continue
		}
		other := state.No
		if !r.Assigned {
			other = elsewhere(r, u)
		}
		switch other {
		case state.Unknown:
			v.Unknown("%s has untagged VLAN %s; not known whether %s sends %s (VLAN %s) untagged over another uplink", p, pvidOf(p), u.Host.Name, n.Name, n.VLANs).
				Missing("the untagged VLAN of the ports of the other uplinks of %s, or networks: under this one", u.Host.Name)
		case state.No:
			v.Fail(at.From, "%s has untagged VLAN %s, but %s sends %s (VLAN %s) untagged", p, pvidOf(p), u.Host.Name, n.Name, n.VLANs).
				Also(n.From).Fix("make VLAN %s the untagged VLAN of %s", n.VLANs, p)
		}
	}
	for i := range u.Host.Uses {
		use := &u.Host.Uses[i]
		if !use.Untagged || !u.Takes(use) {
			continue
		}
		switch {
		case use.PVID != 0 && use.PVID != at.Value:
			v.Fail(at.From, "%s has untagged VLAN %s, but %s of %s takes untagged frames as VLAN %d", p, pvidOf(p), use.Name, u.Host.Name, use.PVID).
				Also(use.From).Fix("make both ends of %s agree on the untagged VLAN", p)
		case at.Value == 0 && talks(use):
			v.Warn(at.From, "%s drops untagged frames, but %s of %s sends some", p, use.Name, u.Host.Name).
				Also(use.From).Fix("give %s the untagged VLAN that %s is meant for, or tag its frames at %s", p, use.Name, u.Host.Name)
		}
	}
}

// elsewhere answers whether another uplink of the host may be the one that carries the untagged network.
func elsewhere(r *topology.Role, u *topology.Uplink) state.Tri {
	answer := state.No
	for _, other := range r.Uplinks {
		p := other.Mapped()
		switch {
		case other == u:
		case p == nil || p.Bridge == nil || !p.Bridge.PVID.Known():
			answer = answer.Or(state.Unknown)
		case r.Network.VLANs.Has(p.Bridge.PVID.Value):
			return state.Yes
		}
	}
	return answer
}

// talks reports whether frames are sure to come: a guest's, or those of an address that is more than link-local, which
// every interface has.
func talks(use *inventory.Use) bool {
	return use.Kind == inventory.GuestPort || use.Kind == inventory.HostInterface &&
		slices.ContainsFunc(use.Addresses, func(a capture.Fact[netip.Prefix]) bool { return a.Known() && !a.Value.Addr().IsLinkLocalUnicast() })
}

var untaggedOfTrunks = verify.Each(func(f *topology.Fabric) []*topology.Trunk { return f.Trunks }, func(t *topology.Trunk) (v verify.Verdict) {
	far := farEnd(t)
	if far == nil {
		noFarEnd(&v, t)
		return v
	}
	for _, p := range []*topology.Port{t.A, far} {
		switch {
		case down(&v, p) || linkUnknown(&v, p) || vlanSettings(&v, p) == nil:
			return v
		case !p.Bridge.PVID.Known():
			v.Unknown("%s: untagged VLAN not reported", p).Missing("the untagged (native) VLAN of %s", p)
			return v
		}
	}
	a, z := t.A.Bridge.PVID, far.Bridge.PVID
	if n, o := meantAsOne(t.A, far); n != nil {
		v.Pass(a.From, "%s has untagged VLAN %s of %s and %s has %s of %s, which are meant to be one", t.A, pvidOf(t.A), n.Name, far, pvidOf(far), o.Name).Also(z.From, n.From, o.From)
		return v
	}
	if a.Value != z.Value {
		v.Fail(a.From, "%s has untagged VLAN %s, but %s has %s", t.A, pvidOf(t.A), far, pvidOf(far)).Also(z.From).
			Fix("give both ends the same untagged VLAN")
		return v
	}
	v.Pass(a.From, "%s and %s: untagged VLAN %s", t.A, far, pvidOf(t.A)).Also(z.From)
	return v
})

// meantAsOne returns the networks of the untagged VLANs of two ports where the inventory says that they are one, nil where it says nothing of the kind.
func meantAsOne(a, z *topology.Port) (n, o *topology.Network) {
	for _, n := range a.Switch.Fabric.NetworksOf(a.Bridge.PVID.Value) {
		for _, o := range a.Switch.Fabric.NetworksOf(z.Bridge.PVID.Value) {
			if n.MeantAsOne(o) && n.Bridged(a.Switch, a.Bridge.PVID.Value) == state.Yes && o.Bridged(z.Switch, z.Bridge.PVID.Value) == state.Yes {
				return n, o
			}
		}
	}
	return nil, nil
}

// farEnd returns the port at the other end of a trunk. Of a peer-link that no discovery protocol saw, it is a port that the
// peer names as its peer-link: all of them have the settings of one aggregator.
func farEnd(t *topology.Trunk) *topology.Port {
	pair := t.A.Switch.Pair
	if t.Z != nil || !t.PeerLink || pair == nil || len(pair.Switches) != 2 {
		return t.Z
	}
	peer := pair.Switches[0]
	if peer == t.A.Switch {
		peer = pair.Switches[1]
	}
	for _, p := range peer.Ports {
		if link := peer.MLAG.PeerLink; link.Known() && (p.Name == link.Value || p.Aggregator != nil && p.Aggregator.Name == link.Value) {
			return p
		}
	}
	return nil
}
