package checks

import (
	"net/netip"
	"slices"

	"uplinkcheck/drivers/capture"
	"uplinkcheck/drivers/state"
	"uplinkcheck/inventory"
	"uplinkcheck/verify"
	"uplinkcheck/verify/standard"
	"uplinkcheck/verify/topology"
)

// MGT010: a switch is managed apart from guests.
var MGT010 = add(&verify.Check{
	ID:    "MGT-010",
	Title: "a switch is managed apart from guests",
	Doc: `Whoever reaches a switch's own address may try its password, and whoever owns the switch owns every VLAN. That address belongs on the port for management, outside of
the VLANs; in a management VLAN it warns, because a mistake in the VLANs then locks the administrators out; in VLAN 1 or a guest network it fails. What
counts is the address that is logged in to; where that is a name, the switch's port for management, or its only address. An interface for VLAN 1 without
an address is fine. Layer 3 reachability was not assessed.`,
	Cites: []standard.Clause{standard.Grundschutz("NET.3.1.A13", "S"), standard.Grundschutz("NET.3.1.A4", "B"), standard.Grundschutz("NET.1.2.A32", "E"),
		standard.STIG("SRG-NET-000512-L2S-000010")},
	Severity: verify.Medium,
	Run: verify.Each(func(f *topology.Fabric) []*topology.Switch { return f.Switches }, func(s *topology.Switch) (v verify.Verdict) {
		judgeOwnAddress(&v, s)
		return v
	}),
})

func judgeOwnAddress(v *verify.Verdict, s *topology.Switch) {
	login := loginOf(s)
	own := addressed(s)
	i := slices.IndexFunc(own, func(r topology.RoutedVLAN) bool { return has(r.Addresses, login) })
	port, from := managementPort(s, login)
	switch {
	case i >= 0:
		judgeInBand(v, s, own[i], port)
	case port != "" && login.IsValid() && has(s.Interface(port).Addresses, login):
		v.Pass(from, "%s is managed at its port %s, outside of the VLANs", s.Name, port)
	case !s.Listed.SVIs.Known() || slices.ContainsFunc(own, undecided):
		v.Unknown("%s: not known which of its addresses it is managed at", s.Name).Missing("the interfaces of %s with their addresses and VLANs", s.Name)
	case port != "":
		v.Pass(from, "%s has an address at its port %s, outside of the VLANs", s.Name, port)
		judgeFurtherAddress(v, own)
	case len(own) == 1 && !login.IsValid() && !quietPort(s):
		judgeInBand(v, s, own[0], "")
	case len(own) == 0 && !s.Listed.Interfaces.Known():
		v.Unknown("%s did not list its interfaces", s.Name).Missing("the interfaces of %s with their addresses", s.Name)
	case len(own) == 0:
		v.Pass(s.Listed.SVIs, "%s has no address in a VLAN: it is managed outside of them", s.Name)
	case login.IsValid():
		v.Unknown("%s is logged in to at %s, which none of its interfaces is known to have", s.Name, login).
			Missing("the interface of %s that has %s", s.Name, login)
	default:
		v.Unknown("%s has several ways in, and not known is at which address it is managed", s.Name).
			Missing("address: of %s in the inventory as an IP address", s.Name)
	}
}

// quietPort reports whether the switch has a port for management that is not down and of which no address was told.
func quietPort(s *topology.Switch) bool {
	return slices.ContainsFunc(s.Interfaces, func(n state.Interface) bool {
		return n.Kind == state.OutOfBand && !capture.Is(n.Oper, state.Down) && !slices.ContainsFunc(n.Addresses, capture.Fact[netip.Prefix].Known)
	})
}

// loginOf returns the address that the switch is logged in to, invalid where the inventory has a name.
func loginOf(s *topology.Switch) netip.Addr {
	if s.Entry == nil {
		return netip.Addr{}
	}
	if at, err := netip.ParseAddrPort(s.Entry.Address); err == nil {
		return at.Addr()
	}
	at, _ := netip.ParseAddr(s.Entry.Address)
	return at
}

