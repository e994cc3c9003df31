package topology

import (
	"cmp"
	"slices"

	"uplinkcheck/drivers/capture"
	"uplinkcheck/drivers/state"
	"uplinkcheck/inventory"
)

// inferHosts makes hosts of the LACP partners and LLDP neighbours that are no switch of this fabric. It is only used
// where the inventory names no host, and the hosts are marked as inferred: nobody said what they are.
func (f *Fabric) inferHosts() {
	byMAC, names := f.switchesByMAC(), f.switchNames()
	own := map[state.MAC]bool{}
	for _, s := range f.Switches {
		for _, a := range s.Aggregators {
			for i := range a.Ports {
				own[a.Ports[i].Actor.System.Value] = true
			}
		}
		own[s.MLAG.SystemMAC.Value] = true
		own[s.Device.ChassisMAC.Value] = true
	}
	type partner struct {
		system state.MAC
		key    uint16
	}
	groups := map[partner][]*Port{}
	var order []partner
	for _, s := range f.Switches {
		for _, p := range s.Ports {
			if p.Trunk != nil || p.Member == nil || p.Member.Heard() != state.Yes || own[p.Member.Partner.System.Value] {
				continue
			}
			id := partner{p.Member.Partner.System.Value, p.Member.Partner.Key.Value}
			if groups[id] == nil {
				order = append(order, id)
			}
			groups[id] = append(groups[id], p)
		}
	}
	slices.SortFunc(order, func(a, b partner) int {
		return cmp.Or(slices.Compare(a.system[:], b.system[:]), cmp.Compare(a.key, b.key))
	})
	for _, id := range order {
		f.addInferred(id.system, groups[id], byMAC, names)
	}
}

func (f *Fabric) addInferred(system state.MAC, ports []*Port, byMAC map[state.MAC]*Switch, names nameIndex[*Switch]) {
	name := ""
	for _, p := range ports {
		for i := range p.Remotes {
			r := &p.Remotes[i]
			if s, _ := f.remotePort(r, byMAC, names); s != nil || !r.SystemName.Known() {
				continue
			}
			if name != "" && name != r.SystemName.Value {
				name = "?"
			} else {
				name = r.SystemName.Value
			}
		}
	}
	if name == "" || name == "?" || f.hosts[name] != nil || f.switches[name] != nil {
		name = "host " + system.String()
	}
	if f.hosts[name] != nil {
		name += " key " + ports[0].Name
	}
	from := ports[0].Member.Partner.System.From
	facts := &inventory.Host{Name: name, Source: "inferred", From: from}
	team := inventory.Team{Name: "lag", From: from, Mode: capture.Of(inventory.TeamLACP, from)}
	for _, p := range ports {
		at := p.Member.Partner.System.From
		nic := inventory.NIC{Name: nicName(p), From: at, Team: team.Name}
		facts.NICs = append(facts.NICs, nic)
		member := inventory.TeamMember{}
		member.Name, member.From = nic.Name, at
		team.Members = append(team.Members, member)
	}
	facts.Teams = []inventory.Team{team}
	h := &Host{Host: facts, Inferred: true, Fabric: f}
	h.addUplinks()
	for _, u := range h.Uplinks {
		for _, p := range ports {
			if nicName(p) == u.NIC.Name {
				u.inferredPort = p
			}
		}
	}
	f.Hosts = append(f.Hosts, h)
	f.hosts[name] = h
	slices.SortFunc(f.Hosts, func(a, b *Host) int { return state.NaturalCompare(a.Name, b.Name) })
}

// nicName names the far end of a port of which only the port is known.
func nicName(p *Port) string { return "nic at " + p.String() }
