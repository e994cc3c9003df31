package topology

import (
	"fmt"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"uplinkcheck/drivers/capture"
	"uplinkcheck/drivers/state"
	"uplinkcheck/inventory"
)

// The engine gives the answers of the plain simulation, with the same reasons and lines, for every network of every host and every
// scenario: over small fabrics with stacks, pairs with and without a peering protocol, LAGs with a minimum of links, blocked and
// reserve ports, declared domains, and facts that nobody reported.
func TestTheEngineAgreesWithThePlainSimulation(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		f := Build(smallFabric(rt))
		agree(rt, f)
	})
}

type failer interface{ Fatalf(string, ...any) }

func agree(t failer, f *Fabric) {
	failures, plain := f.Failures(), f.simulate()
	for _, r := range f.Roles() {
		name := r.Subject().Name
		now := r.survives(plain, true)
		if got := failures.Now(r); got.Answer != now.Answer {
			t.Fatalf("%s now: engine %s (%s), plain %s (%s)", name, got.Answer, got.Why, now.Answer, now.Why)
		}
		found := map[*Scenario]Survival{}
		for _, s := range failures.Of(r) {
			found[s.Scenario] = s
		}
		if now.Answer != state.Yes {
			if len(found) > 0 {
				t.Fatalf("%s is %s now and has %d scenarios", name, now.Answer, len(found))
			}
			continue
		}
		for _, s := range f.Scenarios() {
			want := r.survives(f.simulate(s), true)
			got, listed := found[s]
			switch {
			case listed != (want.Answer != state.Yes):
				t.Fatalf("%s without %s: engine %s (%s), plain %s (%s)", name, s, got.Answer, got.Why, want.Answer, want.Why)
			case listed && (got.Answer != want.Answer || got.Why != want.Why || got.Missing != want.Missing || !slices.Equal(got.From, want.From)):
				t.Fatalf("%s without %s:\nengine %s %q\nplain  %s %q", name, s, got.Answer, got.Why, want.Answer, want.Why)
			}
			for lost, answer := range failures.Lost(r) {
				if lost == s && answer != want.Answer {
					t.Fatalf("%s without %s: engine lists %s, plain %s", name, s, answer, want.Answer)
				}
			}
		}
	}
	wordless(t, f)
}

// wordless checks that what is answered without words is what is said with them.
func wordless(t failer, f *Fabric) {
	for _, v := range []state.VID{10, 20, 30} {
		for _, p := range f.Ports() {
			if got, want := p.Passes(v), p.Carries(v).Answer; got != want {
				t.Fatalf("%s passes VLAN %d: %s, and in words %s", p, v, got, want)
			}
		}
		for _, u := range f.Uplinks() {
			if got, want := u.Passes(v), u.Carries(v).Answer; got != want {
				t.Fatalf("%s passes VLAN %d: %s, and in words %s", u, v, got, want)
			}
		}
	}
	for _, p := range f.Ports() {
		if got, want := p.Serves(), p.InService().Answer; got != want {
			t.Fatalf("%s is in service: %s, and in words %s", p, got, want)
		}
	}
	for _, u := range f.Uplinks() {
		if got, want := u.Serves(), u.InService().Answer; got != want {
			t.Fatalf("%s is in service: %s, and in words %s", u, got, want)
		}
	}
}

var told = (&capture.Reply{Device: "test", Command: "show all", Data: []byte("told"), Complete: true}).Whole()

// fact is told nine times of ten.
func fact[T any](t *rapid.T, name string, v T) (f capture.Fact[T]) {
	if rapid.IntRange(0, 14).Draw(t, name) != 7 {
		f = capture.Of(v, told)
	}
	return f
}

func often(t *rapid.T, name string) bool  { return rapid.IntRange(0, 5).Draw(t, name) != 3 }
func rarely(t *rapid.T, name string) bool { return rapid.IntRange(0, 5).Draw(t, name) == 3 }

// maker builds a small fabric.
type maker struct {
	*rapid.T
	switches []*state.Switch
	inv      *inventory.Inventory
	hosts    []*inventory.Host
	next     map[string]int // free port number by switch
}

