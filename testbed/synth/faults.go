package synth

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"

	"uplinkcheck/drivers/state"
	"uplinkcheck/inventory"
	"uplinkcheck/testbed/model"
)

// An Answer is what must come of a fault: it is known from how the fabric was planned, not from any check.
type Answer struct {
	Fault  string
	On     string   // where it was put
	Must   []string // "CHECK subject": must fail or warn
	Untold []string // must be unknown
	May    []string // may fail, warn or be unknown as well; a star stands for any text
}

// Allows reports whether a finding may follow from the fault.
func (a Answer) Allows(check, subject string) bool {
	return slices.ContainsFunc(slices.Concat(a.Must, a.Untold, a.May), func(pattern string) bool { return matches(pattern, check+" "+subject) })
}

func matches(pattern, text string) bool {
	head, tail, star := strings.Cut(pattern, "*")
	if !star {
		return pattern == text
	}
	if !strings.HasPrefix(text, head) {
		return false
	}
	for text = text[len(head):]; !matches(tail, text); text = text[1:] {
		if text == "" {
			return false
		}
	}
	return true
}

// faultKinds put a fault in, each in a place that is sound so far; nil where the fabric has none.
var faultKinds = map[string]func(*Fabric) *Answer{
	"cable-pulled":           (*Fabric).pullCable,
	"admin-down":             (*Fabric).shutPort,
	"vlan-missing":           (*Fabric).dropVLAN,
	"allow-all":              (*Fabric).allowAll,
	"wrong-key":              (*Fabric).wrongKey,
	"legs-swapped":           (*Fabric).swapLegs,
	"min-links":              (*Fabric).minLinks,
	"stp-blocked":            (*Fabric).blockVLAN,
	"peer-link-down":         (*Fabric).cutPeerLink,
	"native-mismatch":        (*Fabric).otherNative,
	"mgmt-vlan-on-edge-port": (*Fabric).strayStation,
	"loop-cable":             (*Fabric).loopCable,
	"vlan-not-created":       (*Fabric).forgetVLAN,
	"one-card":               (*Fabric).oneCard,
	"trunk-cable-pulled":     (*Fabric).pullTrunk,
	"trunk-vlan-missing":     (*Fabric).dropTrunkVLAN,
	"shared-rack":            (*Fabric).shareRack,
}

// Faults names the kinds of faults, in order. The words are those of package model where it has the same.
func Faults() []string { return slices.Sorted(maps.Keys(faultKinds)) }

// Inject puts a fault in and tells what must come of it. The seed chooses the place, in a part of the fabric of which nothing is wrong
// yet, so that no fault hides another; ok is false where there is none. The kind is one of Faults.
func (f *Fabric) Inject(kind string) (a Answer, ok bool) {
	if x := faultKinds[kind](f); x != nil {
		x.Fault = kind
		return *x, true
	}
	return a, false
}

// say notes the fault for Scenario.
func (f *Fabric) say(x model.Fault) *Answer {
	f.faults = append(f.faults, x)
	return &Answer{On: strings.TrimSuffix(x.On+" "+x.With, " ")}
}

// take chooses a leaf of which nothing is wrong yet.
func (f *Fabric) take(fits func(*unit) bool) *unit {
	var sound []*unit
	for _, u := range f.units {
		if u.tier == 0 && !u.broken && fits(u) {
			sound = append(sound, u)
		}
	}
	if len(sound) == 0 {
		return nil
	}
	u := sound[f.rand.IntN(len(sound))]
	u.broken = true
	return u
}

// host chooses a hypervisor at a leaf of which nothing is wrong yet, and says what may follow when its connection suffers.
func (f *Fabric) host(fits func(*host) bool) *host {
	var all []*host
	u := f.take(func(u *unit) bool {
		return slices.ContainsFunc(f.hosts, func(h *host) bool { return h.unit == u && fits(h) })
	})
	for _, h := range f.hosts {
		if h.unit == u && fits(h) {
			all = append(all, h)
		}
	}
	if len(all) == 0 {
		return nil
	}
	return all[f.rand.IntN(len(all))]
}

func anyHost(*host) bool { return true }

// bundle is a host's LACP team.
func (h *host) bundle() *lag { return h.teams[0] }

