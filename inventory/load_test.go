package inventory

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"uplinkcheck/drivers/state"
)

// sample is the file of design.md section 3, with its "…" filled in.
const sample = `credentials:                       # never a password in clear: env, file, command, keyring, ssh-agent, key
  default: {username: netops, password: {env: NETOPS_PASSWORD}}
switches:
  leaf1: {address: 192.0.2.11, platform: arista_eos, rack: r1, power: a}     # netmiko/NTC platform names
  leaf2: {address: 192.0.2.12, platform: juniper_junos, via: bastion}
pairs:   {p1: [leaf1, leaf2]}                # MLAG/vPC/ESI partners, where the switches cannot say it themselves or to hold them to it
domains: {rack-r1: [leaf1, esx1], feed-a: [leaf1, leaf3]}   # what is lost together
networks:
  management: {vlans: [10], role: management, gateway: [fw1], stations: [jump1]}
  vmotion:    {vlans: [20], role: live-migration}
  san-a:      {vlans: [31], role: storage, path: a}
  dmz:        {vlans: [100-119], role: guest, zone: dmz}
clusters:
  prod: {hosts: [esx1, esx2], networks: [management, vmotion, san-a, dmz], survive: [switch, link, rack]}
hosts:
  esx1: {source: vsphere, vcenter: vc1}
  kvm1: {source: linux, address: 192.0.2.31}
  box9: {uplinks: [{nic: eno1, mac: 00:53:00:00:00:01, bond: bond0}, {nic: eno2, mac: 00:53:00:00:00:02, bond: bond0}]}     # declared, no login needed
waivers:
  - {check: VLN-004, subject: leaf1/Ethernet48, until: 2027-01-31, reason: "camera in the loading bay", by: "N. Ops"}
`

func TestSampleOfTheDesignLoads(t *testing.T) {
	inv, err := Load("dir/inventory.yml", []byte(sample))
	if err != nil {
		t.Fatal(err)
	}
	if inv.File.Device != "inventory" || inv.File.Command != "inventory.yml" || !inv.File.Usable() {
		t.Errorf("file is %q %q", inv.File.Device, inv.File.Command)
	}
	want := []string{
		"1 2:default netops NETOPS_PASSWORD",
		"2 4:leaf1 192.0.2.11 arista_eos r1 a [] 5:leaf2 192.0.2.12 juniper_junos   [bastion]",
		"1 6:p1 [leaf1 leaf2]",
		"2 7:rack-r1 [leaf1 esx1] 7:feed-a [leaf1 leaf3]",
		"4 9:management 10 management   [fw1] [jump1] 10:vmotion 20 live-migration   [] [] 11:san-a 31 storage  a [] [] 12:dmz 100-119 guest dmz  [] []",
		"1 14:prod [esx1 esx2] [management vmotion san-a dmz] [switch link rack]",
		"3 16:esx1 vsphere vc1  17:kvm1 linux  192.0.2.31 18:box9   ",
		"1 20:VLN-004 leaf1/Ethernet48 2027-01-31T23:59:59 camera in the loading bay N. Ops",
	}
	if diff := cmp.Diff(want, summary(inv)); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
	u := inv.Hosts[2].Uplinks[1]
	if u.NIC != "eno2" || u.MAC.Value.String() != "00:53:00:00:00:02" || u.MAC.From.Text() != "00:53:00:00:00:02" || u.Bond != "bond0" {
		t.Errorf("uplink %+v", u)
	}
	if got := inv.Networks[3].VLANFrom.Text(); got != "[100-119]" {
		t.Errorf("the VLANs of dmz cite %q", got)
	}
	// esx2 and leaf3 are in nobody's list: doubtful, but hosts may be inferred.
	if len(inv.Warnings) != 2 || !strings.Contains(inv.Warnings[0].String(), `"leaf3" is not declared`) || !strings.Contains(inv.Warnings[1].String(), `"esx2" is not declared`) {
		t.Errorf("warnings %v", inv.Warnings)
	}
}

