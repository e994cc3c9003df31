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

// LAG017: no LAG leads back to its own switch.
var LAG017 = add(&verify.Check{
	ID:       "LAG-017",
	Title:    "no LAG leads back to its own switch",
	Doc:      `A partner with the switch's own system and key is a cable from the switch, or from its multi-chassis peer, back into the same LAG: a loop.`,
	Cites:    []standard.Clause{standard.Dot1AX("7.3.2.1.9")},
	Severity: verify.High,
	Run: verify.Each((*topology.Fabric).AllLAGs, func(l *topology.LAG) (v verify.Verdict) {
		if skipLAG(&v, l) {
			return v
		}
		if runsNoLACP(&v, l) {
			return v
		}
		for _, p := range lacpLanes(l) {
			if p.Oper() == state.No {
				v.NotApplicable("%s is down", p)
				continue
			}
			if !linkUnknown(&v, p) {
				judgeLoop(&v, p)
			}
		}
		return v
	}),
})

func judgeLoop(v *verify.Verdict, p *topology.Port) {
	if p.Member == nil || p.Member.Heard() == state.Unknown {
		v.Unknown("%s: partner not reported", p).Missing("LACP partner of %s", p)
		return
	}
	if p.Member.Heard() == state.No {
		v.NotApplicable("%s hears no partner: see LAG-002", p)
		return
	}
	actor, partner := p.Member.Actor, p.Member.Partner
	own := []capture.Fact[state.MAC]{actor.System}
	if !actor.System.Known() {
		own = []capture.Fact[state.MAC]{p.Switch.MLAG.SystemMAC, p.Switch.Device.ChassisMAC}
	}
	for _, mac := range own {
		sameKey, keys := capture.Same(actor.Key, partner.Key)
		if capture.Is(mac, partner.System.Value) && (sameKey || !keys) {
			v.Fail(partner.System.From, "%s hears its own switch: system %s", p, partner.System.Value).Also(mac.From).
				Fix("unplug %s and find where its cable goes", p)
			return
		}
	}
	if !actor.System.Known() && !leadsAway(p) { // the system of a LAG may be neither that of the pair nor the chassis MAC
		v.Unknown("%s: the switch's own LACP system was not reported", p).Missing("the LACP system id of %s", p.Switch.Name)
		return
	}
	v.Pass(partner.System.From, "%s hears another system, %s", p, partner.System.Value)
}

// leadsAway reports whether the port's cable is known to end at another device, and not in the same LAG at a peer: a neighbour that is a
// switch of the fabric, the port's own switch too, makes a trunk.
func leadsAway(p *topology.Port) bool {
	if t := p.Trunk; t != nil {
		far, q := t.Far, t.Z
		if t.A != p {
			far, q = t.A.Switch, t.A
		}
		return far != nil && far != p.Switch && (far.Pair == nil || far.Pair != p.Switch.Pair || q != nil && q.LAG != p.LAG)
	}
	own := []*topology.Switch{p.Switch}
	if p.Switch.Pair != nil {
		own = p.Switch.Pair.Switches
	}
	known := p.Link.Confidence() > topology.Inferred && !p.Link.Uplink.Host.Inferred // else it is but what was heard
	return known || len(p.Remotes) > 0 && !slices.ContainsFunc(p.Remotes, func(r state.RemoteSystem) bool {
		return slices.ContainsFunc(own, func(s *topology.Switch) bool { return !isAnother(&r, s) })
	})
}

// isAnother reports whether what was heard is known not to be the switch: by its name, or by its address where one of them has no name. Two
// devices may have one address, as virtual ones do that were made from one image.
func isAnother(r *state.RemoteSystem, s *topology.Switch) bool {
	short := func(name string) string { label, _, _ := strings.Cut(strings.ToLower(name), "."); return label }
	if r.SystemName.Known() && s.Device.Hostname.Known() {
		return short(r.SystemName.Value) != short(s.Device.Hostname.Value)
	}
	mac, err := state.ParseMAC(r.ChassisID.Value.ID)
	return r.ChassisID.Known() && err == nil && s.Device.ChassisMAC.Known() && mac != s.Device.ChassisMAC.Value &&
		!slices.ContainsFunc(s.Interfaces, func(i state.Interface) bool { return capture.Is(i.MAC, mac) })
}
