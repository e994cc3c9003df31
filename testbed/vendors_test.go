package testbed_test

import (
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"uplinkcheck/inventory"
	"uplinkcheck/testbed"
	"uplinkcheck/testbed/model"
	"uplinkcheck/verify"
	"uplinkcheck/verify/audit"
)

// outcomes returns what every check says of every subject, "CHECK subject", from two samples. Ports, LAGs and pairs are called as in the
// same fabric of other switches, eos; nil: as they are.
func outcomes(t *testing.T, s, eos *testbed.Scenario) map[string]verify.Outcome {
	t.Helper()
	inv, err := inventory.Load("inventory.yml", []byte(s.Inventory()))
	if err != nil {
		t.Fatal(err)
	}
	checks, err := audit.Select(nil, nil)
	if err != nil {
		t.Fatal(err)
	}
	before, err := s.Earlier(31 * time.Second)
	if err != nil {
		t.Fatal(err)
	}
	names := strings.NewReplacer(renamed(s, eos)...)
	out := map[string]verify.Outcome{}
	ev := audit.Evidence{Inventory: inv, Captures: append(before.Captures(), s.Captures()...), Started: s.Fabric.Time, Finished: s.Finished()}
	for _, f := range audit.Decide(ev, checks).Findings {
		subject := strings.TrimSuffix(names.Replace(f.Subject.Name+"\n"), "\n")
		key := f.Check() + " " + subject
		out[key] = max(out[key], f.Outcome)
	}
	return out
}

// renamed are pairs for strings.NewReplacer: a name ends with its text or at a blank.
func renamed(s, eos *testbed.Scenario) (pairs []string) {
	if eos == nil {
		eos = s
	}
	for i, own := range s.Fabric.Switches {
		add := func(from, to string) {
			for _, end := range []string{" ", "\n"} {
				pairs = append(pairs, own.Name+"/"+from+end, own.Name+"/"+to+end)
			}
		}
		for j := range min(len(own.Ports), len(eos.Fabric.Switches[i].Ports)) {
			add(own.Ports[j].Name, eos.Fabric.Switches[i].Ports[j].Name)
		}
		for j := range own.LAGs {
			add(own.LAGs[j].Name, eos.Fabric.Switches[i].LAGs[j].Name)
		}
	}
	for _, p := range s.Fabric.Pairs {
		pairs = append(pairs, p.Switches[0].Name+"+"+p.Switches[1].Name+"\n", p.Name+"\n") // found by the protocol, or declared
	}
	return pairs
}

// disagree lists where two fabrics that are alike get different verdicts: one of them fails or warns, and the other neither does so nor
// cannot tell.
func disagree(own, eos map[string]verify.Outcome) (out []string) {
	keys := maps.Clone(own)
	maps.Copy(keys, eos)
	for _, key := range slices.Sorted(maps.Keys(keys)) {
		a, b := own[key], eos[key]
		calm := func(o verify.Outcome) bool { return o == verify.Pass || o == verify.NotApplicable }
		if a != b && a != verify.Unknown && b != verify.Unknown && !(calm(a) && calm(b)) {
			out = append(out, fmt.Sprintf("%s: %s, in the other %s", key, a, b))
		}
	}
	return out
}

// differ are the cases in which platforms behave differently, not only say it differently: by platform and fault, and by check where
// only some do.
var differ = map[string]string{
	"cisco_nxos fallback-active": "NX-OS says of a port that it runs alone, where EOS says no more than that it is not in the LAG",

	"cumulus loop-to-itself LAG-002": "the kernel drops LACPDUs of its own system: Cumulus Linux shows that nobody answers, where EOS shows itself as partner",
	"cumulus loop-to-itself LAG-004": "the kernel drops LACPDUs of its own system: Cumulus Linux shows that nobody answers, where EOS shows itself as partner",
	"cumulus loop-to-itself LAG-017": "the kernel drops LACPDUs of its own system: Cumulus Linux shows that nobody answers, where EOS shows itself as partner",
	"cumulus stp-blocked":            "Cumulus Linux runs one spanning tree: a port that it blocks is blocked in all VLANs",

	"juniper_junos allow-all VLN-006": "a trunk of Junos has no untagged VLAN unless one is configured",
	"juniper_junos allow-all VLN-008": "a trunk of Junos has no untagged VLAN unless one is configured",
	"juniper_junos wrong-system-id":   "on EOS a LAG of the MLAG has the MLAG's system: with another one it is no multi-chassis LAG there",

	"nokia_srlinux allow-all":        "a port of SR Linux has the VLANs of its subinterfaces: there is no list that allows all",
	"nokia_srlinux fallback-active":  "SR Linux says that the LAG forwards by fallback, which LAG-012 judges; Junos only that nobody answers",
	"nokia_srlinux host-mtu VLN-014": "the leaves of SR Linux are joined over routed links, which are no trunks",
	"nokia_srlinux vlan-not-created": "a VLAN that SR Linux does not have is on none of its ports: one that a peer lacks, not one that is allowed and not forwarded",

	"sonic wrong-system-id":         "on EOS a LAG of the MLAG has the MLAG's system: with another one it is no multi-chassis LAG there",
	"sonic allow-all":               "a port of SONiC is in the VLANs that it was put into: there is no list that allows all",
	"sonic fallback-active LAG-001": "SONiC says that the LAG forwards by fallback, which LAG-012 judges; EOS only that nobody answers",
	"sonic fallback-active LAG-002": "SONiC says that the LAG forwards by fallback, which LAG-012 judges; EOS only that nobody answers",
	"sonic vlan-not-created":        "a VLAN that SONiC does not have is on none of its ports: one that a peer lacks, not one that is allowed and not forwarded",
}

