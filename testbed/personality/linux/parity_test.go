package linux_test

import (
	"encoding/json"
	"os"
	"regexp"
	"strings"
	"testing"

	"uplinkcheck/drivers/capture"
	"uplinkcheck/drivers/corpus"
	pt "uplinkcheck/testbed/personality/personalitytest"
)

// rendered is what the personality prints for a command, in every world.
func rendered(t *testing.T, command string) []string {
	t.Helper()
	var captures []*capture.Capture
	for _, extra := range worlds() {
		captures = append(captures, ask(t, hypervisor(t, extra+"\n")))
	}
	return pt.Rendered(t, captures, command)
}

var blanks = []struct{ pattern, to string }{
	{`[0-9a-f]{2}(:[0-9a-f]{2}){5}`, "MAC"}, {`(Slave Interface|Currently Active Slave): \S+`, "$1: NAME"}, {`Driver: .*`, "Driver: V"},
	{`\b\d+\b`, "N"}, {`\s+`, " "},
}

// choices are words of which the kernel has more than were recorded (drivers/net/bonding/bond_main.c, bond_procfs.c).
var choices = map[string]bool{
	"Bonding Mode: load balancing (xor)":    true,
	"Bonding Mode: adaptive load balancing": true,
	"LACP active: off":                      true,
	"MII Status: down":                      true,
}

func shape(line string) string {
	for _, b := range blanks {
		line = regexp.MustCompile(b.pattern).ReplaceAllString(line, b.to)
	}
	return strings.TrimSpace(line)
}

// TestBondingLooksReal wants every line of a bonding file to have the shape of one that a real kernel wrote.
func TestBondingLooksReal(t *testing.T) {
	known := map[string]bool{}
	for _, text := range corpus.Texts(t, corpus.Shared(t, "corpus/linux"), "corpus/linux/cat_proc_net_bonding_bond0/*/input.txt", "lab/samples/qemu-kernel-bond.log") {
		for _, line := range strings.Split(strings.ReplaceAll(text, "\r", ""), "\n") {
			known[shape(line)] = true
		}
	}
	for _, text := range rendered(t, "head -v") {
		for _, line := range strings.Split(text, "\n") {
			if s := shape(line); !known[s] && !choices[s] && !strings.HasPrefix(s, "==> /proc/net/bonding/") {
				t.Errorf("no real kernel wrote a line like %q", s)
			}
		}
	}
}

// TestLinksLookReal wants the names that iproute2 printed in our lab, and of those that depend on the kind of device the ones
// that ip/ipaddress.c, iplink_bond.c, iplink_bond_slave.c, iplink_vlan.c and iplink_bridge.c print: our lab has no PCI bus.
func TestLinksLookReal(t *testing.T) {
	const kinds = ` parentbus parentdev permaddr info_slave_kind info_slave_data master link mode updelay downdelay miimon min_links xmit_hash_policy active_slave ad_lacp_active ad_lacp_rate
		ad_select ad_actor_sys_prio ad_user_port_key ad_actor_system ad_info aggregator num_ports actor_key partner_key partner_mac state mii_status
		link_failure_count perm_hwaddr queue_id ad_aggregator_id ad_actor_oper_port_state ad_actor_oper_port_state_str ad_partner_oper_port_state
		ad_partner_oper_port_state_str protocol id stp_state vlan_filtering group_fwd_mask priority cost `
	known := map[string]bool{}
	for _, file := range []string{"ip_j_d_link_show", "ip_j_address_show"} {
		text, err := os.ReadFile("../../../inventory/linux/testdata/vswitch/" + file + ".json")
		if err != nil {
			t.Fatal(err)
		}
		names(t, known, text)
	}
	for _, name := range strings.Fields(kinds) {
		known[name] = true
	}
	for _, command := range []string{"ip -j -d link show", "ip -j address show"} {
		ours := map[string]bool{}
		for _, text := range rendered(t, command) {
			names(t, ours, []byte(text))
		}
		for name := range ours {
			if !known[name] {
				t.Errorf("%s: iproute2 prints no %q", command, name)
			}
		}
	}
}

// names collects the member names of a JSON document.
func names(t *testing.T, into map[string]bool, text []byte) {
	t.Helper()
	var doc any
	if err := json.Unmarshal(text, &doc); err != nil {
		t.Fatal(err)
	}
	var walk func(v any)
	walk = func(v any) {
		switch v := v.(type) {
		case map[string]any:
			for k, x := range v {
				into[k] = true
				walk(x)
			}
		case []any:
			for _, x := range v {
				walk(x)
			}
		}
	}
	walk(doc)
}
