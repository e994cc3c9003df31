package topology

import (
	"slices"
	"strings"

	"uplinkcheck/inventory"
)

// Roles returns every network of every host that must offer it.
func (f *Fabric) Roles() []*Role {
	n := 0
	for _, h := range f.Hosts {
		n += len(h.Required)
	}
	out := make([]*Role, 0, n)
	for _, h := range f.Hosts {
		out = append(out, h.Required...)
	}
	return out
}

// Uplinks returns every uplink of every host.
func (f *Fabric) Uplinks() []*Uplink {
	n := 0
	for _, h := range f.Hosts {
		n += len(h.Uplinks)
	}
	out := make([]*Uplink, 0, n)
	for _, h := range f.Hosts {
		out = append(out, h.Uplinks...)
	}
	return out
}

// Teams returns every team of every host.
func (f *Fabric) Teams() (out []*Team) {
	for _, h := range f.Hosts {
		out = append(out, h.Teams...)
	}
	return out
}

// Ports returns every port of every switch.
func (f *Fabric) Ports() (out []*Port) {
	for _, s := range f.Switches {
		out = append(out, s.Ports...)
	}
	return out
}

// GatewaySwitches returns the declared gateways that are switches of the fabric: they route themselves.
func (n *Network) GatewaySwitches() (out []*Switch) {
	for _, name := range n.Gateway {
		if s := n.Fabric.switches[name]; s != nil {
			out = append(out, s)
		}
	}
	return out
}

// GatewayPorts returns the ports at which the network's declared gateways sit. A gateway that is one of the switches has
// none: it is inside.
func (n *Network) GatewayPorts() []*Port { return n.Fabric.whereabouts().portsOf(n.Fabric, n.Gateway) }

// gatewaysNowhere returns the declared gateways of which nobody knows at which port they sit: their switch gave no state, or no neighbour
// of that name was heard.
func (n *Network) gatewaysNowhere() (names []string) {
	for _, place := range n.Gateway {
		if n.Fabric.switches[place] == nil && len(n.Fabric.whereabouts().portsOf(n.Fabric, []string{place})) == 0 {
			names = append(names, place)
		}
	}
	return names
}

// Strays reports whether a declared place was found at no port though the switch that it names, if it names one, told its ports.
func (f *Fabric) Strays(place string) bool {
	on, _, port := strings.Cut(place, "/")
	return f.switches[place] == nil && (!port || f.switches[on] != nil) && len(f.PortsAt(place)) == 0
}

// StationPorts returns the ports at which the network's declared stations sit.
func (n *Network) StationPorts() []*Port {
	return n.Fabric.whereabouts().portsOf(n.Fabric, n.stationed())
}

// stationed are the places that may be on the network: its stations, and those of declared services that are in it, which a firewall is
// in each network that it serves. A service that runs as a guest has no place of its own.
func (n *Network) stationed() []string {
	out, inv := slices.Clone(n.Stations), n.Fabric.Inventory
	for i := range inv.Services {
		s := &inv.Services[i]
		if !slices.Contains(s.Networks, n.Name) && !(s.Kind == inventory.Firewall && slices.Contains(s.Serves, n.Name)) {
			continue
		}
		for _, place := range s.At {
			guest := slices.ContainsFunc(inv.Hosts, func(h inventory.HostEntry) bool { return h.Name == place })
			if !guest && !slices.Contains(out, place) {
				out = append(out, place)
			}
		}
	}
	return out
}

// PortsAt returns the ports of a declared place: SWITCH/PORT, or a device that is known by name at some. None where it is not known, or is
// a switch itself.
func (f *Fabric) PortsAt(place string) []*Port { return f.whereabouts().portsAt(f, place) }

// RolesOf returns the network on every host that must offer it.
func (f *Fabric) RolesOf(n *Network) []*Role {
	f.findAnchors()
	return f.sim.offering[n]
}

// portsOf resolves declared places: "switch/port", or a device that is known by name at a port (operator's cables, LLDP).
func (w *whereabouts) portsOf(f *Fabric, places []string) (out []*Port) {
	for _, place := range places {
		out = append(out, w.portsAt(f, place)...)
	}
	return out
}

func (w *whereabouts) portsAt(f *Fabric, place string) []*Port {
	if f.switches[place] != nil {
		return nil
	}
	if name, port, ok := strings.Cut(place, "/"); ok {
		if s := f.switches[name]; s != nil && s.ports[port] != nil {
			return []*Port{s.ports[port]}
		}
	}
	if at := w.cabled[place]; len(at) > 0 {
		return at
	}
	return w.heard[strings.ToLower(place)]
}

// FacesNamed reports whether a neighbour of that name was heard on the port: the whole name or its first label, any case.
func (p *Port) FacesNamed(name string) bool {
	for i := range p.Remotes {
		heard := p.Remotes[i].SystemName
		if !heard.Known() || heard.Value == "" {
			continue
		}
		short, _, _ := strings.Cut(heard.Value, ".")
		if strings.EqualFold(heard.Value, name) || strings.EqualFold(short, name) {
			return true
		}
	}
	return false
}
