package checks

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"

	"uplinkcheck/drivers/capture"
	"uplinkcheck/drivers/state"
	"uplinkcheck/inventory"
	"uplinkcheck/verify"
	"uplinkcheck/verify/standard"
	"uplinkcheck/verify/topology"
)

// CLU003: no single switch isolates too many hosts.
var CLU003 = add(&verify.Check{
	ID:    "CLU-003",
	Title: "no single switch isolates too many hosts",
	Doc: `A cluster goes on while enough of its hosts still reach management, storage and heartbeat. Each switch, and each chassis of a stack, is taken away in turn; where
the cluster declares survive: [switch+switch], so are any two of the switches around it. Enough are quorum: hosts, more than half of those in service where the
cluster does not say. The loss of a stack as a whole warns, as in RED-002.`,
	Cites:    []standard.Clause{standard.Grundschutz("SYS.1.5.A20", "E"), standard.M5153, standard.Grundschutz("NET.1.1.A28", "E")},
	Severity: verify.Critical,
	Run: verify.Each((*topology.Fabric).Clusters, func(c *topology.Cluster) (v verify.Verdict) {
		judgeQuorum(&v, c)
		return v
	}),
})

// vital reports whether a host without a network of that role is none for its cluster.
func vital(r inventory.Role) bool {
	return r == inventory.Management || r == inventory.Storage || r == inventory.ClusterHeartbeat
}

// A toll is what a scenario costs a cluster.
type toll struct {
	lost, unclear []string // hosts
	why           topology.Survival
	missing       string
}

func judgeQuorum(v *verify.Verdict, c *topology.Cluster) {
	var members []*topology.Host
	roles := 0
	for _, h := range c.Hosts {
		if h.Entry == nil || !h.Entry.Maintenance {
			members = append(members, h)
			roles += len(vitalRoles(h))
		}
	}
	total := len(members) + len(c.Absent)
	switch {
	case total == 0:
		v.NotApplicable("%s has no host in service", c.Name)
		return
	case !slices.ContainsFunc(c.Fabric.Networks, func(n *topology.Network) bool { return vital(n.Role) && slices.Contains(c.Networks, n.Name) }) && roles == 0:
		v.NotApplicable("%s has no network with role management, storage or cluster-heartbeat: declare them to have this judged", c.Name)
		return
	}
	need := c.Quorum
	if need == 0 {
		need = total/2 + 1
	}
	kinds := switchLosses
	if slices.Contains(c.Survive, "switch+switch") {
		kinds = append(slices.Clip(kinds), topology.PairLoss)
	}
	now, proof := asThingsAre(members, c.Absent)
	if !enough(v, c, nil, now, total, need) {
		return
	}
	computed := 0
	for _, k := range kinds {
		computed += len(c.Fabric.Scenarios(k))
	}
	tolls := tollsOf(members, kinds)
	order := slices.SortedFunc(maps.Keys(tolls), func(a, b *topology.Scenario) int { return cmp.Compare(a.Order(), b.Order()) })
	for _, s := range order {
		tolls[s].add(now)
		enough(v, c, s, tolls[s], total, need)
	}
	if v.Outcome() == verify.NotApplicable && len(proof) > 0 {
		v.Pass(proof[0], "%s: at least %d of %d hosts stay connected whichever of %d is lost (%s)", c.Name, need, total, computed, cases(kinds)).Also(proof...)
	}
}

// cases says what was computed.
func cases(kinds []topology.ScenarioKind) string {
	if slices.Contains(kinds, topology.PairLoss) {
		return "single switches and chassis, and any two switches around the cluster, as it declares"
	}
	return "single switches and chassis; two at once where the cluster declares survive: [switch+switch]"
}

func vitalRoles(h *topology.Host) (out []*topology.Role) {
	for _, r := range h.Required {
		if vital(r.Network.Role) {
			out = append(out, r)
		}
	}
	return out
}

