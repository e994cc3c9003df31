package topology_test

import (
	"fmt"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"uplinkcheck/drivers/capture"
	"uplinkcheck/drivers/state"
	"uplinkcheck/inventory"
	"uplinkcheck/testbed"
	"uplinkcheck/testbed/model"
	"uplinkcheck/verify"
	"uplinkcheck/verify/audit"
	"uplinkcheck/verify/checks"
	"uplinkcheck/verify/topology"
)

// evidence is a scenario as the joining step gets it: parsed, two samples of every device, as far apart as any check wants.
type evidence struct {
	sc     *testbed.Scenario
	inv    *inventory.Inventory
	before []*capture.Capture
	after  []*capture.Capture
}

func gather(t testing.TB, name, text string) *evidence {
	t.Helper()
	sc, err := testbed.Parse(name, []byte(text))
	if err != nil {
		t.Fatal(err)
	}
	inv, err := inventory.Load("inventory.yml", []byte(sc.Inventory()))
	if err != nil {
		t.Fatal(err)
	}
	before, err := sc.Earlier(31 * time.Second)
	if err != nil {
		t.Fatal(err)
	}
	return &evidence{sc: sc, inv: inv, before: before.Captures(), after: sc.Captures()}
}

// input parses the captures afresh, so that a caller may change what it gets.
func (e *evidence) input(t testing.TB) topology.Input {
	t.Helper()
	in := topology.Input{Inventory: e.inv, Captures: e.after, Now: e.sc.Finished(), Allowed: audit.Listed, ParseErrs: map[string]string{}}
	for _, c := range e.before {
		if d := audit.Driver(c.Platform); d != nil {
			s, err := d.Parse(c)
			if err != nil {
				t.Fatal(err)
			}
			in.Before = append(in.Before, s)
			continue
		}
		h, err := audit.Source(c.Platform).Parse(c)
		if err != nil {
			t.Fatal(err)
		}
		in.Earlier = append(in.Earlier, h)
	}
	for _, c := range e.after {
		if d := audit.Driver(c.Platform); d != nil {
			s, err := d.Parse(c)
			if err != nil {
				t.Fatal(err)
			}
			in.Switches = append(in.Switches, s)
			continue
		}
		h, err := audit.Source(c.Platform).Parse(c)
		if err != nil {
			t.Fatal(err)
		}
		in.Hosts = append(in.Hosts, h)
	}
	for _, h := range e.inv.Hosts {
		if h.Source == "" || h.Source == "declared" {
			if host := inventory.Declared(h); host != nil {
				in.Hosts = append(in.Hosts, host)
			} else {
				in.Hosts = append(in.Hosts, &inventory.Host{Name: h.Name, Source: "declared", From: h.From})
			}
		}
	}
	return in
}

func (e *evidence) decide(captures []*capture.Capture) []verify.Finding {
	return audit.Decide(audit.Evidence{Inventory: e.inv, Captures: captures, Started: e.sc.Fabric.Time, Finished: e.sc.Finished()}, checks.All()).Findings
}

// scenarios are those that less evidence is tried on: what is healthy, and one for each fault there is, on the platforms in turn.
func scenarios(t testing.TB) (out []*evidence) {
	t.Helper()
	bases := []string{"ovs-pair", "junos-pair", "esi-pair", "mlag-pair"}
	for _, name := range append(bases, "junos-vc", "mixed", "demo") {
		out = append(out, gather(t, name, "base: "+name))
	}
	out = append(out, gather(t, "intent", intent), gather(t, "intent that is not met", intent+unmet))
	for i, k := range model.FaultKinds() {
		for j := range bases { // the first platform in turn that has the fault
			base := bases[(i+j)%len(bases)]
			text := "base: " + base + "\nhosts: {esx1: {source: linux}}\nfaults: [{fault: " + k.Name + ", " + k.Example + "}]"
			if _, err := testbed.Parse(k.Name, []byte(text)); err == nil {
				out = append(out, gather(t, base+" "+k.Name, text))
				break
			}
		}
	}
	return out
}

// intent asks for what is not judged unless the inventory asks for it; unmet is what then fails or warns.
const (
	intent = `base: mlag-pair
hosts: {esx1: {source: linux, mode: active-backup}, kvm2: {source: linux, uplinks: {eno1: leaf1/6, eno2: leaf2/6}, mode: switch-independent}}
inventory: {networks: {storage: {mtu: 9000, bandwidth: 10G}, guests: {bandwidth: 1G}}, policy: {parking_vlan: 998, reserved_vlans: 3968-4093, strict_vlans: true}}
`
	unmet = `faults:
  - {fault: vlan-missing, on: leaf2/1, vlans: 20}
  - {fault: mtu-mismatch, on: leaf1/lag47}
  - {fault: guest-trunk, on: kvm2}
  - {fault: native-mismatch, on: leaf1/lag2, vlans: 10}
  - {fault: stp-blocked, on: leaf1/6, vlans: 30}
`
)

