package kernel

import (
	"uplinkcheck/drivers/capture"
	"uplinkcheck/drivers/state"
	"uplinkcheck/drivers/text"
	"uplinkcheck/drivers/topic"
	"uplinkcheck/drivers/tree"
)

// TeamLine asks a team device, which is a bond that a daemon drives, for all it knows.
const TeamLine = "teamdctl %s state dump"

// runners are the words for how a team shares its links. Those that use one link at a time are no aggregation.
var runners = map[string]state.AggregationProtocol{"lacp": state.LACP, "roundrobin": state.Static, "broadcast": state.Static, "random": state.Static,
	"loadbalance": state.Static}

// Team reads the reply to TeamLine.
func (r *Reader) Team(root tree.Node) {
	name := root.At("team_device", "ifinfo", "ifname").NonEmpty()
	if !name.Known() {
		name = root.At("setup", "device").NonEmpty()
	}
	if asked := topic.Word(TeamLine, root.Span().Reply.Command); !name.Known() && asked != "" {
		name = capture.Of(asked, root.Span())
	}
	if !name.Known() {
		r.Unread(root.Span(), "a team without a name")
		return
	}
	a := r.Aggregator(name.Value, name.From)
	runner := root.At("setup", "runner_name").NonEmpty()
	a.Protocol = capture.Then(runner, func(s string) (state.AggregationProtocol, bool) { p, ok := runners[s]; return p, ok })
	i := r.Interface(name.Value, name.From)
	i.Kind = state.Aggregate
	if mac := text.Station(root.At("team_device", "ifinfo", "dev_addr").NonEmpty()); mac.Known() && !i.MAC.Known() {
		i.MAC = mac
	}
	if active := root.At("runner", "active_port").NonEmpty(); active.Known() { // one at a time
		r.AggregationPort(name.Value, active.Value, active.From).Selected = capture.Of(state.Selected, active.From)
	}
	fallback := root.At("runner", "fallback").Bool()
	if fallback.Known() {
		a.Fallback = capture.Of(state.NoFallback, fallback.From)
		if fallback.Value {
			a.Fallback = capture.Of(state.StaticFallback, fallback.From)
		}
	}
	for n := range root.At("ports").Children() {
		i, link := r.Interface(n.Name(), n.Span()), n.At("link")
		if speed := link.At("speed").Uint(32); speed.Known() && speed.Value > 0 {
			i.Speed = capture.Of(speed.Value*1_000_000, speed.From)
		}
		if duplex := tree.Word(link.At("duplex"), map[string]state.Duplex{"full": state.Full, "half": state.Half}); duplex.Known() {
			i.Duplex = duplex
		}
		if up := link.At("up").Bool(); up.Known() && !i.Oper.Known() {
			i.Oper = capture.Of(map[bool]state.Status{true: state.Up, false: state.Down}[up.Value], up.From)
		}
		if !i.Aggregator.Known() {
			i.Aggregator = capture.Of(name.Value, root.Span())
		}
		r.teamPort(a, n)
	}
}

func (r *Reader) teamPort(a *state.Aggregator, n tree.Node) {
	p := r.AggregationPort(a.Name, n.Name(), n.Span())
	run := n.At("runner")
	if !capture.Is(a.Protocol, state.LACP) {
		if up := n.At("link", "up").Bool(); capture.Is(a.Protocol, state.Static) && up.Known() {
			p.Selected = capture.Of(map[bool]state.Selection{true: state.Selected, false: state.Unselected}[up.Value], up.From)
		}
		return
	}
	p.Selected = capture.Then(run.At("selected").Bool(), func(on bool) (state.Selection, bool) {
		if on {
			return state.Selected, true
		}
		return state.Unselected, true
	})
	if capture.Is(p.Selected, state.Unselected) {
		p.Reason = run.At("state").NonEmpty()
	}
	p.Actor, p.Partner = teamEndpoint(run.At("actor_lacpdu_info")), teamEndpoint(run.At("partner_lacpdu_info"))
}

func teamEndpoint(n tree.Node) state.Endpoint {
	return state.Endpoint{SystemPriority: sixteen(n.At("system_priority").Uint(16)), System: text.MAC(n.At("system").NonEmpty()), Key: sixteen(n.At("key").Uint(16)),
		PortPriority: sixteen(n.At("port_priority").Uint(16)), Port: sixteen(n.At("port").Uint(16)), State: octet(n.At("state").Uint(8))}
}

// Teams are the names of team devices in the reply to LinksLine, for TeamLine.
func Teams(c *capture.Capture) []string { return named(c, "team") }
