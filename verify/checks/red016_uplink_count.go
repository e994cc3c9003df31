package checks

import (
	"math"
	"slices"

	"uplinkcheck/drivers/capture"
	"uplinkcheck/drivers/state"
	"uplinkcheck/inventory"
	"uplinkcheck/verify"
	"uplinkcheck/verify/standard"
	"uplinkcheck/verify/topology"
)

// RED016: a host has as many working uplinks as it is meant to have.
var RED016 = add(&verify.Check{
	ID:    "RED-016",
	Title: "a host has as many working uplinks as it is meant to have",
	Doc: `A NIC that was never cabled, or a cable that nobody missed, leaves a host with less than its neighbours have, and no alarm: what was never up cannot go down. Compared
is the number of uplinks that forward with the uplinks: that the inventory declares for the host; where it declares none, with what most hosts of
its cluster have that are asked in the same way. Hosts that are declared single-homed or out of service are left out.`,
	Cites:    []standard.Clause{standard.Grundschutz("SYS.1.5.A14", "S")},
	Severity: verify.Medium,
	Run: func(f *topology.Fabric) []verify.Finding {
		counts := countUplinks(f)
		groups := groupByCluster(f, counts)
		return verify.Each(hosts, func(h *topology.Host) (v verify.Verdict) {
			switch {
			case exempt(&v, h):
			case h.Entry != nil && len(h.Entry.Uplinks) > 0:
				judgeCount(&v, h, counts[h.Name], len(h.Entry.Uplinks), len(h.Entry.Uplinks), "the inventory declares")
			default:
				judgeSiblings(&v, h, counts[h.Name], groups)
			}
			return v
		})(f)
	},
})

// An uplinkCount says how many uplinks of a host forward: for sure, and at most.
type uplinkCount struct {
	sure, most int
	proof      []capture.Span // of those that forward
	out        []capture.Span // of those that do not
	names      []string       // of those that do not, and why
}

// nobodyKnows bounds the uplinks of a host that did not list them.
const nobodyKnows = math.MaxInt32

func countUplinks(f *topology.Fabric) map[string]*uplinkCount {
	counts := map[string]*uplinkCount{}
	for _, h := range f.Hosts {
		c := &uplinkCount{}
		for _, u := range h.Uplinks {
			c.add(u)
		}
		if !h.ListsNICs() {
			c.most = nobodyKnows
		}
		counts[h.Name] = c
	}
	return counts
}

func (c *uplinkCount) add(u *topology.Uplink) {
	does := u.InService()
	if p := u.Mapped(); does.Answer != state.No && p != nil && u.Confidence() > topology.Inferred {
		does = p.InService().And(p.Unblocked())
	} else if does.Answer != state.No {
		does.Answer = state.Unknown
	}
	switch does.Answer {
	case state.Yes:
		c.sure, c.most = c.sure+1, c.most+1
		c.proof = append(c.proof, does.Evidence())
	case state.Unknown:
		c.most++
	default:
		c.out, c.names = append(c.out, does.Evidence()), append(c.names, does.Why)
	}
}

// A class is the hosts of one cluster that are asked in one way.
type class struct {
	cluster *inventory.Cluster
	source  string
}

// A spread is what the hosts of a class have, sorted.
type spread struct{ sure, most []int }

func groupByCluster(f *topology.Fabric, counts map[string]*uplinkCount) map[class]spread {
	entries := map[string]*inventory.HostEntry{}
	for i := range f.Inventory.Hosts {
		entries[f.Inventory.Hosts[i].Name] = &f.Inventory.Hosts[i]
	}
	out := map[class]spread{}
	for i := range f.Inventory.Clusters {
		c := &f.Inventory.Clusters[i]
		for _, name := range c.Hosts {
			e := entries[name]
			if e == nil || e.Maintenance || e.SingleHomed {
				continue
			}
			n := counts[name]
			if n == nil {
				n = &uplinkCount{most: nobodyKnows}
			}
			k := class{c, e.Source}
			s := out[k]
			out[k] = spread{append(s.sure, n.sure), append(s.most, n.most)}
		}
	}
	for _, s := range out {
		slices.Sort(s.sure)
		slices.Sort(s.most)
	}
	return out
}

func judgeSiblings(v *verify.Verdict, h *topology.Host, n *uplinkCount, groups map[class]spread) {
	if h.Entry == nil {
		v.NotApplicable("%s is not declared", h.Name)
		return
	}
	compared := false
	for _, c := range h.Clusters {
		s := groups[class{c, h.Entry.Source}]
		if len(s.sure) < 2 {
			continue
		}
		compared = true
		middle := len(s.sure) / 2 // the upper one of two
		judgeCount(v, h, n, s.sure[middle], s.most[middle], "most hosts of cluster "+c.Name+" have")
	}
	if !compared {
		v.NotApplicable("%s: neither uplinks: of it nor another host of its cluster to compare it with", h.Name)
	}
}

// judgeCount compares with what is expected, which lies between least and most.
func judgeCount(v *verify.Verdict, h *topology.Host, n *uplinkCount, least, most int, who string) {
	switch {
	case n.sure >= most && n.sure > 0:
		v.Pass(first(n.proof), "%s: uplinks that forward: %d; %s %d", h.Name, n.sure, who, most).Also(n.proof...)
	case n.most < least:
		from := first(append(n.out, h.Listed.NICs, h.Entry.From))
		v.Warn(from, "%s: uplinks that forward: %d, but %s %d%s", h.Name, n.most, who, least, listed(n.names)).Also(n.out...).Also(h.Entry.From).
			Fix("bring the missing uplinks of %s into service: see RED-007, or declare what it is meant to have (uplinks:)", h.Name)
	default:
		v.Unknown("%s: not known how many of its uplinks forward, or how many it is meant to have", h.Name).
			Missing("state of every uplink of %s, and of the other hosts of its cluster", h.Name)
	}
}

func listed(names []string) string {
	if len(names) == 0 {
		return ""
	}
	return ": " + few(names)
}