type verdictOf struct{ check, kind, name string }

func index(found []verify.Finding) map[verdictOf]verify.Finding {
	out := map[verdictOf]verify.Finding{}
	for _, f := range found {
		out[verdictOf{f.Check, f.Subject.Kind, f.Subject.Name}] = f
	}
	return out
}

// gained lists what became a pass with less evidence and was none before. On a fabric where nothing failed it also lists what
// became a fail: to look less closely proves nothing either way.
func gained(full map[verdictOf]verify.Finding, less []verify.Finding) (out []string) {
	healthy := true
	for _, f := range full {
		healthy = healthy && f.Outcome != verify.Fail
	}
	for _, f := range less {
		if f.Outcome != verify.Pass && !(healthy && f.Outcome == verify.Fail) {
			continue
		}
		was, ok := full[verdictOf{f.Check, f.Subject.Kind, f.Subject.Name}]
		if ok && was.Outcome == f.Outcome || !ok && f.Subject.Kind == "lag" && (legByLeg[f.Check] || legsHad(full, f)) {
			continue
		}
		out = append(out, fmt.Sprintf("%s %s %s: was %s %q, is now %s %q", f.Check, f.Subject.Kind, f.Subject.Name, was.Outcome, was.Reason, f.Outcome, f.Reason))
	}
	return out
}

// legByLeg are the checks that judge each member of a LAG alone: a leg whose LAG falls apart for want of evidence keeps its verdict.
var legByLeg = map[string]bool{"LAG-001": true, "LAG-002": true, "LAG-003": true, "LAG-007": true, "LAG-008": true, "LAG-009": true, "LAG-011": true,
	"LAG-012": true, "LAG-013": true, "LAG-014": true, "LAG-015": true, "LAG-016": true, "LAG-017": true, "LAG-018": true, "VLN-015": true}

// legsHad reports whether the LAG that the finding's leg was part of had the same outcome.
func legsHad(full map[verdictOf]verify.Finding, f verify.Finding) bool {
	leg, name, _ := strings.Cut(f.Subject.Name, "/")
	for k, was := range full {
		if k.check == f.Check && k.kind == "lag" && was.Outcome == f.Outcome && strings.HasSuffix(k.name, "/"+name) &&
			slices.Contains(strings.Split(strings.TrimSuffix(k.name, "/"+name), "+"), leg) {
			return true
		}
	}
	return false
}

// A reply that is refused, in one sample or in both, never makes anything pass.
func TestLosingAReplyNeverPasses(t *testing.T) {
	for _, e := range scenarios(t) {
		t.Run(e.sc.Name, func(t *testing.T) {
			in := e.input(t)
			full := index(verify.Run(topology.Build(in), checks.All()))
			for i, c := range e.after {
				for j, r := range c.Replies {
					if !r.Usable() {
						continue
					}
					latest, both := without(in, refused(e.after, i, j), i)
					for _, less := range []topology.Input{latest, both} {
						for _, g := range gained(full, verify.Run(topology.Build(less), checks.All())) {
							t.Errorf("without %q of %s: %s", r.Command, c.Device, g)
						}
					}
				}
			}
		})
	}
}

// refused returns the captures with one reply replaced by a refusal.
func refused(captures []*capture.Capture, device, reply int) []*capture.Capture {
	out := slices.Clone(captures)
	c := *out[device]
	c.Replies = slices.Clone(c.Replies)
	r := *c.Replies[reply]
	r.Err, r.Data = "% Invalid input", nil
	c.Replies[reply], out[device] = &r, &c
	return out
}

// without replaces what one device gave by what its new capture gives, in the latest sample and in both.
func without(in topology.Input, captures []*capture.Capture, device int) (latest, both topology.Input) {
	c := captures[device]
	latest = in
	latest.Captures = captures
	if d := audit.Driver(c.Platform); d != nil {
		s, err := d.Parse(c)
		put := func(in []*state.Switch) (out []*state.Switch) {
			for _, x := range in {
				if x.Name == c.Device {
					x = s
				}
				if x != nil {
					out = append(out, x)
				}
			}
			return out
		}
		if err != nil {
			latest.ParseErrs = map[string]string{c.Device: err.Error()}
		}
		latest.Switches = put(in.Switches)
		both = latest
		both.Before = put(in.Before)
		return latest, both
	}
	h, err := audit.Source(c.Platform).Parse(c)
	put := func(in []*inventory.Host) (out []*inventory.Host) {
		for _, x := range in {
			if x.Name == c.Device {
				x = h
			}
			if x != nil {
				out = append(out, x)
			}
		}
		return out
	}
	latest.Hosts = put(in.Hosts)
	if err != nil {
		latest.ParseErrs = map[string]string{c.Device: err.Error()}
	}
	both = latest
	both.Earlier = put(in.Earlier)
	return latest, both
}

