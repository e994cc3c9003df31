package main

import "uplinkcheck/drivers/state"

var _ = adapt("dell_os10", map[string]adapter{
	"napalm get_facts()": always(func(y *tally, published any) {
		o := members(published)
		if !y.s.Listed.Interfaces.Known() { // what the list was read from was not kept
			delete(o, "interface_list")
		}
		napalmFacts(y, o)
	}),
	"napalm get_lldp_neighbors()": always(func(y *tally, published any) { // a neighbour's port is its description
		for local, list := range members(published) {
			for _, n := range items(list) {
				o := members(n)
				y.neighbour(local, func(y *tally, r *state.RemoteSystem) {
					y.told(local+": port", r.PortDescription, o["port"])
					y.told(local+": system name", r.SystemName, o["hostname"])
				})
			}
		}
	}),
})