// alike are fabrics of the platforms, and what each is held against: pairs that speak a protocol with each other against an MLAG of EOS,
// Ethernet segments against those of Junos.
var alike = []struct{ platform, text, like string }{
	{"aruba_aoscx", pairOf("aruba_aoscx"), pairOf("arista_eos")},
	{"cisco_nxos", pairOf("cisco_nxos"), pairOf("arista_eos")},
	{"cumulus", pairOf("cumulus"), pairOf("arista_eos")},
	{"juniper_junos", pairOf("juniper_junos"), pairOf("arista_eos")},
	{"nokia_srlinux", "base: srlinux-pair\n", "base: esi-pair\n"},
	{"sonic", pairOf("sonic"), pairOf("arista_eos")},
}

func pairOf(platform string) string {
	return fmt.Sprintf("base: healthy\nswitches: {leaf1: {platform: %[1]s}, leaf2: {platform: %[1]s}}\n", platform)
}

// TestVendorsAgree holds that a fabric gets the same verdicts whoever made its switches, healthy and with every fault. Where one platform
// does not report what another does, unknown may stand in place of a verdict.
func TestVendorsAgree(t *testing.T) {
	for _, x := range alike {
		compared := 0
		for _, fault := range append([]model.FaultKind{{}}, model.FaultKinds()...) {
			platform := x.platform
			t.Run(platform+" "+fault.Name, func(t *testing.T) {
				broken := ""
				if fault.Name != "" {
					broken = fmt.Sprintf("faults: [{fault: %s, %s}]\n", fault.Name, fault.Example)
				}
				own, err := testbed.Parse("own", []byte(x.text+broken))
				if err != nil {
					t.Skip(err)
				}
				other, err := testbed.Parse("other", []byte(x.like+broken))
				if err != nil {
					t.Skip(err)
				}
				compared++
				for _, d := range disagree(outcomes(t, own, other), outcomes(t, other, nil)) {
					check, _, _ := strings.Cut(d, " ")
					if differ[platform+" "+fault.Name] == "" && differ[platform+" "+fault.Name+" "+check] == "" {
						t.Error(d)
					}
				}
			})
		}
		if t.Logf("%s: %d fabrics", x.platform, compared); compared < 25 { // the others have a fault that the platform does not know
			t.Errorf("%s: only %d fabrics were compared", x.platform, compared)
		}
	}
}

// stack is one stack of two switches, of which the first is member number first.
func stack(platform string, first int) string {
	return fmt.Sprintf(`switches: {sw: {platform: %s, stack: 2}}
networks:
  management: {vlans: 10, role: management}
  vmotion:    {vlans: 20, role: live-migration}
  storage:    {vlans: 30, role: storage}
  guests:     {vlans: 100-101, role: guest}
hosts:
  esx1: {source: linux, uplinks: {eno1: "sw/%[2]d:1", eno2: "sw/%[3]d:1"}}
  kvm1: {source: linux, uplinks: {eno1: "sw/%[2]d:2", eno2: "sw/%[3]d:2"}}
machines:
  fw1:   {kind: gateway, uplinks: {eth0: "sw/%[2]d:20", eth1: "sw/%[3]d:20"}, networks: [management, guests]}
  admin: {kind: station, uplinks: {eth0: "sw/%[2]d:21"}, networks: [management]}
`, platform, first, first+1)
}

var leafPort = regexp.MustCompile(`leaf([12])/(\d+)`)

// onStack turns an example of a fault on a pair into one on that stack.
func onStack(example string, first int) string {
	example = leafPort.ReplaceAllStringFunc(example, func(port string) string {
		m := leafPort.FindStringSubmatch(port)
		return fmt.Sprintf("%q", fmt.Sprintf("sw/%d:%s", int(m[1][0]-'1')+first, m[2]))
	})
	return strings.NewReplacer("leaf1", "sw", "leaf2", "sw").Replace(example)
}

// TestStacksAgree holds the same of stacks: one of Catalysts gets the verdicts of a Virtual Chassis.
func TestStacksAgree(t *testing.T) {
	compared := 0
	for _, fault := range append([]model.FaultKind{{}}, model.FaultKinds()...) {
		t.Run(fault.Name, func(t *testing.T) {
			text := func(platform string, first int) []byte {
				s := stack(platform, first)
				if fault.Name != "" {
					s += fmt.Sprintf("faults: [{fault: %s, %s}]\n", fault.Name, onStack(fault.Example, first))
				}
				return []byte(s)
			}
			own, err := testbed.Parse("own", text("cisco_iosxe", 1))
			if err != nil {
				t.Skip(err)
			}
			junos, err := testbed.Parse("junos", text("juniper_junos", 0))
			if err != nil {
				t.Skip(err)
			}
			compared++
			for _, d := range disagree(outcomes(t, own, junos), outcomes(t, junos, nil)) {
				if check, _, _ := strings.Cut(d, " "); differ["juniper_junos "+fault.Name+" "+check] == "" {
					t.Error(d)
				}
			}
		})
	}
	if compared < 25 {
		t.Errorf("only %d fabrics were compared", compared)
	}
}
