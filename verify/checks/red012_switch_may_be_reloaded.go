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

// RED012: each switch may be reloaded now.
var RED012 = add(&verify.Check{
	ID:    "RED-012",
	Title: "each switch may be reloaded now",
	Doc: `Whoever upgrades a switch wants to know what its reload costs. For each switch, and each stack as a whole since its members reload together, the loss is
simulated: a network of a host that works now and would not then fails, and so does a network whose last working gateway sits there, a declared service that
hosts reach now and would not then, and a storage system that sits there alone. The peers that would have to carry on must work with it now: one that is in
its reload delay, is being upgraded, or has lost its peering is no substitute. What the inventory declares to hang on one switch (single-homed hosts, a single
gateway, a storage system with one place), and a stack, warns. Hosts declared out of service do not count. Stations that are plugged into one switch go away
with it; "uplinkcheck reload-check NAME" names those too, and what would hang on one leg. To mend: give what is lost a second switch, or wait until the peer
is healthy. Where nobody can tell whether a network works now, each switch that it may lead over is unknown.`,
	Cites:    []standard.Clause{standard.Grundschutz("OPS.1.1.3.A1", "B"), standard.PCI("6.5.1")},
	Severity: verify.High,
	Run: func(f *topology.Fabric) []verify.Finding {
		x := reloadsOf(f)
		return verify.Each(func(f *topology.Fabric) []*topology.Switch { return f.Switches }, x.judge)(f)
	},
})

// reloads is what the loss of each switch costs, gathered in one pass over the networks of hosts.
type reloads struct {
	losses   map[*topology.Switch][]hostLoss
	untold   map[*topology.Switch]int                 // how many more there may be
	gateways map[*topology.Switch][]*topology.Network // of which it has the only gateway that works
	unsure   map[*topology.Switch][]*topology.Network // of which that may be so
	services map[*topology.Switch][]cutService        // that hosts reach now and would not, or perhaps not, then
	nowhere  []string                                 // hosts that may hang on any switch
	stray    []*topology.Network                      // of which no gateway was found
	unheard  []string                                 // hosts of which no uplink is known
}

// A cutService is what the loss of a switch leaves of the way to a service.
type cutService struct {
	landing
	target topology.Target
	gone   state.Tri // of a storage system whether nothing of it is left
	severed
}

// A hostLoss is what the loss of a switch costs one host, for one reason.
type hostLoss struct {
	host     *topology.Host
	networks []string
	topology.Survival
}

func reloadsOf(f *topology.Fabric) *reloads {
	x := &reloads{losses: map[*topology.Switch][]hostLoss{}, untold: map[*topology.Switch]int{},
		gateways: map[*topology.Switch][]*topology.Network{}, unsure: map[*topology.Switch][]*topology.Network{}, services: map[*topology.Switch][]cutService{}}
	x.unheard = f.Placeless()
	for r, how := range f.Failures().Reloads {
		x.lose(how.Scenario.Switches[0], r, how)
	}
	for _, r := range f.Roles() {
		if !r.Host.Maintained() && f.Failures().Works(r) == state.Unknown && adrift(r) && !slices.Contains(x.nowhere, r.Host.Name) {
			x.nowhere = append(x.nowhere, r.Host.Name)
		}
	}
	for _, n := range f.Networks {
		if n.GatewayAnywhere(nil) != "" {
			x.stray = append(x.stray, n)
		}
		for s, gone := range n.LastGateways {
			if gone == state.Yes {
				x.gateways[s] = append(x.gateways[s], n)
			} else {
				x.unsure[s] = append(x.unsure[s], n)
			}
		}
	}
	near := f.Failures().Around()
	for _, service := range f.Services() {
		for _, networks := range service.Entered() {
			x.cut(service, landingOf(service, networks...), near)
		}
	}
	return x
}

