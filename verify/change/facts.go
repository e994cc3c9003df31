package change

import (
	"cmp"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"uplinkcheck/drivers/capture"
	"uplinkcheck/drivers/state"
	"uplinkcheck/verify/topology"
)

func compareNames(a, b string) int { return state.NaturalCompare(a, b) }

// A trait is one fact of a thing in words. From is zero when nobody reported it.
type trait struct {
	what  string // "link", "model": what the value is
	value string
	from  capture.Span
	good  string // the value that is better than others; "" when none is
}

// words makes a trait of any fact.
func words[T any](what string, f capture.Fact[T]) trait {
	return trait{what: what, value: fmt.Sprint(f.Value), from: f.From}
}

// status makes a trait of a fact of which up is good.
func status(what string, f capture.Fact[state.Status]) trait {
	t := words(what, f)
	t.good = state.Up.String()
	return t
}

// traits adds an item for each fact that both sides report and that differs. Facts that one side does not report are a matter of the
// verdicts that need them.
func (c *comparison) traits(s topology.Subject, who string, was, is []trait) {
	for i, now := range is {
		then := was[i]
		if !then.from.Known() || !now.from.Known() || then.value == now.value {
			continue
		}
		kind := Moved
		switch {
		case now.good != "" && now.value == now.good:
			kind = Better
		case now.good != "" && then.value == now.good:
			kind = Weaker
		}
		c.add(Item{Kind: kind, Subject: s, Was: then.value, Is: now.value, Text: fmt.Sprintf("%s: %s is %s, was %s", who, now.what, quoted(now.value), quoted(then.value)),
			Before: []capture.Span{then.from}, After: []capture.Span{now.from}})
	}
}

// quoted shows an empty value as one.
func quoted(s string) string { return cmp.Or(s, "none") }

// switches compares what switches say of themselves, their ports and their VLANs.
func (c *comparison) switches() {
	for _, is := range c.a.Switches {
		was := c.b.SwitchNamed(is.Name)
		if was == nil || c.silent[is.Name] {
			continue
		}
		c.traits(is.Subject(), is.Name, box(was), box(is))
		c.members(was, is)
		c.database(was, is)
		c.ports(was, is)
		c.bridgePorts(was, is)
		c.spanningTree(was, is)
	}
}

func box(s *topology.Switch) []trait {
	d, m := &s.Device, &s.MLAG
	return []trait{words("hostname", d.Hostname), words("model", d.Model), words("serial number", d.Serial), words("version", d.Version),
		words("base address", d.ChassisMAC), words("part in the pair", m.Role), words("multi-chassis domain", m.Domain), words("peer-link", m.PeerLink),
		status("keepalive", m.Keepalive)}
}

// members compares the chassis of a stack.
func (c *comparison) members(was, is *topology.Switch) {
	for i := range was.Members {
		m := &was.Members[i]
		gone := !slices.ContainsFunc(is.Members, func(n state.Member) bool { return n.ID == m.ID })
		if gone && is.Device.Stacked.Known() {
			c.add(Item{Kind: Weaker, Subject: is.Subject(), Was: "member " + m.ID, Text: fmt.Sprintf("%s has no member %s any more", is.Name, m.ID),
				Before: []capture.Span{m.From}, After: []capture.Span{is.Device.Stacked.From}})
		}
	}
}

// database compares the VLANs that a switch has.
func (c *comparison) database(was, is *topology.Switch) {
	if !was.Listed.VLANs.Known() || !is.Listed.VLANs.Known() {
		return
	}
	sets := func(s *topology.Switch) (all, active state.VIDSet) {
		var every, working []state.VID
		for i := range s.VLANs {
			every = append(every, s.VLANs[i].ID)
			if !capture.Is(s.VLANs[i].Active, false) {
				working = append(working, s.VLANs[i].ID)
			}
		}
		return state.VIDs(every...), state.VIDs(working...)
	}
	all, active := sets(was)
	allNow, activeNow := sets(is)
	item := Item{Kind: Moved, Subject: is.Subject(), Was: all.String(), Is: allNow.String(), Before: []capture.Span{was.Listed.VLANs}, After: []capture.Span{is.Listed.VLANs}}
	both := all.Intersect(allNow)
	c.sets(item, all, allNow, is.Name+" has %s now", is.Name+" has %s no longer")
	c.sets(item, active.Intersect(both), activeNow.Intersect(both), is.Name+" has %s active again", is.Name+" has %s suspended now")
}

// sets adds the item with one text for the VLANs that came and one for those that went.
func (c *comparison) sets(i Item, was, is state.VIDSet, came, went string) {
	var said []string
	if more := is.Minus(was); !more.Empty() {
		said = append(said, fmt.Sprintf(came, c.vlans(more)))
	}
	if less := was.Minus(is); !less.Empty() {
		said = append(said, fmt.Sprintf(went, c.vlans(less)))
	}
	if len(said) > 0 {
		i.Text = strings.Join(said, "; ")
		c.add(i)
	}
}

// vlans names VLANs with the declared networks that they are of.
func (c *comparison) vlans(set state.VIDSet) string {
	var of []string
	for _, n := range c.a.Networks {
		if !n.VLANs.Intersect(set).Empty() {
			of = append(of, n.Name)
		}
	}
	word := "VLANs "
	if set.Len() == 1 {
		word = "VLAN "
	}
	if len(of) == 0 {
		return word + set.String()
	}
	return word + set.String() + " (" + strings.Join(of, ", ") + ")"
}

