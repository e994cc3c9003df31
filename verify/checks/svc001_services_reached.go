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

// SVC001: hosts reach the infrastructure services that they need.
var SVC001 = add(&verify.Check{
	ID:    "SVC-001",
	Title: "hosts reach the infrastructure services that they need",
	Doc: `Without names, addresses, time, a directory or a backup a cluster runs on for a while, and then not. Each service under services: with kind: dns, dhcp, ntp, directory
or backup must be in service at one of its places with its own network, and the hosts that need it must get there now. Hosts in its network reach it over
switches. Hosts in other networks under serves: reach it through a router and need none of its VLANs: there the gateway: of both networks must be one that is in
service in both, and each side must reach it. Routes of other routers, filters and whether the service answers are not looked at. What a loss changes is
a matter of the networks (RED-002) and of their gateways (SVC-003). Without such a service this is not judged.`,
	Cites:    []standard.Clause{standard.M5153, standard.Grundschutz("SYS.1.5.A2", "B"), standard.Grundschutz("SYS.1.5.A7", "B")},
	Severity: verify.Medium,
	Run:      ofServices(judgeReached, inventory.InfrastructureServices...),
})

// A post is where a service is: the ports and switches at which it enters its networks.
type post struct {
	*topology.Service
	ports    []*topology.Port
	switches []*topology.Switch
	on       []*topology.Host // that it runs on as a guest
	nowhere  []string         // places that were not found
	all      bool             // there surely are no other places
}

func postOf(s *topology.Service) post {
	x := post{Service: s, all: true}
	for _, place := range s.At {
		if sw := s.Fabric.SwitchNamed(place); sw != nil {
			x.switches = append(x.switches, sw)
			continue
		}
		ports, all := portsOf(s.Fabric, place)
		if h := s.Fabric.HostNamed(place); h != nil {
			x.on = append(x.on, h)
		} else if len(ports) == 0 {
			x.nowhere = append(x.nowhere, place)
		}
		x.ports, x.all = append(x.ports, ports...), x.all && all && len(ports) > 0
	}
	return x
}

func judgeReached(v *verify.Verdict, s *topology.Service) {
	if len(s.At) == 0 {
		v.Unknown("%s: nobody says where it is plugged in", s.Name).Missing("its places as SWITCH/PORT, or the host on which it runs, under at: of service %s", s.Name)
		return
	}
	x := postOf(s)
	var says []string
	proof := []capture.Span{s.From}
	for _, n := range s.In() {
		lines, there := x.present(v, n)
		if there {
			proof = append(proof, lines...)
		}
	}
	for _, n := range s.For() {
		if text := x.reachedFrom(v, n, &proof); text != "" {
			says = append(says, text)
		}
	}
	switch {
	case v.Outcome() != verify.NotApplicable:
	case len(says) == 0:
		v.NotApplicable("%s: no host in service needs a network that it serves", s.Name)
	default:
		v.Pass(s.From, "%s (%s) at %s is reached %s; whether it answers was not asked", s.Name, s.Kind, strings.Join(s.At, ", "), strings.Join(says, ", ")).Also(proof...)
	}
}

// present notes a network of its own in which the service is nowhere in service, surely or perhaps.
func (x post) present(v *verify.Verdict, n *topology.Network) (proof []capture.Span, there bool) {
	var unclear, out []string
	for _, p := range x.ports {
		switch c := p.CarriesAll(n.VLANs); c.Answer {
		case state.Yes:
			return c.From, true
		case state.No:
			out, proof = append(out, c.Why), append(proof, c.From...)
		default:
			unclear = append(unclear, c.Why)
		}
	}
	for _, s := range x.switches {
		switch c := listens(s, n.VLANs); c.Answer {
		case state.Yes:
			return c.From, true
		default:
			unclear = append(unclear, c.Why)
		}
	}
	for _, place := range x.nowhere {
		unclear = append(unclear, place+" was not found at any port")
	}
	for _, h := range x.on {
		if len(h.Uplinks) == 0 || !h.ListsNICs() {
			unclear = append(unclear, "not all NICs of "+h.Name+" are known")
		}
	}
	if len(unclear) > 0 || !x.all || len(out) == 0 {
		v.Unknown("%s: not known whether it is in service in %s%s", x.Name, n.Name, forWant(unclear)).
			Missing("every place of %s as SWITCH/PORT under at: of service %s, and the state of these ports", x.Name, x.Name)
		return nil, false
	}
	v.Fail(first(proof), "%s is nowhere in service with VLAN %s of %s: %s", x.Name, n.VLANs, n.Name, strings.Join(out, "; ")).Also(proof...).Also(x.From).
		Fix("bring %s into service with VLAN %s", strings.Join(x.At, ", "), n.VLANs)
	return nil, false
}

