package topology

import (
	"cmp"
	"regexp"
	"slices"
	"strings"
	"time"

	"uplinkcheck/drivers/capture"
	"uplinkcheck/drivers/state"
	"uplinkcheck/inventory"
)

// Input is everything a Fabric is built from.
type Input struct {
	Inventory *inventory.Inventory // nil: nothing is declared
	Captures  []*capture.Capture
	Switches  []*state.Switch   // parsed, in any order
	Before    []*state.Switch   // an earlier sample of some of them; may be empty
	Earlier   []*inventory.Host // an earlier sample of some hosts; may be empty
	Hosts     []*inventory.Host // parsed or declared, in any order
	ParseErrs map[string]string // device: why its capture could not be parsed
	Now       time.Time

	// Allowed tells whether a platform's driver lists a command; nil: not known.
	Allowed func(platform, command string) bool
}

// Build joins the input. It never fails: what does not fit stays visible as a contradiction or an absence.
func Build(in Input) *Fabric {
	if in.Inventory == nil {
		in.Inventory = &inventory.Inventory{}
	}
	captures := slices.Clone(in.Captures)
	slices.SortStableFunc(captures, func(a, b *capture.Capture) int { return state.NaturalCompare(a.Device, b.Device) })
	f := &Fabric{Inventory: in.Inventory, Captures: captures, Now: in.Now, Allowed: in.Allowed,
		switches: map[string]*Switch{}, hosts: map[string]*Host{}}
	switches, hosts := f.identify(in.Switches, in.Hosts)
	f.addSwitches(switches)
	f.addBefore(in.Before)
	f.addNetworks()
	f.addHosts(hosts)
	f.addEarlier(in.Earlier)
	f.addDevices(in.ParseErrs)
	f.addPairs()
	f.addExtenders()
	f.addTrunks()
	if len(f.Hosts) == 0 && len(in.Inventory.Hosts) == 0 {
		f.inferHosts()
	}
	f.addLinks()
	f.addLAGs()
	f.addRoles()
	f.count()
	return f
}

// count numbers hosts, uplinks and roles.
func (f *Fabric) count() {
	uplinks, roles := 0, 0
	for i, h := range f.Hosts {
		h.number = i
		for _, u := range h.Uplinks {
			u.number = uplinks
			uplinks++
		}
		for _, r := range h.Required {
			r.number = roles
			roles++
		}
	}
}

// SwitchNamed returns the switch of that inventory name, or nil.
func (f *Fabric) SwitchNamed(name string) *Switch { return f.switches[name] }

// HostNamed returns the host of that inventory name, or nil.
func (f *Fabric) HostNamed(name string) *Host { return f.hosts[name] }

func (f *Fabric) addSwitches(states []*state.Switch) {
	entries := map[string]*inventory.Switch{}
	for i := range f.Inventory.Switches {
		entries[f.Inventory.Switches[i].Name] = &f.Inventory.Switches[i]
	}
	for _, s := range states {
		sw := &Switch{Switch: s, Fabric: f, Entry: entries[s.Name]}
		f.Switches = append(f.Switches, sw)
		f.switches[s.Name] = sw
	}
	forAll(len(f.Switches), func(i int) { f.Switches[i].addPorts() })
	slices.SortFunc(f.Switches, func(a, b *Switch) int { return state.NaturalCompare(a.Name, b.Name) })
	ports := 0
	for i, s := range f.Switches {
		s.number = i
		for _, p := range s.Ports {
			p.number = ports
			ports++
		}
	}
}

