package profile

import (
	"uplinkcheck/verify"
	"uplinkcheck/verify/standard"
)

// PCISegmentation are the requirements of PCI DSS that are about networks and their separation.
var PCISegmentation = add(&verify.Profile{
	Name:  "pci-segmentation",
	Title: "PCI DSS v4.0: the requirements about network connections and segmentation",
	Doc: `What layer 2 shows of the segmentation: which networks share VLANs, ports or broadcast domains with which. Rule sets of firewalls and the tests of an
assessor are beyond it.`,
	Isolation: true,
	Also:      []string{"MGT", "SEP", "VLN"},
	Demands: []verify.Demand{
		clause(standard.PCI("1.2.2"), "approval and testing of changes: uplinkcheck gate compares before and after, people approve"),
		clause(standard.PCI("1.2.3"), "the diagram itself: only whether what is written down about the cabling agrees with what the devices say", "RED-008"),
		clause(standard.PCI("1.2.7"), "that it is done every six months, and the rule sets of firewalls", "VLN-003", "VLN-004", "MGT-002"),
		clause(standard.PCI("1.2.8"), "devices that are not in the inventory", "VLN-013"),
		clause(standard.PCI("2.2.3"), "functions that share one machine", "SEP-005"),
		clause(standard.PCI("6.5.1"), "the procedure and its record", "RED-012"),
		question(standard.PCI("11.4.5"), "Do segments that are declared apart stay apart on layer 2?", "the penetration test of the segmentation, and layer 3",
			"MGT-001..004", "MGT-007", "MGT-008", "SEP-003..008", "SEP-013", "VLN-005"),
	},
})
