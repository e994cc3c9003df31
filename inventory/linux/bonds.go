package linux

import (
	"maps"
	"slices"
	"strconv"
	"strings"

	"uplinkcheck/drivers/capture"
	"uplinkcheck/drivers/openvswitch/ovs"
	"uplinkcheck/drivers/state"
	"uplinkcheck/drivers/tree"
	"uplinkcheck/inventory"
)

// bondModes are the kernel's words. Which need an aggregator at the switch: Linux Documentation/networking/bonding.rst,
// "Switch Configuration".
var bondModes = map[string]inventory.TeamMode{
	"802.3ad":       inventory.TeamLACP,
	"balance-rr":    inventory.TeamStatic,
	"balance-xor":   inventory.TeamStatic,
	"broadcast":     inventory.TeamStatic,
	"active-backup": inventory.TeamActiveBackup,
	"balance-tlb":   inventory.TeamIndependent,
	"balance-alb":   inventory.TeamIndependent,
}

// kernelTeams joins what "ip -d link" and the bonding files say. The files have each end's port, key and priority, but
// only for root; the links have the state and the aggregator for anybody.
func (m *machine) kernelTeams() []inventory.Team {
	var teams []inventory.Team
	for _, name := range m.names {
		if l := m.links[name]; l.kind == "bond" {
			teams = append(teams, m.kernelTeam(l))
		}
	}
	for name, b := range m.bonding {
		if m.links[name] == nil {
			teams = append(teams, b.team(name))
		}
	}
	return teams
}

func (m *machine) kernelTeam(l *link) inventory.Team {
	word := l.data.At("mode").NonEmpty()
	t := inventory.Team{Name: l.name, From: l.from, ModeWord: word, Oper: l.oper,
		Mode:     tree.Word(l.data.At("mode"), bondModes),
		Active:   l.data.At("active_slave").NonEmpty(),
		MinLinks: capture.Then(l.data.At("min_links").Uint(31), func(n uint64) (int, bool) { return int(n), true }),
	}
	if word.Known() && !t.Mode.Known() {
		m.note(word.From, "bond mode "+word.Value+" is not known")
	}
	active := l.data.At("ad_info")
	partner := macOrZero(active.At("partner_mac"))
	if capture.Is(t.Mode, inventory.TeamLACP) {
		t.FallbackActive = alone(partner, t.Oper)
	}
	for _, s := range m.under[l.name] {
		if s.slaveKind == "bond" {
			t.Members = append(t.Members, m.kernelMember(s, t.Mode, active, partner))
		}
	}
	return t
}

// alone reports whether an 802.3ad bond forwards without a partner: the kernel's stays up and uses one link then.
func alone(partner capture.Fact[state.MAC], oper capture.Fact[state.Status]) capture.Fact[bool] {
	return capture.Then(partner, func(mac state.MAC) (bool, bool) {
		return mac.IsZero(), !mac.IsZero() || capture.Is(oper, state.Up)
	})
}

// macOrZero reads an address; all zero is a value: no partner.
func macOrZero(n tree.Node) capture.Fact[state.MAC] {
	return capture.Then(n.Str(), func(s string) (state.MAC, bool) {
		mac, err := state.ParseMAC(s)
		return mac, err == nil
	})
}

// miiStates leaves out GOING_DOWN and GOING_BACK: the delay between a change and its taking effect.
var miiStates = map[string]state.Status{"UP": state.Up, "DOWN": state.Down}

func (m *machine) kernelMember(l *link, mode capture.Fact[inventory.TeamMode], active tree.Node, partner capture.Fact[state.MAC]) inventory.TeamMember {
	out := inventory.TeamMember{Link: tree.Word(l.slaveData.At("mii_status"), miiStates)}
	out.Name, out.From = l.name, l.from
	id := l.slaveData.At("ad_aggregator_id").Uint(16)
	out.Aggregator = capture.Then(id, func(n uint64) (string, bool) { return strconv.FormatUint(n, 10), true })
	out.Actor.State = octet(l.slaveData.At("ad_actor_oper_port_state"))
	out.Partner.State = octet(l.slaveData.At("ad_partner_oper_port_state"))
	in := active.At("aggregator").Uint(16)
	if id.Known() && in.Known() && id.Value == in.Value {
		// All ports of an aggregator have its partner (IEEE Std 802.1AX-2020, 6.3.6).
		out.Partner.System = partner
		out.Partner.Key = capture.Then(active.At("partner_key").Uint(16), func(n uint64) (uint16, bool) { return uint16(n), true })
		out.Actor.Key = capture.Then(active.At("actor_key").Uint(16), func(n uint64) (uint16, bool) { return uint16(n), true })
	}
	if s := m.procSlave(l.name); s != nil {
		out.Failures, out.Churn = s.failures, s.churn()
		if s.actor.State.Known() && s.partner.State.Known() {
			out.Actor, out.Partner = s.actor, s.partner // one moment's word of both ends
		}
	}
	word := l.slaveData.At("state").NonEmpty()
	if capture.Is(mode, inventory.TeamLACP) {
		selectLACP(&out, capture.Then(id, func(n uint64) (bool, bool) { return n == in.Value, in.Known() }))
	} else {
		selectPlain(&out, word)
	}
	return out
}

