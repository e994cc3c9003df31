package checks

import (
	"slices"

	"uplinkcheck/drivers/capture"
	"uplinkcheck/drivers/state"
	"uplinkcheck/inventory"
	"uplinkcheck/verify"
	"uplinkcheck/verify/standard"
	"uplinkcheck/verify/topology"
)

// MGT011: the management controllers of hosts are apart from guests.
var MGT011 = add(&verify.Check{
	ID:    "MGT-011",
	Title: "the management controllers of hosts are apart from guests",
	Doc: `A management controller (BMC, iDRAC, iLO, IPMI) has the console and the power switch of its host, and often old software. Its port may be in a management or
out-of-band network and in no guest network. Say where it is plugged in by bmc: of the host, as SWITCH/PORT or as its MAC address. Where neither that nor an
out-of-band network is declared, nothing is asked. Layer 3 reachability was not assessed.`,
	Cites:    []standard.Clause{standard.Grundschutz("NET.1.1.A21", "S")},
	Severity: verify.High,
	Run: verify.Each(hosts, func(h *topology.Host) (v verify.Verdict) {
		judgeController(&v, h)
		return v
	}),
})

func judgeController(v *verify.Verdict, h *topology.Host) {
	switch bmc := controller(h); {
	case bmc.MAC.Known():
		judgeLearnedAt(v, h, bmc)
	case bmc.Port.Device != "":
		judgePluggedIn(v, h, bmc)
	case slices.ContainsFunc(h.Fabric.Networks, func(n *topology.Network) bool { return n.Role == inventory.OutOfBand }):
		v.Unknown("nobody said where the management controller of %s is plugged in", h.Name).
			Missing("bmc: of %s in the inventory, as SWITCH/PORT or as its MAC address", h.Name)
	default:
		v.NotApplicable("no management controller of %s and no out-of-band network is declared", h.Name)
	}
}

func controller(h *topology.Host) inventory.BMC {
	if h.Entry == nil {
		return inventory.BMC{}
	}
	return h.Entry.BMC
}

// judgePluggedIn judges the VLANs of the port that the operator names.
func judgePluggedIn(v *verify.Verdict, h *topology.Host, bmc inventory.BMC) {
	s := h.Fabric.SwitchNamed(bmc.Port.Device)
	if s == nil {
		v.Unknown("the management controller of %s is on %s, which gave no state", h.Name, bmc.Port.Device).Missing("collect %s", bmc.Port.Device)
		return
	}
	p := s.Port(bmc.Port.Port)
	switch {
	case p == nil:
		v.Unknown("%s has no port %s, where the management controller of %s is declared", s.Name, bmc.Port.Port, h.Name).
			Missing("the right port under bmc: of %s", h.Name)
	case p.Bridge == nil && p.Interface != nil && capture.Is(p.Interface.Bridged, false):
		v.Pass(p.Interface.Bridged.From, "%s, where the management controller of %s is, is a routed port and in no VLAN", p, h.Name).Also(bmc.From)
	case p.Bridge == nil || !p.Bridge.Members.Known():
		v.Unknown("%s, where the management controller of %s is: VLAN settings not reported", p, h.Name).Missing("the VLAN settings of %s", p)
	case p.Bridge.Members.Value.Empty():
		v.Unknown("%s, where the management controller of %s is, forwards no VLAN now", p, h.Name).Missing("another run when %s is up", p)
	default:
		for vid := range p.Bridge.Members.Value.All() {
			judgeControllerVLAN(v, h, p, vid, p.Bridge.Members.From)
		}
		v.Also(bmc.From)
	}
}

// judgeLearnedAt judges the VLANs in which switches learned the controller's address at a port that leads to no other switch.
func judgeLearnedAt(v *verify.Verdict, h *topology.Host, bmc inventory.BMC) {
	found := h.Fabric.LearnedAt(bmc.MAC.Value)
	for _, x := range found {
		judgeControllerVLAN(v, h, x.Port, x.Entry.VID, x.Entry.From)
	}
	if len(found) == 0 {
		v.Unknown("no switch learned %s, the management controller of %s", bmc.MAC.Value, h.Name).
			Missing("the address tables of the switches while the controller speaks, or bmc: as SWITCH/PORT")
		return
	}
	v.Also(bmc.From)
}

// judgeControllerVLAN judges one VLAN of a controller's port.
func judgeControllerVLAN(v *verify.Verdict, h *topology.Host, p *topology.Port, vid state.VID, from capture.Span) {
	said := false
	for _, n := range h.Fabric.NetworksOf(vid) {
		here := n.Bridged(p.Switch, vid)
		if here == state.No {
			continue
		}
		said = true
		switch {
		case n.Role == inventory.Guest && here == state.Unknown:
			v.Unknown("the management controller of %s is in VLAN %d at %s, and whether that is %s is not known", h.Name, vid, p, n.Name).
				Missing("the cables between the switches: LLDP, or links: in the inventory")
		case n.Role == inventory.Guest:
			v.Fail(from, "the management controller of %s is at %s in VLAN %d of %s, a guest network", h.Name, p, vid, n.Name).Also(n.From).
				Fix("move %s to a management or out-of-band network", p)
		case n.Role == inventory.Management || n.Role == inventory.OutOfBand:
			v.Pass(from, "the management controller of %s is at %s in VLAN %d of %s", h.Name, p, vid, n.Name).Also(n.From)
		case n.Role == "":
			v.Unknown("the management controller of %s is at %s in %s, of which nobody said what it is for", h.Name, p, n.Name).Missing("role: of %s in the inventory", n.Name)
		default:
			v.Warn(from, "the management controller of %s is at %s in VLAN %d of %s (%s)", h.Name, p, vid, n.Name, n.Role).Also(n.From).
				Fix("move %s to a management or out-of-band network", p)
		}
	}
	switch elsewhere := h.Fabric.NetworksOf(vid); {
	case said:
	case len(elsewhere) > 0:
		v.Unknown("the management controller of %s is at %s in VLAN %d, which is not connected with where %s is: what it is for there, nobody said", h.Name, p, vid, elsewhere[0].Name).
			Missing("%s under stations: of %s, if it is for the same there", p, elsewhere[0].Name)
	default:
		v.Unknown("the management controller of %s is at %s in VLAN %d, of which nobody said what it is for", h.Name, p, vid).
			Missing("networks: in the inventory: what VLAN %d is for", vid)
	}
}