func summary(inv *Inventory) []string {
	var out []string
	add := func(n int, each func(i int) string) {
		s := fmt.Sprint(n)
		for i := range n {
			s += " " + each(i)
		}
		out = append(out, s)
	}
	add(len(inv.Credentials), func(i int) string {
		c := inv.Credentials[i]
		return fmt.Sprintf("%d:%s %s %s", c.From.Line(), c.Name, c.Username, c.Password.Env)
	})
	add(len(inv.Switches), func(i int) string {
		s := inv.Switches[i]
		return fmt.Sprintf("%d:%s %s %s %s %s %s", s.From.Line(), s.Name, s.Address, s.Platform, s.Rack, s.Power, s.Via)
	})
	add(len(inv.Pairs), func(i int) string {
		p := inv.Pairs[i]
		return fmt.Sprintf("%d:%s %s", p.From.Line(), p.Name, p.Switches)
	})
	add(len(inv.Domains), func(i int) string {
		d := inv.Domains[i]
		return fmt.Sprintf("%d:%s %s", d.From.Line(), d.Name, d.Members)
	})
	add(len(inv.Networks), func(i int) string {
		w := inv.Networks[i]
		return fmt.Sprintf("%d:%s %s %s %s %s %s %s", w.From.Line(), w.Name, w.VLANs, w.Role, w.Zone, w.Path, w.Gateway, w.Stations)
	})
	add(len(inv.Clusters), func(i int) string {
		c := inv.Clusters[i]
		return fmt.Sprintf("%d:%s %s %s %s", c.From.Line(), c.Name, c.Hosts, c.Networks, c.Survive)
	})
	add(len(inv.Hosts), func(i int) string {
		h := inv.Hosts[i]
		return fmt.Sprintf("%d:%s %s %s %s", h.From.Line(), h.Name, h.Source, h.VCenter, h.Address)
	})
	add(len(inv.Waivers), func(i int) string {
		w := inv.Waivers[i]
		return fmt.Sprintf("%d:%s %s %s %s %s", w.From.Line(), w.Check, w.Subject, w.Until.Format("2006-01-02T15:04:05"), w.Reason, w.By)
	})
	return out
}

func TestEverythingElseOfTheFormat(t *testing.T) {
	inv, err := Load("dir/i.yml", []byte(`
credentials:
  default: {username: u, agent: true, keys: [~/.ssh/id, keys/lab, {file: /abs, passphrase: {command: [pass, show, x]}}]}
  ops: {password: {file: secrets/ops}, enable: {env: EN}}
switches:
  leaf1: {address: "[2001:db8::1]:22", credential: ops, via: [leaf2, "ops@jump:2222"], known_hosts: kh, legacy: true, sudo: true, hostname: l1, serial: 0123, site: s}
  leaf2:
  ? leaf3
  : {platform: x}
networks:
  a: {vlans: 10, untagged: true, gateway: leaf1/Ethernet9}
  b: {vlans: 20-22, role: storage}
  c: {vlans: "30,32-33"}
  d: {vlans: [40, "50-51", 60-61]}
  e: {vlans: 70, mtu: 9000, bandwidth: 2.5G}
  f: {vlans: 80, protection: very-high, physical: true, tenant: city, encrypted: true}
clusters: {k: {hosts: [h1], mixed_zones: true, witness: [arbiter, leaf1/Ethernet6]}}
hosts:
  h1:
    uplinks:
      - {nic: eno1, networks: [a], port: leaf1/Ethernet1/1}
      - nic: eno2
        bond: bond1
    bonds: {bond0: lacp, bond1: {mode: active-backup}}
    networks: [b]
    guest_trunks: [tap1, tap2]
    bmc: leaf1/xe-0/0/9
    single_homed: true
    maintenance: false
    class: gen2
services: {san: {kind: storage, at: [leaf1/Ethernet5, filer], networks: [b], serves: [b, e]}, ns: {kind: dns, at: h1, networks: [a]}}
links:
  - [leaf1/xe-0/0/0:1, h1/eno3]
policy: {max_age: 48h, max_spread: 5m, stack_is_redundant: true, strict_vlans: true, lacp_rate: fast, max_transitions: 3, static_lags: false, mixed_zones: true, reserved_vlans: [1002-1005, 4094], parking_vlan: 999}
`))
	if err != nil {
		t.Fatal(err)
	}
	got := []any{inv.Credentials[0].Keys, inv.Credentials[0].Agent, inv.Credentials[1].Password.File, inv.Credentials[1].Enable.Env, inv.Switches[0].Login,
		inv.Switches[0].Serial, len(inv.Switches), inv.Networks[0].Untagged, inv.Networks[0].Gateway, inv.Networks[1].VLANs.String(), inv.Networks[2].VLANs.String(), inv.Networks[3].VLANs.String(),
		inv.Hosts[0].Uplinks[0].Port, inv.Hosts[0].Bonds[0].Mode, inv.Hosts[0].Bonds[1].Mode, inv.Hosts[0].SingleHomed, inv.Links[0].A, inv.Links[0].Z, inv.Policy.ReservedVLANs.Value.String(), inv.Policy.ParkingVLAN.Value,
		inv.Networks[4].MTU.Value, inv.Networks[4].Bandwidth.Value, inv.Hosts[0].GuestTrunks, inv.Networks[0].MTU.Known(), inv.Networks[5].Protection,
		inv.Networks[5].Physical, inv.Networks[5].Tenant, inv.Networks[5].Encrypted, inv.Clusters[0].MixedZones, inv.Hosts[0].BMC.Port, inv.Hosts[0].BMC.MAC.Known(), inv.Services[0].At, inv.Services[0].Serves, inv.Services[1].Kind, inv.Services[1].At, inv.Hosts[0].Class, inv.Clusters[0].Witness, inv.Policy.MixedZones.Value, inv.Policy}
	want := []any{[]Key{{File: "~/.ssh/id"}, {File: "dir/keys/lab"}, {File: "/abs", Passphrase: Secret{Command: []string{"pass", "show", "x"}}}}, true, "dir/secrets/ops", "EN",
		Login{Address: "[2001:db8::1]:22", Credential: "ops", Via: []string{"leaf2", "ops@jump:2222"}, KnownHosts: "dir/kh", Legacy: true, Sudo: true},
		"0123", 3, true, []string{"leaf1/Ethernet9"}, "20-22", "30,32-33", "40,50-51,60-61",
		CableEnd{"leaf1", "Ethernet1/1"}, TeamLACP, TeamActiveBackup, true, CableEnd{"leaf1", "xe-0/0/0:1"}, CableEnd{"h1", "eno3"}, "1002-1005,4094", state.VID(999), 9000, uint64(2_500_000_000), []string{"tap1", "tap2"}, false, VeryHighProtection,
		true, "city", true, true, CableEnd{"leaf1", "xe-0/0/9"}, false, []string{"leaf1/Ethernet5", "filer"}, []string{"b", "e"}, NameServer, []string{"h1"}, "gen2", []string{"arbiter", "leaf1/Ethernet6"}, true,
		Policy{ReservedVLANs: inv.Policy.ReservedVLANs, MixedZones: inv.Policy.MixedZones, ParkingVLAN: inv.Policy.ParkingVLAN, MaxAge: 48 * time.Hour, MaxSpread: 5 * time.Minute, StackIsRedundant: true, StrictVLANs: true, LACPRate: "fast", MaxTransitions: 3}}
	if diff := cmp.Diff(want, got, cmp.Comparer(func(a, b Policy) bool { return a == b })); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
}

