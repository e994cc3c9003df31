package profile

import (
	"slices"

	"uplinkcheck/drivers/state"
	"uplinkcheck/verify"
	"uplinkcheck/verify/standard"
	"uplinkcheck/verify/topology"
)

// grundschutz makes a profile of the Kompendium, edition 2023, from the requirements of its levels, in the order of their ids.
func grundschutz(name, levels string, demands ...[]verify.Demand) *verify.Profile {
	p := &verify.Profile{
		Name:  name,
		Title: "BSI IT-Grundschutz-Kompendium, Edition 2023: " + levels,
		Doc: `The requirements of the Kompendium that the state of switches and hosts' uplinks says something about. A requirement is met here as far as that
evidence goes; what it asks for beyond is named with it. Live migration on a shared network warns: the Kompendium asks to
examine whether it needs one of its own. Say dedicated: true of the network in the inventory where that was decided, and it fails.`,
		Redundancy: true,
		Isolation:  true,
		Also:       []string{"LAG", "RED", "MLG", "VLN", "MGT", "SEP"},
		Demands:    slices.Concat(demands...),
		Rules: []verify.Rule{{
			Checks: []string{"SEP-001"}, From: verify.Fail, To: verify.Warn,
			Why:  "SYS.1.5.A9 (S) asks to examine whether live migration needs a network of its own, and the inventory does not say dedicated: true of it",
			When: notDedicated,
		}},
	}
	slices.SortStableFunc(p.Demands, func(a, b verify.Demand) int {
		return state.NaturalCompare(a.Clause.Clause, b.Clause.Clause)
	})
	p.Demands = append(p.Demands, question(standard.Kompendium, "The other requirements of the modules NET.1.1, NET.1.2, NET.3.1, OPS.1.1.3, SYS.1.1, SYS.1.5 and SYS.1.8",
		"they ask for documents, people, procedures or settings that the state of switches and uplinks does not show"))
	return p
}

// notDedicated reports whether nobody said of the network that nothing may share it.
func notDedicated(f *topology.Fabric, x *verify.Finding) bool {
	return !slices.ContainsFunc(f.Networks, func(n *topology.Network) bool { return n.Dedicated && x.Subject == n.Subject() })
}
