package checks

import (
	"uplinkcheck/drivers/capture"
	"uplinkcheck/drivers/state"
	"uplinkcheck/verify"
	"uplinkcheck/verify/standard"
	"uplinkcheck/verify/topology"
)

// MLG016: a multi-chassis LAG has a peer and a counterpart.
var MLG016 = add(&verify.Check{
	ID:    "MLG-016",
	Title: "a multi-chassis LAG has a peer and a counterpart",
	Doc: `A LAG with a multi-chassis id shows the host the shared identity of the pair. Where the switch runs no multi-chassis protocol, or the peer has no LAG
with that id, there is only one leg to take it on: the redundancy stands in the configuration and nowhere else. Create the LAG on the peer with the same
id, or take the id away; of a host that has one uplink by design, say single_homed: true.`,
	Cites:    []standard.Clause{standard.Grundschutz("NET.1.1.A14", "B")},
	Severity: verify.High,
	Run: verify.Each((*topology.Fabric).AllLAGs, func(l *topology.LAG) (v verify.Verdict) {
		if skipLAG(&v, l) || l.Team != nil && exempt(&v, l.Team.Host) {
			return v
		}
		for _, leg := range l.Legs {
			judgeMultiChassis(&v, leg)
		}
		return v
	}),
})

func judgeMultiChassis(v *verify.Verdict, leg *topology.Leg) {
	s, name := leg.Switch, leg.Switch.Name+"/"+leg.Aggregator.Name
	id, port := leg.Aggregator.MLAGID, mlagPortOf(leg)
	if port != nil {
		id = capture.Of(port.ID, port.From)
	}
	switch {
	case !id.Known():
		v.Unknown("%s: not reported whether it has a multi-chassis id", name).Missing("the multi-chassis LAGs of %s", s.Name)
		return
	case id.Value == "":
		v.NotApplicable("%s has no multi-chassis id", name)
		return
	}
	proto := s.MLAG.Protocol
	switch {
	case !proto.Known():
		v.Unknown("%s: not reported whether %s runs a multi-chassis protocol", name, s.Name).Missing("the multi-chassis state of %s", s.Name)
	case proto.Value != state.PeerLinkMLAG:
		v.Fail(id.From, "%s has the multi-chassis id %s, but %s runs no multi-chassis protocol", name, id.Value, s.Name).Also(proto.From).
			Fix("configure multi-chassis peering on %s, or take the id from %s", s.Name, leg.Aggregator.Name)
	case port != nil && capture.Is(port.State, state.MLAGConfigured):
		v.Fail(port.State.From, "%s has the multi-chassis id %s, and its peer has no LAG with that id", name, id.Value).
			Fix("create the LAG with id %s on the peer of %s, or take the id away", id.Value, s.Name)
	case s.Pair == nil || len(s.Pair.Missing) > 0 || len(s.Pair.Switches) < 2:
		v.Unknown("%s has the multi-chassis id %s, and the peer of %s gave no state", name, id.Value, s.Name).Missing("collect the peer of %s", s.Name)
	default:
		judgeCounterparts(v, name, s, id)
	}
}

// judgeCounterparts looks for the id on the peers.
func judgeCounterparts(v *verify.Verdict, name string, s *topology.Switch, id capture.Fact[string]) {
	for _, o := range s.Pair.Switches {
		if o == s {
			continue
		}
		at, own := withID(o, id.Value)
		all := o.Listed.MLAGPorts
		switch {
		case at.Known() && !own:
			v.Unknown("%s has the multi-chassis id %s, and %s does not say which of its LAGs has it", name, id.Value, o.Name).
				Missing("the LAG of %s with the multi-chassis id %s", o.Name, id.Value)
		case at.Known():
			v.Pass(id.From, "%s and %s both have a LAG with the multi-chassis id %s", s.Name, o.Name, id.Value).Also(at)
		case all.Known():
			v.Fail(id.From, "%s has the multi-chassis id %s, and %s has no LAG with that id", name, id.Value, o.Name).Also(all).
				Fix("create the LAG with id %s on %s, or take the id away", id.Value, o.Name)
		default:
			v.Unknown("%s: the multi-chassis LAGs of %s were not reported", name, o.Name).Missing("the multi-chassis LAGs of %s", o.Name)
		}
	}
}

// mlagPortOf returns what the switch reports of a leg's multi-chassis state, nil when it reports nothing.
func mlagPortOf(leg *topology.Leg) *state.MLAGPort {
	for i := range leg.Switch.MLAG.Ports {
		if m := &leg.Switch.MLAG.Ports[i]; capture.Is(m.Local, leg.Aggregator.Name) {
			return m
		}
	}
	return nil
}

// withID returns where a switch names the id, and whether it says that a LAG of its own has it: it may list an id that only its peer has.
func withID(s *topology.Switch, id string) (at capture.Span, own bool) {
	for i := range s.MLAG.Ports {
		if m := &s.MLAG.Ports[i]; m.ID == id {
			at = m.From
			if m.Local.Known() {
				return at, true
			}
		}
	}
	for i := range s.Aggregators {
		if capture.Is(s.Aggregators[i].MLAGID, id) {
			return s.Aggregators[i].MLAGID.From, true
		}
	}
	return at, false
}
