package inventory

import (
	"slices"

	"uplinkcheck/drivers/capture"
	"uplinkcheck/drivers/state"
)

// Declared returns the host that an entry's uplinks describe, with facts whose evidence are the lines of the file; nil when
// the entry has none. What an operator does not write down stays
// unknown: whether a link is up, its speed, what LACP says.
func Declared(e HostEntry) *Host {
	if len(e.Uplinks) == 0 {
		return nil
	}
	h := &Host{Name: e.Name, Source: "declared", From: e.From}
	if e.Hostname != "" {
		h.Hostname = capture.Of(e.Hostname, find(e.From, "hostname"))
	}
	for _, u := range e.Uplinks {
		h.NICs = append(h.NICs, NIC{Name: u.NIC, From: u.From, MAC: u.MAC, PCI: u.PCI, Team: u.Bond})
	}
	h.Teams = declaredTeams(e)
	// A list of uplinks is the whole list. What the host's guests use is not: nobody looked, so Uses stays unknown.
	h.Listed.NICs, h.Listed.Teams = e.From, e.From
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
