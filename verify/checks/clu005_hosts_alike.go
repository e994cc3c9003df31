package checks

import (
	"fmt"
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

// CLU005: the hosts of a cluster are connected alike.
var CLU005 = add(&verify.Check{
	ID:    "CLU-005",
	Title: "the hosts of a cluster are connected alike",
	Doc: `What differs between siblings was forgotten on one of them, and shows on the day when guests move there. Compared with more than half of the hosts of its cluster
that have its class: and are asked in the same way are: how its bonds share traffic, the rate at which they ask for LACPDUs, the VLANs that its switch ports offer,
MTU and speed of its NICs that are not down, and how many NICs it has. Where no value has more than half, each host that differs from another warns: nobody can
tell which is meant. Different hardware is a different class:, and VLANs of networks: under one host are its own. Of hosts that nobody asks, the MTU is not
compared; by which hash a bond spreads its frames is reported by no source yet. Hosts that are declared single-homed or out of service are left out.`,
	Cites:    []standard.Clause{standard.Grundschutz("SYS.1.5.A14", "S"), standard.Grundschutz("SYS.1.5.A19", "S")},
	Severity: verify.Medium,
	Run: func(f *topology.Fabric) []verify.Finding {
		companies := companiesOf(f)
		return verify.Each(hosts, func(h *topology.Host) (v verify.Verdict) {
			switch {
			case exempt(&v, h):
				return v
			case h.Entry == nil:
				v.NotApplicable("%s is not declared", h.Name)
				return v
			}
			compared := false
			for _, c := range h.Clusters {
				if k := companies[company{c, classOf(h.Entry), sourceOf(h.Entry)}]; k != nil && len(k.members) > 1 {
					compared = true
					judgeTraits(&v, h, c, k)
				}
			}
			if !compared {
				v.NotApplicable("%s: no other host of its cluster and class is asked in the same way", h.Name)
			}
			return v
		})(f)
	},
})

// A member is one host of a company, nil traits when nothing is known of it.
type member struct {
	name   string
	traits []trait
}

// A trait is one thing in which hosts are compared.
type trait struct {
	name    string
	value   string // "" when it is not known
	from    []capture.Span
	missing string // what would tell, when it is not known
	none    bool   // the host surely has no such thing
	untold  bool   // only the operator could say, and did not
}

// siblings are the hosts of a company, in the order of the inventory, and what they have of each trait.
type siblings struct {
	members []member
	of      map[string][]trait // by name of a host
	polls   []poll
}

// companiesOf gathers the hosts that are compared with each other.
func companiesOf(f *topology.Fabric) map[company]*siblings {
	entries, out := entriesByName(f), map[company]*siblings{}
	for _, c := range f.Clusters() {
		for _, name := range c.Cluster.Hosts {
			e := entries[name]
			if e != nil && (e.Maintenance || e.SingleHomed) {
				continue
			}
			k, m := company{c.Cluster, classOf(e), sourceOf(e)}, member{name: name}
			if out[k] == nil {
				out[k] = &siblings{of: map[string][]trait{}}
			}
			if h := f.HostNamed(name); h != nil {
				m.traits = traitsOf(h)
				out[k].of[name] = m.traits
			}
			out[k].members = append(out[k].members, m)
		}
	}
	for _, k := range out {
		for _, m := range k.members {
			for i := len(k.polls); i < len(m.traits); i++ {
				k.polls = append(k.polls, pollOf(k.members, i))
			}
		}
	}
	return out
}

// traitsOf returns the same traits in the same order for all hosts of one source.
func traitsOf(h *topology.Host) []trait {
	traits := []trait{modesOf(h), ratesOf(h), offeredTo(h), countOf(h), ofNICs(h, "speed", func(u *topology.Uplink) (string, capture.Span) {
		speed := u.NIC.Speed
		if p := u.Mapped(); p != nil && u.Confidence() > topology.Inferred && p.Interface != nil && p.Interface.Speed.Known() {
			speed = p.Interface.Speed
		}
		return rateOf(speed.Value), speed.From
	})}
	if isAsked(h) {
		traits = append(traits, ofNICs(h, "MTU", func(u *topology.Uplink) (string, capture.Span) {
			return fmt.Sprint(u.NIC.MTU.Value), u.NIC.MTU.From
		}))
	}
	return traits
}

func isAsked(h *topology.Host) bool { return sourceOf(h.Entry) != "declared" }

// linked answers whether an uplink has a link: as the host says, or as the switch does where nobody asks the host.
func linked(u *topology.Uplink) state.Tri {
	switch p := u.Mapped(); {
	case isAsked(u.Host) && u.NIC.Oper.Known():
		return tri(u.NIC.Oper.Value == state.Up)
	case !isAsked(u.Host) && p != nil && u.Confidence() > topology.Inferred:
		return p.Oper()
	}
	return state.Unknown
}

func tri(yes bool) state.Tri {
	if yes {
		return state.Yes
	}
	return state.No
}

// modesOf tells how the bonds share traffic.
func modesOf(h *topology.Host) trait {
	t := trait{name: "bonds", missing: "how each bond of " + h.Name + " shares traffic (bonds: in the inventory, or a source)"}
	t.untold = !isAsked(h) && !slices.ContainsFunc(h.Entry.Bonds, func(b inventory.DeclaredBond) bool { return b.Mode != 0 })
	var modes []string
	for i := range h.Teams {
		mode := h.Teams[i].Mode
		if !mode.Known() {
			return t
		}
		modes, t.from = append(modes, mode.Value.String()), append(t.from, mode.From)
	}
	if !h.Listed.Teams.Known() {
		return t
	}
	slices.Sort(modes)
	if t.value = strings.Join(modes, ", "); t.value == "" {
		t.value = "none"
	}
	t.from = append(t.from, h.Listed.Teams)
	return t
}

// ratesOf tells how fast the LACP bonds ask their partners to send: as the host says, or as the switch hears it where nobody asks the host.
func ratesOf(h *topology.Host) trait {
	return overUplinks(h, "LACP rate", "LACP state of the bonds of "+h.Name+", at either end", func(u *topology.Uplink) (string, capture.Span) {
		bits := capture.Fact[state.LACPState]{}
		if p := u.Mapped(); isAsked(h) && u.Member != nil {
			bits = u.Member.Actor.State
		} else if !isAsked(h) && p != nil && p.Member != nil && p.Member.Heard() == state.Yes {
			bits = p.Member.Partner.State
		}
		short := bits.Value.Has(state.ShortTimeout)
		if short == state.Unknown {
			return "", capture.Span{}
		}
		return rate(short), bits.From
	}, func(u *topology.Uplink) bool {
		return u.Team != nil && (!u.Team.Mode.Known() || u.Team.Mode.Value == inventory.TeamLACP)
	})
}

// offeredTo tells which VLANs its switch ports offer to the host, without those that only it is meant to have.
func offeredTo(h *topology.Host) trait {
	t := trait{name: "VLANs", missing: "where each uplink of " + h.Name + " ends, and link and VLANs of those ports"}
	var vids state.VIDSet
	for _, u := range h.Uplinks {
		p := u.Mapped()
		switch up := linked(u); {
		case up == state.No:
			continue // a device need not say what such a port would forward
		case up == state.Unknown || p == nil || u.Confidence() <= topology.Inferred || p.Bridge == nil || !p.Bridge.Members.Known():
			return t
		}
		vids, t.from = vids.Union(p.Bridge.Members.Value), append(t.from, p.Bridge.Members.From)
	}
	if h.ListsNICs() && len(t.from) > 0 {
		t.value = vids.Minus(ownVLANs(h.Fabric, h.Entry)).String()
	}
	return t
}

func countOf(h *topology.Host) trait {
	t := trait{name: "number of NICs", missing: "the whole list of NICs of " + h.Name, from: []capture.Span{h.Listed.NICs}}
	if h.Listed.NICs.Known() {
		t.value = fmt.Sprint(len(h.Uplinks))
	}
	return t
}

func ofNICs(h *topology.Host, name string, of func(*topology.Uplink) (string, capture.Span)) trait {
	return overUplinks(h, name, "the "+name+" of each NIC of "+h.Name, of, func(*topology.Uplink) bool { return true })
}

// overUplinks tells which values the uplinks have that count and have a link: without one, a NIC need not have a speed, nor a partner.
func overUplinks(h *topology.Host, name, missing string, of func(*topology.Uplink) (string, capture.Span), counts func(*topology.Uplink) bool) trait {
	t := trait{name: name, missing: missing, none: h.ListsNICs() && h.Listed.Teams.Known()}
	values := map[string]bool{}
	for _, u := range h.Uplinks {
		if !counts(u) {
			continue
		}
		t.none = false
		up := linked(u)
		if up == state.No {
			continue
		}
		value, from := of(u)
		if up == state.Unknown || !from.Known() {
			return t
		}
		values[value], t.from = true, append(t.from, from)
	}
	if h.Listed.NICs.Known() {
		t.value = strings.Join(keys(values), ", ")
	}
	return t
}

// judgeTraits compares a host with its company, trait by trait.
func judgeTraits(v *verify.Verdict, h *topology.Host, c *inventory.Cluster, k *siblings) {
	var alike []string
	var proof []capture.Span
	for i, t := range k.of[h.Name] {
		x := k.polls[i]
		if t.none || x.untold {
			continue
		}
		switch {
		case t.value == "":
			v.Unknown("%s: not known whether it is like its siblings in %s: %s", h.Name, c.Name, t.name).Missing("%s", t.missing)
		case x.most == t.value:
			alike, proof = append(alike, t.name+" "+t.value), append(proof, t.from...)
		case x.most != "":
			v.Warn(first(t.from), "%s: %s: %s, and most hosts of its kind in %s have %s", h.Name, t.name, t.value, c.Name, x.most).Also(t.from...).Also(x.by[x.most].from...).
				Fix("bring %s of %s in line with %s, or give it another class:", t.name, h.Name, x.of[x.most])
		case len(x.silent) > 0:
			v.Unknown("%s: not known what most of its siblings in %s have: %s", h.Name, c.Name, t.name).Missing("%s", strings.Join(x.silent, "; "))
		default:
			v.Warn(first(t.from), "%s: %s: %s, and no value of its kind in %s has more than half: %s", h.Name, t.name, t.value, c.Name, x.says()).Also(t.from...).
				Fix("give all hosts of %s the same %s, or those that are meant to differ another class:", c.Name, t.name)
		}
	}
	switch {
	case len(alike) == 0 && v.Outcome() == verify.NotApplicable:
		v.NotApplicable("%s: nothing in which hosts of its kind in %s are compared is there", h.Name, c.Name)
	case len(alike) > 0:
		v.Pass(first(proof), "%s is like most of the %d hosts of its kind in %s: %s", h.Name, len(k.members), c.Name, strings.Join(alike, "; ")).Also(proof...)
	}
}

// A poll is what the hosts of a company have of one trait.
type poll struct {
	most   string            // the value that more than half of all hosts have, "" when there is none
	of     map[string]string // by value: one host that has it
	by     map[string]*trait
	silent []string // what is missing of those of which it is not known
	untold bool     // only the operator could say it of any of them, and did not
}

func pollOf(all []member, i int) poll {
	x := poll{of: map[string]string{}, by: map[string]*trait{}, untold: true}
	count := map[string]int{}
	for _, m := range all {
		x.untold = x.untold && (m.traits == nil || m.traits[i].untold)
		switch {
		case m.traits == nil:
			x.silent = append(x.silent, "the uplinks of "+m.name)
		case m.traits[i].none:
		case m.traits[i].value == "":
			x.silent = append(x.silent, m.traits[i].missing)
		default:
			value := m.traits[i].value
			if count[value]++; x.by[value] == nil {
				x.of[value], x.by[value] = m.name, &m.traits[i]
			}
			if 2*count[value] > len(all) {
				x.most = value
			}
		}
	}
	return x
}

func (x poll) says() string {
	var out []string
	for _, value := range slices.SortedFunc(maps.Keys(x.of), state.NaturalCompare) {
		out = append(out, x.of[value]+" has "+value)
	}
	return few(out)
}
