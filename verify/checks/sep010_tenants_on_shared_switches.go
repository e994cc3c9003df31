package checks

import (
	"slices"
	"strings"

	"uplinkcheck/drivers/capture"
	"uplinkcheck/drivers/state"
	"uplinkcheck/verify"
	"uplinkcheck/verify/standard"
	"uplinkcheck/verify/topology"
)

// SEP010: no switch carries VLANs of two institutions in clear.
var SEP010 = add(&verify.Check{
	ID:    "SEP-010",
	Title: "no switch carries VLANs of two institutions in clear",
	Doc: `Whoever runs a switch can read what crosses it. Networks of different institutions (tenant:) on one switch are kept apart by VLANs alone, which the
institutions must have agreed to. Give each its own switches, or encrypt the networks and declare encrypted: true; a waiver records an agreement.`,
	Cites:    []standard.Clause{standard.Grundschutz("NET.1.1.A23", "S")},
	Severity: verify.Medium,
	Run: func(f *topology.Fabric) []verify.Finding {
		all := tenantsOf(f)
		return verify.Each(func(f *topology.Fabric) []*topology.Switch {
			if len(all) < 2 {
				return nil
			}
			return f.Switches
		}, func(s *topology.Switch) (v verify.Verdict) {
			judgeTenants(&v, s, all)
			return v
		})(f)
	},
})

// A tenant is an institution with those of its networks that are in clear on the wire.
type tenant struct {
	name     string
	networks []*topology.Network
	vids     state.VIDSet
}

// tenantsOf lists the institutions that the inventory names, sorted.
func tenantsOf(f *topology.Fabric) (out []*tenant) {
	for _, n := range f.Networks {
		i := slices.IndexFunc(out, func(t *tenant) bool { return t.name == n.Tenant })
		switch {
		case n.Tenant == "":
			continue
		case i < 0:
			i = len(out)
			out = append(out, &tenant{name: n.Tenant})
		}
		if !n.Encrypted {
			out[i].networks = append(out[i].networks, n)
			out[i].vids = out[i].vids.Union(n.VLANs)
		}
	}
	slices.SortFunc(out, func(a, b *tenant) int { return state.NaturalCompare(a.name, b.name) })
	return out
}

func judgeTenants(v *verify.Verdict, s *topology.Switch, all []*tenant) {
	var sure, possible state.VIDSet
	for _, p := range s.Ports {
		members, may := p.Passing()
		sure, possible = sure.Union(members), possible.Union(may)
	}
	var names []string
	var from []capture.Span
	maybe := 0
	for _, t := range all {
		answer, n := t.crosses(s, sure, possible)
		if answer != state.No {
			maybe++
		}
		if answer == state.Yes {
			names = append(names, t.name+" ("+n.Name+")")
			from = append(from, carrier(s, n), n.From)
		}
	}
	switch listed := s.Listed.BridgePorts; {
	case len(names) > 1:
		v.Warn(first(from), "%s carries networks of %s in clear", s.Name, strings.Join(names, " and ")).Also(from...).
			Fix("give each institution switches of its own, or encrypt their networks and declare encrypted: true")
	case maybe > 1 || !listed.Known():
		v.Unknown("%s: not known whether it carries networks of several institutions", s.Name).Missing("the VLANs that each port of %s forwards, and its cables to other switches", s.Name)
	default:
		v.Pass(listed, "%s carries no two institutions' networks in clear", s.Name)
	}
}

// crosses answers whether a switch with these VLANs carries one of the tenant's networks, and which.
func (t *tenant) crosses(s *topology.Switch, sure, possible state.VIDSet) (answer state.Tri, which *topology.Network) {
	answer = state.No
	if possible.Intersect(t.vids).Empty() {
		return answer, nil
	}
	for _, n := range t.networks {
		c := crosses(n, s, sure, possible)
		if answer = answer.Or(c); c == state.Yes {
			return answer, n
		}
	}
	return answer, nil
}

// crosses answers whether frames of the network cross the switch, some port of which surely has the first VLANs, or may have the second.
func crosses(n *topology.Network, s *topology.Switch, sure, possible state.VIDSet) state.Tri {
	answer := state.No
	for vid := range sure.Intersect(n.VLANs).All() {
		answer = answer.Or(n.Bridged(s, vid))
	}
	for vid := range possible.Minus(sure).Intersect(n.VLANs).All() {
		if answer == state.No && n.Bridged(s, vid) != state.No {
			answer = state.Unknown
		}
	}
	return answer
}

// carrier returns the line of the first port that carries the network.
func carrier(s *topology.Switch, n *topology.Network) capture.Span {
	for _, p := range s.Ports {
		if members, _ := p.Passing(); !members.Intersect(n.VLANs).Empty() {
			return p.Bridge.Members.From
		}
	}
	return capture.Span{}
}
