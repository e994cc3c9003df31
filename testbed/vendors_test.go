package testbed_test

import (
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"uplinkcheck/drivers/capture"
	"uplinkcheck/inventory"
	"uplinkcheck/testbed"
	"uplinkcheck/testbed/model"
	"uplinkcheck/verify"
	"uplinkcheck/verify/audit"
)

// A sampled is a scenario with two samples of it.
type sampled struct {
	now, before      *testbed.Scenario
	samples, earlier []*capture.Capture
}

// sample takes the samples. Devices that are as in the healthy fabric say what they said there; nil: none is known.
func sample(t *testing.T, text string, healthy *sampled) *sampled {
	t.Helper()
	now, err := testbed.Parse("fabric", []byte(text))
	if err != nil {
		t.Fatal(err)
	}
	before, err := now.Earlier(31 * time.Second)
	if err != nil {
		t.Fatal(err)
	}
	if healthy == nil {
		return &sampled{now, before, now.Captures(), before.Captures()}
	}
	return &sampled{now, before, now.CapturesLike(healthy.now, healthy.samples), before.CapturesLike(healthy.before, healthy.earlier)}
}

// outcomes returns what every check says of every subject, "CHECK subject". Ports, LAGs and pairs are called as in the same fabric of other
// switches.
func (s *sampled) outcomes(t *testing.T, like *testbed.Scenario) map[string]verify.Outcome {
	t.Helper()
	inv, err := inventory.Load("inventory.yml", []byte(s.now.Inventory()))
	if err != nil {
		t.Fatal(err)
	}
	checks, err := audit.Select(nil, nil)
	if err != nil {
		t.Fatal(err)
	}
	ev := audit.Evidence{Inventory: inv, Captures: slices.Concat(s.earlier, s.samples), Started: s.now.Fabric.Time}
	for _, c := range s.samples {
		if c.Finished.After(ev.Finished) {
			ev.Finished = c.Finished
		}
	}
	names := strings.NewReplacer(renamed(s.now, like)...)
	out := map[string]verify.Outcome{}
	for _, f := range audit.Decide(ev, checks).Findings {
		key := f.Check() + " " + strings.TrimSuffix(names.Replace(f.Subject.Name+"\n"), "\n")
		out[key] = max(out[key], f.Outcome)
	}
	return out
}

