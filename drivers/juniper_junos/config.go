package juniper_junos

import (
	"maps"
	"slices"
	"strings"
	"time"

	"uplinkcheck/drivers/capture"
	"uplinkcheck/drivers/state"
)

// A config is the configured interfaces by name. The list is whole: what is not in it is not configured.
type config struct {
	from       capture.Span
	interfaces map[string]elem
	vlans      map[string]state.VIDSet
	mapped     map[string]capture.Span // by port: where a VLAN says that it has other tags there
	private    map[string]capture.Span // by VLAN: where it says that it is one of a private VLAN
	peerLink   capture.Fact[string]    // the interface that protects MC-LAG
	segment    capture.Span            // an Ethernet segment, zero when there is none
}

// configuration keeps the configured interfaces; finish compares them with what is in operation.
func configuration(p *parser, e elem) {
	e.live = true
	list := e.at("interfaces")
	if !list.exists() {
		return
	}
	for _, shared := range []string{"apply-groups", "interface-range"} {
		for x := range e.all(shared) {
			if !strings.Contains(p.reply.Command, "inherit") {
				p.unread(x.span(), "parts of the configuration are inherited, and the device did not resolve them")
				return
			}
		}
	}
	c := &config{from: list.span(), interfaces: map[string]elem{}, vlans: map[string]state.VIDSet{}, mapped: map[string]capture.Span{}, private: map[string]capture.Span{}}
	for n := range list.named("interface") {
		if name := n.text("name"); name != "" {
			c.interfaces[name] = n
		}
		for esi := range n.all("esi") { // of the interface or of a unit
			c.segment = esi.span()
		}
	}
	for v := range e.at("vlans").named("vlan") {
		for _, leaf := range []string{"vlan-id", "vlan-id-list"} {
			for id := range v.named(leaf) {
				if set, err := state.ParseVIDSet(id.str().Value); err == nil {
					c.vlans[v.text("name")] = c.vlans[v.text("name")].Union(set)
				}
			}
		}
		for _, leaf := range []string{"private-vlan", "isolated-vlan", "community-vlans", "pvlan", "primary-vlan", "no-local-switching"} {
			if x := v.at(leaf); x.exists() {
				c.private[v.text("name")] = x.span()
			}
		}
		for port := range v.named("interface") {
			if mapping := port.at("mapping"); mapping.exists() {
				c.mapped[base(port.text("name"))] = mapping.span()
			}
		}
	}
	for protection := range e.at("multi-chassis").named("multi-chassis-protection") {
		if c.peerLink.Known() {
			p.unread(protection.span(), "a second multi-chassis peer")
			continue
		}
		c.peerLink = capture.Then(protection.at("interface").str(), func(s string) (string, bool) { return base(s), true })
	}
	p.config = c
}

// reloadDelay is the shortest init-delay-time of the multi-chassis aggregates. One that has none comes up at once.
func (c *config) reloadDelay() (shortest capture.Fact[time.Duration]) {
	for _, name := range slices.Sorted(maps.Keys(c.interfaces)) {
		multi := c.interfaces[name].at("aggregated-ether-options", "mc-ae")
		if !multi.exists() {
			continue
		}
		delay := capture.Of(time.Duration(0), multi.span())
		if written := multi.at("init-delay-time"); written.exists() {
			delay = capture.Then(written.str(), func(s string) (time.Duration, bool) {
				v, ok := number(s, 31)
				return time.Duration(v) * time.Second, ok
			})
		}
		if !delay.Known() {
			return capture.Fact[time.Duration]{}
		}
		if !shortest.Known() || delay.Value < shortest.Value {
			shortest = delay
		}
	}
	return shortest
}

// membership are the places in a port's configuration that put it into an aggregate.
var membership = [][2]string{{"ether-options", "ieee-802.3ad"}, {"ether-options", "802.3ad"},
	{"gigether-options", "ieee-802.3ad"}, {"gigether-options", "802.3ad"}}

// configuredAggregators adds to the aggregators what only their configuration says.
func (p *parser) configuredAggregators() {
	if p.config == nil {
		return
	}
	forced := map[string]elem{}
	for _, name := range slices.Sorted(maps.Keys(p.config.interfaces)) {
		n := p.config.interfaces[name]
		for _, path := range membership {
			lag := n.at(path[0], path[1])
			bundle := lag.at("bundle").str()
			if !bundle.Known() {
				continue
			}
			p.aggregationPort(p.aggregator(bundle.Value, bundle.From), name, bundle.From)
			if up := lag.at("lacp", "force-up"); up.exists() {
				forced[bundle.Value] = up
			}
		}
	}
	for i := range p.sw.Aggregators {
		p.configuredAggregator(&p.sw.Aggregators[i], forced)
	}
}

