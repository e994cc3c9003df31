package topology

import (
	"cmp"
	"slices"
	"strings"

	"uplinkcheck/drivers/capture"
	"uplinkcheck/drivers/state"
	"uplinkcheck/inventory"
)

// lacpID is what one end of an aggregation link calls itself. The system priority is compared apart, because not
// every device reports it.
type lacpID struct {
	system    state.MAC
	key, port uint16
}

// addLinks gathers every one-sided claim about where an uplink ends and makes links of them.
func (f *Fabric) addLinks() {
	claims := map[*Uplink][]Claim{}
	claim := func(u *Uplink, c Claim) {
		if u != nil && c.Port != nil && c.From.Known() {
			claims[u] = append(claims[u], c)
		}
	}
	f.claimsByLLDP(claim)
	f.claimsByLACP(claim)
	f.claimsByOperator(claim)
	f.claimsByOrigin(claim)
	f.claimsByTeam(claims, claim)
	f.claimsByInference(claims, claim)
	for _, h := range f.Hosts {
		for _, u := range h.Uplinks {
			if len(claims[u]) > 0 {
				u.Link = newLink(u, claims[u])
				f.Links = append(f.Links, u.Link)
			}
		}
	}
	f.attach()
	f.dispute()
	f.recognise()
	forAll(len(f.Links), func(i int) {
		l := f.Links[i]
		l.confidence, l.evidence = l.weigh(), l.lines()
	})
}

// dispute holds the cables between switches against the links of hosts at the same ports: a port has one cable. Where devices saw one of
// the two and only the inventory says the other, the link is contradicted, and what only the inventory says is not believed.
func (f *Fabric) dispute() {
	unbelieved := map[*Trunk]bool{}
	for _, t := range f.Trunks {
		seen := t.observed()
		for _, p := range []*Port{t.A, t.Z} {
			if p == nil || p.Trunk != t || p.Link == nil || p.Link.observed() == seen {
				continue
			}
			l, far := p.Link, "a switch"
			if q := t.far(p); q != nil {
				far = q.String()
			}
			for _, c := range t.Claims {
				l.Against = append(l.Against, Objection{c.By, c.From, p, far})
			}
			if seen {
				p.Link, l.Port = nil, nil
			} else {
				unbelieved[t] = true
			}
		}
	}
	for t := range unbelieved {
		for _, p := range []*Port{t.A, t.Z} {
			if p != nil && p.Trunk == t {
				p.Trunk = nil
			}
		}
	}
	f.Trunks = slices.DeleteFunc(f.Trunks, func(t *Trunk) bool { return unbelieved[t] })
}

// recognise holds the LACP identity that a port hears against the host that is believed to be there: when it is that of another host, and
// of no third, one of the two is wrong. An
// identity that its own host shows at its own port too was copied: then LLDP is right.
func (f *Fabric) recognise() {
	teams := f.teamsByAddress()
	atHome := map[*Team]bool{} // its identity is heard where it is itself
	for _, l := range f.Links {
		if u, p := l.Uplink, l.Port; u.Team != nil && p != nil && p.Member != nil && p.Member.Heard() == state.Yes && teams[p.Member.Partner.System.Value] == u.Team {
			atHome[u.Team] = true
		}
	}
	for _, l := range f.Links {
		p := l.Port
		if p == nil || p.Link != l || p.Member == nil || p.Member.Heard() != state.Yes {
			continue
		}
		if t := teams[p.Member.Partner.System.Value]; t != nil && t.Host != l.Uplink.Host && !(l.observed() && atHome[t]) {
			l.Against = append(l.Against, Objection{LACPBySwitch, p.Member.Partner.System.From, p, t.Host.Name + "/" + t.Name})
		}
	}
}

// observed reports whether a device saw the cable, or says that it is its peer-link.
func (t *Trunk) observed() bool {
	return slices.ContainsFunc(t.Claims, func(c Claim) bool { return c.By.observed() || c.By == PeerLinkNamed })
}

