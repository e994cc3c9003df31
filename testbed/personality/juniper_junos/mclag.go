package juniper_junos

import (
	"fmt"
	"net/netip"
	"slices"
	"strings"

	"uplinkcheck/drivers/state"
	"uplinkcheck/testbed/model"
)

// iccp prints the peer; a switch without one says so in a warning.
func iccp(s *model.Switch, d *doc) {
	m := &s.MLAG
	if m.Protocol != state.PeerLinkMLAG {
		d.problem("warning", "iccp subsystem not running - not needed by configuration.")
		return
	}
	tcp, bfd, alive := "Established", "Up", "Unknown"
	if !m.Peered {
		tcp, bfd = "Not Established", "Down"
	}
	switch m.Keepalive {
	case state.Up:
		alive = "Active"
	case state.Down:
		alive = "Inactive"
	}
	d.open("iccp-information").open("iccp-peer").leaf("peer-address", m.PeerAddress.String()).leaf("backup-liveness-peer-status", alive)
	d.open("peer-conn-state-information").open("peer-conn-state").leaf("peer-conn-tcp-state", tcp).leaf("peer-conn-bfd-state", bfd).
		close("peer-conn-state").close("peer-conn-state-information")
	d.open("rg-groups").open("rg-group-entry").leaf("redundancy-group", "1").leaf("rg-state", "Up").close("rg-group-entry").close("rg-groups")
	d.close("iccp-peer").close("iccp-information")
}

// mcAE prints the multi-chassis aggregates as text, within the element that NETCONF puts around text.
func mcAE(s *model.Switch, d *doc) {
	var b strings.Builder
	b.WriteString("<output>\n")
	for _, p := range s.MLAG.Ports {
		if p.Local == "" {
			continue
		}
		peer := "down"
		switch p.PeerOper {
		case state.Up:
			peer = "up"
		case 0:
			peer = "unknown"
		}
		line := func(key, value string) { fmt.Fprintf(&b, " %-29s: %s\n", key, escape(value)) }
		line("Member Link", p.Local)
		line("Current State Machine's State", "mcae active state")
		line("Configuration Error Status", "No Error")
		line("Local Status", "active")
		line("Local State", p.LocalOper.String())
		line("Peer Status", "active")
		line("Peer State", peer)
		line("    Logical Interface", p.Local+".0")
		line("    Topology Type", "bridge")
		line("    Local State", p.LocalOper.String())
		line("    Peer State", peer)
		line("    Peer Ip/MCP/State", fmt.Sprintf("%s %s.0 %s", s.MLAG.PeerAddress, s.MLAG.PeerLink, s.MLAG.PeerLinkOper))
		b.WriteString(" MCAE Configuration\n")
		line("    Redundancy Group", "1")
		line("    MCAE ID", p.ID)
		line("    MCAE Mode", "active_active")
		b.WriteString(" LACP Configuration\n")
		line("    System ID", s.MLAG.SystemMAC.String())
	}
	b.WriteString("</output>\n")
	d.b.WriteString(b.String())
}

func consistency(s *model.Switch, d *doc) {
	if s.MLAG.Protocol != state.PeerLinkMLAG {
		d.problem("error", "MC-LAG is not configured")
		return
	}
	d.open("multichassis-consistency-check-list").leaf("multichassis-global", "Configuration item")
	entry := func(item, check, local, peer, result string) {
		d.open("multichassis-consistency-check-entry").leaf("config-item", item).leaf("consistency-check", check).leaf("local-value", local).
			leaf("peer-value", peer).leaf("result", result).close("multichassis-consistency-check-entry")
	}
	entry("service-id", "MANDATORY", "1", "1", "PASS")
	for _, x := range s.MLAG.Differences {
		if x.Where != "global" {
			d.open("multichassis-ifd-name").leaf("local-ifd-name", x.Where).leaf("peer-ifd-name", x.Where).close("multichassis-ifd-name")
		}
		entry(x.Parameter, "MANDATORY", x.Local, x.Peer, "FAIL")
	}
	d.close("multichassis-consistency-check-list")
}

// configuration prints the committed configuration of interfaces, VLANs and the protection of MC-LAG.
func configuration(s *model.Switch, d *doc) {
	d.open("configuration", "xmlns", "http://xml.juniper.net/xnm/1.1/xnm").open("interfaces")
	for i := range s.Ports {
		p := &s.Ports[i]
		begin(d, p.Name, p.Description, p.Admin)
		if l := s.LAG(p.LAG); l != nil {
			d.open("ether-options").open("ieee-802.3ad").leaf("bundle", p.LAG)
			if l.Fallback != state.NoFallback && l.Fallback != 0 {
				d.open("lacp").leaf("force-up", "").close("lacp")
			}
			d.close("ieee-802.3ad").close("ether-options")
		}
		family(s, d, p.Name)
		d.close("interface")
	}
	for i := range s.LAGs {
		aggregate(s, d, &s.LAGs[i])
	}
	irbConfiguration(s, d)
	d.close("interfaces").open("vlans")
	for _, v := range s.VLANs {
		d.open("vlan").leaf("name", v.Name).leaf("vlan-id", fmt.Sprint(v.ID)).close("vlan")
	}
	d.close("vlans")
	if s.MLAG.PeerLink != "" {
		d.open("multi-chassis").open("multi-chassis-protection").leaf("name", s.MLAG.PeerAddress.String()).leaf("interface", s.MLAG.PeerLink).
			close("multi-chassis-protection").close("multi-chassis")
	}
	d.close("configuration")
}

