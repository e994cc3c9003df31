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
switches of a pair are compared. What one of two reports and the other does not is unknown. Duplex is compared where it is reported.`,
	Cites:    []standard.Clause{standard.M5153},
	Severity: verify.Medium,
	Run: verify.Each((*topology.Fabric).AllLAGs, func(l *topology.LAG) (v verify.Verdict) {
		if skipLAG(&v, l) {
			return v
		}
		notWhole(&v, l)
		var up []*topology.Port
		for _, p := range l.Lanes() {
			if p.Oper() == state.Yes {
				up = append(up, p)
			} else if p.Oper() == state.Unknown {
				linkUnknown(&v, p)
			}
		}
		for _, p := range up {
			if p != up[0] {
				judgeAlike(&v, up[0], p)
			}
		}
		if len(up) == 1 {
			v.NotApplicable("%s is the only member that is up: there is nothing to compare it with", up[0])
		}
		judgeLegs(&v, l)
		if len(up) == 0 && v.Outcome() == verify.NotApplicable {
			v.NotApplicable("no member of %s is up", l.Name)
		}
		return v
	}),
})

func judgeAlike(v *verify.Verdict, a, b *topology.Port) {
	x, y := a.Interface, b.Interface
	alike(v, a.String(), b.String(), "speed in bit/s", x.Speed, y.Speed)
	if x.Duplex.Known() || y.Duplex.Known() {
		alike(v, a.String(), b.String(), "duplex", x.Duplex, y.Duplex)
	}
	alike(v, a.String(), b.String(), "MTU", x.MTU, y.MTU)
}

// judgeLegs compares the VLAN settings that the peers give to one LAG.
func judgeLegs(v *verify.Verdict, l *topology.LAG) {
	var first *topology.Leg
	for _, leg := range l.Legs {
		b := leg.Switch.BridgePort(leg.Aggregator.Name)
		if b == nil && len(l.Legs) > 1 && !leg.Switch.Listed.BridgePorts.Known() {
			name := leg.Switch.Name + "/" + leg.Aggregator.Name
			v.Unknown("%s: VLAN settings not reported", name).Missing("the VLAN settings of %s", name)
		}
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

// alike compares one setting.
func alike[T comparable](v *verify.Verdict, a, b, what string, x, y capture.Fact[T]) {
	equal, known := capture.Same(x, y)
	switch {
	case !known:
		v.Unknown("%s and %s: %s not reported at both", a, b, what).Missing("%s of %s and %s", what, a, b)
	case equal:
		v.Pass(y.From, "%s and %s: %s %v", a, b, what, x.Value).Also(x.From)
	default:
		v.Fail(y.From, "%s has %s %v, but %s has %v", b, what, y.Value, a, x.Value).Also(x.From).
			Fix("give %s and %s the same %s", a, b, what)
	}
}
