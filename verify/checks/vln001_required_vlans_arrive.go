package checks

import (
	"slices"
	"strings"

	"uplinkcheck/drivers/capture"
	"uplinkcheck/drivers/state"
	"uplinkcheck/inventory"
	"uplinkcheck/verify"
	"uplinkcheck/verify/standard"
	"uplinkcheck/verify/topology"
)

// VLN001: the VLANs that an uplink needs arrive on it.
var VLN001 = add(&verify.Check{
	ID:    "VLN-001",
	Title: "the VLANs that an uplink needs arrive on it",
	Doc: `A VLAN that a host needs must be allowed on the port, exist, be active and not be blocked by the spanning tree, on each uplink that may carry it. A
VLAN missing on one leg of a bond loses the frames that the bond hashes onto that leg: some connections work and others do not. The operational set
counts, not the configured one.`,
	Cites:    []standard.Clause{standard.Grundschutz("SYS.1.5.A2", "B"), standard.Grundschutz("SYS.1.5.A9", "S"), standard.Grundschutz("SYS.1.5.A6", "B"), standard.M5153},
	Severity: verify.High,
	Run: verify.Each((*topology.Fabric).Uplinks, func(u *topology.Uplink) (v verify.Verdict) {
		if notInService(&v, u) {
			return v
		}
		need := needed(u)
		if need.empty() {
			if len(u.Host.Fabric.Networks) == 0 {
				v.Unknown("%s: nothing says which VLANs it needs", u).Missing("networks: and clusters: in the inventory, or a source that reports the host's port groups")
				return v
			}
			v.NotApplicable("%s: no network is declared or seen on it", u)
			return v
		}
		if p := portOf(&v, u); p != nil && !down(&v, p) {
			v.Resting(u.Confidence())
			judgeVLANs(&v, u, p, need)
		}
		return v
	}),
})

// portOf returns the port that an uplink ends on. It says why there is none to judge: the host is out of service, or where the
// uplink ends is not known, contradicted, or only guessed.
func portOf(v *verify.Verdict, u *topology.Uplink) *topology.Port {
	if notInService(v, u) {
		return nil
	}
	return sure(v, u)
}

// down says n/a for a port whose link is down: a device need not report which VLANs such a port would forward.
func down(v *verify.Verdict, p *topology.Port) bool {
	if p.Oper() != state.No {
		return false
	}
	v.NotApplicable("%s is down: see RED-007", p)
	return true
}

// vlanSettings returns the settings of the port. It says n/a for a routed port, and unknown when none were reported.
func vlanSettings(v *verify.Verdict, p *topology.Port) *state.BridgePort {
	switch {
	case p.Bridge != nil:
		return p.Bridge
	case p.Interface != nil && capture.Is(p.Interface.Bridged, false):
		v.NotApplicable("%s is a routed port", p)
	default:
		v.Unknown("%s: VLAN settings not reported", p).Missing("the VLAN settings of %s", p)
	}
	return nil
}

// needs are the VLANs of an uplink, with the network that asks for each.
type needs struct {
	vids  state.VIDSet
	roles []*topology.Role
	loose []*topology.Role // of networks that another uplink may carry as well
}

func (n needs) empty() bool { return n.vids.Empty() && len(n.loose) == 0 }

func needed(u *topology.Uplink) (n needs) {
	for _, r := range u.Host.Required {
		if !slices.Contains(r.Uplinks, u) {
			continue
		}
		if !r.Assigned || len(r.Alternatives) > 0 && !declaredOn(r, u) {
			n.loose = append(n.loose, r)
			continue
		}
		n.roles = append(n.roles, r)
		n.vids = n.vids.Union(r.Sent(u))
	}
	for i := range u.Host.Uses {
		if use := &u.Host.Uses[i]; use.Kind != inventory.TrunkPort && u.Takes(use) {
			n.vids = n.vids.Union(use.VIDs)
		}
	}
	return n
}

// declaredOn reports whether the inventory puts the network on this very uplink.
func declaredOn(r *topology.Role, u *topology.Uplink) bool {
	if r.Host.Entry == nil {
		return false
	}
	return slices.ContainsFunc(r.Host.Entry.Uplinks, func(d inventory.DeclaredUplink) bool {
		return d.NIC == u.NIC.Name && slices.Contains(d.Networks, r.Network.Name)
	})
}

