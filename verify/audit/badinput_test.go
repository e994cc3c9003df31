package audit_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"uplinkcheck/drivers/capture"
	"uplinkcheck/drivers/state"
	"uplinkcheck/inventory"
	"uplinkcheck/testbed"
	"uplinkcheck/verify"
	"uplinkcheck/verify/audit"
	"uplinkcheck/verify/change"
	"uplinkcheck/verify/reload"
)

// What people hand in that is wrong, contradicts itself or is incomplete, from the evidence to the findings. Each is laid over
// "healthy", where everything passes, unless it names a base.
type badInput struct {
	name     string
	scenario string
	twice    []string // "leaf2=leaf1": what answered as leaf2 is leaf1; "…, another key": and it showed another host key
	borrowed []string // "leaf1=leaf2: COMMAND": leaf1's reply to the command is leaf2's; "old leaf1": as it was without the faults
	missing  []string // devices that are not in the evidence at all
	mute     []string // devices of which every reply is empty

	refused string   // the inventory is refused, in words that hold these; nothing else is looked at then
	says    []string // "OUTCOME CHECK SUBJECT: words" of the reason or of what is missing; several separated by " … "
	never   []string // "CHECK SUBJECT", by its beginning: what may not pass
	passes  []string // "CHECK SUBJECT", by its beginning: what still passes, of which there is some

	reload  []string // names for reload-check; its answer is that nobody can tell, unless answer says otherwise
	answer  state.Tri
	entries []string // "NAME: words" of the reason or of what is missing
	unnamed string   // the error of reload-check, where a name is not known or not clear
}

// Hosts that are only written down, on switches without LLDP: nothing but LACP and the inventory tells where they are.
const onlyDeclared = `
machines: {admin: null, fw1: null}
switches: {leaf1: {lldp: false}, leaf2: {lldp: false}}
hosts:
  esx1: {source: declared, cabled: true, lldp: false, uplinks: {eno1: leaf1/1, eno2: leaf2/1}}
  kvm1: {source: declared, cabled: true, lldp: false, uplinks: {eno1: leaf1/2, eno2: leaf2/2}}
`

// redundancy is what may not pass while of half of a pair nothing is known.
var redundancy = []string{"RED-001", "RED-002", "RED-003", "RED-010", "RED-012", "RED-015", "CLU-002", "CLU-003", "MGT-009", "SVC-003", "MLG-"}

