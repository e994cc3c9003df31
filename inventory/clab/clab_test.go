package clab

import (
	"fmt"
	"path/filepath"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/google/go-cmp/cmp"

	"uplinkcheck/drivers/corpus"
	"uplinkcheck/inventory"
	"uplinkcheck/inventory/yamldoc"
)

const lab = `name: t
topology:
  defaults:
    kind: linux
    labels:
      uplinkcheck.user: ops
      uplinkcheck.key: clab-t/id
      uplinkcheck.known-hosts: clab-t/known_hosts
      uplinkcheck.network.management: vlans=10 role=management gateway=gw1 stations=jump1,leaf1/eth9
      uplinkcheck.network.guests: vlans=100-101,105 role=guest zone=dmz
      uplinkcheck.network.boot: "vlans=99 untagged=true"
      uplinkcheck.cluster.prod: networks=management,guests survive=switch,link
      uplinkcheck.domain.feed-a: leaf1, h1
      uplinkcheck.policy: max-age=12h strict-vlans=true
      uplinkcheck.waiver.1: check=VLN-004 subject=leaf1/Ethernet9 until=2027-01-31 by=me reason=a camera, for now
  groups:
    spine: {labels: {uplinkcheck.rack: s}}
    hv: {labels: {uplinkcheck.role: hypervisor, uplinkcheck.cluster: prod, uplinkcheck.rack: b}}
  kinds:
    arista_ceos: {labels: {uplinkcheck.rack: k}}
  nodes:
    leaf1: {kind: arista_ceos, mgmt-ipv4: 192.0.2.11, labels: {uplinkcheck.pair: p1, uplinkcheck.rack: n, uplinkcheck.user: admin}}
    leaf2: {kind: juniper_vjunosswitch, labels: {uplinkcheck.pair: p1, uplinkcheck.port: 2222, uplinkcheck.via: "jump, x@y"}}
    sp1: {group: spine, labels: {uplinkcheck.port: 22, uplinkcheck.domain: "feed-a, feed-b"}}
    h1: {group: hv, labels: {uplinkcheck.single-homed: "true", uplinkcheck.sudo: "true"}}
    gw1: {labels: {uplinkcheck.role: gateway}}
    jump1: {labels: {role: station}}
    box: {}
  links:
    - endpoints: ["leaf1:eth1", "h1:eth1"]
    - type: veth
      endpoints:
        - {node: leaf2, interface: eth1}
        - {node: h1, interface: eth2, mac: "00:53:00:00:00:01"}
    - endpoints: ["leaf1:Ethernet9", "box:eth1"]
    - endpoints: ["leaf2:eth2", "gw1:eth1"]
    - endpoints: ["leaf1:eth5", "host:veth5"]
    - {type: mgmt-net, endpoint: {node: box, interface: eth8}, host-interface: b}
`

func TestTopologyBecomesInventory(t *testing.T) {
	beside := fstest.MapFS{"clab-t/topology-data.json": {Data: []byte(`{"name":"t","nodes":{"leaf2":{"mgmt-ipv4-address":"192.0.2.99"},"sp1":{"mgmt-ipv6-address":"2001:db8::1"}}}`)}}
	inv, err := Parse("dir/t.clab.yml", []byte(lab), beside, nil)
	if err != nil {
		t.Fatal(err)
	}
	want := []string{
		"credential arista_ceos admin [dir/clab-t/id] known to the lab: admin agent false",
		"credential juniper_vjunosswitch ops [dir/clab-t/id] none agent false",
		"credential linux ops [dir/clab-t/id] none agent false",
		"switch 22 leaf1 arista_eos 192.0.2.11 arista_ceos dir/clab-t/known_hosts [] rack n",
		"switch 23 leaf2 juniper_junos 192.0.2.99:2222 juniper_vjunosswitch dir/clab-t/known_hosts [jump x@y] rack ",
		"switch 24 sp1 openvswitch [2001:db8::1]:22 linux dir/clab-t/known_hosts [] rack s",
		"host 25 h1 linux clab-t-h1 linux rack b single true sudo true",
		"network 9 management 10 management  [gw1] [jump1 leaf1/Ethernet9] untagged false cites vlans=10",
		"network 10 guests 100-101,105 guest dmz [] [] untagged false cites vlans=100-101,105",
		"network 11 boot 99   [] [] untagged true cites vlans=99",
		"cluster 12 prod [h1] [management guests] [switch link]",
		"pair p1 [leaf1 leaf2]",
		"domain feed-a [leaf1 h1 sp1]",
		"domain feed-b [sp1]",
		"link 30 leaf1/Ethernet1 h1/eth1",
		"link 31 leaf2/ge-0/0/0 h1/eth2",
		"link 35 leaf1/Ethernet9 box/eth1",
		"link 36 leaf2/ge-0/0/1 gw1/eth1",
		"waiver VLN-004 leaf1/Ethernet9 me a camera, for now",
		"policy 12h0m0s true",
	}
	if diff := cmp.Diff(want, describe(inv)); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
}