// seenFromBothEnds reports whether each end saw the other one, and nobody says otherwise.
func (t *Trunk) seenFromBothEnds() bool {
	_, contested := t.disputed()
	seen := func(end *Port) bool {
		return slices.ContainsFunc(t.Claims, func(c Claim) bool { return end != nil && c.Port == end && c.By.observed() })
	}
	return !contested && seen(t.A) && seen(t.Z)
}

// attach tells each port which link ends on it. A port that two uplinks claim with certainty keeps the first by name; the
// other link stays visible in Links, and RED-008 tells.
func (f *Fabric) attach() {
	for _, l := range f.Links {
		if l.Port != nil && l.Port.Link == nil && l.observed() {
			l.Port.Link = l
		}
		for i := range l.Claims {
			if c := &l.Claims[i]; c.By == OperatorDeclared {
				c.Port.Declared, c.Port.DeclaredTo = c, l.Uplink
			}
		}
	}
	for _, l := range f.Links { // where no device says who is there, the operator's word stands
		if l.Port != nil && l.Port.Link == nil {
			l.Port.Link = l
		}
	}
}

func (f *Fabric) claimsByLLDP(claim func(*Uplink, Claim)) {
	byMAC, switchNames, hostNames := f.switchesByMAC(), f.switchNames(), f.hostNames()
	nics := map[state.MAC]*Uplink{}
	for _, h := range f.Hosts {
		for _, u := range h.Uplinks {
			if m := u.NIC.MAC; m.Known() && !m.Value.IsZero() {
				if nics[m.Value] != nil {
					nics[m.Value] = nil // one address on two hosts names neither
					continue
				}
				nics[m.Value] = u
			}
		}
	}
	for _, s := range f.Switches {
		for _, p := range s.Ports {
			for i := range p.Remotes {
				r := &p.Remotes[i]
				claim(heardUplink(r, nics, hostNames), Claim{By: LLDPBySwitch, From: r.From, Port: p})
			}
		}
	}
	for _, h := range f.Hosts {
		for i := range h.Remotes {
			r := &h.Remotes[i]
			if _, p := f.remotePort(r, byMAC, switchNames); p != nil {
				claim(h.uplink(r.Interface), Claim{By: LLDPByHost, From: r.From, Port: p})
			}
		}
	}
}

// heardUplink finds the NIC that a switch heard: by its permanent address, or by the host's name and the NIC's.
func heardUplink(r *state.RemoteSystem, nics map[state.MAC]*Uplink, names nameIndex[*Host]) *Uplink {
	var byMAC *Uplink
	if m, err := state.ParseMAC(r.PortID.Value.ID); err == nil {
		byMAC = nics[m]
	}
	h := names.find(r.SystemName.Value)
	if !r.SystemName.Known() || h == nil {
		return byMAC
	}
	if byMAC != nil {
		if byMAC.Host != h {
			return nil // the address is one host's and the name another's: it names neither
		}
		return byMAC
	}
	if u := h.uplink(r.PortID.Value.ID); u != nil {
		return u
	}
	return h.uplink(r.PortDescription.Value)
}

