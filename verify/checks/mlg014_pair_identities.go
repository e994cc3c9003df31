package checks

import (
	"slices"
	"strings"

	"uplinkcheck/drivers/capture"
	"uplinkcheck/drivers/state"
	"uplinkcheck/verify"
	"uplinkcheck/verify/standard"
	"uplinkcheck/verify/topology"
)

// MLG014: the pairs that a host reaches have identities of their own.
var MLG014 = add(&verify.Check{
	ID:    "MLG-014",
	Title: "the pairs that a host reaches have identities of their own",
	Doc: `A host bundles links by the LACP system and key that it hears. Two pairs of switches that show it the same, as when one was made from a copy of the
other's configuration, look like one: the host bundles links that end on strangers, and half of its frames are lost. Products that use one system
id for every pair tell their LAGs apart by different keys, which is no fault. Virtual switch images are often born with one address: in a lab
that warns. Give each pair a system id of its own.`,
	Cites:    []standard.Clause{standard.Dot1AX("7.3.1.1.4")},
	Severity: verify.High,
	Run: verify.Each(func(f *topology.Fabric) []*topology.Host { return f.Hosts }, func(h *topology.Host) (v verify.Verdict) {
		var ports []*topology.Port
		for _, u := range h.Uplinks {
			switch p := u.Mapped(); {
			case p == nil || u.Confidence() <= topology.Inferred:
				v.Unknown("%s: not known on which switch port it ends", u).Missing("LLDP or LACP state at either end of %s", u)
			case p.Aggregator != nil && !capture.Is(p.Aggregator.Protocol, state.Static):
				ports = append(ports, p)
			}
		}
		judgeStrangers(&v, h, ports)
		return v
	}),
})

// judgeStrangers compares the identities of ports that are not in one LAG and not on one pair.
func judgeStrangers(v *verify.Verdict, h *topology.Host, ports []*topology.Port) {
	apart := false
	for i, p := range ports {
		for _, q := range ports[i+1:] {
			switch strangers(p, q) {
			case state.Yes:
				apart = true
				judgeTwoIdentities(v, p, q)
			case state.Unknown:
				apart = true
				v.Unknown("%s and %s: not reported whether their switches are multi-chassis peers", p, q).
					Missing("multi-chassis state of %s and %s, or the two under pairs: in the inventory", p.Switch.Name, q.Switch.Name)
			}
		}
	}
	if !apart && v.Outcome() == verify.NotApplicable {
		v.NotApplicable("%s reaches no two pairs of switches by LACP", h.Name)
	}
}

// strangers answers whether two ports are in LAGs of different pairs. Switches that have Ethernet segments share those and nothing else.
func strangers(p, q *topology.Port) state.Tri {
	switch one := onePair(p.Switch, q.Switch); {
	case one == state.Yes, p.LAG != nil && p.LAG == q.LAG && p.LAG.Multi.Known():
		return state.No
	case one == state.No, segmented(p) && segmented(q):
		return state.Yes
	}
	return state.Unknown
}

// segmented reports whether it is known in which Ethernet segment a port is, and that its switch has no peer.
func segmented(p *topology.Port) bool {
	return capture.Is(p.Switch.MLAG.Protocol, state.EVPNESI) && p.Aggregator.ESI.Known()
}

func judgeTwoIdentities(v *verify.Verdict, p, q *topology.Port) {
	if p.Member == nil || q.Member == nil {
		v.Unknown("%s and %s: LACP state not reported", p, q).Missing("LACP state of %s and %s", p, q)
		return
	}
	x, y := shown(p), shown(q)
	same, known := capture.Same(x.System, y.System)
	samePrio, prios := capture.Same(x.SystemPriority, y.SystemPriority)
	sameKey, keys := capture.Same(x.Key, y.Key)
	switch {
	case !known:
		v.Unknown("%s and %s: not both LACP systems were reported", p, q).Missing("the LACP system that %s and %s show", p, q)
	case !same || prios && !samePrio:
		v.Pass(x.System.From, "%s and %s show different LACP systems", p, q).Also(y.System.From)
	case keys && !sameKey:
		v.Pass(x.Key.From, "%s and %s show one LACP system, and different keys", p, q).Also(y.Key.From)
	case !keys:
		v.Unknown("%s and %s show the LACP system %s, and not both keys were reported", p, q, system(x)).Missing("the LACP key that %s and %s show", p, q)
	case virtual(p.Switch) && virtual(q.Switch):
		v.Warn(x.System.From, "%s and %s are of different pairs and show the LACP system %s with key %d: virtual images are often born with one address", p, q,
			system(x), x.Key.Value).Also(y.System.From, p.Switch.Device.Model.From, q.Switch.Device.Model.From).
			Fix("give %s and %s LACP system ids of their own, also in a lab", p.Switch.Name, q.Switch.Name)
	default:
		v.Fail(x.System.From, "%s and %s are of different pairs and show the LACP system %s with key %d: the host takes them for one", p, q, system(x), x.Key.Value).
			Also(y.System.From, x.Key.From, y.Key.From).Fix("give the pairs of %s and %s LACP system ids of their own", p.Switch.Name, q.Switch.Name)
	}
}

// virtual reports whether a switch calls itself by the model of an image that runs in a lab.
func virtual(s *topology.Switch) bool {
	model := strings.ToLower(s.Device.Model.Value)
	return s.Device.Model.Known() && slices.ContainsFunc([]string{"veos", "ceos", "vqfx", "vjunos", "vex9", "vmx"}, func(image string) bool {
		return strings.Contains(model, image)
	})
}
