package recorded

import "testing"

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
