package checks

import (
	"slices"

	"uplinkcheck/drivers/capture"
	"uplinkcheck/drivers/state"
	"uplinkcheck/verify"
	"uplinkcheck/verify/standard"
	"uplinkcheck/verify/topology"
)

// MLG005: multi-chassis ports are active on both peers.
var MLG005 = add(&verify.Check{
	ID:    "MLG-005",
	Title: "multi-chassis ports are active on both peers",
	Doc: `A multi-chassis LAG that is up on one side only carries its host on one leg. Both switches must report it as active on both. A host that reboots or is
out of service explains it: declare maintenance: true while it lasts. So does a host that has one uplink by design: declare single_homed: true.`,
	Cites:    []standard.Clause{standard.M5153},
	Severity: verify.High,
	Run: verify.Each((*topology.Fabric).HostLAGs, func(l *topology.LAG) (v verify.Verdict) {
		if skipLAG(&v, l) {
			return v
		}
		if l.Team != nil && exempt(&v, l.Team.Host) {
			return v
		}
		for _, leg := range l.Legs {
			judgeMLAGPort(&v, l, leg)
		}
		if v.Outcome() == verify.Pass {
			bothSides(&v, l)
		}
		return v
	}),
})

// bothSides says unknown when a switch of the pair did not confirm what its peer says.
func bothSides(v *verify.Verdict, l *topology.LAG) {
	pair := l.Legs[0].Switch.Pair
	if pair == nil {
		on := l.Legs[0].Switch.Name
		v.Unknown("%s: the peer of %s gave no state, so only one side says that it is active on both", l.Name, on).Missing("collect the peer of %s", on)
		return
	}
	for _, name := range pair.Missing {
		v.Unknown("%s: %s gave no state, so only one side says that it is active on both", l.Name, name).Missing("collect %s", name)
	}
	for _, s := range pair.Switches {
		if !slices.ContainsFunc(l.Legs, func(leg *topology.Leg) bool { return leg.Switch == s }) {
			v.Unknown("%s: %s reports no leg of it", l.Name, s.Name).Missing("the LAGs and multi-chassis ports of %s", s.Name)
		}
	}
}

func judgeMLAGPort(v *verify.Verdict, l *topology.LAG, leg *topology.Leg) {
	name := leg.Switch.Name + "/" + leg.Aggregator.Name
	m := &leg.Switch.MLAG
	for i := range m.Ports {
		port := &m.Ports[i]
		if !capture.Is(port.Local, leg.Aggregator.Name) {
			continue
		}
		switch {
		case ownLegOnly(m, port) && capture.Is(port.LocalOper, state.Up):
			v.Pass(port.LocalOper.From, "%s is up", name)
		case ownLegOnly(m, port) && capture.Is(port.LocalOper, state.Down):
			v.Fail(port.LocalOper.From, "%s is down", name).Fix("bring %s up", name)
		case !port.State.Known():
			v.Unknown("%s: state of multi-chassis port %s not reported", name, port.ID).Missing("the state of multi-chassis port %s on %s", port.ID, leg.Switch.Name)
		case port.State.Value == state.DualActive:
			v.Pass(port.State.From, "%s is active on both switches", name)
		default:
			v.Fail(port.State.From, "%s is %s", name, port.State.Value).Fix("%s", mend(name, port))
		}
		return
	}
	noPorts(v, l, leg, name)
}

// ownLegOnly reports whether a switch that sees its peer tells of its own leg alone, as in a vPC: the peer tells of the other one.
func ownLegOnly(m *state.MLAG, port *state.MLAGPort) bool {
	return capture.Is(m.Peered, true) && !port.State.Known() && !port.PeerOper.Known()
}

// mend names the side that is not up.
func mend(name string, port *state.MLAGPort) string {
	switch {
	case capture.Is(port.LocalOper, state.Down):
		return "bring " + name + " up"
	case capture.Is(port.PeerOper, state.Down):
		return "bring the leg of multi-chassis port " + port.ID + " up on the other switch of the pair"
	}
	return "configure multi-chassis port " + port.ID + " on both switches of the pair and bring both legs up"
}

// noPorts says why the LAG is not among the multi-chassis ports of its switch.
func noPorts(v *verify.Verdict, l *topology.LAG, leg *topology.Leg, name string) {
	m := &leg.Switch.MLAG
	switch {
	case capture.Is(m.Protocol, state.NoMLAG), capture.Is(m.Protocol, state.EVPNESI):
		v.NotApplicable("%s: %s runs no protocol that has multi-chassis ports", name, leg.Switch.Name)
	case len(l.Legs) == 1 && leg.Numbered() == state.No && m.Protocol.Known() && leg.Switch.Listed.MLAGPorts.Known():
		v.NotApplicable("%s is no multi-chassis port", name)
	case leg.Switch.Pair == nil:
		v.NotApplicable("%s is in no multi-chassis pair", leg.Switch.Name)
	default:
		v.Unknown("%s: multi-chassis ports not reported", name).Missing("the multi-chassis ports of %s", leg.Switch.Name)
	}
}
