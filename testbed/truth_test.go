package testbed

import (
	"cmp"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"testing"

	driverlist "uplinkcheck/drivers/all"
	"uplinkcheck/drivers/capture"
	"uplinkcheck/drivers/state"
	"uplinkcheck/inventory"
	sourcelist "uplinkcheck/inventory/all"
	"uplinkcheck/testbed/model"
)

var missing = regexp.MustCompile(`has no (hot standbys|min-links)|no switch with a VLAN database`)

// What a driver reads from the renderings is what the model says, fact by fact: a known fact that differs is wrong, an
// unknown one is counted, and some must be known on every platform.
func TestWhatDriversReadIsWhatTheModelSays(t *testing.T) {
	for _, name := range Names() {
		t.Run(name, func(t *testing.T) { compareAll(t, load(t, name)) })
	}
	for _, k := range model.FaultKinds() {
		for _, base := range []string{"mlag-pair", "junos-pair", "vsx-pair", "cumulus-pair", "ovs-pair"} {
			t.Run(base+" with "+k.Name, func(t *testing.T) {
				s, err := Parse("test", []byte("base: "+base+"\nfaults: [{fault: "+k.Name+", "+k.Example+"}]"))
				if err != nil && base == "ovs-pair" {
					return // it has no VLAN database, no spanning tree, no min-links, and no protocol between peers
				} else if err != nil && missing.MatchString(err.Error()) {
					return // not every platform holds members in reserve, or wants a least number of links, or has a VLAN database
				} else if err != nil {
					t.Fatal(err)
				}
				compareAll(t, s)
			})
		}
	}
}

// mustBeKnown are the facts without which nothing can be proven.
var mustBeKnown = []string{"hostname", "port oper", "LAG members", "actor state", "partner state", "partner system", "partner key",
	"actor system", "actor key", "port VLANs", "neighbours"}

func compareAll(t *testing.T, s *Scenario) {
	t.Helper()
	known, unknown := map[string]int{}, map[string]int{}
	for _, c := range s.Captures() {
		check := func(what string, isKnown bool, got, want any) {
			if !isKnown {
				unknown[what]++
				return
			}
			known[what]++
			if g, w := fmt.Sprint(got), fmt.Sprint(want); g != w {
				t.Errorf("%s: %s: read %s, is %s", c.Device, what, g, w)
			}
		}
		if sw := s.Fabric.Switch(c.Device); sw != nil {
			got, err := driverlist.Driver(c.Platform).Parse(c)
			if err != nil {
				t.Errorf("%s: %v", c.Device, err)
				continue
			}
			for _, u := range got.Unread {
				t.Errorf("%s: not understood: %s: %.120q", c.Device, u.Why, u.From.Text())
			}
			compareSwitch(check, got, sw)
			continue
		}
		got, err := sourcelist.Source(c.Platform).Parse(c)
		if err != nil {
			t.Errorf("%s: %v", c.Device, err)
			continue
		}
		for _, u := range got.Unread {
			t.Errorf("%s: not understood: %s: %.120q", c.Device, u.Why, u.From.Text())
		}
		compareHost(check, got, s.Fabric.Host(c.Device))
	}
	for _, what := range slices.Sorted(maps.Keys(unknown)) {
		t.Logf("%s: %d known, %d unknown", what, known[what], unknown[what])
	}
	for _, what := range mustBeKnown {
		if known[what] == 0 {
			t.Errorf("%s: known nowhere", what)
		}
	}
}

type checker func(what string, isKnown bool, got, want any)

// fact checks one fact.
func fact[T any](check checker, what string, f capture.Fact[T], want any) {
	check(what, f.Known(), f.Value, want)
}

func compareSwitch(check checker, got *state.Switch, want *model.Switch) {
	fact(check, "hostname", got.Device.Hostname, want.Hostname)
	fact(check, "chassis MAC", got.Device.ChassisMAC, want.MAC)
	if len(want.Members) == 0 {
		fact(check, "serial", got.Device.Serial, want.Serial)
	}
	fact(check, "stacked", got.Device.Stacked, len(want.Members) > 0)
	if len(want.Members) > 0 { // a standalone switch may list itself
		check("stack members", true, len(got.Members), len(want.Members))
	}
	for _, p := range want.Ports {
		i := got.Interface(p.Name)
		if i == nil {
			check("port listed", got.Listed.Interfaces.Known(), p.Name+" is missing", p.Name)
			continue
		}
		fact(check, "port admin", i.Admin, p.Admin)
		fact(check, "port oper", i.Oper, p.Oper)
		if p.Oper == state.Up {
			fact(check, "port speed", i.Speed, p.Speed)
		}
		fact(check, "port description", i.Description, p.Description)
		fact(check, "port LAG", i.Aggregator, p.LAG)
	}
	for i := range want.LAGs {
		compareLAG(check, got, want, &want.LAGs[i])
	}
	check("LAG listed", got.Listed.Aggregators.Known(), len(got.Aggregators), len(want.LAGs))
	compareVLANs(check, got, want)
	compareNeighbours(check, got.Remotes, want.Neighbours)
	compareMLAG(check, got, want)
}

