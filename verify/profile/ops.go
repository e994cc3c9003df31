package profile

import (
	"uplinkcheck/verify"
	"uplinkcheck/verify/standard"
)

// Ops asks for availability only.
var Ops = add(&verify.Profile{
	Name:  "ops",
	Title: "availability only, no compliance",
	Doc: `The questions of whoever is on call: does everything carry frames, does it keep doing so when one thing fails, and can this report be relied on. What only a
standard asks for, and who may reach what, is left out.`,
	Redundancy: true,
	Demands: []verify.Demand{
		ask("Does everything that should carry frames do so now?", "LAG-001..003", "LAG-007", "LAG-008", "LAG-012", "LAG-013", "LAG-019", "LAG-020", "RED-007", "VLN-001", "VLN-012", "VLN-013"),
		ask("Do both ends of each link and LAG mean the same?", "LAG-004..006", "LAG-009", "LAG-010", "LAG-017", "VLN-002", "VLN-014", "VLN-015", "VLN-018"),
		ask("Do cables end where they should?", "RED-005", "RED-006", "RED-008", "RED-009"),
		ask("Does each network of each host survive the loss of one switch, link, NIC or domain?", "RED-001..004", "RED-010..012", "RED-014", "RED-015", "MGT-009", "LAG-011"),
		ask("Is what is left then enough?", "RED-013", "RED-016", "LAG-016"),
		ask("Can multi-chassis peers and stacks take over from each other?", "MLG-001..016"),
		ask("Does each cluster keep its hosts together, and enough of them?", "CLU-001..007"),
		ask("Do gateways, storage and services stay reachable?", "SVC-001", "SVC-003..008", "SEP-009"),
		ask("Is anything unstable?", "LAG-014", "LAG-015", "LAG-018"),
		ask("Can this report be relied on?", "EVD-001..008"),
	},
})

// ask is a demand that no document makes.
func ask(what string, checks ...string) verify.Demand {
	return question(standard.Clause{}, what, "", checks...)
}