func octet(n tree.Node) capture.Fact[state.LACPState] {
	return capture.Then(n.Uint(8), func(v uint64) (state.LACPState, bool) { return state.WholeLACPState(uint8(v)), true })
}

// selectLACP judges a member of an 802.3ad bond: the kernel uses one aggregator, members of another one idle.
func selectLACP(t *inventory.TeamMember, inActive capture.Fact[bool]) {
	if st := t.Actor.State; st.Known() {
		t.Current = capture.Then(st, func(s state.LACPState) (bool, bool) {
			return s.Has(state.Defaulted) == state.No && s.Has(state.Expired) == state.No, true
		})
	}
	switch {
	case capture.Is(t.Link, state.Down):
		t.Selected = capture.Of(state.Unselected, t.Link.From)
		t.Reason = capture.Of("down", t.Link.From)
		t.Current = capture.Of(false, t.Link.From)
	case capture.Is(inActive, false):
		t.Selected = capture.Of(state.Unselected, inActive.From)
	case capture.Is(t.Link, state.Up) && capture.Is(inActive, true):
		t.Selected = capture.Of(state.Selected, inActive.From)
	}
}

// selectPlain judges a member of any other bond by the kernel's word for it.
func selectPlain(t *inventory.TeamMember, word capture.Fact[string]) {
	switch {
	case capture.Is(t.Link, state.Down):
		t.Selected = capture.Of(state.Unselected, t.Link.From)
		t.Reason = capture.Of("down", t.Link.From)
	case word.Value == "ACTIVE":
		t.Selected = capture.Of(state.Selected, word.From)
	case word.Value == "BACKUP":
		t.Selected = capture.Of(state.Standby, word.From)
	}
}

// vswitchTeams are the bonds of Open vSwitch.
func (m *machine) vswitchTeams() []inventory.Team {
	var teams []inventory.Team
	for p := range m.vswitch.Ports() {
		if !p.Bonded() {
			continue
		}
		t := inventory.Team{Name: p.Name, From: p.From, Mode: vswitchMode(p), Oper: p.Oper(),
			MinLinks: capture.Of(1, p.From)} // there is no such setting: one enabled member is enough
		if p.BondMode.Value != "" {
			t.ModeWord = p.BondMode
		}
		if capture.Is(t.Mode, inventory.TeamLACP) {
			_, t.FallbackActive = p.Fallback()
		}
		if p.Bond != nil && capture.Is(t.Mode, inventory.TeamActiveBackup) && p.Bond.Active.Value != "" {
			t.Active = p.Bond.Active
		}
		for _, i := range p.Interfaces {
			member := inventory.TeamMember{AggregationPort: p.AggregationPort(i), Link: i.Link}
			if l := p.Member(i.Name); l != nil {
				member.Current = capture.Then(l.Status, func(s string) (bool, bool) { return s == "current", true })
			}
			t.Members = append(t.Members, member)
		}
		teams = append(teams, t)
	}
	return teams
}

// vswitchMode: without LACP only balance-tcp wants an aggregator, and does not work with one.
func vswitchMode(p *ovs.Port) capture.Fact[inventory.TeamMode] {
	protocol := p.Protocol()
	switch {
	case !protocol.Known():
		return capture.Fact[inventory.TeamMode]{}
	case protocol.Value == state.LACP:
		return capture.Of(inventory.TeamLACP, protocol.From)
	case protocol.Value == state.Static:
		return capture.Of(inventory.TeamStatic, protocol.From)
	case p.BondMode.Value == "balance-slb":
		return capture.Of(inventory.TeamIndependent, protocol.From)
	}
	return capture.Of(inventory.TeamActiveBackup, protocol.From)
}

