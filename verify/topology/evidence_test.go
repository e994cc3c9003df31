package topology_test

import (
	"fmt"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/tools/txtar"
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
		d, source := audit.Reader(e.inv, c)
		if d != nil {
			s, err := d.Parse(c)
			if err != nil {
				t.Fatal(err)
			}
			in.Before = append(in.Before, s)
			continue
		}
		h, err := source.Parse(c)
		if err != nil {
			t.Fatal(err)
		}
		in.Earlier = append(in.Earlier, h)
	}
	for _, c := range e.after {
		d, source := audit.Reader(e.inv, c)
		if d != nil {
			s, err := d.Parse(c)
			if err != nil {
				t.Fatal(err)
			}
			in.Switches = append(in.Switches, s)
			continue
		}
		h, err := source.Parse(c)
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

func (e *evidence) decide(captures []*capture.Capture) []*verify.Finding {
	return audit.Decide(audit.Evidence{Inventory: e.inv, Captures: captures, Started: e.sc.Fabric.Time, Finished: e.sc.Finished()}, checks.All()).Findings
}

// separated are scenarios that say all that can be said about separation: what is kept apart, and what is not on Arista EOS and on Junos.
var separated = []string{`
base: healthy
switches:
  msw: {platform: arista_eos}
  leaf1: {svis: [{vlan: 100, address: 10.0.100.1/24, vrf: prod}, {vlan: 101, address: 10.0.101.1/24, vrf: prod}]}
networks: {storage: null, san-a: {vlans: 31, role: storage, path: a}, san-b: {vlans: 32, role: storage, path: b}, oob: {vlans: 60, role: out-of-band}}
hosts:
  esx1: {uplinks: null, bonds: {bond0: {uplinks: {eno1: leaf1/1, eno2: leaf2/1}, networks: [vmotion, guests]}, mgmt: {uplinks: {eno3: msw/1}, networks: [management]},
    a: {uplinks: {eno4: leaf1/11}, networks: [san-a]}, b: {uplinks: {eno5: leaf2/11}, networks: [san-b]}}}
  kvm1: {uplinks: null, bonds: {bond0: {uplinks: {eno1: leaf1/2, eno2: leaf2/2}, networks: [vmotion, guests]}, mgmt: {uplinks: {eno3: msw/2}, networks: [management]},
    a: {uplinks: {eno4: leaf1/12}, networks: [san-a]}, b: {uplinks: {eno5: leaf2/12}, networks: [san-b]}}}
machines: {fw1: {networks: [guests]}, admin: {uplinks: {eth0: msw/21}}, bmc1: {uplinks: {eth0: msw/25}, networks: [oob]}, fw2: {kind: gateway, uplinks: {eth0: msw/20}, networks: [management]}}
lags: {leaf1/lag47: {allowed: "20,31,32,100-101,4094"}, leaf2/lag47: {allowed: "20,31,32,100-101,4094"}}
clusters: {prod: {networks: [management, vmotion, san-a, san-b, guests]}}
inventory: {networks: {management: {physical: true, protection: very-high, tenant: city}, guests: {tenant: hospital, encrypted: true}}, hosts: {esx1: {bmc: msw/Ethernet25}}}
`, apartNot("arista_eos", "Ethernet25"), apartNot("juniper_junos", "xe-0/0/25")}

// apartNot is a fabric on the platform where nothing is kept apart that should be.
func apartNot(platform, port string) string {
	return `
base: healthy
switches:
  leaf1: {platform: ` + platform + `, svis: [{vlan: 10, address: 10.0.10.1/24}, {vlan: 100, address: 10.0.100.1/24}, {vlan: 1, address: 10.0.1.11/24}]}
  leaf2: {platform: ` + platform + `, svis: [{vlan: 10, address: 10.0.10.1/24, vrf: m, filter: admins}, {vlan: 20, address: 10.0.20.1/24, vrf: m}, {vlan: 101, address: 10.0.101.1/24, vrf: g}]}
networks:
  guests: null
  storage: null
  san-a: {vlans: 31, role: storage, path: a}
  san-b: {vlans: 32, role: storage, path: b}
  dmz: {vlans: 100, role: guest, zone: dmz}
  office: {vlans: 101, role: guest, zone: office}
machines: {fw1: {networks: [dmz, office]}, old: {uplinks: {eth0: leaf1/26}, networks: []}, bmc1: {uplinks: {eth0: leaf1/25}, networks: [dmz]}}
ports: {leaf1/26: {mode: access, native: 1}}
inventory:
  switches: {leaf1: {address: 10.0.1.11}, leaf2: {address: 10.0.10.1}}
  networks: {management: {gateway: [leaf2], physical: true, tenant: city}, dmz: {physical: true, tenant: hospital}}
  hosts: {esx1: {bmc: leaf1/` + port + `}}
`
}

// stretched is a cluster over two sites with a witness at a third, two heartbeat networks, and services of each kind in and outside it;
// withered is what is wrong with one.
const (
	stretched = `
switches:
  leaf1: {platform: arista_eos, svis: [{vlan: 10, address: 10.0.10.2/24}, {vlan: 50, address: 10.0.50.2/24}]}
  leaf2: {platform: arista_eos, svis: [{vlan: 10, address: 10.0.10.3/24}, {vlan: 50, address: 10.0.50.3/24}]}
  leaf3: {platform: arista_eos}
  leaf4: {platform: arista_eos}
  third: {platform: arista_eos}
pairs: {east: {switches: [leaf1, leaf2]}, west: {switches: [leaf3, leaf4]}}
trunks:
  core: {a: [leaf1/31, leaf1/32, leaf2/31, leaf2/32], z: [leaf3/31, leaf4/31, leaf3/32, leaf4/32]}
  e3: {a: [leaf1/33], z: [third/1]}
  w3: {a: [leaf4/33], z: [third/3]}
networks:
  management: {vlans: 10, role: management}
  beat-a: {vlans: 41, role: cluster-heartbeat}
  beat-b: {vlans: 42, role: cluster-heartbeat}
  servers: {vlans: 50, role: backup}
  guests: {vlans: 100, role: guest}
hosts:
  e1: {source: linux, bonds: {bond0: {uplinks: {eno1: leaf1/1, eno2: leaf2/1}, networks: [management, beat-a, guests]}, b: {uplinks: {eno3: leaf1/11}, networks: [beat-b]}}}
  e2: {source: linux, bonds: {bond0: {uplinks: {eno1: leaf1/2, eno2: leaf2/2}, networks: [management, beat-a, guests]}, b: {uplinks: {eno3: leaf1/12}, networks: [beat-b]}}}
  w1: {source: linux, bonds: {bond0: {uplinks: {eno1: leaf3/1, eno2: leaf4/1}, networks: [management, beat-a, guests]}, b: {uplinks: {eno3: leaf3/11}, networks: [beat-b]}}}
machines:
  arbiter: {uplinks: {eth0: third/20}, networks: [management]}
  ns1: {uplinks: {eth0: leaf1/22}, networks: [management]}
  clock: {uplinks: {eth0: leaf2/22}, networks: [servers]}
clusters: {prod: {networks: [management, beat-a, beat-b]}}
inventory:
  switches: {leaf1: {site: e}, leaf2: {site: e}, leaf3: {site: w}, leaf4: {site: w}, third: {site: t}}
  hosts: {e1: {site: e}, e2: {site: e}, w1: {site: w}}
  clusters: {prod: {witness: third/Ethernet20}}
  networks: {management: {gateway: [leaf1, leaf2]}, servers: {gateway: [leaf1, leaf2]}}
  services:
    ns1: {kind: dns, at: leaf1/Ethernet22, networks: [management]}
    ns2: {kind: dns, at: w1, networks: [guests], serves: [management]}
    clock: {kind: ntp, at: leaf2/Ethernet22, networks: [servers], serves: [management]}
`
	withered = `faults:
  - {fault: both-legs-on-one-switch, on: e1/eno2}
  - {fault: vlan-missing, on: leaf3/lag1, vlans: "41,100"}
  - {fault: vlan-missing, on: leaf4/lag1, vlans: "41,100"}
ports: {leaf1/22: {mode: access, native: 100}}
`
)

// scenarios are those that less evidence is tried on: what is healthy, and one for each fault there is, on the platforms in turn.
func scenarios(t testing.TB) (out []*evidence) {
	t.Helper()
	bases := []string{"ovs-pair", "junos-pair", "esi-pair", "mlag-pair"}
	for _, name := range append(bases, "junos-vc", "eos-and-ovs", "demo") {
		out = append(out, gather(t, name, "base: "+name))
	}
	out = append(out, gather(t, "intent", intent), gather(t, "intent that is not met", intent+unmet))
	for i, text := range separated {
		out = append(out, gather(t, fmt.Sprintf("separated %d", i+1), text))
	}
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
	return append(out, gather(t, "stretched", stretched), gather(t, "withered", stretched+withered))
}

// intent asks for what is not judged unless the inventory asks for it; unmet is what then fails or warns.
const (
	intent = `base: mlag-pair
hosts: {esx1: {source: linux, mode: active-backup}, kvm2: {source: linux, uplinks: {eno1: leaf1/6, eno2: leaf2/6}, mode: switch-independent}}
inventory: {networks: {storage: {mtu: 9000, bandwidth: 10G}, guests: {bandwidth: 1G}}, policy: {parking_vlan: 998, reserved_vlans: 3968-4093, strict_vlans: true}, services: {fw1: {kind: firewall, at: [leaf1/Ethernet20, leaf2/Ethernet20], networks: [management], serves: [management, guests]}}}
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

func index(found []*verify.Finding) map[verdictOf]*verify.Finding {
	out := map[verdictOf]*verify.Finding{}
	for _, f := range found {
		out[verdictOf{f.Check(), f.Subject.Kind, f.Subject.Name}] = f
	}
	return out
}

// gained lists what became a pass with less evidence and was none before. On a fabric where nothing failed it also lists what
// became a fail: to look less closely proves nothing either way.
func gained(full map[verdictOf]*verify.Finding, less []*verify.Finding) (out []string) {
	healthy := true
	for _, f := range full {
		healthy = healthy && f.Outcome != verify.Fail
	}
	for _, f := range less {
		if f.Outcome != verify.Pass && !(healthy && f.Outcome == verify.Fail) {
			continue
		}
		was, ok := full[verdictOf{f.Check(), f.Subject.Kind, f.Subject.Name}]
		if ok && was.Outcome == f.Outcome || !ok && (f.Subject.Kind == "lag" && (legByLeg[f.Check()] || legsHad(full, f)) || f.Subject.Kind == "trunk" && trunkHad(full, f)) {
			continue
		}
		if !ok {
			was = &verify.Finding{Reason: "not asked"}
		}
		out = append(out, fmt.Sprintf("%s %s %s: was %s %q, is now %s %q", f.Check(), f.Subject.Kind, f.Subject.Name, was.Outcome, was.Reason, f.Outcome, f.Reason))
	}
	return out
}

// trunkHad reports whether a link between switches that is seen from one end had the same outcome as a whole.
func trunkHad(full map[verdictOf]*verify.Finding, f *verify.Finding) bool {
	port, _, _ := strings.Cut(f.Subject.Name, " to ")
	for v, was := range full {
		if v.check == f.Check() && v.kind == "trunk" && slices.Contains(strings.Split(v.name, " to "), port) && was.Outcome == f.Outcome {
			return true
		}
	}
	return false
}

// legByLeg are the checks that judge each member of a LAG alone: a leg whose LAG falls apart for want of evidence keeps its verdict.
var legByLeg = map[string]bool{"LAG-001": true, "LAG-002": true, "LAG-003": true, "LAG-007": true, "LAG-008": true, "LAG-009": true, "LAG-011": true,
	"LAG-012": true, "LAG-013": true, "LAG-014": true, "LAG-015": true, "LAG-016": true, "LAG-017": true, "LAG-018": true, "VLN-015": true}

// legsHad reports whether the LAG that the finding's leg was part of had the same outcome.
func legsHad(full map[verdictOf]*verify.Finding, f *verify.Finding) bool {
	leg, name, _ := strings.Cut(f.Subject.Name, "/")
	for k, was := range full {
		if k.check == f.Check() && k.kind == "lag" && was.Outcome == f.Outcome && strings.HasSuffix(k.name, "/"+name) &&
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
	r.Seal()
	c.Replies[reply], out[device] = &r, &c
	return out
}

// without replaces what one device gave by what its new capture gives, in the latest sample and in both.
func without(in topology.Input, captures []*capture.Capture, device int) (latest, both topology.Input) {
	c := captures[device]
	latest = in
	latest.Captures = captures
	d, source := audit.Reader(in.Inventory, c)
	if d != nil {
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
	h, err := source.Parse(c)
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

// lose takes facts away, by their paths.
func lose(t *testing.T, in topology.Input, paths ...string) {
	t.Helper()
	for _, f := range factsOf(in) {
		if at := slices.Index(paths, f.path); at >= 0 {
			f.value.SetZero()
			paths = slices.Delete(slices.Clone(paths), at, at+1)
		}
	}
	if len(paths) > 0 {
		t.Errorf("there is no %s", strings.Join(paths, ", "))
	}
}

// What a search over random losses found once, and what a random test meets too seldom to hold.
func TestFactsThatWereLostTogether(t *testing.T) {
	lost := map[string][][]string{
		"intent": {{"esx1.Teams[0].Mode"}},
		"mlag-pair duplicate-partner": {
			{"esx1.Teams[0].Members[0].AggregationPort.Actor.Key", "leaf1.Aggregators[1].Ports[0].Partner.Port"},
			{"kvm1.Teams[0].Members[0].AggregationPort.Actor.Port", "leaf1.Aggregators[0].Ports[0].Partner.Port"},
			{"kvm1.Teams[0].Members[1].AggregationPort.Actor.System", "leaf2.Aggregators[0].Ports[0].Partner.System"},
		},
		"junos-pair peer-link-single-member": {{"leaf1.Remotes[4].PortID", "leaf2.Remotes[3].PortID"}},
		"junos-pair vlan-not-created":        {{"esx1.Listed.NICs", "kvm1.Listed.NICs"}},
	}
	all := scenarios(t)
	for name, paths := range map[string][]string{ // of cases of the checks
		"MGT-001/an-expired-waiver":                      {"leaf1.BridgePorts[2].Members"},
		"MGT-002/a-switch-is-the-gateway":                {"leaf1.MLAG.PeerAddress"},
		"MGT-004/an-interface-that-is-down":              {"leaf1.Interfaces[8].Addresses[0]"},
		"SEP-009/multipath-inside-one-lag":               {"esx1.Teams[0].Mode"},
		"CLU-002/links-in-use-that-are-not-joined":       {"kvm1.Teams[0].Active"},
		"RED-012/both-storage-paths-lead-over-it":        {"m1.Listed.STP"},
		"VLN-005/a-nic-without-a-team":                   {"leaf1.BridgePorts[0].PVID"},
		"SVC-003/both-places-behind-one-switch":          {"core.Interfaces[0].Oper"},
		"SVC-004/a-port-for-each-path":                   {"leaf1.Interfaces[3].Oper"},
		"VLN-016/a-guest-with-all-vlans-of-its-bridge":   {"leaf1.MACs[4].Kind"},
		"VLN-016/not-known-whether-vlans-are-kept-apart": {"leaf1.BridgePorts[3].PVID"},
	} {
		ar, err := txtar.ParseFile("../checks/testdata/" + name + ".txtar")
		if err != nil {
			t.Fatal(err)
		}
		for _, f := range ar.Files {
			if f.Name == "scenario.yml" {
				all = append(all, gather(t, name, string(f.Data)))
				all[len(all)-1].sc.Name = name
			}
		}
		lost[name] = [][]string{paths}
	}
	for _, e := range all {
		for _, paths := range lost[e.sc.Name] {
			in := e.input(t)
			full := index(verify.Run(topology.Build(in), checks.All()))
			lose(t, in, paths...)
			for _, g := range gained(full, verify.Run(topology.Build(in), checks.All())) {
				t.Errorf("%s without %s: %s", e.sc.Name, strings.Join(paths, ", "), g)
			}
		}
		delete(lost, e.sc.Name)
	}
	for name := range lost {
		t.Errorf("no scenario is called %q", name)
	}
}

// A switch that RED-012 passes is one of which reload-check says the same, with all facts and with one of them lost.
func TestReloadCheckAgreesWithRED012(t *testing.T) {
	for n, e := range scenarios(t) {
		in := e.input(t)
		judge := func(what string) {
			f := topology.Build(in)
			for _, x := range checks.RED012.Run(f) {
				lost, err := f.Find(x.Subject.Name)
				if x.Outcome != verify.Pass || err != nil || len(f.Networks) == 0 {
					continue
				}
				a := f.Aftermath(lost...)
				for _, fate := range a.Gone {
					if !fate.Role.Host.Maintained() {
						t.Errorf("%s%s: RED-012 passes %s, and reload-check says that %s is lost: %s", e.sc.Name, what, x.Subject.Name, fate.Role.Subject().Name, fate.After.Why)
					}
				}
				for _, way := range a.Ways {
					if slices.ContainsFunc(way.Lost, func(h *topology.Host) bool { return !h.Alone() }) {
						t.Errorf("%s%s: RED-012 passes %s, and reload-check says that %s is not reached then", e.sc.Name, what, x.Subject.Name, way.Service.Name)
					}
				}
				for _, g := range a.Gateways {
					if len(g.Remain)+len(g.Unsure) == 0 {
						t.Errorf("%s%s: RED-012 passes %s, and reload-check says that %s has no gateway then", e.sc.Name, what, x.Subject.Name, g.Network.Name)
					}
				}
			}
		}
		judge("")
		for i, x := range factsOf(in) {
			if i%17 == n%17 {
				x.value.SetZero()
				judge(" without " + x.path)
				x.value.Set(x.kept)
			}
		}
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
				if diff := cmp.Diff(want, got, cmp.Comparer(func(a, b capture.Span) bool { return a == b }), cmp.Comparer(func(a, b *verify.Check) bool { return a == b })); diff != "" {
					rt.Fatal(diff)
				}
			})
		})
	}
}
