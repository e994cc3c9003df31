package profile

import (
	"uplinkcheck/verify"
	"uplinkcheck/verify/standard"
)

// GS2023Erhoeht holds all requirements of the Kompendium, those for raised protection included.
var GS2023Erhoeht = add(grundschutz("gs2023-erhoeht", "Basis and Standard requirements, and those for raised protection (B, S, E)", basisLevel, standardLevel, raisedLevel))

var raisedLevel = []verify.Demand{
	clause(standard.Grundschutz("NET.1.1.A28", "E"), "firewalls and other components that are no switch of the inventory", "RED-010", "MLG-002", "MLG-012", "CLU-003", "SVC-003", "SVC-005"),
	clause(standard.Grundschutz("NET.1.1.A29", "E"), "lines of providers, and power and rooms that the inventory does not declare", "RED-010", "RED-011", "CLU-007"),
	clause(standard.Grundschutz("NET.1.1.A31", "E"), "", "MGT-012", "SEP-007"),
	clause(standard.Grundschutz("NET.1.1.A32", "E"), "", "MGT-012"),
	clause(standard.Grundschutz("NET.1.1.A33", "E"), "rule sets of micro-segmentation on the hosts", "SEP-012"),
	clause(standard.Grundschutz("NET.1.1.A36", "E"), "the protection requirement itself: it is taken as declared", "SEP-007"),
	clause(standard.Grundschutz("NET.1.2.A30", "E"), "the servers of network management", "MGT-009", "SVC-005"),
	clause(standard.Grundschutz("NET.1.2.A32", "E"), "", "MGT-010", "MGT-012"),
	clause(standard.Grundschutz("NET.1.2.A35", "E"), "retention and access to the evidence", "EVD-007"),
	clause(standard.Grundschutz("NET.3.1.A26", "E"), "", "RED-001", "RED-002", "MLG-001", "MLG-002", "MLG-003", "MLG-008", "MLG-009", "MLG-013"),
	clause(standard.Grundschutz("SYS.1.1.A28", "E"), "redundancy inside the servers, beyond their network interfaces", "RED-001", "RED-002", "RED-004", "CLU-007"),
	clause(standard.Grundschutz("SYS.1.5.A20", "E"), "high availability of the management servers and of storage itself", "RED-001", "RED-002", "CLU-001", "CLU-003", "CLU-004", "SVC-008"),
	clause(standard.Grundschutz("SYS.1.8.A22", "E"), "the storage systems themselves", "SEP-009", "SVC-004"),
}
