package synth_test

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"uplinkcheck/testbed/synth"
	"uplinkcheck/verify"
	"uplinkcheck/verify/audit"
	"uplinkcheck/verify/topology"
)

// broken makes a small fabric with one to three faults, each in another part of it.
func broken(seed uint64) (*synth.Fabric, []synth.Answer) {
	r := rand.New(rand.NewPCG(seed, 1))
	f := synth.New(synth.Options{Seed: seed, Switches: 1 + r.IntN(9), Hosts: 2 + r.IntN(6)})
	var answers []synth.Answer
	kinds := synth.Faults()
	for range 1 + r.IntN(3) {
		if a, ok := f.Inject(kinds[r.IntN(len(kinds))]); ok {
			answers = append(answers, a)
		}
	}
	return f, answers
}

// Of a thousand random fabrics, each fault is found, and nothing is reported that no fault explains.
func TestFaultsAreFoundAndNothingElse(t *testing.T) {
	checks, err := audit.Select(nil, nil)
	if err != nil {
		t.Fatal(err)
	}
	found := map[string]int{}
	for seed := range uint64(1000) {
		f, answers := broken(seed)
		fabric := topology.Build(f.Input())
		findings := verify.Run(fabric, checks)
		wrong := compareAnswers(fabric, findings, answers)
		if len(wrong) > 0 {
			t.Errorf("seed %d, %d switches: %s\n  %s", seed, f.Switches, describe(answers), strings.Join(wrong, "\n  "))
		}
		for _, a := range answers {
			found[a.Fault]++
		}
	}
	for _, kind := range synth.Faults() {
		if found[kind] < 20 {
			t.Errorf("%s was put in only %d times", kind, found[kind])
		}
	}
}

// So are they in what devices print: rendered, and read by the drivers.
func TestFaultsAreFoundInWhatDevicesPrint(t *testing.T) {
	checks, err := audit.Select(nil, nil)
	if err != nil {
		t.Fatal(err)
	}
	for _, kind := range synth.Faults() {
		t.Run(kind, func(t *testing.T) {
			put := 0
			for seed := range uint64(6) {
				f := synth.New(synth.Options{Seed: seed, Switches: 6, Hosts: 4, Leaves: 2, Kinds: []synth.Kind{synth.Kinds[seed%3]}})
				a, ok := f.Inject(kind)
				if !ok {
					continue
				}
				put++
				fabric := audit.Fabric(rendered(t, f))
				if wrong := compareAnswers(fabric, verify.Run(fabric, checks), []synth.Answer{a}); len(wrong) > 0 {
					t.Errorf("seed %d: %s on %s\n  %s", seed, a.Fault, a.On, strings.Join(wrong, "\n  "))
				}
			}
			if put < 2 {
				t.Errorf("%s was put in only %d times", kind, put)
			}
		})
	}
}

func describe(answers []synth.Answer) string {
	var out []string
	for _, a := range answers {
		out = append(out, a.Fault+" on "+a.On)
	}
	return strings.Join(out, ", ")
}

// compareAnswers lists what was missed and what is a false alarm.
func compareAnswers(f *topology.Fabric, findings []*verify.Finding, answers []synth.Answer) (wrong []string) {
	got := map[string]verify.Outcome{}
	for _, x := range findings {
		id := x.Check() + " " + x.Subject.Name
		got[id] = max(got[id], x.Outcome)
		if x.Outcome > verify.Pass && !reloadsAsOne(f, x) && !slices.ContainsFunc(answers, func(a synth.Answer) bool { return a.Allows(x.Check(), x.Subject.Name) }) {
			wrong = append(wrong, fmt.Sprintf("false alarm: %s %s: %s (%s)", x.Outcome, id, x.Reason, x.Missing))
		}
	}
	for _, a := range answers {
		for _, must := range a.Must {
			if o := got[must]; o != verify.Fail && o != verify.Warn {
				wrong = append(wrong, fmt.Sprintf("missed: %s (%s), of %s on %s", must, o, a.Fault, a.On))
			}
		}
		for _, untold := range a.Untold {
			if o := got[untold]; o != verify.Unknown {
				wrong = append(wrong, fmt.Sprintf("told: %s (%s), of %s on %s", untold, o, a.Fault, a.On))
			}
		}
	}
	return wrong
}
