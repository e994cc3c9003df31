package checks

import (
	"uplinkcheck/drivers/capture"
	"uplinkcheck/drivers/state"
	"uplinkcheck/verify"
	"uplinkcheck/verify/standard"
	"uplinkcheck/verify/topology"
)

// VLN019: a port without a declared trunk device is an access port.
var VLN019 = add(&verify.Check{
	ID:    "VLN-019",
	Title: "a port without a declared trunk device is an access port",
	Doc: `Whoever sits on a trunk chooses the VLAN of each frame. Trunks belong to switches, hypervisors, and to the gateways and appliances that the inventory names under
gateway:, stations: or links:. Looked at are ports that are up. Where it declares no hosts, nobody said what is meant, and this is not judged.`,
	Cites:    []standard.Clause{standard.STIG("SRG-NET-000512-L2S-000011"), standard.STIG("CISC-L2-000250"), standard.STIG("JUEX-L2-000230")},
	Severity: verify.Low,
	Run: verify.Each(everySwitch, func(s *topology.Switch) (v verify.Verdict) {
		if len(s.Fabric.Inventory.Hosts) == 0 {
			v.NotApplicable("no hosts are declared: hosts: has this judged")
			return v
		}
		if !s.Listed.BridgePorts.Known() {
			v.Unknown("%s did not list all its ports with VLANs", s.Name).Missing("the VLAN settings of %s", s.Name)
		} else {
			v.Pass(s.Listed.BridgePorts, "%s has no trunk up without a declared device", s.Name)
		}
		var bad tally
		for _, p := range s.Ports {
			judgeUserPort(&v, p, &bad)
		}
		if bad.names != nil {
			v.Warn(first(bad.spans), "up, trunks, and without a declared device on %s: %s", s.Name, few(bad.names)).Also(bad.spans...).
				Fix("on %s, make %s access ports, or declare what is there (hosts:, gateway:, stations: or links:)", s.Name, few(bad.names))
		}
		return v
	}),
})

func judgeUserPort(v *verify.Verdict, p *topology.Port, bad *tally) {
	f, b := p.Switch.Fabric, p.Bridge
	switch {
	case p.Oper() == state.No, p.Trunk != nil, p.Declared != nil, p.Expected() != "", p.Uncollected() != "",
		p.Link != nil && p.Link.Confidence() > topology.Inferred:
	case b == nil && (p.Switch.Listed.BridgePorts.Known() || p.Interface != nil && capture.Is(p.Interface.Bridged, false)):
	case b == nil || !b.Mode.Known():
		v.Unknown("%s: VLAN mode not reported", p).Missing("the VLAN settings of %s", p)
	case b.Mode.Value == state.Access || b.Mode.Value == state.Tunnel:
	case p.Oper() == state.Unknown:
		v.Unknown("%s is a trunk, and its link state was not reported", p).Missing("the link state of %s", p)
	case p.Link != nil:
		v.Unknown("%s is a trunk, and not sure is whether %s is there (%s)", p, p.Link.Uplink, p.Link.Says()).Missing("settle RED-009 for %s first", p.Link.Uplink)
	case f.Unplaced() != "":
		v.Unknown("%s is a trunk and may be where %s is, of which that is not known", p, f.Unplaced()).
			Missing("where %s is: settle RED-009 for it, or name its place under gateway:, stations: or links:", f.Unplaced())
	case !p.Switch.Listed.Remotes.Known():
		v.Unknown("%s is a trunk, and %s did not report its neighbours", p, p.Switch.Name).Missing("the LLDP neighbours of %s", p.Switch.Name)
	default:
		bad.add(p, b.Mode.From)
	}
}
