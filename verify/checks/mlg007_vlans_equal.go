package checks

import (
	"uplinkcheck/drivers/capture"
	"uplinkcheck/drivers/state"
	"uplinkcheck/verify"
	"uplinkcheck/verify/standard"
	"uplinkcheck/verify/topology"
)

// MLG007: multi-chassis LAGs have the same VLANs on both peers and on the peer-link.
var MLG007 = add(&verify.Check{
	ID:    "MLG-007",
	Title: "multi-chassis LAGs have the same VLANs on both peers and on the peer-link",
	Doc: `A host spreads its frames over both legs. A VLAN that one peer does not carry, has not created or has suspended swallows half of them, and
all of them once the other peer goes. Where the pair has a peer-link, each VLAN must be on it too: that is the way round when a leg
is lost. Only the VLANs of the LAG itself are compared, so that a peering VLAN, or VLANs of a trunk group, may be absent elsewhere. Pairs
without a peer-link (EVPN segments, static pairs) have no such part. A leg that is down is judged by what is configured and created.`,
	Cites:    []standard.Clause{standard.Grundschutz("SYS.1.5.A9", "S"), standard.M5153},
	Severity: verify.High,
	Run: verify.Each((*topology.Fabric).AllLAGs, func(l *topology.LAG) (v verify.Verdict) {
		if skipLAG(&v, l) {
			return v
		}
		if notWhole(&v, l); len(l.Legs) < 2 {
			if v.Outcome() != verify.Unknown {
				v.NotApplicable("%s is on one switch", l.Name)
			}
			return v
		}
		var sets []capture.Fact[state.VIDSet]
		for _, leg := range l.Legs {
			set := carriedBy(leg.Switch, leg.Aggregator.Name, leg.Ports)
			if !set.Known() {
				v.Unknown("%s/%s: its operational VLANs were not reported", leg.Switch.Name, leg.Aggregator.Name).
					Missing("VLANs of %s on %s", leg.Aggregator.Name, leg.Switch.Name)
			}
			sets = append(sets, set)
		}
		judgePeerVLANs(&v, l, sets)
		for i, leg := range l.Legs {
			judgePeerLinkVLANs(&v, leg, sets[i])
		}
		return v
	}),
})

func judgePeerVLANs(v *verify.Verdict, l *topology.LAG, sets []capture.Fact[state.VIDSet]) {
	for i, a := range sets {
		for j, b := range sets {
			if i == j || !a.Known() || !b.Known() {
				continue
			}
			here, there := l.Legs[i], l.Legs[j]
			if missing := a.Value.Minus(b.Value); !missing.Empty() {
				v.Fail(b.From, "VLAN %s of %s/%s is not carried by %s/%s", missing, here.Switch.Name, here.Aggregator.Name, there.Switch.Name, there.Aggregator.Name).
					Also(a.From).Fix("create VLAN %s on %s and allow it on %s, or take it from %s/%s", missing, there.Switch.Name, there.Aggregator.Name,
					here.Switch.Name, here.Aggregator.Name)
			} else if i < j && a.Value == b.Value {
				v.Pass(b.From, "%s/%s and %s/%s carry the same VLANs (%s)", here.Switch.Name, here.Aggregator.Name, there.Switch.Name, there.Aggregator.Name, a.Value).
					Also(a.From)
			}
		}
	}
}

// judgePeerLinkVLANs asks whether the peer-link carries what the leg does. Who has no peer-link protocol has none to carry it.
func judgePeerLinkVLANs(v *verify.Verdict, leg *topology.Leg, set capture.Fact[state.VIDSet]) {
	s, m := leg.Switch, &leg.Switch.MLAG
	switch {
	case m.Protocol.Known() && m.Protocol.Value != state.PeerLinkMLAG || !set.Known():
		return
	case !m.Protocol.Known():
		v.Unknown("%s: not reported whether it has a peer-link", s.Name).Missing("the multi-chassis state of %s", s.Name)
		return
	case !m.PeerLink.Known():
		v.Unknown("%s: its peer-link was not reported", s.Name).Missing("the multi-chassis state of %s", s.Name)
		return
	}
	link := m.PeerLink.Value
	on := carriedBy(s, link, portsOfLink(s, link))
	if !on.Known() {
		v.Unknown("%s/%s: the VLANs of the peer-link were not reported", s.Name, link).Missing("VLANs of %s on %s", link, s.Name)
		return
	}
	missing := set.Value.Minus(on.Value)
	if missing.Empty() {
		v.Pass(on.From, "the peer-link %s/%s carries the VLANs of %s", s.Name, link, leg.Aggregator.Name).Also(set.From)
		return
	}
	v.Fail(on.From, "VLAN %s of %s/%s is not on the peer-link %s", missing, s.Name, leg.Aggregator.Name, link).Also(set.From).
		Fix("allow VLAN %s on %s of %s", missing, link, s.Name)
}

// portsOfLink returns the ports of an aggregator, or the one port, of that name.
func portsOfLink(s *topology.Switch, name string) (out []*topology.Port) {
	for _, p := range s.Ports {
		if p.Name == name || p.Aggregator != nil && p.Aggregator.Name == name {
			out = append(out, p)
		}
	}
	return out
}

// carriedBy returns the VLANs that a bridge port carries. Some devices take all VLANs from a port that is down: of such a one it is what
// is configured and exists, known when both are.
func carriedBy(s *topology.Switch, name string, ports []*topology.Port) capture.Fact[state.VIDSet] {
	b := s.BridgePort(name)
	if b == nil || !b.Members.Known() {
		return capture.Fact[state.VIDSet]{}
	}
	up := state.No
	for _, p := range ports {
		up = up.Or(p.Oper())
	}
	switch {
	case up == state.Yes || !b.Members.Value.Empty():
		return b.Members
	case up == state.Unknown || !b.Configured.Known() || !s.Listed.VLANs.Known():
		return capture.Fact[state.VIDSet]{}
	}
	var exist []state.VID
	for i := range s.VLANs {
		if !capture.Is(s.VLANs[i].Active, false) {
			exist = append(exist, s.VLANs[i].ID)
		}
	}
	return capture.Of(b.Configured.Value.Intersect(state.VIDs(exist...)), b.Configured.From)
}
