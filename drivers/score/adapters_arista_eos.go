package main

import "uplinkcheck/drivers/state"

var _ = adapt("arista_eos", map[string]adapter{
	"ntc-templates show_ip_interface_brief": always(ntcIP),
	"ntc-templates show_vrf":                always(ntcVRFs),
	`suzieq "mlag show" rows for the host`:  always(eosMLAG),
})

// eosMLAG: a host without rows has no MLAG.
func eosMLAG(y *tally, published any) {
	if len(items(published)) == 0 {
		y.fact("MLAG protocol", as(y.s.MLAG.Protocol), state.NoMLAG.String())
	}
	suzieqMLAG(y, published)
}
