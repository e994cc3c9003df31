package main

var _ = adapt("arista_eos", map[string]adapter{
	"ntc-templates show_ip_interface_brief": always(ntcIP),
	"ntc-templates show_vrf":                always(ntcVRFs),
	`suzieq "mlag show" rows for the host`:  always(eosMLAG),
})

// eosMLAG: a host without rows has no MLAG. Whether it has Ethernet segments its output does not say, so what is compared is the word.
func eosMLAG(y *tally, published any) {
	if len(items(published)) == 0 {
		y.fact("MLAG state", y.s.MLAG.StateWord, "disabled")
	}
	suzieqMLAG(y, published)
}
