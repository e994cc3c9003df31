// Package reload answers whether things may go away now: what would be lost, what would hang on one leg, what would be cut off, how
// the peers are that would have to carry on, and what is missing to tell. It is pure, and looks at a fabric as it is.
package reload

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"uplinkcheck/drivers/capture"
	"uplinkcheck/drivers/state"
	"uplinkcheck/verify/topology"
)

// A Result is the answer for one set of names. Slices are in the order of the fabric.
type Result struct {
	Names  []string
	Answer state.Tri // Yes: nothing is lost, and all that decides it is known; No: something is lost; Unknown: nobody can tell

	Lost      []Entry // what would no longer work
	CutOff    []Entry // stations that hang on what goes away alone
	Unknown   []Entry // of which nobody can tell whether they would work, with what is missing
	OneLeg    []Entry // what would still work, over one uplink: Rest names the switch on which it ends
	Already   []Entry // what does not work now either, and so is not lost by this
	Idle      []Entry // hosts that are declared out of service: what they lose counts for nothing
	Gateways  []topology.Entrance
	Peers     []Peer
	Unreached []topology.Unreachable // machines that could no longer be asked
	Apart     []topology.Unreachable // switches that nothing would join to the others any more
	Kept      int                    // how many networks of hosts surely go on
}

// An Entry is one host, or one place, and what becomes of it.
type Entry struct {
	Name     string
	Kind     string   // "host", "network", "station", "witness", "service", "switch", "pair", "fabric"
	Networks []string // of the host, that it is about
	Every    bool     // these are all that it must offer
	Why      string
	Rest     string // of OneLeg: the switch, or the chassis of a stack, that must not fail then
	Missing  string // of Unknown: what would tell, and how to get it
	From     []capture.Span
}

// Peer is a switch of a pair that would have to carry on alone.
type Peer struct {
	Pair      string
	Switch    *topology.Switch
	Healthy   state.Tri // whether it is a substitute as it is now
	Why       string
	From      []capture.Span
	Links, Up int // cables to its peer, and those of them that are up
	LAGs      int // multi-chassis LAGs of which it says whether they are active on both sides
	Active    int // of them those that are active on both sides
}

// Check tells what the loss of all that the names name would do. It is an error that a name is not known.
func Check(f *topology.Fabric, names ...string) (*Result, error) {
	r := &Result{}
	var lost []*topology.Scenario
	for _, name := range names {
		if slices.Contains(r.Names, name) {
			continue // said twice
		}
		r.Names = append(r.Names, name)
		found, err := f.Find(name)
		if err != nil {
			if silent := r.silent(f, name); silent {
				continue
			}
			return nil, err
		}
		for _, s := range found {
			if !slices.Contains(lost, s) {
				lost = append(lost, s)
			}
		}
	}
	r.judge(f, f.Aftermath(lost...))
	return r, nil
}

// silent notes a machine of the inventory that gave no state: it exists, and nobody knows what hangs on it.
func (r *Result) silent(f *topology.Fabric, name string) bool {
	for _, d := range f.Devices {
		if strings.EqualFold(d.Name, name) && d.Switch == nil && d.Host == nil {
			why := "it gave no state, so that nobody knows what hangs on it"
			if d.Capture != nil && d.Capture.Err != "" {
				why += " (" + strings.TrimPrefix(d.Capture.Err, d.Name+": ") + ")"
			}
			e := Entry{Name: d.Name, Kind: "switch", Why: why, From: []capture.Span{d.Entry}}
			for _, m := range d.Mistakes {
				e.Why, e.From = "nobody knows what hangs on it: "+m.Why, m.From
			}
			_, e.Missing = d.Absent()
			r.Unknown = append(r.Unknown, e)
			return true
		}
	}
	return false
}

