package naive

import (
	"testing"

	"uplinkcheck/drivers/capture"
	"uplinkcheck/drivers/state"
)

func TestWants(t *testing.T) {
	for _, c := range []struct{ name, platform, command, input, what, want string }{
		{"a VLAN of EOS", "arista_eos", "show_vlan", `{"vlans":{"10":{"name":"A","status":"suspended"}}}`, "vlan 10 active", "false"},
		{"an answer in an envelope", "arista_eos", "show_vlan", `{"result":[{},{"vlans":{"10":{"name":"A"}}}]}`, "vlan 10 name", "a"},
		{"an LACP bit", "arista_eos", "show_lacp_interface_detailed",
			`{"portChannels":{"Port-Channel5":{"interfaces":{"Ethernet5":{"actorPortStatus":"bundled","actorPortState":{"timeout":true}}}}}}`,
			"lag Port-Channel5 port Ethernet5 actor short timeout", "yes"},
		{"a member of Open vSwitch", "openvswitch", "ovs_appctl_lacp_show",
			"---- bond0 ----\n\nmember: p0: current attached\n  actor state: activity synchronized\n", "lag bond0 port p0 actor synchronization", "yes"},
		{"an address of Open vSwitch", "openvswitch", "ovs_appctl_fdb_show", " port  VLAN  MAC                Age\n    2     7  50:54:00:00:00:05    3\n",
			"mac 7 50:54:00:00:00:05", "of2"},
		{"an output that is not read", "arista_eos", "show_moon", `{}`, "vlan 10 name", ""},
		{"no JSON", "arista_eos", "show_vlan", "% Invalid input", "vlan 10 name", ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			if got := Wants(c.platform, c.command, []byte(c.input))[c.what]; got != c.want {
				t.Errorf("%q, want %q", got, c.want)
			}
		})
	}
}

func TestFactsAreTheKnownOnes(t *testing.T) {
	r := &capture.Reply{Data: []byte("leaf1"), Complete: true}
	f := Facts(&state.Switch{Device: state.Device{Hostname: capture.Of("leaf1", r.Whole())}})
	if len(f) != 1 || f["hostname"].Value != "leaf1" || f["hostname"].From != r.Whole() {
		t.Errorf("%v", f)
	}
}