func describe(inv *inventory.Inventory) (out []string) {
	add := func(args ...any) { out = append(out, strings.TrimSuffix(fmt.Sprintln(args...), "\n")) }
	for _, c := range inv.Credentials {
		var keys []string
		for _, k := range c.Keys {
			keys = append(keys, k.File)
		}
		add("credential", c.Name, c.Username, keys, c.Password, "agent", c.Agent)
	}
	for _, s := range inv.Switches {
		add("switch", s.From.Line(), s.Name, s.Platform, s.Address, s.Credential, s.KnownHosts, s.Via, "rack", s.Rack)
	}
	for _, h := range inv.Hosts {
		add("host", h.From.Line(), h.Name, h.Source, h.Address, h.Credential, "rack", h.Rack, "single", h.SingleHomed, "sudo", h.Sudo)
	}
	for _, w := range inv.Networks {
		add("network", w.From.Line(), w.Name, w.VLANs, w.Role, w.Zone, w.Gateway, w.Stations, "untagged", w.Untagged, "cites", w.VLANFrom.Text())
	}
	for _, c := range inv.Clusters {
		add("cluster", c.From.Line(), c.Name, c.Hosts, c.Networks, c.Survive)
	}
	for _, p := range inv.Pairs {
		add("pair", p.Name, p.Switches)
	}
	for _, d := range inv.Domains {
		add("domain", d.Name, d.Members)
	}
	for _, l := range inv.Links {
		add("link", l.From.Line(), l.A.Device+"/"+l.A.Port, l.Z.Device+"/"+l.Z.Port)
	}
	for _, w := range inv.Waivers {
		add("waiver", w.Check, w.Subject, w.By, w.Reason)
	}
	add("policy", inv.Policy.MaxAge, inv.Policy.StrictVLANs)
	return out
}

func TestPortNamesPerKind(t *testing.T) {
	for _, c := range []struct{ kind, port, want string }{
		{"arista_ceos", "eth1", "Ethernet1"},
		{"arista_ceos", "Ethernet1/1", "Ethernet1/1"},
		{"vr-veos", "eth2", "Ethernet1/2"},
		{"nokia_srlinux", "e1-49", "ethernet-1/49"},
		{"nokia_srlinux", "ethernet-1/2", "ethernet-1/2"},
		{"juniper_vjunosswitch", "eth1", "ge-0/0/0"},
		{"juniper_vqfx", "eth3", "xe-0/0/2"},
		{"cisco_n9kv", "eth1", "Ethernet1/1"},
		{"cisco_cat9kv", "eth1", "GigabitEthernet1/0/1"},
		{"cisco_iol", "eth1", "Ethernet0/1"},
		{"cisco_iol", "eth4", "Ethernet1/0"},
		{"cisco_xrd", "Gi0-0-0-3", "GigabitEthernet0/0/0/3"},
		{"xrd", "eth1", "GigabitEthernet0/0/0/0"},
		{"sonic-vm", "eth2", "Ethernet4"},
		{"dell_sonic", "eth1", "Ethernet0"},
		{"dell_sonic", "eth2", "eth2"}, // not known: no claim is better than a wrong one
		{"cvx", "swp1", "swp1"},
		{"aruba_aoscx", "eth7", "1/1/7"},
		{"linux", "eth1", "eth1"},
		{"juniper_crpd", "eth1", "eth1"},
		{"never_heard", "eth1", "eth1"},
	} {
		if got := kinds[c.kind].portName(c.port); got != c.want {
			t.Errorf("%s %s: got %s, want %s", c.kind, c.port, got, c.want)
		}
	}
}

