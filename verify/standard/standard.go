// Package standard holds the clauses that checks cite. A clause is typed and carries its edition, because numbers moved:
// LACP was clause 43 of 802.3, then 5 of 802.1AX-2008, then 6 of -2014 and -2020.
package standard

// A Clause is one requirement in one edition of one document.
type Clause struct {
	Document string // "IEEE Std 802.1AX-2020"
	Clause   string // "6.4.2.3", "SYS.1.5.A9 (S)"; empty for a document cited as a whole
}

// String returns "document, clause".
func (c Clause) String() string {
	if c.Clause == "" {
		return c.Document
	}
	return c.Document + ", " + c.Clause
}

// M5153 is BSI IT-Grundschutz-Kataloge M 5.153, the origin of this program.
var M5153 = Clause{Document: "BSI M 5.153"}

// Kompendium is the BSI IT-Grundschutz-Kompendium, edition 2023, as a whole.
var Kompendium = Clause{Document: kompendium}

// Dot1AX cites a clause as the published YANG of IEEE Std 802.1AX-2020 with 802.1AXdz-2025 numbers it.
func Dot1AX(clause string) Clause { return Clause{dot1ax, clause} }

// Grundschutz cites a requirement of the BSI IT-Grundschutz-Kompendium, edition 2023, with its level: B, S or E.
func Grundschutz(id, level string) Clause {
	return Clause{kompendium, id + " (" + level + ")"}
}

// STIG cites a rule of a DISA security technical implementation guide by its id.
func STIG(rule string) Clause { return Clause{stig, rule} }

// L2S and VSphereSTIG are guides of DISA as a whole.
var (
	L2S         = Clause{Document: "DISA Layer 2 Switch SRG"}
	VSphereSTIG = Clause{Document: "DISA VMware ESXi and vCenter STIGs"}
)

// PCI cites a requirement of PCI DSS v4.0.
func PCI(requirement string) Clause { return Clause{pci, requirement} }

// RFC cites a document of the IETF.
func RFC(number string) Clause { return Clause{Document: "RFC " + number} }

// NIST cites a special publication as a whole or by area, never by an id nobody has verified.
func NIST(publication, area string) Clause { return Clause{"NIST SP " + publication, area} }

// CIS cites a recommendation of a CIS benchmark.
func CIS(benchmark, recommendation string) Clause { return Clause{"CIS " + benchmark, recommendation} }

// VMware cites a page of the documentation of VMware vSphere by its title.
func VMware(title string) Clause { return Clause{"VMware vSphere documentation", title} }