var badInputs = []badInput{
	// Contradictions.
	{name: "LLDP and LACP name different uplinks", borrowed: []string{"leaf1=leaf2: show lldp neighbors detail | json"},
		says: []string{"fail RED-008 esx1/eno2: LLDP seen by switch: leaf1/Ethernet1 … LACP partner seen by switch: leaf2/Ethernet1",
			"unknown RED-001 esx1: eno2 (contradicted) … settle RED-008", "unknown RED-009 kvm1/eno2: settle RED-008"},
		never: []string{"RED-001", "RED-002", "RED-007 esx1/eno2", "RED-009 esx1/eno2", "RED-012", "VLN-001 esx1/eno2", "CLU-003"}, reload: []string{"leaf2"}, entries: []string{"esx1: disagree|contradicted"}},
	{name: "the cables of two hosts are swapped, and only LACP and the inventory tell of them",
		scenario: onlyDeclared + "faults: [{fault: legs-swapped, on: esx1/eno1, with: kvm1/eno1}, {fault: legs-swapped, on: esx1/eno2, with: kvm1/eno2}]",
		says: []string{"fail RED-008 esx1/eno1: declared: leaf1/Ethernet1; LACP partner seen by switch: leaf1/Ethernet1 leads to kvm1/bond0",
			"fail RED-005 leaf1+leaf2/Port-Channel1: leaf1/Ethernet1 hears the LACP identity of kvm1/bond0, but esx1/eno1 is meant to be there", "unknown RED-001 kvm1: settle RED-008"},
		never: []string{"RED-001", "RED-002", "RED-005", "RED-007", "RED-009", "RED-012", "VLN-001", "CLU-003"}, reload: []string{"leaf2"}, entries: []string{"esx1: leads to kvm1/bond0"}},
	{name: "a host shows the LACP identity of another, and only LACP and the inventory tell of them",
		scenario: onlyDeclared + "faults: [{fault: duplicate-partner, on: esx1, with: kvm1}]",
		says:     []string{"fail RED-008 esx1/eno1: leads to kvm1/bond0", "fail RED-005 leaf1+leaf2/Port-Channel1: hears the LACP identity of kvm1/bond0", "unknown RED-002 esx1/guests: "},
		never:    []string{"RED-001 esx1", "RED-002 esx1/", "RED-005 leaf1+leaf2/Port-Channel1", "RED-012"}, passes: []string{"RED-001 kvm1"}},
	{name: "LLDP sees one host where LACP hears another", scenario: "base: mlag-pair\nfaults: [{fault: legs-swapped, on: esx1/eno1, with: kvm1/eno1}, {fault: legs-swapped, on: esx1/eno2, with: kvm1/eno2}]\n" +
		"hosts: {kvm1: {source: declared}}\nmachines: {admin: null}", borrowed: []string{"leaf1=old leaf1: show lldp neighbors detail | json", "leaf2=old leaf2: show lldp neighbors detail | json"},
		says: []string{"fail RED-008 esx1/eno1: LLDP seen by switch: leaf1/Ethernet1; LACP partner seen by switch: leaf1/Ethernet1 leads to kvm1/bond0",
			"unknown RED-005 leaf1+leaf2/Port-Channel1: settle RED-008 for esx1/eno1", "unknown RED-001 esx1: contradicted"},
		never: []string{"RED-001", "RED-002", "RED-005", "RED-007", "RED-009", "RED-012"}},
	{name: "a leg is in the port of another host", scenario: "faults: [{fault: leg-patched-to-other-host, on: esx1/eno2, with: kvm1/eno2}]",
		says:   []string{"fail LAG-004 leaf1+leaf2/Port-Channel1: partner system", "fail RED-005 leaf1+leaf2/Port-Channel1: ", "fail RED-002 esx1/"},
		never:  []string{"RED-002 esx1/", "LAG-004 leaf1+leaf2/Port-Channel1", "RED-005 leaf1+leaf2/Port-Channel1"},
		reload: []string{"leaf1"}, answer: state.No, entries: []string{"esx1: no uplink is left"}},
	{name: "a leg is in the port of another host, which the inventory still has there", scenario: "faults: [{fault: leg-patched-to-other-host, on: esx1/eno1, with: kvm1/eno1}]\n" +
		"inventory: {links: [[esx1/eno1, leaf1/Ethernet1], [kvm1/eno1, leaf1/Ethernet2]]}",
		says: []string{"fail RED-008 esx1/eno1: kvm1/eno1 was seen there", "fail RED-008 kvm1/eno1: sources disagree", "fail RED-001 esx1: every uplink that forwards ends on one switch", "fail RED-007 esx1/eno1: is down",
			"fail RED-005 leaf1+leaf2/Port-Channel1: but esx1/eno1 is meant to be there"},
		never: []string{"RED-001", "RED-002", "RED-005 leaf1+leaf2/Port-Channel1", "VLN-001 kvm1/eno1"}},
	{name: "the inventory has an uplink elsewhere than LLDP and LACP", scenario: "inventory: {links: [[esx1/eno1, leaf1/Ethernet21]]}",
		says:   []string{"fail RED-008 esx1/eno1: sources disagree … leaf1/Ethernet1 … declared: leaf1/Ethernet21", "unknown RED-001 esx1: contradicted … settle RED-008", "unknown RED-009 esx1/eno1: settle RED-008"},
		never:  []string{"RED-001 esx1", "RED-002 esx1/", "VLN-001 esx1/eno1", "RED-012 leaf2"},
		passes: []string{"RED-001 kvm1", "RED-002 kvm1/"}, reload: []string{"leaf2"}, entries: []string{"esx1: contradict|disagree"}},
	{name: "the inventory has a cable between switches where LLDP sees hosts", scenario: "inventory: {links: [[leaf1/Ethernet1, leaf2/Ethernet2]]}",
		says: []string{"fail RED-008 esx1/eno1: declared: leaf1/Ethernet1 leads to leaf2/Ethernet2", "fail RED-008 kvm1/eno2: sources disagree",
			"fail RED-008 leaf1/Ethernet1 to leaf2/Ethernet2: is declared, and at leaf1/Ethernet1 is esx1/eno1", "unknown RED-001 esx1: settle RED-008"},
		never: []string{"RED-001", "RED-002", "CLU-003", "RED-012"}, reload: []string{"leaf2"}, entries: []string{"esx1: leads to leaf2/Ethernet2"}},
	{name: "the inventory has a host at the peer-link", scenario: onlyDeclared + "inventory: {hosts: {box: {bonds: {bond0: lacp}, uplinks: [" +
		"{nic: a, mac: 00:53:00:00:99:01, bond: bond0, port: leaf1/Ethernet47}, {nic: b, mac: 00:53:00:00:99:02, bond: bond0, port: leaf2/Ethernet47}]}}, clusters: {prod: {hosts: [esx1, kvm1, box]}}}",
		says:   []string{"fail RED-008 box/a: declared: leaf1/Ethernet47; peer-link: leaf1/Ethernet47 leads to a switch", "unknown RED-001 box: contradicted", "unknown RED-002 box/"},
		never:  []string{"RED-001 box", "RED-002 box/", "RED-007 box/", "VLN-001 box/", "RED-012"},
		reload: []string{"leaf1"}, entries: []string{"box: disagree"}},
	{name: "the inventory has the cables of the peer-link crossed", scenario: "inventory: {links: [[leaf1/Ethernet47, leaf2/Ethernet48], [leaf1/Ethernet48, leaf2/Ethernet47]]}",
		says:  []string{"fail RED-008 leaf1/Ethernet47 to leaf2/Ethernet48: sources disagree … declared: leaf2/Ethernet48", "unknown SEP-006 guests: sources disagree about where the cable", "unknown MGT-008 management: look at the cable"},
		never: []string{"SEP-006", "MGT-008", "VLN-018"}},
	{name: "cables that end nowhere", scenario: "inventory: {links: [[leaf1/Ethernet77, leaf2/Ethernet78], [esx1/eno7, leaf1/Ethernet76]]}",
		says: []string{"warn RED-008 leaf1/Ethernet77 to leaf2/Ethernet78: leaf1 has no Ethernet77 … leaf2 has no Ethernet78", "warn RED-008 esx1/eno7 to leaf1/Ethernet76: esx1 has no eno7"}},
	{name: "an uplink on a port that is not there", scenario: "inventory: {links: [[esx1/eno1, leaf2/Ethernet77]]}",
		says: []string{"warn RED-008 esx1/eno1: leaf2/Ethernet77, a port that leaf2 does not have"}},

	// Half of a pair.
	{name: "one switch of a pair does not answer", scenario: "machines: {admin: null}\nunreachable: [leaf2]",
		says: []string{"unknown EVD-001 leaf2: i/o timeout", "unknown LAG-004 leaf1/Port-Channel1: multi-chassis, but no peer of leaf1 gave state", "unknown RED-001 esx1: eno2 (none)",
			"unknown RED-002 esx1/vmotion: eno2: not known on which switch port it ends", "unknown MLG-016 leaf1/Port-Channel1: collect the peer of leaf1", "unknown MGT-002 management: collect leaf2"},
		never: slices.Concat(redundancy, []string{"LAG-004 leaf1/Port-Channel1", "RED-005", "SEP-006", "MGT-002", "MGT-008"}), passes: []string{"RED-007 esx1/eno1"},
		reload: []string{"leaf1"}, entries: []string{"esx1: esx1/eno2: not known on which switch port it ends", "management: not known whether a gateway is left: leaf2/Ethernet20"}},
	{name: "one switch of a pair is not in the evidence", missing: []string{"leaf2"}, scenario: "machines: {admin: null}",
		says:  []string{"unknown EVD-001 leaf2: was not asked … collect leaf2", "unknown RED-001 esx1: ", "unknown MLG-016 leaf1/Port-Channel1: "},
		never: redundancy, reload: []string{"leaf2"}, entries: []string{"leaf2: gave no state … collect leaf2"}},
	{name: "one switch of a pair is not in the inventory either", missing: []string{"leaf2"}, scenario: "machines: {admin: null}\ninventory: {switches: {leaf2: null}, networks: {" +
		"management: {gateway: [leaf1/Ethernet20]}, guests: {gateway: [leaf1/Ethernet20]}}}",
		says:  []string{"unknown RED-001 esx1: ", "unknown MLG-016 leaf1/Port-Channel1: ", "unknown RED-002 esx1/storage: "},
		never: []string{"RED-001", "RED-002", "RED-003", "RED-012", "CLU-002", "CLU-003", "MGT-009", "SEP-006", "MLG-005", "MLG-006", "MLG-007", "MLG-016"}},
	{name: "a declared pair of which one is not collected", missing: []string{"leaf2"},
		scenario: "machines: {admin: null}\nswitches: {leaf1: {platform: openvswitch}, leaf2: {platform: openvswitch}}",
		says:     []string{"unknown MLG-015 p1: leaf2 of pair p1 gave no state … collect leaf2", "unknown RED-001 esx1: ", "unknown LAG-004 leaf1/bond1: "},
		never:    redundancy, reload: []string{"leaf1"}, entries: []string{"esx1: eno2"}},
	{name: "one leg of a LAG did not tell its ports", scenario: "base: srlinux-pair\nmachines: {admin: null}\nfaults: [{fault: legs-swapped, on: esx1/eno2, with: kvm1/eno2}]\n" +
		"refuse: [{device: leaf2, command: info from state interface}]",
		says: []string{"unknown RED-005 leaf1+leaf2/lag1: leaf2/lag1: its ports were not reported", "unknown MLG-010 leaf1+leaf2/lag1: leaf2/lag1: its ports were not reported"}, never: []string{"RED-005 leaf1+leaf2", "MLG-010 leaf1+leaf2", "LAG-004 leaf1+leaf2"}},
	{name: "every reply of a switch is empty", mute: []string{"leaf2"}, scenario: "machines: {admin: null}",
		says:  []string{"unknown EVD-004 leaf2: not understood", "unknown RED-001 esx1: eno2 (none)", "unknown SEP-003 storage: leaf2 did not list its ports with VLANs in full"},
		never: slices.DeleteFunc(slices.Clone(redundancy), func(s string) bool { return s == "MLG-" })},
	{name: "every reply of everything is empty", mute: []string{"leaf1", "leaf2", "esx1", "kvm1"},
		says:  []string{"unknown EVD-004 leaf1: not understood", "unknown RED-001 esx1: no uplink of it is known", "unknown MGT-002 management: "},
		never: append([]string{"SEP-002", "SEP-003", "SEP-005", "SEP-006", "VLN-", "LAG-", "RED-", "MGT-"}, redundancy...), reload: []string{"leaf1"}, entries: []string{"esx1: no uplink of esx1 is known"}},

	{name: "declared pairs that the switches deny", scenario: strings.Replace(twoSites, "\nnetworks: {guests: null, ", "\ninventory: {pairs: {p1: [leaf1, leaf3], p2: [leaf2, leaf4]}}\nnetworks: {guests: null, ", 1),
		says:  []string{"fail MLG-001 p1: as its peer, but leaf3 is", "fail RED-006 esx1/bond0: which are no multi-chassis peers"},
		never: []string{"MLG-001", "RED-006"}},

	// One box under two names.
	{name: "two addresses lead to one switch", twice: []string{"leaf2=leaf1"}, scenario: onlyDeclared,
		says: []string{"fail EVD-005 leaf2: leaf2 has hostname \"leaf1\" … leaf2 and leaf1 are one box", "fail EVD-005 leaf1: leaf1 and leaf2 are one box", "unknown RED-001 esx1: eno2 (none)",
			"unknown RED-002 kvm1/management: ", "unknown MGT-002 management: what answered as leaf2 is not it … settle EVD-005 for leaf2 first"},
		never: slices.Concat(redundancy, []string{"RED-009 esx1/eno2", "RED-007 esx1/eno2", "LAG-004 leaf1+leaf2"}), passes: []string{"RED-009 esx1/eno1"},
		reload: []string{"leaf1"}, entries: []string{"esx1: eno2: not known on which switch port it ends"}},
	{name: "two addresses lead to one switch, and LLDP is heard", twice: []string{"leaf2=leaf1"},
		says:  []string{"fail EVD-005 leaf2: one box", "unknown RED-001 esx1: eno2"},
		never: redundancy, reload: []string{"leaf2"}, entries: []string{"leaf2: nobody knows what hangs on it: leaf2 and leaf1 are one box … settle EVD-005 for leaf2"}},
	{name: "two addresses lead to one switch, and the inventory gives no hostname", twice: []string{"leaf2=leaf1"},
		scenario: onlyDeclared + "inventory: {switches: {leaf1: {hostname: null}, leaf2: {hostname: null}}}",
		says:     []string{"fail EVD-005 leaf2: calls itself \"leaf1\", and leaf1 is another entry", "unknown RED-001 esx1: "}, never: redundancy},
	{name: "two addresses lead to one switch, which shows each another key", twice: []string{"leaf2=leaf1, another key"},
		scenario: strings.Replace(onlyDeclared, "leaf1: {lldp: false}", "leaf1: {lldp: false, hostname: tor}", 1) + "inventory: {switches: {leaf1: {hostname: tor}, leaf2: {hostname: tor}}}",
		says:     []string{"unknown EVD-005 leaf2: leaf2 and leaf1 may be one box: both show serial number … what tells leaf2 and leaf1 apart", "unknown RED-001 esx1: "}, never: redundancy},
	{name: "one switch under two names of which none is its own", twice: []string{"leaf2=leaf1"},
		scenario: strings.Replace(onlyDeclared, "leaf1: {lldp: false}", "leaf1: {lldp: false, hostname: tor}", 1) + "inventory: {switches: {leaf1: {hostname: null}, leaf2: {hostname: null}}}",
		says:     []string{"fail EVD-005 leaf1: are one box", "fail EVD-005 leaf2: are one box", "unknown RED-001 esx1: eno1 (none), eno2 (none)"}, never: append([]string{"RED-", "LAG-", "VLN-"}, redundancy...)},
	{name: "one switch without a serial number under two names", twice: []string{"leaf2=leaf1"},
		scenario: strings.Replace(onlyDeclared, "{leaf1: {lldp: false}, leaf2: {lldp: false}}", "{leaf1: {platform: openvswitch, hostname: tor, lldp: false}, leaf2: {platform: openvswitch, lldp: false}}", 1) +
			"inventory: {switches: {leaf1: {hostname: null}, leaf2: {hostname: null}}}",
		says:  []string{"unknown EVD-005 leaf1: may be one box … what tells leaf1 and leaf2 apart", "unknown EVD-005 leaf2: may be one box", "unknown RED-001 esx1: "},
		never: redundancy},
	{name: "an address leads to a switch that nobody meant", scenario: "switches: {leaf2: {hostname: spine7}}\ninventory: {switches: {leaf2: {hostname: leaf2}}}",
		says:  []string{"fail EVD-005 leaf2: leaf2 has hostname \"spine7\", but the inventory says \"leaf2\"", "unknown RED-001 esx1: "},
		never: redundancy, reload: []string{"leaf2"}, entries: []string{"leaf2: has hostname \"spine7\" … settle EVD-005"}},
	{name: "two addresses lead to one hypervisor", twice: []string{"kvm1=esx1"},
		says:  []string{"fail EVD-005 kvm1: calls itself \"esx1\" … one box: both show the NIC address", "fail EVD-005 esx1: one box", "unknown RED-001 kvm1: no uplink of it is known"},
		never: []string{"RED-001 kvm1", "RED-002 kvm1", "RED-009 kvm1", "RED-012", "CLU-002", "CLU-003"}, passes: []string{"RED-001 esx1", "RED-002 esx1/"}, reload: []string{"leaf2"}, entries: []string{"kvm1: "}},

	// References of the inventory.
	{name: "a pair names a switch that is not there", scenario: "inventory: {pairs: {p1: [leaf1, leaf3]}}", refused: `unknown switch "leaf3"`},
	{name: "a switch is its own peer", scenario: "inventory: {pairs: {p1: [leaf1, leaf1]}}", refused: "a pair has two switches"},
	{name: "domains name each other", scenario: "inventory: {domains: {a: [b], b: [a]}}", refused: `"b" is a domain, and a domain holds switches and hosts`},
	{name: "jump hosts in a circle", scenario: "inventory: {switches: {leaf1: {via: [leaf2]}, leaf2: {via: [leaf1]}}}", refused: "leaf1 is reached via itself"},
	{name: "a cluster of networks that are not there", scenario: "inventory: {clusters: {prod: {networks: [vmotoin]}}}", refused: `unknown network "vmotoin"; did you mean "vmotion"`},
	{name: "a network of no VLANs", scenario: "inventory: {networks: {management: {vlans: []}}}", refused: "vlans is empty"},
	{name: "a port of two cables", scenario: "inventory: {links: [[leaf1/Ethernet5, leaf2/Ethernet5], [leaf1/Ethernet5, leaf2/Ethernet6]]}", refused: "a port has one cable"},
	{name: "a VLAN of management and of guests", scenario: "inventory: {networks: {guests: {vlans: [10, 100]}}}", refused: "with another role"},
	{name: "a domain of nothing", scenario: "inventory: {domains: {cooling: []}}", reload: []string{"cooling"}, entries: []string{"domain cooling: nothing is known to be part of it"}},
	{name: "a domain of what is not there", scenario: "inventory: {domains: {cooling: [leaf2, esx7]}}", reload: []string{"cooling"}, entries: []string{"esx7: gave no state … collect esx7"}},
	{name: "a cluster with a host of which nothing is known", scenario: "inventory: {clusters: {prod: {hosts: [esx1, kvm1, esx7]}}}",
		says:  []string{"unknown CLU-002 prod: esx7 of prod is not known … esx7 under hosts:", "unknown RED-012 leaf2: esx7 may hang on leaf2 … write them down under hosts:"},
		never: []string{"CLU-002", "RED-012"}, passes: []string{"RED-002 esx1/"}, reload: []string{"leaf2"}, entries: []string{"esx7: no uplink of it is known … the uplinks of esx7"}},
	{name: "a cluster of hosts of which nothing is known", scenario: "inventory: {clusters: {other: {hosts: [esx7, esx8], networks: [management]}}}",
		says: []string{"unknown CLU-002 other: no host of other is known", "unknown CLU-003 other: esx7, esx8"}, never: []string{"CLU-002 other", "CLU-003 other"}},
	{name: "a quorum of more hosts than there are", scenario: "inventory: {clusters: {prod: {quorum: 5}}}", says: []string{"fail CLU-003 prod: 2 of 2 hosts stay connected and 5 are needed"}},
	{name: "a gateway at a port that is not there", scenario: "inventory: {networks: {management: {gateway: [leaf2/Ethernet99]}}}",
		says:  []string{"unknown SVC-003 management: leaf2/Ethernet99 was not found at any port", "unknown MGT-009 esx1/management: ", "unknown RED-012 leaf2: the gateway of management may hang on leaf2"},
		never: []string{"SVC-003 management", "MGT-009", "RED-012 leaf2"}, reload: []string{"leaf2"}, entries: []string{"management: not known whether a gateway is left: leaf2/Ethernet99 … SWITCH/PORT under gateway:"}},
	{name: "a gateway that nobody has heard of", scenario: "inventory: {networks: {management: {gateway: [gw7]}}}",
		says:  []string{"unknown SVC-003 management: gw7 was not found at any port", "unknown MGT-005 management: where gw7 is"},
		never: []string{"SVC-003 management", "MGT-009", "RED-012"}, reload: []string{"leaf2"}, entries: []string{"management: gw7"}},
	{name: "a storage system at ports that are not there", scenario: "inventory: {services: {nas: {kind: storage, networks: [storage], at: [leaf1/Ethernet98, leaf2/Ethernet99]}}}",
		says: []string{"unknown SVC-004 nas: leaf1/Ethernet98 was not found at any port"}, never: []string{"SVC-004"}},
	{name: "a storage system that is nowhere", scenario: "inventory: {services: {nas: {kind: storage, networks: [storage]}}}",
		says: []string{"unknown SVC-004 nas: nobody says where it is plugged in … SWITCH/PORT under at:"}, never: []string{"SVC-004"}},
	{name: "a name server that nobody has heard of", scenario: "inventory: {services: {ns: {kind: dns, networks: [management], at: [ns1]}}}",
		says: []string{"unknown SVC-001 ns: ns1 was not found at any port … SWITCH/PORT under at:", "unknown SVC-002 ns: ns1", "unknown SVC-008 prod: "}, never: []string{"SVC-001", "SVC-002", "SVC-008"}},
	{name: "a management controller at a port that is not there", scenario: "inventory: {hosts: {esx1: {bmc: leaf1/Ethernet99}}}",
		says: []string{"unknown MGT-011 esx1: leaf1 has no port Ethernet99"}, never: []string{"MGT-011 esx1"}},

	// VLANs.
	{name: "a VLAN that no switch has", scenario: "inventory: {networks: {vmotion: {vlans: [999]}}}",
		says: []string{"fail VLN-001 esx1/eno1: lacks VLAN 999 (vmotion)", "fail RED-002 esx1/vmotion: does not carry VLAN 999", "unknown SEP-002 vmotion: no port with VLAN 20|no port with VLAN 999"}, never: []string{"RED-002 esx1/vmotion", "SEP-002", "CLU-002"}},
	{name: "a network that is nowhere", scenario: "inventory: {networks: {extra: {vlans: [777], role: backup}}}",
		says: []string{"unknown SEP-006 extra: not known at which ports extra is … need extra"}, never: []string{"SEP-006 extra", "VLN-018 extra"}},
	{name: "a VLAN id with two meanings, nobody says where", scenario: "inventory: {networks: {guests: {zone: a}, lab: {vlans: [100], role: guest, zone: b}}}",
		says:  []string{"unknown SEP-008 guests: VLAN 100 is both guests and lab … hosts: or clusters: that need guests and lab", "unknown SEP-005 guests: zone b"},
		never: []string{"SEP-008 guests", "SEP-005 guests", "SEP-006 lab"}},
	{name: "a VLAN id with two meanings in one domain", scenario: "inventory: {networks: {guests: {zone: a}, lab: {vlans: [100], role: guest, zone: b}}, clusters: {" +
		"prod: {hosts: [esx1]}, labs: {hosts: [kvm1], networks: [management, lab]}}}",
		says: []string{"fail SEP-005 guests: VLAN 100", "fail|warn SEP-008 guests: VLAN 100"}, never: []string{"SEP-008 guests", "SEP-005 guests"}},
	{name: "a VLAN id with two meanings in two domains", scenario: twoSites,
		passes: []string{"SEP-008 south", "SEP-005 south"}},
	{name: "a VLAN id with two meanings in two domains that somebody has joined",
		scenario: twoSites + "trunks: {patch: {a: [leaf1/31], z: [leaf3/31]}}\n",
		says:     []string{"fail SEP-005 north|south: VLAN 100"}, never: []string{"SEP-005 north", "SEP-005 south", "SEP-008 north", "SEP-008 south"}},

	// Hosts without uplinks, and switches without ports.
	{name: "a host of which nothing is known", scenario: "inventory: {hosts: {box: {source: declared}}}",
		says:  []string{"unknown RED-001 box: no uplink of it is known … write them down under uplinks:", "unknown RED-012 leaf1: box may hang on leaf1"},
		never: []string{"RED-001 box", "RED-012"}, reload: []string{"leaf2"}, entries: []string{"box: no uplink of it is known … the uplinks of box"}},
	{name: "a host of a cluster of which nothing is known", scenario: "inventory: {hosts: {box: {source: declared}}, clusters: {prod: {hosts: [esx1, kvm1, box]}}}",
		says:  []string{"unknown RED-002 box/management: no uplink of box is known", "unknown CLU-006 box: no uplink of box is known", "unknown MGT-008 management: settle RED-009 for box"},
		never: []string{"RED-002 box/", "CLU-006 box", "RED-012", "MGT-008"}, reload: []string{"leaf2"}, entries: []string{"box: no uplink of box is known"}},
	{name: "a host whose uplinks are nowhere", scenario: "inventory: {hosts: {box: {bonds: {bond0: lacp}, uplinks: [{nic: a, mac: 00:53:00:00:99:01, bond: bond0}, {nic: b, mac: 00:53:00:00:99:02, bond: bond0}]}}, " +
		"clusters: {prod: {hosts: [esx1, kvm1, box]}}}",
		says:  []string{"unknown RED-009 box/a: not known on which switch port it ends … port: for a", "unknown RED-001 box: a (none), b (none)", "unknown SVC-003 management: not known whether it is reached from box"},
		never: []string{"RED-001 box", "RED-002 box/", "RED-009 box", "RED-012", "SVC-003"}, reload: []string{"leaf2"}, entries: []string{"box: not known on which switch port it ends"}},
	{name: "a hypervisor that shows no NIC", mute: []string{"kvm1"},
		says: []string{"unknown EVD-004 kvm1: ", "unknown RED-001 kvm1: no uplink of it is known"}, never: []string{"RED-001 kvm1", "RED-002 kvm1/", "CLU-002", "RED-012"}},
	{name: "a switch that shows no port", scenario: "machines: {admin: null}\nrefuse: [{device: leaf2, command: show interfaces | json}, {device: leaf2, command: show interfaces switchport}, {device: leaf2, command: show vlan}, " +
		"{device: leaf2, command: show lacp interface}, {device: leaf2, command: show port-channel}, {device: leaf2, command: show lldp}]",
		says: []string{"unknown EVD-001 leaf2: ", "unknown RED-001 esx1: eno2"}, never: []string{"RED-001", "RED-002", "RED-003", "CLU-003", "MGT-002", "MGT-009"}, reload: []string{"leaf1"}, entries: []string{"esx1: leaf2/Ethernet1: link state not reported"}},

	// Names for reload-check.
	{name: "a name that is nothing", reload: []string{"spine1"}, unnamed: `nothing here is called "spine1": name a switch`},
	{name: "a name that is nearly one", reload: []string{"leaf2", "leef1"}, unnamed: `did you mean "leaf1"`},
	{name: "a name of a host", reload: []string{"esx1"}, unnamed: `nothing here is called "esx1": name a switch, SWITCH/PORT, HOST/NIC`},
	{name: "a port that is not there", reload: []string{"leaf1/Ethernet77"}, unnamed: `nothing here is called "leaf1/Ethernet77"`},
	{name: "a name of a switch and of a domain", scenario: "inventory: {domains: {leaf2: [leaf1]}}", reload: []string{"leaf2"}, unnamed: "name one of them"},
	{name: "a name of a rack and of a site", scenario: "inventory: {switches: {leaf1: {site: r2}}}", reload: []string{"r2"}, unnamed: "may be rack r2 or site r2"},
}