// cut notes the switches without which a service is not there, or not reached, as it is now. Where nobody can tell whether it is reached, that is each
// switch on the way, if it is.
func (x *reloads) cut(service *topology.Service, l landing, near func(*topology.Role) []*topology.Scenario) {
	f, t := l.fabric, l.fabric.TargetAt(l.places, l.networks...)
	if len(t.Ports)+len(t.Switches) == 0 {
		return // that it was not found, others say
	}
	at := map[*topology.Scenario]*cutService{}
	note := func(s *topology.Scenario) *cutService {
		if at[s] == nil {
			at[s] = &cutService{landing: l, target: t, gone: state.No, severed: severed{scenario: s}}
		}
		return at[s]
	}
	for _, r := range f.Failures().Reached(t, reloaded...) {
		switch {
		case r.Host.Alone() || r.Host.Maintained():
		case r.Scenario != nil:
			note(r.Scenario).add(r)
		case r.Answer == state.Unknown: // each switch that it may lead over, if it does
			for _, s := range around(r.Roles, near) {
				note(s).add(topology.Reach{Host: r.Host, Roles: r.Roles, Scenario: s, Answer: state.Unknown})
			}
		}
	}
	losses := f.Scenarios(reloaded...)
	judged := service.Kind == inventory.StorageSystem && f.Failures().Left(t, nil) != state.No
	for _, s := range losses {
		if !judged || !slices.ContainsFunc(t.Ports, func(p *topology.Port) bool { return p.Switch == s.Switches[0] }) {
			continue
		}
		switch f.Failures().Left(t, s) {
		case state.No:
			note(s).gone = state.Yes
		case state.Unknown:
			note(s).gone = state.Unknown
		}
	}
	for _, s := range losses {
		if at[s] != nil {
			x.services[s.Switches[0]] = append(x.services[s.Switches[0]], *at[s])
		}
	}
}

// around are the losses of the switches that any of the networks may lead over.
func around(roles []*topology.Role, near func(*topology.Role) []*topology.Scenario) (out []*topology.Scenario) {
	for _, r := range roles {
		for _, s := range near(r) {
			if !slices.Contains(out, s) {
				out = append(out, s)
			}
		}
	}
	return out
}

// reloaded are the losses that are reloads.
var reloaded = []topology.ScenarioKind{topology.SwitchLoss, topology.ControlPlaneLoss}

// lose notes a network of a host at a switch: together with others of the host that go for the same reason.
func (x *reloads) lose(s *topology.Switch, r *topology.Role, how topology.Survival) {
	all := x.losses[s]
	for i := len(all) - 1; i >= 0 && all[i].host == r.Host; i-- {
		if l := &all[i]; l.Answer == how.Answer && l.Why == how.Why {
			if !slices.Contains(l.networks, r.Network.Name) {
				l.networks = append(l.networks, r.Network.Name)
			}
			return
		}
	}
	if how.Answer == state.Unknown && len(all) > 2*fullLosses { // where nothing is known, each host may hang on each switch
		x.untold[s]++
		return
	}
	x.losses[s] = append(all, hostLoss{r.Host, []string{r.Network.Name}, how})
}

// adrift reports whether an uplink of the network is not known, or ends nobody knows where, and may be in use: any switch may be it.
func adrift(r *topology.Role) bool {
	return len(r.Uplinks) == 0 || slices.ContainsFunc(r.Uplinks, func(u *topology.Uplink) bool { return u.Mapped() == nil && u.Serves() != state.No })
}