// addPorts makes a port of every physical interface, and of everything that was configured into an aggregator.
func (s *Switch) addPorts() {
	s.ports = make(map[string]*Port, len(s.Interfaces))
	aggregators := make(map[string]*state.Aggregator, len(s.Aggregators))
	for i := range s.Aggregators {
		aggregators[s.Aggregators[i].Name] = &s.Aggregators[i]
	}
	block := make([]Port, len(s.Interfaces)) // one piece of memory for all of them
	port := func(name string, n *state.Interface) *Port {
		p := s.ports[name]
		if p == nil {
			if len(block) == 0 {
				block = make([]Port, 8)
			}
			p, block = &block[0], block[1:]
			*p = Port{Switch: s, Name: name, Interface: n, full: s.Name + "/" + name}
			s.ports[name] = p
			s.Ports = append(s.Ports, p)
		}
		return p
	}
	other := map[string]*state.Interface{} // what is no physical port
	for i := range s.Interfaces {
		n := &s.Interfaces[i]
		if n.Kind != state.Physical {
			other[n.Name] = n
			continue
		}
		p := port(n.Name, n)
		if n.Aggregator.Known() && n.Aggregator.Value != "" {
			p.Aggregator = aggregators[n.Aggregator.Value]
		}
	}
	for i := range s.Aggregators {
		a := &s.Aggregators[i]
		for j := range a.Ports {
			p := port(a.Ports[j].Name, other[a.Ports[j].Name])
			p.Member, p.Aggregator = &a.Ports[j], a
		}
	}
	bridges := make(map[string]*state.BridgePort, len(s.BridgePorts))
	for i := range s.BridgePorts {
		// A bridge port that is neither an aggregator nor listed as an interface still takes frames.
		name := s.BridgePorts[i].Interface
		bridges[name] = &s.BridgePorts[i]
		if s.ports[name] == nil && other[name] == nil && aggregators[name] == nil {
			port(name, nil)
		}
	}
	s.addRemotes(func(name string) *Port {
		if name == "" || other[name] != nil && s.ports[name] == nil {
			return nil // heard on a port that the device did not name, on a management port or an aggregator: no cable of the data plane
		}
		return port(name, nil)
	})
	slices.SortFunc(s.Ports, func(a, b *Port) int { return state.NaturalCompare(a.Name, b.Name) })
	for _, p := range s.Ports {
		p.Bridge = bridges[p.Name]
		if p.Aggregator != nil && (p.Bridge == nil || !p.individual()) {
			p.Bridge = bridges[p.Aggregator.Name] // an individual port has its own settings where the platform gives it some
		}
	}
}

// addRemotes tells each port which neighbours were heard on it. Those of one port follow each other in a sorted switch.
func (s *Switch) addRemotes(port func(name string) *Port) {
	for i, end := 0, 0; i < len(s.Remotes); i = end {
		for end = i + 1; end < len(s.Remotes) && s.Remotes[end].Interface == s.Remotes[i].Interface; {
			end++
		}
		if p := port(s.Remotes[i].Interface); p != nil {
			if heard := s.Remotes[i:end:end]; p.Remotes == nil {
				p.Remotes = heard
			} else {
				p.Remotes = append(p.Remotes, heard...)
			}
		}
	}
}

func (p *Port) individual() bool {
	return p.Member != nil && capture.Is(p.Member.Selected, state.Individual)
}

func (f *Fabric) addNetworks() {
	for i := range f.Inventory.Networks {
		f.Networks = append(f.Networks, &Network{Network: &f.Inventory.Networks[i], Fabric: f})
	}
}

func (f *Fabric) addHosts(hosts []*inventory.Host) {
	entries, clusters := map[string]*inventory.HostEntry{}, map[string][]*inventory.Cluster{}
	for i := range f.Inventory.Hosts {
		entries[f.Inventory.Hosts[i].Name] = &f.Inventory.Hosts[i]
	}
	for i := range f.Inventory.Clusters {
		c := &f.Inventory.Clusters[i]
		for _, name := range c.Hosts {
			if !slices.Contains(clusters[name], c) {
				clusters[name] = append(clusters[name], c)
			}
		}
	}
	for _, facts := range hosts {
		h := &Host{Host: facts, Fabric: f, Entry: entries[facts.Name], Clusters: clusters[facts.Name]}
		f.Hosts = append(f.Hosts, h)
		f.hosts[h.Name] = h
	}
	forAll(len(f.Hosts), func(i int) { f.Hosts[i].addUplinks() })
	slices.SortFunc(f.Hosts, func(a, b *Host) int { return state.NaturalCompare(a.Name, b.Name) })
}