func (r *Result) judge(f *topology.Fabric, a *topology.Aftermath) {
	r.scope(f, a)
	for _, h := range a.Hosts {
		r.host(h, Entry{Name: h.Name, Kind: "host", Every: true, Why: "it is part of what goes away", From: []capture.Span{h.From}}, &r.Lost)
	}
	r.fates(a.Gone, &r.Lost)
	r.fates(a.Unclear, &r.Unknown)
	r.fates(a.Already, &r.Already)
	r.oneLeg(a.OneLeg)
	r.peers(a)
	r.orphans(a)
	for _, name := range a.Placeless {
		r.Unknown = append(r.Unknown, Entry{Name: name, Kind: "host", Why: "no uplink of it is known, so that it may hang on what goes away",
			Missing: "the uplinks of " + name + ": collect it, or write them down under hosts:"})
	}
	for _, x := range a.Nowhere {
		r.Unknown = append(r.Unknown, Entry{Name: x.Name, Kind: x.Kind, Why: "it was found at no port, so that it may hang on what goes away", From: []capture.Span{x.From},
			Missing: "where " + x.Name + " is: SWITCH/PORT in the inventory, or its cable under links:"})
	}
	for _, h := range a.Undeclared {
		r.host(h, Entry{Name: h.Name, Kind: "host", Why: "it loses an uplink, and nobody said which networks the rest must carry", From: []capture.Span{h.From},
			Missing: "which networks " + h.Name + " needs: networks: of the host or of its cluster"}, &r.Unknown)
	}
	r.Gateways, r.Kept = a.Gateways, a.Kept
	for _, u := range a.Unreachable {
		if u.From.Known() {
			r.Unreached = append(r.Unreached, u)
			continue
		}
		switch {
		case !u.Perhaps:
			r.Apart = append(r.Apart, u)
			if len(f.Networks) == 0 { // of what passes through it nobody said that it must
				r.Lost = append(r.Lost, Entry{Name: u.Name, Kind: "switch", Why: u.Why})
			}
		case len(f.Networks) == 0:
			r.Unknown = append(r.Unknown, Entry{Name: u.Name, Kind: "switch", Why: "it may be that " + u.Why,
				Missing: "the cables of " + u.Name + ": LLDP, or links: in the inventory"})
		}
	}
	for _, x := range a.Divided {
		r.Unknown = append(r.Unknown, Entry{Name: x.Network.Name, Kind: "network", From: []capture.Span{x.Network.From},
			Why:     fmt.Sprintf("VLAN %d joins %s and %s now and would not any more, and nobody said whether they need each other", x.VID, x.A.Name, x.B.Name),
			Missing: fmt.Sprintf("gateway: of %s, or a cluster with both of them", x.Network.Name)})
	}
	switch {
	case len(r.Lost) > 0 || slices.ContainsFunc(r.CutOff, func(e Entry) bool { return e.Missing == "" }):
		r.Answer = state.No
	case len(r.Unknown) > 0 || len(r.CutOff) > 0:
		r.Answer = state.Unknown
	default:
		r.Answer = state.Yes
	}
}

// scope notes what was not looked at, or is not known to be part of what goes away.
func (r *Result) scope(f *topology.Fabric, a *topology.Aftermath) {
	if len(f.Hosts) == 0 {
		r.Unknown = append(r.Unknown, Entry{Name: "hosts", Kind: "fabric", Why: "no host is known, so that nobody knows what hangs on the network",
			Missing: "hosts: in the inventory, or LACP or LLDP between hosts and switches"})
	}
	for _, s := range a.Lost {
		if len(s.Missing)+len(s.Switches)+len(s.Hosts)+len(s.Uplinks)+len(s.Ports)+len(s.Perhaps) == 0 {
			r.Unknown = append(r.Unknown, Entry{Name: s.Name, Kind: "domain", Why: "nothing is known to be part of it", Missing: "what " + s.Name + " holds", From: []capture.Span{s.From}})
		}
		for _, m := range s.Missing {
			r.Unknown = append(r.Unknown, Entry{Name: m, Kind: "switch", Why: "it is part of " + s.Name + " and gave no state", Missing: "collect " + m, From: []capture.Span{s.From}})
		}
		if len(s.Perhaps) > 0 && s.Perhaps[0].Extender != nil {
			r.Unknown = append(r.Unknown, Entry{Name: s.Name, Kind: "switch", Missing: "the serial number of that fabric extender as both switches tell it",
				Why: fmt.Sprintf("not known whether %s is on it: its switch does not say which extender that is", s.Perhaps[0])})
		} else if len(s.Perhaps) > 0 {
			r.Unknown = append(r.Unknown, Entry{Name: s.Name, Kind: "switch", Missing: "which chassis of " + s.Of.Name + " owns each port",
				Why: fmt.Sprintf("%s does not say whether %s is on it", s.Of.Name, s.Perhaps[0])})
		}
	}
}