func compareLAG(check checker, got *state.Switch, sw *model.Switch, l *model.LAG) {
	a := got.Aggregator(l.Name)
	if a == nil {
		check("LAG members", true, l.Name+" is missing", l.Name)
		return
	}
	fact(check, "LAG protocol", a.Protocol, l.Protocol)
	fact(check, "LAG oper", a.Oper, l.Oper)
	if a.MinLinks.Known() && max(a.MinLinks.Value, 1) != max(l.MinLinks, 1) { // 0 and 1 mean the same
		check("LAG min-links", true, a.MinLinks.Value, l.MinLinks)
	}
	fact(check, "LAG fallback", a.Fallback, l.Fallback)
	fact(check, "LAG multi-chassis id", a.MLAGID, l.MLAGID)
	fact(check, "LAG Ethernet segment", a.ESI, l.ESI)
	var names, wanted []string
	for _, p := range a.Ports {
		names = append(names, p.Name)
	}
	for _, p := range l.Ports {
		wanted = append(wanted, p.Name)
	}
	slices.SortFunc(wanted, state.NaturalCompare)
	check("LAG members", true, names, wanted)
	for _, p := range a.Ports {
		if m := l.Port(p.Name); m != nil && l.Protocol == state.LACP {
			comparePort(check, &p, m, sw.Port(p.Name).Oper)
		}
	}
}

func comparePort(check checker, p *state.AggregationPort, m *model.LAGPort, oper state.Status) {
	// Selected by the selection logic (6.4.8) is not yet bundled: where frames do not flow for another reason, a platform may say so.
	if m.Reason != model.PartnerOut && m.Reason != model.TooFewLinks && (m.Heard || m.Reason != model.NoPDU) {
		check("selection", p.Selected.Known(), p.Selected.Value == state.Selected, m.Selected == state.Selected)
	}
	fact(check, "actor system", p.Actor.System, m.Actor.System)
	fact(check, "actor key", p.Actor.Key, m.Actor.Key)
	fact(check, "actor port", p.Actor.Port, m.Actor.Port)
	if oper == state.Up { // of a dark port platforms print what they like
		check("actor state", p.Actor.State.Known(), p.Actor.State.Value.Set, m.Actor.State&p.Actor.State.Value.Known)
	}
	if !m.Heard {
		fact(check, "partner system of nobody", p.Partner.System, state.MAC{})
		return
	}
	fact(check, "partner system", p.Partner.System, m.Partner.System)
	fact(check, "partner priority", p.Partner.SystemPriority, m.Partner.SystemPriority)
	fact(check, "partner key", p.Partner.Key, m.Partner.Key)
	fact(check, "partner port", p.Partner.Port, m.Partner.Port)
	check("partner state", p.Partner.State.Known(), p.Partner.State.Value.Set, m.Partner.State&p.Partner.State.Value.Known)
}

func compareVLANs(check checker, got *state.Switch, want *model.Switch) {
	for _, v := range want.VLANs {
		g := got.VLAN(v.ID)
		if g == nil {
			check("VLAN", !got.Listed.VLANs.Known(), fmt.Sprint(v.ID, " is missing"), v.ID)
			continue
		}
		fact(check, "VLAN active", g.Active, v.Active)
		fact(check, "VLAN name", g.Name, v.Name)
	}
	for _, b := range want.Bridge {
		g := got.BridgePort(b.Interface)
		if g == nil {
			check("bridge port", false, nil, nil)
			continue
		}
		fact(check, "port mode", g.Mode, b.Mode)
		fact(check, "port VLANs", g.Configured, b.Allowed)
		fact(check, "port PVID", g.PVID, b.PVID)
		if b.Oper == state.Up {
			fact(check, "port operational VLANs", g.Members, b.Active)
		}
	}
	if got.Listed.MACs.Known() {
		check("addresses", true, macs(got), modelMACs(want))
	}
}

func macs(s *state.Switch) (out []string) {
	for _, m := range s.MACs {
		if m.Kind.Value == state.Dynamic || m.Kind.Value == state.PeerLearned || !m.Kind.Known() {
			out = append(out, fmt.Sprint(m.VID, m.MAC, m.Interface))
		}
	}
	slices.Sort(out)
	return out
}

func modelMACs(s *model.Switch) (out []string) {
	for _, m := range s.MACs {
		out = append(out, fmt.Sprint(m.VID, m.MAC, m.Interface))
	}
	slices.Sort(out)
	return out
}