func (h *Host) addUplinks() {
	member := map[string]*inventory.TeamMember{}
	team := map[string]*Team{}
	for i := range h.Host.Teams {
		t := &Team{Host: h, Team: &h.Host.Teams[i]}
		h.Teams = append(h.Teams, t)
		team[t.Name] = t
		for j := range t.Members {
			member[t.Members[j].Name] = &t.Members[j]
		}
	}
	for i := range h.NICs {
		if !h.uses(h.NICs[i]) {
			continue // a NIC that nothing uses is no uplink
		}
		nic := &h.NICs[i]
		u := &Uplink{Host: h, NIC: nic, Member: member[nic.Name], Team: team[nic.Team], full: h.Name + "/" + nic.Name}
		if u.Team != nil {
			u.Team.Uplinks = append(u.Team.Uplinks, u)
		}
		h.Uplinks = append(h.Uplinks, u)
	}
	slices.SortFunc(h.Uplinks, func(a, b *Uplink) int { return state.NaturalCompare(a.NIC.Name, b.NIC.Name) })
}

// uses reports whether anything sends over the NIC: a team, an interface or port of its own, or the inventory says so.
func (h *Host) uses(n inventory.NIC) bool {
	if n.Team != "" || h.Inferred {
		return true
	}
	if h.Entry != nil && slices.ContainsFunc(h.Entry.Uplinks, func(d inventory.DeclaredUplink) bool { return d.NIC == n.Name }) {
		return true
	}
	return slices.ContainsFunc(h.Uses, func(u inventory.Use) bool { return u.Over == n.Name })
}

// addDevices lists every machine that was or should have been asked.
func (f *Fabric) addDevices(parseErrs map[string]string) {
	captures := map[string]*capture.Capture{}
	for _, c := range f.Captures {
		captures[c.Device] = c
	}
	add := func(name, platform string, entry capture.Span) {
		f.Devices = append(f.Devices, &Device{Name: name, Platform: platform, Entry: entry, Capture: captures[name],
			Switch: f.switches[name], Host: f.hosts[name], Fabric: f, ParseErr: parseErrs[name],
			Said: f.said[name], SaidHost: f.saidHosts[name], Mistakes: f.mistakes[name], LeftOut: f.leftOut[name]})
		delete(captures, name)
	}
	for _, s := range f.Inventory.Switches {
		add(s.Name, s.Platform, s.From)
	}
	for _, h := range f.Inventory.Hosts {
		if h.Source != "" && h.Source != "declared" {
			add(h.Name, h.Source, h.From)
		}
	}
	for _, c := range f.Captures {
		if captures[c.Device] != nil {
			add(c.Device, c.Platform, capture.Span{})
		}
	}
	slices.SortFunc(f.Devices, func(a, b *Device) int { return state.NaturalCompare(a.Name, b.Name) })
}

// addPairs groups multi-chassis peers: declared ones, and switches that name each other.
func (f *Fabric) addPairs() {
	for _, decl := range f.Inventory.Pairs {
		p := &Pair{Name: decl.Name, From: decl.From, Declared: true, Fabric: f}
		for _, name := range decl.Switches {
			if s := f.switches[name]; s != nil {
				p.Switches = append(p.Switches, s)
				s.Pair = p
			} else {
				p.Missing = append(p.Missing, name)
			}
		}
		f.Pairs = append(f.Pairs, p)
	}
	byMAC := f.switchesByMAC()
	for _, s := range f.Switches {
		peer := byMAC[s.MLAG.PeerMAC.Value]
		if !s.MLAG.PeerMAC.Known() || peer == nil || peer == s || s.Pair != nil || peer.Pair != nil {
			continue
		}
		p := &Pair{Switches: []*Switch{s, peer}, From: s.MLAG.PeerMAC.From, Fabric: f}
		s.Pair, peer.Pair = p, p
		f.Pairs = append(f.Pairs, p)
	}
	f.pairByDomain()
	for _, p := range f.Pairs {
		slices.SortFunc(p.Switches, func(a, b *Switch) int { return state.NaturalCompare(a.Name, b.Name) })
		if p.Name == "" { // whichever of the two named the other
			p.Name = p.Switches[0].Name + "+" + p.Switches[1].Name
		}
	}
	slices.SortFunc(f.Pairs, func(a, b *Pair) int { return state.NaturalCompare(a.Name, b.Name) })
}