func TestEmptyFilesAreEmptyInventories(t *testing.T) {
	for _, src := range []string{"", "# nothing yet\n", "---\n", "{}", "switches:\n", "\ufeff"} {
		if inv, err := Load("i.yml", []byte(src)); err != nil || len(inv.Switches) != 0 {
			t.Errorf("%q: %v", src, err)
		}
	}
}

// wrong are files that must be refused; schema says that the editor schema refuses them as well.
var wrong = []struct {
	name, src, want string
	schema          bool
}{
	{"unknown key at the top", "switchs: {}\n", `i.yml:1:1: unknown key "switchs"; did you mean "switches"?`, true},
	{"unknown key of a switch", "switches:\n  leaf1: {adress: 192.0.2.1}\n", `i.yml:2:11: switch leaf1: unknown key "adress"; did you mean "address"?`, true},
	{"unknown key far from all", "policy: {zzz: 1}\n", `unknown key "zzz"; known are max_age`, true},
	{"list in place of names", "switches: [leaf1]\n", "this must be names", true},
	{"word in place of keys", "switches: {leaf1: up}\n", "this must have keys", true},
	{"same switch twice", "switches:\n  leaf1: {}\n  leaf1: {}\n", `i.yml:3:3: "leaf1" stands here a second time; the first is in line 2`, false},
	{"same host twice", "hosts:\n  h: {}\n  h: {}\n", `"h" stands here a second time`, false},
	{"switch and host of one name", "switches:\n  x: {}\nhosts:\n  x: {}\n", `i.yml:4:3: host "x" has the name of the switch in line 2`, false},
	{"name with a slash", "switches: {a/b: {}}\n", `switch "a/b": a name has no blank`, true},
	{"VLAN 0", "networks: {a: {vlans: 0}}\n", `"0" is not a VLAN id (1 to 4094)`, true},
	{"VLAN 4095", "networks: {a: {vlans: [10, 4095]}}\n", `"4095" is not a VLAN id (1 to 4094)`, true},
	{"range that runs backwards", "networks: {a: {vlans: 20-10}}\n", "range 20-10 runs backwards", false},
	{"VLAN in words", "networks: {a: {vlans: all}}\n", "write the VLAN numbers", true},
	{"VLAN twice in one network", "networks: {a: {vlans: [10, 5-15]}}\n", "VLAN 10 stands here twice", false},
	{"network of no VLANs", "networks: {a: {vlans: []}}\n", "vlans is empty", false},
	{"network without VLANs", "networks: {a: {role: guest}}\n", "vlans is missing", true},
	{"VLAN with two roles", "networks:\n  a: {vlans: 10-20, role: management}\n  b: {vlans: 15, role: guest}\n", "i.yml:3:14: network b: VLAN 15 is in network a too (line 2) with another role, management and not guest", false},
	{"VLAN in a zone and in none", "networks:\n  a: {vlans: 10, role: guest, zone: z}\n  b: {vlans: 10, role: guest}\n", "another zone or none", false},
	{"VLAN of two paths", "networks:\n  a: {vlans: 10, role: storage, path: a}\n  b: {vlans: 10, role: storage, path: b}\n", "another path", false},
	{"unknown role", "networks: {a: {vlans: 10, role: managment}}\n", `unknown role "managment"; did you mean "management"?`, true},
	{"unknown path", "networks: {a: {vlans: 10, path: c}}\n", `unknown path "c"; did you mean`, true},
	{"MAC too short", "hosts: {h: {uplinks: [{nic: e, mac: 00:53:00}]}}\n", "is not a MAC address; write it as", true},
	{"MAC of a group", "hosts: {h: {uplinks: [{nic: e, mac: 01:00:5e:00:00:01}]}}\n", "group address", false},
	{"MAC of nobody", "hosts: {h: {uplinks: [{nic: e, mac: 00:00:00:00:00:00}]}}\n", "zero or a group address", false},
	{"MAC twice", "hosts:\n  h: {uplinks: [{nic: e, mac: 00:53:00:00:00:01}]}\n  i: {uplinks: [{nic: e, mac: 0053.0000.0001}]}\n", "is that of h/e already", false},
	{"uplink without nic", "hosts: {h: {uplinks: [{mac: 00:53:00:00:00:01}]}}\n", "an uplink needs its nic", true},
	{"nic twice", "hosts: {h: {uplinks: [{nic: e}, {nic: e}]}}\n", `nic "e" stands here twice`, false},
	{"unknown bond", "hosts: {h: {uplinks: [{nic: e, bond: bond1}], bonds: {bond0: lacp}}}\n", `unknown bond "bond1"; did you mean "bond0"?`, false},
	{"kernel's word for LACP", "hosts: {h: {bonds: {bond0: 802.3ad}}}\n", `unknown mode "802.3ad"; here it is called "lacp"`, true},
	{"port of two uplinks", "switches: {s: {}}\nhosts: {h: {uplinks: [{nic: e, port: s/1}, {nic: f, port: s/1}]}}\n", "s/1 is the port of h/e already", false},
	{"port without switch", "hosts: {h: {uplinks: [{nic: e, port: Ethernet1}]}}\n", "must be DEVICE/PORT", true},
	{"unknown switch of a pair", "switches: {leaf1: {}, leaf2: {}}\npairs: {p: [leaf1, lear2]}\n", `i.yml:2:20: pair p: unknown switch "lear2"; did you mean "leaf2"?`, false},
	{"pair of one", "switches: {leaf1: {}}\npairs: {p: [leaf1]}\n", "a pair has two switches", false},
	{"switch in two pairs", "switches: {a: {}, b: {}, c: {}}\npairs: {p: [a, b], q: [b, c]}\n", `switch "b" is in pair "p" already`, false},
	{"unknown host of a cluster", "hosts: {esx1: {}}\nclusters: {c: {hosts: [exs1]}}\n", `cluster c: unknown host "exs1"; did you mean "esx1"?`, false},
	{"unknown network of a cluster", "networks: {vmotion: {vlans: 1}}\nclusters: {c: {networks: [vmotoin]}}\n", `unknown network "vmotoin"; did you mean "vmotion"?`, false},
	{"unknown loss", "clusters: {c: {survive: [swich]}}\n", `unknown survive "swich"; did you mean "switch"?`, true},
	{"unknown credential", "credentials: {ops: {}}\nswitches: {s: {credential: opps}}\n", `unknown credential "opps"; did you mean "ops"?`, false},
	{"unknown member of a domain", "switches: {leaf1: {}}\nhosts: {h1: {}}\ndomains: {d: [laef1]}\n", `unknown device "laef1"; did you mean "leaf1"?`, false},
	{"domain in a domain", "switches: {leaf1: {}}\nhosts: {h: {}}\ndomains: {a: [b], b: [a]}\n", `"b" is a domain, and a domain holds switches and hosts`, false},
	{"unknown device of a link", "switches: {leaf1: {}}\nhosts: {h1: {}}\nlinks: [[leaf1/e1, hh1/e1]]\n", `unknown device "hh1"; did you mean "h1"?`, false},
	{"unknown switch of a gateway", "switches: {leaf1: {}}\nnetworks: {a: {vlans: 1, gateway: laef1/e1}}\n", `unknown switch "laef1"; did you mean "leaf1"?`, false},
	{"service without a kind", "networks: {a: {vlans: 1}}\nservices: {san: {networks: [a]}}\n", "service san: kind is missing: one of storage, firewall, dns, dhcp, ntp, directory, backup", true},
	{"service of a kind that is none", "networks: {a: {vlans: 1}}\nservices: {ns: {kind: dhpc, networks: [a]}}\n", `unknown kind "dhpc"; did you mean "dhcp"?`, true},
	{"witness on no switch", "switches: {leaf1: {}}\nclusters: {c: {witness: laef1/e1}}\n", `unknown switch "laef1"; did you mean "leaf1"?`, false},
	{"service without a network", "services: {san: {kind: storage}}\n", "service san: networks is missing", true},
	{"link with one end", "switches: {s: {}}\nlinks: [[s/1]]\n", "a link has two ends", true},
	{"port with two cables", "switches: {s: {}, t: {}}\nlinks: [[s/1, t/1], [s/1, t/2]]\n", "s/1 has a link already", false},
	{"port of an uplink and of a link", "switches: {s: {}, t: {}}\nhosts: {h: {uplinks: [{nic: e, port: s/1}]}}\nlinks: [[t/1, s/1]]\n", "s/1 leads to t/1 in line 3", false},
	{"via itself", "switches: {s: {via: s}}\n", "s is reached via itself: s via s", false},
	{"via in a circle", "switches:\n  a: {via: b}\n  b: {via: c}\n  c: {via: a}\n", "a is reached via itself: a via b via c via a", false},
	{"IPv4 address with 256", "switches: {s: {address: 192.0.2.256}}\n", `"192.0.2.256" is not an IPv4 address`, false},
	{"port 0", "switches: {s: {address: \"leaf1:0\"}}\n", "with a port of 1 to 65535", false},
	{"address with blanks", "switches: {s: {address: a b}}\n", "is not an address", false},
	{"waiver without reason", "waivers: [{check: LAG-001, subject: x, until: 2027-01-31, by: me}]\n", "waiver: reason is missing", true},
	{"waiver by nobody", "waivers: [{check: LAG-001, subject: x, until: 2027-01-31, reason: r, by: ''}]\n", "waiver: by is missing", false},
	{"waiver without end", "waivers: [{check: LAG-001, subject: x, reason: r, by: me}]\n", "waiver: until is missing", true},
	{"day that is none", "waivers: [{check: LAG-001, subject: x, until: 2027-02-30, reason: r, by: me}]\n", `"2027-02-30" is not a day`, false},
	{"check that is no id", "waivers: [{check: lag1, subject: x, until: 2027-01-31, reason: r, by: me}]\n", "must look like LAG-001", false},
	{"protection that is none", "networks: {a: {vlans: 10, protection: secret}}\n", `unknown protection "secret"`, true},
	{"controller without a port", "switches: {s: {}}\nhosts: {h: {bmc: s}}\n", `"s" is not a MAC address`, true},
	{"controller on no switch", "switches: {leaf1: {}}\nhosts: {h: {bmc: leaf9/Ethernet1}}\n", `unknown switch "leaf9"`, false},
	{"MTU that is none", "networks: {a: {vlans: 10, mtu: jumbo}}\n", `"jumbo" is no MTU`, true},
	{"MTU too small", "networks: {a: {vlans: 10, mtu: 9}}\n", `"9" is no MTU`, true},
	{"bandwidth without a unit", "networks: {a: {vlans: 10, bandwidth: 10}}\n", `"10" is no bandwidth`, true},
	{"bandwidth of nothing", "networks: {a: {vlans: 10, bandwidth: 0G}}\n", `"0G" is no bandwidth`, false},
	{"parking VLAN of two", "policy: {parking_vlan: 10-11}\n", `"10-11" is not a VLAN id`, true},
	{"rate of another vendor", "policy: {lacp_rate: normal}\n", `unknown lacp_rate "normal"`, true},
	{"no changes at all", "policy: {max_transitions: 0}\n", `"0" is no number of at least 1`, true},
	{"a reserve of half a port", "hosts: {h: {bonds: {bond0: {mode: lacp, standby: half}}}}\n", `"half" is no number of at least 1`, true},
	{"reserved VLAN that is none", "policy: {reserved_vlans: 4095}\n", `"4095" is not a VLAN id`, true},
	{"duration that is none", "policy: {max_age: 1 day}\n", `"1 day" is not a duration`, true},
	{"yes in place of true", "switches: {s: {sudo: yes}}\n", "sudo must be true or false", true},
}