func compareNeighbours(check checker, got []state.RemoteSystem, want []model.Neighbour) {
	var g, w []string
	for _, r := range got {
		g = append(g, fmt.Sprint(r.Interface, " ", r.ChassisID.Value.ID, " ", r.PortID.Value.ID, " ", r.SystemName.Value))
	}
	for _, n := range want {
		w = append(w, fmt.Sprint(n.Port, " ", n.ChassisID.ID, " ", n.PortID.ID, " ", n.SystemName))
	}
	slices.Sort(g)
	slices.Sort(w)
	check("neighbours", true, g, w)
}

func compareMLAG(check checker, got *state.Switch, want *model.Switch) {
	m, w := got.MLAG, want.MLAG
	if w.Protocol == 0 {
		w.Protocol = state.NoMLAG
	}
	fact(check, "MLAG protocol", m.Protocol, w.Protocol)
	if w.Protocol != state.PeerLinkMLAG {
		return
	}
	fact(check, "MLAG peered", m.Peered, w.Peered)
	fact(check, "MLAG system", m.SystemMAC, w.SystemMAC)
	fact(check, "MLAG peer-link", m.PeerLink, w.PeerLink)
	fact(check, "MLAG peer-link oper", m.PeerLinkOper, w.PeerLinkOper)
	fact(check, "MLAG consistent", m.Consistent, len(w.Differences) == 0)
	if !got.Listed.MLAGPorts.Known() {
		check("MLAG ports", false, nil, nil)
		return
	}
	// Platforms have different words for what is not dual-active.
	word := func(s state.MLAGPortState) string {
		return map[bool]string{true: "dual-active", false: "not dual-active"}[s == state.DualActive]
	}
	untold := map[string]bool{} // NX-OS shows its own leg alone, and AOS-CX no state of one without LACP
	var g, p []string
	for _, x := range m.Ports {
		said := word(x.State.Value)
		if !x.State.Known() {
			untold[x.ID], said = true, "untold"
		}
		g = append(g, fmt.Sprint(x.ID, " ", x.Local.Value, " ", said))
	}
	for _, x := range w.Ports {
		said := word(x.State)
		if untold[x.ID] {
			said = "untold"
		}
		p = append(p, fmt.Sprint(x.ID, " ", x.Local, " ", said))
	}
	slices.SortFunc(p, state.NaturalCompare)
	slices.SortFunc(g, state.NaturalCompare)
	check("MLAG ports", true, g, p)
}

func compareHost(check checker, got *inventory.Host, want *model.Host) {
	fact(check, "host name", got.Hostname, want.Hostname)
	for _, n := range want.NICs {
		i := slices.IndexFunc(got.NICs, func(x inventory.NIC) bool { return x.Name == n.Name })
		if i < 0 {
			check("NIC", true, n.Name+" is missing", n.Name)
			continue
		}
		g := got.NICs[i]
		fact(check, "NIC MAC", g.MAC, n.MAC)
		fact(check, "NIC oper", g.Oper, n.Oper)
		check("NIC team", true, g.Team, n.Bond)
	}
	for _, b := range want.Bonds {
		i := slices.IndexFunc(got.Teams, func(x inventory.Team) bool { return x.Name == b.Name })
		if i < 0 {
			check("team", true, b.Name+" is missing", b.Name)
			continue
		}
		compareTeam(check, &got.Teams[i], &b)
	}
	var g, w state.VIDSet
	for _, u := range got.Uses {
		g = g.Union(u.VIDs)
	}
	for _, u := range want.Uses {
		w = w.Union(u.VIDs)
	}
	check("VLANs in use", true, g, w)
	compareNeighbours(check, got.Remotes, want.Heard)
}

func compareTeam(check checker, got *inventory.Team, want *model.Bond) {
	fact(check, "team mode", got.Mode, want.Mode)
	for _, m := range want.Members {
		i := slices.IndexFunc(got.Members, func(x inventory.TeamMember) bool { return x.Name == m.Name })
		if i < 0 {
			check("team member", true, m.Name+" is missing", m.Name)
			continue
		}
		g := &got.Members[i]
		fact(check, "member link", g.Link, m.Link)
		if want.Mode == inventory.TeamLACP {
			comparePort(check, &g.AggregationPort, &m.LAGPort, m.Link)
		}
	}
	if want.Mode != inventory.TeamLACP {
		return
	}
	together := map[bool]bool{}
	for i := range got.Members[:max(len(got.Members)-1, 0)] {
		a, b := got.Members[i], got.Members[i+1]
		if a.Aggregator.Known() && b.Aggregator.Known() {
			together[a.Aggregator.Value == b.Aggregator.Value] = true
		}
	}
	if len(together) > 0 {
		check("one aggregator", true, together[false], cmp.Compare(want.Members[0].Aggregator, want.Members[1].Aggregator) != 0)
	}
}