func smallFabric(t *rapid.T) Input {
	m := &maker{T: t, inv: &inventory.Inventory{}, next: map[string]int{}}
	for i := range rapid.IntRange(2, 6).Draw(t, "switches") {
		m.addSwitch(i)
	}
	m.addPairs()
	m.addTrunks()
	m.addNetworks()
	for i := range rapid.IntRange(1, 4).Draw(t, "hosts") {
		m.addHost(i)
	}
	m.addOrphans()
	m.addExtenders()
	m.addDomains()
	for _, s := range m.switches {
		s.Sort()
	}
	return Input{Inventory: m.inv, Switches: m.switches, Hosts: m.hosts}
}

func (m *maker) addSwitch(i int) {
	s := &state.Switch{Name: fmt.Sprintf("sw%d", i), Platform: "test"}
	s.Device.ChassisMAC, s.Device.Hostname = capture.Of(state.MAC{2, 0, 0, 0, 0, byte(i + 1)}, told), capture.Of(s.Name, told)
	stacked := rarely(m.T, "stacked")
	s.Device.Stacked = fact(m.T, "stacked known", stacked)
	if stacked {
		s.Members = []state.Member{{ID: "0", From: told}, {ID: "1", From: told}}
		if rarely(m.T, "third member") {
			s.Members = append(s.Members, state.Member{ID: "2", From: told})
		}
	}
	s.Listed = state.Listed{Interfaces: told, Aggregators: told, LACP: told, BridgePorts: told, MACs: told, MLAG: told, MLAGPorts: told}
	if often(m.T, "remotes listed") {
		s.Listed.Remotes = told
	}
	if often(m.T, "stp listed") {
		s.Listed.STP = told
	}
	m.switches = append(m.switches, s)
	e := inventory.Switch{Name: s.Name, From: told}
	if rarely(m.T, "in a rack") {
		e.Rack = rapid.SampledFrom([]string{"r1", "r2"}).Draw(m.T, "rack")
	}
	m.inv.Switches = append(m.inv.Switches, e)
}

// vids is a set of VLANs that mostly has all there are.
func (m *maker) vids(name string) state.VIDSet {
	if often(m.T, name+" all") {
		return state.VIDs(10, 20, 30)
	}
	return state.VIDs(rapid.SliceOfN(rapid.SampledFrom([]state.VID{10, 20, 30}), 0, 3).Draw(m.T, name)...)
}

// port adds a physical port.
func (m *maker) port(s *state.Switch) string {
	n := m.next[s.Name]
	m.next[s.Name]++
	name := fmt.Sprintf("e%d/0/%d", n%2, n)
	if rarely(m.T, "split") {
		name = fmt.Sprintf("e%d/0/%d:%d", n%2, n-n%2, n%2)
	}
	i := state.Interface{Name: name, From: told, Kind: state.Physical, Oper: fact(m.T, "oper known", state.Up), Member: fact(m.T, "member", fmt.Sprint(n%2))}
	if rarely(m.T, "down") && rarely(m.T, "really down") {
		i.Oper = capture.Of(state.Down, told)
	}
	s.Interfaces = append(s.Interfaces, i)
	return name
}

// bridge makes a bridge port of an interface.
func (m *maker) bridge(s *state.Switch, name string) {
	b := state.BridgePort{Interface: name, From: told, Mode: capture.Of(state.Trunk, told), Configured: capture.Of(state.VIDs(10, 20, 30), told)}
	switch rapid.IntRange(0, 11).Draw(m.T, "untagged") {
	case 0: // not reported
	case 1:
		b.PVID = capture.Of(state.VID(10), told)
	default:
		b.PVID = capture.Of(state.VID(0), told)
	}
	b.Members = fact(m.T, "members known", m.vids("members"))
	s.BridgePorts = append(s.BridgePorts, b)
	if rarely(m.T, "blocked") && rarely(m.T, "really blocked") {
		x := state.STPPort{Interface: name, VIDs: m.vids("blocked"), State: capture.Of(state.Blocking, told)}
		switch rapid.IntRange(0, 2).Draw(m.T, "alternate") {
		case 0:
			x.Alternate = capture.Of(true, told)
		case 1:
			x.Alternate = capture.Of(false, told)
		}
		s.STP = append(s.STP, x)
	}
}

