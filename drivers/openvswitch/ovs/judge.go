package ovs

import (
	"uplinkcheck/drivers/capture"
	"uplinkcheck/drivers/state"
)

// Protocol is the port's aggregation protocol: known 0 when its interfaces are not aggregated in the sense of 802.1AX,
// unknown when it was not reported. "active-backup" and "balance-slb" use each member on its own.
func (p *Port) Protocol() capture.Fact[state.AggregationProtocol] {
	switch speaks := p.Speaks(); {
	case speaks == state.Yes:
		return capture.Of(state.LACP, p.LACP.From)
	case !p.Bonded():
		return capture.Of(state.AggregationProtocol(0), p.From)
	case speaks == state.Unknown || !p.BondMode.Known():
		return capture.Fact[state.AggregationProtocol]{}
	case p.BondMode.Value == "balance-tcp":
		return capture.Of(state.Static, p.BondMode.From)
	}
	return capture.Of(state.AggregationProtocol(0), p.BondMode.From)
}

// Oper is the link of a single interface; of a bond up when a member is enabled, and down when every one is known not to be.
func (p *Port) Oper() capture.Fact[state.Status] {
	switch {
	case len(p.Interfaces) == 1:
		return p.Interfaces[0].Link
	case p.Bond == nil:
		return capture.Fact[state.Status]{}
	}
	down := 0
	for _, i := range p.Interfaces {
		enabled := p.Bond.Enabled[i.Name]
		if capture.Is(enabled, true) {
			return capture.Of(state.Up, enabled.From)
		}
		if enabled.Known() {
			down++
		}
	}
	if down < len(p.Interfaces) {
		return capture.Fact[state.Status]{}
	}
	return capture.Of(state.Down, p.Bond.From)
}

// Fallback says what an LACP bond does without a partner, and whether it does so now.
func (p *Port) Fallback() (configured capture.Fact[state.Fallback], active capture.Fact[bool]) {
	if p.Bond == nil {
		return configured, active
	}
	lacp, ab := p.Bond.LACPStatus, p.Bond.FallbackAB
	configured = capture.Then(ab, func(on bool) (state.Fallback, bool) {
		if on {
			return state.IndividualFallback, true
		}
		return state.NoFallback, true
	})
	switch {
	case lacp.Value == "negotiated" || lacp.Known() && capture.Is(ab, false):
		active = capture.Of(false, lacp.From)
	case lacp.Value == "configured" && capture.Is(ab, true):
		active = capture.Of(true, lacp.From)
	}
	return configured, active
}

// AggregationPort is what became of an interface of the port. It is judged by what is said of itself: the status of the
// section and of the bond stay "negotiated" while members fail.
func (p *Port) AggregationPort(i *Interface) state.AggregationPort {
	out := state.AggregationPort{Name: i.Name, From: i.From}
	switch protocol := p.Protocol(); {
	case !protocol.Known():
	case protocol.Value == state.Static:
		// Without LACP such a bond drops whatever arrives on any member.
		out.Selected = capture.Of(state.Unselected, protocol.From)
		out.Reason = p.BondMode
	case protocol.Value == state.LACP:
		p.lacpPort(i, &out)
	case p.Bond != nil:
		p.independent(i, &out)
	}
	return out
}

func (p *Port) lacpPort(i *Interface, out *state.AggregationPort) {
	m := p.Member(i.Name)
	if m == nil {
		return
	}
	out.From, out.Actor, out.Partner, out.RX, out.TX = m.From, m.Actor, m.Partner, m.RX, m.TX
	out.IllegalRX, out.UnknownRX, out.Expirations = m.Bad, m.Bad, m.Expirations
	if !m.Status.Known() || !m.Attached.Known() || !m.MayEnable.Known() {
		return
	}
	selected, word := state.Unselected, m.Status.Value+" detached"
	if m.Attached.Value {
		word = m.Status.Value + " attached"
	}
	switch {
	case m.Attached.Value && m.MayEnable.Value && m.Status.Value != "defaulted":
		out.Selected = capture.Of(state.Selected, m.From)
		return
	case m.MayEnable.Value: // lacp-fallback-ab: no partner, but enabled
		selected = state.Individual
	case !p.Bonded() && capture.Is(i.Link, state.Up): // LACP on a single port gates nothing
		selected = state.Individual
	}
	out.Selected, out.Reason = capture.Of(selected, m.From), capture.Of(word, m.From)
}

// independent is a member of a bond that needs no aggregator at the other end.
func (p *Port) independent(i *Interface, out *state.AggregationPort) {
	enabled, active := p.Bond.Enabled[i.Name], p.Bond.Active
	switch {
	case !enabled.Known():
	case !enabled.Value:
		out.Selected = capture.Of(state.Unselected, enabled.From)
	case p.BondMode.Value == "balance-slb":
		out.Selected = capture.Of(state.Selected, enabled.From)
	case active.Known() && active.Value == i.Name:
		out.Selected = capture.Of(state.Selected, active.From)
	case active.Known():
		out.Selected = capture.Of(state.Standby, active.From)
	}
}