// A procBond is one file of /proc/net/bonding.
type procBond struct {
	from     capture.Span
	mode     capture.Fact[inventory.TeamMode]
	word     capture.Fact[string] // ip's word for it, where it stands in the kernel's
	oper     capture.Fact[state.Status]
	active   capture.Fact[string]
	minLinks capture.Fact[int]
	id       capture.Fact[string] // of the active aggregator
	partner  capture.Fact[state.MAC]
	slaves   map[string]*procSlave
}

type procSlave struct {
	from       capture.Span
	link       capture.Fact[state.Status]
	speed      capture.Fact[uint64]
	permanent  capture.Fact[state.MAC]
	aggregator capture.Fact[string]
	failures   capture.Fact[uint64]
	actorChurn capture.Fact[bool]
	farChurn   capture.Fact[bool]
	actor      state.Endpoint
	partner    state.Endpoint
}

// churn joins both churn machines: either may find churn, and both must say that there is none.
func (s *procSlave) churn() capture.Fact[bool] {
	switch {
	case s.actorChurn.Value, !s.farChurn.Known():
		return capture.Then(s.actorChurn, func(on bool) (bool, bool) { return on, on })
	case s.farChurn.Value, s.actorChurn.Known():
		return s.farChurn
	}
	return capture.Fact[bool]{}
}

// procChurn are the words for a churn machine; one that still watches has found none.
var procChurn = map[string]bool{"none": false, "monitoring": false, "churned": true}

// procSlave returns what the bonding files say of a NIC, or nil.
func (m *machine) procSlave(name string) *procSlave { return m.slaves[name] }

// procModes are the words of the bonding files (drivers/net/bonding/bond_main.c) in those of ip.
var procModes = map[string]string{
	"IEEE 802.3ad Dynamic link aggregation": "802.3ad",
	"load balancing (round-robin)":          "balance-rr",
	"load balancing (xor)":                  "balance-xor",
	"fault-tolerance (broadcast)":           "broadcast",
	"fault-tolerance (active-backup)":       "active-backup",
	"transmit load balancing":               "balance-tlb",
	"adaptive load balancing":               "balance-alb",
}

// readBonding reads files headed "==> /proc/net/bonding/bond0 <==". A last line without its end is not read.
func (m *machine) readBonding(r *capture.Reply) {
	m.bonding, m.slaves = map[string]*procBond{}, map[string]*procSlave{}
	if !r.Usable() {
		return
	}
	var p procReader
	for at, line := range r.Lines() {
		text := strings.TrimSpace(line)
		if text == "" || at+len(line) >= len(r.Data) {
			continue
		}
		start := at + strings.Index(line, text)
		from := r.Span(start, start+len(text))
		if path, ok := strings.CutPrefix(text, "==> "); ok {
			name, ok := strings.CutSuffix(path[strings.LastIndexByte(path, '/')+1:], " <==")
			if !ok || !isName(name) {
				m.note(from, "what the file is called is not understood")
				p = procReader{}
				continue
			}
			p = procReader{bond: &procBond{from: from, slaves: map[string]*procSlave{}}}
			m.bonding[name] = p.bond
			continue
		}
		if p.bond == nil {
			continue
		}
		if why := p.read(text, from); why != "" {
			m.note(from, why)
		}
	}
	for _, name := range slices.Sorted(maps.Keys(m.bonding)) {
		for slave, s := range m.bonding[name].slaves {
			if m.slaves[slave] == nil {
				m.slaves[slave] = s
			}
		}
	}
}

// A procReader walks through one file: its head, then a part per slave with both ends.
type procReader struct {
	bond  *procBond
	slave *procSlave
	end   *state.Endpoint
}

func (p *procReader) read(line string, from capture.Span) (why string) {
	key, value, _ := strings.Cut(line, ":")
	value = strings.TrimSpace(value)
	switch {
	case key == "Slave Interface" && !isName(value):
		p.slave, p.end = &procSlave{}, nil // what follows is nobody's
		return "what the member is called is not understood"
	case key == "Slave Interface":
		p.slave, p.end = &procSlave{from: from}, nil
		p.bond.slaves[value] = p.slave
	case p.slave == nil:
		return p.bond.head(key, value, from)
	case key == "details actor lacp pdu":
		p.end = &p.slave.actor
	case key == "details partner lacp pdu":
		p.end = &p.slave.partner
	case p.end != nil:
		return procEndpoint(p.end, key, value, from)
	default:
		p.slave.read(key, value, from)
	}
	return ""
}