// asThingsAre tells which hosts are not connected now.
func asThingsAre(members []*topology.Host, absent []string) (*toll, []capture.Span) {
	t := &toll{}
	var proof []capture.Span
	for _, name := range absent {
		t.note(name, topology.Survival{Why: "nothing is known of " + name, Missing: "the uplinks of " + name})
	}
	for _, h := range members {
		for _, r := range vitalRoles(h) {
			failures := h.Fabric.Failures()
			if failures.Works(r) != state.Yes {
				t.note(h.Name, failures.Now(r))
			} else if len(proof) < 12 {
				proof = append(proof, failures.Proof(r)...)
			}
		}
	}
	return t, proof
}

// tollsOf tells for each scenario that costs anything what it costs.
func tollsOf(members []*topology.Host, kinds []topology.ScenarioKind) map[*topology.Scenario]*toll {
	out := map[*topology.Scenario]*toll{}
	for _, h := range members {
		for _, r := range vitalRoles(h) {
			for s, answer := range h.Fabric.Failures().Lost(r, kinds...) {
				if out[s] == nil {
					out[s] = &toll{}
				}
				out[s].note(h.Name, topology.Survival{Answer: answer, Why: h.Name + " loses " + r.Network.Name, Missing: "see RED-002 for " + h.Name + "/" + r.Network.Name, From: []capture.Span{r.From}})
			}
		}
	}
	return out
}

// note adds a host that is lost, or of which that is not known.
func (t *toll) note(host string, s topology.Survival) {
	switch {
	case slices.Contains(t.lost, host):
	case s.Answer == state.No:
		t.lost = append(t.lost, host)
		t.unclear = slices.DeleteFunc(t.unclear, func(x string) bool { return x == host })
		if t.why.Why == "" {
			t.why = s
		}
	case !slices.Contains(t.unclear, host):
		t.unclear = append(t.unclear, host)
		t.missing = s.Missing
	}
}

// add counts those that are gone already.
func (t *toll) add(now *toll) {
	for _, host := range now.lost {
		t.note(host, topology.Survival{Answer: state.No, Why: now.why.Why, From: now.why.From})
	}
	for _, host := range now.unclear {
		t.note(host, topology.Survival{Missing: now.missing})
	}
}

// enough notes when a scenario, or what is lost already, leaves too few hosts.
func enough(v *verify.Verdict, c *topology.Cluster, s *topology.Scenario, t *toll, total, need int) bool {
	left := total - len(t.lost)
	name := "now"
	if s != nil {
		name = "without " + s.String()
		if unclear := members(s); unclear != "" && left-len(t.unclear) < need {
			v.Unknown("%s %s: %s", c.Name, name, unclear).Missing("the chassis of %s, and which of them owns each port", s)
			return false
		}
	}
	switch {
	case left < need && s != nil && s.Kind == topology.ControlPlaneLoss:
		if !c.Fabric.Inventory.Policy.StackIsRedundant {
			v.Warn(tollSpan(c, t), "%s %s: %s", c.Name, name, t.says(left, total, need)).Also(t.why.From...).
				Fix("spread the hosts of %s over more than one stack, or accept stacks by policy: {stack_is_redundant: true}", c.Name)
		}
	case left < need:
		v.Fail(tollSpan(c, t), "%s %s: %s", c.Name, name, t.says(left, total, need)).Also(t.why.From...).
			Fix("give hosts of %s uplinks on another switch: see RED-002", c.Name)
	case left-len(t.unclear) < need:
		v.Unknown("%s %s: not known which of these stay connected: %s", c.Name, name, strings.Join(t.unclear, ", ")).Missing("%s", t.missing)
	default:
		return true
	}
	return false
}

func (t *toll) says(left, total, need int) string {
	text := fmt.Sprintf("%d of %d hosts stay connected and %d are needed", left, total, need)
	if len(t.lost) > 0 {
		text += "; cut off: " + strings.Join(t.lost, ", ")
	}
	return text
}

func tollSpan(c *topology.Cluster, t *toll) capture.Span {
	if from := first(t.why.From); from.Known() {
		return from
	}
	return c.From
}
