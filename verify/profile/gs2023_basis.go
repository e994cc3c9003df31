package profile

import (
	"uplinkcheck/verify"
	"uplinkcheck/verify/standard"
)

// GS2023Basis holds the Basis requirements of the Kompendium.
var GS2023Basis = add(grundschutz("gs2023-basis", "Basis requirements (B)", basisLevel))

var basisLevel = []verify.Demand{
	clause(standard.Grundschutz("NET.1.1.A2", "B"), "the documentation itself: only whether what is written down about the cabling agrees with what the devices say", "RED-008", "RED-009", "SEP-008"),
	clause(standard.Grundschutz("NET.1.1.A4", "B"), "the rule sets between the zones", "SEP-013"),
	clause(standard.Grundschutz("NET.1.1.A6", "B"), "segments that no switch of the inventory carries", "SEP-005"),
	clause(standard.Grundschutz("NET.1.1.A13", "B"), "the plan as a document, and the dimensions of what the inventory says nothing about", "LAG-011", "RED-001", "RED-002", "RED-003", "RED-013"),
	clause(standard.Grundschutz("NET.1.1.A14", "B"), "acceptance and its record", "RED-005", "RED-007", "MLG-016"),
	clause(standard.Grundschutz("NET.1.1.A15", "B"), "that the comparison is repeated regularly", "RED-005", "RED-006", "VLN-013", "CLU-006", "EVD-001"),
	clause(standard.Grundschutz("NET.1.2.A8", "B"), "the time sources: only whether the devices' clocks make their evidence coherent", "EVD-002"),
	clause(standard.Grundschutz("NET.1.2.A9", "B"), "protocols and accounts of network management: only whether each device is the one meant", "EVD-005"),
	clause(standard.Grundschutz("NET.3.1.A1", "B"), "services and settings of the switch that have nothing to do with ports and VLANs", "VLN-003", "VLN-004", "VLN-017"),
	clause(standard.Grundschutz("NET.3.1.A4", "B"), "accounts, passwords and protocols of the administration interfaces", "MGT-005", "MGT-010", "EVD-006"),
	clause(standard.Grundschutz("NET.3.1.A8", "B"), "the backup itself: only whether the running configuration is the saved one", "EVD-003"),
	clause(standard.Grundschutz("NET.3.1.A9", "B"), "the operating documents", "EVD-003", "EVD-008"),
	clause(standard.Grundschutz("OPS.1.1.3.A1", "B"), "the concept and its approval: only whether a change to one switch is safe for the networks now", "RED-012"),
	clause(standard.Grundschutz("SYS.1.5.A2", "B"), "", "VLN-001", "VLN-014", "CLU-001", "SVC-001"),
	clause(standard.Grundschutz("SYS.1.5.A4", "B"), "the inside of virtual switches and virtual firewalls", "MGT-007", "MGT-008"),
	clause(standard.Grundschutz("SYS.1.5.A5", "B"), "accounts, and the rule sets in front of the interfaces", "MGT-002", "MGT-004", "MGT-006"),
	clause(standard.Grundschutz("SYS.1.5.A6", "B"), "logging: only whether uplinks and VLANs are known and as assigned", "RED-009", "VLN-001"),
	clause(standard.Grundschutz("SYS.1.5.A7", "B"), "the clocks of virtual machines: only the path to the time servers", "SVC-001"),
}