func judgeVLANs(v *verify.Verdict, u *topology.Uplink, p *topology.Port, need needs) {
	missing, blocked, unclear := state.VIDSet{}, state.VIDSet{}, ""
	var absent, held []capture.Span
	arrive, proof := p.Lets(need.vids)
	for vid := range need.vids.Minus(arrive).All() {
		has, forwards := p.HasVLAN(vid), p.Forwards(vid)
		switch {
		case has.Answer == state.No:
			missing = missing.Union(state.VIDs(vid))
			absent = append(absent, has.From...)
		case forwards.Answer == state.No:
			blocked = blocked.Union(state.VIDs(vid))
			held = append(held, forwards.From...)
		case has.Answer == state.Unknown:
			unclear = has.Why
		default:
			unclear = forwards.Why
		}
	}
	if !missing.Empty() {
		v.Fail(first(absent), "%s on %s lacks VLAN %s%s", u, p, missing, namesOf(u.Host.Fabric, missing)).Also(absent...).
			Fix("allow, create and activate VLAN %s on %s", missing, p)
		worse(v, need, missing)
	}
	if !blocked.Empty() {
		v.Fail(first(held), "%s on %s lacks VLAN %s%s: the spanning tree blocks it", u, p, blocked, namesOf(u.Host.Fabric, blocked)).Also(held...).
			Fix("find out why the spanning tree blocks VLAN %s on %s: a loop behind it, or a guard", blocked, p)
		worse(v, need, blocked)
	}
	if unclear != "" {
		v.Unknown("%s: %s", u, unclear).Missing("VLAN settings and spanning tree state of %s", p)
	}
	if len(proof) > 0 && v.Outcome() == verify.NotApplicable {
		v.Pass(first(proof), "%s carries VLAN %s", p, need.vids).Also(proof...)
	}
	judgeLoose(v, u, need.loose)
}

// worse makes a failure critical when the VLANs are those of a role that the cluster cannot do without.
func worse(v *verify.Verdict, need needs, lost state.VIDSet) {
	for _, r := range need.roles {
		if severe(r.Network.Role) && !r.Network.VLANs.Intersect(lost).Empty() {
			v.As(verify.Critical).Also(r.From)
		}
	}
}

// judgeLoose handles networks of which nobody said on which uplinks they belong: some uplink must carry them.
func judgeLoose(v *verify.Verdict, u *topology.Uplink, loose []*topology.Role) {
	for _, r := range loose {
		for vid := range r.Network.VLANs.All() {
			best := topology.Carriage{Answer: state.No}
			for _, other := range r.Uplinks {
				if c := other.Carries(vid); c.Answer == state.Yes || best.Answer == state.No {
					best = c
				}
			}
			switch best.Answer {
			case state.Yes:
				v.Pass(best.Evidence(), "VLAN %d of %s arrives on an uplink of %s", vid, r.Network.Name, u.Host.Name)
			case state.No:
				v.Fail(best.Evidence(), "VLAN %d of %s arrives on no uplink of %s: %s", vid, r.Network.Name, u.Host.Name, best.Why).Also(r.From).
					Fix("allow, create and activate VLAN %d on the uplinks of %s that are meant to carry %s", vid, u.Host.Name, r.Network.Name)
			default:
				v.Unknown("VLAN %d of %s: %s", vid, r.Network.Name, best.Why).Missing("which uplinks of %s carry %s (networks: under uplinks: in the inventory), or their VLAN settings and state", u.Host.Name, r.Network.Name)
			}
		}
	}
}

// namesOf names the declared networks that have one of the VLANs: " (management, vmotion)".
func namesOf(f *topology.Fabric, vids state.VIDSet) string {
	var names []string
	for _, n := range f.Networks {
		if !n.VLANs.Intersect(vids).Empty() {
			names = append(names, n.Name)
		}
	}
	if names == nil {
		return ""
	}
	return " (" + strings.Join(names, ", ") + ")"
}