func miiStatus(word string, from capture.Span) capture.Fact[state.Status] {
	switch word {
	case "up":
		return capture.Of(state.Up, from)
	case "down":
		return capture.Of(state.Down, from)
	}
	return capture.Fact[state.Status]{} // going down, going back
}

func (b *procBond) head(key, value string, from capture.Span) (why string) {
	switch key {
	case "Bonding Mode":
		value, _, _ = strings.Cut(value, " (fail_over_mac")
		word, ok := procModes[value]
		if !ok {
			return "bonding mode is not known"
		}
		b.mode = capture.Of(bondModes[word], from)
		if strings.Contains(value, word) {
			b.word = capture.Of(word, from)
		}
	case "MII Status":
		b.oper = miiStatus(value, from)
	case "Currently Active Slave":
		if value != "None" {
			b.active = capture.Of(value, from)
		}
	case "Min links":
		if n, err := strconv.Atoi(value); err == nil && n >= 0 {
			b.minLinks = capture.Of(n, from)
		}
	case "Aggregator ID":
		b.id = capture.Of(value, from)
	case "Partner Mac Address":
		if mac, err := state.ParseMAC(value); err == nil {
			b.partner = capture.Of(mac, from)
		}
	}
	return ""
}

func (s *procSlave) read(key, value string, from capture.Span) {
	switch key {
	case "MII Status":
		s.link = miiStatus(value, from)
	case "Speed":
		if n, err := strconv.ParseUint(strings.TrimSuffix(value, " Mbps"), 10, 32); err == nil && n > 0 {
			s.speed = capture.Of(n*1_000_000, from)
		}
	case "Permanent HW addr":
		if mac, err := state.ParseMAC(value); err == nil && !mac.IsZero() {
			s.permanent = capture.Of(mac, from)
		}
	case "Aggregator ID":
		s.aggregator = capture.Of(value, from)
	case "Link Failure Count":
		if n, err := strconv.ParseUint(value, 10, 32); err == nil {
			s.failures = capture.Of(n, from)
		}
	case "Actor Churn State":
		if on, ok := procChurn[value]; ok {
			s.actorChurn = capture.Of(on, from)
		}
	case "Partner Churn State":
		if on, ok := procChurn[value]; ok {
			s.farChurn = capture.Of(on, from)
		}
	}
}

func procEndpoint(e *state.Endpoint, key, value string, from capture.Span) (why string) {
	if key == "system mac address" {
		mac, err := state.ParseMAC(value)
		if err != nil {
			return err.Error()
		}
		e.System = capture.Of(mac, from)
		return ""
	}
	n, err := strconv.ParseUint(value, 10, 16)
	number := capture.Of(uint16(n), from)
	switch {
	case err != nil:
		return "LACP " + key + " is no number"
	case key == "system priority":
		e.SystemPriority = number
	case key == "port key", key == "oper key":
		e.Key = number
	case key == "port priority":
		e.PortPriority = number
	case key == "port number":
		e.Port = number
	case key == "port state" && n <= 0xff:
		e.State = capture.Of(state.WholeLACPState(uint8(n)), from)
	default:
		return "LACP " + key + " is not understood"
	}
	return ""
}

// team is the bond as its file alone has it.
func (b *procBond) team(name string) inventory.Team {
	t := inventory.Team{Name: name, From: b.from, ModeWord: b.word, Oper: b.oper, Active: b.active, MinLinks: b.minLinks,
		Mode: b.mode}
	if capture.Is(t.Mode, inventory.TeamLACP) {
		t.FallbackActive = alone(b.partner, t.Oper)
	}
	for slave, s := range b.slaves {
		member := inventory.TeamMember{Link: s.link, Aggregator: s.aggregator}
		member.Name, member.From, member.Actor, member.Partner = slave, s.from, s.actor, s.partner
		member.Failures, member.Churn = s.failures, s.churn()
		switch {
		case capture.Is(t.Mode, inventory.TeamLACP):
			selectLACP(&member, capture.Then(s.aggregator, func(id string) (bool, bool) { return id == b.id.Value, b.id.Known() }))
		case capture.Is(t.Mode, inventory.TeamActiveBackup):
			word := capture.Then(b.active, func(active string) (string, bool) {
				if active == slave {
					return "ACTIVE", true
				}
				return "BACKUP", true
			})
			selectPlain(&member, word)
		default:
			selectPlain(&member, capture.Fact[string]{})
		}
		t.Members = append(t.Members, member)
	}
	return t
}