// Two sites that nothing joins, each with a VLAN 100 of its own.
const twoSites = `
switches: {leaf3: {platform: arista_eos, rack: r3}, leaf4: {platform: arista_eos, rack: r4}}
pairs: {p2: {switches: [leaf3, leaf4]}}
networks: {guests: null, north: {vlans: 100, role: guest, zone: a}, south: {vlans: 100, role: guest, zone: b}}
hosts:
  esx1: {networks: [management, vmotion, storage, north]}
  kvm1: {networks: [management, vmotion, storage, north]}
  esx3: {source: linux, networks: [south], uplinks: {eno1: leaf3/1, eno2: leaf4/1}}
  kvm3: {source: linux, networks: [south], uplinks: {eno1: leaf3/2, eno2: leaf4/2}}
machines: {fw1: {networks: [management]}}
clusters:
  prod: {hosts: [esx1, kvm1], networks: [management, vmotion, storage, north], survive: [switch, link]}
  far:  {hosts: [esx3, kvm3], networks: [south], survive: [switch, link]}
`

func TestBadInput(t *testing.T) {
	run, err := audit.Select(nil, nil)
	if err != nil {
		t.Fatal(err)
	}
	for _, x := range badInputs {
		t.Run(x.name, func(t *testing.T) {
			t.Parallel()
			ev, err := x.evidence(t)
			if x.refused != "" {
				if err == nil || !strings.Contains(err.Error(), x.refused) {
					t.Fatalf("the inventory is not refused because %s: %v", x.refused, err)
				}
				return
			}
			if err != nil {
				t.Fatal(err)
			}
			r := audit.Decide(ev, run)
			x.judge(t, r)
			x.askReload(t, r)
		})
	}
}

