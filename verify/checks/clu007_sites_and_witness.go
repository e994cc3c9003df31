package checks

import (
	"cmp"
	"maps"
	"slices"
	"strings"

	"uplinkcheck/drivers/capture"
	"uplinkcheck/drivers/state"
	"uplinkcheck/inventory"
	"uplinkcheck/verify"
	"uplinkcheck/verify/standard"
	"uplinkcheck/verify/topology"
)

// CLU007: the sites of a cluster and its witness do not depend on one device.
var CLU007 = add(&verify.Check{
	ID:    "CLU-007",
	Title: "the sites of a cluster and its witness do not depend on one device",
	Doc: `A cluster over two sites goes on at one of them when the other is lost, and a witness elsewhere says which. That is worth nothing where one device takes both sites,
parts them from each other, or takes a site and cuts the other off from the witness. Each switch, each chassis and each cable between switches is taken away in
turn: a site counts as lost when none of its hosts keeps all its networks for management, storage and heartbeat. Sites are site: of the hosts; where no host has
one and the cluster names a witness:, the domains: that its hosts are in. A witness is looked for in the cluster's networks alone: where it is routed, name the
place of the router under witness:. It must not stand at one of the sites, nor behind one: with all that is declared there lost, another site must still
reach it. What hosts lose with a whole site, survive: [site] and CLU-006 judge.`,
	Cites:    []standard.Clause{standard.Grundschutz("SYS.1.1.A28", "E"), standard.Grundschutz("NET.1.1.A29", "E")},
	Severity: verify.High,
	Run: func(f *topology.Fabric) []verify.Finding {
		entries := entriesByName(f)
		return verify.Each((*topology.Fabric).Clusters, func(c *topology.Cluster) verify.Verdict { return judgeStretched(planOf(c, entries)) })(f)
	},
})

func judgeStretched(p *sitePlan) (v verify.Verdict) {
	switch {
	case len(p.names) < 2 && p.ambiguous == "":
		v.NotApplicable("the hosts of %s are not declared at two sites (site:)", p.Name)
	case p.ambiguous != "":
		v.Unknown("%s: %s", p.Name, p.ambiguous).Missing("site: of each host of %s", p.Name)
	case len(p.nowhere) > 0:
		v.Unknown("%s: the site of %s is not declared", p.Name, few(p.nowhere)).Missing("site: of %s in the inventory", few(p.nowhere))
	case !slices.ContainsFunc(p.members, func(h *topology.Host) bool { return len(vitalRoles(h)) > 0 }) && len(p.absent) == 0:
		v.NotApplicable("%s has no network with role management, storage or cluster-heartbeat: declare them to have this judged", p.Name)
	default:
		judgeSites(&v, p)
	}
	return v
}

// siteLosses are the devices on which two sites should not depend.
var siteLosses = append(slices.Clip(switchLosses), topology.TrunkLoss)

// A sitePlan is which hosts of a cluster are where: those in service.
type sitePlan struct {
	*topology.Cluster
	members   []*topology.Host
	absent    []string
	at        map[string][]string // by site: names of hosts
	names     []string            // of sites, in order
	nowhere   []string            // hosts without a site
	ambiguous string
	domains   bool // sites are domains
	entries   map[string]*inventory.HostEntry
}

func planOf(c *topology.Cluster, entries map[string]*inventory.HostEntry) *sitePlan {
	p := &sitePlan{Cluster: c, at: map[string][]string{}, entries: entries}
	p.domains = len(c.Witness) > 0 && !slices.ContainsFunc(c.Cluster.Hosts, func(name string) bool { return entries[name] != nil && entries[name].Site != "" })
	for _, name := range c.Cluster.Hosts {
		e := entries[name]
		if e != nil && e.Maintenance {
			continue
		}
		if h := c.Fabric.HostNamed(name); h != nil {
			p.members = append(p.members, h)
		} else {
			p.absent = append(p.absent, name)
		}
		sites := p.sitesOf(name)
		switch {
		case len(sites) > 1:
			p.ambiguous = name + " is in domains " + strings.Join(sites, " and ") + ", and which of them is its site is not declared"
		case len(sites) == 0:
			p.nowhere = append(p.nowhere, name)
		default:
			p.at[sites[0]] = append(p.at[sites[0]], name)
		}
	}
	p.names = slices.SortedFunc(maps.Keys(p.at), state.NaturalCompare)
	return p
}

