package synth

import (
	"fmt"

	"uplinkcheck/drivers/capture"
	"uplinkcheck/inventory"
)

// Inventory is the intent that fits the fabric as it was planned.
func (f *Fabric) Inventory() *inventory.Inventory {
	text := []byte("# simulated\n")
	inv := &inventory.Inventory{}
	end := func() uint32 { return uint32(len(text)) }
	inv.File = &capture.Reply{Device: "inventory", Command: "inventory.yml", At: finished, Complete: true}
	line := func(format string, args ...any) capture.Span {
		start := end()
		text = fmt.Appendf(text, format+"\n", args...)
		return capture.Span{Reply: inv.File, Start: start, End: end() - 1}
	}
	for _, s := range f.switches {
		inv.Switches = append(inv.Switches, inventory.Switch{Name: s.name, From: line("switch %s", s.name), Platform: s.platform(), Hostname: s.name,
			Login: inventory.Login{Address: s.managed().Addr().String()}, Rack: s.rack, Power: s.power})
	}
	for _, u := range f.units {
		if u.kind == ESI {
			inv.Pairs = append(inv.Pairs, inventory.Pair{Name: u.name, From: line("pair %s", u.name), Switches: []string{u.sw[0].name, u.sw[1].name}})
		}
	}
	for _, n := range f.nets {
		at := line("network %s: %s", n.name, n.vlans)
		inv.Networks = append(inv.Networks, inventory.Network{Name: n.name, From: at, VLANFrom: at, VLANs: n.vlans, Role: n.role, Zone: n.zone, Path: n.path,
			Gateway: n.gateway, Stations: n.stations})
	}
	for _, c := range f.clusters {
		x := inventory.Cluster{Name: c.name, From: line("cluster %s", c.name), Survive: []string{"switch", "link"}}
		for _, h := range c.hosts {
			x.Hosts = append(x.Hosts, h.name)
		}
		for _, n := range c.nets {
			x.Networks = append(x.Networks, n.name)
		}
		inv.Clusters = append(inv.Clusters, x)
	}
	for _, h := range f.hosts {
		inv.Hosts = append(inv.Hosts, inventory.HostEntry{Name: h.name, From: line("host %s", h.name), Source: "linux", Rack: h.rack, Power: h.power, SingleHomed: h.single})
	}
	inv.Policy.StackIsRedundant = true
	inv.Policy.MixedZones = capture.Of(true, line("mixed zones"))
	inv.File.Data = text
	return inv
}
