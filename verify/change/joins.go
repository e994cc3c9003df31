package change

import (
	"fmt"
	"slices"
	"strings"

	"uplinkcheck/drivers/capture"
	"uplinkcheck/drivers/state"
	"uplinkcheck/inventory"
	"uplinkcheck/verify/topology"
)

// pairs compares who is whose multi-chassis peer.
func (c *comparison) pairs() {
	for _, was := range c.b.Pairs {
		names := switchNames(was)
		is := pairNamed(c.a, was.Name)
		switch {
		case c.aside(names...):
		case is == nil:
			c.pairGone(was, names)
		case !slices.Equal(names, switchNames(is)):
			c.add(Item{Kind: Moved, Subject: is.Subject(), Was: strings.Join(names, ", "), Is: strings.Join(switchNames(is), ", "),
				Text:   fmt.Sprintf("%s is %s, was %s", is.Name, strings.Join(switchNames(is), " and "), strings.Join(names, " and ")),
				Before: []capture.Span{was.From}, After: []capture.Span{is.From}})
		}
	}
	for _, is := range c.a.Pairs {
		if pairNamed(c.b, is.Name) == nil && !is.Declared && !slices.ContainsFunc(switchNames(is), c.untold) {
			c.add(Item{Kind: Moved, Subject: is.Subject(), Is: "peers", Text: strings.Join(switchNames(is), " and ") + " are multi-chassis peers now", After: []capture.Span{is.From}})
		}
	}
}

// pairGone is about a pair that only the switches told of: they are still in the inventory and tell nothing of it.
func (c *comparison) pairGone(was *topology.Pair, names []string) {
	var says []capture.Span
	for _, name := range names {
		s := c.a.SwitchNamed(name)
		if s == nil {
			return // no longer in the inventory: the machine's own item says so
		}
		if s.Listed.MLAG.Known() && !samePeer(c.b.SwitchNamed(name), s) {
			says = append(says, s.Listed.MLAG)
		}
	}
	item := Item{Kind: Harm, Subject: was.Subject(), Was: "peers", Before: []capture.Span{was.From}, After: says,
		Text: strings.Join(names, " and ") + " no longer know each other as multi-chassis peers",
		Fix:  "look at the peer-link and the multi-chassis settings of " + strings.Join(names, " and ")}
	if len(says) == 0 {
		item.Kind, item.Text = Unclear, "whether "+strings.Join(names, " and ")+" are still multi-chassis peers was not reported"
		item.Missing = "the multi-chassis state of " + strings.Join(names, " or ")
	}
	c.add(item)
}

// samePeer reports whether a switch names the peer that it named before: then it is of the peer that nothing is known.
func samePeer(was, is *topology.Switch) bool {
	mac, macs := capture.Same(was.MLAG.PeerMAC, is.MLAG.PeerMAC)
	system, systems := capture.Same(was.MLAG.SystemMAC, is.MLAG.SystemMAC)
	return capture.Is(is.MLAG.Peered, true) && (macs && mac || !macs && systems && system)
}

func pairNamed(f *topology.Fabric, name string) *topology.Pair {
	for _, p := range f.Pairs {
		if p.Name == name {
			return p
		}
	}
	return nil
}

func switchNames(p *topology.Pair) (names []string) {
	for _, s := range p.Switches {
		names = append(names, s.Name)
	}
	return names
}

// hosts names hosts that came and went where the inventory lists none: listed ones are there on both sides.
func (c *comparison) hosts() {
	for _, was := range c.b.Hosts {
		if c.a.HostNamed(was.Name) != nil || !was.Inferred || c.aside(switchesOf(was)...) {
			continue
		}
		c.add(Item{Kind: Weaker, Subject: was.Subject(), Was: "seen", Text: was.Name + " is no longer seen at " + portsOf(was), Before: []capture.Span{was.From},
			Fix: "look at " + portsOf(was)})
	}
	for _, is := range c.a.Hosts {
		if c.b.HostNamed(is.Name) == nil && is.Inferred {
			c.add(Item{Kind: Moved, Subject: is.Subject(), Is: "seen", Text: is.Name + " is seen now at " + portsOf(is), After: []capture.Span{is.From}})
		}
	}
}