func TestWrongFilesAreRefused(t *testing.T) {
	for _, c := range wrong {
		t.Run(c.name, func(t *testing.T) {
			inv, err := Load("i.yml", []byte(c.src))
			if err == nil || inv != nil {
				t.Fatalf("accepted:\n%s", c.src)
			}
			if !strings.Contains(err.Error(), c.want) {
				t.Errorf("got\n%v\nwant\n%s", err, c.want)
			}
			if !strings.HasPrefix(err.Error(), "i.yml:") || !strings.Contains(err.Error(), "\n    ") {
				t.Errorf("no place or no line in\n%v", err)
			}
		})
	}
}

func TestAllErrorsAtOnce(t *testing.T) {
	_, err := Load("i.yml", []byte("switches:\n  a: {adress: x, rakc: y}\nnetworks:\n  b: {vlans: 0, role: guset}\nhosts: {a: {}}\n"))
	if err == nil {
		t.Fatal("accepted")
	}
	for _, want := range []string{"i.yml:2:7: ", "i.yml:2:18: ", "i.yml:4:14: ", "i.yml:4:23: ", "i.yml:5:9: "} {
		if !strings.Contains(err.Error(), want) {
			t.Errorf("no %q in\n%v", want, err)
		}
	}
	many := "switches:\n" + strings.Repeat("  a: {b: c}\n", 500)
	if _, err := Load("i.yml", []byte(many)); err == nil || !strings.Contains(err.Error(), "more") || strings.Count(err.Error(), "\n") > 100 {
		t.Errorf("not bounded: %d lines", strings.Count(err.Error(), "\n"))
	}
}

