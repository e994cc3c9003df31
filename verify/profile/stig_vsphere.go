package profile

import (
	"uplinkcheck/verify"
	"uplinkcheck/verify/standard"
)

// STIGvSphere are the rules for ESXi and vCenter that are about networks.
var STIGvSphere = add(&verify.Profile{
	Name:  "stig-vsphere",
	Title: "DISA STIG for VMware ESXi and vCenter: the rules about networks",
	Doc: `What the rules ask of port groups and networks, as far as the switches' side of each uplink and the declared networks show it. ESXI-67-000066 and
ESXI-06-000068 are about the physical port behind a hypervisor, which no scan of the host can see; later rule sets that were looked at do not have them, so they
are cited as origin, not as current obligation.`,
	Demands: []verify.Demand{
		clause(standard.STIG("ESXI-80-000160"), "", "SEP-001", "SEP-002"),
		clause(standard.STIG("ESXI-70-000048"), "", "SEP-001", "SEP-002"),
		clause(standard.STIG("ESXI-80-000198"), "", "MGT-001"),
		clause(standard.STIG("ESXI-70-000049"), "", "MGT-001"),
		clause(standard.STIG("ESXI-80-000199"), "", "SEP-003"),
		clause(standard.STIG("ESXI-70-000050"), "", "SEP-003"),
		clause(standard.STIG("VCSA-80-000279"), "", "SEP-003"),
		clause(standard.STIG("ESXI-80-000220"), "", "VLN-016", "MGT-007"),
		clause(standard.STIG("ESXI-70-000064"), "", "VLN-016"),
		clause(standard.STIG("VCSA-80-000273"), "", "VLN-016", "MGT-007"),
		clause(standard.STIG("ESXI-70-000063"), "", "VLN-009"),
		clause(standard.STIG("VCSA-80-000272"), "", "VLN-009"),
		clause(standard.STIG("ESXI-70-000065"), "", "VLN-010"),
		clause(standard.STIG("VCSA-80-000274"), "", "VLN-010"),
		clause(standard.STIG("ESXI-67-000066"), "", "VLN-011"),
		clause(standard.STIG("ESXI-06-000068"), "the documentation itself", "VLN-003", "VLN-004"),
		clause(standard.STIG("ESXI-80-000215"), "a setting of the host that is not collected"),
		clause(standard.STIG("VCSA-80-000267"), "a setting of vCenter that is not collected"),
		question(standard.VSphereSTIG, "The other rules for ESXi and vCenter", "they are about the hypervisor and its management, not about its networks"),
	},
})