// claimsByLACP joins LACP identities: the switch's partner with the hosts' actors, and the hosts' partners with the
// switches' actors. An identity that two things have (cloned images), or that two ports hear, names neither.
func (f *Fabric) claimsByLACP(claim func(*Uplink, Claim)) {
	actors, partners, heard := map[lacpID][]*Uplink{}, map[lacpID][]*Port{}, map[lacpID]int{}
	var halves halfNamed
	for _, h := range f.Hosts {
		for _, u := range h.Uplinks {
			if u.Member != nil {
				if id, ok := identity(u.Member.Actor); ok {
					actors[id] = append(actors[id], u)
				} else {
					halves.add(u)
				}
			}
		}
	}
	for _, s := range f.Switches {
		for _, p := range s.Ports {
			if p.Member == nil {
				continue
			}
			if id, ok := identity(p.Member.Actor); ok {
				partners[id] = append(partners[id], p)
			}
			if id, ok := identity(p.Member.Partner); ok && p.Member.Heard() == state.Yes {
				heard[id]++
			}
		}
	}
	for _, s := range f.Switches {
		for _, p := range s.Ports {
			if p.Member == nil || p.Member.Heard() != state.Yes {
				continue
			}
			if id, ok := identity(p.Member.Partner); ok && heard[id] == 1 {
				if u := actors[id]; len(u) == 1 && samePriority(u[0].Member.Actor, p.Member.Partner) && !halves.mayShare(u[0]) {
					claim(u[0], Claim{By: LACPBySwitch, From: p.Member.Partner.System.From, Port: p})
				}
			}
		}
	}
	for _, h := range f.Hosts {
		for _, u := range h.Uplinks {
			if u.Member == nil || u.Member.Heard() != state.Yes {
				continue
			}
			if id, ok := identity(u.Member.Partner); ok {
				if p := partners[id]; len(p) == 1 && samePriority(p[0].Member.Actor, u.Member.Partner) {
					claim(u, Claim{By: LACPByHost, From: u.Member.Partner.System.From, Port: p[0]})
				}
			}
		}
	}
}

// identity returns the three parts by which an end is told from all others; ok only when all were reported.
func identity(e state.Endpoint) (id lacpID, ok bool) {
	ok = e.System.Known() && !e.System.Value.IsZero() && e.Key.Known() && e.Port.Known()
	return lacpID{e.System.Value, e.Key.Value, e.Port.Value}, ok
}

// halfNamed are the uplinks that tell only a part of what LACP calls them, by what they tell.
type halfNamed struct {
	systems map[state.MAC][]*Uplink
	ports   map[[2]uint16][]*Uplink // the key and the port, where the system is what is missing
}

func (x *halfNamed) add(u *Uplink) {
	if x.systems == nil {
		x.systems, x.ports = map[state.MAC][]*Uplink{}, map[[2]uint16][]*Uplink{}
	}
	switch a := u.Member.Actor; {
	case a.System.Known():
		x.systems[a.System.Value] = append(x.systems[a.System.Value], u)
	case a.Key.Known() && a.Port.Known():
		at := [2]uint16{a.Key.Value, a.Port.Value}
		x.ports[at] = append(x.ports[at], u)
	}
}

// mayShare reports whether an uplink of another team may have the whole identity of this one: nothing that it tells is different.
func (x *halfNamed) mayShare(u *Uplink) bool {
	a := u.Member.Actor
	other := func(o *Uplink) bool {
		return o.Team != u.Team && !differ(o.Member.Actor.Key, a.Key) && !differ(o.Member.Actor.Port, a.Port)
	}
	return slices.ContainsFunc(x.systems[a.System.Value], other) || slices.ContainsFunc(x.ports[[2]uint16{a.Key.Value, a.Port.Value}], other)
}

func samePriority(a, b state.Endpoint) bool {
	equal, known := capture.Same(a.SystemPriority, b.SystemPriority)
	return equal || !known
}

func (f *Fabric) claimsByOperator(claim func(*Uplink, Claim)) {
	port := func(e inventory.CableEnd) *Port {
		if s := f.switches[e.Device]; s != nil {
			return s.ports[e.Port]
		}
		return nil
	}
	nic := func(e inventory.CableEnd) *Uplink {
		if h := f.hosts[e.Device]; h != nil {
			return h.uplink(e.Port)
		}
		return nil
	}
	ends := func(u *Uplink, at inventory.CableEnd, from capture.Span) {
		p, s := port(at), f.switches[at.Device]
		if u != nil && p == nil && s != nil && at.Port != "" && s.Listed.Interfaces.Known() {
			u.Nowhere = append(u.Nowhere, NoPort{at, from, s.Listed.Interfaces})
		}
		claim(u, Claim{By: OperatorDeclared, From: from, Port: p})
	}
	for _, c := range f.Inventory.Links {
		ends(nic(c.A), c.Z, c.From)
		ends(nic(c.Z), c.A, c.From)
	}
	for _, h := range f.Hosts {
		if h.Entry == nil {
			continue
		}
		for _, d := range h.Entry.Uplinks {
			ends(h.uplink(d.NIC), d.Port, d.From)
		}
	}
}

