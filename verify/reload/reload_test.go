package reload_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"uplinkcheck/drivers/state"
	"uplinkcheck/inventory"
	"uplinkcheck/testbed"
	"uplinkcheck/verify/audit"
	"uplinkcheck/verify/reload"
	"uplinkcheck/verify/topology"
)

func fabric(t testing.TB, text string) *topology.Fabric {
	t.Helper()
	s, err := testbed.Parse("scenario", []byte(text))
	if err != nil {
		t.Fatal(err)
	}
	inv, err := inventory.Load("inventory.yml", []byte(s.Inventory()))
	if err != nil {
		t.Fatal(err)
	}
	return audit.Fabric(audit.Evidence{Inventory: inv, Captures: s.Captures(), Started: s.Fabric.Time, Finished: s.Finished()})
}

// lines writes a result down, one entry a line.
func lines(r *reload.Result) (out []string) {
	for _, x := range []struct {
		what string
		all  []reload.Entry
	}{{"lost", r.Lost}, {"cut off", r.CutOff}, {"unknown", r.Unknown}, {"one leg", r.OneLeg}, {"already", r.Already}, {"idle", r.Idle}} {
		for _, e := range x.all {
			networks := strings.Join(e.Networks, ",")
			if e.Every {
				networks = "every"
			}
			out = append(out, strings.TrimSpace(fmt.Sprintf("%s %s %s: %s", x.what, e.Name, networks, e.Why)))
		}
	}
	for _, p := range r.Peers {
		out = append(out, fmt.Sprintf("peer %s %s: %d of %d up, %d of %d active", p.Switch.Name, p.Healthy, p.Up, p.Links, p.Active, p.LAGs))
	}
	for _, u := range append(slices.Clone(r.Unreached), r.Apart...) {
		out = append(out, "blind "+u.Why)
	}
	return out
}

// joint is two pairs with a host each, and one switch that joins them.
const joint = `base: null
switches: {leaf1: {platform: arista_eos}, leaf2: {platform: arista_eos}, leaf3: {platform: arista_eos}, leaf4: {platform: arista_eos}, spine: {platform: arista_eos}}
pairs: {p1: {switches: [leaf1, leaf2]}, p2: {switches: [leaf3, leaf4]}}
trunks: {t1: {a: [leaf1/45, leaf2/45], z: [spine/1, spine/2]}, t2: {a: [leaf3/45, leaf4/45], z: [spine/3, spine/4]}}
networks: {management: {vlans: 10, role: management}}
hosts:
  kvm1: {source: linux, uplinks: {eno1: leaf1/1, eno2: leaf2/1}}
  kvm2: {source: linux, uplinks: {eno1: leaf3/1, eno2: leaf4/1}}
`