func (x badInput) evidence(t *testing.T) (ev audit.Evidence, err error) {
	t.Helper()
	text := x.scenario
	if !strings.HasPrefix(text, "base:") {
		text = "base: healthy\n" + text
	}
	s, err := testbed.Parse("scenario", []byte(text))
	if err != nil {
		t.Fatal(err)
	}
	inv, err := inventory.Load("inventory.yml", []byte(s.Inventory()))
	if err != nil {
		return ev, err
	}
	captures := s.Captures()
	for _, alias := range x.twice {
		alias, another := strings.CutSuffix(alias, ", another key")
		name, of, _ := strings.Cut(alias, "=")
		captures = slices.DeleteFunc(captures, func(c *capture.Capture) bool { return c.Device == name })
		c := answeredAs(captures, of, name)
		if another {
			c.HostKey = "SHA256:another"
		}
		captures = append(captures, c)
	}
	for _, b := range x.borrowed {
		devices, command, _ := strings.Cut(b, ": ")
		name, of, _ := strings.Cut(devices, "=")
		from := captures
		if old, earlier := strings.CutPrefix(of, "old "); earlier {
			of, from = old, withoutFaults(t, text)
		}
		i := slices.IndexFunc(captures, func(c *capture.Capture) bool { return c.Device == name })
		captures[i] = withReply(captures[i], answeredAs(from, of, name).Reply(command))
	}
	captures = slices.DeleteFunc(captures, func(c *capture.Capture) bool { return slices.Contains(x.missing, c.Device) })
	for i, c := range captures {
		if slices.Contains(x.mute, c.Device) {
			captures[i] = emptied(c)
		}
	}
	return audit.Evidence{Inventory: inv, Captures: captures, Started: s.Fabric.Time, Finished: s.Finished()}, nil
}

