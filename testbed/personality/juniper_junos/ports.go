package juniper_junos

import (
	"fmt"
	"net/netip"
	"slices"
	"strconv"
	"strings"

	"uplinkcheck/drivers/state"
	"uplinkcheck/testbed/model"
)

func interfaces(s *model.Switch, d *doc) {
	d.open("interface-information", "xmlns", "http://xml.juniper.net/junos/"+release(s)+"/junos-interface", "junos:style", "normal")
	for i := range s.Ports {
		p := &s.Ports[i]
		d.open("physical-interface")
		head(d, p.Name, p.Description, p.Admin, p.Oper)
		d.leaf("snmp-index", index(p)).leaf("link-level-type", "Ethernet").leaf("mtu", strconv.Itoa(p.MTU)).leaf("speed", speed(p.Speed)).
			leaf("duplex", "Full-Duplex")
		addresses(d, p.MAC)
		d.line(fmt.Sprintf("<interface-flapped junos:seconds=\"%.0f\">%s</interface-flapped>\n",
			s.Now.Sub(p.Changed).Seconds(), p.Changed.UTC().Format("2006-01-02 15:04:05 UTC")))
		switch {
		case p.LAG != "":
			unit(d, p.Name+".0", "iff-up", "aenet", p.LAG+".0")
		case s.BridgePort(p.Name) != nil:
			unit(d, p.Name+".0", "iff-up", "eth-switch", "")
		}
		d.close("physical-interface")
	}
	for i := range s.LAGs {
		l := &s.LAGs[i]
		d.open("physical-interface")
		head(d, l.Name, l.Description, l.Admin, l.Oper)
		d.leaf("link-level-type", "Ethernet").leaf("mtu", strconv.Itoa(l.MTU)).leaf("speed", speed(l.Speed)).
			leaf("minimum-links-in-aggregate", strconv.Itoa(max(l.MinLinks, 1)))
		addresses(d, l.MAC)
		if s.BridgePort(l.Name) != nil {
			unit(d, l.Name+".0", "iff-up", "eth-switch", "")
		}
		d.close("physical-interface")
	}
	irb(s, d)
	management(s, d)
	d.close("interface-information")
}

// management prints the port for management, outside of the forwarding plane.
func management(s *model.Switch, d *doc) {
	if !s.Address.IsValid() {
		return
	}
	own := netip.PrefixFrom(s.Address, 24)
	d.open("physical-interface")
	head(d, "em0", "", state.Up, state.Up)
	addresses(d, s.MAC)
	d.open("logical-interface").leaf("name", "em0.0").open("if-config-flags").leaf("iff-up", "").close("if-config-flags")
	d.open("address-family").leaf("address-family-name", "inet").open("interface-address").leaf("ifa-destination", destination(own)).
		leaf("ifa-local", own.Addr().String()).close("interface-address").close("address-family").close("logical-interface")
	d.close("physical-interface")
}

func head(d *doc, name, description string, admin, oper state.Status) {
	d.leaf("name", name)
	word := "Enabled"
	if admin == state.Down {
		word = "Disabled"
	}
	d.formatted("admin-status", word, admin.String())
	d.leaf("oper-status", oper.String())
	if description != "" {
		d.leaf("description", description)
	}
}

func addresses(d *doc, m state.MAC) {
	d.formatted("current-physical-address", "MAC "+m.String(), m.String())
	d.formatted("hardware-physical-address", "MAC "+m.String(), m.String())
}

func unit(d *doc, name, flag, family, bundle string) {
	d.open("logical-interface").leaf("name", name)
	d.open("if-config-flags").leaf(flag, "").close("if-config-flags")
	d.open("address-family").leaf("address-family-name", family)
	if bundle != "" {
		d.leaf("ae-bundle-name", bundle)
	}
	d.close("address-family").close("logical-interface")
}

// irb prints the routed interfaces as units of one interface.
func irb(s *model.Switch, d *doc) {
	if len(s.SVIs) == 0 {
		return
	}
	d.open("physical-interface")
	head(d, "irb", "", state.Up, state.Up)
	d.leaf("mtu", "1514")
	addresses(d, s.MAC)
	for _, v := range s.SVIs {
		d.open("logical-interface").leaf("name", v.Interface)
		flag := "iff-up"
		if v.Oper == state.Down {
			flag = "iff-hardware-down"
		}
		d.open("if-config-flags").leaf(flag, "").close("if-config-flags")
		for _, four := range []bool{true, false} {
			if !slices.ContainsFunc(v.Addresses, func(a netip.Prefix) bool { return a.Addr().Is4() == four }) {
				continue
			}
			d.open("address-family").leaf("address-family-name", map[bool]string{true: "inet", false: "inet6"}[four])
			for _, a := range v.Addresses {
				if a.Addr().Is4() == four {
					d.open("interface-address").leaf("ifa-destination", destination(a)).leaf("ifa-local", a.Addr().String()).close("interface-address")
				}
			}
			d.close("address-family")
		}
		d.close("logical-interface")
	}
	d.close("physical-interface")
}

// destination is a network as Junos prints it: 10.1.2/24.
func destination(a netip.Prefix) string {
	net := a.Masked()
	text := net.Addr().String()
	if octets := (a.Bits() + 7) / 8; net.Addr().Is4() {
		text = strings.Join(strings.Split(text, ".")[:max(octets, 1)], ".")
	}
	return fmt.Sprintf("%s/%d", text, a.Bits())
}