// fates adds one entry for each host and reason.
func (r *Result) fates(fates []topology.Fate, to *[]Entry) {
	for _, x := range fates {
		h := x.Role.Host
		s := x.After
		if to == &r.Already {
			s = x.Now
		}
		r.host(h, Entry{Name: h.Name, Kind: "host", Networks: []string{x.Role.Network.Name}, Why: because(x, s), Missing: s.Missing, From: s.From}, to)
	}
	for i := range *to {
		e := &(*to)[i]
		if e.Kind == "host" && len(e.Networks) > 0 {
			e.Every = len(e.Networks) == required(fates, e.Name)
		}
	}
}

func required(fates []topology.Fate, host string) int {
	for _, x := range fates {
		if x.Role.Host.Name == host {
			return len(x.Role.Host.Required)
		}
	}
	return -1
}

// because says why, in short where the host has one uplink.
func because(x topology.Fate, s topology.Survival) string {
	if len(x.Had) == 1 && len(x.Role.Uplinks) == 1 && s.Answer == state.No && x.Now.Answer != state.No && len(x.Remain) == 0 {
		if p := x.Had[0].Mapped(); p != nil {
			return fmt.Sprintf("its only uplink: %s on %s", x.Had[0].NIC.Name, p)
		}
	}
	return s.Why
}

// host adds the entry, or joins it with the last where host and reason are the same. A host out of service is idle.
func (r *Result) host(h *topology.Host, e Entry, to *[]Entry) {
	if h.Maintained() {
		if !slices.ContainsFunc(r.Idle, func(x Entry) bool { return x.Name == h.Name }) {
			r.Idle = append(r.Idle, Entry{Name: h.Name, Kind: "host", Why: "declared out of service", From: []capture.Span{h.Entry.From}})
		}
		return
	}
	if n := len(*to); n > 0 {
		for i := n - 1; i >= 0 && (*to)[i].Name == e.Name; i-- {
			if last := &(*to)[i]; last.Why == e.Why && last.Missing == e.Missing {
				last.Networks = append(last.Networks, e.Networks...)
				return
			}
		}
	}
	*to = append(*to, e)
}

// oneLeg notes hosts once, with the switch that must not fail while the rest is away.
func (r *Result) oneLeg(fates []topology.Fate) {
	for _, x := range fates {
		rest := ""
		if p := x.Remain[0].Mapped(); p != nil {
			rest = p.Switch.Name
			if c, ok := p.Chassis(); ok {
				rest = c.String()
			}
		}
		e := Entry{Name: x.Role.Host.Name, Kind: "host", Networks: []string{x.Role.Network.Name}, Rest: rest, Why: x.Remain[0].String() + " remains", From: x.After.From}
		r.host(x.Role.Host, e, &r.OneLeg)
	}
}

// peers notes how the switches are that stay of the pairs that are torn. Where one is no substitute as it is, what would lean on it is
// lost; where that is not known, nobody can tell.
func (r *Result) peers(a *topology.Aftermath) {
	for _, p := range a.Pairs {
		for _, s := range p.Left {
			r.Peers = append(r.Peers, peer(p, s))
		}
		if p.Split {
			r.Unknown = append(r.Unknown, split(p.Pair))
		}
	}
	var away []*topology.Switch
	for _, s := range a.Lost {
		away = append(away, s.Switches...)
	}
	for _, s := range away {
		c := s.Substitute()
		if c.Answer == state.Yes || s.Pair != nil && !slices.ContainsFunc(s.Pair.Switches, func(p *topology.Switch) bool { return !slices.Contains(away, p) }) {
			continue
		}
		for _, h := range s.Leaning() {
			if slices.ContainsFunc(r.Lost, func(e Entry) bool { return e.Name == h.Name }) {
				continue
			}
			e := Entry{Name: h.Name, Kind: "host", Every: true, Why: "it would lean on the peer of " + s.Name + ", which is no substitute now: " + c.Why, From: c.From}
			if c.Answer == state.No {
				r.Lost = append(r.Lost, e)
				continue
			}
			e.Why, e.Missing = "it would lean on the peer of "+s.Name+": "+c.Why, "the multi-chassis state of "+s.Name+" and its peer"
			r.host(h, e, &r.Unknown)
		}
	}
}

// split tells of a pair whose switches would both go on without knowing of each other: what becomes of hosts that use both, nobody can tell.
func split(p *topology.Pair) Entry {
	e := Entry{Name: p.Name, Kind: "pair", Missing: "a keepalive that works and does not go over the peer-link, which lets the secondary step back: see MLG-003",
		Why: "both switches would be active without the peer-link, with one identity and without knowing of each other, for the keepalive does not work"}
	for _, s := range p.Switches {
		e.From = append(e.From, s.MLAG.Keepalive.From)
	}
	return e
}

