package juniper_junos

import (
	"fmt"
	"slices"
	"strconv"

	"uplinkcheck/drivers/state"
	"uplinkcheck/testbed/model"
)

// carries reports whether the port is a member of the VLAN in operation.
func carries(p *model.BridgePort, v state.VID) bool { return p.Active.Has(v) }

func tagness(p *model.BridgePort, v state.VID) string {
	if p.Untagged.Has(v) {
		return "untagged"
	}
	return "tagged"
}

func vlans(s *model.Switch, d *doc) {
	d.open("l2ng-l2ald-vlan-instance-information", "xmlns", "http://xml.juniper.net/junos/"+release(s)+"/junos-l2al", "junos:style", "extensive")
	for _, v := range s.VLANs {
		active := "Active"
		if !v.Active {
			active = "Inactive"
		}
		d.open("l2ng-l2ald-vlan-instance-group").leaf("l2ng-l2rtb-name", "default-switch").leaf("l2ng-l2rtb-vlan-name", v.Name).
			leaf("l2ng-l2rtb-instance-state", active).leaf("l2ng-l2rtb-vlan-tag", fmt.Sprint(v.ID))
		for _, svi := range s.SVIs {
			if svi.VID == v.ID {
				d.leaf("l2ng-l2rtb-vlan-l3-interface", svi.Interface)
			}
		}
		for i := range s.Bridge {
			p := &s.Bridge[i]
			if !carries(p, v.ID) {
				continue
			}
			name := p.Interface + ".0"
			if p.Oper == state.Up {
				name += "*"
			}
			d.open("l2ng-l2rtb-vlan-member").leaf("l2ng-l2rtb-vlan-member-interface", name).
				leaf("l2ng-l2rtb-vlan-member-tagness", tagness(p, v.ID)).leaf("l2ng-l2rtb-vlan-member-interface-mode", mode(p)).
				close("l2ng-l2rtb-vlan-member")
		}
		d.close("l2ng-l2ald-vlan-instance-group")
	}
	d.close("l2ng-l2ald-vlan-instance-information")
}

func mode(p *model.BridgePort) string {
	if p.Mode == state.Access {
		return "access"
	}
	return "trunk"
}

// switching prints for each port an entry with its name, then one for each of its VLANs.
func switching(s *model.Switch, d *doc) {
	d.open("l2ng-l2ald-iff-interface-information", "xmlns", "http://xml.juniper.net/junos/"+release(s)+"/junos-l2al")
	d.open("l2ng-l2ald-iff-interface-entry", "junos:style", "brief").leaf("l2iff-interface-rtt-name", "default-switch")
	for i := range s.Bridge {
		p := &s.Bridge[i]
		tags := "tagged"
		switch {
		case p.Mode == state.Access:
			tags = "untagged"
		case !p.Untagged.Empty():
			tags = "tagged,untagged"
		}
		flags := ""
		if p.Oper == state.Down {
			flags = "DN"
		}
		d.open("l2ng-l2ald-iff-interface-entry", "junos:style", "brief").leaf("l2iff-interface-name", p.Interface+".0").
			leaf("l2iff-interface-flags", flags).leaf("l2iff-interface-vlan-member-tagness", tags).close("l2ng-l2ald-iff-interface-entry")
		for _, v := range s.VLANs {
			if !carries(p, v.ID) {
				continue
			}
			stp := "Forwarding"
			if p.Oper == state.Down || blocked(s, p.Interface, v.ID) {
				stp = "Discarding"
			}
			d.open("l2ng-l2ald-iff-interface-entry", "junos:style", "brief").leaf("l2iff-interface-vlan-name", v.Name).
				leaf("l2iff-interface-vlan-id", fmt.Sprint(v.ID)).leaf("l2iff-interface-vlan-member-tagness", tagness(p, v.ID)).
				leaf("l2iff-interface-vlan-member-stp-state", stp).leaf("l2iff-interface-flags", flags).
				close("l2ng-l2ald-iff-interface-entry")
		}
	}
	d.close("l2ng-l2ald-iff-interface-entry").close("l2ng-l2ald-iff-interface-information")
}

func blocked(s *model.Switch, port string, v state.VID) bool {
	return slices.ContainsFunc(s.Blocked, func(b model.Blocked) bool { return b.Interface == port && b.VIDs.Has(v) })
}

var macFlags = map[state.MACKind]string{state.Dynamic: "D", state.StaticMAC: "S", state.PeerLearned: "DR"}