// pairByDomain joins two switches that report the same MLAG domain and the same shared address, where no peer's
// own address was reported.
func (f *Fabric) pairByDomain() {
	type domain struct {
		name string
		mac  state.MAC
	}
	groups := map[domain][]*Switch{}
	for _, s := range f.Switches {
		if m := &s.MLAG; s.Pair == nil && m.SystemMAC.Known() && !m.SystemMAC.Value.IsZero() && capture.Is(m.Protocol, state.PeerLinkMLAG) {
			d := domain{m.Domain.Value, m.SystemMAC.Value}
			groups[d] = append(groups[d], s)
		}
	}
	for _, s := range f.Switches {
		g := groups[domain{s.MLAG.Domain.Value, s.MLAG.SystemMAC.Value}]
		if s.Pair != nil || len(g) != 2 || !slices.Contains(g, s) {
			continue
		}
		p := &Pair{Switches: slices.Clone(g), From: s.MLAG.SystemMAC.From, Fabric: f}
		g[0].Pair, g[1].Pair = p, p
		f.Pairs = append(f.Pairs, p)
	}
}

func (f *Fabric) switchesByMAC() map[state.MAC]*Switch {
	out := map[state.MAC]*Switch{}
	twice := map[state.MAC]bool{}
	add := func(m capture.Fact[state.MAC], s *Switch) {
		if !m.Known() || m.Value.IsZero() {
			return
		}
		if out[m.Value] != nil && out[m.Value] != s {
			twice[m.Value] = true // virtual images are often born with one address: it names nobody
		}
		out[m.Value] = s
	}
	for _, s := range f.Switches {
		add(s.Device.ChassisMAC, s)
		for i := range s.Members {
			add(s.Members[i].MAC, s)
		}
	}
	for m := range twice {
		delete(out, m)
	}
	return out
}

// nameIndex finds things by the names that neighbours may know them by. A name of two things names none.
type nameIndex[T comparable] map[string]T

func (x nameIndex[T]) add(name string, v T) {
	var none T
	name = strings.ToLower(strings.TrimSpace(name))
	if name == "" {
		return
	}
	if old, ok := x[name]; ok && old != v {
		x[name] = none
		return
	}
	x[name] = v
}

// find looks for the whole name first, then for its first label (leaf1.example.net).
func (x nameIndex[T]) find(name string) T {
	name = strings.ToLower(strings.TrimSpace(name))
	if v, ok := x[name]; ok {
		return v
	}
	short, _, _ := strings.Cut(name, ".")
	return x[short]
}

func (f *Fabric) switchNames() nameIndex[*Switch] {
	x := nameIndex[*Switch]{}
	for _, s := range f.Switches {
		x.add(s.Name, s)
		x.add(s.Device.Hostname.Value, s)
		if s.Entry != nil {
			x.add(s.Entry.Hostname, s)
		}
	}
	return x
}

func (f *Fabric) hostNames() nameIndex[*Host] {
	x := nameIndex[*Host]{}
	for _, h := range f.Hosts {
		x.add(h.Name, h)
		x.add(h.Hostname.Value, h)
		if h.Entry != nil {
			x.add(h.Entry.Hostname, h)
		}
	}
	return x
}

// remotePort resolves what was heard to a port of a switch: the chassis by its address or name, the port by name,
// address or description. ok is false when it is no switch of this fabric; the port is nil when only the switch is certain.
func (f *Fabric) remotePort(r *state.RemoteSystem, byMAC map[state.MAC]*Switch, names nameIndex[*Switch]) (s *Switch, p *Port) {
	id := r.ChassisID.Value
	if m, err := state.ParseMAC(id.ID); r.ChassisID.Known() && err == nil && (id.Subtype == state.MACAddress || id.Subtype == state.SubtypeUnknown) {
		s = byMAC[m]
	}
	if named := names.find(r.SystemName.Value); r.SystemName.Known() && named != nil {
		if s != nil && s != named {
			return nil, nil // the address is of one switch and the name of another: it names neither
		}
		s = named
	}
	if s == nil {
		return nil, nil
	}
	for _, name := range []string{r.PortID.Value.ID, r.PortDescription.Value} {
		if p := s.ports[name]; p != nil {
			return s, p
		}
	}
	if p := s.portCut(r.PortID.Value.ID); p != nil {
		return s, p
	}
	if m, err := state.ParseMAC(r.PortID.Value.ID); err == nil {
		for _, q := range s.Ports {
			if q.Interface != nil && capture.Is(q.Interface.MAC, m) {
				if p != nil {
					return s, nil
				}
				p = q
			}
		}
	}
	return s, p
}

