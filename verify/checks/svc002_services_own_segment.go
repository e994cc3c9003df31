package checks

import (
	"slices"
	"strings"

	"uplinkcheck/drivers/state"
	"uplinkcheck/inventory"
	"uplinkcheck/verify"
	"uplinkcheck/verify/standard"
	"uplinkcheck/verify/topology"
)

// SVC002: infrastructure services are in no network of guests.
var SVC002 = add(&verify.Check{
	ID:    "SVC-002",
	Title: "infrastructure services are in no network of guests",
	Doc: `Whoever takes over one guest can talk to everything in its network without a firewall between: names, addresses, time, the directory and backups should not be
there. It warns where a service of kind dns, dhcp, ntp, directory or backup is declared to be in a network with role guest, and where the port of one carries a
VLAN of such a network. The port of a service that runs as a guest on a host is the host's uplink, and carries what all guests there use: of such a service, the
host must report a guest port in the declared network.`,
	Cites:    []standard.Clause{standard.Grundschutz("NET.1.1.A19", "S")},
	Severity: verify.Medium,
	Run:      ofServices(judgeOwnSegment, inventory.InfrastructureServices...),
})

func judgeOwnSegment(v *verify.Verdict, s *topology.Service) {
	for _, n := range s.In() {
		switch n.Role {
		case inventory.Guest:
			v.Warn(s.From, "%s (%s) is in %s, a network of guests", s.Name, s.Kind, n.Name).Also(n.From).
				Fix("give %s a network of its own behind a firewall, and name the networks of guests under serves:", s.Name)
		case "":
			v.Unknown("%s (%s) is in %s, and what that is for is not declared", s.Name, s.Kind, n.Name).Missing("role: of %s in the inventory", n.Name)
		}
	}
	if len(s.At) == 0 {
		v.Unknown("%s: nobody says where it is plugged in", s.Name).Missing("its places as SWITCH/PORT, or the host on which it runs, under at: of service %s", s.Name)
	}
	if !slices.ContainsFunc(s.Fabric.Networks, func(n *topology.Network) bool { return n.Role == inventory.Guest }) {
		v.Unknown("no network with role guest is declared").Missing("networks: in the inventory: which VLANs are for guests")
		return
	}
	for _, place := range s.At {
		h := s.Fabric.HostNamed(place)
		ports := s.Fabric.PortsAt(place)
		switch {
		case h != nil:
			judgeGuestPort(v, s, h)
		case s.Fabric.SwitchNamed(place) != nil:
			judgeSwitchItself(v, s, s.Fabric.SwitchNamed(place))
		case len(ports) == 0:
			v.Unknown("%s: %s was not found at any port", s.Name, place).Missing("the place of %s as SWITCH/PORT under at:", s.Name)
		default:
			for _, p := range ports {
				judgeServicePort(v, s, p)
			}
			if !strings.Contains(place, "/") {
				v.Unknown("%s: %s was heard at %s; not known whether it is at another port as well", s.Name, place, ports[0]).
					Missing("every place of %s as SWITCH/PORT under at:", s.Name)
			}
		}
	}
}

// judgeServicePort warns of a port of the service's own that carries a network of guests.
func judgeServicePort(v *verify.Verdict, s *topology.Service, p *topology.Port) {
	if routed := p.HasVLAN(1); p.Bridge == nil && routed.Answer == state.No {
		v.Pass(routed.Evidence(), "%s (%s): %s, and carries no network of guests", s.Name, s.Kind, routed.Why)
		return
	}
	if p.Bridge == nil || !p.Bridge.Members.Known() {
		v.Unknown("%s: which VLANs %s carries was not reported", s.Name, p).Missing("the VLAN settings of %s", p)
		return
	}
	members := p.Bridge.Members
	vids, doubtful := ofGuests(s.Fabric, members.Value)
	switch {
	case vids.Empty():
		v.Pass(members.From, "%s (%s): its port %s carries VLAN %s, none of guests", s.Name, s.Kind, p, members.Value)
	case p.Link != nil && p.Link.Port == p && p.Link.Confidence() > topology.Inferred:
		judgeGuestPort(v, s, p.Link.Uplink.Host)
	case p.Link != nil:
		v.Unknown("%s: its port %s carries VLAN %s%s, and may be an uplink of %s", s.Name, p, vids, namesOf(s.Fabric, vids), p.Link.Uplink.Host.Name).
			Missing("settle RED-008 and RED-009 for %s first", p.Link.Uplink)
	case s.Fabric.Unplaced() != "":
		v.Unknown("%s: its port %s carries VLAN %s%s, and may be an uplink of a host: where all is that is declared is not known: %s", s.Name, p, vids, namesOf(s.Fabric, vids), s.Fabric.Unplaced()).
			Missing("where %s is", s.Fabric.Unplaced())
	case vids == doubtful:
		v.Unknown("%s: its port %s carries VLAN %s%s, which is for guests in one zone and not in another", s.Name, p, vids, namesOf(s.Fabric, vids)).
			Missing("VLAN numbers that are used once")
	default:
		vids = vids.Minus(doubtful)
		v.Warn(members.From, "%s (%s): its port %s carries VLAN %s%s, for guests", s.Name, s.Kind, p, vids, namesOf(s.Fabric, vids)).
			Fix("take VLAN %s off %s, and let a router lead from there to %s", vids, p, s.Name)
	}
}

// ofGuests returns which of the VLANs are for guests, and which of those have another purpose in another zone.
func ofGuests(f *topology.Fabric, vids state.VIDSet) (guests, doubtful state.VIDSet) {
	var others state.VIDSet
	for _, n := range f.Networks {
		if shared := n.VLANs.Intersect(vids); n.Role == inventory.Guest {
			guests = guests.Union(shared)
		} else {
			others = others.Union(shared)
		}
	}
	return guests, guests.Intersect(others)
}

// judgeSwitchItself judges a switch that gives the service itself, by an address in the service's network.
func judgeSwitchItself(v *verify.Verdict, s *topology.Service, sw *topology.Switch) {
	for _, n := range s.In() {
		if n.Role == inventory.Guest || n.Role == "" {
			continue
		}
		if at := listens(sw, n.VLANs); at.Answer == state.Yes {
			v.Pass(at.Evidence(), "%s (%s) is given by the switch %s with its address in %s", s.Name, s.Kind, sw.Name, n.Name).Also(s.From)
		} else {
			v.Unknown("%s: %s", s.Name, at.Why).Missing("the routed interfaces of %s", sw.Name)
		}
	}
}

// judgeGuestPort judges a service that runs as a guest: which port of the host is its, nobody says, but one must be in the network.
func judgeGuestPort(v *verify.Verdict, s *topology.Service, h *topology.Host) {
	for _, n := range s.In() {
		if n.Role == inventory.Guest || n.Role == "" {
			continue
		}
		i := slices.IndexFunc(h.Uses, func(u inventory.Use) bool {
			return u.Kind == inventory.GuestPort && u.VIDs.Overlaps(n.VLANs)
		})
		if i < 0 {
			v.Unknown("%s: %s reported no guest port in %s, where %s is declared to be", s.Name, h.Name, n.Name, s.Name).
				Missing("a source that reports the guest ports of %s, and the one of %s in VLAN %s", h.Name, s.Name, n.VLANs)
			continue
		}
		v.Pass(h.Uses[i].From, "%s (%s) runs on %s, which has guest port %s in %s", s.Name, s.Kind, h.Name, h.Uses[i].Name, n.Name).Also(s.From)
	}
}