// facing is the LAG or port of a switch that a NIC was meant to end on: its name in scenarios and in reports, and its settings.
func (j *jack) facing() (ref, name string, b *bridge) {
	p := j.meant
	if l := p.lag; l != nil {
		return fmt.Sprintf("%s/lag%d", l.sw.name, l.number), l.subject(), &l.bridge
	}
	return p.ref(), p.String(), &p.bridge
}

// subject is a LAG's name in reports: that of both halves of a multi-chassis one.
func (l *lag) subject() string {
	if l.host != nil {
		return l.host.name + "/" + l.name
	}
	o := l.twin()
	if o == nil {
		return l.sw.name + "/" + l.name
	}
	return l.sw.unit.sw[0].name + "+" + l.sw.unit.sw[1].name + "/" + l.name
}

// subject is a pair's name in reports: a pair that was declared has its own.
func (u *unit) subject() string {
	if u.kind == MLAG {
		return u.sw[0].name + "+" + u.sw[1].name
	}
	return u.name
}

// each is the check for networks on a host.
func (h *host) each(check string, nets []*network) (out []string) {
	for _, n := range nets {
		out = append(out, check+" "+h.name+"/"+n.name)
	}
	return out
}

// suffers is what may follow where a host loses a part of its connection.
func (h *host) suffers() []string {
	out := []string{"RED-0* " + h.name, "RED-0* " + h.name + "/*", "MGT-009 " + h.name + "/*", "CLU-006 " + h.name, "CLU-00* " + h.cluster.name}
	for _, s := range h.unit.sw {
		out = append(out, "RED-012 "+s.name)
	}
	return out
}

// loses is what must follow when a team with two legs has one left, and what may: it hangs on one switch, or one member of a stack.
func (h *host) loses(t *lag, leg *jack) (must, may []string) {
	must = slices.Concat(h.each("RED-002", t.nets), h.each("RED-003", t.nets), []string{"RED-007 " + leg.String(), "CLU-006 " + h.name})
	if slices.ContainsFunc(t.nets, func(n *network) bool { return n.role == inventory.Management }) {
		must = append(must, "MGT-009 "+h.name+"/management")
	}
	may = append(h.suffers(), "LAG-0* "+leg.String(), "LAG-0* "+t.subject(), "VLN-0* "+leg.String(), "VLN-0* "+t.subject(), "MLG-014 "+h.name, "MGT-003 management")
	if t.mode == inventory.TeamLACP {
		may = append(may, "LAG-0* "+leg.meant.lag.subject(), "MLG-0* "+leg.meant.lag.subject())
	}
	return must, may
}

// leg chooses a leg of one of a host's teams.
func (f *Fabric) leg() (*host, *lag, *jack) {
	h := f.host(anyHost)
	if h == nil {
		return nil, nil, nil
	}
	t := h.teams[f.rand.IntN(len(h.teams))]
	return h, t, t.members[f.rand.IntN(2)]
}

func (f *Fabric) pullCable() *Answer {
	h, t, leg := f.leg()
	if h == nil {
		return nil
	}
	leg.pulled = true
	a := f.loseLeg(h, t, leg, model.Fault{Fault: "cable-pulled", On: leg.String()})
	if t.mode == inventory.TeamLACP {
		a.Must = append(a.Must, "LAG-001 "+leg.meant.lag.subject())
	}
	if h.unit.kind == MLAG && t.mode == inventory.TeamLACP {
		a.Must = append(a.Must, "MLG-005 "+leg.meant.lag.subject())
	}
	return a
}

func (f *Fabric) shutPort() *Answer {
	h, t, leg := f.leg()
	if h == nil {
		return nil
	}
	leg.meant.shut = true
	return f.loseLeg(h, t, leg, model.Fault{Fault: "admin-down", On: leg.meant.ref()})
}

func (f *Fabric) loseLeg(h *host, t *lag, leg *jack, x model.Fault) *Answer {
	a := f.say(x)
	a.Must, a.May = h.loses(t, leg)
	return a
}

