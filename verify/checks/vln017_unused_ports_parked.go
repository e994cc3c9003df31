package checks

import (
	"uplinkcheck/drivers/capture"
	"uplinkcheck/drivers/state"
	"uplinkcheck/verify"
	"uplinkcheck/verify/standard"
	"uplinkcheck/verify/topology"
)

// VLN017: unused ports are in the parking VLAN, and that leads nowhere.
var VLN017 = add(&verify.Check{
	ID:    "VLN-017",
	Title: "unused ports are in the parking VLAN, and that leads nowhere",
	Doc: `Whoever plugs into an unused port that is enabled is in its VLAN. Shut unused ports down, or put them as access ports into a VLAN that is on no trunk. Unused is a port
without carrier that is in no LAG, has no description, and of which neither the inventory nor any neighbour says who belongs there. Which VLAN is for
that, policy: {parking_vlan: ...} says; without it this is not judged.`,
	Cites:    []standard.Clause{standard.Grundschutz("NET.3.1.A1", "B"), standard.STIG("SRG-NET-000512-L2S-000007"), standard.STIG("CISC-L2-000210")},
	Severity: verify.Low,
	Run: verify.Each(everySwitch, func(s *topology.Switch) (v verify.Verdict) {
		parking := s.Fabric.Inventory.Policy.ParkingVLAN
		if !parking.Known() {
			v.NotApplicable("no VLAN for unused ports is declared: policy: {parking_vlan: ...} has this judged")
			return v
		}
		if !s.Listed.Interfaces.Known() || !s.Listed.BridgePorts.Known() {
			v.Unknown("%s did not list all its ports with their VLANs", s.Name).Missing("the interfaces and VLAN settings of %s", s.Name)
		} else {
			v.Pass(s.Listed.BridgePorts, "unused ports of %s are shut down or in VLAN %d, which is on no trunk", s.Name, parking.Value).Also(s.Listed.Interfaces)
		}
		var bad tally
		for _, p := range s.Ports {
			judgeUnused(&v, p, parking.Value, &bad)
		}
		if bad.names != nil {
			v.Warn(first(bad.spans), "unused, enabled and not access ports of VLAN %d on %s: %s", parking.Value, s.Name, few(bad.names)).Also(bad.spans...).
				Fix("on %s, shut %s down, or make them access ports of VLAN %d", s.Name, few(bad.names), parking.Value)
		}
		for i := range s.BridgePorts {
			judgeParkingTrunk(&v, s, &s.BridgePorts[i], parking.Value)
		}
		return v
	}),
})

// judgeUnused judges a port that nothing is plugged into and nobody has a use for.
func judgeUnused(v *verify.Verdict, p *topology.Port, parking state.VID, bad *tally) {
	n := p.Interface
	switch {
	case p.Aggregator != nil, p.Link != nil, p.Declared != nil, p.Trunk != nil, p.Expected() != "", p.Oper() == state.Yes:
		return
	case n == nil || !n.Oper.Known():
		v.Unknown("%s: link state not reported", p).Missing("the link state of %s", p)
		return
	case capture.Is(n.Admin, state.Down), n.Description.Value != "", capture.Is(n.Bridged, false), p.Bridge == nil && p.Switch.Listed.BridgePorts.Known():
		return
	}
	b := p.Bridge
	switch {
	case b == nil || !b.Mode.Known() || !b.PVID.Known():
		v.Unknown("%s is unused, and its VLAN was not reported", p).Missing("the VLAN settings of %s", p)
	case b.Mode.Value == state.Access && b.PVID.Value == parking:
	case !n.Admin.Known():
		v.Unknown("%s is unused and not in VLAN %d, and not reported is whether it is shut down", p, parking).Missing("the administrative state of %s", p)
	case p.Switch.Fabric.Unplaced() != "":
		v.Unknown("%s is down and may be where %s is, of which that is not known", p, p.Switch.Fabric.Unplaced()).
			Missing("where %s is: settle RED-009 for it, or name its place under gateway:, stations: or links:", p.Switch.Fabric.Unplaced())
	default:
		bad.add(p, b.From)
	}
}

// judgeParkingTrunk holds that the parking VLAN is on no trunk.
func judgeParkingTrunk(v *verify.Verdict, s *topology.Switch, b *state.BridgePort, parking state.VID) {
	name := s.Name + "/" + b.Interface
	switch {
	case capture.Is(b.Mode, state.Access), b.Configured.Known() && !b.Configured.Value.Has(parking) && !capture.Is(b.PVID, parking):
	case b.Members.Known() && !b.Members.Value.Has(parking):
	case !b.Mode.Known() || !b.Members.Known():
		v.Unknown("%s: not reported whether it is a trunk with VLAN %d", name, parking).Missing("the VLAN settings of %s", name)
	default:
		v.Warn(b.Members.From, "%s is a trunk and carries VLAN %d, where unused ports belong", name, parking).
			Fix("take VLAN %d off %s", parking, name)
	}
}
