package profile_test

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
	"testing"

	"uplinkcheck/inventory"
	"uplinkcheck/verify"
	"uplinkcheck/verify/checks"
	"uplinkcheck/verify/profile"
	"uplinkcheck/verify/standard"
	"uplinkcheck/verify/topology"
)

func TestProfilesAreFoundAndSaySomething(t *testing.T) {
	want := []string{"gs2023-basis", "gs2023-erhoeht", "gs2023-standard", "m5.153", "ops", "pci-segmentation", "stig-l2s", "stig-vsphere"}
	if got := profile.Names(); !slices.Equal(got, want) {
		t.Errorf("got %v, want %v", got, want)
	}
	if profile.Find("M5.153") != profile.M5153 || profile.Find("iso") != nil {
		t.Error("Find is not by name in any case")
	}
	for _, p := range profile.All() {
		if p.Title == "" || p.Doc == "" || len(p.Demands) == 0 {
			t.Errorf("%s has no title, doc or demands", p.Name)
		}
		for _, d := range p.Demands {
			ref, _ := standard.Of(d.Clause)
			if d.Asks == "" && ref.Title == "" && ref.About == "" {
				t.Errorf("%s %s: nothing says what it asks", p.Name, d.Clause)
			}
			if len(d.Checks) == 0 && d.Beyond == "" {
				t.Errorf("%s %s %s: nothing decides it, and no reason is given", p.Name, d.Clause, d.Asks)
			}
		}
	}
}

// catalogued is how many checks each group of the catalogue has.
var catalogued = map[string]int{"LAG": 20, "RED": 16, "MLG": 16, "VLN": 19, "MGT": 13, "SEP": 13, "CLU": 7, "SVC": 8, "EVD": 8}

func TestProfilesNameExistingChecksOnce(t *testing.T) {
	for _, p := range profile.All() {
		for _, d := range p.Demands {
			for i, id := range d.Checks {
				group, number, _ := strings.Cut(id, "-")
				n := 0
				if fmt.Sscan(strings.TrimLeft(number, "0"), &n); n < 1 || n > catalogued[group] {
					t.Errorf("%s %s %s: no check %s", p.Name, d.Clause, d.Asks, id)
				}
				if slices.Contains(d.Checks[:i], id) {
					t.Errorf("%s %s %s: %s twice", p.Name, d.Clause, d.Asks, id)
				}
			}
		}
	}
}

// What nobody has verified is printed nowhere: every clause that a check or a profile cites is in the table of references.
func TestNothingUnverifiedIsCited(t *testing.T) {
	for _, c := range checks.All() {
		for _, x := range c.Cites {
			if _, verified := standard.Of(x); !verified {
				t.Errorf("%s cites %s, which is not in verify/standard/table.go: cite what was seen, or add what was verified", c.ID, x)
			}
		}
	}
	for _, p := range profile.All() {
		for _, d := range p.Demands {
			if _, verified := standard.Of(d.Clause); !verified && d.Clause != (standard.Clause{}) {
				t.Errorf("%s: %s is not in verify/standard/table.go", p.Name, d.Clause)
			}
		}
	}
}

// unverified are words of documents that nobody has seen; rules are ids that the table must have where a text names one.
var (
	unverified = regexp.MustCompile(`VM-NS-|800-125A\b|Grundschutz\+\+|RFC ?7432,? ?(section|§|\d)|802\.1AB[^.]{0,12} 9\.|802\.1Q[^.]{0,12} (6|8|12)\.[0-57-9]`)
	rules      = regexp.MustCompile(`\b(?:CISC|ARST|JUEX|ESXI|VCSA)-(?:L2-)?(?:\d\d-)?\d{6}\b|SRG-[A-Z0-9-]*\d|\b(?:NET|SYS|OPS)\.[0-9.]+A\d+\b`)
)