func TestSecretsInClearAreRefusedAndNeverShown(t *testing.T) {
	for _, c := range []struct{ name, src string }{
		{"password", "credentials: {default: {username: u, password: hunter2}}\n"},
		{"password on its own line", "credentials:\n  default:\n    password: hunter2\n    usrname: u\n"},
		{"password below its key", "credentials:\n  default:\n    password:\n      hunter2\n"},
		{"password as a block", "credentials:\n  default:\n    password: |\n      hunter2\n"},
		{"list", "credentials: {default: {password: [hunter2]}}\n"},
		{"bare word in braces", "credentials: {default: {password: {hunter2}}}\n"},
		{"unknown place", "credentials: {default: {password: {vault: hunter2}}}\n"},
		{"not an environment variable", "credentials: {default: {password: {env: hunter2!}}}\n"},
		{"command in one word", "credentials: {default: {password: {command: echo hunter2}}}\n"},
		{"two places", "credentials: {default: {password: {env: A, file: hunter2}}}\n"},
		{"misspelt key", "credentials: {default: {passwort: hunter2}}\n"},
		{"enable", "credentials: {default: {enable: hunter2}}\n"},
		{"passphrase", "credentials: {default: {keys: [{file: x, passphrase: hunter2}]}}\n"},
		{"private key", "credentials:\n  default:\n    keys: |\n      -----BEGIN OPENSSH PRIVATE KEY-----\n      hunter2\n      -----END OPENSSH PRIVATE KEY-----\n"},
		{"password of a switch", "switches: {s: {password: hunter2}}\n"},
		{"in a jump host", "switches: {s: {via: 'ops:hunter2@jump'}}\n"},
		{"syntax error in the line", "credentials:\n  default: {password: hunter2\n"},
		{"syntax error below", "credentials:\n  default:\n    password: \"hunter2\n  x\n"},
	} {
		t.Run(c.name, func(t *testing.T) {
			_, err := Load("i.yml", []byte(c.src))
			if err == nil {
				t.Fatal("accepted")
			}
			if strings.Contains(err.Error(), "hunter2") {
				t.Errorf("shows the secret:\n%v", err)
			}
		})
	}
	_, err := Load("i.yml", []byte("credentials: {default: {password: hunter2}}\n"))
	if err == nil || !strings.Contains(err.Error(), "a password in clear is refused; write password: {env: NAME}") {
		t.Errorf("does not say what to write: %v", err)
	}
}