// cutName is a port's name of which the letters may be cut: Cisco IOS tells its neighbours Te1/0/1 of TenGigabitEthernet1/0/1.
var cutName = regexp.MustCompile(`^([A-Za-z]{2,})(\d[\d/.:]*)$`)

// portCut is the only port with that number whose letters begin so; nil when there is none, or more than one, or when there may be ports
// that were not reported.
func (s *Switch) portCut(name string) (p *Port) {
	m := cutName.FindStringSubmatch(name)
	if m == nil || !s.Listed.Interfaces.Known() {
		return nil
	}
	for _, q := range s.Ports {
		letters, ok := strings.CutSuffix(q.Name, m[2])
		if !ok || !strings.HasPrefix(letters, m[1]) || strings.ContainsAny(letters, "0123456789/.:") {
			continue
		}
		if p != nil {
			return nil
		}
		p = q
	}
	return p
}

// addTrunks finds the cables between switches: by LLDP and CDP, by the operator's word, and by LACP identities.
func (f *Fabric) addTrunks() {
	byMAC, names := f.switchesByMAC(), f.switchNames()
	for _, s := range f.Switches {
		for _, p := range s.Ports {
			for i := range p.Remotes {
				r := &p.Remotes[i]
				far, farPort := f.remotePort(r, byMAC, names)
				if far == nil || (far == s && farPort == p) {
					continue
				}
				f.trunk(p, far, farPort, Claim{By: LLDPBySwitch, From: r.From, Port: farPort})
			}
		}
	}
	for _, c := range f.Inventory.Links {
		a, z := f.switches[c.A.Device], f.switches[c.Z.Device]
		if a == nil || z == nil {
			continue
		}
		pa, pz := a.ports[c.A.Port], z.ports[c.Z.Port]
		if pa != nil && pz != nil {
			f.trunk(pa, z, pz, Claim{By: OperatorDeclared, From: c.From, Port: pz})
		}
	}
	for _, s := range f.Switches {
		for _, p := range s.Ports {
			if link := s.MLAG.PeerLink; link.Known() && (p.Name == link.Value || p.Aggregator != nil && p.Aggregator.Name == link.Value) {
				if p.Trunk == nil {
					p.Trunk = &Trunk{A: p, Claims: []Claim{{By: PeerLinkNamed, From: link.From}}}
					f.Trunks = append(f.Trunks, p.Trunk)
				}
				p.Trunk.PeerLink = true
			}
		}
	}
	for _, t := range f.Trunks {
		if far := t.farSwitch(t.A); far != nil && far != t.A.Switch && far.Pair != nil && far.Pair == t.A.Switch.Pair {
			t.PeerLink = true
		}
		if t.Z != nil && comparePorts(t.A, t.Z) > 0 { // whoever was heard first: a trunk has one name
			t.A, t.Z, t.Far = t.Z, t.A, t.A.Switch
		}
	}
	slices.SortStableFunc(f.Trunks, func(a, b *Trunk) int { return comparePorts(a.A, b.A) })
}

func (f *Fabric) trunk(p *Port, far *Switch, farPort *Port, c Claim) {
	t := p.Trunk
	if t == nil && farPort != nil && farPort.Trunk != nil && (farPort.Trunk.Z == nil || farPort.Trunk.Z == p || farPort.Trunk.A == p) {
		t = farPort.Trunk
		if t.A != p && t.Z == nil {
			t.Z = p
		}
	}
	if t == nil {
		t = &Trunk{A: p, Z: farPort, Far: far}
		f.Trunks = append(f.Trunks, t)
	}
	if t.A == p && t.Z == nil && farPort != nil {
		t.Z = farPort
	}
	t.Claims = append(t.Claims, c)
	p.Trunk = t
	if farPort != nil && farPort.Trunk == nil {
		farPort.Trunk = t
	}
}

func (h *Host) uplink(nic string) *Uplink {
	for _, u := range h.Uplinks {
		if u.NIC.Name == nic {
			return u
		}
	}
	return nil
}

func comparePorts(a, b *Port) int {
	switch {
	case a == b:
		return 0
	case a == nil:
		return -1
	case b == nil:
		return 1
	}
	return cmp.Or(state.NaturalCompare(a.Switch.Name, b.Switch.Name), state.NaturalCompare(a.Name, b.Name))
}