// aggregate puts ports into an aggregator.
func (m *maker) aggregate(s *state.Switch, name string, ports []string) *state.Aggregator {
	a := state.Aggregator{Name: name, From: told, Protocol: capture.Of(state.LACP, told), MinLinks: fact(m.T, "min-links known", 1)}
	if rarely(m.T, "min-links") {
		a.MinLinks = capture.Of(2, told)
	}
	if rarely(m.T, "static") {
		a.Protocol = capture.Of(state.Static, told)
	}
	for _, p := range ports {
		bits := capture.Of(state.WholeLACPState(0x3f), told)
		a.Ports = append(a.Ports, state.AggregationPort{Name: p, From: told, Selected: fact(m.T, "selected", state.Selected),
			Actor: state.Endpoint{State: bits}, Partner: state.Endpoint{System: capture.Of(state.MAC{2, 9, 9}, told), State: bits}})
	}
	s.Aggregators = append(s.Aggregators, a)
	m.bridge(s, name)
	return &s.Aggregators[len(s.Aggregators)-1]
}

func (m *maker) addPairs() {
	if len(m.switches) < 2 || rarely(m.T, "no pair") {
		return
	}
	a, b := m.switches[0], m.switches[1]
	m.inv.Pairs = append(m.inv.Pairs, inventory.Pair{Name: "p1", From: told, Switches: []string{a.Name, b.Name}})
	protocol := rapid.SampledFrom([]state.MLAGProtocol{state.PeerLinkMLAG, state.PeerLinkMLAG, state.EVPNESI, state.NoMLAG}).Draw(m.T, "protocol")
	for i, s := range []*state.Switch{a, b} {
		s.MLAG.Protocol = fact(m.T, "protocol known", protocol)
		if protocol != state.PeerLinkMLAG {
			continue
		}
		s.MLAG.Role = fact(m.T, "role known", []state.MLAGRole{state.Primary, state.Secondary}[i])
		s.MLAG.Keepalive = fact(m.T, "keepalive known", rapid.SampledFrom([]state.Status{state.Up, state.Up, state.Down}).Draw(m.T, "keepalive"))
	}
	if often(m.T, "peer-link") {
		m.trunk(a, b, rapid.IntRange(1, 2).Draw(m.T, "peer-link cables"))
	}
}

// trunk cables two switches, by a LAG or by plain ports.
func (m *maker) trunk(a, b *state.Switch, n int) {
	var ends [2][]string
	for range n {
		pa, pb := m.port(a), m.port(b)
		ends[0], ends[1] = append(ends[0], pa), append(ends[1], pb)
		if often(m.T, "declared") {
			m.inv.Links = append(m.inv.Links, inventory.Cable{From: told, A: inventory.CableEnd{Device: a.Name, Port: pa}, Z: inventory.CableEnd{Device: b.Name, Port: pb}})
			continue
		}
		far := pb
		if rarely(m.T, "port unknown") {
			far = "?"
		}
		a.Remotes = append(a.Remotes, state.RemoteSystem{Interface: pa, From: told, SystemName: capture.Of(b.Name, told), PortID: capture.Of(state.Identifier{ID: far}, told)})
	}
	for i, s := range []*state.Switch{a, b} {
		if n > 1 && often(m.T, "in a LAG") {
			m.aggregate(s, fmt.Sprintf("lag%d", 100+m.next[s.Name]), ends[i])
			continue
		}
		for _, p := range ends[i] {
			m.bridge(s, p)
		}
	}
}

func (m *maker) addTrunks() {
	for i, a := range m.switches {
		for _, b := range m.switches[:i] {
			if rapid.IntRange(0, 2).Draw(m.T, "cabled") == 1 {
				m.trunk(a, b, rapid.IntRange(1, 3).Draw(m.T, "cables"))
			}
		}
	}
}

