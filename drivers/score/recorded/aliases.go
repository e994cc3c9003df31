package recorded

// aliases are, by platform, folders that hold the same output as a listed command under another name.
var aliases = map[string]map[string]string{
	"arista_eos": {
		"show_mac_address_table_unicast": "show_mac_address_table",
		"show_vlan_brief":                "show_vlan",
		"show_mlag":                      "show_mlag_detail",
		"show_version_detail":            "show_version",
		"show_interface":                 "show_interfaces",
	},
	"juniper_junos": {
		"show_interface":                            "show_interfaces",
		"show_version_detail":                       "show_version",
		"show_ethernet_switching_table_detail":      "show_ethernet_switching_table",
		"show_lacp_statistics_interfaces_interface": "show_lacp_statistics_interfaces",
		"get_lldp_interface_neighbors":              "get_lldp_neighbor_detail_information",
		"get_lldp_interface_neighbors_information":  "get_lldp_neighbor_detail_information",
	},
}