func TestNothingUnverifiedIsSaid(t *testing.T) {
	texts := map[string]string{}
	for _, c := range checks.All() {
		texts[c.ID] = c.Title + " " + c.Doc + " " + c.Undecided
	}
	for _, p := range profile.All() {
		texts[p.Name] = p.Title + " " + p.Doc
		for _, d := range p.Demands {
			texts[p.Name] += " " + d.Asks + " " + d.Beyond
		}
		for _, r := range p.Rules {
			texts[p.Name] += " " + r.Why + " " + r.Fix
		}
	}
	for from, text := range texts {
		if m := unverified.FindString(text); m != "" {
			t.Errorf("%s says %q, which nobody has verified", from, m)
		}
		for _, id := range rules.FindAllString(text, -1) {
			known := false
			for _, level := range []string{"B", "S", "E"} {
				_, ok := standard.Of(standard.Grundschutz(id, level))
				known = known || ok
			}
			if _, ok := standard.Of(standard.STIG(id)); !ok && !known {
				t.Errorf("%s names %s, which is not in verify/standard/table.go", from, id)
			}
		}
	}
}

// A requirement of the Kompendium is decided by the checks that cite it, and by no other; the same holds for M 5.153 one way.
func TestClausesAndCitationsAgree(t *testing.T) {
	byClause := map[standard.Clause][]string{}
	for _, d := range profile.GS2023Erhoeht.Demands {
		byClause[d.Clause] = append(byClause[d.Clause], d.Checks...)
	}
	for _, c := range checks.All() {
		for _, x := range c.Cites {
			if x.Document == standard.Kompendium.Document && !slices.Contains(byClause[x], c.ID) {
				t.Errorf("%s cites %s, but no profile has it decide that", c.ID, x)
			}
			if x == standard.M5153 && !profile.M5153.Demanded(c.ID) {
				t.Errorf("%s cites M 5.153, but no question of the profile names it", c.ID)
			}
		}
		for x, ids := range byClause {
			if slices.Contains(ids, c.ID) && !slices.Contains(c.Cites, x) {
				t.Errorf("%s decides %s in a profile, but does not cite it", c.ID, x)
			}
		}
	}
}

// The three levels build on each other.
func TestLevelsContainEachOther(t *testing.T) {
	levels := []*verify.Profile{profile.GS2023Basis, profile.GS2023Standard, profile.GS2023Erhoeht}
	for i, letter := range []string{"(B)", "(S)", "(E)"} {
		for j, p := range levels {
			has := slices.ContainsFunc(p.Demands, func(d verify.Demand) bool { return strings.HasSuffix(d.Clause.Clause, letter) })
			if has != (i <= j) {
				t.Errorf("%s: has requirements of level %s: %v", p.Name, letter, has)
			}
		}
	}
}

// Live migration on a shared network: M 5.153 refuses it, the Kompendium asks to examine it, unless the plan itself says "own network".
func TestLiveMigrationOnASharedNetwork(t *testing.T) {
	plan := func(dedicated bool) *topology.Fabric {
		inv, err := inventory.Load("inventory.yml", fmt.Appendf(nil, "networks:\n  vmotion: {vlans: [20], role: live-migration, dedicated: %t}\n", dedicated))
		if err != nil {
			t.Fatal(err)
		}
		return topology.Build(topology.Input{Inventory: inv})
	}
	check := &verify.Check{ID: "SEP-001", Title: "t", Doc: "d", Severity: verify.High, Cites: []standard.Clause{standard.M5153}}
	for _, c := range []struct {
		name      string
		p         *verify.Profile
		dedicated bool
		want      verify.Outcome
	}{
		{"no profile", nil, false, verify.Fail},
		{"M 5.153", profile.M5153, false, verify.Fail},
		{"Kompendium", profile.GS2023Standard, false, verify.Warn},
		{"Kompendium, planned as its own", profile.GS2023Standard, true, verify.Fail},
	} {
		f := plan(c.dedicated)
		check.Run = verify.Each(func(*topology.Fabric) []*topology.Network { return f.Networks }, func(n *topology.Network) (v verify.Verdict) {
			v.Fail(n.From, "%s is shared", n.Name).Fix("give it its own VLAN")
			return v
		})
		got := verify.RunFor(c.p, f, []*verify.Check{check})[0]
		if got.Outcome != c.want || got.Fix == "" {
			t.Errorf("%s: got %s %q, want %s", c.name, got.Outcome, got.Reason, c.want)
		}
		if c.want == verify.Warn && !strings.Contains(got.Reason, "fail without the profile gs2023-standard") {
			t.Errorf("%s: %q does not say why it only warns", c.name, got.Reason)
		}
	}
}
