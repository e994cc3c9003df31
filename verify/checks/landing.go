package checks

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"uplinkcheck/drivers/capture"
	"uplinkcheck/drivers/state"
	"uplinkcheck/verify"
	"uplinkcheck/verify/topology"
)

// A landing is where something that hosts must reach enters the network: a gateway, a storage system, a firewall.
type landing struct {
	what     string // "the gateway of management"
	where    string // "gateway: of management": where the inventory says it
	places   []string
	networks []*topology.Network // several are paths that stand in for one another
	fabric   *topology.Fabric
}

func gatewayOf(n *topology.Network) landing {
	return landing{"the gateway of " + n.Name, "gateway: of " + n.Name, n.Gateway, []*topology.Network{n}, n.Fabric}
}

// A foothold is where a landing is, chassis by chassis.
type foothold struct {
	sure, possible map[topology.Chassis]bool
	from           []capture.Span
	unclear        []string
	out            []string // why places do not count
	guessed        bool     // not all places are the operator's: there may be more than were found
}

// judgeLanding asks whether a landing hangs on more than one chassis and on more than one control plane. One that is nowhere declared is not
// judged.
func judgeLanding(v *verify.Verdict, l landing) {
	if len(l.places) == 0 {
		return
	}
	g := l.foothold()
	planes := map[string]bool{}
	var where []string
	for c := range g.sure {
		planes[c.Switch] = true
		where = append(where, c.String())
	}
	slices.SortFunc(where, state.NaturalCompare)
	accepted := l.fabric.Inventory.Policy.StackIsRedundant
	shared := len(g.sure) > 1 && len(planes) == 1
	switch {
	case shared && len(g.possible) == len(g.sure) && !accepted:
		v.Warn(first(g.from), "%s is on %s, which share a control plane", l.what, strings.Join(where, " and ")).Also(g.from...).
			Fix("give %s a leg on another switch, or declare policy: stack_is_redundant", l.what)
	case len(g.sure) > 1 && (!shared || accepted):
		v.Pass(first(g.from), "%s is on %s", l.what, strings.Join(where, " and ")).Also(g.from...)
	case len(g.possible) > 1 || g.guessed || len(g.unclear) > 0 || len(g.from) == 0:
		v.Unknown("%s: not known whether it hangs on one chassis%s", l.what, forWant(g.unclear)).
			Missing("every place of %s as SWITCH/PORT under %s, and the state of these ports", l.what, l.where)
	case len(g.sure) == 0:
		v.Fail(first(g.from), "%s is nowhere in service with %s%s", l.what, l.vlans(), forWant(g.out)).Also(g.from...).
			Fix("bring a place of %s into service with %s", l.what, l.vlans())
	default:
		v.Fail(first(g.from), "%s is on %s alone, and lost with it%s", l.what, where[0], forWant(g.out)).Also(g.from...).
			Fix("give %s a leg on another switch, and name it under %s", l.what, l.where)
	}
}

func (l landing) vlans() string {
	var vids state.VIDSet
	for _, n := range l.networks {
		vids = vids.Union(n.VLANs)
	}
	return "VLAN " + vids.String()
}

func forWant(reasons []string) string {
	if len(reasons) == 0 {
		return ""
	}
	return ": " + strings.Join(reasons, "; ")
}

func (l landing) foothold() foothold {
	g := foothold{sure: map[topology.Chassis]bool{}, possible: map[topology.Chassis]bool{}}
	for _, place := range l.places {
		s, ports := l.fabric.SwitchNamed(place), l.fabric.PortsAt(place)
		if s == nil && !strings.Contains(place, "/") {
			g.guessed = true
		}
		if s != nil {
			g.routes(l, s)
		} else if len(ports) == 0 {
			g.unclear = append(g.unclear, place+" was not found at any port")
		}
		for _, p := range ports {
			g.stands(l, p)
		}
	}
	return g
}

// routes notes a switch that is the target itself, with each of its chassis.
func (g *foothold) routes(l landing, s *topology.Switch) {
	var routes topology.Carriage
	for i, n := range l.networks {
		if c := s.Routes(n.VLANs); i == 0 || rankOf(c.Answer) > rankOf(routes.Answer) {
			routes = c
		}
		g.from = append(g.from, n.From)
	}
	g.from = append(g.from, routes.From...)
	chassis := []topology.Chassis{{Switch: s.Name}}
	stacked, before := s.Device.Stacked, len(g.unclear)
	if stacked.Value && len(s.Members) > 0 {
		chassis = nil
		for i := range s.Members {
			chassis = append(chassis, topology.Chassis{Switch: s.Name, Member: s.Members[i].ID})
		}
	}
	switch {
	case routes.Answer == state.No:
		g.out = append(g.out, routes.Why)
		return
	case routes.Answer == state.Unknown:
		g.unclear = append(g.unclear, routes.Why)
	case !stacked.Known(), stacked.Value && len(s.Members) == 0:
		g.unclear = append(g.unclear, "the chassis of "+s.Name+" were not reported")
	}
	for _, c := range chassis {
		g.possible[c] = true
		if len(g.unclear) == before {
			g.sure[c] = true
		}
	}
}

