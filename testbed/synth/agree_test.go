package synth_test

import (
	"fmt"
	"reflect"
	"strings"
	"testing"

	"uplinkcheck/drivers/capture"
	"uplinkcheck/drivers/state"
	"uplinkcheck/inventory"
	"uplinkcheck/testbed"
	"uplinkcheck/testbed/synth"
	"uplinkcheck/verify/audit"
	"uplinkcheck/verify/topology"
)

// facts lists what is known, each fact with its value and without the line that states it.
func facts(v any) map[string]string {
	out := map[string]string{}
	state.EachFact(v, func(path string, value reflect.Value, from capture.Span) {
		if from.Known() && value.IsValid() {
			out[path] = fmt.Sprint(value.Interface())
		} else if from.Known() {
			out[path] = "known"
		}
	})
	return out
}

// rendered is the fabric as what devices print, read by the drivers.
func rendered(t testing.TB, f *synth.Fabric) audit.Evidence {
	t.Helper()
	s, err := testbed.Compile(f.Scenario())
	if err != nil {
		t.Fatal(err)
	}
	inv, err := inventory.Load("inventory.yml", []byte(s.Inventory()))
	if err != nil {
		t.Fatal(err)
	}
	return audit.Evidence{Inventory: inv, Captures: append(s.Captures(), s.Captures()...), Started: s.Fabric.Time, Finished: s.Finished()}
}

// The state that the generator writes is what the drivers read from the replies of the same fabric, fact by fact.
func TestStateIsWhatTheDriversRead(t *testing.T) {
	for seed := range uint64(7) {
		f := synth.New(synth.Options{Seed: seed, Switches: []int{1, 2, 9, 1, 2, 9, 14}[seed], Leaves: 3, Hosts: 12, Routed: seed == 6})
		mine, theirs := topology.Build(f.Input()), audit.Fabric(rendered(t, f))
		for _, s := range theirs.Switches {
			if m := mine.SwitchNamed(s.Name); m == nil {
				t.Errorf("no switch %s", s.Name)
			} else {
				compare(t, s.Name, facts(m.Switch), facts(s.Switch))
				if m.MTUScope != s.MTUScope {
					t.Errorf("%s: what its MTU counts is %v, the driver says %v", s.Name, m.MTUScope, s.MTUScope)
				}
			}
		}
		for _, h := range theirs.Hosts {
			if m := mine.HostNamed(h.Name); m == nil {
				t.Errorf("no host %s", h.Name)
			} else {
				compare(t, h.Name, facts(m.Host), facts(h.Host))
				for i, u := range h.Uses {
					if v := m.Uses[i]; u.Name != v.Name || u.Over != v.Over || u.Kind != v.Kind || u.VIDs != v.VIDs || u.Tags != v.Tags || u.Untagged != v.Untagged {
						t.Errorf("%s: use %+v, the source reads %+v", h.Name, v, u)
					}
				}
			}
		}
	}
}

// leftOut are facts that no verdict on a generated fabric rests on, and that would cost memory.
var leftOut = []string{"MACs", "macs", "ManagementAddresses", "managementAddresses"}

func compare(t *testing.T, who string, got, want map[string]string) {
	t.Helper()
	out := func(path string) bool {
		if strings.HasPrefix(path, ".VLANs[") && strings.Contains(path, ".Ports[") {
			return true // bridge ports tell which VLANs they carry
		}
		for _, part := range leftOut {
			if strings.Contains(path, part) {
				return true
			}
		}
		return false
	}
	for path, w := range want {
		if g, ok := got[path]; !out(path) && (!ok || g != w) {
			t.Errorf("%s: %s is %q, the driver reads %q", who, path, g, w)
		}
	}
	for path, g := range got {
		if _, ok := want[path]; !ok && !out(path) {
			t.Errorf("%s: %s is %q, the driver reads nothing", who, path, g)
		}
	}
}