// ports compares links and what is joined into which aggregator.
func (c *comparison) ports(was, is *topology.Switch) {
	for _, p := range is.Ports {
		old := was.Port(p.Name)
		if old == nil || old.Interface == nil || p.Interface == nil {
			continue
		}
		c.traits(p.Subject(), p.String(), link(old), link(p))
	}
	if !is.Listed.Interfaces.Known() {
		return
	}
	for _, old := range was.Ports {
		if is.Port(old.Name) == nil && old.Interface != nil {
			kind := Weaker
			if old.Declared != nil || c.declared(old) {
				kind = Harm
			}
			c.add(Item{Kind: kind, Subject: old.Subject(), Was: "there", Text: old.String() + " is gone: " + is.Name + " does not list it any more",
				Before: []capture.Span{old.Interface.From}, After: []capture.Span{is.Listed.Interfaces}})
		}
	}
}

// declared reports whether the inventory names the port as the end of a cable, or as the place of a gateway, a station or a service.
func (c *comparison) declared(p *topology.Port) bool {
	for _, l := range c.a.Inventory.Links {
		if l.A.Device == p.Switch.Name && l.A.Port == p.Name || l.Z.Device == p.Switch.Name && l.Z.Port == p.Name {
			return true
		}
	}
	return slices.ContainsFunc(c.a.Networks, func(n *topology.Network) bool {
		return slices.Contains(n.Gateway, p.String()) || slices.Contains(n.Stations, p.String())
	}) || slices.ContainsFunc(c.a.Services(), func(s *topology.Service) bool { return slices.Contains(s.At, p.String()) })
}

func link(p *topology.Port) []trait {
	n := p.Interface
	speed := words("speed", n.Speed)
	if n.Speed.Known() {
		speed.value = strconv.FormatUint(n.Speed.Value/1_000_000, 10) + " Mbit/s"
	}
	if !capture.Is(n.Oper, state.Up) {
		speed.from = capture.Span{} // of a link that is down it means nothing
	}
	joined := trait{what: "aggregator", from: n.Aggregator.From}
	if p.Aggregator != nil {
		joined.value, joined.from = p.Aggregator.Name, p.Aggregator.From
	}
	admin := status("port as configured", n.Admin)
	return []trait{status("link", n.Oper), admin, speed, words("duplex", n.Duplex), words("MTU", n.MTU), joined}
}

// bridgePorts compares the VLANs of ports and aggregators.
func (c *comparison) bridgePorts(was, is *topology.Switch) {
	for i := range is.BridgePorts {
		b := &is.BridgePorts[i]
		old := was.BridgePort(b.Interface)
		if old == nil {
			continue
		}
		s, name := c.bridged(is, b.Interface), is.Name+"/"+b.Interface
		c.traits(s, name, bridging(old), bridging(b))
		if !old.Members.Known() || !b.Members.Known() {
			continue
		}
		c.sets(Item{Kind: Moved, Subject: s, Was: old.Members.Value.String(), Is: b.Members.Value.String(),
			Before: []capture.Span{old.Members.From}, After: []capture.Span{b.Members.From}},
			old.Members.Value, b.Members.Value, "%s on "+name+" now", "%s no longer on "+name)
	}
}

func bridging(b *state.BridgePort) []trait {
	untagged := words("VLAN of untagged frames", b.PVID)
	if b.PVID.Value == 0 {
		untagged.value = "" // they are dropped
	}
	return []trait{words("mode", b.Mode), untagged}
}

// bridged is the subject of a bridge port: the LAG, or the port.
func (c *comparison) bridged(s *topology.Switch, name string) topology.Subject {
	if l := c.lagOf[[2]string{s.Name, name}]; l != nil {
		return l.Subject()
	}
	return topology.Subject{Kind: "port", Name: s.Name + "/" + name}
}

// spanningTree compares what it blocks.
func (c *comparison) spanningTree(was, is *topology.Switch) {
	if !was.Listed.STP.Known() || !is.Listed.STP.Known() {
		return
	}
	type held struct {
		vids state.VIDSet
		from capture.Span
	}
	blocked := func(s *topology.Switch) map[string]held {
		out := map[string]held{}
		for i := range s.STP {
			if t := &s.STP[i]; capture.Is(t.State, state.Blocking) {
				out[t.Interface] = held{out[t.Interface].vids.Union(t.VIDs), t.State.From}
			}
		}
		return out
	}
	then, now := blocked(was), blocked(is)
	for name := range then {
		if _, both := now[name]; !both {
			now[name] = held{from: is.Listed.STP}
		}
	}
	for _, name := range sorted(now) {
		from := then[name].from
		if !from.Known() {
			from = was.Listed.STP
		}
		c.sets(Item{Kind: Moved, Subject: c.bridged(is, name), Was: then[name].vids.String(), Is: now[name].vids.String(),
			Before: []capture.Span{from}, After: []capture.Span{now[name].from}},
			then[name].vids, now[name].vids, "the spanning tree blocks %s on "+is.Name+"/"+name, "the spanning tree no longer blocks %s on "+is.Name+"/"+name)
	}
}

func sorted[T any](m map[string]T) (names []string) {
	for n := range m {
		names = append(names, n)
	}
	slices.SortFunc(names, compareNames)
	return names
}