// legSuffers is what must and may follow where one leg of a team does not carry a VLAN of a network, by list or by spanning tree.
func (h *host) legSuffers(t *lag, leg *jack, n *network) (must, may []string) {
	_, subject, _ := leg.facing()
	must = []string{"VLN-001 " + leg.String(), "CLU-006 " + h.name, "RED-002 " + h.name + "/" + n.name, "RED-003 " + h.name + "/" + n.name}
	if n.role == inventory.Management {
		must = append(must, "MGT-009 "+h.name+"/management")
	}
	may = append(h.suffers(), "LAG-010 "+subject, "MLG-0* "+subject, "MLG-004 "+h.unit.subject(), "VLN-0* "+t.members[0].String(), "VLN-0* "+t.members[1].String(), "VLN-0* "+t.subject(), "VLN-0* "+subject,
		"CLU-002 "+h.cluster.name, "SVC-003 "+n.name, "VLN-001 "+h.name+"/*", "CLU-001 "+h.name)
	if h.unit.kind == Stack && t.mode == inventory.TeamLACP && slices.Contains(h.cluster.nets, n) {
		must = append(must, "CLU-001 "+h.name) // one LAG has both legs
	}
	return must, append(may, h.differs()...)
}

// differs is what may follow where a switch offers a host other VLANs than its siblings have: of two hosts, both are told that they differ.
func (h *host) differs() (out []string) {
	for _, o := range h.cluster.hosts {
		out = append(out, "CLU-005 "+o.name)
	}
	return out
}

func (t *lag) one(f *Fabric) *network { return t.nets[f.rand.IntN(len(t.nets))] }

func (f *Fabric) dropVLAN() *Answer {
	a, h, t := f.hinder("vlan-missing", func(b *bridge, set state.VIDSet) { b.allowed = b.allowed.Minus(set) })
	if a != nil && (h.unit.kind != Stack || t.mode != inventory.TeamLACP) {
		a.Must = append(a.Must, "VLN-002 "+t.subject())
	}
	return a
}

func (f *Fabric) blockVLAN() *Answer {
	a, _, _ := f.hinder("stp-blocked", func(b *bridge, set state.VIDSet) { b.blocked = b.blocked.Union(set) })
	return a
}

// hinder keeps a VLAN of a team from one of its legs.
func (f *Fabric) hinder(kind string, change func(*bridge, state.VIDSet)) (*Answer, *host, *lag) {
	h, t, leg := f.leg()
	if h == nil {
		return nil, nil, nil
	}
	n := t.one(f)
	set := state.VIDs(firstVID(n))
	ref, _, b := leg.facing()
	change(b, set)
	a := f.say(model.Fault{Fault: kind, On: ref, VLANs: model.VLANList{VIDSet: set}})
	a.Must, a.May = h.legSuffers(t, leg, n)
	return a, h, t
}

func (f *Fabric) allowAll() *Answer {
	h, t, leg := f.leg()
	if h == nil {
		return nil
	}
	ref, subject, b := leg.facing()
	b.allowed, b.open = state.AllVIDs, true
	if h.unit.kind == MLAG {
		b.native = 1 // as on every trunk of EOS of which nobody said another
	}
	a := f.say(model.Fault{Fault: "allow-all", On: ref})
	a.Must = []string{"VLN-004 " + leg.String()}
	a.May = []string{"VLN-0* " + leg.String(), "VLN-0* " + t.subject(), "LAG-010 " + subject, "MLG-0* " + subject, "MLG-004 " + h.unit.subject()}
	a.May = append(a.May, h.differs()...)
	if h.unit.kind == MLAG {
		a.Must = append(a.Must, "VLN-008 "+leg.meant.sw.name)
	}
	if h.unit.kind == Stack && t.mode == inventory.TeamLACP { // one LAG has both legs
		for _, m := range t.members {
			a.May = append(a.May, "VLN-0* "+m.String())
		}
	}
	return a
}