func peer(fate topology.PairFate, s *topology.Switch) Peer {
	healthy := s.WorksWithPeer()
	p := Peer{Pair: fate.Pair.Name, Switch: s, Healthy: healthy.Answer, Why: healthy.Why, From: healthy.From}
	for _, port := range s.Ports {
		if t := port.Trunk; t != nil && t.PeerLink {
			p.Links++
			if port.Oper() == state.Yes {
				p.Up++
			}
		}
	}
	for i := range s.MLAG.Ports {
		if now := s.MLAG.Ports[i].State; now.Known() {
			p.LAGs++
			if now.Value == state.DualActive {
				p.Active++
			}
		}
	}
	return p
}

// orphans notes what is cut off: hosts of which no network is declared, stations, and networks without a gateway.
func (r *Result) orphans(a *topology.Aftermath) {
	for _, o := range a.Orphans {
		e := Entry{Name: o.Name, Kind: o.Kind, From: o.From}
		if o.Port != nil {
			e.Why = heard(o.Port) + "on " + o.Port.String() + " alone"
		}
		if o.Apart {
			e.Why = heard(o.Port) + "on " + o.Port.String() + ", which no host reaches any more"
		}
		if o.Apart && o.Answer == state.Unknown {
			e.Why, e.Missing = heard(o.Port)+"on "+o.Port.String()+": not known whether a host still reaches it", "the links between the switches on the way to "+o.Name+": LLDP, or links: in the inventory"
		} else if o.Answer == state.Unknown {
			e.Missing = "whether " + o.Name + " is on what goes away"
		}
		known := func(x Entry) bool { return x.Name == o.Name }
		switch {
		case o.Kind == "station", o.Kind == "witness":
			r.CutOff = append(r.CutOff, e)
		case o.Kind != "host" || slices.ContainsFunc(r.Lost, known) || slices.ContainsFunc(r.Unknown, known) || slices.ContainsFunc(r.Idle, known):
		case o.Answer == state.Unknown:
			r.Unknown = append(r.Unknown, e)
		default:
			r.Lost = append(r.Lost, e)
		}
	}
	for _, x := range a.Ways {
		e := Entry{Name: x.Service.Name, Kind: "service", From: []capture.Span{x.Service.From}}
		if len(x.Lost) > 0 {
			e.Why = "in " + x.Network.Name + ", not reached from " + few(x.Lost) + " any more: what remains of both is not joined"
			r.Lost = append(r.Lost, e)
			continue
		}
		e.Why = "in " + x.Network.Name + ", not known whether " + few(x.Unclear) + " still reach it"
		e.Missing = cmp.Or(x.Missing, "where each uplink of "+few(x.Unclear)+" ends, and the links between the switches: LLDP, or links: in the inventory")
		r.Unknown = append(r.Unknown, e)
	}
	for _, g := range a.Gateways {
		e := Entry{Name: g.Network.Name, Kind: "network", From: []capture.Span{g.Network.From}}
		switch {
		case len(g.Remain) > 0:
		case len(g.Unsure) > 0:
			e.Why, e.Missing = "not known whether a gateway is left: "+strings.Join(g.Unsure, ", "), "the state of "+strings.Join(g.Unsure, ", ")
			if slices.ContainsFunc(g.Unsure, func(at string) bool { return g.Network.Fabric.Strays(at) }) {
				e.Missing += ", and where each is: SWITCH/PORT under gateway: of " + g.Network.Name + ", or its cable under links:"
			}
			r.Unknown = append(r.Unknown, e)
		default:
			e.Why = "no gateway is left: " + strings.Join(g.Gone, ", ")
			r.Lost = append(r.Lost, e)
		}
	}
}

// heard names the neighbour at a port, where exactly one said its name.
func heard(p *topology.Port) string {
	if len(p.Remotes) != 1 || p.Remotes[0].SystemName.Value == "" {
		return ""
	}
	return p.Remotes[0].SystemName.Value + ", "
}

// few names some hosts, and how many more there are.
func few(hosts []*topology.Host) string {
	var names []string
	for _, h := range hosts[:min(len(hosts), 5)] {
		names = append(names, h.Name)
	}
	text := strings.Join(names, ", ")
	if more := len(hosts) - len(names); more > 0 {
		text += fmt.Sprintf(" and %d more", more)
	}
	return text
}
