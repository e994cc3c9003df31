package checks

import (
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
out of service explains it: declare maintenance: true while it lasts.`,
	Cites:    []standard.Clause{standard.M5153},
	Severity: verify.High,
	Run: verify.Each((*topology.Fabric).HostLAGs, func(l *topology.LAG) (v verify.Verdict) {
		if skipLAG(&v, l) {
			return v
		}
		for _, leg := range l.Legs {
			judgeMLAGPort(&v, leg)
		}
		return v
	}),
})

func judgeMLAGPort(v *verify.Verdict, leg *topology.Leg) {
	name := leg.Switch.Name + "/" + leg.Aggregator.Name
	m := &leg.Switch.MLAG
	for i := range m.Ports {
		port := &m.Ports[i]
		if !capture.Is(port.Local, leg.Aggregator.Name) {
			continue
		}
		switch {
		case !port.State.Known():
			v.Unknown("%s: state of multi-chassis port %s not reported", name, port.ID).Missing("the state of multi-chassis port %s on %s", port.ID, leg.Switch.Name)
		case port.State.Value == state.DualActive:
			v.Pass(port.State.From, "%s is active on both switches", name)
		default:
			v.Fail(port.State.From, "%s is %s", name, port.State.Value).
				Fix("bring the leg of multi-chassis port %s up on the other switch of the pair", port.ID)
		}
		return
	}
	switch {
	case capture.Is(m.Protocol, state.NoMLAG), capture.Is(m.Protocol, state.EVPNESI):
		v.NotApplicable("%s: the switch reports no multi-chassis ports", name)
	case m.Protocol.Known() && leg.Switch.Listed.MLAGPorts.Known():
		v.NotApplicable("%s is no multi-chassis port", name)
	case leg.Switch.Pair == nil:
		v.NotApplicable("%s is in no multi-chassis pair", leg.Switch.Name)
	default:
		v.Unknown("%s: multi-chassis ports not reported", name).Missing("the multi-chassis ports of %s", leg.Switch.Name)
	}
}
