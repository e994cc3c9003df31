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
	"aruba_aoscx": {
		"show_lldp_neighbors_info_detail": "show_lldp_neighbor_info_detail",
		"show_lldp_neighbors_info":        "show_lldp_neighbor_info",
		"show_vsf":                        "show_vsf_detail",
	},
	"cisco_iosxr": {
		"show_interface_brief":                            "show_interfaces_brief",
		"show_lldp_neighbor":                              "show_lldp_neighbors",
		"show_l2vpn_forwarding_bridge_domain_mac_address": "show_l2vpn_forwarding_bridge_domain_mac_address_location",
		"show_interface":                                  "show_interfaces",
	},
	"juniper_junos": {
		"show_interface":                                                           "show_interfaces",
		"show_interfaces_detail":                                                   "show_interfaces",
		"show_interfaces_extensive":                                                "show_interfaces",
		"show_interfaces_interface_detail":                                         "show_interfaces",
		"show_interfaces_interface_extensive":                                      "show_interfaces",
		"show_version_detail":                                                      "show_version",
		"show_ethernet_switching_table_detail":                                     "show_ethernet_switching_table",
		"show_lacp_statistics_interfaces_interface":                                "show_lacp_statistics_interfaces",
		"get_lldp_interface_neighbors":                                             "get_lldp_neighbor_detail_information",
		"get_lldp_interface_neighbors_information":                                 "get_lldp_neighbor_detail_information",
		"show_configuration_routing_instances":                                     "get_instance_information",
		"configuration_routing_instances_instance_routing_instances_configuration": "get_instance_information",
	},
	"nokia_srlinux": {
		"gnmi_interface_name_system_information_state":                                            "info_from_state_interface",
		"gnmi_network_instance_name_interface_name_subinterface_state":                            "info_from_state_network_instance_interface",
		"gnmi_system_lldp_state":                                                                  "info_from_state_system_lldp",
		"gnmi_interface_name_state":                                                               "info_from_state_interface",
		"gnmi_interface_name_subinterface_state":                                                  "info_from_state_interface",
		"gnmi_network_instance_name_state":                                                        "info_from_state_network_instance_type",
		"gnmi_network_instance_name_bridge_table_mac_table_mac_interface_name_subinterface_state": "info_from_state_network_instance_bridge_table_mac_table_mac",
		"gnmi_platform_chassis_system_information_system_name_host_name_interface_name_state":     "info_from_state_interface",
		"show_interface":                           "show_interface_all",
		"show_interface_mgmt0":                     "show_interface_all",
		"show_network_instance_default_interfaces": "show_network_instance_interfaces",
		"show_system_network_instance_detail":      "show_system_network_instance_ethernet_segments_detail",
	},
	"cumulus": {
		"bridge_c_vlan_show":                           "bridge_vlan_show",
		"vtysh_c_show_vrf":                             "ip_vrf_show",
		"vtysh_show_int_vrf_all_and_ip_d_address_show": "ip_d_address_show",
	},
	"linux": {
		"bridge_c_vlan_show":         "bridge_vlan_show",
		"cat_proc_net_bonding_bond0": "cat_proc_net_bonding",
		"ip_address_show":            "ip_d_address_show",
	},
}