func portsOf(h *topology.Host) string {
	var ports []string
	for _, u := range h.Uplinks {
		if p := u.Mapped(); p != nil {
			ports = append(ports, p.String())
		}
	}
	return strings.Join(ports, ", ")
}

func switchesOf(h *topology.Host) (names []string) {
	for _, u := range h.Uplinks {
		if p := u.Mapped(); p != nil {
			names = append(names, p.Switch.Name)
		}
	}
	return names
}

// uplinks compares where the cables of hosts end and how sure that is.
func (c *comparison) uplinks() {
	was := map[string]*topology.Uplink{}
	for _, u := range c.b.Uplinks() {
		was[u.String()] = u
	}
	for _, u := range c.a.Uplinks() {
		if old := was[u.String()]; old != nil {
			c.mapping(old, u)
			c.traits(u.Subject(), u.String(), atHost(old), atHost(u))
		} else if !u.Host.Inferred && !c.unheard(u.Host.Name) {
			c.add(Item{Kind: Moved, Subject: u.Subject(), Is: ends(u), Text: u.String() + " is an uplink now, and ends on " + ends(u), After: []capture.Span{u.NIC.From}})
		}
		delete(was, u.String())
	}
	for _, name := range sorted(was) {
		if u := was[name]; !u.Host.Inferred {
			c.uplinkGone(u)
		}
	}
}

// unheard reports whether the machine told nothing before: all that it tells now would look new.
func (c *comparison) unheard(name string) bool {
	d := deviceOf(c.b, name)
	return d != nil && !told(d) || c.b.HostNamed(name) == nil
}

func atHost(u *topology.Uplink) []trait {
	team := trait{what: "team", from: u.NIC.From}
	t := []trait{status("link at the host", u.NIC.Oper), team}
	mode := trait{what: "mode of the team"}
	if u.Team != nil {
		t[1].value = u.Team.Name
		mode = words(mode.what, u.Team.Mode)
	}
	return append(t, mode)
}

// ends says where an uplink ends, and how sure that is.
func ends(u *topology.Uplink) string {
	if p := u.Mapped(); p != nil {
		return p.String()
	}
	if u.Link != nil {
		return "no one port: devices disagree"
	}
	return "no known port"
}

func (c *comparison) mapping(was, is *topology.Uplink) {
	p, q := was.Mapped(), is.Mapped()
	machines := []string{was.Host.Name}
	for _, x := range []*topology.Port{p, q} {
		if x != nil {
			machines = append(machines, x.Switch.Name)
		}
	}
	sure, now := was.Confidence(), is.Confidence()
	item := Item{Subject: is.Subject(), Was: ends(was), Is: ends(is), Before: evidence(was), After: evidence(is)}
	switch {
	case p == nil && q == nil && sure == now, p != nil && q != nil && p.String() == q.String() && sure == now:
		return
	case p != nil && q == nil && c.aside(machines...):
		return
	case p != nil && q == nil:
		item.Kind, item.Missing = Unclear, "where "+is.String()+" ends: LLDP, LACP at both ends, or port: in the inventory"
		item.Text = fmt.Sprintf("%s ends on %s, ended on %s", is, ends(is), ends(was))
	case p == nil:
		item.Kind, item.Text = Better, fmt.Sprintf("%s ends on %s (%s), which was not known", is, ends(is), now)
	case p.String() != q.String():
		item.Kind, item.Text = Moved, fmt.Sprintf("%s ends on %s, ended on %s", is, q, p)
	case now < sure && c.aside(machines...):
		return
	default:
		item.Kind, item.Was, item.Is = Better, sure.String(), now.String()
		if now < sure {
			item.Kind = Weaker
		}
		item.Text = fmt.Sprintf("that %s ends on %s is %s, was %s", is, q, now, sure)
	}
	c.add(item)
}

func evidence(u *topology.Uplink) []capture.Span {
	if u.Link == nil {
		return nil
	}
	return u.Link.Evidence()
}