// listens answers whether a switch has an address of its own in each of the VLANs; that it has none is not concluded.
func listens(s *topology.Switch, vids state.VIDSet) topology.Carriage {
	out := topology.Carriage{Answer: state.Yes}
	for vid := range vids.All() {
		found := false
		for _, r := range s.Fabric.RoutedIn(vid) {
			if r.Switch == s && capture.Is(r.Addressed, true) && capture.Is(r.Oper, state.Up) {
				found, out.From = true, append(out.From, r.Addressed.From, r.Oper.From)
			}
		}
		if !found {
			return topology.Carriage{Why: fmt.Sprintf("%s reported no address that is up in VLAN %d", s.Name, vid)}
		}
	}
	return out
}

// reachedFrom notes hosts that need the network and do not reach the service from it. It says how they do, "" where there is none.
func (x post) reachedFrom(v *verify.Verdict, m *topology.Network, proof *[]capture.Span) string {
	for _, h := range x.Fabric.Hosts {
		if x.mayNeed(h, m) {
			v.Unknown("%s did not report which networks it uses: not known whether it needs %s", h.Name, x.Name).
				Missing("log in to %s with a source that reports its interfaces (source: linux)", h.Name)
		}
	}
	if !slices.ContainsFunc(x.Fabric.RolesOf(m), func(r *topology.Role) bool { return r.Host.Entry == nil || !r.Host.Entry.Maintenance }) {
		return ""
	}
	if slices.Contains(x.In(), m) {
		if len(x.ports)+len(x.switches) == 0 {
			return "" // that it was not found is said already
		}
		t := topology.Target{Networks: []*topology.Network{m}, Ports: x.ports}
		for _, s := range x.switches {
			if listens(s, m.VLANs).Answer == state.Yes {
				t.Switches = append(t.Switches, s)
			}
		}
		n := x.approached(v, m, t, x.Name, x.all && len(t.Switches) == len(x.switches))
		return fmt.Sprintf("from %d hosts in %s", n, m.Name)
	}
	return x.routed(v, m, proof)
}

// mayNeed reports whether a host that did not say what it uses may need the network.
func (x post) mayNeed(h *topology.Host, m *topology.Network) bool {
	return h.Entry != nil && !h.Entry.Maintenance && isAsked(h) && !h.Listed.Uses.Known() &&
		!slices.ContainsFunc(h.Required, func(r *topology.Role) bool { return r.Network == m })
}

// approached notes hosts that do not reach a target in a network as things are, and counts those that do. That a network does not work
// at all on a host is the finding of RED-002.
func (x post) approached(v *verify.Verdict, m *topology.Network, t topology.Target, what string, all bool) (reached int) {
	var cut, unclear []string
	var from []capture.Span
	for _, r := range x.Fabric.Failures().Reached(t) {
		switch {
		case r.Host.Entry != nil && r.Host.Entry.Maintenance:
		case r.Answer == state.Yes || slices.Contains(x.on, r.Host):
			reached++
		case r.Answer == state.No && !worksElse(r):
		case r.Answer == state.No && all:
			cut = append(cut, r.Host.Name)
			for _, role := range r.Roles {
				for _, u := range role.Uplinks {
					from = append(from, u.Link.Evidence()...)
				}
			}
		default:
			unclear = append(unclear, r.Host.Name)
		}
	}
	if len(cut) > 0 {
		v.Fail(first(append(from, m.From)), "%s: %s is not reached from %s in VLAN %s of %s", x.Name, what, few(cut), m.VLANs, m.Name).Also(from...).Also(m.From).
			Fix("join the switches of %s and of %s in VLAN %s: see VLN-001", few(cut), what, m.VLANs)
	}
	if len(unclear) > 0 {
		v.Unknown("%s: not known whether %s is reached from %s in %s", x.Name, what, few(unclear), m.Name).
			Missing("where each uplink of %s ends, and the links between the switches: LLDP, or links: in the inventory", few(unclear))
	}
	if reached == 0 && len(cut)+len(unclear) == 0 {
		v.Unknown("%s: %s works on no host, so that nothing reaches it there", x.Name, m.Name).Missing("settle RED-002 for %s first", m.Name)
	}
	return reached
}