func macTable(s *model.Switch, d *doc) {
	d.open("l2ng-l2ald-rtb-macdb", "xmlns", "http://xml.juniper.net/junos/"+release(s)+"/junos-l2al")
	for _, v := range s.VLANs {
		var entries []model.MACEntry
		for _, m := range s.MACs {
			if m.VID == v.ID && macFlags[m.Kind] != "" {
				entries = append(entries, m)
			}
		}
		if len(entries) == 0 {
			continue
		}
		d.open("l2ng-l2ald-mac-entry-vlan", "junos:style", "brief-rtb").leaf("mac-count-global", strconv.Itoa(len(entries))).
			leaf("l2ng-l2-mac-routing-instance", "default-switch").leaf("l2ng-l2-vlan-id", fmt.Sprint(v.ID))
		for _, m := range entries {
			d.open("l2ng-mac-entry").leaf("l2ng-l2-mac-vlan-name", v.Name).leaf("l2ng-l2-mac-address", m.MAC.String()).
				leaf("l2ng-l2-mac-flags", macFlags[m.Kind]).leaf("l2ng-l2-mac-logical-interface", m.Interface+".0").close("l2ng-mac-entry")
		}
		d.close("l2ng-l2ald-mac-entry-vlan")
	}
	d.close("l2ng-l2ald-rtb-macdb")
}

var chassisSubtypes = map[state.Subtype]string{state.ChassisComponent: "Chassis component", state.MACAddress: "Mac address",
	state.NetworkAddress: "Network address", state.InterfaceName: "Interface name", state.InterfaceAlias: "Interface alias", state.Local: "Locally assigned"}

var portSubtypes = map[state.Subtype]string{state.InterfaceAlias: "Interface alias", state.PortComponent: "Port component", state.MACAddress: "Mac address",
	state.NetworkAddress: "Network address", state.InterfaceName: "Interface name", state.AgentCircuitID: "Agent circuit ID", state.Local: "Locally assigned"}

func lldp(s *model.Switch, d *doc) {
	d.open("lldp-neighbors-information", "junos:style", "brief")
	for i := range s.Neighbours {
		n := &s.Neighbours[i]
		d.open("lldp-neighbor-information").leaf("lldp-local-port-id", n.Port).leaf("lldp-local-parent-interface-name", parent(s, n.Port))
		remote(d, n)
		d.close("lldp-neighbor-information")
	}
	d.close("lldp-neighbors-information")
}

func parent(s *model.Switch, port string) string {
	if p := s.Port(port); p != nil && p.LAG != "" {
		return p.LAG
	}
	return "-"
}

func remote(d *doc, n *model.Neighbour) {
	d.leaf("lldp-remote-chassis-id-subtype", chassisSubtypes[n.ChassisID.Subtype]).leaf("lldp-remote-chassis-id", n.ChassisID.ID).
		leaf("lldp-remote-port-id-subtype", portSubtypes[n.PortID.Subtype]).leaf("lldp-remote-port-id", n.PortID.ID)
	if n.PortDescription != "" {
		d.leaf("lldp-remote-port-description", n.PortDescription)
	}
	d.leaf("lldp-remote-system-name", n.SystemName)
}

func lldpDetail(s *model.Switch, d *doc) {
	d.open("lldp-neighbors-information", "junos:style", "detail")
	for i := range s.Neighbours {
		n := &s.Neighbours[i]
		d.open("lldp-neighbor-information").leaf("lldp-index", strconv.Itoa(i+1)).leaf("lldp-ttl", strconv.Itoa(n.TTL)).
			leaf("lldp-local-interface", n.Port).leaf("lldp-local-parent-interface-name", parent(s, n.Port)).
			leaf("lldp-local-port-id", index(s.Port(n.Port)))
		remote(d, n)
		d.open("lldp-system-description").leaf("lldp-remote-system-description", n.SystemDesc).close("lldp-system-description")
		if n.Address.IsValid() {
			d.leaf("lldp-remote-management-address-type", "IPv4(1)").leaf("lldp-remote-management-address", n.Address.String())
		}
		if n.PVID != 0 {
			d.open("lldp-org-specific-tlv").leaf("lldp-remote-oui-802-1", "0080c2").leaf("lldp-remote-subtype-port-vid", "1").
				leaf("lldp-remote-subtype-vlan-id", fmt.Sprint(n.PVID)).close("lldp-org-specific-tlv")
		}
		d.close("lldp-neighbor-information")
	}
	d.close("lldp-neighbors-information")
}

func instances(s *model.Switch, d *doc) {
	d.open("instance-information", "xmlns", "http://xml.juniper.net/junos/"+release(s)+"/junos-routing", "junos:style", "detail")
	d.open("instance-core").leaf("instance-name", "master").leaf("instance-type", "forwarding").close("instance-core")
	for _, v := range s.VRFs {
		d.open("instance-core").leaf("instance-name", v.Name).leaf("instance-type", "vrf")
		for _, name := range v.Interfaces {
			d.open("instance-interface").leaf("interface-name", name).close("instance-interface")
		}
		d.close("instance-core")
	}
	d.close("instance-information")
}