// uplinkGone is about a NIC that no longer leads to the network.
func (c *comparison) uplinkGone(was *topology.Uplink) {
	h := c.a.HostNamed(was.Host.Name)
	if h == nil || c.aside(h.Name) {
		return
	}
	item := Item{Kind: Weaker, Subject: was.Subject(), Was: ends(was), Text: was.String() + " is no uplink any more", Before: []capture.Span{was.NIC.From},
		After: []capture.Span{h.Listed.NICs}, Fix: "look for " + was.NIC.Name + " on " + h.Name + ", and for what uses it"}
	if h.Entry != nil && slices.ContainsFunc(h.Entry.Uplinks, func(d inventory.DeclaredUplink) bool { return d.NIC == was.NIC.Name }) {
		item.Kind = Harm
		item.Text += ", though the inventory declares it"
	}
	if !h.Listed.NICs.Known() {
		item.Kind, item.After, item.Missing = Unclear, nil, "the list of NICs of "+h.Name
		item.Text = "whether " + was.String() + " is still an uplink was not reported"
	}
	c.add(item)
}

// lags compares who sits at the far end of a LAG, and what it is made of.
func (c *comparison) lags() {
	seen := map[*topology.LAG]bool{}
	for _, l := range c.a.LAGs {
		old := c.lagsWas[l]
		for _, o := range old {
			seen[o] = true
		}
		switch len(old) {
		case 0:
			c.lagNew(l)
		case 1:
			c.lag(old[0], l)
		default:
			c.add(Item{Kind: Better, Subject: l.Subject(), Was: lagNames(old), Is: l.Name, Text: lagNames(old) + " are one LAG now", After: []capture.Span{l.Multi}})
		}
	}
	for _, old := range c.b.LAGs {
		if !seen[old] {
			c.lagGone(old)
		}
	}
}

func lagNames(all []*topology.LAG) string {
	var names []string
	for _, l := range all {
		names = append(names, l.Name)
	}
	return strings.Join(names, " and ")
}

// lagNew names a LAG on a switch that told of its LAGs before.
func (c *comparison) lagNew(l *topology.LAG) {
	for _, leg := range l.Legs {
		if s := c.b.SwitchNamed(leg.Switch.Name); s != nil && s.Listed.Aggregators.Known() {
			c.add(Item{Kind: Moved, Subject: l.Subject(), Is: "there", Text: l.Name + " is new" + towards(l), After: []capture.Span{leg.Aggregator.From}})
			return
		}
	}
}

func towards(l *topology.LAG) string {
	if l.Team != nil {
		return ", towards " + l.Team.Host.Name
	}
	return ""
}

// lagGone is about a LAG of which no leg is left.
func (c *comparison) lagGone(old *topology.LAG) {
	var listed []capture.Span
	for _, leg := range old.Legs {
		s := c.a.SwitchNamed(leg.Switch.Name)
		if s == nil || c.silent[leg.Switch.Name] {
			return
		}
		if !s.Listed.Aggregators.Known() {
			c.add(Item{Kind: Unclear, Subject: old.Subject(), Was: "there", Text: "whether " + old.Name + " is still there was not reported",
				Missing: "the LAGs of " + s.Name, Before: []capture.Span{leg.Aggregator.From}})
			return
		}
		listed = append(listed, s.Listed.Aggregators)
	}
	item := Item{Kind: Moved, Subject: old.Subject(), Was: "there", Text: old.Name + " is gone" + towards(old), Before: []capture.Span{old.Legs[0].Aggregator.From}, After: listed}
	if old.Team != nil && c.a.HostNamed(old.Team.Host.Name) != nil && !old.Team.Host.Inferred || old.Inter {
		item.Kind, item.Fix = Harm, "restore it, or take what it led to out of the inventory"
		item.Text += ": what it led to is still in the inventory"
	}
	c.add(item)
}

// lag compares one LAG.
func (c *comparison) lag(was, is *topology.LAG) {
	who := is.Name
	c.traits(is.Subject(), who, aggregation(was), aggregation(is))
	if p, q := partners(was), partners(is); p.value != q.value && p.from.Known() && q.from.Known() {
		c.add(Item{Kind: Moved, Subject: is.Subject(), Was: p.value, Is: q.value, Text: fmt.Sprintf("%s: partner is %s, was %s", who, q.value, p.value),
			Before: []capture.Span{p.from}, After: []capture.Span{q.from}})
	}
	if was.Team != nil && is.Team != nil && was.Team.Host.Name != is.Team.Host.Name {
		c.add(Item{Kind: Moved, Subject: is.Subject(), Was: was.Team.Host.Name, Is: is.Team.Host.Name, Text: fmt.Sprintf("%s leads to %s, led to %s", who, is.Team.Host.Name, was.Team.Host.Name)})
	}
	c.membership(was, is)
}