// routed judges the way from a network that the service is not in itself: over a gateway that both have.
func (x post) routed(v *verify.Verdict, m *topology.Network, proof *[]capture.Span) string {
	var common []string
	var own *topology.Network
	for _, n := range x.In() {
		for _, place := range n.Gateway {
			if slices.Contains(m.Gateway, place) && (own == nil || own == n) {
				common, own = append(common, place), n
			}
		}
	}
	if own == nil {
		v.Unknown("%s is not in %s, and no gateway: of %s is one of %s: whether something routes between them was not assessed", x.Name, m.Name, m.Name, namesIn(x.In())).
			Missing("gateway: of %s and of %s, with the router that both have", m.Name, namesIn(x.In()))
		return ""
	}
	near := landing{"the gateway of " + m.Name, "gateway: of " + m.Name, common, []*topology.Network{m}, x.Fabric}
	far := landing{"the gateway of " + own.Name, "gateway: of " + own.Name, common, []*topology.Network{own}, x.Fabric}
	t := topology.Target{Networks: []*topology.Network{m}}
	var out, unclear []string
	all := len(x.In()) == 1 && len(common) == len(m.Gateway) && len(common) == len(own.Gateway) // else there may be another way
	for _, place := range common {
		near.places, far.places = []string{place}, []string{place}
		a, b := near.foothold(), far.foothold()
		joins := joined(x.Fabric.SwitchNamed(place), m, own)
		all = all && !a.guessed && !b.guessed
		switch {
		case len(a.sure) > 0 && len(b.sure) > 0 && joins == state.Yes:
			*proof = append(append(*proof, a.from...), b.from...)
			if s := x.Fabric.SwitchNamed(place); s != nil {
				t.Switches = append(t.Switches, s)
			}
			t.Ports = append(t.Ports, x.Fabric.PortsAt(place)...)
		case len(a.possible) > 0 && len(b.possible) > 0 && joins != state.No:
			unclear = append(append(append(unclear, a.unclear...), b.unclear...), place+": not known whether it routes between them")
		case len(a.unclear)+len(b.unclear) > 0 || a.guessed || b.guessed:
			unclear = append(append(unclear, a.unclear...), b.unclear...)
		default:
			out = append(out, strings.Join(append(append([]string{place}, a.out...), b.out...), ": "))
		}
	}
	if len(t.Ports)+len(t.Switches) == 0 {
		if len(unclear) > 0 || !all {
			v.Unknown("%s: not known whether a gateway routes between %s and %s%s", x.Name, m.Name, own.Name, forWant(unclear)).
				Missing("the state of %s in %s and in %s", strings.Join(common, ", "), m.Name, own.Name)
		} else {
			v.Fail(m.From, "%s: no gateway is in service both in %s and in %s: %s", x.Name, m.Name, own.Name, strings.Join(out, "; ")).Also(own.From).
				Fix("bring %s into service with VLAN %s and VLAN %s", strings.Join(common, ", "), m.VLANs, own.VLANs)
		}
		return ""
	}
	all = all && len(unclear) == 0
	n := x.approached(v, m, t, near.what, all)
	x.leadsTo(v, own, t, far.what, all)
	return fmt.Sprintf("from %d hosts in %s through %s", n, m.Name, strings.Join(common, ", "))
}

// joined answers whether a switch that is a gateway itself routes between two networks: their interfaces are in one instance. What is
// behind a port is not seen, and taken at the operator's word.
func joined(s *topology.Switch, m, n *topology.Network) state.Tri {
	if s == nil {
		return state.Yes
	}
	answer := state.Yes
	for a := range m.VLANs.All() {
		for _, x := range s.Fabric.RoutedIn(a) {
			for b := range n.VLANs.All() {
				for _, y := range s.Fabric.RoutedIn(b) {
					if x.Switch == s && y.Switch == s {
						answer = answer.And(x.SharesInstance(y))
					}
				}
			}
		}
	}
	return answer
}

// leadsTo notes that the service does not reach a gateway in its own network.
func (x post) leadsTo(v *verify.Verdict, n *topology.Network, t topology.Target, what string, all bool) {
	best := state.No
	for _, a := range x.switchesWith(n) {
		for _, b := range append(slices.Clone(t.Switches), standsOn(t.Ports)...) {
			answer := state.Yes
			for vid := range n.VLANs.All() {
				answer = answer.And(x.Fabric.Domains().Joined(topology.Spot{Switch: a, VID: vid}, topology.Spot{Switch: b, VID: vid}))
			}
			best = best.Or(answer)
		}
	}
	switch {
	case best == state.Yes:
	case best == state.No && all && x.all && len(x.switchesWith(n)) > 0:
		v.Fail(n.From, "%s does not reach %s in VLAN %s", x.Name, what, n.VLANs).Also(x.From).
			Fix("join the switches of %s and of %s in VLAN %s", x.Name, what, n.VLANs)
	default:
		v.Unknown("%s: not known whether it reaches %s in VLAN %s", x.Name, what, n.VLANs).
			Missing("the links between the switches: LLDP, or links: in the inventory")
	}
}

// switchesWith returns the switches at which the service surely enters the network.
func (x post) switchesWith(n *topology.Network) (out []*topology.Switch) {
	for _, s := range x.switches {
		if listens(s, n.VLANs).Answer == state.Yes {
			out = append(out, s)
		}
	}
	for _, p := range x.ports {
		if p.CarriesAll(n.VLANs).Answer == state.Yes {
			out = append(out, p.Switch)
		}
	}
	return out
}

func standsOn(ports []*topology.Port) (out []*topology.Switch) {
	for _, p := range ports {
		if !slices.Contains(out, p.Switch) {
			out = append(out, p.Switch)
		}
	}
	return out
}

func namesIn(networks []*topology.Network) string {
	var out []string
	for _, n := range networks {
		out = append(out, n.Name)
	}
	return strings.Join(out, ", ")
}