func (p *parser) configuredAggregator(a *state.Aggregator, forced map[string]elem) {
	n, ok := p.config.interfaces[a.Name]
	if !ok {
		return
	}
	options := n.at("aggregated-ether-options")
	protocol := options.at("lacp")
	if !a.Protocol.Known() {
		a.Protocol = capture.Of(state.Static, n.span())
		if protocol.exists() {
			a.Protocol = capture.Of(state.LACP, protocol.span())
		}
	}
	if !a.MinLinks.Known() && !options.at("minimum-bandwidth").exists() {
		a.MinLinks = capture.Then(options.at("minimum-links").str(), func(s string) (int, bool) {
			v, ok := number(s, 16)
			return int(v), ok
		})
	}
	a.Fallback = capture.Of(state.NoFallback, n.span())
	if up := protocol.at("force-up"); up.exists() {
		a.Fallback = capture.Of(state.StaticFallback, up.span())
	} else if up, ok := forced[a.Name]; ok {
		a.Fallback = capture.Of(state.StaticFallback, up.span())
	}
	if a.MLAGID = options.at("mc-ae", "mc-ae-id").str(); !options.at("mc-ae").exists() {
		a.MLAGID = capture.Of("", n.span())
	}
	switch esi := n.at("esi"); {
	case !esi.exists() && !anyOf(n, "esi"): // nor of a unit
		a.ESI = capture.Of("", n.span())
	default: // without a written identifier the switch makes one of its own, which is not in the configuration
		if written := esi.at("identifier").str(); written.Known() {
			a.ESI = capture.Then(written, func(s string) (string, bool) { return strings.ToLower(s), true })
		}
		for leaf, mode := range map[string]state.ESIMode{"all-active": state.AllActive, "single-active": state.SingleActive} {
			if x := esi.at(leaf); x.exists() {
				a.ESIMode = capture.Of(mode, x.span())
			}
		}
	}
}

func anyOf(n elem, name string) bool {
	for range n.all(name) {
		return true
	}
	return false
}

// configuredPort adds the list of VLANs that a person wrote.
func (p *parser) configuredPort(b *state.BridgePort) {
	if p.config == nil {
		return
	}
	n, ok := p.config.interfaces[b.Interface]
	if !ok {
		return
	}
	if from := p.retagged(b.Interface, n); from.Known() {
		p.unread(from, "tags stand for other VLANs there")
		b.Members, b.PVID, b.Untagged = capture.Fact[state.VIDSet]{}, capture.Fact[state.VID]{}, capture.Fact[state.VIDSet]{}
		return
	}
	for _, name := range slices.Sorted(maps.Keys(p.config.private)) {
		if b.Members.Known() && b.Members.Value.Overlaps(p.config.vlans[name]) {
			p.unread(p.config.private[name], "a private VLAN on "+b.Interface+" is joined with others, or keeps ports apart")
			b.Members, b.PVID, b.Untagged = capture.Fact[state.VIDSet]{}, capture.Fact[state.VID]{}, capture.Fact[state.VIDSet]{}
		}
	}
	var units []elem
	for u := range n.named("unit") {
		units = append(units, u)
	}
	if len(units) != 1 || !units[0].at("family", "ethernet-switching").exists() {
		return // one unit for each VLAN has no list
	}
	family := units[0].at("family", "ethernet-switching")
	for _, leaf := range []string{"interface-mode", "port-mode"} {
		if mode := family.at(leaf).str(); mode.Known() && !b.Mode.Known() {
			b.Mode = capture.Then(mode, func(s string) (state.PortMode, bool) {
				m, ok := portModes[s]
				return m, ok
			})
		}
	}
	if native := n.at("native-vlan-id"); (native.exists() || family.at("native-vlan-id").exists()) && capture.Is(b.PVID, 0) {
		b.PVID = capture.Fact[state.VID]{} // a native VLAN that is not among the members: releases differ in what becomes of it
	}
	set, written := state.VIDSet{}, false
	for m := range family.at("vlan").named("members") {
		vids, ok := p.memberSet(m.str().Value)
		if !ok {
			p.unread(m.span(), "a VLAN that nothing gives an id")
			return
		}
		set, written = set.Union(vids), true
	}
	b.Configured = capture.Of(set, family.span())
	b.Explicit = capture.Of(written, family.span())
}

// retagged returns what says that frames have other tags on a port than those of their VLANs: a map, a second tag, or a unit whose tag is not the
// id of the VLAN that it is in.
func (p *parser) retagged(port string, n elem) capture.Span {
	for _, way := range []string{"input-vlan-map", "output-vlan-map", "vlan-rewrite", "vlan-tags"} {
		for x := range n.all(way) {
			return x.span()
		}
	}
	for x := range n.named("unit") {
		tag, ok := toVID(x.text("vlan-id"))
		u := p.units[port+"."+x.text("name")]
		if !ok || u == nil {
			continue
		}
		for _, t := range slices.Concat(u.rows, u.vlans) {
			if t.vid != tag {
				return x.at("vlan-id").span()
			}
		}
	}
	return p.config.mapped[port]
}

// memberSet reads one entry of a list of VLANs: "all", ids, a range of ids, or the name of a VLAN.
func (p *parser) memberSet(s string) (state.VIDSet, bool) {
	if vids, err := state.ParseVIDSet(s); err == nil && !strings.EqualFold(s, "none") {
		return vids, true
	}
	if vids, ok := p.config.vlans[s]; ok {
		return vids, true
	}
	v := p.vids[s]
	return state.VIDs(v), v != 0
}
