package checks

import (
	"fmt"
	"slices"

	"uplinkcheck/drivers/capture"
	"uplinkcheck/drivers/state"
	"uplinkcheck/inventory"
	"uplinkcheck/verify"
	"uplinkcheck/verify/standard"
	"uplinkcheck/verify/topology"
)

// MGT002: the management network comes out only where it is meant to.
var MGT002 = add(&verify.Check{
	ID:    "MGT-002",
	Title: "the management network comes out only where it is meant to",
	Doc: `Every port of every switch in the management network's broadcast domain is looked at. It may come out at hosts that need it, between switches, at its
declared gateway and at its declared stations. A VLAN of another purpose that is joined with it, by a cable whose ends have different untagged VLANs, is
a leak too, and the way there is shown. Anything else on an up port is a leak; on a port that is down it is one in waiting and warns. Where nobody
says who is there, and a host or the end of a cable between switches is still to be found, it may be that: unknown. The domain
follows the cables: the same VLAN number in another, unconnected part of the site is another network. Layer 3 reachability was not assessed.`,
	Cites:    []standard.Clause{standard.M5153, standard.Grundschutz("SYS.1.5.A5", "B"), standard.Grundschutz("NET.1.1.A21", "S"), standard.PCI("1.2.7")},
	Severity: verify.Critical,
	Run: verify.Each(networksFor(inventory.Management), func(n *topology.Network) (v verify.Verdict) {
		if !noIntent(&v, n) {
			judgeReach(&v, n)
		}
		return v
	}),
})

// judgeReach classifies every port at which a network comes out.
func judgeReach(v *verify.Verdict, n *topology.Network) {
	places := n.Reach()
	judgeJoins(v, n)
	openWith(v, n)
	for i := range places {
		judgePlace(v, n, &places[i])
	}
	judgeSeen(v, n)
	if len(places) == 0 || v.Outcome() == verify.NotApplicable {
		v.Unknown("no port with VLAN %s of %s was found", n.VLANs, n.Name).Missing("the VLAN settings of the switches")
	}
}

// A whither is a place of a network in words.
type whither struct {
	*topology.Network
	*topology.Place
}

func (w whither) String() string {
	if w.VLANs.Has(w.VID) {
		return fmt.Sprintf("VLAN %d (%s) at %s", w.VID, w.Name, w.Port)
	}
	return fmt.Sprintf("VLAN %d, joined with %s, at %s", w.VID, w.Name, w.Port)
}

func judgePlace(v *verify.Verdict, n *topology.Network, x *topology.Place) {
	at := whither{n, x}
	from := first(x.From)
	switch x.Kind {
	case topology.BetweenPeers, topology.HostThatNeeds, topology.GatewayPlace, topology.StationPlace:
		if from.Known() {
			v.Pass(from, "%s is where it is meant to be", at).Also(x.From...)
		}
		return
	case topology.Uncollected:
		v.Unknown("%s leads to %s, which was not collected", at, x.Who).Missing("collect %s", x.Who)
		return
	case topology.Disputed:
		v.Unknown("%s: sources disagree whether %s is there", at, x.Who).Missing("settle RED-008 for %s first", x.Who)
		return
	case topology.HostUndeclared:
		v.Unknown("%s leads to %s, of which nobody said what it needs", at, x.Who).Missing("networks: or a cluster for %s", x.Who)
		return
	}
	if is, missing := x.Hidden(n); is != "" && x.Carries != state.No {
		v.Unknown("%s %s", at, is).Missing("%s", missing)
		return
	}
	if lost := unlocated(n); (x.Kind == topology.UnknownPlace || x.Kind == topology.Nameless) && lost != "" && x.Carries != state.No {
		v.Unknown("%s may be where %s is, which is declared for %s and was not found at any port", at, lost, n.Name).
			Missing("where %s is: name it as SWITCH/PORT under gateway: or stations:, or its cable under links:", lost)
		return
	}
	what := "an edge port with nothing known behind it"
	if x.Who != "" {
		what = x.Who + ", which need not have it"
	}
	switch {
	case x.Settings.Answer == state.Unknown:
		v.Unknown("%s: %s", at, x.Settings.Why).Missing("the VLAN settings of %s", x.Port)
	case x.Carries == state.Yes && x.Bridged == state.Yes:
		further, lines := furtherOn(n, x.Port)
		v.Fail(from, "%s reaches %s%s", at, what, further).Also(x.From...).Also(lines...).
			Fix("remove VLAN %d from %s, or declare what is there (gateway:, stations:, hosts:)", x.VID, x.Port)
	case x.Carries == state.No && describedFor(x.Port, n).Known():
		v.Pass(describedFor(x.Port, n), "%s is where a host is meant to be that needs it, and does not forward now", at).Also(x.From...)
	case x.Carries == state.No:
		v.Warn(from, "%s is set on a port that does not forward now", at).Fix("remove VLAN %d from %s", x.VID, x.Port)
	case x.Bridged != state.Yes:
		v.Unknown("%s: not known whether that is the same network", at).
			Missing("the cables between the switches: LLDP, or links: in the inventory")
	default:
		v.Unknown("%s: not known whether the port forwards", at).Missing("link and spanning tree state of %s", x.Port)
	}
}

// describedFor is the line with the port's description when that names a host that needs the network.
func describedFor(p *topology.Port, n *topology.Network) capture.Span {
	if h, from := p.Described(); h != nil && slices.ContainsFunc(h.Required, func(r *topology.Role) bool { return r.Network == n }) {
		return from
	}
	return capture.Span{}
}

// furtherOn says where a port may lead to, as addresses that were learned there tell.
func furtherOn(n *topology.Network, p *topology.Port) (say string, lines []capture.Span) {
	for _, m := range joins(n) {
		if m.Answer == state.Yes || !slices.ContainsFunc(m.Path, func(h topology.Hop) bool { return h.Out == p || h.In == p }) {
			continue
		}
		say = fmt.Sprintf("VLAN %d", m.VID)
		if m.Network != nil {
			say += " (" + m.Network.Name + ")"
		}
		return ", and perhaps on to " + say + overPath(m.Path) + ": " + doubtOf(m.Path), evidence(m.Path)
	}
	return "", nil
}

// unlocated names a declared gateway or station that is no switch, no guest of a known host and at no known port, "" when there is none.
func unlocated(n *topology.Network) string {
	for _, name := range slices.Concat(n.Gateway, n.Stations) {
		if n.Fabric.SwitchNamed(name) == nil && len(n.Fabric.PortsAt(name)) == 0 && !n.Fabric.Guest(name) {
			return name
		}
	}
	return ""
}