// claimsByOrigin maps inferred hosts to the ports they were inferred from.
func (f *Fabric) claimsByOrigin(claim func(*Uplink, Claim)) {
	for _, h := range f.Hosts {
		for _, u := range h.Uplinks {
			if u.inferredPort != nil {
				claim(u, Claim{By: LACPBySwitch, From: u.NIC.From, Port: u.inferredPort})
			}
		}
	}
}

// claimsByTeam uses a partner system that names a host's team but not the NIC: it is the address of one of the
// team's NICs, or the team's actor system with no port number. It supports a port that another claim already names, and
// otherwise, when as many ports as NICs are left over, pairs them in order of name.
func (f *Fabric) claimsByTeam(claims map[*Uplink][]Claim, claim func(*Uplink, Claim)) {
	teams := f.teamsByAddress()
	free := map[*Team][]*Port{}
	var order []*Team
	for _, s := range f.Switches {
		for _, p := range s.Ports {
			if p.Member == nil || p.Member.Heard() != state.Yes {
				continue
			}
			t := teams[p.Member.Partner.System.Value]
			if t == nil {
				continue
			}
			from := p.Member.Partner.System.From
			if u := claimedBy(claims, t, p); u != nil {
				if !slices.ContainsFunc(claims[u], func(c Claim) bool { return c.By == LACPBySwitch }) {
					claim(u, Claim{By: LACPBySwitch, From: from, Port: p})
				}
				continue
			}
			if len(free[t]) == 0 {
				order = append(order, t)
			}
			free[t] = append(free[t], p)
		}
	}
	for _, t := range order {
		var left []*Uplink
		for _, u := range t.Uplinks {
			if len(claims[u]) == 0 {
				left = append(left, u)
			}
		}
		if len(left) != len(free[t]) {
			continue
		}
		for i, p := range free[t] {
			claim(left[i], Claim{By: LACPBySwitch, From: p.Member.Partner.System.From, Port: p})
		}
	}
}

// teamsByAddress finds teams by what they may call themselves in LACP: the address of a NIC, or the system that the host reports. What two
// teams go by names none.
func (f *Fabric) teamsByAddress() map[state.MAC]*Team {
	teams := map[state.MAC]*Team{}
	add := func(m capture.Fact[state.MAC], t *Team) {
		if !m.Known() || m.Value.IsZero() {
			return
		}
		if old, ok := teams[m.Value]; ok && old != t {
			t = nil
		}
		teams[m.Value] = t
	}
	for _, h := range f.Hosts {
		for _, t := range h.Teams {
			for _, u := range t.Uplinks {
				add(u.NIC.MAC, t)
				if u.Member != nil {
					add(u.Member.Actor.System, t)
				}
			}
		}
	}
	return teams
}

func claimedBy(claims map[*Uplink][]Claim, t *Team, p *Port) *Uplink {
	for _, u := range t.Uplinks {
		for _, c := range claims[u] {
			if c.Port == p {
				return u
			}
		}
	}
	return nil
}