// A device that cannot be logged in to never makes anything pass.
func TestLosingADeviceNeverPasses(t *testing.T) {
	for _, e := range scenarios(t) {
		t.Run(e.sc.Name, func(t *testing.T) {
			full := index(e.decide(slices.Concat(e.before, e.after)))
			for i, c := range e.after {
				gone := *c
				gone.Replies, gone.Err = nil, "connection refused"
				before, after := slices.Clone(e.before), slices.Clone(e.after)
				before[i], after[i] = &gone, &gone
				for _, g := range gained(full, e.decide(slices.Concat(before, after))) {
					t.Errorf("without %s: %s", c.Device, g)
				}
			}
		})
	}
}

// A single fact that nobody states never makes anything pass, nor do many.
func TestLosingFactsNeverPasses(t *testing.T) {
	for n, e := range scenarios(t) {
		if testing.Short() && n%5 != 0 {
			continue
		}
		t.Run(e.sc.Name, func(t *testing.T) {
			in := e.input(t)
			full := index(verify.Run(topology.Build(in), checks.All()))
			all := factsOf(in)
			try := func(t interface{ Errorf(string, ...any) }, what string, lost ...fact) {
				for _, f := range lost {
					f.value.SetZero()
				}
				less := verify.Run(topology.Build(in), checks.All())
				for _, f := range lost {
					f.value.Set(f.kept)
				}
				for _, g := range gained(full, less) {
					t.Errorf("without %s: %s", what, g)
				}
			}
			for i, f := range all {
				if n < 4 && i%3 == n || i%29 == n%29 { // a share of each: together they touch every kind of fact
					try(t, f.path, f)
				}
			}
			if n%3 != 0 {
				return
			}
			t.Run("many at once", rapid.MakeCheck(func(rt *rapid.T) {
				lost := rapid.SliceOfNDistinct(rapid.IntRange(0, len(all)-1), 2, 40, rapid.ID[int]).Draw(rt, "lost")
				var gone []fact
				var names []string
				for _, i := range lost {
					gone, names = append(gone, all[i]), append(names, all[i].path)
				}
				try(rt, strings.Join(names, ", "), gone...)
			}))
		})
	}
}

// A fact is one of the input, where it stands and what it was.
type fact struct {
	path        string
	value, kept reflect.Value
}

// factsOf lists every known fact and every listing of the latest sample and of the hosts.
func factsOf(in topology.Input) (out []fact) {
	for _, s := range in.Switches {
		out = append(out, factsIn(reflect.ValueOf(s).Elem(), s.Name)...)
	}
	for _, h := range in.Hosts {
		out = append(out, factsIn(reflect.ValueOf(h).Elem(), h.Name)...)
	}
	return out
}

func factsIn(v reflect.Value, path string) (out []fact) {
	switch {
	case v.Kind() == reflect.Slice:
		for i := range v.Len() {
			out = append(out, factsIn(v.Index(i), fmt.Sprintf("%s[%d]", path, i))...)
		}
	case v.Kind() != reflect.Struct:
	case strings.HasPrefix(v.Type().Name(), "Fact["), v.Type() == reflect.TypeFor[capture.Span]() && strings.Contains(path, ".Listed."):
		if !v.IsZero() {
			kept := reflect.New(v.Type()).Elem()
			kept.Set(v)
			out = append(out, fact{path, v, kept})
		}
	case v.Type() != reflect.TypeFor[capture.Span]():
		for i := range v.NumField() {
			if f := v.Type().Field(i); f.IsExported() {
				out = append(out, factsIn(v.Field(i), path+"."+f.Name)...)
			}
		}
	}
	return out
}

// The same evidence in any order gives the same findings.
func TestOrderOfInputDoesNotMatter(t *testing.T) {
	for n, e := range scenarios(t) {
		if n >= 7 && n%5 != 0 {
			continue
		}
		t.Run(e.sc.Name, func(t *testing.T) {
			in := e.input(t)
			want := verify.Run(topology.Build(in), checks.All())
			rapid.Check(t, func(rt *rapid.T) {
				shuffled := in
				shuffled.Captures = rapid.Permutation(in.Captures).Draw(rt, "captures")
				shuffled.Switches = rapid.Permutation(in.Switches).Draw(rt, "switches")
				shuffled.Before = rapid.Permutation(in.Before).Draw(rt, "before")
				shuffled.Hosts = rapid.Permutation(in.Hosts).Draw(rt, "hosts")
				got := verify.Run(topology.Build(shuffled), checks.All())
				if diff := cmp.Diff(want, got, cmp.Comparer(func(a, b capture.Span) bool { return a == b })); diff != "" {
					rt.Fatal(diff)
				}
			})
		})
	}
}