func speed(bits uint64) string {
	switch {
	case bits == 0:
		return "Unspecified"
	case bits%1e9 == 0 && bits > 1e9:
		return fmt.Sprintf("%dGbps", bits/1e9)
	}
	return fmt.Sprintf("%dmbps", bits/1e6)
}

// muxes are the states of the mux machine by what holds a member back.
var muxes = map[model.LAGReason]string{
	model.Bundled: "Collecting distributing", model.PartnerOut: "Attached", model.TooFewLinks: "Attached",
	model.HeldBack: "Waiting",
	model.LinkDown: "Detached", model.NoPDU: "Detached", model.WrongPartner: "Detached", model.SpeedMismatch: "Detached", model.LoopedBack: "Detached",
}

func lacp(s *model.Switch, d *doc) {
	if !anyLACP(s) {
		d.problem("warning", "lacp subsystem not running - not needed by configuration.")
		return
	}
	d.open("lacp-interface-information-list", "xmlns", "http://xml.juniper.net/junos/"+release(s)+"/junos-lacpd")
	for i := range s.LAGs {
		l := &s.LAGs[i]
		if l.Protocol != state.LACP {
			continue
		}
		d.open("lacp-interface-information").open("lag-lacp-header").leaf("aggregate-name", l.Name).close("lag-lacp-header")
		for _, m := range l.Ports {
			lacpInfo(d, m.Name, "Actor", m.Actor)
			lacpInfo(d, m.Name, "Partner", partner(m))
		}
		for _, m := range l.Ports {
			lacpState(d, m.Name, "Actor", m.Actor.State)
			lacpState(d, m.Name, "Partner", partner(m).State)
		}
		for _, m := range l.Ports {
			receive, transmit := "Current", "Slow periodic"
			if partner(m).State&state.ShortTimeout != 0 {
				transmit = "Fast periodic"
			}
			switch {
			case m.Reason == model.LinkDown:
				receive, transmit = "Port disabled", "No periodic"
			case m.Actor.State&state.Expired != 0:
				receive = "Expired"
			case !m.Heard:
				receive = "Defaulted"
			}
			d.open("lag-lacp-protocol").leaf("name", m.Name).leaf("lacp-receive-state", receive).leaf("lacp-transmit-state", transmit).
				leaf("lacp-mux-state", muxes[m.Reason]).close("lag-lacp-protocol")
		}
		d.close("lacp-interface-information")
	}
	d.close("lacp-interface-information-list")
}

func anyLACP(s *model.Switch) bool {
	return slices.ContainsFunc(s.LAGs, func(l model.LAG) bool { return l.Protocol == state.LACP })
}

// partner is what Junos prints of a partner: defaults while nobody has spoken.
func partner(m model.LAGPort) model.Endpoint {
	if m.Heard {
		return m.Partner
	}
	return model.Endpoint{SystemPriority: 1, PortPriority: 1, Port: m.Actor.Port, Key: m.Actor.Key,
		State: state.Defaulted | state.Aggregation | state.ShortTimeout}
}

func lacpInfo(d *doc, port, role string, e model.Endpoint) {
	n := func(v uint16) string { return strconv.Itoa(int(v)) }
	d.open("lag-lacp-info").leaf("name", port).leaf("lacp-role", role).leaf("lacp-sys-priority", n(e.SystemPriority)).
		leaf("lacp-system-id", e.System.String()).leaf("lacp-port-priority", n(e.PortPriority)).leaf("lacp-port-number", n(e.Port)).
		leaf("lacp-port-key", n(e.Key)).close("lag-lacp-info")
}

func lacpState(d *doc, port, role string, s state.LACPBits) {
	word := func(b state.LACPBits, on, off string) string {
		if s&b != 0 {
			return on
		}
		return off
	}
	d.open("lag-lacp-state").leaf("name", port).leaf("lacp-role", role).
		leaf("lacp-expired", word(state.Expired, "Yes", "No")).leaf("lacp-defaulted", word(state.Defaulted, "Yes", "No")).
		leaf("lacp-distributing", word(state.Distributing, "Yes", "No")).leaf("lacp-collecting", word(state.Collecting, "Yes", "No")).
		leaf("lacp-synchronization", word(state.Synchronization, "Yes", "No")).leaf("lacp-aggregation", word(state.Aggregation, "Yes", "No")).
		leaf("lacp-timeout", word(state.ShortTimeout, "Fast", "Slow")).leaf("lacp-activity", word(state.Activity, "Active", "Passive")).
		close("lag-lacp-state")
}

func lacpStatistics(s *model.Switch, d *doc) {
	if !anyLACP(s) {
		d.problem("warning", "lacp subsystem not running - not needed by configuration.")
		return
	}
	d.open("lacp-interface-statistics-list")
	for i := range s.LAGs {
		l := &s.LAGs[i]
		if l.Protocol != state.LACP {
			continue
		}
		d.open("lacp-interface-statistics").open("lag-lacp-header").leaf("aggregate-name", l.Name).close("lag-lacp-header")
		for _, m := range l.Ports {
			d.open("lag-lacp-statistics").leaf("name", m.Name).leaf("lacp-rx-packets", fmt.Sprint(m.RX)).leaf("lacp-tx-packets", fmt.Sprint(m.TX)).
				leaf("unknown-rx-packets", "0").leaf("illegal-rx-packets", fmt.Sprint(m.BadRX)).close("lag-lacp-statistics")
		}
		d.close("lacp-interface-statistics")
	}
	d.close("lacp-interface-statistics-list")
}
