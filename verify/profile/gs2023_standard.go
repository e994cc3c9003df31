package profile

import (
	"uplinkcheck/verify"
	"uplinkcheck/verify/standard"
)

// GS2023Standard holds the Basis and Standard requirements of the Kompendium.
var GS2023Standard = add(grundschutz("gs2023-standard", "Basis and Standard requirements (B, S)", basisLevel, standardLevel))

var standardLevel = []verify.Demand{
	clause(standard.Grundschutz("NET.1.1.A17", "S"), "the specification as a document", "RED-001", "RED-002"),
	clause(standard.Grundschutz("NET.1.1.A19", "S"), "services that the inventory does not name", "SVC-002"),
	clause(standard.Grundschutz("NET.1.1.A21", "S"), "the rule sets of packet filters, and which people and accounts may manage", "MGT-001", "MGT-002", "MGT-004", "MGT-005", "MGT-008", "MGT-011", "MGT-013"),
	clause(standard.Grundschutz("NET.1.1.A22", "S"), "the specification as a document", "SEP-004", "SEP-008"),
	clause(standard.Grundschutz("NET.1.1.A23", "S"), "rule sets, and encryption between institutions", "MGT-008", "SEP-005", "SEP-006", "SEP-010"),
	clause(standard.Grundschutz("NET.1.1.A24", "S"), "", "VLN-003", "VLN-004", "VLN-005", "VLN-018", "MGT-003", "SEP-006", "SEP-013"),
	clause(standard.Grundschutz("NET.1.2.A25", "S"), "the monitoring itself: only what its subject is now", "LAG-018", "RED-007"),
	clause(standard.Grundschutz("NET.3.1.A12", "S"), "the checklist as a document", "MLG-004", "SVC-007"),
	clause(standard.Grundschutz("NET.3.1.A13", "S"), "", "MGT-010"),
	clause(standard.Grundschutz("NET.3.1.A18", "S"), "the content of access lists", "MGT-005"),
	clause(standard.Grundschutz("NET.3.1.A23", "S"), "the audit and the penetration test themselves: only that this evidence can be verified again", "EVD-007"),
	clause(standard.Grundschutz("SYS.1.5.A8", "S"), "the planning as a document", "SEP-011"),
	clause(standard.Grundschutz("SYS.1.5.A9", "S"), "the planning as a document, and the examination that led to it", "RED-001", "RED-002", "MLG-007", "VLN-001", "MGT-001", "SEP-001", "SEP-003", "SEP-004", "CLU-001", "CLU-002"),
	clause(standard.Grundschutz("SYS.1.5.A11", "S"), "which people and accounts administer", "MGT-001"),
	clause(standard.Grundschutz("SYS.1.5.A14", "S"), "configuration standards beyond the network", "RED-016", "MLG-004", "MLG-015", "CLU-005", "SVC-007"),
	clause(standard.Grundschutz("SYS.1.5.A15", "S"), "separation inside the host", "SEP-004", "SEP-005", "SEP-011"),
	clause(standard.Grundschutz("SYS.1.5.A19", "S"), "audits beyond the network, and that they are repeated", "CLU-005", "CLU-006", "EVD-001", "EVD-007"),
	clause(standard.Grundschutz("SYS.1.8.A14", "S"), "segmentation inside a Fibre Channel fabric", "SEP-003"),
	clause(standard.Grundschutz("SYS.1.8.A15", "S"), "separation inside the storage systems", "SEP-003"),
}