// claimsByInference uses weak hints, and only for uplinks about which nothing better is known: the NIC's address in a
// forwarding database, and a port description that names the host and the NIC.
func (f *Fabric) claimsByInference(claims map[*Uplink][]Claim, claim func(*Uplink, Claim)) {
	nics := map[state.MAC]*Uplink{}
	var open []*Uplink
	for _, h := range f.Hosts {
		for _, u := range h.Uplinks {
			if len(claims[u]) == 0 {
				open = append(open, u)
				if u.NIC.MAC.Known() && !u.NIC.MAC.Value.IsZero() && !u.lends() {
					nics[u.NIC.MAC.Value] = u
				}
			}
		}
	}
	if len(open) == 0 {
		return
	}
	named := map[string][]*Uplink{}
	for _, u := range open {
		name := strings.ToLower(u.Host.Name)
		named[name] = append(named[name], u)
	}
	for _, s := range f.Switches {
		for i := range s.MACs {
			e := &s.MACs[i]
			p := s.ports[e.Interface]
			if u := nics[e.MAC]; u != nil && p != nil && p.Trunk == nil && capture.Is(e.Kind, state.Dynamic) {
				claim(u, Claim{By: MACTable, From: e.From, Port: p})
			}
		}
		for _, p := range s.Ports {
			if p.Interface == nil || !p.Interface.Description.Known() {
				continue
			}
			words := wordsOf(p.Interface.Description.Value)
			for i, w := range words {
				if slices.Contains(words[:i], w) {
					continue
				}
				for _, u := range named[w] {
					if slices.Contains(words, strings.ToLower(u.NIC.Name)) {
						claim(u, Claim{By: DescriptionText, From: p.Interface.Description.From, Port: p})
					}
				}
			}
		}
	}
}

// lends reports whether another link of the team may send from the NIC's address: a bond has that of one of its members, whichever it uses.
func (u *Uplink) lends() bool {
	if u.Team == nil || len(u.Team.Uplinks) < 2 || capture.Is(u.Team.Mode, inventory.TeamIndependent) {
		return false
	}
	return !capture.Is(u.Team.Mode, inventory.TeamActiveBackup) || !capture.Is(u.Team.Active, u.NIC.Name)
}

// wordsOf splits a description into lower-case words.
func wordsOf(description string) []string {
	return strings.FieldsFunc(strings.ToLower(description), func(r rune) bool { return strings.ContainsRune(" \t,;/|()[]", r) })
}

// Described returns the one host that the port's description names, and the line, nil when it names none or several.
func (p *Port) Described() (named *Host, from capture.Span) {
	if p.Interface == nil || !p.Interface.Description.Known() {
		return nil, capture.Span{}
	}
	byWord := p.Switch.Fabric.index.hostWords(p.Switch.Fabric)
	for _, w := range wordsOf(p.Interface.Description.Value) {
		h, known := byWord[w]
		switch {
		case !known || h == named && h != nil:
		case h == nil || named != nil:
			return nil, capture.Span{}
		default:
			named = h
		}
	}
	return named, p.Interface.Description.From
}

func newLink(u *Uplink, claims []Claim) *Link {
	slices.SortStableFunc(claims, func(a, b Claim) int {
		return cmp.Or(cmp.Compare(a.By, b.By), comparePorts(a.Port, b.Port))
	})
	claims = slices.CompactFunc(claims, func(a, b Claim) bool { return a == b })
	l := &Link{Uplink: u, Claims: claims}
	l.Port = agreed(claims, func(c Claim) bool { return c.By.observed() })
	if l.Port == nil && !slices.ContainsFunc(claims, func(c Claim) bool { return c.By.observed() }) {
		l.Port = agreed(claims, func(Claim) bool { return true })
	}
	return l
}

// HeardInstead returns the objection that the port hears the LACP identity of another host, nil when there is none.
func (l *Link) HeardInstead() *Objection {
	for i := range l.Against {
		if l.Against[i].By == LACPBySwitch {
			return &l.Against[i]
		}
	}
	return nil
}

// observed reports whether a device saw the link.
func (l *Link) observed() bool {
	return slices.ContainsFunc(l.Claims, func(c Claim) bool { return c.By.observed() })
}

