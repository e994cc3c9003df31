package checks

import (
	"uplinkcheck/drivers/capture"
	"uplinkcheck/drivers/state"
	"uplinkcheck/verify"
	"uplinkcheck/verify/standard"
	"uplinkcheck/verify/topology"
)

// LAG010: members of one LAG are alike.
var LAG010 = add(&verify.Check{
	ID:    "LAG-010",
	Title: "members of one LAG are alike",
	Doc: `Members with other speed, duplex or MTU, and legs with other VLANs, drop part of the traffic of a LAG that looks whole. All members and both
switches of a pair are compared. What a device does not report is not compared, and that alone is no fault.`,
	Cites:    []standard.Clause{standard.M5153},
	Severity: verify.Medium,
	Run: verify.Each((*topology.Fabric).AllLAGs, func(l *topology.LAG) (v verify.Verdict) {
		if skipLAG(&v, l) {
			return v
		}
		var first *topology.Port
		for _, p := range l.Lanes() {
			if p.Interface == nil || p.Oper() != state.Yes {
				continue
			}
			if first == nil {
				first = p
				if from := p.Interface.From; len(l.Lanes()) == 1 {
					v.Pass(from, "%s is the only member", p)
				}
				continue
			}
			judgeAlike(&v, first, p)
		}
		judgeLegs(&v, l)
		if v.Outcome() == verify.NotApplicable {
			v.Unknown("%s: no two members with reported settings are up", l.Name).Missing("interface settings of the members of %s", l.Name)
		}
		return v
	}),
})

func judgeAlike(v *verify.Verdict, a, b *topology.Port) {
	x, y := a.Interface, b.Interface
	alike(v, a.String(), b.String(), "speed in bit/s", x.Speed, y.Speed)
	alike(v, a.String(), b.String(), "duplex", x.Duplex, y.Duplex)
	alike(v, a.String(), b.String(), "MTU", x.MTU, y.MTU)
}

// judgeLegs compares the VLAN settings that the peers give to one LAG.
func judgeLegs(v *verify.Verdict, l *topology.LAG) {
	var first *topology.Leg
	for _, leg := range l.Legs {
		b := leg.Switch.BridgePort(leg.Aggregator.Name)
		if b == nil {
			continue
		}
		if first == nil {
			first = leg
			continue
		}
		x := first.Switch.BridgePort(first.Aggregator.Name)
		an, bn := first.Switch.Name+"/"+x.Interface, leg.Switch.Name+"/"+b.Interface
		alike(v, an, bn, "VLAN mode", x.Mode, b.Mode)
		alike(v, an, bn, "allowed VLANs", x.Configured, b.Configured)
		alike(v, an, bn, "untagged VLAN", x.PVID, b.PVID)
	}
}

// alike compares one setting; it notes nothing when one side does not report it.
func alike[T comparable](v *verify.Verdict, a, b, what string, x, y capture.Fact[T]) {
	equal, known := capture.Same(x, y)
	switch {
	case !known:
	case equal:
		v.Pass(y.From, "%s and %s: %s %v", a, b, what, x.Value).Also(x.From)
	default:
		v.Fail(y.From, "%s has %s %v, but %s has %v", b, what, y.Value, a, x.Value).Also(x.From).
			Fix("give %s and %s the same %s", a, b, what)
	}
}
