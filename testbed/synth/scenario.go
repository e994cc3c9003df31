package synth

import (
	"fmt"

	"uplinkcheck/inventory"
	"uplinkcheck/testbed/model"
)

// ScenarioNamed returns the healthy fabric that a name like synth-20-1 asks for: 20 switches from seed 1.
func ScenarioNamed(name string) (*model.Scenario, error) {
	var o Options
	var rest string
	if n, _ := fmt.Sscanf(name+" .", "synth-%d-%d %s", &o.Switches, &o.Seed, &rest); n != 3 || rest != "." || o.Switches < 1 || o.Switches > mostServed {
		return nil, fmt.Errorf("%q is no generated scenario: want synth-SWITCHES-SEED with 1 to %d switches, such as synth-20-1", name, mostServed)
	}
	return New(o).Scenario(), nil
}

// mostServed bounds a fabric of which each device is to be a server.
const mostServed = 2000

// Scenario returns the fabric as a scenario of package model, to be rendered, recorded and served. It has the faults that
// Inject put in.
func (f *Fabric) Scenario() *model.Scenario {
	sc := &model.Scenario{Name: fmt.Sprintf("synth-%d-%d", f.Switches, f.Seed), Time: finished,
		Switches: map[string]*model.SwitchSpec{}, Pairs: map[string]*model.PairSpec{}, Trunks: map[string]*model.TrunkSpec{},
		Hosts: map[string]*model.HostSpec{}, Machines: map[string]*model.HostSpec{}, Networks: map[string]*model.NetworkSpec{},
		Clusters: map[string]*model.ClusterSpec{}, LAGs: map[string]*model.LAGSpec{}}
	for _, s := range f.switches {
		sc.Switches[s.name] = f.switchSpec(s)
	}
	for _, u := range f.units {
		f.unitSpec(sc, u)
	}
	for _, n := range f.nets {
		sc.Networks[n.name] = &model.NetworkSpec{VLANs: model.VLANList{VIDSet: n.vlans}, Role: string(n.role), Zone: n.zone, Path: n.path}
	}
	for _, h := range f.hosts {
		sc.Hosts[h.name] = hostSpec(h)
	}
	for _, h := range f.machines {
		if !h.silent { // one that a fault plugs in
			sc.Machines[h.name] = hostSpec(h)
		}
	}
	for _, c := range f.clusters {
		x := &model.ClusterSpec{Networks: names(c.nets)}
		for _, h := range c.hosts {
			x.Hosts = append(x.Hosts, h.name)
		}
		sc.Clusters[c.name] = x
	}
	sc.Inventory = f.patch()
	sc.Faults = f.faults
	return sc
}

// patch is what the inventory says beyond what a scenario makes of itself.
func (f *Fabric) patch() map[string]any {
	networks := map[string]any{}
	for _, n := range f.nets {
		if len(n.gateway) > 0 {
			networks[n.name] = map[string]any{"gateway": n.gateway}
		}
	}
	return map[string]any{"networks": networks, "policy": map[string]any{"stack_is_redundant": true, "mixed_zones": true}}
}

func names(nets []*network) []string {
	out := []string{}
	for _, n := range nets {
		out = append(out, n.name)
	}
	return out
}

func (f *Fabric) switchSpec(s *sw) *model.SwitchSpec {
	used := 0
	for _, p := range s.ports {
		if p.meant != nil {
			used++
		}
	}
	spare := len(s.ports) - used
	x := &model.SwitchSpec{Platform: s.platform(), MAC: s.mac.String(), Serial: "SIM" + s.name, Stack: s.members, Spare: &spare, Rack: s.rack, Power: s.power}
	for _, v := range s.svis {
		x.SVIs = append(x.SVIs, model.SVISpec{VLAN: v, Address: s.address(v).String()})
	}
	return x
}

// unitSpec writes the pair and the trunk above a unit.
func (f *Fabric) unitSpec(sc *model.Scenario, u *unit) {
	if u.kind != Stack {
		carried := []string{}
		for _, n := range f.nets {
			if n.vlans.Overlaps(u.vlans) {
				carried = append(carried, n.name)
			}
		}
		p := &model.PairSpec{Switches: []string{u.sw[0].name, u.sw[1].name}, System: u.system().String(), Networks: &carried}
		if u.kind == ESI {
			p.Protocol, p.PeerLink = "esi", &[]string{}
			if u.peerLink[0] != nil {
				p.PeerLink = &[]string{fmt.Sprint(peerLinkPort), fmt.Sprint(peerLinkPort + 1)}
			}
			for _, s := range u.sw {
				for _, l := range s.lags {
					if l.peerLink {
						continue
					}
					sc.LAGs[fmt.Sprintf("%s/lag%d", s.name, l.number)] = &model.LAGSpec{ESI: &l.esi}
				}
			}
		}
		sc.Pairs[u.name] = p
	}
	if u.parent == nil {
		return
	}
	passes := []string{}
	for _, n := range f.nets {
		if n.vlans.Overlaps(f.passes(u)) {
			passes = append(passes, n.name)
		}
	}
	t := &model.TrunkSpec{Networks: &passes}
	for _, s := range u.sw {
		for _, l := range s.lags {
			if l.text != "trunk "+u.trunk() {
				continue
			}
			for _, p := range l.members {
				t.A, t.Z = append(t.A, p.ref()), append(t.Z, p.meant.ref())
			}
		}
	}
	sc.Trunks[u.trunk()] = t
}

// ref names a port as scenarios do.
func (j *jack) ref() string {
	if j.sw.members > 0 {
		return fmt.Sprintf("%s/%d:%d", j.sw.name, j.member, j.number)
	}
	return fmt.Sprintf("%s/%d", j.sw.name, j.number)
}

func hostSpec(h *host) *model.HostSpec {
	x := &model.HostSpec{MAC: h.mac.String(), Rack: h.rack, Power: h.power, SingleHomed: h.single, Bonds: map[string]*model.BondSpec{}}
	switch {
	case h.gateway:
		x.Kind = model.Gateway
	case h.station:
		x.Kind = model.Station
	default:
		x.Source = "linux"
	}
	for _, t := range h.teams {
		nets := names(t.nets)
		b := &model.BondSpec{Uplinks: map[string]string{}, Networks: &nets}
		if t.mode == inventory.TeamActiveBackup {
			b.Mode = "active-backup"
		}
		for _, m := range t.members {
			b.Uplinks[m.name] = m.meant.ref()
		}
		x.Bonds[t.name] = b
	}
	for _, s := range h.alone {
		nets := names(s.nets)
		x.Bonds["x-"+s.nic.name] = &model.BondSpec{Uplinks: map[string]string{s.nic.name: s.nic.meant.ref()}, Networks: &nets}
	}
	return x
}