func (x *reloads) judge(s *topology.Switch) (v verify.Verdict) {
	if len(s.Fabric.Networks) == 0 {
		v.NotApplicable("no network is declared: declare networks and who needs them to have this judged")
		return v
	}
	judgeLosses(&v, s, x.losses[s], x.untold[s])
	for _, n := range x.gateways[s] {
		if !s.Device.Stacked.Known() {
			v.Unknown("%s has no working gateway without %s, of which was not reported whether it is one chassis or a stack", n.Name, s.Name).Missing("the chassis of %s", s.Name)
			continue
		}
		how := verify.Fail
		if len(n.Gateway) == 1 || stacked(s) {
			how = verify.Warn
		}
		v.Note(how, n.From, "%s has no working gateway without %s", n.Name, s.Name).Fix("give %s a second gateway on another switch than %s", n.Name, s.Name)
	}
	for _, n := range x.unsure[s] {
		v.Unknown("not known whether %s has a working gateway without %s", n.Name, s.Name).
			Missing("where the gateways of %s are and whether they work: collect their switches", n.Name)
	}
	for _, n := range x.stray {
		if place := n.GatewayAnywhere(s); place != "" {
			v.Unknown("the gateway of %s may hang on %s: %s was not found at any port", n.Name, s.Name, place).
				Missing("where %s is: SWITCH/PORT under gateway: of %s, or its cable under links:", place, n.Name)
		}
	}
	for i := range x.services[s] {
		judgeService(&v, s, &x.services[s][i])
	}
	judgeSubstitute(&v, s)
	for _, name := range withoutNetworks(s) {
		v.Unknown("%s has an uplink on %s, and nobody said which networks it needs", name, s.Name).Missing("networks: of %s or of its cluster", name)
	}
	if len(x.unheard) > 0 {
		v.Unknown("%s may hang on %s: no uplink is known", several(x.unheard), s.Name).
			Missing("the uplinks of %s: collect them, or write them down under hosts:", several(x.unheard))
	}
	if len(x.nowhere) > 0 {
		v.Unknown("%s may hang on %s: not known where", several(x.nowhere), s.Name).Missing("a mapping of the uplinks of %s: see RED-009", several(x.nowhere))
	}
	if v.Outcome() == verify.NotApplicable {
		v.Pass(onSwitch(s), "no host loses a network without %s", s.Name)
	}
	return v
}

// judgeService notes a service that is not there, or not reached, without a switch.
func judgeService(v *verify.Verdict, s *topology.Switch, c *cutService) {
	how, from := verify.Fail, c.networks[0].From
	if stacked(s) || c.gone != state.No && len(c.places) == 1 {
		how = verify.Warn
	}
	switch {
	case c.gone == state.Yes || len(c.sure) > 0:
		if !s.Device.Stacked.Known() {
			v.Unknown("%s is not reached without %s, of which was not reported whether it is one chassis or a stack", c.what, s.Name).Missing("the chassis of %s", s.Name)
			return
		}
		fix := fmt.Sprintf("give %s a place, and a way to it, that do not depend on %s", c.what, s.Name)
		if c.gone == state.Yes {
			v.Note(how, from, "%s is lost with %s", c.what, s.Name).Fix("%s", fix)
			return
		}
		v.Note(how, from, "%s is not reached from %s without %s: what remains of both is not joined", c.what, few(c.sure), s.Name).Also(c.from...).Fix("%s", fix)
	case len(c.maybe) > 0:
		v.Unknown("not known whether %s is reached from %s without %s", c.what, few(c.maybe), s.Name).Missing("%s", c.missing(c.target))
	default:
		v.Unknown("not known whether anything of %s is left without %s", c.what, s.Name).Missing("the state of its ports: every place under %s", c.where)
	}
}

// fullLosses bounds how many hosts of one outcome are named: a spine may take a whole site with it.
const fullLosses = 20

// judgeLosses notes what hosts would lose: some by name, and how many more there are.
func judgeLosses(v *verify.Verdict, s *topology.Switch, losses []hostLoss, untold int) {
	seen := map[verify.Outcome]int{}
	for _, l := range losses {
		o := outcomeOf(s, l)
		if seen[o]++; seen[o] <= fullLosses {
			judgeLossOf(v, s, l, o)
		}
	}
	if untold > 0 {
		seen[verify.Unknown] = max(seen[verify.Unknown], fullLosses) + untold
	}
	more := func(o verify.Outcome) int { return seen[o] - fullLosses }
	if n := more(verify.Fail); n > 0 {
		v.Fail(onSwitch(s), "and %d more losses without %s", n, s.Name)
	}
	if n := more(verify.Unknown); n > 0 {
		v.Unknown("and %d more that nobody can tell without %s", n, s.Name)
	}
	if n := more(verify.Warn); n > 0 {
		v.Warn(onSwitch(s), "and %d more losses without %s", n, s.Name)
	}
}