func TestWrongTopologies(t *testing.T) {
	for _, c := range []struct{ name, src, want string }{
		{"an inventory", "switches: {leaf1: {}}\n", "t.clab.yml:1:1: this is no containerlab topology"},
		{"no kind", "topology: {nodes: {a: {}}}\n", "t.clab.yml:1:20: node a has no kind"},
		{"unknown label", "topology: {nodes: {a: {kind: linux, labels: {uplinkcheck.rolle: switch}}}}\n", `unknown label "uplinkcheck.rolle"; did you mean "role"?`},
		{"unknown role", "topology: {nodes: {a: {kind: linux, labels: {uplinkcheck.role: swich}}}}\n", `node a: unknown role "swich"; did you mean "switch"?`},
		{"intent on a node", "topology: {nodes: {a: {kind: linux, labels: {uplinkcheck.network.x: vlans=1}}}}\n", "it belongs under topology.defaults.labels"},
		{"unknown node of a link", "topology: {nodes: {leaf1: {kind: ceos}}, links: [{endpoints: [\"laef1:eth1\", \"leaf1:eth2\"]}]}\n", `unknown node "laef1"; did you mean "leaf1"?`},
		{"link of one end", "topology: {nodes: {leaf1: {kind: ceos}}, links: [{endpoints: [\"leaf1:eth1\"]}]}\n", "a link has two endpoints"},
		{"port with two cables", "topology: {nodes: {a: {kind: ceos}, b: {kind: ceos}}, links: [{endpoints: [\"a:eth1\", \"b:eth1\"]}, {endpoints: [\"a:Ethernet1\", \"b:eth2\"]}]}\n", "a/Ethernet1 has a link already"},
		{"unknown gateway", "topology:\n  defaults:\n    labels:\n      uplinkcheck.network.m: vlans=10 gateway=gw2\n  nodes: {gw1: {kind: linux}}\n", `t.clab.yml:4:39: network m: no node is called "gw2"; did you mean "gw1"?`},
		{"impossible VLAN", "topology:\n  defaults:\n    labels:\n      uplinkcheck.network.m: role=guest vlans=4095\n  nodes: {a: {kind: linux}}\n", `t.clab.yml:4:41: network m: VLAN list "4095": "4095" is not a VLAN id`},
		{"unknown word", "topology:\n  defaults:\n    labels:\n      uplinkcheck.network.m: vlans=10 rolle=guest\n  nodes: {a: {kind: linux}}\n", `unknown key "rolle"; did you mean "role"?`},
		{"word without value", "topology:\n  defaults:\n    labels:\n      uplinkcheck.network.m: vlans=10 guest\n  nodes: {a: {kind: linux}}\n", `"guest" must be key=value`},
		{"cluster of an unknown network", "topology:\n  defaults:\n    labels:\n      uplinkcheck.cluster.c: networks=x\n  nodes: {a: {kind: linux}}\n", `cluster c: unknown network "x"`},
		{"pair of one", "topology: {nodes: {a: {kind: ceos, labels: {uplinkcheck.pair: p}}}}\n", "a pair has two switches"},
	} {
		t.Run(c.name, func(t *testing.T) {
			_, err := Parse("dir/t.clab.yml", []byte(c.src), nil, nil)
			if err == nil || !strings.Contains(err.Error(), strings.TrimPrefix(c.want, "t.clab.yml")) || !strings.HasPrefix(err.Error(), "dir/t.clab.yml:") {
				t.Errorf("got\n%v\nwant\n%s", err, c.want)
			}
		})
	}
}

