package testbed_test

import (
	"fmt"
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

// worse returns the findings of a scenario that are worse than pass, "outcome check subject" each, from two samples so far apart.
func worse(t *testing.T, text string, apart time.Duration) (out []string) {
	t.Helper()
	s, err := testbed.Parse("test", []byte(text))
	if err != nil {
		t.Fatal(err)
	}
	inv, err := inventory.Load("inventory.yml", []byte(s.Inventory()))
	if err != nil {
		t.Fatal(err)
	}
	checks, err := audit.Select(nil, nil)
	if err != nil {
		t.Fatal(err)
	}
	before, err := s.Earlier(apart)
	if err != nil {
		t.Fatal(err)
	}
	ev := audit.Evidence{Inventory: inv, Captures: append(before.Captures(), s.Captures()...), Started: s.Fabric.Time, Finished: s.Finished()}
	for _, f := range audit.Decide(ev, checks).Findings {
		if f.Outcome > verify.Pass {
			out = append(out, fmt.Sprintf("%s %s %s", f.Outcome, f.Check(), f.Subject.Name))
		}
	}
	return out
}

func TestTheHealthyFabricHasNothingToReport(t *testing.T) {
	for _, platform := range []string{"arista_eos", "cisco_nxos", "cumulus", "juniper_junos", "openvswitch"} {
		text := "base: healthy\nswitches: {leaf1: {platform: " + platform + "}, leaf2: {platform: " + platform + "}}"
		t.Run(platform, func(t *testing.T) {
			for _, apart := range []time.Duration{0, 4 * time.Second, 31 * time.Second} {
				if got := unlessUntold(platform, worse(t, text, apart)); len(got) > 0 {
					t.Errorf("with samples %s apart got\n%s", apart, strings.Join(got, "\n"))
				}
			}
		})
	}
}

// untold are checks for which a platform gives nothing, in any state: of Arista EOS no reply that is asked for counts LACPDUs.
var untold = map[string][]string{
	"arista_eos": {"LAG-014"},
	"cumulus":    {"LAG-014", "LAG-018", "MLG-004", "MLG-009"}, // nor how often a link changed, the pair's own comparison unless it found something, the delay
}

// unlessUntold leaves out what a platform never tells.
func unlessUntold(platform string, findings []string) []string {
	return slices.DeleteFunc(findings, func(f string) bool {
		words := strings.Fields(f)
		return words[0] == "unknown" && slices.Contains(untold[platform], words[1])
	})
}

// harmless are faults that break nothing which is promised, and so never fail nor warn, though something may stay unknown:
// hosts need not speak LLDP, and two hosts that share an LACP identity on LAGs of their own still have one partner each.
var harmless = []string{"lldp-silent", "duplicate-partner"}

// unseen are faults that a platform does not report: the check stays unknown, as it is without them.
var unseen = map[string]string{
	"arista_eos bad-pdus":         "none of the replies that are asked for counts them",
	"cumulus bad-pdus":            "none of the replies that are asked for counts them",
	"cumulus config-inconsistent": "clagd tells what differs by bond, and no more",
	"cumulus flapping":            "none of the replies that are asked for tells how often a link changed",
	"cumulus no-reload-delay":     "none of the replies that are asked for tells the delay",
}

func TestNoFaultGoesUnnoticed(t *testing.T) {
	for _, platform := range []string{"arista_eos", "aruba_aoscx", "cisco_nxos", "cumulus", "juniper_junos", "openvswitch"} {
		for _, k := range model.FaultKinds() {
			if unseen[platform+" "+k.Name] != "" {
				continue
			}
			t.Run(platform+" "+k.Name, func(t *testing.T) {
				text := fmt.Sprintf("base: healthy\nswitches: {leaf1: {platform: %[1]s}, leaf2: {platform: %[1]s}}\nfaults: [{fault: %s, %s}]",
					platform, k.Name, k.Example)
				if _, err := testbed.Parse("test", []byte(text)); err != nil && platform != "arista_eos" {
					return // Open vSwitch has no VLAN database, no spanning tree, no min-links, no protocol between peers; neither has hot standbys
				}
				got := unlessUntold(platform, worse(t, text, 31*time.Second))
				if slices.Contains(harmless, k.Name) {
					if s := strings.Join(got, "\n"); strings.Contains(s, "fail ") || strings.Contains(s, "warn ") {
						t.Errorf("a harmless fault gave\n%s", s)
					}
				} else if len(got) == 0 {
					t.Error("every check passed")
				}
			})
		}
	}
}

func TestTheDemoShowsItsSixFaults(t *testing.T) {
	got := worse(t, "base: demo", 0)
	for _, want := range []string{
		"fail RED-005 leaf1+leaf2/Port-Channel1", // legs of esx1 and esx2 swapped
		"fail RED-005 leaf1+leaf2/Port-Channel2",
		"fail VLN-002 esx3/bond0",   // VLAN 20 on one peer only
		"fail RED-001 kvm2",         // both legs on one switch
		"fail VLN-004 kvm3/eno2",    // everything allowed
		"fail MGT-002 management",   // the printer's port
		"fail MLG-004 leaf1+leaf2",  // the pair disagrees
		"fail RED-002 esx3/vmotion", // what follows
	} {
		if !slices.Contains(got, want) {
			t.Errorf("no %q in\n%s", want, strings.Join(got, "\n"))
		}
	}
	for _, f := range got {
		if strings.Contains(f, " EVD-") {
			t.Errorf("the demo's evidence is not sound: %s", f)
		}
	}
}
