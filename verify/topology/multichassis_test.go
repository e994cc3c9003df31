package topology_test

import (
	"strings"
	"testing"

	"uplinkcheck/verify"
	"uplinkcheck/verify/checks"
	"uplinkcheck/verify/topology"
)

// What together would tell that two switches are peers, or two legs one LAG, is not reported: nobody knows then, and nothing follows from it.
func TestMultiChassisWithoutWhatTells(t *testing.T) {
	const wrongSystem = "base: mlag-pair\nfaults: [{fault: wrong-system-id, on: leaf2/lag1}]"
	for _, c := range []struct {
		scenario string
		lost     string
		want     string
	}{
		{"base: demo", "leaf2.Aggregators[0].MLAGID leaf2.MLAG.Ports[0].Local",
			"unknown LAG-004 leaf1/Port-Channel1, unknown LAG-004 leaf2/Port-Channel1, unknown RED-005 leaf1/Port-Channel1, pass LAG-004 leaf1+leaf2/Port-Channel3"},
		{"base: demo", "leaf2.Aggregators[0].MLAGID", "fail LAG-004 leaf1+leaf2/Port-Channel1"},
		{"base: mlag-pair", "leaf1.Device.ChassisMAC leaf1.MLAG.PeerMAC leaf2.MLAG.Domain", "unknown RED-006 kvm1/bond0, unknown MLG-014 kvm1"},
		{"base: mlag-pair", "leaf1.Device.ChassisMAC leaf2.Device.ChassisMAC leaf2.MLAG.SystemMAC", "unknown RED-006 kvm1/bond0, unknown MLG-014 kvm1"},
		{wrongSystem, "leaf1.Device.ChassisMAC leaf1.MLAG.Protocol leaf1.MLAG.PeerMAC", "unknown MLG-014 esx1"},
		{"base: mlag-pair", "leaf1.Device.ChassisMAC leaf1.MLAG.PeerMAC", "pass RED-006 kvm1/bond0, n/a MLG-014 kvm1"},
		{"base: mlag-pair\nfaults: [{fault: dual-primary, on: p1}]", "leaf1.MLAG.Peered leaf2.MLAG.Peered", "unknown MLG-004 leaf1+leaf2"},
		{"base: junos-pair\nfaults: [{fault: mlag-port-partial, on: leaf1/lag1}]", "leaf1.MLAG.Ports[0].Local leaf2.MLAG.Ports[0].PeerOper leaf2.MLAG.Ports[0].State",
			"unknown MLG-005 leaf1+leaf2/ae1"},
		{"base: sonic-pair\nfaults: [{fault: legs-swapped, on: esx1/eno2, with: kvm1/eno2}]",
			"leaf1.Aggregators[1].MLAGID leaf1.MLAG.Ports[1].Local leaf2.Aggregators[1].Ports[0].Actor.System",
			"unknown LAG-004 leaf1/PortChannel2, unknown LAG-004 leaf2/PortChannel2, unknown RED-005 leaf1/PortChannel2"},
		{"base: srlinux-pair\nfaults: [{fault: legs-swapped, on: esx1/eno2, with: kvm1/eno2}]",
			"leaf1.Aggregators[0].Ports[0].Actor.System leaf1.Aggregators[1].ESI leaf2.Aggregators[0].ESI leaf2.Aggregators[1].Ports[0].Actor.System",
			"unknown LAG-004 leaf1/lag1, unknown LAG-004 leaf1/lag2, unknown LAG-004 leaf2/lag1"},
		{"base: srlinux-pair\nfaults: [{fault: legs-swapped, on: esx1/eno2, with: kvm1/eno2}]", "leaf1.Aggregators[1].ESI", "fail LAG-004 leaf1+leaf2/lag2"},
		{"base: vpc-pair\nfaults: [{fault: fallback-active, on: esx1}]", "leaf1.Aggregators[0].Ports[0].Selected leaf2.Aggregators[0].Ports[0].Selected",
			"unknown LAG-007 leaf1+leaf2/port-channel1"},
		{"base: cumulus-pair\nfaults: [{fault: static-vs-lacp, on: esx1}]", "leaf2.Aggregators[0].Protocol", "unknown LAG-016 leaf1+leaf2/bond1"},
	} {
		in := gather(t, "lost", c.scenario).input(t)
		lose(t, in, strings.Fields(c.lost)...)
		verdictsAre(t, c.scenario+", without "+c.lost, in, c.want)
	}
}

// verdictsAre judges, and compares with "OUTCOME CHECK NAME" of some findings, with commas between.
func verdictsAre(t *testing.T, about string, in topology.Input, want string) {
	t.Helper()
	found := index(verify.Run(topology.Build(in), checks.All()))
	for _, w := range strings.Split(want, ", ") {
		words, got := strings.Fields(w), "nothing"
		for k, f := range found {
			if k.check == words[1] && k.name == words[2] {
				got = f.Outcome.String() + " " + f.Reason
			}
		}
		if outcome, _, _ := strings.Cut(got, " "); outcome != words[0] {
			t.Errorf("%s: got %s, want %s", about, got, w)
		}
	}
}