func TestPasswordsOfATopologyStayOutOfEvidence(t *testing.T) {
	src := "name: t\ntopology:\n  nodes:\n    a: {kind: ceos, credentials: {username: u, password: \"hunter 2\"}, env: {X_TOKEN: hunter2, UNIT: '1'}}\n"
	inv, err := Parse("t.clab.yml", []byte(src), nil, nil)
	if err != nil {
		t.Fatal(err)
	}
	if got := inv.Credentials[0].Password.Literal; got != "hunter 2" {
		t.Errorf("password %q", got)
	}
	if got := string(inv.File.Data); strings.Contains(got, "hunter") || len(got) != len(src) || !strings.Contains(got, "username: u") {
		t.Errorf("evidence holds\n%s", got)
	}
}

func TestAddressesComeFromWhatWasDeployed(t *testing.T) {
	src := []byte("name: t\ntopology: {nodes: {a: {kind: ceos}, b: {kind: ceos, mgmt-ipv4: 192.0.2.2}}}\n")
	for _, c := range []struct {
		name, file, data, a, b string
		warned                 bool
	}{
		{"nothing", "", "", "clab-t-a", "192.0.2.2", false},
		{"topology data", "clab-t/topology-data.json", `{"name":"t","nodes":{"a":{"mgmt-ipv4-address":"192.0.2.8"},"b":{"mgmt-ipv4-address":"192.0.2.9"}}}`, "192.0.2.8", "192.0.2.9", false},
		{"topology data of another lab", "topology-data.json", `{"name":"u","nodes":{"a":{"mgmt-ipv4-address":"192.0.2.8"}}}`, "clab-t-a", "192.0.2.2", true},
		{"topology data cut in half", "topology-data.json", `{"name":"t","nodes":{"a":{"mgmt-ipv4`, "clab-t-a", "192.0.2.2", true},
		{"hostile address", "topology-data.json", `{"name":"t","nodes":{"a":{"mgmt-ipv4-address":"-oProxyCommand=x"}}}`, "clab-t-a", "192.0.2.2", false},
		{"ansible", "clab-t/ansible-inventory.yml", "all:\n  children:\n    ceos:\n      hosts:\n        clab-t-a:\n          ansible_host: 192.0.2.8\n", "192.0.2.8", "192.0.2.2", false},
	} {
		t.Run(c.name, func(t *testing.T) {
			beside := fstest.MapFS{}
			if c.file != "" {
				beside[c.file] = &fstest.MapFile{Data: []byte(c.data)}
			}
			inv, err := Parse("t.clab.yml", src, beside, nil)
			if err != nil {
				t.Fatal(err)
			}
			if inv.Switches[0].Address != c.a || inv.Switches[1].Address != c.b || (len(inv.Warnings) > 0) != c.warned {
				t.Errorf("got %s, %s, warnings %v", inv.Switches[0].Address, inv.Switches[1].Address, inv.Warnings)
			}
		})
	}
}

func TestInventoryLaidOverATopology(t *testing.T) {
	parse := func(src string) (*inventory.Inventory, error) {
		over, err := yamldoc.Parse("etc/over.yml", []byte(src))
		if err != nil {
			t.Fatal(err)
		}
		return Parse("dir/t.clab.yml", []byte(lab), nil, over)
	}
	inv, err := parse(`
credentials: {linux: {username: root, keys: id}}
switches: {leaf1: {platform: openvswitch}, extra: {platform: x}}
networks: {guests: {zone: inner}, more: {vlans: 7}}
clusters: {prod: {networks: [more]}}
links: [[leaf2/ge-0/0/9, extra/1]]
policy: {max_age: 1h}
`)
	if err != nil {
		t.Fatal(err)
	}
	text := strings.Join(describe(inv), "\n")
	for _, want := range []string{
		"credential linux root [etc/id] none",
		"leaf1 openvswitch 192.0.2.11",
		"extra x",
		"guests 100-101,105 guest inner",
		"prod [h1] [more] [switch link]",
		"link 35 leaf1/Ethernet9 box/eth1",
		"leaf2/ge-0/0/9 extra/1",
		"policy 1h0m0s true",
	} {
		if !strings.Contains(text, want) {
			t.Errorf("no %q in\n%s", want, text)
		}
	}
	if inv.Over == nil || inv.Over.Command != "over.yml" {
		t.Errorf("over is %v", inv.Over)
	}
	if _, err := parse("switches:\n  leaf1: {rakc: x}\n"); err == nil || !strings.HasPrefix(err.Error(), `etc/over.yml:2:11: switch leaf1: unknown key "rakc"`) {
		t.Errorf("got %v", err)
	}
}