func (f *Fabric) wrongKey() *Answer {
	h := f.host(func(h *host) bool { return h.unit.kind != Stack })
	if h == nil {
		return nil
	}
	t := h.bundle()
	leg := t.members[1]
	l := leg.meant.lag
	l.key += 100
	a := f.say(model.Fault{Fault: "wrong-key", On: fmt.Sprintf("%s/lag%d", l.sw.name, l.number)})
	a.Untold, a.May = h.loses(t, leg) // the host may take the leg into service when the other one goes
	out := "RED-007 " + leg.String()
	a.Untold = slices.DeleteFunc(a.Untold, func(s string) bool { return s == out })
	a.Must = append(a.Must, out, "LAG-019 "+t.subject(), "MLG-006 "+l.subject())
	a.May = append(a.May, "LAG-0* "+l.subject(), "MLG-0* "+l.subject())
	return a
}

func (f *Fabric) swapLegs() *Answer {
	h := f.host(func(h *host) bool { return f.neighbour(h) != nil })
	if h == nil {
		return nil
	}
	o := f.neighbour(h)
	a, b := h.bundle().members[1], o.bundle().members[1]
	a.far, b.far = b.meant, a.meant
	a.far.far, b.far.far = a, b
	x := f.say(model.Fault{Fault: "legs-swapped", On: a.String(), With: b.String()})
	for _, end := range []struct {
		h   *host
		leg *jack
	}{{h, a}, {o, b}} {
		t := end.leg.lag
		x.Must = append(x.Must, "LAG-004 "+t.members[0].meant.lag.subject(), "LAG-019 "+t.subject())
		x.May = slices.Concat(x.May, end.h.suffers(), []string{"LAG-0* " + t.members[0].meant.lag.subject(), "LAG-0* " + t.subject(), "LAG-0* " + t.members[0].String(),
			"LAG-0* " + t.members[1].String(), "MLG-0* " + end.h.name, "MLG-0* " + t.members[0].meant.lag.subject(), "VLN-0* " + t.members[0].String(), "VLN-0* " + t.members[1].String(), "VLN-0* " + t.subject()})
	}
	x.May = append(x.May, "MGT-0* *", "SEP-0* *", "SVC-003 *", "VLN-018 *", "RED-0* *", "CLU-00* *") // where frames go over two bonds, no one can tell
	return x
}

// neighbour is the next hypervisor at the same leaf, nil for the last.
func (f *Fabric) neighbour(h *host) *host {
	for _, o := range f.hosts {
		if o.unit == h.unit && o.number > h.number {
			return o
		}
	}
	return nil
}

func (f *Fabric) minLinks() *Answer {
	h := f.host(anyHost)
	if h == nil {
		return nil
	}
	t := h.bundle()
	leg := t.members[f.rand.IntN(2)]
	l := leg.meant.lag
	l.min = 2
	a := f.say(model.Fault{Fault: "min-links", On: fmt.Sprintf("%s/lag%d", l.sw.name, l.number)})
	a.May = append(h.suffers(), "LAG-0* "+l.subject(), "LAG-0* "+t.subject(), "MLG-0* "+l.subject(), "LAG-0* "+t.members[0].String(), "LAG-0* "+t.members[1].String())
	a.May = append(a.May, "VLN-0* "+leg.String()) // Junos calls the VLANs of a LAG that is down blocked
	a.Must = slices.Concat(h.each("RED-002", t.nets), h.each("RED-003", t.nets), []string{"CLU-006 " + h.name, "LAG-011 " + l.subject()})
	return a
}

func (f *Fabric) cutPeerLink() *Answer {
	u := f.take(func(u *unit) bool { return u.kind == MLAG })
	if u == nil {
		return nil
	}
	for _, m := range u.peerLink[0].members {
		m.pulled = true
	}
	a := f.say(model.Fault{Fault: "peer-link-down", On: u.name})
	a.Must = []string{"MLG-001 " + u.subject(), "MLG-002 " + u.subject()}
	a.May = []string{"MLG-0* " + u.subject(), "MLG-0* *" + u.sw[0].name + "*", "MLG-0* *" + u.sw[1].name + "*", "LAG-0* " + u.sw[0].name + "/*", "LAG-0* " + u.sw[1].name + "/*",
		"VLN-0* " + u.sw[0].name + "*", "VLN-0* " + u.sw[1].name + "*"}
	for _, h := range f.hosts {
		if h.unit == u {
			a.May = append(append(a.May, h.suffers()...), "LAG-006 "+h.name+"/*") // EOS knows the system of the pair from the peering
		}
	}
	return a
}