// renamed are pairs for strings.NewReplacer: a name ends with its text or at a blank.
func renamed(s, eos *testbed.Scenario) (pairs []string) {
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

// differ are the cases in which platforms behave differently, not only say it differently: by contests, fault and checks.
var differ = spread(map[string]string{
	"cumulus loop-to-itself LAG-002,LAG-004,LAG-017":                      "the kernel drops LACPDUs of its own system: Cumulus Linux shows that nobody answers, where EOS shows itself as partner",
	"cumulus stp-blocked MGT-009,RED-001,RED-002,RED-003,RED-007,RED-016": "Cumulus Linux runs one spanning tree: a port that it blocks is blocked in all VLANs",

	"iosxe allow-all VLN-006,VLN-008": "a trunk of the Virtual Chassis that it is held against has no untagged VLAN unless one is configured",

	"junos allow-all VLN-006,VLN-008":                       "a trunk of Junos has no untagged VLAN unless one is configured",
	"junos wrong-system-id LAG-001,MLG-005,MLG-006,MLG-016": otherSystem,

	"nxos fallback-active LAG-001,LAG-002,LAG-007": "NX-OS says of a port that it runs alone, where EOS says no more than that it is not in the LAG",

	"sonic allow-all MLG-007,VLN-004,VLN-006,VLN-007,VLN-008": "a port of SONiC is in the VLANs that it was put into: there is no list that allows all",
	"sonic fallback-active LAG-001,LAG-002":                   "SONiC says that the LAG forwards by fallback, which LAG-012 judges; EOS only that nobody answers",
	"sonic vlan-not-created LAG-010,VLN-013":                  noneOfThem,
	"sonic wrong-system-id LAG-001,MLG-005,MLG-006,MLG-016":   otherSystem,

	"srlinux,srlinux-junos allow-all VLN-004":                "a port of SR Linux has the VLANs of its subinterfaces: there is no list that allows all",
	"srlinux allow-all VLN-006,VLN-008":                      "a port of SR Linux has the VLANs of its subinterfaces: there is no list that allows all",
	"srlinux,srlinux-junos fallback-active LAG-001,LAG-002":  "SR Linux says that the LAG forwards by fallback, which LAG-012 judges; EOS and Junos only that nobody answers",
	"srlinux-junos host-mtu VLN-014":                         "the pair of Junos is joined by a trunk, which the one of SR Linux does without",
	"srlinux,srlinux-junos vlan-not-created LAG-010,VLN-013": noneOfThem,
})

const (
	otherSystem = "on EOS a LAG of the MLAG has the MLAG's system: with another one it is no multi-chassis LAG there"
	noneOfThem  = "a VLAN that the switch does not have is on none of its ports: one that a peer lacks, not one that is allowed and not forwarded"
)

// spread gives each contest and check of a key an entry of its own.
func spread(reasons map[string]string) map[string]string {
	out := map[string]string{}
	for key, why := range reasons {
		words := strings.Fields(key)
		for contest := range strings.SplitSeq(words[0], ",") {
			for check := range strings.SplitSeq(words[2], ",") {
				out[contest+" "+words[1]+" "+check] = why
			}
		}
	}
	return out
}

// A place is where the mixed fabric is broken: one pair of it, or its stack.
type place struct{ name, platform string }

var places = []place{
	{"aoscx", "aruba_aoscx"}, {"cumulus", "cumulus"}, {"eos", "arista_eos"}, {"iosxe", "cisco_iosxe"},
	{"junos", "juniper_junos"}, {"nxos", "cisco_nxos"}, {"sonic", "sonic"}, {"srlinux", "nokia_srlinux"},
}

// allEOS makes EOS of all switches of the mixed fabric. EOS has Ethernet segments as SR Linux has them, but no stack: a pair with a protocol is
// another thing, which no loss of one switch takes away. So the stack stays one, of the other platform that has stacks.
const allEOS = `
switches:
  aoscx1: {platform: arista_eos}
  aoscx2: {platform: arista_eos}
  cumulus1: {platform: arista_eos}
  cumulus2: {platform: arista_eos}
  iosxe: {platform: juniper_junos}
  junos1: {platform: arista_eos}
  junos2: {platform: arista_eos}
  nxos1: {platform: arista_eos}
  nxos2: {platform: arista_eos}
  sonic1: {platform: arista_eos}
  sonic2: {platform: arista_eos}
  srlinux1: {platform: arista_eos}
  srlinux2: {platform: arista_eos}
pairs:
  srlinux: {protocol: esi}
trunks:
  iosxe: {a: ["iosxe/0:31", "iosxe/0:32", "iosxe/1:31", "iosxe/1:32"]}
hosts:
  esx-iosxe: {uplinks: {eno1: "iosxe/0:1", eno2: "iosxe/1:1"}}
  kvm-iosxe: {uplinks: {eno1: "iosxe/0:2", eno2: "iosxe/1:2"}}
`

var ofPair = regexp.MustCompile(`\b(leaf|p|esx|kvm)([12])(?:/(\d+))?\b`)

// here turns names of mlag-pair into those of the place. first is the number of the first member of its stack.
func (p place) here(text string, first int) string {
	return ofPair.ReplaceAllStringFunc(text, func(name string) string {
		m := ofPair.FindStringSubmatch(name)
		switch leaf := m[1] == "leaf"; {
		case m[1] == "p", leaf && p.stacked() && m[3] == "":
			return p.name
		case !leaf:
			return m[1] + "-" + p.name
		case p.stacked():
			return fmt.Sprintf(`"%s/%d:%s"`, p.name, int(m[2][0]-'1')+first, m[3])
		}
		return strings.Replace(name, "leaf", p.name, 1)
	})
}

func (p place) stacked() bool { return p.platform == "cisco_iosxe" }

// border is where the firewall and the administrator are on mlag-pair: in the mixed fabric they move to the place.
const border = "machines: {fw1: {uplinks: {eth0: leaf1/20, eth1: leaf2/20}}, admin: {uplinks: {eth0: leaf1/21}}}\n"

// A contest is one fabric of two makes, which are to get the same verdicts. like is what the platform is held against.
type contest struct {
	name      string
	platform  string
	own, like func(faults string) string // scenarios, with faults that are worded as on mlag-pair
}

// contests are the mixed fabric with faults at each of its places, and one that EOS says too little for: of the LACP system of an Ethernet
// segment it tells nothing, Junos does.
func contests() (out []contest) {
	for _, p := range places {
		out = append(out, contest{p.name, p.platform,
			func(faults string) string { return "base: mixed\n" + p.here(border+faults, 1) },
			func(faults string) string { return "base: mixed" + allEOS + p.here(border+faults, 0) }})
	}
	return append(out, contest{"srlinux-junos", "nokia_srlinux",
		func(faults string) string { return "base: srlinux-pair\n" + faults },
		func(faults string) string { return "base: esi-pair\n" + faults }})
}

// TestVendorsAgree holds that a fabric gets the same verdicts whoever made its switches, healthy and with every fault at each of its places.
// Where one platform does not report what another does, unknown may stand in place of a verdict.
func TestVendorsAgree(t *testing.T) {
	var compared, verdicts, unsaid atomic.Int64
	var used sync.Map
	t.Run("contest", func(t *testing.T) {
		for _, c := range contests() {
			t.Run(c.name, func(t *testing.T) {
				t.Parallel()
				own, like := sample(t, c.own(""), nil), sample(t, c.like(""), nil)
				for _, fault := range append([]model.FaultKind{{}}, model.FaultKinds()...) {
					t.Run(fault.Name, func(t *testing.T) {
						faults := ""
						if fault.Name != "" {
							faults = fmt.Sprintf("faults: [{fault: %s, %s}]\n", fault.Name, fault.Example)
						}
						if why := inexpressible[c.platform+" "+fault.Name]; why != "" {
							_, err := testbed.Parse("own", []byte(c.own(faults)))
							if _, err2 := testbed.Parse("like", []byte(c.like(faults))); err == nil && err2 == nil {
								t.Errorf("%s: and yet there are such fabrics", why)
							}
							return
						}
						compared.Add(1)
						a, b := sample(t, c.own(faults), own), sample(t, c.like(faults), like)
						mine, theirs := a.outcomes(t, b.now), b.outcomes(t, b.now)
						for key, x := range mine {
							if y, both := theirs[key]; both {
								verdicts.Add(1)
								if (x == verify.Unknown) != (y == verify.Unknown) {
									unsaid.Add(1)
								}
							}
						}
						for _, d := range disagree(mine, theirs) {
							check, _, _ := strings.Cut(d, " ")
							if entry := c.name + " " + fault.Name + " " + check; differ[entry] != "" {
								used.Store(entry, true)
							} else {
								t.Error(d)
							}
						}
					})
				}
			})
		}
	})
	t.Logf("%d fabrics and their %d verdicts were compared; of %d one side cannot tell", compared.Load(), verdicts.Load(), unsaid.Load())
	if compared.Load() < 365 || unsaid.Load()*20 > verdicts.Load() {
		t.Error("that is too little")
	}
	for entry := range differ {
		if _, ok := used.Load(entry); !ok {
			t.Errorf("%s: listed as different, and is not", entry)
		}
	}
}

// inexpressible are faults that a platform, or the one that it is held against, cannot have.
var inexpressible = map[string]string{
	"aruba_aoscx hot-standby": "AOS-CX holds no member of a LAG in reserve",
	"aruba_aoscx min-links":   "the simulated AOS-CX has no least number of links",

	"cisco_iosxe both-legs-on-one-switch": oneSwitch,
	"cisco_iosxe config-inconsistent":     oneSwitch,
	"cisco_iosxe dual-primary":            oneSwitch,
	"cisco_iosxe fallback-active":         "IOS-XE has no fallback",
	"cisco_iosxe hot-standby":             "a Virtual Chassis holds no member of a LAG in reserve",
	"cisco_iosxe keepalive-down":          oneSwitch,
	"cisco_iosxe mlag-peer-down":          oneSwitch,
	"cisco_iosxe no-reload-delay":         oneSwitch,
	"cisco_iosxe peer-link-down":          oneSwitch,
	"cisco_iosxe peer-link-single-member": oneSwitch,
	"cisco_iosxe reload-delay":            oneSwitch,

	"cumulus hot-standby":      "the kernel holds no member of a bond in reserve",
	"cumulus vlan-not-created": "a VLAN-aware bridge has no VLANs but those of its ports",
	"cumulus vlan-suspended":   "a VLAN-aware bridge has no VLANs but those of its ports",

	"juniper_junos hot-standby": "Junos holds no member of a LAG in reserve",

	"nokia_srlinux config-inconsistent":     noProtocol,
	"nokia_srlinux dual-primary":            noProtocol,
	"nokia_srlinux hot-standby":             "SR Linux holds no member of a LAG in reserve",
	"nokia_srlinux keepalive-down":          noProtocol,
	"nokia_srlinux mlag-peer-down":          noProtocol,
	"nokia_srlinux no-reload-delay":         noProtocol,
	"nokia_srlinux peer-link-down":          noProtocol,
	"nokia_srlinux peer-link-single-member": noProtocol,
	"nokia_srlinux stp-blocked":             "the simulated SR Linux runs no spanning tree",

	"sonic hot-standby": "SONiC holds no member of a LAG in reserve",
	"sonic stp-blocked": "the simulated SONiC runs no spanning tree",
}

const (
	oneSwitch  = "a stack is one switch: there is no pair"
	noProtocol = "switches with Ethernet segments need no peer-link and no protocol of a pair"
)
