package linux

import (
	"maps"
	"slices"
	"strings"

	"uplinkcheck/drivers/capture"
	"uplinkcheck/drivers/kernel"
	"uplinkcheck/drivers/openvswitch/ovs"
	"uplinkcheck/drivers/state"
	"uplinkcheck/drivers/text"
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
		switch l := m.links[name]; l.Kind {
		case "bond":
			teams = append(teams, m.kernelTeam(l))
		case "team": // how it shares its links only teamd knows
			t := inventory.Team{Name: name, From: l.From, Oper: l.Oper}
			for _, s := range m.under[name] {
				if s.joined() {
					t.Members = append(t.Members, inventory.TeamMember{AggregationPort: state.AggregationPort{Name: s.Name, From: s.From}})
				}
			}
			teams = append(teams, t)
		}
	}
	for name, b := range m.bonding {
		if m.links[name] == nil {
			teams = append(teams, fileTeam(name, b))
		}
	}
	return teams
}

func (m *machine) kernelTeam(l *link) inventory.Team {
	word := l.Data.Word("mode")
	t := inventory.Team{Name: l.Name, From: l.From, ModeWord: word, Oper: l.Oper,
		Mode:     capture.Then(word, func(s string) (inventory.TeamMode, bool) { mode, ok := bondModes[s]; return mode, ok }),
		Active:   l.Data.Word("active_slave"),
		Watched:  watched(l),
		MinLinks: text.Int(l.Data.Word("min_links")),
	}
	if word.Known() && !t.Mode.Known() {
		m.note(word.From, "bond mode "+word.Value+" is not known")
	}
	if capture.Is(t.Mode, inventory.TeamLACP) {
		t.FallbackActive = kernel.Alone(l.Data.MAC("ad_partner_mac"), t.Oper)
	}
	for _, s := range m.under[l.Name] {
		if s.SlaveKind == "bond" {
			t.Members = append(t.Members, m.kernelMember(s, l, t.Mode))
		}
	}
	return t
}

// watched: with neither MII nor ARP monitoring a bond takes all its links for good (Linux Documentation/networking/bonding.rst, "Link Monitoring").
func watched(l *link) capture.Fact[bool] {
	return capture.Then(l.Data.Uint("miimon", 32), func(every uint64) (bool, bool) {
		arp := l.Data.Uint("arp_interval", 32)
		return every != 0 || arp.Value != 0, every != 0 || arp.Known()
	})
}

func (m *machine) kernelMember(l, bond *link, mode capture.Fact[inventory.TeamMode]) inventory.TeamMember {
	out := inventory.TeamMember{Link: l.SlaveLink(), Aggregator: l.Aggregator()}
	out.Name, out.From = l.Name, l.From
	file := m.slaves[l.Name]
	out.Actor, out.Partner = l.Endpoints(&bond.Link, file)
	if file != nil {
		out.Failures, out.Churn = file.Failures, file.Churn()
	}
	if capture.Is(mode, inventory.TeamLACP) {
		selectLACP(&out, l.InActive(&bond.Link))
	} else {
		kernel.SelectPlain(&out.AggregationPort, out.Link, l.SlaveData.Word("state"))
	}
	return out
}

// selectLACP judges a member of an 802.3ad bond, and whether its partner still answers.
func selectLACP(t *inventory.TeamMember, inActive capture.Fact[bool]) {
	if st := t.Actor.State; st.Known() {
		t.Current = capture.Then(st, func(s state.LACPState) (bool, bool) {
			return s.Has(state.Defaulted) == state.No && s.Has(state.Expired) == state.No, true
		})
	}
	if capture.Is(t.Link, state.Down) {
		t.Current = capture.Of(false, t.Link.From)
	}
	kernel.SelectLACP(&t.AggregationPort, t.Link, inActive)
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

// readBonding reads the files of all bonds.
func (m *machine) readBonding(r *capture.Reply) {
	bonds, unread := kernel.ReadBonds(r, "")
	m.bonding, m.slaves = bonds, map[string]*kernel.Slave{}
	m.unread = append(m.unread, unread...)
	for _, name := range slices.Sorted(maps.Keys(bonds)) {
		for slave, s := range bonds[name].Slaves {
			if m.slaves[slave] == nil {
				m.slaves[slave] = s
			}
		}
	}
}

// fileTeam is the bond as its file alone has it.
func fileTeam(name string, b *kernel.Bond) inventory.Team {
	t := inventory.Team{Name: name, From: b.From, Oper: b.Oper, Active: b.Active, MinLinks: b.MinLinks,
		Mode: capture.Then(b.Mode, func(word string) (inventory.TeamMode, bool) { mode, ok := bondModes[word]; return mode, ok })}
	if strings.Contains(b.Mode.From.Text(), b.Mode.Value) {
		t.ModeWord = b.Mode // the kernel's word is ip's
	}
	if capture.Is(t.Mode, inventory.TeamLACP) {
		t.FallbackActive = kernel.Alone(b.Partner, t.Oper)
	}
	for slave, s := range b.Slaves {
		member := inventory.TeamMember{Link: s.Link, Aggregator: s.Aggregator}
		member.Name, member.From, member.Actor, member.Partner = slave, s.From, s.Actor, s.Partner
		member.Failures, member.Churn = s.Failures, s.Churn()
		if capture.Is(t.Mode, inventory.TeamLACP) {
			selectLACP(&member, b.InActive(s))
		} else {
			kernel.SelectPlain(&member.AggregationPort, s.Link, b.Word(slave))
		}
		t.Members = append(t.Members, member)
	}
	return t
}