func TestRootTopologyCarriesItsIntent(t *testing.T) {
	inv, err := LoadFile(filepath.Join("..", "..", "containerlab.yml"), "")
	if err != nil {
		t.Fatal(err)
	}
	if len(inv.Switches) < 4 || len(inv.Hosts) < 4 || len(inv.Pairs) < 2 || len(inv.Clusters) == 0 || len(inv.Networks) == 0 || len(inv.Warnings) > 0 {
		t.Errorf("got\n%s\n%v", strings.Join(describe(inv), "\n"), inv.Warnings)
	}
}

// TestExamples reads labs that a real containerlab deployed.
func TestExamples(t *testing.T) {
	const folder = "lab/clab-examples"
	examples := filepath.Join(corpus.Shared(t, folder), folder)
	for _, c := range []struct {
		file            string
		switches, hosts int
		links           int
		some            []string
	}{
		{"big/lab3.clab.yml", 6, 4, 9, []string{"switch 8 s1 openvswitch 198.18.100.", "host 12 h1 linux 198.18.100.5 linux", "link 19 s1/eth1 h1/eth1"}},
		{"lag1/lab1.clab.yml", 1, 1, 2, []string{"s1 openvswitch 198.18.100.3", "credential linux root [] none agent true"}},
		{"mlag/lab2.clab.yml", 2, 2, 5, []string{"s1 openvswitch 198.18.100.5", "link 23 s1/eth9 s2/eth9"}},
		{"sonic-kind/vk.clab.yml", 1, 0, 1, []string{"leaf2 sonic 198.18.100.3", "leaf2/Ethernet0 hv1/eth2"}},
		{"vendors/vendors.clab.yml", 7, 1, 6, []string{"leaf1a arista_eos 198.18.101.11 arista_ceos", "leaf2a cisco_nxos", "leaf3 juniper_junos 198.18.101.31", "leaf5 cumulus", "leaf3/ge-0/0/0 hv1/eth5",
			"leaf1b/Ethernet1 hv1/eth2", "leaf2a/Ethernet1/1 hv1/eth3", "credential juniper_vjunosswitch admin [] known to the lab: admin@123"}},
	} {
		t.Run(c.file, func(t *testing.T) {
			inv, err := LoadFile(filepath.Join(examples, c.file), "")
			if err != nil {
				t.Fatal(err)
			}
			text := strings.Join(describe(inv), "\n")
			if len(inv.Switches) != c.switches || len(inv.Hosts) != c.hosts || len(inv.Links) != c.links || len(inv.Warnings) > 0 {
				t.Errorf("%d switches, %d hosts, %d links, warnings %v\n%s", len(inv.Switches), len(inv.Hosts), len(inv.Links), inv.Warnings, text)
			}
			for _, want := range c.some {
				if !strings.Contains(text, want) {
					t.Errorf("no %q in\n%s", want, text)
				}
			}
		})
	}
}

func FuzzParse(f *testing.F) {
	f.Add(lab)
	f.Add("topology: {nodes: {a: null}, links: [a, [b], {endpoints: [{node: a}, 'x:y']}]}")
	f.Add("topology:\n  defaults: {kind: ceos, labels: {uplinkcheck.policy: x, uplinkcheck.network.: vlans=}}\n  nodes: {a: , b: }")
	f.Fuzz(func(t *testing.T, src string) {
		inv, err := Parse("t.clab.yml", []byte(src), nil, nil)
		if (inv == nil) == (err == nil) {
			t.Fatalf("inventory %v and error %v", inv, err)
		}
	})
}