func (m *maker) addNetworks() {
	n := []inventory.Network{
		{Name: "management", From: told, VLANs: state.VIDs(10), Role: inventory.Management},
		{Name: "guests", From: told, VLANs: state.VIDs(20, 30), Role: inventory.Guest},
	}
	if rarely(m.T, "storage paths") {
		n[1] = inventory.Network{Name: "storage-a", From: told, VLANs: state.VIDs(20), Role: inventory.Storage, Path: "a"}
		n = append(n, inventory.Network{Name: "storage-b", From: told, VLANs: state.VIDs(30), Role: inventory.Storage, Path: "b"})
	}
	for i := range n {
		for range rapid.IntRange(-1, 2).Draw(m.T, "gateways") {
			s := rapid.SampledFrom(m.switches).Draw(m.T, "gateway at")
			if rarely(m.T, "routes itself") {
				n[i].Gateway = append(n[i].Gateway, s.Name)
				continue
			}
			p := m.port(s)
			m.bridge(s, p)
			n[i].Gateway = append(n[i].Gateway, s.Name+"/"+p)
		}
	}
	m.inv.Networks = n
}

func (m *maker) addHost(i int) {
	h := &inventory.Host{Name: fmt.Sprintf("h%d", i), Source: rapid.SampledFrom([]string{"declared", "linux"}).Draw(m.T, "source"), From: told}
	if often(m.T, "lists its NICs") {
		h.Listed.NICs = told
	}
	entry := inventory.HostEntry{Name: h.Name, From: told}
	if rarely(m.T, "in a rack") {
		entry.Rack = rapid.SampledFrom([]string{"r1", "r2"}).Draw(m.T, "rack")
	}
	mode := rapid.SampledFrom([]inventory.TeamMode{inventory.TeamLACP, inventory.TeamLACP, inventory.TeamActiveBackup, inventory.TeamIndependent}).Draw(m.T, "mode")
	t := inventory.Team{Name: "bond0", From: told, Mode: fact(m.T, "mode known", mode), MinLinks: fact(m.T, "team min-links known", rapid.SampledFrom([]int{1, 1, 2}).Draw(m.T, "team min-links"))}
	legs := map[*state.Switch][]string{}
	for j := range rapid.IntRange(1, 4).Draw(m.T, "NICs") {
		s := m.switches[j%2]
		if rarely(m.T, "elsewhere") {
			s = rapid.SampledFrom(m.switches).Draw(m.T, "switch")
		}
		p := m.port(s)
		legs[s] = append(legs[s], p)
		n := inventory.NIC{Name: fmt.Sprintf("n%d", j), From: told, Oper: fact(m.T, "NIC up", state.Up), PCI: fact(m.T, "PCI", fmt.Sprintf("0000:%02x:00.%d", j/2, j%2))}
		u := inventory.DeclaredUplink{NIC: n.Name, From: told}
		member := inventory.TeamMember{AggregationPort: state.AggregationPort{Name: n.Name, From: told, Selected: fact(m.T, "host selected", state.Selected)}}
		member.Actor.State = capture.Of(state.WholeLACPState(0x3f), told)
		if often(m.T, "in the team") {
			n.Team, u.Bond = t.Name, t.Name
			t.Members = append(t.Members, member)
		}
		m.placeNIC(h, &u, s, p)
		h.NICs, entry.Uplinks = append(h.NICs, n), append(entry.Uplinks, u)
	}
	if mode == inventory.TeamActiveBackup && len(t.Members) > 0 {
		t.Active = fact(m.T, "active known", rapid.SampledFrom(t.Members).Draw(m.T, "active").Name)
	}
	h.Teams = []inventory.Team{t}
	for _, s := range m.switches {
		if ports := legs[s]; len(ports) > 0 && mode == inventory.TeamLACP {
			a := m.aggregate(s, fmt.Sprintf("lag%d", i+1), ports)
			if often(m.T, "multi-chassis") {
				a.MLAGID = capture.Of(fmt.Sprint(i+1), told)
			}
			if s.MLAG.Protocol.Value == state.EVPNESI && often(m.T, "Ethernet segment") {
				a.ESI = capture.Of(fmt.Sprintf("00:%02x", i+1), told)
			}
			continue
		}
		for _, p := range legs[s] {
			m.bridge(s, p)
		}
	}
	m.join(h.Name)
	m.hosts, m.inv.Hosts = append(m.hosts, h), append(m.inv.Hosts, entry)
}