// irbConfiguration prints the routed interfaces as units of one interface.
func irbConfiguration(s *model.Switch, d *doc) {
	if len(s.SVIs) == 0 {
		return
	}
	d.open("interface").leaf("name", "irb")
	for _, v := range s.SVIs {
		d.open("unit").leaf("name", strings.TrimPrefix(v.Interface, "irb."))
		for i, four := range []bool{true, false} {
			own := slices.DeleteFunc(slices.Clone(v.Addresses), func(a netip.Prefix) bool { return a.Addr().Is4() != four })
			if len(own) == 0 {
				continue
			}
			name := []string{"inet", "inet6"}[i]
			d.open("family").open(name)
			if v.Filter != "" {
				d.open("filter").open("input").leaf("filter-name", v.Filter).close("input").close("filter")
			}
			for _, a := range own {
				d.open("address").leaf("name", a.String()).close("address")
			}
			d.close(name).close("family")
		}
		d.close("unit")
	}
	d.close("interface")
}

func begin(d *doc, name, description string, admin state.Status) {
	d.open("interface").leaf("name", name)
	if description != "" {
		d.leaf("description", description)
	}
	if admin == state.Down {
		d.leaf("disable", "")
	}
}

func aggregate(s *model.Switch, d *doc, l *model.LAG) {
	begin(d, l.Name, l.Description, l.Admin)
	if p := s.BridgePort(l.Name); p != nil && p.Mode == state.Trunk && p.Native != 0 {
		d.leaf("native-vlan-id", fmt.Sprint(p.Native))
	}
	if l.ESI != "" {
		d.open("esi").leaf("identifier", l.ESI).leaf("all-active", "").close("esi")
	}
	d.open("aggregated-ether-options")
	if l.MinLinks > 0 {
		d.leaf("minimum-links", fmt.Sprint(l.MinLinks))
	}
	if l.Protocol == state.LACP {
		d.open("lacp")
		if l.Active {
			d.leaf("active", "")
		} else {
			d.leaf("passive", "")
		}
		if l.Fast {
			d.leaf("periodic", "fast")
		}
		d.close("lacp")
	}
	if l.MLAGID != "" {
		d.open("mc-ae").leaf("mc-ae-id", l.MLAGID).leaf("redundancy-group", "1").leaf("mode", "active-active")
		if delay := int(s.MLAG.ReloadDelay.Seconds()); delay > 0 {
			d.leaf("init-delay-time", fmt.Sprint(delay))
		}
		d.close("mc-ae")
	}
	d.close("aggregated-ether-options")
	family(s, d, l.Name)
	d.close("interface")
}

func family(s *model.Switch, d *doc, name string) {
	p := s.BridgePort(name)
	if p == nil {
		return
	}
	d.open("unit").leaf("name", "0").open("family").open("ethernet-switching").leaf("interface-mode", mode(p)).open("vlan")
	switch {
	case p.Allowed == state.AllVIDs:
		d.leaf("members", "all")
	default:
		for first, last := range p.Allowed.Runs() {
			if first == last {
				d.leaf("members", fmt.Sprint(first))
			} else {
				d.leaf("members", fmt.Sprintf("%d-%d", first, last))
			}
		}
	}
	d.close("vlan").close("ethernet-switching").close("family").close("unit")
}

// segments prints the EVPN instance of the switch with its Ethernet segments; without one there is no instance.
func segments(s *model.Switch, d *doc) {
	d.open("evpn-instance-information")
	open := false
	for i := range s.LAGs {
		l := &s.LAGs[i]
		if l.ESI == "" {
			continue
		}
		if !open {
			d.open("evpn-instance").leaf("evpn-instance-name", "default-switch")
			open = true
		}
		status := "Down"
		if l.Oper == state.Up {
			status = "Up/Forwarding"
		}
		d.open("evpn-esi").leaf("evpn-esi-value", l.ESI).leaf("evpn-esi-status", "Resolved by IFL "+l.Name+".0")
		d.open("evpn-esi-local-intf-information").leaf("evpn-esi-local-intf-name", l.Name+".0").leaf("evpn-esi-local-intf-status", status)
		d.close("evpn-esi-local-intf-information").close("evpn-esi")
	}
	if open {
		d.close("evpn-instance")
	}
	d.close("evpn-instance-information")
}
