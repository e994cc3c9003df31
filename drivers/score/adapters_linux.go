package main

import (
	"fmt"
	"slices"
	"strings"

	"uplinkcheck/drivers/capture"
	"uplinkcheck/drivers/state"
)

var _ = adapt("cumulus", map[string]adapter{
	`suzieq "mac show" rows for the host`:    always(kernelAddresses),
	`suzieq "mlag show" rows for the host`:   always(clagRows),
	`suzieq "device show" rows for the host`: always(cumulusDevice),
})

// kernelAddresses: the kernel lists an address once for each port that has it, and those of other devices have no VLAN.
func kernelAddresses(y *tally, published any) {
	for _, e := range items(published) {
		o := members(e)
		vlan, port := text(o["vlan"]), text(o["oif"])
		m, err := state.ParseMAC(text(o["macaddr"]))
		if err != nil {
			continue
		}
		what := "address " + m.String() + " in VLAN " + vlan + " on " + port
		if slices.ContainsFunc(y.s.MACs, func(e state.MACEntry) bool { return e.MAC == m && fmt.Sprint(e.VID) == vlan && e.Interface == port }) {
			y.right++
			continue
		}
		y.absent(what, y.s.Listed.MACs)
	}
}

// clagRows: the peer-link is published with the VLAN interface over which the peers talk, and the state is that of the peer.
func clagRows(y *tally, published any) {
	m := &y.s.MLAG
	for _, e := range items(published) {
		o := members(e)
		y.told("shared system", as(m.SystemMAC), o["systemId"])
		y.told("peered", as(m.Peered), map[string]string{"active": "true", "inactive": "false"}[text(o["state"])])
		y.told("peer address", m.PeerAddress, o["peerAddress"])
		y.told("role", as(m.Role), o["role"])
		link, _, _ := strings.Cut(text(o["peerLink"]), ".")
		y.told("peer-link", m.PeerLink, link)
	}
}

// cumulusDevice: what was not known was published as the word None.
func cumulusDevice(y *tally, published any) {
	for _, e := range items(published) {
		o := members(e)
		for k, v := range o {
			if text(v) == "None" {
				o[k] = nil
			}
		}
		y.device(o["hostname"], o["model"], o["version"], o["serialNumber"])
	}
}

var _ = adapt("linux", map[string]adapter{
	`suzieq "mac show" rows for the host`: always(kernelAddresses),
	"suzieq textfsm rows":                 always(vlanRows),
	"insights parser attributes":          bonding,
	"ttp_templates records":               always(linkRows),
	"ntc-templates ip_vrf_show":           always(vrfNames),
	"ntc-templates ip_link_show":          always(linkHeads),
	"ntc-templates ip_address_show":       always(linkHeads),
	"insights teamdctl_state_dump":        always(teamState),
})

// vlanRows are a port, its VLANs, and the one of untagged frames. The bridge itself is no port.
func vlanRows(y *tally, published any) {
	for _, e := range items(published) {
		row := items(e)
		if len(row) < 3 || strings.HasPrefix(text(row[0]), "br") {
			continue
		}
		port := text(row[0])
		for _, number := range texts(row[1]) {
			v, err := state.ParseVID(number)
			if err != nil {
				continue
			}
			own, what := y.s.VLAN(v), "VLAN "+number+" on "+port
			if own != nil && slices.ContainsFunc(own.Ports, func(f capture.Fact[string]) bool { return f.Value == port }) {
				y.right++
			} else {
				y.absent(what, y.s.Listed.VLANs)
			}
		}
		b := y.s.BridgePort(port)
		if b == nil {
			b = &state.BridgePort{}
		}
		y.told(port+": untagged VLAN", as(b.PVID), row[2])
	}
}

// bondModes are the numbers of modes that are an aggregation. The others are none.
var bondModes = map[string]state.AggregationProtocol{"0": state.Static, "2": state.Static, "3": state.Static, "4": state.LACP}

