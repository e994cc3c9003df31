// Package openvswitch words a switch view as Open vSwitch 3.1 with lldpd does. What Open vSwitch cannot do, it does not say:
// a static LAG is a balance-tcp bond with LACP off, which takes in no frame, and spanning tree knows no bonds.
package openvswitch

import (
	"uplinkcheck/drivers/state"
	"uplinkcheck/testbed/model"
	"uplinkcheck/testbed/personality/openvswitch/render"
)

// Personality is Open vSwitch used as a switch.
var Personality = model.Personality{Platform: "openvswitch", Switch: reply}

const bridge = "br0"

func reply(s *model.Switch, command string) ([]byte, bool) {
	if command == "hostname" {
		return []byte(s.Hostname + "\n"), true
	}
	if out, ok := agent(s).Reply(command); ok {
		return out, true
	}
	return vswitch(s).Reply(command)
}

func agent(s *model.Switch) *render.Agent {
	a := &render.Agent{Down: !s.LLDP, Chassis: state.Identifier{Subtype: state.MACAddress, ID: s.MAC.String()}, Hostname: s.Hostname,
		Description: s.Model + " " + s.Version, Address: s.Address, Heard: s.Neighbours}
	for _, p := range s.Ports {
		a.Ports = append(a.Ports, p.Name)
	}
	return a
}

func vswitch(s *model.Switch) *render.Vswitch {
	v := &render.Vswitch{Version: s.Version, Bridge: bridge, RSTP: len(s.Blocked) > 0, MACs: s.MACs}
	// The bridge's own port, which nobody configured.
	v.Ports = append(v.Ports, render.Port{Name: bridge, Interfaces: []render.Interface{{Name: bridge, Type: "internal", Driver: "tun",
		Admin: state.Down, Link: state.Down, Speed: 10_000_000_000, MTU: 1500, MAC: s.MAC}}})
	for _, b := range s.Bridge {
		p := port(s, b)
		if len(p.Interfaces) > 0 {
			v.Ports = append(v.Ports, p)
		}
	}
	for _, i := range s.SVIs {
		v.Ports = append(v.Ports, render.Port{Name: i.Interface, Tag: i.VID, Interfaces: []render.Interface{{Name: i.Interface, Type: "internal", Driver: "tun",
			Admin: state.Up, Link: i.Oper, Speed: 10_000_000_000, MTU: 1500, MAC: s.MAC}}})
	}
	return v
}

func port(s *model.Switch, b model.BridgePort) render.Port {
	p := render.Port{Name: b.Interface}
	vlans(&p, b)
	if s.Port(b.Interface) != nil {
		p.Interfaces = append(p.Interfaces, device(s.Port(b.Interface)))
		p.RSTPState = "Forwarding"
		for _, blocked := range s.Blocked {
			if blocked.Interface == b.Interface {
				p.RSTPState = "Discarding"
			}
		}
		return p
	}
	l := s.LAG(b.Interface)
	if l == nil {
		return p
	}
	p.BondMode, p.LACP = "balance-tcp", "off"
	if l.Protocol == state.LACP {
		p.LACP = "passive"
		if l.Active {
			p.LACP = "active"
		}
		p.System, p.Priority, p.Fast, p.FallbackAB = l.System, l.Priority, l.Fast, l.Fallback != state.NoFallback
		p.Members = l.Ports
	}
	for _, m := range l.Ports {
		p.Interfaces = append(p.Interfaces, device(s.Port(m.Name)))
	}
	return p
}

func device(p *model.Port) render.Interface {
	return render.Interface{Name: p.Name, Driver: "ixgbe", Admin: p.Admin, Link: p.Oper, Speed: p.Speed, MTU: p.MTU, MAC: p.MAC, Resets: p.Changes}
}

// vlans sets the columns: an access port has a tag; a trunk lists its VLANs, none for all, and a tag when it has a native one.
func vlans(p *render.Port, b model.BridgePort) {
	if b.Mode == state.Access {
		p.Tag = b.Native
		return
	}
	if b.Explicit {
		p.Trunks, p.NoTrunks = b.Allowed, b.Allowed.Empty()
	}
	p.Mode = "trunk"
	if b.PVID != 0 {
		p.Tag, p.Mode = b.PVID, "native-tagged"
		if b.Untagged.Has(b.PVID) {
			p.Mode = "native-untagged"
		}
	}
}
