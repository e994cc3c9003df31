package checks_test

import (
	"strings"
	"testing"
)

// What is missing where nobody can tell whether a gateway is reached is what is not known, and not what is.
func TestMissingOfAnApproach(t *testing.T) {
	const fabric = `
switches: {a1: {platform: arista_eos}, a2: {platform: arista_eos}, d1: {platform: arista_eos}, d2: {platform: arista_eos}}
trunks: {a: {a: [a1/31], z: [d1/1]}, b: {a: [a2/31], z: [d2/1]}, c: {a: [d1/47, d1/48], z: [d2/47, d2/48]}}
networks: {management: {vlans: 10, role: management}}
hosts: {kvm1: {source: linux, mode: active-backup, uplinks: {eno1: a1/1, eno2: a2/1}}}
machines: {fw1: {kind: gateway, uplinks: {eth0: d1/20}}, fw2: {kind: gateway, uplinks: {eth0: d2/20}}}
`
	for what, more := range map[string]string{
		"which link kvm1 uses then: that of kvm1/eno1 over a1/Ethernet1 stays up": "",
		"whether the spanning tree holds a1/Ethernet32 in reserve":                "faults: [{fault: stp-blocked, on: a1/32, vlans: 10}, {fault: stp-blocked, on: a2/32, vlans: 10}]",
	} {
		text := fabric + more
		if more != "" {
			text = strings.Replace(text, "c: {", "d: {a: [a1/32], z: [d2/2]}, e: {a: [a2/32], z: [d1/2]}, c: {", 1)
		}
		found := findingsOf(t, text, "", "", "SVC-003", map[string]string{})
		if len(found) != 1 || !strings.Contains(found[0].Missing, what) || strings.Contains(found[0].Missing, "LLDP") {
			t.Errorf("%s: got %s, missing %q", what, found[0].Outcome, found[0].Missing)
		}
	}
}