func (f *Fabric) otherNative() *Answer {
	h := f.host(func(h *host) bool { return h.unit.kind != Stack })
	if h == nil {
		return nil
	}
	t := h.bundle()
	leg := t.members[f.rand.IntN(2)]
	ref, subject, b := leg.facing()
	n := t.one(f)
	v := firstVID(n)
	b.native, b.allowed = v, b.allowed.Union(state.VIDs(v))
	a := f.say(model.Fault{Fault: "native-mismatch", On: ref, VLANs: model.VLANList{VIDSet: state.VIDs(v)}})
	a.Must = []string{"VLN-005 " + t.subject()}
	a.May = append(h.suffers(), "VLN-0* "+leg.String(), "VLN-0* "+t.subject(), "VLN-0* "+subject, "LAG-010 "+subject, "MLG-0* "+subject, "MLG-004 "+h.unit.subject())
	// The port sends without a tag what the host tags: that leg is no proof of anything.
	a.Untold = h.each("RED-002", []*network{n})
	a.May = append(a.May, "RED-0* */"+n.name, "RED-012 *", "CLU-0* *", "SVC-003 "+n.name, "MGT-009 */"+n.name)
	return a
}

// unused is a port of a switch that nothing is plugged into.
func (s *sw) unused() *jack {
	for _, p := range s.ports {
		if p.far == nil {
			return p
		}
	}
	return nil
}

func (f *Fabric) strayStation() *Answer {
	u := f.take(func(u *unit) bool { return u.sw[0].unused() != nil })
	if u == nil {
		return nil
	}
	p := u.sw[0].unused()
	n := f.nets[0]
	a := f.say(model.Fault{Fault: "mgmt-vlan-on-edge-port", On: p.ref()})
	h := &host{name: "unknown-" + strings.ReplaceAll(p.ref(), "/", "-"), unit: u, mac: state.MAC{0x0a, 0x02, 0, byte(u.number)}, silent: true}
	f.machines = append(f.machines, h)
	nic := h.plug("eth0", p)
	p.text, p.meant, nic.meant = "", nil, p
	h.alone = append(h.alone, single{nic, []*network{n}})
	p.toAccess(firstVID(n))
	a.Must = []string{"MGT-002 management", "MGT-006 management"}
	a.May = []string{"MGT-0* *", "VLN-018 management"} // who knows what is behind it
	return a
}

func (f *Fabric) loopCable() *Answer {
	u := f.take(func(u *unit) bool { return u.sw[0].unused() != nil })
	if u == nil {
		return nil
	}
	p := u.sw[0].unused()
	p.far = p // taken, for the moment
	q := u.sw[len(u.sw)-1].unused()
	if q == nil {
		p.far = nil
		return nil
	}
	management, guests := f.nets[0], u.pod.nets[len(infrastructure)]
	v, w := firstVID(management), firstVID(guests)
	p.far, q.far = q, p
	p.toAccess(v)
	q.toAccess(w)
	a := f.say(model.Fault{Fault: "loop-cable", On: p.ref(), With: q.ref(), VLANs: model.VLANList{VIDSet: state.VIDs(v, w)}})
	a.Must = []string{"MGT-008 management", "MGT-002 management", "SEP-006 management", "SEP-006 " + guests.name, "VLN-018 management", "VLN-018 " + guests.name}
	a.May = []string{"VLN-005 *" + p.String() + "*", "VLN-005 *" + q.String() + "*", "LAG-017 *", "MGT-0* *", "SEP-0* *", "VLN-018 *"}
	return a
}