// sitesOf returns where a switch, a host or a device is declared to be.
func (p *sitePlan) sitesOf(name string) (out []string) {
	inv := p.Fabric.Inventory
	if p.domains {
		for _, d := range inv.Domains {
			if slices.Contains(d.Members, name) {
				out = append(out, d.Name)
			}
		}
		return out
	}
	if e := p.entries[name]; e != nil {
		if e.Site == "" {
			return nil
		}
		return []string{e.Site}
	}
	for i := range inv.Switches {
		if e := &inv.Switches[i]; e.Name == name && e.Site != "" {
			return []string{e.Site}
		}
	}
	return nil
}

func judgeSites(v *verify.Verdict, p *sitePlan) {
	now, proof := asThingsAre(p.members, p.absent)
	gone, doubt := p.without(now)
	switch {
	case len(gone) > 0:
		v.Fail(tollSpan(p.Cluster, now), "%s: even now no host of site %s has all its networks for management, storage and heartbeat: %s", p.Name, strings.Join(gone, ", "), now.why.Why).
			Also(now.why.From...).Fix("bring the hosts of site %s into service: see RED-002", strings.Join(gone, ", "))
		return
	case len(doubt) > 0:
		v.Unknown("%s: not known whether a host of site %s is connected now: %s", p.Name, strings.Join(doubt, ", "), strings.Join(now.unclear, ", ")).Missing("%s", now.missing)
		return
	}
	w := p.witness(v)
	if w != nil {
		w.judgeNow(v, p)
	}
	tolls := tollsOf(p.members, siteLosses)
	for _, s := range slices.SortedFunc(maps.Keys(tolls), func(a, b *topology.Scenario) int { return cmp.Compare(a.Order(), b.Order()) }) {
		tolls[s].add(now)
		p.judgeLoss(v, s, tolls[s], w)
	}
	if w != nil {
		p.judgeBehind(v, w)
	}
	if v.Outcome() == verify.NotApplicable && len(proof) > 0 {
		with := "; no witness is declared, and so none was judged"
		if w != nil {
			with = ", and where it takes one, another still reaches the witness"
			proof = append(w.from, proof...)
		}
		v.Pass(first(proof), "%s: no one switch, chassis or cable between switches takes more than one of its sites %s%s", p.Name, strings.Join(p.names, ", "), with).Also(proof...)
	}
}

// without tells which sites a toll takes, surely or perhaps.
func (p *sitePlan) without(t *toll) (gone, doubt []string) {
	for _, site := range p.names {
		lost, unclear := 0, 0
		for _, name := range p.at[site] {
			switch {
			case slices.Contains(t.lost, name):
				lost++
			case slices.Contains(t.unclear, name):
				unclear++
			}
		}
		switch {
		case lost == len(p.at[site]):
			gone = append(gone, site)
		case lost+unclear == len(p.at[site]):
			doubt = append(doubt, site)
		}
	}
	return gone, doubt
}

// judgeLoss notes a loss that takes several sites, or one and the witness of the others.
func (p *sitePlan) judgeLoss(v *verify.Verdict, s *topology.Scenario, t *toll, w *witness) {
	gone, doubt := p.without(t)
	what, sure := "", true
	switch {
	case len(gone) > 1:
		what = "takes the sites " + strings.Join(gone, " and ") + ", or parts them"
	case len(gone)+len(doubt) > 1:
		what, sure = "may take the sites "+strings.Join(append(gone, doubt...), " and ")+", or part them", false
	case len(gone)+len(doubt) == 0 || w == nil:
		return
	default:
		reached := w.after(s, p, t, append(gone, doubt...))
		if reached == state.Yes {
			return
		}
		sure = reached == state.No && len(doubt) == 0 && !w.guessed
		what = "takes site " + strings.Join(append(gone, doubt...), ", ") + " and cuts the rest off from the witness"
		if !sure {
			what = "takes site " + strings.Join(append(gone, doubt...), ", ") + ", and whether the rest still reaches the witness is not known"
		}
	}
	switch {
	case members(s) != "":
		v.Unknown("%s: %s %s: %s", p.Name, s, what, members(s)).Missing("the chassis of %s, and which of them owns each port", s)
	case !sure:
		v.Unknown("%s: %s %s", p.Name, s, what).Missing("%s", cmp.Or(t.missing, "where the uplinks of its hosts end, and the links between the switches: LLDP, or links: in the inventory"))
	case s.Kind == topology.ControlPlaneLoss && p.Fabric.Inventory.Policy.StackIsRedundant:
	case s.Kind == topology.ControlPlaneLoss:
		v.Warn(tollSpan(p.Cluster, t), "%s: the stack %s %s", p.Name, s, what).Also(t.why.From...).Also(p.From).
			Fix("give the sites of %s switches that do not reload together, or declare policy: stack_is_redundant", p.Name)
	default:
		v.Fail(tollSpan(p.Cluster, t), "%s: %s %s", p.Name, s, what).Also(t.why.From...).Also(p.From).
			Fix("give the sites of %s, and their witness, ways to each other that do not all lead over %s", p.Name, s)
	}
}

