package checks

import (
	"slices"
	"strings"

	"uplinkcheck/drivers/capture"
	"uplinkcheck/drivers/state"
	"uplinkcheck/inventory"
	"uplinkcheck/verify"
	"uplinkcheck/verify/standard"
	"uplinkcheck/verify/topology"
)

// MGT006: every address learned in the management network is a known station's.
var MGT006 = add(&verify.Check{
	ID:    "MGT-006",
	Title: "every address learned in the management network is a known station's",
	Doc: `What sends in the management network must be something that the inventory knows: a host's own interface, a switch, a gateway or a station. An address of
nobody's at an edge port warns, with the port. Addresses of virtual gateways (VRRP, HSRP, GLBP, anycast), of switches and of multi-chassis pairs are
infrastructure, and so are VMware's at a host that must offer the network and did not list its interfaces: VMkernel interfaces have the same prefix as guests, which are
MGT-001's matter. A station that was silent is in no address table: a pass says that nothing else spoke lately. Name what belongs there under gateway: or
stations:. Layer 3 reachability was not assessed.`,
	Cites:    []standard.Clause{standard.M5153, standard.Grundschutz("SYS.1.5.A5", "B")},
	Severity: verify.Medium,
	Run: verify.Each(networksFor(inventory.Management), func(n *topology.Network) (v verify.Verdict) {
		if !noIntent(&v, n) {
			judgeStations(&v, n)
		}
		return v
	}),
})

// A census is what was learned in a network.
type census struct {
	network *topology.Network
	kinds   map[*topology.Port]topology.Place
	foreign map[*topology.Port][]state.MACEntry // at edge ports
	passing map[state.MAC]state.MACEntry        // on cables between switches
	settled map[state.MAC]bool                  // found at an edge port, whosever it is
}

func judgeStations(v *verify.Verdict, n *topology.Network) {
	c := census{network: n, kinds: map[*topology.Port]topology.Place{}, foreign: map[*topology.Port][]state.MACEntry{},
		passing: map[state.MAC]state.MACEntry{}, settled: map[state.MAC]bool{}}
	for _, x := range n.Reach() {
		c.kinds[x.Port] = x
	}
	var lists []capture.Span
	for _, s := range n.Fabric.Switches {
		if !mayCarry(n, s) {
			continue
		}
		if !s.Listed.MACs.Known() {
			v.Unknown("%s did not list its learned addresses", s.Name).Missing("the address table of %s", s.Name)
		}
		lists = append(lists, s.Listed.MACs)
		for vid := range n.VLANs.All() {
			if n.Bridged(s, vid) != state.No {
				c.count(v, s, vid)
			}
		}
	}
	for _, d := range n.Fabric.Devices {
		if d.Switch == nil && d.Host == nil {
			why, missing := d.Absent()
			v.Unknown("%s: what it learned in %s is not known", why, n.Name).Missing("%s", missing)
		}
	}
	if len(lists) == 0 {
		v.Unknown("no switch with VLAN %s of %s is known", n.VLANs, n.Name).Missing("the switches that carry %s", n.Name)
	}
	c.tell(v)
	if from := first(lists); from.Known() {
		v.Pass(from, "of the %d addresses learned in %s each is a known station's", len(c.settled), n.Name).Also(lists[:min(len(lists), 8)]...)
	}
}

// count sorts what a switch learned in one VLAN.
func (c *census) count(v *verify.Verdict, s *topology.Switch, vid state.VID) {
	for _, e := range s.Learned(vid) {
		ports := s.PortsOf(e.Interface)
		switch {
		case capture.Is(e.Kind, state.OwnMAC), topology.Virtual(e.MAC), c.network.Fabric.Owner(e.MAC) != "":
			c.settled[e.MAC] = true
		case len(ports) == 0 || slices.ContainsFunc(ports, func(p *topology.Port) bool { return p.Trunk != nil }) || capture.Is(e.Kind, state.PeerLearned):
			c.passing[e.MAC] = e
		default:
			c.settled[e.MAC] = true
			c.place(v, topology.Lit(ports), e)
		}
	}
}