// observed reports whether a device saw it, rather than a person or a guess.
func (m Method) observed() bool { return m >= LLDPBySwitch && m <= LACPByHost }

// agreed returns the port that all the chosen claims name, nil when they differ or there are none. Of a port of an extender that several
// switches have it is the first that has a carrier: the extender may work on one of them only.
func agreed(claims []Claim, use func(Claim) bool) *Port {
	var p *Port
	for _, c := range claims {
		switch {
		case !use(c):
		case p == nil:
			p = c.Port
		case p != c.Port && !p.sameBox(c.Port):
			return nil
		case p.Oper() == state.No && c.Port.Oper() == state.Yes:
			p = c.Port
		}
	}
	return p
}

// Confidence says how sure the mapping is. The port of a contradicted link is nil when devices contradict each other, and what
// devices saw when only the operator says otherwise. A link to a port where another uplink was seen is contradicted too.
func (l *Link) Confidence() Confidence {
	if l == nil {
		return NoMapping
	}
	return l.confidence
}

func (l *Link) weigh() Confidence {
	if len(l.Claims) == 0 {
		return NoMapping
	}
	if l.rival() != nil || len(l.Against) > 0 {
		return Contradicted
	}
	var by [PeerLinkNamed + 1]bool
	for _, c := range l.Claims {
		if c.Port != l.Claims[0].Port && !c.Port.sameBox(l.Claims[0].Port) {
			return Contradicted
		}
		by[c.By] = true
	}
	lldp, lacp := by[LLDPBySwitch] || by[LLDPByHost], by[LACPBySwitch] || by[LACPByHost]
	families := 0
	for _, f := range []bool{lldp, lacp, by[OperatorDeclared]} {
		if f {
			families++
		}
	}
	switch {
	case families >= 2:
		return Proven
	case by[LLDPBySwitch] && by[LLDPByHost], by[LACPBySwitch] && by[LACPByHost]:
		return Strong
	case families == 1:
		return Single
	}
	return Inferred
}

// rival returns the link of another uplink that devices saw on the same port, nil when there is none: a port has one cable.
func (l *Link) rival() *Link {
	if l.Port == nil || l.Port.Link == nil || l.Port.Link == l || !l.Port.Link.observed() {
		return nil
	}
	return l.Port.Link
}

// Evidence returns the spans of the claims. It is shared, and must not be written to.
func (l *Link) Evidence() []capture.Span {
	if l == nil {
		return nil
	}
	return l.evidence
}

func (l *Link) lines() []capture.Span {
	out := make([]capture.Span, 0, len(l.Claims)+len(l.Against))
	for _, c := range l.Claims {
		out = append(out, c.From)
	}
	for _, x := range l.Against {
		out = append(out, x.From)
	}
	return out
}

// Says describes the claims in words: "LLDP seen by switch: leaf1/Ethernet7; declared: leaf2/Ethernet9".
func (l *Link) Says() string {
	var parts []string
	for _, c := range l.Claims {
		if say := c.By.String() + ": " + c.Port.String(); !slices.Contains(parts, say) { // one address is learned in many VLANs
			parts = append(parts, say)
		}
	}
	for _, x := range l.Against {
		if say := x.By.String() + ": " + x.Port.String() + " leads to " + x.Leads; !slices.Contains(parts, say) {
			parts = append(parts, say)
		}
	}
	if r := l.rival(); r != nil {
		parts = append(parts, r.Uplink.String()+" was seen there")
	}
	return strings.Join(parts, "; ")
}

// Mapped returns the port an uplink ends on, nil when it is not known.
func (u *Uplink) Mapped() *Port {
	if u.Link == nil {
		return nil
	}
	return u.Link.Port
}

// Confidence of the uplink's mapping, NoMapping when there is none.
func (u *Uplink) Confidence() Confidence { return u.Link.Confidence() }
