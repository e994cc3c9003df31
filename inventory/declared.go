package inventory

import (
	"slices"

	"uplinkcheck/drivers/capture"
	"uplinkcheck/drivers/state"
)

// Declared returns the host that an entry's uplinks describe, with facts whose evidence are the lines of the file; nil when
// the entry has none. It uses the networks of the entry and of its clusters. What an operator does not write down stays
// unknown: whether a link is up, its speed, what LACP says.
func (inv *Inventory) Declared(e HostEntry) *Host {
	if len(e.Uplinks) == 0 {
		return nil
	}
	h := &Host{Name: e.Name, Source: "declared", From: e.From}
	if e.Hostname != "" {
		h.Hostname = capture.Of(e.Hostname, find(e.From, "hostname"))
	}
	for _, u := range e.Uplinks {
		h.NICs = append(h.NICs, NIC{Name: u.NIC, From: u.From, MAC: u.MAC, Team: u.Bond})
	}
	h.Teams = declaredTeams(e)
	h.Uses = inv.declaredUses(e)
	// A list of uplinks is the whole list; what they carry is known only when networks are named.
	h.Listed.NICs, h.Listed.Teams = e.From, e.From
	if len(h.Uses) > 0 {
		h.Listed.Uses = e.From
	}
	slices.SortStableFunc(h.NICs, func(a, b NIC) int { return state.NaturalCompare(a.Name, b.Name) })
	return h
}

// declaredTeams returns the bonds, also those that only an uplink names: their mode is unknown.
func declaredTeams(e HostEntry) []Team {
	var teams []Team
	for _, b := range e.Bonds {
		t := Team{Name: b.Name, From: b.From}
		if b.Mode != 0 {
			t.Mode = capture.Of(b.Mode, b.From)
			t.ModeWord = capture.Of(b.Mode.String(), b.From)
		}
		teams = append(teams, t)
	}
	for _, u := range e.Uplinks {
		if u.Bond == "" {
			continue
		}
		i := slices.IndexFunc(teams, func(t Team) bool { return t.Name == u.Bond })
		if i < 0 {
			i = len(teams)
			teams = append(teams, Team{Name: u.Bond, From: u.From})
		}
		teams[i].Members = append(teams[i].Members, TeamMember{AggregationPort: state.AggregationPort{Name: u.NIC, From: u.From}})
	}
	slices.SortStableFunc(teams, func(a, b Team) int { return state.NaturalCompare(a.Name, b.Name) })
	return teams
}

// declaredUses returns one use for each network over each bond, or NIC alone, that carries it.
func (inv *Inventory) declaredUses(e HostEntry) []Use {
	var uses []Use
	for _, need := range inv.needs(e) {
		w := inv.Network(need.network)
		if w == nil {
			continue
		}
		for _, u := range e.Uplinks {
			if len(u.Networks) > 0 && !slices.Contains(u.Networks, w.Name) {
				continue
			}
			use := Use{Name: w.Name, From: need.from, Over: u.NIC, Kind: HostInterface, VIDs: w.VLANs, Untagged: w.Untagged}
			if u.Bond != "" {
				use.Over = u.Bond
			}
			if w.Untagged {
				use.VIDs = state.VIDSet{}
			}
			if w.Role == Guest {
				use.Kind = GuestPort
			}
			if !slices.ContainsFunc(uses, func(o Use) bool { return o.Name == use.Name && o.Over == use.Over }) {
				uses = append(uses, use)
			}
		}
	}
	return uses
}

type need struct {
	network string
	from    capture.Span
}

// needs lists the networks of a host with what says so: its own, those of its uplinks, those of its clusters.
func (inv *Inventory) needs(e HostEntry) (out []need) {
	add := func(names []string, from capture.Span) {
		for _, n := range names {
			if !slices.ContainsFunc(out, func(x need) bool { return x.network == n }) {
				out = append(out, need{n, from})
			}
		}
	}
	add(e.Networks, find(e.From, "networks"))
	for _, u := range e.Uplinks {
		add(u.Networks, u.From)
	}
	for _, c := range inv.Clusters {
		if slices.Contains(c.Hosts, e.Name) {
			add(c.Networks, c.From)
		}
	}
	return out
}

// Network returns the network of that name, or nil.
func (inv *Inventory) Network(name string) *Network {
	for i := range inv.Networks {
		if inv.Networks[i].Name == name {
			return &inv.Networks[i]
		}
	}
	return nil
}
