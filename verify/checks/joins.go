package checks

import (
	"fmt"
	"slices"
	"strings"

	"uplinkcheck/drivers/capture"
	"uplinkcheck/drivers/state"
	"uplinkcheck/verify"
	"uplinkcheck/verify/topology"
)

// differ answers whether two networks must not be one broadcast domain: Unknown where nobody said what one of them is for, or in
// which zone it is.
func differ(n, o *topology.Network) state.Tri {
	zones := state.No
	switch {
	case n.Zone != o.Zone && n.Zone != "" && o.Zone != "":
		zones = state.Yes
	case n.Zone != o.Zone:
		zones = state.Unknown
	}
	switch {
	case n.MeantAsOne(o):
		return state.No
	case n.Role != o.Role && n.Role != "" && o.Role != "":
		return state.Yes
	case n.Role != o.Role:
		return zones.Or(state.Unknown)
	}
	return zones
}

// joins returns what other VLAN numbers are joined with the network, or may be.
func joins(n *topology.Network) []topology.Meeting {
	return slices.DeleteFunc(slices.Clone(n.Meetings()), func(m topology.Meeting) bool { return n.VLANs.Has(m.VID) })
}

// judgeJoins fails a network of which a VLAN is joined with one of another purpose or zone, and shows the way.
func judgeJoins(v *verify.Verdict, n *topology.Network) {
	for _, m := range joins(n) {
		judgeJoin(v, n, m)
	}
}

func judgeJoin(v *verify.Verdict, n *topology.Network, m topology.Meeting) {
	what, must := fmt.Sprintf("VLAN %d, of which nobody said what it is for", m.VID), state.Unknown
	if m.Network != nil {
		what, must = fmt.Sprintf("VLAN %d (%s)", m.VID, m.Network.Name), differ(n, m.Network)
	}
	if must == state.No {
		return
	}
	lines, seam := evidence(m.Path), turning(m.Path)
	here := "VLAN " + n.VLANs.String()
	if len(m.Path) > 0 {
		here = fmt.Sprintf("VLAN %d", m.Path[0].From.VID)
	}
	switch {
	case m.Answer != state.Yes:
		v.Unknown("%s (%s) may be joined with %s%s: %s", here, n.Name, what, overPath(m.Path), doubtOf(m.Path)).
			Missing("what joins %s with %s, if anything does: look at the ports, or declare what is behind them", n.Name, what)
	case m.Network == nil:
		v.Warn(first(lines), "%s (%s) is one with %s%s", here, n.Name, what, overPath(m.Path)).Also(lines...).
			Fix("%s, or declare VLAN %d under networks:", partingOf(seam), m.VID)
	case must == state.Unknown:
		v.Unknown("%s (%s) is one with %s%s, and whether they may be is not declared", here, n.Name, what, overPath(m.Path)).
			Missing("role: and zone: of %s and of %s in the inventory", n.Name, m.Network.Name)
	default:
		v.Fail(first(lines), "%s (%s) is one with %s%s", here, n.Name, what, overPath(m.Path)).Also(lines...).
			Fix("%s; where they are meant to be one, say joined_with: for %s", partingOf(seam), n.Name)
	}
}

// someHops bounds the hops that a reason names.
const someHops = 6

// overPath names the way of a path by its ports: " over leaf1/Ethernet5 - leaf1/Ethernet6".
func overPath(path []topology.Hop) string {
	if len(path) == 0 {
		return ""
	}
	var parts []string
	for i, h := range path {
		if i == someHops {
			parts = append(parts, fmt.Sprintf("and %d more", len(path)-someHops))
			break
		}
		say := ends(h)
		if h.Answer != state.Yes {
			say = strings.Replace(say, " - ", " - ? - ", 1)
		}
		parts = append(parts, say)
	}
	return " over " + strings.Join(parts, ", ")
}

func ends(h topology.Hop) string {
	switch {
	case h.Out == nil && h.In == nil:
		return "between them"
	case h.In == nil:
		return h.Out.String() + " - " + h.To.Switch.Name
	case h.Out == nil:
		return h.From.Switch.Name + " - " + h.In.String()
	}
	if h.Through != "" {
		return h.Out.String() + " - " + h.Through + " - " + h.In.String()
	}
	return h.Out.String() + " - " + h.In.String()
}

// partingOf says how to take apart what a hop joins.
func partingOf(h topology.Hop) string {
	if h.Through != "" {
		return "take one of its two legs out of " + h.Through
	}
	return "pull the cable " + ends(h) + " or give both of its ends the same untagged VLAN"
}

// turning returns the hop at which a path changes its VLAN, the last one where none does.
func turning(path []topology.Hop) (out topology.Hop) {
	for _, h := range path {
		if out = h; h.From.VID != h.To.VID {
			break
		}
	}
	return out
}

// evidence returns the lines of a path, those of the hop that changes the VLAN first.
func evidence(path []topology.Hop) (out []capture.Span) {
	out = slices.Clone(turning(path).Lines)
	for _, h := range path {
		out = append(out, h.Lines...)
	}
	return out
}

func doubtOf(path []topology.Hop) string {
	for _, h := range path {
		if h.Answer != state.Yes {
			return h.Why
		}
	}
	return "no line says how"
}

// openWith notes that nobody knows what is behind a port of the network, nor behind one of another that it must be kept from: one cable
// may join them.
func openWith(v *verify.Verdict, n *topology.Network) {
	mine := n.Doubts()
	if len(mine) == 0 {
		return
	}
	for _, o := range n.Fabric.Networks {
		met := slices.ContainsFunc(n.Meetings(), func(m topology.Meeting) bool { return m.Network == o && m.Answer != state.No })
		if o == n || met || differ(n, o) == state.No {
			continue
		}
		if theirs := o.Doubts(); len(theirs) > 0 {
			v.Unknown("%s and %s may be joined: %s, and %s", n.Name, o.Name, mine[0].Why, theirs[0].Why).Missing("%s", mine[0].Missing).Missing("%s", theirs[0].Missing)
			return
		}
	}
	if x, open := n.Fabric.Domains().Undeclared(); open {
		v.Unknown("%s and VLAN %s, of which nobody said what it is for, may be joined: %s, and %s", n.Name, x.VIDs, mine[0].Why, x.Why).
			Missing("%s", mine[0].Missing).Missing("%s", x.Missing)
	}
}

// judgePlaced says unknown where the network may be at places that nobody knows. It reports whether any place is known.
func judgePlaced(v *verify.Verdict, n *topology.Network) bool {
	if lost := n.Unplaced(); lost != "" {
		v.Unknown("%s may also be where %s is, of which not every uplink is mapped", n.Name, lost).Missing("settle RED-009 for %s first", lost)
	}
	if len(n.Seeds()) > 0 {
		return true
	}
	v.Unknown("it is not known at which ports %s is", n.Name).
		Missing("hosts: or clusters: that need %s, or its gateway: or stations:, and where they are connected", n.Name)
	return false
}

// purposeful are the networks that the inventory gives a role or a zone.
func purposeful(f *topology.Fabric) (out []*topology.Network) {
	for _, n := range f.Networks {
		if n.Role != "" || n.Zone != "" {
			out = append(out, n)
		}
	}
	return out
}

// zoned are the networks with a protection zone.
func zoned(f *topology.Fabric) (out []*topology.Network) {
	for _, n := range f.Networks {
		if n.Zone != "" {
			out = append(out, n)
		}
	}
	return out
}
