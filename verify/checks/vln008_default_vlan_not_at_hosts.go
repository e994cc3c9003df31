package checks

import (
	"uplinkcheck/drivers/capture"
	"uplinkcheck/drivers/state"
	"uplinkcheck/verify"
	"uplinkcheck/verify/standard"
	"uplinkcheck/verify/topology"
)

// VLN008: no port that faces a host is in the default VLAN.
var VLN008 = add(&verify.Check{
	ID:    "VLN-008",
	Title: "no port that faces a host is in the default VLAN",
	Doc: `VLAN 1 joins everything that nobody has configured. A host, an appliance or a user in it shares a broadcast domain with all of that. Looked at is the untagged
VLAN of every port that is up and leads to no other switch; tagged VLAN 1 on the trunk of a hypervisor is VLN-007. It warns, and fails with
policy: {strict_vlans: true}. A declared network that uses VLAN 1 is the site's choice. Unused ports are VLN-017.`,
	Cites:    []standard.Clause{standard.STIG("SRG-NET-000512-L2S-000008"), standard.STIG("CISC-L2-000220")},
	Severity: verify.Medium,
	Run: verify.Each(everySwitch, func(s *topology.Switch) (v verify.Verdict) {
		if n := s.Fabric.NetworksOf(1); len(n) > 0 {
			v.NotApplicable("VLAN 1 is declared as network %s", n[0].Name)
			return v
		}
		if !s.Listed.BridgePorts.Known() {
			v.Unknown("%s did not list all its ports with VLANs", s.Name).Missing("the VLAN settings of %s", s.Name)
		} else {
			v.Pass(s.Listed.BridgePorts, "%s has no port up that faces a host and is in VLAN 1", s.Name)
		}
		var bad tally
		for _, p := range s.Ports {
			judgeDefaultVLAN(&v, p, &bad)
		}
		if bad.names != nil {
			v.Note(byPolicy(s.Fabric), first(bad.spans), "up, towards no switch and in the default VLAN, 1, on %s: %s", s.Name, few(bad.names)).Also(bad.spans...).
				Fix("move each of these ports of %s to the VLAN of what is plugged in there: %s", s.Name, few(bad.names))
		}
		return v
	}),
})

func everySwitch(f *topology.Fabric) []*topology.Switch { return f.Switches }

// A tally gathers the ports of which the same is to be said.
type tally struct {
	names []string
	spans []capture.Span
}

func (t *tally) add(p *topology.Port, from capture.Span) {
	t.names, t.spans = append(t.names, p.Name), append(t.spans, from)
}

func judgeDefaultVLAN(v *verify.Verdict, p *topology.Port, bad *tally) {
	switch {
	case p.Trunk != nil, p.Oper() == state.No, p.Bridge == nil && p.Switch.Listed.BridgePorts.Known(),
		p.Interface != nil && capture.Is(p.Interface.Bridged, false):
	case p.Bridge == nil || !p.Bridge.PVID.Known():
		v.Unknown("%s: untagged VLAN not reported", p).Missing("the VLAN settings of %s", p)
	case p.Bridge.PVID.Value != 1:
	case p.Oper() == state.Unknown:
		v.Unknown("%s is in VLAN 1, and its link state was not reported", p).Missing("the link state of %s", p)
	case p.Uncollected() != "":
		v.Unknown("%s is in VLAN 1 and leads to %s, which was not collected", p, p.Uncollected()).Missing("collect %s", p.Uncollected())
	case !capture.Is(p.Bridge.Mode, state.Access) && p.Link == nil && p.Expected() == "" && len(p.Remotes) == 0:
		v.Unknown("%s is a trunk with untagged VLAN 1, and nothing tells whether a host or a switch is there", p).
			Missing("who is at %s: LLDP, or links: in the inventory", p)
	default:
		bad.add(p, p.Bridge.PVID.From)
	}
}
