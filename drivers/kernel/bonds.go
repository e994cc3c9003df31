package kernel

import (
	"strconv"
	"strings"

	"uplinkcheck/drivers/capture"
	"uplinkcheck/drivers/state"
	"uplinkcheck/drivers/text"
)

// A Bond is one file of /proc/net/bonding.
type Bond struct {
	From      capture.Span
	Mode      capture.Fact[string] // in ip's words: "802.3ad"; they need not stand in the span
	Oper      capture.Fact[state.Status]
	Active    capture.Fact[string] // the slave that is used, of those modes that use one
	MinLinks  capture.Fact[int]
	ID        capture.Fact[string] // of the active aggregator
	Partner   capture.Fact[state.MAC]
	Slaves    map[string]*Slave
	slaveRows []string // in the order of the file
}

// A Slave is what a file of /proc/net/bonding says of a member. Endpoints are only told to root.
type Slave struct {
	From           capture.Span
	Link           capture.Fact[state.Status]
	Speed          capture.Fact[uint64]
	Duplex         capture.Fact[state.Duplex]
	Permanent      capture.Fact[state.MAC]
	Aggregator     capture.Fact[string]
	Failures       capture.Fact[uint64]
	ActorChurn     capture.Fact[bool]
	PartnerChurn   capture.Fact[bool]
	Actor, Partner state.Endpoint
}

// Churn joins both churn machines: either may find churn, and both must say that there is none.
func (s *Slave) Churn() capture.Fact[bool] {
	switch {
	case s.ActorChurn.Value, !s.PartnerChurn.Known():
		return capture.Then(s.ActorChurn, func(on bool) (bool, bool) { return on, on })
	case s.PartnerChurn.Value, s.ActorChurn.Known():
		return s.PartnerChurn
	}
	return capture.Fact[bool]{}
}

// procChurn are the words for a churn machine; one that still watches has found none.
var procChurn = map[string]bool{"none": false, "monitoring": false, "churned": true}

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

// ReadBonds reads files headed "==> /proc/net/bonding/bond0 <==", or one file without such a head, which is of the bond called name ("" where
// that is not known). A last line without its end is not read.
func ReadBonds(r *capture.Reply, name string) (bonds map[string]*Bond, unread []state.Unread) {
	bonds = map[string]*Bond{}
	if !r.Usable() {
		return bonds, nil
	}
	note := func(from capture.Span, why string) { unread = append(unread, state.Unread{From: from, Why: why}) }
	var p procReader
	for _, l := range text.Lines(r) {
		said := l.Whole()
		if !said.Known() {
			continue
		}
		line, from := said.Value, said.From
		if path, ok := strings.CutPrefix(line, "==> "); ok {
			name, ok := strings.CutSuffix(path[strings.LastIndexByte(path, '/')+1:], " <==")
			if !ok || !IsName(name) {
				note(from, "what the file is called is not understood")
				p = procReader{}
				continue
			}
			p = procReader{bond: newBond(from)}
			bonds[name] = p.bond
			continue
		}
		if p.bond == nil && name != "" && strings.HasPrefix(line, "Ethernet Channel Bonding Driver") {
			p = procReader{bond: newBond(from)}
			bonds[name] = p.bond
		}
		if p.bond == nil {
			continue
		}
		if why := p.read(line, from); why != "" {
			note(from, why)
		}
	}
	return bonds, unread
}

func newBond(from capture.Span) *Bond { return &Bond{From: from, Slaves: map[string]*Slave{}} }

// A procReader walks through one file: its head, then a part per slave with both ends.
type procReader struct {
	bond  *Bond
	slave *Slave
	end   *state.Endpoint
}