// outcomeOf tells how much a loss counts: what is declared to hang on one switch, and what hangs on a stack, warns.
func outcomeOf(s *topology.Switch, l hostLoss) verify.Outcome {
	switch {
	case l.Answer == state.Unknown, !s.Device.Stacked.Known():
		return verify.Unknown
	case l.host.Alone() || stacked(s):
		return verify.Warn
	}
	return verify.Fail
}

// judgeLossOf notes what one host would lose.
func judgeLossOf(v *verify.Verdict, s *topology.Switch, l hostLoss, o verify.Outcome) {
	host, networks := l.host.Name, strings.Join(l.networks, ", ")
	switch {
	case l.Answer == state.No && o == verify.Unknown:
		v.Unknown("%s loses %s without %s, of which was not reported whether it is one chassis or a stack", host, networks, s.Name).
			Missing("the chassis of %s", s.Name)
	case o == verify.Unknown:
		v.Unknown("%s without %s: %s: %s", host, s.Name, networks, l.Why).Missing("%s", l.Missing)
	case o == verify.Fail:
		v.Fail(first(l.From), "%s loses %s without %s: %s", host, networks, s.Name, l.Why).Also(l.From...).
			Fix("give %s a working uplink for %s that does not depend on %s", host, networks, s.Name)
	case l.host.Alone():
		v.Warn(first(l.From), "%s, declared single-homed, loses %s without %s", host, networks, s.Name).Also(l.From...).
			Fix("reload %s when %s may be away", s.Name, host)
	default:
		v.Warn(first(l.From), "%s loses %s without the stack %s, whose members reload together", host, networks, s.Name).Also(l.From...).
			Fix("reload %s when %s may be without %s, or give it an uplink outside the stack", s.Name, host, networks)
	}
}

func stacked(s *topology.Switch) bool { return capture.Is(s.Device.Stacked, true) }

// judgeSubstitute asks whether the peers could carry on, where hosts would lean on them.
func judgeSubstitute(v *verify.Verdict, s *topology.Switch) {
	leaning := s.Leaning()
	if len(leaning) == 0 {
		return
	}
	var names []string
	for _, h := range leaning {
		names = append(names, h.Name)
	}
	switch c := s.Substitute(); c.Answer {
	case state.No:
		v.Fail(c.Evidence(), "%s would lean on the peer of %s, which is no substitute now: %s", several(names), s.Name, c.Why).
			Fix("wait until both switches work as a pair again, and mend it if they do not: see MLG-001")
	case state.Unknown:
		v.Unknown("%s would lean on the peer of %s: %s", several(names), s.Name, c.Why).Missing("the multi-chassis state of %s and its peer", s.Name)
	}
}

// withoutNetworks returns the hosts with an uplink on the switch of which nobody said what they need.
func withoutNetworks(s *topology.Switch) (names []string) {
	ports := s.Ports
	if s.Pair != nil {
		for _, o := range s.Pair.Switches {
			if o != s {
				ports = append(slices.Clip(ports), o.Ports...)
			}
		}
	}
	for _, p := range ports {
		if p.Link == nil || p.Switch != s && !slices.Contains(p.Behind(), s) {
			continue
		}
		if h := p.Link.Uplink.Host; len(h.Required) == 0 && !h.Maintained() && !slices.Contains(names, h.Name) {
			names = append(names, h.Name)
		}
	}
	return names
}

// onSwitch is a line that says what hangs on the switch, or that lists its ports.
func onSwitch(s *topology.Switch) capture.Span {
	for _, p := range s.Ports {
		if p.Link != nil {
			return first(p.Link.Evidence())
		}
	}
	return first([]capture.Span{s.Listed.Interfaces, s.Device.Hostname.From, s.Device.Version.From})
}

// several names up to three, then how many more.
func several(names []string) string {
	if n := len(names); n > 3 {
		return strings.Join(names[:3], ", ") + " and more"
	}
	return strings.Join(names, ", ")
}
