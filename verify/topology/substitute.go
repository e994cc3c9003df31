package topology

import (
	"slices"

	"uplinkcheck/drivers/capture"
	"uplinkcheck/drivers/state"
)

// Substitute answers whether the multi-chassis peers of the switch could carry on without it: all gave state and work with it now. A
// switch that runs no protocol with a peer needs none: what hangs on others as well does so on its own.
func (s *Switch) Substitute() Carriage {
	m := &s.MLAG
	switch {
	case s.Pair == nil && (capture.Is(m.Protocol, state.NoMLAG) || capture.Is(m.Protocol, state.EVPNESI)):
		return says(state.Yes, m.Protocol.From, "%s runs no protocol with a peer", s.Name)
	case s.Pair == nil && m.Protocol.Known():
		return silent("the multi-chassis peer of %s is not among the switches that gave state", s.Name)
	case s.Pair == nil:
		return silent("not reported whether %s has a multi-chassis peer", s.Name)
	}
	for _, name := range s.Pair.Missing {
		return silent("%s, the peer of %s, gave no state", name, s.Name)
	}
	c := Carriage{Answer: state.Yes}
	for _, peer := range s.Pair.Switches {
		if peer != s {
			c = c.And(peer.WorksWithPeer())
		}
	}
	return c
}

// Leaning returns the hosts in service that have an aggregated uplink on the switch and another uplink elsewhere: without the switch they
// lean on its substitute.
func (s *Switch) Leaning() (out []*Host) {
	for _, p := range s.Ports {
		if p.Link == nil || p.Aggregator == nil || slices.Contains(out, p.Link.Uplink.Host) || p.Link.Uplink.Host.Maintained() {
			continue
		}
		if slices.ContainsFunc(p.Link.Uplink.Host.Uplinks, func(u *Uplink) bool { q := u.Mapped(); return q != nil && q.Switch != s }) {
			out = append(out, p.Link.Uplink.Host)
		}
	}
	return out
}

// Maintained reports whether the host is declared out of service: what it loses is no loss.
func (h *Host) Maintained() bool { return h.Entry != nil && h.Entry.Maintenance }

// Alone reports whether the host is declared single-homed.
func (h *Host) Alone() bool { return h.Entry != nil && h.Entry.SingleHomed }

// GatewayAnywhere returns a declared gateway that may be on the switch, on any for nil, of a network of which none was found at any port;
// else "".
func (n *Network) GatewayAnywhere(s *Switch) string {
	at := n.Fabric.anchorsOf(n)
	if len(at.ports)+len(at.switches) == 0 {
		for _, place := range at.nowhere {
			if s == nil || mayBeOn(place, s) {
				return place
			}
		}
	}
	return ""
}

// LastGateways yields each switch without which the network has no gateway any more in a VLAN in which it has one now: Yes, or Unknown where
// not all declared gateways were found, or of one nobody said whether it works.
func (n *Network) LastGateways(yield func(*Switch, state.Tri) bool) {
	type foot struct {
		at    *Switch
		works func(state.VID) state.Tri
	}
	var feet []foot
	for _, p := range n.GatewayPorts() {
		feet = append(feet, foot{p.Switch, p.Passes})
	}
	for _, s := range n.GatewaySwitches() {
		feet = append(feet, foot{s, s.routesIn})
	}
	elsewhere := tri(len(n.gatewaysNowhere()) == 0, false)
	seen := map[*Switch]bool{}
	for _, x := range feet {
		if seen[x.at] {
			continue
		}
		seen[x.at] = true
		gone := state.No
		for v := range n.VLANs.All() {
			here, left := state.No, elsewhere
			for _, o := range feet {
				if o.at == x.at {
					here = here.Or(o.works(v))
				} else {
					left = left.Or(o.works(v))
				}
			}
			gone = gone.Or(here.And(not(left)))
		}
		if gone != state.No && !yield(x.at, gone) {
			return
		}
	}
}
