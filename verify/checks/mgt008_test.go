package checks_test

import (
	"testing"

	"uplinkcheck/drivers/capture"
	"uplinkcheck/drivers/state"
	"uplinkcheck/inventory"
	"uplinkcheck/verify"
	"uplinkcheck/verify/checks"
	"uplinkcheck/verify/topology"
)

// An address behind a host that is in two networks may be the host's own, unless it told all of its own.
func TestAnAddressInBothMayBeTheHosts(t *testing.T) {
	mac := func(last byte) capture.Fact[state.MAC] { return is(state.MAC{2, 0, 0, 0, 0, last}) }
	var unsaid capture.Fact[state.MAC]
	for _, c := range []struct {
		name             string
		nic, own, guests capture.Fact[state.MAC]
		want             verify.Outcome
	}{
		{"of nobody", mac(1), mac(1), unsaid, verify.Fail},
		{"of the NIC", mac(9), mac(1), unsaid, verify.Pass},
		{"of an interface", mac(1), mac(9), unsaid, verify.Pass},
		{"the NIC's is not reported", unsaid, mac(1), unsaid, verify.Unknown},
		{"an interface's is not reported", mac(1), unsaid, mac(2), verify.Unknown},
	} {
		leaf := &state.Switch{Name: "leaf1", Platform: "test", Listed: state.Listed{Interfaces: said, BridgePorts: said, STP: said, Remotes: said, MACs: said}}
		leaf.Device.Hostname, leaf.Device.ChassisMAC = is("leaf1"), mac(0x11)
		leaf.Interfaces = []state.Interface{{Name: "p1", From: said, Kind: state.Physical, Oper: is(state.Up)}}
		vids := is(state.VIDs(10, 20))
		leaf.BridgePorts = []state.BridgePort{{Interface: "p1", From: said, Mode: is(state.Trunk), Configured: vids, Members: vids, PVID: is(state.VID(0))}}
		leaf.Remotes = []state.RemoteSystem{{Interface: "p1", From: said, SystemName: is("kvm1"), PortID: is(state.Identifier{ID: "eno1"})}}
		for _, v := range []state.VID{10, 20} {
			leaf.MACs = append(leaf.MACs, state.MACEntry{MAC: mac(9).Value, VID: v, Interface: "p1", From: said, Kind: is(state.Dynamic)})
		}
		h := &inventory.Host{Name: "kvm1", Source: "test", From: said, Hostname: is("kvm1")}
		h.Listed.NICs, h.Listed.Uses = said, said
		h.NICs = []inventory.NIC{{Name: "eno1", From: said, MAC: c.nic, Oper: is(state.Up)}}
		h.Uses = []inventory.Use{{Name: "eno1.10", From: said, Over: "eno1", Kind: inventory.HostInterface, VIDs: state.VIDs(10), Source: c.own},
			{Name: "tap1", From: said, Over: "eno1", Kind: inventory.GuestPort, VIDs: state.VIDs(20), Source: c.guests}}
		inv := &inventory.Inventory{Networks: []inventory.Network{{Name: "management", From: said, VLANs: state.VIDs(10), Role: inventory.Management}, {Name: "guests", From: said, VLANs: state.VIDs(20), Role: inventory.Guest}},
			Clusters: []inventory.Cluster{{Name: "c", From: said, Hosts: []string{"kvm1"}, Networks: []string{"management"}}}}
		findings := checks.MGT008.Run(topology.Build(topology.Input{Switches: []*state.Switch{leaf}, Hosts: []*inventory.Host{h}, Inventory: inv}))
		if len(findings) != 1 || findings[0].Outcome != c.want {
			t.Errorf("%s: got %s %q, want %s", c.name, findings[0].Outcome, findings[0].Reason, c.want)
		}
	}
}
