package standard

// A Reference is a clause that somebody saw in a published source, so that reports may print it as fact. Where the exact title was not
// seen, Title is empty and About says in our words what the clause is about.
type Reference struct {
	Clause
	Title string // as published
	About string // in our words
}

// Of returns what is known of a clause. Without an entry in the table nobody has verified it.
func Of(c Clause) (r Reference, verified bool) {
	i, ok := index[c]
	if !ok {
		return Reference{Clause: c}, false
	}
	return table[i], true
}

// Editions of the documents, as cited.
const (
	kompendium = "BSI IT-Grundschutz-Kompendium 2023"
	dot1ax     = "IEEE Std 802.1AX-2020"
	stig       = "DISA STIG"
	pci        = "PCI DSS v4.0"
)

// index finds the table's rows by clause; it is complete before anything runs.
var index = func() map[Clause]int {
	m := make(map[Clause]int, len(table))
	for i := range table {
		m[table[i].Clause] = i
	}
	return m
}()

// table is the only place where ids and titles of documents are written down: to correct one, no check is touched.
var table = []Reference{
	{Clause: M5153, Title: "Planung des Netzes für virtuelle Infrastrukturen"},

	{Clause: Kompendium, Title: "IT-Grundschutz-Kompendium, Edition 2023"},
	{Grundschutz("NET.1.1.A2", "B"), "Dokumentation des Netzes", ""},
	{Grundschutz("NET.1.1.A4", "B"), "Netztrennung in Zonen", ""},
	{Grundschutz("NET.1.1.A6", "B"), "Endgeräte-Segmentierung im internen Netz", ""},
	{Grundschutz("NET.1.1.A13", "B"), "Netzplanung", ""},
	{Grundschutz("NET.1.1.A14", "B"), "Umsetzung der Netzplanung", ""},
	{Grundschutz("NET.1.1.A15", "B"), "Regelmäßiger Soll-Ist-Vergleich", ""},
	{Grundschutz("NET.1.1.A17", "S"), "Spezifikation des Netzdesigns", ""},
	{Grundschutz("NET.1.1.A19", "S"), "Separierung der Infrastrukturdienste", ""},
	{Grundschutz("NET.1.1.A21", "S"), "Separierung des Management-Bereichs", ""},
	{Grundschutz("NET.1.1.A22", "S"), "Spezifikation des Segmentierungskonzepts", ""},
	{Grundschutz("NET.1.1.A23", "S"), "Trennung von Netzsegmenten", ""},
	{Grundschutz("NET.1.1.A24", "S"), "Sichere logische Trennung mittels VLAN", ""},
	{Grundschutz("NET.1.1.A28", "E"), "Hochverfügbare Netz- und Sicherheitskomponenten", ""},
	{Grundschutz("NET.1.1.A29", "E"), "Hochverfügbare Realisierung von Netzanbindungen", ""},
	{Grundschutz("NET.1.1.A31", "E"), "Physische Trennung von Netzsegmenten", ""},
	{Grundschutz("NET.1.1.A32", "E"), "Physische Trennung von Management-Netzsegmenten", ""},
	{Grundschutz("NET.1.1.A33", "E"), "Mikrosegmentierung des Netzes", ""},
	{Grundschutz("NET.1.1.A36", "E"), "Trennung mittels VLAN bei sehr hohem Schutzbedarf", ""},
	{Grundschutz("NET.1.2.A8", "B"), "Zeit-Synchronisation", ""},
	{Grundschutz("NET.1.2.A9", "B"), "Absicherung der Netzmanagement-Kommunikation und des Zugriffs auf Netz-Management-Werkzeuge", ""},
	{Grundschutz("NET.1.2.A25", "S"), "Statusüberwachung der Netzkomponenten", ""},
	{Grundschutz("NET.1.2.A30", "E"), "Hochverfügbare Realisierung der Management-Lösung", ""},
	{Grundschutz("NET.1.2.A32", "E"), "Physische Trennung des Managementnetzes", ""},
	{Grundschutz("NET.1.2.A35", "E"), "Festlegungen zur Beweissicherung", ""},
	{Grundschutz("NET.3.1.A1", "B"), "Sichere Grundkonfiguration eines Routers oder Switches", ""},
	{Grundschutz("NET.3.1.A4", "B"), "Schutz der Administrationsschnittstellen", ""},
	{Grundschutz("NET.3.1.A8", "B"), "Regelmäßige Datensicherung", ""},
	{Grundschutz("NET.3.1.A9", "B"), "Betriebsdokumentationen", ""},
	{Grundschutz("NET.3.1.A12", "S"), "Erstellung einer Konfigurations-Checkliste für Router und Switches", ""},
	{Grundschutz("NET.3.1.A13", "S"), "Administration über ein gesondertes Managementnetz", ""},
	{Grundschutz("NET.3.1.A18", "S"), "Einrichtung von Access Control Lists", ""},
	{Grundschutz("NET.3.1.A23", "S"), "Revision und Penetrationstests", ""},
	{Grundschutz("NET.3.1.A26", "E"), "Hochverfügbarkeit", ""},
	{Grundschutz("OPS.1.1.3.A1", "B"), "Konzept für das Patch- und Änderungsmanagement", ""},
	{Grundschutz("SYS.1.1.A28", "E"), "Steigerung der Verfügbarkeit durch Redundanz", ""},
	{Grundschutz("SYS.1.5.A2", "B"), "Sicherer Einsatz virtueller IT-Systeme", ""},
	{Grundschutz("SYS.1.5.A4", "B"), "Sichere Konfiguration eines Netzes für virtuelle Infrastrukturen", ""},
	{Grundschutz("SYS.1.5.A5", "B"), "Schutz der Administrationsschnittstellen", ""},
	{Grundschutz("SYS.1.5.A6", "B"), "Protokollierung in der virtuellen Infrastruktur", ""},
	{Grundschutz("SYS.1.5.A7", "B"), "Zeitsynchronisation in virtuellen IT-Systemen", ""},
	{Grundschutz("SYS.1.5.A8", "S"), "Planung einer virtuellen Infrastruktur", ""},
	{Grundschutz("SYS.1.5.A9", "S"), "Netzplanung für virtuelle Infrastrukturen", ""},
	{Grundschutz("SYS.1.5.A11", "S"), "Administration der Virtualisierungsinfrastruktur über ein gesondertes Managementnetz", ""},
	{Grundschutz("SYS.1.5.A14", "S"), "Einheitliche Konfigurationsstandards für virtuelle IT-Systeme", ""},
	{Grundschutz("SYS.1.5.A15", "S"), "Betrieb von Gast-Betriebssystemen mit unterschiedlichem Schutzbedarf", ""},
	{Grundschutz("SYS.1.5.A19", "S"), "Regelmäßige Audits der Virtualisierungsinfrastruktur", ""},
	{Grundschutz("SYS.1.5.A20", "E"), "Verwendung von hochverfügbaren Architekturen", ""},
	{Grundschutz("SYS.1.8.A14", "S"), "Absicherung eines SANs durch Segmentierung", ""},
	{Grundschutz("SYS.1.8.A15", "S"), "Sichere Trennung von Mandanten in Speicherlösungen", ""},
	{Grundschutz("SYS.1.8.A22", "E"), "Einsatz einer hochverfügbaren SAN-Lösung", ""},

	{Clause: L2S},
	{Clause: VSphereSTIG},
	{STIG("SRG-NET-000512-L2S-000007"), "", "unused ports are in an inactive VLAN, which is on no trunk"},
	{STIG("SRG-NET-000512-L2S-000008"), "", "the default VLAN is on no host-facing port"},
	{STIG("SRG-NET-000512-L2S-000009"), "", "the default VLAN is pruned from trunks that do not require it"},
	{STIG("SRG-NET-000512-L2S-000010"), "", "the default VLAN is not used for management"},
	{STIG("SRG-NET-000512-L2S-000011"), "", "user-facing ports are access ports"},
	{STIG("SRG-NET-000512-L2S-000012"), "", "the native VLAN of trunks is not the default VLAN"},
	{STIG("SRG-NET-000512-L2S-000013"), "", "no access port is in a native VLAN"},
	{STIG("CISC-L2-000210"), "", "unused ports are in an inactive VLAN, which is on no trunk"},
	{STIG("CISC-L2-000220"), "The Cisco switch must not have the default VLAN assigned to any host-facing switch ports.", ""},
	{STIG("CISC-L2-000230"), "The Cisco switch must have the default VLAN pruned from all trunk ports that do not require it.", ""},
	{STIG("CISC-L2-000240"), "The Cisco switch must not use the default VLAN for management traffic.", ""},
	{STIG("CISC-L2-000250"), "", "user-facing ports are access ports"},
	{STIG("CISC-L2-000260"), "", "the native VLAN of trunks is not the default VLAN, and the same at both ends"},
	{STIG("CISC-L2-000270"), "The Cisco switch must not have any switchports assigned to the native VLAN.", ""},
	{STIG("ARST-L2-000150"), "", "links are watched for loss in one direction (UDLD)"},
	{STIG("ARST-L2-000160"), "The Arista MLS layer 2 switch must have all trunk links enabled statically.", ""},
	{STIG("ARST-L2-000190"), "The Arista MLS layer 2 switch must have the default VLAN pruned from all trunk ports that do not require it.", ""},
	{STIG("ARST-L2-000200"), "The Arista MLS layer 2 switch must not use the default VLAN for management traffic.", ""},
	{STIG("JUEX-L2-000180"), "The Juniper EX switch must be configured to verify two-way connectivity on all interswitch trunked interfaces.", ""},
	{STIG("JUEX-L2-000210"), "The Juniper EX switch must be configured to prune the default VLAN from all trunked interfaces that do not require it.", ""},
	{STIG("JUEX-L2-000230"), "", "user-facing ports are access ports"},
	{STIG("JUEX-L2-000240"), "", "trunks have no native VLAN, or one of its own"},
	{STIG("JUEX-L2-000250"), "The Juniper EX switch must not have any access interfaces assigned to a VLAN configured as native for any trunked interface.", ""},
	{STIG("ESXI-67-000066"), "For physical switch ports connected to the ESXi host, the non-negotiate option must be configured for trunk links between external physical switches and virtual switches in Virtual Switch Tagging (VST) mode.", ""},
	{STIG("ESXI-06-000068"), "Virtual switch VLANs must be fully documented and have only the required VLANs.", ""},
	{STIG("ESXI-70-000048"), "", "vMotion is isolated"},
	{STIG("ESXI-70-000049"), "", "management is isolated"},
	{STIG("ESXI-70-000050"), "", "IP storage is isolated"},
	{STIG("ESXI-70-000063"), "", "port groups do not use the native VLAN"},
	{STIG("ESXI-70-000064"), "All port groups on standard switches must not be configured to virtual local area network (VLAN) 4095 unless Virtual Guest Tagging (VGT) is required.", ""},
	{STIG("ESXI-70-000065"), "", "port groups use no VLAN that upstream switches reserve"},
	{STIG("ESXI-80-000160"), "The ESXi host must protect the confidentiality and integrity of transmitted information by isolating vMotion traffic.", ""},
	{STIG("ESXI-80-000198"), "The ESXi host must protect the confidentiality and integrity of transmitted information by isolating ESXi management traffic.", ""},
	{STIG("ESXI-80-000199"), "The ESXi host must protect the confidentiality and integrity of transmitted information by isolating IP-based storage traffic.", ""},
	{STIG("ESXI-80-000215"), "The ESXi host must enable Bridge Protocol Data Units (BPDU) filter on the host to prevent being locked out of physical switch ports with Portfast and BPDU Guard enabled.", ""},
	{STIG("ESXI-80-000220"), "The ESXi host must restrict the use of Virtual Guest Tagging (VGT) on standard switches.", ""},
	{STIG("VCSA-80-000267"), "The vCenter Server must disable the distributed virtual switch health check.", ""},
	{STIG("VCSA-80-000272"), "", "port groups do not use the native VLAN"},
	{STIG("VCSA-80-000273"), "The vCenter Server must not configure VLAN Trunking unless Virtual Guest Tagging (VGT) is required and authorized.", ""},
	{STIG("VCSA-80-000274"), "", "port groups use no VLAN that upstream switches reserve"},
	{STIG("VCSA-80-000279"), "The vCenter Server must protect the confidentiality and integrity of transmitted information by isolating Internet Protocol (IP)-based storage traffic.", ""},

	{PCI("1.2.2"), "", "changes to network connections"},
	{PCI("1.2.3"), "", "network diagram"},
	{PCI("1.2.7"), "", "review every six months"},
	{PCI("1.2.8"), "", "configurations consistent with the active network"},
	{PCI("2.2.3"), "", "functions of different security levels isolated"},
	{PCI("6.5.1"), "", "change procedure"},
	{PCI("11.4.5"), "", "segmentation testing"},

	{Clause: CIS("VMware ESXi 7.0 Benchmark v1.1.0", "7.4"), Title: "Ensure port groups are not configured to the value of the native VLAN"},
	{Clause: NIST("800-125B", "segmentation")},
	{Clause: NIST("800-125B", "path redundancy")},
	{Clause: VMware("Securing physical switch ports"), About: "spanning tree off, or PortFast, on ports to a host"},
	{Clause: RFC("7432")},
	{Clause: RFC("8584")},
	{Clause: RFC("9785")},
	{Clause: Clause{"IEEE Std 802.1Q", "8.6.3"}, About: "reserved addresses"},
	{Clause: Clause{"IEEE Std 802.1AB-2016", "8.5.8.1"}, About: "system capabilities"},
	{Clause: Clause{"IEEE Std 802.1AB-2016", "8.5.9.4"}, About: "management address"},
	{Clause: Clause{"IEEE Std 802.1AB-2016", "8.5.9.5"}, About: "management address"},

	// Clause numbers as the published YANG of IEEE Std 802.1AX-2020 with 802.1AXdz-2025 refers to them.
	{Clause: Clause{dot1ax, ""}},
	{Clause: Dot1AX("6.3.5")}, {Clause: Dot1AX("6.4.1")}, {Clause: Dot1AX("6.4.2.3")},
	{Clause: Dot1AX("7.3.1.1.4")}, {Clause: Dot1AX("7.3.1.1.6")}, {Clause: Dot1AX("7.3.1.1.10")},
	{Clause: Dot1AX("7.3.2.1.5")}, {Clause: Dot1AX("7.3.2.1.7")}, {Clause: Dot1AX("7.3.2.1.9")}, {Clause: Dot1AX("7.3.2.1.11")},
	{Clause: Dot1AX("7.3.2.1.14")}, {Clause: Dot1AX("7.3.2.1.15")}, {Clause: Dot1AX("7.3.2.1.17")}, {Clause: Dot1AX("7.3.2.1.20")},
	{Clause: Dot1AX("7.3.2.1.21")}, {Clause: Dot1AX("7.3.2.1.22")}, {Clause: Dot1AX("7.3.2.1.23")}, {Clause: Dot1AX("7.3.2.1.24")},
	{Clause: Dot1AX("7.3.3.1.2")}, {Clause: Dot1AX("7.3.3.1.5")}, {Clause: Dot1AX("7.3.3.1.6")}, {Clause: Dot1AX("7.3.3.1.7")},
}