func TestOneVLANInTwoZonesIsAWarning(t *testing.T) {
	inv, err := Load("i.yml", []byte("networks:\n  a: {vlans: 10, role: guest, zone: north}\n  b: {vlans: 10, role: management, zone: south}\n"))
	if err != nil || len(inv.Warnings) != 1 || !strings.Contains(inv.Warnings[0].What, "two separate segments in zones") {
		t.Errorf("got %v, %v", inv, err)
	}
}

func TestDeclaredHosts(t *testing.T) {
	inv, err := Load("i.yml", []byte(`networks:
  mgmt: {vlans: 10, role: management}
  dmz: {vlans: 100-101, role: guest}
  boot: {vlans: 5, role: provisioning, untagged: true}
clusters:
  c: {hosts: [h], networks: [mgmt]}
hosts:
  h:
    hostname: h.example
    networks: [dmz]
    bonds: {bond0: lacp, bond7: }
    uplinks:
      - {nic: eno10, mac: 00:53:00:00:00:02, bond: bond0}
      - {nic: eno2, mac: 00:53:00:00:00:01, bond: bond0}
      - {nic: eno3, networks: [boot]}
      - {nic: eno4, bond: bond7}
  asked: {source: linux}
`))
	if err != nil {
		t.Fatal(err)
	}
	h := Declared(inv.Hosts[0])
	var got []string
	for _, n := range h.NICs {
		got = append(got, fmt.Sprint(n.Name, " ", n.MAC.Value, " ", n.MAC.From.Text(), " ", n.Team, " ", n.From.Line(), " ", n.Oper.Known()))
	}
	for _, x := range h.Teams {
		s := fmt.Sprint(x.Name, " ", x.Mode.Value, " ", x.Mode.Known(), " ", x.From.Line())
		for _, m := range x.Members {
			s += " " + m.Name
		}
		got = append(got, s)
	}
	if len(h.Uses) > 0 || h.Listed.Uses.Known() {
		t.Errorf("a declaration says nothing of what guests use, got %v", h.Uses)
	}
	want := []string{
		"eno2 00:53:00:00:00:01 00:53:00:00:00:01 bond0 14 false",
		"eno3 00:00:00:00:00:00   15 false",
		"eno4 00:00:00:00:00:00  bond7 16 false",
		"eno10 00:53:00:00:00:02 00:53:00:00:00:02 bond0 13 false",
		"bond0 lacp true 11 eno10 eno2",
		"bond7 unknown false 11 eno4",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
	if h.Hostname.Value != "h.example" || !h.Listed.NICs.Known() || h.Listed.Remotes.Known() {
		t.Errorf("hostname %v, listed %v", h.Hostname, h.Listed)
	}
	if Declared(inv.Hosts[1]) != nil {
		t.Error("a host without uplinks was declared")
	}
}

func TestKnownNames(t *testing.T) {
	known := Known{Platforms: []string{"arista_eos", "juniper_junos"}, Sources: []string{"linux"}, Checks: []string{"VLN-004"}, Now: time.Date(2027, 2, 1, 0, 0, 0, 0, time.UTC)}
	_, err := Lint("dir/i.yml", []byte("switches:\n  s:\n    rack: r1\n    platform: arista_eso\nhosts:\n  h: {source: vsphere}\nwaivers:\n  - {check: VLN-044, subject: x, until: 2027-01-31, reason: r, by: me}\n"), known)
	for _, want := range []string{`i.yml:4:5: switch s: unknown platform "arista_eso"; did you mean "arista_eos"?`, `host h: unknown source "vsphere"; known are linux, declared`, `unknown check "VLN-044"; did you mean "VLN-004"?`} {
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("no %s in\n%v", want, err)
		}
	}
	warnings, err := Lint("dir/i.yml", []byte(strings.Replace(sample, "vsphere", "linux", 1)+"  - {check: VLN-004, subject: x, until: 2027-02-01, reason: r, by: me}\n"), known)
	if err != nil {
		t.Fatal(err)
	}
	text := fmt.Sprint(warnings)
	if !strings.Contains(text, "ran out on 2027-01-31") || strings.Contains(text, "2027-02-01") || !strings.Contains(text, "dir/i.yml:7:") {
		t.Errorf("got %s", text)
	}
}