// judgeBehind notes a site with which the others lose their way to the witness.
func (p *sitePlan) judgeBehind(v *verify.Verdict, w *witness) {
	for _, s := range p.Fabric.Scenarios(siteKinds...) {
		site := strings.TrimPrefix(s.Name, s.Kind.String()+" ")
		if p.at[site] == nil || p.domains != (s.Kind == topology.DomainLoss) || !w.stays(s) {
			continue
		}
		switch answer := w.after(s, p, &toll{}, []string{site}); {
		case answer == state.No && !w.guessed:
			v.Fail(s.From, "%s: its witness %s is behind site %s: without it no other site reaches the witness", p.Name, w.name, site).Also(w.from...).
				Fix("give the witness %s and the other sites of %s a way to each other that does not lead over site %s", w.name, p.Name, site)
		case answer != state.Yes:
			v.Unknown("%s: not known whether its witness %s is reached without site %s", p.Name, w.name, site).
				Missing("where the uplinks of its hosts end, and the links between the switches: LLDP, or links: in the inventory")
		}
	}
}

// siteKinds are the losses that a site is.
var siteKinds = []topology.ScenarioKind{topology.SiteLoss, topology.DomainLoss}

// stays reports whether the loss may leave a place of the witness.
func (w *witness) stays(s *topology.Scenario) bool {
	return slices.ContainsFunc(w.targets, func(t topology.Target) bool { return w.fabric.Failures().Left(t, s) != state.No })
}

// A witness is where what decides between sites enters the networks of the cluster.
type witness struct {
	name    string
	targets []topology.Target
	reached []map[*topology.Scenario]map[string]state.Tri // by target, scenario and host
	from    []capture.Span
	fabric  *topology.Fabric
	guessed bool // it may be at more places than were found
}

// witness finds the declared witness, nil where there is none or where it is not known; the latter is noted.
func (p *sitePlan) witness(v *verify.Verdict) *witness {
	if len(p.Cluster.Witness) == 0 {
		return nil
	}
	w := &witness{name: strings.Join(p.Cluster.Witness, ", "), from: []capture.Span{p.From}, fabric: p.Fabric}
	var at topology.Target
	sites, unsaid := map[string]bool{}, []string(nil)
	for _, place := range p.Cluster.Witness {
		names := []string{place}
		if s := p.Fabric.SwitchNamed(place); s != nil {
			at.Switches = append(at.Switches, s)
		} else if ports, all := portsOf(p.Fabric, place); len(ports) > 0 {
			at.Ports, w.guessed = append(at.Ports, ports...), w.guessed || !all
			for _, x := range ports {
				names = append(names, x.Switch.Name)
			}
		} else {
			v.Unknown("%s: its witness %s was not found at any port", p.Name, place).Missing("the place of the witness as SWITCH/PORT under witness: of %s", p.Name)
			return nil
		}
		if own := p.sitesOf(place); len(own) > 0 || p.Fabric.HostNamed(place) != nil || len(names) == 1 {
			names = names[:1]
		} else {
			names = names[1:]
		}
		for _, name := range names {
			where := p.sitesOf(name)
			for _, site := range where {
				sites[site] = true
			}
			if len(where) == 0 && !slices.Contains(unsaid, name) {
				unsaid = append(unsaid, name)
			}
		}
	}
	p.judgePlace(v, w, keys(sites), unsaid)
	w.enter(v, p, at)
	if len(w.targets) == 0 {
		return nil
	}
	return w
}

// portsOf returns the ports of a place, and whether these are surely all. Those of a host are where its uplinks end.
func portsOf(f *topology.Fabric, place string) (out []*topology.Port, all bool) {
	h := f.HostNamed(place)
	if h == nil {
		return f.PortsAt(place), strings.Contains(place, "/")
	}
	all = h.ListsNICs()
	for _, u := range h.Uplinks {
		p := u.Mapped()
		if p != nil && u.Confidence() > topology.Inferred {
			out = append(out, p)
		} else {
			all = all && capture.Is(u.NIC.Oper, state.Down)
		}
	}
	return out, all
}