// withoutFaults is what would be collected if nothing were wrong.
func withoutFaults(t *testing.T, text string) []*capture.Capture {
	t.Helper()
	lines := slices.DeleteFunc(strings.Split(text, "\n"), func(l string) bool { return strings.HasPrefix(l, "faults:") })
	s, err := testbed.Parse("scenario", []byte(strings.Join(lines, "\n")))
	if err != nil {
		t.Fatal(err)
	}
	return s.Captures()
}

// answeredAs is what a device answered, under another name.
func answeredAs(all []*capture.Capture, device, name string) *capture.Capture {
	i := slices.IndexFunc(all, func(c *capture.Capture) bool { return c.Device == device })
	c := *all[i]
	c.Device, c.Replies = name, nil
	for _, r := range all[i].Replies {
		again := *r
		again.Device = name
		c.Replies = append(c.Replies, &again)
	}
	return &c
}

func withReply(c *capture.Capture, r *capture.Reply) *capture.Capture {
	out := *c
	out.Replies = slices.Clone(c.Replies)
	out.Replies[slices.IndexFunc(c.Replies, func(q *capture.Reply) bool { return q.Command == r.Command })] = r
	return &out
}

func emptied(c *capture.Capture) *capture.Capture {
	out := *c
	out.Replies = nil
	for _, r := range c.Replies {
		nothing := *r
		nothing.Data = []byte{}
		nothing.Seal()
		out.Replies = append(out.Replies, &nothing)
	}
	return &out
}