func (f *Fabric) forgetVLAN() *Answer {
	u := f.take(func(u *unit) bool {
		return u.kind == MLAG && slices.ContainsFunc(f.hosts, func(h *host) bool { return h.unit == u })
	})
	if u == nil {
		return nil
	}
	s := u.sw[f.rand.IntN(2)]
	var n *network // live migration stays in the pod
	for _, x := range u.pod.nets {
		if x.role == inventory.LiveMigration {
			n = x
		}
	}
	v := firstVID(n)
	s.missing = s.missing.Union(state.VIDs(v))
	a := f.say(model.Fault{Fault: "vlan-not-created", On: s.name, VLANs: model.VLANList{VIDSet: state.VIDs(v)}})
	for _, h := range f.hosts {
		if h.unit != u {
			continue
		}
		t := h.bundle()
		must, may := h.legSuffers(t, t.members[s.side], n)
		a.Must, a.May = append(a.Must, must...), append(a.May, may...)
	}
	a.May = append(a.May, "MLG-0* *"+u.name+"*", "LAG-0* *"+s.name+"*", "RED-0* */live-migration", "RED-012 *", "CLU-0* *", "VLN-018 *", "VLN-0* "+u.name+"*", "SEP-0* live-migration")
	return a
}

func (f *Fabric) oneCard() *Answer {
	h := f.host(anyHost)
	if h == nil {
		return nil
	}
	h.oneCard = true
	a := f.say(model.Fault{Fault: "one-card", On: h.name})
	for _, t := range h.teams {
		a.Must = append(a.Must, h.each("RED-004", t.nets)...)
	}
	a.May = []string{"RED-004 " + h.name + "/*", "SEP-009 *", "CLU-004 " + h.name}
	return a
}

// trunkUp chooses a leaf with a trunk to the pair above, and one of its switches' LAG there.
func (f *Fabric) trunkUp(fits func(*unit) bool) *lag {
	u := f.take(func(u *unit) bool { return u.parent != nil && fits(u) })
	if u == nil {
		return nil
	}
	s := u.sw[f.rand.IntN(len(u.sw))]
	for _, l := range s.lags {
		if l.text == "trunk "+u.trunk() {
			return l
		}
	}
	return nil
}

func (f *Fabric) pullTrunk() *Answer {
	l := f.trunkUp(func(*unit) bool { return true })
	if l == nil {
		return nil
	}
	leg := l.members[f.rand.IntN(len(l.members))]
	leg.pulled = true
	a := f.say(model.Fault{Fault: "cable-pulled", On: leg.ref()})
	a.Must = []string{"LAG-001 " + l.subject(), "LAG-001 " + leg.meant.lag.subject()}
	a.May = []string{"LAG-018 " + l.subject(), "LAG-018 " + leg.meant.lag.subject()}
	if l.sw.unit.kind == ESI { // no cable leads to the other switch of the leaf: this one hangs on the cable that is left, and may yield when it goes
		a.May = append(a.May, "RED-0* *", "CLU-0* *", "MGT-009 *", "SVC-003 *")
		for _, h := range f.hosts {
			if h.unit == l.sw.unit && l.sw.unit.parent == f.top {
				a.Untold = append(a.Untold, "RED-010 "+h.name+"/management", "RED-003 "+h.name+"/management")
			}
		}
	}
	return a
}

func (f *Fabric) dropTrunkVLAN() *Answer {
	l := f.trunkUp(func(u *unit) bool { return u.kind != Stack })
	if l == nil {
		return nil
	}
	v := firstVID(f.nets[0])
	l.allowed = l.allowed.Minus(state.VIDs(v))
	a := f.say(model.Fault{Fault: "vlan-missing", On: fmt.Sprintf("%s/lag%d", l.sw.name, l.number), VLANs: model.VLANList{VIDSet: state.VIDs(v)}})
	a.Must = []string{"LAG-010 " + l.subject(), "MLG-007 " + l.subject()}
	a.May = []string{"VLN-0* *" + l.sw.unit.name + "*", "MLG-0* *" + l.sw.unit.name + "*", "RED-0* */management", "RED-012 *", "CLU-0* *", "MGT-009 *", "SVC-003 management", "LAG-010 *"}
	return a
}

func (f *Fabric) shareRack() *Answer {
	u := f.take(func(u *unit) bool {
		return u.kind != Stack && slices.ContainsFunc(f.hosts, func(h *host) bool { return h.unit == u })
	})
	if u == nil {
		return nil
	}
	u.sw[1].rack = u.sw[0].rack
	a := &Answer{On: u.name}
	for _, h := range f.hosts {
		if h.unit == u {
			h.rack = cmp.Or(u.sw[0].rack, h.rack)
			a.Must = append(a.Must, "RED-011 "+h.name)
		}
	}
	return a
}
