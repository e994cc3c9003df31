package checks

import (
	"uplinkcheck/drivers/capture"
	"uplinkcheck/drivers/state"
	"uplinkcheck/verify"
	"uplinkcheck/verify/standard"
	"uplinkcheck/verify/topology"
)

// MLG006: the peers show the host one LACP identity.
var MLG006 = add(&verify.Check{
	ID:    "MLG-006",
	Title: "the peers show the host one LACP identity",
	Doc: `On each multi-chassis LAG the peers must present the same system id and the same key, and different port numbers. With two identities the host puts
its links into two aggregators and uses one; with equal port numbers it takes the second link for the first one moved. This holds for one LAG at a
time: ordinary LAGs of the same switches use each switch's own identity.`,
	Cites:    []standard.Clause{standard.Dot1AX("7.3.1.1.4"), standard.Dot1AX("7.3.2.1.5"), standard.Dot1AX("7.3.2.1.14"), standard.RFC("7432")},
	Severity: verify.Critical,
	Run: verify.Each((*topology.Fabric).HostLAGs, func(l *topology.LAG) (v verify.Verdict) {
		if skipLAG(&v, l) {
			return v
		}
		notWhole(&v, l)
		switch {
		case v.Outcome() == verify.Unknown && len(l.Legs) < 2:
			return v
		case len(l.Legs) < 2:
			v.NotApplicable("%s is on one switch", l.Name)
			return v
		case capture.Is(l.Protocol(), state.Static):
			v.NotApplicable("%s is a static aggregator", l.Name)
			return v
		}
		var seen []*topology.Port
		for _, p := range l.Ports() {
			if p.Member == nil || !p.Member.Actor.System.Known() {
				v.Unknown("%s: its own LACP system was not reported", p).Missing("the LACP system id that %s uses on %s", p.Switch.Name, p.Aggregator.Name)
				continue
			}
			for _, q := range seen {
				judgeIdentity(&v, q, p)
			}
			seen = append(seen, p)
		}
		if v.Outcome() == verify.NotApplicable {
			v.Unknown("%s: fewer than two legs report an identity", l.Name).Missing("LACP state of every leg of %s", l.Name)
		}
		return v
	}),
})

func judgeIdentity(v *verify.Verdict, a, b *topology.Port) {
	x, y := shown(a), shown(b)
	sameKey, keys := capture.Same(x.Key, y.Key)
	samePrio, prios := capture.Same(x.SystemPriority, y.SystemPriority)
	samePort, ports := capture.Same(x.Port, y.Port)
	samePortPrio, portPrios := capture.Same(x.PortPriority, y.PortPriority)
	switch {
	case x.System.Value != y.System.Value || prios && !samePrio:
		v.Fail(y.System.From, "%s shows system %s, but %s shows %s", b, system(y), a, system(x)).Also(x.System.From).
			Fix("give the two switches one LACP system id for this LAG")
	case keys && !sameKey:
		v.Fail(y.Key.From, "%s shows key %d, but %s shows %d", b, y.Key.Value, a, x.Key.Value).Also(x.Key.From).
			Fix("give the two switches one LACP key for this LAG")
	case a.Switch != b.Switch && ports && samePort && (!portPrios || samePortPrio):
		v.Fail(y.Port.From, "%s and %s both show port number %d", a, b, x.Port.Value).Also(x.Port.From).
			Fix("give the two switches different LACP port numbers (a port-id range each)")
	case (!keys || !ports && a.Switch != b.Switch) && dualActive(a) && dualActive(b) && settled(a) && settled(b):
		v.Pass(y.System.From, "%s and %s show system %s, and both switches report their port as active on both", a, b, system(x)).Also(x.System.From)
	case !keys:
		v.Unknown("%s and %s show one system, but not both keys were reported", a, b).Missing("the LACP key that both switches use")
	case !ports && a.Switch != b.Switch:
		v.Unknown("%s and %s show one system and key, but not both port numbers were reported", a, b).Missing("the LACP port numbers of both switches")
	default:
		v.Pass(y.System.From, "%s and %s show system %s, key %d", a, b, system(x), x.Key.Value).Also(x.System.From, x.Key.From, y.Key.From)
	}
}

// shown is the identity that a port shows: as the switch reports it, and where it is silent about key or port, as the host hears it.
func shown(p *topology.Port) state.Endpoint {
	e := p.Member.Actor
	if p.Link == nil || p.Link.Uplink.Member == nil || p.Link.Uplink.Member.Heard() != state.Yes {
		return e
	}
	heard := p.Link.Uplink.Member.Partner
	if !e.Key.Known() {
		e.Key = heard.Key
	}
	if !e.Port.Known() {
		e.Port, e.PortPriority = heard.Port, heard.PortPriority
	}
	return e
}

// system words a system id; a priority that was not reported is left out.
func system(e state.Endpoint) string {
	if e.SystemPriority.Known() {
		return e.SystemID().Value.String()
	}
	return e.System.Value.String()
}

// dualActive reports whether the switch itself says that the port's multi-chassis LAG is active on both peers: their
// protocol has then agreed on the LAG, and with it on the key, as long as the host uses both.
func dualActive(p *topology.Port) bool {
	for i := range p.Switch.MLAG.Ports {
		m := &p.Switch.MLAG.Ports[i]
		if capture.Is(m.Local, p.Aggregator.Name) {
			return capture.Is(m.State, state.DualActive)
		}
	}
	return false
}