// judgePlace notes a witness that is lost with a site of the cluster's hosts.
func (p *sitePlan) judgePlace(v *verify.Verdict, w *witness, sites, unsaid []string) {
	switch {
	case len(sites) > 1: // it has a leg at each
	case len(unsaid) > 0:
		v.Unknown("%s: at which site its witness %s is, is not declared: site of %s", p.Name, w.name, few(unsaid)).Missing("site: of %s in the inventory", few(unsaid))
	case len(sites) == 1 && p.at[sites[0]] != nil && w.guessed:
		v.Unknown("%s: its witness %s was found at site %s, as %s are; not known whether it has a leg elsewhere", p.Name, w.name, sites[0], few(p.at[sites[0]])).
			Missing("every place of the witness as SWITCH/PORT under witness: of %s", p.Name)
	case len(sites) == 1 && p.at[sites[0]] != nil:
		v.Fail(p.From, "%s: its witness %s is at site %s, as %s: it is lost with them", p.Name, w.name, sites[0], few(p.at[sites[0]])).
			Fix("put the witness of %s at a site where it has no hosts", p.Name)
	}
}

// enter finds the networks in which hosts may reach the witness.
func (w *witness) enter(v *verify.Verdict, p *sitePlan, at topology.Target) {
	failures := p.Fabric.Failures()
	for _, n := range p.Fabric.Networks {
		used := slices.ContainsFunc(p.members, func(h *topology.Host) bool {
			return slices.ContainsFunc(vitalRoles(h), func(r *topology.Role) bool { return r.Network == n })
		})
		t := topology.Target{Networks: []*topology.Network{n}, Ports: at.Ports, Switches: at.Switches}
		if !used || failures.Left(t, nil) == state.No {
			continue
		}
		told := map[*topology.Scenario]map[string]state.Tri{}
		for _, r := range failures.Reached(t, slices.Concat(siteLosses, siteKinds)...) {
			if told[r.Scenario] == nil {
				told[r.Scenario] = map[string]state.Tri{}
			}
			told[r.Scenario][r.Host.Name] = r.Answer
		}
		w.targets, w.reached = append(w.targets, t), append(w.reached, told)
		w.from = append(w.from, n.From)
	}
	if len(w.targets) == 0 {
		v.Unknown("%s: its witness %s is in service in none of its networks for management, storage and heartbeat; whether it is routed was not assessed", p.Name, w.name).
			Missing("the place under witness: of %s where the way to the witness leaves those networks: its router or firewall", p.Name)
	}
}

// judgeNow notes sites that do not reach the witness as things are.
func (w *witness) judgeNow(v *verify.Verdict, p *sitePlan) {
	for _, site := range p.names {
		answer := w.after(nil, p, &toll{}, slices.DeleteFunc(slices.Clone(p.names), func(s string) bool { return s == site }))
		switch {
		case answer == state.No && !w.guessed:
			v.Fail(first(w.from), "%s: its witness %s is not reached from site %s", p.Name, w.name, site).Also(w.from...).
				Fix("join the switches of site %s with those of the witness %s: see VLN-001", site, w.name)
		case answer != state.Yes:
			v.Unknown("%s: not known whether its witness %s is reached from site %s", p.Name, w.name, site).
				Missing("where each uplink of %s ends, and the links between the switches: LLDP, or links: in the inventory", few(p.at[site]))
		}
	}
}

// after answers whether a host that remains, at another site than those named, reaches the witness. It is not known in which of several
// networks that is.
func (w *witness) after(s *topology.Scenario, p *sitePlan, t *toll, gone []string) state.Tri {
	var answers []state.Tri
	for i := range w.targets {
		best := state.No
		for _, site := range p.names {
			if slices.Contains(gone, site) {
				continue
			}
			for _, name := range p.at[site] {
				if !slices.Contains(t.lost, name) {
					best = best.Or(w.reaches(i, s, name, slices.Contains(t.unclear, name)))
				}
			}
		}
		answers = append(answers, best.And(w.fabric.Failures().Left(w.targets[i], s)))
	}
	for _, a := range answers {
		if a != answers[0] {
			return state.Unknown
		}
	}
	return answers[0]
}

// reaches answers whether one host reaches the witness in one of the networks.
func (w *witness) reaches(i int, s *topology.Scenario, host string, unclear bool) state.Tri {
	answer, needs := w.reached[i][nil][host]
	if !needs {
		return state.No // it does not have the network
	}
	if told, found := w.reached[i][s][host]; found && answer == state.Yes {
		answer = told
	}
	if unclear {
		answer = answer.And(state.Unknown)
	}
	return answer
}
