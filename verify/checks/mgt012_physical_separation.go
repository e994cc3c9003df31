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

// MGT012: management that must be physically separate shares no switch, uplink or NIC with guests.
var MGT012 = add(&verify.Check{
	ID:    "MGT-012",
	Title: "management that must be physically separate shares no switch, uplink or NIC with guests",
	Doc: `Where management is declared physical: true, VLANs are no answer: no switch that carries it may carry a guest network, and no NIC of a host both. Move one
of the two to switches and NICs of its own. Without physical: true this is not asked for. Layer 3 reachability was not assessed.`,
	Cites:    []standard.Clause{standard.Grundschutz("NET.1.1.A32", "E"), standard.Grundschutz("NET.1.2.A32", "E"), standard.Grundschutz("NET.1.1.A31", "E")},
	Severity: verify.High,
	Run: verify.Each(networksFor(inventory.Management), func(n *topology.Network) (v verify.Verdict) {
		if !n.VLANs.Empty() && !n.Physical {
			v.NotApplicable("%s is not declared physical: true", n.Name)
		} else if !noIntent(&v, n) {
			judgePhysical(&v, n)
		}
		return v
	}),
})

// rivals are the networks that one which is declared physical is kept from: those of other zones, and where it has no zone itself, guests'.
func rivals(n *topology.Network) (out []*topology.Network) {
	for _, o := range n.Fabric.Networks {
		guests := o.Role == inventory.Guest && n.Role != inventory.Guest
		zones := n.Zone != "" && o.Zone != "" && o.Zone != n.Zone
		if o != n && (zones || n.Zone == "" && guests || n.Role == inventory.Management && guests) {
			out = append(out, o)
		}
	}
	return out
}

// judgePhysical looks for switches, uplinks and NICs that carry the network and a rival.
func judgePhysical(v *verify.Verdict, n *topology.Network) {
	others := rivals(n)
	if len(others) == 0 {
		v.NotApplicable("no network is declared that %s must be kept from", n.Name)
		return
	}
	on := standing(v, n)
	found := sharing{network: n}
	for _, s := range n.Fabric.Switches {
		if at := on[s]; at != nil {
			found.look(s, at, others)
		}
		if !s.Listed.BridgePorts.Known() {
			v.Unknown("%s did not list its ports with VLANs in full: %s may be on it", s.Name, n.Name).Missing("the VLAN settings of %s", s.Name)
		}
	}
	found.tell(v)
	for _, d := range n.Fabric.Devices {
		if d.Switch == nil && d.Host == nil {
			why, missing := d.Absent()
			v.Unknown("%s: %s may be on it", why, n.Name).Missing("%s", missing)
		}
	}
	for _, h := range n.Fabric.Hosts {
		judgeNICs(v, n, h, others)
	}
}

// A presence is a network on one switch: its ports there that may be in use.
type presence struct {
	ports []*topology.Port
	from  []capture.Span
	sure  bool
}

// standing finds the switches that carry the network.
func standing(v *verify.Verdict, n *topology.Network) map[*topology.Switch]*presence {
	on := map[*topology.Switch]*presence{}
	for _, x := range n.Reach() {
		if x.Carries == state.No {
			continue
		}
		at := on[x.Port.Switch]
		if at == nil {
			at = &presence{}
			on[x.Port.Switch] = at
		}
		at.ports, at.from = append(at.ports, x.Port), append(at.from, x.Settings.From...)
		at.sure = at.sure || x.Settings.Answer == state.Yes && x.Bridged == state.Yes && x.Carries == state.Yes
	}
	if len(on) == 0 {
		v.Unknown("no port that carries VLAN %s of %s was found", n.VLANs, n.Name).Missing("the VLAN settings of the switches")
	}
	return on
}

// sharing is what was found of a network and its rivals on the switches that carry it.
type sharing struct {
	network *topology.Network
	shared  []shared
	unclear []string // switches
	clean   []capture.Span
	alone   []string // switches that carry no rival
}