// What may be meant, and decides nothing.
func TestLintDoubtsWhatDecidesNothing(t *testing.T) {
	for _, c := range []struct{ name, src, want string }{
		{"a witness of one site", "hosts:\n  h: {site: a}\n  i: {site: a}\nclusters: {c: {hosts: [h, i], witness: w}}\n", "not declared at two sites"},
		{"a witness without sites", "hosts: {h: {}}\nclusters: {c: {hosts: [h], witness: w}}\n", "not declared at two sites"},
		{"a witness on a host of the cluster", "hosts:\n  h: {site: a}\n  i: {site: b}\nclusters: {c: {hosts: [h, i], witness: i}}\n", "its witness is on its own host i"},
		{"a class outside clusters", "hosts: {h: {class: gen2}}\n", "host h has a class, but is in no cluster"},
		{"a service nowhere", "networks: {a: {vlans: 1}}\nservices: {ns: {kind: dns, networks: [a]}}\n", "service ns names no place"},
		{"none of it", "hosts:\n  h: {site: a, class: gen2}\n  i: {site: b}\nclusters: {c: {hosts: [h, i], witness: w}}\nnetworks: {a: {vlans: 1}}\nservices: {ns: {kind: dns, at: h, networks: [a]}}\n", ""},
	} {
		warnings, err := Lint("i.yml", []byte(c.src), Known{})
		if err != nil {
			t.Errorf("%s: %v", c.name, err)
		}
		got := fmt.Sprint(warnings)
		switch {
		case !strings.Contains(got, c.want):
			t.Errorf("%s: got %s, want %s", c.name, got, c.want)
		case c.want == "" && (strings.Contains(got, "its witness") || strings.Contains(got, "two sites") || strings.Contains(got, "a class") || strings.Contains(got, "no place")):
			t.Errorf("%s: got %s", c.name, got)
		}
	}
}

