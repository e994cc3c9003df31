package model

import (
	"uplinkcheck/drivers/state"
	"uplinkcheck/inventory"
)

// AsHost is a switch that is a Linux machine as a host's view: its ports are NICs, and its LAGs bonds of the kernel.
func (s *Switch) AsHost() *Host {
	h := &Host{Name: s.Name, Hostname: s.Hostname, Address: s.Address, LLDP: s.LLDP, Heard: s.Neighbours, Now: s.Now}
	for _, p := range s.Ports {
		h.NICs = append(h.NICs, NIC{Name: p.Name, Index: 10 + p.Index, MAC: p.MAC, Admin: p.Admin, Oper: p.Oper, Speed: p.Speed, MTU: p.MTU, Bond: p.LAG, Fails: p.Changes / 2})
	}
	for i := range s.LAGs {
		l := &s.LAGs[i]
		b := Bond{Name: l.Name, Index: 5000 + l.Number, Mode: inventory.TeamLACP, Active: l.Active, Fast: l.Fast, MinLinks: max(l.MinLinks, 1), MAC: l.MAC, Admin: l.Admin,
			Oper: l.Oper, MTU: l.MTU, Speed: l.Speed, System: l.System, Priority: l.Priority, Key: l.Key}
		if l.Protocol == state.Static {
			b.Mode = inventory.TeamStatic
		}
		for _, m := range l.Ports {
			b.Members = append(b.Members, BondMember{LAGPort: m, Link: h.NIC(m.Name).Oper, Carries: m.Selected == state.Selected || m.Selected == state.Individual})
		}
		if b.Mode == inventory.TeamLACP {
			h.aggregators(&b)
		}
		h.Bonds = append(h.Bonds, b)
	}
	return h
}
