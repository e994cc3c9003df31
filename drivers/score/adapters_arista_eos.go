package main

import "uplinkcheck/drivers/state"

var _ = adapt("arista_eos", map[string]adapter{
	"ntc-templates show_ip_interface_brief": always(ntcIP),
	"ntc-templates show_vrf":                always(ntcVRFs),
	"ntc-templates show_vlan":               always(ntcEOSVLANs),
	"ntc-templates show_mac_address_table":  always(ntcEOSAddresses),
	"ntc-templates show_mlag":               always(ntcEOSMLAG),
	"ntc-templates show_hostname":           always(ntcEOSHostname),
	`suzieq "mlag show" rows for the host`:  always(eosMLAG),
})

// eosMLAG: a host without rows has no MLAG. Whether it has Ethernet segments its output does not say, so what is compared is the word.
func eosMLAG(y *tally, published any) {
	if len(items(published)) == 0 {
		y.fact("MLAG state", y.s.MLAG.StateWord, "disabled")
	}
	suzieqMLAG(y, published)
}

func ntcEOSVLANs(y *tally, published any) {
	for _, e := range items(published) {
		o := members(e)
		y.vlan(text(o["vlan_id"]), text(o["vlan_name"]), texts(o["interfaces"]))
		if v, err := state.ParseVID(text(o["vlan_id"])); err == nil && y.s.VLAN(v) != nil {
			y.told("VLAN "+text(o["vlan_id"])+" active", as(y.s.VLAN(v).Active), map[string]string{"active": "true", "suspended": "false"}[text(o["status"])])
		}
	}
}

// ntcEOSAddresses: an address with several ports is that of a group.
func ntcEOSAddresses(y *tally, published any) {
	for _, e := range items(published) {
		o := members(e)
		if ports := texts(o["destination_port"]); len(ports) == 1 {
			y.address(text(o["vlan_id"]), text(o["mac_address"]), ports[0])
		}
	}
}

func ntcEOSMLAG(y *tally, published any) {
	m := &y.s.MLAG
	for _, e := range items(published) {
		o := members(e)
		y.told("domain", m.Domain, o["domain"])
		y.told("peer address", m.PeerAddress, o["peer_addr"])
		y.told("peer-link", m.PeerLink, o["peer_link"])
		y.told("state", m.StateWord, o["state"])
	}
}

func ntcEOSHostname(y *tally, published any) {
	for _, e := range items(published) {
		y.told("host name", y.s.Device.Hostname, members(e)["hostname"])
	}
}