// place judges an address of nobody's at an edge port by what is there.
func (c *census) place(v *verify.Verdict, p *topology.Port, e state.MACEntry) {
	x := c.kinds[p]
	h := c.host(p)
	switch {
	case x.Kind == topology.GatewayPlace || x.Kind == topology.StationPlace:
	case x.Kind == topology.Uncollected:
		v.Unknown("%s was learned at %s, behind which %s was not collected", e.MAC, p, x.Who).Missing("collect %s", x.Who)
	case x.Kind == topology.Disputed:
		v.Unknown("%s was learned at %s, and sources disagree whether %s is there", e.MAC, p, x.Who).Missing("settle RED-008 for %s first", x.Who)
	case h != nil && c.hasStation(h), h != nil && vmware(e.MAC) && !h.Listed.Uses.Known():
	case h != nil && !h.Addressed():
		v.Unknown("%s was learned at %s, where %s is: it may be an interface of its own", e.MAC, p, h.Name).
			Missing("the addresses of the interfaces of %s: a source that reports them (source: linux), or mac: of its uplinks", h.Name)
	default:
		c.foreign[p] = append(c.foreign[p], e)
	}
}

// host returns the host at the port that must offer the network, nil when there is none.
func (c *census) host(p *topology.Port) *topology.Host {
	if c.kinds[p].Kind == topology.HostThatNeeds {
		return c.network.Fabric.HostNamed(c.kinds[p].Who)
	}
	return nil
}

// hasStation reports whether a guest of the host is declared as a station: which address it has, nobody said.
func (c *census) hasStation(h *topology.Host) bool {
	return slices.ContainsFunc(h.Uses, func(u inventory.Use) bool { return slices.Contains(c.network.Stations, u.Name) })
}

// tell notes what was found: each port with addresses of nobody's, and those that only passed by.
func (c *census) tell(v *verify.Verdict) {
	for _, p := range sortedPorts(c.foreign) {
		found := c.foreign[p]
		at := p.String()
		if x := c.kinds[p]; x.Who != "" {
			at += ", where " + x.Who + " is,"
		}
		note := v.Warn(found[0].From, "%s has in %s the address %s of nobody in the inventory", at, c.network.Name, addresses(found))
		for _, e := range found {
			note.Also(e.From)
		}
		note.Fix("find out what is behind %s; name it under stations: of %s, or remove VLAN %s from that port", p, c.network.Name, c.network.VLANs)
	}
	var lost []state.MACEntry
	for m, e := range c.passing {
		if !c.settled[m] {
			lost = append(lost, e)
		}
	}
	if len(lost) > 0 {
		slices.SortFunc(lost, func(a, b state.MACEntry) int { return slices.Compare(a.MAC[:], b.MAC[:]) })
		v.Unknown("%s was learned in %s only on cables between switches", addresses(lost), c.network.Name).
			Missing("the address tables of all switches that carry %s, taken at one time", c.network.Name)
	}
}

func sortedPorts(m map[*topology.Port][]state.MACEntry) (out []*topology.Port) {
	for p := range m {
		out = append(out, p)
	}
	slices.SortFunc(out, func(a, b *topology.Port) int { return state.NaturalCompare(a.String(), b.String()) })
	return out
}

// addresses names the first few, each once.
func addresses(entries []state.MACEntry) string {
	var names []string
	for _, e := range entries {
		if !slices.Contains(names, e.MAC.String()) {
			names = append(names, e.MAC.String())
		}
	}
	return few(names)
}

// vmware reports whether an address has the prefix that VMkernel interfaces and guests share.
func vmware(m state.MAC) bool { return strings.HasPrefix(m.String(), "00:50:56:") }
