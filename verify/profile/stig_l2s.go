package profile

import (
	"uplinkcheck/verify"
	"uplinkcheck/verify/standard"
)

// STIGL2S are the rules for layer-2 switches that are about ports and VLANs.
var STIGL2S = add(&verify.Profile{
	Name:  "stig-l2s",
	Title: "DISA STIG for layer-2 switches: the SRG and the rules for Cisco, Arista EOS and Juniper EX",
	Doc: `The rules of the Layer 2 Switch SRG that are about trunks, the default VLAN and unused ports, each followed by the vendors' rules that follow from it.
Where the exact title of a rule was not seen, it is told in our words.`,
	Demands: []verify.Demand{
		clause(standard.STIG("SRG-NET-000512-L2S-000007"), "", "VLN-017"),
		clause(standard.STIG("CISC-L2-000210"), "", "VLN-017"),
		clause(standard.STIG("SRG-NET-000512-L2S-000008"), "", "VLN-008"),
		clause(standard.STIG("CISC-L2-000220"), "", "VLN-008"),
		clause(standard.STIG("SRG-NET-000512-L2S-000009"), "", "VLN-007"),
		clause(standard.STIG("CISC-L2-000230"), "", "VLN-007"),
		clause(standard.STIG("ARST-L2-000190"), "", "VLN-007"),
		clause(standard.STIG("JUEX-L2-000210"), "", "VLN-007"),
		clause(standard.STIG("SRG-NET-000512-L2S-000010"), "", "MGT-003", "MGT-010"),
		clause(standard.STIG("CISC-L2-000240"), "", "MGT-003"),
		clause(standard.STIG("ARST-L2-000200"), "", "MGT-003"),
		clause(standard.STIG("SRG-NET-000512-L2S-000011"), "", "VLN-019"),
		clause(standard.STIG("CISC-L2-000250"), "", "VLN-019"),
		clause(standard.STIG("JUEX-L2-000230"), "", "VLN-019"),
		clause(standard.STIG("SRG-NET-000512-L2S-000012"), "", "VLN-006"),
		clause(standard.STIG("CISC-L2-000260"), "", "VLN-005", "VLN-006"),
		clause(standard.STIG("JUEX-L2-000240"), "", "VLN-005", "VLN-006"),
		clause(standard.STIG("SRG-NET-000512-L2S-000013"), "", "VLN-006"),
		clause(standard.STIG("CISC-L2-000270"), "", "VLN-006"),
		clause(standard.STIG("JUEX-L2-000250"), "", "VLN-006"),
		clause(standard.STIG("ARST-L2-000150"), "whether UDLD is configured: only whether both directions carry LACPDUs", "LAG-013"),
		clause(standard.STIG("JUEX-L2-000180"), "whether OAM is configured: only whether both directions carry LACPDUs", "LAG-013"),
		clause(standard.STIG("ARST-L2-000160"), "", "VLN-011"),
		question(standard.L2S, "Is the path to DHCP servers trusted where snooping is on?", "the rule's id was not verified and is not given", "SVC-006"),
		question(standard.L2S, "The other rules for layer-2 switches", "they are about accounts, logging, storm control, port security and 802.1X, which are not collected"),
	},
})