// placeNIC says where a NIC ends: by the operator, by LLDP, by a mere description, or not at all.
func (m *maker) placeNIC(h *inventory.Host, u *inventory.DeclaredUplink, s *state.Switch, p string) {
	switch rapid.IntRange(0, 8).Draw(m.T, "mapped") {
	case 0:
	case 1:
		s.Interfaces[len(s.Interfaces)-1].Description = capture.Of(h.Name+" "+u.NIC, told)
	case 2, 3:
		s.Remotes = append(s.Remotes, state.RemoteSystem{Interface: p, From: told, SystemName: capture.Of(h.Name, told), PortID: capture.Of(state.Identifier{ID: u.NIC}, told)})
	default:
		u.Port = inventory.CableEnd{Device: s.Name, Port: p}
	}
}

// join puts a host into one of two clusters, both or none.
func (m *maker) join(host string) {
	if len(m.inv.Clusters) == 0 {
		for _, name := range []string{"c1", "c2"} {
			c := inventory.Cluster{Name: name, From: told}
			for _, n := range m.inv.Networks {
				c.Networks = append(c.Networks, n.Name)
			}
			if rarely(m.T, "two switches") {
				c.Survive = []string{"switch+switch"}
			}
			m.inv.Clusters = append(m.inv.Clusters, c)
		}
	}
	which := rapid.SampledFrom([]int{1, 1, 1, 2, 3}).Draw(m.T, "cluster")
	for i := range m.inv.Clusters {
		if which&(i+1) != 0 {
			m.inv.Clusters[i].Hosts = append(m.inv.Clusters[i].Hosts, host)
		}
	}
}

// addOrphans lets switches say of some of their ports what becomes of them when the peer-link is lost.
func (m *maker) addOrphans() {
	for _, s := range m.switches {
		if s.MLAG.Protocol.Value != state.PeerLinkMLAG {
			continue
		}
		for i := range s.BridgePorts {
			if often(m.T, "an orphan") {
				o := state.Orphan{Interface: s.BridgePorts[i].Interface, From: told, ListedIn: []capture.Fact[state.VID]{capture.Of(state.VID(10), told)}}
				o.Suspends = fact(m.T, "suspends known", rapid.Bool().Draw(m.T, "suspends"))
				s.MLAG.Orphans = append(s.MLAG.Orphans, o)
			}
		}
	}
}

// addExtenders makes some ports those of a fabric extender, which may hang on two switches, or nobody knows.
func (m *maker) addExtenders() {
	for _, s := range m.switches {
		if often(m.T, "no extender") {
			continue
		}
		x := state.Extender{ID: "101", From: told, Serial: fact(m.T, "serial known", rapid.SampledFrom([]string{"f1", "f1", "f2"}).Draw(m.T, "serial"))}
		x.Shared = fact(m.T, "shared known", rapid.Bool().Draw(m.T, "shared"))
		for i := range s.Interfaces {
			switch rapid.IntRange(0, 3).Draw(m.T, "on the extender") {
			case 0, 1:
				s.Interfaces[i].Extender = capture.Of("101", told)
			case 2:
				x.Fabric = append(x.Fabric, capture.Of(s.Interfaces[i].Name, told))
			}
		}
		s.Extenders = []state.Extender{x}
	}
}

func (m *maker) addDomains() {
	for i := range rapid.IntRange(0, 2).Draw(m.T, "domains") {
		d := inventory.Domain{Name: fmt.Sprintf("d%d", i), From: told}
		for _, s := range m.switches {
			if rapid.IntRange(0, 3).Draw(m.T, "in the domain") == 1 {
				d.Members = append(d.Members, s.Name)
			}
		}
		for _, h := range m.hosts {
			if rarely(m.T, "host in the domain") {
				d.Members = append(d.Members, h.Name)
			}
		}
		m.inv.Domains = append(m.inv.Domains, d)
	}
}