func (x badInput) judge(t *testing.T, r *verify.Report) {
	for _, f := range r.Findings {
		id := f.Check() + " " + f.Subject.Name
		if f.Outcome == verify.Unknown && f.Missing == "" {
			t.Errorf("%s is unknown and does not say what is missing: %s", id, f.Reason)
		}
		if strings.Contains(f.Reason, "this program failed") {
			t.Errorf("%s: %s", id, f.Reason)
		}
		if f.Outcome == verify.Pass && slices.ContainsFunc(x.never, func(n string) bool { return strings.HasPrefix(id, n) }) {
			t.Errorf("%s passes: %s", id, f.Reason)
		}
	}
	for _, want := range x.says {
		if !slices.ContainsFunc(r.Findings, func(f *verify.Finding) bool { return said(f, want) }) {
			t.Errorf("nothing says %s; got%s", want, about(r, want))
		}
	}
	for _, want := range x.passes {
		if !slices.ContainsFunc(r.Findings, func(f *verify.Finding) bool {
			return f.Outcome == verify.Pass && strings.HasPrefix(f.Check()+" "+f.Subject.Name, want)
		}) {
			t.Errorf("nothing of %s passes; got%s", want, about(r, "pass "+want+":"))
		}
	}
}

// said reports whether a finding is "OUTCOME CHECK SUBJECT: words"; a subject that ends in a slash is the beginning of one.
func said(f *verify.Finding, want string) bool {
	head, words, _ := strings.Cut(want, ": ")
	outcome, rest, _ := strings.Cut(head, " ")
	check, subject, _ := strings.Cut(rest, " ")
	named := f.Subject.Name == subject || subject == "" || strings.HasSuffix(subject, "/") && strings.HasPrefix(f.Subject.Name, subject)
	return either(outcome, f.Outcome.String()) && either(check, f.Check()) && (named || either(subject, f.Subject.Name)) && holds(f.Reason+" … "+f.Missing, words)
}