// membership compares the legs and ports of a LAG. Legs that went their own way are still LAGs.
func (c *comparison) membership(was, is *topology.LAG) {
	var left, joined, apart []string
	for _, leg := range was.Legs {
		now := legOn(is, leg)
		s := c.a.SwitchNamed(leg.Switch.Name)
		switch {
		case c.silent[leg.Switch.Name] || s == nil:
		case now != nil:
			left = append(left, lacking(leg, now)...)
		case c.lagOf[[2]string{leg.Switch.Name, leg.Aggregator.Name}] != nil:
			apart = append(apart, leg.Switch.Name+"/"+leg.Aggregator.Name)
		case s.Listed.Aggregators.Known():
			left = append(left, leg.Switch.Name+"/"+leg.Aggregator.Name)
		}
	}
	for _, leg := range is.Legs {
		if then := legOn(was, leg); then != nil {
			joined = append(joined, lacking(leg, then)...)
		} else if !c.untold(leg.Switch.Name) {
			joined = append(joined, leg.Switch.Name+"/"+leg.Aggregator.Name)
		}
	}
	item := Item{Subject: is.Subject(), Before: []capture.Span{was.Legs[0].Aggregator.From}, After: []capture.Span{is.Legs[0].Aggregator.From}}
	note := func(k Kind, ports []string, text string) {
		if len(ports) > 0 {
			i := item
			i.Kind, i.Text = k, fmt.Sprintf(text, strings.Join(ports, ", "))
			c.add(i)
		}
	}
	note(Weaker, left, "%s left "+is.Name)
	note(Weaker, apart, "%s is no longer one LAG with "+is.Name)
	note(Moved, joined, "%s joined "+is.Name)
}

// untold reports whether the switch gave no state before.
func (c *comparison) untold(name string) bool { return c.b.SwitchNamed(name) == nil }

func legOn(l *topology.LAG, like *topology.Leg) *topology.Leg {
	for _, leg := range l.Legs {
		if leg.Switch.Name == like.Switch.Name && leg.Aggregator.Name == like.Aggregator.Name {
			return leg
		}
	}
	return nil
}

// lacking lists the ports of a leg that the other lacks.
func lacking(of, in *topology.Leg) (ports []string) {
	for _, p := range of.Ports {
		if !slices.ContainsFunc(in.Ports, func(q *topology.Port) bool { return q.Name == p.Name }) {
			ports = append(ports, p.String())
		}
	}
	return ports
}

func aggregation(l *topology.LAG) []trait {
	return []trait{words("protocol", l.Protocol()), words("minimum of links", l.Legs[0].Aggregator.MinLinks), words("fallback", l.Legs[0].Aggregator.Fallback)}
}

// partners lists the systems that answer at the far end.
func partners(l *topology.LAG) (t trait) {
	var systems []string
	for _, p := range l.Ports() {
		if p.Member == nil || p.Member.Heard() != state.Yes {
			continue
		}
		id := p.Member.Partner.System
		if word := id.Value.String(); id.Known() && !slices.Contains(systems, word) {
			systems = append(systems, word)
			t.from = id.From
		}
	}
	slices.Sort(systems)
	t.value = strings.Join(systems, " and ")
	return t
}

// trunks compares the cables between switches.
func (c *comparison) trunks() {
	at := map[string]*topology.Trunk{}
	for _, t := range c.a.Trunks {
		for _, p := range []*topology.Port{t.A, t.Z} {
			if p != nil {
				at[p.String()] = t
			}
		}
	}
	known := map[string]bool{}
	for _, t := range c.b.Trunks {
		known[t.String()] = true
		if now := at[t.A.String()]; now == nil || now.String() != t.String() {
			c.trunkGone(t, at)
		}
	}
	for _, t := range c.a.Trunks {
		if t.Far != nil && !known[t.String()] && !c.untold(t.A.Switch.Name) && !c.untold(t.Far.Name) {
			c.add(Item{Kind: Moved, Subject: t.Subject(), Is: "there", Text: "there is a cable from " + t.String() + " now", After: claims(t)})
		}
	}
}

