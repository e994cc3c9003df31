package synth_test

import (
	"bytes"
	"testing"

	"uplinkcheck/drivers/capture"
	"uplinkcheck/drivers/state"
	"uplinkcheck/testbed/synth"
	"uplinkcheck/verify"
	"uplinkcheck/verify/audit"
	"uplinkcheck/verify/topology"
)

func TestAHealthyFabricHasNothingToReport(t *testing.T) {
	checks, err := audit.Select(nil, nil)
	if err != nil {
		t.Fatal(err)
	}
	for _, switches := range []int{1, 2, 7, 14} {
		for seed := range uint64(3) {
			f := topology.Build(synth.New(synth.Options{Seed: seed, Switches: switches, Leaves: 3, Routed: switches == 14}).Input())
			for _, x := range verify.Run(f, checks) {
				if x.Outcome > verify.Pass && !reloadsAsOne(f, x) {
					t.Errorf("%d switches, seed %d: %s %s %s: %s (%s)", switches, seed, x.Outcome, x.Check(), x.Subject.Name, x.Reason, x.Missing)
				}
			}
		}
	}
}

// reloadsAsOne reports whether a finding is that of a stack: nothing is wrong with it, and yet it may not be reloaded.
func reloadsAsOne(f *topology.Fabric, x *verify.Finding) bool {
	s := f.SwitchNamed(x.Subject.Name)
	return x.Check() == "RED-012" && x.Outcome == verify.Warn && s != nil && capture.Is(s.Device.Stacked, true)
}

func TestOneSeedGivesOneFabric(t *testing.T) {
	dump := func(seed uint64) (all []byte) {
		in := synth.New(synth.Options{Seed: seed, Switches: 30}).Input()
		for _, s := range in.Switches {
			text, err := state.Dump(s)
			if err != nil {
				t.Fatal(err)
			}
			all = append(all, text...)
		}
		return append(all, in.Inventory.File.Data...)
	}
	if !bytes.Equal(dump(1), dump(1)) {
		t.Error("one seed gave two fabrics")
	}
	if bytes.Equal(dump(1), dump(2)) {
		t.Error("two seeds gave one fabric")
	}
}

// The size that the benchmarks ask for is the size that comes.
func TestSizes(t *testing.T) {
	for _, want := range []int{1, 2, 5, 40, 500, 1000} {
		in := synth.New(synth.Options{Switches: want}).Input()
		ports := 0
		for _, s := range in.Switches {
			for _, p := range s.Interfaces {
				if p.Kind == state.Physical {
					ports++
				}
			}
		}
		if len(in.Switches) != want || ports != 48*want || len(in.Hosts) != 2*want {
			t.Errorf("%d switches asked for: got %d with %d ports and %d hosts", want, len(in.Switches), ports, len(in.Hosts))
		}
	}
}
