package profile

import (
	"uplinkcheck/verify"
	"uplinkcheck/verify/standard"
)

// M5153 is the safeguard that this program comes from.
var M5153 = add(&verify.Profile{
	Name:  "m5.153",
	Title: "BSI IT-Grundschutz-Kataloge, M 5.153",
	Doc: `The origin of this program: planning the network for virtual infrastructures. The Kompendium took its place, but it is still the most specific text. Its
paragraphs are read here as seven questions; they are derived from its content, their wording is ours. Live migration on a shared network fails.`,
	Redundancy: true,
	Isolation:  true,
	Also:       []string{"LAG", "RED", "MLG", "VLN", "MGT", "SEP"},
	Demands: []verify.Demand{
		question(standard.M5153, "Is the management network of the virtualisation hosts separate from guest networks, and reachable only from the intended workstations?",
			"who the authorised administrators are, and the rule sets of routers and firewalls between the networks", "MGT-001..008", "MGT-010..013", "SEP-004"),
		question(standard.M5153, "Does live migration use its own network?", "whether live migration is encrypted", "SEP-001", "SEP-002", "CLU-002"),
		question(standard.M5153, "Are guest networks separated according to protection requirements, and physical separation kept where it existed?",
			"the protection requirements themselves: they are taken as declared", "SEP-005..007", "SEP-010..013", "VLN-005", "VLN-016"),
		question(standard.M5153, "Are the hosts' network connections redundant, aggregated (IEEE 802.3ad) and connected to different switches?", "",
			"LAG-001..008", "LAG-010", "LAG-019", "LAG-020", "RED-001..008", "RED-014", "RED-015", "MLG-001..010", "VLN-002", "VLN-015"),
		question(standard.M5153, "Are the availability requirements of all guests of the cluster met by the network?",
			"the availability requirements themselves: they are taken as declared", "RED-002", "RED-010", "CLU-001..007", "MGT-009"),
		question(standard.M5153, "Do hosts and guests reach the storage networks and infrastructure services they need?",
			"whether the services answer: only the path of the network to them is judged", "VLN-001", "SEP-003", "SEP-009", "SVC-001..005"),
		question(standard.M5153, "Is the actual state compared with the plan, and the comparison documented?",
			"that it is done regularly", "RED-016", "VLN-003", "CLU-005", "EVD-001..008"),
		question(standard.M5153, "May only authorised administrators use the management network?", "accounts and people leave no trace in the state of a switch"),
		question(standard.M5153, "Does the virtualisation product itself keep guests' segments apart?", "only what leaves the host is seen: the inside of a virtual switch is not examined"),
	},
})