// rankOf orders answers, the better the higher.
func rankOf(t state.Tri) int { return [...]int{state.No: 0, state.Unknown: 1, state.Yes: 2}[t] }

// stands notes a port of a target.
func (g *foothold) stands(l landing, p *topology.Port) {
	var carries topology.Carriage
	for i, n := range l.networks {
		if c := p.CarriesAll(n.VLANs); i == 0 || rankOf(c.Answer) > rankOf(carries.Answer) {
			carries = c
		}
		g.from = append(g.from, n.From)
	}
	c, ok := p.Chassis()
	if carries.Answer == state.Yes && !ok {
		carries = topology.Carriage{Answer: state.Unknown, Why: fmt.Sprintf("the chassis of %s is not known", p)}
	}
	switch carries.Answer {
	case state.Yes:
		g.sure[c], g.possible[c] = true, true
	case state.Unknown:
		g.possible[c] = true
		g.unclear = append(g.unclear, carries.Why)
	default:
		g.out = append(g.out, carries.Why)
	}
	g.from = append(g.from, carries.From...)
}

// judgeApproach asks whether the hosts reach a landing, and still do after the loss of any one switch that leaves them an uplink and
// leaves something of the landing: with both of its places behind one switch they do not.
func judgeApproach(v *verify.Verdict, l landing) {
	t := l.fabric.TargetAt(l.places, l.networks...)
	if len(t.Ports)+len(t.Switches) == 0 {
		return // that it was not found, judgeLanding says
	}
	cut := map[*topology.Scenario]*severed{}
	var order []*severed
	for _, r := range l.fabric.Failures().Reached(t, switchLosses...) {
		if e := r.Host.Entry; r.Answer == state.Yes || e != nil && (e.Maintenance || e.SingleHomed) || r.Scenario == nil && r.Answer == state.No && !worksElse(r) {
			continue
		}
		if cut[r.Scenario] == nil {
			cut[r.Scenario] = &severed{scenario: r.Scenario}
			order = append(order, cut[r.Scenario])
		}
		cut[r.Scenario].add(r)
	}
	for _, x := range order {
		x.judge(v, l, t)
	}
}

// worksElse reports whether the network of a host that does not reach a landing may work otherwise. Where it does not, that is the
// finding of RED-002.
func worksElse(r topology.Reach) bool {
	return slices.ContainsFunc(r.Roles, func(x *topology.Role) bool { return x.Host.Fabric.Failures().Works(x) != state.No })
}

// severed are the hosts that a scenario cuts off from a landing, surely or perhaps.
type severed struct {
	scenario    *topology.Scenario // nil: nothing is lost
	sure, maybe []string
	unclear     topology.Reach // of the first of maybe
	from        []capture.Span
}

func (x *severed) add(r topology.Reach) {
	if r.Answer == state.Unknown {
		if x.maybe = append(x.maybe, r.Host.Name); len(x.maybe) == 1 {
			x.unclear = r
		}
		return
	}
	x.sure = append(x.sure, r.Host.Name)
	for _, role := range r.Roles {
		for _, u := range role.Uplinks {
			x.from = append(x.from, u.Link.Evidence()...)
		}
	}
}

// missing names what would tell whether the hosts reach a target of which nobody can tell.
func (x *severed) missing(t topology.Target) string {
	return cmp.Or(t.Networks[0].Fabric.Failures().Wanting(t, x.unclear),
		fmt.Sprintf("where each uplink of %s ends, and the links between the switches: LLDP, or links: in the inventory", few(x.maybe)))
}

func (x *severed) judge(v *verify.Verdict, l landing, t topology.Target) {
	from := append(slices.Clip(x.from), l.networks[0].From)
	switch s := x.scenario; {
	case s == nil && len(x.sure) > 0:
		v.Fail(first(from), "%s is not reached from %s in %s", l.what, few(x.sure), l.vlans()).Also(from...).
			Fix("join the switches of %s and of %s in %s: see VLN-001", few(x.sure), l.what, l.vlans())
	case s == nil:
		v.Unknown("%s: not known whether it is reached from %s", l.what, few(x.maybe)).
			Missing("%s", x.missing(t))
	case members(s) != "":
		v.Unknown("%s if %s is lost: %s", l.what, s, members(s)).Missing("the chassis of %s, and which of them owns each port", s)
	case len(x.sure) == 0:
		v.Unknown("%s: not known whether what remains of it is reached from %s if %s is lost", l.what, few(x.maybe), s).
			Missing("%s", x.missing(t))
	case s.Kind == topology.ControlPlaneLoss && l.fabric.Inventory.Policy.StackIsRedundant:
	case s.Kind == topology.ControlPlaneLoss:
		v.Warn(first(from), "%s is cut off from %s with the stack %s", l.what, few(x.sure), s).Also(from...).
			Fix("give %s a way to %s that does not lead over %s, or declare policy: stack_is_redundant", l.what, few(x.sure), s)
	default:
		v.Fail(first(from), "%s is behind %s for %s: what remains of both without it is not joined", l.what, s, few(x.sure)).Also(from...).
			Fix("give %s a way to %s that does not lead over %s", l.what, few(x.sure), s)
	}
}
