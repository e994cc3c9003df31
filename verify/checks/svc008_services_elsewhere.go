package checks

import (
	"fmt"
	"slices"
	"strings"

	"uplinkcheck/drivers/capture"
	"uplinkcheck/drivers/state"
	"uplinkcheck/inventory"
	"uplinkcheck/verify"
	"uplinkcheck/verify/standard"
	"uplinkcheck/verify/topology"
)

// SVC008: a cluster does not depend on services that run on itself alone.
var SVC008 = add(&verify.Check{
	ID:    "SVC-008",
	Title: "a cluster does not depend on services that run on itself alone",
	Doc: `When a whole cluster is down, its hosts must come up before their guests: if names, addresses or time come only from such a guest, neither comes. Of each
kind dns, dhcp and ntp that is declared for a network of the hosts, guests' networks left out, one service must be somewhere else than on hosts of this cluster. A
service is on a host where at: names the host, or a port that is one of its uplinks.`,
	Cites:    []standard.Clause{standard.Grundschutz("SYS.1.5.A20", "E")},
	Severity: verify.Low,
	Run: verify.Each((*topology.Fabric).Clusters, func(c *topology.Cluster) (v verify.Verdict) {
		judgeDependence(&v, c)
		return v
	}),
})

// bootServices are what hosts need before their guests run.
var bootServices = []inventory.ServiceKind{inventory.NameServer, inventory.AddressServer, inventory.TimeServer}

func judgeDependence(v *verify.Verdict, c *topology.Cluster) {
	needed := map[*topology.Network]bool{}
	for _, n := range c.Fabric.Networks {
		if slices.Contains(c.Networks, n.Name) && n.Role != inventory.Guest {
			needed[n] = true
		}
	}
	for _, h := range c.Hosts {
		for _, r := range h.Required {
			if r.Network.Role != inventory.Guest {
				needed[r.Network] = true
			}
		}
	}
	var says []string
	var proof []capture.Span
	for _, kind := range bootServices {
		for _, n := range c.Fabric.Networks {
			if !needed[n] {
				continue
			}
			var serving []*topology.Service
			for _, s := range c.Fabric.Services(kind) {
				if slices.Contains(s.For(), n) {
					serving = append(serving, s)
				}
			}
			if text, from := judgeOneKind(v, c, kind, n, serving); text != "" && !slices.Contains(says, text) {
				says, proof = append(says, text), append(proof, from...)
			}
		}
	}
	switch {
	case v.Outcome() != verify.NotApplicable:
	case len(says) == 0:
		v.NotApplicable("no service of kind dns, dhcp or ntp is declared for the hosts of %s: services: in the inventory has this judged", c.Name)
	default:
		v.Pass(first(proof), "the hosts of %s do not depend on their own guests for %s", c.Name, strings.Join(says, ", ")).Also(proof...)
	}
}

// judgeOneKind notes a network of which all services of a kind run on the cluster, surely or perhaps; else it says which does not.
func judgeOneKind(v *verify.Verdict, c *topology.Cluster, kind inventory.ServiceKind, n *topology.Network, serving []*topology.Service) (says string, from []capture.Span) {
	var inside, unclear []string
	for _, s := range serving {
		switch x := insideOf(c, s); x.Answer {
		case state.No:
			return fmt.Sprintf("%s (%s)", kind, s.Name), append([]capture.Span{s.From}, x.From...)
		case state.Yes:
			inside, from = append(inside, s.Name), append(append(from, s.From), x.From...)
		default:
			unclear = append(unclear, x.Why)
		}
	}
	switch {
	case len(serving) == 0:
	case len(unclear) > 0:
		v.Unknown("%s of %s: not known whether one is elsewhere than on hosts of %s: %s", kind, n.Name, c.Name, strings.Join(unclear, "; ")).
			Missing("the host of each service under at:, or its SWITCH/PORT with where the uplinks of the hosts of %s end", c.Name)
	default:
		v.Warn(first(from), "%s of %s comes only from %s, on hosts of %s itself", kind, n.Name, strings.Join(inside, ", "), c.Name).Also(from...).Also(n.From).
			Fix("give %s a second %s outside %s, such as a machine of its own or a guest of another cluster", n.Name, kind, c.Name)
	}
	return "", nil
}

// insideOf answers whether a service runs on hosts of the cluster alone.
func insideOf(c *topology.Cluster, s *topology.Service) topology.Carriage {
	out := topology.Carriage{Answer: state.Yes}
	if len(s.At) == 0 {
		return topology.Carriage{Why: "nobody says where " + s.Name + " is"}
	}
	for _, place := range s.At {
		x := placeInside(c, s, place)
		switch {
		case x.Answer == state.No:
			return x
		case out.Answer == state.Yes:
			x.From = append(out.From, x.From...)
			out = x
		}
	}
	return out
}

// placeInside answers whether a place is a host of the cluster, or an uplink of one. That it is none is only sure where it is known where
// all uplinks of the cluster's hosts end.
func placeInside(c *topology.Cluster, s *topology.Service, place string) topology.Carriage {
	f := c.Fabric
	switch {
	case slices.Contains(c.Cluster.Hosts, place):
		return topology.Carriage{Answer: state.Yes, From: []capture.Span{s.From}}
	case f.HostNamed(place) != nil, f.SwitchNamed(place) != nil, slices.ContainsFunc(f.Inventory.Hosts, func(e inventory.HostEntry) bool { return e.Name == place }),
		slices.ContainsFunc(f.Inventory.Switches, func(e inventory.Switch) bool { return e.Name == place }):
		return topology.Carriage{Answer: state.No, From: []capture.Span{s.From}}
	}
	ports := f.PortsAt(place)
	if len(ports) == 0 {
		return topology.Carriage{Why: place + " was not found at any port"}
	}
	astray := ""
	for _, h := range c.Hosts {
		if len(h.Uplinks) == 0 || !h.ListsNICs() {
			astray = h.Name
		}
		for _, u := range h.Uplinks {
			switch p := u.Mapped(); {
			case p == nil || u.Confidence() <= topology.Inferred:
				astray = u.String()
			case slices.Contains(ports, p):
				return topology.Carriage{Answer: state.Yes, From: u.Link.Evidence()}
			}
		}
	}
	if len(c.Absent) > 0 {
		astray = c.Absent[0]
	}
	if astray != "" {
		return topology.Carriage{Why: fmt.Sprintf("%s may be an uplink of %s", ports[0], astray)}
	}
	return topology.Carriage{Answer: state.No, From: []capture.Span{s.From}}
}
