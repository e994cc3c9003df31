package recorded

import (
	"testing"

	"uplinkcheck/drivers"
)

func TestNamesOfCommands(t *testing.T) {
	for line, want := range map[string]string{
		"show vlan | json": "show_vlan", "show lldp neighbors | no-more": "show_lldp_neighbors", "<get-vlan-information/>": "get_vlan_information",
		"<get-instance-information><detail/></get-instance-information>": "get_instance_information", "ovs-appctl fdb/show %s": "ovs_appctl_fdb_show",
	} {
		if got := named(line); got != want {
			t.Errorf("%s: got %s, want %s", line, got, want)
		}
	}
}

func TestAWordAtTheEndOfACommandIsPutIntoItsLine(t *testing.T) {
	d := &drivers.Driver{Name: "x", Commands: []drivers.Command{{Line: "show vlan"}, {Line: "show port ethernet %s"}}}
	for command, want := range map[string]string{"show_vlan": "show vlan", "show_port_ethernet_a13": "show port ethernet a13", "show_port_ethernet_": "", "show_port": ""} {
		if got := Line(d, command, "txt"); got != want {
			t.Errorf("%s: got %q, want %q", command, got, want)
		}
	}
}