func either(words, is string) bool { return slices.Contains(strings.Split(words, "|"), is) }

// holds reports whether a text has all of the words that are separated by " … ", of which each may be one of several.
func holds(text, words string) bool {
	for _, part := range strings.Split(words, " … ") {
		if !slices.ContainsFunc(strings.Split(part, "|"), func(w string) bool { return strings.Contains(text, w) }) {
			return false
		}
	}
	return true
}

// about lists the findings of the checks that a wanted line names.
func about(r *verify.Report, want string) (out string) {
	fields := strings.Fields(want)
	for _, f := range r.Findings {
		if len(fields) > 1 && either(strings.TrimSuffix(fields[1], ":"), f.Check()) {
			out += fmt.Sprintf("\n  %s %s %s: %s | %s", f.Outcome, f.Check(), f.Subject.Name, f.Reason, f.Missing)
		}
	}
	return out
}

func (x badInput) askReload(t *testing.T, r *verify.Report) {
	if x.reload == nil {
		return
	}
	answer, err := reload.Check(r.Fabric, x.reload...)
	if x.unnamed != "" {
		if err == nil || !strings.Contains(err.Error(), x.unnamed) {
			t.Errorf("reload-check %s: got %v, want %s", x.reload, err, x.unnamed)
		}
		return
	}
	if err != nil {
		t.Fatal(err)
	}
	if answer.Answer != x.answer {
		t.Errorf("reload-check %s: the answer is %s, want %s", x.reload, answer.Answer, x.answer)
	}
	all := slices.Concat(answer.Lost, answer.Unknown, answer.CutOff)
	for _, want := range x.entries {
		name, words, _ := strings.Cut(want, ": ")
		if !slices.ContainsFunc(all, func(e reload.Entry) bool { return e.Name == name && holds(e.Why+" … "+e.Missing, words) }) {
			t.Errorf("reload-check %s: nothing says %s; got %+v", x.reload, want, all)
		}
	}
	for _, e := range answer.Unknown {
		if e.Missing == "" {
			t.Errorf("reload-check %s: %s is unknown and does not say what is missing: %s", x.reload, e.Name, e.Why)
		}
	}
}