func TestCheck(t *testing.T) {
	const ovs = "switches: {leaf1: {platform: openvswitch}, leaf2: {platform: openvswitch}}\n"
	for _, x := range []struct {
		name, scenario string
		names          []string
		answer         state.Tri
		want, never    []string // beginnings of lines
	}{
		{"a switch of a healthy pair", "", []string{"leaf2"}, state.Yes, []string{"one leg esx1 guests,management,storage,vmotion", "one leg kvm1", "peer leaf1 yes: 2 of 2 up, 3 of 3 active"},
			[]string{"lost", "cut off", "unknown"}},
		{"a pair without a protocol", ovs, []string{"leaf2"}, state.Yes, []string{"one leg esx1"}, []string{"lost", "unknown"}},
		{"the station hangs on it", "", []string{"leaf1"}, state.No, []string{"cut off leaf1/Ethernet21 : admin, on leaf1/Ethernet21 alone"}, []string{"lost", "unknown"}},
		{"both", "", []string{"leaf1", "leaf2"}, state.No, []string{"lost esx1 every", "lost kvm1 every", "lost management : no gateway is left"}, []string{"peer"}},
		{"the pair by its name", "", []string{"leaf1+leaf2"}, state.No, []string{"lost esx1 every"}, nil},
		{"a port", "", []string{"leaf1/Ethernet1"}, state.Yes, []string{"one leg esx1"}, []string{"one leg kvm1", "lost"}},
		{"a NIC and the port of the other", "", []string{"esx1/eno1", "leaf2/Ethernet1"}, state.No, []string{"lost esx1 every"}, []string{"lost kvm1"}},
		{"a LAG", "", []string{"esx1/bond0"}, state.No, []string{"lost esx1 every"}, []string{"lost kvm1"}},
		{"a rack with a host in it", "", []string{"rack r1"}, state.No, []string{"lost esx1 every: it is part of what goes away", "one leg kvm1"}, nil},
		{"a declared domain", "inventory: {domains: {cooling: [leaf2]}}", []string{"cooling"}, state.Yes, []string{"one leg esx1"}, nil},
		{"a domain with a member that gave nothing", "inventory: {domains: {cooling: [leaf1]}}\nmachines: {admin: null}\nunreachable: [leaf1]", []string{"cooling"}, state.Unknown, []string{"unknown leaf1"}, nil},
		{"what hangs on one switch only", "hosts: {box9: {source: declared, single-homed: true, uplinks: {eno1: leaf2/5}}}", []string{"leaf2"}, state.No,
			[]string{"lost box9 every: its only uplink: eno1 on leaf2/Ethernet5"}, []string{"lost esx1"}},
		{"a host that is declared out of service", "hosts: {box9: {source: declared, maintenance: true, uplinks: {eno1: leaf2/5}}}", []string{"leaf2"}, state.Yes,
			[]string{"idle box9 : declared out of service"}, []string{"lost"}},
		{"the other leg is down already", "faults: [{fault: cable-pulled, on: leaf1/2}]", []string{"leaf2"}, state.No, []string{"lost kvm1 every", "one leg esx1"}, nil},
		{"the bond holds the other leg for dead though it has a carrier", "machines: {admin: null}\nhosts: {kvm1: {mode: active-backup}}\n" +
			"edits: [{device: kvm1, command: ip -j -d link, old: '\"UP\",\"perm_hwaddr\":\"00:53:4b:a7:fe:03\"', new: '\"DOWN\",\"perm_hwaddr\":\"00:53:4b:a7:fe:03\"'}]",
			[]string{"leaf1"}, state.No, []string{"lost kvm1 every", "one leg esx1"}, nil},
		{"the bond monitors no link, and so never takes the other", "machines: {admin: null}\nhosts: {kvm1: {mode: active-backup}}\n" +
			"edits: [{device: kvm1, command: ip -j -d link, old: '\"miimon\":100', new: '\"miimon\":0,\"arp_interval\":0'}]",
			[]string{"leaf1"}, state.No, []string{"lost kvm1 every", "one leg esx1"}, nil},
		{"what is down already is not lost by this", "faults: [{fault: cable-pulled, on: leaf1/2}, {fault: cable-pulled, on: leaf2/2}]", []string{"leaf2"}, state.Yes, []string{"already kvm1 every"}, []string{"lost"}},
		{"the peer has just come back", "faults: [{fault: reload-delay, on: leaf1}]", []string{"leaf2"}, state.No, []string{"lost esx1 every", "peer leaf1 no"}, nil},
		{"the peers do not work together", "faults: [{fault: mlag-peer-down, on: p1}]", []string{"leaf2"}, state.No,
			[]string{"lost esx1 every: it would lean on the peer of leaf2, which is no substitute now: leaf1 does not work with its peer (inactive)", "peer leaf1 no"}, nil},
		{"whether they do was not reported", "refuse: [{device: leaf1, command: show mlag detail}, {device: leaf2, command: show mlag detail}]", []string{"leaf2"}, state.Unknown, []string{"unknown esx1 every: it would lean"}, nil},
		{"one leg is not mapped", "unreachable: [leaf2]\nmachines: {admin: null}", []string{"leaf1"}, state.Unknown, []string{"unknown esx1", "unknown management : not known whether a gateway is left: leaf2/Ethernet20"}, []string{"lost"}},
		{"it gave no state itself", "unreachable: [leaf2]", []string{"leaf2"}, state.Unknown, []string{"unknown leaf2 : it gave no state"}, nil},
		{"nobody said what a host needs", "hosts: {box9: {source: declared, uplinks: {eno1: leaf1/5, eno2: leaf2/5}}}\nclusters: {prod: {hosts: [esx1, kvm1]}}", []string{"leaf2"}, state.Unknown, []string{"unknown box9 : it loses an uplink"}, nil},
		{"the peer is reached by way of it", "inventory: {switches: {leaf1: {via: [leaf2]}}}", []string{"leaf2"}, state.Yes, []string{"blind leaf1 is reached by way of leaf2"}, nil},
		{"what works for a part of the frames only loses the rest", "faults: [{fault: vlan-missing, on: leaf1/lag2, vlans: 10}]", []string{"leaf2"}, state.No, []string{"lost kvm1 management"}, nil},
		{"and keeps it where that leg stays", "machines: {admin: null}\nfaults: [{fault: vlan-missing, on: leaf2/lag2, vlans: 10}]", []string{"leaf2"}, state.Yes, []string{"one leg kvm1"}, []string{"lost"}},
		{"the host tags what the port that is left does not", "machines: {admin: null}\nfaults: [{fault: native-mismatch, on: leaf1/lag2, vlans: 10}]", []string{"leaf2"}, state.Unknown, []string{"unknown kvm1 management"}, nil},
		{"the other gateway has no interface there", "machines: {admin: null, fw1: null}\nswitches: {leaf1: {svis: [{vlan: 10, address: 10.0.0.1/24}, {vlan: 100, address: 10.1.0.1/24}]}, leaf2: {svis: [{vlan: 100, address: 10.1.0.2/24}]}}\ninventory: {networks: {management: {gateway: [leaf1, leaf2]}, guests: {gateway: [leaf1, leaf2]}}}",
			[]string{"leaf1"}, state.No, []string{"lost management : no gateway is left"}, nil},
		{"a station on a switch that did not list its ports", "base: cumulus-pair\nrefuse: [{device: leaf1, command: ip -j -d link}]", []string{"leaf1"}, state.Unknown, []string{"unknown leaf1/swp21 : it was found at no port"}, nil},
		{"a station and a service that nobody found", "machines: {admin: null}\ninventory: {networks: {management: {stations: [jump1]}}, services: {ns: {kind: dns, at: [ns1], networks: [management]}}}",
			[]string{"leaf2"}, state.Unknown, []string{"unknown jump1 : it was found at no port", "unknown ns : it was found"}, nil},
		{"a station elsewhere that nobody found, and a port", "machines: {admin: null}\ninventory: {networks: {management: {stations: [leaf1/Ethernet77]}}}",
			[]string{"leaf2"}, state.Yes, nil, []string{"unknown"}},
		{"another host of which it is only a guess that it is still somewhere", "base: eos-and-ovs\nmachines: {admin: null, fw1: null}\nfaults: [{fault: reload-delay, on: leaf2}]", []string{"leaf1"}, state.No,
			[]string{"lost esx1", "unknown kvm1 management: not known whether what remains leads to esx1, esx2"}, []string{"lost kvm1"}},
		{"a LAG that may forward by fallback", "base: sonic-pair\nmachines: {admin: null}\nfaults: [{fault: fallback-active, on: esx1}]\nrefuse: [{device: leaf1, command: sonic-db-dump -n APPL_DB -k LAG_}]", []string{"leaf2"}, state.Unknown,
			[]string{"unknown esx1 every: not known whether an uplink remains: leaf1/Ethernet4: which member of PortChannel1 forwards by fallback"}, []string{"lost"}},
		{"a station behind it", "switches: {edge: {platform: arista_eos}}\ntrunks: {e: {a: [edge/31], z: [leaf1/31]}}\nmachines: {admin: {uplinks: {eth0: edge/21}}}", []string{"leaf1"}, state.No,
			[]string{"cut off edge/Ethernet21 : admin, on edge/Ethernet21, which no host reaches any more"}, []string{"lost"}},
		{"a station behind both", "switches: {edge: {platform: arista_eos}}\ntrunks: {e: {a: [edge/31, edge/32], z: [leaf1/31, leaf2/31]}}\nmachines: {admin: {uplinks: {eth0: edge/21}}}", []string{"leaf1"}, state.Yes, nil, []string{"lost", "cut off"}},
		{"a station of which nobody can tell", "switches: {edge: {platform: arista_eos}}\ntrunks: {e: {a: [edge/31], z: [leaf1/31]}, f: {a: [edge/32], z: [leaf2/31]}}\nmachines: {admin: {uplinks: {eth0: edge/21}}}\nfaults: [{fault: stp-blocked, on: edge/32, vlans: \"10,20,30,100-101\"}]", []string{"leaf1"}, state.Unknown,
			[]string{"cut off edge/Ethernet21 : admin, on edge/Ethernet21: not known whether a host still reaches it"}, []string{"lost"}},
		{"a witness behind it", "switches: {edge: {platform: arista_eos}}\ntrunks: {e: {a: [edge/31], z: [leaf1/31]}}\nmachines: {admin: null, wit: {kind: other, uplinks: {eth0: edge/24}, networks: [management]}}\ninventory: {clusters: {prod: {witness: [edge/Ethernet24]}}}", []string{"leaf1"}, state.No,
			[]string{"cut off edge/Ethernet24 : wit, on edge/Ethernet24, which no host reaches any more"}, []string{"lost"}},
		{"a witness", "machines: {admin: null, wit: {kind: station, uplinks: {eth0: leaf1/24}, networks: [management]}}\ninventory: {clusters: {prod: {witness: [leaf1/Ethernet24]}}, networks: {management: {stations: []}}}", []string{"leaf1"}, state.No,
			[]string{"cut off leaf1/Ethernet24"}, nil},
		{"a storage system with a port on the other path", "machines: {admin: null, san: {kind: station, bonds: {a: {uplinks: {eth0: leaf1/22}, networks: [storage]}, b: {uplinks: {eth1: leaf2/22}, networks: [storage]}}}}\ninventory: {services: {san: {kind: storage, at: [leaf1/Ethernet22, leaf2/Ethernet22], networks: [storage]}}}",
			[]string{"leaf2"}, state.Yes, []string{"one leg esx1"}, []string{"cut off", "lost"}},
		{"a peer-link without a keepalive", "base: vpc-pair\nmachines: {admin: null}\nhosts: {esx1: {source: linux}}\nfaults: [{fault: keepalive-down, on: p1}]", []string{"peer-link leaf1+leaf2"}, state.Unknown,
			[]string{"unknown leaf1+leaf2 : both switches would be active"}, []string{"lost"}},
		{"a peer that does not say which LAGs are active on both sides", "base: vpc-pair\nmachines: {admin: null}\nhosts: {esx1: {source: linux}}", []string{"leaf2"}, state.Yes,
			[]string{"peer leaf1 yes: 2 of 2 up, 0 of 0 active"}, nil},
		{"what joins two pairs", joint, []string{"spine"}, state.No, []string{"lost kvm1 every", "blind no cable joins leaf1, leaf2 to the other"}, nil},
		{"what joins two pairs with a cluster each", joint + "clusters: {a: {hosts: [kvm1]}, b: {hosts: [kvm2]}}\n", []string{"spine"}, state.Unknown,
			[]string{"unknown management : VLAN 10 joins kvm1 and kvm2 now"}, []string{"lost"}},
		{"and nobody said what they need", joint + "inventory: {networks: null, clusters: null}\n", []string{"spine"}, state.No, []string{"lost leaf1, leaf2 ", "lost leaf3, leaf4 "}, nil},
		{"a stack", "base: junos-vc", []string{"leaf1"}, state.No, []string{"lost "}, nil},
	} {
		t.Run(x.name, func(t *testing.T) {
			text := x.scenario
			if !strings.HasPrefix(text, "base:") {
				text = "base: healthy\n" + text
			}
			f := fabric(t, text)
			if x.name == "a stack" {
				x.names = []string{f.Switches[0].Name}
			}
			r, err := reload.Check(f, x.names...)
			if err != nil {
				t.Fatal(err)
			}
			got := lines(r)
			has := func(w string) bool {
				return slices.ContainsFunc(got, func(l string) bool { return strings.HasPrefix(l, w) })
			}
			if r.Answer != x.answer {
				t.Errorf("answer %s, want %s", r.Answer, x.answer)
			}
			for _, w := range x.want {
				if !has(w) {
					t.Errorf("no line %q", w)
				}
			}
			for _, w := range x.never {
				if has(w) {
					t.Errorf("a line %q", w)
				}
			}
			if t.Failed() {
				t.Logf("got\n%s", strings.Join(got, "\n"))
			}
		})
	}
}

func TestUnknownName(t *testing.T) {
	if _, err := reload.Check(fabric(t, "base: healthy"), "leaf2", "leef1"); err == nil || !strings.Contains(err.Error(), `did you mean "leaf1"`) {
		t.Errorf("got %v", err)
	}
}

func TestANameSaidTwiceIsOne(t *testing.T) {
	r, err := reload.Check(fabric(t, "base: healthy"), "leaf1", "leaf2", "leaf1")
	if err != nil || !slices.Equal(r.Names, []string{"leaf1", "leaf2"}) {
		t.Errorf("got %v, %v", r.Names, err)
	}
}