func (p *procReader) read(line string, from capture.Span) (why string) {
	key, value, _ := strings.Cut(line, ":")
	value = strings.TrimSpace(value)
	switch {
	case key == "Slave Interface" && !IsName(value):
		p.slave, p.end = &Slave{}, nil // what follows is nobody's
		return "what the member is called is not understood"
	case key == "Slave Interface":
		p.slave, p.end = &Slave{From: from}, nil
		p.bond.Slaves[value] = p.slave
		p.bond.slaveRows = append(p.bond.slaveRows, value)
	case p.slave == nil:
		return p.bond.head(key, value, from)
	case key == "details actor lacp pdu":
		p.end = &p.slave.Actor
	case key == "details partner lacp pdu":
		p.end = &p.slave.Partner
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

func (b *Bond) head(key, value string, from capture.Span) (why string) {
	switch key {
	case "Bonding Mode":
		value, _, _ = strings.Cut(value, " (fail_over_mac")
		word, ok := procModes[value]
		if !ok {
			return "bonding mode is not known"
		}
		b.Mode = capture.Of(word, from)
	case "MII Status":
		b.Oper = miiStatus(value, from)
	case "Currently Active Slave":
		if value != "None" {
			b.Active = capture.Of(value, from)
		}
	case "Min links":
		if n, err := strconv.Atoi(value); err == nil && n >= 0 {
			b.MinLinks = capture.Of(n, from)
		}
	case "Aggregator ID":
		b.ID = capture.Of(value, from)
	case "Partner Mac Address":
		if mac, err := state.ParseMAC(value); err == nil {
			b.Partner = capture.Of(mac, from)
		}
	}
	return ""
}

func (s *Slave) read(key, value string, from capture.Span) {
	switch key {
	case "MII Status":
		s.Link = miiStatus(value, from)
	case "Speed":
		if n, err := strconv.ParseUint(strings.TrimSuffix(value, " Mbps"), 10, 32); err == nil && n > 0 {
			s.Speed = capture.Of(n*1_000_000, from)
		}
	case "Duplex":
		if d, ok := map[string]state.Duplex{"full": state.Full, "half": state.Half}[value]; ok {
			s.Duplex = capture.Of(d, from)
		}
	case "Permanent HW addr":
		if mac, err := state.ParseMAC(value); err == nil && !mac.IsZero() {
			s.Permanent = capture.Of(mac, from)
		}
	case "Aggregator ID":
		s.Aggregator = capture.Of(value, from)
	case "Link Failure Count":
		if n, err := strconv.ParseUint(value, 10, 32); err == nil {
			s.Failures = capture.Of(n, from)
		}
	case "Actor Churn State":
		if on, ok := procChurn[value]; ok {
			s.ActorChurn = capture.Of(on, from)
		}
	case "Partner Churn State":
		if on, ok := procChurn[value]; ok {
			s.PartnerChurn = capture.Of(on, from)
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

// miiStates leaves out GOING_DOWN and GOING_BACK: the delay between a change and its taking effect.
var miiStates = map[string]state.Status{"UP": state.Up, "DOWN": state.Down}

// SlaveLink is the state of a bond member's link by the link's own word.
func (l *Link) SlaveLink() capture.Fact[state.Status] {
	return capture.Then(l.SlaveData.Word("mii_status"), func(s string) (state.Status, bool) { v, ok := miiStates[s]; return v, ok })
}

// Aggregator is the number of the aggregator in which the kernel has a bond member.
func (l *Link) Aggregator() capture.Fact[string] {
	return whole(l.SlaveData.Uint("ad_aggregator_id", 16))
}

// InActive tells whether a member is in the aggregator that its bond uses.
func (l *Link) InActive(bond *Link) capture.Fact[bool] {
	in := bond.Data.Uint("ad_aggregator", 16)
	return capture.Then(l.SlaveData.Uint("ad_aggregator_id", 16), func(n uint64) (bool, bool) { return n == in.Value, in.Known() })
}

// Endpoints joins what the link and its bond say of both ends with what the bonding file says (nil: nothing): that one is taken as a
// whole, since it is one moment's word of both.
func (l *Link) Endpoints(bond *Link, file *Slave) (actor, partner state.Endpoint) {
	if file != nil && file.Actor.State.Known() && file.Partner.State.Known() {
		return file.Actor, file.Partner
	}
	actor.State = octet(l.SlaveData.Uint("ad_actor_oper_port_state", 8))
	partner.State = octet(l.SlaveData.Uint("ad_partner_oper_port_state", 8))
	if capture.Is(l.InActive(bond), true) {
		// All ports of an aggregator have its partner (IEEE Std 802.1AX-2020, 6.3.6).
		partner.System = bond.Data.MAC("ad_partner_mac")
		partner.Key = sixteen(bond.Data.Uint("ad_partner_key", 16))
		actor.Key = sixteen(bond.Data.Uint("ad_actor_key", 16))
	}
	return actor, partner
}

// Alone reports whether an 802.3ad bond forwards without a partner: the kernel's stays up and uses one link then.
func Alone(partner capture.Fact[state.MAC], oper capture.Fact[state.Status]) capture.Fact[bool] {
	return capture.Then(partner, func(mac state.MAC) (bool, bool) {
		return mac.IsZero(), !mac.IsZero() || capture.Is(oper, state.Up)
	})
}

// SelectLACP judges a member of an 802.3ad bond: the kernel uses one aggregator, members of another one idle.
func SelectLACP(p *state.AggregationPort, link capture.Fact[state.Status], inActive capture.Fact[bool]) {
	switch {
	case capture.Is(link, state.Down):
		p.Selected = capture.Of(state.Unselected, link.From)
		p.Reason = capture.Of("down", link.From)
	case capture.Is(inActive, false):
		p.Selected = capture.Of(state.Unselected, inActive.From)
	case capture.Is(link, state.Up) && capture.Is(inActive, true):
		p.Selected = capture.Of(state.Selected, inActive.From)
	}
}

// SelectPlain judges a member of any other bond by the kernel's word for it, "ACTIVE" or "BACKUP".
func SelectPlain(p *state.AggregationPort, link capture.Fact[state.Status], word capture.Fact[string]) {
	switch {
	case capture.Is(link, state.Down):
		p.Selected = capture.Of(state.Unselected, link.From)
		p.Reason = capture.Of("down", link.From)
	case word.Value == "ACTIVE":
		p.Selected = capture.Of(state.Selected, word.From)
	case word.Value == "BACKUP":
		p.Selected = capture.Of(state.Standby, word.From)
	}
}

// Word is the kernel's word for a slave as the file of its bond alone has it: of the modes that use one slave at a time.
func (b *Bond) Word(slave string) capture.Fact[string] {
	if b.Mode.Value != "active-backup" {
		return capture.Fact[string]{}
	}
	return capture.Then(b.Active, func(active string) (string, bool) {
		if active == slave {
			return "ACTIVE", true
		}
		return "BACKUP", true
	})
}

// InActive tells whether a slave is in the aggregator that the bond uses, as its file has it.
func (b *Bond) InActive(s *Slave) capture.Fact[bool] {
	return capture.Then(s.Aggregator, func(id string) (bool, bool) { return id == b.ID.Value, b.ID.Known() })
}