// trunkGone tells a cable that leads elsewhere from one that is gone, and from one of which nobody spoke.
func (c *comparison) trunkGone(t *topology.Trunk, at map[string]*topology.Trunk) {
	ports := []*topology.Port{t.A}
	if t.Z != nil {
		ports = append(ports, t.Z)
	}
	item := Item{Subject: t.Subject(), Was: "there", Before: claims(t)}
	if t.Far != nil && c.aside(t.Far.Name) {
		return
	}
	heard := true
	for _, p := range ports {
		s := c.a.SwitchNamed(p.Switch.Name)
		if s == nil || c.silent[p.Switch.Name] {
			return
		}
		now := at[p.String()]
		if now != nil && now.Far == nil && t.Far != nil { // known as the peer-link by its name alone
			item.Kind, item.Is, item.Text, item.After = Weaker, now.String(), fmt.Sprintf("%s is no longer heard at %s", otherEnd(t, p), p), claims(now)
			c.add(item)
			return
		}
		if now != nil && now.Far != nil && c.untold(now.Far.Name) {
			return // it could not be known before where the cable leads
		}
		if now != nil {
			item.Kind, item.Is, item.Text, item.After = Moved, now.String(), fmt.Sprintf("the cable from %s is one from %s now", t, now), claims(now)
			c.add(item)
			return
		}
		if q := s.Port(p.Name); q != nil && q.Link != nil {
			item.Kind, item.Is, item.Text, item.After = Moved, q.Link.Uplink.String(), fmt.Sprintf("%s leads to %s, led to %s", p, q.Link.Uplink, otherEnd(t, p)), q.Link.Evidence()
			c.add(item)
			return
		}
		heard = heard && s.Listed.Remotes.Known()
		item.After = append(item.After, s.Listed.Remotes)
	}
	item.Kind, item.Text, item.Fix = Harm, "the cable from "+t.String()+" is gone", "look at both ends of the cable"
	if t.Z != nil && t.A.Switch == t.Z.Switch { // it was never meant to be
		item.Kind, item.Text, item.Fix = Better, "the loop from "+t.String()+" is gone", ""
	}
	if !heard {
		item.Kind, item.Text, item.Fix = Unclear, "whether the cable from "+t.String()+" is still there was not reported", ""
		item.Missing = "the neighbours of its switches: LLDP, or the cable under links:"
	}
	c.add(item)
}

func otherEnd(t *topology.Trunk, p *topology.Port) string {
	switch {
	case t.A == p && t.Z != nil:
		return t.Z.String()
	case t.A == p && t.Far != nil:
		return t.Far.Name
	}
	return t.A.String()
}

func claims(t *topology.Trunk) (out []capture.Span) {
	for _, c := range t.Claims {
		out = append(out, c.From)
	}
	return out
}

// roles names the networks that hosts began and ceased to use, beyond those that the inventory asks of them.
func (c *comparison) roles() {
	was := map[string]*topology.Role{}
	for _, r := range c.b.Roles() {
		was[r.Subject().Name] = r
	}
	for _, r := range c.a.Roles() {
		if was[r.Subject().Name] == nil && !c.unheard(r.Host.Name) {
			c.add(Item{Kind: Moved, Subject: r.Subject(), Is: "used", Text: r.Host.Name + " uses " + r.Network.Name + " now", After: []capture.Span{r.From}})
		}
		delete(was, r.Subject().Name)
	}
	for _, name := range sorted(was) {
		r := was[name]
		if h := c.a.HostNamed(r.Host.Name); h != nil && h.Listed.Uses.Known() && !c.aside(h.Name) {
			c.add(Item{Kind: Moved, Subject: r.Subject(), Was: "used", Text: r.Host.Name + " no longer uses " + r.Network.Name, Before: []capture.Span{r.From}})
		}
	}
}