func has(addresses []capture.Fact[netip.Prefix], a netip.Addr) bool {
	return slices.ContainsFunc(addresses, func(f capture.Fact[netip.Prefix]) bool { return f.Known() && f.Value.Addr() == a })
}

// addressed returns the switch's interfaces in VLANs that have an address, or may have one, and are not known to be down. That towards
// a multi-chassis peer is none: it leads nowhere else.
func addressed(s *topology.Switch) (out []topology.RoutedVLAN) {
	for i := range s.SVIs {
		r := topology.RoutedVLAN{Switch: s, SVI: &s.SVIs[i]}
		if !capture.Is(r.Addressed, false) && !capture.Is(r.Oper, state.Down) && r.ToPeer() != state.Yes {
			out = append(out, r)
		}
	}
	return out
}

// undecided reports whether something is missing of an interface that would tell whether it is the one.
func undecided(r topology.RoutedVLAN) bool {
	unknown := func(f capture.Fact[netip.Prefix]) bool { return !f.Known() }
	return !r.Addressed.Known() || !r.Oper.Known() || !r.VID.Known() || len(r.Addresses) == 0 || slices.ContainsFunc(r.Addresses, unknown)
}

// managementPort returns the port outside of the forwarding plane that has an address: that one, or any.
func managementPort(s *topology.Switch, login netip.Addr) (name string, from capture.Span) {
	for i := range s.Interfaces {
		n := &s.Interfaces[i]
		if n.Kind != state.OutOfBand || capture.Is(n.Oper, state.Down) {
			continue
		}
		for _, a := range n.Addresses {
			if a.Known() && (name == "" || a.Value.Addr() == login) {
				name, from = n.Name, a.From
			}
		}
	}
	return name, from
}

// judgeInBand judges a switch that is managed over a VLAN.
func judgeInBand(v *verify.Verdict, s *topology.Switch, r topology.RoutedVLAN, port string) {
	from := r.From
	if len(r.Addresses) > 0 {
		from = r.Addresses[0].From
	}
	var roles []string
	for _, n := range s.Fabric.NetworksOf(r.VID.Value) {
		switch {
		case !r.VID.Known() || n.Bridged(s, r.VID.Value) == state.No:
		case n.Role == inventory.Guest:
			v.Fail(from, "%s is managed at %s in VLAN %d of %s, a guest network", s.Name, r.Interface, r.VID.Value, n.Name).Also(n.From).
				Fix("move the address of %s to its port for management or to a management network", s.Name)
			return
		default:
			roles = append(roles, n.Name+" ("+string(n.Role)+")")
		}
	}
	switch {
	case !r.VID.Known():
		v.Unknown("%s is managed at %s, of which the VLAN was not reported", s.Name, r).Missing("the VLAN of %s", r)
	case r.VID.Value == 1:
		v.Fail(from, "%s is managed at %s in VLAN 1, the default VLAN", s.Name, r.Interface).
			Fix("move the address of %s to its port for management or to a management network", s.Name)
	case len(roles) == 0:
		v.Unknown("%s is managed at %s in VLAN %d, of which nobody said what it is for", s.Name, r.Interface, r.VID.Value).
			Missing("networks: in the inventory: what VLAN %d is for", r.VID.Value)
	case port != "":
		v.Pass(from, "%s is managed at %s in %s, and at its port %s", s.Name, r.Interface, roles[0], port)
	default:
		v.Warn(from, "%s is managed in-band only: at %s in %s", s.Name, r.Interface, roles[0]).
			Fix("give %s an address at its port for management", s.Name)
	}
}

// judgeFurtherAddress notes a further address in VLAN 1, at which the switch may be managed as well.
func judgeFurtherAddress(v *verify.Verdict, own []topology.RoutedVLAN) {
	for _, r := range own {
		if capture.Is(r.VID, 1) {
			v.Warn(r.Addressed.From, "%s has an address in VLAN 1 as well, where every unconfigured port is", r).
				Fix("take the address of %s away", r)
		}
	}
}
