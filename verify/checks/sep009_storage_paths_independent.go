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

// SEP009: storage paths A and B share no switch and no NIC.
var SEP009 = add(&verify.Check{
	ID:    "SEP-009",
	Title: "storage paths A and B share no switch and no NIC",
	Doc: `Two paths to the storage are worth two only if nothing takes both. Networks with path: a and path: b may share neither a NIC of a host nor the switch
that it ends on. Both paths inside one LAG warn: there LACP decides which link a frame takes, and not the multipath driver. Storage over a LAG across two
switches for which no paths are declared (NFS) is a usual design and is not looked at here. Give each path NICs and a switch of its own.`,
	Cites:    []standard.Clause{standard.M5153, standard.Grundschutz("SYS.1.8.A22", "E")},
	Severity: verify.High,
	Run: verify.Each(hosts, func(h *topology.Host) (v verify.Verdict) {
		if h.Entry != nil && h.Entry.Maintenance {
			v.NotApplicable("%s is declared out of service", h.Name)
			return v
		}
		pairs := 0
		for _, a := range storagePaths(h, "a") {
			for _, b := range storagePaths(h, "b") {
				pairs++
				judgePaths(&v, a, b)
			}
		}
		if pairs == 0 {
			v.NotApplicable("%s needs no two storage networks with path: a and path: b", h.Name)
		}
		return v
	}),
})

func storagePaths(h *topology.Host, path string) (out []*topology.Role) {
	for _, r := range h.Required {
		if r.Network.Role == inventory.Storage && r.Network.Path == path {
			out = append(out, r)
		}
	}
	return out
}

func judgePaths(v *verify.Verdict, a, b *topology.Role) {
	h, both := a.Host.Name, a.Network.Name+" and "+b.Network.Name
	switch t := oneLAG(a, b); {
	case !a.Assigned || !b.Assigned:
		v.Unknown("%s: not known which uplinks carry %s", h, both).
			Missing("networks: of each uplink of %s in the inventory, or a source that reports what uses them", h)
	case !a.Host.ListsNICs():
		v.Unknown("%s did not list all its NICs", h).Missing("the whole list of NICs of %s", h)
	case len(a.Uplinks) == 0 || len(b.Uplinks) == 0:
		v.Unknown("%s: no uplink for %s is known", h, both).Missing("the uplinks of %s that carry %s", h, both)
	case t != nil && !t.Mode.Known():
		v.Unknown("%s: %s are both in %s, whose mode was not reported", h, both, t.Name).Missing("the mode of bond %s of %s", t.Name, h)
	case t != nil:
		v.Warn(t.From, "%s: %s are both inside the LAG %s", h, both, t.Name).Also(a.From, b.From).
			Fix("give %s and %s NICs of their own on %s, outside of any LAG", a.Network.Name, b.Network.Name, h)
		judgeSwitches(v, a, b, true)
	default:
		for _, u := range a.Uplinks {
			if slices.Contains(b.Uplinks, u) {
				v.Fail(u.NIC.From, "%s: %s share the NIC %s", h, both, u.NIC.Name).Also(a.From, b.From).
					Fix("give %s and %s NICs of their own on %s", a.Network.Name, b.Network.Name, h)
			}
		}
		judgeSwitches(v, a, b, false)
	}
}

// oneLAG returns the team that has all uplinks of both and aggregates, or may, nil when there is none.
func oneLAG(a, b *topology.Role) *topology.Team {
	var team *topology.Team
	for _, u := range slices.Concat(a.Uplinks, b.Uplinks) {
		if u.Team == nil || u.Team.Mode.Known() && u.Team.Mode.Value.NeedsAggregator() != state.Yes || team != nil && team != u.Team {
			return nil
		}
		team = u.Team
	}
	return team
}

// judgeSwitches compares the chassis on which the uplinks of the two paths end. In one LAG it is enough that they are not all one.
func judgeSwitches(v *verify.Verdict, a, b *topology.Role, lag bool) {
	var proof []capture.Span
	var alike topology.Chassis
	clean, apart := true, false
	for _, x := range a.Uplinks {
		for _, y := range b.Uplinks {
			p, q := placed(v, x), placed(v, y)
			if p == nil || q == nil {
				clean = false
				continue
			}
			proof = append(append(proof, x.Link.Evidence()...), y.Link.Evidence()...)
			c, okC := p.Chassis()
			d, okD := q.Chassis()
			switch {
			case !okC || !okD:
				clean = false
				v.Unknown("not known which chassis has %s and %s", p, q).Missing("the chassis of %s, and which of them owns each port", p.Switch.Name)
			case c != d:
				apart = true
				if c.Switch == d.Switch && !p.Switch.Fabric.Inventory.Policy.StackIsRedundant {
					clean = false
					v.Warn(first(proof), "%s (%s) and %s (%s) end on %s and %s, which share a control plane", x, a.Network.Name, y, b.Network.Name, c, d).Also(proof...).
						Fix("move %s to another switch, or declare policy: stack_is_redundant", y)
				}
			case !lag:
				clean = false
				v.Fail(first(proof), "%s (%s) and %s (%s) both end on %s", x, a.Network.Name, y, b.Network.Name, c).Also(x.Link.Evidence()...).Also(y.Link.Evidence()...).
					Fix("move %s to another switch", y)
			default:
				alike = c
			}
		}
	}
	switch {
	case clean && lag && !apart && len(proof) > 0:
		v.Fail(first(proof), "%s: %s and %s all end on %s", a.Host.Name, a.Network.Name, b.Network.Name, alike).Also(proof...).
			Fix("give %s and %s a switch each", a.Network.Name, b.Network.Name)
	case clean && !lag && len(proof) > 0:
		v.Pass(first(proof), "%s: %s and %s end on switches of their own", a.Host.Name, a.Network.Name, b.Network.Name).Also(proof...)
	}
}

// placed returns the port that an uplink surely ends on, and says unknown where that is not known.
func placed(v *verify.Verdict, u *topology.Uplink) *topology.Port {
	p := u.Mapped()
	if p == nil || u.Confidence() <= topology.Inferred {
		v.Unknown("%s: not known on which switch it ends", u).Missing("settle RED-009 for %s first", u)
		return nil
	}
	return p
}