// shared is a switch that carries the network and rivals.
type shared struct {
	on     *topology.Switch
	rivals []*topology.Network
	at     *presence
}

// look sorts one switch that carries the network.
func (f *sharing) look(s *topology.Switch, at *presence, others []*topology.Network) {
	var sure, possible state.VIDSet
	for _, p := range s.Ports {
		members, may := p.Passing()
		sure, possible = sure.Union(members), possible.Union(may)
	}
	here, unclear := shared{on: s, at: at}, false
	for _, o := range others {
		if len(here.rivals) > 4 {
			break // more than the report names
		}
		if possible.Intersect(o.VLANs).Empty() {
			continue
		}
		switch answer := crosses(o, s, sure, possible); {
		case answer == state.Yes && at.sure:
			here.rivals = append(here.rivals, o)
		case answer != state.No:
			unclear = true
		}
	}
	switch all := s.Listed.BridgePorts; {
	case len(here.rivals) > 0:
		f.shared = append(f.shared, here)
	case unclear:
		f.unclear = append(f.unclear, s.Name)
	case all.Known():
		f.clean, f.alone = append(f.clean, all), append(f.alone, s.Name)
	}
}

// tell notes what was found, the first few switches by name.
func (f *sharing) tell(v *verify.Verdict) {
	n := f.network
	for i, x := range f.shared {
		if i == 8 {
			v.Fail(first(x.at.from), "%d more switches", len(f.shared)-i)
			break
		}
		var names []string
		for _, o := range x.rivals {
			names = append(names, o.Name)
		}
		o := x.rivals[0]
		v.Fail(first(x.at.from), "%s and %s share %s%s", n.Name, few(names), x.on.Name, x.at.uplinksWith(o)).Also(carrier(x.on, o), n.From).
			Fix("move %s or %s to switches and NICs of its own", n.Name, few(names))
	}
	if len(f.unclear) > 0 {
		v.Unknown("not known whether %s and what it must be kept from share %s", n.Name, few(f.unclear)).
			Missing("the VLANs that each port of %s forwards, and its cables to other switches", few(f.unclear))
	}
	if len(f.alone) > 0 {
		v.Pass(f.clean[0], "%s carries %s and nothing that it must be kept from", few(f.alone), n.Name).Also(n.From).Also(f.clean[:min(len(f.clean), 8)]...)
	}
}

// uplinksWith names the uplinks of hosts that carry both networks, the first few.
func (at *presence) uplinksWith(o *topology.Network) string {
	var names []string
	for _, p := range at.ports {
		if members, _ := p.Passing(); p.Link != nil && !members.Intersect(o.VLANs).Empty() && len(names) < 4 {
			names = append(names, p.Link.Uplink.String())
		}
	}
	if len(names) == 0 {
		return ""
	}
	slices.Sort(names)
	return ", and the uplinks " + strings.Join(slices.Compact(names), ", ")
}

// judgeNICs looks for a NIC of the host that carries the network and a rival, whatever the switches say.
func judgeNICs(v *verify.Verdict, n *topology.Network, h *topology.Host, others []*topology.Network) {
	mine := required(h, n)
	if mine == nil || !mine.Assigned {
		return
	}
	for _, o := range others {
		theirs := required(h, o)
		if theirs == nil || !theirs.Assigned {
			continue
		}
		for _, u := range mine.Uplinks {
			if slices.Contains(theirs.Uplinks, u) {
				v.Fail(mine.From, "%s and %s share the NIC %s", n.Name, o.Name, u).Also(theirs.From, n.From).
					Fix("give %s a NIC of its own on %s", n.Name, h.Name)
			}
		}
	}
}

func required(h *topology.Host, n *topology.Network) *topology.Role {
	for _, r := range h.Required {
		if r.Network == n {
			return r
		}
	}
	return nil
}