// A change is judged by what was seen on both sides: what is bad input after it is no harm, and not nothing either.
func TestBadInputOfAGate(t *testing.T) {
	run, err := audit.Select(nil, nil)
	if err != nil {
		t.Fatal(err)
	}
	healthy := badInput{}
	for _, x := range []struct {
		name          string
		before, after badInput
		code          int
		item          string // "KIND: words", of one item
	}{
		{"half of a pair is not in the bundle", healthy, badInput{missing: []string{"leaf2"}}, 2, "unknown: leaf2 gave no state … collect leaf2"},
		{"two addresses lead to one switch", healthy, badInput{twice: []string{"leaf2=leaf1"}}, 1, "unknown: leaf2 gave no state (leaf2 has hostname|leaf2 and leaf1 are one box"},
		{"every reply of a switch is empty", healthy, badInput{mute: []string{"leaf2"}}, 2, "unknown: "},
		{"neither bundle has half of the pair", badInput{missing: []string{"leaf2"}}, badInput{missing: []string{"leaf2"}}, 0, ""},
		{"the later inventory contradicts the cables", healthy, badInput{scenario: "inventory: {links: [[leaf1/Ethernet1, leaf2/Ethernet2]]}"}, 0, ""},
	} {
		t.Run(x.name, func(t *testing.T) {
			before, err := x.before.evidence(t)
			if err != nil {
				t.Fatal(err)
			}
			after, err := x.after.evidence(t)
			if err != nil {
				t.Fatal(err)
			}
			c := change.Between(before, after, run)
			if c.ExitCode() != x.code {
				t.Errorf("exit code %d, want %d", c.ExitCode(), x.code)
			}
			kind, words, _ := strings.Cut(x.item, ": ")
			if x.item != "" && !slices.ContainsFunc(c.Items, func(i change.Item) bool { return fmt.Sprint(i.Kind) == kind && holds(i.Text+" … "+i.Missing, words) }) {
				t.Errorf("no item %s", x.item)
			}
			for _, i := range c.Items {
				if fmt.Sprint(i.Kind) == "harm" && i.Check != "EVD-005" { // that the wrong box was asked is
					t.Errorf("harm: %s %s", i.Check, i.Text)
				}
			}
			if t.Failed() {
				for _, i := range c.Items[:min(5, len(c.Items))] {
					t.Logf("%s %s %s: %s | %s", i.Kind, i.Check, i.Subject.Name, i.Text, i.Missing)
				}
			}
		})
	}
}