func TestDoubts(t *testing.T) {
	for _, c := range []struct{ name, src, want string }{
		{"one hostname of two", "switches:\n  a: {platform: x, hostname: tor}\n  b: {platform: x, hostname: TOR}\n", `i.yml:3:20: switch b has the hostname of a: two entries may be one box`},
		{"one serial number of two", "switches:\n  a: {platform: x, serial: S1}\n  b: {platform: x, serial: S1}\n", "switch b has the serial of a"},
		{"one address of two", "switches:\n  a: {platform: x, address: 192.0.2.1}\n  b: {platform: x, address: 192.0.2.1}\n", "switch b has the address of a"},
		{"one address of two hosts", "hosts:\n  a: {source: x, address: 192.0.2.1}\n  b: {source: x, address: 192.0.2.1}\n", "host b has the address of a"},
		{"names that differ in case only", "switches: {leaf1: {platform: x}, Leaf1: {platform: x}}\n", "switch Leaf1 differs from leaf1 in case only"},
		{"domain of nothing", "switches: {s: {platform: x}}\ndomains: {d: []}\n", "domain d has no members: nothing is lost with it"},
		{"more than all hosts", "hosts: {h: {uplinks: [{nic: e, mac: 00:53:00:00:00:01}]}}\nnetworks: {a: {vlans: 1, role: guest}}\nclusters: {c: {hosts: [h], networks: [a], quorum: 2}}\n", "cluster c asks for 2 hosts and has 1"},
		{"joined with itself", "networks: {a: {vlans: 1, role: guest, joined_with: [a]}}\n", "network a names itself under joined_with"},
	} {
		t.Run(c.name, func(t *testing.T) {
			found, err := Lint("i.yml", []byte(c.src), Known{})
			if err != nil || !strings.Contains(fmt.Sprint(found), c.want) {
				t.Errorf("got %v, %v\nwant %s", found, err, c.want)
			}
		})
	}
}

func TestLoadFileNamesTheFile(t *testing.T) {
	path := filepath.Join(t.TempDir(), "inventory.yml")
	if _, err := LoadFile(path); err == nil || !strings.Contains(err.Error(), path) {
		t.Errorf("missing file: %v", err)
	}
	if err := os.WriteFile(path, []byte("x: y\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := LoadFile(path); err == nil || !strings.HasPrefix(err.Error(), path+":1:1: ") {
		t.Errorf("wrong file: %v", err)
	}
}

func TestVIDsOfEveryNetworkAreOnItsLine(t *testing.T) {
	inv, err := Load("i.yml", []byte(sample))
	if err != nil {
		t.Fatal(err)
	}
	for _, w := range inv.Networks {
		if w.VLANFrom.Line() != w.From.Line() || w.VLANs.Intersect(state.AllVIDs).Empty() {
			t.Errorf("%s: line %d and %d, VLANs %s", w.Name, w.VLANFrom.Line(), w.From.Line(), w.VLANs)
		}
	}
}

func FuzzLoad(f *testing.F) {
	f.Add([]byte(sample))
	for _, c := range wrong {
		f.Add([]byte(c.src))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		inv, err := Load("i.yml", data)
		if (inv == nil) == (err == nil) {
			t.Fatalf("inventory %v and error %v", inv, err)
		}
		if err != nil && err.Error() == "" {
			t.Error("an error without a word")
		}
		if inv == nil {
			return
		}
		for _, h := range inv.Hosts {
			Declared(h)
		}
	})
}
