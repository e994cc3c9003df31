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

// MGT009: management survives the loss of any one switch, its gateway included.
var MGT009 = add(&verify.Check{
	ID:    "MGT-009",
	Title: "management survives the loss of any one switch, its gateway included",
	Doc: `When a switch dies, the hosts must stay manageable: that is when they are needed most. As in RED-002, each switch and each member of a stack is taken away
in turn, for the management network of each host. Its declared gateway must not depend on one chassis either: give it a leg on each of two switches, or
name both under gateway:. Where no gateway is declared, only the way to the other hosts of the cluster was looked at. Layer 3 reachability was not assessed.`,
	Cites:    []standard.Clause{standard.M5153, standard.Grundschutz("NET.1.2.A30", "E")},
	Severity: verify.Critical,
	Run: verify.Each(managementRoles, func(r *topology.Role) (v verify.Verdict) {
		judgeSwitchLosses(&v, r)
		if r.Host.Entry == nil || !r.Host.Entry.Maintenance && !r.Host.Entry.SingleHomed {
			judgeGateway(&v, r.Network)
		}
		return v
	}),
})

func managementRoles(f *topology.Fabric) []*topology.Role {
	return slices.DeleteFunc(f.Roles(), func(r *topology.Role) bool { return r.Network.Role != inventory.Management })
}

// A foothold is where a network's gateways are, chassis by chassis.
type foothold struct {
	sure, possible map[topology.Chassis]bool
	from           []capture.Span
	unclear        []string
	guessed        bool // not all places are the operator's: there may be more than were found
}

// judgeGateway asks whether the declared gateways of a network hang on more than one chassis and on more than one control plane.
func judgeGateway(v *verify.Verdict, n *topology.Network) {
	if len(n.Gateway) == 0 {
		return
	}
	g := footholdOf(n)
	planes := map[string]bool{}
	var where []string
	for c := range g.sure {
		planes[c.Switch] = true
		where = append(where, c.String())
	}
	slices.SortFunc(where, state.NaturalCompare)
	shared := len(g.sure) > 1 && len(planes) == 1
	switch {
	case shared && len(g.possible) == len(g.sure) && !n.Fabric.Inventory.Policy.StackIsRedundant:
		v.Warn(first(g.from), "the gateway of %s is on %s, which share a control plane", n.Name, strings.Join(where, " and ")).Also(g.from...).
			Fix("give the gateway of %s a leg on another switch, or declare policy: stack_is_redundant", n.Name)
	case len(g.sure) > 1 && (!shared || n.Fabric.Inventory.Policy.StackIsRedundant):
		v.Pass(first(g.from), "the gateway of %s is on %s", n.Name, strings.Join(where, " and ")).Also(g.from...)
	case len(g.possible) > 1 || g.guessed || len(g.unclear) > 0 || len(g.from) == 0:
		v.Unknown("the gateway of %s: not known whether it hangs on one chassis%s", n.Name, forWant(g.unclear)).
			Missing("every place of the gateway as SWITCH/PORT under gateway: of %s, and the state of these ports", n.Name)
	case len(g.sure) == 0:
		v.Fail(first(g.from), "no gateway of %s is at a port that carries it now", n.Name).Also(g.from...).
			Fix("bring a port of the gateway of %s into service with VLAN %s", n.Name, n.VLANs)
	default:
		v.Fail(first(g.from), "the gateway of %s is on %s alone, and lost with it", n.Name, where[0]).Also(g.from...).
			Fix("give the gateway of %s a leg on another switch, and name it under gateway:", n.Name)
	}
}

func forWant(reasons []string) string {
	if len(reasons) == 0 {
		return ""
	}
	return ": " + strings.Join(reasons, "; ")
}

func footholdOf(n *topology.Network) foothold {
	g := foothold{sure: map[topology.Chassis]bool{}, possible: map[topology.Chassis]bool{}}
	for _, s := range n.GatewaySwitches() {
		g.routes(n, s)
	}
	for _, p := range n.GatewayPorts() {
		g.stands(n, p)
	}
	for _, place := range n.Gateway {
		g.guessed = g.guessed || !strings.Contains(place, "/") && n.Fabric.SwitchNamed(place) == nil
	}
	if name := unlocated(n); name != "" && slices.Contains(n.Gateway, name) {
		g.unclear = append(g.unclear, name+" was not found at any port")
	}
	return g
}

// routes notes a switch that is the gateway itself, with each of its chassis.
func (g *foothold) routes(n *topology.Network, s *topology.Switch) {
	g.from = append(g.from, n.From)
	switch stacked := s.Device.Stacked; {
	case !stacked.Known(), stacked.Value && len(s.Members) == 0:
		g.unclear = append(g.unclear, "the chassis of "+s.Name+" were not reported")
		g.possible[topology.Chassis{Switch: s.Name}] = true
	case stacked.Value:
		for i := range s.Members {
			c := topology.Chassis{Switch: s.Name, Member: s.Members[i].ID}
			g.sure[c], g.possible[c] = true, true
		}
	default:
		c := topology.Chassis{Switch: s.Name}
		g.sure[c], g.possible[c] = true, true
	}
}

// stands notes a port of a gateway.
func (g *foothold) stands(n *topology.Network, p *topology.Port) {
	c, ok := p.Chassis()
	carries := topology.Carriage{Answer: state.Yes}
	for v := range n.VLANs.All() {
		carries = carries.And(p.Carries(v))
	}
	if carries.Answer == state.Yes && !ok {
		carries = topology.Carriage{Answer: state.Unknown, Why: fmt.Sprintf("the chassis of %s is not known", p)}
	}
	switch carries.Answer {
	case state.Yes:
		g.sure[c], g.possible[c] = true, true
	case state.Unknown:
		g.possible[c] = true
		g.unclear = append(g.unclear, carries.Why)
	}
	g.from = append(append(g.from, n.From), carries.From...)
}
