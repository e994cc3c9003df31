package checks

import (
	"uplinkcheck/verify"
	"uplinkcheck/verify/standard"
	"uplinkcheck/verify/topology"
)

// VLN015: members of a LAG have no VLAN settings of their own that differ.
var VLN015 = add(&verify.Check{
	ID:    "VLN-015",
	Title: "members of a LAG have no VLAN settings of their own that differ",
	Doc: `Some systems forward by the settings of the member port, and all of them do so when a member runs alone. Settings of a member that differ from those of
its LAG are a second, hidden configuration. Systems that keep none for members pass. Give the member the settings of its LAG, or take its own away.`,
	Cites:    []standard.Clause{standard.M5153},
	Severity: verify.Medium,
	Run: verify.Each((*topology.Fabric).HostLAGs, func(l *topology.LAG) (v verify.Verdict) {
		if skipLAG(&v, l) {
			return v
		}
		for _, p := range l.Lanes() {
			of := p.Switch.BridgePort(p.Aggregator.Name)
			own := p.Switch.BridgePort(p.Name)
			switch {
			case of == nil:
				v.Unknown("%s/%s: VLAN settings not reported", p.Switch.Name, p.Aggregator.Name).Missing("the VLAN settings of %s", p.Switch.Name)
			case own == nil && !p.Switch.Listed.BridgePorts.Known():
				v.Unknown("%s: not all ports with VLAN settings were listed", p).Missing("the VLAN settings of %s", p.Switch.Name)
			case own == nil:
				v.Pass(of.From, "%s has no settings beside those of %s", p, p.Aggregator.Name).Also(p.Switch.Listed.BridgePorts)
			default:
				alike(&v, p.Switch.Name+"/"+p.Aggregator.Name, p.String(), "allowed VLANs", of.Configured, own.Configured)
				alike(&v, p.Switch.Name+"/"+p.Aggregator.Name, p.String(), "untagged VLAN", of.PVID, own.PVID)
			}
		}
		return v
	}),
})