// bonding reads attributes of one bond file. Delays, polling, aggregator numbers and permanent addresses have no place in a state.Switch.
func bonding(y *tally, published any) bool {
	told := false
	o := members(published)
	a := &state.Aggregator{}
	if len(y.s.Aggregators) == 1 {
		a = &y.s.Aggregators[0]
	}
	member := func(name string) *state.Interface {
		if i := y.s.Interface(name); i != nil {
			return i
		}
		return &state.Interface{}
	}
	for key, v := range o {
		parts := strings.FieldsFunc(key, func(r rune) bool { return strings.ContainsRune("[]'\"", r) })
		want := text(v)
		switch {
		case key == "bond_mode" && bondModes[want] != 0:
			y.fact(key, as(a.Protocol), bondModes[want].String())
		case key == "active_slave" && want != "":
			i := slices.IndexFunc(a.Ports, func(p state.AggregationPort) bool { return p.Name == want })
			got := capture.Fact[state.Selection]{}
			if i >= 0 {
				got = a.Ports[i].Selected
			}
			y.fact(key, as(got), state.Selected.String())
		case key == "partner_mac_address" && want != "":
			got := capture.Fact[string]{}
			for _, p := range a.Ports {
				if !got.Known() || capture.Is(p.Selected, state.Selected) {
					got = as(p.Partner.System)
				}
			}
			y.fact(key, got, want)
		case key == "slave_interface":
			for _, name := range texts(v) {
				if slices.ContainsFunc(a.Ports, func(p state.AggregationPort) bool { return p.Name == name }) {
					y.right++
				} else {
					y.absent("member "+name, a.From)
				}
			}
		case len(parts) == 2 && parts[0] == "data" && parts[1] == "mii_status":
			y.fact(key, as(a.Oper), want)
		case len(parts) == 3 && parts[0] == "data" && parts[2] == "mii_status":
			y.fact(key, as(member(parts[1]).Oper), want)
		case len(parts) == 3 && parts[0] == "data" && parts[2] == "speed" && strings.HasSuffix(want, " Mbps"):
			y.fact(key, as(member(parts[1]).Speed), strings.TrimSuffix(want, " Mbps")+"000000")
		case key == "slave_speed" || key == "slave_duplex" || key == "mii_status":
			names := texts(o["slave_interface"])
			list := texts(v)
			if key == "mii_status" && len(list) > 0 {
				y.fact(key, as(a.Oper), list[0])
				list = list[1:]
			}
			for k, want := range list {
				if k >= len(names) {
					break
				}
				i := member(names[k])
				got := map[string]capture.Fact[string]{"slave_speed": as(i.Speed), "slave_duplex": as(i.Duplex), "mii_status": as(i.Oper)}[key]
				if mbps, ok := strings.CutSuffix(want, " Mbps"); ok {
					want = mbps + "000000"
				}
				y.told(names[k]+": "+key, got, strings.ReplaceAll(want, "Unknown", ""))
			}
		default:
			continue
		}
		told = true
	}
	return told
}

// linkRows are interfaces with their addresses; only those of a VLAN have addresses in a state.Switch.
func linkRows(y *tally, published any) {
	for _, e := range items(published) {
		o := members(e)
		name := text(o["name"])
		i := y.s.Interface(name)
		if i == nil {
			y.absent("interface "+name, y.s.Listed.Interfaces)
			continue
		}
		if enabled, ok := o["enabled"].(bool); ok {
			y.status(name, upDown(enabled), "")
		}
		y.told(name+": MAC", as(i.MAC), o["mac_address"])
		y.told(name+": MTU", as(i.MTU), o["mtu"])
		y.told(name+": description", i.Description, o["description"])
		y.told(name+": aggregator", i.Aggregator, o["lag_id"])
	}
}

func vrfNames(y *tally, published any) {
	for _, e := range items(published) {
		y.vrf(text(members(e)["name"]), nil)
	}
}

// teamState is the dump itself.
func teamState(y *tally, published any) {
	device := members(members(members(published)["team_device"])["ifinfo"])
	name := text(device["ifname"])
	i, a := y.s.Interface(name), y.s.Aggregator(name)
	if i == nil || a == nil {
		y.unknown++
		return
	}
	y.told(name+": MAC", as(i.MAC), device["dev_addr"])
	if text(members(members(published)["setup"])["runner_name"]) == "lacp" {
		y.fact(name+": protocol", as(a.Protocol), state.LACP.String())
	}
	if active := text(members(members(published)["runner"])["active_port"]); active != "" {
		got := capture.Fact[string]{}
		for _, p := range a.Ports {
			if p.Name == active {
				got = as(p.Selected)
			}
		}
		y.fact(name+": "+active, got, state.Selected.String())
	}
	for port, v := range members(members(published)["ports"]) {
		run := members(members(v)["runner"])
		for _, p := range a.Ports {
			if p.Name == port && run["selected"] != nil {
				y.fact(port+": in service", as(capture.Then(p.Selected, func(s state.Selection) (bool, bool) { return s == state.Selected, true })), text(run["selected"]))
				y.told(port+": partner", as(p.Partner.System), members(run["partner_lacpdu_info"])["system"])
			}
		}
	}
}

// linkHeads are the first two lines of links; the state is the kernel's, which for some devices does not know.
func linkHeads(y *tally, published any) {
	for _, e := range items(published) {
		o := members(e)
		name := text(o["interface"])
		i := y.s.Interface(name)
		if i == nil {
			y.absent("interface "+name, y.s.Listed.Interfaces)
			continue
		}
		flags := strings.Split(text(o["flags"]), ",")
		y.status(name, upDown(slices.Contains(flags, "UP")), strings.ToLower(text(o["state"])))
		y.told(name+": MTU", as(i.MTU), o["mtu"])
		for _, key := range []string{"address", "mac_address"} {
			if mac := text(o[key]); mac != "00:00:00:00:00:00" {
				y.told(name+": MAC", as(i.MAC), mac)
			}
		}
	}
}
